//! The door with several actions.

use expect_test::expect;

use crate::testing::check;

#[test]
fn every_action_has_its_verb() {
    check(
        r#"
        as nobody
        POST /api/save-lead {"session_id":"s","lead_name":"Ada"}
        as partner
        GET /api/zapier-webhook?action=me
        POST /api/zapier-webhook?action=create-note {"session_id":"s","note":"Call her"}
        POST /api/zapier-webhook?action=create-note session_id=s&note=Twice
        header Idempotency-Key: one
        POST /api/zapier-webhook?action=create-note {"session_id":"s","note":"Once"}
        header Idempotency-Key: one
        POST /api/zapier-webhook?action=create-note {"session_id":"s","note":"Once"}
        GET /api/leads/{uuid_1}
        "#,
        &expect![[r#"
            > as nobody
            > POST /api/save-lead {"session_id":"s","lead_name":"Ada"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_1","session_token":"token_1","hot":false}
            > as partner
            > GET /api/zapier-webhook?action=me
            200 OK
            {"ok":true,"id":"key_1","name":"partner","workspace":"ws_1"}
            > POST /api/zapier-webhook?action=create-note {"session_id":"s","note":"Call her"}
            200 OK
            {"ok":true,"status":201,"note_id":"uuid_2"}
            > POST /api/zapier-webhook?action=create-note session_id=s&note=Twice
            200 OK
            {"ok":true,"status":201,"note_id":"uuid_3"}
            > header Idempotency-Key: one
            > POST /api/zapier-webhook?action=create-note {"session_id":"s","note":"Once"}
            200 OK
            {"ok":true,"status":201,"note_id":"uuid_4"}
            > header Idempotency-Key: one
            > POST /api/zapier-webhook?action=create-note {"session_id":"s","note":"Once"}
            200 OK
            idempotency-replayed: true
            {"ok":true,"status":201,"note_id":"uuid_4"}
            > GET /api/leads/{uuid_1}
            200 OK
            {"id":"uuid_1","session_id":"s","name":"Ada","email":null,"business":null,"message_count":0,"source":"ora_widget","created_at":"2026-01-01T00:00:01Z","page_url":null,"hot":false,"hot_at":null,"phone":null,"contact_id":null,"updated_at":"2026-01-01T00:00:01Z","messages":[],"notes":[{"id":"uuid_2","note":"Call her","created_at":"2026-01-01T00:00:03Z"},{"id":"uuid_3","note":"Twice","created_at":"2026-01-01T00:00:04Z"},{"id":"uuid_4","note":"Once","created_at":"2026-01-01T00:00:05Z"}]}
        "#]],
    );
}

#[test]
fn what_an_action_needs_is_named() {
    check(
        r#"
        as nobody
        POST /api/save-lead {"session_id":"s","lead_name":"Ada"}
        as partner
        POST /api/zapier-webhook?action=create-note {"session_id":"x","note":"Call her"}
        POST /api/zapier-webhook?action=create-note {"session_id":"s"}
        POST /api/zapier-webhook?action=create-note {"note":"x"}
        POST /api/zapier-webhook?action=send-whatsapp {"to":"+61412345678","message":"Hi"}
        GET /api/zapier-webhook
        GET /api/zapier-webhook?action=nothing
        POST /api/zapier-webhook?action=leads
        GET /api/zapier-webhook?action=create-note
        "#,
        &expect![[r#"
            > as nobody
            > POST /api/save-lead {"session_id":"s","lead_name":"Ada"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_1","session_token":"token_1","hot":false}
            > as partner
            > POST /api/zapier-webhook?action=create-note {"session_id":"x","note":"Call her"}
            404 Not Found
            {"ok":false,"error":"There is no such session.","code":"not_found"}
            > POST /api/zapier-webhook?action=create-note {"session_id":"s"}
            400 Bad Request
            {"ok":false,"error":"The 'note' field is required.","code":"missing_field","field":"note"}
            > POST /api/zapier-webhook?action=create-note {"note":"x"}
            400 Bad Request
            {"ok":false,"error":"The 'session_id' field is required.","code":"missing_field","field":"session_id"}
            > POST /api/zapier-webhook?action=send-whatsapp {"to":"+61412345678","message":"Hi"}
            503 Service Unavailable
            {"ok":false,"error":"Sending messages is not set up in this workspace.","code":"not_configured"}
            > GET /api/zapier-webhook
            400 Bad Request
            {"ok":false,"error":"The 'action' parameter must be one of: leads, hot-leads, create-note, send-whatsapp, subscribe, unsubscribe, me.","code":"unknown_action","field":"action"}
            > GET /api/zapier-webhook?action=nothing
            400 Bad Request
            {"ok":false,"error":"The 'action' parameter must be one of: leads, hot-leads, create-note, send-whatsapp, subscribe, unsubscribe, me.","code":"unknown_action","field":"action"}
            > POST /api/zapier-webhook?action=leads
            405 Method Not Allowed
            allow: GET, HEAD
            {"ok":false,"error":"The method is not allowed for this path: the 'Allow' header names those that are.","code":"method_not_allowed"}
            > GET /api/zapier-webhook?action=create-note
            405 Method Not Allowed
            allow: POST
            {"ok":false,"error":"The method is not allowed for this path: the 'Allow' header names those that are.","code":"method_not_allowed"}
        "#]],
    );
}

#[test]
fn addresses_are_kept_to_be_told() {
    check(
        r#"
        as partner
        POST /api/zapier-webhook?action=subscribe {"hookUrl":"https://hooks.zapier.com/1","event":"lead.hot"}
        POST /api/zapier-webhook?action=subscribe {"hookUrl":"https://hooks.zapier.com/1","event":"lead.hot"}
        POST /api/zapier-webhook?action=subscribe {"hookUrl":"ftp://x","event":"lead.hot"}
        POST /api/zapier-webhook?action=subscribe {"hookUrl":"https://x.y","event":"lead.cold"}
        POST /api/zapier-webhook?action=subscribe {"event":"lead.hot"}
        DELETE /api/zapier-webhook?action=unsubscribe&id={sub_1}
        DELETE /api/zapier-webhook?action=unsubscribe&id={sub_1}
        "#,
        &expect![[r#"
            > as partner
            > POST /api/zapier-webhook?action=subscribe {"hookUrl":"https://hooks.zapier.com/1","event":"lead.hot"}
            201 Created
            {"ok":true,"status":201,"id":"wh_1"}
            > POST /api/zapier-webhook?action=subscribe {"hookUrl":"https://hooks.zapier.com/1","event":"lead.hot"}
            201 Created
            {"ok":true,"status":201,"id":"wh_1"}
            > POST /api/zapier-webhook?action=subscribe {"hookUrl":"ftp://x","event":"lead.hot"}
            400 Bad Request
            {"ok":false,"error":"The 'hookUrl' field must begin with https://.","code":"invalid_field","field":"hookUrl"}
            > POST /api/zapier-webhook?action=subscribe {"hookUrl":"https://x.y","event":"lead.cold"}
            400 Bad Request
            {"ok":false,"error":"The 'event' field must be one of: lead.created, lead.hot, message.received, meeting.booked.","code":"invalid_field","field":"event"}
            > POST /api/zapier-webhook?action=subscribe {"event":"lead.hot"}
            400 Bad Request
            {"ok":false,"error":"The 'hookUrl' field is required.","code":"missing_field","field":"hookUrl"}
            > DELETE /api/zapier-webhook?action=unsubscribe&id={sub_1}
            404 Not Found
            {"ok":false,"error":"There is no such webhook.","code":"not_found"}
            > DELETE /api/zapier-webhook?action=unsubscribe&id={sub_1}
            404 Not Found
            {"ok":false,"error":"There is no such webhook.","code":"not_found"}
        "#]],
    );
}

#[test]
fn a_key_comes_in_every_documented_way() {
    check(
        r#"
        as nobody
        POST /api/save-lead {"session_id":"s","lead_name":"Ada"}
        as partner
        GET /api/zapier-webhook?action=leads
        as nobody
        header X-Ora-Key: {partner}
        GET /api/zapier-webhook?action=leads
        GET /api/zapier-webhook?action=leads&key={partner}
        basic zapier {partner}
        GET /api/zapier-webhook?action=leads
        basic {partner}
        GET /api/zapier-webhook?action=leads
        basic proxy user
        GET /api/zapier-webhook?action=leads&key={partner}
        "#,
        &expect![[r#"
            > as nobody
            > POST /api/save-lead {"session_id":"s","lead_name":"Ada"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_1","session_token":"token_1","hot":false}
            > as partner
            > GET /api/zapier-webhook?action=leads
            200 OK
            [{"id":"uuid_1","session_id":"s","name":"Ada","email":null,"business":null,"message_count":0,"source":"ora_widget","created_at":"2026-01-01T00:00:01Z","page_url":null,"hot":false,"hot_at":null,"phone":null,"contact_id":null,"updated_at":"2026-01-01T00:00:01Z"}]
            > as nobody
            > header X-Ora-Key: {partner}
            > GET /api/zapier-webhook?action=leads
            200 OK
            [{"id":"uuid_1","session_id":"s","name":"Ada","email":null,"business":null,"message_count":0,"source":"ora_widget","created_at":"2026-01-01T00:00:01Z","page_url":null,"hot":false,"hot_at":null,"phone":null,"contact_id":null,"updated_at":"2026-01-01T00:00:01Z"}]
            > GET /api/zapier-webhook?action=leads&key={partner}
            200 OK
            [{"id":"uuid_1","session_id":"s","name":"Ada","email":null,"business":null,"message_count":0,"source":"ora_widget","created_at":"2026-01-01T00:00:01Z","page_url":null,"hot":false,"hot_at":null,"phone":null,"contact_id":null,"updated_at":"2026-01-01T00:00:01Z"}]
            > basic zapier {partner}
            > GET /api/zapier-webhook?action=leads
            200 OK
            [{"id":"uuid_1","session_id":"s","name":"Ada","email":null,"business":null,"message_count":0,"source":"ora_widget","created_at":"2026-01-01T00:00:01Z","page_url":null,"hot":false,"hot_at":null,"phone":null,"contact_id":null,"updated_at":"2026-01-01T00:00:01Z"}]
            > basic {partner}
            > GET /api/zapier-webhook?action=leads
            200 OK
            [{"id":"uuid_1","session_id":"s","name":"Ada","email":null,"business":null,"message_count":0,"source":"ora_widget","created_at":"2026-01-01T00:00:01Z","page_url":null,"hot":false,"hot_at":null,"phone":null,"contact_id":null,"updated_at":"2026-01-01T00:00:01Z"}]
            > basic proxy user
            > GET /api/zapier-webhook?action=leads&key={partner}
            200 OK
            [{"id":"uuid_1","session_id":"s","name":"Ada","email":null,"business":null,"message_count":0,"source":"ora_widget","created_at":"2026-01-01T00:00:01Z","page_url":null,"hot":false,"hot_at":null,"phone":null,"contact_id":null,"updated_at":"2026-01-01T00:00:01Z"}]
        "#]],
    );
}

#[test]
fn without_a_key_nothing_is_shown_unless_it_is_open() {
    check(
        r#"
        as nobody
        POST /api/save-lead {"session_id":"s","lead_name":"Ada"}
        GET /api/zapier-webhook?action=leads
        GET /api/zapier-webhook?action=leads&key=wrong
        as admin
        PATCH /v1/settings {"zapier_open": true}
        as nobody
        GET /api/zapier-webhook?action=leads
        GET /api/zapier-webhook?action=leads&key=wrong
        POST /api/zapier-webhook?action=create-note {"session_id":"s","note":"x"}
        GET /api/leads
        "#,
        &expect![[r#"
            > as nobody
            > POST /api/save-lead {"session_id":"s","lead_name":"Ada"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_1","session_token":"token_1","hot":false}
            > GET /api/zapier-webhook?action=leads
            401 Unauthorized
            {"ok":false,"error":"This needs a partner key: send it as 'X-Ora-Key'.","code":"unauthorized"}
            > GET /api/zapier-webhook?action=leads&key=wrong
            401 Unauthorized
            {"ok":false,"error":"The API key is not valid, or it was revoked.","code":"unauthorized"}
            > as admin
            > PATCH /v1/settings {"zapier_open": true}
            200 OK
            {"data":{"region":"US","timezone":null,"duplicate_policy":"accept","zapier_open":true,"lead_recipients":[],"returning_is_new":false,"routing":"round_robin","hand_back":"when_offline","auto_close_minutes":null,"auto_close_warning_minutes":5,"reopen_days":7}}
            > as nobody
            > GET /api/zapier-webhook?action=leads
            200 OK
            [{"id":"uuid_1","session_id":"s","name":"Ada","email":null,"business":null,"message_count":0,"source":"ora_widget","created_at":"2026-01-01T00:00:01Z","page_url":null,"hot":false,"hot_at":null,"phone":null,"contact_id":null,"updated_at":"2026-01-01T00:00:01Z"}]
            > GET /api/zapier-webhook?action=leads&key=wrong
            401 Unauthorized
            {"ok":false,"error":"The API key is not valid, or it was revoked.","code":"unauthorized"}
            > POST /api/zapier-webhook?action=create-note {"session_id":"s","note":"x"}
            401 Unauthorized
            {"ok":false,"error":"This needs a partner key: send it as 'X-Ora-Key'.","code":"unauthorized"}
            > GET /api/leads
            401 Unauthorized
            {"ok":false,"error":"This needs a partner key: send it as 'X-Ora-Key'.","code":"unauthorized"}
        "#]],
    );
}
