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
                let location = key_location(members, at, walk)?;
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
                match members.get("type") {
                    Some(typ) => walk.wrong("a string", typ, &at.child("type")),
                    None => walk.missing("type", at),
                }
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

fn key_location(
    members: &Map<String, Value>,
    at: &At<'_>,
    walk: &mut Walk,
) -> Option<APIKeyLocation> {
    let Some(place) = members.get("in") else {
        walk.missing("in", at);
        return None;
    };
    match place.as_str() {
        Some("query") => Some(APIKeyLocation::Query),
        Some("header") => Some(APIKeyLocation::Header),
        Some("cookie") => Some(APIKeyLocation::Cookie),
        _ => {
            let places = "\"query\", \"header\" or \"cookie\"";
            walk.wrong(places, place, &at.child("in"));
            None
        }
    }
}
