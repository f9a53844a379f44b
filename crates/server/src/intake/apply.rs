//! What is done about a form, in the documented order, in one transaction.

use serde_json::json;
use store::Tx;

use super::{
    choose::{NoChoice, choose},
    form::{Form, Refusal, Update, join_name},
    told::Told,
};
use crate::{
    config::DuplicatePolicy,
    contact::{self, By, Contact, Draft, LISTS_MAX, Match, Number},
    dialer,
    enrolment::{self, Enrolled, IfElsewhere},
    error::Result,
    id::{ContactId, Id, kind},
    lead::{self, News},
    operator,
    receipt::{self, Door, Effect, Warning},
    record::{self, Noun},
    setting::Settings,
};

/// What came of a form.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The documented status.
    pub status: u16,
    /// The documented sentence, or why the form was refused.
    pub message: &'static str,
    /// The number of the contact, where ids are numbers.
    pub number: Option<i64>,
    /// The receipt.
    pub receipt: receipt::Draft,
}

/// The door that contacts of forms come through.
const SOURCE: &str = "lead_api";
const CREATED: &str = "Contact created.";
const UPDATED: &str = "Contact updated.";
/// The sentences of the two settings that refuse someone known.
pub(super) const TAKEN: &str = "The phone number has already been taken.";
pub(super) const EXISTS: &str = "Contact already exists";

/// One form on its way.
struct Work<'a> {
    form: &'a Form,
    others: &'a [Number],
    settings: &'a Settings,
    effects: Vec<Effect>,
    warnings: Vec<Warning>,
    /// Others who have one of the numbers.
    owners: Vec<ContactId>,
    /// They were to be distributed, and nobody was there.
    has_no_one: bool,
}

/// Takes a form: finds or makes the person, and does all that it asks for.
///
/// # Errors
/// Those of the store. Whatever the form itself gets wrong is an answer, not an error.
pub fn take(tx: &mut Tx<'_>, form: &Form, others: &[Number], settings: &Settings) -> Result<Taken> {
    let warnings = form.warnings.clone();
    let (effects, owners) = (Vec::new(), Vec::new());
    let mut work = Work { form, others, settings, effects, warnings, owners, has_no_one: false };
    let Some(phone) = &form.phone else {
        let refusal = form.refusal().unwrap_or(Refusal::Invalid);
        work.effects.push(Effect::skipped("contact", refusal.sentence()));
        return Ok(work.done(400, refusal.sentence(), None, None));
    };
    let email = form.email.as_ref().map(crate::email::Email::folded);
    let found = contact::identify(tx, email.as_deref(), Some(&phone.e164))?;
    let (id, matched_by) = match &found {
        Match::Nobody => return work.create(tx, phone),
        Match::One(id, by) => (id, by.as_str()),
        // As for the number: that is what this door knows people by.
        Match::Clash { by_phone, .. } => (by_phone, "phone"),
    };
    let old = contact::find(tx, id)?;
    // Who is known by the address alone has another number: this one is nobody's.
    let is_taken = matched_by == By::Phone.as_str();
    let is_refused = settings.duplicate_policy != DuplicatePolicy::Accept;
    if is_taken && is_refused && form.update == Update::FillBlanks {
        let why = "they are known, and the workspace refuses who is known: nothing was changed";
        work.effects.push(Effect::skipped("contact", why));
        let (status, message) = match settings.duplicate_policy {
            DuplicatePolicy::Reject409 => (409, EXISTS),
            DuplicatePolicy::Reject400 | DuplicatePolicy::Accept => (400, TAKEN),
        };
        return Ok(work.done(status, message, Some(&old), Some(matched_by)));
    }
    if let Match::Clash { by_email, by_phone } = &found {
        contact::suggest(tx, by_email, by_phone, "seen_together")?;
        let why = format!("the address is {by_email}'s: it was left out, and a merge is suggested");
        work.effects.push(Effect::skipped("email", why));
    }
    let mut draft = Draft::of(&old)?;
    work.put_over(tx, &mut draft, &old, &found)?;
    let new = work.relate_and_save(tx, Some(&old), draft)?;
    if settings.returning_is_new {
        work.tell(tx, &new)?;
    }
    let (status, message) =
        if form.update == Update::Replace { (200, UPDATED) } else { (202, CREATED) };
    Ok(work.done(status, message, Some(&new), Some(matched_by)))
}

