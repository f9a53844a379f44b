//! Credentials, workspaces and operators, from the command line: beside a running server too.

use std::{fmt::Write as _, io::Write as _};

use clap::{Args, Subcommand, ValueEnum};
use store::{Scope, Store};

use super::print;
use crate::{
    access::{self, Level, NewCredential, Plan},
    account,
    config::Config,
    email::Email,
    error::Error,
    operator::{self, AccessRole, NewOperator},
    setup, workspace,
};

#[derive(Debug, Subcommand)]
pub(super) enum Key {
    /// Make a credential and print it, once, alone on standard output
    Create(Create),
    /// List credentials, without their secrets
    List {
        /// The slug of the workspace
        #[arg(long, default_value = workspace::DEFAULT)]
        workspace: String,
    },
    /// Make a credential open nothing from now on
    Revoke {
        /// Its id: key_…
        id: String,
        /// The slug of the workspace
        #[arg(long, default_value = workspace::DEFAULT)]
        workspace: String,
    },
}

#[derive(Args, Debug)]
pub(super) struct Create {
    /// What it is for
    #[arg(long)]
    kind: Kind,
    /// What it allows
    #[arg(long, default_value = "write")]
    level: LevelName,
    /// How often it may ask
    #[arg(long, default_value = "enterprise")]
    plan: PlanName,
    /// The slug of the workspace
    #[arg(long, default_value = workspace::DEFAULT)]
    workspace: String,
    /// Whom an intake token belongs to: op_…, or the e-mail address
    #[arg(long, value_name = "OP")]
    operator: Option<String>,
    /// What to call it
    #[arg(long, default_value = "")]
    name: String,
    /// A partner key or an intake token that clients have already, instead of a new one
    #[arg(long, value_name = "SECRET")]
    existing: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Platform,
    Partner,
    Intake,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LevelName {
    Read,
    Write,
    Admin,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PlanName {
    Free,
    Basic,
    Professional,
    Enterprise,
}

#[derive(Debug, Subcommand)]
pub(super) enum Workspace {
    /// Make a workspace
    Create {
        /// 2 to 40 lower-case letters, digits and hyphens
        slug: String,
    },
    /// List workspaces
    List,
}

#[derive(Debug, Subcommand)]
pub(super) enum Admin {
    /// Make an operator who may do everything, and print the id
    Create {
        /// Where they get mail
        #[arg(long)]
        email: String,
        /// What colleagues call them
        #[arg(long)]
        name: String,
        /// The slug of the workspace
        #[arg(long, default_value = workspace::DEFAULT)]
        workspace: String,
    },
}

pub(super) async fn key(config: &Config, command: Key) -> anyhow::Result<()> {
    let world = setup::world();
    let store = setup::open(config, &world).await?;
    match command {
        Key::Create(create) => {
            let secret = make(&store, create, || (world.random)()).await?;
            print(&format!("{secret}\n"))
        }
        Key::List { workspace } => {
            let scope = scope(&store, &workspace).await?;
            let all = store.read(&scope, access::list).await?;
            let mut text = String::new();
            for key in all {
                let state = if key.revoked_at.is_some() { "revoked" } else { "valid" };
                let used =
                    key.last_used_at.map_or("never used".to_owned(), |at| format!("used {at:.0}"));
                writeln!(
                    text,
                    "{}  {}  {}  {}  {}  {state}  {used}  {}",
                    key.id,
                    key.kind.as_str(),
                    key.level.as_str(),
                    key.plan.as_str(),
                    key.hint,
                    key.name
                )?;
            }
            print(&text)
        }
        Key::Revoke { id, workspace } => {
            let scope = scope(&store, &workspace).await?;
            let id = id.parse()?;
            let revoked = store.write(&scope, move |tx| access::revoke(tx, &id)).await?;
            print(&format!("{} opens nothing any more.\n", revoked.id))
        }
    }
}

/// A new secret, and the credential that it is.
async fn make(store: &Store, create: Create, random: impl Fn() -> u128) -> anyhow::Result<String> {
    let scope = scope(store, &create.workspace).await?;
    let operator = create.operator;
    if matches!(create.kind, Kind::Intake) && operator.is_none() {
        anyhow::bail!("an intake token belongs to an operator: name one with --operator op_…");
    }
    let new = NewCredential {
        kind: match create.kind {
            Kind::Platform => access::Kind::Platform,
            Kind::Partner => access::Kind::Partner,
            Kind::Intake => access::Kind::Intake,
        },
        level: match create.level {
            LevelName::Read => Level::Read,
            LevelName::Write => Level::Write,
            LevelName::Admin => Level::Admin,
        },
        plan: match create.plan {
            PlanName::Free => Plan::Free,
            PlanName::Basic => Plan::Basic,
            PlanName::Professional => Plan::Professional,
            PlanName::Enterprise => Plan::Enterprise,
        },
        operator: None,
        name: create.name,
    };
    let secret = match create.existing {
        None => access::new_secret(new.kind, random),
        Some(secret) => existing(store, secret, create.kind).await?,
    };
    let shown = secret.clone();
    let write = store.write(&scope, move |tx| {
        let operator = operator.map(|who| operator::find_by(tx, &who)).transpose()?;
        let new = NewCredential { operator: operator.map(|operator| operator.id), ..new };
        access::create(tx, &new, &secret)
    });
    write.await?;
    Ok(shown)
}

/// Letters of the shortest secret that is taken over: the documented samples have eight.
const EXISTING_LETTERS: std::ops::RangeInclusive<usize> = 8..=200;

/// A secret that clients of one of the documented products have, so that they need no other.
async fn existing(store: &Store, secret: String, kind: Kind) -> anyhow::Result<String> {
    if matches!(kind, Kind::Platform) {
        anyhow::bail!("a platform key is always a new one: leave --existing out");
    }
    let is_plain = secret.bytes().all(|byte| byte.is_ascii_graphic());
    if !EXISTING_LETTERS.contains(&secret.len()) || !is_plain {
        anyhow::bail!("--existing must be 8 to 200 printable letters without blanks");
    }
    let hash = access::hash(&secret);
    let known = store.system_read(move |tx| access::find_by_hash(tx, &hash)).await?;
    if known.is_some_and(|known| known.revoked_at.is_none()) {
        anyhow::bail!("this secret is in use: it opens one workspace, for one purpose");
    }
    Ok(secret)
}

/// A key of the default workspace for a first request, made anew each time it is asked for.
pub(super) async fn first_key(store: &Store, random: impl Fn() -> u128) -> anyhow::Result<String> {
    let create = Create {
        kind: Kind::Platform,
        level: LevelName::Admin,
        plan: PlanName::Enterprise,
        workspace: workspace::DEFAULT.to_owned(),
        operator: None,
        name: "first request".to_owned(),
        existing: None,
    };
    make(store, create, random).await
}

pub(super) async fn workspace(config: &Config, command: Workspace) -> anyhow::Result<()> {
    let world = setup::world();
    let store = setup::open(config, &world).await?;
    match command {
        Workspace::Create { slug } => {
            let made = setup::create_workspace(&store, &world, &slug).await?;
            print(&format!("{}  {}\n", made.id, made.slug))
        }
        Workspace::List => {
            let all = store.system_read(workspace::list).await?;
            let mut text = String::new();
            for workspace in all {
                writeln!(
                    text,
                    "{}  {}  {:.0}",
                    workspace.id, workspace.slug, workspace.created_at
                )?;
            }
            print(&text)
        }
    }
}

pub(super) async fn admin(config: &Config, command: Admin) -> anyhow::Result<()> {
    let store = setup::open(config, &setup::world()).await?;
    let Admin::Create { email, name, workspace } = command;
    let email = Email::try_from(email).map_err(|problem| Error::invalid("email", problem))?;
    let scope = scope(&store, &workspace).await?;
    let new = NewOperator::new(email, &name, AccessRole::Owner);
    let made = store.write(&scope, move |tx| operator::create(tx, &new)).await?;
    let link = account::console_link(&store, &scope, made.id.clone(), &config.origin()).await?;
    print(&format!("{}\n", made.id))?;
    // Beside it, so that the id stays alone on standard output.
    let told = writeln!(
        std::io::stderr(),
        "To sign in, they open this link within three days and choose a password:\n\n  {link}\n"
    );
    Ok(told?)
}

pub(super) async fn scope(store: &Store, slug: &str) -> anyhow::Result<Scope> {
    match workspace::look_up(store, slug).await {
        Ok(workspace) => Ok(Scope::new(workspace.id.as_str()).by("cli")),
        Err(Error::NotFound(_)) => {
            anyhow::bail!("there is no workspace '{slug}': 'switchboard workspace list' names them")
        }
        Err(error) => Err(error.into()),
    }
}
