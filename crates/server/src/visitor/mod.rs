//! Visitors: browsers on the sites of a workspace, and the people behind them as far as they are
//! known.

mod browse;
pub mod http;
mod identify;
mod list;
mod place;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use store::{ReadTx, Row, Tx};
use utoipa::ToSchema;

pub use self::{
    browse::{
        Opened, PAGES_MAX, Pageview, Session, Tell, age_out, browse, browse_by_name,
        forget_addresses, note_page,
    },
    identify::{Identified, Label, Proof, follow_merge, forget, forget_one, identify},
    list::{ListQuery, list, pageviews, sessions},
    place::Places,
};
use crate::{
    contact::Contact,
    error::{Error, Result},
    event,
    id::{self, ContactId, SiteId, VisitorId},
    time,
};

/// A browser on a site, and what is known of who uses it. Absent optional values are `null`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Visitor {
    /// Names them for good.
    pub id: VisitorId,
    /// What they call themselves, or what their contact is called.
    pub name: Option<String>,
    /// The address that they gave.
    #[schema(format = Email)]
    pub email: Option<String>,
    /// Whom they were recognised as.
    pub contact_id: Option<ContactId>,
    /// Whether a signed identity says who they are; if not, name and address are what they say.
    pub is_verified: bool,
    /// Whether they are on the site now.
    pub online: bool,
    /// The page that they are on, or were on last.
    #[schema(value_type = Option<CurrentPage>)]
    pub current_page: Option<Box<RawValue>>,
    /// Where they came from the last time that they did not come directly.
    pub referrer: Option<String>,
    /// The campaign that brought them the last time.
    pub utm: Utm,
    /// Where they came from the first time.
    #[schema(value_type = Source)]
    pub first_touch: Box<RawValue>,
    /// The site they were on first.
    pub site_id: Option<SiteId>,
    /// Two letters.
    pub country: Option<String>,
    /// As far as the database of addresses knows.
    pub region: Option<String>,
    /// As far as the database of addresses knows.
    pub city: Option<String>,
    /// An IANA name.
    pub timezone: Option<String>,
    /// As `en-AU`.
    pub language: Option<String>,
    /// Name and version.
    pub browser: Option<String>,
    /// Name and version.
    pub os: Option<String>,
    /// `desktop`, `mobile`, `tablet` or `bot`.
    #[schema(example = "desktop")]
    pub device: String,
    /// Where they were last heard from; left out once it was forgotten, and where sites keep none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// How often they came: a session ends after 30 minutes without a sign of them.
    pub sessions_count: i64,
    /// How many pages they opened.
    pub pageviews_count: i64,
    /// What the site said of them.
    #[schema(value_type = std::collections::BTreeMap<String, serde_json::Value>)]
    pub custom_attributes: Box<RawValue>,
    /// When they first were there.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub first_seen_at: Timestamp,
    /// When they last were there.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub last_seen_at: Timestamp,
    /// When they were first known.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Whom a signed identity named.
    #[serde(skip)]
    pub external_id: Option<String>,
    /// The session that goes on.
    #[serde(skip)]
    pub(crate) session: Option<id::SessionId>,
    #[serde(skip)]
    online_until: Timestamp,
}

/// What a visitor is told of themselves.
#[derive(Clone, Debug, Serialize)]
pub struct Face {
    id: VisitorId,
    name: Option<String>,
    email: Option<String>,
    is_verified: bool,
}

/// Who wrote, as conversations and messages show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Who {
    /// Which visitor.
    pub id: VisitorId,
    /// What they are called.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
}

/// A page that is open.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CurrentPage {
    /// Its address, without what is nobody's business.
    pub url: String,
    /// Its title.
    pub title: Option<String>,
}

/// Which campaign brought someone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Utm {
    /// `utm_source`
    pub source: Option<String>,
    /// `utm_medium`
    pub medium: Option<String>,
    /// `utm_campaign`
    pub campaign: Option<String>,
    /// `utm_term`
    pub term: Option<String>,
    /// `utm_content`
    pub content: Option<String>,
}

/// Where a visit came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Source {
    /// The page that they came to.
    pub url: Option<String>,
    /// The page that they came from.
    pub referrer: Option<String>,
    /// The campaign.
    pub utm: Utm,
}

/// What is known of a browser before it did anything.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// Name and version.
    pub name: Option<String>,
    /// Name and version.
    pub os: Option<String>,
    /// `desktop`, `mobile`, `tablet` or `bot`.
    pub device: &'static str,
    /// As `en-AU`.
    pub language: Option<String>,
    /// An IANA name.
    pub timezone: Option<String>,
    /// Where it is heard from, unless that is not kept.
    pub ip: Option<String>,
    /// Two letters.
    pub country: Option<String>,
    /// As far as the database of addresses knows.
    pub region: Option<String>,
    /// As far as the database of addresses knows.
    pub city: Option<String>,
}

