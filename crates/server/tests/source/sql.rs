//! The statements of the program, read out of its source.

use std::collections::BTreeMap;

use super::{File, Token, tokens};

/// A statement, or the first piece of one.
#[derive(Clone, Debug)]
pub struct Statement {
    /// `crates/server/src/contact/mod.rs:17`
    pub place: String,
    /// Its text, with shared lists of columns put in.
    pub text: String,
    /// `false` for a piece that others are added to while the program runs.
    pub is_whole: bool,
}

/// Where the product's statements are.
pub const SOURCES: &str = "crates/server/src";

/// The sources of the program, without their tests.
pub fn sources() -> Vec<File> {
    let mut files = super::files(SOURCES, ".rs");
    let is_test = |name: &str| {
        name.contains("/tests") || name.contains("/testing/") || name.ends_with("_tests.rs")
    };
    files.retain(|file| !is_test(&file.name));
    for file in &mut files {
        if let Some(at) = file.text.find("#[cfg(test)]\nmod tests {") {
            file.text.truncate(at);
        }
    }
    files
}

/// Every text of `files` that is SQL.
pub fn statements(files: &[File]) -> Vec<Statement> {
    let macros = columns_macros(files);
    let mut found = Vec::new();
    for file in files {
        let all = tokens(&file.text);
        let mut at = 0;
        while at < all.len() {
            let (next, text) = text_at(&all, at, &file.name, &macros);
            if let Some(text) = text
                && is_sql(&text)
            {
                let place = format!("{}:{}", file.name, all[at].0);
                found.push(Statement { place, text, is_whole: !is_piece(&all[..at]) });
            }
            at = next;
        }
    }
    found
}

/// The text that begins at `at`, and where to go on.
fn text_at(
    all: &[(usize, Token)],
    at: usize,
    file: &str,
    macros: &BTreeMap<(String, String), String>,
) -> (usize, Option<String>) {
    if let Token::Text(text) = &all[at].1 {
        return (at + 1, Some(text.clone()));
    }
    let is = |offset: usize, token: &Token| all.get(at + offset).is_some_and(|(_, it)| it == token);
    let is_concat = is(0, &Token::Word("concat".to_owned()))
        && is(1, &Token::Sign('!'))
        && is(2, &Token::Sign('('));
    if !is_concat {
        return (at + 1, None);
    }
    let (mut text, mut depth, mut next) = (String::new(), 1, at + 3);
    while 0 < depth && next < all.len() {
        match &all[next].1 {
            Token::Sign('(') => depth += 1,
            Token::Sign(')') => depth -= 1,
            Token::Text(piece) => text.push_str(piece),
            Token::Word(name) => text.push_str(shared(file, name, macros)),
            Token::Sign(_) => {}
        }
        next += 1;
    }
    (next, Some(text))
}

/// The text of the macro `name`, of the file itself or of the folder it is in.
fn shared<'a>(file: &str, name: &str, macros: &'a BTreeMap<(String, String), String>) -> &'a str {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let homes = [file.to_owned(), format!("{folder}/mod.rs")];
    let known = homes.into_iter().find_map(|home| macros.get(&(home, name.to_owned())));
    known.map_or("", String::as_str)
}

/// `macro_rules! columns { () => { "…" } }`, by file and name.
fn columns_macros(files: &[File]) -> BTreeMap<(String, String), String> {
    let mut macros = BTreeMap::new();
    for file in files {
        let all = tokens(&file.text);
        for (at, (_, token)) in all.iter().enumerate() {
            let body = all.get(at + 2..at + 9).unwrap_or_default();
            if *token == Token::Word("macro_rules".to_owned())
                && let [(_, Token::Word(name)), .., (_, Token::Sign('{'))] = body
                && let Some((_, Token::Text(text))) = all.get(at + 9)
            {
                macros.insert((file.name.clone(), name.clone()), text.clone());
            }
        }
    }
    macros
}

fn is_sql(text: &str) -> bool {
    let text = text.trim_start();
    let second = text.split_whitespace().nth(2);
    text.starts_with("select ")
        || text.starts_with("insert into ")
        || text.starts_with("delete from ")
        || (text.starts_with("update ") && second == Some("set"))
        || (text.starts_with("with ") && second == Some("as"))
}

/// Whether what comes next is an argument of `Sql::new`, `.with` or `.push`.
fn is_piece(before: &[(usize, Token)]) -> bool {
    let [.., (_, mark), (_, Token::Word(call)), (_, Token::Sign('('))] = before else {
        return false;
    };
    let is_method = *mark == Token::Sign('.') && ["with", "push"].contains(&call.as_str());
    let is_new = *mark == Token::Sign(':') && call == "new";
    is_method || is_new
}

/// The tables that `text` names after `from`, `join`, `into` and `update`.
pub fn tables(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words: Vec<&str> =
        text.split(|c| !is_part(c) && c != '(').filter(|word| !word.is_empty()).collect();
    let before = ["from", "join", "into", "update"];
    let pairs = words.windows(2).filter(|pair| before.contains(&pair[0]));
    pairs.map(|pair| pair[1].to_owned()).collect()
}

#[test]
fn statements_come_with_their_columns() {
    let text = r#"
        macro_rules! columns { () => { "id, name" }; }
        let one = concat!("select ", columns!(), " from contact where workspace = ?1");
        sql.with("select contact from contact_tag where workspace = ?1 and tag = ", 7);
        Sql::new("select 1 from event where workspace = ?1");
        let no = "update your program";
    "#;
    let file = File { name: "src/contact/mod.rs".to_owned(), text: text.to_owned() };
    let found = statements(&[file]);
    let found: Vec<(&str, bool)> =
        found.iter().map(|found| (found.text.as_str(), found.is_whole)).collect();
    assert_eq!(
        found,
        [
            ("select id, name from contact where workspace = ?1", true),
            ("select contact from contact_tag where workspace = ?1 and tag = ", false),
            ("select 1 from event where workspace = ?1", false),
        ]
    );
    let sql = "insert into a (b) select 1 from c join d on 1 on conflict do update set e = 1";
    assert_eq!(tables(sql), ["a", "c", "d", "set"]);
}
