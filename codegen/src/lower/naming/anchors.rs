//! Names of schemas that are referred to, mostly components: the last part of their key, more of it where that meets another.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use spec::{Document, Location};

use super::{super::builder::Draft, Errors, check_given, collision, last, lock_key};
use crate::{
    names::{
        NameLock,
        distinct::{self, Kind},
        reserved, spelling,
    },
    schema::Key,
};

/// Names of schemas that are referred to, by place.
pub(in crate::lower) struct Anchors {
    names: HashMap<Location, String>,
}

impl Anchors {
    /// Names `anchors`. The lock has what was decided before, also for types in place (`drafts`).
    pub(in crate::lower) fn name(
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
            let locked = locked.map(|path| last(path).to_owned());
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
            .filter_map(|draft| draft.locked.as_deref())
            .map(|path| last(path).to_owned())
            .collect();
        let taken: Vec<&str> = owners.keys().chain(&in_place).map(String::as_str).collect();
        let distinct = distinct_types(&wires, &taken);
        for ((at, _), name) in open.into_iter().zip(distinct) {
            names.insert(at.clone(), name);
        }
        Self { names }
    }

    pub(in crate::lower) fn get(&self, at: &Location) -> Option<&str> {
        self.names.get(at).map(String::as_str)
    }

    pub(in crate::lower) fn all(&self) -> impl Iterator<Item = &str> {
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
