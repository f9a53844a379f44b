//! Contacts as a table for spreadsheets, page by page.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;
use serde_json::{Value as Json, json};
use store::{ReadTx, Tx};
use utoipa::ToSchema;

use super::{Contact, Profile, SearchRequest, Selection, attribute, list};
use crate::{
    error::{Error, Result},
    event,
    id::{ContactId, Id, kind},
    operator,
    page::Pagination,
    record, table,
};

/// What to export, and how. An empty body exports all that is known of all contacts.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(example = json!({
    "search": { "query": "lovel", "filters": { "tags": ["newsletter"] } },
    "columns": ["name", "email", "profile.city", "custom_attributes.plan"],
    "bom": true
}))]
pub struct ExportRequest {
    /// Whom, as `POST /v1/contacts/search` is asked. Pages and the order are left aside: all come, newest
    /// first.
    pub search: Option<SearchRequest>,
    /// Only those of a segment.
    #[schema(value_type = Option<String>)]
    pub segment_id: Option<Id<kind::Segment>>,
    /// The columns in their order: names of fields, `profile.city`, `custom_attributes.plan`; `emails`
    /// and `phones` are those beside the first. All unless told otherwise.
    #[schema(max_items = 300)]
    pub columns: Option<Vec<String>>,
    /// Whether the file begins with the mark by which spreadsheet programs know UTF-8.
    pub bom: Option<bool>,
}

/// Contacts of one page.
pub const PAGE_ROWS: i64 = 100;
/// Pages of one file. What has more is cut off, so that nobody takes it for whole.
pub const PAGES_MAX: usize = 20_000;
const COLUMNS_MAX: usize = 300;
/// Columns of attributes that a file has unless told which.
const ATTRIBUTES_MAX: usize = 200;
/// Names that are looked up once.
const NAMES_MAX: usize = 2_000;
const BETWEEN: &str = "; ";
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
/// Columns that are fields of a contact. For ids there are names: an owner's, a disposition's, lists'.
const FIELDS: [&str; 20] = [
    "id",
    "name",
    "email",
    "emails",
    "phone",
    "phones",
    "company",
    "tags",
    "owner",
    "disposition",
    "lists",
    "source",
    "do_not_contact_at",
    "sms_opted_out_at",
    "conversations_count",
    "last_seen_at",
    "created_at",
    "updated_at",
    "avatar_url",
    "number",
];
const PROFILE: &str = "profile.";
const ATTRIBUTE: &str = "custom_attributes.";

/// A file that is being written.
#[derive(Clone)]
pub struct Export {
    selection: Arc<Selection>,
    columns: Vec<String>,
    names: BTreeMap<String, String>,
    after: Option<ContactId>,
    pages: usize,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Begins(Mark),
    GoesOn,
    Over,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    None,
    ByteOrder,
}

impl Export {
    /// Of what `selection` finds.
    ///
    /// # Errors
    /// When there is no such column.
    pub fn new(
        tx: &mut ReadTx<'_>,
        selection: Selection,
        columns: Option<Vec<String>>,
        bom: Option<bool>,
    ) -> Result<Self> {
        let columns = match columns {
            Some(columns) => checked(columns)?,
            None => all_columns(tx)?,
        };
        let mark = if bom == Some(true) { Mark::ByteOrder } else { Mark::None };
        Ok(Self {
            selection: Arc::new(selection),
            columns,
            names: BTreeMap::new(),
            after: None,
            pages: 0,
            state: State::Begins(mark),
        })
    }

    /// Tells the log who took what.
    ///
    /// # Errors
    /// Those of the store.
    pub fn tell(
        tx: &mut Tx<'_>,
        columns: &[String],
        segment: Option<&Id<kind::Segment>>,
        is_narrowed: Narrowed,
    ) -> Result<()> {
        let actor = tx.scope().actor().to_owned();
        // Without the words: they may be of somebody who is to be forgotten.
        let payload = json!({
            "id": actor, "columns": columns, "segment_id": segment,
            "narrowed": is_narrowed == Narrowed::Yes,
        });
        event::append(tx, event::Kind::ContactExported, &actor, &payload.to_string()).map(drop)
    }

