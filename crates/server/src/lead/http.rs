//! The Ora-shaped doors: `/api/save-lead`, `/api/leads`, `/api/zapier-webhook`.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use serde_json::{Value, json};

use super::{Before, LIST_MAX, Lead, Order, Selection, save::Saving};
use crate::{
    error::{Error, Result},
    http::{App, Fields, Partner, Problem, Public, Reply, Run},
    id::WebhookId,
    receipt::{self, Door},
    setting, table, webhook,
};

/// What `action` of `/api/zapier-webhook` may be.
const ACTIONS: [&str; 7] =
    ["leads", "hot-leads", "create-note", "send-whatsapp", "subscribe", "unsubscribe", "me"];
/// Steps in which a lead is erased, and the rows of each.
const ERASE_STEPS_MAX: usize = 1_000;
const ERASED_ROWS: i64 = 50;
/// Leads that one poll shows.
const POLLED_MAX: i64 = 100;
/// Leads that a list shows unless told otherwise.
const LIMIT_DEFAULT: i64 = 100;
const CSV_COLUMNS: [&str; 12] = [
    "id",
    "session_id",
    "name",
    "email",
    "business",
    "phone",
    "message_count",
    "source",
    "page_url",
    "hot_at",
    "created_at",
    "updated_at",
];

/// The routes of this slice. They are documented beside those of `/v1`.
pub fn doors() -> Router<App> {
    Router::new()
        .route("/api/save-lead", post(save))
        .route("/api/leads", get(list))
        .route("/api/leads/{id}", get(find).delete(erase))
        .route("/api/zapier-webhook", any(zapier))
}

/// Saves a widget's conversation: 201 for the first time, 200 for every other.
async fn save(State(app): State<App>, call: Public) -> Result<Response, Problem> {
    let settings = setting::http::of(&app, &call.scope).await?;
    let saving = match Saving::read(&call.fields, &settings.region) {
        Ok(saving) => saving,
        Err(error) => {
            refuse(&app, &call, &error).await?;
            return Err(missing(&call.fields, error));
        }
    };
    let run = call.run;
    let done = receipt::perform(&app.store, &call.scope, run, move |tx| {
        let saved = super::save(tx, &saving, &settings)?;
        if run == Run::Real {
            receipt::put(tx, &saved.receipt)?;
        }
        Ok(saved)
    });
    let saved = done.await?;
    let mut body = json!({ "ok": true, "status": saved.status });
    // To others the answer is the same, whatever the session's state is.
    if let Some(token) = saved.token.filter(|_| run == Run::Real) {
        body["id"] = saved.lead.id.into();
        body["session_token"] = token.into();
        body["hot"] = saved.lead.hot.into();
    }
    // What it would do is not told: the door is open to strangers, and that would say who is known.
    if run == Run::Dry {
        body["dry_run"] = true.into();
        body["warnings"] = json!(saved.receipt.warnings);
    }
    let status = StatusCode::from_u16(saved.status).unwrap_or(StatusCode::OK);
    Ok((status, Json(body)).into_response())
}

/// What is missing may be in what could not be read.
fn missing(fields: &Fields, error: Error) -> Problem {
    match error {
        Error::Missing(_) if fields.is_salvaged => Problem::unreadable(),
        error => error.into(),
    }
}

/// Keeps what was refused: a widget that forgets its session is to be found out.
async fn refuse(app: &App, call: &Public, error: &Error) -> Result<()> {
    if call.run == Run::Dry {
        return Ok(());
    }
    let request = receipt::keepable(&call.fields);
    let receipt = receipt::Draft::refused(Door::SaveLead, request, error);
    app.store.write(&call.scope, move |tx| receipt::put(tx, &receipt)).await.map(drop)
}

async fn list(State(app): State<App>, call: Partner) -> Result<Response, Problem> {
    let scope = call.reader()?.clone();
    let selection = selection(&call.fields)?;
    let leads = app.store.read(&scope, move |tx| super::list(tx, &selection)).await?;
    match call.fields.text("format").as_deref() {
        Some("csv") => Ok(csv(&leads)?),
        Some("json") | None => Ok(Json(leads).into_response()),
        Some(_) => Err(Error::bad_parameter("format", "must be 'json' or 'csv'").into()),
    }
}

fn selection(fields: &Fields) -> Result<Selection> {
    let bad = |name| move |_text| Error::bad_parameter(name, "is not valid");
    let limit = fields.number("limit").map_err(bad("limit"))?.unwrap_or(LIMIT_DEFAULT);
    if limit < 1 {
        return Err(Error::bad_parameter("limit", "must be an integer of at least 1"));
    }
    let before = fields.text("before").map(|text| match text.parse() {
        Ok(time) => Before::Time(time),
        Err(_no_time) => Before::Id(text),
    });
    Ok(Selection {
        order: Order::Newest,
        is_hot: fields.flag("hot").map_err(bad("hot"))?.unwrap_or(false),
        before,
        text: fields.text("q"),
        limit: limit.min(LIST_MAX),
    })
}

async fn find(
    State(app): State<App>,
    Path(id): Path<String>,
    call: Partner,
) -> Result<Response, Problem> {
    let scope = call.reader()?.clone();
    let whole = app.store.read(&scope, move |tx| super::whole(tx, &id)).await?;
    Ok(Json(whole).into_response())
}

