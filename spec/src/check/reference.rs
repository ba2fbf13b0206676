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

/// How many references about one value may follow each other: real documents have a dozen.
const MAX_CHAIN: usize = 64;
/// How many links of a circle are told.
const TOLD: usize = 8;

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
            let message = if *source == from {
                format!("`{reference}` leads to nothing")
            } else {
                let file = document.file_name(*source);
                format!("`{reference}` leads to nothing in `{file}`")
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
    let mut missing = None;
    for token in pointer.tokens() {
        let next = here.child(&token);
        if document.get(&next).is_some() {
            here = next;
            continue;
        }
        missing.get_or_insert_with(|| (here.clone(), token.clone()));
        let members = document.get(&here).and_then(Value::as_object);
        let names = members.into_iter().flat_map(|members| members.keys());
        if let Some(near) = similar::nearest(&token, names.map(String::as_str)) {
            here = here.child(near);
        } else {
            here = Location::default();
            break;
        }
    }
    if !here.pointer.is_root() {
        return format!("did you mean `{here}`?");
    }
    let section = target.section();
    let components =
        section.and_then(|section| document.root().get("components")?.get(section)?.as_object());
    if let (Some(section), Some(components), Some(name)) = (section, components, pointer.last())
        && let Some(near) = similar::nearest(&name, components.keys().map(String::as_str))
    {
        return format!("did you mean `#/components/{section}/{near}`?");
    }
    match missing {
        Some((found, token)) if !found.pointer.is_root() => format!(
            "`{found}` is there, and has no member `{token}`: define it, or correct the reference"
        ),
        _ => "correct the reference, or define what it names".to_owned(),
    }
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
    let resolved = walk.resolved.values();
    let starts: BTreeSet<Location> = resolved
        .filter_map(|found| found.as_ref().ok().cloned())
        .collect();
    let mut state: HashMap<Location, State> = HashMap::new();
    for start in starts {
        if state.contains_key(&start) {
            continue;
        }
        // An explicit stack: a chain may be as long as there are components.
        let mut chain = vec![Link::new(walk.document, start.clone(), None)];
        state.insert(start, State::Open);
        while let Some(link) = chain.last_mut() {
            let Some((via, to)) = link.next.pop() else {
                let (length, done) = (link.below + 1, link.node.clone());
                if length == MAX_CHAIN {
                    walk.tell(too_long(&done));
                }
                state.insert(done, State::Done(length));
                chain.pop();
                if let Some(link) = chain.last_mut() {
                    link.below = link.below.max(length);
                }
                continue;
            };
            match state.get(&to) {
                Some(State::Done(length)) => link.below = link.below.max(*length),
                Some(State::Open) => {
                    let from = chain.iter().position(|link| link.node == to).unwrap_or(0);
                    walk.tell(circle(&chain[from..], via));
                }
                None => {
                    state.insert(to.clone(), State::Open);
                    chain.push(Link::new(walk.document, to, Some(via)));
                }
            }
        }
    }
}

enum State {
    /// On the chain that is followed just now.
    Open,
    /// With the length of the longest chain that begins here.
    Done(usize),
}

/// One node of a chain of references.
struct Link {
    node: Location,
    /// The `$ref` that led here.
    via: Option<Location>,
    /// The references that are still to be followed: where each stands, and where it leads.
    next: Vec<(Location, Location)>,
    /// The longest chain behind this node.
    below: usize,
}

impl Link {
    fn new(document: &Document, node: Location, via: Option<Location>) -> Self {
        Self {
            next: same_value(document, &node),
            node,
            via,
            below: 0,
        }
    }
}

fn too_long(start: &Location) -> Diagnostic {
    let message =
        format!("more than {MAX_CHAIN} references lead from one to the next, all about one value");
    Diagnostic::error("ref-chain", start.clone(), message).hint(
        "refer to the schema at the end of the chain; composition is followed so far and no further",
    )
}

fn circle(links: &[Link], via: Location) -> Diagnostic {
    let names: Vec<String> = links
        .iter()
        .take(TOLD)
        .map(|link| format!("`{}`", link.node))
        .collect();
    let message = match names.as_slice() {
        [name] => format!("{name} refers to itself without an object or list in between"),
        names if links.len() > TOLD => format!(
            "references go in a circle of {}: {}, and so on",
            links.len(),
            names.join(", ")
        ),
        names => format!("references go in a circle: {}, and back", names.join(", ")),
    };
    let mut diagnostic = Diagnostic::error("ref-cycle", via, message).hint(
        "break the circle: a schema may contain itself below `properties` or `items`, not be defined by itself",
    );
    for link in links.iter().take(TOLD).skip(1) {
        if let Some(via) = &link.via {
            diagnostic = diagnostic.related(via.clone(), "part of the circle");
        }
    }
    diagnostic
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
