//! A visitor and an operator talk.

use expect_test::expect;

use crate::testing::{Ask, Stage, block_on, check, databases};

#[test]
fn a_visitor_writes_and_an_operator_answers() {
    check(
        r#"
        operator Maya maya@example.com
        POST /v1/sites {"name": "Pennyroot"}
        POST /widget/v1/init?site={pk_1} {"page": {"url": "https://shop.example/p?utm_source=ad&token=abc", "title": "Carafe"}}
        from here
        as vt_1
        POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Is it food-safe?"}
        POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Is it food-safe?"}
        POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Something else"}
        as admin
        POST /v1/conversations/{conv_1}/reply {"body": "Yes", "operator_id": "{op_1}"}
        POST /v1/conversations/{conv_1}/messages {"body": "between us", "type": "note", "operator_id": "{op_1}"}
        as vt_1
        GET /widget/v1/messages?site={pk_1}&conversation_id={conv_1}
        POST /widget/v1/read?site={pk_1} {"conversation_id": "{conv_1}", "number": 2}
        GET /widget/v1/messages?site={pk_1}&conversation_id={conv_1}&after=1
        GET /widget/v1/messages?site={pk_1}&conversation_id={conv_1}&before=2&limit=1
        POST /widget/v1/init?site={pk_1}
        "#,
        &expect![[r##"
            > as vt_1
            > POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Is it food-safe?"}
            201 Created
            {"data":{"message":{"id":"msg_1","conversation_id":"conv_1","number":1,"client_id":"a","type":"visitor","body":"Is it food-safe?","author":null,"attachments":[],"event":null,"created_at":"2026-01-01T00:00:04Z","delivered_at":null,"read_at":null,"edited_at":null,"deleted_at":null},"conversation":{"id":"conv_1","status":"open","operator":null,"messages_count":1,"rating":null,"can_rate":false,"created_at":"2026-01-01T00:00:04Z","closed_at":null,"last_message_at":"2026-01-01T00:00:04Z"}}}
            > POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Is it food-safe?"}
            200 OK
            {"data":{"message":{"id":"msg_1","conversation_id":"conv_1","number":1,"client_id":"a","type":"visitor","body":"Is it food-safe?","author":null,"attachments":[],"event":null,"created_at":"2026-01-01T00:00:04Z","delivered_at":null,"read_at":null,"edited_at":null,"deleted_at":null},"conversation":{"id":"conv_1","status":"open","operator":null,"messages_count":1,"rating":null,"can_rate":false,"created_at":"2026-01-01T00:00:04Z","closed_at":null,"last_message_at":"2026-01-01T00:00:04Z"}}}
            > POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Something else"}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"This 'client_id' was used for another message: use a new one.","status":409,"request_id":"req_…"}}
            > as admin
            > POST /v1/conversations/{conv_1}/reply {"body": "Yes", "operator_id": "{op_1}"}
            201 Created
            {"data":{"id":"msg_2","conversation_id":"conv_1","type":"operator","body":"Yes","operator":{"id":"op_1","name":"Maya"},"attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:07Z","number":2,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}}
            > POST /v1/conversations/{conv_1}/messages {"body": "between us", "type": "note", "operator_id": "{op_1}"}
            201 Created
            {"data":{"id":"msg_3","conversation_id":"conv_1","type":"note","body":"between us","operator":{"id":"op_1","name":"Maya"},"attachments":[],"channel_status":null,"delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:08Z","number":null,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}}
            > as vt_1
            > GET /widget/v1/messages?site={pk_1}&conversation_id={conv_1}
            200 OK
            {"data":[{"id":"msg_1","conversation_id":"conv_1","number":1,"client_id":"a","type":"visitor","body":"Is it food-safe?","author":null,"attachments":[],"event":null,"created_at":"2026-01-01T00:00:04Z","delivered_at":null,"read_at":null,"edited_at":null,"deleted_at":null},{"id":"msg_2","conversation_id":"conv_1","number":2,"client_id":null,"type":"operator","body":"Yes","author":{"name":"Maya","avatar_url":null},"attachments":[],"event":null,"created_at":"2026-01-01T00:00:07Z","delivered_at":null,"read_at":null,"edited_at":null,"deleted_at":null}],"has_more":false}
            > POST /widget/v1/read?site={pk_1} {"conversation_id": "{conv_1}", "number": 2}
            204 No Content
            > GET /widget/v1/messages?site={pk_1}&conversation_id={conv_1}&after=1
            200 OK
            {"data":[{"id":"msg_2","conversation_id":"conv_1","number":2,"client_id":null,"type":"operator","body":"Yes","author":{"name":"Maya","avatar_url":null},"attachments":[],"event":null,"created_at":"2026-01-01T00:00:07Z","delivered_at":"2026-01-01T00:00:10Z","read_at":"2026-01-01T00:00:10Z","edited_at":null,"deleted_at":null}],"has_more":false}
            > GET /widget/v1/messages?site={pk_1}&conversation_id={conv_1}&before=2&limit=1
            200 OK
            {"data":[{"id":"msg_1","conversation_id":"conv_1","number":1,"client_id":"a","type":"visitor","body":"Is it food-safe?","author":null,"attachments":[],"event":null,"created_at":"2026-01-01T00:00:04Z","delivered_at":null,"read_at":null,"edited_at":null,"deleted_at":null}],"has_more":false}
            > POST /widget/v1/init?site={pk_1}
            200 OK
            {"data":{"team":{"online":false,"operators":[]},"conversation":{"id":"conv_1","status":"open","operator":null,"messages_count":2,"rating":null,"can_rate":false,"created_at":"2026-01-01T00:00:04Z","closed_at":null,"last_message_at":"2026-01-01T00:00:07Z"},"messages":[{"id":"msg_1","conversation_id":"conv_1","number":1,"client_id":"a","type":"visitor","body":"Is it food-safe?","author":null,"attachments":[],"event":null,"created_at":"2026-01-01T00:00:04Z","delivered_at":null,"read_at":null,"edited_at":null,"deleted_at":null},{"id":"msg_2","conversation_id":"conv_1","number":2,"client_id":null,"type":"operator","body":"Yes","author":{"name":"Maya","avatar_url":null},"attachments":[],"event":null,"created_at":"2026-01-01T00:00:07Z","delivered_at":"2026-01-01T00:00:10Z","read_at":"2026-01-01T00:00:10Z","edited_at":null,"deleted_at":null}],"seq":11,"unread_count":0,"protocol":1,"visitor":{"id":"vis_1","name":null,"email":null,"is_verified":false},"site":{"key":"pk_1","name":"Pennyroot","theme":{"accent":"#0b6b5b","scheme":"auto","side":"end","launcher":"show"},"locale":"auto","texts":{},"is_open":true,"next_open_at":null,"closed_text":null,"timezone":null,"pre_chat":null,"offline":null,"triggers":[],"tracking":"on","keep_params":[],"attachments":{"bytes_max":26214400,"types":["image/png","image/jpeg","image/gif","image/webp","application/pdf","text/plain","text/csv","audio/mpeg","video/mp4","application/zip","application/vnd.openxmlformats-officedocument.wordprocessingml.document","application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"]},"has_rating":true,"privacy_url":null}}}
        "##]],
    );
}

#[test]
fn an_address_in_the_form_makes_a_contact() {
    check(
        r#"
        POST /v1/sites {"name": "S", "pre_chat": {"fields": [{"name": "email", "label": "E-mail", "type": "email", "is_required": true}, {"name": "order", "label": "Order", "type": "text"}], "consent": {"text": "We keep this.", "version": "2", "is_required": true}}}
        POST /widget/v1/init?site={pk_1}
        from here
        as vt_1
        POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Hi"}
        POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Hi", "pre_chat": {"email": "ada@example.com", "order": "7"}}
        POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Hi", "pre_chat": {"email": "nobody", "order": "7"}, "consent_version": "2"}
        POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Hi", "pre_chat": {"email": "ada@example.com", "order": "7"}, "consent_version": "2"}
        POST /widget/v1/messages?site={pk_1} {"client_id": "b", "body": "More"}
        as admin
        brief
        GET /v1/contacts
        log contact visitor conversation message line
        "#,
        &expect![[r#"
            > as vt_1
            > POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Hi"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'pre_chat.email' field must be answered before the first message.","param":"pre_chat.email","status":422,"request_id":"req_…"}}
            > POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Hi", "pre_chat": {"email": "ada@example.com", "order": "7"}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'consent_version' field must be the one that is asked for.","param":"consent_version","status":422,"request_id":"req_…"}}
            > POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Hi", "pre_chat": {"email": "nobody", "order": "7"}, "consent_version": "2"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'email' field must be a valid email address.","param":"email","status":422,"request_id":"req_…"}}
            > POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Hi", "pre_chat": {"email": "ada@example.com", "order": "7"}, "consent_version": "2"}
            201 Created
            {"data":{"message":{"id":"msg_1","conversation_id":"conv_1","number":2,"client_id":"a","type":"visitor","body":"Hi","author":null,"attachments":[],"event":null,"created_at":"2026-01-01T00:00:06Z","delivered_at":null,"read_at":null,"edited_at":null,"deleted_at":null},"conversation":{"id":"conv_1","status":"open","operator":null,"messages_count":2,"rating":null,"can_rate":false,"created_at":"2026-01-01T00:00:06Z","closed_at":null,"last_message_at":"2026-01-01T00:00:06Z"}}}
            > POST /widget/v1/messages?site={pk_1} {"client_id": "b", "body": "More"}
            201 Created
            {"data":{"message":{"id":"msg_2","conversation_id":"conv_1","number":3,"client_id":"b","type":"visitor","body":"More","author":null,"attachments":[],"event":null,"created_at":"2026-01-01T00:00:07Z","delivered_at":null,"read_at":null,"edited_at":null,"deleted_at":null},"conversation":{"id":"conv_1","status":"open","operator":null,"messages_count":3,"rating":null,"can_rate":false,"created_at":"2026-01-01T00:00:06Z","closed_at":null,"last_message_at":"2026-01-01T00:00:07Z"}}}
            > as admin
            > brief
            > GET /v1/contacts
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > log contact visitor conversation message line
            6 visitor.updated vis_1 by vis_1 {"id":"vis_1","name":null,"email":"ada@example.com","contact_id":null,"is_verified":false,"online":true,"current_page":null,"referrer":null,"utm":{"source":null,"medium":null,"campaign":null,"term":null,"content":null},"first_touch":{"url":null,"referrer":null,"utm":{"source":null,"medium":null,"campaign":null,"term":null,"content":null}},"site_id":"site_1","country":null,"region":null,"city":null,"timezone":null,"language":null,"browser":null,"os":null,"device":"bot","sessions_count":0,"pageviews_count":0,"custom_attributes":{"order":"7"},"first_seen_at":"2026-01-01T00:00:02Z","last_seen_at":"2026-01-01T00:00:02Z","created_at":"2026-01-01T00:00:02Z"}
            7 contact.created con_1 by vis_1 {"id":"con_1","email":"ada@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{"order":"7"},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"widget","last_seen_at":null,"created_at":"2026-01-01T00:00:06Z","updated_at":"2026-01-01T00:00:06Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}
            8 visitor.identified vis_1 by vis_1 {"id":"vis_1","name":null,"email":"ada@example.com","contact_id":"con_1","is_verified":false,"online":true,"current_page":null,"referrer":null,"utm":{"source":null,"medium":null,"campaign":null,"term":null,"content":null},"first_touch":{"url":null,"referrer":null,"utm":{"source":null,"medium":null,"campaign":null,"term":null,"content":null}},"site_id":"site_1","country":null,"region":null,"city":null,"timezone":null,"language":null,"browser":null,"os":null,"device":"bot","sessions_count":0,"pageviews_count":0,"custom_attributes":{"order":"7"},"first_seen_at":"2026-01-01T00:00:02Z","last_seen_at":"2026-01-01T00:00:02Z","created_at":"2026-01-01T00:00:02Z","contact":{"id":"con_1","email":"ada@example.com","name":null}}
            9 conversation.created conv_1 by vis_1 {"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"ada@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:06Z","updated_at":"2026-01-01T00:00:06Z","messages_count":0,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":null,"unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:06Z","last_message_by":null,"last_number":0,"site_id":"site_1","previous_id":null,"merged_into":null,"is_spam":false}
            10 line.created conv_1 by vis_1 {"id":"msg_3","conversation_id":"conv_1","type":"system","body":"The visitor agreed to be written to","attachments":[],"channel_status":null,"delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:06Z","number":1,"client_id":null,"event":{"kind":"consented","version":"2"},"edited_at":null,"deleted_at":null}
            11 message.created conv_1 by vis_1 {"id":"msg_1","conversation_id":"conv_1","type":"visitor","body":"Hi","visitor":{"id":"vis_1","name":null,"email":"ada@example.com"},"attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:06Z","number":2,"client_id":"a","event":null,"edited_at":null,"deleted_at":null}
            12 message.created conv_1 by vis_1 {"id":"msg_2","conversation_id":"conv_1","type":"visitor","body":"More","visitor":{"id":"vis_1","name":null,"email":"ada@example.com"},"attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:07Z","number":3,"client_id":"b","event":null,"edited_at":null,"deleted_at":null}
        "#]],
    );
}

