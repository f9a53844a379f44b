//! Leads: conversations of a site's widget, one for each session. A lead is a row of its own that
//! points to at most one contact, who it turned out to be.

pub mod http;
mod person;
mod save;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::{ReadTx, Row, Sql, Tx};

use crate::{
    error::{Error, Result},
    event,
    id::ContactId,
    outbox, receipt,
    setting::Settings,
    time,
};

pub use self::{
    person::link_again,
    save::{Chat, Saved, Saving, save},
};

/// A lead, as the documented lists show it.
#[derive(Clone, Debug, Serialize)]
pub struct Lead {
    /// A UUID that sorts by age.
    pub id: String,
    /// Chosen by the widget; one lead each.
    pub session_id: String,
    /// What they call themselves.
    pub name: Option<String>,
    /// As they wrote it.
    pub email: Option<String>,
    /// Where they work.
    pub business: Option<String>,
    /// Messages exchanged.
    pub message_count: i64,
    /// The door they came through.
    pub source: String,
    /// When they first were saved.
    #[serde(serialize_with = "time::whole_seconds")]
    pub created_at: jiff::Timestamp,
    /// Where they talk.
    pub page_url: Option<String>,
    /// Whether they have talked enough to be called at once.
    pub hot: bool,
    /// Since when.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    pub hot_at: Option<jiff::Timestamp>,
    /// As E.164, or as they wrote it where it is no number.
    pub phone: Option<String>,
    /// The person they are.
    pub contact_id: Option<ContactId>,
    /// When they last were saved.
    #[serde(serialize_with = "time::whole_seconds")]
    pub updated_at: jiff::Timestamp,
    #[serde(skip)]
    token_hash: String,
    /// Since when the contact is there, if this session made it.
    #[serde(skip)]
    contact_made_at: Option<jiff::Timestamp>,
    /// Who said who they are.
    #[serde(skip)]
    linked_by: Option<Right>,
    /// When the recipients of new leads were told.
    #[serde(skip)]
    told_at: Option<jiff::Timestamp>,
}

/// What a save may do to what was saved before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    /// It is the first, or it shows the session's token.
    Overwrite,
    /// It is neither: blanks are filled, and the conversation grows.
    Extend,
}

impl Right {
    fn as_str(self) -> &'static str {
        match self {
            Self::Overwrite => "owner",
            Self::Extend => "stranger",
        }
    }

    fn parse(text: &str) -> Self {
        if text == Self::Overwrite.as_str() { Self::Overwrite } else { Self::Extend }
    }
}

/// A message of a lead's conversation.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Who said it.
    pub role: Role,
    /// What was said.
    pub content: String,
}

/// Who said something.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The visitor.
    User,
    /// The widget.
    Assistant,
    /// Neither.
    System,
}

/// Something that someone wrote down about a lead.
#[derive(Clone, Debug, Serialize)]
pub struct Note {
    id: String,
    note: String,
    #[serde(serialize_with = "time::whole_seconds")]
    created_at: jiff::Timestamp,
}

/// All of a lead.
#[derive(Clone, Debug, Serialize)]
pub struct Whole {
    #[serde(flatten)]
    lead: Lead,
    messages: Box<RawValue>,
    notes: Vec<Note>,
}

/// Messages from which on a lead is hot.
const HOT_MESSAGES: i64 = 5;
/// Characters of one note.
const NOTE_CHARS_MAX: usize = 10_000;
/// Notes that one lead may have.
const NOTES_MAX: i64 = 1_000;
/// Leads that one page shows.
pub const LIST_MAX: i64 = 500;

macro_rules! columns {
    () => {
        "id, session_id, name, email, business, message_count, source, created_at, page_url, \
         hot_at, phone, contact, updated_at, token_hash, contact_made_at, linked_by, told_at"
    };
}

/// Which leads, and in which order.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Which come first.
    pub order: Order,
    /// Only those that are hot.
    pub is_hot: bool,
    /// Those older than this one, or than this instant.
    pub before: Option<Before>,
    /// Those whose name, address, business or session has this in it.
    pub text: Option<String>,
    /// How many: at most [`LIST_MAX`].
    pub limit: i64,
}

