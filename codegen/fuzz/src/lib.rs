//! What is fuzzed of `spec` and `codegen`: bytes come in, a panic comes out if a promise is broken.

pub mod edit;
pub mod targets;

/// The documents that edits begin with.
pub const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests");
