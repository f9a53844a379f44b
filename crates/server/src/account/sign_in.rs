//! To sign in: who it is, whether they are, and into which workspace.

use axum::http::HeaderValue;

use super::{
    Account, Membership,
    login::{self, Method, NewLogin},
    memberships, password,
    throttle::{self, Counter, GUESSES, GUESSES_OF_ADDRESS},
    totp::{self, Factor},
};
use crate::{
    access,
    email::Email,
    error::{Error, Result},
    event,
    http::{App, Browser, Problem},
    workspace,
};

/// Somebody who was let in, and what their browser keeps.
pub(super) struct Entered {
    pub(super) account: Account,
    pub(super) membership: Membership,
    pub(super) login: String,
    pub(super) cookies: Vec<HeaderValue>,
}

/// What somebody who wants to sign in shows.
pub(super) struct Shown<'a> {
    pub(super) email: &'a Email,
    pub(super) password: &'a str,
    pub(super) code: Option<&'a str>,
    pub(super) workspace: Option<&'a str>,
}

const DEVICE_PURPOSE: &str = "device";

/// Signs in with a password, and a code where one is asked for.
pub(super) async fn by_password(
    app: &App,
    browser: &Browser,
    shown: &Shown<'_>,
) -> Result<Entered, Problem> {
    let (account, factor) = prove(app, browser, shown).await?;
    let method = match factor {
        Factor::None => Method::Password,
        Factor::Step(_) => Method::PasswordAndCode,
        Factor::Recovery(_) => Method::PasswordAndRecoveryCode,
    };
    let membership = choose(app, &account, shown.workspace).await?;
    let new = NewLogin::new(app, browser, (account, membership), method);
    let entered = enter(app, browser, new, factor).await?;
    throttle::forget(&app.store, counters(app, browser, shown.email)).await?;
    Ok(entered)
}

/// Judges what was shown: whose account it is, and the second factor, which is not used up yet.
pub(super) async fn prove(
    app: &App,
    browser: &Browser,
    shown: &Shown<'_>,
) -> Result<(Account, Factor), Problem> {
    let counters = counters(app, browser, shown.email);
    if let Some(seconds) = throttle::count(&app.store, counters.clone()).await? {
        return Err(Problem::too_many_guesses(seconds));
    }
    let email = shown.email.clone();
    let account = app.store.system_read(move |tx| super::by_email(tx, &email)).await?;
    let is_right = password::is_right(shown.password, account.as_ref()).await?;
    let account = match account {
        Some(account) if is_right => account,
        Some(account) => {
            note_refusal(app, browser, &account, "password").await?;
            return Err(Problem::invalid_login());
        }
        None => return Err(Problem::invalid_login()),
    };
    let Some(sealed) = account.totp.as_deref().filter(|_| account.totp_at.is_some()) else {
        return Ok((account, Factor::None));
    };
    let Some(code) = shown.code.filter(|code| !code.trim().is_empty()) else {
        // Who knows the password did not guess.
        throttle::forgive(&app.store, counters).await?;
        return Err(Problem::code_needed());
    };
    let Some(factor) = judge_code(app, &account, sealed, code).await? else {
        note_refusal(app, browser, &account, "code").await?;
        return Err(Problem::invalid_code());
    };
    Ok((account, factor))
}

/// Whether `code` is one of the app, or one that was kept.
pub(super) async fn judge_code(
    app: &App,
    account: &Account,
    sealed: &str,
    code: &str,
) -> Result<Option<Factor>, Problem> {
    let counter = Counter::new("code", &account.id, GUESSES);
    if let Some(seconds) = throttle::count(&app.store, vec![counter]).await? {
        return Err(Problem::too_many_guesses(seconds));
    }
    if let Some(step) = totp::step(&app.secret, sealed, code, app.now())? {
        return Ok(Some(Factor::Step(step)));
    }
    let Some(hash) = totp::recovery_hash(code) else { return Ok(None) };
    let (id, wanted) = (account.id.clone(), hash.clone());
    let is_kept = app.store.system_read(move |tx| totp::is_kept(tx, &id, &wanted)).await?;
    Ok(is_kept.then_some(Factor::Recovery(hash)))
}

