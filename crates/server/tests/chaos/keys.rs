//! Keys that another process makes and revokes.

use std::time::Duration;

use crate::{
    chance::{stopwatch, until},
    client::Line,
    program::Home,
};

#[test]
fn a_key_made_beside_a_running_server_works_at_once_and_a_revoked_one_dies_within_a_second() {
    for home in Home::on_each_engine() {
        let program = home.start();
        let create =
            ["key", "create", "--kind", "platform", "--level", "read", "--name", "short-lived"];
        let key = home.run(&create).unwrap().trim().to_owned();
        let mut line = Line::open(program.address).unwrap();
        let mut ask = || line.ask("GET /v1/contacts", &key, "", b"").unwrap().status;
        assert_eq!(ask(), 200, "{}", home.engine());
        let list = home.run(&["key", "list"]).unwrap();
        let row = list.lines().find(|row| row.ends_with("short-lived")).expect("it is listed");
        let id = row.split(' ').next().unwrap();
        assert!(!list.contains(&key), "the secret is shown again");
        assert_eq!(ask(), 200);
        home.run(&["key", "revoke", id]).unwrap();
        let revoked = stopwatch();
        until("the key is refused", || (ask() == 401).then_some(()));
        let took = revoked.elapsed();
        println!("{}: refused {} ms after it was revoked", home.engine(), took.as_millis());
        assert!(took < Duration::from_secs(1), "it took {took:?}");
        assert_eq!(ask(), 401);
    }
}
