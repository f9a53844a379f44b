//! Nothing that a workspace asks for reaches this machine or its neighbours, however it is spelt.

use std::{
    io::{Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener, TcpStream, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use serde_json::{Value as Json, json};
use store::Scope;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    access,
    error::Error,
    testing::{Ask, Database, Stage, block_on, databases, settings},
    webhook::{self, NewWebhook, Shape},
};

/// The addresses: where each leads, what it looks like, and why it is tried.
const FORMS: &str = include_str!("canary.tsv");
/// As many as there are at least.
const FORMS_MIN: usize = 250;
/// As many webhooks of each shape are there at a time.
const AT_ONCE: usize = 20;
/// Who answers for a name at first, and is not asked for anything.
const SOMEBODY: IpAddr = IpAddr::V4(Ipv4Addr::new(1, 1, 1, 1));
/// A webhook that is harmless until its address is changed.
const HARMLESS: &str = "https://1.1.1.1/";
/// How long all of one step may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a step is looked at.
const POLL: Duration = Duration::from_millis(20);
/// What time-outs are divided by.
const HURRY: i64 = 20;

/// Where an address leads if nobody guards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leads {
    /// To a canary.
    Here,
    /// To a private network, or to nobody.
    Away,
    /// To somebody else until it was taken, and then where it must not.
    Later,
    /// Nowhere, or it is refused as it stands.
    Nowhere,
}

#[derive(Clone)]
struct Form {
    leads: Leads,
    text: String,
}

/// Listeners on all addresses of this machine, at several ports.
struct Canaries {
    ports: Vec<u16>,
    own: Ipv4Addr,
    has_newer: bool,
    count: Arc<AtomicUsize>,
}

impl Canaries {
    fn open() -> Self {
        let count = Arc::new(AtomicUsize::new(0));
        let mut ports = Vec::new();
        for _ in 0..3 {
            // One that listens to the newer addresses listens to the older ones as well.
            let listener = TcpListener::bind("[::]:0").or_else(|_| TcpListener::bind("0.0.0.0:0"));
            let (listener, count) = (listener.unwrap(), Arc::clone(&count));
            ports.push(listener.local_addr().unwrap().port());
            thread::spawn(move || {
                for mut stream in listener.incoming().map_while(Result::ok) {
                    count.fetch_add(1, Ordering::SeqCst);
                    // Whoever came may be gone.
                    drop(stream.write_all(b"."));
                }
            });
        }
        // Nothing is sent: it says which address would be used.
        let own = UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
            socket.connect("192.0.2.1:9")?;
            socket.local_addr()
        });
        let own = match own.map(|address| address.ip()) {
            Ok(IpAddr::V4(own)) => own,
            _ => Ipv4Addr::new(127, 0, 0, 7),
        };
        let has_newer = TcpStream::connect((Ipv6Addr::LOCALHOST, ports[0])).is_ok();
        let canaries = Self { ports, own, has_newer, count };
        canaries.heard();
        canaries
    }

    /// Connections since the last time. They are counted in the order in which they came.
    fn heard(&self) -> usize {
        for port in &self.ports {
            let mut line = TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).unwrap();
            line.read_exact(&mut [0]).unwrap();
        }
        self.count.swap(0, Ordering::SeqCst) - self.ports.len()
    }

    fn forms(&self) -> Vec<Form> {
        let lines = FORMS.lines().filter(|line| !line.starts_with('#'));
        let form = |line: &str| {
            let columns: Vec<&str> = line.split('\t').collect();
            let [leads, text, why] = columns[..] else { panic!("three columns: {line}") };
            assert!(!why.is_empty(), "{line}");
            let leads = match leads {
                "here" => Leads::Here,
                "away" => Leads::Away,
                "later" => Leads::Later,
                "no" => Leads::Nowhere,
                other => panic!("{other}"),
            };
            Form { leads, text: self.fill(text) }
        };
        lines.map(form).collect()
    }

    fn fill(&self, text: &str) -> String {
        let mut text = text.to_owned();
        let mut put = |name: &str, value: &str| text = text.replace(name, value);
        for (index, port) in self.ports.iter().enumerate() {
            put(&format!("{{p{}}}", index + 1), &port.to_string());
        }
        put("{own}", &self.own.to_string());
        put("{own_number}", &self.own.to_bits().to_string());
        put("{own_hex}", &format!("{:#x}", self.own.to_bits()));
        put("{long}", &"x".repeat(2_000));
        for (name, value) in [("{tab}", "\t"), ("{cr}", "\r"), ("{lf}", "\n"), ("{nul}", "\0")] {
            put(name, value);
        }
        text
    }
}

