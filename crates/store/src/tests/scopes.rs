//! Reads, writes, and whose data they see.

use std::{sync::mpsc, thread};

use super::{block_on, databases, notes, put, scope, world};
use crate::{Error, Result, Scope, Value};

#[test]
fn a_read_cannot_write() {
    for database in databases() {
        let store = database.open();
        block_on(async {
            let wrote = store.read(&scope(), |tx| {
                let sql = "insert into note (workspace, id) values (?1, 1) returning id";
                tx.first(sql, &[], |row| row.get::<i64>(0))
            });
            let wrote = wrote.await;
            assert!(wrote.is_err(), "{wrote:?}");
            assert_eq!(store.read(&scope(), notes).await.unwrap(), 0);
        });
    }
}

#[test]
fn a_read_sees_one_moment() {
    for database in databases() {
        let store = database.open();
        let (began, has_begun) = mpsc::channel();
        let (wrote, has_written) = mpsc::channel();
        let read = store.read(&scope(), move |tx| {
            let before = notes(tx)?;
            began.send(()).unwrap();
            has_written.recv().unwrap();
            Ok::<_, Error>((before, notes(tx)?))
        });
        has_begun.recv().unwrap();
        block_on(store.write(&scope(), |tx| put(tx, 1, "meanwhile"))).unwrap();
        wrote.send(()).unwrap();
        assert_eq!(block_on(read).unwrap(), (0, 0));
        assert_eq!(block_on(store.read(&scope(), notes)).unwrap(), 1);
    }
}

#[test]
fn a_read_has_every_write_that_was_answered() {
    for database in databases() {
        let store = database.open();
        block_on(async {
            for id in 1..=50 {
                store.write(&scope(), move |tx| put(tx, id, "")).await.unwrap();
                assert_eq!(store.read(&scope(), notes).await.unwrap(), id);
            }
        });
    }
}

#[test]
fn two_workspaces_do_not_see_each_other() {
    for database in databases() {
        let store = database.open();
        let other = Scope::new("ws_2");
        block_on(async {
            assert!(store.write(&scope(), |tx| put(tx, 1, "ours")).await.unwrap());
            assert!(store.write(&other, |tx| put(tx, 1, "theirs")).await.unwrap());
            let name = "select name from note where workspace = ?1 and id = 1";
            let read = |tx: &mut crate::ReadTx<'_>| tx.first(name, &[], |row| row.get::<String>(0));
            assert_eq!(store.read(&scope(), read).await.unwrap().as_deref(), Some("ours"));
            assert_eq!(store.read(&other, read).await.unwrap().as_deref(), Some("theirs"));
        });
    }
}

#[test]
fn a_statement_that_forgets_its_workspace_fails_in_every_test() {
    for database in databases() {
        let store = database.open();
        let read = store.read(&scope(), |tx| {
            tx.first("select count(*) from note", &[], |row| row.get::<i64>(0))
        });
        let read: Result<Option<i64>> = block_on(read);
        assert!(matches!(read, Err(Error::Internal(_))), "{read:?}");
    }
}

#[test]
fn work_of_the_system_binds_nothing_by_itself_and_sees_every_workspace() {
    for database in databases() {
        let store = database.open();
        block_on(async {
            store.write(&scope(), |tx| put(tx, 1, "")).await.unwrap();
            store.write(&Scope::new("ws_2"), |tx| put(tx, 2, "")).await.unwrap();
            let rename = store.system(|tx| {
                tx.run("update note set name = ?1 where id = ?2", &["by us".into(), 2.into()])
            });
            rename.await.unwrap();
            let names = store.system_read(|tx| {
                let sql = "select workspace, name from note where id >= ?1 order by id";
                tx.all(sql, &[1.into()], |row| Ok::<_, Error>((row.get(0)?, row.get(1)?)))
            });
            let names: Vec<(String, String)> = names.await.unwrap();
            let expected = [("ws_1", ""), ("ws_2", "by us")];
            assert_eq!(names, expected.map(|(w, n)| (w.to_owned(), n.to_owned())));
        });
    }
}

#[test]
fn an_operation_knows_who_asked_and_has_one_instant() {
    for database in databases() {
        let store = database.open();
        let scope = scope().by("key_1").because_of("req_1");
        let seen = store.write(&scope, |tx| {
            let who =
                [tx.scope().workspace(), tx.scope().actor(), tx.scope().cause()].map(str::to_owned);
            Ok::<_, Error>((who, tx.now(), tx.now(), tx.next_ordinal(), tx.next_ordinal()))
        });
        let (who, first, second, one, two) = block_on(seen).unwrap();
        assert_eq!(who, ["ws_1", "key_1", "req_1"]);
        assert_eq!((first, first, 1, 2), ((world().clock)(), second, one, two));
    }
}

#[test]
fn the_three_kinds_of_value_come_back_as_they_went() {
    for database in databases() {
        let store = database.open();
        let row = store.write(&scope(), |tx| {
            let sql = "insert into note (workspace, id, name, amount) values (?1, ?2, ?3, ?4)
                       returning id, name, amount";
            let values = [i64::MIN.into(), "Zoë 東京 '\"?1".into(), Value::Null];
            tx.first(sql, &values, |row| {
                Ok::<_, Error>((row.get(0)?, row.get::<String>(1)?, row.get::<Option<i64>>(2)?))
            })
        });
        let row = block_on(row).unwrap();
        assert_eq!(row, Some((i64::MIN, "Zoë 東京 '\"?1".to_owned(), None)));
    }
}

#[test]
fn a_column_that_holds_something_else_is_an_error_and_no_panic() {
    for database in databases() {
        let store = database.open();
        let read = store
            .read(&scope(), |tx| tx.first("select cast(?1 as text)", &[], |row| row.get::<i64>(0)));
        assert!(matches!(block_on(read), Err(Error::Internal(_))));
    }
}

#[test]
fn a_null_byte_never_reaches_an_engine() {
    for database in databases() {
        let store = database.open();
        let name = store.write(&scope(), |tx| {
            put(tx, 1, "a\0b\0")?;
            let sql = "select name from note where workspace = ?1 and name = ?2";
            tx.first(sql, &["\0ab".into()], |row| row.get::<String>(0))
        });
        assert_eq!(block_on(name).unwrap().as_deref(), Some("ab"));
    }
}

#[test]
fn a_store_may_be_opened_and_dropped_inside_a_runtime() {
    for database in databases() {
        block_on(async {
            let store = database.open();
            assert_eq!(store.read(&scope(), notes).await.unwrap(), 0);
            drop(store);
        });
    }
}

#[test]
fn nodes_that_start_at_once_make_the_tables_once() {
    for database in databases() {
        thread::scope(|threads| {
            let starts: Vec<_> = (0..4).map(|_| threads.spawn(|| database.open())).collect();
            for start in starts {
                let store = start.join().expect("no node is refused");
                block_on(store.write(&scope(), super::read_and_add_one)).unwrap();
            }
        });
        let count = block_on(database.open().read(&scope(), super::tally));
        assert_eq!(count.unwrap(), 4);
    }
}
