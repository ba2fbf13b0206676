//! Bodies that are no JSON, or JSON that nobody would write.

use serde_json::{Value, json};
use spec::Pointer;

use super::odd::{Content, Expected, NAME, Odd};
use crate::suite::sample::Sample;

/// A member that no document names.
const EXTRA: &str = "x_conformance_extra";
/// Longer than a usual limit on bodies.
const OVERSIZED: [usize; 2] = [2 << 20, 8 << 20];
/// How deep values are nested.
const DEPTHS: [usize; 2] = [1_000, 100_000];

/// The text of a valid body, to be taken apart.
pub(super) struct Template {
    /// As JSON, with [`NAME`] where the name stands.
    text: String,
    /// The member `name`, if there is one.
    name: Option<Pointer>,
    /// As a value.
    body: Value,
}

/// A text that must be refused.
fn refused(what: &str, text: String) -> Odd {
    Odd::json(what, Content::Text(text), Expected::Refused)
}

impl Template {
    /// `None` if the body is no object.
    pub(super) fn of(sample: &Sample) -> Option<Self> {
        let body = sample.named_body(NAME)?;
        let named = body.as_object()?.get("name").is_some_and(Value::is_string);
        Some(Self {
            text: body.to_string(),
            name: named.then(|| Pointer::root().child("name")),
            body,
        })
    }

    /// The text of the body with one more member.
    fn with_member(&self, member: &str) -> String {
        format!(
            "{},\"{EXTRA}\":{member}}}",
            &self.text[..self.text.len() - 1]
        )
    }

    /// The text with another name, which is written as it stands.
    fn with_name(&self, name: &str) -> String {
        self.text.replace(NAME, &format!("{NAME} {name}"))
    }

    fn kept(&self, text: &str) -> Expected {
        match &self.name {
            Some(at) => Expected::RefusedOrKept {
                at: at.to_string(),
                text: text.to_owned(),
            },
            None => Expected::Answered,
        }
    }

    pub(super) fn malformed(&self) -> Vec<Odd> {
        let text = &self.text;
        let end = text.len() - 1;
        let boundary = |at: usize| {
            (0..=at)
                .rev()
                .find(|at| text.is_char_boundary(*at))
                .unwrap_or(0)
        };
        vec![
            refused("an empty body", String::new()),
            refused("JSON without its closing brace", text[..end].to_owned()),
            refused("JSON with a trailing comma", format!("{},}}", &text[..end])),
            refused(
                "JSON with a comment",
                format!("{}/* comment */}}", &text[..end]),
            ),
            refused(
                "JSON cut in half",
                text[..boundary(text.len() / 2)].to_owned(),
            ),
            refused("JSON in single quotes", text.replace('"', "'")),
            refused("JSON with a line comment", format!("// comment\n{text}")),
            refused(
                "JSON with an unquoted name",
                format!("{{{EXTRA}: 1, {}", &text[1..]),
            ),
            refused("an opening brace", "{".to_owned()),
            refused("white space", " \n".to_owned()),
            refused("a text that is no JSON", "this is no JSON".to_owned()),
            refused("XML", "<credential/>".to_owned()),
        ]
    }

    pub(super) fn trailing(&self) -> Vec<Odd> {
        let text = &self.text;
        vec![
            refused("JSON followed by a word", format!("{text} trailing")),
            refused("two JSON documents", format!("{text}{text}")),
            refused("JSON followed by a brace", format!("{text}}}")),
            refused("JSON followed by NUL", format!("{text}\0")),
        ]
    }

    /// A valid and an invalid member of one name, in both orders, and two valid ones.
    pub(super) fn duplicates(&self) -> Vec<Odd> {
        let mut found = Vec::new();
        let Some(members) = self.body.as_object() else {
            return found;
        };
        let first = members.iter().find(|(_, value)| value.is_string());
        let Some((member, Value::String(value))) = first else {
            return found;
        };
        let rest: Vec<String> = members
            .iter()
            .filter(|(other, _)| *other != member)
            .map(|(other, value)| format!("{}:{value}", json!(other)))
            .collect();
        let body = |one: &Value, two: &Value| {
            let key = json!(member);
            let rest = rest.join(",");
            format!("{{{key}:{one},{rest},{key}:{two}}}")
        };
        let valid = json!(value);
        let other = json!(format!("{value} again"));
        let invalid = json!({"not": "a text"});
        for (one, two) in [(&valid, &invalid), (&invalid, &valid), (&valid, &other)] {
            let expected = Expected::RefusedOrOneOf {
                at: Pointer::root().child(member).to_string(),
                values: Vec::new(),
            };
            let mut odd = Odd::json(
                "a body with a member twice",
                Content::Text(body(one, two)),
                expected,
            );
            // The name is filled in when it is sent; what may be stored is known only then.
            if let Expected::RefusedOrOneOf { values, .. } = &mut odd.expected {
                values.extend([valid.clone(), other.clone()]);
            }
            found.push(odd);
        }
        found
    }

