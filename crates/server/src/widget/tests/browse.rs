//! Pages that visitors open.

use expect_test::expect;

use crate::testing::check;

#[test]
fn pages_make_sessions_and_sources() {
    check(
        r#"
        POST /v1/sites {"name": "S", "page_events": "each", "keep_params": ["sku"]}
        from here
        as nobody
        header User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36
        header Accept-Language: pt-PT,pt;q=0.9
        POST /widget/v1/pageview?site={pk_1} {"pages": [{"url": "https://shop.example/a?sku=7&email=a%40b.example&utm_source=news", "title": " Carafe ", "referrer": "https://search.example/?q=x"}]}
        settle
        POST /widget/v1/pageview?site={pk_1} {"token": "{vt_1}", "pages": [{"url": "https://shop.example/b", "referrer": "https://shop.example/a", "seconds": 12}]}
        settle
        tick 31m
        POST /widget/v1/pageview?site={pk_1} {"token": "{vt_1}", "pages": [{"url": "https://shop.example/c"}, {"url": "javascript:alert(1)"}]}
        settle
        POST /widget/v1/pageview?site={pk_1} {"token": "{vt_1}", "pages": [{"url": "https://shop.example/d?utm_source=other"}]}
        settle
        as read
        GET /v1/visitors
        GET /v1/visitors/{vis_1}/sessions
        GET /v1/visitors/{vis_1}/pageviews
        GET /v1/visitors/{vis_1}/pageviews?session_id={ses_1}&limit=1
        log visitor
        "#,
        &expect![[r#"
            > as nobody
            > header User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36
            > header Accept-Language: pt-PT,pt;q=0.9
            > POST /widget/v1/pageview?site={pk_1} {"pages": [{"url": "https://shop.example/a?sku=7&email=a%40b.example&utm_source=news", "title": " Carafe ", "referrer": "https://search.example/?q=x"}]}
            202 Accepted
            {"data":{"unread_count":0,"token":"vt_1"}}
            > settle
            > POST /widget/v1/pageview?site={pk_1} {"token": "{vt_1}", "pages": [{"url": "https://shop.example/b", "referrer": "https://shop.example/a", "seconds": 12}]}
            202 Accepted
            {"data":{"unread_count":0}}
            > settle
            > tick 31m
            > POST /widget/v1/pageview?site={pk_1} {"token": "{vt_1}", "pages": [{"url": "https://shop.example/c"}, {"url": "javascript:alert(1)"}]}
            202 Accepted
            {"data":{"unread_count":0}}
            > settle
            > POST /widget/v1/pageview?site={pk_1} {"token": "{vt_1}", "pages": [{"url": "https://shop.example/d?utm_source=other"}]}
            202 Accepted
            {"data":{"unread_count":0}}
            > settle
            > as read
            > GET /v1/visitors
            200 OK
            {"data":[{"id":"vis_1","name":null,"email":null,"contact_id":null,"is_verified":false,"online":true,"current_page":{"url":"https://shop.example/d?utm_source=other","title":null},"referrer":null,"utm":{"source":"other","medium":null,"campaign":null,"term":null,"content":null},"first_touch":{"url":"https://shop.example/a?sku=7&utm_source=news","referrer":"https://search.example/","utm":{"source":"news","medium":null,"campaign":null,"term":null,"content":null}},"site_id":"site_1","country":null,"region":null,"city":null,"timezone":null,"language":"pt-PT","browser":"Chrome 138","os":"Windows","device":"desktop","ip":"127.0.0.1","sessions_count":3,"pageviews_count":4,"custom_attributes":{},"first_seen_at":"2026-01-01T00:00:02Z","last_seen_at":"2026-01-01T00:31:05Z","created_at":"2026-01-01T00:00:02Z"}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/visitors/{vis_1}/sessions
            200 OK
            {"data":[{"id":"ses_1","visitor_id":"vis_1","started_at":"2026-01-01T00:31:05Z","ended_at":null,"duration_seconds":0,"entry_url":"https://shop.example/d?utm_source=other","exit_url":"https://shop.example/d?utm_source=other","referrer":null,"utm":{"source":"other","medium":null,"campaign":null,"term":null,"content":null},"pageviews_count":1,"country":null,"browser":"Chrome 138","os":"Windows","device":"desktop"},{"id":"ses_2","visitor_id":"vis_1","started_at":"2026-01-01T00:31:04Z","ended_at":null,"duration_seconds":0,"entry_url":"https://shop.example/c","exit_url":"https://shop.example/c","referrer":null,"utm":{"source":null,"medium":null,"campaign":null,"term":null,"content":null},"pageviews_count":1,"country":null,"browser":"Chrome 138","os":"Windows","device":"desktop"},{"id":"ses_3","visitor_id":"vis_1","started_at":"2026-01-01T00:00:02Z","ended_at":"2026-01-01T00:00:03Z","duration_seconds":1,"entry_url":"https://shop.example/a?sku=7&utm_source=news","exit_url":"https://shop.example/b","referrer":"https://search.example/","utm":{"source":"news","medium":null,"campaign":null,"term":null,"content":null},"pageviews_count":2,"country":null,"browser":"Chrome 138","os":"Windows","device":"desktop"}],"pagination":{"page":1,"per_page":25,"total":3,"has_more":false}}
            > GET /v1/visitors/{vis_1}/pageviews
            200 OK
            {"data":[{"id":"pv_1","visitor_id":"vis_1","session_id":"ses_1","url":"https://shop.example/d?utm_source=other","title":null,"referrer":null,"viewed_at":"2026-01-01T00:31:05Z","duration_seconds":null},{"id":"pv_2","visitor_id":"vis_1","session_id":"ses_2","url":"https://shop.example/c","title":null,"referrer":null,"viewed_at":"2026-01-01T00:31:04Z","duration_seconds":null},{"id":"pv_3","visitor_id":"vis_1","session_id":"ses_3","url":"https://shop.example/b","title":null,"referrer":null,"viewed_at":"2026-01-01T00:00:03Z","duration_seconds":12},{"id":"pv_4","visitor_id":"vis_1","session_id":"ses_3","url":"https://shop.example/a?sku=7&utm_source=news","title":"Carafe","referrer":"https://search.example/","viewed_at":"2026-01-01T00:00:02Z","duration_seconds":null}],"pagination":{"page":1,"per_page":25,"total":4,"has_more":false}}
            > GET /v1/visitors/{vis_1}/pageviews?session_id={ses_1}&limit=1
            200 OK
            {"data":[{"id":"pv_1","visitor_id":"vis_1","session_id":"ses_1","url":"https://shop.example/d?utm_source=other","title":null,"referrer":null,"viewed_at":"2026-01-01T00:31:05Z","duration_seconds":null}],"pagination":{"limit":1,"has_more":false,"next_cursor":null}}
            > log visitor
            6 visitor.page_viewed vis_1 by system {"id":"pv_4","visitor_id":"vis_1","session_id":"ses_3","url":"https://shop.example/a?sku=7&utm_source=news","title":"Carafe","referrer":"https://search.example/","viewed_at":"2026-01-01T00:00:02Z","duration_seconds":null,"visitor":{"id":"vis_1","name":null,"email":null}}
            7 visitors.browsed vis_1 by system {"visitor_ids":["vis_1"],"pageviews_count":1}
            8 visitor.page_viewed vis_1 by system {"id":"pv_3","visitor_id":"vis_1","session_id":"ses_3","url":"https://shop.example/b","title":null,"referrer":null,"viewed_at":"2026-01-01T00:00:03Z","duration_seconds":12,"visitor":{"id":"vis_1","name":null,"email":null}}
            9 visitors.browsed vis_1 by system {"visitor_ids":["vis_1"],"pageviews_count":1}
            10 visitor.page_viewed vis_1 by system {"id":"pv_2","visitor_id":"vis_1","session_id":"ses_2","url":"https://shop.example/c","title":null,"referrer":null,"viewed_at":"2026-01-01T00:31:04Z","duration_seconds":null,"visitor":{"id":"vis_1","name":null,"email":null}}
            11 visitors.browsed vis_1 by system {"visitor_ids":["vis_1"],"pageviews_count":1}
            12 visitor.page_viewed vis_1 by system {"id":"pv_1","visitor_id":"vis_1","session_id":"ses_1","url":"https://shop.example/d?utm_source=other","title":null,"referrer":null,"viewed_at":"2026-01-01T00:31:05Z","duration_seconds":null,"visitor":{"id":"vis_1","name":null,"email":null}}
            13 visitors.browsed vis_1 by system {"visitor_ids":["vis_1"],"pageviews_count":1}
        "#]],
    );
}

#[test]
fn whoever_asks_not_to_be_followed_is_not() {
    check(
        r#"
        POST /v1/sites {"name": "S"}
        POST /v1/sites {"name": "T", "tracking": "off"}
        from here
        as nobody
        header DNT: 1
        POST /widget/v1/pageview?site={pk_1} {"pages": [{"url": "https://shop.example/a"}]}
        header Sec-GPC: 1
        POST /widget/v1/pageview?site={pk_1} {"pages": [{"url": "https://shop.example/a"}]}
        POST /widget/v1/pageview?site={pk_2} {"pages": [{"url": "https://shop.example/a"}]}
        settle
        as read
        GET /v1/visitors
        "#,
        &expect![[r#"
            > as nobody
            > header DNT: 1
            > POST /widget/v1/pageview?site={pk_1} {"pages": [{"url": "https://shop.example/a"}]}
            202 Accepted
            {"data":{"unread_count":0}}
            > header Sec-GPC: 1
            > POST /widget/v1/pageview?site={pk_1} {"pages": [{"url": "https://shop.example/a"}]}
            202 Accepted
            {"data":{"unread_count":0}}
            > POST /widget/v1/pageview?site={pk_2} {"pages": [{"url": "https://shop.example/a"}]}
            202 Accepted
            {"data":{"unread_count":0}}
            > settle
            > as read
            > GET /v1/visitors
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
        "#]],
    );
}

#[test]
fn visitors_are_listed_and_machines_are_not() {
    check(
        r#"
        POST /v1/sites {"name": "S"}
        as nobody
        header User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0
        POST /widget/v1/init?site={pk_1}
        header User-Agent: Googlebot/2.1 (+http://www.google.com/bot.html)
        POST /widget/v1/init?site={pk_1}
        from here
        brief
        as read
        GET /v1/visitors
        GET /v1/visitors?include_bots=true
        GET /v1/visitors?after={vis_2}&limit=100&include_bots=true
        GET /v1/visitors?online=true
        tick 1m
        GET /v1/visitors?online=true
        GET /v1/visitors?online=false
        GET /v1/visitors/vis_nothing
        "#,
        &expect![[r#"
            > brief
            > as read
            > GET /v1/visitors
            200 OK
            {"data":["vis_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/visitors?include_bots=true
            200 OK
            {"data":["vis_2","vis_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > GET /v1/visitors?after={vis_2}&limit=100&include_bots=true
            200 OK
            {"data":["vis_1"],"pagination":{"limit":100,"has_more":false,"next_cursor":null}}
            > GET /v1/visitors?online=true
            200 OK
            {"data":["vis_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > tick 1m
            > GET /v1/visitors?online=true
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/visitors?online=false
            200 OK
            {"data":["vis_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/visitors/vis_nothing
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such visitor.","status":404,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn visitors_are_filtered() {
    check(
        r#"
        POST /v1/sites {"name": "S"}
        as nobody
        header User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0
        POST /widget/v1/init?site={pk_1}
        header User-Agent: Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1
        POST /widget/v1/init?site={pk_1}
        as vt_1
        POST /widget/v1/identify?site={pk_1} {"email": "ada@example.com", "name": "Ada"}
        from here
        brief
        as read
        GET /v1/visitors?identified=true
        GET /v1/visitors?identified=false
        GET /v1/visitors?q=ADA
        GET /v1/visitors?q=%25
        GET /v1/visitors?q=nobody
        GET /v1/visitors?country=AU
        GET /v1/visitors?last_seen_after=2027-01-01T00:00:00Z
        "#,
        &expect![[r#"
            > brief
            > as read
            > GET /v1/visitors?identified=true
            200 OK
            {"data":["vis_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/visitors?identified=false
            200 OK
            {"data":["vis_2"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/visitors?q=ADA
            200 OK
            {"data":["vis_1"],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/visitors?q=%25
            200 OK
            {"data":["vis_2","vis_1"],"pagination":{"page":1,"per_page":25,"total":2,"has_more":false}}
            > GET /v1/visitors?q=nobody
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/visitors?country=AU
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/visitors?last_seen_after=2027-01-01T00:00:00Z
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
        "#]],
    );
}
