//! The extensions that the lowering writes, and how the way back reads them.
//!
//! Two prefixes are ours: `x-oas31-` and the pointer of a raw member, and `x-lowered-` for a note on how
//! to undo a rewriting. A document that uses them itself has its members carried like unknown ones, so
//! that the two can never be taken for each other.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::walk::unescape;

/// The extensions of an object of the model.
pub(super) type Extensions = IndexMap<String, Value>;

/// Before the pointer of a raw member, without its first slash.
pub(super) const CARRIED: &str = "x-oas31-";
/// Before the name of a rewriting.
pub(super) const LOWERED: &str = "x-lowered-";

/// The names of members that were absent though the model requires them.
pub(super) const ABSENT: &str = "x-lowered-absent";
/// From the model's spelling of a status key to the document's.
pub(super) const STATUS_KEYS: &str = "x-lowered-status-keys";
/// The value of a boolean schema.
pub(super) const BOOLEAN: &str = "x-lowered-boolean";
/// The first entry of `allOf` was a `$ref` with siblings.
pub(super) const REFERENCE: &str = "x-lowered-reference";
/// The `enum` was a `const`.
pub(super) const CONST: &str = "x-lowered-const";
/// The `minimum` was an `exclusiveMinimum`.
pub(super) const EXCLUSIVE_MINIMUM: &str = "x-lowered-exclusiveMinimum";
/// The `maximum` was an `exclusiveMaximum`.
pub(super) const EXCLUSIVE_MAXIMUM: &str = "x-lowered-exclusiveMaximum";
/// `nullable` was a `type` array (`"type"`) or a null branch (an object, see [`super::nullable`]).
pub(super) const NULLABLE: &str = "x-lowered-nullable";

/// Whether a document's extension stays as it is.
pub(super) fn is_plain_extension(key: &str) -> bool {
    key.starts_with("x-") && !key.starts_with(CARRIED) && !key.starts_with(LOWERED)
}

pub(super) fn status_keys(extensions: &Extensions) -> Option<&Map<String, Value>> {
    extensions.get(STATUS_KEYS)?.as_object()
}

/// Turns the members that the model wrote into those of the document, as far as this does not
/// depend on the kind of object: absent members go, carried and plain ones come.
pub(super) fn raise_extensions(members: &mut Map<String, Value>, extensions: &Extensions) {
    if let Some(Value::Array(absent)) = extensions.get(ABSENT) {
        for key in absent.iter().filter_map(Value::as_str) {
            members.remove(key);
        }
    }
    for (key, value) in extensions {
        if let Some(path) = key.strip_prefix(CARRIED) {
            put_back(members, path, value);
        } else if is_plain_extension(key) {
            members.insert(key.clone(), value.clone());
        }
    }
}

/// Writes `value` at `path`, a pointer without its first slash, making objects on the way where the
/// model left them out for being empty.
fn put_back(members: &mut Map<String, Value>, path: &str, value: &Value) {
    let Some((first, rest)) = path.split_once('/') else {
        members.insert(unescape(path), value.clone());
        return;
    };
    let next = members
        .entry(unescape(first))
        .or_insert_with(|| Value::Object(Map::new()));
    put_back_into(next, rest, value);
}

fn put_back_into(node: &mut Value, path: &str, value: &Value) {
    match node {
        Value::Object(members) => put_back(members, path, value),
        Value::Array(elements) => {
            let (first, rest) = match path.split_once('/') {
                Some((first, rest)) => (first, Some(rest)),
                None => (path, None),
            };
            let element = first.parse().ok().and_then(|i: usize| elements.get_mut(i));
            match (element, rest) {
                (Some(element), Some(rest)) => put_back_into(element, rest, value),
                (Some(element), None) => *element = value.clone(),
                (None, _) => {}
            }
        }
        // Only a model that somebody else wrote leads here: there is nothing to put the value into.
        _ => {}
    }
}
