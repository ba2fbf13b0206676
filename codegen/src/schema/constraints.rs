//! Bounds on values: keywords come in, [`Constraints`] go out.

use serde_json::{Map, Number, Value};
use spec::{Diagnostic, Location};

use crate::ir::Constraints;

/// Every keyword that is read here.
const BOUNDS: &[&str] = &[
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "uniqueItems",
];

/// The bounds that one schema object sets. A pattern that the `regex` crate cannot read is told in `warnings`.
pub(crate) fn read_constraints(
    at: &Location,
    map: &Map<String, Value>,
    warnings: &mut Vec<Diagnostic>,
) -> Constraints {
    // Most schemas set none.
    if map.keys().all(|key| !BOUNDS.contains(&key.as_str())) {
        return Constraints::default();
    }
    let count = |keyword: &str| map.get(keyword).and_then(whole);
    let bound = |keyword: &str| map.get(keyword).and_then(Value::as_number).cloned();
    // In 3.0 `exclusiveMinimum` is a boolean beside `minimum`.
    let strict = |keyword: &str| map.get(keyword) == Some(&Value::Bool(true));
    let (minimum, exclusive_minimum) = if strict("exclusiveMinimum") {
        (None, bound("minimum"))
    } else {
        (bound("minimum"), bound("exclusiveMinimum"))
    };
    let (maximum, exclusive_maximum) = if strict("exclusiveMaximum") {
        (None, bound("maximum"))
    } else {
        (bound("maximum"), bound("exclusiveMaximum"))
    };
    Constraints {
        min_length: count("minLength").filter(|&length| length > 0),
        max_length: count("maxLength"),
        pattern: map
            .get("pattern")
            .and_then(Value::as_str)
            .and_then(|pattern| readable(pattern, at, warnings)),
        minimum,
        maximum,
        exclusive_minimum,
        exclusive_maximum,
        multiple_of: bound("multipleOf"),
        min_items: count("minItems").filter(|&items| items > 0),
        max_items: count("maxItems"),
        unique_items: map.get("uniqueItems") == Some(&Value::Bool(true)),
        min_properties: count("minProperties").filter(|&members| members > 0),
        max_properties: count("maxProperties"),
        each: None,
    }
}

/// Both at once: the tighter bound where they can be compared, else the more specific `inner`.
pub(crate) fn merge_constraints(outer: Constraints, inner: Constraints) -> Constraints {
    let least = |one: Option<u64>, other: Option<u64>| match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    let most = |one: Option<u64>, other: Option<u64>| one.max(other);
    let lower = |one: Option<Number>, other: Option<Number>| tighter(one, other, |a, b| a > b);
    let upper = |one: Option<Number>, other: Option<Number>| tighter(one, other, |a, b| a < b);
    Constraints {
        min_length: most(outer.min_length, inner.min_length),
        max_length: least(outer.max_length, inner.max_length),
        pattern: outer.pattern.or(inner.pattern),
        minimum: lower(outer.minimum, inner.minimum),
        maximum: upper(outer.maximum, inner.maximum),
        exclusive_minimum: lower(outer.exclusive_minimum, inner.exclusive_minimum),
        exclusive_maximum: upper(outer.exclusive_maximum, inner.exclusive_maximum),
        multiple_of: outer.multiple_of.or(inner.multiple_of),
        min_items: most(outer.min_items, inner.min_items),
        max_items: least(outer.max_items, inner.max_items),
        unique_items: outer.unique_items || inner.unique_items,
        min_properties: most(outer.min_properties, inner.min_properties),
        max_properties: least(outer.max_properties, inner.max_properties),
        each: outer.each.or(inner.each),
    }
}

fn tighter(
    one: Option<Number>,
    other: Option<Number>,
    is_tighter: impl Fn(f64, f64) -> bool,
) -> Option<Number> {
    match (one, other) {
        (Some(one), Some(other)) => match (one.as_f64(), other.as_f64()) {
            (Some(a), Some(b)) if is_tighter(b, a) => Some(other),
            _ => Some(one),
        },
        (one, other) => one.or(other),
    }
}

/// A count, also when it is written `5.0`.
fn whole(value: &Value) -> Option<u64> {
    if let Some(count) = value.as_u64() {
        return Some(count);
    }
    let number = value.as_f64()?;
    // Counts beyond 2^53 do not survive being written as floats.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be a small natural number"
    )]
    (number.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&number))
        .then_some(number as u64)
}

/// JSON Schema's patterns are ECMA-262's; the `regex` crate has no look-around and no back-references.
fn readable(pattern: &str, at: &Location, warnings: &mut Vec<Diagnostic>) -> Option<String> {
    let Err(error) = regex_syntax::parse(pattern) else {
        return Some(pattern.to_owned());
    };
    let reason = match &error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        other => other.to_string(),
    };
    warnings.push(
        Diagnostic::warning(
            "unsupported-pattern",
            at.child("pattern"),
            format!("the client will not check this pattern: {reason}"),
        )
        .hint("the server still does; patterns without look-around and back-references are checked before sending"),
    );
    None
}
