//! Who is asking: looked up once per request, before anything of it is read.

use std::{marker::PhantomData, sync::Arc};

use axum::{
    extract::{FromRequestParts, Request},
    http::{HeaderMap, header, request::Parts},
};
use store::Scope;

use super::{App, browser, problem::Problem};
use crate::{
    access::{self, Kind, Pass, Permission, Shown},
    account,
    error::{Error, Result},
    id::OperatorId,
    oauth,
};

/// Someone who was let in.
#[derive(Clone)]
pub struct Asker {
    /// What they showed, and what it allows.
    pub pass: Arc<Pass>,
    /// Their workspace, on their behalf, because of this request.
    pub scope: Scope,
}

/// To ask for one in a handler is to require the permission `P`.
pub struct Scoped<P> {
    /// Who it is.
    pub asker: Asker,
    /// Their workspace, on their behalf, because of this request.
    pub scope: Scope,
    permission: PhantomData<fn() -> P>,
}

/// To ask for one in a handler is to require an operator who is signed in.
pub struct Person {
    /// Who it is.
    pub asker: Asker,
    /// Their workspace, on their behalf, because of this request.
    pub scope: Scope,
    /// The operator whom they are there.
    pub operator: OperatorId,
    /// Their account.
    pub account: String,
    /// Their login.
    pub login: String,
}

/// A permission, as a type.
pub trait Needs {
    /// Which one.
    const PERMISSION: Permission;
}

/// One type per permission, for the arguments of handlers.
pub mod needs {
    use super::{Needs, Permission};

    macro_rules! needs {
        ($($name:ident)*) => {
            $(
                #[doc = concat!("Requires [`Permission::", stringify!($name), "`].")]
                pub enum $name {}

                impl Needs for $name {
                    const PERMISSION: Permission = Permission::$name;
                }
            )*
        };
    }

    needs! { ContactsRead ContactsWrite OperatorsRead ConversationsRead ConversationsWrite VisitorsRead WebhooksRead
    WebhooksManage Admin }
}

/// What the outermost layer found out, kept with the request.
#[derive(Clone)]
pub(super) enum Found {
    Asker(Asker),
    Refused(Problem),
}

const BEARER: &str = "bearer ";
/// How long ago someone may have proved who they are, to change what lets people in.
const PROOF: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);

/// The secret of the `Authorization` header.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let scheme = value.get(..BEARER.len())?;
    scheme.eq_ignore_ascii_case(BEARER).then(|| value.get(BEARER.len()..).unwrap_or("").trim())
}

/// What a request shows of who sent it.
pub(super) struct Shows {
    secret: Option<String>,
    has_header: bool,
    login: Option<Result<String, Problem>>,
}

/// What `request` shows, apart from all that need not be kept while it is looked up.
pub(super) fn shows(app: &App, request: &Request) -> Shows {
    let headers = request.headers();
    let secret = bearer(headers).filter(|secret| !secret.is_empty()).map(str::to_owned);
    let has_header = headers.contains_key(header::AUTHORIZATION);
    Shows { secret, has_header, login: browser::login(app, request) }
}

/// Looks up who showed it, in a request whose name in the log is `cause`.
pub(super) async fn find(app: &App, shows: Shows, cause: &str) -> Found {
    let found = match (shows.secret, shows.login) {
        (Some(secret), _) => by_secret(app, &secret).await,
        (None, _) if shows.has_header => Err(Problem::invalid_api_key()),
        (None, Some(Ok(token))) => by_login(app, &token).await,
        (None, Some(Err(problem))) => Err(problem),
        (None, None) => Err(Problem::missing_credentials()),
    };
    match found {
        Ok(pass) => {
            let scope = Scope::new(pass.workspace.as_str());
            let scope = scope.by(pass.actor()).because_of(cause);
            Found::Asker(Asker { scope: limited(scope, &pass), pass })
        }
        Err(problem) => Found::Refused(problem),
    }
}

/// Whom a key, or the token of an app, lets in.
pub(super) async fn by_secret(app: &App, secret: &str) -> Result<Arc<Pass>, Problem> {
    let look_up = async |hash: String| {
        if secret.starts_with(oauth::ACCESS_PREFIX) {
            return oauth::pass(&app.store, hash).await;
        }
        let found = app.store.system_glance(move |tx| access::find_by_hash(tx, &hash)).await?;
        let found = found.filter(|credential| credential.kind == Kind::Platform);
        Ok(found.as_ref().map(Pass::of_key))
    };
    let now = app.now();
    let pass = app.passes.find(secret, now, look_up).await?;
    let pass = pass.ok_or_else(Problem::invalid_api_key)?;
    if pass.ends_at.is_some_and(|end| end <= now) {
        return Err(Problem::token_expired());
    }
    Ok(pass)
}

