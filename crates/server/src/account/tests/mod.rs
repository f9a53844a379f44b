//! Who is let in, and who is not.

mod guess;
mod links;
mod role;

use jiff::SignedDuration;
use serde_json::json;
use store::Scope;
use totp_rs::{Builder, Secret};

use super::{claim_link, login};
use crate::{
    config::Config,
    email::Email,
    id::WorkspaceId,
    operator::{self, AccessRole, NewOperator},
    testing::{Stage, block_on, browser::Browser, databases, settings},
};

pub(crate) const PASSWORD: &str = "a stone in my shoe";

/// Limits have tests of their own; the tests' proxy is trusted.
pub(crate) fn open() -> Config {
    let mut config = settings();
    config.rate_limits.enforce = false;
    config.http.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    config
}

/// The token of the link for the first one.
pub(crate) async fn claim_token(stage: &Stage) -> String {
    let link = claim_link(&stage.app, "http://desk.test").await.unwrap().unwrap();
    link.split_once('#').unwrap().1.to_owned()
}

/// A browser in which the owner, Ada, is signed in.
pub(crate) async fn owner(stage: &Stage) -> Browser {
    let token = claim_token(stage).await;
    let mut browser = Browser::default();
    let body = json!({
        "token": token, "email": "ada@example.com", "name": "Ada", "password": PASSWORD,
    });
    let seen = browser.ask(stage, "POST /v1/claim", &body.to_string()).await;
    assert_eq!(seen.code, 201, "{}", seen.text);
    browser
}

/// What a browser that never was here gets for an address and a password.
pub(super) async fn sign_in(
    stage: &Stage,
    browser: &mut Browser,
    rest: serde_json::Value,
) -> (u16, String) {
    let mut body = json!({ "email": "ada@example.com", "password": PASSWORD });
    for (name, value) in rest.as_object().unwrap() {
        body[name] = value.clone();
    }
    let seen = browser.ask(stage, "POST /v1/login", &body.to_string()).await;
    let problem = if seen.code == 200 { String::new() } else { seen.problem() };
    (seen.code, problem)
}

/// The code that an app shows now, of a secret that a person typed.
pub(super) fn code(stage: &Stage, secret: &str) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let totp = Builder::new().with_secret(secret).with_account_name("x").build().unwrap();
    let now = u64::try_from(stage.app.now().as_second()).unwrap();
    totp.generate(now).to_string()
}

/// Turns codes on. Gives the secret, and the codes that are kept.
pub(super) async fn turn_codes_on(stage: &Stage, browser: &mut Browser) -> (String, Vec<String>) {
    let begun = browser.ask(stage, "POST /v1/account/totp", "").await.data();
    let secret = begun["secret"].as_str().unwrap().to_owned();
    assert!(
        begun["uri"].as_str().unwrap().starts_with("otpauth://totp/Switchboard:ada"),
        "{begun}"
    );
    assert!(begun["qr_svg"].as_str().unwrap().contains("<svg"));
    let body = json!({ "code": code(stage, &secret) }).to_string();
    let seen = browser.ask(stage, "POST /v1/account/totp/confirm", &body).await;
    assert_eq!(seen.code, 200, "{}", seen.text);
    let codes = seen.data()["recovery_codes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|code| code.as_str().unwrap().to_owned())
        .collect();
    stage.time.tick(SignedDuration::from_secs(60));
    (secret, codes)
}

/// The token of a login of a new operator with this role, in the workspace of `scope`.
pub(crate) async fn login_as(stage: &Stage, scope: &Scope, who: (AccessRole, &str)) -> Browser {
    let (role, email) = (who.0, Email::try_from(who.1.to_owned()).unwrap());
    let workspace: WorkspaceId = scope.workspace().parse().unwrap();
    let write = stage.app.store.write(scope, move |tx| {
        let operator = operator::create(tx, &NewOperator::new(email.clone(), "Somebody", role))?;
        let account = super::create(tx, &email, "")?;
        super::join(tx, &account.id, &operator.id)?;
        let token = format!("token of {}", operator.id);
        let new = login::NewLogin {
            account,
            membership: super::Membership { workspace, operator: operator.id },
            method: login::Method::Link,
            address: String::new(),
            agent: String::new(),
            lasts: SignedDuration::from_hours(24),
        };
        login::create(tx, &new, &token)?;
        Ok::<_, crate::error::Error>(token)
    });
    let token = write.await.unwrap();
    let mut browser = Browser::default();
    browser.cookies.insert("switchboard".to_owned(), token);
    browser
}

#[test]
fn of_fifty_who_claim_at_once_one_is_the_owner() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, open()).await;
            let token = claim_token(&stage).await;
            let attempts = (0..50).map(|number| {
                let (stage, token) = (&stage, token.clone());
                async move {
                    let email = format!("claimer{number}@example.com");
                    let body = json!({
                        "token": token, "email": email, "name": "Ada", "password": PASSWORD,
                    });
                    let mut browser = Browser::from(&format!("203.0.113.{number}"));
                    let seen = browser.ask(stage, "POST /v1/claim", &body.to_string()).await;
                    (seen.code, browser)
                }
            });
            let all = futures_util::future::join_all(attempts).await;
            let (won, lost): (Vec<_>, Vec<_>) = all.into_iter().partition(|(code, _)| *code == 201);
            assert_eq!(won.len(), 1);
            assert!(
                lost.iter()
                    .all(|(code, browser)| [410, 422].contains(code) && browser.login().is_none())
            );
            let mut owner = won.into_iter().next().unwrap().1;
            let me = owner.ask(&stage, "GET /v1/account", "").await.data();
            assert_eq!(me["operator"]["access_role"], "owner");
            assert_eq!(me["operator"]["role"], "admin");
            assert!(claim_link(&stage.app, "x").await.unwrap().is_none());
            let late = json!({
                "token": token, "email": "eve@example.com", "name": "Eve", "password": PASSWORD,
            });
            let late = Browser::default().ask(&stage, "POST /v1/claim", &late.to_string()).await;
            assert_eq!((late.code, late.problem().as_str()), (410, "claimed"));
            let all = owner.ask(&stage, "GET /v1/operators", "").await.json();
            assert_eq!(all["data"].as_array().unwrap().len(), 1, "nobody else was made: {all}");
        }
    });
}

