//! Transactions over SQLite and PostgreSQL, as one thing.
//!
//! A *lane* is a thread that owns one connection and commits whatever is waiting together.
//! SQLite has one lane for writing; PostgreSQL has eight, and a workspace always writes on the
//! same one. So the writes of one workspace happen one after another on both engines, on however
//! many nodes, and a rule that reads and then writes is right on both. Reads go past the lanes, to
//! connections that cannot write.
//!
//! This crate is the only one that names an engine, and it knows nothing of the product.

mod backup;
mod conn;
mod error;
mod glance;
mod hint;
mod lane;
mod migrate;
mod postgres;
mod reader;
mod search;
mod sql;
mod sqlite;
pub mod testing;
mod tx;

pub use self::{
    backup::{check_file, copy_file},
    error::{Error, Result},
    hint::{Hint, Signal},
    lane::Stats,
    migrate::Migration,
    search::{Word, words},
    sql::Sql,
    tx::{FromValue, ReadTx, Row, Tx, Value},
};

use std::{
    future::Future,
    panic::{AssertUnwindSafe, Location, catch_unwind},
    path::PathBuf,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    thread,
};

use tokio::sync::{broadcast, oneshot};

use self::{
    conn::Conn,
    glance::Glances,
    hint::Hints,
    lane::{Fate, Guard, Lane, Outcome},
    reader::Readers,
};

/// How many lanes a PostgreSQL database has, on however many nodes.
///
/// It is written in the database when that is created, and a node that counts differently does not
/// start: nodes that disagreed would guard one workspace by two locks.
pub const LANES: u8 = 8;
/// SQLite has one writer, whatever we do.
const LANES_SQLITE: u8 = 1;

/// What an operation takes from the outside world. Tests hand in one that always says the same.
#[derive(Clone)]
pub struct World {
    /// Says what time it is.
    pub clock: Arc<dyn Fn() -> jiff::Timestamp + Send + Sync>,
    /// Gives numbers that nobody can guess, for the names of new things and for secrets.
    pub random: Arc<dyn Fn() -> u128 + Send + Sync>,
}

/// Where the data is.
#[derive(Clone, Debug)]
pub enum Target {
    /// One file, with its log beside it.
    Sqlite(PathBuf),
    /// `postgres://…`, and the certificate authorities to trust, as PEM.
    Postgres {
        /// A connection string, as libpq reads it.
        url: String,
        /// Certificates in PEM that sign the server's; without them the public ones are trusted.
        authorities: Option<String>,
    },
}

/// How careful the engine is. Anything but [`Durability::Full`] is for tests alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// A commit is answered once it is on disk.
    Full,
    /// Commits may be lost with the power. A test proves by it that the power-cut test bites.
    Loose,
}

/// How a store is opened.
pub struct Options {
    /// Where the data is.
    pub target: Target,
    /// The product's tables, oldest first.
    pub migrations: &'static [Migration],
    /// Time and chance.
    pub world: World,
    /// [`Durability::Full`], outside tests.
    pub durability: Durability,
    /// How many threads answer reads.
    pub readers: usize,
}

/// Whose data an operation sees, on whose behalf, and because of what.
#[derive(Clone, Debug)]
pub struct Scope {
    workspace: Arc<str>,
    actor: Arc<str>,
    cause: Arc<str>,
    only_of: Option<Arc<str>>,
    urgency: Urgency,
}

/// Who waits for an operation. People go first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Urgency {
    People,
    Background,
}

/// The workspace of work that belongs to none.
const SYSTEM: &str = "";

impl Scope {
    /// Operations of `workspace`, done by the program itself until [`Scope::by`] says otherwise.
    pub fn new(workspace: &str) -> Self {
        Self {
            workspace: workspace.into(),
            actor: "system".into(),
            cause: "".into(),
            only_of: None,
            urgency: Urgency::People,
        }
    }

    /// The same, done by `actor`: `key_…`, `op_…`, `system`.
    #[must_use]
    pub fn by(mut self, actor: &str) -> Self {
        self.actor = actor.into();
        self
    }

    /// The same, because of `cause`: a request, an event, a job.
    #[must_use]
    pub fn because_of(mut self, cause: &str) -> Self {
        self.cause = cause.into();
        self
    }

