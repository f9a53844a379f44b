//! What a widget saves: read from whatever it sends, and put beside what was saved before.

use serde_json::Value as Json;
use store::Tx;

use super::{HOT_MESSAGES, Lead, Message, Right, Role, by_session, messages, person::Link};
use crate::{
    access,
    contact::By,
    error::{Error, Result},
    event,
    http::{Fields, as_text, number_of},
    receipt::{self, Door, Effect, Warning},
    setting::Settings,
};

/// What one request says of a session.
#[derive(Clone, Debug, Default)]
pub struct Saving {
    session_id: String,
    token: Option<String>,
    page_url: Option<String>,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) business: Option<String>,
    pub(super) phone: Option<String>,
    messages: Option<Vec<Message>>,
    message_count: Option<i64>,
    warnings: Vec<Warning>,
    request: serde_json::Map<String, Json>,
}

/// A conversation of the widget, as a lead.
#[derive(Clone, Debug, Default)]
pub struct Chat {
    /// Where it began.
    pub page_url: Option<String>,
    /// What the visitor calls themselves.
    pub name: Option<String>,
    /// The address that they gave.
    pub email: Option<String>,
    /// What was said, oldest first.
    pub messages: Vec<Message>,
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct Saved {
    /// 201 for the first, 200 for every other one.
    pub status: u16,
    /// The lead as it is now.
    pub lead: Lead,
    /// Shown once, to whoever saved first: it lets them overwrite.
    pub token: Option<String>,
    /// The receipt.
    pub receipt: receipt::Draft,
}

const SESSION_CHARS_MAX: usize = 200;
const TEXT_CHARS_MAX: usize = 500;
const URL_CHARS_MAX: usize = 2_000;
/// Messages of one conversation that are kept.
const MESSAGES_MAX: usize = 2_000;
/// Nobody has counted further.
const COUNT_MAX: i64 = 1_000_000;
/// The door that leads of the widget come through.
pub(super) const SOURCE: &str = "ora_widget";

impl Saving {
    /// Reads what came in. Whatever is optional and not as it should be is left out.
    ///
    /// # Errors
    /// When there is no session, which is all that a lead needs.
    pub fn read(fields: &Fields, region: &str) -> Result<Self> {
        let mut saving = Self { request: receipt::keepable(fields), ..Self::default() };
        let session_id = fields.text("session_id").ok_or(Error::Missing("session_id"))?;
        saving.session_id = shortened(session_id);
        saving.token = fields.text("session_token");
        saving.page_url = saving.text(fields, "page_url", URL_CHARS_MAX);
        saving.name = saving.text(fields, "lead_name", TEXT_CHARS_MAX);
        saving.email = saving.text(fields, "lead_email", TEXT_CHARS_MAX);
        saving.business = saving.text(fields, "lead_business", TEXT_CHARS_MAX);
        saving.phone = saving.text(fields, "lead_phone", TEXT_CHARS_MAX);
        if let Some(known) = saving.phone.as_deref().and_then(|text| phone::parse(text, region)) {
            saving.phone = Some(known.e164);
        }
        saving.read_messages(fields);
        saving.message_count = match fields
            .text("message_count")
            .map(|text| (number_of(&text), text))
        {
            Some((Some(count), _)) if (0..=COUNT_MAX).contains(&count) => Some(count),
            Some((_, text)) => {
                saving.warn("message_count", format!("is '{text}' and no count: it was left out"));
                None
            }
            None => None,
        };
        if fields.is_salvaged {
            saving.warn("body", "is not valid JSON: it was read as far as it goes");
        }
        Ok(saving)
    }

    /// What a conversation of the widget says: it is its own session.
    pub fn of_chat(session_id: &str, chat: Chat) -> Self {
        let mut request = serde_json::Map::new();
        request.insert("conversation_id".to_owned(), session_id.into());
        Self {
            session_id: session_id.to_owned(),
            page_url: chat.page_url,
            name: chat.name,
            email: chat.email,
            messages: Some(chat.messages),
            request,
            ..Self::default()
        }
    }

    fn warn(&mut self, field: &str, problem: impl Into<String>) {
        self.warnings.push(Warning::new(field, problem));
    }

    fn text(&mut self, fields: &Fields, name: &str, chars_max: usize) -> Option<String> {
        let text = fields.text(name);
        if text.is_none()
            && fields.get(name).is_some_and(|value| value.is_array() || value.is_object())
        {
            self.warn(name, "is no text: it was left out");
        }
        let text = text?;
        if text.chars().count() <= chars_max {
            return Some(text);
        }
        self.warn(name, format!("is longer than {chars_max} characters: it was cut"));
        Some(text.chars().take(chars_max).collect())
    }

