//! Change hints: "the log of workspace W is at N". Lost, doubled or late, they are harmless, since
//! whoever is woken by one reads the log.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use postgres::Client;
use tokio::sync::broadcast;

use crate::{
    Target,
    error::{Error, Result},
    postgres::connect_listener,
    tx::Grown,
};

/// A workspace's log has grown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Whose log it is.
    pub workspace: Arc<str>,
    /// How far it has come, at least.
    pub seq: i64,
}

/// Hints that a slow subscriber may have outstanding; then it is told that it lagged.
const PENDING_MAX: usize = 4096;
/// PostgreSQL's name for the channel between nodes.
const CHANNEL: &str = "switchboard_hint";
/// How long a node that lost its listener waits before it listens again.
const RECONNECT_PAUSE: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(crate) struct Hints {
    subscribers: broadcast::Sender<Hint>,
    outbound: Option<Arc<Outbound>>,
}

/// What the other nodes are to be told. Only the newest number of a workspace matters.
struct Outbound {
    grown: Mutex<Grown>,
    wake: SyncSender<()>,
}

impl Hints {
    pub(crate) fn start(target: &Target) -> Result<Self> {
        let (subscribers, _) = broadcast::channel(PENDING_MAX);
        let Target::Postgres { url, authorities } = target else {
            return Ok(Self { subscribers, outbound: None });
        };
        let (wake, woken) = sync_channel(1);
        let outbound = Arc::new(Outbound { grown: Mutex::default(), wake });
        let connect = {
            let (url, authorities) = (url.clone(), authorities.clone());
            move || connect_listener(&url, authorities.as_deref())
        };
        spawn("hint-listener", {
            let (subscribers, connect) = (subscribers.clone(), connect.clone());
            let alive = Arc::downgrade(&outbound);
            move || {
                while alive.strong_count() > 0 {
                    if let Err(error) = listen(&connect, &subscribers, &alive) {
                        tracing::warn!(%error, "lost the line to the other nodes; trying again");
                        thread::park_timeout(RECONNECT_PAUSE);
                    }
                }
            }
        })?;
        spawn("hint-sender", {
            let outbound = Arc::downgrade(&outbound);
            move || {
                let mut conn = None;
                while woken.recv().is_ok() {
                    let Some(outbound) = outbound.upgrade() else { return };
                    let grown = std::mem::take(&mut *lock(&outbound.grown));
                    conn = conn.or_else(|| connect().ok());
                    let told = conn.as_mut().map(|conn| send(conn, &grown));
                    if !matches!(told, Some(Ok(()))) {
                        // The other nodes look again with the next hint.
                        conn = None;
                    }
                }
            }
        })?;
        Ok(Self { subscribers, outbound: Some(outbound) })
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Hint> {
        self.subscribers.subscribe()
    }

    pub(crate) fn tell(&self, grown: Grown) {
        if grown.is_empty() {
            return;
        }
        for (workspace, seq) in &grown {
            // Nobody may be listening yet.
            drop(self.subscribers.send(Hint { workspace: Arc::clone(workspace), seq: *seq }));
        }
        if let Some(outbound) = &self.outbound {
            lock(&outbound.grown).extend(grown);
            // A full channel means that the sender is about to look anyway.
            let _full_or_told = outbound.wake.try_send(());
        }
    }
}

fn send(conn: &mut Client, grown: &Grown) -> Result<()> {
    for (workspace, seq) in grown {
        let payload = format!("{seq} {workspace}");
        conn.execute("select pg_notify($1, $2)", &[&CHANNEL, &payload])?;
    }
    Ok(())
}

fn listen(
    connect: &impl Fn() -> Result<Client>,
    subscribers: &broadcast::Sender<Hint>,
    alive: &std::sync::Weak<Outbound>,
) -> Result<()> {
    let mut conn = connect()?;
    conn.batch_execute(&format!("listen {CHANNEL}"))?;
    while alive.strong_count() > 0 {
        hear(&mut conn, subscribers)?;
        if conn.is_closed() {
            return Err(Error::Busy);
        }
    }
    Ok(())
}

/// Passes on what is said within [`RECONNECT_PAUSE`] of the last word.
fn hear(conn: &mut Client, subscribers: &broadcast::Sender<Hint>) -> Result<()> {
    use postgres::fallible_iterator::FallibleIterator as _;
    let mut notifications = conn.notifications();
    let mut heard = notifications.timeout_iter(RECONNECT_PAUSE);
    while let Some(notification) = heard.next()? {
        if let Some((seq, workspace)) = notification.payload().split_once(' ')
            && let Ok(seq) = seq.parse()
        {
            // Nobody may be listening yet.
            drop(subscribers.send(Hint { workspace: workspace.into(), seq }));
        }
    }
    Ok(())
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(run).map(drop).map_err(Error::internal)
}

fn lock(grown: &Mutex<Grown>) -> std::sync::MutexGuard<'_, Grown> {
    grown.lock().unwrap_or_else(PoisonError::into_inner)
}
