//! What the desk asks for: the order of an inbox, drafts, mentions, and what is unwanted.

use expect_test::expect;
use serde_json::json;

use crate::{
    conversation::{
        self,
        draft::{self, DraftMode, NewDraft},
    },
    error::{Error, Result},
    testing::{Stage, block_on, check, databases},
};

#[test]
fn an_inbox_lists_first_where_something_was_said_last() {
    check(
        r#"
        POST /v1/conversations {"email": "a@example.com", "body": "One"}
        tick 1m
        POST /v1/conversations {"email": "b@example.com", "body": "Two"}
        tick 1m
        POST /v1/conversations {"email": "c@example.com", "body": "Three"}
        tick 1m
        POST /v1/conversations {"email": "d@example.com"}
        tick 1m
        POST /v1/conversations/{conv_1}/messages {"body": "One more", "type": "visitor"}
        from here
        brief
        GET /v1/conversations?status=open&sort=active
        GET /v1/conversations?sort=active&limit=2
        GET /v1/conversations?sort=active&limit=2&after={conv_4}
        GET /v1/conversations?limit=2
        GET /v1/conversations?sort=loudest
        "#,
        &expect![[r#"
            > brief
            > GET /v1/conversations?status=open&sort=active
            200 OK
            {"data":["conv_1","conv_4","conv_3","conv_2"],"pagination":{"page":1,"per_page":25,"total":4,"has_more":false}}
            > GET /v1/conversations?sort=active&limit=2
            200 OK
            {"data":["conv_1","conv_4"],"pagination":{"limit":2,"has_more":true,"next_cursor":"conv_4"}}
            > GET /v1/conversations?sort=active&limit=2&after={conv_4}
            200 OK
            {"data":["conv_3","conv_2"],"pagination":{"limit":2,"has_more":false,"next_cursor":null}}
            > GET /v1/conversations?limit=2
            200 OK
            {"data":["conv_4","conv_3"],"pagination":{"limit":2,"has_more":true,"next_cursor":"conv_3"}}
            > GET /v1/conversations?sort=loudest
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'sort' parameter must be `created` or `active`.","param":"sort","status":400,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn the_newest_words_come_with_a_conversation_that_is_asked_for_them() {
    check(
        r#"
        POST /v1/conversations {"email": "a@example.com", "body": "Hello Ada"}
        POST /v1/conversations/{conv_1}/messages {"body": "A note", "type": "note"}
        POST /v1/conversations {"email": "b@example.com"}
        from here
        GET /v1/conversations?with_last_message=true
        GET /v1/conversations/{conv_1}?with_last_message=true
        "#,
        &expect![[r#"
            > GET /v1/conversations?with_last_message=true
            200 OK
            {"data":[{"id":"conv_2","status":"open","visitor":{"id":"vis_2","name":null,"email":"b@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:03Z","updated_at":"2026-01-01T00:00:03Z","messages_count":0,"contact_id":"con_2","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":null,"unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:03Z","last_message_by":null,"last_number":0,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false},{"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"a@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:02Z","messages_count":1,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:01Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:01Z","last_message_by":"operator","last_number":1,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false,"last_message":{"type":"operator","body":"Hello Ada","created_at":"2026-01-01T00:00:01Z"}}],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > GET /v1/conversations/{conv_1}?with_last_message=true
            200 OK
            {"data":{"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"a@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:02Z","messages_count":1,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:01Z","unread_count":0,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:01Z","last_message_by":"operator","last_number":1,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false,"last_message":{"type":"operator","body":"Hello Ada","created_at":"2026-01-01T00:00:01Z"}}}
        "#]],
    );
}

#[test]
fn what_is_unwanted_stays_out_of_the_way_until_somebody_says_otherwise() {
    check(
        r#"
        POST /v1/conversations {"email": "a@example.com"}
        POST /v1/conversations {"email": "b@example.com"}
        PATCH /v1/conversations/{conv_1} {"is_spam": true}
        from here
        brief
        GET /v1/conversations?spam=true
        GET /v1/conversations?spam=false
        PATCH /v1/conversations/{conv_1} {"is_spam": false}
        GET /v1/conversations?spam=false
        "#,
        &expect![[r#"
            > brief
            > GET /v1/conversations?spam=true
            200 OK
            {"data":["conv_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/conversations?spam=false
            200 OK
            {"data":["conv_2"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > PATCH /v1/conversations/{conv_1} {"is_spam": false}
            200 OK
            {"data":"conv_1"}
            > GET /v1/conversations?spam=false
            200 OK
            {"data":["conv_2","conv_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_conversation_is_unread_again_from_a_message_on() {
    check(
        r#"
        POST /v1/operators {"email": "op@example.com", "name": "Op"}
        POST /v1/conversations {"email": "a@example.com"}
        POST /v1/conversations/{conv_1}/unread {"operator_id": "{op_1}"}
        POST /v1/conversations/{conv_1}/messages {"body": "1", "type": "visitor"}
        POST /v1/conversations/{conv_1}/messages {"body": "2", "type": "visitor"}
        POST /v1/conversations/{conv_1}/messages {"body": "3", "type": "visitor"}
        POST /v1/conversations/{conv_1}/read {"operator_id": "{op_1}"}
        from here
        POST /v1/conversations/{conv_1}/unread {"operator_id": "{op_1}"}
        log line conversation.read
        POST /v1/conversations/{conv_1}/unread {"operator_id": "{op_1}", "number": 2}
        POST /v1/conversations/{conv_1}/unread {"operator_id": "{op_1}", "number": 99}
        POST /v1/conversations/{conv_1}/unread {}
        "#,
        &expect![[r#"
            > POST /v1/conversations/{conv_1}/unread {"operator_id": "{op_1}"}
            200 OK
            {"data":{"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"a@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:06Z","messages_count":3,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:06Z","unread_count":1,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:02Z","last_message_by":"visitor","last_number":3,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > log line conversation.read
            11 conversation.read conv_1 by key_1 {"conversation_id":"conv_1","operator_id":"op_1","number":3,"unread_count":0}
            13 conversation.read conv_1 by key_1 {"conversation_id":"conv_1","operator_id":"op_1","number":2,"unread_count":1}
            > POST /v1/conversations/{conv_1}/unread {"operator_id": "{op_1}", "number": 2}
            200 OK
            {"data":{"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"a@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:06Z","messages_count":3,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:06Z","unread_count":2,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:02Z","last_message_by":"visitor","last_number":3,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > POST /v1/conversations/{conv_1}/unread {"operator_id": "{op_1}", "number": 99}
            200 OK
            {"data":{"id":"conv_1","status":"open","visitor":{"id":"vis_1","name":null,"email":"a@example.com"},"assigned_to":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:06Z","messages_count":3,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:00:06Z","unread_count":1,"chatbot_id":null,"rating":null,"closed_at":null,"closed_by":null,"priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":null,"waiting_since":"2026-01-01T00:00:02Z","last_message_by":"visitor","last_number":3,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}}
            > POST /v1/conversations/{conv_1}/unread {}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"missing_parameter","message":"The 'operator_id' field is required.","param":"operator_id","status":422,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn a_note_that_names_somebody_is_among_their_mentions_until_they_read_it() {
    check(
        r#"
        POST /v1/operators {"email": "op@example.com", "name": "Op"}
        POST /v1/conversations {"email": "a@example.com"}
        POST /v1/conversations {"email": "b@example.com"}
        POST /v1/conversations/{conv_1}/messages {"body": "@Op look", "type": "note", "mentions": ["{op_1}"]}
        from here
        brief
        GET /v1/conversations?mentions={op_1}
        POST /v1/conversations/{conv_1}/read {"operator_id": "{op_1}"}
        GET /v1/conversations?mentions={op_1}
        POST /v1/conversations/{conv_1}/messages {"body": "Hello", "mentions": ["{op_1}"]}
        POST /v1/conversations/{conv_1}/messages {"body": "Hello", "type": "note", "mentions": ["op_01kf3q8z5t7w9y2b4d6f8h0jkm"]}
        "#,
        &expect![[r#"
            > brief
            > GET /v1/conversations?mentions={op_1}
            200 OK
            {"data":["conv_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/conversations/{conv_1}/read {"operator_id": "{op_1}"}
            200 OK
            {"data":"conv_1"}
            > GET /v1/conversations?mentions={op_1}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/conversations/{conv_1}/messages {"body": "Hello", "mentions": ["{op_1}"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'mentions' field must stand in a note.","param":"mentions","status":422,"request_id":"req_…"}}
            > POST /v1/conversations/{conv_1}/messages {"body": "Hello", "type": "note", "mentions": ["op_01kf3q8z5t7w9y2b4d6f8h0jkm"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'mentions' field must name operators of this workspace.","param":"mentions","status":422,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn what_was_begun_to_be_written_to_somebody_who_is_erased_goes_with_them() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set(&database).await;
            let left = stage.app.store.write(&stage.scope("admin"), |tx| {
                let new = serde_json::from_value(json!({ "email": "ada@example.com" }))?;
                let begun = conversation::create(tx, new, "test")?;
                let operator = "op_01kf3q8z5t7w9y2b4d6f8h0jkm".parse()?;
                let body = "Dear Ada".to_owned();
                let new = NewDraft { mode: DraftMode::Reply, body, version: None };
                draft::keep_draft(tx, &begun.id, &operator, &new)?;
                let contact = begun.contact_id.unwrap();
                while conversation::forget(tx, &contact, 10)? {}
                Ok::<_, Error>(draft::drafts(tx, &operator, None)?.len())
            });
            assert_eq!(left.await.unwrap(), 0);
        }
    });
}

#[test]
fn drafts_are_their_authors_alone_and_are_not_overwritten_unawares() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set(&database).await;
            let (store, scope) = (&stage.app.store, stage.scope("admin"));
            let kept = store.write(&scope, |tx| {
                let new = serde_json::from_value(json!({ "email": "ada@example.com" }))?;
                let id = conversation::create(tx, new, "test")?.id;
                let mut person = |email: &str| -> Result<_> {
                    let email = crate::email::Email::try_from(email.to_owned()).unwrap();
                    let role = crate::operator::AccessRole::Operator;
                    let new = crate::operator::NewOperator::new(email, "Somebody", role);
                    Ok(crate::operator::create(tx, &new)?.id)
                };
                let (maya, noor) = (person("maya@example.com")?, person("noor@example.com")?);
                let new = |mode, body: &str, version| NewDraft { mode, body: body.into(), version };
                let reply = |body: &str, version| new(DraftMode::Reply, body, version);
                let one = draft::keep_draft(tx, &id, &maya, &reply("Hello", Some(0)))?;
                let two = draft::keep_draft(tx, &id, &maya, &reply("Hello A", Some(1)))?;
                let stale = draft::keep_draft(tx, &id, &maya, &reply("Hi", Some(1)));
                assert!(matches!(stale, Err(Error::Conflict(_))), "{stale:?}");
                draft::keep_draft(tx, &id, &maya, &new(DraftMode::Note, "Careful", None))?;
                draft::keep_draft(tx, &id, &noor, &reply("Mine", None))?;
                let long = draft::keep_draft(tx, &id, &maya, &reply(&"x".repeat(10_001), None));
                assert!(matches!(long, Err(Error::Invalid { .. })), "{long:?}");
                let told = |tx: &mut store::Tx<'_>, who| -> Result<Vec<String>> {
                    let drafts = draft::drafts(tx, who, Some(&id))?;
                    Ok(drafts.into_iter().map(|one| one.body).collect())
                };
                let before = told(tx, &maya)?;
                let gone = draft::keep_draft(tx, &id, &maya, &reply("  ", Some(2)))?;
                Ok::<_, Error>((
                    [one.version, two.version, gone.version],
                    [before, told(tx, &maya)?, told(tx, &noor)?],
                ))
            });
            let (versions, bodies) = kept.await.unwrap();
            assert_eq!(versions, [1, 2, 0]);
            let [mut before, after, noors] = bodies;
            before.sort();
            assert_eq!(before, ["Careful", "Hello A"]);
            assert_eq!(after, ["Careful"]);
            assert_eq!(noors, ["Mine"]);
        }
    });
}
