//! The newest schema as one text for both engines, from a database that went through all of its
//! history.

use std::{fmt::Write as _, sync::Arc};

use anyhow::Context as _;
use store::{Durability, Migration, Options, Store, Target, World};

const ABOUT: &str = "\
-- The newest schema: what all migrations together make. Written by 'cargo run -p xtask -- codegen'.
-- A test runs the history and this text on both engines and compares.
";

/// Tables and their indexes, in the order in which they were first made.
pub(crate) fn dump() -> anyhow::Result<String> {
    // What a store without tables has is the store's own, and no migration's.
    let own = tables(&[])?;
    let mut text = ABOUT.to_owned();
    for (name, sql) in tables(server::setup::MIGRATIONS)? {
        if own.iter().all(|(known, _)| *known != name) {
            write!(text, "\n{};\n", for_both(&sql))?;
        }
    }
    Ok(text)
}

/// The names and texts of all tables and indexes that somebody asked for.
fn tables(migrations: &'static [Migration]) -> anyhow::Result<Vec<(String, String)>> {
    let folder = tempfile::tempdir()?;
    let store = Store::open(Options {
        target: Target::Sqlite(folder.path().join("schema.db")),
        migrations,
        world: World { clock: Arc::new(jiff::Timestamp::default), random: Arc::new(|| 1) },
        durability: Durability::Loose,
        readers: 1,
    })?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let read = store.system_read(|tx| {
        let sql = "select name, sql from sqlite_master where sql is not null order by rowid";
        tx.all(sql, &[], |row| Ok::<_, store::Error>((row.get(0)?, row.get(1)?)))
    });
    runtime.block_on(read).context("the tables cannot be listed")
}

/// SQLite keeps the text as it was written, but for its first words and what `store` puts in.
fn for_both(sql: &str) -> String {
    let sql = sql.replacen("CREATE TABLE", "create table", 1);
    let sql = sql.replacen("CREATE UNIQUE INDEX", "create unique index", 1);
    let sql = sql.replacen("CREATE INDEX", "create index", 1);
    match sql.strip_suffix("without rowid") {
        Some(rest) => format!("{rest}{{without_rowid}}"),
        None => sql,
    }
}
