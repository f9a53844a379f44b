//! `/v1/account/totp`, `/v1/account/recovery-codes` and `/v1/account/passkeys`

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    note_change,
    passkey::{self, Answer, Passkey, Question},
    sign_in, totp,
};
use crate::{
    error::{Error, Result},
    http::{App, Body, Browser, Data, Person, Problem},
};

/// The routes of second factors and passkeys.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(begin_totp, end_totp))
        .routes(routes!(confirm_totp))
        .routes(routes!(renew_codes))
        .routes(routes!(list_passkeys, add_passkey))
        .routes(routes!(begin_passkey))
        .routes(routes!(remove_passkey))
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = Code)]
struct Code {
    /// Six digits.
    code: String,
}

/// What it takes to set an app for codes up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TotpSetup)]
struct TotpSetup {
    /// To be typed into the app.
    secret: String,
    /// The same as a link.
    uri: String,
    /// The same as a picture, in SVG.
    qr_svg: String,
}

/// Codes for the day the app is lost: each is good once. They are shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RecoveryCodes)]
struct Codes {
    recovery_codes: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PasskeyList)]
struct Passkeys {
    data: Vec<Passkey>,
}

/// Begin to use codes
///
/// A new secret for an app. It counts once a code of it was confirmed.
#[utoipa::path(post, path = "/v1/account/totp", operation_id = "beginTotp", tag = "Account",
    responses((status = 200, body = Data<TotpSetup>)))]
async fn begin_totp(State(app): State<App>, person: Person) -> Result<Data<TotpSetup>, Problem> {
    person.asker.is_proved(app.now())?;
    let id = person.account.clone();
    let account = app.store.system_read(move |tx| super::find(tx, &id)).await?;
    if account.totp_at.is_some() {
        let problem = "Codes are asked for already: end that first.";
        return Err(Error::Conflict(problem.to_owned()).into());
    }
    let setup = totp::set_up(&app.secret, &account.email, || (app.world.random)())?;
    let (id, sealed) = (person.account, setup.sealed);
    let write = app.store.write(&person.scope, move |tx| {
        let sql = "update account set totp = ?3 where id = ?2 and totp_at is null and ?1 <> ''";
        Ok::<_, Error>(tx.run(sql, &[(&id).into(), (&sealed).into()])?)
    });
    write.await?;
    Ok(Data(TotpSetup { secret: setup.secret, uri: setup.uri, qr_svg: setup.picture }))
}

/// Confirm the app
///
/// From now on a code is asked for beside the password. The answer has codes for the day the app is
/// lost.
#[utoipa::path(post, path = "/v1/account/totp/confirm", operation_id = "confirmTotp",
    tag = "Account", request_body = Code, responses((status = 200, body = Data<Codes>)))]
async fn confirm_totp(
    State(app): State<App>,
    person: Person,
    Body(Code { code }): Body<Code>,
) -> Result<Data<Codes>, Problem> {
    let id = person.account.clone();
    let account = app.store.system_read(move |tx| super::find(tx, &id)).await?;
    let Some(sealed) = account.totp.as_deref().filter(|_| account.totp_at.is_none()) else {
        let problem = "There is no app to be confirmed: begin anew.";
        return Err(Error::Conflict(problem.to_owned()).into());
    };
    let judged = sign_in::judge_code(&app, &account, sealed, &code).await?;
    let Some(factor @ totp::Factor::Step(_)) = judged else { return Err(Problem::invalid_code()) };
    let (id, operator) = (person.account, person.operator);
    let write = app.store.write(&person.scope, move |tx| {
        let now = tx.now();
        if !totp::take(tx, &id, &factor)? {
            return Ok(None);
        }
        let sql = "update account set totp_at = ?3 where id = ?2 and ?1 <> ''";
        tx.run(sql, &[(&id).into(), now.into()])?;
        note_change(tx, &operator, "totp_on")?;
        totp::renew_codes(tx, &id).map(Some)
    });
    let recovery_codes = write.await?.ok_or_else(Problem::invalid_code)?;
    Ok(Data(Codes { recovery_codes }))
}

/// End the use of codes
#[utoipa::path(delete, path = "/v1/account/totp", operation_id = "endTotp", tag = "Account",
    responses((status = 204, description = "Ended")))]
async fn end_totp(
    State(app): State<App>,
    _browser: Browser,
    person: Person,
) -> Result<StatusCode, Problem> {
    person.asker.is_proved(app.now())?;
    let (id, operator) = (person.account, person.operator);
    let write = app.store.write(&person.scope, move |tx| {
        let sql = "update account set totp = null, totp_at = null where id = ?2 and ?1 <> ''";
        tx.run(sql, &[(&id).into()])?;
        totp::drop_codes(tx, &id)?;
        note_change(tx, &operator, "totp_off")
    });
    write.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make new codes
///
/// For the day the app is lost. Those before are good no more.
#[utoipa::path(post, path = "/v1/account/recovery-codes", operation_id = "renewRecoveryCodes",
    tag = "Account", responses((status = 200, body = Data<Codes>)))]
async fn renew_codes(State(app): State<App>, person: Person) -> Result<Data<Codes>, Problem> {
    person.asker.is_proved(app.now())?;
    let (id, operator) = (person.account, person.operator);
    let write = app.store.write(&person.scope, move |tx| {
        note_change(tx, &operator, "recovery_codes")?;
        totp::renew_codes(tx, &id)
    });
    Ok(Data(Codes { recovery_codes: write.await? }))
}

/// List passkeys
///
/// Newest first.
#[utoipa::path(get, path = "/v1/account/passkeys", operation_id = "listPasskeys", tag = "Account",
    responses((status = 200, body = Passkeys)))]
async fn list_passkeys(State(app): State<App>, person: Person) -> Result<Json<Passkeys>> {
    let account = person.account;
    let read = app.store.system_read(move |tx| passkey::list(tx, &account));
    Ok(Json(Passkeys { data: read.await? }))
}

/// Begin to add a passkey
///
/// The question that `navigator.credentials.create` takes.
#[utoipa::path(post, path = "/v1/account/passkeys/question", operation_id = "beginPasskey",
    tag = "Account", responses((status = 200, body = Data<Question>)))]
async fn begin_passkey(
    State(app): State<App>,
    browser: Browser,
    person: Person,
) -> Result<Data<Question>, Problem> {
    person.asker.is_proved(app.now())?;
    Ok(Data(passkey::begin(&app, &browser, &person).await?))
}

/// Add a passkey
#[utoipa::path(post, path = "/v1/account/passkeys", operation_id = "addPasskey", tag = "Account",
    request_body = Answer, responses((status = 201, body = Data<Passkey>)))]
async fn add_passkey(
    State(app): State<App>,
    browser: Browser,
    person: Person,
    Body(answer): Body<Answer>,
) -> Result<Response, Problem> {
    let made = passkey::add(&app, &browser, &person, answer).await?;
    Ok((StatusCode::CREATED, Data(made)).into_response())
}

/// Remove a passkey
#[utoipa::path(delete, path = "/v1/account/passkeys/{id}", operation_id = "removePasskey",
    tag = "Account", params(("id" = String, Path, description = "Its id")),
    responses((status = 204, description = "Removed")))]
async fn remove_passkey(
    State(app): State<App>,
    _browser: Browser,
    person: Person,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    person.asker.is_proved(app.now())?;
    let (account, operator) = (person.account, person.operator);
    let write = app.store.write(&person.scope, move |tx| {
        passkey::remove(tx, &account, &id)?;
        note_change(tx, &operator, "passkey_removed")
    });
    write.await?;
    Ok(StatusCode::NO_CONTENT)
}
