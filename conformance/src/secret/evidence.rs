//! Weighs what may be chance: three digits, the first six of a card, a one-time code. One such
//! match proves nothing; the same kind of match at the same place of the same operation, again and
//! again for different secrets, does.

use std::collections::{BTreeMap, BTreeSet};

use crate::digest;

/// Chance against which matches at one place are evidence, in bits: one in 2^36.
const ENOUGH: f32 = 36.0;

/// What of a secret matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Glimpse {
    /// All of it.
    Whole,
    /// Its first characters.
    First(usize),
    /// Its last characters.
    Last(usize),
    /// A code made from it.
    OneTimeCode,
}

/// Where matches are counted together: an operation, a place in its answers without indices, a
/// field, and a kind of match.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Series {
    /// Method and path of the document.
    pub operation: String,
    /// The place, with `*` for every index.
    pub place: String,
    /// The name of the secret's field.
    pub field: String,
    /// The kind of match.
    pub glimpse: Glimpse,
}

/// Matches and misses of one series.
#[derive(Debug, Default)]
struct Count {
    texts: BTreeSet<u64>,
    bits: f32,
    hits: u32,
    misses: u32,
}

/// All series of a run.
#[derive(Debug, Default)]
pub struct Evidence {
    series: BTreeMap<Series, Count>,
    operations: BTreeSet<String>,
}

/// Most series that are kept; servers that answer with ever new members get no more.
const MOST: usize = 20_000;

impl Evidence {
    /// Whether something ever matched in answers of `operation`.
    pub fn has(&self, operation: &str) -> bool {
        self.operations.contains(operation)
    }

    /// Counts a `text` that matches, surprising by `bits`. Whether there is enough evidence by now.
    /// The same text again adds none: secrets are also made from each other, so that their ends are
    /// the same.
    pub fn hit(&mut self, series: Series, text: &str, bits: f32) -> bool {
        let Some(count) = self.count(series) else {
            return false;
        };
        count.hits += 1;
        if count.texts.insert(digest::number(&[text.as_bytes()])) {
            count.bits += bits;
        }
        count.bits >= ENOUGH && count.texts.len() > 1 && count.hits >= count.misses
    }

    /// Counts a text at the place that did not match. Misses before the first match do not count:
    /// nearly every place never matches, and none of those is remembered.
    pub fn miss(&mut self, series: &Series) {
        if let Some(count) = self.series.get_mut(series) {
            count.misses += 1;
        }
    }

    fn count(&mut self, series: Series) -> Option<&mut Count> {
        if self.series.len() >= MOST && !self.series.contains_key(&series) {
            return None;
        }
        if !self.operations.contains(&series.operation) {
            self.operations.insert(series.operation.clone());
        }
        Some(self.series.entry(series).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series() -> Series {
        Series {
            operation: "GET /things".into(),
            place: "/*/bin".into(),
            field: "card_number".into(),
            glimpse: Glimpse::First(6),
        }
    }

    #[test]
    fn matches_become_evidence_when_they_repeat_with_other_values() {
        let mut evidence = Evidence::default();
        assert!(!evidence.hit(series(), "411111", 19.9));
        assert!(!evidence.hit(series(), "411111", 19.9));
        assert!(evidence.hit(series(), "424242", 19.9));
    }

    #[test]
    fn misses_weigh_against_it() {
        let mut evidence = Evidence::default();
        for value in ["411111", "424242", "430000"] {
            assert!(!evidence.hit(series(), value, 19.9));
            for _ in 0..3 {
                evidence.miss(&series());
            }
        }
    }
}
