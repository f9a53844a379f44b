//! What each kind of receiver is told, in its own words: the envelope of `/v1`, that of the
//! Aloware-shaped webhooks, and the bare object that automations take.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;

use crate::{error::Result, event::Entry, time};

/// Whose form the requests have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// `{"event", "timestamp", "data"}`, signed.
    #[default]
    Platform,
    /// `{"event", "body"}`, with a credential of the receiver's.
    Aloware,
    /// The bare object, as the lists for automations show it.
    Hook,
}

/// The documented twelve.
pub const EVENTS: [&str; 12] = [
    "conversation.created",
    "conversation.closed",
    "conversation.assigned",
    "conversation.rated",
    "message.created",
    "contact.created",
    "contact.updated",
    "visitor.identified",
    "visitor.page_viewed",
    "chatbot.triggered",
    "chatbot.completed",
    "operator.status_changed",
];
/// All of the documented ones.
pub const ALL: &str = "*";
/// What Aloware-shaped ones are told of. Those of calls and texts come with the phone side.
pub const ALOWARE_EVENTS: [&str; 16] = [
    "ContactCreated",
    "ContactUpdated",
    "ContactDisposed",
    "ContactDNCUpdated",
    "InboundSMS-DispositionCompleted",
    "OutboundSMS-DispositionCompleted",
    "InboundPhoneCall-Initiated",
    "OutboundPhoneCall-Initiated",
    "InboundPhoneCall-DispositionCompleted",
    "OutboundPhoneCall-DispositionCompleted",
    "CallDisposed",
    "AppointmentSaved",
    "VoicemailSaved",
    "RecordingSaved",
    "TranscriptionSaved",
    "transcription.call.summarized",
];
/// What automations can be told of.
pub const HOOK_EVENTS: [&str; 4] =
    ["lead.created", "lead.hot", "message.received", "meeting.booked"];
/// The entries of the log that any of them is about.
pub const KINDS: &[&str] = &[
    "conversation.created",
    "conversation.closed",
    "conversation.assigned",
    "conversation.rated",
    "message.created",
    "contact.created",
    "contact.updated",
    "visitor.identified",
    "visitor.page_viewed",
    "chatbot.triggered",
    "chatbot.completed",
    "operator.status_changed",
    "lead.created",
    "lead.hot",
];

/// The same, and what the dispatcher has to know of webhooks themselves.
pub const READ_KINDS: &[&str] = &[
    "conversation.created",
    "conversation.closed",
    "conversation.assigned",
    "conversation.rated",
    "message.created",
    "contact.created",
    "contact.updated",
    "visitor.identified",
    "visitor.page_viewed",
    "chatbot.triggered",
    "chatbot.completed",
    "operator.status_changed",
    "lead.created",
    "lead.hot",
    "webhook.created",
    "webhook.updated",
    "webhook.deleted",
    "webhook.requeued",
];

impl Shape {
    const SHAPES: [Self; 3] = [Self::Platform, Self::Aloware, Self::Hook];

    /// The word that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Aloware => "aloware",
            Self::Hook => "hook",
        }
    }

    /// The shape that `text` names.
    pub fn parse(text: &str) -> Option<Self> {
        Self::SHAPES.into_iter().find(|shape| shape.as_str() == text)
    }

    /// What one of this shape can be told of.
    pub fn events(self) -> &'static [&'static str] {
        match self {
            Self::Platform => &EVENTS,
            Self::Aloware => &ALOWARE_EVENTS,
            Self::Hook => &HOOK_EVENTS,
        }
    }

    /// What an entry of the log is called in this shape. One entry may be two events.
    pub fn names(self, entry: &Entry) -> Vec<&'static str> {
        let known = |names: &'static [&'static str]| {
            names.iter().copied().filter(|name| *name == entry.kind).collect()
        };
        match self {
            Self::Platform => known(&EVENTS),
            Self::Hook if entry.kind == "message.created" => {
                let is_visitor = member(entry, "type") == json!("visitor");
                if is_visitor { vec!["message.received"] } else { Vec::new() }
            }
            Self::Hook => known(&HOOK_EVENTS),
            Self::Aloware => match entry.kind.as_str() {
                "contact.created" => vec!["ContactCreated"],
                "contact.updated" => aloware_changes(entry),
                _ => Vec::new(),
            },
        }
    }

    /// The bytes that are sent for `entry` under the name `event`.
    ///
    /// # Errors
    /// Only if a payload is no JSON.
    pub fn body(self, event: &str, entry: &Entry) -> Result<String> {
        let payload = entry.payload.get();
        Ok(match self {
            Self::Platform => {
                let at = time::text(entry.at);
                format!(r#"{{"event":"{event}","timestamp":"{at}","data":{payload}}}"#)
            }
            Self::Hook => payload.to_owned(),
            Self::Aloware => {
                let contact: Json = serde_json::from_str(payload)?;
                json!({ "event": event, "body": aloware_contact(&contact) }).to_string()
            }
        })
    }
}

