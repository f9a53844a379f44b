//! What happened, in order. Webhooks, sequences, search and the live dashboard are its readers.

pub mod reader;

#[cfg(test)]
mod tests;

use serde::Serialize;
use serde_json::value::RawValue;
use store::{ReadTx, Row, Sql, Tx};

use crate::{
    error::{Error, Result},
    id::{self, EventId},
    time,
};

/// Every kind of event there is, in the words of the documents where they have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Someone new is known. Documented.
    ContactCreated,
    /// What is known of someone changed. Documented.
    ContactUpdated,
    /// Someone was erased: tells caches and searches to forget.
    ContactDeleted,
    /// Two contacts were one person.
    ContactMerged,
    /// Contacts were taken out as a file.
    ContactExported,
    /// A record was made, changed or deleted: a tag, disposition, line, ring group, sequence, list,
    /// macro, view, attribute or segment.
    RecordCreated,
    /// See [`Kind::RecordCreated`].
    RecordUpdated,
    /// See [`Kind::RecordCreated`].
    RecordDeleted,
    /// Someone joined the workspace.
    OperatorCreated,
    /// What is known of an operator changed.
    OperatorUpdated,
    /// An operator went online or offline. Documented.
    OperatorStatusChanged,
    /// A visitor started a conversation, or one was begun for them. Documented.
    ConversationCreated,
    /// A conversation was given to an operator, or taken from one. Documented.
    ConversationAssigned,
    /// A conversation was closed. Documented.
    ConversationClosed,
    /// A closed conversation goes on.
    ConversationReopened,
    /// A visitor said how it was. Documented.
    ConversationRated,
    /// Tags, subject, priority, a snooze or the visitor's name changed.
    ConversationUpdated,
    /// Two conversations were one, or are two again.
    ConversationMerged,
    /// An operator has read a conversation.
    ConversationRead,
    /// Something was said. Documented.
    MessageCreated,
    /// Something that was said was changed, or its delivery came further.
    MessageUpdated,
    /// Something that was said was deleted.
    MessageDeleted,
    /// One side has read what the other said.
    MessageRead,
    /// A note was written, which visitors never see.
    NoteCreated,
    /// The system wrote a line into a conversation.
    LineCreated,
    /// An anonymous visitor was matched to a contact. Documented.
    VisitorIdentified,
    /// What is known of a visitor changed.
    VisitorUpdated,
    /// Nobody speaks as this visitor any more.
    VisitorReset,
    /// Visitors opened pages: one entry for many.
    VisitorsBrowsed,
    /// A tracked visitor opened a page. Documented.
    VisitorPageViewed,
    /// A site was added, changed or removed.
    SiteUpdated,
    /// A widget's conversation became a lead.
    LeadCreated,
    /// A lead has talked enough to be called at once.
    LeadHot,
    /// A contact was put into a sequence.
    EnrolmentCreated,
    /// A contact left a sequence.
    EnrolmentEnded,
    /// A contact was put into a dialer's queue.
    DialerAdded,
    /// A contact was taken out of a dialer's queue.
    DialerRemoved,
    /// What a workspace decides for itself changed.
    SettingsUpdated,
    /// A webhook was made.
    WebhookCreated,
    /// A webhook was changed, or disabled.
    WebhookUpdated,
    /// A webhook was deleted.
    WebhookDeleted,
    /// Deliveries were put in line by hand.
    WebhookRequeued,
    /// Something did not arrive at a webhook and was given up.
    WebhookDeliveryFailed,
    /// A credential was made.
    KeyCreated,
    /// A credential was revoked.
    KeyRevoked,
    /// Someone signed in.
    LoginCreated,
    /// A login ended before its time.
    LoginEnded,
    /// Someone guessed wrong about an account.
    LoginRefused,
    /// What lets an operator in was changed: a password, a second factor, a passkey.
    AccountUpdated,
    /// Someone was invited.
    InvitationCreated,
    /// Someone who was invited has joined.
    InvitationAccepted,
    /// An app of others was registered.
    AppCreated,
    /// An app was changed, or has another secret.
    AppUpdated,
    /// An app was deleted, and all that it was granted.
    AppDeleted,
    /// An operator let an app act for them.
    GrantCreated,
    /// An app may act for an operator no more.
    GrantRevoked,
}

