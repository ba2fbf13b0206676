//! The client in plain data: every decision is taken, nothing is written yet.
//!
//! [`crate::lower`] makes it from a document, [`crate::emit`] turns it into tokens.
//! No item refers to the document but through an `origin`, which serves diagnostics
//! and comments. Everything is in the order in which it is written.

pub mod dump;

use serde_json::Value;
use spec::Location;

/// A whole client.
#[derive(Clone, Debug)]
pub struct Api {
    /// Of the document's `info`.
    pub title: String,
    /// Of the document's `info`, markdown.
    pub description: Option<String>,
    /// Of the document's `info`: the version of the interface, not of OpenAPI.
    pub version: String,
    /// Base URLs that the document names; relative ones and those with variables are left out.
    pub servers: Vec<Server>,
    /// How a caller can show who it is.
    pub auth: Vec<Auth>,
    /// Every named type, sorted by module and then by name. [`TypeId`] indexes this.
    pub types: Vec<TypeDef>,
    /// The operations by tag, sorted by module.
    pub groups: Vec<Group>,
}

impl Api {
    /// The definition behind `id`.
    pub fn type_def(&self, id: TypeId) -> &TypeDef {
        &self.types[id.0]
    }
}

/// A base URL that the document names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Absolute, without a trailing slash.
    pub url: String,
    /// `x-fern-server-name` or the description, if there is one.
    pub name: Option<String>,
}

/// One way to authenticate, lifted from operations to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Auth {
    /// The setter on the client's builder, e.g. `api_key`, `bearer_token`.
    pub rust: String,
    /// How the credential travels.
    pub scheme: AuthScheme,
    /// Sentences for the setter.
    pub docs: Docs,
    /// The security scheme, or the header parameter it was lifted from.
    pub origin: Location,
}

/// How a credential travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthScheme {
    /// A header with the key as it is, e.g. `x-api-key`.
    Header(String),
    /// A query parameter with the key as it is.
    Query(String),
    /// A cookie with the key as it is.
    Cookie(String),
    /// `Authorization: Bearer …` (RFC 6750); OAuth2 and OpenID Connect tokens too.
    Bearer,
    /// `Authorization: Basic …` (RFC 7617).
    Basic,
}

/// Text from the document for a doc comment, markdown, already free of what rustdoc would misread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Docs {
    /// Paragraphs; each may hold line breaks.
    pub paragraphs: Vec<String>,
}

impl Docs {
    /// How long they are, in bytes.
    pub(crate) fn length(&self) -> usize {
        self.paragraphs.iter().map(String::len).sum()
    }
}

/// Index into [`Api::types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub usize);

/// A type with a name of its own.
#[derive(Clone, Debug)]
pub struct TypeDef {
    /// Upper camel case, unique in the crate whatever the module, no keyword.
    pub name: String,
    /// The module it is written in: snake case, from the tag whose operations alone reach it, else `common`.
    pub module: String,
    /// From title-free sources: `description` of the schema.
    pub docs: Docs,
    /// The schema's `deprecated`.
    pub deprecated: bool,
    /// Whether some request holds it.
    pub in_request: bool,
    /// Whether some response holds it.
    pub in_response: bool,
    /// Whether a secret lies in it or in anything that it holds. Where a member of it is a free value
    /// ([`TypeRef::Any`], [`TypeRef::AnyObject`]), that may be the secret: it must not be printed either.
    pub holds_secret: bool,
    /// What it is.
    pub kind: TypeKind,
    /// The schema.
    pub origin: Location,
}

/// What a named type is.
#[derive(Clone, Debug)]
pub enum TypeKind {
    /// An object with named members.
    Struct(Struct),
    /// A fixed set of scalar values, open to tomorrow's.
    Enum(Enum),
    /// One of several shapes.
    Union(Union),
    /// A named schema that is no more than another type: a `pub type`.
    Alias(TypeRef),
}

/// An object with named members.
#[derive(Clone, Debug)]
pub struct Struct {
    /// In the order of the document.
    pub fields: Vec<Field>,
    /// Members beyond the named ones.
    pub rest: Rest,
    /// `minProperties`, `maxProperties`.
    pub constraints: Constraints,
}

/// What becomes of members without a name.
#[derive(Clone, Debug)]
pub enum Rest {
    /// Read over: the document does not speak of them.
    Ignored,
    /// Refused when constraints are checked: `additionalProperties: false`. Reading stays tolerant.
    Forbidden,
    /// Kept in a flattened map: `additionalProperties` or `patternProperties` beside named members. `rust` is its field.
    Kept {
        /// The name of the field.
        rust: String,
        /// The type of each value.
        value: TypeRef,
    },
}

