//! What OpenAPI adds to JSON Schema: the words of 3.0, directions, parameters and secrets.

use proptest::strategy::{Strategy, ValueTree};
use serde_json::json;
use skyvern_conformance::schema::{Direction, Schemas, SecretReason};

use super::{component, document, runner, schema};

#[test]
fn nullable_of_3_0() {
    let schemas = document(
        "3.0.3",
        &json!({
            "Plain": {"type": "string", "nullable": true},
            "Listed": {"type": "string", "enum": ["a"], "nullable": true},
            "Composed": {"allOf": [{"$ref": "#/components/schemas/Object"}], "nullable": true},
            "Object": {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}},
        }),
    );
    for name in ["Plain", "Listed", "Composed"] {
        let at = component(name);
        assert!(schemas.is_valid(&at, &json!(null)), "{name}");
        let coverage = schemas.coverage(&at);
        assert!(
            coverage.valid.iter().any(|one| one.value.is_null()),
            "{name}"
        );
        assert!(
            coverage.invalid.iter().all(|one| !one.value.is_null()),
            "{name}"
        );
    }
    let violations = schemas.violations(&component("Composed"), &json!({"a": "x"}));
    assert_eq!(
        violations[0].to_string(),
        "/a: not of type integer (#/components/schemas/Object/properties/a/type)"
    );
}

#[test]
fn exclusive_bounds_of_3_0_are_flags() {
    let schemas = document(
        "3.0.3",
        &json!({"S": {"type": "integer", "minimum": 1, "exclusiveMinimum": true, "maximum": 3, "exclusiveMaximum": true}}),
    );
    let at = component("S");
    assert!(schemas.is_valid(&at, &json!(2)));
    assert!(!schemas.is_valid(&at, &json!(1)));
    assert!(!schemas.is_valid(&at, &json!(3)));
}

#[test]
fn siblings_of_ref_count_in_3_1_only() {
    let of = json!({
        "S": {"$ref": "#/components/schemas/T", "maxLength": 1},
        "T": {"type": "string"},
    });
    assert!(document("3.0.3", &of).is_valid(&component("S"), &json!("aa")));
    assert!(!document("3.1.0", &of).is_valid(&component("S"), &json!("aa")));
}

#[test]
fn directions() {
    let schemas = document(
        "3.0.3",
        &json!({"S": {
            "type": "object",
            "required": ["id", "password", "name"],
            "properties": {
                "id": {"type": "string", "readOnly": true},
                "password": {"type": "string", "writeOnly": true},
                "name": {"type": "string"},
            },
        }}),
    );
    let at = component("S");
    for (direction, absent, needed) in [
        (Direction::Request, "id", "password"),
        (Direction::Response, "password", "id"),
    ] {
        let schemas = schemas.in_direction(direction);
        let mut runner = runner(1);
        let valid = schemas.valid(&at).unwrap();
        for _ in 0..50 {
            let value = valid.new_tree(&mut runner).unwrap().current();
            assert!(value.get(absent).is_none(), "{value}");
            assert!(value.get(needed).is_some(), "{value}");
        }
        let coverage = schemas.coverage(&at);
        assert!(
            coverage
                .invalid
                .iter()
                .all(|one| one.member.as_deref() != Some(absent))
        );
        assert!(
            coverage
                .invalid
                .iter()
                .any(|one| one.member.as_deref() == Some(needed))
        );
    }
}

#[test]
fn violations_quote_nothing_of_the_value() {
    let (schemas, at) = schema(json!({
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"maxLength": 3}, "c": {"enum": ["x"]}},
        "additionalProperties": false,
        "propertyNames": {"maxLength": 4},
    }));
    let value = json!({"a": "hunter2", "b": "hunter2", "c": "hunter2", "hunter2": 1});
    let violations = schemas.violations(&at, &value);
    assert!(violations.len() >= 5, "{violations:?}");
    for violation in violations {
        assert!(!violation.message.contains("hunter2"), "{violation}");
        assert!(
            !violation.schema.to_string().contains("hunter2"),
            "{violation}"
        );
    }
}

#[test]
fn formats_are_drawn_and_not_asserted() {
    let formats = [
        "date-time",
        "date",
        "time",
        "duration",
        "email",
        "hostname",
        "ipv4",
        "ipv6",
        "uri",
        "uuid",
        "json-pointer",
        "regex",
        "byte",
    ];
    let asserting = |format: &str| {
        jsonschema::options()
            .should_validate_formats(true)
            .with_format("byte", |text: &str| text.len().is_multiple_of(4))
            .build(&json!({"format": format}))
            .unwrap()
    };
    for format in formats {
        let (schemas, at) = schema(json!({"type": "string", "format": format}));
        let check = asserting(format);
        let mut runner = runner(3);
        let valid = schemas.valid(&at).unwrap();
        for _ in 0..40 {
            let mut tree = valid.new_tree(&mut runner).unwrap();
            for _ in 0..20 {
                assert!(
                    check.is_valid(&tree.current()),
                    "{format}: {}",
                    tree.current()
                );
                if !tree.simplify() {
                    break;
                }
            }
        }
        assert!(schemas.is_valid(&at, &json!("not of any format, surely")));
    }
}

