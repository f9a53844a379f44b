//! Messages: what was said, in the order in which it was said.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, value::RawValue};
use store::{ReadTx, Row, Sql, Tx};
use utoipa::ToSchema;

use super::{
    ChatChannel, Conversation, ConversationStatus, find,
    mention::{self, MENTIONS_MAX},
    write,
};
use crate::{
    attachment::{self, Attachment},
    error::{Error, Result},
    id::{ConversationId, Id, MessageId, OperatorId, kind},
    operator,
    page::{Page, Paging, Total},
    time,
    visitor::Who,
};

/// Something that was said. Absent optional values are `null`, but for `visitor` and `operator`, which
/// are there where they said it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Message {
    /// Names it for good.
    pub id: MessageId,
    /// Where it was said.
    pub conversation_id: ConversationId,
    /// By whom: `visitor`, `operator`, `bot`, `system`, or a `note`, which no visitor sees.
    #[serde(rename = "type")]
    #[schema(example = "visitor")]
    pub kind: String,
    /// What was said: at most 10,000 characters; empty once it was deleted.
    pub body: String,
    /// Who said it, on messages of visitors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visitor: Option<Who>,
    /// Who said it, on messages and notes of operators.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<Speaking>,
    /// The chatbot that said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub chatbot_id: Option<Id<kind::Chatbot>>,
    /// What came with it.
    #[schema(value_type = Vec<Attachment>)]
    pub attachments: Box<RawValue>,
    /// How far it came on its channel; it only goes forward.
    #[schema(value_type = Option<String>, example = "sent")]
    pub channel_status: Option<String>,
    /// When the other side had it.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub delivered_at: Option<Timestamp>,
    /// When the other side had read it.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub read_at: Option<Timestamp>,
    /// When it was said.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Its place in the conversation: from 1, without a gap. Notes have none.
    pub number: Option<i64>,
    /// What its sender called it.
    pub client_id: Option<String>,
    /// What a system message tells, for programs.
    #[schema(value_type = Option<std::collections::BTreeMap<String, serde_json::Value>>)]
    pub event: Option<Box<RawValue>>,
    /// When it was last changed.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub edited_at: Option<Timestamp>,
    /// Since when it is deleted.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub deleted_at: Option<Timestamp>,
}

/// An operator who said something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Speaking {
    /// Which one.
    pub id: OperatorId,
    /// What they were called then.
    pub name: String,
}

/// What it takes to say something.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(example = json!({ "body": "Hello, how can I help?" }))]
pub struct NewMessage {
    /// 1 to 10,000 characters, 1,600 on SMS and `WhatsApp`; may be empty beside attachments.
    #[serde(default)]
    #[schema(max_length = 10000)]
    pub body: String,
    /// `operator` unless told otherwise; or `bot`, `note`, or `visitor` for what was said elsewhere.
    #[serde(default, rename = "type")]
    #[schema(value_type = Option<String>, example = "operator")]
    pub kind: Option<Speaker>,
    /// Who says it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub operator_id: Option<OperatorId>,
    /// Ids of what was uploaded: at most 10.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, max_items = 10)]
    pub attachments: Vec<Id<kind::Attachment>>,
    /// A name of your own: sent twice, it is one message.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100)]
    pub client_id: Option<String>,
    /// The number of the newest message that you have seen: if somebody else of the team has answered
    /// since, this is refused with 409.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    pub if_last_number: Option<i64>,
    /// Ids of operators whom a note names: 20 at most. They find it under their mentions.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, max_items = 20)]
    pub mentions: Vec<OperatorId>,
}

/// Who may say something by way of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The visitor.
    Visitor,
    /// Someone who works here.
    Operator,
    /// A program.
    Bot,
    /// A note, which no visitor sees.
    Note,
    /// The system; it says what happened.
    #[serde(skip_deserializing)]
    System,
}

/// A message that was sent, now or before.
#[derive(Debug)]
pub struct Sent {
    /// The message.
    pub message: Message,
    /// Whether this call sent it.
    pub is_new: bool,
}

/// In which order messages are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// As they were said.
    OldestFirst,
    /// The other way round.
    NewestFirst,
}

