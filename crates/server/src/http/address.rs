//! Where a request comes from: the socket, or what a trusted proxy says.

use std::net::{IpAddr, SocketAddr};

use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;

/// The other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// How a request came to this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// In the clear, and there is nothing else.
    Clear,
    /// In the clear, where TLS is to be had at this port.
    ClearBesideTls(u16),
    /// Over TLS.
    Tls,
}

/// Whether whoever asks is spoken to over HTTPS: by this server itself, or by a trusted proxy that
/// says so. Cookies may then be `Secure`.
pub(super) fn is_https(extensions: &Extensions, headers: &HeaderMap, trusted: &[IpNet]) -> bool {
    let peer = extensions.get::<Peer>().map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.0.ip());
    extensions.get() == Some(&Via::Tls) || proxy_scheme(peer, headers, trusted) == Some("https")
}

/// The address of whoever asks: the last one in `X-Forwarded-For` that is not a trusted proxy's,
/// when the connection itself comes from one.
pub(super) fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    let mut client = canonical(peer);
    if !is_trusted(client) {
        return client;
    }
    let forwarded = headers.get_all("x-forwarded-for").iter();
    let forwarded: Vec<&str> = forwarded
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for text in forwarded.iter().rev() {
        let Some(address) = parse(text.trim()) else { return client };
        client = canonical(address);
        if !is_trusted(client) {
            return client;
        }
    }
    client
}

/// What a trusted proxy says that the request came to it by.
pub(super) fn proxy_scheme<'a>(
    peer: IpAddr,
    headers: &'a HeaderMap,
    trusted: &[IpNet],
) -> Option<&'a str> {
    let peer = canonical(peer);
    let scheme = headers.get("x-forwarded-proto")?.to_str().ok()?;
    let scheme = scheme.split(',').next_back().map(str::trim);
    scheme.filter(|_| trusted.iter().any(|net| net.contains(&peer)))
}

/// Proxies write a port, and brackets around IPv6.
fn parse(text: &str) -> Option<IpAddr> {
    let socket = text.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    socket.or_else(|| text.trim_matches(['[', ']']).parse().ok())
}

/// An IPv4 address that came in IPv6's clothes is that IPv4 address.
pub(super) fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// Whom an address is counted with: one subscriber of IPv6 has a whole network of them.
pub(super) fn group(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client_of(peer: &str, forwarded: &[&'static str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_cannot_claim_another_address() {
        assert_eq!(client_of("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9");
        assert_eq!(client_of("203.0.113.9", &["198.51.100.1"], &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(client_of("::ffff:203.0.113.9", &[], &[]), "203.0.113.9");
    }

    #[test]
    fn a_trusted_proxy_says_who_it_was() {
        let trusted = ["10.0.0.0/8", "127.0.0.1/32"];
        assert_eq!(
            client_of("10.1.2.3", &["1.1.1.1, 198.51.100.1, 10.9.9.9"], &trusted),
            "198.51.100.1"
        );
        assert_eq!(
            client_of("127.0.0.1", &["1.1.1.1", "198.51.100.1:4711"], &trusted),
            "198.51.100.1"
        );
        assert_eq!(client_of("127.0.0.1", &["[2001:db8::1]:80"], &trusted), "2001:db8::1");
        assert_eq!(client_of("127.0.0.1", &["nonsense"], &trusted), "127.0.0.1");
    }
}
