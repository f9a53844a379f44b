//! The power dialer's queues: who is to be called, by whom, and in which order.

use serde_json::json;
use store::{ReadTx, Tx};

use crate::{
    error::Result,
    event,
    id::{ContactId, OperatorId},
};

/// Where someone new is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// To be called next.
    Top,
    /// To be called when the others have been.
    Bottom,
}

/// Entries that one step of clearing a queue deletes: it must stay under 20 ms.
pub const STEP_ROWS: i64 = 50;

impl Place {
    /// The documented word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Top => "top",
            Self::Bottom => "bottom",
        }
    }
}

/// Puts someone into an operator's queue. `false` if they are in someone's already: they stay there.
///
/// # Errors
/// Those of the store.
pub fn add(
    tx: &mut Tx<'_>,
    contact: &ContactId,
    operator: &OperatorId,
    place: Place,
) -> Result<bool> {
    if find(tx, contact)?.is_some() {
        return Ok(false);
    }
    let sql = match place {
        Place::Top => {
            "select position from dialer_entry where workspace = ?1 and operator = ?2
             order by position limit 1"
        }
        Place::Bottom => {
            "select position from dialer_entry where workspace = ?1 and operator = ?2
             order by position desc limit 1"
        }
    };
    let end = tx.first(sql, &[operator.into()], |row| row.get::<i64>(0))?;
    let position = match (end, place) {
        (None, _) => 0,
        (Some(first), Place::Top) => first - 1,
        (Some(last), Place::Bottom) => last + 1,
    };
    let now = tx.now();
    let sql = "insert into dialer_entry (workspace, contact, operator, position, added_at)
               values (?1, ?2, ?3, ?4, ?5)";
    tx.run(sql, &[contact.into(), operator.into(), position.into(), now.into()])?;
    let payload = json!({
        "contact_id": contact, "operator_id": operator, "place": place.as_str(),
    });
    event::append(tx, event::Kind::DialerAdded, contact.as_str(), &payload.to_string())?;
    Ok(true)
}

/// In whose queue someone is.
///
/// # Errors
/// Those of the store.
pub fn find(tx: &mut ReadTx<'_>, contact: &ContactId) -> Result<Option<OperatorId>> {
    let sql = "select operator from dialer_entry where workspace = ?1 and contact = ?2";
    Ok(tx.first(sql, &[contact.into()], |row| row.get(0))?)
}

/// The first `limit` of an operator's queue, in the order of their calls.
///
/// # Errors
/// Those of the store.
pub fn queue(tx: &mut ReadTx<'_>, operator: &OperatorId, limit: i64) -> Result<Vec<ContactId>> {
    let sql = "select contact from dialer_entry where workspace = ?1 and operator = ?2
               order by position limit ?3";
    Ok(tx.all(sql, &[operator.into(), limit.into()], |row| row.get(0))?)
}

/// Takes someone out of whatever queue they are in. `false` if they are in none.
///
/// # Errors
/// Those of the store.
pub fn remove(tx: &mut Tx<'_>, contact: &ContactId) -> Result<bool> {
    let Some(operator) = find(tx, contact)? else { return Ok(false) };
    let sql = "delete from dialer_entry where workspace = ?1 and contact = ?2";
    tx.run(sql, &[contact.into()])?;
    let payload = json!({ "contact_id": contact, "operator_id": operator });
    event::append(tx, event::Kind::DialerRemoved, contact.as_str(), &payload.to_string())?;
    Ok(true)
}

/// Takes the first of an operator's queue out: one step of clearing it. Says whether some are left.
///
/// # Errors
/// Those of the store.
pub fn clear(tx: &mut Tx<'_>, operator: &OperatorId) -> Result<bool> {
    let some = queue(tx, operator, STEP_ROWS)?;
    for contact in &some {
        remove(tx, contact)?;
    }
    Ok(i64::try_from(some.len()).is_ok_and(|count| count == STEP_ROWS))
}

/// What was someone's is `kept`'s: they were one person. Whoever is in a queue already stays there.
///
/// # Errors
/// Those of the store.
pub fn follow_merge(tx: &mut Tx<'_>, gone: &ContactId, kept: &ContactId) -> Result<()> {
    if find(tx, kept)?.is_some() {
        return remove(tx, gone).map(drop);
    }
    let sql = "update dialer_entry set contact = ?3 where workspace = ?1 and contact = ?2";
    Ok(tx.run(sql, &[gone.into(), kept.into()])?)
}

/// Forgets someone who was erased.
///
/// # Errors
/// Those of the store.
pub fn forget(tx: &mut Tx<'_>, contact: &ContactId) -> Result<()> {
    let sql = "delete from dialer_entry where workspace = ?1 and contact = ?2";
    Ok(tx.run(sql, &[contact.into()])?)
}
