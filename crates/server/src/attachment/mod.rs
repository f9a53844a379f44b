//! Attachments: files that came with messages. The row is here; the bytes are a blob beside the
//! database, under a random name.

mod blob;
pub mod http;

#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use store::{ReadTx, Row, Tx};
use utoipa::ToSchema;

pub use self::blob::{Blobs, FOLDER, remove_deleted};
use crate::{
    error::{Error, Result},
    id::{self, ConversationId, Id, MessageId, kind},
    secret::SecretKey,
};

/// Names a file that came with a message.
pub type AttachmentId = Id<kind::Attachment>;

/// A file that came with a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attachment {
    /// Names it for good.
    #[schema(value_type = String)]
    pub id: AttachmentId,
    /// Where it is.
    pub url: String,
    /// What it is called.
    pub name: String,
    /// What it is, by its own bytes.
    #[schema(example = "image/png")]
    pub content_type: String,
    /// Bytes.
    pub size: i64,
    /// Of a picture.
    pub width: Option<i64>,
    /// Of a picture.
    pub height: Option<i64>,
}

/// A file as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// What is shown of it.
    pub attachment: Attachment,
    /// Whether a browser may show it, or must save it.
    pub is_inline: bool,
}

/// What was found out about a file that was sent.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// Its name, made safe.
    pub name: String,
    /// What it is.
    pub content_type: &'static str,
    /// Whether a browser may show it.
    pub is_inline: bool,
    /// Bytes.
    pub size: i64,
    /// Of a picture.
    pub dimensions: Option<(u32, u32)>,
}

/// Bytes of one file.
pub const FILE_BYTES_MAX: usize = 25 << 20;
/// Bytes that one visitor may send in a day.
const DAILY_BYTES_MAX: i64 = 200 << 20;
/// How long a file may wait for its message.
const UNUSED_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How long a signed address holds.
const URL_HOLDS: SignedDuration = SignedDuration::from_hours(1);
/// What signed addresses are signed for.
const PURPOSE: &str = "attachment";

macro_rules! columns {
    () => {
        "id, name, content_type, size, width, height, shown"
    };
}

/// Signs the addresses of files for whoever has no key.
#[derive(Clone)]
pub struct Signer(SecretKey);

impl Signer {
    /// Signs with the installation's key.
    pub fn new(key: SecretKey) -> Self {
        Self(key)
    }

    /// An address that holds for an hour.
    pub fn url(&self, tx: &ReadTx<'_>, id: &AttachmentId) -> String {
        let until = (tx.now() + URL_HOLDS).as_second();
        let workspace = tx.scope().workspace();
        let signature = self.0.sign(PURPOSE, &format!("{workspace} {id} {until}"));
        format!("/files/{workspace}/{id}?until={until}&signature={signature}")
    }

    /// Whether such an address is one of ours, and still holds.
    pub fn holds(&self, workspace: &str, id: &str, until: i64, signature: &str) -> bool {
        self.0.is_signed(PURPOSE, &format!("{workspace} {id} {until}"), signature)
    }
}

/// Keeps what is known of a file whose bytes are about to be kept.
///
/// # Errors
/// When its sender sent too much today.
pub fn create(
    tx: &mut Tx<'_>,
    id: &AttachmentId,
    file: &NewFile,
    uploader: &str,
) -> Result<Attachment> {
    let now = tx.now();
    let sql = "select cast(coalesce(sum(size), 0) as bigint) from attachment
               where workspace = ?1 and uploader = ?2 and created_at > ?3";
    let day_ago = now - SignedDuration::from_hours(24);
    let sent = tx.first(sql, &[uploader.into(), day_ago.into()], |row| row.get::<i64>(0))?;
    if uploader.starts_with("vis_") && DAILY_BYTES_MAX < sent.unwrap_or(0) + file.size {
        return Err(Error::Conflict("Too many files were sent today: try tomorrow.".to_owned()));
    }
    let (width, height) = match file.dimensions {
        Some((width, height)) => (Some(i64::from(width)), Some(i64::from(height))),
        None => (None, None),
    };
    let sql = concat!(
        "insert into attachment (workspace, id, name, content_type, size, width, height, shown,
                                 uploader, created_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) returning ",
        columns!()
    );
    let values = [
        id.into(),
        (&file.name).into(),
        file.content_type.into(),
        file.size.into(),
        width.into(),
        height.into(),
        if file.is_inline { "inline" } else { "download" }.into(),
        uploader.into(),
        now.into(),
    ];
    let made = tx.first(sql, &values, read)?;
    made.map(|kept| kept.attachment).ok_or_else(|| Error::internal("the file was not kept"))
}

