//! Two tenants who do what comes to their minds, with each other's names and each other's ids: one of
//! them sees and keeps to the letter what it would alone.

use jiff::SignedDuration;
use serde_json::Value as Json;

use super::permissions::{Door, ROUTES, ask, without_limits};
use crate::{
    testing::{Database, Stage, block_on, databases, names::Names},
    work,
};

/// What each tenant does.
const STEPS: usize = 250;
const SEEDS: [u64; 2] = [7, 2026];

/// One tenant: its key, its own chance, and the ids that it has seen.
struct Tenant {
    key: String,
    chance: u64,
    ids: Vec<String>,
    made: usize,
}

impl Tenant {
    fn new(stage: &Stage, who: &str, seed: u64) -> Self {
        Self { key: stage.secret(who), chance: seed, ids: Vec::new(), made: 0 }
    }

    /// A number below `end`: a linear congruence, whose high bits are good enough here.
    fn pick(&mut self, end: usize) -> usize {
        let step = self.chance.wrapping_mul(6_364_136_223_846_793_005);
        self.chance = step.wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.chance >> 33).unwrap() % end.max(1)
    }

    /// An id that was seen in answers of `path`'s collection, mostly.
    fn id(&mut self, prefix: &str) -> String {
        let like: Vec<String> =
            self.ids.iter().filter(|id| id.starts_with(prefix)).cloned().collect();
        let place = self.pick(like.len());
        like.get(place).cloned().unwrap_or_else(|| format!("{prefix}nothing"))
    }

    /// Asks something. Gives the call, and what came back.
    async fn step(&mut self, stage: &Stage, others: &[String]) -> (String, String) {
        let scoped: Vec<_> = ROUTES
            .iter()
            .filter(|route| route.door == Door::Scoped)
            // A webhook would be told of it, and there is nobody at the other end.
            .filter(|route| !route.call.contains("webhooks") && !route.call.contains("deliveries"))
            .collect();
        let place = self.pick(scoped.len());
        let route = scoped[place];
        let path = route.call.split_once(' ').unwrap().1;
        let prefix = prefix_of(path);
        let own = [
            self.id(prefix),
            self.id(if path.contains("{message_id}") { "msg_" } else { prefix }),
            self.id("op_"),
        ];
        // Somebody else's id now and then: it is nothing here.
        let foreign = self.pick(5) == 0 && !others.is_empty();
        let ids = if foreign {
            let place = self.pick(others.len());
            [others[place].clone(), own[1].clone(), own[2].clone()]
        } else {
            own
        };
        self.made += 1;
        let made = self.made % 20;
        let asked = ask(route, &ids).by(&self.key);
        let asked = match route.call {
            "POST /v1/contacts" => asked
                .body(format!("{{\"email\": \"c{made}@example.com\", \"tags\": [\"t{made}\"]}}")),
            "POST /v1/operators" => {
                asked.body(format!("{{\"email\": \"o{made}@example.com\", \"name\": \"O{made}\"}}"))
            }
            "POST /v1/tags" | "POST /v1/lists" => asked.body(format!("{{\"name\": \"n{made}\"}}")),
            _ => asked,
        };
        let answer = asked.send(&stage.router).await;
        if let Ok(body) = serde_json::from_str::<Json>(&answer.body)
            && let Some(id) = body["data"]["id"].as_str()
            && !self.ids.iter().any(|known| known == id)
        {
            self.ids.push(id.to_owned());
        }
        (route.call.to_owned(), format!("{} {}", answer.status, answer.body))
    }

    /// Everything that lists show.
    async fn export(&self, stage: &Stage) -> String {
        let mut text = String::new();
        for route in ROUTES.iter().filter(|route| route.call.starts_with("GET ")) {
            if route.door == Door::Scoped && !route.call.contains('{') {
                let ids = ["x", "y", "z"].map(str::to_owned);
                let answer = ask(route, &ids).by(&self.key).send(&stage.router).await;
                text = format!("{text}{}\n{} {}\n", route.call, answer.status, answer.body);
            }
        }
        text
    }
}

/// What ids begin with of the things that `path` is about.
fn prefix_of(path: &str) -> &'static str {
    let noun = path.trim_start_matches("/v1/").split('/').next().unwrap_or_default();
    match noun {
        "contacts" => "con_",
        "operators" => "op_",
        "tags" => "tag_",
        "dispositions" => "dis_",
        "lines" => "line_",
        "ring-groups" => "rg_",
        "sequences" => "seq_",
        "lists" => "list_",
        "conversations" => "conv_",
        "messages" => "msg_",
        "visitors" => "vis_",
        "sites" => "site_",
        "attachments" => "att_",
        "keys" => "key_",
        "apps" => "app_",
        "grants" => "grant_",
        _ => "rcp_",
    }
}

/// What one tenant is answered, and what is there in the end; beside another one, if there is one.
async fn play(database: &Database, seed: u64, beside: Option<u64>) -> String {
    let stage = Stage::set_with(database, without_limits()).await;
    let mut names = Names::default();
    let mut text = String::new();
    let mut first = Tenant::new(&stage, "admin", seed);
    let mut other = beside.map(|seed| Tenant::new(&stage, "other", seed));
    for _ in 0..STEPS {
        stage.time.tick(SignedDuration::from_secs(1));
        let (call, answer) = first.step(&stage, &[]).await;
        text = format!("{text}{call}\n{}\n", names.shown(&answer));
        if let Some(other) = &mut other {
            let (call, answer) = other.step(&stage, &first.ids).await;
            let leaks = first.ids.iter().filter(|id| answer.contains(id.as_str()));
            assert_eq!(leaks.count(), 0, "{call}: {answer}");
        }
    }
    work::settle(&stage.app).await.unwrap();
    let export = first.export(&stage).await;
    text + &names.shown(&export)
}

#[test]
fn beside_another_a_tenant_is_answered_and_keeps_what_it_would_alone() {
    for seed in SEEDS {
        let alone: Vec<String> =
            databases().iter().map(|database| block_on(play(database, seed, None))).collect();
        let beside: Vec<String> = databases()
            .iter()
            .map(|database| block_on(play(database, seed, Some(seed + 1))))
            .collect();
        for (alone, beside) in alone.iter().zip(&beside) {
            let differ = alone.lines().zip(beside.lines()).find(|(one, other)| one != other);
            assert_eq!(differ, None);
            assert_eq!(alone.lines().count(), beside.lines().count());
        }
        // It did something.
        assert!(20 < alone[0].matches("\n201 ").count(), "{}", alone[0]);
    }
}
