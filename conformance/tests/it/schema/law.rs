//! The law of both strategies, over hand-written schemas of every keyword.

use proptest::strategy::{Strategy, ValueTree};
use serde_json::{Value, json};

use super::{component, document, runner, schema};

fn zoo() -> Value {
    json!({
        "Numbers": {"type": "object", "required": ["i", "n"], "properties": {
            "i": {"type": "integer", "minimum": -3, "exclusiveMaximum": 12, "multipleOf": 3},
            "n": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
            "p": {"type": "number", "multipleOf": 0.25},
            "big": {"type": "integer", "minimum": 9_007_199_254_740_993_u64},
        }},
        "Texts": {"type": "object", "properties": {
            "word": {"type": "string", "minLength": 1, "maxLength": 8},
            "code": {"type": "string", "pattern": "^(US|EU)-[0-9]{2,4}$"},
            "loose": {"type": "string", "pattern": "[aeiou]", "maxLength": 5},
            "when": {"type": "string", "format": "date-time"},
        }, "minProperties": 1},
        "Tree": {"type": "object", "required": ["value"], "properties": {
            "value": {"type": "integer"},
            "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}, "maxItems": 3},
        }, "additionalProperties": false},
        "Shape": {"oneOf": [
            {"$ref": "#/components/schemas/Circle"},
            {"$ref": "#/components/schemas/Square"},
            {"$ref": "#/components/schemas/Group"},
        ], "discriminator": {"propertyName": "kind"}},
        "Circle": {"type": "object", "properties": {"kind": {"const": "circle"}, "r": {"type": "number", "minimum": 0}}},
        "Square": {"type": "object", "properties": {"kind": {"const": "square"}, "side": {"type": "number", "minimum": 0}}},
        "Group": {"type": "object", "properties": {"kind": {"const": "group"}, "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Shape"}}}},
        "Merged": {"allOf": [
            {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
            {"properties": {"a": {"minLength": 3}, "b": {"type": ["integer", "null"]}}, "additionalProperties": {"type": "boolean"}},
            {"anyOf": [{"required": ["b"]}, {"properties": {"a": {"maxLength": 4}}}]},
        ]},
        "Lists": {"type": "object", "properties": {
            "set": {"type": "array", "items": {"enum": [1, 2, 3, 4]}, "uniqueItems": true, "minItems": 2},
            "pair": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false},
            "some": {"type": "array", "contains": {"type": "null"}, "items": {"type": ["null", "integer"]}, "maxContains": 2},
        }},
        "Tied": {"type": "object", "required": ["type", "body"],
            "properties": {"type": {"enum": ["a", "b", "c"]}, "body": {"type": "object"}},
            "allOf": [
                {"if": {"properties": {"type": {"const": "a"}}}, "then": {"properties": {"body": {"required": ["x"]}}}},
                {"if": {"properties": {"type": {"const": "b"}}}, "then": {"properties": {"body": {"required": ["y"]}}}},
            ]},
        "Negated": {"not": {"anyOf": [{"type": "string"}, {"type": "object", "required": ["no"]}]}},
        "Maps": {"type": "object", "patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": {"type": "integer"}, "propertyNames": {"maxLength": 12}, "maxProperties": 4},
        "Evaluated": {"type": "object", "anyOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"properties": {"b": {"type": "integer"}}, "required": ["b"]}], "unevaluatedProperties": false},
        "Dependent": {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}, "c": {"type": "integer"}}, "dependentRequired": {"a": ["b"]}, "dependentSchemas": {"b": {"required": ["c"]}}},
        "Defs": {"$defs": {"pos": {"$anchor": "pos", "type": "integer", "minimum": 1}}, "type": "array", "items": {"$ref": "#/components/schemas/Defs/$defs/pos"}},
        "Free": {"type": "object"},
    })
}

#[test]
fn valid_values_validate_and_invalid_ones_do_not() {
    let zoo = zoo();
    let schemas = document("3.1.0", &zoo);
    for name in zoo.as_object().unwrap().keys() {
        let at = component(name);
        let mut runner = runner(7);
        let valid = schemas
            .valid(&at)
            .unwrap_or_else(|reasons| panic!("{name}: {}", reasons[0]));
        let invalid = schemas
            .invalid(&at)
            .unwrap_or_else(|reasons| panic!("{name}: {}", reasons[0]));
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..60 {
            let value = valid.new_tree(&mut runner).unwrap().current();
            assert!(schemas.is_valid(&at, &value), "{name} refuses {value}");
            seen.insert(value.to_string());
            let broken = invalid.new_tree(&mut runner).unwrap().current();
            assert!(
                !schemas.is_valid(&at, &broken.value),
                "{name} takes {}",
                broken.value
            );
            assert!(
                schemas.is_valid(&at, &broken.valid),
                "{name} refuses {}",
                broken.valid
            );
            // The reason given is true: the schema named refuses that part by that keyword.
            let part = broken.value.pointer(broken.instance.as_str()).unwrap();
            let reasons = schemas.violations(&broken.schema, part);
            assert!(
                reasons
                    .iter()
                    .any(|one| one.keyword == broken.keyword && one.instance.is_root()),
                "{name}: {broken:?}"
            );
        }
        assert!(seen.len() >= 8, "{name} has only {seen:?}");
    }
}

#[test]
fn same_seed_same_values() {
    let zoo = zoo();
    let draw = || {
        let schemas = document("3.1.0", &zoo);
        let mut drawn = Vec::new();
        for name in zoo.as_object().unwrap().keys() {
            let at = component(name);
            let mut runner = runner(11);
            for _ in 0..5 {
                drawn.push(
                    schemas
                        .valid(&at)
                        .unwrap()
                        .new_tree(&mut runner)
                        .unwrap()
                        .current(),
                );
                drawn.push(
                    schemas
                        .invalid(&at)
                        .unwrap()
                        .new_tree(&mut runner)
                        .unwrap()
                        .current()
                        .value,
                );
            }
            drawn.extend(
                schemas
                    .coverage(&at)
                    .invalid
                    .into_iter()
                    .map(|one| one.value),
            );
        }
        drawn
    };
    assert_eq!(draw(), draw());
}

#[test]
fn what_was_asked_before_changes_nothing() {
    let zoo = zoo();
    let at = component("Shape");
    let first = |schemas: &skyvern_conformance::schema::Schemas| {
        let mut runner = runner(5);
        let valid = schemas.valid(&at).unwrap();
        let invalid = schemas.invalid(&at).unwrap();
        (0..10)
            .map(|_| {
                (
                    valid.new_tree(&mut runner).unwrap().current(),
                    invalid.new_tree(&mut runner).unwrap().current().value,
                )
            })
            .collect::<Vec<_>>()
    };
    let fresh = document("3.1.0", &zoo);
    let used = document("3.1.0", &zoo);
    for name in ["Tree", "Group", "Negated", "Circle"] {
        used.coverage(&component(name));
    }
    assert_eq!(first(&fresh), first(&used));
}

#[test]
fn patterns_that_cannot_be_read_are_left_out() {
    let (schemas, at) = schema(json!({"type": "string", "pattern": "("}));
    assert!(schemas.is_valid(&at, &json!("a")));
    assert!(schemas.valid(&at).is_ok());
}
