//! Webhooks: who is told of what happens, over HTTP, and what became of it.
//!
//! A reader of the log writes one delivery per event and endpoint, in the transaction that moves its
//! cursor; the dispatcher sends them, and writes down what became of each. Whoever missed something
//! asks for it.

mod change;
mod crew;
mod delivery;
mod dispatch;
mod fan;
pub mod http;
mod job;
mod plan;
mod pull;
mod send;
mod shape;
pub mod sign;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{ReadTx, Row};
use utoipa::ToSchema;

pub use self::{
    change::{NewWebhook, WebhookPatch, create, delete, rotate, subscribe, unsubscribe, update},
    delivery::{Attempt, Delivery, DeliveryStatus, Filter, find_delivery, list_deliveries},
    dispatch::{dispatch, settle},
    fan::{READER, is_asked_for},
    job::{
        Backfill, Since, age_out, backfill, is_behind, probe, recover, remove, resend,
        run_backfill, run_recover,
    },
    plan::Retries,
    pull::{Happenings, list_events},
    shape::Shape,
};
use crate::{
    error::{Error, Result},
    id::{WebhookId, kind},
    outside::{Address, Refusal},
    page::{Page, Paging, Total},
    secret::SecretKey,
    time,
};

/// Somebody's address, which is told of what happens.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Webhook {
    /// Names it for good.
    pub id: WebhookId,
    /// Where requests go.
    pub url: String,
    /// What it is told of; `*` is all that is documented.
    pub events: Vec<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it is told, and whether that works.
    pub status: Status,
    /// Signs what is sent. Shown once: when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// When something last was sent.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_delivery_at: Option<Timestamp>,
    /// What became of it.
    pub last_delivery_status: Option<DeliveryStatus>,
    /// When it was made.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Whose form its requests have.
    pub shape: Shape,
    /// Whether what is about one subject waits until what came before it has arrived or was given up.
    pub ordered: bool,
    /// Why it is disabled.
    pub disabled_reason: Option<String>,
    /// Until when the secret before this one signs too.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub previous_secret_until: Option<Timestamp>,
    /// How it is told.
    #[serde(flatten)]
    pub settings: Settings,
}

/// How one is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = WebhookSettings)]
pub struct Settings {
    /// What people call it.
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// How long one goes on trying.
    pub retries: Retries,
    /// Seconds from the event to the first attempt.
    #[schema(minimum = 0, maximum = 86400)]
    pub delay_seconds: i64,
    /// Disables it once nothing has arrived for so many hours; `null` never does.
    #[schema(minimum = 1, maximum = 720)]
    pub disable_after_hours: Option<i64>,
    /// What it takes to be let in there.
    pub auth: AuthKind,
}

/// What a request shows to be let in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthKind {
    /// Nothing but its signature.
    #[default]
    None,
    /// A name and a password.
    Basic,
    /// A token.
    Bearer,
}

/// Whether one is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebhookStatus)]
pub enum Status {
    /// It is.
    Active,
    /// It is, and the last thing that was to arrive did not.
    Failed,
    /// Nothing leaves; what happens is kept until it is enabled again.
    Disabled,
}

/// An endpoint as the dispatcher needs it, with its secrets open.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    id: WebhookId,
    shape: Shape,
    address: Result<Address, Refusal>,
    events: Vec<String>,
    secrets: Vec<String>,
    auth: Option<String>,
    settings: Settings,
    is_ordered: bool,
    is_disabled: bool,
    since: i64,
}

/// Webhooks of one workspace, those that automations made included.
const WEBHOOKS_MAX: i64 = 1_000;
const SEALED: &str = "webhook";

macro_rules! columns {
    () => {
        "id, shape, url, events, settings, description, ordered_at, disabled_at, disabled_reason,
         failed_at, last_delivery_at, last_delivery_status, previous_until, created_at, updated_at"
    };
}
use columns;

