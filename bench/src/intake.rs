//! Leads that come in over 64 connections, each with all that a form can ask for, beside contacts
//! that are created.

use std::{
    io::Write as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use anyhow::Context as _;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::{
    CONNECTIONS, Settings,
    child::{Place, Server},
    client::Maker,
    cost::{self, Inside},
    load::{Load, Next},
    people::Person,
    progress,
    report::{Report, Target},
    scale,
    time::Spread,
    writes::{self, Rounds},
};

/// Operators among whom leads are distributed.
const OPERATORS: usize = 5;
/// Numbers of a lead. Each is also some person's, so that no two leads have the same.
const NUMBERS: u64 = 3;
/// Rounds on large databases.
const ROUNDS_MAX: usize = 5;
/// What is to have been done about each lead.
const DONE: [&str; 10] = [
    "contact",
    "phone_numbers",
    "geography",
    "owner",
    "line",
    "tags",
    "disposition",
    "lists",
    "power_dialer",
    "sequence",
];

/// What each lead asks for, by the numbers of the documented surface.
#[derive(Clone, Copy, Debug)]
struct Asks {
    user: i64,
    ring_group: i64,
    sequence: i64,
    line: i64,
    list: i64,
    tag: i64,
    disposition: i64,
}

/// A server that leads come to, and its like that contacts are created on.
struct Pair {
    leads: Server,
    asks: Asks,
    token: String,
    contacts: Server,
    next_lead: Arc<AtomicU64>,
    next_contact: Arc<AtomicU64>,
}

/// What the rounds on one pair gave.
#[derive(Debug, Default)]
struct Found {
    leads: Rounds,
    contacts: Rounds,
}

/// What parts of a lead cost, one number per round.
#[derive(Debug, Default)]
struct Parts {
    numbers_us: Vec<f64>,
    limiter_us: Vec<f64>,
    together_us: Vec<f64>,
}

/// Measures, and writes a section.
pub fn measure(settings: &Settings, report: &mut Report) -> anyhow::Result<()> {
    let (mut found, mut parts) = (Found::default(), Parts::default());
    let folders = [TempDir::new_in(&settings.folder)?, TempDir::new_in(&settings.folder)?];
    let inside = TempDir::new_in(&settings.folder)?;
    let inside = Inside::open(inside.path())?;
    let pair = Pair::start(settings, [folders[0].path(), folders[1].path()], 0)?;
    pair.warm_up(settings)?;
    for round in 0..settings.rounds {
        pair.take_turns(settings, &mut found)?;
        parts.measure(settings, &inside, round as u64)?;
    }
    drop((pair, folders));
    report.section(
        "Lead intake: `POST /api/v1/webhook/forms`, all flags set, 64 connections",
        "Every lead is new, is answered 201 and has three numbers; it is given to one of five \
         available operators, tagged, listed, enrolled and put into a queue of the power dialer, \
         which grows throughout. `POST /v1/contacts` is asked in turns, of a server like it. What \
         the limiter costs is what a counted path that leads nowhere costs above one that nobody \
         counts, in this process.",
    );
    report.table();
    tell(report, &found);
    parts.tell(report, &found.leads);
    let sizes = if settings.is_quick {
        [settings.small.min(2_000), settings.large.min(20_000)]
    } else {
        [settings.small, settings.large]
    };
    for contacts in sizes {
        let found = beside(settings, contacts)?;
        report.line(&format!("\nThe same among {contacts} contacts:\n"));
        report.table();
        tell(report, &found);
    }
    Ok(())
}

/// Measures on databases that hold `contacts` already.
fn beside(settings: &Settings, contacts: u64) -> anyhow::Result<Found> {
    let folders = [TempDir::new_in(&settings.folder)?, TempDir::new_in(&settings.folder)?];
    for folder in &folders {
        scale::fill_sqlite(settings, contacts, folder.path())?;
    }
    let pair = Pair::start(settings, [folders[0].path(), folders[1].path()], contacts)?;
    pair.warm_up(settings)?;
    let mut found = Found::default();
    for _ in 0..settings.rounds.min(ROUNDS_MAX) {
        pair.take_turns(settings, &mut found)?;
    }
    Ok(found)
}

fn tell(report: &mut Report, found: &Found) {
    let Found { leads, contacts } = found;
    let ratio = Spread::ratio(&leads.rate, &contacts.rate);
    report.row("of `POST /v1/contacts`", Target::AtLeast(0.2), ratio);
    let mut row = |what: &str, numbers: &[f64]| {
        report.row(what, Target::None, Spread::of(numbers.iter().copied()));
    };
    row("a second", &leads.rate);
    row("`POST /v1/contacts`, a second", &contacts.rate);
    row("acknowledged leads per commit", &leads.per_commit);
    row("a group, from its begin to its commit, ms", &leads.commit_ms);
    row("answer, p50, ms", &leads.p50_ms);
    row("answer, p99, ms", &leads.p99_ms);
    row("answer of `POST /v1/contacts`, p99, ms", &contacts.p99_ms);
    row("processor time of the server per lead, µs", &leads.server_us);
    row("processor time of the server per `POST /v1/contacts`, µs", &contacts.server_us);
    row("processor time of the load per lead, µs", &leads.load_us);
}

impl Parts {
    fn measure(&mut self, settings: &Settings, inside: &Inside, round: u64) -> anyhow::Result<()> {
        let (leads, pairs) = if settings.is_quick { (5_000, 2) } else { (20_000, 5) };
        let numbers = |index| Lead(NUMBERS * (round * leads + index)).numbers();
        let numbers: Vec<Vec<String>> = (0..leads).map(numbers).collect();
        let (numbers, limiter) = (cost::numbers_us(&numbers)?, inside.limiter_us(pairs)?);
        self.numbers_us.push(numbers);
        self.limiter_us.push(limiter);
        self.together_us.push(numbers + limiter);
        Ok(())
    }

    fn tell(&self, report: &mut Report, leads: &Rounds) {
        let ratio = Spread::ratio(&self.together_us, &leads.server_us);
        report.row(
            "rate limiter and phone parsing together, of a request's processor time",
            Target::AtMost(0.1),
            ratio,
        );
        let mut row = |what: &str, numbers: &[f64]| {
            report.row(what, Target::None, Spread::of(numbers.iter().copied()));
        };
        row("its three numbers read, and the place of one looked up, µs", &self.numbers_us);
        row("the rate limiter and its headers, µs", &self.limiter_us);
    }
}

impl Pair {
    /// Starts two servers on databases of `contacts` each, and makes what leads ask for.
    fn start(settings: &Settings, folders: [&Path; 2], contacts: u64) -> anyhow::Result<Self> {
        let [place, other] = folders.map(|folder| Place::in_folder(settings, folder));
        let (leads, other) = (place.start()?, other.start()?);
        let (asks, operator) = make_all(&leads)?;
        let token = place.key(&["--kind", "intake", "--operator", &operator])?;
        let next = || Arc::new(AtomicU64::new(contacts));
        let pair =
            Self { leads, asks, token, contacts: other, next_lead: next(), next_contact: next() };
        pair.leads.wait_until_idle()?;
        pair.contacts.wait_until_idle()?;
        pair.check()?;
        Ok(pair)
    }

    /// Sends one lead, and reads in its receipt that all it asks for was done.
    fn check(&self) -> anyhow::Result<()> {
        let mut request = Vec::new();
        (self.taking())(&self.lead_maker(), &mut request);
        let answer = self.leads.ask(201, &request)?;
        let receipt = answer["receipt_id"].as_str().context("an answer without a receipt")?;
        request.clear();
        self.leads.maker.get(&format!("/v1/intake-receipts/{receipt}"), &mut request);
        let receipt = self.leads.ask(200, &request)?;
        let effects = receipt["data"]["effects"].as_array().map_or(&[][..], Vec::as_slice);
        for action in DONE {
            let is_done = |effect: &Json| effect["action"] == action && effect["result"] == "done";
            anyhow::ensure!(effects.iter().any(is_done), "{action} was not done: {receipt}");
        }
        let warnings = receipt["data"]["warnings"].as_array();
        anyhow::ensure!(warnings.is_some_and(Vec::is_empty), "something is wrong: {receipt}");
        Ok(())
    }

    fn lead_maker(&self) -> Maker {
        Maker { address: self.leads.maker.address, key: self.token.clone() }
    }

    /// Takes leads from the next number on.
    fn taking(&self) -> Next {
        let (next, asks) = (Arc::clone(&self.next_lead), self.asks);
        Arc::new(move |maker: &Maker, out: &mut Vec<u8>| {
            let lead = Lead(next.fetch_add(NUMBERS, Ordering::Relaxed));
            maker.post("/api/v1/webhook/forms", &lead.body(&maker.key, &asks), out);
        })
    }

    /// The first writes fill the caches.
    fn warm_up(&self, settings: &Settings) -> anyhow::Result<()> {
        self.take_turns(settings, &mut Found::default())
    }

    fn take_turns(&self, settings: &Settings, found: &mut Found) -> anyhow::Result<()> {
        let load = |maker: Maker, next: Next| Load {
            maker,
            connections: CONNECTIONS,
            seconds: settings.seconds,
            next,
            status: 201,
        };
        found.leads.run(&self.leads, load(self.lead_maker(), self.taking()))?;
        let creating = writes::creating(&self.next_contact);
        found.contacts.run(&self.contacts, load(self.contacts.maker.clone(), creating))?;
        progress(&format!(
            "intake: {:.0} leads/s, {:.0} contacts/s",
            found.leads.rate.last().copied().unwrap_or(f64::NAN),
            found.contacts.rate.last().copied().unwrap_or(f64::NAN)
        ));
        Ok(())
    }
}

/// Makes all that a lead can ask for, and says which operator is the first.
fn make_all(server: &Server) -> anyhow::Result<(Asks, String)> {
    let (mut operators, mut user) = (Vec::new(), 0);
    for number in 1..=OPERATORS {
        let email = format!("operator-{number}@example.com");
        let new = json!({ "email": email, "name": format!("Operator {number}") });
        let made = make(server, "/v1/operators", &new)?;
        let id = made["id"].as_str().context("an operator without an id")?;
        let mut request = Vec::new();
        let body = json!({ "agent_status": "available" }).to_string();
        server.maker.patch(&format!("/v1/operators/{id}"), body.as_bytes(), &mut request);
        server.ask(200, &request)?;
        operators.push(id.to_owned());
        user = number_of(&made)?;
    }
    let named = |path: &str, name: &str| number_of(&make(server, path, &json!({ "name": name }))?);
    let ring_group = json!({ "name": "Sales", "operator_ids": operators });
    let line = json!({ "name": "Main", "phone_number": "+12125550100", "owner_id": null });
    let asks = Asks {
        user,
        ring_group: number_of(&make(server, "/v1/ring-groups", &ring_group)?)?,
        sequence: named("/v1/sequences", "Welcome")?,
        line: number_of(&make(server, "/v1/lines", &line)?)?,
        list: named("/v1/lists", "Spring")?,
        tag: named("/v1/tags", "lead")?,
        disposition: find_disposition(server)?,
    };
    Ok((asks, operators.swap_remove(0)))
}

fn make(server: &Server, path: &str, new: &Json) -> anyhow::Result<Json> {
    let mut request = Vec::new();
    server.maker.post(path, new.to_string().as_bytes(), &mut request);
    Ok(server.ask(201, &request)?["data"].take())
}

fn number_of(made: &Json) -> anyhow::Result<i64> {
    made["number"].as_i64().with_context(|| format!("no number in {made}"))
}

/// One of those that are said of people.
fn find_disposition(server: &Server) -> anyhow::Result<i64> {
    let mut request = Vec::new();
    server.maker.get("/v1/dispositions?limit=100", &mut request);
    let page = server.ask(200, &request)?;
    let all = page["data"].as_array().map_or(&[][..], Vec::as_slice);
    let found = all.iter().find(|one| one["category"] == "contact");
    number_of(found.context("there is no disposition of contacts")?)
}

/// A made-up lead: the person of this number, who has the numbers of the next ones too.
#[derive(Clone, Copy, Debug)]
struct Lead(u64);

impl Lead {
    /// As people write them.
    fn numbers(self) -> Vec<String> {
        (self.0..self.0 + NUMBERS).map(|person| spell(&Person(person).phone(), person)).collect()
    }

    /// The body of the request, with every documented field but those of the place, which the
    /// number fills, and `is_dnc`, which would undo the rest.
    fn body(self, token: &str, asks: &Asks) -> Vec<u8> {
        let (person, numbers) = (Person(self.0), self.numbers());
        let name = Person::first_name(person.group(1));
        let Asks { user, ring_group, sequence, line, list, tag, disposition } = asks;
        let mut body = Vec::with_capacity(1_280);
        let written = write!(
            body,
            r#"{{"api_token":"{token}","phone_number":"{}","other_phone_numbers":[{{"label":"mobile","phone_number":"{}"}},{{"label":"work","phone_number":"{}"}}],"company_name":"{}","name":"{name} Miller","first_name":"{name}","last_name":"Miller","email":"{}","date_of_birth":"{:02}/{:02}/{}","address":"{} Main Street","website":"https://example.com/{}","lead_source":"Web form","source":"Landing page {}","notes":"Would like to be called about an offer for {} people.","csf1":"score {}","csf2":"team {}","user_id":"{user}","distribute_to_ring_group":true,"ring_group_id":"{ring_group}","check_available_users":true,"check_available_users_with_fallback":true,"add_to_powerdialer":true,"powerdialer_position":"bottom","sequence_id":"{sequence}","force_update_sequence":true,"force_update":true,"line_id":"{line}","tag_id":"{tag}","tags":"tag {}","disposition_status_id":"{disposition}","list_ids":"{list}"}}"#,
            numbers[0],
            numbers[1],
            numbers[2],
            person.company(),
            person.email(),
            1 + person.draw(10) % 12,
            1 + person.draw(11) % 28,
            1950 + person.draw(12) % 50,
            1 + person.draw(13) % 9_999,
            person.local_part(),
            person.draw(14) % 20,
            2 + person.draw(15) % 500,
            person.score(),
            person.group(4),
            person.group(3),
        );
        written.expect("a vector takes all that is written to it");
        body
    }
}

/// One of three ways to write an American number.
fn spell(e164: &str, way: u64) -> String {
    let digits = e164.strip_prefix("+1").unwrap_or(e164);
    let parts = digits.split_at_checked(3).and_then(|(area, rest)| {
        rest.split_at_checked(3).map(|(exchange, line)| (area, exchange, line))
    });
    match (parts, way % 3) {
        (Some((area, exchange, line)), 0) => format!("({area}) {exchange}-{line}"),
        (Some((area, exchange, line)), 1) => format!("+1 {area}-{exchange}-{line}"),
        _ => digits.to_owned(),
    }
}
