//! Readers of the log: each keeps one number per workspace, and moves it in the transaction that
//! records what it did. So everything is done once, whatever stops in between.

use store::{ReadTx, Scope, Store, Tx};

use super::Entry;
use crate::error::Result;

/// Entries that a step passes over to find those that its reader is about.
const PASSED_MAX: i64 = 2_000;

/// How far somebody has read.
#[derive(Clone, Copy)]
pub struct Cursor {
    /// Stored beside its number.
    pub name: &'static str,
    /// Which entries it is about; none named, all.
    pub kinds: &'static [&'static str],
    /// How many of them a step takes: it must stay under 20 ms.
    pub batch: i64,
}

/// One reader: it does in a step what a few entries ask for.
#[derive(Clone, Copy)]
pub struct Reader {
    /// How far it has read.
    pub cursor: Cursor,
    /// What it does about what it reads.
    pub take: fn(&mut Tx<'_>, &[Entry]) -> Result<()>,
}

impl Cursor {
    /// How many entries it has not taken yet.
    ///
    /// # Errors
    /// Those of the store.
    pub fn lag(&self, tx: &mut ReadTx<'_>) -> Result<i64> {
        Ok(super::newest(tx)? - self.place(tx)?)
    }

    /// The last entry that it has passed.
    ///
    /// # Errors
    /// Those of the store.
    pub fn place(&self, tx: &mut ReadTx<'_>) -> Result<i64> {
        let sql = "select seq from reader_cursor where workspace = ?1 and reader = ?2";
        Ok(tx.first(sql, &[self.name.into()], |row| row.get::<i64>(0))?.unwrap_or(0))
    }

    fn move_to(&self, tx: &mut Tx<'_>, seq: i64) -> Result<()> {
        let sql = "insert into reader_cursor (workspace, reader, seq) values (?1, ?2, ?3)
                   on conflict (workspace, reader) do update set seq = excluded.seq";
        Ok(tx.run(sql, &[self.name.into(), seq.into()])?)
    }

    /// Whether there is something for it among the next entries, or so many of others that it had
    /// better move on.
    ///
    /// # Errors
    /// Those of the store.
    pub fn has_more(&self, tx: &mut ReadTx<'_>) -> Result<bool> {
        let (place, newest) = (self.place(tx)?, super::newest(tx)?);
        if PASSED_MAX < newest - place {
            return Ok(true);
        }
        Ok(place < newest && !super::list_of(tx, self.kinds, (place, newest), 1)?.is_empty())
    }

    /// Passes over all there is.
    ///
    /// # Errors
    /// Those of the store.
    pub fn skip(&self, tx: &mut Tx<'_>) -> Result<()> {
        let newest = super::newest(tx)?;
        self.move_to(tx, newest)
    }

    /// Does what `take` makes of the next entries.
    ///
    /// # Errors
    /// Those of the store and of `take`; then nothing of the step stands.
    pub fn step(
        &self,
        tx: &mut Tx<'_>,
        take: impl FnOnce(&mut Tx<'_>, &[Entry]) -> Result<()>,
    ) -> Result<Step> {
        let (from, newest) = (self.place(tx)?, super::newest(tx)?);
        if newest <= from {
            return Ok(Step { from, to: from, has_more: false });
        }
        let until = newest.min(from + PASSED_MAX);
        let entries = super::list_of(tx, self.kinds, (from, until), self.batch)?;
        let is_full = i64::try_from(entries.len()).unwrap_or(0) == self.batch;
        let to = entries.last().map(|entry| entry.seq).filter(|_| is_full).unwrap_or(until);
        if !entries.is_empty() {
            take(tx, &entries)?;
        }
        self.move_to(tx, to)?;
        Ok(Step { from, to, has_more: to < newest })
    }
}

/// How far a step went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// The last entry before it.
    pub from: i64,
    /// The last entry that it has passed.
    pub to: i64,
    /// Whether there are more.
    pub has_more: bool,
}

impl Reader {
    /// Takes the next entries, and says whether there are more.
    ///
    /// # Errors
    /// As [`Cursor::step`].
    pub fn step(&self, tx: &mut Tx<'_>) -> Result<bool> {
        Ok(self.cursor.step(tx, self.take)?.has_more)
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
