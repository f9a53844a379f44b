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

/// Runs in a savepoint of its own. Says whether to keep its work, and how to answer for it.
pub(crate) type Work = Box<dyn FnOnce(&mut Conn, &World, &mut Grown) -> (bool, Deliver) + Send>;
/// Told, once the group has ended, what became of it.
pub(crate) type Deliver = Box<dyn FnOnce(Fate) + Send>;
type Connect = Box<dyn Fn() -> Result<Conn> + Send>;

/// One operation that waits for its lane.
pub(crate) struct Job {
    pub(crate) work: Work,
    pub(crate) place: &'static Location<'static>,
    pub(crate) urgency: Urgency,
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
    /// The database had given this one operation up, and the operation took no notice: a bug of ours.
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
        self.commits.fetch_add(1, Ordering::Relaxed);
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.commit_us.fetch_add(us, Ordering::Relaxed);
        if let Some(count) = &mut *lock(&self.committed.0) {
            *count += 1;
        }
        self.committed.1.notify_all();
    }

    /// Waits until there have been more commits than `seen`. `None` once the store has ended.
    pub(crate) fn wait_for_commits(&self, seen: u64) -> Option<u64> {
        let (count, changed) = &self.committed;
        let waited = changed.wait_while(lock(count), |count| *count == Some(seen));
        *waited.unwrap_or_else(PoisonError::into_inner)
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
        if conn.as_ref().is_none_or(Conn::is_closed) {
            // A lost connection holds a lock until the server sees that it is gone.
            *conn = None;
            match (self.connect)() {
                Ok(new) => *conn = Some(new),
                Err(error) => return refuse_all(queue, &error),
            }
        }
        let Some(conn) = conn else { return };
        let mut delivers = Vec::with_capacity(GROUP_MAX);
        let mut grown = Grown::new();
        let begun = stopwatch();
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

    /// Begins a transaction and does all but end it. Jobs that come while it waits for the lane's
    /// lock join the group, since they are taken one by one.
    fn work(
        &self,
        conn: &mut Conn,
        queue: &Queue,
        delivers: &mut Vec<(Option<Fate>, Deliver)>,
        grown: &mut Grown,
    ) -> Result<()> {
        if let Err(error) = conn.begin_write(self.number) {
            // Whoever waits is told now: nothing of theirs was begun.
            refuse_all(queue, &error);
            return Err(error);
        }
        let mut background = 0;
        conn.step("savepoint operation")?;
        while delivers.len() < GROUP_MAX
            && let Some(job) = queue.next(background)
        {
            background += usize::from(job.urgency == Urgency::Background);
            let begun = stopwatch();
            // What a failed operation says of the log is forgotten with it.
            let mut says = Grown::new();
            let (keep, deliver) = (job.work)(conn, &self.shared.world, &mut says);
            delivers.push((None, deliver));
            if SLOW < begun.elapsed() {
                self.shared.stats.slow.fetch_add(1, Ordering::Relaxed);
                let took_ms = begun.elapsed().as_millis();
                tracing::warn!(place = %job.place, took_ms, "an operation was slow");
            }
            if keep && conn.next_savepoint().is_ok() {
                grown.append(&mut says);
                continue;
            }
            if let Some(error) = conn.has_lost_its_transaction() {
                return Err(error);
            }
            if keep && let Some((own_fate, _)) = delivers.last_mut() {
                tracing::error!(place = %job.place, "an operation hid a refusal of the database");
                *own_fate = Some(Fate::GivenUp);
            }
            // It stays open for the next operation.
            conn.step("rollback to savepoint operation")?;
        }
        Ok(())
    }
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
fn stopwatch() -> Instant {
    Instant::now()
}
