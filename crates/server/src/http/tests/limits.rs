//! How often one may ask: two windows per key, and one count for whoever has no key.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::body::{Body as RawBody, Bytes};
use jiff::SignedDuration;

use super::{Answer, Ask, sqlite};
use crate::{
    access::{self, Kind, Level, NewCredential, Plan},
    testing::{Stage, block_on, databases, settings},
};

/// A new key of `plan`.
async fn key(stage: &Stage, plan: Plan) -> String {
    let secret = access::new_secret(Kind::Platform, || (stage.time.world.random)());
    let (kind, level) = (Kind::Platform, Level::Read);
    let new = NewCredential { kind, level, plan, operator: None, name: String::new() };
    let kept = secret.clone();
    let write =
        stage.app.store.write(&stage.scope("admin"), move |tx| access::create(tx, &new, &kept));
    write.await.unwrap();
    secret
}

async fn get(stage: &Stage, secret: &str) -> Answer {
    Ask::new("GET /v1/operators/op_x").by(secret).send(&stage.router).await
}

/// How many of `tries` requests are let in, and the first refusal.
async fn let_in(stage: &Stage, secret: &str, tries: i64) -> (i64, Option<Answer>) {
    for count in 0..tries {
        let answer = get(stage, secret).await;
        if answer.status == 429 {
            return (count, Some(answer));
        }
    }
    (tries, None)
}

fn tick(stage: &Stage, seconds: i64) {
    stage.time.tick(SignedDuration::from_secs(seconds));
}

#[test]
fn each_plan_has_its_burst_and_its_minute() {
    let plans = [
        (Plan::Free, 60, 10),
        (Plan::Basic, 300, 30),
        (Plan::Professional, 1000, 100),
        (Plan::Enterprise, 2000, 200),
    ];
    block_on(async {
        for database in databases() {
            let stage = Stage::set(&database).await;
            for (plan, per_minute, burst) in plans {
                let key = key(&stage, plan).await;
                let begin = stage.app.now().as_second();
                let mut used = 0;
                while used < per_minute {
                    let (count, refusal) = let_in(&stage, &key, burst + 1).await;
                    assert_eq!(count, burst.min(per_minute - used), "{plan:?}");
                    used += count;
                    let refusal = refusal.unwrap();
                    assert_eq!(
                        refusal.number("x-ratelimit-remaining"),
                        per_minute - used,
                        "{plan:?}"
                    );
                    let wait = if used < per_minute {
                        1
                    } else {
                        60 - (stage.app.now().as_second() - begin)
                    };
                    assert_eq!(refusal.number("retry-after"), wait, "{plan:?}");
                    assert!(refusal.body.contains("rate_limit_exceeded"), "{}", refusal.body);
                    tick(&stage, 1);
                }
                // The minute is used up whatever the second; the next one begins afresh.
                let left = 60 - (stage.app.now().as_second() - begin);
                tick(&stage, left - 1);
                assert_eq!(get(&stage, &key).await.number("retry-after"), 1);
                tick(&stage, 1);
                let answer = get(&stage, &key).await;
                assert_eq!(answer.number("x-ratelimit-remaining"), per_minute - 1, "{plan:?}");
            }
        }
    });
}

#[test]
fn every_answer_of_the_platform_says_what_is_left() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set(&database).await;
            let (write, read) = (stage.secret("write"), stage.secret("read"));
            let large = "x".repeat((1 << 20) + 1);
            let asks = [
                (200, Ask::new("GET /v1/contacts").by(&write)),
                (
                    201,
                    Ask::new("POST /v1/contacts").by(&write).body("{\"email\": \"a@b.example\"}"),
                ),
                (400, Ask::new("POST /v1/contacts").by(&write).body("{")),
                (401, Ask::new("GET /v1/contacts")),
                (401, Ask::new("GET /v1/contacts").by("sk_live_nobody")),
                (403, Ask::new("POST /v1/contacts").by(&read).body("{}")),
                (404, Ask::new("GET /v1/contacts/con_x").by(&write)),
                (404, Ask::new("GET /v1/nothing").by(&write)),
                (405, Ask::new("DELETE /v1/contacts").by(&write)),
                (
                    409,
                    Ask::new("POST /v1/contacts").by(&write).body("{\"email\": \"a@b.example\"}"),
                ),
                (413, Ask::new("POST /v1/contacts").by(&write).body(large)),
                (415, Ask::new("POST /v1/contacts").by(&write).header("content-encoding", "br")),
                (422, Ask::new("POST /v1/contacts").by(&write).body("{\"email\": 1}")),
            ];
            let minute_end = (stage.app.now().as_second() / 60 + 1) * 60;
            for (status, ask) in asks {
                let answer = ask.send(&stage.router).await;
                assert_eq!(answer.status, status, "{}", answer.body);
                let [limit, left, reset] = ["limit", "remaining", "reset"]
                    .map(|name| answer.number(&format!("x-ratelimit-{name}")));
                assert_eq!(limit, if status == 401 { 60 } else { 2000 }, "{status}");
                assert!(left < limit, "{status}");
                assert_eq!(reset, minute_end, "{status}");
                let policy = format!("\"default\";q={limit};w=60");
                assert_eq!(answer.header("ratelimit-policy"), Some(policy.as_str()));
                let current =
                    format!("\"default\";r={left};t={}", reset - stage.app.now().as_second());
                assert_eq!(answer.header("ratelimit"), Some(current.as_str()));
                assert_eq!(answer.header("retry-after"), None, "{status}");
                assert_eq!(answer.header("cache-control"), Some("no-store"), "{status}");
            }
        }
    });
}

