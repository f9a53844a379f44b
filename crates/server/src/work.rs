//! What happens without a request: readers of the log, jobs that are due, and the use of keys.
//!
//! Each is a reconciler: it takes no input, does what there is to do, and is safe to run twice or on
//! several nodes at once. A commit wakes it, or the time at which something is due.

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use jiff::{SignedDuration, Timestamp};
use store::{Hint, Scope, Tx};
use tokio::{
    sync::{
        broadcast::{Receiver, error::RecvError},
        watch,
    },
    task::JoinSet,
};

use crate::{
    account, attachment, contact, conversation, dialer, enrolment,
    error::{Error, Result},
    event::{
        self,
        reader::{self, Reader},
    },
    http::App,
    id::{ContactId, VisitorId},
    idempotency,
    job::{self, Done, Job},
    lead, live, oauth, outbox, receipt, report, request_log, routing,
    secret::SecretKey,
    setting::Settings,
    visitor, webhook, widget,
};

/// Every reader of the log that works in the background.
const READERS: [Reader; 4] = [contact::INDEX, routing::ROUTER, conversation::INDEX, report::ROLLUP];
/// Steps of one reader in one workspace before the next workspace has its turn.
const STEPS_MAX: usize = 16;
/// Workspaces that one look finds.
const WORKSPACES_MAX: i64 = 500;
/// Jobs of a workspace that are committed together.
const JOBS_AT_ONCE: usize = 8;
/// Rows that one step of housekeeping deletes: it must stay under 20 ms.
const AGED_ROWS: i64 = 200;
/// Rows of each slice that one step of following a merge moves.
const MOVED_ROWS: i64 = 100;
/// Rows of each slice that one step of erasing a person takes.
const ERASED_ROWS: i64 = 50;
/// How often a workspace is cleaned up.
const HOUSEKEEPING_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// How often the use of keys is written down.
const KEY_USE_EVERY: Duration = Duration::from_secs(60);
/// How long a worker whose database is away waits.
const AWAY_PAUSE: Duration = Duration::from_secs(1);
/// Background work waits this long for more to do: to do much at once costs less. A search does not
/// wait for it.
const GATHER: Duration = Duration::from_millis(25);
/// A worker looks this often even if nothing wakes it: another process may have given it work.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Starts all background work. It ends when `stop` says so.
pub fn start(app: &App, stop: &watch::Receiver<bool>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    tasks.spawn(until(stop.clone(), follow_log(app.clone(), app.store.hints())));
    tasks.spawn(until(stop.clone(), do_jobs(app.clone(), app.store.hints())));
    tasks.spawn(until(stop.clone(), send_notices(app.clone(), app.store.hints())));
    tasks.spawn(until(stop.clone(), remove_files(app.clone(), app.store.hints())));
    tasks.spawn(until(stop.clone(), live::follow(app.hub.clone())));
    tasks.spawn(until(stop.clone(), widget::flush(app.clone())));
    tasks.spawn(until(stop.clone(), request_log::flush(app.clone())));
    tasks.spawn(until(stop.clone(), live::beat(app.hub.clone())));
    tasks.spawn(until(stop.clone(), note_key_use(app.clone())));
    tasks.spawn(webhook::dispatch(app.clone(), stop.clone()));
    tasks
}

/// Works until there is nothing left to do, or `stop` says so.
pub async fn until(mut stop: watch::Receiver<bool>, work: impl Future<Output = ()>) {
    tokio::select! {
        () = work => {}
        _ = stop.changed() => {}
    }
}

async fn follow_log(app: App, mut hints: Receiver<Hint>) {
    // What came while nobody was there.
    let mut look_everywhere = true;
    let mut grown = BTreeSet::new();
    loop {
        if look_everywhere {
            match behind(&app).await {
                Ok(workspaces) => grown.extend(workspaces),
                Err(error) => complain(&error).await,
            }
        }
        for workspace in std::mem::take(&mut grown) {
            if let Err(error) = read_log(&app, &workspace).await {
                complain(&error).await;
                grown.insert(workspace);
            }
        }
        look_everywhere = !grown.is_empty();
        if !look_everywhere {
            look_everywhere = !wait(&mut hints, &mut grown, LOOK_EVERY).await;
        }
    }
}