const BODY_CHARS_MAX: usize = 10_000;
const TEXT_CHARS_MAX: usize = 1_600;
const CLIENT_ID_CHARS_MAX: usize = 100;
const ATTACHMENTS_MAX: usize = 10;

macro_rules! columns {
    () => {
        "message.id, message.conversation, message.number, type, body, operator, operator_name, \
         message.chatbot, attachments, channel_status, delivered_at, read_at, message.created_at, \
         client_id, event, edited_at, deleted_at, visitor, visitor_name, visitor_email"
    };
}

/// Where the names of visitors are.
macro_rules! from {
    () => {
        " from message join conversation on conversation.workspace = message.workspace
          and conversation.id = message.conversation where message.workspace = ?1 "
    };
}

impl Speaker {
    /// The word that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Operator => "operator",
            Self::Bot => "bot",
            Self::Note => "note",
            Self::System => "system",
        }
    }

    /// Whether it is a word in the conversation, which a note or a line of the system is not.
    pub(super) fn talks(self) -> bool {
        matches!(self, Self::Visitor | Self::Operator | Self::Bot)
    }
}

/// Says something in `conversation`. `sender` is who it comes from: what they send twice under one
/// `client_id` is one message. What is said in a closed conversation opens it again, a note apart.
///
/// # Errors
/// When it is empty or too long, the operator is none, an attachment is not the sender's, or the
/// `client_id` came with something else.
pub fn send(
    tx: &mut Tx<'_>,
    conversation: &Conversation,
    new: &NewMessage,
    sender: &str,
) -> Result<Sent> {
    let speaker = new.kind.unwrap_or(Speaker::Operator);
    new.check(conversation.channel)?;
    if let Some(client_id) = &new.client_id
        && let Some(known) = sent_before(tx, sender, client_id)?
    {
        return again(known, conversation, new);
    }
    if let Some(seen) = new.if_last_number {
        refuse_if_answered(tx, conversation, seen, new.operator_id.as_ref())?;
    }
    let speaking = match &new.operator_id {
        Some(id) => Some(operator::find(tx, id).map_err(|error| match error {
            Error::NotFound(_) => {
                Error::invalid("operator_id", "must be an operator of this workspace")
            }
            other => other,
        })?),
        None => None,
    };
    let attached = attachment::take(tx, &new.attachments, sender)?;
    let line = Line {
        speaker,
        body: &new.body,
        operator: speaking.as_ref().map(|one| (&one.id, one.name.as_str())),
        sender,
        client_id: new.client_id.as_deref(),
        attachments: Some(serde_json::to_string(&attached)?).filter(|_| !attached.is_empty()),
        event: None,
    };
    let message = write::say(tx, conversation, &line)?;
    attachment::put_into(tx, &new.attachments, &message.conversation_id, &message.id)?;
    mention::remember(tx, &message.conversation_id, &message.id, &new.mentions)?;
    Ok(Sent { message, is_new: true })
}

/// One line of a conversation, checked.
pub(super) struct Line<'a> {
    pub(super) speaker: Speaker,
    pub(super) body: &'a str,
    pub(super) operator: Option<(&'a OperatorId, &'a str)>,
    pub(super) sender: &'a str,
    pub(super) client_id: Option<&'a str>,
    pub(super) attachments: Option<String>,
    pub(super) event: Option<String>,
}

impl NewMessage {
    pub(super) fn check(&self, channel: ChatChannel) -> Result<()> {
        let most = if channel == ChatChannel::Web { BODY_CHARS_MAX } else { TEXT_CHARS_MAX };
        let is_blank = self.body.trim().is_empty();
        if is_blank && self.attachments.is_empty() {
            return Err(if self.body.is_empty() {
                Error::Missing("body")
            } else {
                Error::invalid("body", "must not be blank")
            });
        }
        if most < self.body.chars().count() {
            return Err(Error::invalid("body", format!("must be at most {most} characters long")));
        }
        if self.body.contains('\0') {
            return Err(Error::invalid("body", "must not contain U+0000"));
        }
        if !self.mentions.is_empty() && self.kind != Some(Speaker::Note) {
            return Err(Error::invalid("mentions", "must stand in a note"));
        }
        if MENTIONS_MAX < self.mentions.len() {
            return Err(Error::invalid("mentions", "must be at most 20"));
        }
        if ATTACHMENTS_MAX < self.attachments.len() {
            return Err(Error::invalid("attachments", "must be at most 10"));
        }
        let is_name = |text: &String| {
            (1..=CLIENT_ID_CHARS_MAX).contains(&text.chars().count()) && !text.contains('\0')
        };
        if !self.client_id.as_ref().is_none_or(is_name) {
            return Err(Error::invalid("client_id", "must be 1 to 100 characters long"));
        }
        Ok(())
    }
}