fn member(entry: &Entry, name: &str) -> Json {
    let payload: Json = serde_json::from_str(entry.payload.get()).unwrap_or_default();
    payload.get(name).cloned().unwrap_or_default()
}

/// A change is what it is about: how things stand, whether one may write, or anything else.
fn aloware_changes(entry: &Entry) -> Vec<&'static str> {
    let changes = member(entry, "changes");
    let Some(changes) = changes.as_object() else { return vec!["ContactUpdated"] };
    let is_name = |name: &str| changes.contains_key(name);
    let mut names = Vec::new();
    if is_name("disposition_id") {
        names.push("ContactDisposed");
    }
    if is_name("do_not_contact_at") || is_name("sms_opted_out_at") {
        names.push("ContactDNCUpdated");
    }
    let special = ["disposition_id", "do_not_contact_at", "sms_opted_out_at", "updated_at"];
    if changes.is_empty() || changes.keys().any(|name| !special.contains(&name.as_str())) {
        names.push("ContactUpdated");
    }
    names
}

/// A contact in the words of the Aloware-shaped API: a number for an id, and the name in two parts.
fn aloware_contact(contact: &Json) -> Json {
    let name = contact["name"].as_str().unwrap_or_default();
    let (first, last) = name.split_once(' ').unwrap_or((name, ""));
    let text = |text: &str| if text.is_empty() { Json::Null } else { json!(text) };
    let mut body = Map::new();
    let mut put = |name: &str, value: Json| drop(body.insert(name.to_owned(), value));
    put("id", contact["number"].clone());
    put("uuid_v4", contact["id"].clone());
    put("first_name", text(first));
    put("last_name", text(last));
    put("phone_number", contact["phone"].clone());
    put("email", contact["email"].clone());
    put("company_name", contact["company"].clone());
    put("tags", contact["tags"].clone());
    put("disposition_status_id", contact["disposition_id"].clone());
    put("owner_id", contact["owner_id"].clone());
    put("do_not_contact", json!(!contact["do_not_contact_at"].is_null()));
    put("text_authorized", json!(contact["sms_opted_out_at"].is_null()));
    put("lead_source", contact["source"].clone());
    // UTC, and without saying so.
    let time = |name: &str| {
        let text = contact[name].as_str().unwrap_or_default().replace('T', " ");
        json!(text.trim_end_matches('Z'))
    };
    put("created_at", time("created_at"));
    put("updated_at", time("updated_at"));
    Json::Object(body)
}

/// Something that never happened, in the form of what would. It says of itself that it is a test.
pub(super) fn sample(shape: Shape, event: &str, now: Timestamp) -> String {
    let at = time::text(now);
    let who = json!({ "id": "vis_test", "name": "Ada Lovelace", "email": "ada@example.com" });
    let noun = event.split('.').next().unwrap_or_default();
    let mut data = match (shape, noun) {
        (Shape::Aloware, _) => json!({
            "id": 1, "uuid_v4": "con_test", "first_name": "Ada", "last_name": "Lovelace",
            "phone_number": "+18187405020", "email": "ada@example.com",
        }),
        (_, "message") => json!({
            "id": "msg_test", "conversation_id": "conv_test", "type": "visitor",
            "body": "Hello! This is a test.", "visitor": who, "created_at": at,
        }),
        (_, "conversation") => json!({
            "id": "conv_test", "status": "open", "visitor": who, "assigned_to": null,
            "created_at": at, "updated_at": at, "messages_count": 1,
        }),
        (_, "contact" | "lead") => json!({
            "id": "con_test", "name": "Ada Lovelace", "email": "ada@example.com",
            "created_at": at, "updated_at": at,
        }),
        (_, "operator") => json!({
            "id": "op_test", "name": "Grace Hopper", "status": "online",
            "previous_status": "offline", "created_at": at,
        }),
        _ => json!({ "id": "test", "visitor": who, "created_at": at }),
    };
    data["test"] = json!(true);
    match shape {
        Shape::Platform => json!({ "event": event, "timestamp": at, "data": data }),
        Shape::Aloware => json!({ "event": event, "body": data }),
        Shape::Hook => data,
    }
    .to_string()
}
