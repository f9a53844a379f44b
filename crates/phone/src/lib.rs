//! Phone numbers: any way of writing one, made E.164, and where it belongs.
//!
//! Read the modules in this order. Each may use the ones above it, and none below.

mod number;
mod table;
mod state;
mod place;
mod twin;

pub use place::{Place, place};
pub use twin::twin;

use number::{DIGITS_MAX, as_it_stands, digits_of, region_of};
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, PhoneNumberType, Region};

/// A number in one spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// `+` and up to fifteen digits.
    pub e164: String,
    /// What to dial once the call is answered: up to twenty digits, and never a part of `e164`.
    pub extension: Option<String>,
    /// Two letters, as [`Place::country`] has them: where the plan puts the number, or else the
    /// main country of its calling code. `None` for a code of no country, or of no plan.
    pub region: Option<String>,
    /// Whether such a number is in use in its country's plan. It is stored all the same.
    pub is_valid: bool,
}

/// Digits of a number that is taken though no plan has it in use.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=DIGITS_MAX;
/// With fewer digits than these nothing can be dialled, but in the smallest countries.
const DIGITS_MIN: usize = 5;
/// Digits of the longest extension, as RFC 3966 writers use it.
const EXTENSION_DIGITS_MAX: usize = 20;
/// What stands between a number and its extension; of two that begin alike the longer comes first.
const EXTENSION_LABELS: [&str; 9] =
    ["extension", "extn", "ext", "anexo", "int", "доб", "x", "#", "~"];
/// Longer texts are not numbers, whatever they hold.
const TEXT_BYTES_MAX: usize = 64;
/// What links and messaging gateways put before a number, in either case.
const SCHEMES: [&str; 2] = ["tel:", "whatsapp:"];
/// The digit that is dialled within the country alone, as in `+44 (0)20 7946 0958`.
const TRUNK_NOTATION: &str = "(0)";

/// Reads `text` as a number of `region` (`US`) unless it begins with `+`.
///
/// Lenient by contract: documented clients send numbers that no plan knows, such as
/// `+1-555-0123`, and a lead is never lost to one. `None` for letters, and for fewer than five
/// digits that no plan knows. An extension may follow:
/// `ext. 12`, `x12`, `#12`, `;ext=12`, or `,,12` as a phone's keypad has it.
pub fn parse(text: &str, region: &str) -> Option<Phone> {
    if TEXT_BYTES_MAX < text.len() {
        return None;
    }
    let text: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let (number, extension) = split_extension(without_scheme(text.trim()))?;
    let phone = match number.split_once(TRUNK_NOTATION) {
        // Italy keeps the digit, so it goes only where it does not belong.
        Some((head, tail)) => read(number, region)
            .filter(|phone| phone.is_valid)
            .or_else(|| read(&format!("{head}{tail}"), region)),
        None => read(number, region),
    };
    phone.map(|phone| Phone { extension, ..phone })
}

/// Whether `text` is the two letters of a country that has a plan of numbers.
pub fn is_region(text: &str) -> bool {
    let is_two_letters = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    let region = text.parse::<Region>().ok().filter(|_| is_two_letters);
    region.is_some_and(|region| PHONE_NUMBER_UTIL.get_country_code_for_region(region).is_some())
}

/// What a number is for, as its plan says: `mobile`, `fixed_line`, `toll_free`, …; `unknown` for a
/// number that no plan has in use. A number that moved to another network keeps its kind.
pub fn line_type(e164: &str) -> &'static str {
    let Some(number) = digits_of(e164).and_then(as_it_stands) else { return "unknown" };
    match number.get_type() {
        PhoneNumberType::FixedLine => "fixed_line",
        PhoneNumberType::Mobile => "mobile",
        PhoneNumberType::FixedLineOrMobile => "fixed_line_or_mobile",
        PhoneNumberType::TollFree => "toll_free",
        PhoneNumberType::PremiumRate => "premium_rate",
        PhoneNumberType::SharedCost => "shared_cost",
        PhoneNumberType::VoIP => "voip",
        PhoneNumberType::PersonalNumber => "personal_number",
        PhoneNumberType::Pager => "pager",
        PhoneNumberType::UAN => "uan",
        PhoneNumberType::VoiceMail => "voicemail",
        PhoneNumberType::Unknown => "unknown",
    }
}

/// A number and nothing but it.
fn read(number: &str, region: &str) -> Option<Phone> {
    let bare: String = number.chars().filter(|c| !is_separator(*c)).collect();
    let digits = bare.strip_prefix('+').unwrap_or(&bare);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let known = possible(&bare, region);
    if digits.len() < DIGITS_MIN {
        return known.filter(|phone| phone.is_valid);
    }
    known.or_else(|| {
        let digits = digits_of(&bare).filter(|digits| DIGITS.contains(&digits.len()))?;
        let region = as_it_stands(digits).as_ref().and_then(region_of);
        Some(Phone { e164: bare, extension: None, region, is_valid: false })
    })
}

/// What the plan says. Local numbers without an area count as possible, but have no E.164 form.
fn possible(bare: &str, region: &str) -> Option<Phone> {
    let number = PHONE_NUMBER_UTIL.parse(bare, region.parse::<Region>().ok()).ok()?;
    if !PHONE_NUMBER_UTIL.is_possible_number(&number) {
        return None;
    }
    let e164 = number.format_as(PhoneNumberFormat::E164).into_owned();
    let digit_count = digits_of(&e164)?.len();
    let (region, is_valid) = (region_of(&number), number.is_valid());
    (is_valid || DIGITS.contains(&digit_count)).then_some(Phone {
        e164,
        extension: None,
        region,
        is_valid,
    })
}

