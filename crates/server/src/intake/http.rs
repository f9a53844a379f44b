//! The Aloware-shaped doors: `/api/v1/webhook/…`

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use store::ReadTx;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    apply,
    form::{self, Form},
    person,
};
use crate::{
    contact::{self, Contact},
    dialer,
    enrolment::{self, IfElsewhere, Reason},
    error::{Error, Result},
    http::{App, Data, Fields, Post, Problem, Reply, Run, Scoped, Token, needs},
    id::{ContactId, Id, ReceiptId, kind},
    idempotency,
    operator::{self, AgentStatus, Operator},
    receipt::{self, Door, Receipt, Warning},
    record::{self, ring_group::RingGroup},
    setting::{self, Settings},
};

/// The routes of the platform.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(rerun))
}

/// The doors. They are documented beside those of `/v1`.
pub fn doors() -> Router<App> {
    let path = |name: &str| format!("/api/v1/webhook/{name}");
    Router::new()
        .route(&path("forms"), post(forms))
        .route(&path("contact/phone-number"), get(find_contact))
        .route(&path("users"), get(list_users))
        .route(&path("ring-group/availability"), get(availability))
        .route(&path("sequence-enroll"), post(enrol))
        .route(&path("sequence-disenroll"), post(disenrol))
        .route(&path("powerdialer-remove-contact-from-lists"), post(remove_from_dialer))
        .route(&path("powerdialer-clear-list"), post(clear_list))
        .route(&path("powerdialer-clear-user-lists"), post(clear_user))
        .route(&path("lookup"), post(look_up))
}

const WARNINGS: HeaderName = HeaderName::from_static("x-intake-warnings");
/// The header is cut here.
const WARNINGS_BYTES_MAX: usize = 1_024;
/// Steps in which a queue is emptied.
const CLEAR_STEPS_MAX: usize = 20_000;

type Answer = Result<Response, Problem>;

fn said(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "message": message }))).into_response()
}

/// The documented shape of a refused form.
fn refused(field: &str, sentence: &str) -> Response {
    let body = json!({
        "message": "The given data was invalid.",
        "errors": { field: [sentence] },
    });
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

/// Creates or updates a contact, and does all that the form asks for.
async fn forms(State(app): State<App>, call: Token) -> Answer {
    let settings = setting::http::of(&app, &call.scope).await?;
    call.ignore_all_but(form::is_known);
    let Token { scope, fields, run, once, .. } = call;
    // Read here: the lane is for what must wait its turn.
    let mut form = Form::read(fields, &settings.region);
    let others = form.other_numbers(&settings.region);
    let request = form.request.clone();
    let done = receipt::perform(&app.store, &scope, run, move |tx| {
        if let Some(once) = &once
            && let Some(recorded) = idempotency::find(tx, once)?
        {
            return Ok((Reply::replayed(recorded), Vec::new()));
        }
        let taken = apply::take(tx, &form, &others, &settings)?;
        let mut body = taken.body();
        if run == Run::Dry {
            body["dry_run"] = true.into();
            // Someone new would have another one.
            if taken.status == 201 {
                body["contact_id"] = Value::Null;
            }
            body["effects"] = json!(taken.receipt.effects);
            body["warnings"] = json!(taken.receipt.warnings);
        } else {
            body["receipt_id"] = json!(receipt::put(tx, &taken.receipt)?);
        }
        let status = StatusCode::from_u16(taken.status).unwrap_or(StatusCode::OK);
        let subject = taken.receipt.contact.as_ref().map_or("", ContactId::as_str);
        let reply = Reply::plain(status, body.to_string(), subject);
        if let Some(once) = once.filter(|_| status.is_success()) {
            idempotency::record(tx, &once, reply.recorded(), subject)?;
        }
        Ok((reply, taken.receipt.warnings))
    });
    let (reply, warnings) = match done.await {
        Ok(done) => done,
        Err(error) => {
            // A rule that only shows when all is put together: the lead is in its receipt at least.
            let is_rule = matches!(
                error,
                Error::Invalid { .. }
                    | Error::Taken { .. }
                    | Error::Conflict(_)
                    | Error::NotFound(_)
            );
            if is_rule && run == Run::Real {
                let receipt = receipt::Draft::refused(Door::Forms, request, &error);
                app.store.write(&scope, move |tx| receipt::put(tx, &receipt)).await?;
            }
            return Err(error.into());
        }
    };
    let mut response = reply.into_response();
    if !warnings.is_empty() {
        response.headers_mut().insert(WARNINGS, header_of(&warnings));
    }
    Ok(response)
}

fn header_of(warnings: &[Warning]) -> HeaderValue {
    let all: Vec<String> =
        warnings.iter().map(|warning| format!("{}: {}", warning.field, warning.problem)).collect();
    // What is not printable ASCII was the caller's, and would not be a header.
    let plain = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '?' };
    let text: String = all.join("; ").chars().map(plain).take(WARNINGS_BYTES_MAX).collect();
    HeaderValue::try_from(text).unwrap_or_else(|_odd| HeaderValue::from_static("(unreadable)"))
}

