//! Every encoding of every class of value is found in any surroundings.

use std::{fmt::Write as _, io::Write as _};

use data_encoding::{BASE32, BASE64, BASE64_MIME, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use flate2::{
    Compression,
    write::{GzEncoder, ZlibEncoder},
};
use md5::Md5;
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::json;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};
use skyvern_conformance::secret::{canary::Class, scan::Scanner};

use super::{in_answer, in_body, submit, value};

type Encoder = fn(&str) -> Vec<u8>;

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

fn ascii_json(text: &str) -> String {
    text.encode_utf16().fold(String::new(), |mut out, unit| {
        write!(out, "\\u{unit:04x}").unwrap();
        out
    })
}

fn percent(text: &str, every: bool) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() && !every {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").unwrap();
        }
        out
    })
}

fn between(text: &str, separator: &str) -> String {
    let characters: Vec<String> = text.chars().map(String::from).collect();
    characters.join(separator)
}

fn codes(text: &str) -> Vec<u32> {
    text.chars().map(u32::from).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Encodings that keep the whole value.
const WHOLE: &[(&str, Encoder)] = &[
    ("plain", |text| text.into()),
    ("upper case", |text| text.to_ascii_uppercase().into()),
    ("lower case", |text| text.to_ascii_lowercase().into()),
    ("reversed", |text| {
        text.chars().rev().collect::<String>().into()
    }),
    ("trimmed", |text| text.trim().into()),
    ("JSON string", |text| json!(text).to_string().into()),
    ("JSON in JSON", |text| {
        json!(json!({"a": text}).to_string()).to_string().into()
    }),
    ("ASCII JSON", |text| ascii_json(text).into()),
    ("Python repr", |text| {
        format!("{text:?}").replace("\\u{", "\\u{").into()
    }),
    ("percent", |text| percent(text, false).into()),
    ("percent of all", |text| percent(text, true).into()),
    ("percent twice", |text| {
        percent(&percent(text, false), false).into()
    }),
    ("form", |text| {
        percent(text, false).replace("%20", "+").into()
    }),
    ("HTML", |text| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&quot;")
            .replace('\'', "&#x27;")
            .into()
    }),
    ("HTML numbers", |text| {
        codes(text)
            .iter()
            .fold(String::new(), |out, code| out + &format!("&#{code};"))
            .into()
    }),
    ("quoted-printable", |text| {
        percent(text, false).replace('%', "=").into()
    }),
    ("base64", |text| BASE64.encode(text.as_bytes()).into()),
    ("base64, moved by one", |text| {
        BASE64.encode(format!("a{text}").as_bytes()).into()
    }),
    ("base64, moved by two", |text| {
        BASE64.encode(format!("ab{text}").as_bytes()).into()
    }),
    ("base64 of URLs", |text| {
        BASE64URL_NOPAD.encode(text.as_bytes()).into()
    }),
    ("base64 in lines", |text| {
        BASE64_MIME
            .encode(format!("{}{text}", "-".repeat(60)).as_bytes())
            .into()
    }),
    ("base64 twice", |text| {
        BASE64
            .encode(BASE64.encode(text.as_bytes()).as_bytes())
            .into()
    }),
    ("basic authorization", |text| {
        format!("Basic {}", BASE64.encode(format!("user:{text}").as_bytes())).into()
    }),
    ("base32", |text| BASE32.encode(text.as_bytes()).into()),
    ("hexadecimal", |text| {
        HEXLOWER.encode(text.as_bytes()).into()
    }),
    ("hexadecimal, upper case", |text| {
        HEXUPPER.encode(text.as_bytes()).into()
    }),
    ("hexadecimal in pairs", |text| {
        let pairs: Vec<String> = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        pairs.join(":").into()
    }),
    ("bytes of C", |text| {
        text.bytes()
            .fold(String::new(), |out, byte| out + &format!("\\x{byte:02x}"))
            .into()
    }),
    ("UTF-16, little end first", |text| {
        utf16(text, u16::to_le_bytes)
    }),
    ("UTF-16, big end first", |text| {
        utf16(text, u16::to_be_bytes)
    }),
    ("UTF-32, little end first", |text| {
        text.chars()
            .flat_map(|one| u32::from(one).to_le_bytes())
            .collect()
    }),
    ("base64 of UTF-16", |text| {
        BASE64.encode(&utf16(text, u16::to_le_bytes)).into()
    }),
    ("UTF-8 read as Latin-1", |text| {
        text.bytes().map(char::from).collect::<String>().into()
    }),
    ("hyphens in between", |text| between(text, "-").into()),
    ("blanks in between", |text| between(text, " ").into()),
    ("a list of characters", |text| {
        json!(text.chars().map(String::from).collect::<Vec<_>>())
            .to_string()
            .into()
    }),
    ("a list of codes", |text| {
        json!(codes(text)).to_string().into()
    }),
    ("gzip in base64", |text| {
        BASE64.encode(&gzip(text.as_bytes())).into()
    }),
    ("zlib in hexadecimal", |text| {
        HEXLOWER.encode(&zlib(text.as_bytes())).into()
    }),
    ("rot13", |text| {
        text.chars()
            .map(|one| match one {
                'a'..='z' => char::from((one as u8 - b'a' + 13) % 26 + b'a'),
                'A'..='Z' => char::from((one as u8 - b'A' + 13) % 26 + b'A'),
                other => other,
            })
            .collect::<String>()
            .into()
    }),
    ("reversed in base64", |text| {
        BASE64
            .encode(text.chars().rev().collect::<String>().as_bytes())
            .into()
    }),
];

