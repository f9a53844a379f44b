//! Full text: folded and split here, so that both engines are given only plain words.
//!
//! Every word carries its workspace and kind, so a common word of one tenant costs another
//! nothing. Results are newest first; nothing is ranked over more than it shows.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use crate::{
    Conn, Value,
    error::{Error, Result},
};

/// A word to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Folded: no accents, no capitals.
    pub text: String,
    /// Whether words that begin with it count too.
    pub is_prefix: bool,
}

pub(crate) struct Place<'a> {
    pub(crate) workspace: &'a str,
    pub(crate) kind: &'static str,
}

/// Words of one document beyond these are not found by.
const DOCUMENT_WORDS_MAX: usize = 2_000;
/// Letters of one word that count.
const WORD_CHARS_MAX: usize = 40;
/// Words of a query that count.
pub(crate) const QUERY_WORDS_MAX: usize = 12;
/// Digits of a phone number that are also found by themselves, counted from its end.
const PHONE_TAILS: [usize; 3] = [4, 7, 10];
/// Letters that a word's beginning may have to be found as one word itself. The engines gather all
/// words with a longer beginning, which are few; with a shorter one they are most of what there is.
const BEGINNING_CHARS_MAX: usize = 8;
/// The same for numbers, which have little in common.
const BEGINNING_DIGITS_MAX: usize = 4;
/// Where the number of the workspace is in a row's number on SQLite: 41 bits for documents.
const WORKSPACE_SHIFT: u32 = 41;

/// `text` folded and split: accents and capitals go, e-mail addresses and numbers come apart, and
/// scripts without spaces become pairs of letters.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for chunk in fold(text).split(|c: char| !c.is_alphanumeric()) {
        add_word(chunk, &mut words);
    }
    words
}

/// The last letters of stretches without spaces: each other letter begins a pair, and is found by
/// it.
fn last_letters(text: &str) -> Vec<String> {
    let letters: Vec<char> = fold(text).chars().chain([' ']).collect();
    let is_last =
        |two: &&[char]| matches!(two, [one, next] if is_unspaced(*one) && !is_unspaced(*next));
    letters.windows(2).filter(is_last).filter_map(|two| two.first().map(char::to_string)).collect()
}

/// How long a beginning of `word` may be to be found as one word itself.
fn beginning_max(word: &str) -> usize {
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        BEGINNING_DIGITS_MAX
    } else {
        BEGINNING_CHARS_MAX
    }
}

/// The beginnings of `words`, each once.
fn beginnings(words: &[String]) -> Vec<&str> {
    let mut all: Vec<&str> = words
        .iter()
        .flat_map(|word| {
            let ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
            ends.take(beginning_max(word)).filter_map(|end| word.get(..end))
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What a document is found by: its words, and the tails of its numbers.
fn document_words(text: &str) -> Vec<String> {
    let mut all = words(text);
    all.extend(last_letters(text));
    for token in text.split_whitespace() {
        let digits: String = token.chars().filter(char::is_ascii_digit).collect();
        let is_number = token.chars().all(|c| c.is_ascii_digit() || "+-.()".contains(c));
        if is_number {
            let tails = PHONE_TAILS.iter().filter_map(|tail| digits.len().checked_sub(*tail));
            all.extend(tails.filter_map(|from| digits.get(from..)).map(str::to_owned));
        }
    }
    all.sort();
    all.dedup();
    all.truncate(DOCUMENT_WORDS_MAX);
    all
}

fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

fn add_word(chunk: &str, words: &mut Vec<String>) {
    let mut plain = String::new();
    let mut before: Option<char> = None;
    let mut is_alone = true;
    for c in chunk.chars() {
        if is_unspaced(c) {
            push_plain(&mut plain, words);
            if let Some(before) = before {
                words.push(format!("{before}{c}"));
                is_alone = false;
            }
            before = Some(c);
        } else {
            push_alone(before.take().filter(|_| is_alone), words);
            is_alone = true;
            plain.push(c);
        }
    }
    push_alone(before.filter(|_| is_alone), words);
    push_plain(&mut plain, words);
}

/// A letter that has no neighbour to make a pair with.
fn push_alone(letter: Option<char>, words: &mut Vec<String>) {
    words.extend(letter.map(|letter| letter.to_string()));
}

fn push_plain(plain: &mut String, words: &mut Vec<String>) {
    if !plain.is_empty() {
        words.push(plain.chars().take(WORD_CHARS_MAX).collect());
        plain.clear();
    }
}

/// Scripts that are written without spaces between words.
fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c), 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3040..=0x30FF
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

impl Word {
    /// What a person typed: every word must be there, and the last may be unfinished.
    pub fn parse_query(text: &str) -> Vec<Self> {
        let mut all: Vec<Self> =
            words(text).into_iter().map(|text| Self { text, is_prefix: false }).collect();
        all.truncate(QUERY_WORDS_MAX);
        let is_open = text.chars().next_back().is_some_and(char::is_alphanumeric);
        if let Some(last) = all.last_mut() {
            last.is_prefix = is_open;
        }
        all
    }
}

/// Tables of our own, beside the product's.
pub(crate) fn set_up(conn: &mut Conn) -> Result<()> {
    conn.batch(
        "create table if not exists search_workspace (
            workspace text not null primary key, number bigint not null unique)",
    )?;
    match conn {
        // To this tokenizer whatever is not ASCII is a letter. One that knows letters knows fewer of
        // them than we do, and would take our words apart.
        Conn::Sqlite(_) => conn.batch(
            "create virtual table if not exists search using fts5(
                words, content = '', contentless_delete = 1, detail = 'none',
                tokenize = 'ascii');
             insert into search (search, rank) values ('automerge', 8)",
        ),
        Conn::Postgres(_) => conn.batch(
            "create table if not exists search (
                id bigint not null primary key, words tsvector not null);
             create index if not exists search_words on search using gin (words)
                with (fastupdate = off)",
        ),
    }
}

