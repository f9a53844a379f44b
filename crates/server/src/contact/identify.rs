//! Which person a door means.

use serde::Serialize;
use store::ReadTx;

use super::{id_by_email, id_by_phone};
use crate::{error::Result, id::ContactId};

/// What a person was recognised by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// An address, whatever its capitals.
    Email,
    /// A number, in any spelling.
    Phone,
    /// The session that told of them before.
    Session,
}

impl By {
    /// The word that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Session => "session",
        }
    }
}

/// Who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// Nobody known.
    Nobody,
    /// This one.
    One(ContactId, By),
    /// The address is one's and the number another's: they may be one person.
    Clash {
        /// Whose the address is.
        by_email: ContactId,
        /// Whose the number is.
        by_phone: ContactId,
    },
}

impl Match {
    /// Everyone whom it names.
    pub fn ids(&self) -> Vec<ContactId> {
        match self {
            Self::Nobody => Vec::new(),
            Self::One(id, _) => vec![id.clone()],
            Self::Clash { by_email, by_phone } => vec![by_email.clone(), by_phone.clone()],
        }
    }
}

/// Looks for whom an address, folded, and a number, as E.164, belong to.
///
/// # Errors
/// Those of the store.
pub fn identify(tx: &mut ReadTx<'_>, email: Option<&str>, phone: Option<&str>) -> Result<Match> {
    let by_email = email.map(|email| id_by_email(tx, email)).transpose()?.flatten();
    let by_phone = phone.map(|phone| id_by_any_phone(tx, phone)).transpose()?.flatten();
    Ok(match (by_email, by_phone) {
        (None, None) => Match::Nobody,
        (Some(by_email), Some(by_phone)) if by_email != by_phone => {
            Match::Clash { by_email, by_phone }
        }
        (_, Some(one)) => Match::One(one, By::Phone),
        (Some(one), None) => Match::One(one, By::Email),
    })
}

/// The contact that has this number, or its other spelling where a plan has two.
///
/// # Errors
/// Those of the store.
pub fn id_by_any_phone(tx: &mut ReadTx<'_>, e164: &str) -> Result<Option<ContactId>> {
    if let Some(known) = id_by_phone(tx, e164)? {
        return Ok(Some(known));
    }
    phone::twin(e164).map(|twin| id_by_phone(tx, &twin)).transpose().map(Option::flatten)
}
