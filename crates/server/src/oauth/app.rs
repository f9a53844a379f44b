//! The apps themselves: who they are, and where they send people back to.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{ReadTx, Row, Tx};
use url::Url;
use utoipa::ToSchema;

use super::{Scopes, grant};
use crate::{
    access,
    error::{Error, Result},
    event,
    id::{self, Id, kind},
    page::{Page, Paging, Total},
    time,
};

/// A program of others that may ask operators to act for them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = App)]
pub struct RegisteredApp {
    /// Names it for good: its `client_id`.
    #[schema(value_type = String)]
    pub id: Id<kind::App>,
    /// What people call it.
    pub name: String,
    /// Where people read about it.
    pub homepage: Option<String>,
    /// Where people are sent back to: nowhere else.
    pub redirect_uris: Vec<String>,
    /// What it may ask for.
    pub scopes: Vec<String>,
    /// Whether it can keep a secret: one in a browser or on a phone cannot, and must use PKCE.
    pub is_confidential: bool,
    /// Its secret, shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// When it was registered.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    #[serde(skip)]
    pub(super) secret_hash: Option<String>,
}

/// What it takes to register one.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewApp {
    /// What people call it.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Where people read about it.
    #[serde(default)]
    pub homepage: Option<String>,
    /// Where people are sent back to: `https`, a loopback address of `http`, or a scheme of its own
    /// with a dot in it. 1 to 20.
    #[schema(min_items = 1, max_items = 20)]
    pub redirect_uris: Vec<String>,
    /// What it may ask for: all scopes unless told otherwise.
    #[serde(default)]
    pub scopes: Option<Vec<String>>,
    /// Whether it can keep a secret.
    #[serde(default = "yes")]
    pub is_confidential: bool,
}

/// What to change of an app: absent fields stay.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub struct AppPatch {
    /// What people call it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// Where people read about it.
    #[serde(default)]
    pub homepage: Option<String>,
    /// Where people are sent back to.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 20)]
    pub redirect_uris: Option<Vec<String>>,
    /// What it may ask for.
    #[serde(default)]
    pub scopes: Option<Vec<String>>,
}

const NAME_CHARS_MAX: usize = 100;
const REDIRECTS: std::ops::RangeInclusive<usize> = 1..=20;
const REDIRECT_BYTES_MAX: usize = 2_000;
/// What secrets of apps begin with, so that one that leaked is recognised.
const SECRET_PREFIX: &str = "oas_live_";
const APPS_MAX: i64 = 200;

macro_rules! columns {
    () => {
        "id, name, homepage, redirect_uris, scopes, secret_hash, created_at, updated_at"
    };
}

fn yes() -> bool {
    true
}

/// Registers an app. The answer has its secret, if it has one.
///
/// # Errors
/// When a field breaks a rule, or there are too many.
pub fn create(tx: &mut Tx<'_>, new: &NewApp) -> Result<RegisteredApp> {
    let sql = "select count(*) from app where workspace = ?1";
    if APPS_MAX <= tx.first(sql, &[], |row| row.get::<i64>(0))?.unwrap_or(0) {
        return Err(Error::Conflict("A workspace has at most 200 apps.".to_owned()));
    }
    let (id, now): (Id<kind::App>, _) = (id::new(tx), tx.now());
    let secret = new.is_confidential.then(|| new_secret(tx));
    let secret_hash = secret.as_deref().map(access::hash);
    let scopes = check_scopes(new.scopes.as_deref())?;
    let sql = concat!(
        "insert into app (workspace, id, name, homepage, redirect_uris, scopes, secret_hash,
                          created_at, updated_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8) returning ",
        columns!()
    );
    let values = [
        (&id).into(),
        check_name(&new.name)?.into(),
        check_homepage(new.homepage.as_deref())?.into(),
        (&check_redirects(&new.redirect_uris)?).into(),
        (&scopes.text()).into(),
        secret_hash.as_deref().into(),
        now.into(),
    ];
    let made = tx.first(sql, &values, read)?;
    let made = made.ok_or_else(|| Error::internal("an insert gave no row"))?;
    event::append(tx, event::Kind::AppCreated, made.id.as_str(), &serde_json::to_string(&made)?)?;
    Ok(RegisteredApp { client_secret: secret, ..made })
}

fn new_secret(tx: &Tx<'_>) -> String {
    SECRET_PREFIX.to_owned() + &access::new_token(|| tx.random())
}

fn check_name(name: &str) -> Result<&str> {
    let name = name.trim();
    if name.is_empty()
        || NAME_CHARS_MAX < name.chars().count()
        || name.chars().any(char::is_control)
    {
        return Err(Error::invalid("name", "must be 1 to 100 characters long"));
    }
    Ok(name)
}