/// The number that stands for a workspace in the words of its documents.
fn number(conn: &mut Conn, workspace: &str) -> Result<Option<i64>> {
    let sql = "select number from search_workspace where workspace = ?1";
    let rows = conn.query(sql, &[workspace.into()])?;
    rows.first().map(|row| row.get(0)).transpose()
}

fn make_number(conn: &mut Conn, workspace: &str) -> Result<i64> {
    if let Some(number) = number(conn, workspace)? {
        return Ok(number);
    }
    // Two lanes that count at once would clash: the fact's row is the lock.
    let sql = "insert into store_fact (name, value) values ('search_workspaces', 1)
               on conflict (name) do update set value = store_fact.value + 1 returning value";
    let number: i64 = conn.query(sql, &[])?.first().map_or(Ok(1), |row| row.get(0))?;
    let sql = "insert into search_workspace (workspace, number) values (?1, ?2)";
    conn.query(sql, &[workspace.into(), number.into()])?;
    Ok(number)
}

fn row_number(workspace: i64, document: i64) -> i64 {
    (workspace << WORKSPACE_SHIFT) | document
}

/// What stands before a word that is whole, and before a beginning.
const WHOLE: char = 'x';
const BEGINNING: char = 'b';

/// What stands before a word: the kind, the number of the workspace, and what it is. All together
/// are one plain word for both engines.
fn mark(kind: &str, workspace: i64, what: char) -> String {
    format!("{kind}{workspace}{what}")
}

pub(crate) fn put(conn: &mut Conn, place: &Place<'_>, document: i64, text: &str) -> Result<()> {
    let workspace = make_number(conn, place.workspace)?;
    let words = document_words(text);
    let (whole, begun) =
        (mark(place.kind, workspace, WHOLE), mark(place.kind, workspace, BEGINNING));
    let marked = words.iter().map(|word| (&whole, word.as_str()));
    let mut all = String::new();
    for (mark, word) in marked.chain(beginnings(&words).into_iter().map(|word| (&begun, word))) {
        all.push_str(if all.is_empty() { "" } else { " " });
        all.push_str(mark);
        all.push_str(word);
    }
    let words = Value::from(all.as_str());
    let id = Value::Int(row_number(workspace, document));
    let sql = match conn {
        Conn::Sqlite(_) => "insert or replace into search (rowid, words) values (?1, ?2)",
        Conn::Postgres(_) => {
            "insert into search (id, words) values (?1, array_to_tsvector(string_to_array(?2, ' ')))
             on conflict (id) do update set words = excluded.words"
        }
    };
    conn.run_in(sql, None, &[id, words])
}

pub(crate) fn remove(conn: &mut Conn, place: &Place<'_>, document: i64) -> Result<()> {
    let Some(workspace) = number(conn, place.workspace)? else { return Ok(()) };
    let id = [Value::Int(row_number(workspace, document))];
    let sql = match conn {
        Conn::Sqlite(_) => "delete from search where rowid = ?1",
        Conn::Postgres(_) => "delete from search where id = ?1",
    };
    conn.run_in(sql, None, &id)
}

/// What to look for, where, and below which document.
pub(crate) struct Query<'a> {
    pub(crate) words: &'a [Word],
    pub(crate) before: Option<i64>,
    pub(crate) limit: i64,
}

