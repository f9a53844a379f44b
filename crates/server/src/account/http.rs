//! `/v1/login`, `/v1/account`, and the links that lead there.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    invitation::{self, Claim, Invitation, Join, NewInvitation, OpenInvitation},
    login::{self, Login},
    memberships,
    passkey::{self, Answer, Question},
    sign_in::{self, Entered, Shown},
    totp,
};
use crate::{
    email::Email,
    error::{Error, Result},
    http::{App, Body, Browser, Data, Person, Post, Problem, Reply, Scoped, needs},
    id::OperatorId,
    operator::{self, AccessRole, Operator},
    workspace,
};

/// The routes of this slice.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(sign_in))
        .routes(routes!(ask_passkey))
        .routes(routes!(sign_in_with_passkey))
        .routes(routes!(sign_out))
        .routes(routes!(claim))
        .routes(routes!(ask_for_reset))
        .routes(routes!(reset))
        .routes(routes!(list_invitations, invite))
        .routes(routes!(withdraw))
        .routes(routes!(join))
        .routes(routes!(find))
        .routes(routes!(change_password))
        .routes(routes!(prove))
        .routes(routes!(enter_workspace))
        .routes(routes!(list_logins))
        .routes(routes!(end_login))
        .merge(super::http_factor::router())
}

/// Who is signed in, and where.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Account)]
struct Me {
    /// Names the account for good.
    id: String,
    /// The address that they sign in with.
    email: String,
    /// Whom they are in this workspace.
    operator: Operator,
    /// Where they are now.
    workspace: Place,
    /// Everywhere they work.
    workspaces: Vec<Place>,
    /// Whether a code is asked for beside the password.
    has_totp: bool,
    /// Codes that are left for the day the app is lost.
    recovery_codes_left: i64,
    /// The login that asks.
    login_id: String,
}

/// A workspace that somebody works in.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = WorkspaceOfAccount)]
struct Place {
    /// Names it for good.
    id: String,
    /// Names it in addresses.
    slug: String,
    /// What people call it.
    name: String,
}

/// What somebody who signs in shows.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = SignIn)]
struct SignIn {
    /// The address of the account.
    #[schema(value_type = String, format = Email, max_length = 254)]
    email: Email,
    /// Its password.
    password: String,
    /// The code of the app, or one that was kept, where one is asked for.
    #[serde(default)]
    code: Option<String>,
    /// Which workspace to enter, by its slug or its id: the first one without it.
    #[serde(default)]
    workspace: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PasswordResetRequest)]
struct Address {
    /// The address of the account.
    #[schema(value_type = String, format = Email, max_length = 254)]
    email: Email,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PasswordReset)]
struct Reset {
    /// What the link ends with.
    token: String,
    /// A new password, of 12 characters or more.
    password: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = PasswordChange)]
struct Change {
    /// The one until now.
    current_password: String,
    /// A new one, of 12 characters or more.
    password: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = Proof)]
struct Proof {
    /// The password of the account.
    #[serde(default)]
    password: Option<String>,
    /// Or a code of the app.
    #[serde(default)]
    code: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = WorkspaceChoice)]
struct Choice {
    /// Its slug or its id.
    workspace: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoginList)]
struct Logins {
    data: Vec<Login>,
}

/// Who is signed in, as the answer to whoever just did.
async fn signed_in(app: &App, entered: Entered, status: StatusCode) -> Result<Response, Problem> {
    let Entered { account, membership, login, cookies } = entered;
    let place = (membership.workspace.as_str().to_owned(), membership.operator);
    let me = me(app, &account.id, place, login).await?;
    Ok(with_cookies((status, Data(me)).into_response(), cookies))
}

