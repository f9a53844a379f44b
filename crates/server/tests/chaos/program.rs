//! The program as its users have it: a process, with a folder of data.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::{
    chance::{PATIENCE, setting, stopwatch, until},
    client::Line,
};

/// Where the data of a program is, on either engine.
pub(crate) struct Home {
    folder: TempDir,
    pub(crate) data: PathBuf,
    pub(crate) url: Option<String>,
    _database: Option<Database>,
}

/// A database of PostgreSQL that is dropped with the home that made it.
struct Database(String);

impl Drop for Database {
    fn drop(&mut self) {
        store::testing::drop_database(&self.0);
    }
}

impl Home {
    /// An empty one on each engine there is: PostgreSQL if `TEST_POSTGRES` says where.
    pub(crate) fn on_each_engine() -> Vec<Self> {
        let mut homes = vec![Self::new()];
        homes.extend(Self::on_postgres());
        homes
    }

    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        Self { folder, data, url: None, _database: None }
    }

    pub(crate) fn on_postgres() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let server = setting("TEST_POSTGRES")?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("chaos_{}_{number}", std::process::id());
        store::testing::create_database(&server, &name);
        let (server, _) = server.rsplit_once('/').expect("a URL ends with a database");
        let url = format!("{server}/{name}");
        let mut home = Self::new();
        home.url = Some(url.clone());
        home._database = Some(Database(url));
        Some(home)
    }

    /// Keeps its data elsewhere: on a small disk.
    pub(crate) fn on(data: PathBuf) -> Self {
        let mut home = Self::new();
        home.data = data;
        home
    }

    /// A second folder for the same database, with the same key: another node.
    pub(crate) fn another_node(&self) -> Self {
        let mut other = Self::new();
        other.url.clone_from(&self.url);
        std::fs::create_dir_all(&other.data).unwrap();
        std::fs::copy(self.data.join("secret.key"), other.data.join("secret.key")).unwrap();
        other
    }

    pub(crate) fn engine(&self) -> &'static str {
        if self.url.is_some() { "PostgreSQL" } else { "SQLite" }
    }

    /// The program, without anything that the tests' own surroundings say.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_switchboard"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SWITCHBOARD_") {
                command.env_remove(name);
            }
        }
        command.args(arguments).arg("--data").arg(&self.data).current_dir(self.folder.path());
        command.env("SWITCHBOARD_DATABASE_URL", self.url.as_deref().unwrap_or_default());
        // The limits have tests of their own, and a load has none.
        command.env("SWITCHBOARD_RATE_LIMITS_ENFORCE", "false");
        command.stdin(Stdio::null());
        command
    }

    /// Runs a command to its end, and gives what it printed.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<String, String> {
        let output = self.command(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(said);
        }
        Err(said + &String::from_utf8_lossy(&output.stderr))
    }

    /// A key that may do everything.
    pub(crate) fn key(&self) -> String {
        let made = self.run(&["key", "create", "--kind", "platform", "--level", "admin"]);
        made.unwrap().trim().to_owned()
    }

    /// Has the data looked at, and fails if anything is wrong with it.
    pub(crate) fn must_be_clean(&self) {
        if let Err(findings) = self.run(&["doctor"]) {
            panic!("{}: {findings}", self.engine());
        }
    }

    pub(crate) fn start(&self) -> Program {
        Program::start(self.command(&["serve", "--listen", "127.0.0.1:0"]))
    }

    pub(crate) fn start_with(&self, variable: &str, value: &str) -> Program {
        self.start_with_all(&[(variable, value)])
    }

    pub(crate) fn start_with_all(&self, variables: &[(&str, &str)]) -> Program {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.envs(variables.iter().copied());
        Program::start(command)
    }

    /// Listens where the variables say.
    pub(crate) fn start_by_settings(&self, variables: &[(&str, &str)]) -> Program {
        let mut command = self.command(&["serve"]);
        command.envs(variables.iter().copied());
        Program::start(command)
    }
}

/// A server that runs. It is killed when it is dropped.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
    /// Where it speaks TLS, if it does.
    pub(crate) tls: Option<SocketAddr>,
    /// From the start of the process to the first good answer of `/readyz`.
    pub(crate) ready_after: Duration,
    log: Arc<Mutex<Vec<String>>>,
}

impl Program {
    fn start(mut command: Command) -> Self {
        let begun = stopwatch();
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let (tell, told) = mpsc::channel();
        let (lines, kept) = (child.stderr.take().unwrap(), Arc::clone(&log));
        thread::spawn(move || {
            for line in BufReader::new(lines).lines().map_while(Result::ok) {
                let entry: Json = serde_json::from_str(&line).unwrap_or_default();
                if entry["message"] == "ready" {
                    // Whoever waited may have given up.
                    let told =
                        ["address", "tls"].map(|name| entry[name].as_str().map(str::to_owned));
                    drop(tell.send(told));
                }
                kept.lock().unwrap().push(line);
            }
        });
        let [address, tls] = match told.recv_timeout(PATIENCE) {
            Ok(told) => told.map(|address| address.map(|address| address.parse().unwrap())),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                drop(child.kill());
                panic!("the server did not start: {:#?}", log.lock().unwrap());
            }
        };
        let address: SocketAddr = address.unwrap();
        until("the server is ready", || {
            let mut line = Line::open(address).ok()?;
            line.ask("GET /readyz", "", "", b"").ok().filter(|answer| answer.status == 200)
        });
        Self { child, address, tls, ready_after: begun.elapsed(), log }
    }

    /// Ends it at once, as the kernel does when memory is short.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, and does not wait.
    pub(crate) fn ask_to_stop(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// Waits for its end after it was asked to stop.
    pub(crate) fn ended(mut self) -> ExitStatus {
        until("the server ends", || self.child.try_wait().unwrap())
    }

    /// Stops it in peace.
    pub(crate) fn stop(self) {
        self.ask_to_stop();
        let status = self.ended();
        assert!(status.success(), "{status}");
    }

    /// Bytes of memory that it has now.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
    }

    /// Whether it logged a line with these words.
    pub(crate) fn has_said(&self, words: &str) -> bool {
        self.log.lock().unwrap().iter().any(|line| line.contains(words))
    }

    /// What it logged that a person should look at.
    pub(crate) fn errors(&self) -> Vec<String> {
        let is_error = |line: &&String| line.contains("\"ERROR\"") || line.contains("panicked");
        self.log.lock().unwrap().iter().filter(is_error).cloned().collect()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
