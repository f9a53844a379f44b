//! A certificate from whoever gives them away: asked for, proved on the TLS port itself
//! (TLS-ALPN-01), kept in a folder, renewed in time.

use std::{
    fs::{self, DirBuilder},
    io,
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::Path,
    sync::Arc,
};

use anyhow::{Context as _, bail};
use futures_util::StreamExt as _;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
    server::ResolvesServerCert,
};
use rustls_acme::{AcmeConfig, AcmeState, EventOk, acme::ACME_TLS_ALPN_NAME, caches::DirCache};

use crate::config::Tls;

/// What whoever gives certificates away speaks on the TLS port to see that the name is ours.
pub const CHALLENGE: &[u8] = ACME_TLS_ALPN_NAME;
/// The folder is for the user that runs the server: it holds keys.
const FOLDER_MODE: u32 = 0o700;

/// Asks for a certificate, and for the next one in time.
pub struct Acme {
    state: AcmeState<io::Error>,
    domains: String,
}

impl Acme {
    /// With these settings. What it gets is kept in `folder`.
    ///
    /// # Errors
    /// When the settings cannot be right, or the folder cannot be made.
    pub fn new(settings: &Tls, folder: &Path) -> anyhow::Result<Self> {
        if !settings.acme_directory.starts_with("https://") {
            bail!("the setting 'tls.acme_directory' must be an address that begins with https://");
        }
        let context = || format!("the folder '{}' for certificates", folder.display());
        DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder).with_context(context)?;
        fs::set_permissions(folder, fs::Permissions::from_mode(FOLDER_MODE))
            .with_context(context)?;
        let contact = Some(&settings.acme_contact).filter(|contact| !contact.is_empty());
        let client = Arc::new(client(&settings.acme_ca_file)?);
        let state = AcmeConfig::new_with_client_config(&settings.acme_domains, client)
            .contact(contact.map(|contact| format!("mailto:{contact}")))
            .directory(&settings.acme_directory)
            .cache(DirCache::new(folder.to_owned()))
            .state();
        Ok(Self { state, domains: settings.acme_domains.join(", ") })
    }

    /// Knows the certificate, once there is one, and what proves that the name is ours.
    pub fn resolver(&self) -> Arc<dyn ResolvesServerCert> {
        self.state.resolver()
    }

    /// Asks, keeps, renews: without an end.
    pub async fn keep(mut self) {
        let domains = &self.domains;
        while let Some(event) = self.state.next().await {
            match event {
                Ok(EventOk::DeployedNewCert) => tracing::info!(domains, "there is a certificate"),
                Ok(event) => tracing::debug!(domains, ?event, "certificate"),
                Err(error) => tracing::warn!(
                    domains,
                    %error,
                    "a certificate could not be had, and is asked for again: the names must lead \
                     to port 443 of this machine"
                ),
            }
        }
    }
}

/// Trusts the public certificates, or those of the file alone.
fn client(ca_file: &str) -> anyhow::Result<ClientConfig> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.into() };
    if !ca_file.is_empty() {
        let context = || format!("the certificates 'tls.acme_ca_file' in '{ca_file}'");
        roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(ca_file).with_context(context)? {
            roots.add(certificate.with_context(context)?).with_context(context)?;
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
