//! Flat filters of lists and searches, and their order.

use expect_test::expect;

use crate::testing::check;

#[test]
fn a_list_is_filtered_by_its_query() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "Ada@Example.com", "phone": "+18187405020", "name": "Ada Lovelace", "tags": ["VIP"]}
        POST /v1/contacts {"email": "bob@example.com", "phone": "+61412345678", "name": "Bob"}
        GET /v1/contacts?email=ADA@EXAMPLE.COM
        GET /v1/contacts?email=nope
        GET /v1/contacts?phone=(818)%20740-5020
        GET /v1/contacts?phone=%2B61412345678
        GET /v1/contacts?phone=abc
        GET /v1/contacts?tag=vip
        GET /v1/contacts?tag=
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "Ada@Example.com", "phone": "+18187405020", "name": "Ada Lovelace", "tags": ["VIP"]}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "bob@example.com", "phone": "+61412345678", "name": "Bob"}
            201 Created
            {"data":"con_2"}
            > GET /v1/contacts?email=ADA@EXAMPLE.COM
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/contacts?email=nope
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/contacts?phone=(818)%20740-5020
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/contacts?phone=%2B61412345678
            200 OK
            {"data":["con_2"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/contacts?phone=abc
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'phone' parameter must be a phone number.","param":"phone","status":400,"request_id":"req_…"}}
            > GET /v1/contacts?tag=vip
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/contacts?tag=
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_list_is_filtered_by_time_and_words() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "Ada@Example.com", "phone": "+18187405020", "name": "Ada Lovelace", "tags": ["VIP"]}
        POST /v1/contacts {"email": "bob@example.com", "phone": "+61412345678", "name": "Bob"}
        GET /v1/contacts?created_after=2026-01-01T00:00:01Z
        GET /v1/contacts?created_after=2026-01-01T00:00:02Z
        GET /v1/contacts?created_after=2026-01-01T02:00:01%2B02:00
        GET /v1/contacts?created_after=yesterday
        PATCH /v1/contacts/{con_1} {"name": "Ada Byron"}
        GET /v1/contacts?updated_after=2026-01-01T00:00:10Z
        GET /v1/contacts?q=lovelace
        GET /v1/contacts?q=byron
        GET /v1/contacts?q=exam&phone=8187405020
        GET /v1/contacts?q=
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "Ada@Example.com", "phone": "+18187405020", "name": "Ada Lovelace", "tags": ["VIP"]}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "bob@example.com", "phone": "+61412345678", "name": "Bob"}
            201 Created
            {"data":"con_2"}
            > GET /v1/contacts?created_after=2026-01-01T00:00:01Z
            200 OK
            {"data":["con_2"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/contacts?created_after=2026-01-01T00:00:02Z
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/contacts?created_after=2026-01-01T02:00:01%2B02:00
            200 OK
            {"data":["con_2"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/contacts?created_after=yesterday
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'created_after' parameter must be a time such as 2026-02-11T10:30:22Z.","param":"created_after","status":400,"request_id":"req_…"}}
            > PATCH /v1/contacts/{con_1} {"name": "Ada Byron"}
            200 OK
            {"data":"con_1"}
            > GET /v1/contacts?updated_after=2026-01-01T00:00:10Z
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/contacts?q=lovelace
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/contacts?q=byron
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/contacts?q=exam&phone=8187405020
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/contacts?q=
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_search_is_filtered_by_address_number_company_and_tags() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co", "phone": "+18187405020", "company": "Engines Ltd", "tags": ["x"], "custom_attributes": {"plan": "pro", "seats": 7}}
        POST /v1/contacts {"email": "b@b.co", "company": "engines ltd", "tags": ["x", "y"], "custom_attributes": {"plan": "pro", "seats": 7.0, "langs": ["en", "de"]}}
        POST /v1/contacts {"email": "c@b.co", "company": "Engines", "tags": ["y"], "custom_attributes": {"plan": "free", "seats": "7", "beta": true}}
        POST /v1/contacts/search {"filters": {"email": "A@B.co"}}
        POST /v1/contacts/search {"filters": {"phone": "818 740 5020"}}
        POST /v1/contacts/search {"filters": {"phone": "none"}}
        POST /v1/contacts/search {"filters": {"company": " ENGINES LTD "}}
        POST /v1/contacts/search {"filters": {"tags": ["X", "y"]}}
        POST /v1/contacts/search {"filters": {"tags": ["X", "y"], "tags_match": "any"}}
        POST /v1/contacts/search {"filters": {"tags": ["X", "y"], "tags_match": "all"}}
        POST /v1/contacts/search {"filters": {"tags": ["X", "y"], "tags_match": "none"}}
        POST /v1/contacts/search {"filters": {"tags": []}}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co", "phone": "+18187405020", "company": "Engines Ltd", "tags": ["x"], "custom_attributes": {"plan": "pro", "seats": 7}}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "b@b.co", "company": "engines ltd", "tags": ["x", "y"], "custom_attributes": {"plan": "pro", "seats": 7.0, "langs": ["en", "de"]}}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts {"email": "c@b.co", "company": "Engines", "tags": ["y"], "custom_attributes": {"plan": "free", "seats": "7", "beta": true}}
            201 Created
            {"data":"con_3"}
            > POST /v1/contacts/search {"filters": {"email": "A@B.co"}}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"phone": "818 740 5020"}}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"phone": "none"}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'filters.phone' field must be a phone number.","param":"filters.phone","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"filters": {"company": " ENGINES LTD "}}
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"tags": ["X", "y"]}}
            200 OK
            {"data":["con_3","con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"tags": ["X", "y"], "tags_match": "any"}}
            200 OK
            {"data":["con_3","con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"tags": ["X", "y"], "tags_match": "all"}}
            200 OK
            {"data":["con_2"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"tags": ["X", "y"], "tags_match": "none"}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'filters.tags_match' field must be `any` or `all`.","param":"filters.tags_match","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"filters": {"tags": []}}
            200 OK
            {"data":["con_3","con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_search_is_filtered_by_attributes() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co", "phone": "+18187405020", "company": "Engines Ltd", "tags": ["x"], "custom_attributes": {"plan": "pro", "seats": 7}}
        POST /v1/contacts {"email": "b@b.co", "company": "engines ltd", "tags": ["x", "y"], "custom_attributes": {"plan": "pro", "seats": 7.0, "langs": ["en", "de"]}}
        POST /v1/contacts {"email": "c@b.co", "company": "Engines", "tags": ["y"], "custom_attributes": {"plan": "free", "seats": "7", "beta": true}}
        POST /v1/contacts/search {"filters": {"custom_attributes": {"plan": "pro"}}}
        POST /v1/contacts/search {"filters": {"custom_attributes": {"plan": "pro", "seats": 7}}}
        POST /v1/contacts/search {"filters": {"custom_attributes": {"seats": "7"}}}
        POST /v1/contacts/search {"filters": {"custom_attributes": {"beta": true}}}
        POST /v1/contacts/search {"filters": {"custom_attributes": {"langs": "de"}}}
        POST /v1/contacts/search {"filters": {"custom_attributes": {"plan": null}}}
        POST /v1/contacts/search {"filters": {"custom_attributes": {"plan": {"a": 1}}}}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co", "phone": "+18187405020", "company": "Engines Ltd", "tags": ["x"], "custom_attributes": {"plan": "pro", "seats": 7}}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "b@b.co", "company": "engines ltd", "tags": ["x", "y"], "custom_attributes": {"plan": "pro", "seats": 7.0, "langs": ["en", "de"]}}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts {"email": "c@b.co", "company": "Engines", "tags": ["y"], "custom_attributes": {"plan": "free", "seats": "7", "beta": true}}
            201 Created
            {"data":"con_3"}
            > POST /v1/contacts/search {"filters": {"custom_attributes": {"plan": "pro"}}}
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"custom_attributes": {"plan": "pro", "seats": 7}}}
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"custom_attributes": {"seats": "7"}}}
            200 OK
            {"data":["con_3"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"custom_attributes": {"beta": true}}}
            200 OK
            {"data":["con_3"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"custom_attributes": {"langs": "de"}}}
            200 OK
            {"data":["con_2"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"custom_attributes": {"plan": null}}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'filters.custom_attributes.plan' field must be a text, a number or a flag.","param":"filters.custom_attributes.plan","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"filters": {"custom_attributes": {"plan": {"a": 1}}}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'filters.custom_attributes.plan' field must be a text, a number or a flag.","param":"filters.custom_attributes.plan","status":422,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn a_search_is_filtered_by_times_and_all_filters_are_anded() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co", "phone": "+18187405020", "company": "Engines Ltd", "tags": ["x"], "custom_attributes": {"plan": "pro", "seats": 7}}
        POST /v1/contacts {"email": "b@b.co", "company": "engines ltd", "tags": ["x", "y"], "custom_attributes": {"plan": "pro", "seats": 7.0, "langs": ["en", "de"]}}
        POST /v1/contacts {"email": "c@b.co", "company": "Engines", "tags": ["y"], "custom_attributes": {"plan": "free", "seats": "7", "beta": true}}
        POST /v1/contacts/search {"filters": {"created_after": "2026-01-01T00:00:01Z", "created_before": "2026-01-01T00:00:03Z"}}
        POST /v1/contacts/search {"filters": {"created_before": "01/02/2026"}}
        POST /v1/contacts/search {"filters": {"last_seen_after": "2020-01-01T00:00:00Z"}}
        POST /v1/contacts/search {"filters": {"updated_after": "2026-01-01T00:00:02Z"}}
        POST /v1/contacts/search {"filters": {"company": "Engines Ltd", "tags": ["y"]}, "query": "b.co"}
        POST /v1/contacts/search {"filters": null, "query": null, "where": null, "sort": null}
        POST /v1/contacts/search {"filters": []}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co", "phone": "+18187405020", "company": "Engines Ltd", "tags": ["x"], "custom_attributes": {"plan": "pro", "seats": 7}}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "b@b.co", "company": "engines ltd", "tags": ["x", "y"], "custom_attributes": {"plan": "pro", "seats": 7.0, "langs": ["en", "de"]}}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts {"email": "c@b.co", "company": "Engines", "tags": ["y"], "custom_attributes": {"plan": "free", "seats": "7", "beta": true}}
            201 Created
            {"data":"con_3"}
            > POST /v1/contacts/search {"filters": {"created_after": "2026-01-01T00:00:01Z", "created_before": "2026-01-01T00:00:03Z"}}
            200 OK
            {"data":["con_2"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"created_before": "01/02/2026"}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'filters.created_before' field must be a time such as 2026-02-11T10:30:22Z.","param":"filters.created_before","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"filters": {"last_seen_after": "2020-01-01T00:00:00Z"}}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"updated_after": "2026-01-01T00:00:02Z"}}
            200 OK
            {"data":["con_3"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"company": "Engines Ltd", "tags": ["y"]}, "query": "b.co"}
            200 OK
            {"data":["con_2"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"filters": null, "query": null, "where": null, "sort": null}
            200 OK
            {"data":["con_3","con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
            > POST /v1/contacts/search {"filters": []}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'filters' field must be an object.","param":"filters","status":422,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn a_search_is_sorted_by_age_or_by_change() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co"}
        POST /v1/contacts {"email": "b@b.co"}
        POST /v1/contacts {"email": "c@b.co"}
        PATCH /v1/contacts/{con_1} {"name": "Ada"}
        POST /v1/contacts/search {"sort": "-created_at"}
        POST /v1/contacts/search {"sort": "created_at"}
        POST /v1/contacts/search {"sort": "-updated_at"}
        POST /v1/contacts/search {"sort": "updated_at"}
        POST /v1/contacts/search {"sort": "created_at", "limit": 1, "after": "{con_1}"}
        POST /v1/contacts/search {"sort": "updated_at", "limit": 1}
        POST /v1/contacts/search {"sort": "name"}
        POST /v1/contacts/search {"sort": "created_at", "query": "ada"}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co"}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "b@b.co"}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts {"email": "c@b.co"}
            201 Created
            {"data":"con_3"}
            > PATCH /v1/contacts/{con_1} {"name": "Ada"}
            200 OK
            {"data":"con_1"}
            > POST /v1/contacts/search {"sort": "-created_at"}
            200 OK
            {"data":["con_3","con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
            > POST /v1/contacts/search {"sort": "created_at"}
            200 OK
            {"data":["con_1","con_2","con_3"],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
            > POST /v1/contacts/search {"sort": "-updated_at"}
            200 OK
            {"data":["con_1","con_3","con_2"],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
            > POST /v1/contacts/search {"sort": "updated_at"}
            200 OK
            {"data":["con_2","con_3","con_1"],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
            > POST /v1/contacts/search {"sort": "created_at", "limit": 1, "after": "{con_1}"}
            200 OK
            {"data":["con_2"],"pagination":{"limit":1,"has_more":true,"next_cursor":"con_2"}}
            > POST /v1/contacts/search {"sort": "updated_at", "limit": 1}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'sort' field must be by 'created_at' together with 'after' or 'limit'.","param":"sort","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"sort": "name"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'sort' field must be one of `-created_at`, `created_at`, `-updated_at`, `updated_at`.","param":"sort","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"sort": "created_at", "query": "ada"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'sort' field must be '-created_at' together with 'query'.","param":"sort","status":422,"request_id":"req_…"}}
        "#]],
    );
}
