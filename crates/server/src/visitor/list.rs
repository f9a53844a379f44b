//! Lists of visitors, and of what they did.

use jiff::Timestamp;
use serde::Deserialize;
use store::{ReadTx, Sql};
use utoipa::IntoParams;

use super::{
    Pageview, Session, Visitor,
    browse::{read_session, read_view},
    columns, find, read,
};
use crate::{
    error::{Error, Result},
    id::{Id, VisitorId, kind},
    page::{Number, Page, PageQuery, Paging, Total},
};

/// What `GET /v1/visitors` can be asked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Which page, from 1. Not together with `after` or `limit`.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 10000, default = 1)]
    page: Option<Number>,
    /// How many items a page has: 25 unless told otherwise, 100 at most.
    #[param(value_type = Option<i64>, minimum = 1, default = 25)]
    per_page: Option<Number>,
    /// The id of the last item seen; the answer goes on after it.
    #[param(value_type = Option<String>)]
    after: Option<VisitorId>,
    /// How many items to answer with: 25 unless told otherwise, 100 at most.
    #[param(value_type = Option<i64>, minimum = 1, default = 25)]
    limit: Option<Number>,
    /// Only those who are on a site now, or who are not.
    online: Option<bool>,
    /// Only those who were matched to a contact, or who were not.
    identified: Option<bool>,
    /// Only those from this country: two letters.
    #[param(min_length = 2, max_length = 2)]
    country: Option<String>,
    /// Only those whose name or address has this in it.
    #[param(min_length = 1, max_length = 200)]
    q: Option<String>,
    /// Only those who were seen after this time.
    #[param(value_type = Option<String>, format = DateTime)]
    last_seen_after: Option<Timestamp>,
    /// `true` shows machines too, which are left out otherwise.
    include_bots: Option<bool>,
}

const QUERY_CHARS_MAX: usize = 200;

impl ListQuery {
    /// How to go through the list.
    ///
    /// # Errors
    /// When both ways are mixed.
    pub fn paging(&self) -> Result<Paging<kind::Visitor>> {
        let Self { page, per_page, after, limit, .. } = self.clone();
        PageQuery { page, per_page, after, limit }.paging()
    }

    fn is_plain(&self) -> bool {
        let Self { online, identified, country, q, last_seen_after, include_bots, .. } = self;
        online.is_none()
            && identified.is_none()
            && country.is_none()
            && q.is_none()
            && last_seen_after.is_none()
            && *include_bots != Some(true)
    }

    fn push(&self, sql: &mut Sql, now: Timestamp) {
        match self.online {
            Some(true) => drop(sql.with(" and online_until > ", now)),
            Some(false) => drop(sql.with(" and online_until <= ", now)),
            None => {}
        }
        match self.identified {
            Some(true) => drop(sql.push(" and contact is not null")),
            Some(false) => drop(sql.push(" and contact is null")),
            None => {}
        }
        if let Some(country) = &self.country {
            sql.with(" and country = ", country.to_ascii_uppercase().as_str());
        }
        if let Some(seen) = self.last_seen_after {
            sql.with(" and last_seen_at > ", seen);
        }
        if self.include_bots != Some(true) {
            sql.push(" and device <> 'bot'");
        }
        if let Some(text) = &self.q {
            let plain = |c: &char| !matches!(c, '%' | '_' | '\\');
            let text: String = text.chars().take(QUERY_CHARS_MAX).filter(plain).collect();
            let pattern = format!("%{}%", text.to_ascii_lowercase());
            sql.with(" and (lower(coalesce(name, '')) like ", pattern.as_str());
            sql.with(" or lower(coalesce(email, '')) like ", pattern.as_str()).push(")");
        }
    }
}

/// A page of visitors, newest first.
///
/// # Errors
/// Those of the store.
pub fn list(
    tx: &mut ReadTx<'_>,
    query: &ListQuery,
    paging: &Paging<kind::Visitor>,
) -> Result<Page<Visitor>> {
    let now = tx.now();
    let mut sql = Sql::new(concat!("select ", columns!(), " from visitor where workspace = ?1"));
    query.push(&mut sql, now);
    sql.with(" and id < ", paging.below()).push(" order by id desc");
    sql.with(" limit ", paging.rows()).with(" offset ", paging.offset());
    let visitors = tx.select(&sql, read)?.into_iter().map(|visitor| visitor.at(now)).collect();
    paging.answer(visitors, |visitor| &visitor.id, || total(tx, query, now))
}

fn total(tx: &mut ReadTx<'_>, query: &ListQuery, now: Timestamp) -> Result<Total> {
    if query.is_plain() {
        let sql = "select count from visitor_counter where workspace = ?1";
        let count = tx.first(sql, &[], |row| row.get::<i64>(0))?;
        return Ok(Total::exact(count.unwrap_or(0)));
    }
    let mut sql = Sql::new("select count(*) from (select 1 from visitor where workspace = ?1");
    query.push(&mut sql, now);
    sql.with(" limit ", Total::COUNTED_MAX + 1).push(") as counted");
    let counted = tx.select(&sql, |row| row.get::<i64>(0))?;
    Ok(Total::counted(counted.first().copied().unwrap_or(0)))
}

/// A page of the sessions of a visitor, newest first.
///
/// # Errors
/// When there is no such visitor.
pub fn sessions(
    tx: &mut ReadTx<'_>,
    id: &VisitorId,
    paging: &Paging<kind::Session>,
) -> Result<Page<Session>> {
    let visitor = find(tx, id)?;
    let now = tx.now();
    let mut sql = Sql::new(
        "select id, visitor, started_at, last_at, entry_url, exit_url, referrer, utm,
                pageviews_count, country, browser, os, device
         from visit where workspace = ?1",
    );
    sql.with(" and visitor = ", id).with(" and id < ", paging.below()).push(" order by id desc");
    sql.with(" limit ", paging.rows()).with(" offset ", paging.offset());
    let sessions = tx.select(&sql, |row| read_session(row, now))?;
    paging.answer(sessions, |one| &one.id, || Ok(Total::exact(visitor.sessions_count)))
}

/// A page of the pages that a visitor opened, in one session or in all, newest first.
///
/// # Errors
/// When there is no such visitor.
pub fn pageviews(
    tx: &mut ReadTx<'_>,
    id: &VisitorId,
    session: Option<&Id<kind::Session>>,
    paging: &Paging<kind::Pageview>,
) -> Result<Page<Pageview>> {
    find(tx, id)?;
    let select = |sql: &mut Sql| {
        sql.with(" and visitor = ", id);
        if let Some(session) = session {
            sql.with(" and visit = ", session);
        }
    };
    let mut sql = Sql::new(
        "select id, visitor, visit, url, title, referrer, viewed_at, seconds
         from pageview where workspace = ?1",
    );
    select(&mut sql);
    sql.with(" and id < ", paging.below()).push(" order by id desc");
    sql.with(" limit ", paging.rows()).with(" offset ", paging.offset());
    let views = tx.select(&sql, read_view)?;
    paging.answer(
        views,
        |one| &one.id,
        || {
            let mut sql =
                Sql::new("select count(*) from (select 1 from pageview where workspace = ?1");
            select(&mut sql);
            sql.with(" limit ", Total::COUNTED_MAX + 1).push(") as counted");
            let counted = tx.select(&sql, |row| Ok::<_, Error>(row.get::<i64>(0)?))?;
            Ok(Total::counted(counted.first().copied().unwrap_or(0)))
        },
    )
}