fn read_phone(fields: &Fields, region: &str) -> Option<phone::Phone> {
    let text = fields.text("phone_number").or_else(|| fields.text("phone"))?;
    phone::parse(&text, region)
}

fn by_phone(tx: &mut ReadTx<'_>, e164: &str) -> Result<Option<Contact>> {
    let id = contact::id_by_any_phone(tx, e164)?;
    id.map(|id| contact::find(tx, &id)).transpose()
}

async fn find_contact(State(app): State<App>, call: Token) -> Answer {
    let settings = setting::http::of(&app, &call.scope).await?;
    let Some(phone) = read_phone(&call.fields, &settings.region) else {
        let body = json!({ "error": "Phone number is empty or invalid." });
        return Ok((StatusCode::BAD_REQUEST, Json(body)).into_response());
    };
    let found = app.store.read(&call.scope, move |tx| match by_phone(tx, &phone.e164)? {
        Some(contact) => person::show(tx, &contact).map(Some),
        None => Ok(None),
    });
    Ok(match found.await? {
        Some(person) => Json(person).into_response(),
        None => {
            let body = json!({ "error": "Contact not found." });
            (StatusCode::NOT_FOUND, Json(body)).into_response()
        }
    })
}

async fn list_users(State(app): State<App>, call: Token) -> Answer {
    let users = app.store.read(&call.scope, operator::all).await?;
    let show = |user: Operator| {
        json!({
            "id": user.number,
            "name": user.name,
            "email": user.email,
            "agent_status": user.agent_status.number(),
            "human_readable_agent_status": user.agent_status.words(),
        })
    };
    let users: Vec<Value> = users.into_iter().filter(Operator::is_active).map(show).collect();
    Ok(Json(users).into_response())
}

async fn availability(State(app): State<App>, call: Token) -> Answer {
    let Ok(Some(number)) = call.fields.number("ring_group_id") else {
        return Ok(refused("ring_group_id", "The ring group id field is required."));
    };
    let read = app.store.read(&call.scope, move |tx| {
        let Some(group) = record::by_number::<kind::RingGroup>(tx, number)? else {
            return Ok::<_, Error>(None);
        };
        let group = RingGroup::try_from(group)?;
        let members = group.operator_ids.iter().map(|id| operator::find(tx, id));
        members.collect::<Result<Vec<Operator>>>().map(Some)
    });
    let Some(members) = read.await? else {
        return Ok(said(StatusCode::NOT_FOUND, "The requested ring group id does not exist."));
    };
    let results: Vec<Value> =
        members.iter().enumerate().map(|(order, member)| test_result(order, member)).collect();
    Ok(Json(json!({ "test_results": results })).into_response())
}

/// Whether a call or a lead would reach them, and each reason why not. What nobody limits yet is open.
fn test_result(order: usize, member: &Operator) -> Value {
    let is_there = member.agent_status != AgentStatus::Offline;
    let is_free = member.agent_status == AgentStatus::Available;
    json!({
        "id": member.number,
        "failed_to_route": !member.is_available(),
        "order": order + 1,
        "name": member.name,
        "email": member.email,
        "reasons": {
            "is_active": member.is_active(),
            "takes_task_from_area_code": true,
            "takes_task_in_state": true,
            "takes_task_in_operating_hours": true,
            "takes_call_within_concurrency_limit": !matches!(
                member.agent_status,
                AgentStatus::OnCall | AgentStatus::Ringing | AgentStatus::WrapUp
            ),
            "takes_call_within_quota_limit": true,
            "takes_call_within_duplication_period_limit": true,
            "agent_answers_call": is_there,
            "agent_accepts_call": is_free,
        },
        "answer_by": "Browser / Apps",
        "agent_status": if is_free { "Accepting Calls" } else { member.agent_status.words() },
    })
}

