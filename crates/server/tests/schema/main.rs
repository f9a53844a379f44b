//! The tables as the migrations make them, as the checked-in dump makes them, and as the statements
//! of the program need them: the same on both engines.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "../source/mod.rs"]
mod source;
mod statements;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use server::setup::MIGRATIONS;
use store::{Durability, Migration, Options, ReadTx, Store, Target, World};

const DUMP: &[Migration] =
    &[Migration { number: 1, name: "dump", sql: include_str!("../../migrations/schema.sql") }];

/// An empty database on one of the engines, gone when it is dropped.
struct Database {
    target: Target,
    folder: tempfile::TempDir,
}

/// One on each engine there is: PostgreSQL if `TEST_POSTGRES` says where.
fn databases() -> Vec<Database> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let folder = tempfile::tempdir().unwrap();
    let target = Target::Sqlite(folder.path().join("switchboard.db"));
    let mut databases = vec![Database { target, folder }];
    #[expect(clippy::disallowed_methods, reason = "the tests have no config")]
    let url = std::env::var("TEST_POSTGRES");
    if let Ok(url) = url {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("schema_{}_{number}", std::process::id());
        store::testing::create_database(&url, &name);
        let (server, _) = url.rsplit_once('/').expect("a URL ends with a database");
        let target = Target::Postgres { url: format!("{server}/{name}"), authorities: None };
        databases.push(Database { target, folder: tempfile::tempdir().unwrap() });
    }
    databases
}

impl Database {
    fn open(&self, migrations: &'static [Migration]) -> Store {
        let (clock, random) = (Arc::new(jiff::Timestamp::default), Arc::new(|| 1));
        let world = World { clock, random };
        let target = self.target.clone();
        Store::open(Options {
            target,
            migrations,
            world,
            durability: Durability::Loose,
            readers: 1,
        })
        .unwrap()
    }

    fn is_sqlite(&self) -> bool {
        matches!(self.target, Target::Sqlite(_))
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Target::Postgres { url, .. } = &self.target {
            store::testing::drop_database(url);
        }
        assert!(self.folder.path().exists(), "the folder outlives the database");
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Per line: a column with its table, type, nullability and place in the primary key.
const SQLITE_COLUMNS: &str = "
    select t.name || '.' || c.name || ' ' || lower(c.type) || case when c.\"notnull\" = 1
           then ' not null' else '' end || case when c.pk > 0 then ' key ' || c.pk else '' end
    from pragma_table_list t join pragma_table_info(t.name) c
    where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite_%'";

const POSTGRES_COLUMNS: &str = "
    select c.table_name || '.' || c.column_name || ' ' || c.data_type
           || case when c.is_nullable = 'NO' then ' not null' else '' end
           || coalesce(' key ' || (
               select k.ordinal_position::text from information_schema.key_column_usage k
               join information_schema.table_constraints p
                 on p.constraint_name = k.constraint_name and p.constraint_type = 'PRIMARY KEY'
                    and p.table_name = k.table_name
               where k.table_name = c.table_name and k.column_name = c.column_name), '')
    from information_schema.columns c where c.table_schema = 'public'";

/// Per line: an index with its table, whether it is unique, and its columns. Those of primary keys
/// are not listed: their columns are.
const SQLITE_INDEXES: &str = "
    select t.name || case when i.\"unique\" = 1 then ' unique' else '' end || ' (' || (
               select group_concat(x.name, ', ') from (
                   select c.name from pragma_index_info(i.name) c order by c.seqno) x) || ')'
    from pragma_table_list t join pragma_index_list(t.name) i
    where t.schema = 'main' and t.type = 'table' and i.origin <> 'pk'";

const POSTGRES_INDEXES: &str = "
    select t.relname::text || case when i.indisunique then ' unique' else '' end || ' (' || (
               select string_agg(a.attname::text, ', ' order by k.place)
               from unnest(i.indkey::int2[]) with ordinality k (number, place)
               join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number) || ')'
    from pg_index i join pg_class t on t.oid = i.indrelid
    join pg_namespace n on n.oid = t.relnamespace
    where n.nspname = 'public' and not i.indisprimary";

/// Everything about the tables that a statement could notice.
fn introspect(database: &Database, migrations: &'static [Migration]) -> BTreeSet<String> {
    let store = database.open(migrations);
    let queries = if database.is_sqlite() {
        [SQLITE_COLUMNS, SQLITE_INDEXES]
    } else {
        [POSTGRES_COLUMNS, POSTGRES_INDEXES]
    };
    let read = store.system_read(move |tx: &mut ReadTx<'_>| {
        let mut lines = BTreeSet::new();
        for sql in queries {
            lines.extend(tx.all(sql, &[], |row| row.get::<String>(0))?);
        }
        Ok::<_, store::Error>(lines)
    });
    block_on(read).unwrap()
}

