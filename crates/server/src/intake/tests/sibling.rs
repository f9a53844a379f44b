//! The doors beside the form.

use expect_test::expect;

use super::check_staged;

#[test]
fn users_and_their_availability_are_listed() {
    check_staged(
        r#"
        PATCH /v1/operators/{op_2} {"agent_status": "wrap_up"}
        PATCH /v1/operators/{op_3} {"is_active": false}
        as intake
        GET /api/v1/webhook/users?api_token={intake}
        GET /api/v1/webhook/ring-group/availability?api_token={intake}&ring_group_id=1
        GET /api/v1/webhook/ring-group/availability?ring_group_id=9
        GET /api/v1/webhook/ring-group/availability
        "#,
        &expect![[r#"
            > PATCH /v1/operators/{op_2} {"agent_status": "wrap_up"}
            200 OK
            {"data":{"id":"op_2","name":"Bob","email":"bob@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"online","agent_status":"wrap_up","status_changed_at":"2026-01-01T00:00:11Z","deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":2,"created_at":"2026-01-01T00:00:02Z"}}
            > PATCH /v1/operators/{op_3} {"is_active": false}
            200 OK
            {"data":{"id":"op_3","name":"Cid","email":"cid@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"offline","agent_status":"offline","status_changed_at":null,"deactivated_at":"2026-01-01T00:00:12Z","max_concurrent":5,"open_conversations":0,"number":3,"created_at":"2026-01-01T00:00:03Z"}}
            > as intake
            > GET /api/v1/webhook/users?api_token={intake}
            200 OK
            [{"id":1,"name":"Ada","email":"ada@example.com","agent_status":1,"human_readable_agent_status":"Available"},{"id":2,"name":"Bob","email":"bob@example.com","agent_status":5,"human_readable_agent_status":"Wrap-up"}]
            > GET /api/v1/webhook/ring-group/availability?api_token={intake}&ring_group_id=1
            200 OK
            {"test_results":[{"id":1,"failed_to_route":false,"order":1,"name":"Ada","email":"ada@example.com","reasons":{"is_active":true,"takes_task_from_area_code":true,"takes_task_in_state":true,"takes_task_in_operating_hours":true,"takes_call_within_concurrency_limit":true,"takes_call_within_quota_limit":true,"takes_call_within_duplication_period_limit":true,"agent_answers_call":true,"agent_accepts_call":true},"answer_by":"Browser / Apps","agent_status":"Accepting Calls"},{"id":2,"failed_to_route":true,"order":2,"name":"Bob","email":"bob@example.com","reasons":{"is_active":true,"takes_task_from_area_code":true,"takes_task_in_state":true,"takes_task_in_operating_hours":true,"takes_call_within_concurrency_limit":false,"takes_call_within_quota_limit":true,"takes_call_within_duplication_period_limit":true,"agent_answers_call":true,"agent_accepts_call":false},"answer_by":"Browser / Apps","agent_status":"Wrap-up"},{"id":3,"failed_to_route":true,"order":3,"name":"Cid","email":"cid@example.com","reasons":{"is_active":false,"takes_task_from_area_code":true,"takes_task_in_state":true,"takes_task_in_operating_hours":true,"takes_call_within_concurrency_limit":true,"takes_call_within_quota_limit":true,"takes_call_within_duplication_period_limit":true,"agent_answers_call":false,"agent_accepts_call":false},"answer_by":"Browser / Apps","agent_status":"Offline"}]}
            > GET /api/v1/webhook/ring-group/availability?ring_group_id=9
            404 Not Found
            {"message":"The requested ring group id does not exist."}
            > GET /api/v1/webhook/ring-group/availability
            400 Bad Request
            {"message":"The given data was invalid.","errors":{"ring_group_id":["The ring group id field is required."]}}
        "#]],
    );
}

#[test]
fn a_contact_is_looked_up_by_any_spelling_of_a_number() {
    check_staged(
        r#"
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405020","name":"Ada Lovelace","email":"ada@example.com","tag_id":1,"date_of_birth":"12/10/1815","website":"https://example.com","source":"old form"}
        GET /api/v1/webhook/contact/phone-number?api_token={intake}&phone_number=%2B1%20818-740-5020
        GET /api/v1/webhook/contact/phone-number?api_token={intake}&phone_number=8187405099
        GET /api/v1/webhook/contact/phone-number?api_token={intake}&phone_number=nobody
        GET /api/v1/webhook/contact/phone-number?api_token={intake}
        POST /api/v1/webhook/lookup {"phone_number":"+61412345678"}
        POST /api/v1/webhook/lookup {"phone_number":"x"}
        "#,
        &expect![[r#"
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405020","name":"Ada Lovelace","email":"ada@example.com","tag_id":1,"date_of_birth":"12/10/1815","website":"https://example.com","source":"old form"}
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > GET /api/v1/webhook/contact/phone-number?api_token={intake}&phone_number=%2B1%20818-740-5020
            200 OK
            {"id":1,"name":"Ada Lovelace","first_name":"Ada","last_name":"Lovelace","email":"ada@example.com","phone_number":"+18187405020","phone_numbers":[{"phone_number":"+18187405020","label":null,"is_primary":true,"is_opt_out":false,"lrn_type":null}],"company_name":null,"date_of_birth":"1815-12-10","timezone":"America/Los_Angeles","city":null,"state":"CA","country":"US","zipcode":null,"address":null,"cnam_city":null,"cnam_state":"CA","cnam_country":"US","website":"https://example.com","notes":null,"csf1":null,"csf2":null,"lead_source":"old form","intake_source":"old form","user_id":null,"line_id":null,"disposition_status_id":null,"tags":[{"id":1,"name":"web"}],"is_dnc":false,"is_blocked":false,"text_authorized":true,"uuid_v4":"uuid_1","last_engagement_at":null,"unread_count":0,"created_at":"2026-01-01 00:00:11","updated_at":"2026-01-01 00:00:11"}
            > GET /api/v1/webhook/contact/phone-number?api_token={intake}&phone_number=8187405099
            404 Not Found
            {"error":"Contact not found."}
            > GET /api/v1/webhook/contact/phone-number?api_token={intake}&phone_number=nobody
            400 Bad Request
            {"error":"Phone number is empty or invalid."}
            > GET /api/v1/webhook/contact/phone-number?api_token={intake}
            400 Bad Request
            {"error":"Phone number is empty or invalid."}
            > POST /api/v1/webhook/lookup {"phone_number":"+61412345678"}
            200 OK
            {"carrier":null,"line_type":"mobile","data":{"city":null,"state":null,"country":"AU","timezone":"Australia/Sydney"}}
            > POST /api/v1/webhook/lookup {"phone_number":"x"}
            400 Bad Request
            {"message":"The given data was invalid.","errors":{"phone_number":["The phone number is invalid."]}}
        "#]],
    );
}

#[test]
fn people_enter_and_leave_sequences() {
    check_staged(
        r#"
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405020"}
        POST /api/v1/webhook/sequence-enroll {"api_token":"{intake}","sequence_id":1,"source":"phone_number","phone_number":"8187405020"}
        POST /api/v1/webhook/sequence-enroll {"sequence_id":"1","source":"aloware","id":1}
        POST /api/v1/webhook/sequence-enroll {"sequence_id":2,"source":"aloware","id":"1"}
        POST /api/v1/webhook/sequence-enroll {"sequence_id":2,"source":"aloware","id":1,"force_enroll":true}
        "#,
        &expect![[r#"
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405020"}
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > POST /api/v1/webhook/sequence-enroll {"api_token":"{intake}","sequence_id":1,"source":"phone_number","phone_number":"8187405020"}
            200 OK
            {"message":"Contact is successfully enrolled in the sequence."}
            > POST /api/v1/webhook/sequence-enroll {"sequence_id":"1","source":"aloware","id":1}
            200 OK
            {"message":"Contact is successfully enrolled in the sequence."}
            > POST /api/v1/webhook/sequence-enroll {"sequence_id":2,"source":"aloware","id":"1"}
            400 Bad Request
            {"message":"Contact is not enrolled: they are in 'Welcome', and stay there unless forced."}
            > POST /api/v1/webhook/sequence-enroll {"sequence_id":2,"source":"aloware","id":1,"force_enroll":true}
            200 OK
            {"message":"Contact is successfully enrolled in the sequence."}
        "#]],
    );
}

#[test]
fn nobody_enters_a_sequence_by_mistake() {
    check_staged(
        r#"
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405020"}
        POST /api/v1/webhook/sequence-enroll {"sequence_id":9,"source":"aloware","id":1}
        POST /api/v1/webhook/sequence-enroll {"sequence_id":1,"source":"aloware","id":9}
        POST /api/v1/webhook/sequence-enroll {"sequence_id":1,"source":"hubspot","id":1}
        POST /api/v1/webhook/sequence-enroll {"sequence_id":1,"source":"nobody","id":1}
        POST /api/v1/webhook/sequence-enroll {"source":"aloware","id":1}
        "#,
        &expect![[r#"
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405020"}
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > POST /api/v1/webhook/sequence-enroll {"sequence_id":9,"source":"aloware","id":1}
            400 Bad Request
            {"message":"The selected sequence id is invalid."}
            > POST /api/v1/webhook/sequence-enroll {"sequence_id":1,"source":"aloware","id":9}
            400 Bad Request
            {"message":"Contact not found."}
            > POST /api/v1/webhook/sequence-enroll {"sequence_id":1,"source":"hubspot","id":1}
            400 Bad Request
            {"message":"The given data was invalid.","errors":{"source":["No such integration is connected: use phone_number or aloware."]}}
            > POST /api/v1/webhook/sequence-enroll {"sequence_id":1,"source":"nobody","id":1}
            400 Bad Request
            {"message":"The given data was invalid.","errors":{"source":["The selected source is invalid."]}}
            > POST /api/v1/webhook/sequence-enroll {"source":"aloware","id":1}
            400 Bad Request
            {"message":"The given data was invalid.","errors":{"sequence_id":["The sequence id field is required."]}}
        "#]],
    );
}

#[test]
fn people_leave_sequences_and_stay_out() {
    check_staged(
        r#"
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405020","sequence_id":1}
        POST /api/v1/webhook/sequence-disenroll {"source":"phone_number","phone_number":"8187405020"}
        POST /api/v1/webhook/sequence-disenroll {"source":"phone_number","phone_number":"8187405020"}
        POST /api/v1/webhook/sequence-disenroll {"source":"phone_number","phone_number":"8187405099"}
        as admin
        log enrolment
        PATCH /v1/contacts/{con_1} {"sms_opted_out": true}
        as intake
        POST /api/v1/webhook/sequence-enroll {"sequence_id":1,"source":"aloware","id":1}
        "#,
        &expect![[r#"
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405020","sequence_id":1}
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > POST /api/v1/webhook/sequence-disenroll {"source":"phone_number","phone_number":"8187405020"}
            200 OK
            {"message":"Contact is successfully disenrolled from the sequence."}
            > POST /api/v1/webhook/sequence-disenroll {"source":"phone_number","phone_number":"8187405020"}
            200 OK
            {"message":"Contact is successfully disenrolled from the sequence."}
            > POST /api/v1/webhook/sequence-disenroll {"source":"phone_number","phone_number":"8187405099"}
            400 Bad Request
            {"message":"Contact not found."}
            > as admin
            > log enrolment
            18 enrolment.created con_1 by key_1 {"contact_id":"con_1","sequence_id":"seq_1"}
            19 enrolment.ended con_1 by key_1 {"contact_id":"con_1","sequence_id":"seq_1","reason":"asked"}
            > PATCH /v1/contacts/{con_1} {"sms_opted_out": true}
            200 OK
            {"data":{"id":"con_1","email":null,"name":null,"phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"lead_api","last_seen_at":null,"created_at":"2026-01-01T00:00:11Z","updated_at":"2026-01-01T00:00:15Z","number":1,"phone_valid":true,"emails":[],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{"timezone":"America/Los_Angeles","state":"CA","country":"US"},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":"2026-01-01T00:00:15Z"}}
            > as intake
            > POST /api/v1/webhook/sequence-enroll {"sequence_id":1,"source":"aloware","id":1}
            400 Bad Request
            {"message":"Contact is not enrolled: they opted out of messages."}
        "#]],
    );
}

#[test]
fn queues_are_emptied() {
    check_staged(
        r#"
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405021","user_id":1,"add_to_powerdialer":1,"list_ids":1}
        POST /api/v1/webhook/forms {"phone_number":"8187405022","user_id":1,"add_to_powerdialer":1}
        POST /api/v1/webhook/forms {"phone_number":"8187405023","user_id":2,"add_to_powerdialer":1}
        POST /api/v1/webhook/forms {"phone_number":"8187405024","user_id":1,"add_to_powerdialer":1}
        POST /api/v1/webhook/powerdialer-remove-contact-from-lists {"contact_id":"2"}
        POST /api/v1/webhook/powerdialer-remove-contact-from-lists {"contact_id":"2"}
        POST /api/v1/webhook/powerdialer-remove-contact-from-lists {"contact_id":99}
        POST /api/v1/webhook/powerdialer-clear-list {"list_id":1}
        POST /api/v1/webhook/powerdialer-clear-list {"list_id":9}
        POST /api/v1/webhook/powerdialer-clear-user-lists {"user_id":1}
        POST /api/v1/webhook/powerdialer-clear-user-lists {"user_id":9}
        as admin
        log dialer
        "#,
        &expect![[r#"
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","user_id":1,"add_to_powerdialer":1,"list_ids":1}
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405022","user_id":1,"add_to_powerdialer":1}
            201 Created
            {"message":"Contact created.","contact_id":2,"receipt_id":"rcp_2"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405023","user_id":2,"add_to_powerdialer":1}
            201 Created
            {"message":"Contact created.","contact_id":3,"receipt_id":"rcp_3"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405024","user_id":1,"add_to_powerdialer":1}
            201 Created
            {"message":"Contact created.","contact_id":4,"receipt_id":"rcp_4"}
            > POST /api/v1/webhook/powerdialer-remove-contact-from-lists {"contact_id":"2"}
            200 OK
            {"message":"The contact has been removed from the Power Dialer lists."}
            > POST /api/v1/webhook/powerdialer-remove-contact-from-lists {"contact_id":"2"}
            200 OK
            {"message":"The contact has been removed from the Power Dialer lists."}
            > POST /api/v1/webhook/powerdialer-remove-contact-from-lists {"contact_id":99}
            404 Not Found
            {"message":"The requested contact id does not exist."}
            > POST /api/v1/webhook/powerdialer-clear-list {"list_id":1}
            200 OK
            {"message":"The contacts have been removed from the Power Dialer list."}
            > POST /api/v1/webhook/powerdialer-clear-list {"list_id":9}
            404 Not Found
            {"message":"The requested list id does not exist."}
            > POST /api/v1/webhook/powerdialer-clear-user-lists {"user_id":1}
            200 OK
            {"message":"The user's Power Dialer lists have been cleared."}
            > POST /api/v1/webhook/powerdialer-clear-user-lists {"user_id":9}
            404 Not Found
            {"message":"The requested user id does not exist."}
            > as admin
            > log dialer
            18 dialer.added con_1 by key_1 {"contact_id":"con_1","operator_id":"op_1","place":"top"}
            20 dialer.added con_2 by key_1 {"contact_id":"con_2","operator_id":"op_1","place":"top"}
            22 dialer.added con_3 by key_1 {"contact_id":"con_3","operator_id":"op_2","place":"top"}
            24 dialer.added con_4 by key_1 {"contact_id":"con_4","operator_id":"op_1","place":"top"}
            25 dialer.removed con_2 by key_1 {"contact_id":"con_2","operator_id":"op_1"}
            26 dialer.removed con_1 by key_1 {"contact_id":"con_1","operator_id":"op_1"}
            27 dialer.removed con_4 by key_1 {"contact_id":"con_4","operator_id":"op_1"}
        "#]],
    );
}
