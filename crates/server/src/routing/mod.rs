//! Routing: who gets a conversation that waits. It follows the log: a conversation that begins, an
//! operator who comes, goes or has room again. There is no clock in it.

pub mod http;

#[cfg(test)]
mod tests;

use serde_json::json;
use store::Tx;

use crate::{
    contact,
    conversation::{self, Assignment, Claim, Conversation},
    error::{Error, Result},
    event::{
        Entry,
        reader::{Cursor, Reader},
    },
    id::{ConversationId, OperatorId, SiteId},
    job::{self, Done, Job},
    operator::{self, Operator, Status},
    setting::{self, HandBack, Strategy},
    site,
};

/// Gives conversations that wait to operators who are there.
pub const ROUTER: Reader = Reader {
    cursor: Cursor {
        name: "routing",
        kinds: &[
            "conversation.created",
            "conversation.closed",
            "conversation.assigned",
            "conversation.updated",
            "conversation.reopened",
            "operator.created",
            "operator.updated",
            "settings.updated",
        ],
        batch: 16,
    },
    take,
};

/// Conversations that one step looks at. To give one away is an event, which leads to the next step.
const LOOKED_AT_MAX: i64 = 32;
/// Conversations that one step takes from somebody who went away.
const HANDED_BACK_MAX: i64 = 8;

fn take(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<()> {
    let (strategy, hand_back) = setting::routing(tx)?;
    if strategy == Strategy::Manual {
        return Ok(());
    }
    let mut may_go_on = false;
    for entry in entries {
        may_go_on |= match entry.kind.as_str() {
            "conversation.created"
            | "conversation.closed"
            | "conversation.assigned"
            | "conversation.updated"
            | "operator.created"
            | "settings.updated" => true,
            "conversation.reopened" => {
                release(tx, &entry.subject.parse()?, hand_back)?;
                true
            }
            "operator.updated" => {
                let now = tx.now();
                job::enqueue(tx, job::Kind::RoutingHandBack, &entry.subject, "", now)?;
                true
            }
            _ => false,
        };
    }
    if may_go_on { drain(tx, strategy) } else { Ok(()) }
}

/// Why an operator keeps nothing, if so.
fn is_away(operator: &Operator, hand_back: HandBack) -> bool {
    !operator.is_active()
        || (hand_back == HandBack::WhenOffline && operator.status == Status::Offline)
}

/// A conversation that goes on does not wait for somebody who is not there.
fn release(tx: &mut Tx<'_>, id: &ConversationId, hand_back: HandBack) -> Result<()> {
    let conversation = conversation::find(tx, id, None)?;
    let Some(holder) = &conversation.assigned_to else { return Ok(()) };
    let operator = operator::find(tx, holder)?;
    if !conversation.is_open() || !is_away(&operator, hand_back) {
        return Ok(());
    }
    give_back(tx, &conversation, &operator)
}

fn give_back(tx: &mut Tx<'_>, conversation: &Conversation, holder: &Operator) -> Result<()> {
    let assignment = Assignment {
        strategy: "hand_back".to_owned(),
        reason: format!("{} went away.", holder.name),
        ..Assignment::manual(None, "routing")
    };
    conversation::assign(tx, &conversation.id, &assignment, Claim::Anyway).map(drop)
}

/// Conversations of somebody who went away wait for somebody else: a step of a job.
///
/// # Errors
/// Those of the store.
pub fn take_back(tx: &mut Tx<'_>, job: &Job) -> Result<Done> {
    let (strategy, hand_back) = setting::routing(tx)?;
    let id: OperatorId = job.key.parse()?;
    let operator = operator::find(tx, &id)?;
    if strategy == Strategy::Manual || !is_away(&operator, hand_back) {
        return Ok(Done::Whole);
    }
    let held = conversation::held_by(tx, &id, HANDED_BACK_MAX)?;
    for conversation in &held {
        give_back(tx, conversation, &operator)?;
    }
    let is_all = i64::try_from(held.len()).is_ok_and(|count| count < HANDED_BACK_MAX);
    Ok(if is_all { Done::Whole } else { Done::Again(tx.now()) })
}

/// Gives what waits away, the longest wait first, as long as there is somebody to take it.
fn drain(tx: &mut Tx<'_>, strategy: Strategy) -> Result<()> {
    let mut operators = operator::all(tx)?;
    if strategy == Strategy::Manual || !operators.iter().any(Operator::has_room) {
        return Ok(());
    }
    let closed = site::closed(tx)?;
    for (site, opens_at) in &closed {
        if let Some(at) = opens_at
            && conversation::is_awaited(tx, site)?
        {
            job::enqueue(tx, job::Kind::RoutingOpen, site.as_str(), "", *at)?;
        }
    }
    let closed: Vec<SiteId> = closed.into_iter().map(|(site, _)| site).collect();
    for waiting in conversation::waiting(tx, &closed, LOOKED_AT_MAX)? {
        if !operators.iter().any(Operator::has_room) {
            return Ok(());
        }
        let field = Field::of(tx, &waiting, &operators)?;
        let Some((chosen, reason)) = choose(tx, strategy, &waiting, &field)? else { continue };
        let assignment = Assignment {
            operator_id: Some(chosen.id.clone()),
            previous_assigned_to: None,
            strategy: serde_json::to_value(strategy)?.as_str().unwrap_or_default().to_owned(),
            reason,
            candidates: json!(field.candidates.iter().map(|one| &one.id).collect::<Vec<_>>()),
            excluded: json!(field.excluded),
            assigned_by: "routing".to_owned(),
        };
        let chosen = chosen.id.clone();
        conversation::assign(tx, &waiting.id, &assignment, Claim::IfFree)?;
        point_at(tx, &chosen)?;
        if let Some(operator) = operators.iter_mut().find(|one| one.id == chosen) {
            operator.open_conversations += 1;
        }
    }
    Ok(())
}

/// Who could take a conversation, and who could not.
struct Field<'a> {
    candidates: Vec<&'a Operator>,
    excluded: Vec<serde_json::Value>,
}

