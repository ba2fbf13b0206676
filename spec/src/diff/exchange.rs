//! The messages of an operation: parameters, body, answers with their headers and media types.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::{
    kind::{Kind, Need, Outcome},
    operation::Operation,
    schema,
    walk::{Frame, Walk},
};
use crate::{document::Document, location::Location};

type Object<'d> = (Location, &'d Map<String, Value>);

/// Compares parameters and body.
pub(super) fn request<'d>(walk: &mut Walk<'d>, frame: Frame, a: &Operation<'d>, b: &Operation<'d>) {
    let (old, new) = (parameters(walk.old, a), parameters(walk.new, b));
    for (key, (at, one)) in &old {
        match new.get(key) {
            Some((other_at, other)) => parameter(walk, frame, (at, one), (other_at, other)),
            None => walk.note(
                frame,
                Kind::ParameterRemoved(need(one)),
                Some(at.clone()),
                None,
                "",
            ),
        }
    }
    for (key, (at, one)) in &new {
        if !old.contains_key(key) {
            walk.note(
                frame,
                Kind::ParameterAdded(need(one)),
                None,
                Some(at.clone()),
                "",
            );
        }
    }
    let body = |document: &'d Document, operation: &Operation<'d>| {
        operation.value.get("requestBody")?;
        object(document, &operation.at.child("requestBody"))
    };
    match (body(walk.old, a), body(walk.new, b)) {
        (Some((old, _)), Some((new, _))) => self::body(walk, frame, &old, &new),
        (Some((at, old)), None) => {
            walk.note(frame, Kind::BodyRemoved(need(old)), Some(at), None, "");
        }
        (None, Some((at, new))) => walk.note(frame, Kind::BodyAdded(need(new)), None, Some(at), ""),
        (None, None) => {}
    }
}

/// Compares two request bodies, wherever they are described.
pub(super) fn body(walk: &mut Walk<'_>, frame: Frame, old: &Location, new: &Location) {
    let (Some((old_at, old)), Some((new_at, new))) = (object(walk.old, old), object(walk.new, new))
    else {
        return;
    };
    let kind = became(need(old), need(new), Kind::BodyRequired, Kind::BodyOptional);
    if let Some(kind) = kind {
        walk.note(frame, kind, Some(old_at.clone()), Some(new_at.clone()), "");
    }
    content(walk, frame, (&old_at, old), (&new_at, new));
    walk.rest((&old_at, old), (&new_at, new), |name| {
        matches!(name, "required" | "content")
    });
}

/// The parameters of an operation and its path item: by place and name, those of the path by position.
fn parameters<'d>(
    document: &'d Document,
    operation: &Operation<'d>,
) -> IndexMap<(String, String), Object<'d>> {
    let mut found = IndexMap::new();
    for owner in [&operation.item, &operation.at] {
        let list = owner.child("parameters");
        let count = document
            .get(&list)
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        for index in 0..count {
            let Some((at, members)) = object(document, &list.index(index)) else {
                continue;
            };
            let text = |name: &str| {
                members
                    .get(name)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            };
            let (place, name) = (text("in"), text("name"));
            let name = match place {
                "path" => {
                    let position = operation.names.iter().position(|known| *known == name);
                    position.map_or_else(|| name.to_owned(), |position| position.to_string())
                }
                "header" => name.to_ascii_lowercase(),
                _ => name.to_owned(),
            };
            found.insert((place.to_owned(), name), (at, members));
        }
    }
    found
}

/// Compares two parameters.
pub(super) fn parameter(
    walk: &mut Walk<'_>,
    frame: Frame,
    (old_at, old): (&Location, &Map<String, Value>),
    (new_at, new): (&Location, &Map<String, Value>),
) {
    let kind = became(
        need(old),
        need(new),
        Kind::ParameterRequired,
        Kind::ParameterOptional,
    );
    described(walk, frame, kind, (old_at, old), (new_at, new));
}

