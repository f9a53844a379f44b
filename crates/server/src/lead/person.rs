//! Which person a lead is.

use serde_json::{Map, Value as Json};
use store::Tx;

use super::{Lead, News, Right, save::SOURCE, tell};
use crate::{
    contact::{self, By, Draft, Match},
    email::Email,
    error::{Error, Result},
    id::ContactId,
    receipt::{self, Door, Effect},
    setting::Settings,
};

/// What a lead says of a person, as far as it can be one.
struct Ways {
    email: Option<Email>,
    phone: Option<phone::Phone>,
}

/// One lead on its way to its person.
pub(super) struct Link<'a> {
    pub(super) settings: &'a Settings,
    /// Who says it.
    pub(super) right: Right,
    pub(super) effects: &'a mut Vec<Effect>,
}

/// Points a lead to its person once more, as things are now.
///
/// # Errors
/// When there is no such lead.
pub fn link_again(
    tx: &mut Tx<'_>,
    id: &str,
    settings: &Settings,
    request: Map<String, Json>,
) -> Result<receipt::Draft> {
    let mut lead = super::by_id(tx, id)?;
    let mut effects = Vec::new();
    // An operator asks.
    let mut link = Link { settings, right: Right::Overwrite, effects: &mut effects };
    let matched_by = link.run(tx, &mut lead)?;
    let normalised = serde_json::json!({
        "session_id": lead.session_id, "name": lead.name, "email": lead.email,
        "business": lead.business, "phone": lead.phone,
    });
    Ok(receipt::Draft {
        door: Door::SaveLead,
        status: 200,
        contact: lead.contact_id,
        lead: Some(lead.id),
        request,
        normalised,
        matched_by: matched_by.map(By::as_str),
        effects,
        warnings: Vec::new(),
        rerun_of: None,
    })
}

