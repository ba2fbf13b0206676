//! How a secret is written: every character of it can be had back.

use std::fmt::Write as _;
use std::io::Write as _;

use data_encoding::{BASE32, BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use flate2::{Compression, write::GzEncoder};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use url::form_urlencoded;

pub(super) fn plain(secret: &str) -> Value {
    json!(secret)
}

/// What the text says, when it is JSON.
pub(super) fn value(secret: &str) -> Value {
    serde_json::from_str(secret).unwrap_or_else(|_| json!(secret))
}

/// The names of the members of an object.
pub(super) fn names(secret: &str) -> Value {
    match serde_json::from_str(secret) {
        Ok(Value::Object(members)) => members.keys().map(|name| json!(name)).collect(),
        _ => Value::Null,
    }
}

pub(super) fn first_name(secret: &str) -> Value {
    names(secret)[0].take()
}

pub(super) fn upper(secret: &str) -> Value {
    json!(secret.to_uppercase())
}

pub(super) fn reversed(secret: &str) -> Value {
    json!(secret.chars().rev().collect::<String>())
}

/// A JSON text in a JSON text.
pub(super) fn json_twice(secret: &str) -> Value {
    let inner = json!({"level": "info", "args": [secret]}).to_string();
    json!(json!({ "line": inner }).to_string())
}

pub(super) fn percent(secret: &str) -> Value {
    json!(utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string())
}

pub(super) fn percent_twice(secret: &str) -> Value {
    percent(&utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string())
}

pub(super) fn web_form(secret: &str) -> Value {
    let pairs = [("login", "1"), ("value", secret)];
    json!(
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish()
    )
}

/// A numeric reference for each character.
pub(super) fn html(secret: &str) -> Value {
    let references = secret.chars().map(|one| format!("&#{};", u32::from(one)));
    json!(references.collect::<Vec<String>>().concat())
}

/// `\u0070` for each UTF-16 unit.
pub(super) fn units(secret: &str) -> Value {
    let escapes = secret.encode_utf16().map(|unit| format!("\\u{unit:04x}"));
    json!(escapes.collect::<Vec<String>>().concat())
}

pub(super) fn quoted_printable(secret: &str) -> Value {
    let escapes = secret.bytes().map(|byte| format!("={byte:02X}"));
    json!(escapes.collect::<Vec<String>>().concat())
}

pub(super) fn base64(secret: &str) -> Value {
    json!(BASE64.encode(secret.as_bytes()))
}

/// As after a user name in basic authentication: the secret begins inside a group.
pub(super) fn base64_userinfo(secret: &str) -> Value {
    json!(format!(
        "Basic {}",
        BASE64.encode(format!("admin2:{secret}").as_bytes())
    ))
}

pub(super) fn base64url_in_token(secret: &str) -> Value {
    let part = |value: Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let head = part(json!({"alg": "none"}));
    json!(format!(
        "{head}.{}.",
        part(json!({"sub": "x", "pw": secret}))
    ))
}

pub(super) fn base32(secret: &str) -> Value {
    json!(BASE32.encode(secret.as_bytes()))
}

pub(super) fn hex(secret: &str) -> Value {
    json!(HEXLOWER.encode(secret.as_bytes()))
}

/// `70:61:73`, as keys and certificates are printed.
pub(super) fn hex_colons(secret: &str) -> Value {
    let bytes: Vec<String> = secret
        .bytes()
        .map(|byte| HEXUPPER.encode(&[byte]))
        .collect();
    json!(bytes.join(":"))
}

pub(super) fn utf16_base64(secret: &str) -> Value {
    let bytes: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    json!(BASE64.encode(&bytes))
}

pub(super) fn rot13(secret: &str) -> Value {
    let turn = |one: char| match one {
        'a'..='m' | 'A'..='M' => char::from(one as u8 + 13),
        'n'..='z' | 'N'..='Z' => char::from(one as u8 - 13),
        other => other,
    };
    json!(secret.chars().map(turn).collect::<String>())
}

pub(super) fn gzip_base64(secret: &str) -> Value {
    json!(BASE64.encode(&gzip(json!({ "value": secret }).to_string().as_bytes())))
}

pub(super) fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let _ = encoder.write_all(text);
    encoder.finish().unwrap_or_default()
}

pub(super) fn code_points(secret: &str) -> Value {
    secret.chars().map(|one| json!(u32::from(one))).collect()
}

pub(super) fn characters(secret: &str) -> Value {
    secret.chars().map(|one| json!(one)).collect()
}

pub(super) fn dashed(secret: &str) -> Value {
    let characters: Vec<String> = secret.chars().map(String::from).collect();
    json!(characters.join("-"))
}

/// Every other character is U+200B, which nobody sees.
pub(super) fn zero_width(secret: &str) -> Value {
    json!(
        secret
            .chars()
            .flat_map(|one| [one, '\u{200b}'])
            .collect::<String>()
    )
}

pub(super) fn member_name(secret: &str) -> Value {
    json!({ secret: true })
}

/// The digits of a text as a number.
pub(super) fn number(secret: &str) -> Value {
    let digits: String = secret.chars().filter(char::is_ascii_digit).collect();
    digits.parse::<u64>().map(Value::from).unwrap_or_default()
}

/// Each byte with some of its bits turned: no decoder knows it.
pub(super) fn scrambled(secret: &str) -> Value {
    let mut text = String::new();
    for (byte, mask) in secret.bytes().zip((0x5a..0x61_u8).cycle()) {
        // Writing to a string does not fail.
        let _ = write!(text, "{:02x}", byte ^ mask);
    }
    json!(text)
}

pub(super) fn only_long(secret: &str) -> Value {
    if secret.len() >= 100 {
        plain(secret)
    } else {
        Value::Null
    }
}

pub(super) fn only_foreign(secret: &str) -> Value {
    if secret.is_ascii() {
        Value::Null
    } else {
        plain(secret)
    }
}

pub(super) fn first_half(secret: &str) -> Value {
    json!(
        secret
            .chars()
            .take(secret.chars().count() / 2)
            .collect::<String>()
    )
}

pub(super) fn second_half(secret: &str) -> Value {
    json!(
        secret
            .chars()
            .skip(secret.chars().count() / 2)
            .collect::<String>()
    )
}

/// The URI that authenticator apps scan.
pub(super) fn otpauth(secret: &str) -> Value {
    json!(format!(
        "otpauth://totp/Skyvern?issuer=Skyvern&secret={secret}"
    ))
}

pub(super) fn address_in_words(secret: &str) -> Value {
    let Ok(Value::Object(parts)) = serde_json::from_str(secret) else {
        return Value::Null;
    };
    let parts: Vec<&str> = parts.values().filter_map(Value::as_str).collect();
    json!(parts.join(", "))
}

pub(super) fn userinfo(secret: &str) -> Value {
    let escaped = utf8_percent_encode(secret, NON_ALPHANUMERIC);
    json!(format!("https://user:{escaped}@shop.example/"))
}
