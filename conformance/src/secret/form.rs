//! The forms of a secret that are looked for as they stand: those that cannot be undone, or that
//! cost less to make of the secret than to undo in every answer.
//!
//! Encodings are not among them: [`super::view`] undoes those.

use std::fmt;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

/// What was done to a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Nothing but the case of its letters and white space around it.
    Plain,
    /// Read from its end.
    Reversed,
    /// Each letter moved by thirteen.
    Rot13,
    /// Without what is neither letter nor digit.
    Squeezed,
    /// Squeezed, and read from its end.
    SqueezedReversed,
    /// The bytes of a digest.
    Digest(Algorithm, Input),
}

/// A digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// RFC 1321.
    Md5,
    /// FIPS 180-4.
    Sha1,
    /// FIPS 180-4.
    Sha256,
    /// FIPS 180-4.
    Sha512,
    /// The CRC-32 of gzip.
    Crc32,
}

impl Algorithm {
    const ALL: [Self; 5] = [
        Self::Md5,
        Self::Sha1,
        Self::Sha256,
        Self::Sha512,
        Self::Crc32,
    ];

    /// Its usual name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha512 => "SHA-512",
            Self::Crc32 => "CRC-32",
        }
    }

    fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Md5 => Md5::digest(bytes).to_vec(),
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
            Self::Crc32 => crc32fast::hash(bytes).to_be_bytes().to_vec(),
        }
    }
}

/// What was hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Input {
    /// The secret.
    Value,
    /// Without white space around it.
    Trimmed,
    /// In lower case.
    Lower,
    /// Its letters and digits.
    Squeezed,
    /// With a line feed, as shells pass it on.
    Line,
    /// As a JSON string.
    Json,
    /// The same digest of it, in hexadecimal.
    Digest,
}

/// A form and how surprising it is to find it.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// What was done to the secret.
    pub kind: Kind,
    /// The bytes to look for; in lower case unless they are a digest.
    pub bytes: Vec<u8>,
    /// Chance in each byte, in bits.
    pub bits: f32,
}

impl Kind {
    /// Whether letters of either case are the same.
    pub(crate) fn folds_case(self) -> bool {
        !matches!(self, Self::Digest(..))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain => f.write_str("plain"),
            Self::Reversed => f.write_str("reversed"),
            Self::Rot13 => f.write_str("rot13"),
            Self::Squeezed => f.write_str("letters and digits only"),
            Self::SqueezedReversed => f.write_str("letters and digits only, reversed"),
            Self::Digest(algorithm, input) => {
                let of = match input {
                    Input::Value => "",
                    Input::Trimmed => " of the trimmed value",
                    Input::Lower => " of the value in lower case",
                    Input::Squeezed => " of its letters and digits",
                    Input::Line => " of the value and a line feed",
                    Input::Json => " of the value as JSON",
                    Input::Digest => " applied twice",
                };
                write!(f, "{}{of}", algorithm.name())
            }
        }
    }
}

/// The end of addresses that belong to nobody: RFC 2606, section 2.
const NO_DOMAIN: &str = ".example";

/// The digests of a whole `body` of a request.
pub fn digests(body: &str) -> Vec<Form> {
    let digest = |algorithm| digest_form(algorithm, Input::Value, body.as_bytes());
    Algorithm::ALL.map(digest).into()
}

/// The forms of `secret`, the plain one first; none twice.
pub fn forms(secret: &str) -> Vec<Form> {
    // The end of made-up addresses says nothing of them.
    let told = secret.strip_suffix(NO_DOMAIN).unwrap_or(secret);
    let lower = told.to_ascii_lowercase();
    let squeezed: String = lower.chars().filter(|one| is_kept(*one)).collect();
    let texts = [
        (Kind::Plain, lower.trim().to_owned()),
        (Kind::Reversed, lower.chars().rev().collect()),
        (Kind::Rot13, lower.chars().map(rot13).collect()),
        (Kind::Squeezed, squeezed.clone()),
        (Kind::SqueezedReversed, squeezed.chars().rev().collect()),
    ];
    let mut forms: Vec<Form> = Vec::new();
    for (kind, text) in texts {
        let is_new = forms.iter().all(|one| one.bytes != text.as_bytes());
        if is_new && !text.is_empty() {
            forms.push(Form {
                kind,
                bits: chance_of_byte(&text),
                bytes: text.into_bytes(),
            });
        }
    }
    let mut hashed: Vec<(Input, Vec<u8>)> = vec![(Input::Value, secret.into())];
    let json = serde_json::Value::from(secret).to_string();
    for (input, text) in [
        (Input::Trimmed, secret.trim()),
        (Input::Lower, &secret.to_lowercase()),
        (Input::Squeezed, &kept(secret)),
        (Input::Line, &format!("{secret}\n")),
        (Input::Json, &json),
    ] {
        if hashed.iter().all(|(_, known)| known != text.as_bytes()) {
            hashed.push((input, text.into()));
        }
    }
    for (input, bytes) in &hashed {
        for algorithm in Algorithm::ALL {
            forms.push(digest_form(algorithm, *input, bytes));
        }
    }
    for algorithm in [Algorithm::Md5, Algorithm::Sha1, Algorithm::Sha256] {
        let inner = hexadecimal(&algorithm.of(secret.as_bytes()));
        forms.push(digest_form(algorithm, Input::Digest, inner.as_bytes()));
    }
    forms
}

