//! The fuzz targets for a second each (docs/fuzzing.md).

#[path = "../../../codegen/fuzz/src/edit.rs"]
#[expect(
    unreachable_pub,
    reason = "a library of its own, shared with the targets of the generator"
)]
mod edit;
#[path = "../../../codegen/fuzz/src/smoke.rs"]
#[expect(unreachable_pub, reason = "shared with the targets of the generator")]
mod smoke;
#[path = "../../fuzz/src/targets.rs"]
#[expect(unreachable_pub, reason = "a library of its own")]
mod targets;

use std::path::Path;

/// The documents that edits begin with.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../codegen/tests");

fn smoke(name: &str, rounds: u64, target: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    smoke::smoke(&corpus.join(name), rounds, target);
}

#[test]
fn valid_values_are_valid_and_invalid_ones_are_not() {
    smoke("values", 20, targets::values);
}

#[test]
fn a_secret_is_found_in_any_surroundings() {
    smoke("scanner", 100, targets::scanner);
}

#[test]
fn what_a_server_says_is_text_in_every_report() {
    smoke("reports", 30, targets::reports);
}
