//! What was not sent, or not received: sent again, sent for the first time, sent for a try, or let go.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{ReadTx, Tx};
use utoipa::ToSchema;

use super::{
    Delivery, DeliveryStatus, Endpoint, endpoints, fan, find, find_delivery,
    shape::{self, KINDS},
};
use crate::{
    error::{Error, Result},
    event,
    id::{self, DeliveryId, EventId, WebhookId},
    job::{self, Done, Job},
    secret::SecretKey,
    time,
};

/// From when on.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub struct Since {
    /// From when on.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
}

/// What a backfill is about to send.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Backfill {
    /// Entries of the log that are looked through.
    pub entries: i64,
    /// The oldest of them: the log may not reach back as far as was asked.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
}

/// Deliveries that one step makes, sends again or deletes: it must stay under 20 ms.
const STEP: i64 = 200;

/// Where a job in steps is.
#[derive(Deserialize, Serialize)]
struct Place {
    after: i64,
    until: i64,
}

/// Whether the log has something that its webhooks were not told of yet.
///
/// # Errors
/// Those of the store.
pub fn is_behind(tx: &mut ReadTx<'_>) -> Result<bool> {
    Ok(fan::is_asked(tx)? && fan::READER.has_more(tx)?)
}

/// Tells whoever sends for `webhook` to look into the rows.
fn requeued(tx: &mut Tx<'_>, webhook: &WebhookId) -> Result<()> {
    let payload = json!({ "id": webhook }).to_string();
    event::append(tx, event::Kind::WebhookRequeued, webhook.as_str(), &payload).map(drop)
}

/// Sends a delivery once more, whatever became of it: the same bytes under the same id.
///
/// # Errors
/// When there is none of that id, or it is on its way.
pub fn resend(tx: &mut Tx<'_>, id: &DeliveryId) -> Result<Delivery> {
    let known = find_delivery(tx, id)?;
    if known.payload.is_none() {
        let why = "The log does not have what this delivery told of any more.";
        return Err(Error::Conflict(why.to_owned()));
    }
    let now = tx.now();
    let sql = "update delivery set status = ?3, next_at = ?4 where workspace = ?1 and id = ?2";
    tx.run(sql, &[id.into(), DeliveryStatus::Pending.as_str().into(), now.into()])?;
    requeued(tx, &known.webhook_id)?;
    find_delivery(tx, id)
}

/// Sends what a webhook did not get from `since` on once more, in the background.
///
/// # Errors
/// When there is none of that id.
pub fn recover(tx: &mut Tx<'_>, id: &WebhookId, since: Timestamp) -> Result<()> {
    find(tx, id)?;
    job::cancel(tx, job::Kind::WebhookRecover, id.as_str())?;
    let (first, now) = (DeliveryId::first_at(since), tx.now());
    job::enqueue(tx, job::Kind::WebhookRecover, id.as_str(), first.as_str(), now)
}

/// The next step of it.
///
/// # Errors
/// Those of the store.
pub fn run_recover(tx: &mut Tx<'_>, job: &Job) -> Result<Done> {
    let now = tx.now();
    let sql = "select id from delivery where workspace = ?1 and webhook = ?2 and id >= ?3
               and status = ?4 and created_at <= ?5 order by id limit ?6";
    let failed = DeliveryStatus::Failed.as_str();
    let values = [(&job.key).into(), (&job.payload).into(), failed.into(), now.into(), STEP.into()];
    let found: Vec<DeliveryId> = tx.all(sql, &values, |row| Ok::<_, Error>(row.get(0)?))?;
    for id in &found {
        let sql = "update delivery set status = ?3, next_at = ?4 where workspace = ?1 and id = ?2";
        tx.run(sql, &[id.into(), DeliveryStatus::Pending.as_str().into(), now.into()])?;
    }
    requeued(tx, &job.key.parse()?)?;
    let last = found.last().filter(|_| i64::try_from(found.len()).is_ok_and(|n| n == STEP));
    let Some(last) = last else { return Ok(Done::Whole) };
    // Not the last one itself, which may have failed again by then.
    job::keep(tx, job, &format!("{last}0"))?;
    Ok(Done::Again(now))
}

/// Gives a webhook what happened from `since` on and before it was there, in the background.
///
/// # Errors
/// When there is none of that id.
pub fn backfill(tx: &mut Tx<'_>, id: &WebhookId, since: Timestamp) -> Result<Backfill> {
    find(tx, id)?;
    let sql = "select since from webhook where workspace = ?1 and id = ?2";
    let until = tx.first(sql, &[id.into()], |row| row.get::<i64>(0))?.unwrap_or(0);
    let after = event::first_since(tx, since)? - 1;
    if until <= after {
        return Ok(Backfill { entries: 0, from: None });
    }
    let from = event::list_after(tx, after, 1)?.pop().map(|entry| entry.at);
    // What is given now is not given again.
    let sql = "update webhook set since = ?3 where workspace = ?1 and id = ?2";
    tx.run(sql, &[id.into(), after.into()])?;
    let (place, now) = (serde_json::to_string(&Place { after, until })?, tx.now());
    let key = format!("{id} {after}");
    job::enqueue(tx, job::Kind::WebhookBackfill, &key, &place, now)?;
    Ok(Backfill { entries: until - after, from })
}

