//! Everything of an answer that can be seen, place by place.

use std::{borrow::Cow, collections::BTreeMap};

use bytes::Bytes;
use serde_json::Value;
use spec::Pointer;

use super::Aspect;
use crate::{
    exchange::{Exchange, Response, read_json},
    finding::Place,
    secret::scan::plain_body,
};

/// What stands at each place of an answer, by what is compared there.
pub(super) type Features = BTreeMap<(Place, Aspect), String>;

/// Stands for a value that is not there.
pub(super) const ABSENT: &str = "(absent)";

/// Ids shorter than this are replaced only where they are the whole text.
const WORD: usize = 6;

/// The features of an answer; `ids` are names of things and their ids.
pub(super) fn features(exchange: &Exchange, ids: &[(String, String)]) -> Features {
    let mut features = Features::new();
    let mut put = |place: Place, aspect, text: String| {
        if let Some(masked) = masked(&text, ids) {
            features.insert((place.clone(), Aspect::Id), text);
            features.insert((place, aspect), masked);
        } else {
            features.insert((place, aspect), text);
        }
    };
    let response = match &exchange.outcome {
        Ok(response) => response,
        Err(error) => {
            put(Place::Connection, Aspect::Value, error.to_string());
            return features;
        }
    };
    let status = format!("{} {}", response.version, response.status);
    put(Place::Status, Aspect::Value, status);
    let reason = String::from_utf8_lossy(&response.reason).into_owned();
    put(Place::Reason, Aspect::Value, reason);
    fields(&response.headers, Place::Header, &mut put);
    fields(&response.trailers, Place::Trailer, &mut put);
    body(response, &mut put);
    features
}

fn fields(
    fields: &[(String, Bytes)],
    place: fn(String) -> Place,
    put: &mut impl FnMut(Place, Aspect, String),
) {
    let names: Vec<&str> = fields.iter().map(|(name, _)| &**name).collect();
    put(place("*".to_owned()), Aspect::Order, names.join(", "));
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for (name, value) in fields {
        let values = seen.entry(name).or_default();
        values.push_str(&String::from_utf8_lossy(value));
        values.push('\n');
    }
    for (name, values) in seen {
        let values = values.trim_end_matches('\n').to_owned();
        put(place(name.to_owned()), Aspect::Value, values);
    }
}

fn body(response: &Response, put: &mut impl FnMut(Place, Aspect, String)) {
    let root = || Place::Body(Pointer::root());
    let plain = plain_body(&response.headers, &response.body);
    let bytes = plain.as_deref().unwrap_or(&response.body);
    let json = match response.json() {
        Some(json) => Some(Cow::Borrowed(json)),
        None => read_json(bytes).map(Cow::Owned),
    };
    let Some(json) = json else {
        let text = String::from_utf8_lossy(bytes).into_owned();
        put(root(), Aspect::Value, text);
        return;
    };
    let mut order = String::new();
    leaves(&json, &Pointer::root(), &mut order, &mut |pointer, text| {
        put(Place::Body(pointer.clone()), Aspect::Value, text);
    });
    put(root(), Aspect::Order, order);
    let (layout, spelling) = written(bytes);
    put(root(), Aspect::Layout, layout);
    put(root(), Aspect::Spelling, spelling);
}

fn leaves(
    value: &Value,
    pointer: &Pointer,
    order: &mut String,
    each: &mut dyn FnMut(&Pointer, String),
) {
    match value {
        Value::Object(members) => {
            order.push('{');
            for (name, value) in members {
                order.push_str(name);
                order.push(' ');
                leaves(value, &pointer.child(name), order, each);
            }
            order.push('}');
        }
        Value::Array(items) => {
            order.push('[');
            for (number, value) in items.iter().enumerate() {
                leaves(value, &pointer.index(number), order, each);
            }
            order.push(']');
        }
        leaf => {
            order.push(',');
            each(pointer, leaf.to_string());
        }
    }
}

/// How a JSON body is written: its marks and white space, without what its strings and numbers say;
/// and the escapes in its strings and the forms of its numbers.
fn written(body: &[u8]) -> (String, String) {
    let (mut layout, mut spelling) = (String::new(), String::new());
    let mut at = 0;
    while at < body.len() {
        let byte = body[at];
        at += 1;
        match byte {
            b'"' => {
                layout.push('"');
                while at < body.len() && body[at] != b'"' {
                    if body[at] == b'\\' {
                        at += 1;
                        spelling.push('\\');
                        spelling.extend(body.get(at).map(|one| char::from(*one)));
                    }
                    at += 1;
                }
                at += 1;
                spelling.push('"');
            }
            b'0'..=b'9' | b'-' => {
                let number = body[at..].iter().position(|one| !is_of_number(*one));
                let end = number.map_or(body.len(), |length| at + length);
                let marks = body[at - 1..end].iter().filter(|one| !one.is_ascii_digit());
                spelling.extend(marks.map(|one| char::from(*one)));
                spelling.push('0');
                at = end;
            }
            byte if byte.is_ascii_alphabetic() => {}
            byte => layout.push(char::from(byte)),
        }
    }
    (layout, spelling)
}

fn is_of_number(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E')
}

/// The text with things in the place of their ids; `None` if there is no id in it.
fn masked(text: &str, ids: &[(String, String)]) -> Option<String> {
    let mut masked: Option<String> = None;
    for (name, id) in ids {
        let now = masked.as_deref().unwrap_or(text);
        if now.trim_matches('"') == id {
            return Some(format!("‹{name}›"));
        }
        if id.len() >= WORD && now.contains(id.as_str()) {
            masked = Some(now.replace(id.as_str(), &format!("‹{name}›")));
        }
    }
    masked
}
