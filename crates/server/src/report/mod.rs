//! Reports: what was done, counted as it happens by a reader of the log, so that a year is as quick to
//! tell as a day.

pub mod http;
mod rollup;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan as _, Unit, Zoned, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use store::ReadTx;
use utoipa::ToSchema;

pub use self::rollup::ROLLUP;
use crate::error::{Error, Result};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Conversations that began; by channel.
    ConversationsCreated,
    /// Messages of visitors; by channel.
    MessagesReceived,
    /// Messages of operators; by operator.
    MessagesSent,
    /// First answers, and after how many seconds they came; by operator.
    FirstReply,
    /// The same, of which only the seconds count in which the site was open.
    FirstReplyOpenHours,
    /// Conversations that were closed, and how many seconds after they began; by operator.
    Resolution,
    /// Ratings, and their scores; by operator and by score.
    Rating,
    /// Contacts who became known; by source.
    Leads,
}

/// How long a bar is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportStep {
    /// An hour.
    Hour,
    /// A day.
    #[default]
    Day,
    /// A week, from Monday.
    Week,
    /// A month.
    Month,
}

/// One bar: what was counted in some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Bucket {
    /// When it begins, by the clock of the zone.
    #[schema(example = "2026-02-11T00:00:00+01:00")]
    pub start: String,
    /// When the next one begins.
    pub end: String,
    /// How many.
    pub count: i64,
    /// Seconds or points of all of them together; 0 where there are none to add up.
    pub sum: i64,
}

/// What was counted of one of several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Share {
    /// Of which: `operator:op_…`, `channel:web`, `source:widget` or `score:5`.
    pub key: String,
    /// How many.
    pub count: i64,
    /// Seconds or points of all of them together.
    pub sum: i64,
}

/// What was counted between two days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Report {
    /// What is counted.
    pub measure: Measure,
    /// The zone whose days these are.
    #[schema(example = "Europe/Lisbon")]
    pub timezone: String,
    /// How many in all.
    pub count: i64,
    /// Seconds or points of all of them together.
    pub sum: i64,
    /// One after the other, those with nothing too.
    pub buckets: Vec<Bucket>,
    /// The largest first, 100 at most.
    pub shares: Vec<Share>,
}

/// From which day to which, by whose clock, and how long a bar is.
#[derive(Clone, Debug)]
pub struct Span {
    pub(crate) from: Date,
    pub(crate) to: Date,
    pub(crate) zone: TimeZone,
    pub(crate) step: ReportStep,
}

/// Days that one report tells of.
const DAYS_MAX: i32 = 732;
/// Bars that one report has.
const BUCKETS_MAX: usize = 2_300;
const SHARES_MAX: i64 = 100;
const QUARTER_S: i64 = 15 * 60;

impl Measure {
    fn as_str(self) -> &'static str {
        match self {
            Self::ConversationsCreated => "conversations_created",
            Self::MessagesReceived => "messages_received",
            Self::MessagesSent => "messages_sent",
            Self::FirstReply => "first_reply",
            Self::FirstReplyOpenHours => "first_reply_open_hours",
            Self::Resolution => "resolution",
            Self::Rating => "rating",
            Self::Leads => "leads",
        }
    }
}

impl Span {
    /// When the bars begin, and when the last one ends.
    ///
    /// # Errors
    /// When there would be too many of them, or the days are none.
    fn edges(&self) -> Result<Vec<Zoned>> {
        let out_of_range = |_| Error::bad_parameter("from", "must be a day of this era");
        let day = |date: Date| date.to_zoned(self.zone.clone()).map_err(out_of_range);
        if self.to < self.from {
            return Err(Error::bad_parameter("to", "must not be before 'from'"));
        }
        let days = self.from.until((Unit::Day, self.to)).map_err(out_of_range)?.get_days();
        if DAYS_MAX < days {
            return Err(Error::bad_parameter("to", "must be at most two years after 'from'"));
        }
        let end = day(self.to.checked_add(1.day()).map_err(out_of_range)?)?;
        let mut edges = vec![day(self.from)?];
        while let Some(last) = edges.last()
            && *last < end
        {
            let next = self.after(last).map_err(out_of_range)?;
            edges.push(if end < next { end.clone() } else { next });
            if BUCKETS_MAX < edges.len() {
                return Err(Error::bad_parameter("step", "makes too many bars: take a longer one"));
            }
        }
        Ok(edges)
    }

