//! Two schemas against each other, as they are meant.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    kind::{Direction, Kind, Need, Openness},
    limit, union,
    view::{self, NOTES, OPAQUE, Others, Slot, View},
    walk::{Frame, Null, Task, Walk},
};
use crate::{location::Location, skeleton};

/// Compares the schemas at two places.
pub(super) fn compare(walk: &mut Walk<'_>, frame: Frame, old: &Location, new: &Location) {
    slots(walk, frame, old, new, (Null::Open, Turn::Now));
}

/// Compares schemas at two places where null was compared already.
pub(super) fn compare_but_null(walk: &mut Walk<'_>, frame: Frame, old: &Location, new: &Location) {
    slots(walk, frame, old, new, (Null::Compared, Turn::Now));
}

/// Compares two components, or one and what stands for it.
pub(super) fn task(walk: &mut Walk<'_>, task: &Task) {
    let frame = Frame {
        node: task.node,
        uses: super::walk::Uses::BOTH,
    };
    slots(walk, frame, &task.old, &task.new, (task.null, Turn::Queued));
}

/// Whether a pair of schemas was just met within another one, or was left for later then.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Now,
    Queued,
}

fn slots(
    walk: &mut Walk<'_>,
    frame: Frame,
    old: &Location,
    new: &Location,
    (null, turn): (Null, Turn),
) {
    let (Some(a), Some(b)) = (Slot::of(walk.old, old), Slot::of(walk.new, new)) else {
        return;
    };
    notes(walk, frame, &a, &b);
    match (&a.target, &b.target) {
        (Some(x), Some(y)) => {
            if null == Null::Open && a.null != b.null {
                compare_null(walk, frame, &a, &b);
            }
            walk.later(frame, x.clone(), y.clone(), Null::Open);
        }
        (x, y) => {
            if null == Null::Open {
                compare_null(walk, frame, &a, &b);
            }
            if union::compare(walk, frame, &a, &b) {
                return;
            }
            if x.is_none() && y.is_none() {
                let (old, new) = (View::of(walk.old, &a.at), View::of(walk.new, &b.at));
                // Through a reference among its parts a schema may come back to itself, or to others by many ways.
                if turn == Turn::Now && (old.refers() || new.refers()) {
                    walk.later(frame, a.at, b.at, Null::Compared);
                } else {
                    bodies(walk, frame, &old, &new);
                }
            } else {
                let old = x.clone().unwrap_or(a.at);
                let new = y.clone().unwrap_or(b.at);
                walk.later(frame, old, new, Null::Compared);
            }
        }
    }
}

fn compare_null(walk: &mut Walk<'_>, frame: Frame, a: &Slot<'_>, b: &Slot<'_>) {
    let old = a.null.then_some(true).or_else(|| inner_null(walk.old, a));
    let new = b.null.then_some(true).or_else(|| inner_null(walk.new, b));
    let kind = match (old, new) {
        (Some(false), Some(true)) => Kind::NullAdded,
        (Some(true), Some(false)) => Kind::NullRemoved,
        _ => return,
    };
    walk.note(frame, kind, Some(outer(a)), Some(outer(b)), "");
}

fn inner_null(document: &crate::document::Document, slot: &Slot<'_>) -> Option<bool> {
    view::allows_null(document, slot.target.as_ref().unwrap_or(&slot.at))
}

fn outer(slot: &Slot<'_>) -> Location {
    slot.around
        .first()
        .map_or_else(|| slot.at.clone(), |(at, _)| at.clone())
}

/// Annotations: those with a meaning by themselves, the rest counted.
fn notes(walk: &mut Walk<'_>, frame: Frame, a: &Slot<'_>, b: &Slot<'_>) {
    for keyword in NOTES {
        let (old, new) = (a.note(keyword), b.note(keyword));
        let is = |note: &Option<(Location, &Value)>| {
            note.as_ref()
                .filter(|(_, value)| *keyword == "default" || **value == Value::Bool(true))
                .map(|(_, value)| (*value).clone())
        };
        let (before, after) = (is(&old), is(&new));
        if before == after {
            continue;
        }
        let kind = match (*keyword, &after) {
            ("deprecated", Some(_)) => Kind::Deprecated,
            ("deprecated", None) => Kind::Undeprecated,
            ("default", _) => Kind::DefaultChanged,
            _ => Kind::AccessChanged,
        };
        let detail = match kind {
            Kind::DefaultChanged => arrow(before.as_ref(), after.as_ref()),
            Kind::AccessChanged => match after {
                Some(_) => format!("now `{keyword}`"),
                None => format!("no longer `{keyword}`"),
            },
            _ => String::new(),
        };
        let place =
            |note: Option<(Location, &Value)>, slot| note.map_or_else(|| outer(slot), |(at, _)| at);
        walk.note(
            frame,
            kind,
            Some(place(old, a)),
            Some(place(new, b)),
            detail,
        );
    }
    prose(walk, a, b);
}

