//! Lists of conversations.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{ReadTx, Sql};
use utoipa::{IntoParams, ToSchema};

use super::{
    ChatChannel, Conversation, ConversationStatus, Priority, columns, read, seen_by,
    with_last_message,
};
use crate::{
    error::{Error, Result},
    id::{ContactId, ConversationId, OperatorId, VisitorId, kind},
    operator,
    page::{Number, Page, PageQuery, Paging, Total},
    record, time,
    visitor::Who,
};

/// What `GET /v1/conversations` can be asked for. All filters must hold.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
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
    after: Option<ConversationId>,
    /// How many items to answer with: 25 unless told otherwise, 100 at most.
    #[param(value_type = Option<i64>, minimum = 1, default = 25)]
    limit: Option<Number>,
    /// Whether they go on.
    #[param(inline)]
    status: Option<ConversationStatus>,
    /// An operator's id, or `none`.
    assigned_to: Option<String>,
    /// With this contact.
    #[param(value_type = Option<String>)]
    contact_id: Option<ContactId>,
    /// With this visitor.
    #[param(value_type = Option<String>)]
    visitor_id: Option<VisitorId>,
    /// How the visitor is reached.
    #[param(inline)]
    channel: Option<ChatChannel>,
    /// The name of a tag.
    #[param(max_length = 200)]
    tag: Option<String>,
    /// How urgent they are.
    #[param(inline)]
    priority: Option<Priority>,
    /// Whether they are out of the way for a while.
    snoozed: Option<bool>,
    /// Begun after this time.
    #[param(value_type = Option<String>, format = DateTime)]
    created_after: Option<Timestamp>,
    /// Begun before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    created_before: Option<Timestamp>,
    /// Changed after this time.
    #[param(value_type = Option<String>, format = DateTime)]
    updated_after: Option<Timestamp>,
    /// First answered at this time or after it.
    #[param(value_type = Option<String>, format = DateTime)]
    answered_after: Option<Timestamp>,
    /// First answered before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    answered_before: Option<Timestamp>,
    /// Closed at this time or after it.
    #[param(value_type = Option<String>, format = DateTime)]
    closed_after: Option<Timestamp>,
    /// Closed before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    closed_before: Option<Timestamp>,
    /// Rated with so many points.
    #[param(minimum = 1, maximum = 5)]
    score: Option<i64>,
    /// The operator whose unread messages are counted.
    #[param(value_type = Option<String>)]
    viewer_id: Option<OperatorId>,
    /// Whether they are unwanted.
    spam: Option<bool>,
    /// With notes that name this operator and that they have not read.
    #[param(value_type = Option<String>)]
    mentions: Option<OperatorId>,
    /// In which this operator has a draft.
    #[param(value_type = Option<String>)]
    drafted_by: Option<OperatorId>,
    /// In which order: the newest first, or that first in which something was said last.
    #[param(inline)]
    sort: Option<ListSort>,
    /// Whether the newest words are shown with each.
    with_last_message: Option<bool>,
}

/// In which order conversations are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListSort {
    /// The newest first.
    #[default]
    Created,
    /// That first in which something was said last.
    Active,
}

/// A filter, read.
enum Condition {
    Status(ConversationStatus),
    Nobody,
    Operator(OperatorId),
    Contact(ContactId),
    Visitor(VisitorId),
    Channel(ChatChannel),
    Tag(String),
    Priority(Priority),
    Snoozed,
    Awake,
    CreatedAfter(Timestamp),
    CreatedBefore(Timestamp),
    UpdatedAfter(Timestamp),
    AnsweredAfter(Timestamp),
    AnsweredBefore(Timestamp),
    ClosedAfter(Timestamp),
    ClosedBefore(Timestamp),
    Score(i64),
    Spam,
    Wanted,
    Mentions(OperatorId),
    DraftedBy(OperatorId),
}

/// A list, read from its query.
pub struct Selection {
    conditions: Vec<Condition>,
    paging: Paging<kind::Conversation>,
    viewer: Option<OperatorId>,
    sort: ListSort,
    with_last_message: bool,
}

