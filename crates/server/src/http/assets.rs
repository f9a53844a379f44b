//! Pages and scripts, which are part of the program.

use std::io::Write as _;

use axum::{
    Router,
    body::HttpBody as _,
    extract::Path,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use flate2::{Compression, write::GzEncoder};
use rust_embed::RustEmbed;

use super::App;
use crate::error::Error;

#[derive(RustEmbed)]
#[folder = "$SWITCHBOARD_WEB"]
struct Web;

/// Scripts and styles of our own only; no page of ours is framed.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; \
                      frame-ancestors 'none'";

/// As [`POLICY`]; besides, markup is made by the compiler of the desk alone, and one worker keeps its
/// shell: their policies have these names.
const DESK_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                           img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; \
                           base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
                           worker-src 'self'; manifest-src 'self'; \
                           require-trusted-types-for 'script'; \
                           trusted-types svelte-trusted-html desk-worker";

/// What every page says of itself, unless it has said something else.
const DOCUMENT: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::REFERRER_POLICY, "same-origin"),
    // Whoever opened it, or is opened by it, cannot reach into it.
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Adds to a page what keeps it to itself. What is no page stays as it is.
pub(super) fn dress_document(headers: &mut HeaderMap) {
    let kind = headers.get(header::CONTENT_TYPE);
    if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        return;
    }
    for (name, value) in DOCUMENT {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/", get(async || Redirect::temporary("/docs")))
        .route("/docs", get(async || file("docs/index.html")))
        .route("/docs/", get(async || Redirect::permanent("/docs")))
        .route("/docs/{*path}", get(docs))
        .route("/app", get(desk))
        .route("/app/", get(desk))
        .route("/app/assets/{*path}", get(desk_asset))
        .route("/app/icons/{name}", get(desk_icon))
        .route("/app/manifest.webmanifest", get(async || file("dashboard/manifest.webmanifest")))
        .route("/app/worker.js", get(async || file("dashboard/worker.js")))
        .route("/app/{*path}", get(desk))
        .route("/login", get(account_page))
        .route("/claim", get(account_page))
        .route("/join", get(account_page))
        .route("/reset", get(account_page))
        .route("/account", get(account_page))
        .route("/account/{*path}", get(account))
        .route("/favicon.ico", get(async || StatusCode::NO_CONTENT))
}

/// One page signs people in and out, and shows them their account: it draws what its address says.
async fn account_page() -> Response {
    file("account/index.html")
}

async fn account(Path(path): Path<String>) -> Response {
    file(&format!("account/{path}"))
}

/// The desk finds out by its address what it shows.
async fn desk() -> Response {
    let mut page = file("dashboard/index.html");
    let policy = HeaderValue::from_static(DESK_POLICY);
    page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    page
}

async fn desk_asset(Path(path): Path<String>) -> Response {
    file(&format!("dashboard/assets/{path}"))
}

async fn desk_icon(Path(name): Path<String>) -> Response {
    file(&format!("dashboard/icons/{name}"))
}

async fn docs(Path(path): Path<String>) -> Response {
    file(&format!("docs/{path}"))
}

/// Whether whoever asks takes what is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    Gzip,
    Plain,
}

/// What packing saves less than it costs below.
const PACKED_BYTES_MIN: usize = 1_024;
/// Pages and scripts are at most this long; what is longer goes as it is.
const PACKED_BYTES_MAX: usize = 2 << 20;
/// Kinds of texts.
const TEXTS: [&str; 6] = [
    "text/html",
    "text/javascript",
    "text/css",
    "image/svg+xml",
    "application/json",
    "application/yaml",
];

pub(super) fn takes_gzip(headers: &HeaderMap) -> Takes {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let names = accepted.unwrap_or_default().split(',').map(str::trim);
    let is_gzip = |name: &str| name == "gzip" || (name.starts_with("gzip;") && name != "gzip;q=0");
    if names.into_iter().any(is_gzip) { Takes::Gzip } else { Takes::Plain }
}

/// A page, a script or a style, packed for whoever takes it so. It weighs a third.
pub(super) async fn packed(response: Response, takes: Takes) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_text = kind.is_some_and(|kind| TEXTS.iter().any(|text| kind.starts_with(text)));
    if !is_text || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    parts.headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    let is_small = body.size_hint().exact().is_some_and(|size| {
        (PACKED_BYTES_MIN..=PACKED_BYTES_MAX).contains(&usize::try_from(size).unwrap_or(usize::MAX))
    });
    if takes == Takes::Plain || !is_small {
        return Response::from_parts(parts, body);
    }
    // It is in memory already: nothing here waits, and nothing is longer than its limit.
    let Ok(plain) = axum::body::to_bytes(body, PACKED_BYTES_MAX).await else {
        return Error::internal("a page could not be read").into_response();
    };
    let mut packer = GzEncoder::new(Vec::with_capacity(plain.len() / 2), Compression::best());
    let packed = packer.write_all(&plain).and_then(|()| packer.finish());
    let Ok(packed) = packed else { return Response::from_parts(parts, plain.into()) };
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, packed.into())
}

/// The names of all pages.
#[cfg(test)]
pub(super) fn documents() -> Vec<String> {
    Web::iter().map(std::borrow::Cow::into_owned).filter(|name| name.ends_with(".html")).collect()
}

/// A file of the program, as pages get it.
pub fn asset(name: &str) -> Response {
    file(name)
}

/// A text that is part of the program.
pub fn text_asset(name: &str) -> Option<String> {
    let file = Web::get(name)?;
    String::from_utf8(file.data.into_owned()).ok()
}

/// A file of the program; what has a hash in its name never changes.
fn file(name: &str) -> Response {
    let Some(file) = Web::get(name) else { return Error::NotFound("path").into_response() };
    let kind = match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    };
    let caching =
        if name.contains("/assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = axum::body::Body::from(file.data.into_owned()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    // Only our own pages load it.
    let own = HeaderValue::from_static("same-origin");
    headers.insert("cross-origin-resource-policy", own);
    response
}
