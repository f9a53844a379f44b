//! The program's own TLS, asked by clients that check who they speak with.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::Duration,
};

use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, KeyPair};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use serde_json::json;
use tungstenite::Message;

use crate::{
    chance::until,
    client::{Answer, Line, ask},
    ledger::contacts,
    program::{Home, Program},
};

/// How long a client waits for an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
const NAME: &str = "localhost";

type Stream = StreamOwned<ClientConnection, TcpStream>;

/// Somebody who signs certificates.
pub(crate) struct Signer {
    certificate: Certificate,
    key: KeyPair,
}

impl Signer {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, "The signer of these tests");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self { certificate: params.self_signed(&key).unwrap(), key }
    }

    pub(crate) fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// A certificate for this machine and its key, in PEM.
    pub(crate) fn sign(&self) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([NAME.to_owned(), "127.0.0.1".to_owned()]).unwrap();
        let signed = params.signed_by(&key, &self.certificate, &self.key).unwrap();
        (signed.pem(), key.serialize_pem())
    }
}

/// A home whose program speaks TLS with files, which change now and then.
struct Secure {
    home: Home,
    signer: Signer,
    folder: tempfile::TempDir,
}

impl Secure {
    fn new() -> Self {
        let made =
            Self { home: Home::new(), signer: Signer::new(), folder: tempfile::tempdir().unwrap() };
        made.renew();
        std::fs::write(made.file("ca.pem"), made.signer.pem()).unwrap();
        made
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts another certificate in the place of the one there is.
    fn renew(&self) {
        let (certificate, key) = self.signer.sign();
        std::fs::write(self.file("cert.pem"), certificate).unwrap();
        std::fs::write(self.file("key.pem"), key).unwrap();
    }

    fn start(&self) -> Program {
        self.start_with(&[])
    }

    fn start_with(&self, more: &[(&str, &str)]) -> Program {
        let files = ["cert.pem", "key.pem"].map(|name| self.file(name).display().to_string());
        let mut all = vec![
            ("SWITCHBOARD_TLS_LISTEN", "127.0.0.1:0"),
            ("SWITCHBOARD_TLS_CERTIFICATE_FILE", &files[0]),
            ("SWITCHBOARD_TLS_KEY_FILE", &files[1]),
        ];
        all.extend(more);
        self.home.start_with_all(&all)
    }

    fn connect(&self, program: &Program) -> io::Result<Stream> {
        connect(port(program), NAME, &self.signer.pem())
    }

    /// Asks once over a connection of its own.
    fn ask(&self, program: &Program, what: &str, headers: &str, body: &str) -> String {
        let stream = self.connect(program).unwrap();
        let request = format!(
            "{what} HTTP/1.1\r\nHost: {NAME}\r\n{headers}Content-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            body.len()
        );
        exchange(stream, &request)
    }

    /// What curl is told, which speaks HTTP/2 where it can.
    fn curl(&self, program: &Program, arguments: &[&str], path: &str) -> String {
        let address = port(program);
        let mut command = Command::new("curl");
        command.arg("--cacert").arg(self.file("ca.pem"));
        command.args(["--silent", "--show-error", "--http2", "--max-time", "20"]);
        command.args(["--resolve", &format!("{NAME}:{}:127.0.0.1", address.port())]);
        command.args(arguments).arg(format!("https://{NAME}:{}{path}", address.port()));
        let output = command.output().expect("curl is one of the tools");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

fn port(program: &Program) -> SocketAddr {
    program.tls.expect("it speaks TLS")
}

/// Connects and shakes hands with whoever can show a certificate for `name` that `signer` signed.
pub(crate) fn connect(address: SocketAddr, name: &str, signer: &str) -> io::Result<Stream> {
    connect_for(&[], address, name, signer)
}

/// The same, for one of these protocols.
fn connect_for(
    protocols: &[&[u8]],
    address: SocketAddr,
    name: &str,
    signer: &str,
) -> io::Result<Stream> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(signer.as_bytes()) {
        roots.add(certificate.map_err(io::Error::other)?).map_err(io::Error::other)?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut settings = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    settings.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let connection = ClientConnection::new(Arc::new(settings), name).map_err(io::Error::other)?;
    let socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    let mut stream = StreamOwned::new(connection, socket);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    Ok(stream)
}

/// Says all of it, and hears everything until the end.
pub(crate) fn exchange(mut stream: Stream, request: &str) -> String {
    stream.write_all(request.as_bytes()).unwrap();
    let mut heard = Vec::new();
    stream.read_to_end(&mut heard).unwrap();
    String::from_utf8(heard).unwrap()
}

/// The certificate that is shown.
fn shown(stream: &Stream) -> CertificateDer<'static> {
    stream.conn.peer_certificates().unwrap()[0].clone().into_owned()
}

fn in_the_clear(program: &Program, what: &str, headers: &str) -> Answer {
    Line::open(program.address).unwrap().ask(what, "", headers, b"").unwrap()
}

#[test]
fn https_is_answered_and_browsers_are_told_to_stay() {
    let secure = Secure::new();
    let program = secure.start();
    let key = secure.home.key();
    let answer = secure.ask(&program, "GET /healthz", "", "");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age=31536000\r\n"), "{answer}");
    let bearer = format!("Authorization: Bearer {key}\r\n");
    let body = r#"{"email": "ada@example.com"}"#;
    let answer = secure.ask(&program, "POST /v1/contacts", &bearer, body);
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    // The second request of HTTP/2 is on the first one's connection.
    let bearer = format!("Authorization: Bearer {key}");
    let shown = "%{http_version} %{http_code} %header{strict-transport-security}\n";
    let arguments = ["--output", "/dev/null", "--write-out", shown, "--header", &bearer];
    let told = secure.curl(&program, &arguments, "/v1/contacts");
    assert_eq!(told, "2 200 max-age=31536000\n");
    let listed = secure.curl(&program, &["--header", &bearer], "/v1/contacts");
    assert!(listed.contains("ada@example.com"), "{listed}");
    assert!(program.errors().is_empty(), "{:#?}", program.errors());
    program.stop();
    secure.home.must_be_clean();
}

#[test]
fn what_came_in_the_clear_is_sent_to_https_and_nothing_of_it_is_done() {
    let secure = Secure::new();
    let program = secure.start();
    let key = secure.home.key();
    let port = port(&program).port();
    let body = r#"{"email": "ada@example.com"}"#;
    let answer = ask(program.address, "POST /v1/contacts?a=%20", &key, body);
    assert_eq!(answer.status, 301);
    assert_eq!(answer.headers["location"], format!("https://test:{port}/v1/contacts?a=%20"));
    assert!(!answer.headers.contains_key("strict-transport-security"), "{answer:?}");
    let listed =
        secure.ask(&program, "GET /v1/contacts", &format!("Authorization: Bearer {key}\r\n"), "");
    assert!(!listed.contains("ada@example.com"), "{listed}");
    // Whoever looks after the server on this machine needs no certificate.
    for probe in ["GET /healthz", "GET /readyz", "GET /metrics"] {
        let answer = in_the_clear(&program, probe, "");
        assert_eq!(answer.status, 200, "{probe}");
        assert!(!answer.headers.contains_key("strict-transport-security"), "{probe}");
    }
    for page in ["GET /", "GET /docs", "GET /nothing", "OPTIONS /v1/contacts"] {
        assert_eq!(in_the_clear(&program, page, "").status, 301, "{page}");
    }
    // Nobody is believed who is not trusted.
    let answer = in_the_clear(&program, "GET /docs", "X-Forwarded-Proto: https\r\n");
    assert_eq!(answer.status, 301);
    program.stop();
    let proxied = [("SWITCHBOARD_HTTP_TRUSTED_PROXIES", "127.0.0.1/32")];
    let program = secure.start_with(&proxied);
    let answer = in_the_clear(&program, "GET /docs", "X-Forwarded-Proto: https\r\n");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["strict-transport-security"], "max-age=31536000");
    program.stop();
    let program = secure.start_with(&[("SWITCHBOARD_HTTP_HTTPS_REDIRECT", "false")]);
    assert!(contacts(program.address, &key).is_empty());
    program.stop();
}

#[test]
fn a_certificate_that_changes_is_shown_without_a_restart() {
    let secure = Secure::new();
    let program = secure.start();
    let mut open = secure.connect(&program).unwrap();
    let first = shown(&open);
    // What is not good is not taken.
    std::fs::write(secure.file("cert.pem"), "nothing of the kind").unwrap();
    until("the bad file is noticed", || {
        program.has_said("the new certificate is not good").then_some(())
    });
    assert_eq!(shown(&secure.connect(&program).unwrap()), first);
    secure.renew();
    until("the new certificate is shown", || {
        let stream = secure.connect(&program).unwrap();
        (shown(&stream) != first).then_some(())
    });
    // Whoever was connected still is.
    open.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut begin = [0; 12];
    open.read_exact(&mut begin).unwrap();
    assert_eq!(&begin, b"HTTP/1.1 200");
    drop(open);
    assert!(program.errors().is_empty(), "{:#?}", program.errors());
    program.stop();
}

#[test]
fn the_gateway_is_reached_over_tls() {
    let secure = Secure::new();
    let program = secure.start();
    let key = secure.home.key();
    let stream = secure.connect(&program).unwrap();
    let address = format!("wss://{NAME}:{}/v1/realtime", port(&program).port());
    let (mut socket, _) = tungstenite::client(address, stream).unwrap();
    let hello = json!({ "type": "hello", "token": key });
    socket.send(Message::text(hello.to_string())).unwrap();
    let welcome = socket.read().unwrap();
    assert!(welcome.to_text().unwrap().contains("\"welcome\""), "{welcome:?}");
    program.ask_to_stop();
    while socket.read().is_ok() {}
    assert!(program.ended().success());
}

#[test]
fn who_does_not_shake_hands_is_cut_off_and_holds_up_nobody() {
    let secure = Secure::new();
    let program = secure.start_with(&[("SWITCHBOARD_HTTP_HEADER_TIMEOUT_S", "1")]);
    let mut silent: Vec<Line> = (0..50).map(|_| Line::open(port(&program)).unwrap()).collect();
    // A handshake that is begun and never ends.
    for line in silent.iter_mut().take(25) {
        line.say(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").unwrap();
    }
    assert!(secure.ask(&program, "GET /healthz", "", "").starts_with("HTTP/1.1 200 "));
    for mut line in silent {
        assert!(line.is_closed());
    }
    // One that shook hands, and then says nothing, or no end of a head.
    for said in [&b""[..], b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"PRI * HTTP/2.0\r\n"] {
        let mut stream = secure.connect(&program).unwrap();
        stream.write_all(said).unwrap();
        let mut heard = Vec::new();
        // With a word of farewell, or without.
        drop(stream.read_to_end(&mut heard));
        assert!(!String::from_utf8_lossy(&heard).contains(" 200 "), "{heard:?}");
    }
    // Plain HTTP and nonsense at the wrong door.
    for said in [&b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"[..], b"\0\0\0\0\0\0"] {
        let mut line = Line::open(port(&program)).unwrap();
        line.say(said).unwrap();
        assert!(line.is_closed());
    }
    assert!(secure.ask(&program, "GET /healthz", "", "").starts_with("HTTP/1.1 200 "));
    assert!(program.errors().is_empty(), "{:#?}", program.errors());
    program.stop();
}

#[test]
fn http2_has_the_same_limits() {
    let secure = Secure::new();
    let program = secure.start();
    let status = ["--output", "/dev/null", "--write-out", "%{http_version} %{http_code}"];
    let told =
        |more: &[&str], path: &str| secure.curl(&program, &[&status[..], more].concat(), path);
    assert_eq!(told(&[], "/healthz"), "2 200");
    assert_eq!(told(&[], &format!("/{}", "x".repeat(9 << 10))), "2 414");
    let large: Vec<String> = (0..9).map(|at| format!("x{at}: {}", "y".repeat(4_000))).collect();
    let large: Vec<&str> = large.iter().flat_map(|line| ["--header", line]).collect();
    assert_eq!(told(&large, "/healthz"), "2 431");
    let many: Vec<String> = (0..101).map(|number| format!("x{number}: y")).collect();
    let many: Vec<&str> = many.iter().flat_map(|line| ["--header", line]).collect();
    assert_eq!(told(&many, "/healthz"), "2 431");
    assert_eq!(told(&many[..180], "/healthz"), "2 200");
    program.stop();
}

/// How HTTP/2 begins, with no settings of the client's own.
const HTTP2_BEGIN: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

#[test]
fn http2_says_its_limits_and_does_not_wait_for_ever() {
    let secure = Secure::new();
    let program = secure.start_with(&[("SWITCHBOARD_HTTP_HEADER_TIMEOUT_S", "1")]);
    let http2: &[&[u8]] = &[b"h2"];
    let mut stream = connect_for(http2, port(&program), NAME, &secure.signer.pem()).unwrap();
    assert_eq!(stream.conn.alpn_protocol(), Some(&b"h2"[..]));
    stream.write_all(HTTP2_BEGIN).unwrap();
    let mut heard = Vec::new();
    // Nothing more comes of us, so it ends, with a word of farewell or without.
    drop(stream.read_to_end(&mut heard));
    // A frame has its length, its kind, flags and a stream; a setting has a name and a value.
    let (head, frames) = heard.split_at(9);
    assert_eq!(head[3], 4, "the first frame has settings");
    let length = usize::from(head[1]) << 8 | usize::from(head[2]);
    let setting = |name: u8| {
        let each = frames[..length].chunks(6);
        let mut found = each.filter(|setting| setting[..2] == [0, name]);
        found.next().map(|setting| u32::from_be_bytes(setting[2..].try_into().unwrap()))
    };
    let (streams, header_bytes) = (setting(3), setting(6));
    assert_eq!((streams, header_bytes), (Some(100), Some(32 << 10)));
    assert!(secure.ask(&program, "GET /healthz", "", "").starts_with("HTTP/1.1 200 "));
    assert!(program.errors().is_empty(), "{:#?}", program.errors());
    program.stop();
}

#[test]
fn settings_that_cannot_be_are_told_at_the_start() {
    let secure = Secure::new();
    let cert = secure.file("cert.pem").display().to_string();
    let key = secure.file("key.pem").display().to_string();
    let (_, other) = secure.signer.sign();
    let other_key = secure.file("other.pem");
    std::fs::write(&other_key, other).unwrap();
    let wrong: [(&[(&str, &str)], &str); 6] = [
        (&[], "needs one certificate"),
        (&[("CERTIFICATE_FILE", &cert)], "needs one certificate"),
        (&[("CERTIFICATE_FILE", "gone"), ("KEY_FILE", &key)], "'gone' cannot be read"),
        (&[("CERTIFICATE_FILE", &key), ("KEY_FILE", &key)], "no certificate in PEM"),
        (&[("CERTIFICATE_FILE", &cert), ("KEY_FILE", &cert)], "no key in PEM"),
        (&[("CERTIFICATE_FILE", &cert), ("KEY_FILE", path(&other_key))], "do not go together"),
    ];
    for (settings, words) in wrong {
        for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["doctor"]] {
            let mut command = secure.home.command(arguments);
            command.env("SWITCHBOARD_TLS_LISTEN", "127.0.0.1:0");
            command.envs(
                settings
                    .iter()
                    .map(|(name, value)| (format!("SWITCHBOARD_TLS_{name}"), (*value).to_owned())),
            );
            let output = command.output().unwrap();
            let told = [output.stdout, output.stderr].concat();
            let told = String::from_utf8(told).unwrap();
            assert!(!output.status.success() && told.contains(words), "{settings:?}: {told}");
            assert!(!told.contains("PRIVATE KEY"), "{told}");
        }
    }
}

fn path(file: &Path) -> &str {
    file.to_str().unwrap()
}