/// Which leads come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The newest.
    Newest,
    /// Those that turned hot last, and no others.
    Hottest,
}

/// Where a list goes on.
#[derive(Clone, Debug)]
pub enum Before {
    /// Below this lead.
    Id(String),
    /// Below this instant.
    Time(jiff::Timestamp),
}

/// The leads of `selection`.
///
/// # Errors
/// Those of the store.
pub fn list(tx: &mut ReadTx<'_>, selection: &Selection) -> Result<Vec<Lead>> {
    let mut sql = Sql::new(concat!("select ", columns!(), " from lead where workspace = ?1"));
    let is_by_heat = selection.order == Order::Hottest;
    if selection.is_hot || is_by_heat {
        sql.push(" and hot_at is not null");
    }
    match &selection.before {
        Some(Before::Id(id)) => drop(sql.with(" and id < ", id)),
        Some(Before::Time(time)) => drop(sql.with(" and created_at < ", *time)),
        None => {}
    }
    if let Some(text) = &selection.text {
        let escaped = text.to_lowercase().replace('\\', "\\\\");
        let escaped = escaped.replace('%', "\\%").replace('_', "\\_");
        let pattern = format!("%{escaped}%");
        sql.with(" and (lower(name) like ", &pattern).push(" escape '\\'");
        sql.with(" or lower(email) like ", &pattern).push(" escape '\\'");
        sql.with(" or lower(business) like ", &pattern).push(" escape '\\'");
        sql.with(" or lower(session_id) like ", &pattern).push(" escape '\\')");
    }
    sql.push(if is_by_heat { " order by hot_at desc, id desc" } else { " order by id desc" });
    sql.with(" limit ", selection.limit.clamp(1, LIST_MAX));
    tx.select(&sql, read)
}

/// The lead that `id` names, with its conversation and its notes.
///
/// # Errors
/// When there is none.
pub fn whole(tx: &mut ReadTx<'_>, id: &str) -> Result<Whole> {
    let lead = by_id(tx, id)?;
    let messages = messages(tx, id)?;
    let sql = "select id, note, created_at from lead_note where workspace = ?1 and lead = ?2
               order by id limit ?3";
    let notes = tx.all(sql, &[id.into(), NOTES_MAX.into()], |row| {
        Ok::<_, Error>(Note { id: row.get(0)?, note: row.get(1)?, created_at: row.get(2)? })
    })?;
    Ok(Whole { lead, messages: RawValue::from_string(messages)?, notes })
}

fn by_id(tx: &mut ReadTx<'_>, id: &str) -> Result<Lead> {
    let sql = concat!("select ", columns!(), " from lead where workspace = ?1 and id = ?2");
    tx.first(sql, &[id.into()], read)?.ok_or(Error::NotFound("lead"))
}

fn messages(tx: &mut ReadTx<'_>, id: &str) -> Result<String> {
    let sql = "select messages from lead where workspace = ?1 and id = ?2";
    let messages = tx.first(sql, &[id.into()], |row| row.get::<String>(0))?;
    Ok(messages.unwrap_or_else(|| "[]".to_owned()))
}

/// The lead of this session.
///
/// # Errors
/// Those of the store.
pub fn by_session(tx: &mut ReadTx<'_>, session_id: &str) -> Result<Option<Lead>> {
    let sql = concat!("select ", columns!(), " from lead where workspace = ?1 and session_id = ?2");
    tx.first(sql, &[session_id.into()], read)
}

/// Writes something down about the lead of this session, beside what was written down before.
///
/// # Errors
/// When there is no such session, or the note is blank or too long.
pub fn add_note(tx: &mut Tx<'_>, session_id: &str, note: &str) -> Result<String> {
    let note = note.replace('\0', "").trim().to_owned();
    if note.is_empty() || NOTE_CHARS_MAX < note.chars().count() {
        return Err(Error::invalid("note", "must be 1 to 10000 characters long"));
    }
    let lead = by_session(tx, session_id)?.ok_or(Error::NotFound("session"))?;
    let sql = "select count(*) from lead_note where workspace = ?1 and lead = ?2";
    let known = tx.first(sql, &[(&lead.id).into()], |row| row.get::<i64>(0))?;
    if NOTES_MAX <= known.unwrap_or(0) {
        return Err(Error::Conflict("The lead has 1000 notes already.".to_owned()));
    }
    let (id, now) = (save::new_uuid(tx), tx.now());
    let sql = "insert into lead_note (workspace, id, lead, note, created_at)
               values (?1, ?2, ?3, ?4, ?5)";
    tx.run(sql, &[(&id).into(), (&lead.id).into(), (&note).into(), now.into()])?;
    Ok(id)
}

