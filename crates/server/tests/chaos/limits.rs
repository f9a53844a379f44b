//! What one client may take: time, bytes and connections. Each limit is just kept to, and just
//! broken.

use std::{
    net::{SocketAddr, UdpSocket},
    time::Duration,
};

use crate::{
    chance::{pause, stopwatch, until},
    client::{Line, ask},
    ledger::contacts,
    program::{Home, Program},
};

/// What "at once" is on a machine that does other things too.
const QUICK: Duration = Duration::from_secs(5);

fn is_well(program: &Program) {
    assert_eq!(ask(program.address, "GET /healthz", "", "").status, 200);
    assert!(program.errors().is_empty(), "{:#?}", program.errors());
}

#[test]
fn a_connection_on_which_nothing_moves_is_closed_later_than_a_slow_head() {
    let home = Home::new();
    let program = home.start_with("SWITCHBOARD_HTTP_IDLE_TIMEOUT_S", "1");
    let mut line = Line::open(program.address).unwrap();
    assert_eq!(line.ask("GET /healthz", "", "", b"").unwrap().status, 200);
    assert!(line.is_closed());
    is_well(&program);
    program.stop();
    let program = home.start_with("SWITCHBOARD_HTTP_HEADER_TIMEOUT_S", "1");
    let mut line = Line::open(program.address).unwrap();
    for _ in 0..2 {
        assert_eq!(line.ask("GET /healthz", "", "", b"").unwrap().status, 200);
        // A pause between two requests is not one within a request.
        pause(Duration::from_millis(1_500));
    }
    line.say(b"GET /healthz HTTP/1.1\r\n").unwrap();
    assert!(line.is_closed());
    is_well(&program);
    program.stop();
}

#[test]
fn a_body_that_does_not_come_is_waited_for_ten_seconds() {
    let home = Home::new();
    let program = home.start();
    let key = home.key();
    let head = format!(
        "POST /v1/contacts HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {key}\r\n\
         Content-Length: 100000\r\n\r\n{{\"email\""
    );
    let begun = stopwatch();
    let mut slow: Vec<Line> = (0..20).map(|_| Line::open(program.address).unwrap()).collect();
    for line in &mut slow {
        line.say(head.as_bytes()).unwrap();
    }
    is_well(&program);
    for line in &mut slow {
        let answer = line.hear().unwrap();
        assert_eq!(answer.status, 408);
        assert_eq!(answer.json()["error"]["code"], "body_too_slow");
    }
    assert!(Duration::from_secs(9) < begun.elapsed(), "{:?}", begun.elapsed());
    assert!(contacts(program.address, &key).is_empty());
    is_well(&program);
    program.stop();
}

#[test]
fn addresses_and_headers_are_so_long_and_no_longer() {
    let home = Home::new();
    let program = home.start();
    let told = |what: &str, headers: &str| {
        let answer = Line::open(program.address).unwrap().ask(what, "", headers, b"").unwrap();
        let code = answer.json()["error"]["code"].as_str().unwrap_or_default().to_owned();
        (answer.status, code)
    };
    let path = |bytes: usize| format!("GET /{}", "x".repeat(bytes - 1));
    assert_eq!(told(&path(8 << 10), ""), (404, "not_found".to_owned()));
    assert_eq!(told(&path((8 << 10) + 1), ""), (414, "uri_too_long".to_owned()));
    assert_eq!(told(&path(30 << 10), ""), (414, "uri_too_long".to_owned()));
    let query = format!("GET /v1/contacts?q={}", "x".repeat(8 << 10));
    assert_eq!(told(&query, ""), (414, "uri_too_long".to_owned()));
    let long = |bytes: usize| format!("X: {}\r\n", "y".repeat(bytes));
    assert_eq!(told("GET /healthz", &long(32_000)).0, 200);
    assert_eq!(told("GET /healthz", &long(33_000)).0, 431);
    assert_eq!(told("GET /healthz", &long(1 << 20)).0, 431);
    // Four are the client's own.
    assert_eq!(told("GET /healthz", &"X: y\r\n".repeat(96)).0, 200);
    assert_eq!(told("GET /healthz", &"X: y\r\n".repeat(97)).0, 431);
    is_well(&program);
    program.stop();
}

