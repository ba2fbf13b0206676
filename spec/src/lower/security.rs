//! Security schemes: their fields depend on their `type` (OpenAPI Specification 3.0.4, section 4.7.27).

use openapiv3::{APIKeyLocation, SecurityScheme};
use serde_json::{Map, Value};

use super::{
    mark::raise_extensions,
    model::{Node, Shape, members, put, read},
    walk::{At, Walk},
};

macro_rules! scheme {
    ($raw:ident, $at:ident, $walk:ident, $variant:ident { $($field:ident: $key:literal),* }) => {{
        read!($raw, $at, $walk, Shape::default() => extensions; typ: "type", $($field: $key),*);
        let _: String = typ;
        Some(Self::$variant { $($field,)* extensions })
    }};
}

impl Node for SecurityScheme {
    fn lower(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Option<Self> {
        let members = members(raw, at, walk)?;
        match members.get("type").and_then(Value::as_str) {
            Some("apiKey") => {
                let location = members.get("in").unwrap_or(&Value::Null);
                let Some(location) = key_location(location) else {
                    walk.wrong("`in` to be query, header or cookie", location, at);
                    return None;
                };
                read!(
                    members, at, walk, Shape::default() => extensions;
                    typ: "type", place: "in", name: "name", description: "description"
                );
                let _: (String, String) = (typ, place);
                Some(Self::APIKey {
                    location,
                    name,
                    description,
                    extensions,
                })
            }
            Some("http") => scheme!(
                members,
                at,
                walk,
                HTTP {
                    scheme: "scheme",
                    bearer_format: "bearerFormat",
                    description: "description"
                }
            ),
            Some("oauth2") => scheme!(
                members,
                at,
                walk,
                OAuth2 {
                    flows: "flows",
                    description: "description"
                }
            ),
            Some("openIdConnect") => scheme!(
                members,
                at,
                walk,
                OpenIDConnect {
                    open_id_connect_url: "openIdConnectUrl",
                    description: "description"
                }
            ),
            // `mutualTLS` of 3.1, and whatever comes next.
            Some(_) => {
                walk.carry(raw, at);
                None
            }
            None => {
                let typ = members.get("type").unwrap_or(&Value::Null);
                walk.wrong("`type` to be a string", typ, at);
                None
            }
        }
    }

    fn raise(&self) -> Value {
        let mut members = Map::new();
        let (typ, description, extensions) = match self {
            Self::APIKey {
                location,
                name,
                description,
                extensions,
            } => {
                let place = match location {
                    APIKeyLocation::Query => "query",
                    APIKeyLocation::Header => "header",
                    APIKeyLocation::Cookie => "cookie",
                };
                members.insert("in".to_owned(), place.into());
                put(&mut members, "name", name);
                ("apiKey", description, extensions)
            }
            Self::HTTP {
                scheme,
                bearer_format,
                description,
                extensions,
            } => {
                put(&mut members, "scheme", scheme);
                put(&mut members, "bearerFormat", bearer_format);
                ("http", description, extensions)
            }
            Self::OAuth2 {
                flows,
                description,
                extensions,
            } => {
                put(&mut members, "flows", flows);
                ("oauth2", description, extensions)
            }
            Self::OpenIDConnect {
                open_id_connect_url,
                description,
                extensions,
            } => {
                put(&mut members, "openIdConnectUrl", open_id_connect_url);
                ("openIdConnect", description, extensions)
            }
        };
        members.insert("type".to_owned(), typ.into());
        put(&mut members, "description", description);
        raise_extensions(&mut members, extensions);
        Value::Object(members)
    }
}

fn key_location(raw: &Value) -> Option<APIKeyLocation> {
    match raw.as_str()? {
        "query" => Some(APIKeyLocation::Query),
        "header" => Some(APIKeyLocation::Header),
        "cookie" => Some(APIKeyLocation::Cookie),
        _ => None,
    }
}
