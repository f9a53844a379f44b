//! Workspaces: the tenants. A business has one; an agency has many.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use store::{ReadTx, Store, Tx};

use crate::{
    error::{Error, Result},
    id::WorkspaceId,
    job,
};

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// Names it for good.
    pub id: WorkspaceId,
    /// Names it in addresses: `/w/{slug}`.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// When it was made.
    pub created_at: jiff::Timestamp,
}

/// The workspace that is there from the first start.
pub const DEFAULT: &str = "default";
const SLUG_BYTES: std::ops::RangeInclusive<usize> = 2..=40;
/// Workspaces that one command lists.
const LIST_MAX: i64 = 10_000;

/// Makes a workspace, in a transaction of its own scope.
///
/// # Errors
/// When the slug is taken or cannot be one.
pub fn create(tx: &mut Tx<'_>, id: &WorkspaceId, slug: &str) -> Result<Workspace> {
    check_slug(slug)?;
    let now = tx.now();
    // The workspace's own id is `?1`, as everywhere.
    let sql = "insert into workspace (workspace, slug, name, created_at) values (?1, ?2, ?2, ?3)
               on conflict (slug) do nothing returning workspace, slug, name, created_at";
    let made = tx.first(sql, &[slug.into(), now.into()], read)?;
    let made =
        made.ok_or_else(|| Error::Taken { field: "slug", by: "another workspace".to_owned() })?;
    debug_assert!(made.id == *id, "a workspace is made in its own scope");
    job::enqueue(tx, job::Kind::Housekeeping, "all", "", now)?;
    Ok(made)
}

fn check_slug(slug: &str) -> Result<()> {
    let is_plain = slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if SLUG_BYTES.contains(&slug.len()) && is_plain && !slug.starts_with('-') {
        return Ok(());
    }
    Err(Error::invalid("slug", "must be 2 to 40 lower-case letters, digits and hyphens"))
}

/// The workspace that `slug` names, or that has it as its id.
///
/// # Errors
/// When there is none.
pub fn find(tx: &mut ReadTx<'_>, slug: &str) -> Result<Workspace> {
    let sql = "select workspace, slug, name, created_at from workspace
               where slug = ?1 or workspace = ?1";
    tx.first(sql, &[slug.into()], read)?.ok_or(Error::NotFound("workspace"))
}

/// The same, where there is no transaction yet.
///
/// # Errors
/// When there is none.
pub async fn look_up(store: &Store, slug: &str) -> Result<Workspace> {
    let slug = slug.to_owned();
    store.system_read(move |tx| find(tx, &slug)).await
}

/// All workspaces, oldest first.
///
/// # Errors
/// Those of the store.
pub fn list(tx: &mut ReadTx<'_>) -> Result<Vec<Workspace>> {
    let sql = "select workspace, slug, name, created_at from workspace order by workspace limit ?1";
    tx.all(sql, &[LIST_MAX.into()], read)
}

/// The workspaces that paths named, remembered: a slug is for good.
#[derive(Default)]
pub struct Known(Mutex<BTreeMap<String, WorkspaceId>>);

/// Slugs that are remembered. Beyond, each is looked up.
const KNOWN_MAX: usize = 10_000;

impl Known {
    /// The workspace of this slug, if it is remembered.
    pub fn find(&self, slug: &str) -> Option<WorkspaceId> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(slug).cloned()
    }

    /// Remembers it.
    pub fn note(&self, slug: &str, id: WorkspaceId) -> WorkspaceId {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() < KNOWN_MAX {
            known.insert(slug.to_owned(), id.clone());
        }
        id
    }
}

fn read(row: &store::Row) -> Result<Workspace> {
    Ok(Workspace { id: row.get(0)?, slug: row.get(1)?, name: row.get(2)?, created_at: row.get(3)? })
}
