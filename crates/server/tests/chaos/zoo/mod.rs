//! A zoo of receivers: everything arrives where it can, in order, while some of them misbehave and the
//! server is killed.

mod receiver;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use serde_json::json;

use self::receiver::{Came, HURRY, Manner, Receiver};
use crate::{
    chance::{Chance, PATIENCE, pause, rounds, setting, stopwatch},
    client::{Line, ask},
    program::{Home, Program},
};

/// Changes that are told of: `CHAOS_EVENTS`, or this many.
const EVENTS: u64 = 300;
/// Whom they are about, and who makes them.
const CONTACTS: usize = 20;
const WRITERS: usize = 4;
/// What a server may grow by.
const GROWTH_MAX: u64 = 100 << 20;

fn events() -> u64 {
    setting("CHAOS_EVENTS").and_then(|text| text.parse().ok()).unwrap_or(EVENTS)
}

fn zoo() -> Vec<Receiver> {
    let mut all: Vec<Receiver> = [
        Manner::Healthy,
        Manner::Healthy,
        Manner::Healthy,
        Manner::Slow,
        Manner::Hang,
        Manner::Drip,
        Manner::Huge,
        Manner::Bomb,
        Manner::Redirect,
        Manner::Metadata,
        Manner::Gone,
        Manner::Busy,
        Manner::Broken,
        Manner::Reset,
        Manner::NoTls,
        Manner::NoName,
        Manner::Flapping,
        Manner::AckThenDie,
    ]
    .map(Receiver::open)
    .into();
    all.extend([Manner::Healthy, Manner::Flapping].map(Receiver::ordered));
    all
}

fn start(home: &Home) -> Program {
    let hurry = HURRY.to_string();
    home.start_with_all(&[
        ("SWITCHBOARD_OUTBOUND_ALLOW", "127.0.0.0/8"),
        ("SWITCHBOARD_WEBHOOKS_HURRY", &hurry),
    ])
}

/// What must be in order, for each subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// First attempts.
    OfTries,
    /// What was taken.
    OfSuccess,
}

/// What went wrong between what was changed and what came.
fn complaints(acknowledged: &BTreeSet<String>, came: &[Came], order: Order) -> Vec<String> {
    let mut complaints = Vec::new();
    let missing = missing(acknowledged, came);
    if 0 < missing {
        complaints.push(format!("{missing} of {} never arrived", acknowledged.len()));
    }
    let (mut last, mut seen) = (BTreeMap::new(), BTreeSet::new());
    for one in came.iter().filter(|one| match order {
        // One that broke on the way came for the first time at another attempt.
        Order::OfTries => one.attempt == 1,
        Order::OfSuccess => one.is_taken,
    }) {
        if !seen.insert((&one.subject, one.seq)) {
            continue;
        }
        let last = last.entry(&one.subject).or_insert(0);
        if one.seq < *last {
            complaints.push(format!("{} of {} came after {last}", one.seq, one.subject));
        }
        *last = one.seq.max(*last);
    }
    complaints
}

/// How many were not taken.
fn missing(acknowledged: &BTreeSet<String>, came: &[Came]) -> usize {
    let taken: BTreeSet<&String> =
        came.iter().filter(|one| one.is_taken).map(|one| &one.value).collect();
    acknowledged.iter().filter(|value| !taken.contains(value)).count()
}

/// Changes contacts until all that was asked for is done, whatever happens to the server.
fn write(
    place: &Mutex<std::net::SocketAddr>,
    key: &str,
    contacts: &[String],
    next: &AtomicU64,
) -> BTreeSet<String> {
    let mut acknowledged = BTreeSet::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if events() <= number {
            return acknowledged;
        }
        let contact = &contacts[usize::try_from(number).unwrap() % contacts.len()];
        let value = format!("company {number}");
        let body = json!({ "company": value }).to_string();
        loop {
            let address = *place.lock().unwrap();
            let asked = Line::open(address).and_then(|mut line| {
                line.ask(&format!("PATCH /v1/contacts/{contact}"), key, "", body.as_bytes())
            });
            match asked {
                Ok(answer) if answer.status == 200 => {
                    acknowledged.insert(value);
                    break;
                }
                Ok(answer) => assert!(500 <= answer.status, "{:?}", answer.json()),
                Err(_) => pause(Duration::from_millis(20)),
            }
        }
        // A rate, so that there is time for what may happen.
        pause(Duration::from_millis(20));
    }
}

