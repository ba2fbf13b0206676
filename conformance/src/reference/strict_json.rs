//! Bytes to a JSON value, strictly (RFC 8259 and I-JSON): UTF-8 only, one value and white space,
//! no member twice, no lone surrogate, no NaN, at most 127 levels.
//!
//! `serde_json` is strict in all of these but duplicate members, of which it keeps the last.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Where reading stopped, and nothing of what stood there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    /// Offset in bytes from the start of the text.
    pub(crate) offset: usize,
}

/// Reads exactly one JSON value.
pub(crate) fn parse(text: &[u8]) -> Result<Value, Malformed> {
    serde_json::from_slice(text)
        .map(|Strict(value)| value)
        .map_err(|error| Malformed {
            offset: offset(text, error.line(), error.column()),
        })
}

/// `serde_json` counts lines from one and bytes of the line from one.
fn offset(text: &[u8], line: usize, column: usize) -> usize {
    let start: usize = text
        .split_inclusive(|byte| *byte == b'\n')
        .take(line.saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    (start + column.saturating_sub(1)).min(text.len())
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let Strict(value) = members.next_value()?;
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("duplicate member"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_serde_json_reads() {
        let text = r#" {"a": [1, -2, 0.5, true, null, "é😀\n"], "b": {"a": {}}} "#;
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(parse(text.as_bytes()), Ok(expected));
    }

    #[test]
    fn refuses_what_is_not_json_and_says_where() {
        let deep = "[".repeat(200) + &"]".repeat(200);
        for (text, offset) in [
            (&b""[..], 0),
            (b"{\"a\": 1} x", 9),
            (b"{\"a\": 1}{}", 8),
            (b"{\"a\": NaN}", 6),
            (b"[1,]", 3),
            (b"{'a': 1}", 1),
            (b"\xef\xbb\xbf{}", 0),
        ] {
            assert_eq!(parse(text), Err(Malformed { offset }), "{text:?}");
        }
        for text in [
            &b"{\"a\": 1, \"a\": 1}"[..],
            b"{\"x\": {\"a\": 1, \"\\u0061\": 2}}",
            b"\"\\ud800\"",
            b"\"\xff\"",
            b"1e999",
            deep.as_bytes(),
        ] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }
}
