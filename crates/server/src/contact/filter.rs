//! What a list is narrowed by: the documented flat filters, and trees of conditions.

use serde::{Deserialize, Deserializer, de};
use serde_json::Value as Json;
use store::{ReadTx, Sql};
use utoipa::ToSchema;

use super::{
    Attributes, Phone,
    attribute::{FOLDED, sortable},
};
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
    /// An attribute's sortable value.
    Attribute(String, Op, String),
    /// A column of text, folded.
    Text(TextColumn, Op, String),
    /// A column of time, in microseconds.
    Time(TimeColumn, Op, i64),
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
/// How deep a tree goes.
const DEPTH_MAX: usize = 8;
/// Rows up to which a condition finds its contacts, and does not only check them.
const SELECTIVE_MAX: i64 = 1_000;

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
                TagsMatch::Any => all.push(Where::Or(tags)),
                TagsMatch::All => all.extend(tags),
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
            all.push(Where::Is(Condition::Attribute(name, Op::Eq, text)));
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
            (Some(branches), None, None, None) => Ok(Self::And(all(branches)?)),
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

/// A tree without conditions costs as much as one.
fn spend(left: &mut usize) -> Result<(), String> {
    *left = left.checked_sub(1).ok_or("must have at most 100 conditions")?;
    Ok(())
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
            return Ok(Self::Attribute(name.to_owned(), op, text));
        }
        let time = match field {
            "created_at" => Some(TimeColumn::Created),
            "updated_at" => Some(TimeColumn::Updated),
            "last_seen_at" => Some(TimeColumn::LastSeen),
            _ => None,
        };
        if let Some(column) = time {
            let time: Option<jiff::Timestamp> = value.as_str().and_then(|text| text.parse().ok());
            let time = time.filter(|_| op != Op::Contains).ok_or_else(|| {
                format!("must compare '{field}' with a time such as 2026-02-11T10:30:22Z")
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

    fn sql(self) -> &'static str {
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
    fn sql(self) -> &'static str {
        match self {
            Self::Created => "contact.created_at",
            Self::Updated => "contact.updated_at",
            Self::LastSeen => "contact.last_seen_at",
        }
    }
}

impl Op {
    fn sql(self) -> &'static str {
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

/// Whether a condition finds its contacts, or checks those that are found otherwise.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Find,
    Check,
}

/// Adds ` and …` for all of `conditions`, so that the rarest of them finds the contacts and the
/// others check them.
pub(super) fn push_all(tx: &mut ReadTx<'_>, sql: &mut Sql, conditions: &[Where]) -> Result<()> {
    let finder = find_rarest(tx, conditions)?;
    for (index, condition) in conditions.iter().enumerate() {
        let role = if finder == Some(index) { Role::Find } else { Role::Check };
        sql.push(" and ");
        push(sql, condition, role);
    }
    Ok(())
}

/// Adds ` and …` for a condition that checks what is found otherwise.
pub(super) fn push_check(sql: &mut Sql, condition: &Where) {
    sql.push(" and ");
    push(sql, condition, Role::Check);
}

/// The condition with the fewest rows, if those are few. Only rows that an index has are counted,
/// and no more of them than would make it common.
fn find_rarest(tx: &mut ReadTx<'_>, conditions: &[Where]) -> Result<Option<usize>> {
    let mut rarest = None;
    for (index, condition) in conditions.iter().enumerate() {
        let count = match condition {
            Where::Is(Condition::Email(_) | Condition::Phone(_)) => return Ok(Some(index)),
            Where::Is(condition @ (Condition::Tag(_) | Condition::Attribute(..))) => {
                let mut sql = Sql::new("select count(*) from (");
                if !push_rows(&mut sql, condition) {
                    continue;
                }
                sql.with(" limit ", SELECTIVE_MAX + 1).push(") as counted");
                tx.select(&sql, |row| row.get::<i64>(0))?.first().copied().unwrap_or(0)
            }
            _ => continue,
        };
        let is_rarer = rarest.is_none_or(|(known, _)| count < known);
        if count <= SELECTIVE_MAX && is_rarer {
            rarest = Some((count, index));
        }
    }
    Ok(rarest.map(|(_, index)| index))
}

/// Adds the statement that gives the contacts of a condition, if an index has them.
fn push_rows(sql: &mut Sql, condition: &Condition) -> bool {
    match condition {
        Condition::Email(folded) => {
            sql.with(
                "select contact from contact_email where workspace = ?1 and email_folded = ",
                folded,
            );
        }
        Condition::Phone(e164) => {
            sql.with("select contact from contact_phone where workspace = ?1 and phone = ", e164);
        }
        Condition::Tag(folded) => {
            sql.with(
                "select contact from contact_tag where workspace = ?1 and tag_folded = ",
                folded,
            );
        }
        Condition::Attribute(name, op, text) if *op != Op::Contains => {
            sql.with(
                "select contact from contact_attribute where workspace = ?1 and name = ",
                name,
            );
            push_value(sql, *op, text);
        }
        _ => return false,
    }
    true
}

/// ` and value < …`, among values of the same type alone.
fn push_value(sql: &mut Sql, op: Op, text: &str) {
    sql.push(" and value").with(op.sql(), text);
    let kind: String = text.chars().take(1).collect();
    match op {
        Op::Lt | Op::Lte => drop(sql.with(" and value >= ", &kind)),
        Op::Gt | Op::Gte => drop(sql.with(" and value < ", &format!("{kind}\u{10ffff}"))),
        Op::Eq | Op::Contains => {}
    }
}

fn push(sql: &mut Sql, tree: &Where, role: Role) {
    match tree {
        Where::And(branches) => push_joined(sql, branches, " and ", "1 = 1"),
        Where::Or(branches) => push_joined(sql, branches, " or ", "1 = 0"),
        Where::Not(branch) => {
            sql.push("not (");
            push(sql, branch, Role::Check);
            sql.push(")");
        }
        Where::Is(condition) => push_condition(sql, condition, role),
    }
}

fn push_joined(sql: &mut Sql, branches: &[Where], between: &'static str, none: &'static str) {
    sql.push("(");
    for (index, branch) in branches.iter().enumerate() {
        if 0 < index {
            sql.push(between);
        }
        push(sql, branch, Role::Check);
    }
    sql.push(if branches.is_empty() { none } else { "" }).push(")");
}

fn push_condition(sql: &mut Sql, condition: &Condition, role: Role) {
    match condition {
        // At most one row each: it finds, whatever the others do.
        Condition::Email(_) | Condition::Phone(_) => push_in(sql, condition),
        Condition::Tag(_) if role == Role::Find => push_in(sql, condition),
        Condition::Attribute(_, op, _) if role == Role::Find && *op != Op::Contains => {
            push_in(sql, condition);
        }
        Condition::Tag(folded) => {
            sql.push("exists (select 1 from contact_tag t where t.workspace = ?1");
            sql.push(" and t.contact = contact.id").with(" and t.tag_folded = ", folded).push(")");
        }
        Condition::Attribute(name, op, text) => {
            sql.push("exists (select 1 from contact_attribute a where a.workspace = ?1");
            sql.push(" and a.contact = contact.id").with(" and a.name = ", name);
            if *op == Op::Contains {
                let text = pattern(text);
                sql.with(" and (lower(a.value) like ", &format!("s{text}")).push(" escape '\\'");
                sql.with(" or a.value like ", &format!("{FOLDED}{text}")).push(" escape '\\')");
            } else {
                push_value(sql, *op, text);
            }
            sql.push(")");
        }
        // Both are false without a value, so that `not` makes them true.
        Condition::Text(column, op, text) => {
            sql.push("(").push(column.sql()).push(" is not null and ");
            if *op == Op::Contains {
                // One engine's `like` knows capitals, the other's does not.
                sql.push("lower(").push(column.sql()).push(")");
                sql.with(op.sql(), &pattern(text)).push(" escape '\\')");
            } else {
                sql.push(column.sql());
                sql.with(op.sql(), text).push(")");
            }
        }
        Condition::Time(column, op, us) => {
            sql.push("(").push(column.sql()).push(" is not null and ").push(column.sql());
            sql.with(op.sql(), *us).push(")");
        }
    }
}

fn push_in(sql: &mut Sql, condition: &Condition) {
    sql.push("contact.id in (");
    push_rows(sql, condition);
    sql.push(")");
}

/// `text` anywhere, with the engine's own marks made plain.
fn pattern(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}
