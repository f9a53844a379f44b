//! The edge: routes, who is asking, and what every answer carries.

mod address;
mod asker;
mod assets;
mod browser;
mod crowd;
mod door;
mod extract;
mod family;
mod fields;
mod health;
mod ignored;
mod limit;
pub mod openapi;
mod pace;
mod problem;
mod reply;
pub mod serve;
pub mod tls;
mod transport;

#[cfg(test)]
mod dropin_tests;
#[cfg(test)]
mod tests;

use std::{net::IpAddr, ops::Deref, panic::AssertUnwindSafe, sync::Arc};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::any,
};
use futures_util::FutureExt as _;
use jiff::Timestamp;
use store::{Store, World};
use tower::ServiceExt as _;
use utoipa_axum::router::OpenApiRouter;

pub use self::{
    address::{Peer, Via},
    asker::{Asker, Needs, Person, Scoped, needs},
    assets::{asset, text_asset},
    browser::Browser,
    door::{Partner, Public, Run, Token},
    extract::{BODY_BYTES_MAX, Body, Form, Post, Query, read_bytes},
    family::Allowed,
    fields::{Fields, as_text, number_of},
    problem::{ErrorBody, Problem},
    reply::{Data, Reply},
};
use self::{
    asker::Found,
    door::{Came, Slug, Turn},
    family::Family,
    ignored::Ignored,
    limit::{Limiter, Standing, Who},
    transport::Scheme,
};
use crate::{
    access::{Keys, Memory, Pass, Shown},
    account,
    attachment::{self, Blobs, Signer},
    audit,
    config::Config,
    contact, conversation,
    error::Error,
    id::{Id, RequestId},
    intake, lead,
    live::{self, Hub},
    oauth, operator, outbox,
    outside::Client,
    receipt, record, report,
    request_log::{self, Logged, Requests},
    routing,
    secret::{self, SecretKey},
    setting,
    site::{self, Sightings},
    visitor::{self, Places},
    webhook,
    widget::{self, Pages},
    workspace,
};

/// All that a request needs, cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// What an [`App`] is made of: one count for all of it, since every request counts it up and down.
pub struct Shared {
    /// The data.
    pub store: Store,
    /// The settings.
    pub config: Config,
    /// Credentials as last seen.
    pub keys: Keys,
    /// Who was let in, as last seen.
    pub passes: Memory<Pass>,
    /// Time and chance.
    pub world: World,
    /// Seals and signs.
    pub secret: SecretKey,
    /// Asks other systems.
    pub outside: Client,
    /// The bytes of files.
    pub blobs: Blobs,
    /// Where addresses are.
    pub places: Places,
    /// Who listens.
    pub hub: Hub,
    /// Pages that wait to be written.
    pub pages: Pages,
    /// Where widgets were seen.
    pub sightings: Sightings,
    /// Requests that wait to be written down.
    pub requests: Requests,
    limiter: Limiter,
    document: openapi::Document,
    workspaces: workspace::Known,
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// Headers that the outermost layer adds to an answer.
const HEADERS_ADDED: usize = 15;
/// Where sockets begin.
const REALTIME: &str = "/v1/realtime";
/// What stands before the name of a workspace in a path.
const WORKSPACE_PREFIX: &str = "/w/";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const IGNORED_FIELDS: HeaderName = HeaderName::from_static("x-ignored-fields");

impl App {
    /// Puts the parts together.
    ///
    /// # Errors
    /// When the key or the place of the files cannot be had.
    pub fn new(store: Store, config: Config, world: World) -> anyhow::Result<Self> {
        let random = Arc::clone(&world.random);
        let secret = secret::load_or_make(&config, || random())?;
        let blobs = Blobs::open(&config)?;
        let mode = match (config.rate_limits.enforce, store.is_shared()) {
            (false, _) => limit::Mode::Off,
            (true, false) => limit::Mode::Alone,
            (true, true) => limit::Mode::Shared,
        };
        let limiter = Limiter::new(mode);
        let outside = Client::new(&config.outbound)?;
        let (keys, document) = (Keys::default(), openapi::Document::new());
        let workspaces = workspace::Known::default();
        let places = Places::open(&config.visitors.geoip_file)?;
        let hub = Hub::new(store.clone(), Signer::new(secret.clone()));
        let parts = Shared {
            store,
            config,
            keys,
            passes: Memory::default(),
            world,
            secret,
            outside,
            blobs,
            places,
            hub,
            pages: Pages::default(),
            sightings: Sightings::default(),
            requests: Requests::default(),
            limiter,
            document,
            workspaces,
        };
        Ok(Self(Arc::new(parts)))
    }

