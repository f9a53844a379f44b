//! What the documents promise of contacts, as transcripts.

mod attribute;
mod create;
mod erase;
mod export;
mod filter;
mod merge;
mod page;
mod patch;
mod reach;
mod search;
mod segment;
mod tag;
mod tree;
mod way;

use expect_test::expect;

use crate::testing::{Answer, Ask, Stage, block_on, check, databases};

/// For what is too long for a transcript.
#[expect(clippy::needless_pass_by_value, reason = "a test is written on the spot")]
fn on_each_engine(test: impl AsyncFn(&Stage)) {
    for database in databases() {
        block_on(async { test(&Stage::set(&database).await).await });
    }
}

async fn ask(stage: &Stage, method: &str, path: &str, body: &str) -> Answer {
    stage.send("admin", Ask { method, path, headers: &[], body }).await
}

async fn post(stage: &Stage, path: &str, body: &str) -> Answer {
    ask(stage, "POST", path, body).await
}

fn made_id(answer: &Answer) -> String {
    let made: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    made["data"]["id"].as_str().unwrap_or_else(|| panic!("{}", answer.body)).to_owned()
}

async fn delete_made(stage: &Stage, answer: &Answer) {
    let path = format!("/v1/contacts/{}", made_id(answer));
    assert_eq!(ask(stage, "DELETE", &path, "").await.status, "204 No Content");
}

#[test]
fn a_contact_is_created_found_and_deleted() {
    check(
        r#"
        POST /v1/contacts {"email": " Ada@Example.com ", "name": " Ada Lovelace "}
        GET /v1/contacts/{con_1}
        DELETE /v1/contacts/{con_1}
        GET /v1/contacts/{con_1}
        log
        settle
        log
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": " Ada@Example.com ", "name": " Ada Lovelace "}
            201 Created
            {"data":{"id":"con_1","email":"Ada@Example.com","name":"Ada Lovelace","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"Ada@Example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > GET /v1/contacts/{con_1}
            200 OK
            {"data":{"id":"con_1","email":"Ada@Example.com","name":"Ada Lovelace","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"Ada@Example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > DELETE /v1/contacts/{con_1}
            204 No Content
            > GET /v1/contacts/{con_1}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such contact.","status":404,"request_id":"req_…"}}
            > log
            5 contact.created con_1 by key_1 {"id":"con_1","email":"Ada@Example.com","name":"Ada Lovelace","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"Ada@Example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}
            6 contact.deleted con_1 by key_1 {"id":"con_1"}
            > settle
            > log
            5 contact.created con_1 by key_1 {"id":"con_1"}
            6 contact.deleted con_1 by key_1 {"id":"con_1"}
        "#]],
    );
}
