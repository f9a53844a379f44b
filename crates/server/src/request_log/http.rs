//! `/v1/request-log`

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Filter, Logged};
use crate::{
    error::{Error, Result},
    http::{App, Query, Scoped, needs},
    id::{RequestId, kind},
    page::{Number, Page, PageQuery},
};

/// The routes of this slice.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RequestQuery {
    /// Which page, from 1. Not together with `after` or `limit`.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 10000, default = 1)]
    page: Option<Number>,
    /// How many items a page has: 25 unless told otherwise, 100 at most.
    #[param(value_type = Option<i64>, minimum = 1, default = 25)]
    per_page: Option<Number>,
    /// The id of the last item seen; the answer goes on after it.
    #[param(value_type = Option<String>)]
    after: Option<RequestId>,
    /// How many items to answer with: 25 unless told otherwise, 100 at most.
    #[param(value_type = Option<i64>, minimum = 1, default = 25)]
    limit: Option<Number>,
    /// Only those of this key, grant or login, by its id.
    #[param(max_length = 100)]
    asker: Option<String>,
    /// Only answers like this: `404`, or `4xx` for all of them.
    #[param(example = "4xx", pattern = "^[1-5]([0-9]{2}|xx)$")]
    status: Option<String>,
    /// Only paths that begin so.
    #[param(max_length = 200, example = "/v1/contacts")]
    path: Option<String>,
}

/// List requests
///
/// What keys and apps asked for, newest first, and what people at the desk asked for if it failed.
/// Bodies and queries are not kept. The last 10,000 of a workspace are, for 30 days; what comes
/// faster than 500 a second is not all written down.
#[utoipa::path(get, path = "/v1/request-log", operation_id = "listRequests", tag = "Request log",
    params(RequestQuery), responses((status = 200, body = Page<Logged>)))]
async fn list(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    Query(query): Query<RequestQuery>,
) -> Result<Json<Page<Logged>>> {
    let RequestQuery { page, per_page, after, limit, asker, status, path } = query;
    let paging = PageQuery::<kind::Request> { page, per_page, after, limit }.paging()?;
    let filter = Filter { asker, status: status.as_deref().map(statuses).transpose()?, path };
    let read = app.store.read(&key.scope, move |tx| super::list(tx, &filter, &paging));
    Ok(Json(read.await?))
}

/// The first and the last one that are meant.
fn statuses(text: &str) -> Result<(i64, i64)> {
    let wrong = || Error::bad_parameter("status", "must be such as '404' or '4xx'");
    let (class, is_class) = match text.strip_suffix("xx") {
        Some(class) => (class, true),
        None => (text, false),
    };
    let number: i64 = class.parse().ok().ok_or_else(wrong)?;
    match (is_class, number) {
        (true, 1..=5) => Ok((100 * number, 100 * number + 99)),
        (false, 100..=599) => Ok((number, number)),
        _ => Err(wrong()),
    }
}
