//! Our own accept loop: every connection has a header timer, there are only so many of them, and a
//! stop lets what was begun be finished.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Router, body::Body, extract::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
};
use tower::ServiceExt as _;

use super::Peer;
use crate::config::Http;

/// How long the accept loop rests when the system has no socket to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
const TOO_MANY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n\
                          Content-Length: 0\r\nConnection: close\r\n\r\n";

/// Answers what comes in at `listener` until `stop` says so, and then what was begun.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: &Http,
    mut stop: watch::Receiver<bool>,
) {
    let room = Arc::new(Semaphore::new(settings.connections_max));
    let mut connections = JoinSet::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new());
    http.header_read_timeout(Duration::from_secs(settings.header_timeout_s));
    http.half_close(true);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => match Arc::clone(&room).try_acquire_owned() {
                    Ok(permit) => {
                        let (router, http, stop) = (router.clone(), http.clone(), stop.clone());
                        connections.spawn(async move {
                            connection(stream, peer, router, http, stop).await;
                            drop(permit);
                        });
                    }
                    Err(_full) => {
                        connections.spawn(turn_away(stream));
                    }
                },
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            // So that those that ended do not pile up.
            Some(_ended) = connections.join_next() => {}
            _ = stop.changed() => break,
        }
    }
    drop(listener);
    let left = connections.len();
    let patience = Duration::from_secs(settings.shutdown_s);
    let done =
        tokio::time::timeout(patience, async { while connections.join_next().await.is_some() {} });
    if done.await.is_err() {
        tracing::warn!(left, "some connections did not end in time and were closed");
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    http: http1::Builder,
    mut stop: watch::Receiver<bool>,
) {
    // Answers are small: to wait for more of them would only be to wait.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection went away at once");
        return;
    }
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let router = router.clone();
        async move {
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer));
            Ok::<_, Infallible>(
                router.oneshot(request).await.unwrap_or_else(|never| match never {}),
            )
        }
    });
    let connection = http.serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection.with_upgrades());
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = stop.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "a connection broke off");
    }
}

async fn turn_away(mut stream: TcpStream) {
    // Whoever is turned away may have gone already.
    drop(stream.write_all(TOO_MANY).await);
}

/// When something began, to say later how long it took.
#[expect(clippy::disallowed_methods, reason = "how long something took is not a time of day")]
pub(super) fn stopwatch() -> Instant {
    Instant::now()
}
