//! What a workspace decides for itself. Whatever it does not decide is as the installation says.

pub mod first_run;
pub mod http;

#[cfg(test)]
mod tests;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::{ReadTx, Tx};
use utoipa::ToSchema;

use crate::{
    change::Change,
    config::{Config, DuplicatePolicy},
    contact,
    email::Email,
    error::{Error, Result},
    event,
};

/// What holds in a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Settings {
    /// The country, in two letters, that a number without a country code is taken to be of.
    #[schema(example = "US")]
    pub region: String,
    /// The IANA name of the business's own time zone.
    #[schema(example = "America/New_York")]
    pub timezone: Option<String>,
    /// What the lead intake answers to a person that it knows, when it is not told to update.
    pub duplicate_policy: DuplicatePolicy,
    /// Whether the lists of leads for Zapier may be read without a key.
    pub zapier_open: bool,
    /// Addresses that are told of each new lead.
    #[schema(value_type = Vec<String>)]
    pub lead_recipients: Vec<String>,
    /// Whether someone known who comes through a door again is a new lead again.
    pub returning_is_new: bool,
    /// How new conversations are given to operators.
    pub routing: Strategy,
    /// When conversations of an operator are given to others.
    pub hand_back: HandBack,
    /// After how many minutes without an answer of the visitor a conversation is closed; `null` is
    /// never.
    pub auto_close_minutes: Option<i64>,
    /// How many minutes before that the visitor is warned; 0 is not at all.
    pub auto_close_warning_minutes: i64,
    /// For how many days after its end a conversation goes on when its visitor writes again; later
    /// it is a new one.
    pub reopen_days: i64,
}

/// How new conversations are given to operators who are available and have room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// In turn.
    #[default]
    RoundRobin,
    /// To whoever has the fewest.
    LeastBusy,
    /// To anyone.
    Random,
    /// To whoever looks after the contact or talked with the visitor last; else in turn.
    Sticky,
    /// Not at all: people take what they want.
    Manual,
}

/// When conversations of an operator are given to others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HandBack {
    /// When they go offline.
    #[default]
    WhenOffline,
    /// Never: they wait for their operator.
    Never,
}

/// When a conversation in which nothing is said is closed.
#[derive(Clone, Copy, Debug)]
pub struct Silence {
    /// After how long.
    pub close_after: SignedDuration,
    /// How long before that the visitor is warned.
    pub warned_before: SignedDuration,
}

/// What to change: absent keeps, `null` goes back to what the installation says.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct SettingsPatch {
    /// See [`Settings::region`].
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 2, max_length = 2)]
    pub region: Change<String>,
    /// See [`Settings::timezone`].
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub timezone: Change<String>,
    /// See [`Settings::duplicate_policy`].
    #[serde(default)]
    #[schema(value_type = Option<DuplicatePolicy>)]
    pub duplicate_policy: Change<DuplicatePolicy>,
    /// See [`Settings::zapier_open`].
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub zapier_open: Change<bool>,
    /// At most 20 addresses.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, max_items = 20)]
    pub lead_recipients: Change<Vec<Email>>,
    /// See [`Settings::returning_is_new`].
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pub returning_is_new: Change<bool>,
    /// See [`Settings::routing`].
    #[serde(default)]
    #[schema(value_type = Option<Strategy>)]
    pub routing: Change<Strategy>,
    /// See [`Settings::hand_back`].
    #[serde(default)]
    #[schema(value_type = Option<HandBack>)]
    pub hand_back: Change<HandBack>,
    /// 2 to 43,200.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 2, maximum = 43200)]
    pub auto_close_minutes: Change<i64>,
    /// 0 to 1,440, and less than `auto_close_minutes`.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1440)]
    pub auto_close_warning_minutes: Change<i64>,
    /// 0 to 365.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 365)]
    pub reopen_days: Change<i64>,
}

/// What a workspace has decided, as it is stored.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Decided {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timezone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    duplicate_policy: Option<DuplicatePolicy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zapier_open: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lead_recipients: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    returning_is_new: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    routing: Option<Strategy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hand_back: Option<HandBack>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auto_close_minutes: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auto_close_warning_minutes: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reopen_days: Option<i64>,
}

/// Addresses that are told of new leads.
const RECIPIENTS_MAX: usize = 20;
const REOPEN_DAYS_DEFAULT: i64 = 7;
const WARNING_MINUTES_DEFAULT: i64 = 5;

impl Settings {
    /// What holds where nobody decided anything.
    pub fn of_installation(config: &Config) -> Self {
        Self {
            region: config.locale.region.clone(),
            timezone: Some(config.locale.timezone.clone()).filter(|zone| !zone.is_empty()),
            duplicate_policy: config.aloware.duplicate_policy,
            zapier_open: config.ora.zapier_open,
            lead_recipients: config.leads.recipients.clone(),
            returning_is_new: config.leads.returning_is_new,
            routing: Strategy::default(),
            hand_back: HandBack::default(),
            auto_close_minutes: None,
            auto_close_warning_minutes: WARNING_MINUTES_DEFAULT,
            reopen_days: REOPEN_DAYS_DEFAULT,
        }
    }

    /// For how long after its end a conversation goes on when its visitor writes again.
    pub fn reopened_within(&self) -> SignedDuration {
        SignedDuration::from_hours(24 * self.reopen_days)
    }

