//! Every test here runs on each engine there is: PostgreSQL joins when `TEST_POSTGRES` says where.

mod faults;
mod files;
mod groups;
mod hints;
mod proxy;
mod refusals;
mod scopes;
mod searches;
mod traps;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
        mpsc,
    },
    time::Duration,
};

use crate::{
    Durability, Error, Migration, Options, ReadTx, Result, Scope, Store, Target, Tx, World,
};

/// Two tables like the product's own.
const TABLES: &[Migration] = &[Migration {
    number: 1,
    name: "note",
    sql: "create table note (
              workspace text not null, id bigint not null, name text, amount bigint,
              primary key (workspace, id)) {without_rowid};
          create table tally (workspace text not null primary key, count bigint not null);",
}];

/// How long a test waits for what must happen before it calls it missing.
const PATIENCE: Duration = Duration::from_secs(20);

/// A new, empty database. To open one twice is to start two nodes.
enum Database {
    Sqlite(tempfile::TempDir),
    Postgres(String),
}

/// One on each engine there is.
fn databases() -> Vec<Database> {
    let mut databases = vec![Database::Sqlite(tempfile::tempdir().unwrap())];
    databases.extend(postgres());
    databases
}

/// Where the tests' PostgreSQL is, if there is one.
#[expect(clippy::disallowed_methods, reason = "the tests have no config")]
fn server() -> Option<String> {
    std::env::var("TEST_POSTGRES").ok()
}

/// A new database on the tests' PostgreSQL.
fn postgres() -> Option<Database> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let server = server()?;
    let name = format!("store_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    crate::testing::create_database(&server, &name);
    let (server, _) = server.rsplit_once('/').expect("a URL ends with a database");
    Some(Database::Postgres(format!("{server}/{name}")))
}

impl Database {
    fn target(&self) -> Target {
        match self {
            Self::Sqlite(_) => Target::Sqlite(self.file().expect("it is a file")),
            Self::Postgres(url) => Target::Postgres { url: url.clone(), authorities: None },
        }
    }

    fn file(&self) -> Option<PathBuf> {
        match self {
            Self::Sqlite(folder) => Some(folder.path().join("test.db")),
            Self::Postgres(_) => None,
        }
    }

    fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// One more node on this database.
    fn open(&self) -> Store {
        open(self.target(), TABLES, Durability::Loose).unwrap()
    }

    fn open_with(&self, migrations: &'static [Migration]) -> Result<Store> {
        open(self.target(), migrations, Durability::Loose)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Self::Postgres(url) = self {
            crate::testing::drop_database(url);
        }
    }
}

fn open(target: Target, migrations: &'static [Migration], durability: Durability) -> Result<Store> {
    Store::open(Options { target, migrations, world: world(), durability, readers: 2 })
}

/// Time stands still, and chance counts.
fn world() -> World {
    let count = AtomicU64::new(0);
    World {
        clock: Arc::new(|| jiff::Timestamp::from_second(1_767_225_600).unwrap()),
        random: Arc::new(move || u128::from(count.fetch_add(1, Ordering::Relaxed))),
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Runtime::new().unwrap().block_on(future)
}

/// Waits a moment before a test looks again at what must become true.
async fn moment() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}

/// Asks until `is_there` says so.
async fn until(what: &str, mut is_there: impl AsyncFnMut() -> bool) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while !is_there().await {
            moment().await;
        }
    });
    assert!(waited.await.is_ok(), "waited in vain: {what}");
}

fn scope() -> Scope {
    Scope::new("ws_1")
}

/// An operation that holds its lane until the returned end is dropped.
fn hold(store: &Store, scope: &Scope) -> (mpsc::Sender<()>, crate::Answer<(), Error>) {
    let (held, release) = mpsc::channel::<()>();
    let answer = store.write(scope, move |_tx| {
        // The other end says nothing: it is dropped.
        assert!(release.recv().is_err());
        Ok(())
    });
    (held, answer)
}

/// Adds a note unless its number is taken. Says whether it was added.
fn put(tx: &mut Tx<'_>, id: i64, name: &str) -> Result<bool> {
    let sql = "insert into note (workspace, id, name) values (?1, ?2, ?3)
               on conflict (workspace, id) do nothing returning id";
    Ok(tx.first(sql, &[id.into(), name.into()], |row| row.get::<i64>(0))?.is_some())
}

fn notes(tx: &mut ReadTx<'_>) -> Result<i64> {
    let sql = "select count(*) from note where workspace = ?1";
    Ok(tx.first(sql, &[], |row| row.get::<i64>(0))?.unwrap_or(0))
}

fn tally(tx: &mut ReadTx<'_>) -> Result<i64> {
    let sql = "select count from tally where workspace = ?1";
    Ok(tx.first(sql, &[], |row| row.get::<i64>(0))?.unwrap_or(0))
}

/// A rule that reads, and then writes what follows from it.
fn read_and_add_one(tx: &mut Tx<'_>) -> Result<i64> {
    let count = tally(tx)? + 1;
    let sql = "insert into tally (workspace, count) values (?1, ?2)
               on conflict (workspace) do update set count = excluded.count";
    tx.run(sql, &[count.into()])?;
    Ok(count)
}
