//! OpenAPI Overlay 1.0 on a raw value, with an account of where each new node comes from.
//!
//! Parsing, selecting and merging are `roas-overlay`'s; the places, the misses and the account are ours.
//! <https://spec.openapis.org/overlay/v1.0.0.html>

use std::fmt::Display;

use roas_overlay::{
    common::apply::{compile_path, locate, merge_json, remove_at},
    v1_0,
};
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    location::{Location, Pointer, SourceId},
    similar,
};

/// What an action whose target selects nothing means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverlayMode {
    /// An error: the overlay was written for this document.
    MustMatch,
    /// A warning: the overlay was written for another version of the document. If no action matches,
    /// it was written for another document altogether, and nothing is said. A target in a branch of an
    /// `anyOf` that is picked by its `type` selects the schema around it too, where that has this type:
    /// `type: [string, 'null']`, or `nullable: true` in a document of OpenAPI 3.0.
    MayMatch,
}

/// The code of an action whose target selects nothing.
pub(crate) const NO_MATCH: &str = "overlay-no-match";

/// One change that an overlay made to the root document.
#[derive(Debug)]
pub(crate) enum Edit {
    /// The node at `at`, and all in it, is the one at `from` in an overlay.
    Put { at: Pointer, from: Location },
    /// An element of an array went; those behind it moved up.
    Removed { array: Pointer, index: usize },
}

impl Edit {
    /// Turns the place of a node after the edit into its place before.
    pub(crate) fn undo(&self, location: &mut Location) {
        match self {
            Self::Put { at, from } => {
                if let Some(pointer) = location.pointer.rebase(at, &from.pointer) {
                    location.source = from.source;
                    location.pointer = pointer;
                }
            }
            Self::Removed { array, index } => {
                if location.pointer == *array || !location.pointer.starts_with(array) {
                    return;
                }
                let depth = array.tokens().count();
                let mut tokens: Vec<String> = location.pointer.tokens().collect();
                if let Some(now) = tokens
                    .get(depth)
                    .and_then(|token| token.parse::<usize>().ok())
                    && now >= *index
                {
                    tokens[depth] = (now + 1).to_string();
                    location.pointer = Pointer::root().join(tokens.iter().map(String::as_str));
                }
            }
        }
    }
}

/// Applies the overlay in file `id` to `root`. What is wrong with the overlay is added to `diagnostics`;
/// actions without fault are applied all the same, so that one run tells everything.
pub(crate) fn apply(
    overlay: &Value,
    id: SourceId,
    mode: OverlayMode,
    root: &mut Value,
    edits: &mut Vec<Edit>,
    diagnostics: &mut Diagnostics,
) {
    let here = Location {
        source: id,
        pointer: Pointer::root(),
    };
    if !is_overlay(overlay, &here, diagnostics) {
        return;
    }
    let mut found = Diagnostics::new();
    let changed = edits.len();
    for (index, action) in overlay["actions"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        let at = here.child("actions").index(index);
        if let Some(action) = read_action(action, &at, &mut found) {
            act(&action, &at, mode, root, edits, &mut found);
        }
    }
    if mode == OverlayMode::MayMatch && edits.len() == changed {
        found.retain(|diagnostic| diagnostic.code != NO_MATCH);
    }
    // Looking for what was meant costs much in a large document: only for misses that are told.
    for diagnostic in found.iter_mut().filter(|found| found.code == NO_MATCH) {
        let target = overlay.pointer(diagnostic.location.pointer.as_str());
        diagnostic.hint = target
            .and_then(Value::as_str)
            .map(|target| miss(target, root));
    }
    diagnostics.append(&mut found);
}

