//! Jobs, with two nodes on each engine.

use jiff::{SignedDuration, Timestamp};
use store::{Scope, Store};

use super::{Done, Job, Kind, due, enqueue, finish, next_due, postpone};
use crate::{
    error::{Error, Result},
    event,
    testing::{Database, Stage, TestWorld, block_on, databases},
    work,
};

/// Two nodes on one database, and their common time.
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

async fn ask(node: &Store, key: &str, at: Timestamp) {
    let key = key.to_owned();
    let asked = node.write(&scope(), move |tx| enqueue(tx, Kind::ContactErase, &key, "", at));
    asked.await.unwrap();
}

async fn next(node: &Store) -> Option<Job> {
    node.read(&scope(), next_due).await.unwrap()
}

/// Does the next job as `work` does, with an entry of the log as its effect.
async fn do_one(node: &Store) -> Result<bool> {
    let step = node.write(&scope(), |tx| {
        let Some(job) = next_due(tx)? else { return Ok(false) };
        event::append(tx, event::Kind::ContactDeleted, &job.key, "{}")?;
        finish(tx, &job, Done::Whole)?;
        Ok(true)
    });
    step.await
}

#[test]
fn two_nodes_do_every_job_once() {
    on_two_nodes(&async |nodes, time| {
        let now = (time.world.clock)();
        for number in 0..60 {
            ask(&nodes[number % 2], &format!("con_{number:02}"), now).await;
        }
        let work = async |node: &Store| while do_one(node).await.unwrap() {};
        tokio::join!(work(&nodes[0]), work(&nodes[1]));
        let log = nodes[0].read(&scope(), |tx| event::list_after(tx, 0, 1000)).await.unwrap();
        let mut done: Vec<&str> = log.iter().map(|entry| entry.subject.as_str()).collect();
        done.sort_unstable();
        let expected: Vec<String> = (0..60).map(|number| format!("con_{number:02}")).collect();
        assert_eq!(done, expected);
        assert!(next(&nodes[1]).await.is_none());
    });
}

#[test]
fn what_is_asked_for_twice_is_done_once() {
    on_two_nodes(&async |nodes, time| {
        let now = (time.world.clock)();
        ask(&nodes[0], "con_1", now).await;
        ask(&nodes[1], "con_1", now).await;
        assert!(do_one(&nodes[0]).await.unwrap());
        assert!(!do_one(&nodes[1]).await.unwrap());
        ask(&nodes[1], "con_1", now).await;
        assert!(do_one(&nodes[0]).await.unwrap(), "what is done may be asked for anew");
    });
}

#[test]
fn a_job_waits_for_its_time_and_the_oldest_goes_first() {
    on_two_nodes(&async |nodes, time| {
        let now = (time.world.clock)();
        let later = now + SignedDuration::from_mins(5);
        ask(&nodes[0], "con_late", later).await;
        assert!(next(&nodes[1]).await.is_none());
        let seen = nodes[1].system_read(|tx| due(tx, 10)).await.unwrap();
        assert_eq!(seen, (Vec::new(), Some(later)));
        ask(&nodes[0], "con_now", now).await;
        time.tick(SignedDuration::from_mins(10));
        ask(&nodes[0], "con_early", now - SignedDuration::from_secs(1)).await;
        let seen = nodes[1].system_read(|tx| due(tx, 10)).await.unwrap();
        assert_eq!(seen, (vec!["ws_1".to_owned()], None));
        let mut keys = Vec::new();
        while let Some(job) = next(&nodes[1]).await {
            keys.push(job.key);
            do_one(&nodes[0]).await.unwrap();
        }
        assert_eq!(keys, ["con_early", "con_now", "con_late"]);
    });
}

