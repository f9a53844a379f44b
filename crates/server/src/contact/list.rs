//! Lists of contacts, and the search.

use serde::Deserialize;
use store::{ReadTx, Sql, Value, Word};
use utoipa::{IntoParams, ToSchema};

use super::{
    Contact, columns,
    filter::{self, Condition, Instant, SearchQuery, Where},
    find::{self, Finder},
    index::KIND,
    read,
};
use crate::{
    error::{Error, Result},
    id::{ContactId, Id, kind},
    page::{Number, Page, PageQuery, Paging, Total},
};

/// What a list may be narrowed by, in the query of the address.
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
    after: Option<ContactId>,
    /// How many items to answer with: 25 unless told otherwise, 100 at most.
    #[param(value_type = Option<i64>, minimum = 1, default = 25)]
    limit: Option<Number>,
    /// One of their addresses, whatever its capitals.
    email: Option<String>,
    /// One of their numbers, in any spelling.
    phone: Option<String>,
    /// The name of a tag.
    tag: Option<String>,
    /// Known since after this time.
    #[param(value_type = Option<String>, format = DateTime)]
    created_after: Option<Instant>,
    /// Changed after this time.
    #[param(value_type = Option<String>, format = DateTime)]
    updated_after: Option<Instant>,
    /// Words of name, e-mail, phone or company; the last may be unfinished.
    q: Option<String>,
}

/// What to search for. Every part is optional; an empty body lists all.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(example = json!({
    "query": "lovel",
    "filters": { "tags": ["newsletter"], "custom_attributes": { "plan": "pro" } },
    "where": { "field": "custom_attributes.seats", "op": "gte", "value": 5 },
    "sort": "-created_at",
    "limit": 25
}))]
pub struct SearchRequest {
    /// Words of name, e-mail, phone or company; the last may be unfinished.
    query: Option<String>,
    /// Flat: all of them hold.
    filters: Option<SearchQuery>,
    /// Only those of a segment.
    #[schema(value_type = Option<String>)]
    segment_id: Option<Id<kind::Segment>>,
    /// A tree of conditions, which holds beside the rest. A lower and an upper bound of one attribute
    /// in one `and` are one range: of a list, one item must be between them. A time may be a span before
    /// now, such as `-P7D`.
    #[serde(rename = "where")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, serde_json::Value>>)]
    conditions: Option<Where>,
    /// `-created_at` unless told otherwise. `updated_at` only by pages.
    sort: Option<Sort>,
    /// As in a list.
    #[schema(value_type = Option<i64>, minimum = 1)]
    page: Option<Number>,
    /// As in a list.
    #[schema(value_type = Option<i64>, minimum = 1)]
    per_page: Option<Number>,
    /// As in a list.
    #[schema(value_type = Option<String>)]
    after: Option<ContactId>,
    /// As in a list.
    #[schema(value_type = Option<i64>, minimum = 1)]
    limit: Option<Number>,
    /// What the segment asks for.
    #[serde(skip)]
    of_segment: Vec<Where>,
}

/// The order of a search.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, ToSchema)]
pub enum Sort {
    /// Newest first.
    #[default]
    #[serde(rename = "-created_at")]
    Newest,
    /// Oldest first.
    #[serde(rename = "created_at")]
    Oldest,
    /// Last changed first.
    #[serde(rename = "-updated_at")]
    LastChanged,
    /// Longest unchanged first.
    #[serde(rename = "updated_at")]
    LongestUnchanged,
}

/// A list that was asked for, whichever way.
pub struct Selection {
    conditions: Vec<Where>,
    words: Option<Vec<Word>>,
    /// Words that everyone of whom the conditions are true is found by.
    implied: Option<Vec<Word>>,
    sort: Sort,
    paging: Paging<kind::Contact>,
}

/// Up to here the hits of a search are counted exactly: each costs more than a row of an index.
const HITS_COUNTED_MAX: i64 = 1_000;
/// Contacts whose total is counted by looking at each. Beyond, the newest of them are.
const SCANNED_MAX: i64 = 100_000;
/// Documents looked at in one go, when words and conditions must both hold: a page's worth at first.
const DOCUMENTS_STEP: i64 = 200;
const DOCUMENTS_FIRST_STEP: i64 = 50;
/// Documents looked at in one request. Beyond, the answer says that there is more, and where to go on.
const DOCUMENTS_MAX: i64 = if cfg!(test) { 100 } else { 20_000 };
/// Documents up to which an implied word finds the contacts. Without such a word all are looked at.
const IMPLIED_MAX: i64 = if cfg!(test) { 50 } else { 2_000 };