fn check_homepage(homepage: Option<&str>) -> Result<Option<&str>> {
    let is_page =
        |text: &str| Url::parse(text).is_ok_and(|url| ["http", "https"].contains(&url.scheme()));
    match homepage.filter(|text| !text.is_empty()) {
        Some(text) if REDIRECT_BYTES_MAX < text.len() || !is_page(text) => {
            Err(Error::invalid("homepage", "must be an address of the web"))
        }
        homepage => Ok(homepage),
    }
}

/// As JSON.
fn check_redirects(uris: &[String]) -> Result<String> {
    if !REDIRECTS.contains(&uris.len()) {
        return Err(Error::invalid("redirect_uris", "must be 1 to 20 addresses"));
    }
    for (place, uri) in uris.iter().enumerate() {
        if !may_lead_to(uri) {
            let problem = "must be https, a loopback address of http, or a scheme of the app's own \
                           with a dot in it, without a fragment";
            return Err(Error::invalid(format!("redirect_uris[{place}]"), problem));
        }
    }
    Ok(serde_json::to_string(uris)?)
}

fn may_lead_to(uri: &str) -> bool {
    let Ok(url) = Url::parse(uri) else { return false };
    let is_plain = uri.len() <= REDIRECT_BYTES_MAX
        && uri.bytes().all(|byte| byte.is_ascii_graphic())
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    is_plain
        && match url.scheme() {
            "https" => url.host_str().is_some_and(|host| !host.is_empty()),
            "http" => is_loopback(&url),
            scheme => scheme.contains('.'),
        }
}

fn is_loopback(url: &Url) -> bool {
    matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"))
}

fn check_scopes(scopes: Option<&[String]>) -> Result<Scopes> {
    let Some(scopes) = scopes else { return Ok(Scopes::all()) };
    let parsed = Scopes::parse(&scopes.join(" ")).filter(|parsed| !parsed.is_empty());
    parsed.ok_or_else(|| Error::invalid("scopes", "must be scopes of the documents, one at least"))
}

impl RegisteredApp {
    /// Whether people may be sent back to `uri`: one of its own, letter for letter. On a loopback
    /// address the port may be any, since an app on a computer takes whichever is free.
    pub(super) fn leads_to(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|own| own == uri || differs_in_port(own, uri))
    }

    /// Whether this is its secret.
    pub(super) fn has_secret(&self, secret: &str) -> bool {
        self.secret_hash.as_deref().is_some_and(|hash| hash == access::hash(secret))
    }

    /// What it may ask for.
    pub(super) fn asks_for(&self) -> Scopes {
        Scopes::parse(&self.scopes.join(" ")).unwrap_or_default()
    }
}

fn differs_in_port(own: &str, uri: &str) -> bool {
    let (Ok(mut own), Ok(mut other)) = (Url::parse(own), Url::parse(uri)) else { return false };
    if own.scheme() != "http" || !is_loopback(&own) || other.as_str() != uri {
        return false;
    }
    own.set_port(None).is_ok() && other.set_port(None).is_ok() && own == other
}

/// The app that a `client_id` names, whoever registered it.
pub(super) fn by_client_id(tx: &mut ReadTx<'_>, id: &str) -> Result<Option<RegisteredApp>> {
    let sql = concat!("select ", columns!(), " from app where id = ?1");
    tx.first(sql, &[id.into()], read)
}

/// An app of this workspace.
pub(super) fn find(tx: &mut ReadTx<'_>, id: &Id<kind::App>) -> Result<RegisteredApp> {
    let sql = concat!("select ", columns!(), " from app where workspace = ?1 and id = ?2");
    tx.first(sql, &[id.into()], read)?.ok_or(Error::NotFound("app"))
}

/// A page of the apps of this workspace, newest first.
///
/// # Errors
/// Those of the store.
pub fn list(tx: &mut ReadTx<'_>, paging: &Paging<kind::App>) -> Result<Page<RegisteredApp>> {
    let sql = concat!(
        "select ",
        columns!(),
        " from app where workspace = ?1 and id < ?2 order by id desc limit ?3 offset ?4"
    );
    let values = [paging.below().into(), paging.rows().into(), paging.offset().into()];
    let apps = tx.all(sql, &values, read)?;
    paging.answer(
        apps,
        |app| &app.id,
        || {
            let sql = "select count(*) from app where workspace = ?1";
            Ok(Total::counted(tx.first(sql, &[], |row| row.get::<i64>(0))?.unwrap_or(0)))
        },
    )
}

