//! The doors: requests of the two lead families. Each is read whole before it is judged, since its
//! credential may be anywhere in it.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    extract::{FromRequest, Request},
    http::{HeaderMap, Method, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sha2::{Digest as _, Sha256};
use store::{Scope, Tx};

use super::{
    App, Fields, Reply, address,
    extract::{idempotency_key, read_body},
    ignored::Ignored,
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
    ignored: Ignored,
}

impl Token {
    /// Names the parameters that nothing reads in `X-Ignored-Fields`.
    pub fn ignore_all_but(&self, known: impl Fn(&str) -> bool) {
        let unknown = self.fields.iter().map(|(name, _)| name).filter(|name| !known(name));
        unknown.for_each(|name| self.ignored.add(name));
    }
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
    once: Option<idempotency::Request>,
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
    let address = format!("door {}", address::group(came.client));
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
        app.keys.note_use(&credential.workspace, &credential.id, app.now(), came.client);
        let scope = Scope::new(credential.workspace.as_str());
        let scope = scope.by(credential.id.as_str()).because_of(&came.request);
        let limit = per_minute(app.config.aloware.per_minute);
        count(app, &came, Who::Key { scope: &scope, id: credential.id.as_str(), limit }).await?;
        if parts.method != Method::GET && !credential.level.may_write() {
            return Err(Problem::insufficient_scope("contacts:write"));
        }
        let run = run(&mut fields);
        let ignored = parts.extensions.get::<Ignored>().cloned().unwrap_or_default();
        let key = idempotency_key(&parts.headers)?.filter(|_| parts.method == Method::POST);
        let once = key.filter(|_| run == Run::Real).map(|key| idempotency::Request {
            credential: credential.id.as_str().to_owned(),
            key,
            hash,
        });
        Ok(Self { credential, scope, fields, run, once, ignored })
    }
}

impl FromRequest<App> for Public {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        // The limit comes first: it is what keeps strangers from sending much.
        let (parts, body) = request.into_parts();
        let came = came(&parts);
        let address = format!("public {}", address::group(came.client));
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
        let Read { parts, came, mut fields, hash } = read(request).await?;
        let mut keys = partner_keys(&parts.headers);
        keys.extend(fields.take_text("key"));
        let has_key = !keys.is_empty();
        let mut found =
            Err(if has_key { Problem::invalid_api_key() } else { Problem::missing_partner_key() });
        for key in keys {
            let known = app.keys.find(&app.store, &key, app.now()).await?;
            if let Some(known) = known.filter(|known| known.kind == Kind::Partner) {
                found = Ok(known);
                break;
            }
        }
        let found = match found {
            Err(problem) => {
                count_stranger(app, &came).await?;
                Err(problem)
            }
            Ok(credential) => {
                app.keys.note_use(&credential.workspace, &credential.id, app.now(), came.client);
                let scope = Scope::new(credential.workspace.as_str());
                let scope = scope.by(credential.id.as_str()).because_of(&came.request);
                let limit = per_minute(app.config.ora.key_per_minute);
                let who = Who::Key { scope: &scope, id: credential.id.as_str(), limit };
                count(app, &came, who).await?;
                Ok((credential, scope))
            }
        };
        let slug = slug(&parts);
        let key = idempotency_key(&parts.headers)?.filter(|_| parts.method == Method::POST);
        let once = found.as_ref().ok().zip(key).map(|((credential, _), key)| {
            idempotency::Request { credential: credential.id.as_str().to_owned(), key, hash }
        });
        Ok(Self { method: parts.method, fields, found, request: came.request, slug, has_key, once })
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

    /// Runs `operation` in a transaction of `scope`. With an `Idempotency-Key` its reply commits with
    /// its effect, and the same request again is answered by that reply.
    ///
    /// # Errors
    /// Those of the operation.
    pub async fn once(
        &self,
        app: &App,
        scope: &Scope,
        operation: impl FnOnce(&mut Tx<'_>) -> Result<Reply> + Send + 'static,
    ) -> Result<Response, Problem> {
        let once = self.once.clone();
        let reply = app.store.write(scope, move |tx| {
            let Some(once) = once else { return operation(tx) };
            if let Some(recorded) = idempotency::find(tx, &once)? {
                return Ok(Reply::replayed(recorded));
            }
            let reply = operation(tx)?;
            idempotency::record(tx, &once, reply.recorded(), "")?;
            Ok(reply)
        });
        Ok(reply.await?.into_response())
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

/// All that may be a key: `X-Ora-Key`, a bearer token, the name and the password of HTTP Basic. A
/// proxy's own are among them, so each is looked up.
fn partner_keys(headers: &HeaderMap) -> Vec<String> {
    let own = headers.get("x-ora-key").and_then(|value| value.to_str().ok());
    let own = own.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    own.into_iter().chain(bearer(headers)).chain(basic(headers)).collect()
}

fn basic(headers: &HeaderMap) -> Vec<String> {
    let decode = || {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, rest) = value.split_once(' ')?;
        let bytes = BASE64.decode(rest.trim()).ok()?;
        String::from_utf8(bytes).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))
    };
    let text = decode().unwrap_or_default();
    let (name, password) = text.split_once(':').unwrap_or((&text, ""));
    [name, password].into_iter().filter(|one| !one.is_empty()).map(str::to_owned).collect()
}
