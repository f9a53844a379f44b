//! Codes, access tokens and refresh tokens: only their hashes are kept.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use store::{ReadTx, Row, Tx};

use super::{
    ACCESS_PREFIX, CODE_PREFIX, REFRESH_PREFIX, RegisteredApp, Scopes,
    grant::{self, Grant, Grantor},
};
use crate::{
    access, account,
    error::{Error, Result},
    id::WorkspaceId,
};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Code,
    Access,
    Refresh,
}

/// A token that is known, and what it belongs to.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) workspace: WorkspaceId,
    pub(super) kind: Kind,
    pub(super) scopes: String,
    pub(super) redirect_uri: Option<String>,
    pub(super) challenge: Option<String>,
    pub(super) created_at: Timestamp,
    pub(super) ends_at: Timestamp,
    used_at: Option<Timestamp>,
    pub(super) grant: Grant,
}

/// What a code is bound to.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<String>,
}

/// What an app gets for a code, or for a refresh token.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub(super) access: String,
    pub(super) refresh: String,
    pub(super) scopes: String,
}

/// A refusal of the token endpoint that keeps what was written: the code and its sentence.
pub(super) type Refusal = (&'static str, &'static str);

/// How long a code is good.
const CODE_LASTS: SignedDuration = SignedDuration::from_secs(60);
/// How long an access token is good.
pub(super) const ACCESS_LASTS: SignedDuration = SignedDuration::from_hours(1);
/// How long what is over is remembered, so that whoever shows it again is noticed.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);
/// Old tokens that are removed at once.
const PRUNED_MAX: i64 = 1_000;
const VERIFIER_BYTES: std::ops::RangeInclusive<usize> = 43..=128;

impl Found {
    /// Whether it was used up, or what it belongs to was revoked.
    pub(super) fn is_over(&self) -> bool {
        self.used_at.is_some() || self.grant.revoked_at.is_some()
    }
}

impl Kind {
    const ALL: [Self; 3] = [Self::Code, Self::Access, Self::Refresh];

    fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Access => "access",
            Self::Refresh => "refresh",
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Code => CODE_PREFIX,
            Self::Access => ACCESS_PREFIX,
            Self::Refresh => REFRESH_PREFIX,
        }
    }
}

/// Whether `verifier` is what `challenge` was made of.
pub(super) fn is_verifier(verifier: &str, challenge: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    VERIFIER_BYTES.contains(&verifier.len())
        && verifier.bytes().all(is_plain)
        && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge
}

/// Whether this can be a challenge of S256: 32 bytes.
pub(super) fn is_challenge(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}

/// A code for what an operator grants.
pub(super) fn grant_code(
    tx: &mut Tx<'_>,
    app: &RegisteredApp,
    by: &Grantor,
    (scopes, bound): (&Scopes, &Bound),
) -> Result<String> {
    let grant = grant::create(tx, app, by, scopes)?;
    let token = new(tx, Kind::Code);
    put(tx, (Kind::Code, &token), &grant, &scopes.text(), Some(bound))?;
    Ok(token)
}

fn new(tx: &Tx<'_>, kind: Kind) -> String {
    kind.prefix().to_owned() + &access::new_token(|| tx.random())
}

fn put(
    tx: &mut Tx<'_>,
    (kind, token): (Kind, &str),
    grant: &Grant,
    scopes: &str,
    bound: Option<&Bound>,
) -> Result<()> {
    let now = tx.now();
    let ends_at = match kind {
        Kind::Code => now + CODE_LASTS,
        Kind::Access => grant.expires_at.min(now + ACCESS_LASTS),
        Kind::Refresh => grant.expires_at,
    };
    let sql = "insert into app_token (workspace, hash, kind, grant_id, scopes, redirect_uri,
                                      challenge, created_at, ends_at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let values = [
        (&access::hash(token)).into(),
        kind.as_str().into(),
        (&grant.id).into(),
        scopes.into(),
        bound.map(|bound| bound.redirect_uri.as_str()).into(),
        bound.and_then(|bound| bound.challenge.as_deref()).into(),
        now.into(),
        ends_at.into(),
    ];
    Ok(tx.run(sql, &values)?)
}

macro_rules! columns {
    () => {
        "g.id, g.app, g.app_name, g.operator, g.scopes, g.created_at, g.ends_at, g.account, g.epoch,
         g.revoked_at, t.workspace, t.hash, t.kind, t.scopes, t.redirect_uri, t.challenge,
         t.created_at, t.ends_at, t.used_at"
    };
}

macro_rules! from {
    () => {
        " from app_token t join app_grant g on g.workspace = t.workspace and g.id = t.grant_id
          join app a on a.id = g.app "
    };
}

