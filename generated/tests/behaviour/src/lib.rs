//! Proves what generated types do: values that a schema takes go through the type for it, and come
//! back equal and valid.
//!
//! A [`Document`] comes in. [`samples::samples`] draws values for every type of its client, from the raw
//! schemas and judged by a validator, so that the generator's own reading of a schema is not what it is
//! held against. [`dispatch::dispatch`] writes the code that puts a value through the type of a name;
//! whoever runs it compares with [`compare::differences`]. [`nested`] does all of it for a document whose
//! client is not part of the workspace: it generates the crate, and has cargo build and run it.

pub mod compare;
pub mod dispatch;
pub mod nested;
pub mod samples;

use std::sync::Arc;

use codegen::ir::Api;
use skyvern_conformance::schema::{Direction, Schemas};
use spec::Document;

use crate::{compare::Constants, samples::Sample};

/// A value that did not come back as it should.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The type.
    pub name: String,
    /// The value that went in.
    pub value: serde_json::Value,
    /// What is wrong.
    pub reason: String,
}

/// What came of one sample: what its type wrote after reading it, or why it did not read it.
pub type Outcome = Result<serde_json::Value, String>;

/// Judges what came of a sample; `None` if all is well.
pub fn judge(schemas: &Judges, sample: &Sample, outcome: &Outcome) -> Option<Failure> {
    let fail = |reason: String| {
        Some(Failure {
            name: sample.name.clone(),
            value: sample.value.clone(),
            reason,
        })
    };
    let written = match outcome {
        Ok(written) => written,
        Err(error) if is_beyond_width(error) => return None,
        Err(error) => return fail(format!("not read: {error}")),
    };
    let differences = compare::differences(&sample.value, written, &schemas.constants);
    if let Some(first) = differences.first() {
        return fail(first.clone());
    }
    let broken = schemas.of(sample.direction).violations(&sample.at, written);
    match broken.first() {
        Some(violation) => fail(format!("written and no longer valid: {violation}")),
        None => None,
    }
}

/// Whether it says that an integer is wider than the `format` of its schema: a promise that drawn values do not keep.
fn is_beyond_width(error: &str) -> bool {
    error.contains("invalid value: integer")
        && (error.contains("expected i") || error.contains("expected u"))
}

/// The schemas of a document, by direction.
pub struct Judges {
    request: Schemas,
    response: Schemas,
    either: Schemas,
    constants: Constants,
}

impl Judges {
    /// Those of `document`, whose client is `api`.
    pub fn new(document: &Arc<Document>, api: &Api) -> Self {
        let schemas = Schemas::new(Arc::clone(document));
        Self {
            request: schemas.in_direction(Direction::Request),
            response: schemas.in_direction(Direction::Response),
            either: schemas,
            constants: Constants::of(api),
        }
    }

    /// Those for values that travel this way.
    pub fn of(&self, direction: Direction) -> &Schemas {
        match direction {
            Direction::Request => &self.request,
            Direction::Response => &self.response,
            Direction::Either => &self.either,
        }
    }
}
