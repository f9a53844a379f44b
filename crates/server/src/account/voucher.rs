//! What is good once, for a while: a claim, an invitation, a reset, the question to an authenticator.

use jiff::{SignedDuration, Timestamp};
use store::{ReadTx, Tx};

use crate::{
    access,
    error::{Error, Result},
    id::{OperatorId, WorkspaceId},
};

/// What a voucher is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To be the first.
    Claim,
    /// To join as an operator.
    Invitation,
    /// To choose a new password.
    Reset,
    /// To answer the question to an authenticator.
    Passkey,
}

/// A voucher, without what it takes to use it.
#[derive(Clone, Debug)]
pub(super) struct Voucher {
    pub(super) workspace: WorkspaceId,
    pub(super) operator: Option<OperatorId>,
    pub(super) account: Option<String>,
    /// Sealed.
    pub(super) data: Option<String>,
}

/// Old ones that are removed at once.
const PRUNED_MAX: i64 = 1_000;
/// Open invitations that are shown.
const LISTED_MAX: i64 = 500;

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Invitation => "invitation",
            Self::Reset => "reset",
            Self::Passkey => "passkey",
        }
    }

    /// How long it is good.
    pub(super) fn lasts(self) -> SignedDuration {
        match self {
            Self::Claim | Self::Invitation => SignedDuration::from_hours(72),
            Self::Reset => SignedDuration::from_hours(1),
            Self::Passkey => SignedDuration::from_mins(5),
        }
    }
}

/// Writes down a voucher whose token is `token`, in this workspace. Earlier ones about the same
/// operator and account are good no more.
pub(super) fn put(tx: &mut Tx<'_>, purpose: Purpose, voucher: &Voucher, token: &str) -> Result<()> {
    let (now, operator) = (tx.now(), voucher.operator.as_ref().map(OperatorId::as_str));
    if purpose != Purpose::Passkey {
        let sql = "delete from voucher where workspace = ?1 and purpose = ?2
                   and coalesce(operator, '') = ?3 and coalesce(account, '') = ?4";
        let about = voucher.account.as_deref().unwrap_or_default();
        let values = [purpose.as_str().into(), operator.unwrap_or_default().into(), about.into()];
        tx.run(sql, &values)?;
    }
    let sql = "insert into voucher (workspace, hash, purpose, operator, account, data, created_at, ends_at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let values = [
        (&access::hash(token)).into(),
        purpose.as_str().into(),
        operator.into(),
        voucher.account.as_deref().into(),
        voucher.data.as_deref().into(),
        now.into(),
        (now + purpose.lasts()).into(),
    ];
    Ok(tx.run(sql, &values)?)
}

/// The voucher of this token, in whatever workspace it is. It stays good.
pub(super) fn find(tx: &mut ReadTx<'_>, purpose: Purpose, token: &str) -> Result<Option<Voucher>> {
    let now = tx.now();
    let sql = "select workspace, operator, account, data from voucher
               where hash = ?1 and purpose = ?2 and ends_at > ?3";
    tx.first(sql, &[(&access::hash(token)).into(), purpose.as_str().into(), now.into()], |row| {
        Ok(Voucher {
            workspace: row.get(0)?,
            operator: row.get(1)?,
            account: row.get(2)?,
            data: row.get(3)?,
        })
    })
}

/// Uses a voucher of this workspace up: of many who try at once, one does.
pub(super) fn take(tx: &mut Tx<'_>, purpose: Purpose, token: &str) -> Result<()> {
    let now = tx.now();
    let sql = "delete from voucher where workspace = ?1 and hash = ?2 and purpose = ?3
               and ends_at > ?4 returning hash";
    let values = [(&access::hash(token)).into(), purpose.as_str().into(), now.into()];
    let taken = tx.first(sql, &values, |row| Ok::<_, Error>(row.get::<String>(0)?))?;
    taken.map(drop).ok_or_else(used)
}

/// What is said of a voucher that is none, or none any more.
pub(super) fn used() -> Error {
    let problem = "is good no more: it is too old, or was used already; ask for another link";
    Error::invalid("token", problem)
}

/// Whom the open invitations of this workspace are for, since when and until when; newest first.
pub(super) fn invitations(tx: &mut ReadTx<'_>) -> Result<Vec<(OperatorId, Timestamp, Timestamp)>> {
    let now = tx.now();
    let sql = "select operator, created_at, ends_at from voucher
               where workspace = ?1 and purpose = 'invitation' and operator is not null
               and ends_at > ?2 order by created_at desc, operator limit ?3";
    tx.all(sql, &[now.into(), LISTED_MAX.into()], |row| {
        Ok::<_, Error>((row.get(0)?, row.get(1)?, row.get(2)?))
    })
}

/// Ends the invitation of an operator of this workspace, and says whether there was one.
pub(super) fn void_invitation(tx: &mut Tx<'_>, operator: &OperatorId) -> Result<bool> {
    let now = tx.now();
    let sql =
        "delete from voucher where workspace = ?1 and purpose = 'invitation' and operator = ?2
               and ends_at > ?3 returning hash";
    let gone = tx.first(sql, &[operator.into(), now.into()], |row| row.get::<String>(0))?;
    Ok(gone.is_some())
}

/// Removes vouchers of this workspace that are over, a thousand at a time, and says whether there is
/// more.
///
/// # Errors
/// Those of the store.
pub fn prune(tx: &mut Tx<'_>) -> Result<bool> {
    let now = tx.now();
    let sql = "delete from voucher where workspace = ?1 and hash in
                   (select hash from voucher where workspace = ?1 and ends_at < ?2 limit ?3)
               returning hash";
    let gone =
        tx.all(sql, &[now.into(), PRUNED_MAX.into()], |row| Ok::<_, Error>(row.get::<String>(0)?))?;
    Ok(i64::try_from(gone.len()) == Ok(PRUNED_MAX))
}
