//! A load of leads, what was promised to those who sent them, and whether it was kept.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    net::SocketAddr,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use serde_json::Value as Json;

use super::{
    office::{Form, Office},
    state::{State, text},
};
use crate::{
    chance::Chance,
    client::{Answer, Line},
};

/// Clients that send at once.
const CLIENTS: u32 = 8;

/// What a client was told of its form.
pub(super) struct Promise {
    status: u16,
    /// The number of the contact.
    contact: i64,
    receipt: String,
}

/// What the clients know.
pub(super) struct Ledger {
    /// Everything that was sent, by its number.
    forms: BTreeMap<u32, Form>,
    /// The numbers of the people who sent something.
    people: Vec<u64>,
    /// What was taken in for certain.
    pub(super) acknowledged: BTreeMap<u32, Promise>,
    /// Forms that got no answer, or one that says nothing of their effect.
    pub(super) unanswered: BTreeSet<u32>,
    /// Answers that no client should get.
    surprises: Vec<String>,
    chance: Chance,
    first_phone: u64,
}

impl Ledger {
    pub(super) fn new(what: &str) -> Self {
        let mut chance = Chance::new(what);
        let first_phone = chance.between(0, 7_999_999);
        Self {
            forms: BTreeMap::new(),
            people: Vec::new(),
            acknowledged: BTreeMap::new(),
            unanswered: BTreeSet::new(),
            surprises: Vec::new(),
            chance,
            first_phone,
        }
    }

    /// The next form, and its number: from someone new, from someone known, or from whoever was new
    /// last, whose first form may be on its way.
    pub(super) fn next_form(&mut self, office: &Office) -> (u32, Form) {
        let number = u32::try_from(self.forms.len()).unwrap() + 1;
        let count = self.people.len() as u64;
        let index = match self.chance.between(1, 8) {
            1 if 0 < count => count - 1,
            2 if 0 < count => self.chance.between(0, count - 1),
            _ => count,
        };
        let phone = match self.people.get(usize::try_from(index).unwrap()) {
            Some(known) => *known,
            None => {
                // A step that divides no round number: nobody has another's.
                let phone = 8_182_000_000 + (self.first_phone + count * 7919) % 8_000_000;
                self.people.push(phone);
                phone
            }
        };
        let body = office.form(&mut self.chance, number, phone);
        let has_key = self.chance.between(1, 2) == 1;
        let idempotency_key = has_key.then(|| format!("form-{number}"));
        let form = Form { phone, body, idempotency_key, sent: 1 };
        self.forms.insert(number, form.clone());
        (number, form)
    }

    pub(super) fn note(&mut self, number: u32, answer: io::Result<Answer>) {
        // No promise was made, or none that says which.
        let Some(answer) = answer.ok().filter(|answer| answer.status != 503) else {
            self.unanswered.insert(number);
            return;
        };
        self.unanswered.remove(&number);
        let (status, said) = (answer.status, answer.json());
        match (status, said["contact_id"].as_i64(), said["receipt_id"].as_str()) {
            (200..=202, Some(contact), Some(receipt)) => {
                let promise = Promise { status, contact, receipt: receipt.to_owned() };
                self.acknowledged.insert(number, promise);
            }
            _ => self.surprises.push(format!("form {number}: {status} {said}")),
        }
    }

    /// Sends everything once more that got no answer, as clients do. Then all is promised.
    pub(super) fn retry(&mut self, address: SocketAddr, office: &Office) {
        for number in std::mem::take(&mut self.unanswered) {
            let form = self.forms.get_mut(&number).expect("it was sent");
            form.sent += 1;
            let again = Line::open(address).and_then(|mut line| form.send(&mut line, office));
            self.note(number, again);
        }
        assert_eq!(self.unanswered, BTreeSet::new(), "asked twice, and not answered");
    }

    /// What the server has, held against what was promised and against its own receipts.
    pub(super) fn complaints(&self, state: &State) -> Vec<String> {
        let mut found = self.surprises.clone();
        self.complain_of_contacts(state, &mut found);
        self.complain_of_receipts(state, &mut found);
        found.extend(state.contradictions());
        found
    }

    fn complain_of_contacts(&self, state: &State, found: &mut Vec<String>) {
        let mut seen: BTreeMap<&str, &Json> = BTreeMap::new();
        let asked: BTreeSet<String> = self.forms.values().map(Form::e164).collect();
        for contact in &state.contacts {
            let phone = text(contact, "phone");
            if !asked.contains(phone) {
                found.push(format!("{phone} is there, and nobody sent it"));
            }
            if seen.insert(phone, contact).is_some() {
                found.push(format!("{phone} has two contacts"));
            }
        }
        for (number, promise) in &self.acknowledged {
            let phone = self.forms[number].e164();
            match seen.get(phone.as_str()) {
                None => found.push(format!("{phone} was acknowledged and is lost")),
                Some(contact) if contact["number"] != promise.contact => {
                    let (was, is) = (promise.contact, &contact["number"]);
                    found.push(format!("{phone} was contact {was} and is {is}"));
                }
                Some(_) => {}
            }
        }
    }

