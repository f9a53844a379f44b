//! The one client of HTTP: guarded, without redirects and proxies, and bounded in time and size.

use std::{
    error::Error as _,
    fmt, fs, io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use anyhow::Context as _;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{HeaderMap, Method, Request, Uri, body::Incoming};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy,
    rt::{TokioExecutor, TokioIo, TokioTimer},
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use tokio::net::{TcpStream, lookup_host};
use tower::Service;
use url::Url;

use super::guard::{Guard, Refusal};
use crate::config::Outbound;

/// Sends requests to other systems. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: legacy::Client<HttpsConnector<Connector>, Full<Bytes>>,
    guard: Guard,
    names: Names,
}

/// An address that was read, for as many requests as there are. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Address(Uri);

impl Address {
    /// Reads an address. Whether requests may go there is checked when they do.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let refuse = || Refusal("must be an absolute address".to_owned());
        // As a browser reads it, and written plainly.
        let url = Url::parse(text).map_err(|_invalid| refuse())?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(Refusal("must begin with https://".to_owned()));
        }
        url.as_str().parse().map(Self).map_err(|_invalid| refuse())
    }
}

/// A request to another system.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// How.
    pub method: Method,
    /// Where to.
    pub address: Address,
    /// With what beside the body.
    pub headers: HeaderMap,
    /// What.
    pub body: Bytes,
    /// How long the answer may take, from the first look at the name to its headers.
    pub patience: Duration,
}

/// What another system answered. A redirect is an answer like any other.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// The first 16 KiB of its body, or what came of it in time.
    pub body: Vec<u8>,
}

/// Why there is no answer. It says what a person can do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It may not go there.
    Refused(Refusal),
    /// There is no such name.
    NoName(String),
    /// Nobody listens there.
    NoConnection(String),
    /// They could not show who they are.
    NotTrusted(String),
    /// No answer came in time.
    TooSlow(Duration),
    /// The connection broke, or what came was no answer.
    Broken(String),
}

/// Bytes of an answer that are read.
pub const BODY_BYTES_MAX: usize = 16 << 10;
/// How long a body may take whose status is known.
const BODY_PATIENCE: Duration = Duration::from_secs(2);
/// How long one address may take to answer a connection.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// Addresses of a name that are tried.
const ADDRESSES_MAX: usize = 4;
/// Connections to one host that are kept for the next request, and how long.
const IDLE_MAX: usize = 32;
const IDLE_KEPT: Duration = Duration::from_secs(60);
/// The headers of an answer, together.
const HEADER_BYTES_MAX: usize = 32 << 10;

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => write!(f, "The address {refusal}."),
            Self::NoName(host) => write!(f, "There is no host of the name '{host}'."),
            Self::NoConnection(why) => write!(f, "No connection could be made: {why}."),
            Self::NotTrusted(why) => write!(f, "The certificate is not trusted: {why}."),
            Self::TooSlow(patience) => {
                write!(f, "No answer came within {} seconds.", patience.as_secs_f32())
            }
            Self::Broken(why) => write!(f, "The connection broke: {why}."),
        }
    }
}

impl std::error::Error for Failure {}

impl Client {
    /// A client with these settings.
    ///
    /// # Errors
    /// When the file of certificates cannot be read.
    pub fn new(settings: &Outbound) -> anyhow::Result<Self> {
        let guard = Guard::new(&settings.allow);
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.into() };
        if !settings.ca_file.is_empty() {
            let context = || format!("the certificates '{}' cannot be read", settings.ca_file);
            let text = fs::read(&settings.ca_file).with_context(context)?;
            for certificate in CertificateDer::pem_slice_iter(&text) {
                roots.add(certificate.with_context(context)?).with_context(context)?;
            }
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let names = Names::default();
        let connector = Connector { guard: guard.clone(), names: names.clone() };
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let http = legacy::Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE_KEPT)
            .pool_max_idle_per_host(IDLE_MAX)
            .pool_timer(TokioTimer::new())
            .http1_max_buf_size(HEADER_BYTES_MAX)
            .build(connector);
        Ok(Self { http, guard, names })
    }

    /// Has `answer` say where names lead, instead of the system.
    #[cfg(test)]
    pub(crate) fn tell(&self, answer: impl Fn(&str) -> Vec<IpAddr> + Send + Sync + 'static) {
        assert!(self.names.told.set(Box::new(answer)).is_ok(), "it was told already");
    }

    /// Checks an address that somebody typed: that it can be one, and, if its name is known, that it
    /// leads where requests may go.
    ///
    /// # Errors
    /// When it is not, or does not.
    pub async fn check(&self, text: &str) -> Result<Url, Refusal> {
        let url = self.guard.read(text)?;
        // A name may come to be later: whoever tries it is told.
        if let Ok(Ok(addresses)) =
            tokio::time::timeout(CONNECT_PATIENCE, self.names.find(&url)).await
            && !addresses.is_empty()
        {
            self.guard.check(&url, &addresses)?;
        }
        Ok(url)
    }

    /// Sends a request once. Whom it reaches is checked by the connection that it uses.
    ///
    /// # Errors
    /// When no answer came.
    pub async fn send(&self, outgoing: Outgoing) -> Result<Reply, Failure> {
        let patience = outgoing.patience;
        let asked = tokio::time::timeout(patience, self.ask(outgoing)).await;
        let (head, body) = asked.map_err(|_elapsed| Failure::TooSlow(patience))??;
        let mut read = Vec::new();
        // It was answered: whatever is wrong with the rest changes nothing.
        drop(tokio::time::timeout(BODY_PATIENCE.min(patience), collect(body, &mut read)).await);
        Ok(Reply { status: head.status.as_u16(), headers: head.headers, body: read })
    }

    async fn ask(
        &self,
        outgoing: Outgoing,
    ) -> Result<(hyper::http::response::Parts, Incoming), Failure> {
        let (mut parts, ()) = Request::new(()).into_parts();
        (parts.method, parts.uri) = (outgoing.method, outgoing.address.0);
        parts.headers = outgoing.headers;
        let request = Request::from_parts(parts, Full::new(outgoing.body));
        let response = self.http.request(request).await.map_err(|error| explain(&error))?;
        Ok(response.into_parts())
    }
}

