//! The Aloware-shaped lead intake: a form comes in, and in one transaction there is a person with an
//! owner, a place in the dialer and in a sequence, and a receipt that says why.

mod apply;
mod choose;
mod form;
pub mod http;
mod person;
mod told;

#[cfg(test)]
mod tests;

use serde_json::Value as Json;
use store::Tx;

use crate::{
    config::DuplicatePolicy,
    contact,
    error::{Error, Result},
    http::Fields,
    id::ReceiptId,
    lead,
    receipt::{self, Door, Receipt},
    setting::Settings,
};

pub use self::{
    apply::{Taken, take},
    form::Form,
};

/// Runs what a receipt kept once more, as things are now: what was done already is not done twice,
/// nothing that is known is replaced, and nobody is told of a new lead.
///
/// # Errors
/// When there is no receipt of that id, or nothing is left of what came in.
pub fn rerun(tx: &mut Tx<'_>, id: &ReceiptId, settings: &Settings) -> Result<Receipt> {
    let old = receipt::find(tx, id)?;
    let request = old.request()?;
    let is_erased = match &old.contact_id {
        Some(contact) => matches!(contact::find(tx, contact), Err(Error::NotFound(_))),
        None => request.is_empty(),
    };
    if is_erased {
        let why = "What came in was erased with the person: there is nothing to run again.";
        return Err(Error::Conflict(why.to_owned()));
    }
    let mut draft = match (old.door, &old.lead_id) {
        (Door::Forms, _) => {
            let mut form = Form::read(Fields::of_object(&request), &settings.region);
            form.take_up_after(&old)?;
            let others = form.other_numbers(&settings.region);
            let settings = Settings {
                duplicate_policy: DuplicatePolicy::Accept,
                returning_is_new: false,
                ..settings.clone()
            };
            take(tx, &form, &others, &settings)?.receipt
        }
        (Door::SaveLead, Some(lead)) => lead::link_again(tx, lead, settings, request)?,
        (Door::SaveLead, None) => {
            let why = "Nothing was saved: without a session there is nothing to run again.";
            return Err(Error::Conflict(why.to_owned()));
        }
    };
    draft.rerun_of = Some(id.clone());
    let id = receipt::put(tx, &draft)?;
    receipt::find(tx, &id)
}

/// A text that is shown where the documents have one, and `null` where there is none.
fn text(value: Option<&String>) -> Json {
    value.map_or(Json::Null, |text| text.as_str().into())
}