/// Without the store's own tables, which differ from engine to engine.
fn tables_of(database: &Database, migrations: &'static [Migration]) -> BTreeSet<String> {
    let all = introspect(database, migrations);
    let own = databases().into_iter().find(|other| other.is_sqlite() == database.is_sqlite());
    let own = introspect(&own.expect("the same engine is there again"), &[]);
    all.difference(&own).cloned().collect()
}

#[test]
fn the_history_and_the_dump_make_the_same_tables() {
    for (history, dump) in databases().iter().zip(databases().iter()) {
        let (history, dump) = (tables_of(history, MIGRATIONS), tables_of(dump, DUMP));
        assert!(history.contains("contact.workspace text not null key 1"), "{history:#?}");
        assert!(history.contains("operator unique (workspace, email_folded)"), "{history:#?}");
        let missing: Vec<_> = history.difference(&dump).collect();
        let added: Vec<_> = dump.difference(&history).collect();
        assert!(
            missing.is_empty() && added.is_empty(),
            "schema.sql is stale: run 'cargo run -p xtask -- codegen'. Missing: {missing:#?}, \
             too many: {added:#?}"
        );
    }
}

#[test]
fn both_engines_have_the_same_tables() {
    let mut all = databases().into_iter().map(|database| tables_of(&database, MIGRATIONS));
    let first = all.next().expect("there is always SQLite");
    for other in all {
        let differ: Vec<_> = first.symmetric_difference(&other).collect();
        assert!(differ.is_empty(), "the engines differ in {differ:#?}");
    }
}

/// What belongs to the installation, and the people who sign in.
const OF_NO_WORKSPACE: [&str; 7] =
    ["account", "guess", "installation", "node", "passkey", "recovery_code", "voucher"];

#[test]
fn columns_are_text_or_bigint_and_begin_with_the_workspace() {
    for line in tables_of(&databases()[0], MIGRATIONS) {
        let Some((name, rest)) = line.split_once(' ') else { continue };
        if name.contains('.') {
            let kind = rest.split(' ').next();
            assert!(matches!(kind, Some("text" | "bigint")), "{line}: a column is text or bigint");
            let is_key = rest.ends_with("key 1");
            let (table, column) = name.split_once('.').expect("a line has a table and a column");
            assert!(
                !is_key || column == "workspace" || OF_NO_WORKSPACE.contains(&table),
                "{line}: a primary key begins with the workspace"
            );
        }
    }
}

#[test]
fn migrations_are_numbered_without_gaps_and_named_as_their_files() {
    let folder = source::root().join("crates/server/migrations");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "schema.sql")
        .collect();
    files.sort();
    let named = |step: &Migration| format!("{:04}_{}.sql", step.number, step.name);
    assert_eq!(files, MIGRATIONS.iter().map(named).collect::<Vec<_>>());
    let numbers: Vec<i64> = MIGRATIONS.iter().map(|step| step.number).collect();
    let wanted: Vec<i64> = (1..).take(MIGRATIONS.len()).collect();
    assert_eq!(numbers, wanted);
}
