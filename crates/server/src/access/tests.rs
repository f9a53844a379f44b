//! Who is let in, how far, and for how long.

use jiff::SignedDuration;

use super::{
    Credential, Kind, Level, NewCredential, Permission, Plan, create, hash, list, new_secret,
    revoke,
};
use crate::{
    error::Error,
    testing::{Ask, Stage, block_on, databases},
};

#[expect(clippy::needless_pass_by_value, reason = "a test is written on the spot")]
fn on_each_engine(test: impl AsyncFn(&Stage)) {
    for database in databases() {
        block_on(async { test(&Stage::set(&database).await).await });
    }
}

async fn make(stage: &Stage, kind: Kind, name: &str) -> (Credential, String) {
    let secret = new_secret(kind, || (stage.time.world.random)());
    let new = NewCredential {
        kind,
        level: Level::Admin,
        plan: Plan::Enterprise,
        operator: None,
        name: name.to_owned(),
    };
    let kept = secret.clone();
    let write = stage.app.store.write(&stage.scope("admin"), move |tx| create(tx, &new, &kept));
    (write.await.unwrap(), secret)
}

/// The status and code of an answer to whoever sends `authorization`.
async fn answer_to(stage: &Stage, authorization: &str) -> String {
    let headers = [("authorization".to_owned(), authorization.to_owned())];
    let ask = Ask { method: "GET", path: "/v1/contacts", headers: &headers, body: "" };
    let answer = stage.send("nobody", ask).await;
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let code = body["error"]["code"].as_str().unwrap_or("-").to_owned();
    format!("{} {code}", answer.status.split(' ').next().unwrap())
}

#[test]
fn levels_allow_what_the_documents_say() {
    let allowed = |level: Level| {
        let all = Permission::ALL.into_iter().filter(|permission| level.allows(*permission));
        // To look at webhooks any key is enough; the scope is the one that manages them.
        let all = all.filter(|permission| *permission != Permission::WebhooksRead);
        all.map(Permission::as_str).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        allowed(Level::Read),
        "contacts:read conversations:read visitors:read chatbots:read operators:read"
    );
    assert_eq!(
        allowed(Level::Write),
        "contacts:read contacts:write conversations:read conversations:write visitors:read \
         chatbots:read chatbots:write webhooks:manage operators:read"
    );
    assert!(Level::Read.allows(Permission::WebhooksRead));
    assert_eq!(allowed(Level::Admin), format!("{} admin", allowed(Level::Write)));
    for level in Level::ALL {
        assert_eq!(Level::parse(level.as_str()), Some(level));
    }
    for plan in Plan::ALL {
        assert_eq!(Plan::parse(plan.as_str()), Some(plan));
    }
}

#[test]
fn a_secret_is_known_by_its_prefix_and_kept_as_a_hash_alone() {
    on_each_engine(async |stage| {
        for (kind, prefix) in
            [(Kind::Platform, "sk_live_"), (Kind::Partner, "ora_live_"), (Kind::Intake, "in_live_")]
        {
            let (made, secret) = make(stage, kind, "mine").await;
            let letters = secret.strip_prefix(prefix).unwrap();
            assert!(letters.len() == 43 && letters.bytes().all(|b| b.is_ascii_alphanumeric()));
            let tail = letters.get(39..).unwrap();
            assert_eq!(made.hint, format!("{prefix}…{tail}"));
            let shown = serde_json::to_string(&made).unwrap();
            assert!(!shown.contains(&secret) && !shown.contains(&hash(&secret)), "{shown}");
            // The four letters of the hint are not among these.
            let start = letters.get(..38).unwrap().to_owned();
            let read = stage.app.store.read(&stage.scope("admin"), move |tx| {
                let sql = "select count(*) from event where workspace = ?1 and payload like ?2";
                let like = format!("%{start}%");
                Ok::<_, Error>(tx.first(sql, &[(&like).into()], |row| row.get::<i64>(0))?)
            });
            assert_eq!(read.await.unwrap(), Some(0));
        }
    });
}

#[test]
fn no_two_secrets_are_the_same() {
    on_each_engine(async |stage| {
        let mut secrets = Vec::new();
        for _ in 0..100 {
            secrets.push(new_secret(Kind::Platform, || (stage.time.world.random)()));
        }
        secrets.sort();
        secrets.dedup();
        assert_eq!(secrets.len(), 100);
    });
}

