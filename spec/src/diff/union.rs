//! Unions: which branch of the old one is which of the new one, whatever their order.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    kind::Kind,
    place, schema,
    view::{Slot, View},
    walk::{Frame, Walk},
};
use crate::{document::Document, location::Location};

/// Compares two schemas one of which, at least, is nothing but a union; a schema beside it counts as a
/// union of one. Whether that was so.
pub(super) fn compare(walk: &mut Walk<'_>, frame: Frame, a: &Slot<'_>, b: &Slot<'_>) -> bool {
    let (old, new) = (a.union(), b.union());
    if old.is_none() && new.is_none() {
        return false;
    }
    if old.is_some() != new.is_some() && !(fits_a_union(walk.old, a) && fits_a_union(walk.new, b)) {
        return false;
    }
    let one = |slot: &Slot<'_>| vec![slot.at.clone()];
    let places = (&a.at, &b.at);
    let both = old.is_some() && new.is_some();
    let old = old.map_or_else(|| one(a), |(_, branches)| branches);
    let new = new.map_or_else(|| one(b), |(_, branches)| branches);
    branches(walk, frame, places, &old, &new, both);
    if both {
        discriminator(walk, frame, a, b);
    }
    true
}

/// A schema that says anything at all can be the branch of a union; a free one takes them all in.
fn fits_a_union(document: &Document, slot: &Slot<'_>) -> bool {
    slot.target.is_some() || slot.union().is_some() || !View::of(document, &slot.at).is_free()
}

/// Compares unions that stand beside other keywords.
pub(super) fn parts(walk: &mut Walk<'_>, frame: Frame, a: &View<'_>, b: &View<'_>) {
    for ((old_at, old), (new_at, new)) in a.unions.iter().zip(&b.unions) {
        branches(walk, frame, (old_at, new_at), old, new, true);
    }
    let (fewer, detail) = (a.unions.len().min(b.unions.len()), "alternatives");
    for (at, _) in a.unions.iter().skip(fewer) {
        let places = (Some(at.clone()), Some(b.at.clone()));
        walk.note(
            frame,
            Kind::ConstraintLoosened,
            places.0,
            places.1,
            format!("no longer one of several {detail}"),
        );
    }
    for (at, _) in b.unions.iter().skip(fewer) {
        let places = (Some(a.at.clone()), Some(at.clone()));
        walk.note(
            frame,
            Kind::ConstraintTightened,
            places.0,
            places.1,
            format!("one of several {detail}"),
        );
    }
}

fn branches(
    walk: &mut Walk<'_>,
    frame: Frame,
    (old_at, new_at): (&Location, &Location),
    old: &[Location],
    new: &[Location],
    are_unions: bool,
) {
    let olds: Vec<Branch<'_>> = old.iter().map(|at| Branch::of(walk.old, at)).collect();
    let news: Vec<Branch<'_>> = new.iter().map(|at| Branch::of(walk.new, at)).collect();
    let pairs = pair(&olds, &news);
    let mut gone: BTreeSet<usize> = (0..olds.len()).collect();
    let mut come: BTreeSet<usize> = (0..news.len()).collect();
    for &(x, y) in &pairs {
        gone.remove(&x);
        come.remove(&y);
    }
    let gone: Vec<(&Location, String)> = gone
        .iter()
        .map(|&x| (&old[x], olds[x].label(walk.old, &old[x])))
        .collect();
    let come: Vec<(&Location, String)> = come
        .iter()
        .map(|&y| (&new[y], news[y].label(walk.new, &new[y])))
        .collect();
    for (at, label) in gone {
        let places = (Some(at.clone()), Some(new_at.clone()));
        walk.note(frame, Kind::VariantRemoved, places.0, places.1, label);
    }
    for (at, label) in come {
        let places = (Some(old_at.clone()), Some(at.clone()));
        walk.note(frame, Kind::VariantAdded, places.0, places.1, label);
    }
    for (x, y) in pairs {
        if are_unions {
            schema::compare(walk, frame, &old[x], &new[y]);
        } else {
            schema::compare_but_null(walk, frame, &old[x], &new[y]);
        }
    }
}

/// What a branch can be recognised by.
struct Branch<'d> {
    /// The component that it refers to.
    component: Option<String>,
    /// The values of members and of the whole that are fixed.
    fixed: BTreeSet<String>,
    types: BTreeSet<&'d str>,
    properties: BTreeSet<&'d str>,
    value: &'d Value,
}

