//! Tests are transcripts: requests go in, and what the server said and logged comes out. Every one
//! is played on each engine there is, and must read the same.

pub(crate) mod bad;
pub(crate) mod browser;
pub(crate) mod names;

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use expect_test::Expect;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;
use store::{Durability, Options, Scope, Store, Target, World};
use tower::ServiceExt as _;

use self::names::{Names, brief};
use crate::{
    access::{self, Level, NewCredential, Plan},
    config::{self, Config},
    email::Email,
    event,
    http::{self, App},
    job,
    operator::{self, AccessRole, NewOperator},
    outbox,
    page::Paging,
    receipt, setup, work, workspace,
};

/// Plays `script` on every engine, and compares all that came back.
///
/// A line is one of:
/// - `METHOD path [body]`: asks; ids of earlier answers are written `{con_1}`.
/// - `as admin|write|read|free|other|nobody`: who asks from now on. `other` is another workspace's.
/// - `as vt_1`: a visitor, who shows their token.
/// - `as intake|partner`: the same, with a key of a door; it is also written `{intake}`, `{partner}`.
/// - `header Name: value`: goes with the next request.
/// - `basic name password`: goes with the next request, as HTTP Basic.
/// - `tick 1h`: time passes. Each request takes a second by itself.
/// - `settle`: readers and jobs do what there is to do.
/// - `log`: shows the asker's events; `log dialer lead`: those whose kinds begin so, by their kind.
/// - `from here`: what was played so far is not shown.
/// - `effects`: shows what became of each request to a door, oldest first.
/// - `mails`: shows what was sent since the last time.
/// - `show header-name`: that header is shown too, from now on.
/// - `brief`: from now on answers show the ids of what they give, and not all of it.
/// - `operator Ada ada@example.com`: someone joins the asker's workspace.
pub(crate) fn check(script: &str, expect: &Expect) {
    let mut transcripts = databases().into_iter().map(|database| play(&database, script));
    let first = transcripts.next().expect("there is always SQLite");
    expect.assert_eq(&first);
    for transcript in transcripts {
        assert_eq!(first, transcript, "the engines differ");
    }
}

/// Runs `future` on a runtime of its own.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Runtime::new().unwrap().block_on(future)
}

/// A new, empty database. To open one twice is to start two nodes.
pub(crate) enum Database {
    Sqlite(tempfile::TempDir),
    Postgres(String),
}

/// One on each engine there is: PostgreSQL if `TEST_POSTGRES` says where.
pub(crate) fn databases() -> Vec<Database> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let mut databases = vec![Database::Sqlite(tempfile::tempdir().unwrap())];
    #[expect(clippy::disallowed_methods, reason = "the tests have no config")]
    let url = std::env::var("TEST_POSTGRES");
    if let Ok(url) = url {
        let name =
            format!("server_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        store::testing::create_database(&url, &name);
        let (server, _) = url.rsplit_once('/').expect("a URL ends with a database");
        databases.push(Database::Postgres(format!("{server}/{name}")));
    }
    databases
}

impl Database {
    /// One more node on this database.
    pub(crate) fn open(&self, world: &World) -> Store {
        let target = match self {
            Self::Sqlite(folder) => Target::Sqlite(folder.path().join("switchboard.db")),
            Self::Postgres(url) => Target::Postgres { url: url.clone(), authorities: None },
        };
        let (migrations, durability) = (setup::MIGRATIONS, Durability::Loose);
        Store::open(Options { target, migrations, world: world.clone(), durability, readers: 2 })
            .unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Self::Postgres(url) = self {
            store::testing::drop_database(url);
        }
    }
}

/// A clock that only tests move, and chance that is always the same.
pub(crate) struct TestWorld {
    us: Arc<AtomicI64>,
    pub(crate) world: World,
}

impl TestWorld {
    pub(crate) fn new() -> Self {
        let us = Arc::new(AtomicI64::new(1_767_225_600_000_000));
        let (clock, count) = (Arc::clone(&us), AtomicU64::new(0));
        let now = move || Timestamp::from_microsecond(clock.load(Ordering::Relaxed)).unwrap();
        // Numbers far apart, each once.
        let random = move || {
            let count = u128::from(count.fetch_add(1, Ordering::Relaxed) + 1);
            count.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
        };
        Self { us, world: World { clock: Arc::new(now), random: Arc::new(random) } }
    }

