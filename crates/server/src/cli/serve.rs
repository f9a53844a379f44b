//! `switchboard serve`

use std::{fmt::Write as _, io::IsTerminal as _, net::SocketAddr};

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
    http::{self, App, serve::Listeners, tls::Tls},
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
    let past = demo::Past::default();
    let world = if serve.demo { past.of(&setup::world()) } else { setup::world() };
    // Held until the end: a second server on the same folder is refused.
    let lock = if config.database_url.0.is_empty() { Some(setup::lock(&config)?) } else { None };
    let listener = listen(&config.listen, "with --listen").await?;
    let address = listener.local_addr()?;
    let tls = Tls::open(&config)?;
    let mut listeners = Listeners::clear(listener);
    let mut over_tls = None;
    if let Some(tls) = &tls {
        let listener = listen(&config.tls.listen, "in the setting 'tls.listen'").await?;
        over_tls = Some(listener.local_addr()?);
        listeners = listeners.and_tls(listener, tls)?;
    }
    let place = place(&config, address, over_tls);
    let store = setup::open(&config, &world).await?;
    let settings = config.http.clone();
    let app = App::new(store, config, world)?;
    if serve.demo {
        super::demo::fill(&app.store, &app.config, &app.secret, &past).await?;
    }
    let signals = Signals::listen()?;
    let (stop, stopped) = watch::channel(false);
    let mut tasks = work::start(&app, &stopped);
    tracing::info!(%address, tls = over_tls.map(tracing::field::display), "ready");
    if app.store.system_read(access::is_unused).await? {
        print(&welcome(&app, &place).await?)?;
    } else if std::io::stdout().is_terminal() {
        print(&format!("\nSwitchboard is ready at {place}\n\n"))?;
    }
    let origin = app.config.origin_or(&format!("http://{address}"));
    if let Some(link) = account::claim_link(&app, &origin).await? {
        print(&format!(
            "Nobody has signed in yet. Become the owner, within three days:\n\n  {link}\n\n"
        ))?;
    }
    let router = http::router(app.clone());
    if let Some(tls) = tls {
        tasks.spawn(work::until(stopped.clone(), tls.keep()));
    }
    let serve = http::serve::serve(listeners, router, &settings, stopped);
    let until = async {
        signals.wait().await;
        tracing::info!("stopping: what was begun is finished first");
        app.hub.stop();
        stop.send_replace(true);
    };
    tokio::join!(serve, until);
    while tasks.join_next().await.is_some() {}
    app.keys.write_down(&app.store).await?;
    drop(app);
    drop(lock);
    tracing::info!("stopped");
    Ok(())
}

async fn listen(address: &str, how: &str) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).await;
    listener.with_context(|| format!("cannot listen on {address}: choose another address {how}"))
}

/// Where a browser finds it.
fn place(config: &Config, clear: SocketAddr, tls: Option<SocketAddr>) -> String {
    match (tls, config.tls.acme_domains.first()) {
        (None, _) => format!("http://{clear}"),
        (Some(tls), None) => format!("https://{tls}"),
        (Some(tls), Some(name)) if tls.port() == 443 => format!("https://{name}"),
        (Some(tls), Some(name)) => format!("https://{name}:{}", tls.port()),
    }
}

/// What a newcomer sees: where it is, and a request that works as it stands.
async fn welcome(app: &App, place: &str) -> anyhow::Result<String> {
    let key = keys::first_key(&app.store, || (app.world.random)()).await?;
    let mut text = String::new();
    writeln!(text, "\nSwitchboard is ready at {place}")?;
    writeln!(text, "The API and its documents: {place}/docs\n")?;
    writeln!(text, "Create a first contact:\n")?;
    writeln!(text, "  curl -X POST {place}/v1/contacts \\")?;
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