/// What each kind means, for `docs/events.md` and for whoever adds one.
pub const CATALOGUE: &[(Kind, &str, &str)] = &[
    (Kind::ContactCreated, "contact.created", "Someone new is known. The payload is the contact."),
    (
        Kind::ContactUpdated,
        "contact.updated",
        "A contact changed. The payload is the contact and `changes`, from and to per field.",
    ),
    (Kind::ContactDeleted, "contact.deleted", "A contact was erased. The payload is its `id`."),
    (
        Kind::ContactMerged,
        "contact.merged",
        "Two contacts were one person. The payload is the one that stays and `merged_id`.",
    ),
    (
        Kind::ContactExported,
        "contact.exported",
        "Contacts were exported as a file. The payload is the `id` of whoever did it, the `columns`, the `segment_id`, and whether it was `narrowed`.",
    ),
    (
        Kind::RecordCreated,
        "record.created",
        "A tag, disposition, line, ring group, sequence, list, macro, view, attribute or segment was made.",
    ),
    (
        Kind::RecordUpdated,
        "record.updated",
        "A record changed. The payload names its `previous_name`.",
    ),
    (Kind::RecordDeleted, "record.deleted", "A record was deleted."),
    (Kind::OperatorCreated, "operator.created", "Someone joined the workspace."),
    (
        Kind::OperatorUpdated,
        "operator.updated",
        "An operator changed. The payload is the operator.",
    ),
    (
        Kind::OperatorStatusChanged,
        "operator.status_changed",
        "An operator went online or offline. The payload is the operator and `previous_status`.",
    ),
    (
        Kind::ConversationCreated,
        "conversation.created",
        "A conversation began. The payload is the conversation.",
    ),
    (
        Kind::ConversationAssigned,
        "conversation.assigned",
        "A conversation has another operator, or none. The payload is the conversation and `previous_assigned_to`.",
    ),
    (
        Kind::ConversationClosed,
        "conversation.closed",
        "A conversation was closed. The payload is the conversation, with `closed_by`.",
    ),
    (
        Kind::ConversationReopened,
        "conversation.reopened",
        "A closed conversation goes on. The payload is the conversation.",
    ),
    (
        Kind::ConversationRated,
        "conversation.rated",
        "A visitor rated a conversation. The payload is the conversation, with `rating`.",
    ),
    (
        Kind::ConversationUpdated,
        "conversation.updated",
        "Something else about a conversation changed. The payload is the conversation.",
    ),
    (
        Kind::ConversationMerged,
        "conversation.merged",
        "Two conversations became one, or two again. The payload is the one that stays, and `merged_id`.",
    ),
    (
        Kind::ConversationRead,
        "conversation.read",
        "An operator has read a conversation. The payload is `conversation_id`, `operator_id`, `number` and `unread_count`.",
    ),
    (
        Kind::MessageCreated,
        "message.created",
        "Something was said. The payload is the message. Notes make no such event.",
    ),
    (
        Kind::MessageUpdated,
        "message.updated",
        "A message was edited, or its delivery came further. The payload is the message.",
    ),
    (
        Kind::MessageDeleted,
        "message.deleted",
        "A message was deleted. The payload is what is left of it.",
    ),
    (
        Kind::MessageRead,
        "message.read",
        "One side has read what the other said. The payload is `conversation_id`, `number`, `by` (`visitor` or `operator`) and `at`.",
    ),
    (Kind::NoteCreated, "note.created", "An operator wrote a note. The payload is the message."),
    (
        Kind::LineCreated,
        "line.created",
        "The system wrote into a conversation what happened. The payload is the message.",
    ),
    (
        Kind::VisitorIdentified,
        "visitor.identified",
        "A visitor was matched to a contact. The payload is the visitor and `contact`.",
    ),
    (
        Kind::VisitorUpdated,
        "visitor.updated",
        "What is known of a visitor changed. The payload is the visitor.",
    ),
    (
        Kind::VisitorReset,
        "visitor.reset",
        "A visitor's token is void: nobody speaks as them any more. The payload is its `id`.",
    ),
    (
        Kind::VisitorsBrowsed,
        "visitors.browsed",
        "Visitors opened pages. The payload is `visitor_ids` and `pageviews_count`.",
    ),
    (
        Kind::VisitorPageViewed,
        "visitor.page_viewed",
        "A visitor opened a page. The payload is the page view and `visitor`.",
    ),
    (
        Kind::SiteUpdated,
        "site.updated",
        "A site was added, changed or removed. The payload is the site.",
    ),
    (
        Kind::LeadCreated,
        "lead.created",
        "A widget's conversation was saved for the first time. The payload is the lead.",
    ),
    (
        Kind::LeadHot,
        "lead.hot",
        "A lead has five messages or more. Told once. The payload is the lead.",
    ),
    (
        Kind::EnrolmentCreated,
        "enrolment.created",
        "A contact was put into a sequence. The payload is `contact_id` and `sequence_id`.",
    ),
    (
        Kind::EnrolmentEnded,
        "enrolment.ended",
        "A contact left a sequence. The payload is `contact_id`, `sequence_id` and `reason`.",
    ),
    (
        Kind::DialerAdded,
        "dialer.added",
        "A contact was put into an operator's queue. The payload is `contact_id`, `operator_id` and `place`.",
    ),
    (
        Kind::DialerRemoved,
        "dialer.removed",
        "A contact left an operator's queue. The payload is `contact_id` and `operator_id`.",
    ),
    (
        Kind::SettingsUpdated,
        "settings.updated",
        "What the workspace decides for itself changed. The payload is the settings.",
    ),
    (Kind::WebhookCreated, "webhook.created", "A webhook was made. The payload is the webhook."),
    (
        Kind::WebhookUpdated,
        "webhook.updated",
        "A webhook was changed, or disabled. The payload is the webhook.",
    ),
    (Kind::WebhookDeleted, "webhook.deleted", "A webhook was deleted. The payload is its `id`."),
    (
        Kind::WebhookRequeued,
        "webhook.requeued",
        "Deliveries were put in line by hand: sent again, recovered, backfilled or for a test.",
    ),
    (
        Kind::WebhookDeliveryFailed,
        "webhook.delivery_failed",
        "A delivery was given up. The payload is its `id`, `webhook_id`, `event`, `attempts` and `error`.",
    ),
    (Kind::KeyCreated, "key.created", "A credential was made. The secret is not in the payload."),
    (Kind::KeyRevoked, "key.revoked", "A credential was revoked."),
    (
        Kind::LoginCreated,
        "login.created",
        "Someone signed in. The payload is `id`, `operator_id`, `method`, `address` and `agent`.",
    ),
    (Kind::LoginEnded, "login.ended", "A login ended before its time. The payload is its `id`."),
    (
        Kind::LoginRefused,
        "login.refused",
        "Someone guessed wrong about an account. The payload is `operator_id`, what was `wrong`, `address` and `agent`.",
    ),
    (
        Kind::AccountUpdated,
        "account.updated",
        "What lets an operator in was changed. The payload is `operator_id` and `change`.",
    ),
    (
        Kind::InvitationCreated,
        "invitation.created",
        "Someone was invited. The payload is `operator_id` and `email`.",
    ),
    (
        Kind::InvitationAccepted,
        "invitation.accepted",
        "Someone who was invited has joined. The payload is `operator_id`.",
    ),
    (Kind::AppCreated, "app.created", "An app was registered. The payload is the app."),
    (Kind::AppUpdated, "app.updated", "An app was changed, or has another secret."),
    (
        Kind::AppDeleted,
        "app.deleted",
        "An app was deleted, and all that it was granted. The payload is its `id`.",
    ),
    (
        Kind::GrantCreated,
        "grant.created",
        "An operator let an app act for them. The payload is the grant.",
    ),
    (
        Kind::GrantRevoked,
        "grant.revoked",
        "An app may act for an operator no more. The payload is the grant's `id` and `reason`.",
    ),
];

