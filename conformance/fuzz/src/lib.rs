//! What is fuzzed of the runner: bytes come in, a panic comes out if a promise is broken.

#[path = "../../../codegen/fuzz/src/edit.rs"]
pub mod edit;
pub mod targets;

/// The documents that edits begin with.
pub const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../codegen/tests");
