//! `/oauth`, as the RFCs have it, and `/v1/apps` and `/v1/grants`, as the rest of `/v1`.

use axum::{
    Json, Router,
    extract::{FromRequest, Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Scope;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    AppPatch, Grant, NewApp, RegisteredApp, SCOPES, Scopes, app, consent, grant,
    token::{self, ACCESS_LASTS, Found, Kind, Refusal},
};
use crate::{
    access, account,
    error::{Error, Result},
    http::{
        App, Body, Browser, Data, Form, Person, Post, Problem, Query, Reply, Scoped, guest_client,
        needs,
    },
    id::{Id, kind},
    page::{Page, PageParams, PageQuery},
};

/// The documented routes of this slice.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(find, update, delete))
        .routes(routes!(rotate))
        .routes(routes!(list_grants))
        .routes(routes!(revoke_grant))
        .routes(routes!(list_own_grants))
        .routes(routes!(revoke_own_grant))
}

/// The endpoints of OAuth, which RFC 8414 documents at `/.well-known`.
pub fn endpoints() -> Router<App> {
    Router::new()
        .route("/oauth/authorize", get(consent::ask).post(consent::answer))
        .route("/oauth/token", post(exchange))
        .route("/oauth/revoke", post(revoke))
        .route("/oauth/introspect", post(introspect))
        .route("/.well-known/oauth-authorization-server", get(metadata))
}

