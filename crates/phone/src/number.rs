//! E.164 as it stands: a calling code, and digits of which none is for the plan to take away.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, Region};

/// Digits of the longest number that E.164 allows, its calling code among them.
pub const DIGITS_MAX: usize = 15;
const CALLING_CODE_DIGITS_MAX: usize = 3;

/// The digits of a number in E.164 after its `+`; `None` for any other text.
pub fn digits_of(e164: &str) -> Option<&str> {
    let digits = e164.strip_prefix('+')?;
    let is_short = !digits.is_empty() && digits.len() <= DIGITS_MAX;
    (is_short && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// The number of these digits of E.164, with every zero that they have and no rule of a plan.
/// `None` where they begin with no calling code.
pub fn as_it_stands(digits: &str) -> Option<PhoneNumber> {
    // No calling code begins another, and none begins with a zero.
    let (code, national) = (1..=CALLING_CODE_DIGITS_MAX).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        let code = code.parse().ok().filter(|_| !code.starts_with('0'))?;
        PHONE_NUMBER_UTIL.get_region_for_country_code(code).map(|_| (code, national))
    })?;
    let significant = national.trim_start_matches('0');
    // The last zero of a number that has nothing else is its value.
    let zero_count = (national.len() - significant.len()).min(national.len().saturating_sub(1));
    Some(PhoneNumber {
        country_code: code,
        national_number: national.parse().ok()?,
        italian_leading_zero: (0 < zero_count).then_some(true),
        number_of_leading_zeros: i32::try_from(zero_count).ok().filter(|count| 1 < *count),
        ..PhoneNumber::default()
    })
}

/// Where the plan puts a number, or else the main country of its calling code.
pub fn region_of(number: &PhoneNumber) -> Option<String> {
    let by_code = || PHONE_NUMBER_UTIL.get_region_for_country_code(number.country_code);
    let region = number.get_region_code().or_else(by_code)?;
    (region != Region::World).then(|| region.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zero_is_kept() {
        for (digits, country_code, zero_count) in
            [("390669821234", 39, 1), ("440162475678", 44, 1), ("390012", 39, 2), ("39000", 39, 2)]
        {
            let number = as_it_stands(digits).unwrap();
            assert_eq!(number.country_code, country_code, "{digits}");
            let written =
                PHONE_NUMBER_UTIL.format(&number, rlibphonenumber::PhoneNumberFormat::E164);
            assert_eq!(written.strip_prefix('+'), Some(digits));
            assert_eq!(number.number_of_leading_zeros.unwrap_or(1), zero_count, "{digits}");
        }
    }

    #[test]
    fn without_a_calling_code_or_more_there_is_no_number() {
        for digits in ["", "1", "39", "999123456", "0123456"] {
            assert_eq!(as_it_stands(digits), None, "{digits}");
        }
        for text in ["", "+", "1415", "+1 415", "+１", "+1234567890123456"] {
            assert_eq!(digits_of(text), None, "{text}");
        }
    }
}
