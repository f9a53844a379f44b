//! Tables: numbered steps that only go forward, written once for both engines.

use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::{
    Conn, Target, Value,
    error::{Error, Result},
    search,
};

/// One step of the schema. Its text never changes once it was released.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Counts from 1, without gaps.
    pub number: i64,
    /// `contact_phone`, for people.
    pub name: &'static str,
    /// SQL for both engines. `{without_rowid}` after a table keeps it in the order of its key,
    /// which SQLite must be told and PostgreSQL cannot do.
    pub sql: &'static str,
}

/// Where tables are made: a lock of its own, which no lane takes.
const LANE_SET_UP: u8 = u8::MAX;

const OWN_TABLES: &str = "
    create table if not exists store_fact (name text not null primary key, value bigint not null);
    create table if not exists migration (
        number bigint not null primary key, name text not null, checksum text not null,
        applied_at bigint not null);";

impl Migration {
    fn checksum(&self) -> String {
        let digest = Sha256::digest(self.sql.as_bytes());
        digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The text for the engine of `target`.
    pub(crate) fn sql_for(&self, target: &Target) -> String {
        let order = match target {
            Target::Sqlite(_) => "without rowid",
            Target::Postgres { .. } => "",
        };
        self.sql.replace("{without_rowid}", order)
    }
}

/// Makes what is not there yet, and refuses what this program cannot serve.
pub(crate) fn set_up(
    conn: &mut Conn,
    target: &Target,
    migrations: &[Migration],
    lanes: u8,
    now: jiff::Timestamp,
) -> Result<()> {
    if let Conn::Postgres(postgres) = conn {
        postgres.check_server()?;
    }
    conn.begin_write(LANE_SET_UP)?;
    let result = bring_up(conn, target, migrations, lanes, now);
    conn.step(if result.is_ok() { "commit" } else { "rollback" })?;
    result
}

fn bring_up(
    conn: &mut Conn,
    target: &Target,
    migrations: &[Migration],
    lanes: u8,
    now: jiff::Timestamp,
) -> Result<()> {
    conn.batch(OWN_TABLES)?;
    check_lanes(conn, lanes)?;
    let applied = applied(conn)?;
    check_history(&applied, migrations)?;
    let due = migrations.iter().filter(|step| applied.iter().all(|(n, _)| *n != step.number));
    let due: Vec<&Migration> = due.collect();
    if let (Target::Sqlite(path), Some(first), false) = (target, due.first(), applied.is_empty()) {
        snapshot_before(path, first)?;
    }
    search::set_up(conn)?;
    for step in due {
        conn.batch(&step.sql_for(target))?;
        let values = [
            step.number.into(),
            step.name.into(),
            step.checksum().as_str().into(),
            Value::from(now),
        ];
        let sql = "insert into migration (number, name, checksum, applied_at)
                   values (?1, ?2, ?3, ?4)";
        conn.query(sql, &values)?;
        tracing::info!(number = step.number, name = step.name, "migrated the database");
    }
    Ok(())
}

fn check_lanes(conn: &mut Conn, lanes: u8) -> Result<()> {
    let sql = "insert into store_fact (name, value) values ('lanes', ?1)
               on conflict (name) do nothing";
    conn.query(sql, &[i64::from(lanes).into()])?;
    let rows = conn.query("select value from store_fact where name = 'lanes'", &[])?;
    let created_for: i64 = rows.first().map_or(Ok(0), |row| row.get(0))?;
    if created_for == i64::from(lanes) {
        return Ok(());
    }
    Err(Error::refused(format!(
        "this program writes in {lanes} lanes, but the database was created for {created_for}: \
         run the release that created it, or move the data into a new database"
    )))
}

/// The number and checksum of every step the database has seen.
fn applied(conn: &mut Conn) -> Result<Vec<(i64, String)>> {
    let rows = conn.query("select number, checksum from migration order by number", &[])?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

fn check_history(applied: &[(i64, String)], migrations: &[Migration]) -> Result<()> {
    for (number, checksum) in applied {
        let Some(step) = migrations.iter().find(|step| step.number == *number) else {
            return Err(Error::refused(format!(
                "the database is newer than this program: it has schema {number}, and this \
                 program knows {}. Run the newer program, or restore a backup made before it",
                migrations.len()
            )));
        };
        if step.checksum() != *checksum {
            return Err(Error::refused(format!(
                "schema step {number} ({}) of this program is not the one the database was made \
                 with: run the release that made it",
                step.name
            )));
        }
    }
    Ok(())
}

/// A copy to go back to, should the new release not work out.
fn snapshot_before(path: &Path, first: &Migration) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let copy = folder.join(format!("before-schema-{:04}.db", first.number));
    if copy.exists() {
        return Ok(());
    }
    crate::backup::copy_file(path, &copy)?;
    tracing::info!(copy = %copy.display(), "copied the database before changing its schema");
    Ok(())
}
