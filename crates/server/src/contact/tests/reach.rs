//! Who may see and do what.

use expect_test::expect;

use super::{ask, made_id, on_each_engine, post};
use crate::testing::{Ask, check};

#[test]
fn workspaces_do_not_see_each_others_contacts() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "ada@example.com", "phone": "+18187405020", "name": "Ada", "tags": ["vip"], "custom_attributes": {"n": 7}}
        as other
        GET /v1/contacts/{con_1}
        GET /v1/contacts/con_nobody
        GET /v1/contacts
        GET /v1/contacts?email=ada@example.com
        GET /v1/contacts?phone=8187405020
        GET /v1/contacts?tag=vip
        GET /v1/contacts?q=ada
        GET /v1/contacts?after={con_1}
        POST /v1/contacts/search {"query": "ada"}
        POST /v1/contacts/search {"where": {"field": "custom_attributes.n", "op": "gte", "value": 0}}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "ada@example.com", "phone": "+18187405020", "name": "Ada", "tags": ["vip"], "custom_attributes": {"n": 7}}
            201 Created
            {"data":"con_1"}
            > as other
            > GET /v1/contacts/{con_1}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such contact.","status":404,"request_id":"req_…"}}
            > GET /v1/contacts/con_nobody
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such contact.","status":404,"request_id":"req_…"}}
            > GET /v1/contacts
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/contacts?email=ada@example.com
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/contacts?phone=8187405020
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/contacts?tag=vip
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/contacts?q=ada
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/contacts?after={con_1}
            200 OK
            {"data":[],"pagination":{"limit":25,"has_more":false,"next_cursor":null}}
            > POST /v1/contacts/search {"query": "ada"}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "custom_attributes.n", "op": "gte", "value": 0}}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
        "#]],
    );
}

#[test]
fn what_is_taken_in_one_workspace_is_free_in_another() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "ada@example.com", "phone": "+18187405020", "name": "Ada", "tags": ["vip"], "custom_attributes": {"n": 7}}
        as other
        GET /v1/tags
        POST /v1/contacts {"email": "ada@example.com", "phone": "+18187405020"}
        GET /v1/contacts/{con_2}/duplicates
        as admin
        GET /v1/contacts/{con_1}/duplicates
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "ada@example.com", "phone": "+18187405020", "name": "Ada", "tags": ["vip"], "custom_attributes": {"n": 7}}
            201 Created
            {"data":"con_1"}
            > as other
            > GET /v1/tags
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts {"email": "ada@example.com", "phone": "+18187405020"}
            201 Created
            {"data":"con_2"}
            > GET /v1/contacts/{con_2}/duplicates
            200 OK
            {"data":[]}
            > as admin
            > GET /v1/contacts/{con_1}/duplicates
            200 OK
            {"data":[]}
        "#]],
    );
}

