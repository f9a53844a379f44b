//! What keys and apps asked for: who, what, when, and how it was answered.
//!
//! Never what was sent, nor what was answered. It is written after the answer, many at once, and is
//! the first thing to go when the lanes are busy.

pub mod http;

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use store::{ReadTx, Row, Scope, Sql, Store, Tx};
use utoipa::ToSchema;

use crate::{
    error::{Error, Result},
    http::App,
    id::{RequestId, kind},
    page::{Page, Paging, Total},
};

/// A request that was answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Logged {
    /// Also in the answer's `X-Request-Id`.
    pub id: RequestId,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who asked: the id of a key, of a grant to an app, or of a login.
    #[schema(example = "key_01ARZ3NDEKTSV4RRFFQ69G5FAV")]
    pub asker: String,
    /// `GET`, `POST`, `PATCH` or `DELETE`.
    pub method: String,
    /// Without the query. A part with an address in it is `…`.
    #[schema(example = "/v1/contacts")]
    pub path: String,
    /// The HTTP status.
    pub status: i64,
    /// How long it took, in microseconds.
    pub took_us: i64,
    /// The code of the refusal, if it was one.
    pub code: Option<String>,
}

/// Which ones to show.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those of this asker.
    pub asker: Option<String>,
    /// Only answers from this status to that one.
    pub status: Option<(i64, i64)>,
    /// Only paths that begin so.
    pub path: Option<String>,
}

/// Requests that wait to be written down.
#[derive(Default)]
pub struct Requests(Mutex<BTreeMap<String, Vec<Logged>>>);

/// How long they are kept.
pub const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);
/// Rows that a workspace keeps; the oldest go first.
const ROWS_MAX: i64 = 10_000;
/// Requests of a workspace that wait; what comes beyond within a second is not written down.
const WAITING_MAX: usize = 500;
const WORKSPACES_WAITING_MAX: usize = 1_000;
/// Rows of one transaction.
const AT_ONCE: usize = 100;
/// How long they are gathered.
const GATHER: Duration = Duration::from_secs(1);
/// Work that waits for a lane, beyond which nothing is written down.
const BUSY_QUEUE: usize = 200;
const PATH_CHARS_MAX: usize = 200;

macro_rules! columns {
    () => {
        "id, at, asker, method, path, status, took_us, code"
    };
}

impl Requests {
    /// Notes a request of a workspace, to be written down within a second or two.
    pub fn note(&self, workspace: &str, logged: Logged) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waiting) = all.get_mut(workspace) {
            if waiting.len() < WAITING_MAX {
                return waiting.push(logged);
            }
        } else if all.len() < WORKSPACES_WAITING_MAX {
            all.insert(workspace.to_owned(), vec![logged]);
            return;
        }
        metrics::counter!("switchboard_request_log_shed_total").increment(1);
    }

    /// Writes down what waits. What cannot be written now is lost.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn write(&self, store: &Store) -> Result<()> {
        let all = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for (workspace, mut waiting) in all {
            let scope = Scope::new(&workspace).in_background();
            while !waiting.is_empty() && store.queued() <= BUSY_QUEUE {
                let rest = waiting.split_off(waiting.len().min(AT_ONCE));
                let now = std::mem::replace(&mut waiting, rest);
                store.write(&scope, move |tx| put(tx, &now)).await?;
            }
        }
        Ok(())
    }
}

/// Writes what is gathered, from second to second.
pub async fn flush(app: App) {
    loop {
        tokio::time::sleep(GATHER).await;
        if let Err(error) = app.requests.write(&app.store).await {
            tracing::warn!(?error, "requests were not written down");
        }
    }
}

/// A path as it is kept: people may be named by their addresses, and those are nobody's business.
pub fn path_of(path: &str) -> String {
    let kept = |part| if is_address(part) { "…" } else { part };
    let path = path.split('/').map(kept).collect::<Vec<_>>().join("/");
    path.chars().filter(|c| !c.is_control()).take(PATH_CHARS_MAX).collect()
}

fn is_address(part: &str) -> bool {
    part.contains('@') || part.to_ascii_lowercase().contains("%40")
}

fn put(tx: &mut Tx<'_>, all: &[Logged]) -> Result<()> {
    let sql = concat!(
        "insert into request (workspace, ",
        columns!(),
        ") values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) on conflict (workspace, id) do nothing"
    );
    for one in all {
        let values = [
            (&one.id).into(),
            one.at.into(),
            (&one.asker).into(),
            (&one.method).into(),
            (&one.path).into(),
            one.status.into(),
            one.took_us.into(),
            one.code.as_deref().into(),
        ];
        tx.run(sql, &values)?;
    }
    let sql = "delete from request where workspace = ?1 and id in
                   (select id from request where workspace = ?1 order by id desc
                    limit ?2 offset ?3)";
    let most = i64::try_from(2 * AT_ONCE).unwrap_or(i64::MAX);
    Ok(tx.run(sql, &[most.into(), ROWS_MAX.into()])?)
}

/// A page of what was asked, newest first.
///
/// # Errors
/// Those of the store.
pub fn list(
    tx: &mut ReadTx<'_>,
    filter: &Filter,
    paging: &Paging<kind::Request>,
) -> Result<Page<Logged>> {
    let mut sql = Sql::new(concat!("select ", columns!(), " from request where workspace = ?1"));
    narrow(&mut sql, filter);
    sql.with(" and id < ", paging.below());
    sql.with(" order by id desc limit ", paging.rows()).with(" offset ", paging.offset());
    let found = tx.select(&sql, read)?;
    paging.answer(
        found,
        |one| &one.id,
        || {
            let mut sql = Sql::new("select count(*) from request where workspace = ?1");
            narrow(&mut sql, filter);
            let count = tx.select(&sql, |row| row.get::<i64>(0))?.first().copied().unwrap_or(0);
            Ok(Total::exact(count))
        },
    )
}

fn narrow(sql: &mut Sql, filter: &Filter) {
    if let Some(asker) = &filter.asker {
        sql.with(" and asker = ", asker);
    }
    if let Some((from, to)) = filter.status {
        sql.with(" and status >= ", from).with(" and status <= ", to);
    }
    if let Some(path) = &filter.path {
        let chars = i64::try_from(path.chars().count()).unwrap_or(i64::MAX);
        sql.with(" and substr(path, 1, ", chars).with(") = ", path);
    }
}

/// Deletes up to `rows` of what is older than `before`, and says whether there is more.
///
/// # Errors
/// Those of the store.
pub fn age_out(tx: &mut Tx<'_>, before: Timestamp, rows: i64) -> Result<bool> {
    let sql = "delete from request where workspace = ?1 and id in
                   (select id from request where workspace = ?1 and at < ?2 order by id limit ?3)
               returning id";
    let gone =
        tx.all(sql, &[before.into(), rows.into()], |row| Ok::<_, Error>(row.get::<String>(0)?))?;
    Ok(i64::try_from(gone.len()) == Ok(rows))
}

fn read(row: &Row) -> Result<Logged> {
    Ok(Logged {
        id: row.get(0)?,
        at: row.get(1)?,
        asker: row.get(2)?,
        method: row.get(3)?,
        path: row.get(4)?,
        status: row.get(5)?,
        took_us: row.get(6)?,
        code: row.get(7)?,
    })
}
