//! Names of types that several owners share: the words that their variants share, the member
//! that holds them, or what they hold. Where these say too little, the first owner names it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{
        builder::{Draft, Hint, Owner, VariantHint},
        enums,
    },
    Anchors,
    variants::shared_words,
};
use crate::{
    ir::{Enum, TypeKind, TypeRef, Union},
    names::{reserved, spelling},
};

/// Words that are in the names of many members and tell nothing alone.
const COMMON: &[&str] = &[
    "action",
    "condition",
    "content",
    "data",
    "default",
    "event",
    "filter",
    "format",
    "id",
    "info",
    "input",
    "item",
    "items",
    "key",
    "kind",
    "level",
    "list",
    "meta",
    "metadata",
    "method",
    "mode",
    "name",
    "object",
    "options",
    "order",
    "output",
    "params",
    "parameters",
    "payload",
    "properties",
    "property",
    "reason",
    "result",
    "results",
    "role",
    "source",
    "state",
    "status",
    "target",
    "type",
    "types",
    "value",
    "values",
    "version",
];

/// How many variants or values a name may list.
const LISTED: usize = 4;
/// How long a list of values may be in a name.
const LENGTH: usize = 24;

/// Names those of `drafts` that have several owners and no name yet, none of them `taken`;
/// leaves those for which nothing telling is free.
pub(super) fn name(
    drafts: &[Draft],
    anchors: &Anchors,
    names: &mut [Option<String>],
    taken: &mut BTreeSet<String>,
) {
    let mut open: BTreeMap<usize, Vec<String>> = (0..drafts.len())
        .filter(|&index| names[index].is_none() && drafts[index].hints().nth(1).is_some())
        .map(|index| (index, candidates(&drafts[index], drafts, anchors)))
        .collect();
    // A name that two would have is nobody's, whatever their order.
    loop {
        let mut claims: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, candidates) in &open {
            if let Some(first) = candidates.first() {
                claims.entry(first).or_default().push(*index);
            }
        }
        let lost: Vec<usize> = claims
            .iter()
            .filter(|(name, claimants)| claimants.len() > 1 || taken.contains(**name))
            .flat_map(|(_, claimants)| claimants.iter().copied())
            .collect();
        if lost.is_empty() {
            break;
        }
        for index in lost {
            if let Some(candidates) = open.get_mut(&index) {
                candidates.remove(0);
            }
        }
    }
    for (index, candidates) in open {
        if let Some(name) = candidates.into_iter().next() {
            taken.insert(name.clone());
            names[index] = Some(name);
        }
    }
}

/// What a shared type may be called, the best first.
fn candidates(draft: &Draft, drafts: &[Draft], anchors: &Anchors) -> Vec<String> {
    let member = common_member(draft, drafts);
    let mut texts = Vec::new();
    match &draft.kind {
        Some(TypeKind::Union(union)) => {
            texts.extend(family(draft, anchors));
            texts.extend(telling(member.as_deref()));
            texts.extend(any_of(draft, union, anchors));
            texts.extend(member.map(|member| format!("{member} choice")));
        }
        Some(TypeKind::Enum(enumeration)) => {
            let telling = telling(member.as_deref());
            let several_words = |text: &String| spelling::words(&spelling::camel(text)).len() > 1;
            texts.extend(telling.clone().filter(several_words));
            texts.extend(values(enumeration, member.as_deref()));
            texts.extend(telling);
        }
        Some(TypeKind::Struct(_)) => texts.extend(telling(member.as_deref())),
        Some(TypeKind::Alias(_)) | None => {}
    }
    texts
        .iter()
        .map(|text| spelling::camel(text))
        .filter(|name| !reserved::is_type(name))
        .collect()
}

/// The member that holds it, if all owners call it the same.
fn common_member(draft: &Draft, drafts: &[Draft]) -> Option<String> {
    let member = |hint: &Hint| {
        let is_member = match &hint.owner {
            Owner::Type(id) => !matches!(drafts[id.0].kind, Some(TypeKind::Union(_))),
            Owner::Operation(_) => !hint.is_body(),
            Owner::Anchor(_) => true,
        };
        is_member.then(|| hint.words.join(" "))
    };
    let mut members: BTreeSet<Option<String>> = draft.hints().map(member).collect();
    let first = members.pop_first()?;
    first.filter(|_| members.is_empty())
}

/// A member whose name says what it is about, wherever it stands.
fn telling(member: Option<&str>) -> Option<String> {
    let member = member?;
    let words = spelling::words(&spelling::camel(member));
    let tells = words
        .iter()
        .any(|word| word.len() > 2 && !COMMON.contains(&word.as_str()));
    tells.then(|| member.to_owned())
}

/// The words that all branches share: `Block` of `TaskBlock` and `WaitBlock`.
fn family(draft: &Draft, anchors: &Anchors) -> Option<String> {
    let names: Option<Vec<Vec<String>>> = draft
        .variant_hints
        .iter()
        .map(|hint| match hint {
            VariantHint::Anchor(at) => anchors.get(at).map(spelling::words),
            _ => None,
        })
        .collect();
    let names = names?;
    let (before, after) = shared_words(&names);
    let first = names.first()?;
    let words = [&first[..before], &first[first.len() - after..]].concat();
    (!words.is_empty()).then(|| words.join(" "))
}

/// What a union is one of: `ProxyLocationOrGeoTarget`. Beside components, an object with any members adds nothing.
fn any_of(draft: &Draft, union: &Union, anchors: &Anchors) -> Option<String> {
    let named: Vec<(bool, String)> = draft
        .variant_hints
        .iter()
        .zip(&union.variants)
        .map(|(hint, variant)| match hint {
            VariantHint::Anchor(at) => (true, anchors.get(at).unwrap_or_default().to_owned()),
            VariantHint::Word(word) | VariantHint::Given(word) => {
                (variant.ty != TypeRef::AnyObject, word.clone())
            }
        })
        .collect();
    let has_component = draft
        .variant_hints
        .iter()
        .any(|hint| matches!(hint, VariantHint::Anchor(_)));
    let parts: Vec<String> = named
        .into_iter()
        .filter(|(telling, _)| *telling || !has_component)
        .map(|(_, name)| name)
        .collect();
    (parts.len() > 1 && parts.len() <= LISTED).then(|| parts.join(" or "))
}

/// The member with its values, if these are few: `DirectionAscOrDesc`.
fn values(enumeration: &Enum, member: Option<&str>) -> Option<String> {
    let values: Vec<String> = enumeration
        .variants
        .iter()
        .map(|variant| enums::text(&variant.value))
        .collect();
    let length: usize = values.iter().map(String::len).sum();
    (values.len() > 1 && values.len() <= LISTED && length <= LENGTH)
        .then(|| format!("{} {}", member.unwrap_or_default(), values.join(" or ")))
}

impl Draft {
    /// What may name it: each of its owners, with the words below. Several if it is shared.
    pub(in crate::lower) fn hints(&self) -> impl Iterator<Item = &Hint> {
        let others: BTreeSet<&Hint> = self
            .users
            .iter()
            .map(|(_, hint)| hint)
            .filter(|hint| **hint != self.hint)
            .collect();
        std::iter::once(&self.hint).chain(others)
    }
}
