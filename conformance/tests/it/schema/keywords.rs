//! For each keyword: the coverage list has both sides of its constraint.

use serde_json::{Value, json};

use super::schema;

/// Asserts that the coverage of the schema has these valid values, and these broken ones under these keywords.
#[track_caller]
fn covers(of: Value, valid: &[Value], invalid: &[(Value, &str)]) {
    let (schemas, at) = schema(of);
    let coverage = schemas.coverage(&at);
    assert_eq!(coverage.unsupported, []);
    for value in valid {
        assert!(
            coverage.valid.iter().any(|one| &one.value == value),
            "{value} is not among {:?}",
            coverage
                .valid
                .iter()
                .map(|one| one.value.to_string())
                .collect::<Vec<_>>()
        );
    }
    for (value, keyword) in invalid {
        assert!(
            coverage
                .invalid
                .iter()
                .any(|one| &one.value == value && one.keyword == *keyword),
            "{value} ({keyword}) is not among {:?}",
            coverage
                .invalid
                .iter()
                .map(|one| format!("{} ({})", one.value, one.keyword))
                .collect::<Vec<_>>()
        );
    }
    for one in &coverage.valid {
        assert!(
            schemas.is_valid(&at, &one.value),
            "{} is refused",
            one.value
        );
    }
    for one in &coverage.invalid {
        assert!(!schemas.is_valid(&at, &one.value), "{} is taken", one.value);
        assert!(
            schemas.is_valid(&at, &one.valid),
            "{} is refused",
            one.valid
        );
    }
}

#[test]
fn type_of_one() {
    covers(
        json!({"type": "integer"}),
        &[json!(0), json!(-1)],
        &[
            (json!(null), "type"),
            (json!("a"), "type"),
            (json!(7.5), "type"),
            (json!(true), "type"),
        ],
    );
}

#[test]
fn type_of_several() {
    covers(
        json!({"type": ["string", "null"], "minLength": 2}),
        &[json!("aa"), json!(null)],
        &[(json!("a"), "minLength"), (json!(7), "type")],
    );
}

#[test]
fn enumeration() {
    covers(
        json!({"enum": ["a", 1, null]}),
        &[json!("a"), json!(1), json!(null)],
        &[],
    );
    covers(
        json!({"type": "string", "enum": ["x", "y"]}),
        &[json!("x"), json!("y")],
        &[(json!("a"), "enum"), (json!(null), "type")],
    );
}

#[test]
fn constant() {
    covers(
        json!({"type": "string", "const": "x"}),
        &[json!("x")],
        &[(json!("a"), "const")],
    );
}

#[test]
fn bounds() {
    covers(
        json!({"type": "integer", "minimum": 3, "maximum": 9}),
        &[json!(3), json!(4), json!(8), json!(9)],
        &[(json!(2), "minimum"), (json!(10), "maximum")],
    );
}

#[test]
fn bounds_written_as_floats() {
    covers(
        json!({"type": "integer", "minimum": 1.0, "maximum": 5.0}),
        &[json!(1), json!(5)],
        &[(json!(0), "minimum"), (json!(6), "maximum")],
    );
}

#[test]
fn exclusive_bounds() {
    covers(
        json!({"type": "integer", "exclusiveMinimum": 3, "exclusiveMaximum": 9}),
        &[json!(4), json!(8)],
        &[
            (json!(3), "exclusiveMinimum"),
            (json!(9), "exclusiveMaximum"),
        ],
    );
}

#[test]
fn multiples() {
    covers(
        json!({"type": "integer", "multipleOf": 5, "minimum": 5}),
        &[json!(5), json!(10)],
        &[(json!(0), "minimum")],
    );
    let (schemas, at) =
        schema(json!({"type": "number", "multipleOf": 0.01, "minimum": 0, "maximum": 3}));
    let coverage = schemas.coverage(&at);
    assert!(
        coverage
            .valid
            .iter()
            .any(|one| one.value.as_f64().unwrap().fract() != 0.0)
    );
    assert!(
        coverage
            .invalid
            .iter()
            .any(|one| one.keyword == "multipleOf")
    );
}

#[test]
fn lengths_in_characters() {
    covers(
        json!({"type": "string", "minLength": 2, "maxLength": 5}),
        &[json!("aa"), json!("aaa"), json!("aaaa"), json!("aaaaa")],
        &[(json!("a"), "minLength"), (json!("aaaaaa"), "maxLength")],
    );
    let (schemas, at) = schema(json!({"type": "string", "maxLength": 2}));
    assert!(schemas.is_valid(&at, &json!("😀😀")));
    assert!(!schemas.is_valid(&at, &json!("😀😀😀")));
}

