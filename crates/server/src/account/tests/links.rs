//! Invitations and new passwords: links that are good once.

use expect_test::expect;
use jiff::SignedDuration;
use serde_json::json;

use super::{PASSWORD, code, login_as, open, owner, sign_in, turn_codes_on};
use crate::{
    access,
    operator::AccessRole,
    outbox,
    testing::{Stage, block_on, browser::Browser, check, databases},
    work,
};

/// The mails that were sent since the last time.
async fn mails(stage: &Stage) -> Vec<String> {
    work::settle(&stage.app).await.unwrap();
    let folder = stage.folder.path().join(outbox::FOLDER);
    let Ok(files) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut texts = Vec::new();
    for file in files {
        let path = file.unwrap().path();
        texts.push(std::fs::read_to_string(&path).unwrap());
        std::fs::remove_file(path).unwrap();
    }
    texts
}

fn token_of(url: &str) -> String {
    url.split_once('#').unwrap().1.to_owned()
}

async fn invite(stage: &Stage, browser: &mut Browser, body: serde_json::Value) -> String {
    let seen = browser.ask(stage, "POST /v1/invitations", &body.to_string()).await;
    assert_eq!(seen.code, 201, "{}", seen.text);
    token_of(seen.data()["url"].as_str().unwrap())
}

async fn join(stage: &Stage, token: &str, password: &str) -> (u16, Browser) {
    let mut browser = Browser::default();
    let body = json!({ "token": token, "password": password, "name": "Bob" });
    let seen = browser.ask(stage, "POST /v1/invitations/redeem", &body.to_string()).await;
    (seen.code, browser)
}

#[test]
fn an_invitation_is_good_once_and_no_more_after_another() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, open()).await;
            let mut ada = owner(&stage).await;
            let bob = json!({ "email": "bob@example.com", "access_role": "viewer" });
            let first = invite(&stage, &mut ada, bob.clone()).await;
            let second = invite(&stage, &mut ada, bob.clone()).await;
            assert_eq!(mails(&stage).await.len(), 2);
            assert_eq!(join(&stage, &first, PASSWORD).await.0, 422);
            assert_eq!(join(&stage, &second, "short").await.0, 422);
            let (code, mut browser) = join(&stage, &second, PASSWORD).await;
            assert_eq!(code, 200);
            let me = browser.ask(&stage, "GET /v1/account", "").await.data();
            assert_eq!(me["operator"]["name"], "Bob");
            assert_eq!(me["operator"]["access_role"], "viewer");
            assert_eq!(join(&stage, &second, PASSWORD).await.0, 422);
            let again = ada.ask(&stage, "POST /v1/invitations", &bob.to_string()).await;
            assert_eq!(again.code, 409);
            // What is stored of a link does not make one.
            let late = invite(&stage, &mut ada, json!({ "email": "eve@example.com" })).await;
            assert_ne!(access::hash(&late), late);
            stage.time.tick(SignedDuration::from_hours(73));
            assert_eq!(join(&stage, &late, PASSWORD).await.0, 422);
        }
    });
}

#[test]
fn an_office_joins_from_one_address() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, open()).await;
            let mut ada = owner(&stage).await;
            for number in 0..15 {
                let email = format!("colleague{number}@example.com");
                let token = invite(&stage, &mut ada, json!({ "email": email })).await;
                assert_eq!(join(&stage, &token, PASSWORD).await.0, 200, "{email}");
            }
        }
    });
}

#[test]
fn who_was_deactivated_meanwhile_does_not_join() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, open()).await;
            let mut ada = owner(&stage).await;
            let seen = ada
                .ask(&stage, "POST /v1/invitations", r#"{"email": "bob@example.com"}"#)
                .await
                .data();
            let path = format!("PATCH /v1/operators/{}", seen["operator"]["id"].as_str().unwrap());
            ada.ask(&stage, &path, r#"{"is_active": false}"#).await;
            assert_eq!(
                join(&stage, &token_of(seen["url"].as_str().unwrap()), PASSWORD).await.0,
                422
            );
        }
    });
}

