//! Faults that were put there on purpose: a check that finds none of these finds nothing.

use std::sync::Arc;

use store::{Durability, Options, Scope, Store, Target, World};

use crate::{
    client::ask,
    ledger::{Ledger, contacts},
    program::Home,
};

#[test]
fn the_check_of_promises_sees_what_is_lost_doubled_and_uncalled_for() {
    let mut ledger = Ledger::default();
    for name in ["a", "b", "c"] {
        ledger.acknowledged.insert(format!("{name}@example.com"), format!("con_{name}"));
    }
    ledger.unanswered.insert("maybe@example.com".to_owned());
    let there = |names: &[(&str, &str)]| -> Vec<(String, String)> {
        names.iter().map(|(name, id)| (format!("{name}@example.com"), (*id).to_owned())).collect()
    };
    let whole = [("a", "con_a"), ("b", "con_b"), ("c", "con_c"), ("maybe", "con_m")];
    assert_eq!(ledger.complaints(&there(&whole)), [""; 0]);
    assert_eq!(ledger.complaints(&there(&whole[..3])), [""; 0]);
    let complaints = |names: &[(&str, &str)]| ledger.complaints(&there(names)).join("; ");
    assert_eq!(complaints(&whole[1..]), "a@example.com was acknowledged and is lost");
    assert_eq!(
        complaints(&[whole[0], whole[1], whole[2], ("a", "con_x")]),
        "a@example.com is there twice; a@example.com was con_a and is con_x"
    );
    assert_eq!(
        complaints(&[whole[0], whole[1], whole[2], ("z", "con_z")]),
        "z@example.com is there, and nobody asked for it"
    );
}

/// The database, past the server.
pub(crate) fn open(home: &Home) -> Store {
    let target = match &home.url {
        Some(url) => Target::Postgres { url: url.clone(), authorities: None },
        None => Target::Sqlite(home.data.join("switchboard.db")),
    };
    let world = World {
        clock: Arc::new(|| jiff::Timestamp::UNIX_EPOCH),
        random: Arc::new(|| 4), // chosen by nobody: nothing here is named
    };
    let migrations = server::setup::MIGRATIONS;
    let durability = Durability::Full;
    Store::open(Options { target, migrations, world, durability, readers: 1 }).unwrap()
}

/// Changes the database past the server, in the workspace that has contacts.
pub(crate) fn plant(home: &Home, sql: &'static str) {
    let store = open(home);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let workspace = store.system_read(|tx| {
        tx.first("select workspace from contact limit 1", &[], |row| row.get::<String>(0))
    });
    let workspace = runtime.block_on(workspace).unwrap().unwrap();
    let planted = store.write(&Scope::new(&workspace), move |tx| tx.run(sql, &[]));
    runtime.block_on(planted).unwrap();
}

#[test]
fn doctor_sees_half_a_contact_a_wrong_count_and_a_gap_in_the_log() {
    let faults = [
        (
            "delete from contact_email where workspace = ?1
             and contact in (select id from contact where workspace = ?1 order by id limit 1)",
            "the addresses of contacts: 3 counted, 2 kept",
        ),
        (
            "update contact_counter set count = count + 1 where workspace = ?1",
            "the counter of contacts: 3 counted, 4 kept",
        ),
        (
            "delete from event where workspace = ?1
             and seq in (select max(seq) - 1 from event where workspace = ?1)",
            "the numbers of the log:",
        ),
    ];
    for (sql, finding) in faults {
        for home in Home::on_each_engine() {
            let program = home.start();
            let key = home.key();
            for name in ["a", "b", "c"] {
                let body = format!("{{\"email\": \"{name}@example.com\"}}");
                assert_eq!(ask(program.address, "POST /v1/contacts", &key, &body).status, 201);
            }
            assert_eq!(contacts(program.address, &key).len(), 3);
            program.stop();
            home.must_be_clean();
            plant(&home, sql);
            let findings = home.run(&["doctor"]).expect_err("it was called clean");
            assert!(findings.contains("WRONG  workspace default: "), "{findings}");
            assert!(findings.contains(finding), "{findings}");
        }
    }
}
