//! Links that are good once: the claim of the first start, invitations, and new passwords.

use axum::http::HeaderValue;
use serde::{Deserialize, Serialize};
use store::{ReadTx, Scope, Tx};
use utoipa::ToSchema;

use super::{
    Account, Membership,
    login::{self, Method, NewLogin},
    memberships, note_change, password,
    sign_in::{self, Entered, Shown},
    throttle::{self, Counter, GUESSES, GUESSES_OF_ADDRESS, LINKS},
    totp::Factor,
    voucher::{self, Purpose, Voucher},
};
use crate::{
    access,
    email::Email,
    error::{Error, Result},
    event,
    http::{App, Browser, Person, Problem},
    id::OperatorId,
    operator::{self, AccessRole, NewOperator, Operator, OperatorPatch},
    outbox, setting, time, workspace,
};

/// Whom to invite.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewInvitation {
    /// Where they get mail, and sign in with.
    #[schema(value_type = String, format = Email, max_length = 254)]
    pub email: Email,
    /// What colleagues call them; their address until they say.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    /// What they may do: `operator` unless told otherwise.
    #[serde(default)]
    pub access_role: Option<AccessRole>,
    /// Whether they see only the conversations that were given to them.
    #[serde(default)]
    pub own_conversations_only: bool,
}

/// An invitation that was sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Invitation {
    /// Names it: the id of the operator.
    pub id: OperatorId,
    /// Whom they will be.
    pub operator: Operator,
    /// The link that was sent, to be passed on by other means. It is shown this once.
    pub url: String,
    /// Until when it is good.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: jiff::Timestamp,
}

/// An invitation that nobody has accepted yet. Its link is not kept: to invite again makes another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OpenInvitation {
    /// Names it: the id of the operator.
    pub id: OperatorId,
    /// Whom they will be.
    pub operator: Operator,
    /// When it was sent.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: jiff::Timestamp,
    /// Until when it is good.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: jiff::Timestamp,
}

/// What somebody shows who was invited.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct Join {
    /// What the link ends with.
    pub token: String,
    /// A new password, of 12 characters or more; that of their account if they have one.
    pub password: String,
    /// What colleagues call them.
    #[serde(default)]
    pub name: Option<String>,
    /// The code of their app, if their account asks for one.
    #[serde(default)]
    pub code: Option<String>,
}

/// What the first one shows.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct Claim {
    /// What the link ends with that the program printed.
    pub token: String,
    /// Where they get mail, and sign in with.
    #[schema(value_type = String, format = Email, max_length = 254)]
    pub email: Email,
    /// A password, of 12 characters or more.
    pub password: String,
    /// What colleagues call them.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
}

/// Writes an invitation down and sends it. `origin` is where our pages are.
pub(super) fn invite(tx: &mut Tx<'_>, new: &NewInvitation, origin: &str) -> Result<Invitation> {
    let operator = match operator::find_by(tx, new.email.as_given()) {
        Ok(known) => {
            let patch = OperatorPatch {
                name: new.name.clone(),
                access_role: new.access_role,
                own_conversations_only: new.own_conversations_only.then_some(true),
                is_active: Some(true),
                ..OperatorPatch::default()
            };
            operator::update(tx, &known.id, &patch)?
        }
        Err(Error::NotFound(_)) => {
            let name = new.name.clone().unwrap_or_else(|| new.email.as_given().to_owned());
            let new = NewOperator {
                email: new.email.clone(),
                name,
                role: None,
                access_role: new.access_role,
                own_conversations_only: new.own_conversations_only,
            };
            operator::create(tx, &new)?
        }
        Err(error) => return Err(error),
    };
    if super::of_operator(tx, &operator.id)?.is_some() {
        let by = "an operator who has joined".to_owned();
        return Err(Error::Taken { field: "email", by });
    }
    let (url, expires_at) = link(tx, Purpose::Invitation, Some(&operator.id), origin)?;
    let body = format!(
        "You are invited to work in Switchboard.\n\nOpen this link within three days to choose a \
         password:\n\n{url}\n"
    );
    outbox::put(
        tx,
        &operator.email,
        "You are invited to Switchboard",
        &body,
        operator.id.as_str(),
    )?;
    let payload =
        serde_json::json!({ "operator_id": operator.id.as_str(), "email": operator.email });
    event::append(tx, event::Kind::InvitationCreated, operator.id.as_str(), &payload.to_string())?;
    Ok(Invitation { id: operator.id.clone(), operator, url, expires_at })
}

/// Those that nobody has accepted yet, newest first.
pub(super) fn open(tx: &mut ReadTx<'_>) -> Result<Vec<OpenInvitation>> {
    let mut all = Vec::new();
    for (id, created_at, expires_at) in voucher::invitations(tx)? {
        let operator = operator::find(tx, &id)?;
        if operator.is_active() {
            all.push(OpenInvitation { id, operator, created_at, expires_at });
        }
    }
    Ok(all)
}

