//! What `cargo fuzz` does for hours, for a second: a target over its corpus and over bytes made of it.

use std::path::Path;

/// Runs `target` on each file of `corpus` (what once failed or was new), and on `rounds` inputs made of those.
pub fn smoke(corpus: &Path, rounds: u64, target: fn(&[u8])) {
    let mut inputs: Vec<Vec<u8>> = Vec::new();
    for entry in corpus.read_dir().unwrap() {
        inputs.push(std::fs::read(entry.unwrap().path()).unwrap());
    }
    inputs.sort();
    assert!(!inputs.is_empty(), "no corpus at {}", corpus.display());
    for input in &inputs {
        target(input);
    }
    // Numbers that are the same everywhere: Marsaglia's xorshift.
    let mut state: u64 = 88_172_645_463_325_252;
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
