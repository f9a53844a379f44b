//! Tags on contacts.

use expect_test::expect;

use super::{ask, made_id, on_each_engine, post};
use crate::testing::check;

#[test]
fn tags_are_made_on_the_fly_in_the_spelling_known_first() {
    check(
        r#"
        POST /v1/contacts {"email": "a@b.co", "tags": [" VIP ", "vip", "Été"]}
        POST /v1/contacts {"email": "b@b.co", "tags": ["Vip", "éTÉ"]}
        GET /v1/tags
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "a@b.co", "tags": [" VIP ", "vip", "Été"]}
            201 Created
            {"data":{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["VIP","Été"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts {"email": "b@b.co", "tags": ["Vip", "éTÉ"]}
            201 Created
            {"data":{"id":"con_2","email":"b@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["VIP","Été"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z","number":2,"phone_valid":null,"emails":[{"email":"b@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > GET /v1/tags
            200 OK
            {"data":[{"id":"tag_1","number":2,"name":"Été","color":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"},{"id":"tag_2","number":1,"name":"VIP","color":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_renamed_tag_keeps_its_contacts() {
    check(
        r#"
        POST /v1/contacts {"email": "a@b.co", "tags": ["vip", "beta"]}
        GET /v1/tags?limit=2
        PATCH /v1/tags/{tag_2} {"name": "Gold"}
        settle
        GET /v1/contacts/{con_1}
        GET /v1/contacts?tag=gold
        GET /v1/contacts?tag=vip
        PATCH /v1/tags/{tag_2} {"name": "Beta"}
        log
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "a@b.co", "tags": ["vip", "beta"]}
            201 Created
            {"data":{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["vip","beta"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > GET /v1/tags?limit=2
            200 OK
            {"data":[{"id":"tag_1","number":2,"name":"beta","color":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"},{"id":"tag_2","number":1,"name":"vip","color":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}],"pagination":{"limit":2,"has_more":false,"next_cursor":null}}
            > PATCH /v1/tags/{tag_2} {"name": "Gold"}
            200 OK
            {"data":{"id":"tag_2","number":1,"name":"Gold","color":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:03Z"}}
            > settle
            > GET /v1/contacts/{con_1}
            200 OK
            {"data":{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["beta","Gold"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > GET /v1/contacts?tag=gold
            200 OK
            {"data":[{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["beta","Gold"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/contacts?tag=vip
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > PATCH /v1/tags/{tag_2} {"name": "Beta"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'name' field is already in use by tag_1.","param":"name","status":409,"request_id":"req_…"}}
            > log
            5 record.created tag_2 by key_1 {"id":"tag_2","kind":"tag","number":1,"name":"vip"}
            6 record.created tag_1 by key_1 {"id":"tag_1","kind":"tag","number":2,"name":"beta"}
            7 contact.created con_1 by key_1 {"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["vip","beta"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}
            8 record.updated tag_2 by key_1 {"id":"tag_2","kind":"tag","number":1,"name":"Gold","previous_name":"vip"}
        "#]],
    );
}

#[test]
fn a_tag_may_change_its_capitals() {
    check(
        r#"
        POST /v1/contacts {"email": "a@b.co", "tags": ["vip"]}
        GET /v1/tags
        PATCH /v1/tags/{tag_1} {"name": "VIP"}
        settle
        GET /v1/contacts?tag=vip
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "a@b.co", "tags": ["vip"]}
            201 Created
            {"data":{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["vip"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > GET /v1/tags
            200 OK
            {"data":[{"id":"tag_1","number":1,"name":"vip","color":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > PATCH /v1/tags/{tag_1} {"name": "VIP"}
            200 OK
            {"data":{"id":"tag_1","number":1,"name":"VIP","color":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:03Z"}}
            > settle
            > GET /v1/contacts?tag=vip
            200 OK
            {"data":[{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["VIP"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_deleted_tag_is_taken_off() {
    check(
        r#"
        POST /v1/contacts {"email": "a@b.co", "tags": ["vip", "beta"]}
        GET /v1/tags?limit=2
        DELETE /v1/tags/{tag_2}
        settle
        GET /v1/contacts/{con_1}
        GET /v1/contacts?tag=vip
        GET /v1/contacts?tag=beta
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "a@b.co", "tags": ["vip", "beta"]}
            201 Created
            {"data":{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["vip","beta"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > GET /v1/tags?limit=2
            200 OK
            {"data":[{"id":"tag_1","number":2,"name":"beta","color":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"},{"id":"tag_2","number":1,"name":"vip","color":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}],"pagination":{"limit":2,"has_more":false,"next_cursor":null}}
            > DELETE /v1/tags/{tag_2}
            204 No Content
            > settle
            > GET /v1/contacts/{con_1}
            200 OK
            {"data":{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["beta"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > GET /v1/contacts?tag=vip
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/contacts?tag=beta
            200 OK
            {"data":[{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["beta"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_tag_made_anew_stays_on_those_who_got_it_since() {
    check(
        r#"
        POST /v1/contacts {"email": "old@b.co", "tags": ["vip"]}
        GET /v1/tags
        DELETE /v1/tags/{tag_1}
        POST /v1/contacts {"email": "new@b.co", "tags": ["vip"]}
        settle
        GET /v1/contacts?tag=vip
        GET /v1/contacts/{con_1}
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "old@b.co", "tags": ["vip"]}
            201 Created
            {"data":{"id":"con_1","email":"old@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["vip"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"old@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > GET /v1/tags
            200 OK
            {"data":[{"id":"tag_1","number":1,"name":"vip","color":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > DELETE /v1/tags/{tag_1}
            204 No Content
            > POST /v1/contacts {"email": "new@b.co", "tags": ["vip"]}
            201 Created
            {"data":{"id":"con_2","email":"new@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["vip"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:04Z","number":2,"phone_valid":null,"emails":[{"email":"new@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > settle
            > GET /v1/contacts?tag=vip
            200 OK
            {"data":[{"id":"con_2","email":"new@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["vip"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:04Z","number":2,"phone_valid":null,"emails":[{"email":"new@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/contacts/{con_1}
            200 OK
            {"data":{"id":"con_1","email":"old@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"old@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
        "#]],
    );
}

#[test]
fn tags_are_stuck_on_and_taken_off() {
    check(
        r#"
        POST /v1/contacts {"email": "a@b.co", "tags": ["a", "b"]}
        POST /v1/contacts/{con_1}/tags {"add": ["c", "A"], "remove": [" B ", "never"]}
        POST /v1/contacts/{con_1}/tags {"add": ["c"]}
        POST /v1/contacts/{con_1}/tags {}
        POST /v1/contacts/{con_1}/tags {"add": [""]}
        POST /v1/contacts/con_nobody/tags {"add": ["d"]}
        log
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "a@b.co", "tags": ["a", "b"]}
            201 Created
            {"data":{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["a","b"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts/{con_1}/tags {"add": ["c", "A"], "remove": [" B ", "never"]}
            200 OK
            {"data":{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["a","c"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts/{con_1}/tags {"add": ["c"]}
            200 OK
            {"data":{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["a","c"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts/{con_1}/tags {}
            200 OK
            {"data":{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["a","c"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > POST /v1/contacts/{con_1}/tags {"add": [""]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'add' field must be 1 to 100 characters long.","param":"add","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/con_nobody/tags {"add": ["d"]}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such contact.","status":404,"request_id":"req_…"}}
            > log
            5 record.created tag_1 by key_1 {"id":"tag_1","kind":"tag","number":1,"name":"a"}
            6 record.created tag_2 by key_1 {"id":"tag_2","kind":"tag","number":2,"name":"b"}
            7 contact.created con_1 by key_1 {"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["a","b"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}
            8 record.created tag_3 by key_1 {"id":"tag_3","kind":"tag","number":3,"name":"c"}
            9 contact.updated con_1 by key_1 {"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":["a","c"],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null,"changes":{"tags":{"from":["a","b"],"to":["a","c"]}}}
        "#]],
    );
}

#[test]
fn a_contact_has_at_most_a_hundred_tags() {
    on_each_engine(async |stage| {
        let names = |from: usize, to: usize| -> String {
            let all: Vec<String> = (from..to).map(|i| format!("\"tag {i}\"")).collect();
            all.join(", ")
        };
        let new =
            |email: &str, tags: &str| format!("{{\"email\": \"{email}\", \"tags\": [{tags}]}}");
        let refused = post(stage, "/v1/contacts", &new("a@b.co", &names(0, 101))).await;
        assert_eq!(refused.status, "422 Unprocessable Entity");
        let one = made_id(&post(stage, "/v1/contacts", &new("a@b.co", &names(0, 100))).await);
        let other = made_id(&post(stage, "/v1/contacts", &new("b@b.co", &names(100, 101))).await);
        let path = format!("/v1/contacts/{one}/tags");
        let refused = post(stage, &path, "{\"add\": [\"tag 100\"]}").await;
        assert_eq!(refused.status, "422 Unprocessable Entity", "{}", refused.body);
        let body = format!("{{\"remove\": [{}]}}", names(0, 101));
        let refused = post(stage, &path, &body).await;
        assert_eq!(refused.status, "422 Unprocessable Entity", "{}", refused.body);
        let exchanged = post(stage, &path, r#"{"add": ["new"], "remove": ["tag 0"]}"#).await;
        assert_eq!(exchanged.status, "200 OK", "{}", exchanged.body);
        let body = format!("{{\"contact_id\": \"{other}\"}}");
        let merged = post(stage, &format!("/v1/contacts/{one}/merge"), &body).await;
        assert_eq!(merged.status, "422 Unprocessable Entity", "{}", merged.body);
    });
}

#[test]
fn a_tag_of_many_contacts_is_renamed_and_deleted_step_by_step() {
    on_each_engine(async |stage| {
        for number in 0..150 {
            let body = format!("{{\"email\": \"{number}@b.co\", \"tags\": [\"vip\"]}}");
            assert_eq!(post(stage, "/v1/contacts", &body).await.status, "201 Created");
        }
        let tags = ask(stage, "GET", "/v1/tags", "").await;
        let tags: serde_json::Value = serde_json::from_str(&tags.body).unwrap();
        let path = format!("/v1/tags/{}", tags["data"][0]["id"].as_str().unwrap());
        let total = async |name: &str| {
            let list = ask(stage, "GET", &format!("/v1/contacts?tag={name}"), "").await;
            let list: serde_json::Value = serde_json::from_str(&list.body).unwrap();
            list["pagination"]["total"].as_i64().unwrap()
        };
        ask(stage, "PATCH", &path, r#"{"name": "Gold"}"#).await;
        crate::work::settle(&stage.app).await.unwrap();
        assert_eq!((total("vip").await, total("gold").await), (0, 150));
        ask(stage, "DELETE", &path, "").await;
        crate::work::settle(&stage.app).await.unwrap();
        assert_eq!(total("gold").await, 0);
    });
}
