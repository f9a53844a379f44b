//! What a contact is to be: drawn up, checked as a whole, and only then written.

use serde_json::{
    Value as Json, json,
    value::{RawValue, to_raw_value},
};
use store::{ReadTx, Sql, Tx, Value};

use super::{Address, Attributes, Contact, ContactPatch, Number, Phone, Profile, attribute};
use crate::{
    change::Change,
    email::Email,
    error::{Error, Result},
    id::{ContactId, Id, OperatorId, kind},
    operator,
    record::{self, Noun},
};

/// Addresses or numbers that one person may have.
const WAYS_MAX: usize = 20;
const LABEL_CHARS_MAX: usize = 40;
/// Lists that one person may be on.
pub const LISTS_MAX: usize = 100;

/// All of a contact that a write decides, in the form of its columns.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The first address, as given.
    pub email: Option<String>,
    /// What to call them.
    pub name: Option<String>,
    /// The first number, as E.164.
    pub phone: Option<String>,
    /// Whether that is in use in its country's plan.
    pub is_phone_valid: Option<bool>,
    /// Where they work.
    pub company: Option<String>,
    /// A picture of them.
    pub avatar_url: Option<String>,
    /// Whatever else is known.
    pub attributes: Attributes,
    /// Names of tags that there are.
    pub tags: Vec<String>,
    /// All addresses; the first one may be left out.
    pub emails: Vec<Address>,
    /// All numbers; the first one may be left out.
    pub phones: Vec<Number>,
    /// Who looks after them.
    pub owner: Option<OperatorId>,
    /// How things stand with them.
    pub disposition: Option<Id<kind::Disposition>>,
    /// What is known of them beside that.
    pub profile: Profile,
    /// The line they are reached by.
    pub line: Option<Id<kind::Line>>,
    /// The lists they are on.
    pub lists: Vec<Id<kind::List>>,
    /// Since when nobody may contact them.
    pub do_not_contact_at: Option<jiff::Timestamp>,
    /// Since when nobody may write to their numbers.
    pub sms_opted_out_at: Option<jiff::Timestamp>,
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
    profile: Box<RawValue>,
    /// JSON; `None` for no list.
    lists: Option<String>,
}

fn fold(text: Option<&String>) -> Value {
    text.map(|text| text.to_lowercase()).as_ref().into()
}