/// The webhook that `id` names.
///
/// # Errors
/// When there is none.
pub fn find(tx: &mut ReadTx<'_>, id: &WebhookId) -> Result<Webhook> {
    let sql = concat!("select ", columns!(), " from webhook where workspace = ?1 and id = ?2");
    let now = tx.now();
    tx.first(sql, &[id.into()], |row| read(row, now))?.ok_or(Error::NotFound("webhook"))
}

/// A page of webhooks, newest first.
///
/// # Errors
/// Those of the store.
pub fn list(tx: &mut ReadTx<'_>, paging: &Paging<kind::Webhook>) -> Result<Page<Webhook>> {
    let sql = concat!(
        "select ",
        columns!(),
        " from webhook where workspace = ?1 and id < ?2 order by id desc limit ?3 offset ?4"
    );
    let now = tx.now();
    let values = [paging.below().into(), paging.rows().into(), paging.offset().into()];
    let found = tx.all(sql, &values, |row| read(row, now))?;
    paging.answer(found, |one| &one.id, || Ok(Total::exact(count(tx)?)))
}

fn count(tx: &mut ReadTx<'_>) -> Result<i64> {
    let sql = "select count(*) from webhook where workspace = ?1";
    Ok(tx.first(sql, &[], |row| row.get::<i64>(0))?.unwrap_or(0))
}

/// All endpoints of the workspace, in the order of their ids.
fn endpoints(tx: &mut ReadTx<'_>, key: &SecretKey) -> Result<Vec<Endpoint>> {
    let now = tx.now();
    let sql = "select id, shape, url, events, settings, secret, previous_secret, previous_until,
                      auth, ordered_at, disabled_at, since
               from webhook where workspace = ?1 order by id limit ?2";
    tx.all(sql, &[WEBHOOKS_MAX.into()], |row| {
        let open = |sealed: Option<String>| sealed.and_then(|text| key.open(SEALED, &text));
        let holds = row.get::<Option<Timestamp>>(7)?.is_some_and(|until| now < until);
        let previous = if holds { open(row.get(6)?) } else { None };
        Ok(Endpoint {
            id: row.get(0)?,
            shape: shape_of(&row.get::<String>(1)?)?,
            address: Address::read(&row.get::<String>(2)?),
            events: serde_json::from_str(&row.get::<String>(3)?)?,
            settings: serde_json::from_str(&row.get::<String>(4)?)?,
            secrets: open(row.get(5)?).into_iter().chain(previous).collect(),
            auth: open(row.get(8)?),
            is_ordered: row.get::<Option<Timestamp>>(9)?.is_some(),
            is_disabled: row.get::<Option<Timestamp>>(10)?.is_some(),
            since: row.get(11)?,
        })
    })
}

fn shape_of(text: &str) -> Result<Shape> {
    Shape::parse(text).ok_or_else(|| Error::internal(format!("unknown shape {text}")))
}

fn read(row: &Row, now: Timestamp) -> Result<Webhook> {
    let (disabled_at, failed_at): (Option<Timestamp>, Option<Timestamp>) =
        (row.get(7)?, row.get(9)?);
    let status = match (disabled_at, failed_at) {
        (Some(_), _) => Status::Disabled,
        (None, Some(_)) => Status::Failed,
        (None, None) => Status::Active,
    };
    let last: Option<String> = row.get(11)?;
    Ok(Webhook {
        id: row.get(0)?,
        shape: shape_of(&row.get::<String>(1)?)?,
        url: row.get(2)?,
        events: serde_json::from_str(&row.get::<String>(3)?)?,
        settings: serde_json::from_str(&row.get::<String>(4)?)?,
        description: row.get(5)?,
        status,
        secret: None,
        ordered: row.get::<Option<Timestamp>>(6)?.is_some(),
        disabled_reason: row.get(8)?,
        last_delivery_at: row.get(10)?,
        last_delivery_status: last.map(|text| DeliveryStatus::parse(&text)).transpose()?,
        previous_secret_until: row.get::<Option<Timestamp>>(12)?.filter(|until| now < *until),
        created_at: row.get(13)?,
        updated_at: row.get(14)?,
    })
}