/// Waits for hints, and a moment more for what comes with them. Says whether they tell everything
/// there is to know.
async fn wait(
    hints: &mut Receiver<Hint>,
    grown: &mut BTreeSet<String>,
    patience: Duration,
) -> bool {
    match tokio::time::timeout(patience, hints.recv()).await {
        Ok(Ok(hint)) => {
            grown.insert(hint.workspace.to_string());
        }
        Ok(Err(RecvError::Lagged(_) | RecvError::Closed)) | Err(_) => return false,
    }
    tokio::time::sleep(GATHER).await;
    while let Ok(hint) = hints.try_recv() {
        grown.insert(hint.workspace.to_string());
    }
    true
}

async fn behind(app: &App) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for reader in READERS {
        let find =
            app.store.system_read(move |tx| reader::behind(tx, reader.cursor.name, WORKSPACES_MAX));
        all.extend(find.await?);
    }
    Ok(all)
}

/// Lets every reader take what it has not taken yet of one workspace: all at once, so that what they
/// write is committed together.
async fn read_log(app: &App, workspace: &str) -> Result<()> {
    let scope = Scope::new(workspace).in_background();
    let read = READERS.iter().map(async |reader| {
        while !reader.catch_up(&app.store, &scope, STEPS_MAX).await? {}
        Ok(())
    });
    futures_util::future::try_join_all(read).await.map(drop)
}

async fn do_jobs(app: App, mut hints: Receiver<Hint>) {
    loop {
        match do_due(&app).await {
            Ok(next) => {
                let patience = next.map_or(LOOK_EVERY, |next| {
                    let left = next.duration_since(app.now());
                    Duration::try_from(left).unwrap_or_default().min(LOOK_EVERY)
                });
                let _grown = wait(&mut hints, &mut BTreeSet::new(), patience).await;
            }
            Err(error) => complain(&error).await,
        }
    }
}

/// Does every job that is due, and says when the next one will be.
async fn do_due(app: &App) -> Result<Option<Timestamp>> {
    loop {
        let (workspaces, next) = app.store.system_read(|tx| job::due(tx, WORKSPACES_MAX)).await?;
        let mut did_one = false;
        for workspace in workspaces {
            let next = (0..JOBS_AT_ONCE).map(|_| do_next(app, &workspace));
            let done = futures_util::future::try_join_all(next).await?;
            did_one |= done.contains(&true);
        }
        if !did_one {
            return Ok(next);
        }
    }
}

/// What the installation's settings say to background work.
#[derive(Clone)]
struct Rules {
    settings: Settings,
    secret: SecretKey,
    keep: Keep,
}

/// How long things are kept.
#[derive(Clone, Copy)]
struct Keep {
    events: SignedDuration,
    receipts: SignedDuration,
    deliveries: SignedDuration,
    pageviews: SignedDuration,
    addresses: SignedDuration,
}

/// A job that failed, and why. Everything it did is undone.
struct Failed(Option<Box<Job>>, Error);

impl From<store::Error> for Failed {
    fn from(error: store::Error) -> Self {
        Self(None, error.into())
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(None, error)
    }
}

/// Does the next step that is due in `workspace`. Says whether there was one.
async fn do_next(app: &App, workspace: &str) -> Result<bool> {
    let scope = Scope::new(workspace).in_background();
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    let keep = Keep {
        events: days(app.config.events.keep_days),
        receipts: days(app.config.leads.receipts_keep_days),
        deliveries: days(app.config.webhooks.deliveries_keep_days),
        pageviews: days(app.config.visitors.pageviews_keep_days),
        addresses: days(app.config.visitors.addresses_keep_days),
    };
    let (settings, secret) = (Settings::of_installation(&app.config), app.secret.clone());
    let rules = Rules { settings, secret, keep };
    let step = app.store.write(&scope, move |tx| {
        let Some(job) = job::next_due(tx)? else { return Ok(false) };
        let done =
            run(tx, &job, rules).map_err(|error| Failed(Some(Box::new(job.clone())), error))?;
        job::finish(tx, &job, done)?;
        Ok(true)
    });
    match step.await {
        Ok(did_one) => Ok(did_one),
        Err(Failed(Some(job), error)) => {
            tracing::error!(
                job = job.id.as_str(),
                kind = job.kind.as_str(),
                ?error,
                "a job failed"
            );
            let why = error.to_string();
            app.store.write(&scope, move |tx| job::postpone(tx, &job, &why)).await?;
            Ok(true)
        }
        Err(Failed(None, error)) => Err(error),
    }
}

