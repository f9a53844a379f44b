//! Making, changing and erasing a contact.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json, value::RawValue};
use store::Tx;

use super::{
    Contact, ContactPatch, NewContact, Number, TagChange, attribute,
    draft::{self, Draft},
    find,
};
use crate::{
    error::{Error, Result},
    event,
    id::{self, ContactId, Id, kind},
    idempotency, job, record,
};

/// Adds a contact that came through `source`, unless an address or a number is someone's already.
/// It refuses before it writes: [`store::Store::write_checked`] may run it.
///
/// # Errors
/// [`Error::Taken`] names whose; nothing is changed then.
pub fn create(tx: &mut Tx<'_>, new: NewContact, source: &str) -> Result<Contact> {
    let tags = record::Tags::find(tx, "tags", &new.tags)?;
    if let Some(disposition) = &new.disposition_id {
        draft::check_record(tx, "disposition_id", "a disposition", disposition)?;
    }
    let mut phones = new.phones;
    if let Some(phone) = new.phone.as_ref().filter(|phone| phone.0.extension.is_some()) {
        phones.insert(0, Number::of(phone.0.clone()));
    }
    let draft = Draft {
        email: Some(new.email.as_given().to_owned()),
        name: new.name.and_then(|name| name.text().map(str::to_owned)),
        phone: new.phone.as_ref().map(|phone| phone.0.e164.clone()),
        is_phone_valid: new.phone.as_ref().map(|phone| phone.0.is_valid),
        company: new.company.and_then(|company| company.text().map(str::to_owned)),
        avatar_url: new.avatar_url.map(|address| address.0),
        attributes: new.custom_attributes,
        tags: tags.names.clone(),
        emails: new.emails,
        phones,
        owner: new.owner_id,
        disposition: new.disposition_id,
        ..Draft::default()
    };
    insert_with(tx, draft, source, |tx| tags.make(tx))
}

/// Adds the contact that `draft` draws up, whose tags there are.
///
/// # Errors
/// When an address or a number is someone's already, or a rule is broken; nothing is changed then.
pub fn insert(tx: &mut Tx<'_>, draft: Draft, source: &str) -> Result<Contact> {
    insert_with(tx, draft, source, |_| Ok(()))
}

