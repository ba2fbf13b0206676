//! Names of types: of those written in place, what owns them and the member that holds them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use spec::{Document, Location};

use super::{
    super::builder::{Draft, Hint, Owner},
    Anchors, Errors, OF_OPERATIONS, check_given, collision, lock_key,
};
use crate::{
    ir::TypeKind,
    names::{NameLock, reserved, spelling},
    schema::Key,
};

/// The name of each draft, in their order.
pub(in crate::lower) fn types(
    document: &Document,
    drafts: &[Draft],
    anchors: &Anchors,
    stems: &HashMap<Location, String>,
    lock: &NameLock,
    errors: &mut Errors,
) -> Vec<String> {
    let mut names: Vec<Option<String>> = vec![None; drafts.len()];
    let mut used: BTreeMap<String, Location> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        let is_anchor =
            |hint: &Hint| hint.words.is_empty() && matches!(hint.owner, Owner::Anchor(_));
        let locked = lock.types.get(&lock_key(document, &draft.key));
        let locked = locked.map(|path| path.rsplit("::").next().unwrap_or(path).to_owned());
        let own = || match &draft.hint.owner {
            Owner::Anchor(at) if is_anchor(&draft.hint) => anchors.get(at).map(str::to_owned),
            _ => None,
        };
        let Some(name) = locked.or_else(|| draft.given.clone()).or_else(own) else {
            continue;
        };
        check_given(&name, &draft.key.at, errors);
        if let Some(other) = used.insert(name.clone(), draft.key.at.clone()) {
            errors.push(collision(&name, &draft.key.at, &other));
        }
        names[index] = Some(name);
    }
    let mut taken: BTreeSet<String> = used.into_keys().collect();
    taken.extend(anchors.all().map(str::to_owned));
    for stem in stems.values() {
        taken.extend(OF_OPERATIONS.iter().map(|word| format!("{stem}{word}")));
    }
    // Owners before what they own; within one depth by what it would be called.
    loop {
        let mut ready: Vec<(String, &Key, usize)> = Vec::new();
        for (index, draft) in drafts.iter().enumerate() {
            if names[index].is_some() {
                continue;
            }
            let owner = match &draft.hint.owner {
                Owner::Anchor(at) => anchors.get(at).map(str::to_owned),
                Owner::Type(id) => names[id.0].clone(),
                Owner::Operation(at) => stems.get(at).cloned(),
            };
            if let Some(owner) = owner {
                let words = draft.hint.words.join(" ");
                let name = if words.is_empty() {
                    owner
                } else {
                    format!("{owner}{}", suffix(&words))
                };
                ready.push((name, &draft.key, index));
            }
        }
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
