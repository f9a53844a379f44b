//! Visitors and operators who talk while their connections are cut, and while the server is killed.

mod record;
mod side;

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    thread,
    time::Duration,
};

use serde_json::Value as Json;

use self::{
    record::{Heard, Record},
    side::{Desk, Guest, Scene},
};
use crate::{
    chance::{Chance, PATIENCE, pause, rounds, setting, stopwatch},
    client::{Line, ask},
    program::Home,
};

/// Who talks: `CHAOS_VISITORS`, or this many.
const VISITORS: u64 = 12;
/// Operators, who share them.
const DESKS: u64 = 3;
/// How long one round of talking takes.
const TALK: Duration = Duration::from_secs(5);

fn visitors() -> u64 {
    setting("CHAOS_VISITORS").and_then(|text| text.parse().ok()).unwrap_or(VISITORS)
}

/// Who asks: where there are two nodes, visitors ask one and operators the other.
#[derive(Clone, Copy)]
pub(crate) enum Side {
    Guests,
    Desks,
}

/// Where the servers are now, and whether they still talk.
pub(crate) struct Place {
    nodes: Mutex<Vec<SocketAddr>>,
    is_talking: AtomicBool,
    /// The last entry there will be, once nobody talks any more.
    last: AtomicI64,
}

impl Place {
    fn node(&self, side: Side) -> SocketAddr {
        let nodes = self.nodes.lock().unwrap();
        let node = match side {
            Side::Guests => nodes.first(),
            Side::Desks => nodes.last(),
        };
        *node.unwrap()
    }

    fn is_talking(&self) -> bool {
        self.is_talking.load(Ordering::Relaxed)
    }

    /// The last entry there is: whoever has heard of it may go.
    fn last(&self) -> Option<i64> {
        Some(self.last.load(Ordering::Relaxed)).filter(|last| 0 < *last)
    }
}

/// All entries of a list, as the server has them.
fn list(get: &dyn Fn(&str) -> Json, path: &str) -> Vec<Json> {
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let page = get(&format!("GET {path}?limit=100{after}"));
        all.extend(page["data"].as_array().unwrap().iter().cloned());
        match page["pagination"]["next_cursor"].as_str() {
            Some(cursor) => after = format!("&after={cursor}"),
            None => return all,
        }
    }
}

/// All messages of a conversation.
fn truth(get: &dyn Fn(&str) -> Json, talk: &str) -> Vec<Heard> {
    let all = list(get, &format!("/v1/conversations/{talk}/messages"));
    all.iter().map(Heard::of).collect()
}

/// `homes` are the nodes of one installation.
fn talk_while_everything_breaks(homes: &[&Home]) {
    let home = homes[0];
    let mut chance = Chance::new(home.engine());
    let mut programs: Vec<_> = homes.iter().map(|home| home.start()).collect();
    let key = home.key();
    let scene = Scene::set(programs[0].address, &key);
    let place = Arc::new(Place {
        nodes: Mutex::new(programs.iter().map(|program| program.address).collect()),
        is_talking: AtomicBool::new(true),
        last: AtomicI64::new(0),
    });
    let guests: Vec<_> = (0..visitors())
        .map(|number| {
            let guest = Guest::new(number, &scene, programs[0].address, home.engine());
            let place = Arc::clone(&place);
            thread::spawn(move || guest.talk(&place))
        })
        .collect();
    let desks: Vec<_> = (0..DESKS)
        .map(|number| {
            let desk = Desk::new(number, &scene, home.engine());
            let place = Arc::clone(&place);
            thread::spawn(move || desk.answer(&place))
        })
        .collect();
    let rounds = rounds(2);
    for _ in 0..rounds {
        pause(TALK + Duration::from_millis(chance.between(0, 500)));
        for (number, home) in homes.iter().enumerate() {
            programs.remove(number).kill();
            programs.insert(number, home.start());
            place.nodes.lock().unwrap()[number] = programs[number].address;
        }
    }
    pause(TALK);
    place.is_talking.store(false, Ordering::Relaxed);
    let address = programs[0].address;
    place.last.store(wait_for_silence(address, &key), Ordering::Relaxed);
    let guests: Vec<Record> = guests.into_iter().map(|guest| guest.join().unwrap()).collect();
    let desks: Vec<Record> = desks.into_iter().map(|desk| desk.join().unwrap()).collect();
    let mut complaints = Vec::new();
    let resyncs: usize = desks.iter().map(|desk| desk.resyncs).sum();
    let (mut said, mut cuts) = (0, 0);
    for guest in &guests {
        let truth = truth(&|path| ask(address, path, &key, "").json(), &guest.talk);
        complaints.extend(guest.complaints(&truth));
        for desk in &desks {
            complaints.extend(desk.complaints_of(&guest.talk, &truth));
        }
        said += truth.len();
        cuts += guest.cuts;
    }
    assert_eq!(complaints, [""; 0], "{}", home.engine());
    for program in programs {
        assert!(program.errors().is_empty(), "{:#?}", program.errors());
        program.stop();
    }
    println!(
        "{} ({} nodes): {} visitors and {DESKS} operators said {said} messages through {cuts} cuts, {rounds} \
         kills and {resyncs} resyncs: none lost, none doubled, none out of order, at either end",
        home.engine(),
        homes.len(),
        guests.len(),
    );
    assert!(0 < said && 0 < cuts, "there was no load");
    home.must_be_clean();
}

