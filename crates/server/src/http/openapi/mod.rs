//! The OpenAPI document: made from the handlers, served as 3.0.3 (as documented) and as 3.1.

use axum::{
    Router,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use utoipa::OpenApi;

use super::{App, ErrorBody, Query};

mod downgrade;
mod yaml;

/// What a page about the API begins with.
const ABOUT: &str = include_str!("about.md");

#[derive(OpenApi)]
#[openapi(
    info(title = "Switchboard API", license(name = "Apache-2.0", identifier = "Apache-2.0")),
    components(schemas(ErrorBody)),
    servers((url = "/"))
)]
struct Base;

/// The document in all its forms, made once.
pub(super) struct Document {
    json: String,
    json_31: String,
    yaml: String,
    yaml_31: String,
}

#[derive(Deserialize)]
struct VersionQuery {
    version: Option<String>,
}

impl Document {
    pub(super) fn new() -> Self {
        let newer = document();
        let older = downgrade::to_3_0(newer.clone());
        Self {
            json: format!("{older:#}\n"),
            json_31: format!("{newer:#}\n"),
            yaml: yaml::write(&older),
            yaml_31: yaml::write(&newer),
        }
    }
}

/// The document that is checked in: 3.0.3, as JSON.
pub fn checked_in() -> String {
    Document::new().json
}

/// The document as 3.1.
fn document() -> Json {
    let (_, made) = super::api().split_for_parts();
    let mut document = Base::openapi().merge_from(made);
    document.info.description = Some(ABOUT.to_owned());
    document.info.version = env!("CARGO_PKG_VERSION").to_owned();
    let mut document = serde_json::to_value(&document).unwrap_or_default();
    document["components"]["securitySchemes"] = json!({
        "bearer": {
            "type": "http", "scheme": "bearer",
            "description": "An API key: `Authorization: Bearer sk_live_…`"
        }
    });
    document["security"] = json!([{ "bearer": [] }]);
    if let Some(paths) = document["paths"].as_object_mut() {
        for operations in paths.values_mut().filter_map(Json::as_object_mut) {
            for (method, operation) in operations {
                complete(method, operation);
            }
        }
    }
    document
}

/// Adds what every operation has in common: its refusals, its headers, its scope.
fn complete(method: &str, operation: &mut Json) {
    let tag = operation["tags"][0].as_str().unwrap_or_default();
    let is_read = method == "get" || operation["operationId"] == "searchContacts";
    let scope = match (tag, is_read) {
        ("Operators", _) => "operators:read",
        (_, true) => "contacts:read",
        (_, false) => "contacts:write",
    };
    operation["x-scope"] = scope.into();
    if method == "post" {
        let parameter = json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "The same key with the same request is answered by the first one's reply, for 24 hours.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$" }
        });
        match operation["parameters"].as_array_mut() {
            Some(parameters) => parameters.push(parameter),
            None => operation["parameters"] = json!([parameter]),
        }
    }
    let has_body = operation.get("requestBody").is_some();
    let takes_id = operation["parameters"].as_array().is_some_and(|all| all.iter().any(|p| p["in"] == "path"));
    let mut refusals = vec![
        ("400", "The request is malformed", "malformed_json"),
        ("401", "No key, or none that is valid", "invalid_api_key"),
        ("403", "The key does not allow it", "insufficient_scope"),
        ("404", "Not there", "not_found"),
        ("429", "Too many requests", "rate_limit_exceeded"),
        ("503", "Busy: try again", "service_unavailable"),
    ];
    if !takes_id {
        refusals.retain(|(status, ..)| *status != "404");
    }
    if has_body || method == "delete" {
        refusals.push(("409", "In use already, or it does not fit what is", "already_exists"));
    }
    if has_body {
        refusals.push(("413", "The body is longer than 1 MiB", "body_too_large"));
        refusals.push(("415", "The body has an encoding", "unknown_encoding"));
        refusals.push(("422", "A field breaks a rule", "invalid_parameter"));
    }
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for response in responses.values_mut() {
        response["headers"] = headers(false);
        if response.get("description").is_none_or(|text| text == "") {
            response["description"] = "Done".into();
        }
    }
    for (status, description, code) in refusals {
        responses.insert(status.to_owned(), refusal(status, description, code));
    }
}

fn refusal(status: &str, description: &str, code: &str) -> Json {
    let kind = match status {
        "401" | "403" => "authentication_error",
        "429" => "rate_limit_error",
        "400" | "413" | "415" | "422" => "validation_error",
        _ => "api_error",
    };
    let number: u16 = status.parse().unwrap_or(400);
    json!({
        "description": description,
        "headers": headers(status == "429"),
        "content": { "application/json": {
            "schema": { "$ref": "#/components/schemas/ErrorBody" },
            "example": { "error": {
                "type": kind, "code": code, "message": description, "status": number,
                "request_id": "req_01kf3q8z5t7w9y2b4d6f8h0jkm"
            } }
        } }
    })
}

fn headers(is_refused: bool) -> Json {
    let integer = |text: &str| json!({ "description": text, "schema": { "type": "integer" } });
    let mut headers = Map::new();
    headers.insert(
        "X-Request-Id".to_owned(),
        json!({ "description": "Names the request", "schema": { "type": "string" } }),
    );
    headers.insert("X-RateLimit-Limit".to_owned(), integer("Requests a minute"));
    headers.insert("X-RateLimit-Remaining".to_owned(), integer("Requests left in this minute"));
    headers.insert("X-RateLimit-Reset".to_owned(), integer("When the next minute begins, Unix seconds"));
    if is_refused {
        headers.insert("Retry-After".to_owned(), integer("Seconds to wait"));
    }
    Json::Object(headers)
}

pub(super) fn router() -> Router<App> {
    Router::new().route("/openapi.json", get(as_json)).route("/openapi.yaml", get(as_yaml))
}

async fn as_json(State(app): State<App>, Query(query): Query<VersionQuery>) -> Response {
    let document = if is_newer(&query) { &app.document.json_31 } else { &app.document.json };
    answer(document, "application/json")
}

async fn as_yaml(State(app): State<App>, Query(query): Query<VersionQuery>) -> Response {
    let document = if is_newer(&query) { &app.document.yaml_31 } else { &app.document.yaml };
    answer(document, "application/yaml")
}

fn is_newer(query: &VersionQuery) -> bool {
    query.version.as_deref().is_some_and(|version| version.starts_with("3.1"))
}

fn answer(document: &str, kind: &'static str) -> Response {
    let mut response = document.to_owned().into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
