//! Webhooks are made, changed and deleted.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::json;
use store::Tx;
use utoipa::ToSchema;

use super::{
    AuthKind, Retries, SEALED, Settings, Shape, Status, WEBHOOKS_MAX, Webhook, columns, count, fan,
    find, read,
    shape::{ALL, HOOK_EVENTS},
    sign,
};
use crate::{
    change::Change,
    error::{Error, Result},
    event, id,
    id::WebhookId,
    job,
    secret::SecretKey,
};

/// What it takes to make one.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(example = json!({
    "url": "https://example.com/hooks/switchboard",
    "events": ["message.created", "contact.created"]
}))]
pub struct NewWebhook {
    /// Where requests go: `https://…`
    #[serde(default)]
    #[schema(format = "uri", max_length = 2000)]
    pub url: String,
    /// What to tell of; `*` is all that is documented.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 50)]
    pub events: Vec<String>,
    /// Signs what is sent; one is made if there is none.
    #[serde(default)]
    #[schema(min_length = 16, max_length = 128)]
    pub secret: Option<String>,
    /// What it is for.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub description: Option<String>,
    /// Whose form its requests have.
    #[serde(default)]
    pub shape: Shape,
    /// Whether what is about one subject waits until what came before it has arrived or was given up.
    #[serde(default)]
    pub ordered: bool,
    /// What to show to be let in there.
    #[serde(default)]
    pub auth: Option<NewAuth>,
    /// What people call it.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub name: Option<String>,
    /// How long to go on trying.
    #[serde(default)]
    pub retries: Retries,
    /// Seconds from the event to the first attempt.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 86400)]
    pub delay_seconds: i64,
    /// Disables it once nothing has arrived for so many hours.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 720)]
    pub disable_after_hours: Option<i64>,
}

/// What to show to be let in.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum NewAuth {
    /// Nothing.
    None,
    /// A name and a password.
    Basic {
        /// The name: it has no colon.
        #[schema(max_length = 500)]
        username: String,
        /// The password.
        #[schema(max_length = 500)]
        password: String,
    },
    /// A token.
    Bearer {
        /// The token.
        #[schema(max_length = 2000)]
        token: String,
    },
}

/// What to change: absent fields stay.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(example = json!({ "events": ["*"], "status": "active" }))]
pub struct WebhookPatch {
    /// Where requests go.
    #[serde(default)]
    #[schema(format = "uri", max_length = 2000)]
    pub url: Option<String>,
    /// What to tell of.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 50)]
    pub events: Option<Vec<String>>,
    /// What it is for.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub description: Change<String>,
    /// `disabled` keeps what happens until it is `active` again.
    #[serde(default)]
    pub status: Option<Status>,
    /// Holds for what happens from now on.
    #[serde(default)]
    pub ordered: Option<bool>,
    /// What to show to be let in there.
    #[serde(default)]
    pub auth: Option<NewAuth>,
    /// What people call it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub name: Change<String>,
    /// How long to go on trying.
    #[serde(default)]
    pub retries: Option<Retries>,
    /// Seconds from the event to the first attempt.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 86400)]
    pub delay_seconds: Option<i64>,
    /// Disables it once nothing has arrived for so many hours.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 720)]
    pub disable_after_hours: Change<i64>,
}

const EVENTS_MAX: usize = 50;
const NAME_CHARS_MAX: usize = 200;
const DESCRIPTION_CHARS_MAX: usize = 500;
const AUTH_CHARS_MAX: usize = 2_000;
const DELAY_S_MAX: i64 = 86_400;
const DISABLE_HOURS_MAX: i64 = 720;
/// How long a secret that was replaced still signs.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);
/// Who disabled it.
const BY_HAND: &str = "disabled by a request";

impl NewAuth {
    /// The header that says it.
    fn header(&self) -> Result<Option<String>> {
        let is_odd = |text: &str| {
            text.is_empty() || AUTH_CHARS_MAX < text.len() || text.contains(char::is_control)
        };
        let refuse = |problem: &str| Err(Error::invalid("auth", problem));
        match self {
            Self::None => Ok(None),
            Self::Basic { username, password } => {
                if is_odd(username) || is_odd(password) || username.contains(':') {
                    return refuse("must have a username without a colon, and a password");
                }
                Ok(Some(format!("Basic {}", BASE64.encode(format!("{username}:{password}")))))
            }
            Self::Bearer { token } => {
                if is_odd(token) || !token.is_ascii() || token.contains(' ') {
                    return refuse("must have a token of printable ASCII characters");
                }
                Ok(Some(format!("Bearer {token}")))
            }
        }
    }