/// Checks what stands around the actions.
fn is_overlay(overlay: &Value, here: &Location, diagnostics: &mut Diagnostics) -> bool {
    let Some(version) = overlay.get("overlay") else {
        let what = match overlay.get("openapi").or_else(|| overlay.get("swagger")) {
            Some(_) => "an OpenAPI document stands where an overlay is expected",
            None => "this is not an overlay: the member `overlay` is missing",
        };
        diagnostics.push(
            Diagnostic::error("not-an-overlay", here.clone(), what)
                .hint("an overlay begins with `overlay: 1.0.0` and has `info` and `actions`"),
        );
        return false;
    };
    let at = here.child("overlay");
    if version
        .as_str()
        .is_none_or(|version| version.parse::<v1_0::Version>().is_err())
    {
        let hint = match version {
            Value::String(text) if text.starts_with("1.") => {
                "Overlay 1.0 is supported; if no later feature (such as `copy`) is used, write `overlay: 1.0.0`"
            }
            Value::String(_) => "write `overlay: 1.0.0`",
            _ => "write the version as a string: `overlay: \"1.0.0\"`",
        };
        diagnostics.push(
            Diagnostic::error(
                "overlay-version",
                at,
                format!("the overlay version {version} is not supported"),
            )
            .hint(hint),
        );
        return false;
    }
    let expected = ["overlay", "info", "extends", "actions"];
    unknown_members(overlay, here, &expected, diagnostics);
    let info = overlay.get("info");
    for name in ["title", "version"] {
        if info
            .and_then(|info| info.get(name))
            .and_then(Value::as_str)
            .is_none()
        {
            let at = if info.is_some() {
                here.child("info")
            } else {
                here.clone()
            };
            diagnostics.push(
                Diagnostic::error(
                    "overlay-info",
                    at,
                    format!("the overlay has no `info.{name}`"),
                )
                .hint("an overlay needs `info` with a `title` and a `version`, both strings"),
            );
        }
    }
    let fault = match overlay.get("actions") {
        None => "the overlay has no `actions`",
        Some(Value::Array(actions)) if actions.is_empty() => "the list of actions is empty",
        Some(Value::Array(_)) => return true,
        Some(_) => "`actions` is not a list",
    };
    let at = if overlay.get("actions").is_some() {
        here.child("actions")
    } else {
        here.clone()
    };
    diagnostics.push(Diagnostic::error("overlay-actions", at, fault).hint(
        "an overlay needs a list of at least one action, each with a `target` and an `update`",
    ));
    false
}

fn unknown_members(value: &Value, at: &Location, expected: &[&str], diagnostics: &mut Diagnostics) {
    for name in value
        .as_object()
        .into_iter()
        .flat_map(|members| members.keys())
    {
        if expected.contains(&name.as_str()) || name.starts_with("x-") {
            continue;
        }
        let warning = Diagnostic::warning(
            "unknown-member",
            at.child(name),
            format!("`{name}` means nothing here and is ignored"),
        );
        diagnostics.push(warning.at_key().hint(
            match similar::nearest(name, expected.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("members here are `{}` and `x-…`", expected.join("`, `")),
            },
        ));
    }
}

fn read_action(
    action: &Value,
    at: &Location,
    diagnostics: &mut Diagnostics,
) -> Option<v1_0::Action> {
    let mut fault = |at: Location, message: &str, hint: &str| {
        diagnostics.push(Diagnostic::error("overlay-action", at, message).hint(hint));
        None
    };
    let Some(members) = action.as_object() else {
        return fault(
            at.clone(),
            "an action is not an object",
            "write `- target: $.…` with an `update` below",
        );
    };
    match members.get("target") {
        None => {
            return fault(
                at.clone(),
                "the action has no `target`",
                "name what to change by a JSONPath: `target: $.info`",
            );
        }
        Some(Value::String(_)) => {}
        Some(_) => {
            return fault(
                at.child("target"),
                "`target` is not a string",
                "write a JSONPath in quotes",
            );
        }
    }
    if members
        .get("remove")
        .is_some_and(|remove| !remove.is_boolean())
    {
        return fault(
            at.child("remove"),
            "`remove` is not a boolean",
            "write `remove: true`",
        );
    }
    let remove = members.get("remove") == Some(&Value::Bool(true));
    if remove && members.contains_key("update") {
        return fault(
            at.clone(),
            "the action has both `remove: true` and an `update`",
            "make two actions of it; with `remove` an update has no effect",
        );
    }
    // The specification allows any value; the library takes `null` for absent.
    if !remove && members.get("update").is_none_or(Value::is_null) {
        let near = similar::nearest("update", members.keys().map(String::as_str));
        let hint = near.map_or_else(
            || "say what to do: `update: {…}` or `remove: true`".to_owned(),
            |near| format!("is `{near}` meant to be `update`?"),
        );
        return fault(
            at.clone(),
            "the action does nothing: it has neither an `update` nor `remove: true`",
            &hint,
        );
    }
    unknown_members(
        action,
        at,
        &["target", "description", "update", "remove"],
        diagnostics,
    );
    match serde_json::from_value(action.clone()) {
        Ok(action) => Some(action),
        Err(error) => {
            diagnostics.push(
                Diagnostic::error(
                    "overlay-action",
                    at.clone(),
                    format!("the action cannot be read: {error}"),
                )
                .hint("see the Action Object of OpenAPI Overlay 1.0"),
            );
            None
        }
    }
}

