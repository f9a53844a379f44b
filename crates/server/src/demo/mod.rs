//! Examples for `--demo`: a potter's shop with a month behind it, always with the same words.

mod talk;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::SignedDuration;
use serde_json::json;
use store::{Scope, Store, Tx, World};

use self::talk::{SPAM, TALKS, Talk};
use crate::{
    config::Config,
    contact,
    conversation::{
        self, Assignment, Claim, ClosedBy, ConversationPatch, NewMessage, Snooze, Speaker,
    },
    email::Email,
    error::{Error, Result},
    id::{ContactId, ConversationId, OperatorId, kind},
    operator::{self, AccessRole, AgentStatus, NewOperator, OperatorPatch},
    record,
    secret::SecretKey,
    setting::{self, Settings},
    site, webhook,
    workspace::{self, DEFAULT},
};

const OPERATORS: [(&str, &str); 6] = [
    ("Maya Okafor", "maya@demo.example"),
    ("Jonas Weber", "jonas@demo.example"),
    ("Lin Chen", "lin@demo.example"),
    ("Sofia Marín", "sofia@demo.example"),
    ("Théo Laurent", "theo@demo.example"),
    ("Yuki Tanaka", "yuki@demo.example"),
];
const FIRST_NAMES: [&str; 12] = [
    "Ada", "Bilal", "Chiara", "Dmitri", "Élodie", "Fatima", "Grace", "Hiro", "Inés", "Jamal",
    "Kasia", "Łukasz",
];
const LAST_NAMES: [&str; 10] = [
    "Lovelace", "Haddad", "Rossi", "Ivanov", "Martin", "Noor", "Hopper", "Tanaka", "García",
    "Nowak",
];
const COMPANIES: [&str; 6] = [
    "Analytical Engines",
    "Harbour Coffee",
    "Northwind",
    "Öresund Bikes",
    "Sunrise Realty",
    "東京サービス",
];
const SOURCES: [&str; 4] = ["widget", "api", "import", "form"];
/// Macros, and what they say and do.
const MACROS: [(&str, &str); 3] = [
    (
        "On its way",
        r#"{"body": "Hi {{contact.first_name|there}}, {{operator.first_name}} here. Your order is on its way.", "actions": [{"do": "add_tags", "tags": ["shipping"]}, {"do": "assign", "to": "me"}]}"#,
    ),
    (
        "Thanks, and goodbye",
        r#"{"body": "Glad that we could help, {{contact.first_name|and thank you}}!", "actions": [{"do": "close"}]}"#,
    ),
    ("Ask the studio", r#"{"body": "Could somebody at the kiln look at this?", "is_note": true}"#),
];
const TAGS: [&str; 4] = ["newsletter", "trial", "vip", "wholesale"];
const CONTACTS: usize = 300;
const CONVERSATIONS: usize = 120;
/// Open ones that one operator may have.
const CONCURRENT: i64 = 20;
/// Of which the newest so many are told to a webhook.
const TOLD: usize = 8;
/// How far back the first of them began.
const DAYS: i64 = 30;
const MINUTE_S: i64 = 60;
const DAY_S: i64 = 24 * 60 * MINUTE_S;

/// A clock that can be put back, so that the examples have a past.
#[derive(Clone, Default)]
pub struct Past(Arc<AtomicI64>);

impl Past {
    /// The same world, by this clock.
    pub fn of(&self, world: &World) -> World {
        let (clock, seconds) = (Arc::clone(&world.clock), Arc::clone(&self.0));
        let clock = move || {
            let back = SignedDuration::from_secs(seconds.load(Ordering::Relaxed));
            clock().checked_sub(back).unwrap_or_default()
        };
        World { clock: Arc::new(clock), random: Arc::clone(&world.random) }
    }

    fn go_back(&self, seconds: i64) {
        self.0.store(seconds, Ordering::Relaxed);
    }
}

/// Fills the default workspace, unless it has contacts, and says whether it did. `past` is the clock
/// of `store`, which shows the time of now again when this returns.
///
/// # Errors
/// Those of the store.
pub async fn fill(store: &Store, config: &Config, key: &SecretKey, past: &Past) -> Result<bool> {
    let filled = fill_from_the_past(store, config, key, past).await;
    past.go_back(0);
    filled
}

async fn fill_from_the_past(
    store: &Store,
    config: &Config,
    key: &SecretKey,
    past: &Past,
) -> Result<bool> {
    let workspace = workspace::look_up(store, DEFAULT).await?;
    let scope = Scope::new(workspace.id.as_str()).because_of("demo");
    let known = store.read(&scope, |tx| {
        let sql = "select count from contact_counter where workspace = ?1";
        Ok::<_, Error>(tx.first(sql, &[], |row| row.get::<i64>(0))?)
    });
    if known.await?.is_some() {
        return Ok(false);
    }
    past.go_back(DAYS * DAY_S);
    let operators = operators(store, &scope).await?;
    let (members, installation) = (operators.clone(), Settings::of_installation(config));
    store.write(&scope, move |tx| settle(tx, &members, installation)).await?;
    let mut contacts: Vec<ContactId> = Vec::new();
    for number in 0..CONTACTS {
        past.go_back(DAYS * DAY_S - i64::try_from(number).unwrap_or(0) * DAY_S / 12);
        let new = serde_json::from_value(example(number))?;
        let source = SOURCES[number % SOURCES.len()];
        let made = store.write(&scope, move |tx| contact::create(tx, new, source));
        contacts.push(made.await?.id);
    }
    for number in 0..CONVERSATIONS {
        if number + TOLD == CONVERSATIONS {
            let key = key.clone();
            store.write(&scope, move |tx| tell_away(tx, &key)).await?;
        }
        let contact = contacts[number * 7 % contacts.len()].clone();
        // Whoever has it says nothing about how it ended.
        let operator = operators[(number + number / 6) % operators.len()].clone();
        let one = Example { number, contact, operator };
        one.tell(store, &scope, past).await?;
    }
    Ok(true)
}

async fn operators(store: &Store, scope: &Scope) -> Result<Vec<OperatorId>> {
    let mut all = Vec::new();
    for (name, email) in OPERATORS {
        let email = Email::try_from(email.to_owned()).map_err(Error::internal)?;
        let new = NewOperator::new(email, name, AccessRole::Operator);
        let here = OperatorPatch {
            agent_status: Some(AgentStatus::Available),
            max_concurrent: Some(CONCURRENT),
            ..OperatorPatch::default()
        };
        let write = store.write(scope, move |tx| {
            let made = operator::create(tx, &new)?;
            operator::update(tx, &made.id, &here)
        });
        match write.await {
            Ok(made) => all.push(made.id),
            Err(Error::Taken { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(all)
}

/// A webhook whose receiver is away.
fn tell_away(tx: &mut Tx<'_>, key: &SecretKey) -> Result<()> {
    let away = json!({ "url": "https://hooks.pennyroot.example/orders",
                       "events": ["conversation.created", "message.created"],
                       "description": "Shop orders" });
    webhook::create(tx, serde_json::from_value(away)?, key)?;
    Ok(())
}

/// The shop's sites, settings, macros, views and groups.
fn settle(tx: &mut Tx<'_>, operators: &[OperatorId], installation: Settings) -> Result<()> {
    let patch = json!({ "routing": "manual", "timezone": "Europe/Berlin" });
    setting::update(tx, installation, serde_json::from_value(patch)?)?;
    site::create(tx, serde_json::from_value(site())?)?;
    site::create(tx, serde_json::from_value(json!({ "name": "Pennyroot courses" }))?)?;
    let details = |value: serde_json::Value| value.as_object().cloned().unwrap_or_default();
    for (name, details_of) in MACROS {
        let body = details(serde_json::from_str(details_of)?);
        record::create::<kind::Macro>(tx, name, &body)?;
    }
    let urgent = json!({ "filter": { "status": "open", "priority": "urgent" } });
    record::create::<kind::View>(tx, "Urgent", &details(urgent))?;
    let group = json!({ "operator_ids": operators, "mode": "round_robin" });
    record::create::<kind::RingGroup>(tx, "Studio", &details(group))?;
    Ok(())
}

/// One conversation of the examples.
struct Example {
    number: usize,
    contact: ContactId,
    operator: OperatorId,
}

impl Example {
    /// Begins it some days ago, says its lines minutes apart, and leaves it as this number is left.
    async fn tell(&self, store: &Store, scope: &Scope, past: &Past) -> Result<()> {
        let talk = &TALKS[self.number % TALKS.len()];
        let place = i64::try_from(CONVERSATIONS - self.number).unwrap_or(1);
        let mut ago = place * DAYS * DAY_S / i64::try_from(CONVERSATIONS + 1).unwrap_or(1);
        past.go_back(ago);
        let contact_id = Some(self.contact.clone());
        let new = conversation::NewConversation { contact_id, ..Default::default() };
        let id = store.write(scope, move |tx| conversation::create(tx, new, "demo")).await?.id;
        if self.number % 40 == 39 {
            let body = SPAM[self.number / 40 % SPAM.len()];
            self.say(store, scope, &id, ('v', body)).await?;
            let patch = ConversationPatch { is_spam: Some(true), ..Default::default() };
            return store
                .write(scope, move |tx| conversation::patch(tx, &id, patch, "demo").map(drop))
                .await;
        }
        // The newest ones wait for their first answer.
        let answered = self.number + 9 < CONVERSATIONS;
        for line in talk.lines.iter().take(if answered { talk.lines.len() } else { 1 }) {
            ago -= MINUTE_S * i64::try_from(2 + self.number % 9).unwrap_or(2);
            past.go_back(ago.max(MINUTE_S));
            self.say(store, scope, &id, *line).await?;
        }
        past.go_back((ago - 10 * MINUTE_S).max(1));
        let (operator, number) = (self.operator.clone(), self.number);
        let end = store.write(scope, move |tx| leave(tx, &id, talk, &operator, number));
        end.await
    }

    async fn say(
        &self,
        store: &Store,
        scope: &Scope,
        id: &ConversationId,
        (who, body): talk::Line,
    ) -> Result<()> {
        let (id, operator) = (id.clone(), self.operator.clone());
        let kind = match who {
            'v' => Speaker::Visitor,
            'n' => Speaker::Note,
            _ => Speaker::Operator,
        };
        let operator_id = Some(operator).filter(|_| who != 'v');
        let new =
            NewMessage { body: body.into(), kind: Some(kind), operator_id, ..Default::default() };
        let write = store.write(scope, move |tx| {
            let found = conversation::find(tx, &id, None)?;
            conversation::send(tx, &found, &new, "demo").map(drop)
        });
        write.await
    }
}

/// Most are closed and rated; some are snoozed, some urgent, and some nobody has yet.
fn leave(
    tx: &mut Tx<'_>,
    id: &ConversationId,
    talk: &Talk,
    operator: &OperatorId,
    number: usize,
) -> Result<()> {
    let tags: Vec<String> = talk.tags.iter().map(|&tag| tag.to_owned()).collect();
    let priority = match number % 11 {
        3 => Some(conversation::Priority::Urgent),
        7 => Some(conversation::Priority::High),
        _ => None,
    };
    let tags = crate::change::Change::Set(tags);
    let patch = ConversationPatch { tags, priority, ..Default::default() };
    conversation::patch(tx, id, patch, "demo")?;
    if CONVERSATIONS <= number + 9 || number % 6 == 5 {
        return Ok(());
    }
    let given = Assignment::manual(Some(operator.clone()), "demo");
    conversation::assign(tx, id, &given, Claim::Anyway)?;
    match number % 6 {
        0 => Ok(()),
        1 => conversation::snooze(tx, id, &Snooze::Reply).map(drop),
        _ => {
            conversation::close(tx, id, ClosedBy::Operator)?;
            let score = [5, 4, 5, 3, 5, 2][number % 6];
            conversation::rate(tx, id, score, None).map(drop)
        }
    }
}

/// A potter's shop, whose page is at `/demo`.
fn site() -> serde_json::Value {
    serde_json::json!({
        "name": site::DEMO_NAME,
        "texts": { "en": {
            "greeting": "Hello from the studio",
            "intro": "Three of us are here. We usually reply in about 3 minutes.",
        } },
        "triggers": [{
            "id": "kiln", "author": "Maya",
            "message": "The ochre glaze is back in the kiln this week. Shall I put one aside for you?",
            "choices": ["Yes, hold one", "Just looking"],
            "when": { "seconds": 20 },
        }],
    })
}

/// The example of this number.
fn example(number: usize) -> serde_json::Value {
    let pick = |from: &[&'static str], step: usize| from[number / step % from.len()];
    let (first, last) = (pick(&FIRST_NAMES, 1), pick(&LAST_NAMES, 12));
    serde_json::json!({
        "email": format!("person{number:03}@demo.example"),
        "name": format!("{first} {last}"),
        "phone": format!("+1415555{:04}", 100 + number),
        "company": pick(&COMPANIES, 5),
        "tags": [pick(&TAGS, 3)],
        "custom_attributes": { "seats": number % 40, "beta": number.is_multiple_of(7) },
    })
}