    fn kind(&self) -> AuthKind {
        match self {
            Self::None => AuthKind::None,
            Self::Basic { .. } => AuthKind::Basic,
            Self::Bearer { .. } => AuthKind::Bearer,
        }
    }
}

/// Adds a webhook, which is told of what happens from now on. Where its address leads is the caller's
/// to check. The answer shows the secret.
///
/// # Errors
/// When a value cannot be what it is for, or there are 1000 already.
pub fn create(tx: &mut Tx<'_>, new: NewWebhook, key: &SecretKey) -> Result<Webhook> {
    if new.url.is_empty() {
        return Err(Error::Missing("url"));
    }
    let events = checked_events(new.shape, new.events)?;
    let secret = new.secret.map_or_else(|| Ok(new_secret(tx)), |given| checked_secret(&given))?;
    let auth = new.auth.unwrap_or(NewAuth::None);
    let settings = Settings {
        name: new.name,
        retries: new.retries,
        delay_seconds: new.delay_seconds,
        disable_after_hours: new.disable_after_hours,
        auth: auth.kind(),
    };
    let made = Made {
        shape: new.shape,
        url: new.url,
        events,
        settings: checked_settings(settings)?,
        description: checked_text("description", new.description, DESCRIPTION_CHARS_MAX)?,
        secret: Some(seal(tx, key, &secret)?),
        auth: auth.header()?.map(|header| seal(tx, key, &header)).transpose()?,
        is_ordered: new.ordered,
    };
    let mut webhook = insert(tx, &made)?;
    webhook.secret = Some(secret);
    Ok(webhook)
}

struct Made {
    shape: Shape,
    url: String,
    events: Vec<String>,
    settings: Settings,
    description: Option<String>,
    secret: Option<String>,
    auth: Option<String>,
    is_ordered: bool,
}

fn insert(tx: &mut Tx<'_>, made: &Made) -> Result<Webhook> {
    let before = count(tx)?;
    if WEBHOOKS_MAX <= before {
        return Err(Error::Conflict(format!("There are {WEBHOOKS_MAX} webhooks already.")));
    }
    if before == 0 {
        // Nobody has read the log for them so far.
        fan::READER.skip(tx)?;
    }
    let (id, now): (WebhookId, _) = (id::new(tx), tx.now());
    let since = event::newest(tx)?;
    let made_by = tx.scope().actor().to_owned();
    let sql = concat!(
        "insert into webhook (workspace, id, shape, url, events, settings, description, secret,
                              auth, ordered_at, since, made_by, created_at, updated_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13) returning ",
        columns!()
    );
    let values = [
        (&id).into(),
        made.shape.as_str().into(),
        (&made.url).into(),
        (&serde_json::to_string(&made.events)?).into(),
        (&serde_json::to_string(&made.settings)?).into(),
        made.description.as_ref().into(),
        made.secret.as_ref().into(),
        made.auth.as_ref().into(),
        Some(now).filter(|_| made.is_ordered).into(),
        since.into(),
        (&made_by).into(),
        now.into(),
    ];
    let webhook = tx.first(sql, &values, |row| read(row, now))?;
    let webhook = webhook.ok_or_else(|| Error::internal("the webhook was not made"))?;
    tell(tx, event::Kind::WebhookCreated, &webhook)?;
    Ok(webhook)
}

fn tell(tx: &mut Tx<'_>, kind: event::Kind, webhook: &Webhook) -> Result<()> {
    let payload = serde_json::to_string(webhook)?;
    event::append(tx, kind, webhook.id.as_str(), &payload).map(drop)
}

