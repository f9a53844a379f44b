//! Receipts: what came in, what was made of it, dry runs, and running it again.

use expect_test::expect;

use super::check_staged;

#[test]
fn a_dry_run_tells_and_does_nothing() {
    check_staged(
        r#"
        as intake
        POST /api/v1/webhook/forms?dry_run=true {"phone_number":"8187405021","name":"Ada","sequence_id":1,"tag_id":7}
        GET /api/v1/webhook/contact/phone-number?phone_number=8187405021
        as admin
        GET /v1/intake-receipts
        GET /v1/contacts
        as nobody
        POST /api/save-lead?dry_run=true {"session_id":"s","lead_email":"a@example.com"}
        as partner
        GET /api/leads
        "#,
        &expect![[r#"
            > as intake
            > POST /api/v1/webhook/forms?dry_run=true {"phone_number":"8187405021","name":"Ada","sequence_id":1,"tag_id":7}
            201 Created
            {"message":"Contact created.","contact_id":null,"dry_run":true,"effects":[{"action":"contact","result":"done","reason":"nobody had the number","value":"created"},{"action":"geography","result":"done","reason":"blank, and known from the number","value":{"country":"US","state":"CA","timezone":"America/Los_Angeles"}},{"action":"tags","result":"skipped","reason":"there is no tag 7"},{"action":"sequence","result":"done","reason":"enrolled in 'Welcome'","value":"seq_1"}],"warnings":[{"field":"tag_id","problem":"was not done: there is no tag 7"}]}
            > GET /api/v1/webhook/contact/phone-number?phone_number=8187405021
            404 Not Found
            {"error":"Contact not found."}
            > as admin
            > GET /v1/intake-receipts
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/contacts
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > as nobody
            > POST /api/save-lead?dry_run=true {"session_id":"s","lead_email":"a@example.com"}
            201 Created
            {"ok":true,"status":201,"dry_run":true,"warnings":[]}
            > as partner
            > GET /api/leads
            200 OK
            []
        "#]],
    );
}

#[test]
fn a_receipt_is_run_again_after_a_fix() {
    check_staged(
        r#"
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405021","sequence_id":3,"tag_id":2,"user_id":4,"add_to_powerdialer":true}
        as admin
        POST /v1/sequences {"name": "Third"}
        POST /v1/tags {"name": "second"}
        operator Dan dan@example.com
        POST /v1/intake-receipts/{rcp_1}/rerun
        POST /v1/intake-receipts/{rcp_1}/rerun
        effects
        "#,
        &expect![[r#"
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","sequence_id":3,"tag_id":2,"user_id":4,"add_to_powerdialer":true}
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > as admin
            > POST /v1/sequences {"name": "Third"}
            201 Created
            {"data":{"id":"seq_3","number":3,"name":"Third","description":null,"created_at":"2026-01-01T00:00:12Z","updated_at":"2026-01-01T00:00:12Z"}}
            > POST /v1/tags {"name": "second"}
            201 Created
            {"data":{"id":"tag_2","number":2,"name":"second","color":null,"created_at":"2026-01-01T00:00:13Z","updated_at":"2026-01-01T00:00:13Z"}}
            > operator Dan dan@example.com
            op_4
            > POST /v1/intake-receipts/{rcp_1}/rerun
            201 Created
            {"data":{"id":"rcp_2","door":"forms","status":202,"contact_id":"con_1","lead_id":null,"request":{"add_to_powerdialer":true,"phone_number":"8187405021","sequence_id":3,"tag_id":2,"user_id":4},"normalised":{"phone_number":"+18187405021","phone_valid":true,"extension":null,"email":null,"name":null,"company_name":null,"profile":{},"force_update":false},"matched_by":"phone","effects":[{"action":"contact","result":"done","reason":"they are known, and stay as they were","value":"unchanged"},{"action":"owner","result":"done","reason":"the form names them","value":"op_4"},{"action":"tags","result":"done","reason":"stuck on","value":["second"]},{"action":"power_dialer","result":"done","reason":"put at the top of the queue of op_4","value":"top"},{"action":"sequence","result":"done","reason":"enrolled in 'Third'","value":"seq_3"}],"warnings":[],"rerun_of":"rcp_1","created_at":"2026-01-01T00:00:15Z"}}
            > POST /v1/intake-receipts/{rcp_1}/rerun
            201 Created
            {"data":{"id":"rcp_3","door":"forms","status":202,"contact_id":"con_1","lead_id":null,"request":{"add_to_powerdialer":true,"phone_number":"8187405021","sequence_id":3,"tag_id":2,"user_id":4},"normalised":{"phone_number":"+18187405021","phone_valid":true,"extension":null,"email":null,"name":null,"company_name":null,"profile":{},"force_update":false},"matched_by":"phone","effects":[{"action":"contact","result":"done","reason":"they are known, and stay as they were","value":"unchanged"},{"action":"owner","result":"skipped","reason":"they have one, and force_update is not set"},{"action":"power_dialer","result":"skipped","reason":"they are in the queue of op_4 already"},{"action":"sequence","result":"skipped","reason":"they are in 'Third' already"}],"warnings":[],"rerun_of":"rcp_1","created_at":"2026-01-01T00:00:16Z"}}
            > effects
            rcp_1 201
                contact done: nobody had the number
                geography done: blank, and known from the number
                owner skipped: there is no user 4
                tags skipped: there is no tag 2
                power_dialer skipped: they have no owner, and it is the owner's queue
                sequence skipped: there is no sequence 3
            rcp_2 202
                contact done: they are known, and stay as they were
                owner done: the form names them
                tags done: stuck on
                power_dialer done: put at the top of the queue of op_4
                sequence done: enrolled in 'Third'
            rcp_3 202
                contact done: they are known, and stay as they were
                owner skipped: they have one, and force_update is not set
                power_dialer skipped: they are in the queue of op_4 already
                sequence skipped: they are in 'Third' already
        "#]],
    );
}

#[test]
fn a_receipt_is_its_workspaces_alone() {
    check_staged(
        r#"
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405021"}
        as read
        POST /v1/intake-receipts/{rcp_1}/rerun
        as other
        GET /v1/intake-receipts/{rcp_1}
        POST /v1/intake-receipts/{rcp_1}/rerun
        GET /v1/intake-receipts
        "#,
        &expect![[r#"
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405021"}
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > as read
            > POST /v1/intake-receipts/{rcp_1}/rerun
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"This needs the scope 'contacts:write', which your credential does not have.","status":403,"request_id":"req_…"}}
            > as other
            > GET /v1/intake-receipts/{rcp_1}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such receipt.","status":404,"request_id":"req_…"}}
            > POST /v1/intake-receipts/{rcp_1}/rerun
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such receipt.","status":404,"request_id":"req_…"}}
            > GET /v1/intake-receipts
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_retried_form_is_answered_by_its_first_reply() {
    check_staged(
        r#"
        as intake
        header Idempotency-Key: one
        POST /api/v1/webhook/forms {"phone_number":"8187405021","name":"Ada"}
        header Idempotency-Key: one
        POST /api/v1/webhook/forms {"phone_number":"8187405021","name":"Ada"}
        header Idempotency-Key: one
        POST /api/v1/webhook/forms {"phone_number":"8187405022","name":"Ada"}
        as admin
        GET /v1/intake-receipts
        "#,
        &expect![[r#"
            > as intake
            > header Idempotency-Key: one
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","name":"Ada"}
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > header Idempotency-Key: one
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","name":"Ada"}
            201 Created
            idempotency-replayed: true
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > header Idempotency-Key: one
            > POST /api/v1/webhook/forms {"phone_number":"8187405022","name":"Ada"}
            400 Bad Request
            {"message":"The given data was invalid.","errors":{"Idempotency-Key":["The 'Idempotency-Key' was used before with another request: use a new key."]}}
            > as admin
            > GET /v1/intake-receipts
            200 OK
            {"data":[{"id":"rcp_1","door":"forms","status":201,"contact_id":"con_1","lead_id":null,"request":{"name":"Ada","phone_number":"8187405021"},"normalised":{"phone_number":"+18187405021","phone_valid":true,"extension":null,"email":null,"name":"Ada","company_name":null,"profile":{"first_name":"Ada"},"force_update":false},"matched_by":null,"effects":[{"action":"contact","result":"done","reason":"nobody had the number","value":"created"},{"action":"geography","result":"done","reason":"blank, and known from the number","value":{"country":"US","state":"CA","timezone":"America/Los_Angeles"}}],"warnings":[],"rerun_of":null,"created_at":"2026-01-01T00:00:11Z"}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_person_who_is_erased_leaves_every_receipt_queue_and_sequence() {
    check_staged(
        r#"
        PATCH /v1/settings {"lead_recipients": ["sales@example.com"]}
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405021","name":"Ada","email":"ada@example.com","user_id":1,"add_to_powerdialer":true,"sequence_id":1}
        as nobody
        POST /api/save-lead {"session_id":"s","lead_email":"ada@example.com","lead_name":"Ada"}
        as admin
        brief
        GET /v1/contacts
        GET /v1/intake-receipts
        from here
        DELETE /v1/contacts/{con_1}
        settle
        GET /v1/intake-receipts/{rcp_1}
        GET /v1/intake-receipts
        POST /v1/intake-receipts/{rcp_1}/rerun
        as partner
        GET /api/leads
        as admin
        log contact lead enrolment dialer
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405021"}
        GET /api/v1/webhook/contact/phone-number?phone_number=8187405021
        "#,
        &expect![[r#"
            > DELETE /v1/contacts/{con_1}
            204 No Content
            > settle
            > GET /v1/intake-receipts/{rcp_1}
            200 OK
            {"data":{"id":"rcp_1","door":"forms","status":201,"contact_id":null,"lead_id":null,"request":{},"normalised":{},"matched_by":null,"effects":[],"warnings":[],"rerun_of":null,"created_at":"2026-01-01T00:00:12Z"}}
            > GET /v1/intake-receipts
            200 OK
            {"data":[{"id":"rcp_1","door":"forms","status":201,"contact_id":null,"lead_id":null,"request":{},"normalised":{},"matched_by":null,"effects":[],"warnings":[],"rerun_of":null,"created_at":"2026-01-01T00:00:12Z"}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/intake-receipts/{rcp_1}/rerun
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"What came in was erased with the person: there is nothing to run again.","status":409,"request_id":"req_…"}}
            > as partner
            > GET /api/leads
            200 OK
            []
            > as admin
            > log contact lead enrolment dialer
            18 contact.created con_1 by key_1 {"id":"con_1"}
            19 dialer.added con_1 by key_1 {"id":"con_1"}
            20 enrolment.created con_1 by key_1 {"id":"con_1"}
            21 lead.created uuid_1 by visitor {"id":"uuid_1"}
            22 contact.deleted con_1 by key_2 {"id":"con_1"}
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405021"}
            201 Created
            {"message":"Contact created.","contact_id":2,"receipt_id":"rcp_3"}
            > GET /api/v1/webhook/contact/phone-number?phone_number=8187405021
            200 OK
            {"id":2,"name":null,"first_name":null,"last_name":null,"email":null,"phone_number":"+18187405021","phone_numbers":[{"phone_number":"+18187405021","label":null,"is_primary":true,"is_opt_out":false,"lrn_type":null}],"company_name":null,"date_of_birth":null,"timezone":"America/Los_Angeles","city":null,"state":"CA","country":"US","zipcode":null,"address":null,"cnam_city":null,"cnam_state":"CA","cnam_country":"US","website":null,"notes":null,"csf1":null,"csf2":null,"lead_source":null,"intake_source":null,"user_id":null,"line_id":null,"disposition_status_id":null,"tags":[],"is_dnc":false,"is_blocked":false,"text_authorized":true,"uuid_v4":"uuid_2","last_engagement_at":null,"unread_count":0,"created_at":"2026-01-01 00:00:21","updated_at":"2026-01-01 00:00:21"}
        "#]],
    );
}

#[test]
fn what_belonged_to_one_follows_them_into_another() {
    check_staged(
        r#"
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405021","name":"Ada","user_id":1,"add_to_powerdialer":true,"sequence_id":1}
        POST /api/v1/webhook/forms {"phone_number":"8187405022","name":"Ada L","is_dnc":true}
        as admin
        brief
        GET /v1/contacts
        from here
        POST /v1/contacts/{con_1}/merge {"contact_id":"{con_2}"}
        settle
        GET /v1/intake-receipts?contact_id={con_1}
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405021","user_id":1,"add_to_powerdialer":true}
        GET /api/v1/webhook/contact/phone-number?phone_number=8187405021
        "#,
        &expect![[r#"
            > POST /v1/contacts/{con_1}/merge {"contact_id":"{con_2}"}
            200 OK
            {"data":{"id":"con_1","email":null,"name":"Ada L","phone":"+18187405022","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":"op_1","visitor_ids":[],"conversations_count":0,"source":"lead_api","last_seen_at":null,"created_at":"2026-01-01T00:00:12Z","updated_at":"2026-01-01T00:00:14Z","number":2,"phone_valid":true,"emails":[],"phones":[{"phone":"+18187405022","label":null},{"phone":"+18187405021","label":null}],"disposition_id":null,"profile":{"first_name":"Ada","last_name":"L","timezone":"America/Los_Angeles","state":"CA","country":"US"},"line_id":null,"list_ids":[],"do_not_contact_at":"2026-01-01T00:00:12Z","sms_opted_out_at":null}}
            > settle
            > GET /v1/intake-receipts?contact_id={con_1}
            200 OK
            {"data":[{"id":"rcp_2","door":"forms","status":201,"contact_id":"con_1","lead_id":null,"request":{"is_dnc":true,"name":"Ada L","phone_number":"8187405022"},"normalised":{"phone_number":"+18187405022","phone_valid":true,"extension":null,"email":null,"name":"Ada L","company_name":null,"profile":{"first_name":"Ada","last_name":"L"},"force_update":false},"matched_by":null,"effects":[{"action":"contact","result":"done","reason":"nobody had the number","value":"created"},{"action":"geography","result":"done","reason":"blank, and known from the number","value":{"country":"US","state":"CA","timezone":"America/Los_Angeles"}},{"action":"do_not_contact","result":"done","reason":"the form says so","value":true}],"warnings":[],"rerun_of":null,"created_at":"2026-01-01T00:00:12Z"},{"id":"rcp_1","door":"forms","status":201,"contact_id":"con_1","lead_id":null,"request":{"add_to_powerdialer":true,"name":"Ada","phone_number":"8187405021","sequence_id":1,"user_id":1},"normalised":{"phone_number":"+18187405021","phone_valid":true,"extension":null,"email":null,"name":"Ada","company_name":null,"profile":{"first_name":"Ada"},"force_update":false},"matched_by":null,"effects":[{"action":"contact","result":"done","reason":"nobody had the number","value":"created"},{"action":"geography","result":"done","reason":"blank, and known from the number","value":{"country":"US","state":"CA","timezone":"America/Los_Angeles"}},{"action":"owner","result":"done","reason":"the form names them","value":"op_1"},{"action":"power_dialer","result":"done","reason":"put at the top of the queue of op_1","value":"top"},{"action":"sequence","result":"done","reason":"enrolled in 'Welcome'","value":"seq_1"}],"warnings":[],"rerun_of":null,"created_at":"2026-01-01T00:00:11Z"}],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","user_id":1,"add_to_powerdialer":true}
            202 Accepted
            {"message":"Contact created.","contact_id":2,"receipt_id":"rcp_3"}
            > GET /api/v1/webhook/contact/phone-number?phone_number=8187405021
            200 OK
            {"id":2,"name":"Ada L","first_name":"Ada","last_name":"L","email":null,"phone_number":"+18187405022","phone_numbers":[{"phone_number":"+18187405022","label":null,"is_primary":true,"is_opt_out":false,"lrn_type":null},{"phone_number":"+18187405021","label":null,"is_primary":false,"is_opt_out":false,"lrn_type":null}],"company_name":null,"date_of_birth":null,"timezone":"America/Los_Angeles","city":null,"state":"CA","country":"US","zipcode":null,"address":null,"cnam_city":null,"cnam_state":"CA","cnam_country":"US","website":null,"notes":null,"csf1":null,"csf2":null,"lead_source":null,"intake_source":null,"user_id":1,"line_id":null,"disposition_status_id":null,"tags":[],"is_dnc":true,"is_blocked":false,"text_authorized":false,"uuid_v4":"uuid_1","last_engagement_at":null,"unread_count":0,"created_at":"2026-01-01 00:00:12","updated_at":"2026-01-01 00:00:14"}
        "#]],
    );
}

#[test]
fn nothing_secret_is_kept() {
    check_staged(
        r#"
        as intake
        POST /api/v1/webhook/forms {"api_token":"{intake}","phone_number":"8187405021","Password":"hunter2","card_number":"4111","nested":{"client_secret":"x","list":[{"cvv":"1"}]}}
        as admin
        GET /v1/intake-receipts
        "#,
        &expect![[r#"
            > as intake
            > POST /api/v1/webhook/forms {"api_token":"{intake}","phone_number":"8187405021","Password":"hunter2","card_number":"4111","nested":{"client_secret":"x","list":[{"cvv":"1"}]}}
            201 Created
            x-ignored-fields: card_number, nested, password
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > as admin
            > GET /v1/intake-receipts
            200 OK
            {"data":[{"id":"rcp_1","door":"forms","status":201,"contact_id":"con_1","lead_id":null,"request":{"card_number":"[hidden]","nested":{"client_secret":"[hidden]","list":[{"cvv":"[hidden]"}]},"password":"[hidden]","phone_number":"8187405021"},"normalised":{"phone_number":"+18187405021","phone_valid":true,"extension":null,"email":null,"name":null,"company_name":null,"profile":{},"force_update":false},"matched_by":null,"effects":[{"action":"contact","result":"done","reason":"nobody had the number","value":"created"},{"action":"geography","result":"done","reason":"blank, and known from the number","value":{"country":"US","state":"CA","timezone":"America/Los_Angeles"}}],"warnings":[],"rerun_of":null,"created_at":"2026-01-01T00:00:11Z"}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
        "#]],
    );
}
