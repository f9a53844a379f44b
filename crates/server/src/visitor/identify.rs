//! Who a visitor is: what they say, and what a signed identity proves.

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use store::Tx;

use super::{Browser, Visitor, columns, create, find, new_token, read};
use crate::{
    contact::{self, Contact, Draft, Match},
    email::Email,
    error::{Error, Result},
    event,
    id::{ContactId, VisitorId},
};

/// What somebody says of themselves, or a site of them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Label {
    /// What to call them.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// Their number, in any spelling.
    pub phone: Option<String>,
    /// Where they work.
    pub company: Option<String>,
    /// Whatever else.
    pub custom_attributes: Map<String, Json>,
}

/// How much it is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// They said so: a label, which changes nobody who is known.
    Claimed,
    /// The site signed it, and calls them so.
    Signed(String),
}

/// What came of it.
#[derive(Debug)]
pub struct Identified {
    /// The visitor as they are now; another one if they turned out to be somebody else.
    pub visitor: Visitor,
    /// The token of a visitor who was made for it.
    pub token: Option<String>,
}

const NAME_CHARS_MAX: usize = 200;
const ATTRIBUTES_MAX: usize = 100;
const ATTRIBUTES_BYTES_MAX: usize = 16 * 1024;

/// A label whose parts are what they should be; what is not is left out.
#[derive(Clone)]
struct Known {
    name: Option<String>,
    email: Option<Email>,
    phone: Option<phone::Phone>,
    company: Option<String>,
    attributes: Map<String, Json>,
}

/// Takes down who `visitor` is, and finds or makes their contact: from an address or a number that
/// is nobody's, or from whom the site signed for. `region` is the country of bare numbers.
///
/// Whoever only says who they are gets to see nothing by it, and changes nobody.
///
/// # Errors
/// When the address cannot be one.
pub fn identify(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    label: Label,
    proof: &Proof,
    region: &str,
) -> Result<Identified> {
    let known = label.known(region, proof)?;
    match proof {
        Proof::Claimed if visitor.is_verified => {
            Ok(Identified { visitor: visitor.clone(), token: None })
        }
        Proof::Claimed => {
            let visitor = name(tx, visitor, &known, None)?;
            if visitor.contact_id.is_some() || (known.email.is_none() && known.phone.is_none()) {
                return Ok(Identified { visitor, token: None });
            }
            let contact = match matched(tx, &known)? {
                Some(contact) => contact,
                None => contact::insert(tx, known.draft(), "widget")?,
            };
            Ok(Identified { visitor: join(tx, &visitor, &contact)?, token: None })
        }
        Proof::Signed(external) => signed(tx, visitor, &known, external),
    }
}

fn signed(tx: &mut Tx<'_>, visitor: &Visitor, known: &Known, external: &str) -> Result<Identified> {
    let is_other = visitor.external_id.as_deref().is_some_and(|before| before != external);
    // Two people at one browser are two visitors.
    let (visitor, token) = if is_other {
        let token = new_token(tx.random());
        let browser = Browser { device: "desktop", ..Browser::default() };
        (create(tx, visitor.site_id.as_ref(), Some(&token), &browser)?, Some(token))
    } else {
        (visitor.clone(), None)
    };
    let visitor = name(tx, &visitor, known, Some(external))?;
    let before = by_external(tx, &visitor, external)?;
    let contact = match before.or(matched(tx, known)?.map(|contact| contact.id)) {
        Some(id) => Some(contact::find(tx, &id)?),
        None => None,
    };
    let contact = match contact {
        Some(contact) => {
            let known = without_foreign(tx, known, &contact)?;
            let draft = known.over(Draft::of(&contact)?);
            contact::replace(tx, &contact, draft)?
        }
        None if known.email.is_none() && known.phone.is_none() => {
            return Ok(Identified { visitor, token });
        }
        None => contact::insert(tx, known.draft(), "widget")?,
    };
    Ok(Identified { visitor: join(tx, &visitor, &contact)?, token })
}

/// The same without an address or a number that is somebody else's: they may be one person, and a
/// person decides that.
fn without_foreign(tx: &mut Tx<'_>, known: &Known, contact: &Contact) -> Result<Known> {
    let mut known = known.clone();
    let by_email = match &known.email {
        Some(email) => contact::id_by_email(tx, &email.folded())?,
        None => None,
    };
    if let Some(other) = by_email.filter(|other| *other != contact.id) {
        contact::suggest(tx, &contact.id, &other, "a signed visitor has the other's address")?;
        known.email = None;
    }
    let by_phone = match &known.phone {
        Some(phone) => contact::id_by_any_phone(tx, &phone.e164)?,
        None => None,
    };
    if let Some(other) = by_phone.filter(|other| *other != contact.id) {
        contact::suggest(tx, &contact.id, &other, "a signed visitor has the other's number")?;
        known.phone = None;
    }
    Ok(known)
}

