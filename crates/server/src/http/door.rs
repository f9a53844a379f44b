//! The doors: requests of the two lead families. Each is read whole before it is judged, since its
//! credential may be anywhere in it.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    extract::{FromRequest, Request},
    http::{HeaderMap, Method, header, request::Parts},
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sha2::{Digest as _, Sha256};
use store::Scope;

use super::{
    App, Fields,
    extract::{idempotency_key, read_body},
    limit::{Standing, Who},
    problem::Problem,
};
use crate::{
    access::{Credential, Kind, Level},
    config::PlanLimit,
    error::Result,
    idempotency, workspace,
};

/// Whether something is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// It is.
    Real,
    /// What would be done is told, and nothing is.
    Dry,
}

/// A request with an intake token, wherever in it that was.
pub struct Token {
    /// What they showed.
    pub credential: Arc<Credential>,
    /// Their workspace, on their behalf, because of this request.
    pub scope: Scope,
    /// All other parameters.
    pub fields: Fields,
    /// Whether it is to be done, or only told.
    pub run: Run,
    /// What its reply is recorded under, if it asked for that.
    pub once: Option<idempotency::Request>,
}

/// A request to a public door, of whichever workspace.
pub struct Public {
    /// Whose data, because of this request.
    pub scope: Scope,
    /// All parameters.
    pub fields: Fields,
    /// Whether it is to be done, or only told.
    pub run: Run,
}

/// A request of a partner, or of someone who may be let in without a key.
pub struct Partner {
    /// How it was asked.
    pub method: Method,
    /// All parameters.
    pub fields: Fields,
    found: Result<(Arc<Credential>, Scope), Problem>,
    request: String,
    slug: String,
    has_key: bool,
}

/// What the outermost layer knows of a request to a door.
#[derive(Clone)]
pub(super) struct Came {
    pub(super) client: IpAddr,
    pub(super) request: String,
    pub(super) turn: Turn,
}

/// What is left of the asker's limit, for the headers of the answer.
#[derive(Clone, Default)]
pub(super) struct Turn(Arc<Mutex<Option<Standing>>>);

/// The workspace that the path names: `/w/{slug}/…`
#[derive(Clone)]
pub(super) struct Slug(pub(super) String);

impl Turn {
    pub(super) fn take(&self) -> Option<Standing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn set(&self, standing: Standing) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(standing);
    }
}

/// Doors have no limit within a second.
fn per_minute(count: i64) -> PlanLimit {
    PlanLimit { per_minute: count, burst: count }
}

async fn count(app: &App, came: &Came, who: Who<'_>) -> Result<(), Problem> {
    let standing = app.limiter.take(&app.store, &who, app.now()).await?;
    came.turn.set(standing);
    standing.retry_after_s.map_or(Ok(()), |seconds| Err(Problem::rate_limited(seconds)))
}

async fn count_stranger(app: &App, came: &Came) -> Result<(), Problem> {
    let address = format!("door {}", came.client);
    count(app, came, Who::Address(&address, app.config.plans.free)).await
}

/// The request, taken apart.
struct Read {
    parts: Parts,
    came: Came,
    fields: Fields,
    hash: String,
}

async fn read(request: Request) -> Result<Read, Problem> {
    let (parts, body) = request.into_parts();
    let came = came(&parts);
    let head = axum::http::Request::from_parts(parts.clone(), ());
    let bytes = read_body(head.map(|()| body)).await?;
    let place = format!("{} {}\n", parts.method, parts.uri);
    let hash = hex::encode(Sha256::new().chain_update(place).chain_update(&bytes).finalize());
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let fields = Fields::read(parts.uri.query().unwrap_or_default(), kind, bytes).await;
    Ok(Read { parts, came, fields, hash })
}

fn came(parts: &Parts) -> Came {
    parts.extensions.get().cloned().unwrap_or_else(|| Came {
        client: IpAddr::from([127, 0, 0, 1]),
        request: String::new(),
        turn: Turn::default(),
    })
}

fn slug(parts: &Parts) -> String {
    parts.extensions.get::<Slug>().map_or_else(|| workspace::DEFAULT.to_owned(), |s| s.0.clone())
}

fn run(fields: &mut Fields) -> Run {
    let is_dry = fields.flag("dry_run") == Ok(Some(true));
    drop(fields.take_text("dry_run"));
    if is_dry { Run::Dry } else { Run::Real }
}

async fn scope_of(app: &App, slug: &str, request: &str) -> Result<Scope> {
    let known = app.workspaces.find(slug);
    let workspace = match known {
        Some(known) => known,
        None => app.workspaces.note(slug, workspace::look_up(&app.store, slug).await?.id),
    };
    Ok(Scope::new(workspace.as_str()).by("visitor").because_of(request))
}

