//! Settings: flags, then the environment, then a file, then `config.default.toml`, which is part of
//! the program. This is the only module that reads the environment.

mod tls;

use std::{fmt, path::PathBuf};

use anyhow::{Context as _, bail};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};
use utoipa::ToSchema;

pub use self::tls::Tls;
use crate::{access::Plan, email::Email, region::REGION_DEFAULT};

/// Every setting, with its default and its meaning.
pub const DEFAULTS: &str = include_str!("../../../../config.default.toml");

/// All settings, checked.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen.
    pub listen: String,
    /// Where people find this program, such as `https://chat.example.com`; nothing for wherever they
    /// came to.
    pub public_url: String,
    /// The folder of the data.
    pub data: PathBuf,
    /// `postgres://…`, or nothing for SQLite in the folder of the data.
    pub database_url: Secret,
    /// The key that seals secrets; nothing for the file in the folder of the data.
    pub secret_key: Secret,
    /// How the database is used.
    pub database: Database,
    /// How requests come in.
    pub http: Http,
    /// How they come in over TLS.
    pub tls: Tls,
    /// What is said of what happens.
    pub log: Log,
    /// Whether plans count.
    pub rate_limits: RateLimits,
    /// How often keys of each plan may ask.
    pub plans: Plans,
    /// How long the log is kept.
    pub events: Events,
    /// What workspaces take for granted until they say otherwise.
    pub locale: Locale,
    /// The Aloware-shaped lead intake.
    pub aloware: Aloware,
    /// The Ora-shaped lead capture.
    pub ora: Ora,
    /// What is done about new leads.
    pub leads: Leads,
    /// Where the files are that come with messages.
    pub attachments: Attachments,
    /// What is kept of visitors.
    pub visitors: Visitors,
    /// How often widgets may ask.
    pub widget: Widget,
    /// Where requests of our own may go.
    pub outbound: Outbound,
    /// How others are told of what happens.
    pub webhooks: Webhooks,
    /// How long people stay signed in.
    pub sign_in: SignIn,
}

/// How long people stay signed in.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Days after which a login that is not used ends.
    pub idle_days: i64,
    /// Days after which a login ends, however much it is used.
    pub login_days: i64,
}

impl Config {
    /// Where people find this program, for links in mails: never what a request says.
    pub fn origin(&self) -> String {
        let listen = format!("http://{}", self.listen);
        self.origin_or(&listen)
    }

    /// The same for an answer to whoever came to `came_to`.
    pub fn origin_or(&self, came_to: &str) -> String {
        let set = if self.public_url.is_empty() { came_to } else { &self.public_url };
        set.trim_end_matches('/').to_owned()
    }
}

/// Where requests of our own may go.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Outbound {
    /// Private networks that may be reached, with any port and in the clear.
    pub allow: Vec<IpNet>,
    /// A file of certificates in PEM that sign those of receivers, beside the public ones.
    pub ca_file: String,
}

/// How others are told of what happens.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Webhooks {
    /// Days that deliveries are kept.
    pub deliveries_keep_days: i64,
    /// All pauses and time-outs are divided by it.
    pub hurry: i64,
}

/// How often widgets may ask: each visitor, and each address.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Widget {
    /// Requests a minute.
    pub per_minute: i64,
    /// Requests a second.
    pub burst: i64,
}

impl Widget {
    /// The same, as plans say it.
    pub fn limit(&self) -> PlanLimit {
        PlanLimit { per_minute: self.per_minute, burst: self.burst }
    }
}

/// Where the files are that come with messages.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Attachments {
    /// The name of a bucket of S3, or nothing for the folder of the data.
    pub bucket: String,
    /// Where Amazon has the bucket.
    pub region: String,
    /// Where the bucket is, unless it is with Amazon.
    pub endpoint: String,
    /// Who asks the bucket.
    pub access_key_id: String,
    /// What they show.
    pub secret_access_key: Secret,
}

/// What is kept of visitors.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Visitors {
    /// A database of addresses, or nothing.
    pub geoip_file: String,
    /// Days that pages are kept which they opened.
    pub pageviews_keep_days: i64,
    /// Days that the addresses of their machines are kept.
    pub addresses_keep_days: i64,
}

/// What workspaces take for granted until they say otherwise.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Locale {
    /// The country, in two letters, that a number without a country code is taken to be of.
    pub region: String,
    /// The IANA name of the business's own time zone, or nothing.
    pub timezone: String,
}

