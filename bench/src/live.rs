//! The realtime gateway: how soon an operator hears what a visitor says, what an idle visitor weighs,
//! and how fast one event reaches a thousand operators.

use std::{
    collections::BTreeMap,
    io::Write as _,
    net::SocketAddr,
    sync::{Arc, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use axum::{
    Router,
    extract::{
        State, WebSocketUpgrade,
        ws::{Message as Frame, Utf8Bytes},
    },
    routing::get,
};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use tokio::{net::TcpStream, runtime::Runtime, sync::broadcast, task::JoinSet};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

use crate::{
    Settings,
    child::{Place, Server},
    progress,
    report::{Report, Target},
    time::{self, Spread},
};

/// Conversations that talk.
const TALKS: usize = 200;
/// How long a visitor thinks.
const THINK: Duration = Duration::from_millis(800);
/// Visitors who listen and say nothing.
const IDLE: usize = 9_500;
/// Operators who listen to everything.
const OPERATORS: usize = 1_000;
/// Events of one round, and how many are said at a time.
const EVENTS: usize = 200;
const SPEAKERS: usize = 20;
/// How long a frame may take.
const PATIENCE: Duration = Duration::from_secs(120);

type Socket = WebSocketStream<TcpStream>;

/// Measures, and writes a section.
pub fn measure(settings: &Settings, report: &mut Report) -> anyhow::Result<()> {
    let rounds = settings.rounds.min(5);
    let (mut sent, mut echoed, mut synced) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        let folder = TempDir::new_in(&settings.folder)?;
        let server = Place::in_folder(settings, folder.path()).start()?;
        sent.push(talk(&server, settings.seconds)?);
        echoed.push(echo(settings.seconds)?);
        synced.push(sync_ms(folder.path())?);
        progress(&format!("live: round {round}: {:.1} ms", sent[round]));
    }
    report.section(
        "Realtime gateway",
        "200 visitors write, each every 0.8 s on the average, and an operator's socket hears all of \
         it: from the begin of the request to the frame. The echo is a bare WebSocket of the same \
         library in another thread, over as many connections at the same rate. Idle visitors are \
         as many connections of as many visitors. The fan-out is of one message to a thousand \
         operators' sockets, beside a bare broadcast to as many.",
    );
    report.table();
    let bare: Vec<f64> = echoed.iter().zip(&synced).map(|(echo, sync)| echo + sync).collect();
    let ratio = Spread::ratio(&sent, &bare);
    report.row("send to frame, p99, of an echo and one fsync", Target::AtMost(3.0), ratio);
    let mut row = |what: &str, numbers: &[f64]| {
        report.row(what, Target::None, Spread::of(numbers.iter().copied()));
    };
    row("send to frame, p99, ms", &sent);
    row("echo, p99, ms", &echoed);
    row("fsync, p99, ms", &synced);
    let idle = idle_kb(settings, if settings.is_quick { 1_000 } else { IDLE })?;
    report.row("resident per idle visitor, KB", Target::AtMost(12.0), Spread::of([idle]));
    let (mut fanned, mut bare) = (Vec::new(), Vec::new());
    let operators = if settings.is_quick { 100 } else { OPERATORS };
    for _ in 0..rounds.min(3) {
        let (ours, theirs) = fan_out(settings, operators)?;
        fanned.push(ours);
        bare.push(theirs);
    }
    let ratio = Spread::ratio(&fanned, &bare);
    report.row("fan-out, of a bare broadcast", Target::AtLeast(0.6), ratio);
    let mut row = |what: &str, numbers: &[f64]| {
        report.row(what, Target::None, Spread::of(numbers.iter().copied()));
    };
    row("fan-out, frames a second", &fanned);
    row("bare broadcast, frames a second", &bare);
    Ok(())
}

async fn connect(address: SocketAddr, path: &str) -> anyhow::Result<Socket> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (socket, _) = client_async(format!("ws://{address}{path}"), stream).await?;
    Ok(socket)
}

