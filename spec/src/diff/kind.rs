//! The kinds of change, and whom each breaks: one table.
//!
//! A *client* was written for the old document and meets a server of the new one. A *server* was
//! written for the old document and is to conform to the new one. So what a request may hold less
//! breaks clients, and what it may hold more gives servers work; for answers it is the other way
//! round. The weights follow what clients do: none validates bounds of answers, so a looser one is a
//! risk, while a member that is gone breaks who read it.
//!
//! Ideas of what to tell apart are those of oasdiff (<https://www.oasdiff.com/docs/breaking-changes>)
//! and openapi-diff; the classification is derived from JSON Schema 2020-12 and OpenAPI 3.0 and 3.1.

/// How much a change weighs for one side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    /// Who conformed still does.
    #[default]
    None,
    /// Works as far as the side is open to it: ignores what it does not know, sends nothing old.
    Risk,
    /// What was right before is wrong now.
    Breaking,
}

/// Who sends the message in which something changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Requests; the answers of callbacks and webhooks.
    ToServer,
    /// Answers; the requests of callbacks and webhooks.
    ToClient,
}

impl Direction {
    /// The direction of the answer to a message of this one.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::ToServer => Self::ToClient,
            Self::ToClient => Self::ToServer,
        }
    }
}

/// What a change does to either side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// To callers written for the old document.
    pub clients: Impact,
    /// To implementations of the old document.
    pub servers: Impact,
}

impl Effect {
    /// The worse of both for each side.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        Self {
            clients: self.clients.max(other.clients),
            servers: self.servers.max(other.servers),
        }
    }
}

/// Whether something may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// It may not.
    Required,
    /// It may.
    Optional,
}

/// Whether an object may have members that its schema does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Openness {
    /// `additionalProperties` is absent or not `false`.
    Open,
    /// `additionalProperties: false`.
    Closed,
}

/// What an answer's status says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// 1xx to 3xx.
    Success,
    /// 4xx, 5xx and `default`.
    Failure,
}

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names and `Kind::phrase` say it")]
pub enum Kind {
    ServerAdded,
    ServerRemoved,
    OperationAdded,
    OperationRemoved,
    /// The same `operationId` under another path or method.
    OperationMoved,
    OperationIdChanged,
    /// `deprecated: true` came.
    Deprecated,
    /// `deprecated: true` went.
    Undeprecated,
    /// One more way to be let in.
    SecurityAdded,
    SecurityRemoved,
    ParameterAdded(Need),
    ParameterRemoved(Need),
    ParameterRequired,
    ParameterOptional,
    /// A path parameter has another name in the template: nothing changes on the wire.
    PathParameterRenamed,
    /// `style`, `explode`, `allowReserved`, or `schema` became `content`.
    SerializationChanged,
    BodyAdded(Need),
    BodyRemoved(Need),
    BodyRequired,
    BodyOptional,
    MediaTypeAdded,
    MediaTypeRemoved,
    /// How a part of a form or multipart body is written.
    EncodingChanged,
    AnswerAdded(Outcome),
    AnswerRemoved(Outcome),
    HeaderAdded(Need),
    HeaderRemoved(Need),
    HeaderRequired,
    HeaderOptional,
    SchemaAdded,
    SchemaRemoved,
    SchemaRenamed,
    /// Into an object that was open or closed.
    PropertyAdded(Need, Openness),
    /// From an object that is now open or closed.
    PropertyRemoved(Need, Openness),
    PropertyRequired,
    PropertyOptional,
    /// Members that are not named are no longer allowed.
    ObjectClosed,
    ObjectOpened,
    TypeNarrowed,
    TypeWidened,
    TypeChanged,
    NullAdded,
    NullRemoved,
    EnumValueAdded,
    EnumValueRemoved,
    VariantAdded,
    VariantRemoved,
    DiscriminatorChanged,
    ConstraintTightened,
    ConstraintLoosened,
    ConstraintChanged,
    FormatChanged,
    DefaultChanged,
    /// `readOnly` or `writeOnly`.
    AccessChanged,
}

