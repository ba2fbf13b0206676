//! References: to nothing, to the wrong kind of node, and in circles.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::{
    kind_of,
    path::Path,
    walk::{Target, Walk},
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    document::Document,
    location::{Location, SourceId},
    references::Unresolved,
    similar,
};

/// What to say about a reference that leads nowhere.
pub(super) fn unresolved(
    document: &Document,
    reference: &str,
    from: SourceId,
    fault: &Unresolved,
    target: Target,
    path: &Path<'_>,
) -> Diagnostics {
    let at = at_reference(document, path);
    let error = |message: String, hint: String| {
        vec![Diagnostic::error("unresolved-ref", at.clone(), message).hint(hint)]
    };
    match fault {
        Unresolved::NoNode(source) => {
            let message = match *source == from {
                true => format!("`{reference}` leads to nothing"),
                false => format!(
                    "`{reference}` leads to nothing in `{}`",
                    document.file_name(*source)
                ),
            };
            error(message, nearest_node(document, reference, *source, target))
        }
        Unresolved::NoAnchor => {
            let name = reference
                .split_once('#')
                .map_or("", |(_, fragment)| fragment);
            let anchors = document.references().anchors(from);
            let component = target
                .section()
                .and_then(|section| document.root().get("components")?.get(section)?.get(name));
            let hint = if let Some(near) = similar::nearest(name, anchors.keys().copied()) {
                format!("did you mean `#{near}`?")
            } else if component.is_some() {
                format!(
                    "did you mean `#/components/{}/{name}`?",
                    target.section().unwrap_or_default()
                )
            } else {
                "a reference within the file begins with `#/`, as in `#/components/schemas/Pet`"
                    .to_owned()
            };
            error(
                format!("`{reference}` names an anchor that no schema has"),
                hint,
            )
        }
        Unresolved::Malformed => error(
            format!("`{reference}` has a `%` that begins no escape"),
            "write `%25` for a percent sign, and other escapes with two hexadecimal digits"
                .to_owned(),
        ),
        Unresolved::Url => error(
            format!("`{reference}` names another place on the network, and nothing is fetched"),
            "download the file, put it beside the document, and refer to it by its relative path"
                .to_owned(),
        ),
        Unresolved::Outside => error(
            format!("`{reference}` leads out of the folder of the document"),
            "put the file into that folder, or below it: others are not read".to_owned(),
        ),
        Unresolved::NoFolder => {
            let component = target.section().and_then(|section| {
                document
                    .root()
                    .get("components")?
                    .get(section)?
                    .get(reference)
            });
            let hint = match component {
                Some(_) => format!(
                    "did you mean `#/components/{}/{reference}`?",
                    target.section().unwrap_or_default()
                ),
                None => "put what it refers to into `components`, or give the document as a file"
                    .to_owned(),
            };
            error(
                format!("`{reference}` is a file, and this document was not read from one"),
                hint,
            )
        }
        Unresolved::TooManyFiles => error(
            format!("`{reference}` is one file too many"),
            "bundle the document into fewer files".to_owned(),
        ),
        Unresolved::Unreadable(diagnostics) => diagnostics
            .iter()
            .cloned()
            .map(|diagnostic| diagnostic.related(at.clone(), "referred to from here"))
            .collect(),
    }
}

fn at_reference(document: &Document, path: &Path<'_>) -> Location {
    let here = path.location();
    match document.get(&here) {
        Some(Value::Object(members)) if members.contains_key("$ref") => here.child("$ref"),
        _ => here,
    }
}

/// The first token that is missing, and its nearest neighbour there.
fn nearest_node(document: &Document, reference: &str, source: SourceId, target: Target) -> String {
    let fragment = reference
        .split_once('#')
        .map_or("", |(_, fragment)| fragment);
    let Some(pointer) = crate::location::Pointer::parse(fragment) else {
        return "correct the reference".to_owned();
    };
    let mut here = Location {
        source,
        ..Location::default()
    };
    for token in pointer.tokens() {
        let next = here.child(&token);
        if document.get(&next).is_some() {
            here = next;
            continue;
        }
        let Some(Value::Object(members)) = document.get(&here) else {
            break;
        };
        if let Some(near) = similar::nearest(&token, members.keys().map(String::as_str)) {
            return format!("did you mean `{}`?", here.child(near));
        }
        let section = target
            .section()
            .and_then(|section| Some((section, document.root().get("components")?.get(section)?)));
        if let Some((section, Value::Object(components))) = section
            && let Some(name) = pointer.last()
            && let Some(near) = similar::nearest(&name, components.keys().map(String::as_str))
        {
            return format!("did you mean `#/components/{section}/{near}`?");
        }
        return format!(
            "`{here}` is there, and has no member `{token}`: define it, or correct the reference"
        );
    }
    "correct the reference, or define what it names".to_owned()
}

