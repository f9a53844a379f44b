//! The statements of a list that is narrowed: what finds its contacts, and what only checks them.

use store::{ReadTx, Sql};

use super::{
    attribute::FOLDED,
    filter::{Condition, Op, Where},
};
use crate::{error::Result, id::ContactId};

/// Rows of a condition that are counted to see which one is the rarest.
const RARE_MAX: i64 = 1_000;
/// Contacts up to which those of a range are found by its rows. Of more, some are met soon.
const RANGE_MAX: i64 = 10_000;

/// Conditions of which one is enough that are looked up together.
const UNITED_MAX: usize = 20;

/// Whether a condition finds its contacts, or checks those that are found otherwise.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Find,
    Check,
}

/// What finds the contacts of a list. Other conditions only check them.
pub(super) enum Finder {
    /// The condition of this place: its rows are in the order of contacts, so that however many they
    /// are, the first few are soon found.
    Rows(usize),
    /// The condition of this place: a range, whose contacts are these, in any order.
    Ids(usize, Vec<ContactId>),
}

/// The best of `conditions` to find contacts by, if an index has one.
pub(super) fn finder(tx: &mut ReadTx<'_>, conditions: &[Where]) -> Result<Option<Finder>> {
    // Nothing to choose from: nothing to count.
    if let [only] = conditions
        && only.is_in_order()
    {
        return Ok(push_rows(&mut Sql::new(""), only).then_some(Finder::Rows(0)));
    }
    let rarest = rarest(tx, conditions, Where::is_in_order)?;
    if let Some((place, count)) = rarest
        && count <= RARE_MAX
    {
        return Ok(Some(Finder::Rows(place)));
    }
    if let Some((place, _)) = self::rarest(tx, conditions, |one| !one.is_in_order())? {
        let mut sql = Sql::new("");
        push_rows(&mut sql, &conditions[place]);
        sql.with(" limit ", RANGE_MAX + 1);
        let ids = tx.select(&sql, |row| row.get::<ContactId>(0))?;
        if i64::try_from(ids.len()).is_ok_and(|count| count <= RANGE_MAX) {
            return Ok(Some(Finder::Ids(place, ids)));
        }
    }
    Ok(rarest.map(|(place, _)| Finder::Rows(place)))
}

/// The condition with the fewest rows among those that `is_meant` and an index has, and their count,
/// no further than one above [`RARE_MAX`].
fn rarest(
    tx: &mut ReadTx<'_>,
    conditions: &[Where],
    is_meant: impl Fn(&Where) -> bool,
) -> Result<Option<(usize, i64)>> {
    let mut rarest = None;
    for (place, condition) in conditions.iter().enumerate() {
        if is_meant(condition)
            && let Some(count) = count_rows(tx, condition, RARE_MAX + 1)?
            && rarest.is_none_or(|(_, known)| count < known)
        {
            rarest = Some((place, count));
        }
    }
    Ok(rarest)
}

/// How many contacts a condition has by its index, counted no further than `limit`.
pub(super) fn count_rows(
    tx: &mut ReadTx<'_>,
    condition: &Where,
    limit: i64,
) -> Result<Option<i64>> {
    let mut sql = Sql::new("select count(*) from (");
    if !push_rows(&mut sql, condition) {
        return Ok(None);
    }
    sql.with(" limit ", limit).push(") as counted");
    Ok(tx.select(&sql, |row| row.get::<i64>(0))?.first().copied())
}

/// Adds, after `from (`, the contacts that the rows of `conditions[place]` find, as `found`; the
/// other conditions check them.
pub(super) fn push_found(sql: &mut Sql, conditions: &[Where], place: usize) {
    if let Some(condition) = conditions.get(place) {
        push_rows(sql, condition);
    }
    sql.push(") as found cross join contact");
    sql.push(" where contact.workspace = ?1 and contact.id = found.contact");
    push_others(sql, conditions, place);
}

/// Adds ` and …` for all of `conditions` but that of `place`, as checks.
pub(super) fn push_others(sql: &mut Sql, conditions: &[Where], place: usize) {
    for (index, condition) in conditions.iter().enumerate() {
        if index != place {
            push_check(sql, condition);
        }
    }
}

/// Adds ` and …` for all of `conditions`, so that a rare one finds the contacts and the others check
/// them.
pub(super) fn push_all(tx: &mut ReadTx<'_>, sql: &mut Sql, conditions: &[Where]) -> Result<()> {
    let rare = rarest(tx, conditions, |_| true)?.filter(|(_, count)| *count <= RARE_MAX);
    for (index, condition) in conditions.iter().enumerate() {
        let is_rare = rare.is_some_and(|(place, _)| place == index);
        sql.push(" and ");
        push(sql, condition, if is_rare { Role::Find } else { Role::Check });
    }
    Ok(())
}

/// Adds ` and …` for a condition that checks what is found otherwise.
pub(super) fn push_check(sql: &mut Sql, condition: &Where) {
    sql.push(" and ");
    push(sql, condition, Role::Check);
}

impl Where {
    /// Whether the rows that an index has of it are in the order of contacts.
    fn is_in_order(&self) -> bool {
        match self {
            Self::Is(Condition::Attribute(_, values)) => matches!(values[..], [(Op::Eq, _)]),
            Self::Is(_) => true,
            Self::And(_) | Self::Or(_) | Self::Not(_) => false,
        }
    }
}

