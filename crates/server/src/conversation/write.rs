//! What changes a conversation. Each change is one function over one transaction, and tells of itself.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer};
use serde_json::{Value as Json, json};
use store::{ReadTx, Tx};
use utoipa::ToSchema;

use super::{
    ChatChannel, ClosedBy, Conversation, ConversationStatus, NewMessage, Priority, SNOOZED_FOREVER,
    Speaker,
    assign::{Assignment, Claim, assign, move_count},
    columns, find, idle, lead,
    message::{self, Line, Message},
    read,
};
use crate::{
    change::Change,
    contact::{self, Draft},
    email::Email,
    error::{Error, Result},
    event,
    id::{self, ContactId, ConversationId, MessageId, OperatorId, SiteId, VisitorId},
    job, record,
    visitor::{self, Visitor},
};

/// What it takes to begin one: whom with, and what to say first.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(example = json!({ "email": "ada@example.com", "body": "Hello Ada" }))]
pub struct NewConversation {
    /// With a contact.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub contact_id: Option<ContactId>,
    /// With a visitor.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub visitor_id: Option<VisitorId>,
    /// With whoever has this address; a contact is made if nobody has.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Email, max_length = 254)]
    pub email: Option<Email>,
    /// What to say first, as an operator.
    #[serde(default)]
    #[schema(max_length = 10000)]
    pub body: Option<String>,
    /// How the visitor is reached: `web` unless told otherwise.
    #[serde(default)]
    pub channel: Option<ChatChannel>,
    /// What it is about.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub subject: Option<String>,
    /// Who says it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub operator_id: Option<OperatorId>,
}

/// What to change: absent keeps, `null` clears.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(example = json!({ "priority": "high", "tags": ["billing"] }))]
pub struct ConversationPatch {
    /// Whether it goes on.
    #[serde(default)]
    pub status: Option<ConversationStatus>,
    /// Whose it is.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub assigned_to: Change<OperatorId>,
    /// Replaces all; those that are new are made.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, max_items = 100)]
    pub tags: Change<Vec<String>>,
    /// What it is about.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub subject: Change<String>,
    /// How urgent it is.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// Whether it is unwanted: then it waits for nobody until somebody says otherwise.
    #[serde(default)]
    pub is_spam: Option<bool>,
}

/// Until when a conversation is out of the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Snooze {
    /// Not at all any more.
    Awake,
    /// Until this time, or until the visitor writes.
    Until(Timestamp),
    /// Until the visitor writes.
    Reply,
}

impl<'de> Deserialize<'de> for Snooze {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else {
            return Ok(Self::Awake);
        };
        if text == "reply" {
            return Ok(Self::Reply);
        }
        let wanted = |_| serde::de::Error::custom("must be a time, or 'reply'");
        text.parse().map(Self::Until).map_err(wanted)
    }
}

const SUBJECT_CHARS_MAX: usize = 200;

/// Begins a conversation, and says the first words if there are any.
///
/// # Errors
/// When it is said with nobody, or with somebody who is not there.
pub fn create(tx: &mut Tx<'_>, new: NewConversation, sender: &str) -> Result<Conversation> {
    let visitor = match (&new.visitor_id, &new.contact_id, &new.email) {
        (Some(id), ..) => visitor::find(tx, id).map_err(|error| missing(error, "visitor_id"))?,
        (None, Some(id), _) => {
            let contact = contact::find(tx, id).map_err(|error| missing(error, "contact_id"))?;
            visitor::of_contact(tx, &contact)?
        }
        (None, None, Some(email)) => {
            let contact = match contact::id_by_email(tx, &email.folded())? {
                Some(id) => contact::find(tx, &id)?,
                None => {
                    let email = Some(email.as_given().to_owned());
                    contact::insert(tx, Draft { email, ..Draft::default() }, "api")?
                }
            };
            visitor::of_contact(tx, &contact)?
        }
        (None, None, None) => return Err(Error::Missing("contact_id")),
    };
    let begun = Begun {
        site: visitor.site_id.clone(),
        channel: new.channel.unwrap_or(ChatChannel::Web),
        subject: checked_subject(new.subject)?,
        page_url: None,
        previous: None,
    };
    let made = begin(tx, &visitor, &begun)?;
    let Some(body) = new.body else { return Ok(made) };
    let first = NewMessage { body, operator_id: new.operator_id, ..NewMessage::default() };
    let sent = message::send(tx, &made, &first, sender)?;
    find(tx, &sent.message.conversation_id, None)
}

