//! Whose a conversation is, and why.

use serde::Serialize;
use serde_json::{Value as Json, json};
use store::{ReadTx, Row, Sql, Tx};
use utoipa::ToSchema;

use super::{
    Conversation, columns, find, read,
    write::{missing, note_down, tell},
};
use crate::{
    error::{Error, Result},
    event,
    id::{self, ConversationId, OperatorId, SiteId, VisitorId},
    operator, time,
};

/// Who gets a conversation, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Assignment {
    /// Who got it; `null` when it was taken from someone.
    pub operator_id: Option<OperatorId>,
    /// Whose it was.
    pub previous_assigned_to: Option<OperatorId>,
    /// `manual`, or the workspace's way of distributing.
    pub strategy: String,
    /// In a sentence.
    pub reason: String,
    /// Who could have got it, in the order in which they were asked.
    #[schema(value_type = Vec<String>)]
    pub candidates: Json,
    /// Who could not, and why.
    #[schema(value_type = Vec<std::collections::BTreeMap<String, String>>)]
    pub excluded: Json,
    /// Who or what decided.
    pub assigned_by: String,
}

/// Whether somebody else may have it already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Whoever has it loses it.
    Anyway,
    /// Only if nobody has it: of two who claim it, one gets it.
    IfFree,
}

impl Assignment {
    /// Somebody decided it.
    pub fn manual(operator: Option<OperatorId>, by: &str) -> Self {
        let reason = match operator {
            Some(_) => "Somebody assigned it.",
            None => "Somebody gave it back.",
        };
        Self {
            operator_id: operator,
            previous_assigned_to: None,
            strategy: "manual".to_owned(),
            reason: reason.to_owned(),
            candidates: json!([]),
            excluded: json!([]),
            assigned_by: by.to_owned(),
        }
    }
}

/// Gives a conversation to an operator, or takes it from one, and keeps why.
///
/// # Errors
/// When there is no such conversation or operator, or somebody else has it already.
pub fn assign(
    tx: &mut Tx<'_>,
    id: &ConversationId,
    assignment: &Assignment,
    claim: Claim,
) -> Result<Conversation> {
    let old = find(tx, id, None)?;
    let to = assignment.operator_id.clone();
    let operator = match &to {
        Some(id) => {
            let found = operator::find(tx, id);
            let found = found.map_err(|error| missing(error, "operator_id"))?;
            if !found.is_active() {
                return Err(Error::invalid("operator_id", "must be someone who works here"));
            }
            Some(found)
        }
        None => None,
    };
    if old.assigned_to == to {
        return Ok(old);
    }
    if claim == Claim::IfFree
        && let Some(holder) = &old.assigned_to
    {
        let name = operator::find(tx, holder).map(|one| one.name).unwrap_or_default();
        return Err(Error::Conflict(format!("{name} has this conversation already.")));
    }
    let now = tx.now();
    let sql = concat!(
        "update conversation set assigned_to = ?3, assigned_at = ?4, queued_at = ?5, updated_at = ?6
         where workspace = ?1 and id = ?2 returning ",
        columns!()
    );
    let values = [
        (&old.id).into(),
        to.as_ref().map(OperatorId::as_str).into(),
        to.as_ref().map(|_| now).into(),
        Some(now).filter(|_| to.is_none() && old.is_open()).into(),
        now.into(),
    ];
    let new = tx.first(sql, &values, read)?.ok_or(Error::NotFound("conversation"))?;
    if old.is_open() {
        move_count(tx, old.assigned_to.as_ref(), to.as_ref())?;
    }
    if let Some(to) = &to {
        // What the one before has read, the one after has not.
        let sql = "delete from conversation_read
                   where workspace = ?1 and conversation = ?2 and operator = ?3";
        tx.run(sql, &[(&old.id).into(), to.into()])?;
    }
    keep(tx, &old, assignment)?;
    let name = operator.map(|operator| operator.name);
    let told = json!({ "kind": if name.is_some() { "assigned" } else { "unassigned" },
                       "operator": name, "operator_id": to });
    let body = match &name {
        Some(name) => format!("{name} joined"),
        None => "Waiting for somebody".to_owned(),
    };
    tell(
        tx,
        event::Kind::ConversationAssigned,
        &new,
        Some(("previous_assigned_to", serde_json::to_value(&old.assigned_to)?)),
    )?;
    note_down(tx, &new, &body, &told)?;
    find(tx, &new.id, None)
}

/// Counts an open conversation of one operator as another's.
pub(super) fn move_count(
    tx: &mut Tx<'_>,
    from: Option<&OperatorId>,
    to: Option<&OperatorId>,
) -> Result<()> {
    if let Some(from) = from {
        operator::count_open(tx, from, -1)?;
    }
    to.map_or(Ok(()), |to| operator::count_open(tx, to, 1))
}

