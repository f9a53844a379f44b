//! Durable work: written in the transaction of its cause, and done in one transaction with its
//! effects. A crash at any moment leaves either all of it or none, and then it is done again.

#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};
use store::{ReadTx, Sql, Tx};

use crate::{
    error::Result,
    id::{self, JobId},
};

/// Every kind of job. What each does is one `match`, in `crate::work`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Gives contacts the new name of a tag, or takes it off. The key is the event that asked.
    ContactRetag,
    /// Takes a person out of the log, the recorded replies and the search. The key is the contact.
    ContactErase,
    /// Gives what belonged to a contact to the one it was merged into. The key is the one that is gone,
    /// the payload the one that stays.
    ContactFollow,
    /// Takes someone whom nobody may contact any more out of sequences and queues. The key is the
    /// contact.
    ContactStop,
    /// Warns a visitor who does not answer, and closes the conversation if they still do not. The
    /// key is the conversation.
    ConversationIdle,
    /// Saves a conversation as a lead. The key is the conversation.
    ConversationLead,
    /// Ends a snooze. The key is the conversation.
    ConversationWake,
    /// Takes conversations from somebody who went away. The key is the operator.
    RoutingHandBack,
    /// Gives conversations away that waited for a site to open. The key is the site.
    RoutingOpen,
    /// Takes out what a visitor said and did. The key is the visitor.
    VisitorErase,
    /// Gives a webhook what happened before it was there. The key is the webhook.
    WebhookBackfill,
    /// Sends what a webhook did not get once more. The key is the webhook.
    WebhookRecover,
    /// Takes out what was to arrive at a webhook that was deleted. The key is the webhook.
    WebhookRemove,
    /// Deletes entries of the log and recorded replies that are past their time. The key is `all`.
    Housekeeping,
}

/// One job that is due.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its own name.
    pub id: JobId,
    /// What to do.
    pub kind: Kind,
    /// What with: a job of a kind exists once per key.
    pub key: String,
    /// The rest, as its kind reads it.
    pub payload: String,
    /// How often it was tried in vain.
    pub attempts: i64,
}

/// What became of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Nothing is left to do.
    Whole,
    /// A step was done; go on at this time.
    Again(Timestamp),
}

/// The longest pause between two tries.
const PAUSE_MAX: SignedDuration = SignedDuration::from_hours(1);
const ERROR_CHARS_MAX: usize = 500;

impl Kind {
    const ALL: [Self; 14] = [
        Self::ContactErase,
        Self::ContactRetag,
        Self::ContactFollow,
        Self::ContactStop,
        Self::ConversationIdle,
        Self::ConversationLead,
        Self::ConversationWake,
        Self::RoutingHandBack,
        Self::RoutingOpen,
        Self::VisitorErase,
        Self::WebhookBackfill,
        Self::WebhookRecover,
        Self::WebhookRemove,
        Self::Housekeeping,
    ];