async fn listen(address: SocketAddr, path: &str, token: &str) -> anyhow::Result<Socket> {
    let mut socket = connect(address, path).await?;
    let hello = json!({ "type": "hello", "token": token }).to_string();
    socket.send(Message::text(hello)).await?;
    let welcome = socket.next().await.context("no welcome")??;
    anyhow::ensure!(welcome.to_text()?.contains("welcome"), "not welcome: {welcome}");
    Ok(socket)
}

/// A new site, and the tokens of `count` visitors of it.
fn visitors(server: &Server, count: usize) -> anyhow::Result<(String, Vec<String>)> {
    let mut request = Vec::new();
    server.maker.post("/v1/sites", br#"{"name": "Site"}"#, &mut request);
    let site = server.ask(201, &request)?["data"]["key"].as_str().context("no key")?.to_owned();
    let path = format!("/widget/v1/init?site={site}");
    let mut client = server.client()?;
    let mut tokens = Vec::with_capacity(count);
    for _ in 0..count {
        request.clear();
        server.maker.post(&path, b"{}", &mut request);
        let (status, body) = client.ask(&request)?;
        anyhow::ensure!(status == 200, "init was answered {status}");
        let body: Json = serde_json::from_slice(body)?;
        tokens.push(body["data"]["token"].as_str().context("no token")?.to_owned());
    }
    Ok((site, tokens))
}

fn p99_ms(mut all_us: Vec<u32>) -> f64 {
    all_us.sort_unstable();
    time::percentile(&all_us, 990) / 1_000.0
}

/// Milliseconds from the begin of a visitor's request to the operator's frame.
fn talk(server: &Server, seconds: f64) -> anyhow::Result<f64> {
    let (site, tokens) = visitors(server, TALKS)?;
    let (address, key) = (server.maker.address, server.maker.key.clone());
    let begun: Arc<Mutex<BTreeMap<String, Instant>>> = Arc::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut operator = listen(address, "/v1/realtime", &key).await?;
        let end = time::stopwatch() + Duration::from_secs_f64(seconds.max(3.0));
        let mut talking = JoinSet::new();
        for (number, token) in tokens.into_iter().enumerate() {
            let (site, begun) = (site.clone(), Arc::clone(&begun));
            talking.spawn(visit(address, site, token, number, begun, end));
        }
        let (mut latencies, mut expected) = (Vec::new(), None);
        loop {
            tokio::select! {
                frame = operator.next() => {
                    let frame = frame.context("the operator was cut off")??;
                    let frame: Json = serde_json::from_str(frame.to_text()?)?;
                    if frame["type"] == "message.created"
                        && let Some(client_id) = frame["data"]["client_id"].as_str()
                        && let Some(at) = begun.lock().ok().and_then(|mut all| all.remove(client_id))
                    {
                        latencies.push(time::microseconds(at));
                    }
                }
                Some(done) = talking.join_next(), if expected.is_none() => {
                    done??;
                    if talking.is_empty() {
                        expected = Some(());
                    }
                }
            }
            let is_all = begun.lock().is_ok_and(|all| all.is_empty());
            if expected.is_some() && is_all {
                return Ok(p99_ms(latencies));
            }
        }
    })
}

/// One visitor, who writes and thinks in turns.
async fn visit(
    address: SocketAddr,
    site: String,
    token: String,
    number: usize,
    begun: Arc<Mutex<BTreeMap<String, Instant>>>,
    end: Instant,
) -> anyhow::Result<()> {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut answer = vec![0; 8 * 1024];
    // Not all at once.
    tokio::time::sleep(THINK.mul_f64(number as f64 / TALKS as f64)).await;
    let (mut count, mut talk) = (0, Json::Null);
    while time::stopwatch() < end {
        let client_id = format!("v{number}-{count}");
        count += 1;
        let said = json!({ "client_id": client_id, "body": "Is it food-safe?",
                           "conversation_id": talk });
        let body = said.to_string();
        let request = format!(
            "POST /widget/v1/messages?site={site} HTTP/1.1\r\nHost: bench\r\n\
             Authorization: Bearer {token}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        if let Ok(mut all) = begun.lock() {
            all.insert(client_id, time::stopwatch());
        }
        stream.write_all(request.as_bytes()).await?;
        let read = stream.read(&mut answer).await?;
        let head = answer.get(..read.min(12)).unwrap_or_default();
        let text = String::from_utf8_lossy(answer.get(..read).unwrap_or_default());
        anyhow::ensure!(head == b"HTTP/1.1 201", "{text}");
        // As the chat does, the next words name the conversation that the first ones began.
        if talk.is_null() {
            let (_, reply) = text.split_once("\r\n\r\n").context("no body")?;
            talk = serde_json::from_str::<Json>(reply)?["data"]["conversation"]["id"].clone();
        }
        tokio::time::sleep(THINK).await;
    }
    Ok(())
}

