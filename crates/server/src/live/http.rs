//! `/v1/realtime`, for operators and apps.

use axum::{
    Router,
    extract::{FromRequestParts as _, Request, State, WebSocketUpgrade},
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::{get, post},
};
use store::Scope;

use super::{
    Line, Listener, Since,
    frame::Said,
    socket::{self, Hello},
    stream,
};
use crate::{
    access::{self, Credential, Kind},
    error::{Error, Result},
    http::{App, Asker, Body, Problem, Query, Scoped, needs},
    operator,
};

/// The routes of the gateway. They are documented in `docs/live.md`.
pub fn router() -> Router<App> {
    Router::new()
        .route("/v1/realtime", get(connect))
        .route("/v1/realtime/events", get(events))
        .route("/v1/realtime/poll", get(poll))
        .route("/v1/realtime/signal", post(signal))
}

/// Whoever comes without a header says who they are in the first frame.
async fn connect(State(app): State<App>, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let asked = Scoped::<needs::ConversationsRead>::from_request_parts(&mut parts, &app).await;
    let has_header = parts.headers.contains_key("authorization");
    let asker = match asked {
        Ok(key) => Some(key.asker),
        Err(problem) if has_header => return Err(problem),
        Err(_) => None,
    };
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &app).await;
    let upgrade = upgrade.map_err(|_rejection| {
        let problem = "must be 'websocket': or use /v1/realtime/events";
        Problem::from(Error::bad_parameter("Upgrade", problem))
    })?;
    Ok(socket::upgrade(upgrade, async move |hello: Hello| {
        let asker = match (asker, &hello.token) {
            (Some(asker), _) => asker,
            (None, Some(token)) => by_token(&app, token).await?,
            (None, None) => return Err(Error::Forbidden("Say who you are.".to_owned())),
        };
        join(&app, &asker, hello.operator_id.as_deref()).await
    }))
}

async fn by_token(app: &App, token: &str) -> Result<Asker> {
    let found = app.keys.find(&app.store, token, app.now()).await?;
    match found.filter(|credential| credential.kind == Kind::Platform) {
        Some(credential) => {
            let scope = Scope::new(credential.workspace.as_str()).by(credential.id.as_str());
            Ok(Asker { credential, scope })
        }
        None => Err(Error::Forbidden("This key is not valid.".to_owned())),
    }
}

async fn join(app: &App, asker: &Asker, operator_id: Option<&str>) -> Result<Line> {
    let line = app.hub.join(listener(app, asker, operator_id).await?).await?;
    // A key that was revoked before the line began is told of by no entry that it will hear.
    let id = asker.credential.id.clone();
    let read = app.store.read(&asker.scope, move |tx| access::is_revoked(tx, &id));
    if read.await? {
        return Err(Error::Forbidden("This key is not valid any more.".to_owned()));
    }
    Ok(line)
}

async fn listener(app: &App, asker: &Asker, operator_id: Option<&str>) -> Result<Listener> {
    let Credential { level, id, .. } = &*asker.credential;
    let operator = match operator_id {
        Some(id) => {
            let id: crate::id::OperatorId = id.parse()?;
            let found = app.store.read(&asker.scope, move |tx| operator::find(tx, &id)).await?;
            Some((found.id, found.name))
        }
        None => None,
    };
    let (level, key, scope) = (*level, id.clone(), asker.scope.clone());
    Ok(Listener::Team { scope, level, key, operator })
}

async fn events(
    State(app): State<App>,
    key: Scoped<needs::ConversationsRead>,
    Query(since): Query<Since>,
    headers: HeaderMap,
) -> Result<Response> {
    let line = join(&app, &key.asker, None).await?;
    stream::events(line, since.known(&headers)).await
}

async fn poll(
    State(app): State<App>,
    key: Scoped<needs::ConversationsRead>,
    Query(since): Query<Since>,
) -> Result<Response> {
    let line = join(&app, &key.asker, None).await?;
    stream::poll(line, &since).await
}

#[derive(Debug, serde::Deserialize)]
struct Signalled {
    operator_id: Option<String>,
    #[serde(flatten)]
    said: Said,
}

async fn signal(
    State(app): State<App>,
    key: Scoped<needs::ConversationsWrite>,
    Body(body): Body<Signalled>,
) -> Result<StatusCode> {
    let listener = listener(&app, &key.asker, body.operator_id.as_deref()).await?;
    app.hub.hear(&listener, body.said).await?;
    Ok(StatusCode::NO_CONTENT)
}
