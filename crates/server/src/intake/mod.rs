//! The Aloware-shaped lead intake: a form comes in, and in one transaction there is a person with an
//! owner, a place in the dialer and in a sequence, and a receipt that says why.

mod apply;
mod form;
pub mod http;
mod person;

#[cfg(test)]
mod tests;

use serde_json::Value as Json;
use store::Tx;

use crate::{
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

/// Runs what a receipt kept once more, as things are now. It is forced to nothing that it did not ask
/// for, and what was done already is not done twice.
///
/// # Errors
/// When there is no receipt of that id, or nothing is left of what came in.
pub fn rerun(tx: &mut Tx<'_>, id: &ReceiptId, settings: &Settings) -> Result<Receipt> {
    let old = receipt::find(tx, id)?;
    let mut draft = match old.door {
        Door::Forms => {
            let request = old.request()?;
            if request.is_empty() {
                let why = "What came in was erased with the person: there is nothing to run again.";
                return Err(Error::Conflict(why.to_owned()));
            }
            let mut form = Form::read(Fields::of_object(&request), &settings.region);
            let others = form.other_numbers(&settings.region);
            take(tx, &form, &others, settings)?.receipt
        }
        Door::SaveLead => {
            let lead = old.lead_id.clone().unwrap_or_default();
            lead::link_again(tx, &lead, settings, old.request()?)?
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
