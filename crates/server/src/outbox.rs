//! What is to leave the building: written in the transaction of its cause, sent after it.
//!
//! Until there is a mail connector a notice is sent by writing it, as a mail, into the folder
//! `outbox` beside the database.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use store::{Scope, Store, Tx};

use crate::{
    error::{Error, Result},
    id::{self, Id, kind},
};

/// A mail to one recipient.
#[derive(Clone, Debug)]
pub struct Notice {
    workspace: String,
    id: Id<kind::Notice>,
    recipient: String,
    subject: String,
    body: String,
    created_at: jiff::Timestamp,
}

/// Where mails are written to, in the folder of the data.
pub const FOLDER: &str = "outbox";
/// Notices that are sent in one go.
const BATCH: i64 = 100;
/// How long a node has for one notice. It is sent again if the node fails meanwhile.
const LEASE: jiff::SignedDuration = jiff::SignedDuration::from_secs(60);
/// How long a notice that was sent is kept.
pub const KEPT: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 30);

/// Writes a mail to `recipient`, to be sent once this is committed. `about` is whom it names.
///
/// # Errors
/// Those of the store.
pub fn put(tx: &mut Tx<'_>, recipient: &str, subject: &str, body: &str, about: &str) -> Result<()> {
    let (id, now): (Id<kind::Notice>, _) = (id::new(tx), tx.now());
    let sql = "insert into outbox (workspace, id, recipient, subject, body, about, created_at)
               values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let values =
        [(&id).into(), recipient.into(), subject.into(), body.into(), about.into(), now.into()];
    tx.run(sql, &values)?;
    tx.nudge();
    Ok(())
}

/// Sends what is unsent and removes what was erased, and says whether that was all. What cannot be
/// done now is tried again later.
///
/// # Errors
/// Those of the store, and of the folder.
pub async fn send(store: &Store, folder: PathBuf) -> Result<bool> {
    let is_clean = remove_erased(store, &folder).await?;
    let unsent = store.system_read(|tx| {
        let sql = "select workspace, id, recipient, subject, body, created_at from outbox
                   where sent_at is null and erased_at is null order by workspace, id limit ?1";
        tx.all(sql, &[BATCH.into()], |row| {
            Ok::<_, Error>(Notice {
                workspace: row.get(0)?,
                id: row.get(1)?,
                recipient: row.get(2)?,
                subject: row.get(3)?,
                body: row.get(4)?,
                created_at: row.get(5)?,
            })
        })
    });
    let unsent = unsent.await?;
    let is_all = i64::try_from(unsent.len()).is_ok_and(|count| count < BATCH);
    for notice in unsent {
        let (scope, id) = (Scope::new(&notice.workspace).in_background(), notice.id.clone());
        let lease = id.clone();
        if !store.write(&scope, move |tx| claim(tx, &lease)).await? {
            continue;
        }
        let folder = folder.clone();
        let written = tokio::task::spawn_blocking(move || write_file(&folder, &notice)).await;
        written.map_err(Error::internal)?.map_err(Error::internal)?;
        let note = store.write(&scope, move |tx| {
            let now = tx.now();
            let sql = "update outbox set sent_at = ?3 where workspace = ?1 and id = ?2";
            Ok::<_, Error>(tx.run(sql, &[(&id).into(), now.into()])?)
        });
        note.await?;
    }
    Ok(is_all && is_clean)
}

/// Takes a notice for this node, for a while. `false` if another one is at it, or it is gone.
fn claim(tx: &mut Tx<'_>, id: &Id<kind::Notice>) -> Result<bool> {
    let now = tx.now();
    let sql = "update outbox set leased_until = ?3
               where workspace = ?1 and id = ?2 and sent_at is null and erased_at is null
               and (leased_until is null or leased_until < ?4) returning id";
    let values = [id.into(), (now + LEASE).into(), now.into()];
    Ok(tx.first(sql, &values, |row| row.get::<String>(0))?.is_some())
}

