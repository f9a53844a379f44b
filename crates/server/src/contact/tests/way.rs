//! Several addresses and numbers of one person.

use expect_test::expect;

use super::{on_each_engine, post};
use crate::testing::check;

#[test]
fn a_person_has_several_labelled_addresses_and_numbers() {
    check(
        r#"
        POST /v1/contacts {"email": "ada@work.example", "phone": "+18187405020", "emails": [{"email": "ada@home.example", "label": "home"}, {"email": "ada@third.example"}], "phones": [{"phone": "+61 412 345 678", "label": " mobile "}]}
        GET /v1/contacts?email=ADA@home.example
        GET /v1/contacts?phone=%2B61412345678
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "ada@work.example", "phone": "+18187405020", "emails": [{"email": "ada@home.example", "label": "home"}, {"email": "ada@third.example"}], "phones": [{"phone": "+61 412 345 678", "label": " mobile "}]}
            201 Created
            {"data":{"id":"con_1","email":"ada@work.example","name":null,"phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":true,"emails":[{"email":"ada@work.example","label":null},{"email":"ada@home.example","label":"home"},{"email":"ada@third.example","label":null}],"phones":[{"phone":"+18187405020","label":null},{"phone":"+61412345678","label":"mobile"}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > GET /v1/contacts?email=ADA@home.example
            200 OK
            {"data":[{"id":"con_1","email":"ada@work.example","name":null,"phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":true,"emails":[{"email":"ada@work.example","label":null},{"email":"ada@home.example","label":"home"},{"email":"ada@third.example","label":null}],"phones":[{"phone":"+18187405020","label":null},{"phone":"+61412345678","label":"mobile"}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/contacts?phone=%2B61412345678
            200 OK
            {"data":[{"id":"con_1","email":"ada@work.example","name":null,"phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":true,"emails":[{"email":"ada@work.example","label":null},{"email":"ada@home.example","label":"home"},{"email":"ada@third.example","label":null}],"phones":[{"phone":"+18187405020","label":null},{"phone":"+61412345678","label":"mobile"}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_further_address_or_number_is_unique_too() {
    check(
        r#"
        brief
        POST /v1/contacts {"email": "ada@work.example", "emails": [{"email": "ada@home.example"}], "phones": [{"phone": "+18187405020"}]}
        POST /v1/contacts {"email": "Ada@Home.example"}
        POST /v1/contacts {"email": "bob@work.example", "emails": [{"email": "ADA@WORK.example"}]}
        POST /v1/contacts {"email": "bob@work.example", "phone": "8187405020"}
        POST /v1/contacts {"email": "bob@work.example", "phone": "+61412345678", "phones": [{"phone": "818 740 5020"}]}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/contacts {"email": "ada@work.example", "emails": [{"email": "ada@home.example"}], "phones": [{"phone": "+18187405020"}]}
            201 Created
            {"data":"con_1"}
            > POST /v1/contacts {"email": "Ada@Home.example"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'email' field is already in use by con_1.","param":"email","status":409,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "bob@work.example", "emails": [{"email": "ADA@WORK.example"}]}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'emails' field is already in use by con_1.","param":"emails","status":409,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "bob@work.example", "phone": "8187405020"}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'phone' field is already in use by con_1.","param":"phone","status":409,"request_id":"req_…"}}
            > POST /v1/contacts {"email": "bob@work.example", "phone": "+61412345678", "phones": [{"phone": "818 740 5020"}]}
            409 Conflict
            {"error":{"type":"api_error","code":"already_exists","message":"The 'phones' field is already in use by con_1.","param":"phones","status":409,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn a_label_stays_however_its_address_or_number_is_written() {
    check(
        r#"
        POST /v1/contacts {"email": "Ada@Work.example", "phone": "+18187405020", "emails": [{"email": "ada@work.example", "label": "work"}], "phones": [{"phone": "(818) 740-5020", "label": "mobile"}]}
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "Ada@Work.example", "phone": "+18187405020", "emails": [{"email": "ada@work.example", "label": "work"}], "phones": [{"phone": "(818) 740-5020", "label": "mobile"}]}
            201 Created
            {"data":{"id":"con_1","email":"Ada@Work.example","name":null,"phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":true,"emails":[{"email":"Ada@Work.example","label":"work"}],"phones":[{"phone":"+18187405020","label":"mobile"}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
        "#]],
    );
}

#[test]
fn the_first_changes_and_the_others_stay() {
    check(
        r#"
        POST /v1/contacts {"email": "one@b.co", "phone": "+18187405020", "emails": [{"email": "two@b.co", "label": "home"}], "phones": [{"phone": "+61412345678", "label": "mobile"}]}
        PATCH /v1/contacts/{con_1} {"email": "three@b.co"}
        PATCH /v1/contacts/{con_1} {"email": "two@b.co"}
        PATCH /v1/contacts/{con_1} {"phone": null}
        PATCH /v1/contacts/{con_1} {"emails": [{"email": "four@b.co"}]}
        PATCH /v1/contacts/{con_1} {"emails": null, "phones": []}
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "one@b.co", "phone": "+18187405020", "emails": [{"email": "two@b.co", "label": "home"}], "phones": [{"phone": "+61412345678", "label": "mobile"}]}
            201 Created
            {"data":{"id":"con_1","email":"one@b.co","name":null,"phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":true,"emails":[{"email":"one@b.co","label":null},{"email":"two@b.co","label":"home"}],"phones":[{"phone":"+18187405020","label":null},{"phone":"+61412345678","label":"mobile"}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"email": "three@b.co"}
            200 OK
            {"data":{"id":"con_1","email":"three@b.co","name":null,"phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":true,"emails":[{"email":"three@b.co","label":null},{"email":"two@b.co","label":"home"}],"phones":[{"phone":"+18187405020","label":null},{"phone":"+61412345678","label":"mobile"}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"email": "two@b.co"}
            200 OK
            {"data":{"id":"con_1","email":"two@b.co","name":null,"phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:03Z","number":1,"phone_valid":true,"emails":[{"email":"two@b.co","label":"home"}],"phones":[{"phone":"+18187405020","label":null},{"phone":"+61412345678","label":"mobile"}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"phone": null}
            200 OK
            {"data":{"id":"con_1","email":"two@b.co","name":null,"phone":"+61412345678","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:04Z","number":1,"phone_valid":true,"emails":[{"email":"two@b.co","label":"home"}],"phones":[{"phone":"+61412345678","label":"mobile"}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"emails": [{"email": "four@b.co"}]}
            200 OK
            {"data":{"id":"con_1","email":"two@b.co","name":null,"phone":"+61412345678","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:05Z","number":1,"phone_valid":true,"emails":[{"email":"two@b.co","label":"home"},{"email":"four@b.co","label":null}],"phones":[{"phone":"+61412345678","label":"mobile"}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"emails": null, "phones": []}
            200 OK
            {"data":{"id":"con_1","email":"two@b.co","name":null,"phone":"+61412345678","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:06Z","number":1,"phone_valid":true,"emails":[{"email":"two@b.co","label":"home"}],"phones":[{"phone":"+61412345678","label":"mobile"}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
        "#]],
    );
}

#[test]
fn thousands_of_addresses_or_numbers_are_refused_at_once() {
    on_each_engine(async |stage| {
        let emails = |count: usize| -> String {
            let all: Vec<String> =
                (0..count).map(|i| format!("{{\"email\": \"{i}@b.co\"}}")).collect();
            format!("{{\"email\": \"a@b.co\", \"emails\": [{}]}}", all.join(", "))
        };
        let phones = |count: usize| -> String {
            let all: Vec<String> =
                (0..count).map(|i| format!("{{\"phone\": \"+1818740{i:05}\"}}")).collect();
            format!("{{\"email\": \"a@b.co\", \"phones\": [{}]}}", all.join(", "))
        };
        for (body, problem) in [
            (emails(20), "The 'emails' field must be at most 20 addresses."),
            (emails(20_000), "The 'emails' field must be at most 20 addresses."),
            (phones(21), "The 'phones' field must be at most 20 numbers."),
            (phones(20_000), "The 'phones' field must be at most 20 numbers."),
        ] {
            let answer = post(stage, "/v1/contacts", &body).await;
            assert_eq!(answer.status, "422 Unprocessable Entity");
            assert!(answer.body.contains(problem), "{}", answer.body);
        }
        assert_eq!(post(stage, "/v1/contacts", &emails(19)).await.status, "201 Created");
    });
}

#[test]
fn a_label_has_forty_letters() {
    on_each_engine(async |stage| {
        for (letters, wanted) in [(40, "201 Created"), (41, "422 Unprocessable Entity")] {
            let label = "é".repeat(letters);
            let body = format!(
                "{{\"email\": \"{letters}@b.co\", \"emails\": [{{\"email\": \"x@b.co\", \"label\": \"{label}\"}}]}}"
            );
            assert_eq!(post(stage, "/v1/contacts", &body).await.status, wanted);
        }
    });
}

#[test]
fn an_extension_is_kept_apart() {
    check(
        r#"
        POST /v1/contacts {"email": "ada@example.com", "phone": "+1 818-740-5020 ext. 12", "phones": [{"phone": "+1 818-740-5021 x7", "label": "work"}, {"phone": "8187405022", "extension": "9"}]}
        PATCH /v1/contacts/{con_1} {"phone": "+1 818-740-5023"}
        PATCH /v1/contacts/{con_1} {"phone": "+1 818-740-5024;ext=3"}
        PATCH /v1/contacts/{con_1} {"phones": [{"phone": "8187405024", "extension": "none"}]}
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email": "ada@example.com", "phone": "+1 818-740-5020 ext. 12", "phones": [{"phone": "+1 818-740-5021 x7", "label": "work"}, {"phone": "8187405022", "extension": "9"}]}
            201 Created
            {"data":{"id":"con_1","email":"ada@example.com","name":null,"phone":"+18187405020","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+18187405020","label":null,"extension":"12"},{"phone":"+18187405021","label":"work","extension":"7"},{"phone":"+18187405022","label":null,"extension":"9"}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"phone": "+1 818-740-5023"}
            200 OK
            {"data":{"id":"con_1","email":"ada@example.com","name":null,"phone":"+18187405023","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:02Z","number":1,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+18187405023","label":null},{"phone":"+18187405021","label":"work","extension":"7"},{"phone":"+18187405022","label":null,"extension":"9"}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"phone": "+1 818-740-5024;ext=3"}
            200 OK
            {"data":{"id":"con_1","email":"ada@example.com","name":null,"phone":"+18187405024","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:03Z","number":1,"phone_valid":true,"emails":[{"email":"ada@example.com","label":null}],"phones":[{"phone":"+18187405024","label":null,"extension":"3"},{"phone":"+18187405021","label":"work","extension":"7"},{"phone":"+18187405022","label":null,"extension":"9"}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > PATCH /v1/contacts/{con_1} {"phones": [{"phone": "8187405024", "extension": "none"}]}
            422 Unprocessable Entity
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'phones' field must have extensions of at most 20 digits.","param":"phones","status":422,"request_id":"req_…"}}
        "#]],
    );
}