/// A site opens: what waited for it is given away. A step of a job.
///
/// # Errors
/// Those of the store.
pub fn open(tx: &mut Tx<'_>) -> Result<Done> {
    let (strategy, _) = setting::routing(tx)?;
    drain(tx, strategy)?;
    Ok(Done::Whole)
}

impl<'a> Field<'a> {
    fn of(tx: &mut Tx<'_>, waiting: &Conversation, operators: &'a [Operator]) -> Result<Self> {
        let gave_back = conversation::gave_back(tx, &waiting.id)?;
        let (mut candidates, mut excluded) = (Vec::new(), Vec::new());
        for operator in operators.iter().filter(|one| one.is_active()) {
            let reason = if !operator.is_available() {
                "not_available"
            } else if operator.max_concurrent <= operator.open_conversations {
                "no_room"
            } else if gave_back.as_ref() == Some(&operator.id) {
                "gave_it_back"
            } else {
                candidates.push(operator);
                continue;
            };
            excluded.push(json!({ "operator_id": operator.id, "reason": reason }));
        }
        Ok(Self { candidates, excluded })
    }
}

fn choose<'a>(
    tx: &mut Tx<'_>,
    strategy: Strategy,
    waiting: &Conversation,
    field: &Field<'a>,
) -> Result<Option<(&'a Operator, String)>> {
    let all = &field.candidates;
    match strategy {
        Strategy::Manual => Ok(None),
        Strategy::LeastBusy => {
            let chosen = all.iter().min_by_key(|one| (one.open_conversations, one.number));
            Ok(chosen.map(|one| {
                (*one, format!("{} had the fewest: {}.", one.name, one.open_conversations))
            }))
        }
        Strategy::Random => {
            let count = u128::try_from(all.len()).unwrap_or(1).max(1);
            let place = usize::try_from(tx.random() % count).unwrap_or(0);
            Ok(all.get(place).map(|one| (*one, "Chance said so.".to_owned())))
        }
        Strategy::Sticky => {
            let owner = match &waiting.contact_id {
                Some(id) => owner_of(tx, id)?,
                None => None,
            };
            let known = match owner {
                Some(owner) => Some(owner),
                None => conversation::last_operator(tx, &waiting.visitor.id, &waiting.id)?,
            };
            let chosen = known.and_then(|id| all.iter().find(|one| one.id == id));
            match chosen {
                Some(one) => Ok(Some((*one, format!("{} knows them.", one.name)))),
                None => in_turn(tx, all),
            }
        }
        Strategy::RoundRobin => in_turn(tx, all),
    }
}

fn owner_of(tx: &mut Tx<'_>, id: &crate::id::ContactId) -> Result<Option<OperatorId>> {
    match contact::find(tx, id) {
        Ok(contact) => Ok(contact.owner_id),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whoever comes after the one whose turn it was last.
fn in_turn<'a>(tx: &mut Tx<'_>, all: &[&'a Operator]) -> Result<Option<(&'a Operator, String)>> {
    let sql = "select operator from routing_pointer where workspace = ?1";
    let last = tx.first(sql, &[], |row| row.get::<OperatorId>(0))?;
    // Operators are in the order in which they came; ids are too.
    let next = all.iter().find(|one| last.as_ref().is_none_or(|last| *last < one.id));
    let chosen = next.or_else(|| all.first());
    Ok(chosen.map(|one| (*one, format!("It was {}'s turn.", one.name))))
}

fn point_at(tx: &mut Tx<'_>, id: &OperatorId) -> Result<()> {
    let sql = "insert into routing_pointer (workspace, operator) values (?1, ?2)
               on conflict (workspace) do update set operator = excluded.operator";
    Ok(tx.run(sql, &[id.into()])?)
}
