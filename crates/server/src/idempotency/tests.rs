//! The same request twice, as transcripts.

use expect_test::expect;
use jiff::SignedDuration;

use super::{KEPT, age_out};
use crate::{
    error::Error,
    testing::{Answer, Ask, Stage, block_on, check, databases, settings},
};

#[test]
fn the_same_request_again_is_answered_by_the_first_reply() {
    check(
        r#"
        header Idempotency-Key: k1
        POST /v1/contacts {"email": "a@b.co"}
        header Idempotency-Key: k1
        POST /v1/contacts {"email": "a@b.co"}
        PATCH /v1/contacts/{con_1} {"name": "Ada"}
        header Idempotency-Key: k1
        POST /v1/contacts {"email": "a@b.co"}
        POST /v1/contacts {"email": "a@b.co"}
        GET /v1/contacts
        log
        "#,
        &expect![[r#"
            > header Idempotency-Key: k1
            > POST /v1/contacts {"email": "a@b.co"}
            201 Created
            {"data":{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > header Idempotency-Key: k1
            > POST /v1/contacts {"email": "a@b.co"}
            201 Created
            idempotency-replayed: true
            {"data":{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"name": "Ada"}
            200 OK
            {"data":{"id":"con_1","email":"a@b.co","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:03Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > header Idempotency-Key: k1
            > POST /v1/contacts {"email": "a@b.co"}
            201 Created
            idempotency-replayed: true
            {"data":{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts {"email": "a@b.co"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'email' field is already in use by con_1.","param":"email","status":409,"request_id":"req_…"}}
            > GET /v1/contacts
            200 OK
            {"data":[{"id":"con_1","email":"a@b.co","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:03Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > log
            5 contact.created con_1 by key_1 {"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}
            6 contact.updated con_1 by key_1 {"id":"con_1","email":"a@b.co","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:03Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null,"changes":{"name":{"from":null,"to":"Ada"}}}
        "#]],
    );
}

#[test]
fn another_request_with_the_same_key_is_refused() {
    check(
        r#"
        brief
        header Idempotency-Key: k1
        POST /v1/contacts {"email": "a@b.co"}
        header Idempotency-Key: k1
        POST /v1/contacts {"email": "b@b.co"}
        header Idempotency-Key: k1
        POST /v1/contacts {"email":"a@b.co"}
        header Idempotency-Key: k1
        POST /v1/tags {"email": "a@b.co", "name": "x"}
        header Idempotency-Key: k1
        POST /v1/contacts?x=1 {"email": "a@b.co"}
        header Idempotency-Key: K1
        POST /v1/contacts {"email": "b@b.co"}
        GET /v1/contacts
        "#,
        &expect![[r#"
            > brief
            > header Idempotency-Key: k1
            > POST /v1/contacts {"email": "a@b.co"}
            201 Created
            {"data":"con_1"}
            > header Idempotency-Key: k1
            > POST /v1/contacts {"email": "b@b.co"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"idempotency_key_reused","message":"The 'Idempotency-Key' was used before with another request: use a new key.","param":"Idempotency-Key","status":422,"request_id":"req_…"}}
            > header Idempotency-Key: k1
            > POST /v1/contacts {"email":"a@b.co"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"idempotency_key_reused","message":"The 'Idempotency-Key' was used before with another request: use a new key.","param":"Idempotency-Key","status":422,"request_id":"req_…"}}
            > header Idempotency-Key: k1
            > POST /v1/tags {"email": "a@b.co", "name": "x"}
            422 Unprocessable Entity
            x-ignored-fields: email
            {"error":{"type":"validation_error","code":"idempotency_key_reused","message":"The 'Idempotency-Key' was used before with another request: use a new key.","param":"Idempotency-Key","status":422,"request_id":"req_…"}}
            > header Idempotency-Key: k1
            > POST /v1/contacts?x=1 {"email": "a@b.co"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"idempotency_key_reused","message":"The 'Idempotency-Key' was used before with another request: use a new key.","param":"Idempotency-Key","status":422,"request_id":"req_…"}}
            > header Idempotency-Key: K1
            > POST /v1/contacts {"email": "b@b.co"}
            201 Created
            {"data":"con_2"}
            > GET /v1/contacts
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
        "#]],
    );
}

#[test]
fn keys_of_different_credentials_have_nothing_to_do_with_each_other() {
    check(
        r#"
        brief
        header Idempotency-Key: k1
        POST /v1/contacts {"email": "a@b.co"}
        as write
        header Idempotency-Key: k1
        POST /v1/contacts {"email": "b@b.co"}
        as other
        header Idempotency-Key: k1
        POST /v1/contacts {"email": "c@b.co"}
        as admin
        GET /v1/contacts
        "#,
        &expect![[r#"
            > brief
            > header Idempotency-Key: k1
            > POST /v1/contacts {"email": "a@b.co"}
            201 Created
            {"data":"con_1"}
            > as write
            > header Idempotency-Key: k1
            > POST /v1/contacts {"email": "b@b.co"}
            201 Created
            {"data":"con_2"}
            > as other
            > header Idempotency-Key: k1
            > POST /v1/contacts {"email": "c@b.co"}
            201 Created
            {"data":"con_3"}
            > as admin
            > GET /v1/contacts
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
        "#]],
    );
}

#[test]
fn only_what_was_done_is_recorded() {
    check(
        r#"
        brief
        header Idempotency-Key: k1
        POST /v1/contacts {"email": "nope"}
        header Idempotency-Key: k1
        POST /v1/contacts {"email": "a@b.co"}
        header Idempotency-Key: k2
        POST /v1/contacts {"email": "a@b.co"}
        DELETE /v1/contacts/{con_1}
        header Idempotency-Key: k2
        POST /v1/contacts {"email": "a@b.co"}
        as read
        header Idempotency-Key: k3
        POST /v1/contacts {"email": "c@b.co"}
        "#,
        &expect![[r#"
            > brief
            > header Idempotency-Key: k1
            > POST /v1/contacts {"email": "nope"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'email' field must be a valid email address.","param":"email","status":422,"request_id":"req_…"}}
            > header Idempotency-Key: k1
            > POST /v1/contacts {"email": "a@b.co"}
            201 Created
            {"data":"con_1"}
            > header Idempotency-Key: k2
            > POST /v1/contacts {"email": "a@b.co"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'email' field is already in use by con_1.","param":"email","status":409,"request_id":"req_…"}}
            > DELETE /v1/contacts/{con_1}
            204 No Content
            > header Idempotency-Key: k2
            > POST /v1/contacts {"email": "a@b.co"}
            201 Created
            {"data":"con_2"}
            > as read
            > header Idempotency-Key: k3
            > POST /v1/contacts {"email": "c@b.co"}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"This needs the scope 'contacts:write', which your credential does not have.","status":403,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn a_reply_is_kept_for_a_day() {
    check(
        r#"
        brief
        header Idempotency-Key: k1
        POST /v1/tags {"name": "a"}
        tick 23h
        header Idempotency-Key: k1
        POST /v1/tags {"name": "a"}
        tick 2h
        header Idempotency-Key: k1
        POST /v1/tags {"name": "a"}
        header Idempotency-Key: k1
        POST /v1/tags {"name": "b"}
        header Idempotency-Key: k1
        POST /v1/tags {"name": "b"}
        "#,
        &expect![[r#"
            > brief
            > header Idempotency-Key: k1
            > POST /v1/tags {"name": "a"}
            201 Created
            {"data":"tag_1"}
            > tick 23h
            > header Idempotency-Key: k1
            > POST /v1/tags {"name": "a"}
            201 Created
            idempotency-replayed: true
            {"data":"tag_1"}
            > tick 2h
            > header Idempotency-Key: k1
            > POST /v1/tags {"name": "a"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'name' field is already in use by tag_1.","param":"name","status":409,"request_id":"req_…"}}
            > header Idempotency-Key: k1
            > POST /v1/tags {"name": "b"}
            201 Created
            {"data":"tag_2"}
            > header Idempotency-Key: k1
            > POST /v1/tags {"name": "b"}
            201 Created
            idempotency-replayed: true
            {"data":"tag_2"}
        "#]],
    );
}

#[test]
fn every_post_of_contacts_takes_a_key() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co"}
        POST /v1/contacts {"email": "b@b.co"}
        header Idempotency-Key: k1
        POST /v1/contacts/{con_1}/merge {"contact_id": "{con_2}"}
        header Idempotency-Key: k1
        POST /v1/contacts/{con_1}/merge {"contact_id": "{con_2}"}
        header Idempotency-Key: k2
        POST /v1/contacts/{con_1}/tags {"add": ["x"]}
        header Idempotency-Key: k2
        POST /v1/contacts/{con_1}/tags {"add": ["x"]}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co"}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "b@b.co"}
            201 Created
            {"data":"con_2"}
            > header Idempotency-Key: k1
            > POST /v1/contacts/{con_1}/merge {"contact_id": "{con_2}"}
            200 OK
            {"data":"con_1"}
            > header Idempotency-Key: k1
            > POST /v1/contacts/{con_1}/merge {"contact_id": "{con_2}"}
            200 OK
            idempotency-replayed: true
            {"data":"con_1"}
            > header Idempotency-Key: k2
            > POST /v1/contacts/{con_1}/tags {"add": ["x"]}
            200 OK
            {"data":"con_1"}
            > header Idempotency-Key: k2
            > POST /v1/contacts/{con_1}/tags {"add": ["x"]}
            200 OK
            idempotency-replayed: true
            {"data":"con_1"}
        "#]],
    );
}

#[test]
fn a_post_of_records_takes_a_key_and_a_search_and_a_patch_need_none() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co"}
        POST /v1/contacts {"email": "b@b.co"}
        header Idempotency-Key: k3
        POST /v1/lines {"name": "a"}
        header Idempotency-Key: k3
        POST /v1/lines {"name": "a"}
        header Idempotency-Key: k4
        POST /v1/contacts/search {}
        header Idempotency-Key: k4
        POST /v1/contacts/search {"query": "a"}
        header Idempotency-Key: k5
        PATCH /v1/contacts/{con_1} {"name": "Ada"}
        log
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co"}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "b@b.co"}
            201 Created
            {"data":"con_2"}
            > header Idempotency-Key: k3
            > POST /v1/lines {"name": "a"}
            201 Created
            {"data":"line_1"}
            > header Idempotency-Key: k3
            > POST /v1/lines {"name": "a"}
            201 Created
            idempotency-replayed: true
            {"data":"line_1"}
            > header Idempotency-Key: k4
            > POST /v1/contacts/search {}
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > header Idempotency-Key: k4
            > POST /v1/contacts/search {"query": "a"}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > header Idempotency-Key: k5
            > PATCH /v1/contacts/{con_1} {"name": "Ada"}
            200 OK
            {"data":"con_1"}
            > log
            5 contact.created con_1 by key_1 {"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}
            6 contact.created con_2 by key_1 {"id":"con_2","email":"b@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z","number":2,"phone_valid":null,"emails":[{"email":"b@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}
            7 record.created line_1 by key_1 {"phone_number":null,"channel":"sms","owner_id":null,"id":"line_1","kind":"line","number":1,"name":"a"}
            8 contact.updated con_1 by key_1 {"id":"con_1","email":"a@b.co","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:07Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null,"changes":{"name":{"from":null,"to":"Ada"}}}
        "#]],
    );
}

#[test]
fn a_key_is_printable_and_not_too_long() {
    check(
        r#"
        header Idempotency-Key: ключ
        POST /v1/contacts {"email": "a@b.co"}
        header Idempotency-Key: "a b"~!
        POST /v1/contacts {"email": "a@b.co"}
        "#,
        &expect![[r#"
            > header Idempotency-Key: ключ
            > POST /v1/contacts {"email": "a@b.co"}
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'Idempotency-Key' header must be 1 to 255 printable ASCII characters.","param":"Idempotency-Key","status":400,"request_id":"req_…"}}
            > header Idempotency-Key: "a b"~!
            > POST /v1/contacts {"email": "a@b.co"}
            201 Created
            {"data":{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
        "#]],
    );
}

#[test]
fn a_key_has_at_most_255_letters() {
    for database in databases() {
        block_on(async {
            let stage = Stage::set(&database).await;
            for (letters, wanted) in
                [(0, "400 Bad Request"), (255, "201 Created"), (256, "400 Bad Request")]
            {
                let headers = [("Idempotency-Key".to_owned(), "k".repeat(letters))];
                let body = format!("{{\"email\": \"{letters}@b.co\"}}");
                let ask =
                    Ask { method: "POST", path: "/v1/contacts", headers: &headers, body: &body };
                assert_eq!(stage.send("admin", ask).await.status, wanted);
            }
        });
    }
}

#[test]
fn a_hundred_at_once_with_one_key_are_one() {
    for database in databases() {
        block_on(async {
            let mut config = settings();
            config.rate_limits.enforce = false;
            let stage = Stage::set_with(&database, config).await;
            let headers = [("Idempotency-Key".to_owned(), "k".to_owned())];
            let body = r#"{"email": "a@b.co"}"#;
            let asked = (0..100).map(|_| {
                let ask = Ask { method: "POST", path: "/v1/contacts", headers: &headers, body };
                stage.send("admin", ask)
            });
            let answers = futures_util::future::join_all(asked).await;
            let refused: Vec<&Answer> =
                answers.iter().filter(|answer| answer.status != "201 Created").collect();
            assert!(refused.is_empty(), "{}: {}", refused[0].status, refused[0].body);
            assert!(answers.iter().all(|answer| answer.body == answers[0].body));
            let replayed =
                answers.iter().filter(|answer| answer.headers.contains_key("idempotency-replayed"));
            assert_eq!(replayed.count(), 99);
        });
    }
}

#[test]
fn old_replies_are_cleaned_up() {
    for database in databases() {
        block_on(async {
            let stage = Stage::set(&database).await;
            let scope = stage.scope("admin");
            let count = async || {
                let read = stage.app.store.read(&scope, |tx| {
                    let sql = "select count(*) from idempotency where workspace = ?1";
                    Ok::<_, Error>(tx.first(sql, &[], |row| row.get::<i64>(0))?.unwrap_or(0))
                });
                read.await.unwrap()
            };
            for number in 0..3 {
                let headers = [("Idempotency-Key".to_owned(), format!("k{number}"))];
                let body = format!("{{\"name\": \"{number}\"}}");
                let ask = Ask { method: "POST", path: "/v1/tags", headers: &headers, body: &body };
                stage.send("admin", ask).await;
            }
            stage.time.tick(SignedDuration::from_hours(25));
            let before = stage.app.now() - KEPT;
            let age_out = async |limit| {
                let write = stage.app.store.write(&scope, move |tx| age_out(tx, before, limit));
                write.await.unwrap()
            };
            assert!(age_out(2).await, "one is left");
            assert_eq!(count().await, 1);
            assert!(!age_out(2).await);
            assert_eq!(count().await, 0);
        });
    }
}