fn arrives(home: &Home) {
    let mut chance = Chance::new(home.engine());
    let mut program = start(home);
    let key = home.key();
    let zoo = zoo();
    for one in &zoo {
        let body = json!({
            "url": one.url(), "events": ["contact.updated"], "ordered": one.is_ordered,
        });
        let made = ask(program.address, "POST /v1/webhooks", &key, &body.to_string());
        assert_eq!(made.status, 201, "{:?}: {:?}", one.manner, made.json());
    }
    let contacts: Vec<String> = (0..CONTACTS)
        .map(|number| {
            let body = json!({ "email": format!("c{number}@example.com") }).to_string();
            ask(program.address, "POST /v1/contacts", &key, &body).id()
        })
        .collect();
    let place = Arc::new(Mutex::new(program.address));
    let next = Arc::new(AtomicU64::new(0));
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| {
            let contacts: Vec<String> =
                contacts.iter().skip(number).step_by(WRITERS).cloned().collect();
            let (place, key, next) = (Arc::clone(&place), key.clone(), Arc::clone(&next));
            thread::spawn(move || write(&place, &key, &contacts, &next))
        })
        .collect();
    let kills = rounds(2);
    for _ in 0..kills {
        pause(Duration::from_millis(chance.between(1_500, 3_000)));
        program.kill();
        program = start(home);
        *place.lock().unwrap() = program.address;
    }
    let acknowledged: BTreeSet<String> =
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
    let before = program.memory();
    let good: Vec<&Receiver> = zoo.iter().filter(|one| one.is_good()).collect();
    let begun = stopwatch();
    let patience = PATIENCE + 4 * Duration::from_millis(20 * events());
    while good.iter().any(|one| 0 < missing(&acknowledged, &one.came()))
        && begun.elapsed() < patience
    {
        pause(Duration::from_millis(200));
    }
    let found: Vec<String> = good
        .iter()
        .flat_map(|one| {
            let order = if one.is_ordered { Order::OfSuccess } else { Order::OfTries };
            let all = complaints(&acknowledged, &one.came(), order);
            all.into_iter().map(move |what| format!("{:?}, {order:?}: {what}", one.manner))
        })
        .collect();
    assert_eq!(found, [""; 0], "{}", home.engine());
    assert!(zoo.iter().all(|one| one.strays() == 0), "a redirect was followed");
    let grown = program.memory().saturating_sub(before);
    assert!(grown < GROWTH_MAX, "it grew by {} MiB", grown >> 20);
    let came: usize = zoo.iter().map(|one| one.came().len()).sum();
    println!(
        "{}: {} events to {} receivers in {came} requests through {kills} kills: each arrived where it \
         could, in order",
        home.engine(),
        acknowledged.len(),
        zoo.len(),
    );
    assert!(program.errors().is_empty(), "{:#?}", program.errors());
    program.stop();
    home.must_be_clean();
}

#[test]
fn everything_arrives_where_it_can_on_sqlite() {
    arrives(&Home::new());
}

#[test]
fn everything_arrives_where_it_can_on_postgresql() {
    match Home::on_postgres() {
        Some(home) => arrives(&home),
        None => println!("skipped: TEST_POSTGRES names no server"),
    }
}

#[test]
fn the_check_of_arrivals_sees_what_is_missing_and_out_of_order() {
    let came = |all: &[(u64, bool)]| -> Vec<Came> {
        let one = |(seq, is_taken): &(u64, bool)| Came {
            subject: "con_1".to_owned(),
            value: format!("company {seq}"),
            seq: *seq,
            attempt: 1,
            is_taken: *is_taken,
        };
        all.iter().map(one).collect()
    };
    let wanted = (1..=3).map(|number| format!("company {number}")).collect();
    let found = |all, order| complaints(&wanted, &came(all), order).join("; ");
    assert_eq!(found(&[(1, true), (2, true), (3, true)], Order::OfSuccess), "");
    assert_eq!(found(&[(1, true), (2, true), (2, true), (3, true)], Order::OfTries), "");
    assert_eq!(found(&[(1, false), (2, true), (3, true), (1, true)], Order::OfTries), "");
    assert!(
        found(&[(1, false), (2, true), (3, true), (1, true)], Order::OfSuccess)
            .contains("came after")
    );
    assert!(
        found(&[(2, true), (1, true), (3, true)], Order::OfTries)
            .contains("1 of con_1 came after 2")
    );
    assert!(
        found(&[(1, true), (2, false), (3, true)], Order::OfTries).contains("1 of 3 never arrived")
    );
}
