//! `/v1/conversations/{id}/assignment`

use axum::extract::{Path, State};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    conversation::{self, Kept},
    error::Result,
    http::{App, Data, Scoped, needs},
};

/// The routes of this slice.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Get the assignment of a conversation
///
/// Who got it, when and why; who could have got it and who could not. The last decision first, 50 at
/// most.
#[utoipa::path(get, path = "/v1/conversations/{id}/assignment", operation_id = "getAssignment",
    tag = "Conversations", params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = Data<Vec<Kept>>)))]
async fn list(
    State(app): State<App>,
    key: Scoped<needs::ConversationsRead>,
    Path(id): Path<String>,
) -> Result<Data<Vec<Kept>>> {
    Ok(Data(conversation::http::decisions(&app, &key.asker, &id).await?))
}
