//! What holds for records of every kind, and for one.

use expect_test::expect;

use crate::testing::{Ask, Stage, block_on, check, databases};

#[test]
fn a_name_is_one_to_a_hundred_letters() {
    check(
        r##"
        POST /v1/tags {"name": ""}
        POST /v1/tags {"name": "   "}
        POST /v1/tags {"name": "a\u0000b"}
        POST /v1/tags {"name": 7}
        POST /v1/tags {"name": null}
        POST /v1/tags {}
        POST /v1/tags {"nmae": "vip", "name": "vip"}
        PATCH /v1/tags/{tag_1} {"name": ""}
        PATCH /v1/tags/{tag_1} {"colour": "#ffffff"}
        PATCH /v1/tags/tag_nothing {"name": "x"}
        PATCH /v1/tags/line_nothing {"name": "x"}
        "##,
        &expect![[r##"
            > POST /v1/tags {"name": ""}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'name' field must be 1 to 100 characters long.","param":"name","status":422,"request_id":"req_…"}}
            > POST /v1/tags {"name": "   "}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'name' field must be 1 to 100 characters long.","param":"name","status":422,"request_id":"req_…"}}
            > POST /v1/tags {"name": "a\u0000b"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'name' field must be 1 to 100 characters long.","param":"name","status":422,"request_id":"req_…"}}
            > POST /v1/tags {"name": 7}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'name' field must be a string.","param":"name","status":422,"request_id":"req_…"}}
            > POST /v1/tags {"name": null}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'name' field must be a string.","param":"name","status":422,"request_id":"req_…"}}
            > POST /v1/tags {}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"missing_parameter","message":"The 'name' field is required.","param":"name","status":422,"request_id":"req_…"}}
            > POST /v1/tags {"nmae": "vip", "name": "vip"}
            201 Created
            x-ignored-fields: nmae
            {"data":{"id":"tag_1","number":1,"name":"vip","color":null,"created_at":"2026-01-01T00:00:07Z","updated_at":"2026-01-01T00:00:07Z"}}
            > PATCH /v1/tags/{tag_1} {"name": ""}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'name' field must be 1 to 100 characters long.","param":"name","status":422,"request_id":"req_…"}}
            > PATCH /v1/tags/{tag_1} {"colour": "#ffffff"}
            200 OK
            x-ignored-fields: colour
            {"data":{"id":"tag_1","number":1,"name":"vip","color":null,"created_at":"2026-01-01T00:00:07Z","updated_at":"2026-01-01T00:00:07Z"}}
            > PATCH /v1/tags/tag_nothing {"name": "x"}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such tag.","status":404,"request_id":"req_…"}}
            > PATCH /v1/tags/line_nothing {"name": "x"}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such tag.","status":404,"request_id":"req_…"}}
        "##]],
    );
}

#[test]
fn every_workspace_keeps_its_first_dispositions() {
    check(
        r#"
        GET /v1/dispositions
        DELETE /v1/dispositions/{dis_1}
        as other
        DELETE /v1/dispositions/{dis_1}
        GET /v1/dispositions?limit=1
        "#,
        &expect![[r#"
            > GET /v1/dispositions
            200 OK
            {"data":[{"id":"dis_1","number":14,"name":"Wrong number","category":"call","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"},{"id":"dis_2","number":13,"name":"No answer","category":"call","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"},{"id":"dis_3","number":12,"name":"Left voicemail","category":"call","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"},{"id":"dis_4","number":11,"name":"Left live message","category":"call","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"},{"id":"dis_5","number":10,"name":"Connected","category":"call","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"},{"id":"dis_6","number":9,"name":"Busy","category":"call","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"},{"id":"dis_7","number":8,"name":"Unqualified","category":"contact","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"},{"id":"dis_8","number":7,"name":"Open Deal","category":"contact","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"},{"id":"dis_9","number":6,"name":"Open","category":"contact","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"},{"id":"dis_10","number":5,"name":"New","category":"contact","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"},{"id":"dis_11","number":4,"name":"In progress","category":"contact","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"},{"id":"dis_12","number":3,"name":"Connected","category":"contact","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"},{"id":"dis_13","number":2,"name":"Bad timing","category":"contact","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"},{"id":"dis_14","number":1,"name":"Attempted to call","category":"contact","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}],"pagination":{"page":1,"per_page":25,"total":14,"has_more":false}}
            > DELETE /v1/dispositions/{dis_1}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"The disposition 'Wrong number' is one that every workspace keeps: it cannot be deleted.","status":409,"request_id":"req_…"}}
            > as other
            > DELETE /v1/dispositions/{dis_1}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such disposition.","status":404,"request_id":"req_…"}}
            > GET /v1/dispositions?limit=1
            200 OK
            {"data":[{"id":"dis_15","number":14,"name":"Wrong number","category":"call","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}],"pagination":{"limit":1,"has_more":true,"next_cursor":"dis_15"}}
        "#]],
    );
}

#[test]
fn a_name_may_be_of_a_contact_disposition_and_of_a_call_one() {
    check(
        r#"
        POST /v1/dispositions {"name": "Warm"}
        POST /v1/dispositions {"name": "warm", "category": "call"}
        POST /v1/dispositions {"name": "WARM", "category": "call"}
        PATCH /v1/dispositions/{dis_1} {"category": "call"}
        POST /v1/dispositions {"name": "Cold", "category": "weather"}
        POST /v1/dispositions {"name": "connected"}
        "#,
        &expect![[r#"
            > POST /v1/dispositions {"name": "Warm"}
            201 Created
            {"data":{"id":"dis_1","number":15,"name":"Warm","category":"contact","created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}}
            > POST /v1/dispositions {"name": "warm", "category": "call"}
            201 Created
            {"data":{"id":"dis_2","number":16,"name":"warm","category":"call","created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z"}}
            > POST /v1/dispositions {"name": "WARM", "category": "call"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'name' field is already in use by dis_2.","param":"name","status":409,"request_id":"req_…"}}
            > PATCH /v1/dispositions/{dis_1} {"category": "call"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'name' field is already in use by dis_2.","param":"name","status":409,"request_id":"req_…"}}
            > POST /v1/dispositions {"name": "Cold", "category": "weather"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'category' field must be `contact` or `call`.","param":"category","status":422,"request_id":"req_…"}}
            > POST /v1/dispositions {"name": "connected"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'name' field is already in use by dis_3.","param":"name","status":409,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn numbers_count_up_and_are_not_used_again() {
    check(
        r#"
        POST /v1/lists {"name": "a"}
        POST /v1/lists {"name": "b"}
        DELETE /v1/lists/{list_2}
        POST /v1/lists {"name": "b"}
        POST /v1/lists {"name": "b"}
        POST /v1/lists {"name": "c"}
        as other
        POST /v1/lists {"name": "a"}
        "#,
        &expect![[r#"
            > POST /v1/lists {"name": "a"}
            201 Created
            {"data":{"id":"list_1","number":1,"name":"a","description":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}}
            > POST /v1/lists {"name": "b"}
            201 Created
            {"data":{"id":"list_2","number":2,"name":"b","description":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z"}}
            > DELETE /v1/lists/{list_2}
            204 No Content
            > POST /v1/lists {"name": "b"}
            201 Created
            {"data":{"id":"list_3","number":3,"name":"b","description":null,"created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:04Z"}}
            > POST /v1/lists {"name": "b"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'name' field is already in use by list_3.","param":"name","status":409,"request_id":"req_…"}}
            > POST /v1/lists {"name": "c"}
            201 Created
            {"data":{"id":"list_4","number":4,"name":"c","description":null,"created_at":"2026-01-01T00:00:06Z","updated_at":"2026-01-01T00:00:06Z"}}
            > as other
            > POST /v1/lists {"name": "a"}
            201 Created
            {"data":{"id":"list_5","number":1,"name":"a","description":null,"created_at":"2026-01-01T00:00:07Z","updated_at":"2026-01-01T00:00:07Z"}}
        "#]],
    );
}

#[test]
fn a_color_is_six_hexadecimal_digits() {
    check(
        r##"
        POST /v1/tags {"name": "a", "color": "red"}
        POST /v1/tags {"name": "a", "color": "#12345"}
        POST /v1/tags {"name": "a", "color": "#12345g"}
        POST /v1/tags {"name": "a", "color": 7}
        POST /v1/tags {"name": "a", "color": "#123456"}
        "##,
        &expect![[r##"
            > POST /v1/tags {"name": "a", "color": "red"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'color' field must be '#' and six hexadecimal digits.","param":"color","status":422,"request_id":"req_…"}}
            > POST /v1/tags {"name": "a", "color": "#12345"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'color' field must be '#' and six hexadecimal digits.","param":"color","status":422,"request_id":"req_…"}}
            > POST /v1/tags {"name": "a", "color": "#12345g"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'color' field must be '#' and six hexadecimal digits.","param":"color","status":422,"request_id":"req_…"}}
            > POST /v1/tags {"name": "a", "color": 7}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'color' field must be a string.","param":"color","status":422,"request_id":"req_…"}}
            > POST /v1/tags {"name": "a", "color": "#123456"}
            201 Created
            {"data":{"id":"tag_1","number":1,"name":"a","color":"#123456","created_at":"2026-01-01T00:00:05Z","updated_at":"2026-01-01T00:00:05Z"}}
        "##]],
    );
}

#[test]
fn a_line_has_a_number_a_channel_and_perhaps_an_owner() {
    check(
        r#"
        operator Ada ada@example.com
        POST /v1/lines {"name": "a", "phone_number": "nope"}
        POST /v1/lines {"name": "a", "channel": "pigeon"}
        POST /v1/lines {"name": "a", "owner_id": "op_nobody"}
        POST /v1/lines {"name": "a", "owner_id": "{op_1}", "phone_number": "+61 412 345 678", "channel": "whatsapp"}
        PATCH /v1/lines/{line_1} {"owner_id": null}
        as other
        POST /v1/lines {"name": "a", "owner_id": "{op_1}"}
        "#,
        &expect![[r#"
            > operator Ada ada@example.com
            op_1
            > POST /v1/lines {"name": "a", "phone_number": "nope"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'phone_number' field must be a phone number.","param":"phone_number","status":422,"request_id":"req_…"}}
            > POST /v1/lines {"name": "a", "channel": "pigeon"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'channel' field must be one of `sms`, `whatsapp`, `voice`.","param":"channel","status":422,"request_id":"req_…"}}
            > POST /v1/lines {"name": "a", "owner_id": "op_nobody"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'owner_id' field must name an operator of this workspace.","param":"owner_id","status":422,"request_id":"req_…"}}
            > POST /v1/lines {"name": "a", "owner_id": "{op_1}", "phone_number": "+61 412 345 678", "channel": "whatsapp"}
            201 Created
            {"data":{"id":"line_1","number":1,"name":"a","phone_number":"+61412345678","channel":"whatsapp","owner_id":"op_1","created_at":"2026-01-01T00:00:05Z","updated_at":"2026-01-01T00:00:05Z"}}
            > PATCH /v1/lines/{line_1} {"owner_id": null}
            200 OK
            {"data":{"id":"line_1","number":1,"name":"a","phone_number":"+61412345678","channel":"whatsapp","owner_id":null,"created_at":"2026-01-01T00:00:05Z","updated_at":"2026-01-01T00:00:06Z"}}
            > as other
            > POST /v1/lines {"name": "a", "owner_id": "{op_1}"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'owner_id' field must name an operator of this workspace.","param":"owner_id","status":422,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn the_members_of_a_ring_group_are_operators() {
    check(
        r#"
        operator Ada ada@example.com
        operator Bob bob@example.com
        as other
        operator Eve eve@example.com
        as admin
        POST /v1/ring-groups {"name": "a", "operator_ids": ["{op_2}", "{op_1}"], "mode": "longest_available"}
        POST /v1/ring-groups {"name": "b", "operator_ids": ["{op_3}"]}
        POST /v1/ring-groups {"name": "b", "operator_ids": ["op_nobody"]}
        POST /v1/ring-groups {"name": "b", "operator_ids": ["con_nobody"]}
        POST /v1/ring-groups {"name": "b", "operator_ids": "{op_1}"}
        POST /v1/ring-groups {"name": "b", "mode": "psychic"}
        PATCH /v1/ring-groups/{rg_1} {"operator_ids": []}
        PATCH /v1/ring-groups/{rg_1} {"operator_ids": ["{op_3}"]}
        GET /v1/ring-groups
        "#,
        &expect![[r#"
            > operator Ada ada@example.com
            op_1
            > operator Bob bob@example.com
            op_2
            > as other
            > operator Eve eve@example.com
            op_3
            > as admin
            > POST /v1/ring-groups {"name": "a", "operator_ids": ["{op_2}", "{op_1}"], "mode": "longest_available"}
            201 Created
            {"data":{"id":"rg_1","number":1,"name":"a","operator_ids":["op_2","op_1"],"mode":"longest_available","created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:04Z"}}
            > POST /v1/ring-groups {"name": "b", "operator_ids": ["{op_3}"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'operator_ids' field must name an operator of this workspace.","param":"operator_ids","status":422,"request_id":"req_…"}}
            > POST /v1/ring-groups {"name": "b", "operator_ids": ["op_nobody"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'operator_ids' field must name an operator of this workspace.","param":"operator_ids","status":422,"request_id":"req_…"}}
            > POST /v1/ring-groups {"name": "b", "operator_ids": ["con_nobody"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'operator_ids[0]' field must be an id that begins with 'op_'.","param":"operator_ids[0]","status":422,"request_id":"req_…"}}
            > POST /v1/ring-groups {"name": "b", "operator_ids": "{op_1}"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'operator_ids' field must be a list.","param":"operator_ids","status":422,"request_id":"req_…"}}
            > POST /v1/ring-groups {"name": "b", "mode": "psychic"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'mode' field must be one of `simultaneous`, `random`, `round_robin`, `longest_available`.","param":"mode","status":422,"request_id":"req_…"}}
            > PATCH /v1/ring-groups/{rg_1} {"operator_ids": []}
            200 OK
            {"data":{"id":"rg_1","number":1,"name":"a","operator_ids":[],"mode":"longest_available","created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:10Z"}}
            > PATCH /v1/ring-groups/{rg_1} {"operator_ids": ["{op_3}"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'operator_ids' field must name an operator of this workspace.","param":"operator_ids","status":422,"request_id":"req_…"}}
            > GET /v1/ring-groups
            200 OK
            {"data":[{"id":"rg_1","number":1,"name":"a","operator_ids":[],"mode":"longest_available","created_at":"2026-01-01T00:00:04Z","updated_at":"2026-01-01T00:00:10Z"}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_list_of_records_has_both_ways_of_paging() {
    check(
        r#"
        brief
        POST /v1/lists {"name": "a"}
        POST /v1/lists {"name": "b"}
        POST /v1/lists {"name": "c"}
        GET /v1/lists
        GET /v1/lists?page=2&per_page=2
        GET /v1/lists?limit=2
        GET /v1/lists?limit=2&after={list_2}
        DELETE /v1/lists/{list_2}
        GET /v1/lists?limit=2&after={list_2}
        GET /v1/lists?per_page=1000
        GET /v1/lists?page=0
        "#,
        &expect![[r#"
            > brief
            > POST /v1/lists {"name": "a"}
            201 Created
            {"data":"list_1"}
            > POST /v1/lists {"name": "b"}
            201 Created
            {"data":"list_2"}
            > POST /v1/lists {"name": "c"}
            201 Created
            {"data":"list_3"}
            > GET /v1/lists
            200 OK
            {"data":["list_3","list_2","list_1"],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
            > GET /v1/lists?page=2&per_page=2
            200 OK
            {"data":["list_1"],"pagination":{"page":2,"per_page":2,"total":3,"has_more":false}}
            > GET /v1/lists?limit=2
            200 OK
            {"data":["list_3","list_2"],"pagination":{"limit":2,"has_more":true,"next_cursor":"list_2"}}
            > GET /v1/lists?limit=2&after={list_2}
            200 OK
            {"data":["list_1"],"pagination":{"limit":2,"has_more":false,"next_cursor":null}}
            > DELETE /v1/lists/{list_2}
            204 No Content
            > GET /v1/lists?limit=2&after={list_2}
            200 OK
            {"data":["list_1"],"pagination":{"limit":2,"has_more":false,"next_cursor":null}}
            > GET /v1/lists?per_page=1000
            200 OK
            {"data":["list_3","list_1"],"pagination":{"page":1,"per_page":100,"total":2,"has_more":false}}
            > GET /v1/lists?page=0
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'page' parameter must be an integer of at least 1.","param":"page","status":400,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn records_are_written_by_write_keys_alone() {
    check(
        r#"
        brief
        POST /v1/tags {"name": "a"}
        as read
        GET /v1/tags
        GET /v1/tags/{tag_1}
        POST /v1/tags {"name": "b"}
        PATCH /v1/tags/{tag_1} {"name": "b"}
        DELETE /v1/tags/{tag_1}
        as other
        GET /v1/tags/{tag_1}
        GET /v1/tags
        PATCH /v1/tags/{tag_1} {"name": "b"}
        DELETE /v1/tags/{tag_1}
        as nobody
        GET /v1/tags
        as write
        DELETE /v1/tags/{tag_1}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/tags {"name": "a"}
            201 Created
            {"data":"tag_1"}
            > as read
            > GET /v1/tags
            200 OK
            {"data":["tag_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/tags/{tag_1}
            200 OK
            {"data":"tag_1"}
            > POST /v1/tags {"name": "b"}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"This needs the scope 'contacts:write', which your credential does not have.","status":403,"request_id":"req_…"}}
            > PATCH /v1/tags/{tag_1} {"name": "b"}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"This needs the scope 'contacts:write', which your credential does not have.","status":403,"request_id":"req_…"}}
            > DELETE /v1/tags/{tag_1}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"This needs the scope 'contacts:write', which your credential does not have.","status":403,"request_id":"req_…"}}
            > as other
            > GET /v1/tags/{tag_1}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such tag.","status":404,"request_id":"req_…"}}
            > GET /v1/tags
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > PATCH /v1/tags/{tag_1} {"name": "b"}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such tag.","status":404,"request_id":"req_…"}}
            > DELETE /v1/tags/{tag_1}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such tag.","status":404,"request_id":"req_…"}}
            > as nobody
            > GET /v1/tags
            401 Unauthorized
            {"error":{"type":"authentication_error","code":"missing_credentials","message":"This needs an API key: send it as 'Authorization: Bearer sk_live_…'.","status":401,"request_id":"req_…"}}
            > as write
            > DELETE /v1/tags/{tag_1}
            204 No Content
        "#]],
    );
}

#[test]
fn a_description_has_two_thousand_letters() {
    check(
        r#"
        brief
        POST /v1/sequences {"name": "a", "description": 7}
        POST /v1/sequences {"name": "a", "description": ""}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/sequences {"name": "a", "description": 7}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'description' field must be a string.","param":"description","status":422,"request_id":"req_…"}}
            > POST /v1/sequences {"name": "a", "description": ""}
            201 Created
            {"data":"seq_1"}
        "#]],
    );
}

#[test]
fn texts_of_records_have_limits() {
    for database in databases() {
        block_on(async {
            let stage = Stage::set(&database).await;
            for (name, description, wanted) in [
                (100, 2_000, "201 Created"),
                (101, 0, "422 Unprocessable Entity"),
                (1, 2_001, "422 Unprocessable Entity"),
            ] {
                let (name, description) = ("é".repeat(name), "é".repeat(description));
                let body = format!("{{\"name\": \"{name}\", \"description\": \"{description}\"}}");
                let path = "/v1/sequences";
                let ask = Ask { method: "POST", path, headers: &[], body: &body };
                assert_eq!(stage.send("admin", ask).await.status, wanted);
            }
            let members = vec!["\"op_nobody\""; 501].join(", ");
            let body = format!("{{\"name\": \"a\", \"operator_ids\": [{members}]}}");
            let ask = Ask { method: "POST", path: "/v1/ring-groups", headers: &[], body: &body };
            let answer = stage.send("admin", ask).await;
            assert!(answer.body.contains("must be at most 500 operators"), "{}", answer.body);
        });
    }
}