impl Kind {
    /// A stable name for programs: `property-added`.
    pub fn id(self) -> &'static str {
        match self {
            Self::ServerAdded => "server-added",
            Self::ServerRemoved => "server-removed",
            Self::OperationAdded => "operation-added",
            Self::OperationRemoved => "operation-removed",
            Self::OperationMoved => "operation-moved",
            Self::OperationIdChanged => "operation-id-changed",
            Self::Deprecated => "deprecated",
            Self::Undeprecated => "undeprecated",
            Self::SecurityAdded => "security-added",
            Self::SecurityRemoved => "security-removed",
            Self::ParameterAdded(_) => "parameter-added",
            Self::ParameterRemoved(_) => "parameter-removed",
            Self::ParameterRequired => "parameter-required",
            Self::ParameterOptional => "parameter-optional",
            Self::PathParameterRenamed => "path-parameter-renamed",
            Self::SerializationChanged => "serialization-changed",
            Self::BodyAdded(_) => "body-added",
            Self::BodyRemoved(_) => "body-removed",
            Self::BodyRequired => "body-required",
            Self::BodyOptional => "body-optional",
            Self::MediaTypeAdded => "media-type-added",
            Self::MediaTypeRemoved => "media-type-removed",
            Self::EncodingChanged => "encoding-changed",
            Self::AnswerAdded(_) => "answer-added",
            Self::AnswerRemoved(_) => "answer-removed",
            Self::HeaderAdded(_) => "header-added",
            Self::HeaderRemoved(_) => "header-removed",
            Self::HeaderRequired => "header-required",
            Self::HeaderOptional => "header-optional",
            Self::SchemaAdded => "schema-added",
            Self::SchemaRemoved => "schema-removed",
            Self::SchemaRenamed => "schema-renamed",
            Self::PropertyAdded(..) => "property-added",
            Self::PropertyRemoved(..) => "property-removed",
            Self::PropertyRequired => "property-required",
            Self::PropertyOptional => "property-optional",
            Self::ObjectClosed => "object-closed",
            Self::ObjectOpened => "object-opened",
            Self::TypeNarrowed => "type-narrowed",
            Self::TypeWidened => "type-widened",
            Self::TypeChanged => "type-changed",
            Self::NullAdded => "null-added",
            Self::NullRemoved => "null-removed",
            Self::EnumValueAdded => "enum-value-added",
            Self::EnumValueRemoved => "enum-value-removed",
            Self::VariantAdded => "variant-added",
            Self::VariantRemoved => "variant-removed",
            Self::DiscriminatorChanged => "discriminator-changed",
            Self::ConstraintTightened => "constraint-tightened",
            Self::ConstraintLoosened => "constraint-loosened",
            Self::ConstraintChanged => "constraint-changed",
            Self::FormatChanged => "format-changed",
            Self::DefaultChanged => "default-changed",
            Self::AccessChanged => "access-changed",
        }
    }

    /// The change in words that follow the name of the place: `required property added`.
    pub fn phrase(self) -> &'static str {
        use Need::{Optional, Required};
        match self {
            Self::ServerAdded => "server added",
            Self::ServerRemoved => "server removed",
            Self::OperationAdded => "operation added",
            Self::OperationRemoved => "operation removed",
            Self::OperationMoved => "operation moved",
            Self::OperationIdChanged => "operationId changed",
            Self::Deprecated => "now deprecated",
            Self::Undeprecated => "no longer deprecated",
            Self::SecurityAdded => "now also let in with",
            Self::SecurityRemoved => "no longer let in with",
            Self::ParameterAdded(Required) => "required parameter added",
            Self::ParameterAdded(Optional) => "optional parameter added",
            Self::ParameterRemoved(Required) => "required parameter removed",
            Self::ParameterRemoved(Optional) => "optional parameter removed",
            Self::ParameterRequired => "parameter became required",
            Self::ParameterOptional => "parameter became optional",
            Self::PathParameterRenamed => "path parameter renamed",
            Self::SerializationChanged => "written differently",
            Self::BodyAdded(Required) => "required body added",
            Self::BodyAdded(Optional) => "optional body added",
            Self::BodyRemoved(Required) => "required body removed",
            Self::BodyRemoved(Optional) => "optional body removed",
            Self::BodyRequired => "body became required",
            Self::BodyOptional => "body became optional",
            Self::MediaTypeAdded => "media type added",
            Self::MediaTypeRemoved => "media type removed",
            Self::EncodingChanged => "encoding of parts changed",
            Self::AnswerAdded(_) => "answer added",
            Self::AnswerRemoved(_) => "answer removed",
            Self::HeaderAdded(Required) => "required header added",
            Self::HeaderAdded(Optional) => "optional header added",
            Self::HeaderRemoved(Required) => "required header removed",
            Self::HeaderRemoved(Optional) => "optional header removed",
            Self::HeaderRequired => "header became required",
            Self::HeaderOptional => "header became optional",
            Self::SchemaAdded => "schema added",
            Self::SchemaRemoved => "schema removed",
            Self::SchemaRenamed => "schema renamed",
            Self::PropertyAdded(Required, _) => "required property added",
            Self::PropertyAdded(Optional, _) => "optional property added",
            Self::PropertyRemoved(Required, _) => "required property removed",
            Self::PropertyRemoved(Optional, _) => "optional property removed",
            Self::PropertyRequired => "property became required",
            Self::PropertyOptional => "property became optional",
            Self::ObjectClosed => "closed to members without a name",
            Self::ObjectOpened => "opened to members without a name",
            Self::TypeNarrowed => "type narrowed",
            Self::TypeWidened => "type widened",
            Self::TypeChanged => "type changed",
            Self::NullAdded => "may now be null",
            Self::NullRemoved => "may no longer be null",
            Self::EnumValueAdded => "enum value added",
            Self::EnumValueRemoved => "enum value removed",
            Self::VariantAdded => "variant added",
            Self::VariantRemoved => "variant removed",
            Self::DiscriminatorChanged => "discriminator changed",
            Self::ConstraintTightened => "constraint tightened",
            Self::ConstraintLoosened => "constraint loosened",
            Self::ConstraintChanged => "constraint changed",
            Self::FormatChanged => "format changed",
            Self::DefaultChanged => "default changed",
            Self::AccessChanged => "access changed",
        }
    }

    /// The change that takes this one back: what comparing the other way round finds in its place.
    #[must_use]
    pub fn mirror(self) -> Self {
        match self {
            Self::ServerAdded => Self::ServerRemoved,
            Self::ServerRemoved => Self::ServerAdded,
            Self::OperationAdded => Self::OperationRemoved,
            Self::OperationRemoved => Self::OperationAdded,
            Self::Deprecated => Self::Undeprecated,
            Self::Undeprecated => Self::Deprecated,
            Self::SecurityAdded => Self::SecurityRemoved,
            Self::SecurityRemoved => Self::SecurityAdded,
            Self::ParameterAdded(need) => Self::ParameterRemoved(need),
            Self::ParameterRemoved(need) => Self::ParameterAdded(need),
            Self::ParameterRequired => Self::ParameterOptional,
            Self::ParameterOptional => Self::ParameterRequired,
            Self::BodyAdded(need) => Self::BodyRemoved(need),
            Self::BodyRemoved(need) => Self::BodyAdded(need),
            Self::BodyRequired => Self::BodyOptional,
            Self::BodyOptional => Self::BodyRequired,
            Self::MediaTypeAdded => Self::MediaTypeRemoved,
            Self::MediaTypeRemoved => Self::MediaTypeAdded,
            Self::AnswerAdded(outcome) => Self::AnswerRemoved(outcome),
            Self::AnswerRemoved(outcome) => Self::AnswerAdded(outcome),
            Self::HeaderAdded(need) => Self::HeaderRemoved(need),
            Self::HeaderRemoved(need) => Self::HeaderAdded(need),
            Self::HeaderRequired => Self::HeaderOptional,
            Self::HeaderOptional => Self::HeaderRequired,
            Self::SchemaAdded => Self::SchemaRemoved,
            Self::SchemaRemoved => Self::SchemaAdded,
            Self::PropertyAdded(need, openness) => Self::PropertyRemoved(need, openness),
            Self::PropertyRemoved(need, openness) => Self::PropertyAdded(need, openness),
            Self::PropertyRequired => Self::PropertyOptional,
            Self::PropertyOptional => Self::PropertyRequired,
            Self::ObjectClosed => Self::ObjectOpened,
            Self::ObjectOpened => Self::ObjectClosed,
            Self::TypeNarrowed => Self::TypeWidened,
            Self::TypeWidened => Self::TypeNarrowed,
            Self::NullAdded => Self::NullRemoved,
            Self::NullRemoved => Self::NullAdded,
            Self::EnumValueAdded => Self::EnumValueRemoved,
            Self::EnumValueRemoved => Self::EnumValueAdded,
            Self::VariantAdded => Self::VariantRemoved,
            Self::VariantRemoved => Self::VariantAdded,
            Self::ConstraintTightened => Self::ConstraintLoosened,
            Self::ConstraintLoosened => Self::ConstraintTightened,
            Self::OperationMoved
            | Self::OperationIdChanged
            | Self::PathParameterRenamed
            | Self::SerializationChanged
            | Self::EncodingChanged
            | Self::SchemaRenamed
            | Self::TypeChanged
            | Self::DiscriminatorChanged
            | Self::ConstraintChanged
            | Self::FormatChanged
            | Self::DefaultChanged
            | Self::AccessChanged => self,
        }
    }

    /// Whom the change breaks where it stands in a message of `direction`.
    #[expect(
        clippy::match_same_arms,
        reason = "a table: kinds of one subject stand together"
    )]
    pub fn effect(self, direction: Direction) -> Effect {
        use Impact::{Breaking, None, Risk};
        use Need::{Optional, Required};
        use Openness::{Closed, Open};
        // (clients, servers): of a request, then of an answer.
        let (request, answer) = match self {
            Self::ServerAdded => ((None, None), (None, None)),
            Self::ServerRemoved => ((Risk, None), (Risk, None)),
            Self::OperationAdded => ((None, Breaking), (Risk, None)),
            Self::OperationRemoved => ((Breaking, None), (Breaking, None)),
            Self::OperationMoved => ((Breaking, Breaking), (Breaking, Breaking)),
            Self::Deprecated
            | Self::Undeprecated
            | Self::OperationIdChanged
            | Self::PathParameterRenamed
            | Self::SchemaAdded
            | Self::SchemaRemoved
            | Self::SchemaRenamed => ((None, None), (None, None)),
            Self::SecurityAdded => ((None, Breaking), (Breaking, None)),
            Self::SecurityRemoved => ((Breaking, None), (None, Breaking)),

            Self::ParameterAdded(Required) => ((Breaking, Risk), (Risk, Breaking)),
            Self::ParameterAdded(Optional) => ((None, Risk), (Risk, None)),
            Self::ParameterRemoved(Required) => ((Risk, Breaking), (Breaking, Risk)),
            Self::ParameterRemoved(Optional) => ((Risk, None), (Breaking, None)),
            Self::SerializationChanged => ((Breaking, Breaking), (Breaking, Breaking)),
            Self::BodyAdded(Required) => ((Breaking, Risk), (Risk, Breaking)),
            Self::BodyAdded(Optional) => ((None, Risk), (Risk, None)),
            Self::BodyRemoved(Required) => ((Risk, Breaking), (Breaking, Risk)),
            Self::BodyRemoved(Optional) => ((Risk, None), (Breaking, None)),
            Self::ParameterRequired | Self::BodyRequired => ((Breaking, None), (None, Breaking)),
            Self::ParameterOptional | Self::BodyOptional => ((None, Breaking), (Breaking, None)),
            Self::MediaTypeAdded => ((None, Breaking), (Risk, None)),
            Self::MediaTypeRemoved => ((Breaking, None), (Breaking, Breaking)),
            Self::EncodingChanged => ((Risk, Risk), (Risk, Risk)),

            // A success that is new has a body that old clients do not know; they handle failures by class.
            Self::AnswerAdded(Outcome::Success) => ((None, Risk), (Risk, None)),
            Self::AnswerAdded(Outcome::Failure) => ((None, Risk), (None, None)),
            Self::AnswerRemoved(Outcome::Success) => ((None, Breaking), (Breaking, Breaking)),
            Self::AnswerRemoved(Outcome::Failure) => ((None, Risk), (None, Risk)),
            Self::HeaderAdded(Required) => ((Breaking, Risk), (None, Breaking)),
            Self::HeaderAdded(Optional) => ((None, Risk), (None, None)),
            Self::HeaderRemoved(Required) => ((Risk, Breaking), (Breaking, None)),
            Self::HeaderRemoved(Optional) => ((Risk, None), (Risk, None)),
            Self::HeaderRequired => ((Breaking, None), (None, Breaking)),
            Self::HeaderOptional => ((None, Breaking), (Breaking, None)),

            // A default does not help: a request without the member is invalid all the same.
            Self::PropertyAdded(Required, Open) => ((Breaking, Risk), (None, Breaking)),
            Self::PropertyAdded(Required, Closed) => ((Breaking, Breaking), (Risk, Breaking)),
            Self::PropertyAdded(Optional, Open) => ((None, Risk), (None, None)),
            Self::PropertyAdded(Optional, Closed) => ((None, Breaking), (Risk, None)),
            Self::PropertyRemoved(Required, Open) => ((Risk, Breaking), (Breaking, None)),
            Self::PropertyRemoved(Required, Closed) => ((Breaking, Breaking), (Breaking, Breaking)),
            Self::PropertyRemoved(Optional, Open) => ((Risk, None), (Breaking, None)),
            Self::PropertyRemoved(Optional, Closed) => ((Breaking, None), (Breaking, Breaking)),
            Self::PropertyRequired => ((Breaking, None), (None, Breaking)),
            Self::PropertyOptional => ((None, Breaking), (Breaking, None)),
            Self::ObjectClosed => ((Breaking, None), (None, Breaking)),
            Self::ObjectOpened => ((None, Risk), (Risk, None)),

            Self::TypeNarrowed | Self::NullRemoved => ((Breaking, None), (None, Breaking)),
            Self::TypeWidened | Self::NullAdded => ((None, Breaking), (Breaking, None)),
            Self::TypeChanged | Self::DiscriminatorChanged => {
                ((Breaking, Breaking), (Breaking, Breaking))
            }
            // Answers: a client that is open to tomorrow keeps what it does not know.
            Self::EnumValueAdded | Self::VariantAdded => ((None, Breaking), (Risk, None)),
            Self::EnumValueRemoved | Self::VariantRemoved => ((Breaking, None), (None, Breaking)),
            Self::ConstraintTightened => ((Breaking, None), (None, Breaking)),
            Self::ConstraintLoosened => ((None, Breaking), (Risk, None)),
            Self::ConstraintChanged => ((Breaking, Breaking), (Risk, Breaking)),
            // An annotation by default (JSON Schema 2020-12, Validation, section 7.2.1), yet read by many.
            Self::FormatChanged => ((Risk, Risk), (Risk, Risk)),
            Self::DefaultChanged => ((Risk, Risk), (None, None)),
            Self::AccessChanged => ((Risk, Risk), (Risk, Risk)),
        };
        let (clients, servers) = match direction {
            Direction::ToServer => request,
            Direction::ToClient => answer,
        };
        Effect { clients, servers }
    }
}
