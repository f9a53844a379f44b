//! Doors that stay shut.

use expect_test::expect;

use crate::testing::{Ask, Stage, block_on, check, databases};

#[test]
fn pages_of_other_sites_are_refused() {
    check(
        r#"
        POST /v1/sites {"name": "S", "origins": ["https://shop.example", "https://*.shop.example"]}
        from here
        as nobody
        show access-control-allow-origin
        header Origin: https://shop.example
        POST /widget/v1/pageview?site={pk_1} {"pages": []}
        header Origin: https://eu.shop.example
        POST /widget/v1/pageview?site={pk_1} {"pages": []}
        header Origin: https://shop.example.evil.example
        POST /widget/v1/pageview?site={pk_1} {"pages": []}
        header Origin: https://evilshop.example
        POST /widget/v1/pageview?site={pk_1} {"pages": []}
        header Origin: http://shop.example
        POST /widget/v1/pageview?site={pk_1} {"pages": []}
        header Origin: null
        POST /widget/v1/pageview?site={pk_1} {"pages": []}
        "#,
        &expect![[r#"
            > as nobody
            > show access-control-allow-origin
            > header Origin: https://shop.example
            > POST /widget/v1/pageview?site={pk_1} {"pages": []}
            202 Accepted
            access-control-allow-origin: https://shop.example
            {"data":{"unread_count":0}}
            > header Origin: https://eu.shop.example
            > POST /widget/v1/pageview?site={pk_1} {"pages": []}
            202 Accepted
            access-control-allow-origin: https://eu.shop.example
            {"data":{"unread_count":0}}
            > header Origin: https://shop.example.evil.example
            > POST /widget/v1/pageview?site={pk_1} {"pages": []}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"Pages of https://shop.example.evil.example may not use this widget: add the origin to the site.","status":403,"request_id":"req_…"}}
            > header Origin: https://evilshop.example
            > POST /widget/v1/pageview?site={pk_1} {"pages": []}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"Pages of https://evilshop.example may not use this widget: add the origin to the site.","status":403,"request_id":"req_…"}}
            > header Origin: http://shop.example
            > POST /widget/v1/pageview?site={pk_1} {"pages": []}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"Pages of http://shop.example may not use this widget: add the origin to the site.","status":403,"request_id":"req_…"}}
            > header Origin: null
            > POST /widget/v1/pageview?site={pk_1} {"pages": []}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"Pages of null may not use this widget: add the origin to the site.","status":403,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn a_browser_may_ask_before_it_asks() {
    check(
        r#"
        POST /v1/sites {"name": "S", "origins": ["https://shop.example"]}
        from here
        as nobody
        show access-control-allow-origin
        show access-control-allow-headers
        header Origin: https://shop.example
        OPTIONS /widget/v1/init?site={pk_1}
        header Origin: https://evil.example
        OPTIONS /widget/v1/init?site={pk_1}
        POST /widget/v1/init?site=pk_nothing
        POST /widget/v1/init
        "#,
        &expect![[r#"
            > as nobody
            > show access-control-allow-origin
            > show access-control-allow-headers
            > header Origin: https://shop.example
            > OPTIONS /widget/v1/init?site={pk_1}
            204 No Content
            access-control-allow-origin: https://shop.example
            access-control-allow-headers: Authorization, Content-Type
            > header Origin: https://evil.example
            > OPTIONS /widget/v1/init?site={pk_1}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"Pages of https://evil.example may not use this widget: add the origin to the site.","status":403,"request_id":"req_…"}}
            > POST /widget/v1/init?site=pk_nothing
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such site.","status":404,"request_id":"req_…"}}
            > POST /widget/v1/init
            400 Bad Request
            {"error":{"type":"validation_error","code":"invalid_parameter","message":"The 'site' parameter must be the key of a site.","param":"site","status":400,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn a_token_that_is_none_opens_nothing() {
    check(
        r#"
        POST /v1/sites {"name": "S"}
        POST /widget/v1/init?site={pk_1}
        as vt_1
        POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Hi"}
        from here
        brief
        as nobody
        GET /widget/v1/conversations?site={pk_1}
        header Authorization: Bearer vt_00000000000000000000000000000000
        GET /widget/v1/conversations?site={pk_1}
        as vt_1
        POST /widget/v1/reset?site={pk_1}
        GET /widget/v1/conversations?site={pk_1}
        POST /widget/v1/messages?site={pk_1} {"client_id": "b", "body": "Still me?"}
        "#,
        &expect![[r#"
            > brief
            > as nobody
            > GET /widget/v1/conversations?site={pk_1}
            401 Unauthorized
            {"error":{"type":"authentication_error","code":"token_expired","message":"This visitor is not known any more: begin anew with 'init'.","status":401,"request_id":"req_…"}}
            > header Authorization: Bearer vt_00000000000000000000000000000000
            > GET /widget/v1/conversations?site={pk_1}
            401 Unauthorized
            {"error":{"type":"authentication_error","code":"token_expired","message":"This visitor is not known any more: begin anew with 'init'.","status":401,"request_id":"req_…"}}
            > as vt_1
            > POST /widget/v1/reset?site={pk_1}
            204 No Content
            > GET /widget/v1/conversations?site={pk_1}
            401 Unauthorized
            {"error":{"type":"authentication_error","code":"token_expired","message":"This visitor is not known any more: begin anew with 'init'.","status":401,"request_id":"req_…"}}
            > POST /widget/v1/messages?site={pk_1} {"client_id": "b", "body": "Still me?"}
            401 Unauthorized
            {"error":{"type":"authentication_error","code":"token_expired","message":"This visitor is not known any more: begin anew with 'init'.","status":401,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn only_signed_visitors_write_where_the_site_says_so() {
    check(
        r#"
        POST /v1/sites {"name": "S", "identity": "required"}
        POST /widget/v1/init?site={pk_1}
        from here
        as vt_1
        POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Hi"}
        POST /widget/v1/identify?site={pk_1} {"identity": "not.a.token"}
        POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Hi"}
        "#,
        &expect![[r#"
            > as vt_1
            > POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Hi"}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"Sign in first: this site only talks to its users.","status":403,"request_id":"req_…"}}
            > POST /widget/v1/identify?site={pk_1} {"identity": "not.a.token"}
            200 OK
            {"data":{"id":"vis_1","name":null,"email":null,"is_verified":false}}
            > POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "Hi"}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"Sign in first: this site only talks to its users.","status":403,"request_id":"req_…"}}
        "#]],
    );
}

/// Every path of the widget that names a conversation, asked by another visitor of the same site, and
/// by one of another workspace.
#[test]
fn no_visitor_reads_anothers_conversation() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set(&database).await;
            let (site, mine) = stage.widget().await;
            let talk = stage.first_words(&site, &mine).await;
            let (same, stranger) = (site.clone(), stage.visitor(&site).await);
            let (other, foreign) = stage.widget_of("other").await;
            let paths = [
                ("GET", format!("messages?conversation_id={talk}"), String::new()),
                (
                    "POST",
                    "messages?x=1".to_owned(),
                    body(&talk, r#""client_id": "z", "body": "x""#),
                ),
                ("POST", "read?x=1".to_owned(), body(&talk, r#""number": 1"#)),
                ("POST", "rate?x=1".to_owned(), body(&talk, r#""score": 1"#)),
                ("POST", "close?x=1".to_owned(), body(&talk, r#""x": 1"#)),
                ("POST", "signal?x=1".to_owned(), body(&talk, r#""type": "typing""#)),
            ];
            for (site, token) in [(&same, &stranger), (&other, &foreign)] {
                for (method, path, body) in &paths {
                    let path = format!("/widget/v1/{path}&site={site}");
                    let headers = [("authorization".to_owned(), format!("Bearer {token}"))];
                    let ask = Ask { method, path: &path, headers: &headers, body };
                    let answer = stage.send("nobody", ask).await;
                    assert_eq!(answer.code(), 404, "{method} {path}: {}", answer.body);
                    assert!(!answer.body.contains("Hello"), "{}", answer.body);
                }
                let path = format!("/widget/v1/conversations?site={site}");
                let headers = [("authorization".to_owned(), format!("Bearer {token}"))];
                let ask = Ask { method: "GET", path: &path, headers: &headers, body: "" };
                assert_eq!(stage.send("nobody", ask).await.body, r#"{"data":[]}"#);
            }
        }
    });
}

fn body(talk: &str, more: &str) -> String {
    format!(r#"{{"conversation_id": "{talk}", {more}}}"#)
}

#[test]
fn a_visitor_who_asks_for_it_is_forgotten() {
    check(
        r#"
        POST /v1/sites {"name": "S"}
        POST /widget/v1/init?site={pk_1}
        as vt_1
        POST /widget/v1/pageview?site={pk_1} {"pages": [{"url": "https://shop.example/secret-page"}]}
        POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "my secret", "pre_chat": {"name": "Ada Secret"}}
        settle
        from here
        POST /widget/v1/forget?site={pk_1}
        settle
        GET /widget/v1/conversations?site={pk_1}
        as admin
        GET /v1/conversations/{conv_1}/messages
        GET /v1/visitors/{vis_1}
        GET /v1/visitors/{vis_1}/pageviews
        GET /v1/messages/search?q=secret
        log
        "#,
        &expect![[r##"
            > POST /widget/v1/forget?site={pk_1}
            202 Accepted
            > settle
            > GET /widget/v1/conversations?site={pk_1}
            401 Unauthorized
            {"error":{"type":"authentication_error","code":"token_expired","message":"This visitor is not known any more: begin anew with 'init'.","status":401,"request_id":"req_…"}}
            > as admin
            > GET /v1/conversations/{conv_1}/messages
            200 OK
            {"data":[{"id":"msg_1","conversation_id":"conv_1","type":"visitor","body":"","visitor":{"id":"vis_1","name":null,"email":null},"attachments":[],"channel_status":"sent","delivered_at":null,"read_at":null,"created_at":"2026-01-01T00:00:04Z","number":1,"client_id":"a","event":null,"edited_at":null,"deleted_at":"2026-01-01T00:00:05Z"}],"pagination":{"page":1,"per_page":25,"total":1,"has_more":false}}
            > GET /v1/visitors/{vis_1}
            200 OK
            {"data":{"id":"vis_1","name":null,"email":null,"contact_id":null,"is_verified":false,"online":false,"current_page":null,"referrer":null,"utm":{"source":null,"medium":null,"campaign":null,"term":null,"content":null},"first_touch":{"url":null,"referrer":null,"utm":{"source":null,"medium":null,"campaign":null,"term":null,"content":null}},"site_id":"site_1","country":null,"region":null,"city":null,"timezone":null,"language":null,"browser":null,"os":null,"device":"bot","sessions_count":0,"pageviews_count":0,"custom_attributes":{},"first_seen_at":"2026-01-01T00:00:02Z","last_seen_at":"2026-01-01T00:00:04Z","created_at":"2026-01-01T00:00:02Z"}}
            > GET /v1/visitors/{vis_1}/pageviews
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > GET /v1/messages/search?q=secret
            200 OK
            {"data":[],"pagination":{"page":1,"per_page":25,"total":0,"has_more":false}}
            > log
            5 site.updated site_1 by key_1 {"id":"site_1","name":"S","key":"pk_1","origins":[],"theme":{"accent":"#0b6b5b","scheme":"auto","side":"end","launcher":"show"},"locale":null,"texts":{},"hours":null,"pre_chat":null,"offline":null,"triggers":[],"tracking":"on","keep_params":[],"rating":"asked","privacy_url":null,"identity":"optional","addresses":"kept","page_events":"together","secrets_count":0,"created_at":"2026-01-01T00:00:01Z","updated_at":"2026-01-01T00:00:01Z"}
            6 visitor.updated vis_1 by vis_1 {"id":"vis_1"}
            7 conversation.created conv_1 by vis_1 {"id":"conv_1"}
            8 message.created conv_1 by vis_1 {"id":"conv_1"}
            9 visitors.browsed vis_1 by system {"id":"vis_1"}
            10 visitor.reset vis_1 by vis_1 {"id":"vis_1"}
            11 message.deleted conv_1 by system {"id":"conv_1"}
        "##]],
    );
}

#[test]
fn whoever_only_says_who_they_are_hears_nothing_that_is_meant_for_them() {
    check(
        r#"
        POST /v1/contacts {"email": "ada@example.com", "name": "Ada"}
        POST /v1/sites {"name": "S"}
        POST /widget/v1/init?site={pk_1}
        as vt_1
        POST /widget/v1/identify?site={pk_1} {"email": "ada@example.com"}
        as admin
        from here
        brief
        POST /v1/conversations {"email": "ada@example.com", "body": "Your code is 1234"}
        POST /v1/conversations {"contact_id": "{con_1}", "body": "Your code is 5678"}
        as vt_1
        GET /widget/v1/conversations?site={pk_1}
        POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "It is me"}
        as admin
        POST /v1/conversations/{conv_3}/merge {"conversation_id": "{conv_1}"}
        "#,
        &expect![[r#"
            > brief
            > POST /v1/conversations {"email": "ada@example.com", "body": "Your code is 1234"}
            201 Created
            {"data":"conv_1"}
            > POST /v1/conversations {"contact_id": "{con_1}", "body": "Your code is 5678"}
            201 Created
            {"data":"conv_2"}
            > as vt_1
            > GET /widget/v1/conversations?site={pk_1}
            200 OK
            {"data":[]}
            > POST /widget/v1/messages?site={pk_1} {"client_id": "a", "body": "It is me"}
            201 Created
            {"data":{"message":{"id":"msg_1","conversation_id":"conv_3","number":1,"client_id":"a","type":"visitor","body":"It is me","author":null,"attachments":[],"event":null,"created_at":"2026-01-01T00:00:08Z","delivered_at":null,"read_at":null,"edited_at":null,"deleted_at":null},"conversation":{"id":"conv_3","status":"open","operator":null,"messages_count":1,"rating":null,"can_rate":false,"created_at":"2026-01-01T00:00:08Z","closed_at":null,"last_message_at":"2026-01-01T00:00:08Z"}}}
            > as admin
            > POST /v1/conversations/{conv_3}/merge {"conversation_id": "{conv_1}"}
            409 Conflict
            {"error":{"type":"api_error","code":"state_conflict","message":"Only conversations with the same visitor on the same channel can be merged.","status":409,"request_id":"req_…"}}
        "#]],
    );
}

#[test]
fn a_token_of_one_site_is_none_on_another() {
    check(
        r#"
        POST /v1/sites {"name": "S"}
        POST /v1/sites {"name": "T", "identity": "required"}
        POST /widget/v1/init?site={pk_1}
        from here
        as vt_1
        GET /widget/v1/conversations?site={pk_2}
        GET /widget/v1/conversations?site={pk_1}
        "#,
        &expect![[r#"
            > as vt_1
            > GET /widget/v1/conversations?site={pk_2}
            401 Unauthorized
            {"error":{"type":"authentication_error","code":"token_expired","message":"This visitor is not known any more: begin anew with 'init'.","status":401,"request_id":"req_…"}}
            > GET /widget/v1/conversations?site={pk_1}
            200 OK
            {"data":[]}
        "#]],
    );
}

#[test]
fn where_a_widget_was_seen_is_told() {
    check(
        r#"
        POST /v1/sites {"name": "S", "origins": ["https://shop.example"]}
        GET /v1/sites/{site_1}/installation
        from here
        as nobody
        header Origin: https://shop.example
        POST /widget/v1/pageview?site={pk_1} {"pages": []}
        header Origin: https://other.example:8443
        POST /widget/v1/pageview?site={pk_1} {"pages": []}
        settle
        tick 5m
        header Origin: https://shop.example
        POST /widget/v1/pageview?site={pk_1} {"pages": []}
        settle
        as read
        GET /v1/sites/{site_1}/installation
        as other
        GET /v1/sites/{site_1}/installation
        "#,
        &expect![[r#"
            > as nobody
            > header Origin: https://shop.example
            > POST /widget/v1/pageview?site={pk_1} {"pages": []}
            202 Accepted
            {"data":{"unread_count":0}}
            > header Origin: https://other.example:8443
            > POST /widget/v1/pageview?site={pk_1} {"pages": []}
            403 Forbidden
            {"error":{"type":"authentication_error","code":"insufficient_scope","message":"Pages of https://other.example:8443 may not use this widget: add the origin to the site.","status":403,"request_id":"req_…"}}
            > settle
            > tick 5m
            > header Origin: https://shop.example
            > POST /widget/v1/pageview?site={pk_1} {"pages": []}
            202 Accepted
            {"data":{"unread_count":0}}
            > settle
            > as read
            > GET /v1/sites/{site_1}/installation
            200 OK
            {"data":{"first_seen_at":"2026-01-01T00:00:03Z","last_seen_at":"2026-01-01T00:05:05Z","origins":[{"origin":"https://shop.example","is_allowed":true,"first_seen_at":"2026-01-01T00:00:03Z","last_seen_at":"2026-01-01T00:05:05Z"},{"origin":"https://other.example:8443","is_allowed":false,"first_seen_at":"2026-01-01T00:00:04Z","last_seen_at":"2026-01-01T00:00:04Z"}]}}
            > as other
            > GET /v1/sites/{site_1}/installation
            404 Not Found
            {"error":{"type":"api_error","code":"not_found","message":"There is no such site.","status":404,"request_id":"req_…"}}
        "#]],
    );
}
