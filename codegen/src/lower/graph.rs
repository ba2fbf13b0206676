//! What follows from which type holds which: directions, modules, secrets, boxes.

use std::collections::BTreeSet;

use spec::Location;

use super::walk;
use crate::ir::{Operation, Presence, TypeDef, TypeKind, TypeRef};

/// The module of what several tags share, or none.
pub(super) const COMMON: &str = "common";

/// Says of each type whether requests or responses hold it, and which modules' operations reach it.
/// `modules` has the module of each operation. A type that no operation reaches is taken to go both ways.
pub(super) fn reach(
    types: &mut [TypeDef],
    operations: &mut [Operation],
    modules: &[String],
) -> Vec<BTreeSet<String>> {
    let holds: Vec<Vec<usize>> = types.iter().map(|def| held(&def.kind, false)).collect();
    let mut reached: Vec<BTreeSet<String>> = vec![BTreeSet::new(); types.len()];
    for (operation, module) in operations.iter_mut().zip(modules) {
        for wanted in [true, false] {
            let mut open: Vec<usize> = Vec::new();
            walk::in_operation_mut(operation, &mut |ty, sent| {
                if sent == wanted {
                    walk::named(ty, true, &mut |id, _| open.push(id));
                }
            });
            let mut seen = vec![false; 0];
            seen.resize(types.len(), false);
            while let Some(id) = open.pop() {
                if std::mem::replace(&mut seen[id], true) {
                    continue;
                }
                if wanted {
                    types[id].in_request = true;
                } else {
                    types[id].in_response = true;
                }
                reached[id].insert(module.clone());
                open.extend(&holds[id]);
            }
        }
    }
    for def in types.iter_mut() {
        if !def.in_request && !def.in_response {
            def.in_request = true;
            def.in_response = true;
        }
    }
    reached
}

/// Says of each type whether a secret lies in it; `places` has the members that were said to be one.
pub(super) fn secrets(types: &mut [TypeDef], places: &[Location]) {
    let places: BTreeSet<&Location> = places.iter().collect();
    let mut holders: Vec<Vec<usize>> = vec![Vec::new(); types.len()];
    let mut open = Vec::new();
    for (index, def) in types.iter().enumerate() {
        for held in held(&def.kind, false) {
            holders[held].push(index);
        }
        let mut own = false;
        walk::in_kind(&def.kind, &mut |ty| own |= walk::has_secret(ty));
        if let TypeKind::Struct(structure) = &def.kind {
            own |= structure
                .fields
                .iter()
                .any(|field| places.contains(&field.origin));
        }
        if own {
            open.push(index);
        }
    }
    while let Some(index) = open.pop() {
        if !std::mem::replace(&mut types[index].holds_secret, true) {
            open.extend(&holders[index]);
        }
    }
}

/// What is never sent need not be given, and what is never received need not be there.
pub(super) fn relax_one_way_members(types: &mut [TypeDef]) {
    for def in types {
        let (in_request, in_response) = (def.in_request, def.in_response);
        if let TypeKind::Struct(structure) = &mut def.kind {
            for field in &mut structure.fields {
                let one_way = (field.read_only && in_request) || (field.write_only && in_response);
                if one_way
                    && matches!(
                        field.presence,
                        Presence::Required | Presence::RequiredNullable
                    )
                {
                    field.presence = Presence::Optional;
                }
            }
        }
    }
}

/// Boxes each use that would make a type contain itself: the edges that close a cycle, types taken in order of name.
pub(super) fn boxes(types: &mut [TypeDef]) {
    let holds: Vec<Vec<usize>> = types.iter().map(|def| held(&def.kind, true)).collect();
    let closing = closing_edges(&holds);
    for (index, def) in types.iter_mut().enumerate() {
        if closing[index].is_empty() {
            continue;
        }
        walk::in_kind_mut(&mut def.kind, &mut |ty: &mut TypeRef| {
            walk::named_mut(ty, true, &mut |id, boxed, by_value| {
                *boxed |= by_value && closing[index].contains(&id.0);
            });
        });
    }
}

/// The back edges of a depth-first search, without recursion.
fn closing_edges(holds: &[Vec<usize>]) -> Vec<BTreeSet<usize>> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut state = vec![State::New; holds.len()];
    let mut closing = vec![BTreeSet::new(); holds.len()];
    for root in 0..holds.len() {
        if state[root] != State::New {
            continue;
        }
        state[root] = State::Open;
        let mut path = vec![(root, 0)];
        while let Some((node, next)) = path.last_mut() {
            let Some(&held) = holds[*node].get(*next) else {
                state[*node] = State::Done;
                path.pop();
                continue;
            };
            *next += 1;
            match state[held] {
                State::New => {
                    state[held] = State::Open;
                    path.push((held, 0));
                }
                State::Open => {
                    closing[*node].insert(held);
                }
                State::Done => {}
            }
        }
    }
    closing
}

/// The types that a definition holds; only those by value, if so wanted.
fn held(kind: &TypeKind, only_by_value: bool) -> Vec<usize> {
    let mut ids = Vec::new();
    walk::in_kind(kind, &mut |ty| {
        walk::named(ty, true, &mut |id, by_value| {
            if by_value || !only_by_value {
                ids.push(id);
            }
        });
    });
    ids
}
