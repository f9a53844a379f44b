//! Trees of conditions.

use expect_test::expect;

use super::{on_each_engine, post};
use crate::testing::check;

#[test]
fn trees_of_conditions_find_by_and_or_and_not() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co", "name": "Ada", "tags": ["x"], "custom_attributes": {"n": 7}}
        POST /v1/contacts {"email": "b@b.co", "name": "Bob", "tags": ["y"], "custom_attributes": {"n": 10}}
        POST /v1/contacts {"email": "c@b.co", "tags": ["x", "y"]}
        POST /v1/contacts/search {"where": {"field": "custom_attributes.n", "op": "eq", "value": 7}}
        POST /v1/contacts/search {"where": {"field": "custom_attributes.n", "value": 7}}
        POST /v1/contacts/search {"where": {"or": [{"field": "name", "op": "eq", "value": "ADA"}, {"field": "email", "op": "eq", "value": "C@b.co"}]}}
        POST /v1/contacts/search {"where": {"and": [{"field": "tag", "value": "X"}, {"not": {"field": "tag", "value": "y"}}]}}
        POST /v1/contacts/search {"where": {"not": {"field": "custom_attributes.n", "op": "eq", "value": 7}}}
        POST /v1/contacts/search {"where": {"not": {"field": "name", "op": "eq", "value": "ada"}}}
        POST /v1/contacts/search {"where": {"not": {"and": [{"field": "tag", "value": "x"}, {"field": "tag", "value": "y"}]}}}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co", "name": "Ada", "tags": ["x"], "custom_attributes": {"n": 7}}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "b@b.co", "name": "Bob", "tags": ["y"], "custom_attributes": {"n": 10}}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts {"email": "c@b.co", "tags": ["x", "y"]}
            201 Created
            {"data":"con_3"}
            > POST /v1/contacts/search {"where": {"field": "custom_attributes.n", "op": "eq", "value": 7}}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "custom_attributes.n", "value": 7}}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"where": {"or": [{"field": "name", "op": "eq", "value": "ADA"}, {"field": "email", "op": "eq", "value": "C@b.co"}]}}
            200 OK
            {"data":["con_3","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {"where": {"and": [{"field": "tag", "value": "X"}, {"not": {"field": "tag", "value": "y"}}]}}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"where": {"not": {"field": "custom_attributes.n", "op": "eq", "value": 7}}}
            200 OK
            {"data":["con_3","con_2"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {"where": {"not": {"field": "name", "op": "eq", "value": "ada"}}}
            200 OK
            {"data":["con_3","con_2"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {"where": {"not": {"and": [{"field": "tag", "value": "x"}, {"field": "tag", "value": "y"}]}}}
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_list_of_values_is_one_of_them_and_an_empty_tree_is_all_or_none() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co", "name": "Ada", "tags": ["x"], "custom_attributes": {"n": 7}}
        POST /v1/contacts {"email": "b@b.co", "name": "Bob", "tags": ["y"], "custom_attributes": {"n": 10}}
        POST /v1/contacts {"email": "c@b.co", "tags": ["x", "y"]}
        POST /v1/contacts/search {"where": {"field": "email", "op": "in", "value": ["a@b.co", "C@B.CO", "nobody@b.co"]}}
        POST /v1/contacts/search {"where": {"field": "custom_attributes.n", "op": "in", "value": [10, "7"]}}
        POST /v1/contacts/search {"where": {"field": "name", "op": "in", "value": []}}
        POST /v1/contacts/search {"where": {"and": []}}
        POST /v1/contacts/search {"where": {"or": []}}
        POST /v1/contacts/search {"where": {"field": "source", "op": "eq", "value": "api"}, "filters": {"tags": ["y"]}, "query": "bob"}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co", "name": "Ada", "tags": ["x"], "custom_attributes": {"n": 7}}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "b@b.co", "name": "Bob", "tags": ["y"], "custom_attributes": {"n": 10}}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts {"email": "c@b.co", "tags": ["x", "y"]}
            201 Created
            {"data":"con_3"}
            > POST /v1/contacts/search {"where": {"field": "email", "op": "in", "value": ["a@b.co", "C@B.CO", "nobody@b.co"]}}
            200 OK
            {"data":["con_3","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "custom_attributes.n", "op": "in", "value": [10, "7"]}}
            200 OK
            {"data":["con_2"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "name", "op": "in", "value": []}}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"where": {"and": []}}
            200 OK
            {"data":["con_3","con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
            > POST /v1/contacts/search {"where": {"or": []}}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "source", "op": "eq", "value": "api"}, "filters": {"tags": ["y"]}, "query": "bob"}
            200 OK
            {"data":["con_2"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
        "#]],
    );
}

#[test]
fn numbers_and_texts_are_compared_as_what_they_are() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co", "name": "Ada", "custom_attributes": {"n": 7}}
        POST /v1/contacts {"email": "b@b.co", "name": "bob", "custom_attributes": {"n": 10}}
        POST /v1/contacts {"email": "c@b.co", "name": "Cid", "custom_attributes": {"n": -1.5}}
        POST /v1/contacts {"email": "d@b.co", "name": "Élan", "custom_attributes": {"n": "8"}}
        POST /v1/contacts/search {"where": {"field": "custom_attributes.n", "op": "lt", "value": 7}}
        POST /v1/contacts/search {"where": {"field": "custom_attributes.n", "op": "lte", "value": 7}}
        POST /v1/contacts/search {"where": {"field": "custom_attributes.n", "op": "gt", "value": 7}}
        POST /v1/contacts/search {"where": {"field": "custom_attributes.n", "op": "gte", "value": 7}}
        POST /v1/contacts/search {"where": {"field": "custom_attributes.n", "op": "gte", "value": "7"}}
        POST /v1/contacts/search {"where": {"field": "name", "op": "gt", "value": "BOB"}}
        POST /v1/contacts/search {"where": {"field": "name", "op": "lte", "value": "Bob"}}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co", "name": "Ada", "custom_attributes": {"n": 7}}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "b@b.co", "name": "bob", "custom_attributes": {"n": 10}}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts {"email": "c@b.co", "name": "Cid", "custom_attributes": {"n": -1.5}}
            201 Created
            {"data":"con_3"}
            > POST /v1/contacts {"email": "d@b.co", "name": "Élan", "custom_attributes": {"n": "8"}}
            201 Created
            {"data":"con_4"}
            > POST /v1/contacts/search {"where": {"field": "custom_attributes.n", "op": "lt", "value": 7}}
            200 OK
            {"data":["con_3"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "custom_attributes.n", "op": "lte", "value": 7}}
            200 OK
            {"data":["con_3","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "custom_attributes.n", "op": "gt", "value": 7}}
            200 OK
            {"data":["con_2"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "custom_attributes.n", "op": "gte", "value": 7}}
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "custom_attributes.n", "op": "gte", "value": "7"}}
            200 OK
            {"data":["con_4"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "name", "op": "gt", "value": "BOB"}}
            200 OK
            {"data":["con_4","con_3"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "name", "op": "lte", "value": "Bob"}}
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
        "#]],
    );
}

#[test]
fn times_are_compared_as_times() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co", "name": "Ada", "custom_attributes": {"n": 7}}
        POST /v1/contacts {"email": "b@b.co", "name": "bob", "custom_attributes": {"n": 10}}
        POST /v1/contacts {"email": "c@b.co", "name": "Cid", "custom_attributes": {"n": -1.5}}
        POST /v1/contacts {"email": "d@b.co", "name": "Élan", "custom_attributes": {"n": "8"}}
        POST /v1/contacts/search {"where": {"field": "created_at", "op": "gte", "value": "2026-01-01T00:00:03Z"}}
        POST /v1/contacts/search {"where": {"field": "created_at", "op": "lt", "value": "2026-01-01T00:00:03Z"}}
        POST /v1/contacts/search {"where": {"field": "updated_at", "op": "eq", "value": "2026-01-01T00:00:03Z"}}
        POST /v1/contacts/search {"where": {"field": "last_seen_at", "op": "lt", "value": "2030-01-01T00:00:00Z"}}
        POST /v1/contacts/search {"where": {"not": {"field": "last_seen_at", "op": "lt", "value": "2030-01-01T00:00:00Z"}}}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co", "name": "Ada", "custom_attributes": {"n": 7}}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "b@b.co", "name": "bob", "custom_attributes": {"n": 10}}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts {"email": "c@b.co", "name": "Cid", "custom_attributes": {"n": -1.5}}
            201 Created
            {"data":"con_3"}
            > POST /v1/contacts {"email": "d@b.co", "name": "Élan", "custom_attributes": {"n": "8"}}
            201 Created
            {"data":"con_4"}
            > POST /v1/contacts/search {"where": {"field": "created_at", "op": "gte", "value": "2026-01-01T00:00:03Z"}}
            200 OK
            {"data":["con_4","con_3"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "created_at", "op": "lt", "value": "2026-01-01T00:00:03Z"}}
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "updated_at", "op": "eq", "value": "2026-01-01T00:00:03Z"}}
            200 OK
            {"data":["con_3"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "last_seen_at", "op": "lt", "value": "2030-01-01T00:00:00Z"}}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"where": {"not": {"field": "last_seen_at", "op": "lt", "value": "2030-01-01T00:00:00Z"}}}
            200 OK
            {"data":["con_4","con_3","con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":4,"has_more":false}}
        "#]],
    );
}

