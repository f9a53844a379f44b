//! What travels: frames, and what visitors see of events.

use axum::extract::ws::Utf8Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::ReadTx;

use super::{Missed, REPLAY_MAX, Reason, TALKS_MAX};
use crate::{
    attachment::Signer,
    conversation::{self, face as faces},
    error::{Error, Result},
    event::{self, Entry},
    id::{ConversationId, MessageId, OperatorId, VisitorId},
    visitor::{self, CurrentPage},
};

/// How long somebody who writes is taken to be writing.
pub const TYPING_S: i64 = 6;
/// How often a listener is asked whether they are there.
pub const HEARTBEAT_S: u64 = 25;
/// Of what is said here.
const VERSION: i64 = 1;

/// What a client says.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Said {
    /// Who it is: the first frame.
    Hello {
        /// The credential, if no header brought it.
        token: Option<String>,
        /// What it knows already.
        since: Option<i64>,
        /// As which operator, for a key that is nobody's own.
        operator_id: Option<String>,
    },
    /// It is there.
    Pong,
    /// Someone writes.
    Typing {
        /// Where.
        conversation_id: ConversationId,
    },
    /// An operator looks at a conversation, or at none.
    Viewing {
        /// Which one.
        conversation_id: Option<ConversationId>,
    },
    /// A visitor is on a page.
    Page {
        /// Its address.
        url: String,
        /// Its title.
        title: Option<String>,
    },
}

/// Something that nobody keeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Signal {
    /// Someone writes.
    Typing {
        /// Where.
        conversation_id: ConversationId,
        /// Who.
        by: Person,
        /// For how long to believe it.
        expires_s: i64,
    },
    /// An operator looks at a conversation, or at none.
    Viewing {
        /// Which one.
        conversation_id: Option<ConversationId>,
        /// Who.
        operator: Person,
    },
    /// A visitor came, went, or is on another page: for the team.
    Presence {
        /// Who.
        visitor_id: VisitorId,
        /// Whether they are there.
        online: bool,
        /// The page they are on.
        page: Option<CurrentPage>,
    },
    /// Whether somebody of the team is there: for visitors.
    #[serde(rename = "team")]
    Team {
        /// They are.
        online: bool,
    },
}

/// Whoever does something.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Person {
    /// `operator` or `visitor`
    pub kind: String,
    /// Which one; visitors are not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What they are called.
    pub name: Option<String>,
}

impl Person {
    /// Someone of the team.
    pub(super) fn operator(id: &OperatorId, name: &str) -> Self {
        let id = Some(id.as_str().to_owned());
        Self { kind: "operator".to_owned(), id, name: Some(name.to_owned()) }
    }
}

/// What a visitor sees of an event.
pub struct Face {
    pub(super) kind: &'static str,
    pub(super) data: String,
}

impl Signal {
    /// The same, without what is the team's own.
    pub(super) fn for_visitors(&self) -> Self {
        let mut seen = self.clone();
        if let Self::Typing { by, .. } = &mut seen {
            by.id = None;
        }
        seen
    }
}

/// `{"type": …, "seq": …, "prev": …, "id": …, "at": …, "data": …}`, where `data` is JSON.
pub fn of_entry(entry: &Entry, kind: &str, prev: i64, data: &str) -> Utf8Bytes {
    let (seq, id) = (entry.seq, entry.id.as_str());
    let at = jiff::Timestamp::from_second(entry.at.as_second()).unwrap_or(entry.at);
    format!(
        r#"{{"type":"{kind}","seq":{seq},"prev":{prev},"id":"{id}","at":"{at}","data":{data}}}"#
    )
    .into()
}

pub(super) fn of_signal(signal: &Signal) -> Utf8Bytes {
    let text = match signal {
        Signal::Team { online } => {
            json!({ "type": "presence", "team": { "online": online } }).to_string()
        }
        other => serde_json::to_string(other).unwrap_or_default(),
    };
    text.into()
}

/// The first frame.
pub fn welcome(seq: i64) -> Utf8Bytes {
    let frame = json!({ "type": "welcome", "version": VERSION, "seq": seq,
                        "heartbeat_s": HEARTBEAT_S });
    frame.to_string().into()
}

/// Too much was missed.
pub fn resync(seq: i64) -> Utf8Bytes {
    json!({ "type": "resync", "seq": seq }).to_string().into()
}

/// All that was missed is told: from here on it is live, and everything up to `seq` is known.
pub fn live(seq: i64) -> Utf8Bytes {
    json!({ "type": "live", "seq": seq }).to_string().into()
}