#[test]
fn formats_that_tell_branches_apart() {
    let (schemas, at) = schema(
        json!({"oneOf": [{"type": "string", "format": "ipv4"}, {"type": "string", "format": "ipv6"}]}),
    );
    assert!(schemas.is_valid(&at, &json!("192.0.2.1")));
    assert!(schemas.violations(&at, &json!("192.0.2.1")).is_empty());
    assert!(schemas.valid(&at).is_ok());
}

fn texts(of: serde_json::Value) -> Vec<String> {
    let (schemas, at) = schema(of);
    schemas
        .invalid_texts(&at)
        .into_iter()
        .map(|text| text.texts.join("&"))
        .collect()
}

#[test]
fn texts_that_no_reading_makes_valid() {
    let page = texts(json!({"type": "integer", "minimum": 1, "default": 1}));
    for text in ["0", "abc", "7.5", "null"] {
        assert!(
            page.contains(&text.to_owned()),
            "{text} is not among {page:?}"
        );
    }
    assert!(!page.contains(&"1".to_owned()));
    assert!(!page.contains(&String::new()));
    assert_eq!(texts(json!({"type": "string"})), Vec::<String>::new());
    let short = texts(json!({"type": "string", "maxLength": 3}));
    assert!(short.contains(&"aaaa".to_owned()));
    assert!(short.iter().all(|text| text.len() > 3), "{short:?}");
    let nullable = texts(json!({"anyOf": [{"type": "boolean"}, {"type": "null"}]}));
    assert!(nullable.contains(&"abc".to_owned()));
    assert!(
        ["null", "", "1", "yes"]
            .iter()
            .all(|text| !nullable.contains(&(*text).to_owned()))
    );
    let listed = texts(json!({"type": "array", "items": {"enum": ["a", "b"]}}));
    assert!(!listed.is_empty());
    assert!(!listed.contains(&"a&b".to_owned()));
}

#[test]
fn numbers_are_read_leniently() {
    let (schemas, at) = schema(json!({"type": "integer", "maximum": 9}));
    for text in ["7", " 7", "+7", "007", "7.0", "0"] {
        assert!(schemas.is_valid_text(&at, &[text.to_owned()]), "{text}");
    }
    assert!(!schemas.is_valid_text(&at, &["10".to_owned()]));
    assert_eq!(
        Schemas::to_texts(&json!(["a", 1, null])),
        Some(vec!["a".into(), "1".into(), "null".into()])
    );
    assert_eq!(Schemas::to_texts(&json!({})), None);
}

#[test]
fn secrets_by_reason() {
    let schemas = document(
        "3.1.0",
        &json!({
            "S": {"type": "object", "properties": {
                "name": {"type": "string"},
                "next_page_token": {"type": "string"},
                "accessToken": {"type": "string"},
                "metadata": {"type": "object", "writeOnly": true},
                "credential": {"anyOf": [{"$ref": "#/components/schemas/P"}, {"type": "null"}]},
                "children": {"type": "array", "items": {"$ref": "#/components/schemas/S"}},
            }},
            "P": {"type": "object", "properties": {
                "password": {"type": "string", "format": "password", "writeOnly": true},
                "hint": {"type": "string", "format": "password"},
            }},
        }),
    );
    let secrets = schemas.secrets(&component("S"));
    let told: Vec<(String, SecretReason)> = secrets
        .iter()
        .map(|one| (one.to_string(), one.reason))
        .collect();
    assert_eq!(
        told,
        [
            ("/accessToken".to_owned(), SecretReason::Name),
            ("/metadata".to_owned(), SecretReason::WriteOnly),
            ("/credential/password".to_owned(), SecretReason::WriteOnly),
            ("/credential/hint".to_owned(), SecretReason::PasswordFormat),
        ]
    );
    let inside = ["metadata", "any", "thing"];
    assert!(secrets[1].covers(&inside));
    assert!(!secrets[0].covers(&inside));
}

/// Each branch of one value is one value, whichever way it travels.
#[test]
fn one_of_with_one_value_each() {
    let one_of = json!({"oneOf": [
        {"type": "string", "enum": ["asc"], "description": "up"},
        {"type": "string", "enum": ["desc"]},
        {"const": "none", "readOnly": true},
    ]});
    for version in ["3.0.3", "3.1.0"] {
        let schemas = document(
            version,
            &json!({
                "S": one_of,
                "Holder": {"type": "object", "required": ["s"], "properties": {"s": {"$ref": "#/components/schemas/S"}}},
            }),
        );
        for direction in [Direction::Either, Direction::Request, Direction::Response] {
            let schemas = schemas.in_direction(direction);
            for name in ["S", "Holder"] {
                let reasons = schemas.valid(&component(name)).err();
                assert_eq!(reasons, None, "{version} {direction:?} {name}");
            }
        }
    }
}
