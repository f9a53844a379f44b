//! The kinds of record.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value as Json};
use store::ReadTx;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::noun::noun;
use crate::{
    error::{Error, Result},
    http::App,
    id::OperatorId,
    operator,
    region::REGION_DEFAULT,
};

/// What a disposition is said of.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// A person.
    #[default]
    Contact,
    /// A call.
    Call,
}

/// How a line reaches people.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Text messages.
    #[default]
    Sms,
    /// `WhatsApp` messages.
    Whatsapp,
    /// Calls.
    Voice,
}

/// How a ring group finds who is next.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// All at once.
    #[default]
    Simultaneous,
    /// By chance.
    Random,
    /// In turn.
    RoundRobin,
    /// Whoever has waited longest.
    LongestAvailable,
}

/// Operators that one ring group may have.
const MEMBERS_MAX: usize = 500;
const TEXT_CHARS_MAX: usize = 2_000;

noun! {
    /// A word that is stuck on contacts and conversations.
    tag, "tag", "tag", "tags": Tag, NewTag, TagPatch;
    routes "/v1/tags", "/v1/tags/{id}", "Tags";
    ids "listTags", "createTag", "getTag", "updateTag", "deleteTag";
    needs ContactsRead, ContactsWrite;
    check check_tag;
    fields {
        /// `#` and six hexadecimal digits.
        color: Option<String>,
    }
}

noun! {
    /// How things stand with a person, or how a call ended.
    disposition, "disposition", "disposition", "dispositions": Disposition, NewDisposition, DispositionPatch;
    routes "/v1/dispositions", "/v1/dispositions/{id}", "Dispositions";
    ids "listDispositions", "createDisposition", "getDisposition", "updateDisposition", "deleteDisposition";
    needs ContactsRead, ContactsWrite;
    check check_disposition;
    fields {
        /// What it is said of.
        category: Category,
    }
}

noun! {
    /// A number of the business, on one channel.
    line, "line", "line", "lines": Line, NewLine, LinePatch;
    routes "/v1/lines", "/v1/lines/{id}", "Lines";
    ids "listLines", "createLine", "getLine", "updateLine", "deleteLine";
    needs ContactsRead, ContactsWrite;
    check check_line;
    fields {
        /// The number, in any spelling; kept as E.164.
        phone_number: Option<String>,
        /// How it reaches people.
        channel: Channel,
        /// Whose private line it is; nobody's is everybody's.
        owner_id: Option<OperatorId>,
    }
}

noun! {
    /// Operators among whom calls and leads are distributed.
    ring_group, "ring_group", "ring group", "ring groups": RingGroup, NewRingGroup, RingGroupPatch;
    routes "/v1/ring-groups", "/v1/ring-groups/{id}", "Ring groups";
    ids "listRingGroups", "createRingGroup", "getRingGroup", "updateRingGroup", "deleteRingGroup";
    needs ContactsRead, ContactsWrite;
    check check_ring_group;
    fields {
        /// Its members, in order.
        operator_ids: Vec<OperatorId>,
        /// How it finds who is next.
        mode: Mode,
    }
}

noun! {
    /// Timed steps that follow a person up.
    sequence, "sequence", "sequence", "sequences": Sequence, NewSequence, SequencePatch;
    routes "/v1/sequences", "/v1/sequences/{id}", "Sequences";
    ids "listSequences", "createSequence", "getSequence", "updateSequence", "deleteSequence";
    needs ContactsRead, ContactsWrite;
    check check_text;
    fields {
        /// What it is for.
        description: Option<String>,
    }
}

noun! {
    /// Contacts kept together under a name.
    list, "list", "list", "lists": List, NewList, ListPatch;
    routes "/v1/lists", "/v1/lists/{id}", "Lists";
    ids "listLists", "createList", "getList", "updateList", "deleteList";
    needs ContactsRead, ContactsWrite;
    check check_text;
    fields {
        /// What it is for.
        description: Option<String>,
    }
}

noun! {
    /// Words that are written often, and what is done with them. `{{contact.first_name|there}}` in
    /// the words stands for what is known of the contact, or for what follows the bar.
    macros, "macro", "macro", "macros": Macro, NewMacro, MacroPatch;
    routes "/v1/macros", "/v1/macros/{id}", "Macros";
    ids "listMacros", "createMacro", "getMacro", "updateMacro", "deleteMacro";
    needs ConversationsRead, ConversationsWrite;
    check check_macro;
    fields {
        /// What it writes: 10,000 characters at most.
        body: Option<String>,
        /// Whether the team alone reads it.
        is_note: bool,
        /// What is done once it is sent, in this order.
        actions: Vec<MacroAction>,
    }
}