    /// The names of its columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The next lines; `None` after the last.
    ///
    /// # Errors
    /// Those of the store, and when there is more than a file may have.
    pub fn next(&mut self, tx: &mut ReadTx<'_>) -> Result<Option<Vec<u8>>> {
        if self.state == State::Over {
            return Ok(None);
        }
        if PAGES_MAX <= self.pages {
            return Err(Error::internal("an export has more pages than it may have"));
        }
        let page = list(tx, &self.selection.going_on_after(self.after.clone(), PAGE_ROWS))?;
        let mut rows =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        let mut bytes = Vec::new();
        if let State::Begins(mark) = self.state {
            if mark == Mark::ByteOrder {
                bytes.extend_from_slice(BYTE_ORDER_MARK);
            }
            let head = self.columns.iter().map(|name| table::cell(name).into_owned());
            rows.write_record(head).map_err(Error::internal)?;
        }
        for contact in &page.data {
            let cells = self.cells(tx, contact)?;
            rows.write_record(cells).map_err(Error::internal)?;
        }
        self.pages += 1;
        self.after = match page.pagination {
            Pagination::Cursor(cursor) => cursor.next().map(str::parse).transpose()?,
            Pagination::Pages(_) => None,
        };
        self.state = if self.after.is_some() { State::GoesOn } else { State::Over };
        let rows = rows.into_inner().map_err(|error| Error::internal(error.to_string()))?;
        bytes.extend(rows);
        Ok(Some(bytes))
    }

    fn cells(&mut self, tx: &mut ReadTx<'_>, contact: &Contact) -> Result<Vec<String>> {
        let shown = serde_json::to_value(contact)?;
        let Self { columns, names, .. } = self;
        let mut cells = Vec::with_capacity(columns.len());
        for column in columns.iter() {
            let text = match column.as_str() {
                "emails" => rest(&shown["emails"], "email"),
                "phones" => rest(&shown["phones"], "phone"),
                "owner" => match &contact.owner_id {
                    Some(id) => named(names, id.as_str(), || Ok(operator::find(tx, id)?.name))?,
                    None => String::new(),
                },
                "disposition" => match &contact.disposition_id {
                    Some(id) => named(names, id.as_str(), || Ok(record::find(tx, id)?.name))?,
                    None => String::new(),
                },
                "lists" => {
                    let lists = contact
                        .list_ids
                        .iter()
                        .map(|id| named(names, id.as_str(), || Ok(record::find(tx, id)?.name)));
                    lists.collect::<Result<Vec<_>>>()?.join(BETWEEN)
                }
                name => value(&shown, name),
            };
            cells.push(table::cell(&text).into_owned());
        }
        Ok(cells)
    }
}

/// Whether an export was of some contacts only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Narrowed {
    /// Of those that were searched for.
    Yes,
    /// Of all.
    No,
}

/// The name of what `id` names, looked up once; what is gone goes by its id.
fn named(
    names: &mut BTreeMap<String, String>,
    id: &str,
    look: impl FnOnce() -> Result<String>,
) -> Result<String> {
    if let Some(name) = names.get(id) {
        return Ok(name.clone());
    }
    let name = match look() {
        Err(Error::NotFound(_)) => id.to_owned(),
        found => found?,
    };
    if names.len() < NAMES_MAX {
        names.insert(id.to_owned(), name.clone());
    }
    Ok(name)
}

/// All but the first, which has a column of its own.
fn rest(ways: &Json, field: &str) -> String {
    let ways = ways.as_array().map(Vec::as_slice).unwrap_or_default();
    let texts = ways.iter().skip(1).filter_map(|way| way[field].as_str());
    texts.collect::<Vec<_>>().join(BETWEEN)
}

fn value(shown: &Json, column: &str) -> String {
    if let Some(name) = column.strip_prefix(PROFILE) {
        return text(&shown["profile"][name]);
    }
    match column.strip_prefix(ATTRIBUTE) {
        Some(name) => text(&shown["custom_attributes"][name]),
        None => text(&shown[column]),
    }
}

/// A value in one cell.
fn text(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(items) if !items.iter().any(|item| item.is_array() || item.is_object()) => {
            items.iter().map(text).collect::<Vec<_>>().join(BETWEEN)
        }
        other => other.to_string(),
    }
}

fn checked(columns: Vec<String>) -> Result<Vec<String>> {
    if columns.is_empty() || COLUMNS_MAX < columns.len() {
        return Err(Error::invalid("columns", "must be 1 to 300 names"));
    }
    let is_known = |column: &String| match column.strip_prefix(ATTRIBUTE) {
        Some(name) => !name.is_empty() && name.chars().count() <= attribute::KEY_CHARS_MAX,
        None => match column.strip_prefix(PROFILE) {
            Some(name) => Profile::NAMES.contains(&name),
            None => FIELDS.contains(&column.as_str()),
        },
    };
    match columns.iter().find(|column| !is_known(column)) {
        Some(_unknown) => Err(Error::invalid(
            "columns",
            "must each name a field, or one of 'profile.' or 'custom_attributes.'",
        )),
        None => Ok(columns),
    }
}

fn all_columns(tx: &mut ReadTx<'_>) -> Result<Vec<String>> {
    let mut columns: Vec<String> = FIELDS.iter().map(|&field| field.to_owned()).collect();
    columns.extend(Profile::NAMES.iter().map(|name| format!("{PROFILE}{name}")));
    let names = attribute::names(tx, ATTRIBUTES_MAX)?;
    columns.extend(names.into_iter().map(|name| format!("{ATTRIBUTE}{name}")));
    Ok(columns)
}