    fn decided(self, decided: Decided) -> Self {
        Self {
            region: decided.region.unwrap_or(self.region),
            timezone: decided.timezone.or(self.timezone),
            duplicate_policy: decided.duplicate_policy.unwrap_or(self.duplicate_policy),
            zapier_open: decided.zapier_open.unwrap_or(self.zapier_open),
            lead_recipients: decided.lead_recipients.unwrap_or(self.lead_recipients),
            returning_is_new: decided.returning_is_new.unwrap_or(self.returning_is_new),
            routing: decided.routing.unwrap_or(self.routing),
            hand_back: decided.hand_back.unwrap_or(self.hand_back),
            auto_close_minutes: decided.auto_close_minutes.or(self.auto_close_minutes),
            auto_close_warning_minutes: decided
                .auto_close_warning_minutes
                .unwrap_or(self.auto_close_warning_minutes),
            reopen_days: decided.reopen_days.unwrap_or(self.reopen_days),
        }
    }
}

/// What holds in this workspace, where `installation` says what holds otherwise.
///
/// # Errors
/// Those of the store.
pub fn find(tx: &mut ReadTx<'_>, installation: Settings) -> Result<Settings> {
    Ok(installation.decided(decided(tx)?))
}

fn decided(tx: &mut ReadTx<'_>) -> Result<Decided> {
    let sql = "select body from setting where workspace = ?1";
    match tx.first(sql, &[], |row| row.get::<String>(0))? {
        Some(body) => Ok(serde_json::from_str(&body)?),
        None => Ok(Decided::default()),
    }
}

/// Decides anew.
///
/// # Errors
/// When a value cannot be what it is for.
pub fn update(tx: &mut Tx<'_>, installation: Settings, patch: SettingsPatch) -> Result<Settings> {
    let old = decided(tx)?;
    let lead_recipients = match patch.lead_recipients {
        Change::Keep => old.lead_recipients,
        Change::Clear => None,
        Change::Set(all) if RECIPIENTS_MAX < all.len() => {
            return Err(Error::invalid("lead_recipients", "must be at most 20 addresses"));
        }
        Change::Set(all) => Some(all.iter().map(|one| one.as_given().to_owned()).collect()),
    };
    let new = Decided {
        region: patch.region.apply(old.region).map(|region| region.to_ascii_uppercase()),
        timezone: patch.timezone.apply(old.timezone),
        duplicate_policy: patch.duplicate_policy.apply(old.duplicate_policy),
        zapier_open: patch.zapier_open.apply(old.zapier_open),
        lead_recipients,
        returning_is_new: patch.returning_is_new.apply(old.returning_is_new),
        routing: patch.routing.apply(old.routing),
        hand_back: patch.hand_back.apply(old.hand_back),
        auto_close_minutes: patch.auto_close_minutes.apply(old.auto_close_minutes),
        auto_close_warning_minutes: patch
            .auto_close_warning_minutes
            .apply(old.auto_close_warning_minutes),
        reopen_days: patch.reopen_days.apply(old.reopen_days),
    };
    new.check()?;
    let sql = "insert into setting (workspace, body, updated_at) values (?1, ?2, ?3)
               on conflict (workspace) do update set
               body = excluded.body, updated_at = excluded.updated_at";
    let now = tx.now();
    tx.run(sql, &[(&serde_json::to_string(&new)?).into(), now.into()])?;
    let settings = installation.decided(new);
    let payload = serde_json::to_string(&settings)?;
    event::append(tx, event::Kind::SettingsUpdated, "settings", &payload)?;
    Ok(settings)
}

impl Decided {
    fn check(&self) -> Result<()> {
        if self.region.as_ref().is_some_and(|region| !phone::is_region(region)) {
            return Err(Error::invalid("region", "must be the two letters of a country"));
        }
        if self.timezone.as_ref().is_some_and(|zone| !contact::is_zone(zone)) {
            return Err(Error::invalid("timezone", "must be a time zone of the IANA list"));
        }
        let within = |value: Option<i64>, least, most| {
            value.is_none_or(|value| (least..=most).contains(&value))
        };
        if !within(self.auto_close_minutes, 2, 43_200) {
            return Err(Error::invalid("auto_close_minutes", "must be 2 to 43200"));
        }
        let most = self.auto_close_minutes.map_or(1_440, |minutes| (minutes - 1).min(1_440));
        if !within(self.auto_close_warning_minutes, 0, most) {
            let problem = format!("must be 0 to {most}, less than 'auto_close_minutes'");
            return Err(Error::invalid("auto_close_warning_minutes", problem));
        }
        if !within(self.reopen_days, 0, 365) {
            return Err(Error::invalid("reopen_days", "must be 0 to 365"));
        }
        Ok(())
    }
}

/// When a conversation in which nothing is said is closed; `None` for never.
///
/// # Errors
/// Those of the store.
pub fn silence(tx: &mut ReadTx<'_>) -> Result<Option<Silence>> {
    let decided = decided(tx)?;
    let Some(minutes) = decided.auto_close_minutes else { return Ok(None) };
    let warning = decided.auto_close_warning_minutes.unwrap_or(WARNING_MINUTES_DEFAULT);
    let warned_before = SignedDuration::from_mins(warning.min(minutes - 1));
    Ok(Some(Silence { close_after: SignedDuration::from_mins(minutes), warned_before }))
}

/// How conversations are given to operators, and when they are taken from them.
///
/// # Errors
/// Those of the store.
pub fn routing(tx: &mut ReadTx<'_>) -> Result<(Strategy, HandBack)> {
    let decided = decided(tx)?;
    Ok((decided.routing.unwrap_or_default(), decided.hand_back.unwrap_or_default()))
}