/// Someone new, as those who are told of new leads read it.
pub struct News<'a> {
    /// What to call them.
    pub name: Option<&'a str>,
    /// How to reach them, and what else is known: names and values.
    pub lines: Vec<(&'static str, Option<&'a str>)>,
    /// The id of the contact or the lead.
    pub about: &'a str,
}

/// Tells the recipients of the workspace of someone new. Says how many were told.
///
/// # Errors
/// Those of the store.
pub fn tell(tx: &mut Tx<'_>, settings: &Settings, news: &News<'_>) -> Result<usize> {
    if settings.lead_recipients.is_empty() {
        return Ok(0);
    }
    let name = news.name.unwrap_or("someone without a name");
    let mut body = format!("A new lead came in: {name}\n");
    for (label, value) in &news.lines {
        if let Some(value) = value {
            body.push_str(&["\n", label, ": ", value].concat());
        }
    }
    for recipient in &settings.lead_recipients {
        outbox::put(tx, recipient, &format!("New lead: {name}"), &body, news.about)?;
    }
    Ok(settings.lead_recipients.len())
}

/// Makes the leads of `gone` be those of `kept`: they were one person.
///
/// # Errors
/// Those of the store.
pub fn follow_merge(tx: &mut Tx<'_>, gone: &ContactId, kept: &ContactId) -> Result<()> {
    let sql = "update lead set contact = ?3 where workspace = ?1 and contact = ?2";
    Ok(tx.run(sql, &[gone.into(), kept.into()])?)
}

/// Deletes up to `limit` leads of someone who was erased, and what the log says of them. Says whether
/// some are left.
///
/// # Errors
/// Those of the store.
pub fn forget(tx: &mut Tx<'_>, contact: &ContactId, limit: i64) -> Result<bool> {
    let sql = "select id from lead where workspace = ?1 and contact = ?2 order by id limit ?3";
    let leads = tx.all(sql, &[contact.into(), limit.into()], |row| row.get::<String>(0))?;
    for lead in &leads {
        if erase(tx, lead, limit)? {
            return Ok(true);
        }
    }
    Ok(i64::try_from(leads.len()).is_ok_and(|count| count == limit))
}

/// Deletes a lead, and all that is known of it beside; up to `limit` receipts and events in one step.
/// Says whether some are left.
///
/// # Errors
/// Those of the store.
pub fn erase(tx: &mut Tx<'_>, lead: &str, limit: i64) -> Result<bool> {
    let tombstone = serde_json::json!({ "id": lead }).to_string();
    if receipt::forget_lead(tx, lead, limit)? || event::forget(tx, lead, &tombstone, limit)? {
        return Ok(true);
    }
    outbox::forget(tx, lead)?;
    tx.run("delete from lead_note where workspace = ?1 and lead = ?2", &[lead.into()])?;
    tx.run("delete from lead where workspace = ?1 and id = ?2", &[lead.into()])?;
    Ok(false)
}

fn read(row: &Row) -> Result<Lead> {
    let hot_at: Option<jiff::Timestamp> = row.get(9)?;
    Ok(Lead {
        id: row.get(0)?,
        session_id: row.get(1)?,
        name: row.get(2)?,
        email: row.get(3)?,
        business: row.get(4)?,
        message_count: row.get(5)?,
        source: row.get(6)?,
        created_at: row.get(7)?,
        page_url: row.get(8)?,
        hot: hot_at.is_some(),
        hot_at,
        phone: row.get(10)?,
        contact_id: row.get(11)?,
        updated_at: row.get(12)?,
        token_hash: row.get(13)?,
        contact_made_at: row.get(14)?,
        linked_by: row.get::<Option<String>>(15)?.map(|text| Right::parse(&text)),
        told_at: row.get(16)?,
    })
}
