//! The files of the widget: the loader with the site inside, the frame, and what the frame loads.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use store::Scope;

use super::site::Small;
use crate::{
    error::{Error, Result},
    http::{App, Query, asset, text_asset},
    site, workspace,
};

/// What the build leaves in the loader for the site.
const PLACE: &str = "\"__SITE__\"";

#[derive(Deserialize)]
pub(super) struct SiteQuery {
    site: String,
}

/// `/widget/pk_….js`
pub(super) async fn loader(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    let key = name.strip_suffix(".js").ok_or(Error::NotFound("path"))?;
    let found = site::by_key(&app.store, key).await?;
    if let Some(page) = headers.get(header::REFERER).and_then(|value| value.to_str().ok()) {
        app.sightings.note(&found, page, app.now());
    }
    let site = found.site;
    let code = text_asset("widget/loader.js").ok_or(Error::NotFound("path"))?;
    // JSON in a script: what could end the script or the line is written otherwise.
    let small = serde_json::to_string(&Small::of(&site))?
        .replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029");
    let code = code.replacen(PLACE, &small, 1);
    let tag = format!("\"{}\"", hex::encode(Sha256::digest(&code)).get(..32).unwrap_or_default());
    let is_known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|known| known.contains(&tag));
    let mut response =
        if is_known { StatusCode::NOT_MODIFIED.into_response() } else { code.into_response() };
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("text/javascript; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    headers.insert(header::ETAG, HeaderValue::try_from(tag).map_err(Error::internal)?);
    // Pages of other origins load it, whatever they isolate themselves with.
    let policy = HeaderValue::from_static("cross-origin");
    headers.insert("cross-origin-resource-policy", policy);
    Ok(response)
}

/// `/widget/frame?site=pk_…`: only pages of the site may frame it.
pub(super) async fn frame(
    State(app): State<App>,
    Query(query): Query<SiteQuery>,
) -> Result<Response> {
    let site = site::by_key(&app.store, &query.site).await?.site;
    let origins = &site.settings.origins;
    let ancestors = if origins.is_empty() { "*".to_owned() } else { origins.join(" ") };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
         media-src 'self'; connect-src 'self'; font-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'self' {ancestors}"
    );
    let mut response = asset("widget/frame.html");
    let headers = response.headers_mut();
    let policy = HeaderValue::try_from(policy).map_err(Error::internal)?;
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let embedded = HeaderValue::from_static("cross-origin");
    headers.insert("cross-origin-resource-policy", embedded);
    Ok(response)
}

/// `/widget/assets/…`
pub(super) async fn assets(Path(path): Path<String>) -> Response {
    asset(&format!("widget/assets/{path}"))
}

/// What the build leaves in the page of the examples for the key of its site.
const KEY_PLACE: &str = "__SITE_KEY__";
/// The page of the examples is as strict as a host page can be: what works there works elsewhere.
const DEMO_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                           img-src 'self' data:; font-src 'self'; connect-src 'self'; \
                           frame-src 'self'; base-uri 'none'; form-action 'none'; \
                           frame-ancestors 'none'";

/// `/demo`: a shop with the widget on it, where there are examples.
pub(super) async fn demo(State(app): State<App>) -> Result<Response> {
    let workspace = workspace::look_up(&app.store, workspace::DEFAULT).await?;
    let scope = Scope::new(workspace.id.as_str());
    let site = app.store.read(&scope, site::demo).await?.ok_or(Error::NotFound("path"))?;
    let page = text_asset("demo/index.html").ok_or(Error::NotFound("path"))?;
    let mut response = page.replace(KEY_PLACE, &site.key).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let policy = HeaderValue::from_static(DEMO_POLICY);
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// `/demo/…`
pub(super) async fn demo_assets(Path(path): Path<String>) -> Response {
    asset(&format!("demo/{path}"))
}
