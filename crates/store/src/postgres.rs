//! PostgreSQL: many lanes, many nodes.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use tokio::runtime::{self, Runtime};
use tokio_postgres::{
    Client, Config, NoTls, Statement,
    config::{Host, SslMode},
    types::{IsNull, ToSql, Type, private::BytesMut},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::{
    Durability, Value,
    error::{Error, Result},
    tx::Row,
};

/// A connection, which is driven while someone waits for it and at no other time.
pub(crate) struct Postgres {
    runtime: Runtime,
    client: Arc<Client>,
    prepared: BTreeMap<String, Statement>,
    /// What was sent and is not answered yet, in its order.
    sent: Vec<Sent>,
    /// What was refused since the last time that something was undone.
    failure: Option<Error>,
}

type Answer = Result<(), tokio_postgres::Error>;
type Sent = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// The first of the two numbers of our advisory locks; the second is the lane.
const APPLICATION: i32 = 0x5342;
/// Above the number of fixed statements; what is put together may push others out.
const STATEMENTS_MAX: usize = 1024;
/// Statements under way without an answer. The next one waits for all of them.
const SENT_MAX: usize = 256;
/// The oldest server that has everything we ask for.
const VERSION_MIN: i32 = 150_000;

impl Postgres {
    pub(crate) fn open(
        url: &str,
        authorities: Option<&str>,
        durability: Durability,
    ) -> Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(Error::internal)?;
        let (config, tls) = read_url(url, authorities)?;
        let client = runtime.block_on(async {
            Ok::<_, tokio_postgres::Error>(if let Some(tls) = tls {
                let (client, connection) = config.connect(tls).await?;
                // How it ends is seen by whoever asks next.
                runtime.spawn(async { drop(connection.await) });
                client
            } else {
                let (client, connection) = config.connect(NoTls).await?;
                runtime.spawn(async { drop(connection.await) });
                client
            })
        });
        let client = Arc::new(client.map_err(unreachable)?);
        let (prepared, sent) = (BTreeMap::new(), Vec::new());
        let mut conn = Self { runtime, client, prepared, sent, failure: None };
        conn.batch(
            "set statement_timeout = '30s'; set lock_timeout = '30s';
             set idle_in_transaction_session_timeout = '60s'; set timezone = 'UTC';
             set client_min_messages = warning; set synchronous_commit = on",
        )?;
        if durability == Durability::Loose {
            conn.batch("set synchronous_commit = off")?;
        }
        Ok(conn)
    }

    pub(crate) fn begin_write(&mut self, lane: u8) -> Result<()> {
        self.batch(&format!(
            "begin isolation level read committed read write;
             select pg_advisory_xact_lock({APPLICATION}, {lane})"
        ))
    }

    /// Runs statements without values, and waits for whatever was sent before.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        let client = Arc::clone(&self.client);
        self.wait_for(client.batch_execute(sql))
    }

    /// Runs a statement, and waits for it and for whatever was sent before.
    pub(crate) fn query(
        &mut self,
        sql: &str,
        workspace: Option<&Value>,
        values: &[Value],
    ) -> Result<Vec<Row>> {
        let statement = self.prepare(sql)?;
        let params: Vec<&(dyn ToSql + Sync)> =
            workspace.into_iter().chain(values).map(as_param).collect();
        let client = Arc::clone(&self.client);
        let rows = self.wait_for(client.query(&statement, &params))?;
        rows.iter().map(|row| Ok(Row::new(from_postgres(row)?))).collect()
    }

    /// Sends a statement without waiting for its answer: a round trip saved. Should it be refused,
    /// whatever is waited for next tells.
    pub(crate) fn send(
        &mut self,
        sql: &str,
        workspace: Option<&Value>,
        values: &[Value],
    ) -> Result<()> {
        let statement = self.prepare(sql)?;
        let values: Vec<Value> = workspace.into_iter().chain(values).cloned().collect();
        let client = Arc::clone(&self.client);
        self.start(async move { client.execute_raw(&statement, values).await.map(drop) })
    }

    /// The same for the fixed words of transactions.
    pub(crate) fn send_batch(&mut self, sql: &'static str) -> Result<()> {
        let client = Arc::clone(&self.client);
        self.start(async move { client.batch_execute(sql).await })
    }

    /// Waits for all that was sent.
    pub(crate) fn flush(&mut self) -> Result<()> {
        if self.sent.is_empty() { Ok(()) } else { self.wait_for(std::future::ready(Ok(()))) }
    }

    /// What was refused since the last time that something was undone.
    pub(crate) fn failure(&self) -> Option<&Error> {
        self.failure.as_ref()
    }

    fn start(&mut self, answer: impl Future<Output = Answer> + Send + 'static) -> Result<()> {
        if SENT_MAX <= self.sent.len() {
            self.flush()?;
        }
        let mut answer: Sent = Box::pin(answer);
        // The first look at it sends it.
        match answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => self.note(answer),
            Poll::Pending => {
                self.sent.push(answer);
                Ok(())
            }
        }
    }

    /// Undoes something: whatever became of what was sent, nobody asks any more.
    pub(crate) fn undo(&mut self, sql: &str) -> Result<()> {
        self.sent.clear();
        self.failure = None;
        self.batch(sql)
    }

    /// Remembers a refusal: until something is undone there will be no other answer.
    fn note<T>(&mut self, answer: Result<T, tokio_postgres::Error>) -> Result<T> {
        answer.map_err(|error| {
            let error = Error::from(error);
            self.failure =
                Some(if matches!(error, Error::Full) { Error::Full } else { Error::Busy });
            error
        })
    }

    fn wait_for<T>(
        &mut self,
        answer: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T> {
        let sent = std::mem::take(&mut self.sent);
        // The answer is looked at first, which sends it behind the others.
        let (answer, settled) =
            self.runtime.block_on(async { tokio::join!(biased; answer, settle(sent)) });
        // Once one was refused, all later ones are.
        self.note(settled)?;
        self.note(answer)
    }

    fn prepare(&mut self, sql: &str) -> Result<Statement> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        if STATEMENTS_MAX <= self.prepared.len() {
            self.prepared.clear();
        }
        let client = Arc::clone(&self.client);
        let statement = self.wait_for(client.prepare(&sql.replace('?', "$")))?;
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// What would make an acknowledged write less than durable, or a list differently ordered.
    pub(crate) fn check_server(&mut self) -> Result<()> {
        // Throw-away servers of tests run so, and nothing that is released does.
        let allow_loose = cfg!(debug_assertions);
        let client = Arc::clone(&self.client);
        let row = self.wait_for(client.query_one(
            "select current_setting('server_version_num')::int4, current_setting('fsync'),
                    current_setting('full_page_writes'), pg_is_in_recovery()::text,
                    (select datcollate from pg_database where datname = current_database()),
                    current_setting('server_encoding'),
                    (select datlocprovider = 'i' from pg_database
                     where datname = current_database())::text",
            &[],
        ))?;
        let text = |column| row.get::<_, String>(column);
        let complaint = if row.get::<_, i32>(0) < VERSION_MIN {
            "the PostgreSQL server is older than version 15: upgrade it"
        } else if text(3) == "true" {
            "this PostgreSQL server is a read-only standby: connect to the primary"
        } else if text(6) == "true" || !["C", "C.UTF-8", "POSIX"].contains(&text(4).as_str()) {
            "the database sorts by a language's rules, and lists need byte order: create it with \
             `create database switchboard template template0 encoding 'UTF8' locale 'C'`"
        } else if text(5) != "UTF8" {
            "the database is not encoded in UTF-8: create it with encoding 'UTF8'"
        } else if !allow_loose && (text(1) != "on" || text(2) != "on") {
            "the PostgreSQL server runs with `fsync` or `full_page_writes` off and may lose what it \
             has acknowledged: turn both on"
        } else {
            return Ok(());
        };
        Err(Error::refused(complaint))
    }
}

