//! Connections that break, and what a store makes of it.

use super::{
    Database, TABLES, block_on, hold, moment, notes, open, postgres,
    proxy::{Cut, Proxy},
    put, scope, until,
};
use crate::{Durability, Error, Store, Target};

/// As it stands on the line, and not as in `read committed`.
const COMMIT: &str = "commit\0";

/// Says `sql` to the tests' server, past every store.
pub(super) fn ask_server(url: &str, sql: &str) -> Result<(), postgres::Error> {
    let (url, sql) = (url.to_owned(), sql.to_owned());
    let asked = std::thread::spawn(move || {
        postgres::Client::connect(&url, postgres::NoTls)?.batch_execute(&sql)
    });
    asked.join().expect("the client does not panic")
}

fn kill_connections(url: &str) {
    // It waits until they are gone.
    let sql = "select pg_terminate_backend(pid, 5000) from pg_stat_activity
               where datname = current_database() and pid <> pg_backend_pid()";
    ask_server(url, sql).unwrap();
}

#[test]
fn a_line_that_was_lost_while_nobody_wrote_costs_nobody_a_refusal() {
    let Some(database) = postgres() else { return };
    let Database::Postgres(url) = &database else { return };
    let store = database.open();
    block_on(async {
        for id in 0..5 {
            assert!(store.write(&scope(), move |tx| put(tx, id, "")).await.unwrap());
            kill_connections(url);
        }
        assert!(store.write(&scope(), |tx| put(tx, 5, "")).await.unwrap());
        assert_eq!(count(&store).await, 6);
    });
}

/// A store whose line to the server can be cut, and one whose line cannot.
fn behind_a_proxy() -> Option<(Database, Proxy, Store, Store)> {
    let database = postgres()?;
    let Database::Postgres(url) = &database else { return None };
    let proxy = Proxy::start(url);
    let target = Target::Postgres { url: proxy.url.clone(), authorities: None };
    let store = open(target, TABLES, Durability::Full).unwrap();
    let other = database.open();
    Some((database, proxy, store, other))
}

/// How many notes there are. Each of the store's readers may find once that its line is gone.
async fn count(store: &Store) -> i64 {
    for _ in 0..2 {
        match store.read(&scope(), notes).await {
            Err(Error::Busy) => {}
            read => return read.unwrap(),
        }
    }
    store.read(&scope(), notes).await.unwrap()
}

/// Writes until it works. What was refused must have been refused as busy.
async fn heals(store: &Store, id: i64) {
    until("writes work again", async || {
        match store.write(&scope(), move |tx| put(tx, id, "")).await {
            Ok(is_new) => {
                assert!(is_new, "what was answered busy had been done");
                true
            }
            Err(Error::Busy) => false,
            Err(error) => panic!("answered with {error:?}"),
        }
    })
    .await;
    until("reads work again", async || match store.read(&scope(), notes).await {
        Ok(_) => true,
        Err(Error::Busy) => false,
        Err(error) => panic!("answered with {error:?}"),
    })
    .await;
}

#[test]
fn a_store_whose_connections_were_killed_answers_busy_and_heals_by_itself() {
    let Some(database) = postgres() else { return };
    let Database::Postgres(url) = &database else { return };
    let store = database.open();
    block_on(async {
        for round in 0..3 {
            let id = i64::from(round) + 1;
            kill_connections(url);
            heals(&store, id).await;
            assert_eq!(count(&store).await, id);
        }
    });
}

#[test]
fn a_group_whose_connection_is_killed_meanwhile_is_undone_and_answered_busy() {
    let Some(database) = postgres() else { return };
    let Database::Postgres(url) = &database else { return };
    let store = database.open();
    block_on(async {
        let (held, first) = hold(&store, &scope());
        until("the lane took the operation", async || store.queued() == 0).await;
        let second = store.write(&scope(), |tx| put(tx, 1, "in its group, or in the next"));
        kill_connections(url);
        drop(held);
        let first = first.await;
        assert!(matches!(first, Err(Error::Busy)), "{first:?}");
        let second = second.await;
        assert!(matches!(second, Ok(true) | Err(Error::Busy)), "{second:?}");
        let kept = i64::from(second.is_ok());
        heals(&store, 3).await;
        assert_eq!(count(&store).await, kept + 1);
    });
}

