//! `/v1/intake-receipts`

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Filter, Receipt};
use crate::{
    error::Result,
    http::{App, Data, Query, Scoped, needs},
    id::{ContactId, ReceiptId, kind},
    page::{Number, Page, PageQuery},
};

/// The routes of this slice.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(find))
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
    after: Option<ReceiptId>,
    /// How many items to answer with: 25 unless told otherwise, 100 at most.
    #[param(value_type = Option<i64>, minimum = 1, default = 25)]
    limit: Option<Number>,
    /// Only those about this contact.
    #[param(value_type = Option<String>)]
    contact_id: Option<ContactId>,
    /// Only those about this lead.
    lead_id: Option<String>,
}

/// List receipts
///
/// What came to the doors, newest first.
#[utoipa::path(get, path = "/v1/intake-receipts", operation_id = "listReceipts",
    tag = "Intake receipts", params(ListQuery), responses((status = 200, body = Page<Receipt>)))]
async fn list(
    State(app): State<App>,
    key: Scoped<needs::ContactsRead>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<Receipt>>> {
    let ListQuery { page, per_page, after, limit, contact_id, lead_id } = query;
    let paging = PageQuery::<kind::Receipt> { page, per_page, after, limit }.paging()?;
    let filter = Filter { contact: contact_id, lead: lead_id };
    Ok(Json(app.store.read(&key.scope, move |tx| super::list(tx, &filter, &paging)).await?))
}

/// Get a receipt
///
/// What came in, what it was read as, and what was made of it, each with the reason.
#[utoipa::path(get, path = "/v1/intake-receipts/{id}", operation_id = "getReceipt",
    tag = "Intake receipts", params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = Data<Receipt>)))]
async fn find(
    State(app): State<App>,
    key: Scoped<needs::ContactsRead>,
    Path(id): Path<String>,
) -> Result<Data<Receipt>> {
    let id = id.parse()?;
    Ok(Data(app.store.read(&key.scope, move |tx| super::find(tx, &id)).await?))
}