#[test]
fn only_the_right_password_with_the_right_code_lets_anybody_in() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, open()).await;
            let mut ada = owner(&stage).await;
            // Without codes, a code is not asked for, and does not stand for the password.
            let none = sign_in(&stage, &mut Browser::default(), json!({})).await;
            assert_eq!(none, (200, String::new()));
            let (secret, kept) = turn_codes_on(&stage, &mut ada).await;
            let used = code(&stage, &secret);
            let first = sign_in(&stage, &mut Browser::default(), json!({ "code": used })).await;
            assert_eq!(first, (200, String::new()));
            for (password, shown, wanted) in [
                (Some("right"), None, "code_needed"),
                (Some("right"), Some("000000"), "invalid_code"),
                (Some("right"), Some(used.as_str()), "invalid_code"),
                (Some("wrong"), None, "invalid_login"),
                (Some("wrong"), Some("fresh"), "invalid_login"),
                (Some("wrong"), Some("000000"), "invalid_login"),
                (Some("wrong"), Some(kept[0].as_str()), "invalid_login"),
                (None, Some("fresh"), "missing_parameter"),
                (None, None, "missing_parameter"),
            ] {
                stage.time.tick(SignedDuration::from_secs(if shown == Some("fresh") {
                    90
                } else {
                    1
                }));
                let mut body = json!({ "email": "Ada@Example.com" });
                match password {
                    Some("right") => body["password"] = PASSWORD.into(),
                    Some(_) => body["password"] = "a stone in your shoe".into(),
                    None => {}
                }
                if let Some(shown) = shown {
                    let fresh = code(&stage, &secret);
                    body["code"] = if shown == "fresh" { fresh.into() } else { shown.into() };
                }
                // What signs in elsewhere signs in nowhere here.
                let mut browser = Browser::default();
                browser.headers.push(("x-remote-user", "ada@example.com".to_owned()));
                let seen = browser.ask(&stage, "POST /v1/login", &body.to_string()).await;
                assert_eq!(seen.problem(), wanted, "{password:?} {shown:?}: {}", seen.text);
                assert!(browser.cookies.is_empty());
            }
            stage.time.tick(SignedDuration::from_mins(20));
            let shown = json!({ "code": code(&stage, &secret) });
            assert_eq!(sign_in(&stage, &mut Browser::default(), shown).await.0, 200);
            // A code that was kept is good once.
            let shown = json!({ "code": kept[1].to_uppercase() });
            assert_eq!(sign_in(&stage, &mut Browser::default(), shown.clone()).await.0, 200);
            let again = sign_in(&stage, &mut Browser::default(), shown).await;
            assert_eq!(again, (401, "invalid_code".to_owned()));
            // Types that were not asked for are no way in either.
            for odd in [
                json!({ "password": ["x"] }),
                json!({ "email": { "$ne": "" } }),
                json!({ "code": 5 }),
            ] {
                let mut body = json!({ "email": "ada@example.com", "password": PASSWORD });
                for (name, value) in odd.as_object().unwrap() {
                    body[name] = value.clone();
                }
                let seen =
                    Browser::default().ask(&stage, "POST /v1/login", &body.to_string()).await;
                assert_eq!(seen.code, 422, "{}", seen.text);
            }
        }
    });
}