/// Bodies of at most 1 MiB that cost more to read than to write, and which answer each gets.
fn bombs() -> Vec<(&'static str, String, u16)> {
    let nest = |depth: usize, inner: &str| "[".repeat(depth) + inner + &"]".repeat(depth);
    let with = |value: &str| format!("{{\"email\": \"a@b.co\", \"x\": {value}}}");
    let full = |piece: &str| piece.repeat((1_000 << 10) / piece.len());
    vec![
        ("nested too deep by one", with(&nest(64, "1")), 400),
        ("nested as deep as it goes", nest(500 << 10, ""), 400),
        ("nested objects", with(&("{\"a\":".repeat(60_000) + "1" + &"}".repeat(60_000))), 400),
        ("never closed", full("[[[{\"a\":"), 400),
        ("a number of a million digits", format!("{{\"email\": {}}}", full("9")), 400),
        ("a number too large", "{\"email\": 1e999999999}".to_owned(), 400),
        ("a number too small, and a mistake", format!("{{\"email\": 1e-{}}}", full("9")), 422),
        (
            "one field again and again",
            format!("{{{}\"email\": 1}}", full("\"email\": \"a@b.co\",")),
            422,
        ),
        ("a list in the place of a text", format!("{{\"email\": [{}1]}}", full("1,")), 422),
        (
            "many tags",
            format!("{{\"email\": \"a@b.co\", \"tags\": [{}\"\"]}}", full("\"t\",")),
            422,
        ),
        ("blanks", full(" ") + "x", 400),
        ("escapes", format!("{{\"email\": \"{}\"}}", full("\\u0041")), 422),
    ]
}

#[test]
fn bombs_of_json_are_refused_at_once() {
    for home in Home::on_each_engine() {
        let program = home.start();
        let key = home.key();
        for (what, body, status) in bombs() {
            let begun = stopwatch();
            let answer = ask(program.address, "POST /v1/contacts", &key, &body);
            let took = begun.elapsed();
            let words = String::from_utf8_lossy(&answer.body).into_owned();
            assert_eq!(answer.status, status, "{what}: {words}");
            assert!(took < QUICK && words.len() < 4_096, "{what}: {took:?} {}", words.len());
        }
        assert!(contacts(program.address, &key).is_empty());
        // Just as deep as may be: what nothing reads is no trouble.
        let deep = format!("{}1{}", "[".repeat(63), "]".repeat(63));
        let body = format!("{{\"email\": \"a@b.co\", \"x\": {deep}}}");
        assert_eq!(ask(program.address, "POST /v1/contacts", &key, &body).status, 201);
        // The same many fields that nobody knows are as many as they are short.
        let body = format!("{{\"email\": \"c@b.co\"{}}}", ",\"x\":1".repeat(150_000));
        let begun = stopwatch();
        assert_eq!(ask(program.address, "POST /v1/contacts", &key, &body).status, 201);
        assert!(begun.elapsed() < QUICK, "{:?}", begun.elapsed());
        is_well(&program);
        program.stop();
        home.must_be_clean();
    }
}

/// An address of this machine that is not the loopback's. Nothing is sent to find it.
fn own_address() -> Option<SocketAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?;
    (!address.ip().is_loopback()).then_some(address)
}

#[test]
fn one_address_has_so_many_connections_and_the_others_theirs() {
    let Some(own) = own_address() else {
        println!("skipped: this machine has no address but the loopback's");
        return;
    };
    let home = Home::new();
    let settings = [
        ("SWITCHBOARD_LISTEN", "0.0.0.0:0"),
        ("SWITCHBOARD_HTTP_CONNECTIONS_PER_ADDRESS_MAX", "5"),
    ];
    let program = home.start_by_settings(&settings);
    let outside = SocketAddr::new(own.ip(), program.address.port());
    let status = || {
        let mut line = Line::open(outside).ok()?;
        Some((line.ask("GET /healthz", "", "", b"").ok()?.status, line))
    };
    let mut kept: Vec<Line> =
        (0..5).map(|_| status().filter(|(is, _)| *is == 200).unwrap().1).collect();
    // It is turned away before it is listened to, so it may not hear the end of it.
    let mut refused = Line::open(outside).unwrap();
    let answer = refused.hear().unwrap();
    assert_eq!((answer.status, answer.headers["retry-after"].as_str()), (429, "1"));
    assert!(refused.is_closed());
    // This machine has others.
    let local = SocketAddr::from(([127, 0, 0, 1], program.address.port()));
    let mine: Vec<Line> = (0..20).map(|_| Line::open(local).unwrap()).collect();
    assert_eq!(ask(local, "GET /healthz", "", "").status, 200);
    drop(mine);
    // Those that are there are served, and whoever leaves makes room.
    assert_eq!(kept[4].ask("GET /healthz", "", "", b"").unwrap().status, 200);
    drop(kept.pop());
    until("there is room again", || status().filter(|(status, _)| *status == 200));
    program.stop();
}