    fn after(&self, edge: &Zoned) -> Result<Zoned, jiff::Error> {
        match self.step {
            ReportStep::Hour => edge.checked_add(1.hour()),
            ReportStep::Day => edge.date().checked_add(1.day())?.to_zoned(self.zone.clone()),
            ReportStep::Week => {
                let left = 7 - i64::from(edge.weekday().to_monday_zero_offset());
                edge.date().checked_add(left.days())?.to_zoned(self.zone.clone())
            }
            ReportStep::Month => {
                let first = edge.date().first_of_month().checked_add(1.month())?;
                first.to_zoned(self.zone.clone())
            }
        }
    }
}

fn quarter(at: Timestamp) -> i64 {
    at.as_second().div_euclid(QUARTER_S)
}

/// What was counted in `span`.
///
/// # Errors
/// When the days are none, or too many.
pub fn report(tx: &mut ReadTx<'_>, measure: Measure, span: &Span) -> Result<Report> {
    let edges = span.edges()?;
    let starts: Vec<i64> = edges.iter().map(|edge| quarter(edge.timestamp())).collect();
    let (from, to) = match (starts.first(), starts.last()) {
        (Some(from), Some(to)) => (*from, *to),
        _ => return Err(Error::internal("a report has no bars")),
    };
    let sql = "select quarter, count, sum from rollup
               where workspace = ?1 and measure = ?2 and dimension = '' and quarter >= ?3
               and quarter < ?4";
    let values = [measure.as_str().into(), from.into(), to.into()];
    let counted = tx.all(sql, &values, |row| {
        Ok::<_, Error>((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<i64>(2)?))
    })?;
    let mut by_place: BTreeMap<usize, (i64, i64)> = BTreeMap::new();
    let mut whole = (0, 0);
    for (quarter, count, sum) in counted {
        let place = starts.partition_point(|start| *start <= quarter).saturating_sub(1);
        let bucket = by_place.entry(place).or_default();
        *bucket = (bucket.0 + count, bucket.1 + sum);
        whole = (whole.0 + count, whole.1 + sum);
    }
    let buckets = edges.windows(2).enumerate().filter_map(|(place, pair)| {
        let [start, end] = pair else { return None };
        let (count, sum) = by_place.get(&place).copied().unwrap_or_default();
        Some(Bucket { start: shown(start), end: shown(end), count, sum })
    });
    Ok(Report {
        measure,
        timezone: span.zone.iana_name().unwrap_or("UTC").to_owned(),
        count: whole.0,
        sum: whole.1,
        buckets: buckets.collect(),
        shares: shares(tx, measure, from, to)?,
    })
}

/// `2026-02-11T00:00:00+01:00`
fn shown(at: &Zoned) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn shares(tx: &mut ReadTx<'_>, measure: Measure, from: i64, to: i64) -> Result<Vec<Share>> {
    let sql = "select dimension, cast(sum(count) as bigint), cast(sum(sum) as bigint) from rollup
               where workspace = ?1 and measure = ?2 and dimension > '' and quarter >= ?3
               and quarter < ?4 group by dimension order by 2 desc, dimension limit ?5";
    let values = [measure.as_str().into(), from.into(), to.into(), SHARES_MAX.into()];
    tx.all(sql, &values, |row| {
        Ok::<_, Error>(Share { key: row.get(0)?, count: row.get(1)?, sum: row.get(2)? })
    })
}
