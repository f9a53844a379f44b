//! A thread, its connection, and the group commit.

use std::{
    collections::VecDeque,
    panic::Location,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::{
    Conn, Urgency, World,
    error::{Error, Result},
    hint::Hints,
    tx::Grown,
};

/// Says what came of it, and how to answer for it.
pub(crate) type Work = Box<dyn FnOnce(&mut Conn, &World, &mut Grown) -> (Outcome, Deliver) + Send>;
/// Told, once the group has ended, what became of it.
pub(crate) type Deliver = Box<dyn FnOnce(Fate) + Send>;
type Connect = Box<dyn Fn() -> Result<Conn> + Send>;

/// One operation that waits for its lane.
pub(crate) struct Job {
    pub(crate) work: Work,
    pub(crate) place: &'static Location<'static>,
    pub(crate) urgency: Urgency,
    pub(crate) guard: Guard,
}

/// What keeps the failure of one operation from the others of its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// What it did is undone.
    Savepoint,
    /// It refuses before it does anything.
    Checks,
}

/// What came of one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Kept,
    /// It failed, and had written nothing.
    Refused,
    /// It failed in the middle.
    Broken,
}

/// What became of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is on disk.
    Kept,
    /// It failed before the commit: nothing of it stands.
    Undone,
    /// There was no room on the disk: nothing of it stands.
    Full,
    /// The database had given this one operation up, and the operation took no notice, or could not
    /// yet: a bug of ours.
    GivenUp,
    /// The commit itself failed. It may stand or not, and a new connection has to look.
    Unknown,
}

/// What all lanes of a store use.
pub(crate) struct Shared {
    pub(crate) world: World,
    pub(crate) hints: Hints,
    pub(crate) stats: Arc<Stats>,
}

/// Operations that may wait for one lane. A further one is answered [`Error::Busy`].
const QUEUE_MAX: usize = 4096;
/// Larger groups only wait longer.
const GROUP_MAX: usize = 64;
/// How much of a group may be work for which nobody waits.
const GROUP_BACKGROUND_MAX: usize = GROUP_MAX / 2;
/// Operations are short by rule; one that takes longer than this is named in the log.
const SLOW: Duration = Duration::from_millis(50);
/// How long a lane whose database is away waits before it tries again.
const RECONNECT_PAUSE: Duration = Duration::from_millis(250);

/// What the lanes have done since the start.
pub struct Stats {
    /// Operations that were committed.
    pub operations: AtomicU64,
    /// Commits that made them durable: one may hold up to 64 operations.
    pub commits: AtomicU64,
    /// Operations that took longer than 50 ms.
    pub slow: AtomicU64,
    /// Groups that were not committed.
    pub failed: AtomicU64,
    /// Microseconds spent in commits, the wait for the disk included.
    pub commit_us: AtomicU64,
    /// `None` once the store has ended.
    committed: (Mutex<Option<u64>>, Condvar),
}

impl Default for Stats {
    fn default() -> Self {
        Self {
            operations: AtomicU64::new(0),
            commits: AtomicU64::new(0),
            slow: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            commit_us: AtomicU64::new(0),
            committed: (Mutex::new(Some(0)), Condvar::new()),
        }
    }
}

impl Stats {
    fn note(&self, operations: usize, took: Duration) {
        self.operations.fetch_add(operations as u64, Ordering::Relaxed);
        // Before anyone is answered: see `Glances`.
        self.commits.fetch_add(1, Ordering::Release);
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.commit_us.fetch_add(us, Ordering::Relaxed);
        if let Some(count) = &mut *lock(&self.committed.0) {
            *count += 1;
        }
        self.committed.1.notify_all();
    }

    /// Waits until there have been more commits than `seen`, or none for `patience`. `None` once the
    /// store has ended.
    pub(crate) fn wait_for_commits(&self, seen: u64, patience: Duration) -> Option<u64> {
        let (count, changed) = &self.committed;
        let is_same = |count: &mut Option<u64>| *count == Some(seen);
        let waited = changed.wait_timeout_while(lock(count), patience, is_same);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    pub(crate) fn end(&self) {
        *lock(&self.committed.0) = None;
        self.committed.1.notify_all();
    }
}

#[derive(Default)]
struct Waiting {
    people: VecDeque<Job>,
    background: VecDeque<Job>,
    is_closed: bool,
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Condvar,
}

pub(crate) struct Lane {
    queue: Arc<Queue>,
    thread: Option<JoinHandle<()>>,
}

impl Lane {
    pub(crate) fn start(connect: Connect, number: u8, shared: Shared) -> Result<Self> {
        let queue = Arc::new(Queue::default());
        let mut conn = Some(connect()?);
        let waiting = Arc::clone(&queue);
        let run = move || {
            let mut runner = Runner { number, shared, connect };
            while waiting.wait() {
                runner.run_group(&mut conn, &waiting);
            }
        };
        let thread = thread::Builder::new().name(format!("lane-{number}")).spawn(run);
        Ok(Self { queue, thread: Some(thread.map_err(Error::internal)?) })
    }

