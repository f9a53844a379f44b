//! From the log to deliveries, and from what became of them back to the rows.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::{ReadTx, Row, Sql, Tx};

use super::{
    Endpoint, Shape, WEBHOOKS_MAX, change,
    delivery::{Attempt, DeliveryStatus},
    endpoints,
    shape::{ALL, READ_KINDS},
};
use crate::{
    error::{Error, Result},
    event::{
        self, Entry,
        reader::{Cursor, Step},
    },
    id::{self, DeliveryId, EventId, WebhookId},
    operator, outbox,
    secret::SecretKey,
};

/// How far the log was read for webhooks.
pub const READER: Cursor = Cursor { name: "webhooks", kinds: READ_KINDS, batch: 100 };
/// Deliveries that one step writes: it must stay under 20 ms.
const ROWS_MAX: usize = 400;

/// One delivery that may leave.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    pub(super) id: DeliveryId,
    pub(super) webhook: WebhookId,
    pub(super) seq: i64,
    pub(super) event_id: String,
    pub(super) event: Arc<str>,
    pub(super) subject: Arc<str>,
    /// Nothing when the log has aged out what it was about.
    pub(super) body: Option<Arc<str>>,
    /// Not an event, but somebody's question whether it works.
    pub(super) is_test: bool,
    /// What was tried so far, as JSON; and how often.
    pub(super) attempts: String,
    pub(super) attempts_count: i64,
    pub(super) is_held: bool,
    /// When what it tells of happened.
    pub(super) occurred_at: Timestamp,
}

/// What a step of the reader found.
#[derive(Debug, Default)]
pub(super) struct Fanned {
    pub(super) endpoints: Vec<Endpoint>,
    /// What may leave at once.
    pub(super) parcels: Vec<Parcel>,
    /// When something of an endpoint leaves that does not.
    pub(super) later: Vec<(WebhookId, Timestamp)>,
    /// What was put in line by hand, since when.
    pub(super) requeued: Vec<(WebhookId, Timestamp)>,
    pub(super) step: Step,
}

/// Whether anybody is to be told of anything new.
pub(super) fn is_asked(tx: &mut ReadTx<'_>) -> Result<bool> {
    let sql = "select 1 from webhook where workspace = ?1 limit 1";
    Ok(tx.first(sql, &[], |row| row.get::<i64>(0))?.is_some())
}

/// Whether any webhook is told of `event`.
///
/// # Errors
/// Those of the store.
pub fn is_asked_for(tx: &mut ReadTx<'_>, event: &str) -> Result<bool> {
    let sql = "select events from webhook where workspace = ?1 and shape = ?2 limit ?3";
    let values = [Shape::Platform.as_str().into(), WEBHOOKS_MAX.into()];
    let all: Vec<String> = tx.all(sql, &values, |row| Ok::<_, Error>(row.get(0)?))?;
    // A name of an event has no letter that JSON writes otherwise.
    let names = [format!("\"{event}\""), format!("\"{ALL}\"")];
    Ok(all.iter().any(|events| names.iter().any(|name| events.contains(name))))
}

/// Writes the deliveries of the next entries of the log.
pub(super) fn fan_out(tx: &mut Tx<'_>, key: &SecretKey) -> Result<Fanned> {
    let endpoints = endpoints(tx, key)?;
    let batch = i64::try_from(ROWS_MAX / endpoints.len().max(1)).unwrap_or(1);
    let cursor = Cursor { batch: batch.clamp(1, READER.batch), ..READER };
    let mut fanned = Fanned { endpoints, ..Fanned::default() };
    fanned.step = cursor.step(tx, |tx, entries| {
        let mut rows = Rows::default();
        for entry in entries {
            put_all(tx, entry, &mut fanned, &mut rows)?;
        }
        rows.write(tx)
    })?;
    Ok(fanned)
}

