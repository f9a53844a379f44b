//! What a browser shows: its cookies, and from where a request of it was made.

use std::net::IpAddr;

use axum::{
    extract::{FromRequestParts, Request},
    http::{Extensions, HeaderMap, HeaderValue, Method, header, request::Parts},
};

use super::{App, Peer, address, health, problem::Problem};

/// Who asks, when it may be a browser with somebody before it.
#[derive(Clone, Debug)]
pub struct Browser {
    /// The address that it is counted by.
    pub address: IpAddr,
    /// What it calls itself, cut.
    pub agent: String,
    /// Where our pages are, as it sees them: `https://host`, without a slash.
    pub origin: String,
    /// The token of the login, if it has one.
    pub login: Option<String>,
    /// What it was given when somebody signed in here before.
    pub device: Option<String>,
    way: Way,
}

/// Whether what is sent can be read on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Secure = 0,
    Clear = 1,
}

/// The cookie of a login. Over HTTPS its name makes browsers take it from this host alone.
const LOGIN: [&str; 2] = ["__Host-switchboard", "switchboard"];
/// The cookie of a browser in which somebody was signed in.
const DEVICE: [&str; 2] = ["__Host-switchboard-device", "switchboard-device"];
const AGENT_CHARS_MAX: usize = 300;
const DEVICE_S: i64 = 365 * 24 * 3600;

impl Browser {
    fn of(app: &App, parts: &Parts) -> Self {
        let way = way(app, &parts.headers, &parts.extensions);
        let host = text(&parts.headers, header::HOST.as_str());
        let scheme = if way == Way::Secure { "https" } else { "http" };
        let client = parts.extensions.get::<health::Client>();
        let client = client.map_or_else(|| peer(&parts.extensions), |client| client.0);
        let agent = text(&parts.headers, header::USER_AGENT.as_str());
        Self {
            address: address::group(client),
            agent: agent.chars().take(AGENT_CHARS_MAX).collect(),
            origin: format!("{scheme}://{host}"),
            login: cookie(&parts.headers, LOGIN[way as usize]),
            device: cookie(&parts.headers, DEVICE[way as usize]),
            way,
        }
    }

    /// A cookie with the token of a login, until the browser is closed or `seconds` are over.
    pub fn keep_login(&self, token: &str, seconds: i64) -> HeaderValue {
        self.set(LOGIN[self.way as usize], token, seconds)
    }

    /// Takes it away.
    pub fn drop_login(&self) -> HeaderValue {
        self.set(LOGIN[self.way as usize], "", 0)
    }

    /// A cookie by which it is known again.
    pub fn keep_device(&self, token: &str) -> HeaderValue {
        self.set(DEVICE[self.way as usize], token, DEVICE_S)
    }

    fn set(&self, name: &str, value: &str, seconds: i64) -> HeaderValue {
        let secure = if self.way == Way::Secure { "; Secure" } else { "" };
        let text =
            format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
        super::header_value(&text)
    }
}

/// The token of a login that came with a request; a refusal if a page of another site may have made
/// the request.
pub(super) fn login(app: &App, request: &Request) -> Option<Result<String, Problem>> {
    let headers = request.headers();
    let way = way(app, headers, request.extensions());
    let token = cookie(headers, LOGIN[way as usize])?;
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    // A socket is opened by a `GET`, and then does more than read.
    if reads && !headers.contains_key(header::UPGRADE) {
        return Some(Ok(token));
    }
    Some(if is_own(headers) == Some(true) { Ok(token) } else { Err(Problem::foreign_page()) })
}

fn way(app: &App, headers: &HeaderMap, extensions: &Extensions) -> Way {
    let is_secure = address::is_https(extensions, headers, &app.config.http.trusted_proxies);
    if is_secure { Way::Secure } else { Way::Clear }
}

fn peer(extensions: &Extensions) -> IpAddr {
    extensions.get::<Peer>().map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.0.ip())
}

/// Whether a request was made by a page of ours; `None` where nothing says it.
fn is_own(headers: &HeaderMap) -> Option<bool> {
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    if let Some(site) = site {
        return Some(["same-origin", "none"].contains(&site));
    }
    let origin = headers.get(header::ORIGIN)?.to_str().ok()?;
    let host = text(headers, header::HOST.as_str());
    let (_, named) = origin.split_once("://").unwrap_or_default();
    Some(!host.is_empty() && named.eq_ignore_ascii_case(&host))
}

/// The value of the cookie `name`.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(known, value)| *known == name && !value.is_empty())
        .map(|(_, value)| value.to_owned())
}

fn text(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

impl FromRequestParts<App> for Browser {
    type Rejection = Problem;

    /// Refuses what a page of another site sent.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let reads = [Method::GET, Method::HEAD].contains(&parts.method);
        if !reads && is_own(&parts.headers) == Some(false) {
            return Err(Problem::foreign_page());
        }
        Ok(Self::of(app, parts))
    }
}
