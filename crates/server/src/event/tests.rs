//! The log and its readers, with two nodes on each engine.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use store::{Answer, Scope, Store, Tx};

use super::{
    Entry, Kind, age_out, append, forget, list_after, newest,
    reader::{Cursor, Reader, behind},
};
use crate::{
    error::{Error, Result},
    testing::{Database, TestWorld, block_on, databases},
};

/// A database, two nodes on it, and their common time.
fn on_two_nodes(test: &impl AsyncFn(&[Store; 2], &TestWorld)) {
    for database in databases() {
        let time = TestWorld::new();
        let open = |database: &Database| database.open(&time.world);
        let nodes = [open(&database), open(&database)];
        block_on(test(&nodes, &time));
    }
}

fn scope() -> Scope {
    Scope::new("ws_1")
}

fn append_one(node: &Store, scope: &Scope, subject: &str) -> Answer<i64, Error> {
    let subject = subject.to_owned();
    node.write(scope, move |tx| append(tx, Kind::ContactCreated, &subject, "{}"))
}

async fn append_many(nodes: &[Store; 2], scope: &Scope, count: usize) {
    let answers: Vec<_> = (0..count)
        .map(|number| append_one(&nodes[number % 2], scope, &format!("con_{number}")))
        .collect();
    for answer in answers {
        answer.await.unwrap();
    }
}

async fn all(node: &Store, scope: &Scope) -> Vec<Entry> {
    node.read(scope, |tx| list_after(tx, 0, 10_000)).await.unwrap()
}

#[test]
fn two_nodes_that_write_one_log_leave_no_gap_and_no_number_twice() {
    on_two_nodes(&async |nodes, _| {
        append_many(nodes, &scope(), 300).await;
        for node in nodes {
            let entries = all(node, &scope()).await;
            let seqs: Vec<i64> = entries.iter().map(|entry| entry.seq).collect();
            assert_eq!(seqs, (1..=300).collect::<Vec<_>>());
            let ids: BTreeSet<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
            assert_eq!(ids.len(), 300, "every event has a name of its own");
            assert_eq!(node.read(&scope(), newest).await.unwrap(), 300);
        }
    });
}

#[test]
fn an_operation_that_fails_takes_no_number() {
    on_two_nodes(&async |nodes, _| {
        let fails = |node: &Store| {
            node.write(&scope(), |tx| {
                append(tx, Kind::ContactCreated, "con_ghost", "{}")?;
                Err::<i64, _>(Error::internal("as asked"))
            })
        };
        let mut seqs = Vec::new();
        for number in 0..20 {
            let node = &nodes[number % 2];
            let (lost, kept) = (fails(node), append_one(node, &scope(), "con_1"));
            assert!(lost.await.is_err());
            seqs.push(kept.await.unwrap());
        }
        assert_eq!(seqs, (1..=20).collect::<Vec<_>>());
        let entries = all(&nodes[0], &scope()).await;
        assert!(entries.iter().all(|entry| entry.subject == "con_1"));
    });
}

#[test]
fn every_workspace_counts_for_itself() {
    on_two_nodes(&async |nodes, _| {
        let other = Scope::new("ws_2");
        append_many(nodes, &scope(), 3).await;
        assert_eq!(append_one(&nodes[1], &other, "con_1").await.unwrap(), 1);
        assert_eq!(all(&nodes[0], &other).await.len(), 1);
    });
}

#[test]
fn a_log_that_aged_out_whole_goes_on_counting() {
    on_two_nodes(&async |nodes, time| {
        append_many(nodes, &scope(), 25).await;
        time.tick(SignedDuration::from_hours(1));
        let now = (time.world.clock)();
        let step = || nodes[0].write(&scope(), move |tx| age_out(tx, now, 10));
        assert!(step().await.unwrap());
        assert_eq!(all(&nodes[1], &scope()).await.first().map(|entry| entry.seq), Some(11));
        assert!(step().await.unwrap());
        assert!(!step().await.unwrap(), "the last five are less than a step");
        assert!(all(&nodes[1], &scope()).await.is_empty());
        assert_eq!(append_one(&nodes[1], &scope(), "con_new").await.unwrap(), 26);
        assert_eq!(nodes[0].read(&scope(), newest).await.unwrap(), 26);
    });
}

#[test]
fn what_is_young_enough_stays_in_the_log() {
    on_two_nodes(&async |nodes, time| {
        append_many(nodes, &scope(), 5).await;
        let until = (time.world.clock)() + SignedDuration::from_mins(30);
        time.tick(SignedDuration::from_hours(1));
        append_many(nodes, &scope(), 5).await;
        assert!(!nodes[0].write(&scope(), move |tx| age_out(tx, until, 100)).await.unwrap());
        let seqs: Vec<i64> = all(&nodes[0], &scope()).await.iter().map(|entry| entry.seq).collect();
        assert_eq!(seqs, [6, 7, 8, 9, 10]);
    });
}