#[test]
fn patterns_with_lengths() {
    let (schemas, at) = schema(
        json!({"type": "string", "pattern": "^[a-c]{1,8}-\\d+$", "minLength": 4, "maxLength": 6}),
    );
    let coverage = schemas.coverage(&at);
    let lengths: Vec<usize> = coverage
        .valid
        .iter()
        .map(|one| one.value.as_str().unwrap().len())
        .collect();
    for length in 4..=6 {
        assert!(
            lengths.contains(&length),
            "{length} is not among {lengths:?}"
        );
    }
    for keyword in ["pattern", "minLength", "maxLength", "type"] {
        assert!(
            coverage.invalid.iter().any(|one| one.keyword == keyword),
            "{keyword}"
        );
    }
}

#[test]
fn patterns_that_look_around_or_float() {
    for pattern in [
        "^(?!admin)[a-z]{3,}$",
        "foo",
        "^(?=.*\\d).{4,8}$",
        "\\bx\\b",
    ] {
        let (schemas, at) = schema(json!({"type": "string", "pattern": pattern}));
        let coverage = schemas.coverage(&at);
        assert_eq!(coverage.unsupported, [], "{pattern}");
        assert!(!coverage.valid.is_empty(), "{pattern}");
        assert!(
            coverage.invalid.iter().any(|one| one.keyword == "pattern"),
            "{pattern}"
        );
    }
}

#[test]
fn items() {
    covers(
        json!({"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1, "maxItems": 3}),
        &[json!([0]), json!([0, 0]), json!([0, 0, 0])],
        &[
            (json!([]), "minItems"),
            (json!([0, 0, 0, 0]), "maxItems"),
            (json!([-1]), "minimum"),
            (json!([null]), "type"),
        ],
    );
}

#[test]
fn unique_items() {
    covers(
        json!({"type": "array", "items": {"type": "boolean"}, "uniqueItems": true, "minItems": 1}),
        &[json!([false])],
        &[(json!([false, false]), "uniqueItems")],
    );
}

#[test]
fn prefix_items() {
    covers(
        json!({"type": "array", "prefixItems": [{"const": 1}, {"type": "string"}], "items": false, "minItems": 2}),
        &[json!([1, "a"])],
        &[(json!([1]), "minItems"), (json!([1, null]), "type")],
    );
}

#[test]
fn contains() {
    let (schemas, at) = schema(
        json!({"type": "array", "items": {"type": "integer"}, "contains": {"minimum": 5}, "minContains": 2}),
    );
    let coverage = schemas.coverage(&at);
    assert!(coverage.valid.iter().any(|one| one.value == json!([5, 5])));
    assert!(coverage.invalid.iter().any(|one| one.keyword == "contains"));
}

#[test]
fn required_members() {
    covers(
        json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}, "b": {"type": "boolean"}}}),
        &[
            json!({"a": 0}),
            json!({"a": 0, "b": false}),
            json!({"a": 0, "b": true}),
        ],
        &[
            (json!({}), "required"),
            (json!({"a": null}), "type"),
            (json!({"a": 0, "b": null}), "type"),
        ],
    );
}

#[test]
fn additional_members() {
    covers(
        json!({"type": "object", "properties": {"a": {}}, "additionalProperties": false}),
        &[json!({})],
        &[(json!({"x_extra": "a"}), "additionalProperties")],
    );
    covers(
        json!({"type": "object", "additionalProperties": {"type": "string"}}),
        &[json!({}), json!({"key": "a"})],
        &[(json!({"key": null}), "type")],
    );
}

#[test]
fn patterned_members() {
    let (schemas, at) = schema(
        json!({"type": "object", "minProperties": 1, "patternProperties": {"^x_": {"type": "integer"}}, "additionalProperties": false}),
    );
    let coverage = schemas.coverage(&at);
    assert!(coverage.valid.iter().any(|one| {
        one.value
            .as_object()
            .unwrap()
            .keys()
            .all(|name| name.starts_with("x_"))
    }));
    for keyword in ["minProperties", "additionalProperties"] {
        assert!(
            coverage.invalid.iter().any(|one| one.keyword == keyword),
            "{keyword}"
        );
    }
}

#[test]
fn names_of_members() {
    let (schemas, at) = schema(
        json!({"type": "object", "minProperties": 1, "propertyNames": {"pattern": "^[A-Z]+$"}}),
    );
    let coverage = schemas.coverage(&at);
    assert!(!coverage.valid.is_empty());
    assert!(
        coverage
            .invalid
            .iter()
            .any(|one| one.keyword == "propertyNames")
    );
}

#[test]
fn counts_of_members() {
    let (schemas, at) = schema(
        json!({"type": "object", "minProperties": 1, "maxProperties": 2, "additionalProperties": {"type": "integer"}}),
    );
    let coverage = schemas.coverage(&at);
    for keyword in ["minProperties", "maxProperties"] {
        assert!(
            coverage.invalid.iter().any(|one| one.keyword == keyword),
            "{keyword}"
        );
    }
}

#[test]
fn dependent_members() {
    covers(
        json!({"type": "object", "properties": {"a": {"const": 1}, "b": {"const": 2}}, "dependentRequired": {"a": ["b"]}}),
        &[json!({}), json!({"b": 2}), json!({"a": 1, "b": 2})],
        &[],
    );
    covers(
        json!({"type": "object", "properties": {"a": {"const": 1}}, "dependentSchemas": {"a": {"required": ["b"]}}}),
        &[json!({})],
        &[],
    );
}

