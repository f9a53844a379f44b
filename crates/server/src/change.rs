//! What a patch says of a field.

use serde::{Deserialize, Deserializer};

/// Absent keeps, a value sets, `null` clears.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// The field was not sent.
    #[default]
    Keep,
    /// The field was sent.
    Set(T),
    /// The field was sent as `null`.
    Clear,
}

impl<T> Change<T> {
    /// What becomes of `old`.
    pub fn apply(self, old: Option<T>) -> Option<T> {
        match self {
            Self::Keep => old,
            Self::Set(value) => Some(value),
            Self::Clear => None,
        }
    }

    /// Like [`Change::apply`], for a value that is blank when its text is.
    pub fn apply_text(
        self,
        old: Option<String>,
        text: impl FnOnce(T) -> Option<String>,
    ) -> Option<String> {
        match self {
            Self::Keep => old,
            Self::Set(value) => text(value),
            Self::Clear => None,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    /// An absent field never comes here: `#[serde(default)]` keeps it.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}
