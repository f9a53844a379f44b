//! What is on the disk: how careful the engines are, copies, and the end of a store.

use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use rusqlite::{Connection, OpenFlags};

use super::{
    TABLES, block_on, databases, notes, open, postgres, put, read_and_add_one, scope, tally, until,
};
use crate::{Durability, Error, ReadTx, Result, Store, Target, check_file, copy_file};

fn int(store: &Store, sql: &'static str) -> Option<i64> {
    block_on(store.system(move |tx| tx.first(sql, &[], |row| row.get::<i64>(0)))).unwrap()
}

fn text(store: &Store, sql: &'static str) -> Option<String> {
    block_on(store.system(move |tx| tx.first(sql, &[], |row| row.get::<String>(0)))).unwrap()
}

#[test]
fn what_is_acknowledged_is_on_disk() {
    for database in databases() {
        let store = open(database.target(), TABLES, Durability::Full).unwrap();
        if database.is_postgres() {
            let setting = text(&store, "select current_setting('synchronous_commit')");
            assert_eq!(setting.as_deref(), Some("on"));
        } else {
            const FULL: i64 = 2;
            assert_eq!(int(&store, "pragma synchronous"), Some(FULL));
            assert_eq!(text(&store, "pragma journal_mode").as_deref(), Some("wal"));
            assert_eq!(int(&store, "pragma foreign_keys"), Some(1));
            assert_eq!(int(&store, "pragma wal_autocheckpoint"), Some(0));
        }
    }
}

#[test]
fn only_a_test_is_less_careful() {
    for database in databases() {
        let store = open(database.target(), TABLES, Durability::Loose).unwrap();
        if database.is_postgres() {
            let setting = text(&store, "select current_setting('synchronous_commit')");
            assert_eq!(setting.as_deref(), Some("off"));
        } else {
            assert_eq!(int(&store, "pragma synchronous"), Some(1));
        }
    }
}

fn wal(file: &Path) -> std::path::PathBuf {
    file.with_file_name("test.db-wal")
}

#[test]
fn a_dropped_store_ends_its_threads_and_lets_go_of_its_database() {
    for database in databases() {
        let store = database.open();
        block_on(store.write(&scope(), |tx| put(tx, 1, "kept"))).unwrap();
        drop(store);
        if let Some(file) = database.file() {
            assert!(!wal(&file).exists(), "the log was not moved into the file");
            let alone = Connection::open(&file).unwrap();
            alone
                .execute_batch("pragma locking_mode = exclusive; begin exclusive; commit")
                .unwrap();
        }
        assert_eq!(block_on(database.open().read(&scope(), notes)).unwrap(), 1);
    }
}

#[test]
fn a_dropped_store_leaves_no_connection_behind() {
    let Some(database) = postgres() else { return };
    drop(database.open());
    // A store that counts its likes has connections of its own, in a database of its own.
    let Some(observer) = postgres() else { return };
    let store = observer.open();
    let super::Database::Postgres(url) = &database else { return };
    let name = url.rsplit_once('/').unwrap().1.to_owned();
    block_on(until("its connections end", async || {
        let name = name.clone();
        let count = store.system_read(move |tx| {
            let sql = "select count(*) from pg_stat_activity where datname = ?1::text";
            tx.first(sql, &[(&name).into()], |row| row.get::<i64>(0))
        });
        count.await.unwrap() == Some(0)
    }));
}

#[test]
fn a_copy_made_while_others_write_is_of_one_moment() {
    let Some(database) = databases().into_iter().next() else { return };
    let file = database.file().expect("the first is SQLite");
    let store = database.open();
    let is_done = AtomicBool::new(false);
    thread::scope(|threads| {
        let writer = threads.spawn(|| {
            let mut written = 0;
            while !is_done.load(Ordering::Relaxed) {
                // A note and the tally of notes: half of it would show.
                let both = store.write(&scope(), |tx| {
                    let number = read_and_add_one(tx)?;
                    put(tx, number, &"long ".repeat(200))
                });
                assert!(block_on(both).unwrap());
                written += 1;
            }
            written
        });
        let mut seen = -1;
        for number in 0..5 {
            let copy = file.with_file_name(format!("copy-{number}.db"));
            copy_file(&file, &copy).unwrap();
            let copy = open(Target::Sqlite(copy), TABLES, Durability::Loose).unwrap();
            let both = copy.read(&scope(), |tx| Ok::<_, Error>((notes(tx)?, tally(tx)?)));
            let (notes, tally) = block_on(both).unwrap();
            assert_eq!(notes, tally, "the copy has half of something");
            assert!(seen <= notes, "a later copy has less");
            seen = notes;
        }
        is_done.store(true, Ordering::Relaxed);
        assert!(0 < writer.join().unwrap());
    });
}

#[test]
fn a_copy_never_takes_the_place_of_a_file() {
    let Some(database) = databases().into_iter().next() else { return };
    let file = database.file().expect("the first is SQLite");
    drop(database.open());
    let there = file.with_file_name("letter.txt");
    std::fs::write(&there, "Dear reader").unwrap();
    let copied = copy_file(&file, &there);
    assert!(matches!(copied, Err(Error::Refused(_))), "{copied:?}");
    assert_eq!(std::fs::read_to_string(&there).unwrap(), "Dear reader");
}

#[test]
fn a_damaged_file_is_named() {
    let Some(database) = databases().into_iter().next() else { return };
    let file = database.file().expect("the first is SQLite");
    let store = database.open();
    for id in 0..200 {
        block_on(store.write(&scope(), move |tx| put(tx, id, &"long ".repeat(200)))).unwrap();
    }
    drop(store);
    check_file(&file).unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0x5a);
    std::fs::write(&file, bytes).unwrap();
    let checked = check_file(&file);
    assert!(matches!(checked, Err(Error::Refused(_))), "{checked:?}");
}

fn one(tx: &mut ReadTx<'_>) -> Result<bool> {
    let sql = "select id from note where workspace = ?1 and id = 0";
    Ok(tx.first(sql, &[], |row| row.get::<i64>(0))?.is_some())
}

#[test]
fn what_is_committed_is_moved_out_of_the_log_while_writes_go_on() {
    let Some(database) = databases().into_iter().next() else { return };
    let file = database.file().expect("the first is SQLite");
    let store = database.open();
    block_on(async {
        // 40 MiB of rows, in a log that is moved into the file on the way. Glances that nobody uses
        // any more must not hold that up, nor the writes with it.
        for id in 0..400 {
            store.write(&scope(), move |tx| put(tx, id, &"x".repeat(100_000))).await.unwrap();
            for _ in 0..3 {
                let glances = [store.glance(&scope(), one), store.glance(&scope(), one)];
                for glance in glances {
                    assert!(glance.await.unwrap());
                }
            }
        }
        until("the checkpoints have caught up", async || {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
            let conn = Connection::open_with_flags(&file, flags).unwrap();
            let pages =
                |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?));
            let (all, moved) = conn.query_row("pragma wal_checkpoint(noop)", [], pages).unwrap();
            all - moved < 1_000
        })
        .await;
    });
    // It is in the file by now, and not only because the store ends.
    let bytes = std::fs::metadata(&file).unwrap().len();
    assert!(30 << 20 < bytes, "the file has {bytes} bytes");
    drop(store);
}