#[test]
fn a_commit_that_nobody_answered_is_unknown_and_may_stand() {
    let Some((_database, proxy, store, other)) = behind_a_proxy() else { return };
    block_on(async {
        proxy.arm(Cut::After(COMMIT));
        let lost = store.write(&scope(), |tx| put(tx, 1, "stands")).await;
        assert!(proxy.has_cut());
        assert!(matches!(lost, Err(Error::CommitUnknown)), "{lost:?}");
        let is_there = async || other.read(&scope(), notes).await.unwrap() == 1;
        until("the server heard the commit", is_there).await;
        heals(&store, 2).await;
    });
}

#[test]
fn a_commit_that_never_arrived_is_unknown_too() {
    let Some((_database, proxy, store, other)) = behind_a_proxy() else { return };
    block_on(async {
        proxy.arm(Cut::Before(COMMIT));
        let (held, first) = hold(&store, &scope());
        let lost = store.write(&scope(), |tx| put(tx, 1, "does not stand"));
        // A refusal may rest on what its group then lost.
        let refused = store.write(&scope(), |tx| match put(tx, 1, "taken")? {
            true => Ok(()),
            false => Err(Error::refused("the number is taken")),
        });
        drop(held);
        assert!(matches!(first.await, Err(Error::CommitUnknown)));
        assert!(matches!(lost.await, Err(Error::CommitUnknown)));
        let refused = refused.await;
        assert!(matches!(refused, Err(Error::Busy)), "{refused:?}");
        assert_eq!(other.read(&scope(), notes).await.unwrap(), 0);
        heals(&store, 1).await;
    });
}

#[test]
fn a_line_that_breaks_in_the_middle_of_a_write_leaves_nothing_and_answers_busy() {
    for cut in [Cut::Before("insert into note"), Cut::After("insert into note")] {
        let Some((_database, proxy, store, other)) = behind_a_proxy() else { return };
        block_on(async {
            proxy.arm(cut);
            let lost = store.write(&scope(), |tx| put(tx, 1, "undone")).await;
            assert!(proxy.has_cut());
            assert!(matches!(lost, Err(Error::Busy)), "{lost:?}");
            assert_eq!(other.read(&scope(), notes).await.unwrap(), 0);
            heals(&store, 1).await;
        });
    }
}

#[test]
fn a_line_that_breaks_in_the_middle_of_a_read_answers_busy() {
    for cut in [Cut::Before("from note"), Cut::After("from note")] {
        let Some((_database, proxy, store, _other)) = behind_a_proxy() else { return };
        block_on(async {
            proxy.arm(cut);
            let lost = store.read(&scope(), notes).await;
            assert!(proxy.has_cut());
            assert!(matches!(lost, Err(Error::Busy)), "{lost:?}");
            heals(&store, 1).await;
        });
    }
}

#[test]
fn what_is_done_while_the_line_to_other_nodes_is_down_is_told_once_it_is_back() {
    let Some(database) = postgres() else { return };
    let Database::Postgres(url) = &database else { return };
    let nodes = [database.open(), database.open()];
    block_on(async {
        kill_connections(url);
        let mut heard = nodes[1].hints();
        let mut seq = 0;
        until("a hint arrives at the other node", async || {
            seq += 1;
            let grow = nodes[0].write(&scope(), move |tx| {
                tx.log_grew_to(seq);
                Ok::<_, Error>(())
            });
            // The lanes have to find out first that they were cut off.
            drop(grow.await);
            moment().await;
            heard.try_recv().is_ok_and(|hint| &*hint.workspace == "ws_1")
        })
        .await;
    });
}
