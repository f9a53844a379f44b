//! Contacts: the people a workspace talks with.
//!
//! A contact is one row, with all that the API shows of it, so that to show one is to read one row.
//! Beside it are rows that only find it: one for each address, number, tag and attribute.

mod attribute;
mod draft;
mod duplicate;
mod export;
mod filter;
mod find;
pub mod http;
mod identify;
mod index;
mod list;
mod merge;
mod profile;
mod seen;
mod segment;
mod write;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use store::{ReadTx, Row};
use utoipa::ToSchema;

pub use self::{
    draft::{Draft, LISTS_MAX},
    duplicate::{Duplicate, duplicates, suggest, suggest_clash},
    export::{Export, ExportRequest, Narrowed},
    filter::{SearchQuery, Where},
    identify::{By, Match, id_by_any_phone, identify},
    index::{INDEX, erase, rename_tag},
    list::{ListQuery, SearchRequest, Selection, list},
    merge::merge,
    profile::{Profile, ProfilePatch, TEXT_CHARS_MAX, is_zone},
    seen::{count_conversations, link_visitor, see},
    write::{create, delete, insert, replace, retag, update},
};
use crate::{
    change::Change,
    email::Email,
    error::{Error, Result},
    id::{ContactId, Id, OperatorId, VisitorId, kind},
    region::REGION_DEFAULT,
    time,
};

/// A person. Absent optional values are `null`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "con_01kf3q8z5t7w9y2b4d6f8h0jkm",
    "email": "ada@example.com",
    "name": "Ada Lovelace",
    "phone": "+18187405020",
    "company": "Analytical Engines",
    "avatar_url": null,
    "custom_attributes": { "plan": "pro", "seats": 7 },
    "tags": ["newsletter"],
    "owner_id": null,
    "visitor_ids": [],
    "conversations_count": 0,
    "source": "api",
    "last_seen_at": null,
    "created_at": "2026-02-11T10:30:22Z",
    "updated_at": "2026-02-11T10:30:22Z",
    "number": 1,
    "phone_valid": true,
    "emails": [{ "email": "ada@example.com", "label": null }],
    "phones": [{ "phone": "+18187405020", "label": null }],
    "disposition_id": null,
    "profile": { "city": "Los Angeles", "state": "CA", "country": "US" },
    "line_id": null,
    "list_ids": [],
    "do_not_contact_at": null,
    "sms_opted_out_at": null
}))]
pub struct Contact {
    /// Names them for good.
    pub id: ContactId,
    /// As given; no two contacts of a workspace have the same, whatever its capitals.
    #[schema(format = Email)]
    pub email: Option<String>,
    /// What to call them.
    pub name: Option<String>,
    /// E.164, as far as the number allows.
    #[schema(example = "+18187405020")]
    pub phone: Option<String>,
    /// Where they work.
    pub company: Option<String>,
    /// A picture of them.
    pub avatar_url: Option<String>,
    /// Whatever else is known: at most 100 keys.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    pub custom_attributes: Box<RawValue>,
    /// Names of tags.
    #[schema(value_type = Vec<String>)]
    pub tags: Box<RawValue>,
    /// Who looks after them.
    pub owner_id: Option<OperatorId>,
    /// The visitors they were recognised as.
    #[schema(value_type = Vec<String>)]
    pub visitor_ids: Vec<VisitorId>,
    /// How many conversations they have had.
    pub conversations_count: i64,
    /// The door they came through.
    pub source: String,
    /// When they last were seen on a site.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_seen_at: Option<jiff::Timestamp>,
    /// When they first were known.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: jiff::Timestamp,
    /// When something about them last changed.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: jiff::Timestamp,
    /// The number that stands for them where ids are numbers.
    pub number: i64,
    /// Whether the number is in use in its country's plan; `null` without a number.
    pub phone_valid: Option<bool>,
    /// All their addresses, the first of them included.
    #[schema(value_type = Vec<Address>)]
    pub emails: Box<RawValue>,
    /// All their numbers, the first of them included.
    #[schema(value_type = Vec<Number>)]
    pub phones: Box<RawValue>,
    /// How things stand with them.
    #[schema(value_type = Option<String>)]
    pub disposition_id: Option<Id<kind::Disposition>>,
    /// What else is known of them.
    #[schema(value_type = Profile)]
    pub profile: Box<RawValue>,
    /// The line they are reached by.
    #[schema(value_type = Option<String>)]
    pub line_id: Option<Id<kind::Line>>,
    /// The lists they are on.
    #[schema(value_type = Vec<String>)]
    pub list_ids: Vec<Id<kind::List>>,
    /// Since when nobody may contact them, on any channel; `null` if one may.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub do_not_contact_at: Option<jiff::Timestamp>,
    /// Since when nobody may write to their numbers; `null` if one may.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub sms_opted_out_at: Option<jiff::Timestamp>,
}