noun! {
    /// A list of conversations that is looked at often.
    view, "view", "view", "views": View, NewView, ViewPatch;
    routes "/v1/views", "/v1/views/{id}", "Views";
    ids "listViews", "createView", "getView", "updateView", "deleteView";
    needs ConversationsRead, ConversationsWrite;
    check check_operator_or_none;
    fields {
        /// What the query of `GET /v1/conversations` says; `me` stands for whoever looks.
        filter: ViewFilter,
        /// Whose it is alone; nobody's is everybody's.
        owner_id: Option<OperatorId>,
    }
}

noun! {
    /// What is known of contacts besides, under a name of the workspace's own. It says how a value in
    /// `custom_attributes` is shown, asked for and filtered by; whatever comes with a lead is kept as
    /// it came.
    attribute, "attribute", "attribute", "attributes": Attribute, NewAttribute, AttributePatch;
    routes "/v1/attributes", "/v1/attributes/{id}", "Attributes";
    ids "listAttributes", "createAttribute", "getAttribute", "updateAttribute", "deleteAttribute";
    needs ContactsRead, ContactsWrite;
    check check_attribute;
    fields {
        /// What people read; its name without one.
        label: Option<String>,
        /// What its values are.
        kind: AttributeKind,
        /// What there is to choose from, of a choice: 100 at most.
        choices: Vec<String>,
    }
}

/// What the values of an attribute are.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttributeKind {
    /// Words.
    #[default]
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
    /// A day, such as `2026-12-24`.
    Date,
    /// One of some words.
    Choice,
}

/// Something that a macro does.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum MacroAction {
    /// Sticks tags on the conversation.
    AddTags {
        /// Their names.
        #[schema(max_items = 100)]
        tags: Vec<String>,
    },
    /// Gives it to somebody.
    Assign {
        /// To whom: an operator's id, `me`, or `none`.
        to: String,
    },
    /// Says how urgent it is.
    SetPriority {
        /// `low`, `normal`, `high` or `urgent`.
        priority: String,
    },
    /// Puts it out of the way.
    Snooze {
        /// For so many minutes; without a number until the visitor writes.
        minutes: Option<i64>,
    },
    /// Closes it.
    Close,
}

/// What a view shows. Absent fields leave it open.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ViewFilter {
    /// `open` or `closed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// An operator's id, `me`, or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<String>,
    /// The name of a tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// `web`, `whatsapp` or `sms`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// `low`, `normal`, `high` or `urgent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// Whether they are out of the way for a while.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snoozed: Option<bool>,
}

const MACRO_CHARS_MAX: usize = 10_000;
const ACTIONS_MAX: usize = 10;
const CHOICES_MAX: usize = 100;
const CHOICE_CHARS_MAX: usize = 200;
const SNOOZE_MINUTES_MAX: i64 = 60 * 24 * 366;
const PRIORITIES: [&str; 4] = ["low", "normal", "high", "urgent"];

/// The routes of all.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(tag::router())
        .merge(disposition::router())
        .merge(line::router())
        .merge(ring_group::router())
        .merge(sequence::router())
        .merge(list::router())
        .merge(macros::router())
        .merge(view::router())
        .merge(attribute::router())
}

/// What was not stored yet is what a new one would have.
///
/// # Errors
/// When what was stored is something else.
pub fn read_field<T: DeserializeOwned + Default>(value: Json) -> Result<T> {
    if value.is_null() { Ok(T::default()) } else { Ok(serde_json::from_value(value)?) }
}