impl ListQuery {
    /// What was asked for.
    ///
    /// # Errors
    /// When a parameter cannot be what it says.
    pub fn selection(self) -> Result<Selection> {
        let Self {
            page,
            per_page,
            after,
            limit,
            email,
            phone,
            tag,
            created_after,
            updated_after,
            q,
        } = self;
        let paging = PageQuery { page, per_page, after, limit }.paging()?;
        let filters = SearchQuery {
            email,
            phone,
            tags: tag.map(|tag| vec![tag]),
            created_after,
            updated_after,
            ..SearchQuery::default()
        };
        let conditions = filters.conditions().map_err(in_query)?;
        Ok(Selection {
            words: words(q.as_deref()),
            conditions,
            implied: None,
            sort: Sort::Newest,
            paging,
        })
    }
}

impl SearchRequest {
    /// The segment that it is about.
    pub fn segment(&self) -> Option<&Id<kind::Segment>> {
        self.segment_id.as_ref()
    }

    /// Whether it asks for some contacts only.
    pub fn is_narrow(&self) -> bool {
        self.query.is_some() || self.filters.is_some() || self.conditions.is_some()
    }

    /// All of it, whichever page was asked for.
    #[must_use]
    pub fn whole(self) -> Self {
        Self { sort: None, page: None, per_page: None, after: None, limit: None, ..self }
    }

    /// What both ask for: whom `segment` finds, and of them whom this finds.
    ///
    /// # Errors
    /// When a filter of the segment cannot be searched by any more.
    pub fn within(mut self, segment: Self) -> Result<Self> {
        self.of_segment.extend(segment.filters.unwrap_or_default().conditions()?);
        self.of_segment.extend(segment.conditions);
        let queries = segment.query.into_iter().chain(self.query);
        self.query = Some(queries.collect::<Vec<_>>().join(" ")).filter(|query| !query.is_empty());
        Ok(self)
    }

    /// What was asked for, at `now`.
    ///
    /// # Errors
    /// When a part of the body cannot be what it says.
    pub fn selection(self, now: jiff::Timestamp) -> Result<Selection> {
        let Self { query, filters, conditions: tree, sort, of_segment, .. } = self;
        let Self { page, per_page, after, limit, .. } = self;
        let paging = PageQuery { page, per_page, after, limit }.paging().map_err(in_body)?;
        let sort = sort.unwrap_or_default();
        let by_change = matches!(sort, Sort::LastChanged | Sort::LongestUnchanged);
        if by_change && matches!(paging, Paging::Cursor { .. }) {
            return Err(Error::invalid(
                "sort",
                "must be by 'created_at' together with 'after' or 'limit'",
            ));
        }
        let words = words(query.as_deref());
        if words.is_some() && sort != Sort::Newest {
            return Err(Error::invalid("sort", "must be '-created_at' together with 'query'"));
        }
        let mut conditions = filters.unwrap_or_default().conditions()?;
        match tree {
            // What is ANDed at the top can find contacts by an index.
            Some(Where::And(branches)) => conditions.extend(branches),
            tree => conditions.extend(tree),
        }
        for condition in of_segment {
            match condition {
                Where::And(branches) => conditions.extend(branches),
                one => conditions.push(one),
            }
        }
        let mut conditions = filter::join_bounds(conditions);
        conditions.iter_mut().for_each(|condition| condition.settle(now));
        // Whoever works for a company is found by its words.
        let own_words = |one: &Where| match one {
            Where::Is(condition) => condition.words().and_then(whole_words),
            _ => None,
        };
        let implied = conditions.iter().find_map(own_words);
        let implied = implied.filter(|_| words.is_none() && sort == Sort::Newest);
        Ok(Selection { conditions, words, implied, sort, paging })
    }
}

/// A rule of the body that was broken in the query of the address.
fn in_query(error: Error) -> Error {
    match error {
        Error::Invalid { field, problem } => {
            let param = field.strip_prefix("filters.").unwrap_or(&field).to_owned();
            Error::BadParameter { param, problem }
        }
        other => other,
    }
}

/// And the other way round.
fn in_body(error: Error) -> Error {
    match error {
        Error::BadParameter { param, problem } => Error::Invalid { field: param, problem },
        other => other,
    }
}