/// What was sent before under this name; the conversation may be another one by now.
fn again(known: Message, conversation: &Conversation, new: &NewMessage) -> Result<Sent> {
    // What was edited since was sent as something else, and that is not known any more.
    let is_same = known.body == new.body || known.edited_at.is_some() || known.deleted_at.is_some();
    if !is_same || known.conversation_id != conversation.id {
        return Err(Error::Conflict(
            "This 'client_id' was used for another message: use a new one.".to_owned(),
        ));
    }
    Ok(Sent { message: known, is_new: false })
}

/// Somebody else of the team may have answered what this answers.
fn refuse_if_answered(
    tx: &mut ReadTx<'_>,
    conversation: &Conversation,
    seen: i64,
    own: Option<&OperatorId>,
) -> Result<()> {
    let sql = "select number from message where workspace = ?1 and conversation = ?2
               and number > ?3 and type = 'operator' and (operator is null or operator <> ?4)
               limit 1";
    let own = own.map_or("", Id::as_str);
    let values = [(&conversation.id).into(), seen.into(), own.into()];
    match tx.first(sql, &values, |row| row.get::<i64>(0))? {
        None => Ok(()),
        Some(number) => Err(Error::Conflict(format!(
            "Somebody else has answered meanwhile: read message {number} first."
        ))),
    }
}

/// What `sender` sent under this name, if anything.
///
/// # Errors
/// Those of the store.
pub fn sent_before(tx: &mut ReadTx<'_>, sender: &str, client_id: &str) -> Result<Option<Message>> {
    let sql = concat!(
        "select ",
        columns!(),
        from!(),
        "and message.sender = ?2 and message.client_id = ?3"
    );
    tx.first(sql, &[sender.into(), client_id.into()], read)
}

/// The message that `id` names.
///
/// # Errors
/// When there is none.
pub fn find_message(tx: &mut ReadTx<'_>, id: &MessageId) -> Result<Message> {
    let sql = concat!("select ", columns!(), from!(), "and message.id = ?2");
    let found = tx.first(sql, &[id.into()], read)?.ok_or(Error::NotFound("message"))?;
    if tx.scope().sees_only().is_some() && find(tx, &found.conversation_id, None).is_err() {
        return Err(Error::NotFound("message"));
    }
    Ok(found)
}

/// A page of the messages of a conversation, oldest first.
///
/// # Errors
/// When there is no such conversation.
pub fn messages(
    tx: &mut ReadTx<'_>,
    id: &ConversationId,
    with_notes: Notes,
    paging: &Paging<kind::Message>,
) -> Result<Page<Message>> {
    let conversation = find(tx, id, None)?;
    let mut sql = Sql::new(concat!("select ", columns!(), from!()));
    sql.with("and message.conversation = ", &conversation.id);
    with_notes.push(&mut sql);
    if let Paging::Cursor { after: Some(after), .. } = paging {
        let place = "select document from message where workspace = ?1 and id = ?2";
        let place = tx.first(place, &[after.into()], |row| row.get::<i64>(0))?;
        sql.with(" and message.document > ", place.unwrap_or(0));
    }
    sql.push(" order by message.document").with(" limit ", paging.rows());
    sql.with(" offset ", paging.offset());
    let found = tx.select(&sql, read)?;
    let count = match with_notes {
        Notes::Hidden => conversation.last_number,
        Notes::Shown => {
            let sql = "select count(*) from message where workspace = ?1 and conversation = ?2";
            tx.first(sql, &[(&conversation.id).into()], |row| row.get::<i64>(0))?.unwrap_or(0)
        }
    };
    paging.answer(found, |message| &message.id, || Ok(Total::exact(count)))
}

