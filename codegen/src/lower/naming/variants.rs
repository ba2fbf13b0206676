//! Names of the variants of unions and of the values of enums: told apart among their siblings.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

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

/// Names of variants that were decided before, and those that are new.
pub(in crate::lower) struct VariantLock<'a> {
    lock: &'a NameLock,
    /// Which schemas had each type, by its name; some may be gone.
    users: HashMap<&'a str, Vec<&'a str>>,
    /// By key.
    new: BTreeMap<String, String>,
}

impl<'a> VariantLock<'a> {
    pub(in crate::lower) fn new(lock: &'a NameLock) -> Self {
        let mut users: HashMap<&str, Vec<&str>> = HashMap::new();
        for (key, name) in &lock.types {
            users.entry(name).or_default().push(key);
        }
        Self {
            lock,
            users,
            new: BTreeMap::new(),
        }
    }

    /// What the variants of `draft` with these tails were called, whichever of its users was there then.
    fn find(&self, document: &Document, draft: &Draft, tails: &[String]) -> Vec<Option<String>> {
        let mut keys: Vec<String> = draft.keys().map(|key| lock_key(document, key)).collect();
        let users = draft
            .locked
            .as_ref()
            .and_then(|name| self.users.get(name.as_str()));
        keys.extend(users.into_iter().flatten().map(|&key| key.to_owned()));
        let find = |tail: &String| {
            let name = |key: &String| self.lock.variants.get(&format!("{key}/{tail}"));
            keys.iter().find_map(name).cloned()
        };
        tails.iter().map(find).collect()
    }

    fn add(&mut self, key: &str, tail: &str, name: &str) {
        self.new.insert(format!("{key}/{tail}"), name.to_owned());
    }

    /// What the lock did not have.
    pub(in crate::lower) fn into_new(self) -> BTreeMap<String, String> {
        self.new
    }
}

/// A part of a key, as a JSON pointer writes it.
fn token(text: &str) -> String {
    text.replace('~', "~0").replace('/', "~1")
}

/// Names the variants of a union: the component that each holds, without the words that all of them share.
pub(in crate::lower) fn variants(
    document: &Document,
    draft: &Draft,
    union: &mut Union,
    anchors: &Anchors,
    lock: &mut VariantLock<'_>,
    errors: &mut Errors,
) {
    let components: Vec<Vec<String>> = draft
        .variant_hints
        .iter()
        .filter_map(|hint| match hint {
            VariantHint::Anchor(at) => anchors.get(at).map(spelling::words),
            _ => None,
        })
        .collect();
    let (before, after) = shared_words(&components);
    let mut wires: Vec<String> = Vec::new();
    let mut tails: Vec<String> = Vec::new();
    let mut taken: HashSet<String> = HashSet::new();
    let mut next: HashMap<String, u32> = HashMap::new();
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
        let tail = token(&tail);
        let stem = tail.clone();
        // Two branches in place may have one word.
        let mut distinct = tail.clone();
        let number = next.entry(tail).or_insert(2);
        while !taken.insert(distinct.clone()) {
            distinct = format!("{stem} {number}");
            *number += 1;
        }
        tails.push(distinct);
        given.push(name);
        wires.push(wire);
    }
    let known = lock.find(document, draft, &tails);
    let given: Vec<Option<String>> = known
        .iter()
        .zip(given)
        .map(|(known, given)| known.clone().or(given))
        .collect();
    let names = given_or_distinct(&wires, &given, &union.variants[0].origin, errors);
    let key = lock_key(document, &draft.key);
    for (index, name) in names.into_iter().enumerate() {
        if known[index].is_none() {
            lock.add(&key, &tails[index], &name);
        }
        union.variants[index].rust = name;
    }
}

/// How many first and last words all have, so that each keeps at least one.
pub(super) fn shared_words(names: &[Vec<String>]) -> (usize, usize) {
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
    lock: &mut VariantLock<'_>,
    errors: &mut Errors,
) {
    let suggested: BTreeSet<&str> = enumeration
        .variants
        .iter()
        .map(|variant| variant.rust.as_str())
        .filter(|name| !name.is_empty())
        .collect();
    let use_suggested = suggested.len() == enumeration.variants.len();
    let mut wires = Vec::new();
    let mut tails = Vec::new();
    for variant in &enumeration.variants {
        let value = enums::text(&variant.value);
        tails.push(format!("enum/{}", token(&value)));
        wires.push(if use_suggested {
            variant.rust.clone()
        } else {
            value
        });
    }
    let known = lock.find(document, draft, &tails);
    let names = given_or_distinct(&wires, &known, &draft.key.at, errors);
    let key = lock_key(document, &draft.key);
    for (index, name) in names.into_iter().enumerate() {
        // The others follow from what they are.
        if known[index].is_none() && name != spelling::camel(&wires[index]) {
            lock.add(&key, &tails[index], &name);
        }
        enumeration.variants[index].rust = name;
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
            shared_words(&words(&[
                "PasswordCredentialResponse",
                "SecretCredentialResponse"
            ])),
            (0, 2)
        );
        assert_eq!(shared_words(&words(&["Cat", "CatFood"])), (0, 0));
        assert_eq!(shared_words(&words(&["ActionClick", "ActionType"])), (1, 0));
        assert_eq!(shared_words(&words(&["Alone"])), (0, 0));
    }
}
