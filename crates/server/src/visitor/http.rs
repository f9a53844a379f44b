//! `/v1/visitors`

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{ListQuery, Pageview, Session, Visitor};
use crate::{
    error::Result,
    http::{App, Data, Query, Scoped, needs},
    id::{Id, kind},
    page::{Number, Page, PageParams, PageQuery},
};

/// The routes of this slice.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(find))
        .routes(routes!(list_sessions))
        .routes(routes!(list_pageviews))
}

/// List visitors
///
/// Newest first. Machines are left out unless they are asked for.
#[utoipa::path(get, path = "/v1/visitors", operation_id = "listVisitors", tag = "Visitors",
    params(ListQuery), responses((status = 200, body = Page<Visitor>)))]
async fn list(
    State(app): State<App>,
    key: Scoped<needs::VisitorsRead>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<Visitor>>> {
    let paging = query.paging()?;
    Ok(Json(app.store.read(&key.scope, move |tx| super::list(tx, &query, &paging)).await?))
}

/// Get a visitor
///
/// With the page that they are on, if they are there.
#[utoipa::path(get, path = "/v1/visitors/{id}", operation_id = "getVisitor", tag = "Visitors",
    params(("id" = String, Path, description = "Their id")),
    responses((status = 200, body = Data<Visitor>)))]
async fn find(
    State(app): State<App>,
    key: Scoped<needs::VisitorsRead>,
    Path(id): Path<String>,
) -> Result<Data<Visitor>> {
    let id = id.parse()?;
    Ok(Data(app.store.glance(&key.scope, move |tx| super::find(tx, &id)).await?))
}

/// List sessions
///
/// The stays of a visitor, newest first. One ends after 30 minutes without a sign of them.
#[utoipa::path(get, path = "/v1/visitors/{id}/sessions", operation_id = "listSessions",
    tag = "Visitors", params(("id" = String, Path, description = "Their id"), PageParams),
    responses((status = 200, body = Page<Session>)))]
async fn list_sessions(
    State(app): State<App>,
    key: Scoped<needs::VisitorsRead>,
    Path(id): Path<String>,
    Query(page): Query<PageQuery<kind::Session>>,
) -> Result<Json<Page<Session>>> {
    let (id, paging) = (id.parse()?, page.paging()?);
    Ok(Json(app.store.read(&key.scope, move |tx| super::sessions(tx, &id, &paging)).await?))
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PageviewQuery {
    /// Which page, from 1. Not together with `after` or `limit`.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 10000, default = 1)]
    page: Option<Number>,
    /// How many items a page has: 25 unless told otherwise, 100 at most.
    #[param(value_type = Option<i64>, minimum = 1, default = 25)]
    per_page: Option<Number>,
    /// The id of the last item seen; the answer goes on after it.
    #[param(value_type = Option<String>)]
    after: Option<Id<kind::Pageview>>,
    /// How many items to answer with: 25 unless told otherwise, 100 at most.
    #[param(value_type = Option<i64>, minimum = 1, default = 25)]
    limit: Option<Number>,
    /// Only those of this session.
    #[param(value_type = Option<String>)]
    session_id: Option<Id<kind::Session>>,
}

/// List page views
///
/// The pages that a visitor opened, newest first.
#[utoipa::path(get, path = "/v1/visitors/{id}/pageviews", operation_id = "listPageviews",
    tag = "Visitors", params(("id" = String, Path, description = "Their id"), PageviewQuery),
    responses((status = 200, body = Page<Pageview>)))]
async fn list_pageviews(
    State(app): State<App>,
    key: Scoped<needs::VisitorsRead>,
    Path(id): Path<String>,
    Query(query): Query<PageviewQuery>,
) -> Result<Json<Page<Pageview>>> {
    let PageviewQuery { page, per_page, after, limit, session_id } = query;
    let (id, paging) = (id.parse()?, PageQuery { page, per_page, after, limit }.paging()?);
    let read =
        move |tx: &mut store::ReadTx<'_>| super::pageviews(tx, &id, session_id.as_ref(), &paging);
    Ok(Json(app.store.read(&key.scope, read).await?))
}
