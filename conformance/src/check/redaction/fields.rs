//! Which members of a request are secret, and what of them may show: read from the schema of the
//! request body.

mod answering;
mod lenient;

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::Value;
use spec::Pointer;

use crate::{
    schema::{PathStep, SecretPath},
    secret::{
        registry::{Part, Permission},
        shape::Shape,
    },
    target::{Operation, Target},
};

/// The secrets in the body of one operation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields {
    fields: Vec<(SecretPath, Vec<Permission>)>,
}

/// A secret of one body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    pub(crate) pointer: Pointer,
    pub(crate) shape: Shape,
    pub(crate) permitted: Vec<Permission>,
    pub(crate) value: String,
}

impl Fields {
    /// The secrets that `operation` takes; none if it takes no JSON.
    pub(crate) fn of(target: &Target, operation: &Operation) -> Self {
        let media = operation.body.as_ref().and_then(|body| body.json());
        let Some(schema) = media.and_then(|media| media.schema.as_ref()) else {
            return Self::default();
        };
        let secrets = target.requests.secrets(schema);
        let fields = secrets
            .into_iter()
            .map(|secret| {
                let schema = target.schema(&secret.schema);
                let permitted = schema.map(|schema| permissions(target, schema));
                (secret, permitted.unwrap_or_default())
            })
            .collect();
        Self { fields }
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The secrets of `body`: texts and numbers at or below a secret member.
    pub(crate) fn within(&self, body: &Value) -> Vec<Field> {
        let mut found = Vec::new();
        each_text(body, &mut Vec::new(), &mut |path, value| {
            self.push(path, &value, &mut found);
        });
        found
    }

    /// The secrets in bytes that may be broken JSON, or none: what stands behind the name of a
    /// secret member.
    pub(crate) fn within_bytes(&self, bytes: &Bytes) -> Vec<Field> {
        let mut found = Vec::new();
        lenient::each_member(bytes, &mut |path, value| {
            let mut fields = self.fields.iter();
            let Some((_, permitted)) = fields.find(|(secret, _)| is_named(secret, path)) else {
                return;
            };
            if value.trim().is_empty() {
                return;
            }
            found.push(Field {
                shape: Shape::of(path.last().map_or("", |name| name), None),
                pointer: pointer(path),
                permitted: permitted.clone(),
                value,
            });
        });
        found
    }

    /// The texts of `body` that are no secrets.
    pub(crate) fn beside(&self, body: &Value) -> Vec<String> {
        self.texts_but(body, &|secret, path| secret.covers(path))
    }

    /// The same of a body that may be another than the document asks for: what stands behind the
    /// name of a secret member is none of them, wherever that is.
    pub(crate) fn beside_odd(&self, body: &Value) -> Vec<String> {
        self.texts_but(body, &|secret, path| {
            secret.covers(path) || is_named(secret, path)
        })
    }

    fn texts_but(
        &self,
        body: &Value,
        is_secret: &dyn Fn(&SecretPath, &[Cow<'_, str>]) -> bool,
    ) -> Vec<String> {
        let mut found = Vec::new();
        each_text(body, &mut Vec::new(), &mut |path, value| {
            let mut fields = self.fields.iter();
            if !fields.any(|(secret, _)| is_secret(secret, path)) {
                found.push(value.into_owned());
            }
        });
        found
    }

    fn push(&self, path: &[Cow<'_, str>], value: &str, found: &mut Vec<Field>) {
        let covering: Vec<_> = self
            .fields
            .iter()
            .filter(|(secret, _)| secret.covers(path))
            .collect();
        if covering.is_empty() || value.trim().is_empty() {
            return;
        }
        let mut names = path.iter().rev();
        let name = names.find(|token| token.parse::<usize>().is_err());
        found.push(Field {
            pointer: pointer(path),
            shape: Shape::of(name.map_or("", |name| name), None),
            permitted: covering
                .into_iter()
                .flat_map(|(_, permitted)| permitted.clone())
                .collect(),
            value: value.to_owned(),
        });
    }
}

fn pointer(path: &[impl AsRef<str>]) -> Pointer {
    let tokens = path.iter();
    tokens.fold(Pointer::root(), |at, token| at.child(token.as_ref()))
}

/// Whether a member on the way is named as the secret is.
fn is_named(secret: &SecretPath, path: &[impl AsRef<str>]) -> bool {
    let last = secret.path.iter().rev().find_map(|step| match step {
        PathStep::Member(name) => Some(name),
        _ => None,
    });
    last.is_some_and(|last| path.iter().any(|name| name.as_ref() == last))
}

/// Fewest characters of a name that is looked for.
const TELLING: usize = 17;

/// Names of members and numbers of items, from the outermost to the innermost.
type Path<'a> = Vec<Cow<'a, str>>;
/// Takes a text and what leads to it.
type Each<'f, 'a> = dyn FnMut(&[Cow<'a, str>], Cow<'a, str>) + 'f;

/// Texts, numbers, and long names of members, each with the names and numbers that lead to it.
fn each_text<'a>(value: &'a Value, path: &mut Path<'a>, each: &mut Each<'_, 'a>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                path.push(name.into());
                // Longer than any word of a document is a name that says something itself.
                if name.len() >= TELLING {
                    each(path, name.into());
                }
                each_text(value, path, each);
                path.pop();
            }
        }
        Value::Array(items) => {
            for (number, value) in items.iter().enumerate() {
                path.push(number.to_string().into());
                each_text(value, path, each);
                path.pop();
            }
        }
        Value::String(text) => each(path, text.into()),
        Value::Number(number) => each(path, number.to_string().into()),
        Value::Null | Value::Bool(_) => {}
    }
}

/// What `x-permitted-disclosure` of a schema allows: each entry a part, in one member of a
/// component, wherever an answer has that.
fn permissions(target: &Target, schema: &Value) -> Vec<Permission> {
    let entries = schema
        .get("x-permitted-disclosure")
        .and_then(Value::as_array);
    entries
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let part = match entry.get("part")?.as_str()? {
                "whole" => Part::Whole,
                "last_four" => Part::LastFour,
                "excerpt" => Part::Excerpt,
                _ => return None,
            };
            let place = entry.get("in")?.as_str()?;
            let (component, member) = place.rsplit_once('.').unwrap_or(("", place));
            Some(Permission {
                part,
                member: member.to_owned(),
                operations: answering::with(target, component),
            })
        })
        .collect()
}
