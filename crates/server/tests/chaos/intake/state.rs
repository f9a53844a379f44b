//! What a server has of the leads that came, and what its receipts say that it has.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    net::SocketAddr,
};

use serde_json::Value as Json;
use store::Scope;

use super::office::Office;
use crate::{client::list, planted::open, program::Home};

/// Someone's place: in the queue of an operator, or in a sequence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) contact: String,
    pub(super) of: String,
}

/// What there is.
#[derive(Clone)]
pub(super) struct State {
    pub(super) contacts: Vec<Json>,
    /// Oldest first.
    pub(super) receipts: Vec<Json>,
    /// Operator by operator, in the order of their calls.
    pub(super) queues: Vec<Place>,
    pub(super) enrolments: Vec<Place>,
    /// Names of lists, by id.
    lists: BTreeMap<String, String>,
}

/// What the receipts say that there is.
#[derive(Default)]
struct Told {
    people: BTreeMap<String, Person>,
    queues: BTreeMap<String, VecDeque<String>>,
    enrolments: BTreeMap<String, String>,
}

/// What the receipts say of a person.
#[derive(Default)]
struct Person {
    created: u32,
    facts: Facts,
}

/// What forms make of a contact: text, and sets of texts.
#[derive(Debug, Default, PartialEq, Eq)]
struct Facts {
    texts: BTreeMap<&'static str, String>,
    sets: BTreeMap<&'static str, BTreeSet<String>>,
}

const OWNER: &str = "owner_id";

/// A text of a thing; none is empty.
pub(super) fn text<'thing>(thing: &'thing Json, name: &str) -> &'thing str {
    thing[name].as_str().unwrap_or_default()
}

fn texts(list: &Json) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Json::as_str)
}

impl State {
    /// Asks the server for what it shows, and the database for what it does not show yet.
    pub(super) fn read(home: &Home, address: SocketAddr, office: &Office) -> Self {
        let contacts = list(address, "/v1/contacts", &office.key);
        let mut receipts = list(address, "/v1/intake-receipts", &office.key);
        receipts.reverse();
        let names = list(address, "/v1/lists", &office.key);
        let name = |list: &Json| (text(list, "id").to_owned(), text(list, "name").to_owned());
        let lists = names.iter().map(name).collect();
        let [queues, enrolments] = places(home);
        Self { contacts, receipts, queues, enrolments, lists }
    }

    /// Where the receipts say something else than what there is.
    pub(super) fn contradictions(&self) -> Vec<String> {
        let told = Told::by(&self.receipts);
        let mut found = Vec::new();
        self.compare_people(&told, &mut found);
        let queued = told.queues.iter().flat_map(|(operator, queue)| {
            queue.iter().map(|contact| Place { contact: contact.clone(), of: operator.clone() })
        });
        let queued: Vec<Place> = queued.collect();
        compare(&queued, &self.queues, "the queue of", &mut found);
        if found.is_empty() && queued != self.queues {
            found.push("a queue is in another order than the receipts say".to_owned());
        }
        let enrolled = told.enrolments.iter();
        let enrolled: Vec<Place> = enrolled
            .map(|(contact, sequence)| Place { contact: contact.clone(), of: sequence.clone() })
            .collect();
        compare(&enrolled, &self.enrolments, "the sequence", &mut found);
        found
    }

    fn compare_people(&self, told: &Told, found: &mut Vec<String>) {
        let mut seen = BTreeSet::new();
        for contact in &self.contacts {
            let id = text(contact, "id");
            seen.insert(id);
            let Some(person) = told.people.get(id) else {
                found.push(format!("{id} is there without a receipt"));
                continue;
            };
            if person.created != 1 {
                found.push(format!("{id} was created {} times", person.created));
            }
            let Facts { texts, sets } = self.facts(contact);
            for (name, there) in texts {
                let told = person.facts.texts.get(name).cloned().unwrap_or_default();
                if there != told {
                    found.push(format!("{id}: {name} is '{there}', and the receipts say '{told}'"));
                }
            }
            for (name, there) in sets {
                let told = person.facts.sets.get(name).cloned().unwrap_or_default();
                if there != told {
                    found
                        .push(format!("{id}: {name} are {there:?}, and the receipts say {told:?}"));
                }
            }
        }
        for id in told.people.keys().filter(|id| !seen.contains(id.as_str())) {
            found.push(format!("there is a receipt about {id}, and no such contact"));
        }
    }

