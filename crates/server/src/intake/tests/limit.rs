//! How often a token may ask.

use serde_json::Value as Json;

use crate::{
    access::Kind,
    testing::{Ask, Stage, block_on, databases, settings},
};

#[test]
fn the_thousand_and_first_request_of_a_minute_is_refused() {
    for database in databases() {
        block_on(async {
            let mut config = settings();
            // The first of two nodes would share blocks with the other.
            config.aloware.per_minute = 1000;
            let stage = Stage::set_with(&database, config).await;
            let token = stage.door_key(Kind::Intake).await;
            let path = format!("/api/v1/webhook/contact/phone-number?api_token={token}");
            let mut last = None;
            // Each request takes a second of the stage's time: begin at a minute, and stop the clock.
            for count in 0..1001 {
                let ask = Ask { method: "GET", path: &path, headers: &[], body: "" };
                let answer = stage.send_at_once("nobody", ask).await;
                let is_last = count == 1000;
                assert_eq!(answer.status.starts_with("429"), is_last, "{count}: {}", answer.status);
                assert_eq!(answer.headers["x-ratelimit-limit"], "1000");
                last = Some(answer);
            }
            let last = last.unwrap();
            let body: Json = serde_json::from_str(&last.body).unwrap();
            assert_eq!(body, serde_json::json!({ "message": "Too Many Attempts." }));
            assert_eq!(last.headers["x-ratelimit-remaining"], "0");
            assert!((1..=60).contains(&last.headers["retry-after"].parse::<i64>().unwrap()));
            assert!(last.headers["x-ratelimit-reset"].parse::<i64>().unwrap() > 1_700_000_000);
        });
    }
}
