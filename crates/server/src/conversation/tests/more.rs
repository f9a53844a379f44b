//! Silence, merging, transcripts, and people who are forgotten.

use expect_test::expect;
use serde_json::json;
use store::Tx;

use crate::{
    contact, conversation,
    error::Error,
    testing::{Stage, block_on, check, databases},
};

#[test]
fn a_conversation_in_which_nothing_is_said_is_closed_after_a_warning() {
    check(
        r#"
        PATCH /v1/settings {"auto_close_minutes": 60, "auto_close_warning_minutes": 10}
        POST /v1/conversations {"email": "v@example.com", "body": "Anything else?"}
        POST /v1/conversations {"email": "w@example.com", "body": "Anything else?"}
        POST /v1/conversations {"email": "x@example.com", "body": "Anything else?"}
        POST /v1/conversations/{conv_2}/messages {"body": "Yes!", "type": "visitor"}
        from here
        tick 49m
        settle
        log line conversation.closed
        tick 2m
        settle
        POST /v1/conversations/{conv_3}/messages {"body": "I am here", "type": "visitor"}
        tick 11m
        settle
        log line conversation.closed
        brief
        GET /v1/conversations?status=open
        POST /v1/conversations/{conv_1}/messages {"body": "Late", "type": "visitor"}
        GET /v1/conversations?status=open
        "#,
        &expect![[r#"
            > tick 49m
            > settle
            > log line conversation.closed
            > tick 2m
            > settle
            > POST /v1/conversations/{conv_3}/messages {"body": "I am here", "type": "visitor"}
            201 Created
            {"data":{"id":"msg_2","conversation_id":"conv_3","type":"visitor","body":"I am here","visitor":{"id":"vis_3","name":null,"email":"x@example.com"},"attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:51:06Z","number":3,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}}
            > tick 11m
            > settle
            > log line conversation.closed
            17 line.created conv_1 by system {"id":"msg_3","conversation_id":"conv_1","type":"system","body":"Are you still there? Without an answer this conversation will be closed.","attachments":[],"channel_status":null,"delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:51:05Z","number":2,"client_id":null,"event":{"kind":"closing_soon"},"edited_at":null,"deleted_at":null}
            18 line.created conv_3 by system {"id":"msg_4","conversation_id":"conv_3","type":"system","body":"Are you still there? Without an answer this conversation will be closed.","attachments":[],"channel_status":null,"delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:51:05Z","number":2,"client_id":null,"event":{"kind":"closing_soon"},"edited_at":null,"deleted_at":null}
            21 line.created conv_1 by system {"id":"msg_5","conversation_id":"conv_1","type":"system","body":"The conversation was closed","attachments":[],"channel_status":null,"delivered_at":null,"read_at":null,"created_at":"2026-01-01T01:02:06Z","number":3,"client_id":null,"event":{"kind":"closed","by":"auto"},"edited_at":null,"deleted_at":null}
            22 conversation.closed conv_1 by system {"id":"conv_1","status":"closed","visitor":{"id":"vis_1","name":null,"email":"v@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T01:02:06Z","messages_count":3,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:02Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":"2026-01-01T01:02:06Z","closed_by":"auto","priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":null,"last_message_by":"operator","last_number":3,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}
            > brief
            > GET /v1/conversations?status=open
            200 OK
            {"data":["conv_3","conv_2"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/conversations/{conv_1}/messages {"body": "Late", "type": "visitor"}
            201 Created
            {"data":"msg_6"}
            > GET /v1/conversations?status=open
            200 OK
            {"data":["conv_3","conv_2","conv_1"],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
        "#]],
    );
}

#[test]
fn two_conversations_become_one_and_two_again() {
    check(
        r#"
        POST /v1/conversations {"email": "v@example.com"}
        POST /v1/conversations {"email": "v@example.com"}
        POST /v1/conversations {"email": "w@example.com"}
        POST /v1/conversations/{conv_1}/messages {"body": "One", "type": "visitor"}
        POST /v1/conversations/{conv_2}/messages {"body": "Two", "type": "visitor"}
        POST /v1/conversations/{conv_1}/messages {"body": "Three"}
        from here
        POST /v1/conversations/{conv_1}/merge {"conversation_id": "{conv_1}"}
        POST /v1/conversations/{conv_1}/merge {"conversation_id": "{conv_3}"}
        POST /v1/conversations/{conv_1}/unmerge {"conversation_id": "{conv_2}"}
        POST /v1/conversations/{conv_1}/merge {"conversation_id": "{conv_2}"}
        GET /v1/conversations/{conv_1}/messages
        brief
        GET /v1/conversations/{conv_2}
        GET /v1/conversations
        POST /v1/conversations/{conv_2}/messages {"body": "Four"}
        POST /v1/conversations/{conv_1}/unmerge {"conversation_id": "{conv_2}"}
        GET /v1/conversations/{conv_1}/messages
        GET /v1/conversations/{conv_2}/messages
        GET /v1/conversations
        "#,
        &expect![[r#"
            > POST /v1/conversations/{conv_1}/merge {"conversation_id": "{conv_1}"}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"A conversation cannot be merged with itself.","status":409,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_1}/merge {"conversation_id": "{conv_3}"}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"Only conversations with the same visitor on the same channel can be merged.","status":409,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_1}/unmerge {"conversation_id": "{conv_2}"}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"These conversations are not merged.","status":409,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_1}/merge {"conversation_id": "{conv_2}"}
            200 OK
            {"data":{"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"v@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z","messages_count":4,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:06Z","unread_count":1,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:01Z","last_message_by":"operator","last_number":4,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > GET /v1/conversations/{conv_1}/messages
            200 OK
            {"data":[{"id":"msg_1","conversation_id":"conv_1","type":"visitor","body":"One","visitor":{"id":"vis_1","name":null,"email":"v@example.com"},"attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:04Z","number":1,"client_id":null,"event":null,"edited_at":null,"deleted_at":null},{"id":"msg_2","conversation_id":"conv_1","type":"visitor","body":"Two","visitor":{"id":"vis_1","name":null,"email":"v@example.com"},"attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:05Z","number":2,"client_id":null,"event":null,"edited_at":null,"deleted_at":null},{"id":"msg_3","conversation_id":"conv_1","type":"operator","body":"Three","attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:06Z","number":3,"client_id":null,"event":null,"edited_at":null,"deleted_at":null},{"id":"msg_4","conversation_id":"conv_1","type":"system","body":"The conversation was closed","attachments":[],"channel_status":null,"delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:10Z","number":4,"client_id":null,"event":{"kind":"closed","by":"operator"},"edited_at":null,"deleted_at":null}],"pagination":{"page":1,"per_page":25,"total":4,"has_more":false}}
            > brief
            > GET /v1/conversations/{conv_2}
            200 OK
            {"data":"conv_1"}
            > GET /v1/conversations
            200 OK
            {"data":["conv_3","conv_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/conversations/{conv_2}/messages {"body": "Four"}
            201 Created
            {"data":"msg_5"}
            > POST /v1/conversations/{conv_1}/unmerge {"conversation_id": "{conv_2}"}
            200 OK
            {"data":"conv_1"}
            > GET /v1/conversations/{conv_1}/messages
            200 OK
            {"data":["msg_1","msg_3","msg_5"],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
            > GET /v1/conversations/{conv_2}/messages
            200 OK
            {"data":["msg_2","msg_4"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > GET /v1/conversations
            200 OK
            {"data":["conv_3","conv_2","conv_1"],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_transcript_has_no_notes_and_no_markup() {
    check(
        r#"
        operator Grace grace@example.com
        POST /v1/contacts {"email": "v@example.com", "name": "<b>Eve</b>"}
        POST /v1/conversations {"contact_id": "{con_1}"}
        POST /v1/conversations/{conv_1}/messages {"body": "<script>alert(1)</script>\nsecond line", "type": "visitor"}
        POST /v1/conversations/{conv_1}/messages {"body": "secret", "type": "note"}
        POST /v1/conversations/{conv_1}/messages {"body": "Hello & welcome", "operator_id": "{op_1}"}
        from here
        GET /v1/conversations/{conv_1}/transcript?format=text
        GET /v1/conversations/{conv_1}/transcript?format=html
        GET /v1/conversations/{conv_1}/transcript?format=pdf
        brief
        POST /v1/conversations/{conv_1}/transcript {"email": "v@example.com"}
        settle
        mails
        "#,
        &expect![[r#"
            > GET /v1/conversations/{conv_1}/transcript?format=text
            200 OK
            Conversation with <b>Eve</b>, 2026-01-01

            [2026-01-01 00:00 UTC] <b>Eve</b>: <script>alert(1)</script>
            second line
            [2026-01-01 00:00 UTC] Grace: Hello & welcome

            > GET /v1/conversations/{conv_1}/transcript?format=html
            200 OK
            <!doctype html>
            <html><head><meta charset="utf-8"><title>Conversation with &lt;b&gt;Eve&lt;/b&gt;, 2026-01-01</title></head>
            <body>
            <h1>Conversation with &lt;b&gt;Eve&lt;/b&gt;, 2026-01-01</h1>
            <dl>
            <dt><b>&lt;b&gt;Eve&lt;/b&gt;</b> <small>2026-01-01 00:00 UTC</small></dt>
            <dd dir="auto">&lt;script&gt;alert(1)&lt;/script&gt;<br>second line</dd>
            <dt><b>Grace</b> <small>2026-01-01 00:00 UTC</small></dt>
            <dd dir="auto">Hello &amp; welcome</dd>
            </dl>
            </body></html>

            > GET /v1/conversations/{conv_1}/transcript?format=pdf
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'format' parameter must be one of `json`, `text`, `html`.","param":"format","status":400,"request_id":"req_…"}}
            > brief
            > POST /v1/conversations/{conv_1}/transcript {"email": "v@example.com"}
            202 Accepted
            {"data":"conv_1"}
            > settle
            > mails
            To: v@example.com
            Subject: Your conversation
            Date: Thu, 01 Jan 2026 00:00:10 +0000
            Message-ID: <ntc_1@switchboard>
            Content-Type: text/plain; charset=utf-8

            Conversation with <b>Eve</b>, 2026-01-01

            [2026-01-01 00:00 UTC] <b>Eve</b>: <script>alert(1)</script>
            second line
            [2026-01-01 00:00 UTC] Grace: Hello & welcome
        "#]],
    );
}

#[test]
fn whoever_is_erased_leaves_their_conversations_without_a_name() {
    check(
        r#"
        POST /v1/contacts {"email": "v@example.com", "name": "Eve Secret"}
        POST /v1/conversations {"contact_id": "{con_1}", "body": "Hello"}
        from here
        GET /v1/contacts/{con_1}
        DELETE /v1/contacts/{con_1}
        settle
        GET /v1/conversations/{conv_1}
        GET /v1/visitors/{vis_1}
        log
        "#,
        &expect![[r#"
            > GET /v1/contacts/{con_1}
            200 OK
            {"data":{"id":"con_1","email":"v@example.com","name":"Eve Secret","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":["vis_1"],"conversations_count":1,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"v@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > DELETE /v1/contacts/{con_1}
            204 No Content
            > settle
            > GET /v1/conversations/{conv_1}
            200 OK
            {"data":{"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":null},"assigned_to":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z","messages_count":1,"contact_id":null,"channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:02Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:02Z","last_message_by":"operator","last_number":1,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > GET /v1/visitors/{vis_1}
            200 OK
            {"data":{"id":"vis_1","name":null,"email":null,"contact_id":null,"is_verified":false,"online":false,"current_page":null,"referrer":null,"utm":{"source":null,"medium":null,"campaign":null,"term":null,"content":null},"first_touch":{"url":null,"referrer":null,"utm":{"source":null,"medium":null,"campaign":null,"term":null,"content":null}},"site_id":null,"country":null,"region":null,"city":null,"timezone":null,"language":null,"browser":null,"os":null,"device":"desktop","sessions_count":0,"pageviews_count":0,"custom_attributes":{},"first_seen_at":"2026-01-01T00:00:02Z","last_seen_at":"2026-01-01T00:00:02Z","created_at":"2026-01-01T00:00:02Z"}}
            > log
            5 contact.created con_1 by key_1 {"id":"con_1"}
            6 conversation.created conv_1 by key_1 {"id":"conv_1"}
            7 message.created conv_1 by key_1 {"id":"conv_1"}
            8 contact.deleted con_1 by key_1 {"id":"con_1"}
            9 visitor.reset vis_1 by system {"id":"vis_1"}
        "#]],
    );
}

#[test]
fn what_holds_a_merged_conversation_is_not_merged_away() {
    check(
        r#"
        POST /v1/conversations {"email": "v@example.com", "body": "A"}
        POST /v1/conversations {"email": "v@example.com", "body": "B"}
        POST /v1/conversations {"email": "v@example.com", "body": "C"}
        POST /v1/conversations/{conv_1}/merge {"conversation_id": "{conv_2}"}
        from here
        brief
        POST /v1/conversations/{conv_3}/merge {"conversation_id": "{conv_1}"}
        POST /v1/conversations/{conv_1}/merge {"conversation_id": "{conv_3}"}
        GET /v1/conversations/{conv_1}/messages
        GET /v1/contacts/{con_1}
        POST /v1/conversations/{conv_1}/unmerge {"conversation_id": "{conv_2}"}
        POST /v1/conversations/{conv_1}/unmerge {"conversation_id": "{conv_3}"}
        GET /v1/conversations
        "#,
        &expect![[r#"
            > brief
            > POST /v1/conversations/{conv_3}/merge {"conversation_id": "{conv_1}"}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"The other conversation holds a merged one: undo that first, or merge this one into it.","status":409,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_1}/merge {"conversation_id": "{conv_3}"}
            200 OK
            {"data":"conv_1"}
            > GET /v1/conversations/{conv_1}/messages
            200 OK
            {"data":["msg_1","msg_2","msg_3","msg_4","msg_5"],"pagination":{"page":1,"per_page":25,"total":5,"has_more":false}}
            > GET /v1/contacts/{con_1}
            200 OK
            {"data":"con_1"}
            > POST /v1/conversations/{conv_1}/unmerge {"conversation_id": "{conv_2}"}
            200 OK
            {"data":"conv_1"}
            > POST /v1/conversations/{conv_1}/unmerge {"conversation_id": "{conv_3}"}
            200 OK
            {"data":"conv_1"}
            > GET /v1/conversations
            200 OK
            {"data":["conv_3","conv_2","conv_1"],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_shorter_snooze_takes_the_place_of_a_longer_one() {
    check(
        r#"
        POST /v1/conversations {"email": "v@example.com", "body": "A"}
        POST /v1/conversations/{conv_1}/snooze {"until": "2026-01-08T00:00:00Z"}
        POST /v1/conversations/{conv_1}/snooze {"until": "2026-01-02T00:00:00Z"}
        from here
        brief
        GET /v1/conversations?snoozed=true
        tick 24h
        settle
        GET /v1/conversations?snoozed=true
        "#,
        &expect![[r#"
            > brief
            > GET /v1/conversations?snoozed=true
            200 OK
            {"data":["conv_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > tick 24h
            > settle
            > GET /v1/conversations?snoozed=true
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
        "#]],
    );
}

#[test]
fn the_conversations_of_a_merged_contact_follow_in_steps() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set(&database).await;
            let (store, scope) = (&stage.app.store, stage.scope("admin"));
            let moved = store.write(&scope, |tx| {
                let mut with = |email: &str| {
                    let new = serde_json::from_value(json!({ "email": email }))?;
                    let made = conversation::create(tx, new, "test")?;
                    Ok::<_, Error>(made.contact_id.unwrap())
                };
                let (kept, gone) = (with("ada@example.com")?, with("byron@example.com")?);
                for _ in 0..4 {
                    with("byron@example.com")?;
                }
                let step = |tx: &mut Tx<'_>| conversation::follow_merge(tx, &gone, &kept, 2);
                let steps = [step(tx)?, step(tx)?, step(tx)?, step(tx)?];
                let count = contact::find(tx, &kept)?.conversations_count;
                Ok::<_, Error>((steps, count))
            });
            assert_eq!(moved.await.unwrap(), ([true, true, false, false], 6));
        }
    });
}
