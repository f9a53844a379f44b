//! Receipts: what came to a door, what it was read as, and what was made of it, each with the reason.

pub mod http;

use std::convert::Infallible;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, value::RawValue};
use store::{ReadTx, Row, Scope, Sql, Store, Tx};
use utoipa::ToSchema;

use crate::{
    error::{Error, Result},
    http::{Fields, Run},
    id::{self, ContactId, ReceiptId, kind},
    page::{Page, Paging, Total},
    time,
};

/// The doors there are.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// `POST /api/v1/webhook/forms`
    Forms,
    /// `POST /api/save-lead`
    SaveLead,
}

/// What became of one thing that a request asked for, or that follows from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Effect {
    /// What it is about.
    #[schema(value_type = String, example = "owner")]
    pub action: &'static str,
    /// Whether it was done.
    pub result: Outcome,
    /// Why, in words.
    #[schema(example = "chosen by chance among 3 available members of 'Sales'")]
    pub reason: String,
    /// What it is now: an id, a number, a list.
    #[serde(skip_serializing_if = "Json::is_null")]
    pub value: Json,
}

/// Whether something was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was.
    Done,
    /// It was not, and the reason says why.
    Skipped,
}

/// Something in a request that was not as it should be, and kept nothing else from being done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Warning {
    /// The parameter.
    #[schema(example = "date_of_birth")]
    pub field: String,
    /// What is wrong with it.
    #[schema(example = "is not a date: it was left out")]
    pub problem: String,
}

/// All that is known of one request, before it has a name.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The door it came to.
    pub door: Door,
    /// The status of the answer.
    pub status: u16,
    /// Whom it was about.
    pub contact: Option<ContactId>,
    /// The lead it was about.
    pub lead: Option<String>,
    /// What came in, without secrets.
    pub request: Map<String, Json>,
    /// What it was read as.
    pub normalised: Json,
    /// What the person was recognised by.
    pub matched_by: Option<&'static str>,
    /// What became of everything it asked for.
    pub effects: Vec<Effect>,
    /// What was not as it should be.
    pub warnings: Vec<Warning>,
    /// The receipt of the request that was run again.
    pub rerun_of: Option<ReceiptId>,
}

/// A receipt, as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// Names it for good.
    #[schema(value_type = String)]
    pub id: ReceiptId,
    /// The door it came to.
    pub door: Door,
    /// The status of the answer.
    pub status: i64,
    /// Whom it was about.
    pub contact_id: Option<ContactId>,
    /// The lead it was about.
    pub lead_id: Option<String>,
    /// What came in, what it was read as, and what was made of it.
    #[serde(flatten)]
    #[schema(value_type = ReceiptBody)]
    pub body: Body,
    /// When it came.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: jiff::Timestamp,
}

/// What is stored of a receipt as it is.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Body {
    request: Box<RawValue>,
    normalised: Box<RawValue>,
    matched_by: Option<String>,
    effects: Box<RawValue>,
    warnings: Box<RawValue>,
    rerun_of: Option<ReceiptId>,
}

/// The same, as the API document shows it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is there for its schema")]
pub struct ReceiptBody {
    /// What came in, without secrets.
    request: std::collections::BTreeMap<String, Json>,
    /// What it was read as.
    normalised: std::collections::BTreeMap<String, Json>,
    /// `email`, `phone` or `session`; `null` for someone new.
    matched_by: Option<String>,
    /// What became of everything it asked for.
    effects: Vec<Effect>,
    /// What was not as it should be.
    warnings: Vec<Warning>,
    /// The receipt of the request that was run again.
    rerun_of: Option<String>,
}

/// What the names of parameters that are never kept have in them.
const SECRETS: [&str; 11] = [
    "token",
    "secret",
    "passw",
    "pwd",
    "authorization",
    "api_key",
    "apikey",
    "access_key",
    "card_number",
    "cvv",
    "cvc",
];
/// A value that is longer than this is kept cut, or not at all.
const VALUE_CHARS_MAX: usize = 10_000;

macro_rules! columns {
    () => {
        "id, door, status, contact, lead, body, created_at"
    };
}

impl Door {
    const ALL: [Self; 2] = [Self::Forms, Self::SaveLead];

    /// The word that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Forms => "forms",
            Self::SaveLead => "save_lead",
        }
    }
}

impl Effect {
    /// It was done.
    pub fn done(action: &'static str, reason: impl Into<String>, value: impl Into<Json>) -> Self {
        Self { action, result: Outcome::Done, reason: reason.into(), value: value.into() }
    }