/// The first refusal of what was sent.
async fn settle(sent: Vec<Sent>) -> Answer {
    let mut settled = Ok(());
    for answer in sent {
        let answer = answer.await;
        settled = settled.and(answer);
    }
    settled
}

/// A connection for notifications.
pub(crate) fn connect_listener(url: &str, authorities: Option<&str>) -> Result<::postgres::Client> {
    let (config, tls) = read_url(url, authorities)?;
    let config = ::postgres::Config::from(config);
    if let Some(tls) = tls { config.connect(tls) } else { config.connect(NoTls) }
        .map_err(unreachable)
}

/// In the clear to this machine, or when `sslmode=disable` says so; verified TLS everywhere else.
fn read_url(url: &str, authorities: Option<&str>) -> Result<(Config, Option<MakeRustlsConnect>)> {
    let mut config: Config = url.parse().map_err(|error| {
        Error::refused(format!("the database address cannot be read ({error}): it has the form postgres://user:password@host/database"))
    })?;
    let is_local = config.get_hosts().iter().all(|host| match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => ["localhost", "127.0.0.1", "::1"].contains(&name.as_str()),
    });
    let plain = match config.get_ssl_mode() {
        SslMode::Disable => true,
        SslMode::Prefer => is_local && authorities.is_none(),
        _ => false,
    };
    if plain {
        return Ok((config, None));
    }
    config.ssl_mode(SslMode::Require);
    Ok((config, Some(MakeRustlsConnect::new(tls(authorities)?))))
}

