//! The operations of two documents: which is which, and what of each but its messages changed.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::{
    exchange,
    kind::{Direction, Kind},
    schema, security,
    walk::{Frame, Uses, Walk},
};
use crate::{document::Document, location::Location};

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// One operation, with what its path item gives it.
#[derive(Clone, Debug)]
pub(super) struct Operation<'d> {
    pub(super) at: Location,
    pub(super) value: &'d Map<String, Value>,
    pub(super) item: Location,
    /// The names in the template of the path, in order.
    pub(super) names: Vec<&'d str>,
    /// `POST /v1/credentials`.
    pub(super) label: String,
}

/// Path and method as they are on the wire: without the names of the parameters.
type Key = (String, &'static str);

/// Compares everything under `paths` and `webhooks`.
pub(super) fn compare(walk: &mut Walk<'_>) {
    let (old, new) = (walk.old, walk.new);
    sides(
        walk,
        below(old, &Location::default().child("paths"), ""),
        below(new, &Location::default().child("paths"), ""),
        Direction::ToServer,
        None,
    );
    sides(
        walk,
        below(old, &Location::default().child("webhooks"), "webhook "),
        below(new, &Location::default().child("webhooks"), "webhook "),
        Direction::ToClient,
        None,
    );
}

/// Compares the operations of two maps of path items. `under` is the operation that they are callbacks of.
fn sides<'d>(
    walk: &mut Walk<'d>,
    mut old: IndexMap<Key, Operation<'d>>,
    mut new: IndexMap<Key, Operation<'d>>,
    direction: Direction,
    under: Option<Frame>,
) {
    let mut pairs = Vec::new();
    for key in new.keys().cloned().collect::<Vec<_>>() {
        if let Some(before) = old.shift_remove(&key)
            && let Some(after) = new.shift_remove(&key)
        {
            pairs.push((before, after, None));
        }
    }
    let mut ids: BTreeMap<&str, Key> = BTreeMap::new();
    for (key, operation) in &new {
        if let Some(id) = id(operation) {
            ids.insert(id, key.clone());
        }
    }
    for key in old.keys().cloned().collect::<Vec<_>>() {
        let moved = old.get(&key).and_then(|operation| ids.get(id(operation)?));
        if let Some(after) = moved.and_then(|key| new.shift_remove(key))
            && let Some(before) = old.shift_remove(&key)
        {
            pairs.push((before, after, Some(Kind::OperationMoved)));
        }
    }
    let note = |walk: &mut Walk<'d>, operation: &Operation<'_>, kind, old, new| {
        let frame = under.map_or_else(
            || Frame {
                node: walk.root(Some(operation.label.clone())),
                uses: Uses::of(direction),
            },
            |frame| frame.sent(direction),
        );
        walk.note(frame, kind, old, new, "");
    };
    for operation in old.values() {
        let at = Some(operation.at.clone());
        note(walk, operation, Kind::OperationRemoved, at, None);
    }
    for operation in new.values() {
        let at = Some(operation.at.clone());
        note(walk, operation, Kind::OperationAdded, None, at);
    }
    for (before, after, moved) in pairs {
        let node = under.map_or_else(|| walk.root(Some(after.label.clone())), |frame| frame.node);
        let frame = Frame {
            node,
            uses: Uses::of(direction),
        };
        if let Some(kind) = moved {
            let detail = format!("{} → {}", before.label, after.label);
            let places = (Some(before.at.clone()), Some(after.at.clone()));
            walk.note(frame, kind, places.0, places.1, detail);
        }
        one(walk, frame, direction, &before, &after);
    }
}

