//! Who did what that decides who may do what: entries of the log, for whoever looks into it. They are
//! part of the log, and as little to be changed.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    error::{Error, Result},
    event::{self, Entry},
    http::{App, Query, Scoped, needs},
    page::Number,
};

/// The routes of this slice.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Entries that one answer has.
const LISTED_MAX: i64 = 100;

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Only entries whose `seq` is below this one: the last one of the page before.
    #[param(value_type = Option<i64>, minimum = 1)]
    before: Option<Number>,
    /// How many entries to answer with: 100 unless told otherwise, and at most.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 100)]
    limit: Option<Number>,
}

/// A page of what was done, newest first.
#[derive(Debug, Serialize, ToSchema)]
struct AuditList {
    #[schema(value_type = Vec<AuditEntry>)]
    data: Vec<Entry>,
    /// Whether there is more before.
    has_more: bool,
}

/// Something that was done.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows an entry of the log so")]
struct AuditEntry {
    /// Its place in the log.
    seq: i64,
    /// Names it for good.
    id: String,
    /// What was done, such as `login.created`: docs/events.md has the list.
    kind: String,
    /// The id of what it was done to.
    subject: String,
    /// Who did it: `op_…`, `key_…`, `grant_…`, `cli`, `system`.
    actor: String,
    /// Because of which request or job.
    cause: String,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// What it was like then.
    #[schema(value_type = Object)]
    payload: String,
}

/// List what was done
///
/// What decides who may do what: logins, keys, operators, invitations, apps, webhooks, settings, and
/// people who were forgotten. Newest first.
#[utoipa::path(get, path = "/v1/audit", operation_id = "listAudit", tag = "Audit",
    params(ListQuery), responses((status = 200, body = AuditList)))]
async fn list(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    Query(query): Query<ListQuery>,
) -> Result<Json<AuditList>> {
    let limit = query.limit.map_or(LISTED_MAX, |limit| limit.0);
    if !(1..=LISTED_MAX).contains(&limit) {
        return Err(Error::bad_parameter("limit", "must be 1 to 100"));
    }
    let before = query.before.map_or(i64::MAX, |before| before.0);
    let read = app.store.read(&key.scope, move |tx| event::audited(tx, before, limit + 1));
    let mut data = read.await?;
    let wanted = usize::try_from(limit).unwrap_or(0);
    let has_more = wanted < data.len();
    data.truncate(wanted);
    Ok(Json(AuditList { data, has_more }))
}
