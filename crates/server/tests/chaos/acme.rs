//! A certificate that the program asks for itself, of a server that gives them to anybody who can
//! show that the name is theirs: pebble, which Let's Encrypt made for tests.

use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::json;

use crate::{
    chance::{setting, until},
    program::Home,
    tls::{Signer, connect, exchange},
};

const NAME: &str = "desk.example.test";

/// A process that ends with the test.
struct Aide(Child);

impl Drop for Aide {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn run(command: &mut Command) -> Aide {
    Aide(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
}

/// A port that nobody has.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn is_there() -> bool {
    let is_there = Command::new("pebble").arg("-version").output().is_ok();
    let must_be = setting("CI").is_some();
    assert!(is_there || !must_be, "scripts/install-tools installs pebble");
    is_there
}

/// The names lead to this machine.
fn start_names() -> (Aide, SocketAddr) {
    let (names, management) = (free(), free());
    let mut command = Command::new("pebble-challtestsrv");
    command.args(["-defaultIPv4", "127.0.0.1", "-defaultIPv6", ""]);
    command.args(["-dns01", &names.to_string(), "-management", &management.to_string()]);
    command.args(["-http01", "", "-https01", "", "-tlsalpn01", ""]);
    (run(&mut command), names)
}

/// Gives certificates away to who has the names, and shows the one it signs them with.
fn start_pebble(
    folder: &Path,
    listen: SocketAddr,
    names: SocketAddr,
    tls_port: u16,
) -> (Aide, SocketAddr) {
    let management = free();
    let config = json!({ "pebble": {
        "listenAddress": listen.to_string(), "managementListenAddress": management.to_string(),
        "certificate": folder.join("cert.pem"), "privateKey": folder.join("key.pem"),
        "httpPort": 1, "tlsPort": tls_port, "ocspResponderURL": "",
        "externalAccountBindingRequired": false,
    } });
    std::fs::write(folder.join("pebble.json"), config.to_string()).unwrap();
    let mut command = Command::new("pebble");
    command.arg("-config").arg(folder.join("pebble.json"));
    command.args(["-dnsserver", &names.to_string()]);
    command.env("PEBBLE_VA_NOSLEEP", "1").env("PEBBLE_WFE_NONCEREJECT", "0");
    (run(&mut command), management)
}

/// The certificate that pebble signs with, made anew at each start.
fn root(folder: &Path, management: SocketAddr) -> Option<String> {
    let port = management.port();
    let mut command = Command::new("curl");
    command.args(["--silent", "--fail", "--cacert"]).arg(folder.join("ca.pem"));
    let output = command.arg(format!("https://localhost:{port}/roots/0")).output().unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_certificate_is_asked_for_proved_and_kept() {
    if !is_there() {
        println!("skipped: there is no pebble; scripts/install-tools installs it");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let signer = Signer::new();
    let (certificate, key) = signer.sign();
    let files = [("ca.pem", signer.pem()), ("cert.pem", certificate), ("key.pem", key)];
    for (name, text) in files {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let directory = free();
    let address = format!("https://localhost:{}/dir", directory.port());
    let ca_file = folder.join("ca.pem").display().to_string();
    let settings = [
        ("SWITCHBOARD_TLS_LISTEN", "127.0.0.1:0"),
        ("SWITCHBOARD_TLS_ACME_DOMAINS", NAME),
        ("SWITCHBOARD_TLS_ACME_CONTACT", "ada@example.com"),
        ("SWITCHBOARD_TLS_ACME_DIRECTORY", &address),
        ("SWITCHBOARD_TLS_ACME_CA_FILE", &ca_file),
    ];
    let home = Home::new();
    let program = home.start_with_all(&settings);
    let tls = program.tls.unwrap();
    // Nobody is there to ask yet, and it is asked again.
    until("the first try fails", || program.has_said("could not be had").then_some(()));
    let (_names, names) = start_names();
    let (pebble, management) = start_pebble(folder, directory, names, tls.port());
    let root = until("pebble answers", || root(folder, management));
    let stream = until("there is a certificate", || connect(tls, NAME, &root).ok());
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n");
    let answer = exchange(stream, &request);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    until("it is kept", || {
        let kept = std::fs::read_dir(home.data.join("acme")).unwrap();
        let mut names = kept.map(|file| file.unwrap().file_name().into_string().unwrap());
        names.any(|name| name.starts_with("cached_cert_")).then_some(())
    });
    program.stop();
    // What is kept is enough.
    drop(pebble);
    let program = home.start_with_all(&settings);
    let tls = program.tls.unwrap();
    let stream = until("the certificate is there again", || connect(tls, NAME, &root).ok());
    assert!(exchange(stream, &request).starts_with("HTTP/1.1 200 "));
    assert!(program.errors().is_empty(), "{:#?}", program.errors());
    program.stop();
}