#[test]
fn one_account_works_in_many_workspaces_and_nobody_takes_it_over_by_inviting_it() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, open()).await;
            let mut ada = owner(&stage).await;
            let mut eve =
                login_as(&stage, &stage.scope("other"), (AccessRole::Owner, "eve@example.com"))
                    .await;
            let token = invite(&stage, &mut eve, json!({ "email": "ada@example.com" })).await;
            // The link alone sets no password of an account that there is.
            let taken = join(&stage, &token, "a password of eve's").await;
            assert_eq!((taken.0, taken.1.login().is_some()), (401, false));
            let (code, mut there) = join(&stage, &token, PASSWORD).await;
            assert_eq!(code, 200);
            let me = there.ask(&stage, "GET /v1/account", "").await.data();
            assert_eq!(me["workspace"]["slug"], "other");
            assert_eq!(me["workspaces"].as_array().unwrap().len(), 2);
            let before = there.clone();
            let seen = there
                .ask(&stage, "POST /v1/account/workspace", r#"{"workspace": "default"}"#)
                .await;
            assert_eq!(seen.data()["workspace"]["slug"], "default");
            assert_eq!(before.clone().ask(&stage, "GET /v1/account", "").await.code, 401);
            let nowhere =
                ada.ask(&stage, "POST /v1/account/workspace", r#"{"workspace": "nowhere"}"#).await;
            assert_eq!(nowhere.problem(), "no_workspace");
            let chosen =
                sign_in(&stage, &mut Browser::default(), json!({ "workspace": "other" })).await;
            assert_eq!(chosen.0, 200);
            let outside = json!({ "workspace": "default", "email": "eve@example.com" });
            assert_ne!(sign_in(&stage, &mut Browser::default(), outside).await.0, 200);
        }
    });
}

#[test]
fn a_new_password_comes_by_mail_and_skips_no_second_factor() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, open()).await;
            let mut ada = owner(&stage).await;
            let (secret, _) = turn_codes_on(&stage, &mut ada).await;
            // A stranger's address is answered no differently, and gets nothing. The name that the
            // request came to is not where the link leads.
            for email in ["ada@example.com", "nobody@example.com"] {
                let body = json!({ "email": email }).to_string();
                let mut browser = Browser::default();
                let seen = browser.ask(&stage, "POST /v1/password-resets", &body).await;
                assert_eq!((seen.code, seen.text.as_str()), (204, ""));
            }
            let mail = mails(&stage).await.pop().unwrap();
            assert!(mail.contains("To: ada@example.com") && !mail.contains("desk.test"), "{mail}");
            let token: String = mail
                .split_once("/reset#")
                .unwrap()
                .1
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect();
            let body = json!({ "token": token, "password": "another stone here" }).to_string();
            let mut browser = Browser::default();
            let seen = browser.ask(&stage, "POST /v1/password-resets/redeem", &body).await;
            assert_eq!(seen.code, 204, "{}", seen.text);
            assert!(browser.cookies.is_empty(), "nobody is signed in by it");
            let again = browser.ask(&stage, "POST /v1/password-resets/redeem", &body).await;
            assert_eq!(again.code, 422);
            assert_eq!(ada.ask(&stage, "GET /v1/account", "").await.code, 401);
            let new = json!({ "password": "another stone here" });
            let asked = sign_in(&stage, &mut Browser::default(), new).await;
            assert_eq!(asked, (401, "code_needed".to_owned()));
            let both = json!({ "password": "another stone here", "code": code(&stage, &secret) });
            assert_eq!(sign_in(&stage, &mut Browser::default(), both).await.0, 200);
        }
    });
}

#[test]
fn three_links_are_sent_in_a_quarter_of_an_hour() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, open()).await;
            owner(&stage).await;
            for _ in 0..10 {
                let body = r#"{"email": "ada@example.com"}"#;
                let seen = Browser::default().ask(&stage, "POST /v1/password-resets", body).await;
                assert_eq!(seen.code, 204);
            }
            let sent = mails(&stage).await.len();
            assert_eq!(sent, 3);
            assert!(mails(&stage).await.is_empty());
        }
    });
}

