//! Codes and tokens: how often they are good, for how long, and for whom.

use jiff::SignedDuration;
use serde_json::json;

use super::{BACK, Kind, Scene, VERIFIER, basic, challenge, error, pair};
use crate::{
    account::tests::{self as account, login_as},
    operator::AccessRole,
    testing::{block_on, databases},
};

#[test]
#[expect(clippy::too_many_lines, reason = "one code, and all that is tried with it")]
fn a_code_is_good_once_for_a_minute_and_for_whom_it_was_made() {
    block_on(async {
        for database in databases() {
            let mut scene = Scene::set(&database, Kind::Confidential).await;
            let fields =
                |code: &str, odd: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
                    let mut all = vec![
                        ("grant_type", "authorization_code".to_owned()),
                        ("code", code.to_owned()),
                        ("redirect_uri", BACK.to_owned()),
                        ("code_verifier", VERIFIER.to_owned()),
                    ];
                    for (name, value) in odd {
                        all.retain(|(known, _)| known != name);
                        if !value.is_empty() {
                            all.push((name, (*value).to_owned()));
                        }
                    }
                    all
                };
            let code = scene.code(&[]).await;
            for (odd, wanted) in [
                (vec![("code_verifier", "")], "invalid_grant"),
                (
                    vec![("code_verifier", "wrong-verifier-that-is-long-enough-to-be-one")],
                    "invalid_grant",
                ),
                (vec![("code_verifier", challenge().leak() as &str)], "invalid_grant"),
                (vec![("redirect_uri", "")], "invalid_grant"),
                (vec![("redirect_uri", "http://127.0.0.1/cb")], "invalid_grant"),
                (vec![("code", "oac_unknown")], "invalid_grant"),
                (vec![("code", "")], "invalid_request"),
                (vec![("grant_type", "")], "invalid_request"),
                (vec![("grant_type", "password")], "unsupported_grant_type"),
                (vec![("grant_type", "client_credentials")], "unsupported_grant_type"),
                (
                    vec![("grant_type", "refresh_token"), ("refresh_token", code.as_str())],
                    "invalid_grant",
                ),
            ] {
                let all = fields(&code, &odd);
                let all: Vec<(&str, &str)> =
                    all.iter().map(|(name, value)| (*name, value.as_str())).collect();
                let seen = scene.token("token", &all).await;
                assert_eq!(error(&seen), (400, wanted.to_owned()), "{odd:?}");
                assert_eq!(seen.headers["cache-control"], "no-store");
            }
            let all = fields(&code, &[]);
            let all: Vec<(&str, &str)> =
                all.iter().map(|(name, value)| (*name, value.as_str())).collect();
            // Another app cannot use it, and neither can this one without its secret.
            let body = json!({ "name": "Other", "redirect_uris": [BACK] }).to_string();
            let other = scene.ada.ask(&scene.stage, "POST /v1/apps", &body).await.data();
            let form = ("content-type", "application/x-www-form-urlencoded".to_owned());
            let secret = other["client_secret"].as_str().unwrap();
            let as_other =
                [form.clone(), ("authorization", basic(other["id"].as_str().unwrap(), secret))];
            assert_eq!(
                error(&scene.send("token", (&as_other, &all)).await),
                (400, "invalid_grant".to_owned())
            );
            let id = scene.id();
            let wrong = [form.clone(), ("authorization", basic(&id, "wrong"))];
            let seen = scene.send("token", (&wrong, &all)).await;
            assert_eq!(error(&seen), (401, "invalid_client".to_owned()));
            assert!(seen.headers["www-authenticate"].starts_with("Basic"));
            let mut in_body = all.clone();
            in_body.push(("client_id", &id));
            assert_eq!(
                error(&scene.send("token", (std::slice::from_ref(&form), &in_body)).await),
                (401, "invalid_client".to_owned())
            );
            let as_json = [("content-type", "application/json".to_owned())];
            assert_eq!(scene.send("token", (&as_json, &all)).await.code, 400);
            let mut twice = all.clone();
            twice.push(("code", "other"));
            assert_eq!(scene.token("token", &twice).await.code, 400);
            // Good at last; and whoever comes with it again ends what the first one got.
            let (access, refresh) = pair(&scene.token("token", &all).await);
            assert_eq!(scene.api(&access, "GET /v1/contacts").await.code, 200);
            assert_eq!(error(&scene.token("token", &all).await), (400, "invalid_grant".to_owned()));
            assert_eq!(scene.api(&access, "GET /v1/contacts").await.code, 401);
            assert_eq!(error(&scene.refresh(&refresh).await), (400, "invalid_grant".to_owned()));
            let late = scene.code(&[]).await;
            scene.stage.time.tick(SignedDuration::from_secs(61));
            let all = fields(&late, &[]);
            let all: Vec<(&str, &str)> =
                all.iter().map(|(name, value)| (*name, value.as_str())).collect();
            assert_eq!(error(&scene.token("token", &all).await), (400, "invalid_grant".to_owned()));
        }
    });
}

