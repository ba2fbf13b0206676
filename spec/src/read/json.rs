//! JSON text to a value, and, only when somebody asks, to the positions of its nodes.

use std::{cell::Cell, fmt, ops::Range};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value, error::Category};

use super::{
    MAX_DEPTH, Parsed,
    positions::{Key, Positions},
};
use crate::{diagnostic::Diagnostic, source};

/// Reads a whole JSON text. Duplicate keys are noticed; where they stand is found out later.
pub(super) fn parse(text: &str) -> Result<Parsed, Box<Diagnostic>> {
    let duplicates = Cell::new(false);
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = ValueSeed {
        duplicates: &duplicates,
    }
    .deserialize(&mut reader)
    .and_then(|value| reader.end().map(|()| value))
    .map_err(|error| Box::new(fault(text, &error)))?;
    Ok(Parsed {
        value,
        positions: None,
        duplicates: duplicates.get(),
        warnings: Vec::new(),
    })
}

fn fault(text: &str, error: &serde_json::Error) -> Diagnostic {
    let place = source::byte_of_line(text, error.line(), error.column());
    let place = text.floor_char_boundary(place.saturating_sub(1));
    let full = error.to_string();
    let message = full.split(" at line ").next().unwrap_or(&full);
    if message.contains("recursion limit") {
        return super::too_deep(place..place + 1);
    }
    if error.classify() == Category::Eof {
        let end = text.trim_end().len();
        let open = unclosed(text);
        let what = match open.last() {
            Some((line, b'{')) => {
                format!("the JSON text ends inside the object that begins at line {line}")
            }
            Some((line, _)) => {
                format!("the JSON text ends inside the array that begins at line {line}")
            }
            None => "the JSON text ends too early".to_owned(),
        };
        return Diagnostic::syntax("incomplete-json", end..end, what).hint(
            "the file was probably cut off: fetch or write it again, and compare its length with the original",
        );
    }
    let width = text[place..].chars().next().map_or(0, char::len_utf8);
    let told = match message {
        "expected ident" | "expected value" => "this is no JSON value",
        other => other,
    };
    let diagnostic = Diagnostic::syntax("json-syntax", place..place + width, told);
    match message {
        "trailing comma" => diagnostic.hint("JSON allows no comma before `}` or `]`: remove it"),
        "key must be a string" => diagnostic.hint(
            "JSON keys stand in double quotes; if this is meant to be YAML, name the file `….yaml`",
        ),
        "trailing characters" => {
            diagnostic.hint("a JSON file holds one value; remove what follows it")
        }
        "expected ident" | "expected value" => {
            diagnostic.hint("a value is a string in double quotes, a number, `true`, `false`, `null`, an object or an array")
        }
        _ => diagnostic.hint("correct the JSON text here; nothing after this place was looked at"),
    }
}

/// The brackets that are still open at the end of the text: line and byte.
fn unclosed(text: &str) -> Vec<(usize, u8)> {
    let bytes = text.as_bytes();
    let (mut open, mut line, mut at) = (Vec::new(), 1, 0);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\n' => line += 1,
            b'{' | b'[' => open.push((line, byte)),
            b'}' | b']' => {
                open.pop();
            }
            b'"' => {
                at = string_end(bytes, at);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    open
}

/// Where the nodes of a JSON text that was read without fault stand.
pub(super) fn positions(text: &str) -> Positions {
    let bytes = text.as_bytes();
    let mut positions = Positions::default();
    let mut open: Vec<usize> = Vec::new();
    let mut key: Option<Range<usize>> = None;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => {
                open.push(begin(&mut positions, text, at, key.take()));
                at += 1;
            }
            b'}' | b']' => {
                at += 1;
                if let Some(node) = open.pop() {
                    positions.close(node, at);
                }
            }
            b'"' => {
                let end = string_end(bytes, at);
                let after = end
                    + bytes[end..]
                        .iter()
                        .take_while(|b| b.is_ascii_whitespace())
                        .count();
                if bytes.get(after) == Some(&b':') && key.is_none() {
                    key = Some(at..end);
                    at = after + 1;
                } else {
                    let node = begin(&mut positions, text, at, key.take());
                    positions.close(node, end);
                    at = end;
                }
            }
            b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' => at += 1,
            _ => {
                let end = at
                    + bytes[at..]
                        .iter()
                        .take_while(|b| {
                            !matches!(b, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t')
                        })
                        .count();
                let node = begin(&mut positions, text, at, key.take());
                positions.close(node, end);
                at = end;
            }
        }
    }
    positions
}

fn begin(positions: &mut Positions, text: &str, start: usize, key: Option<Range<usize>>) -> usize {
    let Some(range) = key else {
        return positions.open(text, start, None);
    };
    let inner = &text[range.start + 1..range.end - 1];
    let decoded;
    let name = if inner.contains('\\') {
        decoded = serde_json::from_str(&text[range.clone()]).unwrap_or_else(|_| inner.to_owned());
        decoded.as_str()
    } else {
        inner
    };
    positions.open(text, start, Some(&Key { range, name }))
}

/// The byte after the string that begins at `start`.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Reads a value as `serde_json::Value` does, and notices duplicate keys, which that drops silently.
#[derive(Clone, Copy)]
struct ValueSeed<'a> {
    duplicates: &'a Cell<bool>,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a JSON value of at most {MAX_DEPTH} levels")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            let value = access.next_value_seed(self)?;
            if members.insert(key, value).is_some() {
                self.duplicates.set(true);
            }
        }
        Ok(Value::Object(members))
    }
}
