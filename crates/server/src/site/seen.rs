//! From which pages the widget of a site was asked for: whether it was put there, and where.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use store::{ReadTx, Row, Scope, Store, Tx};
use utoipa::ToSchema;

use super::{Found, find};
use crate::{error::Result, id::SiteId, time};

/// Whether the widget of a site is on its pages.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Installation {
    /// When a page first asked for the widget; `null` if none did.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub first_seen_at: Option<Timestamp>,
    /// When a page last did, to the minute.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_seen_at: Option<Timestamp>,
    /// Where those pages are, the latest first: 20 at most.
    pub origins: Vec<SeenOrigin>,
}

/// Where pages that asked for a widget are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SeenOrigin {
    /// As a browser says it.
    #[schema(example = "https://shop.example")]
    pub origin: String,
    /// Whether the site lets its pages show the widget.
    pub is_allowed: bool,
    /// When one of them first asked.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub first_seen_at: Timestamp,
    /// When one of them last did, to the minute.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub last_seen_at: Timestamp,
}

/// What was seen, until it is written down: the same place once a minute.
#[derive(Default)]
pub struct Sightings(Mutex<BTreeMap<(SiteId, String), Sighting>>);

struct Sighting {
    workspace: String,
    at: Timestamp,
    written_at: Option<Timestamp>,
}

/// Places of a site that are kept; who pretends to be more pushes out the oldest.
const ORIGINS_SEEN_MAX: i64 = 20;
/// Places of all sites that a node remembers.
const REMEMBERED_MAX: usize = 10_000;
const ORIGIN_CHARS_MAX: usize = 200;
/// How often the same place is written down.
const AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(1);

impl Sightings {
    /// Remembers that a page at `address` asked for the widget of `found`.
    pub fn note(&self, found: &Found, address: &str, now: Timestamp) {
        let Some(origin) = origin_of(address) else { return };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = (found.site.id.clone(), origin);
        if let Some(known) = all.get_mut(&place) {
            known.at = now;
            return;
        }
        if REMEMBERED_MAX <= all.len() {
            all.retain(|_, known| known.is_due());
        }
        if all.len() < REMEMBERED_MAX {
            let workspace = found.workspace.as_str().to_owned();
            all.insert(place, Sighting { workspace, at: now, written_at: None });
        }
    }

    /// Writes down what was seen since the last time.
    ///
    /// # Errors
    /// Those of the store; then it is written down when it is seen again.
    pub async fn write(&self, store: &Store) -> Result<()> {
        for (workspace, seen) in self.take() {
            let scope = Scope::new(&workspace).in_background();
            let write = store.write(&scope, move |tx| {
                seen.iter().try_for_each(|(site, origin, at)| put(tx, site, origin, *at))
            });
            write.await?;
        }
        Ok(())
    }

    fn take(&self) -> BTreeMap<String, Vec<(SiteId, String, Timestamp)>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut due: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for ((site, origin), known) in all.iter_mut().filter(|(_, known)| known.is_due()) {
            known.written_at = Some(known.at);
            let seen = (site.clone(), origin.clone(), known.at);
            due.entry(known.workspace.clone()).or_default().push(seen);
        }
        due
    }
}

impl Sighting {
    fn is_due(&self) -> bool {
        self.written_at.is_none_or(|written| AGAIN_AFTER <= self.at.duration_since(written))
    }
}

/// `https://shop.example` of an address below it; nothing of what is no page of the web.
fn origin_of(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next().filter(|host| !host.is_empty())?;
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    let is_web = matches!(scheme, "http" | "https") && host.chars().all(is_host);
    let origin = format!("{scheme}://{}", host.to_ascii_lowercase());
    (is_web && origin.len() <= ORIGIN_CHARS_MAX).then_some(origin)
}

fn put(tx: &mut Tx<'_>, site: &SiteId, origin: &str, at: Timestamp) -> Result<()> {
    let sql = "insert into site_seen (workspace, site, origin, first_seen_at, last_seen_at)
               values (?1, ?2, ?3, ?4, ?4) on conflict (workspace, site, origin)
               do update set last_seen_at = excluded.last_seen_at";
    tx.run(sql, &[site.into(), origin.into(), at.into()])?;
    let sql = "delete from site_seen where workspace = ?1 and site = ?2 and origin in
                   (select origin from site_seen where workspace = ?1 and site = ?2
                    order by last_seen_at desc, origin limit ?3 offset ?4)";
    Ok(tx.run(sql, &[site.into(), ORIGINS_SEEN_MAX.into(), ORIGINS_SEEN_MAX.into()])?)
}

/// Whether the widget of the site that `id` names is on its pages.
///
/// # Errors
/// When there is no such site.
pub fn installation(tx: &mut ReadTx<'_>, id: &SiteId) -> Result<Installation> {
    let site = find(tx, id)?;
    let sql = "select origin, first_seen_at, last_seen_at from site_seen
               where workspace = ?1 and site = ?2 order by last_seen_at desc, origin limit ?3";
    let origins = tx.all(sql, &[id.into(), ORIGINS_SEEN_MAX.into()], |row: &Row| {
        let origin: String = row.get(0)?;
        let is_allowed = site.allows(&origin);
        Ok::<_, crate::error::Error>(SeenOrigin {
            origin,
            is_allowed,
            first_seen_at: row.get(1)?,
            last_seen_at: row.get(2)?,
        })
    })?;
    let first_seen_at = origins.iter().map(|seen| seen.first_seen_at).min();
    let last_seen_at = origins.first().map(|seen| seen.last_seen_at);
    Ok(Installation { first_seen_at, last_seen_at, origins })
}

#[cfg(test)]
mod tests {
    use super::origin_of;

    #[test]
    fn an_origin_is_read_from_an_address_of_the_web() {
        let read = |address| origin_of(address);
        assert_eq!(read("https://SHOP.example/kilns?a=b").as_deref(), Some("https://shop.example"));
        assert_eq!(read("http://127.0.0.1:8080").as_deref(), Some("http://127.0.0.1:8080"));
        for no in ["null", "", "android-app://shop", "file:///home", "https://", "https://a b/"] {
            assert_eq!(read(no), None, "{no}");
        }
        assert_eq!(read(&format!("https://{}.example", "a".repeat(300))), None);
    }
}
