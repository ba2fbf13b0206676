//! The difference for a program: stable names, every place, every operation.

use std::io::Write;

use serde_json::{Value, json};
use spec::{
    Document, Location,
    diff::{Change, Direction, Effect, Impact},
};

use super::{Comparison, Written, name, version};

/// The form of the output; grows with every change that a reader could stumble over.
const SCHEMA: u32 = 1;

pub(super) fn write(comparison: &Comparison<'_>, out: &mut impl Write) -> Written {
    let side = |document| json!({"file": name(document), "openapi": version(document)});
    let difference = comparison.difference;
    let changes: Vec<Value> = difference
        .changes
        .iter()
        .map(|change| self::change(comparison, change))
        .collect();
    let value = json!({
        "schema": SCHEMA,
        "old": side(comparison.old),
        "new": side(comparison.new),
        "worst": effect(difference.effect()),
        "documentation": difference.documentation,
        "changes": changes,
    });
    serde_json::to_writer_pretty(&mut *out, &value)?;
    writeln!(out)
}

fn change(comparison: &Comparison<'_>, change: &Change) -> Value {
    let sides = |old: &Option<Location>, new: &Option<Location>| json!({"old": place(comparison.old, old.as_ref()), "new": place(comparison.new, new.as_ref())});
    let mut value = sides(&change.old, &change.new);
    let reached: Vec<Value> = change
        .reached
        .iter()
        .map(|one| json!({"operation": one.operation, "in": direction(one.direction)}))
        .collect();
    let also: Vec<Value> = change
        .also
        .iter()
        .map(|(old, new)| sides(old, new))
        .collect();
    let effect = effect(change.effect);
    value["kind"] = change.kind.id().into();
    value["clients"] = effect["clients"].clone();
    value["servers"] = effect["servers"].clone();
    value["place"] = change.place.as_str().into();
    value["detail"] = change.detail.as_str().into();
    value["message"] = change.to_string().into();
    value["reaches"] = reached.into();
    value["also"] = also.into();
    value
}

fn effect(effect: Effect) -> Value {
    let word = |impact| match impact {
        Impact::None => "compatible",
        Impact::Risk => "risk",
        Impact::Breaking => "breaking",
    };
    json!({"clients": word(effect.clients), "servers": word(effect.servers)})
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::ToServer => "request",
        Direction::ToClient => "answer",
    }
}

fn place(document: &Document, at: Option<&Location>) -> Value {
    let Some(at) = at else {
        return Value::Null;
    };
    let mut value = json!({"pointer": at.pointer.as_str()});
    if let Some(span) = document.span(at, true) {
        value["file"] = span.file.into();
        value["line"] = span.line.into();
        value["column"] = span.column.into();
    }
    value
}