/// What parameters and headers have in common.
fn described(
    walk: &mut Walk<'_>,
    frame: Frame,
    need: Option<Kind>,
    (old_at, old): (&Location, &Map<String, Value>),
    (new_at, new): (&Location, &Map<String, Value>),
) {
    let places = || (Some(old_at.clone()), Some(new_at.clone()));
    if let Some(kind) = need {
        walk.note(frame, kind, places().0, places().1, "");
    }
    let is_deprecated =
        |members: &Map<String, Value>| members.get("deprecated") == Some(&Value::Bool(true));
    match (is_deprecated(old), is_deprecated(new)) {
        (false, true) => walk.note(frame, Kind::Deprecated, places().0, places().1, ""),
        (true, false) => walk.note(frame, Kind::Undeprecated, places().0, places().1, ""),
        _ => {}
    }
    let (before, after) = (serialization(old), serialization(new));
    if before != after {
        let detail = format!("{before} → {after}");
        walk.note(
            frame,
            Kind::SerializationChanged,
            places().0,
            places().1,
            detail,
        );
    }
    match (old.contains_key("schema"), new.contains_key("schema")) {
        (true, true) => {
            schema::compare(
                walk,
                frame,
                &old_at.child("schema"),
                &new_at.child("schema"),
            );
        }
        // What is written by media type is told as written differently.
        (true, false) if !new.contains_key("content") => {
            walk.note(
                frame,
                Kind::TypeWidened,
                places().0,
                places().1,
                "no longer a schema",
            );
        }
        (false, true) if !old.contains_key("content") => {
            walk.note(
                frame,
                Kind::TypeNarrowed,
                places().0,
                places().1,
                "now a schema",
            );
        }
        _ => {}
    }
    if old.contains_key("content") && new.contains_key("content") {
        content(walk, frame, (old_at, old), (new_at, new));
    }
    walk.rest((old_at, old), (new_at, new), |name| {
        matches!(
            name,
            "in" | "required"
                | "deprecated"
                | "style"
                | "explode"
                | "allowReserved"
                | "allowEmptyValue"
                | "schema"
                | "content"
        )
    });
}

/// How a parameter is written, with the defaults of OpenAPI 3.1.1, section 4.8.12.2.
fn serialization(members: &Map<String, Value>) -> String {
    if members.contains_key("content") {
        return "by media type".to_owned();
    }
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let default = match text("in") {
        Some("query" | "cookie") => "form",
        _ => "simple",
    };
    let style = text("style").unwrap_or(default);
    let explode = members
        .get("explode")
        .and_then(Value::as_bool)
        .unwrap_or(style == "form");
    let mut written = format!("`{style}`");
    if explode {
        written.push_str(", exploded");
    }
    for (name, words) in [
        ("allowReserved", "reserved characters as they are"),
        ("allowEmptyValue", "may be empty"),
    ] {
        if members.get(name) == Some(&Value::Bool(true)) {
            written.push_str(", ");
            written.push_str(words);
        }
    }
    written
}

/// Compares the answers of two operations.
pub(super) fn answers<'d>(walk: &mut Walk<'d>, frame: Frame, a: &Operation<'d>, b: &Operation<'d>) {
    let all = |operation: &Operation<'d>| -> IndexMap<String, String> {
        let keys = operation.value.get("responses").and_then(Value::as_object);
        let keys = keys.into_iter().flat_map(Map::keys);
        keys.map(|key| (key.to_ascii_uppercase(), key.clone()))
            .collect()
    };
    let (old, new) = (all(a), all(b));
    let place =
        |operation: &Operation<'d>, key: &String| operation.at.child("responses").child(key);
    let is_status = |status: &str| !status.starts_with("X-");
    for (status, key) in old.iter().filter(|(status, _)| is_status(status)) {
        let at = place(a, key);
        match new.get(status) {
            Some(key) => answer(walk, frame, &at, &place(b, key)),
            None => walk.note(
                frame,
                Kind::AnswerRemoved(outcome(status)),
                Some(at),
                None,
                "",
            ),
        }
    }
    for (status, key) in new.iter().filter(|(status, _)| is_status(status)) {
        if !old.contains_key(status) {
            let at = place(b, key);
            walk.note(
                frame,
                Kind::AnswerAdded(outcome(status)),
                None,
                Some(at),
                "",
            );
        }
    }
}

fn outcome(status: &str) -> Outcome {
    match status.as_bytes().first() {
        Some(b'1'..=b'3') => Outcome::Success,
        _ => Outcome::Failure,
    }
}