fn check_tag(_: &mut ReadTx<'_>, details: &mut Map<String, Json>) -> Result<()> {
    let is_color = |text: &str| {
        text.strip_prefix('#')
            .is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    match details.get("color") {
        Some(Json::String(color)) if !is_color(color) => {
            Err(Error::invalid("color", "must be '#' and six hexadecimal digits"))
        }
        _ => Ok(()),
    }
}

/// Its category is one of two words by its type.
#[expect(clippy::unnecessary_wraps, reason = "it is one of several checks")]
fn check_disposition(_: &mut ReadTx<'_>, _: &mut Map<String, Json>) -> Result<()> {
    Ok(())
}

fn check_line(tx: &mut ReadTx<'_>, details: &mut Map<String, Json>) -> Result<()> {
    if let Some(Json::String(number)) = details.get("phone_number") {
        let phone = phone::parse(number, REGION_DEFAULT);
        let phone =
            phone.ok_or_else(|| Error::invalid("phone_number", "must be a phone number"))?;
        details.insert("phone_number".to_owned(), phone.e164.into());
    }
    let owner: Vec<&Json> = details.get("owner_id").into_iter().collect();
    check_operators(tx, "owner_id", &owner)
}

fn check_attribute(_: &mut ReadTx<'_>, details: &mut Map<String, Json>) -> Result<()> {
    let label = details.get("label").and_then(Json::as_str).unwrap_or_default();
    if CHOICE_CHARS_MAX < label.chars().count() || label.contains('\0') {
        return Err(Error::invalid("label", "must be at most 200 characters long"));
    }
    let choices = details.get("choices").and_then(Json::as_array);
    let words: Vec<&str> = choices.into_iter().flatten().filter_map(Json::as_str).collect();
    let is_word = |word: &&str| {
        !word.trim().is_empty() && word.chars().count() <= CHOICE_CHARS_MAX && !word.contains('\0')
    };
    if CHOICES_MAX < words.len() || !words.iter().all(is_word) {
        return Err(Error::invalid("choices", "must be at most 100, of 1 to 200 characters each"));
    }
    let is_choice = details.get("kind").and_then(Json::as_str) == Some("choice");
    if is_choice && words.is_empty() {
        return Err(Error::invalid("choices", "must name at least one for a choice"));
    }
    Ok(())
}

fn check_ring_group(tx: &mut ReadTx<'_>, details: &mut Map<String, Json>) -> Result<()> {
    let Some(Json::Array(members)) = details.get("operator_ids") else { return Ok(()) };
    if MEMBERS_MAX < members.len() {
        return Err(Error::invalid("operator_ids", "must be at most 500 operators"));
    }
    check_operators(tx, "operator_ids", &members.iter().collect::<Vec<_>>())
}

fn check_operators(tx: &mut ReadTx<'_>, field: &str, ids: &[&Json]) -> Result<()> {
    for id in ids.iter().filter_map(|id| id.as_str()) {
        let exists = match id.parse() {
            Ok(id) => operator::exists(tx, &id)?,
            Err(_) => false,
        };
        if !exists {
            return Err(Error::invalid(field, "must name an operator of this workspace"));
        }
    }
    Ok(())
}

fn check_macro(tx: &mut ReadTx<'_>, details: &mut Map<String, Json>) -> Result<()> {
    if let Some(Json::String(body)) = details.get("body")
        && (MACRO_CHARS_MAX < body.chars().count() || body.contains('\0'))
    {
        return Err(Error::invalid("body", "must be at most 10000 characters long"));
    }
    let actions = details.get("actions").cloned().unwrap_or_default();
    let actions: Vec<MacroAction> = serde_json::from_value(actions)?;
    if ACTIONS_MAX < actions.len() {
        return Err(Error::invalid("actions", "must be at most 10"));
    }
    actions.iter().try_for_each(|action| check_action(tx, action))
}

fn check_action(tx: &mut ReadTx<'_>, action: &MacroAction) -> Result<()> {
    match action {
        MacroAction::AddTags { tags } => {
            tags.iter().try_for_each(|tag| super::check_name("actions", tag).map(drop))
        }
        MacroAction::Assign { to } if ["me", "none"].contains(&to.as_str()) => Ok(()),
        MacroAction::Assign { to } => check_operators(tx, "actions", &[&Json::from(to.as_str())]),
        MacroAction::SetPriority { priority } if !PRIORITIES.contains(&priority.as_str()) => {
            Err(Error::invalid("actions", "must set a priority of low, normal, high or urgent"))
        }
        MacroAction::Snooze { minutes: Some(minutes) }
            if !(1..=SNOOZE_MINUTES_MAX).contains(minutes) =>
        {
            Err(Error::invalid("actions", "must snooze for a minute to a year"))
        }
        MacroAction::SetPriority { .. } | MacroAction::Snooze { .. } | MacroAction::Close => Ok(()),
    }
}

pub fn check_operator_or_none(tx: &mut ReadTx<'_>, details: &mut Map<String, Json>) -> Result<()> {
    let owner: Vec<&Json> = details.get("owner_id").into_iter().collect();
    check_operators(tx, "owner_id", &owner)
}

/// A description of 2,000 characters at most.
///
/// # Errors
/// When it is longer.
pub fn check_text(_: &mut ReadTx<'_>, details: &mut Map<String, Json>) -> Result<()> {
    match details.get("description") {
        Some(Json::String(text)) if TEXT_CHARS_MAX < text.chars().count() => {
            Err(Error::invalid("description", "must be at most 2000 characters long"))
        }
        _ => Ok(()),
    }
}
