//! Leads that come to the doors: while the server is killed, and many at once.

mod ledger;
mod office;
mod state;

use std::{net::SocketAddr, sync::Mutex, time::Duration};

use serde_json::{Value as Json, json};

use self::{
    ledger::{Ledger, under_load},
    office::{Office, spelt},
    state::State,
};
use crate::{
    chance::{Chance, pause, rounds},
    client::{Line, ask, list},
    planted::plant,
    program::Home,
    race::{MANY, all_at_once, count},
};

/// Fails unless the server has all that was promised, once, and nothing that its receipts do not say.
fn must_hold(ledger: &Ledger, home: &Home, address: SocketAddr, office: &Office) {
    let state = State::read(home, address, office);
    assert_eq!(ledger.complaints(&state), [""; 0], "{}", home.engine());
}

fn kill_again_and_again(home: &Home) {
    let mut chance = Chance::new(home.engine());
    let first = home.start();
    let office = Office::open(home, first.address);
    first.stop();
    let ledger = Mutex::new(Ledger::new(home.engine()));
    let (rounds, mut ready_ms, mut retried) = (rounds(4), Vec::new(), 0);
    for round in 0..=rounds {
        let program = home.start();
        let address = program.address;
        ready_ms.push(program.ready_after.as_millis());
        {
            let mut ledger = ledger.lock().unwrap();
            // First what is there by itself, and then what clients make of it.
            must_hold(&ledger, home, address, &office);
            retried += ledger.unanswered.len();
            ledger.retry(address, &office);
            must_hold(&ledger, home, address, &office);
        }
        if round == rounds {
            let missed = ledger.lock().unwrap().look_up(address, &office);
            assert_eq!(missed, [""; 0], "{}", home.engine());
            program.stop();
            break;
        }
        under_load(address, &office, &ledger, || {
            pause(Duration::from_millis(chance.between(100, 800)));
            program.kill();
        });
        home.must_be_clean();
    }
    home.must_be_clean();
    let acknowledged = ledger.lock().unwrap().acknowledged.len();
    ready_ms.sort_unstable();
    println!(
        "{}: {rounds} kills, {acknowledged} leads acknowledged and all there once, as their receipts \
         say, {retried} sent again; ready again after {} ms (median), {} ms (longest)",
        home.engine(),
        ready_ms[ready_ms.len() / 2],
        ready_ms[ready_ms.len() - 1],
    );
    assert!(0 < acknowledged, "there was no load");
}

#[test]
fn acknowledged_leads_survive_kill_9_once_and_as_their_receipts_say_on_sqlite() {
    kill_again_and_again(&Home::new());
}

#[test]
fn acknowledged_leads_survive_kill_9_once_and_as_their_receipts_say_on_postgresql() {
    match Home::on_postgres() {
        Some(home) => kill_again_and_again(&home),
        None => println!("skipped: TEST_POSTGRES names no server"),
    }
}

#[test]
fn of_a_hundred_identical_leads_one_makes_the_contact_and_each_has_a_receipt() {
    for home in Home::on_each_engine() {
        let program = home.start();
        let office = Office::open(&home, program.address);
        // Where two nodes may share a database, they share the leads too.
        let other = home.url.as_ref().map(|_| home.another_node());
        let second = other.as_ref().map(Home::start);
        let addresses: Vec<SocketAddr> =
            std::iter::once(&program).chain(&second).map(|node| node.address).collect();
        let mut form = office.form(&mut Chance::new(home.engine()), 1, 8_181_234_567);
        let fixed = [
            ("api_token", Json::from(office.token.as_str())),
            ("force_update", false.into()),
            ("is_dnc", false.into()),
        ];
        form.extend(fixed.map(|(name, value)| (name.to_owned(), value)));
        let what = "POST /api/v1/webhook/forms";
        let answers = all_at_once(&addresses, what, "", "", |number| {
            let mut form = form.clone();
            form.insert("phone_number".to_owned(), spelt(8_181_234_567, number).into());
            Json::from(form).to_string()
        });
        assert_eq!((count(&answers, 201), count(&answers, 202)), (1, 99), "{}", home.engine());
        let state = State::read(&home, program.address, &office);
        assert_eq!(state.contradictions(), [""; 0], "{}", home.engine());
        let counts = (state.contacts.len(), state.receipts.len());
        assert_eq!(counts, (1, MANY), "{}", home.engine());
        let counts = (state.queues.len(), state.enrolments.len());
        assert_eq!(counts, (1, 1), "{}", home.engine());
        for node in std::iter::once(program).chain(second) {
            node.stop();
        }
        home.must_be_clean();
    }
}