/// A visitor who was not heard of for so long is not there any more.
pub const LEASE: SignedDuration = SignedDuration::from_secs(45);
/// The same for one who has a connection, which tells at once when they leave: this is for nodes that
/// fail.
pub const LEASE_LIVE: SignedDuration = SignedDuration::from_secs(90);
/// What a token of a visitor begins with.
pub const TOKEN_PREFIX: &str = "vt_";

macro_rules! columns {
    () => {
        "id, name, email, contact, verified_at, online_until, page, last_source, first_source, \
         site, country, region, city, timezone, language, browser, os, device, ip, sessions_count, \
         pageviews_count, attributes, last_seen_at, created_at, external_id, session"
    };
}
use columns;

impl Visitor {
    /// As conversations and messages show them.
    pub fn who(&self) -> Who {
        Who { id: self.id.clone(), name: self.name.clone(), email: self.email.clone() }
    }

    /// As the log tells of them: it is kept longer than the addresses of their machines.
    pub(crate) fn told(&self) -> Self {
        Self { ip: None, ..self.clone() }
    }

    /// As they see themselves.
    pub fn face(&self) -> Face {
        let Self { id, name, email, is_verified, .. } = self.clone();
        Face { id, name, email, is_verified }
    }
}
/// A new token: 128 bits that nobody can guess.
pub fn new_token(random: u128) -> String {
    format!("{TOKEN_PREFIX}{random:032x}")
}

/// What is kept of a token.
pub fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}

/// Adds a visitor of `site`. Without a token nobody can speak as them.
///
/// # Errors
/// Those of the store.
pub fn create(
    tx: &mut Tx<'_>,
    site: Option<&SiteId>,
    token: Option<&str>,
    browser: &Browser,
) -> Result<Visitor> {
    let (id, now): (VisitorId, _) = (id::new(tx), tx.now());
    let until = if token.is_some() { now + LEASE } else { now };
    let device = if browser.device.is_empty() { "desktop" } else { browser.device };
    let sql = concat!(
        "insert into visitor (workspace, id, site, token_hash, country, region, city, timezone,
                              language, browser, os, device, ip, ip_at, sessions_count,
                              pageviews_count, conversations_count, last_seen_at, online_until,
                              created_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 0, 0, 0, ?15, ?16, ?15)
         returning ",
        columns!()
    );
    let values = [
        (&id).into(),
        site.map(SiteId::as_str).into(),
        token.map(hash).as_ref().into(),
        browser.country.as_ref().into(),
        browser.region.as_ref().into(),
        browser.city.as_ref().into(),
        browser.timezone.as_ref().into(),
        browser.language.as_ref().into(),
        browser.name.as_ref().into(),
        browser.os.as_ref().into(),
        device.into(),
        browser.ip.as_ref().into(),
        browser.ip.as_ref().map(|_| now).into(),
        now.into(),
        until.into(),
    ];
    let made = tx.first(sql, &values, read)?.map(|made| made.at(now));
    let sql = "insert into visitor_counter (workspace, count) values (?1, 1)
               on conflict (workspace) do update set count = visitor_counter.count + 1";
    if device != "bot" {
        tx.run(sql, &[])?;
    }
    made.ok_or_else(|| Error::internal("the visitor was not made"))
}

/// The visitor that `id` names.
///
/// # Errors
/// When there is none.
pub fn find(tx: &mut ReadTx<'_>, id: &VisitorId) -> Result<Visitor> {
    let sql = concat!("select ", columns!(), " from visitor where workspace = ?1 and id = ?2");
    let now = tx.now();
    let found = tx.first(sql, &[id.into()], read)?.map(|visitor| visitor.at(now));
    found.ok_or(Error::NotFound("visitor"))
}

/// The visitor who may speak with this token, and since when they are heard of.
///
/// # Errors
/// Those of the store.
pub fn by_token(tx: &mut ReadTx<'_>, token: &str) -> Result<Option<Visitor>> {
    let sql =
        concat!("select ", columns!(), " from visitor where workspace = ?1 and token_hash = ?2");
    let now = tx.now();
    Ok(tx.first(sql, &[(&hash(token)).into()], read)?.map(|visitor| visitor.at(now)))
}

