//! One workspace's log, read once for all who listen to it on this node.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::extract::ws::Utf8Bytes;
use store::Scope;
use tokio::sync::{Mutex, broadcast::error::RecvError, mpsc};

use super::{
    Hub, Listener, Reason, VISITOR_LINES_MAX,
    frame::{self, Signal},
    may_read,
};
use crate::{
    access::Rights,
    error::{Error, Result},
    event::{self, Entry},
    id::{ConversationId, OperatorId, VisitorId},
    operator,
};

/// Entries that are read at once.
const BATCH: u16 = 200;
/// A hint may get lost between nodes: the log is looked at this often all the same.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How long a node waits whose database is away.
const AWAY_PAUSE: Duration = Duration::from_secs(1);

/// Where to tell one connection.
pub(super) struct Seat {
    pub(super) number: u64,
    /// What it knows by itself: it is told of what came later.
    pub(super) position: i64,
    pub(super) sender: mpsc::Sender<Utf8Bytes>,
    pub(super) ended: Arc<OnceLock<Reason>>,
}

struct Member {
    seat: Seat,
    rights: Rights,
    shown: String,
    acts_for: Option<OperatorId>,
    operator: Option<OperatorId>,
    own: Option<Own>,
}

/// What a member is told of who sees only their own conversations.
struct Own {
    talks: BTreeSet<ConversationId>,
    /// The number of the last entry that they were told of.
    prev: i64,
}

/// Whether `entry` is about no conversation, or about one that `is_given`.
pub(super) fn is_among(entry: &Entry, is_given: impl Fn(&ConversationId) -> bool) -> bool {
    let noun = entry.kind.split('.').next().unwrap_or_default();
    if !["conversation", "message", "note", "line"].contains(&noun) {
        return true;
    }
    talk_of(entry).is_some_and(|talk| is_given(&talk))
}

/// Which conversation an entry is about.
fn talk_of(entry: &Entry) -> Option<ConversationId> {
    entry.subject.parse().ok().or_else(|| about(entry)?.conversation_id)
}

/// What an entry says of a conversation.
#[derive(serde::Deserialize)]
struct About {
    conversation_id: Option<ConversationId>,
    assigned_to: Option<OperatorId>,
}

fn about(entry: &Entry) -> Option<About> {
    serde_json::from_str(entry.payload.get()).ok()
}

impl Member {
    /// Tells one who sees only their own conversations. Says whether they took it.
    fn hears(&mut self, entry: &Entry) -> bool {
        let Some(own) = &mut self.own else { return true };
        if !own.hears(entry, self.acts_for.as_ref()) || !may_read(self.rights, &entry.kind) {
            return true;
        }
        let told = frame::of_entry(entry, &entry.kind, own.prev, entry.payload.get());
        own.prev = entry.seq;
        self.seat.tell(&told)
    }
}

impl Own {
    /// Says whether they may hear of `entry`, which may itself give or take a conversation.
    fn hears(&mut self, entry: &Entry, operator: Option<&OperatorId>) -> bool {
        if entry.kind.starts_with("conversation.")
            && entry.kind != "conversation.read"
            && let (Some(talk), Some(about)) = (talk_of(entry), about(entry))
        {
            if about.assigned_to.as_ref() == operator {
                self.talks.insert(talk);
            } else {
                self.talks.remove(&talk);
            }
        }
        is_among(entry, |talk| self.talks.contains(talk))
    }
}

/// A visitor, in as many tabs as they like.
struct Group {
    seats: Vec<Seat>,
    talks: Vec<ConversationId>,
    /// The number of the last entry that they were told of.
    prev: i64,
}

/// Who listens to one workspace.
pub(super) struct Feed {
    /// How far the log was read.
    seq: i64,
    /// Whoever reads on holds it, until all are told of what was read.
    reading: Arc<Mutex<()>>,
    count: usize,
    /// The number of the last entry that listeners with the same rights were told of.
    prevs: BTreeMap<Rights, i64>,
    team: Vec<Member>,
    visitors: BTreeMap<VisitorId, Group>,
    talks: BTreeMap<ConversationId, VisitorId>,
}

impl Seat {
    /// Says whether they took it: whoever is full is dropped, and knows where to go on.
    fn tell(&self, frame: &Utf8Bytes) -> bool {
        self.sender.try_send(frame.clone()).is_ok()
    }

    fn end(self, reason: Reason) {
        // The first reason is the one.
        let _first_or_later = self.ended.set(reason);
    }
}

