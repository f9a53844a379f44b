//! The name of a file, made fit for a disk, a header and a reader's eyes.

use super::sniff::Shown;
use crate::percent;

const NAME_CHARS_MAX: usize = 120;
/// A longer ending is not an extension.
const EXTENSION_CHARS_MAX: usize = 16;
/// What a file is called that has no name.
const NAMELESS: &str = "file";
/// What RFC 5987 leaves as it is, besides letters and digits.
const PLAIN: &str = "!#$&+-.^_`|~";

/// The last part of the path `name`, in at most 120 characters with its extension, and never empty.
///
/// Control characters, quotes, and marks that turn the direction of writing (`exe.gpj` read as
/// `jpg.exe`) are gone, and dots and spaces at either end.
pub fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !is_removed(*c)).collect();
    let clean = trimmed(&clean);
    let short = match clean.rsplit_once('.') {
        Some((stem, extension)) if extension.chars().count() <= EXTENSION_CHARS_MAX => {
            let room = NAME_CHARS_MAX - 1 - extension.chars().count();
            format!("{}.{extension}", trimmed(&head(stem, room)))
        }
        _ => head(clean, NAME_CHARS_MAX),
    };
    match trimmed(&short) {
        "" => NAMELESS.to_owned(),
        short => short.to_owned(),
    }
}

/// The value of `Content-Disposition` for a file of this name, which is made safe first: in ASCII
/// for old readers, and where that loses something as RFC 5987 has it too.
pub fn content_disposition(shown: Shown, name: &str) -> String {
    let name = safe_name(name);
    let word = match shown {
        Shown::Inline => "inline",
        Shown::Download => "attachment",
    };
    let is_plain = |c: char| (c.is_ascii_graphic() || c == ' ') && !matches!(c, '"' | '\\' | '%');
    let ascii: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    if ascii == name {
        return format!("{word}; filename=\"{ascii}\"");
    }
    let mut encoded = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        let c = char::from(byte);
        if c.is_ascii_alphanumeric() || PLAIN.contains(c) {
            encoded.push(c);
        } else {
            percent::push(&mut encoded, byte);
        }
    }
    format!("{word}; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

fn head(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c == '.' || c.is_whitespace())
}

/// What has no place in a name: controls, quotes, and what cannot be seen. The joiners of emoji and
/// of some scripts may stay.
fn is_removed(c: char) -> bool {
    c.is_control()
        || matches!(c, '"' | '\'' | '`' | '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{feff}')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