/// The number before an extension, and its digits. `None` where what follows a number is not one.
fn split_extension(text: &str) -> Option<(&str, Option<String>)> {
    let is_number = |c: char| c.is_ascii_digit() || c == '+' || is_separator(c);
    let Some(end) = text.find(|c| !is_number(c)) else { return Some((text, None)) };
    let (number, tail) = text.split_at_checked(end)?;
    let is_pause = tail.starts_with(",,") || tail.starts_with(';');
    let tail = tail.trim_start_matches([',', ';']).trim_start().to_lowercase();
    let label = EXTENSION_LABELS.iter().find(|label| tail.starts_with(**label));
    if label.is_none() && !is_pause {
        return None;
    }
    let tail = label.and_then(|label| tail.strip_prefix(label)).unwrap_or(&tail);
    let tail = tail.trim_start_matches(|c: char| c.is_whitespace() || ".:=#".contains(c));
    let digits = tail.strip_suffix('#').unwrap_or(tail);
    let is_extension = (1..=EXTENSION_DIGITS_MAX).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_extension.then(|| (number, Some(digits.to_owned())))
}

fn without_scheme(text: &str) -> &str {
    let rest = SCHEMES.iter().find_map(|scheme| {
        let (head, rest) = text.split_at_checked(scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then_some(rest)
    });
    rest.unwrap_or(text).trim_start()
}

/// What people put between digits: spaces, hyphens, dashes, dots, slashes and brackets.
fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}') || "-().[]/".contains(c)
}

/// Marks of the direction of writing and the like, which come along when a number is copied.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
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

    #[test]
    fn an_extension_is_kept_apart() {
        for text in [
            "+1 818-740-5020 ext. 12",
            "+1 818-740-5020 ext 12",
            "(818) 740-5020 Extension 12",
            "818-740-5020x12",
            "818.740.5020 x 12",
            "818-740-5020 #12",
            "+18187405020;ext=12",
            "tel:+1-818-740-5020;ext=12",
            "818 740 5020, ext: 12",
            "818 740 5020 доб. 12",
            "+18187405020,,12",
            "+18187405020,,12#",
        ] {
            let phone = parse(text, "US").unwrap_or_else(|| panic!("{text} is not read"));
            assert_eq!(phone.e164, "+18187405020", "{text}");
            assert_eq!(phone.extension.as_deref(), Some("12"), "{text}");
        }
        assert_eq!(parse("+1 818-740-5020", "US").unwrap().extension, None);
        for text in [
            "+1 818-740-5020 ext. ab",
            "+1 818-740-5020 ext. １２",
            "ext. 12",
            "x12",
            "+,,12",
            "8187405020, 12",
            "8187405020 ext",
            "8187405020x123456789012345678901",
        ] {
            assert_eq!(parse(text, "US"), None, "{text}");
        }
    }

    #[test]
    fn notations_of_the_world_are_read() {
        for (text, region, expected) in [
            ("+44 (0)20 7946 0958", "US", "+442079460958"),
            ("+44 (0) 20 7946 0958", "US", "+442079460958"),
            ("(0)20 7946 0958", "GB", "+442079460958"),
            ("+39 (0)6 6982 1234", "US", "+390669821234"),
            ("+34 (0)912 345 678", "US", "+34912345678"),
            ("+49 [0]30/123456", "US", "+4930123456"),
            ("011 44 20 7946 0958", "US", "+442079460958"),
            ("00 44 20 7946 0958", "DE", "+442079460958"),
            ("tel:+44-20-7946-0958", "US", "+442079460958"),
            ("WhatsApp:+61412345678", "US", "+61412345678"),
            ("whatsapp: 0412 345 678", "AU", "+61412345678"),
            ("\u{202a}+1 (818) 740‑5020\u{202c}", "US", "+18187405020"),
            ("4002", "NU", "+6834002"),
        ] {
            let phone = parse(text, region).map(|phone| phone.e164);
            assert_eq!(phone.as_deref(), Some(expected), "{text}");
        }
        assert_eq!(e164("tel:"), None);
        assert_eq!(e164("mailto:+18187405020"), None);
    }

    #[test]
    fn regions_and_kinds_are_those_of_the_plans() {
        assert!(is_region("US") && is_region("AU") && is_region("GG"));
        assert!(!is_region("XX") && !is_region("001") && !is_region("us ") && !is_region(""));
        for (e164, kind) in [
            ("+61412345678", "mobile"),
            ("+442079460958", "fixed_line"),
            ("+14155550123", "fixed_line_or_mobile"),
            ("+18552562001", "toll_free"),
            ("+15550123", "unknown"),
            ("no number", "unknown"),
        ] {
            assert_eq!(line_type(e164), kind, "{e164}");
        }
    }

    #[test]
    fn a_number_has_the_region_of_its_plan() {
        let region = |text| parse(text, "US").and_then(|phone| phone.region);
        assert_eq!(region("+1 416 555 0123").as_deref(), Some("CA"));
        assert_eq!(region("+44 1481 722222").as_deref(), Some("GG"));
        assert_eq!(region("+1-555-0123").as_deref(), Some("US"));
        assert_eq!(region("+80012345678"), None);
        assert_eq!(region("+9991234567"), None);
    }
}