/// Takes the files away first and the rows after them: what is left half-way is done again.
async fn remove_erased(store: &Store, folder: &Path) -> Result<bool> {
    let erased = store.system_read(|tx| {
        let sql = "select workspace, id from outbox where erased_at is not null
                   order by workspace, id limit ?1";
        tx.all(sql, &[BATCH.into()], |row| {
            Ok::<_, Error>((row.get::<String>(0)?, row.get::<Id<kind::Notice>>(1)?))
        })
    });
    let erased = erased.await?;
    let is_all = i64::try_from(erased.len()).is_ok_and(|count| count < BATCH);
    for (workspace, id) in erased {
        let path = folder.join(format!("{id}.eml"));
        let removed = tokio::task::spawn_blocking(move || std::fs::remove_file(path)).await;
        match removed.map_err(Error::internal)? {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::internal(error));
            }
            Ok(()) | Err(_) => {}
        }
        let remove = store.write(&Scope::new(&workspace).in_background(), move |tx| {
            let sql = "delete from outbox where workspace = ?1 and id = ?2";
            Ok::<_, Error>(tx.run(sql, &[(&id).into()])?)
        });
        remove.await?;
    }
    Ok(is_all)
}

/// Written twice, it is the same file.
fn write_file(folder: &Path, notice: &Notice) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let date = notice.created_at.strftime("%a, %d %b %Y %H:%M:%S +0000");
    let text = format!(
        "To: {}\r\nSubject: {}\r\nDate: {date}\r\nMessage-ID: <{}@switchboard>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n",
        header(&notice.recipient),
        header(&notice.subject),
        notice.id,
        notice.body.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n")
    );
    let path = folder.join(format!("{}.eml", notice.id));
    let unfinished = path.with_extension("tmp");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    // It is about people: nobody else on this machine is to read it.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(unfinished, path)
}

/// Bytes of one encoded word of a header, before its encoding.
const WORD_BYTES_MAX: usize = 45;

/// A line of a header, which what people typed cannot leave: in words of RFC 2047 where it has letters
/// that no header has.
fn header(text: &str) -> String {
    let text = text.replace(|c: char| c.is_control(), " ");
    if text.is_ascii() {
        return text;
    }
    let (mut words, mut word) = (Vec::new(), String::new());
    for c in text.chars() {
        if WORD_BYTES_MAX < word.len() + c.len_utf8() {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    let encode = |word: String| format!("=?utf-8?B?{}?=", BASE64.encode(word));
    words.into_iter().map(encode).collect::<Vec<_>>().join("\r\n ")
}

/// Forgets what was written about someone who was erased: the words now, the files and the rows soon.
///
/// # Errors
/// Those of the store.
pub fn forget(tx: &mut Tx<'_>, about: &str) -> Result<()> {
    let now = tx.now();
    let sql =
        "update outbox set recipient = '', subject = '', body = '', about = '', erased_at = ?3
               where workspace = ?1 and about = ?2";
    tx.run(sql, &[about.into(), now.into()])?;
    tx.nudge();
    Ok(())
}

/// Lets up to `limit` notices go that were sent before `before`. Says whether some were left.
///
/// # Errors
/// Those of the store.
pub fn age_out(tx: &mut Tx<'_>, before: jiff::Timestamp, limit: i64) -> Result<bool> {
    let sql = "update outbox set erased_at = ?2 where workspace = ?1 and id in (
                   select id from outbox where workspace = ?1 and sent_at < ?2
                   and erased_at is null order by id limit ?3)
               returning id";
    let gone = tx.all(sql, &[before.into(), limit.into()], |row| row.get::<String>(0))?;
    Ok(i64::try_from(gone.len()).is_ok_and(|count| count == limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_stays_a_header() {
        assert_eq!(header("New lead: Ada\r\nBcc: x"), "New lead: Ada  Bcc: x");
        assert_eq!(header("Zoë"), "=?utf-8?B?Wm/Dqw==?=");
        let long = header(&"東".repeat(40));
        let words: Vec<&str> = long.split("\r\n ").collect();
        assert!(words.len() == 3 && words.iter().all(|word| word.len() <= 75), "{long}");
    }
}
