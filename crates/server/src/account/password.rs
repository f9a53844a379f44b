//! Passwords: what is stored of one, and which are refused.

use std::{collections::BTreeSet, sync::LazyLock};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _},
};
use tokio::sync::Semaphore;

use super::Account;
use crate::error::{Error, Result};

/// Characters of a password. Nothing else is asked of it.
const CHARS: std::ops::RangeInclusive<usize> = 12..=128;
/// Passwords that are judged at once: each takes 19 MiB for a moment. The others wait.
const JUDGED_MAX: usize = 4;
/// A pattern this short is guessed however often it is repeated.
const PATTERN_CHARS: usize = 4;

static JUDGING: Semaphore = Semaphore::const_new(JUDGED_MAX);
/// Passwords that everybody tries first.
static COMMON: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| include_str!("common.txt").lines().collect());
/// What a password is compared with where there is no account, so that it takes as long. It is the
/// hash of a text that nobody knows.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    let salt = [7; 16];
    Argon2::default()
        .hash_password_with_salt(&rand::random::<[u8; 32]>(), &salt)
        .map_or_else(|_| String::new(), |hash| hash.to_string())
});

/// Refuses a password that would be guessed.
pub(super) fn check(password: &str, email: &str) -> Result<()> {
    if !CHARS.contains(&password.chars().count()) {
        return Err(Error::invalid("password", "must be 12 to 128 characters long"));
    }
    let folded = password.to_lowercase();
    if is_common(&folded) {
        let problem = "must not be one that everybody tries first: use several words of your own";
        return Err(Error::invalid("password", problem));
    }
    let email = email.to_lowercase();
    let own = email.split('@').next().unwrap_or(&email);
    if folded.contains(&email) || folded.trim_matches(|c: char| !c.is_alphabetic()) == own {
        return Err(Error::invalid("password", "must not be made of your address"));
    }
    Ok(())
}

/// A common one, also with digits around it, and also repeated.
fn is_common(folded: &str) -> bool {
    let core = folded.trim_matches(|c: char| !c.is_alphabetic());
    if COMMON.contains(folded) || COMMON.contains(core) || core.is_empty() {
        return true;
    }
    let chars: Vec<char> = core.chars().collect();
    is_pattern(&chars) || is_pattern(&folded.chars().collect::<Vec<char>>())
}

/// The same few letters, or a common password, again and again.
fn is_pattern(chars: &[char]) -> bool {
    (1..=chars.len().div_ceil(2)).any(|period| {
        let repeats = chars.iter().zip(&chars[period..]).all(|(one, next)| one == next);
        let unit: String = chars[..period].iter().collect();
        let word = unit.trim_matches(|c: char| !c.is_alphabetic());
        repeats
            && (period <= PATTERN_CHARS || COMMON.contains(unit.as_str()) || COMMON.contains(word))
    })
}

/// What is stored of `password`: Argon2id with 19 MiB, two passes, and a salt of `chance`.
pub(super) async fn hash(password: &str, chance: u128) -> Result<String> {
    let password = password.to_owned();
    judge(move || {
        let hash = Argon2::default()
            .hash_password_with_salt(password.as_bytes(), &chance.to_be_bytes())
            .map_err(|error| Error::internal(error.to_string()))?;
        Ok(hash.to_string())
    })
    .await?
}

/// Whether it is the password of `account`. It takes as long where there is no account.
pub(super) async fn is_right(password: &str, account: Option<&Account>) -> Result<bool> {
    let stored = account.and_then(|account| account.password.clone());
    let password = password.to_owned();
    judge(move || {
        let is_known = stored.is_some();
        let stored = stored.unwrap_or_else(|| NOBODY.clone());
        let is_right = Argon2::default().verify_password(password.as_bytes(), stored.as_str());
        is_right.is_ok() && is_known
    })
    .await
}

/// On a thread where it holds nobody up.
async fn judge<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _place = JUDGING.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_tries_is_refused_and_a_sentence_is_not() {
        for bad in [
            "short",
            "password1234",
            "PasswordPassword",
            "passwordpassword1",
            "123456789012",
            "abcabcabcabc",
            "password password",
            "aaaaaaaaaaaaaaaa",
            "12qwertyuiop12",
            "ada.lovelace2026",
            "is ada.lovelace@example.com",
        ] {
            assert!(check(bad, "Ada.Lovelace@example.com").is_err(), "{bad}");
        }
        for good in
            ["a stone in my shoe", "Пароль из слов", "x7#Kq9!mZr2w", "密码密码很长的一句话就可以"]
        {
            assert!(check(good, "ada@example.com").is_ok(), "{good}");
        }
        assert!(3_000 <= COMMON.len());
    }
}
