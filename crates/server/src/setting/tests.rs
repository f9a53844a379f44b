//! What a workspace decides, as transcripts.

use expect_test::expect;

use super::first_run;
use crate::testing::{Ask, Stage, block_on, check, databases};

#[test]
fn settings_are_those_of_the_installation_until_decided() {
    check(
        r#"
        GET /v1/settings
        PATCH /v1/settings {"region": "au", "timezone": "Australia/Sydney", "duplicate_policy": "reject_409", "lead_recipients": ["sales@example.com"]}
        as other
        GET /v1/settings
        as admin
        PATCH /v1/settings {"region": null, "duplicate_policy": null, "zapier_open": true}
        log
        "#,
        &expect![[r#"
            > GET /v1/settings
            200 OK
            {"data":{"region":"US","timezone":null,"duplicate_policy":"accept","zapier_open":false,"lead_recipients":[],"returning_is_new":false,"routing":"round_robin","hand_back":"when_offline","auto_close_minutes":null,"auto_close_warning_minutes":5,"reopen_days":7}}
            > PATCH /v1/settings {"region": "au", "timezone": "Australia/Sydney", "duplicate_policy": "reject_409", "lead_recipients": ["sales@example.com"]}
            200 OK
            {"data":{"region":"AU","timezone":"Australia/Sydney","duplicate_policy":"reject_409","zapier_open":false,"lead_recipients":["sales@example.com"],"returning_is_new":false,"routing":"round_robin","hand_back":"when_offline","auto_close_minutes":null,"auto_close_warning_minutes":5,"reopen_days":7}}
            > as other
            > GET /v1/settings
            200 OK
            {"data":{"region":"US","timezone":null,"duplicate_policy":"accept","zapier_open":false,"lead_recipients":[],"returning_is_new":false,"routing":"round_robin","hand_back":"when_offline","auto_close_minutes":null,"auto_close_warning_minutes":5,"reopen_days":7}}
            > as admin
            > PATCH /v1/settings {"region": null, "duplicate_policy": null, "zapier_open": true}
            200 OK
            {"data":{"region":"US","timezone":"Australia/Sydney","duplicate_policy":"accept","zapier_open":true,"lead_recipients":["sales@example.com"],"returning_is_new":false,"routing":"round_robin","hand_back":"when_offline","auto_close_minutes":null,"auto_close_warning_minutes":5,"reopen_days":7}}
            > log
            5 settings.updated settings by key_1 {"region":"AU","timezone":"Australia/Sydney","duplicate_policy":"reject_409","zapier_open":false,"lead_recipients":["sales@example.com"],"returning_is_new":false,"routing":"round_robin","hand_back":"when_offline","auto_close_minutes":null,"auto_close_warning_minutes":5,"reopen_days":7}
            6 settings.updated settings by key_1 {"region":"US","timezone":"Australia/Sydney","duplicate_policy":"accept","zapier_open":true,"lead_recipients":["sales@example.com"],"returning_is_new":false,"routing":"round_robin","hand_back":"when_offline","auto_close_minutes":null,"auto_close_warning_minutes":5,"reopen_days":7}
        "#]],
    );
}

#[test]
fn what_a_setting_cannot_be_is_refused() {
    check(
        r#"
        PATCH /v1/settings {"region": "XX"}
        PATCH /v1/settings {"timezone": "Mars/Olympus"}
        PATCH /v1/settings {"duplicate_policy": "maybe"}
        PATCH /v1/settings {"lead_recipients": ["nobody"]}
        as write
        GET /v1/settings
        "#,
        &expect![[r#"
            > PATCH /v1/settings {"region": "XX"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'region' field must be the two letters of a country.","param":"region","status":422,"request_id":"req_…"}}
            > PATCH /v1/settings {"timezone": "Mars/Olympus"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'timezone' field must be a time zone of the IANA list.","param":"timezone","status":422,"request_id":"req_…"}}
            > PATCH /v1/settings {"duplicate_policy": "maybe"}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'duplicate_policy' field must be one of `accept`, `reject_400`, `reject_409`.","param":"duplicate_policy","status":422,"request_id":"req_…"}}
            > PATCH /v1/settings {"lead_recipients": ["nobody"]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'lead_recipients[0]' field must be a valid email address.","param":"lead_recipients[0]","status":422,"request_id":"req_…"}}
            > as write
            > GET /v1/settings
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"This needs the scope 'admin', which your credential does not have.","status":403,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn a_first_run_is_only_where_the_program_was_claimed() {
    check(
        r#"
        GET /v1/first-run
        PATCH /v1/first-run {"is_ended": true}
        PATCH /v1/first-run {"steps": {"garage": "done"}}
        as write
        GET /v1/first-run
        "#,
        &expect![[r#"
            > GET /v1/first-run
            200 OK
            {"data":{"steps":{},"begun_at":null,"ended_at":null,"hidden_at":null}}
            > PATCH /v1/first-run {"is_ended": true}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"This workspace was not claimed, so it has no first run.","status":409,"request_id":"req_…"}}
            > PATCH /v1/first-run {"steps": {"garage": "done"}}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'steps.?' field must be one of `admin`, `site`, `snippet`, `mail`.","param":"steps.?","status":422,"request_id":"req_…"}}
            > as write
            > GET /v1/first-run
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"This needs the scope 'admin', which your credential does not have.","status":403,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn a_first_run_keeps_how_far_it_came() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set(&database).await;
            stage.app.store.write(&stage.scope("admin"), first_run::begin).await.unwrap();
            let change = async |body: &str| {
                let ask = Ask { method: "PATCH", path: "/v1/first-run", headers: &[], body };
                let answer = stage.send("admin", ask).await;
                assert_eq!(answer.code(), 200, "{}", answer.body);
                serde_json::from_str::<serde_json::Value>(&answer.body).unwrap()["data"].clone()
            };
            change(r#"{"steps": {"admin": "done"}}"#).await;
            let now = change(r#"{"steps": {"site": "skipped"}}"#).await;
            assert_eq!(now["steps"], serde_json::json!({ "admin": "done", "site": "skipped" }));
            assert!(now["begun_at"].is_string() && now["ended_at"].is_null());
            let ended = change(r#"{"is_ended": true}"#).await["ended_at"].clone();
            assert!(ended.is_string());
            let hidden = change(r#"{"is_ended": true, "is_hidden": true}"#).await;
            assert_eq!(hidden["ended_at"], ended, "it ends once");
            assert!(hidden["hidden_at"].is_string());
        }
    });
}
