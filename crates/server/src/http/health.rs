//! `/healthz`, `/readyz` and `/metrics`.

use std::{
    net::IpAddr,
    sync::{OnceLock, atomic::Ordering},
    time::Duration,
};

use axum::{
    Extension, Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde_json::json;

use super::{App, family::Family};
use crate::{contact, error::Error, event::reader};

/// Who asks, once proxies have been asked.
#[derive(Clone, Copy)]
pub(super) struct Client(pub(super) IpAddr);

/// A database that does not answer within this is away.
const READY_TIMEOUT: Duration = Duration::from_secs(2);
/// Workspaces that are counted as behind.
const BEHIND_MAX: i64 = 1_000;
const SECONDS: [f64; 12] =
    [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
}

/// The process answers.
async fn healthz() -> Json<serde_json::Value> {
    Json(json!({ "status": "ok" }))
}

/// The database answers, too.
async fn readyz(State(app): State<App>) -> Response {
    let asked = app.store.system_read(|tx| tx.first("select 1", &[], |row| row.get::<i64>(0)));
    match tokio::time::timeout(READY_TIMEOUT, asked).await {
        Ok(Ok(_)) => Json(json!({ "status": "ready" })).into_response(),
        Ok(Err(_)) | Err(_) => {
            let body = json!({ "status": "unavailable", "reason": "the database does not answer" });
            (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
        }
    }
}

/// In the text format of Prometheus: to this machine alone, unless a setting opens it.
async fn metrics(State(app): State<App>, client: Option<Extension<Client>>) -> Response {
    let is_local = client.is_none_or(|Extension(Client(address))| address.is_loopback());
    if !is_local && !app.config.http.metrics_open {
        return Error::NotFound("path").into_response();
    }
    // What is said before it is there is lost.
    let Some(recorder) = recorder() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let stats = app.store.stats();
    counter!("switchboard_store_operations_total")
        .absolute(stats.operations.load(Ordering::Relaxed));
    counter!("switchboard_store_commits_total").absolute(stats.commits.load(Ordering::Relaxed));
    counter!("switchboard_store_slow_operations_total")
        .absolute(stats.slow.load(Ordering::Relaxed));
    counter!("switchboard_store_failed_groups_total")
        .absolute(stats.failed.load(Ordering::Relaxed));
    counter!("switchboard_store_commit_microseconds_total")
        .absolute(stats.commit_us.load(Ordering::Relaxed));
    let queued = u32::try_from(app.store.queued()).unwrap_or(u32::MAX);
    gauge!("switchboard_store_queued_operations").set(f64::from(queued));
    let behind =
        app.store.system_read(|tx| reader::behind(tx, contact::INDEX.cursor.name, BEHIND_MAX));
    if let Ok(behind) = behind.await {
        let behind = u32::try_from(behind.len()).unwrap_or(u32::MAX);
        gauge!("switchboard_reader_workspaces_behind", "reader" => contact::INDEX.cursor.name)
            .set(f64::from(behind));
    }
    recorder.render().into_response()
}

/// One per process, however many apps a test makes. `None` if something else records already.
fn recorder() -> Option<&'static PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    let make = || {
        let name = Matcher::Full("switchboard_http_request_seconds".to_owned());
        let builder = PrometheusBuilder::new().set_buckets_for_metric(name, &SECONDS).ok()?;
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).ok()?;
        Some(handle)
    };
    HANDLE.get_or_init(make).as_ref()
}

/// Notes one answered request.
pub(super) fn count(family: Family, status: StatusCode, took: Duration) {
    // Nothing is counted before the recorder is there.
    let _recorder = recorder();
    let class = match status.as_u16() / 100 {
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    };
    counter!("switchboard_http_requests_total", "family" => family.as_str(), "status" => class)
        .increment(1);
    histogram!("switchboard_http_request_seconds", "family" => family.as_str()).record(took);
}
