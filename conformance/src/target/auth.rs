//! How the key travels, as the document says.

use data_encoding::BASE64;
use serde_json::Value;
use spec::{Document, Location};

use super::TargetKind;

/// Header parameters that carry a key, by their name.
const KEY_HEADERS: [&str; 4] = ["x-api-key", "api-key", "apikey", "x-apikey"];

/// Where the key is put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthPlace {
    /// In a header of this name (lower case).
    Header(String),
    /// In a query parameter of this name.
    Query(String),
    /// In a cookie of this name.
    Cookie(String),
    /// In `Authorization`, after `Bearer `.
    Bearer,
    /// In `Authorization`, after `Basic `: the key is `user:password`, and base64 is added.
    Basic,
}

/// How the key travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthScheme {
    /// Where it is put.
    pub place: AuthPlace,
    /// Whether operations need it unless they say otherwise.
    pub required: bool,
}

impl AuthScheme {
    /// The scheme of a document: its first usable security scheme, or else a header parameter that
    /// is a key by its name, as `x-api-key` in Skyvern's published document.
    pub(super) fn of(document: &Document, kind: TargetKind) -> Option<Self> {
        if kind == TargetKind::Skyvern {
            return Some(Self {
                place: AuthPlace::Header("x-api-key".to_owned()),
                required: true,
            });
        }
        Self::declared(document).or_else(|| Self::by_name(document))
    }

    fn by_name(document: &Document) -> Option<Self> {
        let root = Location::default();
        let (paths, node) = document.follow(&root.child("paths"))?;
        let operations = node.as_object()?.iter().flat_map(|(path, item)| {
            let methods = item.as_object().into_iter().flatten();
            let item = paths.child(path);
            methods.map(move |(method, _)| item.child(method).child("parameters"))
        });
        let named = |list: Location| {
            let count = document.get(&list).and_then(Value::as_array)?.len();
            (0..count).find_map(|index| {
                let (_, parameter) = document.follow(&list.index(index))?;
                let name = parameter.get("name")?.as_str()?.to_ascii_lowercase();
                let is_header = parameter.get("in")? == "header";
                (is_header && KEY_HEADERS.contains(&name.as_str())).then_some(name)
            })
        };
        let mut names = operations.filter_map(named);
        names.next().map(|name| Self {
            place: AuthPlace::Header(name),
            required: true,
        })
    }

    fn declared(document: &Document) -> Option<Self> {
        let root = document.root();
        let schemes = root.pointer("/components/securitySchemes")?.as_object()?;
        let named = root
            .get("security")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|requirement| requirement.as_object()?.keys().next());
        let required = root.get("security").is_some();
        let mut ordered = named
            .filter_map(|name| schemes.get(name))
            .chain(schemes.values());
        ordered
            .find_map(place)
            .map(|place| Self { place, required })
    }

    /// The key in the value of a header that was given for the run, if the header carries it.
    pub(crate) fn key_in(&self, name: &str, value: &str) -> Option<String> {
        if !self.is_header(name) {
            return None;
        }
        let after = |scheme: &str| {
            let (first, rest) = value.trim().split_once(' ')?;
            first
                .eq_ignore_ascii_case(scheme)
                .then(|| rest.trim().to_owned())
        };
        match &self.place {
            AuthPlace::Bearer => after("bearer"),
            AuthPlace::Basic => {
                let decoded = BASE64.decode(after("basic")?.as_bytes()).ok()?;
                String::from_utf8(decoded).ok()
            }
            _ => Some(value.to_owned()),
        }
    }

    /// Whether the header parameter `name` is the key.
    pub fn is_header(&self, name: &str) -> bool {
        match &self.place {
            AuthPlace::Header(header) => header.eq_ignore_ascii_case(name),
            AuthPlace::Bearer | AuthPlace::Basic => name.eq_ignore_ascii_case("authorization"),
            AuthPlace::Query(_) | AuthPlace::Cookie(_) => false,
        }
    }
}

fn place(scheme: &Value) -> Option<AuthPlace> {
    let text = |member: &str| scheme.get(member).and_then(Value::as_str);
    match text("type")? {
        "apiKey" => {
            let name = text("name")?;
            match text("in")? {
                "header" => Some(AuthPlace::Header(name.to_ascii_lowercase())),
                "query" => Some(AuthPlace::Query(name.to_owned())),
                "cookie" => Some(AuthPlace::Cookie(name.to_owned())),
                _ => None,
            }
        }
        "http" => match text("scheme")?.to_ascii_lowercase().as_str() {
            "bearer" => Some(AuthPlace::Bearer),
            "basic" => Some(AuthPlace::Basic),
            _ => None,
        },
        "oauth2" | "openIdConnect" => Some(AuthPlace::Bearer),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scheme(text: &str) -> Option<AuthScheme> {
        let document = Document::from_text("test.yaml", text, &[]).unwrap();
        AuthScheme::of(&document, TargetKind::OpenApi)
    }

    const HEAD: &str = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\n";

    #[test]
    fn the_scheme_that_the_document_requires_comes_first() {
        let text = format!(
            "{HEAD}security: [{{key: []}}]\ncomponents: {{securitySchemes: {{\
             basic: {{type: http, scheme: basic}}, token: {{type: http, scheme: Bearer}},\
             key: {{type: apiKey, in: header, name: X-Key}}}}}}\n"
        );
        let found = scheme(&text).unwrap();
        assert_eq!(found.place, AuthPlace::Header("x-key".into()));
        assert!(found.required);
    }

    #[test]
    fn a_key_is_read_from_the_header_that_carries_it() {
        let read = |place, name, value| {
            let required = true;
            AuthScheme { place, required }.key_in(name, value)
        };
        let basic = "Basic dXNlcjpwYXNz";
        let user = Some("user:pass".to_owned());
        assert_eq!(read(AuthPlace::Basic, "Authorization", basic), user);
        assert_eq!(read(AuthPlace::Basic, "Authorization", "Bearer a"), None);
        assert_eq!(read(AuthPlace::Bearer, "X-Other", "Bearer a"), None);
        let bearer = read(AuthPlace::Bearer, "authorization", "bearer abc");
        assert_eq!(bearer, Some("abc".to_owned()));
    }

    #[test]
    fn a_header_parameter_may_be_the_key() {
        let text = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {\
             parameters: [{name: X-API-Key, in: header, schema: {}}],\
             responses: {'200': {description: d}}}}}\n";
        let found = scheme(text).unwrap();
        assert_eq!(found.place, AuthPlace::Header("x-api-key".into()));
    }

    #[test]
    fn a_document_without_schemes_has_none() {
        assert_eq!(scheme(HEAD), None);
    }
}