#[test]
fn a_read_key_reads_and_does_not_write() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "ada@example.com"}
        as read
        GET /v1/contacts
        GET /v1/contacts/{con_1}
        GET /v1/contacts/{con_1}/duplicates
        POST /v1/contacts/search {}
        POST /v1/contacts {"email": "bob@example.com"}
        POST /v1/contacts {"email": "nope"}
        PATCH /v1/contacts/{con_1} {"name": "Ada"}
        DELETE /v1/contacts/{con_1}
        POST /v1/contacts/{con_1}/tags {"add": ["vip"]}
        POST /v1/contacts/{con_1}/merge {"contact_id": "{con_1}"}
        DELETE /v1/contacts/con_nobody
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "ada@example.com"}
            201 Created
            {"data":"con_1"}
            > as read
            > GET /v1/contacts
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/contacts/{con_1}
            200 OK
            {"data":"con_1"}
            > GET /v1/contacts/{con_1}/duplicates
            200 OK
            {"data":[]}
            > POST /v1/contacts/search {}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts {"email": "bob@example.com"}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"This needs the scope 'contacts:write', which your credential does not have.","status":403,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "nope"}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"This needs the scope 'contacts:write', which your credential does not have.","status":403,"request_id":"req_…"}}
            > PATCH /v1/contacts/{con_1} {"name": "Ada"}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"This needs the scope 'contacts:write', which your credential does not have.","status":403,"request_id":"req_…"}}
            > DELETE /v1/contacts/{con_1}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"This needs the scope 'contacts:write', which your credential does not have.","status":403,"request_id":"req_…"}}
            > POST /v1/contacts/{con_1}/tags {"add": ["vip"]}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"This needs the scope 'contacts:write', which your credential does not have.","status":403,"request_id":"req_…"}}
            > POST /v1/contacts/{con_1}/merge {"contact_id": "{con_1}"}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"This needs the scope 'contacts:write', which your credential does not have.","status":403,"request_id":"req_…"}}
            > DELETE /v1/contacts/con_nobody
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"This needs the scope 'contacts:write', which your credential does not have.","status":403,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn a_write_key_writes_and_nobody_does_nothing() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "ada@example.com"}
        as write
        PATCH /v1/contacts/{con_1} {"name": "Ada"}
        DELETE /v1/contacts/{con_1}
        as nobody
        GET /v1/contacts
        POST /v1/contacts {"email": "bob@example.com"}
        as admin
        GET /v1/contacts
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "ada@example.com"}
            201 Created
            {"data":"con_1"}
            > as write
            > PATCH /v1/contacts/{con_1} {"name": "Ada"}
            200 OK
            {"data":"con_1"}
            > DELETE /v1/contacts/{con_1}
            204 No Content
            > as nobody
            > GET /v1/contacts
            401 Unauthorized
            {"error":{"type":"authentication_error","code":"missing_credentials","message":"This needs an API key: send it as 'Authorization: Bearer sk_live_…'.","status":401,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "bob@example.com"}
            401 Unauthorized
            {"error":{"type":"authentication_error","code":"missing_credentials","message":"This needs an API key: send it as 'Authorization: Bearer sk_live_…'.","status":401,"request_id":"req_…"}}
            > as admin
            > GET /v1/contacts
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
        "#]],
    );
}

/// Every operation that names a contact or a record, and one of each kind.
const OPERATIONS: [(&str, &str, &str); 9] = [
    ("GET", "", ""),
    ("PATCH", "", r#"{"name": "x"}"#),
    ("DELETE", "", ""),
    ("GET", "/duplicates", ""),
    ("POST", "/tags", r#"{"add": ["x"]}"#),
    ("POST", "/merge", r#"{"contact_id": "con_nobody"}"#),
    ("GET", "/availability", ""),
    ("GET", "/assignments", ""),
    ("GET", "/assignments?limit=1", ""),
];

#[test]
fn what_is_anothers_is_not_there_in_the_same_words() {
    on_each_engine(async |stage| {
        let made = [
            ("contacts", r#"{"email": "a@b.co"}"#),
            ("tags", r#"{"name": "a"}"#),
            ("dispositions", r#"{"name": "a"}"#),
            ("lines", r#"{"name": "a"}"#),
            ("ring-groups", r#"{"name": "a"}"#),
            ("sequences", r#"{"name": "a"}"#),
            ("lists", r#"{"name": "a"}"#),
        ];
        for (nouns, body) in made {
            let id = made_id(&post(stage, &format!("/v1/{nouns}"), body).await);
            let (prefix, _) = id.split_once('_').unwrap();
            let before = ask(stage, "GET", &format!("/v1/{nouns}/{id}"), "").await.body;
            for (method, suffix, body) in OPERATIONS {
                let mut answers = Vec::new();
                for id in [id.clone(), format!("{prefix}_nothing")] {
                    let path = format!("/v1/{nouns}/{id}{suffix}");
                    let answer =
                        stage.send("other", Ask { method, path: &path, headers: &[], body });
                    let answer = answer.await;
                    let mut body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
                    assert!(!body["error"]["request_id"].take().is_null(), "{}", answer.body);
                    answers.push((answer.status, body));
                }
                assert_eq!(answers[0], answers[1], "{method} /v1/{nouns}/{id}{suffix}");
                assert_eq!(answers[0].0, "404 Not Found", "{method} /v1/{nouns}/{id}{suffix}");
            }
            let after = ask(stage, "GET", &format!("/v1/{nouns}/{id}"), "").await.body;
            assert_eq!(before, after);
        }
    });
}
