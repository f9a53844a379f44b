//! The language that a visitor reads.

/// No tag is longer: RFC 5646 asks that so much is taken.
const TAG_CHARS_MAX: usize = 35;
/// Of a longer list the rest is not read.
const RANGES_MAX: usize = 32;
/// Weights are in thousandths, and 1 when nothing is said.
const WEIGHT_MAX: u32 = 1_000;

/// The language that is liked best of an `Accept-Language` header or a `navigator.language`, as a
/// tag in its usual spelling: `en-AU`, `zh-Hant-TW`, `es-419`; at most 35 characters.
///
/// Names of locales (`en_AU.UTF-8`) are taken too. Extensions, and whatever follows a part that is
/// none of a tag, are left out. `None` where nothing is liked: `*`, `C`, and any other text.
pub fn language(text: &str) -> Option<String> {
    let mut best: Option<(u32, String)> = None;
    for range in text.split(',').take(RANGES_MAX) {
        let (name, weight) = range.split_once(';').unwrap_or((range, ""));
        let weight = weight_of(weight);
        let is_better = weight != 0 && best.as_ref().is_none_or(|(best, _)| *best < weight);
        if is_better && let Some(tag) = tag(name) {
            best = Some((weight, tag));
        }
    }
    best.map(|(_, tag)| tag)
}

/// `q=0.85` in thousandths; 1 for what is no weight.
fn weight_of(text: &str) -> u32 {
    let Some((name, value)) = text.split_once('=') else { return WEIGHT_MAX };
    let (whole, part) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    let is_known = name.trim().eq_ignore_ascii_case("q")
        && part.len() <= 3
        && part.bytes().all(|byte| byte.is_ascii_digit());
    let thousandths = format!("{part:0<3}").parse().unwrap_or(0);
    match whole {
        "0" if is_known => thousandths,
        _ => WEIGHT_MAX,
    }
}

fn tag(name: &str) -> Option<String> {
    let name = name.trim().split(['.', '@']).next().unwrap_or_default();
    let mut parts = name.split(['-', '_']);
    let is_alphabetic = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let primary = parts.next()?;
    if !matches!(primary.len(), 2 | 3) || !is_alphabetic(primary) {
        return None;
    }
    let mut tag = primary.to_ascii_lowercase();
    let mut place = Place::Language;
    for part in parts {
        let Some((next, spelt)) = spelt(part).filter(|(next, _)| place < *next) else { break };
        if TAG_CHARS_MAX < tag.len() + 1 + spelt.len() {
            break;
        }
        tag.push('-');
        tag.push_str(&spelt);
        // There may be several variants.
        place = if next == Place::Variant { Place::Region } else { next };
    }
    Some(tag)
}

/// The parts of a tag, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Language,
    Script,
    Region,
    Variant,
}

/// Which part this is, in its usual spelling.
fn spelt(part: &str) -> Option<(Place, String)> {
    let is_alphabetic = part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_numeric = part.bytes().all(|byte| byte.is_ascii_digit());
    let is_plain = part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let begins_with_digit = part.starts_with(|c: char| c.is_ascii_digit());
    match part.len() {
        2 if is_alphabetic => Some((Place::Region, part.to_ascii_uppercase())),
        3 if is_numeric => Some((Place::Region, part.to_owned())),
        4 if is_alphabetic => {
            let (first, rest) = part.split_at_checked(1)?;
            let script = first.to_ascii_uppercase() + &rest.to_ascii_lowercase();
            Some((Place::Script, script))
        }
        4 if is_plain && begins_with_digit => Some((Place::Variant, part.to_ascii_lowercase())),
        5..=8 if is_plain => Some((Place::Variant, part.to_ascii_lowercase())),
        _ => None,
    }
}