#[test]
fn of_a_hundred_first_saves_of_one_session_one_gets_the_token() {
    for home in Home::on_each_engine() {
        let program = home.start();
        let key = home.key();
        let body = json!({
            "session_id": "the-same", "lead_name": "Ada Lovelace", "lead_email": "ada@example.com",
            "lead_phone": "(818) 123-4567", "message_count": 2,
            "messages": [{"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Hi"}],
        });
        let what = "POST /api/save-lead";
        let answers = all_at_once(&[program.address], what, "", "", |_| body.to_string());
        assert_eq!((count(&answers, 201), count(&answers, 200)), (1, 99), "{}", home.engine());
        for answer in &answers {
            let has_token = answer.json()["session_token"].is_string();
            assert_eq!(has_token, answer.status == 201, "{}", home.engine());
        }
        let create = ["key", "create", "--kind", "partner", "--level", "read"];
        let partner = home.run(&create).unwrap();
        let leads = ask(program.address, "GET /api/leads?limit=500", partner.trim(), "").json();
        let leads = leads.as_array().unwrap();
        let contacts = list(program.address, "/v1/contacts", &key);
        let receipts = list(program.address, "/v1/intake-receipts", &key);
        let counts = (leads.len(), contacts.len(), receipts.len());
        assert_eq!(counts, (1, 1, MANY), "{}", home.engine());
        assert_eq!(leads[0]["contact_id"], contacts[0]["id"]);
        let is_theirs = |receipt: &Json| receipt["contact_id"] == contacts[0]["id"];
        assert!(receipts.iter().all(is_theirs), "{}", home.engine());
        program.stop();
        home.must_be_clean();
    }
}

/// A few leads, sent one after another.
fn send_some(home: &Home, address: SocketAddr, office: &Office) -> Ledger {
    let mut ledger = Ledger::new(home.engine());
    let mut line = Line::open(address).unwrap();
    for _ in 0..12 {
        let (number, form) = ledger.next_form(office);
        let answer = form.send(&mut line, office);
        ledger.note(number, answer);
    }
    assert_eq!(ledger.acknowledged.len(), 12);
    ledger
}

#[test]
fn the_check_of_leads_sees_a_lost_entry_and_an_enrolment_without_a_receipt() {
    let lose = "delete from dialer_entry where workspace = ?1
                and contact in (select min(contact) from dialer_entry where workspace = ?1)";
    let invent = "insert into enrolment (workspace, contact, sequence, enrolled_at)
                  values (?1, 'con_planted', 'sequence_planted', 0)";
    for home in Home::on_each_engine() {
        let program = home.start();
        let office = Office::open(&home, program.address);
        let ledger = send_some(&home, program.address, &office);
        let whole = State::read(&home, program.address, &office);
        assert_eq!(ledger.complaints(&whole), [""; 0]);
        let lost = whole.queues.iter().min_by_key(|entry| &entry.contact).expect("one is called");
        plant(&home, lose);
        let state = State::read(&home, program.address, &office);
        let (contact, operator) = (&lost.contact, &lost.of);
        let missing =
            format!("{contact} is not in the queue of {operator}, and the receipts say so");
        assert_eq!(ledger.complaints(&state), std::slice::from_ref(&missing));
        plant(&home, invent);
        let state = State::read(&home, program.address, &office);
        let invented = "con_planted is in the sequence sequence_planted, and no receipt says so";
        assert_eq!(ledger.complaints(&state), [missing, invented.to_owned()]);
        program.stop();
    }
}

#[test]
fn the_check_of_leads_sees_what_is_lost_doubled_changed_and_uncalled_for() {
    let home = Home::new();
    let program = home.start();
    let office = Office::open(&home, program.address);
    let ledger = send_some(&home, program.address, &office);
    let whole = State::read(&home, program.address, &office);
    program.stop();
    let sees = |what: &str, tamper: &dyn Fn(&mut State)| {
        let mut state = whole.clone();
        tamper(&mut state);
        let complaints = ledger.complaints(&state);
        assert!(complaints.iter().any(|one| one.contains(what)), "{what}: {complaints:?}");
    };
    sees("was acknowledged and is lost", &|state| drop(state.contacts.pop()));
    sees("has two contacts", &|state| {
        let mut double = state.contacts[0].clone();
        double["id"] = "con_double".into();
        state.contacts.push(double);
    });
    sees("and nobody sent it", &|state| state.contacts[0]["phone"] = "+12025550100".into());
    sees("was acknowledged and its receipt is lost", &|state| drop(state.receipts.pop()));
    sees("is there without a receipt", &|state| state.receipts.clear());
    sees("has 2 receipts, and 1 at most are right", &|state| {
        let mut double = state.receipts[0].clone();
        double["id"] = "receipt_double".into();
        state.receipts.push(double);
    });
    sees("was created 2 times", &|state| {
        let double = state.receipts[0].clone();
        state.receipts.push(double);
    });
    for field in ["name", "owner_id", "line_id", "disposition_id"] {
        sees(field, &|state| state.contacts[0][field] = "changed".into());
    }
    for field in ["tags", "list_ids", "phones"] {
        sees(field, &|state| state.contacts[0][field] = json!([]));
    }
    sees("is in the queue of op_planted", &|state| state.queues[0].of = "op_planted".to_owned());
    sees("another order", &|state| state.queues.reverse());
    sees("is not in the sequence", &|state| drop(state.enrolments.pop()));
}