fn keep(tx: &mut Tx<'_>, old: &Conversation, assignment: &Assignment) -> Result<()> {
    let (id, now): (id::Id<id::kind::Assignment>, _) = (id::new(tx), tx.now());
    let sql = "insert into assignment (workspace, id, conversation, operator, previous, strategy,
                   reason, candidates, excluded, assigned_by, created_at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    let values = [
        (&id).into(),
        (&old.id).into(),
        assignment.operator_id.as_ref().map(OperatorId::as_str).into(),
        old.assigned_to.as_ref().map(OperatorId::as_str).into(),
        (&assignment.strategy).into(),
        (&assignment.reason).into(),
        (&assignment.candidates.to_string()).into(),
        (&assignment.excluded.to_string()).into(),
        (&assignment.assigned_by).into(),
        now.into(),
    ];
    Ok(tx.run(sql, &values)?)
}

/// An assignment that was kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Kept {
    /// What was decided.
    #[serde(flatten)]
    pub assignment: Assignment,
    /// When.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub assigned_at: jiff::Timestamp,
}

/// Assignments of one conversation that are shown.
const SHOWN_MAX: i64 = 50;

/// What was decided about a conversation, newest first: 50 at most.
///
/// # Errors
/// When there is no such conversation.
pub fn decisions(tx: &mut ReadTx<'_>, id: &ConversationId) -> Result<Vec<Kept>> {
    let conversation = find(tx, id, None)?;
    let sql = "select operator, previous, strategy, reason, candidates, excluded, assigned_by,
                      created_at
               from assignment where workspace = ?1 and conversation = ?2
               order by id desc limit ?3";
    tx.all(sql, &[(&conversation.id).into(), SHOWN_MAX.into()], read_kept)
}

fn read_kept(row: &Row) -> Result<Kept> {
    Ok(Kept {
        assignment: Assignment {
            operator_id: row.get(0)?,
            previous_assigned_to: row.get(1)?,
            strategy: row.get(2)?,
            reason: row.get(3)?,
            candidates: serde_json::from_str(&row.get::<String>(4)?)?,
            excluded: serde_json::from_str(&row.get::<String>(5)?)?,
            assigned_by: row.get(6)?,
        },
        assigned_at: row.get(7)?,
    })
}

/// Up to `limit` of the open conversations of an operator.
///
/// # Errors
/// Those of the store.
pub fn held_by(tx: &mut ReadTx<'_>, id: &OperatorId, limit: i64) -> Result<Vec<Conversation>> {
    let sql = concat!(
        "select ",
        columns!(),
        " from conversation where workspace = ?1 and assigned_to = ?2 and status = 'open'
          order by id limit ?3"
    );
    let held = tx.all(sql, &[id.into(), limit.into()], read)?;
    Ok(held.into_iter().filter(|one| super::is_seen(tx, one.assigned_to.as_ref())).collect())
}

/// Up to `limit` of the conversations that wait for an operator, the longest wait first, without those
/// of `closed` sites. Nobody is given one that is out of the way for a while.
///
/// # Errors
/// Those of the store.
pub fn waiting(tx: &mut ReadTx<'_>, closed: &[SiteId], limit: i64) -> Result<Vec<Conversation>> {
    let mut sql = Sql::new(concat!(
        "select ",
        columns!(),
        " from conversation where workspace = ?1 and queued_at is not null
          and snoozed_until is null"
    ));
    for site in closed {
        sql.with(" and coalesce(site, '') <> ", site);
    }
    sql.push(" order by queued_at, id").with(" limit ", limit);
    tx.select(&sql, read)
}

/// Whether a conversation of this site waits for an operator.
///
/// # Errors
/// Those of the store.
pub fn is_awaited(tx: &mut ReadTx<'_>, site: &SiteId) -> Result<bool> {
    let sql = "select id from conversation
               where workspace = ?1 and queued_at is not null and site = ?2 limit 1";
    Ok(tx.first(sql, &[site.into()], |row| row.get::<ConversationId>(0))?.is_some())
}

/// Who gave this conversation back last, if that is how it came to wait.
///
/// # Errors
/// Those of the store.
pub fn gave_back(tx: &mut ReadTx<'_>, id: &ConversationId) -> Result<Option<OperatorId>> {
    let sql = "select operator, previous, strategy from assignment
               where workspace = ?1 and conversation = ?2 order by id desc limit 1";
    let last = tx.first(sql, &[id.into()], |row| {
        let (to, from): (Option<OperatorId>, Option<OperatorId>) = (row.get(0)?, row.get(1)?);
        let was_wanted = row.get::<String>(2)? == "manual";
        Ok::<_, Error>(from.filter(|_| to.is_none() && was_wanted))
    })?;
    Ok(last.flatten())
}

/// Who talked with this visitor last, in another conversation.
///
/// # Errors
/// Those of the store.
pub fn last_operator(
    tx: &mut ReadTx<'_>,
    visitor: &VisitorId,
    except: &ConversationId,
) -> Result<Option<OperatorId>> {
    let sql = "select assigned_to from conversation where workspace = ?1 and visitor = ?2
               and id <> ?3 and assigned_to is not null order by id desc limit 1";
    Ok(tx.first(sql, &[visitor.into(), except.into()], |row| row.get(0))?)
}