#[test]
fn whoever_asks_to_be_forgotten_is_taken_out_of_the_log_in_steps() {
    on_two_nodes(&async |nodes, _| {
        for number in 0..12 {
            let subject = format!("con_{}", number % 2);
            let write = nodes[0].write(&scope(), move |tx| {
                append(tx, Kind::ContactUpdated, &subject, r#"{"name": "Ada"}"#)
            });
            write.await.unwrap();
        }
        let step = || nodes[1].write(&scope(), |tx| forget(tx, "con_1", r#"{"id":"con_1"}"#, 4));
        assert!(step().await.unwrap());
        assert!(!step().await.unwrap());
        assert!(!step().await.unwrap(), "to forget twice changes nothing");
        for entry in all(&nodes[0], &scope()).await {
            let is_forgotten = entry.payload.get() == r#"{"id":"con_1"}"#;
            assert_eq!(is_forgotten, entry.subject == "con_1", "{entry:?}");
        }
    });
}

/// Counts how often it took each entry, in rows of its own.
const COUNTER: Reader =
    Reader { cursor: Cursor { name: "counter", kinds: &[], batch: 7 }, take: count };

fn count(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<()> {
    for entry in entries {
        let sql = "insert into reader_cursor (workspace, reader, seq) values (?1, ?2, 1)
                   on conflict (workspace, reader) do update set seq = reader_cursor.seq + 1";
        tx.run(sql, &[(&format!("took {:04}", entry.seq)).into()])?;
        if entry.subject == "con_bad" {
            return Err(Error::internal("as asked"));
        }
    }
    Ok(())
}

async fn taken(node: &Store) -> Vec<i64> {
    let read = node.read(&scope(), |tx| {
        let sql = "select seq from reader_cursor where workspace = ?1 and reader like 'took %'
                   order by reader";
        tx.all(sql, &[], |row| Ok::<_, Error>(row.get(0)?))
    });
    read.await.unwrap()
}

#[test]
fn two_nodes_that_run_one_reader_take_every_entry_once() {
    on_two_nodes(&async |nodes, _| {
        append_many(nodes, &scope(), 100).await;
        let scope = scope();
        let run = |node| COUNTER.catch_up(node, &scope, 1000);
        let (one, other) = tokio::join!(run(&nodes[0]), run(&nodes[1]));
        assert!(one.unwrap() && other.unwrap());
        assert_eq!(taken(&nodes[0]).await, vec![1; 100]);
        assert_eq!(nodes[1].read(&scope, |tx| COUNTER.cursor.lag(tx)).await.unwrap(), 0);
    });
}

#[test]
fn a_reader_that_fails_moves_on_by_nothing_and_leaves_nothing() {
    on_two_nodes(&async |nodes, _| {
        append_many(nodes, &scope(), 9).await;
        append_one(&nodes[0], &scope(), "con_bad").await.unwrap();
        let scope = scope();
        let failed = COUNTER.catch_up(&nodes[0], &scope, 10).await;
        assert!(failed.is_err());
        // The first seven were a step that went well; the second step is undone whole.
        assert_eq!(taken(&nodes[1]).await, vec![1; 7]);
        assert_eq!(nodes[1].read(&scope, |tx| COUNTER.cursor.lag(tx)).await.unwrap(), 3);
    });
}

#[test]
fn whoever_starts_learns_which_logs_it_is_behind_in() {
    on_two_nodes(&async |nodes, _| {
        let behind =
            async || nodes[1].system_read(|tx| behind(tx, COUNTER.cursor.name, 10)).await.unwrap();
        assert!(behind().await.is_empty());
        append_many(nodes, &Scope::new("ws_2"), 3).await;
        append_many(nodes, &scope(), 3).await;
        assert_eq!(behind().await, ["ws_1", "ws_2"]);
        COUNTER.catch_up(&nodes[0], &scope(), 10).await.unwrap();
        assert_eq!(behind().await, ["ws_2"]);
        append_many(nodes, &scope(), 1).await;
        assert_eq!(behind().await, ["ws_1", "ws_2"]);
    });
}

#[test]
fn a_reader_whose_next_entries_aged_out_goes_on_after_them() {
    on_two_nodes(&async |nodes, time| {
        append_many(nodes, &scope(), 20).await;
        time.tick(SignedDuration::from_hours(1));
        let now = (time.world.clock)();
        nodes[0].write(&scope(), move |tx| age_out(tx, now, 100)).await.unwrap();
        append_many(nodes, &scope(), 3).await;
        assert!(COUNTER.catch_up(&nodes[1], &scope(), 10).await.unwrap());
        assert_eq!(taken(&nodes[0]).await, vec![1; 3]);
        assert_eq!(nodes[0].read(&scope(), |tx| COUNTER.cursor.lag(tx)).await.unwrap(), 0);
    });
}
