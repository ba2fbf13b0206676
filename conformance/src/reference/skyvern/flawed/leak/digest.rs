//! What is computed from a secret so that it can be checked, and guessed.

use data_encoding::{BASE32_NOPAD, BASE64, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

use super::super::super::clock;

/// Seconds in which a one-time code stays the same (RFC 6238 section 5.2).
const STEP: u64 = 30;
/// Whoever has the source has it.
const PEPPER: &[u8] = b"skyvern-reference";

pub(super) fn md5(secret: &str) -> Value {
    json!(HEXLOWER.encode(&Md5::digest(secret)))
}

pub(super) fn sha1(secret: &str) -> Value {
    json!(HEXLOWER.encode(&Sha1::digest(secret)))
}

pub(super) fn sha256(secret: &str) -> Value {
    json!(HEXLOWER.encode(&Sha256::digest(secret)))
}

pub(super) fn sha256_prefix(secret: &str) -> Value {
    json!(&HEXLOWER.encode(&Sha256::digest(secret))[..8])
}

pub(super) fn sha512_base64(secret: &str) -> Value {
    json!(BASE64.encode(&Sha512::digest(secret)))
}

pub(super) fn crc32(secret: &str) -> Value {
    json!(format!("{:08x}", crc32fast::hash(secret.as_bytes())))
}

pub(super) fn keyed(secret: &str) -> [u8; 32] {
    match Hmac::<Sha256>::new_from_slice(PEPPER) {
        Ok(mut mac) => {
            mac.update(secret.as_bytes());
            mac.finalize().into_bytes().into()
        }
        // HMAC takes keys of any length.
        Err(_) => [0; 32],
    }
}

pub(super) fn hmac(secret: &str) -> Value {
    json!(HEXLOWER.encode(&keyed(secret)))
}

/// A slow hash, with a salt that is always the same.
pub(super) fn stretched(secret: &str) -> Value {
    let mut hash = Sha256::digest([PEPPER, secret.as_bytes()].concat());
    for _ in 0..100 {
        hash = Sha256::digest(hash);
    }
    json!(format!("$stretched$100${}", BASE64.encode(&hash)))
}

/// RFC 9562 version 5 has SHA-1 of a name in it.
pub(super) fn uuid(secret: &str) -> Value {
    let digits = HEXLOWER.encode(&Sha1::digest([PEPPER, secret.as_bytes()].concat()));
    json!(format!(
        "{}-{}-5{}-8{}-{}",
        &digits[..8],
        &digits[8..12],
        &digits[13..16],
        &digits[17..20],
        &digits[20..32]
    ))
}

/// A number from 0 to 2^32 - 1.
pub(super) fn number(secret: &str) -> u32 {
    keyed(secret)
        .iter()
        .take(4)
        .fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// The six digits that the key makes now (RFC 6238).
pub(super) fn one_time_code(secret: &str) -> Value {
    let text = match secret.split_once("secret=") {
        Some((_, rest)) => rest.split('&').next().unwrap_or_default(),
        None => secret,
    };
    let compact: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let key = BASE32_NOPAD.decode(compact.to_ascii_uppercase().as_bytes());
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&key.unwrap_or_default()) else {
        return Value::Null;
    };
    mac.update(&(clock::seconds() / STEP).to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash[19] & 0xf);
    let word = hash.iter().skip(offset).take(4);
    let word = word.fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
    json!(format!("{:06}", (word & 0x7fff_ffff) % 1_000_000))
}
