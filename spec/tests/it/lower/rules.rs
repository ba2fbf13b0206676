//! What each rule makes of a node: the raw node, the lowered one as openapiv3 writes it, the account.

use std::fmt::Write;

use serde_json::{Map, Value, json};
use spec::{Version, account::Entry, lower};

/// Without the expression: it is the raw form once more.
macro_rules! assert_snapshot {
    ($shown:expr) => {
        insta::with_settings!({ omit_expression => true }, { insta::assert_snapshot!($shown) })
    };
}

/// Lowers a 3.1 document with `members` beside what every document has.
fn show(members: &Value) -> String {
    show_as(Version::V3_1, members)
}

fn show_as(version: Version, members: &Value) -> String {
    let text = if version == Version::V3_0 {
        "3.0.3"
    } else {
        "3.1.0"
    };
    let mut root = json!({"openapi": text, "info": {"title": "t", "version": "1"}});
    for (key, value) in members.as_object().unwrap() {
        root[key] = value.clone();
    }
    let lowered = lower::lower_value(&root, version).unwrap();
    let Value::Object(mut written) = serde_json::to_value(&lowered.api).unwrap() else {
        unreachable!("a document is written as an object");
    };
    let raised = lower::raise(&lowered.api);
    assert_eq!(lowered.account.audit(&root, &raised), []);
    written.shift_remove("openapi");
    if root["info"] == json!({"title": "t", "version": "1"}) {
        written.shift_remove("info");
    }
    if !members.as_object().unwrap().contains_key("paths") {
        for made_up in ["paths", "x-lowered-absent"] {
            written.shift_remove(made_up);
        }
    }
    let yaml = |value: &Value| serde_yaml::to_string(value).unwrap();
    let written = yaml(&Value::Object(written));
    let mut shown = format!("raw\n{}\nlowered\n{written}\naccount\n", yaml(members));
    let of_the_wrapping = |entry: &&Entry| !entry.location().pointer.is_root();
    for entry in lowered.account.entries().iter().filter(of_the_wrapping) {
        let at = entry.location();
        match entry {
            Entry::Rewritten { rule, .. } => writeln!(shown, "{rule} {at}").unwrap(),
            Entry::Reported { why, .. } => writeln!(shown, "lost {at}: {why}").unwrap(),
        }
    }
    shown
}

/// The lowered form of schemas, each with a name.
fn schemas(schemas: &Value) -> String {
    show(&json!({ "components": { "schemas": schemas } }))
}

fn operation(operation: &Value) -> String {
    show(&json!({ "paths": { "/a": { "get": operation } } }))
}

#[test]
fn a_null_branch_becomes_nullable() {
    assert_snapshot!(schemas(&json!({
        "Moved": {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}], "title": "M", "default": null},
        "Wrapped": {"description": "d", "anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/Moved"}]},
        "Shortened": {"oneOf": [{"type": "string"}, {"type": "null"}, {"type": "integer"}]},
        "KeywordsMeet": {"anyOf": [{"title": "inner", "type": "string"}, {"type": "null"}], "title": "outer"},
        "Left": {"anyOf": [{"type": "string"}, {"type": "null"}], "type": ["string", "null"]},
    })));
}

#[test]
fn a_type_array_becomes_one_type_and_nullable() {
    assert_snapshot!(schemas(&json!({
        "Nullable": {"type": ["string", "null"], "format": "date-time"},
        "One": {"type": ["integer"], "minimum": 1},
        "Several": {"type": ["string", "integer"]},
        "Null": {"type": "null"},
    })));
}

#[test]
fn a_const_becomes_an_enum_of_one_value() {
    assert_snapshot!(schemas(&json!({
        "Tag": {"const": "a", "type": "string", "default": "a"},
        "Free": {"const": {"a": 1}},
        "Null": {"const": null},
        "WithEnum": {"const": "a", "enum": ["a", "b"]},
    })));
}

#[test]
fn a_reference_with_siblings_becomes_the_first_of_all_of() {
    assert_snapshot!(schemas(&json!({
        "Default": {"$ref": "#/components/schemas/A", "default": "x"},
        "WithAllOf": {"allOf": [{"minLength": 1}], "$ref": "#/components/schemas/A"},
    })));
}

#[test]
fn siblings_of_a_reference_are_lost_in_3_0() {
    assert_snapshot!(show_as(
        Version::V3_0,
        &json!({
            "paths": {"/a": {"parameters": [{"$ref": "#/components/parameters/p", "description": "d"}]}},
            "components": {"schemas": {"A": {"$ref": "#/components/schemas/B", "default": "x"}}}
        })
    ));
}

