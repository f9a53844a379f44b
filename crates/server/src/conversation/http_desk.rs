//! `/v1/drafts`, and what else is for those who sit at a desk

use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Conversation,
    draft::{self, Draft, NewDraft},
    http::subject,
};
use crate::{
    error::{Error, Result},
    http::{App, Body, Data, Person, Post, Reply, Scoped, needs},
    id::{ConversationId, OperatorId},
};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_drafts))
        .routes(routes!(list_drafts_of, keep_draft))
        .routes(routes!(unread))
}

/// List your drafts
///
/// What you have typed and not sent, newest first: 500 at most.
#[utoipa::path(get, path = "/v1/drafts", operation_id = "listDrafts", tag = "Drafts",
    responses((status = 200, body = Data<Vec<Draft>>)))]
async fn list_drafts(State(app): State<App>, person: Person) -> Result<Data<Vec<Draft>>> {
    let operator = person.operator;
    Ok(Data(app.store.read(&person.scope, move |tx| draft::drafts(tx, &operator, None)).await?))
}

/// List your drafts in a conversation
///
/// One for the visitor and one for the team at most.
#[utoipa::path(get, path = "/v1/conversations/{id}/drafts", operation_id = "listDraftsOfConversation",
    tag = "Drafts", params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = Data<Vec<Draft>>)))]
async fn list_drafts_of(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Data<Vec<Draft>>> {
    let (id, operator): (ConversationId, _) = (id.parse()?, person.operator);
    let read = app.store.glance(&person.scope, move |tx| {
        let found = super::find(tx, &id, None)?;
        draft::drafts(tx, &operator, Some(&found.id))
    });
    Ok(Data(read.await?))
}

/// Keep a draft
///
/// In place of the one before. Nobody else sees it.
#[utoipa::path(post, path = "/v1/conversations/{id}/drafts", operation_id = "keepDraft",
    tag = "Drafts", params(("id" = String, Path, description = "Its id")),
    request_body = NewDraft, responses((status = 200, body = Data<Draft>)))]
async fn keep_draft(
    State(app): State<App>,
    person: Person,
    Path(id): Path<String>,
    Body(new): Body<NewDraft>,
) -> Result<Data<Draft>> {
    let (id, operator): (ConversationId, _) = (id.parse()?, person.operator);
    let write =
        app.store.write(&person.scope, move |tx| draft::keep_draft(tx, &id, &operator, &new));
    Ok(Data(write.await?))
}

/// From where it is unread.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
struct UnreadBody {
    /// Which operator; whoever is signed in without it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    operator_id: Option<OperatorId>,
    /// The number of the first message that counts as unread; the visitor's last one unless told
    /// otherwise.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 1)]
    number: Option<i64>,
}

/// Mark a conversation as unread
///
/// By an operator, from a message on.
#[utoipa::path(post, path = "/v1/conversations/{id}/unread", operation_id = "unreadConversation",
    tag = "Conversations", params(("id" = String, Path, description = "Its id")),
    request_body = UnreadBody, responses((status = 200, body = Data<Conversation>)))]
async fn unread(
    State(app): State<App>,
    key: Scoped<needs::ConversationsWrite>,
    Path(id): Path<String>,
    post: Post<UnreadBody>,
) -> Result<Reply> {
    let id: ConversationId = id.parse()?;
    let operator_id = key.asker.acts_as(post.body().operator_id.clone())?;
    let operator_id = operator_id.ok_or(Error::Missing("operator_id"))?;
    post.run(&app, &key.asker, move |tx, body| {
        let unread = super::unread_by_operator(tx, &id, &operator_id, body.number)?;
        Reply::new(axum::http::StatusCode::OK, &unread, subject(&unread))
    })
    .await
}