    fn read_messages(&mut self, fields: &Fields) {
        let list = match fields.get("messages") {
            None => return,
            Some(Json::Array(items)) => items.clone(),
            // A list that was made text on its way.
            Some(Json::String(text)) => match serde_json::from_str(text) {
                Ok(Json::Array(items)) => items,
                _ => return self.warn("messages", "is no list: it was left out"),
            },
            Some(_) => return self.warn("messages", "is no list: it was left out"),
        };
        self.request.insert("messages".to_owned(), format!("[{} messages]", list.len()).into());
        let mut messages = Vec::with_capacity(list.len().min(MESSAGES_MAX));
        for (index, item) in list.iter().take(MESSAGES_MAX).enumerate() {
            let Some(content) = item.get("content").and_then(as_text).or_else(|| as_text(item))
            else {
                self.warn(&format!("messages[{index}]"), "says nothing: it was left out");
                continue;
            };
            let role = match item.get("role").and_then(Json::as_str) {
                Some("assistant" | "bot" | "ai") => Role::Assistant,
                Some("system") => Role::System,
                _ => Role::User,
            };
            messages.push(Message { role, content });
        }
        if MESSAGES_MAX < list.len() {
            self.warn("messages", "has more than 2000 items: the first were kept");
        }
        self.messages = Some(messages);
    }
}

/// A session's own name, or one as good where it is too long to be kept.
fn shortened(session_id: String) -> String {
    if session_id.chars().count() <= SESSION_CHARS_MAX {
        return session_id;
    }
    let begin: String = session_id.chars().take(SESSION_CHARS_MAX / 2).collect();
    let hash = access::hash(&session_id);
    format!("{begin}~{}", hash.get(..32).unwrap_or(&hash))
}

/// Saves what a widget says of its session.
///
/// The first to save is given a token; whoever shows it may overwrite. Without it a save only
/// extends: blanks are filled, the conversation grows, and the count rises.
///
/// # Errors
/// Those of the store.
pub fn save(tx: &mut Tx<'_>, saving: &Saving, settings: &Settings) -> Result<Saved> {
    let known = by_session(tx, &saving.session_id)?;
    let mut effects = Vec::new();
    let (status, mut lead, token, right) = match known {
        Some(known) => {
            let shown = saving.token.as_ref().map(|token| access::hash(token));
            let is_owner = shown.as_ref() == Some(&known.token_hash);
            let right = if is_owner { Right::Overwrite } else { Right::Extend };
            (200, put_over(tx, known, saving, right, &mut effects)?, None, right)
        }
        None => {
            let (lead, token) = put_new(tx, saving)?;
            effects.push(Effect::done("lead", "the session is new", lead.id.as_str()));
            (201, lead, Some(token), Right::Overwrite)
        }
    };
    let matched_by = Link { settings, right, effects: &mut effects }.run(tx, &mut lead)?;
    if status == 201 {
        let payload = serde_json::to_string(&lead)?;
        event::append(tx, event::Kind::LeadCreated, &lead.id, &payload)?;
    }
    turn_hot(tx, &mut lead, &mut effects)?;
    Link { settings, right, effects: &mut effects }.tell(tx, &mut lead)?;
    let normalised = serde_json::json!({
        "session_id": lead.session_id, "name": saving.name, "email": saving.email,
        "business": saving.business, "phone": saving.phone, "page_url": saving.page_url,
        "message_count": lead.message_count,
    });
    let receipt = receipt::Draft {
        door: Door::SaveLead,
        status,
        contact: lead.contact_id.clone(),
        lead: Some(lead.id.clone()),
        request: saving.request.clone(),
        normalised,
        matched_by: matched_by.map(By::as_str),
        effects,
        warnings: saving.warnings.clone(),
        rerun_of: None,
    };
    Ok(Saved { status, lead, token, receipt })
}

fn put_new(tx: &mut Tx<'_>, saving: &Saving) -> Result<(Lead, String)> {
    let now = tx.now();
    let token = access::new_token(|| tx.random());
    let messages = saving.messages.clone().unwrap_or_default();
    let counted = i64::try_from(messages.len()).unwrap_or(COUNT_MAX);
    let lead = Lead {
        id: new_uuid(tx),
        session_id: saving.session_id.clone(),
        name: saving.name.clone(),
        email: saving.email.clone(),
        business: saving.business.clone(),
        message_count: saving.message_count.unwrap_or(counted),
        source: SOURCE.to_owned(),
        created_at: now,
        page_url: saving.page_url.clone(),
        hot: false,
        hot_at: None,
        phone: saving.phone.clone(),
        contact_id: None,
        updated_at: now,
        token_hash: access::hash(&token),
        contact_made_at: None,
        linked_by: None,
        told_at: None,
    };
    let sql = "insert into lead (workspace, id, session_id, token_hash, source, name, email,
                   business, phone, page_url, message_count, created_at, updated_at, messages)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13)";
    let values = [
        (&lead.id).into(),
        (&lead.session_id).into(),
        (&lead.token_hash).into(),
        (&lead.source).into(),
        lead.name.as_deref().into(),
        lead.email.as_deref().into(),
        lead.business.as_deref().into(),
        lead.phone.as_deref().into(),
        lead.page_url.as_deref().into(),
        lead.message_count.into(),
        now.into(),
        (&serde_json::to_string(&messages)?).into(),
    ];
    tx.run(sql, &values)?;
    Ok((lead, token))
}

