//! JSON texts that a strict parser refuses, told apart and mended as lenient parsers do.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// Deeper than the strict parser goes.
const DEEP: usize = 127;

/// How many levels a lenient parser keeps.
const KEPT_LEVELS: usize = 60;

/// Why a strict parser refuses a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Oddity {
    NotUtf8,
    TooDeep,
    LoneSurrogate,
    HugeNumber,
    Duplicates,
    Other,
}

pub(super) fn oddity(text: &[u8]) -> Oddity {
    if str::from_utf8(text).is_err() {
        return Oddity::NotUtf8;
    }
    if depth(text) > DEEP {
        return Oddity::TooDeep;
    }
    if without_lone_surrogates(text) != text {
        return Oddity::LoneSurrogate;
    }
    match serde_json::from_slice::<Value>(text) {
        Ok(_) => Oddity::Duplicates,
        Err(error) if error.to_string().contains("out of range") => Oddity::HugeNumber,
        Err(_) => Oddity::Other,
    }
}

/// A byte of JSON text and where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Within a string, its quotes included.
    Text,
    /// Anywhere else, this many levels deep, the bracket itself included.
    Structure(usize),
}

fn places(text: &[u8]) -> impl Iterator<Item = (u8, Place)> {
    let (mut in_text, mut escaped, mut level) = (false, false, 0_usize);
    text.iter().map(move |&byte| {
        if in_text {
            in_text = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            return (byte, Place::Text);
        }
        match byte {
            b'"' => {
                in_text = true;
                return (byte, Place::Text);
            }
            b'{' | b'[' => {
                level += 1;
                return (byte, Place::Structure(level));
            }
            b'}' | b']' => {
                let own = level;
                level = level.saturating_sub(1);
                return (byte, Place::Structure(own));
            }
            _ => {}
        }
        (byte, Place::Structure(level))
    })
}

fn depth(text: &[u8]) -> usize {
    let levels = places(text).map(|(_, place)| match place {
        Place::Text => 0,
        Place::Structure(level) => level,
    });
    levels.max().unwrap_or_default()
}

/// Drops what is nested too deep.
pub(super) fn shallow(text: &[u8]) -> Vec<u8> {
    let mut level_of_text = 0;
    places(text)
        .filter(|(_, place)| {
            if let Place::Structure(level) = place {
                level_of_text = *level;
            }
            level_of_text <= KEPT_LEVELS
        })
        .map(|(byte, _)| byte)
        .collect()
}

pub(super) fn without_trailing_commas(text: &[u8]) -> Vec<u8> {
    let mut mended: Vec<u8> = Vec::new();
    for (byte, place) in places(text) {
        if place != Place::Text && matches!(byte, b'}' | b']') {
            let kept = mended.trim_ascii_end();
            if let Some(kept) = kept.strip_suffix(b",") {
                mended.truncate(kept.len());
            }
        }
        mended.push(byte);
    }
    mended
}

/// Drops `/* … */` and `// …`.
pub(super) fn without_comments(text: &[u8]) -> Vec<u8> {
    let mut mended = Vec::new();
    let (mut rest, mut in_text) = (text, false);
    while let [byte, after @ ..] = rest {
        let end: Option<&[u8]> = match rest {
            _ if in_text => None,
            [b'/', b'*', ..] => Some(b"*/"),
            [b'/', b'/', ..] => Some(b"\n"),
            _ => None,
        };
        if let Some(end) = end {
            let length = rest[2..].windows(end.len()).position(|part| part == end);
            rest = length.map_or(&[], |length| &rest[2 + length + end.len()..]);
            continue;
        }
        if *byte == b'"' && !mended.ends_with(b"\\") {
            in_text = !in_text;
        }
        mended.push(*byte);
        rest = after;
    }
    mended
}

