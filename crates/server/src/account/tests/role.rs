//! What people may do and see, and what is kept of it.

use serde_json::json;

use super::{login_as, open, owner, sign_in};
use crate::{
    operator::AccessRole,
    testing::{Stage, block_on, browser::Browser, databases},
};

#[test]
fn who_works_here_no_more_and_whose_role_changed_is_told_so_at_once() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, open()).await;
            let mut ada = owner(&stage).await;
            let mut bob =
                login_as(&stage, &stage.scope("admin"), (AccessRole::Admin, "bob@example.com"))
                    .await;
            let me = bob.ask(&stage, "GET /v1/account", "").await.data();
            let id = me["operator"]["id"].as_str().unwrap().to_owned();
            let key = r#"{"email": "x@example.com", "name": "X"}"#;
            assert_eq!(bob.ask(&stage, "POST /v1/operators", key).await.code, 201);
            // An admin makes no owner, and unmakes none.
            let owner = me["operator"]["id"].as_str().unwrap();
            let up = bob
                .ask(&stage, &format!("PATCH /v1/operators/{owner}"), r#"{"access_role": "owner"}"#)
                .await;
            assert_eq!(up.code, 403, "{}", up.text);
            let path = format!("PATCH /v1/operators/{id}");
            assert_eq!(ada.ask(&stage, &path, r#"{"access_role": "viewer"}"#).await.code, 200);
            let key = r#"{"email": "y@example.com", "name": "Y"}"#;
            assert_eq!(bob.ask(&stage, "POST /v1/operators", key).await.code, 403);
            assert_eq!(
                bob.ask(&stage, "POST /v1/contacts", r#"{"email": "c@example.com"}"#).await.code,
                403
            );
            assert_eq!(bob.ask(&stage, "GET /v1/contacts", "").await.code, 200);
            assert_eq!(ada.ask(&stage, &path, r#"{"is_active": false}"#).await.code, 200);
            assert_eq!(bob.ask(&stage, "GET /v1/contacts", "").await.code, 401);
            // Somebody is always an owner.
            let me = ada.ask(&stage, "GET /v1/account", "").await.data();
            let path = format!("PATCH /v1/operators/{}", me["operator"]["id"].as_str().unwrap());
            for body in [
                r#"{"access_role": "admin"}"#,
                r#"{"role": "operator"}"#,
                r#"{"is_active": false}"#,
            ] {
                assert_eq!(ada.ask(&stage, &path, body).await.code, 409, "{body}");
            }
            // The documents' word for an owner changes nothing about one.
            let same = ada.ask(&stage, &path, r#"{"role": "admin"}"#).await.data();
            assert_eq!(same["access_role"], "owner");
        }
    });
}

#[test]
fn a_person_speaks_for_themselves_and_an_administrator_for_others_too() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, open()).await;
            let mut ada = owner(&stage).await;
            let scope = stage.scope("admin");
            let mut bob = login_as(&stage, &scope, (AccessRole::Operator, "bob@example.com")).await;
            let id = async |browser: &mut Browser| {
                let me = browser.ask(&stage, "GET /v1/account", "").await.data();
                me["operator"]["id"].as_str().unwrap().to_owned()
            };
            let (owner, operator) = (id(&mut ada).await, id(&mut bob).await);
            let new = r#"{"email": "x@example.com", "body": "Hello"}"#;
            let talk = bob.ask(&stage, "POST /v1/conversations", new).await.data();
            let talk = talk["id"].as_str().unwrap();
            let said = bob.ask(&stage, &format!("GET /v1/conversations/{talk}/messages"), "").await;
            assert_eq!(
                said.json()["data"][0]["operator"]["id"],
                operator.as_str(),
                "{}",
                said.text
            );
            for call in ["reply", "messages", "close", "read", "claim"] {
                let call = format!("POST /v1/conversations/{talk}/{call}");
                let named = json!({ "body": "Hello", "operator_id": owner }).to_string();
                let seen = bob.ask(&stage, &call, &named).await;
                assert_eq!(seen.code, 403, "{call}: {}", seen.text);
                let seen = bob.ask(&stage, &call, r#"{"body": "Hello"}"#).await;
                assert!([200, 201].contains(&seen.code), "{call}: {}", seen.text);
            }
            let named = json!({ "body": "Hello", "operator_id": operator }).to_string();
            let path = format!("POST /v1/conversations/{talk}/reply");
            let said = ada.ask(&stage, &path, &named).await.data();
            assert_eq!(said["operator"]["id"], operator.as_str(), "{said}");
        }
    });
}

