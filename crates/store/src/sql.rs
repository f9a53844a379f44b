//! Statements put together from fixed pieces, for filters that come in any combination.

use crate::Value;

/// A statement under construction. Its pieces are `'static`, so no user's text can become SQL; what
/// users say travels beside it as values.
#[derive(Clone, Debug)]
pub struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Sql {
    /// Begins with `piece`, in which `?1` is the workspace and nothing else is bound.
    pub fn new(piece: &'static str) -> Self {
        Self { text: piece.to_owned(), values: Vec::new() }
    }

    /// Adds `piece` as it stands.
    pub fn push(&mut self, piece: &'static str) -> &mut Self {
        self.text.push_str(piece);
        self
    }

    /// Adds a place for `value`.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        // The workspace is `?1`, so the first value is `?2`.
        self.text.push('?');
        self.text.push_str(&(self.values.len() + 1).to_string());
        self
    }

    /// Adds `piece`, and then a place for `value`.
    pub fn with(&mut self, piece: &'static str, value: impl Into<Value>) -> &mut Self {
        self.push(piece).bind(value)
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn values(&self) -> &[Value] {
        &self.values
    }
}
