//! `/v1/webhooks`, `/v1/deliveries` and `/v1/events`

use std::time::Duration;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Deserialize;
use store::Scope;
use tokio::time::{Instant, sleep};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Backfill, Delivery, DeliveryStatus, Filter, Happenings, NewWebhook, Since, Status, Webhook,
    WebhookPatch,
};
use crate::{
    error::{Error, Result},
    http::{App, Body, Data, Post, Query, Reply, Scoped, needs},
    id::{DeliveryId, WebhookId, kind},
    page::{Number, Page, PageParams, PageQuery},
};

/// A receiver has ten seconds to answer, and two more for a body.
const TEST_WAIT_S_MAX: u8 = 12;
/// How often whoever waits for a test looks what became of it.
const TEST_LOOK: Duration = Duration::from_millis(50);

/// The routes of this slice.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(find, update, delete))
        .routes(routes!(rotate))
        .routes(routes!(probe))
        .routes(routes!(recover))
        .routes(routes!(backfill))
        .routes(routes!(list_deliveries))
        .routes(routes!(find_delivery))
        .routes(routes!(resend))
        .routes(routes!(list_events))
}

/// List webhooks
///
/// Newest first. Secrets are not in the answer.
#[utoipa::path(get, path = "/v1/webhooks", operation_id = "listWebhooks", tag = "Webhooks",
    params(PageParams), responses((status = 200, body = Page<Webhook>)))]
async fn list(
    State(app): State<App>,
    key: Scoped<needs::WebhooksRead>,
    Query(page): Query<PageQuery<kind::Webhook>>,
) -> Result<Json<Page<Webhook>>> {
    let paging = page.paging()?;
    Ok(Json(app.store.read(&key.scope, move |tx| super::list(tx, &paging)).await?))
}

/// Create a webhook
///
/// It is told of what happens from now on. The answer shows its secret, once.
#[utoipa::path(post, path = "/v1/webhooks", operation_id = "createWebhook", tag = "Webhooks",
    request_body = NewWebhook, responses((status = 201, body = Data<Webhook>)))]
async fn create(
    State(app): State<App>,
    key: Scoped<needs::WebhooksManage>,
    post: Post<NewWebhook>,
) -> Result<Reply> {
    if !post.body().url.is_empty() {
        check_url(&app, &post.body().url).await?;
    }
    let secret = app.secret.clone();
    post.run(&app, &key.asker, move |tx, new| {
        let made = super::create(tx, new, &secret)?;
        Reply::secret(StatusCode::CREATED, &made, made.id.as_str())
    })
    .await
}

/// Where an address leads is looked up before the transaction, which asks nobody.
async fn check_url(app: &App, url: &str) -> Result<()> {
    match app.outside.check(url).await {
        Ok(_) => Ok(()),
        Err(refusal) => Err(Error::invalid("url", refusal.0)),
    }
}

/// Get a webhook
#[utoipa::path(get, path = "/v1/webhooks/{id}", operation_id = "getWebhook", tag = "Webhooks",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = Data<Webhook>)))]
async fn find(
    State(app): State<App>,
    key: Scoped<needs::WebhooksRead>,
    Path(id): Path<String>,
) -> Result<Data<Webhook>> {
    let id = id.parse()?;
    Ok(Data(app.store.read(&key.scope, move |tx| super::find(tx, &id)).await?))
}

/// Change a webhook
///
/// Absent fields stay as they are. While it is `disabled`, what happens is kept for it.
#[utoipa::path(patch, path = "/v1/webhooks/{id}", operation_id = "updateWebhook",
    tag = "Webhooks", params(("id" = String, Path, description = "Its id")),
    request_body = WebhookPatch, responses((status = 200, body = Data<Webhook>)))]
async fn update(
    State(app): State<App>,
    key: Scoped<needs::WebhooksManage>,
    Path(id): Path<String>,
    Body(patch): Body<WebhookPatch>,
) -> Result<Data<Webhook>> {
    let (id, secret): (WebhookId, _) = (id.parse()?, app.secret.clone());
    if let Some(url) = &patch.url {
        check_url(&app, url).await?;
    }
    let write = app.store.write(&key.scope, move |tx| super::update(tx, &id, patch, &secret));
    Ok(Data(write.await?))
}

/// Delete a webhook
///
/// And all that was still to arrive there.
#[utoipa::path(delete, path = "/v1/webhooks/{id}", operation_id = "deleteWebhook",
    tag = "Webhooks", params(("id" = String, Path, description = "Its id")),
    responses((status = 204, description = "Deleted")))]
