//! Pages that visitors open, and the sessions they make.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Row, Tx};
use utoipa::ToSchema;

use super::{CurrentPage, LEASE, Source, Utm, Visitor, find};
use crate::{
    error::{Error, Result},
    event,
    id::{self, PageviewId, SessionId, VisitorId},
    time,
};

/// One stay on a site.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Session {
    /// Names it for good.
    pub id: SessionId,
    /// Whose it is.
    pub visitor_id: VisitorId,
    /// When the first page was opened.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When the last sign came; `null` while it goes on.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// From the first sign to the last.
    pub duration_seconds: i64,
    /// The first page.
    pub entry_url: String,
    /// The last page so far.
    pub exit_url: String,
    /// Where they came from.
    pub referrer: Option<String>,
    /// The campaign that brought them.
    pub utm: Utm,
    /// How many pages were opened.
    pub pageviews_count: i64,
    /// Two letters.
    pub country: Option<String>,
    /// Name and version.
    pub browser: Option<String>,
    /// Name and version.
    pub os: Option<String>,
    /// `desktop`, `mobile`, `tablet` or `bot`.
    pub device: String,
}

/// A page that was opened.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Pageview {
    /// Names it for good.
    pub id: PageviewId,
    /// Who opened it.
    pub visitor_id: VisitorId,
    /// In which session.
    pub session_id: SessionId,
    /// Its address, without what is nobody's business.
    pub url: String,
    /// Its title.
    pub title: Option<String>,
    /// Where they came from.
    pub referrer: Option<String>,
    /// When it was opened.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub viewed_at: Timestamp,
    /// How long it was open, if that was told.
    pub duration_seconds: Option<i64>,
}

/// A page that a browser says it opened, cleaned already.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Opened {
    /// Its address.
    pub url: String,
    /// Its title.
    pub title: Option<String>,
    /// Where they came from; none if from the same site.
    pub referrer: Option<String>,
    /// The campaign.
    pub utm: Utm,
    /// How long ago it was opened.
    pub seconds_ago: i64,
    /// How long it was open.
    pub seconds: Option<i64>,
}

/// Pages that one request may tell of.
pub const PAGES_MAX: usize = 50;
/// A session ends when nothing was heard for so long.
const SESSION_IDLE: SignedDuration = SignedDuration::from_mins(30);
/// How long ago a page may have been opened that is told of now.
const LATE_S_MAX: i64 = 3_600;
/// The longest stay on one page that is believed.
const SECONDS_MAX: i64 = 24 * 3_600;

/// Whether each page view is told of by an event of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tell {
    /// One entry for all of them.
    Together,
    /// And one for each.
    Each,
}

/// Writes down the pages that `visitor` opened, oldest first. Answers with the visitor as they are
/// now, and the page views.
///
/// # Errors
/// Those of the store.
pub fn browse(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    pages: &[Opened],
    tell: Tell,
) -> Result<Vec<Pageview>> {
    let now = tx.now();
    let mut session = current(tx, visitor)?;
    let mut views = Vec::with_capacity(pages.len());
    let mut begun = 0;
    for page in pages.iter().take(PAGES_MAX) {
        let at = now - SignedDuration::from_secs(page.seconds_ago.clamp(0, LATE_S_MAX));
        // What came before does not come after: a clock that was set back tells nothing.
        let at = session.as_ref().map_or(at, |session| at.max(session.last_at));
        let goes_on = session.take().filter(|session| session.goes_on(page, at));
        let mut here = match goes_on {
            Some(session) => session,
            None => {
                begun += 1;
                begin(tx, visitor, page, at)?
            }
        };
        views.push(open(tx, visitor, &mut here, page, at)?);
        session = Some(here);
    }
    let last = pages.get(pages.len().min(PAGES_MAX).saturating_sub(1));
    let (Some(last), Some(session)) = (last, session) else {
        return Ok(views);
    };
    let source = pages.iter().rev().find(|page| page.is_from_elsewhere());
    keep(tx, visitor, &Browsed { session: &session.id, last, source, begun, views: views.len() })?;
    tell_of(tx, visitor, &views, tell)?;
    Ok(views)
}