/// A member of an object.
#[derive(Clone, Debug)]
pub struct Field {
    /// The name in JSON.
    pub wire: String,
    /// The name in Rust: snake case, unique in its struct, raw if it is a keyword.
    pub rust: String,
    /// The type of a value that is there and not null.
    pub ty: TypeRef,
    /// Whether it may be absent or null, and whether these two differ.
    pub presence: Presence,
    /// The document's `default`: documentation, and what a reader may assume. Never sent unless set.
    pub default: Option<Value>,
    /// A value the schema fixes with `const`. The field is not an argument: it is written by itself.
    pub fixed: Option<Value>,
    /// `readOnly`: never sent.
    pub read_only: bool,
    /// `writeOnly`: never expected in an answer.
    pub write_only: bool,
    /// The member's description.
    pub docs: Docs,
    /// The member's `deprecated`.
    pub deprecated: bool,
    /// What its value must satisfy beyond its type.
    pub constraints: Constraints,
    /// The member's schema.
    pub origin: Location,
}

/// Absent, null, and a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Always there, never null: `T`.
    Required,
    /// Always there, maybe null: `Option<T>`, null is written.
    RequiredNullable,
    /// Maybe absent, and null means the same if the document allows it: `Option<T>`, left out when `None`.
    Optional,
    /// Absent, null and a value mean three things (update and PATCH bodies): `Patch<T>`.
    Patch,
}

/// The use of a type.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeRef {
    /// A named type; `boxed` where the value would otherwise contain itself.
    Named {
        /// Which.
        id: TypeId,
        /// Whether it stands behind a `Box`.
        boxed: bool,
    },
    /// `String`.
    String,
    /// `Secret`: redacted in `Debug`, zeroed on drop.
    Secret,
    /// `bool`.
    Bool,
    /// `i32`, `i64`, `u64`…: from `format` and the bounds.
    Integer(IntegerWidth),
    /// `f64`, for `format: float` too: a server may write more digits than that has. An integral value is written without a fraction.
    Number,
    /// RFC 3339, offset optional when read; keeps its text.
    DateTime,
    /// RFC 3339 `full-date`; keeps its text.
    Date,
    /// Raw bytes: a binary body or multipart part.
    Binary,
    /// A list.
    Array(Box<TypeRef>),
    /// `prefixItems` of a fixed length.
    Tuple(Vec<TypeRef>),
    /// An object with arbitrary names: `BTreeMap<String, _>`.
    Map(Box<TypeRef>),
    /// A value that may be null inside a list, a map or a union.
    Nullable(Box<TypeRef>),
    /// Only null: `()`.
    Null,
    /// Any JSON value. The reason is in the report of fallbacks.
    Any,
    /// An object with any members: `serde_json::Map`.
    AnyObject,
}

/// How wide an integer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntegerWidth {
    /// `format: int32`.
    I32,
    /// The rule.
    I64,
    /// Where the bounds leave no negative value and reach beyond `i64`, or `format: uint64`.
    U64,
}

/// A fixed set of scalar values. A value outside it decodes to `Unknown` and is written back as it came.
#[derive(Clone, Debug)]
pub struct Enum {
    /// In the order of the document. All strings, or all integers.
    pub variants: Vec<EnumVariant>,
    /// The schema's default, an index into the variants. Never the first one for want of a better.
    pub default: Option<usize>,
}

/// One value of an [`Enum`].
#[derive(Clone, Debug)]
pub struct EnumVariant {
    /// Upper camel case, unique in the enum, never `Unknown`.
    pub rust: String,
    /// The value in JSON: a string or an integer.
    pub value: Value,
    /// From `x-enum-descriptions` and the like.
    pub docs: Docs,
}

/// One of several shapes.
#[derive(Clone, Debug)]
pub struct Union {
    /// In the order of the document.
    pub variants: Vec<UnionVariant>,
    /// How a reader tells them apart.
    pub decision: Decision,
}

/// One shape of a [`Union`].
#[derive(Clone, Debug)]
pub struct UnionVariant {
    /// Upper camel case, unique in the union, never `Unknown`.
    pub rust: String,
    /// What it holds.
    pub ty: TypeRef,
    /// What the value must satisfy beyond its type.
    pub constraints: Constraints,
    /// The branch's description.
    pub docs: Docs,
    /// The branch.
    pub origin: Location,
}

