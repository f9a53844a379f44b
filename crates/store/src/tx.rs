//! A transaction, as the product sees it.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use crate::{
    Conn, Scope, Sql, World,
    error::{Error, Result},
    search::{self, Word},
};

/// Everything that a column can hold. Both engines store these three alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    #[default]
    Null,
    /// A number, or a time in microseconds.
    Int(i64),
    /// Words, a name of a thing, or JSON.
    Text(String),
}

/// Where the logs of a group's workspaces have come to: told to the readers after the commit.
pub(crate) type Grown = BTreeMap<Arc<str>, i64>;

/// A transaction that reads one moment of one workspace, and cannot write.
pub struct ReadTx<'conn> {
    conn: &'conn mut Conn,
    now: jiff::Timestamp,
    scope: Scope,
    /// What `?1` is; nothing in a transaction of the system.
    workspace: Option<Value>,
    has_written: bool,
}

/// A transaction that writes. It also is a [`ReadTx`], so whatever reads can be called with it.
pub struct Tx<'conn> {
    read: ReadTx<'conn>,
    world: &'conn World,
    grown: &'conn mut Grown,
    ordinal: u16,
}

impl<'conn> ReadTx<'conn> {
    pub(crate) fn new(conn: &'conn mut Conn, world: &World, scope: Scope) -> Self {
        let is_system = scope.workspace() == crate::SYSTEM;
        let workspace = (!is_system).then(|| Value::from(scope.workspace()));
        Self { conn, now: (world.clock)(), scope, workspace, has_written: false }
    }

    /// The time of this operation: one instant, however long it runs.
    pub fn now(&self) -> jiff::Timestamp {
        self.now
    }

    /// Whose data, on whose behalf, and why.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Runs `sql`, in which `?1` is always this transaction's workspace, and `values` follow it.
    /// In a transaction of the system `values` begin at `?1`.
    ///
    /// `sql` is `'static`, so no user's text can ever become part of it.
    ///
    /// # Errors
    /// Those of the engine, and those of `read`.
    pub fn all<T, E: From<Error>>(
        &mut self,
        sql: &'static str,
        values: &[Value],
        read: impl Fn(&Row) -> Result<T, E>,
    ) -> Result<Vec<T>, E> {
        self.query(sql, values)?.iter().map(read).collect()
    }

    /// Like [`ReadTx::all`], for a statement put together from fixed pieces.
    ///
    /// # Errors
    /// As [`ReadTx::all`].
    pub fn select<T, E: From<Error>>(
        &mut self,
        sql: &Sql,
        read: impl Fn(&Row) -> Result<T, E>,
    ) -> Result<Vec<T>, E> {
        self.query(sql.text(), sql.values())?.iter().map(read).collect()
    }

    /// Like [`ReadTx::all`], for a statement that gives one row or none.
    ///
    /// # Errors
    /// As [`ReadTx::all`].
    pub fn first<T, E: From<Error>>(
        &mut self,
        sql: &'static str,
        values: &[Value],
        read: impl Fn(&Row) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        self.query(sql, values)?.first().map(read).transpose()
    }

    /// The documents of `kind` that have all `words`, newest (highest) first, below `before`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn search(
        &mut self,
        kind: &'static str,
        words: &[Word],
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<i64>> {
        let workspace = Arc::clone(&self.scope.workspace);
        let place = search::Place { workspace: &workspace, kind };
        search::find(self.conn, &place, &search::Query { words, before, limit })
    }

    /// How many documents of `kind` have all `words`, counted no further than `limit`.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn search_count(&mut self, kind: &'static str, words: &[Word], limit: i64) -> Result<i64> {
        let workspace = Arc::clone(&self.scope.workspace);
        let place = search::Place { workspace: &workspace, kind };
        search::count(self.conn, &place, &search::Query { words, before: None, limit })
    }

    fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>> {
        check_scope(self.workspace.as_ref(), sql);
        self.has_written |= !sql.starts_with("select ");
        self.conn.query_in(sql, self.workspace.as_ref(), values)
    }
}

fn check_scope(workspace: Option<&Value>, sql: &str) {
    debug_assert!(workspace.is_none() || sql.contains("?1"), "not limited to a workspace: {sql}");
}

impl<'conn> Tx<'conn> {
    pub(crate) fn new(
        conn: &'conn mut Conn,
        world: &'conn World,
        scope: Scope,
        grown: &'conn mut Grown,
    ) -> Self {
        Self { read: ReadTx::new(conn, world, scope), world, grown, ordinal: 0 }
    }

    /// Whether something but a `select` was run.
    pub(crate) fn has_written(&self) -> bool {
        self.read.has_written
    }

