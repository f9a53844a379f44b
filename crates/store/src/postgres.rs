//! PostgreSQL: many lanes, many nodes.

use std::collections::BTreeMap;

use postgres::{
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

pub(crate) struct Postgres {
    client: Client,
    prepared: BTreeMap<String, Statement>,
}

/// The first of the two numbers of our advisory locks; the second is the lane.
const APPLICATION: i32 = 0x5342;
/// Above the number of fixed statements; what is put together may push others out.
const STATEMENTS_MAX: usize = 1024;
/// The oldest server that has everything we ask for.
const VERSION_MIN: i32 = 150_000;

impl Postgres {
    pub(crate) fn open(
        url: &str,
        authorities: Option<&str>,
        durability: Durability,
    ) -> Result<Self> {
        let mut client = connect(url, authorities)?;
        client.batch_execute(
            "set statement_timeout = '30s'; set lock_timeout = '30s';
             set idle_in_transaction_session_timeout = '60s'; set timezone = 'UTC';
             set client_min_messages = warning; set synchronous_commit = on",
        )?;
        if durability == Durability::Loose {
            client.batch_execute("set synchronous_commit = off")?;
        }
        Ok(Self { client, prepared: BTreeMap::new() })
    }

    pub(crate) fn begin_write(&mut self, lane: u8) -> Result<()> {
        self.batch(&format!(
            "begin isolation level read committed read write;
             select pg_advisory_xact_lock({APPLICATION}, {lane})"
        ))
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        Ok(self.client.batch_execute(sql)?)
    }

    pub(crate) fn query(
        &mut self,
        sql: &str,
        workspace: Option<&Value>,
        values: &[Value],
    ) -> Result<Vec<Row>> {
        if !self.prepared.contains_key(sql) {
            if STATEMENTS_MAX <= self.prepared.len() {
                self.prepared.clear();
            }
            let statement = self.client.prepare(&sql.replace('?', "$"))?;
            self.prepared.insert(sql.to_owned(), statement);
        }
        let params: Vec<&(dyn ToSql + Sync)> =
            workspace.into_iter().chain(values).map(as_param).collect();
        let rows = self.client.query(&self.prepared[sql], &params)?;
        rows.iter().map(|row| Ok(Row::new(from_postgres(row)?))).collect()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// What would make an acknowledged write less than durable, or a list differently ordered.
    pub(crate) fn check_server(&mut self) -> Result<()> {
        // Throw-away servers of tests run so, and nothing that is released does.
        let allow_loose = cfg!(debug_assertions);
        let row = self.client.query_one(
            "select current_setting('server_version_num')::int4, current_setting('fsync'),
                    current_setting('full_page_writes'), pg_is_in_recovery()::text,
                    (select datcollate from pg_database where datname = current_database()),
                    current_setting('server_encoding'),
                    (select datlocprovider = 'i' from pg_database
                     where datname = current_database())::text",
            &[],
        )?;
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

    pub(crate) fn client(&mut self) -> &mut Client {
        &mut self.client
    }
}

/// In the clear to this machine, or when `sslmode=disable` says so; verified TLS everywhere else.
fn connect(url: &str, authorities: Option<&str>) -> Result<Client> {
    let config: Config = url.parse().map_err(|error| {
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
        return config.connect(NoTls).map_err(unreachable);
    }
    let mut config = config;
    config.ssl_mode(SslMode::Require);
    config.connect(MakeRustlsConnect::new(tls(authorities)?)).map_err(unreachable)
}

/// The server's own words, when it said some, are told by their code.
fn unreachable(error: postgres::Error) -> Error {
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

fn from_postgres(row: &postgres::Row) -> Result<Vec<Value>> {
    let value = |(index, column): (usize, &postgres::Column)| match *column.type_() {
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

    postgres::types::to_sql_checked!();
}