/// Where guesses about an account are counted. A browser in which its owner was signed in before has
/// a count of its own: strangers cannot use it up.
fn counters(app: &App, browser: &Browser, email: &Email) -> Vec<Counter> {
    let known = browser.device.as_deref().filter(|device| is_device_of(app, device, email));
    let own = match known {
        Some(device) => Counter::new("device", device, GUESSES),
        None => Counter::new("account", &email.folded(), GUESSES),
    };
    let address = browser.address.to_string();
    vec![own, Counter::new("address", &address, GUESSES_OF_ADDRESS)]
}

fn is_device_of(app: &App, device: &str, email: &Email) -> bool {
    device.split_once('.').is_some_and(|(name, signature)| {
        let text = format!("{name} {}", email.folded());
        app.secret.is_signed(DEVICE_PURPOSE, &text, signature)
    })
}

/// The workspace that was asked for, or the first that they work in.
pub(super) async fn choose(
    app: &App,
    account: &Account,
    wanted: Option<&str>,
) -> Result<Membership, Problem> {
    let id = account.id.clone();
    let all = app.store.system_read(move |tx| memberships(tx, &id)).await?;
    let wanted = match wanted {
        Some(wanted) => match workspace::look_up(&app.store, wanted).await {
            Ok(found) => Some(found.id),
            Err(Error::NotFound(_)) => return Err(Problem::works_nowhere()),
            Err(error) => return Err(error.into()),
        },
        None => None,
    };
    for membership in all {
        let is_wanted = wanted.as_ref().is_none_or(|wanted| *wanted == membership.workspace);
        if is_wanted && login::pass_of(&app.store, &membership).await?.is_some() {
            return Ok(membership);
        }
    }
    Err(Problem::works_nowhere())
}

/// Writes the login down, uses the second factor up, and says what the browser is to keep.
pub(super) async fn enter(
    app: &App,
    browser: &Browser,
    new: NewLogin,
    factor: Factor,
) -> Result<Entered, Problem> {
    let token = access::new_token(|| (app.world.random)());
    let (written, kept) = (new.clone(), token.clone());
    let write = app.store.write(&new.scope(), move |tx| {
        if !totp::take(tx, &written.account.id, &factor)? {
            return Ok(None);
        }
        login::create(tx, &written, &kept).map(Some)
    });
    let Some(login) = write.await? else { return Err(Problem::invalid_code()) };
    let cookies = cookies(app, browser, &new.account, &token);
    Ok(Entered { account: new.account, membership: new.membership, login, cookies })
}

/// What a browser is told to keep of a login.
pub(super) fn cookies(
    app: &App,
    browser: &Browser,
    account: &Account,
    token: &str,
) -> Vec<HeaderValue> {
    let seconds = app.config.sign_in.login_days * 24 * 3600;
    let mut cookies = vec![browser.keep_login(token, seconds)];
    let email = Email::try_from(account.email.clone());
    if let Ok(email) = email
        && !browser.device.as_deref().is_some_and(|device| is_device_of(app, device, &email))
    {
        let name = access::new_token(|| (app.world.random)());
        let signature = app.secret.sign(DEVICE_PURPOSE, &format!("{name} {}", email.folded()));
        cookies.push(browser.keep_device(&format!("{name}.{signature}")));
    }
    cookies
}

/// Notes in the log of their first workspace that somebody guessed wrong about an account.
async fn note_refusal(
    app: &App,
    browser: &Browser,
    account: &Account,
    what: &'static str,
) -> Result<()> {
    let id = account.id.clone();
    let all = app.store.system_read(move |tx| memberships(tx, &id)).await?;
    let Some(Membership { workspace, operator }) = all.into_iter().next() else { return Ok(()) };
    let scope = store::Scope::new(workspace.as_str());
    let payload = serde_json::json!({
        "operator_id": operator.as_str(), "wrong": what,
        "address": browser.address.to_string(), "agent": browser.agent,
    });
    let write = app.store.write(&scope, move |tx| {
        event::append(tx, event::Kind::LoginRefused, operator.as_str(), &payload.to_string())
            .map(drop)
    });
    write.await
}