impl ListQuery {
    /// What is asked for.
    ///
    /// # Errors
    /// When both ways of paging are mixed, or `assigned_to` is no operator's id.
    pub fn selection(self) -> Result<Selection> {
        let Self { page, per_page, after, limit, .. } = self;
        let paging = PageQuery { page, per_page, after, limit }.paging()?;
        let assigned = match self.assigned_to.as_deref() {
            None => None,
            Some("none") => Some(Condition::Nobody),
            Some(id) => {
                let problem = "must be an operator's id, or 'none'";
                let id = id.parse();
                let id = id.map_err(|_not_found| Error::bad_parameter("assigned_to", problem))?;
                Some(Condition::Operator(id))
            }
        };
        let snoozed = self.snoozed.map(|is| if is { Condition::Snoozed } else { Condition::Awake });
        let conditions = [
            self.status.map(Condition::Status),
            assigned,
            self.contact_id.map(Condition::Contact),
            self.visitor_id.map(Condition::Visitor),
            self.channel.map(Condition::Channel),
            self.tag.map(|tag| Condition::Tag(record::fold(&tag))),
            self.priority.map(Condition::Priority),
            snoozed,
            self.created_after.map(Condition::CreatedAfter),
            self.created_before.map(Condition::CreatedBefore),
            self.updated_after.map(Condition::UpdatedAfter),
            self.answered_after.map(Condition::AnsweredAfter),
            self.answered_before.map(Condition::AnsweredBefore),
            self.closed_after.map(Condition::ClosedAfter),
            self.closed_before.map(Condition::ClosedBefore),
            self.score.map(Condition::Score),
            self.spam.map(|is| if is { Condition::Spam } else { Condition::Wanted }),
            self.mentions.map(Condition::Mentions),
            self.drafted_by.map(Condition::DraftedBy),
        ];
        Ok(Selection {
            conditions: conditions.into_iter().flatten().collect(),
            paging,
            viewer: self.viewer_id,
            sort: self.sort.unwrap_or_default(),
            with_last_message: self.with_last_message == Some(true),
        })
    }
}

impl Condition {
    fn push(&self, sql: &mut Sql) {
        match self {
            Self::Status(status) => sql.with(" and status = ", status.as_str()),
            Self::Nobody => sql.push(" and assigned_to is null"),
            Self::Operator(id) => sql.with(" and assigned_to = ", id),
            Self::Contact(id) => sql.with(" and contact = ", id),
            Self::Visitor(id) => sql.with(" and visitor = ", id),
            Self::Channel(channel) => sql.with(" and channel = ", channel.as_str()),
            Self::Tag(folded) => sql
                .with(
                    " and conversation.id in (select conversation from conversation_tag
                      where workspace = ?1 and tag_folded = ",
                    folded,
                )
                .push(")"),
            Self::Priority(priority) => sql.with(" and priority = ", priority.as_str()),
            Self::Snoozed => sql.push(" and snoozed_until is not null"),
            Self::Awake => sql.push(" and snoozed_until is null"),
            Self::CreatedAfter(at) => sql.with(" and created_at > ", *at),
            Self::CreatedBefore(at) => sql.with(" and created_at < ", *at),
            Self::UpdatedAfter(at) => sql.with(" and updated_at > ", *at),
            Self::AnsweredAfter(at) => sql.with(" and answered_at >= ", *at),
            Self::AnsweredBefore(at) => sql.with(" and answered_at < ", *at),
            Self::ClosedAfter(at) => sql.with(" and closed_at >= ", *at),
            Self::ClosedBefore(at) => sql.with(" and closed_at < ", *at),
            Self::Score(score) => sql.with(" and rating_score = ", *score),
            Self::Spam => sql.push(" and spam_at is not null"),
            Self::Wanted => sql.push(" and spam_at is null"),
            Self::Mentions(id) => sql
                .with(
                    " and conversation.id in (select conversation from mention
                      where workspace = ?1 and seen_at is null and operator = ",
                    id,
                )
                .push(")"),
            Self::DraftedBy(id) => sql
                .with(
                    " and conversation.id in (select conversation from draft
                      where workspace = ?1 and operator = ",
                    id,
                )
                .push(")"),
        };
    }
}

/// A page of conversations. Those that became part of others are not among them.
///
/// # Errors
/// Those of the store.
pub fn list(tx: &mut ReadTx<'_>, selection: &Selection) -> Result<Page<Conversation>> {
    let Selection { conditions, paging, viewer, .. } = selection;
    let mut sql = Sql::new(concat!(
        "select ",
        columns!(),
        " from conversation where workspace = ?1 and merged_into is null"
    ));
    for condition in conditions {
        condition.push(&mut sql);
    }
    push_own(tx, &mut sql);
    push_order(&mut sql, selection);
    sql.with(" limit ", paging.rows()).with(" offset ", paging.offset());
    let mut found = tx.select(&sql, read)?;
    if let Some(viewer) = viewer {
        let seen = found.into_iter().map(|one| seen_by(tx, one, viewer));
        found = seen.collect::<Result<_>>()?;
    }
    if selection.with_last_message {
        let told = found.into_iter().map(|one| with_last_message(tx, one));
        found = told.collect::<Result<_>>()?;
    }
    paging.answer(found, |one| &one.id, || total(tx, conditions))
}

