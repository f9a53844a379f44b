//! How many connections there may be: in all, and of one address.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use ipnet::IpNet;

use super::address::{canonical, group};
use crate::config::Http;

/// Counts connections. Cheap to clone.
#[derive(Clone)]
pub(super) struct Crowd(Arc<Shared>);

struct Shared {
    max: usize,
    per_address_max: usize,
    trusted: Vec<IpNet>,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    all: usize,
    of: BTreeMap<IpAddr, usize>,
}

/// Why a connection is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// There are as many as there may be.
    House,
    /// Its address has as many as one may have.
    Address,
}

/// The place of one connection, until it is dropped.
pub(super) struct Place {
    crowd: Crowd,
    address: Option<IpAddr>,
}

impl Crowd {
    pub(super) fn new(settings: &Http) -> Self {
        Self(Arc::new(Shared {
            max: settings.connections_max,
            per_address_max: settings.connections_per_address_max,
            trusted: settings.trusted_proxies.clone(),
            counts: Mutex::default(),
        }))
    }

    /// A place for a connection from `peer`, if there is one. This machine and trusted proxies may
    /// have all of them.
    pub(super) fn enter(&self, peer: IpAddr) -> Result<Place, Full> {
        let shared = &self.0;
        let peer = canonical(peer);
        let is_trusted = peer.is_loopback() || shared.trusted.iter().any(|net| net.contains(&peer));
        let address = (!is_trusted).then(|| group(peer));
        let mut counts = shared.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if shared.max <= counts.all {
            return Err(Full::House);
        }
        if let Some(address) = address {
            let count = counts.of.entry(address).or_default();
            if shared.per_address_max <= *count {
                return Err(Full::Address);
            }
            *count += 1;
        }
        counts.all += 1;
        Ok(Place { crowd: self.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.crowd.0.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.all -= 1;
        let Some(address) = self.address else { return };
        if let Some(count) = counts.of.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                counts.of.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::load_defaults;

    fn crowd(max: usize, per_address_max: usize) -> Crowd {
        let mut settings = load_defaults().http;
        settings.connections_max = max;
        settings.connections_per_address_max = per_address_max;
        settings.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        Crowd::new(&settings)
    }

    fn enter(crowd: &Crowd, address: &str) -> Result<Place, Full> {
        crowd.enter(address.parse().unwrap())
    }

    #[test]
    fn one_address_has_so_many_and_the_others_have_theirs() {
        let crowd = crowd(100, 2);
        let first = enter(&crowd, "203.0.113.9").ok().unwrap();
        let _second = enter(&crowd, "::ffff:203.0.113.9").ok().unwrap();
        assert_eq!(enter(&crowd, "203.0.113.9").err(), Some(Full::Address));
        let _other = enter(&crowd, "203.0.113.10").ok().unwrap();
        drop(first);
        let _again = enter(&crowd, "203.0.113.9").ok().unwrap();
        // A subscriber of IPv6 has a whole network.
        let _six = enter(&crowd, "2001:db8::1").ok().unwrap();
        let _more = enter(&crowd, "2001:db8::2").ok().unwrap();
        assert_eq!(enter(&crowd, "2001:db8::3").err(), Some(Full::Address));
        assert!(enter(&crowd, "2001:db8:0:1::1").is_ok());
    }

    #[test]
    fn this_machine_and_trusted_proxies_have_all_there_are_and_no_more() {
        for address in ["127.0.0.1", "::1", "10.1.2.3"] {
            let crowd = crowd(5, 2);
            let places: Vec<Place> = (0..5).map(|_| enter(&crowd, address).ok().unwrap()).collect();
            assert_eq!(enter(&crowd, address).err(), Some(Full::House));
            assert_eq!(enter(&crowd, "203.0.113.9").err(), Some(Full::House));
            drop(places);
            assert!(crowd.0.counts.lock().unwrap().of.is_empty());
            assert!(enter(&crowd, "203.0.113.9").is_ok());
        }
    }
}
