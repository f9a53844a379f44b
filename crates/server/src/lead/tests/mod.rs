//! What the documents promise of lead capture, as transcripts.

mod bad;
mod limit;
mod person;
mod zapier;

use expect_test::expect;

use crate::testing::check;

#[test]
fn the_documented_save_succeeds_and_turns_hot() {
    check(
        r#"
        as nobody
        header Content-Type: application/json
        POST /api/save-lead {"session_id":"widget_1234","page_url":"https://example.com/pricing","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}],"lead_name":"Ada","lead_email":"ada@example.com","lead_business":"Analytical Engines","message_count":2}
        as partner
        GET /api/zapier-webhook?action=leads
        GET /api/zapier-webhook?action=hot-leads
        as nobody
        POST /api/save-lead {"session_id":"widget_1234","message_count":5}
        POST /api/save-lead {"session_id":"widget_1234","message_count":6}
        POST /api/save-lead {"session_id":"widget_1234","message_count":3}
        as partner
        GET /api/zapier-webhook?action=hot-leads
        as admin
        log lead contact
        effects
        "#,
        &expect![[r#"
            > as nobody
            > header Content-Type: application/json
            > POST /api/save-lead {"session_id":"widget_1234","page_url":"https://example.com/pricing","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}],"lead_name":"Ada","lead_email":"ada@example.com","lead_business":"Analytical Engines","message_count":2}
            201 Created
            {"ok":true,"status":201,"id":"uuid_1","session_token":"token_1","hot":false}
            > as partner
            > GET /api/zapier-webhook?action=leads
            200 OK
            [{"id":"uuid_1","session_id":"widget_1234","name":"Ada","email":"ada@example.com","business":"Analytical Engines","message_count":2,"source":"ora_widget","created_at":"2026-01-01T00:00:01Z","page_url":"https://example.com/pricing","hot":false,"hot_at":null,"phone":null,"contact_id":"con_1","updated_at":"2026-01-01T00:00:01Z"}]
            > GET /api/zapier-webhook?action=hot-leads
            200 OK
            []
            > as nobody
            > POST /api/save-lead {"session_id":"widget_1234","message_count":5}
            200 OK
            {"ok":true,"status":200}
            > POST /api/save-lead {"session_id":"widget_1234","message_count":6}
            200 OK
            {"ok":true,"status":200}
            > POST /api/save-lead {"session_id":"widget_1234","message_count":3}
            200 OK
            {"ok":true,"status":200}
            > as partner
            > GET /api/zapier-webhook?action=hot-leads
            200 OK
            [{"id":"uuid_1","session_id":"widget_1234","name":"Ada","email":"ada@example.com","business":"Analytical Engines","message_count":6,"source":"ora_widget","created_at":"2026-01-01T00:00:01Z","page_url":"https://example.com/pricing","hot":true,"hot_at":"2026-01-01T00:00:04Z","phone":null,"contact_id":"con_1","updated_at":"2026-01-01T00:00:06Z"}]
            > as admin
            > log lead contact
            5 contact.created con_1 by visitor {"id":"con_1","email":"ada@example.com","name":"Ada","phone":null,"company":"Analytical Engines","avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"ora_widget","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}
            6 lead.created uuid_1 by visitor {"id":"uuid_1","session_id":"widget_1234","name":"Ada","email":"ada@example.com","business":"Analytical Engines","message_count":2,"source":"ora_widget","created_at":"2026-01-01T00:00:01Z","page_url":"https://example.com/pricing","hot":false,"hot_at":null,"phone":null,"contact_id":"con_1","updated_at":"2026-01-01T00:00:01Z"}
            8 lead.hot uuid_1 by visitor {"id":"uuid_1","session_id":"widget_1234","name":"Ada","email":"ada@example.com","business":"Analytical Engines","message_count":5,"source":"ora_widget","created_at":"2026-01-01T00:00:01Z","page_url":"https://example.com/pricing","hot":true,"hot_at":"2026-01-01T00:00:04Z","phone":null,"contact_id":"con_1","updated_at":"2026-01-01T00:00:04Z"}
            > effects
            rcp_1 201
                lead done: the session is new
                contact done: nobody had the address or the number
            rcp_2 200
                lead done: the session was saved again without its token: blanks were filled
                contact done: known by the session
                hot done: 5 messages: 5 make a lead hot
            rcp_3 200
                lead done: the session was saved again without its token: blanks were filled
                contact done: known by the session
            rcp_4 200
                lead done: the session was saved again without its token: blanks were filled
                contact done: known by the session
        "#]],
    );
}

#[test]
fn only_the_token_of_a_session_overwrites() {
    check(
        r#"
        as nobody
        POST /api/save-lead {"session_id":"s","lead_name":"Ada","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]}
        POST /api/save-lead {"session_id":"s","lead_name":"Mallory","lead_email":"mallory@example.com","messages":[{"role":"user","content":"Bye"},{"role":"assistant","content":"x"},{"role":"user","content":"y"}]}
        POST /api/save-lead {"session_id":"s","session_token":"guessed","lead_name":"Mallory","messages":[]}
        POST /api/save-lead {"session_id":"s","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"},{"role":"user","content":"Grown"}]}
        GET /api/leads
        as partner
        GET /api/leads
        GET /api/leads/{uuid_1}
        as nobody
        POST /api/save-lead {"session_id":"s","session_token":"{token_1}","lead_name":"Ada L","lead_email":"ada@example.com","messages":[{"role":"user","content":"Rewritten"},{"role":"user","content":"2"},{"role":"user","content":"3"}]}
        POST /api/save-lead {"session_id":"s","session_token":"{token_1}","lead_name":null,"lead_email":"","messages":[{"role":"user","content":"short"}]}
        as partner
        GET /api/leads/{uuid_1}
        "#,
        &expect![[r#"
            > as nobody
            > POST /api/save-lead {"session_id":"s","lead_name":"Ada","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]}
            201 Created
            {"ok":true,"status":201,"id":"uuid_1","session_token":"token_1","hot":false}
            > POST /api/save-lead {"session_id":"s","lead_name":"Mallory","lead_email":"mallory@example.com","messages":[{"role":"user","content":"Bye"},{"role":"assistant","content":"x"},{"role":"user","content":"y"}]}
            200 OK
            {"ok":true,"status":200}
            > POST /api/save-lead {"session_id":"s","session_token":"guessed","lead_name":"Mallory","messages":[]}
            200 OK
            {"ok":true,"status":200}
            > POST /api/save-lead {"session_id":"s","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"},{"role":"user","content":"Grown"}]}
            200 OK
            {"ok":true,"status":200}
            > GET /api/leads
            401 Unauthorized
            {"ok":false,"error":"This needs a partner key: send it as 'X-Ora-Key'.","code":"unauthorized"}
            > as partner
            > GET /api/leads
            200 OK
            [{"id":"uuid_1","session_id":"s","name":"Ada","email":"mallory@example.com","business":null,"message_count":3,"source":"ora_widget","created_at":"2026-01-01T00:00:01Z","page_url":null,"hot":false,"hot_at":null,"phone":null,"contact_id":"con_1","updated_at":"2026-01-01T00:00:04Z"}]
            > GET /api/leads/{uuid_1}
            200 OK
            {"id":"uuid_1","session_id":"s","name":"Ada","email":"mallory@example.com","business":null,"message_count":3,"source":"ora_widget","created_at":"2026-01-01T00:00:01Z","page_url":null,"hot":false,"hot_at":null,"phone":null,"contact_id":"con_1","updated_at":"2026-01-01T00:00:04Z","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"},{"role":"user","content":"Grown"}],"notes":[]}
            > as nobody
            > POST /api/save-lead {"session_id":"s","session_token":"{token_1}","lead_name":"Ada L","lead_email":"ada@example.com","messages":[{"role":"user","content":"Rewritten"},{"role":"user","content":"2"},{"role":"user","content":"3"}]}
            200 OK
            {"ok":true,"status":200}
            > POST /api/save-lead {"session_id":"s","session_token":"{token_1}","lead_name":null,"lead_email":"","messages":[{"role":"user","content":"short"}]}
            200 OK
            {"ok":true,"status":200}
            > as partner
            > GET /api/leads/{uuid_1}
            200 OK
            {"id":"uuid_1","session_id":"s","name":"Ada L","email":"ada@example.com","business":null,"message_count":3,"source":"ora_widget","created_at":"2026-01-01T00:00:01Z","page_url":null,"hot":false,"hot_at":null,"phone":null,"contact_id":"con_2","updated_at":"2026-01-01T00:00:09Z","messages":[{"role":"user","content":"Rewritten"},{"role":"user","content":"2"},{"role":"user","content":"3"}],"notes":[]}
        "#]],
    );
}

#[test]
fn beacons_forms_and_loose_types_are_read() {
    check(
        r#"
        as nobody
        header Content-Type: text/plain;charset=UTF-8
        POST /api/save-lead {"session_id":"beacon","lead_name":"Ada"}
        header Content-Type: application/x-www-form-urlencoded
        POST /api/save-lead session_id=form&lead_name=Bob&message_count=7
        POST /api/save-lead {"session_id":12,"lead_name":34,"lead_email":["x"],"message_count":"5","messages":"none","page_url":{"a":1}}
        POST /api/save-lead {"session_id":"counted","messages":[{"role":"user","content":"1"},{"role":"bot","content":2},{"content":"3"},"4",{"role":"system","content":"5"},{"x":1}]}
        POST /api/save-lead {"session_id":" ","lead_name":"Nobody"}
        POST /api/save-lead {"lead_name":"Nobody"}
        header Content-Type: application/json
        POST /api/save-lead {"lead_name":"Nobody"
        header Content-Type: application/json
        POST /api/save-lead nothing
        GET /api/save-lead
        POST /api/nothing {}
        as partner
        GET /api/leads
        as admin
        GET /v1/intake-receipts?limit=6
        "#,
        &expect![[r#"
            > as nobody
            > header Content-Type: text/plain;charset=UTF-8
            > POST /api/save-lead {"session_id":"beacon","lead_name":"Ada"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_1","session_token":"token_1","hot":false}
            > header Content-Type: application/x-www-form-urlencoded
            > POST /api/save-lead session_id=form&lead_name=Bob&message_count=7
            201 Created
            {"ok":true,"status":201,"id":"uuid_2","session_token":"token_2","hot":true}
            > POST /api/save-lead {"session_id":12,"lead_name":34,"lead_email":["x"],"message_count":"5","messages":"none","page_url":{"a":1}}
            201 Created
            {"ok":true,"status":201,"id":"uuid_3","session_token":"token_3","hot":true}
            > POST /api/save-lead {"session_id":"counted","messages":[{"role":"user","content":"1"},{"role":"bot","content":2},{"content":"3"},"4",{"role":"system","content":"5"},{"x":1}]}
            201 Created
            {"ok":true,"status":201,"id":"uuid_4","session_token":"token_4","hot":true}
            > POST /api/save-lead {"session_id":" ","lead_name":"Nobody"}
            400 Bad Request
            {"ok":false,"error":"The 'session_id' field is required.","code":"missing_field","field":"session_id"}
            > POST /api/save-lead {"lead_name":"Nobody"}
            400 Bad Request
            {"ok":false,"error":"The 'session_id' field is required.","code":"missing_field","field":"session_id"}
            > header Content-Type: application/json
            > POST /api/save-lead {"lead_name":"Nobody"
            400 Bad Request
            {"ok":false,"error":"The body is not valid JSON, and what is needed could not be read from it.","code":"invalid_json"}
            > header Content-Type: application/json
            > POST /api/save-lead nothing
            400 Bad Request
            {"ok":false,"error":"The body is not valid JSON, and what is needed could not be read from it.","code":"invalid_json"}
            > GET /api/save-lead
            405 Method Not Allowed
            allow: POST
            {"ok":false,"error":"The method is not allowed for this path: the 'Allow' header names those that are.","code":"method_not_allowed"}
            > POST /api/nothing {}
            404 Not Found
            {"ok":false,"error":"There is no such path.","code":"not_found"}
            > as partner
            > GET /api/leads
            200 OK
            [{"id":"uuid_4","session_id":"counted","name":null,"email":null,"business":null,"message_count":5,"source":"ora_widget","created_at":"2026-01-01T00:00:04Z","page_url":null,"hot":true,"hot_at":"2026-01-01T00:00:04Z","phone":null,"contact_id":null,"updated_at":"2026-01-01T00:00:04Z"},{"id":"uuid_3","session_id":"12","name":"34","email":null,"business":null,"message_count":5,"source":"ora_widget","created_at":"2026-01-01T00:00:03Z","page_url":null,"hot":true,"hot_at":"2026-01-01T00:00:03Z","phone":null,"contact_id":null,"updated_at":"2026-01-01T00:00:03Z"},{"id":"uuid_2","session_id":"form","name":"Bob","email":null,"business":null,"message_count":7,"source":"ora_widget","created_at":"2026-01-01T00:00:02Z","page_url":null,"hot":true,"hot_at":"2026-01-01T00:00:02Z","phone":null,"contact_id":null,"updated_at":"2026-01-01T00:00:02Z"},{"id":"uuid_1","session_id":"beacon","name":"Ada","email":null,"business":null,"message_count":0,"source":"ora_widget","created_at":"2026-01-01T00:00:01Z","page_url":null,"hot":false,"hot_at":null,"phone":null,"contact_id":null,"updated_at":"2026-01-01T00:00:01Z"}]
            > as admin
            > GET /v1/intake-receipts?limit=6
            200 OK
            {"data":[{"id":"rcp_1","door":"save_lead","status":400,"contact_id":null,"lead_id":null,"request":{"nothing":""},"normalised":{},"matched_by":null,"effects":[{"action":"request","result":"skipped","reason":"The 'session_id' field is required."}],"warnings":[],"rerun_of":null,"created_at":"2026-01-01T00:00:08Z"},{"id":"rcp_2","door":"save_lead","status":400,"contact_id":null,"lead_id":null,"request":{"lead_name":"Nobody"},"normalised":{},"matched_by":null,"effects":[{"action":"request","result":"skipped","reason":"The 'session_id' field is required."}],"warnings":[],"rerun_of":null,"created_at":"2026-01-01T00:00:07Z"},{"id":"rcp_3","door":"save_lead","status":400,"contact_id":null,"lead_id":null,"request":{"lead_name":"Nobody"},"normalised":{},"matched_by":null,"effects":[{"action":"request","result":"skipped","reason":"The 'session_id' field is required."}],"warnings":[],"rerun_of":null,"created_at":"2026-01-01T00:00:06Z"},{"id":"rcp_4","door":"save_lead","status":400,"contact_id":null,"lead_id":null,"request":{"lead_name":"Nobody","session_id":" "},"normalised":{},"matched_by":null,"effects":[{"action":"request","result":"skipped","reason":"The 'session_id' field is required."}],"warnings":[],"rerun_of":null,"created_at":"2026-01-01T00:00:05Z"},{"id":"rcp_5","door":"save_lead","status":201,"contact_id":null,"lead_id":"uuid_4","request":{"messages":"[6 messages]","session_id":"counted"},"normalised":{"session_id":"counted","name":null,"email":null,"business":null,"phone":null,"page_url":null,"message_count":5},"matched_by":null,"effects":[{"action":"lead","result":"done","reason":"the session is new","value":"uuid_4"},{"action":"contact","result":"skipped","reason":"there is no address and no number yet"},{"action":"hot","result":"done","reason":"5 messages: 5 make a lead hot","value":true}],"warnings":[{"field":"messages[5]","problem":"says nothing: it was left out"}],"rerun_of":null,"created_at":"2026-01-01T00:00:04Z"},{"id":"rcp_6","door":"save_lead","status":201,"contact_id":null,"lead_id":"uuid_3","request":{"lead_email":["x"],"lead_name":34,"message_count":"5","messages":"none","page_url":{"a":1},"session_id":12},"normalised":{"session_id":"12","name":"34","email":null,"business":null,"phone":null,"page_url":null,"message_count":5},"matched_by":null,"effects":[{"action":"lead","result":"done","reason":"the session is new","value":"uuid_3"},{"action":"contact","result":"skipped","reason":"there is no address and no number yet"},{"action":"hot","result":"done","reason":"5 messages: 5 make a lead hot","value":true}],"warnings":[{"field":"page_url","problem":"is no text: it was left out"},{"field":"lead_email","problem":"is no text: it was left out"},{"field":"messages","problem":"is no list: it was left out"}],"rerun_of":null,"created_at":"2026-01-01T00:00:03Z"}],"pagination":{"limit":6,"has_more":true,"next_cursor":"rcp_6"}}
        "#]],
    );
}

#[test]
fn leads_are_listed_in_many_ways() {
    check(
        r#"
        as nobody
        POST /api/save-lead {"session_id":"a","lead_name":"=HYPERLINK(1)","message_count":9}
        POST /api/save-lead {"session_id":"b","lead_name":"Bob, \"the\" builder","lead_email":"bob@example.com"}
        POST /api/save-lead {"session_id":"c","lead_business":"100% Pure"}
        as partner
        GET /api/leads?limit=1
        GET /api/leads?before=2026-01-01T00:00:02Z
        GET /api/leads?before={uuid_2}&limit=5
        GET /api/leads?hot=true
        GET /api/leads?q=0%25
        GET /api/leads?q=BOB
        "#,
        &expect![[r#"
            > as nobody
            > POST /api/save-lead {"session_id":"a","lead_name":"=HYPERLINK(1)","message_count":9}
            201 Created
            {"ok":true,"status":201,"id":"uuid_1","session_token":"token_1","hot":true}
            > POST /api/save-lead {"session_id":"b","lead_name":"Bob, \"the\" builder","lead_email":"bob@example.com"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_2","session_token":"token_2","hot":false}
            > POST /api/save-lead {"session_id":"c","lead_business":"100% Pure"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_3","session_token":"token_3","hot":false}
            > as partner
            > GET /api/leads?limit=1
            200 OK
            [{"id":"uuid_3","session_id":"c","name":null,"email":null,"business":"100% Pure","message_count":0,"source":"ora_widget","created_at":"2026-01-01T00:00:03Z","page_url":null,"hot":false,"hot_at":null,"phone":null,"contact_id":null,"updated_at":"2026-01-01T00:00:03Z"}]
            > GET /api/leads?before=2026-01-01T00:00:02Z
            200 OK
            [{"id":"uuid_1","session_id":"a","name":"=HYPERLINK(1)","email":null,"business":null,"message_count":9,"source":"ora_widget","created_at":"2026-01-01T00:00:01Z","page_url":null,"hot":true,"hot_at":"2026-01-01T00:00:01Z","phone":null,"contact_id":null,"updated_at":"2026-01-01T00:00:01Z"}]
            > GET /api/leads?before={uuid_2}&limit=5
            200 OK
            [{"id":"uuid_1","session_id":"a","name":"=HYPERLINK(1)","email":null,"business":null,"message_count":9,"source":"ora_widget","created_at":"2026-01-01T00:00:01Z","page_url":null,"hot":true,"hot_at":"2026-01-01T00:00:01Z","phone":null,"contact_id":null,"updated_at":"2026-01-01T00:00:01Z"}]
            > GET /api/leads?hot=true
            200 OK
            [{"id":"uuid_1","session_id":"a","name":"=HYPERLINK(1)","email":null,"business":null,"message_count":9,"source":"ora_widget","created_at":"2026-01-01T00:00:01Z","page_url":null,"hot":true,"hot_at":"2026-01-01T00:00:01Z","phone":null,"contact_id":null,"updated_at":"2026-01-01T00:00:01Z"}]
            > GET /api/leads?q=0%25
            200 OK
            [{"id":"uuid_3","session_id":"c","name":null,"email":null,"business":"100% Pure","message_count":0,"source":"ora_widget","created_at":"2026-01-01T00:00:03Z","page_url":null,"hot":false,"hot_at":null,"phone":null,"contact_id":null,"updated_at":"2026-01-01T00:00:03Z"}]
            > GET /api/leads?q=BOB
            200 OK
            [{"id":"uuid_2","session_id":"b","name":"Bob, \"the\" builder","email":"bob@example.com","business":null,"message_count":0,"source":"ora_widget","created_at":"2026-01-01T00:00:02Z","page_url":null,"hot":false,"hot_at":null,"phone":null,"contact_id":"con_1","updated_at":"2026-01-01T00:00:02Z"}]
        "#]],
    );
}

#[test]
fn leads_are_a_table_for_those_who_have_a_key() {
    check(
        r#"
        as nobody
        POST /api/save-lead {"session_id":"a","lead_name":"=HYPERLINK(1)","message_count":9}
        POST /api/save-lead {"session_id":"b","lead_name":"Bob, \"the\" builder","lead_email":"bob@example.com"}
        as partner
        show content-type
        GET /api/leads?format=csv
        GET /api/leads?format=xml
        GET /api/leads?limit=none
        GET /api/leads/nothing
        as nobody
        GET /api/leads/{uuid_2}
        as intake
        GET /api/leads
        as admin
        GET /api/leads
        "#,
        &expect![[r#"
            > as nobody
            > POST /api/save-lead {"session_id":"a","lead_name":"=HYPERLINK(1)","message_count":9}
            201 Created
            {"ok":true,"status":201,"id":"uuid_1","session_token":"token_1","hot":true}
            > POST /api/save-lead {"session_id":"b","lead_name":"Bob, \"the\" builder","lead_email":"bob@example.com"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_2","session_token":"token_2","hot":false}
            > as partner
            > show content-type
            > GET /api/leads?format=csv
            200 OK
            content-type: text/csv; charset=utf-8
            id,session_id,name,email,business,phone,message_count,source,page_url,hot_at,created_at,updated_at
            uuid_2,b,"Bob, ""the"" builder",bob@example.com,,,0,ora_widget,,,2026-01-01T00:00:02Z,2026-01-01T00:00:02Z
            uuid_1,a,'=HYPERLINK(1),,,,9,ora_widget,,2026-01-01T00:00:01Z,2026-01-01T00:00:01Z,2026-01-01T00:00:01Z

            > GET /api/leads?format=xml
            400 Bad Request
            content-type: application/json
            {"ok":false,"error":"The 'format' parameter must be 'json' or 'csv'.","code":"invalid_field","field":"format"}
            > GET /api/leads?limit=none
            400 Bad Request
            content-type: application/json
            {"ok":false,"error":"The 'limit' parameter is not valid.","code":"invalid_field","field":"limit"}
            > GET /api/leads/nothing
            404 Not Found
            content-type: application/json
            {"ok":false,"error":"There is no such lead.","code":"not_found"}
            > as nobody
            > GET /api/leads/{uuid_2}
            401 Unauthorized
            content-type: application/json
            {"ok":false,"error":"This needs a partner key: send it as 'X-Ora-Key'.","code":"unauthorized"}
            > as intake
            > GET /api/leads
            401 Unauthorized
            content-type: application/json
            {"ok":false,"error":"The API key is not valid, or it was revoked.","code":"unauthorized"}
            > as admin
            > GET /api/leads
            401 Unauthorized
            content-type: application/json
            {"ok":false,"error":"The API key is not valid, or it was revoked.","code":"unauthorized"}
        "#]],
    );
}

#[test]
fn a_path_names_the_workspace() {
    check(
        r#"
        as nobody
        POST /w/other/api/save-lead {"session_id":"s","lead_email":"ada@example.com"}
        POST /w/nobody/api/save-lead {"session_id":"s"}
        as partner
        GET /api/leads
        GET /w/other/api/leads
        as other
        GET /v1/contacts
        GET /w/other/v1/operators
        as partner
        GET /w/nowhere/api/leads/{uuid_1}
        as nobody
        POST /w/other/api/v1/webhook/forms {"phone_number":"8187405020"}
        as other
        GET /w/other
        "#,
        &expect![[r#"
            > as nobody
            > POST /w/other/api/save-lead {"session_id":"s","lead_email":"ada@example.com"}
            201 Created
            {"ok":true,"status":201,"id":"uuid_1","session_token":"token_1","hot":false}
            > POST /w/nobody/api/save-lead {"session_id":"s"}
            404 Not Found
            {"ok":false,"error":"There is no such workspace.","code":"not_found"}
            > as partner
            > GET /api/leads
            200 OK
            []
            > GET /w/other/api/leads
            200 OK
            []
            > as other
            > GET /v1/contacts
            200 OK
            {"data":[{"id":"con_1","email":"ada@example.com","name":null,"phone":null,"company":null,"avatar_url":null,"custom_attributes":{},"tags":[],"owner_id":null,"visitor_ids":[],"conversations_count":0,"source":"ora_widget","last_seen_at":null,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z","number":1,"phone_valid":null,"emails":[{"email":"ada@example.com","label":null}],"phones":[],"disposition_id":null,"profile":{},"line_id":null,"list_ids":[],"do_not_contact_at":null,"sms_opted_out_at":null}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /w/other/v1/operators
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such path.","status":404,"request_id":"req_…"}}
            > as partner
            > GET /w/nowhere/api/leads/{uuid_1}
            404 Not Found
            {"ok":false,"error":"There is no such lead.","code":"not_found"}
            > as nobody
            > POST /w/other/api/v1/webhook/forms {"phone_number":"8187405020"}
            400 Bad Request
            {"message":"The given data was invalid.","errors":{"api_token":["The api token field is required."]}}
            > as other
            > GET /w/other
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such path.","status":404,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn the_hottest_is_who_turned_hot_last() {
    check(
        r#"
        as nobody
        POST /api/save-lead {"session_id":"old","message_count":1}
        POST /api/save-lead {"session_id":"new","message_count":5}
        POST /api/save-lead {"session_id":"cold","message_count":4}
        POST /api/save-lead {"session_id":"old","message_count":5}
        POST /api/save-lead {"session_id":"new","message_count":50}
        as partner
        GET /api/zapier-webhook?action=hot-leads
        "#,
        &expect![[r#"
            > as nobody
            > POST /api/save-lead {"session_id":"old","message_count":1}
            201 Created
            {"ok":true,"status":201,"id":"uuid_1","session_token":"token_1","hot":false}
            > POST /api/save-lead {"session_id":"new","message_count":5}
            201 Created
            {"ok":true,"status":201,"id":"uuid_2","session_token":"token_2","hot":true}
            > POST /api/save-lead {"session_id":"cold","message_count":4}
            201 Created
            {"ok":true,"status":201,"id":"uuid_3","session_token":"token_3","hot":false}
            > POST /api/save-lead {"session_id":"old","message_count":5}
            200 OK
            {"ok":true,"status":200}
            > POST /api/save-lead {"session_id":"new","message_count":50}
            200 OK
            {"ok":true,"status":200}
            > as partner
            > GET /api/zapier-webhook?action=hot-leads
            200 OK
            [{"id":"uuid_1","session_id":"old","name":null,"email":null,"business":null,"message_count":5,"source":"ora_widget","created_at":"2026-01-01T00:00:01Z","page_url":null,"hot":true,"hot_at":"2026-01-01T00:00:04Z","phone":null,"contact_id":null,"updated_at":"2026-01-01T00:00:04Z"},{"id":"uuid_2","session_id":"new","name":null,"email":null,"business":null,"message_count":50,"source":"ora_widget","created_at":"2026-01-01T00:00:02Z","page_url":null,"hot":true,"hot_at":"2026-01-01T00:00:02Z","phone":null,"contact_id":null,"updated_at":"2026-01-01T00:00:05Z"}]
        "#]],
    );
}
