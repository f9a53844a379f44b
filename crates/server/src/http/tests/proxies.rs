//! What a proxy may say, and which one is believed.

use super::{Ask, sqlite};
use crate::{
    config::Config,
    testing::{Stage, block_on, settings},
};

const PROXY: &str = "10.0.0.7";
const STRANGER: &str = "203.0.113.9";

fn behind_a_proxy() -> Config {
    let mut config = settings();
    config.http.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    config
}

#[test]
fn what_came_in_the_clear_is_sent_to_https() {
    block_on(async {
        let database = sqlite();
        let stage = Stage::set_with(&database, behind_a_proxy()).await;
        let ask = |address: &str, scheme: &str| {
            Ask::new("GET /v1/contacts?page=2&q=%20")
                .header("host", "desk.example")
                .header("x-forwarded-proto", scheme)
                .from(address)
        };
        let answer = ask(PROXY, "http").send(&stage.router).await;
        assert_eq!(answer.status, 301);
        let target = answer.header("location");
        assert_eq!(target, Some("https://desk.example/v1/contacts?page=2&q=%20"));
        assert_eq!(answer.body, "");
        for (address, scheme) in [(PROXY, "https"), (PROXY, "http, https"), (STRANGER, "http")] {
            let answer = ask(address, scheme).send(&stage.router).await;
            assert_eq!(answer.status, 401, "{address} {scheme}");
        }
        let mut config = behind_a_proxy();
        config.http.https_redirect = false;
        let database = sqlite();
        let stage = Stage::set_with(&database, config).await;
        assert_eq!(ask(PROXY, "http").send(&stage.router).await.status, 401);
    });
}

#[test]
fn browsers_stay_with_https_once_they_were_there() {
    block_on(async {
        let stage = Stage::set_with(&sqlite(), behind_a_proxy()).await;
        for (address, scheme, wanted) in [
            (PROXY, "https", Some("max-age=31536000")),
            (PROXY, "http, https", Some("max-age=31536000")),
            // Whoever is sent there has not been there.
            (PROXY, "http", None),
            (PROXY, "https, http", None),
            (PROXY, "", None),
            (STRANGER, "https", None),
        ] {
            for path in ["/docs", "/v1/contacts", "/healthz"] {
                let ask = Ask::new(&format!("GET {path}")).header("host", "desk.example");
                let ask = ask.header("x-forwarded-proto", scheme).from(address);
                let answer = ask.send(&stage.router).await;
                let told = answer.header("strict-transport-security");
                assert_eq!(told, wanted, "{address} {scheme} {path}");
            }
        }
    });
}

#[test]
fn a_request_without_a_host_cannot_be_sent_anywhere() {
    block_on(async {
        let stage = Stage::set_with(&sqlite(), behind_a_proxy()).await;
        for host in [None, Some("not a host"), Some("")] {
            let mut ask = Ask::new("GET /docs").header("x-forwarded-proto", "http").from(PROXY);
            if let Some(host) = host {
                ask = ask.header("host", host);
            }
            let answer = ask.send(&stage.router).await;
            assert_eq!((answer.status, answer.header("location")), (400, None), "{host:?}");
        }
    });
}

#[test]
fn a_probe_of_the_proxy_is_answered_in_the_clear() {
    block_on(async {
        let database = sqlite();
        let stage = Stage::set_with(&database, behind_a_proxy()).await;
        // A load balancer asks without saying anything.
        for path in ["/healthz", "/readyz"] {
            let answer = Ask::new(&format!("GET {path}")).from(PROXY).send(&stage.router).await;
            assert_eq!(answer.status, 200);
        }
    });
}

#[test]
fn strangers_are_counted_by_what_the_trusted_proxy_says() {
    block_on(async {
        let database = sqlite();
        let stage = Stage::set_with(&database, behind_a_proxy()).await;
        let left = async |peer: &str, forwarded: &str| {
            let ask = Ask::new("GET /v1/contacts").from(peer).header("x-forwarded-for", forwarded);
            ask.send(&stage.router).await.number("x-ratelimit-remaining")
        };
        assert_eq!(left(PROXY, "198.51.100.1").await, 59);
        assert_eq!(left(PROXY, "198.51.100.2").await, 59);
        assert_eq!(left(PROXY, "1.1.1.1, 198.51.100.1").await, 58);
        // Nobody else is believed.
        assert_eq!(left(STRANGER, "198.51.100.1").await, 59);
        assert_eq!(left(STRANGER, "198.51.100.2").await, 58);
    });
}

#[test]
fn the_metrics_are_for_this_machine_unless_opened() {
    block_on(async {
        let database = sqlite();
        let stage = Stage::set_with(&database, behind_a_proxy()).await;
        let ask = |peer: &str, forwarded: &str| {
            Ask::new("GET /metrics").from(peer).header("x-forwarded-for", forwarded)
        };
        // A request is counted once it is answered.
        assert_eq!(Ask::new("GET /healthz").send(&stage.router).await.status, 200);
        let mine = Ask::new("GET /metrics").from("127.0.0.1").send(&stage.router).await;
        assert_eq!(mine.status, 200);
        for line in [
            "switchboard_store_commits_total",
            "switchboard_store_operations_total",
            "switchboard_store_queued_operations",
            "switchboard_http_requests_total",
        ] {
            assert!(mine.body.contains(line), "{line} is missing");
        }
        assert_eq!(Ask::new("GET /metrics").from("::1").send(&stage.router).await.status, 200);
        assert_eq!(ask(STRANGER, "127.0.0.1").send(&stage.router).await.status, 404);
        assert_eq!(ask(PROXY, STRANGER).send(&stage.router).await.status, 404);
        let mut config = behind_a_proxy();
        config.http.metrics_open = true;
        let database = sqlite();
        let stage = Stage::set_with(&database, config).await;
        assert_eq!(ask(STRANGER, "").send(&stage.router).await.status, 200);
    });
}
