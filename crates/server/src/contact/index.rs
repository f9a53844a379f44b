//! What follows the log for contacts: the search, the names of tags, and forgetting.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use store::{Row, Tx};

use super::{Address, Number, duplicate, find_exact, write};
use crate::{
    error::Result,
    event::{
        self, Entry,
        reader::{Cursor, Reader},
    },
    id::{Id, kind},
    job::{self, Done},
    record,
};

/// The search's word for contacts.
pub(super) const KIND: &str = "con";

/// Makes contacts found by their words, and sets off what a changed tag asks for.
pub const INDEX: Reader = Reader {
    cursor: Cursor {
        name: "contact_index",
        kinds: &[
            "contact.created",
            "contact.updated",
            "contact.merged",
            "record.updated",
            "record.deleted",
        ],
        batch: 128,
    },
    take,
};

/// Rows that one step of a job changes: it must stay under 20 ms.
const STEP_ROWS: i64 = 100;

/// A tag that was renamed or deleted, and how far its contacts have been seen to.
#[derive(Deserialize, Serialize)]
struct Renamed {
    from: String,
    to: Option<String>,
    after: String,
    /// When, in microseconds.
    at_us: i64,
}

fn take(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<()> {
    let mut changed = BTreeSet::new();
    for entry in entries {
        match entry.kind.as_str() {
            "contact.created" | "contact.updated" | "contact.merged" => {
                changed.insert(&entry.subject);
            }
            "record.updated" | "record.deleted" => follow_tag(tx, entry)?,
            _ => {}
        }
    }
    for id in changed {
        // Someone who was erased meanwhile is not there, and is not to be found.
        let sql = "select number, name, company, emails, phones from contact
                   where workspace = ?1 and id = ?2";
        if let Some((number, text)) = tx.first(sql, &[id.into()], text)? {
            tx.search_put(KIND, number, &text)?;
        }
    }
    Ok(())
}

/// The number of a contact, and what it is found by.
fn text(row: &Row) -> Result<(i64, String)> {
    let lines: [Option<String>; 2] = [row.get(1)?, row.get(2)?];
    let mut text: Vec<String> = lines.into_iter().flatten().collect();
    for address in serde_json::from_str::<Vec<Address>>(&row.get::<String>(3)?)? {
        // What many providers take for the same address is found by the same word.
        text.push(duplicate::plain_local(&address.email));
        text.push(address.email);
    }
    let numbers: Vec<Number> = serde_json::from_str(&row.get::<String>(4)?)?;
    text.extend(numbers.into_iter().map(|number| number.phone));
    Ok((row.get(0)?, text.join(" ")))
}

fn follow_tag(tx: &mut Tx<'_>, entry: &Entry) -> Result<()> {
    #[derive(Deserialize)]
    struct Payload {
        kind: String,
        name: String,
        previous_name: String,
    }
    let payload: Payload = serde_json::from_str(entry.payload.get())?;
    if payload.kind != "tag"
        || (entry.kind == "record.updated" && payload.name == payload.previous_name)
    {
        return Ok(());
    }
    let to = (entry.kind == "record.updated").then_some(payload.name);
    let renamed = Renamed {
        from: payload.previous_name,
        to,
        after: String::new(),
        at_us: entry.at.as_microsecond(),
    };
    let now = tx.now();
    let payload = serde_json::to_string(&renamed)?;
    job::enqueue(tx, job::Kind::ContactRetag, entry.id.as_str(), &payload, now)
}

/// Gives the contacts of a renamed tag its new name, and takes a deleted one off: a step of a job.
///
/// # Errors
/// Those of the store.
pub fn rename_tag(tx: &mut Tx<'_>, job: &job::Job) -> Result<Done> {
    let mut renamed: Renamed = serde_json::from_str(&job.payload)?;
    let from = record::fold(&renamed.from);
    let sql = "select contact from contact_tag where workspace = ?1 and tag_folded = ?2
               and contact > ?3 order by contact limit ?4";
    let values = [(&from).into(), (&renamed.after).into(), STEP_ROWS.into()];
    let contacts = tx.all(sql, &values, |row| row.get::<Id<kind::Contact>>(0))?;
    // Someone made the tag anew: those who changed since then may have got the new one.
    let is_other = renamed.to.as_ref().is_none_or(|to| record::fold(to) != from);
    let is_anew = is_other && record::find_tag(tx, &from)?.is_some();
    for id in &contacts {
        let Some(contact) = find_exact(tx, id)? else { continue };
        if is_anew && renamed.at_us < contact.updated_at.as_microsecond() {
            continue;
        }
        let mut tags = contact.tag_names()?;
        tags.retain(|tag| record::fold(tag) != from);
        if let Some(to) = &renamed.to
            && !tags.contains(to)
        {
            tags.push(to.clone());
        }
        write::set_tags(tx, &contact, &tags)?;
    }
    let Some(last) = contacts.last() else { return Ok(Done::Whole) };
    last.as_str().clone_into(&mut renamed.after);
    let payload = serde_json::to_string(&renamed)?;
    job::keep(tx, job, &payload)?;
    Ok(Done::Again(tx.now()))
}

/// Takes an erased person out of the log: a step of a job.
///
/// # Errors
/// Those of the store.
pub fn erase(tx: &mut Tx<'_>, job: &job::Job) -> Result<Done> {
    let tombstone = write::tombstone(&job.key.parse()?);
    if event::forget(tx, &job.key, &tombstone, STEP_ROWS)? {
        return Ok(Done::Again(tx.now()));
    }
    Ok(Done::Whole)
}