fn act(
    action: &v1_0::Action,
    at: &Location,
    mode: OverlayMode,
    root: &mut Value,
    edits: &mut Vec<Edit>,
    diagnostics: &mut Diagnostics,
) {
    let target = at.child("target");
    let path = match compile_path(&action.target) {
        Ok(path) => path,
        Err(error) => {
            diagnostics.push(
                Diagnostic::error("overlay-target", target, format!("the target is not a JSONPath: {error}"))
                    .hint("RFC 9535: members as `.name` or `['name with / or -']`, elements as `[0]`, all as `[*]`"),
            );
            return;
        }
    };
    let mut found = select(&action.target, &path, root);
    if mode == OverlayMode::MayMatch {
        found.extend(without_union(&action.target, root));
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|pointer| seen.insert(pointer.clone()));
    if found.is_empty() {
        let message = "the target of this action matches nothing in the document";
        let diagnostic = match mode {
            OverlayMode::MustMatch => Diagnostic::error(NO_MATCH, target, message),
            OverlayMode::MayMatch => Diagnostic::warning(NO_MATCH, target, message),
        };
        diagnostics.push(diagnostic);
        return;
    }
    let primitive = |pointer: &String| {
        root.pointer(pointer)
            .is_none_or(|node| !node.is_object() && !node.is_array())
    };
    if let Some(pointer) = found.iter().find(|pointer| primitive(pointer)) {
        diagnostics.push(
            Diagnostic::error(
                "overlay-target",
                target,
                format!("the target selects `#{pointer}`, which is neither an object nor a list"),
            )
            .hint("select the object around it, and give the member in `update`"),
        );
        return;
    }
    if action.is_remove() {
        remove(&found, &target, root, edits, diagnostics);
    } else if let Some(update) = &action.update {
        let from = at.child("update");
        for pointer in found {
            let (Some(node), Some(at)) = (root.pointer_mut(&pointer), Pointer::parse(&pointer))
            else {
                continue;
            };
            if let Value::Array(items) = node {
                edits.push(Edit::Put {
                    at: at.index(items.len()),
                    from: from.clone(),
                });
                items.push(update.clone());
            } else {
                account(node, update, &at, &from, edits);
                merge_json(node, update);
            }
        }
    }
}

/// What the target selects, as JSON pointers.
///
/// Of `$..name…` only the members of that name are looked into: the library would make a path for each
/// node of the document, three times as much work as reading it.
fn select(target: &str, path: &JsonPath, root: &Value) -> Vec<String> {
    let anywhere = target.strip_prefix("$..").and_then(|behind| {
        let end = behind.find(|one: char| !(one.is_ascii_alphanumeric() || one == '_'));
        let (name, rest) = behind.split_at(end.unwrap_or(behind.len()));
        // In a filter `$` is the root again.
        let plain = !name.is_empty() && !rest.contains('$');
        plain.then(|| compile_path(&format!("${rest}")).map(|rest| (name, rest)))
    });
    let Some(Ok((name, rest))) = anywhere else {
        return locate(root, path);
    };
    let mut found = Vec::new();
    within_members(root, name, &rest, &mut found);
    found
}

/// Adds what the path selects in each member of that name, the outer ones first.
fn within_members(node: &Value, name: &str, path: &JsonPath, found: &mut Vec<String>) {
    match node {
        Value::Object(members) => {
            if let Some(member) = members.get(name) {
                below(name, found, |found| found.extend(locate(member, path)));
            }
            for (key, child) in members {
                below(key, found, |found| within_members(child, name, path, found));
            }
        }
        Value::Array(list) => {
            for (index, child) in list.iter().enumerate() {
                below(index, found, |found| {
                    within_members(child, name, path, found);
                });
            }
        }
        _ => {}
    }
}

/// Adds pointers from a child, and puts the way to it before them.
fn below(token: impl Display, found: &mut Vec<String>, add: impl FnOnce(&mut Vec<String>)) {
    let from = found.len();
    add(found);
    if from < found.len() {
        let child = Pointer::root().child(&token.to_string());
        for pointer in &mut found[from..] {
            pointer.insert_str(0, child.as_str());
        }
    }
}

/// What the target selects where a document says in OpenAPI 3.0's way, or with a list of types, what the
/// target looks for in 3.1's: of `….anyOf[?@.type == 'string']…`, a branch beside that of null, the schema
/// around it where that has the type itself. Without this, a member that an overlay makes secret would be
/// none in another version of the document.
fn without_union(target: &str, root: &Value) -> Vec<String> {
    const OPEN: &str = ".anyOf[?@.type == '";
    const CLOSE: &str = "']";
    let Some((before, behind)) = target.split_once(OPEN) else {
        return Vec::new();
    };
    let Some((wanted, rest)) = behind.split_once(CLOSE) else {
        return Vec::new();
    };
    let has_type = |pointer: &String| match root.pointer(pointer).and_then(|it| it.get("type")) {
        Some(Value::String(one)) => one == wanted,
        Some(Value::Array(list)) => list.iter().any(|one| one == wanted),
        _ => false,
    };
    let located = |target: &str| compile_path(target).map(|path| select(target, &path, root));
    let holders: Vec<Pointer> = located(before)
        .into_iter()
        .flatten()
        .filter(has_type)
        .filter_map(|pointer| Pointer::parse(&pointer))
        .collect();
    if holders.is_empty() {
        return Vec::new();
    }
    let mut found = located(&format!("{before}{rest}")).unwrap_or_default();
    found.retain(|pointer| {
        Pointer::parse(pointer)
            .is_some_and(|pointer| holders.iter().any(|holder| pointer.starts_with(holder)))
    });
    found
}

