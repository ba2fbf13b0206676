//! Types written in place that are the same become one.
//!
//! Drafts come in, fewer go out, and where each went. Two are the same if a reader and a caller
//! could not tell them apart: the same members or variants of the same types, decided in the
//! same way, within the same bounds. Descriptions may differ. Structs and enums must be held by
//! a member of one name, too, and bodies of operations stay their own; a union is what its
//! branches are. What was locked under two names
//! stays two types. Components keep to themselves.

mod same;

use std::collections::{BTreeMap, BTreeSet};

use spec::{Document, Location};

use self::same::Shapes;
use super::{
    builder::{Draft, Owner},
    naming::lock_key,
    walk,
};
use crate::{
    ir::{Docs, TypeId, TypeKind},
    names::NameLock,
    schema::Key,
};

/// Leaves one draft of each shape, and reads from the lock what each was called; says where each is now.
pub(super) fn share(
    document: &Document,
    drafts: &mut Vec<Draft>,
    lock: &NameLock,
    secrets: &[Location],
) -> Vec<TypeId> {
    for draft in drafts.iter_mut() {
        draft.locked = lock.types.get(&lock_key(document, &draft.key)).cloned();
    }
    let secrets: BTreeSet<&Location> = secrets.iter().collect();
    let mut same: Vec<usize> = (0..drafts.len()).collect();
    let mut classes: Vec<Vec<usize>> = Vec::new();
    for level in levels(drafts) {
        let mut shapes = Shapes::new(drafts, &secrets, &same);
        for index in level {
            shapes.add(index);
        }
        let known = classes.len();
        for class in shapes.into_classes() {
            classes.extend(by_lock(drafts, class));
        }
        for class in &classes[known..] {
            for &index in class {
                same[index] = class[0];
            }
        }
    }
    settle(drafts, &classes);
    merge(drafts, &classes);
    compact(drafts, &same)
}

/// Whether a draft may become one with another.
fn is_in_place(draft: &Draft) -> bool {
    let one_way = match &draft.kind {
        // Whether these must be there depends on who sends them.
        Some(TypeKind::Struct(structure)) => structure
            .fields
            .iter()
            .any(|field| field.read_only || field.write_only),
        _ => false,
    };
    let body = draft.hint.is_body() && !matches!(draft.kind, Some(TypeKind::Union(_)));
    draft.kind.is_some()
        && !one_way
        && !body
        && !draft.hint.words.is_empty()
        && draft.given.is_none()
}

/// The drafts that may be shared, those that hold none of them first; none that holds itself.
fn levels(drafts: &[Draft]) -> Vec<Vec<usize>> {
    #[derive(Clone, Copy)]
    enum State {
        New,
        Open,
        At(usize),
        Never,
    }
    fn visit(drafts: &[Draft], states: &mut [State], index: usize) -> Option<usize> {
        match states[index] {
            State::At(level) => return Some(level),
            State::Never => return None,
            State::Open => {
                // It holds itself: whoever opened it sees that when it comes back.
                states[index] = State::Never;
                return None;
            }
            State::New if !is_in_place(&drafts[index]) => {
                states[index] = State::Never;
                return None;
            }
            State::New => {}
        }
        states[index] = State::Open;
        let mut level = 0;
        for held in held(&drafts[index]) {
            if let Some(below) = visit(drafts, states, held) {
                level = level.max(below + 1);
            }
        }
        if matches!(states[index], State::Never) {
            return None;
        }
        states[index] = State::At(level);
        Some(level)
    }
    let mut states = vec![State::New; drafts.len()];
    let mut levels: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for index in 0..drafts.len() {
        if let Some(level) = visit(drafts, &mut states, index) {
            levels.entry(level).or_default().push(index);
        }
    }
    levels.into_values().collect()
}

fn held(draft: &Draft) -> Vec<usize> {
    let mut ids = Vec::new();
    if let Some(kind) = &draft.kind {
        walk::in_kind(kind, &mut |ty| {
            walk::named(ty, true, &mut |id, _| ids.push(id));
        });
    }
    ids
}

/// A class once for each name that it was locked under; who was never locked joins the first.
/// In each, the first stands for all: one that was locked, then the smallest key.
fn by_lock(drafts: &[Draft], class: Vec<usize>) -> Vec<Vec<usize>> {
    let mut parts: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for index in class {
        let locked = drafts[index].locked.as_deref();
        parts.entry(locked).or_default().push(index);
    }
    let fresh = parts.remove(&None).unwrap_or_default();
    let mut parts: Vec<Vec<usize>> = parts.into_values().collect();
    match parts.first_mut() {
        Some(first) => first.extend(fresh),
        None => parts.push(fresh),
    }
    for part in &mut parts {
        part.sort_by_key(|&index| (drafts[index].locked.is_none(), &drafts[index].key));
    }
    parts
}

/// Where classes that were one have come apart, most of its users keep the name.
fn settle(drafts: &mut [Draft], classes: &[Vec<usize>]) {
    let mut holders: BTreeMap<String, Vec<&Vec<usize>>> = BTreeMap::new();
    for class in classes {
        if let Some(name) = &drafts[class[0]].locked {
            holders.entry(name.clone()).or_default().push(class);
        }
    }
    for (_, mut holders) in holders {
        let locked = |class: &[usize]| {
            class
                .iter()
                .filter(|&&index| drafts[index].locked.is_some())
                .count()
        };
        holders.sort_by_key(|class| {
            (
                std::cmp::Reverse(locked(class)),
                drafts[class[0]].key.clone(),
            )
        });
        for loser in holders.into_iter().skip(1) {
            drafts[loser[0]].locked = None;
        }
    }
}

/// Tells the first of each class of the others.
fn merge(drafts: &mut [Draft], classes: &[Vec<usize>]) {
    for class in classes {
        let (first, others) = (class[0], &class[1..]);
        for &other in others {
            if drafts[other].docs != drafts[first].docs {
                drafts[first].docs = Docs::default();
            }
            drafts[first].deprecated &= drafts[other].deprecated;
            let user = (drafts[other].key.clone(), drafts[other].hint.clone());
            drafts[first].users.push(user);
        }
    }
}

/// Removes those that another stands for.
fn compact(drafts: &mut Vec<Draft>, same: &[usize]) -> Vec<TypeId> {
    let mut places = vec![TypeId(0); same.len()];
    let mut count = 0;
    for (index, &first) in same.iter().enumerate() {
        if first == index {
            places[index] = TypeId(count);
            count += 1;
        }
    }
    for (index, &first) in same.iter().enumerate() {
        places[index] = places[first];
    }
    let mut index = 0;
    drafts.retain(|_| {
        index += 1;
        same[index - 1] == index - 1
    });
    for draft in drafts {
        let others = draft.users.iter_mut().map(|(_, hint)| hint);
        for hint in others.chain([&mut draft.hint]) {
            if let Owner::Type(id) = &mut hint.owner {
                *id = places[id.0];
            }
        }
        if let Some(kind) = &mut draft.kind {
            walk::in_kind_mut(kind, &mut |ty| walk::moved(ty, &places));
        }
    }
    places
}

impl Draft {
    /// Every schema that it is the type of, the one that stands for all first.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.key).chain(self.users.iter().map(|(key, _)| key))
    }
}
