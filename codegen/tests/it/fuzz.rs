//! The fuzz targets over their corpus and over bytes of a fixed seed: what `cargo fuzz` does for hours, for a second.

#[path = "../../fuzz/src/edit.rs"]
#[expect(
    dead_code,
    unreachable_pub,
    reason = "a library of its own, which the targets of the runner share"
)]
mod edit;
#[path = "../../fuzz/src/targets.rs"]
#[expect(unreachable_pub, reason = "a library of its own")]
mod targets;

use std::path::Path;

/// The documents that edits begin with.
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");

/// Runs `target` on what once failed or was new, and on `rounds` inputs that nobody wrote.
fn smoke(name: &str, rounds: u64, target: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(name);
    let mut inputs: Vec<Vec<u8>> = Vec::new();
    for entry in corpus.read_dir().unwrap() {
        inputs.push(std::fs::read(entry.unwrap().path()).unwrap());
    }
    inputs.sort();
    assert!(!inputs.is_empty(), "no corpus for {name}");
    for input in &inputs {
        target(input);
    }
    // A generator of numbers that is the same everywhere (Marsaglia's xorshift), seeded by the name.
    let mut state = name.bytes().fold(1, |seed: u64, byte| {
        seed.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    let mut next = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 32).unwrap() % bound
    };
    for _ in 0..rounds {
        let mut input = inputs[next(inputs.len())].clone();
        for _ in 0..=next(4) {
            let at = next(input.len() + 1);
            match next(3) {
                0 => input.insert(at, u8::try_from(next(256)).unwrap()),
                1 if at < input.len() => input[at] = u8::try_from(next(256)).unwrap(),
                _ => {
                    let other = &inputs[next(inputs.len())];
                    let from = next(other.len() + 1);
                    let to = from + next(other.len() - from + 1);
                    input.splice(at..at, other[from..to].iter().copied());
                }
            }
        }
        target(&input);
    }
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