    /// Counts one request of a page or a visitor that shows no key.
    ///
    /// # Errors
    /// When there were too many of them.
    pub async fn guest_turn(&self, who: &str) -> Result<(), Problem> {
        let limit = self.config.widget.limit();
        let who = format!("guest {who}");
        let now = self.now();
        let standing = self.limiter.take(&self.store, &Who::Address(&who, limit), now).await?;
        standing.retry_after_s.map_or(Ok(()), |seconds| Err(Problem::rate_limited(seconds)))
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        (self.world.clock)()
    }
}

/// The documented routes, of every slice.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(contact::http::router())
        .merge(operator::http::router())
        .merge(operator::keys::router())
        .merge(account::http::router())
        .merge(oauth::http::router())
        .merge(audit::router())
        .merge(request_log::http::router())
        .merge(record::router())
        .merge(setting::http::router())
        .merge(outbox::router())
        .merge(receipt::http::router())
        .merge(intake::http::router())
        .merge(conversation::http::router())
        .merge(report::http::router())
        .merge(routing::http::router())
        .merge(visitor::http::router())
        .merge(site::http::router())
        .merge(attachment::http::router())
        .merge(webhook::http::router())
}

/// Everything that can be asked for.
pub fn router(app: App) -> Router {
    let (api, _) = api().split_for_parts();
    let all = api
        .merge(openapi::router())
        .merge(health::router())
        .merge(assets::router())
        .merge(attachment::http::files())
        .merge(live::http::router())
        .merge(oauth::http::endpoints())
        .merge(widget::router())
        .merge(lead::http::doors())
        .merge(intake::http::doors())
        .fallback(async || Error::NotFound("path"))
        .method_not_allowed_fallback(async || Problem::method_not_allowed());
    let inner = lead::http::doors()
        .merge(intake::http::doors())
        .fallback(async || Error::NotFound("path"))
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        .with_state(app.clone());
    all.route("/w/{slug}/{*rest}", any(move |request| enter(inner, request)))
        .layer(from_fn_with_state(app.clone(), dress))
        .with_state(app)
}

