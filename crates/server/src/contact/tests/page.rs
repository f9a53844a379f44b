//! Both ways of going through a list.

use expect_test::expect;

use crate::testing::check;

#[test]
fn pages_count_from_one_and_have_an_exact_total() {
    check(
        r#"
        brief
        GET /v1/contacts
        POST /v1/contacts {"email": "a@b.co"}
        POST /v1/contacts {"email": "b@b.co"}
        POST /v1/contacts {"email": "c@b.co"}
        POST /v1/contacts {"email": "d@b.co"}
        POST /v1/contacts {"email": "e@b.co"}
        GET /v1/contacts
        GET /v1/contacts?page=1&per_page=2
        GET /v1/contacts?page=3&per_page=2
        GET /v1/contacts?page=4&per_page=2
        GET /v1/contacts?per_page=5
        DELETE /v1/contacts/{con_3}
        GET /v1/contacts?page=2&per_page=2
        POST /v1/contacts/search {"page": 2, "per_page": 2}
        POST /v1/contacts/search {"page": "2", "per_page": "2"}
        "#,
        &expect![[r#"
            > brief
            > GET /v1/contacts
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts {"email": "a@b.co"}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "b@b.co"}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts {"email": "c@b.co"}
            201 Created
            {"data":"con_3"}
            > POST /v1/contacts {"email": "d@b.co"}
            201 Created
            {"data":"con_4"}
            > POST /v1/contacts {"email": "e@b.co"}
            201 Created
            {"data":"con_5"}
            > GET /v1/contacts
            200 OK
            {"data":["con_5","con_4","con_3","con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":5,"has_more":false}}
            > GET /v1/contacts?page=1&per_page=2
            200 OK
            {"data":["con_5","con_4"],"pagination":{"page":1,"per_page":2,"total":5,"has_more":true}}
            > GET /v1/contacts?page=3&per_page=2
            200 OK
            {"data":["con_1"],"pagination":{"page":3,"per_page":2,"total":5,"has_more":false}}
            > GET /v1/contacts?page=4&per_page=2
            200 OK
            {"data":[],"pagination":{"page":4,"per_page":2,"total":5,"has_more":false}}
            > GET /v1/contacts?per_page=5
            200 OK
            {"data":["con_5","con_4","con_3","con_2","con_1"],"pagination":{"page":1,"per_page":5,"total":5,"has_more":false}}
            > DELETE /v1/contacts/{con_3}
            204 No Content
            > GET /v1/contacts?page=2&per_page=2
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":2,"per_page":2,"total":4,"has_more":false}}
            > POST /v1/contacts/search {"page": 2, "per_page": 2}
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":2,"per_page":2,"total":4,"has_more":false}}
            > POST /v1/contacts/search {"page": "2", "per_page": "2"}
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":2,"per_page":2,"total":4,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_cursor_is_the_last_item_seen() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co"}
        POST /v1/contacts {"email": "b@b.co"}
        POST /v1/contacts {"email": "c@b.co"}
        POST /v1/contacts {"email": "d@b.co"}
        POST /v1/contacts {"email": "e@b.co"}
        GET /v1/contacts?limit=2
        GET /v1/contacts?limit=2&after={con_4}
        GET /v1/contacts?limit=2&after={con_2}
        GET /v1/contacts?after={con_1}
        GET /v1/contacts?after={con_3}
        POST /v1/contacts/search {"limit": 2, "after": "{con_4}"}
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
            > POST /v1/contacts {"email": "d@b.co"}
            201 Created
            {"data":"con_4"}
            > POST /v1/contacts {"email": "e@b.co"}
            201 Created
            {"data":"con_5"}
            > GET /v1/contacts?limit=2
            200 OK
            {"data":["con_5","con_4"],"pagination":{"limit":2,"has_more":true,"next_cursor":"con_4"}}
            > GET /v1/contacts?limit=2&after={con_4}
            200 OK
            {"data":["con_3","con_2"],"pagination":{"limit":2,"has_more":true,"next_cursor":"con_2"}}
            > GET /v1/contacts?limit=2&after={con_2}
            200 OK
            {"data":["con_1"],"pagination":{"limit":2,"has_more":false,"next_cursor":null}}
            > GET /v1/contacts?after={con_1}
            200 OK
            {"data":[],"pagination":{"limit":25,"has_more":false,"next_cursor":null}}
            > GET /v1/contacts?after={con_3}
            200 OK
            {"data":["con_2","con_1"],"pagination":{"limit":25,"has_more":false,"next_cursor":null}}
            > POST /v1/contacts/search {"limit": 2, "after": "{con_4}"}
            200 OK
            {"data":["con_3","con_2"],"pagination":{"limit":2,"has_more":true,"next_cursor":"con_2"}}
        "#]],
    );
}

