//! Logins: browsers in which somebody is signed in.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use store::{ReadTx, Scope, Tx};
use utoipa::ToSchema;

use super::{Account, Membership};
use crate::{
    access::{self, Pass, Plan, Shown},
    error::{Error, Result},
    event,
    http::{App, Browser},
    id::{self, Id, kind},
    operator, time,
};

/// A browser in which somebody is signed in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Login {
    /// Names it for good.
    pub id: String,
    /// How they proved who they are.
    pub method: Method,
    /// From which address.
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
    /// Whether it is the one that asks.
    pub is_current: bool,
    /// When it was last used, to within ten minutes.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub seen_at: Timestamp,
    /// When they signed in.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ends, however much it is used.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub ends_at: Timestamp,
}

/// How someone proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A password alone.
    Password,
    /// A password and a code.
    PasswordAndCode,
    /// A password and a code that was kept for such a day.
    PasswordAndRecoveryCode,
    /// A passkey.
    Passkey,
    /// The link of an invitation, or of the first start.
    Link,
}

/// What it takes to write one down.
#[derive(Clone, Debug)]
pub(super) struct NewLogin {
    pub(super) account: Account,
    pub(super) membership: Membership,
    pub(super) method: Method,
    pub(super) address: String,
    pub(super) agent: String,
    pub(super) lasts: SignedDuration,
}

/// It is written down this often that a login is used.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(10);
/// Logins of one account in one workspace. Beyond, the oldest ends.
const LOGINS_MAX: i64 = 50;

impl Method {
    const ALL: [Self; 5] = [
        Self::Password,
        Self::PasswordAndCode,
        Self::PasswordAndRecoveryCode,
        Self::Passkey,
        Self::Link,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::PasswordAndCode => "password_and_code",
            Self::PasswordAndRecoveryCode => "password_and_recovery_code",
            Self::Passkey => "passkey",
            Self::Link => "link",
        }
    }
}

impl NewLogin {
    pub(super) fn new(
        app: &App,
        browser: &Browser,
        (account, membership): (Account, Membership),
        method: Method,
    ) -> Self {
        let lasts = SignedDuration::from_hours(24 * app.config.sign_in.login_days);
        let (address, agent) = (browser.address.to_string(), browser.agent.clone());
        Self { account, membership, method, address, agent, lasts }
    }

    /// Where it is.
    pub(super) fn scope(&self) -> Scope {
        let Membership { workspace, operator } = &self.membership;
        Scope::new(workspace.as_str()).by(operator.as_str())
    }
}

/// What the token of a login is stored and remembered under: a login is no key.
pub fn named(token: &str) -> String {
    format!("login {token}")
}

/// Writes a login down, in its workspace. The token is the caller's to show once.
pub(super) fn create(tx: &mut Tx<'_>, new: &NewLogin, token: &str) -> Result<String> {
    let id: Id<kind::Login> = id::new(tx);
    let now = tx.now();
    let sql = "insert into login (workspace, id, hash, account, operator, epoch, method, proved_at,
                                  seen_at, ends_at, address, agent, created_at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10, ?11, ?8)";
    let operator = &new.membership.operator;
    let values = [
        (&id).into(),
        (&access::hash(&named(token))).into(),
        (&new.account.id).into(),
        operator.into(),
        new.account.epoch.into(),
        new.method.as_str().into(),
        now.into(),
        (now + new.lasts).into(),
        (&new.address).into(),
        (&new.agent).into(),
    ];
    tx.run(sql, &values)?;
    let sql = "delete from login where workspace = ?1 and account = ?2 and id not in
                   (select id from login where workspace = ?1 and account = ?2
                    order by id desc limit ?3)";
    tx.run(sql, &[(&new.account.id).into(), LOGINS_MAX.into()])?;
    let payload = serde_json::json!({
        "id": id.as_str(), "operator_id": operator.as_str(), "method": new.method.as_str(),
        "address": new.address, "agent": new.agent,
    });
    event::append(tx, event::Kind::LoginCreated, id.as_str(), &payload.to_string())?;
    Ok(id.as_str().to_owned())
}

/// Whom a login lets in, by the hash of its token.
///
/// # Errors
/// Those of the store.
pub async fn pass(app: &App, hash: String) -> Result<Option<Pass>> {
    let now = app.now();
    let idle = SignedDuration::from_hours(24 * app.config.sign_in.idle_days);
    let found = app.store.system_glance(move |tx| {
        let sql =
            "select l.workspace, l.operator, l.id, l.account, l.proved_at, l.seen_at, l.ends_at
                   from login l join account a on a.id = l.account and a.epoch = l.epoch
                   where l.hash = ?1 and l.ends_at > ?2 and l.seen_at > ?3";
        tx.first(sql, &[(&hash).into(), now.into(), (now - idle).into()], |row| {
            let membership = Membership { workspace: row.get(0)?, operator: row.get(1)? };
            let shown =
                Shown::Login { id: row.get(2)?, account: row.get(3)?, proved_at: row.get(4)? };
            let times = (row.get::<Timestamp>(5)?, row.get::<Timestamp>(6)?);
            Ok::<_, Error>((membership, shown, times))
        })
    });
    let Some((membership, shown, (seen_at, ends_at))) = found.await? else { return Ok(None) };
    let Some(mut pass) = pass_of(&app.store, &membership).await? else { return Ok(None) };
    pass.ends_at = Some(ends_at);
    pass.shown = shown;
    if SEEN_EVERY < now.duration_since(seen_at) {
        note_seen(app, &pass).await?;
    }
    Ok(Some(pass))
}

