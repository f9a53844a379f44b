//! A thousand guesses at once.

use futures_util::future::join_all;
use serde_json::json;

use super::{PASSWORD, code, open, owner, sign_in, turn_codes_on};
use crate::testing::{Stage, block_on, browser::Browser, databases};

/// Requests that are sent at once.
const GUESSES: usize = 1_000;

/// A thousand bodies at once, each from an address of its own as the sender says.
async fn guess(stage: &Stage, call: &str, body: impl Fn(usize) -> String) -> Vec<String> {
    let all = (0..GUESSES).map(|number| {
        let body = body(number);
        async move {
            let address = format!("203.0.{}.{}", number / 250, number % 250);
            Browser::from(&address).ask(stage, call, &body).await.problem()
        }
    });
    join_all(all).await
}

fn count(problems: &[String], wanted: &str) -> usize {
    problems.iter().filter(|problem| *problem == wanted).count()
}

#[test]
fn of_a_thousand_passwords_ten_are_judged_and_the_owner_still_gets_in() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, open()).await;
            let mut ada = owner(&stage).await;
            ada.ask(&stage, "POST /v1/logout", "").await;
            let problems = guess(&stage, "POST /v1/login", |number| {
                json!({ "email": "ADA@example.com", "password": format!("guess {number} of many") })
                    .to_string()
            })
            .await;
            assert_eq!(count(&problems, "invalid_login"), 10);
            assert_eq!(count(&problems, "too_many_guesses"), GUESSES - 10);
            // Whoever comes with the right one now, from nowhere known, has to wait as well.
            let stranger = sign_in(&stage, &mut Browser::default(), json!({})).await;
            assert_eq!(stranger, (429, "too_many_guesses".to_owned()));
            // The owner's own browser is known.
            assert!(ada.login().is_none());
            assert_eq!(sign_in(&stage, &mut ada, json!({})).await, (200, String::new()));
            // A quarter of an hour later anybody may try again.
            stage.time.tick(jiff::SignedDuration::from_mins(16));
            assert_eq!(sign_in(&stage, &mut Browser::default(), json!({})).await.0, 200);
        }
    });
}

#[test]
fn of_a_thousand_codes_ten_are_judged() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set_with(&database, open()).await;
            let mut ada = owner(&stage).await;
            let (secret, _) = turn_codes_on(&stage, &mut ada).await;
            stage.time.tick(jiff::SignedDuration::from_mins(16));
            let right = code(&stage, &secret);
            let wrong = |number: usize| {
                let guess = format!("{number:06}");
                if guess == right { "999999".to_owned() } else { guess }
            };
            let problems = guess(&stage, "POST /v1/login", |number| {
                json!({ "email": "ada@example.com", "password": PASSWORD, "code": wrong(number) })
                    .to_string()
            })
            .await;
            assert_eq!(count(&problems, "invalid_code"), 10);
            assert_eq!(count(&problems, "too_many_guesses"), GUESSES - 10);
            // Nor does a browser that is known, or one that is signed in, judge more of them.
            let shown = json!({ "code": "000001" });
            assert_eq!(sign_in(&stage, &mut ada, shown).await.0, 429);
            let proof = ada.ask(&stage, "POST /v1/account/proof", r#"{"code": "000001"}"#).await;
            assert_eq!(proof.problem(), "too_many_guesses");
        }
    });
}

#[test]
fn of_a_thousand_links_ten_of_an_address_are_judged() {
    block_on(async {
        for database in databases() {
            let mut config = open();
            // Nobody's word about where they come from is taken.
            config.http.trusted_proxies.clear();
            let stage = Stage::set_with(&database, config).await;
            let calls = ["POST /v1/password-resets/redeem", "POST /v1/invitations/redeem"];
            let mut judged = 0;
            for call in calls {
                let problems = guess(&stage, call, |number| {
                    json!({ "token": format!("guess{number}"), "password": PASSWORD }).to_string()
                })
                .await;
                judged += count(&problems, "invalid_parameter");
                assert_eq!(
                    count(&problems, "invalid_parameter") + count(&problems, "too_many_guesses"),
                    GUESSES
                );
            }
            assert_eq!(judged, 10);
        }
    });
}
