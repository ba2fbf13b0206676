//! Gives every type, variant and operation its name.
//!
//! What was decided before (the lock) comes first, then what the document gives
//! (`x-rust-name`), then what its keys say. Names that meet are told apart by more of what
//! the document says, so that the order of unrelated things does not matter.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use spec::{Diagnostic, Document, Location, SourceId};

use super::{
    builder::{Draft, Hint, Owner, VariantHint},
    enums,
    operations::Found,
};
use crate::{
    ir::{Enum, TypeKind, Union},
    names::{
        NameLock,
        distinct::{self, Kind},
        reserved, spelling,
    },
    schema::Key,
};

/// What generated code appends to the stem of an operation.
const OF_OPERATIONS: &[&str] = &["Error", "Params", "Parts", "Success"];

/// What went wrong.
pub(super) type Errors = Vec<Diagnostic>;

/// The key under which the lock has a schema.
pub(super) fn lock_key(document: &Document, key: &Key) -> String {
    let place = |at: &Location| {
        if at.source == SourceId::ROOT {
            at.pointer.to_string()
        } else {
            format!("{}#{}", document.file_name(at.source), at.pointer)
        }
    };
    let mut text = place(&key.at);
    if let Some(only) = key.only {
        text = format!("{text} ({})", only.name());
    }
    for at in &key.with {
        text = format!("{text} within {}", place(at));
    }
    text
}

/// Names of schemas that are referred to, by place.
pub(super) struct Anchors {
    names: HashMap<Location, String>,
}

impl Anchors {
    /// Names `anchors`. The lock has what was decided before, also for types in place (`drafts`).
    pub(super) fn name(
        document: &Document,
        anchors: &BTreeSet<Location>,
        drafts: &[Draft],
        lock: &NameLock,
        errors: &mut Errors,
    ) -> Self {
        let mut names: HashMap<Location, String> = HashMap::new();
        let mut owners: BTreeMap<String, Location> = BTreeMap::new();
        let mut open: Vec<(&Location, Vec<String>)> = Vec::new();
        for at in anchors {
            let locked = lock.types.get(&lock_key(document, &Key::new(at.clone())));
            let locked = locked.map(|path| path.rsplit("::").next().unwrap_or(path).to_owned());
            let given = || {
                let name = document.get(at)?.get("x-rust-name")?.as_str()?;
                Some(name.to_owned())
            };
            match locked.or_else(given) {
                Some(name) => {
                    check_given(&name, at, errors);
                    if let Some(other) = owners.insert(name.clone(), at.clone()) {
                        errors.push(collision(&name, at, &other));
                    }
                    names.insert(at.clone(), name);
                }
                None => open.push((at, segments(document, at))),
            }
        }
        let wires = unique_tails(&open, &owners);
        let wires: Vec<&str> = wires.iter().map(String::as_str).collect();
        let in_place: Vec<String> = drafts
            .iter()
            .filter_map(|draft| lock.types.get(&lock_key(document, &draft.key)))
            .map(|path| path.rsplit("::").next().unwrap_or(path).to_owned())
            .collect();
        let taken: Vec<&str> = owners.keys().chain(&in_place).map(String::as_str).collect();
        let distinct = distinct_types(&wires, &taken);
        for ((at, _), name) in open.into_iter().zip(distinct) {
            names.insert(at.clone(), name);
        }
        Self { names }
    }

    pub(super) fn get(&self, at: &Location) -> Option<&str> {
        self.names.get(at).map(String::as_str)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.names.values().map(String::as_str)
    }
}

/// Names for types that neither meet each other nor what generated code uses.
fn distinct_types(wires: &[&str], taken: &[&str]) -> Vec<String> {
    // Keys are distinct texts, but tails of two files may be the same.
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let wires: Vec<String> = wires
        .iter()
        .map(|wire| {
            let count = seen.entry(wire).or_default();
            *count += 1;
            let name = spelling::camel(wire);
            let wire = if reserved::is_type(&name) || taken.contains(&name.as_str()) {
                format!("{wire} model")
            } else {
                (*wire).to_owned()
            };
            if *count == 1 {
                wire
            } else {
                format!("{wire} {count}")
            }
        })
        .collect();
    let wires: Vec<&str> = wires.iter().map(String::as_str).collect();
    distinct::distinct(Kind::Variant, &wires, taken)
}

/// A name that the document or the lock gives must be one in Rust.
fn check_given(name: &str, at: &Location, errors: &mut Errors) {
    if !reserved::is_identifier(name) {
        errors.push(
            Diagnostic::error(
                "no-identifier",
                at.clone(),
                format!("`{name}` is no name in Rust"),
            )
            .hint("give it another `x-rust-name`"),
        );
    }
}

fn collision(name: &str, at: &Location, other: &Location) -> Diagnostic {
    Diagnostic::error(
        "name-collision",
        at.clone(),
        format!("two things would be called `{name}` in Rust"),
    )
    .related(other.clone(), "the other one")
    .hint("change one of their `x-rust-name`s, or its entry in the lock of names")
}

