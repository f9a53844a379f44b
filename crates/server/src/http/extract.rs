//! Bodies and queries, read so that a mistake in one is answered in the family's own form.

use std::time::Duration;

use axum::{
    body::{Body as RawBody, Bytes},
    extract::{FromRequest, FromRequestParts, Request},
    http::{Extensions, HeaderMap, header, request::Parts},
};
use http_body_util::BodyExt as _;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use store::Tx;
use tokio::time::{Instant, timeout, timeout_at};

use super::{
    App, Reply,
    asker::Asker,
    ignored::Ignored,
    problem::{Place, Problem},
};
use crate::{
    error::{Error, Result},
    idempotency,
};

/// A JSON body, whatever its content type says.
pub struct Body<T>(pub T);

/// The query of the address.
pub struct Query<T>(pub T);

/// A form in the body, as OAuth and pages without scripts send it.
pub struct Form<T>(pub T);

/// A JSON body of a `POST`, and the `Idempotency-Key` that came with it.
pub struct Post<T> {
    body: T,
    key: Option<(String, String)>,
}

/// Bodies are at most this long.
pub const BODY_BYTES_MAX: usize = 1 << 20;
/// How much of a longer one is read and dropped, so that its sender hears why.
const DRAINED_BYTES_MAX: usize = 16 << 20;
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);
/// What a recorded reply begins with that shows a secret.
const SEALED: &str = "sealed reply:";
/// How long a body may take, and how much longer for each byte that came: 1 KiB/s is enough.
const BODY_GRACE: Duration = Duration::from_secs(10);
const BODY_SPAN_PER_BYTE: Duration = Duration::from_micros(1_000_000 / 1_024);
/// Lists and objects within each other.
const DEPTH_MAX: usize = 64;
const KEY_BYTES_MAX: usize = 255;

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let ignored = ignored(request.extensions());
        let bytes = read_body(request).await?;
        read_json(&bytes, &ignored).map(Self)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let is_form = kind.and_then(|kind| kind.to_str().ok()).is_some_and(|kind| {
            kind.split(';')
                .next()
                .is_some_and(|kind| kind.trim() == "application/x-www-form-urlencoded")
        });
        if !is_form {
            let problem = "must be 'application/x-www-form-urlencoded'";
            return Err(Problem::bad_header("Content-Type", problem));
        }
        let bytes = read_body(request).await?;
        // A field that comes twice is refused, as RFC 6749 has it.
        let from = serde_urlencoded::Deserializer::new(form_urlencoded::parse(&bytes));
        read(from, &Ignored::default())
            .map(Self)
            .map_err(|(path, error)| Problem::mistake(Place::Query, &path, &error.to_string()))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Post<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let ignored = ignored(request.extensions());
        let key = idempotency_key(request.headers())?;
        let place = key.as_ref().map(|_| format!("{} {}\n", request.method(), request.uri()));
        let bytes = read_body(request).await?;
        let body = read_json(&bytes, &ignored)?;
        let key = key.zip(place).map(|(key, place)| {
            let hash = Sha256::new().chain_update(place).chain_update(&bytes).finalize();
            (key, hex::encode(hash))
        });
        Ok(Self { body, key })
    }
}

