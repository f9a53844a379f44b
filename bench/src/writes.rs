//! Creating contacts over 64 connections, every one of them on disk when it is answered.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tempfile::TempDir;

use crate::{
    CONNECTIONS, Settings,
    child::{Place, Server, cpu_s},
    client::Maker,
    load::{Load, Next, Tally},
    local::{self, Local},
    people::Person,
    progress,
    report::{Report, Target},
    time::{Spread, percentile},
};

/// What the rounds gave, one number per round.
#[derive(Default)]
struct Found {
    empty: Vec<f64>,
    door: Vec<f64>,
    http: Rounds,
    store: Vec<f64>,
    indexed: Vec<f64>,
    serial: Vec<f64>,
    empty_us: Vec<f64>,
}

/// What loads that write gave, one number per round.
#[derive(Debug, Default)]
pub struct Rounds {
    /// Answers, the first moments of all rounds included.
    pub answered: u64,
    /// Answers a second.
    pub rate: Vec<f64>,
    /// Writes of one commit.
    pub per_commit: Vec<f64>,
    /// Milliseconds from the begin of a group to the end of its commit.
    pub commit_ms: Vec<f64>,
    /// Half of the answers took less.
    pub p50_ms: Vec<f64>,
    /// All but a hundredth of them did.
    pub p99_ms: Vec<f64>,
    /// Processor time of the server, per answer.
    pub server_us: Vec<f64>,
    /// The same of this process.
    pub load_us: Vec<f64>,
}

impl Rounds {
    /// Runs one round, and lets the index follow.
    pub fn run(&mut self, server: &Server, load: Load) -> anyhow::Result<()> {
        let (before, cpu, own_cpu) = (server.counts()?, server.cpu_s()?, cpu_s("self")?);
        let tally = load.run()?;
        let (after, answered) = (server.counts()?, tally.answered as f64);
        self.server_us.push((server.cpu_s()? - cpu) * 1e6 / answered);
        self.load_us.push((cpu_s("self")? - own_cpu) * 1e6 / answered);
        let commits = after.commits - before.commits;
        self.answered += tally.answered;
        self.rate.push(tally.rate);
        self.per_commit.push(answered / commits);
        self.commit_ms.push((after.commit_us - before.commit_us) / commits / 1000.0);
        self.p50_ms.push(percentile(&tally.latencies, 500) / 1000.0);
        self.p99_ms.push(percentile(&tally.latencies, 990) / 1000.0);
        server.wait_until_idle()
    }
}

/// Measures, and writes a section.
pub fn measure(settings: &Settings, report: &mut Report) -> anyhow::Result<()> {
    let (folder, other) = (TempDir::new_in(&settings.folder)?, TempDir::new_in(&settings.folder)?);
    let server = Place::in_folder(settings, folder.path()).start()?;
    let local = Local::open(other.path(), None)?;
    let next = Arc::new(AtomicU64::new(0));
    let mut found = Found::default();
    for round in 0..settings.rounds {
        measure_empty(settings, &server, &mut found)?;
        measure_http(settings, &server, &next, &mut found)?;
        measure_store(settings, &local, round as u64, &mut found)?;
        progress(&format!(
            "writes, round {round}: empty {:.0}/s, HTTP {:.0}/s, store {:.0}/s",
            last(&found.empty),
            last(&found.http.rate),
            last(&found.store)
        ));
    }
    tell(report, &found);
    Ok(())
}

fn measure_empty(settings: &Settings, server: &Server, found: &mut Found) -> anyhow::Result<()> {
    let cpu = server.cpu_s()?;
    let tally = empty_handler(settings, server)?;
    found.empty.push(tally.rate);
    found.empty_us.push((server.cpu_s()? - cpu) * 1e6 / tally.answered as f64);
    found.door.push(through_the_door(settings, server)?.rate);
    Ok(())
}

/// `GET /healthz`: the same server, and nothing to do.
pub fn empty_handler(settings: &Settings, server: &Server) -> anyhow::Result<Tally> {
    let load = Load {
        maker: server.maker.clone(),
        connections: CONNECTIONS,
        seconds: settings.seconds,
        next: Arc::new(|maker: &Maker, out: &mut Vec<u8>| maker.get("/healthz", out)),
        status: 200,
    };
    load.run()
}

