//! The server's own TLS: with files that are read again when they change, or with a certificate that
//! it asks for itself.

use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use anyhow::{Context as _, bail};
use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use sha2::{Digest as _, Sha256};
use tokio_rustls::TlsAcceptor;

use crate::{
    config::Config,
    outside::{Acme, CHALLENGE},
};

/// What HTTP/2 is called in a handshake.
pub(super) const HTTP2: &[u8] = b"h2";
const HTTP1: &[u8] = b"http/1.1";
/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Files of certificates and keys are at most this long.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// Where certificates are that were asked for, in the folder of the data.
const ACME_FOLDER: &str = "acme";

/// Speaks TLS.
pub struct Tls {
    settings: Arc<ServerConfig>,
    source: Source,
}

/// Where the certificate comes from.
enum Source {
    Files(Arc<Files>),
    Acme(Box<Acme>),
}

impl Tls {
    /// With these settings; none when they name no place to listen.
    ///
    /// # Errors
    /// When the settings do not say which certificate, or it cannot be read.
    pub fn open(config: &Config) -> anyhow::Result<Option<Self>> {
        let tls = &config.tls;
        if tls.listen.is_empty() {
            return Ok(None);
        }
        let has_files = !tls.certificate_file.is_empty() && !tls.key_file.is_empty();
        let has_some = !tls.certificate_file.is_empty() || !tls.key_file.is_empty();
        let source = match (has_files, tls.acme_domains.is_empty()) {
            (true, true) => {
                let files = Files::open(&tls.certificate_file, &tls.key_file)?;
                Source::Files(Arc::new(files))
            }
            (false, false) if !has_some => {
                Source::Acme(Box::new(Acme::new(tls, &config.data.join(ACME_FOLDER))?))
            }
            _ => bail!(
                "'tls.listen' needs one certificate: set 'tls.certificate_file' and \
                 'tls.key_file', or 'tls.acme_domains', and not both"
            ),
        };
        let (resolver, mut protocols): (Arc<dyn ResolvesServerCert>, _) = match &source {
            Source::Files(files) => (Arc::clone(files) as _, vec![]),
            Source::Acme(acme) => (acme.resolver(), vec![CHALLENGE.to_vec()]),
        };
        let mut settings = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        settings.alpn_protocols = vec![HTTP2.to_vec(), HTTP1.to_vec()];
        settings.alpn_protocols.append(&mut protocols);
        Ok(Some(Self { settings: Arc::new(settings), source }))
    }

    /// Shakes hands.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.settings))
    }

    /// Keeps the certificate good, without an end.
    pub async fn keep(self) {
        match self.source {
            Source::Files(files) => files.keep().await,
            Source::Acme(acme) => acme.keep().await,
        }
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// A certificate and its key in files that somebody else renews.
struct Files {
    certificate: PathBuf,
    key: PathBuf,
    current: RwLock<Read>,
}

/// What was read.
#[derive(Clone)]
struct Read {
    certified: Arc<CertifiedKey>,
    /// Tells whether the files have changed.
    digest: [u8; 32],
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Files {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&current.certified))
    }
}

impl Files {
    fn open(certificate: &str, key: &str) -> anyhow::Result<Self> {
        let (certificate, key) = (PathBuf::from(certificate), PathBuf::from(key));
        let bytes = (read(&certificate)?, read(&key)?);
        let current = RwLock::new(certify(&bytes.0, &bytes.1)?);
        Ok(Self { certificate, key, current })
    }

    async fn keep(self: Arc<Self>) {
        let mut has_complained = false;
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let files = Arc::clone(&self);
            let looked = tokio::task::spawn_blocking(move || files.look()).await;
            match looked.context("the certificate").flatten() {
                Ok(Looked::Same) => has_complained = false,
                Ok(Looked::Changed) => {
                    has_complained = false;
                    tracing::info!(certificate = ?self.certificate, "the certificate was read again");
                }
                // Of two files that change, one is first.
                Err(error) if !has_complained => {
                    has_complained = true;
                    let error = format!("{error:#}");
                    tracing::warn!(%error, "the new certificate is not good; the last one stays");
                }
                Err(_) => {}
            }
        }
    }

    fn look(&self) -> anyhow::Result<Looked> {
        let (certificate, key) = (read(&self.certificate)?, read(&self.key)?);
        let known = self.current.read().unwrap_or_else(PoisonError::into_inner).digest;
        if digest(&certificate, &key) == known {
            return Ok(Looked::Same);
        }
        let new = certify(&certificate, &key)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(Looked::Changed)
    }
}

enum Looked {
    Same,
    Changed,
}

fn read(file: &PathBuf) -> anyhow::Result<Vec<u8>> {
    let context = || format!("'{}' cannot be read: look at the settings 'tls'", file.display());
    if FILE_BYTES_MAX < std::fs::metadata(file).with_context(context)?.len() {
        bail!("'{}' is too long for a certificate or a key", file.display());
    }
    std::fs::read(file).with_context(context)
}

fn certify(certificate: &[u8], key: &[u8]) -> anyhow::Result<Read> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificate).collect();
    let chain = chain.context("the file 'tls.certificate_file' is not PEM")?;
    if chain.is_empty() {
        bail!("the file 'tls.certificate_file' has no certificate in PEM");
    }
    let private = PrivateKeyDer::from_pem_slice(key);
    let private = private.context("the file 'tls.key_file' has no key in PEM")?;
    let certified = CertifiedKey::from_der(chain, private, &provider());
    let certified = certified.context("the certificate and the key do not go together")?;
    Ok(Read { certified: Arc::new(certified), digest: digest(certificate, key) })
}

fn digest(certificate: &[u8], key: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(certificate).chain_update(b"\0").chain_update(key).finalize().into()
}
