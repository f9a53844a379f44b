//! Identifiers: `con_…` is a contact, `op_…` an operator. The prefix is part of the type.

use std::{cmp::Ordering, fmt, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use store::{FromValue, Tx, Value};

use crate::error::{Error, Result};

/// What an identifier names.
pub trait Kind: 'static + Send + Sync {
    /// What its text begins with, before the underscore.
    const PREFIX: &'static str;
    /// What a message calls it.
    const NAME: &'static str;
}

/// The name of one thing of kind `K`. Ordering by it is ordering by age.
pub struct Id<K: Kind> {
    text: String,
    kind: PhantomData<fn() -> K>,
}

/// The letters of an id, in the order of their bytes: Crockford's, in lower case.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 128 bits, five to a letter.
const LETTERS_COUNT: usize = 26;
/// A foreign client may have made an id longer or shorter; beyond this it names nothing.
const UNIQUE_BYTES_MAX: usize = 64;

impl<K: Kind> Id<K> {
    /// Comes after every id, as both engines order texts: by their bytes.
    pub const BEYOND: &'static str = "~";

    /// A `UUIDv7` whose fraction of the millisecond is kept too, so that ids made one after another
    /// sort so. Its text sorts as its bits do.
    pub fn new(now: jiff::Timestamp, random: u128) -> Self {
        Self::from_bits(Self::moment(now) | (random & RANDOM_BITS))
    }

    /// The lowest id that may be made at `at`: a bound for lists by time.
    pub fn first_at(at: jiff::Timestamp) -> Self {
        Self::from_bits(Self::moment(at))
    }

    fn moment(at: jiff::Timestamp) -> u128 {
        let us = u128::try_from(at.as_microsecond()).unwrap_or(0);
        let (ms, fraction) = (us / 1000, us % 1000);
        let version = 7 << 76;
        let variant = 2 << 62;
        (ms << 80) | version | ((fraction * 4) << 64) | variant
    }

    fn from_bits(bits: u128) -> Self {
        let letter = |index: usize| {
            let shift = 5 * (LETTERS_COUNT - 1 - index);
            char::from(LETTERS[usize::try_from((bits >> shift) & 31).unwrap_or(0)])
        };
        let mut text = String::with_capacity(K::PREFIX.len() + 1 + LETTERS_COUNT);
        text.push_str(K::PREFIX);
        text.push('_');
        text.extend((0..LETTERS_COUNT).map(letter));
        Self { text, kind: PhantomData }
    }

    /// The text that is stored and shown.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// The part of an id that chance makes: the lowest 62 bits.
const RANDOM_BITS: u128 = (1 << 62) - 1;

/// Where the number of a thing within its transaction is, above what chance makes.
const ORDINAL_SHIFT: u32 = 52;
/// Things that one transaction names in order. Beyond, chance orders them.
const ORDINAL_MAX: u16 = 1023;

/// A name for a new thing, made in the transaction that makes it, and ordered within that.
pub fn new<K: Kind>(tx: &mut Tx<'_>) -> Id<K> {
    let ordinal = u128::from(tx.next_ordinal().min(ORDINAL_MAX)) << ORDINAL_SHIFT;
    Id::new(tx.now(), ordinal | (tx.random() & ((1 << ORDINAL_SHIFT) - 1)))
}

/// Whether `text` has the form of an id of this kind.
fn names<K: Kind>(text: &str) -> bool {
    let unique = text.strip_prefix(K::PREFIX).and_then(|rest| rest.strip_prefix('_'));
    unique.is_some_and(is_unique)
}

fn is_unique(text: &str) -> bool {
    (1..=UNIQUE_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl<K: Kind> FromStr for Id<K> {
    type Err = Error;

    /// A string of another kind names nothing here, so it is simply not found.
    fn from_str(text: &str) -> Result<Self> {
        if names::<K>(text) {
            Ok(Self { text: text.to_owned(), kind: PhantomData })
        } else {
            Err(Error::NotFound(K::NAME))
        }
    }
}

impl<K: Kind> Clone for Id<K> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), kind: PhantomData }
    }
}

impl<K: Kind> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<K: Kind> Eq for Id<K> {}

impl<K: Kind> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: Kind> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wanted =
            |_| de::Error::custom(format!("must be an id that begins with '{}_'", K::PREFIX));
        text.parse().map_err(wanted)
    }
}

impl<K: Kind> FromValue for Id<K> {
    fn from_value(value: Value) -> Option<Self> {
        let text = String::from_value(value)?;
        names::<K>(&text).then_some(Self { text, kind: PhantomData })
    }
}

impl<K: Kind> From<&Id<K>> for Value {
    fn from(id: &Id<K>) -> Self {
        Self::from(id.as_str())
    }
}