#[test]
fn an_exclusive_bound_becomes_a_bound_with_a_flag() {
    assert_snapshot!(schemas(&json!({
        "Number": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1.5},
        "Taken": {"type": "integer", "exclusiveMinimum": 0, "minimum": 1},
    })));
}

#[test]
fn the_form_of_a_number_is_kept_beside_its_value() {
    assert_snapshot!(schemas(&json!({
        "Integer": {"type": "integer", "minimum": 5.0, "maximum": 18_446_744_073_709_551_615_u64},
        "Fraction": {"type": "integer", "minimum": 0.5, "exclusiveMaximum": 9.5},
        "Length": {"type": "string", "minLength": 5.0, "maxLength": 1e20},
    })));
}

#[test]
fn a_boolean_schema_becomes_an_object() {
    assert_snapshot!(schemas(&json!({
        "Anything": true,
        "Nothing": {"type": "array", "items": false},
    })));
}

#[test]
fn what_the_model_has_no_place_for_is_carried() {
    assert_snapshot!(schemas(&json!({
        "Tuple": {"type": "array", "prefixItems": [{"const": 1}], "items": {"type": "string"}, "uniqueItems": false},
        "Foreign": {"type": "string", "minimum": 1, "deprecated": false, "enum": [], "nullable": true},
        "Ours": {"x-oas31-const": 1, "x-lowered-const": true, "x-other": null},
    })));
}

#[test]
fn a_document_of_3_1_alone_is_carried() {
    assert_snapshot!(show(&json!({
        "info": {"title": "t", "version": "1", "summary": "s", "license": {"name": "MIT", "identifier": "MIT"}},
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "webhooks": {"w": {"post": {"responses": {"200": {"description": "d"}}}}},
        "components": {
            "pathItems": {"p": {"get": {}}},
            "securitySchemes": {"tls": {"type": "mutualTLS"}, "key": {"type": "apiKey", "in": "header", "name": "k"}},
        },
        "security": [{"key": []}],
    })));
}

#[test]
fn what_an_operation_lacks_or_writes_out_is_noted() {
    assert_snapshot!(operation(&json!({
        "tags": [],
        "deprecated": false,
        "servers": [{"url": "https://{h}", "variables": {"h": {"default": "a", "enum": ["a"]}}}],
        "parameters": [
            {"in": "query", "name": "q", "style": "form", "allowReserved": true, "allowEmptyValue": false, "schema": {"type": "string"}, "content": {}},
            {"in": "header", "name": "h", "allowReserved": true, "style": "simple", "content": {"text/plain": {}}},
            {"in": "path", "name": "p", "required": true, "style": "matrix"},
            {"$ref": "#/components/parameters/p", "summary": "s"},
        ],
        "callbacks": {
            "c": {"$ref": "#/components/callbacks/c"},
            "d": {"{$url}": {"post": {"responses": {}}}, "x-d": 1}
        },
    })));
}

#[test]
fn keys_of_responses_keep_their_spelling() {
    assert_snapshot!(operation(&json!({
        "responses": {
            "2xx": {"description": "a", "headers": {"h": {"style": "simple", "schema": true}}},
            "2XX": {"description": "b"},
            "404": {"$ref": "#/components/responses/r", "description": "c"},
            "default": {"links": {"l": {"operationId": "o", "operationRef": "#/r"}, "m": {}}},
            "20": {"description": "e"},
            "x-f": {},
        }
    })));
}

#[test]
fn a_path_item_may_be_a_reference_and_more() {
    assert_snapshot!(show(&json!({
        "paths": {
            "/a": {"$ref": "a.yaml"},
            "/b": {"$ref": "b.yaml", "summary": "s"},
            "x-p": [1],
        }
    })));
}

#[test]
fn every_wrong_type_is_diagnosed_with_its_place() {
    let root = json!({
        "openapi": "3.1.0",
        "info": {"title": 5, "version": "1"},
        "paths": {
            "/a": {"get": {"parameters": [{"in": "body", "name": "b"}, {"name": "c"}], "responses": []}},
            "/b": null,
        },
        "components": {"schemas": {
            "A": "string",
            "B": {"properties": {"p": 1}, "required": true, "minLength": "1"},
        }},
    });
    let diagnostics = lower::lower_value(&root, Version::V3_1).unwrap_err();
    let mut shown = Map::new();
    for it in &diagnostics {
        assert!(matches!(it.code, "wrong-type" | "missing-member"));
        shown.insert(it.location.to_string(), it.message.clone().into());
    }
    assert_snapshot!(format!("{:#}", Value::Object(shown)));
}
