//! Full text: what is found, by whom, and in what order.

use super::{block_on, databases, scope};
use crate::{Error, Scope, Store, Word};

const KIND: &str = "con";

fn find(store: &Store, scope: &Scope, text: &str) -> Vec<i64> {
    let words = Word::parse_query(text);
    block_on(store.read(scope, move |tx| tx.search(KIND, &words, None, 100))).unwrap()
}

fn index(store: &Store, scope: &Scope, documents: &[(i64, &'static str)]) {
    let documents = documents.to_vec();
    let put = store.write(scope, move |tx| {
        documents.iter().try_for_each(|(number, text)| tx.search_put(KIND, *number, text))
    });
    block_on(put).unwrap();
}

#[test]
fn every_word_must_be_there_and_the_last_may_be_unfinished() {
    for database in databases() {
        let store = database.open();
        index(
            &store,
            &scope(),
            &[(1, "Ada Lovelace ada@example.com"), (2, "Ada Byron"), (3, "Zoë Łódź")],
        );
        let find = |text| find(&store, &scope(), text);
        assert_eq!(find("ada"), [2, 1]);
        assert_eq!(find("ADA lov"), [1]);
        assert_eq!(find("lovelace ad"), [1], "the words may come in any order");
        assert_eq!(find("lov ada"), [0; 0], "only the last may be unfinished");
        assert_eq!(find("ada lov "), [0; 0], "a blank ends the last word");
        assert_eq!(find("ada@exam"), [1]);
        assert_eq!(find("zoe"), [3]);
        assert_eq!(find("byron ada lovelace"), [0; 0]);
        assert_eq!(find("nobody"), [0; 0]);
    }
}

#[test]
fn the_newest_come_first_a_page_at_a_time() {
    for database in databases() {
        let store = database.open();
        let all: Vec<(i64, &str)> = (1..=25).map(|number| (number, "same words")).collect();
        index(&store, &scope(), &all);
        let page = |before| {
            let words = Word::parse_query("same");
            block_on(store.read(&scope(), move |tx| tx.search(KIND, &words, before, 10))).unwrap()
        };
        assert_eq!(page(None), (16..=25).rev().collect::<Vec<_>>());
        assert_eq!(page(Some(16)), (6..=15).rev().collect::<Vec<_>>());
        assert_eq!(page(Some(6)), (1..=5).rev().collect::<Vec<_>>());
        let count = |limit| {
            let words = Word::parse_query("same words");
            block_on(store.read(&scope(), move |tx| tx.search_count(KIND, &words, limit))).unwrap()
        };
        assert_eq!((count(10), count(1000)), (10, 25));
    }
}

#[test]
fn to_put_replaces_and_to_remove_forgets() {
    for database in databases() {
        let store = database.open();
        index(&store, &scope(), &[(1, "before"), (2, "before")]);
        index(&store, &scope(), &[(1, "after")]);
        assert_eq!(find(&store, &scope(), "before"), [2]);
        assert_eq!(find(&store, &scope(), "after"), [1]);
        block_on(store.write(&scope(), |tx| tx.search_remove(KIND, 1))).unwrap();
        block_on(store.write(&scope(), |tx| tx.search_remove(KIND, 77))).unwrap();
        assert_eq!(find(&store, &scope(), "after"), [0; 0]);
        index(&store, &scope(), &[(2, "")]);
        assert_eq!(find(&store, &scope(), "before"), [0; 0]);
    }
}

#[test]
fn nobody_finds_what_is_another_workspaces_or_of_another_kind() {
    for database in databases() {
        let store = database.open();
        let others: Vec<Scope> =
            (2..=12).map(|number| Scope::new(&format!("ws_{number}"))).collect();
        index(&store, &scope(), &[(1, "shared word")]);
        for other in &others {
            assert_eq!(find(&store, other, "shared"), [0; 0]);
            index(&store, other, &[(1, "shared word"), (2, "x")]);
        }
        let kind = store.write(&scope(), |tx| tx.search_put("msg", 5, "shared letter"));
        block_on(kind).unwrap();
        assert_eq!(find(&store, &scope(), "shared"), [1]);
        assert_eq!(find(&store, &others[10], "shared"), [1]);
        // The first workspace's mark begins the eleventh's.
        assert_eq!(find(&store, &scope(), "x"), [0; 0]);
    }
}

#[test]
fn what_is_indexed_by_an_operation_that_fails_is_not_found() {
    for database in databases() {
        let store = database.open();
        let fails = store.write(&scope(), |tx| {
            tx.search_put(KIND, 1, "ghost")?;
            Err::<(), _>(Error::internal("as asked"))
        });
        assert!(block_on(fails).is_err());
        assert_eq!(find(&store, &scope(), "ghost"), [0; 0]);
    }
}

/// The engines know fewer letters than we do, and would take such a word apart.
#[test]
fn letters_that_the_engine_does_not_know_are_part_of_a_word_all_the_same() {
    let words = [
        "a🅰b",
        "🅰",
        "x\u{1e900}y",
        "𱍐一",
        "ꭰcherokee",
        "Ⅷ",
        "हिन्दी",
        "ไทย",
        "e\u{200d}f",
        "_",
        "x_y",
    ];
    for database in databases() {
        let store = database.open();
        let documents: Vec<(i64, &str)> = (1..).zip(words).collect();
        index(&store, &scope(), &documents);
        for (number, word) in &documents {
            if Word::parse_query(word).is_empty() {
                continue;
            }
            assert!(find(&store, &scope(), word).contains(number), "{word} is not found");
        }
        assert_eq!(find(&store, &scope(), "a🅰c"), [0; 0]);
        assert_eq!(find(&store, &scope(), "a🅱"), [0; 0]);
    }
}

#[test]
fn words_that_mean_something_to_an_engine_are_words() {
    let texts =
        ["and or not near", "O'Brien \"quoted\" a:b (c) d*", "100% \\ {x} & | ! <->", "NULL -- ;"];
    for database in databases() {
        let store = database.open();
        let documents: Vec<(i64, &str)> = (1..).zip(texts).collect();
        index(&store, &scope(), &documents);
        for (number, text) in documents {
            assert_eq!(find(&store, &scope(), text), [number], "{text}");
        }
    }
}

#[test]
fn a_document_and_a_query_may_be_as_long_as_anyone_likes() {
    for database in databases() {
        let store = database.open();
        let long: String = (0..30_000).map(|number| format!("word{number} ")).collect();
        let put = store.write(&scope(), move |tx| {
            tx.search_put(KIND, 1, &long)?;
            tx.search_put(KIND, 2, &"w".repeat(1 << 20))
        });
        block_on(put).unwrap();
        assert_eq!(find(&store, &scope(), &"w".repeat(5_000)), [2]);
        assert_eq!(find(&store, &scope(), &"word0 ".repeat(5_000)), [1]);
    }
}

#[test]
fn a_search_for_nothing_is_an_error_and_no_list_of_all() {
    for database in databases() {
        let store = database.open();
        index(&store, &scope(), &[(1, "word")]);
        let found = block_on(store.read(&scope(), |tx| tx.search(KIND, &[], None, 10)));
        assert!(found.is_err());
    }
}
