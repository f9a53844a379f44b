//! Who the visitor of a conversation is, as it is known better, or forgotten.

use serde_json::json;
use store::Tx;

use super::{find_exact, write::tell};
use crate::{
    contact,
    error::{Error, Result},
    event,
    id::{ContactId, ConversationId, MessageId, VisitorId},
    visitor::Visitor,
};

/// Shows a visitor's name and contact on their conversations.
///
/// # Errors
/// Those of the store.
pub fn name_visitor(tx: &mut Tx<'_>, visitor: &Visitor) -> Result<()> {
    let sql = "update conversation set visitor_name = ?3, visitor_email = ?4, contact = ?5
               where workspace = ?1 and visitor = ?2 and (
                   coalesce(visitor_name, '') <> coalesce(?3, '')
                   or coalesce(visitor_email, '') <> coalesce(?4, '')
                   or coalesce(contact, '') <> coalesce(?5, '')) returning id";
    move_counts(tx, &visitor.id, visitor.contact_id.as_ref())?;
    let contact = visitor.contact_id.as_ref().map(ContactId::as_str);
    let values = [
        (&visitor.id).into(),
        visitor.name.as_ref().into(),
        visitor.email.as_ref().into(),
        contact.into(),
    ];
    for id in tx.all(sql, &values, |row| row.get::<ConversationId>(0))? {
        let Some(conversation) = find_exact(tx, &id)? else { continue };
        tell(tx, event::Kind::ConversationUpdated, &conversation, None)?;
    }
    Ok(())
}

/// Counts the conversations of a visitor as those of `to`, and no longer as those of whom they were.
fn move_counts(tx: &mut Tx<'_>, visitor: &VisitorId, to: Option<&ContactId>) -> Result<()> {
    let sql = "select contact, count(*) from conversation
               where workspace = ?1 and visitor = ?2 and merged_into is null
               and coalesce(contact, '') <> ?3 group by contact";
    let values = [visitor.into(), to.map_or("", |to| to.as_str()).into()];
    let moved = tx.all(sql, &values, |row| {
        Ok::<_, Error>((row.get::<Option<ContactId>>(0)?, row.get::<i64>(1)?))
    })?;
    for (from, count) in moved {
        if let Some(from) = from {
            contact::count_conversations(tx, &from, -count)?;
        }
        if let Some(to) = to {
            contact::count_conversations(tx, to, count)?;
        }
    }
    Ok(())
}

/// Gives up to `limit` conversations of one contact to the one it is part of now. Says whether there
/// may be more.
///
/// # Errors
/// Those of the store.
pub fn follow_merge(
    tx: &mut Tx<'_>,
    gone: &ContactId,
    kept: &ContactId,
    limit: i64,
) -> Result<bool> {
    let sql = "update conversation set contact = ?3 where workspace = ?1 and id in (
                   select id from conversation where workspace = ?1 and contact = ?2 limit ?4)
               returning id";
    let values = [gone.into(), kept.into(), limit.into()];
    let moved = tx.all(sql, &values, |row| row.get::<String>(0))?;
    let moved = i64::try_from(moved.len()).unwrap_or(0);
    contact::count_conversations(tx, kept, moved)?;
    Ok(moved == limit)
}

/// Takes the name of someone who is erased off up to `limit` of their conversations, and out of the
/// log. What was said stays. Says whether some were left.
///
/// # Errors
/// Those of the store.
pub fn forget(tx: &mut Tx<'_>, contact: &ContactId, limit: i64) -> Result<bool> {
    let sql = "select id from conversation where workspace = ?1 and contact = ?2 limit 1";
    let Some(id) = tx.first(sql, &[contact.into()], |row| row.get::<ConversationId>(0))? else {
        return Ok(false);
    };
    forget_one(tx, &id, limit)
}

/// Takes out what a visitor said, up to `limit` messages at once: they asked to be forgotten. Says
/// whether some of it was left.
///
/// # Errors
/// Those of the store.
pub fn forget_visitor(tx: &mut Tx<'_>, visitor: &VisitorId, limit: i64) -> Result<bool> {
    let sql = "select message.id from message join conversation
               on conversation.workspace = message.workspace
               and conversation.id = message.conversation
               where message.workspace = ?1 and visitor = ?2 and type = 'visitor'
               and message.deleted_at is null limit ?3";
    let values = [visitor.into(), limit.into()];
    let said = tx.all(sql, &values, |row| row.get::<MessageId>(0))?;
    for id in &said {
        super::remove(tx, id)?;
    }
    if !said.is_empty() {
        return Ok(true);
    }
    move_counts(tx, visitor, None)?;
    let sql = "select id from conversation where workspace = ?1 and visitor = ?2
               and (visitor_name is not null or visitor_email is not null or contact is not null
                    or rating_comment is not null) limit 1";
    let Some(id) = tx.first(sql, &[visitor.into()], |row| row.get::<ConversationId>(0))? else {
        return Ok(false);
    };
    forget_one(tx, &id, limit)
}

/// Takes the name off one conversation, and out of the log first; what operators began to write to
/// them goes, too. There may be others.
fn forget_one(tx: &mut Tx<'_>, id: &ConversationId, limit: i64) -> Result<bool> {
    let tombstone = json!({ "id": id }).to_string();
    if !event::forget(tx, id.as_str(), &tombstone, limit)? {
        let sql = "update conversation set visitor_name = null, visitor_email = null,
                       contact = null, rating_comment = null where workspace = ?1 and id = ?2";
        tx.run(sql, &[id.into()])?;
        let sql = "delete from draft where workspace = ?1 and conversation = ?2";
        tx.run(sql, &[id.into()])?;
    }
    Ok(true)
}