/// Whom the cookie of a login lets in.
async fn by_login(app: &App, token: &str) -> Result<Arc<Pass>, Problem> {
    let now = app.now();
    let look_up = async |hash: String| account::login::pass(app, hash).await;
    // A login is no key: neither opens what the other does.
    let pass = app.passes.find(&account::login::named(token), now, look_up).await?;
    pass.ok_or_else(Problem::signed_out)
}

impl Asker {
    /// Whom a key or the token of an app lets in, where there is no request to read it from.
    ///
    /// # Errors
    /// When it lets nobody in.
    pub async fn by_secret(app: &App, secret: &str) -> Result<Self, Problem> {
        let pass = by_secret(app, secret).await?;
        let scope = Scope::new(pass.workspace.as_str()).by(pass.actor());
        Ok(Self { scope: limited(scope, &pass), pass })
    }

    /// Whether what was shown holds no more: looked up anew, whatever is remembered.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn is_over(&self, app: &App) -> Result<bool> {
        match &self.pass.shown {
            Shown::Key(id) => {
                let id = id.clone();
                app.store.read(&self.scope, move |tx| access::is_revoked(tx, &id)).await
            }
            Shown::Login { id, .. } => {
                let id = id.clone();
                app.store.read(&self.scope, move |tx| account::login::is_over(tx, &id)).await
            }
            Shown::Grant(id) => {
                let id = id.clone();
                app.store.read(&self.scope, move |tx| oauth::grant::is_over(tx, &id)).await
            }
        }
    }

    /// As whom they act: a program as whom it names, a person or an app as the operator whom they are
    /// or act for. Administrators may act for others.
    ///
    /// # Errors
    /// When they name somebody else.
    pub fn acts_as(&self, named: Option<OperatorId>) -> Result<Option<OperatorId>> {
        match (&self.pass.operator, named) {
            (Some(own), Some(named)) if *own != named => {
                if self.pass.rights.allows(Permission::Admin) {
                    return Ok(Some(named));
                }
                Err(Error::Forbidden("You act for yourself: leave 'operator_id' out.".to_owned()))
            }
            (Some(own), _) => Ok(Some(own.clone())),
            (None, named) => Ok(named),
        }
    }

    /// Refuses an operator who did not prove a moment ago who they are. Keys prove it each time.
    ///
    /// # Errors
    /// When they have to do so again.
    pub fn is_proved(&self, now: jiff::Timestamp) -> Result<(), Problem> {
        match &self.pass.shown {
            Shown::Login { proved_at, .. } if PROOF < now.duration_since(*proved_at) => {
                Err(Problem::proof_needed())
            }
            _ => Ok(()),
        }
    }
}

/// Whoever sees only what is theirs, sees no more anywhere.
fn limited(scope: Scope, pass: &Pass) -> Scope {
    match (&pass.operator, pass.sees) {
        (Some(operator), access::Sees::Own) => scope.only_of(operator.as_str()),
        _ => scope,
    }
}

fn found(parts: &Parts) -> Result<Asker, Problem> {
    let found = parts.extensions.get().cloned();
    match found.unwrap_or(Found::Refused(Problem::missing_credentials())) {
        Found::Asker(asker) => Ok(asker),
        Found::Refused(problem) => Err(problem),
    }
}

impl<S: Send + Sync, P: Needs> FromRequestParts<S> for Scoped<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let asker = found(parts)?;
        if !asker.pass.rights.allows(P::PERMISSION) {
            return Err(Problem::insufficient_scope(P::PERMISSION.as_str()));
        }
        let scope = asker.scope.clone();
        Ok(Self { asker, scope, permission: PhantomData })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let asker = found(parts)?;
        let (Shown::Login { id, account, .. }, Some(operator)) =
            (&asker.pass.shown, &asker.pass.operator)
        else {
            return Err(Problem::for_people());
        };
        let (login, account, operator) = (id.clone(), account.clone(), operator.clone());
        let scope = asker.scope.clone();
        Ok(Self { asker, scope, operator, account, login })
    }
}
