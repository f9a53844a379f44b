//! Conversations: what a visitor and a workspace have to say to each other.
//!
//! A conversation is one row, with all that the API shows of it. Its messages are numbered from 1
//! without a gap, and a message that is sent twice is one message.

mod amend;
mod assign;
mod draft;
pub mod face;
pub mod http;
mod http_desk;
mod http_message;
mod idle;
mod index;
mod lead;
mod list;
mod mention;
mod merge;
mod message;
mod person;
mod seen;
mod transcript;
mod write;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{ReadTx, Row};
use utoipa::ToSchema;

pub use self::{
    amend::{Delivery, edit, remove, set_delivery},
    assign::{
        Assignment, Claim, Kept, assign, decisions, gave_back, held_by, is_awaited, last_operator,
        waiting,
    },
    idle::{wake, warn_or_close},
    index::{INDEX, search},
    lead::save_lead,
    list::{ListQuery, assignments, list, of_visitor},
    merge::{merge, unmerge},
    message::{
        Message, NewMessage, Notes, Sent, Sort, Speaker, between, find_message, messages, send,
        sent_before,
    },
    person::{follow_merge, forget, forget_visitor, name_visitor},
    seen::{
        first_answered, rate, read_by_operator, read_by_visitor, unread_by_operator,
        unread_by_visitor,
    },
    transcript::{Format, as_html, as_text, transcript},
    write::{
        ConversationPatch, NewConversation, Snooze, begin_with, close, create, open_for, open_of,
        patch, reopen, snooze,
    },
};
use crate::{
    error::{Error, Result},
    id::{ContactId, ConversationId, Id, OperatorId, SiteId, kind},
    time,
    visitor::Who,
};

/// A talk with a visitor. Absent optional values are `null`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "conv_01kf3q8z5t7w9y2b4d6f8h0jkm",
    "status": "open",
    "visitor": { "id": "vis_01kf3q8z5t7w9y2b4d6f8h0jkm", "name": "Ada", "email": "ada@example.com" },
    "assigned_to": null,
    "created_at": "2026-02-11T10:30:22Z",
    "updated_at": "2026-02-11T10:35:22Z",
    "messages_count": 2,
    "contact_id": null,
    "channel": "web",
    "subject": null,
    "tags": [],
    "page_url": "https://example.com/pricing",
    "last_message_at": "2026-02-11T10:35:22Z",
    "unread_count": 1,
    "chatbot_id": null,
    "rating": null,
    "closed_at": null,
    "closed_by": null,
    "priority": "normal",
    "snoozed_until": null,
    "is_snoozed": false,
    "assigned_at": null,
    "waiting_since": "2026-02-11T10:30:22Z",
    "last_message_by": "visitor",
    "last_number": 2,
    "site_id": null,
    "previous_id": null,
    "merged_into": null
}))]
pub struct Conversation {
    /// Names it for good.
    pub id: ConversationId,
    /// Whether it goes on.
    pub status: ConversationStatus,
    /// With whom.
    pub visitor: Who,
    /// Whose it is.
    pub assigned_to: Option<OperatorId>,
    /// When it began.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When something about it last changed.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// How many messages it has that its visitor sees.
    pub messages_count: i64,
    /// The contact that the visitor was matched to.
    pub contact_id: Option<ContactId>,
    /// How the visitor is reached.
    pub channel: ChatChannel,
    /// What it is about.
    pub subject: Option<String>,
    /// Names of tags.
    pub tags: Vec<String>,
    /// The page on which it began.
    pub page_url: Option<String>,
    /// When something was last said.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_message_at: Option<Timestamp>,
    /// How many of the visitor's messages nobody has read; or the operator in question has not.
    pub unread_count: i64,
    /// The chatbot that talks.
    #[schema(value_type = Option<String>)]
    pub chatbot_id: Option<Id<kind::Chatbot>>,
    /// What the visitor said of it.
    pub rating: Option<Rating>,
    /// Since when it is closed.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Timestamp>,
    /// Who closed it.
    pub closed_by: Option<ClosedBy>,
    /// How urgent it is.
    pub priority: Priority,
    /// Until when it is out of the way; `null` with `is_snoozed` means until the visitor writes.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub snoozed_until: Option<Timestamp>,
    /// Whether it is out of the way.
    pub is_snoozed: bool,
    /// When its operator got it.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub assigned_at: Option<Timestamp>,
    /// Since when it waits for an operator.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub waiting_since: Option<Timestamp>,
    /// Who had the last word.
    pub last_message_by: Option<String>,
    /// The number of its newest message.
    pub last_number: i64,
    /// The site on which it began.
    pub site_id: Option<SiteId>,
    /// The one that it goes on from, which was closed too long ago to be opened again.
    pub previous_id: Option<ConversationId>,
    /// The one that it became part of.
    pub merged_into: Option<ConversationId>,
    /// Whether it is unwanted, and out of the way until somebody says otherwise.
    pub is_spam: bool,
    /// The newest words, where they are asked for with `with_last_message`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_message: Option<LastMessage>,
    /// How many messages the visitor wrote.
    #[serde(skip)]
    pub(crate) visitor_count: i64,
}

