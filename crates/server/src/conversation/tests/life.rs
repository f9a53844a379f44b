//! A conversation from its first word to its last.

use expect_test::expect;

use crate::testing::check;

#[test]
fn the_documented_six() {
    check(
        r#"
        operator Grace grace@example.com
        POST /v1/conversations {"email": "ada@example.com", "body": "Hello Ada"}
        GET /v1/conversations
        GET /v1/conversations/{conv_1}
        POST /v1/conversations/{conv_1}/reply {"body": "How can I help?", "operator_id": "{op_1}"}
        POST /v1/conversations/{conv_1}/assign {"operator_id": "{op_1}"}
        GET /v1/operators/{op_1}/assignments
        GET /v1/operators/{op_1}/availability
        POST /v1/conversations/{conv_1}/close {"reason": "done"}
        POST /v1/conversations/{conv_1}/close
        POST /v1/conversations/{conv_1}/reopen
        POST /v1/conversations/{conv_1}/reopen
        log conversation message note line
        "#,
        &expect![[r#"
            > operator Grace grace@example.com
            op_1
            > POST /v1/conversations {"email": "ada@example.com", "body": "Hello Ada"}
            201 Created
            {"data":{"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"ada@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z","messages_count":1,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:02Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:02Z","last_message_by":"operator","last_number":1,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > GET /v1/conversations
            200 OK
            {"data":[{"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"ada@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z","messages_count":1,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:02Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:02Z","last_message_by":"operator","last_number":1,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/conversations/{conv_1}
            200 OK
            {"data":{"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"ada@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z","messages_count":1,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:02Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:02Z","last_message_by":"operator","last_number":1,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > POST /v1/conversations/{conv_1}/reply {"body": "How can I help?", "operator_id": "{op_1}"}
            201 Created
            {"data":{"id":"msg_1","conversation_id":"conv_1","type":"operator","body":"How can I help?","operator":{"id":"op_1","name":"Grace"},"attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:05Z","number":2,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}}
            > POST /v1/conversations/{conv_1}/assign {"operator_id": "{op_1}"}
            200 OK
            {"data":{"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"ada@example.com"},"assigned_to":"op_1","created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:06Z","messages_count":3,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:05Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":"2026-01-01T00:00:06Z","waiting_since":null,"last_message_by":"operator","last_number":3,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > GET /v1/operators/{op_1}/assignments
            200 OK
            {"data":[{"conversation_id":"conv_1","assigned_at":"2026-01-01T00:00:06Z","status":"open","visitor":{"id":"vis_1","name":null,"email":"ada@example.com"}}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/operators/{op_1}/availability
            200 OK
            {"data":{"operator_id":"op_1","status":"offline","status_changed_at":null,"open_conversations":1,"max_concurrent":5}}
            > POST /v1/conversations/{conv_1}/close {"reason": "done"}
            200 OK
            {"data":{"id":"conv_1","status":"closed","visitor":{"id":"vis_1","name":null,"email":"ada@example.com"},"assigned_to":"op_1","created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:09Z","messages_count":4,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:05Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":"2026-01-01T00:00:09Z","closed_by":"api","priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":"2026-01-01T00:00:06Z","waiting_since":null,"last_message_by":"operator","last_number":4,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > POST /v1/conversations/{conv_1}/close
            200 OK
            {"data":{"id":"conv_1","status":"closed","visitor":{"id":"vis_1","name":null,"email":"ada@example.com"},"assigned_to":"op_1","created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:09Z","messages_count":4,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:05Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":"2026-01-01T00:00:09Z","closed_by":"api","priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":"2026-01-01T00:00:06Z","waiting_since":null,"last_message_by":"operator","last_number":4,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > POST /v1/conversations/{conv_1}/reopen
            200 OK
            {"data":{"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"ada@example.com"},"assigned_to":"op_1","created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:11Z","messages_count":4,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:05Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":"2026-01-01T00:00:06Z","waiting_since":null,"last_message_by":"operator","last_number":4,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > POST /v1/conversations/{conv_1}/reopen
            200 OK
            {"data":{"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"ada@example.com"},"assigned_to":"op_1","created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:11Z","messages_count":4,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:05Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":"2026-01-01T00:00:06Z","waiting_since":null,"last_message_by":"operator","last_number":4,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > log conversation message note line
            7 conversation.created conv_1 by key_1 {"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"ada@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z","messages_count":0,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":null,"unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:02Z","last_message_by":null,"last_number":0,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}
            8 message.created conv_1 by key_1 {"id":"msg_2","conversation_id":"conv_1","type":"operator","body":"Hello Ada","attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:02Z","number":1,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}
            9 message.created conv_1 by key_1 {"id":"msg_1","conversation_id":"conv_1","type":"operator","body":"How can I help?","operator":{"id":"op_1","name":"Grace"},"attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:05Z","number":2,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}
            10 conversation.assigned conv_1 by key_1 {"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"ada@example.com"},"assigned_to":"op_1","created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:06Z","messages_count":2,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:05Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":"2026-01-01T00:00:06Z","waiting_since":null,"last_message_by":"operator","last_number":2,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false,"previous_assigned_to":null}
            11 line.created conv_1 by key_1 {"id":"msg_3","conversation_id":"conv_1","type":"system","body":"Grace joined","attachments":[],"channel_status":null,"delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:06Z","number":3,"client_id":null,"event":{"kind":"assigned","operator":"Grace","operator_id":"op_1"},"edited_at":null,"deleted_at":null}
            12 note.created conv_1 by key_1 {"id":"msg_4","conversation_id":"conv_1","type":"note","body":"done","attachments":[],"channel_status":null,"delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:09Z","number":null,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}
            13 line.created conv_1 by key_1 {"id":"msg_5","conversation_id":"conv_1","type":"system","body":"The conversation was closed","attachments":[],"channel_status":null,"delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:09Z","number":4,"client_id":null,"event":{"kind":"closed","by":"api"},"edited_at":null,"deleted_at":null}
            14 conversation.closed conv_1 by key_1 {"id":"conv_1","status":"closed","visitor":{"id":"vis_1","name":null,"email":"ada@example.com"},"assigned_to":"op_1","created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:09Z","messages_count":4,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:05Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":"2026-01-01T00:00:09Z","closed_by":"api","priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":"2026-01-01T00:00:06Z","waiting_since":null,"last_message_by":"operator","last_number":4,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}
            15 conversation.reopened conv_1 by key_1 {"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"ada@example.com"},"assigned_to":"op_1","created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:11Z","messages_count":4,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:05Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":"2026-01-01T00:00:06Z","waiting_since":null,"last_message_by":"operator","last_number":4,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}
        "#]],
    );
}

#[test]
fn one_operator_wins_a_claim() {
    check(
        r#"
        operator Grace grace@example.com
        operator Ada ada@example.org
        POST /v1/conversations {"email": "v@example.com"}
        from here
        brief
        POST /v1/conversations/{conv_1}/claim {"operator_id": "{op_1}"}
        POST /v1/conversations/{conv_1}/claim {"operator_id": "{op_2}"}
        POST /v1/conversations/{conv_1}/claim {"operator_id": "{op_1}"}
        POST /v1/conversations/{conv_1}/claim {}
        POST /v1/conversations/{conv_1}/assign {"operator_id": "op_nobody"}
        POST /v1/conversations/{conv_1}/unassign
        POST /v1/conversations/{conv_1}/assign {"assigned_to": "{op_2}"}
        POST /v1/conversations/{conv_1}/assign {"operator_id": null}
        GET /v1/conversations/{conv_1}/assignment
        "#,
        &expect![[r#"
            > brief
            > POST /v1/conversations/{conv_1}/claim {"operator_id": "{op_1}"}
            200 OK
            {"data":"conv_1"}
            > POST /v1/conversations/{conv_1}/claim {"operator_id": "{op_2}"}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"Grace has this conversation already.","status":409,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_1}/claim {"operator_id": "{op_1}"}
            200 OK
            {"data":"conv_1"}
            > POST /v1/conversations/{conv_1}/claim {}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"missing_parameter","message":"The 'operator_id' field is required.","param":"operator_id","status":422,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_1}/assign {"operator_id": "op_nobody"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'operator_id' field must be of this workspace.","param":"operator_id","status":422,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_1}/unassign
            200 OK
            {"data":"conv_1"}
            > POST /v1/conversations/{conv_1}/assign {"assigned_to": "{op_2}"}
            200 OK
            {"data":"conv_1"}
            > POST /v1/conversations/{conv_1}/assign {"operator_id": null}
            200 OK
            {"data":"conv_1"}
            > GET /v1/conversations/{conv_1}/assignment
            200 OK
            {"data":[{"operator_id":null,"previous_assigned_to":"op_2","strategy":"manual","reason":"Somebody gave it back.","candidates":[],"excluded":[],"assigned_by":"key_1","assigned_at":"2026-01-01T00:00:11Z"},{"operator_id":"op_2","previous_assigned_to":null,"strategy":"manual","reason":"Somebody assigned it.","candidates":[],"excluded":[],"assigned_by":"key_1","assigned_at":"2026-01-01T00:00:10Z"},{"operator_id":null,"previous_assigned_to":"op_1","strategy":"manual","reason":"Somebody gave it back.","candidates":[],"excluded":[],"assigned_by":"key_1","assigned_at":"2026-01-01T00:00:09Z"},{"operator_id":"op_1","previous_assigned_to":null,"strategy":"manual","reason":"Somebody assigned it.","candidates":[],"excluded":[],"assigned_by":"key_1","assigned_at":"2026-01-01T00:00:04Z"}]}
        "#]],
    );
}

#[test]
fn a_snooze_ends_with_its_time_or_a_reply() {
    check(
        r#"
        POST /v1/conversations {"email": "v@example.com", "body": "Hi"}
        from here
        POST /v1/conversations/{conv_1}/snooze {"until": "2020-01-01T00:00:00Z"}
        POST /v1/conversations/{conv_1}/snooze {"until": "tomorrow"}
        POST /v1/conversations/{conv_1}/snooze {"until": "2026-01-01T09:00:00Z"}
        tick 10h
        settle
        GET /v1/conversations/{conv_1}
        POST /v1/conversations/{conv_1}/snooze {"until": "reply"}
        POST /v1/conversations/{conv_1}/messages {"body": "I am back", "type": "visitor"}
        GET /v1/conversations/{conv_1}
        POST /v1/conversations/{conv_1}/close
        POST /v1/conversations/{conv_1}/snooze {"until": "reply"}
        "#,
        &expect![[r#"
            > POST /v1/conversations/{conv_1}/snooze {"until": "2020-01-01T00:00:00Z"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'until' field must be in the future.","param":"until","status":422,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_1}/snooze {"until": "tomorrow"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'until' field must be a time, or 'reply'.","param":"until","status":422,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_1}/snooze {"until": "2026-01-01T09:00:00Z"}
            200 OK
            {"data":{"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"v@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:04Z","messages_count":1,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:01Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":"2026-01-01T09:00:00Z","is_snoozed":true,"assigned_at":null,"waiting_since":"2026-01-01T00:00:01Z","last_message_by":"operator","last_number":1,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > tick 10h
            > settle
            > GET /v1/conversations/{conv_1}
            200 OK
            {"data":{"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"v@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T10:00:04Z","messages_count":2,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:01Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:01Z","last_message_by":"operator","last_number":2,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > POST /v1/conversations/{conv_1}/snooze {"until": "reply"}
            200 OK
            {"data":{"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"v@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T10:00:06Z","messages_count":2,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:01Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":true,"assigned_at":null,"waiting_since":"2026-01-01T00:00:01Z","last_message_by":"operator","last_number":2,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > POST /v1/conversations/{conv_1}/messages {"body": "I am back", "type": "visitor"}
            201 Created
            {"data":{"id":"msg_1","conversation_id":"conv_1","type":"visitor","body":"I am back","visitor":{"id":"vis_1","name":null,"email":"v@example.com"},"attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T10:00:07Z","number":3,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}}
            > GET /v1/conversations/{conv_1}
            200 OK
            {"data":{"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"v@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T10:00:07Z","messages_count":3,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T10:00:07Z","unread_count":1,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:01Z","last_message_by":"visitor","last_number":3,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > POST /v1/conversations/{conv_1}/close
            200 OK
            {"data":{"id":"conv_1","status":"closed","visitor":{"id":"vis_1","name":null,"email":"v@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T10:00:09Z","messages_count":4,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T10:00:07Z","unread_count":1,"chatbot_id":null,"rating":null,"closed_at":"2026-01-01T10:00:09Z","closed_by":"api","priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":null,"last_message_by":"visitor","last_number":4,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > POST /v1/conversations/{conv_1}/snooze {"until": "reply"}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"A closed conversation cannot be snoozed.","status":409,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn a_rating_belongs_to_an_end() {
    check(
        r#"
        POST /v1/conversations {"email": "v@example.com", "body": "Hi"}
        from here
        brief
        POST /v1/conversations/{conv_1}/rate {"score": 5}
        POST /v1/conversations/{conv_1}/close
        POST /v1/conversations/{conv_1}/rate {"score": 6}
        POST /v1/conversations/{conv_1}/rate {"comment": "fine"}
        POST /v1/conversations/{conv_1}/rate {"score": 5}
        POST /v1/conversations/{conv_1}/rate {"score": 5, "comment": "quick and kind"}
        POST /v1/conversations/{conv_1}/rate {"score": 1}
        tick 11m
        POST /v1/conversations/{conv_1}/rate {"score": 5, "comment": "later"}
        POST /v1/conversations/{conv_1}/reopen
        POST /v1/conversations/{conv_1}/close
        POST /v1/conversations/{conv_1}/rate {"score": 2}
        log conversation.rated
        "#,
        &expect![[r#"
            > brief
            > POST /v1/conversations/{conv_1}/rate {"score": 5}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"A conversation can be rated once it is closed.","status":409,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_1}/close
            200 OK
            {"data":"conv_1"}
            > POST /v1/conversations/{conv_1}/rate {"score": 6}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'score' field must be 1 to 5.","param":"score","status":422,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_1}/rate {"comment": "fine"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"missing_parameter","message":"The 'score' field is required.","param":"score","status":422,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_1}/rate {"score": 5}
            200 OK
            {"data":"conv_1"}
            > POST /v1/conversations/{conv_1}/rate {"score": 5, "comment": "quick and kind"}
            200 OK
            {"data":"conv_1"}
            > POST /v1/conversations/{conv_1}/rate {"score": 1}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"The conversation was rated already.","status":409,"request_id":"req_…"}}
            > tick 11m
            > POST /v1/conversations/{conv_1}/rate {"score": 5, "comment": "later"}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"The conversation was rated already.","status":409,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_1}/reopen
            200 OK
            {"data":"conv_1"}
            > POST /v1/conversations/{conv_1}/close
            200 OK
            {"data":"conv_1"}
            > POST /v1/conversations/{conv_1}/rate {"score": 2}
            200 OK
            {"data":"conv_1"}
            > log conversation.rated
            10 conversation.rated conv_1 by key_1 {"id":"conv_1","status":"closed","visitor":{"id":"vis_1","name":null,"email":"v@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z","messages_count":2,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:01Z","unread_count":0,"chatbot_id":null,"rating":{"score":5,"comment":null,"rated_at":"2026-01-01T00:00:06Z"},"closed_at":"2026-01-01T00:00:03Z","closed_by":"api","priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":null,"last_message_by":"operator","last_number":2,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}
            11 conversation.rated conv_1 by key_1 {"id":"conv_1","status":"closed","visitor":{"id":"vis_1","name":null,"email":"v@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:07Z","messages_count":2,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:01Z","unread_count":0,"chatbot_id":null,"rating":{"score":5,"comment":"quick and kind","rated_at":"2026-01-01T00:00:07Z"},"closed_at":"2026-01-01T00:00:03Z","closed_by":"api","priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":null,"last_message_by":"operator","last_number":2,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}
            15 conversation.rated conv_1 by key_1 {"id":"conv_1","status":"closed","visitor":{"id":"vis_1","name":null,"email":"v@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:11:12Z","messages_count":3,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:01Z","unread_count":0,"chatbot_id":null,"rating":{"score":2,"comment":null,"rated_at":"2026-01-01T00:11:12Z"},"closed_at":"2026-01-01T00:11:11Z","closed_by":"api","priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":null,"last_message_by":"operator","last_number":3,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}
        "#]],
    );
}

#[test]
fn what_a_patch_changes() {
    check(
        r#"
        operator Grace grace@example.com
        POST /v1/conversations {"email": "v@example.com", "subject": "  Order 7 "}
        from here
        PATCH /v1/conversations/{conv_1} {"tags": ["Billing", "vip"], "priority": "urgent"}
        PATCH /v1/conversations/{conv_1} {"subject": null, "assigned_to": "{op_1}"}
        PATCH /v1/conversations/{conv_1} {"status": "closed"}
        PATCH /v1/conversations/{conv_1} {"status": "ended"}
        "#,
        &expect![[r#"
            > PATCH /v1/conversations/{conv_1} {"tags": ["Billing", "vip"], "priority": "urgent"}
            200 OK
            {"data":{"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"v@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:03Z","messages_count":0,"contact_id":"con_1","channel":"web","subject":"Order 7","tags":["Billing","vip"],"page_url":null,"last_message_at":null,"unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"urgent","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:02Z","last_message_by":null,"last_number":0,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > PATCH /v1/conversations/{conv_1} {"subject": null, "assigned_to": "{op_1}"}
            200 OK
            {"data":{"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"v@example.com"},"assigned_to":"op_1","created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:04Z","messages_count":1,"contact_id":"con_1","channel":"web","subject":null,"tags":["Billing","vip"],"page_url":null,"last_message_at":null,"unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"urgent","snoozed_until":null,"is_snoozed":false,"assigned_at":"2026-01-01T00:00:04Z","waiting_since":null,"last_message_by":null,"last_number":1,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > PATCH /v1/conversations/{conv_1} {"status": "closed"}
            200 OK
            {"data":{"id":"conv_1","status":"closed","visitor":{"id":"vis_1","name":null,"email":"v@example.com"},"assigned_to":"op_1","created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:05Z","messages_count":2,"contact_id":"con_1","channel":"web","subject":null,"tags":["Billing","vip"],"page_url":null,"last_message_at":null,"unread_count":0,"chatbot_id":null,"rating":null,"closed_at":"2026-01-01T00:00:05Z","closed_by":"api","priority":"urgent","snoozed_until":null,"is_snoozed":false,"assigned_at":"2026-01-01T00:00:04Z","waiting_since":null,"last_message_by":null,"last_number":2,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > PATCH /v1/conversations/{conv_1} {"status": "ended"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'status' field must be `open` or `closed`.","param":"status","status":422,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn lists_are_filtered() {
    check(
        r#"
        operator Grace grace@example.com
        POST /v1/conversations {"email": "v@example.com"}
        POST /v1/conversations {"email": "w@example.com"}
        PATCH /v1/conversations/{conv_1} {"tags": ["Billing"], "priority": "urgent", "assigned_to": "{op_1}"}
        POST /v1/conversations/{conv_2}/close
        from here
        brief
        GET /v1/conversations?tag=BILLING
        GET /v1/conversations?tag=other
        GET /v1/conversations?status=open
        GET /v1/conversations?status=closed
        GET /v1/conversations?assigned_to={op_1}&priority=urgent
        GET /v1/conversations?assigned_to=none
        GET /v1/conversations?assigned_to=somebody
        GET /v1/conversations?channel=sms
        GET /v1/conversations?created_after=2026-01-01T00:00:00Z&updated_after=2027-01-01T00:00:00Z
        GET /v1/conversations?snoozed=false&limit=1
        GET /v1/conversations?after={conv_2}&limit=1
        GET /v1/conversations?page=1&limit=1
        "#,
        &expect![[r#"
            > brief
            > GET /v1/conversations?tag=BILLING
            200 OK
            {"data":["conv_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/conversations?tag=other
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/conversations?status=open
            200 OK
            {"data":["conv_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/conversations?status=closed
            200 OK
            {"data":["conv_2"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/conversations?assigned_to={op_1}&priority=urgent
            200 OK
            {"data":["conv_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/conversations?assigned_to=none
            200 OK
            {"data":["conv_2"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/conversations?assigned_to=somebody
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'assigned_to' parameter must be an operator's id, or 'none'.","param":"assigned_to","status":400,"request_id":"req_…"}}
            > GET /v1/conversations?channel=sms
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/conversations?created_after=2026-01-01T00:00:00Z&updated_after=2027-01-01T00:00:00Z
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/conversations?snoozed=false&limit=1
            200 OK
            {"data":["conv_2"],"pagination":{"limit":1,"has_more":true,"next_cursor":"conv_2"}}
            > GET /v1/conversations?after={conv_2}&limit=1
            200 OK
            {"data":["conv_1"],"pagination":{"limit":1,"has_more":false,"next_cursor":null}}
            > GET /v1/conversations?page=1&limit=1
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'limit' parameter cannot be used together with 'page' or 'per_page'.","param":"limit","status":400,"request_id":"req_…"}}
        "#]],
    );
}
