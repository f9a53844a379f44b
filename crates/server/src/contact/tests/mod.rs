use expect_test::expect;

use crate::testing::check;

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
            {"data":{"id":"con_1","email":"Ada@Example.com","name":"Ada Lovelace","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"Ada@Example.com","label":null}],"phones":[],"disposition_id":null}}
            > GET /v1/contacts/{con_1}
            200 OK
            {"data":{"id":"con_1","email":"Ada@Example.com","name":"Ada Lovelace","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"Ada@Example.com","label":null}],"phones":[],"disposition_id":null}}
            > DELETE /v1/contacts/{con_1}
            204 No Content
            > GET /v1/contacts/{con_1}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such contact.","status":404,"request_id":"req_…"}}
            > log
            5 contact.created con_1 by key_1 {"id":"con_1","email":"Ada@Example.com","name":"Ada Lovelace","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"Ada@Example.com","label":null}],"phones":[],"disposition_id":null}
            6 contact.deleted con_1 by key_1 {"id":"con_1"}
            > settle
            > log
            5 contact.created con_1 by key_1 {"id":"con_1"}
            6 contact.deleted con_1 by key_1 {"id":"con_1"}
        "#]],
    );
}
