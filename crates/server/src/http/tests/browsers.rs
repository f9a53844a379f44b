//! Which pages of other sites may ask, and what a `HEAD` is told.

use serde_json::Value as Json;

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

/// Whose pages may read the answers of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Readers {
    /// Everybody's: there is no cookie that would be somebody else's.
    All,
    /// Those of the site alone.
    Site,
    Nobody,
}

/// A site's own, its own below a wildcard, and those that look like it.
const ORIGINS: [(&str, bool); 11] = [
    ("https://shop.example", true),
    ("https://eu.brand.example", true),
    ("https://evil.example", false),
    ("null", false),
    ("https://shop.example.evil.example", false),
    ("https://evilshop.example", false),
    ("https://evil.example/https://shop.example", false),
    ("http://shop.example", false),
    ("https://shop.example:8443", false),
    ("https://shop.example@evil.example", false),
    ("https://evilbrand.example", false),
];

#[test]
fn no_origin_is_let_in_that_only_looks_like_one_of_the_site() {
    block_on(async {
        let stage = Stage::set(&sqlite()).await;
        let body =
            r#"{"name": "S", "origins": ["https://shop.example", "https://*.brand.example"]}"#;
        let made = Ask::new("POST /v1/sites").by(&stage.secret("admin")).body(body);
        let made: Json = serde_json::from_str(&made.send(&stage.router).await.body).unwrap();
        let key = made["data"]["key"].as_str().unwrap();
        let table = [
            ("/v1/contacts".to_owned(), Readers::All),
            ("/v1/nothing".to_owned(), Readers::All),
            ("/api/leads".to_owned(), Readers::All),
            ("/w/default/api/leads".to_owned(), Readers::All),
            ("/api/v1/webhook/forms".to_owned(), Readers::Nobody),
            ("/oauth/token".to_owned(), Readers::All),
            ("/docs".to_owned(), Readers::Nobody),
            ("/openapi.json".to_owned(), Readers::Nobody),
            ("/healthz".to_owned(), Readers::Nobody),
            ("/metrics".to_owned(), Readers::Nobody),
            ("/nothing".to_owned(), Readers::Nobody),
            (format!("/widget/{key}.js"), Readers::Nobody),
            (format!("/widget/frame?site={key}"), Readers::Nobody),
            (format!("/widget/v1/conversations?site={key}"), Readers::Site),
            (format!("/widget/v1/messages?site={key}"), Readers::Site),
            ("/widget/v1/init?site=pk_nobody".to_owned(), Readers::Nobody),
        ];
        for (path, readers) in table {
            let origins = ORIGINS.map(|(origin, is_own)| (Some(origin), is_own));
            for (origin, is_own) in origins.into_iter().chain([(None, false)]) {
                stage.time.tick(jiff::SignedDuration::from_secs(1));
                for method in ["GET", "OPTIONS"] {
                    let mut ask = Ask::new(&format!("{method} {path}"));
                    if let Some(origin) = origin {
                        let wanted = "access-control-request-method";
                        ask = ask.header("origin", origin).header(wanted, "POST");
                    }
                    let answer = ask.send(&stage.router).await;
                    let wanted = match readers {
                        Readers::All => Some("*"),
                        Readers::Site => origin.filter(|_| is_own),
                        Readers::Nobody => None,
                    };
                    let what = format!("{method} {path} from {origin:?}: {}", answer.status);
                    assert_eq!(answer.header("access-control-allow-origin"), wanted, "{what}");
                    assert_eq!(answer.header("access-control-allow-credentials"), None, "{what}");
                    let may_ask = answer.header("access-control-allow-methods").is_some();
                    assert_eq!(may_ask, wanted.is_some() && method == "OPTIONS", "{what}");
                    let varies = answer.headers.get_all("vary").iter().any(|name| name == "Origin");
                    assert!(varies || readers != Readers::Site, "{what}");
                }
            }
        }
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
