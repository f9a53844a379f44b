//! What an app gets, and what it does not.

mod tokens;

use std::collections::BTreeMap;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::{
    account::tests::{self as account, login_as},
    operator::AccessRole,
    testing::{
        Stage, block_on,
        browser::{Browser, Seen},
        databases,
    },
};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const BACK: &str = "https://app.example.com/callback";

/// Whether an app can keep a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Confidential,
    Public,
}

/// What goes with a request of an app: its headers and its fields.
type Sent<'a> = (&'a [(&'a str, String)], &'a [(&'a str, &'a str)]);

/// An app, and somebody who is asked by it.
struct Scene {
    stage: Stage,
    ada: Browser,
    app: Json,
}

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

impl Scene {
    async fn set(database: &crate::testing::Database, kind: Kind) -> Self {
        let stage = Stage::set_with(database, account::open()).await;
        let mut ada = account::owner(&stage).await;
        let body = json!({
            "name": "Sums & <b>Totals</b>", "homepage": "https://app.example.com/",
            "redirect_uris": [BACK, "http://127.0.0.1/cb"],
            "is_confidential": kind == Kind::Confidential,
            "scopes": ["contacts:read", "contacts:write", "conversations:read"],
        });
        let made = ada.ask(&stage, "POST /v1/apps", &body.to_string()).await;
        assert_eq!(made.code, 201, "{}", made.text);
        let app = made.data();
        assert_eq!(app["client_secret"].is_string(), kind == Kind::Confidential);
        Self { stage, ada, app }
    }

    fn id(&self) -> String {
        self.app["id"].as_str().unwrap().to_owned()
    }

    /// The question of an app that does all right, changed by `odd`; an empty value takes one away.
    fn question(&self, odd: &[(&str, &str)]) -> String {
        let mut query: BTreeMap<String, String> = [
            ("client_id", self.id().as_str()),
            ("redirect_uri", BACK),
            ("response_type", "code"),
            ("scope", "contacts:read"),
            ("state", "xyz&1"),
            ("code_challenge", &challenge()),
            ("code_challenge_method", "S256"),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
        for (name, value) in odd {
            if value.is_empty() {
                query.remove(*name);
            } else {
                query.insert((*name).to_owned(), (*value).to_owned());
            }
        }
        let pairs = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        format!("GET /oauth/authorize?{pairs}")
    }

    /// The fields of the form on the page of consent.
    async fn form(&mut self, odd: &[(&str, &str)]) -> Vec<(String, String)> {
        let page = self.ada.send(&self.stage, &self.question(odd), (&[], "")).await;
        assert_eq!(page.code, 200, "{}", page.text);
        let mut fields = Vec::new();
        for part in page.text.split("<input type=\"hidden\" name=\"").skip(1) {
            let (name, rest) = part.split_once("\" value=\"").unwrap();
            let (value, _) = rest.split_once("\">").unwrap();
            fields.push((name.to_owned(), value.replace("&amp;", "&")));
        }
        let (_, rest) = page.text.split_once("<option value=\"").unwrap();
        fields.push(("workspace".to_owned(), rest.split_once('"').unwrap().0.to_owned()));
        fields
    }

    /// Where the browser is sent when the operator decides so.
    async fn decide(&mut self, decision: &str, odd: &[(&str, &str)]) -> Url {
        let fields = self.form(odd).await;
        let mut fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        fields.push(("decision", decision));
        let seen = self.ada.form(&self.stage, "POST /oauth/authorize", &fields).await;
        assert_eq!(seen.code, 303, "{}", seen.text);
        Url::parse(&seen.headers["location"]).unwrap()
    }

    async fn code(&mut self, odd: &[(&str, &str)]) -> String {
        let back = self.decide("allow", odd).await;
        param(&back, "code").unwrap_or_else(|| panic!("{back}"))
    }

    /// Asks the token endpoint as this app, with Basic where it has a secret.
    async fn token(&self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let mut fields = fields.to_vec();
        let id = self.id();
        let mut headers = vec![("content-type", "application/x-www-form-urlencoded".to_owned())];
        if let Some(secret) = self.app["client_secret"].as_str() {
            headers.push(("authorization", basic(&id, secret)));
        } else {
            fields.push(("client_id", &id));
        }
        self.send(path, (&headers, &fields)).await
    }

    async fn send(&self, path: &str, (headers, fields): Sent<'_>) -> Seen {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Browser::default()
            .send(&self.stage, &format!("POST /oauth/{path}"), (&headers, &form))
            .await
    }

    /// A pair of tokens for what was granted.
    async fn tokens(&mut self, scope: &str) -> (String, String) {
        let code = self.code(&[("scope", scope)]).await;
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", BACK),
            ("code_verifier", VERIFIER),
        ];
        pair(&self.token("token", &fields).await)
    }

    async fn refresh(&self, token: &str) -> Seen {
        self.token("token", &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// Asks the API with an access token.
    async fn api(&self, token: &str, call: &str) -> Seen {
        let header = format!("Bearer {token}");
        let headers = [("authorization", header.as_str()), ("content-type", "application/json")];
        let body = r#"{"email": "c@example.com", "name": "C"}"#;
        let body = if call.starts_with("POST") { body } else { "" };
        Browser::default().send(&self.stage, call, (&headers, body)).await
    }
}

/// A grant of these scopes by a new admin of the default workspace, and an access token of it.
pub(crate) async fn granted(stage: &Stage, scopes: &str) -> (String, String) {
    granted_in(stage, "admin", scopes).await
}

/// The same in the workspace of `who`.
pub(crate) async fn granted_in(stage: &Stage, who: &str, scopes: &str) -> (String, String) {
    use crate::oauth::{NewApp, Scopes, app, grant, token};
    let scope = stage.scope(who);
    let chance = (stage.app.world.random)();
    let email = format!("grantor{chance}@example.com");
    let mut by = login_as(stage, &scope, (AccessRole::Admin, &email)).await;
    let me = by.ask(stage, "GET /v1/account", "").await.data();
    let by = grant::Grantor {
        operator: me["operator"]["id"].as_str().unwrap().parse().unwrap(),
        account: me["id"].as_str().unwrap().to_owned(),
        epoch: 0,
    };
    let scopes = Scopes::parse(scopes).unwrap();
    let write = stage.app.store.write(&scope, move |tx| {
        let new = NewApp {
            name: "Granted".to_owned(),
            homepage: None,
            redirect_uris: vec![BACK.to_owned()],
            scopes: None,
            is_confidential: true,
        };
        let app = app::create(tx, &new)?;
        let bound = token::Bound { redirect_uri: BACK.to_owned(), challenge: None };
        let code = token::grant_code(tx, &app, &by, (&scopes, &bound))?;
        let pair = token::exchange(tx, &code, None)?.unwrap();
        let all = grant::list(tx, Some(&by.operator))?;
        Ok::<_, crate::error::Error>((all[0].id.as_str().to_owned(), pair.access))
    });
    write.await.unwrap()
}

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

fn pair(seen: &Seen) -> (String, String) {
    assert_eq!(seen.code, 200, "{}", seen.text);
    assert_eq!(seen.headers["cache-control"], "no-store");
    let body = seen.json();
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 3600);
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    (text("access_token"), text("refresh_token"))
}

fn param(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

fn error(seen: &Seen) -> (u16, String) {
    (seen.code, seen.json()["error"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn an_app_does_what_it_was_granted_and_no_more() {
    block_on(async {
        for kind in [Kind::Confidential, Kind::Public] {
            for database in databases() {
                let mut scene = Scene::set(&database, kind).await;
                let back = scene.decide("allow", &[]).await;
                assert_eq!(param(&back, "state").as_deref(), Some("xyz&1"));
                assert_eq!(param(&back, "iss").as_deref(), Some("http://desk.test"));
                let (access, refresh) = scene.tokens("contacts:read").await;
                assert_eq!(scene.api(&access, "GET /v1/contacts").await.code, 200);
                let refused = scene.api(&access, "POST /v1/contacts").await;
                assert_eq!((refused.code, refused.problem().as_str()), (403, "insufficient_scope"));
                assert_eq!(
                    refused.headers["www-authenticate"],
                    "Bearer error=\"insufficient_scope\", scope=\"contacts:write\""
                );
                for call in
                    ["GET /v1/account", "POST /v1/operators", "GET /v1/audit", "GET /v1/keys"]
                {
                    assert_eq!(scene.api(&access, call).await.code, 403, "{call}");
                }
                // The refresh token opens nothing by itself.
                assert_eq!(scene.api(&refresh, "GET /v1/contacts").await.code, 401);
                // After an hour it is asked for anew.
                scene.stage.time.tick(SignedDuration::from_mins(61));
                let over = scene.api(&access, "GET /v1/contacts").await;
                assert_eq!((over.code, over.problem().as_str()), (401, "token_expired"));
                assert_eq!(over.headers["www-authenticate"], "Bearer error=\"invalid_token\"");
                let (access, _) = pair(&scene.refresh(&refresh).await);
                assert_eq!(scene.api(&access, "GET /v1/contacts").await.code, 200);
            }
        }
    });
}

#[test]
fn who_asks_for_what_and_where_it_leads_is_on_the_page() {
    block_on(async {
        for database in databases() {
            let mut scene = Scene::set(&database, Kind::Confidential).await;
            let question = scene.question(&[("scope", "contacts:read conversations:read")]);
            let page = scene.ada.send(&scene.stage, &question, (&[], "")).await;
            for shown in [
                "Sums &amp; &lt;b&gt;Totals&lt;/b&gt;",
                "See contacts and leads",
                "Read conversations and messages",
                "app.example.com",
            ] {
                assert!(page.text.contains(shown), "{shown}: {}", page.text);
            }
            assert!(!page.text.contains("Create, change"), "{}", page.text);
            let policy = &page.headers["content-security-policy"];
            assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
            assert!(policy.contains("form-action 'self' https://app.example.com;"), "{policy}");
            assert_eq!(page.headers["cache-control"], "no-store");
            // Whoever is not signed in signs in first, and comes back to the very same question.
            let seen = Browser::default().send(&scene.stage, &question, (&[], "")).await;
            assert_eq!(seen.code, 303);
            let (path, query) = seen.headers["location"].split_once('?').unwrap();
            assert_eq!(path, "/login");
            let next = form_urlencoded::parse(query.as_bytes()).next().unwrap().1.into_owned();
            assert_eq!(format!("GET {next}"), question);
            let refused = scene.decide("deny", &[]).await;
            assert_eq!(param(&refused, "error").as_deref(), Some("access_denied"));
            assert_eq!(param(&refused, "state").as_deref(), Some("xyz&1"));
            assert_eq!(param(&refused, "code"), None);
        }
    });
}

#[test]
fn nobody_is_sent_to_an_address_that_is_not_the_apps() {
    block_on(async {
        for database in databases() {
            let mut scene = Scene::set(&database, Kind::Confidential).await;
            for odd in [
                ("client_id", "app_unknown"),
                ("client_id", ""),
                ("redirect_uri", ""),
                ("redirect_uri", "https://evil.example/"),
                ("redirect_uri", "https://app.example.com/callback/"),
                ("redirect_uri", "https://app.example.com/callback?x=1"),
                ("redirect_uri", "https://app.example.com:443/callback"),
                ("redirect_uri", "https://APP.example.com/callback"),
                ("redirect_uri", "https://app.example.com.evil.example/callback"),
                ("redirect_uri", "https://app.example.com/callback/../callback"),
                ("redirect_uri", "https://app.example.com/callback#x"),
                ("redirect_uri", "http://app.example.com/callback"),
                ("redirect_uri", "https://127.0.0.1/cb"),
                ("redirect_uri", "http://127.0.0.1:80@evil.example/cb"),
                ("redirect_uri", "http://localhost/cb"),
            ] {
                for browser in [scene.ada.clone(), Browser::default()] {
                    let question = scene.question(&[odd]);
                    let seen = browser.clone().send(&scene.stage, &question, (&[], "")).await;
                    assert_eq!(seen.code, 400, "{odd:?}: {}", seen.text);
                    assert!(!seen.headers.contains_key("location"), "{odd:?}");
                    assert!(seen.headers["content-type"].starts_with("text/html"));
                }
            }
            let question = scene.question(&[("redirect_uri", "http://127.0.0.1:49152/cb")]);
            assert_eq!(scene.ada.send(&scene.stage, &question, (&[], "")).await.code, 200);
        }
    });
}

#[test]
fn other_mistakes_are_told_to_the_app() {
    block_on(async {
        for kind in [Kind::Confidential, Kind::Public] {
            for database in databases() {
                let mut scene = Scene::set(&database, kind).await;
                let long = "x".repeat(5_000);
                let mut cases = vec![
                    (vec![("response_type", "token")], "unsupported_response_type"),
                    (vec![("response_type", "")], "unsupported_response_type"),
                    (vec![("scope", "contacts:everything")], "invalid_scope"),
                    (vec![("scope", "admin")], "invalid_scope"),
                    (vec![("scope", "webhooks:manage")], "invalid_scope"),
                    (vec![("code_challenge_method", "plain")], "invalid_request"),
                    (vec![("code_challenge_method", "")], "invalid_request"),
                    (vec![("code_challenge", "short")], "invalid_request"),
                    (vec![("code_challenge", "")], "invalid_request"),
                    (vec![("state", long.as_str())], "invalid_request"),
                ];
                if kind == Kind::Public {
                    cases.push((
                        vec![("code_challenge", ""), ("code_challenge_method", "")],
                        "invalid_request",
                    ));
                }
                for (odd, wanted) in cases {
                    let question = scene.question(&odd);
                    let seen = scene.ada.send(&scene.stage, &question, (&[], "")).await;
                    assert_eq!(seen.code, 303, "{odd:?}: {}", seen.text);
                    let back = Url::parse(&seen.headers["location"]).unwrap();
                    assert!(back.as_str().starts_with(BACK), "{back}");
                    assert_eq!(param(&back, "error").as_deref(), Some(wanted), "{odd:?}");
                    assert!(param(&back, "error_description").is_some());
                    assert!(param(&back, "iss").is_some());
                    assert_eq!(param(&back, "code"), None);
                }
                if kind == Kind::Confidential {
                    // The documented example has no challenge.
                    let odd = [("code_challenge", ""), ("code_challenge_method", "")];
                    let code = scene.code(&odd).await;
                    let fields = [
                        ("grant_type", "authorization_code"),
                        ("code", code.as_str()),
                        ("redirect_uri", BACK),
                    ];
                    // Whoever shows a verifier meant to send a challenge: somebody took it away.
                    let mut downgraded = fields.to_vec();
                    downgraded.push(("code_verifier", VERIFIER));
                    let seen = scene.token("token", &downgraded).await;
                    assert_eq!(error(&seen), (400, "invalid_grant".to_owned()));
                    pair(&scene.token("token", &fields).await);
                }
            }
        }
    });
}

#[test]
fn a_form_that_is_not_ours_decides_nothing() {
    block_on(async {
        for database in databases() {
            let mut scene = Scene::set(&database, Kind::Confidential).await;
            let fields = scene.form(&[]).await;
            let all: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            for (name, value) in [
                ("seal", "00"),
                ("seal", ""),
                ("state", "other"),
                ("scope", "contacts:write"),
                ("redirect_uri", "http://127.0.0.1/cb"),
                ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN"),
            ] {
                let mut odd: Vec<(&str, &str)> =
                    all.iter().filter(|(known, _)| *known != name).copied().collect();
                odd.push((name, value));
                odd.push(("decision", "allow"));
                let seen = scene.ada.form(&scene.stage, "POST /oauth/authorize", &odd).await;
                assert!(
                    [400, 403].contains(&seen.code) || seen.headers["location"].contains("error="),
                    "{name}: {}",
                    seen.text
                );
                assert!(!seen.headers.get("location").is_some_and(|to| to.contains("code=")));
            }
            // Another's login is another's form.
            let scope = scene.stage.scope("admin");
            let mut bob =
                login_as(&scene.stage, &scope, (AccessRole::Operator, "bob@example.com")).await;
            let mut said = all.clone();
            said.push(("decision", "allow"));
            let seen = bob.form(&scene.stage, "POST /oauth/authorize", &said).await;
            assert_eq!(seen.code, 403, "{}", seen.text);
            let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&said).finish();
            let kind = ("content-type", "application/x-www-form-urlencoded");
            for headers in [
                vec![kind],
                vec![kind, ("origin", "https://evil.example")],
                vec![kind, ("sec-fetch-site", "cross-site")],
            ] {
                let seen = scene
                    .ada
                    .clone()
                    .send(&scene.stage, "POST /oauth/authorize", (&headers, &body))
                    .await;
                assert_eq!(seen.code, 403, "{headers:?}");
            }
            // No workspace but one's own.
            let mut elsewhere: Vec<(&str, &str)> =
                said.iter().filter(|(name, _)| *name != "workspace").copied().collect();
            let other = scene.stage.scope("other");
            elsewhere.push(("workspace", other.workspace()));
            let seen = scene.ada.form(&scene.stage, "POST /oauth/authorize", &elsewhere).await;
            assert_eq!(seen.code, 404, "{}", seen.text);
        }
    });
}

#[test]
fn where_everything_is_can_be_discovered() {
    block_on(async {
        for database in databases() {
            let scene = Scene::set(&database, Kind::Confidential).await;
            let call = "GET /.well-known/oauth-authorization-server";
            let told = Browser::default().send(&scene.stage, call, (&[], "")).await.json();
            assert_eq!(told["issuer"], "http://desk.test");
            assert_eq!(told["token_endpoint"], "http://desk.test/oauth/token");
            assert_eq!(told["code_challenge_methods_supported"], json!(["S256"]));
            assert_eq!(told["response_types_supported"], json!(["code"]));
            assert_eq!(told["scopes_supported"].as_array().unwrap().len(), 9);
        }
    });
}
