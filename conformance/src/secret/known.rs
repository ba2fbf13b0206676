//! Texts that need not be decoded again: the words of the document, and what was received before and showed
//! nothing then. What stood in an answer before a secret was drawn does not come of that secret.
//!
//! One exception is accepted: a server that still has what an earlier run with the same seed left there.

use std::{collections::HashSet, hash::BuildHasher as _, mem};

use parking_lot::RwLock;
use serde_json::Value;

use super::{
    view::Alphabet,
    vocabulary::{Said, each},
};

/// Shorter words are decoded as quickly as they are looked up.
const SHORTEST: usize = 8;
/// Texts after which those before them are forgotten.
const GENERATION: usize = 1 << 15;

/// How a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Reading {
    /// As it stands, with so many encodings undone.
    Whole(usize),
    /// As symbols in a row.
    Symbols(Alphabet),
}

/// Hashes of texts and of how they are read.
type Texts = HashSet<u64, foldhash::fast::RandomState>;

/// What the search has seen. Only hashes are kept: two texts in a million million share one.
#[derive(Debug, Default)]
pub(super) struct Known {
    words: Texts,
    received: RwLock<Received>,
    hasher: foldhash::quality::RandomState,
}

#[derive(Debug, Default)]
struct Received {
    young: Texts,
    old: Texts,
}

impl Known {
    /// The words of a whole document, its names and its texts, that could be taken for something
    /// encoded. A secret that is drawn is none of them in any encoding.
    pub(super) fn of(document: &Value) -> Self {
        let mut known = Self::default();
        each(document, &mut |said| {
            if let Said::Text(text) = said {
                known.learn(text);
            }
        });
        known
    }

    /// Whether `text`, read like that, shows nothing.
    pub(super) fn has(&self, reading: Reading, text: &[u8]) -> bool {
        let hash = self.hash(reading, text);
        let received = self.received.read();
        received.young.contains(&hash) || received.old.contains(&hash) || self.words.contains(&hash)
    }

    /// Says that it showed nothing of any secret that was drawn so far.
    pub(super) fn showed_nothing(&self, reading: Reading, text: &[u8]) {
        let mut received = self.received.write();
        if received.young.len() == GENERATION {
            received.old = mem::take(&mut received.young);
        }
        received.young.insert(self.hash(reading, text));
    }

    fn hash(&self, reading: Reading, text: &[u8]) -> u64 {
        self.hasher.hash_one((reading, text))
    }

    /// Words with and without what joins them, as base64 has that and base32 has not.
    fn learn(&mut self, text: &str) {
        let joined = |one: char| !one.is_ascii_alphanumeric() && !"-_+/".contains(one);
        for word in text.split(joined) {
            let parts = word.split(|one: char| !one.is_ascii_alphanumeric());
            for one in parts.chain([word]).filter(|one| one.len() >= SHORTEST) {
                for alphabet in Alphabet::ALL {
                    let hash = self.hash(Reading::Symbols(alphabet), one.as_bytes());
                    self.words.insert(hash);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const BASE64: Reading = Reading::Symbols(Alphabet::Base64);
    const HEXADECIMAL: Reading = Reading::Symbols(Alphabet::Hexadecimal);
    const WHOLE: Reading = Reading::Whole(4);

    #[test]
    fn long_words_are_known_as_they_are_written() {
        let known = Known::of(&json!({"credential_type": "a browserProfile, of /v1/credentials"}));
        for word in [
            "credential_type",
            "credential",
            "browserProfile",
            "/v1/credentials",
        ] {
            assert!(known.has(BASE64, word.as_bytes()), "{word}");
        }
        for unknown in ["credential_", "browserprofile", "v1", "a"] {
            assert!(!known.has(BASE64, unknown.as_bytes()), "{unknown}");
        }
        assert!(!known.has(WHOLE, b"credential_type"));
    }

    #[test]
    fn what_was_received_is_known_in_its_alphabet_until_much_else_was() {
        let known = Known::default();
        known.showed_nothing(BASE64, b"abcdef0123");
        assert!(known.has(BASE64, b"abcdef0123"));
        assert!(!known.has(HEXADECIMAL, b"abcdef0123"));
        for number in 0..2 * GENERATION {
            known.showed_nothing(WHOLE, number.to_string().as_bytes());
        }
        assert!(!known.has(BASE64, b"abcdef0123"));
        let received = known.received.read();
        assert!(received.young.len() + received.old.len() <= 2 * GENERATION);
    }
}