    pub(crate) fn tick(&self, span: SignedDuration) {
        let us = i64::try_from(span.as_micros()).unwrap();
        self.us.fetch_add(us, Ordering::Relaxed);
    }
}

/// The settings that tests run with.
pub(crate) fn settings() -> Config {
    config::load_defaults()
}

/// A whole program without a socket, and keys of two workspaces.
pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) time: TestWorld,
    keys: BTreeMap<&'static str, (Scope, String)>,
    /// Where the data would be that is in no database.
    pub(crate) folder: tempfile::TempDir,
}

impl Stage {
    pub(crate) async fn set(database: &Database) -> Self {
        Self::set_with(database, settings()).await
    }

    pub(crate) async fn set_with(database: &Database, mut config: Config) -> Self {
        let time = TestWorld::new();
        let store = database.open(&time.world);
        let mut keys = BTreeMap::new();
        for (slug, who) in [(workspace::DEFAULT, "admin"), ("other", "other")] {
            let made = setup::create_workspace(&store, &time.world, slug).await.unwrap();
            let scope = Scope::new(made.id.as_str());
            let askers = [
                (who, Level::Admin, Plan::Enterprise),
                ("write", Level::Write, Plan::Enterprise),
                ("read", Level::Read, Plan::Enterprise),
                ("free", Level::Admin, Plan::Free),
            ];
            for (who, level, plan) in askers {
                if keys.contains_key(who) {
                    continue;
                }
                let secret = access::new_secret(access::Kind::Platform, || (time.world.random)());
                let new = NewCredential {
                    kind: access::Kind::Platform,
                    level,
                    plan,
                    operator: None,
                    name: who.to_owned(),
                };
                let kept = secret.clone();
                let made = store.write(&scope, move |tx| access::create(tx, &new, &kept)).await;
                let scope = scope.clone().by(made.unwrap().id.as_str());
                keys.insert(who, (scope, secret));
            }
        }
        let folder = tempfile::tempdir().unwrap();
        folder.path().clone_into(&mut config.data);
        let app = App::new(store, config, time.world.clone()).unwrap();
        let router = http::router(app.clone());
        Self { app, router, time, keys, folder }
    }

    /// Whose data `who` sees.
    pub(crate) fn scope(&self, who: &str) -> Scope {
        self.keys[who].0.clone()
    }

    /// The secret of `who`.
    pub(crate) fn secret(&self, who: &str) -> String {
        self.keys[who].1.clone()
    }

    /// A new key of a door of the default workspace.
    pub(crate) async fn door_key(&self, kind: access::Kind) -> String {
        let secret = access::new_secret(kind, || (self.time.world.random)());
        let new = NewCredential {
            kind,
            level: Level::Admin,
            plan: Plan::Enterprise,
            operator: None,
            name: kind.as_str().to_owned(),
        };
        let kept = secret.clone();
        let scope = self.scope("admin");
        self.app.store.write(&scope, move |tx| access::create(tx, &new, &kept)).await.unwrap();
        secret
    }

    /// The key of a new site, and the token of a visitor of it.
    pub(crate) async fn widget(&self) -> (String, String) {
        self.widget_of("admin").await
    }

