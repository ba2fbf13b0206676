//! Which kind of the model a raw schema is, judged by its keywords before any of them is read.

use serde_json::{Map, Value};

use super::nullable::{Form, NullBranch};

/// The kinds of the model, without what they hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    String,
    Number,
    Integer,
    Object,
    Array,
    Boolean,
    OneOf,
    AllOf,
    AnyOf,
    Not,
    Any,
}

impl Kind {
    /// The kind of a schema from the keywords that say something about values.
    pub(super) fn of(schema: &Map<String, Value>, null_branch: Option<&NullBranch<'_>>) -> Self {
        let inner = match null_branch.map(|branch| (branch, branch.form)) {
            Some((branch, Form::Merged { inner, .. })) => Some((branch.keyword, inner)),
            _ => None,
        };
        let outer = schema
            .iter()
            .filter(|(key, _)| inner.is_none_or(|(keyword, _)| keyword != *key));
        let members = outer.chain(inner.into_iter().flat_map(|(_, inner)| inner));

        let mut typ = None;
        let mut values: Option<&[Value]> = None;
        let mut compositions = [false; 4];
        let mut others = false;
        for (key, value) in members {
            match (key.as_str(), value) {
                ("type", Value::String(name)) => typ = Some(name.as_str()),
                ("type", Value::Array(names)) => {
                    let mut names = names.iter().filter_map(Value::as_str);
                    let mut named = names.by_ref().filter(|name| *name != "null");
                    typ = named.next();
                    if named.next().is_some() {
                        (typ, others) = (None, true);
                    }
                }
                ("enum", Value::Array(list)) if !list.is_empty() => values = Some(list),
                ("const", value) if values.is_none() && !value.is_null() => {
                    values = Some(std::slice::from_ref(value));
                }
                ("oneOf", Value::Array(list)) => compositions[0] |= !list.is_empty(),
                ("allOf", Value::Array(list)) => compositions[1] |= !list.is_empty(),
                ("anyOf", Value::Array(list)) => compositions[2] |= !list.is_empty(),
                ("not", Value::Object(_) | Value::Bool(_)) => compositions[3] = true,
                ("$ref", Value::String(_)) => compositions[1] = true,
                (key, value) => others |= is_assertion(key) && !value.is_null(),
            }
        }
        if let Some(NullBranch {
            form: Form::Wrapped { .. },
            keyword,
            ..
        }) = null_branch
        {
            compositions[1] = true;
            compositions[if *keyword == "oneOf" { 0 } else { 2 }] = false;
        }

        let composed = compositions.iter().filter(|it| **it).count();
        let each = |test: fn(&Value) -> bool| {
            values.is_none_or(|it| it.iter().all(|v| v.is_null() || test(v)))
        };
        match typ {
            Some("string") if composed == 0 && each(Value::is_string) => Self::String,
            Some("number") if composed == 0 && each(Value::is_number) => Self::Number,
            Some("integer") if composed == 0 && each(Value::is_i64) => Self::Integer,
            Some("boolean") if composed == 0 && each(Value::is_boolean) => Self::Boolean,
            Some("object") if composed == 0 && values.is_none() => Self::Object,
            Some("array") if composed == 0 && values.is_none() => Self::Array,
            None if composed == 1 && values.is_none() && !others => {
                match compositions.iter().position(|it| *it) {
                    Some(0) => Self::OneOf,
                    Some(1) => Self::AllOf,
                    Some(2) => Self::AnyOf,
                    _ => Self::Not,
                }
            }
            _ => Self::Any,
        }
    }

    /// Whether the kind has a field for `keyword`; asked only of keywords that some kind has one for.
    pub(super) fn has(self, keyword: &str) -> bool {
        let own: &[&str] = match self {
            Self::String => &["format", "pattern", "enum", "minLength", "maxLength"],
            Self::Number | Self::Integer => &[
                "format",
                "multipleOf",
                "exclusiveMinimum",
                "exclusiveMaximum",
                "minimum",
                "maximum",
                "enum",
            ],
            Self::Object => &[
                "properties",
                "required",
                "additionalProperties",
                "minProperties",
                "maxProperties",
            ],
            Self::Array => &["items", "minItems", "maxItems", "uniqueItems"],
            Self::Boolean => &["enum"],
            Self::OneOf => &["oneOf"],
            Self::AllOf => &["allOf"],
            Self::AnyOf => &["anyOf"],
            Self::Not => &["not"],
            Self::Any => return true,
        };
        own.contains(&keyword)
    }

    pub(super) fn type_name(self) -> Option<&'static str> {
        Some(match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Object => "object",
            Self::Array => "array",
            Self::Boolean => "boolean",
            _ => return None,
        })
    }
}

/// Keywords with a field in the model that say something about values, but for those that
/// [`Kind::of`] names itself.
pub(super) fn is_assertion(key: &str) -> bool {
    matches!(
        key,
        "format"
            | "pattern"
            | "minLength"
            | "maxLength"
            | "multipleOf"
            | "minimum"
            | "maximum"
            | "exclusiveMinimum"
            | "exclusiveMaximum"
            | "properties"
            | "required"
            | "additionalProperties"
            | "minProperties"
            | "maxProperties"
            | "items"
            | "minItems"
            | "maxItems"
            | "uniqueItems"
    )
}
