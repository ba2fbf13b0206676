//! Where to look: the runs of eight bytes of every form of every secret, so that pieces are found
//! too. Secrets are added one at a time, as requests go out, and the search does not slow down.
//!
//! An automaton such as Aho-Corasick would have to be built again for each request; this table
//! grows. It says only which secrets may stand at a place: the caller compares. It is bounded: the
//! older half of the secrets is dropped when it is full.

use super::{
    form::{Form, Kind},
    registry::SecretId,
};

/// Length of the runs, in bytes.
pub const GRAM: usize = 8;
/// Secrets after which those before them are dropped.
const GENERATION: usize = 8192;
/// Forms longer than this are entered at every eighth place: a piece of them is found from
/// fifteen bytes on.
const DENSE: usize = 64;
/// Bits of the filter for each slot.
const SPARSENESS: usize = 8;
const FIRST_SLOTS: usize = 1 << 10;
const EMPTY: u64 = u64::MAX;

/// The secrets to look for.
#[derive(Default)]
pub struct Index {
    young: Table,
    old: Table,
    secrets: usize,
}

impl Index {
    /// Adds a secret of these forms.
    pub fn add(&mut self, secret: SecretId, forms: &[Form]) {
        if self.secrets == GENERATION {
            self.old = std::mem::take(&mut self.young);
            self.secrets = 0;
        }
        self.secrets += 1;
        for form in forms {
            for start in starts(form) {
                let gram = folded_gram(&form.bytes[start..]);
                self.young.insert(hash(gram), secret);
            }
        }
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.young.entries + self.old.entries == 0
    }

    /// Calls `candidate` with each place in `folded` (a text in ASCII lower case) and each secret
    /// of which a form may have the eight bytes there, young secrets first.
    pub fn search(&self, folded: &[u8], mut candidate: impl FnMut(usize, SecretId)) {
        let tables = [&self.young, &self.old];
        for table in tables.into_iter().filter(|table| table.entries > 0) {
            for (place, window) in folded.windows(GRAM).enumerate() {
                let hash = hash(gram(window));
                if table.may_have(hash) {
                    table.find(hash, |secret| candidate(place, secret));
                }
            }
        }
    }
}

/// Where the runs of a form begin that are entered. Of a digest only its two ends are shown by
/// anyone.
fn starts(form: &Form) -> impl Iterator<Item = usize> {
    let last = form.bytes.len().checked_sub(GRAM);
    let is_digest = matches!(form.kind, Kind::Digest(..));
    let is_long = form.bytes.len() > DENSE;
    last.into_iter().flat_map(move |last| {
        (0..=last).filter(move |start| {
            *start == 0 || *start == last || !is_digest && (!is_long || start % GRAM == 0)
        })
    })
}

/// The first eight bytes as a number.
fn gram(bytes: &[u8]) -> u64 {
    bytes
        .first_chunk()
        .map_or(0, |first| u64::from_le_bytes(*first))
}

/// The same in lower case, as texts that are searched are: digests too, though they have no letters.
fn folded_gram(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(
        gram(bytes)
            .to_le_bytes()
            .map(|byte| byte.to_ascii_lowercase()),
    )
}

/// Spreads a run over 32 bits, the upper ones best; cheap, as it is done at every byte.
fn hash(gram: u64) -> u32 {
    let mixed = (gram ^ (gram >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let [.., a, b, c, d] = (mixed ^ (mixed >> 15)).to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// Hashes of runs with their secrets, in open addressing, behind a filter small enough to stay in
/// the cache.
struct Table {
    /// Hash in the upper half, secret in the lower one.
    slots: Vec<u64>,
    filter: Vec<u64>,
    entries: usize,
}

impl Default for Table {
    fn default() -> Self {
        Self::with_slots(FIRST_SLOTS)
    }
}

impl Table {
    /// `slots` is a power of two.
    fn with_slots(slots: usize) -> Self {
        Self {
            slots: vec![EMPTY; slots],
            filter: vec![0; slots * SPARSENESS / 64],
            entries: 0,
        }
    }

    fn insert(&mut self, hash: u32, secret: SecretId) {
        if 2 * self.entries >= self.slots.len() {
            let mut grown = Self::with_slots(2 * self.slots.len());
            for slot in self.slots.iter().filter(|slot| **slot != EMPTY) {
                grown.place(*slot);
            }
            *self = grown;
        }
        self.place(u64::from(hash) << 32 | u64::from(secret.0));
    }

    fn place(&mut self, slot: u64) {
        let hash = upper(slot);
        let bit = top(hash, 64 * self.filter.len());
        self.filter[bit / 64] |= 1 << (bit % 64);
        let mut at = top(hash, self.slots.len());
        while self.slots[at] != EMPTY {
            if self.slots[at] == slot {
                return;
            }
            at = (at + 1) % self.slots.len();
        }
        self.slots[at] = slot;
        self.entries += 1;
    }

    fn may_have(&self, hash: u32) -> bool {
        let bit = top(hash, 64 * self.filter.len());
        self.filter[bit / 64] >> (bit % 64) & 1 == 1
    }

    fn find(&self, hash: u32, mut found: impl FnMut(SecretId)) {
        let mut at = top(hash, self.slots.len());
        while self.slots[at] != EMPTY {
            if upper(self.slots[at]) == hash {
                found(SecretId(lower(self.slots[at])));
            }
            at = (at + 1) % self.slots.len();
        }
    }
}

fn upper(slot: u64) -> u32 {
    let [.., a, b, c, d] = slot.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

fn lower(slot: u64) -> u32 {
    let [a, b, c, d, ..] = slot.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// As many upper bits of `hash` as number the places of a table of `size`, a power of two.
fn top(hash: u32, size: usize) -> usize {
    // Tables stay far below 2^32 places: a generation bounds them.
    (u64::from(hash) << size.trailing_zeros() >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::form::forms;

    fn found(index: &Index, text: &str) -> Vec<u32> {
        let mut found = Vec::new();
        index.search(text.to_ascii_lowercase().as_bytes(), |_, secret| {
            if !found.contains(&secret.0) {
                found.push(secret.0);
            }
        });
        found
    }

    #[test]
    fn a_run_of_eight_bytes_is_a_candidate_wherever_it_stands() {
        let mut index = Index::default();
        for number in 0..300 {
            index.add(
                SecretId(number),
                &forms(&format!("secret-{number:04}-{number:04}")),
            );
        }
        assert_eq!(found(&index, "xxT-0123-0123yy"), [123]);
        assert_eq!(
            found(&index, "nothing of that sort stands here"),
            Vec::<u32>::new()
        );
        assert_eq!(found(&index, "0123-01"), Vec::<u32>::new());
    }

    #[test]
    fn the_oldest_secrets_are_dropped_and_memory_is_bounded() {
        let mut index = Index::default();
        let secret = |number: u32| format!("{number:08x}-a");
        for number in 0..3 * 8192 {
            let form = Form {
                kind: Kind::Plain,
                bytes: secret(number).into_bytes(),
                bits: 4.0,
            };
            index.add(SecretId(number), &[form]);
        }
        assert_eq!(found(&index, &secret(3 * 8192 - 1)), [3 * 8192 - 1]);
        assert_eq!(found(&index, &secret(8192)), [8192]);
        assert_eq!(found(&index, &secret(8191)), Vec::<u32>::new());
    }
}
