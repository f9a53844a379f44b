//! Several nodes on one database keep one plan. Only PostgreSQL has several nodes.

use std::sync::Arc;

use axum::Router;
use jiff::SignedDuration;
use store::World;

use super::Ask;
use crate::{
    http::{App, router},
    testing::{Database, Stage, block_on, databases, settings},
};

fn shared() -> impl Iterator<Item = Database> {
    databases().into_iter().filter(|database| matches!(database, Database::Postgres(_)))
}

/// Another node, whose clock may be another.
fn node(database: &Database, world: &World) -> Router {
    let mut config = settings();
    config.data = std::env::temp_dir().join("switchboard-test-nodes");
    std::fs::create_dir_all(&config.data).unwrap();
    router(App::new(database.open(world), config, world.clone()).unwrap())
}

async fn is_let_in(node: &Router, secret: &str) -> bool {
    Ask::new("GET /v1/operators/op_x").by(secret).send(node).await.status != 429
}

/// How many requests the nodes let in, asked in turn until all refuse.
async fn let_in(nodes: &[&Router], secret: &str) -> i64 {
    let mut count = 0;
    loop {
        let before = count;
        for node in nodes {
            count += i64::from(is_let_in(node, secret).await);
        }
        if count == before {
            return count;
        }
    }
}

#[test]
fn two_nodes_together_never_exceed_a_plan() {
    block_on(async {
        for database in shared() {
            let stage = Stage::set(&database).await;
            let other = node(&database, &stage.time.world);
            let secret = stage.secret("free");
            let mut used = 0;
            for _ in 0..6 {
                let count = let_in(&[&stage.router, &other], &secret).await;
                assert_eq!(count, 10, "a second's burst");
                used += count;
                stage.time.tick(SignedDuration::from_secs(1));
            }
            assert_eq!(used, 60);
            assert_eq!(let_in(&[&stage.router, &other], &secret).await, 0, "the minute is used up");
            stage.time.tick(SignedDuration::from_secs(60));
            assert_eq!(let_in(&[&other, &stage.router], &secret).await, 10);
        }
    });
}

#[test]
fn one_node_alone_can_use_a_whole_plan() {
    block_on(async {
        for database in shared() {
            let stage = Stage::set(&database).await;
            let other = node(&database, &stage.time.world);
            let secret = stage.secret("admin");
            assert_eq!(let_in(&[&other], &secret).await, 200);
            assert_eq!(let_in(&[&stage.router], &secret).await, 0);
        }
    });
}

#[test]
fn a_crowd_at_two_nodes_is_counted_once() {
    block_on(async {
        for database in shared() {
            let stage = Stage::set(&database).await;
            let other = node(&database, &stage.time.world);
            let secret: Arc<str> = stage.secret("admin").into();
            let mut crowd = tokio::task::JoinSet::new();
            for number in 0..600 {
                let node = if number % 2 == 0 { stage.router.clone() } else { other.clone() };
                let secret = Arc::clone(&secret);
                crowd.spawn(async move { is_let_in(&node, &secret).await });
            }
            let let_in = crowd.join_all().await.into_iter().filter(|is_in| *is_in).count();
            assert!((180..=200).contains(&let_in), "{let_in} were let in");
        }
    });
}

#[test]
fn a_node_whose_clock_is_behind_gives_nobody_more() {
    block_on(async {
        for database in shared() {
            let stage = Stage::set(&database).await;
            stage.time.tick(SignedDuration::from_secs(61));
            let clock = Arc::clone(&stage.time.world.clock);
            let late = World {
                clock: Arc::new(move || clock() - SignedDuration::from_secs(1)),
                random: Arc::clone(&stage.time.world.random),
            };
            let other = node(&database, &late);
            let secret = stage.secret("admin");
            // What it took before it was told of the newer second is all that it gives more.
            let count = let_in(&[&other, &stage.router], &secret).await;
            assert!((180..=220).contains(&count), "{count} were let in");
        }
    });
}