fn with_cookies(mut response: Response, cookies: Vec<HeaderValue>) -> Response {
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

async fn me(
    app: &App,
    account: &str,
    (workspace, operator): (String, OperatorId),
    login_id: String,
) -> Result<Me> {
    let account = account.to_owned();
    let read = app.store.system_read(move |tx| {
        let account = super::find(tx, &account)?;
        let mut places = Vec::new();
        for membership in memberships(tx, &account.id)? {
            let found = workspace::find(tx, membership.workspace.as_str())?;
            let id = found.id.as_str().to_owned();
            places.push(Place { id, slug: found.slug, name: found.name });
        }
        let left = totp::codes_left(tx, &account.id)?;
        Ok::<_, Error>((account, places, left))
    });
    let (account, workspaces, recovery_codes_left) = read.await?;
    let scope = store::Scope::new(&workspace);
    let operator = app.store.read(&scope, move |tx| operator::find(tx, &operator)).await?;
    let place = workspaces.iter().find(|place| place.id == workspace).cloned();
    Ok(Me {
        id: account.id,
        email: account.email,
        operator,
        workspace: place.ok_or(Error::NotFound("workspace"))?,
        workspaces,
        has_totp: account.totp_at.is_some(),
        recovery_codes_left,
        login_id,
    })
}

/// Sign in
///
/// The login is kept in a cookie. Where the account asks for a code, the answer without one is 401
/// with `code_needed`. Ten guesses are judged in a quarter of an hour.
#[utoipa::path(post, path = "/v1/login", operation_id = "signIn", tag = "Sign-in",
    request_body = SignIn, responses((status = 200, body = Data<Me>)))]
async fn sign_in(
    State(app): State<App>,
    browser: Browser,
    Body(body): Body<SignIn>,
) -> Result<Response, Problem> {
    let SignIn { email, password, code, workspace } = &body;
    let (code, workspace) = (code.as_deref(), workspace.as_deref());
    let shown = Shown { email, password, code, workspace };
    let entered = sign_in::by_password(&app, &browser, &shown).await?;
    signed_in(&app, entered, StatusCode::OK).await
}

/// Ask for a passkey
///
/// The question that `navigator.credentials.get` takes.
#[utoipa::path(post, path = "/v1/login/passkey", operation_id = "askForPasskey", tag = "Sign-in",
    responses((status = 200, body = Data<Question>)))]
async fn ask_passkey(State(app): State<App>, browser: Browser) -> Result<Data<Question>> {
    Ok(Data(passkey::ask(&app, &browser).await?))
}

/// Sign in with a passkey
#[utoipa::path(post, path = "/v1/login/passkey/answer", operation_id = "signInWithPasskey",
    tag = "Sign-in", request_body = Answer, responses((status = 200, body = Data<Me>)))]
async fn sign_in_with_passkey(
    State(app): State<App>,
    browser: Browser,
    Body(answer): Body<Answer>,
) -> Result<Response, Problem> {
    let entered = passkey::sign_in(&app, &browser, answer).await?;
    signed_in(&app, entered, StatusCode::OK).await
}

/// Sign out
///
/// The login of this browser ends.
#[utoipa::path(post, path = "/v1/logout", operation_id = "signOut", tag = "Account",
    responses((status = 204, description = "Signed out")))]
async fn sign_out(
    State(app): State<App>,
    browser: Browser,
    person: Person,
) -> Result<Response, Problem> {
    let (account, login) = (person.account, person.login);
    app.store.write(&person.scope, move |tx| login::end(tx, &account, &login)).await?;
    app.passes.clear();
    Ok(with_cookies(StatusCode::NO_CONTENT.into_response(), vec![browser.drop_login()]))
}

/// Claim the program
///
/// Makes the first account, the owner's, with the link that the program printed when it started.
#[utoipa::path(post, path = "/v1/claim", operation_id = "claim", tag = "Sign-in",
    request_body = Claim, responses((status = 201, body = Data<Me>)))]
async fn claim(
    State(app): State<App>,
    browser: Browser,
    Body(claim): Body<Claim>,
) -> Result<Response, Problem> {
    let entered = invitation::claim(&app, &browser, claim).await?;
    signed_in(&app, entered, StatusCode::CREATED).await
}