#[test]
fn pages_and_probes_are_not_counted() {
    block_on(async {
        let database = sqlite();
        let stage = Stage::set(&database).await;
        for path in ["/healthz", "/docs", "/openapi.json", "/nothing", "/api/nothing"] {
            let answer = Ask::new(&format!("GET {path}")).send(&stage.router).await;
            assert_eq!(answer.header("x-ratelimit-limit"), None, "{path}");
        }
    });
}

#[test]
fn whoever_has_no_key_is_counted_by_address() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set(&database).await;
            let ask = async |address: &str, secret: &str| {
                let ask = Ask::new("GET /v1/contacts").from(address);
                let ask = if secret.is_empty() { ask } else { ask.by(secret) };
                ask.send(&stage.router).await
            };
            let read = stage.secret("read");
            for count in 0..10 {
                // A guess at a key counts as none at all.
                let guess = if count % 2 == 0 { "" } else { "sk_live_guess" };
                assert_eq!(ask("203.0.113.9", guess).await.status, 401);
            }
            let refusal = ask("203.0.113.9", "").await;
            assert_eq!(refusal.status, 429);
            assert_eq!(refusal.number("retry-after"), 1);
            assert_eq!(refusal.number("x-ratelimit-limit"), 60);
            // Neither a neighbour nor a key from the same address pays for it.
            assert_eq!(ask("203.0.113.10", "").await.status, 401);
            assert_eq!(ask("203.0.113.9", &read).await.status, 200);
        }
    });
}

#[test]
fn keys_are_counted_each_for_itself() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set(&database).await;
            let (one, two) = (key(&stage, Plan::Free).await, key(&stage, Plan::Free).await);
            assert_eq!(let_in(&stage, &one, 20).await.0, 10);
            assert_eq!(let_in(&stage, &two, 20).await.0, 10);
        }
    });
}

#[test]
fn limits_that_are_not_enforced_are_still_told() {
    block_on(async {
        for database in databases() {
            let mut config = settings();
            config.rate_limits.enforce = false;
            let stage = Stage::set_with(&database, config).await;
            let free = stage.secret("free");
            for count in 1..=100 {
                let answer = get(&stage, &free).await;
                assert_eq!(answer.status, 404);
                assert_eq!(answer.number("x-ratelimit-remaining"), (60 - count).max(0));
            }
        }
    });
}

/// A body that says whether anyone looked at it.
fn watched() -> (RawBody, Arc<AtomicBool>) {
    let seen = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&seen);
    let body = futures_util::stream::once(async move {
        flag.store(true, Ordering::Relaxed);
        Ok::<_, std::io::Error>(Bytes::from_static(b"{}"))
    });
    (RawBody::from_stream(body), seen)
}

#[test]
fn who_is_refused_is_refused_before_the_body_is_read() {
    block_on(async {
        let database = sqlite();
        let stage = Stage::set(&database).await;
        let (read, free, write) =
            (stage.secret("read"), stage.secret("free"), stage.secret("write"));
        assert_eq!(let_in(&stage, &free, 20).await.0, 10);
        let asks = [
            (401, Ask::new("POST /v1/contacts")),
            (401, Ask::new("POST /v1/contacts").by("sk_live_nobody")),
            (403, Ask::new("POST /v1/contacts").by(&read)),
            (404, Ask::new("POST /v1/nothing").by(&write)),
            (405, Ask::new("PUT /v1/contacts").by(&write)),
            (415, Ask::new("POST /v1/contacts").by(&write).header("content-encoding", "zstd")),
            (429, Ask::new("POST /v1/contacts").by(&free)),
        ];
        for (status, ask) in asks {
            let (body, seen) = watched();
            let answer = ask.body(body).send(&stage.router).await;
            assert_eq!(answer.status, status, "{}", answer.body);
            assert!(!seen.load(Ordering::Relaxed), "{status}: the body was read");
        }
        let (body, seen) = watched();
        let answer = Ask::new("POST /v1/contacts").by(&write).body(body).send(&stage.router).await;
        assert!(seen.load(Ordering::Relaxed), "{}", answer.body);
    });
}
