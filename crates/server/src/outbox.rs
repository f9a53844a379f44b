//! What is to leave the building: written in the transaction of its cause, sent after it.
//!
//! Until there is a mail connector a notice is sent by writing it, as a mail, into the folder
//! `outbox` beside the database.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use axum::{extract::State, http::StatusCode};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::{Deserialize, Serialize};
use store::{ReadTx, Scope, Store, Tx};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    email::Email,
    error::{Error, Result},
    http::{App, Body, Data, Scoped, needs},
    id::{self, Id, kind},
    operator, time,
};

/// How mail leaves.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Mail {
    /// `folder`: each mail is written as a file, and leaves when somebody takes it from there.
    #[schema(example = "folder")]
    pub connector: &'static str,
    /// The folder, in the folder of the server's data.
    #[schema(example = "outbox")]
    pub folder: &'static str,
    /// Mails that could not be written so far; 100 at most are counted.
    pub waiting_count: i64,
    /// Why not, of the oldest of them.
    pub problem: Option<String>,
    /// When the last mail was written.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_sent_at: Option<jiff::Timestamp>,
    /// The last one that was written to try it.
    pub last_test: Option<MailTest>,
}

/// A mail that was written to try it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MailTest {
    /// Names it: its file is called so.
    #[schema(value_type = String)]
    pub id: Id<kind::Notice>,
    /// To whom.
    pub recipient: String,
    /// When it was asked for.
    #[serde(serialize_with = "time::whole_seconds")]
    #[schema(value_type = String, format = DateTime)]
    pub created_at: jiff::Timestamp,
    /// When it was written; `null` while it was not.
    #[serde(serialize_with = "time::whole_seconds_opt")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub sent_at: Option<jiff::Timestamp>,
    /// Why it could not be written so far, and what to do.
    pub problem: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[schema(as = NewMailTest)]
struct NewTest {
    /// To whom: to yourself without it, if you are signed in.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Email, max_length = 254)]
    email: Option<Email>,
}

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

/// What a mail is about that was written to try it.
const TEST: &str = "test";

/// The routes of this slice.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(find_mail)).routes(routes!(test_mail))
}

/// Get how mail leaves
///
/// What is configured, and what became of the last mail that was sent to try it.
#[utoipa::path(get, path = "/v1/mail", operation_id = "getMail", tag = "Settings",
    responses((status = 200, body = Data<Mail>)))]
async fn find_mail(State(app): State<App>, key: Scoped<needs::Admin>) -> Result<Data<Mail>> {
    Ok(Data(app.store.read(&key.scope, state).await?))
}

/// Send a mail to try it
///
/// It goes the way of every mail. `GET /v1/mail` says what became of it.
#[utoipa::path(post, path = "/v1/mail/test", operation_id = "testMail", tag = "Settings",
    request_body = NewTest, responses((status = 202, body = Data<MailTest>)))]
async fn test_mail(
    State(app): State<App>,
    key: Scoped<needs::Admin>,
    Body(new): Body<NewTest>,
) -> Result<(StatusCode, Data<MailTest>)> {
    let own = key.asker.pass.operator.clone();
    let write = app.store.write(&key.scope, move |tx| {
        let recipient = match (new.email, own) {
            (Some(email), _) => email.as_given().to_owned(),
            (None, Some(own)) => operator::find(tx, &own)?.email,
            (None, None) => return Err(Error::Missing("email")),
        };
        let body = "This is a test: mail of Switchboard comes this far.";
        put(tx, &recipient, "A test of Switchboard's mail", body, TEST)?;
        last_test(tx)?.ok_or_else(|| Error::internal("the mail was not written down"))
    });
    Ok((StatusCode::ACCEPTED, Data(write.await?)))
}

fn state(tx: &mut ReadTx<'_>) -> Result<Mail> {
    let sql = "select problem from outbox where workspace = ?1 and sent_at is null
               and erased_at is null order by id limit ?2";
    let waiting = tx.all(sql, &[BATCH.into()], |row| row.get::<Option<String>>(0))?;
    let sql = "select max(sent_at) from outbox where workspace = ?1";
    let last_sent_at = tx.first(sql, &[], |row| row.get::<Option<jiff::Timestamp>>(0))?.flatten();
    Ok(Mail {
        connector: "folder",
        folder: FOLDER,
        waiting_count: i64::try_from(waiting.len()).unwrap_or(BATCH),
        problem: waiting.into_iter().flatten().next(),
        last_sent_at,
        last_test: last_test(tx)?,
    })
}

fn last_test(tx: &mut ReadTx<'_>) -> Result<Option<MailTest>> {
    let sql = "select id, recipient, created_at, sent_at, problem from outbox
               where workspace = ?1 and about = ?2 order by created_at desc, id desc limit 1";
    tx.first(sql, &[TEST.into()], |row| {
        Ok(MailTest {
            id: row.get(0)?,
            recipient: row.get(1)?,
            created_at: row.get(2)?,
            sent_at: row.get(3)?,
            problem: row.get(4)?,
        })
    })
}

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
        let to = folder.clone();
        let written = tokio::task::spawn_blocking(move || write_file(&to, &notice)).await;
        if let Err(error) = written.map_err(Error::internal)? {
            let problem = what_to_do(&error);
            store.write(&scope, move |tx| note_problem(tx, &id, &problem)).await?;
            return Err(Error::internal(error));
        }
        let note = store.write(&scope, move |tx| {
            let now = tx.now();
            let sql =
                "update outbox set sent_at = ?3, problem = null where workspace = ?1 and id = ?2";
            Ok::<_, Error>(tx.run(sql, &[(&id).into(), now.into()])?)
        });
        note.await?;
    }
    Ok(is_all && is_clean)
}

