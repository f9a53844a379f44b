//! `kill -9` at random moments, under load.

use std::{sync::Mutex, time::Duration};

use crate::{
    chance::{Chance, pause, rounds},
    ledger::{Ledger, under_load},
    program::Home,
};

fn kill_again_and_again(home: &Home) {
    let mut chance = Chance::new(home.engine());
    home.run(&["migrate"]).unwrap();
    let key = home.key();
    let ledger = Mutex::new(Ledger::default());
    let (rounds, mut ready_ms, mut retried) = (rounds(4), Vec::new(), 0);
    for round in 0..=rounds {
        let program = home.start();
        ready_ms.push(program.ready_after.as_millis());
        {
            let mut ledger = ledger.lock().unwrap();
            // First what is there by itself, and then what clients make of it.
            ledger.must_hold(program.address, &key);
            retried += ledger.unanswered.len();
            ledger.retry(program.address, &key);
            ledger.must_hold(program.address, &key);
        }
        if round == rounds {
            program.stop();
            break;
        }
        let address = program.address;
        under_load(address, &key, &ledger, || {
            pause(Duration::from_millis(chance.between(200, 1500)));
            program.kill();
        });
        home.must_be_clean();
    }
    home.must_be_clean();
    let acknowledged = ledger.lock().unwrap().acknowledged.len();
    ready_ms.sort_unstable();
    println!(
        "{}: {rounds} kills, {acknowledged} contacts acknowledged and all there once, {retried} \
         requests asked again; ready again after {} ms (median), {} ms (longest)",
        home.engine(),
        ready_ms[ready_ms.len() / 2],
        ready_ms[ready_ms.len() - 1],
    );
    assert!(0 < acknowledged, "there was no load");
}

#[test]
fn what_was_acknowledged_survives_kill_9_once_and_whole_on_sqlite() {
    kill_again_and_again(&Home::new());
}

#[test]
fn what_was_acknowledged_survives_kill_9_once_and_whole_on_postgresql() {
    match Home::on_postgres() {
        Some(home) => kill_again_and_again(&home),
        None => println!("skipped: TEST_POSTGRES names no server"),
    }
}
