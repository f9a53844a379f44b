//! The country that a number without a country code is taken to be of.

/// What the documented lead intake assumes of an account that says nothing.
pub const REGION_DEFAULT: &str = "US";
