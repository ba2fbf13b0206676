//! What operations do not lead to: components by their keys, and the document's own members.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    exchange,
    kind::Kind,
    schema,
    walk::{Frame, Null, Uses, Walk},
};
use crate::{document::Document, location::Location};

/// Compares servers and counts what else the root says.
pub(super) fn document(walk: &mut Walk<'_>) {
    let at = Location::default();
    let frame = Frame {
        node: walk.root(None),
        uses: Uses::BOTH,
    };
    servers(walk, frame);
    let (old, new) = (walk.old.root(), walk.new.root());
    if let (Value::Object(old), Value::Object(new)) = (old, new) {
        walk.rest((&at, old), (&at, new), |name| {
            matches!(
                name,
                "openapi" | "info" | "servers" | "paths" | "webhooks" | "components" | "security"
            )
        });
    }
    for section in ["info", "components"] {
        let side = |document: &'_ Document| {
            document
                .root()
                .get(section)
                .and_then(Value::as_object)
                .cloned()
        };
        let (old, new) = (
            side(walk.old).unwrap_or_default(),
            side(walk.new).unwrap_or_default(),
        );
        let at = at.child(section);
        walk.rest((&at, &old), (&at, &new), |name| {
            section == "components" && COMPARED.contains(&name)
        });
    }
}

fn servers(walk: &mut Walk<'_>, frame: Frame) {
    let at = Location::default().child("servers");
    let list = |document: &Document| -> Vec<Map<String, Value>> {
        let list = document.root().get("servers").and_then(Value::as_array);
        let list = list.into_iter().flatten();
        list.filter_map(Value::as_object).cloned().collect()
    };
    let (old, new) = (list(walk.old), list(walk.new));
    let same = |one: &Map<String, Value>, list: &[Map<String, Value>]| {
        list.iter()
            .position(|other| other.get("url") == one.get("url"))
    };
    let url =
        |server: &Map<String, Value>| schema::shown(server.get("url").unwrap_or(&Value::Null));
    for (index, server) in old.iter().enumerate() {
        let place = at.index(index);
        match same(server, &new) {
            Some(other) => walk.rest((&place, server), (&at.index(other), &new[other]), |_| false),
            None => walk.note(frame, Kind::ServerRemoved, Some(place), None, url(server)),
        }
    }
    for (index, server) in new.iter().enumerate() {
        if same(server, &old).is_none() {
            let place = Some(at.index(index));
            walk.note(frame, Kind::ServerAdded, None, place, url(server));
        }
    }
}

/// Sections of `components` that are compared member by member.
const COMPARED: [&str; 5] = [
    "schemas",
    "parameters",
    "requestBodies",
    "responses",
    "headers",
];

/// Compares components of the same key that nothing led to.
pub(super) fn by_key(walk: &mut Walk<'_>) {
    let frame = Frame {
        node: walk.root(None),
        uses: Uses::BOTH,
    };
    for section in COMPARED {
        let (old, new) = (keys(walk.old, section), keys(walk.new, section));
        for name in old.intersection(&new) {
            let at = Location::default().join(["components", section, name.as_str()]);
            match section {
                "schemas" => walk.later(frame, at.clone(), at, Null::Open),
                "parameters" => parameter(walk, frame, &at),
                "responses" => exchange::answer(walk, frame, &at, &at),
                "headers" => exchange::header(walk, frame, &at, &at),
                _ => exchange::body(walk, frame, &at, &at),
            }
        }
    }
}

fn parameter(walk: &mut Walk<'_>, frame: Frame, at: &Location) {
    let (Some((x, old)), Some((y, new))) = (walk.old.follow(at), walk.new.follow(at)) else {
        return;
    };
    if let (Value::Object(old), Value::Object(new)) = (old, new) {
        exchange::parameter(walk, frame, (&x, old), (&y, new));
    }
}

/// Notes schemas that came, went, or have another key, once all pairs are known.
pub(super) fn schemas(walk: &mut Walk<'_>) {
    let frame = Frame {
        node: walk.root(None),
        uses: Uses::BOTH,
    };
    let at = |name: &String| Location::default().join(["components", "schemas", name.as_str()]);
    let (old, new) = (keys(walk.old, "schemas"), keys(walk.new, "schemas"));
    let mut gone: BTreeSet<Location> = old.difference(&new).map(at).collect();
    let mut come: BTreeSet<Location> = new.difference(&old).map(at).collect();
    for (before, after) in walk.met.clone() {
        if gone.contains(&before) && come.contains(&after) {
            gone.remove(&before);
            come.remove(&after);
            let name = |at: &Location| at.pointer.last().unwrap_or_default();
            let detail = format!("`{}` → `{}`", name(&before), name(&after));
            walk.note(
                frame,
                Kind::SchemaRenamed,
                Some(before),
                Some(after),
                detail,
            );
        }
    }
    for place in gone {
        walk.note(frame, Kind::SchemaRemoved, Some(place), None, "");
    }
    for place in come {
        walk.note(frame, Kind::SchemaAdded, None, Some(place), "");
    }
}

fn keys(document: &Document, section: &str) -> BTreeSet<String> {
    let found = document.root().get("components");
    let found = found.and_then(|components| components.get(section)?.as_object());
    found.into_iter().flat_map(Map::keys).cloned().collect()
}
