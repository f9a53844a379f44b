//! The keys of programs: whose they are, and when they last were used.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use store::{Scope, Store};

use super::{Credential, Memory, memory::REMEMBERED_MAX};
use crate::{
    error::Result,
    id::{KeyId, WorkspaceId},
};

/// Uses written down in one go.
const NOTED_MAX: usize = 1_000;

/// Credentials as last seen, and their use since it was last written down.
#[derive(Default)]
pub struct Keys {
    known: Memory<Credential>,
    used: Mutex<BTreeMap<KeyId, Use>>,
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
        let look_up = async |hash: String| {
            store.system_glance(move |tx| super::find_by_hash(tx, &hash)).await
        };
        self.known.find(secret, now, look_up).await
    }

    /// Forgets whose secrets these are: a key that was just revoked opens nothing on this node from
    /// now on.
    pub fn forget(&self) {
        self.known.clear();
    }

    /// Remembers that the key `id` was used, to be written down within the minute.
    pub fn note_use(&self, workspace: &WorkspaceId, id: &KeyId, at: Timestamp, from: IpAddr) {
        let mut used = lock(&self.used);
        if let Some(known) = used.get_mut(id) {
            known.at = at;
            known.from = from;
        } else if used.len() < REMEMBERED_MAX {
            used.insert(id.clone(), Use { workspace: workspace.clone(), at, from });
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