/// Adds the quotes, braces and brackets that are missing at the end.
pub(super) fn completed(text: &[u8]) -> Vec<u8> {
    let mut open = Vec::new();
    let mut quotes = 0;
    for (byte, place) in places(text) {
        match byte {
            b'"' if place == Place::Text => quotes += 1,
            b'{' if place != Place::Text => open.push(b'}'),
            b'[' if place != Place::Text => open.push(b']'),
            b'}' | b']' if place != Place::Text => drop(open.pop()),
            _ => {}
        }
    }
    let mut mended = text.to_vec();
    if quotes % 2 == 1 {
        mended.push(b'"');
    }
    mended.extend(open.iter().rev());
    mended
}

/// Only the first value of several.
pub(super) fn first_value(text: &[u8]) -> Option<Vec<u8>> {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<Value>();
    let first = values.next()?.ok()?;
    Some(first.to_string().into_bytes())
}

/// Puts null for the literals that other languages have.
pub(super) fn without_nan(text: &[u8]) -> Vec<u8> {
    let mut mended = String::from_utf8_lossy(text).into_owned();
    for literal in ["-Infinity", "Infinity", "NaN"] {
        mended = mended.replace(literal, "null");
    }
    mended.into_bytes()
}

/// Puts U+FFFD for each escape of half a surrogate pair.
pub(super) fn without_lone_surrogates(text: &[u8]) -> Vec<u8> {
    let unit = |text: &[u8]| -> Option<u32> {
        let [b'\\', b'u', digits @ ..] = text else {
            return None;
        };
        let digits = str::from_utf8(digits.get(..4)?).ok()?;
        u32::from_str_radix(digits, 16).ok()
    };
    let mut mended = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let whole_pair = || matches!(unit(&rest[6..]), Some(0xdc00..=0xdfff));
        let length = match unit(rest) {
            Some(0xd800..=0xdbff) if whole_pair() => 12,
            Some(0xd800..=0xdfff) => {
                mended.extend(b"\\ufffd");
                rest = &rest[6..];
                continue;
            }
            // An escaped backslash begins no escape.
            _ if rest.starts_with(b"\\\\") => 2,
            _ => 1,
        };
        mended.extend(&rest[..length]);
        rest = &rest[length..];
    }
    mended
}

/// The members of an object in the order of the text, duplicates included.
pub(super) struct Members(pub(super) Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(MembersVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mends_only_what_it_is_for() {
        assert_eq!(
            without_trailing_commas(br#"{"a": [1, ], "b,]": 2,}"#),
            br#"{"a": [1], "b,]": 2}"#
        );
        assert_eq!(
            without_comments(b"{\"a//\": /* x */ 1} // y"),
            b"{\"a//\":  1} "
        );
        assert_eq!(completed(br#"{"a": [1, "x"#), br#"{"a": [1, "x"]}"#);
        assert_eq!(first_value(b"{\"a\":1} x").unwrap(), b"{\"a\":1}");
        assert_eq!(without_nan(b"[NaN, -Infinity]"), b"[null, null]");
        assert_eq!(
            without_lone_surrogates(br#""\ud83d\ude00 \ud83d \\ud83d""#),
            br#""\ud83d\ude00 \ufffd \\ud83d""#
        );
        let deep = format!(
            "{{\"a\": {}{}, \"b\": 1}}",
            "[".repeat(500),
            "]".repeat(500)
        );
        let value: Value = serde_json::from_slice(&shallow(deep.as_bytes())).unwrap();
        assert_eq!(value["b"], 1);
    }

    #[test]
    fn tells_oddities_apart() {
        for (text, expected) in [
            (&b"\"\xff\""[..], Oddity::NotUtf8),
            (b"\"\\udc00\"", Oddity::LoneSurrogate),
            (b"1e999", Oddity::HugeNumber),
            (b"{\"a\": 1, \"a\": 2}", Oddity::Duplicates),
            (b"{", Oddity::Other),
        ] {
            assert_eq!(oddity(text), expected);
        }
        assert_eq!(oddity("[".repeat(500).as_bytes()), Oddity::TooDeep);
    }
}
