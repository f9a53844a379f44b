//! `/v1/conversations`

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Assignment, Claim, ClosedBy, Conversation, ConversationPatch, Format, Kept, ListQuery, Message,
    NewConversation, NewMessage, Snooze, Speaker, http_desk, http_message, list::Assigned,
    transcript as documents,
};
use crate::{
    email::Email,
    error::Result,
    event,
    http::{App, Asker, Body, Data, Post, Query, Reply, Scoped, needs},
    id::{ConversationId, OperatorId, kind},
    outbox,
    page::{Page, PageParams, PageQuery},
};

/// The routes of this slice.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(find, update))
        .routes(routes!(assign))
        .routes(routes!(unassign))
        .routes(routes!(claim))
        .routes(routes!(close))
        .routes(routes!(reopen))
        .routes(routes!(rate))
        .routes(routes!(snooze))
        .routes(routes!(read))
        .routes(routes!(merge))
        .routes(routes!(unmerge))
        .routes(routes!(list_events))
        .routes(routes!(transcript, mail_transcript))
        .routes(routes!(list_assignments))
        .merge(http_message::router())
        .merge(http_desk::router())
}

/// Whoever a credential belongs to, as messages and assignments know them.
pub(super) fn actor(asker: &Asker) -> String {
    asker.scope.actor().to_owned()
}

/// List conversations
///
/// Newest first.
#[utoipa::path(get, path = "/v1/conversations", operation_id = "listConversations",
    tag = "Conversations", params(ListQuery),
    responses((status = 200, body = Page<Conversation>)))]
async fn list(
    State(app): State<App>,
    key: Scoped<needs::ConversationsRead>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<Conversation>>> {
    let selection = query.selection()?;
    Ok(Json(app.store.read(&key.scope, move |tx| super::list(tx, &selection)).await?))
}

/// Create a conversation
///
/// With a contact, a visitor, or whoever has an address.
#[utoipa::path(post, path = "/v1/conversations", operation_id = "createConversation",
    tag = "Conversations", request_body = NewConversation,
    responses((status = 201, body = Data<Conversation>)))]
async fn create(
    State(app): State<App>,
    key: Scoped<needs::ConversationsWrite>,
    post: Post<NewConversation>,
) -> Result<Reply> {
    let sender = actor(&key.asker);
    if key.scope.sees_only().is_some() {
        let problem = "You see only what was given to you: ask somebody who sees all to begin one.";
        return Err(crate::error::Error::Forbidden(problem.to_owned()));
    }
    let operator_id = key.asker.acts_as(post.body().operator_id.clone())?;
    post.with(|new| new.operator_id = operator_id)
        .run(&app, &key.asker, move |tx, new| {
            let made = super::create(tx, new, &sender)?;
            Reply::new(StatusCode::CREATED, &made, subject(&made))
        })
        .await
}

/// Whom a recorded reply is deleted with.
pub(super) fn subject(conversation: &Conversation) -> &str {
    conversation.contact_id.as_ref().map_or(conversation.id.as_str(), |contact| contact.as_str())
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Viewer {
    /// The operator whose unread messages are counted.
    #[param(value_type = Option<String>)]
    viewer_id: Option<OperatorId>,
    /// Whether the newest words are shown with it.
    with_last_message: Option<bool>,
}

/// Get a conversation
///
/// The id of one that was merged leads to the one that it is part of.
#[utoipa::path(get, path = "/v1/conversations/{id}", operation_id = "getConversation",
    tag = "Conversations", params(("id" = String, Path, description = "Its id"), Viewer),
    responses((status = 200, body = Data<Conversation>)))]
async fn find(
    State(app): State<App>,
    key: Scoped<needs::ConversationsRead>,
    Path(id): Path<String>,
    Query(viewer): Query<Viewer>,
) -> Result<Data<Conversation>> {
    let id = id.parse()?;
    let read = app.store.glance(&key.scope, move |tx| {
        let found = super::find(tx, &id, viewer.viewer_id.as_ref())?;
        if viewer.with_last_message == Some(true) {
            super::with_last_message(tx, found)
        } else {
            Ok(found)
        }
    });
    Ok(Data(read.await?))
}