/// The Aloware-shaped lead intake.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Aloware {
    /// What is answered to a person who is known, without `force_update`.
    pub duplicate_policy: DuplicatePolicy,
    /// Requests a minute of one token.
    pub per_minute: i64,
}

/// What the lead intake answers to a person that it knows, when it is not told to update.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DuplicatePolicy {
    /// 202: blanks are filled, and what was asked for is done.
    Accept,
    /// 400, as documented; nothing is changed.
    #[serde(rename = "reject_400")]
    Reject400,
    /// 409, as the vendor's newest client expects; nothing is changed.
    #[serde(rename = "reject_409")]
    Reject409,
}

/// The Ora-shaped lead capture.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Ora {
    /// Whether the lists of leads for Zapier may be read without a key.
    pub zapier_open: bool,
    /// Requests a minute of one address to the public doors, all together.
    pub public_per_minute: i64,
    /// Requests a minute of one partner key.
    pub key_per_minute: i64,
}

/// What is done about new leads.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Leads {
    /// Addresses that are told of each.
    pub recipients: Vec<String>,
    /// Whether someone known who comes through a door again is a new lead again.
    pub returning_is_new: bool,
    /// Days that receipts are kept.
    pub receipts_keep_days: i64,
}

/// How the database is used.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// A file of certificates in PEM that sign the server's.
    pub ca_file: String,
    /// Connections that answer reads.
    pub readers: usize,
}

/// How requests come in.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Whose `X-Forwarded-…` headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether a request that came in the clear is sent to HTTPS, where there is HTTPS.
    pub https_redirect: bool,
    /// Whether `/metrics` answers others than this machine.
    pub metrics_open: bool,
    /// Connections at once.
    pub connections_max: usize,
    /// Of those, connections of one address.
    pub connections_per_address_max: usize,
    /// Seconds that the first byte, a handshake and the headers of a request may each take.
    pub header_timeout_s: u64,
    /// Seconds that a connection may stay open on which nothing moves.
    pub idle_timeout_s: u64,
    /// Seconds that a stop waits for what was begun.
    pub shutdown_s: u64,
}

/// What is said of what happens.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug`, `trace`, or per module.
    pub level: String,
    /// For people on a terminal, JSON otherwise.
    pub format: LogFormat,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people on a terminal, JSON otherwise.
    Auto,
    /// For people.
    Human,
    /// For programs.
    Json,
}

/// Whether plans count.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimits {
    /// `false` never refuses; the headers still say what would be left.
    pub enforce: bool,
}

/// How often keys of each plan may ask.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Plans {
    /// Also for whoever shows no key, per address.
    pub free: PlanLimit,
    /// The first paid one.
    pub basic: PlanLimit,
    /// For teams.
    pub professional: PlanLimit,
    /// The largest.
    pub enterprise: PlanLimit,
}

/// The two windows of a plan.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PlanLimit {
    /// Requests a minute.
    pub per_minute: i64,
    /// Requests a second.
    pub burst: i64,
}

/// How long the log is kept.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Events {
    /// Days.
    pub keep_days: i64,
}

/// A text that is not shown.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "(none)" } else { "(hidden)" })
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.0.is_empty() { "" } else { "(hidden)" })
    }
}

impl Plans {
    /// How often a key of `plan` may ask.
    pub fn of(&self, plan: Plan) -> PlanLimit {
        match plan {
            Plan::Free => self.free,
            Plan::Basic => self.basic,
            Plan::Professional => self.professional,
            Plan::Enterprise => self.enterprise,
        }
    }
}

const PREFIX: &str = "SWITCHBOARD_";
/// Variables of this prefix that are no settings.
const NOT_SETTINGS: [&str; 1] = ["SWITCHBOARD_CONFIG"];

/// The settings that hold, from all four places. `file` is the flag's; `flags` are `("data", "x")`.
///
/// # Errors
/// With the nearest name when one is unknown, and with the file's line where it cannot be read.
pub fn load(file: Option<PathBuf>, flags: &[(&str, Option<String>)]) -> anyhow::Result<Config> {
    let file = file.or_else(|| variable("SWITCHBOARD_CONFIG").map(PathBuf::from));
    let text = file.as_ref().map(std::fs::read_to_string).transpose();
    let name = file.as_ref().map(|file| file.display().to_string()).unwrap_or_default();
    let text = text.with_context(|| format!("the file of settings '{name}' cannot be read"))?;
    from_parts(text.as_deref().map(|text| (name.as_str(), text)), variables(), flags)
}

