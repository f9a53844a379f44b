//! The log of requests, as transcripts.

use expect_test::expect;
use jiff::{SignedDuration, Timestamp};

use super::Logged;
use crate::{
    error::Error,
    id::Id,
    testing::{Stage, block_on, check, databases},
};

#[test]
fn requests_of_keys_are_written_down_without_what_they_sent() {
    check(
        r#"
        as write
        POST /v1/contacts {"email": "ada@example.com"}
        POST /v1/contacts {"email": "nothing"}
        GET /v1/contacts/ada@example.com?secret=1
        DELETE /v1/nothing
        as other
        GET /v1/contacts
        settle
        from here
        as admin
        GET /v1/request-log?limit=10
        GET /v1/request-log?status=4xx&path=/v1/contacts&per_page=1
        GET /v1/request-log?asker=key_none
        GET /v1/request-log?status=9xx
        as other
        GET /v1/request-log
        "#,
        &expect![[r#"
            > as admin
            > GET /v1/request-log?limit=10
            200 OK
            {"data":[{"id":"req_…","at":"2026-01-01T00:00:04Z","asker":"key_1","method":"DELETE","path":"/v1/nothing","status":404,"took_us":,"code":"not_found"},{"id":"req_…","at":"2026-01-01T00:00:03Z","asker":"key_1","method":"GET","path":"/v1/contacts/…","status":404,"took_us":,"code":"not_found"},{"id":"req_…","at":"2026-01-01T00:00:02Z","asker":"key_1","method":"POST","path":"/v1/contacts","status":422,"took_us":,"code":"invalid_parameter"},{"id":"req_…","at":"2026-01-01T00:00:01Z","asker":"key_1","method":"POST","path":"/v1/contacts","status":201,"took_us":,"code":null}],"pagination":{"limit":10,"has_more":false,"next_cursor":null}}
            > GET /v1/request-log?status=4xx&path=/v1/contacts&per_page=1
            200 OK
            {"data":[{"id":"req_…","at":"2026-01-01T00:00:03Z","asker":"key_1","method":"GET","path":"/v1/contacts/…","status":404,"took_us":,"code":"not_found"}],"pagination":{"page":1,"per_page":1,"total":2,"has_more":true}}
            > GET /v1/request-log?asker=key_none
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/request-log?status=9xx
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'status' parameter must be such as '404' or '4xx'.","param":"status","status":400,"request_id":"req_…"}}
            > as other
            > GET /v1/request-log
            200 OK
            {"data":[{"id":"req_…","at":"2026-01-01T00:00:05Z","asker":"key_2","method":"GET","path":"/v1/contacts","status":200,"took_us":,"code":null}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
        "#]],
    );
}

#[test]
fn requests_are_forgotten_after_thirty_days() {
    check(
        r"
        as write
        GET /v1/tags
        settle
        tick 721h
        settle
        from here
        as admin
        GET /v1/request-log?path=/v1/tags
        ",
        &expect![[r#"
            > as admin
            > GET /v1/request-log?path=/v1/tags
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_path_is_kept_without_addresses() {
    assert_eq!(super::path_of("/v1/contacts/con_1"), "/v1/contacts/con_1");
    assert_eq!(super::path_of("/v1/contacts/ada%40example.com/tags"), "/v1/contacts/…/tags");
    assert_eq!(super::path_of(&format!("/v1/{}", "x".repeat(900))).len(), 200);
}

#[test]
fn a_burst_is_written_down_in_part_and_the_oldest_rows_go() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set(&database).await;
            let scope = stage.scope("admin");
            let note = |from: i64, count: i64| {
                for number in from..from + count {
                    let at = Timestamp::UNIX_EPOCH + SignedDuration::from_millis(number);
                    let logged = Logged {
                        id: Id::new(at, u128::try_from(number).unwrap()),
                        at,
                        asker: "key_x".to_owned(),
                        method: "GET".to_owned(),
                        path: "/v1/tags".to_owned(),
                        status: 200,
                        took_us: 1,
                        code: None,
                    };
                    stage.app.requests.note(scope.workspace(), logged);
                }
            };
            let oldest = async || {
                let read = stage.app.store.read(&scope, |tx| {
                    let sql = "select count(*), min(at) from request where workspace = ?1";
                    tx.first(sql, &[], |row| Ok::<_, Error>((row.get::<i64>(0)?, row.get(1)?)))
                });
                let (count, at): (i64, Timestamp) = read.await.unwrap().unwrap();
                (count, at.as_millisecond())
            };
            note(0, 600);
            stage.app.requests.write(&stage.app.store).await.unwrap();
            assert_eq!(oldest().await, (500, 0), "what is too much is not written down");
            for round in 1..21 {
                note(1_000 * round, 500);
                stage.app.requests.write(&stage.app.store).await.unwrap();
            }
            assert_eq!(oldest().await, (10_000, 1_000), "the first 500 are gone");
        }
    });
}
