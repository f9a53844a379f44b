//! The table of answers, a row for each of its cells.

use serde_json::{Value as Json, json};

use crate::testing::{Answer, Ask, Database, Stage, block_on, databases};

/// A request and the answer that the documents give it.
struct Cell {
    what: &'static str,
    policy: &'static str,
    is_known: bool,
    body: Json,
    status: u16,
    message: &'static str,
    /// What `errors.phone_number` says, if anything.
    sentence: Option<&'static str>,
    /// Whether a blank of someone known was filled, or what was there replaced.
    name: Option<&'static str>,
}

const CREATED: &str = "Contact created.";
const UPDATED: &str = "Contact updated.";
const INVALID: &str = "The given data was invalid.";

/// The table of the contract, and the two settings beside its default.
fn cells() -> Vec<Cell> {
    let new = || json!({ "phone_number": "8181234567", "name": "New" });
    let forced = || json!({ "phone_number": "8181234567", "name": "New", "force_update": true });
    let row = |what, policy, is_known, body, status, message, sentence, name| Cell {
        what,
        policy,
        is_known,
        body,
        status,
        message,
        sentence,
        name,
    };
    let taken = Some("The phone number has already been taken.");
    vec![
        row("new", "accept", false, new(), 201, CREATED, None, Some("New")),
        row("new, forced", "accept", false, forced(), 201, CREATED, None, Some("New")),
        row("known", "accept", true, new(), 202, CREATED, None, Some("Old")),
        row("known, forced", "accept", true, forced(), 200, UPDATED, None, Some("New")),
        row("new", "reject_400", false, new(), 201, CREATED, None, Some("New")),
        row("known", "reject_400", true, new(), 400, INVALID, taken, Some("Old")),
        row("known, forced", "reject_400", true, forced(), 200, UPDATED, None, Some("New")),
        row("new", "reject_409", false, new(), 201, CREATED, None, Some("New")),
        row("known", "reject_409", true, new(), 409, "Contact already exists", None, Some("Old")),
        row("known, forced", "reject_409", true, forced(), 200, UPDATED, None, Some("New")),
        row(
            "no number",
            "accept",
            false,
            json!({ "name": "New" }),
            400,
            INVALID,
            Some("The phone number field is required."),
            None,
        ),
        row(
            "a blank number",
            "accept",
            false,
            json!({ "phone_number": " ", "name": "New" }),
            400,
            INVALID,
            Some("The phone number field is required."),
            None,
        ),
        row(
            "no number at all",
            "accept",
            false,
            json!({ "phone_number": "call me", "name": "New" }),
            400,
            INVALID,
            Some("The phone number is invalid."),
            None,
        ),
    ]
}

async fn ask(stage: &Stage, method: &str, path: &str, body: &Json) -> Answer {
    let body = body.to_string();
    stage.send("admin", Ask { method, path, headers: &[], body: &body }).await
}

async fn play(database: &Database, cell: &Cell) {
    let stage = Stage::set(database).await;
    let token = stage.door_key(crate::access::Kind::Intake).await;
    ask(&stage, "PATCH", "/v1/settings", &json!({ "duplicate_policy": cell.policy })).await;
    let post = async |body: &Json| {
        let mut body = body.clone();
        body["api_token"] = token.as_str().into();
        let path = "/api/v1/webhook/forms";
        let body = body.to_string();
        stage.send("nobody", Ask { method: "POST", path, headers: &[], body: &body }).await
    };
    if cell.is_known {
        post(&json!({ "phone_number": "+1 818 123 4567", "name": "Old" })).await;
    }
    let answer = post(&cell.body).await;
    let what = format!("{} / {}: {}", cell.what, cell.policy, answer.body);
    assert!(answer.status.starts_with(&cell.status.to_string()), "{} {what}", answer.status);
    let body: Json = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(body["message"], cell.message, "{what}");
    match cell.sentence {
        Some(sentence) => {
            assert_eq!(body["errors"], json!({ "phone_number": [sentence] }), "{what}");
        }
        None => assert!(body.get("errors").is_none(), "{what}"),
    }
    let path =
        format!("/api/v1/webhook/contact/phone-number?api_token={token}&phone_number=8181234567");
    let found =
        stage.send("nobody", Ask { method: "GET", path: &path, headers: &[], body: "" }).await;
    let found: Json = serde_json::from_str(&found.body).unwrap();
    match cell.name {
        Some(name) => assert_eq!(found["name"], name, "{what}"),
        None => assert_eq!(found["error"], "Contact not found.", "{what}"),
    }
    // Whatever the answer is, there is a receipt of it.
    let receipts = ask(&stage, "GET", "/v1/intake-receipts", &Json::Null).await;
    let receipts: Json = serde_json::from_str(&receipts.body).unwrap();
    assert_eq!(receipts["data"][0]["status"], i64::from(cell.status), "{what}");
    assert_eq!(
        receipts["data"].as_array().unwrap().len(),
        usize::from(cell.is_known) + 1,
        "{what}"
    );
}

#[test]
fn every_cell_of_the_table_is_answered_as_documented() {
    for cell in cells() {
        for database in databases() {
            block_on(play(&database, &cell));
        }
    }
}
