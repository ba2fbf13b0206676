//! Digests that are the same on every machine and in every version: seeds, shards, names.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// The SHA-256 of `parts`, each closed by its length so that no two lists of parts are the same.
pub(crate) fn of(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
        hash.update((part.len() as u64).to_be_bytes());
    }
    hash.finalize().into()
}

/// The first eight bytes of [`of`], as a number.
pub(crate) fn number(parts: &[&[u8]]) -> u64 {
    of(parts)
        .into_iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | u64::from(byte))
}

/// The first `length` bytes of [`of`], in hexadecimal.
pub(crate) fn word(parts: &[&[u8]], length: usize) -> String {
    let mut word = String::with_capacity(2 * length);
    for byte in of(parts).into_iter().take(length) {
        // Writing to a string does not fail.
        let _ = write!(word, "{byte:02x}");
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_apart() {
        assert_ne!(of(&[b"a", b"b"]), of(&[b"ab"]));
        assert_eq!(word(&[b"a", b"b"], 4).len(), 8);
        assert_eq!(format!("{:016x}", number(&[b"a"])), word(&[b"a"], 8));
    }
}
