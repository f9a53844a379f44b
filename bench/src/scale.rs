//! A large database beside a small one: what a request costs in each, asked in turns.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tempfile::TempDir;

use crate::{
    CONNECTIONS, Settings,
    child::{Place, Server},
    client::{Client, Maker},
    load::Load,
    local::Local,
    people::{Person, Random, SCORES, SHARED_BY},
    postgres::Database,
    progress,
    report::{Report, Target},
    time::{self, Spread, percentile},
    writes,
};

/// Ids of each database that are asked for.
const IDS: usize = 1_000;
/// Times that a killed server is started again.
const KILLS: usize = 5;

/// A round of what takes long is cut short.
const ROUND_MAX: Duration = Duration::from_secs(3);
/// And yet has so many turns.
const TURNS_MIN: usize = 3;

/// A database, and a server on it.
struct Side {
    server: Server,
    client: Client,
    contacts: u64,
    ids: Vec<String>,
    next: Arc<AtomicU64>,
    random: Random,
}

/// Something that is asked of both.
struct Probe {
    what: &'static str,
    target: Target,
    status: u16,
    write: fn(&mut Side, &mut Vec<u8>),
}

/// Measures, and writes a section for each engine.
pub fn measure(settings: &Settings, report: &mut Report) -> anyhow::Result<()> {
    let (small, large) = (TempDir::new_in(&settings.folder)?, TempDir::new_in(&settings.folder)?);
    fill_sqlite(settings, settings.small, small.path())?;
    fill_sqlite(settings, settings.large, large.path())?;
    let places =
        [Place::in_folder(settings, small.path()), Place::in_folder(settings, large.path())];
    let contacts = [settings.small, settings.large];
    compare(settings, report, "SQLite", &places, contacts)?;
    let Some(url) = settings.postgres.as_deref().filter(|_| 0 < settings.large_postgres) else {
        report.line("\nPostgreSQL was not measured.");
        return Ok(());
    };
    drop((small, large));
    measure_postgres(settings, report, url)
}

fn measure_postgres(settings: &Settings, report: &mut Report, url: &str) -> anyhow::Result<()> {
    let contacts = [settings.small, settings.large_postgres];
    let mut places = Vec::new();
    let mut databases = Vec::new();
    let folder = TempDir::new_in(&settings.folder)?;
    for count in contacts {
        let from = TempDir::new_in(&settings.folder)?;
        fill_sqlite(settings, count, from.path())?;
        let database = Database::create(url)?;
        progress(&format!("copying {count} contacts to PostgreSQL"));
        let data = folder.path().join(count.to_string());
        let local = Local::open(&data, Some(&database.url))?;
        database.copy(&from.path().join("switchboard.db"))?;
        progress("letting the index follow");
        local.settle()?;
        drop(local);
        database.vacuum()?;
        let place = Place::in_folder(settings, &data);
        places.push(Place { database_url: Some(database.url.clone()), ..place });
        databases.push(database);
    }
    let [small, large] = &places[..] else { anyhow::bail!("there are two databases") };
    compare(settings, report, "PostgreSQL", &[small.clone(), large.clone()], contacts)
}

/// Puts a database of `count` contacts into `folder`: the one that is kept, which is made if need be.
pub fn fill_sqlite(settings: &Settings, count: u64, folder: &Path) -> anyhow::Result<()> {
    let from = settings.keep.join(count.to_string());
    if !from.exists() {
        progress(&format!("filling a database with {count} contacts"));
        let new = TempDir::new_in(&settings.folder)?;
        Local::open(new.path(), None)?.fill(0..count)?;
        std::fs::create_dir_all(&settings.keep)?;
        std::fs::rename(new.keep(), &from)?;
    }
    for entry in std::fs::read_dir(&from)? {
        let entry = entry?;
        std::fs::copy(entry.path(), folder.join(entry.file_name()))?;
    }
    Ok(())
}

