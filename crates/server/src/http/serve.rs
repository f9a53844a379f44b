//! Our own accept loop: what comes in the clear and over TLS, only so many connections, each with its
//! patience, and a stop lets what was begun be finished.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tower::ServiceExt as _;

use super::{
    Peer,
    address::Via,
    crowd::{Crowd, Full, Place},
    pace::{Paced, Patience, Progress},
    tls::{HTTP2, Tls},
};
use crate::{config::Http, outside::CHALLENGE};

/// How long the accept loop rests when the system has no socket to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// The headers of a request, together; there are at most 100 of them, which is hyper's own limit.
const HEADER_BYTES_MAX: usize = 32 << 10;
const HEADER_LIST_BYTES_MAX: u32 = 32 << 10;
/// Requests at once on one connection of HTTP/2.
const STREAMS_MAX: u32 = 100;
/// How often a connection of HTTP/2 with a request is asked whether it is still there, and how long
/// it may take to answer.
const PING_EVERY: Duration = Duration::from_secs(20);
const PING_TIMEOUT: Duration = Duration::from_secs(10);
const HOUSE_FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n\
                            Content-Length: 0\r\nConnection: close\r\n\r\n";
const ADDRESS_FULL: &[u8] = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\n\
                              Content-Length: 0\r\nConnection: close\r\n\r\n";

/// Where connections come in.
pub struct Listeners {
    clear: TcpListener,
    tls: Option<(TcpListener, TlsAcceptor)>,
    /// What is said of what comes in the clear.
    via: Via,
}

/// What a connection begins with.
enum Door {
    Clear(Via),
    Tls(TlsAcceptor),
}

impl Listeners {
    /// In the clear alone.
    pub fn clear(clear: TcpListener) -> Self {
        Self { clear, tls: None, via: Via::Clear }
    }

    /// Over TLS as well.
    ///
    /// # Errors
    /// When the system does not say where it listens.
    pub fn and_tls(self, listener: TcpListener, tls: &Tls) -> io::Result<Self> {
        let via = Via::ClearBesideTls(listener.local_addr()?.port());
        Ok(Self { tls: Some((listener, tls.acceptor())), via, ..self })
    }

    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr, Door)> {
        let tls = async {
            match &self.tls {
                Some((listener, acceptor)) => (listener.accept().await, acceptor.clone()),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            accepted = self.clear.accept() => {
                accepted.map(|(stream, peer)| (stream, peer, Door::Clear(self.via)))
            }
            (accepted, acceptor) = tls => {
                accepted.map(|(stream, peer)| (stream, peer, Door::Tls(acceptor)))
            }
        }
    }
}

