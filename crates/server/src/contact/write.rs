//! Making, changing and erasing a contact.

use serde_json::{Value as Json, json};
use store::{Tx, Value};

use super::{
    Address, Attributes, Contact, ContactPatch, NewContact, Number, Phone, TagChange, attribute,
    columns, find, read,
};
use crate::{
    change::Change,
    email::Email,
    error::{Error, Result},
    event,
    id::{self, ContactId, Id, OperatorId, kind},
    idempotency, job, operator, record,
};

/// Addresses or numbers that one person may have.
const WAYS_MAX: usize = 20;
const LABEL_CHARS_MAX: usize = 40;

/// All of a contact that a write decides, in the form of its columns.
pub(super) struct Draft {
    pub(super) email: Option<String>,
    pub(super) name: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) is_phone_valid: Option<bool>,
    pub(super) company: Option<String>,
    pub(super) avatar_url: Option<String>,
    pub(super) attributes: Attributes,
    pub(super) tags: Vec<String>,
    pub(super) emails: Vec<Address>,
    pub(super) phones: Vec<Number>,
    pub(super) owner: Option<OperatorId>,
    pub(super) disposition: Option<Id<kind::Disposition>>,
}

/// Adds a contact that came through `source`, unless an address or a number is someone's already.
///
/// # Errors
/// [`Error::Taken`] names whose; nothing is changed then.
pub fn create(tx: &mut Tx<'_>, new: NewContact, source: &str) -> Result<Contact> {
    let tags = record::ensure_tags(tx, "tags", &new.tags)?;
    check_disposition(tx, new.disposition_id.as_ref())?;
    let draft = Draft {
        email: Some(new.email.as_given().to_owned()),
        name: new.name.and_then(|name| name.text().map(str::to_owned)),
        phone: new.phone.as_ref().map(|phone| phone.0.e164.clone()),
        is_phone_valid: new.phone.as_ref().map(|phone| phone.0.is_valid),
        company: new.company.and_then(|company| company.text().map(str::to_owned)),
        avatar_url: new.avatar_url.map(|address| address.0),
        attributes: new.custom_attributes,
        tags,
        emails: new.emails,
        phones: new.phones,
        owner: new.owner_id,
        disposition: new.disposition_id,
    }
    .complete(tx)?;
    let contact: ContactId = id::new(tx);
    draft.put_ways(tx, &contact)?;
    let number = count_one_more(tx)?;
    let made = draft.insert(tx, &contact, number, source)?;
    put_tags(tx, &contact, &draft.tags)?;
    attribute::put(tx, &contact, &draft.attributes)?;
    let payload = serde_json::to_string(&made)?;
    event::append(tx, event::Kind::ContactCreated, contact.as_str(), &payload)?;
    Ok(made)
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
    attribute::remove(tx, &old.id, &draft.attributes)?;
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
pub(super) fn replace(tx: &mut Tx<'_>, old: &Contact, draft: Draft) -> Result<Contact> {
    let draft = draft.complete(tx)?;
    let before = Draft::of(old)?;
    let changes = before.changes_to(&draft)?;
    if changes.is_empty() {
        return Ok(old.clone());
    }
    if changes.contains_key("emails") || changes.contains_key("phones") {
        before.remove_ways(tx, &old.id)?;
        draft.put_ways(tx, &old.id)?;
    }
    if changes.contains_key("tags") {
        remove_tags(tx, &old.id, &before.tags)?;
        put_tags(tx, &old.id, &draft.tags)?;
    }
    if changes.contains_key("custom_attributes") {
        attribute::remove(tx, &old.id, &before.attributes)?;
        attribute::put(tx, &old.id, &draft.attributes)?;
    }
    let new = draft.store(tx, &old.id)?;
    let mut payload = serde_json::to_value(&new)?;
    if let Json::Object(fields) = &mut payload {
        fields.insert("changes".to_owned(), Json::Object(changes));
    }
    event::append(tx, event::Kind::ContactUpdated, old.id.as_str(), &payload.to_string())?;
    Ok(new)
}

fn put_tags(tx: &mut Tx<'_>, contact: &ContactId, tags: &[String]) -> Result<()> {
    let sql = "insert into contact_tag (workspace, tag_folded, contact) values (?1, ?2, ?3)
               on conflict (workspace, tag_folded, contact) do nothing";
    for tag in tags {
        tx.run(sql, &[(&record::fold(tag)).into(), contact.into()])?;
    }
    Ok(())
}

fn remove_tags(tx: &mut Tx<'_>, contact: &ContactId, tags: &[String]) -> Result<()> {
    let sql = "delete from contact_tag where workspace = ?1 and tag_folded = ?2 and contact = ?3";
    for tag in tags {
        tx.run(sql, &[(&record::fold(tag)).into(), contact.into()])?;
    }
    Ok(())
}

/// Gives a contact other tags without telling of it: a tag was renamed, not the contact changed.
pub(super) fn set_tags(tx: &mut Tx<'_>, contact: &Contact, tags: &[String]) -> Result<()> {
    remove_tags(tx, &contact.id, &contact.tag_names()?)?;
    put_tags(tx, &contact.id, tags)?;
    let sql = "update contact set tags = ?3 where workspace = ?1 and id = ?2";
    Ok(tx.run(sql, &[(&contact.id).into(), (&serde_json::to_string(tags)?).into()])?)
}

fn fold(text: Option<&String>) -> Value {
    text.map(|text| text.to_lowercase()).as_ref().into()
}

impl Draft {
    /// What `contact` is now.
    pub(super) fn of(contact: &Contact) -> Result<Self> {
        Ok(Self {
            email: contact.email.clone(),
            name: contact.name.clone(),
            phone: contact.phone.clone(),
            is_phone_valid: contact.phone_valid,
            company: contact.company.clone(),
            avatar_url: contact.avatar_url.clone(),
            attributes: contact.attributes()?,
            tags: contact.tag_names()?,
            emails: contact.addresses()?,
            phones: contact.numbers()?,
            owner: contact.owner_id.clone(),
            disposition: contact.disposition_id.clone(),
        })
    }

    fn patched(mut self, tx: &mut Tx<'_>, patch: ContactPatch) -> Result<Self> {
        match patch.email {
            Change::Keep => {}
            Change::Set(email) => self.set_email(email.as_given()),
            Change::Clear => return Err(Error::invalid("email", "must be a valid email address")),
        }
        match patch.phone {
            Change::Keep => {}
            Change::Set(Phone(phone)) => {
                self.is_phone_valid = Some(phone.is_valid);
                self.set_phone(Some(phone.e164));
            }
            Change::Clear => self.set_phone(None),
        }
        let text = |line: super::Line| line.text().map(str::to_owned);
        self.name = patch.name.apply_text(self.name, text);
        self.company = patch.company.apply_text(self.company, text);
        self.avatar_url = patch.avatar_url.apply_text(self.avatar_url, |address| Some(address.0));
        self.owner = patch.owner_id.apply(self.owner);
        if let Change::Set(disposition) = &patch.disposition_id {
            check_disposition(tx, Some(disposition))?;
        }
        self.disposition = patch.disposition_id.apply(self.disposition);
        match patch.custom_attributes {
            Change::Keep => {}
            Change::Set(changes) => merge_attributes(&mut self.attributes, changes),
            Change::Clear => self.attributes.clear(),
        }
        match patch.tags {
            Change::Keep => {}
            Change::Set(tags) => self.tags = record::ensure_tags(tx, "tags", &tags)?,
            Change::Clear => self.tags.clear(),
        }
        match patch.emails {
            Change::Keep => {}
            Change::Set(emails) => self.replace_emails(emails),
            Change::Clear => self.replace_emails(Vec::new()),
        }
        match patch.phones {
            Change::Keep => {}
            Change::Set(phones) => self.replace_phones(phones),
            Change::Clear => self.replace_phones(Vec::new()),
        }
        Ok(self)
    }

    /// The first address changes; the others stay.
    fn set_email(&mut self, email: &str) {
        let old = self.email.replace(email.to_owned());
        self.emails.retain(|address| Some(&address.email) != old.as_ref());
    }

    /// The first number changes; the others stay.
    fn set_phone(&mut self, phone: Option<String>) {
        if phone.is_none() {
            self.is_phone_valid = None;
        }
        let old = std::mem::replace(&mut self.phone, phone);
        self.phones.retain(|number| Some(&number.phone) != old.as_ref());
    }

    /// The first address stays, and keeps its label unless `emails` says otherwise.
    fn replace_emails(&mut self, emails: Vec<Address>) {
        let fold = |text: &str| Email::try_from(text.to_owned()).ok().map(|email| email.folded());
        let first = self.email.as_deref().and_then(fold);
        let is_named = emails.iter().any(|address| fold(&address.email) == first);
        self.emails.retain(|address| !is_named && fold(&address.email) == first);
        self.emails.extend(emails);
    }

    /// The first number stays, and keeps its label unless `phones` says otherwise.
    fn replace_phones(&mut self, phones: Vec<Number>) {
        let e164 = |text: &str| Phone::try_from(text.to_owned()).ok().map(|phone| phone.0.e164);
        let is_named = phones.iter().any(|number| e164(&number.phone) == self.phone);
        self.phones.retain(|number| !is_named && Some(&number.phone) == self.phone.as_ref());
        self.phones.extend(phones);
    }

    /// Checks what one field cannot check by itself, and puts the first address and number first
    /// among their like.
    fn complete(mut self, tx: &mut Tx<'_>) -> Result<Self> {
        if let Some(owner) = &self.owner
            && !operator::exists(tx, owner)?
        {
            return Err(Error::invalid("owner_id", "must name an operator of this workspace"));
        }
        if record::TAGS_MAX < self.tags.len() {
            return Err(Error::invalid("tags", "must be at most 100 names"));
        }
        attribute::check(&self.attributes)?;
        self.complete_emails()?;
        self.complete_phones()?;
        Ok(self)
    }

    fn complete_emails(&mut self) -> Result<()> {
        let first = self.email.take();
        let mut all: Vec<(String, Address)> = Vec::new();
        let given = std::mem::take(&mut self.emails);
        let first = first.map(|email| Address { email, label: None });
        for address in first.into_iter().chain(given) {
            let email = Email::try_from(address.email).map_err(|problem| {
                Error::invalid("emails", problem.replace("must be", "must each be"))
            })?;
            let label = check_label("emails", address.label)?;
            let folded = email.folded();
            match all.iter_mut().find(|(known, _)| *known == folded) {
                Some((_, known)) => known.label = known.label.take().or(label),
                None => all.push((folded, Address { email: email.as_given().to_owned(), label })),
            }
            // Before the rest is read: nobody has thousands.
            if WAYS_MAX < all.len() {
                return Err(Error::invalid("emails", "must be at most 20 addresses"));
            }
        }
        self.emails = all.into_iter().map(|(_, address)| address).collect();
        self.email = self.emails.first().map(|address| address.email.clone());
        Ok(())
    }

    fn complete_phones(&mut self) -> Result<()> {
        let first = self.phone.take();
        let given = std::mem::take(&mut self.phones);
        // It was read at the edge or is stored: to read it again in the lane would cost everyone.
        self.phones.extend(first.map(|phone| Number { phone, label: None }));
        for number in given {
            let label = check_label("phones", number.label)?;
            if let Some(known) = self.phones.iter_mut().find(|known| known.phone == number.phone) {
                known.label = known.label.take().or(label);
                continue;
            }
            let phone = Phone::try_from(number.phone)
                .map_err(|_problem| Error::invalid("phones", "must each be a phone number"))?;
            if self.phones.is_empty() {
                self.is_phone_valid = Some(phone.0.is_valid);
            }
            match self.phones.iter_mut().find(|known| known.phone == phone.0.e164) {
                Some(known) => known.label = known.label.take().or(label),
                None => self.phones.push(Number { phone: phone.0.e164, label }),
            }
            if WAYS_MAX < self.phones.len() {
                return Err(Error::invalid("phones", "must be at most 20 numbers"));
            }
        }
        self.phone = self.phones.first().map(|number| number.phone.clone());
        Ok(())
    }

    /// Takes the addresses and numbers for `contact`. Asks the constraint, and does not look first.
    fn put_ways(&self, tx: &mut Tx<'_>, contact: &ContactId) -> Result<()> {
        for (index, address) in self.emails.iter().enumerate() {
            let sql = "insert into contact_email (workspace, email_folded, contact)
                       values (?1, ?2, ?3) on conflict (workspace, email_folded) do nothing
                       returning contact";
            let folded = Email::try_from(address.email.clone()).map(|email| email.folded());
            let folded = folded.map_err(Error::internal)?;
            let values = [(&folded).into(), contact.into()];
            if tx.first(sql, &values, |row| row.get::<ContactId>(0))?.is_none() {
                let field = if index == 0 { "email" } else { "emails" };
                return Err(taken(field, super::id_by_email(tx, &folded)?));
            }
        }
        for (index, number) in self.phones.iter().enumerate() {
            let sql = "insert into contact_phone (workspace, phone, contact) values (?1, ?2, ?3)
                       on conflict (workspace, phone) do nothing returning contact";
            let values = [(&number.phone).into(), contact.into()];
            if tx.first(sql, &values, |row| row.get::<ContactId>(0))?.is_none() {
                let field = if index == 0 { "phone" } else { "phones" };
                return Err(taken(field, super::id_by_phone(tx, &number.phone)?));
            }
        }
        Ok(())
    }

    fn remove_ways(&self, tx: &mut Tx<'_>, contact: &ContactId) -> Result<()> {
        let sql = "delete from contact_email
                   where workspace = ?1 and email_folded = ?2 and contact = ?3";
        for address in &self.emails {
            let folded = Email::try_from(address.email.clone()).map(|email| email.folded());
            tx.run(sql, &[(&folded.map_err(Error::internal)?).into(), contact.into()])?;
        }
        let sql = "delete from contact_phone where workspace = ?1 and phone = ?2 and contact = ?3";
        for number in &self.phones {
            tx.run(sql, &[(&number.phone).into(), contact.into()])?;
        }
        Ok(())
    }

    /// The columns from `email` to `disposition`, in the order of both statements below.
    fn values(&self) -> Result<Vec<Value>> {
        let folded = self.email.clone().and_then(|email| Email::try_from(email).ok());
        Ok(vec![
            self.email.as_ref().into(),
            folded.map(|email| email.folded()).as_ref().into(),
            self.name.as_ref().into(),
            fold(self.name.as_ref()),
            self.phone.as_ref().into(),
            self.is_phone_valid.map(i64::from).into(),
            self.company.as_ref().into(),
            fold(self.company.as_ref()),
            self.avatar_url.as_ref().into(),
            (&attribute::check(&self.attributes)?).into(),
            (&serde_json::to_string(&self.tags)?).into(),
            (&serde_json::to_string(&self.emails)?).into(),
            (&serde_json::to_string(&self.phones)?).into(),
            self.owner.as_ref().map(OperatorId::as_str).into(),
            self.disposition.as_ref().map(Id::as_str).into(),
        ])
    }

    fn insert(
        &self,
        tx: &mut Tx<'_>,
        id: &ContactId,
        number: i64,
        source: &str,
    ) -> Result<Contact> {
        let sql = concat!(
            "insert into contact (workspace, email, email_folded, name, name_folded, phone,
                 phone_valid, company, company_folded, avatar_url, custom_attributes, tags, emails,
                 phones, owner, disposition, id, number, source, created_at, updated_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                 ?18, ?19, ?20, ?20) returning ",
            columns!()
        );
        let mut values = self.values()?;
        values.extend([id.into(), number.into(), source.into(), tx.now().into()]);
        let made = tx.first(sql, &values, read)?;
        made.ok_or_else(|| Error::internal("an insert gave no row"))
    }

    fn store(&self, tx: &mut Tx<'_>, id: &ContactId) -> Result<Contact> {
        let sql = concat!(
            "update contact set email = ?2, email_folded = ?3, name = ?4, name_folded = ?5,
                 phone = ?6, phone_valid = ?7, company = ?8, company_folded = ?9, avatar_url = ?10,
                 custom_attributes = ?11, tags = ?12, emails = ?13, phones = ?14, owner = ?15,
                 disposition = ?16, updated_at = ?18
             where workspace = ?1 and id = ?17 returning ",
            columns!()
        );
        let mut values = self.values()?;
        values.extend([id.into(), tx.now().into()]);
        let stored = tx.first(sql, &values, read)?;
        stored.ok_or_else(|| Error::internal("an update gave no row"))
    }

    /// What is different in `new`, from and to.
    fn changes_to(&self, new: &Self) -> Result<Attributes> {
        let (old, new) = (self.fields()?, new.fields()?);
        let changed = old.into_iter().zip(new).filter(|((_, old), (_, new))| old != new);
        Ok(changed
            .map(|((name, from), (_, to))| (name.to_owned(), json!({ "from": from, "to": to })))
            .collect())
    }

    fn fields(&self) -> Result<[(&'static str, Json); 11]> {
        Ok([
            ("email", json!(self.email)),
            ("name", json!(self.name)),
            ("phone", json!(self.phone)),
            ("company", json!(self.company)),
            ("avatar_url", json!(self.avatar_url)),
            ("custom_attributes", Json::Object(self.attributes.clone())),
            ("tags", json!(self.tags)),
            ("emails", serde_json::to_value(&self.emails)?),
            ("phones", serde_json::to_value(&self.phones)?),
            ("owner_id", json!(self.owner)),
            ("disposition_id", json!(self.disposition)),
        ])
    }
}

impl<T> Change<T> {
    /// Like [`Change::apply`], for a value that is blank when its text is.
    fn apply_text(
        self,
        old: Option<String>,
        text: impl FnOnce(T) -> Option<String>,
    ) -> Option<String> {
        match self {
            Self::Keep => old,
            Self::Set(value) => text(value),
            Self::Clear => None,
        }
    }
}

/// Shallow: a key that is `null` goes, every other one is set.
fn merge_attributes(attributes: &mut Attributes, changes: Attributes) {
    for (key, value) in changes {
        if value.is_null() {
            attributes.shift_remove(&key);
        } else {
            attributes.insert(key, value);
        }
    }
}

/// One that was deleted since it was given does no harm: only a new one is checked.
fn check_disposition(tx: &mut Tx<'_>, id: Option<&Id<kind::Disposition>>) -> Result<()> {
    let Some(id) = id else { return Ok(()) };
    match record::find(tx, id) {
        Ok(_) => Ok(()),
        Err(Error::NotFound(_)) => {
            Err(Error::invalid("disposition_id", "must name a disposition of this workspace"))
        }
        Err(error) => Err(error),
    }
}

fn check_label(field: &str, label: Option<String>) -> Result<Option<String>> {
    let label = label.map(|label| label.replace('\0', "").trim().to_owned());
    if label.as_ref().is_some_and(|label| LABEL_CHARS_MAX < label.chars().count()) {
        return Err(Error::invalid(field, "must have labels of at most 40 characters"));
    }
    Ok(label.filter(|label| !label.is_empty()))
}

fn taken(field: &'static str, by: Option<ContactId>) -> Error {
    Error::Taken { field, by: by.map_or_else(|| "another".to_owned(), |id| id.to_string()) }
}