#[test]
fn contains_takes_every_letter_as_itself() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a_b@b.co", "name": "100% sure", "custom_attributes": {"note": "50% off, C:\\dir", "langs": ["English", "Deutsch"]}}
        POST /v1/contacts {"email": "axb@b.co", "name": "100 sure", "custom_attributes": {"note": "50 off"}}
        POST /v1/contacts/search {"where": {"field": "name", "op": "contains", "value": "0%"}}
        POST /v1/contacts/search {"where": {"field": "name", "op": "contains", "value": "SURE"}}
        POST /v1/contacts/search {"where": {"field": "email", "op": "contains", "value": "A_B"}}
        POST /v1/contacts/search {"where": {"field": "custom_attributes.note", "op": "contains", "value": "50% OFF"}}
        POST /v1/contacts/search {"where": {"field": "custom_attributes.note", "op": "contains", "value": "c:\\d"}}
        POST /v1/contacts/search {"where": {"field": "custom_attributes.langs", "op": "contains", "value": "deu"}}
        POST /v1/contacts/search {"where": {"field": "custom_attributes.note", "op": "contains", "value": ""}}
        POST /v1/contacts/search {"where": {"field": "custom_attributes.note", "op": "contains", "value": 50}}
        POST /v1/contacts/search {"where": {"field": "phone", "op": "contains", "value": "5020"}}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a_b@b.co", "name": "100% sure", "custom_attributes": {"note": "50% off, C:\\dir", "langs": ["English", "Deutsch"]}}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "axb@b.co", "name": "100 sure", "custom_attributes": {"note": "50 off"}}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts/search {"where": {"field": "name", "op": "contains", "value": "0%"}}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "name", "op": "contains", "value": "SURE"}}
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "email", "op": "contains", "value": "A_B"}}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "custom_attributes.note", "op": "contains", "value": "50% OFF"}}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "custom_attributes.note", "op": "contains", "value": "c:\\d"}}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "custom_attributes.langs", "op": "contains", "value": "deu"}}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "custom_attributes.note", "op": "contains", "value": ""}}
            200 OK
            {"data":["con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "custom_attributes.note", "op": "contains", "value": 50}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'where' field must compare 'custom_attributes.note' with a text.","param":"where","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"where": {"field": "phone", "op": "contains", "value": "5020"}}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
        "#]],
    );
}