/// A UUID, version 7: it sorts by age, to the microsecond.
pub(super) fn new_uuid(tx: &mut Tx<'_>) -> String {
    let us = u128::try_from(tx.now().as_microsecond()).unwrap_or(0);
    let (ms, fraction) = (us / 1000, us % 1000);
    let random = tx.random() & ((1 << 62) - 1);
    let bits = (ms << 80) | (7 << 76) | ((fraction * 4) << 64) | (2 << 62) | random;
    uuid::Uuid::from_u128(bits).to_string()
}

fn put_over(
    tx: &mut Tx<'_>,
    known: Lead,
    saving: &Saving,
    right: Right,
    effects: &mut Vec<Effect>,
) -> Result<Lead> {
    let now = tx.now();
    let over = |old: Option<String>, new: &Option<String>| match (old, new) {
        (Some(old), Some(new)) if right == Right::Overwrite && old != *new => Some(new.clone()),
        (old, new) => old.or_else(|| new.clone()),
    };
    let before = messages(tx, &known.id)?;
    let transcript = transcript(&before, saving.messages.as_deref(), right, effects)?;
    let counted = saving
        .messages
        .as_ref()
        .map_or(0, |messages| i64::try_from(messages.len()).unwrap_or(COUNT_MAX));
    let counted = if transcript.is_some() { counted } else { 0 };
    let lead = Lead {
        name: over(known.name.clone(), &saving.name),
        email: over(known.email.clone(), &saving.email),
        business: over(known.business.clone(), &saving.business),
        phone: over(known.phone.clone(), &saving.phone),
        page_url: over(known.page_url.clone(), &saving.page_url),
        message_count: known.message_count.max(saving.message_count.unwrap_or(counted)),
        updated_at: now,
        ..known
    };
    let sql = "update lead set name = ?3, email = ?4, business = ?5, phone = ?6, page_url = ?7,
                   message_count = ?8, updated_at = ?9
               where workspace = ?1 and id = ?2";
    let values = [
        (&lead.id).into(),
        lead.name.as_deref().into(),
        lead.email.as_deref().into(),
        lead.business.as_deref().into(),
        lead.phone.as_deref().into(),
        lead.page_url.as_deref().into(),
        lead.message_count.into(),
        now.into(),
    ];
    tx.run(sql, &values)?;
    if let Some(transcript) = transcript {
        let sql = "update lead set messages = ?3 where workspace = ?1 and id = ?2";
        tx.run(sql, &[(&lead.id).into(), (&transcript).into()])?;
    }
    let how = match right {
        Right::Overwrite => "with its token",
        Right::Extend => "without its token: blanks were filled",
    };
    effects.insert(
        0,
        Effect::done("lead", format!("the session was saved again {how}"), lead.id.as_str()),
    );
    Ok(lead)
}

/// The conversation to keep, if it is another than before.
fn transcript(
    before: &str,
    messages: Option<&[Message]>,
    right: Right,
    effects: &mut Vec<Effect>,
) -> Result<Option<String>> {
    let Some(messages) = messages else { return Ok(None) };
    let before: Vec<Message> = serde_json::from_str(before)?;
    let extends = messages.starts_with(&before);
    if messages.len() < before.len() {
        effects.push(Effect::skipped("messages", "the conversation that is kept is longer"));
        return Ok(None);
    }
    if right == Right::Extend && !extends {
        let why = "without the session's token a conversation may only grow";
        effects.push(Effect::skipped("messages", why));
        return Ok(None);
    }
    if messages.len() == before.len() && extends {
        return Ok(None);
    }
    effects.push(Effect::done("messages", "the conversation grew", messages.len()));
    Ok(Some(serde_json::to_string(messages)?))
}

/// Stamps a lead that has talked enough, once.
fn turn_hot(tx: &mut Tx<'_>, lead: &mut Lead, effects: &mut Vec<Effect>) -> Result<()> {
    if lead.hot || lead.message_count < HOT_MESSAGES {
        return Ok(());
    }
    let now = tx.now();
    (lead.hot, lead.hot_at) = (true, Some(now));
    let sql = "update lead set hot_at = ?3 where workspace = ?1 and id = ?2";
    tx.run(sql, &[(&lead.id).into(), now.into()])?;
    let payload = serde_json::to_string(&lead)?;
    event::append(tx, event::Kind::LeadHot, &lead.id, &payload)?;
    let why = format!("{} messages: 5 make a lead hot", lead.message_count);
    effects.push(Effect::done("hot", why, true));
    Ok(())
}
