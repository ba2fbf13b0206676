//! The committed client against the document that it was generated from.

mod skyvern;

use std::{fs, path::Path, sync::Arc};

use behaviour::{Judges, dispatch::dispatch, judge, samples::samples};
use codegen::NameLock;
use spec::Document;

/// Values of each kind for every type.
const MOST: usize = 12;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.."))
}

#[test]
fn what_a_schema_takes_goes_through_its_type_and_comes_back() {
    let overlay = root().join("spec/overlays/skyvern.yaml");
    let path = root().join("spec/openapi/skyvern.yaml");
    let document = Arc::new(Document::load(&path, &[&overlay]).unwrap());
    let lock = fs::read_to_string(root().join("spec/names.yaml")).unwrap();
    let api = codegen::lower(&document, &NameLock::read(&lock).unwrap())
        .unwrap()
        .api;

    let text = dispatch(&api, "skyvern_client");
    let file = root().join("generated/tests/behaviour/tests/it/skyvern.rs");
    if std::env::var_os("UPDATE_BEHAVIOUR").is_some() {
        fs::write(&file, &text).unwrap();
    }
    assert!(
        fs::read_to_string(&file).unwrap() == text,
        "the types have changed: run `UPDATE_BEHAVIOUR=1 cargo test -p behaviour` twice"
    );

    // The overlay ties one member to the shape of another, and so draws objects that are of two shapes of
    // a union at once: a type holds one of them.
    let plain = Arc::new(Document::load(&path, &[]).unwrap());
    let judges = Judges::new(&plain, &api);
    let drawn = samples(&api, &judges, MOST);
    assert_eq!(drawn.without, []);
    let failures: Vec<String> = drawn
        .samples
        .iter()
        .filter_map(|sample| judge(&judges, sample, &skyvern::trip(&sample.name, &sample.value)))
        .map(|failure| format!("{}: {}\n  {}", failure.name, failure.reason, failure.value))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(
        drawn.samples.len() > 20 * api.types.len() / 2,
        "only {} values",
        drawn.samples.len()
    );
}

#[test]
fn a_member_that_is_lost_is_noticed() {
    let text = r"
openapi: 3.1.0
info: {title: T, version: '1'}
paths: {}
components:
  schemas:
    Thing: {type: object, required: [a], properties: {a: {type: string}, b: {type: integer}}}
";
    let document = Arc::new(Document::from_text("thing.yaml", text, &[]).unwrap());
    let api = codegen::lower(&document, &NameLock::default()).unwrap().api;
    let judges = Judges::new(&document, &api);
    let drawn = samples(&api, &judges, MOST);
    let of = |trip: &dyn Fn(&serde_json::Value) -> behaviour::Outcome| {
        drawn
            .samples
            .iter()
            .filter_map(|sample| judge(&judges, sample, &trip(&sample.value)))
            .count()
    };
    assert_eq!(of(&|value| Ok(value.clone())), 0);
    let without_b = |value: &serde_json::Value| {
        let mut value = value.clone();
        value.as_object_mut().unwrap().shift_remove("b");
        Ok(value)
    };
    assert!(of(&without_b) > 0);
    assert_eq!(of(&|_| Err("no".to_owned())), drawn.samples.len());
}
