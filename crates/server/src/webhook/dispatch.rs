//! The dispatcher: it sends what the log asks for, and has it written down what became of it.
//!
//! One task decides, and waits for nothing but news: of the log, of an answer, of the database, of the
//! clock. All that takes time is a task of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use metrics::{counter, gauge, histogram};
use store::Scope;
use tokio::{
    sync::{broadcast::error::RecvError, watch},
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

use super::{
    Endpoint,
    crew::{Crew, Step},
    fan::{self, Due, Fanned, Next, Outcome, Parcel, Wanted},
    send,
};
use crate::{
    error::{Error, Result},
    http::App,
    id::WebhookId,
    node::Nodes,
};

/// Requests that are under way at once, to all endpoints.
const SENDS_MAX: usize = 512;
/// Workspaces whose log is read at once.
const FANS_MAX: usize = 16;
/// News that are heard at once.
const NEWS_MAX: usize = 256;
/// A hint may get lost: all workspaces that have webhooks are looked at this often.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// How often nodes that share the work say that they are there.
const BEAT_EVERY: Duration = Duration::from_secs(1);
/// How long a stop waits for answers.
const STOP_PATIENCE: Duration = Duration::from_secs(5);
/// Workspaces that one look finds.
const WORKSPACES_MAX: i64 = 100_000;

/// What a task has come to.
enum News {
    Everywhere(Result<Vec<String>>),
    Beat(Result<bool>),
    Fanned(Arc<str>, Result<Looked>),
    Loaded(Arc<str>, WebhookId, Result<Due>),
    Sent(Arc<str>, Box<Outcome>),
    Recorded(Arc<str>, Vec<Outcome>, Result<()>),
}

/// What a look at a log has come to.
enum Looked {
    /// There were deliveries to write, or might have been.
    Fanned(Box<Fanned>),
    /// Nothing is new; it was turned into deliveries up to there.
    At(i64),
    /// There is nobody to be told.
    Nobody,
}

struct Dispatcher {
    app: App,
    nodes: Nodes,
    crews: BTreeMap<Arc<str>, Crew>,
    tasks: JoinSet<News>,
    sends: usize,
    fans: usize,
    /// Whom something has changed for.
    touched: BTreeSet<Arc<str>>,
    /// Who waits for others to be done.
    starved: BTreeSet<Arc<str>>,
    timers: BTreeSet<(Instant, Arc<str>)>,
    is_stopping: bool,
}

/// Sends what is to be sent until `stop` says so, and then ends what it has begun.
pub async fn dispatch(app: App, mut stop: watch::Receiver<bool>) {
    let mut hints = app.store.hints();
    let mut dispatcher = Dispatcher::new(app);
    let mut look = every(LOOK_EVERY);
    let mut beat = every(BEAT_EVERY);
    while !dispatcher.is_stopping {
        let timer = dispatcher.timers.first().map(|(at, _)| *at);
        tokio::select! {
            _ = stop.changed() => dispatcher.is_stopping = true,
            hint = hints.recv() => match hint {
                Ok(hint) => dispatcher.grew(hint.workspace),
                Err(RecvError::Lagged(_)) => dispatcher.look_everywhere(),
                Err(RecvError::Closed) => dispatcher.is_stopping = true,
            },
            Some(news) = dispatcher.tasks.join_next() => {
                dispatcher.hear(news);
                // What has come as well is heard before anything else is begun.
                for _ in 0..NEWS_MAX {
                    let Some(news) = dispatcher.tasks.try_join_next() else { break };
                    dispatcher.hear(news);
                }
            }
            () = sleep_until(timer.unwrap_or_else(Instant::now)), if timer.is_some() => {}
            _ = look.tick() => dispatcher.look_everywhere(),
            _ = beat.tick(), if dispatcher.nodes.are_shared() => dispatcher.beat(),
        }
        dispatcher.go_on();
    }
    dispatcher.end().await;
}

fn every(span: Duration) -> tokio::time::Interval {
    let mut interval = interval(span);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

impl Dispatcher {
    fn new(app: App) -> Self {
        Self {
            nodes: Nodes::new(&app.store, &app.world),
            app,
            crews: BTreeMap::new(),
            tasks: JoinSet::new(),
            sends: 0,
            fans: 0,
            touched: BTreeSet::new(),
            starved: BTreeSet::new(),
            timers: BTreeSet::new(),
            is_stopping: false,
        }
    }

    fn grew(&mut self, workspace: Arc<str>) {
        if self.nodes.own(&workspace) {
            self.crews.entry(Arc::clone(&workspace)).or_default().log.has_grown = true;
            self.touched.insert(workspace);
        }
    }

    fn look_everywhere(&mut self) {
        let app = self.app.clone();
        self.tasks.spawn(async move { News::Everywhere(asked(&app).await) });
    }

    fn beat(&mut self) {
        let nodes = self.nodes.clone();
        self.tasks.spawn(async move { News::Beat(nodes.beat().await) });
    }

    fn hear(&mut self, news: Result<News, tokio::task::JoinError>) {
        let now = Instant::now();
        match news {
            // A task that panicked is a bug; what it was about is found again by a look at the rows.
            Err(error) => tracing::error!(?error, "a task of the dispatcher failed"),
            Ok(News::Everywhere(Ok(workspaces))) => {
                workspaces.into_iter().for_each(|workspace| self.grew(workspace.into()));
            }
            Ok(News::Beat(Ok(false))) => {}
            Ok(News::Beat(Ok(true))) => self.look_everywhere(),
            Ok(News::Everywhere(Err(error)) | News::Beat(Err(error))) => {
                tracing::error!(?error, "the dispatcher cannot ask the database; trying again");
            }
            Ok(News::Fanned(workspace, fanned)) => {
                self.fans -= 1;
                self.touched.append(&mut self.starved);
                let Some(crew) = self.crews.get_mut(&workspace) else { return };
                crew.log.is_read = false;
                match fanned {
                    Ok(Looked::Fanned(fanned)) => crew.fanned(*fanned),
                    Ok(Looked::At(place)) => crew.is_at(place),
                    Ok(Looked::Nobody) => crew.let_go(),
                    Err(error) => {
                        crew.log.has_grown = true;
                        complain(crew, &error, now);
                    }
                }
                self.touched.insert(workspace);
            }
            Ok(News::Loaded(workspace, webhook, due)) => {
                let at = self.app.now();
                let Some(crew) = self.crews.get_mut(&workspace) else { return };
                if let Err(error) = &due {
                    complain(crew, error, now);
                }
                if let Some(desk) = crew.desks.get_mut(&webhook) {
                    match due {
                        Ok(due) => desk.loaded(due, at),
                        Err(_) => desk.not_loaded(),
                    }
                }
                self.touched.insert(workspace);
            }
            Ok(News::Sent(workspace, outcome)) => {
                self.sends -= 1;
                self.touched.append(&mut self.starved);
                count(&outcome);
                if let Some(crew) = self.crews.get_mut(&workspace) {
                    crew.sent(*outcome, now);
                }
                self.touched.insert(workspace);
            }
            Ok(News::Recorded(workspace, outcomes, done)) => {
                let Some(crew) = self.crews.get_mut(&workspace) else { return };
                match done {
                    Ok(()) => crew.recorded(&outcomes),
                    Err(error) => {
                        crew.not_recorded(outcomes, now);
                        complain(crew, &error, now);
                    }
                }
                self.touched.insert(workspace);
            }
        }
    }

    /// Begins all that may begin.
    fn go_on(&mut self) {
        let now = Instant::now();
        while self.timers.first().is_some_and(|(at, _)| *at <= now) {
            self.touched.extend(self.timers.pop_first().map(|(_, workspace)| workspace));
        }
        for workspace in std::mem::take(&mut self.touched) {
            let Some(mut crew) = self.crews.remove(&workspace) else { continue };
            // One timer each, or those of the far future would be as many as there was news.
            if let Some(old) = crew.wake.take() {
                self.timers.remove(&(old, Arc::clone(&workspace)));
            }
            crew.wake = self.go_on_with(&workspace, &mut crew, now);
            self.timers.extend(crew.wake.map(|wake| (wake, Arc::clone(&workspace))));
            self.crews.insert(workspace, crew);
        }
        gauge!("switchboard_webhook_requests").set(u32::try_from(self.sends).unwrap_or(0));
    }

    /// Begins what may begin in one workspace. Gives when to look at it again, if nothing else comes.
    fn go_on_with(
        &mut self,
        workspace: &Arc<str>,
        crew: &mut Crew,
        now: Instant,
    ) -> Option<Instant> {
        if let Err(until) = crew.may_ask(now) {
            return Some(until);
        }
        let mut wake = None;
        if !self.nodes.own(workspace) {
            // Another node sends now what is not under way.
            crew.let_go();
        } else if crew.log.has_grown && !crew.log.is_read && !self.is_stopping {
            if self.fans < FANS_MAX {
                self.fan(workspace, crew);
            } else {
                self.starved.insert(Arc::clone(workspace));
            }
        }
        let at = self.app.now();
        let may_send = !self.is_stopping && !crew.is_full();
        for desk in crew.desks.values_mut() {
            while may_send && let Some(step) = desk.next((now, at), &mut wake) {
                match step {
                    Step::Send(_, parcel) if SENDS_MAX <= self.sends => {
                        desk.put_back(parcel);
                        self.starved.insert(Arc::clone(workspace));
                        break;
                    }
                    Step::Send(endpoint, parcel) => self.send(workspace, endpoint, parcel),
                    Step::Load(endpoint, wanted) => self.load(workspace, endpoint, wanted),
                }
            }
        }
        if let Some(outcomes) = crew.next_record(now, &mut wake) {
            self.record(workspace, outcomes);
        }
        wake
    }

    fn fan(&mut self, workspace: &Arc<str>, crew: &mut Crew) {
        (crew.log.is_read, crew.log.has_grown) = (true, false);
        self.fans += 1;
        let (app, workspace, is_new) =
            (self.app.clone(), Arc::clone(workspace), crew.place.is_none());
        self.tasks.spawn(async move {
            let looked = match look(&app, &workspace).await {
                // Somebody who was killed may be about to commit: a write comes after it.
                Ok(Looked::At(_)) if is_new => fan_out(&app, &workspace).await,
                looked => looked,
            };
            News::Fanned(workspace, looked)
        });
    }

    fn load(&mut self, workspace: &Arc<str>, endpoint: Arc<Endpoint>, wanted: Wanted) {
        let (app, workspace) = (self.app.clone(), Arc::clone(workspace));
        self.tasks.spawn(async move {
            let (scope, webhook) = (Scope::new(&workspace), endpoint.id.clone());
            let due = app.store.read(&scope, move |tx| fan::due(tx, &endpoint, &wanted)).await;
            News::Loaded(workspace, webhook, due)
        });
    }

    fn send(&mut self, workspace: &Arc<str>, endpoint: Arc<Endpoint>, parcel: Parcel) {
        self.sends += 1;
        if parcel.attempts_count == 0 && !parcel.is_test {
            let waited = self.app.now().duration_since(parcel.occurred_at);
            histogram!("switchboard_webhook_first_attempt_seconds").record(waited.as_secs_f64());
        }
        let (app, workspace) = (self.app.clone(), Arc::clone(workspace));
        self.tasks.spawn(async move {
            let outcome = send::attempt(&app, &endpoint, parcel).await;
            News::Sent(workspace, Box::new(outcome))
        });
    }

    fn record(&mut self, workspace: &Arc<str>, outcomes: Vec<Outcome>) {
        let (app, workspace) = (self.app.clone(), Arc::clone(workspace));
        self.tasks.spawn(async move {
            let outcomes: Arc<[Outcome]> = outcomes.into();
            let (scope, written) = (Scope::new(&workspace).in_background(), Arc::clone(&outcomes));
            let done = app.store.write(&scope, move |tx| fan::record(tx, &written)).await;
            News::Recorded(workspace, outcomes.to_vec(), done)
        });
    }

    /// Waits a little for answers that may still come, and has them written down. What does not come
    /// in time is sent again by whoever comes next.
    async fn end(mut self) {
        let end = Instant::now() + STOP_PATIENCE;
        while !self.crews.values().all(Crew::is_idle) {
            tokio::select! {
                Some(news) = self.tasks.join_next() => self.hear(news),
                () = sleep_until(end) => break,
            }
            self.touched.extend(self.crews.keys().cloned());
            self.go_on();
        }
        if let Err(error) = self.nodes.leave().await {
            tracing::warn!(?error, "the other nodes were not told that this one stops");
        }
    }
}

fn complain(crew: &mut Crew, error: &Error, now: Instant) {
    tracing::error!(?error, "the dispatcher cannot ask the database; trying again");
    crew.is_away(now);
}

/// The workspaces that have webhooks.
async fn asked(app: &App) -> Result<Vec<String>> {
    let find = app.store.system_read(|tx| {
        let sql = "select distinct workspace from webhook order by workspace limit ?1";
        tx.all(sql, &[WORKSPACES_MAX.into()], |row| Ok::<_, Error>(row.get(0)?))
    });
    find.await
}

/// Writes all deliveries that the log asks for, and sends none. For tests, whose time stands still.
///
/// # Errors
/// Those of the store.
pub async fn settle(app: &App) -> Result<()> {
    for workspace in asked(app).await? {
        while matches!(look(app, &workspace).await?, Looked::Fanned(_)) {}
    }
    Ok(())
}

/// Writes the next deliveries, if there are any.
async fn look(app: &App, workspace: &str) -> Result<Looked> {
    let scope = Scope::new(workspace).in_background();
    let asked = app.store.glance(&scope, |tx| {
        let is_asked = fan::is_asked(tx)?;
        Ok::<_, Error>((is_asked, fan::READER.place(tx)?, is_asked && fan::READER.has_more(tx)?))
    });
    match asked.await? {
        (false, ..) => Ok(Looked::Nobody),
        (true, place, false) => Ok(Looked::At(place)),
        (true, _, true) => fan_out(app, workspace).await,
    }
}

async fn fan_out(app: &App, workspace: &str) -> Result<Looked> {
    let (scope, key) = (Scope::new(workspace).in_background(), app.secret.clone());
    let write = app.store.write(&scope, move |tx| fan::fan_out(tx, &key));
    Ok(Looked::Fanned(Box::new(write.await?)))
}

fn count(outcome: &Outcome) {
    let word = match outcome.next {
        Next::Delivered => "delivered",
        Next::Again(_) => "retried",
        Next::Failed | Next::Gone => "failed",
    };
    counter!("switchboard_webhook_attempts_total", "outcome" => word).increment(1);
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::testing::{Ask, Database, Stage, block_on, databases, settings};

    /// Nobody listens there.
    const URL: &str = "http://127.0.0.1:1/";

    /// A dispatcher on a stage with one webhook, and a change that it is told of after a minute.
    async fn with_one_for_later(database: &Database) -> (Stage, Dispatcher, Arc<str>) {
        let mut config = settings();
        config.outbound.allow = vec!["127.0.0.0/8".parse().unwrap()];
        let stage = Stage::set_with(database, config).await;
        let webhook = format!(
            r#"{{"url": "{URL}", "events": ["ContactCreated"], "shape": "aloware",
                 "delay_seconds": 60}}"#
        );
        for (path, body) in
            [("/v1/webhooks", &*webhook), ("/v1/contacts", r#"{"email": "a@example.com"}"#)]
        {
            let made = stage.send("admin", Ask { method: "POST", path, headers: &[], body }).await;
            assert_eq!(made.code(), 201, "{}", made.body);
        }
        let mut dispatcher = Dispatcher::new(stage.app.clone());
        dispatcher.nodes.beat().await.unwrap();
        let workspace: Arc<str> = stage.scope("admin").workspace().into();
        dispatcher.grew(Arc::clone(&workspace));
        (stage, dispatcher, workspace)
    }

    /// Does what there is to do now. Gives how many requests left.
    async fn until_idle(dispatcher: &mut Dispatcher) -> usize {
        let mut sent = 0;
        dispatcher.go_on();
        while let Some(news) = dispatcher.tasks.join_next().await {
            sent += usize::from(matches!(news, Ok(News::Sent(..))));
            dispatcher.hear(news);
            dispatcher.go_on();
        }
        sent
    }

    #[test]
    fn a_look_at_a_workspace_leaves_no_timer_behind() {
        for database in databases() {
            block_on(async {
                let (_stage, mut dispatcher, workspace) = with_one_for_later(&database).await;
                assert_eq!(until_idle(&mut dispatcher).await, 0);
                assert_eq!(dispatcher.timers.len(), 1, "it is looked at again in a minute");
                for _ in 0..100 {
                    dispatcher.grew(Arc::clone(&workspace));
                    until_idle(&mut dispatcher).await;
                }
                assert_eq!(dispatcher.timers.len(), 1, "one timer, however often it was looked at");
            });
        }
    }

    #[test]
    fn a_database_that_is_behind_is_not_sent_ahead_of() {
        for database in databases() {
            block_on(async {
                let (stage, mut dispatcher, workspace) = with_one_for_later(&database).await;
                until_idle(&mut dispatcher).await;
                let later = |dispatcher: &mut Dispatcher| {
                    stage.time.tick(SignedDuration::from_secs(61));
                    dispatcher.touched.insert(Arc::clone(&workspace));
                    dispatcher.go_on();
                };
                later(&mut dispatcher);
                let outcome = loop {
                    let news = dispatcher.tasks.join_next().await.unwrap().unwrap();
                    let sent = if let News::Sent(_, outcome) = &news {
                        Some(outcome.clone())
                    } else {
                        None
                    };
                    dispatcher.hear(Ok(news));
                    if let Some(outcome) = sent {
                        break outcome;
                    }
                    dispatcher.go_on();
                };
                until_idle(&mut dispatcher).await;
                dispatcher.crews.get_mut(&workspace).unwrap().fill(&outcome);
                later(&mut dispatcher);
                assert_eq!(until_idle(&mut dispatcher).await, 0, "it waits for the database");
                dispatcher.crews.get_mut(&workspace).unwrap().recorded(&[]);
                later(&mut dispatcher);
                assert!(0 < until_idle(&mut dispatcher).await, "it has caught up");
            });
        }
    }

    #[test]
    fn a_node_that_is_joined_by_another_lets_go_of_what_is_the_others() {
        for database in databases() {
            block_on(async {
                let (stage, mut dispatcher, workspace) = with_one_for_later(&database).await;
                if !dispatcher.nodes.are_shared() {
                    return;
                }
                assert_eq!(until_idle(&mut dispatcher).await, 0);
                // Nodes come until the workspace is one of theirs.
                let other = database.open(&stage.time.world);
                let mut others = Vec::new();
                while dispatcher.nodes.own(&workspace) {
                    others.push(Nodes::new(&other, &stage.time.world));
                    others.last().unwrap().beat().await.unwrap();
                    dispatcher.nodes.beat().await.unwrap();
                }
                // Its time comes.
                stage.time.tick(SignedDuration::from_secs(61));
                for node in others.iter().chain([&dispatcher.nodes]) {
                    node.beat().await.unwrap();
                }
                dispatcher.touched.insert(Arc::clone(&workspace));
                assert_eq!(until_idle(&mut dispatcher).await, 0, "the other one sends it");
                assert!(dispatcher.timers.is_empty());
                // And the other one stops.
                for node in others {
                    node.leave().await.unwrap();
                }
                assert!(dispatcher.nodes.beat().await.unwrap());
                dispatcher.look_everywhere();
                assert_eq!(until_idle(&mut dispatcher).await, 1, "it is this one's again");
            });
        }
    }
}
