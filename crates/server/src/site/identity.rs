//! Who a visitor is, as a site signs for it: a JSON Web Token (HS256), or an HMAC of the user's id.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use store::{ReadTx, Tx};

use super::find;
use crate::{
    error::{Error, Result},
    id::SiteId,
    secret::SecretKey,
};

/// What a page hands over about its visitor.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Identity {
    /// A signed token.
    Token(String),
    /// An id, and its HMAC-SHA256 under the site's secret, in hexadecimal digits.
    Hash {
        /// The site's own id of the user.
        user_id: String,
        /// The signature.
        user_hash: String,
        /// What else is said; it is not signed.
        #[serde(flatten)]
        rest: Map<String, Json>,
    },
}

/// Whom the site signed for.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Claims {
    /// The site's own id of the user.
    pub sub: String,
    /// What to call them.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// Where they work.
    pub company: Option<String>,
    /// Whatever else.
    pub custom_attributes: Map<String, Json>,
    /// When it ends, in seconds.
    pub exp: i64,
}

/// Secrets that are valid at once, so that one can take the other's place.
const SECRETS_MAX: usize = 2;
/// The longest that a token may hold: what is signed is handed to a browser.
const HOLDS_S_MAX: i64 = 24 * 3_600;
/// How far clocks may be apart.
const LEEWAY_S: u64 = 60;
const TOKEN_BYTES_MAX: usize = 16 * 1024;
const SUB_CHARS_MAX: usize = 200;
/// What a secret of a site begins with.
const PREFIX: &str = "sws_";
const PURPOSE: &str = "site secret";

/// A new secret, shown once. The one before it holds until the next one comes.
///
/// # Errors
/// When there is no such site.
pub fn add_secret(tx: &mut Tx<'_>, id: &SiteId, key: &SecretKey) -> Result<String> {
    let secret = format!("{PREFIX}{:032x}{:032x}", tx.random(), tx.random());
    let sealed = key.seal(PURPOSE, &secret, || tx.random());
    let mut all = sealed_secrets(tx, id)?;
    all.insert(0, sealed.map_err(Error::internal)?);
    all.truncate(SECRETS_MAX);
    put(tx, id, Some(&serde_json::to_string(&all)?))?;
    Ok(secret)
}

/// Makes all secrets of a site void.
///
/// # Errors
/// When there is no such site.
pub fn drop_secrets(tx: &mut Tx<'_>, id: &SiteId) -> Result<()> {
    find(tx, id)?;
    put(tx, id, None)
}

fn put(tx: &mut Tx<'_>, id: &SiteId, secrets: Option<&str>) -> Result<()> {
    let now = tx.now();
    let sql = "update site set secrets = ?3, updated_at = ?4 where workspace = ?1 and id = ?2";
    Ok(tx.run(sql, &[id.into(), secrets.into(), now.into()])?)
}

fn sealed_secrets(tx: &mut ReadTx<'_>, id: &SiteId) -> Result<Vec<String>> {
    find(tx, id)?;
    let sql = "select secrets from site where workspace = ?1 and id = ?2";
    let text = tx.first(sql, &[id.into()], |row| row.get::<Option<String>>(0))?.flatten();
    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or_default())
}

/// The secrets that sign for a site now, newest first.
///
/// # Errors
/// When there is no such site.
pub fn secrets(tx: &mut ReadTx<'_>, id: &SiteId, key: &SecretKey) -> Result<Vec<String>> {
    let sealed = sealed_secrets(tx, id)?;
    Ok(sealed.iter().filter_map(|one| key.open(PURPOSE, one)).collect())
}

impl Identity {
    /// Whom it proves, if one of `secrets` signed it for the site of `key`, and it holds at `now`.
    pub fn proves(&self, secrets: &[String], key: &str, now: jiff::Timestamp) -> Option<Claims> {
        match self {
            Self::Token(token) => {
                secrets.iter().find_map(|secret| token_claims(token, secret, key, now))
            }
            Self::Hash { user_id, user_hash, rest } => {
                let is_signed = secrets
                    .iter()
                    .any(|secret| crate::secret::is_hmac(secret.as_bytes(), user_id, user_hash));
                // The id alone is signed: an address beside it would be anybody's word.
                let said: Claims = serde_json::from_value(Json::Object(rest.clone())).ok()?;
                let claims = Claims {
                    sub: user_id.clone(),
                    name: said.name,
                    custom_attributes: said.custom_attributes,
                    ..Claims::default()
                };
                Some(claims).filter(|claims| is_signed && claims.is_named())
            }
        }
    }
}

/// The algorithm is ours to choose, never the token's.
fn token_claims(token: &str, secret: &str, key: &str, now: jiff::Timestamp) -> Option<Claims> {
    if TOKEN_BYTES_MAX < token.len() {
        return None;
    }
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_audience(&[key]);
    rules.set_required_spec_claims(&["exp", "sub", "aud"]);
    rules.leeway = LEEWAY_S;
    // Our own clock, which tests move.
    rules.validate_exp = false;
    rules.validate_nbf = false;
    let decoded =
        jsonwebtoken::decode::<Signed>(token, &DecodingKey::from_secret(secret.as_bytes()), &rules);
    let Signed { nbf, claims } = decoded.ok()?.claims;
    let (now, leeway) = (now.as_second(), i64::try_from(LEEWAY_S).unwrap_or(0));
    let holds = now - leeway < claims.exp
        && claims.exp <= now + HOLDS_S_MAX + leeway
        && nbf.is_none_or(|nbf| nbf <= now + leeway);
    Some(claims).filter(|claims| holds && claims.is_named())
}

#[derive(Deserialize)]
struct Signed {
    nbf: Option<i64>,
    #[serde(flatten)]
    claims: Claims,
}

impl Claims {
    fn is_named(&self) -> bool {
        (1..=SUB_CHARS_MAX).contains(&self.sub.chars().count()) && !self.sub.contains('\0')
    }
}