fn put_all(tx: &mut Tx<'_>, entry: &Entry, fanned: &mut Fanned, rows: &mut Rows) -> Result<()> {
    if entry.kind == event::Kind::WebhookRequeued.as_str() {
        fanned.requeued.extend(entry.subject.parse::<WebhookId>().ok().zip(Some(entry.at)));
    }
    // Most endpoints are sent the same bytes.
    let mut bodies: BTreeMap<(&str, &str), Arc<str>> = BTreeMap::new();
    for endpoint in fanned.endpoints.iter().filter(|endpoint| endpoint.since < entry.seq) {
        for event in endpoint.shape.names(entry) {
            if !endpoint.wants(event) {
                continue;
            }
            let body = match bodies.get(&(endpoint.shape.as_str(), event)) {
                Some(body) => Arc::clone(body),
                None => {
                    let body: Arc<str> = endpoint.shape.body(event, entry)?.into();
                    bodies.insert((endpoint.shape.as_str(), event), Arc::clone(&body));
                    body
                }
            };
            match rows.add(tx, endpoint, (entry, event), body)? {
                Leaves::Now(parcel) => fanned.parcels.push(*parcel),
                Leaves::Later(at) => fanned.later.push((endpoint.id.clone(), at)),
                Leaves::Waits => {}
            }
        }
    }
    Ok(())
}

/// When a delivery may leave.
pub(super) enum Leaves {
    Now(Box<Parcel>),
    Later(Timestamp),
    /// For another one, or until its endpoint is enabled.
    Waits,
}

/// Deliveries that are written together.
#[derive(Default)]
pub(super) struct Rows {
    rows: Vec<NewRow>,
    /// Whom the rows among them that wait are about, and for which endpoint.
    held: BTreeSet<(WebhookId, String)>,
}

struct NewRow {
    id: DeliveryId,
    webhook: WebhookId,
    seq: i64,
    event_id: EventId,
    event: &'static str,
    subject: String,
    next_at: Option<Timestamp>,
    is_held: bool,
}

/// Rows of one statement.
const ROWS_AT_ONCE: usize = 20;

impl Rows {
    /// Adds one delivery.
    pub(super) fn add(
        &mut self,
        tx: &mut Tx<'_>,
        endpoint: &Endpoint,
        (entry, event): (&Entry, &'static str),
        body: Arc<str>,
    ) -> Result<Leaves> {
        let (id, now): (DeliveryId, _) = (id::new(tx), tx.now());
        let waits = endpoint.is_ordered && self.waits(tx, endpoint, &entry.subject)?;
        let delay = SignedDuration::from_secs(endpoint.settings.delay_seconds);
        let next_at = Some(now + delay).filter(|_| !waits);
        self.rows.push(NewRow {
            id: id.clone(),
            webhook: endpoint.id.clone(),
            seq: entry.seq,
            event_id: entry.id.clone(),
            event,
            subject: entry.subject.clone(),
            next_at,
            is_held: endpoint.is_ordered,
        });
        if waits || endpoint.is_disabled {
            return Ok(Leaves::Waits);
        }
        if let Some(at) = next_at.filter(|at| now < *at) {
            return Ok(Leaves::Later(at));
        }
        Ok(Leaves::Now(Box::new(Parcel {
            id,
            webhook: endpoint.id.clone(),
            seq: entry.seq,
            event_id: entry.id.to_string(),
            event: event.into(),
            subject: entry.subject.as_str().into(),
            body: Some(body),
            is_test: false,
            attempts: "[]".to_owned(),
            attempts_count: 0,
            is_held: endpoint.is_ordered,
            occurred_at: entry.at,
        })))
    }

    /// Whether something about `subject` is on its way already; what comes next will find this one.
    fn waits(&mut self, tx: &mut ReadTx<'_>, endpoint: &Endpoint, subject: &str) -> Result<bool> {
        if !self.held.insert((endpoint.id.clone(), subject.to_owned())) {
            return Ok(true);
        }
        let sql = "select 1 from delivery where workspace = ?1 and webhook = ?2 and held = ?3
                   limit 1";
        let values = [(&endpoint.id).into(), subject.into()];
        Ok(tx.first(sql, &values, |row| row.get::<i64>(0))?.is_some())
    }

    /// Writes them all.
    pub(super) fn write(self, tx: &mut Tx<'_>) -> Result<()> {
        let now = tx.now();
        for rows in self.rows.chunks(ROWS_AT_ONCE) {
            let mut sql = Sql::new(
                "insert into delivery (workspace, id, webhook, seq, event_id, event, subject,
                                       status, attempts, attempts_count, next_at, held, created_at)
                 values (?1, ",
            );
            for (index, row) in rows.iter().enumerate() {
                sql.push(if index == 0 { "" } else { "), (?1, " });
                sql.bind(&row.id).with(", ", &row.webhook).with(", ", row.seq);
                sql.with(", ", &row.event_id).with(", ", row.event).with(", ", &row.subject);
                sql.push(", 'pending', '[]', 0").with(", ", row.next_at);
                sql.with(", ", Some(&row.subject).filter(|_| row.is_held));
                sql.with(", ", now);
            }
            sql.push(")");
            tx.change(&sql)?;
        }
        Ok(())
    }
}

macro_rules! parcel_columns {
    () => {
        "id, seq, event_id, event, subject, body, attempts, attempts_count, held, created_at"
    };
}

/// What is to be read of an endpoint: so many of each, but for those that are in memory.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) first: usize,
    pub(super) again: usize,
    pub(super) but: BTreeSet<DeliveryId>,
}

