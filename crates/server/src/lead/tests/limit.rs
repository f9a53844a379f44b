//! How often an address may ask the public door, and a key the others.

use serde_json::Value as Json;

use crate::{
    access::Kind,
    testing::{Answer, Ask, Stage, block_on, databases, settings},
};

async fn refused_at(stage: &Stage, method: &str, path: &str, body: &str, limit: usize) -> Answer {
    for count in 0..=limit {
        let answer = stage.send_at_once("nobody", Ask { method, path, headers: &[], body }).await;
        let is_last = count == limit;
        assert_eq!(answer.code() == 429, is_last, "{count}: {} {}", answer.status, answer.body);
        if is_last {
            return answer;
        }
    }
    unreachable!("the last one is returned")
}

fn check(answer: &Answer) {
    let body: Json = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((&body["ok"], &body["code"]), (&false.into(), &"rate_limited".into()), "{body}");
    assert!((1..=60).contains(&answer.headers["retry-after"].parse::<i64>().unwrap()));
}

#[test]
fn one_address_saves_a_hundred_times_a_minute() {
    for database in databases() {
        block_on(async {
            let stage = Stage::set(&database).await;
            let body = r#"{"session_id":"s"}"#;
            check(&refused_at(&stage, "POST", "/api/save-lead", body, 100).await);
            // The doors that need a key are another matter.
            let key = stage.door_key(Kind::Partner).await;
            let path = format!("/api/leads?key={key}");
            let ask = Ask { method: "GET", path: &path, headers: &[], body: "" };
            assert_eq!(stage.send_at_once("nobody", ask).await.code(), 200);
        });
    }
}

#[test]
fn one_key_asks_as_often_as_is_set() {
    for database in databases() {
        block_on(async {
            let mut config = settings();
            config.ora.key_per_minute = 20;
            let stage = Stage::set_with(&database, config).await;
            let path = format!("/api/leads?key={}", stage.door_key(Kind::Partner).await);
            check(&refused_at(&stage, "GET", &path, "", 20).await);
            // Guessing is limited by address: ten times a second.
            check(&refused_at(&stage, "GET", "/api/leads?key=guess", "", 10).await);
        });
    }
}
