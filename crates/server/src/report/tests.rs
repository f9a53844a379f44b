//! What reports tell, on both engines.

use expect_test::expect;

use crate::testing::check;

#[test]
fn what_happens_is_counted_by_the_days_of_a_zone() {
    check(
        r#"
        operator Ada ada@example.com
        POST /v1/conversations {"email": "v1@example.com"}
        POST /v1/conversations/{conv_1}/messages {"body": "Hi", "type": "visitor"}
        tick 10m
        POST /v1/conversations/{conv_1}/messages {"body": "Hello", "operator_id": "{op_1}"}
        POST /v1/conversations/{conv_1}/messages {"body": "Again", "operator_id": "{op_1}"}
        POST /v1/conversations/{conv_1}/assign {"operator_id": "{op_1}"}
        tick 24h
        POST /v1/conversations/{conv_1}/close {}
        POST /v1/conversations/{conv_1}/rate {"score": 4}
        settle
        from here
        GET /v1/reports/conversations_created?from=2026-01-01&to=2026-01-02
        GET /v1/reports/messages_sent?from=2026-01-01&to=2026-01-02
        GET /v1/reports/first_reply?from=2026-01-01&to=2026-01-02&step=month
        GET /v1/reports/resolution?from=2025-12-31&to=2026-01-03&timezone=America/New_York
        GET /v1/reports/rating?from=2025-12-31&to=2026-01-03&step=week&timezone=Asia/Kathmandu
        GET /v1/reports/leads?from=2026-01-01&to=2026-01-01
        GET /v1/conversations?answered_after=2026-01-01T00:00:00Z&answered_before=2026-01-01T01:00:00Z&limit=1
        "#,
        &expect![[r#"
            > GET /v1/reports/conversations_created?from=2026-01-01&to=2026-01-02
            200 OK
            {"data":{"measure":"conversations_created","timezone":"UTC","count":1,"sum":0,"buckets":[{"start":"2026-01-01T00:00:00+00:00","end":"2026-01-02T00:00:00+00:00","count":1,"sum":0},{"start":"2026-01-02T00:00:00+00:00","end":"2026-01-03T00:00:00+00:00","count":0,"sum":0}],"shares":[{"key":"channel:web","count":1,"sum":0}]}}
            > GET /v1/reports/messages_sent?from=2026-01-01&to=2026-01-02
            200 OK
            {"data":{"measure":"messages_sent","timezone":"UTC","count":2,"sum":0,"buckets":[{"start":"2026-01-01T00:00:00+00:00","end":"2026-01-02T00:00:00+00:00","count":2,"sum":0},{"start":"2026-01-02T00:00:00+00:00","end":"2026-01-03T00:00:00+00:00","count":0,"sum":0}],"shares":[{"key":"operator:op_1","count":2,"sum":0}]}}
            > GET /v1/reports/first_reply?from=2026-01-01&to=2026-01-02&step=month
            200 OK
            {"data":{"measure":"first_reply","timezone":"UTC","count":1,"sum":601,"buckets":[{"start":"2026-01-01T00:00:00+00:00","end":"2026-01-03T00:00:00+00:00","count":1,"sum":601}],"shares":[{"key":"operator:op_1","count":1,"sum":601}]}}
            > GET /v1/reports/resolution?from=2025-12-31&to=2026-01-03&timezone=America/New_York
            200 OK
            {"data":{"measure":"resolution","timezone":"America/New_York","count":1,"sum":87005,"buckets":[{"start":"2025-12-31T00:00:00-05:00","end":"2026-01-01T00:00:00-05:00","count":0,"sum":0},{"start":"2026-01-01T00:00:00-05:00","end":"2026-01-02T00:00:00-05:00","count":1,"sum":87005},{"start":"2026-01-02T00:00:00-05:00","end":"2026-01-03T00:00:00-05:00","count":0,"sum":0},{"start":"2026-01-03T00:00:00-05:00","end":"2026-01-04T00:00:00-05:00","count":0,"sum":0}],"shares":[{"key":"operator:op_1","count":1,"sum":87005}]}}
            > GET /v1/reports/rating?from=2025-12-31&to=2026-01-03&step=week&timezone=Asia/Kathmandu
            200 OK
            {"data":{"measure":"rating","timezone":"Asia/Kathmandu","count":1,"sum":4,"buckets":[{"start":"2025-12-31T00:00:00+05:45","end":"2026-01-04T00:00:00+05:45","count":1,"sum":4}],"shares":[{"key":"operator:op_1","count":1,"sum":4},{"key":"score:4","count":1,"sum":4}]}}
            > GET /v1/reports/leads?from=2026-01-01&to=2026-01-01
            200 OK
            {"data":{"measure":"leads","timezone":"UTC","count":1,"sum":0,"buckets":[{"start":"2026-01-01T00:00:00+00:00","end":"2026-01-02T00:00:00+00:00","count":1,"sum":0}],"shares":[{"key":"source:api","count":1,"sum":0}]}}
            > GET /v1/conversations?answered_after=2026-01-01T00:00:00Z&answered_before=2026-01-01T01:00:00Z&limit=1
            200 OK
            {"data":[{"id":"conv_1","status":"closed","visitor":{"id":"vis_1","name":null,"email":"v1@example.com"},"assigned_to":"op_1","created_at":"2026-01-01T00:00:02Z","updated_at":"2026-01-02T00:10:08Z","messages_count":5,"contact_id":"con_1","channel":"web","subject":null,"tags":[],"page_url":null,"last_message_at":"2026-01-01T00:10:05Z","unread_count":0,"chatbot_id":null,"rating":{"score":4,"comment":null,"rated_at":"2026-01-02T00:10:08Z"},"closed_at":"2026-01-02T00:10:07Z","closed_by":"api","priority":"normal","snoozed_until":null,"is_snoozed":false,"assigned_at":"2026-01-01T00:10:06Z","waiting_since":null,"last_message_by":"operator","last_number":5,"site_id":null,"previous_id":null,"merged_into":null,"is_spam":false}],"pagination":{"limit":1,"has_more":false,"next_cursor":null}}
        "#]],
    );
}

#[test]
fn a_day_has_as_many_hours_as_the_clock_of_its_zone_says() {
    check(
        r#"
        from here
        GET /v1/reports/rating?from=2026-03-29&to=2026-03-29&timezone=Europe/Berlin&step=day
        GET /v1/reports/rating?from=2026-02-27&to=2026-03-02&timezone=Europe/Berlin&step=month
        "#,
        &expect![[r#"
            > GET /v1/reports/rating?from=2026-03-29&to=2026-03-29&timezone=Europe/Berlin&step=day
            200 OK
            {"data":{"measure":"rating","timezone":"Europe/Berlin","count":0,"sum":0,"buckets":[{"start":"2026-03-29T00:00:00+01:00","end":"2026-03-30T00:00:00+02:00","count":0,"sum":0}],"shares":[]}}
            > GET /v1/reports/rating?from=2026-02-27&to=2026-03-02&timezone=Europe/Berlin&step=month
            200 OK
            {"data":{"measure":"rating","timezone":"Europe/Berlin","count":0,"sum":0,"buckets":[{"start":"2026-02-27T00:00:00+01:00","end":"2026-03-01T00:00:00+01:00","count":0,"sum":0},{"start":"2026-03-01T00:00:00+01:00","end":"2026-03-03T00:00:00+01:00","count":0,"sum":0}],"shares":[]}}
        "#]],
    );
}

#[test]
fn a_report_that_cannot_be_is_refused_in_words() {
    check(
        r#"
        from here
        GET /v1/reports/weather?from=2026-01-01&to=2026-01-02
        GET /v1/reports/rating?from=2026-01-01
        GET /v1/reports/rating?from=yesterday&to=2026-01-02
        GET /v1/reports/rating?from=2026-01-03&to=2026-01-02
        GET /v1/reports/rating?from=2020-01-03&to=2026-01-02
        GET /v1/reports/rating?from=2025-01-03&to=2026-01-02&step=hour
        GET /v1/reports/rating?from=2026-01-01&to=2026-01-02&timezone=Moon/Base
        GET /v1/reports/rating?from=2026-01-01&to=2026-01-02&step=decade
        "#,
        &expect![[r#"
            > GET /v1/reports/weather?from=2026-01-01&to=2026-01-02
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such report.","status":404,"request_id":"req_…"}}
            > GET /v1/reports/rating?from=2026-01-01
            400 Bad Request
            {"error":{"type":"validation_error","code":"missing_parameter","message":"The 'to' parameter is required.","param":"to","status":400,"request_id":"req_…"}}
            > GET /v1/reports/rating?from=yesterday&to=2026-01-02
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'from' parameter must be a day such as 2026-02-11.","param":"from","status":400,"request_id":"req_…"}}
            > GET /v1/reports/rating?from=2026-01-03&to=2026-01-02
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'to' parameter must not be before 'from'.","param":"to","status":400,"request_id":"req_…"}}
            > GET /v1/reports/rating?from=2020-01-03&to=2026-01-02
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'to' parameter must be at most two years after 'from'.","param":"to","status":400,"request_id":"req_…"}}
            > GET /v1/reports/rating?from=2025-01-03&to=2026-01-02&step=hour
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'step' parameter makes too many bars: take a longer one.","param":"step","status":400,"request_id":"req_…"}}
            > GET /v1/reports/rating?from=2026-01-01&to=2026-01-02&timezone=Moon/Base
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'timezone' parameter must be an IANA name.","param":"timezone","status":400,"request_id":"req_…"}}
            > GET /v1/reports/rating?from=2026-01-01&to=2026-01-02&step=decade
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'step' parameter must be one of `hour`, `day`, `week`, `month`.","param":"step","status":400,"request_id":"req_…"}}
        "#]],
    );
}