/// Adds the statement that gives the contacts of a condition, each once, if an index has them.
fn push_rows(sql: &mut Sql, tree: &Where) -> bool {
    match tree {
        Where::Is(condition) => push_rows_of(sql, condition),
        Where::Or(branches) if is_by_index(branches) => {
            for (index, branch) in branches.iter().enumerate() {
                sql.push(if index == 0 { "" } else { " union " });
                push_rows(sql, branch);
            }
            true
        }
        _ => false,
    }
}

/// Whether an index has the rows of each.
fn is_by_index(branches: &[Where]) -> bool {
    let is_one = |branch: &Where| match branch {
        Where::Is(condition) => push_rows_of(&mut Sql::new(""), condition),
        _ => false,
    };
    (1..=UNITED_MAX).contains(&branches.len()) && branches.iter().all(is_one)
}

fn push_rows_of(sql: &mut Sql, condition: &Condition) -> bool {
    match condition {
        Condition::Email(folded) => {
            sql.with(
                "select contact from contact_email where workspace = ?1 and email_folded = ",
                folded,
            );
        }
        Condition::Phone(e164) => {
            sql.with("select contact from contact_phone where workspace = ?1 and phone = ", e164);
        }
        Condition::Tag(folded) => {
            sql.with(
                "select contact from contact_tag where workspace = ?1 and tag_folded = ",
                folded,
            );
        }
        Condition::Attribute(name, values) => {
            if values.iter().any(|(op, _)| *op == Op::Contains) {
                return false;
            }
            // A list may have several values of a range.
            let is_one_value = matches!(values[..], [(Op::Eq, _)]);
            sql.push(if is_one_value {
                "select contact from contact_attribute where workspace = ?1"
            } else {
                "select distinct contact from contact_attribute where workspace = ?1"
            });
            sql.with(" and name = ", name);
            push_values(sql, values);
        }
        _ => return false,
    }
    true
}

/// ` and value < …`, among values of the same type alone.
fn push_values(sql: &mut Sql, values: &[(Op, String)]) {
    for (op, text) in values {
        sql.push(" and value").with(op.sql(), text);
    }
    let [(op, text)] = values else { return };
    let kind: String = text.chars().take(1).collect();
    match op {
        Op::Lt | Op::Lte => drop(sql.with(" and value >= ", &kind)),
        Op::Gt | Op::Gte => drop(sql.with(" and value < ", &format!("{kind}\u{10ffff}"))),
        Op::Eq | Op::Contains => {}
    }
}

fn push(sql: &mut Sql, tree: &Where, role: Role) {
    match tree {
        Where::Or(branches) if role == Role::Find && is_by_index(branches) => {
            sql.push("contact.id in (");
            push_rows(sql, tree);
            sql.push(")");
        }
        Where::And(branches) => push_joined(sql, branches, " and ", "1 = 1"),
        Where::Or(branches) => push_joined(sql, branches, " or ", "1 = 0"),
        Where::Not(branch) => {
            sql.push("not (");
            push(sql, branch, Role::Check);
            sql.push(")");
        }
        Where::Is(condition) => push_condition(sql, condition, role),
    }
}

fn push_joined(sql: &mut Sql, branches: &[Where], between: &'static str, none: &'static str) {
    sql.push("(");
    for (index, branch) in branches.iter().enumerate() {
        if 0 < index {
            sql.push(between);
        }
        push(sql, branch, Role::Check);
    }
    sql.push(if branches.is_empty() { none } else { "" }).push(")");
}

fn push_condition(sql: &mut Sql, condition: &Condition, role: Role) {
    match condition {
        // At most one row each: it finds, whatever the others do.
        Condition::Email(_) | Condition::Phone(_) => push_in(sql, condition),
        Condition::Tag(_) if role == Role::Find => push_in(sql, condition),
        Condition::Attribute(..) if role == Role::Find => push_in(sql, condition),
        Condition::Tag(folded) => {
            sql.push("exists (select 1 from contact_tag t where t.workspace = ?1");
            sql.push(" and t.contact = contact.id").with(" and t.tag_folded = ", folded).push(")");
        }
        Condition::Attribute(name, values) => {
            sql.push("exists (select 1 from contact_attribute a where a.workspace = ?1");
            sql.push(" and a.contact = contact.id").with(" and a.name = ", name);
            if let [(Op::Contains, text)] = &values[..] {
                let text = pattern(text);
                sql.with(" and (lower(a.value) like ", &format!("s{text}")).push(" escape '\\'");
                sql.with(" or a.value like ", &format!("{FOLDED}{text}")).push(" escape '\\')");
            } else {
                push_values(sql, values);
            }
            sql.push(")");
        }
        // Both are false without a value, so that `not` makes them true.
        Condition::Text(column, op, text) => {
            sql.push("(").push(column.sql()).push(" is not null and ");
            if *op == Op::Contains {
                // One engine's `like` knows capitals, the other's does not.
                sql.push("lower(").push(column.sql()).push(")");
                sql.with(op.sql(), &pattern(text)).push(" escape '\\')");
            } else {
                sql.push(column.sql());
                sql.with(op.sql(), text).push(")");
            }
        }
        // Of a time that nobody knows nothing is true.
        Condition::Ago(..) => {
            sql.push("1 = 0");
        }
        Condition::Time(column, op, us) => {
            sql.push("(").push(column.sql()).push(" is not null and ").push(column.sql());
            sql.with(op.sql(), *us).push(")");
        }
    }
}

fn push_in(sql: &mut Sql, condition: &Condition) {
    sql.push("contact.id in (");
    push_rows_of(sql, condition);
    sql.push(")");
}

/// `text` anywhere, with the engine's own marks made plain.
fn pattern(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}