/// Change a conversation
///
/// Absent fields stay, `null` clears.
#[utoipa::path(patch, path = "/v1/conversations/{id}", operation_id = "updateConversation",
    tag = "Conversations", params(("id" = String, Path, description = "Its id")),
    request_body = ConversationPatch, responses((status = 200, body = Data<Conversation>)))]
async fn update(
    State(app): State<App>,
    key: Scoped<needs::ConversationsWrite>,
    Path(id): Path<String>,
    Body(patch): Body<ConversationPatch>,
) -> Result<Data<Conversation>> {
    let (id, by): (ConversationId, _) = (id.parse()?, actor(&key.asker));
    let write = app.store.write(&key.scope, move |tx| super::patch(tx, &id, patch, &by));
    Ok(Data(write.await?))
}

/// Who gets it.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(example = json!({ "operator_id": "op_01kf3q8z5t7w9y2b4d6f8h0jkm" }))]
struct AssignBody {
    /// `null` takes it from whoever has it.
    #[serde(default, alias = "assigned_to")]
    #[schema(value_type = Option<String>)]
    operator_id: Option<OperatorId>,
}

/// Assign a conversation
///
/// To an operator, or with `null` to nobody.
#[utoipa::path(post, path = "/v1/conversations/{id}/assign", operation_id = "assignConversation",
    tag = "Conversations", params(("id" = String, Path, description = "Its id")),
    request_body = AssignBody, responses((status = 200, body = Data<Conversation>)))]
async fn assign(
    State(app): State<App>,
    key: Scoped<needs::ConversationsWrite>,
    Path(id): Path<String>,
    post: Post<AssignBody>,
) -> Result<Reply> {
    give(&app, &key.asker, &id, post, Claim::Anyway).await
}

/// Claim a conversation
///
/// Assigns it only if nobody has it: of two who claim it at once, one gets 409.
#[utoipa::path(post, path = "/v1/conversations/{id}/claim", operation_id = "claimConversation",
    tag = "Conversations", params(("id" = String, Path, description = "Its id")),
    request_body = AssignBody, responses((status = 200, body = Data<Conversation>)))]
async fn claim(
    State(app): State<App>,
    key: Scoped<needs::ConversationsWrite>,
    Path(id): Path<String>,
    post: Post<AssignBody>,
) -> Result<Reply> {
    let operator_id = key.asker.acts_as(post.body().operator_id.clone())?;
    if operator_id.is_none() {
        return Err(crate::error::Error::Missing("operator_id"));
    }
    let post = post.with(|body| body.operator_id = operator_id);
    give(&app, &key.asker, &id, post, Claim::IfFree).await
}

async fn give(
    app: &App,
    asker: &Asker,
    id: &str,
    post: Post<AssignBody>,
    claim: Claim,
) -> Result<Reply> {
    let (id, by): (ConversationId, _) = (id.parse()?, actor(asker));
    post.run(app, asker, move |tx, body| {
        let assignment = Assignment::manual(body.operator_id, &by);
        let assigned = super::assign(tx, &id, &assignment, claim)?;
        Reply::new(StatusCode::OK, &assigned, subject(&assigned))
    })
    .await
}

/// Nothing is asked for.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
struct Nothing {}

/// Unassign a conversation
///
/// Takes it from whoever has it.
#[utoipa::path(post, path = "/v1/conversations/{id}/unassign",
    operation_id = "unassignConversation", tag = "Conversations",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = Data<Conversation>)))]
async fn unassign(
    State(app): State<App>,
    key: Scoped<needs::ConversationsWrite>,
    Path(id): Path<String>,
    post: Post<Nothing>,
) -> Result<Reply> {
    let (id, by): (ConversationId, _) = (id.parse()?, actor(&key.asker));
    post.run(&app, &key.asker, move |tx, _| {
        let assignment = Assignment::manual(None, &by);
        let freed = super::assign(tx, &id, &assignment, Claim::Anyway)?;
        Reply::new(StatusCode::OK, &freed, subject(&freed))
    })
    .await
}

/// Why it is closed.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
struct CloseBody {
    /// In words; it is noted in the conversation for the team.
    #[serde(default)]
    #[schema(max_length = 500)]
    reason: Option<String>,
    /// The operator who closes it; without one a program does.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    operator_id: Option<OperatorId>,
}

