//! Where an address is, as far as a database of addresses knows: a file in the format of `MaxMind`,
//! which the installation may name.

use std::{net::IpAddr, path::Path, sync::Arc};

use anyhow::Context as _;
use maxminddb::Reader;
use serde::Deserialize;

use super::Browser;

/// A database of addresses, if there is one.
#[derive(Clone, Default)]
pub struct Places(Option<Arc<Reader<Vec<u8>>>>);

/// What is read of an entry: cities and countries have these names in common.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    country: Coded,
    subdivisions: Vec<Coded>,
    city: Named,
    location: Location,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Coded {
    iso_code: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    names: Names,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Names {
    en: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Location {
    time_zone: Option<String>,
}

impl Places {
    /// Reads the file that the settings name; none is no database.
    ///
    /// # Errors
    /// When there is no such file, or it is no database of addresses.
    pub fn open(file: &str) -> anyhow::Result<Self> {
        if file.is_empty() {
            return Ok(Self::default());
        }
        let reader = Reader::open_readfile(Path::new(file))
            .with_context(|| format!("the database of addresses '{file}' cannot be read"))?;
        Ok(Self(Some(Arc::new(reader))))
    }

    /// Fills in where `address` is. What the database does not know stays as it is.
    pub fn fill(&self, browser: &mut Browser, address: IpAddr) {
        let Some(reader) = &self.0 else { return };
        // One that the file cannot hold is one that it does not know.
        let Ok(Some(entry)) = reader.lookup(address).and_then(|found| found.decode::<Entry>())
        else {
            return;
        };
        browser.country = entry.country.iso_code;
        browser.region = entry.subdivisions.into_iter().next().and_then(|one| one.iso_code);
        browser.city = entry.city.names.en;
        browser.timezone = browser.timezone.take().or(entry.location.time_zone);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Vec<u8> {
        [&[(2 << 5) | u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
    }

    fn map(pairs: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut bytes = vec![(7 << 5) | u8::try_from(pairs.len()).unwrap()];
        for (name, value) in pairs {
            bytes.extend(text(name));
            bytes.extend(value);
        }
        bytes
    }

    fn list(items: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = vec![u8::try_from(items.len()).unwrap(), 11 - 7];
        bytes.extend(items.concat());
        bytes
    }

    fn small(number: u8) -> Vec<u8> {
        vec![(5 << 5) | 1, number]
    }

    /// A database that knows where the addresses below 128.0.0.0 are, and no others.
    fn database() -> Vec<u8> {
        let entry = map(&[
            ("country", map(&[("iso_code", text("AU"))])),
            ("subdivisions", list(&[map(&[("iso_code", text("NSW"))])])),
            ("city", map(&[("names", map(&[("en", text("Sydney"))]))])),
            ("location", map(&[("time_zone", text("Australia/Sydney"))])),
        ]);
        let about = map(&[
            ("node_count", vec![(6 << 5) | 1, 1]),
            ("record_size", small(24)),
            ("ip_version", small(4)),
            ("binary_format_major_version", small(2)),
            ("binary_format_minor_version", small(0)),
            ("build_epoch", vec![1, 9 - 7, 1]),
            ("database_type", text("Test")),
            ("languages", list(&[text("en")])),
            ("description", map(&[("en", text("Test"))])),
        ]);
        // One node: to the left the entry, to the right nothing.
        let tree = vec![0, 0, 17, 0, 0, 1];
        [tree, vec![0; 16], entry, b"\xab\xcd\xefMaxMind.com".to_vec(), about].concat()
    }

    #[test]
    fn a_place_is_that_of_the_database_and_no_guess() {
        let reader = Reader::from_source(database()).unwrap();
        let places = Places(Some(Arc::new(reader)));
        let mut browser = Browser::default();
        places.fill(&mut browser, "1.2.3.4".parse().unwrap());
        let Browser { country, region, city, timezone, .. } = browser;
        let found = [country, region, city, timezone].map(Option::unwrap);
        assert_eq!(found, ["AU", "NSW", "Sydney", "Australia/Sydney"]);
        for unknown in ["192.168.0.1", "2001:db8::1"] {
            let mut browser = Browser::default();
            places.fill(&mut browser, unknown.parse().unwrap());
            assert_eq!((browser.country, browser.city), (None, None), "{unknown}");
        }
    }

    #[test]
    fn a_file_that_is_none_is_said_to_be_none() {
        assert!(Places::open("").unwrap().0.is_none());
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.mmdb");
        std::fs::write(&file, "nothing of the kind").unwrap();
        let name = file.to_str().unwrap();
        assert!(Places::open(name).is_err_and(|error| error.to_string().contains(name)));
        assert!(Places::open("/nowhere/x.mmdb").is_err());
    }
}
