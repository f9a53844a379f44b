//! What the documents promise of operators, as transcripts.

use expect_test::expect;

use super::{AccessRole, NewOperator, create};
use crate::{
    email::Email,
    error::Error,
    testing::{Stage, block_on, check, databases},
};

#[test]
fn operators_are_listed_and_found() {
    check(
        r#"
        operator Ada Lovelace Ada@Example.com
        operator Bob bob@example.com
        GET /v1/operators
        GET /v1/operators/{op_1}
        GET /v1/operators/{op_1}/availability
        GET /v1/operators/{op_1}/assignments
        GET /v1/operators/{op_1}/assignments?limit=10
        log
        "#,
        &expect![[r#"
            > operator Ada Lovelace Ada@Example.com
            op_1
            > operator Bob bob@example.com
            op_2
            > GET /v1/operators
            200 OK
            {"data":[{"id":"op_2","name":"Bob","email":"bob@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"offline","agent_status":"offline","status_changed_at":null,"deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":2,"created_at":"2026-01-01T00:00:02Z"},{"id":"op_1","name":"Ada Lovelace","email":"Ada@Example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"offline","agent_status":"offline","status_changed_at":null,"deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":1,"created_at":"2026-01-01T00:00:01Z"}],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > GET /v1/operators/{op_1}
            200 OK
            {"data":{"id":"op_1","name":"Ada Lovelace","email":"Ada@Example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"offline","agent_status":"offline","status_changed_at":null,"deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":1,"created_at":"2026-01-01T00:00:01Z"}}
            > GET /v1/operators/{op_1}/availability
            200 OK
            {"data":{"operator_id":"op_1","status":"offline","status_changed_at":null,"open_conversations":0,"max_concurrent":5}}
            > GET /v1/operators/{op_1}/assignments
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/operators/{op_1}/assignments?limit=10
            200 OK
            {"data":[],"pagination":{"limit":10,"has_more":false,"next_cursor":null}}
            > log
            5 operator.created op_1 by key_1 {"id":"op_1","name":"Ada Lovelace","email":"Ada@Example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"offline","agent_status":"offline","status_changed_at":null,"deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":1,"created_at":"2026-01-01T00:00:01Z"}
            6 operator.created op_2 by key_1 {"id":"op_2","name":"Bob","email":"bob@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"offline","agent_status":"offline","status_changed_at":null,"deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":2,"created_at":"2026-01-01T00:00:02Z"}
        "#]],
    );
}

#[test]
fn operators_are_filtered_by_status_and_paged() {
    check(
        r#"
        brief
        operator Ada ada@example.com
        operator Bob bob@example.com
        operator Cid cid@example.com
        GET /v1/operators?status=offline
        GET /v1/operators?status=online
        GET /v1/operators?status=busy
        GET /v1/operators?per_page=2
        GET /v1/operators?per_page=2&page=2
        GET /v1/operators?limit=2
        GET /v1/operators?limit=2&after={op_2}
        GET /v1/operators?status=offline&limit=1&after={op_3}
        GET /v1/operators?after=con_1
        GET /v1/operators?limit=0
        "#,
        &expect![[r#"
            > brief
            > operator Ada ada@example.com
            op_1
            > operator Bob bob@example.com
            op_2
            > operator Cid cid@example.com
            op_3
            > GET /v1/operators?status=offline
            200 OK
            {"data":["op_3","op_2","op_1"],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
            > GET /v1/operators?status=online
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/operators?status=busy
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'status' parameter must be `online` or `offline`.","param":"status","status":400,"request_id":"req_…"}}
            > GET /v1/operators?per_page=2
            200 OK
            {"data":["op_3","op_2"],"pagination":{"page":1,"per_page":2,"total":3,"has_more":true}}
            > GET /v1/operators?per_page=2&page=2
            200 OK
            {"data":["op_1"],"pagination":{"page":2,"per_page":2,"total":3,"has_more":false}}
            > GET /v1/operators?limit=2
            200 OK
            {"data":["op_3","op_2"],"pagination":{"limit":2,"has_more":true,"next_cursor":"op_2"}}
            > GET /v1/operators?limit=2&after={op_2}
            200 OK
            {"data":["op_1"],"pagination":{"limit":2,"has_more":false,"next_cursor":null}}
            > GET /v1/operators?status=offline&limit=1&after={op_3}
            200 OK
            {"data":["op_2"],"pagination":{"limit":1,"has_more":true,"next_cursor":"op_2"}}
            > GET /v1/operators?after=con_1
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'after' parameter must be an id that begins with 'op_'.","param":"after","status":400,"request_id":"req_…"}}
            > GET /v1/operators?limit=0
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'limit' parameter must be an integer of at least 1.","param":"limit","status":400,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn operators_of_others_are_not_found() {
    check(
        r#"
        operator Ada ada@example.com
        as other
        GET /v1/operators
        GET /v1/operators/{op_1}
        GET /v1/operators/{op_1}/availability
        GET /v1/operators/{op_1}/assignments
        GET /v1/operators/op_nobody
        GET /v1/operators/con_nobody
        GET /v1/operators/op_nobody/availability
        GET /v1/operators/op_nobody/assignments
        as nobody
        GET /v1/operators
        as read
        GET /v1/operators
        POST /v1/operators {"name": "Eve"}
        DELETE /v1/operators/{op_1}
        "#,
        &expect![[r#"
            > operator Ada ada@example.com
            op_1
            > as other
            > GET /v1/operators
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/operators/{op_1}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such operator.","status":404,"request_id":"req_…"}}
            > GET /v1/operators/{op_1}/availability
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such operator.","status":404,"request_id":"req_…"}}
            > GET /v1/operators/{op_1}/assignments
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such operator.","status":404,"request_id":"req_…"}}
            > GET /v1/operators/op_nobody
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such operator.","status":404,"request_id":"req_…"}}
            > GET /v1/operators/con_nobody
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such operator.","status":404,"request_id":"req_…"}}
            > GET /v1/operators/op_nobody/availability
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such operator.","status":404,"request_id":"req_…"}}
            > GET /v1/operators/op_nobody/assignments
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such operator.","status":404,"request_id":"req_…"}}
            > as nobody
            > GET /v1/operators
            401 Unauthorized
            {"error":{"type":"authentication_error","code":"missing_credentials","message":"This needs an API key: send it as 'Authorization: Bearer sk_live_…'.","status":401,"request_id":"req_…"}}
            > as read
            > GET /v1/operators
            200 OK
            {"data":[{"id":"op_1","name":"Ada","email":"ada@example.com","avatar_url":null,"role":"operator","access_role":"operator","own_conversations_only":false,"status":"offline","agent_status":"offline","status_changed_at":null,"deactivated_at":null,"max_concurrent":5,"open_conversations":0,"number":1,"created_at":"2026-01-01T00:00:01Z"}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/operators {"name": "Eve"}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"This needs the scope 'admin', which your credential does not have.","status":403,"request_id":"req_…"}}
            > DELETE /v1/operators/{op_1}
            405 Method Not Allowed
            allow: GET,HEAD,PATCH
            {"error":{"type":"api_error","code":"method_not_allowed","message":"The method is not allowed for this path: the 'Allow' header names those that are.","status":405,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn no_two_operators_of_a_workspace_have_one_address() {
    for database in databases() {
        block_on(async {
            let stage = Stage::set(&database).await;
            let create = async |who: &str, name: &str, email: &str| {
                let email = Email::try_from(email.to_owned()).unwrap();
                let new = NewOperator::new(email, name, AccessRole::Admin);
                let write = stage.app.store.write(&stage.scope(who), move |tx| create(tx, &new));
                write.await
            };
            assert_eq!(create("admin", " Ada ", "ada@example.com").await.unwrap().name, "Ada");
            let taken = create("admin", "Ada", "ADA@example.com").await;
            assert!(matches!(taken, Err(Error::Taken { field: "email", .. })), "{taken:?}");
            assert_eq!(create("other", "Ada", "ada@example.com").await.unwrap().number, 1);
            assert_eq!(create("admin", "Bob", "bob@example.com").await.unwrap().number, 2);
            for name in ["", "  ", &"x".repeat(201)] {
                let refused = create("admin", name, "eve@example.com").await;
                assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
            }
        });
    }
}
