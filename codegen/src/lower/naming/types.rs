//! Names of types: of those written in place, what owns them and the member that holds them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use spec::Location;

use super::{
    super::builder::{Draft, Hint, Owner},
    Anchors, Errors, OF_OPERATIONS, check_given, collision, last, shared,
};
use crate::{
    ir::TypeKind,
    names::{reserved, spelling},
    schema::Key,
};

/// The name of each draft, in their order.
pub(in crate::lower) fn types(
    drafts: &[Draft],
    anchors: &Anchors,
    stems: &HashMap<Location, String>,
    errors: &mut Errors,
) -> Vec<String> {
    let mut names = given(drafts, anchors, errors);
    let mut taken: BTreeSet<String> = names.iter().flatten().cloned().collect();
    taken.extend(anchors.all().map(str::to_owned));
    for stem in stems.values() {
        taken.extend(OF_OPERATIONS.iter().map(|word| format!("{stem}{word}")));
    }
    shared::name(drafts, anchors, &mut names, &mut taken);
    // Owners before what they own; within one depth by what it would be called.
    let mut open: Vec<usize> = (0..drafts.len())
        .filter(|&index| names[index].is_none())
        .collect();
    loop {
        let mut ready: Vec<(String, &Key, usize)> = Vec::new();
        open.retain(|&index| {
            let owned = owned_name(&drafts[index], anchors, stems, &names);
            let waits = owned.is_none();
            ready.extend(owned.map(|name| (name, &drafts[index].key, index)));
            waits
        });
        if ready.is_empty() {
            break;
        }
        ready.sort();
        for (name, _, index) in ready {
            let mut candidates = Vec::new();
            if !reserved::is_type(&name) {
                candidates.push(name.clone());
            }
            candidates.push(format!("{name}{}", kind_word(drafts[index].kind.as_ref())));
            let free = candidates
                .into_iter()
                .chain((2..u32::MAX).map(|number| format!("{name}{number}")))
                .find(|candidate| !taken.contains(candidate))
                .unwrap_or(name);
            taken.insert(free.clone());
            names[index] = Some(free);
        }
    }
    names
        .into_iter()
        .enumerate()
        .map(|(index, name)| name.unwrap_or_else(|| format!("Type{index}")))
        .collect()
}

/// Names that the lock, the document or a component's key gives.
fn given(drafts: &[Draft], anchors: &Anchors, errors: &mut Errors) -> Vec<Option<String>> {
    let mut used: BTreeMap<String, Location> = BTreeMap::new();
    let mut names = Vec::new();
    for draft in drafts {
        let own = || match &draft.hint {
            Hint {
                owner: Owner::Anchor(at),
                words,
            } if words.is_empty() => anchors.get(at).map(str::to_owned),
            _ => None,
        };
        let locked = draft.locked.as_deref().map(|path| last(path).to_owned());
        let name = locked.or_else(|| draft.given.clone()).or_else(own);
        if let Some(name) = &name {
            check_given(name, &draft.key.at, errors);
            if let Some(other) = used.insert(name.clone(), draft.key.at.clone()) {
                errors.push(collision(name, &draft.key.at, &other));
            }
        }
        names.push(name);
    }
    names
}

/// What a draft is called by what owns it, if all of its owners have names: of several, the first by name.
fn owned_name(
    draft: &Draft,
    anchors: &Anchors,
    stems: &HashMap<Location, String>,
    names: &[Option<String>],
) -> Option<String> {
    let name = |hint: &Hint| {
        let owner = match &hint.owner {
            Owner::Anchor(at) => anchors.get(at)?,
            Owner::Type(id) => names[id.0].as_deref()?,
            Owner::Operation(at) => stems.get(at)?,
        };
        let words = hint.words.join(" ");
        Some(if words.is_empty() {
            owner.to_owned()
        } else {
            format!("{owner}{}", suffix(&words))
        })
    };
    let all: Option<BTreeSet<String>> = draft.hints().map(name).collect();
    all?.pop_first()
}

/// Words after an owner's name. A digit needs no letter in front of it there.
fn suffix(words: &str) -> String {
    let camel = spelling::camel(words);
    match camel.strip_prefix('V') {
        Some(rest) if words.starts_with(|first: char| first.is_ascii_digit()) => rest.to_owned(),
        _ => camel,
    }
}

fn kind_word(kind: Option<&TypeKind>) -> &'static str {
    match kind {
        Some(TypeKind::Struct(_)) => "Object",
        Some(TypeKind::Enum(_)) => "Value",
        Some(TypeKind::Union(_)) => "Choice",
        Some(TypeKind::Alias(_)) | None => "Alias",
    }
}