impl Kind {
    /// The word that is stored and shown.
    pub fn as_str(self) -> &'static str {
        let known = CATALOGUE.iter().find(|(kind, ..)| *kind == self);
        known.map_or("unknown", |(_, name, _)| name)
    }
}

/// An event, and its place in the log.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// Counts from 1 in each workspace, and leaves no gap: a reader keeps one number.
    pub seq: i64,
    /// Names it for good, on every retry and to every receiver.
    pub id: EventId,
    /// One of [`CATALOGUE`]; a newer release may have written one that is not known here.
    pub kind: String,
    /// The id of what it is about.
    pub subject: String,
    /// Who did it: `key_…`, `op_…`, `system`.
    pub actor: String,
    /// Because of what: a request, an event, a job; empty when nobody said.
    pub cause: String,
    /// The instant of the operation that made it.
    #[serde(serialize_with = "time::whole_seconds")]
    pub at: jiff::Timestamp,
    /// What the public API would have shown at that moment.
    pub payload: Box<RawValue>,
}

/// Appends an event to the log, in the transaction that made it true. `payload` is JSON.
///
/// # Errors
/// Those of the store.
pub fn append(tx: &mut Tx<'_>, kind: Kind, subject: &str, payload: &str) -> Result<i64> {
    let seq = next_seq(tx)?;
    let (id, now): (EventId, _) = (id::new(tx), tx.now());
    let (actor, cause) = (tx.scope().actor().to_owned(), tx.scope().cause().to_owned());
    tx.run(
        "insert into event (workspace, seq, id, kind, subject, actor, cause, at, payload)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        &[
            seq.into(),
            (&id).into(),
            kind.as_str().into(),
            subject.into(),
            (&actor).into(),
            (&cause).into(),
            now.into(),
            payload.into(),
        ],
    )?;
    tx.log_grew_to(seq);
    Ok(seq)
}

