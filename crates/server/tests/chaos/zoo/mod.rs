//! A zoo of receivers: everything arrives where it can, in order, while some of them misbehave and the
//! server is killed.

mod receiver;
mod restore;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
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
/// What a server may grow by from when it is idle, in debug. It does not depend on how many events
/// there are: deliveries wait in the rows and not in memory. 64 MiB may be `SQLite`'s caches.
const GROWTH_MAX: u64 = 256 << 20;
/// How often its memory is looked at.
const LOOK: Duration = Duration::from_millis(100);

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

/// The nodes of one installation, and how much memory one of them had at most.
struct Nodes<'a> {
    homes: &'a [&'a Home],
    programs: Vec<Program>,
    places: Arc<Mutex<Vec<SocketAddr>>>,
    idle: u64,
    most: u64,
}

impl<'a> Nodes<'a> {
    fn start(homes: &'a [&'a Home]) -> Self {
        let programs: Vec<Program> = homes.iter().map(|home| start(home)).collect();
        let places = programs.iter().map(|program| program.address).collect();
        let idle = programs.iter().map(Program::memory).max().unwrap_or(0);
        Self { homes, programs, places: Arc::new(Mutex::new(places)), idle, most: idle }
    }

    /// Lets some time pass, and sees how much memory they have.
    fn watch(&mut self, span: Duration) {
        let begun = stopwatch();
        while begun.elapsed() < span {
            pause(LOOK);
            self.most = self.programs.iter().map(Program::memory).fold(self.most, u64::max);
        }
    }

    fn kill(&mut self, number: usize) {
        self.programs.remove(number).kill();
        self.programs.insert(number, start(self.homes[number]));
        self.places.lock().unwrap()[number] = self.programs[number].address;
    }

    /// Stops them, after a look at what they have to say.
    fn stop(self) {
        for program in self.programs {
            assert!(program.errors().is_empty(), "{:#?}", program.errors());
            program.stop();
        }
        self.homes[0].must_be_clean();
    }
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
    (places, node): (&Mutex<Vec<SocketAddr>>, usize),
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
            let address = places.lock().unwrap()[node];
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

/// A webhook for each receiver, and contacts to change.
fn furnish(address: SocketAddr, key: &str, zoo: &[Receiver]) -> Vec<String> {
    for one in zoo {
        let body = json!({
            "url": one.url(), "events": ["contact.updated"], "ordered": one.is_ordered,
        });
        let made = ask(address, "POST /v1/webhooks", key, &body.to_string());
        assert_eq!(made.status, 201, "{:?}: {:?}", one.manner, made.json());
    }
    let contact = |number: usize| {
        let body = json!({ "email": format!("c{number}@example.com") }).to_string();
        ask(address, "POST /v1/contacts", key, &body).id()
    };
    (0..CONTACTS).map(contact).collect()
}

/// `homes` are the nodes of one installation.
fn arrives(homes: &[&Home]) {
    let (home, begun) = (homes[0], stopwatch());
    let mut chance = Chance::new(home.engine());
    let mut nodes = Nodes::start(homes);
    let (key, zoo) = (home.key(), zoo());
    let contacts = furnish(nodes.programs[0].address, &key, &zoo);
    let next = Arc::new(AtomicU64::new(0));
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| {
            let contacts: Vec<String> =
                contacts.iter().skip(number).step_by(WRITERS).cloned().collect();
            let (places, node) = (Arc::clone(&nodes.places), number % homes.len());
            let (key, next) = (key.clone(), Arc::clone(&next));
            thread::spawn(move || write((&places, node), &key, &contacts, &next))
        })
        .collect();
    let kills = rounds(2);
    for _ in 0..kills {
        for number in 0..homes.len() {
            nodes.watch(Duration::from_millis(chance.between(1_500, 3_000)));
            nodes.kill(number);
        }
    }
    while !writers.iter().all(thread::JoinHandle::is_finished) {
        nodes.watch(LOOK);
    }
    let acknowledged: BTreeSet<String> =
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
    let good: Vec<&Receiver> = zoo.iter().filter(|one| one.is_good()).collect();
    // However long it takes, as long as something goes on.
    let (mut taken, mut since) = (0, stopwatch());
    while good.iter().any(|one| one.taken() < acknowledged.len()) && since.elapsed() < PATIENCE {
        nodes.watch(5 * LOOK);
        let now = good.iter().map(|one| one.taken()).sum();
        if taken < now {
            (taken, since) = (now, stopwatch());
        }
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
    let grown = nodes.most - nodes.idle;
    assert!(grown < GROWTH_MAX, "a server grew by {} MiB", grown >> 20);
    let came: usize = zoo.iter().map(|one| one.came().len()).sum();
    println!(
        "{} ({} nodes): {} events to {} receivers in {came} requests through {kills} kills, in {} s: each \
         arrived where it could, in order; a server had {} MiB idle and {} MiB at most",
        home.engine(),
        homes.len(),
        acknowledged.len(),
        zoo.len(),
        begun.elapsed().as_secs(),
        nodes.idle >> 20,
        nodes.most >> 20,
    );
    nodes.stop();
}

#[test]
fn everything_arrives_where_it_can_on_sqlite() {
    arrives(&[&Home::new()]);
}

#[test]
fn everything_arrives_where_it_can_on_postgresql() {
    match Home::on_postgres() {
        Some(home) => arrives(&[&home]),
        None => println!("skipped: TEST_POSTGRES names no server"),
    }
}

#[test]
fn everything_arrives_where_it_can_from_two_nodes() {
    match Home::on_postgres() {
        Some(home) => {
            // The first start makes the key that both nodes share.
            home.start().stop();
            arrives(&[&home, &home.another_node()]);
        }
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
