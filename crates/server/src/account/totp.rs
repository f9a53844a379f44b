//! Codes of an app beside the password, and those that are kept for the day the app is lost.

use jiff::Timestamp;
use qrcode::{QrCode, render::svg};
use store::{ReadTx, Tx};
use totp_rs::{Builder, Secret, Totp};

use crate::{
    access,
    error::{Error, Result},
    secret::SecretKey,
};

/// What a secret is sealed for.
const PURPOSE: &str = "totp";
const ISSUER: &str = "Switchboard";
/// Bytes of a secret.
const SECRET_BYTES: usize = 20;
/// Codes that are kept for the day the app is lost.
const RECOVERY_CODES: usize = 10;
/// Letters of one of them: 80 bits.
const RECOVERY_LETTERS: usize = 16;
const LETTERS: &[u8; 32] = b"23456789abcdefghjkmnpqrstuvwxyz7";

/// What it takes to set an app up.
pub(super) struct Setup {
    /// What is stored.
    pub(super) sealed: String,
    /// What a person types.
    pub(super) secret: String,
    /// What a link or a picture holds.
    pub(super) uri: String,
    /// The same as a picture, in SVG.
    pub(super) picture: String,
}

/// A second factor that was shown and is right, to be used up.
#[derive(Clone, Debug)]
pub(super) enum Factor {
    /// None is asked for.
    None,
    /// The code of this time step.
    Step(i64),
    /// The hash of a code that was kept.
    Recovery(String),
}

fn generator(secret: &[u8], email: &str) -> Result<Totp> {
    let secret = Secret::from(secret.to_vec());
    let builder = Builder::new().with_secret(secret).with_account_name(email.replace(':', ""));
    let built = builder.with_issuer(Some(ISSUER)).build();
    built.map_err(|error| Error::internal(error.to_string()))
}

/// A new secret.
pub(super) fn set_up(key: &SecretKey, email: &str, random: impl Fn() -> u128) -> Result<Setup> {
    let chance = [random(), random()].map(u128::to_be_bytes).concat();
    let secret = chance.get(..SECRET_BYTES).unwrap_or(&chance);
    let totp = generator(secret, email)?;
    let uri = totp.to_url().map_err(|error| Error::internal(error.to_string()))?;
    let code = QrCode::new(uri.as_bytes()).map_err(Error::internal)?;
    let picture = code.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
    let sealed = key.seal(PURPOSE, &hex::encode(secret), random).map_err(Error::internal)?;
    Ok(Setup { sealed, secret: totp.secret().to_base32(), uri, picture })
}

/// The time step whose code this is: that of now, or of 30 seconds before or after.
pub(super) fn step(
    key: &SecretKey,
    sealed: &str,
    code: &str,
    now: Timestamp,
) -> Result<Option<i64>> {
    let secret = key.open(PURPOSE, sealed).and_then(|text| hex::decode(text).ok());
    let secret =
        secret.ok_or_else(|| Error::internal("a second factor was sealed with another key"))?;
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let step = generator(&secret, "")?.check(&code, seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// Uses a factor up. `false` if it was used before.
pub(super) fn take(tx: &mut Tx<'_>, account: &str, factor: &Factor) -> Result<bool> {
    let now = tx.now();
    let taken = match factor {
        Factor::None => return Ok(true),
        // `?1` is the workspace that they enter.
        Factor::Step(step) => tx.first(
            "update account set totp_step = ?3 where id = ?2 and totp_step < ?3
             and exists (select 1 from membership where workspace = ?1 and account = ?2)
             returning id",
            &[account.into(), (*step).into()],
            |row| Ok::<_, Error>(row.get::<String>(0)?),
        )?,
        Factor::Recovery(hash) => tx.first(
            "update recovery_code set used_at = ?4 where account = ?2 and hash = ?3
             and used_at is null
             and exists (select 1 from membership where workspace = ?1 and account = ?2)
             returning account",
            &[account.into(), hash.into(), now.into()],
            |row| Ok::<_, Error>(row.get::<String>(0)?),
        )?,
    };
    Ok(taken.is_some())
}

/// The hash of a code that is kept, if it looks like one.
pub(super) fn recovery_hash(code: &str) -> Option<String> {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    (plain.len() == RECOVERY_LETTERS).then(|| access::hash(&plain.to_ascii_lowercase()))
}

/// Whether a code is kept, and was not used.
pub(super) fn is_kept(tx: &mut ReadTx<'_>, account: &str, hash: &str) -> Result<bool> {
    let sql = "select 1 from recovery_code where account = ?1 and hash = ?2 and used_at is null";
    Ok(tx.first(sql, &[account.into(), hash.into()], |row| row.get::<i64>(0))?.is_some())
}

/// How many codes are left.
pub(super) fn codes_left(tx: &mut ReadTx<'_>, account: &str) -> Result<i64> {
    let sql = "select count(*) from recovery_code where account = ?1 and used_at is null";
    Ok(tx.first(sql, &[account.into()], |row| row.get::<i64>(0))?.unwrap_or(0))
}

/// New codes in the place of the old ones. They are shown once, by the caller.
pub(super) fn renew_codes(tx: &mut Tx<'_>, account: &str) -> Result<Vec<String>> {
    drop_codes(tx, account)?;
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let chance = tx.random();
        let letter = |place: usize| {
            char::from(LETTERS[usize::try_from((chance >> (5 * place)) & 31).unwrap_or(0)])
        };
        let plain: String = (0..RECOVERY_LETTERS).map(letter).collect();
        let sql = "insert into recovery_code (account, hash)
                   select ?2, ?3 where ?1 <> '' on conflict do nothing";
        tx.run(sql, &[account.into(), (&access::hash(&plain)).into()])?;
        let groups: Vec<&str> = (0..4).filter_map(|at| plain.get(4 * at..4 * at + 4)).collect();
        codes.push(groups.join("-"));
    }
    Ok(codes)
}

/// Takes the codes away.
pub(super) fn drop_codes(tx: &mut Tx<'_>, account: &str) -> Result<()> {
    let sql = "delete from recovery_code where account = ?2 and ?1 <> ''";
    Ok(tx.run(sql, &[account.into()])?)
}