/// What a visitor said of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rating {
    /// 1 to 5.
    pub score: i64,
    /// In their words.
    pub comment: Option<String>,
    /// When.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub rated_at: Timestamp,
}

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$doc])* $variant,)*
        }

        impl $name {
            /// The word that is stored and shown.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            fn parse(text: &str) -> Result<Self> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    other => Err(Error::internal(format!("'{other}' is no word of ours"))),
                }
            }
        }
    };
}

words! {
    /// Whether a conversation goes on. Snoozes and waiting are other fields.
    ConversationStatus {
        /// It does.
        Open = "open",
        /// It does not.
        Closed = "closed",
    }
}

words! {
    /// How a visitor is reached.
    ChatChannel {
        /// By the widget of a site.
        Web = "web",
        /// By `WhatsApp`.
        Whatsapp = "whatsapp",
        /// By SMS.
        Sms = "sms",
    }
}

words! {
    /// How urgent a conversation is.
    Priority {
        /// It can wait.
        Low = "low",
        /// Like any other.
        Normal = "normal",
        /// Before others.
        High = "high",
        /// Now.
        Urgent = "urgent",
    }
}

words! {
    /// Who closed a conversation.
    ClosedBy {
        /// An operator.
        Operator = "operator",
        /// Nobody said anything for too long.
        Auto = "auto",
        /// A program, or the visitor by way of the widget.
        Api = "api",
    }
}

/// The newest words of a conversation. Notes are none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LastMessage {
    /// By whom: `visitor`, `operator` or `bot`.
    #[serde(rename = "type")]
    pub kind: String,
    /// How they begin: 160 characters at most, empty if there are only attachments.
    pub body: String,
    /// When they were said.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

const LAST_CHARS_MAX: usize = 160;

/// Stands for "until the visitor writes".
const SNOOZED_FOREVER: Timestamp = Timestamp::constant(253_370_764_800, 0);

/// Every statement answers with these, in this order, and [`read`] is their only reader. The last one
/// is how many of the visitor's messages were seen.
macro_rules! columns {
    () => {
        "conversation.id, status, visitor, visitor_name, visitor_email, assigned_to, created_at, \
         updated_at, last_number, contact, channel, subject, tags, page_url, last_message_at, \
         visitor_count, chatbot, rating_score, rating_comment, rated_at, closed_at, closed_by, \
         priority, snoozed_until, assigned_at, queued_at, last_author, last_number, site, previous, \
         merged_into, seen_count, spam_at"
    };
}
use columns;

/// The conversation that `id` names, or that it became part of. `viewer` is whose unread messages are
/// counted; without one those that nobody has read.
///
/// # Errors
/// When there is none.
pub fn find(
    tx: &mut ReadTx<'_>,
    id: &ConversationId,
    viewer: Option<&OperatorId>,
) -> Result<Conversation> {
    let found = find_exact(tx, id)?.ok_or(Error::NotFound("conversation"))?;
    let found = match &found.merged_into {
        Some(kept) => find_exact(tx, kept)?.ok_or(Error::NotFound("conversation"))?,
        None => found,
    };
    match viewer {
        Some(viewer) => seen_by(tx, found, viewer),
        None => Ok(found),
    }
}

fn find_exact(tx: &mut ReadTx<'_>, id: &ConversationId) -> Result<Option<Conversation>> {
    let sql = concat!("select ", columns!(), " from conversation where workspace = ?1 and id = ?2");
    let found = tx.first(sql, &[id.into()], read)?;
    Ok(found.filter(|found| is_seen(tx, found.assigned_to.as_ref())))
}

