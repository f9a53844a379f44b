//! What was said, and how it is kept.

use expect_test::expect;

use crate::testing::check;

#[test]
fn messages_are_numbered_and_listed_oldest_first() {
    check(
        r#"
        operator Grace grace@example.com
        POST /v1/conversations {"email": "v@example.com"}
        from here
        POST /v1/conversations/{conv_1}/messages {"body": "One", "type": "visitor"}
        POST /v1/conversations/{conv_1}/messages {"body": "Secret", "type": "note", "operator_id": "{op_1}"}
        POST /v1/conversations/{conv_1}/messages {"body": "Two", "operator_id": "{op_1}"}
        POST /v1/conversations/{conv_1}/messages {"body": "Three", "type": "bot"}
        brief
        GET /v1/conversations/{conv_1}/messages
        GET /v1/conversations/{conv_1}/messages?include_notes=true
        GET /v1/conversations/{conv_1}/messages?limit=2
        GET /v1/conversations/{conv_1}/messages?after={msg_3}
        GET /v1/messages/{msg_1}
        GET /v1/conversations/{conv_1}/messages/{msg_1}
        GET /v1/messages/msg_nothing
        POST /v1/conversations {"email": "w@example.com"}
        GET /v1/conversations/{conv_2}/messages/{msg_1}
        "#,
        &expect![[r#"
            > POST /v1/conversations/{conv_1}/messages {"body": "One", "type": "visitor"}
            201 Created
            {"data":{"id":"msg_1","conversation_id":"conv_1","type":"visitor","body":"One","visitor":{"id":"vis_1","name":null,"email":"v@example.com"},"attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:03Z","number":1,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}}
            > POST /v1/conversations/{conv_1}/messages {"body": "Secret", "type": "note", "operator_id": "{op_1}"}
            201 Created
            {"data":{"id":"msg_2","conversation_id":"conv_1","type":"note","body":"Secret","operator":{"id":"op_1","name":"Grace"},"attachments":[],"channel_status":null,"delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:04Z","number":null,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}}
            > POST /v1/conversations/{conv_1}/messages {"body": "Two", "operator_id": "{op_1}"}
            201 Created
            {"data":{"id":"msg_3","conversation_id":"conv_1","type":"operator","body":"Two","operator":{"id":"op_1","name":"Grace"},"attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:05Z","number":2,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}}
            > POST /v1/conversations/{conv_1}/messages {"body": "Three", "type": "bot"}
            201 Created
            {"data":{"id":"msg_4","conversation_id":"conv_1","type":"bot","body":"Three","attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:06Z","number":3,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}}
            > brief
            > GET /v1/conversations/{conv_1}/messages
            200 OK
            {"data":["msg_1","msg_3","msg_4"],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
            > GET /v1/conversations/{conv_1}/messages?include_notes=true
            200 OK
            {"data":["msg_1","msg_2","msg_3","msg_4"],"pagination":{"page":1,"per_page":25,"total":4,"has_more":false}}
            > GET /v1/conversations/{conv_1}/messages?limit=2
            200 OK
            {"data":["msg_1","msg_3"],"pagination":{"limit":2,"has_more":true,"next_cursor":"msg_3"}}
            > GET /v1/conversations/{conv_1}/messages?after={msg_3}
            200 OK
            {"data":["msg_4"],"pagination":{"limit":25,"has_more":false,"next_cursor":null}}
            > GET /v1/messages/{msg_1}
            200 OK
            {"data":"msg_1"}
            > GET /v1/conversations/{conv_1}/messages/{msg_1}
            200 OK
            {"data":"msg_1"}
            > GET /v1/messages/msg_nothing
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such message.","status":404,"request_id":"req_…"}}
            > POST /v1/conversations {"email": "w@example.com"}
            201 Created
            {"data":"conv_2"}
            > GET /v1/conversations/{conv_2}/messages/{msg_1}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such message.","status":404,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn the_same_client_id_is_one_message() {
    check(
        r#"
        POST /v1/conversations {"email": "v@example.com"}
        POST /v1/conversations {"email": "w@example.com"}
        from here
        brief
        POST /v1/conversations/{conv_1}/messages {"body": "Once", "client_id": "a1"}
        POST /v1/conversations/{conv_1}/messages {"body": "Once", "client_id": "a1"}
        POST /v1/conversations/{conv_1}/messages {"body": "Twice", "client_id": "a1"}
        POST /v1/conversations/{conv_2}/messages {"body": "Once", "client_id": "a1"}
        as write
        POST /v1/conversations/{conv_1}/messages {"body": "Mine", "client_id": "a1"}
        GET /v1/conversations/{conv_1}/messages
        "#,
        &expect![[r#"
            > brief
            > POST /v1/conversations/{conv_1}/messages {"body": "Once", "client_id": "a1"}
            201 Created
            {"data":"msg_1"}
            > POST /v1/conversations/{conv_1}/messages {"body": "Once", "client_id": "a1"}
            200 OK
            {"data":"msg_1"}
            > POST /v1/conversations/{conv_1}/messages {"body": "Twice", "client_id": "a1"}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"This 'client_id' was used for another message: use a new one.","status":409,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_2}/messages {"body": "Once", "client_id": "a1"}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"This 'client_id' was used for another message: use a new one.","status":409,"request_id":"req_…"}}
            > as write
            > POST /v1/conversations/{conv_1}/messages {"body": "Mine", "client_id": "a1"}
            201 Created
            {"data":"msg_2"}
            > GET /v1/conversations/{conv_1}/messages
            200 OK
            {"data":["msg_1","msg_2"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
        "#]],
    );
}

#[test]
fn what_cannot_be_said() {
    check(
        r#"
        POST /v1/conversations {"email": "v@example.com"}
        POST /v1/conversations {"email": "v@example.com", "channel": "sms"}
        from here
        POST /v1/conversations/{conv_1}/messages {}
        POST /v1/conversations/{conv_1}/messages {"body": "  "}
        POST /v1/conversations/{conv_1}/messages {"body": "x\u0000y"}
        POST /v1/conversations/{conv_1}/messages {"body": "x", "type": "system"}
        POST /v1/conversations/{conv_1}/messages {"body": "x", "operator_id": "op_nobody"}
        POST /v1/conversations/{conv_1}/messages {"body": "x", "attachments": ["att_nothing"]}
        POST /v1/conversations/{conv_1}/messages {"body": "x", "client_id": ""}
        POST /v1/conversations/conv_nothing/messages {"body": "x"}
        POST /v1/conversations {}
        POST /v1/conversations {"contact_id": "con_nothing"}
        POST /v1/conversations {"visitor_id": "vis_nothing"}
        "#,
        &expect![[r#"
            > POST /v1/conversations/{conv_1}/messages {}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"missing_parameter","message":"The 'body' field is required.","param":"body","status":422,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_1}/messages {"body": "  "}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'body' field must not be blank.","param":"body","status":422,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_1}/messages {"body": "x\u0000y"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'body' field must not contain U+0000.","param":"body","status":422,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_1}/messages {"body": "x", "type": "system"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'type' field must be one of `visitor`, `operator`, `bot`, `note`.","param":"type","status":422,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_1}/messages {"body": "x", "operator_id": "op_nobody"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'operator_id' field must be an operator of this workspace.","param":"operator_id","status":422,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_1}/messages {"body": "x", "attachments": ["att_nothing"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'attachments' field must be files that you uploaded and have not used yet.","param":"attachments","status":422,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_1}/messages {"body": "x", "client_id": ""}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'client_id' field must be 1 to 100 characters long.","param":"client_id","status":422,"request_id":"req_…"}}
            > POST /v1/conversations/conv_nothing/messages {"body": "x"}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such conversation.","status":404,"request_id":"req_…"}}
            > POST /v1/conversations {}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"missing_parameter","message":"The 'contact_id' field is required.","param":"contact_id","status":422,"request_id":"req_…"}}
            > POST /v1/conversations {"contact_id": "con_nothing"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'contact_id' field must be of this workspace.","param":"contact_id","status":422,"request_id":"req_…"}}
            > POST /v1/conversations {"visitor_id": "vis_nothing"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'visitor_id' field must be of this workspace.","param":"visitor_id","status":422,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn an_edit_keeps_what_was_and_a_deletion_leaves_a_tombstone() {
    check(
        r#"
        POST /v1/conversations {"email": "v@example.com"}
        POST /v1/conversations/{conv_1}/messages {"body": "We open at nime"}
        POST /v1/conversations/{conv_1}/messages {"body": "Thanks", "type": "visitor"}
        from here
        PATCH /v1/messages/{msg_1} {"body": "We open at nine"}
        PATCH /v1/messages/{msg_1} {"body": "We open at nine"}
        PATCH /v1/messages/{msg_2} {"body": "No thanks"}
        brief
        GET /v1/messages/search?q=nine
        GET /v1/messages/search?q=nime
        DELETE /v1/messages/{msg_1}
        DELETE /v1/messages/{msg_1}
        PATCH /v1/messages/{msg_1} {"body": "again"}
        GET /v1/messages/search?q=nine
        GET /v1/messages/search?q=thanks
        GET /v1/messages/search?q=
        log message
        "#,
        &expect![[r#"
            > PATCH /v1/messages/{msg_1} {"body": "We open at nine"}
            200 OK
            {"data":{"id":"msg_1","conversation_id":"conv_1","type":"operator","body":"We open at nine","attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:02Z","number":1,"client_id":null,"event":null,"edited_at":"2026-01-01T00:00:04Z","deleted_at":null}}
            > PATCH /v1/messages/{msg_1} {"body": "We open at nine"}
            200 OK
            {"data":{"id":"msg_1","conversation_id":"conv_1","type":"operator","body":"We open at nine","attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:02Z","number":1,"client_id":null,"event":null,"edited_at":"2026-01-01T00:00:04Z","deleted_at":null}}
            > PATCH /v1/messages/{msg_2} {"body": "No thanks"}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"Only what the team said can be edited: this is a message of type 'visitor'.","status":409,"request_id":"req_…"}}
            > brief
            > GET /v1/messages/search?q=nine
            200 OK
            {"data":["msg_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/messages/search?q=nime
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > DELETE /v1/messages/{msg_1}
            204 No Content
            > DELETE /v1/messages/{msg_1}
            204 No Content
            > PATCH /v1/messages/{msg_1} {"body": "again"}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"The message was deleted.","status":409,"request_id":"req_…"}}
            > GET /v1/messages/search?q=nine
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/messages/search?q=thanks
            200 OK
            {"data":["msg_2"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/messages/search?q=
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'q' parameter must be 1 to 200 characters long.","param":"q","status":400,"request_id":"req_…"}}
            > log message
            7 message.created conv_1 by key_1 {"id":"msg_1","conversation_id":"conv_1","type":"operator","body":"","attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:02Z","number":1,"client_id":null,"event":null,"edited_at":"2026-01-01T00:00:04Z","deleted_at":"2026-01-01T00:00:09Z"}
            8 message.created conv_1 by key_1 {"id":"msg_2","conversation_id":"conv_1","type":"visitor","body":"Thanks","visitor":{"id":"vis_1","name":null,"email":"v@example.com"},"attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:03Z","number":2,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}
            9 message.updated conv_1 by key_1 {"id":"msg_1","conversation_id":"conv_1","type":"operator","body":"","attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:02Z","number":1,"client_id":null,"event":null,"edited_at":"2026-01-01T00:00:04Z","deleted_at":"2026-01-01T00:00:09Z"}
            10 message.deleted conv_1 by key_1 {"id":"msg_1","conversation_id":"conv_1","type":"operator","body":"","attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:02Z","number":1,"client_id":null,"event":null,"edited_at":"2026-01-01T00:00:04Z","deleted_at":"2026-01-01T00:00:09Z"}
        "#]],
    );
}

#[test]
fn a_delivery_only_goes_forward() {
    check(
        r#"
        POST /v1/conversations {"email": "v@example.com", "channel": "sms"}
        POST /v1/conversations/{conv_1}/messages {"body": "Hello"}
        from here
        POST /v1/messages/{msg_1}/status {"status": "sent"}
        POST /v1/messages/{msg_1}/status {"status": "delivered"}
        POST /v1/messages/{msg_1}/status {"status": "sent"}
        POST /v1/messages/{msg_1}/status {"status": "failed"}
        POST /v1/messages/{msg_1}/status {"status": "read"}
        POST /v1/messages/{msg_1}/status {"status": "lost"}
        log message.updated
        "#,
        &expect![[r#"
            > POST /v1/messages/{msg_1}/status {"status": "sent"}
            200 OK
            {"data":{"id":"msg_1","conversation_id":"conv_1","type":"operator","body":"Hello","attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:02Z","number":1,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}}
            > POST /v1/messages/{msg_1}/status {"status": "delivered"}
            200 OK
            {"data":{"id":"msg_1","conversation_id":"conv_1","type":"operator","body":"Hello","attachments":[],"channel_status":"delivered","delivered_at":"2026-01-01T00:00:04Z","read_at":null,"created_at":"2026-01-01T00:00:02Z","number":1,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}}
            > POST /v1/messages/{msg_1}/status {"status": "sent"}
            200 OK
            {"data":{"id":"msg_1","conversation_id":"conv_1","type":"operator","body":"Hello","attachments":[],"channel_status":"delivered","delivered_at":"2026-01-01T00:00:04Z","read_at":null,"created_at":"2026-01-01T00:00:02Z","number":1,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}}
            > POST /v1/messages/{msg_1}/status {"status": "failed"}
            200 OK
            {"data":{"id":"msg_1","conversation_id":"conv_1","type":"operator","body":"Hello","attachments":[],"channel_status":"delivered","delivered_at":"2026-01-01T00:00:04Z","read_at":null,"created_at":"2026-01-01T00:00:02Z","number":1,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}}
            > POST /v1/messages/{msg_1}/status {"status": "read"}
            200 OK
            {"data":{"id":"msg_1","conversation_id":"conv_1","type":"operator","body":"Hello","attachments":[],"channel_status":"read","delivered_at":"2026-01-01T00:00:04Z","read_at":"2026-01-01T00:00:07Z","created_at":"2026-01-01T00:00:02Z","number":1,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}}
            > POST /v1/messages/{msg_1}/status {"status": "lost"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'status' field must be one of `queued`, `sent`, `failed`, `delivered`, `read`.","param":"status","status":422,"request_id":"req_…"}}
            > log message.updated
            8 message.updated conv_1 by key_1 {"id":"msg_1","conversation_id":"conv_1","type":"operator","body":"Hello","attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:02Z","number":1,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}
            9 message.updated conv_1 by key_1 {"id":"msg_1","conversation_id":"conv_1","type":"operator","body":"Hello","attachments":[],"channel_status":"delivered","delivered_at":"2026-01-01T00:00:04Z","read_at":null,"created_at":"2026-01-01T00:00:02Z","number":1,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}
            10 message.updated conv_1 by key_1 {"id":"msg_1","conversation_id":"conv_1","type":"operator","body":"Hello","attachments":[],"channel_status":"read","delivered_at":"2026-01-01T00:00:04Z","read_at":"2026-01-01T00:00:07Z","created_at":"2026-01-01T00:00:02Z","number":1,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}
        "#]],
    );
}

#[test]
fn unread_is_counted_for_each_operator() {
    check(
        r#"
        operator Grace grace@example.com
        operator Ada ada@example.org
        POST /v1/conversations {"email": "v@example.com"}
        POST /v1/conversations/{conv_1}/messages {"body": "One", "type": "visitor"}
        POST /v1/conversations/{conv_1}/messages {"body": "Two", "type": "visitor"}
        from here
        brief
        GET /v1/conversations/{conv_1}
        POST /v1/conversations/{conv_1}/read {"operator_id": "{op_1}", "number": 1}
        POST /v1/conversations/{conv_1}/read {"operator_id": "{op_1}"}
        POST /v1/conversations/{conv_1}/read {"operator_id": "{op_1}", "number": 1}
        POST /v1/conversations/{conv_1}/read {"operator_id": "op_nobody"}
        log conversation.read message.read
        GET /v1/conversations?viewer_id={op_1}
        GET /v1/conversations?viewer_id={op_2}
        GET /v1/conversations/{conv_1}?viewer_id={op_2}
        POST /v1/conversations/{conv_1}/assign {"operator_id": "{op_1}"}
        GET /v1/conversations/{conv_1}?viewer_id={op_1}
        "#,
        &expect![[r#"
            > brief
            > GET /v1/conversations/{conv_1}
            200 OK
            {"data":"conv_1"}
            > POST /v1/conversations/{conv_1}/read {"operator_id": "{op_1}", "number": 1}
            200 OK
            {"data":"conv_1"}
            > POST /v1/conversations/{conv_1}/read {"operator_id": "{op_1}"}
            200 OK
            {"data":"conv_1"}
            > POST /v1/conversations/{conv_1}/read {"operator_id": "{op_1}", "number": 1}
            200 OK
            {"data":"conv_1"}
            > POST /v1/conversations/{conv_1}/read {"operator_id": "op_nobody"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'operator_id' field must be of this workspace.","param":"operator_id","status":422,"request_id":"req_…"}}
            > log conversation.read message.read
            11 conversation.read conv_1 by key_1 {"conversation_id":"conv_1","operator_id":"op_1","number":1,"unread_count":1}
            12 message.read conv_1 by key_1 {"conversation_id":"conv_1","number":1,"by":"operator","at":"2026-01-01T00:00:07Z"}
            13 conversation.read conv_1 by key_1 {"conversation_id":"conv_1","operator_id":"op_1","number":2,"unread_count":0}
            14 message.read conv_1 by key_1 {"conversation_id":"conv_1","number":2,"by":"operator","at":"2026-01-01T00:00:08Z"}
            > GET /v1/conversations?viewer_id={op_1}
            200 OK
            {"data":["conv_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/conversations?viewer_id={op_2}
            200 OK
            {"data":["conv_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/conversations/{conv_1}?viewer_id={op_2}
            200 OK
            {"data":"conv_1"}
            > POST /v1/conversations/{conv_1}/assign {"operator_id": "{op_1}"}
            200 OK
            {"data":"conv_1"}
            > GET /v1/conversations/{conv_1}?viewer_id={op_1}
            200 OK
            {"data":"conv_1"}
        "#]],
    );
}

#[test]
fn nobody_answers_over_somebody_else() {
    check(
        r#"
        operator Grace grace@example.com
        operator Ada ada@example.org
        POST /v1/conversations {"email": "v@example.com"}
        POST /v1/conversations/{conv_1}/messages {"body": "One", "type": "visitor"}
        POST /v1/conversations/{conv_1}/messages {"body": "I am on it", "operator_id": "{op_1}"}
        from here
        brief
        POST /v1/conversations/{conv_1}/reply {"body": "Me too", "operator_id": "{op_2}", "if_last_number": 1}
        POST /v1/conversations/{conv_1}/reply {"body": "More", "operator_id": "{op_1}", "if_last_number": 1}
        POST /v1/conversations/{conv_1}/reply {"body": "Me too", "operator_id": "{op_2}", "if_last_number": 3}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/conversations/{conv_1}/reply {"body": "Me too", "operator_id": "{op_2}", "if_last_number": 1}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"Somebody else has answered meanwhile: read message 2 first.","status":409,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_1}/reply {"body": "More", "operator_id": "{op_1}", "if_last_number": 1}
            201 Created
            {"data":"msg_3"}
            > POST /v1/conversations/{conv_1}/reply {"body": "Me too", "operator_id": "{op_2}", "if_last_number": 3}
            201 Created
            {"data":"msg_4"}
        "#]],
    );
}
