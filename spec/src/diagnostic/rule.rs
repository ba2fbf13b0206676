//! Which section of which specification a kind of fault offends: the code of a diagnostic comes in, an
//! address goes out. Decides nothing itself.

/// The rule that a document with this error breaks.
pub(super) fn rule(code: &str) -> Option<&'static str> {
    let rule = match code {
        "swagger-2" | "not-openapi" | "version-type" | "version-format" | "unsupported-version" => {
            "https://spec.openapis.org/oas/v3.1.1.html#openapi-object"
        }
        "duplicate-operation-id" | "duplicate-parameter" => {
            "https://spec.openapis.org/oas/v3.1.1.html#operation-object"
        }
        "path-parameter" => "https://spec.openapis.org/oas/v3.1.1.html#path-templating",
        "path-format" | "same-path" => "https://spec.openapis.org/oas/v3.1.1.html#paths-object",
        "status-code" | "status-key" => {
            "https://spec.openapis.org/oas/v3.1.1.html#responses-object"
        }
        "schema-and-content" => "https://spec.openapis.org/oas/v3.1.1.html#parameter-object",
        "unknown-security-scheme" => {
            "https://spec.openapis.org/oas/v3.1.1.html#security-requirement-object"
        }
        "unresolved-ref" | "unknown-anchor" | "wrong-ref" | "ref-cycle" => {
            "https://spec.openapis.org/oas/v3.1.1.html#reference-object"
        }
        "missing-member" | "wrong-type" => {
            "https://spec.openapis.org/oas/v3.1.1.html#specification"
        }
        "component-name" => "https://spec.openapis.org/oas/v3.1.1.html#components-object",
        "unknown-type" | "boolean-schema" | "type-array" | "exclusive-bound" => {
            "https://spec.openapis.org/oas/v3.1.1.html#schema-object"
        }
        "empty-enum" | "enum-type" => {
            "https://json-schema.org/draft/2020-12/json-schema-validation#section-6.1.2"
        }
        "const-type" => {
            "https://json-schema.org/draft/2020-12/json-schema-validation#section-6.1.3"
        }
        "wrong-value" | "empty-range" => {
            "https://json-schema.org/draft/2020-12/json-schema-validation#section-6"
        }
        "empty-union" => "https://json-schema.org/draft/2020-12/json-schema-core#section-10.2.1",
        "not-an-overlay" | "overlay-version" | "overlay-info" | "overlay-actions" => {
            "https://spec.openapis.org/overlay/v1.0.0.html#overlay-object"
        }
        "overlay-action" | "overlay-target" => {
            "https://spec.openapis.org/overlay/v1.0.0.html#action-object"
        }
        "duplicate-key" => "https://spec.openapis.org/oas/v3.1.1.html#format",
        "json-syntax" | "incomplete-json" => "https://www.rfc-editor.org/rfc/rfc8259",
        "yaml-syntax" | "incomplete-yaml" => "https://yaml.org/spec/1.2.2/",
        _ => return None,
    };
    Some(rule)
}
