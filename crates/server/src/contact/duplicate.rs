//! Who may be the same person twice. It is suggested, never done.

use serde::Serialize;
use store::{ReadTx, Tx, Word};
use utoipa::ToSchema;

use super::{Contact, find, index::KIND, list::by_numbers};
use crate::{
    error::Result,
    id::{ContactId, kind},
    page::Paging,
};

/// Someone who may be the same person, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct Duplicate {
    /// Who.
    pub contact: Contact,
    /// What they have in common.
    pub reasons: Vec<Reason>,
}

/// What two contacts have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A request gave the address of one and the number of the other.
    SeenTogether,
    /// The same name.
    Name,
    /// Addresses that differ only in dots, capitals, or what follows a plus.
    Email,
    /// Numbers with the same last seven digits.
    Phone,
}

/// Contacts that are looked at for one question.
const CANDIDATES_MAX: i64 = 100;
/// Suggestions in one answer.
const SUGGESTED_MAX: usize = 20;
const PHONE_TAIL: usize = 7;

/// Up to twenty contacts that may be the same person as `id`, newest first.
///
/// # Errors
/// When there is none of that id.
pub fn duplicates(tx: &mut ReadTx<'_>, id: &ContactId) -> Result<Vec<Duplicate>> {
    let contact = find(tx, id)?;
    let mut numbers: Vec<i64> = Vec::new();
    for words in questions(&contact)? {
        numbers.extend(tx.search(KIND, &words, None, CANDIDATES_MAX)?);
    }
    let suggested = suggested(tx, &contact.id)?;
    let mut others = by_numbers(tx, &mut numbers)?;
    for id in &suggested {
        if others.iter().all(|other| other.id != *id) {
            others.push(find(tx, id)?);
        }
    }
    others.sort_by(|a, b| b.id.cmp(&a.id));
    let mut duplicates = Vec::new();
    for other in others.into_iter().filter(|other| other.id != contact.id) {
        let mut reasons = in_common(&contact, &other)?;
        if suggested.contains(&other.id) {
            reasons.insert(0, Reason::SeenTogether);
        }
        if !reasons.is_empty() && duplicates.len() < SUGGESTED_MAX {
            duplicates.push(Duplicate { contact: other, reasons });
        }
    }
    Ok(duplicates)
}

/// Writes down that a request took `one` and `other` for one person.
///
/// # Errors
/// Those of the store.
pub fn suggest(tx: &mut Tx<'_>, one: &ContactId, other: &ContactId, reason: &str) -> Result<()> {
    let now = tx.now();
    let sql = "insert into contact_suggestion (workspace, contact, other, reason, created_at)
               values (?1, ?2, ?3, ?4, ?5) on conflict (workspace, contact, other) do nothing";
    for (contact, other) in [(one, other), (other, one)] {
        tx.run(sql, &[contact.into(), other.into(), reason.into(), now.into()])?;
    }
    Ok(())
}

/// If `email`, folded, is one contact's and `phone` another's, suggests that they are one person.
///
/// # Errors
/// Those of the store.
pub fn suggest_clash(tx: &mut Tx<'_>, email: &str, phone: &str) -> Result<()> {
    let (one, other) = (super::id_by_email(tx, email)?, super::id_by_phone(tx, phone)?);
    match (one, other) {
        (Some(one), Some(other)) if one != other => suggest(tx, &one, &other, "seen_together"),
        _ => Ok(()),
    }
}

fn suggested(tx: &mut ReadTx<'_>, id: &ContactId) -> Result<Vec<ContactId>> {
    let sql = "select other from contact_suggestion where workspace = ?1 and contact = ?2
               order by other limit ?3";
    let limit = Paging::<kind::Contact>::Cursor { after: None, limit: CANDIDATES_MAX }.rows();
    Ok(tx.all(sql, &[id.into(), limit.into()], |row| row.get(0))?)
}

/// The searches whose answers are candidates.
fn questions(contact: &Contact) -> Result<Vec<Vec<Word>>> {
    let whole = |text: &str| -> Vec<Word> {
        store::words(text).into_iter().map(|text| Word { text, is_prefix: false }).collect()
    };
    let mut questions = Vec::new();
    questions.extend(contact.name.as_deref().map(whole));
    for address in contact.addresses()? {
        questions.push(whole(&plain_local(&address.email)));
    }
    for number in contact.numbers()? {
        questions.extend(tail(&number.phone).map(whole));
    }
    questions.retain(|words| !words.is_empty());
    Ok(questions)
}

fn in_common(one: &Contact, other: &Contact) -> Result<Vec<Reason>> {
    let mut reasons = Vec::new();
    let name = |contact: &Contact| contact.name.as_ref().map(|name| store::words(name));
    if name(one).is_some_and(|words| 1 < words.len() && Some(&words) == name(other).as_ref()) {
        reasons.push(Reason::Name);
    }
    let addresses = |contact: &Contact| -> Result<Vec<String>> {
        Ok(contact.addresses()?.iter().map(|address| plain(&address.email)).collect())
    };
    let theirs = addresses(other)?;
    if addresses(one)?.iter().any(|address| theirs.contains(address)) {
        reasons.push(Reason::Email);
    }
    let theirs = other.numbers()?;
    let has_tail = |tail: &str| theirs.iter().any(|number| number.phone.ends_with(tail));
    if one.numbers()?.iter().filter_map(|number| tail(&number.phone)).any(has_tail) {
        reasons.push(Reason::Phone);
    }
    Ok(reasons)
}

fn tail(phone: &str) -> Option<&str> {
    phone.len().checked_sub(PHONE_TAIL).and_then(|from| phone.get(from..))
}

/// An address without what many providers ignore.
fn plain(email: &str) -> String {
    let domain = email.split_once('@').map_or("", |(_, domain)| domain);
    format!("{}@{}", plain_local(email), domain.to_lowercase())
}

pub(super) fn plain_local(email: &str) -> String {
    let local = email.split_once('@').map_or(email, |(local, _)| local);
    local.split_once('+').map_or(local, |(local, _)| local).to_lowercase().replace('.', "")
}
