//! Deliveries, as people look at them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::{ReadTx, Row, Sql};
use utoipa::ToSchema;

use super::{Webhook, find};
use crate::{
    error::{Error, Result},
    event,
    id::{DeliveryId, WebhookId, kind},
    page::{Page, Paging, Total},
    time,
};

/// One event on its way to one webhook.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Delivery {
    /// Names it for good, on every attempt.
    pub id: DeliveryId,
    /// Where it goes.
    pub webhook_id: WebhookId,
    /// What it tells of.
    #[schema(example = "message.created")]
    pub event: String,
    /// Whether it has arrived.
    pub status: DeliveryStatus,
    /// Every attempt, the first one first.
    #[schema(value_type = Vec<Attempt>)]
    pub attempts: Box<RawValue>,
    /// When it is tried next; `null` when it is over, or waits for another one.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_attempt_at: Option<Timestamp>,
    /// The body of its requests; `null` if the log does not have it any more.
    #[schema(value_type = Option<std::collections::BTreeMap<String, serde_json::Value>>)]
    pub payload: Option<Box<RawValue>>,
    /// When it came to be.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// The event, for every webhook alike.
    pub event_id: String,
    /// Its place in the log.
    pub seq: i64,
    /// The id of what it is about.
    pub subject: String,
    /// Whether somebody only asked whether it works.
    pub is_test: bool,
}

/// Whether a delivery has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// It has not left yet.
    Pending,
    /// It was answered with 2xx.
    Delivered,
    /// It was not, and will be tried again.
    Retrying,
    /// It was given up.
    Failed,
}

/// One try.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Attempt {
    /// From 1.
    pub number: i64,
    /// When it left.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What was answered.
    pub response_status: Option<u16>,
    /// How long that took.
    pub duration_ms: i64,
    /// Why it did not arrive, in words.
    pub error: Option<String>,
    /// The answer, cut.
    pub response_body: Option<String>,
    /// The answer's headers, cut: of each its name and its value.
    #[schema(value_type = Vec<Vec<String>>)]
    pub response_headers: Vec<(String, String)>,
}

/// Which deliveries to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// That stand so.
    pub status: Option<DeliveryStatus>,
    /// That tell of this.
    pub event: Option<String>,
}

/// Where the payload of a delivery comes from.
#[derive(Clone, Debug)]
pub struct Source {
    body: Option<String>,
}

macro_rules! columns {
    () => {
        "id, webhook, event, status, attempts, next_at, body, created_at, event_id, seq, subject"
    };
}

impl DeliveryStatus {
    const ALL: [Self; 4] = [Self::Pending, Self::Delivered, Self::Retrying, Self::Failed];

    /// The word that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Retrying => "retrying",
            Self::Failed => "failed",
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self> {
        let known = Self::ALL.into_iter().find(|status| status.as_str() == text);
        known.ok_or_else(|| Error::internal(format!("unknown status {text}")))
    }
}

/// The delivery that `id` names.
///
/// # Errors
/// When there is none.
pub fn find_delivery(tx: &mut ReadTx<'_>, id: &DeliveryId) -> Result<Delivery> {
    let sql = concat!("select ", columns!(), " from delivery where workspace = ?1 and id = ?2");
    let found = tx.first(sql, &[id.into()], read)?.ok_or(Error::NotFound("delivery"))?;
    let webhook = find(tx, &found.0.webhook_id)?;
    fill(tx, found, &webhook)
}

/// A page of deliveries, newest first.
///
/// # Errors
/// Those of the store.
pub fn list_deliveries(
    tx: &mut ReadTx<'_>,
    id: &WebhookId,
    filter: &Filter,
    paging: &Paging<kind::Delivery>,
) -> Result<Page<Delivery>> {
    let webhook = find(tx, id)?;
    let mut sql = Sql::new(concat!("select ", columns!(), " from delivery where workspace = ?1"));
    narrow(&mut sql, id, filter);
    sql.with(" and id < ", paging.below());
    sql.with(" order by id desc limit ", paging.rows()).with(" offset ", paging.offset());
    let mut found = Vec::new();
    for one in tx.select(&sql, read)? {
        found.push(fill(tx, one, &webhook)?);
    }
    paging.answer(
        found,
        |one| &one.id,
        || {
            let mut sql =
                Sql::new("select count(*) from (select 1 from delivery where workspace = ?1");
            narrow(&mut sql, id, filter);
            sql.with(" limit ", Total::COUNTED_MAX + 1).push(") counted");
            let count = tx.select(&sql, |row| row.get::<i64>(0))?.first().copied().unwrap_or(0);
            Ok(Total::counted(count))
        },
    )
}

fn narrow(sql: &mut Sql, webhook: &WebhookId, filter: &Filter) {
    sql.with(" and webhook = ", webhook);
    if let Some(status) = filter.status {
        sql.with(" and status = ", status.as_str());
    }
    if let Some(event) = &filter.event {
        sql.with(" and event = ", event);
    }
}

/// What a delivery of its own body has no entry of the log for.
fn fill(
    tx: &mut ReadTx<'_>,
    (mut delivery, source): (Delivery, Source),
    webhook: &Webhook,
) -> Result<Delivery> {
    let body = match source.body {
        Some(body) => Some(body),
        None => {
            let entry = event::list_after(tx, delivery.seq - 1, 1)?.pop();
            let entry = entry.filter(|entry| entry.seq == delivery.seq);
            entry.map(|entry| webhook.shape.body(&delivery.event, &entry)).transpose()?
        }
    };
    delivery.payload = body.map(RawValue::from_string).transpose()?;
    Ok(delivery)
}

fn read(row: &Row) -> Result<(Delivery, Source)> {
    let body: Option<String> = row.get(6)?;
    let delivery = Delivery {
        id: row.get(0)?,
        webhook_id: row.get(1)?,
        event: row.get(2)?,
        status: DeliveryStatus::parse(&row.get::<String>(3)?)?,
        attempts: RawValue::from_string(row.get(4)?)?,
        next_attempt_at: row.get(5)?,
        payload: None,
        is_test: body.is_some(),
        created_at: row.get(7)?,
        event_id: row.get(8)?,
        seq: row.get(9)?,
        subject: row.get(10)?,
    };
    Ok((delivery, Source { body }))
}
