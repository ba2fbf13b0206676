//! A document whose client is not part of the workspace: its crate is written, built and run by cargo.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use codegen::{Extent, NameLock, Settings};
use serde_json::{Value, json};
use spec::Document;

use crate::{Failure, Judges, Outcome, dispatch::dispatch, judge, samples::samples};

/// What came of a document.
#[derive(Clone, Debug)]
pub struct Proof {
    /// How many types its client has.
    pub types: usize,
    /// How many values went through them.
    pub values: usize,
    /// Types whose schema gave no value, each with the reason.
    pub without: Vec<(String, String)>,
    /// What did not come back as it should.
    pub failures: Vec<Failure>,
}

/// What kept a document from being tried.
#[derive(Debug, thiserror::Error)]
pub enum NestedError {
    /// The document is refused.
    #[error("{0}")]
    Document(String),
    /// The crate could not be written or run.
    #[error("failed to {action}: {source}")]
    Disk {
        /// What was being done.
        action: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// The crate does not compile, or stopped early.
    #[error("the generated crate failed: {0}")]
    Crate(String),
}

fn disk(action: &'static str) -> impl Fn(io::Error) -> NestedError {
    move |source| NestedError::Disk { action, source }
}

/// Generates the crate for the document at `path` into `folder`, and puts at most `most` values of each
/// kind through every type. What is built is shared by all folders with the same parent.
///
/// # Errors
/// [`NestedError`].
pub fn prove(path: &Path, folder: &Path, most: usize) -> Result<Proof, NestedError> {
    let document =
        Document::load(path, &[]).map_err(|error| NestedError::Document(error.to_string()))?;
    let document = Arc::new(document);
    let refused = |diagnostics: Vec<spec::Diagnostic>| {
        NestedError::Document(document.render(&diagnostics, spec::Style::Plain))
    };
    let settings = Settings {
        package: "proved-client".to_owned(),
        source: "the document".to_owned(),
        names: NameLock::default(),
        extent: Extent::Crate,
    };
    let api = codegen::lower(&document, &settings.names)
        .map_err(refused)?
        .api;
    let files = codegen::generate(&document, &settings)
        .map_err(refused)?
        .files;
    let _ = fs::remove_dir_all(folder);
    let main = format!(
        "#![allow(deprecated)]\n{}{PROGRAM}",
        dispatch(&api, "proved_client")
    );
    let more = [
        ("examples/prove.rs", main.as_str()),
        ("Cargo.lock", include_str!("../../../../Cargo.lock")),
    ];
    for (name, text) in files.iter().chain(more) {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(disk("make a folder"))?;
        // Its own workspace, wherever it is written.
        let text = match name {
            "Cargo.toml" => format!("{text}\n[workspace]\n"),
            _ => text.to_owned(),
        };
        fs::write(path, text).map_err(disk("write the crate"))?;
    }
    let judges = Judges::new(&document, &api);
    let drawn = samples(&api, &judges, most);
    let values: Vec<Value> = drawn
        .samples
        .iter()
        .map(|one| json!([one.name, one.value]))
        .collect();
    let outcomes = run(folder, &values)?;
    let failures = drawn.samples.iter().zip(&outcomes);
    Ok(Proof {
        types: api.types.len(),
        values: drawn.samples.len(),
        without: drawn.without,
        failures: failures
            .filter_map(|(sample, outcome)| judge(&judges, sample, outcome))
            .collect(),
    })
}

fn run(folder: &Path, values: &[Value]) -> Result<Vec<Outcome>, NestedError> {
    let target = folder.parent().unwrap_or(folder).join("target");
    let mut child = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["run", "--quiet", "--example", "prove"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(disk("start cargo"))?;
    let input: String = values.iter().map(|value| format!("{value}\n")).collect();
    let stdin = child.stdin.take();
    // Written from beside: the program answers while it reads.
    let writer =
        std::thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(input.as_bytes())));
    let output = child.wait_with_output().map_err(disk("run the crate"))?;
    let _ = writer.join();
    let text = String::from_utf8_lossy(&output.stdout);
    let outcomes: Vec<Outcome> = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .map(|mut line| match line.get_mut("ok") {
            Some(written) => Ok(written.take()),
            None => Err(line["error"].as_str().unwrap_or_default().to_owned()),
        })
        .collect();
    if outcomes.len() == values.len() {
        Ok(outcomes)
    } else {
        Err(NestedError::Crate(format!(
            "{}, after {} of {} values",
            output.status,
            outcomes.len(),
            values.len()
        )))
    }
}

const PROGRAM: &str = r#"
fn main() {
    use std::io::BufRead as _;

    for line in std::io::stdin().lock().lines() {
        let (name, value): (String, serde_json::Value) = serde_json::from_str(&line.unwrap()).unwrap();
        match trip(&name, &value) {
            Ok(written) => println!("{}", serde_json::json!({"ok": written})),
            Err(error) => println!("{}", serde_json::json!({"error": error})),
        }
    }
}

"#;
