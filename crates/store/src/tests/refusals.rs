//! What a store does not open, and the sentence that says so.

use super::{Database, TABLES, block_on, databases, notes, open, scope, server, world};
use crate::{Conn, Durability, Error, LANES, Migration, Target, migrate};

const TWO: &[Migration] = &[
    TABLES[0],
    Migration { number: 2, name: "note_colour", sql: "alter table note add column colour text" },
];
const CHANGED: &[Migration] = &[Migration {
    number: 1,
    name: "note",
    sql: "create table note (workspace text not null, id bigint not null)",
}];
const BROKEN: &[Migration] = &[
    TABLES[0],
    Migration {
        number: 2,
        name: "broken",
        sql: "create table colour (workspace text not null); alter table nothing add column x text",
    },
];

fn sentence<T>(refused: Result<T, Error>) -> String {
    match refused {
        Err(Error::Refused(why)) => why,
        Err(error) => panic!("not a sentence for people: {error:?}"),
        Ok(_) => panic!("it was not refused"),
    }
}

#[test]
fn an_older_program_refuses_a_newer_schema() {
    for database in databases() {
        drop(database.open_with(TWO).unwrap());
        let why = sentence(database.open_with(TABLES));
        let expected = "the database is newer than this program: it has schema 2, and this program \
                        knows 1. Run the newer program, or restore a backup made before it";
        assert_eq!(why, expected);
    }
}

#[test]
fn a_step_of_the_schema_that_was_changed_is_refused() {
    for database in databases() {
        drop(database.open());
        let why = sentence(database.open_with(CHANGED));
        let expected = "schema step 1 (note) of this program is not the one the database was made \
                        with: run the release that made it";
        assert_eq!(why, expected);
    }
}

#[test]
fn a_database_keeps_the_lanes_it_was_created_with() {
    for database in databases() {
        drop(database.open());
        let target = database.target();
        let lanes = if database.is_postgres() { LANES } else { 1 };
        let now = (world().clock)();
        // The client of PostgreSQL must not meet a runtime, and here is none.
        let mut conn = Conn::open(&target, Durability::Loose).unwrap();
        let why = sentence(migrate::set_up(&mut conn, &target, TABLES, lanes + 1, now));
        let start = format!(
            "this program writes in {} lanes, but the database was created for {lanes}: ",
            lanes + 1
        );
        assert!(why.starts_with(&start), "{why}");
        drop(conn);
        drop(database.open());
    }
}

#[test]
fn a_step_that_fails_leaves_the_schema_as_it_was() {
    for database in databases() {
        drop(database.open());
        assert!(database.open_with(BROKEN).is_err());
        let store = database.open();
        let colours = store.system_read(|tx| {
            tx.first("select count(*) from colour", &[], |row| row.get::<i64>(0))
        });
        assert!(super::block_on(colours).is_err(), "half of the step was kept");
    }
}

#[test]
fn a_newer_step_is_added_and_the_data_stays() {
    for database in databases() {
        let store = database.open();
        super::block_on(store.write(&super::scope(), |tx| super::put(tx, 1, "kept"))).unwrap();
        drop(store);
        let store = database.open_with(TWO).unwrap();
        let read = store.read(&super::scope(), |tx| {
            let sql = "select name, colour from note where workspace = ?1";
            tx.first(sql, &[], |row| {
                Ok::<_, Error>((row.get::<String>(0)?, row.get::<Option<String>>(1)?))
            })
        });
        assert_eq!(super::block_on(read).unwrap(), Some(("kept".to_owned(), None)));
        if let Some(file) = database.file() {
            let copy = file.with_file_name("before-schema-0002.db");
            let old = open(Target::Sqlite(copy), TABLES, Durability::Loose).unwrap();
            let kept = super::block_on(old.read(&super::scope(), super::notes));
            assert_eq!(kept.unwrap(), 1, "a copy to go back to");
        }
    }
}

#[test]
fn a_database_that_sorts_by_a_language_is_refused() {
    let Some(server) = server() else { return };
    let name = format!("store_{}_language", std::process::id());
    let (address, _) = server.rsplit_once('/').unwrap();
    let database = Database::Postgres(format!("{address}/{name}"));
    // Every server knows this one, whatever languages its system has.
    let sql = format!(
        "create database {name} template template0 encoding 'UTF8' locale_provider icu
         icu_locale 'en' locale 'C'"
    );
    let made = super::faults::ask_server(&server, &sql);
    if let Err(error) = made {
        println!("skipped: this PostgreSQL was built without ICU ({error})");
        return;
    }
    let why = sentence(database.open_with(TABLES));
    assert!(why.starts_with("the database sorts by a language's rules"), "{why}");
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    std::fs::write(&file, "Dear diary, this is not a database at all.\n".repeat(100)).unwrap();
    let why = sentence(open(Target::Sqlite(file.clone()), TABLES, Durability::Full));
    assert_eq!(why, format!("{} is not a database of SQLite, or it is damaged", file.display()));
}

#[test]
fn a_file_in_a_folder_that_is_not_there_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("nowhere").join("test.db");
    let why = sentence(open(Target::Sqlite(file.clone()), TABLES, Durability::Full));
    assert!(why.starts_with(&format!("{} cannot be opened", file.display())), "{why}");
}

#[test]
fn an_address_that_is_none_is_refused() {
    let url = "postgres://host:port/name".to_owned();
    let target = Target::Postgres { url, authorities: None };
    let why = sentence(open(target, TABLES, Durability::Full));
    assert!(why.contains("it has the form postgres://user:password@host/database"), "{why}");
}

#[test]
fn a_server_that_is_not_there_is_refused() {
    // A port that was free a moment ago, and that nobody listens on.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("postgres://nobody:secret@127.0.0.1:{port}/name");
    let why = sentence(open(Target::Postgres { url, authorities: None }, TABLES, Durability::Full));
    assert!(why.starts_with("the PostgreSQL server cannot be reached"), "{why}");
    assert!(!why.contains("secret"), "{why}");
}

#[test]
fn a_read_that_takes_too_long_is_given_up_and_the_next_one_is_not() {
    for database in databases() {
        let store = database.open();
        block_on(async {
            for _ in 0..3 {
                let endless = "with recursive n (i) as (
                                   select 1 union all select i + 1 from n where i < 2000000000)
                               select count(*) from n where ?1 = ?1";
                let read = store.read(&scope(), |tx| tx.all(endless, &[], |row| row.get::<i64>(0)));
                assert!(matches!(read.await, Err(Error::Slow)));
                assert_eq!(store.read(&scope(), notes).await.unwrap(), 0);
                assert!(store.glance(&scope(), notes).await.is_ok());
            }
        });
    }
}