/// Keeps an address that an automation is to be told of `event` at. Asked twice, it is kept once.
///
/// # Errors
/// When there is no such event, or there are 1000 already.
pub fn subscribe(tx: &mut Tx<'_>, event: &str, url: &str) -> Result<WebhookId> {
    if !HOOK_EVENTS.contains(&event) {
        return Err(Error::invalid("event", format!("must be one of: {}", HOOK_EVENTS.join(", "))));
    }
    let events = vec![event.to_owned()];
    let text = serde_json::to_string(&events)?;
    let sql = "select id from webhook
               where workspace = ?1 and shape = ?2 and url = ?3 and events = ?4 order by id limit 1";
    let values = [Shape::Hook.as_str().into(), url.into(), (&text).into()];
    if let Some(known) = tx.first(sql, &values, |row| row.get(0))? {
        return Ok(known);
    }
    let made = Made {
        shape: Shape::Hook,
        url: url.to_owned(),
        events,
        settings: Settings::default(),
        description: None,
        secret: None,
        auth: None,
        is_ordered: false,
    };
    Ok(insert(tx, &made)?.id)
}

/// Forgets an address that an automation left.
///
/// # Errors
/// When there is none of that id.
pub fn unsubscribe(tx: &mut Tx<'_>, id: &WebhookId) -> Result<()> {
    if find(tx, id)?.shape != Shape::Hook {
        return Err(Error::NotFound("subscription"));
    }
    delete(tx, id)
}

/// Changes a webhook.
///
/// # Errors
/// When there is none of that id, or a value cannot be what it is for.
pub fn update(
    tx: &mut Tx<'_>,
    id: &WebhookId,
    patch: WebhookPatch,
    key: &SecretKey,
) -> Result<Webhook> {
    let old = find(tx, id)?;
    let events = patch.events.map_or(Ok(old.events.clone()), |new| checked_events(old.shape, new));
    let settings = Settings {
        name: patch.name.apply(old.settings.name.clone()),
        retries: patch.retries.unwrap_or(old.settings.retries),
        delay_seconds: patch.delay_seconds.unwrap_or(old.settings.delay_seconds),
        disable_after_hours: patch.disable_after_hours.apply(old.settings.disable_after_hours),
        auth: patch.auth.as_ref().map_or(old.settings.auth, NewAuth::kind),
    };
    let description = patch.description.apply(old.description.clone());
    let description = checked_text("description", description, DESCRIPTION_CHARS_MAX)?;
    let now = tx.now();
    let sql = "update webhook set url = ?3, events = ?4, settings = ?5, description = ?6,
                   ordered_at = ?7, updated_at = ?8 where workspace = ?1 and id = ?2";
    let values = [
        id.into(),
        patch.url.as_ref().unwrap_or(&old.url).into(),
        (&serde_json::to_string(&events?)?).into(),
        (&serde_json::to_string(&checked_settings(settings)?)?).into(),
        description.as_ref().into(),
        Some(now).filter(|_| patch.ordered.unwrap_or(old.ordered)).into(),
        now.into(),
    ];
    tx.run(sql, &values)?;
    if let Some(auth) = patch.auth {
        let sealed = auth.header()?.map(|header| seal(tx, key, &header)).transpose()?;
        let sql = "update webhook set auth = ?3 where workspace = ?1 and id = ?2";
        tx.run(sql, &[id.into(), sealed.as_ref().into()])?;
    }
    match patch.status {
        None => {}
        Some(Status::Disabled) => disable(tx, id, BY_HAND)?,
        Some(Status::Active | Status::Failed) => {
            let sql = "update webhook set disabled_at = null, disabled_reason = null,
                           failing_since = null, failed_at = null
                       where workspace = ?1 and id = ?2 and disabled_at is not null";
            tx.run(sql, &[id.into()])?;
        }
    }
    let new = find(tx, id)?;
    tell(tx, event::Kind::WebhookUpdated, &new)?;
    Ok(new)
}

/// Nothing leaves for it any more, until it is enabled again.
pub(super) fn disable(tx: &mut Tx<'_>, id: &WebhookId, why: &str) -> Result<()> {
    let now = tx.now();
    let sql = "update webhook set disabled_at = ?3, disabled_reason = ?4
               where workspace = ?1 and id = ?2 and disabled_at is null";
    Ok(tx.run(sql, &[id.into(), now.into(), why.into()])?)
}