#[test]
fn contains_takes_capitals_as_one_beyond_ascii_too() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co", "name": "ÉLAN", "custom_attributes": {"city": "ÉVRY"}}
        POST /v1/contacts/search {"where": {"field": "name", "op": "contains", "value": "Éla"}}
        POST /v1/contacts/search {"where": {"field": "custom_attributes.city", "op": "contains", "value": "évry"}}
        POST /v1/contacts/search {"where": {"field": "custom_attributes.city", "op": "contains", "value": "ÉV"}}
        POST /v1/contacts/search {"where": {"field": "source", "op": "contains", "value": "AP"}}
        POST /v1/contacts/search {"where": {"field": "source", "op": "contains", "value": "ap"}}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co", "name": "ÉLAN", "custom_attributes": {"city": "ÉVRY"}}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts/search {"where": {"field": "name", "op": "contains", "value": "Éla"}}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "custom_attributes.city", "op": "contains", "value": "évry"}}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "custom_attributes.city", "op": "contains", "value": "ÉV"}}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "source", "op": "contains", "value": "AP"}}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "source", "op": "contains", "value": "ap"}}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_tree_that_cannot_be_one_is_refused_in_words() {
    check(
        r#"
        POST /v1/contacts/search {"where": []}
        POST /v1/contacts/search {"where": {}}
        POST /v1/contacts/search {"where": {"and": {}}}
        POST /v1/contacts/search {"where": {"and": [], "or": []}}
        POST /v1/contacts/search {"where": {"field": "shoe_size", "op": "eq", "value": 7}}
        POST /v1/contacts/search {"where": {"field": "name", "op": "like", "value": "x"}}
        POST /v1/contacts/search {"where": {"field": "name", "op": 7, "value": "x"}}
        "#,
        &expect![[r#"
            > POST /v1/contacts/search {"where": []}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'where' field must be {\"and\": […]}, {\"or\": […]}, {\"not\": …} or {\"field\": …, \"op\": …, \"value\": …}.","param":"where","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"where": {}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'where' field must be {\"and\": […]}, {\"or\": […]}, {\"not\": …} or {\"field\": …, \"op\": …, \"value\": …}.","param":"where","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"where": {"and": {}}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'where' field must be {\"and\": […]}, {\"or\": […]}, {\"not\": …} or {\"field\": …, \"op\": …, \"value\": …}.","param":"where","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"where": {"and": [], "or": []}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'where' field must be {\"and\": […]}, {\"or\": […]}, {\"not\": …} or {\"field\": …, \"op\": …, \"value\": …}.","param":"where","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"where": {"field": "shoe_size", "op": "eq", "value": 7}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'where' field must name a field that can be filtered by, not 'shoe_size': email, name, phone, company, tag, owner_id, disposition_id, source, created_at, updated_at, last_seen_at or custom_attributes.….","param":"where","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"where": {"field": "name", "op": "like", "value": "x"}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'where' field must use 'eq', 'in', 'lt', 'lte', 'gt', 'gte' or 'contains', not 'like'.","param":"where","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"where": {"field": "name", "op": 7, "value": "x"}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'where' field must be {\"and\": […]}, {\"or\": […]}, {\"not\": …} or {\"field\": …, \"op\": …, \"value\": …}.","param":"where","status":422,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn a_value_that_its_field_cannot_have_is_refused_in_words() {
    check(
        r#"
        POST /v1/contacts/search {"where": {"field": "name", "op": "eq"}}
        POST /v1/contacts/search {"where": {"field": "name", "op": "eq", "value": 7}}
        POST /v1/contacts/search {"where": {"field": "name", "op": "in", "value": "x"}}
        POST /v1/contacts/search {"where": {"field": "phone", "op": "eq", "value": "nope"}}
        POST /v1/contacts/search {"where": {"field": "created_at", "op": "gt", "value": "soon"}}
        POST /v1/contacts/search {"where": {"field": "created_at", "op": "contains", "value": "2026-01-01T00:00:00Z"}}
        POST /v1/contacts/search {"where": {"field": "custom_attributes.n", "op": "eq", "value": null}}
        POST /v1/contacts/search {"where": {"field": "tag", "op": "gt", "value": "x"}}
        POST /v1/contacts/search {"where": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"field": "name", "value": "x"}}}}}}}}}
        POST /v1/contacts/search {"where": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"field": "name", "value": "x"}}}}}}}}}}
        "#,
        &expect![[r#"
            > POST /v1/contacts/search {"where": {"field": "name", "op": "eq"}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'where' field must have a 'value' in each condition.","param":"where","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"where": {"field": "name", "op": "eq", "value": 7}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'where' field must compare 'name' with a text.","param":"where","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"where": {"field": "name", "op": "in", "value": "x"}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'where' field must have a list as the 'value' of 'in'.","param":"where","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"where": {"field": "phone", "op": "eq", "value": "nope"}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'where' field must be a phone number in 'phone'.","param":"where","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"where": {"field": "created_at", "op": "gt", "value": "soon"}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'where' field must compare 'created_at' with a time such as 2026-02-11T10:30:22Z, or with a span before now such as -P7D.","param":"where","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"where": {"field": "created_at", "op": "contains", "value": "2026-01-01T00:00:00Z"}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'where' field must compare 'created_at' with a time such as 2026-02-11T10:30:22Z, or with a span before now such as -P7D.","param":"where","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"where": {"field": "custom_attributes.n", "op": "eq", "value": null}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'where' field must compare 'custom_attributes.n' with a text, a number or a flag.","param":"where","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"where": {"field": "tag", "op": "gt", "value": "x"}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'where' field must use 'eq', 'in' or 'contains' with 'tag'.","param":"where","status":422,"request_id":"req_…"}}
            > POST /v1/contacts/search {"where": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"field": "name", "value": "x"}}}}}}}}}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"where": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"not": {"field": "name", "value": "x"}}}}}}}}}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'where' field must be nested at most 8 deep.","param":"where","status":422,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn a_tree_is_limited_in_conditions() {
    on_each_engine(async |stage| {
        let one = r#"{"field": "tag", "value": "x"}"#;
        for (count, wanted) in [(100, "200 OK"), (101, "422 Unprocessable Entity")] {
            let body = format!("{{\"where\": {{\"or\": [{}]}}}}", vec![one; count].join(", "));
            let answer = post(stage, "/v1/contacts/search", &body).await;
            assert_eq!(answer.status, wanted, "{}", answer.body);
            let values = vec!["\"x\""; count].join(", ");
            let body = format!(
                "{{\"where\": {{\"field\": \"name\", \"op\": \"in\", \"value\": [{values}]}}}}"
            );
            let answer = post(stage, "/v1/contacts/search", &body).await;
            assert_eq!(answer.status, wanted, "{}", answer.body);
        }
    });
}

