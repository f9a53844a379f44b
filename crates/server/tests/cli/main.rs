//! The program from outside: what it prints, where, and with which exit status.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod backup;
mod keys;
mod running;
mod settings;

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
};

use server::setup::MIGRATIONS;
use store::{Durability, Migration, Options, Store, Target};

/// A folder of data, and the program to run on it.
struct Home {
    folder: tempfile::TempDir,
}

/// What a command did.
struct Ran {
    status: i32,
    out: String,
    err: String,
}

impl Home {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// The program with no settings but the folder of the data.
    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_switchboard"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SWITCHBOARD_") {
                command.env_remove(name);
            }
        }
        command.env("SWITCHBOARD_DATA", self.data()).current_dir(self.folder.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::from(self.command().args(arguments).output().unwrap())
    }

    /// What a command that succeeds prints.
    fn ok(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.status, 0, "{arguments:?}: {}", ran.err);
        ran.out
    }

    /// What a command that succeeds says: to standard output, and beside it.
    fn both(&self, arguments: &[&str]) -> (String, String) {
        let ran = self.run(arguments);
        assert_eq!(ran.status, 0, "{arguments:?}: {}", ran.err);
        (ran.out, ran.err)
    }

    /// What a command that fails says: to standard error alone.
    fn fails(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!((ran.status, ran.out.as_str()), (1, ""), "{arguments:?}: {}", ran.err);
        assert!(ran.err.starts_with("switchboard: "), "{}", ran.err);
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        ran.err
    }

    /// A key of the default workspace.
    fn key(&self) -> String {
        let secret = self.ok(&["key", "create", "--kind", "platform", "--level", "admin"]);
        secret.trim_end().to_owned()
    }

    /// The data, without the program.
    fn store(&self, migrations: &'static [Migration]) -> Store {
        std::fs::create_dir_all(self.data()).unwrap();
        let options = Options {
            target: Target::Sqlite(self.data().join("switchboard.db")),
            migrations,
            world: server::setup::world(),
            durability: Durability::Full,
            readers: 1,
        };
        Store::open(options).unwrap()
    }

    fn serve(&self, arguments: &[&str]) -> Server {
        Server::start(self.command().arg("serve").args(["--listen", "127.0.0.1:0"]).args(arguments))
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let status = output.status.code().unwrap_or(-1);
        Self { status, out: text(&output.stdout), err: text(&output.stderr) }
    }
}

