//! The objects of OpenAPI 3.0 whose members are fields of the model, one to one: which field holds
//! which member (OpenAPI Specification 3.0.4, section 4.7). How fields are read and written, the field's type says.

use openapiv3::{
    AuthorizationCodeOAuth2Flow, ClientCredentialsOAuth2Flow, Components, Contact, Discriminator,
    Encoding, Example, ExternalDocumentation, ImplicitOAuth2Flow, Info, License, MediaType,
    OAuth2Flows, OpenAPI, Operation, PasswordOAuth2Flow, PathItem, RequestBody, Response, Server,
    ServerVariable, Tag,
};
use serde_json::{Map, Value};

use super::{
    mark::raise_extensions,
    model::{Node, Shape, members, put, read},
    walk::{At, Walk},
};
use crate::document::Version;

/// Of each object the fields and their keys; after a `+`, what else of [`Node`] it has of its own.
macro_rules! objects {
    ($( $type:ident { $($field:ident: $key:literal),* } $(+ { $($also:tt)* })? )*) => { $(
        impl Node for $type {
            fn lower(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Option<Self> {
                let members = members(raw, at, walk)?;
                read!(members, at, walk, Shape::default() => extensions; $($field: $key),*);
                Some(Self { $($field,)* extensions })
            }

            fn raise(&self) -> Value {
                let mut members = Map::new();
                $( put(&mut members, $key, &self.$field); )*
                raise_extensions(&mut members, &self.extensions);
                Value::Object(members)
            }

            $( $($also)* )?
        }
    )* };
}

objects! {
    OpenAPI {
        openapi: "openapi", info: "info", servers: "servers", paths: "paths", components: "components",
        security: "security", tags: "tags", external_docs: "externalDocs"
    }
    Info {
        title: "title", description: "description", terms_of_service: "termsOfService",
        contact: "contact", license: "license", version: "version"
    }
    Contact { name: "name", url: "url", email: "email" }
    License { name: "name", url: "url" }
    Server { url: "url", description: "description", variables: "variables" }
    ServerVariable { enumeration: "enum", default: "default", description: "description" }
    Tag { name: "name", description: "description", external_docs: "externalDocs" }
    ExternalDocumentation { description: "description", url: "url" }
    Components {
        schemas: "schemas", responses: "responses", parameters: "parameters", examples: "examples",
        request_bodies: "requestBodies", headers: "headers", security_schemes: "securitySchemes",
        links: "links", callbacks: "callbacks"
    }
    PathItem {
        summary: "summary", description: "description", get: "get", put: "put", post: "post",
        delete: "delete", options: "options", head: "head", patch: "patch", trace: "trace",
        servers: "servers", parameters: "parameters"
    } + {
        /// A path item may have members of its own beside a `$ref`, in 3.0 too.
        fn has_reference(members: &Map<String, Value>, _version: Version) -> bool {
            members.len() > 1
        }

        /// A callback is a map of path items that may also have extensions, or be a reference.
        fn is_entry(key: &str) -> bool {
            !key.starts_with("x-") && key != "$ref"
        }
    }
    Operation {
        tags: "tags", summary: "summary", description: "description", external_docs: "externalDocs",
        operation_id: "operationId", parameters: "parameters", request_body: "requestBody",
        responses: "responses", callbacks: "callbacks", deprecated: "deprecated", security: "security",
        servers: "servers"
    }
    RequestBody { description: "description", content: "content", required: "required" }
    MediaType { schema: "schema", example: "example", examples: "examples", encoding: "encoding" }
    Encoding {
        content_type: "contentType", headers: "headers", style: "style", explode: "explode",
        allow_reserved: "allowReserved"
    }
    Response { description: "description", headers: "headers", content: "content", links: "links" }
    Example {
        summary: "summary", description: "description", value: "value", external_value: "externalValue"
    }
    Discriminator { property_name: "propertyName", mapping: "mapping" }
    OAuth2Flows {
        implicit: "implicit", password: "password", client_credentials: "clientCredentials",
        authorization_code: "authorizationCode"
    }
    ImplicitOAuth2Flow {
        authorization_url: "authorizationUrl", refresh_url: "refreshUrl", scopes: "scopes"
    }
    PasswordOAuth2Flow { refresh_url: "refreshUrl", token_url: "tokenUrl", scopes: "scopes" }
    ClientCredentialsOAuth2Flow { refresh_url: "refreshUrl", token_url: "tokenUrl", scopes: "scopes" }
    AuthorizationCodeOAuth2Flow {
        authorization_url: "authorizationUrl", token_url: "tokenUrl", refresh_url: "refreshUrl",
        scopes: "scopes"
    }
}
