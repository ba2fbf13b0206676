//! Names of operations, the stems of their own types, and the modules they are written in.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use spec::{Document, Location};

use super::{super::operations::Found, Errors, OF_OPERATIONS, check_given, collision, lock_key};
use crate::{
    names::{NameLock, reserved, spelling},
    schema::Key,
};

/// Names the operations; their stems follow when the types have names.
pub(in crate::lower) fn operations(
    document: &Document,
    found: &mut [Found],
    lock: &NameLock,
    errors: &mut Errors,
) {
    let mut names: Vec<Option<String>> = Vec::new();
    let mut used: BTreeMap<String, Location> = BTreeMap::new();
    for one in found.iter() {
        let key = operation_key(document, &one.operation.origin, &one.way);
        let given = one.given.as_ref().filter(|_| one.way.is_empty());
        let given = lock.operations.get(&key).or(given).cloned();
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
    let is_open = |names: &[Option<String>], index: usize| {
        names[index].is_none() && found[index].way.is_empty()
    };
    loop {
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for index in (0..found.len()).filter(|&index| is_open(&names, index)) {
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
    let mut take = |stem: String, origin: &Location| {
        let free = std::iter::once(stem.clone())
            .chain((2..u32::MAX).map(|number| format!("{stem}_{number}")))
            .find(|name| !used.contains_key(name))
            .unwrap_or(stem);
        used.insert(free.clone(), origin.clone());
        free
    };
    let mut open: Vec<usize> = (0..found.len())
        .filter(|&index| is_open(&names, index))
        .collect();
    open.sort_by_key(|&index| &found[index].operation.origin);
    for index in open {
        let stem = name(index, level[index]);
        names[index] = Some(take(stem, &found[index].operation.origin));
    }
    // Other ways follow the operation itself, and are named after it.
    let mut usual = String::new();
    for (one, name) in found.iter_mut().zip(names) {
        one.operation.rust = name.unwrap_or_else(|| {
            let words = one.way.join("_");
            take(format!("{usual}_{words}"), &one.operation.origin)
        });
        if one.way.is_empty() {
            let name = one.operation.rust.trim_start_matches("r#");
            name.clone_into(&mut usual);
        }
    }
}

/// The key under which the lock has an operation, or another way to call it.
pub(in crate::lower) fn operation_key(
    document: &Document,
    origin: &Location,
    way: &[String],
) -> String {
    let key = lock_key(document, &Key::new(origin.clone()));
    if way.is_empty() {
        key
    } else {
        format!("{key} by {}", way.join(" and "))
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
pub(in crate::lower) fn stems(
    found: &mut [Found],
    types: &BTreeSet<&str>,
) -> HashMap<Location, String> {
    let mut stems = HashMap::new();
    for one in found {
        let mut stem = spelling::camel(one.operation.rust.trim_start_matches("r#"));
        while OF_OPERATIONS
            .iter()
            .any(|word| types.contains(format!("{stem}{word}").as_str()))
        {
            stem.push_str("Operation");
        }
        if one.way.is_empty() {
            stems.insert(one.operation.origin.clone(), stem.clone());
        }
        one.operation.stem = stem;
    }
    stems
}

/// The module of each operation: its tag, or else the first word of its path.
pub(in crate::lower) fn modules(found: &[Found]) -> Vec<String> {
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
            // A file system takes 255 bytes; whoever writes longer tags may share a module.
            let name: String = spelling::snake(word).chars().take(60).collect();
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
}
