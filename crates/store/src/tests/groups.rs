//! Groups: what fails, fails alone; people go first; what is too much is refused.

use std::sync::{Arc, Mutex, atomic::Ordering};

use super::{block_on, databases, hold, moment, notes, put, read_and_add_one, scope, tally, until};
use crate::{Answer, Error, LANES, Result, Scope, Store, lane_of};

#[test]
fn a_failed_or_panicking_operation_leaves_the_rest_of_its_group() {
    for database in databases() {
        let store = database.open();
        block_on(async {
            let commits = || store.stats().commits.load(Ordering::Relaxed);
            let before = commits();
            let (held, first) = hold(&store, &scope());
            let add = |id, how: &'static str| -> Answer<(), Error> {
                store.write(&scope(), move |tx| {
                    put(tx, id, how)?;
                    assert!(how != "panics", "as asked");
                    if how == "fails" { Err(Error::internal("as asked")) } else { Ok(()) }
                })
            };
            let answers = [add(1, "works"), add(2, "fails"), add(3, "panics"), add(4, "works")];
            drop(held);
            first.await.unwrap();
            let mut went_well = Vec::new();
            for answer in answers {
                went_well.push(answer.await.is_ok());
            }
            assert_eq!(went_well, [true, false, false, true]);
            assert_eq!(commits() - before, 1, "all of them were one group");
            let sql = "select id from note where workspace = ?1 order by id";
            let kept = store.read(&scope(), |tx| tx.all(sql, &[], |row| row.get::<i64>(0)));
            assert_eq!(kept.await.unwrap(), [1, 4]);
        });
    }
}

#[test]
fn an_operation_that_hides_a_refusal_of_the_database_spoils_nobody_elses() {
    for database in databases() {
        let store = database.open();
        block_on(async {
            let (held, first) = hold(&store, &scope());
            let before = store.write(&scope(), |tx| put(tx, 1, "before"));
            let hides = store.write(&scope(), |tx| {
                // Never write this: PostgreSQL has given the operation up, and SQLite has not.
                let twice = "insert into note (workspace, id) values (?1, 1)";
                drop(tx.run(twice, &[]));
                Ok::<_, Error>(())
            });
            let after = store.write(&scope(), |tx| put(tx, 2, "after"));
            drop(held);
            first.await.unwrap();
            assert!(before.await.unwrap());
            assert_eq!(hides.await.is_err(), database.is_postgres());
            assert!(after.await.unwrap());
            assert_eq!(store.read(&scope(), notes).await.unwrap(), 2);
        });
    }
}

#[test]
fn operations_that_check_first_share_a_group_with_others() {
    for database in databases() {
        let store = database.open();
        block_on(async {
            let before = store.stats().commits.load(Ordering::Relaxed);
            let (held, first) = hold(&store, &scope());
            let checked = |id| store.write_checked(&scope(), move |tx| put(tx, id, "checked"));
            let one = checked(1);
            let refused = store.write_checked(&scope(), |tx| {
                notes(tx)?;
                Err::<(), Error>(Error::internal("as asked"))
            });
            let two = checked(2);
            let fails = store.write(&scope(), |tx| {
                put(tx, 3, "fails")?;
                Err::<(), Error>(Error::internal("as asked"))
            });
            let works = store.write(&scope(), |tx| put(tx, 4, "works"));
            let five = checked(5);
            drop(held);
            first.await.unwrap();
            assert!(one.await.unwrap() && two.await.unwrap() && five.await.unwrap());
            assert!(works.await.unwrap());
            assert!(refused.await.is_err() && fails.await.is_err());
            assert_eq!(store.stats().commits.load(Ordering::Relaxed) - before, 1);
            let sql = "select id from note where workspace = ?1 order by id";
            let kept = store.read(&scope(), |tx| tx.all(sql, &[], |row| row.get::<i64>(0)));
            assert_eq!(kept.await.unwrap(), [1, 2, 4, 5]);
        });
    }
}

