//! The memory that spares a look-up per request, and still lets what was revoked die within a second.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use crate::error::Result;

/// What a secret opens is looked up anew after this long; others may use what is known meanwhile.
const FRESH: SignedDuration = SignedDuration::from_millis(300);
/// Nobody uses what is older than this. A second, less the time of a look-up.
const STALE: SignedDuration = SignedDuration::from_millis(800);
/// Secrets that are remembered. Beyond, each is looked up.
pub(super) const REMEMBERED_MAX: usize = 10_000;

/// What secrets open, as last seen, by the hash of the secret.
pub struct Memory<V>(Mutex<BTreeMap<[u8; 32], Known<V>>>);

struct Known<V> {
    value: Arc<V>,
    looked_up_at: Timestamp,
    is_being_looked_up: bool,
}

impl<V> Default for Memory<V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<V> Memory<V> {
    /// What `secret` opens; `None` for nothing. One that is not remembered is always looked up, by
    /// its hash, so what another process made is known at once.
    ///
    /// # Errors
    /// Those of the look-up.
    pub async fn find(
        &self,
        secret: &str,
        now: Timestamp,
        look_up: impl AsyncFnOnce(String) -> Result<Option<V>>,
    ) -> Result<Option<Arc<V>>> {
        let hash = super::digest(secret);
        if let Some(known) = self.recall(&hash, now) {
            return Ok(Some(known));
        }
        let found = look_up(hex::encode(hash)).await;
        let mut known = self.lock();
        let found = match found {
            Ok(found) => found.map(Arc::new),
            Err(error) => {
                known.remove(&hash);
                return Err(error);
            }
        };
        if let Some(value) = &found {
            if REMEMBERED_MAX <= known.len() {
                known.retain(|_, known| now.duration_since(known.looked_up_at) < STALE);
            }
            if known.len() < REMEMBERED_MAX {
                let value = Arc::clone(value);
                known.insert(hash, Known { value, looked_up_at: now, is_being_looked_up: false });
            }
        } else {
            known.remove(&hash);
        }
        Ok(found)
    }

    /// Forgets everything: what was just ended opens nothing on this node from now on.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// What is remembered, unless it is this caller's turn to look again.
    fn recall(&self, hash: &[u8; 32], now: Timestamp) -> Option<Arc<V>> {
        let mut known = self.lock();
        let known = known.get_mut(hash)?;
        let age = now.duration_since(known.looked_up_at);
        if age < FRESH || (age < STALE && known.is_being_looked_up) {
            return Some(Arc::clone(&known.value));
        }
        known.is_being_looked_up = true;
        None
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<[u8; 32], Known<V>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