    pub(super) fn numbers(&self) -> Vec<Odd> {
        let member = |what: &str, text: &str| refused(what, self.with_member(text));
        let named =
            |what: &str, text: &str| refused(what, self.text.replace(&format!("\"{NAME}\""), text));
        let mut found = vec![
            member("NaN", "NaN"),
            member("Infinity", "Infinity"),
            member("-Infinity", "-Infinity"),
        ];
        if self.name.is_some() {
            found.extend([
                named("a name that is NaN", "NaN"),
                named("a name that is a number out of range", "1e999"),
                named("a name that is a very long number", &"9".repeat(5_000)),
            ]);
        }
        found
    }

    pub(super) fn nested(&self) -> Vec<Odd> {
        let mut found = Vec::new();
        for depth in DEPTHS {
            let deep = |what: &str, before: &str, open: &str, close: &str, after: &str| {
                let middle = close.repeat(depth);
                Odd::json(
                    what,
                    Content::Repeated {
                        before: before.to_owned(),
                        unit: open.to_owned(),
                        times: depth,
                        after: format!("1{middle}{after}"),
                    },
                    Expected::Refused,
                )
            };
            found.push(deep("deeply nested arrays", "", "[", "]", ""));
            let before = format!("{},\"{EXTRA}\":", &self.text[..self.text.len() - 1]);
            found.push(deep("a deeply nested member", &before, "[", "]", "}"));
            found.push(deep("deeply nested objects", &before, "{\"a\":", "}", "}"));
        }
        found
    }

    pub(super) fn broken_unicode(&self) -> Vec<Odd> {
        let Some((before, after)) = self.text.split_once(NAME) else {
            return Vec::new();
        };
        let bytes = |what: &str, bytes: &[u8]| {
            let content = Content::Bytes {
                before: format!("{before}{NAME}"),
                bytes: bytes.to_vec(),
                after: after.to_owned(),
            };
            Odd::json(what, content, Expected::Refused)
        };
        let lone = r"\ud83d";
        let surrogate = Content::Text(self.with_name(lone));
        vec![
            bytes("a byte that is not UTF-8", b"\xff"),
            bytes("an overlong encoding", b"\xc0\xaf"),
            bytes("half a character", b"\xe6\x9d"),
            Odd::json("a lone surrogate", surrogate, self.kept(lone)),
            Odd::json(
                "JSON in UTF-16",
                Content::Utf16(self.text.clone()),
                self.kept(NAME),
            ),
        ]
    }

    pub(super) fn nul(&self) -> Vec<Odd> {
        if self.name.is_none() {
            return Vec::new();
        }
        [r"\u0000", r"\u0000 and more"]
            .into_iter()
            .map(|nul| {
                let kept = format!("{NAME} {}", nul.replace(r"\u0000", "\0"));
                let body = Content::Text(self.with_name(nul));
                Odd::json("a name with NUL", body, self.kept(&kept))
            })
            .collect()
    }

    pub(super) fn wrong_roots(&self) -> Vec<Odd> {
        let text = &self.text;
        vec![
            refused("an array with the body in it", format!("[{text}]")),
            refused("the body as a JSON text", json!(text).to_string()),
            refused("null", "null".to_owned()),
            refused("an empty array", "[]".to_owned()),
            refused("a number", "5".to_owned()),
            refused("true", "true".to_owned()),
            refused("an empty text", "\"\"".to_owned()),
        ]
    }

    pub(super) fn content_types(&self) -> Vec<Odd> {
        let with = |content_type: Option<&str>, expected| {
            let what = match content_type {
                Some(name) => format!("a JSON body as {name}"),
                None => "a JSON body without a content type".to_owned(),
            };
            Odd {
                content_type: content_type.map(str::to_owned),
                ..Odd::json(&what, Content::Text(self.text.clone()), expected)
            }
        };
        vec![
            with(Some("text/plain"), Expected::Refused),
            with(Some("application/x-www-form-urlencoded"), Expected::Refused),
            with(Some("multipart/form-data; boundary=x"), Expected::Refused),
            with(Some("application/xml"), Expected::Refused),
            with(None, Expected::Answered),
        ]
    }

    pub(super) fn charsets(&self) -> Vec<Odd> {
        [
            "application/json; charset=utf-8",
            "application/json;charset=UTF-8",
            "Application/JSON",
        ]
        .into_iter()
        .map(|content_type| Odd {
            content_type: Some(content_type.to_owned()),
            ..Odd::json(
                &format!("a body as {content_type}"),
                Content::Text(self.text.clone()),
                Expected::Accepted,
            )
        })
        .collect()
    }

    pub(super) fn oversized(&self) -> Vec<Odd> {
        OVERSIZED
            .into_iter()
            .map(|times| {
                let content = Content::Repeated {
                    before: format!("{},\"{EXTRA}\":\"", &self.text[..self.text.len() - 1]),
                    unit: "x".to_owned(),
                    times,
                    after: "\"}".to_owned(),
                };
                Odd::json("an oversized body", content, Expected::Answered)
            })
            .collect()
    }

    pub(super) fn long(&self) -> Vec<Odd> {
        if self.name.is_none() {
            return Vec::new();
        }
        [300, 5_000, 70_000]
            .into_iter()
            .map(|length| {
                let long = "n".repeat(length);
                let kept = format!("{NAME} {long}");
                let body = Content::Text(self.with_name(&long));
                Odd::json("a very long name", body, self.kept(&kept))
            })
            .collect()
    }
}