impl<K: Kind> utoipa::PartialSchema for Id<K> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        let example = format!("{}_01kf3q8z5t7w9y2b4d6f8h0jkm", K::PREFIX);
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some(format!("Names one {}", K::NAME)))
            .examples([serde_json::Value::String(example)])
            .into()
    }
}

impl<K: Kind> utoipa::ToSchema for Id<K> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("{}_id", K::PREFIX).into()
    }
}

/// Every kind of thing that has an identifier. One list, so that no prefix is used twice.
pub mod kind {
    use super::Kind;

    macro_rules! kinds {
        ($($kind:ident, $prefix:literal, $name:literal;)*) => {
            $(
                #[doc = concat!("`", $prefix, "_…`")]
                pub enum $kind {}

                impl Kind for $kind {
                    const PREFIX: &'static str = $prefix;
                    const NAME: &'static str = $name;
                }
            )*

            #[cfg(test)]
            pub(super) const PREFIXES: &[&str] = &[$($prefix),*];
        };
    }

    kinds! {
        Account, "acc", "account";
        App, "app", "app";
        Assignment, "asg", "assignment";
        Attachment, "att", "attachment";
        Attribute, "attr", "attribute";
        Chatbot, "bot", "chatbot";
        Contact, "con", "contact";
        Conversation, "conv", "conversation";
        Delivery, "dlv", "delivery";
        Disposition, "dis", "disposition";
        Enrolment, "enr", "enrolment";
        Event, "evt", "event";
        Grant, "grant", "grant";
        Job, "job", "job";
        Key, "key", "key";
        Line, "line", "line";
        List, "list", "list";
        Login, "login", "login";
        Macro, "mac", "macro";
        Message, "msg", "message";
        Notice, "ntc", "notice";
        Operator, "op", "operator";
        Pageview, "pv", "page view";
        Passkey, "pk", "passkey";
        Receipt, "rcp", "receipt";
        Request, "req", "request";
        RingGroup, "rg", "ring group";
        Segment, "seg", "segment";
        Sequence, "seq", "sequence";
        Session, "ses", "session";
        Site, "site", "site";
        Suggestion, "sug", "suggestion";
        Tag, "tag", "tag";
        View, "view", "view";
        Visitor, "vis", "visitor";
        Webhook, "wh", "webhook";
        Workspace, "ws", "workspace";
    }
}

/// Names a person a workspace talks with.
pub type ContactId = Id<kind::Contact>;
/// Names one talk with a visitor.
pub type ConversationId = Id<kind::Conversation>;
/// Names one event on its way to one webhook.
pub type DeliveryId = Id<kind::Delivery>;
/// Names one entry of the log.
pub type EventId = Id<kind::Event>;
/// Names a durable job.
pub type JobId = Id<kind::Job>;
/// Names a credential, never the secret itself.
pub type KeyId = Id<kind::Key>;
/// Names one thing that was said.
pub type MessageId = Id<kind::Message>;
/// Names someone who works in a workspace.
pub type OperatorId = Id<kind::Operator>;
/// Names what came to a door, and what was made of it.
pub type ReceiptId = Id<kind::Receipt>;
/// Names one HTTP request, in its answer and in the log.
pub type RequestId = Id<kind::Request>;
/// Names a page that a visitor opened.
pub type PageviewId = Id<kind::Pageview>;
/// Names one stay of a visitor on a site.
pub type SessionId = Id<kind::Session>;
/// Names a website that the widget is on.
pub type SiteId = Id<kind::Site>;
/// Names someone's browser on a site.
pub type VisitorId = Id<kind::Visitor>;
/// Names an address that is told of what happens.
pub type WebhookId = Id<kind::Webhook>;
/// Names a tenant.
pub type WorkspaceId = Id<kind::Workspace>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_prefix_is_used_twice() {
        let mut prefixes = kind::PREFIXES.to_vec();
        prefixes.sort_unstable();
        prefixes.dedup();
        assert_eq!(prefixes.len(), kind::PREFIXES.len());
    }

    #[test]
    fn ids_sort_by_age_whatever_chance_says() {
        let at = |us| jiff::Timestamp::from_microsecond(us).unwrap();
        let day = 1_767_225_600_000_000;
        let ids: Vec<ContactId> = [(day, u128::MAX), (day + 1, 0), (day + 999, 7), (day + 1000, 0)]
            .map(|(us, random)| ContactId::new(at(us), random))
            .into();
        assert!(ids.is_sorted(), "{ids:?}");
        assert!(ContactId::first_at(at(day)) < ids[0]);
        assert!(ids.iter().all(|id| id.as_str().len() == "con_".len() + LETTERS_COUNT));
        assert!(ids.iter().all(|id| id.as_str() < ContactId::BEYOND));
    }
}
