//! What is decided by how a request came, before anything is read of it: whether it is sent to
//! HTTPS, whether it is too long, and what its answer tells a browser about that.

use std::net::IpAddr;

use axum::{
    body::Body,
    extract::Request,
    http::{
        HeaderMap, HeaderValue, StatusCode, header,
        uri::{Authority, PathAndQuery},
    },
    response::{IntoResponse as _, Response},
};

use super::{
    Peer,
    address::{self, Via},
    problem::Problem,
};
use crate::config::Http;

/// Browsers come back over HTTPS alone, for a year.
const STRICT: HeaderValue = HeaderValue::from_static("max-age=31536000");
/// An address, with its query, is at most this long.
const URI_BYTES_MAX: usize = 8 << 10;
/// Headers of a request. HTTP/1.1 keeps to it before this, HTTP/2 does not.
const HEADERS_MAX: usize = 100;
/// What this machine, and proxies, look at to see how the server is.
const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// An answer for what came in the clear and should not have, or came too long: nothing of it is done.
pub(super) fn refuse(request: &Request, settings: &Http) -> Option<Response> {
    if let Some(port) = wrong_way(request, settings) {
        return Some(to_https(request, port));
    }
    let uri_bytes = request.uri().path_and_query().map_or(0, |path| path.as_str().len());
    if URI_BYTES_MAX < uri_bytes {
        return Some(Problem::uri_too_long().into_response());
    }
    if HEADERS_MAX < request.headers().len() {
        return Some(Problem::headers_too_large().into_response());
    }
    None
}

/// Whether it is HTTPS: asked before the request is used up, and told the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    pub(super) fn of(request: &Request, settings: &Http) -> Self {
        let trusted = &settings.trusted_proxies;
        if address::is_https(request.extensions(), request.headers(), trusted) {
            Self::Https
        } else {
            Self::Http
        }
    }

    /// Tells browsers to stay with HTTPS.
    pub(super) fn dress(self, headers: &mut HeaderMap) {
        if self == Self::Https {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, STRICT);
        }
    }
}

/// Where HTTPS is to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Port {
    /// Where the request's own host says: a proxy knows.
    AsAsked,
    /// At a port of ours.
    Ours(u16),
}

/// Where a request should have gone that came in the clear.
fn wrong_way(request: &Request, settings: &Http) -> Option<Port> {
    if !settings.https_redirect {
        return None;
    }
    let peer = peer(request);
    let trusted = &settings.trusted_proxies;
    let is_trusted = peer.is_loopback() || trusted.iter().any(|net| net.contains(&peer));
    let via = request.extensions().get::<Via>().copied().unwrap_or(Via::Clear);
    match (address::proxy_scheme(peer, request.headers(), trusted), via) {
        (Some("http"), _) => Some(Port::AsAsked),
        (None, Via::ClearBesideTls(_)) if is_trusted && PROBES.contains(&request.uri().path()) => {
            None
        }
        (None, Via::ClearBesideTls(port)) => Some(Port::Ours(port)),
        _ => None,
    }
}

fn peer(request: &Request) -> IpAddr {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
    address::canonical(peer.unwrap_or(IpAddr::from([127, 0, 0, 1])))
}

fn to_https(request: &Request, port: Port) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.and_then(|host| host.parse::<Authority>().ok());
    let Some(host) = host else {
        return Problem::bad_header("Host", "must say which host is asked").into_response();
    };
    let host = match port {
        Port::AsAsked => host.to_string(),
        Port::Ours(443) => host.host().to_owned(),
        Port::Ours(port) => format!("{}:{port}", host.host()),
    };
    let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
    let mut headers = HeaderMap::new();
    if let Ok(target) = HeaderValue::try_from(format!("https://{host}{path}")) {
        headers.insert(header::LOCATION, target);
    }
    (StatusCode::MOVED_PERMANENTLY, headers, Body::empty()).into_response()
}