/// Whom a request about sequences means: by a number, or by the id of one of the surfaces.
enum Whom {
    Phone(String),
    Number(i64),
}

const SOURCES: [&str; 6] = ["phone_number", "aloware", "hubspot", "zoho", "guesty", "pipedrive"];

/// Whom a request means; or which field is refused, and the documented sentence.
fn whom(fields: &Fields, region: &str) -> Result<Whom, (&'static str, &'static str)> {
    let source = fields.text("source").map(|source| source.to_lowercase());
    let has_number = fields.text("phone_number").is_some();
    let source = match source.as_deref() {
        None if has_number => "phone_number",
        None if fields.text("id").is_some() => "aloware",
        None => return Err(("source", "The source field is required.")),
        Some(source) => source,
    };
    match source {
        "phone_number" => match read_phone(fields, region) {
            Some(phone) => Ok(Whom::Phone(phone.e164)),
            None if has_number => Err(("phone_number", "The phone number is invalid.")),
            None => Err(("phone_number", "The phone number field is required.")),
        },
        "aloware" => match fields.number("id") {
            Ok(Some(number)) => Ok(Whom::Number(number)),
            Ok(None) => Err(("id", "The id field is required.")),
            Err(_) => Err(("id", "The id is invalid.")),
        },
        other if SOURCES.contains(&other) => {
            let sentence = "No such integration is connected: use phone_number or aloware.";
            Err(("source", sentence))
        }
        _ => Err(("source", "The selected source is invalid.")),
    }
}

fn person(tx: &mut ReadTx<'_>, whom: &Whom) -> Result<Option<Contact>> {
    match whom {
        Whom::Phone(e164) => by_phone(tx, e164),
        Whom::Number(number) => contact::by_number(tx, *number),
    }
}

async fn enrol(State(app): State<App>, call: Token) -> Answer {
    let settings = setting::http::of(&app, &call.scope).await?;
    let whom = match whom(&call.fields, &settings.region) {
        Ok(whom) => whom,
        Err((field, sentence)) => return Ok(refused(field, sentence)),
    };
    let Ok(Some(sequence)) = call.fields.number("sequence_id") else {
        return Ok(refused("sequence_id", "The sequence id field is required."));
    };
    let is_forced = call.fields.flag("force_enroll") == Ok(Some(true));
    let if_elsewhere = if is_forced { IfElsewhere::Leave } else { IfElsewhere::Stay };
    let write = app.store.write(&call.scope, move |tx| {
        let Some(contact) = person(tx, &whom)? else {
            return Ok::<_, Error>(Err("Contact not found.".to_owned()));
        };
        let Some(sequence) = record::by_number::<kind::Sequence>(tx, sequence)? else {
            return Ok(Err("The selected sequence id is invalid.".to_owned()));
        };
        let (is_done, why) = apply::enrol(tx, &contact, &sequence, if_elsewhere)?;
        let is_in = is_done || enrolment::find(tx, &contact.id)?.as_ref() == Some(&sequence.id);
        Ok(if is_in { Ok(()) } else { Err(format!("Contact is not enrolled: {why}.")) })
    });
    Ok(match write.await? {
        Ok(()) => said(StatusCode::OK, "Contact is successfully enrolled in the sequence."),
        Err(why) => said(StatusCode::BAD_REQUEST, &why),
    })
}

async fn disenrol(State(app): State<App>, call: Token) -> Answer {
    let settings = setting::http::of(&app, &call.scope).await?;
    let whom = match whom(&call.fields, &settings.region) {
        Ok(whom) => whom,
        Err((field, sentence)) => return Ok(refused(field, sentence)),
    };
    let write = app.store.write(&call.scope, move |tx| {
        let Some(contact) = person(tx, &whom)? else { return Ok::<_, Error>(false) };
        enrolment::end(tx, &contact.id, Reason::Asked)?;
        Ok(true)
    });
    Ok(if write.await? {
        said(StatusCode::OK, "Contact is successfully disenrolled from the sequence.")
    } else {
        said(StatusCode::BAD_REQUEST, "Contact not found.")
    })
}

