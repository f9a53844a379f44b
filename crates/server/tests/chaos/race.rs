//! Many at once.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{Barrier, Mutex},
    thread,
    time::Duration,
};

use crate::{
    chance::pause,
    client::{Answer, Line},
    ledger::{Ledger, contacts, start, under_load},
    program::Home,
};

pub(crate) const MANY: usize = 100;

/// One request from many connections at one moment, to each of `addresses` in turn; `body` spells it.
pub(crate) fn all_at_once(
    addresses: &[SocketAddr],
    what: &str,
    key: &str,
    headers: &str,
    body: impl Fn(usize) -> String,
) -> Vec<Answer> {
    let barrier = Barrier::new(MANY);
    thread::scope(|threads| {
        let asks: Vec<_> = (0..MANY)
            .map(|number| {
                let (address, barrier) = (addresses[number % addresses.len()], &barrier);
                let body = body(number);
                threads.spawn(move || {
                    let mut line = Line::open(address).unwrap();
                    barrier.wait();
                    line.ask(what, key, headers, body.as_bytes()).unwrap()
                })
            })
            .collect();
        asks.into_iter().map(|ask| ask.join().unwrap()).collect()
    })
}

/// The same new contact, many times at one moment.
fn create_at_once(addresses: &[SocketAddr], key: &str, headers: &str, body: &str) -> Vec<Answer> {
    all_at_once(addresses, "POST /v1/contacts", key, headers, |_| body.to_owned())
}

pub(crate) fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

#[test]
fn of_a_hundred_identical_creates_one_wins_and_the_rest_are_told() {
    for home in Home::on_each_engine() {
        let program = home.start();
        let key = home.key();
        for name in ["Ada", "Bob", "Cleo"] {
            let body = format!("{{\"email\": \"{name}@Example.com\"}}");
            let answers = create_at_once(&[program.address], &key, "", &body);
            assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 99), "{}", home.engine());
        }
        assert_eq!(contacts(program.address, &key).len(), 3);
        program.stop();
        home.must_be_clean();
    }
}

#[test]
fn a_hundred_requests_under_one_idempotency_key_have_one_effect_and_one_answer() {
    for home in Home::on_each_engine() {
        let program = home.start();
        let key = home.key();
        let header = "Idempotency-Key: the-same\r\n";
        let body = "{\"email\": \"ada@example.com\"}";
        let answers = create_at_once(&[program.address], &key, header, body);
        assert_eq!(count(&answers, 201), MANY, "{}", home.engine());
        let ids: BTreeSet<String> = answers.iter().map(Answer::id).collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(contacts(program.address, &key).len(), 1);
        program.stop();
        home.must_be_clean();
    }
}

#[test]
fn two_nodes_on_one_database_agree() {
    let Some(home) = Home::on_postgres() else {
        println!("skipped: TEST_POSTGRES names no server");
        return;
    };
    home.run(&["migrate"]).unwrap();
    let other = home.another_node();
    let nodes = [home.start(), other.start()];
    let key = home.key();
    let addresses = nodes.each_ref().map(|node| node.address);
    let ledger = Mutex::new(Ledger::default());
    let stop = std::sync::atomic::AtomicBool::new(false);
    thread::scope(|threads| {
        start(threads, addresses[1], &key, &ledger, &stop);
        under_load(addresses[0], &key, &ledger, || pause(Duration::from_millis(1500)));
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    for address in addresses {
        ledger.lock().unwrap().must_hold(address, &key);
    }
    let answers = create_at_once(&addresses, &key, "", "{\"email\": \"both@example.com\"}");
    assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 99));
    let header = "Idempotency-Key: both\r\n";
    let answers = create_at_once(&addresses, &key, header, "{\"email\": \"key@example.com\"}");
    assert_eq!(count(&answers, 201), MANY);
    for node in nodes {
        node.stop();
    }
    // The log has no gap and no number twice, though two processes wrote it.
    home.must_be_clean();
}