/// `None` without a query; an empty list for a query without words, which finds nothing.
fn words(query: Option<&str>) -> Option<Vec<Word>> {
    let query = query.filter(|query| !query.trim().is_empty())?;
    // A number is one word, however it is written.
    let is_number = query.chars().all(|c| c.is_ascii_digit() || " +-.()".contains(c));
    let digits: String = query.chars().filter(char::is_ascii_digit).collect();
    Some(Word::parse_query(if is_number && !digits.is_empty() { &digits } else { query }))
}

/// The words of `text`, all of them whole; `None` if it has none.
fn whole_words(text: &str) -> Option<Vec<Word>> {
    let words = Word::parse_query(&format!("{text} "));
    Some(words).filter(|words| !words.is_empty())
}

impl Selection {
    /// Whether the search is asked, and so should have caught up with the log.
    pub fn needs_index(&self) -> bool {
        self.words.as_ref().or(self.implied.as_ref()).is_some_and(|words| !words.is_empty())
    }

    /// The same, `rows` at a time and newest first, from the one after `after` on.
    #[must_use]
    pub fn going_on_after(&self, after: Option<ContactId>, rows: i64) -> Self {
        Self {
            conditions: self.conditions.clone(),
            words: self.words.clone(),
            implied: self.implied.clone(),
            sort: Sort::Newest,
            paging: Paging::Cursor { after, limit: rows },
        }
    }

    /// The search is further behind than anyone waits for: what can be found otherwise is.
    pub fn do_without_index(&mut self) {
        self.implied = None;
    }
}

/// A page of what was asked for.
///
/// # Errors
/// Those of the store.
pub fn list(tx: &mut ReadTx<'_>, selection: &Selection) -> Result<Page<Contact>> {
    if let Some(words) = &selection.words {
        return search(tx, selection, words);
    }
    if let Some(words) = &selection.implied {
        let rare = rare(tx, words)?;
        if !rare.is_empty() {
            return search(tx, selection, &rare);
        }
    }
    list_rows(tx, selection)
}

/// Those of `words` that few have. What all have to say of it costs as much as they are many.
fn rare(tx: &mut ReadTx<'_>, words: &[Word]) -> Result<Vec<Word>> {
    let mut rare = Vec::new();
    for word in words {
        let count = tx.search_count(KIND, std::slice::from_ref(word), IMPLIED_MAX + 1)?;
        if count <= IMPLIED_MAX {
            rare.push(word.clone());
        }
    }
    Ok(rare)
}

fn list_rows(tx: &mut ReadTx<'_>, selection: &Selection) -> Result<Page<Contact>> {
    let Selection { conditions, sort, paging, .. } = selection;
    let is_by_age = matches!(sort, Sort::Newest | Sort::Oldest);
    let finder = if is_by_age { find::finder(tx, conditions)? } else { None };
    if let Some(Finder::Ids(place, ids)) = finder {
        return list_found(tx, selection, place, ids);
    }
    let mut sql = if let Some(Finder::Rows(place)) = finder {
        let mut sql = Sql::new(concat!("select ", columns!(), " from ("));
        find::push_found(&mut sql, conditions, place);
        sql
    } else {
        let mut sql =
            Sql::new(concat!("select ", columns!(), " from contact where workspace = ?1"));
        find::push_all(tx, &mut sql, conditions)?;
        sql
    };
    let id = if finder.is_some() { "found.contact" } else { "contact.id" };
    match (sort, paging) {
        (Sort::Oldest, Paging::Cursor { after: Some(after), .. }) => {
            sql.push(" and ").push(id).with(" > ", after);
        }
        (Sort::Newest, Paging::Cursor { after: Some(after), .. }) => {
            sql.push(" and ").push(id).with(" < ", after);
        }
        _ => {}
    }
    match sort {
        Sort::Newest => sql.push(" order by ").push(id).push(" desc"),
        Sort::Oldest => sql.push(" order by ").push(id),
        Sort::LastChanged => sql.push(" order by contact.updated_at desc, contact.id desc"),
        Sort::LongestUnchanged => sql.push(" order by contact.updated_at, contact.id"),
    };
    sql.with(" limit ", paging.rows());
    if 0 < paging.offset() {
        sql.with(" offset ", paging.offset());
    }
    let contacts = tx.select(&sql, read)?;
    paging.answer(contacts, |contact| &contact.id, || total(tx, conditions, finder.as_ref()))
}

