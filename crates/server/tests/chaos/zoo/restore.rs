//! What a restored backup sends: what had not arrived when it was made, and nothing else.

use serde_json::{Value as Json, json};

use super::{
    receiver::{Manner, Receiver},
    start,
};
use crate::{chance::until, client::ask, program::Home};

/// The values that came, each as often as it did.
fn values(receiver: &Receiver) -> Vec<String> {
    receiver.came().into_iter().map(|one| one.value).collect()
}

#[test]
fn a_restored_backup_sends_what_was_pending_and_not_what_had_arrived() {
    let (home, other) = (Home::new(), Home::new());
    // In no hurry: what failed is tried again after ten seconds, and the backup is made before.
    let program = home.start_with("SWITCHBOARD_OUTBOUND_ALLOW", "127.0.0.0/8");
    let (address, key) = (program.address, home.key());
    // One takes everything, the other each delivery at its third attempt.
    let receivers = [Manner::Healthy, Manner::Broken].map(Receiver::open);
    for one in &receivers {
        let body = json!({ "url": one.url(), "events": ["contact.created"] }).to_string();
        assert_eq!(ask(address, "POST /v1/webhooks", &key, &body).status, 201);
    }
    for number in 0..3 {
        let body =
            json!({ "email": format!("c{number}@example.com"), "company": number.to_string() });
        assert_eq!(ask(address, "POST /v1/contacts", &key, &body.to_string()).status, 201);
    }
    // What became of all of it is written down.
    let count = |status: &str| {
        let webhooks = ask(address, "GET /v1/webhooks", &key, "").json();
        let ids = webhooks["data"].as_array().unwrap().iter().map(|one| one["id"].clone());
        let list = |id: Json| {
            let id = id.as_str().unwrap();
            let path = format!("GET /v1/webhooks/{id}/deliveries?status={status}");
            ask(address, &path, &key, "").json()["data"].as_array().unwrap().len()
        };
        ids.map(list).sum::<usize>()
    };
    until("half has arrived", || (count("delivered") == 3 && count("retrying") == 3).then_some(()));
    let file = home.data.with_file_name("backup.tar").display().to_string();
    home.run(&["backup", &file]).unwrap();
    program.kill();
    let before = receivers.each_ref().map(|one| one.came().len());
    assert_eq!(before, [3, 3], "the second attempts are still to come");

    std::fs::create_dir_all(&other.data).unwrap();
    std::fs::copy(home.data.join("secret.key"), other.data.join("secret.key")).unwrap();
    other.run(&["restore", &file]).unwrap();
    let program = start(&other);
    until("what was pending has arrived", || (receivers[1].taken() == 3).then_some(()));
    let mut sent = values(&receivers[1]).split_off(3);
    sent.sort();
    assert_eq!(sent, ["0", "0", "1", "1", "2", "2"], "the second and the third attempt of each");
    assert_eq!(values(&receivers[0]).len(), 3, "what had arrived came again");
    let attempts: Vec<u64> = receivers[1].came().iter().map(|one| one.attempt).collect();
    assert!(attempts[3..].iter().all(|number| (2..=3).contains(number)), "{attempts:?}");
    assert!(program.errors().is_empty(), "{:#?}", program.errors());
    program.stop();
    other.must_be_clean();
}
