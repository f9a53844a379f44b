//! What a visitor sees of a conversation: nothing of the team's own, and nobody's address.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value as Json, value::RawValue};
use store::ReadTx;

use super::{Conversation, ConversationStatus, Message, Rating};
use crate::{
    attachment::{Attachment, Signer},
    error::Result,
    id::{ConversationId, MessageId, OperatorId},
    operator, time,
};

/// Someone of the team.
#[derive(Clone, Debug, Serialize)]
pub struct Author {
    /// What visitors call them.
    pub name: String,
    /// A picture of them.
    pub avatar_url: Option<String>,
}

/// A conversation, for its visitor.
#[derive(Clone, Debug, Serialize)]
pub struct Talk {
    id: ConversationId,
    status: ConversationStatus,
    operator: Option<Author>,
    messages_count: i64,
    rating: Option<Rating>,
    can_rate: bool,
    #[serde(serialize_with = "time::whole_seconds")]
    created_at: Timestamp,
    #[serde(serialize_with = "time::whole_seconds_opt")]
    closed_at: Option<Timestamp>,
    #[serde(serialize_with = "time::whole_seconds_opt")]
    last_message_at: Option<Timestamp>,
}

/// A message, for the visitor.
#[derive(Clone, Debug, Serialize)]
pub struct Words {
    id: MessageId,
    conversation_id: ConversationId,
    number: i64,
    client_id: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    body: String,
    author: Option<Author>,
    attachments: Vec<Attachment>,
    event: Option<Box<RawValue>>,
    #[serde(serialize_with = "time::whole_seconds")]
    created_at: Timestamp,
    #[serde(serialize_with = "time::whole_seconds_opt")]
    delivered_at: Option<Timestamp>,
    #[serde(serialize_with = "time::whole_seconds_opt")]
    read_at: Option<Timestamp>,
    #[serde(serialize_with = "time::whole_seconds_opt")]
    edited_at: Option<Timestamp>,
    #[serde(serialize_with = "time::whole_seconds_opt")]
    deleted_at: Option<Timestamp>,
}

/// How a visitor sees `conversation`.
///
/// # Errors
/// Those of the store.
pub fn talk(tx: &mut ReadTx<'_>, conversation: Conversation) -> Result<Talk> {
    let operator = match &conversation.assigned_to {
        Some(id) => Some(author(tx, id)?),
        None => None,
    };
    let rated = conversation.rating.as_ref().map(|rating| rating.rated_at);
    let can_rate =
        conversation.closed_at.is_some_and(|closed| rated.is_none_or(|rated| rated < closed));
    Ok(Talk {
        id: conversation.id,
        status: conversation.status,
        operator,
        messages_count: conversation.messages_count,
        rating: conversation.rating,
        can_rate,
        created_at: conversation.created_at,
        closed_at: conversation.closed_at,
        last_message_at: conversation.last_message_at,
    })
}

fn author(tx: &mut ReadTx<'_>, id: &OperatorId) -> Result<Author> {
    let operator = operator::find(tx, id)?;
    Ok(Author { name: operator.name, avatar_url: operator.avatar_url })
}

/// How a visitor sees `message`; not at all if it is a note.
///
/// # Errors
/// Those of the store.
pub fn words(tx: &mut ReadTx<'_>, message: Message, signer: &Signer) -> Result<Option<Words>> {
    if message.kind == "note" {
        return Ok(None);
    }
    let avatar_url = match &message.operator {
        Some(speaking) => author(tx, &speaking.id)?.avatar_url,
        None => None,
    };
    let author = message.operator.as_ref().map(|one| Author { name: one.name.clone(), avatar_url });
    let mut attachments = message.attachments()?;
    for attachment in &mut attachments {
        attachment.url = signer.url(tx, &attachment.id);
    }
    Ok(Some(Words {
        id: message.id,
        conversation_id: message.conversation_id,
        number: message.number.unwrap_or(0),
        client_id: message.client_id.filter(|_| message.kind == "visitor"),
        kind: message.kind,
        body: message.body,
        author,
        attachments,
        event: message.event.as_deref().map(without_ids).transpose()?,
        created_at: message.created_at,
        delivered_at: message.delivered_at,
        read_at: message.read_at,
        edited_at: message.edited_at,
        deleted_at: message.deleted_at,
    }))
}

/// A visitor is told what happened, not who is who.
fn without_ids(event: &RawValue) -> Result<Box<RawValue>> {
    let mut event: Json = serde_json::from_str(event.get())?;
    if let Json::Object(fields) = &mut event {
        fields.retain(|name, _| !name.ends_with("_id"));
    }
    Ok(serde_json::value::to_raw_value(&event)?)
}
