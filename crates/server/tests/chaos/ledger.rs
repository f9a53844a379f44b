//! A load of new contacts, what was promised to those who made them, and whether it was kept.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, Scope},
    time::Duration,
};

use serde_json::Value as Json;

use crate::{
    chance::{pause, stopwatch},
    client::{Line, list},
};

/// Clients that write at once, and how many writes each begins in a second: 200 in all.
const CLIENTS: u32 = 8;
const WRITES_PER_S: u32 = 25;

/// What the clients know.
#[derive(Default)]
pub(crate) struct Ledger {
    /// Who was created for certain, by address.
    pub(crate) acknowledged: BTreeMap<String, String>,
    /// Requests that got no answer, or one that says nothing of their effect.
    pub(crate) unanswered: BTreeSet<String>,
    /// Answers that no client should get.
    pub(crate) surprises: Vec<String>,
    /// Requests begun.
    pub(crate) count: u32,
}

/// Whoever asks twice says the same, under the same key.
fn create(line: &mut Line, key: &str, email: &str) -> std::io::Result<(u16, String)> {
    let body = format!(
        "{{\"email\": \"{email}\", \"name\": \"Ada Lovelace\", \"tags\": [\"load\"], \
         \"custom_attributes\": {{\"from\": \"{email}\"}}}}"
    );
    let header = format!("Idempotency-Key: {email}\r\n");
    let answer = line.ask("POST /v1/contacts", key, &header, body.as_bytes())?;
    let text = if answer.status == 201 {
        answer.id()
    } else {
        String::from_utf8_lossy(&answer.body).into_owned()
    };
    Ok((answer.status, text))
}

/// A load, until `stop` says so or the server goes away.
pub(crate) fn start<'scope, 'env>(
    threads: &'scope Scope<'scope, 'env>,
    address: SocketAddr,
    key: &'env str,
    ledger: &'env Mutex<Ledger>,
    stop: &'env AtomicBool,
) {
    for _ in 0..CLIENTS {
        threads.spawn(move || {
            let Ok(mut line) = Line::open(address) else { return };
            while !stop.load(Ordering::Relaxed) {
                let begun = stopwatch();
                let email = {
                    let mut ledger = ledger.lock().unwrap();
                    ledger.count += 1;
                    format!("load{}@example.com", ledger.count)
                };
                let answer = create(&mut line, key, &email);
                let is_over = answer.is_err();
                ledger.lock().unwrap().note(email, answer);
                if is_over {
                    return;
                }
                pause((Duration::from_secs(1) / WRITES_PER_S).saturating_sub(begun.elapsed()));
            }
        });
    }
}

impl Ledger {
    fn note(&mut self, email: String, answer: std::io::Result<(u16, String)>) {
        match answer {
            Ok((201, id)) => {
                self.unanswered.remove(&email);
                self.acknowledged.insert(email, id);
            }
            // No promise was made, or none that says which.
            Ok((503, _)) | Err(_) => {
                self.unanswered.insert(email);
            }
            Ok((status, text)) => self.surprises.push(format!("{email}: {status} {text}")),
        }
    }

    /// Asks once more for everything that got no answer, as clients do. Then all is promised.
    pub(crate) fn retry(&mut self, address: SocketAddr, key: &str) {
        for email in std::mem::take(&mut self.unanswered) {
            let again = Line::open(address).and_then(|mut line| create(&mut line, key, &email));
            self.note(email, again);
        }
        assert_eq!(self.unanswered, BTreeSet::new(), "asked twice, and not answered");
    }

    /// What the server has, held against what was promised.
    pub(crate) fn complaints(&self, there: &[(String, String)]) -> Vec<String> {
        let mut complaints = self.surprises.clone();
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for (email, id) in there {
            if seen.insert(email, id).is_some() {
                complaints.push(format!("{email} is there twice"));
            }
            if !self.acknowledged.contains_key(email) && !self.unanswered.contains(email) {
                complaints.push(format!("{email} is there, and nobody asked for it"));
            }
        }
        for (email, id) in &self.acknowledged {
            match seen.get(email.as_str()) {
                None => complaints.push(format!("{email} was acknowledged and is lost")),
                Some(there) if there != id => {
                    complaints.push(format!("{email} was {id} and is {there}"));
                }
                Some(_) => {}
            }
        }
        complaints
    }

    /// Fails unless the server has all that was promised, once, and nothing else.
    pub(crate) fn must_hold(&self, address: SocketAddr, key: &str) {
        let there = contacts(address, key);
        assert_eq!(self.complaints(&there), [""; 0]);
    }
}

/// Everyone there is: the address and the id.
pub(crate) fn contacts(address: SocketAddr, key: &str) -> Vec<(String, String)> {
    let all = list(address, "/v1/contacts", key);
    let text = |contact: &Json, name: &str| contact[name].as_str().unwrap_or_default().to_owned();
    all.iter().map(|contact| (text(contact, "email"), text(contact, "id"))).collect()
}

/// Runs a load for as long as `meanwhile` takes.
pub(crate) fn under_load(
    address: SocketAddr,
    key: &str,
    ledger: &Mutex<Ledger>,
    meanwhile: impl FnOnce(),
) {
    let stop = AtomicBool::new(false);
    thread::scope(|threads| {
        start(threads, address, key, ledger, &stop);
        meanwhile();
        stop.store(true, Ordering::Relaxed);
    });
}