/// Why a mail could not be written, for whoever can do something about it.
fn what_to_do(error: &std::io::Error) -> String {
    let fix = match error.kind() {
        std::io::ErrorKind::PermissionDenied => "let the user that the program runs as write there",
        std::io::ErrorKind::StorageFull => "free some space on that disk",
        _ => "look whether it is a folder, and whether its disk is there",
    };
    format!(
        "The folder '{FOLDER}' in the folder of the server's data cannot be written ({error}): {fix}. \
         It is tried again by itself."
    )
}

/// Says why a notice is still there, and leaves it to whoever tries next.
fn note_problem(tx: &mut Tx<'_>, id: &Id<kind::Notice>, problem: &str) -> Result<()> {
    let sql =
        "update outbox set problem = ?3, leased_until = null where workspace = ?1 and id = ?2";
    Ok(tx.run(sql, &[id.into(), problem.into()])?)
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
    use expect_test::expect;

    use super::*;
    use crate::testing::{Ask, Stage, block_on, check, databases};

    #[test]
    fn a_header_stays_a_header() {
        assert_eq!(header("New lead: Ada\r\nBcc: x"), "New lead: Ada  Bcc: x");
        assert_eq!(header("Zoë"), "=?utf-8?B?Wm/Dqw==?=");
        let long = header(&"東".repeat(40));
        let words: Vec<&str> = long.split("\r\n ").collect();
        assert!(words.len() == 3 && words.iter().all(|word| word.len() <= 75), "{long}");
    }

    #[test]
    fn a_test_goes_the_way_of_every_mail() {
        check(
            r#"
            GET /v1/mail
            POST /v1/mail/test {}
            POST /v1/mail/test {"email": "ada@example.com"}
            settle
            GET /v1/mail
            mails
            "#,
            &expect![[r#"
                > GET /v1/mail
                200 OK
                {"data":{"connector":"folder","folder":"outbox","waiting_count":0,"problem":null,"last_sent_at":null,"last_test":null}}
                > POST /v1/mail/test {}
                422 Unprocessable Entity
                {"error":{"type":"validation_error","code":"missing_parameter","message":"The 'email' field is required.","param":"email","status":422,"request_id":"req_…"}}
                > POST /v1/mail/test {"email": "ada@example.com"}
                202 Accepted
                {"data":{"id":"ntc_1","recipient":"ada@example.com","created_at":"2026-01-01T00:00:03Z","sent_at":null,"problem":null}}
                > settle
                > GET /v1/mail
                200 OK
                {"data":{"connector":"folder","folder":"outbox","waiting_count":0,"problem":null,"last_sent_at":"2026-01-01T00:00:03Z","last_test":{"id":"ntc_1","recipient":"ada@example.com","created_at":"2026-01-01T00:00:03Z","sent_at":"2026-01-01T00:00:03Z","problem":null}}}
                > mails
                To: ada@example.com
                Subject: A test of Switchboard's mail
                Date: Thu, 01 Jan 2026 00:00:03 +0000
                Message-ID: <ntc_1@switchboard>
                Content-Type: text/plain; charset=utf-8

                This is a test: mail of Switchboard comes this far.
            "#]],
        );
    }

    #[test]
    fn why_a_mail_cannot_be_written_is_said_until_it_is() {
        block_on(async {
            for database in databases() {
                let stage = Stage::set(&database).await;
                let folder = stage.app.config.data.join(FOLDER);
                std::fs::create_dir_all(&stage.app.config.data).unwrap();
                // What stands in the way is a file.
                std::fs::write(&folder, "").unwrap();
                let ask = async |method: &str, path: &str, body: &str| {
                    let answer =
                        stage.send("admin", Ask { method, path, headers: &[], body }).await;
                    serde_json::from_str::<serde_json::Value>(&answer.body).unwrap()["data"].clone()
                };
                ask("POST", "/v1/mail/test", r#"{"email": "ada@example.com"}"#).await;
                assert!(send(&stage.app.store, folder.clone()).await.is_err());
                let mail = ask("GET", "/v1/mail", "").await;
                assert_eq!(mail["waiting_count"], 1);
                let problem = mail["last_test"]["problem"].as_str().unwrap();
                assert!(problem.contains("look whether it is a folder"), "{problem}");
                assert_eq!(mail["problem"], problem);
                std::fs::remove_file(&folder).unwrap();
                assert!(send(&stage.app.store, folder).await.unwrap());
                let test = ask("GET", "/v1/mail", "").await["last_test"].clone();
                assert!(test["sent_at"].is_string() && test["problem"].is_null(), "{test}");
            }
        });
    }
}
