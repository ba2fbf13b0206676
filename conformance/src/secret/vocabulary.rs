//! What a document says: examples, names and words. A server may say the same in any answer, so no
//! such text is a secret, even if a request has it where a secret belongs.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use serde_json::{Number, Value};

/// The texts of a document and the words in them, in lower case. Kept as hashes: two texts in a
/// million million share one.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary(HashSet<u64>);

impl Vocabulary {
    /// That of a whole document.
    pub(super) fn of(document: &Value) -> Self {
        let mut vocabulary = Self::default();
        each(document, &mut |said| match said {
            Said::Text(text) => vocabulary.learn(text),
            Said::Number(number) => {
                vocabulary.0.insert(hash(&number.to_string()));
            }
        });
        vocabulary
    }

    /// Whether the document has this text, or this word.
    pub(super) fn has(&self, text: &str) -> bool {
        self.0.contains(&hash(text.trim()))
    }

    fn learn(&mut self, text: &str) {
        self.0.insert(hash(text.trim()));
        for word in text.split(|one: char| one.is_whitespace() || "`'\"(),;:".contains(one)) {
            self.0.insert(hash(word.trim_end_matches('.')));
        }
    }
}

/// Something that a document says.
pub(super) enum Said<'a> {
    /// A text, or the name of a member.
    Text(&'a str),
    Number(&'a Number),
}

/// Calls `tell` with everything that `value` says, names before what they name.
pub(super) fn each(value: &Value, tell: &mut dyn FnMut(Said<'_>)) {
    match value {
        Value::String(text) => tell(Said::Text(text)),
        Value::Number(number) => tell(Said::Number(number)),
        Value::Array(items) => items.iter().for_each(|item| each(item, tell)),
        Value::Object(members) => {
            for (name, value) in members {
                tell(Said::Text(name));
                each(value, tell);
            }
        }
        Value::Null | Value::Bool(_) => {}
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