/// Nothing of a group can be told apart without savepoints: so that nothing of it is kept by
/// halves, nothing of it is kept.
#[test]
fn an_operation_that_wrote_and_failed_without_a_savepoint_undoes_its_group() {
    for how in ["refuses", "panics", "breaks a rule of the database", "hides that it did"] {
        for database in databases() {
            let store = database.open();
            block_on(async {
                assert!(store.write(&scope(), |tx| put(tx, 9, "there")).await.unwrap());
                let (held, first) = hold(&store, &scope());
                let before = store.write_checked(&scope(), |tx| put(tx, 1, "before"));
                let broken = store.write_checked(&scope(), move |tx| {
                    put(tx, 2, "half")?;
                    assert!(how != "panics", "as asked");
                    let twice = "insert into note (workspace, id) values (?1, 9)";
                    match how {
                        "refuses" => return Err(Error::internal("as asked")),
                        "hides that it did" => drop(tx.run(twice, &[])),
                        _ => tx.run(twice, &[])?,
                    }
                    Ok::<_, Error>(())
                });
                let after = store.write(&scope(), |tx| put(tx, 3, "after"));
                drop(held);
                let answers = [first.await.is_ok(), before.await.is_ok(), broken.await.is_ok()];
                let after = after.await.is_ok();
                // SQLite has not given up what hides a refusal.
                let stands = how == "hides that it did" && !database.is_postgres();
                assert_eq!(answers, [stands; 3], "{how}");
                // Whether it was still in that group or already in the next one.
                let expected = if stands { 3 } else { 0 } + i64::from(after) + i64::from(!stands);
                let kept = store.read(&scope(), notes).await.unwrap();
                assert_eq!(kept, expected, "{how}");
                assert!(store.write(&scope(), |tx| put(tx, 4, "later")).await.unwrap());
            });
        }
    }
}

#[test]
fn a_glance_sees_every_write_that_was_answered() {
    for database in databases() {
        let store = database.open();
        block_on(async {
            for count in 1..=100 {
                let wrote = store.write(&scope(), move |tx| put(tx, count, "there"));
                assert!(wrote.await.unwrap());
                // The first may be in a snapshot from before, and the later ones in one of its own.
                for _ in 0..6 {
                    assert_eq!(store.glance(&scope(), notes).await.unwrap(), count);
                }
            }
        });
    }
}

/// Without the lane's lock, what one node reads is stale by the time it writes.
#[test]
fn a_rule_that_reads_and_then_writes_is_right_on_two_nodes() {
    for database in databases() {
        let nodes = [database.open(), database.open()];
        let counts: Vec<i64> = block_on(async {
            let ask = |number: usize| nodes[number % 2].write(&scope(), read_and_add_one);
            let answers: Vec<Answer<i64, Error>> = (0..200).map(ask).collect();
            let mut counts = Vec::new();
            for answer in answers {
                counts.push(answer.await.unwrap());
            }
            counts
        });
        let mut sorted = counts.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (1..=200).collect::<Vec<_>>(), "no number twice, and none left out");
        let count = block_on(nodes[1].read(&scope(), tally));
        assert_eq!(count.unwrap(), 200);
    }
}

#[test]
fn a_full_queue_answers_busy_and_keeps_what_it_took() {
    const QUEUE_MAX: usize = 4096;
    for database in databases() {
        let store = database.open();
        block_on(async {
            let (held, first) = hold(&store, &scope());
            until("the lane took the operation", async || store.queued() == 0).await;
            let add = |_| store.write(&scope(), read_and_add_one);
            let taken: Vec<Answer<i64, Error>> = (0..QUEUE_MAX).map(add).collect();
            assert_eq!(store.queued(), QUEUE_MAX);
            let one_more = store.write(&scope(), read_and_add_one).await;
            assert!(matches!(one_more, Err(Error::Busy)), "{one_more:?}");
            drop(held);
            first.await.unwrap();
            for answer in taken {
                answer.await.unwrap();
            }
            assert_eq!(store.read(&scope(), tally).await.unwrap(), 4096);
        });
    }
}

