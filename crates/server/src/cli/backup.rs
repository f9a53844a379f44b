//! `switchboard backup` and `switchboard restore`.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::Args;
use store::{Durability, Options, Store, Target};

use super::print;
use crate::{attachment, config::Config, secret, setup};

#[derive(Args, Debug)]
pub(super) struct Restore {
    /// A file that `backup` made
    file: PathBuf,
    /// Restore without the key that its secrets were sealed with: they are lost
    #[arg(long)]
    without_secrets: bool,
}

/// The database's name in a backup.
const DATABASE: &str = "switchboard.db";
/// The folder of attachments, in the data and in a backup.
const BLOBS: &str = attachment::FOLDER;
const UNPACKED: &str = "restore.tmp";

pub(super) async fn backup(config: &Config, file: &Path) -> anyhow::Result<()> {
    if !config.database_url.0.is_empty() {
        bail!(
            "PostgreSQL has its own backup: run 'pg_dump --format=custom --file={} \"$DATABASE_URL\"', \
             and keep the folder '{}' and the key in {} with it",
            file.display(),
            config.data.join(BLOBS).display(),
            secret::place(config)
        );
    }
    let (settings, target) = (config.clone(), file.to_owned());
    tokio::task::spawn_blocking(move || pack(&settings, &target)).await??;
    let bucket = &config.attachments.bucket;
    let elsewhere = if bucket.is_empty() {
        String::new()
    } else {
        format!(" Attachments are in the bucket '{bucket}', which needs a backup of its own.")
    };
    print(&format!(
        "The data is in {}. The key that opens its secrets is not: keep a copy of {} elsewhere.\
         {elsewhere}\n",
        file.display(),
        secret::place(config)
    ))
}

/// The database as it is at one moment, and the attachments, which never change once written.
fn pack(config: &Config, file: &Path) -> anyhow::Result<()> {
    let database = setup::database_file(config);
    if !database.exists() {
        bail!("there is no database in '{}' yet", config.data.display());
    }
    if file.exists() {
        bail!("{} exists already: name a new file", file.display());
    }
    let copy = config.data.join("backup.tmp.db");
    if copy.exists() {
        fs::remove_file(&copy)?;
    }
    store::copy_file(&database, &copy)?;
    let part = PathBuf::from(format!("{}.part", file.display()));
    let written = write_archive(&part, &copy, &config.data.join(BLOBS));
    fs::remove_file(&copy)?;
    written.with_context(|| format!("the backup '{}' cannot be written", part.display()))?;
    fs::rename(&part, file)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(())
}

fn write_archive(part: &Path, database: &Path, blobs: &Path) -> anyhow::Result<()> {
    let mut archive = tar::Builder::new(File::create(part)?);
    archive.append_path_with_name(database, DATABASE)?;
    if blobs.is_dir() {
        archive.append_dir_all(BLOBS, blobs)?;
    }
    archive.into_inner()?.sync_all()?;
    Ok(())
}

pub(super) async fn restore(config: &Config, restore: &Restore) -> anyhow::Result<()> {
    if !config.database_url.0.is_empty() {
        bail!(
            "PostgreSQL has its own restore: stop every node, run 'pg_restore --clean --if-exists \
             --dbname=\"$DATABASE_URL\" {}', and put the attachments and the key back beside it",
            restore.file.display()
        );
    }
    let lock = setup::lock(config)?;
    let unpacked = config.data.join(UNPACKED);
    if unpacked.exists() {
        fs::remove_dir_all(&unpacked)?;
    }
    let outcome = check_and_swap(config, restore, &unpacked).await;
    if unpacked.exists() {
        fs::remove_dir_all(&unpacked)?;
    }
    drop(lock);
    let old = outcome?;
    let before = old.map(|old| format!(" What was there before is in {}.", old.display()));
    let before = before.unwrap_or_default();
    print(&format!("The data of {} is in place.{before}\n", restore.file.display()))
}

async fn check_and_swap(
    config: &Config,
    restore: &Restore,
    unpacked: &Path,
) -> anyhow::Result<Option<PathBuf>> {
    let (file, into) = (restore.file.clone(), unpacked.to_owned());
    tokio::task::spawn_blocking(move || unpack(&file, &into)).await??;
    let store = open_copy(&unpacked.join(DATABASE)).await?;
    if let Some(probe) = setup::key_probe(&store).await? {
        let fits = secret::load(config)?.is_some_and(|key| key.fits(&probe));
        if restore.without_secrets {
            setup::forget_key(&store).await?;
        } else if !fits {
            bail!(
                "the backup's secrets were sealed with a key that is not in {}: put that key there, \
                 name it in SWITCHBOARD_SECRET_KEY, or give its secrets up with --without-secrets",
                secret::place(config)
            );
        }
    }
    // Its threads end, and its log becomes part of the file.
    drop(store);
    swap(config, unpacked)
}

fn unpack(file: &Path, into: &Path) -> anyhow::Result<()> {
    let archive = File::open(file)
        .with_context(|| format!("the backup '{}' cannot be read", file.display()))?;
    fs::create_dir_all(into)?;
    // It refuses paths that lead out of the folder.
    tar::Archive::new(archive)
        .unpack(into)
        .with_context(|| format!("'{}' is no backup of this program", file.display()))?;
    if !into.join(DATABASE).is_file() {
        bail!("'{}' is no backup of this program: it holds no database", file.display());
    }
    store::check_file(&into.join(DATABASE))?;
    Ok(())
}

async fn open_copy(path: &Path) -> anyhow::Result<Store> {
    let options = Options {
        target: Target::Sqlite(path.to_owned()),
        migrations: setup::MIGRATIONS,
        world: setup::world(),
        durability: Durability::Full,
        readers: 1,
    };
    let opened = tokio::task::spawn_blocking(move || Store::open(options)).await?;
    opened.context("the backup cannot be opened")
}

/// A folder that nothing is in yet: what an earlier restore kept is never written over.
fn new_folder(data: &Path) -> anyhow::Result<PathBuf> {
    let mut moment = (setup::world().clock)().as_second();
    loop {
        let folder = data.join(format!("before-restore-{moment}"));
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => moment += 1,
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("the folder '{}' cannot be made", folder.display()));
            }
        }
    }
}

/// Puts the new data in place of the old, which is kept. Says where.
fn swap(config: &Config, unpacked: &Path) -> anyhow::Result<Option<PathBuf>> {
    let database = setup::database_file(config);
    let mut kept = None;
    if database.exists() {
        let folder = new_folder(&config.data)?;
        for name in ["", "-wal", "-shm"] {
            let from = PathBuf::from(format!("{}{name}", database.display()));
            if from.exists() {
                fs::rename(&from, folder.join(format!("{DATABASE}{name}")))?;
            }
        }
        if config.data.join(BLOBS).exists() {
            fs::rename(config.data.join(BLOBS), folder.join(BLOBS))?;
        }
        kept = Some(folder);
    }
    fs::rename(unpacked.join(DATABASE), &database)?;
    if unpacked.join(BLOBS).exists() {
        fs::rename(unpacked.join(BLOBS), config.data.join(BLOBS))?;
    }
    File::open(&config.data)?.sync_all()?;
    Ok(kept)
}
