//! How a refusal looks from outside. One table gives an error its status and code; each family of
//! paths has its own shape for it.

use std::sync::Arc;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::family::Family;
use crate::{error::Error, id::RequestId};

/// A refusal, but for the request's id and its shape, which the outermost layer gives it.
#[derive(Clone, Debug)]
pub struct Problem {
    pub(super) status: StatusCode,
    kind: Type,
    code: &'static str,
    param: Option<String>,
    message: String,
    retry_after_s: Option<i64>,
    /// What is missing.
    scope: Option<&'static str>,
    /// Logged, and never sent.
    cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// Where in a request a mistake is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Body,
    Query,
}

/// The four documented types of error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "they are the documented words")]
pub enum Type {
    /// Something is not there, is there already, or went wrong on our side.
    ApiError,
    /// The request cannot be what it is.
    ValidationError,
    /// Who asks is not known, or may not.
    AuthenticationError,
    /// Too much was asked.
    RateLimitError,
}

/// The documented error object.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorObject,
}

/// In the order of the documented sample.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorObject {
    /// What kind of thing went wrong.
    #[serde(rename = "type")]
    kind: Type,
    /// For programs.
    #[schema(example = "invalid_parameter")]
    code: String,
    /// For people.
    #[schema(example = "The 'email' field must be a valid email address.")]
    message: String,
    /// Which field or parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "email")]
    param: Option<String>,
    /// The HTTP status once more.
    #[schema(example = 422)]
    status: u16,
    /// Also in `X-Request-Id`; name it when you ask for help.
    request_id: RequestId,
}

/// How long to wait when the server is busy.
const BUSY_RETRY_S: i64 = 1;
/// How long to wait when its disk is full.
const FULL_RETRY_S: i64 = 30;