    fn complain_of_receipts(&self, state: &State, found: &mut Vec<String>) {
        let contact = |contact| (text(contact, "phone"), text(contact, "id"));
        let contacts: BTreeMap<&str, &str> = state.contacts.iter().map(contact).collect();
        let mut by_mark: BTreeMap<&str, Vec<&Json>> = BTreeMap::new();
        for receipt in &state.receipts {
            by_mark.entry(text(&receipt["request"], "notes")).or_default().push(receipt);
        }
        for (number, form) in &self.forms {
            let mark = form.mark();
            let receipts = by_mark.remove(mark).unwrap_or_default();
            let (count, most) = (receipts.len(), form.receipts_max());
            if most < count {
                found.push(format!("{mark} has {count} receipts, and {most} at most are right"));
            }
            for receipt in &receipts {
                let id = text(receipt, "id");
                if receipt["request"].as_object() != Some(&form.body) {
                    found.push(format!("{id} keeps {mark} otherwise than it was sent"));
                }
                let whose = contacts.get(form.e164().as_str()).copied().unwrap_or_default();
                if receipt["contact_id"] != whose {
                    let about = &receipt["contact_id"];
                    found.push(format!("{id} is about {about}, and {mark} is of '{whose}'"));
                }
            }
            let Some(promise) = self.acknowledged.get(number) else { continue };
            match receipts.iter().find(|receipt| receipt["id"] == promise.receipt.as_str()) {
                None => found.push(format!("{mark} was acknowledged and its receipt is lost")),
                Some(receipt) if receipt["status"] != promise.status => {
                    let (was, is) = (promise.status, &receipt["status"]);
                    found.push(format!("{mark} was answered {was}, and its receipt says {is}"));
                }
                Some(_) => {}
            }
        }
        for mark in by_mark.keys() {
            found.push(format!("there is a receipt of '{mark}', which nobody sent"));
        }
    }

    /// Asks for each thing that was promised by itself, as those who sent it may. Says what is missed.
    pub(super) fn look_up(&self, address: SocketAddr, office: &Office) -> Vec<String> {
        let mut missed = Vec::new();
        let mut line = Line::open(address).unwrap();
        let mut ask = |what: &str, key: &str, body: &str| {
            line.ask(what, key, "", body.as_bytes()).unwrap().json()
        };
        let (key, token) = (&office.key, &office.token);
        let mut known = BTreeSet::new();
        for (number, promise) in &self.acknowledged {
            let id = promise.receipt.as_str();
            let receipt = ask(&format!("GET /v1/intake-receipts/{id}"), key, "");
            if receipt["data"]["id"] != id {
                missed.push(format!("{id} of form {number}: {receipt}"));
            }
            let phone = self.forms[number].phone;
            if !known.insert(phone) {
                continue;
            }
            let path = "/api/v1/webhook/contact/phone-number";
            let shown = ask(&format!("GET {path}?api_token={token}&phone_number={phone}"), "", "");
            if shown["id"] != promise.contact {
                missed.push(format!("{phone} at the door: {shown}"));
            }
            let search = format!("{{\"query\": \"{phone}\"}}");
            let lists = [
                ask(&format!("GET /v1/contacts?phone={phone}"), key, ""),
                ask("POST /v1/contacts/search", key, &search),
            ];
            for list in lists {
                let numbers: Vec<&Json> = list["data"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|one| &one["number"])
                    .collect();
                if numbers != [&Json::from(promise.contact)] {
                    missed.push(format!("{phone} in a list: {list}"));
                }
            }
        }
        missed
    }
}

/// Runs a load for as long as `meanwhile` takes. No client waits between two forms, so that whatever
/// happens finds some on their way.
pub(super) fn under_load(
    address: SocketAddr,
    office: &Office,
    ledger: &Mutex<Ledger>,
    meanwhile: impl FnOnce(),
) {
    let stop = AtomicBool::new(false);
    let send_on = || {
        let Ok(mut line) = Line::open(address) else { return };
        while !stop.load(Ordering::Relaxed) {
            let (number, form) = ledger.lock().unwrap().next_form(office);
            let answer = form.send(&mut line, office);
            let is_over = answer.is_err();
            ledger.lock().unwrap().note(number, answer);
            if is_over {
                return;
            }
        }
    };
    thread::scope(|threads| {
        for _ in 0..CLIENTS {
            threads.spawn(send_on);
        }
        meanwhile();
        stop.store(true, Ordering::Relaxed);
    });
}