/// One of a person's addresses.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq, ToSchema)]
pub struct Address {
    /// As given.
    #[schema(format = Email)]
    pub email: String,
    /// `work`, `home`, …
    #[serde(default)]
    pub label: Option<String>,
}

/// One of a person's numbers.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq, ToSchema)]
pub struct Number {
    /// E.164, as far as the number allows.
    pub phone: String,
    /// `mobile`, `work`, …
    #[serde(default)]
    pub label: Option<String>,
    /// What to dial once the call is answered; left out when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
}

impl Number {
    /// A number as it was read.
    pub fn of(phone: phone::Phone) -> Self {
        Self { phone: phone.e164, label: None, extension: phone.extension }
    }

    /// Blanks are filled with what `other`, which is the same number, says.
    pub(crate) fn fill(&mut self, other: Self) {
        self.label = self.label.take().or(other.label);
        self.extension = self.extension.take().or(other.extension);
    }
}

/// A number that was read, with its own spelling gone.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub struct Phone(pub phone::Phone);

/// An address of the web.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub struct WebAddress(String);

/// A line of text: trimmed, and none when blank.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub struct Line(String);

/// A map of whatever JSON values.
pub type Attributes = serde_json::Map<String, serde_json::Value>;

/// What it takes to make one.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(example = json!({
    "email": "ada@example.com",
    "name": "Ada Lovelace",
    "phone": "+1 818-740-5020",
    "company": "Analytical Engines",
    "custom_attributes": { "plan": "pro", "seats": 7 },
    "tags": ["newsletter"]
}))]
pub struct NewContact {
    /// Required, and unique.
    #[schema(value_type = String, format = Email, max_length = 254)]
    pub email: Email,
    /// What to call them.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub name: Option<Line>,
    /// In any spelling; kept as E.164 where it can be.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 64)]
    pub phone: Option<Phone>,
    /// Where they work.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub company: Option<Line>,
    /// A picture of them: `https://…`
    #[serde(default)]
    #[schema(value_type = Option<String>, format = "uri", max_length = 2000)]
    pub avatar_url: Option<WebAddress>,
    /// At most 100 keys of at most 64 characters, 64 KiB in all.
    #[serde(default, deserialize_with = "null_is_empty")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, serde_json::Value>>)]
    pub custom_attributes: Attributes,
    /// Names of tags; those that are new are made.
    #[serde(default, deserialize_with = "null_is_empty")]
    #[schema(value_type = Option<Vec<String>>, max_items = 100)]
    pub tags: Vec<String>,
    /// Who looks after them.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub owner_id: Option<OperatorId>,
    /// How things stand with them.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub disposition_id: Option<Id<kind::Disposition>>,
    /// Further addresses.
    #[serde(default, deserialize_with = "null_is_empty")]
    #[schema(value_type = Option<Vec<Address>>, max_items = 20)]
    pub emails: Vec<Address>,
    /// Further numbers.
    #[serde(default, deserialize_with = "null_is_empty")]
    #[schema(value_type = Option<Vec<Number>>, max_items = 20)]
    pub phones: Vec<Number>,
}