#[test]
fn who_sees_only_their_own_conversations_sees_no_other_anywhere() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, open()).await;
            let mut ada = owner(&stage).await;
            let mut bob =
                login_as(&stage, &stage.scope("admin"), (AccessRole::Operator, "bob@example.com"))
                    .await;
            let me = bob.ask(&stage, "GET /v1/account", "").await.data();
            let id = me["operator"]["id"].as_str().unwrap().to_owned();
            let only = r#"{"own_conversations_only": true}"#;
            assert_eq!(ada.ask(&stage, &format!("PATCH /v1/operators/{id}"), only).await.code, 200);
            let mut talks = Vec::new();
            let mut said = Vec::new();
            for email in ["x@example.com", "y@example.com"] {
                let body = json!({ "email": email }).to_string();
                let talk = ada.ask(&stage, "POST /v1/conversations", &body).await.data();
                let talk = talk["id"].as_str().unwrap().to_owned();
                let path = format!("POST /v1/conversations/{talk}/messages");
                let message = ada.ask(&stage, &path, r#"{"body": "a secret word"}"#).await.data();
                said.push(message["id"].as_str().unwrap().to_owned());
                talks.push(talk);
            }
            crate::work::settle(&stage.app).await.unwrap();
            let count = async |bob: &mut Browser, call: &str| {
                let seen = bob.ask(&stage, call, "").await.json();
                seen["data"].as_array().unwrap().len()
            };
            for (given, calls) in [(0, "before"), (1, "after")] {
                assert_eq!(count(&mut bob, "GET /v1/conversations").await, given, "{calls}");
                assert_eq!(
                    count(&mut bob, "GET /v1/messages/search?q=secret").await,
                    given,
                    "{calls}"
                );
                for (place, talk) in talks.iter().enumerate() {
                    let is_own = place < given;
                    for call in [
                        format!("GET /v1/conversations/{talk}"),
                        format!("GET /v1/conversations/{talk}/messages"),
                        format!("GET /v1/conversations/{talk}/events"),
                        format!("GET /v1/conversations/{talk}/transcript"),
                        format!("GET /v1/conversations/{talk}/assignment"),
                        format!("GET /v1/messages/{}", said[place]),
                        format!("POST /v1/conversations/{talk}/messages"),
                        format!("POST /v1/conversations/{talk}/close"),
                        format!("POST /v1/conversations/{talk}/reopen"),
                    ] {
                        let seen = bob.ask(&stage, &call, r#"{"body": "Hello"}"#).await;
                        let wanted = if is_own { seen.code < 300 } else { seen.code == 404 };
                        assert!(wanted, "{calls} {call}: {} {}", seen.code, seen.text);
                    }
                }
                let new = r#"{"email": "z@example.com", "body": "Hello"}"#;
                assert_eq!(bob.ask(&stage, "POST /v1/conversations", new).await.code, 403);
                if given == 0 {
                    let body = json!({ "operator_id": id }).to_string();
                    let path = format!("POST /v1/conversations/{}/assign", talks[0]);
                    assert_eq!(ada.ask(&stage, &path, &body).await.code, 200);
                }
            }
        }
    });
}

#[test]
fn what_decides_who_may_do_what_is_listed_newest_first() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, open()).await;
            let mut ada = owner(&stage).await;
            sign_in(&stage, &mut Browser::default(), json!({ "password": "a stone in your shoe" }))
                .await;
            ada.ask(&stage, "POST /v1/keys", r#"{"name": "for tests"}"#).await;
            ada.ask(&stage, "POST /v1/contacts", r#"{"email": "c@example.com"}"#).await;
            ada.ask(&stage, "POST /v1/logout", "").await;
            let mut kinds = Vec::new();
            let mut ada = Browser::default();
            sign_in(&stage, &mut ada, json!({})).await;
            let mut before = String::new();
            loop {
                let page =
                    ada.ask(&stage, &format!("GET /v1/audit?limit=2{before}"), "").await.json();
                for entry in page["data"].as_array().unwrap() {
                    kinds.push(format!(
                        "{} {}",
                        entry["kind"].as_str().unwrap(),
                        entry["actor"].as_str().unwrap().get(..3).unwrap()
                    ));
                    before = format!("&before={}", entry["seq"]);
                }
                if page["has_more"] == false {
                    break;
                }
            }
            kinds.retain(|kind| !kind.starts_with("key.created sys"));
            expect_test::expect![[r#"
                login.created op_
                login.ended op_
                key.created op_
                login.refused sys
                login.created op_
                operator.created sys"#]]
            .assert_eq(&kinds.join("\n"));
        }
    });
}
