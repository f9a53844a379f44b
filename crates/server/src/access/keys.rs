//! The memory that spares a look-up per request, and still lets a revoked key die within a second.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use store::{Scope, Store};

use super::Credential;
use crate::{
    error::Result,
    id::{KeyId, WorkspaceId},
};

/// A credential is looked up anew after this long; others may use what is known meanwhile.
const FRESH: SignedDuration = SignedDuration::from_millis(300);
/// Nobody uses what is older than this. A second, less the time of a look-up.
const STALE: SignedDuration = SignedDuration::from_millis(800);
/// Credentials that are remembered. Beyond, each is looked up.
const REMEMBERED_MAX: usize = 10_000;
/// Uses written down in one go.
const NOTED_MAX: usize = 1_000;

/// Credentials as last seen, and their use since it was last written down.
#[derive(Default)]
pub struct Keys {
    known: Mutex<BTreeMap<[u8; 32], Known>>,
    used: Mutex<BTreeMap<KeyId, Use>>,
}

struct Known {
    credential: Arc<Credential>,
    looked_up_at: Timestamp,
    is_being_looked_up: bool,
}

struct Use {
    workspace: WorkspaceId,
    at: Timestamp,
    from: IpAddr,
}

impl Keys {
    /// Whose secret this is; `None` for nobody's. One that is not remembered is always looked up,
    /// so what another process made is known at once.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn find(
        &self,
        store: &Store,
        secret: &str,
        now: Timestamp,
    ) -> Result<Option<Arc<Credential>>> {
        let hash = super::digest(secret);
        if let Some(known) = self.recall(&hash, now) {
            return Ok(Some(known));
        }
        let wanted = hex::encode(hash);
        let found = store.system_glance(move |tx| super::find_by_hash(tx, &wanted)).await;
        let mut known = lock(&self.known);
        let found = match found {
            Ok(found) => found.map(Arc::new),
            Err(error) => {
                known.remove(&hash);
                return Err(error);
            }
        };
        if let Some(credential) = &found {
            if REMEMBERED_MAX <= known.len() {
                known.retain(|_, known| now.duration_since(known.looked_up_at) < STALE);
            }
            if known.len() < REMEMBERED_MAX {
                let credential = Arc::clone(credential);
                let fresh = Known { credential, looked_up_at: now, is_being_looked_up: false };
                known.insert(hash, fresh);
            }
        } else {
            known.remove(&hash);
        }
        Ok(found)
    }

    /// What is remembered, unless it is this caller's turn to look again.
    fn recall(&self, hash: &[u8; 32], now: Timestamp) -> Option<Arc<Credential>> {
        let mut known = lock(&self.known);
        let known = known.get_mut(hash)?;
        let age = now.duration_since(known.looked_up_at);
        if age < FRESH || (age < STALE && known.is_being_looked_up) {
            return Some(Arc::clone(&known.credential));
        }
        known.is_being_looked_up = true;
        None
    }

    /// Remembers that `credential` was used, to be written down within the minute.
    pub fn note_use(&self, credential: &Credential, at: Timestamp, from: IpAddr) {
        let mut used = lock(&self.used);
        if let Some(known) = used.get_mut(&credential.id) {
            known.at = at;
            known.from = from;
        } else if used.len() < REMEMBERED_MAX {
            let workspace = credential.workspace.clone();
            used.insert(credential.id.clone(), Use { workspace, at, from });
        }
    }

    /// Writes down what was used since the last time.
    ///
    /// # Errors
    /// Those of the store; then it is written down the next time.
    pub async fn write_down(&self, store: &Store) -> Result<()> {
        for _ in 0..REMEMBERED_MAX.div_ceil(NOTED_MAX) {
            let mut batch: BTreeMap<WorkspaceId, Vec<(KeyId, Use)>> = BTreeMap::new();
            {
                let mut used = lock(&self.used);
                for _ in 0..NOTED_MAX {
                    let Some((id, noted)) = used.pop_first() else { break };
                    batch.entry(noted.workspace.clone()).or_default().push((id, noted));
                }
            }
            if batch.is_empty() {
                return Ok(());
            }
            for (workspace, uses) in batch {
                let scope = Scope::new(workspace.as_str()).in_background();
                let write = store.write(&scope, move |tx| {
                    uses.iter().try_for_each(|(id, noted)| {
                        super::note_use(tx, id, noted.at, &noted.from.to_string())
                    })
                });
                write.await?;
            }
        }
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