/// Where some names lead at first, and others once their addresses were taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    First,
    Turned,
}

fn names(name: &str, phase: Phase, own: Ipv4Addr) -> Vec<IpAddr> {
    let has_turned = phase == Phase::Turned;
    let name = name.trim_end_matches('.');
    let all = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
    if name == "localhost" || name.ends_with(".localhost") {
        return all(&["127.0.0.1", "::1"]);
    }
    if !has_turned && (name.contains("turn") || name.starts_with("xn--trn")) {
        return vec![SOMEBODY];
    }
    if name.ends_with(".flip.example") {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        // Every other answer, and at first the one that may be reached.
        let is_odd = has_turned && NEXT.fetch_add(1, Ordering::SeqCst) % 2 == 1;
        return all(&[if is_odd { "127.0.0.1" } else { "127.0.0.2" }]);
    }
    match name {
        "own.example" | "turnown.example" => vec![own.into()],
        "ip6-localhost" | "ip6-loopback" | "loopback6.example" | "turn6.example" => all(&["::1"]),
        "mapped.example" | "turnmapped.example" => all(&["::ffff:127.0.0.1"]),
        "zero.example" => all(&["0.0.0.0"]),
        "many.example" => all(&["127.0.0.1", "::1", "127.0.0.2"]),
        "ten.example" | "turnten.example" | "kubernetes.default.svc" => all(&["10.0.0.1"]),
        "carrier.example" => all(&["100.64.0.1"]),
        "link.example" => all(&["fe80::1"]),
        "unique.example" => all(&["fd00::1"]),
        "nat64.example" => all(&["64:ff9b::7f00:1"]),
        "6to4.example" => all(&["2002:7f00:1::1"]),
        "multicast.example" => all(&["224.0.0.1"]),
        "mixed.example" => all(&["10.0.0.1", "192.168.0.1", "fc00::1"]),
        "metadata" | "instance-data" | "turnmeta.example" => all(&["169.254.169.254"]),
        "appears.example" if has_turned => all(&["127.0.0.1"]),
        _ if name.ends_with(".internal") || name.ends_with(".packet.net") => {
            all(&["169.254.169.254"])
        }
        _ if name.ends_with(".cluster.local") => all(&["10.96.0.1"]),
        _ if name.contains("turn.example") || name.starts_with("xn--trn") => all(&["127.0.0.1"]),
        _ if name.contains("loopback")
            || name.starts_with("xn--")
            || name.contains("nip")
            || name.contains("rebind") =>
        {
            all(&["127.0.0.1"])
        }
        _ => Vec::new(),
    }
}

/// A server that is asked to reach what it must not, and who would notice.
struct Siege {
    stage: Stage,
    canaries: Canaries,
    has_turned: Arc<AtomicBool>,
    partner: String,
    forms: Vec<Form>,
    /// What was heard, by what was done.
    heard: Vec<(&'static str, usize)>,
    complaints: Vec<String>,
}

impl Siege {
    async fn lay(database: &Database, allow: &[&str]) -> Self {
        let mut config = settings();
        config.outbound.allow = allow.iter().map(|net| net.parse().unwrap()).collect();
        config.webhooks.hurry = HURRY;
        config.rate_limits.enforce = false;
        let stage = Stage::set_with(database, config).await;
        let (canaries, has_turned) = (Canaries::open(), Arc::new(AtomicBool::new(false)));
        let (turned, own) = (Arc::clone(&has_turned), canaries.own);
        stage.app.outside.tell(move |name| {
            let has_turned = turned.load(Ordering::SeqCst);
            names(name, if has_turned { Phase::Turned } else { Phase::First }, own)
        });
        let partner = stage.door_key(access::Kind::Partner).await;
        let forms = canaries.forms();
        let (heard, complaints) = (Vec::new(), Vec::new());
        Self { stage, canaries, has_turned, partner, forms, heard, complaints }
    }