async fn delete(
    State(app): State<App>,
    key: Scoped<needs::WebhooksManage>,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    let id: WebhookId = id.parse()?;
    app.store.write(&key.scope, move |tx| super::delete(tx, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Replace the secret of a webhook
///
/// The answer shows the new one, once. For a day Standard Webhooks' header has the signatures of both;
/// the documented header has that of the new one.
#[utoipa::path(post, path = "/v1/webhooks/{id}/rotate-secret", operation_id = "rotateWebhookSecret",
    tag = "Webhooks", params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = Data<Webhook>)))]
async fn rotate(
    State(app): State<App>,
    key: Scoped<needs::WebhooksManage>,
    Path(id): Path<String>,
) -> Result<Data<Webhook>> {
    let (id, secret): (WebhookId, _) = (id.parse()?, app.secret.clone());
    Ok(Data(app.store.write(&key.scope, move |tx| super::rotate(tx, &id, &secret)).await?))
}

/// What to try a webhook with.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
struct Try {
    /// One of its events; by default one that it is told of.
    #[serde(default)]
    event: Option<String>,
    /// How many seconds the answer may wait for what becomes of it: 12 unless told otherwise, which is
    /// as long as a receiver may take.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 12)]
    wait_s: Option<u8>,
}

/// Test a webhook
///
/// Sends an event that never happened: its ids end with `_test`, its `data` has `"test": true`, and
/// the request the header `X-Orbinto-Test: true`. The answer waits for the first attempt and shows it:
/// its status, how long it took, and what was answered, cut. It is `pending` if that took too long, or
/// the webhook is disabled.
#[utoipa::path(post, path = "/v1/webhooks/{id}/test", operation_id = "testWebhook",
    tag = "Webhooks", params(("id" = String, Path, description = "Its id")),
    request_body = Try, responses((status = 201, body = Data<Delivery>)))]
async fn probe(
    State(app): State<App>,
    key: Scoped<needs::WebhooksManage>,
    Path(id): Path<String>,
    post: Post<Try>,
) -> Result<Reply> {
    let id: WebhookId = id.parse()?;
    let wait_s = post.body().wait_s.unwrap_or(TEST_WAIT_S_MAX);
    if TEST_WAIT_S_MAX < wait_s {
        return Err(Error::invalid("wait_s", format!("must be 0 to {TEST_WAIT_S_MAX}")));
    }
    let reply = post.run(&app, &key.asker, move |tx, Try { event, .. }| {
        let made = super::probe(tx, &id, event)?;
        Reply::new(StatusCode::CREATED, &made, id.as_str())
    });
    let reply = reply.await?;
    let Data { data: Named { id } } = serde_json::from_str(&reply.recorded().body)?;
    let wait = Duration::from_secs(wait_s.into());
    reply.showing(&tried(&app, &key.scope, &id, wait).await?)
}

/// What an answer names.
#[derive(Deserialize)]
struct Named {
    id: DeliveryId,
}

/// A delivery once it was tried, or as it stands after `wait`.
async fn tried(app: &App, scope: &Scope, id: &DeliveryId, wait: Duration) -> Result<Delivery> {
    let end = Instant::now() + wait;
    loop {
        let id = id.clone();
        // Whichever node sends it writes down what became of it.
        let read = app.store.read(scope, move |tx| {
            let delivery = super::find_delivery(tx, &id)?;
            let leaves = super::find(tx, &delivery.webhook_id)?.status != Status::Disabled;
            Ok::<_, Error>((delivery, leaves))
        });
        let (delivery, leaves) = read.await?;
        let is_over = delivery.attempts.get() != "[]" || !leaves;
        if is_over || end <= Instant::now() {
            return Ok(delivery);
        }
        sleep(TEST_LOOK).await;
    }
}

/// Send what did not arrive once more
///
/// All deliveries since then that were given up, in the background.
#[utoipa::path(post, path = "/v1/webhooks/{id}/recover", operation_id = "recoverWebhook",
    tag = "Webhooks", params(("id" = String, Path, description = "Its id")),
    request_body = Since, responses((status = 202, description = "Begun")))]
async fn recover(
    State(app): State<App>,
    key: Scoped<needs::WebhooksManage>,
    Path(id): Path<String>,
    Body(Since { since }): Body<Since>,
) -> Result<StatusCode> {
    let id: WebhookId = id.parse()?;
    app.store.write(&key.scope, move |tx| super::recover(tx, &id, since)).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Send what happened before a webhook was there
///
/// As far back as the log reaches, in the background.
#[utoipa::path(post, path = "/v1/webhooks/{id}/backfill", operation_id = "backfillWebhook",
    tag = "Webhooks", params(("id" = String, Path, description = "Its id")),
    request_body = Since, responses((status = 202, body = Data<Backfill>)))]
