//! Forms that nobody should send: never our failure, and no lead lost that had a token and a number.

use serde_json::{Map, Value as Json, json};

use crate::{
    access::Kind,
    testing::{Stage, bad, block_on, databases, settings},
};

fn good(token: &str) -> Map<String, Json> {
    let body = json!({
        "api_token": token,
        "phone_number": "8181234567",
        "other_phone_numbers": [{ "label": "mobile", "phone_number": "8187405020" }],
        "company_name": "Analytical Engines",
        "name": "Ada Lovelace",
        "lead_source": "Web form",
        "source": "second",
        "email": "ada@example.com",
        "date_of_birth": "12/10/1815",
        "timezone": "America/Los_Angeles",
        "zipcode": "90045",
        "notes": "Agreed to be called.",
        "csf1": "one",
        "user_id": "1",
        "distribute_to_ring_group": "true",
        "ring_group_id": "1",
        "check_available_users": "true",
        "check_available_users_with_fallback": "0",
        "add_to_powerdialer": "1",
        "powerdialer_position": "bottom",
        "sequence_id": "1",
        "force_update_sequence": "no",
        "force_update": "yes",
        "line_id": "1",
        "tag_id": "1,2",
        "disposition_status_id": "5",
        "tags": "a, b",
        "list_ids": "1",
        "is_dnc": "false",
        "dry_run": "false",
    });
    body.as_object().unwrap().clone()
}

#[test]
fn no_form_is_our_failure_and_none_with_a_number_is_lost() {
    for database in databases() {
        block_on(async {
            let mut config = settings();
            config.rate_limits.enforce = false;
            let stage = Stage::set_with(&database, config).await;
            let token = stage.door_key(Kind::Intake).await;
            let corpus = bad::corpus(&good(&token), 2);
            assert!(300 <= corpus.len(), "{}", corpus.len());
            for one in corpus {
                let answer = stage.post_raw("/api/v1/webhook/forms", &one).await;
                let said = format!("{}: {} {}", one.what, answer.status, answer.body);
                let status: u16 = answer.code();
                assert!(status < 500, "{said}");
                let body: Json = serde_json::from_str(&answer.body).expect(&said);
                assert!(body["message"].is_string(), "{said}");
                if one.is_whole {
                    assert!([200, 201, 202].contains(&status), "{said}");
                    assert_eq!(body["contact_id"], 1, "{said}");
                }
            }
        });
    }
}
