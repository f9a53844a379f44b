//! Which person a lead is.

use expect_test::expect;

use crate::testing::check;

#[test]
fn a_lead_is_found_through_all_three_surfaces() {
    check(
        r#"
        as nobody
        POST /api/save-lead {"session_id":"s","lead_name":"Ada","lead_email":"Ada@Example.com","lead_phone":"818-740-5020","lead_business":"Engines"}
        as partner
        GET /api/leads
        as read
        POST /v1/contacts/search {"query":"ada"}
        as intake
        GET /api/v1/webhook/contact/phone-number?phone_number=8187405020
        "#,
        &expect![[r#"
            > as nobody
            > POST /api/save-lead {"session_id":"s","lead_name":"Ada","lead_email":"Ada@Example.com","lead_phone":"818-740-5020","lead_business":"Engines"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_1","session_token":"token_1","hot":false}
            > as partner
            > GET /api/leads
            200 OK
            [{"id":"uuid_1","session_id":"s","name":"Ada","email":"Ada@Example.com","business":"Engines","message_count":0,"source":"ora_widget","created_at":"2026-01-01T00:00:01Z","page_url":null,"hot":false,"hot_at":null,"phone":"+18187405020","contact_id":"con_1","updated_at":"2026-01-01T00:00:01Z"}]
            > as read
            > POST /v1/contacts/search {"query":"ada"}
            200 OK
            {"data":[{"id":"con_1","email":"Ada@Example.com","name":"Ada","phone":"+18187405020","company":"Engines","avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"ora_widget","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":true,"emails":[{"email":"Ada@Example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{"timezone":"America/Los_Angeles","state":"CA","country":"US"},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > as intake
            > GET /api/v1/webhook/contact/phone-number?phone_number=8187405020
            200 OK
            {"id":1,"name":"Ada","first_name":null,"last_name":null,"email":"Ada@Example.com","phone_number":"+18187405020","phone_numbers":[{"phone_number":"+18187405020","label":null,"is_primary":true,"is_opt_out":false,"lrn_type":null}],"company_name":"Engines","date_of_birth":null,"timezone":"America/Los_Angeles","city":null,"state":"CA","country":"US","zipcode":null,"address":null,"cnam_city":null,"cnam_state":"CA","cnam_country":"US","website":null,"notes":null,"csf1":null,"csf2":null,"lead_source":null,"intake_source":null,"user_id":null,"line_id":null,"disposition_status_id":null,"tags":[],"is_dnc":false,"is_blocked":false,"text_authorized":true,"uuid_v4":"uuid_2","last_engagement_at":null,"unread_count":0,"created_at":"2026-01-01 00:00:01","updated_at":"2026-01-01 00:00:01"}
        "#]],
    );
}

#[test]
fn a_lead_is_whoever_has_its_address_and_makes_nobody_twice() {
    check(
        r#"
        POST /v1/contacts {"email":"ada@example.com","name":"Ada"}
        POST /v1/contacts {"email":"bob@example.com","phone":"+18187405020"}
        as nobody
        POST /api/save-lead {"session_id":"one","lead_name":"Other","lead_email":"ADA@example.com","lead_business":"Engines"}
        POST /api/save-lead {"session_id":"two","lead_email":"ada@example.com"}
        POST /api/save-lead {"session_id":"clash","lead_email":"ada@example.com","lead_phone":"8187405020"}
        POST /api/save-lead {"session_id":"two","lead_phone":"8187405020"}
        as admin
        effects
        GET /v1/contacts
        GET /v1/contacts/{con_1}/duplicates
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email":"ada@example.com","name":"Ada"}
            201 Created
            {"data":{"id":"con_1","email":"ada@example.com","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts {"email":"bob@example.com","phone":"+18187405020"}
            201 Created
            {"data":{"id":"con_2","email":"bob@example.com","name":null,"phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z","number":2,"phone_valid":true,"emails":[{"email":"bob@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > as nobody
            > POST /api/save-lead {"session_id":"one","lead_name":"Other","lead_email":"ADA@example.com","lead_business":"Engines"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_1","session_token":"token_1","hot":false}
            > POST /api/save-lead {"session_id":"two","lead_email":"ada@example.com"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_2","session_token":"token_2","hot":false}
            > POST /api/save-lead {"session_id":"clash","lead_email":"ada@example.com","lead_phone":"8187405020"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_3","session_token":"token_3","hot":false}
            > POST /api/save-lead {"session_id":"two","lead_phone":"8187405020"}
            200 OK
            {"ok":true,"status":200}
            > as admin
            > effects
            rcp_1 201
                lead done: the session is new
                contact done: known by the email
            rcp_2 201
                lead done: the session is new
                contact done: known by the email
            rcp_3 201
                lead done: the session is new
                contact done: the address is theirs; the number is another's: a merge is suggested
            rcp_4 200
                lead done: the session was saved again without its token: blanks were filled
                contact skipped: the session is theirs; what it says is con_2's: a merge is suggested
            > GET /v1/contacts
            200 OK
            {"data":[{"id":"con_2","email":"bob@example.com","name":null,"phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z","number":2,"phone_valid":true,"emails":[{"email":"bob@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null},{"id":"con_1","email":"ada@example.com","name":"Ada","phone":null,"company":"Engines","avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:03Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > GET /v1/contacts/{con_1}/duplicates
            200 OK
            {"data":[{"contact":{"id":"con_2","email":"bob@example.com","name":null,"phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z","number":2,"phone_valid":true,"emails":[{"email":"bob@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null},"reasons":["seen_together"]}]}
        "#]],
    );
}

#[test]
fn without_an_address_or_a_number_nobody_is_made() {
    check(
        r#"
        as nobody
        POST /api/save-lead {"session_id":"none","lead_name":"Nobody"}
        POST /api/save-lead {"session_id":"odd","lead_email":"not an address"}
        as admin
        effects
        GET /v1/contacts
        "#,
        &expect![[r#"
            > as nobody
            > POST /api/save-lead {"session_id":"none","lead_name":"Nobody"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_1","session_token":"token_1","hot":false}
            > POST /api/save-lead {"session_id":"odd","lead_email":"not an address"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_2","session_token":"token_2","hot":false}
            > as admin
            > effects
            rcp_1 201
                lead done: the session is new
                contact skipped: there is no address and no number yet
            rcp_2 201
                lead done: the session is new
                email skipped: it is no address: it is kept with the lead alone
                contact skipped: there is no address and no number yet
            > GET /v1/contacts
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_clash_is_settled_by_a_merge_and_run_again() {
    check(
        r#"
        POST /v1/contacts {"email":"bob@example.com","phone":"+18187405020"}
        as nobody
        POST /api/save-lead {"session_id":"s","lead_email":"ada@example.com"}
        POST /api/save-lead {"session_id":"s","lead_phone":"8187405020"}
        as admin
        brief
        GET /v1/contacts
        GET /v1/intake-receipts
        POST /v1/contacts/{con_1}/merge {"contact_id":"{con_2}"}
        settle
        POST /v1/intake-receipts/{rcp_1}/rerun
        effects
        as partner
        GET /api/leads
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email":"bob@example.com","phone":"+18187405020"}
            201 Created
            {"data":{"id":"con_1","email":"bob@example.com","name":null,"phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":true,"emails":[{"email":"bob@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > as nobody
            > POST /api/save-lead {"session_id":"s","lead_email":"ada@example.com"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_1","session_token":"token_1","hot":false}
            > POST /api/save-lead {"session_id":"s","lead_phone":"8187405020"}
            200 OK
            {"ok":true,"status":200}
            > as admin
            > brief
            > GET /v1/contacts
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > GET /v1/intake-receipts
            200 OK
            {"data":["rcp_1","rcp_2"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/{con_1}/merge {"contact_id":"{con_2}"}
            200 OK
            {"data":"con_1"}
            > settle
            > POST /v1/intake-receipts/{rcp_1}/rerun
            201 Created
            {"data":"rcp_3"}
            > effects
            rcp_2 201
                lead done: the session is new
                contact done: nobody had the address or the number
            rcp_1 200
                lead done: the session was saved again without its token: blanks were filled
                contact skipped: the session is theirs; what it says is con_1's: a merge is suggested
            rcp_3 200
                contact done: known by the session
            > as partner
            > GET /api/leads
            200 OK
            [{"id":"uuid_1","session_id":"s","name":null,"email":"ada@example.com","business":null,"message_count":0,"source":"ora_widget","created_at":"2026-01-01T00:00:02Z","page_url":null,"hot":false,"hot_at":null,"phone":"+18187405020","contact_id":"con_1","updated_at":"2026-01-01T00:00:03Z"}]
        "#]],
    );
}

#[test]
fn what_a_stranger_said_of_a_session_its_owner_puts_right() {
    check(
        r#"
        as nobody
        POST /api/save-lead {"session_id":"s","lead_name":"Ada"}
        POST /api/save-lead {"session_id":"s","lead_email":"mallory@example.com"}
        POST /api/save-lead {"session_id":"s","session_token":"{token_1}","lead_email":"ada@exmaple.com"}
        POST /api/save-lead {"session_id":"s","session_token":"{token_1}","lead_email":"ada@example.com"}
        POST /api/save-lead {"session_id":"s","lead_phone":"8187405020"}
        as admin
        effects
        GET /v1/contacts
        "#,
        &expect![[r#"
            > as nobody
            > POST /api/save-lead {"session_id":"s","lead_name":"Ada"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_1","session_token":"token_1","hot":false}
            > POST /api/save-lead {"session_id":"s","lead_email":"mallory@example.com"}
            200 OK
            {"ok":true,"status":200}
            > POST /api/save-lead {"session_id":"s","session_token":"{token_1}","lead_email":"ada@exmaple.com"}
            200 OK
            {"ok":true,"status":200}
            > POST /api/save-lead {"session_id":"s","session_token":"{token_1}","lead_email":"ada@example.com"}
            200 OK
            {"ok":true,"status":200}
            > POST /api/save-lead {"session_id":"s","lead_phone":"8187405020"}
            200 OK
            {"ok":true,"status":200}
            > as admin
            > effects
            rcp_1 201
                lead done: the session is new
                contact skipped: there is no address and no number yet
            rcp_2 200
                lead done: the session was saved again without its token: blanks were filled
                contact done: nobody had the address or the number
            rcp_3 200
                lead done: the session was saved again with its token
                contact done: nobody had the address or the number
            rcp_4 200
                lead done: the session was saved again with its token
                contact done: known by the session
            rcp_5 200
                lead done: the session was saved again without its token: blanks were filled
                contact done: known by the session
            > GET /v1/contacts
            200 OK
            {"data":[{"id":"con_1","email":"ada@example.com","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"ora_widget","last_seen_at":null,"created_at":"2026-01-01T00:00:03Z","updated_at":"2026-01-01T00:00:04Z","number":2,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null},{"email":"ada@exmaple.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null},{"id":"con_2","email":"mallory@example.com","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"ora_widget","last_seen_at":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":null,"emails":[{"email":"mallory@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
        "#]],
    );
}

#[test]
fn nobody_is_given_an_address_over_the_public_door() {
    check(
        r#"
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405020"}
        as nobody
        POST /api/save-lead {"session_id":"s","lead_phone":"8187405020","lead_email":"mallory@example.com","lead_name":"Mallory"}
        as admin
        effects
        GET /v1/contacts
        "#,
        &expect![[r#"
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405020"}
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > as nobody
            > POST /api/save-lead {"session_id":"s","lead_phone":"8187405020","lead_email":"mallory@example.com","lead_name":"Mallory"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_1","session_token":"token_1","hot":false}
            > as admin
            > effects
            rcp_1 201
                contact done: nobody had the number
                geography done: blank, and known from the number
            rcp_2 201
                lead done: the session is new
                contact done: known by the phone
            > GET /v1/contacts
            200 OK
            {"data":[{"id":"con_1","email":null,"name":"Mallory","phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"lead_api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":true,"emails":[],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{"timezone":"America/Los_Angeles","state":"CA","country":"US"},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
        "#]],
    );
}

#[test]
fn who_was_erased_is_not_made_anew_by_their_session() {
    check(
        r#"
        as nobody
        POST /api/save-lead {"session_id":"s","lead_name":"Ada"}
        POST /api/save-lead {"session_id":"s","session_token":"{token_1}","lead_email":"ada@example.com"}
        as admin
        brief
        GET /v1/contacts
        GET /v1/intake-receipts
        DELETE /v1/contacts/{con_1}
        as nobody
        POST /api/save-lead {"session_id":"s","message_count":9}
        as admin
        POST /v1/intake-receipts/{rcp_1}/rerun
        settle
        GET /v1/intake-receipts
        GET /v1/contacts
        as partner
        GET /api/leads
        "#,
        &expect![[r#"
            > as nobody
            > POST /api/save-lead {"session_id":"s","lead_name":"Ada"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_1","session_token":"token_1","hot":false}
            > POST /api/save-lead {"session_id":"s","session_token":"{token_1}","lead_email":"ada@example.com"}
            200 OK
            {"ok":true,"status":200}
            > as admin
            > brief
            > GET /v1/contacts
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/intake-receipts
            200 OK
            {"data":["rcp_1","rcp_2"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > DELETE /v1/contacts/{con_1}
            204 No Content
            > as nobody
            > POST /api/save-lead {"session_id":"s","message_count":9}
            200 OK
            {"ok":true,"status":200}
            > as admin
            > POST /v1/intake-receipts/{rcp_1}/rerun
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"What came in was erased with the person: there is nothing to run again.","status":409,"request_id":"req_…"}}
            > settle
            > GET /v1/intake-receipts
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/contacts
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > as partner
            > GET /api/leads
            200 OK
            []
        "#]],
    );
}

#[test]
fn a_lead_that_is_nobody_is_erased_by_itself() {
    check(
        r#"
        as nobody
        POST /api/save-lead {"session_id":"s","lead_name":"Ada"}
        as partner
        POST /api/zapier-webhook?action=create-note {"session_id":"s","note":"x"}
        DELETE /api/leads/{uuid_1}
        DELETE /api/leads/{uuid_1}
        GET /api/leads
        as admin
        GET /v1/intake-receipts
        log lead
        "#,
        &expect![[r#"
            > as nobody
            > POST /api/save-lead {"session_id":"s","lead_name":"Ada"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_1","session_token":"token_1","hot":false}
            > as partner
            > POST /api/zapier-webhook?action=create-note {"session_id":"s","note":"x"}
            200 OK
            {"ok":true,"status":201,"note_id":"uuid_2"}
            > DELETE /api/leads/{uuid_1}
            204 No Content
            > DELETE /api/leads/{uuid_1}
            404 Not Found
            {"ok":false,"error":"There is no such lead.","code":"not_found"}
            > GET /api/leads
            200 OK
            []
            > as admin
            > GET /v1/intake-receipts
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > log lead
            5 lead.created uuid_1 by visitor {"id":"uuid_1"}
        "#]],
    );
}

#[test]
fn recipients_are_told_once_when_there_is_someone_to_answer() {
    check(
        r#"
        PATCH /v1/settings {"lead_recipients": ["sales@example.com"]}
        POST /v1/contacts {"email":"bob@example.com"}
        as nobody
        POST /api/save-lead {"session_id":"ada","lead_name":"Ada\nForged: line"}
        POST /api/save-lead {"session_id":"bob","lead_email":"bob@example.com"}
        settle
        effects
        POST /api/save-lead {"session_id":"ada","lead_email":"ada@example.com"}
        POST /api/save-lead {"session_id":"ada","message_count":9}
        POST /api/save-lead {"session_id":"hot","message_count":9}
        settle
        mails
        "#,
        &expect![[r#"
            > PATCH /v1/settings {"lead_recipients": ["sales@example.com"]}
            200 OK
            {"data":{"region":"US","timezone":null,"duplicate_policy":"accept","zapier_open":false,"lead_recipients":["sales@example.com"],"returning_is_new":false,"routing":"round_robin","hand_back":"when_offline","auto_close_minutes":null,"auto_close_warning_minutes":5,"reopen_days":7}}
            > POST /v1/contacts {"email":"bob@example.com"}
            201 Created
            {"data":{"id":"con_1","email":"bob@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":null,"emails":[{"email":"bob@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > as nobody
            > POST /api/save-lead {"session_id":"ada","lead_name":"Ada\nForged: line"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_1","session_token":"token_1","hot":false}
            > POST /api/save-lead {"session_id":"bob","lead_email":"bob@example.com"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_2","session_token":"token_2","hot":false}
            > settle
            > effects
            rcp_1 201
                lead done: the session is new
                contact skipped: there is no address and no number yet
            rcp_2 201
                lead done: the session is new
                contact done: known by the email
            > POST /api/save-lead {"session_id":"ada","lead_email":"ada@example.com"}
            200 OK
            {"ok":true,"status":200}
            > POST /api/save-lead {"session_id":"ada","message_count":9}
            200 OK
            {"ok":true,"status":200}
            > POST /api/save-lead {"session_id":"hot","message_count":9}
            201 Created
            {"ok":true,"status":201,"id":"uuid_3","session_token":"token_3","hot":true}
            > settle
            > mails
            To: sales@example.com
            Subject: New lead: Ada Forged: line
            Date: Thu, 01 Jan 2026 00:00:05 +0000
            Message-ID: <ntc_1@switchboard>
            Content-Type: text/plain; charset=utf-8

            A new lead came in: Ada Forged: line

            E-mail: ada@example.com
            Source: ora_widget
            To: sales@example.com
            Subject: New lead: someone without a name
            Date: Thu, 01 Jan 2026 00:00:07 +0000
            Message-ID: <ntc_2@switchboard>
            Content-Type: text/plain; charset=utf-8

            A new lead came in: someone without a name

            Source: ora_widget
        "#]],
    );
}
