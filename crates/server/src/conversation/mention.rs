//! Whom notes name: they find the conversation under their mentions until they have read it.

use store::Tx;

use crate::{
    error::{Error, Result},
    id::{ConversationId, MessageId, OperatorId},
    operator,
};

/// Operators that one note may name.
pub(super) const MENTIONS_MAX: usize = 20;

/// Takes down that a note names `operators`.
///
/// # Errors
/// When one of them is none of this workspace.
pub(super) fn remember(
    tx: &mut Tx<'_>,
    conversation: &ConversationId,
    message: &MessageId,
    operators: &[OperatorId],
) -> Result<()> {
    let sql = "insert into mention (workspace, operator, conversation, message, created_at)
               values (?1, ?2, ?3, ?4, ?5)
               on conflict (workspace, operator, conversation, message) do nothing";
    let now = tx.now();
    for id in operators {
        if !operator::exists(tx, id)? {
            return Err(Error::invalid("mentions", "must name operators of this workspace"));
        }
        tx.run(sql, &[id.into(), conversation.into(), message.into(), now.into()])?;
    }
    Ok(())
}

/// Somebody has read what names them.
///
/// # Errors
/// Those of the store.
pub(super) fn mark_seen(
    tx: &mut Tx<'_>,
    conversation: &ConversationId,
    operator: &OperatorId,
) -> Result<()> {
    let sql = "update mention set seen_at = ?4
               where workspace = ?1 and operator = ?2 and conversation = ?3 and seen_at is null";
    let now = tx.now();
    Ok(tx.run(sql, &[operator.into(), conversation.into(), now.into()])?)
}