/// Counts titles, descriptions, examples and extensions that differ, wherever among the wrappers they stand.
fn prose(walk: &mut Walk<'_>, a: &Slot<'_>, b: &Slot<'_>) {
    let names = |slot: &Slot<'_>| -> BTreeSet<String> {
        let keys = slot.around.iter().flat_map(|(_, members)| members.keys());
        keys.filter(|name| !view::is_compared(name))
            .cloned()
            .collect()
    };
    for name in names(a).union(&names(b)) {
        let (old, new) = (a.note(name), b.note(name));
        if old.as_ref().map(|(_, value)| value) != new.as_ref().map(|(_, value)| value) {
            walk.prose(old.map(|(at, _)| at), new.map(|(at, _)| at));
        }
    }
}

/// Compares what two schemas that are neither references nor wrappers say about values.
fn bodies(walk: &mut Walk<'_>, frame: Frame, a: &View<'_>, b: &View<'_>) {
    if !types(walk, frame, a, b) {
        return;
    }
    values(walk, frame, a, b);
    limit::compare(walk, frame, a, b);
    properties(walk, frame, a, b);
    others(walk, frame, a, b);
    arrays(walk, frame, a, b);
    union::parts(walk, frame, a, b);
    opaque(walk, frame, a, b);
    for ((old_at, old), (new_at, new)) in a.layers.iter().zip(&b.layers).skip(1) {
        walk.rest((old_at, old), (new_at, new), view::is_assertion);
    }
}

/// Whether the rest of the two is worth comparing.
fn types(walk: &mut Walk<'_>, frame: Frame, a: &View<'_>, b: &View<'_>) -> bool {
    let shown = |view: &View<'_>| match &view.types {
        _ if view.never => "nothing".to_owned(),
        Some((_, names)) => listed(names.iter().map(|name| format!("`{name}`"))),
        None => "anything".to_owned(),
    };
    let place = |view: &View<'_>| {
        Some(
            view.types
                .as_ref()
                .map_or_else(|| view.at.clone(), |(at, _)| at.clone()),
        )
    };
    let mut note = |kind| {
        let detail = format!("{} → {}", shown(a), shown(b));
        walk.note(frame, kind, place(a), place(b), detail);
    };
    match (a.never, b.never) {
        (true, true) => return false,
        (true, false) => {
            note(Kind::TypeWidened);
            return false;
        }
        (false, true) => {
            note(Kind::TypeNarrowed);
            return false;
        }
        (false, false) => {}
    }
    let (old, new) = match (&a.types, &b.types) {
        (None, None) => return true,
        (Some(_), None) => {
            note(Kind::TypeWidened);
            return !b.is_free();
        }
        (None, Some(_)) => {
            note(Kind::TypeNarrowed);
            return !a.is_free();
        }
        (Some((_, old)), Some((_, new))) => (old, new),
    };
    // Every integer is a number.
    let within = |inner: &BTreeSet<&str>, outer: &BTreeSet<&str>| {
        inner
            .iter()
            .all(|name| outer.contains(name) || (*name == "integer" && outer.contains("number")))
    };
    match (within(new, old), within(old, new)) {
        (true, true) => true,
        (true, false) => {
            note(Kind::TypeNarrowed);
            true
        }
        (false, true) => {
            note(Kind::TypeWidened);
            true
        }
        (false, false) => {
            note(Kind::TypeChanged);
            !old.is_disjoint(new)
        }
    }
}

fn values(walk: &mut Walk<'_>, frame: Frame, a: &View<'_>, b: &View<'_>) {
    let place = |view: &View<'_>| {
        Some(
            view.values
                .as_ref()
                .map_or_else(|| view.at.clone(), |(at, _)| at.clone()),
        )
    };
    match (&a.values, &b.values) {
        (None, None) => {}
        (None, Some((_, list))) => {
            let detail = format!("only {}", shown_values(list));
            walk.note(frame, Kind::ConstraintTightened, place(a), place(b), detail);
        }
        (Some((_, list)), None) => {
            let detail = format!("no longer only {}", shown_values(list));
            walk.note(frame, Kind::ConstraintLoosened, place(a), place(b), detail);
        }
        (Some((_, old)), Some((_, new))) => {
            let gone: Vec<&Value> = old.iter().copied().filter(|it| !new.contains(it)).collect();
            let come: Vec<&Value> = new.iter().copied().filter(|it| !old.contains(it)).collect();
            for (kind, list) in [(Kind::EnumValueRemoved, gone), (Kind::EnumValueAdded, come)] {
                if !list.is_empty() {
                    walk.note(frame, kind, place(a), place(b), shown_values(&list));
                }
            }
        }
    }
}