    fn heard_of(&self, what: &str) -> usize {
        self.heard.iter().filter(|(known, _)| *known == what).map(|(_, count)| count).sum()
    }

    fn note(&mut self, what: &'static str) {
        let count = self.canaries.heard();
        self.heard.push((what, count));
    }

    async fn ask(&self, method: &str, path: &str, body: &Json) -> (u16, Json) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer =
            self.stage.send("admin", Ask { method, path, headers: &[], body: &body }).await;
        (answer.code(), serde_json::from_str(&answer.body).unwrap_or_default())
    }

    /// Gives every form to `door`, which says what it is asked with.
    async fn try_door(
        &mut self,
        what: &'static str,
        (method, path): (&str, &str),
        body: impl Fn(&str) -> Json,
    ) {
        let key = ("authorization".to_owned(), format!("Bearer {}", self.partner));
        for form in &self.forms {
            let text = body(&form.text).to_string();
            let (who, headers) = match path.starts_with("/api/") {
                true => ("nobody", std::slice::from_ref(&key)),
                false => ("admin", &[][..]),
            };
            let answer = self.stage.send(who, Ask { method, path, headers, body: &text }).await;
            let is_right = match form.leads {
                Leads::Here | Leads::Away => (400..500).contains(&answer.code()),
                Leads::Later => answer.code() < 300,
                Leads::Nowhere => answer.code() < 500,
            };
            if !is_right {
                self.complaints.push(format!("{what}: {:?}: {}", form.text, answer.status));
            }
        }
        self.note(what);
    }

    async fn try_doors(&mut self) {
        self.has_turned.store(false, Ordering::SeqCst);
        let (_, made) =
            self.ask("POST", "/v1/webhooks", &json!({ "url": HARMLESS, "events": ["*"] })).await;
        let known = format!("/v1/webhooks/{}", made["data"]["id"].as_str().unwrap());
        let platform = |url: &str| json!({ "url": url, "events": ["contact.created"] });
        self.try_door("a webhook", ("POST", "/v1/webhooks"), platform).await;
        let aloware = |url: &str| {
            json!({ "url": url, "events": ["ContactCreated"], "shape": "aloware",
                    "auth": { "type": "basic", "username": "me", "password": "pw" } })
        };
        self.try_door("an Aloware-shaped one", ("POST", "/v1/webhooks"), aloware).await;
        let change = |url: &str| json!({ "url": url });
        self.try_door("a changed one", ("PATCH", &known), change).await;
        self.ask("DELETE", &known, &Json::Null).await;
        let hook = |url: &str| json!({ "hookUrl": url, "event": "message.received" });
        let path = "/api/zapier-webhook?action=subscribe";
        self.try_door("a subscription", ("POST", path), hook).await;
    }

    /// Has a webhook for every form in the database, as if it had been harmless when it was taken.
    async fn plant(&self, shapes: &[Shape], who: &str) {
        for shape in shapes {
            let urls: Vec<String> = self.forms.iter().map(|form| form.text.clone()).collect();
            let (shape, key) = (*shape, self.stage.app.secret.clone());
            let write = self.stage.app.store.write(&self.stage.scope(who), move |tx| {
                for url in urls {
                    // A zero byte is in no database.
                    let url = url.replace('\0', "%00");
                    let events = match shape {
                        Shape::Platform => "contact.created",
                        Shape::Aloware => "ContactCreated",
                        Shape::Hook => {
                            webhook::subscribe(tx, "message.received", &url)?;
                            continue;
                        }
                    };
                    let events = vec![events.to_owned()];
                    let new = NewWebhook { url, events, shape, ..NewWebhook::default() };
                    webhook::create(tx, new, &key)?;
                }
                Ok::<_, Error>(())
            });
            write.await.unwrap();
        }
    }

