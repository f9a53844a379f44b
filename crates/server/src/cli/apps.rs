//! Apps, from the command line: beside a running server too.

use std::fmt::Write as _;

use clap::{Args, Subcommand};

use super::{keys::scope, print};
use crate::{
    config::Config,
    id::{Id, kind},
    oauth::{self, NewApp},
    page::Paging,
    setup, workspace,
};

#[derive(Debug, Subcommand)]
pub(super) enum App {
    /// Register an app and print its id and its secret, once
    Create(Create),
    /// List apps, without their secrets
    List {
        /// The slug of the workspace
        #[arg(long, default_value = workspace::DEFAULT)]
        workspace: String,
    },
    /// Give an app another secret and print it, once
    RotateSecret {
        /// Its id: app_…
        id: String,
        /// The slug of the workspace
        #[arg(long, default_value = workspace::DEFAULT)]
        workspace: String,
    },
    /// Delete an app, and all that it was granted
    Delete {
        /// Its id: app_…
        id: String,
        /// The slug of the workspace
        #[arg(long, default_value = workspace::DEFAULT)]
        workspace: String,
    },
}

#[derive(Args, Debug)]
pub(super) struct Create {
    /// What people call it
    #[arg(long)]
    name: String,
    /// Where people are sent back to; may be given more than once
    #[arg(long, required = true, value_name = "ADDRESS")]
    redirect: Vec<String>,
    /// What it may ask for, such as contacts:read; all scopes without it
    #[arg(long)]
    scope: Vec<String>,
    /// It can keep no secret, such as one in a browser or on a phone
    #[arg(long)]
    public: bool,
    /// The slug of the workspace
    #[arg(long, default_value = workspace::DEFAULT)]
    workspace: String,
}

pub(super) async fn app(config: &Config, command: App) -> anyhow::Result<()> {
    let store = setup::open(config, &setup::world()).await?;
    match command {
        App::Create(create) => {
            let new = NewApp {
                name: create.name,
                homepage: None,
                redirect_uris: create.redirect,
                scopes: (!create.scope.is_empty()).then_some(create.scope),
                is_confidential: !create.public,
            };
            let scope = scope(&store, &create.workspace).await?;
            let made = store.write(&scope, move |tx| oauth::create(tx, &new)).await?;
            print(&format!("{}  {}\n", made.id, made.client_secret.unwrap_or_default()))
        }
        App::List { workspace } => {
            let scope = scope(&store, &workspace).await?;
            let paging = Paging::Cursor { after: None, limit: LISTED_MAX };
            let all = store.read(&scope, move |tx| oauth::list(tx, &paging)).await?;
            let mut text = String::new();
            for app in all.data {
                writeln!(text, "{}  {}  {}", app.id, app.name, app.redirect_uris.join(" "))?;
            }
            print(&text)
        }
        App::RotateSecret { id, workspace } => {
            let scope = scope(&store, &workspace).await?;
            let id: Id<kind::App> = id.parse()?;
            let made = store.write(&scope, move |tx| oauth::rotate(tx, &id)).await?;
            print(&format!("{}\n", made.client_secret.unwrap_or_default()))
        }
        App::Delete { id, workspace } => {
            let scope = scope(&store, &workspace).await?;
            let id: Id<kind::App> = id.parse()?;
            let gone = id.clone();
            store.write(&scope, move |tx| oauth::delete(tx, &gone)).await?;
            print(&format!("{id} acts for nobody any more.\n"))
        }
    }
}

/// Apps that one command lists: as many as a workspace has.
const LISTED_MAX: i64 = 200;
