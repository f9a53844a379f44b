//! Every statement of the program prepares on both engines.

use server::setup::MIGRATIONS;
use store::{ReadTx, Value};

use super::{block_on, databases, source::sql};

/// How many values a statement takes: its highest `?n`.
fn values_of(text: &str) -> usize {
    let numbers = text.split('?').skip(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest.get(..end).and_then(|digits| digits.parse().ok()).unwrap_or(0)
    });
    numbers.max().unwrap_or(0)
}

#[test]
fn every_statement_prepares_on_both_engines() {
    let all = sql::statements(&sql::sources());
    let whole: Vec<_> = all.into_iter().filter(|statement| statement.is_whole).collect();
    assert!(50 < whole.len(), "only {} statements were found", whole.len());
    let mut refused = Vec::new();
    for database in databases() {
        let store = database.open(MIGRATIONS);
        for statement in &whole {
            // To explain is to prepare, and changes nothing.
            let sql: &'static str =
                Box::leak(format!("explain {}", statement.text).into_boxed_str());
            let values = vec![Value::Null; values_of(sql)];
            let read = store.system_read(move |tx: &mut ReadTx<'_>| {
                tx.all(sql, &values, |_| Ok::<_, store::Error>(()))
            });
            if let Err(error) = block_on(read) {
                refused.push(format!("{}: {error:?}", statement.place));
            }
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn what_an_engine_does_not_know_is_refused() {
    for database in databases() {
        let store = database.open(MIGRATIONS);
        let read = store.system_read(|tx: &mut ReadTx<'_>| {
            tx.all("explain select nothing from contact", &[], |_| Ok::<_, store::Error>(()))
        });
        assert!(block_on(read).is_err());
    }
}
