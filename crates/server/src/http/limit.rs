//! How often one may ask: a minute's window and a second's, per key and per address.
//!
//! One node counts in memory. Where several nodes serve one database, a node takes blocks of a key's
//! tokens from the store and counts those, so all of them together never exceed the plan. Addresses
//! are always counted by each node for itself.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use store::{Scope, Store, Tx};

use crate::{
    config::PlanLimit,
    error::{Error, Result},
};

/// Who is counted.
pub(super) enum Who<'a> {
    /// A credential of a workspace.
    Key { scope: &'a Scope, id: &'a str, limit: PlanLimit },
    /// Whoever shows none, by address.
    Address(&'a str, PlanLimit),
}

/// What is left, as the headers say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) limit: i64,
    pub(super) remaining: i64,
    /// Unix seconds.
    pub(super) reset: i64,
    /// `Some` when it is refused: how long to wait.
    pub(super) retry_after_s: Option<i64>,
}

/// How strictly this node counts, and with whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Nobody is refused.
    Off,
    /// This node serves alone.
    Alone,
    /// Other nodes serve the same database.
    Shared,
}

/// Whose tokens a count uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tokens {
    /// All of the plan's are this node's.
    Own,
    /// They are taken from the store in blocks.
    Leased,
}

/// Counts of this node.
pub(super) struct Limiter {
    mode: Mode,
    /// Whoever needs a block takes it alone: many at once would take a whole window's tokens, and
    /// some of them be refused before they are there.
    leasing: [tokio::sync::Mutex<()>; LEASING],
    counts: Mutex<BTreeMap<String, Count>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    minute: Window,
    second: Window,
}

/// Tokens of one stretch of time.
#[derive(Clone, Copy, Debug, Default)]
struct Window {
    number: i64,
    used: i64,
    /// Tokens that this node may use; all of the plan's when it serves alone.
    granted: i64,
    /// Tokens that all nodes together have taken, as far as this one knows.
    taken: i64,
}

/// The length of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Span {
    Minute,
    Second,
}

enum Step {
    Done(Standing),
    Lease(Span),
}

/// Askers that are counted at once. Beyond, those of past windows are forgotten, and if none are,
/// newcomers share one count.
const COUNTED_MAX: usize = 100_000;
/// A node takes this fraction of a window's tokens at once.
const BLOCKS: i64 = 10;
/// Credentials that take a block at once.
const LEASING: usize = 16;
/// Each pass takes a block of one window or the other.
const PASSES_MAX: usize = 4;

impl Span {
    fn seconds(self) -> i64 {
        match self {
            Self::Minute => 60,
            Self::Second => 1,
        }
    }

    fn number(self, now: Timestamp) -> i64 {
        now.as_second().div_euclid(self.seconds())
    }

    fn limit(self, plan: PlanLimit) -> i64 {
        match self {
            Self::Minute => plan.per_minute,
            Self::Second => plan.burst,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Second => "second",
        }
    }
}

impl Limiter {
    pub(super) fn new(mode: Mode) -> Self {
        Self { mode, leasing: Default::default(), counts: Mutex::default() }
    }

    /// Counts one request of `who`.
    pub(super) async fn take(
        &self,
        store: &Store,
        who: &Who<'_>,
        now: Timestamp,
    ) -> Result<Standing> {
        let (name, plan, scope) = match who {
            Who::Key { scope, id, limit } => (*id, *limit, Some(*scope)),
            Who::Address(address, limit) => (*address, *limit, None),
        };
        let is_leased = self.mode == Mode::Shared && scope.is_some();
        let tokens = if is_leased { Tokens::Leased } else { Tokens::Own };
        if let Step::Done(standing) = self.step(name, plan, tokens, now) {
            return Ok(standing);
        }
        let place = name.bytes().fold(0_usize, |sum, byte| sum + usize::from(byte)) % LEASING;
        let _alone = self.leasing[place].lock().await;
        for _ in 0..PASSES_MAX {
            match self.step(name, plan, tokens, now) {
                Step::Done(standing) => return Ok(standing),
                Step::Lease(span) => {
                    let Some(scope) = scope else { break };
                    let (number, limit) = (span.number(now), span.limit(plan));
                    let (credential, block) = (name.to_owned(), (limit / BLOCKS).max(1));
                    let lease = store.write(scope, move |tx| {
                        take_block(
                            tx,
                            &format!("{credential} {}", span.word()),
                            number,
                            block,
                            limit,
                        )
                    });
                    let (granted, taken) = lease.await?;
                    self.grant(name, span, number, granted, taken);
                }
            }
        }
        Ok(self.refusal(plan, Span::Second, 0, now))
    }

