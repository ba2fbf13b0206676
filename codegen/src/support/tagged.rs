//! Writes the tag of a variant that has no member for it.

use serde::ser::{Error as _, SerializeMap};
use serde::{Serialize, Serializer};
use serde_json::Value;

/// A variant whose tag is not one of its own members: the tag is written in front of them.
pub(crate) struct Tagged<'a, T> {
    tag: &'static str,
    value: &'static str,
    content: &'a T,
}

impl<'a, T> Tagged<'a, T> {
    pub(crate) fn new(tag: &'static str, value: &'static str, content: &'a T) -> Self {
        Self {
            tag,
            value,
            content,
        }
    }
}

impl<T: Serialize> Serialize for Tagged<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let content =
            serde_json::to_value(self.content).map_err(S::Error::custom)?;
        let Value::Object(members) = content else {
            return Err(S::Error::custom(
                "a tagged variant must be an object",
            ));
        };
        let mut map = serializer.serialize_map(Some(members.len() + 1))?;
        map.serialize_entry(self.tag, self.value)?;
        for (name, value) in members.iter().filter(|(name, _)| *name != self.tag) {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