async fn remove_from_dialer(State(app): State<App>, call: Token) -> Answer {
    let number = call.fields.number("contact_id").ok().flatten();
    let write = app.store.write(&call.scope, move |tx| {
        let contact = number.map(|number| contact::by_number(tx, number)).transpose()?.flatten();
        let Some(contact) = contact else { return Ok::<_, Error>(false) };
        dialer::remove(tx, &contact.id)?;
        Ok(true)
    });
    Ok(if write.await? {
        said(StatusCode::OK, "The contact has been removed from the Power Dialer lists.")
    } else {
        said(StatusCode::NOT_FOUND, "The requested contact id does not exist.")
    })
}

async fn clear_list(State(app): State<App>, call: Token) -> Answer {
    let number = call.fields.number("list_id").ok().flatten();
    let find = app.store.read(&call.scope, move |tx| {
        let list = number.map(|number| record::by_number::<kind::List>(tx, number)).transpose()?;
        Ok::<_, Error>(list.flatten().map(|list| list.id))
    });
    let Some(list) = find.await? else {
        return Ok(said(StatusCode::NOT_FOUND, "The requested list id does not exist."));
    };
    // Page by page of those who are on the list, whether they are in a queue or not.
    let mut after = String::new();
    for _ in 0..CLEAR_STEPS_MAX {
        let (list, from): (Id<kind::List>, String) = (list.clone(), after);
        let step = app.store.write(&call.scope, move |tx| {
            let some = contact::on_list(tx, &list, &from, dialer::STEP_ROWS)?;
            for contact in &some {
                dialer::remove(tx, contact)?;
            }
            Ok::<_, Error>(some.last().map(|last| last.as_str().to_owned()))
        });
        match step.await? {
            Some(last) => after = last,
            None => {
                let message = "The contacts have been removed from the Power Dialer list.";
                return Ok(said(StatusCode::OK, message));
            }
        }
    }
    Err(Error::Busy.into())
}

async fn clear_user(State(app): State<App>, call: Token) -> Answer {
    let number = call.fields.number("user_id").ok().flatten();
    let find = app.store.read(&call.scope, move |tx| {
        let user = number.map(|number| operator::by_number(tx, number)).transpose()?;
        Ok::<_, Error>(user.flatten())
    });
    let Some(user) = find.await? else {
        return Ok(said(StatusCode::NOT_FOUND, "The requested user id does not exist."));
    };
    for _ in 0..CLEAR_STEPS_MAX {
        let id = user.id.clone();
        if !app.store.write(&call.scope, move |tx| dialer::clear(tx, &id)).await? {
            return Ok(said(StatusCode::OK, "The user's Power Dialer lists have been cleared."));
        }
    }
    Err(Error::Busy.into())
}

/// What the number itself tells. No carrier is asked.
async fn look_up(State(app): State<App>, call: Token) -> Answer {
    let settings = setting::http::of(&app, &call.scope).await?;
    let Some(phone) = read_phone(&call.fields, &settings.region) else {
        return Ok(refused("phone_number", "The phone number is invalid."));
    };
    let place = phone::place(&phone.e164);
    let body = json!({
        "carrier": null,
        "line_type": phone::line_type(&phone.e164),
        "data": {
            "city": place.city,
            "state": place.state,
            "country": place.country,
            "timezone": place.zone(settings.timezone.as_deref()),
        },
    });
    Ok(Json(body).into_response())
}

/// Run a receipt again
///
/// What came in is taken once more, as things are now: after a missing tag was made, or a clash was
/// settled. What was done already is not done twice.
#[utoipa::path(post, path = "/v1/intake-receipts/{id}/rerun", operation_id = "rerunReceipt",
    tag = "Intake receipts", params(("id" = String, Path, description = "Its id")),
    responses((status = 201, body = Data<Receipt>)))]
async fn rerun(
    State(app): State<App>,
    key: Scoped<needs::ContactsWrite>,
    Path(id): Path<String>,
    post: Post<serde_json::Map<String, Value>>,
) -> Result<Reply> {
    let id: ReceiptId = id.parse()?;
    let installation = Settings::of_installation(&app.config);
    post.run(&app, &key.asker, move |tx, _| {
        let settings = setting::find(tx, installation)?;
        let receipt = super::rerun(tx, &id, &settings)?;
        let subject = receipt.contact_id.as_ref().map_or("", ContactId::as_str);
        Reply::new(StatusCode::CREATED, &receipt, subject)
    })
    .await
}