/// Waits until nothing more is said, and gives the number of the last entry.
fn wait_for_silence(address: SocketAddr, key: &str) -> i64 {
    let begun = stopwatch();
    let mut last = newest(address, key);
    loop {
        pause(Duration::from_secs(2));
        let now = newest(address, key);
        if now == last {
            return last;
        }
        last = now;
        assert!(begun.elapsed() < 4 * PATIENCE, "they do not stop talking");
    }
}

/// How far the log has come.
fn newest(address: SocketAddr, key: &str) -> i64 {
    let mut line = Line::open(address).unwrap();
    let answer = line.ask("GET /v1/realtime/poll?wait_s=0", key, "", b"").unwrap().json();
    answer["data"][0]["seq"].as_i64().unwrap()
}

#[test]
fn nothing_is_lost_doubled_or_out_of_order_on_sqlite() {
    talk_while_everything_breaks(&[&Home::new()]);
}

#[test]
fn nothing_is_lost_doubled_or_out_of_order_on_postgresql() {
    match Home::on_postgres() {
        Some(home) => talk_while_everything_breaks(&[&home]),
        None => println!("skipped: TEST_POSTGRES names no server"),
    }
}

#[test]
fn nothing_is_lost_doubled_or_out_of_order_between_two_nodes() {
    match Home::on_postgres() {
        Some(home) => {
            // The first start makes the key that both nodes share.
            home.start().stop();
            talk_while_everything_breaks(&[&home, &home.another_node()]);
        }
        None => println!("skipped: TEST_POSTGRES names no server"),
    }
}

#[test]
fn the_check_of_talks_sees_what_is_lost_doubled_and_out_of_order() {
    let heard = |number: i64| Heard { number, id: format!("msg_{number}"), client_id: None };
    let truth: Vec<Heard> = (1..=4).map(heard).collect();
    let complaints = |stream: &[i64]| {
        let mut record = Record::new("conv_1");
        record.streams.insert("conv_1".to_owned(), stream.iter().copied().map(heard).collect());
        record.complaints(&truth).join("; ")
    };
    assert_eq!(complaints(&[1, 2, 3, 4]), "");
    assert!(complaints(&[1, 2, 4]).contains("msg_3 was never heard"));
    assert!(complaints(&[1, 2, 2, 3, 4]).contains("msg_2 was heard twice"));
    assert!(complaints(&[1, 3, 2, 4]).contains("out of order"));
    assert!(complaints(&[1, 2, 3, 4, 5]).contains("msg_5 was heard, and is not there"));
    let mut record = Record::new("conv_1");
    record.streams.insert("conv_1".to_owned(), truth.clone());
    record.acknowledged.push(("c9".to_owned(), "msg_9".to_owned()));
    assert!(record.complaints(&truth).join("; ").contains("c9 was acknowledged and is lost"));
    record.acknowledged.clear();
    let twice = Heard { client_id: Some("c1".to_owned()), ..heard(5) };
    let again = Heard { client_id: Some("c1".to_owned()), ..heard(6) };
    let doubled = [truth, vec![twice, again]].concat();
    record.acknowledged.push(("c1".to_owned(), "msg_5".to_owned()));
    assert!(record.complaints(&doubled).join("; ").contains("c1 is there 2 times"));
    assert!(Heard::of(&Json::Null).id.is_empty());
}