fn properties(walk: &mut Walk<'_>, frame: Frame, a: &View<'_>, b: &View<'_>) {
    let need = |view: &View<'_>, name: &str| {
        if view.required.contains(name) {
            Need::Required
        } else {
            Need::Optional
        }
    };
    let openness = |view: &View<'_>| match view.others {
        Others::None(_) => Openness::Closed,
        _ => Openness::Open,
    };
    for (&name, places) in &a.properties {
        let Some(old) = places.first() else { continue };
        let Some(new) = b.properties.get(name) else {
            let kind = Kind::PropertyRemoved(need(a, name), openness(b));
            let frame = seen(frame, &[Slot::of(walk.old, old)]);
            walk.note(frame, kind, Some(old.clone()), None, "");
            continue;
        };
        property(walk, frame, (a, places), (b, new), name);
    }
    for (&name, places) in &b.properties {
        if let (Some(new), false) = (places.first(), a.properties.contains_key(name)) {
            let kind = Kind::PropertyAdded(need(b, name), openness(a));
            let frame = seen(frame, &[Slot::of(walk.new, new)]);
            walk.note(frame, kind, None, Some(new.clone()), "");
        }
    }
    // What is required and described nowhere.
    let unnamed =
        |name: &&str| !a.properties.contains_key(name) && !b.properties.contains_key(name);
    for (kind, one, other) in [
        (Kind::PropertyRequired, &b.required, &a.required),
        (Kind::PropertyOptional, &a.required, &b.required),
    ] {
        for name in one.difference(other).filter(|name| unnamed(name)) {
            let places = (Some(a.at.clone()), Some(b.at.clone()));
            walk.note(frame, kind, places.0, places.1, format!("`{name}`"));
        }
    }
}

fn property(
    walk: &mut Walk<'_>,
    frame: Frame,
    (a, olds): (&View<'_>, &[Location]),
    (b, news): (&View<'_>, &[Location]),
    name: &str,
) {
    let (Some(old), Some(new)) = (olds.first(), news.first()) else {
        return;
    };
    let frame = seen(frame, &[Slot::of(walk.old, old), Slot::of(walk.new, new)]);
    let kind = match (a.required.contains(name), b.required.contains(name)) {
        (false, true) => Some(Kind::PropertyRequired),
        (true, false) => Some(Kind::PropertyOptional),
        _ => None,
    };
    if let Some(kind) = kind {
        walk.note(frame, kind, Some(old.clone()), Some(new.clone()), "");
    }
    for (old, new) in olds.iter().zip(news) {
        compare(walk, frame, old, new);
    }
    if olds.len() != news.len() {
        let detail = "described in another number of parts of `allOf`";
        let places = (Some(old.clone()), Some(new.clone()));
        walk.note(frame, Kind::ConstraintChanged, places.0, places.1, detail);
    }
}

/// A property that is `readOnly` on every side is in no request, one that is `writeOnly` in no answer.
fn seen(frame: Frame, slots: &[Option<Slot<'_>>]) -> Frame {
    let all = |keyword| slots.iter().flatten().all(|slot| slot.says(keyword));
    if all("readOnly") {
        frame.without(Direction::ToServer)
    } else if all("writeOnly") {
        frame.without(Direction::ToClient)
    } else {
        frame
    }
}

fn others(walk: &mut Walk<'_>, frame: Frame, a: &View<'_>, b: &View<'_>) {
    let place = |view: &View<'_>| match &view.others {
        Others::Any => Some(view.at.clone()),
        Others::None(at) | Others::Schema(at) => Some(at.clone()),
    };
    let kind = match (&a.others, &b.others) {
        (Others::Any, Others::Any) | (Others::None(_), Others::None(_)) => None,
        (Others::Schema(old), Others::Schema(new)) => {
            compare(walk, frame, old, new);
            None
        }
        (_, Others::None(_)) => Some((Kind::ObjectClosed, "")),
        (Others::None(_), _) => Some((Kind::ObjectOpened, "")),
        (Others::Any, Others::Schema(_)) => Some((
            Kind::ConstraintTightened,
            "members without a name now have a schema",
        )),
        (Others::Schema(_), Others::Any) => Some((
            Kind::ConstraintLoosened,
            "members without a name no longer have a schema",
        )),
    };
    if let Some((kind, detail)) = kind {
        walk.note(frame, kind, place(a), place(b), detail);
    }
    for (pattern, old) in &a.patterns {
        if let Some(new) = b.patterns.get(pattern) {
            compare(walk, frame, old, new);
        } else {
            let detail = format!("no longer members that match `{pattern}`");
            let new = Some(b.at.clone());
            walk.note(
                frame,
                Kind::ConstraintLoosened,
                Some(old.clone()),
                new,
                detail,
            );
        }
    }
    for (pattern, new) in &b.patterns {
        if !a.patterns.contains_key(pattern) {
            let detail = format!("members that match `{pattern}`");
            let old = Some(a.at.clone());
            walk.note(
                frame,
                Kind::ConstraintTightened,
                old,
                Some(new.clone()),
                detail,
            );
        }
    }
}

fn arrays(walk: &mut Walk<'_>, frame: Frame, a: &View<'_>, b: &View<'_>) {
    for (old, new) in a.prefix.iter().zip(&b.prefix) {
        compare(walk, frame, old, new);
    }
    if a.prefix.len() != b.prefix.len() {
        let kind = if a.prefix.len() < b.prefix.len() {
            Kind::ConstraintTightened
        } else {
            Kind::ConstraintLoosened
        };
        let detail = format!("`prefixItems` of {} → {}", a.prefix.len(), b.prefix.len());
        walk.note(frame, kind, Some(a.at.clone()), Some(b.at.clone()), detail);
    }
    let place = |view: &View<'_>| match &view.items {
        Others::Any => Some(view.at.clone()),
        Others::None(at) | Others::Schema(at) => Some(at.clone()),
    };
    let (kind, detail) = match (&a.items, &b.items) {
        (Others::Any, Others::Any) | (Others::None(_), Others::None(_)) => return,
        (Others::Schema(old), Others::Schema(new)) => return compare(walk, frame, old, new),
        (_, Others::None(_)) => (Kind::ConstraintTightened, "no further elements"),
        (Others::None(_), _) => (Kind::ConstraintLoosened, "further elements"),
        (Others::Any, Others::Schema(_)) => {
            (Kind::ConstraintTightened, "elements now have a schema")
        }
        (Others::Schema(_), Others::Any) => {
            (Kind::ConstraintLoosened, "elements no longer have a schema")
        }
    };
    walk.note(frame, kind, place(a), place(b), detail);
}

fn raw<'v, 'd>(
    view: &'v View<'d>,
    keyword: &str,
) -> impl Iterator<Item = &'v (Location, &'d Value)> {
    view.opaque.get(keyword).into_iter().flatten()
}