/// Voids the link, and deactivates whom it would have let in.
pub(super) fn withdraw(tx: &mut Tx<'_>, id: &OperatorId) -> Result<()> {
    if !voucher::void_invitation(tx, id)? {
        return Err(Error::NotFound("invitation"));
    }
    let patch = OperatorPatch { is_active: Some(false), ..OperatorPatch::default() };
    operator::update(tx, id, &patch).map(drop)
}

/// A new link about an operator of this workspace, or about none.
fn link(
    tx: &mut Tx<'_>,
    purpose: Purpose,
    operator: Option<&OperatorId>,
    origin: &str,
) -> Result<(String, jiff::Timestamp)> {
    let token = access::new_token(|| tx.random());
    let workspace = tx.scope().workspace().parse()?;
    let voucher = Voucher { workspace, operator: operator.cloned(), account: None, data: None };
    voucher::put(tx, purpose, &voucher, &token)?;
    // What stands behind the number sign is never sent to a server, and so is in no log.
    let page = if purpose == Purpose::Claim { "claim" } else { "join" };
    Ok((format!("{origin}/{page}#{token}"), tx.now() + purpose.lasts()))
}

/// A link with which the first one may claim the program, while nobody has; earlier links are good
/// no more.
///
/// # Errors
/// Those of the store.
pub async fn claim_link(app: &App, origin: &str) -> Result<Option<String>> {
    if app.store.system_read(super::is_claimed).await? {
        return Ok(None);
    }
    let workspace = workspace::look_up(&app.store, workspace::DEFAULT).await?.id;
    let (scope, origin) = (Scope::new(workspace.as_str()), origin.to_owned());
    let write = app.store.write(&scope, move |tx| link(tx, Purpose::Claim, None, &origin));
    Ok(Some(write.await?.0))
}

/// A link with which an operator chooses a password, for whoever made them at the console.
///
/// # Errors
/// When they have an account already.
pub async fn console_link(
    store: &store::Store,
    scope: &Scope,
    operator: OperatorId,
    origin: &str,
) -> Result<String> {
    let origin = origin.to_owned();
    let write =
        store.write(scope, move |tx| link(tx, Purpose::Invitation, Some(&operator), &origin));
    Ok(write.await?.0)
}

/// Makes the first account, the owner's. Of many who try at once, one does.
pub(super) async fn claim(app: &App, browser: &Browser, claim: Claim) -> Result<Entered, Problem> {
    if app.store.system_read(super::is_claimed).await? {
        return Err(Problem::claimed());
    }
    judge_link(app, browser).await?;
    password::check(&claim.password, claim.email.as_given())?;
    let hash = password::hash(&claim.password, (app.world.random)()).await?;
    let token = claim.token.clone();
    let found = app.store.system_read(move |tx| voucher::find(tx, Purpose::Claim, &token)).await?;
    let voucher = found.ok_or_else(voucher::used)?;
    let scope = Scope::new(voucher.workspace.as_str());
    let write = app.store.write(&scope, move |tx| {
        voucher::take(tx, Purpose::Claim, &claim.token)?;
        let owner = match operator::find_by(tx, claim.email.as_given()) {
            Ok(known) => {
                let owner = Some(AccessRole::Owner);
                let patch = OperatorPatch { access_role: owner, ..OperatorPatch::default() };
                operator::update(tx, &known.id, &patch)?
            }
            Err(Error::NotFound(_)) => {
                let new = NewOperator::new(claim.email.clone(), &claim.name, AccessRole::Owner);
                operator::create(tx, &new)?
            }
            Err(error) => return Err(error),
        };
        let account = super::create(tx, &claim.email, &hash)?;
        super::join(tx, &account.id, &owner.id)?;
        setting::first_run::begin(tx)?;
        Ok((account, owner.id))
    });
    let (account, operator) = write.await?;
    let membership = Membership { workspace: voucher.workspace, operator };
    let new = NewLogin::new(app, browser, (account, membership), Method::Link);
    sign_in::enter(app, browser, new, Factor::None).await
}