/// The files of these ids, which `uploader` sent and nobody has used yet.
///
/// # Errors
/// When one of them is not there, is somebody else's, or is used already.
pub fn take(tx: &mut ReadTx<'_>, ids: &[AttachmentId], uploader: &str) -> Result<Vec<Attachment>> {
    let sql = concat!(
        "select ",
        columns!(),
        " from attachment where workspace = ?1 and id = ?2 and uploader = ?3
          and message is null and deleted_at is null"
    );
    ids.iter()
        .map(|id| {
            let found = tx.first(sql, &[id.into(), uploader.into()], read)?;
            let problem = "must be files that you uploaded and have not used yet";
            let found = found.ok_or_else(|| Error::invalid("attachments", problem))?;
            Ok(found.attachment)
        })
        .collect()
}

/// They came with this message.
///
/// # Errors
/// Those of the store.
pub fn put_into(
    tx: &mut Tx<'_>,
    ids: &[AttachmentId],
    conversation: &ConversationId,
    message: &MessageId,
) -> Result<()> {
    let sql = "update attachment set conversation = ?3, message = ?4
               where workspace = ?1 and id = ?2";
    ids.iter()
        .try_for_each(|id| Ok(tx.run(sql, &[id.into(), conversation.into(), message.into()])?))
}

/// The file that `id` names.
///
/// # Errors
/// When there is none.
pub fn find(tx: &mut ReadTx<'_>, id: &AttachmentId) -> Result<Kept> {
    let sql = concat!(
        "select ",
        columns!(),
        " from attachment where workspace = ?1 and id = ?2 and deleted_at is null"
    );
    tx.first(sql, &[id.into()], read)?.ok_or(Error::NotFound("attachment"))
}

/// Gives up the files of a message: their bytes go in a moment.
///
/// # Errors
/// Those of the store.
pub fn remove_of(tx: &mut Tx<'_>, message: &MessageId) -> Result<()> {
    let now = tx.now();
    let sql = "update attachment set deleted_at = ?3 where workspace = ?1 and message = ?2";
    tx.run(sql, &[message.into(), now.into()])?;
    tx.nudge();
    Ok(())
}

/// Gives a file up that could not be kept.
///
/// # Errors
/// Those of the store.
pub fn give_up(tx: &mut Tx<'_>, id: &AttachmentId) -> Result<()> {
    let now = tx.now();
    let sql = "update attachment set deleted_at = ?3 where workspace = ?1 and id = ?2";
    Ok(tx.run(sql, &[id.into(), now.into()])?)
}

/// Gives up to `limit` files up that wait for their message in vain. Says whether some were left.
///
/// # Errors
/// Those of the store.
pub fn give_up_unused(tx: &mut Tx<'_>, limit: i64) -> Result<bool> {
    let now = tx.now();
    let before: Timestamp = now - UNUSED_KEPT;
    let sql = "update attachment set deleted_at = ?3 where workspace = ?1 and id in (
                   select id from attachment where workspace = ?1 and message is null
                   and deleted_at is null and created_at < ?2 limit ?4) returning id";
    let values = [before.into(), now.into(), limit.into()];
    let gone = tx.all(sql, &values, |row| row.get::<String>(0))?;
    if !gone.is_empty() {
        tx.nudge();
    }
    Ok(limit <= i64::try_from(gone.len()).unwrap_or(limit))
}

fn read(row: &Row) -> Result<Kept> {
    let id: AttachmentId = row.get(0)?;
    Ok(Kept {
        attachment: Attachment {
            url: format!("/v1/attachments/{id}/content"),
            id,
            name: row.get(1)?,
            content_type: row.get(2)?,
            size: row.get(3)?,
            width: row.get(4)?,
            height: row.get(5)?,
        },
        is_inline: row.get::<String>(6)? == "inline",
    })
}

/// A name for a new file, made before its row is.
pub fn new_id(now: Timestamp, random: u128) -> AttachmentId {
    id::Id::new(now, random)
}
