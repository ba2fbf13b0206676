//! Regular expressions of ECMA-262: whether a text matches, and texts of a given length that do.

/// Whether the validator can read the expression.
pub(crate) fn is_readable(pattern: &str) -> bool {
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .build(&serde_json::json!({"pattern": pattern}))
        .is_ok()
}