impl<T: Send + 'static> Post<T> {
    /// Runs `operation` in a transaction of the asker's workspace. With an `Idempotency-Key` its
    /// reply commits with its effect, and the same request again is answered by that reply.
    pub async fn run(
        self,
        app: &App,
        asker: &Asker,
        operation: impl FnOnce(&mut Tx<'_>, T) -> Result<Reply> + Send + 'static,
    ) -> Result<Reply> {
        app.store.write(&asker.scope, self.once(app, asker, operation)).await
    }

    /// The same, for an operation that refuses only before it writes.
    pub async fn run_checked(
        self,
        app: &App,
        asker: &Asker,
        operation: impl FnOnce(&mut Tx<'_>, T) -> Result<Reply> + Send + 'static,
    ) -> Result<Reply> {
        app.store.write_checked(&asker.scope, self.once(app, asker, operation)).await
    }

    fn once(
        self,
        app: &App,
        asker: &Asker,
        operation: impl FnOnce(&mut Tx<'_>, T) -> Result<Reply> + Send + 'static,
    ) -> impl FnOnce(&mut Tx<'_>) -> Result<Reply> + Send + 'static {
        let Self { body, key } = self;
        let request = key.map(|(key, hash)| idempotency::Request {
            credential: asker.pass.id().to_owned(),
            key,
            hash,
        });
        let secret = app.secret.clone();
        move |tx| {
            let Some(request) = request else { return operation(tx, body) };
            if let Some(mut recorded) = idempotency::find(tx, &request)? {
                if let Some(sealed) = recorded.body.strip_prefix(SEALED) {
                    let opened = secret.open(SEALED, sealed);
                    let lost = || Error::internal("a recorded reply was sealed with another key");
                    recorded.body = opened.ok_or_else(lost)?;
                }
                return Ok(Reply::replayed(recorded));
            }
            let reply = operation(tx, body)?;
            let mut recorded = reply.recorded.clone();
            if reply.is_secret {
                let sealed = secret.seal(SEALED, &recorded.body, || tx.random());
                recorded.body = format!("{SEALED}{}", sealed.map_err(Error::internal)?);
            }
            idempotency::record(tx, &request, &recorded, &reply.subject)?;
            Ok(reply)
        }
    }

    /// The same with something of the body changed.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut T)) -> Self {
        change(&mut self.body);
        self
    }

    /// The body, before it is used up.
    pub fn body(&self) -> &T {
        &self.body
    }

    /// The body alone, for a `POST` that only reads.
    pub fn into_inner(self) -> T {
        self.body
    }
}

pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    const NAME: &str = "Idempotency-Key";
    let Some(key) = headers.get(NAME) else { return Ok(None) };
    let key = key.to_str().unwrap_or_default();
    let is_printable = key.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if !(1..=KEY_BYTES_MAX).contains(&key.len()) || !is_printable {
        return Err(Problem::bad_header(NAME, "must be 1 to 255 printable ASCII characters"));
    }
    Ok(Some(key.to_owned()))
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes());
        let from = serde_urlencoded::Deserializer::new(pairs);
        read(from, &ignored(&parts.extensions))
            .map(Self)
            .map_err(|(path, error)| Problem::mistake(Place::Query, &path, &error.to_string()))
    }
}

/// The whole body, or why there is none.
pub(super) async fn read_body(request: Request) -> Result<Bytes, Problem> {
    read_bytes(request, BODY_BYTES_MAX).await
}

/// A body of at most `bytes_max`, whatever it is.
pub async fn read_bytes(request: Request, bytes_max: usize) -> Result<Bytes, Problem> {
    if let Some(encoding) = request.headers().get(header::CONTENT_ENCODING)
        && !encoding.as_bytes().eq_ignore_ascii_case(b"identity")
    {
        let encoding = encoding.to_str().unwrap_or("?").to_owned();
        return Err(Problem::unknown_encoding(&encoding));
    }
    collect(request.into_body(), bytes_max).await
}

async fn collect(mut body: RawBody, bytes_max: usize) -> Result<Bytes, Problem> {
    let mut all = Vec::new();
    let mut first = None;
    let (mut bytes, mut deadline) = (0, Instant::now() + BODY_GRACE);
    loop {
        let frame = match timeout_at(deadline, body.frame()).await {
            Ok(Some(Ok(frame))) => frame,
            Ok(None) => break,
            Ok(Some(Err(_))) => return Err(Problem::body_broken()),
            Err(_elapsed) => return Err(Problem::body_too_slow()),
        };
        let Ok(data) = frame.into_data() else { continue };
        bytes += data.len();
        deadline += BODY_SPAN_PER_BYTE * u32::try_from(data.len()).unwrap_or(u32::MAX);
        if bytes_max < bytes {
            // Whoever is still sending would not listen, and see a broken line.
            drop(timeout(DRAIN_TIMEOUT, drain(body)).await);
            return Err(Problem::body_too_large());
        }
        match first.take() {
            None if all.is_empty() => first = Some(data),
            before => {
                all.extend(before.iter().flatten());
                all.extend_from_slice(&data);
            }
        }
    }
    // Most bodies are one piece, and are not copied.
    Ok(first.unwrap_or_else(|| all.into()))
}

