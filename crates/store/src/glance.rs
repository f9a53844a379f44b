//! Connections for reads that are done where they are asked.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{Conn, Stats, error::Result, lane::stopwatch};

/// As many as there are threads that may ask at once; whoever finds none asks a reader.
const CONNECTIONS: usize = 4;
/// What another process wrote is seen after this time at the latest; what this one wrote, at once.
const SNAPSHOT_AGE_MAX: Duration = Duration::from_millis(20);

/// Idle connections that cannot write: of SQLite alone, which needs no thread of its own.
///
/// To begin and end a read costs half of a small one. So while nothing is written a connection stays
/// in one snapshot, which shows what a new one would show.
pub(crate) struct Glances {
    idle: Mutex<Vec<Glance>>,
    stats: Arc<Stats>,
    /// Whether nobody may stay in a snapshot now.
    is_checkpoint: AtomicBool,
}

/// One of them.
pub(crate) struct Glance {
    pub(crate) conn: Conn,
    /// Commits of this process that were known when it was used last.
    commits: u64,
    /// Since when it has been in a snapshot.
    snapshot: Option<Instant>,
}

impl Glances {
    /// None at all.
    pub(crate) fn none(stats: &Arc<Stats>) -> Self {
        Self::of(Vec::new(), stats)
    }

    pub(crate) fn open(stats: &Arc<Stats>, connect: impl Fn() -> Result<Conn>) -> Result<Self> {
        let glance = |conn| Glance { conn, commits: 0, snapshot: None };
        let idle = (0..CONNECTIONS).map(|_| connect().map(glance)).collect::<Result<_>>()?;
        Ok(Self::of(idle, stats))
    }

    fn of(idle: Vec<Glance>, stats: &Arc<Stats>) -> Self {
        let (idle, stats) = (Mutex::new(idle), Arc::clone(stats));
        Self { idle, stats, is_checkpoint: AtomicBool::new(false) }
    }

    /// One that shows all that was committed before.
    pub(crate) fn take(&self) -> Option<Glance> {
        let commits = self.commits();
        let mut glance = lock(&self.idle).pop()?;
        let is_old = |since: Instant| SNAPSHOT_AGE_MAX < since.elapsed();
        let is_same = glance.commits == commits && !self.is_checkpoint.load(Ordering::Acquire);
        if !is_same || glance.snapshot.is_some_and(is_old) {
            glance.leave();
        }
        glance.commits = commits;
        // While something is written all the time, a snapshot would serve one read alone.
        if is_same && glance.snapshot.is_none() && glance.conn.begin_read().is_ok() {
            glance.snapshot = Some(stopwatch());
        }
        Some(glance)
    }

    pub(crate) fn put(&self, mut glance: Glance) {
        let mut idle = lock(&self.idle);
        if glance.commits != self.commits() || self.is_checkpoint.load(Ordering::Acquire) {
            glance.leave();
        }
        idle.push(glance);
    }

    /// Runs `checkpoint` while nobody stays in a snapshot: it would wait for them, and writers for it.
    pub(crate) fn without_snapshots<T>(&self, checkpoint: impl FnOnce() -> T) -> T {
        self.is_checkpoint.store(true, Ordering::Release);
        for glance in lock(&self.idle).iter_mut() {
            glance.leave();
        }
        let done = checkpoint();
        self.is_checkpoint.store(false, Ordering::Release);
        done
    }

    fn commits(&self) -> u64 {
        self.stats.commits.load(Ordering::Acquire)
    }
}

impl Glance {
    fn leave(&mut self) {
        if self.snapshot.take().is_some() {
            // There is nothing to keep.
            drop(self.conn.end_read());
        }
    }
}

fn lock(idle: &Mutex<Vec<Glance>>) -> std::sync::MutexGuard<'_, Vec<Glance>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}