#[test]
fn a_login_ends_when_it_is_ended_when_it_rests_and_when_its_time_is_over() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, open()).await;
            let mut first = owner(&stage).await;
            let mut second = Browser::default();
            sign_in(&stage, &mut second, json!({})).await;
            assert_ne!(first.login(), second.login());
            let logins = first.ask(&stage, "GET /v1/account/logins", "").await.json();
            let logins = logins["data"].as_array().unwrap().clone();
            assert_eq!(logins.len(), 2);
            let other = logins.iter().find(|login| login["is_current"] == false).unwrap();
            assert_eq!(other["method"], "password");
            let end = format!("DELETE /v1/account/logins/{}", other["id"].as_str().unwrap());
            assert_eq!(first.ask(&stage, &end, "").await.code, 204);
            let seen = second.ask(&stage, "GET /v1/account", "").await;
            assert_eq!((seen.code, seen.problem().as_str()), (401, "signed_out"));
            // Signing out ends it on the server, not in the browser alone.
            let kept = first.clone();
            assert_eq!(first.ask(&stage, "POST /v1/logout", "").await.code, 204);
            assert!(first.login().is_none());
            assert_eq!(kept.clone().ask(&stage, "GET /v1/account", "").await.code, 401);
            // One that rests for a week is over; one that does not, after thirty days.
            let mut idle = Browser::default();
            sign_in(&stage, &mut idle, json!({})).await;
            stage.time.tick(SignedDuration::from_hours(24 * 7 + 1));
            assert_eq!(idle.ask(&stage, "GET /v1/account", "").await.code, 401);
            let mut busy = Browser::default();
            sign_in(&stage, &mut busy, json!({})).await;
            for day in 1..=30 {
                stage.time.tick(SignedDuration::from_hours(23));
                assert_eq!(busy.ask(&stage, "GET /v1/account", "").await.code, 200, "day {day}");
            }
            stage.time.tick(SignedDuration::from_hours(31));
            assert_eq!(busy.ask(&stage, "GET /v1/account", "").await.code, 401);
        }
    });
}

#[test]
fn a_new_password_ends_every_other_login_and_renews_this_one() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, open()).await;
            let mut first = owner(&stage).await;
            let mut second = Browser::default();
            sign_in(&stage, &mut second, json!({})).await;
            let wrong = json!({ "current_password": "a stone in your shoe", "password": "another stone here" });
            let seen = first.ask(&stage, "POST /v1/account/password", &wrong.to_string()).await;
            assert_eq!(seen.problem(), "invalid_login");
            let short = json!({ "current_password": PASSWORD, "password": "short" });
            let seen = first.ask(&stage, "POST /v1/account/password", &short.to_string()).await;
            assert_eq!(seen.json()["error"]["param"], "password");
            let before = first.clone();
            let right = json!({ "current_password": PASSWORD, "password": "another stone here" });
            let seen = first.ask(&stage, "POST /v1/account/password", &right.to_string()).await;
            assert_eq!(seen.code, 204, "{}", seen.text);
            assert_ne!(first.login(), before.login());
            assert_eq!(first.ask(&stage, "GET /v1/account", "").await.code, 200);
            assert_eq!(before.clone().ask(&stage, "GET /v1/account", "").await.code, 401);
            assert_eq!(second.ask(&stage, "GET /v1/account", "").await.code, 401);
            let old = sign_in(&stage, &mut Browser::default(), json!({})).await;
            assert_eq!(old, (401, "invalid_login".to_owned()));
            let new = json!({ "password": "another stone here" });
            assert_eq!(sign_in(&stage, &mut Browser::default(), new).await.0, 200);
        }
    });
}