fn digest_form(algorithm: Algorithm, input: Input, bytes: &[u8]) -> Form {
    Form {
        kind: Kind::Digest(algorithm, input),
        bytes: algorithm.of(bytes),
        bits: 8.0,
    }
}

/// Whether a squeezed text keeps `one`: letters, digits, and what is beyond ASCII and can be seen.
pub(crate) fn is_kept(one: char) -> bool {
    if one.is_ascii() {
        return one.is_ascii_alphanumeric();
    }
    // Soft hyphen, spaces and joiners without width, marks of direction, dashes, byte order marks.
    !matches!(
        one,
        '\u{ad}' | '\u{2000}'..='\u{206f}' | '\u{feff}' | '\u{b7}' | '\u{a0}' | '\u{180e}'
    )
}

fn kept(text: &str) -> String {
    text.chars().filter(|one| is_kept(*one)).collect()
}

fn rot13(one: char) -> char {
    match one {
        'a'..='z' => char::from((one as u8 - b'a' + 13) % 26 + b'a'),
        other => other,
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Chance in each character of a text that was drawn from the smallest of a few alphabets that has
/// all of its characters, in either case, but for what stands between them; in bits.
pub(crate) fn chance_of_character(text: &str) -> f32 {
    alphabet(text).log2()
}

fn alphabet(text: &str) -> f32 {
    // Separators say nothing of the digits around them.
    let kept = |one: &u8| !one.is_ascii_punctuation() && !one.is_ascii_whitespace();
    let all = |is_of: fn(&u8) -> bool| text.bytes().filter(kept).all(|one| is_of(&one));
    if all(u8::is_ascii_digit) {
        10.0
    } else if all(u8::is_ascii_hexdigit) {
        16.0
    } else if all(u8::is_ascii_lowercase) {
        26.0
    } else {
        36.0
    }
}

/// Chance in each byte of a text, in bits. What a text looks like says nothing of how it was chosen,
/// so many repeats count against it: then it had at most a few more characters to choose from.
fn chance_of_byte(text: &str) -> f32 {
    let mut seen = [false; 256];
    let mut distinct = 0_u8;
    for byte in text.bytes() {
        if !std::mem::replace(&mut seen[usize::from(byte)], true) {
            distinct = distinct.saturating_add(1);
        }
    }
    let characters = text.chars().count();
    let bound = match 2 * usize::from(distinct) {
        half if half >= characters => f32::INFINITY,
        _ => f32::from(distinct) * 1.6,
    };
    #[expect(clippy::cast_precision_loss, reason = "lengths of texts are small")]
    let share = characters as f32 / text.len().max(1) as f32;
    alphabet(text).min(bound).max(1.0).log2() * share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_stands_once() {
        let kinds: Vec<Kind> = forms("aBc-123").iter().map(|form| form.kind).collect();
        assert_eq!(kinds[0], Kind::Plain);
        assert!(kinds.contains(&Kind::Digest(Algorithm::Sha256, Input::Lower)));
        assert!(!kinds.contains(&Kind::Digest(Algorithm::Sha256, Input::Trimmed)));
    }

    #[test]
    fn the_end_of_made_up_addresses_is_no_form() {
        let forms = forms("kqzvwpxjh@fmdtyrsub.example");
        assert_eq!(forms[0].bytes, b"kqzvwpxjh@fmdtyrsub");
        assert!(forms.iter().all(|form| !form.bytes.ends_with(b"example")));
    }

    #[test]
    fn digests_are_those_of_the_standards() {
        let digest = |algorithm: Algorithm| hexadecimal(&algorithm.of(b"abc"));
        assert_eq!(digest(Algorithm::Md5), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(
            digest(Algorithm::Sha1),
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
        assert!(digest(Algorithm::Sha256).starts_with("ba7816bf8f01cfea414140de5dae2223"));
        assert!(digest(Algorithm::Sha512).starts_with("ddaf35a193617abacc417349ae204131"));
        assert_eq!(digest(Algorithm::Crc32), "352441c2");
    }

    #[test]
    fn repeats_and_digits_surprise_less() {
        assert!(chance_of_byte("aaaaaaaaaaaa") < 1.0);
        assert!((chance_of_byte("4929102938471029") - 10_f32.log2()).abs() < 0.01);
        assert!((chance_of_byte("+4929-1029 3847") - 10_f32.log2()).abs() < 0.01);
        assert!(chance_of_byte("k3j9x0qmv2zt7wpl") > 4.0);
    }
}
