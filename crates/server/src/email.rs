//! E-mail addresses: checked, kept as given, compared folded.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// An address that has been checked and trimmed. It is kept as given, and compared folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

/// RFC 5321's longest path, without its brackets.
const BYTES_MAX: usize = 254;
/// RFC 5321's longest local part.
const LOCAL_BYTES_MAX: usize = 64;

impl Email {
    /// As its owner writes it.
    pub fn as_given(&self) -> &str {
        &self.0
    }

    /// As it is compared. Folded here, since the engines fold differently beyond ASCII. Tags after
    /// a plus and dots are kept: they may be other people.
    pub fn folded(&self) -> String {
        let lower = self.0.to_lowercase();
        match lower.split_once('@') {
            // A domain in its own script and in its ASCII form is one domain.
            Some((local, domain)) if !domain.is_ascii() => {
                let domain = idna::domain_to_ascii(domain).unwrap_or_else(|_odd| domain.to_owned());
                format!("{local}@{domain}")
            }
            _ => lower,
        }
    }
}

/// Refuses what cannot be an address, and no more: only a message that arrives proves one.
fn is_email(text: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"".contains(c);
    let is_domain = |text: &str| {
        text.contains('.') && text.split('.').all(|label| !label.is_empty() && label.len() <= 63)
    };
    let halves = text.split_once('@');
    text.len() <= BYTES_MAX
        && !text.contains(odd)
        && halves.is_some_and(|(local, domain)| {
            !local.is_empty()
                && local.len() <= LOCAL_BYTES_MAX
                && !domain.contains('@')
                && is_domain(domain)
        })
}

impl TryFrom<String> for Email {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = text.trim();
        if is_email(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err("must be a valid email address")
        }
    }
}

impl<'de> Deserialize<'de> for Email {
    /// What is no text is refused in the same words as a text that is no address.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Address;

        impl de::Visitor<'_> for Address {
            type Value = Email;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a valid email address")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Email, E> {
                Email::try_from(text.to_owned()).map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_an_address_is_refused() {
        for text in
            ["", "nobody", "a@b", "a@b.", "@b.co", "a b@c.de", "a@b@c.de", "a\0@b.co", "<a@b.co>"]
        {
            assert!(Email::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn an_address_is_kept_as_given_and_compared_folded() {
        let email = Email::try_from(" Ünï+Tag@Example.com ".to_owned()).unwrap();
        assert_eq!(email.as_given(), "Ünï+Tag@Example.com");
        assert_eq!(email.folded(), "ünï+tag@example.com");
        let email = Email::try_from("a@Bücher.example".to_owned()).unwrap();
        assert_eq!(email.folded(), "a@xn--bcher-kva.example");
    }
}