/// How a reader tells the variants apart, by the JSON type of the value first.
///
/// Variants are indices into [`Union::variants`]. Null is not among the types: a union that
/// allows null is used through `Presence` or [`TypeRef::Nullable`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// `true` and `false`.
    pub boolean: Option<usize>,
    /// Numbers without a fraction; where only a floating-point variant takes numbers, the same as `number`.
    pub integer: Option<usize>,
    /// Numbers with a fraction.
    pub number: Option<usize>,
    /// Text.
    pub string: Vec<StringRule>,
    /// Lists.
    pub array: Option<ArrayRule>,
    /// Objects.
    pub object: Option<ObjectRule>,
}

/// Which variant takes a text. The first rule that matches wins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StringRule {
    /// Only these texts; any text if empty. An open enum is last but for plain text.
    pub only: Vec<String>,
    /// The variant.
    pub variant: usize,
}

/// Which variant takes a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArrayRule {
    /// The only one there is.
    One(usize),
    /// Tried in this order: the document gives nothing else to tell them by. Lowering has said so.
    Try(Vec<usize>),
}

/// Which variant takes an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectRule {
    /// The only one there is.
    One(usize),
    /// By the value of one member: a discriminator, or a `const` that every branch has.
    Tag {
        /// The member.
        wire: String,
        /// Each value and its variant.
        values: Vec<(String, usize)>,
        /// What it is when the member is absent: the first of these whose required members are all there,
        /// else a shape of tomorrow. `None` if every variant requires the member: that is an error.
        missing: Option<Vec<KeyFallback>>,
        /// Variants whose own struct has not the member, in order: it is taken out when they are read,
        /// where none has it, and written in front of them.
        bare: Vec<usize>,
    },
    /// By the members that are there.
    Keys {
        /// A member that only one branch knows, or whose JSON type only one branch allows. The first seen decides.
        decisive: Vec<KeyRule>,
        /// When nothing decided: the first of these whose required members are all there.
        otherwise: Vec<KeyFallback>,
    },
    /// Tried in this order: the document gives nothing else to tell them by. Lowering has said so.
    Try(Vec<usize>),
}

/// A member that decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRule {
    /// The member.
    pub wire: String,
    /// Only for values of this JSON type (`string`, `object`, …); any type if `None`.
    pub json_type: Option<&'static str>,
    /// Only for this text, where branches fix the member to different constants.
    pub value: Option<String>,
    /// The variant.
    pub variant: usize,
}

/// What an object with certain members is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFallback {
    /// The members that must be there.
    pub required: Vec<String>,
    /// The variant.
    pub variant: usize,
}

/// What a value must satisfy beyond its type: checked before sending, on request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Constraints {
    /// In characters, as JSON Schema counts them.
    pub min_length: Option<u64>,
    /// In characters, as JSON Schema counts them.
    pub max_length: Option<u64>,
    /// A regular expression that the `regex` crate can read; others were reported and left out.
    pub pattern: Option<String>,
    /// Inclusive.
    pub minimum: Option<serde_json::Number>,
    /// Inclusive.
    pub maximum: Option<serde_json::Number>,
    /// Exclusive.
    pub exclusive_minimum: Option<serde_json::Number>,
    /// Exclusive.
    pub exclusive_maximum: Option<serde_json::Number>,
    /// A factor.
    pub multiple_of: Option<serde_json::Number>,
    /// Of a list.
    pub min_items: Option<u64>,
    /// Of a list.
    pub max_items: Option<u64>,
    /// Of a list.
    pub unique_items: bool,
    /// Of an object.
    pub min_properties: Option<u64>,
    /// Of an object.
    pub max_properties: Option<u64>,
    /// Of each element of a list or each value of a map.
    pub each: Option<Box<Constraints>>,
}

/// The operations of one tag.
#[derive(Clone, Debug)]
pub struct Group {
    /// Snake case.
    pub module: String,
    /// The tag as the document writes it, with its description.
    pub docs: Docs,
    /// In the order of the document.
    pub operations: Vec<Operation>,
}

/// One operation: one method of the client.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Snake case, unique in the client.
    pub rust: String,
    /// The stem for its own types, upper camel case: `UpdateCredential` gives `UpdateCredentialParams`, `UpdateCredentialError`.
    pub stem: String,
    /// The document's `operationId`.
    pub operation_id: Option<String>,
    /// The method.
    pub method: Method,
    /// The path, in pieces, appended to the base URL.
    pub path: Vec<PathPiece>,
    /// Summary and description.
    pub docs: Docs,
    /// The operation's `deprecated`.
    pub deprecated: bool,
    /// In the order of the document, without those lifted to the client.
    pub parameters: Vec<Parameter>,
    /// The body of the request.
    pub body: Option<RequestBody>,
    /// In the order of the status.
    pub responses: Vec<Response>,
    /// Indices into [`Api::auth`] that this operation takes.
    pub auth: Vec<usize>,
    /// How to walk its pages.
    pub pages: Option<Pages>,
    /// The operation.
    pub origin: Location,
}

