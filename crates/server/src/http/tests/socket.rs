//! Over a real connection: what only shows there.

use std::net::SocketAddr;

use axum::{Router, routing::get};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{oneshot, watch},
    task::JoinHandle,
};

use super::sqlite;
use crate::{
    config::Http,
    http::{
        router,
        serve::{Listeners, serve},
    },
    testing::{Stage, block_on, settings},
};

/// A server on a port of its own.
struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    ended: JoinHandle<()>,
}

impl Server {
    async fn start(router: Router, settings: Http) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let serving =
            async move { serve(Listeners::clear(listener), router, &settings, stopped).await };
        #[expect(clippy::disallowed_methods, reason = "the test awaits it")]
        let ended = tokio::spawn(serving);
        Self { address, stop, ended }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends `text` over a new connection that is not used again, and reads to the end.
    async fn say(&self, text: &[u8]) -> String {
        let mut stream = self.connect().await;
        // Whoever is refused early may find the other end closed.
        drop(stream.write_all(text).await);
        read_all(&mut stream).await
    }

    async fn end(self) {
        self.stop.send_replace(true);
        self.ended.await.unwrap();
    }
}

async fn read_all(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    drop(stream.read_to_end(&mut bytes).await);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One answer of a connection that goes on.
async fn read_head(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut byte = [0];
    while !text.ends_with("\r\n\r\n") && stream.read(&mut byte).await.unwrap() == 1 {
        text.push(char::from(byte[0]));
    }
    text
}

fn post(secret: &str, body: &str) -> Vec<u8> {
    let head = format!(
        "POST /v1/contacts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {secret}\r\n\
         Connection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body.as_bytes()].concat()
}

#[test]
fn whoever_sends_ten_megabytes_hears_that_it_is_too_much() {
    block_on(async {
        let database = sqlite();
        let stage = Stage::set(&database).await;
        let server = Server::start(stage.router.clone(), settings().http).await;
        let answer = server.say(&post(&stage.secret("write"), &"x".repeat(10 << 20))).await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert!(answer.contains("body_too_large"), "{answer}");
        let body = format!("{{\"email\": \"a@b.example\", \"x\": \"{}\"}}", "x".repeat(1_000_000));
        let answer = server.say(&post(&stage.secret("write"), &body)).await;
        assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
        server.end().await;
    });
}

#[test]
fn what_is_not_http_is_refused_and_harms_nobody() {
    block_on(async {
        let database = sqlite();
        let stage = Stage::set(&database).await;
        let server = Server::start(stage.router.clone(), settings().http).await;
        for text in
            [&b"nonsense\r\n\r\n"[..], b"\x16\x03\x01\x02\x00\x01\x00", b"GET /\0 HTTP/1.1\r\n\r\n"]
        {
            let answer = server.say(text).await;
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
        }
        let many: String = (0..200).map(|number| format!("X-{number}: y\r\n")).collect();
        let answer = server.say(format!("GET /healthz HTTP/1.1\r\n{many}\r\n").as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
        let answer =
            server.say(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        server.end().await;
    });
}

#[test]
fn a_handler_that_panics_leaves_its_connection_whole() {
    block_on(async {
        let database = sqlite();
        let stage = Stage::set(&database).await;
        let panicking = Router::new()
            .route("/v1/panic", get(async || -> () { panic!("on purpose") }))
            .layer(axum::middleware::from_fn_with_state(stage.app.clone(), crate::http::dress))
            .with_state(stage.app.clone());
        let server = Server::start(
            panicking.merge(router(stage.app.clone()).reset_fallback()),
            settings().http,
        )
        .await;
        let mut stream = server.connect().await;
        stream.write_all(b"HEAD /v1/panic HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let answer = read_head(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
        assert!(answer.contains("x-request-id: req_"), "{answer}");
        stream.write_all(b"HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let answer = read_head(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        drop(stream);
        server.end().await;
    });
}

#[test]
fn a_head_that_never_ends_is_not_waited_for() {
    block_on(async {
        let database = sqlite();
        let stage = Stage::set(&database).await;
        let server =
            Server::start(stage.router.clone(), Http { header_timeout_s: 1, ..settings().http })
                .await;
        let mut stream = server.connect().await;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.unwrap();
        // It is closed from the other side; otherwise this would wait for ever.
        let answer = read_all(&mut stream).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
        server.end().await;
    });
}

#[test]
fn a_connection_too_many_is_turned_away() {
    block_on(async {
        let database = sqlite();
        let stage = Stage::set(&database).await;
        let server =
            Server::start(stage.router.clone(), Http { connections_max: 1, ..settings().http })
                .await;
        let mut first = server.connect().await;
        first.write_all(b"HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        assert!(read_head(&mut first).await.starts_with("HTTP/1.1 200 "));
        let mut second = server.connect().await;
        let answer = read_all(&mut second).await;
        assert!(
            answer.starts_with("HTTP/1.1 503 ") && answer.contains("Retry-After: 1"),
            "{answer}"
        );
        first.write_all(b"HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        assert!(read_head(&mut first).await.starts_with("HTTP/1.1 200 "), "the first goes on");
        drop(first);
        // Its place is free as soon as the server has noticed.
        loop {
            let answer =
                server.say(b"HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
            if answer.starts_with("HTTP/1.1 200 ") {
                break;
            }
        }
        server.end().await;
    });
}

#[test]
fn a_stop_lets_what_was_begun_be_finished() {
    block_on(async {
        let (begun, has_begun) = oneshot::channel();
        let (go_on, may_go_on) = oneshot::channel::<()>();
        let parts = std::sync::Arc::new(std::sync::Mutex::new(Some((begun, may_go_on))));
        let slow = move || {
            let taken = parts.lock().unwrap().take();
            async move {
                let (begun, may_go_on) = taken.unwrap();
                begun.send(()).unwrap();
                may_go_on.await.unwrap();
                "finished"
            }
        };
        let server = Server::start(Router::new().route("/slow", get(slow)), settings().http).await;
        let mut stream = server.connect().await;
        let idle = server.connect().await;
        stream.write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        has_begun.await.unwrap();
        server.stop.send_replace(true);
        while TcpStream::connect(server.address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        go_on.send(()).unwrap();
        let answer = read_all(&mut stream).await;
        assert!(answer.ends_with("finished"), "{answer}");
        server.ended.await.unwrap();
        drop(idle);
    });
}

#[test]
fn a_stop_does_not_wait_for_ever() {
    block_on(async {
        let never = get(async || std::future::pending::<()>().await);
        let router = Router::new().route("/never", never);
        let server = Server::start(router, Http { shutdown_s: 0, ..settings().http }).await;
        let mut stream = server.connect().await;
        stream.write_all(b"GET /never HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        server.end().await;
        assert_eq!(read_all(&mut stream).await, "");
    });
}
