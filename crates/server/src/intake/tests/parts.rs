//! A form in parts, as a browser sends one with a file; and the order of a queue.

use axum::body::Bytes;
use serde_json::Value as Json;

use crate::{
    access::Kind,
    dialer,
    error::Error,
    operator,
    testing::{Answer, Ask, Stage, bad::Bad, block_on, databases},
};

async fn post(stage: &Stage, kind: &'static str, body: String) -> Answer {
    let bad = Bad { what: String::new(), kind, body: Bytes::from(body), is_whole: true };
    stage.post_raw("/api/v1/webhook/forms", &bad).await
}

#[test]
fn a_form_in_parts_is_a_form() {
    for database in databases() {
        block_on(async {
            let stage = Stage::set(&database).await;
            let token = stage.door_key(Kind::Intake).await;
            let part = |(head, value): (&str, &str)| {
                format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{value}\r\n")
            };
            let parts = [
                ("name=\"api_token\"", token.as_str()),
                ("name=\"Phone Number\"", "(818) 740-5020"),
                ("name=\"name\"", "Zoë"),
                ("name=\"cv\"; filename=\"a.pdf\"", "%PDF"),
            ];
            let body = parts.map(part).concat() + "--x--\r\n";
            let answer = post(&stage, "multipart/form-data; boundary=x", body).await;
            assert_eq!(answer.code(), 201, "{}", answer.body);
            let path = format!(
                "/api/v1/webhook/contact/phone-number?api_token={token}&phone_number=8187405020"
            );
            let ask = Ask { method: "GET", path: &path, headers: &[], body: "" };
            let found: Json = serde_json::from_str(&stage.send("nobody", ask).await.body).unwrap();
            assert_eq!(found["name"], "Zoë");
        });
    }
}

#[test]
fn the_top_is_called_first_and_the_bottom_last() {
    for database in databases() {
        block_on(async {
            let stage = Stage::set(&database).await;
            let token = stage.door_key(Kind::Intake).await;
            let new = r#"{"email":"ada@example.com","name":"Ada"}"#;
            let ask = Ask { method: "POST", path: "/v1/operators", headers: &[], body: new };
            assert_eq!(stage.send("admin", ask).await.code(), 201);
            for (name, place) in [("b", ""), ("c", "bottom"), ("a", "TOP"), ("d", "bottom")] {
                let number = 8_187_405_020 + i64::from(name.as_bytes()[0]);
                let form = serde_json::json!({
                    "api_token": token, "phone_number": number, "name": name, "user_id": 1,
                    "add_to_powerdialer": 1, "powerdialer_position": place,
                });
                let answer = post(&stage, "application/json", form.to_string()).await;
                assert_eq!(answer.code(), 201, "{}", answer.body);
            }
            let read = stage.app.store.read(&stage.scope("admin"), |tx| {
                let ada = operator::find_by(tx, "ada@example.com")?;
                let queue = dialer::queue(tx, &ada.id, 10)?;
                let names = queue.iter().map(|id| Ok(crate::contact::find(tx, id)?.name));
                names.collect::<Result<Vec<_>, Error>>()
            });
            let names: Vec<String> = read.await.unwrap().into_iter().flatten().collect();
            assert_eq!(names, ["a", "b", "c", "d"]);
        });
    }
}
