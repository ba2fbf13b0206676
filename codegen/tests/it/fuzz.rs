//! The fuzz targets for a second each (docs/fuzzing.md).

#[path = "../../fuzz/src/edit.rs"]
#[expect(
    dead_code,
    unreachable_pub,
    reason = "a library of its own, which the targets of the runner share"
)]
mod edit;
#[path = "../../fuzz/src/smoke.rs"]
#[expect(unreachable_pub, reason = "shared with the targets of the runner")]
mod smoke;
#[path = "../../fuzz/src/targets.rs"]
#[expect(unreachable_pub, reason = "a library of its own")]
mod targets;

use std::path::Path;

/// The documents that edits begin with.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");

fn smoke(name: &str, rounds: u64, target: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    smoke::smoke(&corpus.join(name), rounds, target);
}

#[test]
fn any_text_is_read_or_refused() {
    smoke("loader", 300, targets::loader);
}

#[test]
fn any_document_is_lowered_or_refused() {
    smoke("lowering", 60, targets::lowering);
}

#[test]
fn whatever_is_generated_is_rust() {
    smoke("generator", 20, targets::generator);
}
