//! The law: what the lowered document raises to is the document, but for what the account reports; and
//! what openapiv3 writes differs from the document only where the account says so.

use std::{collections::HashSet, fs, path::PathBuf, sync::LazyLock};

use openapiv3::OpenAPI;
use proptest::{prelude::*, sample::Index};
use serde_json::{Map, Value, json};
use spec::{
    Account, Pointer, Version,
    account::{Entry, Rule},
    lower::{self, Lowered},
};

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

/// Why the law does not hold for `root`, if so.
fn broken(root: &Value, lowered: &Lowered) -> Result<(), String> {
    let raised = lower::raise(&lowered.api);
    let discrepancies = lowered.account.audit(root, &raised);
    if !discrepancies.is_empty() {
        return Err(format!("the account is false: {discrepancies:?}"));
    }
    for entry in lowered.account.entries() {
        if root.pointer(entry.location().pointer.as_str()).is_none() {
            return Err(format!("{entry:?} is about nothing"));
        }
    }
    let written = serde_json::to_value(&lowered.api).map_err(|error| error.to_string())?;
    // What stands in for an absent member, said of the object around, excuses no other member.
    let told = lowered.account.entries().iter().filter(|entry| {
        !matches!(
            entry,
            Entry::Rewritten {
                rule: Rule::Absent,
                ..
            }
        )
    });
    let mut comparison = Comparison {
        told: told.map(|entry| &entry.location().pointer).collect(),
        untold: Vec::new(),
    };
    comparison.compare(root, Some(&written), &Pointer::root());
    if !comparison.untold.is_empty() {
        return Err(format!("rewritten without a word: {:?}", comparison.untold));
    }
    Ok(())
}

/// Finds the nodes that openapiv3 does not write as the document has them, and that lie in no node
/// with an entry. Members that the model adds are no concern of the account.
struct Comparison<'a> {
    told: HashSet<&'a Pointer>,
    untold: Vec<Pointer>,
}

impl Comparison<'_> {
    fn compare(&mut self, raw: &Value, written: Option<&Value>, at: &Pointer) {
        if self.told.contains(at) {
            return;
        }
        match (raw, written) {
            (raw, Some(written)) if raw == written => {}
            // The model keeps some numbers as floats.
            (Value::Number(raw), Some(Value::Number(written)))
                if raw.as_f64() == written.as_f64() => {}
            (Value::Object(raw), Some(Value::Object(written))) => {
                for (key, value) in raw {
                    self.compare(value, written.get(key), &at.child(key));
                }
            }
            (Value::Array(raw), Some(Value::Array(written))) if raw.len() == written.len() => {
                for (index, (raw, written)) in raw.iter().zip(written).enumerate() {
                    self.compare(raw, Some(written), &at.index(index));
                }
            }
            _ => self.untold.push(at.clone()),
        }
    }
}

#[test]
fn nothing_of_a_real_document_disappears_untold() {
    for (name, root, version) in DOCUMENTS.iter() {
        let lowered = lower::lower_value(root, *version).unwrap();
        assert_eq!(broken(root, &lowered), Ok(()), "{name}");
    }
}

#[test]
fn nothing_of_a_document_with_everything_disappears_untold() {
    for version in [Version::V3_0, Version::V3_1] {
        let root = everything();
        let lowered = lower::lower_value(&root, version).unwrap();
        assert_eq!(broken(&root, &lowered), Ok(()));
    }
}

/// The model is one that openapiv3 could have made itself: what it writes, it reads as the same.
#[test]
fn openapiv3_reads_what_it_writes_of_a_lowered_document() {
    // Its reading copies each level of nesting: tens of megabytes are not worth the wait.
    let everything = ("everything".to_owned(), everything(), Version::V3_1);
    let documents = DOCUMENTS.iter().chain([&everything]);
    let of_modest_size = |root: &Value| root["paths"].as_object().is_none_or(|it| it.len() < 100);
    for (name, root, version) in documents.filter(|(_, root, _)| of_modest_size(root)) {
        let api = lower::lower_value(root, *version).unwrap().api;
        let written = serde_json::to_value(&api).unwrap();
        let read: OpenAPI = serde_json::from_value(written).unwrap();
        assert!(read == api, "{name}");
    }
}