    pub(crate) fn send(&self, job: Job) -> Result<()> {
        let mut waiting = lock(&self.queue.waiting);
        if QUEUE_MAX <= waiting.people.len() + waiting.background.len() {
            return Err(Error::Busy);
        }
        match job.urgency {
            Urgency::People => waiting.people.push_back(job),
            Urgency::Background => waiting.background.push_back(job),
        }
        drop(waiting);
        self.queue.arrived.notify_one();
        Ok(())
    }

    pub(crate) fn queued(&self) -> usize {
        let waiting = lock(&self.queue.waiting);
        waiting.people.len() + waiting.background.len()
    }
}

impl Drop for Lane {
    /// Does what is queued, and only then ends.
    fn drop(&mut self) {
        lock(&self.queue.waiting).is_closed = true;
        self.queue.arrived.notify_all();
        if let Some(thread) = self.thread.take() {
            // A lane does not panic; and if one did, there is nobody left to tell.
            drop(thread.join());
        }
    }
}

impl Queue {
    /// Whether there is something to do; `false` once the lane is closed and done.
    fn wait(&self) -> bool {
        let idle = |waiting: &mut Waiting| {
            waiting.people.is_empty() && waiting.background.is_empty() && !waiting.is_closed
        };
        let waiting = self.arrived.wait_while(lock(&self.waiting), idle);
        let waiting = waiting.unwrap_or_else(PoisonError::into_inner);
        !(waiting.people.is_empty() && waiting.background.is_empty())
    }

    /// People go first. But each group takes one piece of background work, so that none starves.
    fn next(&self, background: usize) -> Option<Job> {
        let mut waiting = lock(&self.waiting);
        let due = background == 0 || waiting.people.is_empty();
        if due && background < GROUP_BACKGROUND_MAX && !waiting.background.is_empty() {
            return waiting.background.pop_front();
        }
        waiting.people.pop_front()
    }
}

/// What a lane's thread holds, but for the connection.
struct Runner {
    number: u8,
    shared: Shared,
    connect: Connect,
}

impl Runner {
    fn run_group(&mut self, conn: &mut Option<Conn>, queue: &Queue) {
        let begun = stopwatch();
        let conn = match self.begin(conn) {
            Ok(conn) => conn,
            // Whoever waits is told now: nothing of theirs was begun.
            Err(error) => return refuse_all(queue, &error),
        };
        let mut delivers = Vec::with_capacity(GROUP_MAX);
        let mut grown = Grown::new();
        let worked = self.work(conn, queue, &mut delivers, &mut grown);
        let fate = end(conn, worked);
        if fate == Fate::Kept {
            self.shared.stats.note(delivers.len(), begun.elapsed());
            self.shared.hints.tell(grown);
        } else {
            self.shared.stats.failed.fetch_add(1, Ordering::Relaxed);
        }
        for (own_fate, deliver) in delivers {
            deliver(own_fate.filter(|_| fate == Fate::Kept).unwrap_or(fate));
        }
    }