/// What a request names and is not there.
pub(super) fn missing(error: Error, field: &str) -> Error {
    match error {
        Error::NotFound(_) => Error::invalid(field, "must be of this workspace"),
        other => other,
    }
}

/// How one begins.
struct Begun {
    site: Option<SiteId>,
    channel: ChatChannel,
    subject: Option<String>,
    page_url: Option<String>,
    previous: Option<ConversationId>,
}

/// The conversation in which a visitor goes on talking: the open one, the last one if it was closed
/// less than `reopened_within` ago, or a new one.
///
/// # Errors
/// Those of the store.
pub fn open_for(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    page_url: Option<&str>,
    reopened_within: SignedDuration,
) -> Result<Conversation> {
    if let Some(open) = open_of(tx, &visitor.id, reopened_within)? {
        return Ok(open);
    }
    let previous = super::of_visitor(tx, &visitor.id, 1)?.into_iter().next().map(|last| last.id);
    let page_url = page_url.map(str::to_owned);
    let site = visitor.site_id.clone();
    let begun = Begun { site, channel: ChatChannel::Web, subject: None, page_url, previous };
    begin(tx, visitor, &begun)
}

/// The conversation in which a visitor would go on talking, if there is one.
///
/// # Errors
/// Those of the store.
pub fn open_of(
    tx: &mut ReadTx<'_>,
    visitor: &VisitorId,
    reopened_within: SignedDuration,
) -> Result<Option<Conversation>> {
    let sql = concat!(
        "select ",
        columns!(),
        " from conversation where workspace = ?1 and visitor = ?2 and channel = 'web'
          and merged_into is null
          order by case when status = 'open' then 0 else 1 end, id desc limit 1"
    );
    let now = tx.now();
    let last = tx.first(sql, &[visitor.into()], read)?;
    let goes_on = |at: Timestamp| now.duration_since(at) < reopened_within;
    Ok(last.filter(|last| last.closed_at.is_none_or(goes_on)))
}

/// What stands before the first words: what the widget had said by itself, and what the visitor agreed
/// to.
///
/// # Errors
/// Those of the store.
pub fn begin_with(
    tx: &mut Tx<'_>,
    conversation: &Conversation,
    spoken: Option<&str>,
    consent_version: Option<&str>,
) -> Result<()> {
    if let Some(version) = consent_version {
        let version: String = version.chars().take(SUBJECT_CHARS_MAX).collect();
        let told = json!({ "kind": "consented", "version": version });
        note_down(tx, conversation, "The visitor agreed to be written to", &told)?;
    }
    let Some(body) = spoken else { return Ok(()) };
    let line = Line {
        speaker: Speaker::Bot,
        body,
        operator: None,
        sender: "trigger",
        client_id: None,
        attachments: None,
        event: None,
    };
    say(tx, conversation, &line).map(drop)
}

fn begin(tx: &mut Tx<'_>, visitor: &Visitor, begun: &Begun) -> Result<Conversation> {
    let (id, now): (ConversationId, _) = (id::new(tx), tx.now());
    let sql = concat!(
        "insert into conversation (workspace, id, site, visitor, visitor_name, visitor_email,
             contact, channel, status, queued_at, subject, page_url, priority, last_number,
             visitor_count, seen_count, previous, created_at, updated_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'open', ?9, ?10, ?11, 'normal', 0, 0, 0, ?12,
                 ?9, ?9)
         returning ",
        columns!()
    );
    let values = [
        (&id).into(),
        begun.site.as_ref().map(SiteId::as_str).into(),
        (&visitor.id).into(),
        visitor.name.as_ref().into(),
        visitor.email.as_ref().into(),
        visitor.contact_id.as_ref().map(ContactId::as_str).into(),
        begun.channel.as_str().into(),
        now.into(),
        begun.subject.as_ref().into(),
        begun.page_url.as_ref().into(),
        begun.previous.as_ref().map(ConversationId::as_str).into(),
    ];
    let made = tx.first(sql, &values, read)?;
    let made = made.ok_or_else(|| Error::internal("the conversation was not made"))?;
    count(tx, ConversationStatus::Open, 1)?;
    visitor::count_conversations(tx, &visitor.id, 1)?;
    if let Some(contact) = &visitor.contact_id {
        contact::count_conversations(tx, contact, 1)?;
    }
    tell(tx, event::Kind::ConversationCreated, &made, None)?;
    Ok(made)
}

