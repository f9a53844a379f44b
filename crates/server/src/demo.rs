//! Examples for `--demo`, always the same.

use store::{Scope, Store};

use crate::{
    contact,
    email::Email,
    error::{Error, Result},
    operator::{self, AccessRole, AgentStatus, NewOperator, OperatorPatch},
    site,
    workspace::{self, DEFAULT},
};

const OPERATORS: [(&str, &str); 3] = [
    ("Maya Okafor", "maya@demo.example"),
    ("Jonas Weber", "jonas@demo.example"),
    ("Lin Chen", "lin@demo.example"),
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
const TAGS: [&str; 4] = ["newsletter", "trial", "vip", "wholesale"];
const CONTACTS: usize = 120;

/// Fills the default workspace, unless it has contacts.
///
/// # Errors
/// Those of the store.
pub async fn fill(store: &Store) -> Result<()> {
    let workspace = workspace::look_up(store, DEFAULT).await?;
    let scope = Scope::new(workspace.id.as_str()).because_of("demo");
    let known = store.read(&scope, |tx| {
        let sql = "select count from contact_counter where workspace = ?1";
        Ok::<_, Error>(tx.first(sql, &[], |row| row.get::<i64>(0))?)
    });
    if known.await?.is_some() {
        return Ok(());
    }
    for (name, email) in OPERATORS {
        let email = Email::try_from(email.to_owned()).map_err(Error::internal)?;
        let new = NewOperator::new(email, name, AccessRole::Operator);
        let here = OperatorPatch {
            agent_status: Some(AgentStatus::Available),
            ..OperatorPatch::default()
        };
        let write = store.write(&scope, move |tx| {
            let made = operator::create(tx, &new)?;
            operator::update(tx, &made.id, &here).map(drop)
        });
        match write.await {
            Ok(()) | Err(Error::Taken { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    let site = serde_json::from_value(site())?;
    store.write(&scope, move |tx| site::create(tx, site)).await?;
    for number in 0..CONTACTS {
        let new = serde_json::from_value(example(number))?;
        store.write(&scope, move |tx| contact::create(tx, new, "import")).await?;
    }
    Ok(())
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