/// The second source of a form is the first where that is blank.
fn fill_source(draft: &mut Draft) {
    let profile = &mut draft.profile;
    profile.lead_source = profile.lead_source.take().or_else(|| profile.intake_source.clone());
}

impl Work<'_> {
    fn done(
        self,
        status: u16,
        message: &'static str,
        contact: Option<&Contact>,
        matched_by: Option<&'static str>,
    ) -> Taken {
        let receipt = receipt::Draft {
            door: Door::Forms,
            status,
            contact: contact.map(|contact| contact.id.clone()),
            lead: None,
            request: self.form.request.clone(),
            normalised: self.form.normalised(),
            matched_by,
            effects: self.effects,
            warnings: self.warnings,
            rerun_of: None,
        };
        Taken { status, message, number: contact.map(|contact| contact.number), receipt }
    }

    fn create(mut self, tx: &mut Tx<'_>, phone: &phone::Phone) -> Result<Taken> {
        let mut draft = Draft {
            phone: Some(phone.e164.clone()),
            is_phone_valid: Some(phone.is_valid),
            name: self.form.name.clone().or_else(|| self.form.joined_name.clone()),
            company: self.form.company.clone(),
            email: self.form.email.as_ref().map(|email| email.as_given().to_owned()),
            profile: self.form.profile.clone(),
            ..Draft::default()
        };
        fill_source(&mut draft);
        self.effects.push(Effect::done("contact", "nobody had the number", "created"));
        self.add_numbers(tx, &mut draft, None)?;
        self.fill_place(&mut draft);
        let new = self.relate_and_save(tx, None, draft)?;
        self.tell(tx, &new)?;
        Ok(self.done(201, CREATED, Some(&new), None))
    }

    /// Fills blanks; with `force_update` everything that was sent replaces what is there.
    fn put_over(
        &mut self,
        tx: &mut Tx<'_>,
        draft: &mut Draft,
        old: &Contact,
        found: &Match,
    ) -> Result<()> {
        let form = self.form;
        let mut told = Told::default();
        let has_name = draft.name.is_some();
        told.put("name", &mut draft.name, form.name.as_ref(), form.update);
        told.put("company_name", &mut draft.company, form.company.as_ref(), form.update);
        let mut sent = form.profile.clone();
        if has_name && form.update == Update::FillBlanks {
            // The parts of another name are not theirs.
            (sent.first_name, sent.last_name) = (None, None);
        }
        for ((name, mine), (_, sent)) in draft.profile.fields_mut().zip(sent.fields_mut()) {
            told.put(name, mine, sent.as_ref(), form.update);
        }
        if form.joined_name.is_some() && (form.update == Update::Replace || !has_name) {
            let profile = &draft.profile;
            let parts = [profile.first_name.as_deref(), profile.last_name.as_deref()];
            told.put("name", &mut draft.name, join_name(parts).as_ref(), Update::Replace);
        }
        fill_source(draft);
        if let Some(email) = form.email.as_ref().filter(|_| !matches!(found, Match::Clash { .. })) {
            let is_nobodys = contact::id_by_email(tx, &email.folded())?.is_none();
            if is_nobodys && (form.update == Update::Replace || draft.email.is_none()) {
                // What they had before still finds them.
                draft.put_email_first(email);
                told.changed.push("email");
            } else if is_nobodys {
                told.kept.push("email");
            }
        }
        self.effects.push(told.effect(form.update));
        self.add_numbers(tx, draft, Some(&old.id))?;
        self.fill_place(draft);
        Ok(())
    }

    /// Adds all numbers of the form that are nobody else's.
    fn add_numbers(
        &mut self,
        tx: &mut Tx<'_>,
        draft: &mut Draft,
        own: Option<&ContactId>,
    ) -> Result<()> {
        let main = self.form.phone.iter().map(|phone| Number::of(phone.clone()));
        let mut added = Vec::new();
        for number in main.chain(self.others.iter().cloned()) {
            let is_known = draft.phone.as_ref() == Some(&number.phone)
                || draft.phones.iter().any(|known| known.phone == number.phone);
            let owner = contact::id_by_any_phone(tx, &number.phone)?;
            match owner {
                Some(owner) if Some(&owner) != own => {
                    let problem = format!(
                        "has {}, which is {owner}'s: it was left out, and a merge is suggested",
                        number.phone
                    );
                    self.warnings.push(Warning::new("other_phone_numbers", problem));
                    self.owners.push(owner);
                }
                _ if is_known => draft.know_more_of(number),
                // It is theirs in its other spelling.
                Some(_) => {}
                _ if !draft.has_room_for_phone() => {
                    let problem = "has more numbers than a person may have: they were left out";
                    self.warnings.push(Warning::new("other_phone_numbers", problem));
                }
                _ => {
                    added.push(number.phone.clone());
                    draft.phones.push(number);
                }
            }
        }
        if !added.is_empty() {
            self.effects.push(Effect::done("phone_numbers", "added to theirs", added));
        }
        Ok(())
    }

    fn fill_place(&mut self, draft: &mut Draft) {
        let filled = draft.fill_place(&self.form.place, self.settings.timezone.as_deref());
        if !filled.is_empty() {
            let value: serde_json::Map<_, _> =
                filled.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
            self.effects.push(Effect::done("geography", "blank, and known from the number", value));
        }
    }

    /// Everything that ties the person to others, and then, once they are saved, what is done about
    /// them.
    fn relate_and_save(
        &mut self,
        tx: &mut Tx<'_>,
        old: Option<&Contact>,
        mut draft: Draft,
    ) -> Result<Contact> {
        self.own(tx, &mut draft, old)?;
        self.put_line(tx, &mut draft)?;
        self.put_tags(tx, &mut draft)?;
        self.put_disposition(tx, &mut draft)?;
        self.put_lists(tx, &mut draft)?;
        if self.form.is_dnc {
            let now = tx.now();
            draft.do_not_contact_at = draft.do_not_contact_at.or(Some(now));
            self.effects.push(Effect::done("do_not_contact", "the form says so", true));
        }
        let new = match old {
            Some(old) => contact::replace(tx, old, draft)?,
            None => contact::insert(tx, draft, SOURCE)?,
        };
        for owner in std::mem::take(&mut self.owners) {
            contact::suggest(tx, &new.id, &owner, "seen_together")?;
        }
        self.dial(tx, &new)?;
        self.enrol(tx, &new)?;
        Ok(new)
    }

    /// Gives the person an owner.
    fn own(&mut self, tx: &mut Tx<'_>, draft: &mut Draft, old: Option<&Contact>) -> Result<()> {
        if let Some(distribution) = self.form.distribution {
            match choose(tx, distribution)? {
                Ok((owner, why)) => {
                    self.effects.push(Effect::done("owner", why, owner.id.as_str()));
                    draft.owner = Some(owner.id);
                    return Ok(());
                }
                Err(no_choice) => {
                    let why = match no_choice {
                        NoChoice::NoGroup(why) => why,
                        NoChoice::Nobody(why) => {
                            self.has_no_one = true;
                            why
                        }
                    };
                    let problem = format!("was not done: {why}");
                    self.warnings.push(Warning::new("distribute_to_ring_group", problem));
                    self.effects.push(Effect::skipped("distribution", why));
                }
            }
        }
        let Some(number) = self.form.user else { return Ok(()) };
        let user = operator::by_number(tx, number)?;
        let why = match &user {
            None => Some(format!("there is no user {number}")),
            Some(user) if !user.is_active() => Some(format!("{} is not active", user.name)),
            Some(_)
                if old.is_some()
                    && draft.owner.is_some()
                    && self.form.update == Update::FillBlanks
                    && self.form.distribution.is_none() =>
            {
                self.effects
                    .push(Effect::skipped("owner", "they have one, and force_update is not set"));
                return Ok(());
            }
            Some(_) => None,
        };
        match (why, user) {
            (None, Some(user)) => {
                self.effects.push(Effect::done("owner", "the form names them", user.id.as_str()));
                draft.owner = Some(user.id);
                self.has_no_one = false;
            }
            (why, _) => self.skip("owner", "user_id", &why.unwrap_or_default()),
        }
        Ok(())
    }

    fn skip(&mut self, action: &'static str, field: &str, why: &str) {
        self.warnings.push(Warning::new(field, format!("was not done: {why}")));
        self.effects.push(Effect::skipped(action, why));
    }

    /// The record of a number, or a warning that there is none.
    fn find<K: Noun>(
        &mut self,
        tx: &mut Tx<'_>,
        action: &'static str,
        field: &str,
        number: i64,
    ) -> Result<Option<record::Record<K>>> {
        let found = record::by_number::<K>(tx, number)?;
        if found.is_none() {
            self.skip(action, field, &format!("there is no {} {number}", K::NAME));
        }
        Ok(found)
    }

    fn put_line(&mut self, tx: &mut Tx<'_>, draft: &mut Draft) -> Result<()> {
        let Some(number) = self.form.line else { return Ok(()) };
        let Some(line) = self.find::<kind::Line>(tx, "line", "line_id", number)? else {
            return Ok(());
        };
        self.effects.push(Effect::done("line", format!("'{}'", line.name), line.id.as_str()));
        draft.line = Some(line.id);
        Ok(())
    }

    fn put_tags(&mut self, tx: &mut Tx<'_>, draft: &mut Draft) -> Result<()> {
        let mut names = Vec::new();
        for number in self.form.tags.clone() {
            if let Some(tag) = self.find::<kind::Tag>(tx, "tags", "tag_id", number)? {
                names.push(tag.name);
            }
        }
        for name in &self.form.tag_names {
            match record::check_name("tags", name) {
                Ok(name) => names.push(name),
                Err(_) => self
                    .warnings
                    .push(Warning::new("tags", "has a name that is too long: it was left out")),
            }
        }
        let room = record::TAGS_MAX.saturating_sub(draft.tags.len());
        names.truncate(room);
        let names = record::ensure_tags(tx, "tags", &names)?;
        let added: Vec<String> =
            names.into_iter().filter(|name| !draft.tags.contains(name)).collect();
        if !added.is_empty() {
            self.effects.push(Effect::done("tags", "stuck on", added.clone()));
            draft.tags.extend(added);
        }
        Ok(())
    }

    fn put_disposition(&mut self, tx: &mut Tx<'_>, draft: &mut Draft) -> Result<()> {
        let Some(number) = self.form.disposition else { return Ok(()) };
        let field = "disposition_status_id";
        let found = self.find::<kind::Disposition>(tx, "disposition", field, number)?;
        let Some(found) = found else { return Ok(()) };
        if found.details.get("category").and_then(|word| word.as_str()) == Some("call") {
            self.skip("disposition", field, &format!("'{}' is said of calls", found.name));
            return Ok(());
        }
        let why = format!("'{}'", found.name);
        self.effects.push(Effect::done("disposition", why, found.id.as_str()));
        draft.disposition = Some(found.id);
        Ok(())
    }

    fn put_lists(&mut self, tx: &mut Tx<'_>, draft: &mut Draft) -> Result<()> {
        let mut added = Vec::new();
        for number in self.form.lists.clone() {
            let Some(list) = self.find::<kind::List>(tx, "lists", "list_ids", number)? else {
                continue;
            };
            if !draft.lists.contains(&list.id) && draft.lists.len() < LISTS_MAX {
                added.push(list.name);
                draft.lists.push(list.id);
            }
        }
        if !added.is_empty() {
            self.effects.push(Effect::done("lists", "put on", added));
        }
        Ok(())
    }

    fn dial(&mut self, tx: &mut Tx<'_>, contact: &Contact) -> Result<()> {
        if contact.do_not_contact_at.is_some() && dialer::remove(tx, &contact.id)? {
            self.effects.push(Effect::done(
                "power_dialer",
                "taken out: nobody may contact them",
                false,
            ));
        }
        let Some(place) = self.form.dial else { return Ok(()) };
        let why = match &contact.owner_id {
            _ if contact.do_not_contact_at.is_some() => "nobody may contact them".to_owned(),
            _ if self.has_no_one => "nobody was available to call them".to_owned(),
            None => "they have no owner, and it is the owner's queue".to_owned(),
            Some(owner) if !operator::find(tx, owner)?.is_active() => {
                "their owner does not work here any more".to_owned()
            }
            Some(owner) => match dialer::find(tx, &contact.id)? {
                Some(other) => format!("they are in the queue of {other} already"),
                None => {
                    dialer::add(tx, &contact.id, owner, place)?;
                    let why = format!("put at the {} of the queue of {owner}", place.as_str());
                    self.effects.push(Effect::done("power_dialer", why, place.as_str()));
                    return Ok(());
                }
            },
        };
        self.effects.push(Effect::skipped("power_dialer", why));
        Ok(())
    }

    fn enrol(&mut self, tx: &mut Tx<'_>, contact: &Contact) -> Result<()> {
        if contact.do_not_contact_at.is_some()
            && enrolment::end(tx, &contact.id, enrolment::Reason::DoNotContact)?
        {
            self.effects.push(Effect::done(
                "sequence",
                "taken out: nobody may contact them",
                false,
            ));
        }
        let Some(number) = self.form.sequence else { return Ok(()) };
        let found = self.find::<kind::Sequence>(tx, "sequence", "sequence_id", number)?;
        let Some(sequence) = found else { return Ok(()) };
        let (effect, why) = enrol(tx, contact, &sequence, self.form.if_elsewhere)?;
        self.effects.push(if effect {
            Effect::done("sequence", why, sequence.id.as_str())
        } else {
            Effect::skipped("sequence", why)
        });
        Ok(())
    }

    fn tell(&mut self, tx: &mut Tx<'_>, contact: &Contact) -> Result<()> {
        let news = News {
            name: contact.name.as_deref(),
            lines: vec![
                ("Phone", contact.phone.as_deref()),
                ("E-mail", contact.email.as_deref()),
                ("Company", contact.company.as_deref()),
                ("Source", self.form.profile.lead_source.as_deref()),
                ("Notes", self.form.profile.notes.as_deref()),
            ],
            about: contact.id.as_str(),
        };
        match lead::tell(tx, self.settings, &news)? {
            0 => {}
            count => self.effects.push(Effect::done("notice", "lead recipients were told", count)),
        }
        Ok(())
    }
}

