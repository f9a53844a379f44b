//! The command line.

mod apps;
mod backup;
mod demo;
mod doctor;
mod keys;
mod serve;

use std::{io::Write as _, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

use crate::{
    config::{self, Config},
    setup,
};

/// One program that answers for a business.
#[derive(Debug, Parser)]
#[command(name = "switchboard", version, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

/// What every command reads.
#[derive(Args, Debug)]
struct Settings {
    /// The folder of the data [default: ./data]
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<String>,
    /// postgres://…; SQLite in the folder of the data without it
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// A file of settings
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve, until told to stop
    Serve(serve::Serve),
    /// Credentials
    #[command(subcommand)]
    Key(keys::Key),
    /// Tenants
    #[command(subcommand)]
    Workspace(keys::Workspace),
    /// The people who run a workspace
    #[command(subcommand)]
    Admin(keys::Admin),
    /// Programs of others that act for operators
    #[command(subcommand)]
    App(apps::App),
    /// Bring the database up to date, and stop
    Migrate,
    /// Examples to try it out with
    #[command(subcommand)]
    Demo(demo::Demo),
    /// Look whether everything is as it should be
    Doctor,
    /// Settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Copy the data into one file, while the server runs
    Backup {
        /// A file that is not there yet
        file: PathBuf,
    },
    /// Put a backup in the place of the data
    Restore(backup::Restore),
    /// Print the OpenAPI document
    Openapi,
    /// Print the version
    Version,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Print the settings that hold, without their secrets
    Show,
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A broken pipe leaves nobody to tell.
            drop(writeln!(std::io::stderr(), "switchboard: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    let Cli { settings, command } = cli;
    match command {
        Command::Openapi => return print(&crate::http::openapi::checked_in()),
        Command::Version => return print(&format!("switchboard {}\n", env!("CARGO_PKG_VERSION"))),
        _ => {}
    }
    let listen = match &command {
        Command::Serve(serve) => serve.listen.clone(),
        _ => None,
    };
    let flags =
        [("data", settings.data), ("database_url", settings.database_url), ("listen", listen)];
    let config = config::load(settings.config, &flags)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::Serve(command) => serve::run(config, &command).await,
            Command::Key(key) => keys::key(&config, key).await,
            Command::Workspace(command) => keys::workspace(&config, command).await,
            Command::Admin(admin) => keys::admin(&config, admin).await,
            Command::App(app) => apps::app(&config, app).await,
            Command::Demo(command) => demo::run(&config, command).await,
            Command::Migrate => migrate(&config).await,
            Command::Doctor => doctor::run(&config).await,
            Command::Config(ConfigCommand::Show) => print(&config.show()?),
            Command::Backup { file } => backup::backup(&config, &file).await,
            Command::Restore(restore) => backup::restore(&config, &restore).await,
            Command::Openapi | Command::Version => Ok(()),
        }
    })
}

async fn migrate(config: &Config) -> anyhow::Result<()> {
    setup::open(config, &setup::world()).await?;
    let newest = setup::MIGRATIONS.last().map_or(0, |step| step.number);
    print(&format!("The database is at schema {newest}.\n"))
}

/// What was asked for goes to standard output, and everything else does not.
fn print(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        // Whoever read it has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}