/// Compares two answers, wherever they are described.
pub(super) fn answer(walk: &mut Walk<'_>, frame: Frame, old: &Location, new: &Location) {
    let (Some((old_at, old)), Some((new_at, new))) = (object(walk.old, old), object(walk.new, new))
    else {
        return;
    };
    let headers = |members: &Map<String, Value>| -> IndexMap<String, String> {
        let names = members.get("headers").and_then(Value::as_object);
        let names = names.into_iter().flat_map(Map::keys);
        names
            .map(|name| (name.to_ascii_lowercase(), name.clone()))
            .collect()
    };
    let (olds, news) = (headers(old), headers(new));
    for (lower, name) in &olds {
        let at = old_at.child("headers").child(name);
        if let Some(name) = news.get(lower) {
            header(walk, frame, &at, &new_at.child("headers").child(name));
        } else {
            let need = object(walk.old, &at).map_or(Need::Optional, |(_, members)| need(members));
            walk.note(frame, Kind::HeaderRemoved(need), Some(at), None, "");
        }
    }
    for (lower, name) in &news {
        if !olds.contains_key(lower) {
            let at = new_at.child("headers").child(name);
            let need = object(walk.new, &at).map_or(Need::Optional, |(_, members)| need(members));
            walk.note(frame, Kind::HeaderAdded(need), None, Some(at), "");
        }
    }
    content(walk, frame, (&old_at, old), (&new_at, new));
    walk.rest((&old_at, old), (&new_at, new), |name| {
        matches!(name, "headers" | "content")
    });
}

/// Compares two headers, wherever they are described.
pub(super) fn header(walk: &mut Walk<'_>, frame: Frame, old: &Location, new: &Location) {
    let (Some((old_at, old)), Some((new_at, new))) = (object(walk.old, old), object(walk.new, new))
    else {
        return;
    };
    let kind = became(
        need(old),
        need(new),
        Kind::HeaderRequired,
        Kind::HeaderOptional,
    );
    described(walk, frame, kind, (&old_at, old), (&new_at, new));
}

/// Compares the media types of two bodies, answers or parameters.
fn content(
    walk: &mut Walk<'_>,
    frame: Frame,
    (old_at, old): (&Location, &Map<String, Value>),
    (new_at, new): (&Location, &Map<String, Value>),
) {
    let types = |members: &Map<String, Value>| -> IndexMap<String, String> {
        let keys = members.get("content").and_then(Value::as_object);
        let keys = keys.into_iter().flat_map(Map::keys);
        keys.map(|key| (essence(key), key.clone())).collect()
    };
    let (olds, news) = (types(old), types(new));
    for (essence, key) in &olds {
        let at = old_at.child("content").child(key);
        match news.get(essence) {
            Some(key) => media_type(walk, frame, &at, &new_at.child("content").child(key)),
            None => walk.note(
                frame,
                Kind::MediaTypeRemoved,
                Some(at),
                Some(new_at.clone()),
                "",
            ),
        }
    }
    for (essence, key) in &news {
        if !olds.contains_key(essence) {
            let at = new_at.child("content").child(key);
            walk.note(
                frame,
                Kind::MediaTypeAdded,
                Some(old_at.clone()),
                Some(at),
                "",
            );
        }
    }
}

/// A media type without its parameters: RFC 9110, section 8.3.1.
fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

fn media_type(walk: &mut Walk<'_>, frame: Frame, old: &Location, new: &Location) {
    let (Some((old_at, old)), Some((new_at, new))) = (object(walk.old, old), object(walk.new, new))
    else {
        return;
    };
    let places = || (Some(old_at.clone()), Some(new_at.clone()));
    match (old.contains_key("schema"), new.contains_key("schema")) {
        (true, true) => schema::compare(
            walk,
            frame,
            &old_at.child("schema"),
            &new_at.child("schema"),
        ),
        (true, false) => walk.note(
            frame,
            Kind::TypeWidened,
            places().0,
            places().1,
            "no longer a schema",
        ),
        (false, true) => walk.note(
            frame,
            Kind::TypeNarrowed,
            places().0,
            places().1,
            "now a schema",
        ),
        (false, false) => {}
    }
    if old.get("encoding") != new.get("encoding") {
        walk.note(frame, Kind::EncodingChanged, places().0, places().1, "");
    }
    walk.rest((&old_at, old), (&new_at, new), |name| {
        matches!(name, "schema" | "encoding")
    });
}

fn object<'d>(document: &'d Document, at: &Location) -> Option<Object<'d>> {
    let (at, value) = document.follow(at)?;
    Some((at, value.as_object()?))
}

fn need(members: &Map<String, Value>) -> Need {
    match members.get("required") {
        Some(Value::Bool(true)) => Need::Required,
        _ => Need::Optional,
    }
}

fn became(old: Need, new: Need, required: Kind, optional: Kind) -> Option<Kind> {
    match (old, new) {
        (Need::Optional, Need::Required) => Some(required),
        (Need::Required, Need::Optional) => Some(optional),
        _ => None,
    }
}
