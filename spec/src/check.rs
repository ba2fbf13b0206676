//! What the OpenAPI Specification asks of a document and a schema does not say about itself.
//!
//! Everything is looked at in one go; every fault becomes a diagnostic with its place.

mod version;

pub(crate) use version::version;

use crate::{diagnostic::Diagnostics, document::Document};

/// All that is wrong with a document whose files were read.
pub(crate) fn check(document: &Document) -> Diagnostics {
    let _ = document;
    Diagnostics::new()
}

/// What a value is, for a sentence.
fn kind_of(value: &serde_json::Value) -> &'static str {
    match value {
        serde_json::Value::Null => "null",
        serde_json::Value::Bool(_) => "a boolean",
        serde_json::Value::Number(_) => "a number",
        serde_json::Value::String(_) => "a string",
        serde_json::Value::Array(_) => "a list",
        serde_json::Value::Object(_) => "an object",
    }
}
