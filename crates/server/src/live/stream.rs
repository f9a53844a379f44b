//! The same frames where there is no WebSocket: as server-sent events, or by long polls.

use std::{convert::Infallible, time::Duration};

use axum::extract::ws::Utf8Bytes;
use axum::{
    Json,
    body::Body,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures_util::stream;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::timeout;

use super::{Line, Missed, frame};
use crate::error::Result;

/// What the client knows, and how long it waits.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Since {
    /// The `seq` up to which it knows everything.
    pub since: Option<i64>,
    /// How long a poll may wait, in seconds.
    pub wait_s: Option<u64>,
    /// The public key of a site, for visitors.
    pub site: Option<String>,
}

const WAIT_S_DEFAULT: u64 = 25;
const WAIT_S_MAX: u64 = 55;
/// Frames that one poll answers with.
const POLLED_MAX: usize = 500;

impl Since {
    /// What the client knows: of the query, or of the header that browsers send when they come back.
    pub fn known(&self, headers: &HeaderMap) -> Option<i64> {
        let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
        last.and_then(|last| last.parse().ok()).or(self.since)
    }
}

async fn first(line: &Line, since: Option<i64>) -> Result<Vec<Utf8Bytes>> {
    let since = since.unwrap_or(line.position());
    let mut frames = vec![frame::welcome(since.min(line.position()))];
    match line.missed(since).await? {
        Missed::Frames(missed) => {
            frames.extend(missed);
            frames.push(frame::live(line.position()));
        }
        Missed::Resync => frames.push(frame::resync(line.position())),
    }
    Ok(frames)
}

/// Server-sent events, until the client goes.
///
/// # Errors
/// Those of the store.
pub async fn events(line: Line, since: Option<i64>) -> Result<Response> {
    let mut begin = first(&line, since).await?;
    begin.reverse();
    let frames = stream::unfold((line, begin, false), async |(mut line, mut begin, is_over)| {
        if is_over {
            return None;
        }
        if let Some(frame) = begin.pop() {
            return Some((Ok::<_, Infallible>(as_event(&frame)), (line, begin, false)));
        }
        let heartbeat = Duration::from_secs(frame::HEARTBEAT_S);
        let (frame, is_over) = match timeout(heartbeat, line.next()).await {
            Ok(Some(frame)) => (frame, false),
            Ok(None) => (frame::bye(line.reason()), true),
            Err(_quiet) => (frame::ping(), false),
        };
        Some((Ok(as_event(&frame)), (line, begin, is_over)))
    });
    let mut response = Body::from_stream(frames).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A proxy that gathers would hold it all back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

fn as_event(frame: &Utf8Bytes) -> Bytes {
    #[derive(Deserialize)]
    struct Numbered {
        seq: Option<i64>,
    }
    let numbered = serde_json::from_str::<Numbered>(frame.as_str()).ok();
    match numbered.and_then(|numbered| numbered.seq) {
        Some(seq) => format!("id: {seq}\ndata: {}\n\n", frame.as_str()).into(),
        None => format!("data: {}\n\n", frame.as_str()).into(),
    }
}

/// What there is, or what comes first.
///
/// # Errors
/// Those of the store.
pub async fn poll(mut line: Line, query: &Since) -> Result<Response> {
    let mut frames = first(&line, query.since).await?;
    // To be told that nothing was missed is nothing to answer with.
    if frames.len() == 2 {
        let wait = query.wait_s.unwrap_or(WAIT_S_DEFAULT).min(WAIT_S_MAX);
        if let Ok(told) = timeout(Duration::from_secs(wait), line.next()).await {
            frames.push(told.unwrap_or_else(|| frame::bye(line.reason())));
        }
    }
    while frames.len() < POLLED_MAX
        && let Some(frame) = line.next_now()
    {
        frames.push(frame);
    }
    let raw = frames.iter().map(|frame| RawValue::from_string(frame.as_str().to_owned()));
    let raw = raw.collect::<Result<Vec<_>, _>>()?;
    Ok(Json(serde_json::json!({ "data": raw })).into_response())
}
