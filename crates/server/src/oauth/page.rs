//! The page on which somebody is asked, and the one that says why nobody is.

use std::fmt::Write as _;

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use url::Url;

/// What one page says.
pub(super) struct Page<'a> {
    /// Its title, and its heading.
    pub(super) title: &'a str,
    /// HTML, whose texts are escaped.
    pub(super) body: String,
    /// Where its form leads in the end, beside ourselves.
    pub(super) leads_to: Option<&'a Url>,
}

/// What may stand in HTML, also between quotation marks.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // What would turn the reading around, or hide.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}' => {}
            letter => safe.push(letter),
        }
    }
    safe
}

/// A hidden field of a form.
pub(super) fn hidden(form: &mut String, name: &str, value: &str) {
    // A text takes whatever is written into it.
    let _never_fails =
        write!(form, "<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escaped(value));
}

impl Page<'_> {
    /// The page, which nobody frames and nobody keeps.
    pub(super) fn answer(&self, status: StatusCode) -> Response {
        let title = escaped(self.title);
        let text = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
             <meta name=\"robots\" content=\"noindex\"><title>{title} – Switchboard</title>\
             <link rel=\"stylesheet\" href=\"/account/account.css\"></head><body>\
             <main class=\"card\"><h1>{title}</h1>{}</main></body></html>",
            self.body
        );
        let mut response = (status, text).into_response();
        let headers = response.headers_mut();
        let pairs: [(HeaderName, HeaderValue); 4] = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            (header::CONTENT_SECURITY_POLICY, self.policy()),
        ];
        for (name, value) in pairs {
            headers.insert(name, value);
        }
        response
    }

    /// Browsers hold a form to this policy to the end of its redirects.
    fn policy(&self) -> HeaderValue {
        let leads_to = self.leads_to.map_or_else(String::new, |url| match url.scheme() {
            "http" | "https" => format!(" {}", url.origin().ascii_serialization()),
            scheme => format!(" {scheme}:"),
        });
        let policy = format!(
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
             form-action 'self'{leads_to}; frame-ancestors 'none'"
        );
        HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
    }
}
