//! Grouped writes on one hot workspace of PostgreSQL, beside one commit per request.

use std::path::Path;

use tempfile::TempDir;

use crate::{
    CONNECTIONS, Settings,
    local::{self, Local},
    postgres::Database,
    progress,
    report::{Report, Target},
    time::Spread,
};

/// Nodes that contend for the workspace, each with one write at a time.
const NODES: usize = 8;

/// Measures, and writes a section.
pub fn measure(settings: &Settings, report: &mut Report) -> anyhow::Result<()> {
    report.section(
        "PostgreSQL: grouped writes on one hot workspace",
        "The store in this process, without HTTP: the creates of 64 tasks, beside the same \
         statements with a commit for each.",
    );
    let Some(url) = &settings.postgres else {
        report.line("PostgreSQL was not measured: there is no TEST_POSTGRES.");
        return Ok(());
    };
    let database = Database::create(url)?;
    // One folder for all, since nodes share a key.
    let folder = TempDir::new_in(&settings.folder)?;
    compare(settings, report, folder.path(), &database.url, "")?;
    report.line(
        "The same once more, where every commit waits two milliseconds longer (`commit_delay`), as on a \
         disk across a network:",
    );
    let slow =
        format!("{}?options=-c%20commit_delay%3D2000%20-c%20commit_siblings%3D0", database.url);
    compare(settings, report, folder.path(), &slow, ", slower disk")
}

fn compare(
    settings: &Settings,
    report: &mut Report,
    folder: &Path,
    url: &str,
    suffix: &str,
) -> anyhow::Result<()> {
    let nodes = (0..NODES).map(|_| Local::open(folder, Some(url)));
    let nodes: Vec<Local> = nodes.collect::<anyhow::Result<_>>()?;
    let [first, ..] = &nodes[..] else { anyhow::bail!("there are nodes") };
    let (mut grouped, mut serial, mut contended) = (Vec::new(), Vec::new(), Vec::new());
    let mut per_commit = Vec::new();
    let (many, few) = if settings.is_quick { (2_000, 200) } else { (8_000, 800) };
    // The second comparison goes on where the first one ended.
    let mut next = if suffix.is_empty() { 0 } else { 1_000_000 };
    let mut take = |count: u64| {
        next += count;
        local::parse(next - count..next)
    };
    for round in 0..settings.rounds {
        let (people, commits) = (take(many)?, first.commits());
        grouped.push(first.create(&people, CONNECTIONS)?);
        per_commit.push(many as f64 / (first.commits() - commits) as f64);
        serial.push(first.create(&take(few)?, 1)?);
        let shares = (0..NODES).map(|_| take(few / 4)).collect::<anyhow::Result<Vec<_>>>()?;
        contended.push(together(&nodes, &shares)?);
        progress(&format!(
            "groups{suffix}, round {round}: {:.0}/s, {:.0}/s",
            grouped[round], serial[round]
        ));
    }
    report.table();
    report.row(
        &format!("times one commit per request, {NODES} connections contending{suffix}"),
        Target::AtLeast(4.0),
        Spread::ratio(&grouped, &contended),
    );
    report.row(
        &format!("times one commit per request, one connection alone{suffix}"),
        Target::None,
        Spread::ratio(&grouped, &serial),
    );
    report.row("writes per commit", Target::None, Spread::of(per_commit));
    report.row("grouped, a second", Target::None, Spread::of(grouped));
    report.row("one commit per request, contending, a second", Target::None, Spread::of(contended));
    report.row("one commit per request, alone, a second", Target::None, Spread::of(serial));
    Ok(())
}

/// All nodes at once, each with one write at a time. Gives their rates together, a second.
fn together(nodes: &[Local], shares: &[Vec<server::contact::NewContact>]) -> anyhow::Result<f64> {
    std::thread::scope(|threads| {
        let running: Vec<_> = nodes
            .iter()
            .zip(shares)
            .map(|(node, share)| threads.spawn(move || node.create(share, 1)))
            .collect();
        let mut rate = 0.0;
        for one in running {
            rate += one.join().map_err(|_panic| anyhow::anyhow!("a node panicked"))??;
        }
        Ok(rate)
    })
}
