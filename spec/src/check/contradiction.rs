//! Schemas that say two things which cannot both be: no value fits, or something in them never counts.

use regex_syntax::ast::ErrorKind;
use serde_json::{Map, Value};

use super::{path::Path, schema::TYPES, walk::Walk};
use crate::{diagnostic::Diagnostic, document::Version};

/// Compares the keywords of one schema with each other.
pub(super) fn all(walk: &mut Walk<'_>, members: &Map<String, Value>, path: &Path<'_>) {
    let types = types(walk.version, members);
    if let Some(types) = &types {
        enumerated(walk, members, types, path);
        constant(walk, members, types, path);
        default_type(walk, members, types, path);
    }
    default_value(walk, members, path);
    for (low, high) in [
        ("minimum", "maximum"),
        ("minLength", "maxLength"),
        ("minItems", "maxItems"),
        ("minProperties", "maxProperties"),
    ] {
        bounds(walk, members, low, high, path);
    }
    impossible_members(walk, members, path);
}

/// The types that a schema allows; `None` if it names none, or none that is known.
fn types(version: Version, members: &Map<String, Value>) -> Option<Vec<&str>> {
    let mut types: Vec<&str> = match members.get("type")? {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    if types.is_empty() || types.iter().any(|name| !TYPES.contains(name)) {
        return None;
    }
    if version == Version::V3_0 && members.get("nullable") == Some(&Value::Bool(true)) {
        types.push("null");
    }
    Some(types)
}

fn fits(value: &Value, types: &[&str]) -> bool {
    let whole = || value.as_f64().is_some_and(|number| number.fract() == 0.0);
    types.iter().any(|name| match *name {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64() || whole(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => value.is_null(),
    })
}

fn described(types: &[&str]) -> String {
    types.join("` or `")
}

/// A value in a sentence, shortened.
fn quoted(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

fn enumerated(walk: &mut Walk<'_>, members: &Map<String, Value>, types: &[&str], path: &Path<'_>) {
    let Some(Value::Array(values)) = members.get("enum") else {
        return;
    };
    let misfits: Vec<usize> = (0..values.len())
        .filter(|&index| !fits(&values[index], types))
        .collect();
    let list = path.key("enum");
    let types = described(types);
    if misfits.is_empty() {
        return;
    }
    if misfits.len() == values.len() {
        let error = Diagnostic::error(
            "enum-type",
            list.location(),
            format!("no value of `enum` is of type `{types}`: no value fits this schema"),
        );
        walk.tell(
            error
                .related(path.location().child("type"), "the type")
                .hint("correct the values or the type; in YAML, quotes make a string of a number"),
        );
        return;
    }
    for index in misfits {
        let value = &values[index];
        let hint = match (value, walk.version) {
            (Value::Null, Version::V3_0) => {
                "add `nullable: true` if null is allowed, or remove it".to_owned()
            }
            (Value::Null, Version::V3_1) => {
                format!("write `type: [{types}, \"null\"]` if null is allowed, or remove it")
            }
            (Value::Bool(_), _) => {
                "in YAML, put the word in quotes if a string is meant".to_owned()
            }
            _ => "correct or remove it".to_owned(),
        };
        let warning = Diagnostic::warning(
            "enum-type",
            list.index(index).location(),
            format!(
                "the value {} of `enum` is not of type `{types}`, and never fits",
                quoted(value)
            ),
        );
        walk.tell(
            warning
                .related(path.location().child("type"), "the type")
                .hint(hint),
        );
    }
}

fn constant(walk: &mut Walk<'_>, members: &Map<String, Value>, types: &[&str], path: &Path<'_>) {
    if let Some(value) = members.get("const")
        && !fits(value, types)
    {
        let error = Diagnostic::error(
            "const-type",
            path.key("const").location(),
            format!(
                "`const` is {}, which is not of type `{}`: no value fits this schema",
                quoted(value),
                described(types)
            ),
        );
        walk.tell(
            error
                .related(path.location().child("type"), "the type")
                .hint("correct the value or the type"),
        );
    }
}

fn default_type(
    walk: &mut Walk<'_>,
    members: &Map<String, Value>,
    types: &[&str],
    path: &Path<'_>,
) {
    if let Some(value) = members.get("default")
        && !fits(value, types)
    {
        let warning = Diagnostic::warning(
            "default-type",
            path.key("default").location(),
            format!(
                "the default {} is not of type `{}`",
                quoted(value),
                described(types)
            ),
        );
        let hint = match value {
            Value::Null => "remove the default, or allow null",
            _ => "correct the default or the type",
        };
        walk.tell(
            warning
                .related(path.location().child("type"), "the type")
                .hint(hint),
        );
    }
}

fn default_value(walk: &mut Walk<'_>, members: &Map<String, Value>, path: &Path<'_>) {
    if let (Some(value), Some(Value::Array(values))) = (members.get("default"), members.get("enum"))
        && !values.contains(value)
        && !value.is_null()
    {
        let warning = Diagnostic::warning(
            "default-not-in-enum",
            path.key("default").location(),
            format!(
                "the default {} is none of the values of `enum`",
                quoted(value)
            ),
        );
        walk.tell(
            warning
                .related(path.location().child("enum"), "the values")
                .hint("correct the default, or list it"),
        );
    }
}

fn bounds(
    walk: &mut Walk<'_>,
    members: &Map<String, Value>,
    low: &str,
    high: &str,
    path: &Path<'_>,
) {
    let number = |name: &str| members.get(name).and_then(Value::as_f64);
    if let (Some(least), Some(most)) = (number(low), number(high))
        && least > most
    {
        let (least, most) = (&members[low], &members[high]);
        let error = Diagnostic::error(
            "empty-range",
            path.key(low).location(),
            format!("`{low}` is {least} and `{high}` is {most}: no value fits"),
        );
        walk.tell(
            error
                .related(path.location().child(high), "the other bound")
                .hint("swap or correct the two"),
        );
    }
}

/// Required members that `additionalProperties: false` forbids.
fn impossible_members(walk: &mut Walk<'_>, members: &Map<String, Value>, path: &Path<'_>) {
    if members.get("additionalProperties") != Some(&Value::Bool(false))
        || members.contains_key("patternProperties")
    {
        return;
    }
    let properties = members.get("properties").and_then(Value::as_object);
    let required = members.get("required").and_then(Value::as_array);
    for (index, name) in required.into_iter().flatten().enumerate() {
        let Value::String(name) = name else { continue };
        if properties.is_none_or(|properties| !properties.contains_key(name)) {
            let known = properties
                .into_iter()
                .flat_map(Map::keys)
                .map(String::as_str);
            let hint = match crate::similar::nearest(name, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "define it in `properties`, or remove it here".to_owned(),
            };
            let at = path.key("required").location().index(index);
            let warning = Diagnostic::warning(
                "impossible-member",
                at,
                format!(
                    "`{name}` is required, and `additionalProperties: false` forbids it: no object fits"
                ),
            );
            walk.tell(warning.hint(hint));
        }
    }
}

/// Patterns are ECMA-262, which `regex-syntax` does not read in full; only faults that any dialect has are told.
pub(super) fn pattern(walk: &mut Walk<'_>, pattern: &str, path: &Path<'_>) {
    let Err(error) = regex_syntax::ast::parse::Parser::new().parse(pattern) else {
        return;
    };
    let fault = match error.kind() {
        ErrorKind::GroupUnclosed => "a group is never closed",
        ErrorKind::GroupUnopened => "a `)` closes no group",
        ErrorKind::ClassUnclosed => "a `[` is never closed",
        ErrorKind::ClassRangeInvalid => "a range of characters runs backwards",
        ErrorKind::RepetitionMissing => "nothing stands before a repetition",
        ErrorKind::RepetitionCountInvalid => "a repetition has its bounds the wrong way round",
        ErrorKind::EscapeUnexpectedEof => "the pattern ends within an escape",
        _ => return,
    };
    let warning = Diagnostic::warning(
        "invalid-pattern",
        path.location(),
        format!("`pattern` is not a regular expression: {fault}"),
    );
    walk.tell(warning.hint("correct it; patterns are ECMA-262 regular expressions"));
}