/// A running server.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut seen = String::new();
        let address = loop {
            let mut line = String::new();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "it did not start: {seen}");
            seen.push_str(&line);
            let entry: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
            if entry["message"] == "ready" {
                break entry["address"].as_str().unwrap().to_owned();
            }
        };
        // Otherwise the pipe fills up, and the server waits.
        thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self { child, address }
    }

    /// The status and the body.
    fn ask(&self, call: &str, key: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let request = format!(
            "{call} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {key}\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    /// Tells it to stop, and waits. Gives what it printed.
    fn stop(mut self) -> String {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let mut printed = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
        assert!(self.child.wait().unwrap().success());
        printed
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// How many contacts there are.
fn contacts(server: &Server, key: &str) -> i64 {
    let (status, body) = server.ask("GET /v1/contacts?page=1&per_page=1", key, "");
    assert_eq!(status, 200, "{body}");
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    body["pagination"]["total"].as_i64().unwrap()
}

fn has(folder: &Path, name: &str) -> bool {
    folder.join(name).exists()
}

#[test]
fn help_lists_the_commands() {
    let home = Home::new();
    let help = home.ok(&["--help"]);
    let commands = [
        "serve",
        "key",
        "workspace",
        "admin",
        "migrate",
        "doctor",
        "config",
        "backup",
        "restore",
        "openapi",
        "version",
    ];
    for command in commands {
        let mut lines = help.lines();
        assert!(lines.any(|line| line.trim_start().starts_with(&format!("{command} "))), "{help}");
        assert!(home.ok(&[command, "--help"]).contains("Usage:"));
    }
    let version = home.ok(&["version"]);
    assert_eq!(version, format!("switchboard {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(home.ok(&["--version"]), version);
    let unknown = home.run(&["frobnicate"]);
    assert_eq!((unknown.status, unknown.out.as_str()), (2, ""));
    assert!(unknown.err.contains("unrecognized subcommand"), "{}", unknown.err);
    assert!(!home.data().exists(), "none of it touches the data");
}

#[test]
fn the_document_is_printed_without_any_data() {
    let home = Home::new();
    assert_eq!(home.ok(&["openapi"]), server::http::openapi::checked_in());
    assert!(!home.data().exists());
}

#[test]
fn migrate_makes_the_tables_and_doctor_finds_nothing_wrong() {
    let home = Home::new();
    let wanted = format!("The database is at schema {}.\n", MIGRATIONS.len());
    assert_eq!(home.ok(&["migrate"]), wanted);
    assert_eq!(home.ok(&["migrate"]), wanted);
    for name in ["switchboard.db", "secret.key"] {
        assert!(has(&home.data(), name), "{name} is missing");
    }
    let found = home.ok(&["doctor"]);
    assert!(found.lines().all(|line| line.starts_with("ok     ")), "{found}");
    for what in ["settings", "database file", "schema", "secret key", "workspace default"] {
        assert!(found.contains(what), "{found}");
    }
}

#[test]
fn doctor_says_what_does_not_add_up() {
    let home = Home::new();
    home.ok(&["migrate"]);
    let store = home.store(MIGRATIONS);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let found = server::workspace::look_up(&store, "default").await.unwrap();
        let scope = store::Scope::new(found.id.as_str());
        let sql = "insert into contact_counter (workspace, last_number, count) values (?1, 7, 7)";
        store.write(&scope, move |tx| tx.run(sql, &[])).await.unwrap();
    });
    drop(store);
    let ran = home.run(&["doctor"]);
    assert_eq!(ran.status, 1, "{}", ran.out);
    let wrong = "WRONG  workspace default: the counter of contacts: 0 counted, 7 kept";
    assert!(ran.out.contains(wrong), "{}", ran.out);
    assert!(ran.err.contains("something is wrong"), "{}", ran.err);
}

#[test]
fn a_database_of_a_newer_program_is_refused() {
    let home = Home::new();
    home.ok(&["migrate"]);
    let mut newer = MIGRATIONS.to_vec();
    newer.push(Migration { number: 9999, name: "future", sql: "create table future (x bigint)" });
    drop(home.store(Box::leak(newer.into_boxed_slice())));
    for command in [&["migrate"][..], &["doctor"], &["key", "list"], &["serve"]] {
        let told = home.fails(command);
        let sentence = "the database is newer than this program: it has schema 9999";
        assert!(told.contains(sentence), "{command:?}: {told}");
    }
}

#[test]
fn a_key_that_is_gone_or_another_is_told_where_to_be() {
    let home = Home::new();
    home.ok(&["migrate"]);
    let file = home.data().join("secret.key");
    let key = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let told = home.fails(&["key", "list"]);
    assert!(told.contains("sealed with a key that is not there"), "{told}");
    assert!(told.contains("secret.key") && told.contains("SWITCHBOARD_SECRET_KEY"), "{told}");
    assert!(!file.exists(), "no other key is made in its place");
    std::fs::write(&file, "ab".repeat(32)).unwrap();
    assert!(home.fails(&["key", "list"]).contains("is not the one that the data was sealed with"));
    std::fs::write(&file, "nonsense").unwrap();
    assert!(home.fails(&["key", "list"]).contains("64 hexadecimal digits"));
    std::fs::remove_file(&file).unwrap();
    let named =
        home.command().env("SWITCHBOARD_SECRET_KEY", key.trim()).args(["key", "list"]).output();
    assert!(named.unwrap().status.success());
}

#[test]
fn the_key_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    home.ok(&["migrate"]);
    let mode = std::fs::metadata(home.data().join("secret.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
