//! `/v1/conversations/{id}/messages` and `/v1/messages`

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Delivery, INDEX, Message, NewMessage, Notes,
    http::{actor, subject},
};
use crate::{
    error::{Error, Result},
    http::{App, Asker, Body, Data, Post, Query, Reply, Scoped, needs},
    id::{ConversationId, MessageId},
    page::{Number, Page, PageQuery},
};

/// Steps of the index that a search waits for: 128 entries each.
const CATCH_UP_STEPS: usize = 16;
const QUERY_CHARS_MAX: usize = 200;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(reply))
        .routes(routes!(list, send))
        .routes(routes!(find_within))
        .routes(routes!(search))
        .routes(routes!(find, edit, remove))
        .routes(routes!(set_status))
}

/// Reply in a conversation
///
/// As an operator unless told otherwise. A closed conversation is opened by it.
#[utoipa::path(post, path = "/v1/conversations/{id}/reply", operation_id = "replyInConversation",
    tag = "Conversations", params(("id" = String, Path, description = "Its id")),
    request_body = NewMessage, responses((status = 201, body = Data<Message>)))]
async fn reply(
    State(app): State<App>,
    key: Scoped<needs::ConversationsWrite>,
    Path(id): Path<String>,
    post: Post<NewMessage>,
) -> Result<Reply> {
    say(&app, &key.asker, &id, post).await
}

/// Send a message
///
/// As an operator unless told otherwise. A closed conversation is opened by it. Sent twice with one
/// `client_id` it is one message, and the second answer is 200.
#[utoipa::path(post, path = "/v1/conversations/{id}/messages", operation_id = "sendMessage",
    tag = "Messages", params(("id" = String, Path, description = "The conversation's id")),
    request_body = NewMessage,
    responses((status = 201, body = Data<Message>), (status = 200, body = Data<Message>)))]
async fn send(
    State(app): State<App>,
    key: Scoped<needs::ConversationsWrite>,
    Path(id): Path<String>,
    post: Post<NewMessage>,
) -> Result<Reply> {
    say(&app, &key.asker, &id, post).await
}

async fn say(app: &App, asker: &Asker, id: &str, post: Post<NewMessage>) -> Result<Reply> {
    let (id, sender): (ConversationId, _) = (id.parse()?, actor(asker));
    let operator_id = asker.acts_as(post.body().operator_id.clone())?;
    post.run(app, asker, move |tx, new| {
        let conversation = super::find(tx, &id, None)?;
        let new = NewMessage { operator_id, ..new };
        let sent = super::send(tx, &conversation, &new, &sender)?;
        let status = if sent.is_new { StatusCode::CREATED } else { StatusCode::OK };
        Reply::new(status, &sent.message, subject(&conversation))
    })
    .await
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
    after: Option<MessageId>,
    /// How many items to answer with: 25 unless told otherwise, 100 at most.
    #[param(value_type = Option<i64>, minimum = 1, default = 25)]
    limit: Option<Number>,
    /// Whether notes are among them.
    include_notes: Option<bool>,
}

/// List messages
///
/// Oldest first. Notes are left out unless they are asked for.
#[utoipa::path(get, path = "/v1/conversations/{id}/messages", operation_id = "listMessages",
    tag = "Messages",
    params(("id" = String, Path, description = "The conversation's id"), ListQuery),
    responses((status = 200, body = Page<Message>)))]
async fn list(
    State(app): State<App>,
    key: Scoped<needs::ConversationsRead>,
    Path(id): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<Message>>> {
    let ListQuery { page, per_page, after, limit, include_notes } = query;
    let paging = PageQuery { page, per_page, after, limit }.paging()?;
    let id: ConversationId = id.parse()?;
    let notes = if include_notes == Some(true) { Notes::Shown } else { Notes::Hidden };
    let read = app.store.read(&key.scope, move |tx| super::messages(tx, &id, notes, &paging));
    Ok(Json(read.await?))
}

/// Get a message
///
/// By its id alone.
#[utoipa::path(get, path = "/v1/messages/{id}", operation_id = "getMessage", tag = "Messages",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = Data<Message>)))]
async fn find(
    State(app): State<App>,
    key: Scoped<needs::ConversationsRead>,
    Path(id): Path<String>,
) -> Result<Data<Message>> {
    let id = id.parse()?;
    Ok(Data(app.store.glance(&key.scope, move |tx| super::find_message(tx, &id)).await?))
}

/// Get a message of a conversation
///
/// The same, where it was said.
#[utoipa::path(get, path = "/v1/conversations/{id}/messages/{message_id}",
    operation_id = "getConversationMessage", tag = "Messages",
    params(("id" = String, Path, description = "The conversation's id"),
        ("message_id" = String, Path, description = "The message's id")),
    responses((status = 200, body = Data<Message>)))]
