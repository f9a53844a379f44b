//! Custom attributes.

use expect_test::expect;

use super::{ask, delete_made, made_id, on_each_engine, post};
use crate::testing::check;

#[test]
fn nested_values_are_kept_as_given() {
    check(
        r#"
        POST /v1/contacts {"email": "a@b.co", "custom_attributes": {"z": {"b": [1, {"c": null}], "a": "Ünï\u0041"}, "float": 1.50, "large": 9007199254740993, "none": null, "yes": true}}
        GET /v1/contacts/{con_1}
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "a@b.co", "custom_attributes": {"z": {"b": [1, {"c": null}], "a": "Ünï\u0041"}, "float": 1.50, "large": 9007199254740993, "none": null, "yes": true}}
            201 Created
            {"data":{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{"z":{"b":[1,{"c":null}],"a":"ÜnïA"},"float":1.5,"large":9007199254740993,"none":null,"yes":true},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > GET /v1/contacts/{con_1}
            200 OK
            {"data":{"id":"con_1","email":"a@b.co","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{"z":{"b":[1,{"c":null}],"a":"ÜnïA"},"float":1.5,"large":9007199254740993,"none":null,"yes":true},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"a@b.co","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
        "#]],
    );
}

#[test]
fn attributes_have_limits_in_keys_letters_and_bytes() {
    on_each_engine(async |stage| {
        let attributes = |count: usize| -> String {
            let all: Vec<String> = (0..count).map(|key| format!("\"key_{key}\": {key}")).collect();
            all.join(", ")
        };
        let long = |chars: usize| format!("\"{}\": 1", "é".repeat(chars));
        let large = |bytes: usize| format!("\"text\": \"{}\"", "x".repeat(bytes));
        for (attributes, wanted) in [
            (attributes(100), None),
            (attributes(101), Some("must have at most 100 keys")),
            (long(64), None),
            (long(65), Some("must have keys of 1 to 64 characters")),
            // `{"text":"…"}` has eleven bytes beside the text.
            (large((64 << 10) - 11), None),
            (large((64 << 10) - 10), Some("must be at most 64 KiB in all")),
        ] {
            let body =
                format!("{{\"email\": \"a@b.co\", \"custom_attributes\": {{{attributes}}}}}");
            let answer = post(stage, "/v1/contacts", &body).await;
            match wanted {
                None => {
                    assert_eq!(answer.status, "201 Created", "{}", answer.body);
                    delete_made(stage, &answer).await;
                }
                Some(problem) => {
                    assert_eq!(answer.status, "422 Unprocessable Entity");
                    let wanted = format!("The 'custom_attributes' field {problem}.");
                    assert!(answer.body.contains(&wanted), "{}", answer.body);
                }
            }
        }
    });
}

#[test]
fn merged_attributes_have_the_same_limits() {
    on_each_engine(async |stage| {
        let all: Vec<String> = (0..100).map(|key| format!("\"key_{key}\": {key}")).collect();
        let all = all.join(", ");
        let body = format!("{{\"email\": \"a@b.co\", \"custom_attributes\": {{{all}}}}}");
        let id = made_id(&post(stage, "/v1/contacts", &body).await);
        let path = format!("/v1/contacts/{id}");
        let one_more = r#"{"custom_attributes": {"one_more": 1}}"#;
        let answer = ask(stage, "PATCH", &path, one_more).await;
        assert_eq!(answer.status, "422 Unprocessable Entity", "{}", answer.body);
        let one_for_another = r#"{"custom_attributes": {"one_more": 1, "key_0": null}}"#;
        let answer = ask(stage, "PATCH", &path, one_for_another).await;
        assert_eq!(answer.status, "200 OK", "{}", answer.body);
    });
}

#[test]
fn a_thousand_attributes_to_filter_by_are_refused_and_never_a_server_error() {
    on_each_engine(async |stage| {
        let all: Vec<String> = (0..2_000).map(|key| format!("\"key_{key}\": {key}")).collect();
        let body = format!("{{\"filters\": {{\"custom_attributes\": {{{}}}}}}}", all.join(", "));
        let answer = post(stage, "/v1/contacts/search", &body).await;
        assert_eq!(answer.status, "422 Unprocessable Entity", "{}", answer.body);
    });
}