async fn drain(mut body: RawBody) {
    let mut bytes = 0;
    while bytes < DRAINED_BYTES_MAX
        && let Some(Ok(frame)) = body.frame().await
    {
        bytes += frame.data_ref().map_or(0, Bytes::len);
    }
}

/// An empty body is an empty object. Tells what is not JSON (400) from what breaks a rule (422).
fn read_json<T: DeserializeOwned>(bytes: &Bytes, ignored: &Ignored) -> Result<T, Problem> {
    let bytes: &[u8] = if bytes.trim_ascii().is_empty() { b"{}" } else { bytes };
    if is_too_deep(bytes) {
        return Err(Problem::json_too_deep());
    }
    if bytes.trim_ascii_start().starts_with(b"[") {
        // Serde would take the items of a list for our fields, in their order.
        return Err(match serde_json::from_slice::<serde::de::IgnoredAny>(bytes) {
            Ok(_) => Problem::mistake(Place::Body, ".", "a list"),
            Err(error) => Problem::malformed_json(&error),
        });
    }
    let mut from = serde_json::Deserializer::from_slice(bytes);
    let value = read(&mut from, ignored).map_err(|(path, error)| {
        if error.is_data() {
            // A mistake in what is not JSON at all is that it is not.
            match serde_json::from_slice::<serde::de::IgnoredAny>(bytes) {
                Ok(_) => Problem::mistake(Place::Body, &path, &error.to_string()),
                Err(error) => Problem::malformed_json(&error),
            }
        } else {
            Problem::malformed_json(&error)
        }
    })?;
    from.end().map_err(|error| Problem::malformed_json(&error))?;
    Ok(value)
}

/// Whether lists and objects are within each other more than [`DEPTH_MAX`] deep.
fn is_too_deep(bytes: &[u8]) -> bool {
    let opens = bytes.iter().filter(|byte| matches!(byte, b'[' | b'{'));
    // Most bodies do not have so many of them at all.
    if opens.count() <= DEPTH_MAX {
        return false;
    }
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    for byte in bytes {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b'[' | b'{' if !is_text => depth += 1,
            b']' | b'}' if !is_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        if DEPTH_MAX < depth {
            return true;
        }
    }
    false
}

/// Knows which field a mistake is in, and notes the fields that `T` has no place for.
fn read<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
    ignored: &Ignored,
) -> Result<T, (String, D::Error)> {
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(from, &mut track);
    // An optional field is a step of the path that nobody wrote.
    let note = |path: serde_ignored::Path<'_>| ignored.add(&path.to_string().replace(".?", ""));
    let read = serde_ignored::deserialize(tracked, note);
    read.map_err(|error| (track.path().to_string(), error))
}

/// Outside the router there is no list to add to, and the names are lost.
fn ignored(extensions: &Extensions) -> Ignored {
    extensions.get().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_texts_are_not_deep() {
        let nest = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(!is_too_deep(nest(DEPTH_MAX).as_bytes()));
        assert!(is_too_deep(nest(DEPTH_MAX + 1).as_bytes()));
        let side_by_side = nest(2).repeat(DEPTH_MAX);
        assert!(!is_too_deep(side_by_side.as_bytes()));
        let text = format!("\"\\\"{}\"", "[".repeat(DEPTH_MAX + 1));
        assert!(!is_too_deep(text.as_bytes()));
        assert!(is_too_deep(format!("{text}{}", nest(DEPTH_MAX + 1)).as_bytes()));
    }
}
