//! Sites: the websites that the widget is on. What a site decides is public but for its secrets.

mod hours;
pub mod http;
mod identity;
mod seen;
mod settings;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{ReadTx, Row, Store, Tx};
use utoipa::ToSchema;

pub use self::{
    hours::{Hours, Opening},
    identity::{Claims, Identity, add_secret, drop_secrets, secrets},
    seen::{Installation, SeenOrigin, Sightings, installation},
    settings::{
        Addresses, Caps, Consent, Enforced, Field, Form, PageEvents, Rated, SiteSettings, Theme,
        Tracking, Trigger, When,
    },
};
use crate::{
    error::{Error, Result},
    event,
    id::{self, SiteId, WorkspaceId, kind},
    page::{Page, Paging, Total},
    time,
};

/// A website that the widget is on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Site {
    /// Names it for good.
    pub id: SiteId,
    /// What it is called; visitors see it.
    pub name: String,
    /// Its public key: what the widget says whose it is.
    #[schema(example = "pk_0f3c2a9b8d7e6f5a4b3c2d1e0f9a8b7c")]
    pub key: String,
    /// How it looks and behaves.
    #[serde(flatten)]
    pub settings: SiteSettings,
    /// How many secrets sign the identity of its visitors.
    pub secrets_count: i64,
    /// When it was added.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// What it takes to add one.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(example = json!({ "name": "Pennyroot", "origins": ["https://pennyroot.example"] }))]
pub struct NewSite {
    /// What it is called; visitors see it.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub name: String,
    /// How it looks and behaves.
    #[serde(flatten)]
    pub settings: SiteSettings,
}

/// A site whose key is known, and whose it is.
#[derive(Clone, Debug)]
pub struct Found {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// The site.
    pub site: Site,
}

const NAME_CHARS_MAX: usize = 200;
const SITES_MAX: i64 = 500;
/// What the site of the examples is called.
pub const DEMO_NAME: &str = "Pennyroot";
/// What a public key begins with.
pub const KEY_PREFIX: &str = "pk_";

macro_rules! columns {
    () => {
        "id, name, key, body, secrets, created_at, updated_at"
    };
}

/// Adds a site.
///
/// # Errors
/// When a value cannot be what it is for, or there are 500 already.
pub fn create(tx: &mut Tx<'_>, new: NewSite) -> Result<Site> {
    let name = checked_name(&new.name)?;
    let settings = new.settings.checked()?;
    let sql = "select count(*) from site where workspace = ?1 and deleted_at is null";
    if SITES_MAX <= tx.first(sql, &[], |row| row.get::<i64>(0))?.unwrap_or(0) {
        return Err(Error::Conflict(format!("There are {SITES_MAX} sites already.")));
    }
    let (id, now): (SiteId, _) = (id::new(tx), tx.now());
    let key = format!("{KEY_PREFIX}{:032x}", tx.random());
    let sql = concat!(
        "insert into site (workspace, id, key, name, body, created_at, updated_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?6) returning ",
        columns!()
    );
    let body = serde_json::to_string(&settings)?;
    let values = [(&id).into(), (&key).into(), (&name).into(), (&body).into(), now.into()];
    let made = tx.first(sql, &values, read)?;
    let made = made.ok_or_else(|| Error::internal("the site was not made"))?;
    tell(tx, &made)?;
    Ok(made)
}

fn tell(tx: &mut Tx<'_>, site: &Site) -> Result<()> {
    let payload = serde_json::to_string(site)?;
    event::append(tx, event::Kind::SiteUpdated, site.id.as_str(), &payload)?;
    Ok(())
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::Missing("name"));
    }
    if NAME_CHARS_MAX < name.chars().count() || name.contains('\0') {
        return Err(Error::invalid("name", "must be 1 to 200 characters long"));
    }
    Ok(name.to_owned())
}

/// The site that `id` names.
///
/// # Errors
/// When there is none.
pub fn find(tx: &mut ReadTx<'_>, id: &SiteId) -> Result<Site> {
    let sql = concat!(
        "select ",
        columns!(),
        " from site where workspace = ?1 and id = ?2 and deleted_at is null"
    );
    tx.first(sql, &[id.into()], read)?.ok_or(Error::NotFound("site"))
}

/// The site of the examples, if there is one.
///
/// # Errors
/// Those of the store.
pub fn demo(tx: &mut ReadTx<'_>) -> Result<Option<Site>> {
    let sql = concat!(
        "select ",
        columns!(),
        " from site where workspace = ?1 and name = ?2 and deleted_at is null order by id limit 1"
    );
    tx.first(sql, &[DEMO_NAME.into()], read)
}

/// A page of sites, newest first.
///
/// # Errors
/// Those of the store.
pub fn list(tx: &mut ReadTx<'_>, paging: &Paging<kind::Site>) -> Result<Page<Site>> {
    let sql = concat!(
        "select ",
        columns!(),
        " from site where workspace = ?1 and deleted_at is null and id < ?2
          order by id desc limit ?3 offset ?4"
    );
    let values = [paging.below().into(), paging.rows().into(), paging.offset().into()];
    let sites = tx.all(sql, &values, read)?;
    paging.answer(
        sites,
        |site| &site.id,
        || {
            let sql = "select count(*) from site where workspace = ?1 and deleted_at is null";
            Ok(Total::exact(tx.first(sql, &[], |row| row.get::<i64>(0))?.unwrap_or(0)))
        },
    )
}