    /// A number that nobody can guess.
    pub fn random(&self) -> u128 {
        (self.world.random)()
    }

    /// Counts the things that this transaction names, so that names of one instant keep their order.
    pub fn next_ordinal(&mut self) -> u16 {
        self.ordinal = self.ordinal.saturating_add(1);
        self.ordinal
    }

    /// Like [`ReadTx::all`], for a statement whose rows do not matter.
    ///
    /// # Errors
    /// Those of the engine. PostgreSQL may tell of them later, and then fails the whole operation.
    pub fn run(&mut self, sql: &'static str, values: &[Value]) -> Result<()> {
        let ReadTx { conn, workspace, has_written, .. } = &mut self.read;
        *has_written = true;
        check_scope(workspace.as_ref(), sql);
        conn.run_in(sql, workspace.as_ref(), values)
    }

    /// Like [`Tx::run`], for a statement put together from fixed pieces.
    ///
    /// # Errors
    /// As [`Tx::run`].
    pub fn change(&mut self, sql: &Sql) -> Result<()> {
        let ReadTx { conn, workspace, has_written, .. } = &mut self.read;
        *has_written = true;
        check_scope(workspace.as_ref(), sql.text());
        conn.run_in(sql.text(), workspace.as_ref(), sql.values())
    }

    /// Says that the workspace's log has come to `seq`. Readers are told after the commit.
    pub fn log_grew_to(&mut self, seq: i64) {
        let workspace = Arc::clone(&self.read.scope.workspace);
        let known = self.grown.entry(workspace).or_insert(0);
        *known = seq.max(*known);
    }

    /// Wakes whoever looks for work in this workspace, after the commit.
    pub fn nudge(&mut self) {
        self.log_grew_to(0);
    }

    /// Makes `document` of `kind` found by the words of `text`, and by no others.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn search_put(&mut self, kind: &'static str, document: i64, text: &str) -> Result<()> {
        self.read.has_written = true;
        let workspace = Arc::clone(&self.scope.workspace);
        search::put(self.conn, &search::Place { workspace: &workspace, kind }, document, text)
    }

    /// Makes `document` of `kind` be found no more.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn search_remove(&mut self, kind: &'static str, document: i64) -> Result<()> {
        self.read.has_written = true;
        let workspace = Arc::clone(&self.scope.workspace);
        search::remove(self.conn, &search::Place { workspace: &workspace, kind }, document)
    }
}

impl<'conn> Deref for Tx<'conn> {
    type Target = ReadTx<'conn>;

    fn deref(&self) -> &Self::Target {
        &self.read
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.read
    }
}

/// What a statement gave, column by column.
pub struct Row(RefCell<Vec<Value>>);

impl Row {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self(RefCell::new(values))
    }

    /// The value of a column, counted from 0. It is moved out: each column is read once.
    ///
    /// # Errors
    /// Only if schema and code disagree.
    pub fn get<T: FromValue>(&self, column: usize) -> Result<T> {
        let value = self.0.borrow_mut().get_mut(column).map(std::mem::take);
        let value = value.unwrap_or_default();
        T::from_value(value)
            .ok_or_else(|| Error::internal(format!("column {column} holds something else")))
    }
}

/// A type that a column can be read as.
pub trait FromValue: Sized {
    /// `None` if the column holds something else.
    fn from_value(value: Value) -> Option<Self>;
}

impl FromValue for i64 {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Int(integer) => Some(integer),
            Value::Null | Value::Text(_) => None,
        }
    }
}

impl FromValue for String {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text),
            Value::Null | Value::Int(_) => None,
        }
    }
}

impl FromValue for jiff::Timestamp {
    fn from_value(value: Value) -> Option<Self> {
        Self::from_microsecond(i64::from_value(value)?).ok()
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Option<Self> {
        if value == Value::Null { Some(None) } else { T::from_value(value).map(Some) }
    }
}

impl From<i64> for Value {
    fn from(integer: i64) -> Self {
        Self::Int(integer)
    }
}

impl From<&i64> for Value {
    fn from(integer: &i64) -> Self {
        Self::Int(*integer)
    }
}

impl From<&str> for Value {
    /// PostgreSQL cannot hold U+0000 in a text, so neither engine is given one.
    fn from(text: &str) -> Self {
        if text.contains('\0') {
            Self::Text(text.replace('\0', ""))
        } else {
            Self::Text(text.to_owned())
        }
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<jiff::Timestamp> for Value {
    fn from(time: jiff::Timestamp) -> Self {
        Self::Int(time.as_microsecond())
    }
}

impl<T> From<Option<T>> for Value
where
    Self: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}
