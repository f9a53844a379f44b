//! What happened, for those who ask instead of being told.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use store::ReadTx;
use utoipa::ToSchema;

use super::shape::EVENTS;
use crate::{error::Result, event, id::EventId, time};

/// One thing that happened, in the words of the webhook that would have been told of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Happening {
    /// Its place in the log, as in `X-Orbinto-Sequence`.
    pub seq: i64,
    /// Names it for good, as in `webhook-id`.
    pub id: EventId,
    /// The id of what it is about.
    pub subject: String,
    /// What it was.
    #[schema(example = "message.created")]
    pub event: String,
    /// When.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub timestamp: Timestamp,
    /// What it was about, at that moment.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    pub data: Box<RawValue>,
}

/// Some of what happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct Happenings {
    /// Oldest first.
    pub data: Vec<Happening>,
    /// Whether there is more by now.
    pub has_more: bool,
    /// What to send as `after` next.
    pub next_after: i64,
    /// The place of the oldest entry that is kept: what came before it cannot be fetched.
    pub oldest: i64,
}

/// What happened after number `after`, oldest first: what webhooks are told of.
///
/// # Errors
/// Those of the store.
pub fn list_events(tx: &mut ReadTx<'_>, after: i64, limit: i64) -> Result<Happenings> {
    let (oldest, newest) = (event::oldest(tx)?, event::newest(tx)?);
    let mut entries = event::list_of(tx, &EVENTS, (after, newest), limit + 1)?;
    let rows = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = rows < entries.len();
    entries.truncate(rows);
    // What is of no interest is not looked through again.
    let last = entries.last().filter(|_| has_more).map(|entry| entry.seq);
    let next_after = last.unwrap_or(newest.max(after));
    let data = entries.into_iter().map(|entry| Happening {
        seq: entry.seq,
        id: entry.id,
        subject: entry.subject,
        event: entry.kind,
        timestamp: entry.at,
        data: entry.payload,
    });
    Ok(Happenings { data: data.collect(), has_more, next_after, oldest })
}