/// Lets somebody in who was invited: with a new account, or with the one that they have.
pub(super) async fn join(app: &App, browser: &Browser, join: Join) -> Result<Entered, Problem> {
    judge_link(app, browser).await?;
    let token = join.token.clone();
    let found =
        app.store.system_read(move |tx| voucher::find(tx, Purpose::Invitation, &token)).await?;
    let voucher = found.ok_or_else(voucher::used)?;
    let operator = voucher.operator.ok_or_else(voucher::used)?;
    let scope = Scope::new(voucher.workspace.as_str()).by(operator.as_str());
    let id = operator.clone();
    let invited = app.store.read(&scope, move |tx| operator::find(tx, &id)).await?;
    if !invited.is_active() {
        return Err(voucher::used().into());
    }
    let email = Email::try_from(invited.email.clone());
    let email = email.map_err(|problem| Error::invalid("email", problem))?;
    let wanted = email.clone();
    let known = app.store.system_read(move |tx| super::by_email(tx, &wanted)).await?;
    let mut hash = String::new();
    let (known, factor) = if known.is_some() {
        let code = join.code.as_deref();
        let shown = Shown { email: &email, password: &join.password, code, workspace: None };
        let (account, factor) = sign_in::prove(app, browser, &shown).await?;
        (Some(account), factor)
    } else {
        password::check(&join.password, email.as_given())?;
        hash = password::hash(&join.password, (app.world.random)()).await?;
        (None, Factor::None)
    };
    let (token, name, id) = (join.token, join.name, operator.clone());
    let write = app.store.write(&scope, move |tx| {
        voucher::take(tx, Purpose::Invitation, &token)?;
        let account = match known {
            Some(account) => account,
            None => super::create(tx, &email, &hash)?,
        };
        super::join(tx, &account.id, &id)?;
        if name.as_deref().is_some_and(|name| !name.trim().is_empty()) {
            operator::update(tx, &id, &OperatorPatch { name, ..OperatorPatch::default() })?;
        }
        let payload = serde_json::json!({ "operator_id": id.as_str() });
        event::append(tx, event::Kind::InvitationAccepted, id.as_str(), &payload.to_string())?;
        Ok::<_, Error>(account)
    });
    let account = write.await?;
    forgive_link(app, browser).await?;
    let membership = Membership { workspace: voucher.workspace, operator };
    let new = NewLogin::new(app, browser, (account, membership), Method::Link);
    sign_in::enter(app, browser, new, factor).await
}

/// Sends a link for a new password, if there is such an account; whoever asks does not hear whether.
pub(super) async fn ask_for_reset(
    app: &App,
    browser: &Browser,
    email: Email,
) -> Result<(), Problem> {
    let counters = vec![
        Counter::new("link", &email.folded(), LINKS),
        Counter::new("address", &browser.address.to_string(), GUESSES_OF_ADDRESS),
    ];
    if throttle::count(&app.store, counters).await?.is_some() {
        // To say so would be to say that somebody asked before.
        return Ok(());
    }
    Ok(send_reset(app, email).await?)
}

async fn send_reset(app: &App, email: Email) -> Result<()> {
    let nobody = Counter::new("nobody", &email.folded(), LINKS);
    let found = app.store.system_read(move |tx| {
        let Some(account) = super::by_email(tx, &email)? else { return Ok(None) };
        let all = memberships(tx, &account.id)?;
        Ok::<_, Error>(all.into_iter().next().map(|membership| (account, membership)))
    });
    let Some((account, membership)) = found.await? else {
        // It takes as long, so that nobody can tell by that: one thing is written down.
        return throttle::count(&app.store, vec![nobody]).await.map(drop);
    };
    // The name that a request came to is whatever its sender wrote.
    let origin = app.config.origin();
    let scope = Scope::new(membership.workspace.as_str()).by(membership.operator.as_str());
    let write = app.store.write(&scope, move |tx| {
        let token = access::new_token(|| tx.random());
        let (workspace, id) = (membership.workspace, account.id);
        let voucher = Voucher { workspace, operator: None, account: Some(id), data: None };
        voucher::put(tx, Purpose::Reset, &voucher, &token)?;
        let body = format!(
            "Somebody asked for a new password for this address.\n\nOpen this link within an hour to \
             choose one:\n\n{origin}/reset#{token}\n\nIf it was not you, there is nothing to do.\n"
        );
        let operator = membership.operator.as_str();
        outbox::put(tx, &account.email, "A new password for Switchboard", &body, operator)
    });
    write.await
}

/// Sets a new password with a link. Nobody is signed in by it: a second factor is still asked for.
pub(super) async fn reset(
    app: &App,
    browser: &Browser,
    (token, password): (String, String),
) -> Result<(), Problem> {
    judge_link(app, browser).await?;
    let wanted = token.clone();
    let found = app.store.system_read(move |tx| voucher::find(tx, Purpose::Reset, &wanted)).await?;
    let voucher = found.ok_or_else(voucher::used)?;
    let id = voucher.account.ok_or_else(voucher::used)?;
    let account = app.store.system_read(move |tx| super::find(tx, &id)).await?;
    password::check(&password, &account.email)?;
    let hash = password::hash(&password, (app.world.random)()).await?;
    let (scope, id) = (Scope::new(voucher.workspace.as_str()), account.id.clone());
    let write = app.store.write(&scope, move |tx| {
        voucher::take(tx, Purpose::Reset, &token)?;
        set_password(tx, &id, &hash).map(drop)
    });
    write.await?;
    forgive_link(app, browser).await?;
    end_everywhere(app, &account.id, ("", "password_reset")).await?;
    Ok(())
}