impl Feed {
    pub(super) fn new(seq: i64) -> Self {
        Self {
            seq,
            reading: Arc::default(),
            count: 0,
            prevs: BTreeMap::new(),
            team: Vec::new(),
            visitors: BTreeMap::new(),
            talks: BTreeMap::new(),
        }
    }

    pub(super) fn seq(&self) -> i64 {
        self.seq
    }

    /// How many connections there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn has(&self, visitor: &VisitorId) -> bool {
        self.visitors.contains_key(visitor)
    }

    pub(super) fn visitors(&self) -> Vec<VisitorId> {
        self.visitors.keys().cloned().collect()
    }

    /// Says whether it is a visitor's first connection here.
    pub(super) fn add(
        &mut self,
        listener: &Listener,
        seat: Seat,
        talks: &[ConversationId],
    ) -> bool {
        self.count += 1;
        match listener {
            Listener::Team { rights, shown, acts_for, operator, .. } => {
                self.prevs.entry(*rights).or_insert(self.seq);
                let operator = operator.as_ref().map(|(id, _)| id.clone());
                let (rights, shown, acts_for) = (*rights, shown.clone(), acts_for.clone());
                let own = listener
                    .scope()
                    .sees_only()
                    .map(|_| Own { talks: talks.iter().cloned().collect(), prev: seat.position });
                self.team.push(Member { seat, rights, shown, acts_for, operator, own });
                false
            }
            Listener::Visitor { visitor, .. } => {
                let group = self.visitors.entry(visitor.clone());
                let (seats, prev) = (Vec::new(), self.seq);
                let group = group.or_insert_with(|| Group { seats, talks: Vec::new(), prev });
                for talk in talks {
                    if self.talks.insert(talk.clone(), visitor.clone()).is_none() {
                        group.talks.push(talk.clone());
                    }
                }
                if VISITOR_LINES_MAX <= group.seats.len() {
                    group.seats.remove(0).end(Reason::Replaced);
                }
                group.seats.push(seat);
                group.seats.len() == 1
            }
        }
    }

    /// Says whether it was a visitor's last connection here.
    pub(super) fn remove(&mut self, listener: &Listener, number: u64) -> bool {
        self.count = self.count.saturating_sub(1);
        match listener {
            Listener::Team { .. } => {
                self.team.retain(|member| member.seat.number != number);
                false
            }
            Listener::Visitor { visitor, .. } => {
                let Some(group) = self.visitors.get_mut(visitor) else { return false };
                group.seats.retain(|seat| seat.number != number);
                let is_last = group.seats.is_empty();
                if is_last {
                    for talk in
                        self.visitors.remove(visitor).map(|group| group.talks).into_iter().flatten()
                    {
                        self.talks.remove(&talk);
                    }
                }
                is_last
            }
        }
    }

    pub(super) fn end_all(&mut self, reason: Reason) {
        for member in self.team.drain(..) {
            member.seat.end(reason);
        }
        for group in self.visitors.values_mut() {
            group.seats.drain(..).for_each(|seat| seat.end(reason));
        }
    }

    fn end_visitor(&mut self, visitor: &VisitorId) {
        if let Some(group) = self.visitors.get_mut(visitor) {
            group.seats.drain(..).for_each(|seat| seat.end(Reason::Revoked));
        }
    }

    /// `talk` is one of `visitor`'s, who listens.
    fn learn(&mut self, talk: ConversationId, visitor: &VisitorId) {
        if let Some(group) = self.visitors.get_mut(visitor)
            && self.talks.insert(talk.clone(), visitor.clone()).is_none()
        {
            group.talks.push(talk);
        }
    }

    fn end_members(&mut self, is_over: impl Fn(&Member) -> bool) {
        let (gone, stay) =
            std::mem::take(&mut self.team).into_iter().partition::<Vec<_>, _>(is_over);
        self.team = stay;
        gone.into_iter().for_each(|member| member.seat.end(Reason::Revoked));
    }

    /// The entries among `entries` that concern a visitor who listens, and whom.
    fn concerned(&mut self, entries: &[Entry]) -> Vec<(usize, VisitorId)> {
        let mut concerned = Vec::new();
        if self.visitors.is_empty() {
            return concerned;
        }
        for (place, entry) in entries.iter().enumerate() {
            if matches!(entry.kind.as_str(), "conversation.created" | "conversation.merged")
                && let Some(told) = frame::Told::of(entry)
            {
                for talk in entry.subject.parse().into_iter().chain(told.merged_id) {
                    self.learn(talk, &told.visitor.id);
                }
            }
            let visitor = match entry.subject.parse::<ConversationId>() {
                Ok(talk) => self.talks.get(&talk).cloned(),
                Err(_) => entry.subject.parse().ok(),
            };
            if let Some(visitor) = visitor.filter(|one| self.visitors.contains_key(one)) {
                concerned.push((place, visitor));
            }
        }
        concerned
    }

    /// Tells the team of `entries`.
    fn tell_team(&mut self, entries: &[Entry]) {
        for entry in entries {
            match entry.kind.as_str() {
                "key.revoked" | "login.ended" | "grant.revoked" => {
                    self.end_members(|member| member.shown == entry.subject);
                }
                // Whoever may still be let in comes back at once, with the rights that they have now.
                "operator.updated" | "account.updated" => {
                    let about = Some(entry.subject.as_str());
                    self.end_members(|member| {
                        member.acts_for.as_ref().map(OperatorId::as_str) == about
                    });
                }
                "visitor.reset" => {
                    if let Ok(visitor) = entry.subject.parse() {
                        self.end_visitor(&visitor);
                    }
                }
                _ => {}
            }
            for (rights, prev) in &mut self.prevs {
                if !may_read(*rights, &entry.kind) {
                    continue;
                }
                let told = frame::of_entry(entry, &entry.kind, *prev, entry.payload.get());
                *prev = entry.seq;
                self.team.retain(|member| {
                    member.rights != *rights || member.own.is_some() || member.seat.tell(&told)
                });
            }
            self.team.retain_mut(|member| member.hears(entry));
        }
    }

    fn tell_visitor(&mut self, visitor: &VisitorId, entry: &Entry, face: &frame::Face) {
        let Some(group) = self.visitors.get_mut(visitor) else { return };
        let told = frame::of_entry(entry, face.kind, group.prev, &face.data);
        group.prev = group.prev.max(entry.seq);
        group.seats.retain(|seat| entry.seq <= seat.position || seat.tell(&told));
    }

    /// Lets visitors go who could not be told: they come back, and read it for themselves.
    fn drop_visitors(&mut self, concerned: &[(usize, VisitorId)]) {
        for (_, visitor) in concerned {
            if let Some(group) = self.visitors.get_mut(visitor) {
                group.seats.clear();
            }
        }
    }

    pub(super) fn signal(&mut self, signal: &Signal) {
        let frame = frame::of_signal(signal);
        match signal {
            Signal::Typing { conversation_id, by, .. } => {
                if let Some(visitor) = self.talks.get(conversation_id)
                    && by.kind != "visitor"
                    && let Some(group) = self.visitors.get_mut(visitor)
                {
                    let seen = frame::of_signal(&signal.for_visitors());
                    group.seats.retain(|seat| seat.tell(&seen));
                }
                let own = by.id.as_deref();
                self.tell_readers(&frame, own, Some(conversation_id));
            }
            Signal::Viewing { operator, conversation_id } => {
                let own = operator.id.clone();
                self.tell_readers(&frame, own.as_deref(), conversation_id.as_ref());
            }
            Signal::Presence { .. } => self.tell_readers(&frame, None, None),
            Signal::Team { .. } => {
                for group in self.visitors.values_mut() {
                    group.seats.retain(|seat| seat.tell(&frame));
                }
            }
        }
    }

    /// Tells everyone of the team but `own`, who knows.
    fn tell_readers(
        &mut self,
        frame: &Utf8Bytes,
        own: Option<&str>,
        about: Option<&ConversationId>,
    ) {
        self.team.retain(|member| {
            if let (Some(own), Some(about)) = (&member.own, about)
                && !own.talks.contains(about)
            {
                return true;
            }
            let is_own = own
                .is_some_and(|own| member.operator.as_ref().is_some_and(|id| id.as_str() == own));
            is_own || !may_read(member.rights, "conversation") || member.seat.tell(frame)
        });
    }
}

