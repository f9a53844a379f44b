//! Pages and scripts, which are part of the program.

use axum::{
    Router,
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
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

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/", get(async || Redirect::temporary("/docs")))
        .route("/docs", get(async || file("docs/index.html")))
        .route("/docs/", get(async || Redirect::permanent("/docs")))
        .route("/docs/{*path}", get(docs))
        .route("/favicon.ico", get(async || StatusCode::NO_CONTENT))
}

async fn docs(Path(path): Path<String>) -> Response {
    file(&format!("docs/{path}"))
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
    response
}
