//! Pages of a list: what a request asks for, and the envelope of the answer (contracts of `/v1`:
//! pages by number with a total, or a cursor that is the last item's id).

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    error::{Error, Result},
    id::{Id, Kind},
};

/// Either `?page=2&per_page=50` or `?after=con_…&limit=100`, as the request spells it.
#[derive(Clone, Debug, Deserialize)]
#[serde(bound = "")]
pub struct PageQuery<K: Kind> {
    /// See [`PageParams::page`].
    pub page: Option<Number>,
    /// See [`PageParams::per_page`].
    pub per_page: Option<Number>,
    /// See [`PageParams::after`].
    pub after: Option<Id<K>>,
    /// See [`PageParams::limit`].
    pub limit: Option<Number>,
}

/// The same for every kind of id, as the API document shows it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// Which page, from 1. Not together with `after` or `limit`.
    #[param(minimum = 1, maximum = 10000, default = 1)]
    pub page: Option<i64>,
    /// How many items a page has: 25 unless told otherwise, 100 at most.
    #[param(minimum = 1, default = 25)]
    pub per_page: Option<i64>,
    /// The id of the last item seen; the answer goes on after it.
    pub after: Option<String>,
    /// How many items to answer with: 25 unless told otherwise, 100 at most.
    #[param(minimum = 1, default = 25)]
    pub limit: Option<i64>,
}

/// How a list is gone through.
#[derive(Clone, Debug)]
pub enum Paging<K: Kind> {
    /// By number, with a total.
    Pages {
        /// From 1.
        page: i64,
        /// 1 to 100.
        per_page: i64,
    },
    /// By the last item seen.
    Cursor {
        /// `None` for the beginning.
        after: Option<Id<K>>,
        /// 1 to 100.
        limit: i64,
    },
}

/// An integer of at least 1, sent as a number or as text.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "Loose")]
pub struct Number(
    /// Which one.
    pub i64,
);

#[derive(Deserialize)]
#[serde(untagged)]
enum Loose {
    Int(i64),
    Text(String),
    Other(serde::de::IgnoredAny),
}

const LIMIT_DEFAULT: i64 = 25;
const LIMIT_MAX: i64 = 100;
/// Deeper pages are refused: a cursor goes as deep as one likes, at no cost.
const OFFSET_MAX: i64 = 10_000;

/// One page, in the envelope of every list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items.
    pub data: Vec<T>,
    /// Where this is in the list.
    pub pagination: Pagination,
}

/// Where an answer is in its list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Pagination {
    /// Asked for by number.
    Pages(Pages),
    /// Asked for by cursor.
    Cursor(Cursor),
}

/// `{"page":1,"per_page":25,"total":142,"has_more":true}`
#[derive(Debug, Serialize, ToSchema)]
pub struct Pages {
    page: i64,
    per_page: i64,
    /// How many items the whole list has.
    total: i64,
    /// Whether the total stopped counting.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    total_is_estimate: bool,
    has_more: bool,
}

/// `{"limit":100,"has_more":true,"next_cursor":"con_…"}`
#[derive(Debug, Serialize, ToSchema)]
pub struct Cursor {
    limit: i64,
    has_more: bool,
    /// What to send as `after` for the next page.
    next_cursor: Option<String>,
}

/// How many items a list has.
#[derive(Clone, Copy, Debug)]
pub struct Total {
    /// Exact up to [`Total::COUNTED_MAX`] for filtered lists, up to 1,000 for searches by words,
    /// always exact for whole lists.
    pub count: i64,
    /// Whether counting stopped.
    pub is_estimate: bool,
}

impl Cursor {
    /// What to send as `after` for the next page, if there is one.
    pub fn next(&self) -> Option<&str> {
        self.next_cursor.as_deref()
    }
}

impl Total {
    /// How far a filtered list is counted.
    pub const COUNTED_MAX: i64 = 10_000;

    /// Known from a counter.
    pub fn exact(count: i64) -> Self {
        Self { count, is_estimate: false }
    }

    /// Counted up to one more than [`Total::COUNTED_MAX`].
    pub fn counted(count: i64) -> Self {
        Self { count: count.min(Self::COUNTED_MAX), is_estimate: Self::COUNTED_MAX < count }
    }
}

impl Number {
    /// How many items to answer with, if that is what was asked for: 25 unless told otherwise, 100 at
    /// most.
    pub fn size(asked: Option<Self>) -> i64 {
        asked.map_or(LIMIT_DEFAULT, |number| number.0.min(LIMIT_MAX))
    }
}

