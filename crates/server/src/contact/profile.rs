//! What is known of a person beside name, address and number.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    change::Change,
    error::{Error, Result},
};

/// A text of a profile: trimmed, and none when blank.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub struct Text(String);

/// Characters of one field. A door cuts what is longer, `/v1` refuses it.
pub const TEXT_CHARS_MAX: usize = 5_000;

macro_rules! profile {
    ($( $(#[$about:meta])* $name:ident, )*) => {
        /// What else is known of a person. Fields of which nothing is known are left out.
        #[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize, ToSchema)]
        pub struct Profile {
            $(
                $(#[$about])*
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $name: Option<String>,
            )*
        }

        /// What to change of a profile: absent keeps, `null` clears.
        #[derive(Clone, Debug, Default, Deserialize, ToSchema)]
        pub struct ProfilePatch {
            $(
                $(#[$about])*
                #[serde(default)]
                #[schema(value_type = Option<String>, max_length = 5000)]
                pub $name: Change<Text>,
            )*
        }

        impl Profile {
            /// The names of its fields.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];

            /// All fields by their names.
            pub fn fields_mut(&mut self) -> impl Iterator<Item = (&'static str, &mut Option<String>)> {
                [$((stringify!($name), &mut self.$name)),*].into_iter()
            }

            /// With what `patch` changes.
            pub(super) fn patched(self, patch: ProfilePatch) -> Self {
                Self { $( $name: patch.$name.apply_text(self.$name, Text::into_text), )* }
            }

            /// Blanks are filled with what `other` has.
            pub(super) fn filled(self, other: Self) -> Self {
                Self { $( $name: self.$name.or(other.$name), )* }
            }
        }
    };
}

profile! {
    /// The given name.
    first_name,
    /// The family name.
    last_name,
    /// `YYYY-MM-DD`.
    date_of_birth,
    /// An IANA name, such as `Europe/Vienna`.
    timezone,
    /// Street and number.
    address,
    /// Filled from the number of the phone while blank.
    city,
    /// Filled from the number of the phone while blank; in the USA and Canada two letters.
    state,
    /// Never filled from a number: no number knows it.
    zipcode,
    /// Two letters; filled from the number of the phone while blank.
    country,
    /// Their page.
    website,
    /// What someone wrote about them, such as their consent to be contacted.
    notes,
    /// Where the lead came from, for sorting leads.
    lead_source,
    /// A second source, as some forms have it.
    intake_source,
    /// The first custom field of lead forms.
    csf1,
    /// The second custom field of lead forms.
    csf2,
}

impl Profile {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Refuses what a field cannot be.
    pub(super) fn check(&self) -> Result<()> {
        if self
            .date_of_birth
            .as_ref()
            .is_some_and(|date| date.parse::<jiff::civil::Date>().is_err())
        {
            return Err(Error::invalid("profile.date_of_birth", "must be a date as YYYY-MM-DD"));
        }
        if self.timezone.as_ref().is_some_and(|name| !is_zone(name)) {
            return Err(Error::invalid("profile.timezone", "must be a time zone of the IANA list"));
        }
        Ok(())
    }
}

impl Text {
    fn into_text(self) -> Option<String> {
        Some(self.0).filter(|text| !text.is_empty())
    }
}

impl TryFrom<String> for Text {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = text.replace('\0', "").trim().to_owned();
        if TEXT_CHARS_MAX < text.chars().count() {
            return Err("must be at most 5000 characters long");
        }
        Ok(Self(text))
    }
}

/// Whether `name` is a time zone of the IANA list.
pub fn is_zone(name: &str) -> bool {
    jiff::tz::TimeZone::get(name).is_ok()
}
