//! Segments: filters of contacts under a name.

use serde_json::{Map, Value as Json};
use store::ReadTx;

use super::SearchRequest;
use crate::{
    error::{Error, Result},
    id::{Id, kind},
    record::{self, check_text, noun::noun, read_field},
};

noun! {
    /// Contacts that have something in common, now and later.
    segments, "segment", "segment", "segments": Segment, NewSegment, SegmentPatch;
    routes "/v1/segments", "/v1/segments/{id}", "Segments";
    ids "listSegments", "createSegment", "getSegment", "updateSegment", "deleteSegment";
    needs ContactsRead, ContactsWrite;
    check check_segment;
    fields {
        /// What `POST /v1/contacts/search` is asked under `filters`.
        filters: std::collections::BTreeMap<String, serde_json::Value>,
        /// What it is for.
        description: Option<String>,
    }
}

/// What is asked of a search for the contacts of a segment.
///
/// # Errors
/// When there is none of that id: `field` named it.
pub fn question(
    tx: &mut ReadTx<'_>,
    field: &'static str,
    id: &Id<kind::Segment>,
) -> Result<SearchRequest> {
    let segment = record::find(tx, id).map_err(|error| match error {
        Error::NotFound(_) => Error::invalid(field, "must name a segment of this workspace"),
        other => other,
    })?;
    asked(&segment.details)
}

fn asked(details: &Map<String, Json>) -> Result<SearchRequest> {
    let filters = details.get("filters").cloned().unwrap_or_default();
    serde_json::from_value(serde_json::json!({ "filters": filters }))
        .map_err(|error| Error::invalid("filters", format!("cannot be searched by: {error}")))
}

/// Its filters must be ones that a search would take.
fn check_segment(tx: &mut ReadTx<'_>, details: &mut Map<String, Json>) -> Result<()> {
    SearchRequest::default().within(asked(details)?)?.selection()?;
    check_text(tx, details)
}
