//! Which addresses may be reached from here: those of others, and not our own or our neighbours'.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
};

use ipnet::IpNet;
use url::{Host, Url};

/// Decides where requests may go.
#[derive(Clone)]
pub struct Guard {
    allow: Arc<[IpNet]>,
}

/// Why a request does not leave. It goes on where "The address" ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refusal {}

/// What may be asked of whom an address belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Zone {
    /// Somebody else's: HTTPS, and no odd ports.
    Public,
    /// Named in the settings: anything.
    Allowed,
    /// This machine, this network, or nobody.
    Closed,
}

/// Addresses are at most this long.
const URL_BYTES_MAX: usize = 2_000;
/// Where HTTPS is.
const PORTS: [u16; 2] = [443, 8443];
/// What no network on the internet has: RFC 6890 and its successors.
const CLOSED_V4: [(Ipv4Addr, u8); 16] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 31, 196, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];
/// The part of the newer internet that is in use at all.
const OPEN_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
/// What in it is nobody's, or leads to an older address by another way.
const CLOSED_V6: [(Ipv6Addr, u8); 5] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

impl Guard {
    /// One that lets requests to `allow` through, whatever they are.
    pub fn new(allow: &[IpNet]) -> Self {
        Self { allow: allow.into() }
    }

    /// Reads an address that somebody typed. Where its name leads is checked when it is reached.
    ///
    /// # Errors
    /// When it cannot be one, or leads where nothing may go.
    pub fn read(&self, text: &str) -> Result<Url, Refusal> {
        let refuse = |why: &str| Err(Refusal(why.to_owned()));
        if URL_BYTES_MAX < text.len() {
            return refuse("must be at most 2000 bytes long");
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
            return refuse("must not have spaces or backslashes in it");
        }
        let Ok(url) = Url::parse(text) else {
            return refuse("must be an absolute address that begins with https://");
        };
        if !matches!(url.scheme(), "https" | "http") {
            return refuse("must begin with https://");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("must not have a name or a password in it");
        }
        match url.host() {
            None | Some(Host::Domain("")) => refuse("must name a host"),
            Some(Host::Ipv4(address)) => self.check(&url, &[address.into()]).map(|_| url),
            Some(Host::Ipv6(address)) => self.check(&url, &[address.into()]).map(|_| url),
            Some(Host::Domain(_)) => Ok(url),
        }
    }

    /// Those of `addresses`, where the name of `url` leads, that may be reached.
    ///
    /// # Errors
    /// When there is none.
    pub fn check(&self, url: &Url, addresses: &[IpAddr]) -> Result<Vec<IpAddr>, Refusal> {
        let is_https = url.scheme() == "https";
        let is_plain = is_https && url.port_or_known_default().is_some_and(|n| PORTS.contains(&n));
        let may = |address: &&IpAddr| match self.zone(**address) {
            Zone::Allowed => true,
            Zone::Public => is_plain,
            Zone::Closed => false,
        };
        let open: Vec<IpAddr> = addresses.iter().filter(may).copied().collect();
        if !open.is_empty() {
            return Ok(open);
        }
        let is_public = addresses.iter().any(|address| self.zone(*address) == Zone::Public);
        let why = if !is_public {
            "leads to a private network: name it in the setting 'outbound.allow' \
             (SWITCHBOARD_OUTBOUND_ALLOW) if it is yours"
        } else if is_https {
            "must have the port 443 or 8443, or none"
        } else {
            "must begin with https://"
        };
        Err(Refusal(why.to_owned()))
    }