#[test]
fn keys_are_made_and_revoked_over_the_api() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, open()).await;
            let mut ada = owner(&stage).await;
            let made = ada
                .ask(&stage, "POST /v1/keys", r#"{"name": "ours", "level": "read"}"#)
                .await
                .data();
            let secret = made["secret"].as_str().unwrap().to_owned();
            assert!(secret.starts_with("sk_live_"));
            let header = format!("Bearer {secret}");
            let headers = [("authorization", header.as_str())];
            let mut program = Browser::default();
            assert_eq!(program.send(&stage, "GET /v1/contacts", (&headers, "")).await.code, 200);
            // A key has no account, and its level is not enough to make others.
            let seen = program.send(&stage, "GET /v1/account", (&headers, "")).await;
            assert_eq!(seen.problem(), "sign_in_needed");
            assert_eq!(program.send(&stage, "POST /v1/keys", (&headers, "{}")).await.code, 403);
            let listed = ada.ask(&stage, "GET /v1/keys", "").await;
            assert!(!listed.text.contains(&secret) && listed.text.contains("\"ours\""));
            let path = format!("DELETE /v1/keys/{}", made["id"].as_str().unwrap());
            assert_eq!(ada.ask(&stage, &path, "").await.code, 204);
            assert_eq!(program.send(&stage, "GET /v1/contacts", (&headers, "")).await.code, 401);
            let odd = ada.ask(&stage, "POST /v1/keys", r#"{"kind": "intake"}"#).await;
            assert_eq!(odd.json()["error"]["param"], "operator_id");
        }
    });
}

#[test]
fn an_open_invitation_is_listed_until_it_is_withdrawn() {
    check(
        r#"
        POST /v1/invitations {"email": "bob@example.com", "name": "Bob"}
        from here
        GET /v1/invitations
        as other
        GET /v1/invitations
        DELETE /v1/invitations/{op_1}
        as write
        DELETE /v1/invitations/{op_1}
        as admin
        DELETE /v1/invitations/{op_1}
        DELETE /v1/invitations/{op_1}
        GET /v1/invitations
        brief
        POST /v1/invitations {"email": "bob@example.com"}
        GET /v1/invitations
        log invitation operator
        settle
        "#,
        &expect![[r#"
            > GET /v1/invitations
            200 OK
            {"data":[{"id":"op_1","operator":{"id":"op_1","name":"Bob","email":"bob@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"offline","agent_status":"offline","status_changed_at":null,"deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":1,"created_at":"2026-01-01T00:00:01Z"},"created_at":"2026-01-01T00:00:01Z","expires_at":"2026-01-04T00:00:01Z"}]}
            > as other
            > GET /v1/invitations
            200 OK
            {"data":[]}
            > DELETE /v1/invitations/{op_1}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such invitation.","status":404,"request_id":"req_…"}}
            > as write
            > DELETE /v1/invitations/{op_1}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"This needs the scope 'admin', which your credential does not have.","status":403,"request_id":"req_…"}}
            > as admin
            > DELETE /v1/invitations/{op_1}
            204 No Content
            > DELETE /v1/invitations/{op_1}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such invitation.","status":404,"request_id":"req_…"}}
            > GET /v1/invitations
            200 OK
            {"data":[]}
            > brief
            > POST /v1/invitations {"email": "bob@example.com"}
            201 Created
            {"data":"op_1"}
            > GET /v1/invitations
            200 OK
            {"data":["op_1"]}
            > log invitation operator
            5 operator.created op_1 by key_1 {"id":"op_1","name":"Bob","email":"bob@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"offline","agent_status":"offline","status_changed_at":null,"deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":1,"created_at":"2026-01-01T00:00:01Z"}
            6 invitation.created op_1 by key_1 {"operator_id":"op_1","email":"bob@example.com"}
            7 operator.updated op_1 by key_1 {"id":"op_1","name":"Bob","email":"bob@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"offline","agent_status":"offline","status_changed_at":null,"deactivated_at":"2026-01-01T00:00:06Z","max_concurrent":5,"open_conversations":0,"number":1,"created_at":"2026-01-01T00:00:01Z"}
            8 operator.updated op_1 by key_1 {"id":"op_1","name":"Bob","email":"bob@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"offline","agent_status":"offline","status_changed_at":null,"deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":1,"created_at":"2026-01-01T00:00:01Z"}
            9 invitation.created op_1 by key_1 {"operator_id":"op_1","email":"bob@example.com"}
            > settle
        "#]],
    );
}
