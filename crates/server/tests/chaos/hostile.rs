//! Clients that say nothing, that never finish, and that say what nobody should.

use std::time::Duration;

use crate::{
    chance::{PATIENCE, pause, stopwatch},
    client::{Line, ask},
    ledger::contacts,
    program::{Home, Program},
};

/// A server that waits one second for the head of a request.
fn impatient(home: &Home) -> Program {
    home.start_with("SWITCHBOARD_HTTP_HEADER_TIMEOUT_S", "1")
}

fn is_well(program: &Program, key: &str) {
    assert_eq!(ask(program.address, "GET /v1/contacts", key, "").status, 200);
    let errors = program.errors();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn sockets_that_say_nothing_are_closed_and_hold_up_nobody() {
    let home = Home::new();
    let program = impatient(&home);
    let key = home.key();
    let silent: Vec<Line> = (0..100).map(|_| Line::open(program.address).unwrap()).collect();
    is_well(&program, &key);
    for mut line in silent {
        assert!(line.is_closed());
    }
    is_well(&program, &key);
}

#[test]
fn a_head_that_trickles_in_is_cut_off() {
    let home = Home::new();
    let program = impatient(&home);
    let key = home.key();
    let mut lines: Vec<Line> = (0..20).map(|_| Line::open(program.address).unwrap()).collect();
    for line in &mut lines {
        line.say(b"GET /v1/contacts HTTP/1.1\r\nHost: test\r\n").unwrap();
    }
    let begun = stopwatch();
    while !lines.is_empty() {
        assert!(begun.elapsed() < PATIENCE, "{} are still listened to", lines.len());
        // One letter now and then: each is on time, and the whole never comes.
        lines.retain_mut(|line| line.say(b"x").is_ok());
        pause(Duration::from_millis(100));
    }
    is_well(&program, &key);
}

#[test]
fn a_body_of_ten_megabytes_is_refused_in_words_that_arrive() {
    let home = Home::new();
    let program = impatient(&home);
    let key = home.key();
    let name = "x".repeat(10 << 20);
    let body = format!("{{\"email\": \"ada@example.com\", \"name\": \"{name}\"}}");
    let answer = ask(program.address, "POST /v1/contacts", &key, &body);
    assert_eq!(answer.status, 413);
    assert_eq!(answer.json()["error"]["code"], "body_too_large");
    assert!(contacts(program.address, &key).is_empty());
    is_well(&program, &key);
}

#[test]
fn a_body_that_breaks_off_changes_nothing_and_frees_its_connection() {
    let home = Home::new();
    let program = impatient(&home);
    let key = home.key();
    let head = format!(
        "POST /v1/contacts HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {key}\r\n\
         Content-Length: 1000\r\n\r\n{{\"email\": \"ada@example.com\"}}"
    );
    for _ in 0..20 {
        let mut line = Line::open(program.address).unwrap();
        line.say(head.as_bytes()).unwrap();
        line.fall_silent().unwrap();
        if let Ok(answer) = line.hear() {
            assert!((400..500).contains(&answer.status), "{answer:?}");
        }
        assert!(line.is_closed());
    }
    // Whoever just hangs up is no trouble either.
    for _ in 0..20 {
        Line::open(program.address).unwrap().say(head.as_bytes()).unwrap();
    }
    assert!(contacts(program.address, &key).is_empty());
    is_well(&program, &key);
}

/// Bodies of a create that are wrong in some way, none of which may change anything.
fn wrong_bodies() -> Vec<Vec<u8>> {
    let deep = |open: &str, close: &str| {
        let nest = open.repeat(100_000) + &close.repeat(100_000);
        format!("{{\"email\": \"a@b.co\", \"custom_attributes\": {{\"a\": {nest}}}}}").into_bytes()
    };
    let many: Vec<String> = (0..5_000).map(|number| format!("\"k{number}\": 1")).collect();
    let many = format!("{{\"email\": \"a@b.co\", \"custom_attributes\": {{{}}}}}", many.join(","));
    let mut bodies = vec![
        deep("[", "]"),
        deep("{\"a\":", "}"),
        "[".repeat(200_000).into_bytes(),
        many.into_bytes(),
        b"{\"email\": \"a\xff\xfe@b.co\"}".to_vec(),
        b"\xef\xbb\xbf{\"email\": \"a@b.co\"}".to_vec(),
        b"\xff\xfe{\0\"\0".to_vec(),
        b"\0".to_vec(),
    ];
    let texts = [
        "",
        "{}",
        "null",
        "true",
        "7",
        "\"text\"",
        "[]",
        "{",
        "{\"email\"",
        "{\"email\": }",
        "{\"email\": null}",
        "{\"email\": 7}",
        "{\"email\": []}",
        "{\"email\": {}}",
        "{\"email\": \"\"}",
        "{\"email\": \"no address\"}",
        "{\"email\": \"\\u0000@b.co\"}",
        "{\"email\": \"a\\u0000@b.co\"}",
        "{\"email\": \"\\ud800@b.co\"}",
        "{\"email\": \"a@b.co\"} trailing",
        "{\"email\": \"a@b.co\", \"name\": 7}",
        "{\"email\": \"a@b.co\", \"tags\": \"none\"}",
        "{\"email\": \"a@b.co\", \"tags\": [1]}",
        "{\"email\": \"a@b.co\", \"phone\": \"letters\"}",
        "{\"email\": \"a@b.co\", \"phone\": 1e400}",
        "{\"email\": \"a@b.co\", \"custom_attributes\": []}",
        "{\"email\": \"a@b.co\", \"owner_id\": \"op_nobody\"}",
        "NaN",
        "'single'",
        "{\"email\": \"a@b.co\", \"email\": 7}",
        "<xml/>",
        "email=a@b.co",
    ];
    bodies.extend(texts.map(|text| text.as_bytes().to_vec()));
    bodies
}

#[test]
fn wrong_bodies_get_a_clear_error_and_change_nothing() {
    for home in Home::on_each_engine() {
        let program = home.start();
        let key = home.key();
        let mut line = Line::open(program.address).unwrap();
        for body in wrong_bodies() {
            for what in ["POST /v1/contacts", "PATCH /v1/contacts/con_nobody", "POST /v1/tags"] {
                let answer = line.ask(what, &key, "", &body).unwrap();
                let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
                assert!((400..500).contains(&answer.status), "{what} {shown}: {}", answer.status);
                let error = answer.json()["error"]["message"].as_str().map(str::to_owned);
                assert!(error.is_some_and(|error| !error.is_empty()), "{what} {shown}");
            }
        }
        assert!(contacts(program.address, &key).is_empty(), "half of a change was kept");
        is_well(&program, &key);
        program.stop();
        home.must_be_clean();
    }
}

#[test]
fn a_null_byte_in_a_text_is_no_trouble_for_either_engine() {
    for home in Home::on_each_engine() {
        let program = home.start();
        let key = home.key();
        let body = "{\"email\": \"ada@example.com\", \"name\": \"A\\u0000da\", \
                    \"tags\": [\"a\\u0000b\"], \"custom_attributes\": {\"k\\u0000\": \"v\\u0000\"}}";
        let answer = ask(program.address, "POST /v1/contacts", &key, body);
        assert!([201, 422].contains(&answer.status), "{answer:?}");
        let search = "{\"query\": \"a\\u0000\", \"filters\": {\"email\": \"\\u0000\"}}";
        let answer = ask(program.address, "POST /v1/contacts/search", &key, search);
        assert!(answer.status < 500, "{answer:?}");
        is_well(&program, &key);
        program.stop();
        home.must_be_clean();
    }
}

const WRONG_REQUESTS: [&str; 23] = [
    "DELETE /v1/contacts",
    "PUT /v1/contacts",
    "PATCH /v1/contacts",
    "POST /v1/contacts/con_nobody",
    "BREW /v1/contacts",
    "CONNECT /v1/contacts",
    "TRACE /v1/contacts",
    "POST /healthz",
    "DELETE /metrics",
    "GET /v1/contacts/%00",
    "GET /v1/contacts/%ff%fe",
    "GET /v1/contacts/con_0000000000000000000000000%00",
    "GET /v1/contacts/../../etc/passwd",
    "GET /v1/contacts?limit=%00",
    "GET /v1/contacts?limit=-1",
    "GET /v1/contacts?page=0",
    "GET /v1/contacts?page=99999999999999999999",
    "GET /v1/contacts?page=1e9&per_page=NaN",
    "GET /v1/contacts?after=nonsense",
    "GET /v1/contacts?after=con_&limit=1",
    "GET /v1/contacts?after=%00&after=%ff",
    "GET /v1/contacts?page=1&after=con_0000000000000000000000001a",
    "GET /%2e%2e/%2e%2e/etc/passwd",
];

#[test]
fn wrong_verbs_paths_and_pages_are_refused_and_nothing_breaks() {
    for home in Home::on_each_engine() {
        let program = home.start();
        let key = home.key();
        for what in WRONG_REQUESTS {
            let mut line = Line::open(program.address).unwrap();
            let answer = line.ask(what, &key, "", b"").unwrap();
            assert!((400..500).contains(&answer.status), "{what}: {}", answer.status);
        }
        is_well(&program, &key);
    }
}

#[test]
fn what_is_no_http_at_all_is_answered_or_closed() {
    let home = Home::new();
    let program = impatient(&home);
    let key = home.key();
    let long_path = format!("GET /{} HTTP/1.1\r\nHost: test\r\n\r\n", "x".repeat(1 << 20));
    let long_header = format!("GET / HTTP/1.1\r\nHost: test\r\nX: {}\r\n\r\n", "x".repeat(1 << 20));
    let headers = "X: y\r\n".repeat(10_000);
    let many_headers = format!("GET / HTTP/1.1\r\nHost: test\r\n{headers}\r\n");
    let said: [&[u8]; 14] = [
        b"\r\n\r\n\r\n",
        b"\0\0\0\0\0\0\0\0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/contacts HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"POST /v1/contacts HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /v1/contacts HTTP/1.1\r\nTransfer-Encoding: nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nX\0Y: z\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        long_path.as_bytes(),
        long_header.as_bytes(),
        many_headers.as_bytes(),
    ];
    for said in said {
        let mut line = Line::open(program.address).unwrap();
        // It may hang up before it has heard all.
        let has_said = line.say(said).and_then(|()| line.fall_silent());
        let shown = String::from_utf8_lossy(&said[..said.len().min(60)]).into_owned();
        if let (Ok(()), Ok(answer)) = (has_said, line.hear()) {
            assert!((400..500).contains(&answer.status), "{shown:?}: {}", answer.status);
        }
        assert!(line.is_closed(), "{shown:?}: the connection stays open");
    }
    is_well(&program, &key);
}

#[test]
fn a_body_in_an_encoding_that_is_not_known_is_refused() {
    let home = Home::new();
    let program = home.start();
    let key = home.key();
    let mut line = Line::open(program.address).unwrap();
    for encoding in ["gzip", "br", "nonsense", "\u{fc}"] {
        let header = format!("Content-Encoding: {encoding}\r\n");
        let body = b"{\"email\": \"ada@example.com\"}";
        let answer = line.ask("POST /v1/contacts", &key, &header, body).unwrap();
        assert_eq!(answer.status, 415, "{encoding}");
    }
    assert!(contacts(program.address, &key).is_empty());
    is_well(&program, &key);
}
