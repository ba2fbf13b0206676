//! Things that operations create, read and delete, linked by name and shape: an answer that holds
//! `credential_id` and a path that holds `{credential_id}`.
//!
//! The ledger deletes what it finds by these links; suites reach operations on existing things.

use serde_json::Value;
use spec::{Document, Location, Pointer};

use super::Operation;

/// How deep the schema of an answer is followed when an id is looked for in it.
const DEPTH: usize = 4;

/// A kind of thing that the server keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The variable of paths that names one, e.g. `credential_id`.
    pub variable: String,
    /// The operation that creates one, by name.
    pub create: String,
    /// Where the id stands in its answer.
    pub id: Pointer,
    /// The operation that deletes one.
    pub delete: Option<String>,
    /// The operation that reads one.
    pub read: Option<String>,
    /// The operation that lists them.
    pub list: Option<String>,
}

impl Resource {
    pub(super) fn all(document: &Document, operations: &[Operation]) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for create in operations.iter().filter(|one| one.method == "POST") {
            let items = operations.iter().filter_map(|one| {
                let (collection, variable) = item(&one.path)?;
                (collection == create.path).then_some((one, variable))
            });
            for (_, variable) in items {
                if found.iter().any(|known| known.create == create.name) {
                    break;
                }
                let Some(id) = id_in_answer(document, create, variable) else {
                    continue;
                };
                found.push(Self::linked(create, variable, id, operations));
            }
        }
        found
    }

    fn linked(create: &Operation, variable: &str, id: Pointer, operations: &[Operation]) -> Self {
        let path = format!("{}/{{{variable}}}", create.path);
        let named = |method: &str, path: &str| {
            operations
                .iter()
                .find(|one| one.method == method && one.path == path)
                .map(|one| one.name.clone())
        };
        Self {
            variable: variable.to_owned(),
            create: create.name.clone(),
            id,
            delete: named("DELETE", &path).or_else(|| named("POST", &format!("{path}/delete"))),
            read: named("GET", &path),
            list: named("GET", &create.path),
        }
    }
}

/// `/a/{b}` and `/a/{b}/c` as `/a` and `b`: the part before the last variable, and that variable.
fn item(path: &str) -> Option<(&str, &str)> {
    let (before, rest) = path.rsplit_once("/{")?;
    let (variable, _) = rest.split_once('}')?;
    Some((before, variable))
}

fn id_in_answer(document: &Document, create: &Operation, variable: &str) -> Option<Pointer> {
    let success = create
        .responses
        .iter()
        .find(|response| (200..300).any(|status| response.status.matches(status)))?;
    let schema = success.content.iter().find(|media| media.is_json())?;
    let schema = schema.schema.as_ref()?;
    [variable, "id"]
        .into_iter()
        .find(|name| has_property(document, schema, name, DEPTH))
        .map(|name| Pointer::root().child(name))
}

fn has_property(document: &Document, schema: &Location, name: &str, depth: usize) -> bool {
    let Some((location, node)) = document.follow(schema) else {
        return false;
    };
    if node
        .get("properties")
        .and_then(|all| all.get(name))
        .is_some()
    {
        return true;
    }
    depth > 0
        && ["allOf", "anyOf", "oneOf"].into_iter().any(|keyword| {
            let branches = node.get(keyword).and_then(Value::as_array);
            (0..branches.map_or(0, Vec::len)).any(|index| {
                let branch = location.child(keyword).index(index);
                has_property(document, &branch, name, depth - 1)
            })
        })
}