/// A form of one of the endpoints. What is not there is empty.
#[derive(Debug, Deserialize)]
struct TokenForm {
    grant_type: Option<String>,
    code: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
    refresh_token: Option<String>,
    scope: Option<String>,
    token: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

/// The errors of RFC 6749, whose shape is their own.
fn refused((code, words): Refusal) -> Response {
    let status = match code {
        "invalid_client" => StatusCode::UNAUTHORIZED,
        _ => StatusCode::BAD_REQUEST,
    };
    let mut response = answer(status, &json!({ "error": code, "error_description": words }));
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Basic realm=\"oauth\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

/// Nobody keeps what has a token in it.
fn answer(status: StatusCode, body: &serde_json::Value) -> Response {
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// Which app asks, by its secret where it has one: in the header, or in the form.
async fn client(
    app: &App,
    headers: &HeaderMap,
    form: &TokenForm,
) -> Result<Result<RegisteredApp, Refusal>> {
    const UNKNOWN: Refusal =
        ("invalid_client", "The app is not known, or its secret is not right.");
    const TWICE: Refusal =
        ("invalid_request", "Show who asks in one place: the header or the form.");
    let shown = match basic(headers) {
        Some(_) if form.client_secret.is_some() => return Ok(Err(TWICE)),
        Some((id, _)) if form.client_id.as_ref().is_some_and(|other| *other != id) => {
            return Ok(Err(TWICE));
        }
        Some(shown) => Some(shown),
        None if headers.contains_key(header::AUTHORIZATION) => return Ok(Err(UNKNOWN)),
        None => form.client_id.clone().map(|id| (id, form.client_secret.clone())),
    };
    let Some((id, secret)) = shown else { return Ok(Err(UNKNOWN)) };
    let found = app.store.system_read(move |tx| app::by_client_id(tx, &id)).await?;
    let secret = secret.filter(|secret| !secret.is_empty());
    let is_right = found.as_ref().is_some_and(|found| match (&secret, found.is_confidential) {
        (Some(secret), true) => found.has_secret(secret),
        (None, false) => true,
        _ => false,
    });
    Ok(found.filter(|_| is_right).ok_or(UNKNOWN))
}

/// The name and the secret of HTTP Basic, each encoded as in a form.
fn basic(headers: &HeaderMap) -> Option<(String, Option<String>)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(BASE64.decode(rest.trim()).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let plain = |text: &str| {
        let pair = format!("x={text}");
        let decoded = form_urlencoded::parse(pair.as_bytes()).next();
        decoded.map_or_else(String::new, |(_, value)| value.into_owned())
    };
    Some((plain(id), Some(plain(secret))))
}

/// An app that asks one of the endpoints, and what it asks with.
struct Caller {
    client: RegisteredApp,
    form: TokenForm,
}

impl FromRequest<App> for Caller {
    type Rejection = Response;

    /// Counts one request of the address before it is read.
    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let turn = app.guest_turn(&format!("oauth {}", guest_client(&parts))).await;
        turn.map_err(Problem::into_response)?;
        let headers = parts.headers.clone();
        let read = Form::from_request(Request::from_parts(parts, body), app).await;
        let Form(form) = read.map_err(Problem::into_response)?;
        let client = client(app, &headers, &form).await.map_err(Error::into_response)?;
        Ok(Self { client: client.map_err(refused)?, form })
    }
}

/// The token that a form shows, if it is of this app.
async fn shown(app: &App, client: &RegisteredApp, token: Option<&str>) -> Result<Option<Found>> {
    let Some(token) = token else { return Ok(None) };
    let hash = access::hash(token);
    let found = app.store.system_read(move |tx| token::find(tx, &hash)).await?;
    Ok(found.filter(|found| found.grant.app_id == client.id.as_str()))
}

/// `POST /oauth/token`
async fn exchange(
    State(app): State<App>,
    Caller { client, form }: Caller,
) -> Result<Response, Problem> {
    const OVER: Refusal = ("invalid_grant", "The code or token is not good, or not any more.");
    let (kind, token) = match form.grant_type.as_deref() {
        Some("authorization_code") => (Kind::Code, form.code.clone()),
        Some("refresh_token") => (Kind::Refresh, form.refresh_token.clone()),
        Some(_) => {
            let words = "The grant_type must be 'authorization_code' or 'refresh_token'.";
            return Ok(refused(("unsupported_grant_type", words)));
        }
        None => return Ok(refused(("invalid_request", "The grant_type is required."))),
    };
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return Ok(refused(("invalid_request", "The code, or the refresh_token, is required.")));
    };
    let found = shown(&app, &client, Some(&token)).await?;
    let Some(found) = found.filter(|found| found.kind == kind) else { return Ok(refused(OVER)) };
    if kind == Kind::Code
        && let Err(refusal) = check_code(&found, &form)
    {
        return Ok(refused(refusal));
    }
    let narrowed = match form.scope.as_deref().filter(|_| kind == Kind::Refresh) {
        Some(scope) => match Scopes::parse(scope).filter(|scopes| !scopes.is_empty()) {
            Some(scopes) => Some(scopes),
            None => return Ok(refused(("invalid_scope", "One of these scopes is not known."))),
        },
        None => None,
    };
    let scope = Scope::new(found.workspace.as_str()).by(found.grant.id.as_str());
    let write = app.store.write(&scope, move |tx| token::exchange(tx, &token, narrowed.as_ref()));
    match write.await? {
        Ok(pair) => Ok(answer(
            StatusCode::OK,
            &json!({
                "access_token": pair.access, "token_type": "Bearer",
                "expires_in": ACCESS_LASTS.as_secs(), "refresh_token": pair.refresh,
                "scope": pair.scopes,
            }),
        )),
        Err(refusal) => {
            // It may be that all that came of it has ended.
            app.passes.clear();
            Ok(refused(refusal))
        }
    }
}

/// Whether the request for a token goes with the one for the code.
fn check_code(found: &Found, form: &TokenForm) -> Result<(), Refusal> {
    const WRONG: Refusal = ("invalid_grant", "The request does not go with the one for the code.");
    if found.redirect_uri.as_deref() != Some(form.redirect_uri.as_deref().unwrap_or_default()) {
        return Err(WRONG);
    }
    match (&found.challenge, form.code_verifier.as_deref()) {
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) if token::is_verifier(verifier, challenge) => Ok(()),
        // Somebody may have taken the challenge off the first request.
        _ => Err(WRONG),
    }
}