/// Where the page begins, and what comes after what.
fn push_order(sql: &mut Sql, Selection { paging, sort, .. }: &Selection) {
    match (sort, paging) {
        (ListSort::Created, _) => sql.with(" and id < ", paging.below()).push(" order by id desc"),
        (ListSort::Active, Paging::Cursor { after: Some(after), .. }) => sql
            .with(
                " and (coalesce(last_message_at, created_at), id) < (
                     select coalesce(last_message_at, created_at), id from conversation
                     where workspace = ?1 and id = ",
                after,
            )
            .push(") order by coalesce(last_message_at, created_at) desc, id desc"),
        (ListSort::Active, _) => {
            sql.push(" order by coalesce(last_message_at, created_at) desc, id desc")
        }
    };
}

/// Some see only what was given to them.
fn push_own(tx: &ReadTx<'_>, sql: &mut Sql) {
    if let Some(only) = tx.scope().sees_only() {
        sql.with(" and assigned_to = ", only);
    }
}

fn total(tx: &mut ReadTx<'_>, conditions: &[Condition]) -> Result<Total> {
    let counted = match conditions {
        _ if tx.scope().sees_only().is_some() => None,
        [] => Some(None),
        [Condition::Status(status)] => Some(Some(*status)),
        _ => None,
    };
    if let Some(status) = counted {
        let mut sql = Sql::new(
            "select cast(coalesce(sum(count), 0) as bigint) from conversation_counter where workspace = ?1",
        );
        if let Some(status) = status {
            sql.with(" and status = ", status.as_str());
        }
        let count = tx.select(&sql, |row| row.get::<i64>(0))?;
        return Ok(Total::exact(count.first().copied().unwrap_or(0)));
    }
    let mut sql = Sql::new(
        "select count(*) from (select 1 from conversation
         where workspace = ?1 and merged_into is null",
    );
    for condition in conditions {
        condition.push(&mut sql);
    }
    push_own(tx, &mut sql);
    sql.with(" limit ", Total::COUNTED_MAX + 1).push(") as counted");
    let counted = tx.select(&sql, |row| row.get::<i64>(0))?;
    Ok(Total::counted(counted.first().copied().unwrap_or(0)))
}

/// Up to `limit` of the conversations of a visitor: those that go on, and then the newest.
///
/// # Errors
/// Those of the store.
pub fn of_visitor(
    tx: &mut ReadTx<'_>,
    visitor: &VisitorId,
    limit: i64,
) -> Result<Vec<Conversation>> {
    let sql = concat!(
        "select ",
        columns!(),
        " from conversation where workspace = ?1 and visitor = ?2 and channel = 'web'
          and merged_into is null
          order by case when status = 'open' then 0 else 1 end, id desc limit ?3"
    );
    tx.all(sql, &[visitor.into(), limit.into()], read)
}

/// An open conversation of an operator.
#[derive(Debug, Serialize, ToSchema)]
pub struct Assigned {
    /// Which one.
    pub conversation_id: ConversationId,
    /// Since when it is theirs.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub assigned_at: Option<Timestamp>,
    /// Whether it goes on.
    pub status: ConversationStatus,
    /// With whom.
    pub visitor: Who,
}

/// A page of the open conversations of an operator, newest first.
///
/// # Errors
/// When there is no such operator.
pub fn assignments(
    tx: &mut ReadTx<'_>,
    id: &OperatorId,
    paging: &Paging<kind::Conversation>,
) -> Result<Page<Assigned>> {
    let operator = operator::find(tx, id)?;
    let mut sql = Sql::new(concat!(
        "select ",
        columns!(),
        " from conversation where workspace = ?1 and status = 'open'"
    ));
    sql.with(" and assigned_to = ", id).with(" and id < ", paging.below());
    sql.push(" order by id desc").with(" limit ", paging.rows());
    sql.with(" offset ", paging.offset());
    let found = tx.select(&sql, |row| {
        let one = read(row)?;
        Ok::<_, Error>(Assigned {
            conversation_id: one.id,
            assigned_at: one.assigned_at,
            status: one.status,
            visitor: one.visitor,
        })
    })?;
    paging.answer(
        found,
        |one| &one.conversation_id,
        || Ok(Total::exact(operator.open_conversations)),
    )
}
