//! Fields in all their spellings, and what is made of those that cannot be read.

use expect_test::expect;

use super::check_staged;

#[test]
fn parameters_come_from_anywhere_in_any_spelling() {
    check_staged(
        r#"
        as intake
        POST /api/v1/webhook/forms?api_token={intake}&phone_number=8187405021&name=From+the+query
        header Content-Type: application/x-www-form-urlencoded
        POST /api/v1/webhook/forms api_token={intake}&phone_number=%2B1+818-740-5022&company+name=Forms+Ltd&other_phone_numbers[0][phone_number]=8187405032&other_phone_numbers[0][label]=work
        POST /api/v1/webhook/forms {"API_TOKEN":"{intake}","Phone Number":"(818) 740-5023","Company":"Spelt Ltd","zip code":90210,"First_Name":"Eve","LAST-NAME":"Adams","Sequence_id":1}
        POST /api/v1/webhook/forms?phone_number=8187405024 {"api_token":"{intake}","phone":"8187405099","other_phone_numbers":[["home","8187405034"],"8187405044",{"number":"8187405054"}]}
        POST /api/v1/webhook/forms {"api_token":"{intake}","phone_number":8187405025,"other_phone_numbers":"8187405035, 8187405045","campaign_id":1,"distribute_to_right_group":1,"ring_group_id":1,"disposition_id":"5.0"}
        as admin
        GET /v1/intake-receipts?limit=5
        GET /v1/contacts?limit=5
        "#,
        &expect![[r#"
            > as intake
            > POST /api/v1/webhook/forms?api_token={intake}&phone_number=8187405021&name=From+the+query
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > header Content-Type: application/x-www-form-urlencoded
            > POST /api/v1/webhook/forms api_token={intake}&phone_number=%2B1+818-740-5022&company+name=Forms+Ltd&other_phone_numbers[0][phone_number]=8187405032&other_phone_numbers[0][label]=work
            201 Created
            {"message":"Contact created.","contact_id":2,"receipt_id":"rcp_2"}
            > POST /api/v1/webhook/forms {"API_TOKEN":"{intake}","Phone Number":"(818) 740-5023","Company":"Spelt Ltd","zip code":90210,"First_Name":"Eve","LAST-NAME":"Adams","Sequence_id":1}
            201 Created
            {"message":"Contact created.","contact_id":3,"receipt_id":"rcp_3"}
            > POST /api/v1/webhook/forms?phone_number=8187405024 {"api_token":"{intake}","phone":"8187405099","other_phone_numbers":[["home","8187405034"],"8187405044",{"number":"8187405054"}]}
            201 Created
            {"message":"Contact created.","contact_id":4,"receipt_id":"rcp_4"}
            > POST /api/v1/webhook/forms {"api_token":"{intake}","phone_number":8187405025,"other_phone_numbers":"8187405035, 8187405045","campaign_id":1,"distribute_to_right_group":1,"ring_group_id":1,"disposition_id":"5.0"}
            201 Created
            {"message":"Contact created.","contact_id":5,"receipt_id":"rcp_5"}
            > as admin
            > GET /v1/intake-receipts?limit=5
            200 OK
            {"data":[{"id":"rcp_5","door":"forms","status":201,"contact_id":"con_1","lead_id":null,"request":{"campaign_id":1,"disposition_id":"5.0","distribute_to_right_group":1,"other_phone_numbers":"8187405035, 8187405045","phone_number":8187405025,"ring_group_id":1},"normalised":{"phone_number":"+18187405025","phone_valid":true,"extension":null,"email":null,"name":null,"company_name":null,"profile":{},"force_update":false},"matched_by":null,"effects":[{"action":"contact","result":"done","reason":"nobody had the number","value":"created"},{"action":"phone_numbers","result":"done","reason":"added to theirs","value":["+18187405035","+18187405045"]},{"action":"geography","result":"done","reason":"blank, and known from the number","value":{"country":"US","state":"CA","timezone":"America/Los_Angeles"}},{"action":"owner","result":"done","reason":"chosen by chance among 3 members of 'Sales'","value":"op_2"},{"action":"line","result":"done","reason":"'Main'","value":"line_1"},{"action":"disposition","result":"done","reason":"'New'","value":"dis_1"}],"warnings":[],"rerun_of":null,"created_at":"2026-01-01T00:00:15Z"},{"id":"rcp_4","door":"forms","status":201,"contact_id":"con_2","lead_id":null,"request":{"other_phone_numbers":[["home","8187405034"],"8187405044",{"number":"8187405054"}],"phone":"8187405099","phone_number":"8187405024"},"normalised":{"phone_number":"+18187405024","phone_valid":true,"extension":null,"email":null,"name":null,"company_name":null,"profile":{},"force_update":false},"matched_by":null,"effects":[{"action":"contact","result":"done","reason":"nobody had the number","value":"created"},{"action":"phone_numbers","result":"done","reason":"added to theirs","value":["+18187405034","+18187405044","+18187405054"]},{"action":"geography","result":"done","reason":"blank, and known from the number","value":{"country":"US","state":"CA","timezone":"America/Los_Angeles"}}],"warnings":[],"rerun_of":null,"created_at":"2026-01-01T00:00:14Z"},{"id":"rcp_3","door":"forms","status":201,"contact_id":"con_3","lead_id":null,"request":{"company":"Spelt Ltd","first_name":"Eve","last_name":"Adams","phone_number":"(818) 740-5023","sequence_id":1,"zip_code":90210},"normalised":{"phone_number":"+18187405023","phone_valid":true,"extension":null,"email":null,"name":"Eve Adams","company_name":"Spelt Ltd","profile":{"first_name":"Eve","last_name":"Adams","zipcode":"90210"},"force_update":false},"matched_by":null,"effects":[{"action":"contact","result":"done","reason":"nobody had the number","value":"created"},{"action":"geography","result":"done","reason":"blank, and known from the number","value":{"country":"US","state":"CA","timezone":"America/Los_Angeles"}},{"action":"sequence","result":"done","reason":"enrolled in 'Welcome'","value":"seq_1"}],"warnings":[],"rerun_of":null,"created_at":"2026-01-01T00:00:13Z"},{"id":"rcp_2","door":"forms","status":201,"contact_id":"con_4","lead_id":null,"request":{"company_name":"Forms Ltd","other_phone_numbers":[{"phone_number":"8187405032","label":"work"}],"phone_number":"+1 818-740-5022"},"normalised":{"phone_number":"+18187405022","phone_valid":true,"extension":null,"email":null,"name":null,"company_name":"Forms Ltd","profile":{},"force_update":false},"matched_by":null,"effects":[{"action":"contact","result":"done","reason":"nobody had the number","value":"created"},{"action":"phone_numbers","result":"done","reason":"added to theirs","value":["+18187405032"]},{"action":"geography","result":"done","reason":"blank, and known from the number","value":{"country":"US","state":"CA","timezone":"America/Los_Angeles"}}],"warnings":[],"rerun_of":null,"created_at":"2026-01-01T00:00:12Z"},{"id":"rcp_1","door":"forms","status":201,"contact_id":"con_5","lead_id":null,"request":{"name":"From the query","phone_number":"8187405021"},"normalised":{"phone_number":"+18187405021","phone_valid":true,"extension":null,"email":null,"name":"From the query","company_name":null,"profile":{"first_name":"From the","last_name":"query"},"force_update":false},"matched_by":null,"effects":[{"action":"contact","result":"done","reason":"nobody had the number","value":"created"},{"action":"geography","result":"done","reason":"blank, and known from the number","value":{"country":"US","state":"CA","timezone":"America/Los_Angeles"}}],"warnings":[],"rerun_of":null,"created_at":"2026-01-01T00:00:11Z"}],"pagination":{"limit":5,"has_more":false,"next_cursor":null}}
            > GET /v1/contacts?limit=5
            200 OK
            {"data":[{"id":"con_1","email":null,"name":null,"phone":"+18187405025","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":"op_2","visitor_ids":[],"conversations_count":0,"source":"lead_api","last_seen_at":null,"created_at":"2026-01-01T00:00:15Z","updated_at":"2026-01-01T00:00:15Z","number":5,"phone_valid":true,"emails":[],"phones":[{"phone":"+18187405025","label":null},{"phone":"+18187405035","label":null},{"phone":"+18187405045","label":null}],"disposition_id":"dis_1","profile":{"timezone":"America/Los_Angeles","state":"CA","country":"US"},"line_id":"line_1","list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null},{"id":"con_2","email":null,"name":null,"phone":"+18187405024","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"lead_api","last_seen_at":null,"created_at":"2026-01-01T00:00:14Z","updated_at":"2026-01-01T00:00:14Z","number":4,"phone_valid":true,"emails":[],"phones":[{"phone":"+18187405024","label":null},{"phone":"+18187405034","label":"home"},{"phone":"+18187405044","label":null},{"phone":"+18187405054","label":null}],"disposition_id":null,"profile":{"timezone":"America/Los_Angeles","state":"CA","country":"US"},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null},{"id":"con_3","email":null,"name":"Eve Adams","phone":"+18187405023","company":"Spelt Ltd","avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"lead_api","last_seen_at":null,"created_at":"2026-01-01T00:00:13Z","updated_at":"2026-01-01T00:00:13Z","number":3,"phone_valid":true,"emails":[],"phones":[{"phone":"+18187405023","label":null}],"disposition_id":null,"profile":{"first_name":"Eve","last_name":"Adams","timezone":"America/Los_Angeles","state":"CA","zipcode":"90210","country":"US"},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null},{"id":"con_4","email":null,"name":null,"phone":"+18187405022","company":"Forms Ltd","avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"lead_api","last_seen_at":null,"created_at":"2026-01-01T00:00:12Z","updated_at":"2026-01-01T00:00:12Z","number":2,"phone_valid":true,"emails":[],"phones":[{"phone":"+18187405022","label":null},{"phone":"+18187405032","label":"work"}],"disposition_id":null,"profile":{"timezone":"America/Los_Angeles","state":"CA","country":"US"},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null},{"id":"con_5","email":null,"name":"From the query","phone":"+18187405021","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"lead_api","last_seen_at":null,"created_at":"2026-01-01T00:00:11Z","updated_at":"2026-01-01T00:00:11Z","number":1,"phone_valid":true,"emails":[],"phones":[{"phone":"+18187405021","label":null}],"disposition_id":null,"profile":{"first_name":"From the","last_name":"query","timezone":"America/Los_Angeles","state":"CA","country":"US"},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}],"pagination":{"limit":5,"has_more":false,"next_cursor":null}}
        "#]],
    );
}

#[test]
fn what_is_optional_and_cannot_be_read_is_left_out() {
    check_staged(
        r#"
        as intake
        show x-intake-warnings
        POST /api/v1/webhook/forms {"phone_number":"8187405021","email":"[email protected]","date_of_birth":"31/12/1990","timezone":"Pacific","user_id":"none","add_to_powerdialer":"maybe","powerdialer_position":"middle","tag_id":"1,x,77","line_id":99,"sequence_id":99,"disposition_status_id":99,"list_ids":"1,99","ring_group_id":99,"distribute_to_ring_group":"yes","other_phone_numbers":["call me",{"label":"x"}],"name":{"a":1}}
        as admin
        GET /v1/intake-receipts/{rcp_1}
        "#,
        &expect![[r#"
            > as intake
            > show x-intake-warnings
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","email":"[email protected]","date_of_birth":"31/12/1990","timezone":"Pacific","user_id":"none","add_to_powerdialer":"maybe","powerdialer_position":"middle","tag_id":"1,x,77","line_id":99,"sequence_id":99,"disposition_status_id":99,"list_ids":"1,99","ring_group_id":99,"distribute_to_ring_group":"yes","other_phone_numbers":["call me",{"label":"x"}],"name":{"a":1}}
            201 Created
            x-intake-warnings: other_phone_numbers: has an item without a number: it was left out; email: is '[email protected]' and no address: it was left out; name: is no text: it was left out; date_of_birth: is '31/12/1990' and no date: it was left out; timezone: is 'Pacific' and no time zone: it was left out; user_id: is 'none' and no number of a thing: it was left out; powerdialer_position: is 'middle' and neither top nor bottom: it was left out; add_to_powerdialer: is 'maybe' and neither yes nor no: it was left out; tag_id: has 'x', which is no number of a thing: it was left out; other_phone_numbers: has 'call me', which is no number: it was left out; distribute_to_ring_group: was not done: there is no ring group 99; line_id: was not done: there is no line 99; tag_id: was not done: there is no tag 77; disposition_status_id: was not done: there is no disposition 99; list_ids: was not done: there is no list 99; sequence_id: was not done: there is no sequence 99
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > as admin
            > GET /v1/intake-receipts/{rcp_1}
            200 OK
            {"data":{"id":"rcp_1","door":"forms","status":201,"contact_id":"con_1","lead_id":null,"request":{"add_to_powerdialer":"maybe","date_of_birth":"31/12/1990","disposition_status_id":99,"distribute_to_ring_group":"yes","email":"[email protected]","line_id":99,"list_ids":"1,99","name":{"a":1},"other_phone_numbers":["call me",{"label":"x"}],"phone_number":"8187405021","powerdialer_position":"middle","ring_group_id":99,"sequence_id":99,"tag_id":"1,x,77","timezone":"Pacific","user_id":"none"},"normalised":{"phone_number":"+18187405021","phone_valid":true,"extension":null,"email":null,"name":null,"company_name":null,"profile":{},"force_update":false},"matched_by":null,"effects":[{"action":"contact","result":"done","reason":"nobody had the number","value":"created"},{"action":"geography","result":"done","reason":"blank, and known from the number","value":{"country":"US","state":"CA","timezone":"America/Los_Angeles"}},{"action":"distribution","result":"skipped","reason":"there is no ring group 99"},{"action":"line","result":"skipped","reason":"there is no line 99"},{"action":"tags","result":"skipped","reason":"there is no tag 77"},{"action":"tags","result":"done","reason":"stuck on","value":["web"]},{"action":"disposition","result":"skipped","reason":"there is no disposition 99"},{"action":"lists","result":"skipped","reason":"there is no list 99"},{"action":"lists","result":"done","reason":"put on","value":["Spring"]},{"action":"sequence","result":"skipped","reason":"there is no sequence 99"}],"warnings":[{"field":"other_phone_numbers","problem":"has an item without a number: it was left out"},{"field":"email","problem":"is '[email protected]' and no address: it was left out"},{"field":"name","problem":"is no text: it was left out"},{"field":"date_of_birth","problem":"is '31/12/1990' and no date: it was left out"},{"field":"timezone","problem":"is 'Pacific' and no time zone: it was left out"},{"field":"user_id","problem":"is 'none' and no number of a thing: it was left out"},{"field":"powerdialer_position","problem":"is 'middle' and neither top nor bottom: it was left out"},{"field":"add_to_powerdialer","problem":"is 'maybe' and neither yes nor no: it was left out"},{"field":"tag_id","problem":"has 'x', which is no number of a thing: it was left out"},{"field":"other_phone_numbers","problem":"has 'call me', which is no number: it was left out"},{"field":"distribute_to_ring_group","problem":"was not done: there is no ring group 99"},{"field":"line_id","problem":"was not done: there is no line 99"},{"field":"tag_id","problem":"was not done: there is no tag 77"},{"field":"disposition_status_id","problem":"was not done: there is no disposition 99"},{"field":"list_ids","problem":"was not done: there is no list 99"},{"field":"sequence_id","problem":"was not done: there is no sequence 99"}],"rerun_of":null,"created_at":"2026-01-01T00:00:11Z"}}
        "#]],
    );
}

#[test]
fn geography_fills_blanks_and_overwrites_nothing() {
    check_staged(
        r#"
        as intake
        POST /api/v1/webhook/forms {"phone_number":"+14155550123"}
        POST /api/v1/webhook/forms {"phone_number":"+442079460958","city":"Leeds","timezone":"America/New_York"}
        POST /api/v1/webhook/forms {"phone_number":"+61298765432","country":"NZ"}
        as admin
        GET /v1/intake-receipts?limit=3
        PATCH /v1/settings {"region": "AU", "timezone": "Australia/Perth"}
        as intake
        POST /api/v1/webhook/forms {"phone_number":"0412 345 678"}
        as admin
        GET /v1/intake-receipts?limit=1
        "#,
        &expect![[r#"
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"+14155550123"}
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > POST /api/v1/webhook/forms {"phone_number":"+442079460958","city":"Leeds","timezone":"America/New_York"}
            201 Created
            {"message":"Contact created.","contact_id":2,"receipt_id":"rcp_2"}
            > POST /api/v1/webhook/forms {"phone_number":"+61298765432","country":"NZ"}
            201 Created
            {"message":"Contact created.","contact_id":3,"receipt_id":"rcp_3"}
            > as admin
            > GET /v1/intake-receipts?limit=3
            200 OK
            {"data":[{"id":"rcp_3","door":"forms","status":201,"contact_id":"con_1","lead_id":null,"request":{"country":"NZ","phone_number":"+61298765432"},"normalised":{"phone_number":"+61298765432","phone_valid":true,"extension":null,"email":null,"name":null,"company_name":null,"profile":{"country":"NZ"},"force_update":false},"matched_by":null,"effects":[{"action":"contact","result":"done","reason":"nobody had the number","value":"created"},{"action":"geography","result":"done","reason":"blank, and known from the number","value":{"city":"Sydney","timezone":"Australia/Sydney"}}],"warnings":[],"rerun_of":null,"created_at":"2026-01-01T00:00:13Z"},{"id":"rcp_2","door":"forms","status":201,"contact_id":"con_2","lead_id":null,"request":{"city":"Leeds","phone_number":"+442079460958","timezone":"America/New_York"},"normalised":{"phone_number":"+442079460958","phone_valid":true,"extension":null,"email":null,"name":null,"company_name":null,"profile":{"timezone":"America/New_York","city":"Leeds"},"force_update":false},"matched_by":null,"effects":[{"action":"contact","result":"done","reason":"nobody had the number","value":"created"},{"action":"geography","result":"done","reason":"blank, and known from the number","value":{"country":"GB"}}],"warnings":[],"rerun_of":null,"created_at":"2026-01-01T00:00:12Z"},{"id":"rcp_1","door":"forms","status":201,"contact_id":"con_3","lead_id":null,"request":{"phone_number":"+14155550123"},"normalised":{"phone_number":"+14155550123","phone_valid":true,"extension":null,"email":null,"name":null,"company_name":null,"profile":{},"force_update":false},"matched_by":null,"effects":[{"action":"contact","result":"done","reason":"nobody had the number","value":"created"},{"action":"geography","result":"done","reason":"blank, and known from the number","value":{"country":"US","state":"CA","city":"San Francisco","timezone":"America/Los_Angeles"}}],"warnings":[],"rerun_of":null,"created_at":"2026-01-01T00:00:11Z"}],"pagination":{"limit":3,"has_more":false,"next_cursor":null}}
            > PATCH /v1/settings {"region": "AU", "timezone": "Australia/Perth"}
            200 OK
            {"data":{"region":"AU","timezone":"Australia/Perth","duplicate_policy":"accept","zapier_open":false,"lead_recipients":[],"returning_is_new":false,"routing":"round_robin","hand_back":"when_offline","auto_close_minutes":null,"auto_close_warning_minutes":5,"reopen_days":7}}
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"0412 345 678"}
            201 Created
            {"message":"Contact created.","contact_id":4,"receipt_id":"rcp_4"}
            > as admin
            > GET /v1/intake-receipts?limit=1
            200 OK
            {"data":[{"id":"rcp_4","door":"forms","status":201,"contact_id":"con_4","lead_id":null,"request":{"phone_number":"0412 345 678"},"normalised":{"phone_number":"+61412345678","phone_valid":true,"extension":null,"email":null,"name":null,"company_name":null,"profile":{},"force_update":false},"matched_by":null,"effects":[{"action":"contact","result":"done","reason":"nobody had the number","value":"created"},{"action":"geography","result":"done","reason":"blank, and known from the number","value":{"country":"AU","timezone":"Australia/Sydney"}}],"warnings":[],"rerun_of":null,"created_at":"2026-01-01T00:00:16Z"}],"pagination":{"limit":1,"has_more":true,"next_cursor":"rcp_4"}}
        "#]],
    );
}

#[test]
fn a_number_is_one_person_in_every_spelling() {
    check_staged(
        r#"
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8181234567","name":"Ada"}
        POST /api/v1/webhook/forms {"phone_number":"+1 (818) 123-4567","company_name":"A Ltd"}
        POST /api/v1/webhook/forms {"phone_number":"1-818-123-4567 ext. 12","email":"a@example.com"}
        POST /api/v1/webhook/forms {"phone_number":"+525512345678","name":"Luz"}
        POST /api/v1/webhook/forms {"phone_number":"+5215512345678"}
        as admin
        GET /v1/contacts
        "#,
        &expect![[r#"
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8181234567","name":"Ada"}
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > POST /api/v1/webhook/forms {"phone_number":"+1 (818) 123-4567","company_name":"A Ltd"}
            202 Accepted
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_2"}
            > POST /api/v1/webhook/forms {"phone_number":"1-818-123-4567 ext. 12","email":"a@example.com"}
            202 Accepted
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_3"}
            > POST /api/v1/webhook/forms {"phone_number":"+525512345678","name":"Luz"}
            201 Created
            {"message":"Contact created.","contact_id":2,"receipt_id":"rcp_4"}
            > POST /api/v1/webhook/forms {"phone_number":"+5215512345678"}
            202 Accepted
            {"message":"Contact created.","contact_id":2,"receipt_id":"rcp_5"}
            > as admin
            > GET /v1/contacts
            200 OK
            {"data":[{"id":"con_1","email":null,"name":"Luz","phone":"+525512345678","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"lead_api","last_seen_at":null,"created_at":"2026-01-01T00:00:14Z","updated_at":"2026-01-01T00:00:14Z","number":2,"phone_valid":true,"emails":[],"phones":[{"phone":"+525512345678","label":null}],"disposition_id":null,"profile":{"first_name":"Luz","timezone":"America/Mexico_City","city":"Mexico City, FD","country":"MX"},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null},{"id":"con_2","email":"a@example.com","name":"Ada","phone":"+18181234567","company":"A Ltd","avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"lead_api","last_seen_at":null,"created_at":"2026-01-01T00:00:11Z","updated_at":"2026-01-01T00:00:13Z","number":1,"phone_valid":false,"emails":[{"email":"a@example.com","label":null}],"phones":[{"phone":"+18181234567","label":null,"extension":"12"}],"disposition_id":null,"profile":{"first_name":"Ada","timezone":"America/Los_Angeles","state":"CA","country":"US"},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
        "#]],
    );
}

#[test]
fn a_number_is_found_among_other_words() {
    check_staged(
        r#"
        as intake
        show x-intake-warnings
        POST /api/v1/webhook/forms {"phone_number":8187405021.0}
        POST /api/v1/webhook/forms {"phone_number":"8187405022 (home)"}
        POST /api/v1/webhook/forms {"phone_number":"Cell: 818-740-5023"}
        POST /api/v1/webhook/forms {"phone_number":"8187405024 / 8187405025"}
        POST /api/v1/webhook/forms {"phone_number":"call me at 10"}
        POST /api/v1/webhook/forms {"phone_number":true}
        "#,
        &expect![[r#"
            > as intake
            > show x-intake-warnings
            > POST /api/v1/webhook/forms {"phone_number":8187405021.0}
            201 Created
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405022 (home)"}
            201 Created
            x-intake-warnings: phone_number: is '8187405022 (home)': +18187405022 was read from it
            {"message":"Contact created.","contact_id":2,"receipt_id":"rcp_2"}
            > POST /api/v1/webhook/forms {"phone_number":"Cell: 818-740-5023"}
            201 Created
            x-intake-warnings: phone_number: is 'Cell: 818-740-5023': +18187405023 was read from it
            {"message":"Contact created.","contact_id":3,"receipt_id":"rcp_3"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405024 / 8187405025"}
            201 Created
            x-intake-warnings: phone_number: is '8187405024 / 8187405025': +18187405024 was read from it
            {"message":"Contact created.","contact_id":4,"receipt_id":"rcp_4"}
            > POST /api/v1/webhook/forms {"phone_number":"call me at 10"}
            400 Bad Request
            {"message":"The given data was invalid.","errors":{"phone_number":["The phone number is invalid."]},"receipt_id":"rcp_5"}
            > POST /api/v1/webhook/forms {"phone_number":true}
            400 Bad Request
            {"message":"The given data was invalid.","errors":{"phone_number":["The phone number is invalid."]},"receipt_id":"rcp_6"}
        "#]],
    );
}

#[test]
fn the_parts_of_a_name_belong_together() {
    check_staged(
        r#"
        POST /v1/contacts {"email":"a@example.com","phone":"+18187405021","name":"Ada Lovelace"}
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405021","name":"Grace Hopper","email":"b@example.com","company_name":"Navy","source":"second"}
        GET /api/v1/webhook/contact/phone-number?phone_number=8187405021
        POST /api/v1/webhook/forms {"phone_number":"8187405021","first_name":"Augusta","last_name":"King","force_update":true,"lead_source":"first","source":"third"}
        POST /api/v1/webhook/forms {"phone_number":"8187405021","first_name":"Ada","force_update":true}
        GET /api/v1/webhook/contact/phone-number?phone_number=8187405021
        effects
        "#,
        &expect![[r#"
            > POST /v1/contacts {"email":"a@example.com","phone":"+18187405021","name":"Ada Lovelace"}
            201 Created
            {"data":{"id":"con_1","email":"a@example.com","name":"Ada Lovelace","phone":"+18187405021","company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"api","last_seen_at":null,"created_at":"2026-01-01T00:00:11Z","updated_at":"2026-01-01T00:00:11Z","number":1,"phone_valid":true,"emails":[{"email":"a@example.com","label":null}],"phones":[{"phone":"+18187405021","label":null}],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}}
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","name":"Grace Hopper","email":"b@example.com","company_name":"Navy","source":"second"}
            202 Accepted
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > GET /api/v1/webhook/contact/phone-number?phone_number=8187405021
            200 OK
            {"id":1,"name":"Ada Lovelace","first_name":null,"last_name":null,"email":"a@example.com","phone_number":"+18187405021","phone_numbers":[{"phone_number":"+18187405021","label":null,"is_primary":true,"is_opt_out":false,"lrn_type":null}],"company_name":"Navy","date_of_birth":null,"timezone":"America/Los_Angeles","city":null,"state":"CA","country":"US","zipcode":null,"address":null,"cnam_city":null,"cnam_state":"CA","cnam_country":"US","website":null,"notes":null,"csf1":null,"csf2":null,"lead_source":"second","intake_source":"second","user_id":null,"line_id":null,"disposition_status_id":null,"tags":[],"is_dnc":false,"is_blocked":false,"text_authorized":true,"uuid_v4":"uuid_1","last_engagement_at":null,"unread_count":0,"created_at":"2026-01-01 00:00:11","updated_at":"2026-01-01 00:00:12"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","first_name":"Augusta","last_name":"King","force_update":true,"lead_source":"first","source":"third"}
            200 OK
            {"message":"Contact updated.","contact_id":1,"receipt_id":"rcp_2"}
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","first_name":"Ada","force_update":true}
            200 OK
            {"message":"Contact updated.","contact_id":1,"receipt_id":"rcp_3"}
            > GET /api/v1/webhook/contact/phone-number?phone_number=8187405021
            200 OK
            {"id":1,"name":"Ada King","first_name":"Ada","last_name":"King","email":"a@example.com","phone_number":"+18187405021","phone_numbers":[{"phone_number":"+18187405021","label":null,"is_primary":true,"is_opt_out":false,"lrn_type":null}],"company_name":"Navy","date_of_birth":null,"timezone":"America/Los_Angeles","city":null,"state":"CA","country":"US","zipcode":null,"address":null,"cnam_city":null,"cnam_state":"CA","cnam_country":"US","website":null,"notes":null,"csf1":null,"csf2":null,"lead_source":"first","intake_source":"third","user_id":null,"line_id":null,"disposition_status_id":null,"tags":[],"is_dnc":false,"is_blocked":false,"text_authorized":true,"uuid_v4":"uuid_1","last_engagement_at":null,"unread_count":0,"created_at":"2026-01-01 00:00:11","updated_at":"2026-01-01 00:00:15"}
            > effects
            rcp_1 202
                contact done: they are known; filled what was blank: company_name, intake_source; kept what they had: name, email
                geography done: blank, and known from the number
            rcp_2 200
                contact done: they are known; force_update replaced first_name, last_name, lead_source, intake_source, name
            rcp_3 200
                contact done: they are known; force_update replaced first_name, name
        "#]],
    );
}

#[test]
fn parameters_that_nothing_reads_are_named() {
    check_staged(
        r#"
        as intake
        POST /api/v1/webhook/forms {"phone_number":"8187405021","Zip-Code":"1","emial":"a@example.com","nested":{"a":1},"dry_run":"no"}
        POST /w/other/api/v1/webhook/forms {"phone_number":"8187405022","lable":"x"}
        "#,
        &expect![[r#"
            > as intake
            > POST /api/v1/webhook/forms {"phone_number":"8187405021","Zip-Code":"1","emial":"a@example.com","nested":{"a":1},"dry_run":"no"}
            201 Created
            x-ignored-fields: emial, nested
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > POST /w/other/api/v1/webhook/forms {"phone_number":"8187405022","lable":"x"}
            201 Created
            x-ignored-fields: lable
            {"message":"Contact created.","contact_id":2,"receipt_id":"rcp_2"}
        "#]],
    );
}

#[test]
fn the_flawed_samples_of_the_documents_are_taken() {
    check_staged(
        r#"
        as intake
        show x-intake-warnings
        POST /api/v1/webhook/forms {"phone_number":"8181234567","date_of_birth":"MM/DD/YYYY","company name":"A Ltd","zip code":"1","Sequence_id":1,"distribute_to_right_group":true,"ring_group_id":1}
        POST /api/v1/webhook/forms {"phone_number":"+1-555-0123"}
        as admin
        effects
        "#,
        &expect![[r#"
            > as intake
            > show x-intake-warnings
            > POST /api/v1/webhook/forms {"phone_number":"8181234567","date_of_birth":"MM/DD/YYYY","company name":"A Ltd","zip code":"1","Sequence_id":1,"distribute_to_right_group":true,"ring_group_id":1}
            201 Created
            x-intake-warnings: date_of_birth: is 'MM/DD/YYYY' and no date: it was left out
            {"message":"Contact created.","contact_id":1,"receipt_id":"rcp_1"}
            > POST /api/v1/webhook/forms {"phone_number":"+1-555-0123"}
            201 Created
            {"message":"Contact created.","contact_id":2,"receipt_id":"rcp_2"}
            > as admin
            > effects
            rcp_1 201
                contact done: nobody had the number
                geography done: blank, and known from the number
                owner done: chosen by chance among 3 members of 'Sales'
                sequence done: enrolled in 'Welcome'
            rcp_2 201
                contact done: nobody had the number
                geography done: blank, and known from the number
        "#]],
    );
}
