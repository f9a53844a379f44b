//! Making a contact.

use expect_test::expect;

use crate::testing::check;

#[test]
fn every_documented_field_is_kept() {
    check(
        r#"
        POST /v1/contacts {"email": "ada@example.com", "name": "Ada Lovelace", "phone": "+1 818-740-5020", "company": "Engines Ltd", "avatar_url": "https://example.com/ada.png", "custom_attributes": {"plan": "pro", "seats": 7}, "tags": ["vip", "beta"]}
        GET /v1/contacts/{con_1}
        log
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "ada@example.com", "name": "Ada Lovelace", "phone": "+1 818-740-5020", "company": "Engines Ltd", "avatar_url": "https://example.com/ada.png", "custom_attributes": {"plan": "pro", "seats": 7}, "tags": ["vip", "beta"]}
            201 Created
            {"data":{"id":"con_1","email":"ada@example.com","name":"Ada Lovelace","phone":"+18187405020","company":"Engines Ltd","avatar_url":"https://example.com/ada.png","custom_attributes":{"plan":"pro","seats":7},"tags":["vip","beta"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > GET /v1/contacts/{con_1}
            200 OK
            {"data":{"id":"con_1","email":"ada@example.com","name":"Ada Lovelace","phone":"+18187405020","company":"Engines Ltd","avatar_url":"https://example.com/ada.png","custom_attributes":{"plan":"pro","seats":7},"tags":["vip","beta"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > log
            5 record.created tag_1 by key_1 {"id":"tag_1","kind":"tag","number":1,"name":"vip"}
            6 record.created tag_2 by key_1 {"id":"tag_2","kind":"tag","number":2,"name":"beta"}
            7 contact.created con_1 by key_1 {"id":"con_1","email":"ada@example.com","name":"Ada Lovelace","phone":"+18187405020","company":"Engines Ltd","avatar_url":"https://example.com/ada.png","custom_attributes":{"plan":"pro","seats":7},"tags":["vip","beta"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}
        "#]],
    );
}

#[test]
fn what_is_absent_null_or_blank_is_null_or_empty() {
    check(
        r#"
        POST /v1/contacts {"email": "a@b.co"}
        POST /v1/contacts {"email": "b@b.co", "name": null, "phone": null, "company": null, "avatar_url": null, "custom_attributes": null, "tags": null, "owner_id": null, "disposition_id": null, "emails": null, "phones": null}
        POST /v1/contacts {"email": "c@b.co", "name": "  ", "company": "", "tags": [], "custom_attributes": {}}
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "a@b.co"}
            201 Created
            {"data":{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts {"email": "b@b.co", "name": null, "phone": null, "company": null, "avatar_url": null, "custom_attributes": null, "tags": null, "owner_id": null, "disposition_id": null, "emails": null, "phones": null}
            201 Created
            {"data":{"id":"con_2","email":"b@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z","number":2,"phone_valid":null,"emails":[{"email":"b@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts {"email": "c@b.co", "name": "  ", "company": "", "tags": [], "custom_attributes": {}}
            201 Created
            {"data":{"id":"con_3","email":"c@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:03Z","updated_at":"2026-01-01T00:00:03Z","number":3,"phone_valid":null,"emails":[{"email":"c@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
        "#]],
    );
}

#[test]
fn an_address_is_unique_whatever_its_capitals_and_its_script() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "Ada@Example.com"}
        POST /v1/contacts {"email": "  aDA@eXAMPLE.COM "}
        POST /v1/contacts {"email": "a@Bücher.example"}
        POST /v1/contacts {"email": "A@BÜCHER.example"}
        POST /v1/contacts {"email": "a@XN--bcher-KVA.example"}
        GET /v1/contacts
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "Ada@Example.com"}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "  aDA@eXAMPLE.COM "}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'email' field is already in use by con_1.","param":"email","status":409,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "a@Bücher.example"}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts {"email": "A@BÜCHER.example"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'email' field is already in use by con_2.","param":"email","status":409,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "a@XN--bcher-KVA.example"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'email' field is already in use by con_2.","param":"email","status":409,"request_id":"req_…"}}
            > GET /v1/contacts
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
        "#]],
    );
}

#[test]
fn tags_after_a_plus_and_dots_are_other_addresses() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "ada.lovelace@example.com"}
        POST /v1/contacts {"email": "adalovelace@example.com"}
        POST /v1/contacts {"email": "ada.lovelace+news@example.com"}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "ada.lovelace@example.com"}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "adalovelace@example.com"}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts {"email": "ada.lovelace+news@example.com"}
            201 Created
            {"data":"con_3"}
        "#]],
    );
}

#[test]
fn an_invalid_address_is_refused_as_documented() {
    check(
        r#"
        POST /v1/contacts {"email": "nope"}
        POST /v1/contacts {"email": ""}
        POST /v1/contacts {"email": "ada@localhost"}
        POST /v1/contacts {"email": null}
        POST /v1/contacts {"email": 7}
        POST /v1/contacts {"email": ["a@b.co"]}
        POST /v1/contacts {"name": "Ada"}
        POST /v1/contacts
        GET /v1/contacts
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "nope"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'email' field must be a valid email address.","param":"email","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": ""}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'email' field must be a valid email address.","param":"email","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "ada@localhost"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'email' field must be a valid email address.","param":"email","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": null}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'email' field must be a valid email address.","param":"email","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": 7}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'email' field must be a valid email address.","param":"email","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": ["a@b.co"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'email' field must be a valid email address.","param":"email","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"name": "Ada"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"missing_parameter","message":"The 'email' field is required.","param":"email","status":422,"request_id":"req_…"}}
            > POST /v1/contacts
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"missing_parameter","message":"The 'email' field is required.","param":"email","status":422,"request_id":"req_…"}}
            > GET /v1/contacts
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_number_is_taken_in_any_spelling() {
    check(
        r#"
        POST /v1/contacts {"email": "a@b.co", "phone": "+1-555-0123"}
        POST /v1/contacts {"email": "b@b.co", "phone": "(818) 740.5020"}
        POST /v1/contacts {"email": "c@b.co", "phone": "+61 412 345 678"}
        POST /v1/contacts {"email": "d@b.co", "phone": "555-CALL"}
        POST /v1/contacts {"email": "d@b.co", "phone": "1234"}
        POST /v1/contacts {"email": "d@b.co", "phone": 18187405021}
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "a@b.co", "phone": "+1-555-0123"}
            201 Created
            {"data":{"id":"con_1","email":"a@b.co","name":null,"phone":"+15550123","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":false,"emails":[{"email":"a@b.co","label":null}],"phones":[{"phone":"+15550123","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts {"email": "b@b.co", "phone": "(818) 740.5020"}
            201 Created
            {"data":{"id":"con_2","email":"b@b.co","name":null,"phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z","number":2,"phone_valid":true,"emails":[{"email":"b@b.co","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts {"email": "c@b.co", "phone": "+61 412 345 678"}
            201 Created
            {"data":{"id":"con_3","email":"c@b.co","name":null,"phone":"+61412345678","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:03Z","updated_at":"2026-01-01T00:00:03Z","number":3,"phone_valid":true,"emails":[{"email":"c@b.co","label":null}],"phones":[{"phone":"+61412345678","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts {"email": "d@b.co", "phone": "555-CALL"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'phone' field must be a phone number.","param":"phone","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "d@b.co", "phone": "1234"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'phone' field must be a phone number.","param":"phone","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "d@b.co", "phone": 18187405021}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'phone' field must be a string.","param":"phone","status":422,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn a_number_of_another_contact_is_refused_with_its_id() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co", "phone": "+18187405020"}
        POST /v1/contacts {"email": "b@b.co", "phone": "(818) 740-5020"}
        as other
        POST /v1/contacts {"email": "b@b.co", "phone": "(818) 740-5020"}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co", "phone": "+18187405020"}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "b@b.co", "phone": "(818) 740-5020"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'phone' field is already in use by con_1.","param":"phone","status":409,"request_id":"req_…"}}
            > as other
            > POST /v1/contacts {"email": "b@b.co", "phone": "(818) 740-5020"}
            201 Created
            {"data":"con_2"}
        "#]],
    );
}

#[test]
fn what_breaks_a_rule_is_refused_and_leaves_nothing_behind() {
    check(
        r#"
        POST /v1/contacts {"email": "a@b.co", "tags": ["new"], "avatar_url": "ftp://example.com/a.png"}
        POST /v1/contacts {"email": "a@b.co", "tags": ["new"], "avatar_url": "https://"}
        POST /v1/contacts {"email": "a@b.co", "tags": "new"}
        POST /v1/contacts {"email": "a@b.co", "tags": ["new", ""]}
        POST /v1/contacts {"email": "a@b.co", "tags": ["new", 7]}
        POST /v1/contacts {"email": "a@b.co", "tags": ["new"], "custom_attributes": []}
        POST /v1/contacts {"email": "a@b.co", "tags": ["new"], "custom_attributes": {"": 1}}
        POST /v1/contacts {"email": "a@b.co", "tags": ["new"], "name": {"first": "Ada"}}
        POST /v1/contacts {"email": "a@b.co", "tags": ["new"], "emails": [{"email": "nope"}]}
        POST /v1/contacts {"email": "a@b.co", "tags": ["new"], "phones": [{"phone": "nope"}]}
        POST /v1/contacts {"email": "a@b.co", "tags": ["new"], "phones": [{"label": "home"}]}
        POST /v1/contacts ["a@b.co"]
        POST /v1/contacts {"email": "a@b.co"
        GET /v1/contacts
        GET /v1/tags
        log
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "a@b.co", "tags": ["new"], "avatar_url": "ftp://example.com/a.png"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'avatar_url' field must be an address that begins with 'https://' or 'http://'.","param":"avatar_url","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "a@b.co", "tags": ["new"], "avatar_url": "https://"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'avatar_url' field must be an address that begins with 'https://' or 'http://'.","param":"avatar_url","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "a@b.co", "tags": "new"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'tags' field must be a list.","param":"tags","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "a@b.co", "tags": ["new", ""]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'tags' field must be 1 to 100 characters long.","param":"tags","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "a@b.co", "tags": ["new", 7]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'tags[1]' field must be a string.","param":"tags[1]","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "a@b.co", "tags": ["new"], "custom_attributes": []}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'custom_attributes' field must be an object.","param":"custom_attributes","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "a@b.co", "tags": ["new"], "custom_attributes": {"": 1}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'custom_attributes' field must have keys of 1 to 64 characters.","param":"custom_attributes","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "a@b.co", "tags": ["new"], "name": {"first": "Ada"}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'name' field must be a string.","param":"name","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "a@b.co", "tags": ["new"], "emails": [{"email": "nope"}]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'emails' field must each be a valid email address.","param":"emails","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "a@b.co", "tags": ["new"], "phones": [{"phone": "nope"}]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'phones' field must each be a phone number.","param":"phones","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "a@b.co", "tags": ["new"], "phones": [{"label": "home"}]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"missing_parameter","message":"The 'phones[0].phone' field is required.","param":"phones[0].phone","status":422,"request_id":"req_…"}}
            > POST /v1/contacts ["a@b.co"]
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The body must be a JSON object.","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "a@b.co"
            400 Bad Request
            {"error":{"type":"validation_error","code":"malformed_json","message":"The body is not valid JSON: EOF while parsing an object at line 1 column 18.","status":400,"request_id":"req_…"}}
            > GET /v1/contacts
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/tags
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > log
        "#]],
    );
}

#[test]
fn owner_and_disposition_are_of_this_workspace() {
    check(
        r#"
        operator Ada ada@example.com
        as other
        operator Eve eve@example.com
        as admin
        GET /v1/dispositions?limit=1
        POST /v1/contacts {"email": "a@b.co", "owner_id": "{op_1}", "disposition_id": "{dis_1}"}
        POST /v1/contacts {"email": "b@b.co", "owner_id": "{op_2}"}
        POST /v1/contacts {"email": "b@b.co", "owner_id": "op_nobody"}
        POST /v1/contacts {"email": "b@b.co", "owner_id": "{con_1}"}
        POST /v1/contacts {"email": "b@b.co", "disposition_id": "dis_nothing"}
        PATCH /v1/contacts/{con_1} {"owner_id": "{op_2}"}
        PATCH /v1/contacts/{con_1} {"owner_id": null, "disposition_id": null}
        as other
        POST /v1/contacts {"email": "b@b.co", "disposition_id": "{dis_1}"}
        "#,
        &expect![[r#"
            > operator Ada ada@example.com
            op_1
            > as other
            > operator Eve eve@example.com
            op_2
            > as admin
            > GET /v1/dispositions?limit=1
            200 OK
            {"data":[{"id":"dis_1","number":14,"name":"Wrong number","category":"call","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}],"pagination":{"limit":1,"has_more":true,"next_cursor":"dis_1"}}
            > POST /v1/contacts {"email": "a@b.co", "owner_id": "{op_1}", "disposition_id": "{dis_1}"}
            201 Created
            {"data":{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":"op_1","visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:04Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":"dis_1","profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts {"email": "b@b.co", "owner_id": "{op_2}"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'owner_id' field must name an operator of this workspace.","param":"owner_id","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "b@b.co", "owner_id": "op_nobody"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'owner_id' field must name an operator of this workspace.","param":"owner_id","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "b@b.co", "owner_id": "{con_1}"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'owner_id' field must be an id that begins with 'op_'.","param":"owner_id","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "b@b.co", "disposition_id": "dis_nothing"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'disposition_id' field must name a disposition of this workspace.","param":"disposition_id","status":422,"request_id":"req_…"}}
            > PATCH /v1/contacts/{con_1} {"owner_id": "{op_2}"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'owner_id' field must name an operator of this workspace.","param":"owner_id","status":422,"request_id":"req_…"}}
            > PATCH /v1/contacts/{con_1} {"owner_id": null, "disposition_id": null}
            200 OK
            {"data":{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:10Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > as other
            > POST /v1/contacts {"email": "b@b.co", "disposition_id": "{dis_1}"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'disposition_id' field must name a disposition of this workspace.","param":"disposition_id","status":422,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn unknown_fields_are_ignored_and_named() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co", "emial": "x", "address": {"city": "London"}, "emails": [{"email": "b@b.co", "lable": "work"}]}
        PATCH /v1/contacts/{con_1} {"nmae": "Ada"}
        POST /v1/contacts/search {"qeury": "ada"}
        GET /v1/contacts?tags=vip&q=a
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co", "emial": "x", "address": {"city": "London"}, "emails": [{"email": "b@b.co", "lable": "work"}]}
            201 Created
            x-ignored-fields: emial, address, emails.0.lable
            {"data":"con_1"}
            > PATCH /v1/contacts/{con_1} {"nmae": "Ada"}
            200 OK
            x-ignored-fields: nmae
            {"data":"con_1"}
            > POST /v1/contacts/search {"qeury": "ada"}
            200 OK
            x-ignored-fields: qeury
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/contacts?tags=vip&q=a
            200 OK
            x-ignored-fields: tags
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
        "#]],
    );
}