/// The next step of it.
///
/// # Errors
/// Those of the store.
pub fn run_backfill(tx: &mut Tx<'_>, job: &Job, key: &SecretKey) -> Result<Done> {
    let Place { after, until } = serde_json::from_str(&job.payload)?;
    let id = job.key.split(' ').next().unwrap_or_default();
    let all = endpoints(tx, key)?;
    let endpoint = all.iter().find(|endpoint| endpoint.id.as_str() == id);
    let Some(endpoint) = endpoint else { return Ok(Done::Whole) };
    let entries = event::list_of(tx, KINDS, (after, until), STEP)?;
    let mut rows = fan::Rows::default();
    for entry in &entries {
        for event in endpoint.shape.names(entry) {
            if endpoint.wants(event) {
                let body = endpoint.shape.body(event, entry)?;
                // The row is enough: it is sent from there.
                rows.add(tx, endpoint, (entry, event), body.into())?;
            }
        }
    }
    rows.write(tx)?;
    requeued(tx, &endpoint.id)?;
    match entries.last().filter(|_| i64::try_from(entries.len()).is_ok_and(|n| n == STEP)) {
        Some(last) => {
            job::keep(tx, job, &serde_json::to_string(&Place { after: last.seq, until })?)?;
            Ok(Done::Again(tx.now()))
        }
        None => Ok(Done::Whole),
    }
}

/// Sends something to a webhook that never happened, and says so.
///
/// # Errors
/// When there is none of that id, or it is not told of `event`.
pub fn probe(tx: &mut Tx<'_>, id: &WebhookId, event: Option<String>) -> Result<Delivery> {
    let webhook = find(tx, id)?;
    let names = webhook.shape.events();
    let asked = event.or_else(|| webhook.events.iter().find(|name| *name != shape::ALL).cloned());
    let asked = asked.as_deref().unwrap_or(names.get(4).copied().unwrap_or("test"));
    if !names.contains(&asked) {
        return Err(Error::invalid("event", format!("must be one of: {}", names.join(", "))));
    }
    let now = tx.now();
    let body = shape::sample(webhook.shape, asked, now);
    let (delivery, event_id): (DeliveryId, EventId) = (id::new(tx), id::new(tx));
    let newest = event::newest(tx)?;
    let sql = "insert into delivery (workspace, id, webhook, seq, event_id, event, subject, body,
                                     status, attempts, attempts_count, next_at, created_at)
               values (?1, ?2, ?3, ?4, ?5, ?6, '', ?7, ?8, '[]', 0, ?9, ?9)";
    let values = [
        (&delivery).into(),
        id.into(),
        newest.into(),
        (&event_id).into(),
        asked.into(),
        (&body).into(),
        DeliveryStatus::Pending.as_str().into(),
        now.into(),
    ];
    tx.run(sql, &values)?;
    requeued(tx, id)?;
    find_delivery(tx, &delivery)
}

/// Takes out what was to arrive at a webhook that is gone.
///
/// # Errors
/// Those of the store.
pub fn remove(tx: &mut Tx<'_>, job: &Job) -> Result<Done> {
    let sql = "delete from delivery where workspace = ?1 and id in (
                   select id from delivery where workspace = ?1 and webhook = ?2 limit ?3)
               returning id";
    let gone = tx.all(sql, &[(&job.key).into(), STEP.into()], |row| row.get::<String>(0))?;
    let is_all = i64::try_from(gone.len()).is_ok_and(|count| count < STEP);
    Ok(if is_all { Done::Whole } else { Done::Again(tx.now()) })
}

/// Deletes up to `limit` deliveries from before `before`. Says whether some were left.
///
/// # Errors
/// Those of the store.
pub fn age_out(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<bool> {
    // Ids are in the order of time.
    let bound = DeliveryId::first_at(before);
    let sql = "delete from delivery where workspace = ?1 and id in (
                   select id from delivery where workspace = ?1 and id < ?2
                   order by id limit ?3) returning id";
    let gone = tx.all(sql, &[(&bound).into(), limit.into()], |row| row.get::<String>(0))?;
    Ok(limit <= i64::try_from(gone.len()).unwrap_or(limit))
}

impl Endpoint {
    /// Whether nothing that is for it waits for its time.
    pub(super) fn leaves_at_once(&self) -> bool {
        self.settings.delay_seconds == 0
    }

    /// Whether it is to be told of `event`.
    pub(super) fn wants(&self, event: &str) -> bool {
        self.events.iter().any(|wanted| wanted == event || wanted == shape::ALL)
    }
}