/// The same for a visitor of whom only the id is known. Whoever is gone meanwhile opened nothing.
///
/// # Errors
/// Those of the store.
pub fn browse_by_name(tx: &mut Tx<'_>, id: &VisitorId, pages: &[Opened], tell: Tell) -> Result<()> {
    match find(tx, id) {
        Ok(visitor) => browse(tx, &visitor, pages, tell).map(drop),
        Err(Error::NotFound(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// They are on this page now; that they opened it is told elsewhere.
///
/// # Errors
/// Those of the store.
pub fn note_page(tx: &mut Tx<'_>, id: &VisitorId, page: &Opened) -> Result<()> {
    let page =
        serde_json::to_string(&CurrentPage { url: page.url.clone(), title: page.title.clone() })?;
    let sql = "update visitor set page = ?3 where workspace = ?1 and id = ?2";
    Ok(tx.run(sql, &[id.into(), (&page).into()])?)
}

/// The session that may go on.
struct Current {
    id: SessionId,
    last_at: Timestamp,
    utm: Utm,
}

impl Current {
    /// It ends after a while, and when another campaign brings them.
    fn goes_on(&self, page: &Opened, at: Timestamp) -> bool {
        let is_other = page.utm != Utm::default() && page.utm != self.utm;
        at.duration_since(self.last_at) < SESSION_IDLE && !is_other
    }
}

impl Opened {
    fn is_from_elsewhere(&self) -> bool {
        self.referrer.is_some() || self.utm != Utm::default()
    }
}

fn current(tx: &mut Tx<'_>, visitor: &Visitor) -> Result<Option<Current>> {
    let Some(id) = &visitor.session else { return Ok(None) };
    let sql = "select id, last_at, utm from visit where workspace = ?1 and id = ?2";
    tx.first(sql, &[id.into()], |row| {
        let utm: Option<String> = row.get(2)?;
        let utm = utm.map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or_default();
        Ok::<_, Error>(Current { id: row.get(0)?, last_at: row.get(1)?, utm })
    })
}

fn begin(tx: &mut Tx<'_>, visitor: &Visitor, page: &Opened, at: Timestamp) -> Result<Current> {
    let id: SessionId = id::new(tx);
    let utm = serde_json::to_string(&page.utm)?;
    let sql = "insert into visit (workspace, id, visitor, started_at, last_at, entry_url, exit_url,
                   referrer, utm, pageviews_count, country, browser, os, device)
               values (?1, ?2, ?3, ?4, ?4, ?5, ?5, ?6, ?7, 0, ?8, ?9, ?10, ?11)";
    let values = [
        (&id).into(),
        (&visitor.id).into(),
        at.into(),
        (&page.url).into(),
        page.referrer.as_ref().into(),
        (&utm).into(),
        visitor.country.as_ref().into(),
        visitor.browser.as_ref().into(),
        visitor.os.as_ref().into(),
        (&visitor.device).into(),
    ];
    tx.run(sql, &values)?;
    Ok(Current { id, last_at: at, utm: page.utm.clone() })
}

fn open(
    tx: &mut Tx<'_>,
    visitor: &Visitor,
    session: &mut Current,
    page: &Opened,
    at: Timestamp,
) -> Result<Pageview> {
    let id: PageviewId = id::new(tx);
    let seconds = page.seconds.map(|seconds| seconds.clamp(0, SECONDS_MAX));
    let sql = "insert into pageview (workspace, id, visitor, visit, url, title, referrer,
                                     viewed_at, seconds)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let values = [
        (&id).into(),
        (&visitor.id).into(),
        (&session.id).into(),
        (&page.url).into(),
        page.title.as_ref().into(),
        page.referrer.as_ref().into(),
        at.into(),
        seconds.into(),
    ];
    tx.run(sql, &values)?;
    let sql = "update visit set last_at = ?3, exit_url = ?4, pageviews_count = pageviews_count + 1
               where workspace = ?1 and id = ?2";
    tx.run(sql, &[(&session.id).into(), at.into(), (&page.url).into()])?;
    session.last_at = at;
    Ok(Pageview {
        id,
        visitor_id: visitor.id.clone(),
        session_id: session.id.clone(),
        url: page.url.clone(),
        title: page.title.clone(),
        referrer: page.referrer.clone(),
        viewed_at: at,
        duration_seconds: seconds,
    })
}

/// What came of it, for the row of the visitor.
struct Browsed<'a> {
    session: &'a SessionId,
    last: &'a Opened,
    source: Option<&'a Opened>,
    begun: i64,
    views: usize,
}

fn keep(tx: &mut Tx<'_>, visitor: &Visitor, browsed: &Browsed<'_>) -> Result<()> {
    let now = tx.now();
    let Browsed { session, last, source, begun, views } = browsed;
    let page =
        serde_json::to_string(&CurrentPage { url: last.url.clone(), title: last.title.clone() })?;
    let source_of = |page: &Opened| Source {
        url: Some(page.url.clone()),
        referrer: page.referrer.clone(),
        utm: page.utm.clone(),
    };
    // A direct visit does not take the place of where they came from.
    let latest = source.map(|page| serde_json::to_string(&source_of(page))).transpose()?;
    let first = serde_json::to_string(&source_of(source.unwrap_or(last)))?;
    let sql = "update visitor set session = ?3, page = ?4, last_source = coalesce(?5, last_source),
                   first_source = coalesce(first_source, ?6),
                   sessions_count = sessions_count + ?7, pageviews_count = pageviews_count + ?8,
                   last_seen_at = ?9, online_until = ?10
               where workspace = ?1 and id = ?2";
    let values = [
        (&visitor.id).into(),
        (*session).into(),
        (&page).into(),
        latest.as_ref().into(),
        (&first).into(),
        (*begun).into(),
        i64::try_from(*views).unwrap_or(0).into(),
        now.into(),
        (now + LEASE).into(),
    ];
    Ok(tx.run(sql, &values)?)
}

fn tell_of(tx: &mut Tx<'_>, visitor: &Visitor, views: &[Pageview], tell: Tell) -> Result<()> {
    let who = json!({ "id": visitor.id, "name": visitor.name, "email": visitor.email });
    if tell == Tell::Each {
        for view in views {
            let mut payload = serde_json::to_value(view)?;
            payload["visitor"] = who.clone();
            let kind = event::Kind::VisitorPageViewed;
            event::append(tx, kind, visitor.id.as_str(), &payload.to_string())?;
        }
    }
    let payload = json!({ "visitor_ids": [visitor.id], "pageviews_count": views.len() });
    let kind = event::Kind::VisitorsBrowsed;
    event::append(tx, kind, visitor.id.as_str(), &payload.to_string())?;
    Ok(())
}

/// Deletes up to `limit` page views from before `before`. Says whether some were left.
///
/// # Errors
/// Those of the store.
pub fn age_out(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<bool> {
    // Ids are in the order of time.
    let bound = PageviewId::first_at(before);
    let sql = "delete from pageview where workspace = ?1 and id in (
                   select id from pageview where workspace = ?1 and id < ?2
                   order by id limit ?3) returning id";
    let gone = tx.all(sql, &[(&bound).into(), limit.into()], |row| row.get::<String>(0))?;
    Ok(limit <= i64::try_from(gone.len()).unwrap_or(limit))
}

/// Forgets up to `limit` addresses of browsers from before `before`. Says whether some were left.
///
/// # Errors
/// Those of the store.
pub fn forget_addresses(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<bool> {
    let sql = "update visitor set ip = null, ip_at = null where workspace = ?1 and id in (
                   select id from visitor where workspace = ?1 and ip_at < ?2 limit ?3)
               returning id";
    let gone = tx.all(sql, &[before.into(), limit.into()], |row| row.get::<String>(0))?;
    Ok(limit <= i64::try_from(gone.len()).unwrap_or(limit))
}

pub(super) fn read_session(row: &Row, now: Timestamp) -> Result<Session> {
    let (started_at, last_at): (Timestamp, Timestamp) = (row.get(2)?, row.get(3)?);
    let utm: Option<String> = row.get(7)?;
    Ok(Session {
        id: row.get(0)?,
        visitor_id: row.get(1)?,
        started_at,
        ended_at: Some(last_at).filter(|last| SESSION_IDLE <= now.duration_since(*last)),
        duration_seconds: last_at.duration_since(started_at).as_secs(),
        entry_url: row.get(4)?,
        exit_url: row.get(5)?,
        referrer: row.get(6)?,
        utm: utm.map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or_default(),
        pageviews_count: row.get(8)?,
        country: row.get(9)?,
        browser: row.get(10)?,
        os: row.get(11)?,
        device: row.get(12)?,
    })
}

pub(super) fn read_view(row: &Row) -> Result<Pageview> {
    Ok(Pageview {
        id: row.get(0)?,
        visitor_id: row.get(1)?,
        session_id: row.get(2)?,
        url: row.get(3)?,
        title: row.get(4)?,
        referrer: row.get(5)?,
        viewed_at: row.get(6)?,
        duration_seconds: row.get(7)?,
    })
}