fn from_parts(
    file: Option<(&str, &str)>,
    variables: Vec<(String, String)>,
    flags: &[(&str, Option<String>)],
) -> anyhow::Result<Config> {
    let mut settings: Table = toml::from_str(DEFAULTS).context("the built-in settings")?;
    let known = names(&settings, "");
    if let Some((name, text)) = file {
        let table: Table =
            toml::from_str(text).with_context(|| format!("the file of settings '{name}'"))?;
        overlay(&mut settings, table, "", &known)
            .with_context(|| format!("the file of settings '{name}'"))?;
    }
    for (variable, text) in variables {
        let setting = known.iter().find(|name| variable_of(name) == variable);
        let Some(setting) = setting else {
            let all: Vec<String> = known.iter().map(|name| variable_of(name)).collect();
            bail!("the variable {variable} is no setting{}", nearest(&variable, &all));
        };
        set(&mut settings, setting, &text).with_context(|| format!("the variable {variable}"))?;
    }
    for (setting, text) in flags {
        if let Some(text) = text {
            let flag = setting.replace(['.', '_'], "-");
            set(&mut settings, setting, text).with_context(|| format!("the flag --{flag}"))?;
        }
    }
    let config: Config = settings.try_into().context("the settings")?;
    config.check()?;
    Ok(config)
}

/// The settings of someone who sets nothing.
#[cfg(test)]
pub(crate) fn load_defaults() -> Config {
    from_parts(None, Vec::new(), &[]).expect("the defaults are right")
}

impl Config {
    fn check(&self) -> anyhow::Result<()> {
        let plans = &self.plans;
        for plan in [plans.free, plans.basic, plans.professional, plans.enterprise] {
            if plan.per_minute < 1 || plan.burst < 1 {
                bail!("every plan must allow at least 1 request: see 'plans' in the settings");
            }
        }
        if !(1..=64).contains(&self.database.readers) {
            bail!("'database.readers' must be 1 to 64");
        }
        let http = &self.http;
        if http.connections_max < 1 || http.connections_per_address_max < 1 {
            bail!(
                "'http.connections_max' and 'http.connections_per_address_max' must be at least 1"
            );
        }
        if http.header_timeout_s < 1 || http.idle_timeout_s < 1 {
            bail!("'http.header_timeout_s' and 'http.idle_timeout_s' must be at least 1");
        }
        if !(1..=36_500).contains(&self.events.keep_days) {
            bail!("'events.keep_days' must be 1 to 36500");
        }
        self.check_doors()
    }

    fn check_doors(&self) -> anyhow::Result<()> {
        if !(1..=36_500).contains(&self.leads.receipts_keep_days) {
            bail!("'leads.receipts_keep_days' must be 1 to 36500");
        }
        if !(1..=36_500).contains(&self.webhooks.deliveries_keep_days) {
            bail!("'webhooks.deliveries_keep_days' must be 1 to 36500");
        }
        for (name, days) in
            [("idle_days", self.sign_in.idle_days), ("login_days", self.sign_in.login_days)]
        {
            if !(1..=365).contains(&days) {
                bail!("'sign_in.{name}' must be 1 to 365");
            }
        }
        let is_site =
            ["http://", "https://"].iter().any(|scheme| self.public_url.starts_with(scheme));
        if !self.public_url.is_empty() && !is_site {
            bail!("'public_url' must begin with https:// or http://");
        }
        if !(1..=10_000).contains(&self.webhooks.hurry) {
            bail!("'webhooks.hurry' must be 1 to 10000");
        }
        let limits = [self.aloware.per_minute, self.ora.public_per_minute, self.ora.key_per_minute];
        if limits.iter().any(|limit| *limit < 1) {
            bail!("'aloware.per_minute' and those of 'ora' must be at least 1");
        }
        // To ask the plans is to load them, 20 MB: what needs no question is not asked.
        let region = self.locale.region.as_str();
        if region != REGION_DEFAULT && !phone::is_region(region) {
            bail!("'locale.region' must be the two letters of a country, such as \"US\"");
        }
        let zone = &self.locale.timezone;
        if !zone.is_empty() && jiff::tz::TimeZone::get(zone).is_err() {
            bail!("'locale.timezone' must be a time zone of the IANA list, or nothing");
        }
        let is_address = |text: &String| Email::try_from(text.clone()).is_ok();
        if let Some(odd) = self.leads.recipients.iter().find(|one| !is_address(one)) {
            bail!("'leads.recipients' has '{odd}', which is no e-mail address");
        }
        Ok(())
    }

