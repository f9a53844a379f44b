//! Signatures: the documented one of `/v1`, and those of Standard Webhooks beside it.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// What a secret of ours begins with.
pub const PREFIX: &str = "whsec_";

/// The documented signature: 64 hexadecimal digits, over the body alone, and the whole secret is the
/// key (contracts of `/v1`, webhook events).
pub fn documented(secret: &str, body: &[u8]) -> String {
    hex::encode(hmac(secret.as_bytes(), &[body]))
}

/// `webhook-signature` of Standard Webhooks 1: one signature for each of `secrets`, over the id, the
/// time in seconds and the body.
pub fn standard(secrets: &[&str], id: &str, at: i64, body: &[u8]) -> String {
    let head = format!("{id}.{at}.");
    let all = secrets.iter().map(|secret| {
        let signed = hmac(&standard_key(secret), &[head.as_bytes(), body]);
        format!("v1,{}", BASE64.encode(signed))
    });
    all.collect::<Vec<_>>().join(" ")
}

/// The bytes that `whsec_…` stands for; of any other secret, its own.
fn standard_key(secret: &str) -> Vec<u8> {
    let decoded = secret.strip_prefix(PREFIX).and_then(|text| BASE64.decode(text).ok());
    decoded.unwrap_or_else(|| secret.as_bytes().to_vec())
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key may have any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_vector_holds() {
        let body = br#"{"event":"message.created","timestamp":"2026-02-11T10:35:22Z","data":{"id":"msg_def456"}}"#;
        let signature = "0b32990b43a6899f13606c998e6cbf580d6ff20f91c0ac96bfbdb2b13c432fac";
        assert_eq!(documented("your_webhook_secret", body), signature);
    }

    #[test]
    fn the_vector_of_standard_webhooks_holds() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        let body = br#"{"test": 2432232314}"#;
        let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(standard(&[secret], id, 1_614_265_330, body), signature);
        let two = standard(&[secret, "a plain old secret"], id, 1_614_265_330, body);
        assert!(two.starts_with(signature) && two.split(' ').count() == 2, "{two}");
    }
}
