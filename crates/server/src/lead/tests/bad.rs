//! Bodies that no widget should send: never our failure, and no lead lost that had a session.

use serde_json::{Map, Value as Json, json};

use crate::testing::{Stage, bad, block_on, databases, settings};

fn good() -> Map<String, Json> {
    let body = json!({
        "session_id": "widget_1234",
        "page_url": "https://example.com/pricing",
        "messages": [{ "role": "user", "content": "Hi" }, { "role": "assistant", "content": "Hello" }],
        "lead_name": "Ada",
        "lead_email": "ada@example.com",
        "lead_business": "Analytical Engines",
        "lead_phone": "8187405020",
        "message_count": 2,
        "session_token": "none",
        "dry_run": "false",
        "brain": "ora",
    });
    body.as_object().unwrap().clone()
}

#[test]
fn no_save_is_our_failure_and_none_with_a_session_is_lost() {
    for database in databases() {
        block_on(async {
            let mut config = settings();
            config.rate_limits.enforce = false;
            let stage = Stage::set_with(&database, config).await;
            let corpus = bad::corpus(&good(), 1);
            assert!(300 <= corpus.len(), "{}", corpus.len());
            for one in corpus {
                let answer = stage.post_raw("/api/save-lead", &one).await;
                let said = format!("{}: {} {}", one.what, answer.status, answer.body);
                let status: u16 = answer.code();
                assert!(status < 500, "{said}");
                let body: Json = serde_json::from_str(&answer.body).expect(&said);
                assert_eq!(body["ok"], status < 300, "{said}");
                if one.is_whole {
                    assert!([200, 201].contains(&status), "{said}");
                    assert_eq!(body["status"], status, "{said}");
                }
            }
        });
    }
}
