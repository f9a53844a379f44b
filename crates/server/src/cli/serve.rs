//! `switchboard serve`

use std::{fmt::Write as _, io::IsTerminal as _};

use anyhow::Context as _;
use clap::Args;
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};
use tracing_subscriber::EnvFilter;

use super::{keys, print};
use crate::{
    access, account,
    config::{Config, LogFormat},
    demo,
    http::{self, App},
    setup, work,
};

#[derive(Args, Debug)]
pub(super) struct Serve {
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub(super) listen: Option<String>,
    /// Fill a new workspace with examples
    #[arg(long)]
    pub(super) demo: bool,
}

pub(super) async fn run(config: Config, serve: &Serve) -> anyhow::Result<()> {
    start_log(&config)?;
    let world = setup::world();
    // Held until the end: a second server on the same folder is refused.
    let lock = if config.database_url.0.is_empty() { Some(setup::lock(&config)?) } else { None };
    let listener = TcpListener::bind(&config.listen).await;
    let listener = listener.with_context(|| {
        format!("cannot listen on {}: choose another address with --listen", config.listen)
    })?;
    let address = listener.local_addr()?;
    let store = setup::open(&config, &world).await?;
    let settings = config.http.clone();
    let app = App::new(store, config, world)?;
    if serve.demo {
        demo::fill(&app.store).await?;
    }
    let signals = Signals::listen()?;
    let (stop, stopped) = watch::channel(false);
    let mut work = work::start(&app, &stopped);
    tracing::info!(%address, "ready");
    if app.store.system_read(access::is_unused).await? {
        print(&welcome(&app, &address.to_string()).await?)?;
    } else if std::io::stdout().is_terminal() {
        print(&format!("\nSwitchboard is ready at http://{address}\n\n"))?;
    }
    let origin = app.config.origin_or(&format!("http://{address}"));
    if let Some(link) = account::claim_link(&app, &origin).await? {
        print(&format!(
            "Nobody has signed in yet. Become the owner, within three days:\n\n  {link}\n\n"
        ))?;
    }
    let router = http::router(app.clone());
    let serve = http::serve::serve(listener, router, &settings, stopped);
    let until = async {
        signals.wait().await;
        tracing::info!("stopping: what was begun is finished first");
        app.hub.stop();
        stop.send_replace(true);
    };
    tokio::join!(serve, until);
    while work.join_next().await.is_some() {}
    app.keys.write_down(&app.store).await?;
    drop(app);
    drop(lock);
    tracing::info!("stopped");
    Ok(())
}

/// What a newcomer sees: where it is, and a request that works as it stands.
async fn welcome(app: &App, address: &str) -> anyhow::Result<String> {
    let key = keys::first_key(&app.store, || (app.world.random)()).await?;
    let mut text = String::new();
    writeln!(text, "\nSwitchboard is ready at http://{address}")?;
    writeln!(text, "The API and its documents: http://{address}/docs\n")?;
    writeln!(text, "Create a first contact:\n")?;
    writeln!(text, "  curl -X POST http://{address}/v1/contacts \\")?;
    writeln!(text, "    -H 'Authorization: Bearer {key}' \\")?;
    writeln!(text, "    -H 'Content-Type: application/json' \\")?;
    writeln!(text, "    -d '{{\"email\": \"ada@example.com\", \"name\": \"Ada Lovelace\"}}'\n")?;
    writeln!(text, "The key is shown this once. Make others with 'switchboard key create'.\n")?;
    Ok(text)
}

/// What tells it to stop. From the moment that it is made, such a signal no longer ends the process.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> anyhow::Result<Self> {
        let terminate = signal(SignalKind::terminate())?;
        Ok(Self { terminate, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn wait(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// To standard error: for people on a terminal, as JSON otherwise.
fn start_log(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log.level).context("the setting 'log.level'")?;
    let is_human = match config.log.format {
        LogFormat::Auto => std::io::stderr().is_terminal(),
        LogFormat::Human => true,
        LogFormat::Json => false,
    };
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started =
        if is_human { log.compact().try_init() } else { log.json().flatten_event(true).try_init() };
    started.map_err(|error| anyhow::anyhow!(error).context("the log cannot be started"))
}
