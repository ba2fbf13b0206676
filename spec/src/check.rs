//! What the OpenAPI Specification asks of a document, looked at in one go: every fault becomes a
//! diagnostic with its place. Values are not changed, and nothing is read.

mod contradiction;
mod model;
mod object;
mod operations;
mod path;
mod reference;
mod schema;
mod version;
mod walk;

use std::collections::HashSet;

use serde_json::Value;

pub(crate) use version::version;

use crate::{diagnostic::Diagnostics, document::Document};
use walk::Walk;

/// All that is wrong with a document whose files were read.
pub(crate) fn check(document: &Document) -> Diagnostics {
    let mut walk = Walk::new(document);
    walk.run();
    reference::circles(&mut walk);
    operations::all(&mut walk);
    let mut diagnostics = walk.finish();
    // A node that several references lead to, as a whole and in part, is looked at more than once.
    let mut told = HashSet::new();
    diagnostics.retain(|one| {
        let place = (one.location.clone(), one.range.clone());
        told.insert((place, one.code, one.message.clone()))
    });
    diagnostics
}

/// What a value is, for a sentence.
fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
