//! Countries in which a digit may be left out, so that one subscriber has two spellings.

use crate::number::digits_of;

/// Digits of a number of Mexico or Argentina without what may be left out.
const NATIONAL_DIGITS: usize = 10;
/// Digits of an area of Brazil.
const AREA_DIGITS: usize = 2;
/// Digits of a Brazilian mobile number without its area and the 9 before it.
const MOBILE_DIGITS: usize = 8;

/// The other spelling of the subscriber `e164`, and `None` where there is but one.
///
/// - Mexico: the 1 once dialled before a mobile, `+52 1` and ten digits or `+52` and the ten.
/// - Argentina: the 9 of mobiles called from abroad, `+54 9` and ten digits or `+54` and the ten.
/// - Brazil: the 9 that came before each mobile, `+55 11 9 8765 4321` or `+55 11 8765 4321`;
///   only where the eight digits begin with 6 to 9, as other lines never had it.
///
/// Messages of networks come in either spelling, so a look-up asks for both. The twin of a twin
/// is the number one began with. Whether either is in use is not asked.
pub fn twin(e164: &str) -> Option<String> {
    let digits = digits_of(e164)?;
    if let Some(national) = digits.strip_prefix("52") {
        return Some(format!("+52{}", toggled(national, "1", NATIONAL_DIGITS)?));
    }
    if let Some(national) = digits.strip_prefix("54") {
        return Some(format!("+54{}", toggled(national, "9", NATIONAL_DIGITS)?));
    }
    let (area, line) = digits.strip_prefix("55")?.split_at_checked(AREA_DIGITS)?;
    let twin = toggled(line, "9", MOBILE_DIGITS)?;
    // The eight digits are the end of either spelling.
    let mobile = if line.len() == MOBILE_DIGITS { line } else { &twin };
    let is_mobile = mobile.starts_with(['6', '7', '8', '9']) && !area.contains('0');
    is_mobile.then(|| format!("+55{area}{twin}"))
}

/// `digits` with `mark` before them, or without it if they have it; `length` is theirs without.
fn toggled(digits: &str, mark: &str, length: usize) -> Option<String> {
    if digits.len() == length {
        return Some(format!("{mark}{digits}"));
    }
    let rest = digits.strip_prefix(mark)?;
    (rest.len() == length).then(|| rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_optional_digit_makes_two_spellings() {
        for (long, short) in [
            ("+5215512345678", "+525512345678"),
            ("+5491123456789", "+541123456789"),
            ("+5511987654321", "+551187654321"),
            ("+5511961234567", "+551161234567"),
        ] {
            assert_eq!(twin(long).as_deref(), Some(short), "{long}");
            assert_eq!(twin(short).as_deref(), Some(long), "{short}");
        }
    }

    #[test]
    fn other_numbers_have_one() {
        for e164 in [
            // A fixed line of Brazil, the same with a 9 that it cannot have, and no area.
            "+551133334444",
            "+5511933334444",
            "+550187654321",
            // Too short, too long, and with another digit before it.
            "+52551234567",
            "+52155123456789",
            "+5225512345678",
            "+5481123456789",
            "+55",
            "+551",
            "+14155550123",
            "5215512345678",
            "+52 1 55 1234 5678",
            "+５２5512345678",
            "+",
            "",
        ] {
            assert_eq!(twin(e164), None, "{e164}");
        }
    }
}