    fn step(&self, name: &str, plan: PlanLimit, tokens: Tokens, now: Timestamp) -> Step {
        let mut counts = self.lock();
        if COUNTED_MAX <= counts.len() && !counts.contains_key(name) {
            counts.retain(|_, count| count.minute.number == Span::Minute.number(now));
        }
        let name = if counts.len() < COUNTED_MAX || counts.contains_key(name) { name } else { "" };
        if !counts.contains_key(name) {
            counts.insert(name.to_owned(), Count::default());
        }
        let Some(count) = counts.get_mut(name) else {
            return Step::Done(self.refusal(plan, Span::Second, 0, now));
        };
        for (window, span) in [(&mut count.minute, Span::Minute), (&mut count.second, Span::Second)]
        {
            if window.number != span.number(now) {
                let granted = if tokens == Tokens::Leased { 0 } else { span.limit(plan) };
                *window = Window { number: span.number(now), used: 0, granted, taken: granted };
            }
        }
        let remaining = count.minute.remaining(plan.per_minute);
        for (window, span) in [(count.minute, Span::Minute), (count.second, Span::Second)] {
            if window.used < window.granted || self.mode == Mode::Off {
                continue;
            }
            if tokens == Tokens::Leased && window.taken < span.limit(plan) {
                return Step::Lease(span);
            }
            return Step::Done(self.refusal(plan, span, remaining, now));
        }
        count.minute.used += 1;
        count.second.used += 1;
        let remaining = count.minute.remaining(plan.per_minute);
        Step::Done(Standing {
            remaining,
            retry_after_s: None,
            ..self.refusal(plan, Span::Minute, 0, now)
        })
    }

    fn grant(&self, name: &str, span: Span, number: i64, granted: i64, taken: i64) {
        let mut counts = self.lock();
        let Some(count) = counts.get_mut(name) else { return };
        let window = match span {
            Span::Minute => &mut count.minute,
            Span::Second => &mut count.second,
        };
        if window.number == number {
            window.granted += granted;
            window.taken = window.taken.max(taken);
        }
    }

    #[expect(clippy::unused_self, reason = "it reads as one of the limiter's answers")]
    fn refusal(&self, plan: PlanLimit, span: Span, remaining: i64, now: Timestamp) -> Standing {
        let end = |span: Span| (span.number(now) + 1) * span.seconds();
        Standing {
            limit: plan.per_minute,
            remaining,
            reset: end(Span::Minute),
            retry_after_s: Some((end(span) - now.as_second()).max(1)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Count>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    fn remaining(&self, limit: i64) -> i64 {
        (limit - self.taken.max(self.used) + self.granted - self.used).clamp(0, limit)
    }
}

/// Windows by which the clocks of two nodes may differ.
const SKEW_MAX: i64 = 5;

/// Takes up to `block` of what is left of `limit` in the window `number`. Says how many were taken
/// now, and how many all nodes have taken.
fn take_block(
    tx: &mut Tx<'_>,
    name: &str,
    number: i64,
    block: i64,
    limit: i64,
) -> Result<(i64, i64)> {
    let sql = "select minute, taken from rate_lease where workspace = ?1 and credential = ?2";
    let known = tx.first(sql, &[name.into()], |row| {
        Ok::<_, Error>((row.get::<i64>(0)?, row.get::<i64>(1)?))
    })?;
    // There is one row, so a node whose clock is a little behind counts in the newest window:
    // otherwise two nodes would take turns in beginning afresh.
    let known = known.filter(|(newest, _)| (number..=number + SKEW_MAX).contains(newest));
    let (number, before) = known.unwrap_or((number, 0));
    let after = (before + block).min(limit);
    let sql =
        "insert into rate_lease (workspace, credential, minute, taken) values (?1, ?2, ?3, ?4)
               on conflict (workspace, credential)
               do update set minute = excluded.minute, taken = excluded.taken";
    tx.run(sql, &[name.into(), number.into(), after.into()])?;
    Ok((after - before, after))
}

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const CURRENT: HeaderName = HeaderName::from_static("ratelimit");

impl Standing {
    /// The documented headers, and the standard ones beside them.
    pub(super) fn write(&self, headers: &mut HeaderMap, now: Timestamp) {
        headers.insert(LIMIT, HeaderValue::from(self.limit));
        headers.insert(REMAINING, HeaderValue::from(self.remaining));
        headers.insert(RESET, HeaderValue::from(self.reset));
        let left_s = (self.reset - now.as_second()).max(0);
        let policy = format!("\"default\";q={};w=60", self.limit);
        let current = format!("\"default\";r={};t={left_s}", self.remaining);
        headers.insert(POLICY, super::header_value(&policy));
        headers.insert(CURRENT, super::header_value(&current));
    }
}
