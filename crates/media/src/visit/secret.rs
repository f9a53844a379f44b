//! What does not belong into a stored address: e-mail addresses and tokens.

use crate::percent;

/// A token has at least so many characters.
const TOKEN_CHARS_MIN: usize = 24;
/// With dashes between them, so many characters must be in parts that are not words.
const ODD_CHARS_MIN: usize = 16;
/// What stands between the words of a name, or anywhere in a token. A plus is a space, mostly.
const DASHES: [char; 5] = ['-', '_', '/', '.', '+'];
/// Addresses are encoded again and again as they are handed on.
const ENCODINGS_MAX: usize = 4;

/// `text` without percent-encoding, however often it was encoded, up to [`ENCODINGS_MAX`] times.
pub fn decoded(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..ENCODINGS_MAX {
        let once = percent::decoded(&text);
        if once == text {
            break;
        }
        text = once;
    }
    text
}

/// Whether an e-mail address is in `text`, which is decoded: `a@b.c`, but no `@name` and no
/// `package@1.2`.
pub fn has_email(text: &str) -> bool {
    let mut parts = text.split(['@', '\u{ff20}']);
    let mut before = parts.next().unwrap_or_default();
    parts.any(|after| {
        let is_local = |c: char| c.is_alphanumeric() || "._%+-!#$&'*/=?^`{|}~\"".contains(c);
        let has_local = before.chars().next_back().is_some_and(is_local);
        before = after;
        let is_domain = |c: &char| c.is_alphanumeric() || matches!(c, '.' | '-');
        let domain: String = after.chars().take_while(is_domain).collect();
        let mut labels = domain.split('.');
        let has_name = labels.next().is_some_and(|label| !label.is_empty());
        has_local && has_name && labels.any(|label| label.starts_with(char::is_alphabetic))
    })
}

/// Whether `value`, which is decoded, has a long run of letters and digits, or of ones with dashes
/// between them that are no words. Names of campaigns, such as `spring_sale_2026-retargeting`, have
/// dashes and stay.
pub fn has_token(value: &str) -> bool {
    let is_run = |run: &str| TOKEN_CHARS_MIN <= run.len();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '=';
    let is_dashed = |c: char| is_plain(c) || DASHES.contains(&c);
    value.split(|c| !is_plain(c)).any(is_run)
        || value.split(|c| !is_dashed(c)).filter(|run| is_run(run)).any(|run| {
            let parts = run.split(DASHES);
            let odd = parts.filter(|part| is_odd(part)).map(str::len).sum::<usize>();
            ODD_CHARS_MIN <= odd
        })
}

/// As [`has_token`], for a part of a path, where a long word is a word and dashes are as usual.
pub fn has_token_in_path(part: &str) -> bool {
    let is_token = |run: &str| {
        TOKEN_CHARS_MIN <= run.len()
            && run.bytes().any(|byte| byte.is_ascii_digit())
            && run.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    part.split(|c: char| !c.is_ascii_alphanumeric()).any(is_token)
}

/// Whether letters and digits, or large and small letters, are mixed as in no word.
fn is_odd(part: &str) -> bool {
    let has_digit = part.bytes().any(|byte| byte.is_ascii_digit());
    let has_letter = part.bytes().any(|byte| byte.is_ascii_alphabetic());
    let is_rise = |pair: &&[u8]| matches!(pair, [b'a'..=b'z', b'A'..=b'Z']);
    (has_digit && has_letter) || 2 < part.as_bytes().windows(2).filter(is_rise).count()
}
