//! What a workspace decides for itself. Whatever it does not decide is as the installation says.

pub mod http;

#[cfg(test)]
mod tests;

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
}

/// Addresses that are told of new leads.
const RECIPIENTS_MAX: usize = 20;

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
        }
    }

    fn decided(self, decided: Decided) -> Self {
        Self {
            region: decided.region.unwrap_or(self.region),
            timezone: decided.timezone.or(self.timezone),
            duplicate_policy: decided.duplicate_policy.unwrap_or(self.duplicate_policy),
            zapier_open: decided.zapier_open.unwrap_or(self.zapier_open),
            lead_recipients: decided.lead_recipients.unwrap_or(self.lead_recipients),
            returning_is_new: decided.returning_is_new.unwrap_or(self.returning_is_new),
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
    };
    if new.region.as_ref().is_some_and(|region| !phone::is_region(region)) {
        return Err(Error::invalid("region", "must be the two letters of a country"));
    }
    if new.timezone.as_ref().is_some_and(|zone| !contact::is_zone(zone)) {
        return Err(Error::invalid("timezone", "must be a time zone of the IANA list"));
    }
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