/// A reference to a component of another section, or to a node that cannot be what is wanted.
pub(super) fn wrong_target(
    document: &Document,
    location: &Location,
    target: Target,
    path: &Path<'_>,
) -> Option<Diagnostic> {
    let value = document.get(location)?;
    let mut tokens = location.pointer.tokens();
    let mut section = None;
    if location.source == SourceId::ROOT && tokens.next().as_deref() == Some("components") {
        section = tokens
            .next()
            .filter(|_| tokens.next().is_some() && tokens.next().is_none());
    }
    let error = |what: String, hint: String| {
        Some(
            Diagnostic::error(
                "wrong-ref",
                at_reference(document, path),
                format!(
                    "{} is expected here, and the reference leads to {what}",
                    target.name()
                ),
            )
            .hint(hint),
        )
    };
    if let (Some(section), Some(wanted)) = (&section, target.section())
        && section != wanted
        && !section.starts_with("x-")
    {
        return error(
            format!("`components/{section}`"),
            format!("refer to something in `#/components/{wanted}`"),
        );
    }
    let fits = value.is_object() || (matches!(target, Target::Schema) && value.is_boolean());
    if fits {
        None
    } else {
        error(
            kind_of(value).to_owned(),
            "correct the reference".to_owned(),
        )
    }
}

/// Chains of references that never come to an object of their own: through `$ref` alone, or through
/// keywords that apply to the same value (`allOf`, `anyOf`, …). A schema that contains itself below
/// `properties` or `items` is fine.
pub(super) fn circles(walk: &mut Walk<'_>) {
    let document = walk.document;
    let mut nodes: BTreeSet<Location> = walk
        .resolved
        .values()
        .filter_map(|found| found.as_ref().ok().cloned())
        .collect();
    let mut done: HashMap<Location, bool> = HashMap::new();
    let mut found = Diagnostics::new();
    while let Some(start) = nodes.pop_first() {
        if done.contains_key(&start) {
            continue;
        }
        // An explicit stack: a chain may be as long as there are components.
        let mut chain: Vec<(Location, Vec<(Location, Location)>)> = Vec::new();
        done.insert(start.clone(), false);
        let next = same_value(document, &start);
        chain.push((start, next));
        while let Some((here, next)) = chain.last_mut() {
            let Some((at, to)) = next.pop() else {
                done.insert(here.clone(), true);
                chain.pop();
                continue;
            };
            match done.get(&to) {
                Some(true) => {}
                Some(false) => {
                    let from = chain.iter().position(|(node, _)| *node == to).unwrap_or(0);
                    let names: Vec<String> = chain[from..]
                        .iter()
                        .map(|(node, _)| node.to_string())
                        .chain([to.to_string()])
                        .collect();
                    let message = if names.len() == 2 {
                        format!(
                            "`{}` refers to itself without an object or list in between",
                            names[0]
                        )
                    } else {
                        format!("references go in a circle: {}", names.join(" → "))
                    };
                    let mut diagnostic = Diagnostic::error("ref-cycle", at, message)
                        .hint("break the circle: a schema may contain itself below `properties` or `items`, not be defined by itself");
                    for (node, _) in chain[from..].iter().skip(1) {
                        diagnostic = diagnostic.related(node.clone(), "part of the circle");
                    }
                    found.push(diagnostic);
                }
                None => {
                    done.insert(to.clone(), false);
                    let next = same_value(document, &to);
                    chain.push((to, next));
                }
            }
        }
    }
    walk.diagnostics.append(&mut found);
}

/// The references that apply to the very value that `location` describes: where each stands, where it leads.
fn same_value(document: &Document, location: &Location) -> Vec<(Location, Location)> {
    let mut found = Vec::new();
    let mut open = vec![location.clone()];
    while let Some(here) = open.pop() {
        let Some(Value::Object(members)) = document.get(&here) else {
            continue;
        };
        if let Some(Value::String(reference)) = members.get("$ref")
            && let Some(to) = document.resolve(here.source, reference)
        {
            found.push((here.child("$ref"), to));
        }
        for name in ["not", "if", "then", "else"] {
            if members.contains_key(name) {
                open.push(here.child(name));
            }
        }
        for name in ["allOf", "anyOf", "oneOf"] {
            let branches = members
                .get(name)
                .and_then(Value::as_array)
                .map_or(0, Vec::len);
            open.extend((0..branches).map(|index| here.child(name).index(index)));
        }
    }
    found
}
