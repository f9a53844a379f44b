//! The nodes that share one database, and which of them does what must be done by one alone.
//!
//! Each says every second that it is there. Work is given by a hash of its name to one of those who
//! are: no lease is written for it. While a node comes or goes, two may think that it is theirs, so
//! such work must bear to be done twice.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};
use store::{Store, World};

use crate::error::{Error, Result};

/// Who is there. Cheap to clone.
#[derive(Clone)]
pub struct Nodes(Arc<Inner>);

struct Inner {
    store: Store,
    own: String,
    there: Mutex<Vec<String>>,
}

/// A node that said nothing for so long is gone.
const GONE_AFTER: SignedDuration = SignedDuration::from_secs(4);
/// After as much its name is forgotten.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(1);
/// Nodes of one database.
const NODES_MAX: i64 = 1_000;

impl Nodes {
    /// This node; on a database of its own it is the only one.
    pub fn new(store: &Store, world: &World) -> Self {
        let own = format!("{:032x}", (world.random)());
        let there = if store.is_shared() { Vec::new() } else { vec![own.clone()] };
        Self(Arc::new(Inner { store: store.clone(), own, there: Mutex::new(there) }))
    }

    /// Whether there may be others.
    pub fn are_shared(&self) -> bool {
        self.0.store.is_shared()
    }

    /// Whether what is called `name` is this node's to do.
    pub fn own(&self, name: &str) -> bool {
        let there = self.0.there.lock().unwrap_or_else(PoisonError::into_inner);
        if let [alone] = there.as_slice() {
            return *alone == self.0.own;
        }
        let first = there.iter().max_by_key(|node| weight(node, name));
        first.is_some_and(|node| *node == self.0.own)
    }

    /// Says that it is there, and hears who else is. Whether that has changed.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn beat(&self) -> Result<bool> {
        let own = self.0.own.clone();
        let write = self.0.store.system(move |tx| {
            let now = tx.now();
            let sql = "insert into node (id, seen_at) values (?1, ?2)
                       on conflict (id) do update set seen_at = excluded.seen_at";
            tx.run(sql, &[(&own).into(), now.into()])?;
            tx.run("delete from node where seen_at < ?1", &[(now - FORGOTTEN_AFTER).into()])?;
            let sql = "select id from node where seen_at > ?1 order by id limit ?2";
            let since = now - GONE_AFTER;
            tx.all(sql, &[since.into(), NODES_MAX.into()], |row| Ok::<_, Error>(row.get(0)?))
        });
        let now: Vec<String> = write.await?;
        let mut there = self.0.there.lock().unwrap_or_else(PoisonError::into_inner);
        let has_changed = *there != now;
        *there = now;
        Ok(has_changed)
    }

    /// Says that it is there no more, so that others need not wait to find out.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn leave(&self) -> Result<()> {
        if !self.are_shared() {
            return Ok(());
        }
        let own = self.0.own.clone();
        let write = self.0.store.system(move |tx| {
            Ok::<_, Error>(tx.run("delete from node where id = ?1", &[(&own).into()])?)
        });
        write.await
    }
}

/// The node with the greatest one does it: if another comes or goes, only its own part moves.
fn weight(node: &str, name: &str) -> [u8; 32] {
    Sha256::new().chain_update(node).chain_update(" ").chain_update(name).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TestWorld, block_on, databases};

    #[test]
    fn work_is_one_nodes_and_goes_to_others_when_it_is_gone() {
        for database in databases() {
            block_on(async {
                let time = TestWorld::new();
                let stores = [database.open(&time.world), database.open(&time.world)];
                if !stores[0].is_shared() {
                    let alone = Nodes::new(&stores[0], &time.world);
                    assert!(alone.own("ws_1") && !alone.are_shared());
                    return;
                }
                let nodes = stores.map(|store| Nodes::new(&store, &time.world));
                assert!(!nodes[0].own("ws_1"), "it was not heard of yet");
                assert!(nodes[0].beat().await.unwrap());
                assert!(nodes[0].own("ws_1"));
                assert!(nodes[1].beat().await.unwrap());
                assert!(nodes[0].beat().await.unwrap(), "there is another one");
                assert!(!nodes[0].beat().await.unwrap());
                let names: Vec<String> = (0..100).map(|n| format!("ws_{n}")).collect();
                let own = |node: &Nodes| names.iter().filter(|name| node.own(name)).count();
                let (one, other) = (own(&nodes[0]), own(&nodes[1]));
                assert!(one + other == 100 && 20 < one && 20 < other, "{one} and {other}");
                // One falls silent.
                time.tick(SignedDuration::from_secs(5));
                assert!(nodes[0].beat().await.unwrap());
                assert_eq!(own(&nodes[0]), 100);
                // It is there again, and then stops as it should.
                nodes[1].beat().await.unwrap();
                nodes[0].beat().await.unwrap();
                assert_eq!(own(&nodes[0]), one);
                nodes[1].leave().await.unwrap();
                nodes[0].beat().await.unwrap();
                assert_eq!(own(&nodes[0]), 100);
            });
        }
    }
}
