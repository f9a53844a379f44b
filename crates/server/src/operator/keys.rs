//! `/v1/keys`: below operators, one of whom an intake token belongs to.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    access::{self, Credential, Kind, Level, NewCredential, Plan},
    error::{Error, Result},
    http::{App, Data, Post, Problem, Reply, Scoped, needs},
    id::{KeyId, OperatorId},
    operator,
};

/// The routes of this slice.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke))
}

/// What it takes to make a key.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(as = NewKey)]
struct NewKey {
    /// What it is for: `platform` unless told otherwise.
    #[serde(default)]
    kind: Option<Kind>,
    /// What it allows: `write` unless told otherwise.
    #[serde(default)]
    level: Option<Level>,
    /// How often it may ask: `enterprise` unless told otherwise.
    #[serde(default)]
    plan: Option<Plan>,
    /// Whose an intake token is; no other kind has one.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    operator_id: Option<OperatorId>,
    /// What to call it.
    #[serde(default)]
    #[schema(max_length = 100)]
    name: String,
}

/// A key, and its secret, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MadeKey)]
struct Made {
    #[serde(flatten)]
    key: Credential,
    /// What goes with requests.
    secret: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KeyList)]
struct Keys {
    data: Vec<Credential>,
}

/// List keys
///
/// Newest first, revoked ones too, without their secrets.
#[utoipa::path(get, path = "/v1/keys", operation_id = "listKeys", tag = "Keys",
    responses((status = 200, body = Keys)))]
async fn list(State(app): State<App>, key: Scoped<needs::Admin>) -> Result<Json<Keys>> {
    Ok(Json(Keys { data: app.store.read(&key.scope, access::list).await? }))
}

/// Create a key
///
/// The answer has its secret, once.
#[utoipa::path(post, path = "/v1/keys", operation_id = "createKey", tag = "Keys",
    request_body = NewKey, responses((status = 201, body = Data<Made>)))]
async fn create(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    post: Post<NewKey>,
) -> Result<Reply, Problem> {
    key.asker.is_proved(app.now())?;
    let reply = post.run(&app, &key.asker, |tx, new| {
        let kind = new.kind.unwrap_or(Kind::Platform);
        match (&new.operator_id, kind) {
            (None, Kind::Intake) => return Err(Error::Missing("operator_id")),
            (Some(_), Kind::Platform | Kind::Partner) => {
                return Err(Error::invalid(
                    "operator_id",
                    "must be left out: only an intake token has one",
                ));
            }
            (Some(id), Kind::Intake) => drop(operator::find(tx, id)?),
            (None, Kind::Platform | Kind::Partner) => {}
        }
        let credential = NewCredential {
            kind,
            level: new.level.unwrap_or(Level::Write),
            plan: new.plan.unwrap_or(Plan::Enterprise),
            operator: new.operator_id,
            name: new.name,
        };
        let secret = access::new_secret(kind, || tx.random());
        let key = access::create(tx, &credential, &secret)?;
        let id = key.id.clone();
        Reply::secret(StatusCode::CREATED, &Made { key, secret }, id.as_str())
    });
    Ok(reply.await?)
}

/// Revoke a key
///
/// It opens nothing from now on. It stays in the list.
#[utoipa::path(delete, path = "/v1/keys/{id}", operation_id = "revokeKey", tag = "Keys",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 204, description = "Revoked")))]
async fn revoke(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    key.asker.is_proved(app.now())?;
    let id: KeyId = id.parse()?;
    app.store.write(&key.scope, move |tx| access::revoke(tx, &id)).await?;
    app.passes.clear();
    app.keys.forget();
    Ok(StatusCode::NO_CONTENT)
}
