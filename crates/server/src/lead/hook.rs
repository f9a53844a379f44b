//! Addresses that automations leave, to be told of what happens. They are kept here; the webhooks
//! will deliver to them.

use store::Tx;

use crate::{
    error::{Error, Result},
    id::{self, Id, kind},
};

/// Names a subscription.
pub type SubscriptionId = Id<kind::Subscription>;

/// What one can be told of.
pub const EVENTS: [&str; 4] = ["lead.created", "lead.hot", "message.received", "meeting.booked"];
const URL_BYTES_MAX: usize = 2_000;
/// Subscriptions of one workspace.
const SUBSCRIPTIONS_MAX: i64 = 1_000;

/// Keeps an address to be told of `event` at. Asked twice, it is kept once.
///
/// # Errors
/// When there is no such event, or the address cannot be one.
pub fn subscribe(
    tx: &mut Tx<'_>,
    credential: &str,
    event: &str,
    url: &str,
) -> Result<SubscriptionId> {
    if !EVENTS.contains(&event) {
        return Err(Error::invalid("event", format!("must be one of: {}", EVENTS.join(", "))));
    }
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let odd = |c: char| c.is_whitespace() || c.is_control();
    let is_address = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    if !is_address || URL_BYTES_MAX < url.len() || url.contains(odd) {
        return Err(Error::invalid("hookUrl", "must be an address that begins with https://"));
    }
    let sql = "select id from subscription where workspace = ?1 and event = ?2 and url = ?3";
    if let Some(known) = tx.first(sql, &[event.into(), url.into()], |row| row.get(0))? {
        return Ok(known);
    }
    let sql = "select count(*) from subscription where workspace = ?1";
    if SUBSCRIPTIONS_MAX <= tx.first(sql, &[], |row| row.get::<i64>(0))?.unwrap_or(0) {
        return Err(Error::Conflict("There are 1000 subscriptions already.".to_owned()));
    }
    let (id, now): (SubscriptionId, _) = (id::new(tx), tx.now());
    let sql = "insert into subscription (workspace, id, credential, event, url, created_at)
               values (?1, ?2, ?3, ?4, ?5, ?6)";
    tx.run(sql, &[(&id).into(), credential.into(), event.into(), url.into(), now.into()])?;
    Ok(id)
}

/// Forgets an address.
///
/// # Errors
/// When there is none of that id.
pub fn unsubscribe(tx: &mut Tx<'_>, id: &SubscriptionId) -> Result<()> {
    let sql = "delete from subscription where workspace = ?1 and id = ?2 returning id";
    let gone = tx.first(sql, &[id.into()], |row| row.get::<String>(0))?;
    gone.map(drop).ok_or(Error::NotFound("subscription"))
}
