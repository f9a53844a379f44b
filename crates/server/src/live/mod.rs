//! The realtime gateway: a reader of the log that keeps nothing. Whoever listens gets what their
//! credential may read, in the order of the log, and says by one number what they have.
//!
//! A node reads a workspace's log once, whoever listens. A listener that does not keep up is dropped
//! and comes back with its number; nothing waits for it.

mod feed;
pub mod frame;
pub mod http;
mod presence;
pub mod socket;
pub mod stream;

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::extract::ws::Utf8Bytes;
use store::{Scope, Store};
use tokio::{sync::mpsc, time::Instant};

pub use self::{feed::follow, presence::beat, stream::Since};
use self::{
    feed::{Feed, Seat},
    frame::Signal,
};
use crate::{
    access::{Permission, Rights},
    attachment::Signer,
    error::{Error, Result},
    event::{self, Entry},
    id::{ConversationId, OperatorId, VisitorId},
    visitor,
};

/// Frames that may wait for one listener.
pub const QUEUE_MAX: usize = 256;
/// Entries that are told to whoever comes back; beyond, they fetch the lists anew.
const REPLAY_MAX: i64 = 1_000;
/// Connections of one visitor.
const VISITOR_LINES_MAX: usize = 5;
/// Listeners of one node.
const LISTENERS_MAX: usize = 50_000;
/// How often it is tried to join while conversations begin.
const JOINS_MAX: usize = 5;
/// That somebody writes is passed on this often.
const TYPING_EVERY: Duration = Duration::from_secs(2);
/// Conversations of a visitor that they hear of.
const TALKS_MAX: i64 = 50;

/// Everyone who listens on this node.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    store: Store,
    signer: Signer,
    feeds: Mutex<BTreeMap<Arc<str>, Feed>>,
    next: AtomicU64,
}

/// Who listens.
#[derive(Clone, Debug)]
pub enum Listener {
    /// Someone of the team, or a program.
    Team {
        /// Their workspace.
        scope: Scope,
        /// What they may read.
        rights: Rights,
        /// What they showed to be let in.
        shown: String,
        /// Whom they act for, if they are a person or an app.
        acts_for: Option<OperatorId>,
        /// Who they are, if they said so.
        operator: Option<(OperatorId, String)>,
    },
    /// A visitor.
    Visitor {
        /// Their workspace.
        scope: Scope,
        /// Who they are.
        visitor: VisitorId,
        /// Whether the team may know which page they are on.
        is_followed: bool,
    },
}

/// Why a connection is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It does not read what it is told.
    Slow,
    /// The server stops.
    Stopping,
    /// The credential does not hold any more.
    Revoked,
    /// The visitor has too many of them.
    Replaced,
}

/// One connection's end of the hub. It leaves when it is dropped.
pub struct Line {
    hub: Hub,
    listener: Listener,
    number: u64,
    frames: mpsc::Receiver<Utf8Bytes>,
    ended: Arc<OnceLock<Reason>>,
    /// Where the live stream begins.
    position: i64,
    /// When the listener last wrote, and what they look at.
    typed_at: Mutex<Option<Instant>>,
    viewing: Mutex<Option<ConversationId>>,
}

/// What was missed.
#[derive(Debug)]
pub enum Missed {
    /// This, in order.
    Frames(Vec<Utf8Bytes>),
    /// Too much, or too old.
    Resync,
}

impl Listener {
    /// Their workspace.
    pub fn scope(&self) -> &Scope {
        match self {
            Self::Team { scope, .. } | Self::Visitor { scope, .. } => scope,
        }
    }
}

impl Reason {
    /// The word in the frame.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Slow => "slow",
            Self::Stopping => "stopping",
            Self::Revoked => "revoked",
            Self::Replaced => "replaced",
        }
    }

    /// The code with which a socket is closed.
    pub fn code(self) -> u16 {
        match self {
            Self::Slow => 1013,
            Self::Stopping => 1012,
            Self::Revoked | Self::Replaced => 1008,
        }
    }

    /// Whether to come back.
    pub fn may_resume(self) -> bool {
        matches!(self, Self::Slow | Self::Stopping)
    }
}

/// Conversations of one operator that a listener who sees only theirs is told of.
const GIVEN_MAX: i64 = 10_000;

impl Hub {
    /// A hub nobody listens to yet.
    pub fn new(store: Store, signer: Signer) -> Self {
        let (feeds, next) = (Mutex::default(), AtomicU64::new(1));
        Self(Arc::new(Inner { store, signer, feeds, next }))
    }

