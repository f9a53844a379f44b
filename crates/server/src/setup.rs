//! From settings to a store that is ready: the data folder, its lock, the schema, the first
//! workspace, and the key that belongs to the data.

use std::{
    fs::{self, File, TryLockError},
    path::PathBuf,
    sync::Arc,
};

use anyhow::{Context as _, bail};
use store::{Durability, Migration, Options, Scope, Store, Target, World};

use crate::{
    config::Config,
    error::{Error, Result},
    id::{Id, WorkspaceId},
    record, secret,
    workspace::{self, Workspace},
};

/// The tables, oldest first.
pub const MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "ground", sql: include_str!("../migrations/0001_ground.sql") },
    Migration { number: 2, name: "doors", sql: include_str!("../migrations/0002_doors.sql") },
    Migration { number: 3, name: "live", sql: include_str!("../migrations/0003_live.sql") },
    Migration { number: 4, name: "platform", sql: include_str!("../migrations/0004_platform.sql") },
    Migration { number: 5, name: "people", sql: include_str!("../migrations/0005_people.sql") },
    Migration { number: 6, name: "desk", sql: include_str!("../migrations/0006_desk.sql") },
    Migration { number: 7, name: "export", sql: include_str!("../migrations/0007_export.sql") },
];

const DATABASE_FILE: &str = "switchboard.db";
const LOCK_FILE: &str = "lock";

/// The database of SQLite in the folder of the data.
pub fn database_file(config: &Config) -> PathBuf {
    config.data.join(DATABASE_FILE)
}

/// Time and chance, as they are.
#[expect(clippy::disallowed_methods, reason = "this is where the clock comes in")]
pub fn world() -> World {
    World { clock: Arc::new(jiff::Timestamp::now), random: Arc::new(rand::random::<u128>) }
}

/// Where the settings say the data is.
///
/// # Errors
/// When the file of certificate authorities cannot be read.
pub fn target(config: &Config) -> anyhow::Result<Target> {
    if config.database_url.0.is_empty() {
        return Ok(Target::Sqlite(database_file(config)));
    }
    let file = &config.database.ca_file;
    let authorities = if file.is_empty() {
        None
    } else {
        let text = fs::read_to_string(file);
        Some(text.with_context(|| format!("the certificates '{file}' cannot be read"))?)
    };
    Ok(Target::Postgres { url: config.database_url.0.clone(), authorities })
}

/// Opens the data, brings it up to date, and makes sure that it and the key belong together.
///
/// # Errors
/// With a sentence that says what to do.
pub async fn open(config: &Config, world: &World) -> anyhow::Result<Store> {
    fs::create_dir_all(&config.data)
        .with_context(|| format!("the data folder '{}' cannot be made", config.data.display()))?;
    let options = Options {
        target: target(config)?,
        migrations: MIGRATIONS,
        world: world.clone(),
        durability: Durability::Full,
        readers: config.database.readers,
    };
    // It connects and migrates, which waits; the store's own threads need no runtime.
    let opened = tokio::task::spawn_blocking(move || Store::open(options)).await?;
    let store = opened.map_err(explain)?;
    check_key(&store, config, world).await?;
    ensure_default_workspace(&store, world).await?;
    Ok(store)
}

/// What a person can do about it comes first; the engine's own words follow.
fn explain(error: store::Error) -> anyhow::Error {
    match error {
        store::Error::Refused(why) => anyhow::anyhow!(why),
        store::Error::Internal(source) => {
            anyhow::anyhow!(source).context("the database cannot be opened")
        }
        other => anyhow::anyhow!(other).context("the database cannot be opened"),
    }
}

/// The server's hold on the data folder: a second one on the same folder is refused. It lasts until
/// it is dropped, or the process ends in whatever way.
///
/// # Errors
/// When another server has it.
pub fn lock(config: &Config) -> anyhow::Result<File> {
    fs::create_dir_all(&config.data)
        .with_context(|| format!("the data folder '{}' cannot be made", config.data.display()))?;
    let path = config.data.join(LOCK_FILE);
    let file = File::create(&path)
        .with_context(|| format!("the lock '{}' cannot be made", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "a server is running on the data folder '{}': stop it first, or choose another folder \
             with --data",
            config.data.display()
        ),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("the lock '{}' cannot be taken", path.display()))
        }
    }
}

const PROBE: &str = "key_probe";

/// The probe that a database keeps of its key, if it was ever opened with one.
///
/// # Errors
/// Those of the store.
pub async fn key_probe(store: &Store) -> Result<Option<String>> {
    let read = store.system_read(|tx| {
        let sql = "select value from installation where name = ?1";
        Ok::<_, Error>(tx.first(sql, &[PROBE.into()], |row| row.get::<String>(0))?)
    });
    read.await
}

async fn check_key(store: &Store, config: &Config, world: &World) -> anyhow::Result<()> {
    let random = Arc::clone(&world.random);
    if let Some(probe) = key_probe(store).await? {
        let Some(key) = secret::load(config)? else {
            bail!(
                "the data was sealed with a key that is not there: put it at {}, or name it in \
                 SWITCHBOARD_SECRET_KEY",
                secret::place(config)
            );
        };
        if !key.fits(&probe) {
            bail!(
                "the key in {} is not the one that the data was sealed with",
                secret::place(config)
            );
        }
        return Ok(());
    }
    let probe = secret::load_or_make(config, || random())?.probe(|| random())?;
    let write = store.system(move |tx| {
        let sql = "insert into installation (name, value) values (?1, ?2)
                   on conflict (name) do nothing";
        Ok::<_, Error>(tx.run(sql, &[PROBE.into(), (&probe).into()])?)
    });
    Ok(write.await?)
}

/// Forgets the key that the data was sealed with, and all that was sealed.
///
/// # Errors
/// Those of the store.
pub async fn forget_key(store: &Store) -> Result<()> {
    let write = store.system(|tx| {
        Ok::<_, Error>(tx.run("delete from installation where name = ?1", &[PROBE.into()])?)
    });
    write.await
}

/// Makes a workspace, and all that every workspace begins with.
///
/// # Errors
/// When the slug is taken or cannot be one.
pub async fn create_workspace(store: &Store, world: &World, slug: &str) -> Result<Workspace> {
    let id: WorkspaceId = Id::new((world.clock)(), (world.random)());
    let (scope, slug) = (Scope::new(id.as_str()), slug.to_owned());
    let write = store.write(&scope, move |tx| {
        let made = workspace::create(tx, &id, &slug)?;
        record::seed(tx)?;
        Ok(made)
    });
    write.await
}

async fn ensure_default_workspace(store: &Store, world: &World) -> Result<()> {
    if workspace::look_up(store, workspace::DEFAULT).await.is_ok() {
        return Ok(());
    }
    match create_workspace(store, world, workspace::DEFAULT).await {
        // Another node was first.
        Ok(_) | Err(Error::Taken { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}