/// Puts someone into a sequence unless they may not be contacted. Says whether it was done, and why.
///
/// # Errors
/// Those of the store.
pub fn enrol(
    tx: &mut Tx<'_>,
    contact: &Contact,
    sequence: &record::Record<kind::Sequence>,
    if_elsewhere: IfElsewhere,
) -> Result<(bool, String)> {
    if contact.do_not_contact_at.is_some() {
        return Ok((false, "nobody may contact them".to_owned()));
    }
    if contact.sms_opted_out_at.is_some() {
        return Ok((false, "they opted out of messages".to_owned()));
    }
    let name = |tx: &mut Tx<'_>, id: &Id<kind::Sequence>| {
        record::find(tx, id).map_or_else(|_gone| id.to_string(), |record| record.name)
    };
    Ok(match enrolment::enrol(tx, &contact.id, &sequence.id, if_elsewhere)? {
        Enrolled::Now => (true, format!("enrolled in '{}'", sequence.name)),
        Enrolled::InsteadOf(other) => {
            let other = name(tx, &other);
            (true, format!("left '{other}' and enrolled in '{}'", sequence.name))
        }
        Enrolled::Already => (false, format!("they are in '{}' already", sequence.name)),
        Enrolled::Elsewhere(other) => {
            let other = name(tx, &other);
            (false, format!("they are in '{other}', and stay there unless forced"))
        }
    })
}

impl Taken {
    /// What the door answers.
    pub fn body(&self) -> serde_json::Value {
        let mut body = match (self.status, self.message) {
            (400, sentence) => json!({
                "message": "The given data was invalid.",
                "errors": { "phone_number": [sentence] },
            }),
            (_, message) => json!({ "message": message }),
        };
        if self.status < 300
            && let Some(number) = self.number
        {
            body["contact_id"] = number.into();
        }
        body
    }
}
