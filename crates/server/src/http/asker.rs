//! Who is asking: looked up once per request, before anything of it is read.

use std::{marker::PhantomData, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use store::Scope;

use super::{App, problem::Problem};
use crate::{
    access::{Credential, Kind, Permission},
    error::Result,
};

/// Someone whose credential is valid.
#[derive(Clone)]
pub struct Asker {
    /// What they showed.
    pub credential: Arc<Credential>,
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

/// The secret of the `Authorization` header.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let scheme = value.get(..BEARER.len())?;
    scheme.eq_ignore_ascii_case(BEARER).then(|| value.get(BEARER.len()..).unwrap_or("").trim())
}

/// Looks up whose key came with a request of the platform.
pub(super) async fn find(app: &App, headers: &HeaderMap, request: &str) -> Found {
    let Some(secret) = bearer(headers).filter(|secret| !secret.is_empty()) else {
        let problem = if headers.contains_key(header::AUTHORIZATION) {
            Problem::invalid_api_key()
        } else {
            Problem::missing_credentials()
        };
        return Found::Refused(problem);
    };
    match app.keys.find(&app.store, secret, app.now()).await {
        Ok(Some(credential)) if credential.kind == Kind::Platform => {
            let scope = Scope::new(credential.workspace.as_str());
            let scope = scope.by(credential.id.as_str()).because_of(request);
            Found::Asker(Asker { credential, scope })
        }
        Ok(_) => Found::Refused(Problem::invalid_api_key()),
        Err(error) => Found::Refused(error.into()),
    }
}

impl<S: Send + Sync, P: Needs> FromRequestParts<S> for Scoped<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let found = parts.extensions.get().cloned();
        let asker = match found.unwrap_or(Found::Refused(Problem::missing_credentials())) {
            Found::Asker(asker) => asker,
            Found::Refused(problem) => return Err(problem),
        };
        if !asker.credential.level.allows(P::PERMISSION) {
            return Err(Problem::insufficient_scope(P::PERMISSION.as_str()));
        }
        let scope = asker.scope.clone();
        Ok(Self { asker, scope, permission: PhantomData })
    }
}
