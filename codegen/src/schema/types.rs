//! The types of JSON values, and sets of them.

use serde_json::Value;

/// A type of JSON Schema. An `integer` is a `number` too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub(crate) enum JsonType {
    Null = 1,
    Boolean = 2,
    Integer = 4,
    Number = 8,
    String = 16,
    Array = 32,
    Object = 64,
}

impl JsonType {
    pub(crate) const ALL: [Self; 7] = [
        Self::Null,
        Self::Boolean,
        Self::Integer,
        Self::Number,
        Self::String,
        Self::Array,
        Self::Object,
    ];

    /// As JSON Schema writes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }

    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if number.is_f64() => Self::Number,
            Value::Number(_) => Self::Integer,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }
}

/// A set of JSON types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Types(u8);

impl Types {
    pub(crate) const ANY: Self = Self(127);

    pub(crate) fn one(kind: JsonType) -> Self {
        Self(kind as u8)
    }

    /// What the keyword `type` says; `None` if it is missing or malformed.
    pub(crate) fn read(value: Option<&Value>) -> Option<Self> {
        let named = |name: &str| JsonType::ALL.into_iter().find(|kind| kind.name() == name);
        match value? {
            Value::String(name) => named(name).map(Self::one),
            Value::Array(names) => {
                let types = names
                    .iter()
                    .filter_map(Value::as_str)
                    .filter_map(named)
                    .fold(Self::default(), Self::with);
                (types != Self::default()).then_some(types)
            }
            _ => None,
        }
    }

    pub(crate) fn has(self, kind: JsonType) -> bool {
        self.0 & kind as u8 != 0
    }

    #[must_use]
    pub(crate) fn with(self, kind: JsonType) -> Self {
        Self(self.0 | kind as u8)
    }

    #[must_use]
    pub(crate) fn without(self, kind: JsonType) -> Self {
        Self(self.0 & !(kind as u8))
    }

    #[must_use]
    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The types that both allow; an integer is a number.
    #[must_use]
    pub(crate) fn and(self, other: Self) -> Self {
        let widen = |types: Self| {
            if types.has(JsonType::Number) {
                types.with(JsonType::Integer)
            } else {
                types
            }
        };
        Self(widen(self).0 & widen(other).0)
    }

    /// The types in the set, an integer not beside a number.
    pub(crate) fn iter(self) -> impl Iterator<Item = JsonType> {
        let set = if self.has(JsonType::Number) {
            self.without(JsonType::Integer)
        } else {
            self
        };
        JsonType::ALL.into_iter().filter(move |&kind| set.has(kind))
    }
}