/// Close a conversation
///
/// One that is closed stays as it is.
#[utoipa::path(post, path = "/v1/conversations/{id}/close", operation_id = "closeConversation",
    tag = "Conversations", params(("id" = String, Path, description = "Its id")),
    request_body = CloseBody, responses((status = 200, body = Data<Conversation>)))]
async fn close(
    State(app): State<App>,
    key: Scoped<needs::ConversationsWrite>,
    Path(id): Path<String>,
    post: Post<CloseBody>,
) -> Result<Reply> {
    let (id, sender): (ConversationId, _) = (id.parse()?, actor(&key.asker));
    let operator_id = key.asker.acts_as(post.body().operator_id.clone())?;
    post.run(&app, &key.asker, move |tx, body| {
        let by = if operator_id.is_some() { ClosedBy::Operator } else { ClosedBy::Api };
        let open = super::find(tx, &id, None)?;
        if let Some(reason) = body.reason.filter(|text| open.is_open() && !text.trim().is_empty()) {
            let kind = Some(Speaker::Note);
            let note = NewMessage { body: reason, kind, operator_id, ..NewMessage::default() };
            super::send(tx, &open, &note, &sender)?;
        }
        let closed = super::close(tx, &id, by)?;
        Reply::new(StatusCode::OK, &closed, subject(&closed))
    })
    .await
}

/// Reopen a conversation
///
/// One that is open stays as it is.
#[utoipa::path(post, path = "/v1/conversations/{id}/reopen", operation_id = "reopenConversation",
    tag = "Conversations", params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = Data<Conversation>)))]
async fn reopen(
    State(app): State<App>,
    key: Scoped<needs::ConversationsWrite>,
    Path(id): Path<String>,
    post: Post<Nothing>,
) -> Result<Reply> {
    let id: ConversationId = id.parse()?;
    post.run(&app, &key.asker, move |tx, _| {
        let open = super::reopen(tx, &id)?;
        Reply::new(StatusCode::OK, &open, subject(&open))
    })
    .await
}

/// How it was.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(example = json!({ "score": 5, "comment": "Quick and kind" }))]
struct RateBody {
    /// 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    score: i64,
    /// In words.
    #[serde(default)]
    #[schema(max_length = 2000)]
    comment: Option<String>,
}

/// Rate a conversation
///
/// For a visitor, once it is closed.
#[utoipa::path(post, path = "/v1/conversations/{id}/rate", operation_id = "rateConversation",
    tag = "Conversations", params(("id" = String, Path, description = "Its id")),
    request_body = RateBody, responses((status = 200, body = Data<Conversation>)))]
async fn rate(
    State(app): State<App>,
    key: Scoped<needs::ConversationsWrite>,
    Path(id): Path<String>,
    post: Post<RateBody>,
) -> Result<Reply> {
    let id: ConversationId = id.parse()?;
    post.run(&app, &key.asker, move |tx, body| {
        let rated = super::rate(tx, &id, body.score, body.comment.as_deref())?;
        Reply::new(StatusCode::OK, &rated, subject(&rated))
    })
    .await
}

/// Until when it is out of the way.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(example = json!({ "until": "2026-02-12T09:00:00Z" }))]
struct SnoozeBody {
    /// A time, `reply` for "until the visitor writes", or `null` to wake it.
    #[schema(value_type = Option<String>)]
    until: Snooze,
}

/// Snooze a conversation
///
/// Until a time or a reply, whichever comes first.
#[utoipa::path(post, path = "/v1/conversations/{id}/snooze", operation_id = "snoozeConversation",
    tag = "Conversations", params(("id" = String, Path, description = "Its id")),
    request_body = SnoozeBody, responses((status = 200, body = Data<Conversation>)))]
async fn snooze(
    State(app): State<App>,
    key: Scoped<needs::ConversationsWrite>,
    Path(id): Path<String>,
    post: Post<SnoozeBody>,
) -> Result<Reply> {
    let id: ConversationId = id.parse()?;
    post.run(&app, &key.asker, move |tx, body| {
        let snoozed = super::snooze(tx, &id, &body.until)?;
        Reply::new(StatusCode::OK, &snoozed, subject(&snoozed))
    })
    .await
}