    /// It was not done.
    pub fn skipped(action: &'static str, reason: impl Into<String>) -> Self {
        Self { action, result: Outcome::Skipped, reason: reason.into(), value: Json::Null }
    }
}

impl Warning {
    /// `problem` goes on where the name of the field ends.
    pub fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }
}

impl Draft {
    /// Of a request that was refused as a whole.
    pub fn refused(door: Door, request: Map<String, Json>, why: &Error) -> Self {
        Self {
            door,
            status: 400,
            contact: None,
            lead: None,
            request,
            normalised: Json::Object(Map::new()),
            matched_by: None,
            effects: vec![Effect::skipped("request", why.to_string())],
            warnings: Vec::new(),
            rerun_of: None,
        }
    }
}

/// What came in, as it is kept: without secrets, and without what is too long to keep.
pub fn keepable(fields: &Fields) -> Map<String, Json> {
    fields.iter().map(|(name, value)| (name.clone(), keep(name, value))).collect()
}

fn keep(name: &str, value: &Json) -> Json {
    let folded = name.to_lowercase();
    match value {
        _ if folded == "key" || SECRETS.iter().any(|secret| folded.contains(secret)) => {
            Json::from("[hidden]")
        }
        Json::String(text) if VALUE_CHARS_MAX < text.chars().count() => {
            text.chars().take(VALUE_CHARS_MAX).collect::<String>().into()
        }
        // Run again it must not be taken for something else.
        Json::Array(_) | Json::Object(_) if VALUE_CHARS_MAX < value.to_string().len() => Json::Null,
        Json::Array(items) => items.iter().map(|item| keep("", item)).collect(),
        Json::Object(object) => {
            object.iter().map(|(name, value)| (name.clone(), keep(name, value))).collect()
        }
        value => value.clone(),
    }
}

/// Writes a receipt.
///
/// # Errors
/// Those of the store.
pub fn put(tx: &mut Tx<'_>, draft: &Draft) -> Result<ReceiptId> {
    let (id, now): (ReceiptId, _) = (id::new(tx), tx.now());
    let body = serde_json::json!({
        "request": draft.request,
        "normalised": draft.normalised,
        "matched_by": draft.matched_by,
        "effects": draft.effects,
        "warnings": draft.warnings,
        "rerun_of": draft.rerun_of,
    });
    let sql = "insert into intake_receipt
                   (workspace, id, door, status, contact, lead, body, created_at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let values = [
        (&id).into(),
        draft.door.as_str().into(),
        i64::from(draft.status).into(),
        draft.contact.as_ref().map(ContactId::as_str).into(),
        draft.lead.as_deref().into(),
        (&body.to_string()).into(),
        now.into(),
    ];
    tx.run(sql, &values)?;
    Ok(id)
}

/// The receipt that `id` names.
///
/// # Errors
/// When there is none.
pub fn find(tx: &mut ReadTx<'_>, id: &ReceiptId) -> Result<Receipt> {
    let sql =
        concat!("select ", columns!(), " from intake_receipt where workspace = ?1 and id = ?2");
    tx.first(sql, &[id.into()], read)?.ok_or(Error::NotFound("receipt"))
}

/// Whose receipts.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Those about this contact.
    pub contact: Option<ContactId>,
    /// Those about this lead.
    pub lead: Option<String>,
}

/// A page of receipts, newest first.
///
/// # Errors
/// Those of the store.
pub fn list(
    tx: &mut ReadTx<'_>,
    filter: &Filter,
    paging: &Paging<kind::Receipt>,
) -> Result<Page<Receipt>> {
    let mut sql =
        Sql::new(concat!("select ", columns!(), " from intake_receipt where workspace = ?1"));
    push(&mut sql, filter);
    sql.with(" and id < ", paging.below()).push(" order by id desc");
    sql.with(" limit ", paging.rows()).with(" offset ", paging.offset());
    let receipts = tx.select(&sql, read)?;
    paging.answer(
        receipts,
        |receipt| &receipt.id,
        || {
            let mut sql =
                Sql::new("select count(*) from (select 1 from intake_receipt where workspace = ?1");
            push(&mut sql, filter);
            sql.with(" limit ", Total::COUNTED_MAX + 1).push(") as counted");
            let counted = tx.select(&sql, |row| row.get::<i64>(0))?;
            Ok(Total::counted(counted.first().copied().unwrap_or(0)))
        },
    )
}

fn push(sql: &mut Sql, filter: &Filter) {
    if let Some(contact) = &filter.contact {
        sql.with(" and contact = ", contact);
    }
    if let Some(lead) = &filter.lead {
        sql.with(" and lead = ", lead);
    }
}

