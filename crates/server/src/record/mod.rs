//! Records: tags, dispositions, lines, ring groups, sequences, lists, macros, views, attributes and segments.
//!
//! They are alike: a name that is unique among their kind, a number for the documented surface whose
//! ids are numbers, an id for `/v1`, and a few fields of their own. What their engines do with them
//! comes from the slices below.

pub mod noun;
mod nouns;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value as Json};
use store::{ReadTx, Row, Sql, Tx};

pub use self::nouns::{
    attribute, check_operator_or_none, check_text, disposition, line, list, macros, read_field,
    ring_group, router, sequence, tag, view,
};
use crate::{
    error::{Error, Result},
    event,
    id::{self, Id, Kind},
    page::{Page, Paging, Total},
};

/// A kind of record.
pub trait Noun: Kind {
    /// The word that is stored.
    const WORD: &'static str;
}

/// A record as it is stored, before its kind gives it its shape.
#[derive(Clone, Debug)]
pub struct Record<K: Noun> {
    /// Names it for good.
    pub id: Id<K>,
    /// Counts from 1 within its kind; never used again.
    pub number: i64,
    /// Unique within its kind, whatever its capitals.
    pub name: String,
    /// What its kind adds.
    pub details: Map<String, Json>,
    /// When it was made.
    pub created_at: jiff::Timestamp,
    /// When it last changed.
    pub updated_at: jiff::Timestamp,
}

const NAME_CHARS_MAX: usize = 100;
/// Tags that one contact may have.
pub const TAGS_MAX: usize = 100;

macro_rules! columns {
    () => {
        "id, number, name, details, created_at, updated_at"
    };
}

/// How names are compared.
pub fn fold(name: &str) -> String {
    name.to_lowercase()
}

/// How names are compared within a kind: a kind with categories has each name once in each.
fn fold_in(name: &str, details: &Map<String, Json>) -> String {
    match details.get("category") {
        Some(Json::String(category)) => format!("{category}: {}", fold(name)),
        _ => fold(name),
    }
}

/// A name without the blanks around it.
///
/// # Errors
/// When nothing is left, or too much.
pub fn check_name(field: &str, name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || NAME_CHARS_MAX < name.chars().count() || name.contains('\0') {
        return Err(Error::invalid(field, "must be 1 to 100 characters long"));
    }
    Ok(name.to_owned())
}

/// Makes a record.
///
/// # Errors
/// When the name is taken or cannot be one.
pub fn create<K: Noun>(
    tx: &mut Tx<'_>,
    name: &str,
    details: &Map<String, Json>,
) -> Result<Record<K>> {
    let name = check_name("name", name)?;
    match insert(tx, &name, details)? {
        Some(record) => {
            append(tx, event::Kind::RecordCreated, &record, None)?;
            Ok(record)
        }
        None => Err(taken(tx, K::WORD, &fold_in(&name, details))),
    }
}

fn taken(tx: &mut ReadTx<'_>, word: &'static str, folded: &str) -> Error {
    let sql = "select id from record where workspace = ?1 and kind = ?2 and name_folded = ?3";
    let values = [word.into(), folded.into()];
    let by = tx.first(sql, &values, |row| row.get::<String>(0)).ok().flatten();
    Error::Taken { field: "name", by: by.unwrap_or_else(|| "another".to_owned()) }
}

/// `None` if the name is taken.
fn insert<K: Noun>(
    tx: &mut Tx<'_>,
    name: &str,
    details: &Map<String, Json>,
) -> Result<Option<Record<K>>> {
    let known = "select 1 from record where workspace = ?1 and kind = ?2 and name_folded = ?3";
    let folded = fold_in(name, details);
    if tx.first(known, &[K::WORD.into(), (&folded).into()], |row| row.get::<i64>(0))?.is_some() {
        return Ok(None);
    }
    let id: Id<K> = id::new(tx);
    let now = tx.now();
    let count = "insert into record_counter (workspace, kind, last_number, count)
                 values (?1, ?2, 1, 1) on conflict (workspace, kind) do update set
                 last_number = record_counter.last_number + 1, count = record_counter.count + 1
                 returning last_number";
    let number = tx.first(count, &[K::WORD.into()], |row| row.get::<i64>(0))?.unwrap_or(1);
    let sql = concat!(
        "insert into record (workspace, kind, id, number, name, name_folded, details, created_at,
                             updated_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8) returning ",
        columns!()
    );
    let values = [
        K::WORD.into(),
        (&id).into(),
        number.into(),
        name.into(),
        (&folded).into(),
        (&serde_json::to_string(details)?).into(),
        now.into(),
    ];
    tx.first(sql, &values, read)
}