fn remove(
    found: &[String],
    target: &Location,
    root: &mut Value,
    edits: &mut Vec<Edit>,
    diagnostics: &mut Diagnostics,
) {
    // From the end, so that the pointers before stay true.
    for pointer in found.iter().rev() {
        let Some(pointer) = Pointer::parse(pointer) else {
            continue;
        };
        let parent = pointer.parent().unwrap_or_default();
        let in_array = root.pointer(parent.as_str()).is_some_and(Value::is_array);
        if !remove_at(root, pointer.as_str()) {
            diagnostics.push(
                Diagnostic::error(
                    "overlay-target",
                    target.clone(),
                    "the whole document cannot be removed",
                )
                .hint("select a member of it"),
            );
        } else if in_array && let Some(index) = pointer.last().and_then(|token| token.parse().ok())
        {
            edits.push(Edit::Removed {
                array: parent,
                index,
            });
        }
    }
}

/// Which nodes of `update` will be new or instead of others in `node`, once merged.
fn account(node: &Value, update: &Value, at: &Pointer, from: &Location, edits: &mut Vec<Edit>) {
    match (node, update) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, value) in new {
                let (at, from) = (at.child(name), from.child(name));
                match old.get(name) {
                    Some(old) => account(old, value, &at, &from, edits),
                    None => edits.push(Edit::Put { at, from }),
                }
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            for index in 0..new.len() {
                edits.push(Edit::Put {
                    at: at.index(old.len() + index),
                    from: from.index(index),
                });
            }
        }
        _ => edits.push(Edit::Put {
            at: at.clone(),
            from: from.clone(),
        }),
    }
}

/// How far a target that matches nothing does match, and what may have been meant behind that.
fn miss(target: &str, root: &Value) -> String {
    let mut cuts: Vec<usize> = Vec::new();
    let (mut quote, mut depth) = (None, 0_usize);
    for (at, character) in target.char_indices() {
        match (quote, character) {
            (None, '\'' | '"') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            (None, '[') => {
                if depth == 0 {
                    cuts.push(at);
                }
                depth += 1;
            }
            (None, ']') => depth = depth.saturating_sub(1),
            (None, '.') if depth == 0 => cuts.push(at),
            _ => {}
        }
    }
    for &cut in cuts.iter().rev() {
        let (prefix, rest) = target.split_at(cut);
        let Ok(path) = compile_path(prefix) else {
            continue;
        };
        let Some(pointer) = locate(root, &path).into_iter().next() else {
            continue;
        };
        let name = rest.trim_start_matches(['.', '[', '\'', '"']);
        let name = &name[..name.find(['\'', '"', ']', '.', '[']).unwrap_or(name.len())];
        let members = root.pointer(&pointer).and_then(Value::as_object);
        let near =
            members.and_then(|members| similar::nearest(name, members.keys().map(String::as_str)));
        return match near {
            Some(near) if near != name => {
                format!("`{prefix}` matches, `{rest}` behind it does not: did you mean `{near}`?")
            }
            _ => format!(
                "`{prefix}` matches, `{rest}` behind it does not; correct the target or remove the action"
            ),
        };
    }
    "correct the target, or remove the action".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_a_name_are_found_as_the_library_finds_them() {
        let root = serde_json::json!({
            "parameters": [{"name": "a"}, {"name": "b", "parameters": [{"name": "a"}]}],
            "paths": {"/x~y": {"parameters": {"one": {"name": "a", "in": "query"}}, "list": [[{"parameters": [{"name": "a"}]}]]}},
            "other": {"parameters": "none"},
        });
        for target in [
            "$..parameters",
            "$..parameters[?@.name == 'a']",
            "$..parameters[*].name",
            "$..parameters..name",
            "$..name",
            "$..nothing",
            "$..['name']",
            "$..parameters[?@.name == $.parameters[0].name]",
        ] {
            let path = compile_path(target).unwrap();
            assert_eq!(
                select(target, &path, &root),
                locate(&root, &path),
                "{target}"
            );
        }
    }
}
