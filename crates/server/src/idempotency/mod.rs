//! Replies that were given under an `Idempotency-Key`, recorded in the transaction of their effect.
//!
//! A second request with the same key waits in its workspace's lane for the first one, so it never
//! meets one that is still running: it is answered with the first one's reply.

#[cfg(test)]
mod tests;

use store::{ReadTx, Tx};

use crate::error::{Error, Result};

/// A reply that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// 200 to 299.
    pub status: u16,
    /// JSON.
    pub body: String,
}

/// A request that came with a key.
#[derive(Clone, Debug)]
pub struct Request {
    /// What the asker showed: keys of different credentials have nothing to do with each other.
    pub credential: String,
    /// 1 to 255 printable ASCII characters.
    pub key: String,
    /// A hash of method, path and body.
    pub hash: String,
}

/// How long a reply is kept.
pub const KEPT: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// The reply that was given to this request before.
///
/// # Errors
/// [`Error::KeyReused`] when the key came with another request.
pub fn find(tx: &mut ReadTx<'_>, request: &Request) -> Result<Option<Recorded>> {
    let oldest = tx.now() - KEPT;
    let sql = "select request_hash, status, body from idempotency
               where workspace = ?1 and credential = ?2 and key = ?3 and created_at > ?4";
    let values = [(&request.credential).into(), (&request.key).into(), oldest.into()];
    let found = tx.first(sql, &values, |row| {
        let status = u16::try_from(row.get::<i64>(1)?).map_err(Error::internal)?;
        Ok::<_, Error>((row.get::<String>(0)?, Recorded { status, body: row.get(2)? }))
    })?;
    match found {
        Some((hash, _)) if hash != request.hash => Err(Error::KeyReused),
        found => Ok(found.map(|(_, recorded)| recorded)),
    }
}

/// Records the reply to `request`; `subject` is whom it is about.
///
/// # Errors
/// Those of the store.
pub fn record(tx: &mut Tx<'_>, request: &Request, reply: &Recorded, subject: &str) -> Result<()> {
    let now = tx.now();
    // One that is past its time is not found any more, and gives way.
    let sql = "insert into idempotency
                   (workspace, credential, key, request_hash, status, body, subject, created_at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
               on conflict (workspace, credential, key) do update set
                   request_hash = excluded.request_hash, status = excluded.status,
                   body = excluded.body, subject = excluded.subject,
                   created_at = excluded.created_at";
    let values = [
        (&request.credential).into(),
        (&request.key).into(),
        (&request.hash).into(),
        i64::from(reply.status).into(),
        (&reply.body).into(),
        subject.into(),
        now.into(),
    ];
    Ok(tx.run(sql, &values)?)
}

/// Deletes the replies about `subject`: the person asked to be forgotten.
///
/// # Errors
/// Those of the store.
pub fn forget(tx: &mut Tx<'_>, subject: &str) -> Result<()> {
    let sql = "delete from idempotency where workspace = ?1 and subject = ?2";
    Ok(tx.run(sql, &[subject.into()])?)
}

/// Deletes up to `limit` replies from before `before`. Says whether some were left.
///
/// # Errors
/// Those of the store.
pub fn age_out(tx: &mut Tx<'_>, before: jiff::Timestamp, limit: i64) -> Result<bool> {
    let sql = "delete from idempotency where workspace = ?1 and created_at < ?2
               and key in (select key from idempotency where workspace = ?1 and created_at < ?2
                           order by created_at limit ?3) returning key";
    let gone = tx.all(sql, &[before.into(), limit.into()], |row| row.get::<String>(0))?;
    Ok(limit <= i64::try_from(gone.len()).unwrap_or(limit))
}