/// The record that `id` names.
///
/// # Errors
/// When there is none.
pub fn find<K: Noun>(tx: &mut ReadTx<'_>, id: &Id<K>) -> Result<Record<K>> {
    let sql = concat!(
        "select ",
        columns!(),
        " from record where workspace = ?1 and kind = ?2 and id = ?3"
    );
    tx.first(sql, &[K::WORD.into(), id.into()], read)?.ok_or(Error::NotFound(K::NAME))
}

/// The record of this number, where ids are numbers.
///
/// # Errors
/// Those of the store.
pub fn by_number<K: Noun>(tx: &mut ReadTx<'_>, number: i64) -> Result<Option<Record<K>>> {
    let sql = concat!(
        "select ",
        columns!(),
        " from record where workspace = ?1 and kind = ?2 and number = ?3"
    );
    tx.first(sql, &[K::WORD.into(), number.into()], read)
}

/// The number of a record, where ids are numbers.
///
/// # Errors
/// Those of the store.
pub fn number_of<K: Noun>(tx: &mut ReadTx<'_>, id: &Id<K>) -> Result<Option<i64>> {
    let sql = "select number from record where workspace = ?1 and kind = ?2 and id = ?3";
    Ok(tx.first(sql, &[K::WORD.into(), id.into()], |row| row.get::<i64>(0))?)
}

/// A page of records, newest first.
///
/// # Errors
/// Those of the store.
pub fn list_page<K: Noun>(tx: &mut ReadTx<'_>, paging: &Paging<K>) -> Result<Page<Record<K>>> {
    let mut sql = Sql::new(concat!("select ", columns!(), " from record where workspace = ?1"));
    sql.with(" and kind = ", K::WORD).with(" and id < ", paging.below());
    sql.with(" order by id desc limit ", paging.rows()).with(" offset ", paging.offset());
    let records = tx.select(&sql, read)?;
    paging.answer(
        records,
        |record| &record.id,
        || {
            let sql = "select count from record_counter where workspace = ?1 and kind = ?2";
            let count = tx.first(sql, &[K::WORD.into()], |row| row.get::<i64>(0))?;
            Ok(Total::exact(count.unwrap_or(0)))
        },
    )
}

/// Changes a record's name, its details, or both.
///
/// # Errors
/// When there is none of that id, or the name is taken.
pub fn update<K: Noun>(
    tx: &mut Tx<'_>,
    id: &Id<K>,
    name: Option<&str>,
    details: &Map<String, Json>,
) -> Result<Record<K>> {
    let old = find(tx, id)?;
    let name = name.map_or_else(|| Ok(old.name.clone()), |name| check_name("name", name))?;
    if name == old.name && *details == old.details {
        return Ok(old);
    }
    let other = "select 1 from record
                 where workspace = ?1 and kind = ?2 and name_folded = ?3 and id <> ?4";
    let folded = fold_in(&name, details);
    let values = [K::WORD.into(), (&folded).into(), id.into()];
    if tx.first(other, &values, |row| row.get::<i64>(0))?.is_some() {
        return Err(taken(tx, K::WORD, &folded));
    }
    let now = tx.now();
    let sql = concat!(
        "update record set name = ?4, name_folded = ?5, details = ?6, updated_at = ?7
         where workspace = ?1 and kind = ?2 and id = ?3 returning ",
        columns!()
    );
    let values = [
        K::WORD.into(),
        id.into(),
        (&name).into(),
        (&folded).into(),
        (&serde_json::to_string(details)?).into(),
        now.into(),
    ];
    let new = tx.first(sql, &values, read)?.ok_or(Error::NotFound(K::NAME))?;
    append(tx, event::Kind::RecordUpdated, &new, Some(&old.name))?;
    Ok(new)
}

/// Deletes a record. What referred to it is told by the event.
///
/// # Errors
/// When there is none of that id, or it is one that every workspace keeps.
pub fn delete<K: Noun>(tx: &mut Tx<'_>, id: &Id<K>) -> Result<()> {
    let old = find(tx, id)?;
    if old.details.get("locked") == Some(&Json::Bool(true)) {
        return Err(Error::Conflict(format!(
            "The {} '{}' is one that every workspace keeps: it cannot be deleted.",
            K::NAME,
            old.name
        )));
    }
    let sql = "delete from record where workspace = ?1 and kind = ?2 and id = ?3";
    tx.run(sql, &[K::WORD.into(), id.into()])?;
    let sql = "update record_counter set count = count - 1 where workspace = ?1 and kind = ?2";
    tx.run(sql, &[K::WORD.into()])?;
    append(tx, event::Kind::RecordDeleted, &old, Some(&old.name))?;
    Ok(())
}

