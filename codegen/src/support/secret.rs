//! A text that does not show itself: passwords, keys, card numbers.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

/// Writes a `Debug` that shows only some members or variants: the others may be or hold a secret.
macro_rules! hiding_debug {
    (struct $name:ident {
        shows { $($shown:ident),* $(,)? }
        hides { $($hidden:ident),* $(,)? }
    }) => {
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($name))
                    $(.field(stringify!($shown).trim_start_matches("r#"), &self.$shown))*
                    $(.field(stringify!($hidden).trim_start_matches("r#"), &format_args!("[redacted]")))*
                    .finish()
            }
        }
    };
    (enum $name:ident {
        shows { $($shown:ident),* $(,)? }
        hides { $($hidden:ident),* $(,)? }
    }) => {
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $(Self::$shown(value) => f.debug_tuple(stringify!($shown)).field(value).finish(),)*
                    $(Self::$hidden(_) => f.write_str(concat!(stringify!($hidden), "([redacted])")),)*
                }
            }
        }
    };
}

pub(crate) use hiding_debug;

/// A text that must not appear in a log.
///
/// `Debug` is redacted, there is no `Display` and no comparison, and the memory is zeroed on drop.
/// Serialising writes the value: that is how it is sent. [`Secret::expose`] is the only other way
/// to read it. The buffers of the HTTP library, which hold what is sent, are not zeroed.
#[derive(Clone, Default)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The text itself. Name the reason where you call this.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_string(SecretVisitor)
    }
}

/// Refuses what is no text without quoting it, as serde's own visitor of strings would.
struct SecretVisitor;

impl SecretVisitor {
    fn refuse<E: de::Error>(kind: &str) -> Result<Secret, E> {
        Err(E::custom(format_args!(
            "invalid type: {kind}, expected a string"
        )))
    }
}

impl Visitor<'_> for SecretVisitor {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Secret, E> {
        Ok(Secret::from(text))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Secret, E> {
        Ok(Secret::from(text))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Secret, E> {
        Self::refuse("boolean")
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Secret, E> {
        Self::refuse("integer")
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Secret, E> {
        Self::refuse("integer")
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Secret, E> {
        Self::refuse("number")
    }
}
