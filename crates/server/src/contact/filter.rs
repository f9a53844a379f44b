//! What a list is narrowed by: the documented flat filters, and trees of conditions.

use serde::{Deserialize, Deserializer, de};
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::{Attributes, Phone, attribute::sortable};
use crate::{
    email::Email,
    error::{Error, Result},
    record,
};

/// The documented filters: flat, and all of them hold.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct SearchQuery {
    /// One of their addresses, whatever its capitals.
    pub email: Option<String>,
    /// One of their numbers, in any spelling.
    pub phone: Option<String>,
    /// The whole name of the company, whatever its capitals.
    pub company: Option<String>,
    /// Names of tags.
    #[schema(max_items = 100)]
    pub tags: Option<Vec<String>>,
    /// Whether one of `tags` is enough; all of them otherwise.
    pub tags_match: Option<TagsMatch>,
    /// Attributes and the values they have.
    #[schema(value_type = Option<std::collections::BTreeMap<String, serde_json::Value>>)]
    pub custom_attributes: Option<Attributes>,
    /// Known since after this time.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub created_after: Option<Instant>,
    /// Known since before this time.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub created_before: Option<Instant>,
    /// Changed after this time.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub updated_after: Option<Instant>,
    /// Seen after this time.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_seen_after: Option<Instant>,
}

/// How several tags are meant.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TagsMatch {
    /// One is enough.
    #[default]
    Any,
    /// Every one of them.
    All,
}

/// RFC 3339.
#[derive(Clone, Copy, Debug)]
pub struct Instant(pub jiff::Timestamp);

/// A tree of conditions:
/// `{"and": […]}`, `{"or": […]}`, `{"not": …}` or `{"field": …, "op": …, "value": …}`.
#[derive(Clone, Debug)]
pub enum Where {
    /// All of them.
    And(Vec<Self>),
    /// One of them at least.
    Or(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// A condition.
    Is(Condition),
}

/// One condition, checked.
#[derive(Clone, Debug)]
pub enum Condition {
    /// One of the addresses is this, folded.
    Email(String),
    /// One of the numbers is this, as E.164.
    Phone(String),
    /// It has the tag, folded.
    Tag(String),
    /// An attribute has a value of which all of this is true. Values are sortable.
    Attribute(String, Vec<(Op, String)>),
    /// A column of text, folded.
    Text(TextColumn, Op, String),
    /// A column of time, in microseconds.
    Time(TimeColumn, Op, i64),
    /// The same, so many microseconds ago; [`Where::settle`] makes it a [`Condition::Time`].
    Ago(TimeColumn, Op, i64),
}

/// Columns that hold text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextColumn {
    /// The first address.
    Email,
    /// The name.
    Name,
    /// The first number.
    Phone,
    /// The company.
    Company,
    /// The owner's id.
    Owner,
    /// The disposition's id.
    Disposition,
    /// The door they came through.
    Source,
}

/// Columns that hold a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeColumn {
    /// `created_at`
    Created,
    /// `updated_at`
    Updated,
    /// `last_seen_at`
    LastSeen,
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Equal.
    Eq,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
    /// Has the text in it, whatever its capitals.
    Contains,
}

/// Conditions in one tree.
const CONDITIONS_MAX: usize = 100;
/// The longest span before now.
const SPAN_DAYS_MAX: i64 = 36_500;
/// How deep a tree goes.
const DEPTH_MAX: usize = 8;