    fn feeds(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, Feed>> {
        self.0.feeds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets `listener` hear what happens from now on. What they missed before is [`Line::missed`].
    ///
    /// # Errors
    /// [`Error::Busy`] when too many listen already, and those of the store.
    pub async fn join(&self, listener: Listener) -> Result<Line> {
        let (mut newest, mut talks) = self.known(&listener).await?;
        for _ in 0..JOINS_MAX {
            let line = self.enter(listener.clone(), newest, &talks).await?;
            // One that began in between might have been overlooked.
            let (now, all) = self.known(&listener).await?;
            if all.iter().all(|talk| talks.contains(talk)) {
                return Ok(line);
            }
            (newest, talks) = (now, all);
        }
        Err(Error::Busy)
    }

    async fn enter(
        &self,
        listener: Listener,
        newest: i64,
        talks: &[ConversationId],
    ) -> Result<Line> {
        let (sender, frames) = mpsc::channel(QUEUE_MAX);
        let ended = Arc::new(OnceLock::new());
        let number = self.0.next.fetch_add(1, Ordering::Relaxed);
        let seat = Seat { number, position: newest, sender, ended: Arc::clone(&ended) };
        let workspace: Arc<str> = listener.scope().workspace().into();
        let read_so_far = self.feeds().get(&workspace).map(Feed::seq);
        if read_so_far.is_some_and(|seq| seq < newest) {
            // Whoever comes knows what was told elsewhere, and perhaps not yet here.
            feed::catch_up(self, &workspace).await?;
        }
        let (position, is_first) = self.add(newest, &listener, seat, talks)?;
        let line = Line {
            hub: self.clone(),
            listener,
            number,
            frames,
            ended,
            position,
            typed_at: Mutex::default(),
            viewing: Mutex::default(),
        };
        if read_so_far.is_none() {
            // What happened before anybody listened here was hinted to nobody.
            feed::catch_up(self, &workspace).await?;
        }
        if is_first {
            presence::arrived(self, &line.listener).await?;
        }
        Ok(line)
    }

    fn add(
        &self,
        newest: i64,
        listener: &Listener,
        mut seat: Seat,
        talks: &[ConversationId],
    ) -> Result<(i64, bool)> {
        let mut feeds = self.feeds();
        if LISTENERS_MAX <= feeds.values().map(Feed::count).sum() {
            return Err(Error::Busy);
        }
        let workspace: Arc<str> = listener.scope().workspace().into();
        let feed = feeds.entry(workspace).or_insert_with(|| Feed::new(newest));
        seat.position = feed.seq();
        Ok((seat.position, feed.add(listener, seat, talks)))
    }

    /// How far the log has come, and the conversations of a visitor.
    async fn known(&self, listener: &Listener) -> Result<(i64, Vec<ConversationId>)> {
        let visitor = match listener {
            Listener::Team { .. } => None,
            Listener::Visitor { visitor, .. } => Some(visitor.clone()),
        };
        let read = self.0.store.read(listener.scope(), move |tx| {
            let newest = event::newest(tx)?;
            if let Some(only) = tx.scope().sees_only().map(str::parse).transpose()? {
                return Ok((newest, crate::conversation::given_to(tx, &only, GIVEN_MAX)?));
            }
            let Some(visitor) = visitor else { return Ok((newest, Vec::new())) };
            let all = crate::conversation::of_visitor(tx, &visitor, TALKS_MAX)?;
            Ok::<_, Error>((newest, all.into_iter().map(|one| one.id).collect()))
        });
        read.await
    }

    /// Tells those whom it concerns of something that nobody keeps, on every node.
    pub fn signal(&self, workspace: &str, signal: &Signal) {
        self.pass_on(workspace, signal);
        if let Ok(text) = serde_json::to_string(signal) {
            self.0.store.signal(workspace, &text);
        }
    }

    /// The same, on this node alone.
    fn pass_on(&self, workspace: &str, signal: &Signal) {
        if let Some(feed) = self.feeds().get_mut(workspace) {
            feed.signal(signal);
        }
    }

    /// Ends all connections: the server stops.
    pub fn stop(&self) {
        for feed in self.feeds().values_mut() {
            feed.end_all(Reason::Stopping);
        }
    }

    /// Whether a visitor has a connection to this node.
    pub fn has(&self, workspace: &str, visitor: &VisitorId) -> bool {
        self.feeds().get(workspace).is_some_and(|feed| feed.has(visitor))
    }

    /// Passes on what `listener` tells of themselves without a connection.
    ///
    /// # Errors
    /// When it means nothing, or is not theirs to tell.
    pub async fn hear(&self, listener: &Listener, said: frame::Said) -> Result<()> {
        presence::hear(self, listener, said).await
    }

    /// How many listen on this node.
    pub fn count(&self) -> usize {
        self.feeds().values().map(Feed::count).sum()
    }
}

impl Line {
    /// Who listens.
    pub fn listener(&self) -> &Listener {
        &self.listener
    }

    /// Where the live stream begins: what came before is [`Line::missed`].
    pub fn position(&self) -> i64 {
        self.position
    }

    /// The next frame; `None` once the connection is to end.
    pub async fn next(&mut self) -> Option<Utf8Bytes> {
        self.frames.recv().await
    }

    /// A frame that is there already.
    pub fn next_now(&mut self) -> Option<Utf8Bytes> {
        self.frames.try_recv().ok()
    }

    /// Why it ended.
    pub fn reason(&self) -> Reason {
        // Whoever was dropped without a word did not keep up.
        self.ended.get().copied().unwrap_or(Reason::Slow)
    }

    /// What happened after `since` and before the live stream begins.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn missed(&self, since: i64) -> Result<Missed> {
        let position = self.position;
        if since == position {
            return Ok(Missed::Frames(Vec::new()));
        }
        let (store, scope) = (&self.hub.0.store, self.listener.scope());
        let (listener, signer) = (self.listener.clone(), self.hub.0.signer.clone());
        let read = store.read(scope, move |tx| {
            // A number that is not given yet was another database's.
            if since < 0 || position < since || since + 1 < event::oldest(tx)? {
                return Ok(Missed::Resync);
            }
            match &listener {
                Listener::Team { rights, .. } => {
                    if REPLAY_MAX < position - since {
                        return Ok(Missed::Resync);
                    }
                    let mut entries = event::list_after(tx, since, position - since)?;
                    if let Some(only) = tx.scope().sees_only().map(str::parse).transpose()? {
                        let given = crate::conversation::given_to(tx, &only, GIVEN_MAX)?;
                        entries.retain(|entry| feed::is_among(entry, |talk| given.contains(talk)));
                    }
                    Ok(Missed::Frames(team_frames(&entries, *rights, since)))
                }
                Listener::Visitor { visitor, .. } => {
                    frame::missed_by_visitor(tx, visitor, (since, position), &signer)
                }
            }
        });
        read.await
    }

    /// Passes on what the listener tells of themselves.
    ///
    /// # Errors
    /// When it means nothing, or is not theirs to tell.
    pub async fn hear(&self, said: frame::Said) -> Result<()> {
        match &said {
            frame::Said::Typing { .. } if self.typed_a_moment_ago() => return Ok(()),
            frame::Said::Viewing { conversation_id } => {
                let mut viewing = self.viewing.lock().unwrap_or_else(PoisonError::into_inner);
                viewing.clone_from(conversation_id);
            }
            _ => {}
        }
        presence::hear(&self.hub, &self.listener, said).await
    }

    /// Notes that they write, unless that was told just now.
    fn typed_a_moment_ago(&self) -> bool {
        let mut typed_at = self.typed_at.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let was_told = typed_at.is_some_and(|at| now.duration_since(at) < TYPING_EVERY);
        if !was_told {
            *typed_at = Some(now);
        }
        was_told
    }
}

fn team_frames(entries: &[Entry], rights: Rights, since: i64) -> Vec<Utf8Bytes> {
    let mut prev = since;
    let mut frames = Vec::with_capacity(entries.len());
    for entry in entries.iter().filter(|entry| may_read(rights, &entry.kind)) {
        frames.push(frame::of_entry(entry, &entry.kind, prev, entry.payload.get()));
        prev = entry.seq;
    }
    frames
}

/// Whether someone with these rights may hear of an event: the permission is the one that the resource
/// itself needs.
fn may_read(rights: Rights, kind: &str) -> bool {
    let permission = match kind.split_once('.').map_or(kind, |(noun, _)| noun) {
        "contact" | "record" | "enrolment" | "dialer" | "lead" => Permission::ContactsRead,
        "conversation" | "message" | "note" | "line" | "site" => Permission::ConversationsRead,
        "visitor" | "visitors" => Permission::VisitorsRead,
        "operator" => Permission::OperatorsRead,
        "webhook" => Permission::WebhooksRead,
        _ => Permission::Admin,
    };
    rights.allows(permission)
}

impl Drop for Line {
    fn drop(&mut self) {
        let workspace = self.listener.scope().workspace().to_owned();
        let is_last = {
            let mut feeds = self.hub.feeds();
            let Some(feed) = feeds.get_mut(workspace.as_str()) else { return };
            let is_last = feed.remove(&self.listener, self.number);
            if feed.count() == 0 {
                feeds.remove(workspace.as_str());
            }
            is_last
        };
        if is_last {
            presence::left(&self.hub, &self.listener);
        }
        let viewing = self.viewing.lock().unwrap_or_else(PoisonError::into_inner).take();
        if viewing.is_some() {
            presence::looks_away(&self.hub, &self.listener);
        }
    }
}

/// The visitors who listen on this node, by workspace.
fn visitors_here(hub: &Hub) -> Vec<(Arc<str>, Vec<VisitorId>)> {
    let feeds = hub.feeds();
    feeds.iter().map(|(workspace, feed)| (Arc::clone(workspace), feed.visitors())).collect()
}

/// Keeps them there until the next beat.
async fn keep_there(hub: &Hub, workspace: &str, ids: Vec<VisitorId>) -> Result<()> {
    let scope = Scope::new(workspace).in_background();
    hub.0.store.write(&scope, move |tx| visitor::see(tx, &ids, visitor::LEASE_LIVE)).await
}