#[test]
fn a_claimed_address_of_somebody_known_changes_nobody() {
    check(
        r#"
        POST /v1/contacts {"email": "ada@example.com", "name": "Ada"}
        POST /v1/sites {"name": "S"}
        POST /widget/v1/init?site={pk_1}
        as vt_1
        POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Hi"}
        from here
        POST /widget/v1/identify?site={pk_1} {"email": "ADA@example.com", "name": "Eve", "company": "Evil"}
        POST /widget/v1/identify?site={pk_1} {"email": "not an address"}
        GET /widget/v1/conversations?site={pk_1}
        as admin
        GET /v1/contacts/{con_1}
        GET /v1/conversations/{conv_1}
        log contact.updated visitor
        "#,
        &expect![[r#"
            > POST /widget/v1/identify?site={pk_1} {"email": "ADA@example.com", "name": "Eve", "company": "Evil"}
            200 OK
            {"data":{"id":"vis_1","name":"Eve","email":"ADA@example.com","is_verified":false}}
            > POST /widget/v1/identify?site={pk_1} {"email": "not an address"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'email' field must be a valid email address.","param":"email","status":422,"request_id":"req_…"}}
            > GET /widget/v1/conversations?site={pk_1}
            200 OK
            {"data":[{"id":"conv_1","status":"open","operator":null,"messages_count":1,"rating":null,"can_rate":false,"created_at":"2026-01-01T00:00:04Z","closed_at":null,"last_message_at":"2026-01-01T00:00:04Z"}]}
            > as admin
            > GET /v1/contacts/{con_1}
            200 OK
            {"data":{"id":"con_1","email":"ada@example.com","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":["vis_1"],"conversations_count":1,"source":"api","last_seen_at":"2026-01-01T00:00:05Z","created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > GET /v1/conversations/{conv_1}
            200 OK
            {"data":{"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":"Eve","email":"ADA@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:04Z","messages_count":1,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:04Z","unread_count":1,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:04Z","last_message_by":"visitor","last_number":1,"site_id":"site_1","previous_id":null,"merged_into":null,"is_spam":false}}
            > log contact.updated visitor
            9 visitor.updated vis_1 by vis_1 {"id":"vis_1","name":"Eve","email":"ADA@example.com","contact_id":null,"is_verified":false,"online":true,"current_page":null,"referrer":null,"utm":{"source":null,"medium":null,"campaign":null,"term":null,"content":null},"first_touch":{"url":null,"referrer":null,"utm":{"source":null,"medium":null,"campaign":null,"term":null,"content":null}},"site_id":"site_1","country":null,"region":null,"city":null,"timezone":null,"language":null,"browser":null,"os":null,"device":"bot","sessions_count":0,"pageviews_count":0,"custom_attributes":{},"first_seen_at":"2026-01-01T00:00:03Z","last_seen_at":"2026-01-01T00:00:03Z","created_at":"2026-01-01T00:00:03Z"}
            10 visitor.identified vis_1 by vis_1 {"id":"vis_1","name":"Eve","email":"ADA@example.com","contact_id":"con_1","is_verified":false,"online":true,"current_page":null,"referrer":null,"utm":{"source":null,"medium":null,"campaign":null,"term":null,"content":null},"first_touch":{"url":null,"referrer":null,"utm":{"source":null,"medium":null,"campaign":null,"term":null,"content":null}},"site_id":"site_1","country":null,"region":null,"city":null,"timezone":null,"language":null,"browser":null,"os":null,"device":"bot","sessions_count":0,"pageviews_count":0,"custom_attributes":{},"first_seen_at":"2026-01-01T00:00:03Z","last_seen_at":"2026-01-01T00:00:03Z","created_at":"2026-01-01T00:00:03Z","contact":{"id":"con_1","email":"ada@example.com","name":"Ada"}}
        "#]],
    );
}

#[test]
fn a_talk_is_ended_rated_and_begun_anew_after_a_while() {
    check(
        r#"
        POST /v1/sites {"name": "S"}
        PATCH /v1/settings {"reopen_days": 1}
        POST /widget/v1/init?site={pk_1}
        as vt_1
        POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Hi"}
        from here
        POST /widget/v1/rate?site={pk_1} {"conversation_id": "{conv_1}", "score": 4}
        POST /widget/v1/close?site={pk_1} {"conversation_id": "{conv_1}"}
        POST /widget/v1/rate?site={pk_1} {"conversation_id": "{conv_1}", "score": 4}
        POST /widget/v1/transcript?site={pk_1} {"conversation_id": "{conv_1}"}
        brief
        POST /widget/v1/messages?site={pk_1} {"client_id": "b", "body": "One more thing"}
        POST /widget/v1/close?site={pk_1} {"conversation_id": "{conv_1}"}
        tick 25h
        POST /widget/v1/messages?site={pk_1} {"client_id": "c", "body": "Another day"}
        GET /widget/v1/conversations?site={pk_1}
        as admin
        GET /v1/conversations
        "#,
        &expect![[r#"
            > POST /widget/v1/rate?site={pk_1} {"conversation_id": "{conv_1}", "score": 4}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"A conversation can be rated once it is closed.","status":409,"request_id":"req_…"}}
            > POST /widget/v1/close?site={pk_1} {"conversation_id": "{conv_1}"}
            200 OK
            {"data":{"id":"conv_1","status":"closed","operator":null,"messages_count":2,"rating":null,"can_rate":true,"created_at":"2026-01-01T00:00:04Z","closed_at":"2026-01-01T00:00:06Z","last_message_at":"2026-01-01T00:00:04Z"}}
            > POST /widget/v1/rate?site={pk_1} {"conversation_id": "{conv_1}", "score": 4}
            200 OK
            {"data":{"id":"conv_1","status":"closed","operator":null,"messages_count":2,"rating":{"score":4,"comment":null,"rated_at":"2026-01-01T00:00:07Z"},"can_rate":false,"created_at":"2026-01-01T00:00:04Z","closed_at":"2026-01-01T00:00:06Z","last_message_at":"2026-01-01T00:00:04Z"}}
            > POST /widget/v1/transcript?site={pk_1} {"conversation_id": "{conv_1}"}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"A transcript is only mailed to an address that was verified.","status":409,"request_id":"req_…"}}
            > brief
            > POST /widget/v1/messages?site={pk_1} {"client_id": "b", "body": "One more thing"}
            201 Created
            {"data":{"message":{"id":"msg_2","conversation_id":"conv_1","number":3,"client_id":"b","type":"visitor","body":"One more thing","author":null,"attachments":[],"event":null,"created_at":"2026-01-01T00:00:09Z","delivered_at":null,"read_at":null,"edited_at":null,"deleted_at":null},"conversation":{"id":"conv_1","status":"open","operator":null,"messages_count":3,"rating":{"score":4,"comment":null,"rated_at":"2026-01-01T00:00:07Z"},"can_rate":false,"created_at":"2026-01-01T00:00:04Z","closed_at":null,"last_message_at":"2026-01-01T00:00:09Z"}}}
            > POST /widget/v1/close?site={pk_1} {"conversation_id": "{conv_1}"}
            200 OK
            {"data":"conv_1"}
            > tick 25h
            > POST /widget/v1/messages?site={pk_1} {"client_id": "c", "body": "Another day"}
            201 Created
            {"data":{"message":{"id":"msg_3","conversation_id":"conv_2","number":1,"client_id":"c","type":"visitor","body":"Another day","author":null,"attachments":[],"event":null,"created_at":"2026-01-02T01:00:11Z","delivered_at":null,"read_at":null,"edited_at":null,"deleted_at":null},"conversation":{"id":"conv_2","status":"open","operator":null,"messages_count":1,"rating":null,"can_rate":false,"created_at":"2026-01-02T01:00:11Z","closed_at":null,"last_message_at":"2026-01-02T01:00:11Z"}}}
            > GET /widget/v1/conversations?site={pk_1}
            200 OK
            {"data":["conv_2","conv_1"]}
            > as admin
            > GET /v1/conversations
            200 OK
            {"data":["conv_2","conv_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
        "#]],
    );
}

#[test]
fn what_the_widget_said_by_itself_stands_before_the_answer() {
    check(
        r#"
        POST /v1/sites {"name": "S", "triggers": [{"id": "kiln", "message": "Shall I put one aside?", "author": "Maya", "when": {"seconds": 20}}]}
        POST /widget/v1/init?site={pk_1}
        from here
        as vt_1
        POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Yes, hold one", "trigger_id": "kiln"}
        GET /widget/v1/messages?site={pk_1}&conversation_id={conv_1}
        "#,
        &expect![[r#"
            > as vt_1
            > POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Yes, hold one", "trigger_id": "kiln"}
            201 Created
            {"data":{"message":{"id":"msg_1","conversation_id":"conv_1","number":2,"client_id":"a","type":"visitor","body":"Yes, hold one","author":null,"attachments":[],"event":null,"created_at":"2026-01-01T00:00:03Z","delivered_at":null,"read_at":null,"edited_at":null,"deleted_at":null},"conversation":{"id":"conv_1","status":"open","operator":null,"messages_count":2,"rating":null,"can_rate":false,"created_at":"2026-01-01T00:00:03Z","closed_at":null,"last_message_at":"2026-01-01T00:00:03Z"}}}
            > GET /widget/v1/messages?site={pk_1}&conversation_id={conv_1}
            200 OK
            {"data":[{"id":"msg_2","conversation_id":"conv_1","number":1,"client_id":null,"type":"bot","body":"Shall I put one aside?","author":null,"attachments":[],"event":null,"created_at":"2026-01-01T00:00:03Z","delivered_at":null,"read_at":null,"edited_at":null,"deleted_at":null},{"id":"msg_1","conversation_id":"conv_1","number":2,"client_id":"a","type":"visitor","body":"Yes, hold one","author":null,"attachments":[],"event":null,"created_at":"2026-01-01T00:00:03Z","delivered_at":null,"read_at":null,"edited_at":null,"deleted_at":null}],"has_more":false}
        "#]],
    );
}

#[test]
fn fifty_first_messages_at_once_are_one_conversation() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set(&database).await;
            let (site, token) = stage.widget().await;
            let path = format!("/widget/v1/messages?site={site}");
            let headers = [("authorization".to_owned(), format!("Bearer {token}"))];
            let bodies: Vec<String> = (0..50)
                .map(|number| {
                    format!(r#"{{"client_id": "c{number}", "body": "message {number}"}}"#)
                })
                .collect();
            let asks = bodies.iter().map(|body| {
                stage.send_at_once(
                    "nobody",
                    Ask { method: "POST", path: &path, headers: &headers, body },
                )
            });
            let answers = futures_util::future::join_all(asks).await;
            let mut numbers = Vec::new();
            let mut talks = std::collections::BTreeSet::new();
            for answer in answers {
                assert_eq!(answer.code(), 201, "{}", answer.body);
                let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
                numbers.push(body["data"]["message"]["number"].as_i64().unwrap());
                talks.insert(body["data"]["conversation"]["id"].to_string());
            }
            numbers.sort_unstable();
            assert_eq!(numbers, (1..=50).collect::<Vec<i64>>());
            assert_eq!(talks.len(), 1);
        }
    });
}

#[test]
fn a_chat_is_a_lead_and_a_long_one_is_hot() {
    check(
        r#"
        POST /v1/sites {"name": "S"}
        POST /widget/v1/init?site={pk_1}
        as vt_1
        POST /widget/v1/messages?site={pk_1} {"client_id": "1", "body": "Hi", "pre_chat": {"name": "Ada", "email": "ada@example.com"}, "page": {"url": "https://shop.example/p"}}
        tick 6s
        settle
        POST /widget/v1/messages?site={pk_1} {"client_id": "2", "body": "Two"}
        POST /widget/v1/messages?site={pk_1} {"client_id": "3", "body": "Three"}
        POST /widget/v1/messages?site={pk_1} {"client_id": "4", "body": "Four"}
        POST /widget/v1/messages?site={pk_1} {"client_id": "5", "body": "Five"}
        tick 6s
        settle
        from here
        as partner
        GET /api/leads
        GET /api/zapier-webhook?action=hot-leads
        as admin
        log lead contact
        "#,
        &expect![[r#"
            > as partner
            > GET /api/leads
            200 OK
            [{"id":"uuid_1","session_id":"conv_1","name":"Ada","email":"ada@example.com","business":null,"message_count":5,"source":"ora_widget","created_at":"2026-01-01T00:00:09Z","page_url":"https://shop.example/p","hot":true,"hot_at":"2026-01-01T00:00:19Z","phone":null,"contact_id":"con_1","updated_at":"2026-01-01T00:00:19Z"}]
            > GET /api/zapier-webhook?action=hot-leads
            200 OK
            [{"id":"uuid_1","session_id":"conv_1","name":"Ada","email":"ada@example.com","business":null,"message_count":5,"source":"ora_widget","created_at":"2026-01-01T00:00:09Z","page_url":"https://shop.example/p","hot":true,"hot_at":"2026-01-01T00:00:19Z","phone":null,"contact_id":"con_1","updated_at":"2026-01-01T00:00:19Z"}]
            > as admin
            > log lead contact
            7 contact.created con_1 by vis_1 {"id":"con_1","email":"ada@example.com","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"widget","last_seen_at":null,"created_at":"2026-01-01T00:00:03Z","updated_at":"2026-01-01T00:00:03Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}
            11 lead.created uuid_1 by system {"id":"uuid_1","session_id":"conv_1","name":"Ada","email":"ada@example.com","business":null,"message_count":1,"source":"ora_widget","created_at":"2026-01-01T00:00:09Z","page_url":"https://shop.example/p","hot":false,"hot_at":null,"phone":null,"contact_id":"con_1","updated_at":"2026-01-01T00:00:09Z"}
            16 lead.hot uuid_1 by system {"id":"uuid_1","session_id":"conv_1","name":"Ada","email":"ada@example.com","business":null,"message_count":5,"source":"ora_widget","created_at":"2026-01-01T00:00:09Z","page_url":"https://shop.example/p","hot":true,"hot_at":"2026-01-01T00:00:19Z","phone":null,"contact_id":"con_1","updated_at":"2026-01-01T00:00:19Z"}
        "#]],
    );
}

#[test]
fn outside_hours_what_is_asked_for_those_hours_is_enough() {
    check(
        r#"
        POST /v1/sites {"name": "S", "hours": {"timezone": "UTC", "days": {}}, "pre_chat": {"fields": [{"name": "name", "label": "Name", "type": "text", "is_required": true}]}, "offline": {"fields": [{"name": "email", "label": "E-mail", "type": "email", "is_required": true}]}}
        POST /widget/v1/init?site={pk_1}
        from here
        as vt_1
        POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Hi"}
        POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Hi", "pre_chat": {"email": "ana@example.com"}}
        "#,
        &expect![[r#"
            > as vt_1
            > POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Hi"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'pre_chat.email' field must be answered before the first message.","param":"pre_chat.email","status":422,"request_id":"req_…"}}
            > POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Hi", "pre_chat": {"email": "ana@example.com"}}
            201 Created
            {"data":{"message":{"id":"msg_1","conversation_id":"conv_1","number":1,"client_id":"a","type":"visitor","body":"Hi","author":null,"attachments":[],"event":null,"created_at":"2026-01-01T00:00:04Z","delivered_at":null,"read_at":null,"edited_at":null,"deleted_at":null},"conversation":{"id":"conv_1","status":"open","operator":null,"messages_count":1,"rating":null,"can_rate":false,"created_at":"2026-01-01T00:00:04Z","closed_at":null,"last_message_at":"2026-01-01T00:00:04Z"}}}
        "#]],
    );
}
