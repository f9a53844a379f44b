//! A few threads that answer reads, each on a connection that cannot write.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::{self, JoinHandle},
};

use crate::{
    Conn, World,
    error::{Error, Result},
};

/// Runs in a transaction of its own, and answers by itself: there is no commit to wait for.
pub(crate) type Job = Box<dyn FnOnce(&mut Conn, &World) + Send>;

/// Reads that may wait. A further one is answered [`Error::Busy`].
const QUEUE_MAX: usize = 4096;

#[derive(Default)]
struct Queue {
    waiting: Mutex<(VecDeque<Job>, bool)>,
    arrived: Condvar,
}

/// All take from one queue, so that a slow read holds up no other while a thread is free.
pub(crate) struct Readers {
    queue: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
}

impl Readers {
    pub(crate) fn start(
        connect: impl Fn() -> Result<Conn> + Clone + Send + 'static,
        count: usize,
        world: &World,
    ) -> Result<Self> {
        let queue = Arc::new(Queue::default());
        let start = |number| {
            let (queue, world, connect) = (Arc::clone(&queue), world.clone(), connect.clone());
            let mut conn = Some(connect()?);
            let run = move || {
                while let Some(job) = queue.next() {
                    if conn.as_ref().is_none_or(Conn::is_closed) {
                        conn = connect().inspect_err(complain).ok();
                    }
                    // To drop a job is to answer it `Busy`.
                    if let Some(conn) = &mut conn {
                        job(conn, &world);
                    }
                }
            };
            let thread = thread::Builder::new().name(format!("reader-{number}")).spawn(run);
            thread.map_err(Error::internal)
        };
        let threads = (0..count).map(start).collect::<Result<_>>()?;
        Ok(Self { queue, threads })
    }

    pub(crate) fn send(&self, job: Job) -> Result<()> {
        let mut waiting = self.queue.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if QUEUE_MAX <= waiting.0.len() {
            return Err(Error::Busy);
        }
        waiting.0.push_back(job);
        drop(waiting);
        self.queue.arrived.notify_one();
        Ok(())
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue.waiting.lock().unwrap_or_else(PoisonError::into_inner).1 = true;
        self.queue.arrived.notify_all();
        for thread in self.threads.drain(..) {
            // A reader does not panic; and if one did, there is nobody left to tell.
            drop(thread.join());
        }
    }
}

impl Queue {
    fn next(&self) -> Option<Job> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = |(jobs, is_closed): &mut (VecDeque<Job>, bool)| jobs.is_empty() && !*is_closed;
        let waiting = self.arrived.wait_while(waiting, idle);
        waiting.unwrap_or_else(PoisonError::into_inner).0.pop_front()
    }
}

fn complain(error: &Error) {
    tracing::error!(?error, "the database is away: reads are refused until it is back");
}