impl SearchQuery {
    /// The conditions, all of which must hold.
    ///
    /// # Errors
    /// When an address, a number or a value cannot be one.
    pub fn conditions(self) -> Result<Vec<Where>> {
        let mut all = Vec::new();
        if let Some(email) = self.email {
            all.push(Where::Is(Condition::Email(fold_email(&email))));
        }
        if let Some(number) = self.phone {
            let phone = Phone::try_from(number);
            let phone = phone.map_err(|problem| Error::invalid("filters.phone", problem))?;
            all.push(Where::Is(Condition::Phone(phone.0.e164)));
        }
        if let Some(company) = self.company {
            let company = company.trim().to_lowercase();
            all.push(Where::Is(Condition::Text(TextColumn::Company, Op::Eq, company)));
        }
        if let Some(tags) = self.tags.filter(|tags| !tags.is_empty()) {
            if CONDITIONS_MAX < tags.len() {
                return Err(Error::invalid("filters.tags", "must be at most 100 names"));
            }
            let tag = |name: &String| Where::Is(Condition::Tag(record::fold(name.trim())));
            let tags: Vec<Where> = tags.iter().map(tag).collect();
            match self.tags_match.unwrap_or_default() {
                TagsMatch::Any if 1 < tags.len() => all.push(Where::Or(tags)),
                TagsMatch::Any | TagsMatch::All => all.extend(tags),
            }
        }
        let attributes = self.custom_attributes.unwrap_or_default();
        if CONDITIONS_MAX < attributes.len() {
            return Err(Error::invalid("filters.custom_attributes", "must have at most 100 keys"));
        }
        for (name, value) in attributes {
            let text = sortable(&value).ok_or_else(|| {
                let problem = "must be a text, a number or a flag";
                Error::invalid(format!("filters.custom_attributes.{name}"), problem)
            })?;
            all.push(Where::Is(Condition::Attribute(name, vec![(Op::Eq, text)])));
        }
        let times = [
            (TimeColumn::Created, Op::Gt, self.created_after),
            (TimeColumn::Created, Op::Lt, self.created_before),
            (TimeColumn::Updated, Op::Gt, self.updated_after),
            (TimeColumn::LastSeen, Op::Gt, self.last_seen_after),
        ];
        for (column, op, time) in times {
            if let Some(Instant(time)) = time {
                all.push(Where::Is(Condition::Time(column, op, time.as_microsecond())));
            }
        }
        Ok(all)
    }
}

fn fold_email(text: &str) -> String {
    let email = Email::try_from(text.to_owned());
    email.map_or_else(|_not_one| text.trim().to_lowercase(), |email| email.folded())
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time: Option<jiff::Timestamp> = text.trim().parse().ok();
        time.map(Self)
            .ok_or_else(|| de::Error::custom("must be a time such as 2026-02-11T10:30:22Z"))
    }
}

impl<'de> Deserialize<'de> for Where {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tree = Json::deserialize(deserializer)?;
        let mut left = CONDITIONS_MAX;
        Self::parse(&tree, DEPTH_MAX, &mut left).map_err(de::Error::custom)
    }
}

const SHAPE: &str = "must be {\"and\": […]}, {\"or\": […]}, {\"not\": …} or \
                     {\"field\": …, \"op\": …, \"value\": …}";

impl Where {
    fn parse(tree: &Json, depth: usize, left: &mut usize) -> Result<Self, String> {
        let node = tree.as_object().ok_or(SHAPE)?;
        if depth == 0 {
            return Err("must be nested at most 8 deep".to_owned());
        }
        let mut all = |branches: &Json| -> Result<Vec<Self>, String> {
            let branches = branches.as_array().ok_or(SHAPE)?;
            if branches.is_empty() {
                spend(left)?;
            }
            branches.iter().map(|branch| Self::parse(branch, depth - 1, left)).collect()
        };
        match (node.get("and"), node.get("or"), node.get("not"), node.get("field")) {
            (Some(branches), None, None, None) => Ok(Self::And(join_bounds(all(branches)?))),
            (None, Some(branches), None, None) => Ok(Self::Or(all(branches)?)),
            (None, None, Some(branch), None) => {
                Ok(Self::Not(Box::new(Self::parse(branch, depth - 1, left)?)))
            }
            (None, None, None, Some(field)) => {
                let field = field.as_str().ok_or(SHAPE)?;
                let op = node.get("op").map_or(Some("eq"), Json::as_str).ok_or(SHAPE)?;
                let value = node.get("value").ok_or("must have a 'value' in each condition")?;
                Self::condition(field, op, value, left)
            }
            _ => Err(SHAPE.to_owned()),
        }
    }

