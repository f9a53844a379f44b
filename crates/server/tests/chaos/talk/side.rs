//! The two ends: a visitor's widget and an operator's desk, as bare as they can be.

use std::{
    collections::BTreeSet,
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use serde_json::{Value as Json, json};
use tungstenite::{Message, WebSocket, client};

use super::{
    Place, Side,
    record::{Heard, Record},
};
use crate::{
    chance::{Chance, PATIENCE, pause, stopwatch},
    client::{Answer, Line, ask},
};

/// How long a connection is listened to at once.
const LISTEN: Duration = Duration::from_millis(20);
/// How long to wait for a server that is away.
const AWAY: Duration = Duration::from_millis(50);

/// What both ends need to know.
#[derive(Clone)]
pub(super) struct Scene {
    key: String,
    site: String,
}

impl Scene {
    pub(super) fn set(address: SocketAddr, key: &str) -> Self {
        let made = ask(address, "POST /v1/sites", key, r#"{"name": "Site"}"#).json();
        let site = made["data"]["key"].as_str().unwrap().to_owned();
        Self { key: key.to_owned(), site }
    }
}

/// A connection to the gateway that is cut from time to time, and knows where it was.
struct Ear {
    path: String,
    token: String,
    known: i64,
    socket: Option<WebSocket<TcpStream>>,
    cut_at: Instant,
    cuts: usize,
    over: Option<Instant>,
}

impl Ear {
    fn new(path: String, token: String, known: i64) -> Self {
        Self { path, token, known, socket: None, cut_at: stopwatch(), cuts: 0, over: None }
    }

    fn connect(&mut self, address: SocketAddr, chance: &mut Chance) {
        let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_secs(2)) else {
            return pause(AWAY);
        };
        if stream.set_read_timeout(Some(Duration::from_secs(5))).is_err() {
            return;
        }
        let url = format!("ws://{address}{}", self.path);
        let Ok((mut socket, _)) = client(url, stream) else { return pause(AWAY) };
        let hello = json!({ "type": "hello", "token": self.token, "since": self.known });
        if socket.send(Message::text(hello.to_string())).is_err() {
            return;
        }
        if socket.get_ref().set_read_timeout(Some(LISTEN)).is_ok() {
            self.socket = Some(socket);
            let life = Duration::from_millis(chance.between(1_000, 3_000));
            self.cut_at = stopwatch() + life;
        }
    }

    /// Whether all was heard that there is. Whoever has not come back for it when the talk is over,
    /// does so now.
    fn is_done(&mut self, place: &Place) -> bool {
        let Some(last) = place.last() else { return false };
        let over = *self.over.get_or_insert_with(|| {
            self.socket = None;
            stopwatch()
        });
        assert!(over.elapsed() < PATIENCE, "heard of {} of {last}", self.known);
        self.cut_at = stopwatch() + PATIENCE;
        last <= self.known
    }

    /// The frames that came within a moment. A cut takes no leave.
    fn listen(&mut self, address: SocketAddr, chance: &mut Chance) -> Vec<Json> {
        if self.socket.is_some() && self.cut_at <= stopwatch() {
            self.socket = None;
            self.cuts += 1;
        }
        if self.socket.is_none() {
            self.connect(address, chance);
        }
        let Some(socket) = &mut self.socket else { return Vec::new() };
        let mut frames = Vec::new();
        loop {
            match socket.read() {
                Ok(Message::Text(text)) => {
                    let frame: Json = serde_json::from_str(text.as_str()).unwrap();
                    let seq = frame["seq"].as_i64().unwrap_or(0);
                    if frame["type"] == "live" || frame["type"] == "resync" {
                        self.known = self.known.max(seq);
                    }
                    if frame["type"] == "resync" {
                        frames.push(frame);
                        continue;
                    }
                    if frame["id"].is_null() {
                        continue;
                    }
                    let prev = frame["prev"].as_i64().unwrap();
                    assert!(prev <= self.known, "something was left out: {frame}");
                    if self.known < seq {
                        self.known = seq;
                        frames.push(frame);
                    }
                }
                Ok(Message::Close(_)) => break,
                Ok(_) => {}
                Err(tungstenite::Error::Io(error))
                    if matches!(
                        error.kind(),
                        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                    ) =>
                {
                    return frames;
                }
                Err(_) => break,
            }
        }
        self.socket = None;
        frames
    }
}

/// A request that is repeated until it is answered for good.
fn insist((place, side): (&Place, Side), what: &str, key: &str, body: &Json) -> Answer {
    loop {
        let asked = Line::open(place.node(side))
            .and_then(|mut line| line.ask(what, key, "", body.to_string().as_bytes()));
        match asked {
            Ok(answer) if answer.status < 500 => return answer,
            Ok(_) | Err(_) => pause(AWAY),
        }
    }
}

/// A visitor.
pub(super) struct Guest {
    number: u64,
    site: String,
    token: String,
    chance: Chance,
    ear: Ear,
    record: Record,
}

impl Guest {
    pub(super) fn new(number: u64, scene: &Scene, address: SocketAddr, engine: &str) -> Self {
        let site = scene.site.clone();
        let begun = ask(address, &format!("POST /widget/v1/init?site={site}"), "", "{}").json();
        let token = begun["data"]["token"].as_str().unwrap().to_owned();
        let known = begun["data"]["seq"].as_i64().unwrap();
        let path = format!("/widget/v1/realtime?site={site}");
        let mut chance = Chance::new(engine);
        for _ in 0..number {
            chance.between(0, 1);
        }
        let ear = Ear::new(path, token.clone(), known);
        Self { number, site, token, chance, ear, record: Record::default() }
    }

    pub(super) fn talk(mut self, place: &Place) -> Record {
        let (mut sent, mut next_at) = (0, stopwatch());
        while !self.ear.is_done(place) {
            for frame in self.ear.listen(place.node(Side::Guests), &mut self.chance) {
                assert_ne!(frame["type"], "resync", "a visitor does not miss that much");
                if frame["type"] == "message.created" {
                    let talk = frame["data"]["conversation_id"].as_str().unwrap().to_owned();
                    let heard = Heard::of(&frame["data"]);
                    self.record.streams.entry(talk).or_default().push(heard);
                }
            }
            if place.is_talking() && next_at <= stopwatch() {
                self.say(place, sent);
                sent += 1;
                // However many they are, they say about as much together.
                let crowd = u32::try_from(super::visitors() / 24).unwrap().max(1);
                next_at = stopwatch() + crowd * Duration::from_millis(self.chance.between(50, 400));
            }
        }
        self.record.cuts = self.ear.cuts;
        self.record
    }

    fn say(&mut self, place: &Place, count: u64) {
        let client_id = format!("v{}-{count}", self.number);
        let body = json!({ "client_id": client_id, "body": format!("message {count}") });
        let what = format!("POST /widget/v1/messages?site={}", self.site);
        let answer = insist((place, Side::Guests), &what, &self.token, &body);
        assert!([200, 201].contains(&answer.status), "{:?}", answer.json());
        let message = &answer.json()["data"]["message"];
        self.record.talk = message["conversation_id"].as_str().unwrap().to_owned();
        let id = message["id"].as_str().unwrap().to_owned();
        self.record.acknowledged.push((client_id, id));
    }
}

/// An operator, who answers every third message of some conversations, and hears all of them.
pub(super) struct Desk {
    number: u64,
    key: String,
    chance: Chance,
    ear: Ear,
    record: Record,
    /// What was read from the lists: it may be told of once more.
    fetched: BTreeSet<String>,
}

impl Desk {
    pub(super) fn new(number: u64, scene: &Scene, engine: &str) -> Self {
        let ear = Ear::new("/v1/realtime".to_owned(), scene.key.clone(), 0);
        let chance = Chance::new(engine);
        let (record, fetched) = (Record::default(), BTreeSet::new());
        Self { number, key: scene.key.clone(), chance, ear, record, fetched }
    }

    pub(super) fn answer(mut self, place: &Place) -> Record {
        while !self.ear.is_done(place) {
            for frame in self.ear.listen(place.node(Side::Desks), &mut self.chance) {
                let kind = frame["type"].as_str().unwrap_or_default();
                if kind == "resync" {
                    self.fetch(place);
                }
                if kind != "message.created" && kind != "line.created" {
                    continue;
                }
                let talk = frame["data"]["conversation_id"].as_str().unwrap().to_owned();
                let heard = Heard::of(&frame["data"]);
                if self.fetched.contains(&heard.id) {
                    continue;
                }
                let is_mine = heard.number.unsigned_abs() % super::DESKS == self.number;
                if frame["data"]["type"] == "visitor" && is_mine && place.is_talking() {
                    let body = json!({ "body": "yes", "client_id": format!("re-{}", heard.id) });
                    let what = format!("POST /v1/conversations/{talk}/reply");
                    let answer = insist((place, Side::Desks), &what, &self.key, &body);
                    assert!([200, 201].contains(&answer.status), "{:?}", answer.json());
                }
                self.record.streams.entry(talk).or_default().push(heard);
            }
        }
        self.record
    }
    /// Too much was missed: all is read anew.
    fn fetch(&mut self, place: &Place) {
        self.record.resyncs += 1;
        let get = |path: &str| insist((place, Side::Desks), path, &self.key, &Json::Null).json();
        for talk in super::list(&get, "/v1/conversations") {
            let talk = talk["id"].as_str().unwrap();
            let all = super::truth(&get, talk);
            self.fetched.extend(all.iter().map(|one| one.id.clone()));
            self.record.streams.insert(talk.to_owned(), all);
        }
    }
}
