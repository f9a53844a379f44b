//! Hints: who is told that a log has grown, and when.

use std::time::Duration;

use super::{block_on, databases, moment, notes, put, scope, until};
use crate::{Error, Hint, Scope};

#[test]
fn a_hint_comes_after_the_commit_and_says_how_far_the_log_has_come() {
    for database in databases() {
        let store = database.open();
        block_on(async {
            let mut hints = store.hints();
            for seq in [7, 8] {
                let write = store.write(&scope(), move |tx| {
                    put(tx, seq, "")?;
                    tx.log_grew_to(seq - 1);
                    tx.log_grew_to(seq);
                    tx.nudge();
                    Ok::<_, Error>(())
                });
                write.await.unwrap();
                let mut hint = hints.recv().await.unwrap();
                // Between nodes a hint may come twice: what we said comes back from the server.
                while hint.seq < seq {
                    hint = hints.recv().await.unwrap();
                }
                assert_eq!(hint, Hint { workspace: "ws_1".into(), seq });
                assert_eq!(store.read(&scope(), notes).await.unwrap(), seq - 6);
            }
        });
    }
}

#[test]
fn what_fails_gives_no_hint() {
    for database in databases() {
        let store = database.open();
        block_on(async {
            let mut hints = store.hints();
            let fails = store.write(&scope(), |tx| {
                tx.log_grew_to(1);
                Err::<(), _>(Error::internal("as asked"))
            });
            assert!(fails.await.is_err());
            let works = store.write(&Scope::new("ws_2"), |tx| {
                tx.log_grew_to(2);
                Ok::<_, Error>(())
            });
            works.await.unwrap();
            assert_eq!(&*hints.recv().await.unwrap().workspace, "ws_2");
        });
    }
}

#[test]
fn another_node_is_told_too() {
    for database in databases() {
        let nodes = [database.open(), database.open()];
        if !nodes[0].is_shared() {
            // A file is served by one program, and its commands are found by the timer.
            continue;
        }
        block_on(async {
            let mut hints = nodes[1].hints();
            let mut seq = 0;
            // The other node may not listen yet.
            until("a hint from another node", async || {
                seq += 1;
                let grow = nodes[0].write(&scope(), move |tx| {
                    put(tx, seq, "")?;
                    tx.log_grew_to(seq);
                    Ok::<_, Error>(())
                });
                grow.await.unwrap();
                let heard = tokio::time::timeout(Duration::from_millis(200), hints.recv()).await;
                let Ok(Ok(hint)) = heard else { return false };
                assert_eq!(&*hint.workspace, "ws_1");
                let seen = nodes[1].read(&scope(), notes).await.unwrap();
                assert!(hint.seq <= seen, "the hint came before the commit");
                true
            })
            .await;
        });
    }
}

#[test]
fn whoever_does_not_listen_is_told_that_it_missed_some() {
    use tokio::sync::broadcast::error::TryRecvError;
    for database in databases() {
        let store = database.open();
        block_on(async {
            let mut hints = store.hints();
            for _ in 0..5 {
                let all = (0..1000).map(|number| {
                    store.write(&Scope::new(&format!("ws_{number}")), |tx| {
                        tx.nudge();
                        Ok::<_, Error>(())
                    })
                });
                for answer in all.collect::<Vec<_>>() {
                    answer.await.unwrap();
                }
            }
            moment().await;
            let first = hints.try_recv();
            assert!(matches!(first, Err(TryRecvError::Lagged(_))), "{first:?}");
        });
    }
}
