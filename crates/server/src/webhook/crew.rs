//! What the dispatcher has in memory: of each endpoint a little of what is due, in order.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    Endpoint,
    fan::{Due, Fanned, Next, Outcome, Parcel, Wanted},
};
use crate::id::{DeliveryId, WebhookId};

/// First attempts at one endpoint at a time; and while it does not answer.
const FIRST_MAX: usize = 32;
const FIRST_MAX_FAILING: usize = 4;
/// Failures in a row after which an endpoint is one that does not answer.
const FAILING: u32 = 8;
/// Further attempts at one endpoint at a time: they take nothing from first ones.
const AGAIN_MAX: usize = 8;
/// What is about one subject leaves so long after what came before it, if that is not answered yet:
/// long enough to arrive after it even at a busy machine.
const LEAVE_GAP: Duration = Duration::from_secs(2);
/// Deliveries of one endpoint in memory. The rest is read from the rows when there is room.
const QUEUE_MAX: usize = 512;
const QUEUE_LOW: usize = 64;
/// Rows that are read at once.
const PAGE: usize = 256;
const PAGE_AGAIN: usize = 64;
/// Outcomes are written down together: so many, or what there is after a moment.
const RECORD_MAX: usize = 256;
const RECORD_ENOUGH: usize = 128;
const RECORD_GATHER: Duration = Duration::from_millis(10);
/// Outcomes that wait to be written down. Nothing more is sent while there are as many: what is not
/// written down is sent again after a kill, and has its answer in memory.
const OUTCOMES_MAX: usize = 1_024;
/// How long to leave a database alone that is away.
const AWAY_PAUSE: Duration = Duration::from_secs(1);

/// One endpoint.
pub(super) struct Desk {
    pub(super) endpoint: Arc<Endpoint>,
    first: VecDeque<Parcel>,
    again: VecDeque<Parcel>,
    /// All that is in memory, until what became of it is written down.
    busy: BTreeSet<DeliveryId>,
    trying: usize,
    retrying: usize,
    failures: u32,
    /// Subjects of which something has left and is not answered yet.
    left: BTreeMap<Arc<str>, (Instant, DeliveryId)>,
    /// Whether the rows may have some that never left and are not in memory.
    is_behind: bool,
    is_loading: bool,
    /// When the rows have something that is to be tried again.
    due_at: Option<Timestamp>,
}

/// The endpoints of one workspace.
#[derive(Default)]
pub(super) struct Crew {
    pub(super) desks: BTreeMap<WebhookId, Desk>,
    outcomes: Vec<Outcome>,
    since: Option<Instant>,
    is_recording: bool,
    /// How far the log was turned into deliveries, as it was seen here. If others went further, the
    /// rows have some that are not in memory.
    pub(super) place: Option<i64>,
    pub(super) log: Log,
    /// When it is looked at again, if nothing else comes.
    pub(super) wake: Option<Instant>,
    away_until: Option<Instant>,
}

/// Whether the log of a workspace is read, and whether it is to be.
#[derive(Default)]
pub(super) struct Log {
    pub(super) is_read: bool,
    pub(super) has_grown: bool,
}

/// What is to be done about one endpoint now.
pub(super) enum Step {
    Send(Arc<Endpoint>, Parcel),
    Load(Arc<Endpoint>, Wanted),
}

impl Desk {
    fn new(endpoint: Endpoint) -> Self {
        Self {
            endpoint: Arc::new(endpoint),
            first: VecDeque::new(),
            again: VecDeque::new(),
            busy: BTreeSet::new(),
            trying: 0,
            retrying: 0,
            failures: 0,
            left: BTreeMap::new(),
            is_behind: true,
            is_loading: false,
            due_at: None,
        }
    }

    /// Takes what the log just made, unless something that came before it is not in memory.
    fn take(&mut self, parcel: Parcel) {
        if self.is_behind || self.is_loading || QUEUE_MAX <= self.first.len() {
            self.is_behind = true;
        } else if self.busy.insert(parcel.id.clone()) {
            self.first.push_back(parcel);
        }
    }

    fn look_at(&mut self, at: Timestamp) {
        self.due_at = Some(self.due_at.map_or(at, |known| known.min(at)));
    }

    pub(super) fn loaded(&mut self, due: Due, now: Timestamp) {
        self.is_loading = false;
        self.is_behind |= due.has_more_first;
        if due.has_more_again {
            self.look_at(now);
        }
        due.next_at.into_iter().for_each(|at| self.look_at(at));
        for parcel in due.first {
            if self.busy.insert(parcel.id.clone()) {
                self.first.push_back(parcel);
            }
        }
        for parcel in due.again {
            if self.busy.insert(parcel.id.clone()) {
                self.again.push_back(parcel);
            }
        }
    }

