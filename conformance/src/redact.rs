//! The only way from exchanges to reporters: what may be shown is a [`Shown`], and only a
//! [`Redactor`] makes one.
//!
//! The key, whole or in pieces of eight characters and more, in any case of letters, as it is, backwards,
//! percent-encoded, escaped in JSON, HTML, quoted-printable or C, in hexadecimal, in base32 or base64, in
//! UTF-16, with spaces or as a list of numbers, is never shown; neither are the values of headers given for the run, nor
//! anything in the header that carries the key.

mod finding;

use std::{borrow::Cow, ops::Deref};

use aho_corasick::AhoCorasick;
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD, HEXLOWER};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::{
    bridge,
    event::rfc3339,
    exchange::{Auth, Body, Credential, Exchange, Request, encode_component},
    panics,
    report::shortened,
    setup::{API_KEY, KeySource},
    target::{AuthPlace, AuthScheme, BaseUrl},
    transport::Secret,
};

pub use finding::{Excerpt, Finding};

/// The shortest piece of a secret that is looked for.
const PIECE: usize = 8;
/// A secret shorter than this is not looked for in texts: it would be found everywhere.
const SHORTEST: usize = 4;
/// Most bytes of a body that are kept in a finding.
const MAX_BODY: usize = 16 * 1024;
/// Most characters of a place, and of evidence.
const MAX_PLACE: usize = 1_000;
const MAX_EVIDENCE: usize = 32 * 1024;
/// Headers that carry credentials whatever the document says.
const CREDENTIAL_HEADERS: [&str; 3] = ["authorization", "cookie", "proxy-authorization"];

/// Something that may be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shown<T>(T);

impl<T> Shown<T> {
    /// The value.
    pub fn get(&self) -> &T {
        &self.0
    }
}

impl<T> Deref for Shown<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Serialize> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// What a recording holds was shown once, and may be shown again.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Shown<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

/// A request and its answer as they may be shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// The method.
    pub method: String,
    /// The URL with its query.
    pub url: String,
    /// The path as the document writes it.
    pub template: String,
    /// Headers that the request adds to those of every client; credentials are named, not shown.
    pub request_headers: Vec<(String, String)>,
    /// The body, as text.
    pub request_body: String,
    /// The status, if there was an answer.
    pub status: Option<u16>,
    /// Headers of the answer.
    pub response_headers: Vec<(String, String)>,
    /// The body of the answer, as text.
    pub response_body: String,
    /// Whether a body was cut off.
    pub truncated: bool,
    /// Why there was no answer.
    pub error: Option<String>,
    /// When it was sent, as RFC 3339.
    #[serde(default)]
    pub began: Option<String>,
    /// From the first byte of the request to the last of the answer.
    pub elapsed_ms: f64,
}

impl Shown<Transcript> {
    /// The same with at most so many characters of each body.
    pub(crate) fn shortened(&self, most: usize) -> Self {
        let mut short = self.0.clone();
        for body in [&mut short.request_body, &mut short.response_body] {
            if let Some((end, _)) = body.char_indices().nth(most) {
                body.truncate(end);
                short.truncated = true;
            }
        }
        Self(short)
    }
}

/// Finds what must not be shown in texts.
#[derive(Clone, Debug)]
pub(crate) struct Mask(AhoCorasick);

/// Makes things fit to be shown.
pub struct Redactor {
    mask: Option<Mask>,
    headers: Vec<String>,
    base: BaseUrl,
    /// What stands for the key.
    mark: &'static str,
    /// What stands before the key in its header.
    scheme: &'static str,
}

impl Redactor {
    /// A redactor that hides `key`, and the `headers` given for the run, in talks with `base`.
    pub fn new(
        base: &BaseUrl,
        scheme: Option<&AuthScheme>,
        key: Option<&Secret>,
        headers: &[(String, Secret)],
    ) -> Self {
        let secrets = key
            .into_iter()
            .chain(headers.iter().map(|(_, value)| value));
        let mut pieces: Vec<Vec<u8>> = secrets.flat_map(|secret| pieces(secret.expose())).collect();
        pieces.sort_unstable();
        pieces.dedup();
        // Building fails only beyond any length that a header can have.
        let pieces = (!pieces.is_empty()).then(|| {
            AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .build(&pieces)
                .ok()
        });
        let mask = pieces.flatten().map(Mask);
        mask.iter().cloned().for_each(panics::hide);
        let carrier = scheme.and_then(|scheme| match &scheme.place {
            AuthPlace::Header(name) => Some(name.clone()),
            AuthPlace::Bearer | AuthPlace::Basic => Some("authorization".to_owned()),
            _ => None,
        });
        Self {
            mask,
            headers: carrier
                .into_iter()
                .chain(headers.iter().map(|(name, _)| name.to_ascii_lowercase()))
                .chain(CREDENTIAL_HEADERS.map(str::to_owned))
                .collect(),
            base: base.clone(),
            mark: API_KEY.mark,
            scheme: match scheme.map(|scheme| &scheme.place) {
                Some(AuthPlace::Bearer) => "Bearer ",
                Some(AuthPlace::Basic) => "Basic ",
                _ => "",
            },
        }
    }

