//! What a caller should know about a generation beside the files.

use std::fmt;

use spec::{Diagnostic, Location};

/// What was decided and may surprise.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Every place where a type became a free JSON value.
    pub fallbacks: Vec<Fallback>,
    /// What the document asks for and the client does not do.
    pub warnings: Vec<Diagnostic>,
    /// Every place that holds a secret (`format: password`).
    pub secrets: Vec<Location>,
    /// Texts whose name looks like a secret's and that are classified neither way
    /// (`format: password`, or `x-secret: false`).
    pub unclassified: Vec<Location>,
    /// Keywords that neither a type nor a check of the client stands for (`not`, `if`, `contains`…):
    /// what they say of a value is the server's to check.
    pub unchecked: Vec<Location>,
    /// How much there is.
    pub counts: Counts,
}

/// How much a client has of what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Methods of the client.
    pub operations: usize,
    /// Structs.
    pub structs: usize,
    /// Enums of fixed values.
    pub enums: usize,
    /// Unions.
    pub unions: usize,
    /// Unions that are decoded by trial.
    pub tried_unions: usize,
}

/// A type that became a free JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallback {
    /// The schema.
    pub location: Location,
    /// Why.
    pub reason: Reason,
}

/// Why a type is a free JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// An object with any members.
    FreeObject,
    /// A schema that allows everything.
    EmptySchema,
    /// A member that is required and that no schema describes.
    Undescribed,
    /// A schema that allows nothing.
    NoValue,
    /// An `enum` or `const` of values that are not all texts or all integers.
    MixedEnum,
    /// Types that cannot hold at once.
    Contradiction,
    /// A list or map of itself, without an object between.
    Endless,
    /// Lists and maps within each other, deeper than a type can say.
    TooDeep,
    /// `patternProperties` of different types.
    MixedPatterns,
    /// A reference that leads nowhere.
    Unresolved,
}

impl Reason {
    /// Whether the document itself leaves the value free: nothing could be said in its place.
    pub fn is_the_documents(self) -> bool {
        matches!(
            self,
            Self::FreeObject | Self::EmptySchema | Self::Undescribed
        )
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FreeObject => "the object may have any members",
            Self::EmptySchema => "the schema allows any value",
            Self::Undescribed => "no schema describes members that are required",
            Self::NoValue => "the schema allows no value",
            Self::MixedEnum => "the values are neither all texts nor all integers",
            Self::Contradiction => "the types cannot hold at once",
            Self::Endless => "the list or map consists of itself",
            Self::TooDeep => "lists and maps are nested too deep",
            Self::MixedPatterns => "the patterns have different types",
            Self::Unresolved => "the reference leads nowhere",
        })
    }
}
