//! The settings of the server's own TLS.

use serde::{Deserialize, Serialize};

/// How requests come in over TLS, when no proxy speaks it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Where to listen, or nothing for no TLS.
    pub listen: String,
    /// A file of certificates in PEM, the server's own first.
    pub certificate_file: String,
    /// The file of their key in PEM.
    pub key_file: String,
    /// Names that a certificate is asked for; nothing for the files.
    pub acme_domains: Vec<String>,
    /// Who is told of trouble with it.
    pub acme_contact: String,
    /// Who is asked for it.
    pub acme_directory: String,
    /// A file of certificates in PEM that sign the directory's, or nothing for the public ones.
    pub acme_ca_file: String,
}
