//! Names of the variants of unions and of the values of enums: told apart among their siblings.

use std::collections::{BTreeMap, BTreeSet};

use spec::{Diagnostic, Document, Location};

use super::{
    super::{
        builder::{Draft, VariantHint},
        enums,
    },
    Anchors, Errors, check_given, lock_key,
};
use crate::{
    ir::{Enum, Union},
    names::{
        NameLock,
        distinct::{self, Kind},
        spelling,
    },
};

/// Names the variants of a union: the component that each holds, without the words that all of them share.
pub(in crate::lower) fn variants(
    document: &Document,
    draft: &Draft,
    union: &mut Union,
    anchors: &Anchors,
    lock: &NameLock,
    locked: &mut BTreeMap<String, String>,
    errors: &mut Errors,
) {
    let key = lock_key(document, &draft.key);
    let components: Vec<Vec<String>> = draft
        .variant_hints
        .iter()
        .filter_map(|hint| match hint {
            VariantHint::Anchor(at) => anchors.get(at).map(spelling::words),
            _ => None,
        })
        .collect();
    let (before, after) = shared(&components);
    let mut wires: Vec<String> = Vec::new();
    let mut keys: Vec<String> = Vec::new();
    let mut given: Vec<Option<String>> = Vec::new();
    for hint in &draft.variant_hints {
        let (wire, tail, name) = match hint {
            VariantHint::Anchor(at) => {
                let words = anchors.get(at).map(spelling::words).unwrap_or_default();
                let own = words
                    [before.min(words.len())..words.len().saturating_sub(after).max(before)]
                    .join(" ");
                (own, at.pointer.last().unwrap_or_default(), None)
            }
            VariantHint::Word(word) => (word.clone(), word.clone(), None),
            VariantHint::Given(name) => (name.clone(), name.clone(), Some(name.clone())),
        };
        let key = format!("{key}/{}", tail.replace('~', "~0").replace('/', "~1"));
        given.push(lock.variants.get(&key).cloned().or(name));
        wires.push(wire);
        keys.push(key);
    }
    let names = given_or_distinct(&wires, &given, &union.variants[0].origin, errors);
    for ((variant, name), key) in union.variants.iter_mut().zip(names).zip(keys) {
        locked.insert(key, name.clone());
        variant.rust = name;
    }
}

/// How many first and last words all have, so that each keeps at least one.
fn shared(names: &[Vec<String>]) -> (usize, usize) {
    let [first, rest @ ..] = names else {
        return (0, 0);
    };
    if rest.is_empty() {
        return (0, 0);
    }
    let shortest = names.iter().map(Vec::len).min().unwrap_or(0);
    let same = |index: usize, from_end: bool| {
        let word = |name: &Vec<String>| {
            let at = if from_end {
                name.len() - 1 - index
            } else {
                index
            };
            name[at].clone()
        };
        rest.iter().all(|name| word(name) == word(first))
    };
    let mut after = 0;
    while after + 1 < shortest && same(after, true) {
        after += 1;
    }
    let mut before = 0;
    while before + after + 1 < shortest && same(before, false) {
        before += 1;
    }
    (before, after)
}

/// Names the values of an enum.
pub(in crate::lower) fn values(
    document: &Document,
    draft: &Draft,
    enumeration: &mut Enum,
    lock: &NameLock,
    locked: &mut BTreeMap<String, String>,
    errors: &mut Errors,
) {
    let key = lock_key(document, &draft.key);
    let suggested: BTreeSet<&str> = enumeration
        .variants
        .iter()
        .map(|variant| variant.rust.as_str())
        .filter(|name| !name.is_empty())
        .collect();
    let use_suggested = suggested.len() == enumeration.variants.len();
    let mut wires = Vec::new();
    let mut keys = Vec::new();
    let mut given = Vec::new();
    for variant in &enumeration.variants {
        let value = enums::text(&variant.value);
        let key = format!("{key}/enum/{}", value.replace('~', "~0").replace('/', "~1"));
        given.push(lock.variants.get(&key).cloned());
        wires.push(if use_suggested {
            variant.rust.clone()
        } else {
            value
        });
        keys.push(key);
    }
    let names = given_or_distinct(&wires, &given, &draft.key.at, errors);
    for (((variant, name), key), wire) in enumeration
        .variants
        .iter_mut()
        .zip(names)
        .zip(keys)
        .zip(wires)
    {
        if name != spelling::camel(&wire) {
            locked.insert(key, name.clone());
        }
        variant.rust = name;
    }
}

fn given_or_distinct(
    wires: &[String],
    given: &[Option<String>],
    at: &Location,
    errors: &mut Errors,
) -> Vec<String> {
    let mut taken: Vec<&str> = vec!["Unknown"];
    for name in given.iter().flatten() {
        check_given(name, at, errors);
        if taken.contains(&name.as_str()) {
            errors.push(
                Diagnostic::error(
                    "name-collision",
                    at.clone(),
                    format!("two variants would be called `{name}` in Rust"),
                )
                .hint("change one of their `x-rust-name`s, or its entry in the lock of names"),
            );
        }
        taken.push(name);
    }
    // Words may be the same for two branches in place; texts of an enum are not.
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let open: Vec<String> = wires
        .iter()
        .zip(given)
        .filter(|(_, given)| given.is_none())
        .map(|(wire, _)| {
            let count = seen.entry(wire).or_default();
            *count += 1;
            if *count == 1 {
                wire.clone()
            } else {
                format!("{wire} {count}")
            }
        })
        .collect();
    let open: Vec<&str> = open.iter().map(String::as_str).collect();
    let mut names = distinct::distinct(Kind::Variant, &open, &taken).into_iter();
    given
        .iter()
        .map(|given| given.clone().or_else(|| names.next()).unwrap_or_default())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_siblings_share() {
        let words = |names: &[&str]| {
            names
                .iter()
                .map(|name| spelling::words(name))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            shared(&words(&[
                "PasswordCredentialResponse",
                "SecretCredentialResponse"
            ])),
            (0, 2)
        );
        assert_eq!(shared(&words(&["Cat", "CatFood"])), (0, 0));
        assert_eq!(shared(&words(&["ActionClick", "ActionType"])), (1, 0));
        assert_eq!(shared(&words(&["Alone"])), (0, 0));
    }
}
