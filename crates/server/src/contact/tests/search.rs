//! Finding contacts by words.

use expect_test::expect;

use super::{on_each_engine, post};
use crate::testing::{Stage, check};

#[test]
fn words_are_found_whole_begun_and_without_accents() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "zoe@example.com", "name": "Zoë O'Brien", "company": "Ünïted Engines"}
        POST /v1/contacts {"email": "ada@other.example", "name": "Ada Lovelace", "company": "Engines Ltd"}
        POST /v1/contacts/search {"query": "zoe"}
        POST /v1/contacts/search {"query": "ZOË brien"}
        POST /v1/contacts/search {"query": "united eng"}
        POST /v1/contacts/search {"query": "engines"}
        POST /v1/contacts/search {"query": "love"}
        POST /v1/contacts/search {"query": "love "}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "zoe@example.com", "name": "Zoë O'Brien", "company": "Ünïted Engines"}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "ada@other.example", "name": "Ada Lovelace", "company": "Engines Ltd"}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts/search {"query": "zoe"}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"query": "ZOË brien"}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"query": "united eng"}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"query": "engines"}
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {"query": "love"}
            200 OK
            {"data":["con_2"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"query": "love "}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
        "#]],
    );
}

#[test]
fn every_word_is_there_and_marks_are_no_words() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "zoe@example.com", "name": "Zoë O'Brien", "company": "Ünïted Engines"}
        POST /v1/contacts {"email": "ada@other.example", "name": "Ada Lovelace", "company": "Engines Ltd"}
        POST /v1/contacts/search {"query": "love ada"}
        POST /v1/contacts/search {"query": "zoe ada"}
        POST /v1/contacts/search {"query": "zoe@example.com"}
        POST /v1/contacts/search {"query": "example"}
        POST /v1/contacts/search {"query": "..."}
        POST /v1/contacts/search {"query": "  "}
        POST /v1/contacts/search {"query": "'\" OR * NEAR(a) -- %"}
        POST /v1/contacts/search {"query": 7}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "zoe@example.com", "name": "Zoë O'Brien", "company": "Ünïted Engines"}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "ada@other.example", "name": "Ada Lovelace", "company": "Engines Ltd"}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts/search {"query": "love ada"}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"query": "zoe ada"}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"query": "zoe@example.com"}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"query": "example"}
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {"query": "..."}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"query": "  "}
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {"query": "'\" OR * NEAR(a) -- %"}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"query": 7}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'query' field must be a string.","param":"query","status":422,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn scripts_without_spaces_are_found_by_their_letters() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co", "name": "東京タワー"}
        POST /v1/contacts {"email": "b@b.co", "name": "京都"}
        POST /v1/contacts/search {"query": "東京"}
        POST /v1/contacts/search {"query": "京"}
        POST /v1/contacts/search {"query": "タワー"}
        POST /v1/contacts/search {"query": "大阪"}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co", "name": "東京タワー"}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "b@b.co", "name": "京都"}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts/search {"query": "東京"}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"query": "京"}
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {"query": "タワー"}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"query": "大阪"}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_number_is_found_by_its_tail_and_as_people_write_it() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co", "phone": "+18187405020"}
        POST /v1/contacts {"email": "b@b.co", "phone": "+61412345678", "phones": [{"phone": "+18187409999"}]}
        POST /v1/contacts/search {"query": "+18187405020"}
        POST /v1/contacts/search {"query": "8187405020"}
        POST /v1/contacts/search {"query": "7405020"}
        POST /v1/contacts/search {"query": "5020"}
        POST /v1/contacts/search {"query": "+1 (818) 740-5020"}
        POST /v1/contacts/search {"query": "818-740"}
        POST /v1/contacts/search {"query": "740 9999"}
        POST /v1/contacts/search {"query": "+61 412 345 678"}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co", "phone": "+18187405020"}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "b@b.co", "phone": "+61412345678", "phones": [{"phone": "+18187409999"}]}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts/search {"query": "+18187405020"}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"query": "8187405020"}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"query": "7405020"}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"query": "5020"}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"query": "+1 (818) 740-5020"}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"query": "818-740"}
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {"query": "740 9999"}
            200 OK
            {"data":["con_2"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"query": "+61 412 345 678"}
            200 OK
            {"data":["con_2"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
        "#]],
    );
}

#[test]
fn what_contacts_are_made_of_is_no_word_of_theirs() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co", "phone": "+18187405020", "emails": [{"email": "c@d.co", "label": "work"}]}
        POST /v1/contacts/search {"query": "email"}
        POST /v1/contacts/search {"query": "label"}
        POST /v1/contacts/search {"query": "null"}
        POST /v1/contacts/search {"query": "phone"}
        POST /v1/contacts/search {"query": "c@d.co"}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co", "phone": "+18187405020", "emails": [{"email": "c@d.co", "label": "work"}]}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts/search {"query": "email"}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"query": "label"}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"query": "null"}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"query": "phone"}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"query": "c@d.co"}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
        "#]],
    );
}

