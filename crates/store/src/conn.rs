//! A connection to either engine.

use std::time::Duration;

use crate::{
    Durability, Target, Value,
    error::{Error, Result},
    postgres::Postgres,
    sqlite::Sqlite,
    tx::Row,
};

/// How long a read may take: on PostgreSQL each of its statements. Beyond, it is given up.
pub(crate) const READ_TIME_MAX: Duration =
    Duration::from_millis(if cfg!(test) { 300 } else { 10_000 });

pub(crate) enum Conn {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

impl Conn {
    pub(crate) fn open(target: &Target, durability: Durability) -> Result<Self> {
        match target {
            Target::Sqlite(path) => Ok(Self::Sqlite(Sqlite::open(path, durability)?)),
            Target::Postgres { url, authorities } => {
                let conn = Postgres::open(url, authorities.as_deref(), durability)?;
                Ok(Self::Postgres(Box::new(conn)))
            }
        }
    }

    pub(crate) fn open_reader(target: &Target) -> Result<Self> {
        match target {
            Target::Sqlite(path) => Ok(Self::Sqlite(Sqlite::open_reader(path)?)),
            // Every read transaction there says that it only reads.
            Target::Postgres { .. } => {
                let mut conn = Self::open(target, Durability::Full)?;
                // A plan for any word is wrong for a rare one: each search is planned by its own.
                conn.batch(&format!(
                    "set statement_timeout = {}; set plan_cache_mode = force_custom_plan",
                    READ_TIME_MAX.as_millis()
                ))?;
                Ok(conn)
            }
        }
    }

    /// Starts a transaction that may write.
    ///
    /// On PostgreSQL its first statement takes the lock of `lane`, which keeps two nodes out of one
    /// lane. At read committed every later statement sees what the lock's last holder committed; at
    /// a higher level it would see the time before the wait.
    pub(crate) fn begin_write(&mut self, lane: u8) -> Result<()> {
        match self {
            Self::Sqlite(conn) => conn.step("begin immediate"),
            Self::Postgres(conn) => conn.begin_write(lane),
        }
    }

    /// Starts a transaction that sees one moment, and cannot write.
    pub(crate) fn begin_read(&mut self) -> Result<()> {
        match self {
            // The connection was opened for reading alone.
            Self::Sqlite(conn) => {
                conn.set_deadline(READ_TIME_MAX);
                conn.step("begin")
            }
            Self::Postgres(conn) => {
                conn.send_batch("begin isolation level repeatable read read only")
            }
        }
    }

    pub(crate) fn end_read(&mut self) -> Result<()> {
        if let Self::Sqlite(conn) = self {
            conn.set_deadline(Duration::MAX);
        }
        self.step("rollback")
    }

    /// Runs one of the fixed words of transactions: `commit`, `savepoint operation`, …
    pub(crate) fn step(&mut self, sql: &'static str) -> Result<()> {
        match self {
            Self::Sqlite(conn) => conn.step(sql),
            Self::Postgres(conn) if sql.starts_with("rollback") => conn.undo(sql),
            Self::Postgres(conn) => conn.batch(sql),
        }
    }

    /// The same, without waiting: see [`Conn::run_in`].
    pub(crate) fn send_step(&mut self, sql: &'static str) -> Result<()> {
        match self {
            Self::Sqlite(conn) => conn.step(sql),
            Self::Postgres(conn) => conn.send_batch(sql),
        }
    }

    /// Waits for all that nobody has waited for.
    pub(crate) fn flush(&mut self) -> Result<()> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(conn) => conn.flush(),
        }
    }

    /// Keeps what was done since the savepoint, and sets it anew: on PostgreSQL in one round trip,
    /// which also tells of statements that were refused since.
    pub(crate) fn next_savepoint(&mut self) -> Result<()> {
        match self {
            Self::Sqlite(conn) => {
                conn.step("release savepoint operation")?;
                conn.step("savepoint operation")
            }
            Self::Postgres(conn) => conn.batch("release savepoint operation; savepoint operation"),
        }
    }

    /// Runs statements that take no values and give no rows: migrations.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        match self {
            Self::Sqlite(conn) => conn.batch(sql),
            Self::Postgres(conn) => conn.batch(sql),
        }
    }

    /// Runs a statement of the store's own, which binds `values` from `?1` on.
    pub(crate) fn query(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>> {
        self.query_in(sql, None, values)
    }

    /// Runs a statement whose `?1` is the workspace, if there is one, and `values` follow it.
    pub(crate) fn query_in(
        &mut self,
        sql: &str,
        workspace: Option<&Value>,
        values: &[Value],
    ) -> Result<Vec<Row>> {
        match self {
            Self::Sqlite(conn) => conn.query(sql, workspace, values),
            Self::Postgres(conn) => conn.query(sql, workspace, values),
        }
    }

    /// Like [`Conn::query_in`], for a statement whose rows do not matter. On PostgreSQL nobody waits
    /// for it: a refusal is told by the next call that waits, at the latest by
    /// [`Conn::next_savepoint`].
    pub(crate) fn run_in(
        &mut self,
        sql: &str,
        workspace: Option<&Value>,
        values: &[Value],
    ) -> Result<()> {
        match self {
            Self::Sqlite(conn) => conn.query(sql, workspace, values).map(drop),
            Self::Postgres(conn) => conn.send(sql, workspace, values),
        }
    }

    /// Why there is no transaction any more, if the engine ended it by itself: SQLite does on a full
    /// disk, and PostgreSQL when the connection goes.
    pub(crate) fn has_lost_its_transaction(&self) -> Option<Error> {
        match self {
            Self::Sqlite(conn) => conn.has_lost_its_transaction(),
            Self::Postgres(conn) => conn.is_closed().then_some(Error::Busy),
        }
    }

    /// Whether the engine takes no more statements until what was done is undone.
    pub(crate) fn has_failed(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(conn) => conn.failure().is_some(),
        }
    }

    /// Why the last statement failed, as far as it matters to whoever asked.
    pub(crate) fn failure(&self) -> Error {
        let is_full = match self {
            Self::Sqlite(conn) => conn.is_full(),
            Self::Postgres(conn) => matches!(conn.failure(), Some(Error::Full)),
        };
        if is_full { Error::Full } else { Error::Busy }
    }

    /// Whether it must be opened anew, after it could not begin. The server may have said good-bye
    /// and not yet hung up.
    pub(crate) fn is_lost(&mut self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(conn) => conn.undo("rollback").is_err(),
        }
    }

    /// Whether it must be opened anew.
    pub(crate) fn is_closed(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            Self::Postgres(conn) => conn.is_closed(),
        }
    }
}
