//! Changing a contact.

use expect_test::expect;

use crate::testing::check;

#[test]
fn absent_keeps_a_value_sets_and_null_clears() {
    check(
        r#"
        POST /v1/contacts {"email": "ada@example.com", "name": "Ada", "phone": "+18187405020", "company": "Engines Ltd", "avatar_url": "https://example.com/ada.png", "custom_attributes": {"plan": "pro"}, "tags": ["vip"]}
        PATCH /v1/contacts/{con_1} {"name": "Ada Lovelace"}
        PATCH /v1/contacts/{con_1} {"name": null, "phone": null, "company": null, "avatar_url": null, "custom_attributes": null, "tags": null}
        GET /v1/contacts/{con_1}
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "ada@example.com", "name": "Ada", "phone": "+18187405020", "company": "Engines Ltd", "avatar_url": "https://example.com/ada.png", "custom_attributes": {"plan": "pro"}, "tags": ["vip"]}
            201 Created
            {"data":{"id":"con_1","email":"ada@example.com","name":"Ada","phone":"+18187405020","company":"Engines Ltd","avatar_url":"https://example.com/ada.png","custom_attributes":{"plan":"pro"},"tags":["vip"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"name": "Ada Lovelace"}
            200 OK
            {"data":{"id":"con_1","email":"ada@example.com","name":"Ada Lovelace","phone":"+18187405020","company":"Engines Ltd","avatar_url":"https://example.com/ada.png","custom_attributes":{"plan":"pro"},"tags":["vip"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"name": null, "phone": null, "company": null, "avatar_url": null, "custom_attributes": null, "tags": null}
            200 OK
            {"data":{"id":"con_1","email":"ada@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:03Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > GET /v1/contacts/{con_1}
            200 OK
            {"data":{"id":"con_1","email":"ada@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:03Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
        "#]],
    );
}

#[test]
fn an_address_cannot_be_cleared() {
    check(
        r#"
        POST /v1/contacts {"email": "ada@example.com"}
        PATCH /v1/contacts/{con_1} {"email": null}
        PATCH /v1/contacts/{con_1} {"email": " "}
        PATCH /v1/contacts/{con_1} {"email": "nope", "name": "Ada"}
        GET /v1/contacts/{con_1}
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "ada@example.com"}
            201 Created
            {"data":{"id":"con_1","email":"ada@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"email": null}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'email' field must be a valid email address.","param":"email","status":422,"request_id":"req_…"}}
            > PATCH /v1/contacts/{con_1} {"email": " "}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'email' field must be a valid email address.","param":"email","status":422,"request_id":"req_…"}}
            > PATCH /v1/contacts/{con_1} {"email": "nope", "name": "Ada"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'email' field must be a valid email address.","param":"email","status":422,"request_id":"req_…"}}
            > GET /v1/contacts/{con_1}
            200 OK
            {"data":{"id":"con_1","email":"ada@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
        "#]],
    );
}

#[test]
fn attributes_merge_by_key() {
    check(
        r#"
        POST /v1/contacts {"email": "ada@example.com", "custom_attributes": {"a": 1, "b": {"x": 1}, "c": "gone"}}
        PATCH /v1/contacts/{con_1} {"custom_attributes": {"b": {"y": 2}, "c": null, "d": [1, null], "e": null}}
        PATCH /v1/contacts/{con_1} {"custom_attributes": {}}
        PATCH /v1/contacts/{con_1} {"custom_attributes": "none"}
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "ada@example.com", "custom_attributes": {"a": 1, "b": {"x": 1}, "c": "gone"}}
            201 Created
            {"data":{"id":"con_1","email":"ada@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{"a":1,"b":{"x":1},"c":"gone"},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"custom_attributes": {"b": {"y": 2}, "c": null, "d": [1, null], "e": null}}
            200 OK
            {"data":{"id":"con_1","email":"ada@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{"a":1,"b":{"y":2},"d":[1,null]},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"custom_attributes": {}}
            200 OK
            {"data":{"id":"con_1","email":"ada@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{"a":1,"b":{"y":2},"d":[1,null]},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"custom_attributes": "none"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'custom_attributes' field must be an object.","param":"custom_attributes","status":422,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn tags_are_replaced() {
    check(
        r#"
        POST /v1/contacts {"email": "ada@example.com", "tags": ["a", "b"]}
        PATCH /v1/contacts/{con_1} {"tags": ["B", "c", "C", " c "]}
        GET /v1/contacts?tag=a
        GET /v1/contacts?tag=c
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "ada@example.com", "tags": ["a", "b"]}
            201 Created
            {"data":{"id":"con_1","email":"ada@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["a","b"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"tags": ["B", "c", "C", " c "]}
            200 OK
            {"data":{"id":"con_1","email":"ada@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["b","c"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > GET /v1/contacts?tag=a
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/contacts?tag=c
            200 OK
            {"data":[{"id":"con_1","email":"ada@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["b","c"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
        "#]],
    );
}

#[test]
fn what_stays_as_it_is_makes_no_event() {
    check(
        r#"
        POST /v1/contacts {"email": "ada@example.com", "name": "Ada", "phone": "+18187405020", "tags": ["vip"], "custom_attributes": {"n": 7}}
        PATCH /v1/contacts/{con_1} {}
        PATCH /v1/contacts/{con_1} {"email": "ada@example.com", "name": " Ada ", "phone": "(818) 740-5020", "tags": ["VIP"], "custom_attributes": {"n": 7}}
        log
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "ada@example.com", "name": "Ada", "phone": "+18187405020", "tags": ["vip"], "custom_attributes": {"n": 7}}
            201 Created
            {"data":{"id":"con_1","email":"ada@example.com","name":"Ada","phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{"n":7},"tags":["vip"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {}
            200 OK
            {"data":{"id":"con_1","email":"ada@example.com","name":"Ada","phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{"n":7},"tags":["vip"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"email": "ada@example.com", "name": " Ada ", "phone": "(818) 740-5020", "tags": ["VIP"], "custom_attributes": {"n": 7}}
            200 OK
            {"data":{"id":"con_1","email":"ada@example.com","name":"Ada","phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{"n":7},"tags":["vip"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > log
            5 record.created tag_1 by key_1 {"id":"tag_1","kind":"tag","number":1,"name":"vip"}
            6 contact.created con_1 by key_1 {"id":"con_1","email":"ada@example.com","name":"Ada","phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{"n":7},"tags":["vip"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}
        "#]],
    );
}

#[test]
fn an_event_tells_what_changed_from_and_to() {
    check(
        r#"
        POST /v1/contacts {"email": "ada@example.com", "name": "Ada"}
        PATCH /v1/contacts/{con_1} {"phone": "+61 412 345 678", "name": null, "tags": ["vip"], "custom_attributes": {"n": 7}}
        PATCH /v1/contacts/{con_1} {"email": "Ada@Example.com"}
        log
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "ada@example.com", "name": "Ada"}
            201 Created
            {"data":{"id":"con_1","email":"ada@example.com","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"phone": "+61 412 345 678", "name": null, "tags": ["vip"], "custom_attributes": {"n": 7}}
            200 OK
            {"data":{"id":"con_1","email":"ada@example.com","name":null,"phone":"+61412345678","company":null,"avatar_url":null,"custom_attributes":{"n":7},"tags":["vip"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+61412345678","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"email": "Ada@Example.com"}
            200 OK
            {"data":{"id":"con_1","email":"Ada@Example.com","name":null,"phone":"+61412345678","company":null,"avatar_url":null,"custom_attributes":{"n":7},"tags":["vip"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:03Z","number":1,"phone_valid":true,"emails":[{"email":"Ada@Example.com","label":null}],"phones":[{"phone":"+61412345678","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > log
            5 contact.created con_1 by key_1 {"id":"con_1","email":"ada@example.com","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}
            6 record.created tag_1 by key_1 {"id":"tag_1","kind":"tag","number":1,"name":"vip"}
            7 contact.updated con_1 by key_1 {"id":"con_1","email":"ada@example.com","name":null,"phone":"+61412345678","company":null,"avatar_url":null,"custom_attributes":{"n":7},"tags":["vip"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+61412345678","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null,"changes":{"name":{"from":"Ada","to":null},"phone":{"from":null,"to":"+61412345678"},"custom_attributes":{"from":{},"to":{"n":7}},"tags":{"from":[],"to":["vip"]},"phones":{"from":[],"to":[{"phone":"+61412345678","label":null}]}}}
            8 contact.updated con_1 by key_1 {"id":"con_1","email":"Ada@Example.com","name":null,"phone":"+61412345678","company":null,"avatar_url":null,"custom_attributes":{"n":7},"tags":["vip"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:03Z","number":1,"phone_valid":true,"emails":[{"email":"Ada@Example.com","label":null}],"phones":[{"phone":"+61412345678","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null,"changes":{"email":{"from":"ada@example.com","to":"Ada@Example.com"},"emails":{"from":[{"email":"ada@example.com","label":null}],"to":[{"email":"Ada@Example.com","label":null}]}}}
        "#]],
    );
}

#[test]
fn an_address_or_number_that_was_given_up_is_free() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "ada@example.com", "phone": "+18187405020"}
        POST /v1/contacts {"email": "bob@example.com"}
        PATCH /v1/contacts/{con_2} {"email": "ADA@example.com"}
        PATCH /v1/contacts/{con_2} {"phone": "818-740-5020"}
        PATCH /v1/contacts/{con_1} {"email": "ada@new.example", "phone": null}
        PATCH /v1/contacts/{con_2} {"email": "ADA@example.com", "phone": "818-740-5020"}
        GET /v1/contacts?email=ada@example.com
        GET /v1/contacts?phone=8187405020
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "ada@example.com", "phone": "+18187405020"}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "bob@example.com"}
            201 Created
            {"data":"con_2"}
            > PATCH /v1/contacts/{con_2} {"email": "ADA@example.com"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'email' field is already in use by con_1.","param":"email","status":409,"request_id":"req_…"}}
            > PATCH /v1/contacts/{con_2} {"phone": "818-740-5020"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'phone' field is already in use by con_1.","param":"phone","status":409,"request_id":"req_…"}}
            > PATCH /v1/contacts/{con_1} {"email": "ada@new.example", "phone": null}
            200 OK
            {"data":"con_1"}
            > PATCH /v1/contacts/{con_2} {"email": "ADA@example.com", "phone": "818-740-5020"}
            200 OK
            {"data":"con_2"}
            > GET /v1/contacts?email=ada@example.com
            200 OK
            {"data":["con_2"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/contacts?phone=8187405020
            200 OK
            {"data":["con_2"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_contact_that_is_not_there_is_not_changed() {
    check(
        r#"
        PATCH /v1/contacts/con_nobody {"name": "Ada"}
        PATCH /v1/contacts/op_nobody {"name": "Ada"}
        PATCH /v1/contacts/%20 {"name": "Ada"}
        log
        "#,
        &expect![[r#"
            > PATCH /v1/contacts/con_nobody {"name": "Ada"}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such contact.","status":404,"request_id":"req_…"}}
            > PATCH /v1/contacts/op_nobody {"name": "Ada"}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such contact.","status":404,"request_id":"req_…"}}
            > PATCH /v1/contacts/%20 {"name": "Ada"}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such contact.","status":404,"request_id":"req_…"}}
            > log
        "#]],
    );
}

/// Wrong: it still names a disposition that is gone.
#[test]
fn a_contact_whose_disposition_is_gone_can_still_be_changed() {
    check(
        r#"
        POST /v1/dispositions {"name": "Warm"}
        POST /v1/contacts {"email": "ada@example.com", "disposition_id": "{dis_1}"}
        DELETE /v1/dispositions/{dis_1}
        PATCH /v1/contacts/{con_1} {"name": "Ada"}
        POST /v1/contacts/{con_1}/tags {"add": ["vip"]}
        "#,
        &expect![[r#"
            > POST /v1/dispositions {"name": "Warm"}
            201 Created
            {"data":{"id":"dis_1","number":15,"name":"Warm","category":"contact","created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}}
            > POST /v1/contacts {"email": "ada@example.com", "disposition_id": "{dis_1}"}
            201 Created
            {"data":{"id":"con_1","email":"ada@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":"dis_1","profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > DELETE /v1/dispositions/{dis_1}
            204 No Content
            > PATCH /v1/contacts/{con_1} {"name": "Ada"}
            200 OK
            {"data":{"id":"con_1","email":"ada@example.com","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:04Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":"dis_1","profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts/{con_1}/tags {"add": ["vip"]}
            200 OK
            {"data":{"id":"con_1","email":"ada@example.com","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["vip"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:05Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":"dis_1","profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
        "#]],
    );
}

#[test]
fn a_first_label_stays_unless_it_is_named() {
    check(
        r#"
        POST /v1/contacts {"email": "one@b.co", "phone": "+18187405020", "emails": [{"email": "ONE@b.co", "label": "work"}, {"email": "two@b.co"}], "phones": [{"phone": "8187405020", "label": "mobile"}]}
        PATCH /v1/contacts/{con_1} {"emails": [{"email": "three@b.co"}], "phones": null}
        PATCH /v1/contacts/{con_1} {"emails": [{"email": "One@b.co", "label": null}], "phones": [{"phone": "(818) 740-5020", "label": "home"}]}
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "one@b.co", "phone": "+18187405020", "emails": [{"email": "ONE@b.co", "label": "work"}, {"email": "two@b.co"}], "phones": [{"phone": "8187405020", "label": "mobile"}]}
            201 Created
            {"data":{"id":"con_1","email":"one@b.co","name":null,"phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":true,"emails":[{"email":"one@b.co","label":"work"},{"email":"two@b.co","label":null}],"phones":[{"phone":"+18187405020","label":"mobile"}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"emails": [{"email": "three@b.co"}], "phones": null}
            200 OK
            {"data":{"id":"con_1","email":"one@b.co","name":null,"phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":true,"emails":[{"email":"one@b.co","label":"work"},{"email":"three@b.co","label":null}],"phones":[{"phone":"+18187405020","label":"mobile"}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"emails": [{"email": "One@b.co", "label": null}], "phones": [{"phone": "(818) 740-5020", "label": "home"}]}
            200 OK
            {"data":{"id":"con_1","email":"one@b.co","name":null,"phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:03Z","number":1,"phone_valid":true,"emails":[{"email":"one@b.co","label":null}],"phones":[{"phone":"+18187405020","label":"home"}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
        "#]],
    );
}

#[test]
fn an_event_is_made_for_labels_too() {
    check(
        r#"
        POST /v1/contacts {"email": "one@b.co"}
        PATCH /v1/contacts/{con_1} {"emails": [{"email": "one@b.co", "label": "work"}]}
        log
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "one@b.co"}
            201 Created
            {"data":{"id":"con_1","email":"one@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"one@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"emails": [{"email": "one@b.co", "label": "work"}]}
            200 OK
            {"data":{"id":"con_1","email":"one@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":null,"emails":[{"email":"one@b.co","label":"work"}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > log
            5 contact.created con_1 by key_1 {"id":"con_1","email":"one@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"one@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}
            6 contact.updated con_1 by key_1 {"id":"con_1","email":"one@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":null,"emails":[{"email":"one@b.co","label":"work"}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null,"changes":{"emails":{"from":[{"email":"one@b.co","label":null}],"to":[{"email":"one@b.co","label":"work"}]}}}
        "#]],
    );
}
