//! `/v1/realtime`, for operators and apps.

use super::{
    Line, Listener, Since,
    frame::Said,
    socket::{self, Hello},
    stream,
};
use crate::{
    error::{Error, Result},
    http::{App, Asker, Body, Problem, Query, Scoped, needs},
    operator,
};
use axum::{
    Router,
    extract::{FromRequestParts as _, Request, State, WebSocketUpgrade},
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::{get, post},
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
            (None, Some(token)) => Asker::by_secret(&app, token).await.map_err(refused)?,
            (None, None) => return Err(Error::Forbidden("Say who you are.".to_owned())),
        };
        join(&app, &asker, hello.operator_id.as_deref()).await
    }))
}

fn refused(_: Problem) -> Error {
    Error::Forbidden("This key is not valid.".to_owned())
}

async fn join(app: &App, asker: &Asker, operator_id: Option<&str>) -> Result<Line> {
    let line = app.hub.join(listener(app, asker, operator_id).await?).await?;
    // What was ended before the line began is told of by no entry that it will hear.
    if asker.is_over(app).await? {
        return Err(Error::Forbidden("This key is not valid any more.".to_owned()));
    }
    Ok(line)
}

/// A program says as which operator it comes; a person is who they are.
async fn listener(app: &App, asker: &Asker, operator_id: Option<&str>) -> Result<Listener> {
    let acts_for = asker.pass.operator.clone();
    let id = match (&acts_for, operator_id) {
        (Some(own), _) => Some(own.clone()),
        (None, Some(id)) => Some(id.parse()?),
        (None, None) => None,
    };
    let operator = match id {
        Some(id) => {
            let found = app.store.read(&asker.scope, move |tx| operator::find(tx, &id)).await?;
            Some((found.id, found.name))
        }
        None => None,
    };
    let (rights, shown) = (asker.pass.rights, asker.pass.id().to_owned());
    Ok(Listener::Team { scope: asker.scope.clone(), rights, shown, acts_for, operator })
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
