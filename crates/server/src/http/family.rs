//! Which documented product a path belongs to: it decides the shape of errors and who may call from
//! a browser.

use std::sync::{Arc, OnceLock};

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};

/// A family of paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// `/v1`
    Platform,
    /// `/api`
    Ora,
    /// `/api/v1/webhook`
    Aloware,
    /// `/oauth`
    OAuth,
    /// `/widget/v1`
    Widget,
    /// Everything else: pages and probes.
    Page,
}

const EXPOSED: &str = "X-Request-Id, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, \
                       Retry-After, Idempotency-Replayed, X-Ignored-Fields";

impl Family {
    /// The family of `path`, whose workspace may stand before it.
    pub fn of(path: &str) -> Self {
        let inner = path
            .strip_prefix(super::WORKSPACE_PREFIX)
            .and_then(|rest| rest.find('/').and_then(|at| rest.get(at..)));
        let path = inner.unwrap_or(path);
        let within = |prefix| {
            path.strip_prefix(prefix)
                .is_some_and(|rest: &str| rest.is_empty() || rest.starts_with('/'))
        };
        if within("/v1") {
            Self::Platform
        } else if within("/api/v1/webhook") {
            Self::Aloware
        } else if within("/api") {
            Self::Ora
        } else if within("/oauth") {
            Self::OAuth
        } else if within("/widget/v1") {
            Self::Widget
        } else {
            Self::Page
        }
    }

    /// The word in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Ora => "ora",
            Self::Aloware => "aloware",
            Self::OAuth => "oauth",
            Self::Widget => "widget",
            Self::Page => "page",
        }
    }

    /// The documented lead intake answers 400 where others answer 422.
    pub(super) fn status(self, status: StatusCode) -> StatusCode {
        match (self, status) {
            (Self::Aloware | Self::Ora | Self::OAuth, StatusCode::UNPROCESSABLE_ENTITY) => {
                StatusCode::BAD_REQUEST
            }
            (_, status) => status,
        }
    }

    /// Whether pages of other sites may call it. None of it ever takes a cookie.
    fn allowed_headers(self) -> Option<&'static str> {
        match self {
            Self::Platform => Some("Authorization, Content-Type, Idempotency-Key"),
            Self::Ora => Some("Content-Type, X-Ora-Key"),
            // Apps in browsers fetch tokens; what an operator is asked is a page, and never fetched.
            Self::OAuth => Some("Authorization, Content-Type"),
            Self::Aloware | Self::Widget | Self::Page => None,
        }
    }

    /// Whether `method` asks what is allowed, and is answered without a handler.
    pub(super) fn is_preflight(self, method: &Method) -> bool {
        *method == Method::OPTIONS && self.allowed_headers().is_some()
    }

    /// Says to browsers which of our own headers pages of other sites may read.
    pub(super) fn expose_headers(self, headers: &mut HeaderMap) {
        if self.allowed_headers().is_some() {
            let expose = header::ACCESS_CONTROL_EXPOSE_HEADERS;
            headers.insert(expose, HeaderValue::from_static(EXPOSED));
        }
    }

    /// Says to browsers what pages of other sites may do.
    pub(super) fn add_cors(self, method: &Method, headers: &mut HeaderMap) {
        let Some(allowed) = self.allowed_headers() else { return };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        if self.is_preflight(method) {
            let methods = match self {
                Self::Ora => "GET, POST, OPTIONS",
                Self::OAuth => "POST, OPTIONS",
                _ => "GET, POST, PATCH, DELETE, OPTIONS",
            };
            let allow = header::ACCESS_CONTROL_ALLOW_METHODS;
            headers.insert(allow, HeaderValue::from_static(methods));
            let allow = header::ACCESS_CONTROL_ALLOW_HEADERS;
            headers.insert(allow, HeaderValue::from_static(allowed));
            let age = header::ACCESS_CONTROL_MAX_AGE;
            headers.insert(age, HeaderValue::from_static("86400"));
        }
    }
}

/// The page that a request of the widget may be answered to: set once it is known to be one of the
/// site's.
#[derive(Clone, Default)]
pub struct Allowed(Arc<OnceLock<HeaderValue>>);

impl Allowed {
    /// Pages of this origin may read the answer.
    pub fn allow(&self, origin: HeaderValue) {
        // It is the same request's.
        let _first_or_later = self.0.set(origin);
    }

    /// Says so to the browser. Nothing is said of a page that is not allowed.
    pub(super) fn add_cors(&self, method: &Method, headers: &mut HeaderMap) {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        let Some(origin) = self.0.get() else { return };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        if *method == Method::OPTIONS {
            let pairs = [
                (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, OPTIONS"),
                (header::ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type"),
                (header::ACCESS_CONTROL_MAX_AGE, "86400"),
            ];
            for (name, value) in pairs {
                headers.insert(name, HeaderValue::from_static(value));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_the_longest_prefix() {
        assert_eq!(Family::of("/v1/contacts"), Family::Platform);
        assert_eq!(Family::of("/v1"), Family::Platform);
        assert_eq!(Family::of("/v10"), Family::Page);
        assert_eq!(Family::of("/api/save-lead"), Family::Ora);
        assert_eq!(Family::of("/api/v1/webhook/forms"), Family::Aloware);
        assert_eq!(Family::of("/oauth/token"), Family::OAuth);
        assert_eq!(Family::of("/healthz"), Family::Page);
        assert_eq!(Family::of("/w/acme/api/save-lead"), Family::Ora);
        assert_eq!(Family::of("/w/acme"), Family::Page);
    }
}
