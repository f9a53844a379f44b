//! Refusals: each family of paths has its own shape, and the same reasons in all of them.

use axum::{
    Router,
    middleware::from_fn_with_state,
    routing::{get, post},
};
use expect_test::{Expect, expect};
use serde::Deserialize;

use super::{Ask, sqlite};
use crate::{
    error::Error,
    http::{App, Body, Problem, Scoped, dress, needs, router},
    testing::{Stage, block_on, check, databases},
};

#[derive(Deserialize)]
struct Sample {
    count: i64,
    name: String,
}

async fn take(Body(sample): Body<Sample>) -> String {
    format!("{} {}", sample.count, sample.name)
}

async fn keyed(_: Scoped<needs::ContactsWrite>) {}

/// One of each kind of handler in each family: the documented ones of three families come later.
fn rooms(app: &App) -> Router {
    let mut rooms = Router::new();
    for prefix in ["/v1", "/api", "/api/v1/webhook", "/oauth", ""] {
        rooms = rooms
            .route(&format!("{prefix}/take"), post(take))
            .route(&format!("{prefix}/keyed"), get(keyed))
            .route(&format!("{prefix}/panic"), get(async || -> () { panic!("on purpose") }))
            .route(&format!("{prefix}/bug"), get(async || Error::internal("a secret of ours")))
            .route(&format!("{prefix}/busy"), get(async || Error::Busy));
    }
    rooms
        .fallback(async || Error::NotFound("path"))
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .layer(from_fn_with_state(app.clone(), dress))
        .with_state(app.clone())
}

/// What a family says to each kind of mistake.
fn check_family(prefix: &str, expect: &Expect) {
    block_on(async {
        let database = sqlite();
        let stage = Stage::set(&database).await;
        let rooms = rooms(&stage.app);
        let at = |call: &str| {
            let (method, path) = call.split_once(' ').unwrap();
            Ask::new(&format!("{method} {prefix}{path}"))
        };
        let large = "x".repeat((1 << 20) + 1);
        let asks = [
            ("nothing there", at("GET /nothing")),
            ("another method", at("DELETE /take")),
            ("no JSON", at("POST /take").body("{\"count\": ")),
            ("no object", at("POST /take").body("[1]")),
            ("a wrong type", at("POST /take").body("{\"count\": \"one\", \"name\": \"x\"}")),
            ("a field too few", at("POST /take").body("{\"count\": 1}")),
            ("too large", at("POST /take").body(large)),
            ("an encoding", at("POST /take").header("content-encoding", "br").body("x")),
            ("no key", at("GET /keyed")),
            ("busy", at("GET /busy")),
            ("a bug", at("GET /bug")),
            ("a panic", at("GET /panic")),
        ];
        let mut text = String::new();
        for (what, ask) in asks {
            stage.time.tick(jiff::SignedDuration::from_secs(1));
            text.push_str(what);
            text.push_str(": ");
            text.push_str(&ask.send(&rooms).await.shown());
        }
        expect.assert_eq(&text);
    });
}