/// The words of an anchor, the last one first in importance: `a__b__Name` is `[a, b, Name]`.
fn segments(document: &Document, at: &Location) -> Vec<String> {
    let structural = [
        "allOf",
        "anyOf",
        "components",
        "content",
        "get",
        "items",
        "oneOf",
        "parameters",
        "patch",
        "paths",
        "post",
        "properties",
        "put",
        "requestBody",
        "responses",
        "schema",
        "schemas",
        "delete",
        "definitions",
        "$defs",
    ];
    let tokens: Vec<String> = at.pointer.tokens().collect();
    let is_component =
        matches!(tokens.as_slice(), [first, kind, _] if first == "components" && kind == "schemas");
    let name = match tokens.as_slice() {
        [] => {
            let file = document.file_name(at.source);
            let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
            return vec![file.split('.').next().unwrap_or(file).to_owned()];
        }
        [.., last]
            if is_component || (tokens.len() <= 2 && !structural.contains(&last.as_str())) =>
        {
            last
        }
        _ => {
            let words: Vec<String> = tokens
                .iter()
                .filter(|token| {
                    !structural.contains(&token.as_str()) && !token.contains('/')
                        || token.starts_with('/')
                })
                .map(|token| token.trim_start_matches('/').to_owned())
                .collect();
            return vec![words.join(" ")];
        }
    };
    let segments: Vec<String> = name
        .split("__")
        .filter(|segment| !segment.is_empty())
        .map(str::to_owned)
        .collect();
    let dotted = |segment: &String| -> Vec<String> {
        let parts: Vec<&str> = segment.split('.').collect();
        let qualified = parts.len() > 1
            && parts
                .iter()
                .all(|part| part.starts_with(|first: char| first.is_ascii_alphabetic()));
        if qualified {
            parts.into_iter().map(str::to_owned).collect()
        } else {
            vec![segment.clone()]
        }
    };
    if segments.is_empty() {
        vec![name.clone()]
    } else {
        segments.iter().flat_map(dotted).collect()
    }
}

/// The shortest tail of each that no other has; one that cannot be longer keeps what it is.
fn unique_tails(
    open: &[(&Location, Vec<String>)],
    owners: &BTreeMap<String, Location>,
) -> Vec<String> {
    let mut lengths = vec![1; open.len()];
    let tail = |index: usize, length: usize| {
        let segments = &open[index].1;
        segments[segments.len().saturating_sub(length)..].join(" ")
    };
    loop {
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, &length) in lengths.iter().enumerate() {
            let name = spelling::camel(&tail(index, length));
            groups.entry(name).or_default().push(index);
        }
        let mut changed = false;
        for (name, members) in groups {
            if members.len() == 1 && !owners.contains_key(&name) {
                continue;
            }
            for index in members {
                if lengths[index] < open[index].1.len() {
                    lengths[index] += 1;
                    changed = true;
                }
            }
        }
        if !changed {
            return (0..open.len())
                .map(|index| tail(index, lengths[index]))
                .collect();
        }
    }
}

