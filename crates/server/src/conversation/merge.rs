//! Two conversations that are one, and how they become two again.

use serde_json::json;
use store::{Row, Tx};

use super::{
    ClosedBy, Conversation, Status, close, find, find_exact,
    write::{count, tell},
};
use crate::{
    error::{Error, Result},
    event,
    id::{ConversationId, MessageId},
    job,
};

/// Messages that both may have together: all of them are numbered anew at once.
const MESSAGES_MAX: i64 = 1_000;

/// Makes `other` part of `keep`: what was said in both stands in the order in which it was said, and
/// the id of `other` leads to `keep` from now on.
///
/// # Errors
/// When one of them is not there, both are one, they are with different visitors, or they are too
/// long.
pub fn merge(
    tx: &mut Tx<'_>,
    keep: &ConversationId,
    other: &ConversationId,
) -> Result<Conversation> {
    let (kept, gone) = (find(tx, keep, None)?, find(tx, other, None)?);
    if kept.id == gone.id {
        return Err(Error::Conflict("A conversation cannot be merged with itself.".to_owned()));
    }
    let is_same = kept.visitor.id == gone.visitor.id
        || (kept.contact_id.is_some() && kept.contact_id == gone.contact_id);
    if !is_same || kept.channel != gone.channel {
        return Err(Error::Conflict(
            "Only conversations with the same person on the same channel can be merged.".to_owned(),
        ));
    }
    if MESSAGES_MAX < kept.last_number + gone.last_number {
        return Err(Error::Conflict(format!(
            "Conversations of more than {MESSAGES_MAX} messages together cannot be merged."
        )));
    }
    close(tx, &gone.id, ClosedBy::Operator)?;
    // Beyond all numbers there are, so that none is given twice on the way.
    let sql = "update message set merged_from = ?3, merged_number = number, conversation = ?2,
                   number = number + ?4
               where workspace = ?1 and conversation = ?3 and merged_from is null";
    let values = [(&kept.id).into(), (&gone.id).into(), (2 * MESSAGES_MAX).into()];
    tx.run(sql, &values)?;
    let sql = "update conversation set merged_into = ?3 where workspace = ?1 and id = ?2";
    tx.run(sql, &[(&gone.id).into(), (&kept.id).into()])?;
    count(tx, Status::Closed, -1)?;
    number_anew(tx, &kept.id)?;
    told(tx, &kept.id, &gone.id)
}

/// Makes two conversations of one that was merged.
///
/// # Errors
/// When `other` is not part of `keep`.
pub fn unmerge(
    tx: &mut Tx<'_>,
    keep: &ConversationId,
    other: &ConversationId,
) -> Result<Conversation> {
    let gone = find_exact(tx, other)?.ok_or(Error::NotFound("conversation"))?;
    if gone.merged_into.as_ref() != Some(keep) {
        return Err(Error::Conflict("These conversations are not merged.".to_owned()));
    }
    let sql = "update message set conversation = ?2, number = merged_number, merged_from = null,
                   merged_number = null
               where workspace = ?1 and merged_from = ?2 and conversation = ?3";
    tx.run(sql, &[other.into(), keep.into()])?;
    let sql = "update conversation set merged_into = null where workspace = ?1 and id = ?2";
    tx.run(sql, &[other.into()])?;
    count(tx, Status::Closed, 1)?;
    number_anew(tx, keep)?;
    recount(tx, other)?;
    told(tx, keep, other)
}

/// Numbers the messages of a conversation in the order in which they were said.
fn number_anew(tx: &mut Tx<'_>, id: &ConversationId) -> Result<()> {
    let sql = "select id from message where workspace = ?1 and conversation = ?2
               order by created_at, id limit ?3";
    let read = |row: &Row| row.get::<MessageId>(0);
    let messages = tx.all(sql, &[id.into(), (2 * MESSAGES_MAX).into()], read)?;
    let beyond = "update message set number = number + ?3
                  where workspace = ?1 and conversation = ?2";
    tx.run(beyond, &[id.into(), (10 * MESSAGES_MAX).into()])?;
    let sql = "update message set number = ?3 where workspace = ?1 and id = ?2";
    for (message, number) in messages.iter().zip(1_i64..) {
        tx.run(sql, &[message.into(), number.into()])?;
    }
    recount(tx, id)
}

fn recount(tx: &mut Tx<'_>, id: &ConversationId) -> Result<()> {
    let sql = "update conversation set
                   last_number = (select count(*) from message
                       where workspace = ?1 and conversation = ?2),
                   messages_count = (select count(*) from message
                       where workspace = ?1 and conversation = ?2 and type <> 'note'),
                   visitor_count = (select count(*) from message
                       where workspace = ?1 and conversation = ?2 and type = 'visitor')
               where workspace = ?1 and id = ?2";
    tx.run(sql, &[id.into()])?;
    let sql = "update conversation set seen_count = visitor_count
               where workspace = ?1 and id = ?2 and seen_count > visitor_count";
    Ok(tx.run(sql, &[id.into()])?)
}

fn told(tx: &mut Tx<'_>, kept: &ConversationId, gone: &ConversationId) -> Result<Conversation> {
    let kept = find(tx, kept, None)?;
    let merged = Some(("merged_id", json!(gone)));
    tell(tx, event::Kind::ConversationMerged, &kept, merged)?;
    // The job of one that is gone has nothing to do any more.
    job::cancel(tx, job::Kind::ConversationIdle, gone.as_str())?;
    Ok(kept)
}