    /// The effective settings as TOML, with secrets hidden.
    ///
    /// # Errors
    /// Only if a setting cannot be TOML.
    pub fn show(&self) -> anyhow::Result<String> {
        Ok(toml::to_string_pretty(self)?)
    }
}

/// `database.ca_file` is `SWITCHBOARD_DATABASE_CA_FILE`.
fn variable_of(setting: &str) -> String {
    format!("{PREFIX}{}", setting.replace('.', "_").to_uppercase())
}

#[expect(clippy::disallowed_methods, reason = "this is the module that reads the environment")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

fn variables() -> Vec<(String, String)> {
    let ours = |(name, _): &(String, String)| {
        name.starts_with(PREFIX) && !NOT_SETTINGS.contains(&name.as_str())
    };
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(ours)
        .collect()
}

/// The dotted names of all settings.
fn names(table: &Table, prefix: &str) -> Vec<String> {
    let name = |(key, value): (&String, &Value)| match value {
        Value::Table(inner) => names(inner, &format!("{prefix}{key}.")),
        _ => vec![format!("{prefix}{key}")],
    };
    table.iter().flat_map(name).collect()
}

fn overlay(into: &mut Table, from: Table, prefix: &str, known: &[String]) -> anyhow::Result<()> {
    for (key, value) in from {
        let name = format!("{prefix}{key}");
        match (into.get_mut(&key), value) {
            (None, _) => bail!("'{name}' is no setting{}", nearest(&name, &with_sections(known))),
            (Some(Value::Table(inner)), Value::Table(value)) => {
                overlay(inner, value, &format!("{name}."), known)?;
            }
            (Some(old), value) if old.same_type(&value) => *old = value,
            // The value itself may be a secret.
            (Some(old), _) => bail!("'{name}' must be {}", type_words(old)),
        }
    }
    Ok(())
}

/// The names of all settings, and of the sections that they are in.
fn with_sections(known: &[String]) -> Vec<String> {
    let sections =
        known.iter().flat_map(|name| name.match_indices('.').map(|(at, _)| name.split_at(at).0));
    let mut all: Vec<String> = sections.map(str::to_owned).collect();
    all.dedup();
    all.extend_from_slice(known);
    all
}

fn type_words(value: &Value) -> &'static str {
    match value {
        Value::Integer(_) => "a whole number",
        Value::Boolean(_) => "true or false",
        Value::Array(_) => "a list",
        Value::Table(_) => "a section",
        _ => "a text in quotes",
    }
}

/// Gives a setting the value that `text` means for its type.
fn set(settings: &mut Table, name: &str, text: &str) -> anyhow::Result<()> {
    let mut table = settings;
    let mut parts = name.split('.').peekable();
    while let Some(part) = parts.next() {
        let Some(slot) = table.get_mut(part) else { bail!("'{name}' is no setting") };
        if parts.peek().is_none() {
            *slot = parse_like(slot, text)?;
            return Ok(());
        }
        let Value::Table(inner) = slot else { bail!("'{name}' is no setting") };
        table = inner;
    }
    Ok(())
}

fn parse_like(old: &Value, text: &str) -> anyhow::Result<Value> {
    Ok(match old {
        Value::Integer(_) => Value::Integer(text.parse().context("must be a whole number")?),
        Value::Boolean(_) => Value::Boolean(text.parse().context("must be true or false")?),
        Value::Array(_) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Value::Array(items.map(|item| Value::String(item.to_owned())).collect())
        }
        _ => Value::String(text.to_owned()),
    })
}

/// `: did you mean 'listen'?`
fn nearest(name: &str, known: &[String]) -> String {
    let best = known.iter().min_by_key(|known| strsim::levenshtein(name, known));
    best.map_or_else(String::new, |best| format!(": did you mean '{best}'?"))
}

#[cfg(test)]
mod tests;
