//! What happened is fetched by those who were not told.

use expect_test::expect;

use super::{ask, changed, due};
use crate::{
    testing::{Stage, block_on, check, databases},
    webhook::settle,
};

#[test]
fn what_happened_can_be_fetched_by_whoever_was_not_told() {
    check(
        r#"
        POST /v1/contacts {"email":"ada@example.com","name":"Ada"}
        POST /v1/tags {"name":"vip"}
        PATCH /v1/contacts/{con_1} {"company":"Engines"}
        POST /v1/tags {"name":"new"}
        from here
        as read
        GET /v1/events?limit=1
        GET /v1/events?after=6&limit=1
        GET /v1/events?after=99
        GET /v1/events?after=soon
        as other
        GET /v1/events
        as nobody
        GET /v1/events
        "#,
        &expect![[r#"
            > as read
            > GET /v1/events?limit=1
            200 OK
            {"data":[{"seq":5,"id":"evt_1","subject":"con_1","event":"contact.created","timestamp":"2026-01-01T00:00:01Z","data":{"id":"con_1","email":"ada@example.com","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}],"has_more":true,"next_after":5,"oldest":1}
            > GET /v1/events?after=6&limit=1
            200 OK
            {"data":[{"seq":7,"id":"evt_2","subject":"con_1","event":"contact.updated","timestamp":"2026-01-01T00:00:03Z","data":{"id":"con_1","email":"ada@example.com","name":"Ada","phone":null,"company":"Engines","avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:03Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null,"changes":{"company":{"from":null,"to":"Engines"}}}}],"has_more":false,"next_after":8,"oldest":1}
            > GET /v1/events?after=99
            200 OK
            {"data":[],"has_more":false,"next_after":99,"oldest":1}
            > GET /v1/events?after=soon
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'after' parameter is not valid: invalid digit found in string.","param":"after","status":400,"request_id":"req_…"}}
            > as other
            > GET /v1/events
            200 OK
            {"data":[],"has_more":false,"next_after":1,"oldest":1}
            > as nobody
            > GET /v1/events
            401 Unauthorized
            {"error":{"type":"authentication_error","code":"missing_credentials","message":"This needs an API key: send it as 'Authorization: Bearer sk_live_…'.","status":401,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn what_is_fetched_is_what_is_told() {
    for database in databases() {
        block_on(async {
            let stage = Stage::set(&database).await;
            let body = r#"{"url": "https://1.1.1.1/", "events": ["*"]}"#;
            let made = ask(&stage, "POST", "/v1/webhooks", body).await;
            let id = made["data"]["id"].as_str().unwrap().parse().unwrap();
            changed(&stage, "a@example.com", 30).await;
            let (site, visitor) = stage.widget().await;
            stage.first_words(&site, &visitor).await;
            settle(&stage.app).await.unwrap();
            let told = due(&stage, &id).await.first;
            let told: Vec<(i64, String)> =
                told.iter().map(|one| (one.seq, one.body.as_deref().unwrap().to_owned())).collect();
            let (mut fetched, mut after) = (Vec::new(), 0);
            loop {
                let path = format!("/v1/events?after={after}&limit=7");
                let page = ask(&stage, "GET", &path, "").await;
                for one in page["data"].as_array().unwrap() {
                    let (event, at, data) = (&one["event"], &one["timestamp"], &one["data"]);
                    let body = format!(r#"{{"event":{event},"timestamp":{at},"data":{data}}}"#);
                    fetched.push((one["seq"].as_i64().unwrap(), body));
                }
                after = page["next_after"].as_i64().unwrap();
                if page["has_more"] == false {
                    break;
                }
            }
            assert!(30 < told.len());
            assert_eq!(fetched, told);
        });
    }
}
