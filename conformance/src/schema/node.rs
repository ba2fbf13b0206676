//! One schema of a document as its keywords say it: no merging, no judgement.
//!
//! A [`Node`] is what both sides read, the validator and the generator, so that they cannot
//! disagree about what a keyword of an OpenAPI 3.0 or 3.1 document means.

use std::{fmt, sync::OnceLock};

use indexmap::IndexMap;
use serde_json::{Number, Value};
use spec::Location;

/// The index of a [`Node`] among the nodes of its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(pub(crate) u32);

impl NodeId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A schema and where it stands.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) at: Location,
    pub(crate) kind: Kind,
    /// Compiled when it is first asked for.
    pub(crate) judge: OnceLock<super::judge::Judge>,
    /// The same, with formats as assertions.
    pub(crate) with_formats: OnceLock<jsonschema::Validator>,
}

/// What a schema is.
#[derive(Debug)]
pub(crate) enum Kind {
    /// `true`.
    Always,
    /// `false`.
    Never,
    /// An object of keywords.
    Keywords(Box<Keywords>),
}

/// The keywords of one schema object, in the meaning of JSON Schema 2020-12.
#[derive(Debug, Default)]
pub(crate) struct Keywords {
    pub(crate) types: Option<Types>,
    pub(crate) enumeration: Option<Vec<Value>>,
    pub(crate) constant: Option<Value>,
    pub(crate) minimum: Option<Number>,
    pub(crate) maximum: Option<Number>,
    pub(crate) exclusive_minimum: Option<Number>,
    pub(crate) exclusive_maximum: Option<Number>,
    pub(crate) multiple_of: Option<Number>,
    pub(crate) min_length: Option<u64>,
    pub(crate) max_length: Option<u64>,
    pub(crate) pattern: Option<String>,
    pub(crate) format: Option<String>,
    pub(crate) prefix_items: Vec<NodeId>,
    pub(crate) items: Option<NodeId>,
    pub(crate) contains: Option<NodeId>,
    pub(crate) min_contains: Option<u64>,
    pub(crate) max_contains: Option<u64>,
    pub(crate) min_items: Option<u64>,
    pub(crate) max_items: Option<u64>,
    pub(crate) unique_items: bool,
    pub(crate) unevaluated_items: Option<NodeId>,
    pub(crate) properties: IndexMap<String, NodeId>,
    /// Members that must not be sent in this direction: `readOnly` in a request, `writeOnly` in an answer.
    pub(crate) omitted: Vec<String>,
    pub(crate) pattern_properties: IndexMap<String, NodeId>,
    pub(crate) additional_properties: Option<NodeId>,
    pub(crate) property_names: Option<NodeId>,
    pub(crate) required: Vec<String>,
    pub(crate) dependent_required: IndexMap<String, Vec<String>>,
    pub(crate) dependent_schemas: IndexMap<String, NodeId>,
    pub(crate) min_properties: Option<u64>,
    pub(crate) max_properties: Option<u64>,
    pub(crate) unevaluated_properties: Option<NodeId>,
    pub(crate) reference: Option<NodeId>,
    pub(crate) all_of: Vec<NodeId>,
    pub(crate) any_of: Option<Vec<NodeId>>,
    pub(crate) one_of: Option<Vec<NodeId>>,
    pub(crate) not: Option<NodeId>,
    pub(crate) if_: Option<NodeId>,
    pub(crate) then: Option<NodeId>,
    pub(crate) else_: Option<NodeId>,
    /// OpenAPI 3.0 `nullable` beside a composition: null is fine, whatever the rest says.
    pub(crate) or_null: bool,
    pub(crate) write_only: bool,
    pub(crate) examples: Vec<Value>,
    pub(crate) default: Option<Value>,
}

impl Keywords {
    /// The schemas that this one names, wherever they stand.
    pub(crate) fn children(&self) -> Vec<NodeId> {
        let mut all = Vec::new();
        all.extend(&self.prefix_items);
        all.extend(self.properties.values());
        all.extend(self.pattern_properties.values());
        all.extend(self.dependent_schemas.values());
        all.extend(&self.all_of);
        all.extend(self.any_of.iter().flatten());
        all.extend(self.one_of.iter().flatten());
        all.extend(
            [
                self.items,
                self.contains,
                self.unevaluated_items,
                self.additional_properties,
                self.property_names,
                self.unevaluated_properties,
                self.reference,
                self.not,
                self.if_,
                self.then,
                self.else_,
            ]
            .into_iter()
            .flatten(),
        );
        all
    }
}

/// A set of JSON types; integers and numbers with a fraction are told apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Types(u8);

impl Types {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const NULL: Self = Self(1);
    pub(crate) const BOOLEAN: Self = Self(2);
    pub(crate) const INTEGER: Self = Self(4);
    /// Numbers that are not integers.
    pub(crate) const FRACTION: Self = Self(8);
    pub(crate) const NUMBER: Self = Self(12);
    pub(crate) const STRING: Self = Self(16);
    pub(crate) const ARRAY: Self = Self(32);
    pub(crate) const OBJECT: Self = Self(64);
    pub(crate) const ALL: Self = Self(127);

    /// One type each, the simplest first.
    pub(crate) const EACH: [Self; 7] = [
        Self::NULL,
        Self::BOOLEAN,
        Self::INTEGER,
        Self::FRACTION,
        Self::STRING,
        Self::ARRAY,
        Self::OBJECT,
    ];

    /// The type of that name; `None` if JSON Schema has none.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self::NUMBER,
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => return None,
        })
    }

    /// The type of a value.
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(number) if is_integer(number) => Self::INTEGER,
            Value::Number(_) => Self::FRACTION,
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The types in the set, the simplest first.
    pub(crate) fn each(self) -> impl Iterator<Item = Self> {
        Self::EACH.into_iter().filter(move |one| self.has(*one))
    }

    /// The names that JSON Schema has for the set.
    pub(crate) fn names(self) -> Vec<&'static str> {
        let mut names = Vec::new();
        for (one, name) in [
            (Self::NULL, "null"),
            (Self::BOOLEAN, "boolean"),
            (Self::STRING, "string"),
            (Self::ARRAY, "array"),
            (Self::OBJECT, "object"),
        ] {
            if self.has(one) {
                names.push(name);
            }
        }
        if self.has(Self::FRACTION) {
            names.push("number");
        } else if self.has(Self::INTEGER) {
            names.push("integer");
        }
        names
    }
}

impl fmt::Debug for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().join("|"))
    }
}

/// Whether JSON Schema takes the number for an integer: `1.0` is one.
pub(crate) fn is_integer(number: &Number) -> bool {
    !number.is_f64() || number.as_f64().is_some_and(|float| float.fract() == 0.0)
}