/// What is due at an endpoint, and when the next of it will be.
#[derive(Debug, Default)]
pub(super) struct Due {
    pub(super) first: Vec<Parcel>,
    pub(super) has_more_first: bool,
    pub(super) again: Vec<Parcel>,
    pub(super) has_more_again: bool,
    pub(super) next_at: Option<Timestamp>,
}

/// Reads those that never left, and those that are to be tried again.
pub(super) fn due(tx: &mut ReadTx<'_>, endpoint: &Endpoint, wanted: &Wanted) -> Result<Due> {
    let (now, webhook) = (tx.now(), &endpoint.id);
    let mut found = Due::default();
    if 0 < wanted.first {
        // Whoever wrote a row may have begun later than this look at it, and what leaves at once
        // leaves in order: none of them may be overlooked.
        let until = if endpoint.leaves_at_once() { Timestamp::MAX } else { now };
        let sql = concat!(
            "select ",
            parcel_columns!(),
            " from delivery where workspace = ?1 and webhook = ?2 and attempts_count = 0
              and next_at is not null and next_at <= ?3 order by next_at, id limit ?4"
        );
        let limit = wanted.limit(wanted.first);
        let values = [webhook.into(), until.into(), limit.into()];
        let all = tx.all(sql, &values, |row| read(row, webhook))?;
        found.has_more_first = i64::try_from(all.len()).unwrap_or(limit) == limit;
        found.first = all.into_iter().filter(|one| !wanted.but.contains(&one.id)).collect();
        let sql = "select next_at from delivery where workspace = ?1 and webhook = ?2
                   and attempts_count = 0 and next_at is not null and next_at > ?3
                   order by next_at limit 1";
        let values = [webhook.into(), until.into()];
        found.next_at = tx.first(sql, &values, |row| row.get::<Timestamp>(0))?;
    }
    let sql = concat!(
        "select ",
        parcel_columns!(),
        " from delivery where workspace = ?1 and webhook = ?2 and attempts_count > 0
          and next_at is not null and next_at <= ?3 order by next_at, id limit ?4"
    );
    let limit = wanted.limit(wanted.again);
    let all = tx.all(sql, &[webhook.into(), now.into(), limit.into()], |row| read(row, webhook))?;
    found.has_more_again = i64::try_from(all.len()).unwrap_or(limit) == limit;
    found.again = all.into_iter().filter(|one| !wanted.but.contains(&one.id)).collect();
    let sql = "select next_at from delivery where workspace = ?1 and webhook = ?2
               and attempts_count > 0 and next_at is not null and next_at > ?3
               order by next_at limit 1";
    let again = tx.first(sql, &[webhook.into(), now.into()], |row| row.get::<Timestamp>(0))?;
    found.next_at = found.next_at.into_iter().chain(again).min();
    for parcel in found.first.iter_mut().chain(&mut found.again) {
        fill(tx, parcel, endpoint.shape)?;
    }
    Ok(found)
}