pub(crate) fn find(conn: &mut Conn, place: &Place<'_>, query: &Query<'_>) -> Result<Vec<i64>> {
    let Some(values) = bind(conn, place, query)? else { return Ok(Vec::new()) };
    let sql = match conn {
        Conn::Sqlite(_) => {
            "select rowid from search where search match ?1 and rowid > ?2 and rowid < ?3
             order by rowid desc limit ?4"
        }
        Conn::Postgres(_) => {
            "select id from search where words @@ cast(cast(?1 as text) as tsquery)
             and id > ?2 and id < ?3 order by id desc limit ?4"
        }
    };
    let rows = conn.query(sql, &values)?;
    rows.iter().map(|row| Ok(row.get::<i64>(0)? & ((1 << WORKSPACE_SHIFT) - 1))).collect()
}

/// How many documents there are, counted no further than the limit, from the newest: the other way
/// round SQLite first walks a common word from its beginning.
pub(crate) fn count(conn: &mut Conn, place: &Place<'_>, query: &Query<'_>) -> Result<i64> {
    let Some(values) = bind(conn, place, query)? else { return Ok(0) };
    let sql = match conn {
        Conn::Sqlite(_) => {
            "select count(*) from (select rowid from search
             where search match ?1 and rowid > ?2 and rowid < ?3
             order by rowid desc limit ?4) as found"
        }
        Conn::Postgres(_) => {
            "select count(*) from (select id from search
             where words @@ cast(cast(?1 as text) as tsquery) and id > ?2 and id < ?3
             order by id desc limit ?4) as found"
        }
    };
    conn.query(sql, &values)?.first().map_or(Ok(0), |row| row.get(0))
}

/// `None` if nothing of the workspace was ever indexed.
fn bind(conn: &mut Conn, place: &Place<'_>, query: &Query<'_>) -> Result<Option<[Value; 4]>> {
    let Some(workspace) = number(conn, place.workspace)? else { return Ok(None) };
    if query.words.is_empty() {
        return Err(Error::internal("a search without words"));
    }
    let is_sqlite = matches!(conn, Conn::Sqlite(_));
    let written = |word: &Word| {
        let is_begun = word.is_prefix && word.text.chars().count() <= beginning_max(&word.text);
        let what = if is_begun { BEGINNING } else { WHOLE };
        let text = mark(place.kind, workspace, what) + &word.text;
        match (is_sqlite, word.is_prefix && !is_begun) {
            (true, false) => format!("\"{text}\""),
            (true, true) => format!("\"{text}\"*"),
            (false, false) => format!("'{text}'"),
            (false, true) => format!("'{text}':*"),
        }
    };
    let all: Vec<String> = query.words.iter().take(QUERY_WORDS_MAX).map(written).collect();
    let all = all.join(if is_sqlite { " AND " } else { " & " });
    let below = match query.before {
        Some(before) => row_number(workspace, before),
        None => row_number(workspace + 1, 0),
    };
    let above = row_number(workspace, 0);
    Ok(Some([all.as_str().into(), above.into(), below.into(), query.limit.into()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_folded_and_split() {
        let words = |text| words(text).join(" ");
        assert_eq!(words("Ada.Lovelace+vip@Example.com"), "ada lovelace vip example com");
        assert_eq!(words("Zoë  O'Brien — Ünïted"), "zoe o brien united");
        assert_eq!(words("東京タワー"), "東京 京タ タワ ワー");
        assert_eq!(words("a京b 都c"), "a 京 b 都 c");
        assert_eq!(document_words("東京 x"), ["x", "京", "東京"]);
        assert_eq!(words("ﬁne ½"), "fine 1 2");
    }

    #[test]
    fn beginnings_are_words_too() {
        let words = ["lovelace".to_owned(), "love".to_owned(), "187405".to_owned()];
        let all = "1 18 187 1874 l lo lov love lovel lovela lovelac lovelace";
        assert_eq!(beginnings(&words).join(" "), all);
        assert_eq!(beginnings(&["zoë".to_owned()]).join(" "), "z zo zoë");
    }

    #[test]
    fn a_number_is_found_by_its_tail() {
        let words = document_words("+1 (818) 740-5020 x +18187405020");
        assert!(words.contains(&"7405020".to_owned()), "{words:?}");
        assert!(words.contains(&"8187405020".to_owned()), "{words:?}");
        assert!(words.contains(&"5020".to_owned()), "{words:?}");
    }

    #[test]
    fn the_last_word_of_a_query_may_be_unfinished() {
        let open = |text| Word::parse_query(text).last().map(|word| word.is_prefix);
        assert_eq!(open("ada lov"), Some(true));
        assert_eq!(open("ada lov "), Some(false));
        assert_eq!(open(" ,"), None);
    }
}
