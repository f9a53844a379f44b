//! Conversations in which nothing is said: a warning, then the end; and the end of a snooze.

use jiff::SignedDuration;
use serde_json::json;
use store::Tx;

use super::{ClosedBy, Conversation, Snooze, close, find, snooze, write::note_down};
use crate::{
    error::{Error, Result},
    id::ConversationId,
    job::{self, Done, Job},
    setting,
};

/// What a warning says to people; programs read its `event`.
const WARNING: &str = "Are you still there? Without an answer this conversation will be closed.";

/// Looks after a conversation from now on: whoever had the last word may be the last one.
///
/// # Errors
/// Those of the store.
pub(super) fn watch(tx: &mut Tx<'_>, id: &ConversationId) -> Result<()> {
    let Some(silence) = setting::silence(tx)? else { return Ok(()) };
    let at = tx.now() + silence.close_after - silence.warned_before;
    job::enqueue(tx, job::Kind::ConversationIdle, id.as_str(), "", at)
}

/// Warns whoever has not answered for too long, and closes the conversation if they still do not: a
/// step of a job. Nobody whose word was the last one is warned.
///
/// # Errors
/// Those of the store.
pub fn warn_or_close(tx: &mut Tx<'_>, job: &Job) -> Result<Done> {
    let id: ConversationId = job.key.parse()?;
    let (Some(silence), Some(conversation)) = (setting::silence(tx)?, here(tx, &id)?) else {
        return Ok(Done::Whole);
    };
    let said = conversation.last_message_at.filter(|_| conversation.is_open());
    let (Some(said), Some("operator" | "bot")) = (said, conversation.last_message_by.as_deref())
    else {
        return Ok(Done::Whole);
    };
    if conversation.is_snoozed {
        return Ok(Done::Again(tx.now() + silence.close_after));
    }
    let (now, warned) = (tx.now(), job.payload == said.to_string());
    let warn_at = said + silence.close_after - silence.warned_before;
    if !warned && now < warn_at {
        return Ok(Done::Again(warn_at));
    }
    if !warned && SignedDuration::ZERO < silence.warned_before {
        note_down(tx, &conversation, WARNING, &json!({ "kind": "closing_soon" }))?;
        // What is said from here on is another silence.
        job::keep(tx, job, &said.to_string())?;
        return Ok(Done::Again(now + silence.warned_before));
    }
    close(tx, &id, ClosedBy::Auto)?;
    Ok(Done::Whole)
}

/// Ends a snooze whose time has come: a step of a job.
///
/// # Errors
/// Those of the store.
pub fn wake(tx: &mut Tx<'_>, job: &Job) -> Result<Done> {
    let id: ConversationId = job.key.parse()?;
    let Some(until) = here(tx, &id)?.and_then(|one| one.snoozed_until) else {
        return Ok(Done::Whole);
    };
    if tx.now() < until {
        return Ok(Done::Again(until));
    }
    let woken = snooze(tx, &id, &Snooze::Awake)?;
    note_down(tx, &woken, "The snooze is over", &json!({ "kind": "woken" }))?;
    Ok(Done::Whole)
}

fn here(tx: &mut Tx<'_>, id: &ConversationId) -> Result<Option<Conversation>> {
    match find(tx, id, None) {
        Ok(conversation) => Ok(Some(conversation)),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
