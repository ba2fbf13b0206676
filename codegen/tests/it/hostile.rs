//! Small documents that would make an endless client, an endless search or an endless stack: refused, or bounded.

use codegen::{Extent, NameLock, Settings, generate};
use serde_json::{Map, Value, json};
use spec::{Document, Style};

/// A document whose one answer is the schema `A0`.
fn document(schemas: &Value) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/x": {"get": {"operationId": "x", "responses": {"200": {
            "description": "ok",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A0"}}},
        }}}}},
        "components": {"schemas": schemas},
    })
}

/// `A0` to `A{last}`, each made of its number; `last` is an object.
fn chain(last: usize, each: impl Fn(usize, Value) -> Value) -> Value {
    let next = |index: usize| json!({"$ref": format!("#/components/schemas/A{}", index + 1)});
    let mut schemas: Map<String, Value> = (0..last)
        .map(|index| (format!("A{index}"), each(index, next(index))))
        .collect();
    schemas.insert(
        format!("A{last}"),
        json!({"type": "object", "properties": {"z": {"type": "string"}}}),
    );
    Value::Object(schemas)
}

/// The bytes of the client, or the codes of what is wrong.
fn outcome(document: &Value) -> Result<usize, Vec<&'static str>> {
    let codes = |diagnostics: &[spec::Diagnostic]| diagnostics.iter().map(|one| one.code).collect();
    let read = Document::from_text("hostile.json", &document.to_string(), &[]);
    let document = read.map_err(|error| codes(error.diagnostics()))?;
    let settings = Settings {
        package: "hostile".to_owned(),
        source: "hostile.json".to_owned(),
        names: NameLock::default(),
        extent: Extent::Sources,
    };
    match generate(&document, &settings) {
        Ok(generated) => Ok(generated.files.iter().map(|(_, text)| text.len()).sum()),
        Err(diagnostics) => {
            assert!(document.render(&diagnostics, Style::Plain).len() < 20_000);
            Err(codes(&diagnostics))
        }
    }
}

#[test]
fn chains_of_composition_end_somewhere() {
    let references = document(&chain(200, |_, next| next));
    assert!(outcome(&references).unwrap_err().contains(&"ref-chain"));
    let heirs = document(&chain(
        200,
        |index, next| json!({"allOf": [next, {"type": "object", "properties": {format!("p{index}"): {"type": "string"}}}]}),
    ));
    assert!(outcome(&heirs).unwrap_err().contains(&"ref-chain"));
}

#[test]
fn what_is_composed_twice_at_each_level_counts_once() {
    let doubled = document(&chain(60, |_, next| json!({"allOf": [next, next]})));
    assert!(outcome(&doubled).unwrap() < 200_000);
}

#[test]
fn lists_of_lists_end_somewhere() {
    let lists = document(&chain(
        200,
        |_, next| json!({"type": "array", "items": next}),
    ));
    assert!(outcome(&lists).is_ok());
    let pairs = document(&chain(
        60,
        |_, next| json!({"type": "array", "prefixItems": [next, next], "items": false, "minItems": 2}),
    ));
    assert_eq!(outcome(&pairs), Err(vec!["too-large"]));
}

#[test]
fn the_client_grows_with_the_document_and_no_faster() {
    let mut schemas = Map::new();
    let parts: Vec<Value> = (0..150)
        .map(|index| json!({"$ref": format!("#/components/schemas/B{index}")}))
        .collect();
    for index in 0..150 {
        schemas.insert(
            format!("B{index}"),
            json!({"type": "object", "properties": {format!("b{index}"): {"type": "string"}}}),
        );
        schemas.insert(format!("A{index}"), json!({"allOf": [{"$ref": "#/components/schemas/Hub"}, {"type": "object", "properties": {"own": {"type": "string"}}}]}));
    }
    schemas.insert("Hub".to_owned(), json!({"allOf": parts}));
    assert_eq!(
        outcome(&document(&Value::Object(schemas))),
        Err(vec!["too-large"])
    );
}

#[test]
fn branches_of_branches_of_branches_are_not_all_written_out() {
    let mut schemas = Map::new();
    for index in 0..40 {
        for letter in ["A", "B"] {
            let next = index + 1;
            let branches = ["A", "B"]
                .map(|letter| json!({"$ref": format!("#/components/schemas/{letter}{next}")}));
            schemas.insert(format!("{letter}{index}"), json!({"type": "object", "properties": {format!("{letter}{index}"): {"type": "string"}}, "anyOf": branches}));
            schemas.insert(
                format!("{letter}40"),
                json!({"type": "object", "properties": {"z": {"type": "string"}}}),
            );
        }
    }
    assert_eq!(
        outcome(&document(&Value::Object(schemas))),
        Err(vec!["too-large"])
    );
}

#[test]
fn faults_are_told_up_to_a_number() {
    let schemas: Map<String, Value> = (0..600)
        .map(|index| {
            (
                format!("A{index}"),
                json!({"$ref": format!("#/components/schemas/Missing{index}")}),
            )
        })
        .collect();
    let codes = outcome(&document(&Value::Object(schemas))).unwrap_err();
    assert_eq!(codes.len(), 501);
    assert!(codes.contains(&"too-many-errors"));
}