/// A server of the same library that does nothing else.
fn bare_server(router: Router) -> anyhow::Result<SocketAddr> {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let runtime = Runtime::new().expect("a runtime starts");
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            tell.send(listener.local_addr().expect("an address")).expect("somebody waits");
            axum::serve(listener, router).await.expect("it serves");
        });
    });
    Ok(told.recv()?)
}

/// Milliseconds that a bare echo takes over as many connections, at the same rate.
fn echo(seconds: f64) -> anyhow::Result<f64> {
    let answer = async |upgrade: WebSocketUpgrade| {
        upgrade.on_upgrade(async |mut socket| {
            while let Some(Ok(frame)) = socket.recv().await {
                if socket.send(frame).await.is_err() {
                    return;
                }
            }
        })
    };
    let address = bare_server(Router::new().route("/", get(answer)))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let end = time::stopwatch() + Duration::from_secs_f64(seconds.max(3.0));
        let mut all = JoinSet::new();
        for number in 0..TALKS {
            all.spawn(async move {
                let mut socket = connect(address, "/").await?;
                let mut latencies = Vec::new();
                tokio::time::sleep(THINK.mul_f64(number as f64 / TALKS as f64)).await;
                while time::stopwatch() < end {
                    let begun = time::stopwatch();
                    socket.send(Message::text("Is it food-safe?")).await?;
                    socket.next().await.context("the echo went away")??;
                    latencies.push(time::microseconds(begun));
                    tokio::time::sleep(THINK).await;
                }
                anyhow::Ok(latencies)
            });
        }
        let mut latencies = Vec::new();
        while let Some(done) = all.join_next().await {
            latencies.extend(done??);
        }
        Ok(p99_ms(latencies))
    })
}

/// Milliseconds that it takes to write 4 KiB and to wait for the disk.
fn sync_ms(folder: &std::path::Path) -> anyhow::Result<f64> {
    let mut file = std::fs::File::create(folder.join("sync"))?;
    let mut latencies = Vec::new();
    for _ in 0..200 {
        let begun = time::stopwatch();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        latencies.push(time::microseconds(begun));
    }
    Ok(p99_ms(latencies))
}

/// What each of `count` visitors who listen and say nothing adds to the resident memory, in KB.
fn idle_kb(settings: &Settings, count: usize) -> anyhow::Result<f64> {
    let folder = TempDir::new_in(&settings.folder)?;
    let server = Place::in_folder(settings, folder.path()).start()?;
    let (site, tokens) = visitors(&server, count)?;
    let (address, path) = (server.maker.address, format!("/widget/v1/realtime?site={site}"));
    server.wait_until_idle()?;
    let before = server.resident_mb()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let sockets = runtime.block_on(async {
        let mut sockets = Vec::with_capacity(count);
        for token in &tokens {
            sockets.push(listen(address, &path, token).await?);
        }
        anyhow::Ok(sockets)
    })?;
    time::pause(Duration::from_secs(3));
    let after = server.resident_mb()?;
    progress(&format!("live: {count} idle visitors: {before:.1} MB, then {after:.1} MB"));
    drop(sockets);
    Ok((after - before) * 1_000.0 / count as f64)
}

