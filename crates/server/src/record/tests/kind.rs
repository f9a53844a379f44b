//! Each of the kinds, once around.

use expect_test::expect;

use crate::testing::check;

#[test]
fn a_tag_is_made_changed_and_deleted() {
    check(
        r##"
        POST /v1/tags {"name": " First ", "color": "#00ff7F"}
        POST /v1/tags {"name": "Second"}
        POST /v1/tags {"name": "FIRST"}
        GET /v1/tags/{tag_1}
        PATCH /v1/tags/{tag_1} {"name": "Third", "color": null}
        PATCH /v1/tags/{tag_1} {"name": "THIRD"}
        PATCH /v1/tags/{tag_1} {}
        PATCH /v1/tags/{tag_1} {"name": "second"}
        DELETE /v1/tags/{tag_2}
        DELETE /v1/tags/{tag_2}
        GET /v1/tags/{tag_2}
        PATCH /v1/tags/{tag_2} {"name": "Fourth"}
        POST /v1/tags {"name": "Second"}
        GET /v1/tags?limit=2
        log
        "##,
        &expect![[r##"
            > POST /v1/tags {"name": " First ", "color": "#00ff7F"}
            201 Created
            {"data":{"id":"tag_1","number":1,"name":"First","color":"#00ff7F","created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}}
            > POST /v1/tags {"name": "Second"}
            201 Created
            {"data":{"id":"tag_2","number":2,"name":"Second","color":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z"}}
            > POST /v1/tags {"name": "FIRST"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'name' field is already in use by tag_1.","param":"name","status":409,"request_id":"req_…"}}
            > GET /v1/tags/{tag_1}
            200 OK
            {"data":{"id":"tag_1","number":1,"name":"First","color":"#00ff7F","created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}}
            > PATCH /v1/tags/{tag_1} {"name": "Third", "color": null}
            200 OK
            {"data":{"id":"tag_1","number":1,"name":"Third","color":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:05Z"}}
            > PATCH /v1/tags/{tag_1} {"name": "THIRD"}
            200 OK
            {"data":{"id":"tag_1","number":1,"name":"THIRD","color":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z"}}
            > PATCH /v1/tags/{tag_1} {}
            200 OK
            {"data":{"id":"tag_1","number":1,"name":"THIRD","color":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z"}}
            > PATCH /v1/tags/{tag_1} {"name": "second"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'name' field is already in use by tag_2.","param":"name","status":409,"request_id":"req_…"}}
            > DELETE /v1/tags/{tag_2}
            204 No Content
            > DELETE /v1/tags/{tag_2}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such tag.","status":404,"request_id":"req_…"}}
            > GET /v1/tags/{tag_2}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such tag.","status":404,"request_id":"req_…"}}
            > PATCH /v1/tags/{tag_2} {"name": "Fourth"}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such tag.","status":404,"request_id":"req_…"}}
            > POST /v1/tags {"name": "Second"}
            201 Created
            {"data":{"id":"tag_3","number":3,"name":"Second","color":null,"created_at":"2026-01-01T00:00:13Z","updated_at":"2026-01-01T00:00:13Z"}}
            > GET /v1/tags?limit=2
            200 OK
            {"data":[{"id":"tag_3","number":3,"name":"Second","color":null,"created_at":"2026-01-01T00:00:13Z","updated_at":"2026-01-01T00:00:13Z"},{"id":"tag_1","number":1,"name":"THIRD","color":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z"}],"pagination":{"limit":2,"has_more":false,"next_cursor":null}}
            > log
            5 record.created tag_1 by key_1 {"color":"#00ff7F","id":"tag_1","kind":"tag","number":1,"name":"First"}
            6 record.created tag_2 by key_1 {"color":null,"id":"tag_2","kind":"tag","number":2,"name":"Second"}
            7 record.updated tag_1 by key_1 {"color":null,"id":"tag_1","kind":"tag","number":1,"name":"Third","previous_name":"First"}
            8 record.updated tag_1 by key_1 {"color":null,"id":"tag_1","kind":"tag","number":1,"name":"THIRD","previous_name":"Third"}
            9 record.deleted tag_2 by key_1 {"color":null,"id":"tag_2","kind":"tag","number":2,"name":"Second","previous_name":"Second"}
            10 record.created tag_3 by key_1 {"color":null,"id":"tag_3","kind":"tag","number":3,"name":"Second"}
        "##]],
    );
}

#[test]
fn a_disposition_is_made_changed_and_deleted() {
    check(
        r#"
        POST /v1/dispositions {"name": " First ", "category": "call"}
        POST /v1/dispositions {"name": "Second"}
        POST /v1/dispositions {"name": "FIRST"}
        GET /v1/dispositions/{dis_1}
        PATCH /v1/dispositions/{dis_1} {"name": "Third", "category": "contact"}
        PATCH /v1/dispositions/{dis_1} {"name": "THIRD"}
        PATCH /v1/dispositions/{dis_1} {}
        PATCH /v1/dispositions/{dis_1} {"name": "second"}
        DELETE /v1/dispositions/{dis_2}
        DELETE /v1/dispositions/{dis_2}
        GET /v1/dispositions/{dis_2}
        PATCH /v1/dispositions/{dis_2} {"name": "Fourth"}
        POST /v1/dispositions {"name": "Second"}
        GET /v1/dispositions?limit=2
        log
        "#,
        &expect![[r#"
            > POST /v1/dispositions {"name": " First ", "category": "call"}
            201 Created
            {"data":{"id":"dis_1","number":15,"name":"First","category":"call","created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}}
            > POST /v1/dispositions {"name": "Second"}
            201 Created
            {"data":{"id":"dis_2","number":16,"name":"Second","category":"contact","created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z"}}
            > POST /v1/dispositions {"name": "FIRST"}
            201 Created
            {"data":{"id":"dis_3","number":17,"name":"FIRST","category":"contact","created_at":"2026-01-01T00:00:03Z","updated_at":"2026-01-01T00:00:03Z"}}
            > GET /v1/dispositions/{dis_1}
            200 OK
            {"data":{"id":"dis_1","number":15,"name":"First","category":"call","created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}}
            > PATCH /v1/dispositions/{dis_1} {"name": "Third", "category": "contact"}
            200 OK
            {"data":{"id":"dis_1","number":15,"name":"Third","category":"contact","created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:05Z"}}
            > PATCH /v1/dispositions/{dis_1} {"name": "THIRD"}
            200 OK
            {"data":{"id":"dis_1","number":15,"name":"THIRD","category":"contact","created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z"}}
            > PATCH /v1/dispositions/{dis_1} {}
            200 OK
            {"data":{"id":"dis_1","number":15,"name":"THIRD","category":"contact","created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z"}}
            > PATCH /v1/dispositions/{dis_1} {"name": "second"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'name' field is already in use by dis_2.","param":"name","status":409,"request_id":"req_…"}}
            > DELETE /v1/dispositions/{dis_2}
            204 No Content
            > DELETE /v1/dispositions/{dis_2}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such disposition.","status":404,"request_id":"req_…"}}
            > GET /v1/dispositions/{dis_2}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such disposition.","status":404,"request_id":"req_…"}}
            > PATCH /v1/dispositions/{dis_2} {"name": "Fourth"}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such disposition.","status":404,"request_id":"req_…"}}
            > POST /v1/dispositions {"name": "Second"}
            201 Created
            {"data":{"id":"dis_4","number":18,"name":"Second","category":"contact","created_at":"2026-01-01T00:00:13Z","updated_at":"2026-01-01T00:00:13Z"}}
            > GET /v1/dispositions?limit=2
            200 OK
            {"data":[{"id":"dis_4","number":18,"name":"Second","category":"contact","created_at":"2026-01-01T00:00:13Z","updated_at":"2026-01-01T00:00:13Z"},{"id":"dis_3","number":17,"name":"FIRST","category":"contact","created_at":"2026-01-01T00:00:03Z","updated_at":"2026-01-01T00:00:03Z"}],"pagination":{"limit":2,"has_more":true,"next_cursor":"dis_3"}}
            > log
            5 record.created dis_1 by key_1 {"category":"call","id":"dis_1","kind":"disposition","number":15,"name":"First"}
            6 record.created dis_2 by key_1 {"category":"contact","id":"dis_2","kind":"disposition","number":16,"name":"Second"}
            7 record.created dis_3 by key_1 {"category":"contact","id":"dis_3","kind":"disposition","number":17,"name":"FIRST"}
            8 record.updated dis_1 by key_1 {"category":"contact","id":"dis_1","kind":"disposition","number":15,"name":"Third","previous_name":"First"}
            9 record.updated dis_1 by key_1 {"category":"contact","id":"dis_1","kind":"disposition","number":15,"name":"THIRD","previous_name":"Third"}
            10 record.deleted dis_2 by key_1 {"category":"contact","id":"dis_2","kind":"disposition","number":16,"name":"Second","previous_name":"Second"}
            11 record.created dis_4 by key_1 {"category":"contact","id":"dis_4","kind":"disposition","number":18,"name":"Second"}
        "#]],
    );
}

#[test]
fn a_line_is_made_changed_and_deleted() {
    check(
        r#"
        POST /v1/lines {"name": " First ", "phone_number": "(818) 740-5020", "channel": "voice"}
        POST /v1/lines {"name": "Second"}
        POST /v1/lines {"name": "FIRST"}
        GET /v1/lines/{line_1}
        PATCH /v1/lines/{line_1} {"name": "Third", "phone_number": null, "channel": "sms"}
        PATCH /v1/lines/{line_1} {"name": "THIRD"}
        PATCH /v1/lines/{line_1} {}
        PATCH /v1/lines/{line_1} {"name": "second"}
        DELETE /v1/lines/{line_2}
        DELETE /v1/lines/{line_2}
        GET /v1/lines/{line_2}
        PATCH /v1/lines/{line_2} {"name": "Fourth"}
        POST /v1/lines {"name": "Second"}
        GET /v1/lines?limit=2
        log
        "#,
        &expect![[r#"
            > POST /v1/lines {"name": " First ", "phone_number": "(818) 740-5020", "channel": "voice"}
            201 Created
            {"data":{"id":"line_1","number":1,"name":"First","phone_number":"+18187405020","channel":"voice","owner_id":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}}
            > POST /v1/lines {"name": "Second"}
            201 Created
            {"data":{"id":"line_2","number":2,"name":"Second","phone_number":null,"channel":"sms","owner_id":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z"}}
            > POST /v1/lines {"name": "FIRST"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'name' field is already in use by line_1.","param":"name","status":409,"request_id":"req_…"}}
            > GET /v1/lines/{line_1}
            200 OK
            {"data":{"id":"line_1","number":1,"name":"First","phone_number":"+18187405020","channel":"voice","owner_id":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}}
            > PATCH /v1/lines/{line_1} {"name": "Third", "phone_number": null, "channel": "sms"}
            200 OK
            {"data":{"id":"line_1","number":1,"name":"Third","phone_number":null,"channel":"sms","owner_id":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:05Z"}}
            > PATCH /v1/lines/{line_1} {"name": "THIRD"}
            200 OK
            {"data":{"id":"line_1","number":1,"name":"THIRD","phone_number":null,"channel":"sms","owner_id":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z"}}
            > PATCH /v1/lines/{line_1} {}
            200 OK
            {"data":{"id":"line_1","number":1,"name":"THIRD","phone_number":null,"channel":"sms","owner_id":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z"}}
            > PATCH /v1/lines/{line_1} {"name": "second"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'name' field is already in use by line_2.","param":"name","status":409,"request_id":"req_…"}}
            > DELETE /v1/lines/{line_2}
            204 No Content
            > DELETE /v1/lines/{line_2}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such line.","status":404,"request_id":"req_…"}}
            > GET /v1/lines/{line_2}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such line.","status":404,"request_id":"req_…"}}
            > PATCH /v1/lines/{line_2} {"name": "Fourth"}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such line.","status":404,"request_id":"req_…"}}
            > POST /v1/lines {"name": "Second"}
            201 Created
            {"data":{"id":"line_3","number":3,"name":"Second","phone_number":null,"channel":"sms","owner_id":null,"created_at":"2026-01-01T00:00:13Z","updated_at":"2026-01-01T00:00:13Z"}}
            > GET /v1/lines?limit=2
            200 OK
            {"data":[{"id":"line_3","number":3,"name":"Second","phone_number":null,"channel":"sms","owner_id":null,"created_at":"2026-01-01T00:00:13Z","updated_at":"2026-01-01T00:00:13Z"},{"id":"line_1","number":1,"name":"THIRD","phone_number":null,"channel":"sms","owner_id":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z"}],"pagination":{"limit":2,"has_more":false,"next_cursor":null}}
            > log
            5 record.created line_1 by key_1 {"phone_number":"+18187405020","channel":"voice","owner_id":null,"id":"line_1","kind":"line","number":1,"name":"First"}
            6 record.created line_2 by key_1 {"phone_number":null,"channel":"sms","owner_id":null,"id":"line_2","kind":"line","number":2,"name":"Second"}
            7 record.updated line_1 by key_1 {"phone_number":null,"channel":"sms","owner_id":null,"id":"line_1","kind":"line","number":1,"name":"Third","previous_name":"First"}
            8 record.updated line_1 by key_1 {"phone_number":null,"channel":"sms","owner_id":null,"id":"line_1","kind":"line","number":1,"name":"THIRD","previous_name":"Third"}
            9 record.deleted line_2 by key_1 {"phone_number":null,"channel":"sms","owner_id":null,"id":"line_2","kind":"line","number":2,"name":"Second","previous_name":"Second"}
            10 record.created line_3 by key_1 {"phone_number":null,"channel":"sms","owner_id":null,"id":"line_3","kind":"line","number":3,"name":"Second"}
        "#]],
    );
}

#[test]
fn a_ring_group_is_made_changed_and_deleted() {
    check(
        r#"
        POST /v1/ring-groups {"name": " First ", "mode": "round_robin"}
        POST /v1/ring-groups {"name": "Second"}
        POST /v1/ring-groups {"name": "FIRST"}
        GET /v1/ring-groups/{rg_1}
        PATCH /v1/ring-groups/{rg_1} {"name": "Third", "mode": "random"}
        PATCH /v1/ring-groups/{rg_1} {"name": "THIRD"}
        PATCH /v1/ring-groups/{rg_1} {}
        PATCH /v1/ring-groups/{rg_1} {"name": "second"}
        DELETE /v1/ring-groups/{rg_2}
        DELETE /v1/ring-groups/{rg_2}
        GET /v1/ring-groups/{rg_2}
        PATCH /v1/ring-groups/{rg_2} {"name": "Fourth"}
        POST /v1/ring-groups {"name": "Second"}
        GET /v1/ring-groups?limit=2
        log
        "#,
        &expect![[r#"
            > POST /v1/ring-groups {"name": " First ", "mode": "round_robin"}
            201 Created
            {"data":{"id":"rg_1","number":1,"name":"First","operator_ids":[],"mode":"round_robin","created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}}
            > POST /v1/ring-groups {"name": "Second"}
            201 Created
            {"data":{"id":"rg_2","number":2,"name":"Second","operator_ids":[],"mode":"simultaneous","created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z"}}
            > POST /v1/ring-groups {"name": "FIRST"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'name' field is already in use by rg_1.","param":"name","status":409,"request_id":"req_…"}}
            > GET /v1/ring-groups/{rg_1}
            200 OK
            {"data":{"id":"rg_1","number":1,"name":"First","operator_ids":[],"mode":"round_robin","created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}}
            > PATCH /v1/ring-groups/{rg_1} {"name": "Third", "mode": "random"}
            200 OK
            {"data":{"id":"rg_1","number":1,"name":"Third","operator_ids":[],"mode":"random","created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:05Z"}}
            > PATCH /v1/ring-groups/{rg_1} {"name": "THIRD"}
            200 OK
            {"data":{"id":"rg_1","number":1,"name":"THIRD","operator_ids":[],"mode":"random","created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z"}}
            > PATCH /v1/ring-groups/{rg_1} {}
            200 OK
            {"data":{"id":"rg_1","number":1,"name":"THIRD","operator_ids":[],"mode":"random","created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z"}}
            > PATCH /v1/ring-groups/{rg_1} {"name": "second"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'name' field is already in use by rg_2.","param":"name","status":409,"request_id":"req_…"}}
            > DELETE /v1/ring-groups/{rg_2}
            204 No Content
            > DELETE /v1/ring-groups/{rg_2}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such ring group.","status":404,"request_id":"req_…"}}
            > GET /v1/ring-groups/{rg_2}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such ring group.","status":404,"request_id":"req_…"}}
            > PATCH /v1/ring-groups/{rg_2} {"name": "Fourth"}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such ring group.","status":404,"request_id":"req_…"}}
            > POST /v1/ring-groups {"name": "Second"}
            201 Created
            {"data":{"id":"rg_3","number":3,"name":"Second","operator_ids":[],"mode":"simultaneous","created_at":"2026-01-01T00:00:13Z","updated_at":"2026-01-01T00:00:13Z"}}
            > GET /v1/ring-groups?limit=2
            200 OK
            {"data":[{"id":"rg_3","number":3,"name":"Second","operator_ids":[],"mode":"simultaneous","created_at":"2026-01-01T00:00:13Z","updated_at":"2026-01-01T00:00:13Z"},{"id":"rg_1","number":1,"name":"THIRD","operator_ids":[],"mode":"random","created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z"}],"pagination":{"limit":2,"has_more":false,"next_cursor":null}}
            > log
            5 record.created rg_1 by key_1 {"operator_ids":[],"mode":"round_robin","id":"rg_1","kind":"ring_group","number":1,"name":"First"}
            6 record.created rg_2 by key_1 {"operator_ids":[],"mode":"simultaneous","id":"rg_2","kind":"ring_group","number":2,"name":"Second"}
            7 record.updated rg_1 by key_1 {"operator_ids":[],"mode":"random","id":"rg_1","kind":"ring_group","number":1,"name":"Third","previous_name":"First"}
            8 record.updated rg_1 by key_1 {"operator_ids":[],"mode":"random","id":"rg_1","kind":"ring_group","number":1,"name":"THIRD","previous_name":"Third"}
            9 record.deleted rg_2 by key_1 {"operator_ids":[],"mode":"simultaneous","id":"rg_2","kind":"ring_group","number":2,"name":"Second","previous_name":"Second"}
            10 record.created rg_3 by key_1 {"operator_ids":[],"mode":"simultaneous","id":"rg_3","kind":"ring_group","number":3,"name":"Second"}
        "#]],
    );
}

#[test]
fn a_sequence_is_made_changed_and_deleted() {
    check(
        r#"
        POST /v1/sequences {"name": " First ", "description": "Three steps"}
        POST /v1/sequences {"name": "Second"}
        POST /v1/sequences {"name": "FIRST"}
        GET /v1/sequences/{seq_1}
        PATCH /v1/sequences/{seq_1} {"name": "Third", "description": null}
        PATCH /v1/sequences/{seq_1} {"name": "THIRD"}
        PATCH /v1/sequences/{seq_1} {}
        PATCH /v1/sequences/{seq_1} {"name": "second"}
        DELETE /v1/sequences/{seq_2}
        DELETE /v1/sequences/{seq_2}
        GET /v1/sequences/{seq_2}
        PATCH /v1/sequences/{seq_2} {"name": "Fourth"}
        POST /v1/sequences {"name": "Second"}
        GET /v1/sequences?limit=2
        log
        "#,
        &expect![[r#"
            > POST /v1/sequences {"name": " First ", "description": "Three steps"}
            201 Created
            {"data":{"id":"seq_1","number":1,"name":"First","description":"Three steps","created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}}
            > POST /v1/sequences {"name": "Second"}
            201 Created
            {"data":{"id":"seq_2","number":2,"name":"Second","description":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z"}}
            > POST /v1/sequences {"name": "FIRST"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'name' field is already in use by seq_1.","param":"name","status":409,"request_id":"req_…"}}
            > GET /v1/sequences/{seq_1}
            200 OK
            {"data":{"id":"seq_1","number":1,"name":"First","description":"Three steps","created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}}
            > PATCH /v1/sequences/{seq_1} {"name": "Third", "description": null}
            200 OK
            {"data":{"id":"seq_1","number":1,"name":"Third","description":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:05Z"}}
            > PATCH /v1/sequences/{seq_1} {"name": "THIRD"}
            200 OK
            {"data":{"id":"seq_1","number":1,"name":"THIRD","description":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z"}}
            > PATCH /v1/sequences/{seq_1} {}
            200 OK
            {"data":{"id":"seq_1","number":1,"name":"THIRD","description":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z"}}
            > PATCH /v1/sequences/{seq_1} {"name": "second"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'name' field is already in use by seq_2.","param":"name","status":409,"request_id":"req_…"}}
            > DELETE /v1/sequences/{seq_2}
            204 No Content
            > DELETE /v1/sequences/{seq_2}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such sequence.","status":404,"request_id":"req_…"}}
            > GET /v1/sequences/{seq_2}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such sequence.","status":404,"request_id":"req_…"}}
            > PATCH /v1/sequences/{seq_2} {"name": "Fourth"}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such sequence.","status":404,"request_id":"req_…"}}
            > POST /v1/sequences {"name": "Second"}
            201 Created
            {"data":{"id":"seq_3","number":3,"name":"Second","description":null,"created_at":"2026-01-01T00:00:13Z","updated_at":"2026-01-01T00:00:13Z"}}
            > GET /v1/sequences?limit=2
            200 OK
            {"data":[{"id":"seq_3","number":3,"name":"Second","description":null,"created_at":"2026-01-01T00:00:13Z","updated_at":"2026-01-01T00:00:13Z"},{"id":"seq_1","number":1,"name":"THIRD","description":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z"}],"pagination":{"limit":2,"has_more":false,"next_cursor":null}}
            > log
            5 record.created seq_1 by key_1 {"description":"Three steps","id":"seq_1","kind":"sequence","number":1,"name":"First"}
            6 record.created seq_2 by key_1 {"description":null,"id":"seq_2","kind":"sequence","number":2,"name":"Second"}
            7 record.updated seq_1 by key_1 {"description":null,"id":"seq_1","kind":"sequence","number":1,"name":"Third","previous_name":"First"}
            8 record.updated seq_1 by key_1 {"description":null,"id":"seq_1","kind":"sequence","number":1,"name":"THIRD","previous_name":"Third"}
            9 record.deleted seq_2 by key_1 {"description":null,"id":"seq_2","kind":"sequence","number":2,"name":"Second","previous_name":"Second"}
            10 record.created seq_3 by key_1 {"description":null,"id":"seq_3","kind":"sequence","number":3,"name":"Second"}
        "#]],
    );
}

#[test]
fn a_list_is_made_changed_and_deleted() {
    check(
        r#"
        POST /v1/lists {"name": " First ", "description": "Of the fair"}
        POST /v1/lists {"name": "Second"}
        POST /v1/lists {"name": "FIRST"}
        GET /v1/lists/{list_1}
        PATCH /v1/lists/{list_1} {"name": "Third", "description": null}
        PATCH /v1/lists/{list_1} {"name": "THIRD"}
        PATCH /v1/lists/{list_1} {}
        PATCH /v1/lists/{list_1} {"name": "second"}
        DELETE /v1/lists/{list_2}
        DELETE /v1/lists/{list_2}
        GET /v1/lists/{list_2}
        PATCH /v1/lists/{list_2} {"name": "Fourth"}
        POST /v1/lists {"name": "Second"}
        GET /v1/lists?limit=2
        log
        "#,
        &expect![[r#"
            > POST /v1/lists {"name": " First ", "description": "Of the fair"}
            201 Created
            {"data":{"id":"list_1","number":1,"name":"First","description":"Of the fair","created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}}
            > POST /v1/lists {"name": "Second"}
            201 Created
            {"data":{"id":"list_2","number":2,"name":"Second","description":null,"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z"}}
            > POST /v1/lists {"name": "FIRST"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'name' field is already in use by list_1.","param":"name","status":409,"request_id":"req_…"}}
            > GET /v1/lists/{list_1}
            200 OK
            {"data":{"id":"list_1","number":1,"name":"First","description":"Of the fair","created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}}
            > PATCH /v1/lists/{list_1} {"name": "Third", "description": null}
            200 OK
            {"data":{"id":"list_1","number":1,"name":"Third","description":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:05Z"}}
            > PATCH /v1/lists/{list_1} {"name": "THIRD"}
            200 OK
            {"data":{"id":"list_1","number":1,"name":"THIRD","description":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z"}}
            > PATCH /v1/lists/{list_1} {}
            200 OK
            {"data":{"id":"list_1","number":1,"name":"THIRD","description":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z"}}
            > PATCH /v1/lists/{list_1} {"name": "second"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'name' field is already in use by list_2.","param":"name","status":409,"request_id":"req_…"}}
            > DELETE /v1/lists/{list_2}
            204 No Content
            > DELETE /v1/lists/{list_2}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such list.","status":404,"request_id":"req_…"}}
            > GET /v1/lists/{list_2}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such list.","status":404,"request_id":"req_…"}}
            > PATCH /v1/lists/{list_2} {"name": "Fourth"}
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such list.","status":404,"request_id":"req_…"}}
            > POST /v1/lists {"name": "Second"}
            201 Created
            {"data":{"id":"list_3","number":3,"name":"Second","description":null,"created_at":"2026-01-01T00:00:13Z","updated_at":"2026-01-01T00:00:13Z"}}
            > GET /v1/lists?limit=2
            200 OK
            {"data":[{"id":"list_3","number":3,"name":"Second","description":null,"created_at":"2026-01-01T00:00:13Z","updated_at":"2026-01-01T00:00:13Z"},{"id":"list_1","number":1,"name":"THIRD","description":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z"}],"pagination":{"limit":2,"has_more":false,"next_cursor":null}}
            > log
            5 record.created list_1 by key_1 {"description":"Of the fair","id":"list_1","kind":"list","number":1,"name":"First"}
            6 record.created list_2 by key_1 {"description":null,"id":"list_2","kind":"list","number":2,"name":"Second"}
            7 record.updated list_1 by key_1 {"description":null,"id":"list_1","kind":"list","number":1,"name":"Third","previous_name":"First"}
            8 record.updated list_1 by key_1 {"description":null,"id":"list_1","kind":"list","number":1,"name":"THIRD","previous_name":"Third"}
            9 record.deleted list_2 by key_1 {"description":null,"id":"list_2","kind":"list","number":2,"name":"Second","previous_name":"Second"}
            10 record.created list_3 by key_1 {"description":null,"id":"list_3","kind":"list","number":3,"name":"Second"}
        "#]],
    );
}

#[test]
fn macros_views_and_segments_hold_what_can_be_done_and_looked_for() {
    check(
        r#"
        POST /v1/macros {"name": "Thanks", "body": "Thanks, {{contact.first_name|there}}", "actions": [{"do": "add_tags", "tags": ["vip"]}, {"do": "assign", "to": "me"}, {"do": "close"}]}
        PATCH /v1/macros/{mac_1} {"is_note": true}
        POST /v1/macros {"name": "Wrong", "actions": [{"do": "assign", "to": "nobody"}]}
        POST /v1/macros {"name": "Wrong", "actions": [{"do": "set_priority", "priority": "loud"}]}
        POST /v1/macros {"name": "Wrong", "actions": [{"do": "dance"}]}
        POST /v1/views {"name": "Mine, urgent", "filter": {"status": "open", "assigned_to": "me", "priority": "urgent"}}
        POST /v1/views {"name": "Wrong", "filter": {"color": "red"}}
        POST /v1/segments {"name": "Regulars", "filters": {"tags": ["regular"]}}
        POST /v1/segments {"name": "Wrong", "filters": {"phone": "x"}}
        POST /v1/segments {"name": "Wrong", "filters": {"created_after": 7}}
        "#,
        &expect![[r#"
            > POST /v1/macros {"name": "Thanks", "body": "Thanks, {{contact.first_name|there}}", "actions": [{"do": "add_tags", "tags": ["vip"]}, {"do": "assign", "to": "me"}, {"do": "close"}]}
            201 Created
            {"data":{"id":"mac_1","number":1,"name":"Thanks","body":"Thanks, {{contact.first_name|there}}","is_note":false,"actions":[{"do":"add_tags","tags":["vip"]},{"do":"assign","to":"me"},{"do":"close"}],"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}}
            > PATCH /v1/macros/{mac_1} {"is_note": true}
            200 OK
            {"data":{"id":"mac_1","number":1,"name":"Thanks","body":"Thanks, {{contact.first_name|there}}","is_note":true,"actions":[{"do":"add_tags","tags":["vip"]},{"do":"assign","to":"me"},{"do":"close"}],"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:02Z"}}
            > POST /v1/macros {"name": "Wrong", "actions": [{"do": "assign", "to": "nobody"}]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'actions' field must name an operator of this workspace.","param":"actions","status":422,"request_id":"req_…"}}
            > POST /v1/macros {"name": "Wrong", "actions": [{"do": "set_priority", "priority": "loud"}]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'actions' field must set a priority of low, normal, high or urgent.","param":"actions","status":422,"request_id":"req_…"}}
            > POST /v1/macros {"name": "Wrong", "actions": [{"do": "dance"}]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'actions[0].do' field must be one of `add_tags`, `assign`, `set_priority`, `snooze`, `close`.","param":"actions[0].do","status":422,"request_id":"req_…"}}
            > POST /v1/views {"name": "Mine, urgent", "filter": {"status": "open", "assigned_to": "me", "priority": "urgent"}}
            201 Created
            {"data":{"id":"view_1","number":1,"name":"Mine, urgent","filter":{"status":"open","assigned_to":"me","priority":"urgent"},"owner_id":null,"created_at":"2026-01-01T00:00:06Z","updated_at":"2026-01-01T00:00:06Z"}}
            > POST /v1/views {"name": "Wrong", "filter": {"color": "red"}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'filter.color' field must be one of `status`, `assigned_to`, `tag`, `channel`, `priority`, `snoozed`.","param":"filter.color","status":422,"request_id":"req_…"}}
            > POST /v1/segments {"name": "Regulars", "filters": {"tags": ["regular"]}}
            201 Created
            {"data":{"id":"seg_1","number":1,"name":"Regulars","filters":{"tags":["regular"]},"search":{},"description":null,"owner_id":null,"created_at":"2026-01-01T00:00:08Z","updated_at":"2026-01-01T00:00:08Z"}}
            > POST /v1/segments {"name": "Wrong", "filters": {"phone": "x"}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'filters.phone' field must be a phone number.","param":"filters.phone","status":422,"request_id":"req_…"}}
            > POST /v1/segments {"name": "Wrong", "filters": {"created_after": 7}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'filters' field cannot be searched by: invalid type: integer `7`, expected a string.","param":"filters","status":422,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn an_attribute_says_what_its_values_are() {
    check(
        r#"
        POST /v1/attributes {"name": "plan", "label": "Plan", "kind": "choice", "choices": ["free", "pro"]}
        POST /v1/attributes {"name": "seats", "kind": "number"}
        POST /v1/attributes {"name": "PLAN"}
        POST /v1/attributes {"name": "size", "kind": "choice"}
        POST /v1/attributes {"name": "size", "kind": "colour"}
        POST /v1/attributes {"name": "size", "kind": "choice", "choices": [" "]}
        PATCH /v1/attributes/{attr_1} {"label": null, "kind": "text"}
        "#,
        &expect![[r#"
            > POST /v1/attributes {"name": "plan", "label": "Plan", "kind": "choice", "choices": ["free", "pro"]}
            201 Created
            {"data":{"id":"attr_1","number":1,"name":"plan","label":"Plan","kind":"choice","choices":["free","pro"],"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}}
            > POST /v1/attributes {"name": "seats", "kind": "number"}
            201 Created
            {"data":{"id":"attr_2","number":2,"name":"seats","label":null,"kind":"number","choices":[],"created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-01T00:00:02Z"}}
            > POST /v1/attributes {"name": "PLAN"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'name' field is already in use by attr_1.","param":"name","status":409,"request_id":"req_…"}}
            > POST /v1/attributes {"name": "size", "kind": "choice"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'choices' field must name at least one for a choice.","param":"choices","status":422,"request_id":"req_…"}}
            > POST /v1/attributes {"name": "size", "kind": "colour"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'kind' field must be one of `text`, `number`, `flag`, `date`, `choice`.","param":"kind","status":422,"request_id":"req_…"}}
            > POST /v1/attributes {"name": "size", "kind": "choice", "choices": [" "]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'choices' field must be at most 100, of 1 to 200 characters each.","param":"choices","status":422,"request_id":"req_…"}}
            > PATCH /v1/attributes/{attr_1} {"label": null, "kind": "text"}
            200 OK
            {"data":{"id":"attr_1","number":1,"name":"plan","label":null,"kind":"text","choices":["free","pro"],"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:07Z"}}
        "#]],
    );
}
