//! What holds for every answer, whatever was asked.

mod browsers;
mod limits;
mod nodes;
mod pages;
mod permissions;
mod proxies;
mod scopes;
mod shapes;
mod socket;
mod tenants;

use std::net::SocketAddr;

use axum::{
    Router,
    body::{Body as RawBody, to_bytes},
    http::{HeaderMap, Request},
};
use tower::ServiceExt as _;

use super::Peer;
use crate::testing::{Database, databases};

/// A database where the engine does not matter.
fn sqlite() -> Database {
    databases().remove(0)
}

/// One request, and where it comes from.
struct Ask {
    request: Request<RawBody>,
}

/// What came back.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Ask {
    /// `GET /v1/contacts`
    fn new(call: &str) -> Self {
        let (method, path) = call.split_once(' ').expect("a call is a method and a path");
        let request = Request::builder().method(method).uri(path);
        Self { request: request.body(RawBody::empty()).unwrap() }
    }

    fn by(self, secret: &str) -> Self {
        self.header("authorization", &format!("Bearer {secret}"))
    }

    fn from(mut self, address: &str) -> Self {
        let peer = SocketAddr::new(address.parse().unwrap(), 4711);
        self.request.extensions_mut().insert(Peer(peer));
        self
    }

    fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request.headers_mut().append(name, value.parse().unwrap());
        self
    }

    fn body(mut self, body: impl Into<RawBody>) -> Self {
        *self.request.body_mut() = body.into();
        self
    }

    /// Whatever the answer is, it names its request and lets no browser guess its type.
    async fn send(self, router: &Router) -> Answer {
        let response = router.clone().oneshot(self.request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = String::from_utf8(to_bytes(body, 64 << 20).await.unwrap().to_vec()).unwrap();
        let answer = Answer { status: parts.status.as_u16(), headers: parts.headers, body };
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let id = answer.header("x-request-id").expect("every answer names its request");
        assert!(id.starts_with("req_"), "{id}");
        if answer.body.contains("request_id") && answer.status >= 400 {
            assert!(answer.body.contains(&format!("\"request_id\":\"{id}\"")), "{}", answer.body);
        }
        answer
    }
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    fn number(&self, name: &str) -> i64 {
        self.header(name).unwrap_or_else(|| panic!("there is no {name}")).parse().unwrap()
    }

    /// The status, the headers that a refusal is known by, and the body, without the request's id.
    fn shown(&self) -> String {
        let mut text = self.status.to_string();
        for name in ["allow", "retry-after", "www-authenticate", "content-type"] {
            if let Some(value) = self.header(name) {
                text = format!("{text} {name}={value}");
            }
        }
        let id = self.header("x-request-id").unwrap_or_default();
        format!("{text}\n{}\n", self.body.replace(id, "req_…"))
    }
}