#[test]
fn only_a_platform_key_opens_the_platform() {
    on_each_engine(async |stage| {
        let (_, platform) = make(stage, Kind::Platform, "platform").await;
        let (_, partner) = make(stage, Kind::Partner, "partner").await;
        let (_, intake) = make(stage, Kind::Intake, "intake").await;
        for (authorization, wanted) in [
            (format!("Bearer {platform}"), "200 -"),
            (format!("bearer   {platform} "), "200 -"),
            (format!("Bearer {partner}"), "401 invalid_api_key"),
            (format!("Bearer {intake}"), "401 invalid_api_key"),
            (format!("Bearer {platform}x"), "401 invalid_api_key"),
            (format!("Bearer {}", hash(&platform)), "401 invalid_api_key"),
            (format!("Basic {platform}"), "401 invalid_api_key"),
            (platform.clone(), "401 invalid_api_key"),
            ("Bearer".to_owned(), "401 invalid_api_key"),
            ("Bearer ".to_owned(), "401 invalid_api_key"),
        ] {
            assert_eq!(answer_to(stage, &authorization).await, wanted, "{authorization}");
        }
    });
}

#[test]
fn a_revoked_key_dies_within_a_second_and_stays_dead() {
    on_each_engine(async |stage| {
        let (made, secret) = make(stage, Kind::Platform, "mine").await;
        let authorization = format!("Bearer {secret}");
        assert_eq!(answer_to(stage, &authorization).await, "200 -");
        let scope = stage.scope("admin");
        let revoke = async |id| {
            let write = stage.app.store.write(&scope, move |tx| revoke(tx, &id));
            write.await
        };
        let revoked_at = revoke(made.id.clone()).await.unwrap().revoked_at;
        assert!(revoked_at.is_some());
        // Each request takes a second.
        assert_eq!(answer_to(stage, &authorization).await, "401 invalid_api_key");
        stage.time.tick(SignedDuration::from_hours(1));
        assert_eq!(answer_to(stage, &authorization).await, "401 invalid_api_key");
        assert_eq!(revoke(made.id.clone()).await.unwrap().revoked_at, revoked_at);
        let nobodys = revoke("key_nobody".parse().unwrap()).await;
        assert!(matches!(nobodys, Err(Error::NotFound("key"))), "{nobodys:?}");
        let others =
            stage.app.store.write(&stage.scope("other"), move |tx| super::revoke(tx, &made.id));
        assert!(matches!(others.await, Err(Error::NotFound("key"))));
        let read = stage.app.store.read(&scope, |tx| {
            let sql = "select count(*) from event where workspace = ?1 and kind = 'key.revoked'";
            Ok::<_, Error>(tx.first(sql, &[], |row| row.get::<i64>(0))?)
        });
        assert_eq!(read.await.unwrap(), Some(1), "revoking again changes nothing");
    });
}

#[test]
fn a_token_that_was_revoked_opens_no_door_in_the_same_moment() {
    on_each_engine(async |stage| {
        let (made, secret) = make(stage, Kind::Intake, "forms").await;
        let (keys, store, now) = (&stage.app.keys, &stage.app.store, stage.app.now());
        assert!(keys.find(store, &secret, now).await.unwrap().is_some());
        let path = format!("/v1/keys/{}", made.id);
        let ask = Ask { method: "DELETE", path: &path, headers: &[], body: "" };
        assert!(stage.send("admin", ask).await.status.starts_with("204"));
        assert!(keys.find(store, &secret, now).await.unwrap().is_none());
    });
}

#[test]
fn the_last_use_of_a_key_is_written_down_with_its_address() {
    on_each_engine(async |stage| {
        let (made, secret) = make(stage, Kind::Platform, "mine").await;
        assert_eq!((made.last_used_at, made.last_used_from), (None, None));
        answer_to(stage, &format!("Bearer {secret}")).await;
        let used_at = stage.app.now();
        stage.app.keys.write_down(&stage.app.store).await.unwrap();
        let all = stage.app.store.read(&stage.scope("admin"), list).await.unwrap();
        let used = all.iter().find(|key| key.id == made.id).unwrap();
        assert_eq!(used.last_used_at, Some(used_at));
        assert_eq!(used.last_used_from.as_deref(), Some("127.0.0.1"));
        let others = stage.app.store.read(&stage.scope("other"), list).await.unwrap();
        assert!(others.iter().all(|key| key.id != made.id));
    });
}

#[test]
fn a_name_has_a_hundred_letters() {
    on_each_engine(async |stage| {
        for (letters, is_taken) in [(100, true), (101, false)] {
            let new = NewCredential {
                kind: Kind::Partner,
                level: Level::Read,
                plan: Plan::Free,
                operator: None,
                name: "é".repeat(letters),
            };
            let secret = format!("ora_live_{letters}");
            let write =
                stage.app.store.write(&stage.scope("admin"), move |tx| create(tx, &new, &secret));
            assert_eq!(write.await.is_ok(), is_taken);
        }
    });
}
