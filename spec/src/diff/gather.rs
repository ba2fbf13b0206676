//! From what a walk found to what is told: whom each change reaches, the same change once, the worst first.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Change, Difference, Reached,
    kind::{Direction, Effect, Kind},
    place::Place,
    walk::{Found, Walk},
};
use crate::location::Location;

/// What makes two changes one: kind, detail and place; the place in an operation without the operation.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Gist {
    kind: Kind,
    detail: String,
    within: String,
    owner: Option<Sides>,
}

type Sides = (Option<Location>, Option<Location>);

/// Turns everything that `walk` found into the difference of its documents.
pub(super) fn gather(walk: &Walk<'_>) -> Difference {
    let mut changes: Vec<Change> = Vec::new();
    let mut known: BTreeMap<Gist, usize> = BTreeMap::new();
    for found in &walk.found {
        let place = place(walk, found);
        let reached = reached(walk, found);
        let sides = (found.old.clone(), found.new.clone());
        let gist = Gist {
            kind: found.kind,
            detail: found.detail.clone(),
            within: place.within.clone(),
            owner: (!may_repeat(found.kind, &place)).then(|| sides.clone()),
        };
        if let Some(&index) = known.get(&gist) {
            merge(&mut changes[index], sides, reached);
            continue;
        }
        known.insert(gist, changes.len());
        changes.push(Change {
            kind: found.kind,
            effect: Effect::default(),
            place: place.text(),
            detail: found.detail.clone(),
            old: sides.0,
            new: sides.1,
            also: Vec::new(),
            reached,
        });
    }
    for change in &mut changes {
        change.reached.sort();
        change.effect = effect(change);
    }
    for (gist, index) in known {
        let change = &mut changes[index];
        let count = change.also.len() + 1;
        if count > 1 {
            change.place = match gist.within.as_str() {
                "" => format!("{count} operations"),
                within => format!("{within} of {count} operations"),
            };
        }
    }
    changes.sort_by_key(|change| {
        let Effect { clients, servers } = change.effect;
        (std::cmp::Reverse(clients), std::cmp::Reverse(servers))
    });
    Difference {
        changes,
        documentation: walk.documentation(),
    }
}

/// Whether the same in several operations is one change: not so for operations themselves.
fn may_repeat(kind: Kind, place: &Place) -> bool {
    place.is_operation
        && !matches!(
            kind,
            Kind::OperationAdded | Kind::OperationRemoved | Kind::OperationMoved
        )
}

fn merge(change: &mut Change, sides: Sides, reached: Vec<Reached>) {
    for one in reached {
        if !change.reached.contains(&one) {
            change.reached.push(one);
        }
    }
    if sides != (change.old.clone(), change.new.clone()) && !change.also.contains(&sides) {
        change.also.push(sides);
    }
}

/// What went is named in the old document, everything else in the new one; a variant by its union.
fn place(walk: &Walk<'_>, found: &Found) -> Place {
    match (found.kind, &found.old, &found.new) {
        (Kind::MediaTypeRemoved, Some(old), _) => Place::of(walk.old, old),
        (Kind::VariantRemoved, Some(old), _) => Place::of(walk.old, &union_of(old)),
        (Kind::VariantAdded, _, Some(new)) => Place::of(walk.new, &union_of(new)),
        (_, _, Some(new)) => Place::of(walk.new, new),
        (_, Some(old), None) => Place::of(walk.old, old),
        (_, None, None) => Place::default(),
    }
}

/// The schema whose `anyOf` or `oneOf` holds the branch; the branch itself if it stands alone.
fn union_of(branch: &Location) -> Location {
    let list = branch.pointer.parent();
    let keyword = list.as_ref().and_then(crate::Pointer::last);
    let union = list.filter(|_| matches!(keyword.as_deref(), Some("anyOf" | "oneOf")));
    Location {
        source: branch.source,
        pointer: union
            .and_then(|list| list.parent())
            .unwrap_or_else(|| branch.pointer.clone()),
    }
}

fn reached(walk: &Walk<'_>, found: &Found) -> Vec<Reached> {
    let reached = walk.reach(found.frame).into_iter();
    reached
        .map(|(operation, _, direction)| Reached {
            operation: operation.to_owned(),
            direction,
        })
        .collect()
}

/// The worst that the change does in any message it reaches.
fn effect(change: &Change) -> Effect {
    if matches!(change.kind, Kind::ServerAdded | Kind::ServerRemoved) {
        // It concerns all operations and is listed under none.
        return change.kind.effect(Direction::ToServer);
    }
    let directions: BTreeSet<Direction> = change.reached.iter().map(|one| one.direction).collect();
    directions
        .into_iter()
        .map(|direction| change.kind.effect(direction))
        .fold(Effect::default(), Effect::worse)
}
