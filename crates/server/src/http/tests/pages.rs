//! Probes, pages and the document.

use serde_json::{Value as Json, json};

use super::{Ask, sqlite};
use crate::{
    site,
    testing::{Database, Stage, block_on, databases},
};

#[test]
fn probes_say_how_it_is() {
    block_on(async {
        for database in databases() {
            let stage = Stage::set(&database).await;
            let health = Ask::new("GET /healthz").send(&stage.router).await;
            assert_eq!((health.status, health.body.as_str()), (200, "{\"status\":\"ok\"}"));
            let ready = Ask::new("GET /readyz").send(&stage.router).await;
            assert_eq!((ready.status, ready.body.as_str()), (200, "{\"status\":\"ready\"}"));
        }
    });
}

#[test]
fn a_server_whose_database_is_away_is_alive_and_not_ready() {
    block_on(async {
        for database in databases() {
            let Database::Postgres(url) = &database else { continue };
            let stage = Stage::set(&database).await;
            store::testing::drop_database(url);
            let ready = Ask::new("GET /readyz").send(&stage.router).await;
            assert_eq!(ready.status, 503);
            assert!(ready.body.contains("the database does not answer"), "{}", ready.body);
            assert_eq!(Ask::new("GET /healthz").send(&stage.router).await.status, 200);
            assert_eq!(Ask::new("GET /metrics").send(&stage.router).await.status, 200);
            let contacts = Ask::new("GET /v1/contacts").by(&stage.secret("read"));
            let answer = contacts.send(&stage.router).await;
            assert_eq!(answer.status, 503, "{}", answer.body);
            assert_eq!(answer.header("retry-after"), Some("1"));
        }
    });
}

