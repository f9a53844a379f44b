//! Two conversations that are one, and how they become two again.

use serde_json::json;
use store::{Row, Tx};

use super::{
    ClosedBy, Conversation, ConversationStatus, close, find, find_exact,
    write::{count, tell},
};
use crate::{
    contact,
    error::{Error, Result},
    event,
    id::{ConversationId, MessageId},
    job, visitor,
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
    // Two visitors of one contact may be two people, of whom one only says who they are.
    if kept.visitor.id != gone.visitor.id || kept.channel != gone.channel {
        return Err(Error::Conflict(
            "Only conversations with the same visitor on the same channel can be merged."
                .to_owned(),
        ));
    }
    let sql = "select id from message where workspace = ?1 and conversation = ?2
               and merged_from is not null limit 1";
    if tx.first(sql, &[(&gone.id).into()], |row| row.get::<MessageId>(0))?.is_some() {
        return Err(Error::Conflict(
            "The other conversation holds a merged one: undo that first, or merge this one into it."
                .to_owned(),
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
    count_less(tx, &gone, 1)?;
    let seen = [&kept, &gone].map(|one| one.visitor_count - one.unread_count).iter().sum::<i64>();
    number_anew(tx, &kept.id)?;
    let sql = "update conversation set seen_count = ?3 where workspace = ?1 and id = ?2";
    tx.run(sql, &[(&kept.id).into(), seen.into()])?;
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
    if MESSAGES_MAX < find(tx, keep, None)?.last_number {
        return Err(Error::Conflict(format!(
            "The conversation has grown beyond {MESSAGES_MAX} messages and cannot be taken apart."
        )));
    }
    if gone.merged_into.as_ref() != Some(keep) {
        return Err(Error::Conflict("These conversations are not merged.".to_owned()));
    }
    let sql = "update message set conversation = ?2, number = merged_number, merged_from = null,
                   merged_number = null
               where workspace = ?1 and merged_from = ?2 and conversation = ?3";
    tx.run(sql, &[other.into(), keep.into()])?;
    let sql = "update conversation set merged_into = null where workspace = ?1 and id = ?2";
    tx.run(sql, &[other.into()])?;
    count_less(tx, &gone, -1)?;
    // What was read of both is not known of each.
    let sql = "delete from conversation_read
               where workspace = ?1 and conversation in (?2, ?3)";
    tx.run(sql, &[other.into(), keep.into()])?;
    number_anew(tx, keep)?;
    recount(tx, other)?;
    told(tx, keep, other)
}

/// Lists leave out what became part of another, and so do counts.
fn count_less(tx: &mut Tx<'_>, gone: &Conversation, fewer: i64) -> Result<()> {
    count(tx, ConversationStatus::Closed, -fewer)?;
    visitor::count_conversations(tx, &gone.visitor.id, -fewer)?;
    match &gone.contact_id {
        Some(contact) => contact::count_conversations(tx, contact, -fewer),
        None => Ok(()),
    }
}

/// Numbers the messages of a conversation in the order in which they were said.
fn number_anew(tx: &mut Tx<'_>, id: &ConversationId) -> Result<()> {
    let sql = "select id from message where workspace = ?1 and conversation = ?2
               and type <> 'note' order by document";
    let messages = tx.all(sql, &[id.into()], |row: &Row| row.get::<MessageId>(0))?;
    let beyond = "update message set number = number + ?3
                  where workspace = ?1 and conversation = ?2 and number is not null";
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
                       where workspace = ?1 and conversation = ?2 and type <> 'note'),
                   visitor_count = (select count(*) from message
                       where workspace = ?1 and conversation = ?2 and type = 'visitor'),
                   last_message_at = (select max(created_at) from message
                       where workspace = ?1 and conversation = ?2
                       and type in ('visitor', 'operator', 'bot')),
                   last_author = (select type from message
                       where workspace = ?1 and conversation = ?2
                       and type in ('visitor', 'operator', 'bot')
                       order by document desc limit 1)
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
