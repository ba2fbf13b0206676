//! Shrinking ends at small, plain values and never leaves what it is about.

use proptest::strategy::{Strategy, ValueTree};
use serde_json::{Value, json};

use super::{runner, schema};

/// The smallest value that fails, and how many values were tried.
fn shrink<T: ValueTree>(mut tree: T, fails: impl Fn(&T::Value) -> bool) -> (T::Value, usize) {
    let mut smallest = tree.current();
    let mut tried = 0;
    loop {
        let current = tree.current();
        tried += 1;
        assert!(tried < 5_000, "shrinking does not end");
        let more = if fails(&current) {
            smallest = current;
            tree.simplify()
        } else {
            tree.complicate()
        };
        if !more {
            return (smallest, tried);
        }
    }
}

fn order() -> Value {
    json!({
        "type": "object",
        "required": ["name", "items"],
        "properties": {
            "name": {"type": "string", "minLength": 1},
            "items": {"type": "array", "minItems": 1, "items": {
                "type": "object",
                "required": ["price"],
                "properties": {"price": {"type": "integer", "minimum": 1}, "note": {"type": ["string", "null"]}},
            }},
            "when": {"type": "string", "format": "date-time"},
            "mode": {"enum": ["slow", "fast"]},
        },
    })
}

#[test]
fn valid_values_shrink_to_the_smallest_that_fails() {
    let (schemas, at) = schema(order());
    let valid = schemas.valid(&at).unwrap();
    let mut seen = 0;
    for seed in 0..30 {
        let tree = valid.new_tree(&mut runner(seed)).unwrap();
        let expensive = |value: &Value| {
            assert!(schemas.is_valid(&at, value), "{value}");
            value["items"]
                .as_array()
                .unwrap()
                .iter()
                .any(|item| item["price"].as_i64().unwrap() >= 40)
        };
        if !expensive(&tree.current()) {
            continue;
        }
        seen += 1;
        let (smallest, tried) = shrink(tree, expensive);
        assert_eq!(smallest, json!({"name": "a", "items": [{"price": 40}]}));
        assert!(tried < 150, "{tried}");
    }
    assert!(seen > 5, "{seen}");
}

#[test]
fn formats_survive_shrinking() {
    let (schemas, at) = schema(order());
    let valid = schemas.valid(&at).unwrap();
    let has_date = |value: &Value| value.get("when").is_some();
    let tree = (0..50)
        .map(|seed| valid.new_tree(&mut runner(seed)).unwrap())
        .find(|tree| has_date(&tree.current()))
        .unwrap();
    let (smallest, _) = shrink(tree, has_date);
    let date = smallest["when"].as_str().unwrap();
    assert_eq!(date.as_bytes()[10], b'T', "{date}");
    assert_eq!(smallest.as_object().unwrap().len(), 3);
}

#[test]
fn invalid_values_keep_their_one_reason() {
    let (schemas, at) = schema(order());
    let invalid = schemas.invalid(&at).unwrap();
    let mut smallest = std::collections::BTreeSet::new();
    for seed in 0..60 {
        let tree = invalid.new_tree(&mut runner(seed)).unwrap();
        let first = tree.current();
        let (last, _) = shrink(tree, |broken| {
            assert!(!schemas.is_valid(&at, &broken.value));
            assert!(schemas.is_valid(&at, &broken.valid));
            assert_eq!(
                (&broken.schema, &broken.keyword),
                (&first.schema, &first.keyword)
            );
            true
        });
        assert_eq!(
            schemas.violations(&at, &last.value).len(),
            1,
            "{}",
            last.value
        );
        smallest.insert(last.value.to_string());
    }
    for expected in [
        r#"{"name":"","items":[{"price":1}]}"#,
        r#"{"items":[{"price":1}]}"#,
        r#"{"name":"a","items":[]}"#,
        r#"{"name":"a","items":[{}]}"#,
    ] {
        assert!(
            smallest.contains(expected),
            "{expected} is not among {smallest:#?}"
        );
    }
}