/// A method of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "named by RFC 9110")]
pub enum Method {
    Get,
    Put,
    Post,
    Delete,
    Options,
    Head,
    Patch,
    Trace,
}

/// A piece of a path template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathPiece {
    /// As it is.
    Literal(String),
    /// The parameter: an index into [`Operation::parameters`].
    Parameter(usize),
}

/// A parameter of an operation.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The name in the request.
    pub wire: String,
    /// Snake case, unique in the operation.
    pub rust: String,
    /// Where it travels.
    pub place: ParameterPlace,
    /// How its value is written.
    pub encoding: ParameterEncoding,
    /// Whether it must be given. Path parameters always are.
    pub required: bool,
    /// The type of its value. A nullable parameter is an optional one.
    pub ty: TypeRef,
    /// The document's `default`. Never sent unless set.
    pub default: Option<Value>,
    /// Its description.
    pub docs: Docs,
    /// Its `deprecated`.
    pub deprecated: bool,
    /// What its value must satisfy beyond its type.
    pub constraints: Constraints,
    /// The parameter.
    pub origin: Location,
}

/// Where a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "named by OpenAPI's `in`")]
pub enum ParameterPlace {
    Path,
    Query,
    Header,
    Cookie,
}

/// How the value of a parameter is written (OpenAPI 3.1, "Style Values").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterEncoding {
    /// A style; its defaults are resolved.
    Style {
        /// The style.
        style: Style,
        /// Whether elements are apart.
        explode: bool,
        /// Whether reserved characters stay as they are.
        allow_reserved: bool,
    },
    /// `content` with a JSON media type.
    Json,
}

/// The styles of OpenAPI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named by OpenAPI's `style`")]
pub enum Style {
    Matrix,
    Label,
    Simple,
    Form,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
}

/// The body of a request.
#[derive(Clone, Debug)]
pub struct RequestBody {
    /// Whether it must be given.
    pub required: bool,
    /// The media type that is sent. Another one is sent by another operation, named after this one.
    pub media: Media,
    /// Its description.
    pub docs: Docs,
}

/// Content in a media type.
#[derive(Clone, Debug)]
pub struct Media {
    /// As the document writes it, e.g. `application/json`.
    pub media_type: String,
    /// How it is read and written.
    pub kind: MediaKind,
}

/// How content is read and written.
#[derive(Clone, Debug)]
pub enum MediaKind {
    /// JSON, `application/*+json` too.
    Json(TypeRef),
    /// `application/x-www-form-urlencoded`.
    Form(TypeRef),
    /// `multipart/form-data`: the parts of an object.
    Multipart(Vec<Part>),
    /// `text/*`.
    Text,
    /// `text/event-stream`: a stream of events.
    Events,
    /// Anything else: bytes, streamed.
    Binary,
}

/// A part of a multipart body.
#[derive(Clone, Debug)]
pub struct Part {
    /// The name of the part.
    pub wire: String,
    /// Snake case, unique in the body.
    pub rust: String,
    /// [`TypeRef::Binary`] is a file, streamed; scalars are text; everything else is JSON.
    pub ty: TypeRef,
    /// Whether it may be given several times: an array of the type.
    pub repeated: bool,
    /// Whether it must be given.
    pub required: bool,
    /// Its description.
    pub docs: Docs,
}

/// An answer that the document speaks of.
#[derive(Clone, Debug)]
pub struct Response {
    /// For which statuses.
    pub status: StatusRange,
    /// What it holds; `None` for an answer without a body.
    pub media: Option<Media>,
    /// Its description.
    pub docs: Docs,
}

/// Statuses that an answer is for, most exact first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StatusRange {
    /// One.
    Exactly(u16),
    /// `4XX`: the first digit.
    Class(u8),
    /// `default`.
    Default,
}

/// How to walk the pages of a list: `page` counts up from one, a page shorter than asked for is the last.
#[derive(Clone, Debug, PartialEq)]
pub struct Pages {
    /// The parameter that counts pages: an index into [`Operation::parameters`].
    pub page: usize,
    /// The parameter that bounds a page.
    pub size: usize,
    /// The type of an element.
    pub item: TypeRef,
    /// The page size that the document takes for granted, if it says so.
    pub default_size: Option<u64>,
}