    /// The same in the workspace of `who`.
    pub(crate) async fn widget_of(&self, who: &str) -> (String, String) {
        let (path, body) = ("/v1/sites", r#"{"name": "Site"}"#);
        let made = self.send(who, Ask { method: "POST", path, headers: &[], body }).await;
        let made: Json = serde_json::from_str(&made.body).unwrap();
        let site = made["data"]["key"].as_str().unwrap().to_owned();
        let visitor = self.visitor(&site).await;
        (site, visitor)
    }

    /// The token of a new visitor of a site.
    pub(crate) async fn visitor(&self, site: &str) -> String {
        let path = format!("/widget/v1/init?site={site}");
        let ask = Ask { method: "POST", path: &path, headers: &[], body: "" };
        let begun: Json = serde_json::from_str(&self.send("nobody", ask).await.body).unwrap();
        begun["data"]["token"].as_str().unwrap().to_owned()
    }

    /// Says hello as a visitor. Gives the id of the conversation.
    pub(crate) async fn first_words(&self, site: &str, token: &str) -> String {
        let path = format!("/widget/v1/messages?site={site}");
        let headers = [("authorization".to_owned(), format!("Bearer {token}"))];
        let body = r#"{"client_id": "first", "body": "Hello"}"#;
        let ask = Ask { method: "POST", path: &path, headers: &headers, body };
        let said: Json = serde_json::from_str(&self.send("nobody", ask).await.body).unwrap();
        said["data"]["conversation"]["id"].as_str().unwrap().to_owned()
    }

    /// Sends whatever it is to a door.
    pub(crate) async fn post_raw(&self, path: &str, bad: &bad::Bad) -> Answer {
        let mut request = Request::builder().method("POST").uri(path);
        if !bad.kind.is_empty() {
            request = request.header("content-type", bad.kind);
        }
        self.answer(request.body(Body::from(bad.body.clone())).unwrap()).await
    }

    /// Asks, as `who` unless that is `nobody`.
    pub(crate) async fn send(&self, who: &str, ask: Ask<'_>) -> Answer {
        self.time.tick(SignedDuration::from_secs(1));
        self.send_at_once(who, ask).await
    }

    /// The same, and no time passes.
    pub(crate) async fn send_at_once(&self, who: &str, ask: Ask<'_>) -> Answer {
        let mut request = Request::builder().method(ask.method).uri(ask.path);
        if who != "nobody" {
            request = request.header("authorization", format!("Bearer {}", self.keys[who].1));
        }
        for (name, value) in ask.headers {
            request = request.header(name, value);
        }
        self.answer(request.body(Body::from(ask.body.to_owned())).unwrap()).await
    }

    async fn answer(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let mut headers: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in &parts.headers {
            let value = value.to_str().unwrap();
            // One that comes twice stands on two lines.
            let all = headers.entry(name.as_str().to_owned());
            all.and_modify(|all| *all = format!("{all}\n{value}")).or_insert(value.to_owned());
        }
        let body = to_bytes(body, 64 << 20).await.unwrap();
        Answer {
            status: parts.status.to_string(),
            headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }
}

/// One request.
pub(crate) struct Ask<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) headers: &'a [(String, String)],
    pub(crate) body: &'a str,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Answer {
    /// The number of its status.
    pub(crate) fn code(&self) -> u16 {
        self.status.split(' ').next().unwrap().parse().unwrap()
    }
}

/// Headers that every transcript shows.
const SHOWN: [&str; 4] = ["allow", "idempotency-replayed", "retry-after", "x-ignored-fields"];

fn play(database: &Database, script: &str) -> String {
    // What went wrong inside is said beside the transcript; another test may have begun it.
    let quiet = tracing_subscriber::fmt().with_test_writer().with_max_level(tracing::Level::ERROR);
    drop(quiet.try_init());
    block_on(async {
        let stage = Stage::set(database).await;
        let mut transcript = Transcript::default();
        for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            transcript.play(&stage, line).await;
        }
        work::settle(&stage.app).await.unwrap();
        let (undone, _) = stage.app.store.system_read(|tx| job::due(tx, 10)).await.unwrap();
        assert!(undone.is_empty(), "jobs were left undone in {undone:?}");
        transcript.text
    })
}

/// The kind of key that a transcript's `as` names.
fn door(who: &str) -> Option<access::Kind> {
    match who {
        "intake" => Some(access::Kind::Intake),
        "partner" => Some(access::Kind::Partner),
        _ => None,
    }
}

struct Transcript {
    text: String,
    who: String,
    headers: Vec<(String, String)>,
    shown: Vec<String>,
    is_brief: bool,
    names: Names,
}

impl Default for Transcript {
    fn default() -> Self {
        let shown = SHOWN.map(str::to_owned).to_vec();
        let names = Names::default();
        let (text, who) = (String::new(), "admin".to_owned());
        Self { text, who, headers: Vec::new(), shown, is_brief: false, names }
    }
}