/// Digests, from which the value can only be guessed.
const DIGESTS: &[(&str, Encoder)] = &[
    ("MD5", |text| HEXLOWER.encode(&Md5::digest(text)).into()),
    ("MD5 as a UUID", |text| {
        let hex = HEXLOWER.encode(&Md5::digest(text));
        [
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..],
        ]
        .join("-")
        .into()
    }),
    ("SHA-1", |text| HEXUPPER.encode(&Sha1::digest(text)).into()),
    ("SHA-256", |text| {
        HEXLOWER.encode(&Sha256::digest(text)).into()
    }),
    ("SHA-256 in base64", |text| {
        BASE64.encode(&Sha256::digest(text)).into()
    }),
    ("SHA-256, first 16 digits", |text| {
        HEXLOWER.encode(&Sha256::digest(text)[..8]).into()
    }),
    ("SHA-256, first 12 digits", |text| {
        HEXLOWER.encode(&Sha256::digest(text)[..6]).into()
    }),
    ("SHA-256, first 8 digits", |text| {
        HEXLOWER.encode(&Sha256::digest(text)[..4]).into()
    }),
    ("SHA-1, first 8 digits", |text| {
        HEXLOWER.encode(&Sha1::digest(text)[..4]).into()
    }),
    ("SHA-256, last 16 digits", |text| {
        HEXLOWER.encode(&Sha256::digest(text)[24..]).into()
    }),
    ("SHA-512", |text| {
        HEXLOWER.encode(&Sha512::digest(text)).into()
    }),
    ("SHA-256 of a line", |text| {
        HEXLOWER.encode(&Sha256::digest(format!("{text}\n"))).into()
    }),
    ("SHA-256 of the trimmed", |text| {
        HEXLOWER.encode(&Sha256::digest(text.trim())).into()
    }),
    ("SHA-256 of lower case", |text| {
        HEXLOWER.encode(&Sha256::digest(text.to_lowercase())).into()
    }),
    ("MD5 twice", |text| {
        HEXLOWER
            .encode(&Md5::digest(HEXLOWER.encode(&Md5::digest(text))))
            .into()
    }),
    ("CRC-32", |text| {
        format!("{:08x}", crc32fast::hash(text.as_bytes())).into()
    }),
    ("CRC-32 as a number", |text| {
        format!("{:010}", crc32fast::hash(text.as_bytes())).into()
    }),
];

/// Classes of values that are long enough to be told from chance wherever they stand.
fn classes() -> impl Strategy<Value = Class> {
    let surprising: Vec<Class> = Class::ALL
        .into_iter()
        .filter(|class| !class.is_guessable())
        .collect();
    proptest::sample::select(surprising)
}

/// What stands before and after.
fn surroundings() -> impl Strategy<Value = (String, String)> {
    let word = "[a-zA-Z0-9 :,.\\[\\]{}\"é_-]{0,40}[ \":,\\[{]";
    (
        prop_oneof![Just(String::new()), word.prop_map(|text| text)],
        "([ \":,\\]}][a-zA-Z0-9 :,.é_-]{0,40})?",
    )
}