impl Problem {
    fn new(status: StatusCode, kind: Type, code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            status,
            kind,
            code,
            param: None,
            message,
            retry_after_s: None,
            scope: None,
            cause: None,
        }
    }

    pub(super) fn code(&self) -> &'static str {
        self.code
    }

    pub(super) fn missing_credentials() -> Self {
        let message = "This needs an API key: send it as 'Authorization: Bearer sk_live_…'.";
        Self::new(
            StatusCode::UNAUTHORIZED,
            Type::AuthenticationError,
            "missing_credentials",
            message,
        )
    }

    pub(super) fn missing_token() -> Self {
        let message = "The api token field is required.";
        let kind = Type::AuthenticationError;
        let problem = Self::new(StatusCode::BAD_REQUEST, kind, "missing_parameter", message);
        Self { param: Some("api_token".to_owned()), ..problem }
    }

    pub(super) fn missing_partner_key() -> Self {
        let message = "This needs a partner key: send it as 'X-Ora-Key'.";
        let kind = Type::AuthenticationError;
        Self::new(StatusCode::UNAUTHORIZED, kind, "missing_credentials", message)
    }

    /// The body is no JSON, and what could be read of it is not enough.
    pub fn unreadable() -> Self {
        let message = "The body is not valid JSON, and what is needed could not be read from it.";
        Self::new(StatusCode::BAD_REQUEST, Type::ValidationError, "malformed_json", message)
    }

    /// The `action` of the one door that has several.
    pub fn unknown_action(valid: &[&str]) -> Self {
        let message = format!("The 'action' parameter must be one of: {}.", valid.join(", "));
        let kind = Type::ValidationError;
        let problem = Self::new(StatusCode::BAD_REQUEST, kind, "unknown_action", message);
        Self { param: Some("action".to_owned()), ..problem }
    }

    /// Nothing is set up that could do it.
    pub fn not_configured(what: &str) -> Self {
        let message = format!("{what} is not set up in this workspace.");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, Type::ApiError, "not_configured", message)
    }

    pub(super) fn invalid_api_key() -> Self {
        let message = "The API key is not valid, or it was revoked.";
        Self::new(StatusCode::UNAUTHORIZED, Type::AuthenticationError, "invalid_api_key", message)
    }

    pub(super) fn insufficient_scope(scope: &'static str) -> Self {
        let message =
            format!("This needs the scope '{scope}', which your credential does not have.");
        let kind = Type::AuthenticationError;
        let problem = Self::new(StatusCode::FORBIDDEN, kind, "insufficient_scope", message);
        Self { scope: Some(scope), ..problem }
    }

    fn unauthorized(code: &'static str, message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, Type::AuthenticationError, code, message)
    }

    fn forbidden(code: &'static str, message: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, Type::AuthenticationError, code, message)
    }

    pub(super) fn token_expired() -> Self {
        Self::unauthorized(
            "token_expired",
            "The access token is over: get another with the refresh token.",
        )
    }

    pub(super) fn signed_out() -> Self {
        Self::unauthorized("signed_out", "You are signed out: sign in again.")
    }

    /// The address, the password or the passkey is wrong; nothing says which.
    pub fn invalid_login() -> Self {
        Self::unauthorized("invalid_login", "The address or the password is not right.")
    }

    /// A second factor is asked for.
    pub fn code_needed() -> Self {
        Self::unauthorized("code_needed", "Send the 'code' of your app too, or one that you kept.")
    }

    /// A second factor is wrong, or was used before.
    pub fn invalid_code() -> Self {
        Self::unauthorized(
            "invalid_code",
            "The code is not right, or it was used already: wait for the next one.",
        )
    }

    /// Guesses are not judged for a while.
    pub fn too_many_guesses(retry_after_s: i64) -> Self {
        let minutes = (retry_after_s + 59) / 60;
        let message = format!("There were too many guesses: try again in {minutes} minutes.");
        let status = StatusCode::TOO_MANY_REQUESTS;
        let problem = Self::new(status, Type::RateLimitError, "too_many_guesses", message);
        Self { retry_after_s: Some(retry_after_s.max(1)), ..problem }
    }

    /// Someone who is signed in has to prove once more who they are.
    pub fn proof_needed() -> Self {
        let message =
            "Prove who you are first, with POST /v1/account/proof: it holds for ten minutes.";
        Self::forbidden("proof_needed", message)
    }

    /// A page of another site made a browser send it.
    pub fn foreign_page() -> Self {
        Self::forbidden(
            "foreign_page",
            "This was not sent by a page of ours: open it there and try again.",
        )
    }

    /// It is for operators who are signed in.
    pub(super) fn for_people() -> Self {
        Self::forbidden(
            "sign_in_needed",
            "This is for an operator who is signed in: a key has no account.",
        )
    }

    /// The account works in no workspace, or not in this one.
    pub fn works_nowhere() -> Self {
        Self::forbidden(
            "no_workspace",
            "Your account works in no such workspace: ask to be invited.",
        )
    }

    /// The program has an owner.
    pub fn claimed() -> Self {
        let message = "The program has an owner already: ask them to invite you.";
        Self::new(StatusCode::GONE, Type::ApiError, "claimed", message)
    }

    /// The path is right and the method is not.
    pub fn method_not_allowed() -> Self {
        let message =
            "The method is not allowed for this path: the 'Allow' header names those that are.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, Type::ApiError, "method_not_allowed", message)
    }

    pub(super) fn rate_limited(retry_after_s: i64) -> Self {
        let message = format!("Too many requests: try again in {retry_after_s} s.");
        let status = StatusCode::TOO_MANY_REQUESTS;
        let problem = Self::new(status, Type::RateLimitError, "rate_limit_exceeded", message);
        Self { retry_after_s: Some(retry_after_s.max(1)), ..problem }
    }

    pub(super) fn malformed_json(error: &serde_json::Error) -> Self {
        let message = format!("The body is not valid JSON: {error}.");
        Self::new(StatusCode::BAD_REQUEST, Type::ValidationError, "malformed_json", message)
    }

    pub(super) fn uri_too_long() -> Self {
        let message = "The address must be at most 8 KiB long.";
        Self::new(StatusCode::URI_TOO_LONG, Type::ValidationError, "uri_too_long", message)
    }

    pub(super) fn headers_too_large() -> Self {
        let message = "There must be at most 100 headers, of 32 KiB together.";
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        Self::new(status, Type::ValidationError, "headers_too_large", message)
    }

    pub(super) fn json_too_deep() -> Self {
        let message = "The body is nested more than 64 deep.";
        Self::new(StatusCode::BAD_REQUEST, Type::ValidationError, "malformed_json", message)
    }

    pub(super) fn body_too_large() -> Self {
        let message = "The body must be at most 1 MiB long.";
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        Self::new(status, Type::ValidationError, "body_too_large", message)
    }

    pub(super) fn body_too_slow() -> Self {
        let message = "The body did not arrive in time.";
        Self::new(StatusCode::REQUEST_TIMEOUT, Type::ValidationError, "body_too_slow", message)
    }

    pub(super) fn body_broken() -> Self {
        let message = "The body could not be read to its end.";
        Self::new(StatusCode::BAD_REQUEST, Type::ValidationError, "malformed_json", message)
    }

    pub(super) fn unknown_encoding(encoding: &str) -> Self {
        let message = format!("The body's encoding '{encoding}' is not known: send it as it is.");
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Self::new(status, Type::ValidationError, "unknown_encoding", message)
    }

    /// The router's own refusal, which is a line of text: an address that is not UTF-8 names nothing.
    pub(super) fn of_router(response: &Response) -> Option<Self> {
        let kind = response.headers().get(header::CONTENT_TYPE);
        let is_text = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
        let is_refusal = response.status() == StatusCode::BAD_REQUEST && is_text;
        is_refusal.then(|| Error::NotFound("path").into())
    }

    pub(super) fn panicked() -> Self {
        Error::internal("a handler panicked").into()
    }

    pub(super) fn bad_header(header: &'static str, problem: &str) -> Self {
        let message = format!("The '{header}' header {problem}.");
        let status = StatusCode::BAD_REQUEST;
        let problem = Self::new(status, Type::ValidationError, "invalid_parameter", message);
        Self { param: Some(header.to_owned()), ..problem }
    }

    /// Serde's complaint about what is at `path`, in a sentence of ours.
    pub(super) fn mistake(place: Place, path: &str, words: &str) -> Self {
        let (status, noun) = match place {
            Place::Body => (StatusCode::UNPROCESSABLE_ENTITY, "field"),
            Place::Query => (StatusCode::BAD_REQUEST, "parameter"),
        };
        // Where in the text it is helps nobody who made it with a program.
        let words = words.rsplit_once(" at line ").map_or(words, |(words, _)| words);
        let at_root = path == ".";
        let missing = words.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
        let (code, param, message) = match (missing, wanted(words)) {
            (Some(name), _) => {
                let name = if at_root { name.to_owned() } else { format!("{path}.{name}") };
                let message = format!("The '{name}' {noun} is required.");
                ("missing_parameter", Some(name), message)
            }
            (None, Some(wanted)) if !at_root => {
                let message = format!("The '{path}' {noun} must {wanted}.");
                ("invalid_parameter", Some(path.to_owned()), message)
            }
            (None, None) if !at_root => {
                let message = format!("The '{path}' {noun} is not valid: {words}.");
                ("invalid_parameter", Some(path.to_owned()), message)
            }
            _ => ("invalid_parameter", None, place.refused(words)),
        };
        Self { param, ..Self::new(status, Type::ValidationError, code, message) }
    }

    /// The whole answer, in the shape of `family`. Logs what the caller is not told.
    pub(super) fn into_answer(self, family: Family, id: &RequestId) -> Response {
        if let Some(cause) = &self.cause {
            tracing::error!(request = id.as_str(), ?cause, "a request failed");
        }
        let status = family.status(self.status);
        let body = match family {
            Family::Platform | Family::Widget | Family::Page => self.as_platform(status, id),
            Family::Ora => self.as_ora(),
            Family::Aloware => self.as_aloware(status),
            Family::OAuth => json!({
                "error": self.oauth_code(), "error_description": self.message,
            }),
        };
        let mut response = (status, axum::Json(body)).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(challenge) = self.challenge(status) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }

    /// What RFC 6750 says to whoever was not let in.
    fn challenge(&self, status: StatusCode) -> Option<HeaderValue> {
        let text = match (status, self.code, self.scope) {
            (StatusCode::UNAUTHORIZED, "invalid_api_key" | "token_expired", _) => {
                "Bearer error=\"invalid_token\"".to_owned()
            }
            (StatusCode::UNAUTHORIZED, ..) => "Bearer".to_owned(),
            (StatusCode::FORBIDDEN, _, Some(scope)) => {
                format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"")
            }
            _ => return None,
        };
        HeaderValue::from_str(&text).ok()
    }

    fn as_platform(&self, status: StatusCode, id: &RequestId) -> serde_json::Value {
        let error = ErrorObject {
            kind: self.kind,
            code: self.code.to_owned(),
            message: self.message.clone(),
            param: self.param.clone(),
            status: status.as_u16(),
            request_id: id.clone(),
        };
        serde_json::to_value(ErrorBody { error }).unwrap_or_default()
    }

    fn as_ora(&self) -> serde_json::Value {
        let code = match self.code {
            "malformed_json" => "invalid_json",
            "missing_parameter" => "missing_field",
            "invalid_parameter" => "invalid_field",
            "missing_credentials" | "invalid_api_key" => "unauthorized",
            "rate_limit_exceeded" => "rate_limited",
            code => code,
        };
        let mut body = json!({ "ok": false, "error": self.message, "code": code });
        if let Some(field) = &self.param {
            body["field"] = field.as_str().into();
        }
        body
    }

    fn as_aloware(&self, status: StatusCode) -> serde_json::Value {
        let message = match status {
            StatusCode::UNAUTHORIZED => "Unauthenticated.",
            StatusCode::FORBIDDEN => "This action is unauthorized.",
            StatusCode::TOO_MANY_REQUESTS => "Too Many Attempts.",
            _ => self.message.as_str(),
        };
        match &self.param {
            Some(field) => json!({
                "message": "The given data was invalid.", "errors": { field: [self.message] },
            }),
            None => json!({ "message": message }),
        }
    }

    fn oauth_code(&self) -> &'static str {
        match self.status {
            StatusCode::UNAUTHORIZED => "invalid_client",
            StatusCode::SERVICE_UNAVAILABLE => "temporarily_unavailable",
            status if status.is_server_error() => "server_error",
            _ => "invalid_request",
        }
    }
}

