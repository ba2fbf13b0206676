//! The law over the schemas of real documents: a sample of the big ones, all of the small ones.
//! `SCHEMA_SWEEP=all` takes every schema, and prints what there is to know of each document.

use std::{path::PathBuf, sync::Arc, time::Instant};

use proptest::strategy::{Strategy, ValueTree};
use serde_json::Value;
use skyvern_conformance::schema::Schemas;
use spec::{Document, Location};

use super::runner;

/// How many schemas of one document are enough for every day.
const SAMPLE: usize = 60;

fn documents() -> Vec<(String, Schemas)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/specs");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: no documents in {}", folder.display());
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.sort();
    files
        .into_iter()
        .filter_map(|file| {
            let name = file.file_name()?.to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&file).ok()?;
            if let Ok(document) = Document::from_text(&name, &text, &[]) {
                return Some((name, Schemas::new(Arc::new(document))));
            }
            eprintln!("skipped: {name} does not load");
            None
        })
        .collect()
}

/// The components, and every schema of a parameter, a header or a body.
fn schemas_of(root: &Value) -> Vec<Location> {
    let mut found = Vec::new();
    let top = Location::default();
    if let Some(map) = root
        .pointer("/components/schemas")
        .and_then(Value::as_object)
    {
        let at = top.join(["components", "schemas"]);
        found.extend(map.keys().map(|name| at.child(name)));
    }
    walk(root, &top, &mut found);
    found
}

fn walk(value: &Value, at: &Location, found: &mut Vec<Location>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let at = at.child(key);
                match key.as_str() {
                    "example" | "examples" | "default" | "schemas" => {}
                    "schema" if value.is_object() => found.push(at),
                    _ => walk(value, &at, found),
                }
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                walk(value, &at.index(index), found);
            }
        }
        _ => {}
    }
}

#[derive(Default)]
struct Tally {
    schemas: usize,
    unsupported: Vec<String>,
    /// Schemas of which no broken value was found.
    unbroken: usize,
    valid: usize,
    invalid: usize,
    covered: usize,
    covered_invalid: usize,
}

fn sweep(schemas: &Schemas, all: bool) -> Tally {
    let places = schemas_of(schemas.document().root());
    let step = if all {
        1
    } else {
        places.len().div_ceil(SAMPLE).max(1)
    };
    let mut tally = Tally::default();
    for at in places.iter().step_by(step) {
        tally.schemas += 1;
        let mut runner = runner(1);
        let valid = match schemas.valid(at) {
            Ok(valid) => valid,
            Err(reasons) => {
                let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
                tally.unsupported.push(reasons.join("; "));
                continue;
            }
        };
        for _ in 0..6 {
            let value = valid.new_tree(&mut runner).expect("a value").current();
            assert!(schemas.is_valid(at, &value), "{at} refuses {value}");
            tally.valid += 1;
        }
        match schemas.invalid(at) {
            Ok(invalid) => {
                for _ in 0..6 {
                    let broken = invalid.new_tree(&mut runner).expect("a value").current();
                    assert!(
                        !schemas.is_valid(at, &broken.value),
                        "{at} takes {broken:?}"
                    );
                    assert!(
                        schemas.is_valid(at, &broken.valid),
                        "{at} refuses {broken:?}"
                    );
                    tally.invalid += 1;
                }
            }
            Err(_) => tally.unbroken += 1,
        }
        let coverage = schemas.coverage_up_to(at, 60);
        for one in &coverage.valid {
            assert!(
                schemas.is_valid(at, &one.value),
                "{at} refuses {}: {}",
                one.what,
                one.value
            );
        }
        for one in &coverage.invalid {
            assert!(
                !schemas.is_valid(at, &one.value),
                "{at} takes {}: {}",
                one.what,
                one.value
            );
        }
        tally.covered += coverage.valid.len();
        tally.covered_invalid += coverage.invalid.len();
    }
    tally
}

#[test]
fn documents_keep_the_law() {
    let all = std::env::var("SCHEMA_SWEEP").is_ok_and(|value| value == "all");
    for (name, schemas) in documents() {
        let started = Instant::now();
        let tally = sweep(&schemas, all);
        if all {
            println!(
                "{name}: {} schemas, {} unsupported, {} without an invalid value, {} + {} drawn, {} + {} covered, {:.1} s",
                tally.schemas,
                tally.unsupported.len(),
                tally.unbroken,
                tally.valid,
                tally.invalid,
                tally.covered,
                tally.covered_invalid,
                started.elapsed().as_secs_f64(),
            );
            for reason in &tally.unsupported {
                println!("  {reason}");
            }
        }
        assert!(
            tally.unsupported.len() * 100 <= tally.schemas,
            "{name}: {} of {} schemas are unsupported: {:#?}",
            tally.unsupported.len(),
            tally.schemas,
            tally.unsupported
        );
    }
}
