//! Searches under a name.

use super::*;

#[test]
fn a_segment_keeps_words_trees_and_spans_before_now() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "old@b.co", "name": "Ada", "company": "Kiln"}
        POST /v1/contacts {"email": "mid@b.co", "name": "Ada", "company": "Forge"}
        POST /v1/contacts {"email": "new@b.co", "name": "Bob", "company": "Kiln"}
        POST /v1/segments {"name": "Adas of the kiln", "search": {"query": "ada", "where": {"and": [{"field": "company", "op": "eq", "value": "Kiln"}]}}}
        POST /v1/contacts/search {"segment_id": "{seg_1}"}
        POST /v1/contacts/search {"segment_id": "{seg_1}", "where": {"field": "email", "op": "contains", "value": "new"}}
        POST /v1/contacts/search {"segment_id": "{seg_1}", "page": 1, "per_page": 1}
        POST /v1/segments {"name": "Lately", "search": {"where": {"field": "created_at", "op": "gte", "value": "-PT6S"}}}
        POST /v1/contacts/search {"segment_id": "{seg_2}"}
        POST /v1/contacts/search {"segment_id": "{seg_2}"}
        POST /v1/contacts/search {"where": {"not": {"field": "created_at", "op": "lt", "value": "-P1DT1H"}}}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "old@b.co", "name": "Ada", "company": "Kiln"}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "mid@b.co", "name": "Ada", "company": "Forge"}
            201 Created
            {"data":"con_2"}
            > POST /v1/contacts {"email": "new@b.co", "name": "Bob", "company": "Kiln"}
            201 Created
            {"data":"con_3"}
            > POST /v1/segments {"name": "Adas of the kiln", "search": {"query": "ada", "where": {"and": [{"field": "company", "op": "eq", "value": "Kiln"}]}}}
            201 Created
            {"data":"seg_1"}
            > POST /v1/contacts/search {"segment_id": "{seg_1}"}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"segment_id": "{seg_1}", "where": {"field": "email", "op": "contains", "value": "new"}}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"segment_id": "{seg_1}", "page": 1, "per_page": 1}
            200 OK
            {"data":["con_1"],"pagination":{"page":1,"per_page":1,"total":1,"has_more":false}}
            > POST /v1/segments {"name": "Lately", "search": {"where": {"field": "created_at", "op": "gte", "value": "-PT6S"}}}
            201 Created
            {"data":"seg_2"}
            > POST /v1/contacts/search {"segment_id": "{seg_2}"}
            200 OK
            {"data":["con_3"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > POST /v1/contacts/search {"segment_id": "{seg_2}"}
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > POST /v1/contacts/search {"where": {"not": {"field": "created_at", "op": "lt", "value": "-P1DT1H"}}}
            200 OK
            {"data":["con_3","con_2","con_1"],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_segment_that_cannot_be_searched_by_is_refused() {
    check(
        r#"
        POST /v1/segments {"name": "Wrong", "search": {"filters": {}}}
        POST /v1/segments {"name": "Wrong", "search": {"segment_id": "seg_1"}}
        POST /v1/segments {"name": "Wrong", "search": {"where": {"field": "nose"}}}
        POST /v1/segments {"name": "Wrong", "search": {"where": {"field": "created_at", "op": "gte", "value": "-P1M"}}}
        POST /v1/segments {"name": "Wrong", "search": {"where": {"field": "created_at", "op": "gte", "value": "-P999999D"}}}
        POST /v1/segments {"name": "Wrong", "owner_id": "op_nobody"}
        "#,
        &expect![[r#"
            > POST /v1/segments {"name": "Wrong", "search": {"filters": {}}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'search' field must have nothing in it but 'query' and 'where'.","param":"search","status":422,"request_id":"req_…"}}
            > POST /v1/segments {"name": "Wrong", "search": {"segment_id": "seg_1"}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'search' field must have nothing in it but 'query' and 'where'.","param":"search","status":422,"request_id":"req_…"}}
            > POST /v1/segments {"name": "Wrong", "search": {"where": {"field": "nose"}}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'search' field cannot be searched by: must have a 'value' in each condition.","param":"search","status":422,"request_id":"req_…"}}
            > POST /v1/segments {"name": "Wrong", "search": {"where": {"field": "created_at", "op": "gte", "value": "-P1M"}}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'search' field cannot be searched by: must compare 'created_at' with a time such as 2026-02-11T10:30:22Z, or with a span before now such as -P7D.","param":"search","status":422,"request_id":"req_…"}}
            > POST /v1/segments {"name": "Wrong", "search": {"where": {"field": "created_at", "op": "gte", "value": "-P999999D"}}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'search' field cannot be searched by: must compare 'created_at' with a time such as 2026-02-11T10:30:22Z, or with a span before now such as -P7D.","param":"search","status":422,"request_id":"req_…"}}
            > POST /v1/segments {"name": "Wrong", "owner_id": "op_nobody"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'owner_id' field must name an operator of this workspace.","param":"owner_id","status":422,"request_id":"req_…"}}
        "#]],
    );
}
