//! Members that the document fixes to one value: written by themselves, read over.

use serde::de::{Deserialize, Deserializer, IgnoredAny};

/// The place of such a member. Its value is in the code that writes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fixed;

impl<'de> Deserialize<'de> for Fixed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}