    /// The same, for someone who sees only what is `owner`'s, where that makes a difference.
    #[must_use]
    pub fn only_of(mut self, owner: &str) -> Self {
        self.only_of = Some(owner.into());
        self
    }

    /// The same, for which nobody waits: people's work goes first.
    #[must_use]
    pub fn in_background(mut self) -> Self {
        self.urgency = Urgency::Background;
        self
    }

    /// Whose data it is.
    pub fn workspace(&self) -> &str {
        &self.workspace
    }

    /// Who does it.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// Why: empty when nobody said.
    pub fn cause(&self) -> &str {
        &self.cause
    }

    /// Whose things alone they see; `None` for everybody's.
    pub fn sees_only(&self) -> Option<&str> {
        self.only_of.as_deref()
    }

    fn system() -> Self {
        Self::new(SYSTEM)
    }
}

/// A database. It is cheap to clone, and ends when the last clone is dropped.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

/// Its parts end in this order: writers first, and the checkpoints last.
struct Inner {
    target: Target,
    lanes: Vec<Lane>,
    readers: Readers,
    glances: Arc<Glances>,
    world: World,
    hints: Hints,
    stats: Arc<Stats>,
    _checkpoints: Option<sqlite::Checkpoints>,
}

impl Store {
    /// Connects, brings the tables up to date, and starts the lanes and readers.
    ///
    /// # Errors
    /// [`Error::Refused`] with a sentence for the person who started the program when the database
    /// is newer than the program, was made for another number of lanes, or cannot be trusted.
    pub fn open(options: Options) -> Result<Self> {
        // The client of PostgreSQL must not meet a runtime that the caller may be in.
        let opened = thread::Builder::new().spawn(move || Self::open_here(options));
        let opened = opened.map_err(Error::internal)?.join();
        opened.unwrap_or_else(|_panic| Err(Error::internal("opening the database panicked")))
    }

