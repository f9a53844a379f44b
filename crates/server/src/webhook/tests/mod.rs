//! Webhooks by transcript: who is told of what, in which form, and what becomes of it.

mod canary;
mod probe;
mod pull;

use expect_test::expect;
use jiff::SignedDuration;
use store::Scope;

use super::{
    delivery::Attempt,
    fan::{self, Next, Outcome},
    *,
};
use crate::testing::{Ask, Stage, block_on, check, databases};

#[test]
fn one_is_made_shown_changed_and_deleted() {
    check(
        r#"
        header Idempotency-Key: once
        POST /v1/webhooks {"url":"https://1.1.1.1/hook","events":["message.created","contact.created"]}
        header Idempotency-Key: once
        POST /v1/webhooks {"url":"https://1.1.1.1/hook","events":["message.created","contact.created"]}
        as read
        GET /v1/webhooks
        GET /v1/webhooks/{wh_1}
        POST /v1/webhooks/{wh_1}/rotate-secret
        as write
        PATCH /v1/webhooks/{wh_1} {"events":["*"],"description":"Ours","ordered":true,"retries":"long"}
        POST /v1/webhooks/{wh_1}/rotate-secret
        PATCH /v1/webhooks/{wh_1} {"status":"disabled","description":null}
        PATCH /v1/webhooks/{wh_1} {"status":"active"}
        DELETE /v1/webhooks/{wh_1}
        DELETE /v1/webhooks/{wh_1}
        GET /v1/webhooks
        "#,
        &expect![[r#"
            > header Idempotency-Key: once
            > POST /v1/webhooks {"url":"https://1.1.1.1/hook","events":["message.created","contact.created"]}
            201 Created
            {"data":{"id":"wh_1","url":"https://1.1.1.1/hook","events":["message.created","contact.created"],"description":null,"status":"active","secret":"whsec_1","last_delivery_at":null,"last_delivery_status":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","shape":"platform","ordered":false,"disabled_reason":null,"previous_secret_until":null,"name":null,"retries":"standard","delay_seconds":0,"disable_after_hours":null,"auth":"none"}}
            > header Idempotency-Key: once
            > POST /v1/webhooks {"url":"https://1.1.1.1/hook","events":["message.created","contact.created"]}
            201 Created
            idempotency-replayed: true
            {"data":{"id":"wh_1","url":"https://1.1.1.1/hook","events":["message.created","contact.created"],"description":null,"status":"active","secret":"whsec_1","last_delivery_at":null,"last_delivery_status":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","shape":"platform","ordered":false,"disabled_reason":null,"previous_secret_until":null,"name":null,"retries":"standard","delay_seconds":0,"disable_after_hours":null,"auth":"none"}}
            > as read
            > GET /v1/webhooks
            200 OK
            {"data":[{"id":"wh_1","url":"https://1.1.1.1/hook","events":["message.created","contact.created"],"description":null,"status":"active","last_delivery_at":null,"last_delivery_status":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","shape":"platform","ordered":false,"disabled_reason":null,"previous_secret_until":null,"name":null,"retries":"standard","delay_seconds":0,"disable_after_hours":null,"auth":"none"}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/webhooks/{wh_1}
            200 OK
            {"data":{"id":"wh_1","url":"https://1.1.1.1/hook","events":["message.created","contact.created"],"description":null,"status":"active","last_delivery_at":null,"last_delivery_status":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","shape":"platform","ordered":false,"disabled_reason":null,"previous_secret_until":null,"name":null,"retries":"standard","delay_seconds":0,"disable_after_hours":null,"auth":"none"}}
            > POST /v1/webhooks/{wh_1}/rotate-secret
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"This needs the scope 'webhooks:manage', which your credential does not have.","status":403,"request_id":"req_…"}}
            > as write
            > PATCH /v1/webhooks/{wh_1} {"events":["*"],"description":"Ours","ordered":true,"retries":"long"}
            200 OK
            {"data":{"id":"wh_1","url":"https://1.1.1.1/hook","events":["*"],"description":"Ours","status":"active","last_delivery_at":null,"last_delivery_status":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z","shape":"platform","ordered":true,"disabled_reason":null,"previous_secret_until":null,"name":null,"retries":"long","delay_seconds":0,"disable_after_hours":null,"auth":"none"}}
            > POST /v1/webhooks/{wh_1}/rotate-secret
            200 OK
            {"data":{"id":"wh_1","url":"https://1.1.1.1/hook","events":["*"],"description":"Ours","status":"active","secret":"whsec_2","last_delivery_at":null,"last_delivery_status":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:07Z","shape":"platform","ordered":true,"disabled_reason":null,"previous_secret_until":"2026-01-02T00:00:07Z","name":null,"retries":"long","delay_seconds":0,"disable_after_hours":null,"auth":"none"}}
            > PATCH /v1/webhooks/{wh_1} {"status":"disabled","description":null}
            200 OK
            {"data":{"id":"wh_1","url":"https://1.1.1.1/hook","events":["*"],"description":null,"status":"disabled","last_delivery_at":null,"last_delivery_status":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:08Z","shape":"platform","ordered":true,"disabled_reason":"disabled by a request","previous_secret_until":"2026-01-02T00:00:07Z","name":null,"retries":"long","delay_seconds":0,"disable_after_hours":null,"auth":"none"}}
            > PATCH /v1/webhooks/{wh_1} {"status":"active"}
            200 OK
            {"data":{"id":"wh_1","url":"https://1.1.1.1/hook","events":["*"],"description":null,"status":"active","last_delivery_at":null,"last_delivery_status":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:09Z","shape":"platform","ordered":true,"disabled_reason":null,"previous_secret_until":"2026-01-02T00:00:07Z","name":null,"retries":"long","delay_seconds":0,"disable_after_hours":null,"auth":"none"}}
            > DELETE /v1/webhooks/{wh_1}
            204 No Content
            > DELETE /v1/webhooks/{wh_1}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such webhook.","status":404,"request_id":"req_…"}}
            > GET /v1/webhooks
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
        "#]],
    );
}

#[test]
fn what_cannot_be_one_is_refused() {
    check(
        r#"
        POST /v1/webhooks {"events":["contact.created"]}
        POST /v1/webhooks {"url":"https://1.1.1.1/"}
        POST /v1/webhooks {"url":"https://1.1.1.1/","events":["contact.created","contact.eaten"]}
        POST /v1/webhooks {"url":"http://1.1.1.1/","events":["*"]}
        POST /v1/webhooks {"url":"https://127.0.0.1/","events":["*"]}
        POST /v1/webhooks {"url":"https://1.1.1.1:22/","events":["*"]}
        POST /v1/webhooks {"url":"https://me:pw@1.1.1.1/","events":["*"]}
        POST /v1/webhooks {"url":"hello","events":["*"]}
        POST /v1/webhooks {"url":"https://1.1.1.1/","events":["*"],"secret":"short"}
        POST /v1/webhooks {"url":"https://1.1.1.1/","events":["*"],"delay_seconds":-1}
        POST /v1/webhooks {"url":"https://1.1.1.1/","events":["*"],"disable_after_hours":0}
        POST /v1/webhooks {"url":"https://1.1.1.1/","events":["ContactCreated"],"shape":"aloware","auth":{"type":"bearer","token":"two words"}}
        POST /v1/webhooks {"url":"https://1.1.1.1/","events":["*"],"shape":"odd"}
        GET /v1/deliveries/dlv_nothing
        as read
        POST /v1/webhooks {"url":"https://1.1.1.1/","events":["*"]}
        "#,
        &expect![[r#"
            > POST /v1/webhooks {"events":["contact.created"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"missing_parameter","message":"The 'url' field is required.","param":"url","status":422,"request_id":"req_…"}}
            > POST /v1/webhooks {"url":"https://1.1.1.1/"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'events' field must name at least one event.","param":"events","status":422,"request_id":"req_…"}}
            > POST /v1/webhooks {"url":"https://1.1.1.1/","events":["contact.created","contact.eaten"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'events[1]' field must be one of: *, conversation.created, conversation.closed, conversation.assigned, conversation.rated, message.created, contact.created, contact.updated, visitor.identified, visitor.page_viewed, chatbot.triggered, chatbot.completed, operator.status_changed.","param":"events[1]","status":422,"request_id":"req_…"}}
            > POST /v1/webhooks {"url":"http://1.1.1.1/","events":["*"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'url' field must begin with https://.","param":"url","status":422,"request_id":"req_…"}}
            > POST /v1/webhooks {"url":"https://127.0.0.1/","events":["*"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'url' field leads to a private network: name it in the setting 'outbound.allow' (SWITCHBOARD_OUTBOUND_ALLOW) if it is yours.","param":"url","status":422,"request_id":"req_…"}}
            > POST /v1/webhooks {"url":"https://1.1.1.1:22/","events":["*"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'url' field must have the port 443 or 8443, or none.","param":"url","status":422,"request_id":"req_…"}}
            > POST /v1/webhooks {"url":"https://me:pw@1.1.1.1/","events":["*"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'url' field must not have a name or a password in it.","param":"url","status":422,"request_id":"req_…"}}
            > POST /v1/webhooks {"url":"hello","events":["*"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'url' field must be an absolute address that begins with https://.","param":"url","status":422,"request_id":"req_…"}}
            > POST /v1/webhooks {"url":"https://1.1.1.1/","events":["*"],"secret":"short"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'secret' field must be 16 to 128 printable ASCII characters without spaces.","param":"secret","status":422,"request_id":"req_…"}}
            > POST /v1/webhooks {"url":"https://1.1.1.1/","events":["*"],"delay_seconds":-1}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'delay_seconds' field must be 0 to 86400.","param":"delay_seconds","status":422,"request_id":"req_…"}}
            > POST /v1/webhooks {"url":"https://1.1.1.1/","events":["*"],"disable_after_hours":0}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'disable_after_hours' field must be 1 to 720.","param":"disable_after_hours","status":422,"request_id":"req_…"}}
            > POST /v1/webhooks {"url":"https://1.1.1.1/","events":["ContactCreated"],"shape":"aloware","auth":{"type":"bearer","token":"two words"}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'auth' field must have a token of printable ASCII characters.","param":"auth","status":422,"request_id":"req_…"}}
            > POST /v1/webhooks {"url":"https://1.1.1.1/","events":["*"],"shape":"odd"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'shape' field must be one of `platform`, `aloware`, `hook`.","param":"shape","status":422,"request_id":"req_…"}}
            > GET /v1/deliveries/dlv_nothing
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such delivery.","status":404,"request_id":"req_…"}}
            > as read
            > POST /v1/webhooks {"url":"https://1.1.1.1/","events":["*"]}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"This needs the scope 'webhooks:manage', which your credential does not have.","status":403,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn each_is_told_of_what_it_asked_for_in_its_own_form() {
    check(
        r#"
        POST /v1/webhooks {"url":"https://1.1.1.1/all","events":["*"]}
        POST /v1/webhooks {"url":"https://1.1.1.1/some","events":["contact.updated"]}
        POST /v1/webhooks {"url":"https://1.1.1.1/phone","shape":"aloware","events":["ContactCreated","ContactUpdated","ContactDisposed","ContactDNCUpdated"],"name":"Phone","auth":{"type":"basic","username":"me","password":"pw"},"delay_seconds":60}
        from here
        POST /v1/contacts {"email":"ada@example.com","name":"Ada Lovelace","phone":"+18187405020"}
        PATCH /v1/contacts/{con_1} {"company":"Engines"}
        PATCH /v1/contacts/{con_1} {"do_not_contact":true}
        PATCH /v1/contacts/{con_1} {"do_not_contact":true}
        POST /v1/tags {"name":"vip"}
        from here
        settle
        GET /v1/webhooks/{wh_1}/deliveries
        GET /v1/webhooks/{wh_2}/deliveries?event=contact.created
        GET /v1/webhooks/{wh_2}/deliveries?status=pending&limit=1
        GET /v1/webhooks/{wh_3}/deliveries
        "#,
        &expect![[r#"
            > settle
            > GET /v1/webhooks/{wh_1}/deliveries
            200 OK
            {"data":[{"id":"dlv_1","webhook_id":"wh_1","event":"contact.updated","status":"pending","attempts":[],"next_attempt_at":"2026-01-01T00:00:08Z","payload":{"event":"contact.updated","timestamp":"2026-01-01T00:00:06Z","data":{"id":"con_1","email":"ada@example.com","name":"Ada Lovelace","phone":"+18187405020","company":"Engines","avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:06Z","number":1,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":"2026-01-01T00:00:06Z","sms_opted_out_at":null,"changes":{"do_not_contact":{"from":false,"to":true}}}},"created_at":"2026-01-01T00:00:08Z","event_id":"evt_1","seq":10,"subject":"con_1","is_test":false},{"id":"dlv_2","webhook_id":"wh_1","event":"contact.updated","status":"pending","attempts":[],"next_attempt_at":"2026-01-01T00:00:08Z","payload":{"event":"contact.updated","timestamp":"2026-01-01T00:00:05Z","data":{"id":"con_1","email":"ada@example.com","name":"Ada Lovelace","phone":"+18187405020","company":"Engines","avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:05Z","number":1,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null,"changes":{"company":{"from":null,"to":"Engines"}}}},"created_at":"2026-01-01T00:00:08Z","event_id":"evt_2","seq":9,"subject":"con_1","is_test":false},{"id":"dlv_3","webhook_id":"wh_1","event":"contact.created","status":"pending","attempts":[],"next_attempt_at":"2026-01-01T00:00:08Z","payload":{"event":"contact.created","timestamp":"2026-01-01T00:00:04Z","data":{"id":"con_1","email":"ada@example.com","name":"Ada Lovelace","phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:04Z","number":1,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}},"created_at":"2026-01-01T00:00:08Z","event_id":"evt_3","seq":8,"subject":"con_1","is_test":false}],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
            > GET /v1/webhooks/{wh_2}/deliveries?event=contact.created
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/webhooks/{wh_2}/deliveries?status=pending&limit=1
            200 OK
            {"data":[{"id":"dlv_4","webhook_id":"wh_2","event":"contact.updated","status":"pending","attempts":[],"next_attempt_at":"2026-01-01T00:00:08Z","payload":{"event":"contact.updated","timestamp":"2026-01-01T00:00:06Z","data":{"id":"con_1","email":"ada@example.com","name":"Ada Lovelace","phone":"+18187405020","company":"Engines","avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:06Z","number":1,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":"2026-01-01T00:00:06Z","sms_opted_out_at":null,"changes":{"do_not_contact":{"from":false,"to":true}}}},"created_at":"2026-01-01T00:00:08Z","event_id":"evt_1","seq":10,"subject":"con_1","is_test":false}],"pagination":{"limit":1,"has_more":true,"next_cursor":"dlv_4"}}
            > GET /v1/webhooks/{wh_3}/deliveries
            200 OK
            {"data":[{"id":"dlv_5","webhook_id":"wh_3","event":"ContactUpdated","status":"pending","attempts":[],"next_attempt_at":"2026-01-01T00:01:08Z","payload":{"event":"ContactUpdated","body":{"id":1,"uuid_v4":"con_1","first_name":"Ada","last_name":"Lovelace","phone_number":"+18187405020","email":"ada@example.com","company_name":"Engines","tags":[],"disposition_status_id":null,"owner_id":null,"do_not_contact":true,"text_authorized":true,"lead_source":"api","created_at":"2026-01-01 00:00:04","updated_at":"2026-01-01 00:00:06"}},"created_at":"2026-01-01T00:00:08Z","event_id":"evt_1","seq":10,"subject":"con_1","is_test":false},{"id":"dlv_6","webhook_id":"wh_3","event":"ContactUpdated","status":"pending","attempts":[],"next_attempt_at":"2026-01-01T00:01:08Z","payload":{"event":"ContactUpdated","body":{"id":1,"uuid_v4":"con_1","first_name":"Ada","last_name":"Lovelace","phone_number":"+18187405020","email":"ada@example.com","company_name":"Engines","tags":[],"disposition_status_id":null,"owner_id":null,"do_not_contact":false,"text_authorized":true,"lead_source":"api","created_at":"2026-01-01 00:00:04","updated_at":"2026-01-01 00:00:05"}},"created_at":"2026-01-01T00:00:08Z","event_id":"evt_2","seq":9,"subject":"con_1","is_test":false},{"id":"dlv_7","webhook_id":"wh_3","event":"ContactCreated","status":"pending","attempts":[],"next_attempt_at":"2026-01-01T00:01:08Z","payload":{"event":"ContactCreated","body":{"id":1,"uuid_v4":"con_1","first_name":"Ada","last_name":"Lovelace","phone_number":"+18187405020","email":"ada@example.com","company_name":null,"tags":[],"disposition_status_id":null,"owner_id":null,"do_not_contact":false,"text_authorized":true,"lead_source":"api","created_at":"2026-01-01 00:00:04","updated_at":"2026-01-01 00:00:04"}},"created_at":"2026-01-01T00:00:08Z","event_id":"evt_3","seq":8,"subject":"con_1","is_test":false}],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
        "#]],
    );
}

#[test]
fn automations_are_told_of_leads_and_messages() {
    check(
        r#"
        as partner
        POST /api/zapier-webhook?action=subscribe {"hookUrl":"https://1.1.1.1/zap","event":"lead.created"}
        POST /api/zapier-webhook?action=subscribe {"hookUrl":"https://1.1.1.1/zap","event":"lead.created"}
        POST /api/zapier-webhook?action=subscribe {"hookUrl":"https://1.1.1.1/said","event":"message.received"}
        POST /api/zapier-webhook?action=subscribe {"hookUrl":"https://10.0.0.1/zap","event":"lead.created"}
        POST /api/zapier-webhook?action=subscribe {"hookUrl":"https://1.1.1.1/zap","event":"lead.eaten"}
        as nobody
        POST /api/save-lead {"session_id":"s1","lead_email":"ada@example.com","lead_name":"Ada","message_count":1}
        as admin
        POST /v1/conversations {"email":"v@example.com","message":"Hello"}
        settle
        from here
        GET /v1/webhooks/{wh_1}/deliveries
        GET /v1/webhooks/{wh_2}/deliveries
        POST /v1/webhooks/{wh_1}/rotate-secret
        as partner
        POST /api/zapier-webhook?action=unsubscribe&id={wh_1}
        POST /api/zapier-webhook?action=unsubscribe&id={wh_1}
        "#,
        &expect![[r#"
            > GET /v1/webhooks/{wh_1}/deliveries
            200 OK
            {"data":[{"id":"dlv_1","webhook_id":"wh_1","event":"lead.created","status":"pending","attempts":[],"next_attempt_at":"2026-01-01T00:00:07Z","payload":{"id":"uuid_1","session_id":"s1","name":"Ada","email":"ada@example.com","business":null,"message_count":1,"source":"ora_widget","created_at":"2026-01-01T00:00:06Z","page_url":null,"hot":false,"hot_at":null,"phone":null,"contact_id":"con_2","updated_at":"2026-01-01T00:00:06Z"},"created_at":"2026-01-01T00:00:07Z","event_id":"evt_1","seq":9,"subject":"uuid_1","is_test":false}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/webhooks/{wh_2}/deliveries
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/webhooks/{wh_1}/rotate-secret
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"This webhook was made by an automation, which takes no signature.","status":409,"request_id":"req_…"}}
            > as partner
            > POST /api/zapier-webhook?action=unsubscribe&id={wh_1}
            200 OK
            {"ok":true,"status":200}
            > POST /api/zapier-webhook?action=unsubscribe&id={wh_1}
            404 Not Found
            {"ok":false,"error":"There is no such webhook.","code":"not_found"}
        "#]],
    );
}

#[test]
fn what_was_before_may_be_told_once_and_a_try_says_that_it_is_one() {
    check(
        r#"
        POST /v1/contacts {"email":"a@example.com"}
        POST /v1/contacts {"email":"b@example.com"}
        POST /v1/webhooks {"url":"https://1.1.1.1/","events":["contact.created"]}
        POST /v1/contacts {"email":"c@example.com"}
        settle
        from here
        POST /v1/webhooks/{wh_1}/backfill {"since":"2026-01-01T00:00:02Z"}
        settle
        POST /v1/webhooks/{wh_1}/backfill {"since":"2026-01-01T00:00:00Z"}
        settle
        POST /v1/webhooks/{wh_1}/backfill {"since":"2020-01-01T00:00:00Z"}
        settle
        brief
        GET /v1/webhooks/{wh_1}/deliveries
        from here
        POST /v1/webhooks/{wh_1}/test {"event":"message.created","wait_s":0}
        POST /v1/webhooks/{wh_1}/test {"event":"message.eaten","wait_s":0}
        POST /v1/webhooks/{wh_1}/test {"wait_s":0}
        log webhook
        "#,
        &expect![[r#"
            > POST /v1/webhooks/{wh_1}/test {"event":"message.created","wait_s":0}
            201 Created
            {"data":{"id":"dlv_4","webhook_id":"wh_1","event":"message.created","status":"pending","attempts":[],"next_attempt_at":"2026-01-01T00:00:09Z","payload":{"event":"message.created","timestamp":"2026-01-01T00:00:09Z","data":{"id":"msg_test","conversation_id":"conv_test","type":"visitor","body":"Hello! This is a test.","visitor":{"id":"vis_test","name":"Ada Lovelace","email":"ada@example.com"},"created_at":"2026-01-01T00:00:09Z","test":true}},"created_at":"2026-01-01T00:00:09Z","event_id":"evt_1","seq":10,"subject":"","is_test":true}}
            > POST /v1/webhooks/{wh_1}/test {"event":"message.eaten","wait_s":0}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'event' field must be one of: conversation.created, conversation.closed, conversation.assigned, conversation.rated, message.created, contact.created, contact.updated, visitor.identified, visitor.page_viewed, chatbot.triggered, chatbot.completed, operator.status_changed.","param":"event","status":422,"request_id":"req_…"}}
            > POST /v1/webhooks/{wh_1}/test {"wait_s":0}
            201 Created
            {"data":{"id":"dlv_5","webhook_id":"wh_1","event":"contact.created","status":"pending","attempts":[],"next_attempt_at":"2026-01-01T00:00:11Z","payload":{"event":"contact.created","timestamp":"2026-01-01T00:00:11Z","data":{"id":"con_test","name":"Ada Lovelace","email":"ada@example.com","created_at":"2026-01-01T00:00:11Z","updated_at":"2026-01-01T00:00:11Z","test":true}},"created_at":"2026-01-01T00:00:11Z","event_id":"evt_2","seq":11,"subject":"","is_test":true}}
            > log webhook
            7 webhook.created wh_1 by key_1 {"id":"wh_1","url":"https://1.1.1.1/","events":["contact.created"],"description":null,"status":"active","last_delivery_at":null,"last_delivery_status":null,"created_at":"2026-01-01T00:00:03Z","updated_at":"2026-01-01T00:00:03Z","shape":"platform","ordered":false,"disabled_reason":null,"previous_secret_until":null,"name":null,"retries":"standard","delay_seconds":0,"disable_after_hours":null,"auth":"none"}
            9 webhook.requeued wh_1 by system {"id":"wh_1"}
            10 webhook.requeued wh_1 by system {"id":"wh_1"}
            11 webhook.requeued wh_1 by key_1 {"id":"wh_1"}
            12 webhook.requeued wh_1 by key_1 {"id":"wh_1"}
        "#]],
    );
}

#[test]
fn whoever_is_forgotten_is_not_told_of() {
    check(
        r#"
        POST /v1/webhooks {"url":"https://1.1.1.1/","events":["contact.created"]}
        POST /v1/contacts {"email":"ada@example.com","name":"Ada"}
        settle
        DELETE /v1/contacts/{con_1}
        settle
        from here
        GET /v1/webhooks/{wh_1}/deliveries
        "#,
        &expect![[r#"
            > GET /v1/webhooks/{wh_1}/deliveries
            200 OK
            {"data":[{"id":"dlv_1","webhook_id":"wh_1","event":"contact.created","status":"pending","attempts":[],"next_attempt_at":"2026-01-01T00:00:02Z","payload":{"event":"contact.created","timestamp":"2026-01-01T00:00:02Z","data":{"id":"con_1"}},"created_at":"2026-01-01T00:00:02Z","event_id":"evt_1","seq":6,"subject":"con_1","is_test":false}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
        "#]],
    );
}

async fn ask(stage: &Stage, method: &str, path: &str, body: &str) -> serde_json::Value {
    let answer = stage.send("admin", Ask { method, path, headers: &[], body }).await;
    serde_json::from_str(&answer.body).unwrap_or_default()
}

async fn webhook(stage: &Stage, more: &str) -> WebhookId {
    let body = format!(r#"{{"url": "https://1.1.1.1/", "events": ["contact.updated"]{more}}}"#);
    let made = ask(stage, "POST", "/v1/webhooks", &body).await;
    made["data"]["id"].as_str().unwrap().parse().unwrap()
}

/// A contact, changed so many times.
async fn changed(stage: &Stage, email: &str, times: usize) {
    let body = format!(r#"{{"email": "{email}"}}"#);
    let made = ask(stage, "POST", "/v1/contacts", &body).await;
    let path = format!("/v1/contacts/{}", made["data"]["id"].as_str().unwrap());
    for time in 0..times {
        ask(stage, "PATCH", &path, &format!(r#"{{"company": "{email} {time}"}}"#)).await;
    }
    settle(&stage.app).await.unwrap();
}

async fn due(stage: &Stage, webhook: &WebhookId) -> fan::Due {
    let (scope, webhook, key) = (stage.scope("admin"), webhook.clone(), stage.app.secret.clone());
    let read = stage.app.store.read(&scope, move |tx| {
        let all = endpoints(tx, &key)?;
        match all.iter().find(|endpoint| endpoint.id == webhook) {
            Some(endpoint) => {
                let wanted = fan::Wanted { first: 100, again: 100, ..fan::Wanted::default() };
                fan::due(tx, endpoint, &wanted)
            }
            None => Ok(fan::Due::default()),
        }
    });
    read.await.unwrap()
}

fn companies(parcels: &[fan::Parcel]) -> Vec<String> {
    let company = |parcel: &fan::Parcel| {
        let body: serde_json::Value =
            serde_json::from_str(parcel.body.as_deref().unwrap()).unwrap();
        body["data"]["company"].as_str().unwrap().to_owned()
    };
    parcels.iter().map(company).collect()
}

/// Writes down that an attempt ended so.
async fn ended(stage: &Stage, parcel: &fan::Parcel, status: Option<u16>, next: Next) {
    let attempt = Attempt {
        number: parcel.attempts_count + 1,
        at: stage.app.now(),
        response_status: status,
        duration_ms: 5,
        error: (next != Next::Delivered).then(|| "It did not arrive.".to_owned()),
        response_body: None,
        response_headers: Vec::new(),
    };
    let outcome = Outcome { parcel: parcel.clone(), attempt, next };
    let scope: Scope = stage.scope("admin");
    stage.app.store.write(&scope, move |tx| fan::record(tx, &[outcome])).await.unwrap();
}

#[test]
fn an_ordered_one_waits_for_what_came_before_about_the_same() {
    for database in databases() {
        block_on(async {
            let stage = Stage::set(&database).await;
            let id = webhook(&stage, r#", "ordered": true"#).await;
            changed(&stage, "a@example.com", 3).await;
            changed(&stage, "b@example.com", 2).await;
            let first = due(&stage, &id).await.first;
            assert_eq!(companies(&first), ["a@example.com 0", "b@example.com 0"]);
            let again = stage.app.now() + SignedDuration::from_secs(10);
            ended(&stage, &first[0], Some(500), Next::Again(again)).await;
            ended(&stage, &first[1], Some(200), Next::Delivered).await;
            let now = due(&stage, &id).await;
            assert_eq!(companies(&now.first), ["b@example.com 1"]);
            assert!(now.again.is_empty() && now.next_at == Some(again), "{now:?}");
            stage.time.tick(SignedDuration::from_secs(11));
            let now = due(&stage, &id).await;
            assert_eq!(companies(&now.again), ["a@example.com 0"]);
            assert_eq!(now.again[0].attempts_count, 1);
            ended(&stage, &now.again[0], None, Next::Failed).await;
            let now = due(&stage, &id).await.first;
            assert_eq!(companies(&now), ["b@example.com 1", "a@example.com 1"]);
        });
    }
}

#[test]
fn what_was_given_up_is_seen_and_can_be_sent_again() {
    for database in databases() {
        block_on(async {
            let stage = Stage::set(&database).await;
            let id = webhook(&stage, "").await;
            changed(&stage, "a@example.com", 2).await;
            let first = due(&stage, &id).await.first;
            for parcel in &first {
                ended(&stage, parcel, None, Next::Failed).await;
            }
            let path = format!("/v1/webhooks/{id}");
            let shown = ask(&stage, "GET", &path, "").await;
            assert_eq!(shown["data"]["status"], "failed");
            assert_eq!(shown["data"]["last_delivery_status"], "failed");
            assert!(due(&stage, &id).await.first.is_empty());
            // One by hand.
            let delivery = format!("/v1/deliveries/{}", first[0].id);
            let again = ask(&stage, "POST", &format!("{delivery}/retry"), "").await;
            assert_eq!(again["data"]["status"], "pending");
            assert_eq!(again["data"]["attempts"][0]["error"], "It did not arrive.");
            let now = due(&stage, &id).await;
            assert_eq!(now.again[0].body, first[0].body, "the bytes are the same");
            ended(&stage, &now.again[0], Some(204), Next::Delivered).await;
            let shown = ask(&stage, "GET", &delivery, "").await;
            assert_eq!(shown["data"]["status"], "delivered");
            assert_eq!(shown["data"]["attempts"][1]["number"], 2);
            assert_eq!(ask(&stage, "GET", &path, "").await["data"]["status"], "active");
            // All of them.
            let body = r#"{"since": "2026-01-01T00:00:00Z"}"#;
            ask(&stage, "POST", &format!("{path}/recover"), body).await;
            crate::work::settle(&stage.app).await.unwrap();
            let now = due(&stage, &id).await;
            assert_eq!(companies(&now.again), ["a@example.com 1"]);
        });
    }
}

#[test]
fn one_that_is_disabled_keeps_what_happens() {
    for database in databases() {
        block_on(async {
            let stage = Stage::set(&database).await;
            let id = webhook(&stage, "").await;
            let path = format!("/v1/webhooks/{id}");
            ask(&stage, "PATCH", &path, r#"{"status": "disabled"}"#).await;
            changed(&stage, "a@example.com", 2).await;
            ask(&stage, "PATCH", &path, r#"{"status": "active"}"#).await;
            assert_eq!(due(&stage, &id).await.first.len(), 2);
            // And one that is deleted keeps nothing.
            ask(&stage, "DELETE", &path, "").await;
            crate::work::settle(&stage.app).await.unwrap();
            assert!(due(&stage, &id).await.first.is_empty());
        });
    }
}

#[test]
fn one_that_wants_to_be_is_disabled_when_nothing_arrives_and_somebody_is_told() {
    for database in databases() {
        block_on(async {
            let stage = Stage::set(&database).await;
            let admin = r#"{"email": "boss@example.com", "name": "Boss", "role": "admin"}"#;
            ask(&stage, "POST", "/v1/operators", admin).await;
            let id = webhook(&stage, r#", "disable_after_hours": 1"#).await;
            changed(&stage, "a@example.com", 2).await;
            let path = format!("/v1/webhooks/{id}");
            let first = due(&stage, &id).await.first;
            ended(&stage, &first[0], None, Next::Failed).await;
            assert_eq!(ask(&stage, "GET", &path, "").await["data"]["status"], "failed");
            stage.time.tick(SignedDuration::from_hours(2));
            ended(&stage, &first[1], None, Next::Failed).await;
            let shown = ask(&stage, "GET", &path, "").await;
            assert_eq!(shown["data"]["status"], "disabled");
            assert_eq!(shown["data"]["disabled_reason"], "nothing arrived");
            crate::work::settle(&stage.app).await.unwrap();
            let folder = stage.folder.path().join(crate::outbox::FOLDER);
            let mail = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
            let mail = std::fs::read_to_string(mail).unwrap();
            assert!(mail.contains("To: boss@example.com") && mail.contains(id.as_str()), "{mail}");
        });
    }
}

#[test]
fn an_automation_that_says_410_is_forgotten() {
    for database in databases() {
        block_on(async {
            let stage = Stage::set(&database).await;
            let scope = stage.scope("admin");
            let write = stage
                .app
                .store
                .write(&scope, |tx| subscribe(tx, "message.received", "https://1.1.1.1/"));
            let id = write.await.unwrap();
            let talk = r#"{"email": "v@example.com", "message": "Hello"}"#;
            ask(&stage, "POST", "/v1/conversations", talk).await;
            let talk = ask(&stage, "GET", "/v1/conversations", "").await;
            assert!(talk["data"][0]["id"].is_string(), "{talk}");
            let (site, visitor) = stage.widget().await;
            stage.first_words(&site, &visitor).await;
            settle(&stage.app).await.unwrap();
            let first = due(&stage, &id).await.first;
            assert_eq!(first.len(), 1);
            ended(&stage, &first[0], Some(410), Next::Gone).await;
            let path = format!("/v1/webhooks/{id}");
            assert_eq!(ask(&stage, "GET", &path, "").await["error"]["status"], 404);
        });
    }
}
