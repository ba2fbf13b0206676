//! Random changes to documents, and random schemas: known members and unknown ones, with values that fit
//! and others.

use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};
use spec::Pointer;

/// Members of every kind of object, each with values that fit it somewhere; and some that nobody knows.
pub(super) fn members() -> Vec<(&'static str, Vec<Value>)> {
    let flag = || vec![json!(true), json!(false)];
    let text = || vec![json!(""), json!("text")];
    let number = || {
        vec![
            json!(0),
            json!(-1),
            json!(5.0),
            json!(0.5),
            json!(1e20),
            json!(u64::MAX),
            json!(i64::MAX),
            json!(-0.0),
        ]
    };
    let count = || vec![json!(0), json!(2), json!(5.0), json!(1e20)];
    let list = || {
        vec![
            json!([]),
            json!(["a"]),
            json!([{}]),
            json!([{"url": "/"}]),
            json!([{"a": []}]),
            json!([{"name": "a"}]),
        ]
    };
    let map = || {
        vec![
            json!({}),
            json!({"a": {}}),
            json!({"a": "b"}),
            json!({"a": {"$ref": "#/x", "summary": "s", "x-a": 1}}),
        ]
    };
    let schema = || {
        vec![
            json!({}),
            json!(true),
            json!(false),
            json!({"type": "null"}),
            json!({"type": ["string", "null"]}),
            json!({"$ref": "#/x"}),
            json!({"$ref": "#/x", "description": "d", "x-a": 1}),
            json!({"const": 3.0, "type": "integer"}),
            json!({"type": "array", "uniqueItems": false}),
        ]
    };
    let schemas = || {
        vec![
            json!([]),
            json!([{}]),
            json!([true, {"type": "null"}]),
            json!([{"type": "null"}, {"type": "string", "title": "t"}]),
            json!([{"$ref": "#/x"}, {"type": "null"}]),
            json!([{"type": "null"}, {"$ref": "#/x", "title": "t"}]),
            json!([{"const": 1}, {"type": "null"}, {"type": "null"}]),
            json!([{"type": "string"}, {}, {"type": "null"}]),
            json!([{"anyOf": [{"type": "null"}, {"type": "string"}]}, {"type": "null"}]),
            json!([{"type": ["string", "null"]}, {"type": "null"}]),
            json!([{"minimum": 1, "exclusiveMinimum": 0}, {"type": "null"}]),
        ]
    };
    let mut members = vec![
        (
            "type",
            vec![
                json!("string"),
                json!("integer"),
                json!("number"),
                json!("boolean"),
                json!("object"),
                json!("array"),
                json!("null"),
                json!(["string", "null"]),
                json!(["integer"]),
                json!(["string", "integer"]),
                json!(["null"]),
                json!([]),
                json!("apiKey"),
            ],
        ),
        (
            "enum",
            vec![
                json!([]),
                json!(["a", null]),
                json!([1, 2.0]),
                json!([1]),
                json!([true]),
                json!([{}]),
            ],
        ),
        (
            "const",
            vec![
                json!(null),
                json!("a"),
                json!(1),
                json!(2.0),
                json!(true),
                json!({"a": 1}),
            ],
        ),
        (
            "default",
            vec![json!(null), json!("a"), json!({"description": "d"})],
        ),
        (
            "in",
            vec![
                json!("query"),
                json!("header"),
                json!("path"),
                json!("cookie"),
            ],
        ),
        (
            "style",
            vec![
                json!("form"),
                json!("simple"),
                json!("label"),
                json!("spaceDelimited"),
                json!("else"),
            ],
        ),
        ("$ref", vec![json!("#/components/schemas/Object")]),
        (
            "required",
            vec![json!(true), json!(false), json!(["a"]), json!([])],
        ),
        ("scopes", vec![json!({}), json!({"a": "b"})]),
        (
            "responses",
            vec![
                json!({}),
                json!({"200": {"description": "d"}, "4xx": {"$ref": "#/x"}, "4XX": {}}),
                json!({"default": {}, "099": 1}),
            ],
        ),
        (
            "security",
            vec![
                json!([]),
                json!([{}]),
                json!([{"a": []}]),
                json!([{"a": ["b"]}]),
            ],
        ),
        (
            "tags",
            vec![json!([]), json!(["a"]), json!([{"name": "a"}])],
        ),
        (
            "parameters",
            vec![
                json!([]),
                json!([{"$ref": "#/x", "summary": "s"}]),
                json!([{"in": "query", "name": "n", "style": "form"}]),
                json!({"a": 1}),
            ],
        ),
        ("additionalProperties", schema()),
        ("example", vec![json!(null), json!(1)]),
        (
            "examples",
            vec![json!([1]), json!({}), json!({"a": {"value": null}})],
        ),
        ("x-any", vec![json!(null), json!({"$ref": 1})]),
        (
            "requestBody",
            vec![
                json!({}),
                json!({"$ref": "#/x", "description": "d"}),
                json!({"content": {"a/b": {}}, "required": false}),
            ],
        ),
        (
            "callbacks",
            vec![
                json!({}),
                json!({"a": {"$ref": "#/x"}}),
                json!({"a": {"x-a": 1, "b": {"$ref": "#/x"}}}),
            ],
        ),
        (
            "discriminator",
            vec![
                json!({"propertyName": "a", "x-a": 1}),
                json!({"propertyName": "a", "mapping": {}}),
            ],
        ),
        (
            "flows",
            vec![json!({}), json!({"implicit": {"scopes": {}}})],
        ),
    ];
    for key in [
        "deprecated",
        "nullable",
        "readOnly",
        "writeOnly",
        "uniqueItems",
        "allowReserved",
        "allowEmptyValue",
        "explode",
        "exclusiveMinimum",
        "exclusiveMaximum",
    ] {
        members.push((key, flag()));
    }
    for key in [
        "minimum",
        "maximum",
        "multipleOf",
        "exclusiveMinimum",
        "exclusiveMaximum",
    ] {
        members.push((key, number()));
    }
    for key in [
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "minProperties",
        "maxProperties",
    ] {
        members.push((key, count()));
    }
    for key in [
        "openapi",
        "title",
        "description",
        "summary",
        "version",
        "url",
        "name",
        "format",
        "pattern",
        "operationId",
        "operationRef",
        "contentMediaType",
        "scheme",
        "externalValue",
        "propertyName",
        "contentType",
        "jsonSchemaDialect",
    ] {
        members.push((key, text()));
    }
    for key in ["allOf", "anyOf", "oneOf", "prefixItems"] {
        members.push((key, schemas()));
    }
    for key in [
        "not",
        "items",
        "schema",
        "if",
        "then",
        "unevaluatedProperties",
    ] {
        members.push((key, schema()));
    }
    members.push(("servers", list()));
    for key in [
        "properties",
        "patternProperties",
        "$defs",
        "content",
        "headers",
        "links",
        "mapping",
        "variables",
        "encoding",
        "schemas",
        "securitySchemes",
        "pathItems",
        "webhooks",
        "components",
        "info",
        "externalDocs",
        "xml",
        "value",
        "get",
        "/new",
        "200",
        "2xx",
        "2XX",
        "a/b~c",
        "",
        "x-oas31-const",
        "x-oas31-a/b",
        "x-lowered-const",
        "x-lowered-nullable",
        "x-lowered-boolean",
        "x-lowered-absent",
    ] {
        members.push((key, map()));
    }
    members
}

