//! SQLite: one file, one writer, readers that see snapshots, and checkpoints out of the way.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rusqlite::{Connection, OpenFlags, config::DbConfig, types::ValueRef};

use crate::{
    Durability, Stats, Value,
    error::{Error, Result},
    glance::Glances,
    lane::stopwatch,
    tx::Row,
};

pub(crate) struct Sqlite {
    conn: Connection,
    /// Whether the last failure was that the disk is full.
    is_full: bool,
    deadline: Arc<Deadline>,
}

/// When a read is given up.
struct Deadline {
    begun: Instant,
    /// Milliseconds after `begun`.
    at_ms: AtomicU64,
}

/// Above the number of statements there are, so that each is prepared once.
const STATEMENTS_MAX: usize = 1024;
/// Steps of SQLite's machine between two looks at the clock: some tenths of a millisecond.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;
/// How long a writer waits for another process, such as the command line beside a server.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Pages of the log after which a checkpoint is due: 32 MiB of 4 KiB pages. Each moves a page that
/// was written many times once; and to read so much at a start takes some tens of milliseconds.
const CHECKPOINT_PAGES: i64 = if cfg!(test) { 250 } else { 8_000 };
/// A time without commits after which the rest of the log is moved.
const PAUSE: Duration = Duration::from_millis(500);
/// Pages of the log after which writers wait for a checkpoint that begins the log anew: 256 MiB.
const RESTART_PAGES: i64 = if cfg!(test) { 1_000 } else { 65_536 };
/// How long such a checkpoint waits for long reads, and writers for it; then it tries again later.
const RESTART_TIMEOUT: Duration = Duration::from_millis(500);

impl Sqlite {
    pub(crate) fn open(path: &Path, durability: Durability) -> Result<Self> {
        let refuse = |error| refuse(path, error);
        let conn = Connection::open(path).map_err(refuse)?;
        conn.busy_timeout(BUSY_TIMEOUT)?;
        let synchronous = match durability {
            Durability::Full => "full",
            Durability::Loose => "normal",
        };
        conn.execute_batch(&format!(
            "pragma journal_mode = wal;
             pragma synchronous = {synchronous};
             pragma foreign_keys = on;
             pragma temp_store = memory;
             pragma cache_size = -32000;
             pragma wal_autocheckpoint = 0;"
        ))
        .map_err(refuse)?;
        keep_plans(&conn)?;
        conn.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        Ok(Self { conn, is_full: false, deadline: Deadline::new() })
    }

    pub(crate) fn open_reader(path: &Path) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut conn = Connection::open_with_flags(path, flags)?;
        conn.busy_timeout(BUSY_TIMEOUT)?;
        conn.execute_batch("pragma temp_store = memory; pragma cache_size = -8000;")?;
        keep_plans(&conn)?;
        conn.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        let deadline = Deadline::new();
        let known = Arc::clone(&deadline);
        conn.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || known.is_over()))?;
        Ok(Self { conn, is_full: false, deadline })
    }

    /// Gives up whatever of a reader runs longer than `left` from now.
    pub(crate) fn set_deadline(&self, left: Duration) {
        let at = self.deadline.begun.elapsed().saturating_add(left);
        let at_ms = u64::try_from(at.as_millis()).unwrap_or(u64::MAX);
        self.deadline.at_ms.store(at_ms, Ordering::Relaxed);
    }

    pub(crate) fn step(&mut self, sql: &'static str) -> Result<()> {
        self.conn.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    pub(crate) fn is_full(&self) -> bool {
        self.is_full
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        Ok(self.conn.execute_batch(sql)?)
    }

    pub(crate) fn query(
        &mut self,
        sql: &str,
        workspace: Option<&Value>,
        values: &[Value],
    ) -> Result<Vec<Row>> {
        let rows = self.try_query(sql, workspace, values);
        if let Err(error) = &rows {
            self.is_full = matches!(error, Error::Full);
        }
        rows
    }

    fn try_query(
        &self,
        sql: &str,
        workspace: Option<&Value>,
        values: &[Value],
    ) -> Result<Vec<Row>> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let columns = statement.column_count();
        let mut rows =
            statement.query(rusqlite::params_from_iter(workspace.into_iter().chain(values)))?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            let value = |column| from_sqlite(row.get_ref(column)?);
            all.push(Row::new((0..columns).map(value).collect::<Result<_>>()?));
        }
        Ok(all)
    }

    pub(crate) fn has_lost_its_transaction(&self) -> Option<Error> {
        let why = || if self.is_full { Error::Full } else { Error::Busy };
        self.conn.is_autocommit().then(why)
    }
}

