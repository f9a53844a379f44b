//! A contact as the documented look-up shows it.

use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use store::ReadTx;

use super::text;
use crate::{
    contact::Contact,
    error::{Error, Result},
    operator, record,
};

/// The bare object.
///
/// # Errors
/// Those of the store.
pub(super) fn show(tx: &mut ReadTx<'_>, contact: &Contact) -> Result<Json> {
    let profile = contact.profile()?;
    let is_opted_out = contact.sms_opted_out_at.is_some();
    let phones: Vec<Json> = contact
        .numbers()?
        .iter()
        .map(|number| {
            json!({
                "phone_number": number.phone,
                "label": number.label,
                "is_primary": contact.phone.as_ref() == Some(&number.phone),
                "is_opt_out": is_opted_out,
                "lrn_type": null,
            })
        })
        .collect();
    let mut tags = Vec::new();
    for name in contact.tag_names()? {
        let id = record::tag_number(tx, &record::fold(&name))?;
        tags.push(json!({ "id": id, "name": name }));
    }
    let owner = match &contact.owner_id {
        Some(owner) => Some(operator::find(tx, owner)?.number),
        None => None,
    };
    let disposition = match &contact.disposition_id {
        Some(disposition) => record::number_of(tx, disposition)?,
        None => None,
    };
    let line = match &contact.line_id {
        Some(line) => record::number_of(tx, line)?,
        None => None,
    };
    Ok(json!({
        "id": contact.number,
        "name": contact.name,
        "first_name": text(profile.first_name.as_ref()),
        "last_name": text(profile.last_name.as_ref()),
        "email": contact.email,
        "phone_number": contact.phone,
        "phone_numbers": phones,
        "company_name": contact.company,
        "date_of_birth": text(profile.date_of_birth.as_ref()),
        "timezone": text(profile.timezone.as_ref()),
        "city": text(profile.city.as_ref()),
        "state": text(profile.state.as_ref()),
        "country": text(profile.country.as_ref()),
        "zipcode": text(profile.zipcode.as_ref()),
        "address": text(profile.address.as_ref()),
        "cnam_city": text(profile.city.as_ref()),
        "cnam_state": text(profile.state.as_ref()),
        "cnam_country": text(profile.country.as_ref()),
        "website": text(profile.website.as_ref()),
        "notes": text(profile.notes.as_ref()),
        "csf1": text(profile.csf1.as_ref()),
        "csf2": text(profile.csf2.as_ref()),
        "lead_source": text(profile.lead_source.as_ref()),
        "intake_source": text(profile.intake_source.as_ref()),
        "user_id": owner,
        "line_id": line,
        "disposition_status_id": disposition,
        "tags": tags,
        "is_dnc": contact.do_not_contact_at.is_some(),
        "is_blocked": false,
        "text_authorized": !is_opted_out && contact.do_not_contact_at.is_none(),
        "uuid_v4": uuid_of(contact)?,
        "last_engagement_at": contact.last_seen_at.map(moment),
        "unread_count": 0,
        "created_at": moment(contact.created_at),
        "updated_at": moment(contact.updated_at),
    }))
}

/// `2026-03-10 19:47:42`, UTC, without a zone.
fn moment(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Always the same for one contact.
fn uuid_of(contact: &Contact) -> Result<String> {
    let hash = Sha256::digest(contact.id.as_str().as_bytes());
    let bytes = hash.first_chunk().copied();
    let bytes: [u8; 16] = bytes.ok_or_else(|| Error::internal("a hash is 32 bytes long"))?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid().to_string())
}
