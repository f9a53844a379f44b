//! People who sign in: one account each, whatever workspaces they work in.

pub mod http;
mod http_factor;
mod invitation;
pub mod login;
mod passkey;
mod password;
mod sign_in;
mod throttle;
mod voucher;
mod totp;

#[cfg(test)]
pub(crate) mod tests;

use store::{ReadTx, Row, Tx};

pub use self::{
    invitation::{claim_link, console_link},
    throttle::prune as prune_guesses,
    voucher::prune as prune_vouchers,
};
use crate::{
    email::Email,
    error::{Error, Result},
    event,
    id::{self, Id, OperatorId, WorkspaceId, kind},
};

/// Someone who signs in.
#[derive(Clone, Debug)]
pub struct Account {
    /// Names it for good.
    pub id: String,
    /// Names it to authenticators, and tells those nothing: a UUID.
    handle: String,
    /// The address that they sign in with.
    pub email: String,
    password: Option<String>,
    /// Sealed.
    totp: Option<String>,
    /// Since when a code is asked for.
    totp_at: Option<jiff::Timestamp>,
    /// Logins and grants of an earlier one hold no more.
    pub epoch: i64,
}

/// Who someone is in a workspace.
#[derive(Clone, Debug)]
pub struct Membership {
    /// Where.
    pub workspace: WorkspaceId,
    /// Whom they are there.
    pub operator: OperatorId,
}

/// Workspaces that one person works in.
pub const MEMBERSHIPS_MAX: i64 = 1_000;

macro_rules! columns {
    () => {
        "id, handle, email, password, totp, totp_at, epoch"
    };
}

/// The account of this address, wherever it works.
///
/// # Errors
/// Those of the store.
pub fn by_email(tx: &mut ReadTx<'_>, email: &Email) -> Result<Option<Account>> {
    let sql = concat!("select ", columns!(), " from account where email_folded = ?1");
    tx.first(sql, &[(&email.folded()).into()], read)
}

/// The account of this id, wherever it works.
///
/// # Errors
/// When there is none.
pub fn find(tx: &mut ReadTx<'_>, id: &str) -> Result<Account> {
    let sql = concat!("select ", columns!(), " from account where id = ?1");
    tx.first(sql, &[id.into()], read)?.ok_or(Error::NotFound("account"))
}

/// The account that an authenticator names, wherever it works.
fn by_handle(tx: &mut ReadTx<'_>, handle: &str) -> Result<Option<Account>> {
    let sql = concat!("select ", columns!(), " from account where handle = ?1");
    tx.first(sql, &[handle.into()], read)
}

/// Whether anybody has an account.
///
/// # Errors
/// Those of the store.
pub fn is_claimed(tx: &mut ReadTx<'_>) -> Result<bool> {
    Ok(tx.first("select 1 from account limit 1", &[], |row| row.get::<i64>(0))?.is_some())
}

/// Where an account works, oldest first: 1,000 at most.
///
/// # Errors
/// Those of the store.
pub fn memberships(tx: &mut ReadTx<'_>, account: &str) -> Result<Vec<Membership>> {
    let sql = "select workspace, operator from membership where account = ?1
               order by created_at, workspace limit ?2";
    tx.all(sql, &[account.into(), MEMBERSHIPS_MAX.into()], |row| {
        Ok(Membership { workspace: row.get(0)?, operator: row.get(1)? })
    })
}

/// The account of an operator of this workspace, if they have one.
fn of_operator(tx: &mut ReadTx<'_>, operator: &OperatorId) -> Result<Option<String>> {
    let sql = "select account from membership where workspace = ?1 and operator = ?2";
    tx.first(sql, &[operator.into()], |row| Ok(row.get::<String>(0)?))
}

/// Whether what was let in under `epoch` still is, wherever the account works.
///
/// # Errors
/// Those of the store.
pub fn is_current(tx: &mut ReadTx<'_>, account: &str, epoch: i64) -> Result<bool> {
    let sql = "select 1 from account where id = ?1 and epoch = ?2";
    Ok(tx.first(sql, &[account.into(), epoch.into()], |row| row.get::<i64>(0))?.is_some())
}

/// The same of an account that works in this workspace.
///
/// # Errors
/// Those of the store.
pub fn is_current_here(tx: &mut ReadTx<'_>, account: &str, epoch: i64) -> Result<bool> {
    let sql = "select 1 from membership m join account a on a.id = m.account
               where m.workspace = ?1 and m.account = ?2 and a.epoch = ?3";
    Ok(tx.first(sql, &[account.into(), epoch.into()], |row| row.get::<i64>(0))?.is_some())
}

/// Makes an account. `password` is its hash.
fn create(tx: &mut Tx<'_>, email: &Email, password: &str) -> Result<Account> {
    let id: Id<kind::Account> = id::new(tx);
    let (now, handle) = (tx.now(), uuid::Uuid::from_u128(tx.random()).to_string());
    // `?1` is where it was made; the account belongs to no workspace.
    let sql = concat!(
        "insert into account (id, handle, email, email_folded, password, totp_step, epoch, created_at)
         select ?2, ?3, ?4, ?5, ?6, 0, 0, ?7 where ?1 <> ''
         on conflict (email_folded) do nothing returning ",
        columns!()
    );
    let values = [
        (&id).into(),
        (&handle).into(),
        email.as_given().into(),
        (&email.folded()).into(),
        password.into(),
        now.into(),
    ];
    let made = tx.first(sql, &values, read)?;
    made.ok_or_else(|| Error::Taken { field: "email", by: "another account".to_owned() })
}

/// Lets an account work as an operator of this workspace.
fn join(tx: &mut Tx<'_>, account: &str, operator: &OperatorId) -> Result<()> {
    let now = tx.now();
    let sql = "insert into membership (workspace, operator, account, created_at)
               values (?1, ?2, ?3, ?4) on conflict do nothing returning operator";
    let made = tx.first(sql, &[operator.into(), account.into(), now.into()], |row| {
        Ok::<_, Error>(row.get::<String>(0)?)
    })?;
    if made.is_none() {
        return Err(Error::Conflict("This account works in the workspace already.".to_owned()));
    }
    Ok(())
}

/// Notes in the log of this workspace that what lets an operator in has changed.
fn note_change(tx: &mut Tx<'_>, operator: &OperatorId, what: &str) -> Result<()> {
    let payload = serde_json::json!({ "operator_id": operator.as_str(), "change": what });
    event::append(tx, event::Kind::AccountUpdated, operator.as_str(), &payload.to_string())
        .map(drop)
}

fn read(row: &Row) -> Result<Account> {
    Ok(Account {
        id: row.get(0)?,
        handle: row.get(1)?,
        email: row.get(2)?,
        password: row.get(3)?,
        totp: row.get(4)?,
        totp_at: row.get(5)?,
        epoch: row.get(6)?,
    })
}