impl FromRequest<App> for Token {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let Read { parts, came, mut fields, hash } = read(request).await?;
        let Some(secret) = fields.take_text("api_token").or_else(|| bearer(&parts.headers)) else {
            count_stranger(app, &came).await?;
            return Err(Problem::missing_token());
        };
        let found = app.keys.find(&app.store, &secret, app.now()).await?;
        let Some(credential) = found.filter(|found| found.kind == Kind::Intake) else {
            count_stranger(app, &came).await?;
            return Err(Problem::invalid_api_key());
        };
        app.keys.note_use(&credential, app.now(), came.client);
        let scope = Scope::new(credential.workspace.as_str());
        let scope = scope.by(credential.id.as_str()).because_of(&came.request);
        let limit = per_minute(app.config.aloware.per_minute);
        count(app, &came, Who::Key { scope: &scope, id: credential.id.as_str(), limit }).await?;
        if parts.method != Method::GET && !credential.level.may_write() {
            return Err(Problem::insufficient_scope("contacts:write"));
        }
        let run = run(&mut fields);
        let key = idempotency_key(&parts.headers)?.filter(|_| parts.method == Method::POST);
        let once = key.filter(|_| run == Run::Real).map(|key| idempotency::Request {
            credential: credential.id.clone(),
            key,
            hash,
        });
        Ok(Self { credential, scope, fields, run, once })
    }
}

impl FromRequest<App> for Public {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        // The limit comes first: it is what keeps strangers from sending much.
        let (parts, body) = request.into_parts();
        let came = came(&parts);
        let address = format!("public {}", came.client);
        let limit = per_minute(app.config.ora.public_per_minute);
        count(app, &came, Who::Address(&address, limit)).await?;
        let scope = scope_of(app, &slug(&parts), &came.request).await?;
        let Read { mut fields, .. } = read(Request::from_parts(parts, body)).await?;
        let run = run(&mut fields);
        Ok(Self { scope, fields, run })
    }
}

impl FromRequest<App> for Partner {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let Read { parts, came, mut fields, .. } = read(request).await?;
        let secret = partner_key(&parts.headers).or_else(|| fields.take_text("key"));
        let has_key = secret.is_some();
        let found = match secret {
            None => Err(Problem::missing_partner_key()),
            Some(secret) => {
                let found = app.keys.find(&app.store, &secret, app.now()).await?;
                found
                    .filter(|found| found.kind == Kind::Partner)
                    .ok_or_else(Problem::invalid_api_key)
            }
        };
        let found = match found {
            Err(problem) => {
                count_stranger(app, &came).await?;
                Err(problem)
            }
            Ok(credential) => {
                app.keys.note_use(&credential, app.now(), came.client);
                let scope = Scope::new(credential.workspace.as_str());
                let scope = scope.by(credential.id.as_str()).because_of(&came.request);
                let limit = per_minute(app.config.ora.key_per_minute);
                let who = Who::Key { scope: &scope, id: credential.id.as_str(), limit };
                count(app, &came, who).await?;
                Ok((credential, scope))
            }
        };
        let slug = slug(&parts);
        Ok(Self { method: parts.method, fields, found, request: came.request, slug, has_key })
    }
}

impl Partner {
    /// Whose data a partner sees.
    ///
    /// # Errors
    /// When no key of a partner came with the request.
    pub fn reader(&self) -> Result<&Scope, Problem> {
        self.found.as_ref().map(|(_, scope)| scope).map_err(Clone::clone)
    }

    /// Whose data a partner changes.
    ///
    /// # Errors
    /// When no key of a partner came with the request, or one that only reads.
    pub fn writer(&self) -> Result<&Scope, Problem> {
        match &self.found {
            Ok((credential, scope)) if credential.level.may_write() => Ok(scope),
            Ok(_) => Err(Problem::insufficient_scope("leads:write")),
            Err(problem) => Err(problem.clone()),
        }
    }

    /// Whether some key came, valid or not.
    pub fn has_key(&self) -> bool {
        self.has_key
    }

    /// The credential, if there is one.
    pub fn credential(&self) -> Option<&Credential> {
        self.found.as_ref().ok().map(|(credential, _)| credential.as_ref())
    }

    /// Whose data someone without a key would see, where that is allowed.
    ///
    /// # Errors
    /// When the path names no workspace.
    pub async fn stranger(&self, app: &App) -> Result<Scope> {
        scope_of(app, &self.slug, &self.request).await
    }
}

impl Level {
    fn may_write(self) -> bool {
        Self::Write <= self
    }
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    Some(rest.trim().to_owned()).filter(|secret| is_bearer && !secret.is_empty())
}

/// `X-Ora-Key`, a bearer token, or the name or the password of HTTP Basic.
fn partner_key(headers: &HeaderMap) -> Option<String> {
    let own = headers.get("x-ora-key").and_then(|value| value.to_str().ok());
    let own = own.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    own.or_else(|| bearer(headers)).or_else(|| basic(headers))
}

fn basic(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(BASE64.decode(rest.trim()).ok()?).ok()?;
    let (name, password) = text.split_once(':').unwrap_or((&text, ""));
    [name, password].into_iter().find(|one| !one.is_empty()).map(str::to_owned)
}
