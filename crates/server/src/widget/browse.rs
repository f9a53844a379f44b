//! Pages that visitors open: gathered for a moment, written many at once, and the first thing to go
//! when the server has too much to do.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use serde_json::json;
use store::{Scope, Store};

use super::guest::Guest;
use crate::{
    conversation,
    error::Result,
    http::{App, Body},
    id::VisitorId,
    site::{PageEvents, Site},
    visitor::{self, Opened, PAGES_MAX, Tell, Visitor},
    webhook,
};

/// Requests that wait to be written; beyond, they are shed.
const WAITING_MAX: usize = 10_000;
/// Work that waits for a lane, beyond which pages are shed.
const BUSY_QUEUE: usize = 200;
/// How long pages are gathered.
const GATHER: Duration = Duration::from_millis(250);
/// Visitors of one write.
const AT_ONCE: usize = 20;
const TITLE_CHARS_MAX: usize = 300;

/// Pages that wait to be written.
#[derive(Clone, Default)]
pub struct Pages(Arc<Mutex<Vec<Waiting>>>);

struct Waiting {
    workspace: String,
    visitor: VisitorId,
    pages: Vec<Opened>,
    tell: Tell,
}

#[derive(Debug, Deserialize)]
pub(super) struct PageviewBody {
    token: Option<String>,
    #[serde(default)]
    pages: Vec<Page>,
}

/// A page, as a browser tells of it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Page {
    url: String,
    title: Option<String>,
    referrer: Option<String>,
    at: Option<jiff::Timestamp>,
    seconds: Option<i64>,
}

impl Page {
    /// Without what is nobody's business; nothing if it is no page.
    pub(super) fn opened(self, site: &Site, now: jiff::Timestamp) -> Option<Opened> {
        let keep: Vec<&str> = site.settings.keep_params.iter().map(String::as_str).collect();
        let url = media::visit::clean_url(&self.url, &keep)?;
        let utm = media::visit::Utm::of(&self.url);
        let line = |text: String, most: usize| -> Option<String> {
            let text: String = text.replace('\0', "").trim().chars().take(most).collect();
            Some(text).filter(|text| !text.is_empty())
        };
        let referrer =
            self.referrer.filter(|from| media::visit::referrer_host(from, &self.url).is_some());
        Some(Opened {
            url,
            title: self.title.and_then(|title| line(title, TITLE_CHARS_MAX)),
            referrer: referrer.and_then(|from| media::visit::clean_url(&from, &[])),
            utm: visitor::Utm {
                source: utm.source,
                medium: utm.medium,
                campaign: utm.campaign,
                term: utm.term,
                content: utm.content,
            },
            seconds_ago: self.at.map_or(0, |at| now.duration_since(at).as_secs()),
            seconds: self.seconds,
        })
    }
}

/// Pages that were opened: 202, before they are written.
pub(super) async fn pageview(
    State(app): State<App>,
    guest: Guest,
    Body(body): Body<PageviewBody>,
) -> Result<Response> {
    let site = &guest.site;
    let known = guest.visitor(&app, body.token.as_deref()).await?;
    let is_followed = guest.is_followed;
    let now = app.now();
    let pages: Vec<Opened> = body
        .pages
        .into_iter()
        .take(PAGES_MAX)
        .filter_map(|page| page.opened(site, now))
        .filter(|_| is_followed)
        .collect();
    let tell = match site.settings.page_events {
        PageEvents::Together => Tell::Together,
        PageEvents::Each => Tell::Each,
    };
    let mut token = None;
    let visitor = match known {
        Some(visitor) => visitor,
        None if pages.is_empty() || BUSY_QUEUE < app.store.queued() => {
            return Ok(accepted(None, 0));
        }
        None => {
            let made = visitor::new_token((app.world.random)());
            token = Some(made.clone());
            let (site, browser) = (site.id.clone(), guest.browser);
            let write = app.store.write(&guest.scope, move |tx| {
                visitor::create(tx, Some(&site), Some(&made), &browser)
            });
            write.await?
        }
    };
    let unread = unread(&app, &guest.scope, &visitor).await?;
    if !pages.is_empty() {
        let waiting = Waiting {
            workspace: guest.scope.workspace().to_owned(),
            visitor: visitor.id,
            pages,
            tell,
        };
        app.pages.put(waiting, app.store.queued());
    }
    Ok(accepted(token.as_deref(), unread))
}

fn accepted(token: Option<&str>, unread: i64) -> Response {
    let mut body = json!({ "unread_count": unread });
    if let Some(token) = token {
        body["token"] = token.into();
    }
    (StatusCode::ACCEPTED, Json(json!({ "data": body }))).into_response()
}

/// How many messages of the team the visitor has not read.
pub(super) async fn unread(app: &App, scope: &Scope, visitor: &Visitor) -> Result<i64> {
    let id = visitor.id.clone();
    app.store.glance(scope, move |tx| conversation::unread_by_visitor(tx, &id)).await
}

#[derive(Debug, Deserialize)]
pub(super) struct LeaveBody {
    token: Option<String>,
}

/// They have closed the page.
pub(super) async fn leave(
    State(app): State<App>,
    guest: Guest,
    Body(body): Body<LeaveBody>,
) -> Result<StatusCode> {
    // Whoever closed one page may have another one open.
    if let Some(visitor) = guest.visitor(&app, body.token.as_deref()).await?
        && !app.hub.has(guest.scope.workspace(), &visitor.id)
    {
        let write = app.store.write(&guest.scope, move |tx| visitor::leave(tx, &visitor.id));
        write.await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

impl Pages {
    /// Keeps them for a moment, unless there is too much to do.
    fn put(&self, waiting: Waiting, queued: usize) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < WAITING_MAX && queued <= BUSY_QUEUE {
            all.push(waiting);
        } else {
            metrics::counter!("switchboard_pageviews_shed_total").increment(1);
        }
    }

    fn take(&self) -> BTreeMap<String, Vec<Waiting>> {
        let all = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut by_workspace: BTreeMap<String, Vec<Waiting>> = BTreeMap::new();
        for waiting in all {
            by_workspace.entry(waiting.workspace.clone()).or_default().push(waiting);
        }
        by_workspace
    }

    /// Writes what waits. What cannot be written now is lost: a page view is no message.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn write(&self, store: &Store) -> Result<()> {
        for (workspace, mut waiting) in self.take() {
            let scope = Scope::new(&workspace).in_background();
            while !waiting.is_empty() {
                let rest = waiting.split_off(waiting.len().min(AT_ONCE));
                let now = std::mem::replace(&mut waiting, rest);
                let write = store.write(&scope, move |tx| {
                    // One of them asks for each, or the site does.
                    let is_asked = webhook::is_asked_for(tx, "visitor.page_viewed")?;
                    for one in &now {
                        let tell = if is_asked { Tell::Each } else { one.tell };
                        visitor::browse_by_name(tx, &one.visitor, &one.pages, tell)?;
                    }
                    Ok::<_, crate::error::Error>(())
                });
                write.await?;
            }
        }
        Ok(())
    }
}

/// Writes what is gathered, from moment to moment.
pub async fn flush(app: App) {
    loop {
        tokio::time::sleep(GATHER).await;
        if let Err(error) = app.pages.write(&app.store).await {
            tracing::warn!(?error, "page views were not written");
        }
        if let Err(error) = app.sightings.write(&app.store).await {
            tracing::warn!(?error, "where widgets were seen was not written");
        }
    }
}
