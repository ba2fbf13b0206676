//! Values of schemas: what is made valid validates, what is made invalid does not.

use std::sync::Arc;

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use skyvern_conformance::schema::Schemas;
use spec::{Document, Location, Pointer};

mod keywords;
mod law;
mod openapi;
mod shrinking;
mod sweep;

/// A runner that draws the same on every run.
fn runner(seed: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRunner::new_with_rng(
        Config::default(),
        TestRng::from_seed(RngAlgorithm::ChaCha, &bytes),
    )
}

/// A document of that version with these schemas as components.
fn document(version: &str, schemas: &Value) -> Schemas {
    let text = json!({
        "openapi": version,
        "info": {"title": "t", "version": "1"},
        "paths": {},
        "components": {"schemas": schemas},
    });
    let document = Document::from_text("test.json", &text.to_string(), &[])
        .unwrap_or_else(|_| panic!("the document loads"));
    Schemas::new(Arc::new(document))
}

fn component(name: &str) -> Location {
    Location::root(Pointer::root()).join(["components", "schemas", name])
}

/// The schemas of a 3.1 document with one component, and where it is.
#[expect(
    clippy::needless_pass_by_value,
    reason = "every caller has a literal at hand"
)]
fn schema(schema: Value) -> (Schemas, Location) {
    (document("3.1.0", &json!({"S": schema})), component("S"))
}