    /// Begins a transaction, on a new connection if there is none any more. That a connection was
    /// lost while nothing happened is seen only here, and then is tried once more.
    fn begin<'conn>(&self, conn: &'conn mut Option<Conn>) -> Result<&'conn mut Conn> {
        if let Some(known) = conn {
            match known.begin_write(self.number) {
                Ok(()) => return conn.as_mut().ok_or(Error::Busy),
                Err(error) if !known.is_lost() => return Err(error),
                Err(_lost) => {}
            }
        }
        // A lost connection holds a lock until the server sees that it is gone.
        *conn = None;
        let new = conn.insert((self.connect)()?);
        new.begin_write(self.number)?;
        Ok(new)
    }

    /// Does all of a transaction but begin and end it. Jobs that came while it waited for the lane's
    /// lock join the group, since they are taken one by one.
    fn work(
        &self,
        conn: &mut Conn,
        queue: &Queue,
        delivers: &mut Vec<(Option<Fate>, Deliver)>,
        grown: &mut Grown,
    ) -> Result<()> {
        let mut background = 0;
        let mut has_savepoint = false;
        while delivers.len() < GROUP_MAX
            && let Some(job) = queue.next(background)
        {
            background += usize::from(job.urgency == Urgency::Background);
            let wants_savepoint = job.guard == Guard::Savepoint;
            if wants_savepoint != has_savepoint {
                conn.send_step(if wants_savepoint { SAVEPOINT } else { RELEASE })?;
                has_savepoint = wants_savepoint;
            }
            let begun = stopwatch();
            // What a failed operation says of the log is forgotten with it.
            let mut says = Grown::new();
            let (outcome, deliver) = (job.work)(conn, &self.shared.world, &mut says);
            delivers.push((None, deliver));
            if SLOW < begun.elapsed() {
                self.shared.stats.slow.fetch_add(1, Ordering::Relaxed);
                let took_ms = begun.elapsed().as_millis();
                tracing::warn!(place = %job.place, took_ms, "an operation was slow");
            }
            let own_fate = if has_savepoint {
                settle(conn, outcome, job.place)?
            } else {
                check(conn, outcome, job.place)?
            };
            if outcome == Outcome::Kept && own_fate.is_none() {
                grown.append(&mut says);
            }
            if let Some((known, _)) = delivers.last_mut() {
                *known = own_fate;
            }
        }
        conn.flush()
    }
}

const SAVEPOINT: &str = "savepoint operation";
const RELEASE: &str = "release savepoint operation";

/// Keeps or undoes what was done since the savepoint, and sets it anew. Gives the fate of an
/// operation that the database refused although it says otherwise.
fn settle(
    conn: &mut Conn,
    outcome: Outcome,
    place: &'static Location<'static>,
) -> Result<Option<Fate>> {
    let kept = if outcome == Outcome::Kept { Some(conn.next_savepoint()) } else { None };
    if matches!(kept, Some(Ok(()))) {
        return Ok(None);
    }
    if let Some(error) = conn.has_lost_its_transaction() {
        return Err(error);
    }
    // It stays open for the next operation.
    conn.step("rollback to savepoint operation")?;
    let Some(Err(error)) = kept else { return Ok(None) };
    tracing::error!(%place, ?error, "the database refused an operation");
    Ok(Some(match error {
        Error::Full => Fate::Full,
        Error::Busy | Error::Slow => Fate::Undone,
        _ => Fate::GivenUp,
    }))
}

/// There is no savepoint: an operation that wrote and failed takes its group with it.
fn check(conn: &Conn, outcome: Outcome, place: &'static Location<'static>) -> Result<Option<Fate>> {
    if let Some(error) = conn.has_lost_its_transaction() {
        return Err(error);
    }
    if outcome == Outcome::Broken || conn.has_failed() {
        tracing::error!(%place, "an operation without a savepoint failed after it wrote");
        return Err(conn.failure());
    }
    Ok(None)
}

fn end(conn: &mut Conn, worked: Result<()>) -> Fate {
    let fate = match worked {
        Ok(()) => match conn.step("commit") {
            Ok(()) => return Fate::Kept,
            Err(Error::Full) => Fate::Full,
            Err(error) => {
                tracing::error!(?error, "a commit failed: its group may stand or not");
                Fate::Unknown
            }
        },
        Err(Error::Full) => Fate::Full,
        Err(error) => {
            tracing::error!(?error, "a group was undone");
            Fate::Undone
        }
    };
    if fate == Fate::Full {
        tracing::error!("the disk is full: writes are refused until there is room");
    }
    // Best effort: on a lost connection there is nothing left to undo.
    drop(conn.step("rollback"));
    fate
}

/// Answers everyone who waits that the database is away, and lets it rest.
fn refuse_all(queue: &Queue, error: &Error) {
    tracing::error!(?error, "the database is away: writes are refused until it is back");
    let mut waiting = lock(&queue.waiting);
    // To drop a job is to answer it `Busy`.
    waiting.people.clear();
    waiting.background.clear();
    // A closing lane does not rest.
    let rest = queue.arrived.wait_timeout_while(waiting, RECONNECT_PAUSE, |now| !now.is_closed);
    drop(rest);
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(clippy::disallowed_methods, reason = "how long something took is not a time of day")]
pub(crate) fn stopwatch() -> Instant {
    Instant::now()
}