/// The server's own words, when it said some, are told by their code.
fn unreachable(error: tokio_postgres::Error) -> Error {
    if error.code().is_some() {
        return error.into();
    }
    let why =
        std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
    Error::refused(format!(
        "the PostgreSQL server cannot be reached ({why}): look whether it runs, and at the address"
    ))
}

fn tls(authorities: Option<&str>) -> Result<rustls::ClientConfig> {
    use rustls::pki_types::{CertificateDer, pem::PemObject as _};
    let mut roots = rustls::RootCertStore::empty();
    if let Some(pem) = authorities {
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let certificate = certificate.map_err(|error| {
                Error::refused(format!(
                    "the database's certificate authority cannot be read: {error}"
                ))
            })?;
            roots.add(certificate).map_err(Error::internal)?;
        }
    } else {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn as_param(value: &Value) -> &(dyn ToSql + Sync) {
    value
}

fn from_postgres(row: &tokio_postgres::Row) -> Result<Vec<Value>> {
    let value = |(index, column): (usize, &tokio_postgres::Column)| match *column.type_() {
        Type::INT8 => Ok(row.try_get::<_, Option<i64>>(index)?.map_or(Value::Null, Value::Int)),
        Type::INT4 => {
            Ok(row.try_get::<_, Option<i32>>(index)?.map_or(Value::Null, |i| Value::Int(i.into())))
        }
        Type::TEXT => Ok(row.try_get::<_, Option<String>>(index)?.map_or(Value::Null, Value::Text)),
        Type::VOID => Ok(Value::Null),
        ref other => Err(Error::internal(format!("column `{}` is {other}", column.name()))),
    };
    row.columns().iter().enumerate().map(value).collect()
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            // PostgreSQL takes `coalesce(?2, 0)` and the like for four bytes.
            Self::Int(integer) if *ty == Type::INT4 => i32::try_from(*integer)?.to_sql(ty, out),
            Self::Int(integer) => integer.to_sql(ty, out),
            Self::Text(text) => text.as_str().to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::TEXT].contains(ty)
    }

    tokio_postgres::types::to_sql_checked!();
}