fn total(tx: &mut ReadTx<'_>, conditions: &[Where], finder: Option<&Finder>) -> Result<Total> {
    if let [Where::Is(Condition::Tag(folded))] = conditions {
        let sql = "select count from contact_tag_counter where workspace = ?1 and tag_folded = ?2";
        let count = tx.first(sql, &[folded.into()], |row| row.get::<i64>(0))?;
        return Ok(Total::exact(count.unwrap_or(0)));
    }
    if let [condition] = conditions
        && let Some(count) = find::count_rows(tx, condition, Total::COUNTED_MAX + 1)?
    {
        return Ok(Total::counted(count));
    }
    let sql = "select count, last_number from contact_counter where workspace = ?1";
    let counter = tx.first(sql, &[], |row| Ok::<_, Error>((row.get::<i64>(0)?, row.get(1)?)))?;
    let (all, newest): (i64, i64) = counter.unwrap_or_default();
    if conditions.is_empty() {
        return Ok(Total::exact(all));
    }
    let mut sql = Sql::new("select count(*) from (");
    let mut is_whole = true;
    if let Some(Finder::Rows(place)) = finder {
        sql.push("select 1 as one from (");
        find::push_found(&mut sql, conditions, *place);
    } else {
        is_whole = all <= SCANNED_MAX;
        sql.push("select 1 as one from contact where workspace = ?1");
        if !is_whole {
            sql.with(" and contact.number > ", newest - SCANNED_MAX);
        }
        find::push_all(tx, &mut sql, conditions)?;
    }
    sql.with(" limit ", Total::COUNTED_MAX + 1).push(") as counted");
    let counted = tx.select(&sql, |row| row.get::<i64>(0))?;
    let counted = Total::counted(counted.first().copied().unwrap_or(0));
    Ok(Total { is_estimate: counted.is_estimate || !is_whole, ..counted })
}

/// Those of `ids` for whom the other conditions hold too.
fn list_found(
    tx: &mut ReadTx<'_>,
    selection: &Selection,
    place: usize,
    mut ids: Vec<ContactId>,
) -> Result<Page<Contact>> {
    let Selection { conditions, sort, paging, .. } = selection;
    ids.sort_unstable();
    if *sort == Sort::Newest {
        ids.reverse();
    }
    if let Paging::Cursor { after: Some(after), .. } = paging {
        ids.retain(|id| if *sort == Sort::Newest { id < after } else { after < id });
    }
    let is_alone = conditions.len() == 1;
    let counts = matches!(paging, Paging::Pages { .. }) && !is_alone;
    let mut taken = Taken::new(paging);
    for chunk in ids.chunks(AT_ONCE) {
        if taken.is_enough() && !counts {
            break;
        }
        if is_alone && taken.skip(chunk.len()) {
            continue;
        }
        let mut sql =
            Sql::new(concat!("select ", columns!(), " from contact where workspace = ?1"));
        push_chosen(sql.push(" and contact.id in "), chunk);
        find::push_others(&mut sql, conditions, place);
        let is_newest = *sort == Sort::Newest;
        sql.push(if is_newest { " order by contact.id desc" } else { " order by contact.id" });
        taken.take(tx.select(&sql, read)?);
    }
    let count = if is_alone { i64::try_from(ids.len()).unwrap_or(0) } else { taken.count };
    let total = Total::counted(count);
    paging.answer(taken.found, |contact| &contact.id, || Ok(total))
}

/// What a page takes of contacts that come in their order, a few at once.
struct Taken {
    skipped: i64,
    wanted: usize,
    found: Vec<Contact>,
    count: i64,
}

impl Taken {
    fn new(paging: &Paging<kind::Contact>) -> Self {
        let wanted = usize::try_from(paging.rows()).unwrap_or(0);
        Self { skipped: paging.offset(), wanted, found: Vec::new(), count: 0 }
    }

    fn is_enough(&self) -> bool {
        self.wanted <= self.found.len()
    }

    /// Counts `count` more if they all are before the page, and need not be read.
    fn skip(&mut self, count: usize) -> bool {
        let after = self.count + i64::try_from(count).unwrap_or(0);
        let is_before = after <= self.skipped;
        if is_before {
            self.count = after;
        }
        is_before
    }

    fn take(&mut self, contacts: Vec<Contact>) {
        for contact in contacts {
            if self.skipped <= self.count && self.found.len() < self.wanted {
                self.found.push(contact);
            }
            self.count += 1;
        }
    }
}