/// Counts conversations of a status.
pub(super) fn count(tx: &mut Tx<'_>, status: ConversationStatus, more: i64) -> Result<()> {
    let sql = "insert into conversation_counter (workspace, status, count) values (?1, ?2, ?3)
               on conflict (workspace, status) do update set
               count = conversation_counter.count + excluded.count";
    Ok(tx.run(sql, &[status.as_str().into(), more.into()])?)
}

/// Tells of a change; `more` is added to what is shown of the conversation.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    kind: event::Kind,
    conversation: &Conversation,
    more: Option<(&str, Json)>,
) -> Result<()> {
    let payload = match more {
        None => serde_json::to_string(conversation)?,
        Some((name, value)) => {
            let mut payload = serde_json::to_value(conversation)?;
            payload[name] = value;
            payload.to_string()
        }
    };
    event::append(tx, kind, conversation.id.as_str(), &payload)?;
    Ok(())
}

/// Adds a line to a conversation, whoever it is from. What is said in a closed one opens it again;
/// what the visitor says ends a snooze.
pub(super) fn say(
    tx: &mut Tx<'_>,
    conversation: &Conversation,
    line: &Line<'_>,
) -> Result<Message> {
    if line.speaker.talks() && !conversation.is_open() {
        reopen(tx, &conversation.id)?;
    }
    let (id, now): (MessageId, _) = (id::new(tx), tx.now());
    let after = advance(tx, conversation, line.speaker)?;
    let document = next_document(tx)?;
    let status =
        (conversation.channel == ChatChannel::Web && line.speaker.talks()).then_some("sent");
    let sql = "insert into message (workspace, id, conversation, number, document, type, body,
                   operator, operator_name, sender, client_id, attachments, event, channel_status,
                   created_at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
    let values = [
        (&id).into(),
        (&conversation.id).into(),
        Some(after.last_number).filter(|_| line.speaker != Speaker::Note).into(),
        document.into(),
        line.speaker.as_str().into(),
        line.body.into(),
        line.operator.map(|(id, _)| id.as_str()).into(),
        line.operator.map(|(_, name)| name).into(),
        line.sender.into(),
        line.client_id.into(),
        line.attachments.as_ref().into(),
        line.event.as_ref().into(),
        status.into(),
        now.into(),
    ];
    tx.run(sql, &values)?;
    if line.speaker == Speaker::Visitor && conversation.is_snoozed {
        snooze(tx, &conversation.id, &Snooze::Awake)?;
    }
    let said = message::find_message(tx, &id)?;
    let kind = match line.speaker {
        Speaker::Note => event::Kind::NoteCreated,
        Speaker::System => event::Kind::LineCreated,
        _ => event::Kind::MessageCreated,
    };
    let payload = serde_json::to_string(&said)?;
    event::append(tx, kind, conversation.id.as_str(), &payload)?;
    if line.speaker == Speaker::Visitor {
        lead::remember(tx, conversation)?;
    }
    if line.speaker == Speaker::Operator {
        idle::watch(tx, &conversation.id)?;
    }
    Ok(said)
}

/// Counts a line: the conversation as it is with it.
fn advance(tx: &mut Tx<'_>, conversation: &Conversation, speaker: Speaker) -> Result<Conversation> {
    let now = tx.now();
    let sql = concat!(
        "update conversation set last_number = last_number + ?3,
             visitor_count = visitor_count + ?4,
             seen_count = case when ?5 = 1 then visitor_count else seen_count end,
             last_message_at = coalesce(?6, last_message_at),
             last_author = coalesce(?7, last_author), updated_at = ?8
         where workspace = ?1 and id = ?2 returning ",
        columns!()
    );
    let flag = |is_so: bool| i64::from(is_so);
    let values = [
        (&conversation.id).into(),
        flag(speaker != Speaker::Note).into(),
        flag(speaker == Speaker::Visitor).into(),
        flag(speaker == Speaker::Operator).into(),
        Some(now).filter(|_| speaker.talks()).into(),
        Some(speaker.as_str()).filter(|_| speaker.talks()).into(),
        now.into(),
    ];
    tx.first(sql, &values, read)?.ok_or(Error::NotFound("conversation"))
}