    /// Waits until no delivery of `scope` is left that had fewer than `count` attempts, and gives all
    /// that went wrong with them.
    async fn attempted(&self, scope: &Scope, count: i64) -> Vec<String> {
        let ended = timeout(PATIENCE, async {
            loop {
                let waiting = self.stage.app.store.read(scope, move |tx| {
                    let sql = "select count(*) from delivery where workspace = ?1
                               and attempts_count < ?2";
                    Ok::<_, Error>(tx.first(sql, &[count.into()], |row| row.get::<i64>(0))?)
                });
                if waiting.await.unwrap() == Some(0) {
                    return;
                }
                sleep(POLL).await;
            }
        });
        assert!(ended.await.is_ok(), "some were never tried");
        let read = self.stage.app.store.read(scope, |tx| {
            let sql = "select attempts from delivery where workspace = ?1 order by id limit 10000";
            tx.all(sql, &[], |row| Ok::<_, Error>(row.get::<String>(0)?))
        });
        let all = read.await.unwrap();
        let all = all.iter().flat_map(|text| serde_json::from_str::<Vec<Json>>(text).unwrap());
        all.map(|one| one["error"].as_str().unwrap_or("It arrived.").to_owned()).collect()
    }

    /// Has something happen, and sends what is to be sent of it until all was tried; then a test of
    /// each webhook, and all of it once more by hand. Gives what went wrong with each attempt. No time
    /// passes, so that nothing is tried again by itself.
    async fn send(&mut self) -> Vec<String> {
        self.has_turned.store(true, Ordering::SeqCst);
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(webhook::dispatch(self.stage.app.clone(), stopped));
        let email = format!("ada{}@example.com", self.heard.len());
        let (status, _) = self.ask("POST", "/v1/contacts", &json!({ "email": email })).await;
        assert_eq!(status, 201);
        for who in ["admin", "other"] {
            let (site, visitor) = self.stage.widget_of(who).await;
            self.stage.first_words(&site, &visitor).await;
        }
        // The log is read by then.
        webhook::settle(&self.stage.app).await.unwrap();
        self.all_attempted("an event", 1).await;
        for (who, id) in self.ids("select id from webhook where workspace = ?1 order by id").await {
            let path = format!("/v1/webhooks/{id}/test");
            let ask = Ask { method: "POST", path: &path, headers: &[], body: r#"{"wait_s": 0}"# };
            assert_eq!(self.stage.send_at_once(who, ask).await.code(), 201);
        }
        self.all_attempted("a test", 1).await;
        for (who, id) in self.ids("select id from delivery where workspace = ?1 order by id").await
        {
            let path = format!("/v1/deliveries/{id}/retry");
            let ask = Ask { method: "POST", path: &path, headers: &[], body: "" };
            assert_eq!(self.stage.send_at_once(who, ask).await.code(), 200);
        }
        let errors = self.all_attempted("a retry", 2).await;
        stop.send(true).unwrap();
        tasks.join_all().await;
        errors
    }

    async fn all_attempted(&mut self, what: &'static str, count: i64) -> Vec<String> {
        let mut errors = Vec::new();
        for who in ["admin", "other"] {
            errors.extend(self.attempted(&self.stage.scope(who), count).await);
        }
        self.note(what);
        errors
    }

    async fn ids(&self, sql: &'static str) -> Vec<(&'static str, String)> {
        let mut all = Vec::new();
        for who in ["admin", "other"] {
            let read = self.stage.app.store.read(&self.stage.scope(who), move |tx| {
                tx.all(sql, &[], |row| Ok::<_, Error>(row.get::<String>(0)?))
            });
            all.extend(read.await.unwrap().into_iter().map(|id| (who, id)));
        }
        all
    }

    /// Gives up all webhooks: what is read at each event are all that there are.
    async fn clear(&self) {
        for who in ["admin", "other"] {
            let write = self.stage.app.store.write(&self.stage.scope(who), |tx| {
                tx.run("delete from delivery where workspace = ?1", &[])?;
                Ok::<_, Error>(tx.run("delete from webhook where workspace = ?1", &[])?)
            });
            write.await.unwrap();
        }
    }

    /// An avatar's address is kept as it is, and nobody asks for it.
    async fn keep_avatars(&mut self) {
        let mut kept = 0;
        for (number, form) in self.forms.iter().enumerate() {
            let email = format!("c{number}@example.com");
            let body = json!({ "email": email, "avatar_url": form.text });
            let (status, made) = self.ask("POST", "/v1/contacts", &body).await;
            assert!(matches!(status, 201 | 422), "{:?}: {made}", form.text);
            if status == 201 {
                assert_eq!(made["data"]["avatar_url"], form.text.trim());
                kept += 1;
            }
        }
        assert!(FORMS_MIN / 2 < kept, "{kept} were kept");
        self.note("an avatar");
    }
}

/// Whether that is said of a request that never left. What no certificate can be for is not connected
/// to either.
fn never_left(error: &str) -> bool {
    let begins =
        ["The address ", "There is no host ", "No connection could be made: invalid dns name"];
    begins.iter().any(|begin| error.starts_with(begin))
}

#[test]
fn nothing_reaches_what_is_ours_however_it_is_spelt() {
    for database in databases() {
        block_on(async {
            let mut siege = Siege::lay(&database, &[]).await;
            assert!(FORMS_MIN <= siege.forms.len());
            siege.keep_avatars().await;
            let (all, mut errors) = (std::mem::take(&mut siege.forms), Vec::new());
            for forms in all.chunks(AT_ONCE) {
                siege.forms = forms.to_vec();
                siege.try_doors().await;
                siege.plant(&[Shape::Platform, Shape::Aloware], "admin").await;
                siege.plant(&[Shape::Hook], "other").await;
                errors.extend(siege.send().await);
                siege.clear().await;
            }
            let left: Vec<&String> = errors.iter().filter(|error| !never_left(error)).collect();
            assert_eq!(left, [""; 0]);
            assert_eq!(siege.complaints, [""; 0]);
            let heard: usize = siege.heard.iter().map(|(_, count)| count).sum();
            assert_eq!(heard, 0, "{:?}", siege.heard);
            println!(
                "{} forms, {} attempts that never left, 0 connections",
                all.len(),
                errors.len()
            );
            // Three shapes; an event, a test, and each once more.
            assert!(12 * all.len() <= errors.len(), "{}", errors.len());
        });
    }
}

#[test]
fn the_canaries_hear_what_an_open_guard_lets_through() {
    let database = databases().remove(0);
    block_on(async {
        let mut siege = Siege::lay(&database, &["0.0.0.0/0", "::/0"]).await;
        let has_newer = siege.canaries.has_newer;
        siege.forms.retain(|form| {
            form.leads == Leads::Here
                && (has_newer || !(form.text.contains('[') || form.text.contains('6')))
        });
        let (all, mut attempts) = (std::mem::take(&mut siege.forms), 0);
        for forms in all.chunks(AT_ONCE) {
            siege.forms = forms.to_vec();
            siege.try_doors().await;
            let errors = siege.send().await;
            let unheard: Vec<&String> = errors.iter().filter(|error| never_left(error)).collect();
            assert_eq!(unheard, [""; 0], "{:?}", siege.complaints);
            attempts += errors.len();
            siege.clear().await;
        }
        for what in ["a webhook", "an Aloware-shaped one", "a changed one", "a subscription"] {
            assert_eq!(siege.heard_of(what), 0, "a door only looks names up");
        }
        for what in ["an event", "a test", "a retry"] {
            let heard = siege.heard_of(what);
            println!("{what}: {} forms of three shapes, {heard} connections", all.len());
            assert!(3 * all.len() <= heard, "{what}: {heard}");
        }
        assert!(12 * all.len() <= attempts, "{attempts}");
    });
}

/// Somebody who may be reached, and answers the request for each path with what `answers` has there.
pub(super) fn somebody(answers: Vec<String>) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(ALLOWED).unwrap();
    let (port, asked) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&asked);
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut head = [0; 4_096];
            let read = stream.read(&mut head).unwrap_or(0);
            let head = String::from_utf8_lossy(&head[..read]).into_owned();
            let path = head.split([' ', '/']).nth(2).and_then(|path| path.parse::<usize>().ok());
            count.fetch_add(1, Ordering::SeqCst);
            let answer = &answers[path.unwrap_or(0)];
            // Whoever asked may be gone.
            let rest = "Content-Length: 2\r\nConnection: close\r\n\r\nok";
            drop(write!(stream, "HTTP/1.1 {answer}\r\n{rest}"));
        }
    });
    (port, asked)
}

