//! Requests that the documents show, verbatim but for host and credential.

use expect_test::expect;

use crate::testing::check;

#[test]
fn the_documented_contact_requests_succeed_as_they_stand() {
    check(
        r#"
        header Content-Type: application/json
        POST /v1/contacts {"email": "sarah@example.com", "name": "Sarah Johnson", "phone": "+1-555-0123", "custom_attributes": {"plan": "professional", "company_size": "50-100"}}
        header Content-Type: application/json
        POST /v1/contacts {"email": "sarah@example.com", "name": "Sarah Johnson", "phone": "+1-555-0123", "custom_attributes": {"plan": "professional", "company_size": "50-100"}}
        GET /v1/contacts?page=2&per_page=50
        GET /v1/contacts?page=1&per_page=25
        GET /v1/contacts/{con_1}
        header Content-Type: application/json
        PATCH /v1/contacts/{con_1} {"company": "Example Ltd"}
        header Content-Type: application/json
        POST /v1/contacts/search {"query": "sarah"}
        DELETE /v1/contacts/{con_1}
        "#,
        &expect![[r#"
            > header Content-Type: application/json
            > POST /v1/contacts {"email": "sarah@example.com", "name": "Sarah Johnson", "phone": "+1-555-0123", "custom_attributes": {"plan": "professional", "company_size": "50-100"}}
            201 Created
            {"data":{"id":"con_1","email":"sarah@example.com","name":"Sarah Johnson","phone":"+15550123","company":null,"avatar_url":null,"custom_attributes":{"plan":"professional","company_size":"50-100"},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":false,"emails":[{"email":"sarah@example.com","label":null}],"phones":[{"phone":"+15550123","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > header Content-Type: application/json
            > POST /v1/contacts {"email": "sarah@example.com", "name": "Sarah Johnson", "phone": "+1-555-0123", "custom_attributes": {"plan": "professional", "company_size": "50-100"}}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'email' field is already in use by con_1.","param":"email","status":409,"request_id":"req_…"}}
            > GET /v1/contacts?page=2&per_page=50
            200 OK
            {"data":[],"pagination":{"page":2,"per_page":50,"total":1,"has_more":false}}
            > GET /v1/contacts?page=1&per_page=25
            200 OK
            {"data":[{"id":"con_1","email":"sarah@example.com","name":"Sarah Johnson","phone":"+15550123","company":null,"avatar_url":null,"custom_attributes":{"plan":"professional","company_size":"50-100"},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":false,"emails":[{"email":"sarah@example.com","label":null}],"phones":[{"phone":"+15550123","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/contacts/{con_1}
            200 OK
            {"data":{"id":"con_1","email":"sarah@example.com","name":"Sarah Johnson","phone":"+15550123","company":null,"avatar_url":null,"custom_attributes":{"plan":"professional","company_size":"50-100"},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":false,"emails":[{"email":"sarah@example.com","label":null}],"phones":[{"phone":"+15550123","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > header Content-Type: application/json
            > PATCH /v1/contacts/{con_1} {"company": "Example Ltd"}
            200 OK
            {"data":{"id":"con_1","email":"sarah@example.com","name":"Sarah Johnson","phone":"+15550123","company":"Example Ltd","avatar_url":null,"custom_attributes":{"plan":"professional","company_size":"50-100"},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z","number":1,"phone_valid":false,"emails":[{"email":"sarah@example.com","label":null}],"phones":[{"phone":"+15550123","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > header Content-Type: application/json
            > POST /v1/contacts/search {"query": "sarah"}
            200 OK
            {"data":[{"id":"con_1","email":"sarah@example.com","name":"Sarah Johnson","phone":"+15550123","company":"Example Ltd","avatar_url":null,"custom_attributes":{"plan":"professional","company_size":"50-100"},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z","number":1,"phone_valid":false,"emails":[{"email":"sarah@example.com","label":null}],"phones":[{"phone":"+15550123","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > DELETE /v1/contacts/{con_1}
            204 No Content
        "#]],
    );
}

#[test]
fn the_documented_refusal_is_the_documented_object() {
    check(
        r#"
        header Content-Type: application/json
        POST /v1/contacts {"email": "nope"}
        "#,
        &expect![[r#"
            > header Content-Type: application/json
            > POST /v1/contacts {"email": "nope"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'email' field must be a valid email address.","param":"email","status":422,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn a_client_loops_on_has_more_with_the_last_id() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co"}
        POST /v1/contacts {"email": "b@b.co"}
        POST /v1/contacts {"email": "c@b.co"}
        GET /v1/contacts?limit=2
        GET /v1/contacts?after={con_2}&limit=2
        GET /v1/contacts?after={con_1}&limit=100
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co"}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "b@b.co"}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts {"email": "c@b.co"}
            201 Created
            {"data":"con_3"}
            > GET /v1/contacts?limit=2
            200 OK
            {"data":["con_3","con_2"],"pagination":{"limit":2,"has_more":true,"next_cursor":"con_2"}}
            > GET /v1/contacts?after={con_2}&limit=2
            200 OK
            {"data":["con_1"],"pagination":{"limit":2,"has_more":false,"next_cursor":null}}
            > GET /v1/contacts?after={con_1}&limit=100
            200 OK
            {"data":[],"pagination":{"limit":100,"has_more":false,"next_cursor":null}}
        "#]],
    );
}
