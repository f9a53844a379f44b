//! The search through all that was ever said.

use store::{ReadTx, Tx, Word};

use super::message::{self, Message};
use crate::{
    error::Result,
    event::{
        Entry,
        reader::{Cursor, Reader},
    },
    id::kind,
    page::{Page, Paging, Total},
};

/// The search's word for messages.
pub(super) const KIND: &str = "msg";

/// Makes messages found by their words.
pub const INDEX: Reader = Reader {
    cursor: Cursor {
        name: "message_index",
        kinds: &["message.created", "message.updated", "note.created"],
        batch: 128,
    },
    take,
};

/// Messages that a search counts.
const HITS_COUNTED_MAX: i64 = 1_000;

fn take(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<()> {
    for entry in entries {
        #[derive(serde::Deserialize)]
        struct Named {
            id: String,
        }
        let Ok(named) = serde_json::from_str::<Named>(entry.payload.get()) else { continue };
        // What was deleted meanwhile is not to be found.
        let sql = "select document, body from message
                   where workspace = ?1 and id = ?2 and deleted_at is null";
        let found = tx.first(sql, &[(&named.id).into()], |row| {
            Ok::<_, crate::error::Error>((row.get::<i64>(0)?, row.get::<String>(1)?))
        })?;
        if let Some((document, body)) = found {
            tx.search_put(KIND, document, &body)?;
        }
    }
    Ok(())
}

/// A page of the messages that have all of `words`, newest first, over all time.
///
/// # Errors
/// Those of the store.
pub fn search(
    tx: &mut ReadTx<'_>,
    words: &[Word],
    paging: &Paging<kind::Message>,
) -> Result<Page<Message>> {
    if words.is_empty() {
        return paging.answer(Vec::new(), |message: &Message| &message.id, || Ok(Total::exact(0)));
    }
    let before = match paging {
        Paging::Cursor { after: Some(after), .. } => {
            let sql = "select document from message where workspace = ?1 and id = ?2";
            Some(tx.first(sql, &[after.into()], |row| row.get::<i64>(0))?.unwrap_or(0))
        }
        _ => None,
    };
    let wanted = paging.offset() + paging.rows();
    let mut documents = tx.search(KIND, words, before, wanted)?;
    let skipped = usize::try_from(paging.offset()).unwrap_or(0).min(documents.len());
    let documents = documents.split_off(skipped);
    let found = message::by_documents(tx, &documents)?;
    paging.answer(
        found,
        |message| &message.id,
        || {
            let count = tx.search_count(KIND, words, HITS_COUNTED_MAX + 1)?;
            let is_estimate = HITS_COUNTED_MAX < count;
            Ok(Total { count: count.min(HITS_COUNTED_MAX), is_estimate })
        },
    )
}
