//! A light view of the operations of a document: names, parameters, bodies and answers, each with
//! the location of its raw schema. Schemas themselves are read from the raw document.

use std::collections::BTreeSet;

use heck::ToSnakeCase;
use serde_json::{Map, Value};
use spec::{Document, Location};

use super::AuthScheme;

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// One method of one path.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Unique, in `snake_case`: `x-fern-sdk-method-name`, or else the `operationId` without what
    /// repeats method and path, or else method and path.
    pub name: String,
    /// In upper case.
    pub method: String,
    /// With variables in braces.
    pub path: String,
    /// The operation's node.
    pub location: Location,
    /// Parameters of the path and of the operation, without the one that carries the key.
    pub parameters: Vec<Parameter>,
    /// What may be sent as body.
    pub body: Option<RequestBody>,
    /// What may be answered.
    pub responses: Vec<ResponseSpec>,
    /// Whether it needs the key.
    pub secured: bool,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterPlace {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
    /// In a cookie.
    Cookie,
}

impl ParameterPlace {
    /// The word of the document.
    pub fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// As the document writes it.
    pub name: String,
    /// Where it stands.
    pub place: ParameterPlace,
    /// Whether it must be there.
    pub required: bool,
    /// The parameter's node, references followed.
    pub location: Location,
    /// Its schema; `None` if it is described by `content` or not at all.
    pub schema: Option<Location>,
    /// `style`, if given.
    pub style: Option<String>,
    /// `explode`, or the default of its style.
    pub explode: bool,
}

/// A request body.
#[derive(Clone, Debug)]
pub struct RequestBody {
    /// Whether it must be there.
    pub required: bool,
    /// Its kinds, in document order.
    pub content: Vec<MediaType>,
    /// Its node, references followed.
    pub location: Location,
}

impl RequestBody {
    /// The JSON kind, if there is one.
    pub fn json(&self) -> Option<&MediaType> {
        self.content.iter().find(|media| media.is_json())
    }
}

/// One kind of body.
#[derive(Clone, Debug)]
pub struct MediaType {
    /// As the document writes it, e.g. `application/json`.
    pub name: String,
    /// Its node.
    pub location: Location,
    /// Its schema.
    pub schema: Option<Location>,
}

impl MediaType {
    /// Whether it is JSON by name: `application/json` or `…+json`, parameters aside.
    pub fn is_json(&self) -> bool {
        let essence = self.name.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/json")
            || essence.to_ascii_lowercase().ends_with("+json")
    }
}

/// Which statuses a response is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusRange {
    /// `200`.
    Exact(u16),
    /// `4XX`: its first digit.
    Class(u16),
    /// `default`.
    Default,
}

impl StatusRange {
    /// Whether `status` is among them; `default` takes any.
    pub fn matches(self, status: u16) -> bool {
        match self {
            Self::Exact(exact) => exact == status,
            Self::Class(class) => status / 100 == class,
            Self::Default => true,
        }
    }
}

/// One response of an operation.
#[derive(Clone, Debug)]
pub struct ResponseSpec {
    /// For which statuses.
    pub status: StatusRange,
    /// Its node, references followed.
    pub location: Location,
    /// Its headers.
    pub headers: Vec<HeaderSpec>,
    /// Its kinds of body; none if it has no body.
    pub content: Vec<MediaType>,
}

/// A header of a response.
#[derive(Clone, Debug)]
pub struct HeaderSpec {
    /// In lower case.
    pub name: String,
    /// Whether it must be there.
    pub required: bool,
    /// Its schema.
    pub schema: Option<Location>,
}

impl Operation {
    /// Whether the document says how a request is refused: a 4xx, or `default`.
    pub fn lists_refusal(&self) -> bool {
        let mut refusals = 400..500;
        refusals.any(|status| self.responses.iter().any(|one| one.status.matches(status)))
    }

    /// All operations of `document`, in its order. What is malformed is left out: the loader of
    /// documents reports it.
    pub(super) fn all(document: &Document, auth: Option<&AuthScheme>) -> Vec<Self> {
        let mut found = Vec::new();
        let mut taken = BTreeSet::new();
        let root = Location::default();
        let Some((paths, Value::Object(items))) = document.follow(&root.child("paths")) else {
            return found;
        };
        for path in items.keys().filter(|path| path.starts_with('/')) {
            let Some((item, Value::Object(members))) = document.follow(&paths.child(path)) else {
                continue;
            };
            for method in members.keys().filter(|key| METHODS.contains(&key.as_str())) {
                let reader = Reader {
                    document,
                    item: &item,
                    auth,
                };
                if let Some(mut operation) = reader.operation(path, method) {
                    operation.name = unique(operation.name, &mut taken);
                    found.push(operation);
                }
            }
        }
        found
    }

    /// The response for `status`: the exact one, else its class, else the default.
    pub fn response(&self, status: u16) -> Option<&ResponseSpec> {
        let rank = |range: StatusRange| match range {
            StatusRange::Exact(_) => 0,
            StatusRange::Class(_) => 1,
            StatusRange::Default => 2,
        };
        self.responses
            .iter()
            .filter(|response| response.status.matches(status))
            .min_by_key(|response| rank(response.status))
    }

    /// The parameters at `place`.
    pub fn parameters_in(&self, place: ParameterPlace) -> impl Iterator<Item = &Parameter> {
        self.parameters
            .iter()
            .filter(move |parameter| parameter.place == place)
    }

    /// The names of the variables in the path, in order.
    pub fn path_variables(&self) -> impl Iterator<Item = &str> {
        self.path
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split('}').next())
    }

    /// Whether it changes nothing on the server, by its method.
    pub fn is_safe(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE")
    }
}

struct Reader<'a> {
    document: &'a Document,
    item: &'a Location,
    auth: Option<&'a AuthScheme>,
}