    /// The same, with the mark of `source` in the place of the key.
    #[must_use]
    pub(crate) fn of_source(self, source: KeySource) -> Self {
        Self {
            mark: source.mark,
            ..self
        }
    }

    /// A text that may be shown.
    pub fn text(&self, text: &str) -> Shown<String> {
        Shown(self.masked(text).into_owned())
    }

    /// The beginning of a text that may be shown: names of members are as long as a server likes.
    pub(crate) fn beginning(&self, text: &str, most: usize) -> Shown<String> {
        // Masked before it is cut: half a piece at the cut would not be recognised.
        Shown(shortened(&self.masked(text), most))
    }

    /// A place in an exchange that may be shown.
    pub(crate) fn place(&self, place: &str) -> Shown<String> {
        self.beginning(place, MAX_PLACE)
    }

    /// A JSON value that may be shown: its strings and the names of its members are masked.
    pub fn value(&self, value: &Value) -> Shown<Value> {
        Shown(self.masked_value(value))
    }

    /// An exchange that may be shown.
    pub fn exchange(&self, exchange: &Exchange) -> Shown<Transcript> {
        let request = &exchange.request;
        let mut request_headers: Vec<(String, String)> = request
            .headers
            .iter()
            .map(|(name, value)| self.header(name, value))
            .collect();
        let is_typed = request_headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if matches!(request.body, Body::Json(_)) && !is_typed {
            // The transport adds it.
            request_headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        request_headers.extend(self.credential(&request.auth));
        let (request_body, request_cut) = self.body(&request.body_bytes());
        let response = exchange.response();
        let (response_body, response_cut) = response
            .map(|response| self.body(&response.body))
            .unwrap_or_default();
        let headers = response.map_or(&[][..], |response| &response.headers);
        Shown(Transcript {
            method: self.masked(&request.method).into_owned(),
            url: self.masked(&self.url(request)).into_owned(),
            template: request.template.clone(),
            request_headers,
            request_body,
            status: exchange.status(),
            response_headers: headers
                .iter()
                .map(|(name, value)| self.header(name, value))
                .collect(),
            response_body,
            truncated: request_cut
                || response_cut
                || response.is_some_and(|response| response.truncated),
            error: exchange.outcome.as_ref().err().map(ToString::to_string),
            began: exchange.began.map(rfc3339),
            elapsed_ms: exchange.elapsed.as_secs_f64() * 1000.0,
        })
    }

    /// Calls of the service behind the server stand where they came in, not below the base URL.
    fn url(&self, request: &Request) -> String {
        if bridge::is_call(request) {
            return request.template.clone();
        }
        self.base.url_of(&request.target())
    }

    fn credential(&self, auth: &Auth) -> Option<(String, String)> {
        let name = self.headers.first()?.clone();
        let what = match auth {
            Auth::None => return None,
            Auth::Given => return Some((name, format!("{}{}", self.scheme, self.mark))),
            Auth::Instead(how) => match how {
                Credential::Empty => "",
                Credential::Blank => " ",
                Credential::Wrong => "‹a wrong key›",
                Credential::WithoutLast => "‹the key without its last character›",
                Credential::WithoutFirst => "‹the key without its first character›",
                Credential::Lengthened => "‹the key and one more character›",
                Credential::OtherCase => "‹the key in other letters of case›",
                Credential::InQuery => return Some(("(query)".to_owned(), self.mark.to_owned())),
                Credential::AsBearer => {
                    return Some(("authorization".to_owned(), format!("Bearer {}", self.mark)));
                }
                Credential::InCookie => return Some(("cookie".to_owned(), self.mark.to_owned())),
                Credential::InHeader(name) => return Some((name.clone(), self.mark.to_owned())),
                Credential::Around { before, after } => {
                    let value = format!("{before}{}{after}", self.mark);
                    return Some(("authorization".to_owned(), self.masked(&value).into_owned()));
                }
                Credential::Text(text) => return Some((name, self.masked(text).into_owned())),
            },
        };
        Some((name, what.to_owned()))
    }

    fn header(&self, name: &str, value: &[u8]) -> (String, String) {
        let hidden = self
            .headers
            .iter()
            .any(|header| header.eq_ignore_ascii_case(name));
        let value = if hidden && !value.is_empty() {
            self.mark.to_owned()
        } else {
            self.masked(&String::from_utf8_lossy(value)).into_owned()
        };
        (self.masked(name).into_owned(), value)
    }

    /// The text of a body, and whether it was cut off.
    fn body(&self, bytes: &[u8]) -> (String, bool) {
        // Masked before it is cut: half a piece at the cut would not be recognised.
        let text = self.masked(&String::from_utf8_lossy(bytes)).into_owned();
        if text.len() <= MAX_BODY {
            return (text, false);
        }
        let end = text.floor_char_boundary(MAX_BODY);
        (text[..end].to_owned(), true)
    }

    fn masked<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match &self.mask {
            Some(mask) => mask.masked(text, self.mark),
            None => text.into(),
        }
    }

