//! When somebody is there: wall-clock hours in a zone, and days that are otherwise.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, ToSpan as _, Zoned, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{Error, Result};

/// The week of a business. Times are those of its own clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Hours {
    /// An IANA name.
    #[schema(example = "Europe/Lisbon")]
    pub timezone: String,
    /// `mon` to `sun`: from and to, as `["09:00", "17:30"]`; `24:00` is the end of the day.
    #[schema(value_type = std::collections::BTreeMap<String, Vec<Vec<String>>>,
        example = json!({ "mon": [["09:00", "17:30"]] }))]
    pub days: BTreeMap<String, Vec<(String, String)>>,
    /// Days that are otherwise. They win over the week.
    pub holidays: Vec<Holiday>,
}

/// A day that is not like others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Holiday {
    /// `2026-12-25`
    #[schema(example = "2026-12-25")]
    pub date: String,
    /// What visitors are told.
    pub text: Option<String>,
    /// From and to, as in a week; none is closed all day.
    #[schema(value_type = Vec<Vec<String>>)]
    pub times: Vec<(String, String)>,
}

/// Whether somebody is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// They are.
    pub is_open: bool,
    /// When they will be again; `None` if they are, or nobody knows.
    pub next_at: Option<Timestamp>,
    /// What visitors are told on a day that is otherwise.
    pub text: Option<String>,
}

/// How many days ahead the next opening is looked for.
const DAYS_AHEAD: i64 = 60;
const TIMES_MAX: usize = 10;
const HOLIDAYS_MAX: usize = 200;
const DAY_MINUTES: i64 = 24 * 60;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Opening {
    /// Somebody is always there.
    pub fn always() -> Self {
        Self { is_open: true, next_at: None, text: None }
    }
}

impl Hours {
    /// Whether somebody is there at `now`.
    pub fn at(&self, now: Timestamp) -> Opening {
        let Ok(zone) = TimeZone::get(&self.timezone) else { return Opening::always() };
        let here = now.to_zoned(zone.clone());
        let today = here.date();
        let mut next_at = None;
        // What began yesterday may end today.
        for ahead in -1..=DAYS_AHEAD {
            let Ok(date) = today.checked_add(ahead.days()) else { break };
            for (from, to) in self.on(date) {
                let (Some(from), Some(to)) = (instant(&zone, date, from), instant(&zone, date, to))
                else {
                    continue;
                };
                if from <= now && now < to {
                    return Opening { is_open: true, next_at: None, text: None };
                }
                if now < from && next_at.is_none_or(|next| from < next) {
                    next_at = Some(from);
                }
            }
            if next_at.is_some() {
                break;
            }
        }
        let text = self.holiday(today).and_then(|holiday| holiday.text.clone());
        Opening { is_open: false, next_at, text }
    }

    /// How much of the time from `since` to `until` somebody was there; of the first 60 days of it.
    pub fn open_between(&self, since: Timestamp, until: Timestamp) -> SignedDuration {
        let whole = until.duration_since(since).max(SignedDuration::ZERO);
        let Ok(zone) = TimeZone::get(&self.timezone) else { return whole };
        let first = since.to_zoned(zone.clone()).date();
        let mut open = SignedDuration::ZERO;
        for ahead in -1..=DAYS_AHEAD {
            let Ok(date) = first.checked_add(ahead.days()) else { break };
            for (from, to) in self.on(date) {
                let (Some(from), Some(to)) = (instant(&zone, date, from), instant(&zone, date, to))
                else {
                    continue;
                };
                let (from, to) = (from.max(since), to.min(until));
                if from < to {
                    open += to.duration_since(from);
                }
            }
        }
        open.min(whole)
    }

    fn holiday(&self, date: civil::Date) -> Option<&Holiday> {
        let text = date.to_string();
        self.holidays.iter().find(|holiday| holiday.date == text)
    }

    /// From and to in minutes of the day, in order; one that ends before it begins ends tomorrow.
    fn on(&self, date: civil::Date) -> Vec<(i64, i64)> {
        let times = match self.holiday(date) {
            Some(holiday) => &holiday.times,
            None => {
                let place = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
                let day = DAYS.get(place).copied().unwrap_or_default();
                let Some(times) = self.days.get(day) else { return Vec::new() };
                times
            }
        };
        let mut all: Vec<(i64, i64)> = times
            .iter()
            .filter_map(|(from, to)| Some((minutes(from)?, minutes(to)?)))
            .map(|(from, to)| if to <= from { (from, to + DAY_MINUTES) } else { (from, to) })
            .collect();
        all.sort_unstable();
        all
    }

    pub(super) fn check(&self) -> Result<()> {
        if TimeZone::get(&self.timezone).is_err() {
            return Err(Error::invalid("hours", "must have a 'timezone' of the IANA list"));
        }
        let is_time = |(from, to): &(String, String)| {
            minutes(from).is_some_and(|from| from < DAY_MINUTES) && minutes(to).is_some()
        };
        let is_day =
            |times: &Vec<(String, String)>| times.len() <= TIMES_MAX && times.iter().all(is_time);
        let days =
            self.days.iter().all(|(day, times)| DAYS.contains(&day.as_str()) && is_day(times));
        let holidays = self.holidays.len() <= HOLIDAYS_MAX
            && self.holidays.iter().all(|holiday| {
                holiday.date.parse::<civil::Date>().is_ok_and(|d| d.to_string() == holiday.date)
                    && is_day(&holiday.times)
            });
        if !days || !holidays {
            let problem = "must have 'days' mon to sun with times such as [\"09:00\", \"17:30\"], \
                           and 'holidays' with a 'date' such as 2026-12-25";
            return Err(Error::invalid("hours", problem));
        }
        Ok(())
    }
}

fn minutes(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let is_number = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(hours) || !is_number(minutes) {
        return None;
    }
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    let all = 60 * hours + minutes;
    (minutes < 60 && all <= DAY_MINUTES).then_some(all)
}

/// The instant at which a wall clock shows so many minutes of a day. In a gap it is the first one
/// after it.
fn instant(zone: &TimeZone, date: civil::Date, minutes: i64) -> Option<Timestamp> {
    let (days, minutes) = (minutes / DAY_MINUTES, minutes % DAY_MINUTES);
    let date = date.checked_add(days.days()).ok()?;
    let midnight = date.to_datetime(civil::Time::midnight());
    let clock = midnight.checked_add(SignedDuration::from_mins(minutes)).ok()?;
    let shown: Zoned = clock.to_zoned(zone.clone()).ok()?;
    Some(shown.timestamp())
}