#[test]
fn a_refresh_token_that_comes_twice_ends_the_whole_family() {
    block_on(async {
        for database in databases() {
            let mut scene = Scene::set(&database, Kind::Confidential).await;
            let (_, first) = scene.tokens("contacts:read contacts:write").await;
            // Less may be asked for, and more may not.
            let narrow = [
                ("grant_type", "refresh_token"),
                ("refresh_token", first.as_str()),
                ("scope", "conversations:read"),
            ];
            assert_eq!(
                error(&scene.token("token", &narrow).await),
                (400, "invalid_scope".to_owned())
            );
            let narrow = [
                ("grant_type", "refresh_token"),
                ("refresh_token", first.as_str()),
                ("scope", "contacts:read"),
            ];
            let seen = scene.token("token", &narrow).await;
            assert_eq!(seen.json()["scope"], "contacts:read");
            let (access, second) = pair(&seen);
            assert_eq!(scene.api(&access, "POST /v1/contacts").await.code, 403);
            let (access, third) = pair(&scene.refresh(&second).await);
            assert_eq!(scene.api(&access, "POST /v1/contacts").await.code, 201);
            assert_eq!(error(&scene.refresh(&first).await), (400, "invalid_grant".to_owned()));
            assert_eq!(scene.api(&access, "GET /v1/contacts").await.code, 401);
            assert_eq!(error(&scene.refresh(&third).await), (400, "invalid_grant".to_owned()));
            // However much it is used, it is asked for anew after ninety days.
            let (_, mut refresh) = scene.tokens("contacts:read").await;
            for _ in 0..3 {
                scene.stage.time.tick(SignedDuration::from_hours(24 * 29));
                refresh = pair(&scene.refresh(&refresh).await).1;
            }
            scene.stage.time.tick(SignedDuration::from_hours(24 * 4));
            assert_eq!(error(&scene.refresh(&refresh).await), (400, "invalid_grant".to_owned()));
        }
    });
}

#[test]
fn of_many_who_use_a_code_at_once_one_gets_tokens_and_they_end() {
    block_on(async {
        for database in databases() {
            let mut scene = Scene::set(&database, Kind::Confidential).await;
            let code = scene.code(&[]).await;
            let fields = [
                ("grant_type", "authorization_code"),
                ("code", code.as_str()),
                ("redirect_uri", BACK),
                ("code_verifier", VERIFIER),
            ];
            let all =
                futures_util::future::join_all((0..30).map(|_| scene.token("token", &fields)))
                    .await;
            let good: Vec<_> = all.iter().filter(|seen| seen.code == 200).collect();
            assert_eq!(good.len(), 1);
            let (access, _) = pair(good[0]);
            assert_eq!(scene.api(&access, "GET /v1/contacts").await.code, 401);
        }
    });
}