/// A path that leads nowhere, asked for with a key: all that is done for every request of `/v1`, and
/// no handler.
pub fn through_the_door(settings: &Settings, server: &Server) -> anyhow::Result<Tally> {
    let load = Load {
        maker: server.maker.clone(),
        connections: CONNECTIONS,
        seconds: settings.seconds,
        next: Arc::new(|maker: &Maker, out: &mut Vec<u8>| maker.get("/v1/nothing", out)),
        status: 404,
    };
    load.run()
}

/// Creates people from the next number on.
pub fn creating(next: &Arc<AtomicU64>) -> Next {
    let next = Arc::clone(next);
    Arc::new(move |maker: &Maker, out: &mut Vec<u8>| {
        let body = Person(next.fetch_add(1, Ordering::Relaxed)).body();
        maker.post("/v1/contacts", &body, out);
    })
}

fn measure_http(
    settings: &Settings,
    server: &Server,
    next: &Arc<AtomicU64>,
    found: &mut Found,
) -> anyhow::Result<()> {
    let load = Load {
        maker: server.maker.clone(),
        connections: CONNECTIONS,
        seconds: settings.seconds,
        next: creating(next),
        status: 201,
    };
    found.http.run(server, load)
}

fn measure_store(
    settings: &Settings,
    local: &Local,
    round: u64,
    found: &mut Found,
) -> anyhow::Result<()> {
    let grouped = if settings.is_quick { 6_000 } else { 20_000 };
    let serial = if settings.is_quick { 200 } else { 600 };
    let begin = round * (2 * grouped + serial);
    let people = local::parse(begin..begin + grouped)?;
    found.store.push(local.create(&people, CONNECTIONS)?);
    local.settle()?;
    let people = local::parse(begin + grouped..begin + 2 * grouped)?;
    found.indexed.push(local.with_index(|| local.create(&people, CONNECTIONS))?);
    local.settle()?;
    let people = local::parse(begin + 2 * grouped..begin + 2 * grouped + serial)?;
    found.serial.push(local.create(&people, 1)?);
    local.settle()
}

fn tell(report: &mut Report, found: &Found) {
    report.section(
        "Create: `POST /v1/contacts`, 64 connections",
        "Every 201 is on disk. *The store alone* is the same operation in this process, by 64 tasks \
         and without HTTP; *an empty handler* is `GET /healthz` of the same server.",
    );
    report.table();
    let rate = |rates: &[f64]| Spread::of(rates.iter().copied());
    let ratio = Spread::ratio;
    report.row(
        "acknowledged writes per commit",
        Target::AtLeast(16.0),
        rate(&found.http.per_commit),
    );
    report.row("of the store alone", Target::AtLeast(0.5), ratio(&found.http.rate, &found.store));
    report.row(
        "of the store alone, its index following",
        Target::None,
        ratio(&found.http.rate, &found.indexed),
    );
    report.row(
        "of an empty handler (aim: 0.20)",
        Target::AtLeast(0.1),
        ratio(&found.http.rate, &found.empty),
    );
    report.row(
        "of a request of `/v1` that leads nowhere",
        Target::None,
        ratio(&found.http.rate, &found.door),
    );
    report.row(
        "times one commit per request",
        Target::None,
        ratio(&found.http.rate, &found.serial),
    );
    report.row("a second", Target::None, rate(&found.http.rate));
    report.row("the store alone, a second", Target::None, rate(&found.store));
    report.row(
        "the store alone, its index following, a second",
        Target::None,
        rate(&found.indexed),
    );
    report.row("one commit per request, a second", Target::None, rate(&found.serial));
    report.row("an empty handler, a second", Target::None, rate(&found.empty));
    report.row(
        "a group, from its begin to its commit, ms",
        Target::None,
        rate(&found.http.commit_ms),
    );
    report.row("answer, p50, ms", Target::None, rate(&found.http.p50_ms));
    report.row("answer, p99, ms", Target::None, rate(&found.http.p99_ms));
    report.row(
        "processor time of the server per create, µs",
        Target::None,
        rate(&found.http.server_us),
    );
    report.row(
        "processor time of the load per create, µs",
        Target::None,
        rate(&found.http.load_us),
    );
    report.row(
        "processor time of the server per empty answer, µs",
        Target::None,
        rate(&found.empty_us),
    );
}

fn last(numbers: &[f64]) -> f64 {
    numbers.last().copied().unwrap_or(f64::NAN)
}