    fn masked_value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.masked(text).into_owned()),
            Value::Array(items) => items.iter().map(|item| self.masked_value(item)).collect(),
            Value::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(name, value)| (self.masked(name).into_owned(), self.masked_value(value)))
                    .collect::<Map<_, _>>(),
            ),
            other => other.clone(),
        }
    }
}

impl Mask {
    /// `text` with `mark` in the place of what must not be shown.
    pub(crate) fn masked<'a>(&self, text: &'a str, mark: &str) -> Cow<'a, str> {
        let mut spans: Vec<(usize, usize)> = Vec::new();
        for found in self.0.find_overlapping_iter(text) {
            match spans.last_mut() {
                Some(last) if found.start() <= last.1 => {
                    last.0 = last.0.min(found.start());
                    last.1 = last.1.max(found.end());
                }
                _ => spans.push((found.start(), found.end())),
            }
        }
        if spans.is_empty() {
            return text.into();
        }
        let mut masked = String::with_capacity(text.len());
        let mut end = 0;
        for span in spans {
            // A piece is cut between characters only if it begins or ends within one.
            let start = text.floor_char_boundary(span.0).max(end);
            masked.push_str(&text[end..start]);
            masked.push_str(mark);
            end = text.ceil_char_boundary(span.1).max(end);
        }
        masked.push_str(&text[end..]);
        masked.into()
    }
}

/// Every piece of `secret` in every form in which it may come back.
fn pieces(secret: &str) -> Vec<Vec<u8>> {
    if secret.len() < SHORTEST {
        return Vec::new();
    }
    let pieces_of = |form: String, length: usize| {
        let length = form.len().min(length);
        let windows = form.as_bytes().windows(length.max(1)).map(<[u8]>::to_vec);
        windows.collect::<Vec<_>>()
    };
    let escaped = Value::from(secret).to_string();
    // As some writers of JSON do with everything that is no letter.
    let numbered = |one: char| match one {
        one if one.is_ascii_alphanumeric() => one.to_string(),
        other => format!("\\u{:04x}", u32::from(other)),
    };
    let plain = [
        secret.to_owned(),
        encode_component(secret).into_owned(),
        escaped[1..escaped.len() - 1].to_owned(),
        secret.chars().map(numbered).collect(),
    ];
    let mut pieces: Vec<Vec<u8>> = plain
        .into_iter()
        .flat_map(|form| pieces_of(form, PIECE))
        .collect();
    pieces.extend(pieces_of(HEXLOWER.encode(secret.as_bytes()), 2 * PIECE));
    // Every character escaped, as in nothing that a library writes and in much that a person tries.
    let unicode = |mark: &str| -> String {
        let number = |one: char| format!("{mark}{:04x}", u32::from(one));
        secret.chars().map(number).collect()
    };
    pieces.extend(pieces_of(unicode("\\u"), 6 * PIECE));
    // The same within a string of JSON.
    pieces.extend(pieces_of(unicode("\\\\u"), 7 * PIECE));
    for (form, each) in spelled(secret) {
        pieces.extend(pieces_of(form, each * PIECE));
    }
    for form in base64_forms(secret.as_bytes()) {
        pieces.extend(pieces_of(form, PIECE.div_ceil(3) * 4));
    }
    for form in aligned(secret.as_bytes(), 5, |bytes| BASE32_NOPAD.encode(bytes)) {
        pieces.extend(pieces_of(form, PIECE.div_ceil(5) * 8));
    }
    pieces
}

