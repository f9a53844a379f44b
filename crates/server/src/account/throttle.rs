//! How many guesses are judged: of a password, a code, a link. They are counted before they are
//! judged, in the store, so that all nodes together judge no more.

use jiff::{SignedDuration, Timestamp};
use store::{Store, Tx};

use crate::{
    access,
    error::{Error, Result},
};

/// Guesses about one account from browsers that are not known, and from each that is, in a window.
pub(super) const GUESSES: i64 = 10;
/// Guesses from one address, whomever they are about: an office is behind one.
pub(super) const GUESSES_OF_ADDRESS: i64 = 100;
/// Links that are sent to one address of mail.
pub(super) const LINKS: i64 = 3;
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// Old counts that are removed at once.
const PRUNED_MAX: i64 = 1_000;

/// What is counted, and how far.
#[derive(Clone, Debug)]
pub(super) struct Counter {
    name: String,
    max: i64,
}

impl Counter {
    /// At most `max` in a window about `whom`. Nobody's address is kept.
    pub(super) fn new(what: &str, whom: &str, max: i64) -> Self {
        Self { name: format!("{what}:{}", access::hash(whom)), max }
    }
}

/// Counts one guess. Says how many seconds to wait where there were too many: then it must not be
/// judged.
pub(super) async fn count(store: &Store, counters: Vec<Counter>) -> Result<Option<i64>> {
    let counted = store.system(move |tx| {
        let mut wait = None;
        for counter in &counters {
            wait = wait.max(count_one(tx, counter)?);
        }
        Ok::<_, Error>(wait)
    });
    counted.await
}

fn count_one(tx: &mut Tx<'_>, counter: &Counter) -> Result<Option<i64>> {
    let now = tx.now();
    let sql = "insert into guess (name, count, since) values (?1, 1, ?2)
               on conflict (name) do update set
                   count = case when guess.since < ?3 then 1 else guess.count + 1 end,
                   since = case when guess.since < ?3 then excluded.since else guess.since end
               returning count, since";
    let values = [(&counter.name).into(), now.into(), (now - WINDOW).into()];
    let counted = tx.first(sql, &values, |row| {
        Ok::<_, Error>((row.get::<i64>(0)?, row.get::<Timestamp>(1)?))
    })?;
    Ok(counted.filter(|(count, _)| counter.max < *count).map(|(_, since)| {
        let left = (since + WINDOW).duration_since(now);
        left.as_secs().max(1)
    }))
}

/// Takes back what was counted: it was no guess.
pub(super) async fn forgive(store: &Store, counters: Vec<Counter>) -> Result<()> {
    let write = store.system(move |tx| {
        let sql = "update guess set count = count - 1 where name = ?1 and 0 < count";
        counters
            .iter()
            .try_for_each(|counter| Ok::<_, Error>(tx.run(sql, &[(&counter.name).into()])?))
    });
    write.await
}

/// Removes counts that are over: 1,000 at most.
///
/// # Errors
/// Those of the store.
pub async fn prune(store: &Store) -> Result<()> {
    let write = store.system(|tx| {
        let oldest = tx.now() - WINDOW;
        let sql = "delete from guess where name in
                       (select name from guess where since < ?1 order by since limit ?2)";
        Ok::<_, Error>(tx.run(sql, &[oldest.into(), PRUNED_MAX.into()])?)
    });
    write.await
}

/// Begins to count anew: it was no stranger.
pub(super) async fn forget(store: &Store, counters: Vec<Counter>) -> Result<()> {
    let write = store.system(move |tx| {
        // An address is not forgiven for one right guess of many.
        let own = counters.iter().filter(|counter| !counter.name.starts_with("address:"));
        own.map(|counter| &counter.name).try_for_each(|name| {
            Ok::<_, Error>(tx.run("delete from guess where name = ?1", &[name.into()])?)
        })
    });
    write.await
}
