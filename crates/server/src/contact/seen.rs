//! What live conversation knows of a contact: their visitors, their conversations, when they were
//! there. None of it is a change that anybody is told of.

use store::Tx;

use super::find_exact;
use crate::{
    error::Result,
    id::{ContactId, VisitorId},
};

/// Visitors that a contact shows: the newest.
const VISITORS_MAX: usize = 50;

/// A visitor was recognised as this contact.
///
/// # Errors
/// Those of the store.
pub fn link_visitor(tx: &mut Tx<'_>, id: &ContactId, visitor: &VisitorId) -> Result<()> {
    let Some(contact) = find_exact(tx, id)? else { return Ok(()) };
    let mut visitors = contact.visitor_ids;
    if visitors.contains(visitor) {
        return Ok(());
    }
    visitors.push(visitor.clone());
    let first = visitors.len().saturating_sub(VISITORS_MAX);
    let shown = serde_json::to_string(visitors.get(first..).unwrap_or_default())?;
    let sql = "update contact set visitors = ?3 where workspace = ?1 and id = ?2";
    Ok(tx.run(sql, &[id.into(), (&shown).into()])?)
}

/// The contact has `more` conversations.
///
/// # Errors
/// Those of the store.
pub fn count_conversations(tx: &mut Tx<'_>, id: &ContactId, more: i64) -> Result<()> {
    let sql = "update contact set conversations_count = coalesce(conversations_count, 0) + ?3
               where workspace = ?1 and id = ?2";
    Ok(tx.run(sql, &[id.into(), more.into()])?)
}

/// The contact was there just now.
///
/// # Errors
/// Those of the store.
pub fn see(tx: &mut Tx<'_>, id: &ContactId) -> Result<()> {
    let now = tx.now();
    let sql = "update contact set last_seen_at = ?3 where workspace = ?1 and id = ?2";
    Ok(tx.run(sql, &[id.into(), now.into()])?)
}
