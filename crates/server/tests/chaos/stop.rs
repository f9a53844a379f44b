//! A stop in peace, and a second server that is not let in.

use std::{sync::Mutex, time::Duration};

use crate::{
    chance::pause,
    client::Line,
    ledger::{Ledger, under_load},
    program::Home,
};

#[test]
fn a_stop_under_load_answers_what_was_begun_and_loses_nothing() {
    for home in Home::on_each_engine() {
        let program = home.start();
        let key = home.key();
        let ledger = Mutex::new(Ledger::default());
        let address = program.address;
        // A request of which the server has only the head: it says that it waits for the rest.
        let mut begun = Line::open(address).unwrap();
        let body = "{\"email\": \"begun@example.com\"}";
        let head = format!(
            "POST /v1/contacts HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {key}\r\n\
             Expect: 100-continue\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        begun.say(head.as_bytes()).unwrap();
        assert_eq!(begun.hear().unwrap().status, 100);
        let mut status = None;
        under_load(address, &key, &ledger, || {
            pause(Duration::from_millis(500));
            program.ask_to_stop();
            crate::chance::until("the server takes no one else", || Line::open(address).err());
            begun.say(body.as_bytes()).unwrap();
            let answer = begun.hear().unwrap();
            assert_eq!(answer.status, 201);
            ledger.lock().unwrap().acknowledged.insert("begun@example.com".to_owned(), answer.id());
            status = Some(program.ended());
        });
        assert!(status.is_some_and(|status| status.success()), "{status:?}");
        home.must_be_clean();
        let again = home.start();
        let mut ledger = ledger.lock().unwrap();
        ledger.must_hold(again.address, &key);
        ledger.retry(again.address, &key);
        ledger.must_hold(again.address, &key);
        assert!(1 < ledger.acknowledged.len(), "there was no load");
        again.stop();
    }
}

#[test]
fn a_second_server_on_the_same_data_is_refused_and_the_first_one_goes_on() {
    let home = Home::new();
    let program = home.start();
    let refused = home.run(&["serve", "--listen", "127.0.0.1:0"]).unwrap_err();
    assert!(refused.contains("a server is running on the data folder"), "{refused}");
    assert!(refused.contains("stop it first, or choose another folder with --data"), "{refused}");
    let key = home.key();
    crate::ledger::contacts(program.address, &key);
    program.kill();
    // What a killed server held is free again.
    home.start().stop();
}
