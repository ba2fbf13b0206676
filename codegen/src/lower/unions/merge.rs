//! Merges branches that no reader could tell apart and no caller would miss.

use std::rc::Rc;

use serde_json::Value;

use super::{Branch, Shape};
use crate::schema::{JsonType, Types};

/// Merges branches that belong together.
pub(super) fn merged(branches: Vec<Branch<'_>>, discriminated: bool) -> Vec<Branch<'_>> {
    let mut kept: Vec<Branch<'_>> = Vec::new();
    for branch in branches {
        if kept.iter().all(|other| other.key != branch.key) {
            kept.push(branch);
        }
    }
    let only = |branch: &Branch<'_>, kind: JsonType| branch.features.types == Types::one(kind);
    merge_group(
        &mut kept,
        |branch| only(branch, JsonType::String),
        merge_texts,
    );
    // Among other shapes an integer keeps its digits; alone with a number it is one.
    if kept
        .iter()
        .all(|branch| only(branch, JsonType::Integer) || only(branch, JsonType::Number))
        && kept.iter().any(|branch| only(branch, JsonType::Number))
    {
        kept.retain(|branch| !only(branch, JsonType::Integer));
    }
    merge_group(&mut kept, |branch| only(branch, JsonType::Number), first);
    merge_group(&mut kept, |branch| only(branch, JsonType::Integer), first);
    merge_group(&mut kept, |branch| only(branch, JsonType::Boolean), first);
    merge_group(
        &mut kept,
        |branch| {
            only(branch, JsonType::Array)
                && branch
                    .peeled
                    .map
                    .is_none_or(|map| !map.contains_key("prefixItems"))
        },
        merge_lists,
    );
    if !discriminated {
        merge_group(
            &mut kept,
            |branch| {
                only(branch, JsonType::Object)
                    && branch.features.free
                    && branch.features.members.is_empty()
            },
            |mut objects| {
                let mut free = objects.swap_remove(0);
                free.shape = Shape::FreeObject;
                vec![free]
            },
        );
    }
    kept
}

/// Replaces several branches of one kind by what `merge` makes of them, at the place of the first.
fn merge_group<'d>(
    branches: &mut Vec<Branch<'d>>,
    belongs: impl Fn(&Branch<'d>) -> bool,
    merge: impl Fn(Vec<Branch<'d>>) -> Vec<Branch<'d>>,
) {
    let Some(first) = branches.iter().position(&belongs) else {
        return;
    };
    if branches.iter().filter(|branch| belongs(branch)).count() < 2 {
        return;
    }
    let mut group = Vec::new();
    let mut others = Vec::new();
    for branch in std::mem::take(branches) {
        if belongs(&branch) {
            group.push(branch);
        } else {
            others.push(branch);
        }
    }
    others.splice(first..first, merge(group));
    *branches = others;
}

fn first(mut group: Vec<Branch<'_>>) -> Vec<Branch<'_>> {
    group.truncate(1);
    group
}

/// Lists of different elements: one list whose elements are one of several.
fn merge_lists(mut group: Vec<Branch<'_>>) -> Vec<Branch<'_>> {
    let mut list = group.remove(0);
    let mut all = vec![list.clone()];
    all.append(&mut group);
    list.peeled.anchor = None;
    list.shape = Shape::Lists(all);
    vec![list]
}

/// Texts: listed ones are open to others, so that plain text beside them adds nothing.
fn merge_texts(group: Vec<Branch<'_>>) -> Vec<Branch<'_>> {
    let secret = group.iter().any(is_secret);
    let mut listed: Vec<Branch<'_>> = group
        .iter()
        .filter(|branch| branch.features.texts.is_some())
        .cloned()
        .collect();
    let Some(mut all) = listed.first().cloned() else {
        let mut text = group;
        text.truncate(1);
        for branch in &mut text {
            branch.shape = Shape::Text { secret };
        }
        return text;
    };
    if let [only] = listed.as_mut_slice()
        && only.peeled.map.is_some_and(|map| map.contains_key("enum"))
    {
        return vec![only.clone()];
    }
    let mut values: Vec<&Value> = Vec::new();
    for branch in &listed {
        for value in listed_values(branch) {
            if !values.contains(&value) {
                values.push(value);
            }
        }
    }
    Rc::make_mut(&mut all.features).texts =
        Some(values.iter().filter_map(|value| value.as_str()).collect());
    all.shape = Shape::Texts(values);
    vec![all]
}

fn listed_values<'d>(branch: &Branch<'d>) -> Vec<&'d Value> {
    let Some(map) = branch.peeled.map else {
        return Vec::new();
    };
    match (map.get("const"), map.get("enum")) {
        (Some(value), _) => vec![value],
        (None, Some(Value::Array(values))) => {
            values.iter().filter(|value| !value.is_null()).collect()
        }
        _ => Vec::new(),
    }
}

fn is_secret(branch: &Branch<'_>) -> bool {
    branch
        .peeled
        .note_anywhere("format")
        .is_some_and(|format| format == "password")
}
