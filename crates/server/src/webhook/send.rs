//! One attempt: what is sent, and what its answer means.

use std::time::Duration;

use bytes::Bytes;
use hyper::{
    HeaderMap, Method,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, USER_AGENT},
};
use jiff::{SignedDuration, Timestamp};

use super::{
    Endpoint, Shape,
    delivery::Attempt,
    fan::{Next, Outcome, Parcel},
    sign,
};
use crate::{
    http::App,
    outside::{Failure, Outgoing, Refusal, Reply},
};

/// How long a receiver may take to answer, as documented.
const PATIENCE: Duration = Duration::from_secs(10);
/// What is kept of an answer.
const BODY_KEPT: usize = 2 << 10;
const HEADERS_KEPT: usize = 16;
const HEADER_CHARS_KEPT: usize = 200;
/// What everybody says of themselves.
const AGENT: &str = concat!("Switchboard/", env!("CARGO_PKG_VERSION"), " (+webhooks)");

/// Sends `parcel` to `endpoint` once.
pub(super) async fn attempt(app: &App, endpoint: &Endpoint, parcel: Parcel) -> Outcome {
    let at = app.now();
    let sent = match outgoing(app, endpoint, &parcel, at) {
        Ok(outgoing) => app.outside.send(outgoing).await,
        Err(failure) => Err(failure),
    };
    let end = app.now();
    let number = parcel.attempts_count + 1;
    let mut attempt = Attempt {
        number,
        at,
        response_status: None,
        duration_ms: i64::try_from(end.duration_since(at).as_millis()).unwrap_or(0),
        error: None,
        response_body: None,
        response_headers: Vec::new(),
    };
    let mut asked = None;
    match sent {
        Ok(reply) => {
            asked = retry_after(&reply, end);
            note(&mut attempt, &reply);
        }
        Err(failure) => attempt.error = Some(failure.to_string()),
    }
    let status = attempt.response_status.unwrap_or(0);
    let retries = endpoint.settings.retries;
    let chance = (app.config.webhooks.hurry, (app.world.random)());
    let next = if (200..300).contains(&status) {
        Next::Delivered
    } else if status == 410 && endpoint.shape == Shape::Hook {
        Next::Gone
    } else if parcel.body.is_none() {
        Next::Failed
    } else {
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        retries.next(number, end, asked, chance).map_or(Next::Failed, Next::Again)
    };
    Outcome { parcel, attempt, next }
}

fn outgoing(
    app: &App,
    endpoint: &Endpoint,
    parcel: &Parcel,
    at: Timestamp,
) -> Result<Outgoing, Failure> {
    let Some(body) = &parcel.body else {
        let why = "is not asked: the log does not have what this delivery told of any more";
        return Err(Failure::Refused(Refusal(why.to_owned())));
    };
    let address = endpoint.address.clone().map_err(Failure::Refused)?;
    let hurry = u32::try_from(app.config.webhooks.hurry).unwrap_or(1).max(1);
    Ok(Outgoing {
        method: Method::POST,
        address,
        headers: headers(endpoint, parcel, body, at),
        body: Bytes::copy_from_slice(body.as_bytes()),
        patience: PATIENCE / hurry,
    })
}

/// Every name and value is ours, but for a secret, which was checked when it was given.
fn headers(endpoint: &Endpoint, parcel: &Parcel, body: &str, at: Timestamp) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(12);
    let mut put = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    put("webhook-id", &parcel.event_id);
    put("webhook-timestamp", &at.as_second().to_string());
    put("x-orbinto-event", &parcel.event);
    put("x-orbinto-delivery", parcel.id.as_str());
    put("x-orbinto-sequence", &parcel.seq.to_string());
    put("x-orbinto-attempt", &(parcel.attempts_count + 1).to_string());
    if parcel.is_test {
        put("x-orbinto-test", "true");
    }
    if let Some(secret) = endpoint.secrets.first() {
        put("x-orbinto-signature", &sign::documented(secret, body.as_bytes()));
        let secrets: Vec<&str> = endpoint.secrets.iter().map(String::as_str).collect();
        let signed = sign::standard(&secrets, &parcel.event_id, at.as_second(), body.as_bytes());
        put("webhook-signature", &signed);
    }
    if let Some(auth) = &endpoint.auth
        && let Ok(mut value) = HeaderValue::from_str(auth)
    {
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    headers
}

fn note(attempt: &mut Attempt, reply: &Reply) {
    attempt.response_status = Some(reply.status);
    attempt.error = match reply.status {
        200..300 => None,
        300..400 => Some("It answered with a redirect, which is not followed.".to_owned()),
        status => Some(format!("It answered {status}.")),
    };
    let kept = reply.body.get(..BODY_KEPT).unwrap_or(&reply.body);
    let text = String::from_utf8_lossy(kept).replace('\0', "\u{fffd}");
    attempt.response_body = Some(text).filter(|text| !text.is_empty());
    attempt.response_headers = reply
        .headers
        .iter()
        .take(HEADERS_KEPT)
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.to_string(), value.chars().take(HEADER_CHARS_KEPT).collect())
        })
        .collect();
}

/// How long a receiver that has too much to do asks to be left alone.
fn retry_after(reply: &Reply, now: Timestamp) -> Option<SignedDuration> {
    if !matches!(reply.status, 429 | 503) {
        return None;
    }
    let text = reply.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(SignedDuration::from_secs(seconds.into()));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(date.duration_since(now).max(SignedDuration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_says_when_to_come_back_in_either_way() {
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let after = |status, text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_str(text).unwrap());
            retry_after(&Reply { status, headers, body: Vec::new() }, now)
        };
        let seconds = SignedDuration::from_secs;
        assert_eq!(after(429, "120"), Some(seconds(120)));
        assert_eq!(after(503, "Thu, 01 Jan 2026 00:01:00 GMT"), Some(seconds(60)));
        assert_eq!(after(429, "Wed, 01 Jan 2025 00:01:00 GMT"), Some(seconds(0)));
        assert_eq!(after(500, "120"), None);
        assert_eq!(after(429, "soon"), None);
    }
}