/// One change: in which of the objects, which member, and with which of the values that fit it; or none of
/// those, then any member's. No value takes a member away.
#[derive(Clone, Debug)]
pub(super) struct Change {
    place: Index,
    member: Index,
    value: Option<(Index, bool)>,
}

pub(super) fn change() -> impl Strategy<Value = Change> {
    let value = (any::<Index>(), prop::bool::weighted(0.8));
    let value = prop::option::weighted(0.9, value);
    (any::<Index>(), any::<Index>(), value).prop_map(|(place, member, value)| Change {
        place,
        member,
        value,
    })
}

impl Change {
    pub(super) fn apply(&self, root: &mut Value, members: &[(&str, Vec<Value>)]) {
        let mut objects = Vec::new();
        collect_objects(root, &Pointer::root(), &mut objects);
        let Some(Value::Object(object)) = root.pointer_mut(self.place.get(&objects).as_str())
        else {
            return;
        };
        let (key, fitting) = self.member.get(members);
        if let Some((value, fits)) = self.value {
            let values = if fits { fitting } else { &value.get(members).1 };
            object.insert((*key).to_owned(), value.get(values).clone());
        } else if !object.is_empty() {
            let gone = object.keys().nth(self.member.index(object.len())).cloned();
            gone.and_then(|gone| object.remove(&gone));
        }
    }
}

pub(super) fn collect_objects(value: &Value, at: &Pointer, found: &mut Vec<Pointer>) {
    match value {
        Value::Object(members) => {
            found.push(at.clone());
            for (key, value) in members {
                collect_objects(value, &at.child(key), found);
            }
        }
        Value::Array(elements) => {
            for (index, value) in elements.iter().enumerate() {
                collect_objects(value, &at.index(index), found);
            }
        }
        _ => {}
    }
}

pub(super) fn remove(root: &mut Value, at: &Pointer) {
    let (Some(parent), Some(last)) = (at.parent(), at.last()) else {
        return;
    };
    match root.pointer_mut(parent.as_str()) {
        Some(Value::Object(members)) => {
            members.remove(&last);
        }
        Some(Value::Array(elements)) => {
            let index = last.parse().unwrap();
            if index < elements.len() {
                elements.remove(index);
            }
        }
        _ => {}
    }
}

/// A schema of random keywords, most of them with values that fit.
pub(super) fn schema() -> impl Strategy<Value = Value> {
    let keywords: Vec<(String, Vec<Value>)> = members()
        .into_iter()
        .map(|(key, values)| (key.to_owned(), values))
        .collect();
    let keyword = prop::sample::select(keywords)
        .prop_flat_map(|(key, values)| (Just(key), prop::sample::select(values)));
    let leaf = prop::collection::vec(keyword, 0..5)
        .prop_map(|members| members.into_iter().collect::<Value>());
    leaf.prop_recursive(3, 24, 4, |inner| {
        let branches = prop::collection::vec(inner.clone(), 1..4);
        let holder = prop_oneof![
            branches.clone().prop_map(|it| json!({ "anyOf": it })),
            branches.clone().prop_map(|mut it| {
                it.push(json!({"type": "null"}));
                json!({ "anyOf": it })
            }),
            branches.prop_map(|it| json!({ "oneOf": it, "allOf": [] })),
            inner
                .clone()
                .prop_map(|it| json!({ "items": it, "type": "array" })),
            inner
                .clone()
                .prop_map(|it| json!({ "properties": {"a": it}, "type": "object" })),
        ];
        (holder, inner).prop_map(|(mut holder, around)| {
            for (key, value) in around.as_object().into_iter().flatten() {
                holder[key] = value.clone();
            }
            holder
        })
    })
}
