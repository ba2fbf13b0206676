//! How the key travels, as the document says.

use serde_json::Value;
use spec::Document;

use super::TargetKind;

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
    /// The scheme of a document: its first usable security scheme, or for Skyvern the header
    /// `x-api-key`, which the published document lists as a parameter only.
    pub(super) fn of(document: &Document, kind: TargetKind) -> Option<Self> {
        if kind == TargetKind::Skyvern {
            return Some(Self {
                place: AuthPlace::Header("x-api-key".to_owned()),
                required: true,
            });
        }
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

    /// Whether the header parameter `name` is the key.
    pub fn is_header(&self, name: &str) -> bool {
        match &self.place {
            AuthPlace::Header(header) => header.eq_ignore_ascii_case(name),
            AuthPlace::Bearer => name.eq_ignore_ascii_case("authorization"),
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
        "http" if text("scheme")?.eq_ignore_ascii_case("bearer") => Some(AuthPlace::Bearer),
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
    fn a_document_without_schemes_has_none() {
        assert_eq!(scheme(HEAD), None);
    }
}