/// Newest first, as the index gives them. Conditions check what it gives.
pub fn search(tx: &mut ReadTx<'_>, selection: &Selection, words: &[Word]) -> Result<Page<Contact>> {
    let Selection { conditions, paging, .. } = selection;
    if words.is_empty() {
        return paging.answer(Vec::new(), |contact: &Contact| &contact.id, || Ok(Total::exact(0)));
    }
    let mut before = match paging {
        Paging::Cursor { after: Some(after), .. } => Some(number_below(tx, after)?),
        _ => None,
    };
    let wanted = paging.offset() + paging.rows();
    if conditions.is_empty() {
        let mut numbers = tx.search(KIND, words, before, wanted)?;
        let mut numbers = numbers.split_off(offset(paging).min(numbers.len()));
        let contacts = by_numbers(tx, &mut numbers)?;
        return paging.answer(
            contacts,
            |contact| &contact.id,
            || {
                let count = tx.search_count(KIND, words, HITS_COUNTED_MAX + 1)?;
                let is_estimate = HITS_COUNTED_MAX < count;
                Ok(Total { count: count.min(HITS_COUNTED_MAX), is_estimate })
            },
        );
    }
    let counted_max = match paging {
        Paging::Pages { .. } => HITS_COUNTED_MAX + 1,
        // Nobody is told how many there are.
        Paging::Cursor { .. } => 0,
    };
    let mut taken = Taken::new(paging);
    let mut looked_at = 0;
    while looked_at < DOCUMENTS_MAX && (taken.count < counted_max || !taken.is_enough()) {
        let step = if looked_at == 0 { DOCUMENTS_FIRST_STEP } else { DOCUMENTS_STEP };
        let step = step.min(DOCUMENTS_MAX - looked_at);
        let mut numbers = tx.search(KIND, words, before, step)?;
        let Some(last) = numbers.last().copied() else { break };
        looked_at += i64::try_from(numbers.len()).unwrap_or(DOCUMENTS_STEP);
        before = Some(last);
        taken.take(filtered_by_numbers(tx, &mut numbers, conditions)?);
    }
    // Chunks may have counted further.
    let count = taken.count.min(HITS_COUNTED_MAX);
    let is_cut = DOCUMENTS_MAX <= looked_at && !taken.is_enough();
    let is_estimate = DOCUMENTS_MAX <= looked_at || HITS_COUNTED_MAX < taken.count;
    let total = Total { count, is_estimate };
    let page = paging.answer(taken.found, |contact| &contact.id, || Ok(total))?;
    if !is_cut {
        return Ok(page);
    }
    let sql = "select id from contact where workspace = ?1 and number <= ?2
               order by number desc limit 1";
    let last = tx.first(sql, &[before.into()], |row| row.get::<ContactId>(0))?;
    Ok(page.that_goes_on_after(last.as_ref()))
}

fn offset(paging: &Paging<kind::Contact>) -> usize {
    usize::try_from(paging.offset()).unwrap_or(0)
}

/// The number that documents older than `after` are below. Its contact may be gone.
fn number_below(tx: &mut ReadTx<'_>, after: &ContactId) -> Result<i64> {
    let sql = "select number from contact where workspace = ?1 and id < ?2
               order by id desc limit 1";
    let older = tx.first(sql, &[after.into()], |row| row.get::<i64>(0))?;
    Ok(older.map_or(0, |older| older + 1))
}

/// Contacts that one statement names, so that one text serves any count.
const AT_ONCE: usize = 25;

/// The contacts of these numbers, newest first.
pub(super) fn by_numbers(tx: &mut ReadTx<'_>, numbers: &mut Vec<i64>) -> Result<Vec<Contact>> {
    filtered_by_numbers(tx, numbers, &[])
}

fn filtered_by_numbers(
    tx: &mut ReadTx<'_>,
    numbers: &mut Vec<i64>,
    conditions: &[Where],
) -> Result<Vec<Contact>> {
    numbers.sort_unstable_by(|a, b| b.cmp(a));
    numbers.dedup();
    let mut contacts = Vec::with_capacity(numbers.len());
    for chunk in numbers.chunks(AT_ONCE) {
        let mut sql =
            Sql::new(concat!("select ", columns!(), " from contact where workspace = ?1"));
        push_chosen(sql.push(" and contact.number in "), chunk);
        for condition in conditions {
            find::push_check(&mut sql, condition);
        }
        sql.push(" order by contact.number desc");
        contacts.extend(tx.select(&sql, read)?);
    }
    Ok(contacts)
}

/// Adds a list of at most [`AT_ONCE`] values, the last of them as often as it takes.
fn push_chosen<'a, T>(sql: &mut Sql, chunk: &'a [T])
where
    Value: From<&'a T>,
{
    let Some(last) = chunk.last() else { return };
    for index in 0..AT_ONCE {
        sql.with(if index == 0 { "(" } else { ", " }, chunk.get(index).unwrap_or(last));
    }
    sql.push(")");
}