/// Answers what comes in until `stop` says so, and then what was begun.
pub async fn serve(
    listeners: Listeners,
    router: Router,
    settings: &Http,
    mut stop: watch::Receiver<bool>,
) {
    let crowd = Crowd::new(settings);
    let house = Arc::new(House::new(router, settings));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listeners.accept() => match accepted {
                Ok((stream, peer, door)) => match crowd.enter(peer.ip()) {
                    Ok(place) => {
                        let came = Came { stream, peer, place };
                        connections.spawn(Arc::clone(&house).receive(came, door, stop.clone()));
                    }
                    Err(full) => {
                        connections.spawn(turn_away(stream, door, full));
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
    drop(listeners);
    let left = connections.len();
    let patience = Duration::from_secs(settings.shutdown_s);
    let done =
        tokio::time::timeout(patience, async { while connections.join_next().await.is_some() {} });
    if done.await.is_err() {
        tracing::warn!(left, "some connections did not end in time and were closed");
    }
}

/// A connection that has a place.
struct Came {
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
}

/// What all connections have in common.
struct House {
    router: Router,
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
    patience: Patience,
}

/// What a request is told of its connection.
#[derive(Clone, Copy)]
struct Origin {
    peer: SocketAddr,
    via: Via,
}

impl House {
    fn new(router: Router, settings: &Http) -> Self {
        let mut http1 = http1::Builder::new();
        http1.timer(TokioTimer::new());
        // The stream itself has more than one patience.
        http1.header_read_timeout(None);
        http1.half_close(true);
        http1.max_buf_size(HEADER_BYTES_MAX).max_header_size(HEADER_BYTES_MAX);
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2.timer(TokioTimer::new());
        http2.max_concurrent_streams(STREAMS_MAX).max_header_list_size(HEADER_LIST_BYTES_MAX);
        http2.keep_alive_interval(PING_EVERY).keep_alive_timeout(PING_TIMEOUT);
        let patience = Patience {
            head: Duration::from_secs(settings.header_timeout_s),
            idle: Duration::from_secs(settings.idle_timeout_s),
        };
        Self { router, http1, http2, patience }
    }

    async fn receive(self: Arc<Self>, came: Came, door: Door, mut stop: watch::Receiver<bool>) {
        let Came { stream, peer, place } = came;
        // Answers are small: to wait for more of them would only be to wait.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection went away at once");
            return;
        }
        let ended = match door {
            Door::Clear(via) => self.speak_http1(stream, Origin { peer, via }, stop).await,
            Door::Tls(acceptor) => {
                let shaken = tokio::time::timeout(self.patience.head, acceptor.accept(stream));
                let shaken = tokio::select! {
                    shaken = shaken => shaken.unwrap_or_else(|_elapsed| {
                        Err(io::ErrorKind::TimedOut.into())
                    }),
                    _ = stop.changed() => return,
                };
                match shaken {
                    Ok(stream) => Box::pin(self.speak(stream, peer, stop)).await,
                    Err(error) => {
                        tracing::debug!(%error, %peer, "a handshake failed");
                        return;
                    }
                }
            }
        };
        drop(place);
        if let Err(error) = ended {
            tracing::debug!(%error, %peer, "a connection broke off");
        }
    }

    /// Over TLS, in the words that were agreed on.
    async fn speak(
        &self,
        stream: TlsStream<TcpStream>,
        peer: SocketAddr,
        stop: watch::Receiver<bool>,
    ) -> hyper::Result<()> {
        let protocol = stream.get_ref().1.alpn_protocol();
        let origin = Origin { peer, via: Via::Tls };
        match protocol {
            // The handshake was all there is to it.
            Some(CHALLENGE) => Ok(()),
            Some(HTTP2) => self.speak_http2(stream, origin, stop).await,
            _ => self.speak_http1(stream, origin, stop).await,
        }
    }

    async fn speak_http1(
        &self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        origin: Origin,
        mut stop: watch::Receiver<bool>,
    ) -> hyper::Result<()> {
        let progress = Progress::default();
        let stream = Paced::new(stream, self.patience, progress.clone());
        let router = self.router.clone();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let (router, progress) = (router.clone(), progress.clone());
            progress.asked();
            async move {
                let response = answer(router, request.map(Body::new), origin).await;
                // Otherwise what comes is no request, but a conversation.
                if response.status() != StatusCode::SWITCHING_PROTOCOLS {
                    progress.answered();
                }
                Ok::<_, Infallible>(response)
            }
        });
        let connection = self.http1.serve_connection(TokioIo::new(stream), service);
        let mut connection = std::pin::pin!(connection.with_upgrades());
        tokio::select! {
            ended = connection.as_mut() => ended,
            _ = stop.changed() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        }
    }

    async fn speak_http2(
        &self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        origin: Origin,
        mut stop: watch::Receiver<bool>,
    ) -> hyper::Result<()> {
        let progress = Progress::default();
        let stream = Paced::new(stream, self.patience, progress.clone());
        let router = self.router.clone();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let router = router.clone();
            // From here on any number of requests are under way.
            progress.asked();
            async move {
                let mut request = request.map(Body::new);
                name_host(&mut request);
                Ok::<_, Infallible>(answer(router, request, origin).await)
            }
        });
        let connection = self.http2.serve_connection(TokioIo::new(stream), service);
        let mut connection = std::pin::pin!(connection);
        tokio::select! {
            ended = connection.as_mut() => ended,
            _ = stop.changed() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        }
    }
}

async fn answer(router: Router, mut request: Request, origin: Origin) -> Response {
    request.extensions_mut().insert(Peer(origin.peer));
    request.extensions_mut().insert(origin.via);
    router.oneshot(request).await.unwrap_or_else(|never| match never {})
}

/// HTTP/2 names the host in the address.
fn name_host(request: &mut Request) {
    let host = request.uri().authority().map(|host| HeaderValue::try_from(host.as_str()));
    if let Some(Ok(host)) = host {
        request.headers_mut().entry(header::HOST).or_insert(host);
    }
}

async fn turn_away(mut stream: TcpStream, door: Door, full: Full) {
    let words = match (door, full) {
        // There are no words before a handshake.
        (Door::Tls(_), _) => return,
        (Door::Clear(_), Full::House) => HOUSE_FULL,
        (Door::Clear(_), Full::Address) => ADDRESS_FULL,
    };
    // Whoever is turned away may have gone already.
    drop(stream.write_all(words).await);
}

/// When something began, to say later how long it took.
#[expect(clippy::disallowed_methods, reason = "how long something took is not a time of day")]
pub(super) fn stopwatch() -> Instant {
    Instant::now()
}
