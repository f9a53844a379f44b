//! Who gets a conversation, and why.

use expect_test::expect;

use crate::testing::check;

#[test]
fn conversations_go_round_those_who_are_there() {
    check(
        r#"
        operator Ada ada@example.com
        operator Grace grace@example.com
        operator Joan joan@example.com
        PATCH /v1/operators/{op_1} {"agent_status": "available", "max_concurrent": 2}
        PATCH /v1/operators/{op_2} {"agent_status": "available", "max_concurrent": 1}
        POST /v1/conversations {"email": "v1@example.com", "body": "Hi"}
        POST /v1/conversations {"email": "v2@example.com", "body": "Hi"}
        POST /v1/conversations {"email": "v3@example.com", "body": "Hi"}
        POST /v1/conversations {"email": "v4@example.com", "body": "Hi"}
        settle
        from here
        GET /v1/conversations/{conv_1}/assignment
        GET /v1/conversations/{conv_2}/assignment
        GET /v1/conversations/{conv_3}/assignment
        GET /v1/conversations/{conv_4}/assignment
        POST /v1/conversations/{conv_2}/close
        settle
        GET /v1/conversations/{conv_4}/assignment
        "#,
        &expect![[r#"
            > GET /v1/conversations/{conv_1}/assignment
            200 OK
            {"data":[{"operator_id":"op_1","previous_assigned_to":null,"strategy":"round_robin","reason":"It was Ada's turn.","candidates":["op_1","op_2"],"excluded":[{"operator_id":"op_3","reason":"not_available"}],"assigned_by":"routing","assigned_at":"2026-01-01T00:00:09Z"}]}
            > GET /v1/conversations/{conv_2}/assignment
            200 OK
            {"data":[{"operator_id":"op_2","previous_assigned_to":null,"strategy":"round_robin","reason":"It was Grace's turn.","candidates":["op_1","op_2"],"excluded":[{"operator_id":"op_3","reason":"not_available"}],"assigned_by":"routing","assigned_at":"2026-01-01T00:00:09Z"}]}
            > GET /v1/conversations/{conv_3}/assignment
            200 OK
            {"data":[{"operator_id":"op_1","previous_assigned_to":null,"strategy":"round_robin","reason":"It was Ada's turn.","candidates":["op_1"],"excluded":[{"operator_id":"op_2","reason":"no_room"},{"operator_id":"op_3","reason":"not_available"}],"assigned_by":"routing","assigned_at":"2026-01-01T00:00:09Z"}]}
            > GET /v1/conversations/{conv_4}/assignment
            200 OK
            {"data":[]}
            > POST /v1/conversations/{conv_2}/close
            200 OK
            {"data":{"id":"conv_2","status":"closed","visitor":{"id":"vis_2","name":null,"email":"v2@example.com"},"assigned_to":"op_2","created_at":"2026-01-01T00:00:07Z","updated_at":"2026-01-01T00:00:14Z","messages_count":3,"contact_id":"con_2","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:07Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":"2026-01-01T00:00:14Z","closed_by":"api","priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":"2026-01-01T00:00:09Z","waiting_since":null,"last_message_by":"operator","last_number":3,"site_id":null,"previous_id":null,"merged_into":null}}
            > settle
            > GET /v1/conversations/{conv_4}/assignment
            200 OK
            {"data":[{"operator_id":"op_2","previous_assigned_to":null,"strategy":"round_robin","reason":"It was Grace's turn.","candidates":["op_2"],"excluded":[{"operator_id":"op_1","reason":"no_room"},{"operator_id":"op_3","reason":"not_available"}],"assigned_by":"routing","assigned_at":"2026-01-01T00:00:14Z"}]}
        "#]],
    );
}

#[test]
fn conversations_of_whoever_goes_away_are_handed_back() {
    check(
        r#"
        operator Ada ada@example.com
        operator Grace grace@example.com
        PATCH /v1/operators/{op_1} {"agent_status": "available"}
        POST /v1/conversations {"email": "v1@example.com", "body": "Hi"}
        POST /v1/conversations {"email": "v2@example.com", "body": "Hi"}
        settle
        PATCH /v1/operators/{op_2} {"agent_status": "available"}
        from here
        PATCH /v1/operators/{op_1} {"agent_status": "busy"}
        settle
        brief
        GET /v1/operators/{op_1}/assignments
        PATCH /v1/operators/{op_1} {"agent_status": "offline"}
        settle
        GET /v1/operators/{op_1}/assignments
        GET /v1/operators/{op_2}/assignments
        log operator conversation.assigned
        "#,
        &expect![[r#"
            > PATCH /v1/operators/{op_1} {"agent_status": "busy"}
            200 OK
            {"data":{"id":"op_1","name":"Ada","email":"ada@example.com","avatar_url":null,"role":"operator","status":"online","agent_status":"busy","status_changed_at":"2026-01-01T00:00:07Z","deactivated_at":null,"max_concurrent":5,"open_conversations":2,"number":1,"created_at":"2026-01-01T00:00:01Z"}}
            > settle
            > brief
            > GET /v1/operators/{op_1}/assignments
            200 OK
            {"data":[{"conversation_id":"conv_2","assigned_at":"2026-01-01T00:00:05Z","status":"open","visitor":{"id":"vis_2","name":null,"email":"v2@example.com"}},{"conversation_id":"conv_1","assigned_at":"2026-01-01T00:00:05Z","status":"open","visitor":{"id":"vis_1","name":null,"email":"v1@example.com"}}],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > PATCH /v1/operators/{op_1} {"agent_status": "offline"}
            200 OK
            {"data":"op_1"}
            > settle
            > GET /v1/operators/{op_1}/assignments
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/operators/{op_2}/assignments
            200 OK
            {"data":[{"conversation_id":"conv_2","assigned_at":"2026-01-01T00:00:09Z","status":"open","visitor":{"id":"vis_2","name":null,"email":"v2@example.com"}},{"conversation_id":"conv_1","assigned_at":"2026-01-01T00:00:09Z","status":"open","visitor":{"id":"vis_1","name":null,"email":"v1@example.com"}}],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > log operator conversation.assigned
            5 operator.created op_1 by key_1 {"id":"op_1","name":"Ada","email":"ada@example.com","avatar_url":null,"role":"operator","status":"offline","agent_status":"offline","status_changed_at":null,"deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":1,"created_at":"2026-01-01T00:00:01Z"}
            6 operator.created op_2 by key_1 {"id":"op_2","name":"Grace","email":"grace@example.com","avatar_url":null,"role":"operator","status":"offline","agent_status":"offline","status_changed_at":null,"deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":2,"created_at":"2026-01-01T00:00:02Z"}
            7 operator.updated op_1 by key_1 {"id":"op_1","name":"Ada","email":"ada@example.com","avatar_url":null,"role":"operator","status":"online","agent_status":"available","status_changed_at":"2026-01-01T00:00:03Z","deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":1,"created_at":"2026-01-01T00:00:01Z"}
            8 operator.status_changed op_1 by key_1 {"id":"op_1","name":"Ada","email":"ada@example.com","avatar_url":null,"role":"operator","status":"online","agent_status":"available","status_changed_at":"2026-01-01T00:00:03Z","deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":1,"created_at":"2026-01-01T00:00:01Z","previous_status":"offline"}
            15 conversation.assigned conv_1 by system {"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"v1@example.com"},"assigned_to":"op_1","created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:05Z","messages_count":1,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:04Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":"2026-01-01T00:00:05Z","waiting_since":null,"last_message_by":"operator","last_number":1,"site_id":null,"previous_id":null,"merged_into":null,"previous_assigned_to":null}
            17 conversation.assigned conv_2 by system {"id":"conv_2","status":"open","visitor":{"id":"vis_2","name":null,"email":"v2@example.com"},"assigned_to":"op_1","created_at":"2026-01-01T00:00:05Z","updated_at":"2026-01-01T00:00:05Z","messages_count":1,"contact_id":"con_2","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:05Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":"2026-01-01T00:00:05Z","waiting_since":null,"last_message_by":"operator","last_number":1,"site_id":null,"previous_id":null,"merged_into":null,"previous_assigned_to":null}
            19 operator.updated op_2 by key_1 {"id":"op_2","name":"Grace","email":"grace@example.com","avatar_url":null,"role":"operator","status":"online","agent_status":"available","status_changed_at":"2026-01-01T00:00:06Z","deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":2,"created_at":"2026-01-01T00:00:02Z"}
            20 operator.status_changed op_2 by key_1 {"id":"op_2","name":"Grace","email":"grace@example.com","avatar_url":null,"role":"operator","status":"online","agent_status":"available","status_changed_at":"2026-01-01T00:00:06Z","deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":2,"created_at":"2026-01-01T00:00:02Z","previous_status":"offline"}
            21 operator.updated op_1 by key_1 {"id":"op_1","name":"Ada","email":"ada@example.com","avatar_url":null,"role":"operator","status":"online","agent_status":"busy","status_changed_at":"2026-01-01T00:00:07Z","deactivated_at":null,"max_concurrent":5,"open_conversations":2,"number":1,"created_at":"2026-01-01T00:00:01Z"}
            22 operator.updated op_1 by key_1 {"id":"op_1","name":"Ada","email":"ada@example.com","avatar_url":null,"role":"operator","status":"offline","agent_status":"offline","status_changed_at":"2026-01-01T00:00:09Z","deactivated_at":null,"max_concurrent":5,"open_conversations":2,"number":1,"created_at":"2026-01-01T00:00:01Z"}
            23 operator.status_changed op_1 by key_1 {"id":"op_1","name":"Ada","email":"ada@example.com","avatar_url":null,"role":"operator","status":"offline","agent_status":"offline","status_changed_at":"2026-01-01T00:00:09Z","deactivated_at":null,"max_concurrent":5,"open_conversations":2,"number":1,"created_at":"2026-01-01T00:00:01Z","previous_status":"online"}
            24 conversation.assigned conv_1 by system {"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"v1@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:09Z","messages_count":2,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:04Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:09Z","last_message_by":"operator","last_number":2,"site_id":null,"previous_id":null,"merged_into":null,"previous_assigned_to":"op_1"}
            26 conversation.assigned conv_2 by system {"id":"conv_2","status":"open","visitor":{"id":"vis_2","name":null,"email":"v2@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:05Z","updated_at":"2026-01-01T00:00:09Z","messages_count":2,"contact_id":"con_2","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:05Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:09Z","last_message_by":"operator","last_number":2,"site_id":null,"previous_id":null,"merged_into":null,"previous_assigned_to":"op_1"}
            28 conversation.assigned conv_1 by system {"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"v1@example.com"},"assigned_to":"op_2","created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:09Z","messages_count":3,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:04Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":"2026-01-01T00:00:09Z","waiting_since":null,"last_message_by":"operator","last_number":3,"site_id":null,"previous_id":null,"merged_into":null,"previous_assigned_to":null}
            30 conversation.assigned conv_2 by system {"id":"conv_2","status":"open","visitor":{"id":"vis_2","name":null,"email":"v2@example.com"},"assigned_to":"op_2","created_at":"2026-01-01T00:00:05Z","updated_at":"2026-01-01T00:00:09Z","messages_count":3,"contact_id":"con_2","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:05Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":"2026-01-01T00:00:09Z","waiting_since":null,"last_message_by":"operator","last_number":3,"site_id":null,"previous_id":null,"merged_into":null,"previous_assigned_to":null}
        "#]],
    );
}