/// Changes an app. What it was granted stays, but for scopes that it may ask for no more.
pub(super) fn update(
    tx: &mut Tx<'_>,
    id: &Id<kind::App>,
    patch: &AppPatch,
) -> Result<RegisteredApp> {
    let old = find(tx, id)?;
    let now = tx.now();
    let name = patch.name.as_deref().map_or(Ok(old.name.as_str()), check_name)?;
    let homepage = match &patch.homepage {
        Some(homepage) => check_homepage(Some(homepage))?.map(str::to_owned),
        None => old.homepage.clone(),
    };
    let redirects = check_redirects(patch.redirect_uris.as_ref().unwrap_or(&old.redirect_uris))?;
    let scopes = check_scopes(Some(patch.scopes.as_ref().unwrap_or(&old.scopes)))?;
    let sql = concat!(
        "update app set name = ?3, homepage = ?4, redirect_uris = ?5, scopes = ?6, updated_at = ?7
         where workspace = ?1 and id = ?2 returning ",
        columns!()
    );
    let values = [
        id.into(),
        name.into(),
        homepage.as_deref().into(),
        (&redirects).into(),
        (&scopes.text()).into(),
        now.into(),
    ];
    let changed = tx.first(sql, &values, read)?.ok_or(Error::NotFound("app"))?;
    event::append(tx, event::Kind::AppUpdated, id.as_str(), &serde_json::to_string(&changed)?)?;
    Ok(changed)
}

/// Gives an app another secret: the one before is good no more.
///
/// # Errors
/// When there is none of that id, or it keeps no secret.
pub fn rotate(tx: &mut Tx<'_>, id: &Id<kind::App>) -> Result<RegisteredApp> {
    let old = find(tx, id)?;
    if !old.is_confidential {
        let problem = "An app that can keep no secret has none.";
        return Err(Error::Conflict(problem.to_owned()));
    }
    let (now, secret) = (tx.now(), new_secret(tx));
    let sql = concat!(
        "update app set secret_hash = ?3, updated_at = ?4
         where workspace = ?1 and id = ?2 returning ",
        columns!()
    );
    let changed = tx.first(sql, &[id.into(), (&access::hash(&secret)).into(), now.into()], read)?;
    let changed = changed.ok_or(Error::NotFound("app"))?;
    event::append(tx, event::Kind::AppUpdated, id.as_str(), &serde_json::to_string(&changed)?)?;
    Ok(RegisteredApp { client_secret: Some(secret), ..changed })
}

/// Deletes an app, and what it was granted in this workspace. In others its tokens open nothing
/// from the moment that it is gone.
///
/// # Errors
/// When there is none of that id.
pub fn delete(tx: &mut Tx<'_>, id: &Id<kind::App>) -> Result<()> {
    let sql = "delete from app where workspace = ?1 and id = ?2 returning id";
    let gone = tx.first(sql, &[id.into()], |row| Ok::<_, Error>(row.get::<String>(0)?))?;
    gone.ok_or(Error::NotFound("app"))?;
    grant::revoke_all(tx, id.as_str())?;
    let payload = serde_json::json!({ "id": id.as_str() });
    event::append(tx, event::Kind::AppDeleted, id.as_str(), &payload.to_string()).map(drop)
}

fn read(row: &Row) -> Result<RegisteredApp> {
    let (redirects, scopes): (String, String) = (row.get(3)?, row.get(4)?);
    let secret_hash: Option<String> = row.get(5)?;
    Ok(RegisteredApp {
        id: row.get(0)?,
        name: row.get(1)?,
        homepage: row.get(2)?,
        redirect_uris: serde_json::from_str(&redirects)?,
        scopes: scopes.split(' ').map(str::to_owned).collect(),
        is_confidential: secret_hash.is_some(),
        client_secret: None,
        secret_hash,
        created_at: row.get(6)?,
        updated_at: row.get(7)?,
    })
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn only_addresses_that_belong_to_an_app_are_led_to() {
        for good in [
            "https://app.example.com/callback?x=1",
            "http://127.0.0.1/cb",
            "http://localhost:8765/cb",
            "http://[::1]:1/",
            "com.example.app:/cb",
        ] {
            assert!(may_lead_to(good), "{good}");
        }
        for bad in [
            "http://app.example.com/cb",
            "https://app.example.com/cb#x",
            "https://user@app.example.com/",
            "https://user:pass@app.example.com/",
            "javascript:alert(1)",
            "data:text/html,x",
            "myapp:/cb",
            "/cb",
            "https://",
            "https://a.example/\u{e9}",
            "http://127.0.0.1.example.com/",
        ] {
            assert!(!may_lead_to(bad), "{bad}");
        }
    }

    #[test]
    fn only_the_port_of_a_loopback_address_may_differ() {
        assert!(differs_in_port("http://127.0.0.1/cb", "http://127.0.0.1:5000/cb"));
        assert!(differs_in_port("http://localhost:1/cb", "http://localhost:2/cb"));
        for (own, other) in [
            ("http://127.0.0.1/cb", "http://127.0.0.1:5000/cb/"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:5000/cb?x"),
            ("http://127.0.0.1/cb", "http://localhost:5000/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:5000/../cb"),
            ("https://a.example/cb", "https://a.example:444/cb"),
        ] {
            assert!(!differs_in_port(own, other), "{other}");
        }
    }
}
