//! What a contact is to be: drawn up, checked as a whole, and only then written.

use serde_json::{
    Value as Json, json,
    value::{RawValue, to_raw_value},
};
use store::{ReadTx, Sql, Tx, Value};

use super::{Address, Attributes, Contact, ContactPatch, Number, Phone, attribute};
use crate::{
    change::Change,
    email::Email,
    error::{Error, Result},
    id::{ContactId, Id, OperatorId, kind},
    operator, record,
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

/// A draft that was checked, with its first address and number first among their like, and what its
/// columns hold beside it.
pub(super) struct Complete {
    pub(super) draft: Draft,
    /// In the order of the addresses.
    emails_folded: Vec<String>,
    attributes: Box<RawValue>,
    tags: Box<RawValue>,
    emails: Box<RawValue>,
    phones: Box<RawValue>,
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

    pub(super) fn patched(mut self, tx: &mut Tx<'_>, patch: ContactPatch) -> Result<Self> {
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

    /// Checks what one field cannot check by itself.
    pub(super) fn complete(mut self, tx: &mut Tx<'_>) -> Result<Complete> {
        if let Some(owner) = &self.owner
            && !operator::exists(tx, owner)?
        {
            return Err(Error::invalid("owner_id", "must name an operator of this workspace"));
        }
        if record::TAGS_MAX < self.tags.len() {
            return Err(Error::invalid("tags", "must be at most 100 names"));
        }
        let attributes = attribute::check(&self.attributes)?;
        let emails_folded = self.complete_emails()?;
        self.complete_phones()?;
        Ok(Complete {
            emails_folded,
            attributes,
            tags: to_raw_value(&self.tags)?,
            emails: to_raw_value(&self.emails)?,
            phones: to_raw_value(&self.phones)?,
            draft: self,
        })
    }

    /// Gives all addresses, folded.
    fn complete_emails(&mut self) -> Result<Vec<String>> {
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
        let folded;
        (folded, self.emails) = all.into_iter().unzip();
        self.email = self.emails.first().map(|address| address.email.clone());
        Ok(folded)
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

    pub(super) fn remove_ways(&self, tx: &mut Tx<'_>, contact: &ContactId) -> Result<()> {
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

    /// What is different in `new`, from and to.
    pub(super) fn changes_to(&self, new: &Self) -> Result<Attributes> {
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

impl Complete {
    /// Takes the addresses and numbers for `contact`. They were checked.
    pub(super) fn put_ways(&self, tx: &mut Tx<'_>, contact: &ContactId) -> Result<()> {
        let sql =
            "insert into contact_email (workspace, email_folded, contact) values (?1, ?2, ?3)";
        for folded in &self.emails_folded {
            tx.run(sql, &[folded.into(), contact.into()])?;
        }
        let sql = "insert into contact_phone (workspace, phone, contact) values (?1, ?2, ?3)";
        for number in &self.draft.phones {
            tx.run(sql, &[(&number.phone).into(), contact.into()])?;
        }
        Ok(())
    }

    /// Refuses addresses and numbers that are someone's. Asks for all of them at once. Nobody else
    /// writes in this workspace meanwhile, and both tables would refuse a second owner.
    pub(super) fn check_ways(&self, tx: &mut ReadTx<'_>) -> Result<()> {
        let phones = self.draft.phones.iter().map(|number| &number.phone);
        let ways: Vec<(bool, &String)> = self
            .emails_folded
            .iter()
            .map(|email| (true, email))
            .chain(phones.map(|phone| (false, phone)))
            .collect();
        let [first, others @ ..] = &ways[..] else { return Ok(()) };
        let mut sql = Sql::new("");
        push_owner_of(&mut sql, *first);
        for way in others {
            sql.push(" union all ");
            push_owner_of(&mut sql, *way);
        }
        let owners = tx.select(&sql, |row| Ok::<_, Error>((row.get(0)?, row.get(1)?)))?;
        let owner_of = |way: &String| -> Option<&ContactId> {
            owners.iter().find(|(known, _): &&(String, _)| known == way).map(|(_, owner)| owner)
        };
        for (index, (is_email, way)) in ways.iter().enumerate() {
            let Some(owner) = owner_of(way) else { continue };
            let field = match (is_email, index == 0, index == self.emails_folded.len()) {
                (true, true, _) => "email",
                (true, false, _) => "emails",
                (false, _, true) => "phone",
                (false, _, false) => "phones",
            };
            return Err(Error::Taken { field, by: owner.to_string() });
        }
        Ok(())
    }

    /// The columns from `email` to `disposition`, in the order of both statements below.
    fn values(&self) -> Vec<Value> {
        let draft = &self.draft;
        vec![
            draft.email.as_ref().into(),
            self.emails_folded.first().into(),
            draft.name.as_ref().into(),
            fold(draft.name.as_ref()),
            draft.phone.as_ref().into(),
            draft.is_phone_valid.map(i64::from).into(),
            draft.company.as_ref().into(),
            fold(draft.company.as_ref()),
            draft.avatar_url.as_ref().into(),
            self.attributes.get().into(),
            self.tags.get().into(),
            self.emails.get().into(),
            self.phones.get().into(),
            draft.owner.as_ref().map(OperatorId::as_str).into(),
            draft.disposition.as_ref().map(Id::as_str).into(),
        ]
    }

    pub(super) fn insert(
        &self,
        tx: &mut Tx<'_>,
        id: &ContactId,
        number: i64,
        source: &str,
    ) -> Result<()> {
        let sql = "insert into contact (workspace, email, email_folded, name, name_folded, phone,
                       phone_valid, company, company_folded, avatar_url, custom_attributes, tags,
                       emails, phones, owner, disposition, id, number, source, created_at,
                       updated_at)
                   values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                       ?17, ?18, ?19, ?20, ?20)";
        let mut values = self.values();
        values.extend([id.into(), number.into(), source.into(), tx.now().into()]);
        Ok(tx.run(sql, &values)?)
    }

    pub(super) fn update(&self, tx: &mut Tx<'_>, id: &ContactId) -> Result<()> {
        let sql = "update contact set email = ?2, email_folded = ?3, name = ?4, name_folded = ?5,
                       phone = ?6, phone_valid = ?7, company = ?8, company_folded = ?9,
                       avatar_url = ?10, custom_attributes = ?11, tags = ?12, emails = ?13,
                       phones = ?14, owner = ?15, disposition = ?16, updated_at = ?18
                   where workspace = ?1 and id = ?17";
        let mut values = self.values();
        values.extend([id.into(), tx.now().into()]);
        Ok(tx.run(sql, &values)?)
    }

    /// `contact` with all that the draft says: what its row now holds.
    pub(super) fn shown(self, contact: Contact) -> Contact {
        let draft = self.draft;
        Contact {
            email: draft.email,
            name: draft.name,
            phone: draft.phone,
            phone_valid: draft.is_phone_valid,
            company: draft.company,
            avatar_url: draft.avatar_url,
            custom_attributes: self.attributes,
            tags: self.tags,
            emails: self.emails,
            phones: self.phones,
            owner_id: draft.owner,
            disposition_id: draft.disposition,
            ..contact
        }
    }
}

/// Adds the statement that gives an address or a number, and whose it is.
fn push_owner_of(sql: &mut Sql, (is_email, way): (bool, &String)) {
    if is_email {
        sql.push("select email_folded, contact from contact_email where workspace = ?1");
        sql.with(" and email_folded = ", way);
    } else {
        sql.push("select phone, contact from contact_phone where workspace = ?1");
        sql.with(" and phone = ", way);
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
pub(super) fn check_disposition(tx: &mut Tx<'_>, id: Option<&Id<kind::Disposition>>) -> Result<()> {
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