    fn condition(field: &str, op: &str, value: &Json, left: &mut usize) -> Result<Self, String> {
        let mut one = |op, value: &Json| {
            spend(left)?;
            Condition::parse(field, op, value).map(Self::Is)
        };
        let op = match op {
            "eq" => Op::Eq,
            "lt" => Op::Lt,
            "lte" => Op::Lte,
            "gt" => Op::Gt,
            "gte" => Op::Gte,
            "contains" => Op::Contains,
            "in" => {
                let values = value.as_array().ok_or("must have a list as the 'value' of 'in'")?;
                return values
                    .iter()
                    .map(|value| one(Op::Eq, value))
                    .collect::<Result<_, _>>()
                    .map(Self::Or);
            }
            other => {
                return Err(format!(
                    "must use 'eq', 'in', 'lt', 'lte', 'gt', 'gte' or 'contains', not '{other}'"
                ));
            }
        };
        one(op, value)
    }
}

impl Where {
    /// Takes spans before now for the times that they are at `now`.
    pub(super) fn settle(&mut self, now: jiff::Timestamp) {
        match self {
            Self::And(branches) | Self::Or(branches) => {
                branches.iter_mut().for_each(|branch| branch.settle(now));
            }
            Self::Not(branch) => branch.settle(now),
            Self::Is(Condition::Ago(column, op, us)) => {
                *self = Self::Is(Condition::Time(*column, *op, now.as_microsecond() - *us));
            }
            Self::Is(_) => {}
        }
    }
}

/// Makes a lower and an upper bound of one attribute one condition: a value between them, of a list
/// one that is between both. One range of an index has them.
pub(super) fn join_bounds(all: Vec<Where>) -> Vec<Where> {
    let mut joined: Vec<Where> = Vec::with_capacity(all.len());
    for one in all {
        if let Some((name, bound)) = one.bound()
            && let Some(half) = joined.iter_mut().find_map(|known| known.other_half(name, bound))
        {
            half.push(bound.clone());
        } else {
            joined.push(one);
        }
    }
    joined
}

/// A tree without conditions costs as much as one.
fn spend(left: &mut usize) -> Result<(), String> {
    *left = left.checked_sub(1).ok_or("must have at most 100 conditions")?;
    Ok(())
}

