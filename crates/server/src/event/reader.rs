//! Readers of the log: each keeps one number per workspace, and moves it in the transaction that
//! records what it did. So everything is done once, whatever stops in between.

use store::{ReadTx, Scope, Store, Tx};

use super::Entry;
use crate::error::Result;

/// Entries that a step passes over to find those that its reader is about.
const PASSED_MAX: i64 = 2_000;

/// One reader: it does in a step what a few entries ask for.
#[derive(Clone, Copy)]
pub struct Reader {
    /// Stored beside its number.
    pub name: &'static str,
    /// Which entries it is about; none named, all.
    pub kinds: &'static [&'static str],
    /// How many of them a step takes: it must stay under 20 ms.
    pub batch: i64,
    /// What it does about them.
    pub take: fn(&mut Tx<'_>, &[Entry]) -> Result<()>,
}

impl Reader {
    /// How many entries it has not taken yet.
    ///
    /// # Errors
    /// Those of the store.
    pub fn lag(&self, tx: &mut ReadTx<'_>) -> Result<i64> {
        Ok(super::newest(tx)? - self.place(tx)?)
    }

    fn place(&self, tx: &mut ReadTx<'_>) -> Result<i64> {
        let sql = "select seq from reader_cursor where workspace = ?1 and reader = ?2";
        Ok(tx.first(sql, &[self.name.into()], |row| row.get::<i64>(0))?.unwrap_or(0))
    }

    /// Takes the next entries, and says whether there are more.
    ///
    /// # Errors
    /// Those of the store and of what the reader does; then nothing of the step stands.
    pub fn step(&self, tx: &mut Tx<'_>) -> Result<bool> {
        let (place, newest) = (self.place(tx)?, super::newest(tx)?);
        if newest <= place {
            return Ok(false);
        }
        let until = newest.min(place + PASSED_MAX);
        let entries = super::list_of(tx, self.kinds, (place, until), self.batch)?;
        let is_full = i64::try_from(entries.len()).unwrap_or(0) == self.batch;
        let last = entries.last().map(|entry| entry.seq).filter(|_| is_full).unwrap_or(until);
        if !entries.is_empty() {
            (self.take)(tx, &entries)?;
        }
        let sql = "insert into reader_cursor (workspace, reader, seq) values (?1, ?2, ?3)
                   on conflict (workspace, reader) do update set seq = excluded.seq";
        tx.run(sql, &[self.name.into(), last.into()])?;
        Ok(last < newest)
    }

    /// Takes up to `steps` times the next entries of `scope`. Says whether it came to the end.
    ///
    /// # Errors
    /// As [`Reader::step`].
    pub async fn catch_up(&self, store: &Store, scope: &Scope, steps: usize) -> Result<bool> {
        let reader = *self;
        for _ in 0..steps {
            if !store.write(scope, move |tx| reader.step(tx)).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The workspaces whose log has entries that `reader` has not taken, at the start of the program.
///
/// # Errors
/// Those of the store.
pub fn behind(tx: &mut ReadTx<'_>, reader: &str, limit: i64) -> Result<Vec<String>> {
    let sql = "select c.workspace from event_counter c
               left join reader_cursor r on r.workspace = c.workspace and r.reader = ?1
               where coalesce(r.seq, 0) < c.seq order by c.workspace limit ?2";
    tx.all(sql, &[reader.into(), limit.into()], |row| Ok(row.get(0)?))
}