/// `prepare` writes what the contact stands on, once nothing is refused any more.
fn insert_with(
    tx: &mut Tx<'_>,
    draft: Draft,
    source: &str,
    prepare: impl FnOnce(&mut Tx<'_>) -> Result<()>,
) -> Result<Contact> {
    let complete = draft.complete(tx)?;
    complete.check_ways(tx)?;
    // From here on nothing is refused.
    prepare(tx)?;
    let contact: ContactId = id::new(tx);
    complete.put_ways(tx, &contact)?;
    let number = count_one_more(tx)?;
    complete.insert(tx, &contact, number, source)?;
    put_tags(tx, &contact, &complete.draft.tags)?;
    put_lists(tx, &contact, &complete.draft.lists)?;
    attribute::put(tx, &contact, &complete.draft.attributes)?;
    let made = complete.shown(blank(contact, number, source, tx.now()));
    let payload = serde_json::to_string(&made)?;
    event::append(tx, event::Kind::ContactCreated, made.id.as_str(), &payload)?;
    Ok(made)
}

/// A contact of whom nothing is known.
fn blank(id: ContactId, number: i64, source: &str, now: jiff::Timestamp) -> Contact {
    let nothing = || RawValue::NULL.to_owned();
    Contact {
        id,
        email: None,
        name: None,
        phone: None,
        company: None,
        avatar_url: None,
        custom_attributes: nothing(),
        tags: nothing(),
        owner_id: None,
        visitor_ids: Vec::new(),
        conversations_count: 0,
        source: source.to_owned(),
        last_seen_at: None,
        created_at: now,
        updated_at: now,
        number,
        phone_valid: None,
        emails: nothing(),
        phones: nothing(),
        disposition_id: None,
        profile: nothing(),
        line_id: None,
        list_ids: Vec::new(),
        do_not_contact_at: None,
        sms_opted_out_at: None,
    }
}

/// Changes a contact. What stays as it is makes no event.
///
/// # Errors
/// When there is none of that id, or an address or a number is someone else's.
pub fn update(tx: &mut Tx<'_>, id: &ContactId, patch: ContactPatch) -> Result<Contact> {
    let old = find(tx, id)?;
    let draft = Draft::of(&old)?.patched(tx, patch)?;
    replace(tx, &old, draft)
}

/// Sticks tags on a contact and takes others off, whatever else there is.
///
/// # Errors
/// When there is none of that id, or a name cannot be a tag's.
pub fn retag(tx: &mut Tx<'_>, id: &ContactId, change: &TagChange) -> Result<Contact> {
    let old = find(tx, id)?;
    let mut draft = Draft::of(&old)?;
    if record::TAGS_MAX < change.remove.len() {
        return Err(Error::invalid("remove", "must be at most 100 names"));
    }
    let added = record::ensure_tags(tx, "add", &change.add)?;
    let removed: Vec<String> = change.remove.iter().map(|name| record::fold(name.trim())).collect();
    draft.tags.retain(|tag| !removed.contains(&record::fold(tag)));
    for tag in added {
        if !draft.tags.contains(&tag) {
            draft.tags.push(tag);
        }
    }
    if record::TAGS_MAX < draft.tags.len() {
        return Err(Error::invalid("add", "must leave at most 100 tags"));
    }
    replace(tx, &old, draft)
}

/// Erases a person: the row and what finds it now, and in a job the log and the recorded replies.
///
/// # Errors
/// When there is none of that id.
pub fn delete(tx: &mut Tx<'_>, id: &ContactId) -> Result<()> {
    let old = find(tx, id)?;
    remove_row(tx, &old)?;
    let sql = "delete from contact_redirect where workspace = ?1 and contact = ?2 returning old";
    let merged = tx.all(sql, &[(&old.id).into()], |row| row.get::<ContactId>(0))?;
    for old in &merged {
        ask_to_erase(tx, old)?;
    }
    ask_to_erase(tx, &old.id)?;
    event::append(tx, event::Kind::ContactDeleted, old.id.as_str(), &tombstone(&old.id))?;
    Ok(())
}

/// The replies about them go now, so that none is given again; the log follows in a job.
fn ask_to_erase(tx: &mut Tx<'_>, id: &ContactId) -> Result<()> {
    idempotency::forget(tx, id.as_str())?;
    let now = tx.now();
    job::enqueue(tx, job::Kind::ContactErase, id.as_str(), "", now)
}

/// All that the log keeps of someone who was erased.
pub(super) fn tombstone(id: &ContactId) -> String {
    json!({ "id": id.as_str() }).to_string()
}

/// Deletes the row of a contact, and all that finds it but the search, which follows the log.
pub(super) fn remove_row(tx: &mut Tx<'_>, old: &Contact) -> Result<()> {
    let draft = Draft::of(old)?;
    draft.remove_ways(tx, &old.id)?;
    remove_tags(tx, &old.id, &draft.tags)?;
    remove_lists(tx, &old.id, &draft.lists)?;
    attribute::remove(tx, &old.id)?;
    tx.search_remove(super::index::KIND, old.number)?;
    tx.run("delete from contact where workspace = ?1 and id = ?2", &[(&old.id).into()])?;
    tx.run("update contact_counter set count = count - 1 where workspace = ?1", &[])?;
    let sql =
        "delete from contact_suggestion where workspace = ?1 and (contact = ?2 or other = ?2)";
    Ok(tx.run(sql, &[(&old.id).into()])?)
}

fn count_one_more(tx: &mut Tx<'_>) -> Result<i64> {
    let sql = "insert into contact_counter (workspace, last_number, count) values (?1, 1, 1)
               on conflict (workspace) do update set
               last_number = contact_counter.last_number + 1, count = contact_counter.count + 1
               returning last_number";
    let number = tx.first(sql, &[], |row| row.get::<i64>(0))?;
    number.ok_or_else(|| Error::internal("the contact counter gave no number"))
}

/// Writes what `draft` says over `old`, and tells of what changed, if anything did.
///
/// # Errors
/// When an address or a number is someone else's, or a rule is broken.
pub fn replace(tx: &mut Tx<'_>, old: &Contact, draft: Draft) -> Result<Contact> {
    let after = draft.complete(tx)?;
    let before = Draft::of(old)?;
    let changes = before.changes_to(&after.draft)?;
    if changes.is_empty() {
        return Ok(old.clone());
    }
    if changes.contains_key("emails") || changes.contains_key("phones") {
        before.remove_ways(tx, &old.id)?;
        after.check_ways(tx)?;
        after.put_ways(tx, &old.id)?;
    }
    if changes.contains_key("tags") {
        remove_tags(tx, &old.id, &before.tags)?;
        put_tags(tx, &old.id, &after.draft.tags)?;
    }
    if changes.contains_key("list_ids") {
        remove_lists(tx, &old.id, &before.lists)?;
        put_lists(tx, &old.id, &after.draft.lists)?;
    }
    if changes.contains_key("custom_attributes") {
        attribute::remove(tx, &old.id)?;
        attribute::put(tx, &old.id, &after.draft.attributes)?;
    }
    let stops = |before: Option<_>, after: Option<_>| before.is_none() && after.is_some();
    if stops(before.do_not_contact_at, after.draft.do_not_contact_at)
        || stops(before.sms_opted_out_at, after.draft.sms_opted_out_at)
    {
        let now = tx.now();
        job::enqueue(tx, job::Kind::ContactStop, old.id.as_str(), "", now)?;
    }
    after.update(tx, &old.id)?;
    let new = after.shown(Contact { updated_at: tx.now(), ..old.clone() });
    let mut payload = serde_json::to_value(&new)?;
    if let Json::Object(fields) = &mut payload {
        fields.insert("changes".to_owned(), Json::Object(changes));
    }
    event::append(tx, event::Kind::ContactUpdated, old.id.as_str(), &payload.to_string())?;
    Ok(new)
}

fn put_tags(tx: &mut Tx<'_>, contact: &ContactId, tags: &[String]) -> Result<()> {
    let sql = "insert into contact_tag (workspace, tag_folded, contact) values (?1, ?2, ?3)";
    let counted =
        "insert into contact_tag_counter (workspace, tag_folded, count) values (?1, ?2, 1)
                   on conflict (workspace, tag_folded) do update set
                   count = contact_tag_counter.count + 1";
    for tag in folded(tags) {
        tx.run(sql, &[(&tag).into(), contact.into()])?;
        tx.run(counted, &[(&tag).into()])?;
    }
    Ok(())
}

fn put_lists(tx: &mut Tx<'_>, contact: &ContactId, lists: &[Id<kind::List>]) -> Result<()> {
    let sql = "insert into contact_list (workspace, list, contact) values (?1, ?2, ?3)
               on conflict (workspace, list, contact) do nothing";
    lists.iter().try_for_each(|list| Ok(tx.run(sql, &[list.into(), contact.into()])?))
}

fn remove_lists(tx: &mut Tx<'_>, contact: &ContactId, lists: &[Id<kind::List>]) -> Result<()> {
    let sql = "delete from contact_list where workspace = ?1 and list = ?2 and contact = ?3";
    lists.iter().try_for_each(|list| Ok(tx.run(sql, &[list.into(), contact.into()])?))
}

fn remove_tags(tx: &mut Tx<'_>, contact: &ContactId, tags: &[String]) -> Result<()> {
    let sql = "delete from contact_tag where workspace = ?1 and tag_folded = ?2 and contact = ?3";
    let counted = "update contact_tag_counter set count = count - 1
                   where workspace = ?1 and tag_folded = ?2";
    for tag in folded(tags) {
        tx.run(sql, &[(&tag).into(), contact.into()])?;
        tx.run(counted, &[(&tag).into()])?;
    }
    Ok(())
}

/// Each once: so the counters are right whatever the list is.
fn folded(tags: &[String]) -> BTreeSet<String> {
    tags.iter().map(|tag| record::fold(tag)).collect()
}

/// Gives a contact other tags without telling of it: a tag was renamed, not the contact changed.
pub(super) fn set_tags(tx: &mut Tx<'_>, contact: &Contact, tags: &[String]) -> Result<()> {
    remove_tags(tx, &contact.id, &contact.tag_names()?)?;
    put_tags(tx, &contact.id, tags)?;
    let sql = "update contact set tags = ?3 where workspace = ?1 and id = ?2";
    Ok(tx.run(sql, &[(&contact.id).into(), (&serde_json::to_string(tags)?).into()])?)
}
