//! Values for every named type of a client: from the schema that the type was made of.

use std::collections::BTreeSet;

use codegen::ir::{Api, TypeKind, TypeRef};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::Value;
use skyvern_conformance::schema::Direction;
use spec::Location;

use crate::Judges;

/// A value that a type is to read and write.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The name of the type.
    pub name: String,
    /// Which way the value travels.
    pub direction: Direction,
    /// The schema that takes it.
    pub at: Location,
    /// The value.
    pub value: Value,
}

/// The samples of a client, and the types without any, each with the reason.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    /// By type, in the order of the client.
    pub samples: Vec<Sample>,
    /// Types whose schema gave no value.
    pub without: Vec<(String, String)>,
}

/// Draws at most `most` values of each kind for every type: those at the bounds of the schema, and random ones.
pub fn samples(api: &Api, judges: &Judges, most: usize) -> Samples {
    let mut all = Samples::default();
    let merged = merged(api, judges);
    for (index, def) in api.types.iter().enumerate() {
        if merged.contains(&index) {
            continue;
        }
        let direction = if def.in_request {
            Direction::Request
        } else {
            Direction::Response
        };
        let found = values(judges, direction, &def.origin, most).map(|values| (direction, values));
        // What has no value in its direction is taken by its word.
        let found = found.or_else(|_| {
            let direction = Direction::Either;
            values(judges, direction, &def.origin, most).map(|values| (direction, values))
        });
        match found {
            Ok((direction, values)) => {
                // Where null is allowed, the type is used through `Option`.
                let of = values
                    .into_iter()
                    .filter(|value| !value.is_null() && is_representable(value));
                all.samples.extend(of.map(|value| Sample {
                    name: def.name.clone(),
                    direction,
                    at: def.origin.clone(),
                    value,
                }));
            }
            Err(reason) => all.without.push((def.name.clone(), reason)),
        }
    }
    all
}

/// Parts of unions whose schema says more or less than their type: variants that stand beside other keywords,
/// and texts or lists of a union taken together. They are tried through the union.
fn merged(api: &Api, judges: &Judges) -> BTreeSet<usize> {
    let document = judges.of(Direction::Response).document();
    let mut merged = BTreeSet::new();
    for def in &api.types {
        let TypeKind::Union(union) = &def.kind else {
            continue;
        };
        let parts = api.types.iter().enumerate();
        let parts = parts.filter(|(_, other)| other.origin == def.origin && other.name != def.name);
        merged.extend(parts.map(|(index, _)| index));
        let schema = document.get(&def.origin);
        let beside = ["allOf", "properties", "required"];
        if beside
            .iter()
            .any(|keyword| schema.is_some_and(|schema| schema.get(keyword).is_some()))
        {
            merged.extend(
                union
                    .variants
                    .iter()
                    .filter_map(|variant| match &variant.ty {
                        TypeRef::Named { id, .. } => Some(id.0),
                        _ => None,
                    }),
            );
        }
    }
    merged
}

fn values(
    judges: &Judges,
    direction: Direction,
    at: &Location,
    most: usize,
) -> Result<Vec<Value>, String> {
    let schemas = judges.of(direction);
    let strategy = schemas.valid(at).map_err(|reasons| {
        reasons
            .first()
            .map_or_else(|| "no value".to_owned(), ToString::to_string)
    })?;
    let coverage = schemas.coverage_up_to(at, most);
    let mut values: Vec<Value> = coverage.valid.into_iter().map(|one| one.value).collect();
    // Seeded: the same values on every machine.
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    for _ in 0..most {
        if let Ok(tree) = strategy.new_tree(&mut runner) {
            values.push(tree.current());
        }
    }
    Ok(values)
}

/// Whether every integer fits 64 bits: JSON Schema has no bound, the client has (and says so).
fn is_representable(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            number.is_i64()
                || number
                    .as_f64()
                    .is_some_and(|number| number.abs() < 9.0e15 || number.fract() != 0.0)
        }
        Value::Array(list) => list.iter().all(is_representable),
        Value::Object(members) => members.values().all(is_representable),
        _ => true,
    }
}