    fn facts(&self, contact: &Json) -> Facts {
        let mut facts = Facts::default();
        for name in ["name", OWNER, "line_id", "disposition_id"] {
            facts.texts.insert(name, text(contact, name).to_owned());
        }
        let is_closed = contact["do_not_contact_at"].is_string();
        facts.texts.insert("do_not_contact", is_closed.to_string());
        let list_name = |id: &str| self.lists.get(id).cloned().unwrap_or_default();
        let numbers = contact["phones"].as_array().into_iter().flatten();
        facts.sets.insert("tags", texts(&contact["tags"]).map(str::to_owned).collect());
        facts.sets.insert("list_ids", texts(&contact["list_ids"]).map(list_name).collect());
        facts.sets.insert("phones", numbers.map(|one| text(one, "phone").to_owned()).collect());
        facts
    }
}

/// Complains of places that only one of two sides knows.
fn compare(told: &[Place], there: &[Place], place: &str, found: &mut Vec<String>) {
    let [told_all, there_all] = [told, there].map(|side| side.iter().collect::<BTreeSet<&Place>>());
    for Place { contact, of } in told_all.difference(&there_all) {
        found.push(format!("{contact} is not in {place} {of}, and the receipts say so"));
    }
    for Place { contact, of } in there_all.difference(&told_all) {
        found.push(format!("{contact} is in {place} {of}, and no receipt says so"));
    }
    if told.len() != told_all.len() || there.len() != there_all.len() {
        found.push(format!("someone is in {place} someone twice"));
    }
}

/// Who is in which queue, and who is in which sequence.
fn places(home: &Home) -> [Vec<Place>; 2] {
    let queues = "select contact, operator from dialer_entry where workspace = ?1
                  order by operator, position, contact";
    let enrolments =
        "select contact, sequence from enrolment where workspace = ?1 order by contact";
    let store = open(home);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let default = server::workspace::DEFAULT;
        let workspace = server::workspace::look_up(&store, default).await.unwrap();
        let read = store.read(&Scope::new(workspace.id.as_str()), move |tx| {
            let place = |row: &store::Row| {
                Ok::<_, store::Error>(Place { contact: row.get(0)?, of: row.get(1)? })
            };
            Ok::<_, store::Error>([tx.all(queues, &[], place)?, tx.all(enrolments, &[], place)?])
        });
        read.await.unwrap()
    })
}

impl Told {
    /// Does again what the receipts say was done, one after another.
    fn by(receipts: &[Json]) -> Self {
        let mut told = Self::default();
        for receipt in receipts {
            let contact = text(receipt, "contact_id");
            let status = receipt["status"].as_i64();
            let person = told.people.entry(contact.to_owned()).or_default();
            // Someone new is called what the form says; so is someone known, if it is forced.
            if matches!(status, Some(200 | 201)) {
                let name = text(&receipt["normalised"], "name");
                person.facts.texts.insert("name", name.to_owned());
            }
            if status == Some(201) {
                person.facts.texts.insert("do_not_contact", false.to_string());
                let phone = text(&receipt["normalised"], "phone_number").to_owned();
                person.facts.sets.entry("phones").or_default().insert(phone);
            }
            let effects = receipt["effects"].as_array().into_iter().flatten();
            for effect in effects.filter(|effect| effect["result"] == "done") {
                told.note(contact, text(effect, "action"), &effect["value"]);
            }
        }
        told
    }

    fn note(&mut self, contact: &str, action: &str, value: &Json) {
        let person = self.people.entry(contact.to_owned()).or_default();
        let word = || value.as_str().unwrap_or_default().to_owned();
        let Facts { texts: facts, sets } = &mut person.facts;
        let mut add = |name| sets.entry(name).or_default().extend(texts(value).map(str::to_owned));
        match (action, value) {
            ("contact", value) => person.created += u32::from(value == "created"),
            ("owner", _) => drop(facts.insert(OWNER, word())),
            ("line", _) => drop(facts.insert("line_id", word())),
            ("disposition", _) => drop(facts.insert("disposition_id", word())),
            ("do_not_contact", value) => drop(facts.insert("do_not_contact", value.to_string())),
            ("tags", _) => add("tags"),
            ("lists", _) => add("list_ids"),
            ("phone_numbers", _) => add("phones"),
            ("sequence", Json::Bool(false)) => drop(self.enrolments.remove(contact)),
            ("sequence", _) => drop(self.enrolments.insert(contact.to_owned(), word())),
            ("power_dialer", Json::Bool(false)) => {
                for queue in self.queues.values_mut() {
                    queue.retain(|waiting| waiting != contact);
                }
            }
            ("power_dialer", value) => {
                let queue =
                    self.queues.entry(facts.get(OWNER).cloned().unwrap_or_default()).or_default();
                if *value == "top" {
                    queue.push_front(contact.to_owned());
                } else {
                    queue.push_back(contact.to_owned());
                }
            }
            _ => {}
        }
    }
}