    /// The word that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ContactErase => "contact_erase",
            Self::ContactRetag => "contact_retag",
            Self::ContactFollow => "contact_follow",
            Self::ContactStop => "contact_stop",
            Self::ConversationIdle => "conversation_idle",
            Self::ConversationLead => "conversation_lead",
            Self::ConversationWake => "conversation_wake",
            Self::RoutingHandBack => "routing_hand_back",
            Self::RoutingOpen => "routing_open",
            Self::VisitorErase => "visitor_erase",
            Self::WebhookBackfill => "webhook_backfill",
            Self::WebhookRecover => "webhook_recover",
            Self::WebhookRemove => "webhook_remove",
            Self::Housekeeping => "housekeeping",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Asks for `kind` to be done with `key` at `run_at`. Asked twice, it is done once.
///
/// # Errors
/// Those of the store.
pub fn enqueue(
    tx: &mut Tx<'_>,
    kind: Kind,
    key: &str,
    payload: &str,
    run_at: Timestamp,
) -> Result<()> {
    let (id, now): (JobId, _) = (id::new(tx), tx.now());
    tx.run(
        "insert into job (workspace, id, kind, key, payload, run_at, attempts, created_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7) on conflict (workspace, kind, key) do nothing",
        &[
            (&id).into(),
            kind.as_str().into(),
            key.into(),
            payload.into(),
            run_at.into(),
            now.into(),
        ],
    )?;
    tx.nudge();
    Ok(())
}

/// Takes back what was asked for, if it is not done yet.
///
/// # Errors
/// Those of the store.
pub fn cancel(tx: &mut Tx<'_>, kind: Kind, key: &str) -> Result<()> {
    let sql = "delete from job where workspace = ?1 and kind = ?2 and key = ?3";
    Ok(tx.run(sql, &[kind.as_str().into(), key.into()])?)
}

/// The next job of this workspace that is due. Kinds of a newer release are left to it.
///
/// # Errors
/// Those of the store.
pub fn next_due(tx: &mut ReadTx<'_>) -> Result<Option<Job>> {
    let now = tx.now();
    let mut sql = Sql::new(
        "select id, kind, key, payload, attempts from job where workspace = ?1 and run_at <= ",
    );
    sql.bind(now).push(" and kind in (");
    for (index, kind) in Kind::ALL.into_iter().enumerate() {
        sql.push(if index == 0 { "" } else { ", " }).bind(kind.as_str());
    }
    sql.push(") order by run_at, id limit 1");
    let due = tx.select(&sql, |row| {
        let kind: String = row.get(1)?;
        Ok::<_, crate::error::Error>((row.get(0)?, kind, row.get(2)?, row.get(3)?, row.get(4)?))
    })?;
    Ok(due.into_iter().find_map(|(id, kind, key, payload, attempts)| {
        Kind::parse(&kind).map(|kind| Job { id, kind, key, payload, attempts })
    }))
}

/// Writes down what became of `job`, in the transaction of its effects.
///
/// # Errors
/// Those of the store.
pub fn finish(tx: &mut Tx<'_>, job: &Job, done: Done) -> Result<()> {
    match done {
        Done::Whole => {
            tx.run("delete from job where workspace = ?1 and id = ?2", &[(&job.id).into()])?;
        }
        Done::Again(at) => {
            let sql = "update job set run_at = ?3, attempts = 0 where workspace = ?1 and id = ?2";
            tx.run(sql, &[(&job.id).into(), at.into()])?;
        }
    }
    Ok(())
}

/// Keeps how far a job in steps has come, for its next step.
///
/// # Errors
/// Those of the store.
pub fn keep(tx: &mut Tx<'_>, job: &Job, payload: &str) -> Result<()> {
    let sql = "update job set payload = ?3 where workspace = ?1 and id = ?2";
    Ok(tx.run(sql, &[(&job.id).into(), payload.into()])?)
}

/// Writes down that `job` failed, and when to try again. Of several tries at once one is counted.
///
/// # Errors
/// Those of the store.
pub fn postpone(tx: &mut Tx<'_>, job: &Job, why: &str) -> Result<()> {
    let at = tx.now() + pause(job.attempts);
    let why: String = why.chars().take(ERROR_CHARS_MAX).collect();
    let sql = "update job set run_at = ?3, attempts = attempts + 1, last_error = ?4
               where workspace = ?1 and id = ?2 and attempts = ?5";
    Ok(tx.run(sql, &[(&job.id).into(), at.into(), (&why).into(), job.attempts.into()])?)
}

/// How long to wait after the try number `attempts`: a second, doubled each time.
fn pause(attempts: i64) -> SignedDuration {
    let seconds = 1_i64 << attempts.clamp(0, 12);
    SignedDuration::from_secs(seconds).min(PAUSE_MAX)
}

/// The workspaces that have a job due at `now`, and when the first one after that is due.
///
/// # Errors
/// Those of the store.
pub fn due(tx: &mut ReadTx<'_>, limit: i64) -> Result<(Vec<String>, Option<Timestamp>)> {
    let now = tx.now();
    let sql = "select distinct workspace from job where run_at <= ?1 limit ?2";
    let due =
        tx.all(sql, &[now.into(), limit.into()], |row| Ok::<_, crate::error::Error>(row.get(0)?))?;
    let sql = "select run_at from job where run_at > ?1 order by run_at limit 1";
    let next = tx.first(sql, &[now.into()], |row| Ok::<_, crate::error::Error>(row.get(0)?))?;
    Ok((due, next))
}

#[cfg(test)]
mod pause_tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_bounded() {
        assert_eq!(pause(0), SignedDuration::from_secs(1));
        assert_eq!(pause(3), SignedDuration::from_secs(8));
        assert_eq!(pause(1000), PAUSE_MAX);
    }
}
