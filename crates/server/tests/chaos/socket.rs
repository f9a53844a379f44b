//! The gateway's three ways, and clients of it that do not behave.

use std::{io::Read as _, io::Write as _, net::TcpStream, time::Duration};

use serde_json::{Value as Json, json};
use tungstenite::{Message, WebSocket, client, protocol::frame::coding::CloseCode};

use crate::{
    client::ask,
    program::{Home, Program},
};

const PATIENCE: Duration = Duration::from_secs(20);

fn connect(program: &Program, path: &str) -> WebSocket<TcpStream> {
    let stream = TcpStream::connect(program.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    client(format!("ws://{}{path}", program.address), stream).unwrap().0
}

fn hello(program: &Program, key: &str, since: Option<i64>) -> WebSocket<TcpStream> {
    let mut socket = connect(program, "/v1/realtime");
    let frame = json!({ "type": "hello", "token": key, "since": since });
    socket.send(Message::text(frame.to_string())).unwrap();
    socket
}

fn next(socket: &mut WebSocket<TcpStream>) -> Json {
    loop {
        match socket.read().unwrap() {
            Message::Text(text) => return serde_json::from_str(text.as_str()).unwrap(),
            Message::Close(frame) => panic!("closed: {frame:?}"),
            _ => {}
        }
    }
}

/// The code with which the server ends a connection.
fn closed(socket: &mut WebSocket<TcpStream>) -> u16 {
    loop {
        match socket.read() {
            Ok(Message::Close(Some(frame))) => return u16::from(frame.code),
            Ok(_) => {}
            Err(error) => panic!("there was no farewell: {error}"),
        }
    }
}

#[test]
fn a_socket_goes_on_where_it_was_and_ends_with_a_word() {
    let home = Home::new();
    let program = home.start();
    let key = home.key();
    let mut socket = hello(&program, &key, None);
    let welcome = next(&mut socket);
    assert_eq!(welcome["type"], "welcome");
    let known = welcome["seq"].as_i64().unwrap();
    assert_eq!(next(&mut socket), json!({ "type": "live", "seq": known }));
    let body = r#"{"email": "v@example.com", "body": "Hello"}"#;
    assert_eq!(ask(program.address, "POST /v1/conversations", &key, body).status, 201);
    let heard: Vec<Json> = (0..3).map(|_| next(&mut socket)).collect();
    let kinds: Vec<&str> = heard.iter().map(|frame| frame["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["contact.created", "conversation.created", "message.created"]);
    // Another one, which knows the first of them.
    let seq = heard[0]["seq"].as_i64().unwrap();
    let mut other = hello(&program, &key, Some(seq));
    assert_eq!(next(&mut other)["seq"], json!(seq));
    assert_eq!([next(&mut other), next(&mut other)], [heard[1].clone(), heard[2].clone()]);
    assert_eq!(next(&mut other)["type"], "live");
    program.ask_to_stop();
    assert_eq!(next(&mut other), json!({ "type": "bye", "reason": "stopping", "resume": true }));
    assert_eq!(closed(&mut other), u16::from(CloseCode::Restart));
    assert!(program.ended().success());
}

#[test]
fn who_does_not_behave_is_refused() {
    let home = Home::new();
    let program = home.start();
    let key = home.key();
    let mut wrong = hello(&program, "sk_live_nobody", None);
    assert_eq!(closed(&mut wrong), u16::from(CloseCode::Policy));
    let mut rude = connect(&program, "/v1/realtime");
    rude.send(Message::text(r#"{"type": "typing"}"#)).unwrap();
    assert_eq!(closed(&mut rude), u16::from(CloseCode::Policy));
    let mut odd = hello(&program, &key, None);
    odd.send(Message::text(r#"{"type": "dance"}"#)).unwrap();
    assert_eq!(closed(&mut odd), u16::from(CloseCode::Unsupported));
    let mut binary = hello(&program, &key, None);
    binary.send(Message::binary(vec![0, 159, 146, 150])).unwrap();
    assert_eq!(closed(&mut binary), u16::from(CloseCode::Unsupported));
    let mut loud = hello(&program, &key, None);
    for _ in 0..200 {
        // It may be cut off in the middle of it.
        drop(loud.send(Message::text(r#"{"type": "pong"}"#)));
    }
    assert_eq!(closed(&mut loud), u16::from(CloseCode::Policy));
    let large = format!(r#"{{"type": "pong", "x": "{}"}}"#, "x".repeat(70_000));
    let mut long = hello(&program, &key, None);
    drop(long.send(Message::text(large)));
    while long.read().is_ok() {}
    assert!(program.errors().is_empty(), "{:#?}", program.errors());
    program.stop();
}

#[test]
fn events_and_polls_carry_the_same_frames() {
    let home = Home::new();
    let program = home.start();
    let key = home.key();
    let body = r#"{"email": "v@example.com", "body": "Hello"}"#;
    assert_eq!(ask(program.address, "POST /v1/conversations", &key, body).status, 201);
    let polled = ask(program.address, "GET /v1/realtime/poll?since=0", &key, "").json();
    let polled = polled["data"].as_array().unwrap().clone();
    assert_eq!(polled.first().unwrap()["type"], "welcome");
    assert_eq!(polled.last().unwrap()["type"], "live");
    let mut stream = TcpStream::connect(program.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let request = format!(
        "GET /v1/realtime/events?since=0 HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {key}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let (mut said, mut buffer) = (String::new(), [0; 4096]);
    while !said.contains(r#"{"type":"live""#) && !said.contains(r#""type":"live""#) {
        let read = stream.read(&mut buffer).unwrap();
        assert!(0 < read, "the stream ended: {said}");
        said.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    assert!(said.contains("content-type: text/event-stream"), "{said}");
    let streamed: Vec<Json> = said
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    assert_eq!(streamed, polled);
    drop(stream);
    program.stop();
}