/// Whom to talk to a contact as: the newest visitor who was proved to be them, or a new one that has
/// no browser. Whoever only says that they are the contact hears nothing that is meant for them.
///
/// # Errors
/// Those of the store.
pub fn of_contact(tx: &mut Tx<'_>, contact: &Contact) -> Result<Visitor> {
    let sql = concat!(
        "select ",
        columns!(),
        " from visitor where workspace = ?1 and contact = ?2 and verified_at is not null
          order by id desc limit 1"
    );
    let now = tx.now();
    if let Some(known) = tx.first(sql, &[(&contact.id).into()], read)? {
        return Ok(known.at(now));
    }
    let made = create(tx, None, None, &Browser::default())?;
    let sql = concat!(
        "update visitor set name = ?3, email = ?4, contact = ?5, verified_at = ?6
         where workspace = ?1 and id = ?2 returning ",
        columns!()
    );
    let values = [
        (&made.id).into(),
        contact.name.as_ref().into(),
        contact.email.as_ref().into(),
        (&contact.id).into(),
        now.into(),
    ];
    crate::contact::link_visitor(tx, &contact.id, &made.id)?;
    let known = tx.first(sql, &values, read)?;
    known.ok_or_else(|| Error::internal("the visitor was not kept"))
}

/// They are there, for as long as `lease` says. Many at once, so that a heartbeat is one write.
///
/// # Errors
/// Those of the store.
pub fn see(tx: &mut Tx<'_>, ids: &[VisitorId], lease: SignedDuration) -> Result<()> {
    let now = tx.now();
    let sql = "update visitor set last_seen_at = ?3, online_until = ?4
               where workspace = ?1 and id = ?2";
    let until = now + lease;
    ids.iter().try_for_each(|id| Ok(tx.run(sql, &[id.into(), now.into(), until.into()])?))
}

/// They have gone.
///
/// # Errors
/// Those of the store.
pub fn leave(tx: &mut Tx<'_>, id: &VisitorId) -> Result<()> {
    let now = tx.now();
    let sql = "update visitor set online_until = ?3 where workspace = ?1 and id = ?2
               and online_until > ?3";
    Ok(tx.run(sql, &[id.into(), now.into()])?)
}

/// Makes their token void: nobody can speak as them any more.
///
/// # Errors
/// Those of the store.
pub fn reset(tx: &mut Tx<'_>, id: &VisitorId) -> Result<()> {
    let now = tx.now();
    let sql = "update visitor set token_hash = null, online_until = ?3
               where workspace = ?1 and id = ?2";
    tx.run(sql, &[id.into(), now.into()])?;
    let payload = serde_json::json!({ "id": id }).to_string();
    event::append(tx, event::Kind::VisitorReset, id.as_str(), &payload)?;
    Ok(())
}

/// They have `more` conversations; and how many they had before.
///
/// # Errors
/// Those of the store.
pub fn count_conversations(tx: &mut Tx<'_>, id: &VisitorId, more: i64) -> Result<()> {
    let sql = "update visitor set conversations_count = conversations_count + ?3
               where workspace = ?1 and id = ?2";
    Ok(tx.run(sql, &[id.into(), more.into()])?)
}

impl Visitor {
    /// Whether they are there at `now`; the row alone does not know.
    fn at(mut self, now: Timestamp) -> Self {
        self.online = now < self.online_until;
        self
    }
}

fn read(row: &Row) -> Result<Visitor> {
    let raw = |text: Option<String>, blank: &str| {
        RawValue::from_string(text.unwrap_or_else(|| blank.to_owned()))
    };
    let created_at: Timestamp = row.get(23)?;
    let last: Source = match row.get::<Option<String>>(7)? {
        Some(text) => serde_json::from_str(&text)?,
        None => Source::default(),
    };
    Ok(Visitor {
        id: row.get(0)?,
        name: row.get(1)?,
        email: row.get(2)?,
        contact_id: row.get(3)?,
        is_verified: row.get::<Option<Timestamp>>(4)?.is_some(),
        online: false,
        online_until: row.get(5)?,
        current_page: row.get::<Option<String>>(6)?.map(RawValue::from_string).transpose()?,
        referrer: last.referrer,
        utm: last.utm,
        first_touch: raw(row.get(8)?, FIRST_TOUCH_BLANK)?,
        site_id: row.get(9)?,
        country: row.get(10)?,
        region: row.get(11)?,
        city: row.get(12)?,
        timezone: row.get(13)?,
        language: row.get(14)?,
        browser: row.get(15)?,
        os: row.get(16)?,
        device: row.get(17)?,
        ip: row.get(18)?,
        sessions_count: row.get(19)?,
        pageviews_count: row.get(20)?,
        custom_attributes: raw(row.get(21)?, "{}")?,
        last_seen_at: row.get(22)?,
        first_seen_at: created_at,
        created_at,
        external_id: row.get(24)?,
        session: row.get(25)?,
    })
}

/// [`Source`] of someone who came directly.
const FIRST_TOUCH_BLANK: &str = r#"{"url":null,"referrer":null,"utm":{"source":null,"medium":null,"campaign":null,"term":null,"content":null}}"#;
