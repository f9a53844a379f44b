//! Which pages of other sites may ask, and what a `HEAD` is told.

use super::{Ask, sqlite};
use crate::testing::{Stage, block_on};

const CORS: [&str; 5] = [
    "access-control-allow-origin",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-max-age",
    "access-control-allow-credentials",
];

/// What each path says to a page of another site.
async fn said(stage: &Stage, call: &str) -> (u16, [Option<String>; 5]) {
    let ask = Ask::new(call)
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST");
    let answer = ask.send(&stage.router).await;
    (answer.status, CORS.map(|name| answer.header(name).map(str::to_owned)))
}

fn some(texts: [&str; 4]) -> [Option<String>; 5] {
    let [origin, methods, headers, age] = texts.map(|text| Some(text.to_owned()));
    [origin, methods, headers, age, None]
}

#[test]
fn each_family_says_who_may_call_it_from_a_browser() {
    block_on(async {
        let database = sqlite();
        let stage = Stage::set(&database).await;
        let platform = some([
            "*",
            "GET, POST, PATCH, DELETE, OPTIONS",
            "Authorization, Content-Type, Idempotency-Key",
            "86400",
        ]);
        assert_eq!(said(&stage, "OPTIONS /v1/contacts").await, (204, platform));
        let capture = some(["*", "GET, POST, OPTIONS", "Content-Type, X-Ora-Key", "86400"]);
        assert_eq!(said(&stage, "OPTIONS /api/save-lead").await, (204, capture));
        let origin_alone = [Some("*".to_owned()), None, None, None, None];
        assert_eq!(said(&stage, "GET /v1/contacts").await, (401, origin_alone.clone()));
        assert_eq!(said(&stage, "POST /api/nothing").await, (404, origin_alone));
        assert_eq!(said(&stage, "OPTIONS /api/v1/webhook/forms").await, (405, [const { None }; 5]));
        let app = some(["*", "POST, OPTIONS", "Authorization, Content-Type", "86400"]);
        assert_eq!(said(&stage, "OPTIONS /oauth/token").await, (204, app));
        let origin_alone = [Some("*".to_owned()), None, None, None, None];
        assert_eq!(said(&stage, "POST /oauth/token").await, (400, origin_alone));
        assert_eq!(said(&stage, "OPTIONS /healthz").await, (405, [const { None }; 5]));
        assert_eq!(said(&stage, "GET /healthz").await, (200, [const { None }; 5]));
    });
}

#[test]
fn a_page_may_read_the_headers_that_matter() {
    block_on(async {
        let database = sqlite();
        let stage = Stage::set(&database).await;
        let ask = || Ask::new("GET /v1/contacts").by(&stage.secret("read"));
        let answer = ask().header("origin", "https://shop.example").send(&stage.router).await;
        let exposed = answer.header("access-control-expose-headers").unwrap();
        for name in ["X-Request-Id", "X-RateLimit-Remaining", "Retry-After", "X-Ignored-Fields"] {
            assert!(exposed.contains(name), "{exposed}");
        }
        // Whoever is no page is spared the list.
        let answer = ask().send(&stage.router).await;
        assert_eq!(answer.header("access-control-expose-headers"), None);
    });
}

#[test]
fn a_preflight_needs_no_key_and_costs_no_turn() {
    block_on(async {
        let database = sqlite();
        let stage = Stage::set(&database).await;
        for _ in 0..100 {
            let answer = Ask::new("OPTIONS /v1/contacts").send(&stage.router).await;
            assert_eq!(answer.status, 204);
        }
        let answer = Ask::new("GET /v1/contacts").send(&stage.router).await;
        assert_eq!(answer.number("x-ratelimit-remaining"), 59);
    });
}

#[test]
fn a_head_is_a_get_without_its_body() {
    block_on(async {
        let database = sqlite();
        let stage = Stage::set(&database).await;
        for (path, wanted) in
            [("/v1/contacts", 200), ("/v1/contacts/con_x", 404), ("/healthz", 200)]
        {
            stage.time.tick(jiff::SignedDuration::from_secs(1));
            let ask =
                |method: &str| Ask::new(&format!("{method} {path}")).by(&stage.secret("read"));
            let head = ask("HEAD").send(&stage.router).await;
            let get = ask("GET").send(&stage.router).await;
            assert_eq!((head.status, head.body.as_str()), (wanted, ""), "{path}");
            assert_eq!(get.status, wanted, "{path}");
            assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
            assert_eq!(head.header("x-ratelimit-limit"), get.header("x-ratelimit-limit"), "{path}");
        }
    });
}