/// What each kind of job does.
fn run(tx: &mut Tx<'_>, job: &Job, rules: Rules) -> Result<Done> {
    match job.kind {
        job::Kind::ContactErase => erase(tx, job),
        job::Kind::ContactFollow => follow_merge(tx, job),
        job::Kind::ContactStop => stop(tx, &job.key.parse()?),
        job::Kind::RoutingHandBack => routing::take_back(tx, job),
        job::Kind::RoutingOpen => routing::open(tx),
        job::Kind::VisitorErase => erase_visitor(tx, job),
        job::Kind::ConversationLead => conversation::save_lead(tx, job, rules.settings),
        job::Kind::ConversationIdle => conversation::warn_or_close(tx, job),
        job::Kind::ConversationWake => conversation::wake(tx, job),
        job::Kind::ContactRetag => contact::rename_tag(tx, job),
        job::Kind::WebhookBackfill => webhook::run_backfill(tx, job, &rules.secret),
        job::Kind::WebhookRecover => webhook::run_recover(tx, job),
        job::Kind::WebhookRemove => webhook::remove(tx, job),
        job::Kind::Housekeeping => clean_up(tx, rules.keep),
    }
}

/// Erases what each slice knows of a person, a bounded step at a time.
fn erase(tx: &mut Tx<'_>, job: &Job) -> Result<Done> {
    let id: ContactId = job.key.parse()?;
    dialer::forget(tx, &id)?;
    enrolment::forget(tx, &id)?;
    outbox::forget(tx, id.as_str())?;
    if receipt::forget(tx, &id, ERASED_ROWS)? || lead::forget(tx, &id, ERASED_ROWS)? {
        return Ok(Done::Again(tx.now()));
    }
    if conversation::forget(tx, &id, ERASED_ROWS)? || visitor::forget(tx, &id, ERASED_ROWS)? {
        return Ok(Done::Again(tx.now()));
    }
    contact::erase(tx, job)
}

/// Erases what a visitor said and did, who is not to be known any more: a step of a job.
fn erase_visitor(tx: &mut Tx<'_>, job: &Job) -> Result<Done> {
    let id: VisitorId = job.key.parse()?;
    if conversation::forget_visitor(tx, &id, ERASED_ROWS)?
        || visitor::forget_one(tx, &id, ERASED_ROWS)?
    {
        return Ok(Done::Again(tx.now()));
    }
    Ok(Done::Whole)
}

/// Gives what belonged to one contact to the one it is part of now.
fn follow_merge(tx: &mut Tx<'_>, job: &Job) -> Result<Done> {
    let (gone, kept): (ContactId, ContactId) = (job.key.parse()?, job.payload.parse()?);
    // Who was merged further meanwhile leads there.
    let contact = match contact::find(tx, &kept) {
        Ok(contact) => contact,
        Err(Error::NotFound(_)) => return Ok(Done::Whole),
        Err(error) => return Err(error),
    };
    let kept = contact.id;
    dialer::follow_merge(tx, &gone, &kept)?;
    enrolment::follow_merge(tx, &gone, &kept)?;
    receipt::follow_merge(tx, &gone, &kept)?;
    lead::follow_merge(tx, &gone, &kept)?;
    if visitor::follow_merge(tx, &gone, &kept, MOVED_ROWS)?
        || conversation::follow_merge(tx, &gone, &kept, MOVED_ROWS)?
    {
        return Ok(Done::Again(tx.now()));
    }
    stop(tx, &kept)
}

/// Takes someone whom nobody may contact any more out of sequences and queues, and who opted out of
/// messages out of sequences alone.
fn stop(tx: &mut Tx<'_>, id: &ContactId) -> Result<Done> {
    let contact = match contact::find(tx, id) {
        Ok(contact) => contact,
        Err(Error::NotFound(_)) => return Ok(Done::Whole),
        Err(error) => return Err(error),
    };
    if contact.do_not_contact_at.is_some() {
        enrolment::end(tx, id, enrolment::Reason::DoNotContact)?;
        dialer::remove(tx, id)?;
    }
    if contact.sms_opted_out_at.is_some() {
        enrolment::end(tx, id, enrolment::Reason::OptedOut)?;
    }
    Ok(Done::Whole)
}