/// The entries after number `seq`, oldest first.
///
/// # Errors
/// Those of the store.
pub fn list_after(tx: &mut ReadTx<'_>, seq: i64, limit: i64) -> Result<Vec<Entry>> {
    let sql = "select seq, id, kind, subject, actor, cause, at, payload from event
               where workspace = ?1 and seq > ?2 order by seq limit ?3";
    tx.all(sql, &[seq.into(), limit.into()], read)
}

/// The newest entries below number `before` about who may do what: newest first.
///
/// # Errors
/// Those of the store.
pub fn audited(tx: &mut ReadTx<'_>, before: i64, limit: i64) -> Result<Vec<Entry>> {
    // The words of the index, so that it is used.
    let sql = "select seq, id, kind, subject, actor, cause, at, payload from event
               where workspace = ?1 and seq < ?2 and kind in ('key.created', 'key.revoked',
                   'operator.created', 'operator.updated', 'login.created', 'login.ended',
                   'login.refused', 'account.updated', 'invitation.created', 'invitation.accepted',
                   'app.created', 'app.updated', 'app.deleted', 'grant.created', 'grant.revoked',
                   'webhook.created', 'webhook.updated', 'webhook.deleted', 'settings.updated',
                   'site.updated', 'contact.deleted', 'contact.exported')
               order by seq desc limit ?3";
    tx.all(sql, &[before.into(), limit.into()], read)
}