impl Link<'_> {
    /// Points `lead` to its person, whom it makes if there is an address or a number and nobody has
    /// it. Nobody has proved who they are: of someone known it fills the name and the company while
    /// they are blank, and never an address or a number. Those it puts on whom this session made.
    ///
    /// # Errors
    /// Those of the store.
    pub(super) fn run(&mut self, tx: &mut Tx<'_>, lead: &mut Lead) -> Result<Option<By>> {
        let ways = self.ways(lead);
        if lead.contact_id.is_some() {
            match own(tx, lead)? {
                Some(own) if self.stays(lead) => return self.go_on(tx, lead, &own, ways),
                // What a stranger said of the session is not what its owner says.
                Some(_) => lead.contact_id = None,
                None => {
                    self.effects.push(Effect::skipped("contact", "the person was erased"));
                    return Ok(None);
                }
            }
        }
        if ways.email.is_none() && ways.phone.is_none() {
            self.effects.push(Effect::skipped("contact", "there is no address and no number yet"));
            return Ok(None);
        }
        self.find_or_make(tx, lead, ways)
    }

    fn ways(&mut self, lead: &Lead) -> Ways {
        let email = lead.email.clone().and_then(|text| Email::try_from(text).ok());
        let phone = lead.phone.as_deref();
        let phone = phone.and_then(|text| phone::parse(text, &self.settings.region));
        if lead.email.is_some() && email.is_none() {
            let why = "it is no address: it is kept with the lead alone";
            self.effects.push(Effect::skipped("email", why));
        }
        Ways { email, phone }
    }

    /// Whether the link holds against what is said now.
    fn stays(&self, lead: &Lead) -> bool {
        self.right == Right::Extend || lead.linked_by == Some(Right::Overwrite)
    }

    fn find_or_make(&mut self, tx: &mut Tx<'_>, lead: &mut Lead, ways: Ways) -> Result<Option<By>> {
        let folded = ways.email.as_ref().map(Email::folded);
        let e164 = ways.phone.as_ref().map(|phone| phone.e164.as_str());
        let (id, by) = match contact::identify(tx, folded.as_deref(), e164)? {
            Match::Nobody => {
                let draft = self.draw_up(lead, ways);
                let made = contact::insert(tx, draft, SOURCE)?;
                let why = "nobody had the address or the number";
                self.effects.push(Effect::done("contact", why, made.id.as_str()));
                lead.contact_made_at = Some(tx.now());
                (made.id, None)
            }
            Match::One(id, by) => {
                fill_names(tx, &id, lead)?;
                let why = format!("known by the {}", by.as_str());
                self.effects.push(Effect::done("contact", why, id.as_str()));
                (id, Some(by))
            }
            Match::Clash { by_email, by_phone } => {
                contact::suggest(tx, &by_email, &by_phone, "seen_together")?;
                let why = "the address is theirs; the number is another's: a merge is suggested";
                self.effects.push(Effect::done("contact", why, by_email.as_str()));
                (by_email, Some(By::Email))
            }
        };
        if by.is_some() {
            lead.contact_made_at = None;
        }
        let sql = "update lead set contact = ?3, contact_made_at = ?4, linked_by = ?5
                   where workspace = ?1 and id = ?2";
        let values = [
            (&lead.id).into(),
            (&id).into(),
            lead.contact_made_at.into(),
            self.right.as_str().into(),
        ];
        tx.run(sql, &values)?;
        (lead.contact_id, lead.linked_by) = (Some(id), Some(self.right));
        Ok(by)
    }

    /// The session told before who they are: it stays with them.
    fn go_on(
        &mut self,
        tx: &mut Tx<'_>,
        lead: &Lead,
        own: &ContactId,
        ways: Ways,
    ) -> Result<Option<By>> {
        let folded = ways.email.as_ref().map(Email::folded);
        let e164 = ways.phone.as_ref().map(|phone| phone.e164.as_str());
        let found = contact::identify(tx, folded.as_deref(), e164)?.ids();
        let others: Vec<&ContactId> = found.iter().filter(|other| *other != own).collect();
        for other in &others {
            contact::suggest(tx, own, other, "seen_together")?;
            let why =
                format!("the session is theirs; what it says is {other}'s: a merge is suggested");
            self.effects.push(Effect::skipped("contact", why));
        }
        if others.is_empty() {
            fill_names(tx, own, lead)?;
            if lead.contact_made_at.is_some() && self.right == Right::Overwrite {
                self.put_ways(tx, own, ways)?;
            }
            self.effects.push(Effect::done("contact", "known by the session", own.as_str()));
        }
        Ok(Some(By::Session))
    }

    /// Puts an address and a number that are nobody's on whom this session made: what is said last
    /// comes first, and what was said before still finds them.
    fn put_ways(&self, tx: &mut Tx<'_>, own: &ContactId, ways: Ways) -> Result<()> {
        let old = contact::find(tx, own)?;
        let mut draft = Draft::of(&old)?;
        if let Some(email) = ways.email
            && contact::id_by_email(tx, &email.folded())?.is_none()
        {
            draft.put_email_first(&email);
        }
        if let Some(phone) = ways.phone
            && contact::id_by_any_phone(tx, &phone.e164)?.is_none()
        {
            draft.fill_place(&phone::place(&phone.e164), self.settings.timezone.as_deref());
            draft.put_phone_first(phone);
        }
        contact::replace(tx, &old, draft)?;
        Ok(())
    }

    fn draw_up(&self, lead: &Lead, ways: Ways) -> Draft {
        let mut draft = Draft {
            email: ways.email.map(|email| email.as_given().to_owned()),
            name: lead.name.as_deref().map(contact::on_one_line),
            company: lead.business.as_deref().map(contact::on_one_line),
            ..Draft::default()
        };
        if let Some(phone) = ways.phone {
            draft.fill_place(&phone::place(&phone.e164), self.settings.timezone.as_deref());
            draft.put_phone_first(phone);
        }
        draft
    }

    /// Tells those who want to know of new leads, once: when there is someone to answer, or a
    /// conversation that is hot.
    pub(super) fn tell(&mut self, tx: &mut Tx<'_>, lead: &mut Lead) -> Result<()> {
        let is_someone = match &lead.contact_id {
            Some(_) => lead.contact_made_at.is_some() || self.settings.returning_is_new,
            None => lead.hot,
        };
        if lead.told_at.is_some() || !is_someone {
            return Ok(());
        }
        let name = lead.name.as_deref().map(contact::on_one_line);
        let news = News {
            name: name.as_deref(),
            lines: vec![
                ("E-mail", lead.email.as_deref()),
                ("Phone", lead.phone.as_deref()),
                ("Business", lead.business.as_deref()),
                ("Page", lead.page_url.as_deref()),
                ("Source", Some(&lead.source)),
            ],
            about: lead.contact_id.as_ref().map_or(lead.id.as_str(), ContactId::as_str),
        };
        let count = tell(tx, self.settings, &news)?;
        if 0 < count {
            self.effects.push(Effect::done("notice", "lead recipients were told", count));
        }
        let now = tx.now();
        lead.told_at = Some(now);
        let sql = "update lead set told_at = ?3 where workspace = ?1 and id = ?2";
        Ok(tx.run(sql, &[(&lead.id).into(), now.into()])?)
    }
}

/// Who the lead was linked to, or whom that one was merged into; nobody if they were erased.
fn own(tx: &mut Tx<'_>, lead: &Lead) -> Result<Option<ContactId>> {
    let Some(id) = &lead.contact_id else { return Ok(None) };
    match contact::find(tx, id) {
        Ok(contact) => Ok(Some(contact.id)),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Fills the name and the company of someone known, while they are blank.
fn fill_names(tx: &mut Tx<'_>, id: &ContactId, lead: &Lead) -> Result<()> {
    let old = contact::find(tx, id)?;
    let mut draft = Draft::of(&old)?;
    draft.name = draft.name.or_else(|| lead.name.as_deref().map(contact::on_one_line));
    draft.company = draft.company.or_else(|| lead.business.as_deref().map(contact::on_one_line));
    contact::replace(tx, &old, draft)?;
    Ok(())
}
