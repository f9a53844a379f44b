//! PostgreSQL over TLS: the server's certificate is verified, and nothing is sent if it does not
//! fit.

use std::{fs, sync::Arc};

use store::{Durability, Error, Options, Scope, Store, Target, World};

fn open(url: &str, authorities: Option<String>) -> store::Result<Store> {
    let clock = || jiff::Timestamp::from_second(1_767_225_600).expect("a time of this century");
    let world = World { clock: Arc::new(clock), random: Arc::new(|| 4) };
    let target = Target::Postgres { url: url.to_owned(), authorities };
    let durability = Durability::Loose;
    Store::open(Options { target, migrations: &[], world, durability, readers: 1 })
}

#[expect(clippy::disallowed_methods, reason = "the tests have no config")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// What the server says of its own end of a connection.
const IS_ENCRYPTED: &str =
    "select case when ssl then 1 else 0 end from pg_stat_ssl where pid = pg_backend_pid()";

#[test]
fn a_connection_is_encrypted_and_the_certificate_verified() {
    let (Some(url), Some(file)) = (variable("TEST_POSTGRES"), variable("TEST_POSTGRES_CA")) else {
        println!(
            "skipped: TEST_POSTGRES and TEST_POSTGRES_CA are not set; run scripts/with-postgres"
        );
        return;
    };
    let name = format!("store_tls_{}", std::process::id());
    store::testing::create_database(&url, &name);
    let (server, _) = url.rsplit_once('/').unwrap();
    let plain = format!("{server}/{name}");
    let secure = format!("{plain}?sslmode=require");
    let authority = fs::read_to_string(file).unwrap();

    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for (url, wanted) in [(&secure, 1), (&plain, 0)] {
        let store = open(url, (wanted == 1).then(|| authority.clone())).unwrap();
        let read = store.system_read(|tx| tx.first(IS_ENCRYPTED, &[], |row| row.get::<i64>(0)));
        assert_eq!(runtime.block_on(read).unwrap(), Some(wanted), "{url}");
        let write = store.write(&Scope::new("ws_1"), |tx| Ok::<_, Error>(tx.random()));
        assert_eq!(runtime.block_on(write).unwrap(), 4);
    }
    // No public authority signed it, and a broken one signs nothing.
    assert!(open(&secure, None).is_err());
    let broken = open(
        &secure,
        Some("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n".to_owned()),
    );
    assert!(broken.is_err());
    store::testing::drop_database(&plain);
}