/// Frames a second that reach `operators` sockets: ours, and those of a bare broadcast.
fn fan_out(settings: &Settings, operators: usize) -> anyhow::Result<(f64, f64)> {
    let folder = TempDir::new_in(&settings.folder)?;
    let server = Place::in_folder(settings, folder.path()).start()?;
    let mut request = Vec::new();
    server.maker.post("/v1/conversations", br#"{"email": "v@example.com"}"#, &mut request);
    let made = server.ask(201, &request)?;
    let talk = made["data"]["id"].as_str().context("no conversation")?.to_owned();
    let (address, key) = (server.maker.address, server.maker.key.clone());
    let path = format!("/v1/conversations/{talk}/messages");
    let say = || {
        let (mut client, mut request) = (server.client()?, Vec::new());
        for _ in 0..EVENTS / SPEAKERS {
            request.clear();
            server.maker.post(&path, br#"{"body": "Hello", "type": "bot"}"#, &mut request);
            let (status, _) = client.ask(&request)?;
            anyhow::ensure!(status == 201, "a message was answered {status}");
        }
        anyhow::Ok(())
    };
    // Nobody waits for the commit of another: it is not what is measured.
    let ours = rate(operators, address, "/v1/realtime", Some(&key), || {
        thread::scope(|scope| {
            let speaking: Vec<_> = (0..SPEAKERS).map(|_| scope.spawn(say)).collect();
            for one in speaking {
                one.join().map_err(|_panic| anyhow::anyhow!("a speaker panicked"))??;
            }
            Ok(())
        })
    })?;
    let (sender, _) = broadcast::channel::<Utf8Bytes>(1024);
    let shared = sender.clone();
    let hear = async |State(sender): State<broadcast::Sender<Utf8Bytes>>,
                      upgrade: WebSocketUpgrade| {
        upgrade.on_upgrade(async move |mut socket| {
            let mut told = sender.subscribe();
            let welcome = Frame::Text(Utf8Bytes::from_static("welcome"));
            if socket.send(welcome).await.is_err() {
                return;
            }
            while let Ok(frame) = told.recv().await {
                if socket.send(Frame::Text(frame)).await.is_err() {
                    return;
                }
            }
        })
    };
    let address = bare_server(Router::new().route("/", get(hear)).with_state(shared))?;
    let frame: Utf8Bytes = "x".repeat(600).into();
    let theirs = rate(operators, address, "/", None, || {
        for _ in 0..EVENTS {
            sender.send(frame.clone()).context("nobody listens")?;
        }
        Ok(())
    })?;
    Ok((ours, theirs))
}

/// How many frames a second `sockets` connections get while `cause` makes [`EVENTS`] of them for each.
fn rate(
    sockets: usize,
    address: SocketAddr,
    path: &str,
    token: Option<&str>,
    cause: impl FnOnce() -> anyhow::Result<()> + Send,
) -> anyhow::Result<f64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut all = Vec::with_capacity(sockets);
    runtime.block_on(async {
        for _ in 0..sockets {
            all.push(match token {
                Some(token) => listen(address, path, token).await?,
                None => {
                    let mut socket = connect(address, path).await?;
                    socket.next().await.context("no welcome")??;
                    socket
                }
            });
        }
        anyhow::Ok(())
    })?;
    let begun = time::stopwatch();
    thread::scope(|scope| {
        let causing = scope.spawn(cause);
        runtime.block_on(async {
            let mut heard = JoinSet::new();
            for mut socket in all {
                heard.spawn(async move {
                    let mut count = 0;
                    while count < EVENTS {
                        let frame = socket.next().await.context("a listener was cut off")??;
                        let is_event = !frame.to_text()?.starts_with(r#"{"type":"ping"#);
                        count += usize::from(is_event);
                    }
                    anyhow::Ok(())
                });
            }
            let all_heard = async {
                while let Some(done) = heard.join_next().await {
                    done??;
                }
                anyhow::Ok(())
            };
            tokio::time::timeout(PATIENCE, all_heard).await?
        })?;
        causing.join().map_err(|_panic| anyhow::anyhow!("the cause of the frames panicked"))??;
        anyhow::Ok(())
    })?;
    Ok((sockets * EVENTS) as f64 / begun.elapsed().as_secs_f64())
}