    fn open_here(options: Options) -> Result<Self> {
        let Options { target, migrations, world, durability, readers } = options;
        let connect = {
            let target = target.clone();
            move || Conn::open(&target, durability)
        };
        let count = match target {
            Target::Sqlite(_) => LANES_SQLITE,
            Target::Postgres { .. } => LANES,
        };
        let mut first = connect()?;
        migrate::set_up(&mut first, &target, migrations, count, (world.clock)())?;
        drop(first);
        let stats = Arc::new(Stats::default());
        let hints = Hints::start(&target, (world.random)())?;
        let lanes = (0..count)
            .map(|number| {
                let shared = lane::Shared {
                    world: world.clone(),
                    hints: hints.clone(),
                    stats: Arc::clone(&stats),
                };
                Lane::start(Box::new(connect.clone()), number, shared)
            })
            .collect::<Result<Vec<_>>>()?;
        let glances = Arc::new(match &target {
            Target::Sqlite(_) => Glances::open(&stats, || Conn::open_reader(&target))?,
            Target::Postgres { .. } => Glances::none(&stats),
        });
        let checkpoints = match &target {
            Target::Sqlite(path) => Some(sqlite::Checkpoints::start(path, &stats, &glances)?),
            Target::Postgres { .. } => None,
        };
        let reader_target = target.clone();
        let readers = Readers::start(move || Conn::open_reader(&reader_target), readers, &world)?;
        let _checkpoints = checkpoints;
        let inner = Inner { target, world, lanes, readers, glances, hints, stats, _checkpoints };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Runs `operation` in a transaction of `scope`, and answers once it is on disk.
    ///
    /// An error undoes the operation whole. It runs to its end even if the caller goes away, so it
    /// must be quick: no network, no password hashing, nothing that waits.
    #[track_caller]
    pub fn write<T: Send + 'static, E: From<Error> + Send + 'static>(
        &self,
        scope: &Scope,
        operation: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Answer<T, E> {
        debug_assert!(scope.workspace() != SYSTEM, "work without a workspace is `system`");
        self.enqueue(scope.clone(), Location::caller(), Guard::Savepoint, operation)
    }

    /// Like [`Store::write`], for an operation that refuses only before it writes. It needs no
    /// savepoint, which costs a busy lane a fifth of its time.
    ///
    /// One that fails after it wrote is a bug, or a database in trouble: its whole group is undone,
    /// and all of it is answered [`Error::Busy`].
    #[track_caller]
    pub fn write_checked<T: Send + 'static, E: From<Error> + Send + 'static>(
        &self,
        scope: &Scope,
        operation: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Answer<T, E> {
        debug_assert!(scope.workspace() != SYSTEM, "work without a workspace is `system`");
        self.enqueue(scope.clone(), Location::caller(), Guard::Checks, operation)
    }

    /// Runs `operation` in a transaction that belongs to no workspace: sign-in, leases, migrations
    /// of data. Its statements bind nothing by themselves.
    #[track_caller]
    pub fn system<T: Send + 'static, E: From<Error> + Send + 'static>(
        &self,
        operation: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Answer<T, E> {
        self.enqueue(Scope::system(), Location::caller(), Guard::Savepoint, operation)
    }

    fn enqueue<T: Send + 'static, E: From<Error> + Send + 'static>(
        &self,
        scope: Scope,
        place: &'static Location<'static>,
        guard: Guard,
        operation: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Answer<T, E> {
        let (reply, answer) = oneshot::channel();
        let lane = &self.inner.lanes[lane_of(&scope.workspace, self.inner.lanes.len())];
        let urgency = scope.urgency;
        let work: lane::Work = Box::new(move |conn, world, hints| {
            let mut tx = Tx::new(conn, world, scope, hints);
            let result = attempt(|| operation(&mut tx));
            let outcome = match (&result, tx.has_written()) {
                (Ok(_), _) => Outcome::Kept,
                (Err(_), false) => Outcome::Refused,
                (Err(_), true) => Outcome::Broken,
            };
            let deliver = move |fate| {
                // The caller may have gone away: its write stands all the same.
                drop(reply.send(answer_for(fate, result)));
            };
            (outcome, Box::new(deliver))
        });
        Answer::to(lane.send(lane::Job { work, place, urgency, guard }), answer)
    }

    /// Runs `operation` on one snapshot of `scope`, which has every write answered so far.
    ///
    /// The connection refuses to write, so what only reads never waits for a lane.
    pub fn read<T: Send + 'static, E: From<Error> + Send + 'static>(
        &self,
        scope: &Scope,
        operation: impl FnOnce(&mut ReadTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Answer<T, E> {
        self.ask(scope.clone(), operation)
    }

    /// Runs `operation`, which reads a row or two by key, where it is asked: on SQLite a thread
    /// switch costs more than such a read does. On PostgreSQL it is [`Store::read`].
    ///
    /// Each of its statements may see a moment of its own.
    pub fn glance<T: Send + 'static, E: From<Error> + Send + 'static>(
        &self,
        scope: &Scope,
        operation: impl FnOnce(&mut ReadTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Answer<T, E> {
        let Some(mut glance) = self.inner.glances.take() else {
            return self.read(scope, operation);
        };
        let mut tx = ReadTx::new(&mut glance.conn, &self.inner.world, scope.clone());
        let result = attempt(|| operation(&mut tx));
        self.inner.glances.put(glance);
        Answer::now(result)
    }

    /// As [`Store::glance`], across workspaces: whose key is this. Binds nothing by itself.
    pub fn system_glance<T: Send + 'static, E: From<Error> + Send + 'static>(
        &self,
        operation: impl FnOnce(&mut ReadTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Answer<T, E> {
        self.glance(&Scope::system(), operation)
    }

    /// Reads across workspaces: which logs have grown. Binds nothing by itself.
    pub fn system_read<T: Send + 'static, E: From<Error> + Send + 'static>(
        &self,
        operation: impl FnOnce(&mut ReadTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Answer<T, E> {
        self.ask(Scope::system(), operation)
    }

    fn ask<T: Send + 'static, E: From<Error> + Send + 'static>(
        &self,
        scope: Scope,
        operation: impl FnOnce(&mut ReadTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Answer<T, E> {
        let (reply, answer) = oneshot::channel();
        let sent = self.inner.readers.send(Box::new(move |conn, world| {
            let begun = conn.begin_read().map_err(E::from);
            let result = begun.and_then(|()| {
                let mut tx = ReadTx::new(conn, world, scope);
                attempt(|| operation(&mut tx))
            });
            // There is nothing to keep; and a connection that is lost is replaced.
            drop(conn.end_read());
            // The caller may have gone away, and nobody minds.
            drop(reply.send(result));
        }));
        Answer::to(sent, answer)
    }

    /// Tells, from now on, which workspace's log has grown, on this node and on the others.
    pub fn hints(&self) -> broadcast::Receiver<Hint> {
        self.inner.hints.subscribe()
    }

    /// Tells the other nodes of a moment that nobody keeps: at most 4 KiB, and it may be lost.
    pub fn signal(&self, workspace: &str, text: &str) {
        self.inner.hints.signal(workspace, text);
    }

    /// Tells, from now on, what other nodes signal.
    pub fn signals(&self) -> broadcast::Receiver<Signal> {
        self.inner.hints.signals()
    }

    /// What the lanes have done since the start.
    pub fn stats(&self) -> &Stats {
        &self.inner.stats
    }

    /// How many operations wait for a lane now.
    pub fn queued(&self) -> usize {
        self.inner.lanes.iter().map(Lane::queued).sum()
    }

    /// Whether several nodes may serve this database.
    pub fn is_shared(&self) -> bool {
        matches!(self.inner.target, Target::Postgres { .. })
    }
}

/// What an operation will answer. It runs whether or not anyone waits for this.
#[must_use = "an operation that fails says so in its answer"]
pub struct Answer<T, E>(Pending<T, E>);

enum Pending<T, E> {
    Asked(oneshot::Receiver<Result<T, E>>),
    Refused(Option<Error>),
    Done(Option<Result<T, E>>),
}

// Nothing in it is pinned.
impl<T, E> Unpin for Answer<T, E> {}

impl<T, E> Answer<T, E> {
    fn now(result: Result<T, E>) -> Self {
        Self(Pending::Done(Some(result)))
    }

    fn to(sent: Result<()>, answer: oneshot::Receiver<Result<T, E>>) -> Self {
        Self(match sent {
            Ok(()) => Pending::Asked(answer),
            Err(error) => Pending::Refused(Some(error)),
        })
    }
}

impl<T, E: From<Error>> Future for Answer<T, E> {
    type Output = Result<T, E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            // An operation that was dropped unrun was refused by its lane.
            Pending::Asked(answer) => Pin::new(answer)
                .poll(context)
                .map(|answer| answer.unwrap_or(Err(E::from(Error::Busy)))),
            Pending::Refused(error) => Poll::Ready(Err(error.take().unwrap_or(Error::Busy).into())),
            Pending::Done(result) => {
                Poll::Ready(result.take().unwrap_or(Err(E::from(Error::Busy))))
            }
        }
    }
}

/// A panic is one operation's failure, not its lane's.
fn attempt<T, E: From<Error>>(operation: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let outcome = catch_unwind(AssertUnwindSafe(operation));
    outcome.unwrap_or_else(|_panic| Err(Error::internal("an operation panicked").into()))
}

/// All share their group's fate. Even a refusal does: what it rests on may be a write of the same
/// group, as when an address is taken by a contact that then is not kept.
fn answer_for<T, E: From<Error>>(fate: Fate, result: Result<T, E>) -> Result<T, E> {
    match (fate, result) {
        (Fate::Kept, result) | (Fate::GivenUp, result @ Err(_)) => result,
        (Fate::GivenUp, Ok(_)) => {
            Err(Error::internal("an operation went on after the database had given it up").into())
        }
        (Fate::Full, _) => Err(Error::Full.into()),
        (Fate::Undone, _) | (Fate::Unknown, Err(_)) => Err(Error::Busy.into()),
        (Fate::Unknown, Ok(_)) => Err(Error::CommitUnknown.into()),
    }
}

/// FNV-1a. Every node and every release must agree on it, as on [`LANES`], so it is written out.
fn lane_of(workspace: &str, lanes: usize) -> usize {
    let mix = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    let hash = workspace.bytes().fold(0xcbf2_9ce4_8422_2325, mix);
    // The lowest byte is the one that changes with every letter.
    let [.., lowest] = hash.to_be_bytes();
    usize::from(lowest) % lanes
}

#[cfg(test)]
mod tests;
