//! Where a leak puts something.

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, ETAG, HeaderName, LOCATION, SET_COOKIE};
use serde_json::{Value, json};

use super::super::super::answer::Answer;

/// A place in an answer. What does not fit there is not put there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// A member of the shown credential, or of the error.
    Member(&'static str),
    /// A member of its `credential`.
    Inner(&'static str),
    Header(&'static str),
    /// A header, between quotes.
    Etag,
    Cookie,
    Location,
    FileName,
    /// Behind the text of `detail`, or the message of its first problem.
    Words,
    /// A member of the first problem of `detail`.
    Problem(&'static str),
    /// The last token of `loc` of the first problem.
    Loc,
}

impl Place {
    /// Puts `value` into the answer, or into one entry of its list.
    pub(super) fn put(self, answer: &mut Answer, entry: Option<usize>, value: Value) {
        let text = text(&value);
        let mut header = |name: HeaderName, text: String| {
            if let Ok(value) = HeaderValue::from_bytes(text.as_bytes()) {
                answer.headers.append(name, value);
            }
        };
        match self {
            Self::Header(name) => return header(HeaderName::from_static(name), text),
            Self::Etag => return header(ETAG, format!("\"{text}\"")),
            Self::Cookie => return header(SET_COOKIE, format!("last={text}; HttpOnly")),
            Self::Location => return header(LOCATION, format!("/v1/credentials?hint={text}")),
            Self::FileName => {
                let disposition = format!("inline; filename=\"{text}.json\"");
                return header(CONTENT_DISPOSITION, disposition);
            }
            _ => {}
        }
        let shown = match (&mut answer.body, entry) {
            (Some(Value::Array(entries)), Some(at)) => entries.get_mut(at),
            (body, _) => body.as_mut(),
        };
        let Some(shown) = shown.filter(|shown| shown.is_object()) else {
            return;
        };
        match self {
            Self::Member(name) => shown[name] = value,
            Self::Inner(name) if shown["credential"].is_object() => {
                shown["credential"][name] = value;
            }
            Self::Words => {
                if let Some(detail) = shown.get_mut("detail") {
                    append(detail, &text);
                }
            }
            Self::Problem(name) if shown["detail"][0].is_object() => {
                shown["detail"][0][name] = value;
            }
            Self::Loc => {
                if let Some(Value::Array(loc)) = shown.pointer_mut("/detail/0/loc") {
                    loc.push(value);
                }
            }
            _ => {}
        }
    }
}

/// A value as text: a string is itself.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Behind a text, or behind the message of the first of several problems.
fn append(detail: &mut Value, text: &str) {
    match detail {
        Value::String(words) => *words = format!("{words}: {text}"),
        Value::Array(problems) => {
            if let Some(problem) = problems.first_mut() {
                let words = problem["msg"].as_str().unwrap_or_default();
                problem["msg"] = json!(format!("{words}: {text}"));
            }
        }
        _ => {}
    }
}
