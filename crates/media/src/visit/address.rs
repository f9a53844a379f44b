//! The parts of an address of the web, and how they are written.

use crate::percent;

/// Longer addresses are nobody's page.
const URL_BYTES_MAX: usize = 32_768;
/// The longest name of the domain name system.
const HOST_BYTES_MAX: usize = 253;

/// An address of the web in its parts, without who signs in there.
pub struct Address<'a> {
    /// `https://host`, in lower case, with a port that is not the usual one.
    pub origin: String,
    pub host: String,
    /// Empty, or from its first slash on.
    pub path: &'a str,
    /// What follows `?`; empty where there is none.
    pub query: &'a str,
    /// What follows `#`; empty where there is none.
    pub fragment: &'a str,
}

impl<'a> Address<'a> {
    /// The parts of `url`. `None` for what is neither `http` nor `https`, has no host, or has
    /// spaces or controls in it, which no browser leaves in an address.
    pub fn of(url: &'a str) -> Option<Self> {
        let url = url.trim();
        let is_odd = |c: char| c.is_control() || c.is_whitespace();
        if URL_BYTES_MAX < url.len() || url.contains(is_odd) {
            return None;
        }
        let (scheme, rest) = url.split_once("://")?;
        let (scheme, usual_port) = match scheme.to_ascii_lowercase().as_str() {
            "http" => ("http", 80),
            "https" => ("https", 443),
            _ => return None,
        };
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        // Browsers take a backslash for a slash.
        let path_at = rest.find(['/', '\\']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(path_at)?;
        let authority = authority.rsplit('@').next().unwrap_or_default();
        let (host, port) = split_port(authority)?;
        let host = host.to_lowercase();
        if !is_host(&host) {
            return None;
        }
        let origin = match port {
            Some(port) if port != usual_port => format!("{scheme}://{host}:{port}"),
            _ => format!("{scheme}://{host}"),
        };
        Some(Self { origin, host, path, query, fragment })
    }
}

/// `text` of an address with everything encoded that is not plain: quotes, brackets of HTML, and
/// what is not ASCII. What is encoded stays so.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        let is_plain = match (byte, tail) {
            (b'%', [high, low, ..]) => percent::byte(*high, *low).is_some(),
            _ => byte.is_ascii_graphic() && !br#""'<>\^`{|}%"#.contains(byte),
        };
        if is_plain {
            out.push(char::from(*byte));
        } else {
            percent::push(&mut out, *byte);
        }
        rest = tail;
    }
    out
}

/// Host and port; `None` for a port that is no number.
fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    match authority.rsplit_once(':') {
        // A colon inside of brackets belongs to the host.
        Some((host, port)) if !port.ends_with(']') => match port {
            "" => Some((host, None)),
            port => Some((host, Some(port.parse().ok()?))),
        },
        _ => Some((authority, None)),
    }
}

fn is_host(host: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_');
    let is_ip6 = |c: char| c.is_ascii_hexdigit() || matches!(c, ':' | '.');
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_known = match inner {
        Some(inner) => inner.contains(':') && inner.chars().all(is_ip6),
        None => host.contains(char::is_alphanumeric) && host.chars().all(is_name),
    };
    is_known && host.len() <= HOST_BYTES_MAX
}
