//! What a site decides: how its widget looks, what it asks, when it speaks.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Hours;
use crate::error::{Error, Result};

const BODY_BYTES_MAX: usize = 64 * 1024;
const ORIGINS_MAX: usize = 50;

/// How a site looks and behaves. Whatever is left out is as if it had never been said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct SiteSettings {
    /// Where its pages are: `https://shop.example`, or `https://*.example.com`. Without any, every
    /// origin may show the widget.
    #[schema(max_items = 50)]
    pub origins: Vec<String>,
    /// How the widget looks.
    pub theme: Theme,
    /// `auto`, or the language of the widget.
    #[schema(example = "auto")]
    pub locale: Option<String>,
    /// Words of the site's own, by language and name.
    pub texts: std::collections::BTreeMap<String, std::collections::BTreeMap<String, String>>,
    /// When somebody is there; `null` is always.
    pub hours: Option<Hours>,
    /// What is asked before the first message; `null` is nothing.
    pub pre_chat: Option<Form>,
    /// What is asked while nobody is there; `null` is what is asked otherwise.
    pub offline: Option<Form>,
    /// What the widget says by itself, and when.
    #[schema(max_items = 50)]
    pub triggers: Vec<Trigger>,
    /// Whether pages that visitors open are written down.
    pub tracking: Tracking,
    /// Parameters of addresses that are kept beside those of campaigns.
    #[schema(max_items = 50)]
    pub keep_params: Vec<String>,
    /// Whether a closed conversation may be rated.
    pub rating: Rated,
    /// Where it says what becomes of personal data.
    #[schema(max_length = 2000)]
    pub privacy_url: Option<String>,
    /// Whether only visitors with a signed identity may write.
    pub identity: Enforced,
    /// Whether the addresses of visitors' machines are kept, for a week.
    pub addresses: Addresses,
    /// Whether each page that is opened is an event of its own, for webhooks.
    pub page_events: PageEvents,
}

macro_rules! choices {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$doc])* $variant,)*
        }
    };
}

choices! {
    /// Whether pages that visitors open are written down.
    Tracking {
        /// They are, unless the browser asks for the opposite.
        #[default]
        On,
        /// Once the page says that the visitor agreed.
        Consent,
        /// They are not.
        Off,
    }
}

choices! {
    /// Whether a closed conversation may be rated.
    Rated {
        /// It may.
        #[default]
        Asked,
        /// Nobody is asked.
        Never,
    }
}

choices! {
    /// Whether only visitors with a signed identity may write.
    Enforced {
        /// Anyone may.
        #[default]
        Optional,
        /// Only they may.
        Required,
    }
}

choices! {
    /// Whether the addresses of visitors' machines are kept.
    Addresses {
        /// For a week.
        #[default]
        Kept,
        /// Not at all.
        Never,
    }
}

choices! {
    /// Whether each page that is opened is an event of its own.
    PageEvents {
        /// One entry of the log tells of many.
        #[default]
        Together,
        /// And each has one: `visitor.page_viewed`.
        Each,
    }
}

/// How the widget looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Theme {
    /// `#rrggbb`
    #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
    pub accent: String,
    /// `auto`, `light` or `dark`
    pub scheme: String,
    /// `end` or `start`: right or left, in a language that goes from left to right.
    pub side: String,
    /// `show` or `hide`
    pub launcher: String,
}

impl Default for Theme {
    fn default() -> Self {
        Self {
            accent: "#0b6b5b".to_owned(),
            scheme: "auto".to_owned(),
            side: "end".to_owned(),
            launcher: "show".to_owned(),
        }
    }
}

/// What a visitor is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Form {
    /// One after the other: `name`, `email`, `phone` and `company` are theirs, others are kept as
    /// attributes.
    #[schema(max_items = 20)]
    pub fields: Vec<Field>,
    /// What they must agree to, if anything.
    pub consent: Option<Consent>,
}

/// One question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Field {
    /// What the answer is kept as.
    #[schema(max_length = 64)]
    pub name: String,
    /// What is asked.
    #[schema(max_length = 200)]
    pub label: String,
    /// `text`, `email`, `tel`, `textarea`, `select` or `checkbox`
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether there must be an answer.
    pub is_required: bool,
    /// What there is to choose from.
    #[schema(max_items = 50)]
    pub options: Vec<String>,
}

/// What a visitor agrees to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Consent {
    /// In words.
    #[schema(max_length = 1000)]
    pub text: String,
    /// Which words they were, when they change.
    #[schema(max_length = 64)]
    pub version: String,
    /// Whether nobody may write without it.
    pub is_required: bool,
}