/// `POST /oauth/revoke`: what comes of a token ends. RFC 7009 answers 200 for any token.
async fn revoke(
    State(app): State<App>,
    Caller { client, form }: Caller,
) -> Result<Response, Problem> {
    if form.token.is_none() {
        return Ok(refused(("invalid_request", "The token is required.")));
    }
    if let Some(found) = shown(&app, &client, form.token.as_deref()).await? {
        let scope = Scope::new(found.workspace.as_str()).by(found.grant.id.as_str());
        let id = found.grant.id;
        let write = app
            .store
            .write(&scope, move |tx| grant::revoke(tx, id.as_str(), None, "revoked_by_app"));
        match write.await {
            Ok(()) | Err(Error::NotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
        app.passes.clear();
    }
    Ok(answer(StatusCode::OK, &json!({})))
}

/// `POST /oauth/introspect`, as RFC 7662 has it: an app asks about its own tokens.
async fn introspect(
    State(app): State<App>,
    Caller { client, form }: Caller,
) -> Result<Response, Problem> {
    let now = app.now();
    let found = shown(&app, &client, form.token.as_deref()).await?;
    let found =
        found.filter(|found| found.kind != Kind::Code && now < found.ends_at && !found.is_over());
    let Some(found) = found else { return Ok(answer(StatusCode::OK, &json!({ "active": false }))) };
    let (id, epoch) = (found.grant.account.clone(), found.grant.epoch);
    let is_current = app.store.system_read(move |tx| account::is_current(tx, &id, epoch)).await?;
    let body = if is_current {
        json!({
            "active": true, "scope": found.scopes, "client_id": client.id.as_str(),
            "token_type": "Bearer", "exp": found.ends_at.as_second(),
            "iat": found.created_at.as_second(), "sub": found.grant.operator_id.as_str(),
            "aud": found.workspace.as_str(),
        })
    } else {
        json!({ "active": false })
    };
    Ok(answer(StatusCode::OK, &body))
}

/// `GET /.well-known/oauth-authorization-server`
async fn metadata(State(app): State<App>, browser: Browser) -> Response {
    let issuer = app.config.origin_or(&browser.origin);
    let scopes: Vec<&str> = SCOPES.iter().map(|(permission, _)| permission.as_str()).collect();
    let methods = ["client_secret_basic", "client_secret_post", "none"];
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/oauth/authorize"),
        "token_endpoint": format!("{issuer}/oauth/token"),
        "revocation_endpoint": format!("{issuer}/oauth/revoke"),
        "introspection_endpoint": format!("{issuer}/oauth/introspect"),
        "scopes_supported": scopes,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_methods_supported": methods,
        "authorization_response_iss_parameter_supported": true,
        "service_documentation": format!("{issuer}/docs"),
    }))
    .into_response()
}

/// List apps
///
/// Programs that may ask operators to act for them, newest first.
#[utoipa::path(get, path = "/v1/apps", operation_id = "listApps", tag = "Apps",
    params(PageParams), responses((status = 200, body = Page<RegisteredApp>)))]
async fn list(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    Query(page): Query<PageQuery<kind::App>>,
) -> Result<Json<Page<RegisteredApp>>> {
    let paging = page.paging()?;
    Ok(Json(app.store.read(&key.scope, move |tx| app::list(tx, &paging)).await?))
}

/// Register an app
///
/// The answer has its secret, once.
#[utoipa::path(post, path = "/v1/apps", operation_id = "createApp", tag = "Apps",
    request_body = NewApp, responses((status = 201, body = Data<RegisteredApp>)))]
async fn create(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    post: Post<NewApp>,
) -> Result<Reply, Problem> {
    key.asker.is_proved(app.now())?;
    let reply = post.run(&app, &key.asker, |tx, new| {
        let made = app::create(tx, &new)?;
        Reply::secret(StatusCode::CREATED, &made, made.id.as_str())
    });
    Ok(reply.await?)
}

/// Get an app
#[utoipa::path(get, path = "/v1/apps/{id}", operation_id = "getApp", tag = "Apps",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = Data<RegisteredApp>)))]
async fn find(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    Path(id): Path<String>,
) -> Result<Data<RegisteredApp>> {
    let id: Id<kind::App> = id.parse()?;
    Ok(Data(app.store.read(&key.scope, move |tx| app::find(tx, &id)).await?))
}