/// One address of this machine that is named in the setting; the others are not.
const ALLOWED: (Ipv4Addr, u16) = (Ipv4Addr::new(127, 0, 0, 2), 0);

#[test]
fn an_answer_leads_nowhere_else() {
    for database in databases() {
        block_on(async {
            let mut siege = Siege::lay(&database, &["127.0.0.2/32"]).await;
            let there = format!("127.0.0.1:{}/", siege.canaries.ports[0]);
            let mut answers: Vec<String> = [300, 301, 302, 303, 305, 307, 308]
                .map(|status| format!("{status} See\r\nLocation: http://{there}"))
                .into();
            answers.extend([
                format!("302 Found\r\nLocation: //{there}"),
                format!("302 Found\r\nLocation: https://{there}"),
                format!("301 Moved\r\nlocation: http://me:pw@{there}"),
                format!("201 Created\r\nLocation: http://{there}"),
                format!("200 OK\r\nContent-Location: http://{there}"),
                format!("200 OK\r\nRefresh: 0; url=http://{there}"),
                format!("200 OK\r\nLink: <http://{there}>; rel=preload"),
                format!("200 OK\r\nAlt-Svc: http/1.1=\"{}\"; ma=60", there.trim_end_matches('/')),
                format!("103 Early\r\nLink: <http://{there}>; rel=preload\r\n\r\nHTTP/1.1 200 OK"),
                format!("407 Ask\r\nProxy-Authenticate: Basic realm=\"http://{there}\""),
                format!("503 Busy\r\nRetry-After: 0\r\nLocation: http://{there}"),
            ]);
            let count = answers.len();
            let (port, asked) = somebody(answers);
            let form = |number| Form {
                leads: Leads::Later,
                text: format!("http://127.0.0.2:{port}/{number}"),
            };
            siege.forms = (0..count).map(form).collect();
            siege.try_doors().await;
            let errors = siege.send().await;
            assert_eq!(siege.complaints, [""; 0]);
            assert!(!errors.iter().any(|error| never_left(error)), "{errors:?}");
            // A webhook of either shape and a subscription; an event, a test, and each once more.
            assert!(12 * count <= asked.load(Ordering::SeqCst), "{errors:?}");
            assert!(siege.heard.iter().all(|(_, count)| *count == 0), "{:?}", siege.heard);
        });
    }
}

#[test]
fn a_name_that_changes_between_look_up_and_connection_leads_nowhere_else() {
    for database in databases() {
        block_on(async {
            let mut siege = Siege::lay(&database, &["127.0.0.2/32"]).await;
            let (port, asked) = somebody(vec!["200 OK".to_owned()]);
            // The same port, at an address that is not named.
            let canary = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
            canary.set_nonblocking(true).unwrap();
            let form = |number: usize| Form {
                leads: Leads::Later,
                text: format!("http://n{number}.flip.example:{port}/0"),
            };
            siege.forms = (0..20).map(form).collect();
            siege.try_doors().await;
            let errors = siege.send().await;
            let refused = errors.iter().filter(|error| never_left(error)).count();
            let arrived = asked.load(Ordering::SeqCst);
            assert!(20 < refused && 20 < arrived, "{refused} and {arrived} of {}", errors.len());
            assert!(canary.accept().is_err(), "somebody came");
        });
    }
}