/// Writes down that a login is used.
async fn note_seen(app: &App, pass: &Pass) -> Result<()> {
    let scope = Scope::new(pass.workspace.as_str()).in_background();
    let id = pass.id().to_owned();
    let write = app.store.write(&scope, move |tx| {
        let now = tx.now();
        let sql = "update login set seen_at = ?3 where workspace = ?1 and id = ?2";
        Ok::<_, Error>(tx.run(sql, &[(&id).into(), now.into()])?)
    });
    write.await
}

/// Logins of an account in this workspace, newest first: 50 at most. `current` is the one that asks.
pub(super) fn list(tx: &mut ReadTx<'_>, account: &str, current: &str) -> Result<Vec<Login>> {
    let now = tx.now();
    let sql = "select id, method, address, agent, seen_at, created_at, ends_at from login
               where workspace = ?1 and account = ?2 and ends_at > ?3 order by id desc limit ?4";
    tx.all(sql, &[account.into(), now.into(), LOGINS_MAX.into()], |row| {
        let (id, method): (String, String) = (row.get(0)?, row.get(1)?);
        let method = Method::ALL.into_iter().find(|known| known.as_str() == method);
        Ok(Login {
            is_current: id == current,
            id,
            method: method.ok_or_else(|| Error::internal("an unknown way to sign in"))?,
            address: row.get(2)?,
            agent: row.get(3)?,
            seen_at: row.get(4)?,
            created_at: row.get(5)?,
            ends_at: row.get(6)?,
        })
    })
}

/// Ends a login of an account in this workspace.
pub(super) fn end(tx: &mut Tx<'_>, account: &str, id: &str) -> Result<()> {
    let sql = "delete from login where workspace = ?1 and account = ?2 and id = ?3 returning id";
    let ended =
        tx.first(sql, &[account.into(), id.into()], |row| Ok::<_, Error>(row.get::<String>(0)?))?;
    let ended = ended.ok_or(Error::NotFound("login"))?;
    let payload = serde_json::json!({ "id": ended });
    event::append(tx, event::Kind::LoginEnded, &ended, &payload.to_string()).map(drop)
}

/// Ends all logins of an account in this workspace but `kept`, and notes why.
pub(super) fn end_all(tx: &mut Tx<'_>, account: &str, kept: &str) -> Result<()> {
    let sql = "delete from login where workspace = ?1 and account = ?2 and id <> ?3 returning id";
    let ended =
        tx.all(sql, &[account.into(), kept.into()], |row| Ok::<_, Error>(row.get::<String>(0)?))?;
    for id in ended {
        let payload = serde_json::json!({ "id": id });
        event::append(tx, event::Kind::LoginEnded, &id, &payload.to_string())?;
    }
    Ok(())
}

/// The login goes on under another token and another epoch, and was proved now.
pub(super) fn renew(tx: &mut Tx<'_>, id: &str, token: &str, epoch: i64) -> Result<()> {
    let now = tx.now();
    let sql = "update login set hash = ?3, epoch = ?4, proved_at = ?5, seen_at = ?5
               where workspace = ?1 and id = ?2";
    let hash = access::hash(&named(token));
    Ok(tx.run(sql, &[id.into(), (&hash).into(), epoch.into(), now.into()])?)
}

/// Whether a login of this workspace holds no more.
///
/// # Errors
/// Those of the store.
pub fn is_over(tx: &mut ReadTx<'_>, id: &str) -> Result<bool> {
    let now = tx.now();
    let sql = "select 1 from login l join account a on a.id = l.account and a.epoch = l.epoch
               where l.workspace = ?1 and l.id = ?2 and l.ends_at > ?3";
    Ok(tx.first(sql, &[id.into(), now.into()], |row| row.get::<i64>(0))?.is_none())
}

/// Removes logins of this workspace that are over.
///
/// # Errors
/// Those of the store.
pub fn prune(tx: &mut Tx<'_>) -> Result<()> {
    let now = tx.now();
    Ok(tx.run("delete from login where workspace = ?1 and ends_at < ?2", &[now.into()])?)
}

/// What an operator may do in a workspace, if they still work there.
///
/// # Errors
/// Those of the store.
pub async fn pass_of(store: &store::Store, membership: &Membership) -> Result<Option<Pass>> {
    let Membership { workspace, operator } = membership.clone();
    let scope = Scope::new(workspace.as_str());
    let found = store.glance(&scope, move |tx| operator::find(tx, &operator)).await;
    let operator = match found {
        Ok(operator) if operator.is_active() => operator,
        Ok(_) | Err(Error::NotFound(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(Some(Pass {
        workspace,
        shown: Shown::Grant(String::new()),
        rights: operator.access_role.rights(),
        plan: Plan::Enterprise,
        sees: operator.sees(),
        operator: Some(operator.id),
        ends_at: None,
    }))
}
