//! A browser that keeps cookies, and whose pages are ours.

use std::collections::BTreeMap;

use axum::{body::Body, http::Request};
use serde_json::Value as Json;

use super::{Answer, Stage};

/// A browser.
#[derive(Clone, Default)]
pub(crate) struct Browser {
    pub(crate) cookies: BTreeMap<String, String>,
    /// Headers that go with every request.
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// What came back.
pub(crate) struct Seen {
    pub(crate) code: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) text: String,
}

impl Browser {
    /// Whose address is this, behind a proxy that is trusted.
    pub(crate) fn from(address: &str) -> Self {
        Self { headers: vec![("x-forwarded-for", address.to_owned())], ..Self::default() }
    }

    /// Asks as a page of ours does: `METHOD /path`, with a body of JSON, if any.
    pub(crate) async fn ask(&mut self, stage: &Stage, call: &str, body: &str) -> Seen {
        let own = vec![("sec-fetch-site", "same-origin"), ("content-type", "application/json")];
        self.send(stage, call, (&own, body)).await
    }

    /// Sends a form of a page of ours.
    pub(crate) async fn form(
        &mut self,
        stage: &Stage,
        call: &str,
        fields: &[(&str, &str)],
    ) -> Seen {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = "application/x-www-form-urlencoded";
        let own = vec![("sec-fetch-site", "same-origin"), ("content-type", kind)];
        self.send(stage, call, (&own, &form)).await
    }

    /// Sends exactly these headers beside the cookies.
    pub(crate) async fn send(
        &mut self,
        stage: &Stage,
        call: &str,
        (headers, body): (&[(&str, &str)], &str),
    ) -> Seen {
        let (method, path) = call.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(path).header("host", "desk.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", pairs.join("; "));
        }
        let Answer { status, headers, body } =
            stage.answer(request.body(Body::from(body.to_owned())).unwrap()).await;
        for line in headers.get("set-cookie").map_or("", String::as_str).lines() {
            let (pair, rules) = line.split_once("; ").unwrap();
            assert!(rules.contains("HttpOnly") && rules.contains("SameSite=Lax"), "{line}");
            let (name, value) = pair.split_once('=').unwrap();
            if rules.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let code = status.split(' ').next().unwrap().parse().unwrap();
        Seen { code, headers, text: body }
    }

    /// The value of the cookie of a login.
    pub(crate) fn login(&self) -> Option<&String> {
        self.cookies.get("switchboard")
    }
}

impl Seen {
    /// The body.
    pub(crate) fn json(&self) -> Json {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{} {}", self.code, self.text))
    }

    /// What is in its envelope.
    pub(crate) fn data(&self) -> Json {
        self.json()["data"].clone()
    }

    /// The code of a refusal.
    pub(crate) fn problem(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }
}