impl Draft {
    /// What `contact` is now.
    ///
    /// # Errors
    /// Only if schema and code disagree.
    pub fn of(contact: &Contact) -> Result<Self> {
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
            profile: contact.profile()?,
            line: contact.line_id.clone(),
            lists: contact.list_ids.clone(),
            do_not_contact_at: contact.do_not_contact_at,
            sms_opted_out_at: contact.sms_opted_out_at,
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
                self.set_phone(Some(phone.e164.clone()));
                if phone.extension.is_some() {
                    self.phones.insert(0, Number::of(phone));
                }
            }
            Change::Clear => self.set_phone(None),
        }
        let text = |line: super::Line| line.text().map(str::to_owned);
        self.name = patch.name.apply_text(self.name, text);
        self.company = patch.company.apply_text(self.company, text);
        self.avatar_url = patch.avatar_url.apply_text(self.avatar_url, |address| Some(address.0));
        self.owner = patch.owner_id.apply(self.owner);
        if let Change::Set(disposition) = &patch.disposition_id {
            check_record(tx, "disposition_id", "a disposition", disposition)?;
        }
        self.disposition = patch.disposition_id.apply(self.disposition);
        if let Change::Set(line) = &patch.line_id {
            check_record(tx, "line_id", "a line", line)?;
        }
        self.line = patch.line_id.apply(self.line);
        match patch.list_ids {
            Change::Keep => {}
            Change::Set(lists) => self.set_lists(tx, lists)?,
            Change::Clear => self.lists.clear(),
        }
        match patch.profile {
            Change::Keep => {}
            Change::Set(profile) => self.profile = self.profile.patched(profile),
            Change::Clear => self.profile = Profile::default(),
        }
        self.profile.check()?;
        let now = tx.now();
        let flag = |change: Change<bool>, old: Option<jiff::Timestamp>| match change {
            Change::Keep => old,
            Change::Set(true) => old.or(Some(now)),
            Change::Set(false) | Change::Clear => None,
        };
        self.do_not_contact_at = flag(patch.do_not_contact, self.do_not_contact_at);
        self.sms_opted_out_at = flag(patch.sms_opted_out, self.sms_opted_out_at);
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

    /// Fills what is blank of a number that is theirs already.
    pub fn know_more_of(&mut self, number: Number) {
        match self.phones.iter_mut().find(|known| known.phone == number.phone) {
            Some(known) => known.fill(number),
            None => self.phones.push(number),
        }
    }

    /// Makes an address their first; the others stay, but for the last where there is no room.
    pub fn put_email_first(&mut self, email: &Email) {
        self.emails.truncate(WAYS_MAX - 1);
        self.email = Some(email.as_given().to_owned());
    }

    /// Makes a number their first; the others stay, but for the last where there is no room.
    pub fn put_phone_first(&mut self, phone: phone::Phone) {
        self.phones.truncate(WAYS_MAX - 1);
        self.is_phone_valid = Some(phone.is_valid);
        self.phone = Some(phone.e164.clone());
        self.phones.insert(0, Number::of(phone));
    }

    /// Whether one more number may be theirs.
    pub fn has_room_for_phone(&self) -> bool {
        self.phones.len() < WAYS_MAX
    }

    /// Fills what is blank of the place that a number belongs to, and says what it filled. `zone` is
    /// the business's own time zone.
    pub fn fill_place(
        &mut self,
        place: &phone::Place,
        zone: Option<&str>,
    ) -> Vec<(&'static str, String)> {
        let zone = place.zone(zone).map(str::to_owned);
        let known = [
            ("country", place.country.clone(), &mut self.profile.country),
            ("state", place.state.map(str::to_owned), &mut self.profile.state),
            ("city", place.city.map(str::to_owned), &mut self.profile.city),
            ("timezone", zone, &mut self.profile.timezone),
        ];
        let mut filled = Vec::new();
        for (name, value, field) in known {
            if let (Some(value), None) = (value, &field) {
                *field = Some(value.clone());
                filled.push((name, value));
            }
        }
        filled
    }

    fn set_lists(&mut self, tx: &mut ReadTx<'_>, mut lists: Vec<Id<kind::List>>) -> Result<()> {
        lists.sort();
        lists.dedup();
        if LISTS_MAX < lists.len() {
            return Err(Error::invalid("list_ids", "must be at most 100 lists"));
        }
        for list in lists.iter().filter(|list| !self.lists.contains(list)) {
            check_record(tx, "list_ids", "lists", list)?;
        }
        self.lists = lists;
        Ok(())
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
            profile: to_raw_value(&self.profile)?,
            lists: match &self.lists[..] {
                [] => None,
                lists => Some(serde_json::to_string(lists)?),
            },
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
        let number = |phone| Number { phone, label: None, extension: None };
        self.phones.extend(first.map(number));
        for number in given {
            let label = check_label("phones", number.label)?;
            let extension = check_extension(number.extension)?;
            let number = Number { phone: number.phone, label, extension };
            if let Some(known) = self.phones.iter_mut().find(|known| known.phone == number.phone) {
                known.fill(number);
                continue;
            }
            let phone = Phone::try_from(number.phone)
                .map_err(|_problem| Error::invalid("phones", "must each be a phone number"))?;
            let extension = number.extension.or(phone.0.extension);
            let number = Number { phone: phone.0.e164, label: number.label, extension };
            if self.phones.is_empty() {
                self.is_phone_valid = Some(phone.0.is_valid);
            }
            match self.phones.iter_mut().find(|known| known.phone == number.phone) {
                Some(known) => known.fill(number),
                None => self.phones.push(number),
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

    fn fields(&self) -> Result<[(&'static str, Json); 16]> {
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
            ("profile", serde_json::to_value(&self.profile)?),
            ("line_id", json!(self.line)),
            ("list_ids", json!(self.lists)),
            ("do_not_contact", json!(self.do_not_contact_at.is_some())),
            ("sms_opted_out", json!(self.sms_opted_out_at.is_some())),
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

    /// The columns from `email` to `sms_opted_out_at`, in the order of both statements below.
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
            Some(self.profile.get()).filter(|_| !draft.profile.is_empty()).into(),
            draft.line.as_ref().map(Id::as_str).into(),
            self.lists.as_deref().into(),
            draft.do_not_contact_at.into(),
            draft.sms_opted_out_at.into(),
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
                       emails, phones, owner, disposition, profile, line, lists,
                       do_not_contact_at, sms_opted_out_at, id, number, source, created_at,
                       updated_at)
                   values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                       ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?25)";
        let mut values = self.values();
        values.extend([id.into(), number.into(), source.into(), tx.now().into()]);
        Ok(tx.run(sql, &values)?)
    }

    pub(super) fn update(&self, tx: &mut Tx<'_>, id: &ContactId) -> Result<()> {
        let sql = "update contact set email = ?2, email_folded = ?3, name = ?4, name_folded = ?5,
                       phone = ?6, phone_valid = ?7, company = ?8, company_folded = ?9,
                       avatar_url = ?10, custom_attributes = ?11, tags = ?12, emails = ?13,
                       phones = ?14, owner = ?15, disposition = ?16, profile = ?17, line = ?18,
                       lists = ?19, do_not_contact_at = ?20, sms_opted_out_at = ?21,
                       updated_at = ?23
                   where workspace = ?1 and id = ?22";
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
            profile: self.profile,
            line_id: draft.line,
            list_ids: draft.lists,
            do_not_contact_at: draft.do_not_contact_at,
            sms_opted_out_at: draft.sms_opted_out_at,
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

/// Only what is newly named is checked.
pub(super) fn check_record<K: Noun>(
    tx: &mut ReadTx<'_>,
    field: &str,
    what: &str,
    id: &Id<K>,
) -> Result<()> {
    match record::find(tx, id) {
        Err(Error::NotFound(_)) => {
            Err(Error::invalid(field, format!("must name {what} of this workspace")))
        }
        found => found.map(drop),
    }
}

fn check_extension(extension: Option<String>) -> Result<Option<String>> {
    let extension = extension.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let is_odd = |text: &String| 20 < text.len() || !text.bytes().all(|byte| byte.is_ascii_digit());
    if extension.as_ref().is_some_and(is_odd) {
        return Err(Error::invalid("phones", "must have extensions of at most 20 digits"));
    }
    Ok(extension)
}

fn check_label(field: &str, label: Option<String>) -> Result<Option<String>> {
    let label = label.map(|label| label.replace('\0', "").trim().to_owned());
    if label.as_ref().is_some_and(|label| LABEL_CHARS_MAX < label.chars().count()) {
        return Err(Error::invalid(field, "must have labels of at most 40 characters"));
    }
    Ok(label.filter(|label| !label.is_empty()))
}