#[test]
fn all_of_is_merged() {
    covers(
        json!({"allOf": [{"type": "integer", "minimum": 2}, {"maximum": 4}]}),
        &[json!(2), json!(3), json!(4)],
        &[(json!(1), "minimum"), (json!(5), "maximum")],
    );
}

#[test]
fn each_branch_of_any_of() {
    covers(
        json!({"anyOf": [{"type": "integer"}, {"type": "array", "maxItems": 1}, {"type": "null"}]}),
        &[json!(0), json!([]), json!(null)],
        &[(json!("a"), "type")],
    );
}

#[test]
fn each_branch_of_one_of() {
    covers(
        json!({"oneOf": [
            {"type": "object", "properties": {"t": {"const": "a"}, "x": {"type": "integer"}}, "required": ["x"]},
            {"type": "object", "properties": {"t": {"const": "b"}, "x": {"type": "integer"}}, "required": ["x"]},
        ]}),
        &[json!({"t": "a", "x": 0}), json!({"t": "b", "x": 0})],
        &[],
    );
}

#[test]
fn not_is_kept() {
    let (schemas, at) =
        schema(json!({"type": "string", "enum": ["a", "b"], "not": {"const": "a"}}));
    let coverage = schemas.coverage(&at);
    assert!(coverage.valid.iter().all(|one| one.value == "b"));
    assert!(coverage.invalid.iter().any(|one| one.keyword == "not"));
}

#[test]
fn conditions_tie_a_tag_to_a_shape() {
    covers(
        json!({
            "type": "object",
            "required": ["kind", "body"],
            "properties": {"kind": {"enum": ["n", "s"]}, "body": {"type": ["integer", "string"]}},
            "if": {"properties": {"kind": {"const": "n"}}},
            "then": {"properties": {"body": {"type": "integer"}}},
            "else": {"properties": {"body": {"type": "string"}}},
        }),
        &[
            json!({"kind": "n", "body": 0}),
            json!({"kind": "s", "body": "a"}),
        ],
        &[(json!({"kind": "n", "body": "a"}), "type")],
    );
}

#[test]
fn unevaluated_members() {
    covers(
        json!({"type": "object", "allOf": [{"properties": {"a": {"const": 1}}}], "unevaluatedProperties": false}),
        &[json!({}), json!({"a": 1})],
        &[(json!({"x_extra": "a"}), "unevaluatedProperties")],
    );
}

#[test]
fn boolean_schemas() {
    let (schemas, at) =
        schema(json!({"type": "object", "properties": {"never": false, "any": true}}));
    let coverage = schemas.coverage(&at);
    assert!(
        coverage
            .valid
            .iter()
            .all(|one| one.value.get("never").is_none())
    );
    let (schemas, at) = schema(json!(true));
    assert!(schemas.valid(&at).is_ok());
    assert!(schemas.invalid(&at).is_err());
    let (schemas, at) = schema(json!({"allOf": [{"type": "string"}, {"type": "integer"}]}));
    let reasons = schemas.valid(&at).unwrap_err();
    assert_eq!(
        reasons[0].to_string(),
        "#/components/schemas/S: no value can meet all of its keywords"
    );
}

#[test]
fn examples_and_defaults() {
    let (schemas, at) = schema(
        json!({"type": "object", "properties": {"a": {"type": "string", "examples": ["like this"], "default": "d"}}}),
    );
    let coverage = schemas.coverage(&at);
    let documented: Vec<&Value> = coverage
        .valid
        .iter()
        .filter(|one| one.from_document)
        .map(|one| &one.value)
        .collect();
    assert_eq!(documented, [&json!({"a": "like this"}), &json!({"a": "d"})]);
}

/// Values beyond these bounds would take gigabytes: they are not made, and nothing waits for them.
#[test]
fn bounds_that_are_far_away() {
    let (schemas, at) = schema(json!({
        "type": "object",
        "properties": {
            "list": {"type": "array", "items": {"type": "integer"}, "maxItems": 4_000_000_000_u64},
            "text": {"type": "string", "maxLength": 4_000_000_000_u64},
            "word": {"type": "string", "pattern": "^a*$", "maxLength": 4_000_000_000_u64},
        },
    }));
    let coverage = schemas.coverage(&at);
    let longest = coverage.valid.iter().map(|one| one.value.to_string().len());
    assert!(longest.max().is_some_and(|length| length < 1_000));
    assert!(
        coverage
            .invalid
            .iter()
            .all(|one| !one.keyword.starts_with("max"))
    );
    for least in [
        json!({"type": "array", "minItems": 4_000_000_000_u64}),
        json!({"type": "string", "minLength": 4_000_000_000_u64}),
    ] {
        let (schemas, at) = schema(least);
        assert!(schemas.valid(&at).is_err());
    }
}