/// Ask for a new password
///
/// Sends a link that is good for an hour. The answer is the same whether there is such an account.
#[utoipa::path(post, path = "/v1/password-resets", operation_id = "askForPasswordReset",
    tag = "Sign-in", request_body = Address,
    responses((status = 204, description = "If there is such an account, a link is on its way")))]
async fn ask_for_reset(
    State(app): State<App>,
    browser: Browser,
    Body(Address { email }): Body<Address>,
) -> Result<StatusCode, Problem> {
    invitation::ask_for_reset(&app, &browser, email).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Set a new password
///
/// With what the link ends with. Every login of the account ends, and nobody is signed in by it.
#[utoipa::path(post, path = "/v1/password-resets/redeem", operation_id = "resetPassword",
    tag = "Sign-in", request_body = Reset,
    responses((status = 204, description = "Sign in with the new one")))]
async fn reset(
    State(app): State<App>,
    browser: Browser,
    Body(Reset { token, password }): Body<Reset>,
) -> Result<StatusCode, Problem> {
    invitation::reset(&app, &browser, (token, password)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Invite someone
///
/// Makes an operator, unless there is one of this address, and sends them a link that is good for
/// three days. Inviting again voids the link before.
#[utoipa::path(post, path = "/v1/invitations", operation_id = "createInvitation", tag = "Operators",
    request_body = NewInvitation, responses((status = 201, body = Data<Invitation>)))]
async fn invite(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    browser: Browser,
    post: Post<NewInvitation>,
) -> Result<Reply, Problem> {
    let is_owner =
        operator::is_owner(&app.store, &key.scope, key.asker.pass.operator.as_ref()).await?;
    if post.body().access_role == Some(AccessRole::Owner) && !is_owner {
        return Err(operator::only_owners().into());
    }
    let origin = app.config.origin_or(&browser.origin);
    let reply = post.run(&app, &key.asker, move |tx, new| {
        let made = invitation::invite(tx, &new, &origin)?;
        Reply::secret(StatusCode::CREATED, &made, made.operator.id.as_str())
    });
    Ok(reply.await?)
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InvitationList)]
struct Invitations {
    data: Vec<OpenInvitation>,
}

/// List open invitations
///
/// Those that nobody has accepted yet, newest first: 500 at most.
#[utoipa::path(get, path = "/v1/invitations", operation_id = "listInvitations", tag = "Operators",
    responses((status = 200, body = Invitations)))]
async fn list_invitations(
    State(app): State<App>,
    key: Scoped<needs::OperatorsRead>,
) -> Result<Json<Invitations>> {
    Ok(Json(Invitations { data: app.store.read(&key.scope, invitation::open).await? }))
}

/// Withdraw an invitation
///
/// Its link is good no more, and the operator is deactivated, who has not joined. Inviting them again
/// takes that back.
#[utoipa::path(delete, path = "/v1/invitations/{id}", operation_id = "withdrawInvitation",
    tag = "Operators", params(("id" = String, Path, description = "Its id: that of the operator")),
    responses((status = 204, description = "Withdrawn")))]
async fn withdraw(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let id: OperatorId = id.parse()?;
    app.store.write(&key.scope, move |tx| invitation::withdraw(tx, &id)).await?;
    app.passes.clear();
    Ok(StatusCode::NO_CONTENT)
}

/// Accept an invitation
///
/// With a new account, or with the one that somebody has already. They are signed in by it.
#[utoipa::path(post, path = "/v1/invitations/redeem", operation_id = "acceptInvitation",
    tag = "Sign-in", request_body = Join, responses((status = 200, body = Data<Me>)))]
async fn join(
    State(app): State<App>,
    browser: Browser,
    Body(join): Body<Join>,
) -> Result<Response, Problem> {
    let entered = invitation::join(&app, &browser, join).await?;
    signed_in(&app, entered, StatusCode::OK).await
}