/// Who has read it, and how far.
#[derive(Clone, Debug, Deserialize, ToSchema)]
struct ReadBody {
    /// Which operator; whoever is signed in without it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    operator_id: Option<OperatorId>,
    /// The number of the last message that they saw; all of them unless told otherwise.
    #[serde(default)]
    number: Option<i64>,
}

/// Mark a conversation as read
///
/// By an operator, up to a message. It never goes back.
#[utoipa::path(post, path = "/v1/conversations/{id}/read", operation_id = "readConversation",
    tag = "Conversations", params(("id" = String, Path, description = "Its id")),
    request_body = ReadBody, responses((status = 200, body = Data<Conversation>)))]
async fn read(
    State(app): State<App>,
    key: Scoped<needs::ConversationsWrite>,
    Path(id): Path<String>,
    post: Post<ReadBody>,
) -> Result<Reply> {
    let id: ConversationId = id.parse()?;
    let operator_id = key.asker.acts_as(post.body().operator_id.clone())?;
    let operator_id = operator_id.ok_or(crate::error::Error::Missing("operator_id"))?;
    post.run(&app, &key.asker, move |tx, body| {
        let read = super::read_by_operator(tx, &id, &operator_id, body.number)?;
        Reply::new(StatusCode::OK, &read, subject(&read))
    })
    .await
}

/// Which other one.
#[derive(Clone, Debug, Deserialize, ToSchema)]
struct OtherBody {
    /// It becomes part of this one, or its own again.
    #[schema(value_type = String)]
    conversation_id: ConversationId,
}

/// Merge conversations
///
/// The other one becomes part of this one; its id leads here. Both must be with the same person.
#[utoipa::path(post, path = "/v1/conversations/{id}/merge", operation_id = "mergeConversations",
    tag = "Conversations", params(("id" = String, Path, description = "Its id")),
    request_body = OtherBody, responses((status = 200, body = Data<Conversation>)))]
async fn merge(
    State(app): State<App>,
    key: Scoped<needs::ConversationsWrite>,
    Path(id): Path<String>,
    post: Post<OtherBody>,
) -> Result<Reply> {
    let id: ConversationId = id.parse()?;
    post.run(&app, &key.asker, move |tx, body| {
        let merged = super::merge(tx, &id, &body.conversation_id)?;
        Reply::new(StatusCode::OK, &merged, subject(&merged))
    })
    .await
}

/// Undo a merge
///
/// Makes two conversations of one that was merged.
#[utoipa::path(post, path = "/v1/conversations/{id}/unmerge",
    operation_id = "unmergeConversations", tag = "Conversations",
    params(("id" = String, Path, description = "Its id")),
    request_body = OtherBody, responses((status = 200, body = Data<Conversation>)))]
async fn unmerge(
    State(app): State<App>,
    key: Scoped<needs::ConversationsWrite>,
    Path(id): Path<String>,
    post: Post<OtherBody>,
) -> Result<Reply> {
    let id: ConversationId = id.parse()?;
    post.run(&app, &key.asker, move |tx, body| {
        let kept = super::unmerge(tx, &id, &body.conversation_id)?;
        Reply::new(StatusCode::OK, &kept, subject(&kept))
    })
    .await
}

/// What happened.
#[derive(Debug, Serialize, ToSchema)]
struct Happened {
    /// What happened, oldest first.
    #[schema(value_type = Vec<std::collections::BTreeMap<String, serde_json::Value>>)]
    data: Vec<event::Entry>,
    /// Whether there is more; go on with the last `seq` as `after_seq`.
    has_more: bool,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct EventsQuery {
    /// The `seq` of the last entry seen.
    #[serde(default)]
    after_seq: Option<i64>,
}

/// Entries that one answer has.
const EVENTS_MAX: i64 = 100;

/// List what happened in a conversation
///
/// The entries of the log about it, oldest first. The log is kept for a while only.
#[utoipa::path(get, path = "/v1/conversations/{id}/events", operation_id = "listConversationEvents",
    tag = "Conversations", params(("id" = String, Path, description = "Its id"), EventsQuery),
    responses((status = 200, body = Happened)))]
