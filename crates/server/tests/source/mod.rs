//! Reads the repository: its files, and the pieces of a Rust file.

pub mod sql;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The folder of the repository.
pub fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("the repository is there")
}

/// A file, and its name from the root.
#[derive(Clone, Debug)]
pub struct File {
    /// `crates/server/src/lib.rs`
    pub name: String,
    /// All of it.
    pub text: String,
}

/// Folders that hold nothing of ours.
const FOREIGN: [&str; 5] = ["target", "node_modules", "dist", ".git", ".tools"];

/// All files under `folder` whose names end in `end`, by name.
pub fn files(folder: &str, end: &str) -> Vec<File> {
    let mut found = Vec::new();
    walk(&root().join(folder), end, &mut found);
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}

fn walk(folder: &Path, end: &str, found: &mut Vec<File>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("a folder can be listed").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            if !FOREIGN.contains(&name) {
                walk(&path, end, found);
            }
        } else if name.ends_with(end)
            && let Ok(text) = fs::read_to_string(&path)
        {
            let name = path.strip_prefix(root()).expect("it is below the root");
            found.push(File { name: name.display().to_string(), text });
        }
    }
}

/// A piece of Rust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A name, a keyword or a number.
    Word(String),
    /// What a string literal says.
    Text(String),
    /// Any other sign.
    Sign(char),
}

/// The pieces of `source`, each with its line. Comments are left out.
pub fn tokens(source: &str) -> Vec<(usize, Token)> {
    let mut reader = Reader { rest: source, line: 1, found: Vec::new() };
    while reader.step() {}
    reader.found
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    found: Vec<(usize, Token)>,
}

impl<'a> Reader<'a> {
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes.min(self.rest.len()));
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        let line = self.line;
        if self.rest.starts_with("//") {
            self.take(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.take(self.rest.find("*/").map_or(self.rest.len(), |at| at + 2));
        } else if let Some(hashes) = raw_string(self.rest) {
            let open = self.rest.find('"').expect("a raw string begins with a quote") + 1;
            self.take(open);
            let close = format!("\"{}", "#".repeat(hashes));
            let text = self.take(self.rest.find(&close).unwrap_or(self.rest.len())).to_owned();
            self.take(close.len());
            self.found.push((line, Token::Text(text)));
        } else if first == '"' {
            self.take(1);
            let text = self.take(end_of_string(self.rest));
            self.take(1);
            self.found.push((line, Token::Text(unescape(text))));
        } else if first == '\'' {
            let bytes = char_literal(self.rest);
            self.take(bytes);
        } else if first.is_alphanumeric() || first == '_' {
            let is_part = |c: char| c.is_alphanumeric() || c == '_';
            let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
            let word = self.take(end).to_owned();
            self.found.push((line, Token::Word(word)));
        } else {
            self.take(first.len_utf8());
            if !first.is_whitespace() {
                self.found.push((line, Token::Sign(first)));
            }
        }
        true
    }
}

/// How many `#` a raw string begins with, if one begins here.
fn raw_string(rest: &str) -> Option<usize> {
    let hashes = rest.strip_prefix('r')?;
    let text = hashes.trim_start_matches('#');
    text.starts_with('"').then_some(hashes.len() - text.len())
}

fn end_of_string(rest: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices() {
        match c {
            '"' if !is_escaped => return at,
            _ => is_escaped = c == '\\' && !is_escaped,
        }
    }
    rest.len()
}

/// `'a'` and `'\n'` whole, and of the lifetime `'a` its mark alone.
fn char_literal(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => {
            rest.char_indices().skip(3).find(|(_, c)| *c == '\'').map_or(1, |(at, _)| at + 1)
        }
        Some(_) => match chars.next() {
            Some((at, '\'')) => at + 1,
            _ => 1,
        },
        None => 1,
    }
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('\n')) => while chars.next_if(|c| c.is_whitespace()).is_some() {},
            ('\\', Some('n')) => {
                chars.next();
                out.push('\n');
            }
            ('\\', Some('0')) => {
                chars.next();
                out.push('\0');
            }
            ('\\', Some(_)) => out.extend(chars.next()),
            _ => out.push(c),
        }
    }
    out
}

#[test]
fn a_file_comes_apart_into_words_texts_and_signs() {
    let source =
        "// \"no\"\nlet a: &'static str = \"x\\\"y\\\n   z\"; 'q' '\\'' r#\"raw \"text\"\"# b\"w\"";
    let found: Vec<Token> = tokens(source).into_iter().map(|(_, token)| token).collect();
    let texts: Vec<&Token> = found.iter().filter(|token| matches!(token, Token::Text(_))).collect();
    let text = |text: &str| Token::Text(text.to_owned());
    assert_eq!(texts, [&text("x\"yz"), &text("raw \"text\""), &text("w")]);
    assert_eq!(
        found[..4],
        [
            Token::Word("let".to_owned()),
            Token::Word("a".to_owned()),
            Token::Sign(':'),
            Token::Sign('&'),
        ]
    );
    assert!(found.contains(&Token::Word("static".to_owned())));
    assert!(!found.contains(&Token::Word("q".to_owned())));
}