    pub(super) fn not_loaded(&mut self) {
        (self.is_loading, self.is_behind) = (false, true);
    }

    /// The next that may leave now. Those about one subject leave one after the other.
    fn next_first(&mut self, now: Instant, wake: &mut Option<Instant>) -> Option<Parcel> {
        let most = if self.failures < FAILING { FIRST_MAX } else { FIRST_MAX_FAILING };
        if most <= self.trying || self.first.is_empty() {
            return None;
        }
        self.left.retain(|_, (left, _)| now < *left + LEAVE_GAP);
        let mut place = None;
        for (index, parcel) in self.first.iter().enumerate() {
            let waits_for = self.left.get(&parcel.subject).filter(|_| !parcel.subject.is_empty());
            let Some((left, _)) = waits_for else {
                place = Some(index);
                break;
            };
            let may = *left + LEAVE_GAP;
            *wake = Some(wake.map_or(may, |known| known.min(may)));
        }
        let parcel = self.first.remove(place?)?;
        self.left.insert(Arc::clone(&parcel.subject), (now, parcel.id.clone()));
        self.trying += 1;
        Some(parcel)
    }

    fn next_again(&mut self) -> Option<Parcel> {
        if AGAIN_MAX <= self.retrying {
            return None;
        }
        let parcel = self.again.pop_front()?;
        self.retrying += 1;
        Some(parcel)
    }

    fn next_load(&mut self, now: Timestamp) -> Option<Wanted> {
        let is_due = self.due_at.is_some_and(|at| at <= now) && self.again.len() < PAGE_AGAIN;
        let is_behind = self.is_behind && self.first.len() < QUEUE_LOW;
        if self.is_loading || !(is_due || is_behind) {
            return None;
        }
        self.is_loading = true;
        // One whose first attempts are delayed has them due, too.
        let first = if is_behind || !self.endpoint.leaves_at_once() { PAGE } else { 0 };
        if 0 < first {
            self.is_behind = false;
        }
        self.due_at = None;
        Some(Wanted { first, again: PAGE_AGAIN, but: self.busy.clone() })
    }

    /// What is to be done now; `wake` is when to ask again.
    pub(super) fn next(
        &mut self,
        (now, at): (Instant, Timestamp),
        wake: &mut Option<Instant>,
    ) -> Option<Step> {
        if self.endpoint.is_disabled {
            return None;
        }
        let endpoint = Arc::clone(&self.endpoint);
        if let Some(parcel) = self.next_first(now, wake).or_else(|| self.next_again()) {
            return Some(Step::Send(endpoint, parcel));
        }
        if let Some(load) = self.next_load(at) {
            return Some(Step::Load(endpoint, load));
        }
        if let Some(due) = self.due_at
            && let Ok(left) = Duration::try_from(due.duration_since(at))
            && !self.is_loading
            && self.again.len() < PAGE_AGAIN
        {
            let due = now + left;
            *wake = Some(wake.map_or(due, |known| known.min(due)));
        }
        None
    }

    /// It has left after all what was taken to leave: there is no room for it now.
    pub(super) fn put_back(&mut self, parcel: Parcel) {
        if parcel.attempts_count == 0 {
            self.trying -= 1;
            self.left.remove(&parcel.subject);
            self.first.push_front(parcel);
        } else {
            self.retrying -= 1;
            self.again.push_front(parcel);
        }
    }

    fn sent(&mut self, outcome: &Outcome) {
        let Outcome { parcel, attempt, next } = outcome;
        if parcel.attempts_count == 0 {
            self.trying = self.trying.saturating_sub(1);
            if self.left.get(&parcel.subject).is_some_and(|(_, id)| *id == parcel.id) {
                self.left.remove(&parcel.subject);
            }
        } else {
            self.retrying = self.retrying.saturating_sub(1);
        }
        let is_away = *next != Next::Delivered && attempt.response_status.is_none();
        self.failures = if is_away { self.failures.saturating_add(1) } else { 0 };
    }

    fn recorded(&mut self, outcome: &Outcome) {
        self.busy.remove(&outcome.parcel.id);
        match outcome.next {
            Next::Again(at) => self.look_at(at),
            Next::Delivered | Next::Failed | Next::Gone => self.is_behind |= outcome.parcel.is_held,
        }
    }
}

