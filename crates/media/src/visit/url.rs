//! Addresses of pages, as they may be kept; and what they say of where a visitor came from.

use super::address::{Address, encoded};
use super::secret::{decoded, has_email, has_token, has_token_in_path};
use crate::percent;

const CLEAN_BYTES_MAX: usize = 2_000;
const UTM_CHARS_MAX: usize = 200;
const UTM: &str = "utm_";
/// What stands in a path for what is not kept.
const REDACTED: &str = "redacted";

/// What an address says of the campaign that led to it, each in at most 200 characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Utm {
    /// Who sent the visitor: `newsletter`.
    pub source: Option<String>,
    /// By what kind of link: `email`, `cpc`.
    pub medium: Option<String>,
    /// For which campaign.
    pub campaign: Option<String>,
    /// For which words of a search.
    pub term: Option<String>,
    /// Which of several links.
    pub content: Option<String>,
}

impl Utm {
    /// What `url` says, decoded. Of a parameter that is there twice the first counts that is not
    /// blank. E-mail addresses and tokens are left out, as [`clean_url`] does. Empty for what is
    /// no address of the web.
    pub fn of(url: &str) -> Self {
        let mut utm = Self::default();
        let query = Address::of(url).map_or("", |address| address.query);
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let slot = match percent::decoded(name).to_ascii_lowercase().as_str() {
                "utm_source" => &mut utm.source,
                "utm_medium" => &mut utm.medium,
                "utm_campaign" => &mut utm.campaign,
                "utm_term" => &mut utm.term,
                "utm_content" => &mut utm.content,
                _ => continue,
            };
            if slot.is_none() && !is_secret(value) {
                *slot = word(value);
            }
        }
        utm
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The address of a page as it may be kept, in at most 2,000 bytes.
///
/// Only `http` and `https`; without who signs in, the fragment (but for a route, `#/…` or `#!/…`),
/// and every parameter that is not `utm_…` or named in `keep`. A parameter that looks like an
/// e-mail address or a token of 24 characters or more goes all the same, however it is encoded; in
/// a path such a part becomes `redacted`. What does not fit is left out: parameters from the last
/// on, then the route. `None` for what is no address of the web, and for a path that does not fit.
pub fn clean_url(url: &str, keep: &[&str]) -> Option<String> {
    let address = Address::of(url)?;
    let path = if address.path.is_empty() { "/" } else { address.path };
    let mut clean = format!("{}{}", address.origin, clean_path(path));
    if CLEAN_BYTES_MAX < clean.len() {
        return None;
    }
    add_query(&mut clean, address.query, keep);
    let mut route = String::new();
    if address.fragment.starts_with("/") || address.fragment.starts_with("!/") {
        let (path, query) = address.fragment.split_once('?').unwrap_or((address.fragment, ""));
        route = format!("#{}", clean_path(path));
        let path_bytes = route.len();
        add_query(&mut route, query, keep);
        if CLEAN_BYTES_MAX < clean.len() + route.len() {
            route.truncate(path_bytes);
        }
    }
    if clean.len() + route.len() <= CLEAN_BYTES_MAX {
        clean.push_str(&route);
    }
    Some(clean)
}

/// The host that sent a visitor to `page`, in lower case and without `www.`. `None` where it is the
/// page's own, and for what is no address of the web: somebody who came directly, or from an app.
pub fn referrer_host(referrer: &str, page: &str) -> Option<String> {
    let host = |url: &str| {
        let host = Address::of(url)?.host;
        let host = host.strip_suffix('.').unwrap_or(&host);
        Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
    };
    host(referrer).filter(|from| Some(from) != host(page).as_ref())
}

fn clean_path(path: &str) -> String {
    let parts = path.split(['/', '\\']).map(|part| {
        let plain = decoded(part);
        let is_secret = has_email(&plain) || has_token_in_path(&plain);
        if is_secret { REDACTED.to_owned() } else { encoded(part) }
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Adds the parameters that may be kept, as long as they fit.
fn add_query(clean: &mut String, query: &str, keep: &[&str]) {
    let mut separator = '?';
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let plain = percent::decoded(name);
        let is_utm = plain.to_ascii_lowercase().starts_with(UTM);
        let is_kept = is_utm || keep.iter().any(|kept| plain == *kept);
        if !is_kept || is_secret(name) || is_secret(value) {
            continue;
        }
        let pair = encoded(pair);
        if CLEAN_BYTES_MAX < clean.len() + 1 + pair.len() {
            break;
        }
        clean.push(separator);
        clean.push_str(&pair);
        separator = '&';
    }
}

fn is_secret(value: &str) -> bool {
    let plain = decoded(value);
    has_email(&plain) || has_token(&plain)
}

/// A value as a person reads it; `None` for a blank one.
fn word(value: &str) -> Option<String> {
    let plain = percent::decoded(&value.replace('+', " "));
    let clean: String = plain.chars().filter(|c| !c.is_control()).take(UTM_CHARS_MAX).collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}
