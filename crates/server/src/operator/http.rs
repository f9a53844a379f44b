//! `/v1/operators`

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{AccessRole, Availability, NewOperator, Operator, OperatorPatch, Status};
use crate::{
    error::Result,
    http::{App, Body, Data, Post, Query, Reply, Scoped, needs},
    id::{OperatorId, kind},
    page::{Number, Page, PageQuery},
};

/// The routes of this slice.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(find, update))
        .routes(routes!(find_availability))
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Which page, from 1. Not together with `after` or `limit`.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 10000, default = 1)]
    page: Option<Number>,
    /// How many items a page has: 25 unless told otherwise, 100 at most.
    #[param(value_type = Option<i64>, minimum = 1, default = 25)]
    per_page: Option<Number>,
    /// The id of the last item seen; the answer goes on after it.
    #[param(value_type = Option<String>)]
    after: Option<OperatorId>,
    /// How many items to answer with: 25 unless told otherwise, 100 at most.
    #[param(value_type = Option<i64>, minimum = 1, default = 25)]
    limit: Option<Number>,
    /// Only those who are, or are not, there.
    #[param(inline)]
    status: Option<Status>,
}

/// List operators
///
/// Newest first.
#[utoipa::path(get, path = "/v1/operators", operation_id = "listOperators", tag = "Operators",
    params(ListQuery), responses((status = 200, body = Page<Operator>)))]
async fn list(
    State(app): State<App>,
    key: Scoped<needs::OperatorsRead>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<Operator>>> {
    let ListQuery { page, per_page, after, limit, status } = query;
    let paging = PageQuery::<kind::Operator> { page, per_page, after, limit }.paging()?;
    Ok(Json(app.store.read(&key.scope, move |tx| super::list(tx, status, &paging)).await?))
}

/// Create an operator
///
/// Someone who works in the workspace. They are offline until they are said to be there.
#[utoipa::path(post, path = "/v1/operators", operation_id = "createOperator", tag = "Operators",
    request_body = NewOperator, responses((status = 201, body = Data<Operator>)))]
async fn create(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    post: Post<NewOperator>,
) -> Result<Reply> {
    let asks = key.asker.pass.operator.as_ref();
    let is_owner = super::is_owner(&app.store, &key.scope, asks).await?;
    if post.body().access_role == Some(AccessRole::Owner) && !is_owner {
        return Err(super::only_owners());
    }
    post.run(&app, &key.asker, |tx, new| {
        let made = super::create(tx, &new)?;
        Reply::new(StatusCode::CREATED, &made, made.id.as_str())
    })
    .await
}

/// Change an operator
///
/// Absent fields stay as they are.
#[utoipa::path(patch, path = "/v1/operators/{id}", operation_id = "updateOperator",
    tag = "Operators", params(("id" = String, Path, description = "Their id")),
    request_body = OperatorPatch, responses((status = 200, body = Data<Operator>)))]
async fn update(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    Path(id): Path<String>,
    Body(patch): Body<OperatorPatch>,
) -> Result<Data<Operator>> {
    let id: OperatorId = id.parse()?;
    let asks = key.asker.pass.operator.as_ref();
    let is_owner = super::is_owner(&app.store, &key.scope, asks).await?;
    let write = app.store.write(&key.scope, move |tx| {
        let of_owner = patch.access_role == Some(AccessRole::Owner)
            || super::find(tx, &id)?.access_role == AccessRole::Owner;
        if of_owner && !is_owner {
            return Err(super::only_owners());
        }
        super::update(tx, &id, &patch)
    });
    let changed = write.await?;
    // Nobody goes on with what was taken from them.
    app.passes.clear();
    Ok(Data(changed))
}

/// Get an operator
///
/// The profile, and whether they take conversations.
#[utoipa::path(get, path = "/v1/operators/{id}", operation_id = "getOperator", tag = "Operators",
    params(("id" = String, Path, description = "Their id")),
    responses((status = 200, body = Data<Operator>)))]
async fn find(
    State(app): State<App>,
    key: Scoped<needs::OperatorsRead>,
    Path(id): Path<String>,
) -> Result<Data<Operator>> {
    let id = id.parse()?;
    Ok(Data(app.store.read(&key.scope, move |tx| super::find(tx, &id)).await?))
}

/// Get availability
///
/// Whether an operator takes conversations, and how many.
#[utoipa::path(get, path = "/v1/operators/{id}/availability", operation_id = "getAvailability",
    tag = "Operators", params(("id" = String, Path, description = "Their id")),
    responses((status = 200, body = Data<Availability>)))]
async fn find_availability(
    State(app): State<App>,
    key: Scoped<needs::OperatorsRead>,
    Path(id): Path<String>,
) -> Result<Data<Availability>> {
    let id = id.parse()?;
    let operator = app.store.read(&key.scope, move |tx| super::find(tx, &id)).await?;
    Ok(Data(operator.availability()))
}