    fn zone(&self, address: IpAddr) -> Zone {
        // One address has several spellings; what counts is where it leads.
        let address = address.to_canonical();
        if self.allow.iter().any(|net| net.contains(&address)) {
            return Zone::Allowed;
        }
        let is_closed = match address {
            IpAddr::V4(v4) => CLOSED_V4.iter().any(|(net, bits)| {
                let shift = 32 - u32::from(*bits);
                v4.to_bits() >> shift == net.to_bits() >> shift
            }),
            IpAddr::V6(v6) => {
                let is_in = |(net, bits): &(Ipv6Addr, u8)| {
                    let shift = 128 - u32::from(*bits);
                    v6.to_bits() >> shift == net.to_bits() >> shift
                };
                !is_in(&OPEN_V6) || CLOSED_V6.iter().any(is_in)
            }
        };
        if is_closed { Zone::Closed } else { Zone::Public }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(allow: &[&str]) -> Guard {
        let allow: Vec<IpNet> = allow.iter().map(|net| net.parse().unwrap()).collect();
        Guard::new(&allow)
    }

    #[test]
    fn what_is_ours_is_closed_however_it_is_spelt() {
        let guard = guard(&[]);
        let closed = [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://0/",
            "https://10.0.0.1/",
            "https://172.16.0.1/",
            "https://172.31.255.255/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest",
            "https://100.64.0.1/",
            "https://192.0.0.192/",
            "https://198.18.0.1/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://[::]/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[::127.0.0.1]/",
            "https://[fc00::1]/",
            "https://[fd12::1]/",
            "https://[fe80::1]/",
            "https://[ff02::1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://[2001:db8::1]/",
            "https://[2001::1]/",
            "https://[100::1]/",
            "https://①②⑦.⓪.⓪.①/",
            "https://127。0。0。1/",
            "https://127.0.0.1./",
        ];
        for text in closed {
            let refusal = guard.read(text).unwrap_err();
            assert!(refusal.0.contains("private network"), "{text}: {refusal}");
        }
    }

    #[test]
    fn what_is_no_address_of_a_receiver_is_refused() {
        let guard = guard(&[]);
        let refused = [
            ("", "absolute"),
            ("example.com", "absolute"),
            ("/hook", "absolute"),
            ("ftp://example.com/", "https"),
            ("file:///etc/passwd", "https"),
            ("gopher://example.com/", "https"),
            ("javascript:alert(1)", "https"),
            ("http://1.1.1.1/", "https"),
            ("https://1.1.1.1:22/", "port"),
            ("https://me@example.com/", "password"),
            ("https://me:pw@example.com/", "password"),
            ("https://exa mple.com/", "spaces"),
            ("https://example.com/\t", "spaces"),
            ("https://example.com\\@127.0.0.1/", "backslashes"),
            ("https://[::1%25lo]/", "absolute"),
        ];
        for (text, why) in refused {
            let refusal = guard.read(text).unwrap_err();
            assert!(refusal.0.contains(why), "{text}: {refusal}");
        }
        assert!(guard.read(&format!("https://example.com/{}", "x".repeat(2_000))).is_err());
        for text in ["https://example.com/hook?a=b", "https://1.1.1.1:8443/", "https://müller.de/"]
        {
            guard.read(text).unwrap();
        }
    }

    #[test]
    fn a_name_is_as_good_as_where_it_leads() {
        let guard = guard(&["10.1.0.0/16", "::1/128"]);
        let url = |text: &str| guard.read(text).unwrap();
        let check = |text: &str, addresses: &[&str]| {
            let addresses: Vec<IpAddr> = addresses.iter().map(|one| one.parse().unwrap()).collect();
            guard.check(&url(text), &addresses).map(|open| open.len()).map_err(|refusal| refusal.0)
        };
        assert_eq!(check("https://a.example/", &["1.1.1.1", "127.0.0.1"]), Ok(1));
        assert_eq!(check("http://a.example:81/", &["1.1.1.1", "10.1.2.3", "::1"]), Ok(2));
        assert!(check("https://a.example/", &["10.2.0.1"]).unwrap_err().contains("private"));
        assert!(check("https://a.example:25/", &["1.1.1.1"]).unwrap_err().contains("port"));
        assert!(check("http://a.example/", &["1.1.1.1"]).unwrap_err().contains("https"));
        assert_eq!(check("http://[::ffff:10.1.0.1]:9/", &["::ffff:10.1.0.1"]), Ok(1));
    }
}