#[test]
fn a_document_of_3_1_is_raised_whole() {
    let root = everything();
    let lowered = lower::lower_value(&root, Version::V3_1).unwrap();
    assert_eq!(lower::raise(&lowered.api), root);
    assert_eq!(lowered.account.reported().count(), 0);
}

#[test]
fn a_drop_that_the_account_does_not_know_breaks_the_law() {
    let root = everything();
    let mut lowered = lower::lower_value(&root, Version::V3_1).unwrap();
    lowered.api.info.contact = None;
    let found = broken(&root, &lowered).unwrap_err();
    assert!(found.contains("/info/contact"), "{found}");
}

#[test]
fn a_rewriting_that_the_account_does_not_know_breaks_the_law() {
    let root = everything();
    let mut lowered = lower::lower_value(&root, Version::V3_1).unwrap();
    lowered.account = Account::default();
    let found = broken(&root, &lowered).unwrap_err();
    assert!(
        found.contains("/components/schemas/Object/properties/tag/const"),
        "{found}"
    );
}

/// Members of every kind of object, each with values that fit it somewhere; and some that nobody knows.
fn members() -> Vec<(&'static str, Vec<Value>)> {
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
struct Change {
    place: Index,
    member: Index,
    value: Option<(Index, bool)>,
}

fn change() -> impl Strategy<Value = Change> {
    let value = (any::<Index>(), prop::bool::weighted(0.8));
    let value = prop::option::weighted(0.9, value);
    (any::<Index>(), any::<Index>(), value).prop_map(|(place, member, value)| Change {
        place,
        member,
        value,
    })
}

impl Change {
    fn apply(&self, root: &mut Value, members: &[(&str, Vec<Value>)]) {
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

fn collect_objects(value: &Value, at: &Pointer, found: &mut Vec<Pointer>) {
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

fn remove(root: &mut Value, at: &Pointer) {
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
fn schema() -> impl Strategy<Value = Value> {
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

/// What does not fit is diagnosed at nodes that are there; without these the document lowers, and the
/// law holds.
fn check(mut root: Value, version: Version) -> Result<(), TestCaseError> {
    let lowered = loop {
        match lower::lower_value(&root, version) {
            Ok(lowered) => break lowered,
            Err(diagnostics) => {
                prop_assert!(!diagnostics.is_empty());
                // From the back, so that the indexes in front stay.
                for wrong in diagnostics.iter().rev() {
                    let at = &wrong.location.pointer;
                    prop_assert!(root.pointer(at.as_str()).is_some(), "{} is not there", at);
                    remove(&mut root, at);
                }
            }
        }
    };
    broken(&root, &lowered).map_err(|why| TestCaseError::fail(format!("{why}\nin {root}")))
}

fn version() -> impl Strategy<Value = Version> {
    prop_oneof![Just(Version::V3_0), Just(Version::V3_1)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_of_a_changed_document_disappears_untold(
        changes in prop::collection::vec(change(), 1..40),
        version in version(),
    ) {
        let mut root = everything();
        let members = members();
        for change in &changes {
            change.apply(&mut root, &members);
        }
        check(root, version)?;
    }

    #[test]
    fn nothing_of_a_schema_disappears_untold(
        schemas in prop::collection::vec(schema(), 1..10),
        version in version(),
    ) {
        let schemas: Map<String, Value> =
            schemas.into_iter().enumerate().map(|(index, it)| (index.to_string(), it)).collect();
        check(json!({"openapi": "3", "info": {"title": "", "version": ""}, "paths": {}, "components": {"schemas": schemas}}), version)?;
    }
}

#[test]
fn the_places_to_change_are_all_objects() {
    let mut found = Vec::new();
    collect_objects(
        &json!({"a": [{}, 1, {"b": {}}]}),
        &Pointer::root(),
        &mut found,
    );
    let found: Vec<&str> = found.iter().map(Pointer::as_str).collect();
    assert_eq!(found, ["", "/a/0", "/a/2", "/a/2/b"]);
    let mut members = Value::Object(Map::new());
    remove(&mut members, &Pointer::root());
    assert_eq!(members, json!({}));
}