#[test]
fn what_was_just_written_is_found_and_what_was_erased_is_not() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "ada@b.co", "name": "Ada Lovelace"}
        POST /v1/contacts/search {"query": "lovelace"}
        PATCH /v1/contacts/{con_1} {"name": "Ada Byron"}
        POST /v1/contacts/search {"query": "lovelace"}
        POST /v1/contacts/search {"query": "byron"}
        DELETE /v1/contacts/{con_1}
        POST /v1/contacts/search {"query": "byron"}
        settle
        POST /v1/contacts/search {"query": "byron"}
        as other
        POST /v1/contacts {"email": "ada@b.co", "name": "Ada Byron"}
        as admin
        POST /v1/contacts/search {"query": "byron"}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "ada@b.co", "name": "Ada Lovelace"}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts/search {"query": "lovelace"}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > PATCH /v1/contacts/{con_1} {"name": "Ada Byron"}
            200 OK
            {"data":"con_1"}
            > POST /v1/contacts/search {"query": "lovelace"}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"query": "byron"}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > DELETE /v1/contacts/{con_1}
            204 No Content
            > POST /v1/contacts/search {"query": "byron"}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > settle
            > POST /v1/contacts/search {"query": "byron"}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > as other
            > POST /v1/contacts {"email": "ada@b.co", "name": "Ada Byron"}
            201 Created
            {"data":"con_2"}
            > as admin
            > POST /v1/contacts/search {"query": "byron"}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
        "#]],
    );
}

#[test]
fn an_empty_body_lists_all() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co"}
        POST /v1/contacts {"email": "b@b.co"}
        POST /v1/contacts/search
        POST /v1/contacts/search {}
        as read
        POST /v1/contacts/search {"query": "b.co"}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co"}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "b@b.co"}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts/search
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {}
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > as read
            > POST /v1/contacts/search {"query": "b.co"}
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
        "#]],
    );
}