/// Messages that one statement names, so that one text serves any count.
const AT_ONCE: usize = 25;

/// The messages of these places in the search, the newest first.
pub(super) fn by_documents(tx: &mut ReadTx<'_>, documents: &[i64]) -> Result<Vec<Message>> {
    let mut found = Vec::with_capacity(documents.len());
    for chunk in documents.chunks(AT_ONCE) {
        let Some(last) = chunk.last() else { break };
        let mut sql = Sql::new(concat!("select ", columns!(), from!()));
        sql.push("and message.document in ");
        for index in 0..AT_ONCE {
            let document = *chunk.get(index).unwrap_or(last);
            sql.with(if index == 0 { "(" } else { ", " }, document);
        }
        sql.push(") order by message.document desc");
        for message in tx.select(&sql, read)? {
            let is_all = tx.scope().sees_only().is_none();
            if is_all || find(tx, &message.conversation_id, None).is_ok() {
                found.push(message);
            }
        }
    }
    Ok(found)
}

/// Whether notes are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notes {
    /// They are not.
    Hidden,
    /// They are.
    Shown,
}

impl Notes {
    fn push(self, sql: &mut Sql) {
        if self == Self::Hidden {
            sql.push(" and type <> 'note'");
        }
    }
}

/// Up to `limit` of the messages of a conversation whose numbers are after `after` and before
/// `before`, in the order of `sort`. Notes are never among them.
///
/// # Errors
/// Those of the store.
pub fn between(
    tx: &mut ReadTx<'_>,
    id: &ConversationId,
    (after, before): (i64, i64),
    (sort, limit): (Sort, i64),
) -> Result<Vec<Message>> {
    let mut sql = Sql::new(concat!("select ", columns!(), from!()));
    sql.with("and message.conversation = ", id);
    sql.with(" and message.number > ", after).with(" and message.number < ", before);
    sql.push(match sort {
        Sort::OldestFirst => " order by message.number",
        Sort::NewestFirst => " order by message.number desc",
    });
    sql.with(" limit ", limit);
    tx.select(&sql, read)
}

fn read(row: &Row) -> Result<Message> {
    let kind: String = row.get(3)?;
    let who = Who { id: row.get(17)?, name: row.get(18)?, email: row.get(19)? };
    let operator = match (row.get::<Option<OperatorId>>(5)?, row.get::<Option<String>>(6)?) {
        (Some(id), name) => Some(Speaking { id, name: name.unwrap_or_default() }),
        (None, _) => None,
    };
    let attachments: Option<String> = row.get(8)?;
    let attachments = attachments.unwrap_or_else(|| "[]".to_owned());
    Ok(Message {
        id: row.get(0)?,
        conversation_id: row.get(1)?,
        visitor: Some(who).filter(|_| kind == "visitor"),
        kind,
        body: row.get(4)?,
        operator,
        chatbot_id: row.get(7)?,
        attachments: RawValue::from_string(attachments)?,
        channel_status: row.get(9)?,
        delivered_at: row.get(10)?,
        read_at: row.get(11)?,
        created_at: row.get(12)?,
        number: row.get(2)?,
        client_id: row.get(13)?,
        event: row.get::<Option<String>>(14)?.map(RawValue::from_string).transpose()?,
        edited_at: row.get(15)?,
        deleted_at: row.get(16)?,
    })
}

impl Message {
    /// The ids of what came with it.
    ///
    /// # Errors
    /// Only if schema and code disagree.
    pub fn attachments(&self) -> Result<Vec<Attachment>> {
        Ok(serde_json::from_str(self.attachments.get())?)
    }

    /// What a system message tells.
    pub fn told(&self) -> Option<Json> {
        self.event.as_ref().and_then(|event| serde_json::from_str(event.get()).ok())
    }
}

impl Conversation {
    /// Whether it goes on.
    pub fn is_open(&self) -> bool {
        self.status == ConversationStatus::Open
    }
}