/// Whether whoever asks may see a conversation that was given to `assigned_to`: some see only theirs.
fn is_seen(tx: &ReadTx<'_>, assigned_to: Option<&OperatorId>) -> bool {
    let only = tx.scope().sees_only();
    only.is_none_or(|only| assigned_to.is_some_and(|operator| operator.as_str() == only))
}

/// Conversations that were ever given to an operator and still are, newest first: `limit` at most.
///
/// # Errors
/// Those of the store.
pub fn given_to(tx: &mut ReadTx<'_>, id: &OperatorId, limit: i64) -> Result<Vec<ConversationId>> {
    let sql = "select id from conversation where workspace = ?1 and assigned_to = ?2
               order by id desc limit ?3";
    tx.all(sql, &[id.into(), limit.into()], |row| Ok(row.get(0)?))
}

fn seen_by(
    tx: &mut ReadTx<'_>,
    mut conversation: Conversation,
    viewer: &OperatorId,
) -> Result<Conversation> {
    let sql = "select visitor_count from conversation_read
               where workspace = ?1 and conversation = ?2 and operator = ?3";
    let values = [(&conversation.id).into(), viewer.into()];
    let seen = tx.first(sql, &values, |row| row.get::<i64>(0))?.unwrap_or(0);
    conversation.unread_count = (conversation.visitor_count - seen).max(0);
    Ok(conversation)
}

/// The same with its newest words.
///
/// # Errors
/// Those of the store.
fn with_last_message(tx: &mut ReadTx<'_>, mut conversation: Conversation) -> Result<Conversation> {
    let sql = "select type, body, created_at from message
               where workspace = ?1 and conversation = ?2 and number <= ?3
               and type in ('visitor', 'operator', 'bot') and deleted_at is null
               order by number desc limit 1";
    let values = [(&conversation.id).into(), conversation.last_number.into()];
    conversation.last_message = tx.first(sql, &values, |row| {
        let body: String = row.get(1)?;
        let body = body.chars().take(LAST_CHARS_MAX).collect();
        Ok::<_, Error>(LastMessage { kind: row.get(0)?, body, created_at: row.get(2)? })
    })?;
    Ok(conversation)
}

fn read(row: &Row) -> Result<Conversation> {
    let rating = match (row.get::<Option<i64>>(17)?, row.get(19)?) {
        (Some(score), Some(rated_at)) => Some(Rating { score, comment: row.get(18)?, rated_at }),
        _ => None,
    };
    let tags: Option<String> = row.get(12)?;
    let closed_by: Option<String> = row.get(21)?;
    let snoozed_until: Option<Timestamp> = row.get(23)?;
    let visitor_count: i64 = row.get(15)?;
    Ok(Conversation {
        id: row.get(0)?,
        status: ConversationStatus::parse(&row.get::<String>(1)?)?,
        visitor: Who { id: row.get(2)?, name: row.get(3)?, email: row.get(4)? },
        assigned_to: row.get(5)?,
        created_at: row.get(6)?,
        updated_at: row.get(7)?,
        messages_count: row.get(8)?,
        contact_id: row.get(9)?,
        channel: ChatChannel::parse(&row.get::<String>(10)?)?,
        subject: row.get(11)?,
        tags: tags.map(|tags| serde_json::from_str(&tags)).transpose()?.unwrap_or_default(),
        page_url: row.get(13)?,
        last_message_at: row.get(14)?,
        unread_count: (visitor_count - row.get::<i64>(31)?).max(0),
        chatbot_id: row.get(16)?,
        rating,
        closed_at: row.get(20)?,
        closed_by: closed_by.map(|word| ClosedBy::parse(&word)).transpose()?,
        priority: Priority::parse(&row.get::<String>(22)?)?,
        snoozed_until: snoozed_until.filter(|until| *until != SNOOZED_FOREVER),
        is_snoozed: snoozed_until.is_some(),
        assigned_at: row.get(24)?,
        waiting_since: row.get(25)?,
        last_message_by: row.get(26)?,
        last_number: row.get(27)?,
        site_id: row.get(28)?,
        previous_id: row.get(29)?,
        merged_into: row.get(30)?,
        is_spam: row.get::<Option<Timestamp>>(32)?.is_some(),
        last_message: None,
        visitor_count,
    })
}
