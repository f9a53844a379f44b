//! Throw-away databases of PostgreSQL, for tests of this crate and of its users.

use postgres::{Client, NoTls};

/// Makes the database `name` on the server of `url`, sorted by bytes.
///
/// # Panics
/// When the server does not make it: a test cannot go on.
pub fn create_database(url: &str, name: &str) {
    run(url, &format!("create database {name} template template0 encoding 'UTF8' locale 'C'"));
}

/// Drops the database that `url` ends with, whoever is still connected.
///
/// # Panics
/// When the server does not drop it.
pub fn drop_database(url: &str) {
    let (server, name) = url.rsplit_once('/').expect("the URL of a database ends with its name");
    run(&format!("{server}/postgres"), &format!("drop database if exists {name} with (force)"));
}

/// On a thread of its own: the client must not meet a runtime.
fn run(url: &str, sql: &str) {
    let (url, sql) = (url.to_owned(), sql.to_owned());
    let ran = std::thread::spawn(move || {
        Client::connect(&url, NoTls).and_then(|mut client| client.batch_execute(&sql))
    });
    ran.join().expect("the client does not panic").expect("the test server does what tests ask");
}