impl<'d> Branch<'d> {
    fn of(document: &'d Document, at: &Location) -> Self {
        let slot = Slot::of(document, at);
        let target = slot.as_ref().and_then(|slot| slot.target.clone());
        let body = target
            .clone()
            .or(slot.map(|slot| slot.at))
            .unwrap_or_else(|| at.clone());
        let view = View::of(document, &body);
        let fixed = |name: &str, at: &Location| {
            let inner = Slot::of(document, at)?;
            let inner = View::of(document, inner.target.as_ref().unwrap_or(&inner.at));
            match inner.values?.1.as_slice() {
                [value] => Some(format!("{name}={value}")),
                _ => None,
            }
        };
        let mut values: BTreeSet<String> = view
            .properties
            .iter()
            .filter_map(|(name, places)| fixed(name, places.first()?))
            .collect();
        if let Some((_, list)) = &view.values {
            values.extend(list.iter().map(|value| format!("={value}")));
        }
        Self {
            component: target.and_then(|target| target.pointer.last()),
            fixed: values,
            types: view.types.map(|(_, names)| names).unwrap_or_default(),
            properties: view.properties.keys().copied().collect(),
            value: document.get(at).unwrap_or(&Value::Null),
        }
    }

    fn label(&self, document: &Document, at: &Location) -> String {
        if let Some(name) = &self.component {
            return format!("`{name}`");
        }
        if !self.fixed.is_empty() {
            return schema::listed(
                self.fixed
                    .iter()
                    .map(|text| format!("`{}`", text.trim_start_matches('='))),
            );
        }
        let title = document
            .get(at)
            .and_then(|value| value.get("title")?.as_str());
        if let Some(title) = title {
            return format!("`{title}`");
        }
        if self.types.is_empty() {
            return place::last(at);
        }
        schema::listed(self.types.iter().map(|name| format!("`{name}`")))
    }

    /// Whether enough members have the same names to take one for the other.
    fn resembles(&self, other: &Self) -> bool {
        if self.types != other.types {
            return false;
        }
        let common = self.properties.intersection(&other.properties).count();
        let all = self.properties.union(&other.properties).count();
        all == 0 || 2 * common >= all
    }
}

/// Which branch is which: by component, fixed values, text, and likeness, in this order.
fn pair(old: &[Branch<'_>], new: &[Branch<'_>]) -> Vec<(usize, usize)> {
    type Test = fn(&Branch<'_>, &Branch<'_>) -> bool;
    let tests: [Test; 4] = [
        |a, b| a.component.is_some() && a.component == b.component,
        |a, b| !a.fixed.is_empty() && a.fixed == b.fixed,
        |a, b| a.value == b.value,
        |a, b| {
            (a.fixed.is_empty() || b.fixed.is_empty() || !a.fixed.is_disjoint(&b.fixed))
                && a.resembles(b)
        },
    ];
    let mut pairs = Vec::new();
    let mut taken = (vec![false; old.len()], vec![false; new.len()]);
    for test in tests {
        for (x, a) in old.iter().enumerate() {
            if taken.0[x] {
                continue;
            }
            let found = new
                .iter()
                .enumerate()
                .position(|(y, b)| !taken.1[y] && test(a, b));
            if let Some(y) = found {
                (taken.0[x], taken.1[y]) = (true, true);
                pairs.push((x, y));
            }
        }
    }
    pairs.sort_unstable();
    pairs
}

fn discriminator(walk: &mut Walk<'_>, frame: Frame, a: &Slot<'_>, b: &Slot<'_>) {
    let name = |slot: &Slot<'_>| {
        let found = slot.note("discriminator")?.1.get("propertyName")?;
        Some(found.clone())
    };
    let (old, new) = (name(a), name(b));
    let place = |slot: &Slot<'_>| {
        Some(
            slot.note("discriminator")
                .map_or_else(|| slot.at.clone(), |(at, _)| at),
        )
    };
    if old != new {
        // Told or not, the branches stay what they are; another member that tells them apart is another contract.
        let kind = match (&old, &new) {
            (Some(_), Some(_)) => Kind::DiscriminatorChanged,
            _ => return walk.prose(place(a), place(b)),
        };
        walk.note(
            frame,
            kind,
            place(a),
            place(b),
            schema::arrow(old.as_ref(), new.as_ref()),
        );
        return;
    }
    let tags = |slot: &Slot<'_>| -> BTreeSet<String> {
        let mapping = slot
            .note("discriminator")
            .and_then(|(_, value)| value.get("mapping")?.as_object());
        mapping
            .into_iter()
            .flat_map(|mapping| mapping.keys().cloned())
            .collect()
    };
    let (old, new) = (tags(a), tags(b));
    for (kind, list) in [
        (Kind::EnumValueRemoved, old.difference(&new)),
        (Kind::EnumValueAdded, new.difference(&old)),
    ] {
        let names: Vec<String> = list.map(|name| format!("tag `{name}`")).collect();
        if !names.is_empty() && !old.is_empty() && !new.is_empty() {
            walk.note(
                frame,
                kind,
                place(a),
                place(b),
                schema::listed(names.into_iter()),
            );
        }
    }
}
