//! The program under measurement, as a child process.

use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::Context as _;

use crate::{
    Settings,
    client::{Client, Maker},
    time,
};

/// Where its data is.
#[derive(Clone, Debug)]
pub struct Place {
    /// The program.
    pub binary: PathBuf,
    /// Its folder.
    pub data: PathBuf,
    /// PostgreSQL, if it is not to use SQLite in the folder.
    pub database_url: Option<String>,
}

/// A server that is ready, and stops when it is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// How it is asked.
    pub maker: Maker,
    /// Milliseconds from its start to the first 200 of `/readyz`.
    pub ready_ms: f64,
}

/// What `/metrics` counts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Commits that held at least one operation.
    pub commits: f64,
    /// Microseconds from the begin of a group to the end of its commit, together.
    pub commit_us: f64,
    /// Workspaces whose index is behind the log.
    pub behind: f64,
}

/// Above what any machine reaches, so that no request is refused for coming too often. Each is
/// counted all the same.
pub const NO_LIMIT: &str = "1000000000";
const READY_MAX: Duration = Duration::from_secs(60);

impl Place {
    /// A data folder below `settings.folder`.
    pub fn in_folder(settings: &Settings, data: &Path) -> Self {
        Self { binary: settings.binary.clone(), data: data.to_owned(), database_url: None }
    }

    fn command(&self, address: &str) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .env("SWITCHBOARD_PLANS_ENTERPRISE_PER_MINUTE", NO_LIMIT)
            .env("SWITCHBOARD_PLANS_ENTERPRISE_BURST", NO_LIMIT)
            .env("SWITCHBOARD_ALOWARE_PER_MINUTE", NO_LIMIT)
            .env("SWITCHBOARD_WIDGET_PER_MINUTE", NO_LIMIT)
            .env("SWITCHBOARD_WIDGET_BURST", NO_LIMIT)
            .env("SWITCHBOARD_LOG_LEVEL", "warn")
            .env("SWITCHBOARD_LISTEN", address)
            .env("SWITCHBOARD_DATA", &self.data)
            .stdin(Stdio::null());
        if let Some(url) = &self.database_url {
            command.env("SWITCHBOARD_DATABASE_URL", url);
        }
        command
    }

    /// Starts it and waits until it is ready, without a credential.
    pub fn start_bare(&self) -> anyhow::Result<Server> {
        self.start_bare_with(&[])
    }

    fn start_bare_with(&self, variables: &[(&str, &str)]) -> anyhow::Result<Server> {
        let address = free_address()?;
        let begun = time::stopwatch();
        let mut command = self.command(&address.to_string());
        command.envs(variables.iter().copied());
        let child = command.arg("serve").stdout(Stdio::null()).spawn()?;
        let maker = Maker { address, key: String::new() };
        let mut server = Server { child, maker, ready_ms: 0.0 };
        let mut request = Vec::new();
        server.maker.get("/readyz", &mut request);
        loop {
            let ready = Client::connect(address).and_then(|mut client| Ok(client.ask(&request)?.0));
            if matches!(ready, Ok(200)) {
                server.ready_ms = begun.elapsed().as_secs_f64() * 1000.0;
                return Ok(server);
            }
            let ended = server.child.try_wait()?;
            anyhow::ensure!(ended.is_none(), "the server ended at once: {ended:?}");
            anyhow::ensure!(begun.elapsed() < READY_MAX, "the server was not ready in a minute");
            time::pause(Duration::from_micros(500));
        }
    }

    /// Starts it, and makes a credential for who asks.
    pub fn start(&self) -> anyhow::Result<Server> {
        self.start_with(&[])
    }

    /// The same with settings of its own.
    pub fn start_with(&self, variables: &[(&str, &str)]) -> anyhow::Result<Server> {
        let mut server = self.start_bare_with(variables)?;
        server.maker.key = self.key(&["--kind", "platform"])?;
        Ok(server)
    }

    /// Makes a credential that may do everything its kind may.
    pub fn key(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let mut command = self.command("127.0.0.1:0");
        command.args(["key", "create", "--level", "admin"]).args(arguments);
        let output = command.stderr(Stdio::inherit()).output()?;
        anyhow::ensure!(output.status.success(), "no key could be made");
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }
}

impl Server {
    /// A connection to it.
    pub fn client(&self) -> anyhow::Result<Client> {
        Client::connect(self.maker.address)
    }

    /// Asks for one thing, and reads the JSON of the answer.
    pub fn ask(&self, status: u16, request: &[u8]) -> anyhow::Result<serde_json::Value> {
        let mut client = self.client()?;
        let (answered, body) = client.ask(request)?;
        let text = String::from_utf8_lossy(body);
        anyhow::ensure!(answered == status, "an answer was {answered} instead of {status}: {text}");
        Ok(serde_json::from_slice(body)?)
    }

    /// What it has counted.
    pub fn counts(&self) -> anyhow::Result<Counts> {
        let mut request = Vec::new();
        self.maker.get("/metrics", &mut request);
        let mut client = self.client()?;
        let (status, body) = client.ask(&request)?;
        anyhow::ensure!(status == 200, "/metrics answered {status}");
        let text = std::str::from_utf8(body)?;
        let number = |name: &str| -> f64 {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            let value = line.and_then(|rest| rest.rsplit(' ').next());
            value.and_then(|value| value.parse().ok()).unwrap_or(0.0)
        };
        Ok(Counts {
            commits: number("switchboard_store_commits_total"),
            commit_us: number("switchboard_store_commit_microseconds_total"),
            behind: number("switchboard_reader_workspaces_behind"),
        })
    }

    /// Waits until its index has caught up with its log.
    pub fn wait_until_idle(&self) -> anyhow::Result<()> {
        while 0.0 < self.counts()?.behind {
            time::pause(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Seconds of processor time it has used.
    pub fn cpu_s(&self) -> anyhow::Result<f64> {
        cpu_s(&self.child.id().to_string())
    }

    /// Megabytes of memory that are its own or shared, now.
    pub fn resident_mb(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|rest| rest.split_whitespace().next());
        Ok(kib.context("no VmRSS")?.parse::<f64>()? * 1024.0 / 1e6)
    }

    /// Ends it as a power cut would: it is not told.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already, and its data is thrown away.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Seconds of processor time that a process has used; `self` is this one.
pub fn cpu_s(process: &str) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let after_name = stat.rsplit(')').next().context("no name in stat")?;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok());
    let (user, system) = (ticks(11).context("no utime")?, ticks(12).context("no stime")?);
    // A tick is a hundredth of a second on every Linux.
    Ok((user + system) / 100.0)
}

/// Microseconds of processor time that this thread has used. Linux counts them at every tick and
/// switch, so what is measured must last much longer than a tick.
pub fn thread_cpu_us() -> anyhow::Result<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = text.split_whitespace().next().context("no time in schedstat")?;
    Ok(nanoseconds.parse::<f64>()? / 1000.0)
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
