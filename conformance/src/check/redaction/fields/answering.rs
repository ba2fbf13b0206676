//! Which operations answer with a component of the document.

use std::collections::BTreeSet;

use serde_json::Value;
use spec::Location;

use crate::target::Target;

/// The operations, each as `METHOD /path`, of which a successful answer has the schema `component`
/// of the document in it.
pub(super) fn with(target: &Target, component: &str) -> Vec<String> {
    let wanted = format!("/components/schemas/{component}");
    let answers = target.operations.iter().filter(|operation| {
        operation
            .responses
            .iter()
            .filter(|response| (200..300).any(|status| response.status.matches(status)))
            .flat_map(|response| &response.content)
            .filter_map(|media| media.schema.as_ref())
            .any(|schema| reaches(target, schema, &wanted, &mut BTreeSet::new()))
    });
    answers
        .map(|operation| format!("{} {}", operation.method, operation.path))
        .collect()
}

fn reaches(target: &Target, at: &Location, wanted: &str, seen: &mut BTreeSet<String>) -> bool {
    let Some((location, node)) = target.document.follow(at) else {
        return false;
    };
    let pointer = location.pointer.to_string();
    if pointer == wanted {
        return true;
    }
    if !seen.insert(pointer) {
        return false;
    }
    let mut inner = Vec::new();
    references(node, &location, &mut inner);
    inner.iter().any(|at| reaches(target, at, wanted, seen))
}

/// The places of all references below `node`.
fn references(node: &Value, at: &Location, found: &mut Vec<Location>) {
    match node {
        Value::Object(members) => {
            if members.contains_key("$ref") {
                found.push(at.clone());
            }
            for (name, value) in members {
                references(value, &at.child(name), found);
            }
        }
        Value::Array(items) => {
            for (number, value) in items.iter().enumerate() {
                references(value, &at.index(number), found);
            }
        }
        _ => {}
    }
}
