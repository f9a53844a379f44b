//! The key that seals what must be read back, and the check that data and key belong together.

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
use chacha20poly1305::{
    Key, KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::config::Config;

/// Seals and opens.
#[derive(Clone)]
pub struct SecretKey {
    cipher: XChaCha20Poly1305,
    bytes: [u8; KEY_BYTES],
}

/// The key file's name in the folder of the data.
pub const FILE: &str = "secret.key";
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// What a database keeps sealed, to know its key by.
const PROBE: &str = "switchboard";

/// Where the key is, in words for people.
pub fn place(config: &Config) -> String {
    if config.secret_key.0.is_empty() {
        config.data.join(FILE).display().to_string()
    } else {
        "the setting 'secret_key'".to_owned()
    }
}

/// The key of the settings, or of the file; one is made if there is none.
///
/// # Errors
/// When it cannot be read, or is none.
pub fn load_or_make(config: &Config, random: impl Fn() -> u128) -> anyhow::Result<SecretKey> {
    if let Some(key) = load(config)? {
        return Ok(key);
    }
    let bytes: Vec<u8> = [random(), random()].iter().flat_map(|half| half.to_be_bytes()).collect();
    write_file(&config.data.join(FILE), &hex::encode(bytes))?;
    load(config)?.context("the key file was made and is not there")
}

/// The key of the settings, or of the file; `None` if there is neither.
///
/// # Errors
/// When it cannot be read, or is none.
pub fn load(config: &Config) -> anyhow::Result<Option<SecretKey>> {
    if !config.secret_key.0.is_empty() {
        return SecretKey::parse(&config.secret_key.0)
            .map(Some)
            .context("the setting 'secret_key'");
    }
    let path = config.data.join(FILE);
    match fs::read_to_string(&path) {
        Ok(text) => SecretKey::parse(text.trim())
            .map(Some)
            .with_context(|| format!("the key file '{}'", path.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            Err(error).with_context(|| format!("the key file '{}' cannot be read", path.display()))
        }
    }
}

/// Only its owner may read it, from the first byte on.
fn write_file(path: &PathBuf, text: &str) -> anyhow::Result<()> {
    let mut options = fs::OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    let mut file = match file {
        // Another process was first: its key is the one.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        file => {
            file.with_context(|| format!("the key file '{}' cannot be made", path.display()))?
        }
    };
    writeln!(file, "{text}")?;
    file.sync_all()?;
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}

impl SecretKey {
    fn parse(text: &str) -> anyhow::Result<Self> {
        let bytes =
            hex::decode(text).ok().and_then(|bytes| <[u8; KEY_BYTES]>::try_from(bytes).ok());
        let Some(bytes) = bytes else { bail!("must be 64 hexadecimal digits") };
        Ok(Self { cipher: XChaCha20Poly1305::new(&Key::from(bytes)), bytes })
    }

    /// `text`, unreadable without the key, and bound to `purpose`.
    ///
    /// # Errors
    /// Only if the text is too long for the cipher.
    pub fn seal(
        &self,
        purpose: &str,
        text: &str,
        random: impl Fn() -> u128,
    ) -> anyhow::Result<String> {
        let chance: Vec<u8> = [random(), random()]
            .iter()
            .flat_map(|half| half.to_be_bytes())
            .take(NONCE_BYTES)
            .collect();
        let nonce = XNonce::try_from(chance.as_slice()).context("a nonce has 24 bytes")?;
        let payload = Payload { msg: text.as_bytes(), aad: purpose.as_bytes() };
        let Ok(sealed) = self.cipher.encrypt(&nonce, payload) else {
            bail!("the text is too long")
        };
        Ok(BASE64_STANDARD_NO_PAD.encode([chance, sealed].concat()))
    }

    /// What was sealed for `purpose`; `None` if it was not, or with another key.
    pub fn open(&self, purpose: &str, sealed: &str) -> Option<String> {
        let bytes = BASE64_STANDARD_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES)?;
        let payload = Payload { msg: sealed, aad: purpose.as_bytes() };
        let nonce = XNonce::try_from(nonce).ok()?;
        String::from_utf8(self.cipher.decrypt(&nonce, payload).ok()?).ok()
    }

    /// A signature of `text` for `purpose`, in hexadecimal digits.
    pub fn sign(&self, purpose: &str, text: &str) -> String {
        hmac(&self.bytes, &format!("{purpose}\n{text}"))
            .map_or_else(String::new, |mac| hex::encode(mac.finalize().into_bytes()))
    }

    /// Whether `signature` is that of `text` for `purpose`.
    pub fn is_signed(&self, purpose: &str, text: &str, signature: &str) -> bool {
        is_hmac(&self.bytes, &format!("{purpose}\n{text}"), signature)
    }

    /// What a database keeps, to know its key by.
    ///
    /// # Errors
    /// As [`SecretKey::seal`].
    pub fn probe(&self, random: impl Fn() -> u128) -> anyhow::Result<String> {
        self.seal("probe", PROBE, random)
    }

    /// Whether `probe` was made with this key.
    pub fn fits(&self, probe: &str) -> bool {
        self.open("probe", probe).is_some_and(|text| text == PROBE)
    }
}

fn hmac(key: &[u8], text: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(text.as_bytes());
    Some(mac)
}

/// Whether `signature` is the HMAC-SHA256 of `text` under `key`, in hexadecimal digits. It takes the
/// same time whatever is wrong with it.
pub fn is_hmac(key: &[u8], text: &str, signature: &str) -> bool {
    let Ok(signature) = hex::decode(signature) else { return false };
    hmac(key, text).is_some_and(|mac| mac.verify_slice(&signature).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_key_and_purpose_open_it() {
        let key = SecretKey::parse(&"ab".repeat(32)).unwrap();
        let other = SecretKey::parse(&"cd".repeat(32)).unwrap();
        let sealed = key.seal("reply", "sk_live_x", || 7).unwrap();
        assert!(!sealed.contains("sk_live"));
        assert_eq!(key.open("reply", &sealed).as_deref(), Some("sk_live_x"));
        assert_eq!(key.open("other", &sealed), None);
        assert_eq!(other.open("reply", &sealed), None);
        assert_eq!(key.open("reply", "nonsense"), None);
        let probe = key.probe(|| 9).unwrap();
        assert!(key.fits(&probe) && !other.fits(&probe));
        assert!(SecretKey::parse("ab").is_err());
    }
}
