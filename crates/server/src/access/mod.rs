//! Who may ask: credentials, what each allows, and the memory that spares a look-up per request.

pub mod keys;
mod memory;
mod pass;
pub mod scope;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::{ReadTx, Row, Tx};
use utoipa::ToSchema;

use crate::{
    error::{Error, Result},
    event,
    id::{self, KeyId, OperatorId, WorkspaceId},
    time,
};

pub use self::{
    keys::Keys,
    memory::Memory,
    pass::{Pass, Rights, Sees, Shown},
    scope::{Level, Permission},
};

/// What a credential is for: each documented product has its own kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = KeyKind)]
pub enum Kind {
    /// `Authorization: Bearer sk_live_…` on `/v1`.
    Platform,
    /// `X-Ora-Key` on `/api`.
    Partner,
    /// `api_token` on `/api/v1/webhook`: one operator's.
    Intake,
}

/// How often a key may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// 60 a minute, 10 a second.
    Free,
    /// 300 a minute, 30 a second.
    Basic,
    /// 1000 a minute, 100 a second.
    Professional,
    /// 2000 a minute, 200 a second.
    Enterprise,
}

/// A credential, without its secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Key)]
pub struct Credential {
    /// Names it for good.
    pub id: KeyId,
    /// Whose data it opens.
    #[serde(skip)]
    pub workspace: WorkspaceId,
    /// What it is for.
    pub kind: Kind,
    /// What it allows.
    pub level: Level,
    /// How often it may ask.
    pub plan: Plan,
    /// Whom an intake token belongs to.
    pub operator_id: Option<OperatorId>,
    /// What its maker called it.
    pub name: String,
    /// The first and last letters of the secret, to tell keys apart.
    pub hint: String,
    /// When it was made.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: jiff::Timestamp,
    /// When it last was used, to the minute.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<jiff::Timestamp>,
    /// From which address it last was used.
    pub last_used_from: Option<String>,
    /// Since when it opens nothing.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<jiff::Timestamp>,
}

/// What it takes to make one.
#[derive(Clone, Debug)]
pub struct NewCredential {
    /// What it is for.
    pub kind: Kind,
    /// What it allows.
    pub level: Level,
    /// How often it may ask.
    pub plan: Plan,
    /// Whom an intake token belongs to.
    pub operator: Option<OperatorId>,
    /// What to call it.
    pub name: String,
}

/// The letters of a secret.
const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 43 letters of 62 hold 256 bits.
const SECRET_LETTERS: usize = 43;
/// Secrets that were taken over from elsewhere may be as short as this, or shorter.
const SHORT_LETTERS: usize = 20;
const NAME_CHARS_MAX: usize = 100;
/// Credentials that one command lists.
const LIST_MAX: i64 = 10_000;

macro_rules! columns {
    () => {
        "workspace, id, kind, level, plan, operator, name, hint, created_at, last_used_at,
         last_used_from, revoked_at"
    };
}

impl Kind {
    const ALL: [Self; 3] = [Self::Platform, Self::Partner, Self::Intake];

    /// The word that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Partner => "partner",
            Self::Intake => "intake",
        }
    }

    /// What its secrets begin with, so that one that leaked is recognised.
    fn prefix(self) -> &'static str {
        match self {
            Self::Platform => "sk_live_",
            Self::Partner => "ora_live_",
            Self::Intake => "in_live_",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl Plan {
    /// From the smallest.
    pub const ALL: [Self; 4] = [Self::Free, Self::Basic, Self::Professional, Self::Enterprise];

    /// The word that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Basic => "basic",
            Self::Professional => "professional",
            Self::Enterprise => "enterprise",
        }
    }

    /// The plan that `text` names.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plan| plan.as_str() == text)
    }
}

/// A secret that nobody can guess, with the prefix of its kind.
pub fn new_secret(kind: Kind, random: impl Fn() -> u128) -> String {
    kind.prefix().to_owned() + &new_token(random)
}

/// A text that nobody can guess: 256 bits of chance.
pub fn new_token(random: impl Fn() -> u128) -> String {
    let mut secret = String::with_capacity(SECRET_LETTERS);
    let mut left = 0_u128;
    for index in 0..SECRET_LETTERS {
        // 128 bits hold 21 letters of 62 with room to spare.
        if index % 21 == 0 {
            left = random();
        }
        let letter = usize::try_from(left % 62).unwrap_or(0);
        secret.push(char::from(LETTERS[letter]));
        left /= 62;
    }
    secret
}

/// What is stored of a secret, and what it is looked up by. A secret has 256 bits of chance, so a
/// fast hash without salt is as good as a slow one.
pub fn hash(secret: &str) -> String {
    hex::encode(digest(secret))
}