#[test]
fn what_lets_people_in_is_changed_only_by_who_proved_who_they_are() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, open()).await;
            let mut ada = owner(&stage).await;
            stage.time.tick(SignedDuration::from_mins(11));
            let calls = [
                ("POST /v1/account/totp", ""),
                ("DELETE /v1/account/totp", ""),
                ("POST /v1/account/recovery-codes", ""),
                ("POST /v1/account/passkeys/question", ""),
                ("DELETE /v1/account/passkeys/pk_x", ""),
                ("POST /v1/account/workspace", r#"{"workspace": "default"}"#),
                ("POST /v1/keys", r#"{"name": "x"}"#),
                ("DELETE /v1/keys/key_x", ""),
                ("POST /v1/apps", r#"{"name": "x", "redirect_uris": ["https://a.example/"]}"#),
                ("POST /v1/apps/app_x/rotate-secret", "{}"),
                ("PATCH /v1/apps/app_x", "{}"),
            ];
            for (call, body) in calls {
                let seen = ada.ask(&stage, call, body).await;
                assert_eq!((seen.code, seen.problem().as_str()), (403, "proof_needed"), "{call}");
            }
            let wrong = ada.ask(&stage, "POST /v1/account/proof", r#"{"password": "x"}"#).await;
            assert_eq!(wrong.problem(), "invalid_login");
            let none = ada.ask(&stage, "POST /v1/account/proof", "{}").await;
            assert_eq!(none.problem(), "missing_parameter");
            let body = json!({ "password": PASSWORD }).to_string();
            assert_eq!(ada.ask(&stage, "POST /v1/account/proof", &body).await.code, 204);
            for (call, body) in calls {
                let seen = ada.ask(&stage, call, body).await;
                assert!(seen.code < 300 || seen.code == 404, "{call}: {}", seen.text);
            }
        }
    });
}

#[test]
fn a_page_of_another_site_does_nothing_with_a_login() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, open()).await;
            let ada = owner(&stage).await;
            let body = r#"{"email": "c@example.com"}"#;
            let json = ("content-type", "application/json");
            for headers in [
                vec![json],
                vec![json, ("sec-fetch-site", "cross-site")],
                vec![json, ("sec-fetch-site", "same-site")],
                vec![json, ("sec-fetch-site", "cross-site"), ("origin", "http://desk.test")],
                vec![json, ("origin", "https://evil.example")],
                vec![json, ("origin", "http://desk.test.evil.example")],
                vec![json, ("origin", "http://evil-desk.test")],
                vec![json, ("origin", "null")],
                vec![("content-type", "text/plain"), ("origin", "https://evil.example")],
            ] {
                for call in [
                    "POST /v1/contacts",
                    "POST /v1/logout",
                    "DELETE /v1/account/totp",
                    "PATCH /v1/settings",
                ] {
                    let seen = ada.clone().send(&stage, call, (&headers, body)).await;
                    assert_eq!(
                        (seen.code, seen.problem().as_str()),
                        (403, "foreign_page"),
                        "{call} {headers:?}"
                    );
                }
            }
            // Nor may it sign anybody in, or open a socket.
            for call in [
                "POST /v1/login",
                "POST /v1/claim",
                "POST /v1/password-resets",
                "POST /v1/login/passkey",
            ] {
                let headers = [json, ("origin", "https://evil.example")];
                let seen = Browser::default().send(&stage, call, (&headers, "{}")).await;
                assert_eq!((seen.code, seen.problem().as_str()), (403, "foreign_page"), "{call}");
            }
            for headers in
                [[json, ("origin", "http://desk.test")], [json, ("sec-fetch-site", "same-origin")]]
            {
                let seen = ada.clone().send(&stage, "POST /v1/contacts", (&headers, body)).await;
                assert!([201, 409].contains(&seen.code), "{}", seen.text);
            }
            // To look is no act: a page of another site cannot read the answer.
            let seen = ada.clone().send(&stage, "GET /v1/account", (&[], "")).await;
            assert_eq!(seen.code, 200);
            assert_ne!(
                seen.headers.get("access-control-allow-credentials").map(String::as_str),
                Some("true")
            );
        }
    });
}

#[test]
fn over_https_the_cookie_belongs_to_the_host_alone() {
    block_on(async {
        let stage = Stage::set_with(&databases().remove(0), open()).await;
        owner(&stage).await;
        let mut browser = Browser::default();
        browser.headers.push(("x-forwarded-proto", "https".to_owned()));
        browser.headers.push(("x-forwarded-for", "203.0.113.7".to_owned()));
        let body = json!({ "email": "ada@example.com", "password": PASSWORD }).to_string();
        let seen = browser.ask(&stage, "POST /v1/login", &body).await;
        let cookies = &seen.headers["set-cookie"];
        for line in cookies.lines() {
            assert!(line.starts_with("__Host-switchboard"), "{line}");
            assert!(
                line.contains("Path=/; HttpOnly; SameSite=Lax") && line.ends_with("; Secure"),
                "{line}"
            );
        }
        assert_eq!(browser.ask(&stage, "GET /v1/account", "").await.code, 200);
        // What was sent in the clear is not what is taken over HTTPS.
        let token = browser.cookies["__Host-switchboard"].clone();
        browser.cookies.clear();
        browser.cookies.insert("switchboard".to_owned(), token);
        assert_eq!(browser.ask(&stage, "GET /v1/account", "").await.code, 401);
    });
}
