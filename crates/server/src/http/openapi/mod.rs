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
use crate::{access::Permission, oauth, operator::AccessRole};

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
            "description": "An API key, or the access token of an app: `Authorization: Bearer sk_live_…`"
        },
        "oauth": {
            "type": "oauth2",
            "description": "An app that acts for an operator",
            "flows": { "authorizationCode": {
                "authorizationUrl": "/oauth/authorize", "tokenUrl": "/oauth/token",
                "refreshUrl": "/oauth/token", "scopes": oauth::scopes_in_words()
            } }
        },
        "login": {
            "type": "apiKey", "in": "cookie", "name": "switchboard",
            "description": "An operator who is signed in; over HTTPS the name begins with `__Host-`"
        }
    });
    document["components"]["responses"] = shared_responses();
    document["components"]["headers"] = shared_headers();
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
    let tag = operation["tags"][0].as_str().unwrap_or_default().to_owned();
    let tag = tag.as_str();
    let only_reads = ["searchContacts", "exportContacts"];
    let is_read = method == "get" || only_reads.iter().any(|id| operation["operationId"] == *id);
    // The permission test asks every operation with each level, and so keeps this true.
    let scope = match (tag, is_read) {
        ("Sign-in", _) => "",
        ("Account" | "Drafts", _) => "login",
        ("Settings" | "Keys" | "Apps" | "Audit" | "Request log", _)
        | ("Operators" | "Sites", false) => "admin",
        ("Operators", true) => "operators:read",
        ("Webhooks", _) => "webhooks:manage",
        ("Visitors", _) => "visitors:read",
        (
            "Conversations" | "Messages" | "Attachments" | "Sites" | "Macros" | "Reports" | "Views",
            true,
        ) => "conversations:read",
        ("Conversations" | "Messages" | "Attachments" | "Macros" | "Views", false) => {
            "conversations:write"
        }
        (_, true) => "contacts:read",
        (_, false) => "contacts:write",
    };
    operation["x-scopes"] = if scope.is_empty() { json!([]) } else { json!([scope]) };
    operation["x-roles"] = roles(scope);
    operation["security"] = match scope {
        "" => json!([]),
        "login" => json!([{ "login": [] }]),
        "admin" => json!([{ "bearer": [] }, { "login": [] }]),
        scope => json!([{ "bearer": [] }, { "oauth": [scope] }, { "login": [] }]),
    };
    if method == "post" && !["Sign-in", "Account", "Drafts"].contains(&tag) {
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
    // Every `POST` takes a key, which may have come with something else before.
    let has_body = method == "post" || operation.get("requestBody").is_some();
    let parameters = operation["parameters"].as_array();
    let takes_id = parameters.is_some_and(|all| all.iter().any(|one| one["in"] == "path"));
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for response in responses.values_mut() {
        response["headers"] = headers(&SHARED_HEADERS[..4]);
        if response.get("description").is_none_or(|text| text == "") {
            response["description"] = "Done".into();
        }
    }
    for refusal in &REFUSALS {
        let applies = match refusal.when {
            When::Always => true,
            When::Id => takes_id,
            When::Body => has_body,
            When::Change => has_body || method == "delete",
        };
        if applies {
            let reference = format!("#/components/responses/{}", refusal.name);
            responses.insert(refusal.status.to_string(), json!({ "$ref": reference }));
        }
    }
}

/// The roles of operators that may do what needs `scope`.
fn roles(scope: &str) -> Json {
    let needed = Permission::ALL.into_iter().find(|permission| permission.as_str() == scope);
    let may = AccessRole::ALL.into_iter().filter(|role| match needed {
        Some(needed) => role.rights().allows(needed),
        None => scope == "login",
    });
    may.map(AccessRole::as_str).collect()
}

/// A refusal that operations share.
struct Refusal {
    status: u16,
    name: &'static str,
    kind: &'static str,
    code: &'static str,
    description: &'static str,
    when: When,
}

/// Which operations have a refusal.
enum When {
    Always,
    Id,
    Body,
    Change,
}

const fn refusal(
    status: u16,
    name: &'static str,
    kind: &'static str,
    code: &'static str,
    description: &'static str,
    when: When,
) -> Refusal {
    Refusal { status, name, kind, code, description, when }
}

const API: &str = "api_error";
const AUTHENTICATION: &str = "authentication_error";
const VALIDATION: &str = "validation_error";

const REFUSALS: [Refusal; 10] = [
    refusal(
        400,
        "Malformed",
        VALIDATION,
        "malformed_json",
        "The request is malformed",
        When::Always,
    ),
    refusal(
        401,
        "Unknown",
        AUTHENTICATION,
        "invalid_api_key",
        "No key, or none that is valid",
        When::Always,
    ),
    refusal(
        403,
        "Forbidden",
        AUTHENTICATION,
        "insufficient_scope",
        "The key does not allow it",
        When::Always,
    ),
    refusal(404, "NotFound", API, "not_found", "Not there", When::Id),
    refusal(
        409,
        "Conflict",
        API,
        "already_exists",
        "In use already, or it does not fit what is",
        When::Change,
    ),
    refusal(
        413,
        "TooLarge",
        VALIDATION,
        "body_too_large",
        "The body is longer than 1 MiB",
        When::Body,
    ),
    refusal(
        415,
        "UnknownEncoding",
        VALIDATION,
        "unknown_encoding",
        "The body has an encoding",
        When::Body,
    ),
    refusal(422, "Invalid", VALIDATION, "invalid_parameter", "A field breaks a rule", When::Body),
    refusal(
        429,
        "TooMany",
        "rate_limit_error",
        "rate_limit_exceeded",
        "Too many requests",
        When::Always,
    ),
    refusal(503, "Busy", API, "service_unavailable", "Busy: try again", When::Always),
];

/// The refusals, described once.
fn shared_responses() -> Json {
    let describe = |refusal: &Refusal| {
        let body = json!({
            "description": refusal.description,
            "headers": headers(&SHARED_HEADERS[..if matches!(refusal.status, 429 | 503) { 5 } else { 4 }]),
            "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/ErrorBody" },
                "example": { "error": {
                    "type": refusal.kind, "code": refusal.code, "message": refusal.description,
                    "status": refusal.status, "request_id": "req_01kf3q8z5t7w9y2b4d6f8h0jkm"
                } }
            } }
        });
        (refusal.name.to_owned(), body)
    };
    Json::Object(REFUSALS.iter().map(describe).collect())
}

/// The last one is on refusals that say how long to wait.
const SHARED_HEADERS: [(&str, &str, &str); 5] = [
    ("X-Request-Id", "string", "Names the request"),
    ("X-RateLimit-Limit", "integer", "Requests a minute"),
    ("X-RateLimit-Remaining", "integer", "Requests left in this minute"),
    ("X-RateLimit-Reset", "integer", "When the next minute begins, Unix seconds"),
    ("Retry-After", "integer", "Seconds to wait"),
];

fn shared_headers() -> Json {
    let describe = |(name, kind, description): &(&str, &str, &str)| {
        ((*name).to_owned(), json!({ "description": description, "schema": { "type": kind } }))
    };
    Json::Object(SHARED_HEADERS.iter().map(describe).collect())
}

fn headers(shown: &[(&str, &str, &str)]) -> Json {
    let refer = |(name, ..): &(&str, &str, &str)| {
        ((*name).to_owned(), json!({ "$ref": format!("#/components/headers/{name}") }))
    };
    Json::Object(shown.iter().map(refer).collect::<Map<_, _>>())
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
