//! What was read, and what the visitor thought of it.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::{ReadTx, Tx};

use super::{
    Conversation, columns, find, mention, read,
    write::{missing, tell},
};
use crate::{
    error::{Error, Result},
    event,
    id::{ConversationId, OperatorId, SiteId, VisitorId},
    operator,
};

const COMMENT_CHARS_MAX: usize = 2_000;
/// How long the words of a rating may be put right.
const COMMENT_TIME: SignedDuration = SignedDuration::from_mins(10);

/// An operator has read a conversation up to a message. It never goes back.
///
/// # Errors
/// When there is no such conversation or operator.
pub fn read_by_operator(
    tx: &mut Tx<'_>,
    id: &ConversationId,
    operator: &OperatorId,
    number: Option<i64>,
) -> Result<Conversation> {
    let old = find(tx, id, Some(operator))?;
    operator::find(tx, operator).map_err(|error| missing(error, "operator_id"))?;
    mention::mark_seen(tx, &old.id, operator)?;
    let number = number.unwrap_or(old.last_number).clamp(0, old.last_number);
    let seen = visitor_messages(tx, &old, number)?;
    let now = tx.now();
    let sql = "insert into conversation_read
                   (workspace, conversation, operator, number, visitor_count, read_at)
               values (?1, ?2, ?3, ?4, ?5, ?6)
               on conflict (workspace, conversation, operator) do update set
                   number = excluded.number, visitor_count = excluded.visitor_count,
                   read_at = excluded.read_at
               where conversation_read.number < excluded.number returning number";
    let values = [(&old.id).into(), operator.into(), number.into(), seen.into(), now.into()];
    if tx.first(sql, &values, |row| row.get::<i64>(0))?.is_none() {
        return Ok(old);
    }
    let sql = "update conversation set seen_count = case when seen_count < ?3 then ?3
                   else seen_count end where workspace = ?1 and id = ?2";
    tx.run(sql, &[(&old.id).into(), seen.into()])?;
    let new = find(tx, &old.id, Some(operator))?;
    let payload = json!({ "conversation_id": old.id, "operator_id": operator, "number": number,
                          "unread_count": new.unread_count });
    let kind = event::Kind::ConversationRead;
    event::append(tx, kind, old.id.as_str(), &payload.to_string())?;
    mark_read(tx, &old, number, "operator")?;
    Ok(new)
}

/// For an operator, a conversation is unread from a message on: from the visitor's last one if
/// `number` is none.
///
/// # Errors
/// When there is no such conversation or operator, or the visitor has said nothing.
pub fn unread_by_operator(
    tx: &mut Tx<'_>,
    id: &ConversationId,
    operator: &OperatorId,
    number: Option<i64>,
) -> Result<Conversation> {
    let old = find(tx, id, Some(operator))?;
    operator::find(tx, operator).map_err(|error| missing(error, "operator_id"))?;
    let sql = "select number from message where workspace = ?1 and conversation = ?2
               and type = 'visitor' and number is not null order by number desc limit 1";
    let last = tx.first(sql, &[(&old.id).into()], |row| row.get::<i64>(0))?;
    let Some(last) = last else {
        return Err(Error::Conflict(
            "The visitor has said nothing that could be unread.".to_owned(),
        ));
    };
    let number = number.unwrap_or(last).clamp(1, last) - 1;
    let seen = visitor_messages(tx, &old, number)?;
    let sql = "insert into conversation_read
                   (workspace, conversation, operator, number, visitor_count, read_at)
               values (?1, ?2, ?3, ?4, ?5, ?6)
               on conflict (workspace, conversation, operator) do update set
                   number = excluded.number, visitor_count = excluded.visitor_count,
                   read_at = excluded.read_at";
    let now = tx.now();
    let values = [(&old.id).into(), operator.into(), number.into(), seen.into(), now.into()];
    tx.run(sql, &values)?;
    let new = find(tx, &old.id, Some(operator))?;
    let payload = json!({ "conversation_id": old.id, "operator_id": operator, "number": number,
                          "unread_count": new.unread_count });
    let kind = event::Kind::ConversationRead;
    event::append(tx, kind, old.id.as_str(), &payload.to_string())?;
    Ok(new)
}

/// How many of the messages up to `number` are the visitor's.
fn visitor_messages(tx: &mut ReadTx<'_>, conversation: &Conversation, number: i64) -> Result<i64> {
    if conversation.last_number <= number {
        return Ok(conversation.visitor_count);
    }
    let sql = "select count(*) from message
               where workspace = ?1 and conversation = ?2 and number <= ?3 and type = 'visitor'";
    let values = [(&conversation.id).into(), number.into()];
    Ok(tx.first(sql, &values, |row| row.get::<i64>(0))?.unwrap_or(0))
}

/// The visitor has read a conversation up to a message.
///
/// # Errors
/// When there is no such conversation.
pub fn read_by_visitor(tx: &mut Tx<'_>, id: &ConversationId, number: i64) -> Result<()> {
    let conversation = find(tx, id, None)?;
    mark_read(tx, &conversation, number.clamp(0, conversation.last_number), "visitor")
}