/// Takes the name of a workspace off the path: what follows it is the path of a door.
async fn enter(inner: Router, request: Request) -> Response {
    let path = request.uri().path_and_query().map_or("", |path| path.as_str());
    let rest = path.strip_prefix(WORKSPACE_PREFIX).and_then(|rest| rest.split_once('/'));
    let Some((slug, rest)) = rest else { return Error::NotFound("path").into_response() };
    let Ok(uri) = format!("/{rest}").parse() else {
        return Error::NotFound("path").into_response();
    };
    let slug = Slug(slug.to_owned());
    let (parts, body) = request.into_parts();
    let mut inside = Request::new(body);
    *inside.method_mut() = parts.method;
    *inside.uri_mut() = uri;
    *inside.headers_mut() = parts.headers;
    // Not all of them: among them is what the router took from the outer path.
    if let Some(came) = parts.extensions.get::<Came>() {
        inside.extensions_mut().insert(came.clone());
    }
    if let Some(ignored) = parts.extensions.get::<Ignored>() {
        inside.extensions_mut().insert(ignored.clone());
    }
    inside.extensions_mut().insert(slug);
    match inner.oneshot(inside).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Names the request, asks who it is and whether it is their turn, and puts on the answer what only
/// the outermost layer knows. Refusals come before the body is read.
async fn dress(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let at = app.now();
    let family = Family::of(request.uri().path());
    let method = request.method().clone();
    // Never the query: on one documented door it may hold a secret.
    let path = tracing::enabled!(tracing::Level::DEBUG).then(|| request.uri().path().to_owned());
    let has_origin = request.headers().contains_key(header::ORIGIN);
    let takes_gzip = assets::takes_gzip(request.headers());
    let peer =
        request.extensions().get::<Peer>().map_or(IpAddr::from([127, 0, 0, 1]), |p| p.0.ip());
    let trusted = &app.config.http.trusted_proxies;
    let client = address::client(peer, request.headers(), trusted);
    let begun = serve::stopwatch();
    let call = Call { id: Id::new(at, (app.world.random)()), family, client, at, begun };
    let scheme = Scheme::of(&request, &app.config.http);
    let (response, standing) = if let Some(refusal) = transport::refuse(&request, &app.config.http)
    {
        (refusal, None)
    } else if family.is_preflight(&method) {
        (StatusCode::NO_CONTENT.into_response(), None)
    } else {
        let ignored = Ignored::default();
        request.extensions_mut().insert(ignored.clone());
        request.extensions_mut().insert(health::Client(client));
        let allowed = Allowed::default();
        if family == Family::Widget {
            request.extensions_mut().insert(allowed.clone());
        }
        let turn = Turn::default();
        if matches!(family, Family::Ora | Family::Aloware) {
            let request_id = call.id.as_str().to_owned();
            let came = Came { client, request: request_id, turn: turn.clone() };
            request.extensions_mut().insert(came);
        }
        let (mut response, standing) = admit(&app, &call, request, next).await;
        let standing = standing.or_else(|| turn.take());
        if family == Family::Widget {
            allowed.add_cors(&method, response.headers_mut());
        }
        if let Some(names) = ignored.names() {
            response.headers_mut().insert(IGNORED_FIELDS, header_value(&names));
        }
        (response, standing)
    };
    let response =
        if family == Family::Page { assets::packed(response, takes_gzip).await } else { response };
    let mut response = complete(response, family, &call.id);
    let headers = response.headers_mut();
    // Room for all that is added, so that the map does not grow step by step.
    headers.reserve(HEADERS_ADDED);
    headers.insert(REQUEST_ID, header_value(call.id.as_str()));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(standing) = standing {
        standing.write(headers, at);
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
    scheme.dress(headers);
    assets::dress_document(headers);
    family.add_cors(&method, headers);
    if has_origin {
        family.expose_headers(headers);
    }
    let took = begun.elapsed();
    health::count(family, response.status(), took);
    tracing::debug!(
        request = call.id.as_str(), %method, path, status = response.status().as_u16(),
        took_us = took.as_micros(), "answered"
    );
    response
}

/// What the outermost layer knows of a request before it is read.
struct Call {
    id: RequestId,
    family: Family,
    client: IpAddr,
    at: Timestamp,
    begun: std::time::Instant,
}

/// Lets the request in, if it is its turn.
async fn admit(
    app: &App,
    call: &Call,
    mut request: Request,
    next: Next,
) -> (Response, Option<Standing>) {
    let (mut standing, mut noted) = (None, None);
    let now = call.at;
    if call.family == Family::OAuth {
        let found = asker::find(app, asker::shows(app, &request), call.id.as_str()).await;
        request.extensions_mut().insert(found);
    }
    if call.family == Family::Platform {
        let found = asker::find(app, asker::shows(app, &request), call.id.as_str()).await;
        let plans = &app.config.plans;
        let address = match &found {
            Found::Asker(_) => String::new(),
            Found::Refused(_) if request.uri().path() == REALTIME => {
                format!("guest {}", address::group(call.client))
            }
            Found::Refused(_) => address::group(call.client).to_string(),
        };
        let who = match &found {
            Found::Asker(Asker { pass, scope }) => {
                if let Shown::Key(id) = &pass.shown {
                    app.keys.note_use(&pass.workspace, id, now, call.client);
                }
                Who::Key { scope, id: pass.id(), limit: plans.of(pass.plan) }
            }
            // A browser shows its key in the first frame, and a whole office comes back at once.
            Found::Refused(_) if request.uri().path() == REALTIME => {
                Who::Address(&address, app.config.widget.limit())
            }
            Found::Refused(_) => Who::Address(&address, plans.free),
        };
        match app.limiter.take(&app.store, &who, now).await {
            Ok(now) => standing = Some(now),
            Err(error) => return (error.into_response(), None),
        }
        noted = Noted::of(&found, &request);
        if let Some(seconds) = standing.and_then(|standing| standing.retry_after_s) {
            let refusal = Problem::rate_limited(seconds).into_response();
            if let Some(noted) = noted {
                noted.write(app, call, &refusal);
            }
            return (refusal, standing);
        }
        request.extensions_mut().insert(found);
    }
    // A panic is one request's failure, not its connection's.
    let ran = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let response = ran.unwrap_or_else(|_panic| Problem::panicked().into_response());
    if let Some(noted) = noted {
        noted.write(app, call, &response);
    }
    (response, standing)
}

/// What the log of requests keeps of one that is about to be answered.
struct Noted {
    pass: Arc<Pass>,
    method: Method,
    path: String,
}

impl Noted {
    fn of(found: &Found, request: &Request) -> Option<Self> {
        let Found::Asker(Asker { pass, .. }) = found else { return None };
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        Some(Self { pass: Arc::clone(pass), method, path })
    }

    /// What the desk asks for is noted if it fails, what a program asks for always.
    fn write(self, app: &App, call: &Call, response: &Response) {
        let status = response.status();
        if matches!(self.pass.shown, Shown::Login { .. }) && status.as_u16() < 400 {
            return;
        }
        let logged = Logged {
            id: call.id.clone(),
            at: call.at,
            asker: self.pass.id().to_owned(),
            method: self.method.to_string(),
            path: request_log::path_of(&self.path),
            status: status.as_u16().into(),
            took_us: i64::try_from(call.begun.elapsed().as_micros()).unwrap_or(i64::MAX),
            code: response.extensions().get::<Problem>().map(|problem| problem.code().to_owned()),
        };
        app.requests.note(self.pass.workspace.as_str(), logged);
    }
}

/// Gives a refusal the shape of its family.
fn complete(mut response: Response, family: Family, id: &RequestId) -> Response {
    let problem = response.extensions_mut().remove::<Problem>();
    let Some(problem) = problem.or_else(|| Problem::of_router(&response)) else { return response };
    let answer = problem.into_answer(family, id);
    let (mut parts, body) = answer.into_parts();
    // `Allow` is the router's, and stays.
    for (name, value) in response.headers() {
        if name != header::CONTENT_LENGTH {
            parts.headers.entry(name).or_insert(value.clone());
        }
    }
    Response::from_parts(parts, body)
}

/// Who asks, by the address that they are counted by.
pub fn guest_client(parts: &Parts) -> IpAddr {
    let client = parts.extensions.get::<health::Client>();
    client.map_or(IpAddr::from([127, 0, 0, 1]), |client| address::group(client.0))
}

fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("our own header values are printable ASCII")
}