impl Crew {
    /// Takes what a step of the reader found.
    pub(super) fn fanned(&mut self, fanned: Fanned) {
        self.log.has_grown |= fanned.step.has_more;
        self.is_at(fanned.step.from);
        self.place = Some(fanned.step.to);
        let mut old = std::mem::take(&mut self.desks);
        for endpoint in fanned.endpoints {
            let desk = match old.remove(&endpoint.id) {
                Some(mut desk) => {
                    // What happened while it was disabled is in the rows.
                    desk.is_behind |= desk.endpoint.is_disabled && !endpoint.is_disabled;
                    desk.endpoint = Arc::new(endpoint);
                    desk
                }
                None => Desk::new(endpoint),
            };
            self.desks.insert(desk.endpoint.id.clone(), desk);
        }
        for parcel in fanned.parcels {
            if let Some(desk) = self.desks.get_mut(&parcel.webhook) {
                desk.take(parcel);
            }
        }
        for (webhook, at) in fanned.later {
            if let Some(desk) = self.desks.get_mut(&webhook) {
                desk.look_at(at);
            }
        }
        for (webhook, at) in fanned.requeued {
            if let Some(desk) = self.desks.get_mut(&webhook) {
                desk.is_behind = true;
                desk.look_at(at);
            }
        }
    }

    /// The log was turned into deliveries up to there, when somebody looked.
    pub(super) fn is_at(&mut self, place: i64) {
        if self.place.replace(place) != Some(place) {
            self.desks.values_mut().for_each(|desk| desk.is_behind = true);
        }
    }

    /// Forgets what is in memory: the rows have it. What is under way is still written down.
    pub(super) fn let_go(&mut self) {
        self.place = None;
        self.desks.clear();
    }

    /// Keeps what became of an attempt until it is written down.
    pub(super) fn sent(&mut self, outcome: Outcome, now: Instant) {
        if let Some(desk) = self.desks.get_mut(&outcome.parcel.webhook) {
            desk.sent(&outcome);
        }
        self.since.get_or_insert(now);
        self.outcomes.push(outcome);
    }

    /// What is to be written down now, if it is time.
    pub(super) fn next_record(
        &mut self,
        now: Instant,
        wake: &mut Option<Instant>,
    ) -> Option<Vec<Outcome>> {
        let since = self.since?;
        if self.is_recording || self.outcomes.is_empty() {
            return None;
        }
        let at = since + RECORD_GATHER;
        let is_quiet = || self.desks.values().all(|desk| desk.trying + desk.retrying == 0);
        if self.outcomes.len() < RECORD_ENOUGH && now < at && !is_quiet() {
            *wake = Some(wake.map_or(at, |known| known.min(at)));
            return None;
        }
        self.is_recording = true;
        let rest = self.outcomes.split_off(self.outcomes.len().min(RECORD_MAX));
        let taken = std::mem::replace(&mut self.outcomes, rest);
        self.since = (!self.outcomes.is_empty()).then_some(now);
        Some(taken)
    }

    pub(super) fn recorded(&mut self, outcomes: &[Outcome]) {
        self.is_recording = false;
        for outcome in outcomes {
            if let Some(desk) = self.desks.get_mut(&outcome.parcel.webhook) {
                desk.recorded(outcome);
            }
        }
    }

    pub(super) fn not_recorded(&mut self, outcomes: Vec<Outcome>, now: Instant) {
        self.is_recording = false;
        self.since = Some(now);
        let later = std::mem::replace(&mut self.outcomes, outcomes);
        self.outcomes.extend(later);
    }

    /// The database is away: ask it for nothing for a moment.
    pub(super) fn is_away(&mut self, now: Instant) {
        self.away_until = Some(now + AWAY_PAUSE);
    }

    /// Whether the database may be asked; if not, when.
    pub(super) fn may_ask(&mut self, now: Instant) -> Result<(), Instant> {
        match self.away_until {
            Some(until) if now < until => Err(until),
            _ => {
                self.away_until = None;
                Ok(())
            }
        }
    }

    /// Whether the database is so far behind that nothing more is to be sent.
    pub(super) fn is_full(&self) -> bool {
        OUTCOMES_MAX <= self.outcomes.len()
    }

    /// Has as many outcomes wait as may, behind a write that does not end.
    #[cfg(test)]
    pub(super) fn fill(&mut self, outcome: &Outcome) {
        (self.is_recording, self.since) = (true, Some(Instant::now()));
        self.outcomes = vec![outcome.clone(); OUTCOMES_MAX];
    }

    /// Whether nothing of it is under way.
    pub(super) fn is_idle(&self) -> bool {
        !self.is_recording
            && self.outcomes.is_empty()
            && self.desks.values().all(|desk| desk.trying + desk.retrying == 0)
    }
}