impl Receipt {
    /// Whether something of this kind was done.
    ///
    /// # Errors
    /// Only if schema and code disagree.
    pub fn has_done(&self, action: &str) -> Result<bool> {
        let effects: Vec<Json> = serde_json::from_str(self.body.effects.get())?;
        let is_done = |effect: &Json| effect["action"] == action && effect["result"] == "done";
        Ok(effects.iter().any(is_done))
    }

    /// What came in.
    ///
    /// # Errors
    /// Only if schema and code disagree.
    pub fn request(&self) -> Result<Map<String, Json>> {
        Ok(serde_json::from_str(self.body.request.get())?)
    }
}

/// Makes the receipts of `gone` be about `kept`: they were one person.
///
/// # Errors
/// Those of the store.
pub fn follow_merge(tx: &mut Tx<'_>, gone: &ContactId, kept: &ContactId) -> Result<()> {
    let sql = "update intake_receipt set contact = ?3 where workspace = ?1 and contact = ?2";
    Ok(tx.run(sql, &[gone.into(), kept.into()])?)
}

/// Takes someone who was erased out of their receipts, `limit` at a time. Says whether some are left.
///
/// # Errors
/// Those of the store.
pub fn forget(tx: &mut Tx<'_>, contact: &ContactId, limit: i64) -> Result<bool> {
    let nothing = serde_json::json!({
        "request": {}, "normalised": {}, "matched_by": null, "effects": [], "warnings": [],
        "rerun_of": null,
    });
    let sql = "update intake_receipt set body = ?3, contact = null
               where workspace = ?1 and id in (
                   select id from intake_receipt where workspace = ?1 and contact = ?2 limit ?4)
               returning id";
    let values = [contact.into(), (&nothing.to_string()).into(), limit.into()];
    let forgotten = tx.all(sql, &values, |row| row.get::<String>(0))?;
    Ok(i64::try_from(forgotten.len()).is_ok_and(|count| count == limit))
}

/// The same for a lead that is erased.
///
/// # Errors
/// Those of the store.
pub fn forget_lead(tx: &mut Tx<'_>, lead: &str, limit: i64) -> Result<bool> {
    let sql = "delete from intake_receipt
               where workspace = ?1 and id in (
                   select id from intake_receipt where workspace = ?1 and lead = ?2 limit ?3)
               returning id";
    let gone = tx.all(sql, &[lead.into(), limit.into()], |row| row.get::<String>(0))?;
    Ok(i64::try_from(gone.len()).is_ok_and(|count| count == limit))
}

/// Deletes up to `limit` receipts from before `before`. Says whether some were left.
///
/// # Errors
/// Those of the store.
pub fn age_out(tx: &mut Tx<'_>, before: jiff::Timestamp, limit: i64) -> Result<bool> {
    let sql = "delete from intake_receipt where workspace = ?1 and id in (
                   select id from intake_receipt where workspace = ?1 order by id limit ?3)
               and created_at < ?2 returning id";
    let gone = tx.all(sql, &[before.into(), limit.into()], |row| row.get::<String>(0))?;
    Ok(i64::try_from(gone.len()).is_ok_and(|count| count == limit))
}

/// What ends an operation that was only to tell what it would do.
enum Halt<T> {
    Told(T),
    Failed(Error),
}

impl<T> From<store::Error> for Halt<T> {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Runs `operation` in a transaction of `scope`; a dry run tells what it would do, and does nothing.
///
/// # Errors
/// Those of the operation.
pub async fn perform<T: Send + 'static>(
    store: &Store,
    scope: &Scope,
    run: Run,
    operation: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
) -> Result<T> {
    if run == Run::Real {
        return store.write(scope, operation).await;
    }
    let halted = store.write(scope, move |tx| {
        Err::<Infallible, _>(operation(tx).map_or_else(Halt::Failed, Halt::Told))
    });
    match halted.await {
        Err(Halt::Told(told)) => Ok(told),
        Err(Halt::Failed(error)) => Err(error),
        Ok(never) => match never {},
    }
}

fn read(row: &Row) -> Result<Receipt> {
    let door: String = row.get(1)?;
    let door = Door::ALL.into_iter().find(|known| known.as_str() == door);
    Ok(Receipt {
        id: row.get(0)?,
        door: door.ok_or_else(|| Error::internal("a receipt of an unknown door"))?,
        status: row.get(2)?,
        contact_id: row.get(3)?,
        lead_id: row.get(4)?,
        body: serde_json::from_str(&row.get::<String>(5)?)?,
        created_at: row.get(6)?,
    })
}