/// Names of tags, as they are spelt.
#[derive(Debug)]
pub struct Tags {
    /// Each once.
    pub names: Vec<String>,
    /// Those of them that nobody has made yet.
    new: Vec<String>,
}

impl Tags {
    /// The tags of these names as they are spelt already, or will be. `field` is where the names
    /// were given.
    ///
    /// # Errors
    /// When a name cannot be one.
    pub fn find(tx: &mut ReadTx<'_>, field: &str, names: &[String]) -> Result<Self> {
        if TAGS_MAX < names.len() {
            return Err(Error::invalid(field, "must be at most 100 names"));
        }
        let mut tags = Self { names: Vec::with_capacity(names.len()), new: Vec::new() };
        for name in names {
            let name = check_name(field, name)?;
            let folded = fold(&name);
            let known = find_tag(tx, &folded)?;
            let known = known.or_else(|| tags.new.iter().find(|new| fold(new) == folded).cloned());
            let tag = known.unwrap_or_else(|| {
                tags.new.push(name.clone());
                name
            });
            if !tags.names.contains(&tag) {
                tags.names.push(tag);
            }
        }
        Ok(tags)
    }

    /// Makes those that are new.
    ///
    /// # Errors
    /// Those of the store.
    pub fn make(&self, tx: &mut Tx<'_>) -> Result<()> {
        for name in &self.new {
            create::<id::kind::Tag>(tx, name, &Map::new())?;
        }
        Ok(())
    }
}

/// [`Tags::find`] and [`Tags::make`] in one.
///
/// # Errors
/// Those of both.
pub fn ensure_tags(tx: &mut Tx<'_>, field: &str, names: &[String]) -> Result<Vec<String>> {
    let tags = Tags::find(tx, field, names)?;
    tags.make(tx)?;
    Ok(tags.names)
}

/// How the tag of this folded name is spelt, if there is one.
///
/// # Errors
/// Those of the store.
pub fn find_tag(tx: &mut ReadTx<'_>, folded: &str) -> Result<Option<String>> {
    let sql = "select name from record where workspace = ?1 and kind = ?2 and name_folded = ?3";
    let values = [id::kind::Tag::WORD.into(), folded.into()];
    Ok(tx.first(sql, &values, |row| row.get::<String>(0))?)
}

/// The number of the tag of this folded name, if there is one.
///
/// # Errors
/// Those of the store.
pub fn tag_number(tx: &mut ReadTx<'_>, folded: &str) -> Result<Option<i64>> {
    let sql = "select number from record where workspace = ?1 and kind = ?2 and name_folded = ?3";
    let values = [id::kind::Tag::WORD.into(), folded.into()];
    Ok(tx.first(sql, &values, |row| row.get::<i64>(0))?)
}

/// The dispositions that every workspace begins with, and keeps.
const DISPOSITIONS: [(&str, &[&str]); 2] = [
    (
        "contact",
        &[
            "Attempted to call",
            "Bad timing",
            "Connected",
            "In progress",
            "New",
            "Open",
            "Open Deal",
            "Unqualified",
        ],
    ),
    (
        "call",
        &["Busy", "Connected", "Left live message", "Left voicemail", "No answer", "Wrong number"],
    ),
];

/// What every workspace begins with.
///
/// # Errors
/// Those of the store.
pub fn seed(tx: &mut Tx<'_>) -> Result<()> {
    for (category, names) in DISPOSITIONS {
        for name in names {
            let mut details = Map::new();
            details.insert("category".to_owned(), category.into());
            details.insert("locked".to_owned(), true.into());
            insert::<id::kind::Disposition>(tx, name, &details)?;
        }
    }
    Ok(())
}

fn append<K: Noun>(
    tx: &mut Tx<'_>,
    kind: event::Kind,
    record: &Record<K>,
    previous_name: Option<&str>,
) -> Result<()> {
    let mut payload = record.details.clone();
    payload.insert("id".to_owned(), record.id.as_str().into());
    payload.insert("kind".to_owned(), K::WORD.into());
    payload.insert("number".to_owned(), record.number.into());
    payload.insert("name".to_owned(), record.name.as_str().into());
    if let Some(name) = previous_name {
        payload.insert("previous_name".to_owned(), name.into());
    }
    event::append(tx, kind, record.id.as_str(), &serde_json::to_string(&payload)?)?;
    Ok(())
}

fn read<K: Noun>(row: &Row) -> Result<Record<K>> {
    Ok(Record {
        id: row.get(0)?,
        number: row.get(1)?,
        name: row.get(2)?,
        details: serde_json::from_str(&row.get::<String>(3)?)?,
        created_at: row.get(4)?,
        updated_at: row.get(5)?,
    })
}