/// Erases a lead that became nobody; of one that is someone the person is to be erased.
async fn erase(
    State(app): State<App>,
    Path(id): Path<String>,
    call: Partner,
) -> Result<StatusCode, Problem> {
    let scope = call.writer()?.clone();
    for _ in 0..ERASE_STEPS_MAX {
        let id = id.clone();
        let step = app.store.write(&scope, move |tx| {
            super::whole(tx, &id)?;
            super::erase(tx, &id, ERASED_ROWS)
        });
        if !step.await? {
            return Ok(StatusCode::NO_CONTENT);
        }
    }
    Err(Error::Busy.into())
}

/// A table for spreadsheets, in which no cell is taken for a formula.
fn csv(leads: &[Lead]) -> Result<Response> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(CSV_COLUMNS).map_err(Error::internal)?;
    for lead in leads {
        let lead = serde_json::to_value(lead)?;
        let cell = |name: &&str| match &lead[*name] {
            Value::Null => String::new(),
            Value::String(text) => table::cell(text).into_owned(),
            other => other.to_string(),
        };
        writer.write_record(CSV_COLUMNS.iter().map(cell)).map_err(Error::internal)?;
    }
    let text = writer.into_inner().map_err(|error| Error::internal(error.to_string()))?;
    let mut response = text.into_response();
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    let name = HeaderValue::from_static("attachment; filename=\"leads.csv\"");
    response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// The door that has several actions. Lists may be open to everyone; all else needs a key.
async fn zapier(State(app): State<App>, call: Partner) -> Result<Response, Problem> {
    let action = call.fields.text("action").unwrap_or_default();
    let allowed: &[Method] = match action.as_str() {
        "leads" | "hot-leads" | "me" => &[Method::GET, Method::HEAD],
        "create-note" | "send-whatsapp" => &[Method::POST],
        "subscribe" => &[Method::POST],
        "unsubscribe" => &[Method::POST, Method::DELETE],
        _ => return Err(Problem::unknown_action(&ACTIONS)),
    };
    if !allowed.contains(&call.method) {
        let names: Vec<&str> = allowed.iter().map(Method::as_str).collect();
        let mut response = Problem::method_not_allowed().into_response();
        if let Ok(names) = HeaderValue::try_from(names.join(", ")) {
            response.headers_mut().insert(header::ALLOW, names);
        }
        return Ok(response);
    }
    match action.as_str() {
        "leads" => poll(&app, &call, Order::Newest).await,
        "hot-leads" => poll(&app, &call, Order::Hottest).await,
        "me" => {
            let scope = call.reader()?;
            let name = call.credential().map(|credential| credential.name.clone());
            let me = json!({ "ok": true, "id": scope.actor(), "name": name, "workspace": scope.workspace() });
            Ok(Json(me).into_response())
        }
        "create-note" => note(&app, &call).await,
        "subscribe" => subscribe(&app, &call).await,
        "unsubscribe" => unsubscribe(&app, &call).await,
        _ => {
            call.writer()?;
            Err(Problem::not_configured("Sending messages"))
        }
    }
}

async fn poll(app: &App, call: &Partner, order: Order) -> Result<Response, Problem> {
    let scope = match call.reader() {
        Ok(scope) => scope.clone(),
        Err(problem) => {
            let scope = call.stranger(app).await?;
            if call.has_key() || !setting::http::of(app, &scope).await?.zapier_open {
                return Err(problem);
            }
            scope
        }
    };
    let selection = Selection { order, is_hot: false, before: None, text: None, limit: POLLED_MAX };
    let leads = app.store.read(&scope, move |tx| super::list(tx, &selection)).await?;
    Ok(Json(leads).into_response())
}

fn required(fields: &Fields, name: &'static str, names: &[&str]) -> Result<String, Problem> {
    let text = names.iter().find_map(|name| fields.text(name));
    text.ok_or_else(|| missing(fields, Error::Missing(name)))
}

async fn note(app: &App, call: &Partner) -> Result<Response, Problem> {
    let scope = call.writer()?;
    let session = required(&call.fields, "session_id", &["session_id"])?;
    let note = required(&call.fields, "note", &["note"])?;
    call.once(app, scope, move |tx| {
        let id = super::add_note(tx, &session, &note)?;
        let body = json!({ "ok": true, "status": 201, "note_id": id });
        Ok(Reply::plain(StatusCode::OK, body.to_string(), ""))
    })
    .await
}

async fn subscribe(app: &App, call: &Partner) -> Result<Response, Problem> {
    let scope = call.writer()?;
    let url = required(&call.fields, "hookUrl", &["hookurl", "target_url", "url"])?;
    let event = required(&call.fields, "event", &["event"])?;
    if let Err(refusal) = app.outside.check(&url).await {
        return Err(Error::invalid("hookUrl", refusal.0).into());
    }
    call.once(app, scope, move |tx| {
        let id = webhook::subscribe(tx, &event, &url)?;
        let body = json!({ "ok": true, "status": 201, "id": id });
        Ok(Reply::plain(StatusCode::CREATED, body.to_string(), ""))
    })
    .await
}

async fn unsubscribe(app: &App, call: &Partner) -> Result<Response, Problem> {
    let scope = call.writer()?;
    let id = required(&call.fields, "id", &["id"])?;
    // What earlier releases called them.
    let id: WebhookId =
        id.strip_prefix("sub_").map_or(id.clone(), |rest| format!("wh_{rest}")).parse()?;
    app.store.write(scope, move |tx| webhook::unsubscribe(tx, &id)).await?;
    Ok(Json(json!({ "ok": true, "status": 200 })).into_response())
}