/// What to change: absent keeps, `null` clears. An e-mail address cannot be cleared.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(example = json!({ "company": null, "custom_attributes": { "seats": 8 } }))]
pub struct ContactPatch {
    /// Unique.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Email, max_length = 254)]
    pub email: Change<Email>,
    /// What to call them.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub name: Change<Line>,
    /// In any spelling; kept as E.164 where it can be.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 64)]
    pub phone: Change<Phone>,
    /// Where they work.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub company: Change<Line>,
    /// A picture of them.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = "uri", max_length = 2000)]
    pub avatar_url: Change<WebAddress>,
    /// Merged by key; a key that is `null` goes.
    #[serde(default)]
    #[schema(value_type = Option<std::collections::BTreeMap<String, serde_json::Value>>)]
    pub custom_attributes: Change<Attributes>,
    /// Replaces all.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, max_items = 100)]
    pub tags: Change<Vec<String>>,
    /// Who looks after them.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub owner_id: Change<OperatorId>,
    /// How things stand with them.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub disposition_id: Change<Id<kind::Disposition>>,
    /// Replaces the further addresses.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Address>>, max_items = 20)]
    pub emails: Change<Vec<Address>>,
    /// Replaces the further numbers.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Number>>, max_items = 20)]
    pub phones: Change<Vec<Number>>,
    /// Merged by key; a key that is `null` goes.
    #[serde(default)]
    #[schema(value_type = Option<ProfilePatch>)]
    pub profile: Change<ProfilePatch>,
    /// The line they are reached by.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub line_id: Change<Id<kind::Line>>,
    /// Replaces the lists they are on.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, max_items = 100)]
    pub list_ids: Change<Vec<Id<kind::List>>>,
    /// Whether nobody may contact them, on any channel.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub do_not_contact: Change<bool>,
    /// Whether nobody may write to their numbers.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub sms_opted_out: Change<bool>,
}

/// Tags to stick on and to take off, whatever else there is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct TagChange {
    /// Names to stick on; those that are new are made.
    #[serde(default, deserialize_with = "null_is_empty")]
    #[schema(value_type = Option<Vec<String>>)]
    pub add: Vec<String>,
    /// Names to take off.
    #[serde(default, deserialize_with = "null_is_empty")]
    #[schema(value_type = Option<Vec<String>>)]
    pub remove: Vec<String>,
}

/// Characters of a name or a company.
pub const LINE_CHARS_MAX: usize = 200;
const WEB_ADDRESS_BYTES_MAX: usize = 2_000;

/// Every statement answers with these, in this order, and [`read`] is their only reader.
macro_rules! columns {
    () => {
        "id, email, name, phone, company, avatar_url, custom_attributes, tags, owner, source, \
         last_seen_at, created_at, updated_at, number, phone_valid, emails, phones, disposition, \
         profile, line, lists, do_not_contact_at, sms_opted_out_at, visitors, \
         conversations_count"
    };
}
pub(crate) use columns;

/// The contact that `id` names, or that it was merged into.
///
/// # Errors
/// When there is none.
pub fn find(tx: &mut ReadTx<'_>, id: &ContactId) -> Result<Contact> {
    if let Some(contact) = find_exact(tx, id)? {
        return Ok(contact);
    }
    let sql = "select contact from contact_redirect where workspace = ?1 and old = ?2";
    let survivor = tx.first(sql, &[id.into()], |row| row.get::<ContactId>(0))?;
    let survivor = survivor.ok_or(Error::NotFound("contact"))?;
    find_exact(tx, &survivor)?.ok_or(Error::NotFound("contact"))
}

fn find_exact(tx: &mut ReadTx<'_>, id: &ContactId) -> Result<Option<Contact>> {
    let sql = concat!("select ", columns!(), " from contact where workspace = ?1 and id = ?2");
    tx.first(sql, &[id.into()], read)
}

/// The contact that has this address.
///
/// # Errors
/// Those of the store.
pub fn id_by_email(tx: &mut ReadTx<'_>, folded: &str) -> Result<Option<ContactId>> {
    let sql = "select contact from contact_email where workspace = ?1 and email_folded = ?2";
    Ok(tx.first(sql, &[folded.into()], |row| row.get(0))?)
}

/// The contact that has this number, as E.164.
///
/// # Errors
/// Those of the store.
pub fn id_by_phone(tx: &mut ReadTx<'_>, e164: &str) -> Result<Option<ContactId>> {
    let sql = "select contact from contact_phone where workspace = ?1 and phone = ?2";
    Ok(tx.first(sql, &[e164.into()], |row| row.get(0))?)
}

/// The contact of this number, where ids are numbers.
///
/// # Errors
/// Those of the store.
pub fn by_number(tx: &mut ReadTx<'_>, number: i64) -> Result<Option<Contact>> {
    let sql = concat!("select ", columns!(), " from contact where workspace = ?1 and number = ?2");
    tx.first(sql, &[number.into()], read)
}

