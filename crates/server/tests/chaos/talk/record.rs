//! What one side said and heard, and whether it is what there was.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

/// A message that came over a connection, or that the server has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) number: i64,
    pub(super) id: String,
    pub(super) client_id: Option<String>,
}

impl Heard {
    pub(super) fn of(message: &Json) -> Self {
        let text = |name: &str| message[name].as_str().map(str::to_owned);
        Self {
            number: message["number"].as_i64().unwrap_or(0),
            id: text("id").unwrap_or_default(),
            client_id: text("client_id"),
        }
    }
}

/// One side.
#[derive(Default)]
pub(super) struct Record {
    /// The conversation of a visitor.
    pub(super) talk: String,
    /// What came, by conversation, in the order in which it came.
    pub(super) streams: BTreeMap<String, Vec<Heard>>,
    /// What was sent, by what its sender called it, and got an answer.
    pub(super) acknowledged: Vec<(String, String)>,
    pub(super) cuts: usize,
    /// How often too much was missed to be told one by one.
    pub(super) resyncs: usize,
}

impl Record {
    pub(super) fn new(talk: &str) -> Self {
        Self { talk: talk.to_owned(), ..Self::default() }
    }

    /// What is wrong with what was said and heard in the own conversation.
    pub(super) fn complaints(&self, truth: &[Heard]) -> Vec<String> {
        let mut complaints = self.complaints_of(&self.talk, truth);
        for (client_id, id) in &self.acknowledged {
            let same = truth.iter().filter(|one| one.client_id.as_ref() == Some(client_id));
            match same.count() {
                0 if truth.iter().all(|one| one.id != *id) => {
                    complaints.push(format!("{client_id} was acknowledged and is lost"));
                }
                0 | 1 => {}
                count => complaints.push(format!("{client_id} is there {count} times")),
            }
        }
        complaints
    }

    /// What is wrong with what was heard of a conversation.
    pub(super) fn complaints_of(&self, talk: &str, truth: &[Heard]) -> Vec<String> {
        let mut complaints = Vec::new();
        let heard = self.streams.get(talk).map(Vec::as_slice).unwrap_or_default();
        let mut seen = BTreeSet::new();
        let mut last = 0;
        for one in heard {
            if !seen.insert(&one.id) {
                complaints.push(format!("{talk}: {} was heard twice", one.id));
            } else if one.number < last {
                complaints.push(format!("{talk}: {} came out of order", one.id));
            }
            last = one.number;
            if truth.iter().all(|known| known.id != one.id) {
                complaints.push(format!("{talk}: {} was heard, and is not there", one.id));
            }
        }
        for (one, number) in truth.iter().zip(1..) {
            if !seen.contains(&one.id) {
                complaints.push(format!("{talk}: {} was never heard", one.id));
            }
            if one.number != number {
                complaints.push(format!("{talk}: {} has the number {}", one.id, one.number));
            }
        }
        complaints
    }
}