#[test]
fn a_tree_of_nothing_but_branches_is_refused_and_never_a_server_error() {
    on_each_engine(async |stage| {
        let empty = vec![r#"{"and": []}"#; 20_000].join(", ");
        let body = format!("{{\"where\": {{\"or\": [{empty}]}}}}");
        let answer = post(stage, "/v1/contacts/search", &body).await;
        assert_eq!(answer.status, "422 Unprocessable Entity", "{}", answer.body);
    });
}

#[test]
fn bounds_of_one_attribute_are_one_range() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co", "custom_attributes": {"n": 3}}
        POST /v1/contacts {"email": "b@b.co", "custom_attributes": {"n": 7}}
        POST /v1/contacts {"email": "c@b.co", "custom_attributes": {"n": [1, 100]}}
        POST /v1/contacts {"email": "d@b.co", "custom_attributes": {"n": [6, 7, 100]}, "tags": ["x"]}
        POST /v1/contacts {"email": "e@b.co", "custom_attributes": {"n": "7"}}
        POST /v1/contacts/search {"where": {"and": [{"field": "custom_attributes.n", "op": "gte", "value": 3}, {"field": "custom_attributes.n", "op": "lt", "value": 10}]}}
        POST /v1/contacts/search {"where": {"and": [{"field": "custom_attributes.n", "op": "lt", "value": 10}, {"field": "custom_attributes.n", "op": "gt", "value": 3}]}, "sort": "created_at"}
        POST /v1/contacts/search {"where": {"and": [{"field": "custom_attributes.n", "op": "lte", "value": 7}, {"field": "custom_attributes.n", "op": "gt", "value": 3}, {"field": "tag", "value": "x"}]}}
        POST /v1/contacts/search {"where": {"and": [{"field": "custom_attributes.n", "op": "gte", "value": 3}, {"field": "custom_attributes.n", "op": "lt", "value": 10}]}, "limit": 1}
        POST /v1/contacts/search {"where": {"and": [{"field": "custom_attributes.n", "op": "gte", "value": 3}, {"field": "custom_attributes.n", "op": "lt", "value": 10}]}, "limit": 1, "after": "{con_2}"}
        POST /v1/contacts/search {"where": {"and": [{"field": "custom_attributes.n", "op": "gte", "value": 3}, {"field": "custom_attributes.n", "op": "lt", "value": 10}]}, "per_page": 2, "page": 2}
        POST /v1/contacts/search {"where": {"and": [{"field": "custom_attributes.n", "op": "gte", "value": 3}, {"field": "custom_attributes.n", "op": "lt", "value": 10}]}, "sort": "-updated_at"}
        POST /v1/contacts/search {"where": {"and": [{"field": "custom_attributes.n", "op": "gte", "value": 3}, {"field": "custom_attributes.n", "op": "lt", "value": "8"}]}}
        POST /v1/contacts/search {"where": {"or": [{"field": "custom_attributes.n", "op": "lt", "value": 2}, {"field": "custom_attributes.n", "op": "gt", "value": 99}]}}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co", "custom_attributes": {"n": 3}}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "b@b.co", "custom_attributes": {"n": 7}}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts {"email": "c@b.co", "custom_attributes": {"n": [1, 100]}}
            201 Created
            {"data":"con_3"}
            > POST /v1/contacts {"email": "d@b.co", "custom_attributes": {"n": [6, 7, 100]}, "tags": ["x"]}
            201 Created
            {"data":"con_4"}
            > POST /v1/contacts {"email": "e@b.co", "custom_attributes": {"n": "7"}}
            201 Created
            {"data":"con_5"}
            > POST /v1/contacts/search {"where": {"and": [{"field": "custom_attributes.n", "op": "gte", "value": 3}, {"field": "custom_attributes.n", "op": "lt", "value": 10}]}}
            200 OK
            {"data":["con_4","con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
            > POST /v1/contacts/search {"where": {"and": [{"field": "custom_attributes.n", "op": "lt", "value": 10}, {"field": "custom_attributes.n", "op": "gt", "value": 3}]}, "sort": "created_at"}
            200 OK
            {"data":["con_2","con_4"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {"where": {"and": [{"field": "custom_attributes.n", "op": "lte", "value": 7}, {"field": "custom_attributes.n", "op": "gt", "value": 3}, {"field": "tag", "value": "x"}]}}
            200 OK
            {"data":["con_4"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"where": {"and": [{"field": "custom_attributes.n", "op": "gte", "value": 3}, {"field": "custom_attributes.n", "op": "lt", "value": 10}]}, "limit": 1}
            200 OK
            {"data":["con_4"],"pagination":{"limit":1,"has_more":true,"next_cursor":"con_4"}}
            > POST /v1/contacts/search {"where": {"and": [{"field": "custom_attributes.n", "op": "gte", "value": 3}, {"field": "custom_attributes.n", "op": "lt", "value": 10}]}, "limit": 1, "after": "{con_2}"}
            200 OK
            {"data":["con_1"],"pagination":{"limit":1,"has_more":false,"next_cursor":null}}
            > POST /v1/contacts/search {"where": {"and": [{"field": "custom_attributes.n", "op": "gte", "value": 3}, {"field": "custom_attributes.n", "op": "lt", "value": 10}]}, "per_page": 2, "page": 2}
            200 OK
            {"data":["con_1"],"pagination":{"page":2,"per_page":2,"total":3,"has_more":false}}
            > POST /v1/contacts/search {"where": {"and": [{"field": "custom_attributes.n", "op": "gte", "value": 3}, {"field": "custom_attributes.n", "op": "lt", "value": 10}]}, "sort": "-updated_at"}
            200 OK
            {"data":["con_4","con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
            > POST /v1/contacts/search {"where": {"and": [{"field": "custom_attributes.n", "op": "gte", "value": 3}, {"field": "custom_attributes.n", "op": "lt", "value": "8"}]}}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"where": {"or": [{"field": "custom_attributes.n", "op": "lt", "value": 2}, {"field": "custom_attributes.n", "op": "gt", "value": 99}]}}
            200 OK
            {"data":["con_4","con_3"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
        "#]],
    );
}

#[test]
fn one_of_several_is_found_by_their_rows() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "a@b.co", "company": "The Acme Company", "tags": ["x", "z"], "custom_attributes": {"team": "red"}}
        POST /v1/contacts {"email": "b@b.co", "company": "Company The Acme", "tags": ["y"], "custom_attributes": {"team": "blue"}}
        POST /v1/contacts {"email": "c@b.co", "company": "...", "tags": ["x", "y"], "custom_attributes": {"team": "green"}}
        POST /v1/contacts/search {"filters": {"tags": ["x", "y"]}}
        POST /v1/contacts/search {"filters": {"tags": ["x", "y"]}, "limit": 1, "after": "{con_2}"}
        POST /v1/contacts/search {"filters": {"tags": ["X"]}, "sort": "created_at", "limit": 1, "after": "{con_1}"}
        POST /v1/contacts/search {"filters": {"tags": ["x", "y"], "tags_match": "all"}}
        POST /v1/contacts/search {"filters": {"tags": ["x", "y"]}, "sort": "updated_at"}
        POST /v1/contacts/search {"where": {"field": "custom_attributes.team", "op": "in", "value": ["red", "green"]}}
        POST /v1/contacts/search {"where": {"and": [{"field": "custom_attributes.team", "op": "in", "value": ["red", "green"]}, {"field": "tag", "value": "z"}]}}
        POST /v1/contacts/search {"filters": {"company": "the acme company"}}
        POST /v1/contacts/search {"filters": {"company": "the acme company"}, "sort": "created_at"}
        POST /v1/contacts/search {"filters": {"company": "..."}}
        POST /v1/contacts/search {"filters": {"company": "acme"}}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "a@b.co", "company": "The Acme Company", "tags": ["x", "z"], "custom_attributes": {"team": "red"}}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "b@b.co", "company": "Company The Acme", "tags": ["y"], "custom_attributes": {"team": "blue"}}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts {"email": "c@b.co", "company": "...", "tags": ["x", "y"], "custom_attributes": {"team": "green"}}
            201 Created
            {"data":"con_3"}
            > POST /v1/contacts/search {"filters": {"tags": ["x", "y"]}}
            200 OK
            {"data":["con_3","con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"tags": ["x", "y"]}, "limit": 1, "after": "{con_2}"}
            200 OK
            {"data":["con_1"],"pagination":{"limit":1,"has_more":false,"next_cursor":null}}
            > POST /v1/contacts/search {"filters": {"tags": ["X"]}, "sort": "created_at", "limit": 1, "after": "{con_1}"}
            200 OK
            {"data":["con_3"],"pagination":{"limit":1,"has_more":false,"next_cursor":null}}
            > POST /v1/contacts/search {"filters": {"tags": ["x", "y"], "tags_match": "all"}}
            200 OK
            {"data":["con_3"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"tags": ["x", "y"]}, "sort": "updated_at"}
            200 OK
            {"data":["con_1","con_2","con_3"],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
            > POST /v1/contacts/search {"where": {"field": "custom_attributes.team", "op": "in", "value": ["red", "green"]}}
            200 OK
            {"data":["con_3","con_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > POST /v1/contacts/search {"where": {"and": [{"field": "custom_attributes.team", "op": "in", "value": ["red", "green"]}, {"field": "tag", "value": "z"}]}}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"company": "the acme company"}}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"company": "the acme company"}, "sort": "created_at"}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"company": "..."}}
            200 OK
            {"data":["con_3"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"filters": {"company": "acme"}}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
        "#]],
    );
}
