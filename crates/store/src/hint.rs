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

/// Something of a moment, which another node tells and nobody keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// Whom it concerns.
    pub workspace: Arc<str>,
    /// What it says: at most 4 KiB.
    pub text: String,
}

/// Hints that a slow subscriber may have outstanding; then it is told that it lagged.
const PENDING_MAX: usize = 4096;
/// PostgreSQL's names for the channels between nodes.
const CHANNEL: &str = "switchboard_hint";
const SIGNALS: &str = "switchboard_signal";
/// Signals that wait for the line to the other nodes; beyond, they are lost.
const SIGNALS_MAX: usize = 1_000;
/// PostgreSQL carries 8,000 bytes at once.
const SIGNAL_BYTES_MAX: usize = 4_096;
/// How long a node that lost its listener waits before it listens again.
const RECONNECT_PAUSE: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(crate) struct Hints {
    subscribers: broadcast::Sender<Hint>,
    signals: broadcast::Sender<Signal>,
    outbound: Option<Arc<Outbound>>,
}

/// What the other nodes are to be told. Only the newest number of a workspace matters.
struct Outbound {
    grown: Mutex<Grown>,
    signals: Mutex<Vec<Signal>>,
    /// Tells this node's own signals from others'.
    node: String,
    wake: SyncSender<()>,
}

impl Hints {
    pub(crate) fn start(target: &Target, node: u128) -> Result<Self> {
        let (subscribers, _) = broadcast::channel(PENDING_MAX);
        let (signals, _) = broadcast::channel(PENDING_MAX);
        let Target::Postgres { url, authorities } = target else {
            return Ok(Self { subscribers, signals, outbound: None });
        };
        let (wake, woken) = sync_channel(1);
        let node = format!("{node:032x}");
        let outbound = Arc::new(Outbound {
            grown: Mutex::default(),
            signals: Mutex::default(),
            node: node.clone(),
            wake,
        });
        let connect = {
            let (url, authorities) = (url.clone(), authorities.clone());
            move || connect_listener(&url, authorities.as_deref())
        };
        spawn("hint-listener", {
            let connect = connect.clone();
            let heard = Heard { subscribers: subscribers.clone(), signals: signals.clone(), node };
            let alive = Arc::downgrade(&outbound);
            move || {
                while alive.strong_count() > 0 {
                    if let Err(error) = listen(&connect, &heard, &alive) {
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
                    let signals = std::mem::take(&mut *lock(&outbound.signals));
                    conn = conn.or_else(|| connect().ok());
                    let told = conn.as_mut().map(|conn| {
                        send(conn, &grown)?;
                        send_signals(conn, &outbound.node, &signals)
                    });
                    if !matches!(told, Some(Ok(()))) {
                        // The other nodes look again with the next hint.
                        conn = None;
                    }
                }
            }
        })?;
        Ok(Self { subscribers, signals, outbound: Some(outbound) })
    }

    /// What other nodes signal.
    pub(crate) fn signals(&self) -> broadcast::Receiver<Signal> {
        self.signals.subscribe()
    }

    /// Tells the other nodes of a moment. It may be lost.
    pub(crate) fn signal(&self, workspace: &str, text: &str) {
        let Some(outbound) = &self.outbound else { return };
        let mut waiting = lock(&outbound.signals);
        if waiting.len() < SIGNALS_MAX && text.len() <= SIGNAL_BYTES_MAX {
            waiting.push(Signal { workspace: workspace.into(), text: text.to_owned() });
        }
        drop(waiting);
        // A full channel means that the sender is about to look anyway.
        let _full_or_told = outbound.wake.try_send(());
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

fn send_signals(conn: &mut Client, node: &str, signals: &[Signal]) -> Result<()> {
    for Signal { workspace, text } in signals {
        let payload = format!("{node} {workspace} {text}");
        conn.execute("select pg_notify($1, $2)", &[&SIGNALS, &payload])?;
    }
    Ok(())
}

/// Where to pass on what is heard.
struct Heard {
    subscribers: broadcast::Sender<Hint>,
    signals: broadcast::Sender<Signal>,
    node: String,
}

fn listen(
    connect: &impl Fn() -> Result<Client>,
    heard: &Heard,
    alive: &std::sync::Weak<Outbound>,
) -> Result<()> {
    let mut conn = connect()?;
    conn.batch_execute(&format!("listen {CHANNEL}; listen {SIGNALS}"))?;
    while alive.strong_count() > 0 {
        hear(&mut conn, heard)?;
        if conn.is_closed() {
            return Err(Error::Busy);
        }
    }
    Ok(())
}

/// Passes on what is said within [`RECONNECT_PAUSE`] of the last word.
fn hear(conn: &mut Client, to: &Heard) -> Result<()> {
    use postgres::fallible_iterator::FallibleIterator as _;
    let mut notifications = conn.notifications();
    let mut heard = notifications.timeout_iter(RECONNECT_PAUSE);
    while let Some(notification) = heard.next()? {
        let Some((first, rest)) = notification.payload().split_once(' ') else { continue };
        // Nobody may be listening yet.
        if notification.channel() == CHANNEL {
            if let Ok(seq) = first.parse() {
                drop(to.subscribers.send(Hint { workspace: rest.into(), seq }));
            }
        } else if first != to.node
            && let Some((workspace, text)) = rest.split_once(' ')
        {
            let (workspace, text) = (workspace.into(), text.to_owned());
            drop(to.signals.send(Signal { workspace, text }));
        }
    }
    Ok(())
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(run).map(drop).map_err(Error::internal)
}

fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
