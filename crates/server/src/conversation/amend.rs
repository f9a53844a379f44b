//! What becomes of a message once it is said: how far it came, what is said instead, what is taken
//! back.

use serde::Deserialize;
use store::Tx;
use utoipa::ToSchema;

use super::{Message, NewMessage, find, find_message};
use crate::{
    attachment,
    error::{Error, Result},
    event,
    id::MessageId,
};

/// How far a message came. Later ones include the earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// It waits.
    Queued,
    /// It left.
    Sent,
    /// It did not arrive.
    Failed,
    /// It arrived.
    Delivered,
    /// It was read.
    Read,
}

impl Delivery {
    /// The word that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Read => "read",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let all = [Self::Queued, Self::Sent, Self::Failed, Self::Delivered, Self::Read];
        all.into_iter().find(|one| one.as_str() == text)
    }
}

/// Says something else in place of what was said; what it was is kept.
///
/// # Errors
/// When there is no such message, it was deleted, or only its sender may change it.
pub fn edit(tx: &mut Tx<'_>, id: &MessageId, body: &str) -> Result<Message> {
    let old = find_message(tx, id)?;
    refuse_foreign(&old, "edited")?;
    let conversation = find(tx, &old.conversation_id, None)?;
    NewMessage { body: body.to_owned(), ..NewMessage::default() }.check(conversation.channel)?;
    if old.body == body {
        return Ok(old);
    }
    let now = tx.now();
    let sql = "insert into message_edit (workspace, message, edited_at, body)
               values (?1, ?2, ?3, ?4)
               on conflict (workspace, message, edited_at) do nothing";
    tx.run(sql, &[id.into(), now.into(), (&old.body).into()])?;
    let sql = "update message set body = ?3, edited_at = ?4 where workspace = ?1 and id = ?2";
    tx.run(sql, &[id.into(), body.into(), now.into()])?;
    tell(tx, event::Kind::MessageUpdated, id)
}

/// Takes back what was said: what is left says that something was there.
///
/// # Errors
/// When there is no such message, or only its sender may delete it.
pub fn remove(tx: &mut Tx<'_>, id: &MessageId) -> Result<()> {
    let old = find_message(tx, id)?;
    if old.deleted_at.is_some() {
        return Ok(());
    }
    let now = tx.now();
    let sql = "update message set body = '', attachments = null, deleted_at = ?3
               where workspace = ?1 and id = ?2 returning document";
    let document = tx.first(sql, &[id.into(), now.into()], |row| row.get::<i64>(0))?;
    let document = document.ok_or(Error::NotFound("message"))?;
    tx.run("delete from message_edit where workspace = ?1 and message = ?2", &[id.into()])?;
    tx.search_remove(super::index::KIND, document)?;
    attachment::remove_of(tx, id)?;
    tell(tx, event::Kind::MessageDeleted, id)?;
    // What was said is in the log too.
    let kept = serde_json::to_string(&find_message(tx, id)?)?;
    event::rewrite(tx, old.conversation_id.as_str(), id.as_str(), &kept)
}

fn refuse_foreign(message: &Message, what: &str) -> Result<()> {
    if message.deleted_at.is_some() {
        return Err(Error::Conflict("The message was deleted.".to_owned()));
    }
    match message.kind.as_str() {
        "visitor" | "system" => Err(Error::Conflict(format!(
            "Only what the team said can be {what}: this is a message of type '{}'.",
            message.kind
        ))),
        _ => Ok(()),
    }
}

/// Notes how far a message came. It only goes forward: what comes late changes nothing, and a failure
/// after it arrived is none.
///
/// # Errors
/// When there is no such message.
pub fn set_delivery(tx: &mut Tx<'_>, id: &MessageId, to: Delivery) -> Result<Message> {
    let old = find_message(tx, id)?;
    let from = old.channel_status.as_deref().and_then(Delivery::parse);
    if from.is_some_and(|from| to <= from) {
        return Ok(old);
    }
    let now = tx.now();
    let delivered = Some(now).filter(|_| Delivery::Delivered <= to);
    let read = Some(now).filter(|_| to == Delivery::Read);
    let sql = "update message set channel_status = ?3, delivered_at = coalesce(delivered_at, ?4),
                   read_at = coalesce(read_at, ?5) where workspace = ?1 and id = ?2";
    tx.run(sql, &[id.into(), to.as_str().into(), delivered.into(), read.into()])?;
    tell(tx, event::Kind::MessageUpdated, id)
}

fn tell(tx: &mut Tx<'_>, kind: event::Kind, id: &MessageId) -> Result<Message> {
    let message = find_message(tx, id)?;
    let payload = serde_json::to_string(&message)?;
    event::append(tx, kind, message.conversation_id.as_str(), &payload)?;
    Ok(message)
}