fn compare(
    settings: &Settings,
    report: &mut Report,
    engine: &str,
    places: &[Place; 2],
    contacts: [u64; 2],
) -> anyhow::Result<()> {
    let [few, many] = contacts;
    report.section(
        &format!("{many} contacts beside {few}: {engine}"),
        "One connection, requests in turns. A row is the p50 of the large database divided by the \
         p50 of the small one; both are in the second table.",
    );
    let mut small = Side::start(&places[0], few)?;
    let mut large = Side::start(&places[1], many)?;
    let mut absolute = Vec::new();
    report.table();
    for probe in PROBES {
        match take_turns(settings, probe, &mut small, &mut large) {
            Ok(times) => {
                report.row(probe.what, probe.target, Spread::ratio(&times[1], &times[0]));
                absolute.push((probe.what, times));
            }
            Err(error) => {
                report.failed(probe.what, &error);
                // What was not answered may still be at work.
                small.restart(&places[0])?;
                large.restart(&places[1])?;
            }
        }
    }
    let rates = grouped_creates(settings, &small, &large)?;
    report.row(
        "create, 64 connections: rate, small by large",
        Target::AtMost(2.5),
        Spread::ratio(&rates[0], &rates[1]),
    );
    report.line(&format!("\n| p50, ms | {few} | {many} |\n|---|---|---|"));
    for (what, times) in absolute {
        let p50 = times.map(|all| Spread::of(all).median / 1000.0);
        report.line(&format!("| {what} | {:.3} | {:.3} |", p50[0], p50[1]));
    }
    let rates = rates.map(|all| Spread::of(all).median);
    report
        .line(&format!("| create, 64 connections, a second | {:.0} | {:.0} |", rates[0], rates[1]));
    report.line("");
    report.table();
    for (side, place) in [(small, &places[0]), (large, &places[1])] {
        let (contacts, ready) = (side.contacts, kill(place, side)?);
        report.row(
            &format!("ready again after `kill -9` under load, {contacts} contacts, ms"),
            Target::None,
            ready,
        );
    }
    Ok(())
}

/// Microseconds, the p50 of each round, of both sides.
fn take_turns(
    settings: &Settings,
    probe: &Probe,
    small: &mut Side,
    large: &mut Side,
) -> anyhow::Result<[Vec<f64>; 2]> {
    let turns = if settings.is_quick { 40 } else { 150 };
    let mut rounds = [Vec::new(), Vec::new()];
    for round in 0..=settings.rounds {
        let mut times = [Vec::new(), Vec::new()];
        let begun = time::stopwatch();
        for turn in 0..turns {
            if TURNS_MIN <= turn && ROUND_MAX < begun.elapsed() {
                break;
            }
            for (side, times) in [&mut *small, &mut *large].into_iter().zip(&mut times) {
                times.push(side.ask(probe)?);
            }
        }
        small.server.wait_until_idle()?;
        large.server.wait_until_idle()?;
        // The first round fills the caches.
        if 0 < round {
            for (times, rounds) in times.iter_mut().zip(&mut rounds) {
                times.sort_unstable();
                rounds.push(percentile(times, 500));
            }
        }
    }
    Ok(rounds)
}

/// Rates over 64 connections, of both sides.
fn grouped_creates(
    settings: &Settings,
    small: &Side,
    large: &Side,
) -> anyhow::Result<[Vec<f64>; 2]> {
    let mut rates = [Vec::new(), Vec::new()];
    for _ in 0..settings.rounds.min(5) {
        for (side, rates) in [small, large].into_iter().zip(&mut rates) {
            rates.push(side.creates(settings.seconds.min(2.0)).run()?.rate);
            side.server.wait_until_idle()?;
        }
    }
    Ok(rates)
}

/// Kills the server while it writes, and starts it again, several times.
fn kill(place: &Place, side: Side) -> anyhow::Result<Spread> {
    let mut ready = Vec::new();
    let Side { mut server, next, contacts, .. } = side;
    for _ in 0..KILLS {
        let load = creates(server.maker.clone(), &next, 1.0);
        let key = server.maker.key.clone();
        std::thread::scope(|threads| {
            let loading = threads.spawn(|| load.run_until_killed());
            time::pause(Duration::from_millis(700));
            let killed = server.kill();
            let answered = loading.join();
            let answered = answered.map_err(|_panic| anyhow::anyhow!("the load panicked"))??;
            anyhow::ensure!(0 < answered, "nothing was created before the end");
            killed
        })?;
        server = place.start_bare()?;
        server.maker.key = key;
        ready.push(server.ready_ms);
    }
    progress(&format!("killed {KILLS} times at {contacts} contacts"));
    Ok(Spread::of(ready))
}

