//! Who asks: a page of a site, and perhaps a visitor of it.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use serde::Deserialize;
use store::Scope;

use crate::{
    error::{Error, Result},
    http::{Allowed, App, Problem, guest_client},
    live::Listener,
    site::{self, Site, Tracking},
    visitor::{self, Browser, Visitor},
};

/// A page of a site.
pub(super) struct Guest {
    pub(super) scope: Scope,
    pub(super) site: Site,
    /// What is known of the browser.
    pub(super) browser: Browser,
    /// Whether pages are written down: where the site does so, and the browser does not ask for the
    /// opposite.
    pub(super) is_followed: bool,
    token: Option<String>,
}

/// A visitor who showed their token.
pub(super) struct Known {
    pub(super) scope: Scope,
    pub(super) site: Site,
    pub(super) visitor: Visitor,
    pub(super) is_followed: bool,
}

impl Known {
    /// Who listens.
    pub(super) fn listener(self) -> Listener {
        let Self { scope, visitor, is_followed, .. } = self;
        Listener::Visitor { scope, visitor: visitor.id, is_followed }
    }
}

#[derive(Deserialize)]
struct SiteQuery {
    site: String,
}

impl FromRequestParts<App> for Guest {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let Ok(SiteQuery { site: key }) = serde_urlencoded::from_str(query) else {
            let problem = "must be the key of a site";
            return Err(Error::bad_parameter("site", problem).into());
        };
        let found = site::by_key(&app.store, &key).await?;
        if let Some(origin) = foreign(&parts.headers) {
            app.sightings.note(&found, origin, app.now());
        }
        let site::Found { workspace, site } = found;
        refuse_foreign(&parts.headers, &site)?;
        if let (Some(allowed), Some(origin)) =
            (parts.extensions.get::<Allowed>(), parts.headers.get(header::ORIGIN))
        {
            allowed.allow(origin.clone());
        }
        let client = guest_client(parts);
        app.guest_turn(&client.to_string()).await?;
        let scope = Scope::new(workspace.as_str()).by("visitor");
        let keeps = site.settings.addresses == site::Addresses::Kept;
        let address = keeps.then(|| client.to_string());
        let mut browser = browser(&parts.headers, address);
        app.places.fill(&mut browser, client);
        let says = |name: &str| parts.headers.get(name).is_some_and(|value| value == "1");
        let is_followed =
            site.settings.tracking != Tracking::Off && !says("dnt") && !says("sec-gpc");
        Ok(Self { scope, site, browser, is_followed, token: bearer(&parts.headers) })
    }
}

impl Guest {
    /// The visitor whose token came with the request, or is `token`.
    pub(super) async fn visitor(&self, app: &App, token: Option<&str>) -> Result<Option<Visitor>> {
        let shown = self.token.as_deref().or(token);
        let Some(token) = shown.filter(|token| token.starts_with(visitor::TOKEN_PREFIX)) else {
            return Ok(None);
        };
        let token = token.to_owned();
        let found = app.store.glance(&self.scope, move |tx| visitor::by_token(tx, &token)).await?;
        // What one site trusts, another need not.
        Ok(found.filter(|visitor| visitor.site_id.as_ref() == Some(&self.site.id)))
    }

    /// The same, on whose behalf everything is done.
    pub(super) async fn known(self, app: &App, token: Option<&str>) -> Result<Known> {
        let visitor = self.visitor(app, token).await?;
        let visitor = visitor.ok_or_else(unknown)?;
        let scope = self.scope.by(visitor.id.as_str());
        Ok(Known { scope, site: self.site, visitor, is_followed: self.is_followed })
    }
}

fn unknown() -> Error {
    Error::Unauthorized("This visitor is not known any more: begin anew with 'init'.".to_owned())
}

impl FromRequestParts<App> for Known {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let guest = Guest::from_request_parts(parts, app).await?;
        let known = guest.known(app, None).await?;
        app.guest_turn(known.visitor.id.as_str()).await?;
        Ok(known)
    }
}

/// A browser says which page asks. What is no browser may say anything: this keeps nobody out who
/// wants in, it keeps other pages from using the visitor's own.
fn refuse_foreign(headers: &HeaderMap, site: &Site) -> Result<()> {
    let Some(origin) = foreign(headers).filter(|origin| !site.allows(origin)) else {
        return Ok(());
    };
    Err(Error::Forbidden(format!(
        "Pages of {origin} may not use this widget: add the origin to the site."
    )))
}

/// The origin of a page that is not one of ours, as the chat in its frame is.
fn foreign(headers: &HeaderMap) -> Option<&str> {
    let origin = headers.get(header::ORIGIN)?.to_str().unwrap_or_default();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let is_own = origin
        .split_once("://")
        .is_some_and(|(_, own)| host.is_some_and(|host| host.eq_ignore_ascii_case(own)));
    (!is_own).then_some(origin)
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

fn browser(headers: &HeaderMap, address: Option<String>) -> Browser {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let agent = media::visit::Agent::parse(text("user-agent").unwrap_or_default());
    let agent = match text("sec-ch-ua-platform-version") {
        Some(version) => agent.with_platform_version(version),
        None => agent,
    };
    Browser {
        name: agent.browser,
        os: agent.os,
        device: agent.device.as_str(),
        language: text("accept-language").and_then(media::visit::language),
        ip: address,
        ..Browser::default()
    }
}