impl Transcript {
    async fn play(&mut self, stage: &Stage, line: &str) {
        writeln!(self.text, "> {line}").unwrap();
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "as" => {
                rest.clone_into(&mut self.who);
                if let Some(kind) = door(rest)
                    && self.names.known.iter().all(|(_, name)| name != rest)
                {
                    let secret = stage.door_key(kind).await;
                    self.names.known.push((secret, rest.to_owned()));
                }
            }
            "show" => self.shown.push(rest.to_owned()),
            "header" => {
                let (name, value) = rest.split_once(": ").unwrap();
                self.headers.push((name.to_owned(), self.names.real(value)));
            }
            "basic" => {
                let pair = self.names.real(rest).replacen(' ', ":", 1);
                let value = format!("Basic {}", BASE64.encode(pair));
                self.headers.push(("authorization".to_owned(), value));
            }
            "tick" => stage.time.tick(rest.parse().unwrap()),
            "settle" => work::settle(&stage.app).await.unwrap(),
            "log" => self.log(stage, rest).await,
            "from" => {
                self.text.clear();
                self.is_brief = false;
            }
            "effects" => self.effects(stage).await,
            "mails" => self.mails(stage),
            "brief" => self.is_brief = true,
            "operator" => self.join(stage, rest).await,
            method => self.ask(stage, method, rest).await,
        }
    }

    async fn ask(&mut self, stage: &Stage, method: &str, rest: &str) {
        let rest = self.names.real(rest);
        let (path, body) = rest.split_once(' ').unwrap_or((&rest, ""));
        let mut headers = std::mem::take(&mut self.headers);
        let mut who = self.who.as_str();
        if who.starts_with("vt_") || door(who).is_some() {
            let secret = self.names.real(&format!("{{{who}}}"));
            headers.push(("authorization".to_owned(), format!("Bearer {secret}")));
            who = "nobody";
        }
        let answer = stage.send(who, Ask { method, path, headers: &headers, body }).await;
        let id = answer.headers.get("x-request-id").expect("every answer names its request");
        assert!(!answer.body.contains("request_id") || answer.body.contains(id), "{}", answer.body);
        writeln!(self.text, "{}", answer.status).unwrap();
        for name in &self.shown {
            if let Some(value) = answer.headers.get(name) {
                writeln!(self.text, "{name}: {value}").unwrap();
            }
        }
        if !answer.body.is_empty() {
            let body = if self.is_brief { brief(&answer.body) } else { answer.body };
            let body = self.names.shown(&body);
            writeln!(self.text, "{body}").unwrap();
        }
    }

    async fn join(&mut self, stage: &Stage, rest: &str) {
        let (name, email) = rest.rsplit_once(' ').unwrap();
        let email = Email::try_from(email.to_owned()).unwrap();
        let new = NewOperator::new(email, name, AccessRole::Operator);
        stage.time.tick(SignedDuration::from_secs(1));
        let write =
            stage.app.store.write(&stage.scope(&self.who), move |tx| operator::create(tx, &new));
        let id = write.await.unwrap().id;
        let shown = self.names.shown(id.as_str());
        writeln!(self.text, "{shown}").unwrap();
    }

    async fn effects(&mut self, stage: &Stage) {
        let paging = Paging::Cursor { after: None, limit: 100 };
        let read = stage.app.store.read(&stage.scope("admin"), move |tx| {
            receipt::list(tx, &receipt::Filter::default(), &paging)
        });
        for receipt in read.await.unwrap().data.into_iter().rev() {
            let receipt = serde_json::to_value(&receipt).unwrap();
            let (id, status) = (&receipt["id"], &receipt["status"]);
            let line = format!("{} {status}", id.as_str().unwrap());
            let line = self.names.shown(&line);
            writeln!(self.text, "{line}").unwrap();
            for effect in receipt["effects"].as_array().unwrap() {
                let text = |name: &str| effect[name].as_str().unwrap().to_owned();
                let line = format!("    {} {}: {}", text("action"), text("result"), text("reason"));
                let line = self.names.shown(&line);
                writeln!(self.text, "{line}").unwrap();
            }
        }
    }

    /// What was sent is taken away, so that each is shown once.
    fn mails(&mut self, stage: &Stage) {
        let folder = stage.folder.path().join(outbox::FOLDER);
        let mut files: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            let text = self.names.shown(&text);
            writeln!(self.text, "{}", text.replace("\r\n", "\n").trim_end()).unwrap();
            std::fs::remove_file(file).unwrap();
        }
    }

    async fn log(&mut self, stage: &Stage, kinds: &str) {
        let is_asker = stage.keys.contains_key(self.who.as_str());
        let who = if is_asker { &self.who } else { "admin" };
        let read = stage.app.store.read(&stage.scope(who), |tx| event::list_after(tx, 0, 1000));
        // The keys of the stage are no part of the play.
        for entry in read.await.unwrap().into_iter().filter(|entry| entry.kind != "key.created") {
            let mut wanted = kinds.split_whitespace();
            if !kinds.is_empty() && !wanted.any(|kind| entry.kind.starts_with(kind)) {
                continue;
            }
            let line = format!(
                "{} {} {} by {} {}",
                entry.seq, entry.kind, entry.subject, entry.actor, entry.payload
            );
            let line = self.names.shown(&line);
            writeln!(self.text, "{line}").unwrap();
        }
    }
}