/// Change an app
///
/// Absent fields stay as they are.
#[utoipa::path(patch, path = "/v1/apps/{id}", operation_id = "updateApp", tag = "Apps",
    params(("id" = String, Path, description = "Its id")),
    request_body = AppPatch, responses((status = 200, body = Data<RegisteredApp>)))]
async fn update(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    Path(id): Path<String>,
    Body(patch): Body<AppPatch>,
) -> Result<Data<RegisteredApp>, Problem> {
    key.asker.is_proved(app.now())?;
    let id: Id<kind::App> = id.parse()?;
    Ok(Data(app.store.write(&key.scope, move |tx| app::update(tx, &id, &patch)).await?))
}

/// Delete an app
///
/// And all that it was granted.
#[utoipa::path(delete, path = "/v1/apps/{id}", operation_id = "deleteApp", tag = "Apps",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 204, description = "Deleted")))]
async fn delete(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let id: Id<kind::App> = id.parse()?;
    app.store.write(&key.scope, move |tx| app::delete(tx, &id)).await?;
    app.passes.clear();
    Ok(StatusCode::NO_CONTENT)
}

/// Rotate the secret
///
/// The answer has the new one, once; the one before is good no more.
#[utoipa::path(post, path = "/v1/apps/{id}/rotate-secret", operation_id = "rotateAppSecret",
    tag = "Apps", params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = Data<RegisteredApp>)))]
async fn rotate(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    Path(id): Path<String>,
    post: Post<serde_json::Map<String, serde_json::Value>>,
) -> Result<Reply, Problem> {
    key.asker.is_proved(app.now())?;
    let id: Id<kind::App> = id.parse()?;
    let reply = post.run(&app, &key.asker, move |tx, _| {
        let made = app::rotate(tx, &id)?;
        Reply::secret(StatusCode::OK, &made, made.id.as_str())
    });
    Ok(reply.await?)
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GrantList)]
struct Grants {
    data: Vec<Grant>,
}

/// List grants
///
/// What operators of the workspace let apps do, newest first: 1,000 at most.
#[utoipa::path(get, path = "/v1/grants", operation_id = "listGrants", tag = "Apps",
    responses((status = 200, body = Grants)))]
async fn list_grants(State(app): State<App>, key: Scoped<needs::Admin>) -> Result<Json<Grants>> {
    let data = app.store.read(&key.scope, |tx| grant::list(tx, None)).await?;
    Ok(Json(Grants { data }))
}

/// Revoke a grant
///
/// Its tokens open nothing from now on.
#[utoipa::path(delete, path = "/v1/grants/{id}", operation_id = "revokeGrant", tag = "Apps",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 204, description = "Revoked")))]
async fn revoke_grant(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let write = app.store.write(&key.scope, move |tx| grant::revoke(tx, &id, None, "revoked"));
    write.await?;
    app.passes.clear();
    Ok(StatusCode::NO_CONTENT)
}

/// List own grants
///
/// What whoever is signed in lets apps do in this workspace, newest first.
#[utoipa::path(get, path = "/v1/account/grants", operation_id = "listOwnGrants", tag = "Account",
    responses((status = 200, body = Grants)))]
async fn list_own_grants(State(app): State<App>, person: Person) -> Result<Json<Grants>> {
    let operator = person.operator;
    let data = app.store.read(&person.scope, move |tx| grant::list(tx, Some(&operator))).await?;
    Ok(Json(Grants { data }))
}

/// Revoke an own grant
///
/// Its tokens open nothing from now on.
#[utoipa::path(delete, path = "/v1/account/grants/{id}", operation_id = "revokeOwnGrant",
    tag = "Account", params(("id" = String, Path, description = "Its id")),
    responses((status = 204, description = "Revoked")))]
async fn revoke_own_grant(
    State(app): State<App>,
    _browser: Browser,
    person: Person,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let operator = person.operator;
    let write = app
        .store
        .write(&person.scope, move |tx| grant::revoke(tx, &id, Some(&operator), "revoked"));
    write.await?;
    app.passes.clear();
    Ok(StatusCode::NO_CONTENT)
}