#[test]
fn a_cursor_is_not_moved_by_those_who_come_and_go() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co"}
        POST /v1/contacts {"email": "b@b.co"}
        POST /v1/contacts {"email": "c@b.co"}
        POST /v1/contacts {"email": "d@b.co"}
        POST /v1/contacts {"email": "e@b.co"}
        GET /v1/contacts?limit=2
        POST /v1/contacts {"email": "new@b.co"}
        DELETE /v1/contacts/{con_4}
        DELETE /v1/contacts/{con_3}
        GET /v1/contacts?limit=2&after={con_4}
        GET /v1/contacts?limit=2
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
            > POST /v1/contacts {"email": "d@b.co"}
            201 Created
            {"data":"con_4"}
            > POST /v1/contacts {"email": "e@b.co"}
            201 Created
            {"data":"con_5"}
            > GET /v1/contacts?limit=2
            200 OK
            {"data":["con_5","con_4"],"pagination":{"limit":2,"has_more":true,"next_cursor":"con_4"}}
            > POST /v1/contacts {"email": "new@b.co"}
            201 Created
            {"data":"con_6"}
            > DELETE /v1/contacts/{con_4}
            204 No Content
            > DELETE /v1/contacts/{con_3}
            204 No Content
            > GET /v1/contacts?limit=2&after={con_4}
            200 OK
            {"data":["con_2","con_1"],"pagination":{"limit":2,"has_more":false,"next_cursor":null}}
            > GET /v1/contacts?limit=2
            200 OK
            {"data":["con_6","con_5"],"pagination":{"limit":2,"has_more":true,"next_cursor":"con_5"}}
        "#]],
    );
}

