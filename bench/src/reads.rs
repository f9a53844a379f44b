//! Getting contacts by their ids over 64 connections.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use tempfile::TempDir;

use crate::{
    CONNECTIONS, Settings,
    child::{Place, Server},
    client::Maker,
    load::{Load, Next, Tally},
    local::Local,
    people::Random,
    progress,
    report::{Report, Target},
    time::{Spread, percentile},
    writes,
};

/// Contacts there are to get.
const CONTACTS: u64 = 20_000;

/// Measures, and writes a section.
pub fn measure(settings: &Settings, report: &mut Report) -> anyhow::Result<()> {
    let folder = TempDir::new_in(&settings.folder)?;
    Local::open(folder.path(), None)?.fill(0..CONTACTS)?;
    let server = Place::in_folder(settings, folder.path()).start()?;
    let ids: Arc<[String]> = list_ids(&server)?.into();
    let (mut empty, mut get) = (Vec::new(), Vec::new());
    let (mut p50, mut p99, mut calm, mut busy) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut cpu_empty, mut cpu_get) = (Vec::new(), Vec::new());
    let next = Arc::new(AtomicU64::new(CONTACTS));
    for round in 0..settings.rounds {
        let cpu = server.cpu_s()?;
        let nothing = writes::empty_handler(settings, &server)?;
        cpu_empty.push((server.cpu_s()? - cpu) * 1e6 / nothing.answered as f64);
        let cpu = server.cpu_s()?;
        let tally = gets(settings, &server, &ids, CONNECTIONS)?;
        cpu_get.push((server.cpu_s()? - cpu) * 1e6 / tally.answered as f64);
        empty.push(nothing.rate);
        get.push(tally.rate);
        p50.push(percentile(&tally.latencies, 500) / 1000.0);
        p99.push(percentile(&tally.latencies, 990) / 1000.0);
        let tally = gets(settings, &server, &ids, CONNECTIONS / 8)?;
        calm.push(percentile(&tally.latencies, 990) / 1000.0);
        busy.push(among_writes(settings, &server, &ids, &next)?);
        progress(&format!("reads, round {round}: {:.0}/s of {:.0}/s", get[round], empty[round]));
    }
    report.section(
        "Get: `GET /v1/contacts/{id}`, 64 connections",
        &format!("Random ones of {CONTACTS} contacts."),
    );
    report.table();
    report.row("of an empty handler", Target::AtLeast(0.6), Spread::ratio(&get, &empty));
    report.row("answer, p99, ms", Target::AtMost(5.0), Spread::of(p99));
    report.row("answer, p50, ms", Target::None, Spread::of(p50));
    report.row("answer, p99, over 8 connections, ms", Target::None, Spread::of(calm));
    report.row("answer, p99, while 8 others create, ms", Target::None, Spread::of(busy));
    report.row("a second", Target::None, Spread::of(get));
    report.row("an empty handler, a second", Target::None, Spread::of(empty));
    report.row("processor time of the server per get, µs", Target::None, Spread::of(cpu_get));
    report.row("the same for an empty answer, µs", Target::None, Spread::of(cpu_empty));
    Ok(())
}

fn gets(
    settings: &Settings,
    server: &Server,
    ids: &Arc<[String]>,
    connections: usize,
) -> anyhow::Result<Tally> {
    let load = Load {
        maker: server.maker.clone(),
        connections,
        seconds: settings.seconds,
        next: getting(ids),
        status: 200,
    };
    load.run()
}

/// Gets random ones of `ids`.
fn getting(ids: &Arc<[String]>) -> Next {
    let (ids, random) = (Arc::clone(ids), Mutex::new(Random::new(1)));
    Arc::new(move |maker: &Maker, out: &mut Vec<u8>| {
        let drawn = random.lock().unwrap_or_else(PoisonError::into_inner).below(ids.len() as u64);
        let id = &ids[usize::try_from(drawn).unwrap_or(0)];
        maker.get(&format!("/v1/contacts/{id}"), out);
    })
}

/// The p99 of gets over 8 connections, in ms, while 8 others create.
fn among_writes(
    settings: &Settings,
    server: &Server,
    ids: &Arc<[String]>,
    next: &Arc<AtomicU64>,
) -> anyhow::Result<f64> {
    let creates = Load {
        maker: server.maker.clone(),
        connections: CONNECTIONS / 8,
        seconds: settings.seconds,
        next: writes::creating(next),
        status: 201,
    };
    let tally = std::thread::scope(|threads| {
        let creating = threads.spawn(|| creates.run());
        let tally = gets(settings, server, ids, CONNECTIONS / 8);
        creating.join().map_err(|_panic| anyhow::anyhow!("the writes panicked"))??;
        tally
    })?;
    server.wait_until_idle()?;
    anyhow::ensure!(CONTACTS < next.load(Ordering::Relaxed), "nothing was created meanwhile");
    Ok(percentile(&tally.latencies, 990) / 1000.0)
}

/// The ids of all contacts, by their pages.
fn list_ids(server: &Server) -> anyhow::Result<Vec<String>> {
    let (mut client, mut ids) = (server.client()?, Vec::new());
    let (mut request, mut after) = (Vec::new(), String::new());
    loop {
        request.clear();
        server.maker.get(&format!("/v1/contacts?limit=100{after}"), &mut request);
        let (status, body) = client.ask(&request)?;
        anyhow::ensure!(status == 200, "a list answered {status}");
        let page: serde_json::Value = serde_json::from_slice(body)?;
        let data = page["data"].as_array().map(Vec::as_slice).unwrap_or_default();
        ids.extend(data.iter().filter_map(|one| one["id"].as_str()).map(str::to_owned));
        match page["pagination"]["next_cursor"].as_str() {
            Some(cursor) => after = format!("&after={cursor}"),
            None => return Ok(ids),
        }
    }
}