async fn find_within(
    State(app): State<App>,
    key: Scoped<needs::ConversationsRead>,
    Path((id, message)): Path<(String, String)>,
) -> Result<Data<Message>> {
    let (id, message): (ConversationId, MessageId) = (id.parse()?, message.parse()?);
    let read = app.store.glance(&key.scope, move |tx| {
        let conversation = super::find(tx, &id, None)?;
        let found = super::find_message(tx, &message)?;
        let is_here = found.conversation_id == conversation.id;
        Some(found).filter(|_| is_here).ok_or(Error::NotFound("message"))
    });
    Ok(Data(read.await?))
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// Words that must all be in it; the last one may be a beginning.
    #[param(min_length = 1, max_length = 200)]
    q: String,
    /// Which page, from 1. Not together with `after` or `limit`.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 10000, default = 1)]
    page: Option<Number>,
    /// How many items a page has: 25 unless told otherwise, 100 at most.
    #[param(value_type = Option<i64>, minimum = 1, default = 25)]
    per_page: Option<Number>,
    /// The id of the last item seen; the answer goes on after it.
    #[param(value_type = Option<String>)]
    after: Option<MessageId>,
    /// How many items to answer with: 25 unless told otherwise, 100 at most.
    #[param(value_type = Option<i64>, minimum = 1, default = 25)]
    limit: Option<Number>,
}

/// Search messages
///
/// In all that was ever said, notes included, newest first.
#[utoipa::path(get, path = "/v1/messages/search", operation_id = "searchMessages",
    tag = "Messages", params(SearchQuery), responses((status = 200, body = Page<Message>)))]
async fn search(
    State(app): State<App>,
    key: Scoped<needs::ConversationsRead>,
    Query(query): Query<SearchQuery>,
) -> Result<Json<Page<Message>>> {
    let SearchQuery { q, page, per_page, after, limit } = query;
    let paging = PageQuery { page, per_page, after, limit }.paging()?;
    if q.trim().is_empty() || QUERY_CHARS_MAX < q.chars().count() {
        return Err(Error::bad_parameter("q", "must be 1 to 200 characters long"));
    }
    let lag = app.store.read(&key.scope, |tx| INDEX.cursor.lag(tx)).await?;
    if 0 < lag {
        // What is not indexed in time is found a moment later.
        INDEX.catch_up(&app.store, &key.scope, CATCH_UP_STEPS).await?;
    }
    let words = store::Word::parse_query(&q);
    Ok(Json(app.store.read(&key.scope, move |tx| super::search(tx, &words, &paging)).await?))
}

/// What to say instead.
#[derive(Clone, Debug, Deserialize, ToSchema)]
struct EditBody {
    /// 1 to 10,000 characters.
    #[schema(min_length = 1, max_length = 10000)]
    body: String,
}

/// Edit a message
///
/// One that the team said. What it was is kept.
#[utoipa::path(patch, path = "/v1/messages/{id}", operation_id = "editMessage", tag = "Messages",
    params(("id" = String, Path, description = "Its id")),
    request_body = EditBody, responses((status = 200, body = Data<Message>)))]
async fn edit(
    State(app): State<App>,
    key: Scoped<needs::ConversationsWrite>,
    Path(id): Path<String>,
    Body(body): Body<EditBody>,
) -> Result<Data<Message>> {
    let id: MessageId = id.parse()?;
    Ok(Data(app.store.write(&key.scope, move |tx| super::edit(tx, &id, &body.body)).await?))
}

/// Delete a message
///
/// Its words and files go; what is left says that something was there.
#[utoipa::path(delete, path = "/v1/messages/{id}", operation_id = "deleteMessage",
    tag = "Messages", params(("id" = String, Path, description = "Its id")),
    responses((status = 204, description = "Deleted")))]
async fn remove(
    State(app): State<App>,
    key: Scoped<needs::ConversationsWrite>,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let id: MessageId = id.parse()?;
    app.store.write(&key.scope, move |tx| super::remove(tx, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How far it came.
#[derive(Clone, Debug, Deserialize, ToSchema)]
struct StatusBody {
    status: Delivery,
}

/// Set the delivery of a message
///
/// For whoever carries it. It only goes forward: what comes late changes nothing.
#[utoipa::path(post, path = "/v1/messages/{id}/status", operation_id = "setMessageStatus",
    tag = "Messages", params(("id" = String, Path, description = "Its id")),
    request_body = StatusBody, responses((status = 200, body = Data<Message>)))]
async fn set_status(
    State(app): State<App>,
    key: Scoped<needs::ConversationsWrite>,
    Path(id): Path<String>,
    post: Post<StatusBody>,
) -> Result<Reply> {
    let id: MessageId = id.parse()?;
    post.run(&app, &key.asker, move |tx, body| {
        let message = super::set_delivery(tx, &id, body.status)?;
        Reply::new(StatusCode::OK, &message, message.conversation_id.as_str())
    })
    .await
}