fn next_document(tx: &mut Tx<'_>) -> Result<i64> {
    let sql = "insert into message_counter (workspace, document) values (?1, 1)
               on conflict (workspace) do update set document = message_counter.document + 1
               returning document";
    let document = tx.first(sql, &[], |row| row.get::<i64>(0))?;
    document.ok_or_else(|| Error::internal("the message counter gave no number"))
}

/// A line of the system: `told` is for programs, `body` for people.
pub(super) fn note_down(
    tx: &mut Tx<'_>,
    conversation: &Conversation,
    body: &str,
    told: &Json,
) -> Result<Message> {
    let line = Line {
        speaker: Speaker::System,
        body,
        operator: None,
        sender: "system",
        client_id: None,
        attachments: None,
        event: Some(told.to_string()),
    };
    say(tx, conversation, &line)
}

/// Ends a conversation. One that is closed stays as it is.
///
/// # Errors
/// When there is none of that id.
pub fn close(tx: &mut Tx<'_>, id: &ConversationId, by: ClosedBy) -> Result<Conversation> {
    let old = find(tx, id, None)?;
    if !old.is_open() {
        return Ok(old);
    }
    note_down(tx, &old, "The conversation was closed", &json!({ "kind": "closed", "by": by }))?;
    let now = tx.now();
    let sql = concat!(
        "update conversation set status = 'closed', closed_at = ?3, closed_by = ?4,
                queued_at = null, snoozed_until = null, updated_at = ?3
         where workspace = ?1 and id = ?2 returning ",
        columns!()
    );
    let values = [(&old.id).into(), now.into(), by.as_str().into()];
    let new = tx.first(sql, &values, read)?.ok_or(Error::NotFound("conversation"))?;
    count(tx, ConversationStatus::Open, -1)?;
    count(tx, ConversationStatus::Closed, 1)?;
    move_count(tx, old.assigned_to.as_ref(), None)?;
    tell(tx, event::Kind::ConversationClosed, &new, None)?;
    Ok(new)
}

/// Lets a closed conversation go on. One that is open stays as it is.
///
/// # Errors
/// When there is none of that id.
pub fn reopen(tx: &mut Tx<'_>, id: &ConversationId) -> Result<Conversation> {
    let old = find(tx, id, None)?;
    if old.is_open() {
        return Ok(old);
    }
    let now = tx.now();
    let sql = concat!(
        "update conversation set status = 'open', closed_at = null, closed_by = null,
                queued_at = ?3, updated_at = ?4 where workspace = ?1 and id = ?2 returning ",
        columns!()
    );
    let queued = Some(now).filter(|_| old.assigned_to.is_none());
    let values = [(&old.id).into(), queued.into(), now.into()];
    let new = tx.first(sql, &values, read)?.ok_or(Error::NotFound("conversation"))?;
    count(tx, ConversationStatus::Closed, -1)?;
    count(tx, ConversationStatus::Open, 1)?;
    move_count(tx, None, old.assigned_to.as_ref())?;
    tell(tx, event::Kind::ConversationReopened, &new, None)?;
    Ok(new)
}

fn checked_subject(subject: Option<String>) -> Result<Option<String>> {
    let subject = subject.map(|text| text.replace('\0', "").trim().to_owned());
    if subject.as_ref().is_some_and(|text| SUBJECT_CHARS_MAX < text.chars().count()) {
        return Err(Error::invalid("subject", "must be at most 200 characters long"));
    }
    Ok(subject.filter(|text| !text.is_empty()))
}