async fn list_events(
    State(app): State<App>,
    key: Scoped<needs::ConversationsRead>,
    Path(id): Path<String>,
    Query(query): Query<EventsQuery>,
) -> Result<Json<Happened>> {
    let id: ConversationId = id.parse()?;
    let read = app.store.read(&key.scope, move |tx| {
        let conversation = super::find(tx, &id, None)?;
        let after = query.after_seq.unwrap_or(0);
        event::list_about(tx, conversation.id.as_str(), after, EVENTS_MAX + 1)
    });
    let mut data = read.await?;
    let most = usize::try_from(EVENTS_MAX).unwrap_or(usize::MAX);
    let has_more = most < data.len();
    data.truncate(most);
    Ok(Json(Happened { data, has_more }))
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TranscriptQuery {
    /// `json` unless told otherwise; or `text`, or `html`.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// All that was said.
#[derive(Debug, Serialize, ToSchema)]
struct Transcript {
    conversation: Conversation,
    messages: Vec<Message>,
}

/// Get a transcript
///
/// What visitor and team said, without notes: its first 2,000 messages.
#[utoipa::path(get, path = "/v1/conversations/{id}/transcript", operation_id = "getTranscript",
    tag = "Conversations", params(("id" = String, Path, description = "Its id"), TranscriptQuery),
    responses((status = 200, content((Data<Transcript> = "application/json"),
        (String = "text/plain"), (String = "text/html")))))]
async fn transcript(
    State(app): State<App>,
    key: Scoped<needs::ConversationsRead>,
    Path(id): Path<String>,
    Query(query): Query<TranscriptQuery>,
) -> Result<Response> {
    let id: ConversationId = id.parse()?;
    let (conversation, messages) =
        app.store.read(&key.scope, move |tx| super::transcript(tx, &id)).await?;
    let (body, kind) = match query.format {
        Format::Json => {
            return Ok(Data(Transcript { conversation, messages }).into_response());
        }
        Format::Text => (documents::as_text(&conversation, &messages), "text/plain; charset=utf-8"),
        Format::Html => (documents::as_html(&conversation, &messages), "text/html; charset=utf-8"),
    };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let policy = HeaderValue::from_static("sandbox; default-src 'none'");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// Whom to.
#[derive(Clone, Debug, Deserialize, ToSchema)]
struct MailBody {
    /// The address.
    #[schema(value_type = String, format = Email, max_length = 254)]
    email: Email,
}

/// Mail a transcript
///
/// To any address.
#[utoipa::path(post, path = "/v1/conversations/{id}/transcript", operation_id = "mailTranscript",
    tag = "Conversations", params(("id" = String, Path, description = "Its id")),
    request_body = MailBody, responses((status = 202, body = Data<Conversation>)))]
async fn mail_transcript(
    State(app): State<App>,
    key: Scoped<needs::ConversationsWrite>,
    Path(id): Path<String>,
    post: Post<MailBody>,
) -> Result<Reply> {
    let id: ConversationId = id.parse()?;
    post.run(&app, &key.asker, move |tx, body| {
        let (conversation, messages) = super::transcript(tx, &id)?;
        let text = documents::as_text(&conversation, &messages);
        let about = subject(&conversation);
        outbox::put(tx, body.email.as_given(), "Your conversation", &text, about)?;
        Reply::new(StatusCode::ACCEPTED, &conversation, about)
    })
    .await
}

/// List assignments
///
/// The open conversations of an operator, newest first.
#[utoipa::path(get, path = "/v1/operators/{id}/assignments", operation_id = "listAssignments",
    tag = "Operators",
    params(("id" = String, Path, description = "Their id"), PageParams),
    responses((status = 200, body = Page<Assigned>)))]
async fn list_assignments(
    State(app): State<App>,
    key: Scoped<needs::OperatorsRead>,
    Path(id): Path<String>,
    Query(page): Query<PageQuery<kind::Conversation>>,
) -> Result<Json<Page<Assigned>>> {
    let (id, paging): (OperatorId, _) = (id.parse()?, page.paging()?);
    Ok(Json(app.store.read(&key.scope, move |tx| super::assignments(tx, &id, &paging)).await?))
}

/// Who got a conversation, when and why, the last decision first.
pub(crate) async fn decisions(app: &App, asker: &Asker, id: &str) -> Result<Vec<Kept>> {
    let id: ConversationId = id.parse()?;
    app.store.read(&asker.scope, move |tx| super::decisions(tx, &id)).await
}