#[test]
fn what_was_granted_ends_with_whatever_it_stands_on() {
    block_on(async {
        for database in databases() {
            let mut scene = Scene::set(&database, Kind::Confidential).await;
            let works = async |scene: &Scene, access: &str| {
                scene.api(access, "GET /v1/contacts").await.code == 200
            };
            // The app says so.
            let (access, refresh) = scene.tokens("contacts:read").await;
            assert_eq!(
                scene
                    .token("revoke", &[("token", &refresh), ("token_type_hint", "access_token")])
                    .await
                    .code,
                200
            );
            assert!(!works(&scene, &access).await);
            assert_eq!(scene.token("revoke", &[("token", "oat_unknown")]).await.code, 200);
            assert_eq!(
                error(&scene.token("revoke", &[]).await),
                (400, "invalid_request".to_owned())
            );
            // Another app may not.
            let (access, _) = scene.tokens("contacts:read").await;
            let body = json!({ "name": "Other", "redirect_uris": [BACK] }).to_string();
            let other = scene.ada.ask(&scene.stage, "POST /v1/apps", &body).await.data();
            let headers = [
                ("content-type", "application/x-www-form-urlencoded".to_owned()),
                (
                    "authorization",
                    basic(other["id"].as_str().unwrap(), other["client_secret"].as_str().unwrap()),
                ),
            ];
            assert_eq!(scene.send("revoke", (&headers, &[("token", &access)])).await.code, 200);
            assert!(works(&scene, &access).await);
            let told = scene.send("introspect", (&headers, &[("token", &access)])).await.json();
            assert_eq!(told, json!({ "active": false }));
            let told = scene.token("introspect", &[("token", &access)]).await.json();
            assert_eq!((&told["active"], &told["scope"]), (&json!(true), &json!("contacts:read")));
            // The operator says so, and sees what there is to end.
            let mine = scene.ada.ask(&scene.stage, "GET /v1/account/grants", "").await.json();
            let grant = &mine["data"][0];
            assert_eq!(grant["scopes"], json!(["contacts:read"]));
            let end = format!("DELETE /v1/account/grants/{}", grant["id"].as_str().unwrap());
            let scope = scene.stage.scope("admin");
            let mut bob =
                login_as(&scene.stage, &scope, (AccessRole::Operator, "bob@example.com")).await;
            assert_eq!(bob.ask(&scene.stage, &end, "").await.code, 404, "it is not theirs");
            assert_eq!(scene.ada.ask(&scene.stage, &end, "").await.code, 204);
            assert!(!works(&scene, &access).await);
            assert_eq!(
                scene.token("introspect", &[("token", &access)]).await.json(),
                json!({ "active": false })
            );
            // A new password ends it.
            let (access, refresh) = scene.tokens("contacts:read").await;
            let body =
                json!({ "current_password": account::PASSWORD, "password": "another stone here" });
            scene.ada.ask(&scene.stage, "POST /v1/account/password", &body.to_string()).await;
            assert!(!works(&scene, &access).await);
            assert_eq!(error(&scene.refresh(&refresh).await), (400, "invalid_grant".to_owned()));
            // The app is deleted.
            let (access, _) = scene.tokens("contacts:read").await;
            assert!(works(&scene, &access).await);
            let delete = format!("DELETE /v1/apps/{}", scene.id());
            assert_eq!(scene.ada.ask(&scene.stage, &delete, "").await.code, 204);
            assert!(!works(&scene, &access).await);
        }
    });
}

#[test]
fn an_app_may_never_more_than_the_operator_may() {
    block_on(async {
        for database in databases() {
            let mut scene = Scene::set(&database, Kind::Confidential).await;
            let scope = scene.stage.scope("admin");
            let vera =
                login_as(&scene.stage, &scope, (AccessRole::Viewer, "vera@example.com")).await;
            let ada = std::mem::replace(&mut scene.ada, vera);
            let (access, _) = scene.tokens("contacts:read contacts:write").await;
            assert_eq!(scene.api(&access, "GET /v1/contacts").await.code, 200);
            assert_eq!(scene.api(&access, "POST /v1/contacts").await.code, 403);
            let me = scene.ada.ask(&scene.stage, "GET /v1/account", "").await.data();
            let path = format!("PATCH /v1/operators/{}", me["operator"]["id"].as_str().unwrap());
            ada.clone().ask(&scene.stage, &path, r#"{"is_active": false}"#).await;
            assert_eq!(scene.api(&access, "GET /v1/contacts").await.code, 401);
        }
    });
}