/// Get the account
///
/// Who is signed in, and where.
#[utoipa::path(get, path = "/v1/account", operation_id = "getAccount", tag = "Account",
    responses((status = 200, body = Data<Me>)))]
async fn find(State(app): State<App>, person: Person) -> Result<Data<Me>> {
    let place = (person.asker.pass.workspace.as_str().to_owned(), person.operator);
    Ok(Data(me(&app, &person.account, place, person.login).await?))
}

/// Change the password
///
/// Every other login of the account ends, and what apps were granted.
#[utoipa::path(post, path = "/v1/account/password", operation_id = "changePassword",
    tag = "Account", request_body = Change,
    responses((status = 204, description = "Changed")))]
async fn change_password(
    State(app): State<App>,
    browser: Browser,
    person: Person,
    Body(Change { current_password, password }): Body<Change>,
) -> Result<Response, Problem> {
    invitation::prove_again(&app, &person, (Some(&current_password), None)).await?;
    let cookies = invitation::change_password(&app, &browser, &person, password).await?;
    Ok(with_cookies(StatusCode::NO_CONTENT.into_response(), cookies))
}

/// Prove who you are
///
/// What lets people in is changed only by somebody who proved within ten minutes who they are:
/// others are answered 403 with `proof_needed`.
#[utoipa::path(post, path = "/v1/account/proof", operation_id = "proveAccount", tag = "Account",
    request_body = Proof, responses((status = 204, description = "For ten minutes")))]
async fn prove(
    State(app): State<App>,
    person: Person,
    Body(proof): Body<Proof>,
) -> Result<StatusCode, Problem> {
    let shown = (proof.password.as_deref(), proof.code.as_deref());
    invitation::prove_again(&app, &person, shown).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Enter another workspace
///
/// The login of this browser goes on there, as another one.
#[utoipa::path(post, path = "/v1/account/workspace", operation_id = "enterWorkspace",
    tag = "Account", request_body = Choice, responses((status = 200, body = Data<Me>)))]
async fn enter_workspace(
    State(app): State<App>,
    browser: Browser,
    person: Person,
    Body(Choice { workspace }): Body<Choice>,
) -> Result<Response, Problem> {
    person.asker.is_proved(app.now())?;
    let id = person.account.clone();
    let account = app.store.system_read(move |tx| super::find(tx, &id)).await?;
    let membership = sign_in::choose(&app, &account, Some(&workspace)).await?;
    let new = login::NewLogin::new(&app, &browser, (account, membership), login::Method::Link);
    let entered = sign_in::enter(&app, &browser, new, totp::Factor::None).await?;
    let (account, old) = (person.account, person.login);
    app.store.write(&person.scope, move |tx| login::end(tx, &account, &old)).await?;
    app.passes.clear();
    signed_in(&app, entered, StatusCode::OK).await
}

/// List logins
///
/// Browsers in which the account is signed in to this workspace, newest first.
#[utoipa::path(get, path = "/v1/account/logins", operation_id = "listLogins", tag = "Account",
    responses((status = 200, body = Logins)))]
async fn list_logins(State(app): State<App>, person: Person) -> Result<Json<Logins>> {
    let (account, login) = (person.account, person.login);
    let read = app.store.read(&person.scope, move |tx| login::list(tx, &account, &login));
    Ok(Json(Logins { data: read.await? }))
}

/// End a login
#[utoipa::path(delete, path = "/v1/account/logins/{id}", operation_id = "endLogin",
    tag = "Account", params(("id" = String, Path, description = "Its id")),
    responses((status = 204, description = "Ended")))]
async fn end_login(
    State(app): State<App>,
    _browser: Browser,
    person: Person,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let account = person.account;
    app.store.write(&person.scope, move |tx| login::end(tx, &account, &id)).await?;
    app.passes.clear();
    Ok(StatusCode::NO_CONTENT)
}