/// A sentence about what the person who named the file can put right.
fn refuse(path: &Path, error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode as E;
    let file = path.display();
    match error.sqlite_error_code() {
        Some(E::NotADatabase | E::DatabaseCorrupt) => {
            Error::refused(format!("{file} is not a database of SQLite, or it is damaged"))
        }
        Some(E::CannotOpen | E::ReadOnly | E::PermissionDenied) => Error::refused(format!(
            "{file} cannot be opened: look whether its folder is there and may be written to"
        )),
        _ => error.into(),
    }
}

fn from_sqlite(value: ValueRef<'_>) -> Result<Value> {
    match value {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(integer) => Ok(Value::Int(integer)),
        ValueRef::Text(text) => {
            let text = str::from_utf8(text).map_err(Error::internal)?;
            Ok(Value::Text(text.to_owned()))
        }
        ValueRef::Real(_) | ValueRef::Blob(_) => {
            Err(Error::internal("a statement gave a real or a blob, which no column holds"))
        }
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        let value = match self {
            Self::Null => ValueRef::Null,
            Self::Int(integer) => ValueRef::Integer(*integer),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        };
        Ok(rusqlite::types::ToSqlOutput::Borrowed(value))
    }
}

impl Deadline {
    fn new() -> Arc<Self> {
        Arc::new(Self { begun: stopwatch(), at_ms: AtomicU64::new(u64::MAX) })
    }

    fn is_over(&self) -> bool {
        u128::from(self.at_ms.load(Ordering::Relaxed)) < self.begun.elapsed().as_millis()
    }
}

/// A statement is planned once. Otherwise one that compares a parameter with what a partial index says
/// is planned anew each time it is given values: a fifth of the time of sending a message.
fn keep_plans(conn: &Connection) -> Result<()> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Moves what was committed from the log into the file, on a thread of its own: inside the writer
/// it would hold up everyone who waits.
pub(crate) struct Checkpoints {
    stats: Arc<Stats>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    pub(crate) fn start(path: &Path, stats: &Arc<Stats>, glances: &Arc<Glances>) -> Result<Self> {
        let conn = Connection::open(path)?;
        conn.busy_timeout(RESTART_TIMEOUT)?;
        conn.execute_batch("pragma synchronous = full; pragma wal_autocheckpoint = 0;")?;
        let (commits, glances) = (Arc::clone(stats), Arc::clone(glances));
        let run = move || {
            let (mut seen, mut patience) = (0, Duration::MAX);
            while let Some(count) = commits.wait_for_commits(seen, patience) {
                // In a pause, what is left is moved too.
                let is_pause = seen == count;
                patience = if is_pause { Duration::MAX } else { PAUSE };
                seen = count;
                let due = if is_pause { 1 } else { CHECKPOINT_PAGES };
                if let Err(error) = glances.without_snapshots(|| checkpoint(&conn, due)) {
                    tracing::warn!(%error, "a checkpoint failed; the next one will try again");
                }
            }
        };
        let thread = thread::Builder::new().name("checkpoint".to_owned()).spawn(run);
        let thread = Some(thread.map_err(Error::internal)?);
        Ok(Self { stats: Arc::clone(stats), thread })
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.stats.end();
        if let Some(thread) = self.thread.take() {
            // It does not panic; and if it did, there is nobody left to tell.
            drop(thread.join());
        }
    }
}

fn checkpoint(conn: &Connection, due: i64) -> rusqlite::Result<()> {
    let passive = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?));
    let (pages, moved) = conn.query_row("pragma wal_checkpoint(noop)", [], passive)?;
    if pages - moved < due {
        return Ok(());
    }
    let (pages, _) = conn.query_row("pragma wal_checkpoint(passive)", [], passive)?;
    if RESTART_PAGES < pages {
        conn.query_row("pragma wal_checkpoint(restart)", [], passive)?;
    }
    Ok(())
}