/// Changes a conversation: the same effects as the paths that do one thing each.
///
/// # Errors
/// When there is none of that id, or a value cannot be what it is for.
pub fn patch(
    tx: &mut Tx<'_>,
    id: &ConversationId,
    patch: ConversationPatch,
    by: &str,
) -> Result<Conversation> {
    let old = find(tx, id, None)?;
    let subject = match patch.subject {
        Change::Keep => old.subject.clone(),
        Change::Set(text) => checked_subject(Some(text))?,
        Change::Clear => None,
    };
    let tags = match patch.tags {
        Change::Keep => old.tags.clone(),
        Change::Set(names) => record::ensure_tags(tx, "tags", &names)?,
        Change::Clear => Vec::new(),
    };
    let priority = patch.priority.unwrap_or(old.priority);
    if (&subject, &tags, priority) != (&old.subject, &old.tags, old.priority) {
        let now = tx.now();
        let sql = concat!(
            "update conversation set subject = ?3, tags = ?4, priority = ?5, updated_at = ?6
             where workspace = ?1 and id = ?2 returning ",
            columns!()
        );
        let values = [
            (&old.id).into(),
            subject.as_ref().into(),
            (&serde_json::to_string(&tags)?).into(),
            priority.as_str().into(),
            now.into(),
        ];
        let new = tx.first(sql, &values, read)?.ok_or(Error::NotFound("conversation"))?;
        put_tags(tx, &old, &tags)?;
        tell(tx, event::Kind::ConversationUpdated, &new, None)?;
    }
    if let Some(is_spam) = patch.is_spam.filter(|is| *is != old.is_spam) {
        let now = tx.now();
        put_spam(tx, &old, Some(now).filter(|_| is_spam))?;
    }
    match patch.assigned_to {
        Change::Keep => {}
        Change::Set(to) => {
            assign(tx, &old.id, &Assignment::manual(Some(to), by), Claim::Anyway)?;
        }
        Change::Clear => {
            assign(tx, &old.id, &Assignment::manual(None, by), Claim::Anyway)?;
        }
    }
    match patch.status {
        None => {}
        Some(ConversationStatus::Open) => drop(reopen(tx, &old.id)?),
        Some(ConversationStatus::Closed) => drop(close(tx, &old.id, ClosedBy::Api)?),
    }
    find(tx, &old.id, None)
}

fn put_spam(tx: &mut Tx<'_>, old: &Conversation, since: Option<Timestamp>) -> Result<()> {
    let sql = concat!(
        "update conversation set spam_at = ?3, queued_at = ?4, updated_at = ?5
         where workspace = ?1 and id = ?2 returning ",
        columns!()
    );
    let now = tx.now();
    let queued = since.is_none() && old.is_open() && old.assigned_to.is_none();
    let values = [(&old.id).into(), since.into(), Some(now).filter(|_| queued).into(), now.into()];
    let new = tx.first(sql, &values, read)?.ok_or(Error::NotFound("conversation"))?;
    tell(tx, event::Kind::ConversationUpdated, &new, None)
}

fn put_tags(tx: &mut Tx<'_>, old: &Conversation, tags: &[String]) -> Result<()> {
    let sql = "delete from conversation_tag
               where workspace = ?1 and tag_folded = ?2 and conversation = ?3";
    for tag in &old.tags {
        tx.run(sql, &[(&record::fold(tag)).into(), (&old.id).into()])?;
    }
    let sql = "insert into conversation_tag (workspace, tag_folded, conversation)
               values (?1, ?2, ?3) on conflict (workspace, tag_folded, conversation) do nothing";
    tags.iter()
        .try_for_each(|tag| Ok(tx.run(sql, &[(&record::fold(tag)).into(), (&old.id).into()])?))
}

/// Puts a conversation out of the way for a while, or back.
///
/// # Errors
/// When there is none of that id, it is closed, or the time is over already.
pub fn snooze(tx: &mut Tx<'_>, id: &ConversationId, until: &Snooze) -> Result<Conversation> {
    let old = find(tx, id, None)?;
    let now = tx.now();
    let until = match until {
        Snooze::Awake => None,
        Snooze::Until(at) if *at <= now => {
            return Err(Error::invalid("until", "must be in the future"));
        }
        Snooze::Until(at) => Some(*at),
        Snooze::Reply => Some(SNOOZED_FOREVER),
    };
    if until.is_some() && !old.is_open() {
        return Err(Error::Conflict("A closed conversation cannot be snoozed.".to_owned()));
    }
    let sql = concat!(
        "update conversation set snoozed_until = ?3, updated_at = ?4
         where workspace = ?1 and id = ?2 returning ",
        columns!()
    );
    let values = [(&old.id).into(), until.into(), now.into()];
    let new = tx.first(sql, &values, read)?.ok_or(Error::NotFound("conversation"))?;
    if (old.is_snoozed, old.snoozed_until) == (new.is_snoozed, new.snoozed_until) {
        return Ok(new);
    }
    job::cancel(tx, job::Kind::ConversationWake, old.id.as_str())?;
    if let Some(at) = new.snoozed_until {
        job::enqueue(tx, job::Kind::ConversationWake, old.id.as_str(), "", at)?;
    }
    tell(tx, event::Kind::ConversationUpdated, &new, None)?;
    Ok(new)
}