/// Marks what the other side said as read by `reader`, and tells of it if that is news.
fn mark_read(
    tx: &mut Tx<'_>,
    conversation: &Conversation,
    number: i64,
    reader: &str,
) -> Result<()> {
    let now = tx.now();
    let sql = match reader {
        "operator" => {
            "update message set read_at = ?4, delivered_at = coalesce(delivered_at, ?4),
                    channel_status = 'read'
             where workspace = ?1 and conversation = ?2 and number <= ?3 and read_at is null
             and type = 'visitor' returning number"
        }
        _ => {
            "update message set read_at = ?4, delivered_at = coalesce(delivered_at, ?4),
                    channel_status = 'read'
             where workspace = ?1 and conversation = ?2 and number <= ?3 and read_at is null
             and type in ('operator', 'bot') returning number"
        }
    };
    let values = [(&conversation.id).into(), number.into(), now.into()];
    let read = tx.all(sql, &values, |row| row.get::<i64>(0))?;
    let Some(last) = read.into_iter().max() else { return Ok(()) };
    let payload = json!({ "conversation_id": conversation.id, "number": last, "by": reader,
                          "at": format!("{:.0}", now) });
    let kind = event::Kind::MessageRead;
    event::append(tx, kind, conversation.id.as_str(), &payload.to_string())?;
    Ok(())
}

/// Since when a visitor waited for the first answer, and on which site.
#[derive(Debug)]
pub struct Answered {
    /// When they first said something.
    pub since: Timestamp,
    /// Where.
    pub site: Option<SiteId>,
}

/// Takes down that the message of this number, said `at` this time, was the first answer to what the
/// visitor said; `None` if it was not.
///
/// # Errors
/// Those of the store.
pub fn first_answered(
    tx: &mut Tx<'_>,
    id: &ConversationId,
    number: i64,
    at: Timestamp,
) -> Result<Option<Answered>> {
    let sql = "select created_at, number from message
               where workspace = ?1 and conversation = ?2 and number < ?3 and type = 'visitor'
               order by number limit 1";
    let first = tx.first(sql, &[id.into(), number.into()], |row| {
        Ok::<_, Error>((row.get::<Timestamp>(0)?, row.get::<i64>(1)?))
    })?;
    let Some((since, first)) = first else { return Ok(None) };
    let sql = "select 1 from message where workspace = ?1 and conversation = ?2
               and number > ?3 and number < ?4 and type = 'operator' limit 1";
    let values = [id.into(), first.into(), number.into()];
    if tx.first(sql, &values, |row| row.get::<i64>(0))?.is_some() {
        return Ok(None);
    }
    let sql = "update conversation set answered_at = ?3
               where workspace = ?1 and id = ?2 and answered_at is null returning site";
    let site = tx.first(sql, &[id.into(), at.into()], |row| row.get::<Option<SiteId>>(0))?;
    Ok(site.map(|site| Answered { since, site }))
}

/// Takes down what the visitor thought of a conversation that is over. It counts once for each time
/// that it was closed; the words may be put right for ten minutes.
///
/// # Errors
/// When the score is none, the conversation goes on, or it was rated already.
pub fn rate(
    tx: &mut Tx<'_>,
    id: &ConversationId,
    score: i64,
    comment: Option<&str>,
) -> Result<Conversation> {
    if !(1..=5).contains(&score) {
        return Err(Error::invalid("score", "must be 1 to 5"));
    }
    let comment = comment.map(str::trim).filter(|text| !text.is_empty());
    if comment.is_some_and(|text| COMMENT_CHARS_MAX < text.chars().count() || text.contains('\0')) {
        return Err(Error::invalid("comment", "must be at most 2000 characters long"));
    }
    let old = find(tx, id, None)?;
    let Some(closed_at) = old.closed_at else {
        return Err(Error::Conflict("A conversation can be rated once it is closed.".to_owned()));
    };
    let now = tx.now();
    if let Some(rating) = &old.rating
        && closed_at <= rating.rated_at
        && (rating.score != score || COMMENT_TIME <= now.duration_since(rating.rated_at))
    {
        return Err(Error::Conflict("The conversation was rated already.".to_owned()));
    }
    let sql = concat!(
        "update conversation set rating_score = ?3, rating_comment = ?4, rated_at = ?5,
                updated_at = ?5
         where workspace = ?1 and id = ?2 returning ",
        columns!()
    );
    let values = [(&old.id).into(), score.into(), comment.into(), now.into()];
    let new = tx.first(sql, &values, read)?.ok_or(Error::NotFound("conversation"))?;
    if old.rating != new.rating {
        tell(tx, event::Kind::ConversationRated, &new, None)?;
    }
    Ok(new)
}

/// How many messages of the team a visitor has not read, in their newest conversation.
///
/// # Errors
/// Those of the store.
pub fn unread_by_visitor(tx: &mut ReadTx<'_>, visitor: &VisitorId) -> Result<i64> {
    let Some(last) = super::of_visitor(tx, visitor, 1)?.into_iter().next() else { return Ok(0) };
    let sql = "select count(*) from message where workspace = ?1 and conversation = ?2
               and type in ('operator', 'bot') and read_at is null and deleted_at is null";
    Ok(tx.first(sql, &[(&last.id).into()], |row| row.get::<i64>(0))?.unwrap_or(0))
}
