//! Measures the program on the machine it runs on, as ratios within one run.
//!
//! Everything is asked of the release binary, started as a child process on a data folder of its
//! own. What is compared is measured in turns, round by round, so that a machine that is slower for
//! a while is slower for both. The report is Markdown, on standard output; progress goes to
//! standard error.

mod client;
mod cost;
mod groups;
mod hooks;
mod intake;
mod live;
mod load;
mod local;
mod machine;
mod people;
mod postgres;
mod reads;
mod report;
mod scale;
mod child;
mod start;
mod time;
mod writes;

use std::{io::Write as _, path::PathBuf};

use anyhow::Context as _;
use clap::{Parser, ValueEnum};
use tempfile::TempDir;

use self::report::Report;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Item {
    /// Creating contacts over 64 connections
    Writes,
    /// Leads over 64 connections, beside creating contacts
    Intake,
    /// The realtime gateway
    Live,
    /// Webhooks to twenty receivers
    Hooks,
    /// Getting contacts over 64 connections
    Reads,
    /// Start, restart and memory
    Start,
    /// A large database beside a small one
    Scale,
    /// Grouped writes on PostgreSQL
    Groups,
}

/// Measures the program and prints a report.
#[derive(Debug, Parser)]
struct Arguments {
    /// What to measure: everything unless named
    #[arg(value_enum)]
    items: Vec<Item>,
    /// Sizes and times that show whether it works, and no more
    #[arg(long)]
    quick: bool,
    /// How often everything is measured
    #[arg(long, value_name = "N")]
    rounds: Option<usize>,
    /// How long each load of a round lasts
    #[arg(long, value_name = "N")]
    seconds: Option<f64>,
    /// Contacts of the large database
    #[arg(long, value_name = "N")]
    large: Option<u64>,
    /// Contacts of the small database
    #[arg(long, value_name = "N")]
    small: Option<u64>,
    /// Contacts of the large database on PostgreSQL; 0 leaves PostgreSQL out
    #[arg(long, value_name = "N")]
    large_postgres: Option<u64>,
    /// Keep the loaded databases of SQLite in this folder, or use those that are there
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// The program [default: the one beside this one]
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

/// All that an item needs to know.
#[derive(Debug)]
struct Settings {
    binary: PathBuf,
    /// Where data folders are made: on the disk of the build, since `/tmp` may be memory.
    folder: PathBuf,
    rounds: usize,
    /// Seconds that one load of one round lasts.
    seconds: f64,
    is_quick: bool,
    large: u64,
    small: u64,
    large_postgres: u64,
    /// Where loaded databases of SQLite are, for all items.
    keep: PathBuf,
    postgres: Option<String>,
}

/// Connections that ask at once.
const CONNECTIONS: usize = 64;

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let items = if arguments.items.is_empty() {
        Item::value_variants().to_vec()
    } else {
        arguments.items.clone()
    };
    let (settings, _kept) = settings(arguments)?;
    let mut report = Report::default();
    machine::describe(&mut report, &settings)?;
    for item in items {
        match item {
            Item::Writes => writes::measure(&settings, &mut report),
            Item::Intake => intake::measure(&settings, &mut report),
            Item::Live => live::measure(&settings, &mut report),
            Item::Hooks => hooks::measure(&settings, &mut report),
            Item::Reads => reads::measure(&settings, &mut report),
            Item::Start => start::measure(&settings, &mut report),
            Item::Scale => scale::measure(&settings, &mut report),
            Item::Groups => groups::measure(&settings, &mut report),
        }
        .with_context(|| format!("measuring {item:?}"))?;
    }
    std::io::stdout().write_all(report.to_markdown().as_bytes())?;
    Ok(())
}

/// The folder is that of loaded databases, where none is named: it goes when this program does.
fn settings(arguments: Arguments) -> anyhow::Result<(Settings, TempDir)> {
    let Arguments { quick, rounds, seconds, large, small, large_postgres, keep, binary, .. } =
        arguments;
    let beside = std::env::current_exe()?;
    let beside = beside.parent().context("this program lies in no folder")?;
    let binary = binary.unwrap_or_else(|| beside.join("switchboard"));
    anyhow::ensure!(binary.exists(), "{} is not built", binary.display());
    let folder = beside.join("bench-data");
    std::fs::create_dir_all(&folder)?;
    let kept = TempDir::new_in(&folder)?;
    let settings = Settings {
        binary,
        folder,
        rounds: rounds.unwrap_or(if quick { 3 } else { 7 }),
        seconds: seconds.unwrap_or(if quick { 1.0 } else { 3.0 }),
        is_quick: quick,
        large: large.unwrap_or(if quick { 100_000 } else { 1_000_000 }),
        small: small.unwrap_or(10_000),
        large_postgres: large_postgres.unwrap_or(if quick { 50_000 } else { 1_000_000 }),
        keep: keep.unwrap_or_else(|| kept.path().to_owned()),
        postgres: postgres_url(),
    };
    Ok((settings, kept))
}

#[expect(clippy::disallowed_methods, reason = "this program is a tool, and has no settings")]
fn postgres_url() -> Option<String> {
    std::env::var("TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// Says on standard error what is being done.
fn progress(text: &str) {
    // Nobody may be listening.
    drop(writeln!(std::io::stderr(), "bench: {text}"));
}
