//! Words that are not used here, each with the one that is.

use crate::{Complaints, source::File};

const BANNED: &[(&str, &str)] = &[
    ("FIXME", "mend it, or write an issue"),
    ("TODO", "do it, or write an issue"),
    ("XXX", "a sentence that says what is wrong"),
    ("helper", "the name of what it does"),
    ("helpers", "the name of what they do"),
    ("is_deleted", "deleted_at: a flag is the time it was set"),
    ("manager", "the name of what it does"),
    ("utils", "the name of what they are about"),
    ("customer", "contact"),
    ("customers", "contacts"),
    ("ticket", "conversation"),
    ("tickets", "conversations"),
];

/// One word for one thing.
pub(crate) fn none_is_banned(files: &[File]) -> Complaints {
    let mut complaints = Complaints::new();
    // This list names them.
    for file in files.iter().filter(|file| !file.name.ends_with("tests/tidy/words.rs")) {
        for (number, line) in file.text.lines().enumerate() {
            for (word, instead) in BANNED {
                if has_word(line, word) {
                    let number = number + 1;
                    complaints.push(format!("{}:{number}: not '{word}' but {instead}", file.name));
                }
            }
        }
    }
    complaints
}

/// Whole words, and parts between underscores. A path of somebody else's crate is not ours to name.
fn has_word(line: &str, word: &str) -> bool {
    let is_upper = word.chars().all(|c| c.is_ascii_uppercase());
    let line = if is_upper { line.to_owned() } else { line.to_lowercase() };
    let is_part = |c: char| c.is_alphanumeric() || (word.contains('_') && c == '_');
    line.split(|c| !is_part(c)).any(|part| part == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file;

    #[test]
    fn a_banned_word_is_found_alone_and_in_a_name() {
        let found = |text: &str| none_is_banned(&[file("a.rs", text)]).len();
        assert_eq!(found("fn customer_name() {}\n// TODO: more"), 2);
        assert_eq!(found("is_deleted"), 1);
        assert_eq!(found("use hyper_util::rt;"), 0);
        assert_eq!(found("fn outil() {} // a customary word"), 0);
    }
}