async fn backfill(
    State(app): State<App>,
    key: Scoped<needs::WebhooksManage>,
    Path(id): Path<String>,
    Body(Since { since }): Body<Since>,
) -> Result<(StatusCode, Data<Backfill>)> {
    let id: WebhookId = id.parse()?;
    let begun = app.store.write(&key.scope, move |tx| super::backfill(tx, &id, since)).await?;
    Ok((StatusCode::ACCEPTED, Data(begun)))
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DeliveryQuery {
    /// Which page, from 1. Not together with `after` or `limit`.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 10000, default = 1)]
    page: Option<Number>,
    /// How many items a page has: 25 unless told otherwise, 100 at most.
    #[param(value_type = Option<i64>, minimum = 1, default = 25)]
    per_page: Option<Number>,
    /// The id of the last item seen; the answer goes on after it.
    #[param(value_type = Option<String>)]
    after: Option<DeliveryId>,
    /// How many items to answer with: 25 unless told otherwise, 100 at most.
    #[param(value_type = Option<i64>, minimum = 1, default = 25)]
    limit: Option<Number>,
    /// Only those that stand so.
    #[param(inline)]
    status: Option<DeliveryStatus>,
    /// Only those that tell of this.
    #[param(max_length = 100)]
    event: Option<String>,
}

/// List the deliveries of a webhook
///
/// Newest first, with every attempt and what was answered.
#[utoipa::path(get, path = "/v1/webhooks/{id}/deliveries", operation_id = "listDeliveries",
    tag = "Webhooks", params(("id" = String, Path, description = "Its id"), DeliveryQuery),
    responses((status = 200, body = Page<Delivery>)))]
async fn list_deliveries(
    State(app): State<App>,
    key: Scoped<needs::WebhooksRead>,
    Path(id): Path<String>,
    Query(query): Query<DeliveryQuery>,
) -> Result<Json<Page<Delivery>>> {
    let id: WebhookId = id.parse()?;
    let DeliveryQuery { page, per_page, after, limit, status, event } = query;
    let paging = PageQuery::<kind::Delivery> { page, per_page, after, limit }.paging()?;
    let filter = Filter { status, event };
    let read =
        app.store.read(&key.scope, move |tx| super::list_deliveries(tx, &id, &filter, &paging));
    Ok(Json(read.await?))
}

/// Get a delivery
#[utoipa::path(get, path = "/v1/deliveries/{id}", operation_id = "getDelivery", tag = "Webhooks",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = Data<Delivery>)))]
async fn find_delivery(
    State(app): State<App>,
    key: Scoped<needs::WebhooksRead>,
    Path(id): Path<String>,
) -> Result<Data<Delivery>> {
    let id = id.parse()?;
    Ok(Data(app.store.read(&key.scope, move |tx| super::find_delivery(tx, &id)).await?))
}

/// Send a delivery once more
///
/// The same bytes under the same id, whatever became of it before.
#[utoipa::path(post, path = "/v1/deliveries/{id}/retry", operation_id = "retryDelivery",
    tag = "Webhooks", params(("id" = String, Path, description = "Its id")),
    responses((status = 200, body = Data<Delivery>)))]
async fn resend(
    State(app): State<App>,
    key: Scoped<needs::WebhooksManage>,
    Path(id): Path<String>,
) -> Result<Data<Delivery>> {
    let id = id.parse()?;
    Ok(Data(app.store.write(&key.scope, move |tx| super::resend(tx, &id)).await?))
}

#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct EventQuery {
    /// The `seq` of the last event that is known; the answer goes on after it. 0 is the beginning.
    #[serde(default)]
    #[param(minimum = 0, default = 0)]
    after: i64,
    /// How many events to answer with: 25 unless told otherwise, 100 at most.
    #[param(value_type = Option<i64>, minimum = 1, default = 25)]
    limit: Option<Number>,
}

/// List what happened
///
/// What webhooks are told of with `*`, oldest first, as far back as the log reaches: whoever missed
/// something can fetch it. Go on with `next_after`, at once if `has_more`.
#[utoipa::path(get, path = "/v1/events", operation_id = "listEvents", tag = "Webhooks",
    params(EventQuery), responses((status = 200, body = Happenings)))]
async fn list_events(
    State(app): State<App>,
    key: Scoped<needs::WebhooksRead>,
    Query(EventQuery { after, limit }): Query<EventQuery>,
) -> Result<Json<Happenings>> {
    let limit = Number::size(limit);
    Ok(Json(app.store.read(&key.scope, move |tx| super::list_events(tx, after, limit)).await?))
}
