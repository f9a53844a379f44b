//! Two contacts that are one.

use expect_test::expect;

use crate::testing::check;

#[test]
fn what_stays_wins_and_blanks_are_filled() {
    check(
        r#"
        operator Ada ada@example.com
        POST /v1/contacts {"email": "a@b.co", "name": "Ada", "tags": ["x"], "custom_attributes": {"n": 1, "m": 1}}
        POST /v1/contacts {"email": "b@b.co", "name": "Bob", "phone": "+18187405020", "company": "Engines", "owner_id": "{op_1}", "avatar_url": "https://example.com/b.png", "tags": ["x", "y"], "custom_attributes": {"n": 2, "o": 2}}
        POST /v1/contacts/{con_1}/merge {"contact_id": "{con_2}"}
        GET /v1/contacts/{con_2}
        brief
        GET /v1/contacts
        GET /v1/contacts?email=b@b.co
        GET /v1/contacts?phone=8187405020
        GET /v1/contacts?tag=y
        GET /v1/contacts?q=b.co
        GET /v1/contacts?q=bob
        POST /v1/contacts {"email": "B@b.co"}
        log
        "#,
        &expect![[r#"
            > operator Ada ada@example.com
            op_1
            > POST /v1/contacts {"email": "a@b.co", "name": "Ada", "tags": ["x"], "custom_attributes": {"n": 1, "m": 1}}
            201 Created
            {"data":{"id":"con_1","email":"a@b.co","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{"n":1,"m":1},"tags":["x"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts {"email": "b@b.co", "name": "Bob", "phone": "+18187405020", "company": "Engines", "owner_id": "{op_1}", "avatar_url": "https://example.com/b.png", "tags": ["x", "y"], "custom_attributes": {"n": 2, "o": 2}}
            201 Created
            {"data":{"id":"con_2","email":"b@b.co","name":"Bob","phone":"+18187405020","company":"Engines","avatar_url":"https://example.com/b.png","custom_attributes":{"n":2,"o":2},"tags":["x","y"],"owner_id":"op_1","visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:03Z","updated_at":"2026-01-01T00:00:03Z","number":2,"phone_valid":true,"emails":[{"email":"b@b.co","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts/{con_1}/merge {"contact_id": "{con_2}"}
            200 OK
            {"data":{"id":"con_1","email":"a@b.co","name":"Ada","phone":"+18187405020","company":"Engines","avatar_url":"https://example.com/b.png","custom_attributes":{"n":1,"m":1,"o":2},"tags":["x","y"],"owner_id":"op_1","visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:04Z","number":1,"phone_valid":true,"emails":[{"email":"a@b.co","label":null},{"email":"b@b.co","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > GET /v1/contacts/{con_2}
            200 OK
            {"data":{"id":"con_1","email":"a@b.co","name":"Ada","phone":"+18187405020","company":"Engines","avatar_url":"https://example.com/b.png","custom_attributes":{"n":1,"m":1,"o":2},"tags":["x","y"],"owner_id":"op_1","visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:04Z","number":1,"phone_valid":true,"emails":[{"email":"a@b.co","label":null},{"email":"b@b.co","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > brief
            > GET /v1/contacts
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/contacts?email=b@b.co
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/contacts?phone=8187405020
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/contacts?tag=y
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/contacts?q=b.co
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/contacts?q=bob
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts {"email": "B@b.co"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'email' field is already in use by con_1.","param":"email","status":409,"request_id":"req_…"}}
            > log
            5 operator.created op_1 by key_1 {"id":"op_1","name":"Ada","email":"ada@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"offline","agent_status":"offline","status_changed_at":null,"deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":1,"created_at":"2026-01-01T00:00:01Z"}
            6 record.created tag_1 by key_1 {"id":"tag_1","kind":"tag","number":1,"name":"x"}
            7 contact.created con_1 by key_1 {"id":"con_1","email":"a@b.co","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{"n":1,"m":1},"tags":["x"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}
            8 record.created tag_2 by key_1 {"id":"tag_2","kind":"tag","number":2,"name":"y"}
            9 contact.created con_2 by key_1 {"id":"con_2","email":"b@b.co","name":"Bob","phone":"+18187405020","company":"Engines","avatar_url":"https://example.com/b.png","custom_attributes":{"n":2,"o":2},"tags":["x","y"],"owner_id":"op_1","visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:03Z","updated_at":"2026-01-01T00:00:03Z","number":2,"phone_valid":true,"emails":[{"email":"b@b.co","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}
            10 contact.updated con_1 by key_1 {"id":"con_1","email":"a@b.co","name":"Ada","phone":"+18187405020","company":"Engines","avatar_url":"https://example.com/b.png","custom_attributes":{"n":1,"m":1,"o":2},"tags":["x","y"],"owner_id":"op_1","visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:04Z","number":1,"phone_valid":true,"emails":[{"email":"a@b.co","label":null},{"email":"b@b.co","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null,"changes":{"phone":{"from":null,"to":"+18187405020"},"company":{"from":null,"to":"Engines"},"avatar_url":{"from":null,"to":"https://example.com/b.png"},"custom_attributes":{"from":{"n":1,"m":1},"to":{"n":1,"m":1,"o":2}},"tags":{"from":["x"],"to":["x","y"]},"emails":{"from":[{"email":"a@b.co","label":null}],"to":[{"email":"a@b.co","label":null},{"email":"b@b.co","label":null}]},"phones":{"from":[],"to":[{"phone":"+18187405020","label":null}]},"owner_id":{"from":null,"to":"op_1"}}}
            11 contact.merged con_1 by key_1 {"id":"con_1","email":"a@b.co","name":"Ada","phone":"+18187405020","company":"Engines","avatar_url":"https://example.com/b.png","custom_attributes":{"n":1,"m":1,"o":2},"tags":["x","y"],"owner_id":"op_1","visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:04Z","number":1,"phone_valid":true,"emails":[{"email":"a@b.co","label":null},{"email":"b@b.co","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null,"merged_id":"con_2"}
        "#]],
    );
}

#[test]
fn old_ids_lead_to_who_is_left_however_long_the_chain() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co"}
        POST /v1/contacts {"email": "b@b.co"}
        POST /v1/contacts {"email": "c@b.co"}
        POST /v1/contacts/{con_2}/merge {"contact_id": "{con_1}"}
        POST /v1/contacts/{con_3}/merge {"contact_id": "{con_2}"}
        GET /v1/contacts/{con_1}
        GET /v1/contacts/{con_2}
        PATCH /v1/contacts/{con_1} {"name": "Ada"}
        POST /v1/contacts/{con_3}/merge {"contact_id": "{con_1}"}
        POST /v1/contacts/{con_1}/merge {"contact_id": "{con_2}"}
        DELETE /v1/contacts/{con_3}
        GET /v1/contacts/{con_1}
        GET /v1/contacts/{con_2}
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
            > POST /v1/contacts/{con_2}/merge {"contact_id": "{con_1}"}
            200 OK
            {"data":"con_2"}
            > POST /v1/contacts/{con_3}/merge {"contact_id": "{con_2}"}
            200 OK
            {"data":"con_3"}
            > GET /v1/contacts/{con_1}
            200 OK
            {"data":"con_3"}
            > GET /v1/contacts/{con_2}
            200 OK
            {"data":"con_3"}
            > PATCH /v1/contacts/{con_1} {"name": "Ada"}
            200 OK
            {"data":"con_3"}
            > POST /v1/contacts/{con_3}/merge {"contact_id": "{con_1}"}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"A contact cannot be merged with itself.","status":409,"request_id":"req_…"}}
            > POST /v1/contacts/{con_1}/merge {"contact_id": "{con_2}"}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"A contact cannot be merged with itself.","status":409,"request_id":"req_…"}}
            > DELETE /v1/contacts/{con_3}
            204 No Content
            > GET /v1/contacts/{con_1}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such contact.","status":404,"request_id":"req_…"}}
            > GET /v1/contacts/{con_2}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such contact.","status":404,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn nobody_is_merged_with_themselves_or_with_nobody() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co"}
        POST /v1/contacts/{con_1}/merge {"contact_id": "{con_1}"}
        POST /v1/contacts/{con_1}/merge {"contact_id": "con_nobody"}
        POST /v1/contacts/{con_1}/merge {"contact_id": "op_nobody"}
        POST /v1/contacts/{con_1}/merge {"contact_id": 7}
        POST /v1/contacts/{con_1}/merge {}
        POST /v1/contacts/con_nobody/merge {"contact_id": "{con_1}"}
        as other
        POST /v1/contacts {"email": "a@b.co"}
        POST /v1/contacts/{con_2}/merge {"contact_id": "{con_1}"}
        as admin
        GET /v1/contacts
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co"}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts/{con_1}/merge {"contact_id": "{con_1}"}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"A contact cannot be merged with itself.","status":409,"request_id":"req_…"}}
            > POST /v1/contacts/{con_1}/merge {"contact_id": "con_nobody"}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such contact.","status":404,"request_id":"req_…"}}
            > POST /v1/contacts/{con_1}/merge {"contact_id": "op_nobody"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'contact_id' field must be an id that begins with 'con_'.","param":"contact_id","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/{con_1}/merge {"contact_id": 7}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'contact_id' field must be a string.","param":"contact_id","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/{con_1}/merge {}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"missing_parameter","message":"The 'contact_id' field is required.","param":"contact_id","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/con_nobody/merge {"contact_id": "{con_1}"}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such contact.","status":404,"request_id":"req_…"}}
            > as other
            > POST /v1/contacts {"email": "a@b.co"}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts/{con_2}/merge {"contact_id": "{con_1}"}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such contact.","status":404,"request_id":"req_…"}}
            > as admin
            > GET /v1/contacts
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
        "#]],
    );
}

#[test]
fn each_is_suggested_to_the_other_and_why() {
    check(
        r#"
        POST /v1/contacts {"email": "ada.lovelace@example.com", "name": "Ada Lovelace", "phone": "+18187405020"}
        POST /v1/contacts {"email": "ada@other.example", "name": "lovelace, ADA"}
        POST /v1/contacts {"email": "ada@third.example", "name": "ada LOVELACE"}
        POST /v1/contacts {"email": "Ada.Lovelace+news@example.com"}
        POST /v1/contacts {"email": "adalovelace@example.com"}
        POST /v1/contacts {"email": "x@y.co", "phone": "+442027405020"}
        POST /v1/contacts {"email": "z@y.co", "name": "Ada"}
        GET /v1/contacts/{con_1}/duplicates
        GET /v1/contacts/{con_5}/duplicates
        GET /v1/contacts/{con_7}/duplicates
        GET /v1/contacts/con_nobody/duplicates
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "ada.lovelace@example.com", "name": "Ada Lovelace", "phone": "+18187405020"}
            201 Created
            {"data":{"id":"con_1","email":"ada.lovelace@example.com","name":"Ada Lovelace","phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":true,"emails":[{"email":"ada.lovelace@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts {"email": "ada@other.example", "name": "lovelace, ADA"}
            201 Created
            {"data":{"id":"con_2","email":"ada@other.example","name":"lovelace, ADA","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z","number":2,"phone_valid":null,"emails":[{"email":"ada@other.example","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts {"email": "ada@third.example", "name": "ada LOVELACE"}
            201 Created
            {"data":{"id":"con_3","email":"ada@third.example","name":"ada LOVELACE","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:03Z","updated_at":"2026-01-01T00:00:03Z","number":3,"phone_valid":null,"emails":[{"email":"ada@third.example","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts {"email": "Ada.Lovelace+news@example.com"}
            201 Created
            {"data":{"id":"con_4","email":"Ada.Lovelace+news@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:04Z","number":4,"phone_valid":null,"emails":[{"email":"Ada.Lovelace+news@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts {"email": "adalovelace@example.com"}
            201 Created
            {"data":{"id":"con_5","email":"adalovelace@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:05Z","updated_at":"2026-01-01T00:00:05Z","number":5,"phone_valid":null,"emails":[{"email":"adalovelace@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts {"email": "x@y.co", "phone": "+442027405020"}
            201 Created
            {"data":{"id":"con_6","email":"x@y.co","name":null,"phone":"+442027405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:06Z","updated_at":"2026-01-01T00:00:06Z","number":6,"phone_valid":false,"emails":[{"email":"x@y.co","label":null}],"phones":[{"phone":"+442027405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts {"email": "z@y.co", "name": "Ada"}
            201 Created
            {"data":{"id":"con_7","email":"z@y.co","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:07Z","updated_at":"2026-01-01T00:00:07Z","number":7,"phone_valid":null,"emails":[{"email":"z@y.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > GET /v1/contacts/{con_1}/duplicates
            200 OK
            {"data":[{"contact":{"id":"con_6","email":"x@y.co","name":null,"phone":"+442027405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:06Z","updated_at":"2026-01-01T00:00:06Z","number":6,"phone_valid":false,"emails":[{"email":"x@y.co","label":null}],"phones":[{"phone":"+442027405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null},"reasons":["phone"]},{"contact":{"id":"con_5","email":"adalovelace@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:05Z","updated_at":"2026-01-01T00:00:05Z","number":5,"phone_valid":null,"emails":[{"email":"adalovelace@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null},"reasons":["email"]},{"contact":{"id":"con_4","email":"Ada.Lovelace+news@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:04Z","number":4,"phone_valid":null,"emails":[{"email":"Ada.Lovelace+news@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null},"reasons":["email"]},{"contact":{"id":"con_3","email":"ada@third.example","name":"ada LOVELACE","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:03Z","updated_at":"2026-01-01T00:00:03Z","number":3,"phone_valid":null,"emails":[{"email":"ada@third.example","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null},"reasons":["name"]}]}
            > GET /v1/contacts/{con_5}/duplicates
            200 OK
            {"data":[{"contact":{"id":"con_4","email":"Ada.Lovelace+news@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:04Z","number":4,"phone_valid":null,"emails":[{"email":"Ada.Lovelace+news@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null},"reasons":["email"]},{"contact":{"id":"con_1","email":"ada.lovelace@example.com","name":"Ada Lovelace","phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":true,"emails":[{"email":"ada.lovelace@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null},"reasons":["email"]}]}
            > GET /v1/contacts/{con_7}/duplicates
            200 OK
            {"data":[]}
            > GET /v1/contacts/con_nobody/duplicates
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such contact.","status":404,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn an_address_of_one_and_a_number_of_another_is_a_suggestion() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co"}
        POST /v1/contacts {"email": "c@d.co", "phone": "+18187405020"}
        POST /v1/contacts {"email": "a@b.co", "phone": "+18187405020"}
        GET /v1/contacts/{con_1}/duplicates
        GET /v1/contacts/{con_2}/duplicates
        POST /v1/contacts/{con_1}/merge {"contact_id": "{con_2}"}
        GET /v1/contacts/{con_1}/duplicates
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co"}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "c@d.co", "phone": "+18187405020"}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts {"email": "a@b.co", "phone": "+18187405020"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'email' field is already in use by con_1.","param":"email","status":409,"request_id":"req_…"}}
            > GET /v1/contacts/{con_1}/duplicates
            200 OK
            {"data":[{"contact":{"id":"con_2","email":"c@d.co","name":null,"phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z","number":2,"phone_valid":true,"emails":[{"email":"c@d.co","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null},"reasons":["seen_together"]}]}
            > GET /v1/contacts/{con_2}/duplicates
            200 OK
            {"data":[{"contact":{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null},"reasons":["seen_together"]}]}
            > POST /v1/contacts/{con_1}/merge {"contact_id": "{con_2}"}
            200 OK
            {"data":"con_1"}
            > GET /v1/contacts/{con_1}/duplicates
            200 OK
            {"data":[]}
        "#]],
    );
}
