//! The demands that a goal is made of, and the keywords that can refuse a value.

use super::node::{NodeId, Types};

/// One demand on a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Atom {
    /// The schema takes it.
    Is(NodeId),
    /// The schema refuses it.
    Not(NodeId),
    /// One keyword of the schema refuses it.
    Fail(NodeId, Keyword),
    /// One keyword of the schema refuses it, and is not asked of it either.
    Break(NodeId, Keyword),
    /// It has one of the types.
    Types(Types),
    /// Which way out of a union is taken.
    Pick(NodeId, Rule, u32),
}

/// What makes a union.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Rule {
    AnyOf,
    OneOf,
    If,
    OrNull,
    Dependent(u32),
    Negation,
}

/// A keyword that can refuse a value; members and branches by number, in the order of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Keyword {
    Type,
    Enum,
    Const,
    Minimum,
    Maximum,
    ExclusiveMinimum,
    ExclusiveMaximum,
    MultipleOf,
    MinLength,
    MaxLength,
    Pattern,
    MinItems,
    MaxItems,
    UniqueItems,
    Contains,
    MinProperties,
    MaxProperties,
    Required(u32),
    DependentRequired(u32),
    Property(u32),
    AdditionalProperties,
    UnevaluatedProperties,
    PropertyNames,
    Items,
    PrefixItem(u32),
    Reference,
    AllOf(u32),
    AnyOf,
    OneOf,
    Not,
    Then,
    Else,
}

impl Keyword {
    /// As it is written in a schema.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Enum => "enum",
            Self::Const => "const",
            Self::Minimum => "minimum",
            Self::Maximum => "maximum",
            Self::ExclusiveMinimum => "exclusiveMinimum",
            Self::ExclusiveMaximum => "exclusiveMaximum",
            Self::MultipleOf => "multipleOf",
            Self::MinLength => "minLength",
            Self::MaxLength => "maxLength",
            Self::Pattern => "pattern",
            Self::MinItems => "minItems",
            Self::MaxItems => "maxItems",
            Self::UniqueItems => "uniqueItems",
            Self::Contains => "contains",
            Self::MinProperties => "minProperties",
            Self::MaxProperties => "maxProperties",
            Self::Required(_) => "required",
            Self::DependentRequired(_) => "dependentRequired",
            Self::Property(_) => "properties",
            Self::AdditionalProperties => "additionalProperties",
            Self::UnevaluatedProperties => "unevaluatedProperties",
            Self::PropertyNames => "propertyNames",
            Self::Items => "items",
            Self::PrefixItem(_) => "prefixItems",
            Self::Reference => "$ref",
            Self::AllOf(_) => "allOf",
            Self::AnyOf => "anyOf",
            Self::OneOf => "oneOf",
            Self::Not => "not",
            Self::Then => "then",
            Self::Else => "else",
        }
    }
}