/// Sets a new password for somebody who is signed in. Every other login ends; this one goes on under
/// another token.
pub(super) async fn change_password(
    app: &App,
    browser: &Browser,
    person: &Person,
    password: String,
) -> Result<Vec<HeaderValue>, Problem> {
    let id = person.account.clone();
    let account = app.store.system_read(move |tx| super::find(tx, &id)).await?;
    password::check(&password, &account.email)?;
    let hash = password::hash(&password, (app.world.random)()).await?;
    let token = access::new_token(|| (app.world.random)());
    let (id, login, kept) = (account.id.clone(), person.login.clone(), token.clone());
    let write = app.store.write(&person.scope, move |tx| {
        let epoch = set_password(tx, &id, &hash)?;
        login::renew(tx, &login, &kept, epoch)
    });
    write.await?;
    end_everywhere(app, &account.id, (&person.login, "password")).await?;
    Ok(sign_in::cookies(app, browser, &account, &token))
}

/// Stores a new password: what was let in with the old one is let in no more.
fn set_password(tx: &mut Tx<'_>, account: &str, hash: &str) -> Result<i64> {
    let sql = "update account set password = ?3, epoch = epoch + 1 where id = ?2
               and exists (select 1 from membership where workspace = ?1 and account = ?2)
               returning epoch";
    let epoch = tx.first(sql, &[account.into(), hash.into()], |row| row.get::<i64>(0))?;
    epoch.ok_or(Error::NotFound("account"))
}

/// Tells every workspace that an account works in that its logins are over, but `kept`.
async fn end_everywhere(app: &App, account: &str, (kept, why): (&str, &'static str)) -> Result<()> {
    app.passes.clear();
    let id = account.to_owned();
    let all = app.store.system_read(move |tx| memberships(tx, &id)).await?;
    for Membership { workspace, operator } in all {
        let scope = Scope::new(workspace.as_str()).by(operator.as_str());
        let (account, kept) = (account.to_owned(), kept.to_owned());
        let write = app.store.write(&scope, move |tx| {
            login::end_all(tx, &account, &kept)?;
            note_change(tx, &operator, why)
        });
        write.await?;
    }
    Ok(())
}

/// Counts one who shows a link. Who has one that is good did not guess: [`forgive_link`].
async fn judge_link(app: &App, browser: &Browser) -> Result<(), Problem> {
    match throttle::count(&app.store, vec![links_of(browser)]).await? {
        Some(seconds) => Err(Problem::too_many_guesses(seconds)),
        None => Ok(()),
    }
}

/// An office joins from one address.
async fn forgive_link(app: &App, browser: &Browser) -> Result<()> {
    throttle::forgive(&app.store, vec![links_of(browser)]).await
}

fn links_of(browser: &Browser) -> Counter {
    Counter::new("shown", &browser.address.to_string(), GUESSES)
}

/// An account that a person who is signed in proves once more to be theirs.
pub(super) async fn prove_again(
    app: &App,
    person: &Person,
    (password, code): (Option<&str>, Option<&str>),
) -> Result<(), Problem> {
    let id = person.account.clone();
    let account: Account = app.store.system_read(move |tx| super::find(tx, &id)).await?;
    let factor =
        match (password, code, account.totp.as_deref().filter(|_| account.totp_at.is_some())) {
            (_, Some(code), Some(sealed)) => {
                let judged = sign_in::judge_code(app, &account, sealed, code).await?;
                judged.ok_or_else(Problem::invalid_code)?
            }
            (Some(password), _, _) => {
                let counter = Counter::new("proof", &account.id, GUESSES);
                if let Some(seconds) = throttle::count(&app.store, vec![counter.clone()]).await? {
                    return Err(Problem::too_many_guesses(seconds));
                }
                if !password::is_right(password, Some(&account)).await? {
                    return Err(Problem::invalid_login());
                }
                throttle::forget(&app.store, vec![counter]).await?;
                Factor::None
            }
            _ => return Err(Error::Missing("password").into()),
        };
    let (login, account) = (person.login.clone(), account.id);
    let write = app.store.write(&person.scope, move |tx| {
        let is_new = super::totp::take(tx, &account, &factor)?;
        if is_new {
            let now = tx.now();
            let sql = "update login set proved_at = ?3 where workspace = ?1 and id = ?2";
            tx.run(sql, &[(&login).into(), now.into()])?;
        }
        Ok::<_, Error>(is_new)
    });
    app.passes.clear();
    if write.await? { Ok(()) } else { Err(Problem::invalid_code()) }
}