/// The name of each draft, in their order.
pub(super) fn types(
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

/// Names the variants of a union: the component that each holds, without the words that all of them share.
pub(super) fn variants(
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
pub(super) fn values(
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

/// Names the operations; their stems follow when the types have names.
pub(super) fn operations(
    document: &Document,
    found: &mut [Found],
    lock: &NameLock,
    errors: &mut Errors,
) {
    let mut names: Vec<Option<String>> = Vec::new();
    let mut used: BTreeMap<String, Location> = BTreeMap::new();
    for one in found.iter() {
        let key = lock_key(document, &Key::new(one.operation.origin.clone()));
        let given = lock.operations.get(&key).or(one.given.as_ref()).cloned();
        if let Some(name) = &given {
            check_given(name, &one.operation.origin, errors);
            if let Some(other) = used.insert(name.clone(), one.operation.origin.clone()) {
                errors.push(collision(name, &one.operation.origin, &other));
            }
        }
        names.push(given);
    }
    let candidates: Vec<Vec<String>> = found.iter().map(candidates).collect();
    let mut level = vec![0_usize; found.len()];
    let name = |index: usize, level: usize| {
        let list = &candidates[index];
        list[level.min(list.len() - 1)].clone()
    };
    loop {
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for index in (0..found.len()).filter(|&index| names[index].is_none()) {
            groups
                .entry(name(index, level[index]))
                .or_default()
                .push(index);
        }
        let mut changed = false;
        for (name, members) in groups {
            if members.len() == 1 && !used.contains_key(&name) {
                continue;
            }
            for index in members {
                if level[index] + 1 < candidates[index].len() {
                    level[index] += 1;
                    changed = true;
                }
            }
        }
        if !changed {
            break;
        }
    }
    let mut open: Vec<usize> = (0..found.len())
        .filter(|&index| names[index].is_none())
        .collect();
    open.sort_by_key(|&index| &found[index].operation.origin);
    for index in open {
        let stem = name(index, level[index]);
        let free = std::iter::once(stem.clone())
            .chain((2..u32::MAX).map(|number| format!("{stem}_{number}")))
            .find(|name| !used.contains_key(name))
            .unwrap_or(stem);
        used.insert(free.clone(), found[index].operation.origin.clone());
        names[index] = Some(free);
    }
    for (one, name) in found.iter_mut().zip(names) {
        one.operation.rust = name.unwrap_or_default();
    }
}

/// What an operation may be called, the best first.
fn candidates(found: &Found) -> Vec<String> {
    let method = format!("{:?}", found.operation.method).to_lowercase();
    let path = format!("{method} {}", found.path.replace(['{', '}'], " "));
    let mut texts: Vec<String> = Vec::new();
    if let Some(suggested) = &found.suggested {
        texts.push(suggested.clone());
        let group = found.group.as_ref().or(found.tag.as_ref());
        texts.extend(group.map(|group| format!("{group} {suggested}")));
    }
    if let Some(id) = &found.operation.operation_id {
        texts.push(without_route(id, &found.path, &method).to_owned());
        texts.push(id.clone());
    }
    texts.push(path);
    let mut names: Vec<String> = Vec::new();
    for text in texts {
        let name = spelling::snake(&text);
        let name = if reserved::is_method(&name) {
            format!("{name}_operation")
        } else {
            reserved::escape(&name)
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// An operation id without the route that FastAPI appends: `get_user_v1_users__id__get`.
fn without_route<'a>(id: &'a str, path: &str, method: &str) -> &'a str {
    let route: String = path
        .chars()
        .map(|character| {
            if character.is_alphanumeric() || character == '_' {
                character
            } else {
                '_'
            }
        })
        .collect();
    if let Some(name) = id.strip_suffix(&format!("{route}_{method}"))
        && !name.is_empty()
    {
        return name;
    }
    // The route may have been another when the id was made.
    if id.ends_with(&format!("_{method}"))
        && let Some(at) = version_mark(id)
        && at > 0
    {
        return &id[..at];
    }
    id
}

/// Where `_v1_` stands in an operation id.
fn version_mark(id: &str) -> Option<usize> {
    id.match_indices("_v").map(|(at, _)| at).find(|&at| {
        let rest = &id[at + 2..];
        let digits = rest.len()
            - rest
                .trim_start_matches(|digit: char| digit.is_ascii_digit())
                .len();
        digits > 0 && rest[digits..].starts_with('_')
    })
}

/// The stems of operations: upper camel case, moved where `…Params` or `…Error` would be another type.
pub(super) fn stems(found: &mut [Found], types: &BTreeSet<&str>) -> HashMap<Location, String> {
    let mut stems = HashMap::new();
    for one in found {
        let mut stem = spelling::camel(one.operation.rust.trim_start_matches("r#"));
        while OF_OPERATIONS
            .iter()
            .any(|word| types.contains(format!("{stem}{word}").as_str()))
        {
            stem.push_str("Operation");
        }
        stems.insert(one.operation.origin.clone(), stem.clone());
        one.operation.stem = stem;
    }
    stems
}

/// The module of each operation: its tag, or else the first word of its path.
pub(super) fn modules(found: &[Found]) -> Vec<String> {
    let words: Vec<String> = found
        .iter()
        .map(|one| {
            one.tag.clone().unwrap_or_else(|| {
                let is_version = |segment: &&str| {
                    let rest = segment.strip_prefix('v').unwrap_or("-");
                    *segment == "api" || rest.chars().all(|digit| digit.is_ascii_digit())
                };
                one.path
                    .split('/')
                    .find(|segment| {
                        !segment.is_empty() && !segment.contains('{') && !is_version(segment)
                    })
                    .unwrap_or("operations")
                    .to_owned()
            })
        })
        .collect();
    let distinct: BTreeSet<&str> = words.iter().map(String::as_str).collect();
    // Tags that differ in spelling only share a module.
    let names: BTreeMap<&str, String> = distinct
        .into_iter()
        .map(|word| {
            let name = spelling::snake(word);
            let name = if reserved::is_module(&name) {
                format!("{name}_api")
            } else {
                name
            };
            (word, name)
        })
        .collect();
    words
        .iter()
        .map(|word| names[word.as_str()].clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_of_fastapi() {
        for (id, path, method, name) in [
            (
                "update_credential_v1_credentials__credential_id__update_post",
                "/v1/credentials/{credential_id}/update",
                "post",
                "update_credential",
            ),
            (
                "get_workflows_v1_workflows_get",
                "/v1/agents",
                "get",
                "get_workflows",
            ),
            ("get_runs_v2_v1_runs_get", "/v1/runs", "get", "get_runs_v2"),
            ("listPets", "/pets", "get", "listPets"),
            ("read_items_items__get", "/items/", "get", "read_items"),
        ] {
            assert_eq!(without_route(id, path, method), name);
        }
    }

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
