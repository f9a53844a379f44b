//! Tables as CSV, for programs that take a cell for a formula when it looks like one.

use std::borrow::Cow;

/// What a formula begins with, in one spreadsheet program or another.
const FORMULA_SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// Signs that are there and not seen: all of Unicode's category Cf, from the first to the last.
const UNSEEN: [(char, char); 21] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{180e}', '\u{180e}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{202a}', '\u{202e}'),
    ('\u{2060}', '\u{2064}'),
    ('\u{2066}', '\u{206f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{fff9}', '\u{fffb}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0001}', '\u{e0001}'),
    ('\u{e0020}', '\u{e007f}'),
];

/// A text as a cell: one that would be taken for a formula begins with an apostrophe.
pub fn cell(text: &str) -> Cow<'_, str> {
    if is_formula(text) { format!("'{text}").into() } else { text.into() }
}

/// Some programs pass over blanks and signs that are not seen first, and some take the wide signs of
/// East Asian text for the narrow ones.
fn is_formula(text: &str) -> bool {
    let is_passed_over = |c: char| c.is_whitespace() || c.is_control() || is_unseen(c);
    text.starts_with(['\t', '\r', '\n'])
        || text.trim_start_matches(is_passed_over).starts_with(FORMULA_SIGNS)
}

fn is_unseen(c: char) -> bool {
    UNSEEN.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

#[cfg(test)]
mod tests {
    use super::{FORMULA_SIGNS, UNSEEN, cell, is_formula};

    #[test]
    fn a_formula_is_seen_behind_blanks_and_in_wide_signs() {
        for sign in FORMULA_SIGNS {
            for before in ["", " ", "\u{a0}", "\u{3000}", "\u{200b}", "\u{feff}", "\0", "\u{85}"] {
                let text = format!("{before}{sign}1");
                assert_eq!(cell(&text), format!("'{text}"), "{before:?} {sign}");
            }
        }
        for text in ["", " ", "a=1", " a@b.co", "–1", "1-2"] {
            assert_eq!(cell(text), text);
        }
        assert!(is_formula("\n1"));
    }

    #[test]
    fn a_formula_is_seen_behind_every_sign_that_is_not() {
        for (first, last) in UNSEEN {
            for c in first..=last {
                assert!(is_formula(&format!("{c}=1")), "{c:?}");
            }
        }
        // The neighbours of one of them are seen.
        assert!(!is_formula("\u{2065}=1"));
        assert!(!is_formula("\u{606}=1"));
    }
}