/// Something that the widget says by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Trigger {
    /// A name of your own.
    #[schema(max_length = 64)]
    pub id: String,
    /// What it says.
    #[schema(max_length = 1000)]
    pub message: String,
    /// In whose name.
    #[schema(max_length = 200)]
    pub author: Option<String>,
    /// Answers to choose from.
    #[schema(max_items = 5)]
    pub choices: Vec<String>,
    /// When: all that is said must hold.
    pub when: When,
    /// How often at most.
    pub caps: Caps,
}

/// When a widget speaks by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct When {
    /// A part of the page's address.
    pub url_contains: Option<String>,
    /// After so long on the page.
    pub seconds: Option<i64>,
    /// After so much of the page was seen.
    pub scroll_percent: Option<i64>,
    /// When they are about to leave.
    pub is_exit: bool,
    /// When the page tells of this.
    pub event: Option<String>,
}

/// How often a widget speaks by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Caps {
    /// Times a day, for one visitor.
    pub per_day: i64,
    /// Hours of silence after it was put away, or answered.
    pub quiet_hours: i64,
}

impl Default for Caps {
    fn default() -> Self {
        Self { per_day: 1, quiet_hours: 24 }
    }
}

impl SiteSettings {
    /// The same, if every value can be what it is for.
    pub(super) fn checked(self) -> Result<Self> {
        if ORIGINS_MAX < self.origins.len() {
            return Err(Error::invalid("origins", "must be at most 50"));
        }
        for origin in &self.origins {
            let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
            let odd = |c: char| {
                !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '*' | '[' | ']'))
            };
            let is_origin = rest.is_some_and(|host| {
                !host.is_empty()
                    && !host.contains(odd)
                    && !host.strip_prefix("*.").unwrap_or(host).contains('*')
            });
            if !is_origin {
                let problem = "must be origins such as 'https://shop.example', without a path";
                return Err(Error::invalid("origins", problem));
            }
        }
        let accent = self.theme.accent.strip_prefix('#').unwrap_or_default();
        if accent.len() != 6 || !accent.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Error::invalid("theme", "must have an 'accent' such as '#0b6b5b'"));
        }
        let is_one = |value: &str, of: &[&str]| of.contains(&value);
        if !is_one(&self.theme.scheme, &["auto", "light", "dark"])
            || !is_one(&self.theme.side, &["end", "start"])
            || !is_one(&self.theme.launcher, &["show", "hide"])
        {
            let problem = "must have a 'scheme' of auto, light or dark, a 'side' of end or start, \
                           and a 'launcher' of show or hide";
            return Err(Error::invalid("theme", problem));
        }
        let is_page = |url: &String| url.starts_with("https://") || url.starts_with("http://");
        if !self.privacy_url.as_ref().is_none_or(is_page) {
            return Err(Error::invalid("privacy_url", "must begin with https://"));
        }
        for form in [("pre_chat", &self.pre_chat), ("offline", &self.offline)] {
            if let (name, Some(form)) = form {
                form.check(name)?;
            }
        }
        if let Some(hours) = &self.hours {
            hours.check()?;
        }
        if self.triggers.iter().any(|one| one.id.trim().is_empty() || one.message.is_empty()) {
            return Err(Error::invalid("triggers", "must have an 'id' and a 'message' each"));
        }
        let text = serde_json::to_string(&self)?;
        if BODY_BYTES_MAX < text.len() || text.contains("\\u0000") {
            return Err(Error::invalid("settings", "must be at most 64 KiB of text in all"));
        }
        Ok(self)
    }
}

impl Form {
    /// Whether what must be answered is answered, and what must be agreed to was, in these words.
    ///
    /// # Errors
    /// Naming the field.
    pub fn check_answers(
        &self,
        answers: &serde_json::Map<String, serde_json::Value>,
        consent_version: Option<&str>,
    ) -> Result<()> {
        for field in &self.fields {
            let answer = answers.get(&field.name);
            let is_blank = answer.is_none_or(|answer| {
                answer.is_null()
                    || answer.as_str().is_some_and(|text| text.trim().is_empty())
                    || *answer == false
            });
            if field.is_required && is_blank {
                let name = format!("pre_chat.{}", field.name);
                return Err(Error::invalid(name, "must be answered before the first message"));
            }
        }
        if let Some(consent) = &self.consent
            && consent.is_required
            && consent_version != Some(consent.version.as_str())
        {
            return Err(Error::invalid("consent_version", "must be the one that is asked for"));
        }
        Ok(())
    }

    fn check(&self, name: &'static str) -> Result<()> {
        let kinds = ["text", "email", "tel", "textarea", "select", "checkbox"];
        let is_field = |field: &Field| {
            (1..=64).contains(&field.name.chars().count()) && kinds.contains(&field.kind.as_str())
        };
        if 20 < self.fields.len() || !self.fields.iter().all(is_field) {
            let problem = "must have at most 20 fields with a 'name' and a 'type' of text, email, \
                           tel, textarea, select or checkbox";
            return Err(Error::invalid(name, problem));
        }
        Ok(())
    }
}
