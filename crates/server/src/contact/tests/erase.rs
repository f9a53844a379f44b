//! Erasing a contact.

use expect_test::expect;

use crate::testing::check;

#[test]
fn an_erased_contact_is_gone_from_lists_log_and_search() {
    check(
        r#"
        POST /v1/contacts {"email": "ada@example.com", "name": "Ada Lovelace", "phone": "+18187405020", "tags": ["vip"], "custom_attributes": {"n": 7}}
        PATCH /v1/contacts/{con_1} {"company": "Engines Ltd"}
        brief
        DELETE /v1/contacts/{con_1}
        GET /v1/contacts/{con_1}
        DELETE /v1/contacts/{con_1}
        GET /v1/contacts
        GET /v1/contacts?email=ada@example.com
        GET /v1/contacts?phone=8187405020
        GET /v1/contacts?tag=vip
        POST /v1/contacts/search {"query": "ada"}
        POST /v1/contacts/search {"filters": {"custom_attributes": {"n": 7}}}
        settle
        log
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "ada@example.com", "name": "Ada Lovelace", "phone": "+18187405020", "tags": ["vip"], "custom_attributes": {"n": 7}}
            201 Created
            {"data":{"id":"con_1","email":"ada@example.com","name":"Ada Lovelace","phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{"n":7},"tags":["vip"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"company": "Engines Ltd"}
            200 OK
            {"data":{"id":"con_1","email":"ada@example.com","name":"Ada Lovelace","phone":"+18187405020","company":"Engines Ltd","avatar_url":null,"custom_attributes":{"n":7},"tags":["vip"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > brief
            > DELETE /v1/contacts/{con_1}
            204 No Content
            > GET /v1/contacts/{con_1}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such contact.","status":404,"request_id":"req_…"}}
            > DELETE /v1/contacts/{con_1}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such contact.","status":404,"request_id":"req_…"}}
            > GET /v1/contacts
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/contacts?email=ada@example.com
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/contacts?phone=8187405020
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/contacts?tag=vip
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"query": "ada"}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"custom_attributes": {"n": 7}}}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > settle
            > log
            5 record.created tag_1 by key_1 {"id":"tag_1","kind":"tag","number":1,"name":"vip"}
            6 contact.created con_1 by key_1 {"id":"con_1"}
            7 contact.updated con_1 by key_1 {"id":"con_1"}
            8 contact.deleted con_1 by key_1 {"id":"con_1"}
        "#]],
    );
}

#[test]
fn someone_who_comes_again_gets_nothing_of_the_old() {
    check(
        r#"
        POST /v1/contacts {"email": "ada@example.com", "name": "Ada Lovelace", "phone": "+18187405020", "tags": ["vip"], "custom_attributes": {"n": 7}, "emails": [{"email": "ada@home.example"}]}
        DELETE /v1/contacts/{con_1}
        POST /v1/contacts {"email": "ada@example.com", "phone": "+18187405020"}
        settle
        GET /v1/contacts/{con_2}
        GET /v1/contacts/{con_1}
        brief
        GET /v1/contacts?tag=vip
        GET /v1/contacts?email=ada@home.example
        GET /v1/contacts?q=lovelace
        POST /v1/contacts/search {"filters": {"custom_attributes": {"n": 7}}}
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "ada@example.com", "name": "Ada Lovelace", "phone": "+18187405020", "tags": ["vip"], "custom_attributes": {"n": 7}, "emails": [{"email": "ada@home.example"}]}
            201 Created
            {"data":{"id":"con_1","email":"ada@example.com","name":"Ada Lovelace","phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{"n":7},"tags":["vip"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null},{"email":"ada@home.example","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > DELETE /v1/contacts/{con_1}
            204 No Content
            > POST /v1/contacts {"email": "ada@example.com", "phone": "+18187405020"}
            201 Created
            {"data":{"id":"con_2","email":"ada@example.com","name":null,"phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:03Z","updated_at":"2026-01-01T00:00:03Z","number":2,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > settle
            > GET /v1/contacts/{con_2}
            200 OK
            {"data":{"id":"con_2","email":"ada@example.com","name":null,"phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:03Z","updated_at":"2026-01-01T00:00:03Z","number":2,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > GET /v1/contacts/{con_1}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such contact.","status":404,"request_id":"req_…"}}
            > brief
            > GET /v1/contacts?tag=vip
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/contacts?email=ada@home.example
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/contacts?q=lovelace
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"custom_attributes": {"n": 7}}}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_recorded_reply_is_erased_with_its_contact() {
    check(
        r#"
        header Idempotency-Key: k1
        POST /v1/contacts {"email": "ada@example.com", "name": "Ada"}
        header Idempotency-Key: k1
        POST /v1/contacts {"email": "ada@example.com", "name": "Ada"}
        header Idempotency-Key: k2
        POST /v1/contacts/{con_1}/tags {"add": ["vip"]}
        DELETE /v1/contacts/{con_1}
        settle
        header Idempotency-Key: k2
        POST /v1/contacts/{con_1}/tags {"add": ["vip"]}
        header Idempotency-Key: k1
        POST /v1/contacts {"email": "ada@example.com", "name": "Ada"}
        "#,
        &expect![[r#"
            > header Idempotency-Key: k1
            > POST /v1/contacts {"email": "ada@example.com", "name": "Ada"}
            201 Created
            {"data":{"id":"con_1","email":"ada@example.com","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > header Idempotency-Key: k1
            > POST /v1/contacts {"email": "ada@example.com", "name": "Ada"}
            201 Created
            idempotency-replayed: true
            {"data":{"id":"con_1","email":"ada@example.com","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > header Idempotency-Key: k2
            > POST /v1/contacts/{con_1}/tags {"add": ["vip"]}
            200 OK
            {"data":{"id":"con_1","email":"ada@example.com","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["vip"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:03Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > DELETE /v1/contacts/{con_1}
            204 No Content
            > settle
            > header Idempotency-Key: k2
            > POST /v1/contacts/{con_1}/tags {"add": ["vip"]}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such contact.","status":404,"request_id":"req_…"}}
            > header Idempotency-Key: k1
            > POST /v1/contacts {"email": "ada@example.com", "name": "Ada"}
            201 Created
            {"data":{"id":"con_2","email":"ada@example.com","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:06Z","updated_at":"2026-01-01T00:00:06Z","number":2,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
        "#]],
    );
}

#[test]
fn the_replies_about_who_was_merged_are_erased_too() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co"}
        header Idempotency-Key: k1
        POST /v1/contacts {"email": "b@b.co", "name": "Bob"}
        header Idempotency-Key: k2
        POST /v1/contacts/{con_1}/merge {"contact_id": "{con_2}"}
        DELETE /v1/contacts/{con_1}
        settle
        header Idempotency-Key: k2
        POST /v1/contacts/{con_1}/merge {"contact_id": "{con_2}"}
        header Idempotency-Key: k1
        POST /v1/contacts {"email": "b@b.co", "name": "Bob"}
        log
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co"}
            201 Created
            {"data":"con_1"}
            > header Idempotency-Key: k1
            > POST /v1/contacts {"email": "b@b.co", "name": "Bob"}
            201 Created
            {"data":"con_2"}
            > header Idempotency-Key: k2
            > POST /v1/contacts/{con_1}/merge {"contact_id": "{con_2}"}
            200 OK
            {"data":"con_1"}
            > DELETE /v1/contacts/{con_1}
            204 No Content
            > settle
            > header Idempotency-Key: k2
            > POST /v1/contacts/{con_1}/merge {"contact_id": "{con_2}"}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such contact.","status":404,"request_id":"req_…"}}
            > header Idempotency-Key: k1
            > POST /v1/contacts {"email": "b@b.co", "name": "Bob"}
            201 Created
            {"data":"con_3"}
            > log
            5 contact.created con_1 by key_1 {"id":"con_1"}
            6 contact.created con_2 by key_1 {"id":"con_2"}
            7 contact.updated con_1 by key_1 {"id":"con_1"}
            8 contact.merged con_1 by key_1 {"id":"con_1"}
            9 contact.deleted con_1 by key_1 {"id":"con_1"}
            10 contact.created con_3 by key_1 {"id":"con_3","email":"b@b.co","name":"Bob","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:06Z","updated_at":"2026-01-01T00:00:06Z","number":3,"phone_valid":null,"emails":[{"email":"b@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}
        "#]],
    );
}