/// The same, as it is compared in memory.
fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Makes a credential for `secret`, which is shown once, by the caller, and never stored.
///
/// # Errors
/// When the name is too long. Whether there is such an operator is the caller's to know.
pub fn create(tx: &mut Tx<'_>, new: &NewCredential, secret: &str) -> Result<Credential> {
    if NAME_CHARS_MAX < new.name.chars().count() {
        return Err(Error::invalid("name", "must be at most 100 characters long"));
    }
    let id: KeyId = id::new(tx);
    let now = tx.now();
    let sql = concat!(
        "insert into credential (workspace, id, kind, level, plan, operator, name, hash, hint,
                                 created_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) returning ",
        columns!()
    );
    let values = [
        (&id).into(),
        new.kind.as_str().into(),
        new.level.as_str().into(),
        new.plan.as_str().into(),
        new.operator.as_ref().map(OperatorId::as_str).into(),
        (&new.name).into(),
        (&hash(secret)).into(),
        (&hint(secret)).into(),
        now.into(),
    ];
    let made = tx.first(sql, &values, read)?;
    let made = made.ok_or_else(|| Error::internal("an insert gave no row"))?;
    let payload = serde_json::to_string(&made)?;
    event::append(tx, event::Kind::KeyCreated, made.id.as_str(), &payload)?;
    Ok(made)
}

fn hint(secret: &str) -> String {
    // Of a short one even its end would be much of it.
    let shown = if SHORT_LETTERS < secret.len() { 4 } else { 2 };
    let tail: Vec<char> = secret.chars().rev().take(shown).collect();
    let tail: String = tail.into_iter().rev().collect();
    let head: String = secret.chars().take(secret.rfind('_').map_or(0, |at| at + 1)).collect();
    format!("{head}…{tail}")
}

/// All credentials of the workspace, newest first.
///
/// # Errors
/// Those of the store.
pub fn list(tx: &mut ReadTx<'_>) -> Result<Vec<Credential>> {
    let sql = concat!(
        "select ",
        columns!(),
        " from credential where workspace = ?1 order by id desc limit ?2"
    );
    tx.all(sql, &[LIST_MAX.into()], read)
}

/// Whether this credential does not hold any more.
///
/// # Errors
/// Those of the store.
pub fn is_revoked(tx: &mut ReadTx<'_>, id: &KeyId) -> Result<bool> {
    let sql = "select revoked_at from credential where workspace = ?1 and id = ?2";
    let found = tx.first(sql, &[id.into()], |row| row.get::<Option<jiff::Timestamp>>(0))?;
    Ok(found.is_none_or(|revoked_at| revoked_at.is_some()))
}

/// Makes a credential open nothing, from now on. Doing it again changes nothing.
///
/// # Errors
/// When there is none of that id.
pub fn revoke(tx: &mut Tx<'_>, id: &KeyId) -> Result<Credential> {
    let now = tx.now();
    let sql = concat!(
        "update credential set revoked_at = coalesce(revoked_at, ?3)
         where workspace = ?1 and id = ?2 returning ",
        columns!()
    );
    let revoked = tx.first(sql, &[id.into(), now.into()], read)?.ok_or(Error::NotFound("key"))?;
    if revoked.revoked_at == Some(now) {
        let payload = serde_json::to_string(&revoked)?;
        event::append(tx, event::Kind::KeyRevoked, revoked.id.as_str(), &payload)?;
    }
    Ok(revoked)
}

/// Whose secret this is the hash of. Revoked ones are nobody's.
///
/// # Errors
/// Those of the store.
pub fn find_by_hash(tx: &mut ReadTx<'_>, hash: &str) -> Result<Option<Credential>> {
    let sql = concat!(
        "select ",
        columns!(),
        " from credential where hash = ?1 and revoked_at is null limit 1"
    );
    tx.first(sql, &[hash.into()], read)
}

/// Whether nobody was ever let in: then the program was just set up.
///
/// # Errors
/// Those of the store.
pub fn is_unused(tx: &mut ReadTx<'_>) -> Result<bool> {
    Ok(tx.first("select 1 from credential limit 1", &[], |row| row.get::<i64>(0))?.is_none())
}

/// Notes when and from where a credential last was used.
///
/// # Errors
/// Those of the store.
pub fn note_use(tx: &mut Tx<'_>, id: &KeyId, at: jiff::Timestamp, from: &str) -> Result<()> {
    let sql = "update credential set last_used_at = ?3, last_used_from = ?4
               where workspace = ?1 and id = ?2";
    Ok(tx.run(sql, &[id.into(), at.into(), from.into()])?)
}

fn read(row: &Row) -> Result<Credential> {
    let word = |column, what| {
        let text: String = row.get(column)?;
        Ok::<_, Error>((text.clone(), Error::internal(format!("unknown {what} {text}"))))
    };
    let (kind, no_kind) = word(2, "kind")?;
    let (level, no_level) = word(3, "level")?;
    let (plan, no_plan) = word(4, "plan")?;
    Ok(Credential {
        workspace: row.get(0)?,
        id: row.get(1)?,
        kind: Kind::parse(&kind).ok_or(no_kind)?,
        level: Level::parse(&level).ok_or(no_level)?,
        plan: Plan::parse(&plan).ok_or(no_plan)?,
        operator_id: row.get(5)?,
        name: row.get(6)?,
        hint: row.get(7)?,
        created_at: row.get(8)?,
        last_used_at: row.get(9)?,
        last_used_from: row.get(10)?,
        revoked_at: row.get(11)?,
    })
}