#[test]
fn sizes_are_cut_at_a_hundred() {
    check(
        r#"
        GET /v1/contacts?per_page=100
        GET /v1/contacts?per_page=101
        GET /v1/contacts?per_page=99999999999999999999999
        GET /v1/contacts?limit=1000
        POST /v1/contacts/search {"per_page": 1000}
        POST /v1/contacts/search {"limit": 9223372036854775807}
        "#,
        &expect![[r#"
            > GET /v1/contacts?per_page=100
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":100,"total":0,"has_more":false}}
            > GET /v1/contacts?per_page=101
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":100,"total":0,"has_more":false}}
            > GET /v1/contacts?per_page=99999999999999999999999
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":100,"total":0,"has_more":false}}
            > GET /v1/contacts?limit=1000
            200 OK
            {"data":[],"pagination":{"limit":100,"has_more":false,"next_cursor":null}}
            > POST /v1/contacts/search {"per_page": 1000}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":100,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"limit": 9223372036854775807}
            200 OK
            {"data":[],"pagination":{"limit":100,"has_more":false,"next_cursor":null}}
        "#]],
    );
}

#[test]
fn both_ways_at_once_are_refused() {
    check(
        r#"
        GET /v1/contacts?page=1&limit=10
        GET /v1/contacts?per_page=10&after=con_x
        POST /v1/contacts/search {"page": 1, "limit": 10}
        GET /v1/tags?page=1&limit=10
        GET /v1/operators?page=1&limit=10
        "#,
        &expect![[r#"
            > GET /v1/contacts?page=1&limit=10
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'limit' parameter cannot be used together with 'page' or 'per_page'.","param":"limit","status":400,"request_id":"req_…"}}
            > GET /v1/contacts?per_page=10&after=con_x
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'after' parameter cannot be used together with 'page' or 'per_page'.","param":"after","status":400,"request_id":"req_…"}}
            > POST /v1/contacts/search {"page": 1, "limit": 10}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'limit' field cannot be used together with 'page' or 'per_page'.","param":"limit","status":422,"request_id":"req_…"}}
            > GET /v1/tags?page=1&limit=10
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'limit' parameter cannot be used together with 'page' or 'per_page'.","param":"limit","status":400,"request_id":"req_…"}}
            > GET /v1/operators?page=1&limit=10
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'limit' parameter cannot be used together with 'page' or 'per_page'.","param":"limit","status":400,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn absurd_pages_are_refused_by_name() {
    check(
        r#"
        GET /v1/contacts?page=0
        GET /v1/contacts?page=-1
        GET /v1/contacts?page=abc
        GET /v1/contacts?page=1.5
        GET /v1/contacts?page=
        GET /v1/contacts?per_page=0
        GET /v1/contacts?limit=0
        GET /v1/contacts?limit=-9223372036854775809
        POST /v1/contacts/search {"page": 0}
        POST /v1/contacts/search {"per_page": "many"}
        POST /v1/contacts/search {"limit": null}
        POST /v1/contacts/search {"limit": 1.5}
        "#,
        &expect![[r#"
            > GET /v1/contacts?page=0
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'page' parameter must be an integer of at least 1.","param":"page","status":400,"request_id":"req_…"}}
            > GET /v1/contacts?page=-1
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'page' parameter must be an integer of at least 1.","param":"page","status":400,"request_id":"req_…"}}
            > GET /v1/contacts?page=abc
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'page' parameter must be an integer of at least 1.","param":"page","status":400,"request_id":"req_…"}}
            > GET /v1/contacts?page=1.5
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'page' parameter must be an integer of at least 1.","param":"page","status":400,"request_id":"req_…"}}
            > GET /v1/contacts?page=
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'page' parameter must be an integer of at least 1.","param":"page","status":400,"request_id":"req_…"}}
            > GET /v1/contacts?per_page=0
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'per_page' parameter must be an integer of at least 1.","param":"per_page","status":400,"request_id":"req_…"}}
            > GET /v1/contacts?limit=0
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'limit' parameter must be an integer of at least 1.","param":"limit","status":400,"request_id":"req_…"}}
            > GET /v1/contacts?limit=-9223372036854775809
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'limit' parameter must be an integer of at least 1.","param":"limit","status":400,"request_id":"req_…"}}
            > POST /v1/contacts/search {"page": 0}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'page' field must be an integer of at least 1.","param":"page","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"per_page": "many"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'per_page' field must be an integer of at least 1.","param":"per_page","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"limit": null}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"limit": 1.5}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'limit' field must be an integer of at least 1.","param":"limit","status":422,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn a_page_beyond_ten_thousand_items_names_the_cursor() {
    check(
        r#"
        GET /v1/contacts?page=401
        GET /v1/contacts?page=402
        GET /v1/contacts?page=101&per_page=100
        GET /v1/contacts?page=102&per_page=100
        GET /v1/contacts?page=99999999999999999999&per_page=100
        POST /v1/contacts/search {"page": 402}
        GET /v1/tags?page=402
        "#,
        &expect![[r#"
            > GET /v1/contacts?page=401
            200 OK
            {"data":[],"pagination":{"page":401,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/contacts?page=402
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'page' parameter is too deep: use 'after' with the id of the last item to go further.","param":"page","status":400,"request_id":"req_…"}}
            > GET /v1/contacts?page=101&per_page=100
            200 OK
            {"data":[],"pagination":{"page":101,"per_page":100,"total":0,"has_more":false}}
            > GET /v1/contacts?page=102&per_page=100
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'page' parameter is too deep: use 'after' with the id of the last item to go further.","param":"page","status":400,"request_id":"req_…"}}
            > GET /v1/contacts?page=99999999999999999999&per_page=100
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'page' parameter is too deep: use 'after' with the id of the last item to go further.","param":"page","status":400,"request_id":"req_…"}}
            > POST /v1/contacts/search {"page": 402}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'page' field is too deep: use 'after' with the id of the last item to go further.","param":"page","status":422,"request_id":"req_…"}}
            > GET /v1/tags?page=402
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'page' parameter is too deep: use 'after' with the id of the last item to go further.","param":"page","status":400,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn a_malformed_or_foreign_cursor_is_refused() {
    check(
        r#"
        GET /v1/contacts?after=nonsense
        GET /v1/contacts?after=vis_abc123
        GET /v1/contacts?after=con_
        GET /v1/contacts?after=con_%00
        GET /v1/contacts?after=
        GET /v1/contacts?after=con_abc123
        POST /v1/contacts/search {"after": "op_abc123"}
        GET /v1/tags?after=con_abc123
        GET /v1/operators?after=con_abc123
        "#,
        &expect![[r#"
            > GET /v1/contacts?after=nonsense
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'after' parameter must be an id that begins with 'con_'.","param":"after","status":400,"request_id":"req_…"}}
            > GET /v1/contacts?after=vis_abc123
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'after' parameter must be an id that begins with 'con_'.","param":"after","status":400,"request_id":"req_…"}}
            > GET /v1/contacts?after=con_
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'after' parameter must be an id that begins with 'con_'.","param":"after","status":400,"request_id":"req_…"}}
            > GET /v1/contacts?after=con_%00
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'after' parameter must be an id that begins with 'con_'.","param":"after","status":400,"request_id":"req_…"}}
            > GET /v1/contacts?after=
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'after' parameter must be an id that begins with 'con_'.","param":"after","status":400,"request_id":"req_…"}}
            > GET /v1/contacts?after=con_abc123
            200 OK
            {"data":[],"pagination":{"limit":25,"has_more":false,"next_cursor":null}}
            > POST /v1/contacts/search {"after": "op_abc123"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'after' field must be an id that begins with 'con_'.","param":"after","status":422,"request_id":"req_…"}}
            > GET /v1/tags?after=con_abc123
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'after' parameter must be an id that begins with 'tag_'.","param":"after","status":400,"request_id":"req_…"}}
            > GET /v1/operators?after=con_abc123
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'after' parameter must be an id that begins with 'op_'.","param":"after","status":400,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn a_filtered_list_has_its_own_total() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co", "tags": ["x"]}
        POST /v1/contacts {"email": "b@b.co", "tags": ["x", "y"]}
        POST /v1/contacts {"email": "c@b.co", "tags": ["y"]}
        POST /v1/contacts {"email": "d@b.co", "tags": ["x"]}
        GET /v1/contacts?tag=x&per_page=2
        GET /v1/contacts?tag=x&per_page=2&page=2
        GET /v1/contacts?tag=x&limit=2
        GET /v1/contacts?tag=x&limit=2&after={con_2}
        GET /v1/contacts?tag=z
        GET /v1/contacts?q=b.co&per_page=3
        GET /v1/contacts?q=b.co&limit=3&after={con_2}
        GET /v1/contacts?q=b.co&tag=y&per_page=1
        GET /v1/contacts?q=b.co&tag=y&limit=1&after={con_3}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co", "tags": ["x"]}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "b@b.co", "tags": ["x", "y"]}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts {"email": "c@b.co", "tags": ["y"]}
            201 Created
            {"data":"con_3"}
            > POST /v1/contacts {"email": "d@b.co", "tags": ["x"]}
            201 Created
            {"data":"con_4"}
            > GET /v1/contacts?tag=x&per_page=2
            200 OK
            {"data":["con_4","con_2"],"pagination":{"page":1,"per_page":2,"total":3,"has_more":true}}
            > GET /v1/contacts?tag=x&per_page=2&page=2
            200 OK
            {"data":["con_1"],"pagination":{"page":2,"per_page":2,"total":3,"has_more":false}}
            > GET /v1/contacts?tag=x&limit=2
            200 OK
            {"data":["con_4","con_2"],"pagination":{"limit":2,"has_more":true,"next_cursor":"con_2"}}
            > GET /v1/contacts?tag=x&limit=2&after={con_2}
            200 OK
            {"data":["con_1"],"pagination":{"limit":2,"has_more":false,"next_cursor":null}}
            > GET /v1/contacts?tag=z
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/contacts?q=b.co&per_page=3
            200 OK
            {"data":["con_4","con_3","con_2"],"pagination":{"page":1,"per_page":3,"total":4,"has_more":true}}
            > GET /v1/contacts?q=b.co&limit=3&after={con_2}
            200 OK
            {"data":["con_1"],"pagination":{"limit":3,"has_more":false,"next_cursor":null}}
            > GET /v1/contacts?q=b.co&tag=y&per_page=1
            200 OK
            {"data":["con_3"],"pagination":{"page":1,"per_page":1,"total":2,"has_more":true}}
            > GET /v1/contacts?q=b.co&tag=y&limit=1&after={con_3}
            200 OK
            {"data":["con_2"],"pagination":{"limit":1,"has_more":false,"next_cursor":null}}
        "#]],
    );
}
