//! `switchboard demo`

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use store::Store;

use crate::{
    attachment,
    config::Config,
    demo, outbox,
    secret::{self, SecretKey},
    setup,
};

/// What can be done about the examples of `serve --demo`.
#[derive(Debug, Subcommand)]
pub(super) enum Demo {
    /// Delete all data of a folder that was filled with examples, and fill it anew
    Reset,
}

/// It lies in a folder of data that holds examples, so that no other is ever emptied.
const MARK: &str = "holds-examples";
/// What a folder of data holds besides the key.
const FOLDERS: [&str; 2] = [attachment::FOLDER, outbox::FOLDER];
const FILES: [&str; 3] = ["switchboard.db", "switchboard.db-wal", "switchboard.db-shm"];

fn place(config: &Config) -> PathBuf {
    config.data.join(MARK)
}

/// Fills a folder of data that has no contacts with examples, and marks it as such.
pub(super) async fn fill(
    store: &Store,
    config: &Config,
    key: &SecretKey,
    past: &demo::Past,
) -> anyhow::Result<()> {
    if !demo::fill(store, config, key, past).await? {
        return Ok(());
    }
    let text = "This folder was filled by `serve --demo`: `switchboard demo reset` empties it.\n";
    fs::write(place(config), text)
        .with_context(|| format!("'{}' cannot be written", place(config).display()))
}

pub(super) async fn run(config: &Config, demo: Demo) -> anyhow::Result<()> {
    match demo {
        Demo::Reset => reset(config).await,
    }
}

/// What is not there need not be removed.
fn gone(path: &Path, remove: impl Fn(&Path) -> io::Result<()>) -> anyhow::Result<()> {
    match remove(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("'{}' stays", path.display()))
        }
        _ => Ok(()),
    }
}

async fn reset(config: &Config) -> anyhow::Result<()> {
    if !config.database_url.0.is_empty() {
        bail!(
            "only a folder of data can be reset: a PostgreSQL database is emptied by its own tools"
        );
    }
    let lock = setup::lock(config)?;
    if !place(config).exists() {
        bail!(
            "the data folder '{}' was never filled with examples, so nothing was deleted: name \
             another one with --data",
            config.data.display()
        );
    }
    for name in FILES {
        gone(&config.data.join(name), |path| fs::remove_file(path))?;
    }
    for name in FOLDERS {
        gone(&config.data.join(name), |path| fs::remove_dir_all(path))?;
    }
    let (past, random) = (demo::Past::default(), setup::world().random);
    let store = setup::open(config, &past.of(&setup::world())).await?;
    let key = secret::load_or_make(config, || random())?;
    fill(&store, config, &key, &past).await?;
    drop(lock);
    super::print("The examples are as they were. Start with: switchboard serve --demo\n")
}
