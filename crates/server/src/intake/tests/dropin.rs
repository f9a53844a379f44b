//! The requests that the documents show, verbatim but for the credential.

use expect_test::expect;

use super::check_staged;

#[test]
fn the_documented_form_succeeds_as_it_stands() {
    check_staged(
        r#"
        as intake
        show x-intake-warnings
        header Content-Type: application/json
        POST /api/v1/webhook/forms {"api_token":"{intake}","phone_number":"8181234567","other_phone_numbers":[{"label":"mobile","phone_number":"8187405020"}],"company_name":"Analytical Engines","name":"Ada Lovelace","first_name":"Ada","last_name":"Lovelace","lead_source":"Web form","email":"ada@example.com","date_of_birth":"MM/DD/YYYY","timezone":"America/Los_Angeles","city":"Los Angeles","state":"CA","zipcode":"90045","country":"US","address":"1 Main St","website":"","notes":"Agreed to be called.","csf1":"one","csf2":"two","user_id":"2","distribute_to_ring_group":true,"ring_group_id":"1","check_available_users":true,"add_to_powerdialer":true,"powerdialer_position":"bottom","sequence_id":"1","force_update_sequence":false,"force_update":true,"line_id":"1","tag_id":"1","disposition_status_id":"5"}
        POST /api/v1/webhook/forms {"api_token":"{intake}","phone_number":"8181234567","force_update":true}
        POST /api/v1/webhook/forms {"api_token":"{intake}","phone_number":"8181234567"}
        POST /api/v1/webhook/forms {"api_token":"{intake}","name":"Nobody"}
        GET /api/v1/webhook/contact/phone-number?api_token={intake}&phone_number=8181234567
        as admin
        GET /v1/intake-receipts/{rcp_1}
        GET /v1/contacts/{con_1}
        "#,
        &expect![[r#"
            > as intake
            > show x-intake-warnings
            > header Content-Type: application/json
            > POST /api/v1/webhook/forms {"api_token":"{intake}","phone_number":"8181234567","other_phone_numbers":[{"label":"mobile","phone_number":"8187405020"}],"company_name":"Analytical Engines","name":"Ada Lovelace","first_name":"Ada","last_name":"Lovelace","lead_source":"Web form","email":"ada@example.com","date_of_birth":"MM/DD/YYYY","timezone":"America/Los_Angeles","city":"Los Angeles","state":"CA","zipcode":"90045","country":"US","address":"1 Main St","website":"","notes":"Agreed to be called.","csf1":"one","csf2":"two","user_id":"2","distribute_to_ring_group":true,"ring_group_id":"1","check_available_users":true,"add_to_powerdialer":true,"powerdialer_position":"bottom","sequence_id":"1","force_update_sequence":false,"force_update":true,"line_id":"1","tag_id":"1","disposition_status_id":"5"}
            201 Created
            x-intake-warnings: date_of_birth: is 'MM/DD/YYYY' and no date: it was left out
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > POST /api/v1/webhook/forms {"api_token":"{intake}","phone_number":"8181234567","force_update":true}
            200 OK
            {"message":"Contact updated.","contact_id":1,"receipt_id":"rcp_2"}
            > POST /api/v1/webhook/forms {"api_token":"{intake}","phone_number":"8181234567"}
            202 Accepted
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_3"}
            > POST /api/v1/webhook/forms {"api_token":"{intake}","name":"Nobody"}
            400 Bad Request
            {"message":"The given data was invalid.","errors":{"phone_number":["The phone number field is required."]},"receipt_id":"rcp_4"}
            > GET /api/v1/webhook/contact/phone-number?api_token={intake}&phone_number=8181234567
            200 OK
            {"id":1,"name":"Ada Lovelace","first_name":"Ada","last_name":"Lovelace","email":"ada@example.com","phone_number":"+18181234567","phone_numbers":[{"phone_number":"+18181234567","label":null,"is_primary":true,"is_opt_out":false,"lrn_type":null},{"phone_number":"+18187405020","label":"mobile","is_primary":false,"is_opt_out":false,"lrn_type":null}],"company_name":"Analytical Engines","date_of_birth":null,"timezone":"America/Los_Angeles","city":"Los Angeles","state":"CA","country":"US","zipcode":"90045","address":"1 Main St","cnam_city":"Los Angeles","cnam_state":"CA","cnam_country":"US","website":null,"notes":"Agreed to be called.","csf1":"one","csf2":"two","lead_source":"Web form","intake_source":null,"user_id":1,"line_id":1,"disposition_status_id":5,"tags":[{"id":1,"name":"web"}],"is_dnc":false,"is_blocked":false,"text_authorized":true,"uuid_v4":"uuid_1","last_engagement_at":null,"unread_count":0,"created_at":"2026-01-01 00:00:11","updated_at":"2026-01-01 00:00:11"}
            > as admin
            > GET /v1/intake-receipts/{rcp_1}
            200 OK
            {"data":{"id":"rcp_1","door":"forms","status":201,"contact_id":"con_1","lead_id":null,"request":{"add_to_powerdialer":true,"address":"1 Main St","check_available_users":true,"city":"Los Angeles","company_name":"Analytical Engines","country":"US","csf1":"one","csf2":"two","date_of_birth":"MM/DD/YYYY","disposition_status_id":"5","distribute_to_ring_group":true,"email":"ada@example.com","first_name":"Ada","force_update":true,"force_update_sequence":false,"last_name":"Lovelace","lead_source":"Web form","line_id":"1","name":"Ada Lovelace","notes":"Agreed to be called.","other_phone_numbers":[{"label":"mobile","phone_number":"8187405020"}],"phone_number":"8181234567","powerdialer_position":"bottom","ring_group_id":"1","sequence_id":"1","state":"CA","tag_id":"1","timezone":"America/Los_Angeles","user_id":"2","website":"","zipcode":"90045"},"normalised":{"phone_number":"+18181234567","phone_valid":false,"extension":null,"email":"ada@example.com","name":"Ada Lovelace","company_name":"Analytical Engines","profile":{"first_name":"Ada","last_name":"Lovelace","timezone":"America/Los_Angeles","address":"1 Main St","city":"Los Angeles","state":"CA","zipcode":"90045","country":"US","notes":"Agreed to be called.","lead_source":"Web form","csf1":"one","csf2":"two"},"force_update":true},"matched_by":null,"effects":[{"action":"contact","result":"done","reason":"nobody had the number","value":"created"},{"action":"phone_numbers","result":"done","reason":"added to theirs","value":["+18187405020"]},{"action":"owner","result":"done","reason":"chosen by chance among 1 available members of 'Sales'","value":"op_1"},{"action":"line","result":"done","reason":"'Main'","value":"line_1"},{"action":"tags","result":"done","reason":"stuck on","value":["web"]},{"action":"disposition","result":"done","reason":"'New'","value":"dis_1"},{"action":"power_dialer","result":"done","reason":"put at the bottom of the queue of op_1","value":"bottom"},{"action":"sequence","result":"done","reason":"enrolled in 'Welcome'","value":"seq_1"}],"warnings":[{"field":"date_of_birth","problem":"is 'MM/DD/YYYY' and no date: it was left out"}],"rerun_of":null,"created_at":"2026-01-01T00:00:11Z"}}
            > GET /v1/contacts/{con_1}
            200 OK
            {"data":{"id":"con_1","email":"ada@example.com","name":"Ada Lovelace","phone":"+18181234567","company":"Analytical Engines","avatar_url":null,"custom_attributes":{},"tags":["web"],"owner_id":"op_1","visitor_ids":[],"conversations_count":0,"source":"lead_api","last_seen_at":null,"created_at":"2026-01-01T00:00:11Z","updated_at":"2026-01-01T00:00:11Z","number":1,"phone_valid":false,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+18181234567","label":null},{"phone":"+18187405020","label":"mobile"}],"disposition_id":"dis_1","profile":{"first_name":"Ada","last_name":"Lovelace","timezone":"America/Los_Angeles","address":"1 Main St","city":"Los Angeles","state":"CA","zipcode":"90045","country":"US","notes":"Agreed to be called.","lead_source":"Web form","csf1":"one","csf2":"two"},"line_id":"line_1","list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
        "#]],
    );
}

#[test]
fn without_a_token_nobody_is_let_in() {
    check_staged(
        r#"
        as nobody
        POST /api/v1/webhook/forms {"phone_number":"8181234567"}
        POST /api/v1/webhook/forms {"api_token":"31B1B33D","phone_number":"8181234567"}
        GET /api/v1/webhook/users
        GET /api/v1/webhook/users?api_token=31B1B33D
        as partner
        POST /api/v1/webhook/forms {"api_token":"{partner}","phone_number":"8181234567"}
        GET /api/v1/webhook/nothing
        GET /api/v1/webhook/forms
        "#,
        &expect![[r#"
            > as nobody
            > POST /api/v1/webhook/forms {"phone_number":"8181234567"}
            400 Bad Request
            {"message":"The given data was invalid.","errors":{"api_token":["The api token field is required."]}}
            > POST /api/v1/webhook/forms {"api_token":"31B1B33D","phone_number":"8181234567"}
            401 Unauthorized
            {"message":"Unauthenticated."}
            > GET /api/v1/webhook/users
            400 Bad Request
            {"message":"The given data was invalid.","errors":{"api_token":["The api token field is required."]}}
            > GET /api/v1/webhook/users?api_token=31B1B33D
            401 Unauthorized
            {"message":"Unauthenticated."}
            > as partner
            > POST /api/v1/webhook/forms {"api_token":"{partner}","phone_number":"8181234567"}
            401 Unauthorized
            {"message":"Unauthenticated."}
            > GET /api/v1/webhook/nothing
            404 Not Found
            {"message":"There is no such path."}
            > GET /api/v1/webhook/forms
            405 Method Not Allowed
            allow: POST
            {"message":"The method is not allowed for this path: the 'Allow' header names those that are."}
        "#]],
    );
}