/// `secret` spelled character by character in the ways in which servers, logs and people write bytes,
/// each with the length of the shortest character.
fn spelled(secret: &str) -> Vec<(String, usize)> {
    let bytes = || secret.bytes();
    let each = |write: &dyn Fn(u8) -> String| -> String { bytes().map(write).collect() };
    let between = |separator: &str, write: &dyn Fn(u8) -> String| -> String {
        bytes().map(write).collect::<Vec<_>>().join(separator)
    };
    let hexadecimal = |byte: u8| format!("{byte:02x}");
    let named = |byte: u8| match byte {
        b'&' => "&amp;".to_owned(),
        b'<' => "&lt;".to_owned(),
        b'>' => "&gt;".to_owned(),
        b'"' => "&quot;".to_owned(),
        b'\'' => "&#39;".to_owned(),
        other => char::from(other).to_string(),
    };
    vec![
        (each(&|byte| format!("%{byte:02x}")), 3),
        (each(&|byte| format!("%25{byte:02x}")), 5),
        (each(&|byte| format!("\\x{byte:02x}")), 4),
        (each(&|byte| format!("\\\\x{byte:02x}")), 5),
        (each(&|byte| format!("={byte:02x}")), 3),
        (each(&|byte| format!("&#{byte};")), 5),
        (each(&|byte| format!("&#x{byte:x};")), 6),
        (each(&named), 1),
        (between(":", &hexadecimal), 3),
        (between(" ", &hexadecimal), 3),
        (between("-", &hexadecimal), 3),
        (between(", ", &|byte| byte.to_string()), 4),
        (between(",", &|byte| byte.to_string()), 3),
        (between(" ", &|byte| char::from(byte).to_string()), 2),
        // UTF-16, in either order of bytes.
        (between("\0", &|byte| char::from(byte).to_string()), 2),
        (secret.replace(' ', "+"), 1),
        (secret.chars().rev().collect(), 1),
    ]
}

/// What stays the same of `secret` in base64, whatever stands before and after it: at each of the
/// three alignments, in both alphabets.
fn base64_forms(secret: &[u8]) -> Vec<String> {
    let aligned = aligned(secret, 6, |bytes| BASE64URL_NOPAD.encode(bytes));
    aligned
        .into_iter()
        .flat_map(|form| [form.replace('-', "+").replace('_', "/"), form])
        .collect()
}

/// What stays the same of `secret` in a coding with so many bits a character: at each alignment, without
/// the characters that hold bits of what stands beside it.
fn aligned(secret: &[u8], bits: usize, encode: fn(&[u8]) -> String) -> Vec<String> {
    // After so many bytes a character ends where a byte does.
    let alignments = (1..=bits).find(|bytes| bytes * 8 % bits == 0);
    let forms = (0..alignments.unwrap_or(1)).map(|before| {
        let padded = [&vec![0; before][..], secret].concat();
        let from = (before * 8).div_ceil(bits);
        let to = padded.len() * 8 / bits;
        encode(&padded)[from.min(to)..to].to_owned()
    });
    forms.filter(|form| form.len() >= SHORTEST).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const KEY: &str = "sk-0123456789abcdef+/=";

    fn redactor() -> Redactor {
        let scheme = AuthScheme {
            place: AuthPlace::Header("x-api-key".into()),
            required: true,
        };
        let headers = [(
            "X-Trace".to_owned(),
            Secret::new("given-for-this-run".into()),
        )];
        Redactor::new(
            &"http://h".parse().unwrap(),
            Some(&scheme),
            Some(&Secret::new(KEY.into())),
            &headers,
        )
    }

    #[test]
    fn the_key_is_hidden_whole_in_pieces_and_encoded() {
        let shown = |text: &str| redactor().text(text).get().clone();
        assert_eq!(shown(&format!("a {KEY} b")), "a ‹key› b");
        assert_eq!(shown(&format!("é{}é", &KEY[..KEY.len() - 1])), "é‹key›é");
        assert_eq!(shown(&KEY.to_uppercase()), "‹key›");
        assert_eq!(
            shown("x-api-key=sk-0123456789abcdef%2B%2F%3D&a"),
            "x-api-key=‹key›&a"
        );
        assert_eq!(shown("given-for-this-run"), "‹key›");
        assert_eq!(shown("0123 is no key"), "0123 is no key");
    }

    #[test]
    fn the_key_is_hidden_however_it_is_spelled() {
        for (form, each) in spelled(KEY) {
            let shown = redactor().text(&format!("a {form} b"));
            // Of an odd spelling the ends may stay.
            let left = shown.len() - API_KEY.mark.len();
            assert!(
                shown.contains(API_KEY.mark) && left < 4 + 2 * each,
                "{}",
                shown.get()
            );
        }
    }

    #[test]
    fn names_of_members_are_masked_too() {
        let shown = redactor().value(&json!({KEY: [KEY, 1]}));
        assert_eq!(*shown, json!({"‹key›": ["‹key›", 1]}));
    }

    proptest! {
        #[test]
        fn no_piece_of_the_key_is_shown(before in ".*", from in 0usize..14, after in ".*") {
            let piece = &KEY[from..from + PIECE];
            let shown = redactor().text(&format!("{before}{piece}{after}"));
            let kept = KEY.as_bytes().windows(PIECE).any(|window| {
                shown.as_bytes().windows(PIECE).any(|other| other == window)
            });
            prop_assert!(!kept, "{}", shown.get());
        }
    }
}