impl Wanted {
    /// Those in memory are among the rows, too.
    fn limit(&self, wanted: usize) -> i64 {
        i64::try_from(wanted + self.but.len()).unwrap_or(i64::MAX)
    }
}

/// What is sent is what the log says: so nobody is told of someone who was forgotten meanwhile.
fn fill(tx: &mut ReadTx<'_>, parcel: &mut Parcel, shape: Shape) -> Result<()> {
    if parcel.body.is_none()
        && let Some(entry) = event::list_after(tx, parcel.seq - 1, 1)?.pop()
        && entry.seq == parcel.seq
    {
        parcel.body = Some(shape.body(&parcel.event, &entry)?.into());
        parcel.occurred_at = entry.at;
    }
    Ok(())
}

fn read(row: &Row, webhook: &WebhookId) -> Result<Parcel> {
    let body: Option<String> = row.get(5)?;
    Ok(Parcel {
        id: row.get(0)?,
        webhook: webhook.clone(),
        seq: row.get(1)?,
        event_id: row.get(2)?,
        event: row.get::<String>(3)?.into(),
        subject: row.get::<String>(4)?.into(),
        is_test: body.is_some(),
        body: body.map(Into::into),
        attempts: row.get(6)?,
        attempts_count: row.get(7)?,
        is_held: row.get::<Option<String>>(8)?.is_some(),
        occurred_at: row.get(9)?,
    })
}

/// What became of one attempt.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub(super) parcel: Parcel,
    pub(super) attempt: Attempt,
    pub(super) next: Next,
}

/// What comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It arrived.
    Delivered,
    /// It is tried again.
    Again(Timestamp),
    /// It is given up.
    Failed,
    /// It is given up, and nobody is to come there again.
    Gone,
}

/// Writes down what became of attempts, and lets go what waited for them.
pub(super) fn record(tx: &mut Tx<'_>, outcomes: &[Outcome]) -> Result<()> {
    let mut last: BTreeMap<&WebhookId, &Outcome> = BTreeMap::new();
    for outcome in outcomes {
        record_one(tx, outcome)?;
        last.insert(&outcome.parcel.webhook, outcome);
    }
    for (webhook, outcome) in last {
        note(tx, webhook, outcome)?;
    }
    Ok(())
}

fn record_one(tx: &mut Tx<'_>, outcome: &Outcome) -> Result<()> {
    let Outcome { parcel, attempt, next } = outcome;
    let mut attempts = parcel.attempts.trim_end_matches(']').to_owned();
    if 1 < attempts.len() {
        attempts.push(',');
    }
    attempts.push_str(&serde_json::to_string(attempt)?);
    attempts.push(']');
    let (status, next_at) = match next {
        Next::Delivered => (DeliveryStatus::Delivered, None),
        Next::Again(at) => (DeliveryStatus::Retrying, Some(*at)),
        Next::Failed | Next::Gone => (DeliveryStatus::Failed, None),
    };
    // One that somebody asked for again meanwhile is theirs.
    let sql = "update delivery set status = ?4, attempts = ?5, attempts_count = ?6, next_at = ?7,
                   held = case when cast(?7 as bigint) is null then null else held end
               where workspace = ?1 and id = ?2 and attempts_count = ?3 returning id";
    let values = [
        (&parcel.id).into(),
        parcel.attempts_count.into(),
        status.as_str().into(),
        (&attempts).into(),
        (parcel.attempts_count + 1).into(),
        next_at.into(),
    ];
    let is_there = tx.first(sql, &values, |row| row.get::<String>(0))?.is_some();
    if parcel.is_held && next_at.is_none() {
        release(tx, &parcel.webhook, &parcel.subject)?;
    }
    if is_there && matches!(next, Next::Failed | Next::Gone) {
        let payload = json!({
            "id": parcel.id, "webhook_id": parcel.webhook, "event": parcel.event,
            "attempts": parcel.attempts_count + 1, "error": attempt.error,
        });
        let kind = event::Kind::WebhookDeliveryFailed;
        event::append(tx, kind, parcel.webhook.as_str(), &payload.to_string())?;
    }
    Ok(())
}

