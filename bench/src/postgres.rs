//! Databases of our own on a PostgreSQL server.

use std::{fmt::Write as _, io::Write as _, path::Path};

use ::postgres::{Client, Config, NoTls};
use anyhow::Context as _;
use rusqlite::{Connection, OpenFlags, types::ValueRef};

use crate::people::Random;

/// It is dropped with this.
pub struct Database {
    server: String,
    name: String,
    /// `postgres://…`
    pub url: String,
}

/// What a contact is made of. Search and readers follow by themselves.
const TABLES: [&str; 10] = [
    "contact",
    "contact_attribute",
    "contact_counter",
    "contact_email",
    "contact_phone",
    "contact_tag",
    "event",
    "event_counter",
    "record",
    "record_counter",
];

impl Database {
    /// Makes an empty one beside that of `url`.
    pub fn create(url: &str) -> anyhow::Result<Self> {
        let seed = u64::from(std::process::id());
        let mut client = Client::connect(url, NoTls)?;
        let mut random = Random::new(seed);
        let name = loop {
            let name = format!("bench_{:08x}", random.below(1 << 32));
            let sql = "select 1::int8 from pg_database where datname = $1";
            if client.query_opt(sql, &[&name])?.is_none() {
                break name;
            }
        };
        let sql = format!("create database {name} template template0 encoding 'UTF8' locale 'C'");
        client.batch_execute(&sql)?;
        let config: Config = url.parse()?;
        let old = config.get_dbname().context("the address names no database")?;
        let base = url.strip_suffix(old).context("the database is not the last of the address")?;
        let url = format!("{base}{name}");
        Ok(Self { server: format!("{base}{old}"), name, url })
    }

    /// Copies contacts out of a file of SQLite, into the workspace there is.
    pub fn copy(&self, file: &Path) -> anyhow::Result<()> {
        let from = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut to = Client::connect(&self.url, NoTls)?;
        let workspace: String = to.query_one("select workspace from workspace", &[])?.get(0);
        for table in TABLES {
            to.batch_execute(&format!("delete from {table}"))?;
            let mut rows = from.prepare(&format!("select * from {table}"))?;
            let columns: Vec<String> = rows.column_names().map(str::to_owned).collect();
            let place = columns.iter().position(|name| name == "workspace");
            let names = columns.join(", ");
            let mut writer = to.copy_in(&format!("copy {table} ({names}) from stdin"))?;
            let mut rows = rows.query([])?;
            let mut line = String::new();
            while let Some(row) = rows.next()? {
                line.clear();
                for column in 0..columns.len() {
                    let separator = if column == 0 { "" } else { "\t" };
                    line.push_str(separator);
                    if Some(column) == place {
                        line.push_str(&workspace);
                    } else {
                        push(&mut line, row.get_ref(column)?)?;
                    }
                }
                line.push('\n');
                writer.write_all(line.as_bytes())?;
            }
            writer.finish()?;
        }
        Ok(())
    }

    /// What the server does by itself, a while after so many rows came.
    pub fn vacuum(&self) -> anyhow::Result<()> {
        Ok(Client::connect(&self.url, NoTls)?.batch_execute("vacuum analyze")?)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let sql = format!("drop database {} with (force)", self.name);
        // The whole server is thrown away anyhow.
        drop(
            Client::connect(&self.server, NoTls).and_then(|mut client| client.batch_execute(&sql)),
        );
    }
}

/// A value, as `copy` reads it.
fn push(line: &mut String, value: ValueRef<'_>) -> anyhow::Result<()> {
    match value {
        ValueRef::Null => line.push_str("\\N"),
        ValueRef::Integer(number) => write!(line, "{number}")?,
        ValueRef::Text(text) => {
            for c in std::str::from_utf8(text)?.chars() {
                match c {
                    '\\' => line.push_str("\\\\"),
                    '\n' => line.push_str("\\n"),
                    '\r' => line.push_str("\\r"),
                    '\t' => line.push_str("\\t"),
                    c => line.push(c),
                }
            }
        }
        ValueRef::Real(_) | ValueRef::Blob(_) => anyhow::bail!("a column of a third type"),
    }
    Ok(())
}
