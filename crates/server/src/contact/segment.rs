//! Segments: filters of contacts under a name.

use serde_json::{Map, Value as Json};
use store::ReadTx;

use super::SearchQuery;
use crate::{
    error::{Error, Result},
    record::{check_text, noun::noun, read_field},
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

/// Its filters must be ones that a search would take.
fn check_segment(tx: &mut ReadTx<'_>, details: &mut Map<String, Json>) -> Result<()> {
    let filters = details.get("filters").cloned().unwrap_or_default();
    let query: SearchQuery = serde_json::from_value(filters)
        .map_err(|error| Error::invalid("filters", format!("cannot be searched by: {error}")))?;
    query.conditions()?;
    check_text(tx, details)
}