/// Whom the address or the number belongs to. Where they are two people's, the number's.
fn matched(tx: &mut Tx<'_>, known: &Known) -> Result<Option<Contact>> {
    let email = known.email.as_ref().map(Email::folded);
    let phone = known.phone.as_ref().map(|phone| phone.e164.as_str());
    let id = match contact::identify(tx, email.as_deref(), phone)? {
        Match::Nobody => return Ok(None),
        Match::One(id, _) => id,
        Match::Clash { by_email, by_phone } => {
            contact::suggest(tx, &by_email, &by_phone, "the same visitor gave both")?;
            by_email
        }
    };
    contact::find(tx, &id).map(Some)
}

fn by_external(tx: &mut Tx<'_>, visitor: &Visitor, external: &str) -> Result<Option<ContactId>> {
    let sql = "select contact from visitor where workspace = ?1 and site = ?2 and external_id = ?3
               and contact is not null order by id limit 1";
    let values = [visitor.site_id.as_ref().map(crate::id::SiteId::as_str).into(), external.into()];
    Ok(tx.first(sql, &values, |row| row.get(0))?)
}

/// Writes the label down.
fn name(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    known: &Known,
    external: Option<&str>,
) -> Result<Visitor> {
    let mut attributes: Map<String, Json> = serde_json::from_str(visitor.custom_attributes.get())?;
    for (key, value) in &known.attributes {
        if attributes.len() < ATTRIBUTES_MAX || attributes.contains_key(key) {
            attributes.insert(key.clone(), value.clone());
        }
    }
    let now = tx.now();
    let sql = concat!(
        "update visitor set name = coalesce(?3, name), email = coalesce(?4, email),
                phone = coalesce(?5, phone), attributes = ?6,
                external_id = coalesce(?7, external_id), verified_at = coalesce(?8, verified_at)
         where workspace = ?1 and id = ?2 returning ",
        columns!()
    );
    let values = [
        (&visitor.id).into(),
        known.name.as_ref().into(),
        known.email.as_ref().map(Email::as_given).into(),
        known.phone.as_ref().map(|phone| phone.e164.as_str()).into(),
        (&serde_json::to_string(&attributes)?).into(),
        external.into(),
        external.map(|_| now).into(),
    ];
    let named = tx.first(sql, &values, read)?.ok_or(Error::NotFound("visitor"))?.at(now);
    let is_news = (&named.name, &named.email, named.is_verified)
        != (&visitor.name, &visitor.email, visitor.is_verified);
    if is_news {
        let payload = serde_json::to_string(&named.told())?;
        event::append(tx, event::Kind::VisitorUpdated, named.id.as_str(), &payload)?;
    }
    Ok(named)
}

/// Makes `contact` who the visitor is, once.
fn join(tx: &mut Tx<'_>, visitor: &Visitor, contact: &Contact) -> Result<Visitor> {
    if visitor.contact_id.as_ref() == Some(&contact.id) {
        return Ok(visitor.clone());
    }
    let sql = concat!(
        "update visitor set contact = ?3 where workspace = ?1 and id = ?2 returning ",
        columns!()
    );
    let joined = tx.first(sql, &[(&visitor.id).into(), (&contact.id).into()], read)?;
    let joined = joined.ok_or(Error::NotFound("visitor"))?.at(tx.now());
    contact::link_visitor(tx, &contact.id, &visitor.id)?;
    contact::see(tx, &contact.id)?;
    let mut payload = serde_json::to_value(joined.told())?;
    payload["contact"] = json!({ "id": contact.id, "email": contact.email, "name": contact.name });
    let kind = event::Kind::VisitorIdentified;
    event::append(tx, kind, visitor.id.as_str(), &payload.to_string())?;
    Ok(joined)
}

impl Label {
    /// What answers to a site's questions say.
    pub fn of_answers(answers: Map<String, Json>) -> Self {
        let mut label = Self::default();
        for (name, answer) in answers {
            let text = answer.as_str().map(str::to_owned);
            match name.as_str() {
                "name" => label.name = text,
                "email" => label.email = text,
                "phone" => label.phone = text,
                "company" => label.company = text,
                _ => drop(label.custom_attributes.insert(name, answer)),
            }
        }
        label
    }

