//! Commands beside a running server, and what it prints when it starts.

use super::{Home, contacts};

#[test]
fn a_newcomer_gets_a_request_that_works() {
    let home = Home::new();
    let server = home.serve(&[]);
    let address = server.address.clone();
    assert_eq!(server.ask("GET /readyz", "", "").0, 200);
    let printed = server.stop();
    assert!(printed.contains(&format!("Switchboard is ready at http://{address}")), "{printed}");
    let key = printed.split("Bearer ").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
    assert!(key.starts_with("sk_live_"), "{printed}");
    let body = printed.split("-d '").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
    let server = home.serve(&[]);
    assert_eq!(server.ask("POST /v1/contacts", key, body).0, 201);
    let again = server.stop();
    let server = home.serve(&[]);
    assert_eq!(contacts(&server, key), 1);
    let third = server.stop();
    assert!(!third.contains("sk_live_"), "a key is shown to newcomers alone: {again} {third}");
}

#[test]
fn what_one_process_does_the_server_sees_at_once() {
    let home = Home::new();
    let server = home.serve(&[]);
    let key = home.key();
    assert_eq!(server.ask("GET /v1/contacts", &key, "").0, 200);
    let list = home.ok(&["key", "list"]);
    for line in list.lines() {
        home.ok(&["key", "revoke", line.split_whitespace().next().unwrap()]);
    }
    // Within a second; a test with a clock of its own measures it.
    while server.ask("GET /v1/contacts", &key, "").0 != 401 {}
    home.ok(&["workspace", "create", "acme"]);
    home.ok(&["doctor"]);
    server.stop();
}

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let home = Home::new();
    let server = home.serve(&[]);
    let told = home.fails(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(told.contains("a server is running on the data folder"), "{told}");
    server.stop();
    home.serve(&[]).stop();
}

#[test]
fn an_address_in_use_is_told() {
    let home = Home::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let told = home.fails(&["serve", "--listen", &address]);
    assert!(
        told.contains(&format!("cannot listen on {address}")) && told.contains("--listen"),
        "{told}"
    );
    assert!(home.fails(&["serve", "--listen", "nowhere"]).contains("cannot listen on nowhere"));
}

#[test]
fn the_examples_are_filled_in_once() {
    let home = Home::new();
    let server = home.serve(&["--demo"]);
    let key = home.key();
    let count = contacts(&server, &key);
    assert!(100 <= count, "{count}");
    server.stop();
    let server = home.serve(&["--demo"]);
    assert_eq!(contacts(&server, &key), count);
    server.stop();
    let found = home.ok(&["doctor"]);
    assert!(found.lines().all(|line| line.starts_with("ok ")), "{found}");
}

#[test]
fn the_examples_are_put_back_by_a_command_that_empties_nothing_else() {
    let home = Home::new();
    let server = home.serve(&[]);
    let told = home.fails(&["demo", "reset"]);
    assert!(told.contains("stop it first"), "{told}");
    server.stop();
    let told = home.fails(&["demo", "reset"]);
    assert!(told.contains("nothing was deleted"), "{told}");
    let home = Home::new();
    let server = home.serve(&["--demo"]);
    let key = home.key();
    let count = contacts(&server, &key);
    assert_eq!(server.ask("POST /v1/contacts", &key, r#"{"email": "one@more.example"}"#).0, 201);
    server.stop();
    std::fs::create_dir_all(home.data().join("blobs/ws")).unwrap();
    home.ok(&["demo", "reset"]);
    assert!(!home.data().join("blobs").exists());
    let server = home.serve(&["--demo"]);
    assert_eq!(contacts(&server, &home.key()), count);
    server.stop();
}

#[test]
fn a_server_told_to_stop_as_soon_as_it_is_ready_stops_in_order() {
    let home = Home::new();
    for _ in 0..5 {
        home.serve(&[]).stop();
    }
}

#[test]
fn examples_go_in_beside_an_operator_of_the_same_address() {
    let home = Home::new();
    home.ok(&["admin", "create", "--email", "maya@demo.example", "--name", "Maya"]);
    let server = home.serve(&["--demo"]);
    let key = home.key();
    let count = contacts(&server, &key);
    assert!(100 <= count, "{count}");
    server.stop();
}