#[test]
fn the_platform_answers_with_the_documented_error_object() {
    check_family(
        "/v1",
        &expect![[r#"
        nothing there: 404 content-type=application/json
        {"error":{"type":"api_error","code":"not_found","message":"There is no such path.","status":404,"request_id":"req_…"}}
        another method: 405 allow=POST content-type=application/json
        {"error":{"type":"api_error","code":"method_not_allowed","message":"The method is not allowed for this path: the 'Allow' header names those that are.","status":405,"request_id":"req_…"}}
        no JSON: 400 content-type=application/json
        {"error":{"type":"validation_error","code":"malformed_json","message":"The body is not valid JSON: EOF while parsing a value at line 1 column 10.","status":400,"request_id":"req_…"}}
        no object: 422 content-type=application/json
        {"error":{"type":"validation_error","code":"invalid_parameter","message":"The body must be a JSON object.","status":422,"request_id":"req_…"}}
        a wrong type: 422 content-type=application/json
        {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'count' field must be an integer.","param":"count","status":422,"request_id":"req_…"}}
        a field too few: 422 content-type=application/json
        {"error":{"type":"validation_error","code":"missing_parameter","message":"The 'name' field is required.","param":"name","status":422,"request_id":"req_…"}}
        too large: 413 content-type=application/json
        {"error":{"type":"validation_error","code":"body_too_large","message":"The body must be at most 1 MiB long.","status":413,"request_id":"req_…"}}
        an encoding: 415 content-type=application/json
        {"error":{"type":"validation_error","code":"unknown_encoding","message":"The body's encoding 'br' is not known: send it as it is.","status":415,"request_id":"req_…"}}
        no key: 401 www-authenticate=Bearer content-type=application/json
        {"error":{"type":"authentication_error","code":"missing_credentials","message":"This needs an API key: send it as 'Authorization: Bearer sk_live_…'.","status":401,"request_id":"req_…"}}
        busy: 503 retry-after=1 content-type=application/json
        {"error":{"type":"api_error","code":"service_unavailable","message":"The server is busy; try again in a moment.","status":503,"request_id":"req_…"}}
        a bug: 500 content-type=application/json
        {"error":{"type":"api_error","code":"internal_error","message":"Something went wrong on our side.","status":500,"request_id":"req_…"}}
        a panic: 500 content-type=application/json
        {"error":{"type":"api_error","code":"internal_error","message":"Something went wrong on our side.","status":500,"request_id":"req_…"}}
    "#]],
    );
}

#[test]
fn the_lead_capture_family_answers_with_ok_false() {
    check_family(
        "/api",
        &expect![[r#"
        nothing there: 404 content-type=application/json
        {"ok":false,"error":"There is no such path.","code":"not_found"}
        another method: 405 allow=POST content-type=application/json
        {"ok":false,"error":"The method is not allowed for this path: the 'Allow' header names those that are.","code":"method_not_allowed"}
        no JSON: 400 content-type=application/json
        {"ok":false,"error":"The body is not valid JSON: EOF while parsing a value at line 1 column 10.","code":"invalid_json"}
        no object: 400 content-type=application/json
        {"ok":false,"error":"The body must be a JSON object.","code":"invalid_field"}
        a wrong type: 400 content-type=application/json
        {"ok":false,"error":"The 'count' field must be an integer.","code":"invalid_field","field":"count"}
        a field too few: 400 content-type=application/json
        {"ok":false,"error":"The 'name' field is required.","code":"missing_field","field":"name"}
        too large: 413 content-type=application/json
        {"ok":false,"error":"The body must be at most 1 MiB long.","code":"body_too_large"}
        an encoding: 415 content-type=application/json
        {"ok":false,"error":"The body's encoding 'br' is not known: send it as it is.","code":"unknown_encoding"}
        no key: 401 www-authenticate=Bearer content-type=application/json
        {"ok":false,"error":"This needs an API key: send it as 'Authorization: Bearer sk_live_…'.","code":"unauthorized"}
        busy: 503 retry-after=1 content-type=application/json
        {"ok":false,"error":"The server is busy; try again in a moment.","code":"service_unavailable"}
        a bug: 500 content-type=application/json
        {"ok":false,"error":"Something went wrong on our side.","code":"internal_error"}
        a panic: 500 content-type=application/json
        {"ok":false,"error":"Something went wrong on our side.","code":"internal_error"}
    "#]],
    );
}

#[test]
fn the_intake_family_answers_with_message_and_errors() {
    check_family(
        "/api/v1/webhook",
        &expect![[r#"
        nothing there: 404 content-type=application/json
        {"message":"There is no such path."}
        another method: 405 allow=POST content-type=application/json
        {"message":"The method is not allowed for this path: the 'Allow' header names those that are."}
        no JSON: 400 content-type=application/json
        {"message":"The body is not valid JSON: EOF while parsing a value at line 1 column 10."}
        no object: 400 content-type=application/json
        {"message":"The body must be a JSON object."}
        a wrong type: 400 content-type=application/json
        {"message":"The given data was invalid.","errors":{"count":["The 'count' field must be an integer."]}}
        a field too few: 400 content-type=application/json
        {"message":"The given data was invalid.","errors":{"name":["The 'name' field is required."]}}
        too large: 413 content-type=application/json
        {"message":"The body must be at most 1 MiB long."}
        an encoding: 415 content-type=application/json
        {"message":"The body's encoding 'br' is not known: send it as it is."}
        no key: 401 www-authenticate=Bearer content-type=application/json
        {"message":"Unauthenticated."}
        busy: 503 retry-after=1 content-type=application/json
        {"message":"The server is busy; try again in a moment."}
        a bug: 500 content-type=application/json
        {"message":"Something went wrong on our side."}
        a panic: 500 content-type=application/json
        {"message":"Something went wrong on our side."}
    "#]],
    );
}

#[test]
fn the_oauth_family_answers_with_its_own_codes() {
    check_family(
        "/oauth",
        &expect![[r#"
        nothing there: 404 content-type=application/json
        {"error":"invalid_request","error_description":"There is no such path."}
        another method: 405 allow=POST content-type=application/json
        {"error":"invalid_request","error_description":"The method is not allowed for this path: the 'Allow' header names those that are."}
        no JSON: 400 content-type=application/json
        {"error":"invalid_request","error_description":"The body is not valid JSON: EOF while parsing a value at line 1 column 10."}
        no object: 400 content-type=application/json
        {"error":"invalid_request","error_description":"The body must be a JSON object."}
        a wrong type: 400 content-type=application/json
        {"error":"invalid_request","error_description":"The 'count' field must be an integer."}
        a field too few: 400 content-type=application/json
        {"error":"invalid_request","error_description":"The 'name' field is required."}
        too large: 413 content-type=application/json
        {"error":"invalid_request","error_description":"The body must be at most 1 MiB long."}
        an encoding: 415 content-type=application/json
        {"error":"invalid_request","error_description":"The body's encoding 'br' is not known: send it as it is."}
        no key: 401 www-authenticate=Bearer content-type=application/json
        {"error":"invalid_client","error_description":"This needs an API key: send it as 'Authorization: Bearer sk_live_…'."}
        busy: 503 retry-after=1 content-type=application/json
        {"error":"temporarily_unavailable","error_description":"The server is busy; try again in a moment."}
        a bug: 500 content-type=application/json
        {"error":"server_error","error_description":"Something went wrong on our side."}
        a panic: 500 content-type=application/json
        {"error":"server_error","error_description":"Something went wrong on our side."}
    "#]],
    );
}

#[test]
fn pages_answer_as_the_platform_does() {
    check_family(
        "",
        &expect![[r#"
        nothing there: 404 content-type=application/json
        {"error":{"type":"api_error","code":"not_found","message":"There is no such path.","status":404,"request_id":"req_…"}}
        another method: 405 allow=POST content-type=application/json
        {"error":{"type":"api_error","code":"method_not_allowed","message":"The method is not allowed for this path: the 'Allow' header names those that are.","status":405,"request_id":"req_…"}}
        no JSON: 400 content-type=application/json
        {"error":{"type":"validation_error","code":"malformed_json","message":"The body is not valid JSON: EOF while parsing a value at line 1 column 10.","status":400,"request_id":"req_…"}}
        no object: 422 content-type=application/json
        {"error":{"type":"validation_error","code":"invalid_parameter","message":"The body must be a JSON object.","status":422,"request_id":"req_…"}}
        a wrong type: 422 content-type=application/json
        {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'count' field must be an integer.","param":"count","status":422,"request_id":"req_…"}}
        a field too few: 422 content-type=application/json
        {"error":{"type":"validation_error","code":"missing_parameter","message":"The 'name' field is required.","param":"name","status":422,"request_id":"req_…"}}
        too large: 413 content-type=application/json
        {"error":{"type":"validation_error","code":"body_too_large","message":"The body must be at most 1 MiB long.","status":413,"request_id":"req_…"}}
        an encoding: 415 content-type=application/json
        {"error":{"type":"validation_error","code":"unknown_encoding","message":"The body's encoding 'br' is not known: send it as it is.","status":415,"request_id":"req_…"}}
        no key: 401 www-authenticate=Bearer content-type=application/json
        {"error":{"type":"authentication_error","code":"missing_credentials","message":"This needs an API key: send it as 'Authorization: Bearer sk_live_…'.","status":401,"request_id":"req_…"}}
        busy: 503 retry-after=1 content-type=application/json
        {"error":{"type":"api_error","code":"service_unavailable","message":"The server is busy; try again in a moment.","status":503,"request_id":"req_…"}}
        a bug: 500 content-type=application/json
        {"error":{"type":"api_error","code":"internal_error","message":"Something went wrong on our side.","status":500,"request_id":"req_…"}}
        a panic: 500 content-type=application/json
        {"error":{"type":"api_error","code":"internal_error","message":"Something went wrong on our side.","status":500,"request_id":"req_…"}}
    "#]],
    );
}

#[test]
fn bad_bodies_are_refused_in_words() {
    check(
        r#"
        GET /v1/nothing
        DELETE /v1/contacts
        PUT /v1/contacts/con_0000000000000001
        POST /v1/contacts {"email":
        POST /v1/contacts {"email": 7}
        POST /v1/contacts {"email": "ada@example.com", "tags": "vip"}
        POST /v1/contacts {"email": "ada@example.com", "tags": ["vip", 3]}
        POST /v1/contacts {"email": "ada@example.com"} {"email": "eve@example.com"}
        POST /v1/contacts {"email": "nobody"}
        header Content-Encoding: gzip
        POST /v1/contacts {"email": "ada@example.com"}
        GET /v1/contacts
        "#,
        &expect![[r#"
            > GET /v1/nothing
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such path.","status":404,"request_id":"req_…"}}
            > DELETE /v1/contacts
            405 Method Not Allowed
            allow: GET,HEAD,POST
            {"error":{"type":"api_error","code":"method_not_allowed","message":"The method is not allowed for this path: the 'Allow' header names those that are.","status":405,"request_id":"req_…"}}
            > PUT /v1/contacts/con_0000000000000001
            405 Method Not Allowed
            allow: GET,HEAD,PATCH,DELETE
            {"error":{"type":"api_error","code":"method_not_allowed","message":"The method is not allowed for this path: the 'Allow' header names those that are.","status":405,"request_id":"req_…"}}
            > POST /v1/contacts {"email":
            400 Bad Request
            {"error":{"type":"validation_error","code":"malformed_json","message":"The body is not valid JSON: EOF while parsing a value at line 1 column 9.","status":400,"request_id":"req_…"}}
            > POST /v1/contacts {"email": 7}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'email' field must be a valid email address.","param":"email","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "ada@example.com", "tags": "vip"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'tags' field must be a list.","param":"tags","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "ada@example.com", "tags": ["vip", 3]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'tags[1]' field must be a string.","param":"tags[1]","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "ada@example.com"} {"email": "eve@example.com"}
            400 Bad Request
            {"error":{"type":"validation_error","code":"malformed_json","message":"The body is not valid JSON: trailing characters at line 1 column 30.","status":400,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "nobody"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'email' field must be a valid email address.","param":"email","status":422,"request_id":"req_…"}}
            > header Content-Encoding: gzip
            > POST /v1/contacts {"email": "ada@example.com"}
            415 Unsupported Media Type
            {"error":{"type":"validation_error","code":"unknown_encoding","message":"The body's encoding 'gzip' is not known: send it as it is.","status":415,"request_id":"req_…"}}
            > GET /v1/contacts
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_body_is_json_whatever_its_type_says() {
    check(
        r#"
        brief
        header Content-Encoding: identity
        POST /v1/contacts {"email": "ada@example.com"}
        header Content-Type: text/plain
        POST /v1/contacts {"email": "eve@example.com"}
        "#,
        &expect![[r#"
            > brief
            > header Content-Encoding: identity
            > POST /v1/contacts {"email": "ada@example.com"}
            201 Created
            {"data":"con_1"}
            > header Content-Type: text/plain
            > POST /v1/contacts {"email": "eve@example.com"}
            201 Created
            {"data":"con_2"}
        "#]],
    );
}

#[test]
fn bad_queries_are_refused_in_words() {
    check(
        r#"
        GET /v1/contacts?page=0
        GET /v1/contacts?page=99999999999999999999
        GET /v1/contacts?per_page=x
        GET /v1/contacts?after=nonsense
        GET /v1/contacts?after=op_0000000000000000000000000001
        GET /v1/contacts?page=1&after=con_01kf3q8z5t7w9y2b4d6f8h0jkm
        GET /v1/contacts/con_%00
        GET /v1/contacts?tag=%00%FF
        "#,
        &expect![[r#"
            > GET /v1/contacts?page=0
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'page' parameter must be an integer of at least 1.","param":"page","status":400,"request_id":"req_…"}}
            > GET /v1/contacts?page=99999999999999999999
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'page' parameter is too deep: use 'after' with the id of the last item to go further.","param":"page","status":400,"request_id":"req_…"}}
            > GET /v1/contacts?per_page=x
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'per_page' parameter must be an integer of at least 1.","param":"per_page","status":400,"request_id":"req_…"}}
            > GET /v1/contacts?after=nonsense
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'after' parameter must be an id that begins with 'con_'.","param":"after","status":400,"request_id":"req_…"}}
            > GET /v1/contacts?after=op_0000000000000000000000000001
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'after' parameter must be an id that begins with 'con_'.","param":"after","status":400,"request_id":"req_…"}}
            > GET /v1/contacts?page=1&after=con_01kf3q8z5t7w9y2b4d6f8h0jkm
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'after' parameter cannot be used together with 'page' or 'per_page'.","param":"after","status":400,"request_id":"req_…"}}
            > GET /v1/contacts/con_%00
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such contact.","status":404,"request_id":"req_…"}}
            > GET /v1/contacts?tag=%00%FF
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
        "#]],
    );
}

#[test]
fn who_is_not_let_in_is_told_why() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "ada@example.com"}
        as nobody
        GET /v1/contacts
        header Authorization: Bearer sk_live_wrong
        GET /v1/contacts
        header Authorization: Basic YTpi
        GET /v1/contacts
        header Authorization: Bearer
        GET /v1/contacts
        as read
        POST /v1/contacts {"email": "mallory@example.com"}
        as other
        GET /v1/contacts/{con_1}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "ada@example.com"}
            201 Created
            {"data":"con_1"}
            > as nobody
            > GET /v1/contacts
            401 Unauthorized
            {"error":{"type":"authentication_error","code":"missing_credentials","message":"This needs an API key: send it as 'Authorization: Bearer sk_live_…'.","status":401,"request_id":"req_…"}}
            > header Authorization: Bearer sk_live_wrong
            > GET /v1/contacts
            401 Unauthorized
            {"error":{"type":"authentication_error","code":"invalid_api_key","message":"The API key is not valid, or it was revoked.","status":401,"request_id":"req_…"}}
            > header Authorization: Basic YTpi
            > GET /v1/contacts
            401 Unauthorized
            {"error":{"type":"authentication_error","code":"invalid_api_key","message":"The API key is not valid, or it was revoked.","status":401,"request_id":"req_…"}}
            > header Authorization: Bearer
            > GET /v1/contacts
            401 Unauthorized
            {"error":{"type":"authentication_error","code":"invalid_api_key","message":"The API key is not valid, or it was revoked.","status":401,"request_id":"req_…"}}
            > as read
            > POST /v1/contacts {"email": "mallory@example.com"}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"This needs the scope 'contacts:write', which your credential does not have.","status":403,"request_id":"req_…"}}
            > as other
            > GET /v1/contacts/{con_1}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such contact.","status":404,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn a_list_is_not_taken_for_an_object() {
    check(
        r#"
        POST /v1/contacts ["ada@example.com"]
        POST /v1/contacts "ada@example.com"
        POST /v1/contacts [
        POST /v1/contacts/search []
        "#,
        &expect![[r#"
            > POST /v1/contacts ["ada@example.com"]
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The body must be a JSON object.","status":422,"request_id":"req_…"}}
            > POST /v1/contacts "ada@example.com"
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The body must be a JSON object.","status":422,"request_id":"req_…"}}
            > POST /v1/contacts [
            400 Bad Request
            {"error":{"type":"validation_error","code":"malformed_json","message":"The body is not valid JSON: EOF while parsing a list at line 1 column 1.","status":400,"request_id":"req_…"}}
            > POST /v1/contacts/search []
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The body must be a JSON object.","status":422,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn an_address_that_is_not_utf_8_names_nothing() {
    check(
        "GET /v1/contacts/%FF%FE\nDELETE /v1/tags/%C3",
        &expect![[r#"
        > GET /v1/contacts/%FF%FE
        404 Not Found
        {"error":{"type":"api_error","code":"not_found","message":"There is no such path.","status":404,"request_id":"req_…"}}
        > DELETE /v1/tags/%C3
        404 Not Found
        {"error":{"type":"api_error","code":"not_found","message":"There is no such path.","status":404,"request_id":"req_…"}}
    "#]],
    );
}

#[test]
fn what_nobody_read_is_named() {
    check(
        r#"
        POST /v1/contacts {"email": "ada@example.com", "emial": "x", "custom": {"a": 1}}
        GET /v1/contacts?pgae=2&per_page=1
        PATCH /v1/contacts/{con_1} {"nmae": "Ada"}
        POST /v1/contacts {"email": "eve@example.com", "a\r\nSet-Cookie: é": 1}
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "ada@example.com", "emial": "x", "custom": {"a": 1}}
            201 Created
            x-ignored-fields: emial, custom
            {"data":{"id":"con_1","email":"ada@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > GET /v1/contacts?pgae=2&per_page=1
            200 OK
            x-ignored-fields: pgae
            {"data":[{"id":"con_1","email":"ada@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}],"pagination":{"page":1,"per_page":1,"total":1,"has_more":false}}
            > PATCH /v1/contacts/{con_1} {"nmae": "Ada"}
            200 OK
            x-ignored-fields: nmae
            {"data":{"id":"con_1","email":"ada@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts {"email": "eve@example.com", "a\r\nSet-Cookie: é": 1}
            201 Created
            x-ignored-fields: a\r\nSet-Cookie: \u{e9}
            {"data":{"id":"con_2","email":"eve@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:04Z","number":2,"phone_valid":null,"emails":[{"email":"eve@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
        "#]],
    );
}

#[test]
fn a_body_of_exactly_a_mebibyte_is_read() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set(&database).await;
            let router = router(stage.app.clone());
            let body = |bytes: usize| {
                let frame = r#"{"email": "ada@example.com", "unknown": ""}"#;
                frame.replace("\"\"", &format!("\"{}\"", "x".repeat(bytes - frame.len())))
            };
            let ask =
                |bytes| Ask::new("POST /v1/contacts").by(&stage.secret("write")).body(body(bytes));
            let answer = ask((1 << 20) + 1).send(&router).await;
            assert_eq!(answer.status, 413, "{}", answer.body);
            let answer = ask(1 << 20).send(&router).await;
            assert_eq!(answer.status, 201, "{}", answer.body);
        }
    });
}

#[test]
fn text_that_is_no_utf_8_is_no_json() {
    block_on(async {
        let database = sqlite();
        let stage = Stage::set(&database).await;
        let ask = Ask::new("POST /v1/contacts").by(&stage.secret("write"));
        let answer = ask.body(b"{\"email\": \"\xff\xfe\"}".to_vec()).send(&stage.router).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        assert!(answer.body.contains("malformed_json"), "{}", answer.body);
    });
}