/// Deletes a webhook, and all that was to arrive there.
///
/// # Errors
/// When there is none of that id.
pub fn delete(tx: &mut Tx<'_>, id: &WebhookId) -> Result<()> {
    let sql = "delete from webhook where workspace = ?1 and id = ?2 returning id";
    let gone = tx.first(sql, &[id.into()], |row| row.get::<String>(0))?;
    gone.ok_or(Error::NotFound("webhook"))?;
    let payload = json!({ "id": id }).to_string();
    event::append(tx, event::Kind::WebhookDeleted, id.as_str(), &payload)?;
    let now = tx.now();
    job::enqueue(tx, job::Kind::WebhookRemove, id.as_str(), "", now)
}

/// Gives it a new secret, shown by the answer. The one before it signs beside it for a day.
///
/// # Errors
/// When there is none of that id, or it is an automation's, which has no secret.
pub fn rotate(tx: &mut Tx<'_>, id: &WebhookId, key: &SecretKey) -> Result<Webhook> {
    if find(tx, id)?.shape == Shape::Hook {
        let why = "This webhook was made by an automation, which takes no signature.";
        return Err(Error::Conflict(why.to_owned()));
    }
    let secret = new_secret(tx);
    let (sealed, now) = (seal(tx, key, &secret)?, tx.now());
    let sql = "update webhook set previous_secret = secret, previous_until = ?4, secret = ?3,
                   updated_at = ?5
               where workspace = ?1 and id = ?2";
    tx.run(sql, &[id.into(), (&sealed).into(), (now + OVERLAP).into(), now.into()])?;
    let mut webhook = find(tx, id)?;
    tell(tx, event::Kind::WebhookUpdated, &webhook)?;
    webhook.secret = Some(secret);
    Ok(webhook)
}

fn new_secret(tx: &Tx<'_>) -> String {
    let bytes: Vec<u8> = [tx.random(), tx.random()].iter().flat_map(|n| n.to_be_bytes()).collect();
    format!("{}{}", sign::PREFIX, BASE64.encode(bytes))
}

fn seal(tx: &Tx<'_>, key: &SecretKey, text: &str) -> Result<String> {
    key.seal(SEALED, text, || tx.random()).map_err(Error::internal)
}

fn checked_secret(text: &str) -> Result<String> {
    let is_plain = text.bytes().all(|byte| (0x21..0x7f).contains(&byte));
    if !is_plain || !(16..=128).contains(&text.len()) {
        let problem = "must be 16 to 128 printable ASCII characters without spaces";
        return Err(Error::invalid("secret", problem));
    }
    Ok(text.to_owned())
}

fn checked_events(shape: Shape, events: Vec<String>) -> Result<Vec<String>> {
    if events.is_empty() {
        return Err(Error::invalid("events", "must name at least one event"));
    }
    let known = shape.events();
    if EVENTS_MAX < events.len() {
        return Err(Error::invalid("events", "must name at most 50 events"));
    }
    let odd = events.iter().position(|name| name != ALL && !known.contains(&name.as_str()));
    if let Some(place) = odd {
        let mut names = String::new();
        for name in known {
            // It cannot fail.
            let _written = write!(names, ", {name}");
        }
        return Err(Error::invalid(
            format!("events[{place}]"),
            format!("must be one of: {ALL}{names}"),
        ));
    }
    let mut unique: Vec<String> = Vec::new();
    for name in events {
        if !unique.contains(&name) {
            unique.push(name);
        }
    }
    Ok(unique)
}

fn checked_settings(settings: Settings) -> Result<Settings> {
    if !(0..=DELAY_S_MAX).contains(&settings.delay_seconds) {
        return Err(Error::invalid("delay_seconds", "must be 0 to 86400"));
    }
    if settings.disable_after_hours.is_some_and(|hours| !(1..=DISABLE_HOURS_MAX).contains(&hours)) {
        return Err(Error::invalid("disable_after_hours", "must be 1 to 720"));
    }
    let name = checked_text("name", settings.name, NAME_CHARS_MAX)?;
    Ok(Settings { name, ..settings })
}

fn checked_text(field: &str, text: Option<String>, chars_max: usize) -> Result<Option<String>> {
    let Some(text) = text else { return Ok(None) };
    if chars_max < text.chars().count() || text.contains('\0') {
        let problem = format!("must be at most {chars_max} characters long");
        return Err(Error::invalid(field, problem));
    }
    Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
}
