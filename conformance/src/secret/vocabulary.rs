//! What a document says: examples, names and words. A server may say the same in any answer, so no
//! such text is a secret, even if a request has it where a secret belongs.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use serde_json::Value;

/// The texts of a document and the words in them, in lower case. Kept as hashes: two texts in a
/// million million share one.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary(HashSet<u64>);

impl Vocabulary {
    /// That of a whole document.
    pub(super) fn of(document: &Value) -> Self {
        let mut vocabulary = Self::default();
        vocabulary.learn(document);
        vocabulary
    }

    /// Whether the document has this text, or this word.
    pub(super) fn has(&self, text: &str) -> bool {
        self.0.contains(&hash(text.trim()))
    }

    fn learn(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.learn_text(text),
            Value::Number(number) => {
                self.0.insert(hash(&number.to_string()));
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn(item)),
            Value::Object(members) => {
                for (name, value) in members {
                    self.learn_text(name);
                    self.learn(value);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn learn_text(&mut self, text: &str) {
        self.0.insert(hash(text.trim()));
        for word in text.split(|one: char| one.is_whitespace() || "`'\"(),;:".contains(one)) {
            self.0.insert(hash(word.trim_end_matches('.')));
        }
    }
}

/// The words of a document that could be taken for something encoded, as they are written. A secret
/// that is drawn is none of them in any encoding, so they need not be decoded in every answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Words(HashSet<Box<[u8]>>);

/// Shorter words are decoded as quickly as they are looked up.
const SHORTEST: usize = 8;

impl Words {
    /// Those of a whole document, its names and its texts.
    pub(super) fn of(document: &Value) -> Self {
        let mut words = Self::default();
        words.learn(document);
        words
    }

    /// Whether the document has this word.
    pub(super) fn has(&self, word: &[u8]) -> bool {
        word.len() >= SHORTEST && self.0.contains(word)
    }

    fn learn(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.learn_text(text),
            Value::Array(items) => items.iter().for_each(|item| self.learn(item)),
            Value::Object(members) => {
                for (name, value) in members {
                    self.learn_text(name);
                    self.learn(value);
                }
            }
            Value::Number(_) | Value::Null | Value::Bool(_) => {}
        }
    }

    /// Words with and without what joins them, as base64 has that and base32 has not.
    fn learn_text(&mut self, text: &str) {
        let joined = |one: char| !one.is_ascii_alphanumeric() && !"-_+/".contains(one);
        for word in text.split(joined) {
            let parts = word.split(|one: char| !one.is_ascii_alphanumeric());
            for one in parts.chain([word]).filter(|one| one.len() >= SHORTEST) {
                if !self.0.contains(one.as_bytes()) {
                    self.0.insert(one.as_bytes().into());
                }
            }
        }
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.to_lowercase().hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn long_words_are_known_as_they_are_written() {
        let words = Words::of(&json!({"credential_type": "a browserProfile, of /v1/credentials"}));
        for known in [
            "credential_type",
            "credential",
            "browserProfile",
            "/v1/credentials",
        ] {
            assert!(words.has(known.as_bytes()), "{known}");
        }
        for unknown in ["credential_", "browserprofile", "v1", "a"] {
            assert!(!words.has(unknown.as_bytes()), "{unknown}");
        }
    }

    #[test]
    fn examples_names_and_words_are_known() {
        let document = json!({"example": "hunter two", "properties": {"pass_word": {}},
            "description": "Such as `4111111111111111`.", "maximum": 40});
        let vocabulary = Vocabulary::of(&document);
        for known in [
            "Hunter two",
            "hunter",
            "pass_word",
            "4111111111111111",
            "40",
        ] {
            assert!(vocabulary.has(known), "{known}");
        }
        assert!(!vocabulary.has("hunter three"));
    }
}
