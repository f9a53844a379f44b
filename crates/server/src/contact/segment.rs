//! Segments: filters of contacts under a name.

use serde_json::{Map, Value as Json};
use store::ReadTx;

use super::SearchRequest;
use crate::{
    error::{Error, Result},
    id::{Id, OperatorId, kind},
    record::{self, check_operator_or_none, check_text, noun::noun, read_field},
};

/// What a segment may ask a search for beside filters.
const SEARCHED: [&str; 2] = ["query", "where"];

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
        /// What else it is asked: `query` and `where`.
        search: std::collections::BTreeMap<String, serde_json::Value>,
        /// What it is for.
        description: Option<String>,
        /// Whose it is alone; nobody's is everybody's.
        owner_id: Option<OperatorId>,
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
    let mut whole = match details.get("search") {
        Some(Json::Object(search)) => search.clone(),
        _ => Map::new(),
    };
    if whole.keys().any(|name| !SEARCHED.contains(&name.as_str())) {
        return Err(Error::invalid("search", "must have nothing in it but 'query' and 'where'"));
    }
    read("search", Json::Object(whole.clone()))?;
    // What is wrong now is not of the search.
    if let Some(filters) = details.get("filters").filter(|filters| !filters.is_null()) {
        whole.insert("filters".to_owned(), filters.clone());
    }
    read("filters", Json::Object(whole))
}

fn read(field: &str, part: Json) -> Result<SearchRequest> {
    serde_json::from_value(part)
        .map_err(|error| Error::invalid(field, format!("cannot be searched by: {error}")))
}

/// Its filters must be ones that a search would take.
fn check_segment(tx: &mut ReadTx<'_>, details: &mut Map<String, Json>) -> Result<()> {
    let now = tx.now();
    SearchRequest::default().within(asked(details)?)?.selection(now)?;
    check_operator_or_none(tx, details)?;
    check_text(tx, details)
}
