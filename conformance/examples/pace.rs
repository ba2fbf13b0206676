//! How fast the leaves of the runner are: the search for secrets, judging and making values. In processor
//! time of one thread. Linux only: it asks the kernel.
//!
//! `cargo run --release -p skyvern-conformance --example pace`

mod clock;

use std::{hint::black_box, path::Path, process::ExitCode, sync::Arc, time::Duration};

use aho_corasick::AhoCorasick;
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::Value;
use skyvern_conformance::{
    schema::Schemas,
    secret::{
        canary::{Class, Draw},
        registry::{Group, Submission},
        scan::{Received, Scanner},
        shape::Shape,
    },
};
use spec::{Document, Location, Pointer};
use zeroize::Zeroizing;

type Failure = Box<dyn std::error::Error>;

/// How long each measure is repeated.
const SPAN: Duration = Duration::from_secs(2);
/// Values that are drawn for each schema.
const VALUES: usize = 100;

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn measure() -> Result<(), Failure> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/openapi/skyvern.yaml");
    let document = Document::load(&file, &[]).map_err(|error| error.to_string())?;
    let schemas = Schemas::new(Arc::new(document));
    let components = schemas.document().root().pointer("/components/schemas");
    let names = components.and_then(Value::as_object).into_iter().flatten();
    let places: Vec<Location> = names
        .map(|(name, _)| {
            Location::root(Pointer::root()).join(["components", "schemas", name.as_str()])
        })
        .collect();
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::from_seed(RngAlgorithm::ChaCha, &[1; 32]),
    );
    let mut values: Vec<(Location, Value)> = Vec::new();
    let mut making = Duration::ZERO;
    for at in &places {
        let Ok(valid) = schemas.valid(at) else {
            continue;
        };
        let began = clock::of_thread()?;
        for _ in 0..VALUES {
            let tree = valid.new_tree(&mut runner);
            let tree = tree.map_err(|reason| reason.message().to_owned())?;
            values.push((at.clone(), tree.current()));
        }
        making += clock::of_thread()?.saturating_sub(began);
    }
    tell("make a valid value", making, values.len());
    let judging = mean(|| {
        for (at, value) in &values {
            black_box(schemas.is_valid(at, value));
        }
    })?;
    tell("judge a value", judging, values.len());
    search(&values)
}

/// The search among a thousand secrets, in texts that are new and in texts that were there before, beside
/// one pass for one pattern.
fn search(values: &[(Location, Value)]) -> Result<(), Failure> {
    let answers: Vec<String> = values.iter().map(|(_, value)| value.to_string()).collect();
    let bytes: usize = answers.iter().map(String::len).sum();
    let mut new = Duration::ZERO;
    let mut rounds = 0;
    let mut scanner = Scanner::default();
    while new < SPAN {
        scanner = with_secrets();
        let began = clock::of_thread()?;
        scan(&scanner, &answers);
        new += clock::of_thread()?.saturating_sub(began);
        rounds += 1;
    }
    let again = mean(|| scan(&scanner, &answers))?;
    let one = AhoCorasick::new(["correct-horse-battery"])?;
    let passing = mean(|| {
        for answer in &answers {
            black_box(one.find(answer));
        }
    })?;
    let pace = |time: Duration| bytes as u128 * 1000 / time.as_nanos().max(1);
    anstream::println!(
        "search of {bytes} bytes in {} answers for 1000 secrets: {} MB/s, of the same again {} MB/s; for one \
         pattern as it stands: {} MB/s",
        answers.len(),
        pace(new / rounds),
        pace(again),
        pace(passing),
    );
    Ok(())
}

fn with_secrets() -> Scanner {
    let mut scanner = Scanner::default();
    for number in 0..1000_u64 {
        let value = Draw::of(&[b"pace", &number.to_be_bytes()]).value(Class::Plain, &[]);
        scanner.submit(Submission {
            field: Pointer::parse("/password").unwrap_or_default(),
            shape: Shape::Text,
            class: Class::Plain,
            request: number + 1,
            group: Group(number / 8),
            permitted: Vec::new(),
            stored: Vec::new(),
            value: Zeroizing::new(value),
        });
    }
    scanner
}

fn scan(scanner: &Scanner, answers: &[String]) {
    for answer in answers {
        black_box(scanner.scan(&Received {
            group: Some(Group(3)),
            operation: "GET /v1/credentials",
            path: "/v1/credentials",
            status: 200,
            reason: b"OK",
            headers: &[],
            trailers: &[],
            body: answer.as_bytes(),
            during: (1_700_000_000, 1_700_000_001),
        }));
    }
}

fn tell(what: &str, time: Duration, count: usize) {
    anstream::println!(
        "{what}: {} ns of {count}",
        time.as_nanos() / count.max(1) as u128
    );
}

/// What `work` takes once: the kernel tells of long spans only.
fn mean(mut work: impl FnMut()) -> Result<Duration, Failure> {
    let began = clock::of_thread()?;
    let mut rounds = 0;
    loop {
        work();
        rounds += 1;
        let time = clock::of_thread()?.saturating_sub(began);
        if time > SPAN {
            return Ok(time / rounds);
        }
    }
}