/// Reads up to [`BODY_BYTES_MAX`] bytes. What is left over ends with its connection.
async fn collect(mut body: Incoming, read: &mut Vec<u8>) {
    while read.len() < BODY_BYTES_MAX
        && let Some(Ok(frame)) = body.frame().await
    {
        if let Some(data) = frame.data_ref() {
            let room = BODY_BYTES_MAX - read.len();
            read.extend(data.iter().take(room));
        }
    }
}

/// Knows where names lead: the system does, and a test says it. Cheap to clone.
#[derive(Clone, Default)]
struct Names {
    #[cfg(test)]
    told: Arc<std::sync::OnceLock<Told>>,
}

#[cfg(test)]
type Told = Box<dyn Fn(&str) -> Vec<IpAddr> + Send + Sync>;

impl Names {
    /// Where the name of `url` leads.
    async fn find(&self, url: &Url) -> io::Result<Vec<IpAddr>> {
        match url.host() {
            Some(url::Host::Ipv4(address)) => Ok(vec![address.into()]),
            Some(url::Host::Ipv6(address)) => Ok(vec![address.into()]),
            Some(url::Host::Domain(name)) => self.look_up(name).await,
            None => Ok(Vec::new()),
        }
    }

    async fn look_up(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        #[cfg(test)]
        if let Some(told) = self.told.get() {
            return Ok(told(name));
        }
        let found = lookup_host((name, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// The reason that a person can do something about: the innermost one that is ours to know.
fn explain(error: &legacy::Error) -> Failure {
    let mut source: Option<&(dyn std::error::Error + 'static)> = error.source();
    let mut last = error.to_string();
    while let Some(inner) = source {
        let inner = unwrapped(inner);
        if let Some(failure) = inner.downcast_ref::<Failure>() {
            return failure.clone();
        }
        if let Some(error) = inner.downcast_ref::<rustls::Error>() {
            return Failure::NotTrusted(error.to_string());
        }
        last = inner.to_string();
        source = inner.source();
    }
    if error.is_connect() { Failure::NoConnection(last) } else { Failure::Broken(last) }
}

/// What an error of the system was made of, which is not among its sources.
fn unwrapped<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> &'a (dyn std::error::Error + 'static) {
    let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    inner.map_or(error, |inner| unwrapped(inner))
}

/// Connects to where a name leads, if that is where requests may go.
#[derive(Clone)]
struct Connector {
    guard: Guard,
    names: Names,
}

impl Connector {
    async fn connect(self, uri: Uri) -> Result<TokioIo<TcpStream>, Failure> {
        let url = self.guard.read(&uri.to_string()).map_err(Failure::Refused)?;
        let name = url.host_str().unwrap_or_default().to_owned();
        let found = self.names.find(&url).await.unwrap_or_default();
        if found.is_empty() {
            return Err(Failure::NoName(name));
        }
        let open = self.guard.check(&url, &found).map_err(Failure::Refused)?;
        let port = url.port_or_known_default().unwrap_or(443);
        let mut why = String::new();
        for address in open.into_iter().take(ADDRESSES_MAX) {
            let to = SocketAddr::new(address, port);
            match tokio::time::timeout(CONNECT_PATIENCE, TcpStream::connect(to)).await {
                Ok(Ok(stream)) => return self.accept(&url, stream),
                Ok(Err(error)) => why = error.to_string(),
                Err(_elapsed) => "nobody answered".clone_into(&mut why),
            }
        }
        Err(Failure::NoConnection(why))
    }

    /// What counts is where the connection ended up.
    fn accept(&self, url: &Url, stream: TcpStream) -> Result<TokioIo<TcpStream>, Failure> {
        let broken = |error: io::Error| Failure::NoConnection(error.to_string());
        let peer = stream.peer_addr().map_err(broken)?;
        self.guard.check(url, &[peer.ip()]).map_err(Failure::Refused)?;
        stream.set_nodelay(true).map_err(broken)?;
        Ok(TokioIo::new(stream))
    }
}

type Connecting = Pin<Box<dyn Future<Output = Result<TokioIo<TcpStream>, Failure>> + Send>>;

impl Service<Uri> for Connector {
    type Response = TokioIo<TcpStream>;
    type Error = Failure;
    type Future = Connecting;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Connecting {
        Box::pin(self.clone().connect(uri))
    }
}