fn clean_up(tx: &mut Tx<'_>, keep: Keep) -> Result<Done> {
    let now = tx.now();
    // A reader that is behind still needs what it has not read.
    let is_read = READERS
        .iter()
        .try_fold(true, |is_read, reader| Ok::<_, Error>(is_read && reader.cursor.lag(tx)? == 0))?
        && !webhook::is_behind(tx)?;
    let more_events = is_read && event::age_out(tx, now - keep.events, AGED_ROWS)?;
    let more_replies = idempotency::age_out(tx, now - idempotency::KEPT, AGED_ROWS)?;
    let more_receipts = receipt::age_out(tx, now - keep.receipts, AGED_ROWS)?;
    let more_notices = outbox::age_out(tx, now - outbox::KEPT, AGED_ROWS)?;
    let more_pages = visitor::age_out(tx, now - keep.pageviews, AGED_ROWS)?;
    let more_addresses = visitor::forget_addresses(tx, now - keep.addresses, AGED_ROWS)?;
    let more_files = attachment::give_up_unused(tx, AGED_ROWS)?;
    let has_more = more_events || more_replies || more_receipts || more_notices;
    let more_deliveries = webhook::age_out(tx, now - keep.deliveries, AGED_ROWS)?;
    let has_more = has_more || more_pages || more_addresses || more_files || more_deliveries;
    let more_requests = request_log::age_out(tx, now - request_log::KEPT, AGED_ROWS)?;
    let more_tokens = oauth::prune(tx)? || account::prune_vouchers(tx)?;
    account::login::prune(tx)?;
    let has_more = has_more || more_requests || more_tokens;
    let again = if has_more { now } else { now + HOUSEKEEPING_EVERY };
    Ok(Done::Again(again))
}

async fn send_notices(app: App, mut hints: Receiver<Hint>) {
    loop {
        match outbox::send(&app.store, outbox_folder(&app)).await {
            Ok(true) => {
                let _grown = wait(&mut hints, &mut BTreeSet::new(), LOOK_EVERY).await;
            }
            Ok(false) => {}
            Err(error) => complain(&error).await,
        }
    }
}

async fn remove_files(app: App, mut hints: Receiver<Hint>) {
    loop {
        match attachment::remove_deleted(&app.store, &app.blobs).await {
            Ok(true) => {
                let _grown = wait(&mut hints, &mut BTreeSet::new(), LOOK_EVERY).await;
            }
            Ok(false) => {}
            Err(error) => complain(&error).await,
        }
    }
}

fn outbox_folder(app: &App) -> PathBuf {
    app.config.data.join(outbox::FOLDER)
}

async fn note_key_use(app: App) {
    loop {
        tokio::time::sleep(KEY_USE_EVERY).await;
        if let Err(error) = app.keys.write_down(&app.store).await {
            tracing::warn!(?error, "the use of keys was not written down");
        }
        if let Err(error) = account::prune_guesses(&app.store).await {
            tracing::warn!(?error, "old guesses were not removed");
        }
    }
}

async fn complain(error: &Error) {
    tracing::error!(?error, "background work failed; trying again");
    tokio::time::sleep(AWAY_PAUSE).await;
}

/// Does all there is to do now, and waits for nothing. For tests, whose time stands still.
///
/// # Errors
/// Those of the store.
pub async fn settle(app: &App) -> Result<()> {
    loop {
        let workspaces = behind(app).await?;
        for workspace in &workspaces {
            read_log(app, workspace).await?;
        }
        do_due(app).await?;
        webhook::settle(app).await?;
        while !outbox::send(&app.store, outbox_folder(app)).await? {}
        while !attachment::remove_deleted(&app.store, &app.blobs).await? {}
        app.pages.write(&app.store).await?;
        app.sightings.write(&app.store).await?;
        app.requests.write(&app.store).await?;
        if workspaces.is_empty() {
            return Ok(());
        }
    }
}