    fn known(self, region: &str, proof: &Proof) -> Result<Known> {
        let line = |text: Option<String>| {
            let text = text.map(|text| contact::on_one_line(&text));
            let text = text.map(|text| text.chars().take(NAME_CHARS_MAX).collect::<String>());
            text.filter(|text| !text.is_empty())
        };
        let email = line(self.email).map(Email::try_from).transpose();
        let mut attributes = self.custom_attributes;
        attributes.retain(|key, value| key.chars().count() <= 64 && !value.is_null());
        if ATTRIBUTES_BYTES_MAX < serde_json::to_string(&attributes)?.len() {
            return Err(Error::invalid("custom_attributes", "must be at most 16 KiB in all"));
        }
        Ok(Known {
            name: line(self.name),
            // What a site signed is never a reason to refuse its visitor.
            email: match (email, proof) {
                (Err(_), Proof::Signed(_)) => None,
                (email, _) => email.map_err(|problem| Error::invalid("email", problem))?,
            },
            phone: line(self.phone).and_then(|text| phone::parse(&text, region)),
            company: line(self.company),
            attributes,
        })
    }
}

impl Known {
    fn draft(&self) -> Draft {
        self.over(Draft::default())
    }

    /// What is blank of `draft` is filled.
    fn over(&self, mut draft: Draft) -> Draft {
        draft.name = draft.name.or_else(|| self.name.clone());
        draft.company = draft.company.or_else(|| self.company.clone());
        if draft.email.is_none() {
            draft.email = self.email.as_ref().map(|email| email.as_given().to_owned());
        }
        if let (None, Some(phone)) = (&draft.phone, &self.phone) {
            draft.put_phone_first(phone.clone());
        }
        for (key, value) in &self.attributes {
            draft.attributes.entry(key).or_insert_with(|| value.clone());
        }
        draft
    }
}

/// Makes a visitor of a contact who is erased nobody again: a step of a job. Says whether some were
/// left.
///
/// # Errors
/// Those of the store.
pub fn forget(tx: &mut Tx<'_>, contact: &ContactId, limit: i64) -> Result<bool> {
    let sql = "select id from visitor where workspace = ?1 and contact = ?2 limit 1";
    let Some(visitor) = tx.first(sql, &[contact.into()], |row| row.get::<VisitorId>(0))? else {
        return Ok(false);
    };
    let tombstone = json!({ "id": visitor }).to_string();
    if event::forget(tx, visitor.as_str(), &tombstone, limit)? {
        return Ok(true);
    }
    super::reset(tx, &visitor)?;
    let sql = "update visitor set name = null, email = null, phone = null, contact = null,
                   external_id = null, verified_at = null, attributes = null, ip = null,
                   ip_at = null
               where workspace = ?1 and id = ?2";
    tx.run(sql, &[(&visitor).into()])?;
    Ok(true)
}

/// Takes out what a visitor did and who they were: a step of a job. Says whether some of it was left.
///
/// # Errors
/// Those of the store.
pub fn forget_one(tx: &mut Tx<'_>, id: &VisitorId, limit: i64) -> Result<bool> {
    let sql = "delete from pageview where workspace = ?1 and id in (
                   select id from pageview where workspace = ?1 and visitor = ?2 limit ?3)
               returning id";
    let views = tx.all(sql, &[id.into(), limit.into()], |row| row.get::<String>(0))?;
    if limit <= i64::try_from(views.len()).unwrap_or(limit) {
        return Ok(true);
    }
    tx.run("delete from visit where workspace = ?1 and visitor = ?2", &[id.into()])?;
    let sql = "update visitor set name = null, email = null, phone = null, external_id = null,
                   verified_at = null, attributes = null, ip = null, ip_at = null, page = null,
                   first_source = null, last_source = null, session = null, sessions_count = 0,
                   pageviews_count = 0, token_hash = null, contact = null
               where workspace = ?1 and id = ?2";
    tx.run(sql, &[id.into()])?;
    event::forget(tx, id.as_str(), &json!({ "id": id }).to_string(), limit)
}

/// Gives up to `limit` visitors of one contact to the one it is part of now. Says whether there may
/// be more.
///
/// # Errors
/// Those of the store.
pub fn follow_merge(
    tx: &mut Tx<'_>,
    gone: &ContactId,
    kept: &ContactId,
    limit: i64,
) -> Result<bool> {
    let sql = "update visitor set contact = ?3 where workspace = ?1 and id in (
                   select id from visitor where workspace = ?1 and contact = ?2 limit ?4)
               returning id";
    let values = [gone.into(), kept.into(), limit.into()];
    let moved = tx.all(sql, &values, |row| row.get::<VisitorId>(0))?;
    for visitor in &moved {
        // Whoever was erased meanwhile has no visitors.
        if find(tx, visitor).is_ok() {
            contact::link_visitor(tx, kept, visitor)?;
        }
    }
    Ok(i64::try_from(moved.len()).unwrap_or(0) == limit)
}
