//! What operators have typed and not sent: kept apart for replies and for notes, and for each of them
//! alone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{ReadTx, Row, Tx};
use utoipa::ToSchema;

use super::find;
use crate::{
    error::{Error, Result},
    id::{ConversationId, OperatorId},
    time,
};

/// Who will read what is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DraftMode {
    /// The visitor.
    Reply,
    /// The team.
    Note,
}

/// Something that an operator has typed and not sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Draft {
    /// Where it would be said.
    pub conversation_id: ConversationId,
    /// Who would read it.
    pub mode: DraftMode,
    /// What was typed; empty if there is nothing any more.
    pub body: String,
    /// Counts the changes; 0 if there is nothing any more.
    pub version: i64,
    /// When it last changed.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// What was typed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[schema(example = json!({ "mode": "reply", "body": "Hello Ada, " }))]
pub struct NewDraft {
    /// Who would read it.
    pub mode: DraftMode,
    /// All of it: at most 10,000 characters. Nothing but blanks forgets the draft.
    #[schema(max_length = 10000)]
    pub body: String,
    /// The version that was changed, 0 for none: if there is another one by now, this is refused with
    /// 409. Without it, what is there is overwritten.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 0)]
    pub version: Option<i64>,
}

const BODY_CHARS_MAX: usize = 10_000;
/// Drafts that one operator is shown, the newest first.
const DRAFTS_MAX: i64 = 500;

impl DraftMode {
    fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Note => "note",
        }
    }
}

fn read(row: &Row) -> Result<Draft> {
    let mode: String = row.get(1)?;
    Ok(Draft {
        conversation_id: row.get(0)?,
        mode: if mode == "note" { DraftMode::Note } else { DraftMode::Reply },
        body: row.get(2)?,
        version: row.get(3)?,
        updated_at: row.get(4)?,
    })
}

/// What an operator has typed and not sent, newest first; in one conversation or in all.
///
/// # Errors
/// Those of the store.
pub fn drafts(
    tx: &mut ReadTx<'_>,
    operator: &OperatorId,
    conversation: Option<&ConversationId>,
) -> Result<Vec<Draft>> {
    let sql = "select conversation, mode, body, version, updated_at from draft
               where workspace = ?1 and operator = ?2 and (?3 = '' or conversation = ?3)
               order by updated_at desc, conversation desc, mode limit ?4";
    let only = conversation.map_or("", |id| id.as_str());
    tx.all(sql, &[operator.into(), only.into(), DRAFTS_MAX.into()], read)
}

/// Keeps what an operator has typed.
///
/// # Errors
/// When there is no such conversation, it is too long, or another version was kept meanwhile.
pub fn keep_draft(
    tx: &mut Tx<'_>,
    id: &ConversationId,
    operator: &OperatorId,
    new: &NewDraft,
) -> Result<Draft> {
    if BODY_CHARS_MAX < new.body.chars().count() || new.body.contains('\0') {
        return Err(Error::invalid("body", "must be at most 10000 characters long"));
    }
    let conversation = find(tx, id, None)?;
    let key = [operator.into(), (&conversation.id).into(), new.mode.as_str().into()];
    let sql = "select version from draft
               where workspace = ?1 and operator = ?2 and conversation = ?3 and mode = ?4";
    let known = tx.first(sql, &key, |row| row.get::<i64>(0))?.unwrap_or(0);
    if new.version.is_some_and(|version| version != known) {
        return Err(Error::Conflict(
            "The draft was changed on another device: look at both before you keep one.".to_owned(),
        ));
    }
    let now = tx.now();
    if new.body.trim().is_empty() {
        let sql = "delete from draft
                   where workspace = ?1 and operator = ?2 and conversation = ?3 and mode = ?4";
        tx.run(sql, &key)?;
        let (conversation_id, mode) = (conversation.id, new.mode);
        return Ok(Draft {
            conversation_id,
            mode,
            body: String::new(),
            version: 0,
            updated_at: now,
        });
    }
    let sql =
        "insert into draft (workspace, operator, conversation, mode, body, version, updated_at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
               on conflict (workspace, operator, conversation, mode) do update set
                   body = excluded.body, version = excluded.version,
                   updated_at = excluded.updated_at
               returning conversation, mode, body, version, updated_at";
    let [operator, conversation, mode] = key;
    let values = [operator, conversation, mode, (&new.body).into(), (known + 1).into(), now.into()];
    let kept = tx.first(sql, &values, read)?;
    kept.ok_or_else(|| Error::internal("the draft was not kept"))
}
