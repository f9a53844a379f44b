//! Two contacts that are one person.

use jiff::Timestamp;
use store::Tx;

use super::{Contact, draft::Draft, find, write};
use crate::{
    error::{Error, Result},
    event,
    id::ContactId,
    job,
};

/// Makes `other` part of `keep`: its addresses, numbers and tags are added, its values fill blanks,
/// and its id leads to `keep` from now on.
///
/// # Errors
/// When one of them is not there, or both are one.
pub fn merge(tx: &mut Tx<'_>, keep: &ContactId, other: &ContactId) -> Result<Contact> {
    let (kept, gone) = (find(tx, keep)?, find(tx, other)?);
    if kept.id == gone.id {
        return Err(Error::Conflict("A contact cannot be merged with itself.".to_owned()));
    }
    let mut draft = Draft::of(&kept)?;
    let from = Draft::of(&gone)?;
    draft.email = draft.email.or(from.email);
    draft.name = draft.name.or(from.name);
    if draft.phone.is_none() {
        (draft.phone, draft.is_phone_valid) = (from.phone, from.is_phone_valid);
    }
    draft.company = draft.company.or(from.company);
    draft.avatar_url = draft.avatar_url.or(from.avatar_url);
    draft.owner = draft.owner.or(from.owner);
    draft.disposition = draft.disposition.or(from.disposition);
    draft.profile = draft.profile.filled(from.profile);
    draft.line = draft.line.or(from.line);
    // What forbids to contact them is kept, from the earliest time on.
    draft.do_not_contact_at = earliest(draft.do_not_contact_at, from.do_not_contact_at);
    draft.sms_opted_out_at = earliest(draft.sms_opted_out_at, from.sms_opted_out_at);
    let missing: Vec<_> =
        from.lists.into_iter().filter(|list| !draft.lists.contains(list)).collect();
    draft.lists.extend(missing);
    draft.emails.extend(from.emails);
    draft.phones.extend(from.phones);
    for (key, value) in from.attributes {
        draft.attributes.entry(key).or_insert(value);
    }
    let missing: Vec<String> =
        from.tags.into_iter().filter(|tag| !draft.tags.contains(tag)).collect();
    draft.tags.extend(missing);
    write::remove_row(tx, &gone)?;
    let sql = "update contact_redirect set contact = ?3 where workspace = ?1 and contact = ?2";
    tx.run(sql, &[(&gone.id).into(), (&kept.id).into()])?;
    let sql = "insert into contact_redirect (workspace, old, contact) values (?1, ?2, ?3)";
    tx.run(sql, &[(&gone.id).into(), (&kept.id).into()])?;
    let merged = write::replace(tx, &kept, draft)?;
    let now = tx.now();
    let kind = job::Kind::ContactFollow;
    job::enqueue(tx, kind, gone.id.as_str(), kept.id.as_str(), now)?;
    let mut payload = serde_json::to_value(&merged)?;
    payload["merged_id"] = gone.id.as_str().into();
    event::append(tx, event::Kind::ContactMerged, merged.id.as_str(), &payload.to_string())?;
    Ok(merged)
}

fn earliest(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}
