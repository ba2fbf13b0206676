//! Writes the values of parameters in the styles of OpenAPI 3.1 ("Style Values"), percent-encoded (RFC 3986).
//!
//! Values come as JSON. Null, and an empty list or object, is a parameter that is not there;
//! lists and objects within lists and objects, which the styles do not define, are written as JSON.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// The style of a parameter, and whether its elements are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Matrix {
        explode: bool,
    },
    Label {
        explode: bool,
    },
    Simple {
        explode: bool,
    },
    Form {
        explode: bool,
    },
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
    /// `content` with a JSON media type; only in the query and in cookies has it a name before it.
    Json {
        named: bool,
    },
}

/// Which characters of a value stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escape {
    /// Unreserved characters only.
    Reserved,
    /// Reserved ones too, where they mean nothing in a query: `allowReserved`.
    KeepReserved,
    /// All: headers are not percent-encoded.
    Nothing,
}

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Without `#`, `[`, `]`, which end or break a query, and `&` and `+`, which readers of forms take for their own.
const RESERVED: &AsciiSet = &UNRESERVED
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

impl Escape {
    fn text(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Reserved => utf8_percent_encode(text, UNRESERVED).into(),
            Self::KeepReserved => utf8_percent_encode(text, RESERVED).into(),
            Self::Nothing => text.into(),
        }
    }

    /// A scalar as it is, anything else as JSON.
    fn value(self, value: &Value) -> String {
        match value {
            Value::String(text) => self.text(text).into_owned(),
            other => self.text(&other.to_string()).into_owned(),
        }
    }
}

/// The parameter `name` with this value; `None` if there is nothing to write.
///
/// Query and cookie parameters come as `name=value`, several joined by `&`.
pub(crate) fn write(name: &str, value: &Value, style: Style, escape: Escape) -> Option<String> {
    let key = escape_name(name, escape);
    let shape = match Shape::of(value) {
        _ if matches!(style, Style::Json { .. }) && !value.is_null() => Shape::Scalar(value),
        shape => shape?,
    };
    Some(match style {
        Style::Json { named } => {
            let text = value.to_string();
            let text = escape.text(&text);
            if named {
                format!("{key}={text}")
            } else {
                text.into_owned()
            }
        }
        Style::Simple { explode } => shape.joined(",", explode, escape),
        Style::Label { explode } => {
            let separator = if explode { "." } else { "," };
            format!(".{}", shape.joined(separator, explode, escape))
        }
        Style::Matrix { explode } => {
            let named = shape.named(&key, explode, escape);
            named.iter().fold(String::new(), |mut text, (name, value)| {
                text.push(';');
                text.push_str(name);
                if !value.is_empty() {
                    text.push('=');
                    text.push_str(value);
                }
                text
            })
        }
        Style::Form { explode } => query(shape.named(&key, explode, escape)),
        Style::SpaceDelimited => format!("{key}={}", shape.joined("%20", false, escape)),
        Style::PipeDelimited => format!("{key}={}", shape.joined("%7C", false, escape)),
        Style::DeepObject => match shape {
            Shape::Object(members) => query(
                members
                    .into_iter()
                    .map(|(member, value)| {
                        let member = escape_name(member, escape);
                        (format!("{key}%5B{member}%5D"), escape.value(value))
                    })
                    .collect(),
            ),
            shape => query(shape.named(&key, true, escape)),
        },
    })
}

/// `application/x-www-form-urlencoded`: the members of an object, lists as repeated members.
pub(crate) fn form(value: &Value) -> String {
    let style = Style::Form { explode: true };
    write("", value, style, Escape::Reserved).unwrap_or_default()
}

fn escape_name(name: &str, escape: Escape) -> Cow<'_, str> {
    match escape {
        Escape::Nothing => name.into(),
        _ => Escape::Reserved.text(name),
    }
}

fn query(pairs: Vec<(String, String)>) -> String {
    let pairs: Vec<_> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

/// A value that is there, as the styles see it.
enum Shape<'a> {
    Scalar(&'a Value),
    List(Vec<&'a Value>),
    Object(Vec<(&'a str, &'a Value)>),
}

impl<'a> Shape<'a> {
    fn of(value: &'a Value) -> Option<Self> {
        match value {
            Value::Null => None,
            Value::Array(list) => {
                let list: Vec<_> = list.iter().filter(|value| !value.is_null()).collect();
                (!list.is_empty()).then_some(Self::List(list))
            }
            Value::Object(members) => {
                let members: Vec<_> = members
                    .iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(name, value)| (name.as_str(), value))
                    .collect();
                (!members.is_empty()).then_some(Self::Object(members))
            }
            scalar => Some(Self::Scalar(scalar)),
        }
    }

    fn joined(&self, separator: &str, explode: bool, escape: Escape) -> String {
        match self {
            Self::Scalar(value) => escape.value(value),
            Self::List(list) => {
                let list: Vec<_> = list.iter().map(|value| escape.value(value)).collect();
                list.join(separator)
            }
            Self::Object(members) => {
                let equals = if explode { "=" } else { separator };
                let members: Vec<_> = members
                    .iter()
                    .map(|(name, value)| {
                        format!("{}{equals}{}", escape.text(name), escape.value(value))
                    })
                    .collect();
                members.join(separator)
            }
        }
    }

    fn named(&self, key: &str, explode: bool, escape: Escape) -> Vec<(String, String)> {
        match self {
            Self::List(list) if explode => list
                .iter()
                .map(|value| (key.to_owned(), escape.value(value)))
                .collect(),
            Self::Object(members) if explode => members
                .iter()
                .flat_map(|(name, value)| {
                    let name = escape_name(name, escape);
                    match value {
                        Value::Array(list) => list
                            .iter()
                            .map(|value| (name.to_string(), escape.value(value)))
                            .collect(),
                        value => vec![(name.into_owned(), escape.value(value))],
                    }
                })
                .collect(),
            shape => vec![(key.to_owned(), shape.joined(",", false, escape))],
        }
    }
}