/// Changes a site: what `patch` says takes the place of what was there, name by name.
///
/// # Errors
/// When there is none of that id, or a value cannot be what it is for.
pub fn update(
    tx: &mut Tx<'_>,
    id: &SiteId,
    patch: serde_json::Map<String, serde_json::Value>,
) -> Result<Site> {
    let old = find(tx, id)?;
    let mut name = old.name.clone();
    let mut body = serde_json::to_value(&old.settings)?;
    for (field, value) in patch {
        if field == "name" {
            name = checked_name(value.as_str().unwrap_or_default())?;
        } else if value.is_null() {
            drop(body.as_object_mut().and_then(|fields| fields.remove(&field)));
        } else {
            body[field] = value;
        }
    }
    let settings: SiteSettings = serde_json::from_value(body)
        .map_err(|error| Error::invalid("settings", format!("cannot be read: {error}")))?;
    let settings = settings.checked()?;
    let now = tx.now();
    let sql = concat!(
        "update site set name = ?3, body = ?4, updated_at = ?5
         where workspace = ?1 and id = ?2 returning ",
        columns!()
    );
    let body = serde_json::to_string(&settings)?;
    let values = [id.into(), (&name).into(), (&body).into(), now.into()];
    let new = tx.first(sql, &values, read)?.ok_or(Error::NotFound("site"))?;
    if (&new.name, &new.settings) != (&old.name, &old.settings) {
        tell(tx, &new)?;
    }
    Ok(new)
}

/// Removes a site: its widget is shown no more. Its visitors and conversations stay.
///
/// # Errors
/// When there is none of that id.
pub fn delete(tx: &mut Tx<'_>, id: &SiteId) -> Result<()> {
    let old = find(tx, id)?;
    let now = tx.now();
    let sql = "update site set deleted_at = ?3, secrets = null where workspace = ?1 and id = ?2";
    tx.run(sql, &[id.into(), now.into()])?;
    let payload = serde_json::json!({ "id": old.id, "deleted": true }).to_string();
    event::append(tx, event::Kind::SiteUpdated, id.as_str(), &payload)?;
    Ok(())
}

/// The sites at which nobody is there now, by their hours, and when somebody will be.
///
/// # Errors
/// Those of the store.
pub fn closed(tx: &mut ReadTx<'_>) -> Result<Vec<(SiteId, Option<Timestamp>)>> {
    let now = tx.now();
    let sql = concat!(
        "select ",
        columns!(),
        " from site where workspace = ?1 and deleted_at is null order by id limit ?2"
    );
    let sites = tx.all(sql, &[SITES_MAX.into()], read)?;
    let openings = sites.into_iter().map(|site| (site.opening(now), site.id));
    let closed = openings.filter(|(opening, _)| !opening.is_open);
    Ok(closed.map(|(opening, id)| (id, opening.next_at)).collect())
}

/// The site of a public key, in whatever workspace it is.
///
/// # Errors
/// When there is none.
pub async fn by_key(store: &Store, key: &str) -> Result<Found> {
    let key = key.to_owned();
    let read = store.system_glance(move |tx| {
        let sql = concat!(
            "select ",
            columns!(),
            ", workspace from site where key = ?1 and deleted_at is null"
        );
        let found = tx.first(sql, &[(&key).into()], |row| {
            Ok::<_, Error>(Found { workspace: row.get(7)?, site: read(row)? })
        })?;
        found.ok_or(Error::NotFound("site"))
    });
    read.await
}

impl Site {
    /// Whether somebody is there now, and when the next time will be.
    pub fn opening(&self, now: Timestamp) -> Opening {
        self.settings.hours.as_ref().map_or_else(Opening::always, |hours| hours.at(now))
    }

    /// Whether the site's questions are answered: those for when nobody is there, or the others.
    ///
    /// # Errors
    /// Naming the field.
    pub fn check_answers(
        &self,
        now: Timestamp,
        (answers, consent): (&serde_json::Map<String, serde_json::Value>, Option<&str>),
    ) -> Result<()> {
        let SiteSettings { pre_chat, offline, .. } = &self.settings;
        let is_open = self.opening(now).is_open;
        let asked =
            if is_open { pre_chat.as_ref() } else { offline.as_ref().or(pre_chat.as_ref()) };
        let Some(form) = asked else { return Ok(()) };
        let checked = form.check_answers(answers, consent);
        // The form may have been drawn a moment before the hours changed.
        let (Err(_), Some(other)) = (&checked, if is_open { offline } else { pre_chat }) else {
            return checked;
        };
        other.check_answers(answers, consent).or(checked)
    }

    /// Whether pages of `origin` may show the widget. An origin is compared whole: `https://a.example`
    /// is no page of `https://a.example.evil`.
    pub fn allows(&self, origin: &str) -> bool {
        let origins = &self.settings.origins;
        origins.is_empty() || origins.iter().any(|allowed| fits(allowed, origin))
    }
}

/// `https://*.example.com` stands for what is below it, and not for itself.
fn fits(allowed: &str, origin: &str) -> bool {
    let Some((scheme, host)) = allowed.split_once("://*.") else {
        return allowed.eq_ignore_ascii_case(origin);
    };
    let Some((other_scheme, other_host)) = origin.split_once("://") else { return false };
    let below = other_host.to_ascii_lowercase();
    let below = below.strip_suffix(&host.to_ascii_lowercase());
    scheme.eq_ignore_ascii_case(other_scheme)
        && below.is_some_and(|below| below.ends_with('.') && 1 < below.len())
}

fn read(row: &Row) -> Result<Site> {
    let secrets: Option<String> = row.get(4)?;
    let count = secrets
        .map_or(Ok(0), |text| serde_json::from_str::<Vec<String>>(&text).map(|all| all.len()))?;
    Ok(Site {
        id: row.get(0)?,
        name: row.get(1)?,
        key: row.get(2)?,
        settings: serde_json::from_str(&row.get::<String>(3)?)?,
        secrets_count: i64::try_from(count).unwrap_or(0),
        created_at: row.get(5)?,
        updated_at: row.get(6)?,
    })
}
