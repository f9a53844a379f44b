//! Somebody asks whether a webhook works, and waits for the answer.

use tokio::{sync::watch, task::JoinSet};

use super::{ask, canary::somebody};
use crate::{
    testing::{Stage, block_on, databases, settings},
    webhook::dispatch,
};

#[test]
fn a_test_shows_at_once_what_became_of_it() {
    for database in databases() {
        block_on(async {
            let mut config = settings();
            config.outbound.allow = vec!["127.0.0.0/8".parse().unwrap()];
            let stage = Stage::set_with(&database, config).await;
            let (port, _) = somebody(vec!["200 OK".to_owned(), "500 Oh".to_owned()]);
            let (stop, stopped) = watch::channel(false);
            let mut tasks = JoinSet::new();
            tasks.spawn(dispatch(stage.app.clone(), stopped));
            let cases = [
                (format!("127.0.0.2:{port}/0"), "delivered", Some(200), None),
                (format!("127.0.0.2:{port}/1"), "retrying", Some(500), Some("It answered 500.")),
                ("127.0.0.1:1/".to_owned(), "retrying", None, Some("No connection could be made")),
            ];
            for (address, status, answered, error) in cases {
                let body = format!(r#"{{"url": "http://{address}", "events": ["*"]}}"#);
                let made = ask(&stage, "POST", "/v1/webhooks", &body).await;
                let path = format!("/v1/webhooks/{}", made["data"]["id"].as_str().unwrap());
                let shown = ask(&stage, "POST", &format!("{path}/test"), "{}").await;
                let (delivery, attempt) = (&shown["data"], &shown["data"]["attempts"][0]);
                assert_eq!(delivery["status"], status, "{shown}");
                assert_eq!(attempt["response_status"].as_u64(), answered, "{shown}");
                assert!(attempt["duration_ms"].is_i64(), "{shown}");
                let body = answered.map(|_| "ok");
                assert_eq!(attempt["response_body"].as_str(), body, "{shown}");
                let said = attempt["error"].as_str();
                assert!(said.unwrap_or_default().starts_with(error.unwrap_or_default()), "{shown}");
                // One that is told nothing has nothing to wait for.
                ask(&stage, "PATCH", &path, r#"{"status": "disabled"}"#).await;
                let shown = ask(&stage, "POST", &format!("{path}/test"), "{}").await;
                assert_eq!(shown["data"]["status"], "pending", "{shown}");
            }
            stop.send(true).unwrap();
            tasks.join_all().await;
        });
    }
}
