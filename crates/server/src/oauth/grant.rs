//! What operators let apps do.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use store::{ReadTx, Row, Tx};
use utoipa::ToSchema;

use super::{RegisteredApp, Scopes};
use crate::{
    error::{Error, Result},
    event,
    id::{self, Id, OperatorId, kind},
    time,
};

/// What an operator lets an app do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Grant {
    /// Names it for good.
    #[schema(value_type = String)]
    pub id: Id<kind::Grant>,
    /// The app.
    pub app_id: String,
    /// What it was called then.
    pub app_name: String,
    /// The operator.
    pub operator_id: OperatorId,
    /// What it may do, as far as the operator may.
    pub scopes: Vec<String>,
    /// When it was granted.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it ends, however much it is used.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    #[serde(skip)]
    pub(super) account: String,
    #[serde(skip)]
    pub(super) epoch: i64,
    #[serde(skip)]
    pub(super) revoked_at: Option<Timestamp>,
}

/// Who grants.
#[derive(Clone, Debug)]
pub(super) struct Grantor {
    pub(super) operator: OperatorId,
    pub(super) account: String,
    pub(super) epoch: i64,
}

/// However much a grant is used, it is asked for anew after this long.
const LASTS: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Grants that one list shows.
const LISTED_MAX: i64 = 1_000;

macro_rules! columns {
    () => {
        "id, app, app_name, operator, scopes, created_at, ends_at, account, epoch, revoked_at"
    };
}

/// Writes a grant down.
pub(super) fn create(
    tx: &mut Tx<'_>,
    app: &RegisteredApp,
    by: &Grantor,
    scopes: &Scopes,
) -> Result<Grant> {
    let (id, now): (Id<kind::Grant>, _) = (id::new(tx), tx.now());
    let sql = concat!(
        "insert into app_grant (workspace, id, app, app_name, operator, account, epoch, scopes,
                                created_at, ends_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) returning ",
        columns!()
    );
    let values = [
        (&id).into(),
        (&app.id).into(),
        (&app.name).into(),
        (&by.operator).into(),
        (&by.account).into(),
        by.epoch.into(),
        (&scopes.text()).into(),
        now.into(),
        (now + LASTS).into(),
    ];
    let made = tx.first(sql, &values, read)?;
    let made = made.ok_or_else(|| Error::internal("an insert gave no row"))?;
    event::append(tx, event::Kind::GrantCreated, made.id.as_str(), &serde_json::to_string(&made)?)?;
    Ok(made)
}

/// A grant of this workspace, whatever became of it.
pub(super) fn find(tx: &mut ReadTx<'_>, id: &str) -> Result<Grant> {
    let sql = concat!("select ", columns!(), " from app_grant where workspace = ?1 and id = ?2");
    tx.first(sql, &[id.into()], read)?.ok_or(Error::NotFound("grant"))
}

/// Whether a grant of this workspace holds no more.
///
/// # Errors
/// Those of the store.
pub fn is_over(tx: &mut ReadTx<'_>, id: &str) -> Result<bool> {
    match find(tx, id) {
        Ok(grant) => Ok(grant.revoked_at.is_some() || grant.expires_at <= tx.now()),
        Err(Error::NotFound(_)) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Grants of this workspace that hold, newest first: those of one operator, or all. 1,000 at most.
pub(super) fn list(tx: &mut ReadTx<'_>, operator: Option<&OperatorId>) -> Result<Vec<Grant>> {
    let now = tx.now();
    let sql = concat!(
        "select ",
        columns!(),
        " from app_grant where workspace = ?1 and revoked_at is null and ends_at > ?2
          and (?3 = '' or operator = ?3) order by id desc limit ?4"
    );
    let operator = operator.map_or("", OperatorId::as_str);
    tx.all(sql, &[now.into(), operator.into(), LISTED_MAX.into()], read)
}

/// Ends a grant: `operator` is whose it must be, if anybody's.
pub(super) fn revoke(
    tx: &mut Tx<'_>,
    id: &str,
    operator: Option<&OperatorId>,
    why: &str,
) -> Result<()> {
    let now = tx.now();
    let sql = "update app_grant set revoked_at = ?3 where workspace = ?1 and id = ?2
               and revoked_at is null and (?4 = '' or operator = ?4) returning id";
    let operator = operator.map_or("", OperatorId::as_str);
    let ended = tx.first(sql, &[id.into(), now.into(), operator.into()], |row| {
        Ok::<_, Error>(row.get::<String>(0)?)
    })?;
    let ended = ended.ok_or(Error::NotFound("grant"))?;
    let payload = serde_json::json!({ "id": ended, "reason": why });
    event::append(tx, event::Kind::GrantRevoked, &ended, &payload.to_string()).map(drop)
}

/// Ends all grants of an app in this workspace.
pub(super) fn revoke_all(tx: &mut Tx<'_>, app: &str) -> Result<()> {
    let sql = "select id from app_grant where workspace = ?1 and app = ?2 and revoked_at is null";
    let all = tx.all(sql, &[app.into()], |row| Ok::<_, Error>(row.get::<String>(0)?))?;
    all.iter().try_for_each(|id| revoke(tx, id, None, "app_deleted"))
}

/// The same columns, for a join.
pub(super) fn read(row: &Row) -> Result<Grant> {
    let scopes: String = row.get(4)?;
    Ok(Grant {
        id: row.get(0)?,
        app_id: row.get(1)?,
        app_name: row.get(2)?,
        operator_id: row.get(3)?,
        scopes: scopes.split(' ').map(str::to_owned).collect(),
        created_at: row.get(5)?,
        expires_at: row.get(6)?,
        account: row.get(7)?,
        epoch: row.get(8)?,
        revoked_at: row.get(9)?,
    })
}
