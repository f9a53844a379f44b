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
    event::{Entry, reader::Reader},
    id::OperatorId,
    operator::{self, Operator, Status},
    setting::{self, HandBack, Strategy},
    site,
};

/// Gives conversations that wait to operators who are there.
pub const ROUTER: Reader = Reader { name: "routing", batch: 16, take };

/// Conversations that one step looks at: those of a site that is closed do not hold up others.
const LOOKED_AT_MAX: i64 = 100;
/// Conversations that one step gives away. To give one away is an event, which leads to the next step.
const GIVEN_MAX: usize = 8;

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
            | "conversation.reopened"
            | "operator.created"
            | "settings.updated" => true,
            "operator.updated" => {
                if hand_back == HandBack::WhenOffline {
                    take_back(tx, &entry.subject.parse()?)?;
                }
                true
            }
            _ => false,
        };
    }
    if may_go_on { drain(tx, strategy) } else { Ok(()) }
}

/// Conversations of somebody who went offline wait for somebody else.
fn take_back(tx: &mut Tx<'_>, id: &OperatorId) -> Result<()> {
    let operator = operator::find(tx, id)?;
    if operator.status == Status::Online && operator.is_active() {
        return Ok(());
    }
    for conversation in conversation::held_by(tx, id)? {
        let assignment = Assignment {
            strategy: "hand_back".to_owned(),
            reason: format!("{} went away.", operator.name),
            ..Assignment::manual(None, "routing")
        };
        conversation::assign(tx, &conversation.id, &assignment, Claim::Anyway)?;
    }
    Ok(())
}

/// Gives what waits away, the longest wait first, as long as there is somebody to take it.
fn drain(tx: &mut Tx<'_>, strategy: Strategy) -> Result<()> {
    let mut given = 0;
    for waiting in conversation::waiting(tx, LOOKED_AT_MAX)? {
        let operators = operator::all(tx)?;
        if given == GIVEN_MAX || !operators.iter().any(Operator::has_room) {
            return Ok(());
        }
        let field = Field::of(tx, &waiting, operators)?;
        if field.candidates.is_empty() {
            continue;
        }
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
        conversation::assign(tx, &waiting.id, &assignment, Claim::IfFree)?;
        point_at(tx, &chosen.id)?;
        given += 1;
    }
    Ok(())
}

/// Who could take a conversation, and who could not.
struct Field {
    candidates: Vec<Operator>,
    excluded: Vec<serde_json::Value>,
}

impl Field {
    fn of(tx: &mut Tx<'_>, waiting: &Conversation, operators: Vec<Operator>) -> Result<Self> {
        let is_open = match &waiting.site_id {
            Some(site) => site::is_open(tx, site)?,
            None => true,
        };
        let gave_back = conversation::gave_back(tx, &waiting.id)?;
        let (mut candidates, mut excluded) = (Vec::new(), Vec::new());
        for operator in operators {
            let reason = if !operator.is_active() {
                Some("works_here_no_more")
            } else if !operator.is_available() {
                Some("not_available")
            } else if operator.max_concurrent <= operator.open_conversations {
                Some("no_room")
            } else if !is_open {
                Some("outside_hours")
            } else if gave_back.as_ref() == Some(&operator.id) {
                Some("gave_it_back")
            } else {
                None
            };
            match reason {
                None => candidates.push(operator),
                Some("works_here_no_more") => {}
                Some(reason) => {
                    excluded.push(json!({ "operator_id": operator.id, "reason": reason }));
                }
            }
        }
        Ok(Self { candidates, excluded })
    }
}

fn choose<'a>(
    tx: &mut Tx<'_>,
    strategy: Strategy,
    waiting: &Conversation,
    field: &'a Field,
) -> Result<Option<(&'a Operator, String)>> {
    let all = &field.candidates;
    match strategy {
        Strategy::Manual => Ok(None),
        Strategy::LeastBusy => {
            let chosen = all.iter().min_by_key(|one| (one.open_conversations, one.number));
            Ok(chosen.map(|one| {
                (one, format!("{} had the fewest: {}.", one.name, one.open_conversations))
            }))
        }
        Strategy::Random => {
            let count = u128::try_from(all.len()).unwrap_or(1).max(1);
            let place = usize::try_from(tx.random() % count).unwrap_or(0);
            Ok(all.get(place).map(|one| (one, "Chance said so.".to_owned())))
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
                Some(one) => Ok(Some((one, format!("{} knows them.", one.name)))),
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
fn in_turn<'a>(tx: &mut Tx<'_>, all: &'a [Operator]) -> Result<Option<(&'a Operator, String)>> {
    let sql = "select operator from routing_pointer where workspace = ?1";
    let last = tx.first(sql, &[], |row| row.get::<OperatorId>(0))?;
    // Operators are in the order in which they came; ids are too.
    let next = all.iter().find(|one| last.as_ref().is_none_or(|last| *last < one.id));
    let chosen = next.or_else(|| all.first());
    Ok(chosen.map(|one| (one, format!("It was {}'s turn.", one.name))))
}

fn point_at(tx: &mut Tx<'_>, id: &OperatorId) -> Result<()> {
    let sql = "insert into routing_pointer (workspace, operator) values (?1, ?2)
               on conflict (workspace) do update set operator = excluded.operator";
    Ok(tx.run(sql, &[id.into()])?)
}
