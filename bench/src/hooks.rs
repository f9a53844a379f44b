//! Webhooks: how fast events reach twenty receivers, beside a bare loop of the same client, and what
//! receivers that hang do to the others.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use bytes::Bytes;
use hyper::{HeaderMap, Method, header::HeaderValue};
use serde_json::json;
use server::{
    config::Outbound,
    outside::{Address, Client, Outgoing},
    webhook::sign,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::{
    Settings,
    child::{Place, Server},
    progress,
    report::{Report, Target},
    time::{self, Spread},
};

/// Who is told.
const RECEIVERS: usize = 20;
/// What they are told of.
const EVENTS: u32 = 1_000;
const EVENTS_QUICK: u32 = 100;
/// Who makes it happen.
const WRITERS: usize = 8;
/// Requests at one receiver at a time in the bare loop: as many as the program has.
const AT_ONCE: usize = 32;
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
const PATIENCE: Duration = Duration::from_secs(120);
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What came to those who answer.
#[derive(Debug, Default)]
struct Heard {
    count: AtomicUsize,
    /// The number of the event, and when.
    when: Mutex<Vec<(u32, Instant)>>,
    /// The bytes of one.
    sample: Mutex<Vec<u8>>,
}

/// Measures, and writes a section.
pub fn measure(settings: &Settings, report: &mut Report) -> anyhow::Result<()> {
    let rounds = settings.rounds.min(5);
    let events = if settings.is_quick { EVENTS_QUICK } else { EVENTS };
    let (mut ours, mut bare, mut p99) = (Vec::new(), Vec::new(), Vec::new());
    let (mut half, mut beside_hanging, mut p99_hanging) = (Vec::new(), Vec::new(), Vec::new());
    let (mut per_commit, mut backfilled) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let all = told(settings, events, (RECEIVERS, 0))?;
        bare.push(bare_rate(&all.sample, usize::try_from(events)? * RECEIVERS)?);
        backfilled.push(backfill_rate(settings, events)?);
        let hanging = told(settings, events, (RECEIVERS / 2, RECEIVERS / 2))?;
        progress(&format!("hooks: round {round}: {:.0} and {:.0} a second", all.rate, bare[round]));
        ours.push(all.rate);
        p99.push(all.p99_ms);
        per_commit.push(all.per_commit);
        // What ten of them get.
        half.push(all.rate / 2.0);
        beside_hanging.push(hanging.rate);
        p99_hanging.push(hanging.p99_ms);
    }
    report.section(
        "Webhooks",
        &format!(
            "{events} contacts are created over {WRITERS} connections, and each event goes to 20 local \
             receivers, signed: from the first request to the last arrival, so the creating is in the \
             time. The backfill tells twenty new receivers of the same events from the log: from the first \
             request to the last arrival. The bare loop sends as many of the same bodies with the same \
             client, signed, and does nothing else."
        ),
    );
    report.table();
    let ratio = Spread::ratio(&ours, &bare);
    report.row("deliveries, creating included, of a bare loop", Target::AtLeast(0.5), ratio);
    let ratio = Spread::ratio(&backfilled, &bare);
    report.row("deliveries of a backfill, of a bare loop", Target::AtLeast(0.5), ratio);
    let mut row = |what: &str, numbers: &[f64]| {
        report.row(what, Target::None, Spread::of(numbers.iter().copied()));
    };
    row("deliveries, creating included, a second", &ours);
    row("deliveries of a backfill, a second", &backfilled);
    row("bare loop, a second", &bare);
    row("from the request to the arrival, p99, ms", &p99);
    report.row(
        "deliveries per commit of the server",
        Target::AtLeast(64.0),
        Spread::of(per_commit.iter().copied()),
    );
    report.row(
        "what ten get while the other ten hang, of what they get otherwise",
        Target::AtLeast(0.8),
        Spread::ratio(&beside_hanging, &half),
    );
    let p99_s = p99_hanging.iter().map(|ms| ms / 1_000.0);
    report.row("the same, p99, s", Target::AtMost(5.0), Spread::of(p99_s));
    Ok(())
}

/// What one load came to.
struct Told {
    rate: f64,
    p99_ms: f64,
    per_commit: f64,
    sample: Vec<u8>,
}

