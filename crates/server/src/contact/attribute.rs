//! Custom attributes: their limits, and the texts that sort as their values do.

use serde_json::{
    Value as Json,
    value::{RawValue, to_raw_value},
};
use store::{ReadTx, Sql, Tx};

use super::Attributes;
use crate::{
    error::{Error, Result},
    id::ContactId,
};

const KEYS_MAX: usize = 100;
pub(super) const KEY_CHARS_MAX: usize = 64;
const BYTES_MAX: usize = 64 << 10;
/// What a folded text begins with, as `s` begins a text as it was given.
pub(super) const FOLDED: char = 'f';
/// Rows that one statement writes.
const ROWS_AT_ONCE: usize = 20;
/// Characters of a text that count when it is compared.
const VALUE_CHARS_MAX: usize = 200;

/// Refuses what is too much. Gives the attributes as they are stored and shown.
pub(super) fn check(attributes: &Attributes) -> Result<Box<RawValue>> {
    const FIELD: &str = "custom_attributes";
    if KEYS_MAX < attributes.len() {
        return Err(Error::invalid(FIELD, "must have at most 100 keys"));
    }
    if attributes.keys().any(|key| key.is_empty() || KEY_CHARS_MAX < key.chars().count()) {
        return Err(Error::invalid(FIELD, "must have keys of 1 to 64 characters"));
    }
    // JSON writes U+0000 as an escape, and PostgreSQL keeps that as it stands.
    let text = to_raw_value(attributes)?;
    if BYTES_MAX < text.get().len() {
        return Err(Error::invalid(FIELD, "must be at most 64 KiB in all"));
    }
    Ok(text)
}

/// The names that contacts have values under, in their order: `limit` at most. One look into the index
/// for each, however many contacts there are.
pub(super) fn names(tx: &mut ReadTx<'_>, limit: usize) -> Result<Vec<String>> {
    let sql = "select name from contact_attribute where workspace = ?1 and name > ?2
               order by name limit 1";
    let mut names: Vec<String> = Vec::new();
    while names.len() < limit {
        let last = names.last().map_or("", String::as_str);
        let Some(name) = tx.first(sql, &[last.into()], |row| row.get(0))? else { break };
        names.push(name);
    }
    Ok(names)
}

/// A text that sorts among its likes as `value` does: `false` before `true`, numbers by size, texts
/// by their letters. `None` for what has no order.
pub(super) fn sortable(value: &Json) -> Option<String> {
    match value {
        Json::Bool(flag) => Some(format!("b{}", u8::from(*flag))),
        Json::Number(number) => number.as_f64().map(|number| format!("n{:016x}", ordered(number))),
        Json::String(text) => {
            let text = text.chars().filter(|c| *c != '\0').take(VALUE_CHARS_MAX);
            Some(format!("s{}", text.collect::<String>()))
        }
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

/// The bits of a float, turned so that they sort as the float does.
fn ordered(number: f64) -> u64 {
    // Zero has two spellings and one place.
    let bits = if number == 0.0 { 0 } else { number.to_bits() };
    if bits >> 63 == 1 { !bits } else { bits | (1 << 63) }
}

/// What `value` is found by: itself, or each of its items.
fn findable(value: &Json) -> Vec<String> {
    match value {
        Json::Array(items) => items.iter().flat_map(findable_one).collect(),
        other => findable_one(other).collect(),
    }
}

/// A text once more without capitals, where the engines would leave it some.
fn findable_one(value: &Json) -> impl Iterator<Item = String> {
    let text = sortable(value);
    let folded = text.as_ref().filter(|_| value.is_string()).and_then(|text| {
        let lower = text.to_lowercase();
        let rest = lower.get(1..).filter(|_| lower != text.to_ascii_lowercase());
        rest.map(|rest| format!("{FOLDED}{rest}"))
    });
    text.into_iter().chain(folded)
}

/// Writes the rows that find `contact` by its attributes.
pub(super) fn put(tx: &mut Tx<'_>, contact: &ContactId, attributes: &Attributes) -> Result<()> {
    let rows: Vec<(&String, String)> = attributes
        .iter()
        .flat_map(|(name, value)| findable(value).into_iter().map(move |text| (name, text)))
        .collect();
    for some in rows.chunks(ROWS_AT_ONCE) {
        let mut sql = Sql::new(
            "insert into contact_attribute (workspace, contact, name, value) values (?1, ",
        );
        for (index, (name, text)) in some.iter().enumerate() {
            sql.push(if index == 0 { "" } else { "), (?1, " });
            sql.bind(contact).with(", ", *name).with(", ", text);
        }
        sql.push(")");
        sql.push(" on conflict (workspace, name, value, contact) do nothing");
        tx.change(&sql)?;
    }
    Ok(())
}

/// Deletes those rows.
pub(super) fn remove(tx: &mut Tx<'_>, contact: &ContactId) -> Result<()> {
    let sql = "delete from contact_attribute where workspace = ?1 and contact = ?2";
    Ok(tx.run(sql, &[contact.into()])?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_sort_as_they_should() {
        let values = [
            json!(false),
            json!(true),
            json!(-1e300),
            json!(-2),
            json!(-1.5),
            json!(0),
            json!(1e-9),
            json!(7),
            json!(7.5),
            json!(10),
            json!(1_u64 << 60),
            json!(""),
            json!("a"),
            json!("ab"),
        ];
        let texts: Vec<String> = values.iter().filter_map(sortable).collect();
        assert_eq!(texts.len(), values.len());
        assert!(texts.is_sorted(), "{texts:?}");
        assert_eq!(sortable(&json!(-0.0)), sortable(&json!(0)));
        assert_eq!(sortable(&json!(7)), sortable(&json!(7.0)));
    }
}
