//! To whom a lead is given.

use store::Tx;

use super::form::{Among, Distribution};
use crate::{
    error::Result,
    id::kind,
    operator::{self, Operator},
    record::{self, ring_group::RingGroup},
};

/// Someone who is chosen, and why; or why nobody is.
pub(super) type Choice = std::result::Result<(Operator, String), NoChoice>;

/// Why nobody was chosen.
pub(super) enum NoChoice {
    /// There is nothing to choose from.
    NoGroup(String),
    /// There is, and nobody is there.
    Nobody(String),
}

/// A member of the ring group, by chance.
///
/// # Errors
/// Those of the store.
pub(super) fn choose(tx: &mut Tx<'_>, distribution: Distribution) -> Result<Choice> {
    let Some(number) = distribution.ring_group else {
        return Ok(Err(NoChoice::NoGroup("ring_group_id is not there".to_owned())));
    };
    let Some(group) = record::by_number::<kind::RingGroup>(tx, number)? else {
        return Ok(Err(NoChoice::NoGroup(format!("there is no ring group {number}"))));
    };
    let group = RingGroup::try_from(group)?;
    let mut members = operator::all(tx)?;
    members.retain(|one| one.is_active() && group.operator_ids.contains(&one.id));
    let mut what = "members";
    if distribution.among != Among::All {
        let all = members.len();
        let (available, others): (Vec<_>, Vec<_>) =
            members.into_iter().partition(Operator::is_available);
        (members, what) = match (available.is_empty(), distribution.among) {
            (false, _) => (available, "available members"),
            (true, Among::AvailableOrAll) => (others, "members, of whom none is available,"),
            (true, _) => {
                let why = format!("none of the {all} members of '{}' is available", group.name);
                return Ok(Err(NoChoice::Nobody(why)));
            }
        };
    }
    let count = members.len();
    let divisor = u128::try_from(count).unwrap_or(1).max(1);
    let index = usize::try_from(tx.random() % divisor).unwrap_or(0);
    let Some(member) = members.into_iter().nth(index) else {
        return Ok(Err(NoChoice::Nobody(format!("'{}' has no active members", group.name))));
    };
    let why = format!("chosen by chance among {count} {what} of '{}'", group.name);
    Ok(Ok((member, why)))
}