fn one<'d>(
    walk: &mut Walk<'d>,
    frame: Frame,
    direction: Direction,
    a: &Operation<'d>,
    b: &Operation<'d>,
) {
    flags(walk, frame, a, b);
    for (old, new) in a.names.iter().zip(&b.names) {
        if old != new {
            let detail = format!("`{old}` → `{new}`");
            let places = (Some(a.item.clone()), Some(b.item.clone()));
            walk.note(
                frame,
                Kind::PathParameterRenamed,
                places.0,
                places.1,
                detail,
            );
        }
    }
    security::compare(walk, frame, a, b);
    exchange::request(walk, frame.sent(direction), a, b);
    exchange::answers(walk, frame.sent(direction.reversed()), a, b);
    callbacks(walk, frame, direction, a, b);
    walk.rest((&a.at, a.value), (&b.at, b.value), |name| {
        matches!(
            name,
            "deprecated"
                | "operationId"
                | "parameters"
                | "requestBody"
                | "responses"
                | "security"
                | "callbacks"
        )
    });
    let items = (walk.old.follow(&a.item), walk.new.follow(&b.item));
    if let (Some((old, Value::Object(before))), Some((new, Value::Object(after)))) = items {
        walk.rest((&old, before), (&new, after), |name| {
            METHODS.contains(&name) || matches!(name, "parameters" | "$ref")
        });
    }
}

fn flags(walk: &mut Walk<'_>, frame: Frame, a: &Operation<'_>, b: &Operation<'_>) {
    let deprecated =
        |operation: &Operation<'_>| operation.value.get("deprecated") == Some(&Value::Bool(true));
    let kind = match (deprecated(a), deprecated(b)) {
        (false, true) => Some(Kind::Deprecated),
        (true, false) => Some(Kind::Undeprecated),
        _ => None,
    };
    if let Some(kind) = kind {
        walk.note(frame, kind, Some(a.at.clone()), Some(b.at.clone()), "");
    }
    let ids = (a.value.get("operationId"), b.value.get("operationId"));
    if ids.0 != ids.1 {
        let places = (Some(a.at.clone()), Some(b.at.clone()));
        let detail = schema::arrow(ids.0, ids.1);
        walk.note(frame, Kind::OperationIdChanged, places.0, places.1, detail);
    }
}

fn callbacks<'d>(
    walk: &mut Walk<'d>,
    frame: Frame,
    direction: Direction,
    a: &Operation<'d>,
    b: &Operation<'d>,
) {
    let all = |document: &'d Document, operation: &Operation<'d>| {
        let mut found = IndexMap::new();
        let names = operation.value.get("callbacks").and_then(Value::as_object);
        for name in names.into_iter().flat_map(Map::keys) {
            let at = operation.at.child("callbacks").child(name);
            if let Some((at, _)) = document.follow(&at) {
                found.extend(below(document, &at, &format!("callback {name} ")));
            }
        }
        found
    };
    let (old, new) = (all(walk.old, a), all(walk.new, b));
    sides(walk, old, new, direction.reversed(), Some(frame));
}

fn id<'d>(operation: &Operation<'d>) -> Option<&'d str> {
    operation.value.get("operationId")?.as_str()
}

/// The operations of a map of path items.
fn below<'d>(document: &'d Document, at: &Location, prefix: &str) -> IndexMap<Key, Operation<'d>> {
    let mut operations = IndexMap::new();
    let paths = document.get(at).and_then(Value::as_object);
    for path in paths.into_iter().flat_map(Map::keys) {
        if path.starts_with("x-") {
            continue;
        }
        let Some((item, members)) = document.follow(&at.child(path)) else {
            continue;
        };
        let (template, names) = template(path);
        for method in METHODS {
            if let Some(value) = members.get(method).and_then(Value::as_object) {
                let operation = Operation {
                    at: item.child(method),
                    value,
                    item: item.clone(),
                    names: names.clone(),
                    label: format!("{prefix}{} {path}", method.to_ascii_uppercase()),
                };
                operations.insert((format!("{prefix}{template}"), method), operation);
            }
        }
    }
    operations
}

/// A path without the names of its parameters, and those.
fn template(path: &str) -> (String, Vec<&str>) {
    let mut text = String::new();
    let mut names = Vec::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        text.push_str(before);
        text.push_str("{}");
        names.push(name);
        rest = after;
    }
    text.push_str(rest);
    (text, names)
}