/// Follows the logs of all workspaces to which somebody listens, until the store ends.
pub async fn follow(hub: Hub) {
    let (mut hints, mut signals) = (hub.0.store.hints(), hub.0.store.signals());
    let mut look = tokio::time::interval(LOOK_EVERY);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut grown: BTreeSet<Arc<str>> = BTreeSet::new();
    loop {
        tokio::select! {
            hint = hints.recv() => match hint {
                Ok(hint) => drop(grown.insert(hint.workspace)),
                Err(RecvError::Lagged(_)) => grown.extend(everywhere(&hub)),
                Err(RecvError::Closed) => return,
            },
            signal = signals.recv() => match signal {
                Ok(signal) => {
                    if let Ok(told) = serde_json::from_str(&signal.text) {
                        hub.pass_on(&signal.workspace, &told);
                    }
                }
                // What nobody keeps, nobody misses.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
            _ = look.tick() => grown.extend(everywhere(&hub)),
        }
        while let Ok(hint) = hints.try_recv() {
            grown.insert(hint.workspace);
        }
        for workspace in std::mem::take(&mut grown) {
            if let Err(error) = catch_up(&hub, &workspace).await {
                tracing::error!(?error, "the realtime gateway cannot read the log; trying again");
                tokio::time::sleep(AWAY_PAUSE).await;
                grown.insert(workspace);
            }
        }
    }
}

fn everywhere(hub: &Hub) -> Vec<Arc<str>> {
    hub.feeds().keys().cloned().collect()
}

/// Reads what the log has beyond what was read, and tells of it: the team at once, whose frames are
/// there already, and then the visitors.
pub(super) async fn catch_up(hub: &Hub, workspace: &Arc<str>) -> Result<()> {
    let scope = Scope::new(workspace);
    loop {
        let reading = hub.feeds().get(workspace).map(|feed| Arc::clone(&feed.reading));
        let Some(reading) = reading else { return Ok(()) };
        // One after the other, so that nobody is told of what is later first.
        let _turn = reading.lock().await;
        let Some(from) = hub.feeds().get(workspace).map(Feed::seq) else { return Ok(()) };
        let most = i64::from(BATCH);
        let read = hub.0.store.glance(&scope, move |tx| event::list_after(tx, from, most));
        let entries = read.await?;
        let Some(last) = entries.last().map(|entry| entry.seq) else { return Ok(()) };
        let concerned = match hub.feeds().get_mut(workspace) {
            Some(feed) if Arc::ptr_eq(&feed.reading, &reading) => {
                let concerned = feed.concerned(&entries);
                feed.seq = last;
                feed.tell_team(&entries);
                concerned
            }
            // It is another one by now, which began later.
            _ => continue,
        };
        let (entries, concerned): (Arc<[_]>, Arc<[_]>) = (entries.into(), concerned.into());
        let faces = faces(hub, &scope, &entries, &concerned).await;
        let mut feeds = hub.feeds();
        let Some(feed) = feeds.get_mut(workspace) else { return Ok(()) };
        let (faces, team) = faces.inspect_err(|_| feed.drop_visitors(&concerned))?;
        for ((place, visitor), face) in concerned.iter().zip(&faces) {
            if let (Some(entry), Some(face)) = (entries.get(*place), face) {
                feed.tell_visitor(visitor, entry, face);
            }
        }
        if let Some(online) = team {
            feed.signal(&Signal::Team { online });
        }
        if entries.len() < usize::from(BATCH) {
            // What came meanwhile has a hint of its own.
            return Ok(());
        }
    }
}

/// What visitors see of what concerns them; and whether somebody of the team is there, if that may
/// have changed.
async fn faces(
    hub: &Hub,
    scope: &Scope,
    entries: &Arc<[Entry]>,
    concerned: &Arc<[(usize, VisitorId)]>,
) -> Result<(Vec<Option<frame::Face>>, Option<bool>)> {
    let may_change = entries.iter().any(|entry| entry.kind == "operator.updated");
    if concerned.is_empty() && !may_change {
        return Ok((Vec::new(), None));
    }
    let (entries, concerned) = (Arc::clone(entries), Arc::clone(concerned));
    let signer = hub.0.signer.clone();
    let read = hub.0.store.read(scope, move |tx| {
        let faces = concerned.iter().map(|(place, visitor)| {
            let entry = entries.get(*place);
            entry.map_or(Ok(None), |entry| frame::face(tx, entry, visitor, &signer))
        });
        let faces = faces.collect::<Result<Vec<_>, Error>>()?;
        let team = if may_change {
            Some(operator::all(tx)?.iter().any(operator::Operator::is_available))
        } else {
            None
        };
        Ok::<_, Error>((faces, team))
    });
    read.await
}