/// The token of this hash, whatever it is and whatever became of it, in whatever workspace.
pub(super) fn find(tx: &mut ReadTx<'_>, hash: &str) -> Result<Option<Found>> {
    let sql = concat!("select ", columns!(), from!(), "where t.hash = ?1");
    tx.first(sql, &[hash.into()], read)
}

/// The same in this workspace.
fn find_here(tx: &mut ReadTx<'_>, hash: &str) -> Result<Option<Found>> {
    let sql = concat!("select ", columns!(), from!(), "where t.workspace = ?1 and t.hash = ?2");
    tx.first(sql, &[hash.into()], read)
}

fn read(row: &Row) -> Result<Found> {
    let kind: String = row.get(12)?;
    let kind = Kind::ALL.into_iter().find(|known| known.as_str() == kind);
    Ok(Found {
        grant: grant::read(row)?,
        workspace: row.get(10)?,
        kind: kind.ok_or_else(|| Error::internal("an unknown kind of token"))?,
        scopes: row.get(13)?,
        redirect_uri: row.get(14)?,
        challenge: row.get(15)?,
        created_at: row.get(16)?,
        ends_at: row.get(17)?,
        used_at: row.get(18)?,
    })
}

/// The token of this kind that still opens something.
pub(super) fn by_hash(tx: &mut ReadTx<'_>, kind: Kind, hash: &str) -> Result<Option<Found>> {
    let now = tx.now();
    Ok(find(tx, hash)?
        .filter(|found| found.kind == kind && found.grant.revoked_at.is_none())
        // An access token that is over is told from one that never was.
        .filter(|found| found.kind == Kind::Access || now < found.ends_at))
}

/// Uses a code or a refresh token up and gives a new pair for it. One that was used before is in
/// somebody else's hands too: then all that came of it ends.
pub(super) fn exchange(
    tx: &mut Tx<'_>,
    token: &str,
    narrowed: Option<&Scopes>,
) -> Result<Result<Pair, Refusal>> {
    const OVER: Refusal = ("invalid_grant", "The code or token is not good, or not any more.");
    let now = tx.now();
    let hash = access::hash(token);
    let Some(found) = find_here(tx, &hash)? else { return Ok(Err(OVER)) };
    let is_current = account::is_current_here(tx, &found.grant.account, found.grant.epoch)?;
    if found.grant.revoked_at.is_some() || !is_current {
        return Ok(Err(OVER));
    }
    if found.used_at.is_some() {
        grant::revoke(tx, found.grant.id.as_str(), None, "token_reused")?;
        return Ok(Err(OVER));
    }
    if found.ends_at <= now {
        return Ok(Err(OVER));
    }
    let granted = Scopes::parse(&found.scopes).unwrap_or_default();
    let scopes = match narrowed {
        Some(asked) if !asked.are_within(&granted) => {
            return Ok(Err(("invalid_scope", "More was asked for than was granted.")));
        }
        Some(asked) => asked.text(),
        None => found.scopes.clone(),
    };
    let sql = "update app_token set used_at = ?3 where workspace = ?1 and hash = ?2";
    tx.run(sql, &[(&hash).into(), now.into()])?;
    let (access, refresh) = (new(tx, Kind::Access), new(tx, Kind::Refresh));
    put(tx, (Kind::Access, &access), &found.grant, &scopes, None)?;
    put(tx, (Kind::Refresh, &refresh), &found.grant, &found.scopes, None)?;
    Ok(Ok(Pair { access, refresh, scopes }))
}

/// Removes tokens of this workspace that are long over, a thousand at a time, and says whether there
/// is more.
///
/// # Errors
/// Those of the store.
pub fn prune(tx: &mut Tx<'_>) -> Result<bool> {
    let oldest = tx.now() - REMEMBERED;
    let sql = "delete from app_token where workspace = ?1 and hash in
                   (select hash from app_token where workspace = ?1 and ends_at < ?2
                    order by ends_at limit ?3) returning hash";
    let gone = tx.all(sql, &[oldest.into(), PRUNED_MAX.into()], |row| {
        Ok::<_, Error>(row.get::<String>(0)?)
    })?;
    Ok(i64::try_from(gone.len()) == Ok(PRUNED_MAX))
}

#[cfg(test)]
mod unit {
    use super::*;

    /// RFC 7636, appendix B.
    #[test]
    fn the_documented_verifier_makes_the_documented_challenge() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(is_verifier(verifier, challenge) && is_challenge(challenge));
        assert!(!is_verifier(verifier.get(1..).unwrap(), challenge));
        assert!(!is_verifier(challenge, challenge));
        for bad in ["", "short", &"a".repeat(129), &"ä".repeat(50)] {
            assert!(!is_verifier(bad, challenge) && !is_challenge(bad), "{bad}");
        }
    }
}
