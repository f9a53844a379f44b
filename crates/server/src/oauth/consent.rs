//! `/oauth/authorize`: who asks, for what, and what an operator says to it.

use std::fmt::Write as _;

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;
use store::Scope;
use url::Url;

use super::{
    RegisteredApp, Scopes, app,
    grant::Grantor,
    page::{Page, escaped, hidden},
    token::{self, Bound},
};
use crate::{
    account::{self, Membership, login},
    error::{Error, Result},
    http::{App, Browser, Form, Person, Problem, Query},
    workspace,
};

/// What an app asks with, as RFC 6749 and 7636 have it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    response_type: String,
    scope: Option<String>,
    state: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

/// The same, and what was said to it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Said {
    #[serde(flatten)]
    asked: Asked,
    /// Shows that the form is ours, and was made for this login.
    #[serde(default)]
    seal: String,
    /// `allow`, or anything else.
    #[serde(default)]
    decision: String,
    #[serde(default)]
    workspace: String,
}

/// A question that can be asked.
struct Question {
    app: RegisteredApp,
    redirect: Url,
    scopes: Scopes,
}

/// Why there is none: a page, or an answer to the app.
enum Refusal {
    Page(&'static str),
    Redirect(Url, &'static str, &'static str),
}

/// What the seal of a form is for.
const PURPOSE: &str = "consent";
const STATE_BYTES_MAX: usize = 4_000;

/// Asks the operator who is signed in; whoever is not signs in first, and comes back.
pub(super) async fn ask(
    State(app): State<App>,
    browser: Browser,
    uri: Uri,
    Query(asked): Query<Asked>,
    person: Result<Person, Problem>,
) -> Result<Response, Problem> {
    let question = match examine(&app, &asked).await? {
        Ok(question) => question,
        Err(refusal) => return Ok(refusal.answer(&app, &browser, &asked)),
    };
    let Ok(person) = person else {
        let back = form_urlencoded::Serializer::new(String::new())
            .append_pair("next", &uri.to_string())
            .finish();
        return Ok(Redirect::to(&format!("/login?{back}")).into_response());
    };
    let places = places(&app, &person.account).await?;
    let page = consent(&app, (&question, &asked), &person, &places);
    Ok(page.answer(StatusCode::OK))
}

/// Takes what was said, and sends the operator back to the app.
pub(super) async fn answer(
    State(app): State<App>,
    browser: Browser,
    person: Person,
    Form(said): Form<Said>,
) -> Result<Response, Problem> {
    let question = match examine(&app, &said.asked).await? {
        Ok(question) => question,
        Err(refusal) => return Ok(refusal.answer(&app, &browser, &said.asked)),
    };
    if !app.secret.is_signed(PURPOSE, &sealed(&said.asked, &person.login), &said.seal) {
        return Err(Problem::foreign_page());
    }
    if said.decision != "allow" {
        let words = "The operator did not allow it.";
        let refusal = Refusal::Redirect(question.redirect, "access_denied", words);
        return Ok(refusal.answer(&app, &browser, &said.asked));
    }
    let id = person.account.clone();
    let account = app.store.system_read(move |tx| account::find(tx, &id)).await?;
    let places = places(&app, &person.account).await?;
    let place = places.into_iter().find(|(_, found)| found.id.as_str() == said.workspace);
    let Some((membership, _)) = place else { return Err(Error::NotFound("workspace").into()) };
    let by = Grantor {
        operator: membership.operator.clone(),
        account: account.id,
        epoch: account.epoch,
    };
    let bound = Bound {
        redirect_uri: said.asked.redirect_uri.clone(),
        challenge: said.asked.code_challenge.clone(),
    };
    let scope = Scope::new(membership.workspace.as_str()).by(membership.operator.as_str());
    let scope = scope.because_of(person.scope.cause());
    let Question { app: asks, redirect, scopes } = question;
    let write =
        app.store.write(&scope, move |tx| token::grant_code(tx, &asks, &by, (&scopes, &bound)));
    let code = write.await?;
    let mut redirect = redirect;
    {
        let mut query = redirect.query_pairs_mut();
        query.append_pair("code", &code);
        if let Some(state) = &said.asked.state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", &app.config.origin_or(&browser.origin));
    }
    Ok(see_other(&redirect))
}

/// Whether the question can be asked. Nobody is ever sent to an address that is not the app's.
async fn examine(app: &App, asked: &Asked) -> Result<Result<Question, Refusal>> {
    let id = asked.client_id.clone();
    let found = app.store.system_read(move |tx| app::by_client_id(tx, &id)).await?;
    let Some(found) = found else {
        return Ok(Err(Refusal::Page("No app of this name is registered here.")));
    };
    if !found.leads_to(&asked.redirect_uri) {
        let words = "The app asks to be answered at an address that is not registered for it.";
        return Ok(Err(Refusal::Page(words)));
    }
    let redirect = Url::parse(&asked.redirect_uri).map_err(Error::internal)?;
    let refuse = |code, words| Ok(Err(Refusal::Redirect(redirect.clone(), code, words)));
    if asked.state.as_ref().is_some_and(|state| STATE_BYTES_MAX < state.len()) {
        return refuse("invalid_request", "The state must be at most 4,000 bytes long.");
    }
    if asked.response_type != "code" {
        return refuse("unsupported_response_type", "The response_type must be 'code'.");
    }
    let scopes = match asked.scope.as_deref().filter(|scope| !scope.trim().is_empty()) {
        Some(scope) => Scopes::parse(scope),
        None => Some(found.asks_for()),
    };
    let Some(scopes) = scopes.filter(|scopes| scopes.are_within(&found.asks_for())) else {
        return refuse("invalid_scope", "The app may not ask for one of these scopes.");
    };
    match (&asked.code_challenge, asked.code_challenge_method.as_deref()) {
        (None, None) if found.is_confidential => {}
        (None, _) => return refuse("invalid_request", "A code_challenge of S256 is required."),
        (Some(challenge), Some("S256")) if token::is_challenge(challenge) => {}
        (Some(_), Some("S256")) => {
            return refuse("invalid_request", "The code_challenge is none of S256.");
        }
        (Some(_), _) => {
            return refuse("invalid_request", "The code_challenge_method must be 'S256'.");
        }
    }
    Ok(Ok(Question { app: found, redirect, scopes }))
}

impl Refusal {
    fn answer(self, app: &App, browser: &Browser, asked: &Asked) -> Response {
        match self {
            Self::Page(words) => {
                let body = format!(
                    "<p>{words}</p><p>Go back to where you came from, and tell its \
                                    makers.</p>"
                );
                let page = Page { title: "This app cannot be connected", body, leads_to: None };
                page.answer(StatusCode::BAD_REQUEST)
            }
            Self::Redirect(mut redirect, code, words) => {
                {
                    let mut query = redirect.query_pairs_mut();
                    query.append_pair("error", code).append_pair("error_description", words);
                    if let Some(state) = &asked.state {
                        query.append_pair("state", state);
                    }
                    query.append_pair("iss", &app.config.origin_or(&browser.origin));
                }
                see_other(&redirect)
            }
        }
    }
}

/// The browser goes there with a `GET`, and tells nobody where it came from.
fn see_other(url: &Url) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    if let Ok(url) = HeaderValue::from_str(url.as_str()) {
        headers.insert(header::LOCATION, url);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

type Place = (Membership, workspace::Workspace);

/// Where an account works now.
async fn places(app: &App, account: &str) -> Result<Vec<Place>> {
    let id = account.to_owned();
    let all = app.store.system_read(move |tx| {
        let mut all = Vec::new();
        for membership in account::memberships(tx, &id)? {
            let found = workspace::find(tx, membership.workspace.as_str())?;
            all.push((membership, found));
        }
        Ok::<_, Error>(all)
    });
    let mut places = Vec::new();
    for (membership, found) in all.await? {
        if login::pass_of(&app.store, &membership).await?.is_some() {
            places.push((membership, found));
        }
    }
    Ok(places)
}

/// All that the seal of a form binds together.
fn sealed(asked: &Asked, login: &str) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let parts = [
        login.to_owned(),
        asked.client_id.clone(),
        asked.redirect_uri.clone(),
        text(&asked.scope),
        text(&asked.state),
        text(&asked.code_challenge),
    ];
    parts.join("\n")
}

fn consent<'a>(
    app: &App,
    (question, asked): (&'a Question, &Asked),
    person: &Person,
    places: &[Place],
) -> Page<'a> {
    let name = escaped(&question.app.name);
    let mut body = String::new();
    // A text takes whatever is written into it.
    let _never_fails = write!(
        body,
        "<p><strong>{name}</strong> asks to act for you. It will be able to:</p><ul class=\"scopes\">"
    );
    for sentence in question.scopes.sentences() {
        let _never_fails = write!(body, "<li>{sentence}</li>");
    }
    let host = question.redirect.host_str().unwrap_or(question.redirect.scheme());
    let _never_fails = write!(
        body,
        "</ul><p class=\"quiet\">Never more than you may yourself. You will be sent to \
         <strong>{}</strong>. You can end it at any time, under Account → Apps.</p>",
        escaped(host)
    );
    body.push_str("<form method=\"post\" action=\"/oauth/authorize\">");
    let fields = [
        ("client_id", Some(&asked.client_id)),
        ("redirect_uri", Some(&asked.redirect_uri)),
        ("response_type", Some(&asked.response_type)),
        ("scope", asked.scope.as_ref()),
        ("state", asked.state.as_ref()),
        ("code_challenge", asked.code_challenge.as_ref()),
        ("code_challenge_method", asked.code_challenge_method.as_ref()),
    ];
    for (name, value) in fields {
        if let Some(value) = value {
            hidden(&mut body, name, value);
        }
    }
    hidden(&mut body, "seal", &app.secret.sign(PURPOSE, &sealed(asked, &person.login)));
    body.push_str("<label>In workspace <select name=\"workspace\">");
    for (membership, place) in places {
        let is_here = membership.workspace == person.asker.pass.workspace;
        let chosen = if is_here { " selected" } else { "" };
        let (id, name) = (escaped(place.id.as_str()), escaped(&place.name));
        let _never_fails = write!(body, "<option value=\"{id}\"{chosen}>{name}</option>");
    }
    body.push_str(
        "</select></label><div class=\"actions\">\
         <button class=\"primary\" name=\"decision\" value=\"allow\">Allow</button>\
         <button name=\"decision\" value=\"deny\">Do not allow</button></div></form>",
    );
    Page { title: "Connect an app", body, leads_to: Some(&question.redirect) }
}