/// Keywords whose change has no direction that could be told without solving them.
fn opaque(walk: &mut Walk<'_>, frame: Frame, a: &View<'_>, b: &View<'_>) {
    let names = OPAQUE
        .iter()
        .chain(&["contentEncoding", "contentMediaType"]);
    for keyword in names {
        let said = |view: &View<'_>| -> Vec<Value> {
            raw(view, keyword)
                .map(|(_, value)| skeleton::of_schema(value))
                .collect()
        };
        let (old, new) = (said(a), said(b));
        if old == new {
            for pair in raw(a, keyword).zip(raw(b, keyword)) {
                let ((old_at, old), (new_at, new)) = pair;
                if old != new {
                    walk.prose(Some(old_at.clone()), Some(new_at.clone()));
                }
            }
            continue;
        }
        let kind = match (old.is_empty(), new.is_empty()) {
            (true, false) => Kind::ConstraintTightened,
            (false, true) => Kind::ConstraintLoosened,
            _ => Kind::ConstraintChanged,
        };
        let place = |view: &View<'_>| {
            let first = view.opaque.get(keyword).and_then(|list| list.first());
            Some(first.map_or_else(|| view.at.clone(), |(at, _)| at.clone()))
        };
        walk.note(frame, kind, place(a), place(b), format!("`{keyword}`"));
    }
}

/// The longest a value is shown, in characters.
const LONGEST: usize = 60;

/// `1 → 2`, `none → 2`.
pub(super) fn arrow(old: Option<&Value>, new: Option<&Value>) -> String {
    let one = |value: Option<&Value>| value.map_or_else(|| "none".to_owned(), shown);
    format!("{} → {}", one(old), one(new))
}

pub(super) fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= LONGEST {
        return format!("`{text}`");
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("`{start}…`")
}

fn shown_values(list: &[&Value]) -> String {
    listed(list.iter().map(|value| shown(value)))
}

/// `a, b, c`, the end counted if there are many.
pub(super) fn listed(names: impl ExactSizeIterator<Item = String>) -> String {
    const MANY: usize = 12;
    let count = names.len();
    let mut shown: Vec<String> = names.take(MANY).collect();
    if count > MANY {
        shown.push(format!("{} more", count - MANY));
    }
    shown.join(", ")
}
