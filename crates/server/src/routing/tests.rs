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
            {"data":{"id":"conv_2","status":"closed","visitor":{"id":"vis_2","name":null,"email":"v2@example.com"},"assigned_to":"op_2","created_at":"2026-01-01T00:00:07Z","updated_at":"2026-01-01T00:00:14Z","messages_count":3,"contact_id":"con_2","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:07Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":"2026-01-01T00:00:14Z","closed_by":"api","priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":"2026-01-01T00:00:09Z","waiting_since":null,"last_message_by":"operator","last_number":3,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
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
            {"data":{"id":"op_1","name":"Ada","email":"ada@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"online","agent_status":"busy","status_changed_at":"2026-01-01T00:00:07Z","deactivated_at":null,"max_concurrent":5,"open_conversations":2,"number":1,"created_at":"2026-01-01T00:00:01Z"}}
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
            5 operator.created op_1 by key_1 {"id":"op_1","name":"Ada","email":"ada@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"offline","agent_status":"offline","status_changed_at":null,"deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":1,"created_at":"2026-01-01T00:00:01Z"}
            6 operator.created op_2 by key_1 {"id":"op_2","name":"Grace","email":"grace@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"offline","agent_status":"offline","status_changed_at":null,"deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":2,"created_at":"2026-01-01T00:00:02Z"}
            7 operator.updated op_1 by key_1 {"id":"op_1","name":"Ada","email":"ada@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"online","agent_status":"available","status_changed_at":"2026-01-01T00:00:03Z","deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":1,"created_at":"2026-01-01T00:00:01Z"}
            8 operator.status_changed op_1 by key_1 {"id":"op_1","name":"Ada","email":"ada@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"online","agent_status":"available","status_changed_at":"2026-01-01T00:00:03Z","deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":1,"created_at":"2026-01-01T00:00:01Z","previous_status":"offline"}
            15 conversation.assigned conv_1 by system {"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"v1@example.com"},"assigned_to":"op_1","created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:05Z","messages_count":1,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:04Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":"2026-01-01T00:00:05Z","waiting_since":null,"last_message_by":"operator","last_number":1,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false,"previous_assigned_to":null}
            17 conversation.assigned conv_2 by system {"id":"conv_2","status":"open","visitor":{"id":"vis_2","name":null,"email":"v2@example.com"},"assigned_to":"op_1","created_at":"2026-01-01T00:00:05Z","updated_at":"2026-01-01T00:00:05Z","messages_count":1,"contact_id":"con_2","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:05Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":"2026-01-01T00:00:05Z","waiting_since":null,"last_message_by":"operator","last_number":1,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false,"previous_assigned_to":null}
            19 operator.updated op_2 by key_1 {"id":"op_2","name":"Grace","email":"grace@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"online","agent_status":"available","status_changed_at":"2026-01-01T00:00:06Z","deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":2,"created_at":"2026-01-01T00:00:02Z"}
            20 operator.status_changed op_2 by key_1 {"id":"op_2","name":"Grace","email":"grace@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"online","agent_status":"available","status_changed_at":"2026-01-01T00:00:06Z","deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":2,"created_at":"2026-01-01T00:00:02Z","previous_status":"offline"}
            21 operator.updated op_1 by key_1 {"id":"op_1","name":"Ada","email":"ada@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"online","agent_status":"busy","status_changed_at":"2026-01-01T00:00:07Z","deactivated_at":null,"max_concurrent":5,"open_conversations":2,"number":1,"created_at":"2026-01-01T00:00:01Z"}
            22 operator.updated op_1 by key_1 {"id":"op_1","name":"Ada","email":"ada@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"offline","agent_status":"offline","status_changed_at":"2026-01-01T00:00:09Z","deactivated_at":null,"max_concurrent":5,"open_conversations":2,"number":1,"created_at":"2026-01-01T00:00:01Z"}
            23 operator.status_changed op_1 by key_1 {"id":"op_1","name":"Ada","email":"ada@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"offline","agent_status":"offline","status_changed_at":"2026-01-01T00:00:09Z","deactivated_at":null,"max_concurrent":5,"open_conversations":2,"number":1,"created_at":"2026-01-01T00:00:01Z","previous_status":"online"}
            24 conversation.assigned conv_1 by system {"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"v1@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:09Z","messages_count":2,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:04Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:09Z","last_message_by":"operator","last_number":2,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false,"previous_assigned_to":"op_1"}
            26 conversation.assigned conv_2 by system {"id":"conv_2","status":"open","visitor":{"id":"vis_2","name":null,"email":"v2@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:05Z","updated_at":"2026-01-01T00:00:09Z","messages_count":2,"contact_id":"con_2","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:05Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:09Z","last_message_by":"operator","last_number":2,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false,"previous_assigned_to":"op_1"}
            28 conversation.assigned conv_1 by system {"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"v1@example.com"},"assigned_to":"op_2","created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:09Z","messages_count":3,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:04Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":"2026-01-01T00:00:09Z","waiting_since":null,"last_message_by":"operator","last_number":3,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false,"previous_assigned_to":null}
            30 conversation.assigned conv_2 by system {"id":"conv_2","status":"open","visitor":{"id":"vis_2","name":null,"email":"v2@example.com"},"assigned_to":"op_2","created_at":"2026-01-01T00:00:05Z","updated_at":"2026-01-01T00:00:09Z","messages_count":3,"contact_id":"con_2","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:05Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":"2026-01-01T00:00:09Z","waiting_since":null,"last_message_by":"operator","last_number":3,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false,"previous_assigned_to":null}
        "#]],
    );
}

#[test]
fn the_least_busy_or_whoever_knows_them_may_be_chosen() {
    check(
        r#"
        operator Ada ada@example.com
        operator Grace grace@example.com
        PATCH /v1/operators/{op_1} {"agent_status": "available"}
        PATCH /v1/operators/{op_2} {"agent_status": "available"}
        PATCH /v1/settings {"routing": "least_busy"}
        POST /v1/conversations {"email": "v1@example.com"}
        POST /v1/conversations/{conv_1}/assign {"operator_id": "{op_1}"}
        POST /v1/conversations {"email": "v2@example.com"}
        settle
        from here
        GET /v1/conversations/{conv_2}/assignment
        PATCH /v1/settings {"routing": "sticky"}
        POST /v1/conversations {"email": "v1@example.com"}
        settle
        GET /v1/conversations/{conv_3}/assignment
        PATCH /v1/settings {"routing": "manual"}
        POST /v1/conversations {"email": "v3@example.com"}
        settle
        GET /v1/conversations/{conv_4}/assignment
        PATCH /v1/settings {"routing": "random"}
        settle
        brief
        GET /v1/conversations?assigned_to=none
        "#,
        &expect![[r#"
            > GET /v1/conversations/{conv_2}/assignment
            200 OK
            {"data":[{"operator_id":"op_2","previous_assigned_to":null,"strategy":"least_busy","reason":"Grace had the fewest: 0.","candidates":["op_1","op_2"],"excluded":[],"assigned_by":"routing","assigned_at":"2026-01-01T00:00:08Z"}]}
            > PATCH /v1/settings {"routing": "sticky"}
            200 OK
            {"data":{"region":"US","timezone":null,"duplicate_policy":"accept","zapier_open":false,"lead_recipients":[],"returning_is_new":false,"routing":"sticky","hand_back":"when_offline","auto_close_minutes":null,"auto_close_warning_minutes":5,"reopen_days":7}}
            > POST /v1/conversations {"email": "v1@example.com"}
            201 Created
            {"data":{"id":"conv_3","status":"open","visitor":{"id":"vis_1","name":null,"email":"v1@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:11Z","updated_at":"2026-01-01T00:00:11Z","messages_count":0,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":null,"unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:11Z","last_message_by":null,"last_number":0,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > settle
            > GET /v1/conversations/{conv_3}/assignment
            200 OK
            {"data":[{"operator_id":"op_1","previous_assigned_to":null,"strategy":"sticky","reason":"Ada knows them.","candidates":["op_1","op_2"],"excluded":[],"assigned_by":"routing","assigned_at":"2026-01-01T00:00:11Z"}]}
            > PATCH /v1/settings {"routing": "manual"}
            200 OK
            {"data":{"region":"US","timezone":null,"duplicate_policy":"accept","zapier_open":false,"lead_recipients":[],"returning_is_new":false,"routing":"manual","hand_back":"when_offline","auto_close_minutes":null,"auto_close_warning_minutes":5,"reopen_days":7}}
            > POST /v1/conversations {"email": "v3@example.com"}
            201 Created
            {"data":{"id":"conv_4","status":"open","visitor":{"id":"vis_3","name":null,"email":"v3@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:14Z","updated_at":"2026-01-01T00:00:14Z","messages_count":0,"contact_id":"con_3","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":null,"unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:14Z","last_message_by":null,"last_number":0,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > settle
            > GET /v1/conversations/{conv_4}/assignment
            200 OK
            {"data":[]}
            > PATCH /v1/settings {"routing": "random"}
            200 OK
            {"data":{"region":"US","timezone":null,"duplicate_policy":"accept","zapier_open":false,"lead_recipients":[],"returning_is_new":false,"routing":"random","hand_back":"when_offline","auto_close_minutes":null,"auto_close_warning_minutes":5,"reopen_days":7}}
            > settle
            > brief
            > GET /v1/conversations?assigned_to=none
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
        "#]],
    );
}

#[test]
fn nobody_is_given_what_comes_outside_hours_or_what_they_gave_back() {
    check(
        r#"
        operator Ada ada@example.com
        PATCH /v1/operators/{op_1} {"agent_status": "available"}
        POST /v1/sites {"name": "S", "hours": {"timezone": "UTC", "days": {"thu": [["08:00", "09:00"]]}}}
        POST /widget/v1/init?site={pk_1}
        as vt_1
        POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Anybody?"}
        as admin
        POST /v1/conversations {"email": "v@example.com"}
        settle
        from here
        GET /v1/conversations/{conv_1}/assignment
        brief
        GET /v1/conversations?assigned_to=none
        POST /v1/conversations/{conv_2}/unassign
        settle
        GET /v1/conversations?assigned_to=none
        tick 8h
        settle
        GET /v1/conversations?assigned_to=none
        "#,
        &expect![[r#"
            > GET /v1/conversations/{conv_1}/assignment
            200 OK
            {"data":[]}
            > brief
            > GET /v1/conversations?assigned_to=none
            200 OK
            {"data":["conv_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/conversations/{conv_2}/unassign
            200 OK
            {"data":"conv_2"}
            > settle
            > GET /v1/conversations?assigned_to=none
            200 OK
            {"data":["conv_2","conv_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > tick 8h
            > settle
            > GET /v1/conversations?assigned_to=none
            200 OK
            {"data":["conv_2"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_conversation_that_goes_on_does_not_wait_for_somebody_who_is_gone() {
    check(
        r#"
        operator Ada ada@example.com
        operator Grace grace@example.com
        PATCH /v1/operators/{op_1} {"agent_status": "available"}
        POST /v1/conversations {"email": "v@example.com", "body": "Hi"}
        settle
        POST /v1/conversations/{conv_1}/close
        PATCH /v1/operators/{op_1} {"is_active": false}
        PATCH /v1/operators/{op_2} {"agent_status": "available"}
        settle
        from here
        POST /v1/conversations/{conv_1}/messages {"body": "One more thing", "type": "visitor"}
        settle
        GET /v1/conversations/{conv_1}/assignment
        "#,
        &expect![[r#"
            > POST /v1/conversations/{conv_1}/messages {"body": "One more thing", "type": "visitor"}
            201 Created
            {"data":{"id":"msg_1","conversation_id":"conv_1","type":"visitor","body":"One more thing","visitor":{"id":"vis_1","name":null,"email":"v@example.com"},"attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:08Z","number":4,"client_id":null,"event":null,"edited_at":null,"deleted_at":null}}
            > settle
            > GET /v1/conversations/{conv_1}/assignment
            200 OK
            {"data":[{"operator_id":"op_2","previous_assigned_to":null,"strategy":"round_robin","reason":"It was Grace's turn.","candidates":["op_2"],"excluded":[],"assigned_by":"routing","assigned_at":"2026-01-01T00:00:08Z"},{"operator_id":null,"previous_assigned_to":"op_1","strategy":"hand_back","reason":"Ada went away.","candidates":[],"excluded":[],"assigned_by":"routing","assigned_at":"2026-01-01T00:00:08Z"},{"operator_id":"op_1","previous_assigned_to":null,"strategy":"round_robin","reason":"It was Ada's turn.","candidates":["op_1"],"excluded":[{"operator_id":"op_2","reason":"not_available"}],"assigned_by":"routing","assigned_at":"2026-01-01T00:00:04Z"}]}
        "#]],
    );
}