/// How many; `PROPTEST_CASES` asks for more.
fn cases(usual: u32) -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn check_all(encoders: &[(&'static str, Encoder)], cases: u32) {
    let encoder = proptest::sample::select(encoders.to_vec());
    let strategy = (classes(), any::<u64>(), encoder, surroundings());
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(
            &strategy,
            |(class, number, (name, encode), (before, after))| {
                let secret = value(class, number);
                let mut scanner = Scanner::default();
                let id = submit(&mut scanner, "/credential/password", &secret);
                let body = [before.as_bytes(), &encode(&secret), after.as_bytes()].concat();
                let found = in_body(&mut scanner, &body);
                prop_assert!(
                    found.iter().any(|one| one.secret == id),
                    "{name} of {secret:?} not found in {:?}",
                    String::from_utf8_lossy(&body)
                );
                Ok(())
            },
        )
        .unwrap();
}

#[test]
fn every_encoding_of_every_class_is_found_in_any_surroundings() {
    check_all(WHOLE, cases(400));
}

#[test]
fn every_digest_of_every_class_is_found_in_any_surroundings() {
    check_all(DIGESTS, cases(200));
}

#[test]
fn each_encoding_of_a_plain_value_is_found() {
    for (name, encode) in WHOLE.iter().chain(DIGESTS) {
        let secret = value(Class::Plain, 5);
        let mut scanner = Scanner::default();
        submit(&mut scanner, "/credential/password", &secret);
        assert!(
            !in_body(&mut scanner, &encode(&secret)).is_empty(),
            "{name}"
        );
        let mut other = Scanner::default();
        submit(&mut other, "/credential/password", &value(Class::Plain, 6));
        assert!(in_body(&mut other, &encode(&secret)).is_empty(), "{name}");
    }
}

#[test]
fn encodings_are_found_in_headers() {
    for (name, encode) in WHOLE.iter().chain(DIGESTS) {
        let secret = value(Class::Plain, 9);
        let mut scanner = Scanner::default();
        submit(&mut scanner, "/credential/password", &secret);
        let Ok(text) = String::from_utf8(encode(&secret)) else {
            continue;
        };
        let found = in_answer(&mut scanner, &[("etag", &text)], b"{}", Some(super::GROUP));
        assert!(!found.is_empty(), "{name}");
        assert_eq!(found[0].place.to_string(), "response.header:etag");
    }
}

#[test]
fn odd_texts_beside_it_hide_nothing() {
    let secret = value(Class::Plain, 5);
    let moved = BASE64.encode(format!("a{}", BASE64.encode(secret.as_bytes())).as_bytes());
    let inner = BASE64.encode(&gzip(secret.as_bytes()));
    let deep = BASE64.encode(&gzip(inner.as_bytes()));
    // Zeros, marks of escapes that escape nothing, and what is no UTF-8.
    let odd: Vec<u8> = (0..600)
        .map(|at| {
            if at % 7 < 4 {
                0
            } else {
                b"+%=&\\\xa9\xff"[at % 7]
            }
        })
        .collect();
    for encoded in [moved, deep] {
        let text = String::from_utf8_lossy(&odd);
        let bodies = [
            json!({"a": text, "b": [encoded], "c": text})
                .to_string()
                .into_bytes(),
            [&odd[..], b" ", encoded.as_bytes(), b" ", &odd[..]].concat(),
            [&[0; 600][..], b" ", encoded.as_bytes()].concat(),
        ];
        for body in bodies {
            let mut scanner = Scanner::default();
            submit(&mut scanner, "/credential/password", &secret);
            let found = in_body(&mut scanner, &body);
            assert!(!found.is_empty(), "{}", String::from_utf8_lossy(&body));
        }
    }
}

#[test]
fn digits_of_digits_are_no_number() {
    let secret = value(Class::Plain, 5);
    let digits = HEXLOWER.encode(HEXLOWER.encode(secret.as_bytes()).as_bytes());
    for body in [digits.clone(), format!("{{\"a\": {digits}}}")] {
        let mut scanner = Scanner::default();
        submit(&mut scanner, "/credential/password", &secret);
        assert!(!in_body(&mut scanner, body.as_bytes()).is_empty(), "{body}");
    }
}