/// Whether somebody is there.
pub fn ping() -> Utf8Bytes {
    Utf8Bytes::from_static(r#"{"type":"ping"}"#)
}

/// The last frame.
pub fn bye(reason: Reason) -> Utf8Bytes {
    let frame = json!({ "type": "bye", "reason": reason.as_str(), "resume": reason.may_resume() });
    frame.to_string().into()
}

/// What a conversation's event says of whose it is.
#[derive(Deserialize)]
pub(super) struct Told {
    pub(super) visitor: Named,
    pub(super) merged_id: Option<ConversationId>,
}

#[derive(Deserialize)]
pub(super) struct Named {
    pub(super) id: VisitorId,
}

impl Told {
    pub(super) fn of(entry: &Entry) -> Option<Self> {
        serde_json::from_str(entry.payload.get()).ok()
    }
}

/// What `visitor` sees of an event about them; nothing if it is none of theirs.
///
/// # Errors
/// Those of the store.
pub fn face(
    tx: &mut ReadTx<'_>,
    entry: &Entry,
    visitor: &VisitorId,
    signer: &Signer,
) -> Result<Option<Face>> {
    let kind = match entry.kind.as_str() {
        "message.created" | "line.created" => "message.created",
        "message.updated" => "message.updated",
        "message.deleted" => "message.deleted",
        "message.read" => {
            let data = entry.payload.get().to_owned();
            return Ok(Some(Face { kind: "message.read", data }));
        }
        "conversation.created" => "conversation.created",
        "conversation.assigned"
        | "conversation.closed"
        | "conversation.reopened"
        | "conversation.rated"
        | "conversation.updated"
        | "conversation.merged" => "conversation.updated",
        "visitor.updated" | "visitor.identified" => return visitor_face(tx, visitor),
        _ => return Ok(None),
    };
    let shown = if kind.starts_with("message.") {
        words(tx, entry, visitor, signer)
    } else {
        talk(tx, entry, visitor)
    };
    match shown {
        Ok(data) => Ok(data.map(|data| Face { kind, data })),
        // It is gone by now.
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn words(
    tx: &mut ReadTx<'_>,
    entry: &Entry,
    visitor: &VisitorId,
    signer: &Signer,
) -> Result<Option<String>> {
    #[derive(Deserialize)]
    struct Named {
        id: MessageId,
    }
    // The payload of one who was erased names no message.
    let Ok(named) = serde_json::from_str::<Named>(entry.payload.get()) else { return Ok(None) };
    let message = conversation::find_message(tx, &named.id)?;
    if conversation::find(tx, &message.conversation_id, None)?.visitor.id != *visitor {
        return Ok(None);
    }
    let words = faces::words(tx, message, signer)?;
    words.map(|words| Ok(serde_json::to_string(&words)?)).transpose()
}

fn talk(tx: &mut ReadTx<'_>, entry: &Entry, visitor: &VisitorId) -> Result<Option<String>> {
    let conversation = conversation::find(tx, &entry.subject.parse()?, None)?;
    if conversation.visitor.id != *visitor {
        return Ok(None);
    }
    let talk = faces::talk(tx, conversation)?;
    Ok(Some(serde_json::to_string(&talk)?))
}

fn visitor_face(tx: &mut ReadTx<'_>, id: &VisitorId) -> Result<Option<Face>> {
    let data = match visitor::find(tx, id) {
        Ok(visitor) => visitor.face(),
        Err(Error::NotFound(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(Some(Face { kind: "visitor.updated", data: serde_json::to_string(&data)? }))
}

/// What happened to `visitor` between two numbers, the first excluded.
///
/// # Errors
/// Those of the store.
pub(super) fn missed_by_visitor(
    tx: &mut ReadTx<'_>,
    visitor: &VisitorId,
    (since, until): (i64, i64),
    signer: &Signer,
) -> Result<Missed> {
    let talks = conversation::of_visitor(tx, visitor, TALKS_MAX)?;
    let subjects = talks.iter().map(|talk| talk.id.as_str()).chain([visitor.as_str()]);
    let mut entries = Vec::new();
    for subject in subjects {
        let found = event::list_about(tx, subject, since, REPLAY_MAX + 1)?;
        entries.extend(found.into_iter().filter(|entry| entry.seq <= until));
        if REPLAY_MAX < i64::try_from(entries.len()).unwrap_or(i64::MAX) {
            return Ok(Missed::Resync);
        }
    }
    entries.sort_unstable_by_key(|entry| entry.seq);
    let mut prev = since;
    let mut frames = Vec::with_capacity(entries.len());
    for entry in &entries {
        if let Some(face) = face(tx, entry, visitor, signer)? {
            frames.push(of_entry(entry, face.kind, prev, &face.data));
            prev = entry.seq;
        }
    }
    Ok(Missed::Frames(frames))
}