fn creates(maker: Maker, next: &Arc<AtomicU64>, seconds: f64) -> Load {
    let next = writes::creating(next);
    Load { maker, connections: CONNECTIONS, seconds, next, status: 201 }
}

impl Side {
    fn start(place: &Place, contacts: u64) -> anyhow::Result<Self> {
        let server = place.start()?;
        server.wait_until_idle()?;
        let client = server.client()?;
        let next = Arc::new(AtomicU64::new(contacts));
        let (ids, random) = (Vec::new(), Random::new(contacts));
        let mut side = Self { server, client, contacts, ids, next, random };
        let mut request = Vec::new();
        for _ in 0..IDS {
            let person = side.someone();
            let body = format!(r#"{{"filters":{{"email":"{}"}}}}"#, person.email());
            request.clear();
            side.server.maker.post("/v1/contacts/search", body.as_bytes(), &mut request);
            let (status, answer) = side.client.ask(&request)?;
            anyhow::ensure!(status == 200, "a search answered {status}");
            let found: serde_json::Value = serde_json::from_slice(answer)?;
            let id = found["data"][0]["id"].as_str();
            let id = id.ok_or_else(|| anyhow::anyhow!("someone is missing: {found}"))?;
            side.ids.push(id.to_owned());
        }
        Ok(side)
    }

    fn restart(&mut self, place: &Place) -> anyhow::Result<()> {
        self.server.kill()?;
        let server = place.start_bare()?;
        let old = std::mem::replace(&mut self.server, server);
        self.server.maker.key.clone_from(&old.maker.key);
        self.client = self.server.client()?;
        Ok(())
    }

    fn creates(&self, seconds: f64) -> Load {
        creates(self.server.maker.clone(), &self.next, seconds)
    }

    /// A random one of those that were there from the beginning.
    fn someone(&mut self) -> Person {
        Person(self.random.below(self.contacts))
    }

    fn id(&mut self) -> String {
        let index = self.random.below(self.ids.len() as u64);
        self.ids[usize::try_from(index).unwrap_or(0)].clone()
    }

    fn group(&mut self) -> u64 {
        self.random.below(SHARED_BY)
    }

    fn get(&self, path: &str, out: &mut Vec<u8>) {
        self.server.maker.get(path, out);
    }

    fn search(&self, body: &str, out: &mut Vec<u8>) {
        self.server.maker.post("/v1/contacts/search", body.as_bytes(), out);
    }

    /// A range of scores that `people` of this database have.
    fn scores(&mut self, people: u64) -> String {
        let width = SCORES * people / self.contacts;
        let from = self.random.below(SCORES - width);
        let field = r#""field":"custom_attributes.score""#;
        format!(
            r#"{{"where":{{"and":[{{{field},"op":"gte","value":{from}}},{{{field},"op":"lt","value":{}}}]}}}}"#,
            from + width
        )
    }

    fn ask(&mut self, probe: &Probe) -> anyhow::Result<u32> {
        let mut request = Vec::with_capacity(512);
        (probe.write)(self, &mut request);
        self.client.refresh()?;
        let begun = time::stopwatch();
        let (status, body) = self.client.ask(&request)?;
        let took = time::microseconds(begun);
        if status != probe.status {
            anyhow::bail!("{} answered {status}: {}", probe.what, String::from_utf8_lossy(body));
        }
        Ok(took)
    }
}

const READ: Target = Target::AtMost(2.0);

const PROBES: &[Probe] = &[
    probe("get", READ, |side, out| {
        let path = format!("/v1/contacts/{}", side.id());
        side.get(&path, out);
    }),
    probe("list, the newest 25", READ, |side, out| side.get("/v1/contacts?limit=25", out)),
    probe("list, 25 after a random one", READ, |side, out| {
        let path = format!("/v1/contacts?limit=25&after={}", side.id());
        side.get(&path, out);
    }),
    probe("list, the first page", READ, |side, out| side.get("/v1/contacts", out)),
    probe("list, a tag of 1 %", READ, |side, out| {
        let path = format!("/v1/contacts?limit=25&tag=tag%20{}", side.group());
        side.get(&path, out);
    }),
    probe("search, the word of one", READ, |side, out| {
        let body = format!(r#"{{"query":"{}"}}"#, side.someone().local_part());
        side.search(&body, out);
    }),
    probe("search, a beginning of it", READ, |side, out| {
        let word = side.someone().local_part();
        let body = format!(r#"{{"query":"{}"}}"#, word.get(..10).unwrap_or(&word));
        side.search(&body, out);
    }),
    probe("search, a name of 1 %, by cursor", READ, |side, out| {
        let body = format!(r#"{{"query":"{} ","limit":25}}"#, Person::first_name(side.group()));
        side.search(&body, out);
    }),
    probe("search, a name of 1 %, by pages", READ, |side, out| {
        let body = format!(r#"{{"query":"{}"}}"#, Person::first_name(side.group()));
        side.search(&body, out);
    }),
    probe("search, a name of all, by cursor", READ, |side, out| {
        side.search(r#"{"query":"Miller ","limit":25}"#, out);
    }),
    probe("search, the beginning of a name of all, by cursor", READ, |side, out| {
        side.search(r#"{"query":"Mille","limit":25}"#, out);
    }),
    probe("search, a name of all, by pages", READ, |side, out| {
        side.search(r#"{"query":"Miller"}"#, out);
    }),
    probe("search, a name of 1 % and a name of all", READ, |side, out| {
        let name = Person::first_name(side.group());
        side.search(&format!(r#"{{"query":"{name} Miller","limit":25}}"#), out);
    }),
    probe("search, a tag of 1 %, by cursor", READ, |side, out| {
        let body = format!(r#"{{"filters":{{"tags":["tag {}"]}},"limit":25}}"#, side.group());
        side.search(&body, out);
    }),
    probe("search, a tag of 1 %, by pages", READ, |side, out| {
        let body = format!(r#"{{"filters":{{"tags":["tag {}"]}}}}"#, side.group());
        side.search(&body, out);
    }),
    probe("search, an attribute of 1 %, by cursor", READ, |side, out| {
        let team = side.group();
        let filter = format!(r#"{{"custom_attributes":{{"team":"team {team}"}}}}"#);
        side.search(&format!(r#"{{"filters":{filter},"limit":25}}"#), out);
    }),
    probe("search, one of two attributes of 1 %, by cursor", Target::None, |side, out| {
        let (one, other) = (side.group(), side.group());
        let tree = format!(
            r#"{{"field":"custom_attributes.team","op":"in","value":["team {one}","team {other}"]}}"#
        );
        side.search(&format!(r#"{{"where":{tree},"limit":25}}"#), out);
    }),
    probe("search, a company of 1 in 1000, by cursor", READ, |side, out| {
        let company = side.someone().company();
        side.search(&format!(r#"{{"filters":{{"company":"{company}"}},"limit":25}}"#), out);
    }),
    probe("search, an attribute of one", READ, |side, out| {
        let score = side.someone().score();
        let filter = format!(r#"{{"custom_attributes":{{"score":{score}}}}}"#);
        side.search(&format!(r#"{{"filters":{filter}}}"#), out);
    }),
    probe("search, a range that 25 are in", READ, |side, out| {
        let body = side.scores(25);
        side.search(&body, out);
    }),
    probe("search, a range that 1 % are in, by pages", Target::None, |side, out| {
        let body = side.scores(side.contacts / 100);
        side.search(&body, out);
    }),
    Probe {
        what: "create",
        target: Target::AtMost(2.5),
        status: 201,
        write: |side, out| {
            let body = Person(side.next.fetch_add(1, Ordering::Relaxed)).body();
            side.server.maker.post("/v1/contacts", &body, out);
        },
    },
];

const fn probe(what: &'static str, target: Target, write: fn(&mut Side, &mut Vec<u8>)) -> Probe {
    Probe { what, target, status: 200, write }
}