/// Which group an operation was in, told by the commits before it, and who waited for it.
type Seen = Arc<Mutex<Vec<(u64, &'static str)>>>;

fn note_order(store: &Store, scope: &Scope, who: &'static str, seen: &Seen) -> Answer<(), Error> {
    let (watched, seen) = (store.clone(), Arc::clone(seen));
    store.write(scope, move |_tx| {
        let group = watched.stats().commits.load(Ordering::Relaxed);
        seen.lock().unwrap().push((group, who));
        Ok(())
    })
}

#[test]
fn people_go_first_and_background_work_fills_at_most_half_of_a_group() {
    const EACH: usize = 100;
    for database in databases() {
        let store = database.open();
        let seen = Seen::default();
        block_on(async {
            let (held, first) = hold(&store, &scope());
            until("the lane took the operation", async || store.queued() == 0).await;
            let background = scope().in_background();
            let behind = (0..EACH).map(|_| note_order(&store, &background, "background", &seen));
            let behind: Vec<_> = behind.collect();
            let people = (0..EACH).map(|_| note_order(&store, &scope(), "people", &seen));
            let people: Vec<_> = people.collect();
            drop(held);
            first.await.unwrap();
            for answer in people.into_iter().chain(behind) {
                answer.await.unwrap();
            }
        });
        let seen = seen.lock().unwrap();
        assert_eq!(seen.len(), 2 * EACH);
        let last_person = seen.iter().rposition(|(_, who)| *who == "people").unwrap();
        let early = seen[..last_person].iter().filter(|(_, who)| *who == "background").count();
        assert!((1..=3).contains(&early), "{early} pieces of background work went before people");
        let groups: std::collections::BTreeSet<u64> =
            seen.iter().map(|(group, _)| *group).collect();
        for group in groups {
            let of = |who| seen.iter().filter(|seen| **seen == (group, who)).count();
            assert!(of("background") <= 32, "{} in group {group}", of("background"));
            assert!(of("background") + of("people") <= 64);
        }
    }
}

/// A failure here means that nodes of two releases cannot serve one database.
#[test]
fn a_workspace_never_changes_its_lane() {
    let names = ["ws_1", "ws_2", "ws_3", "ws_4", "ws_01kexample0000000000000000", "", "ü"];
    let lanes = names.map(|name| lane_of(name, LANES.into()));
    assert_eq!(lanes, [3, 6, 1, 4, 6, 5, 2]);
    assert!(names.iter().all(|name| lane_of(name, 1) == 0));
    let mut used = [0; LANES as usize];
    for number in 0..800 {
        used[lane_of(&format!("ws_{number}"), LANES.into())] += 1;
    }
    assert!(used.iter().all(|&used| 50 < used), "unfair: {used:?}");
}

#[test]
fn what_nobody_waits_for_any_more_is_done_all_the_same() {
    for database in databases() {
        let store = database.open();
        block_on(async {
            let (held, first) = hold(&store, &scope());
            drop(store.write(&scope(), |tx| put(tx, 1, "left alone")));
            drop(held);
            first.await.unwrap();
            let is_there = async || store.read(&scope(), notes).await.unwrap() == 1;
            until("the note of a caller who left", is_there).await;
        });
    }
}

#[test]
fn what_is_queued_is_done_before_a_store_ends() {
    for database in databases() {
        let store = database.open();
        let (held, first) = hold(&store, &scope());
        let last = store.write(&scope(), |tx| put(tx, 1, "last"));
        let ending = std::thread::spawn(move || drop(store));
        block_on(async {
            moment().await;
            drop(held);
            first.await.unwrap();
            assert!(last.await.unwrap());
        });
        ending.join().unwrap();
        let again = database.open();
        assert_eq!(block_on(again.read(&scope(), notes)).unwrap(), 1);
    }
}

#[test]
fn several_waiting_operations_share_a_commit() {
    for database in databases() {
        let store = database.open();
        block_on(async {
            let (held, first) = hold(&store, &scope());
            let before = store.stats().commits.load(Ordering::Relaxed);
            let add = |_| store.write(&scope(), read_and_add_one);
            let all: Vec<Answer<i64, Error>> = (0..127).map(add).collect();
            drop(held);
            first.await.unwrap();
            for answer in all {
                let _count: i64 = answer.await.unwrap();
            }
            let commits = store.stats().commits.load(Ordering::Relaxed) - before;
            assert_eq!(commits, 2, "128 operations in groups of 64");
            let outcome: Result<i64> = store.read(&scope(), tally).await;
            assert_eq!(outcome.unwrap(), 127);
        });
    }
}