impl<K: Kind> PageQuery<K> {
    /// Which of the two ways is meant.
    ///
    /// # Errors
    /// When both are mixed, or a page is deeper than 10,000 items.
    pub fn paging(self) -> Result<Paging<K>> {
        let Self { page, per_page, after, limit } = self;
        let by_number = page.is_some() || per_page.is_some();
        if by_number && (after.is_some() || limit.is_some()) {
            let param = if after.is_some() { "after" } else { "limit" };
            return Err(Error::bad_parameter(
                param,
                "cannot be used together with 'page' or 'per_page'",
            ));
        }
        if after.is_some() || limit.is_some() {
            return Ok(Paging::Cursor { after, limit: Number::size(limit) });
        }
        let (page, per_page) = (page.map_or(1, |page| page.0), Number::size(per_page));
        if OFFSET_MAX < (page - 1).saturating_mul(per_page) {
            let problem = "is too deep: use 'after' with the id of the last item to go further";
            return Err(Error::bad_parameter("page", problem));
        }
        Ok(Paging::Pages { page, per_page })
    }
}

impl<K: Kind> Paging<K> {
    /// What to ask the store for: one item too many says that there is more, without counting.
    pub fn rows(&self) -> i64 {
        match self {
            Self::Pages { per_page, .. } => per_page + 1,
            Self::Cursor { limit, .. } => limit + 1,
        }
    }

    /// How many rows come before the page; 0 with a cursor.
    pub fn offset(&self) -> i64 {
        match self {
            Self::Pages { page, per_page } => (page - 1) * per_page,
            Self::Cursor { .. } => 0,
        }
    }

    /// The id that a list newest first goes on below.
    pub fn below(&self) -> &str {
        match self {
            Self::Cursor { after: Some(after), .. } => after.as_str(),
            Self::Cursor { after: None, .. } | Self::Pages { .. } => Id::<K>::BEYOND,
        }
    }

    /// The answer: `items` are up to [`Paging::rows`], `total` is asked for only where it is shown.
    ///
    /// # Errors
    /// Those of `total`.
    pub fn answer<T>(
        &self,
        mut items: Vec<T>,
        id: impl Fn(&T) -> &Id<K>,
        total: impl FnOnce() -> Result<Total>,
    ) -> Result<Page<T>> {
        let wanted = usize::try_from(self.rows() - 1).unwrap_or(0);
        let has_more = wanted < items.len();
        items.truncate(wanted);
        let pagination = match self {
            Self::Pages { page, per_page } => {
                let total = total()?;
                Pagination::Pages(Pages {
                    page: *page,
                    per_page: *per_page,
                    total: total.count,
                    total_is_estimate: total.is_estimate,
                    has_more,
                })
            }
            Self::Cursor { limit, .. } => {
                let last = items.last().filter(|_| has_more);
                let next_cursor = last.map(|last| id(last).as_str().to_owned());
                Pagination::Cursor(Cursor { limit: *limit, has_more, next_cursor })
            }
        };
        Ok(Page { data: items, pagination })
    }
}

impl<T> Page<T> {
    /// The same, where not everything was looked at: there is more, after `last`.
    #[must_use]
    pub fn that_goes_on_after<K: Kind>(mut self, last: Option<&Id<K>>) -> Self {
        match &mut self.pagination {
            Pagination::Pages(pages) => pages.has_more = true,
            Pagination::Cursor(cursor) => {
                cursor.has_more = last.is_some();
                cursor.next_cursor = last.map(|last| last.as_str().to_owned());
            }
        }
        self
    }
}

impl<K: Kind> Paging<K> {
    /// The answer of a list that has nothing.
    pub fn answer_none<T>(&self, total: Total) -> Page<T> {
        let pagination = match self {
            Self::Pages { page, per_page } => Pagination::Pages(Pages {
                page: *page,
                per_page: *per_page,
                total: total.count,
                total_is_estimate: total.is_estimate,
                has_more: false,
            }),
            Self::Cursor { limit, .. } => {
                Pagination::Cursor(Cursor { limit: *limit, has_more: false, next_cursor: None })
            }
        };
        Page { data: Vec::new(), pagination }
    }
}

impl TryFrom<Loose> for Number {
    type Error = &'static str;

    fn try_from(loose: Loose) -> Result<Self, Self::Error> {
        let number = match loose {
            Loose::Int(number) => Some(number),
            // What is too large for us is clamped, as any size above the largest is.
            Loose::Text(text) => text.parse().ok().or_else(|| {
                let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                is_number.then_some(i64::MAX)
            }),
            Loose::Other(_) => None,
        };
        let number = number.filter(|number| 1 <= *number);
        number.map(Self).ok_or("must be an integer of at least 1")
    }
}