/// The entries of `kinds`, or of all if none is named, after number `after` and up to `until`, oldest
/// first.
///
/// # Errors
/// Those of the store.
pub fn list_of(
    tx: &mut ReadTx<'_>,
    kinds: &[&'static str],
    (after, until): (i64, i64),
    limit: i64,
) -> Result<Vec<Entry>> {
    let mut sql = Sql::new(
        "select seq, id, kind, subject, actor, cause, at, payload from event where workspace = ?1",
    );
    sql.with(" and seq > ", after).with(" and seq <= ", until);
    if let [first, rest @ ..] = kinds {
        sql.with(" and kind in (", *first);
        for kind in rest {
            sql.with(", ", *kind);
        }
        sql.push(")");
    }
    sql.with(" order by seq limit ", limit);
    tx.select(&sql, read)
}

/// The entries about `subject` after number `seq`, oldest first.
///
/// # Errors
/// Those of the store.
pub fn list_about(tx: &mut ReadTx<'_>, subject: &str, seq: i64, limit: i64) -> Result<Vec<Entry>> {
    let sql = "select seq, id, kind, subject, actor, cause, at, payload from event
               where workspace = ?1 and subject = ?2 and seq > ?3 order by seq limit ?4";
    tx.all(sql, &[subject.into(), seq.into(), limit.into()], read)
}

/// The number of the oldest entry that is kept; one more than the newest when none is.
///
/// # Errors
/// Those of the store.
pub fn oldest(tx: &mut ReadTx<'_>) -> Result<i64> {
    let sql = "select seq from event where workspace = ?1 order by seq limit 1";
    match tx.first(sql, &[], |row| row.get::<i64>(0))? {
        Some(seq) => Ok(seq),
        None => Ok(newest(tx)? + 1),
    }
}

/// The number of the newest entry there ever was.
///
/// # Errors
/// Those of the store.
pub fn newest(tx: &mut ReadTx<'_>) -> Result<i64> {
    let sql = "select seq from event_counter where workspace = ?1";
    Ok(tx.first(sql, &[], |row| row.get::<i64>(0))?.unwrap_or(0))
}

/// The number of the first entry that is kept from `at` on; one more than the newest when there is none.
///
/// # Errors
/// Those of the store.
pub fn first_since(tx: &mut ReadTx<'_>, at: jiff::Timestamp) -> Result<i64> {
    let (mut low, mut high) = (oldest(tx)?, newest(tx)? + 1);
    // Numbers are in the order of time.
    while low < high {
        let middle = low + (high - low) / 2;
        let sql = "select at from event where workspace = ?1 and seq = ?2";
        let found = tx.first(sql, &[middle.into()], |row| row.get::<jiff::Timestamp>(0))?;
        if found.is_some_and(|found| found < at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// Rewrites every payload about `subject` to no more than its id: the person asked to be forgotten.
/// Says whether some were left for another step.
///
/// # Errors
/// Those of the store.
pub fn forget(tx: &mut Tx<'_>, subject: &str, payload: &str, limit: i64) -> Result<bool> {
    let sql = "update event set payload = ?3 where workspace = ?1 and subject = ?2
               and seq in (select seq from event where workspace = ?1 and subject = ?2
                           and payload <> ?3 order by seq limit ?4)
               returning seq";
    let values = [subject.into(), payload.into(), limit.into()];
    let seqs = tx.all(sql, &values, |row| row.get::<i64>(0))?;
    Ok(i64::try_from(seqs.len()).unwrap_or(limit) == limit)
}

/// Rewrites the payloads about `subject` that are those of the thing `id` to `payload`: it was
/// deleted, and what it said is not to be read in the log either.
///
/// # Errors
/// Those of the store.
pub fn rewrite(tx: &mut Tx<'_>, subject: &str, id: &str, payload: &str) -> Result<()> {
    // Our own payloads of one thing begin with its id.
    let pattern = format!("{{\"id\":\"{id}\",%");
    let sql = "update event set payload = ?4 where workspace = ?1 and subject = ?2
               and payload like ?3";
    Ok(tx.run(sql, &[subject.into(), pattern.as_str().into(), payload.into()])?)
}

/// Deletes up to `limit` of the entries from before `before`. Says whether some were left.
///
/// # Errors
/// Those of the store.
pub fn age_out(tx: &mut Tx<'_>, before: jiff::Timestamp, limit: i64) -> Result<bool> {
    let sql = "delete from event where workspace = ?1 and seq in (
                   select seq from event where workspace = ?1 order by seq limit ?3)
               and at < ?2 returning seq";
    let gone = tx.all(sql, &[before.into(), limit.into()], |row| row.get::<i64>(0))?;
    Ok(i64::try_from(gone.len()).unwrap_or(limit) == limit)
}

/// Comes from a counter, not from the highest number in the log: old entries are deleted, and a
/// workspace whose whole log has aged out must not begin again at 1.
fn next_seq(tx: &mut Tx<'_>) -> Result<i64> {
    let seq = tx.first(
        "insert into event_counter (workspace, seq) values (?1, 1)
         on conflict (workspace) do update set seq = event_counter.seq + 1 returning seq",
        &[],
        |row| row.get(0),
    )?;
    seq.ok_or_else(|| Error::internal("the event counter gave no number"))
}

fn read(row: &Row) -> Result<Entry> {
    let payload = RawValue::from_string(row.get(7)?)?;
    Ok(Entry {
        seq: row.get(0)?,
        id: row.get(1)?,
        kind: row.get(2)?,
        subject: row.get(3)?,
        actor: row.get(4)?,
        cause: row.get(5)?,
        at: row.get(6)?,
        payload,
    })
}