/// Up to `limit` of the contacts on a list, after one of them, in the order of their ids.
///
/// # Errors
/// Those of the store.
pub fn on_list(
    tx: &mut ReadTx<'_>,
    list: &Id<kind::List>,
    after: &str,
    limit: i64,
) -> Result<Vec<ContactId>> {
    let sql = "select contact from contact_list where workspace = ?1 and list = ?2 and contact > ?3
               order by contact limit ?4";
    Ok(tx.all(sql, &[list.into(), after.into(), limit.into()], |row| row.get(0))?)
}

/// A text of a door as a contact's line: without line breaks, and no longer than one may be.
pub fn on_one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(LINE_CHARS_MAX).collect()
}

impl Contact {
    /// Names of its tags.
    ///
    /// # Errors
    /// Only if schema and code disagree.
    pub fn tag_names(&self) -> Result<Vec<String>> {
        Ok(serde_json::from_str(self.tags.get())?)
    }

    /// Its attributes, taken apart.
    ///
    /// # Errors
    /// Only if schema and code disagree.
    pub fn attributes(&self) -> Result<Attributes> {
        Ok(serde_json::from_str(self.custom_attributes.get())?)
    }

    /// Its addresses, the first of them included.
    ///
    /// # Errors
    /// Only if schema and code disagree.
    pub fn addresses(&self) -> Result<Vec<Address>> {
        Ok(serde_json::from_str(self.emails.get())?)
    }

    /// Its numbers, the first of them included.
    ///
    /// # Errors
    /// Only if schema and code disagree.
    pub fn numbers(&self) -> Result<Vec<Number>> {
        Ok(serde_json::from_str(self.phones.get())?)
    }

    /// Its profile, taken apart.
    ///
    /// # Errors
    /// Only if schema and code disagree.
    pub fn profile(&self) -> Result<Profile> {
        Ok(serde_json::from_str(self.profile.get())?)
    }
}

pub(crate) fn read(row: &Row) -> Result<Contact> {
    let raw = |column| Ok::<_, Error>(RawValue::from_string(row.get(column)?)?);
    Ok(Contact {
        id: row.get(0)?,
        email: row.get(1)?,
        name: row.get(2)?,
        phone: row.get(3)?,
        company: row.get(4)?,
        avatar_url: row.get(5)?,
        custom_attributes: raw(6)?,
        tags: raw(7)?,
        owner_id: row.get(8)?,
        visitor_ids: match row.get::<Option<String>>(23)? {
            Some(visitors) => serde_json::from_str(&visitors)?,
            None => Vec::new(),
        },
        conversations_count: row.get::<Option<i64>>(24)?.unwrap_or(0),
        source: row.get(9)?,
        last_seen_at: row.get(10)?,
        created_at: row.get(11)?,
        updated_at: row.get(12)?,
        number: row.get(13)?,
        phone_valid: row.get::<Option<i64>>(14)?.map(|flag| flag == 1),
        emails: raw(15)?,
        phones: raw(16)?,
        disposition_id: row.get(17)?,
        profile: RawValue::from_string(
            row.get::<Option<String>>(18)?.unwrap_or_else(|| "{}".to_owned()),
        )?,
        line_id: row.get(19)?,
        list_ids: match row.get::<Option<String>>(20)? {
            Some(lists) => serde_json::from_str(&lists)?,
            None => Vec::new(),
        },
        do_not_contact_at: row.get(21)?,
        sms_opted_out_at: row.get(22)?,
    })
}

fn null_is_empty<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl NewContact {
    /// The address, folded, and the number that it says are one person's.
    fn claims(&self) -> (String, Option<String>) {
        (self.email.folded(), self.phone.as_ref().map(|phone| phone.0.e164.clone()))
    }
}

impl Line {
    fn text(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|text| !text.is_empty())
    }
}

impl TryFrom<String> for Line {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        // PostgreSQL cannot hold U+0000, so nobody is given one.
        let text = text.replace('\0', "").trim().to_owned();
        if LINE_CHARS_MAX < text.chars().count() {
            return Err("must be at most 200 characters long");
        }
        Ok(Self(text))
    }
}

impl TryFrom<String> for Phone {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        phone::parse(&text, REGION_DEFAULT).map(Self).ok_or("must be a phone number")
    }
}

impl TryFrom<String> for WebAddress {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = text.trim();
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let odd = |c: char| c.is_whitespace() || c.is_control();
        let is_address = rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
        if !is_address || WEB_ADDRESS_BYTES_MAX < text.len() || text.contains(odd) {
            return Err("must be an address that begins with 'https://' or 'http://'");
        }
        Ok(Self(text.to_owned()))
    }
}
