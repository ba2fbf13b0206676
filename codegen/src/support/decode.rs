//! Bytes to typed values, with errors that name the place and quote nothing of the answer.

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Why a body is not what the document says: where, and what is wrong there.
///
/// Holds names of members and JSON types, never a value.
#[derive(Clone, PartialEq, Eq)]
pub struct DecodeError {
    path: String,
    message: String,
}

impl DecodeError {
    /// The member that is wrong, e.g. `credential.totp_type`; empty for the whole body.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong with it, without its value.
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            path: String::new(),
            message: message.into(),
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DecodeError({self})")
    }
}

impl std::error::Error for DecodeError {}

/// Reads a JSON text.
///
/// Only a failure is read again: with `5.0` as the integer that it is (JSON Schema 2020-12, section
/// 4.2.3), and to learn where it is wrong. An integer beyond the type of its member is an error.
pub(crate) fn from_slice<T: DeserializeOwned>(text: &[u8]) -> Result<T, DecodeError> {
    serde_json::from_slice(text).or_else(|error| {
        let Ok(mut value) = serde_json::from_slice::<Value>(text) else {
            return Err(DecodeError::new(masked(&error)));
        };
        let changed = shorten(&mut value);
        match crate::place::read(&value) {
            Ok(read) if changed => Ok(read),
            Ok(_) => Err(DecodeError::new(masked(&error))),
            Err((path, error)) => Err(place(&path, &masked(&error))),
        }
    })
}

/// Takes the fraction from numbers whose fraction is zero; whether there was one.
fn shorten(value: &mut Value) -> bool {
    match value {
        Value::Number(number) if number.is_f64() => {
            let integer = number.as_f64().and_then(integral);
            let changed = integer.is_some();
            if let Some(integer) = integer {
                *number = integer.into();
            }
            changed
        }
        Value::Array(list) => list
            .iter_mut()
            .fold(false, |changed, value| shorten(value) | changed),
        Value::Object(members) => members
            .values_mut()
            .fold(false, |changed, value| shorten(value) | changed),
        _ => false,
    }
}

/// Beyond this a floating-point number no longer tells two integers apart.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The integer that a number is, if it is one.
pub(crate) fn integral(number: f64) -> Option<i64> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "integral and within the exact range"
    )]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

/// Joins the path so far with the one that a union has put in front of its message.
fn place(path: &str, message: &str) -> DecodeError {
    let (inner, message) = match message.strip_prefix('.').and_then(|m| m.split_once(": ")) {
        Some((inner, message)) => (inner, message),
        None => ("", message),
    };
    let dot = if path.is_empty() || inner.is_empty() {
        ""
    } else {
        "."
    };
    DecodeError {
        path: format!("{path}{dot}{inner}"),
        message: message.to_owned(),
    }
}

/// The message of an error without the value that serde quotes, as in `invalid type: string "…", expected i64`.
pub(crate) fn masked(error: &serde_json::Error) -> String {
    let text = error.to_string();
    for head in ["invalid type: ", "invalid value: "] {
        let start = text.find(head).map(|at| at + head.len());
        if let (Some(start), Some(end)) = (start, text.rfind(", expected "))
            && let Some(found) = text.get(start..end)
            && let Some(quote) = found.find(['"', '`', '\''])
        {
            let kind = found[..quote].trim_end();
            return format!("{}{kind}{}", &text[..start], &text[end..]);
        }
    }
    text
}