impl Where {
    /// The attribute and its bound, if this is one bound.
    fn bound(&self) -> Option<(&str, &(Op, String))> {
        match self {
            Self::Is(Condition::Attribute(name, values)) => match &values[..] {
                [one @ (Op::Lt | Op::Lte | Op::Gt | Op::Gte, _)] => Some((name, one)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Where to add `bound` of the attribute `name`, if this is a bound on its other side, of the
    /// same type.
    fn other_half(&mut self, name: &str, bound: &(Op, String)) -> Option<&mut Vec<(Op, String)>> {
        let (own_name, (op, text)) = self.bound()?;
        let is_other = own_name == name
            && op.is_upper() != bound.0.is_upper()
            && text.chars().next() == bound.1.chars().next();
        match self {
            Self::Is(Condition::Attribute(_, values)) if is_other => Some(values),
            _ => None,
        }
    }
}

impl Condition {
    fn parse(field: &str, op: Op, value: &Json) -> Result<Self, String> {
        if let Some(name) = field.strip_prefix("custom_attributes.") {
            let text = match (op, value) {
                (Op::Contains, Json::String(text)) => text.to_lowercase(),
                (Op::Contains, _) => return Err(text_wanted(field)),
                _ => sortable(value).ok_or_else(|| {
                    format!("must compare '{field}' with a text, a number or a flag")
                })?,
            };
            return Ok(Self::Attribute(name.to_owned(), vec![(op, text)]));
        }
        let time = match field {
            "created_at" => Some(TimeColumn::Created),
            "updated_at" => Some(TimeColumn::Updated),
            "last_seen_at" => Some(TimeColumn::LastSeen),
            _ => None,
        };
        if let Some(column) = time {
            let text = value.as_str().filter(|_| op != Op::Contains);
            if let Some(ago_us) = text.and_then(ago) {
                return Ok(Self::Ago(column, op, ago_us));
            }
            let time: Option<jiff::Timestamp> = text.and_then(|text| text.parse().ok());
            let time = time.ok_or_else(|| {
                format!(
                    "must compare '{field}' with a time such as 2026-02-11T10:30:22Z, or with a span \
                     before now such as -P7D"
                )
            })?;
            return Ok(Self::Time(column, op, time.as_microsecond()));
        }
        let column = TextColumn::parse(field);
        if column.is_none() && !matches!(field, "tag" | "tags") {
            return Err(unknown_field(field));
        }
        let text = value.as_str().ok_or_else(|| text_wanted(field))?;
        match (field, op) {
            ("email", Op::Eq) => Ok(Self::Email(fold_email(text))),
            ("phone", Op::Eq) => match Phone::try_from(text.to_owned()) {
                Ok(phone) => Ok(Self::Phone(phone.0.e164)),
                Err(problem) => Err(format!("{problem} in 'phone'")),
            },
            ("tag" | "tags", Op::Eq | Op::Contains) => Ok(Self::Tag(record::fold(text.trim()))),
            _ => {
                let column = column
                    .ok_or_else(|| format!("must use 'eq', 'in' or 'contains' with '{field}'"))?;
                let is_folded = column.is_folded() || op == Op::Contains;
                let text = if is_folded { text.to_lowercase() } else { text.to_owned() };
                Ok(Self::Text(column, op, text))
            }
        }
    }
}

/// The microseconds of a span before now, as ISO 8601 has it: `-P7D`, `-PT36H`. A day is 24 hours, and a
/// month is nothing certain.
fn ago(text: &str) -> Option<i64> {
    let span: jiff::Span = text.strip_prefix('-')?.parse().ok()?;
    let days = jiff::SpanRelativeTo::days_are_24_hours();
    let us = span.total((jiff::Unit::Microsecond, days)).ok()?;
    let most = SPAN_DAYS_MAX * 86_400 * 1_000_000;
    #[expect(clippy::cast_possible_truncation, reason = "it is between zero and the most")]
    (0.0..=most as f64).contains(&us).then_some(us as i64)
}

fn text_wanted(field: &str) -> String {
    format!("must compare '{field}' with a text")
}

fn unknown_field(field: &str) -> String {
    format!(
        "must name a field that can be filtered by, not '{field}': email, name, phone, company, tag, \
         owner_id, disposition_id, source, created_at, updated_at, last_seen_at or \
         custom_attributes.…"
    )
}

impl TextColumn {
    fn parse(field: &str) -> Option<Self> {
        match field {
            "email" => Some(Self::Email),
            "name" => Some(Self::Name),
            "phone" => Some(Self::Phone),
            "company" => Some(Self::Company),
            "owner_id" => Some(Self::Owner),
            "disposition_id" => Some(Self::Disposition),
            "source" => Some(Self::Source),
            _ => None,
        }
    }

    fn is_folded(self) -> bool {
        matches!(self, Self::Email | Self::Name | Self::Company)
    }

    pub(super) fn sql(self) -> &'static str {
        match self {
            Self::Email => "contact.email_folded",
            Self::Name => "contact.name_folded",
            Self::Phone => "contact.phone",
            Self::Company => "contact.company_folded",
            Self::Owner => "contact.owner",
            Self::Disposition => "contact.disposition",
            Self::Source => "contact.source",
        }
    }
}

impl TimeColumn {
    pub(super) fn sql(self) -> &'static str {
        match self {
            Self::Created => "contact.created_at",
            Self::Updated => "contact.updated_at",
            Self::LastSeen => "contact.last_seen_at",
        }
    }
}

impl Op {
    fn is_upper(self) -> bool {
        matches!(self, Self::Lt | Self::Lte)
    }

    pub(super) fn sql(self) -> &'static str {
        match self {
            Self::Eq => " = ",
            Self::Lt => " < ",
            Self::Lte => " <= ",
            Self::Gt => " > ",
            Self::Gte => " >= ",
            Self::Contains => " like ",
        }
    }
}

impl Condition {
    /// The words that a contact of which this is true is found by, if it is that kind of condition.
    pub(super) fn words(&self) -> Option<&str> {
        match self {
            Self::Text(TextColumn::Company | TextColumn::Name, Op::Eq, text) => Some(text),
            _ => None,
        }
    }
}
