//! Contacts as a file.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{Request, Response},
};
use http_body_util::BodyExt as _;
use store::Tx;
use tower::ServiceExt as _;

use super::*;
use crate::{
    contact::{self, NewContact, export::PAGE_ROWS},
    error::Result,
    event,
};

#[test]
fn what_is_asked_for_is_exported() {
    on_each_engine(async |stage| {
        let ada = r#"{"email": "ada@b.co", "name": "Ada", "phone": "+18187405020", "tags": ["vip", "new"],
            "custom_attributes": {"plan": "pro", "seats": 7, "teams": ["a", "b"], "deep": {"a": 1}},
            "emails": [{"email": "lace@b.co"}]}"#;
        post(stage, "/v1/contacts", ada).await;
        let bob = r#"{"email": "bob@b.co", "name": "Bob, \"the\" builder", "company": "=1+1"}"#;
        post(stage, "/v1/contacts", bob).await;
        let vips = r#"{"name": "Important", "filters": {"tags": ["vip"]}}"#;
        let segment = made_id(&post(stage, "/v1/segments", vips).await);
        let all = post(stage, "/v1/contacts/export", "{}").await.body;
        expect![[r#"
            id,name,email,emails,phone,phones,company,tags,owner,disposition,lists,source,do_not_contact_at,sms_opted_out_at,conversations_count,last_seen_at,created_at,updated_at,avatar_url,number,profile.first_name,profile.last_name,profile.date_of_birth,profile.timezone,profile.address,profile.city,profile.state,profile.zipcode,profile.country,profile.website,profile.notes,profile.lead_source,profile.intake_source,profile.csf1,profile.csf2,custom_attributes.plan,custom_attributes.seats,custom_attributes.teams
        "#]]
        .assert_eq(&format!("{}\n", all.split("\r\n").next().unwrap()));
        let some = r#"{"columns": ["name", "company"], "bom": true}"#;
        assert_eq!(
            post(stage, "/v1/contacts/export", some).await.body,
            "\u{feff}name,company\r\n\"Bob, \"\"the\"\" builder\",'=1+1\r\nAda,\r\n"
        );
        let ways = r#"{"columns": ["emails", "phone", "tags", "custom_attributes.seats",
            "custom_attributes.teams", "custom_attributes.deep"]}"#;
        let ways = post(stage, "/v1/contacts/export", ways).await.body;
        let cells = ["lace@b.co", "'+18187405020", "vip; new", "7", "a; b", "{\"a\":1}"];
        assert_eq!(rows(ways.as_bytes())[2], cells);
        let names = async |rest: &str| {
            let body = rest.replace("SEGMENT", &segment);
            let body = format!("{{\"columns\": [\"name\"], {body}}}");
            post(stage, "/v1/contacts/export", &body).await.body
        };
        assert_eq!(names(r#""segment_id": "SEGMENT""#).await, "name\r\nAda\r\n");
        assert_eq!(names(r#""search": {"segment_id": "SEGMENT"}"#).await, "name\r\nAda\r\n");
        let both = r#""search": {"query": "bob"}, "segment_id": "SEGMENT""#;
        assert_eq!(names(both).await, "name\r\n");
        let deep = r#""search": {"query": "ada", "page": 7, "sort": "updated_at"}"#;
        assert_eq!(names(deep).await, "name\r\nAda\r\n", "all of it, whichever page");
        let last = ask(stage, "GET", "/v1/audit?limit=1", "").await.body;
        let last: serde_json::Value = serde_json::from_str(&last).unwrap();
        assert_eq!(last["data"][0]["kind"], "contact.exported");
        assert_eq!(last["data"][0]["payload"]["columns"], serde_json::json!(["name"]));
        assert_eq!(last["data"][0]["payload"]["narrowed"], true);
        assert!(!last.to_string().contains("ada"), "words of a search may be of somebody");
    });
}

#[test]
fn an_export_is_refused_in_words() {
    check(
        r#"
        POST /v1/contacts/export {"segment_id": "seg_nobody"}
        POST /v1/contacts/export {"search": {"segment_id": "seg_nobody"}}
        POST /v1/contacts/search {"segment_id": "seg_nobody"}
        POST /v1/contacts/export {"columns": ["secret"]}
        POST /v1/contacts/export {"columns": []}
        POST /v1/contacts/export {"columns": ["profile.nothing"]}
        POST /v1/contacts/export {"search": {"filters": {"phone": "x"}}}
        log contact.exported
        "#,
        &expect![[r#"
            > POST /v1/contacts/export {"segment_id": "seg_nobody"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'segment_id' field must name a segment of this workspace.","param":"segment_id","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/export {"search": {"segment_id": "seg_nobody"}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'search.segment_id' field must name a segment of this workspace.","param":"search.segment_id","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"segment_id": "seg_nobody"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'segment_id' field must name a segment of this workspace.","param":"segment_id","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/export {"columns": ["secret"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'columns' field must each name a field, or one of 'profile.' or 'custom_attributes.'.","param":"columns","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/export {"columns": []}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'columns' field must be 1 to 300 names.","param":"columns","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/export {"columns": ["profile.nothing"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'columns' field must each name a field, or one of 'profile.' or 'custom_attributes.'.","param":"columns","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/export {"search": {"filters": {"phone": "x"}}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'search.filters.phone' field must be a phone number.","param":"search.filters.phone","status":422,"request_id":"req_…"}}
            > log contact.exported
        "#]],
    );
}

async fn create(stage: &Stage, count: usize) {
    for first in (0..count).step_by(500) {
        let all = first..(first + 500).min(count);
        let made = stage.app.store.write(&stage.scope("admin"), move |tx| make(tx, all));
        made.await.unwrap();
    }
}

fn make(tx: &mut Tx<'_>, all: std::ops::Range<usize>) -> Result<()> {
    for number in all {
        let new: NewContact = serde_json::from_value(serde_json::json!({
            "email": format!("c{number}@example.com"), "name": format!("Nr {number}"),
        }))?;
        contact::create(tx, new, "api")?;
    }
    Ok(())
}

async fn begin(stage: &Stage, body: &str) -> Response<Body> {
    let request = Request::builder()
        .method("POST")
        .uri("/v1/contacts/export")
        .header("authorization", format!("Bearer {}", stage.secret("admin")))
        .body(Body::from(body.to_owned()));
    stage.router.clone().oneshot(request.unwrap()).await.unwrap()
}

/// What comes next; `None` at the end.
async fn chunk(response: &mut Response<Body>) -> Option<Vec<u8>> {
    let frame = response.body_mut().frame().await?;
    Some(frame.unwrap().into_data().unwrap().to_vec())
}

fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
    rows.collect()
}

#[test]
fn five_thousand_come_page_by_page_whatever_happens_meanwhile() {
    on_each_engine(async |stage| {
        create(stage, 5_000).await;
        let mut response = begin(stage, r#"{"columns": ["id", "name"]}"#).await;
        let mut bytes = chunk(&mut response).await.unwrap();
        let first = rows(&bytes);
        let page = usize::try_from(PAGE_ROWS).unwrap();
        assert_eq!(first.len(), 1 + page);
        // The last one read is erased, one ahead is changed, and one is made.
        let last = first.last().unwrap()[0].clone();
        let path = format!("/v1/contacts/{last}");
        assert_eq!(ask(stage, "DELETE", &path, "").await.code(), 204);
        let found =
            post(stage, "/v1/contacts/search", r#"{"filters": {"email": "c7@example.com"}}"#);
        let found: serde_json::Value = serde_json::from_str(&found.await.body).unwrap();
        let ahead = found["data"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/contacts/{ahead}");
        assert_eq!(ask(stage, "PATCH", &path, r#"{"name": "Lucky"}"#).await.code(), 200);
        assert_eq!(
            post(stage, "/v1/contacts", r#"{"email": "late@example.com"}"#).await.code(),
            201
        );
        let mut chunks = 1;
        while let Some(more) = chunk(&mut response).await {
            assert_eq!(rows(&more).len(), page, "no more than one page is in memory");
            bytes.extend(more);
            chunks += 1;
        }
        assert_eq!(chunks, 50);
        let all = rows(&bytes);
        let names: BTreeMap<_, _> = all[1..].iter().map(|row| (&row[0], &row[1])).collect();
        assert_eq!((all.len(), names.len()), (5_001, 5_000), "each once");
        assert_eq!(names[&ahead], "Lucky");
        assert!(names.contains_key(&last));
    });
}

/// Pages are read as they are taken, as the test above shows: so there is nothing to end.
#[test]
fn whoever_goes_half_way_leaves_nothing() {
    on_each_engine(async |stage| {
        create(stage, 300).await;
        let mut response = begin(stage, "{}").await;
        chunk(&mut response).await.unwrap();
        drop(response);
        assert_eq!(stage.app.store.queued(), 0);
        let log = stage.app.store.read(&stage.scope("admin"), |tx| {
            event::list_of(tx, &["contact.exported"], (0, i64::MAX), 10)
        });
        assert_eq!(log.await.unwrap().len(), 1, "that it was begun is known");
    });
}

#[test]
fn no_cell_is_a_formula() {
    on_each_engine(async |stage| {
        let mut names = Vec::new();
        for sign in ["=", "+", "-", "@", "＝", "＋", "－", "＠"] {
            for before in ["", "\u{200b}", "\u{ad}", "\u{2066}", "\u{e0041}", "\u{180e}"] {
                names.push(format!("{before}{sign}cmd|' /C calc'!A0"));
            }
        }
        for (number, name) in names.iter().enumerate() {
            let body = serde_json::json!({
                "email": format!("c{number}@example.com"), "name": name, "tags": [name],
                "custom_attributes": { name: name, "several": [name, "x"] },
            });
            let answer = post(stage, "/v1/contacts", &body.to_string()).await;
            assert_eq!(answer.code(), 201, "{}", answer.body);
        }
        let all = rows(post(stage, "/v1/contacts/export", "{}").await.body.as_bytes());
        assert_eq!(all.len(), 1 + names.len());
        let guarded = |cell: &String| cell.starts_with('\'');
        let cells = || all.iter().flatten().filter(|cell| cell.contains("calc"));
        assert!(cells().all(|cell| guarded(cell) || cell.starts_with("custom_attributes.")));
        // The name, the tag and two attributes of each.
        assert_eq!(cells().filter(|cell| guarded(cell)).count(), 4 * names.len());
    });
}
