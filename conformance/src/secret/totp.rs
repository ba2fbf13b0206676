//! One-time codes of submitted keys (RFC 6238 with SHA-1, 30 seconds): a server that shows one has
//! shown what the key is for.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use super::view;

/// Seconds in which a code stays the same (RFC 6238 section 5.2).
const STEP: u64 = 30;
/// Shorter keys are taken for no keys.
const SHORTEST_KEY: usize = 10;

/// The bytes of the key that `secret` is or holds: base32 text, with or without spaces, or an
/// `otpauth:` URI with such a text as its `secret`.
pub fn key(secret: &str) -> Option<Vec<u8>> {
    let text = match secret.strip_prefix("otpauth://") {
        Some(uri) => {
            let query = uri.split_once('?')?.1;
            let mut pairs = query.split('&');
            pairs.find_map(|pair| pair.strip_prefix("secret="))?
        }
        None => secret,
    };
    let compact: String = text
        .chars()
        .filter(|one| !matches!(one, ' ' | '-' | '='))
        .collect();
    let key = view::decode_symbols(compact.as_bytes(), view::Alphabet::Base32)?;
    (key.len() >= SHORTEST_KEY).then_some(key)
}

/// The code of six digits for `key` at `seconds` after the epoch.
pub fn code(key: &[u8], seconds: u64) -> String {
    let counter = seconds / STEP;
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key) else {
        return String::new();
    };
    mac.update(&counter.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash[19] & 0xf);
    let word = hash[offset..offset + 4]
        .iter()
        .fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

/// The codes that a server can have answered between two moments, one step of clock skew included
/// on each side.
pub fn codes(key: &[u8], from: u64, to: u64) -> Vec<String> {
    let first = (from / STEP).saturating_sub(1);
    let last = to / STEP + 1;
    (first..=last).map(|step| code(key, step * STEP)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238 appendix B, last six of its eight digits.
        let key = b"12345678901234567890";
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(key, seconds), expected);
        }
        assert!(codes(key, 59, 59).contains(&"287082".to_owned()));
    }

    #[test]
    fn keys_are_read_from_text_and_uris() {
        let plain = key("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        assert_eq!(plain, b"12345678901234567890");
        assert_eq!(
            key("gezd gnbv gy3t qojq gezd gnbv gy3t qojq").unwrap(),
            plain
        );
        let uri = "otpauth://totp/a?issuer=b&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        assert_eq!(key(uri).unwrap(), plain);
        assert_eq!(key("not a key"), None);
        assert_eq!(key("otpauth://totp/a"), None);
    }
}
