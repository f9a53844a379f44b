//! Many connections, each of which asks, waits, and asks again.
//!
//! The load shares the machine with the server, so it is as cheap as it can be: one thread, and
//! answers of which nothing is read but the status and the length.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

use crate::{
    client::{self, Maker},
    time,
};

/// Writes the next request.
pub type Next = Arc<dyn Fn(&Maker, &mut Vec<u8>) + Send + Sync>;

/// What is asked, and for how long.
pub struct Load {
    /// Whom, and as whom.
    pub maker: Maker,
    /// How many ask at once.
    pub connections: usize,
    /// How long, after a moment that is not counted.
    pub seconds: f64,
    /// What.
    pub next: Next,
    /// How every answer must begin.
    pub status: u16,
}

/// What came of it.
pub struct Tally {
    /// Answers a second, without the first moment.
    pub rate: f64,
    /// All answers, the first moment included.
    pub answered: u64,
    /// Microseconds that each answer took, in order.
    pub latencies: Vec<u32>,
}

/// A share of the time at the beginning is not counted.
const WARM_UP: f64 = 0.2;

impl Load {
    /// Asks until the time is over.
    pub fn run(self) -> anyhow::Result<Tally> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let seconds = self.seconds;
        let (answered, mut latencies) = runtime.block_on(self.ask_all())?;
        latencies.sort_unstable();
        let rate = latencies.len() as f64 / seconds;
        Ok(Tally { rate, answered, latencies })
    }

    /// Asks until the server is gone, and says how many answers there were.
    pub fn run_until_killed(self) -> anyhow::Result<u64> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async move {
            let load = Arc::new(self);
            let mut tasks = JoinSet::new();
            for _ in 0..load.connections {
                let load = Arc::clone(&load);
                tasks.spawn(async move {
                    let mut answered = 0;
                    // It ends when the connection does, which is what is waited for.
                    drop(load.ask(None, &mut answered, &mut Vec::new()).await);
                    answered
                });
            }
            Ok(tasks.join_all().await.into_iter().sum())
        })
    }

    async fn ask_all(self) -> anyhow::Result<(u64, Vec<u32>)> {
        let begun = time::stopwatch();
        let from = begun + Duration::from_secs_f64(self.seconds * WARM_UP);
        let until = from + Duration::from_secs_f64(self.seconds);
        let load = Arc::new(self);
        let mut tasks = JoinSet::new();
        for _ in 0..load.connections {
            let load = Arc::clone(&load);
            tasks.spawn(async move {
                let (mut answered, mut latencies) = (0, Vec::new());
                load.ask(Some((from, until)), &mut answered, &mut latencies).await?;
                anyhow::Ok((answered, latencies))
            });
        }
        let (mut answered, mut latencies) = (0, Vec::new());
        while let Some(done) = tasks.join_next().await {
            let (count, took) = done.context("a connection panicked")??;
            answered += count;
            latencies.extend(took);
        }
        Ok((answered, latencies))
    }

    async fn ask(
        &self,
        between: Option<(Instant, Instant)>,
        answered: &mut u64,
        latencies: &mut Vec<u32>,
    ) -> anyhow::Result<()> {
        let mut stream = TcpStream::connect(self.maker.address).await?;
        stream.set_nodelay(true)?;
        let mut request = Vec::with_capacity(1024);
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let begun = time::stopwatch();
            if between.is_some_and(|(_, until)| until <= begun) {
                return Ok(());
            }
            request.clear();
            (self.next)(&self.maker, &mut request);
            let sent = time::stopwatch();
            stream.write_all(&request).await?;
            self.receive(&mut stream, &mut buffer).await?;
            *answered += 1;
            let now = time::stopwatch();
            if between.is_some_and(|(from, until)| from <= now && now < until) {
                latencies.push(time::microseconds(sent));
            }
        }
    }

    async fn receive(&self, stream: &mut TcpStream, buffer: &mut [u8]) -> anyhow::Result<()> {
        let mut filled = 0;
        loop {
            let count = stream.read(&mut buffer[filled..]).await?;
            anyhow::ensure!(0 < count, "the server closed a connection");
            filled += count;
            let Some(head) = client::head(&buffer[..filled])? else { continue };
            anyhow::ensure!(head.whole <= buffer.len(), "an answer was too long");
            anyhow::ensure!(
                head.status == self.status,
                "an answer was {} instead of {}: {}",
                head.status,
                self.status,
                String::from_utf8_lossy(&buffer[head.head..filled])
            );
            if head.whole <= filled {
                return Ok(());
            }
        }
    }
}
