//! The object model of OpenAPI 3.0 and 3.1 as data: which members an object has, and what they hold.
//!
//! Sources: sections 4.7 and 4.8 of <https://spec.openapis.org/oas/v3.0.4.html> and <https://spec.openapis.org/oas/v3.1.1.html>.
//! Schemas are not here: they have a module of their own.

use crate::document::Version;

/// What a member holds.
pub(super) enum Shape {
    Any,
    Text,
    Flag,
    /// One of these words.
    Word(&'static [&'static str]),
    Schema,
    Object(&'static Kind),
    /// The object, or a Reference Object that leads to one.
    OrReference(&'static Kind),
    List(&'static Shape),
    /// An object with keys of the author's choice.
    Map(&'static Shape),
    /// As `Map`, below `components`: the keys are names.
    Named(&'static Shape),
}

/// One object of the specification.
pub(super) struct Kind {
    /// With its article, for a sentence.
    pub(super) name: &'static str,
    /// Its section in `components`, if it has one.
    pub(super) section: Option<&'static str>,
    pub(super) fields: &'static [Field],
    pub(super) rest: Rest,
}

/// What members of other names mean.
pub(super) enum Rest {
    /// Nothing: the specification allows `x-…` only.
    Unknown,
    /// Paths: they begin with `/`.
    Paths(Shape),
    /// Status codes, ranges of them, and `default`.
    Statuses(Shape),
    /// Expressions of any form.
    Any(Shape),
}

pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) presence: Presence,
    pub(super) since: Version,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Optional,
    /// Its absence is an error: nobody can tell what is meant.
    Required,
    /// Required by OpenAPI 3.0 only.
    RequiredBefore31,
    /// Required by the specification, and dispensable: its absence is a warning.
    Expected,
}

const fn field(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        shape,
        presence: Presence::Optional,
        since: Version::V3_0,
    }
}

impl Field {
    const fn with(mut self, presence: Presence) -> Self {
        self.presence = presence;
        self
    }

    const fn required(self) -> Self {
        self.with(Presence::Required)
    }

    const fn since_3_1(mut self) -> Self {
        self.since = Version::V3_1;
        self
    }
}

const fn kind(name: &'static str, fields: &'static [Field]) -> Kind {
    Kind {
        name,
        section: None,
        fields,
        rest: Rest::Unknown,
    }
}

const fn component(name: &'static str, section: &'static str, fields: &'static [Field]) -> Kind {
    Kind {
        section: Some(section),
        ..kind(name, fields)
    }
}

use Shape::{Any, Flag, List, Map, Named, Object, OrReference, Text, Word};

pub(super) static ROOT: Kind = kind(
    "the OpenAPI Object",
    &[
        field("openapi", Text).required(),
        field("info", Object(&INFO)).required(),
        field("jsonSchemaDialect", Text).since_3_1(),
        field("servers", List(&Object(&SERVER))),
        field("paths", Object(&PATHS)).with(Presence::RequiredBefore31),
        field("webhooks", Map(&OrReference(&PATH_ITEM))).since_3_1(),
        field("components", Object(&COMPONENTS)),
        field("security", List(&SECURITY)),
        field("tags", List(&Object(&TAG))),
        field("externalDocs", Object(&EXTERNAL_DOCS)),
    ],
);

static SECURITY: Shape = Map(&List(&Text));

static INFO: Kind = kind(
    "an Info Object",
    &[
        field("title", Text).required(),
        field("summary", Text).since_3_1(),
        field("description", Text),
        field("termsOfService", Text),
        field("contact", Object(&CONTACT)),
        field("license", Object(&LICENSE)),
        field("version", Text).required(),
    ],
);

static CONTACT: Kind = kind(
    "a Contact Object",
    &[
        field("name", Text),
        field("url", Text),
        field("email", Text),
    ],
);

static LICENSE: Kind = kind(
    "a License Object",
    &[
        field("name", Text).with(Presence::Expected),
        field("identifier", Text).since_3_1(),
        field("url", Text),
    ],
);

static SERVER: Kind = kind(
    "a Server Object",
    &[
        field("url", Text).required(),
        field("description", Text),
        field("variables", Map(&Object(&SERVER_VARIABLE))),
    ],
);

static SERVER_VARIABLE: Kind = kind(
    "a Server Variable Object",
    &[
        field("enum", List(&Text)),
        field("default", Text).required(),
        field("description", Text),
    ],
);

static COMPONENTS: Kind = kind(
    "a Components Object",
    &[
        field("schemas", Named(&Shape::Schema)),
        field("responses", Named(&OrReference(&RESPONSE))),
        field("parameters", Named(&OrReference(&PARAMETER))),
        field("examples", Named(&OrReference(&EXAMPLE))),
        field("requestBodies", Named(&OrReference(&REQUEST_BODY))),
        field("headers", Named(&OrReference(&HEADER))),
        field("securitySchemes", Named(&OrReference(&SECURITY_SCHEME))),
        field("links", Named(&OrReference(&LINK))),
        field("callbacks", Named(&OrReference(&CALLBACK))),
        field("pathItems", Named(&OrReference(&PATH_ITEM))).since_3_1(),
    ],
);

static PATHS: Kind = Kind {
    rest: Rest::Paths(OrReference(&PATH_ITEM)),
    ..kind("a Paths Object", &[])
};

static PATH_ITEM: Kind = component(
    "a Path Item Object",
    "pathItems",
    &[
        field("summary", Text),
        field("description", Text),
        field("get", Object(&OPERATION)),
        field("put", Object(&OPERATION)),
        field("post", Object(&OPERATION)),
        field("delete", Object(&OPERATION)),
        field("options", Object(&OPERATION)),
        field("head", Object(&OPERATION)),
        field("patch", Object(&OPERATION)),
        field("trace", Object(&OPERATION)),
        field("servers", List(&Object(&SERVER))),
        field("parameters", List(&OrReference(&PARAMETER))),
    ],
);

static OPERATION: Kind = kind(
    "an Operation Object",
    &[
        field("tags", List(&Text)),
        field("summary", Text),
        field("description", Text),
        field("externalDocs", Object(&EXTERNAL_DOCS)),
        field("operationId", Text),
        field("parameters", List(&OrReference(&PARAMETER))),
        field("requestBody", OrReference(&REQUEST_BODY)),
        field("responses", Object(&RESPONSES)).with(Presence::RequiredBefore31),
        field("callbacks", Map(&OrReference(&CALLBACK))),
        field("deprecated", Flag),
        field("security", List(&SECURITY)),
        field("servers", List(&Object(&SERVER))),
    ],
);

pub(super) static EXTERNAL_DOCS: Kind = kind(
    "an External Documentation Object",
    &[
        field("description", Text),
        field("url", Text).with(Presence::Expected),
    ],
);

static PARAMETER: Kind = component(
    "a Parameter Object",
    "parameters",
    &[
        field("name", Text).required(),
        field("in", Word(&["query", "header", "path", "cookie"])).required(),
        field("description", Text),
        field("required", Flag),
        field("deprecated", Flag),
        field("allowEmptyValue", Flag),
        field(
            "style",
            Word(&[
                "matrix",
                "label",
                "form",
                "simple",
                "spaceDelimited",
                "pipeDelimited",
                "deepObject",
            ]),
        ),
        field("explode", Flag),
        field("allowReserved", Flag),
        field("schema", Shape::Schema),
        field("example", Any),
        field("examples", Map(&OrReference(&EXAMPLE))),
        field("content", Map(&Object(&MEDIA_TYPE))),
    ],
);

static REQUEST_BODY: Kind = component(
    "a Request Body Object",
    "requestBodies",
    &[
        field("description", Text),
        field("content", Map(&Object(&MEDIA_TYPE))).required(),
        field("required", Flag),
    ],
);

static MEDIA_TYPE: Kind = kind(
    "a Media Type Object",
    &[
        field("schema", Shape::Schema),
        field("example", Any),
        field("examples", Map(&OrReference(&EXAMPLE))),
        field("encoding", Map(&Object(&ENCODING))),
    ],
);

static ENCODING: Kind = kind(
    "an Encoding Object",
    &[
        field("contentType", Text),
        field("headers", Map(&OrReference(&HEADER))),
        field(
            "style",
            Word(&["form", "spaceDelimited", "pipeDelimited", "deepObject"]),
        ),
        field("explode", Flag),
        field("allowReserved", Flag),
    ],
);

static RESPONSES: Kind = Kind {
    rest: Rest::Statuses(OrReference(&RESPONSE)),
    ..kind("a Responses Object", &[])
};

static RESPONSE: Kind = component(
    "a Response Object",
    "responses",
    &[
        field("description", Text).with(Presence::Expected),
        field("headers", Map(&OrReference(&HEADER))),
        field("content", Map(&Object(&MEDIA_TYPE))),
        field("links", Map(&OrReference(&LINK))),
    ],
);

static CALLBACK: Kind = Kind {
    rest: Rest::Any(OrReference(&PATH_ITEM)),
    ..component("a Callback Object", "callbacks", &[])
};

static EXAMPLE: Kind = component(
    "an Example Object",
    "examples",
    &[
        field("summary", Text),
        field("description", Text),
        field("value", Any),
        field("externalValue", Text),
    ],
);

static LINK: Kind = component(
    "a Link Object",
    "links",
    &[
        field("operationRef", Text),
        field("operationId", Text),
        field("parameters", Map(&Any)),
        field("requestBody", Any),
        field("description", Text),
        field("server", Object(&SERVER)),
    ],
);

static HEADER: Kind = component(
    "a Header Object",
    "headers",
    &[
        field("description", Text),
        field("required", Flag),
        field("deprecated", Flag),
        field("allowEmptyValue", Flag),
        field("style", Word(&["simple"])),
        field("explode", Flag),
        field("allowReserved", Flag),
        field("schema", Shape::Schema),
        field("example", Any),
        field("examples", Map(&OrReference(&EXAMPLE))),
        field("content", Map(&Object(&MEDIA_TYPE))),
    ],
);

static TAG: Kind = kind(
    "a Tag Object",
    &[
        field("name", Text).required(),
        field("description", Text),
        field("externalDocs", Object(&EXTERNAL_DOCS)),
    ],
);

static SECURITY_SCHEME: Kind = component(
    "a Security Scheme Object",
    "securitySchemes",
    &[
        field(
            "type",
            Word(&["apiKey", "http", "mutualTLS", "oauth2", "openIdConnect"]),
        )
        .required(),
        field("description", Text),
        field("name", Text),
        field("in", Word(&["query", "header", "cookie"])),
        field("scheme", Text),
        field("bearerFormat", Text),
        field("flows", Object(&OAUTH_FLOWS)),
        field("openIdConnectUrl", Text),
    ],
);

static OAUTH_FLOWS: Kind = kind(
    "an OAuth Flows Object",
    &[
        field("implicit", Object(&OAUTH_FLOW)),
        field("password", Object(&OAUTH_FLOW)),
        field("clientCredentials", Object(&OAUTH_FLOW)),
        field("authorizationCode", Object(&OAUTH_FLOW)),
    ],
);

static OAUTH_FLOW: Kind = kind(
    "an OAuth Flow Object",
    &[
        field("authorizationUrl", Text),
        field("tokenUrl", Text),
        field("refreshUrl", Text),
        field("scopes", Map(&Text)).required(),
    ],
);

pub(super) static DISCRIMINATOR: Kind = kind(
    "a Discriminator Object",
    &[
        field("propertyName", Text).required(),
        field("mapping", Map(&Text)),
    ],
);

pub(super) static XML: Kind = kind(
    "an XML Object",
    &[
        field("name", Text),
        field("namespace", Text),
        field("prefix", Text),
        field("attribute", Flag),
        field("wrapped", Flag),
    ],
);