#[test]
fn a_job_that_goes_on_later_is_done_then() {
    on_two_nodes(&async |nodes, time| {
        let now = (time.world.clock)();
        ask(&nodes[0], "con_1", now).await;
        let again = now + SignedDuration::from_mins(1);
        let step = nodes[0].write(&scope(), move |tx| {
            let job = next_due(tx)?.expect("it is due");
            finish(tx, &job, Done::Again(again))
        });
        step.await.unwrap();
        assert!(next(&nodes[1]).await.is_none());
        time.tick(SignedDuration::from_mins(1));
        assert_eq!(next(&nodes[1]).await.map(|job| job.attempts), Some(0));
    });
}

#[test]
fn a_job_that_fails_is_undone_and_postponed_further_each_time() {
    on_two_nodes(&async |nodes, time| {
        ask(&nodes[0], "con_1", (time.world.clock)()).await;
        for attempts in 0..4 {
            let job = next(&nodes[1]).await.expect("it is due");
            assert_eq!(job.attempts, attempts);
            let half = nodes[0].write(&scope(), |tx| {
                event::append(tx, event::Kind::ContactDeleted, "con_1", "{}")?;
                Err::<(), _>(Error::internal("as asked"))
            });
            let why = half.await.unwrap_err().to_string();
            nodes[0].write(&scope(), move |tx| postpone(tx, &job, &why)).await.unwrap();
            let pause = SignedDuration::from_secs(1 << attempts);
            time.tick(pause - SignedDuration::from_millis(1));
            assert!(next(&nodes[1]).await.is_none(), "it came back too early");
            time.tick(SignedDuration::from_millis(1));
        }
        let log = nodes[0].read(&scope(), |tx| event::list_after(tx, 0, 10)).await.unwrap();
        assert!(log.is_empty(), "half of a job was kept");
    });
}

/// A key that names nobody cannot be erased, today or ever.
#[test]
fn the_worker_postpones_a_job_that_fails_and_does_the_others() {
    for database in databases() {
        block_on(async {
            let stage = Stage::set(&database).await;
            let (store, scope) = (&stage.app.store, stage.scope("admin"));
            let now = stage.app.now();
            for key in ["nobody", "con_0000000000000000000000001a"] {
                let asked =
                    store.write(&scope, move |tx| enqueue(tx, Kind::ContactErase, key, "", now));
                asked.await.unwrap();
            }
            work::settle(&stage.app).await.unwrap();
            assert!(store.read(&scope, next_due).await.unwrap().is_none());
            stage.time.tick(SignedDuration::from_secs(1));
            let left = store.read(&scope, next_due).await.unwrap().expect("it is tried again");
            assert_eq!((left.key.as_str(), left.attempts), ("nobody", 1));
            let why = store.read(&scope, |tx| {
                let sql = "select last_error from job where workspace = ?1 and key = 'nobody'";
                tx.first(sql, &[], |row| Ok::<_, Error>(row.get::<Option<String>>(0)?))
            });
            assert!(why.await.unwrap().flatten().is_some_and(|why| !why.is_empty()));
        });
    }
}

/// While a newer release is rolled out, there may be more of its jobs than one look takes.
#[test]
fn jobs_of_a_newer_release_are_left_to_it_and_hide_none_of_ours() {
    on_two_nodes(&async |nodes, time| {
        let now = (time.world.clock)();
        for number in 0..50 {
            let newer = nodes[0].write(&scope(), move |tx| {
                let sql = "insert into job
                               (workspace, id, kind, key, payload, run_at, attempts, created_at)
                           values (?1, ?2, 'of_the_future', ?2, '', ?3, 0, ?3)";
                Ok::<_, Error>(tx.run(sql, &[(&format!("job_{number}")).into(), 0.into()])?)
            });
            newer.await.unwrap();
        }
        assert!(next(&nodes[0]).await.is_none());
        ask(&nodes[0], "con_1", now).await;
        assert!(do_one(&nodes[1]).await.unwrap());
        assert!(!do_one(&nodes[1]).await.unwrap());
        let left = nodes[0].read(&scope(), |tx| {
            let sql = "select count(*) from job where workspace = ?1";
            Ok::<_, Error>(tx.first(sql, &[], |row| row.get::<i64>(0))?)
        });
        assert_eq!(left.await.unwrap(), Some(50));
    });
}