impl Reader<'_> {
    fn operation(&self, path: &str, method: &str) -> Option<Operation> {
        let (location, Value::Object(node)) = self.document.follow(&self.item.child(method))?
        else {
            return None;
        };
        Some(Operation {
            name: name(node, method, path),
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
            parameters: self.parameters(&location),
            body: self.body(&location.child("requestBody")),
            responses: self.responses(&location.child("responses")),
            secured: self.secured(node),
            location,
        })
    }

    fn secured(&self, node: &Map<String, Value>) -> bool {
        let Some(auth) = self.auth else {
            return false;
        };
        match node.get("security").and_then(Value::as_array) {
            None => auth.required,
            // `{}` among the alternatives makes the key optional.
            Some(alternatives) => {
                !alternatives.is_empty()
                    && alternatives
                        .iter()
                        .all(|one| one.as_object().is_some_and(|one| !one.is_empty()))
            }
        }
    }

    fn parameters(&self, operation: &Location) -> Vec<Parameter> {
        let mut found: Vec<Parameter> = Vec::new();
        for list in [self.item.child("parameters"), operation.child("parameters")] {
            let count = self.document.get(&list).and_then(Value::as_array);
            for index in 0..count.map_or(0, Vec::len) {
                let Some(parameter) = self.parameter(&list.index(index)) else {
                    continue;
                };
                found.retain(|earlier| {
                    (&earlier.name, earlier.place) != (&parameter.name, parameter.place)
                });
                found.push(parameter);
            }
        }
        found.retain(|parameter| {
            let is_key = |auth: &AuthScheme| {
                parameter.place == ParameterPlace::Header && auth.is_header(&parameter.name)
            };
            !self.auth.is_some_and(is_key)
        });
        found
    }

    fn parameter(&self, at: &Location) -> Option<Parameter> {
        let (location, node) = self.document.follow(at)?;
        let place = match node.get("in")?.as_str()? {
            "path" => ParameterPlace::Path,
            "query" => ParameterPlace::Query,
            "header" => ParameterPlace::Header,
            "cookie" => ParameterPlace::Cookie,
            _ => return None,
        };
        let style = node.get("style").and_then(Value::as_str).map(str::to_owned);
        let form = match &style {
            Some(style) => style == "form",
            None => matches!(place, ParameterPlace::Query | ParameterPlace::Cookie),
        };
        Some(Parameter {
            name: node.get("name")?.as_str()?.to_owned(),
            place,
            required: place == ParameterPlace::Path || is_true(node.get("required")),
            schema: node.get("schema").map(|_| location.child("schema")),
            explode: node.get("explode").and_then(Value::as_bool).unwrap_or(form),
            style,
            location,
        })
    }

    fn body(&self, at: &Location) -> Option<RequestBody> {
        let (location, node) = self.document.follow(at)?;
        Some(RequestBody {
            required: is_true(node.get("required")),
            content: content(node, &location),
            location,
        })
    }

    fn responses(&self, at: &Location) -> Vec<ResponseSpec> {
        let Some((at, Value::Object(members))) = self.document.follow(at) else {
            return Vec::new();
        };
        let response = |status: &String| {
            let range = match status.as_bytes() {
                b"default" => StatusRange::Default,
                [class @ b'1'..=b'5', b'x' | b'X', b'x' | b'X'] => {
                    StatusRange::Class(u16::from(class - b'0'))
                }
                _ => StatusRange::Exact(status.parse().ok()?),
            };
            let (location, node) = self.document.follow(&at.child(status))?;
            Some(ResponseSpec {
                status: range,
                headers: self.headers(&location.child("headers")),
                content: content(node, &location),
                location,
            })
        };
        members.keys().filter_map(response).collect()
    }

    fn headers(&self, at: &Location) -> Vec<HeaderSpec> {
        let Some(Value::Object(members)) = self.document.get(at) else {
            return Vec::new();
        };
        let header = |name: &String| {
            let (location, node) = self.document.follow(&at.child(name))?;
            // The document's content describes it: OpenAPI 3.1, Response Object.
            let described = name.eq_ignore_ascii_case("content-type");
            (!described).then(|| HeaderSpec {
                name: name.to_ascii_lowercase(),
                required: is_true(node.get("required")),
                schema: node.get("schema").map(|_| location.child("schema")),
            })
        };
        members.keys().filter_map(header).collect()
    }
}

fn content(node: &Value, location: &Location) -> Vec<MediaType> {
    let members = node.get("content").and_then(Value::as_object);
    let media = |(name, media): (&String, &Value)| {
        let location = location.child("content").child(name);
        MediaType {
            name: name.clone(),
            schema: media.get("schema").map(|_| location.child("schema")),
            location,
        }
    };
    members.into_iter().flatten().map(media).collect()
}

fn is_true(value: Option<&Value>) -> bool {
    value.and_then(Value::as_bool) == Some(true)
}

fn name(node: &Map<String, Value>, method: &str, path: &str) -> String {
    let text = |key: &str| node.get(key).and_then(Value::as_str);
    if let Some(name) = text("x-fern-sdk-method-name") {
        return name.to_snake_case();
    }
    let Some(id) = text("operationId") else {
        return format!("{method} {path}").to_snake_case();
    };
    // FastAPI appends the path and the method to the name of the handler.
    let flat: String = path
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .collect();
    let name = id
        .strip_suffix(&format!("{flat}_{method}"))
        .filter(|name| !name.is_empty())
        .unwrap_or(id);
    name.to_snake_case()
}

fn unique(name: String, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    let free = std::iter::once(name.clone())
        .chain(numbered)
        .find(|candidate| !taken.contains(candidate))
        .unwrap_or(name);
    taken.insert(free.clone());
    free
}