#[test]
fn the_documents_are_pages_of_our_own_that_nobody_frames() {
    block_on(async {
        let database = sqlite();
        let stage = Stage::set(&database).await;
        let root = Ask::new("GET /").send(&stage.router).await;
        assert_eq!((root.status, root.header("location")), (307, Some("/docs")));
        let page = Ask::new("GET /docs").send(&stage.router).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(page.header("cache-control"), Some("no-cache"));
        let policy = page.header("content-security-policy").unwrap();
        for rule in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"] {
            assert!(policy.contains(rule), "{policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
        for asset in page.body.split('"').filter(|part| part.contains("/assets/")) {
            let path = asset.replace("./", "/docs/");
            let answer = Ask::new(&format!("GET {path}")).send(&stage.router).await;
            assert_eq!(answer.status, 200, "{path}");
            assert!(answer.header("cache-control").unwrap().contains("immutable"), "{path}");
            assert_ne!(answer.header("content-type"), Some("application/octet-stream"), "{path}");
        }
    });
}

/// A page, the file it is, who may frame it, and whose pages may load it.
type Document<'a> = (&'a str, &'a str, &'a str, &'a str);

#[test]
fn every_page_keeps_to_itself() {
    block_on(async {
        let stage = Stage::set(&sqlite()).await;
        let body = json!({ "name": site::DEMO_NAME, "origins": ["https://shop.example"] });
        let made = Ask::new("POST /v1/sites").by(&stage.secret("admin")).body(body.to_string());
        let made: Json = serde_json::from_str(&made.send(&stage.router).await.body).unwrap();
        let key = made["data"]["key"].as_str().unwrap();
        let frame = format!("/widget/frame?site={key}");
        let documents: [Document<'_>; 5] = [
            ("/app/all/conv_x", "dashboard/index.html", "require-trusted-types-for", "same-origin"),
            ("/login", "account/index.html", "frame-ancestors 'none'", "same-origin"),
            ("/docs", "docs/index.html", "frame-ancestors 'none'", "same-origin"),
            ("/demo", "demo/index.html", "frame-ancestors 'none'", "same-origin"),
            (
                &frame,
                "widget/frame.html",
                "frame-ancestors 'self' https://shop.example",
                "cross-origin",
            ),
        ];
        let mut files: Vec<String> = documents.map(|(_, file, ..)| file.to_owned()).into();
        files.sort();
        let mut all = crate::http::assets::documents();
        all.sort();
        assert_eq!(files, all, "a page is not in the table");
        for (path, _, ancestors, resource) in documents {
            let page = Ask::new(&format!("GET {path}")).send(&stage.router).await;
            assert_eq!(page.status, 200, "{path}");
            assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
            let policy = page.header("content-security-policy").unwrap();
            for rule in ["default-src 'none'", "script-src 'self'", "base-uri 'none'", ancestors] {
                assert!(policy.contains(rule), "{path}: {policy}");
            }
            assert!(!policy.contains("unsafe") && !policy.contains('*'), "{path}: {policy}");
            assert!(page.header("referrer-policy").is_some(), "{path}");
            assert_eq!(page.header("cross-origin-opener-policy"), Some("same-origin"), "{path}");
            assert_eq!(page.header("cross-origin-resource-policy"), Some(resource), "{path}");
            let denied = page.header("permissions-policy").unwrap();
            assert!(denied.contains("camera=(), ") && denied.contains("microphone=()"), "{path}");
            assert_eq!(page.header("strict-transport-security"), None, "{path}");
        }
        // Pages of others load the loader, whatever they isolate themselves with.
        let loader = Ask::new(&format!("GET /widget/{key}.js")).send(&stage.router).await;
        assert_eq!(loader.header("cross-origin-resource-policy"), Some("cross-origin"));
    });
}

#[test]
fn what_is_no_page_is_not_found() {
    block_on(async {
        let database = sqlite();
        let stage = Stage::set(&database).await;
        for path in [
            "/docs/nothing.js",
            "/docs/../Cargo.toml",
            "/docs/%2e%2e/%2e%2e/etc/passwd",
            "/nothing",
        ] {
            let answer = Ask::new(&format!("GET {path}")).send(&stage.router).await;
            assert_eq!(answer.status, 404, "{path}");
            assert!(answer.body.contains("\"code\":\"not_found\""), "{}", answer.body);
        }
    });
}

#[test]
fn the_document_is_served_in_two_versions_and_two_notations() {
    block_on(async {
        let database = sqlite();
        let stage = Stage::set(&database).await;
        let get = async |path: &str| {
            let answer = Ask::new(&format!("GET {path}")).send(&stage.router).await;
            assert_eq!(answer.status, 200, "{path}");
            answer
        };
        let older = get("/openapi.json").await;
        assert_eq!(older.header("content-type"), Some("application/json"));
        assert_eq!(older.body, crate::http::openapi::checked_in());
        let older: Json = serde_json::from_str(&older.body).unwrap();
        let newer: Json =
            serde_json::from_str(&get("/openapi.json?version=3.1").await.body).unwrap();
        assert_eq!(older["openapi"], "3.0.3");
        assert!(newer["openapi"].as_str().unwrap().starts_with("3.1"), "{}", newer["openapi"]);
        let operations = |document: &Json| {
            let paths = document["paths"].as_object().unwrap();
            let each = paths.iter().flat_map(|(path, all)| {
                all.as_object().unwrap().keys().map(move |method| format!("{method} {path}"))
            });
            each.collect::<Vec<_>>()
        };
        assert_eq!(operations(&older), operations(&newer));
        for (path, json) in [("/openapi.yaml", &older), ("/openapi.yaml?version=3.1", &newer)] {
            let yaml = get(path).await;
            assert_eq!(yaml.header("content-type"), Some("application/yaml"));
            assert_eq!(&read_yaml(&yaml.body), json, "{path}");
        }
    });
}

/// Reads what we write: blocks of quoted names and dashes, with JSON for leaves.
fn read_yaml(text: &str) -> Json {
    let lines: Vec<(usize, &str)> = text
        .lines()
        .map(|line| (line.len() - line.trim_start().len(), line.trim_start()))
        .filter(|(_, line)| !line.is_empty())
        .collect();
    let mut at = 0;
    let read = block(&lines, &mut at);
    assert_eq!(at, lines.len(), "everything was read");
    read
}

fn block(lines: &[(usize, &str)], at: &mut usize) -> Json {
    let indent = lines[*at].0;
    let is_list = lines[*at].1.starts_with('-');
    let (mut fields, mut items) = (serde_json::Map::new(), Vec::new());
    while *at < lines.len() && lines[*at].0 == indent && lines[*at].1.starts_with('-') == is_list {
        let line = lines[*at].1;
        let (name, rest) = if is_list {
            ("", line.trim_start_matches('-'))
        } else {
            let mut from = serde_json::Deserializer::from_str(line).into_iter::<String>();
            let name = from.next().unwrap().unwrap();
            let rest = line.split_at(from.byte_offset()).1.strip_prefix(':').unwrap();
            fields.insert(name, Json::Null);
            ("named", rest)
        };
        *at += 1;
        let value = if rest.trim().is_empty() {
            block(lines, at)
        } else {
            serde_json::from_str(rest).unwrap()
        };
        if name.is_empty() {
            items.push(value);
        } else if let Some(last) = fields.values_mut().last() {
            *last = value;
        }
    }
    if is_list { items.into() } else { fields.into() }
}

#[test]
fn pages_are_packed_for_whoever_takes_them_so() {
    use std::io::Read as _;

    use axum::{body::to_bytes, http::Request};
    use tower::ServiceExt as _;

    block_on(async {
        let stage = Stage::set(&sqlite()).await;
        let get = async |accepts: &str| {
            let request = Request::get("/openapi.json").header("accept-encoding", accepts);
            let request = request.body(axum::body::Body::empty()).unwrap();
            let (parts, body) = stage.router.clone().oneshot(request).await.unwrap().into_parts();
            let coding = parts.headers.get("content-encoding").cloned();
            assert!(parts.headers.get_all("vary").iter().any(|name| name == "Accept-Encoding"));
            (coding, to_bytes(body, 16 << 20).await.unwrap())
        };
        let (coding, plain) = get("identity, gzip;q=0").await;
        assert_eq!(coding, None);
        let (coding, packed) = get("br, gzip").await;
        assert_eq!(coding.unwrap(), "gzip");
        assert!(packed.len() * 3 < plain.len(), "{} of {}", packed.len(), plain.len());
        let mut read = Vec::new();
        flate2::read::GzDecoder::new(&*packed).read_to_end(&mut read).unwrap();
        assert_eq!(read, plain);
    });
}