/// The next about `subject` may leave.
pub(super) fn release(tx: &mut Tx<'_>, webhook: &WebhookId, subject: &str) -> Result<()> {
    let now = tx.now();
    let sql = "update delivery set next_at = ?4 where workspace = ?1 and next_at is null and id = (
                   select id from delivery where workspace = ?1 and webhook = ?2 and held = ?3
                   order by seq limit 1)";
    Ok(tx.run(sql, &[webhook.into(), subject.into(), now.into()])?)
}

/// Writes down at the webhook how its last attempt ended.
fn note(tx: &mut Tx<'_>, webhook: &WebhookId, outcome: &Outcome) -> Result<()> {
    let (now, at) = (tx.now(), outcome.attempt.at);
    if outcome.next == Next::Gone {
        // Whoever made it said so.
        return match change::unsubscribe(tx, webhook) {
            Err(Error::NotFound(_)) => Ok(()),
            done => done,
        };
    }
    let (status, failing_since, failed_at) = match outcome.next {
        Next::Delivered => (DeliveryStatus::Delivered, None, None),
        Next::Again(_) => (DeliveryStatus::Retrying, Some(at), None),
        Next::Failed | Next::Gone => (DeliveryStatus::Failed, Some(at), Some(now)),
    };
    let sql = "update webhook set last_delivery_at = ?3, last_delivery_status = ?4,
                   failing_since = case when cast(?5 as bigint) is null then null
                                        else coalesce(failing_since, ?5) end,
                   failed_at = case when cast(?5 as bigint) is null then null
                                    else coalesce(?6, failed_at) end
               where workspace = ?1 and id = ?2 returning failing_since, settings, disabled_at, url";
    let values =
        [webhook.into(), at.into(), status.as_str().into(), failing_since.into(), failed_at.into()];
    let noted = tx.first(sql, &values, |row| {
        Ok::<_, Error>((
            row.get::<Option<Timestamp>>(0)?,
            serde_json::from_str::<super::Settings>(&row.get::<String>(1)?)?,
            row.get::<Option<Timestamp>>(2)?,
            row.get::<String>(3)?,
        ))
    })?;
    let Some((Some(since), settings, None, url)) = noted else { return Ok(()) };
    let Some(hours) = settings.disable_after_hours else { return Ok(()) };
    let is_over = SignedDuration::from_hours(hours) <= now.duration_since(since);
    // 410 says that nobody will ever be there.
    let is_gone = outcome.attempt.response_status == Some(410);
    if is_gone || (is_over && outcome.next == Next::Failed) {
        give_up(
            tx,
            webhook,
            &url,
            if is_gone { "it answered 410 Gone" } else { "nothing arrived" },
        )?;
    }
    Ok(())
}

/// Disables an endpoint that wanted to be, and tells those who look after the workspace.
fn give_up(tx: &mut Tx<'_>, webhook: &WebhookId, url: &str, why: &str) -> Result<()> {
    change::disable(tx, webhook, why)?;
    let disabled = super::find(tx, webhook)?;
    let payload = serde_json::to_string(&disabled)?;
    event::append(tx, event::Kind::WebhookUpdated, webhook.as_str(), &payload)?;
    let subject = "A webhook was disabled";
    let body = format!(
        "The webhook {webhook} to {url} was disabled: {why}.\n\nWhat happens is kept for it. To \
         enable it again: PATCH /v1/webhooks/{webhook} with {{\"status\": \"active\"}}."
    );
    for admin in operator::all(tx)? {
        if admin.role == operator::Role::Admin && admin.deactivated_at.is_none() {
            outbox::put(tx, &admin.email, subject, &body, webhook.as_str())?;
        }
    }
    Ok(())
}