impl Place {
    /// The mistake is in no one field.
    fn refused(self, words: &str) -> String {
        match self {
            Self::Body => "The body must be a JSON object.".to_owned(),
            Self::Query => format!("The query is not valid: {words}."),
        }
    }
}

/// What should have been there: our own types say "must …", serde's say "expected …".
fn wanted(words: &str) -> Option<String> {
    if let Some(own) = words.strip_prefix("must ") {
        return Some(own.to_owned());
    }
    let (_, expected) = words.split_once("expected ")?;
    // Serde speaks to whoever wrote the program.
    let plain = match expected.split(' ').next().unwrap_or_default() {
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" => "an integer",
        "f32" | "f64" => "a number",
        "struct" => "an object",
        _ => match expected {
            "a sequence" => "a list",
            "a map" => "an object",
            "a boolean" => "true or false",
            other => other,
        },
    };
    Some(format!("be {plain}"))
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        use StatusCode as S;
        let (status, kind, code) = match &error {
            Error::NotFound(_) => (S::NOT_FOUND, Type::ApiError, "not_found"),
            Error::Invalid { .. } => {
                (S::UNPROCESSABLE_ENTITY, Type::ValidationError, "invalid_parameter")
            }
            Error::BadParameter { .. } => {
                (S::BAD_REQUEST, Type::ValidationError, "invalid_parameter")
            }
            Error::Missing(_) => {
                (S::UNPROCESSABLE_ENTITY, Type::ValidationError, "missing_parameter")
            }
            Error::Taken { .. } => (S::CONFLICT, Type::ApiError, "already_exists"),
            Error::Conflict(_) => (S::CONFLICT, Type::ApiError, "state_conflict"),
            Error::Unauthorized(_) => (S::UNAUTHORIZED, Type::AuthenticationError, "token_expired"),
            Error::Forbidden(_) => (S::FORBIDDEN, Type::AuthenticationError, "insufficient_scope"),
            Error::KeyReused => {
                (S::UNPROCESSABLE_ENTITY, Type::ValidationError, "idempotency_key_reused")
            }
            Error::Busy | Error::Slow => {
                (S::SERVICE_UNAVAILABLE, Type::ApiError, "service_unavailable")
            }
            Error::Full => (S::SERVICE_UNAVAILABLE, Type::ApiError, "disk_full"),
            Error::CommitUnknown => (S::INTERNAL_SERVER_ERROR, Type::ApiError, "commit_unknown"),
            Error::Internal(_) => (S::INTERNAL_SERVER_ERROR, Type::ApiError, "internal_error"),
        };
        let mut problem = Self::new(status, kind, code, error.to_string());
        problem.retry_after_s = match &error {
            Error::Busy | Error::Slow => Some(BUSY_RETRY_S),
            Error::Full => Some(FULL_RETRY_S),
            _ => None,
        };
        problem.param = match &error {
            Error::Invalid { field, .. } | Error::BadParameter { param: field, .. } => {
                Some(field.clone())
            }
            Error::Missing(field) | Error::Taken { field, .. } => Some((*field).to_owned()),
            Error::KeyReused => Some("Idempotency-Key".to_owned()),
            _ => None,
        };
        if let Error::Internal(source) = error {
            problem.cause = Some(source.into());
        }
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