#[test]
fn u_0000_is_found_by_nothing_and_breaks_nothing() {
    check(
        r#"
        POST /v1/contacts {"email": "a@b.co", "name": "A\u0000da", "company": "\u0000", "custom_attributes": {"k\u0000": "v\u0000"}, "emails": [{"email": "b@b.co", "label": "wo\u0000rk"}]}
        brief
        POST /v1/contacts {"email": "x\u0000@b.co"}
        POST /v1/contacts {"email": "x@b.co", "tags": ["t\u0000"]}
        POST /v1/contacts/search {"query": "a\u0000da"}
        POST /v1/contacts/search {"filters": {"email": "a@b.co\u0000", "company": "x\u0000", "tags": ["\u0000"], "custom_attributes": {"k\u0000": "\u0000"}}}
        POST /v1/contacts/search {"where": {"field": "name", "op": "contains", "value": "\u0000"}}
        POST /v1/contacts/search {"where": {"field": "custom_attributes.k\u0000", "op": "eq", "value": "v\u0000"}}
        GET /v1/contacts?q=%00&tag=%00
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "a@b.co", "name": "A\u0000da", "company": "\u0000", "custom_attributes": {"k\u0000": "v\u0000"}, "emails": [{"email": "b@b.co", "label": "wo\u0000rk"}]}
            201 Created
            {"data":{"id":"con_1","email":"a@b.co","name":"Ada","phone":null,"company":null,"avatar_url":null,"custom_attributes":{"k\u0000":"v\u0000"},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null},{"email":"b@b.co","label":"work"}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > brief
            > POST /v1/contacts {"email": "x\u0000@b.co"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'email' field must be a valid email address.","param":"email","status":422,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "x@b.co", "tags": ["t\u0000"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'tags' field must be 1 to 100 characters long.","param":"tags","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"query": "a\u0000da"}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"email": "a@b.co\u0000", "company": "x\u0000", "tags": ["\u0000"], "custom_attributes": {"k\u0000": "\u0000"}}}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "name", "op": "contains", "value": "\u0000"}}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "custom_attributes.k\u0000", "op": "eq", "value": "v\u0000"}}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/contacts?q=%00&tag=%00
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_list_is_no_body() {
    check(
        r#"
        POST /v1/contacts ["a@b.co"]
        POST /v1/contacts/search ["ada"]
        POST /v1/contacts/search [
        POST /v1/contacts/search "ada"
        POST /v1/contacts/search null
        "#,
        &expect![[r#"
            > POST /v1/contacts ["a@b.co"]
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The body must be a JSON object.","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search ["ada"]
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The body must be a JSON object.","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search [
            400 Bad Request
            {"error":{"type":"validation_error","code":"malformed_json","message":"The body is not valid JSON: EOF while parsing a list at line 1 column 1.","status":400,"request_id":"req_…"}}
            > POST /v1/contacts/search "ada"
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The body must be a JSON object.","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search null
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The body must be a JSON object.","status":422,"request_id":"req_…"}}
        "#]],
    );
}

/// What a search answers.
async fn found(stage: &Stage, body: &str) -> serde_json::Value {
    let answer = post(stage, "/v1/contacts/search", body).await;
    serde_json::from_str(&answer.body).unwrap()
}

/// In tests a search looks at 100 documents, and a company's words find at most 50.
#[test]
fn a_search_that_looks_at_too_much_says_where_it_goes_on() {
    on_each_engine(async |stage| {
        for number in 0..120 {
            let (tag, company) = if number == 3 { ("x", "Acme") } else { ("y", "Acme Ltd") };
            let body = format!(
                r#"{{"email": "p{number}@b.co", "name": "Miller", "company": "{company}", "tags": ["{tag}"]}}"#
            );
            let made = post(stage, "/v1/contacts", &body).await;
            assert_eq!(made.status, "201 Created", "{}", made.body);
        }
        let query = r#""query": "miller ", "filters": {"tags": ["x"]}"#;
        let first = found(stage, &format!(r#"{{{query}, "limit": 5}}"#)).await;
        assert_eq!(first["data"].as_array().map(Vec::len), Some(0));
        assert_eq!(first["pagination"]["has_more"], true);
        let cursor = first["pagination"]["next_cursor"].as_str().unwrap();
        let second = format!(r#"{{{query}, "limit": 5, "after": "{cursor}"}}"#);
        let second = found(stage, &second).await;
        assert_eq!(second["data"][0]["email"], "p3@b.co");
        assert_eq!(second["pagination"]["has_more"], false);
        let paged = found(stage, &format!("{{{query}}}")).await;
        assert_eq!(paged["pagination"]["total_is_estimate"], true);
        assert_eq!(paged["pagination"]["has_more"], true);
        // Its words are those of far too many, and it is found all the same.
        let company = found(stage, r#"{"filters": {"company": "ACME"}, "limit": 5}"#).await;
        assert_eq!(company["data"][0]["email"], "p3@b.co");
        assert_eq!(company["pagination"]["has_more"], false);
    });
}
