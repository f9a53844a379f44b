//! The store in this process, without HTTP: what the server is compared with, and how databases are
//! filled.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use anyhow::Context as _;
use server::{
    config,
    contact::{self, NewContact},
    http::App,
    setup, work, workspace,
};
use store::{Scope, Store};
use tokio::{runtime::Runtime, sync::watch, task::JoinSet};

use crate::{people::Person, progress, time};

/// A store, and the runtime it is asked on.
pub struct Local {
    runtime: Runtime,
    app: App,
    scope: Scope,
}

/// Contacts that are made in one operation when a database is filled.
const AT_ONCE: u64 = 200;
/// Operations that wait while a database is filled.
const TASKS: u64 = 8;

impl Local {
    /// Opens the data in `folder`, or the database at `url`.
    pub fn open(folder: &Path, url: Option<&str>) -> anyhow::Result<Self> {
        let runtime = Runtime::new()?;
        let folder = folder.to_str().context("a folder of a strange name")?.to_owned();
        let flags = [("data", Some(folder)), ("database_url", url.map(str::to_owned))];
        let config = config::load(None, &flags)?;
        let world = setup::world();
        let store = runtime.block_on(setup::open(&config, &world))?;
        let workspace = runtime.block_on(workspace::look_up(&store, workspace::DEFAULT))?;
        let scope = Scope::new(workspace.id.as_str()).by("system");
        let app = App::new(store, config, world)?;
        Ok(Self { runtime, app, scope })
    }

    /// Creates `people` one by one in `tasks` at once. Gives the rate, a second.
    pub fn create(&self, people: &[NewContact], tasks: usize) -> anyhow::Result<f64> {
        let people: Arc<[NewContact]> = people.into();
        let next = Arc::new(AtomicU64::new(0));
        let begun = time::stopwatch();
        self.runtime.block_on(async {
            let mut creating = JoinSet::new();
            for _ in 0..tasks {
                let (people, next) = (Arc::clone(&people), Arc::clone(&next));
                let (store, scope) = (self.app.store.clone(), self.scope.clone());
                creating.spawn(async move {
                    loop {
                        let index = usize::try_from(next.fetch_add(1, Ordering::Relaxed))?;
                        let Some(person) = people.get(index).cloned() else { return Ok(()) };
                        create(&store, &scope, person).await?;
                    }
                });
            }
            finish(creating).await
        })?;
        Ok(people.len() as f64 / begun.elapsed().as_secs_f64())
    }

    /// Creates the people of these numbers, many in one operation, and lets the index follow.
    pub fn fill(&self, people: std::ops::Range<u64>) -> anyhow::Result<()> {
        let begun = time::stopwatch();
        let (stop, stopped) = watch::channel(false);
        let total = people.end - people.start;
        self.runtime.block_on(async {
            let mut working = work::start(&self.app, &stopped);
            let next = Arc::new(AtomicU64::new(people.start));
            let mut filling = JoinSet::new();
            for _ in 0..TASKS {
                let (next, end) = (Arc::clone(&next), people.end);
                let (store, scope) = (self.app.store.clone(), self.scope.clone());
                filling.spawn(async move {
                    loop {
                        let from = next.fetch_add(AT_ONCE, Ordering::Relaxed);
                        if end <= from {
                            return Ok(());
                        }
                        create_many(&store, &scope, from..end.min(from + AT_ONCE)).await?;
                        if from % (total / 10).max(AT_ONCE) < AT_ONCE {
                            progress(&format!("{from} contacts"));
                        }
                    }
                });
            }
            finish(filling).await?;
            progress(&format!("{total} contacts after {:.0?}", begun.elapsed()));
            work::settle(&self.app).await?;
            stop.send_replace(true);
            while working.join_next().await.is_some() {}
            anyhow::Ok(())
        })?;
        progress(&format!("indexed after {:.0?}", begun.elapsed()));
        Ok(())
    }

    /// Lets the index catch up with the log.
    pub fn settle(&self) -> anyhow::Result<()> {
        Ok(self.runtime.block_on(work::settle(&self.app))?)
    }

    /// Runs `measured` while the index follows the log, as it does in a server.
    pub fn with_index<T>(&self, measured: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
        let (stop, stopped) = watch::channel(false);
        let mut working = {
            let _entered = self.runtime.enter();
            work::start(&self.app, &stopped)
        };
        let result = measured();
        stop.send_replace(true);
        self.runtime.block_on(async { while working.join_next().await.is_some() {} });
        result
    }

    /// Commits so far.
    pub fn commits(&self) -> u64 {
        self.app.store.stats().commits.load(Ordering::Relaxed)
    }
}

/// Reads what a request would say, so that this is not part of what is measured.
pub fn parse(people: std::ops::Range<u64>) -> anyhow::Result<Vec<NewContact>> {
    people.map(|number| Ok(serde_json::from_slice(&Person(number).body())?)).collect()
}

async fn create(store: &Store, scope: &Scope, person: NewContact) -> anyhow::Result<()> {
    let written = store.write(scope, move |tx| contact::create(tx, person, "api"));
    written.await?;
    Ok(())
}

async fn create_many(
    store: &Store,
    scope: &Scope,
    numbers: std::ops::Range<u64>,
) -> anyhow::Result<()> {
    let people = parse(numbers)?;
    let written = store.write(scope, move |tx| {
        people.into_iter().try_for_each(|person| contact::create(tx, person, "api").map(drop))
    });
    written.await?;
    Ok(())
}

async fn finish(mut tasks: JoinSet<anyhow::Result<()>>) -> anyhow::Result<()> {
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}
