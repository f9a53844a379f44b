//! What must be there before leads come: the operators, and the records that forms name.

use std::{io, net::SocketAddr};

use serde_json::{Map, Value as Json, json};

use crate::{
    chance::Chance,
    client::{Answer, Line, ask},
    program::Home,
};

/// A workspace that takes leads.
pub(super) struct Office {
    /// Of the platform.
    pub(super) key: String,
    /// Of the door.
    pub(super) token: String,
    operators: Vec<i64>,
    ring_group: i64,
    sequences: Vec<i64>,
    lines: Vec<i64>,
    lists: Vec<i64>,
    dispositions: Vec<i64>,
    tag: i64,
}

/// What a client sends, and sends again when it was not answered.
#[derive(Clone)]
pub(super) struct Form {
    /// A person's main number, by which they are known.
    pub(super) phone: u64,
    /// All of it but the token.
    pub(super) body: Map<String, Json>,
    /// Some clients say that it is the same when they ask again.
    pub(super) idempotency_key: Option<String>,
    /// How often it was sent.
    pub(super) sent: usize,
}

/// Makes a thing of `/v1`: its id, and the number that stands for it.
fn make(address: SocketAddr, key: &str, path: &str, body: &Json) -> (String, i64) {
    let answer = ask(address, &format!("POST {path}"), key, &body.to_string());
    assert_eq!(answer.status, 201, "{path}: {}", String::from_utf8_lossy(&answer.body));
    (answer.id(), answer.json()["data"]["number"].as_i64().expect("it has a number"))
}

/// A number of ten digits as people write it; `how` chooses among their ways.
pub(super) fn spelt(phone: u64, how: usize) -> String {
    let (area, exchange, last) = (phone / 10_000_000, phone / 10_000 % 1000, phone % 10_000);
    match how % 6 {
        0 => format!("{phone}"),
        1 => format!("+1 {area}-{exchange}-{last:04}"),
        2 => format!("({area}) {exchange}-{last:04}"),
        3 => format!("1-{area}-{exchange}-{last:04}"),
        4 => format!("{area}.{exchange}.{last:04}"),
        _ => format!("+1{phone}"),
    }
}

impl Office {
    pub(super) fn open(home: &Home, address: SocketAddr) -> Self {
        let key = home.key();
        let (mut ids, mut operators) = (Vec::new(), Vec::new());
        for name in ["Ada", "Bob", "Cleo"] {
            let body = json!({"name": name, "email": format!("{name}@office.example")});
            let (id, number) = make(address, &key, "/v1/operators", &body);
            let what = format!("PATCH /v1/operators/{id}");
            let answer = ask(address, &what, &key, "{\"agent_status\": \"available\"}");
            assert_eq!(answer.status, 200, "{what}");
            ids.push(id);
            operators.push(number);
        }
        let create = ["key", "create", "--kind", "intake", "--operator", &ids[0]];
        let token = home.run(&create).unwrap().trim().to_owned();
        let two = |path: &str| -> Vec<i64> {
            let names = ["first", "second"].map(|name| json!({ "name": name }));
            names.iter().map(|body| make(address, &key, path, body).1).collect()
        };
        let (sequences, lines) = (two("/v1/sequences"), two("/v1/lines"));
        let (lists, dispositions) = (two("/v1/lists"), two("/v1/dispositions"));
        let group = json!({"name": "Sales", "operator_ids": ids});
        let (_, ring_group) = make(address, &key, "/v1/ring-groups", &group);
        let (_, tag) = make(address, &key, "/v1/tags", &json!({"name": "numbered"}));
        Self { key, token, operators, ring_group, sequences, lines, lists, dispositions, tag }
    }

    /// A form that asks for all that a form can, from the person with this number.
    pub(super) fn form(&self, chance: &mut Chance, number: u32, phone: u64) -> Map<String, Json> {
        fn one<T: Copy>(chance: &mut Chance, of: &[T]) -> T {
            of[usize::try_from(chance.between(1, of.len() as u64)).unwrap() - 1]
        }
        let mut is_one_in = |count: u64| chance.between(1, count) == 1;
        let (is_forced, is_moved, is_dnc) = (is_one_in(4), is_one_in(2), is_one_in(16));
        let (is_distributed, has_email, has_both_lists) =
            (!is_one_in(4), !is_one_in(3), is_one_in(2));
        let lists = if has_both_lists { &self.lists[..] } else { &self.lists[..1] };
        // Somewhere else, so that nobody has it as their main one.
        let second = 2_130_000_000 + phone % 10_000_000;
        let form = json!({
            "phone_number": spelt(phone, one(chance, &[0, 1, 2, 3, 4, 5])),
            "other_phone_numbers": [{"label": "home", "phone_number": spelt(second, 1)}],
            "name": format!("Ada {number}"),
            "email": has_email.then(|| format!("lead{phone}@example.com")),
            "notes": format!("form {number}"),
            "user_id": one(chance, &self.operators),
            "distribute_to_ring_group": is_distributed,
            "ring_group_id": self.ring_group,
            "check_available_users_with_fallback": true,
            "add_to_powerdialer": true,
            "powerdialer_position": one(chance, &["top", "bottom"]),
            "sequence_id": one(chance, &self.sequences),
            "force_update_sequence": is_moved,
            "tags": ["load", format!("tag {}", number % 5)],
            "tag_id": self.tag,
            "line_id": one(chance, &self.lines),
            "disposition_status_id": one(chance, &self.dispositions),
            "list_ids": lists,
            "force_update": is_forced,
            "is_dnc": is_dnc,
        });
        let Json::Object(form) = form else { unreachable!("it was made as one") };
        form
    }
}

impl Form {
    /// What tells its receipt from those of others.
    pub(super) fn mark(&self) -> &str {
        self.body["notes"].as_str().unwrap_or_default()
    }

    /// How many receipts it may have: whoever does not say that it is the same asks anew.
    pub(super) fn receipts_max(&self) -> usize {
        if self.idempotency_key.is_some() { 1 } else { self.sent }
    }

    pub(super) fn e164(&self) -> String {
        format!("+1{}", self.phone)
    }

    pub(super) fn send(&self, line: &mut Line, office: &Office) -> io::Result<Answer> {
        let mut body = self.body.clone();
        body.insert("api_token".to_owned(), office.token.as_str().into());
        let key = self.idempotency_key.as_ref();
        let header = key.map_or_else(String::new, |key| format!("Idempotency-Key: {key}\r\n"));
        let body = Json::from(body).to_string();
        line.ask("POST /api/v1/webhook/forms", "", &header, body.as_bytes())
    }
}
