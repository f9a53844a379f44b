//! Which person a lead is.

use serde_json::{Map, Value as Json};
use store::Tx;

use super::{Lead, News, save::SOURCE, tell};
use crate::{
    contact::{self, By, Draft, Match},
    email::Email,
    error::Result,
    id::ContactId,
    receipt::{self, Door, Effect},
    setting::Settings,
};

/// What a lead says of a person, as far as it can be one.
struct Ways {
    email: Option<Email>,
    phone: Option<phone::Phone>,
}

/// Points `lead` to its person, whom it makes if there is an address or a number and nobody has it.
/// What a stranger says fills blanks, and overwrites nothing.
///
/// # Errors
/// Those of the store.
pub fn link(
    tx: &mut Tx<'_>,
    lead: &mut Lead,
    settings: &Settings,
    effects: &mut Vec<Effect>,
) -> Result<Option<By>> {
    let email = lead.email.clone().and_then(|text| Email::try_from(text).ok());
    let phone = lead.phone.as_deref().and_then(|text| phone::parse(text, &settings.region));
    let ways = Ways { email, phone };
    if lead.email.is_some() && ways.email.is_none() {
        effects.push(Effect::skipped("email", "it is no address: it is kept with the lead alone"));
    }
    if ways.email.is_none() && ways.phone.is_none() {
        effects.push(Effect::skipped("contact", "there is no address and no number yet"));
        return Ok(None);
    }
    let folded = ways.email.as_ref().map(Email::folded);
    let e164 = ways.phone.as_ref().map(|phone| phone.e164.as_str());
    let found = contact::identify(tx, folded.as_deref(), e164)?;
    if let Some(own) = lead.contact_id.clone() {
        let others = found.ids();
        let others: Vec<&ContactId> = others.iter().filter(|other| **other != own).collect();
        if !others.is_empty() {
            suggest(tx, &own, &others, effects)?;
            return Ok(Some(By::Session));
        }
        fill(tx, &own, lead, ways, settings.timezone.as_deref())?;
        effects.push(Effect::done("contact", "known by the session", own.as_str()));
        return Ok(Some(By::Session));
    }
    let (id, by) = match found {
        Match::Nobody => {
            let draft = draw_up(lead, ways, settings);
            let made = contact::insert(tx, draft, SOURCE)?;
            effects.push(Effect::done(
                "contact",
                "nobody had the address or the number",
                made.id.as_str(),
            ));
            (made.id, None)
        }
        Match::One(id, by) => {
            fill(tx, &id, lead, ways, settings.timezone.as_deref())?;
            let why = format!("known by the {}", by.as_str());
            effects.push(Effect::done("contact", why, id.as_str()));
            (id, Some(by))
        }
        Match::Clash { by_email, by_phone } => {
            contact::suggest(tx, &by_email, &by_phone, "seen_together")?;
            let why = "the address is theirs; the number is another's: a merge is suggested";
            effects.push(Effect::done("contact", why, by_email.as_str()));
            (by_email, Some(By::Email))
        }
    };
    let sql = "update lead set contact = ?3 where workspace = ?1 and id = ?2";
    tx.run(sql, &[(&lead.id).into(), (&id).into()])?;
    lead.contact_id = Some(id);
    Ok(by)
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
    let matched_by = link(tx, &mut lead, settings, &mut effects)?;
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

/// The session told before who they are, and now tells of others: it stays with the first.
fn suggest(
    tx: &mut Tx<'_>,
    own: &ContactId,
    others: &[&ContactId],
    effects: &mut Vec<Effect>,
) -> Result<()> {
    // The old id may lead to someone they were merged with.
    let kept = contact::find(tx, own)?.id;
    for other in others.iter().filter(|other| ***other != kept) {
        contact::suggest(tx, &kept, other, "seen_together")?;
        let why = format!("the session is theirs; what it says is {other}'s: a merge is suggested");
        effects.push(Effect::skipped("contact", why));
    }
    Ok(())
}

fn draw_up(lead: &Lead, ways: Ways, settings: &Settings) -> Draft {
    let mut draft = Draft {
        email: ways.email.map(|email| email.as_given().to_owned()),
        name: lead.name.as_deref().map(cut),
        company: lead.business.as_deref().map(cut),
        ..Draft::default()
    };
    if let Some(phone) = ways.phone {
        draft.fill_place(&phone.e164, settings.timezone.as_deref());
        draft.is_phone_valid = Some(phone.is_valid);
        draft.phone = Some(phone.e164);
    }
    draft
}

/// Fills what is blank. Nobody has proved that an address or a number is theirs, so none is added to
/// those that there are.
fn fill(
    tx: &mut Tx<'_>,
    id: &ContactId,
    lead: &Lead,
    ways: Ways,
    zone: Option<&str>,
) -> Result<()> {
    let old = contact::find(tx, id)?;
    let mut draft = Draft::of(&old)?;
    draft.name = draft.name.or_else(|| lead.name.as_deref().map(cut));
    draft.company = draft.company.or_else(|| lead.business.as_deref().map(cut));
    if let Some(email) = ways.email
        && draft.email.is_none()
        && contact::id_by_email(tx, &email.folded())?.is_none()
    {
        draft.email = Some(email.as_given().to_owned());
    }
    if let Some(phone) = ways.phone
        && draft.phone.is_none()
        && contact::id_by_any_phone(tx, &phone.e164)?.is_none()
    {
        draft.fill_place(&phone.e164, zone);
        draft.is_phone_valid = Some(phone.is_valid);
        draft.phone = Some(phone.e164);
    }
    contact::replace(tx, &old, draft)?;
    Ok(())
}

/// As long as a contact's lines may be.
fn cut(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(contact::LINE_CHARS_MAX)
        .collect()
}

/// Tells those who want to know of new leads.
pub(super) fn tell_of(
    tx: &mut Tx<'_>,
    lead: &Lead,
    settings: &Settings,
    effects: &mut Vec<Effect>,
) -> Result<()> {
    let news = News {
        name: lead.name.as_deref(),
        lines: vec![
            ("E-mail", lead.email.as_deref()),
            ("Phone", lead.phone.as_deref()),
            ("Business", lead.business.as_deref()),
            ("Page", lead.page_url.as_deref()),
            ("Source", Some(&lead.source)),
        ],
        about: lead.contact_id.as_ref().map_or(lead.id.as_str(), ContactId::as_str),
    };
    match tell(tx, settings, &news)? {
        0 => {}
        count => effects.push(Effect::done("notice", "lead recipients were told", count)),
    }
    Ok(())
}
