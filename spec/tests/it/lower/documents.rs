//! The documents that the law is held against: real ones, and a small one with everything.

use std::{fs, path::PathBuf, sync::LazyLock};

use serde_json::{Value, json};
use spec::Version;

/// Every document of the folder beside the workspace, if there is one, and our own: the values as they
/// are in the files, whether or not the reading of documents finds fault with them.
pub(super) static DOCUMENTS: LazyLock<Vec<(String, Value, Version)>> = LazyLock::new(|| {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let shared = root.join("../../shared/specs");
    if !shared.is_dir() {
        eprintln!(
            "skipped the real documents: there is no {}",
            shared.display()
        );
    }
    let mut files: Vec<PathBuf> = [shared, root.join("openapi")]
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flat_map(|entries| entries.map(|entry| entry.unwrap().path()))
        .collect();
    files.sort();
    let documents = files.into_iter().map(|file| {
        let text = fs::read_to_string(&file).unwrap();
        let value: Value = match file.extension() {
            Some(json) if json == "json" => serde_json::from_str(&text).unwrap(),
            _ => serde_yaml::from_str(&text).unwrap(),
        };
        let old = value["openapi"].as_str().unwrap().starts_with("3.0.");
        let version = if old { Version::V3_0 } else { Version::V3_1 };
        (file.display().to_string(), value, version)
    });
    documents.collect()
});

/// One small document with every object of OpenAPI 3.0, and keywords of 3.1.
pub(super) fn everything() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1", "contact": {"name": "c"}, "license": {"name": "l"}},
        "servers": [{"url": "https://{h}", "variables": {"h": {"default": "a", "enum": ["a", "b"]}}}],
        "tags": [{"name": "t", "externalDocs": {"url": "https://e"}}],
        "security": [{"key": [], "oauth": ["s"]}, {}],
        "externalDocs": {"url": "https://e"},
        "paths": {
            "/a/{p}": {
                "summary": "s",
                "servers": [{"url": "/"}],
                "parameters": [
                    {"in": "path", "name": "p", "required": true, "schema": {"type": "string"}},
                    {"$ref": "#/components/parameters/q", "description": "d"}
                ],
                "get": {
                    "operationId": "o",
                    "tags": ["t"],
                    "parameters": [
                        {"in": "query", "name": "q", "style": "deepObject", "schema": {"type": "object"}},
                        {"in": "header", "name": "h", "content": {"text/plain": {"schema": {"type": "string"}}}},
                        {"in": "cookie", "name": "c", "schema": {}, "examples": {"e": {"value": 1}}}
                    ],
                    "responses": {
                        "200": {
                            "description": "d",
                            "headers": {"h": {"schema": {"type": "integer"}, "deprecated": true}},
                            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Object"}, "example": {}}},
                            "links": {"l": {"operationId": "o", "parameters": {"p": "$response.body#/id"}, "server": {"url": "/"}}}
                        },
                        "4xx": {"$ref": "#/components/responses/r"},
                        "default": {"description": "d"}
                    }
                },
                "post": {
                    "requestBody": {
                        "required": true,
                        "content": {"multipart/form-data": {
                            "schema": {"type": "object", "properties": {"f": {"type": "string", "format": "binary"}}},
                            "encoding": {"f": {"contentType": "image/png", "style": "form", "headers": {"h": {"schema": true}}}}
                        }}
                    },
                    "responses": {"2XX": {"description": "d"}},
                    "callbacks": {
                        "c": {"{$request.body#/url}": {"post": {"operationId": "c", "responses": {"200": {"description": "d"}}}}},
                        "d": {"$ref": "#/components/callbacks/c"}
                    }
                }
            },
            "/b": {"$ref": "other.yaml"}
        },
        "components": {
            "schemas": {
                "Object": {
                    "type": "object",
                    "required": ["tag"],
                    "properties": {
                        "tag": {"const": "a", "type": "string"},
                        "maybe": {"anyOf": [{"type": "integer", "minimum": 1.0}, {"type": "null"}], "title": "M"},
                        "other": {"$ref": "#/components/schemas/Union", "default": null},
                        "list": {"type": "array", "items": {"type": ["string", "null"]}, "prefixItems": [true]}
                    },
                    "additionalProperties": false
                },
                "Union": {
                    "oneOf": [{"$ref": "#/components/schemas/Object"}, {"type": "null"}, {"type": "number", "exclusiveMinimum": 0}],
                    "discriminator": {"propertyName": "tag", "mapping": {"a": "#/components/schemas/Object"}}
                },
                "Not": {"not": {"type": "boolean"}},
                "All": {"allOf": [{"minLength": 1}, {"enum": [1, null, "a"]}], "xml": {"name": "x"}}
            },
            "responses": {"r": {"description": "d"}},
            "parameters": {"q": {"in": "query", "name": "r", "schema": {"type": "integer"}}},
            "examples": {"e": {"summary": "s", "externalValue": "https://e"}},
            "requestBodies": {"b": {"content": {"text/plain": {}}}},
            "headers": {"h": {"schema": {"type": "string"}}},
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "k"},
                "basic": {"type": "http", "scheme": "basic"},
                "oauth": {"type": "oauth2", "flows": {
                    "implicit": {"authorizationUrl": "https://a", "scopes": {"s": "s"}},
                    "password": {"tokenUrl": "https://t", "scopes": {}},
                    "clientCredentials": {"tokenUrl": "https://t", "scopes": {}},
                    "authorizationCode": {"authorizationUrl": "https://a", "tokenUrl": "https://t", "scopes": {}}
                }},
                "oidc": {"type": "openIdConnect", "openIdConnectUrl": "https://o"},
                "tls": {"type": "mutualTLS"}
            },
            "links": {"l": {"operationRef": "#/paths/~1a~1{p}/get"}},
            "callbacks": {"c": {"{$url}": {"get": {"responses": {}}}}}
        }
    })
}
