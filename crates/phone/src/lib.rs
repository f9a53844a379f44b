//! Phone numbers: any way of writing one, made E.164.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

/// A number in one spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// `+` and up to fifteen digits.
    pub e164: String,
    /// Whether such a number is in use in its country's plan. It is stored all the same.
    pub is_valid: bool,
}

/// Digits of the shortest number that is taken as it stands, and of the longest that E.164 allows.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// With fewer digits than these nothing can be dialled.
const DIGITS_MIN: usize = 5;
/// Longer texts are not numbers, whatever they hold.
const TEXT_BYTES_MAX: usize = 64;

/// Reads `text` as a number of `region` (`US`) unless it begins with `+`.
///
/// Lenient by contract: documented clients send numbers that no plan knows, such as
/// `+1-555-0123`, and a lead is never lost to one. `None` for letters and for fewer than five digits.
pub fn parse(text: &str, region: &str) -> Option<Phone> {
    let text = text.trim();
    let is_separator = |c: char| c.is_whitespace() || "-().\u{2010}\u{2011}\u{2013}/".contains(c);
    let bare: String = text.chars().filter(|c| !is_separator(*c)).collect();
    let digits = bare.strip_prefix('+').unwrap_or(&bare);
    let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if TEXT_BYTES_MAX < text.len() || !is_plain || digits.len() < DIGITS_MIN {
        return None;
    }
    if let Some(known) = possible(&bare, region) {
        return Some(known);
    }
    let is_international = bare.starts_with('+') && DIGITS.contains(&digits.len());
    is_international.then(|| Phone { e164: bare.clone(), is_valid: false })
}

/// What the plan says. Local numbers without an area count as possible, but have no E.164 form.
fn possible(bare: &str, region: &str) -> Option<Phone> {
    let number = PHONE_NUMBER_UTIL.parse(bare, region.parse::<Region>().ok()).ok()?;
    if !PHONE_NUMBER_UTIL.is_possible_number(&number) {
        return None;
    }
    let e164 = number.format_as(PhoneNumberFormat::E164).into_owned();
    let digits = e164.strip_prefix('+')?.len();
    let is_valid = number.is_valid();
    DIGITS.contains(&digits).then_some(Phone { e164, is_valid })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn e164(text: &str) -> Option<String> {
        parse(text, "US").map(|phone| phone.e164)
    }

    #[test]
    fn documented_samples_are_taken() {
        assert_eq!(e164("+1-555-0123").as_deref(), Some("+15550123"));
        assert_eq!(e164("8181234567").as_deref(), Some("+18181234567"));
        assert_eq!(e164("+1 818-740-5020").as_deref(), Some("+18187405020"));
        assert_eq!(e164("(818) 740-5020").as_deref(), Some("+18187405020"));
        assert_eq!(e164("+61412345678").as_deref(), Some("+61412345678"));
    }

    #[test]
    fn what_cannot_be_dialled_is_refused() {
        for text in ["", "1234", "+", "call me", "555-CALL", "１２３４５６７", "+1234567890123456"]
        {
            assert_eq!(e164(text), None, "{text}");
        }
    }

    #[test]
    fn validity_is_told_apart_from_possibility() {
        let is_valid = |text| parse(text, "US").map(|phone| phone.is_valid);
        assert_eq!(is_valid("+14155550123"), Some(true));
        assert_eq!(is_valid("8181234567"), Some(false));
    }
}