/// How many a second leave when twenty new receivers are to be told of what the log has.
fn backfill_rate(settings: &Settings, events: u32) -> anyhow::Result<f64> {
    let folder = TempDir::new_in(&settings.folder)?;
    let place = Place::in_folder(settings, folder.path());
    let server = place.start_with(&[("SWITCHBOARD_OUTBOUND_ALLOW", "127.0.0.0/8")])?;
    let heard = Arc::new(Heard::default());
    create(&server, events)?;
    let mut ids = Vec::new();
    let mut request = Vec::new();
    for address in receivers(RECEIVERS, Some(&heard))? {
        ids.push(subscribe(&server, address, &mut request)?);
    }
    let begun = time::stopwatch();
    for id in ids {
        request.clear();
        let path = format!("/v1/webhooks/{id}/backfill");
        server.maker.post(&path, br#"{"since": "2020-01-01T00:00:00Z"}"#, &mut request);
        server.ask(202, &request)?;
    }
    let wanted = usize::try_from(events)? * RECEIVERS;
    let last = all_arrived(&heard, wanted, begun)?;
    Ok(wanted as f64 / last.duration_since(begun).as_secs_f64())
}

fn subscribe(
    server: &Server,
    address: SocketAddr,
    request: &mut Vec<u8>,
) -> anyhow::Result<String> {
    request.clear();
    let url = format!("http://{address}/hook");
    let body = json!({ "url": url, "events": ["contact.created"] }).to_string();
    server.maker.post("/v1/webhooks", body.as_bytes(), request);
    let made = server.ask(201, request)?;
    Ok(made["data"]["id"].as_str().context("no id")?.to_owned())
}

/// Waits for so many, and says when the last of them came.
fn all_arrived(heard: &Heard, wanted: usize, begun: Instant) -> anyhow::Result<Instant> {
    while heard.count.load(Ordering::Relaxed) < wanted {
        anyhow::ensure!(begun.elapsed() < PATIENCE, "not all arrived");
        time::pause(Duration::from_millis(1));
    }
    let when = heard.when.lock().map_err(|_poisoned| anyhow::anyhow!("a receiver failed"))?;
    when.iter().map(|(_, at)| *at).max().context("nothing came")
}

/// Tells so many receivers that answer, and so many that hang, of `events`.
fn told(settings: &Settings, events: u32, (good, bad): (usize, usize)) -> anyhow::Result<Told> {
    let folder = TempDir::new_in(&settings.folder)?;
    let place = Place::in_folder(settings, folder.path());
    let server = place.start_with(&[("SWITCHBOARD_OUTBOUND_ALLOW", "127.0.0.0/8")])?;
    let heard = Arc::new(Heard::default());
    let mut addresses = receivers(good, Some(&heard))?;
    addresses.extend(receivers(bad, None)?);
    let mut request = Vec::new();
    for address in addresses {
        subscribe(&server, address, &mut request)?;
    }
    let before = server.counts()?;
    let begun = time::stopwatch();
    let made = create(&server, events)?;
    let wanted = usize::try_from(events)? * good;
    let last = all_arrived(&heard, wanted, begun)?;
    let when = heard.when.lock().map_err(|_poisoned| anyhow::anyhow!("a receiver failed"))?.clone();
    let commits = server.counts()?.commits - before.commits;
    let mut waited_us: Vec<u32> = when
        .iter()
        .filter_map(|(number, at)| Some((made.get(usize::try_from(*number).ok()?)?, at)))
        .map(|(begun, at)| {
            u32::try_from(at.saturating_duration_since(*begun).as_micros()).unwrap_or(u32::MAX)
        })
        .collect();
    waited_us.sort_unstable();
    let sample = heard.sample.lock().map(|sample| sample.clone()).unwrap_or_default();
    Ok(Told {
        rate: wanted as f64 / last.duration_since(begun).as_secs_f64(),
        p99_ms: time::percentile(&waited_us, 990) / 1_000.0,
        per_commit: wanted as f64 / commits.max(1.0),
        sample,
    })
}

/// Creates contacts, and gives when each was asked for.
fn create(server: &Server, events: u32) -> anyhow::Result<Vec<Instant>> {
    let (next, begun) = (AtomicU32::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|_| {
                scope.spawn(|| -> anyhow::Result<()> {
                    let (mut client, mut request) = (server.client()?, Vec::new());
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if events <= number {
                            return Ok(());
                        }
                        let email = format!("h{number}@example.com");
                        let body = json!({ "email": email, "name": "Ada Lovelace" }).to_string();
                        request.clear();
                        server.maker.post("/v1/contacts", body.as_bytes(), &mut request);
                        let at = time::stopwatch();
                        if let Ok(mut begun) = begun.lock() {
                            begun.push((number, at));
                        }
                        let (status, _) = client.ask(&request)?;
                        anyhow::ensure!(status == 201, "creating was answered {status}");
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().map_err(|_panic| anyhow::anyhow!("a writer failed"))??;
        }
        anyhow::Ok(())
    })?;
    let mut begun = begun.into_inner().unwrap_or_default();
    begun.sort_unstable();
    Ok(begun.into_iter().map(|(_, at)| at).collect())
}

/// As many receivers, in a thread of their own: those with `heard` answer, the others never do.
fn receivers(count: usize, heard: Option<&Arc<Heard>>) -> anyhow::Result<Vec<SocketAddr>> {
    let mut addresses = Vec::new();
    let mut listeners = Vec::new();
    for _ in 0..count {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        addresses.push(listener.local_addr()?);
        listeners.push(listener);
    }
    let heard = heard.cloned();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::spawn(move || {
        runtime.block_on(async move {
            let mut tasks = JoinSet::new();
            for listener in listeners {
                let Ok(listener) = TcpListener::from_std(listener) else { continue };
                let heard = heard.clone();
                tasks.spawn(async move {
                    let mut lines = JoinSet::new();
                    while let Ok((stream, _)) = listener.accept().await {
                        let heard = heard.clone();
                        lines.spawn(async move { hear(stream, heard).await.ok() });
                    }
                });
            }
            while tasks.join_next().await.is_some() {}
        });
    });
    Ok(addresses)
}

async fn hear(mut stream: TcpStream, heard: Option<Arc<Heard>>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut bytes, mut end) = (vec![0; 16 << 10], 0);
    loop {
        let read = stream.read(&mut bytes[end..]).await?;
        if read == 0 {
            return Ok(());
        }
        end += read;
        let text = String::from_utf8_lossy(&bytes[..end]);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.and_then(|text| text.parse().ok()).unwrap_or(0);
        if body.len() < length {
            continue;
        }
        let Some(heard) = &heard else { continue };
        let number = body.split_once("\"email\":\"h").and_then(|(_, rest)| rest.split_once('@'));
        let number = number.and_then(|(number, _)| number.parse().ok()).unwrap_or(u32::MAX);
        if let Ok(mut when) = heard.when.lock() {
            when.push((number, time::stopwatch()));
        }
        if heard.count.fetch_add(1, Ordering::Relaxed) == 0
            && let Ok(mut sample) = heard.sample.lock()
        {
            *sample = body.as_bytes().to_vec();
        }
        stream.write_all(ANSWER).await?;
        end = 0;
    }
}

/// How many a second a loop sends that does nothing else.
fn bare_rate(body: &[u8], count: usize) -> anyhow::Result<f64> {
    let heard = Arc::new(Heard::default());
    let addresses = receivers(RECEIVERS, Some(&heard))?;
    let allow = vec!["127.0.0.0/8".parse()?];
    let client = Client::new(&Outbound { allow, ca_file: String::new() })?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let body = Bytes::copy_from_slice(body);
    let begun = time::stopwatch();
    runtime.block_on(async {
        let mut loops = JoinSet::new();
        for address in addresses {
            let left = Arc::new(AtomicUsize::new(count / RECEIVERS));
            for _ in 0..AT_ONCE {
                let (client, body, left) = (client.clone(), body.clone(), Arc::clone(&left));
                loops.spawn(async move {
                    let target = Address::read(&format!("http://{address}/hook"))?;
                    while left
                        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1))
                        .is_ok()
                    {
                        let outgoing = Outgoing {
                            method: Method::POST,
                            address: target.clone(),
                            headers: signed(&body)?,
                            body: body.clone(),
                            patience: Duration::from_secs(10),
                        };
                        client.send(outgoing).await?;
                    }
                    anyhow::Ok(())
                });
            }
        }
        while let Some(done) = loops.join_next().await {
            done??;
        }
        anyhow::Ok(())
    })?;
    Ok(count as f64 / begun.elapsed().as_secs_f64())
}

fn signed(body: &[u8]) -> anyhow::Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    let mut put = |name: &'static str, value: &str| {
        headers.insert(name, HeaderValue::from_str(value)?);
        anyhow::Ok(())
    };
    put("content-type", "application/json")?;
    put("x-orbinto-signature", &sign::documented(SECRET, body))?;
    put("webhook-signature", &sign::standard(&[SECRET], "evt_1", 1_700_000_000, body))?;
    Ok(headers)
}
