//! From tiny documents, one for each feature, to the IR; and documents that cannot become a client.

use std::{fs, path::PathBuf};

use codegen::{NameLock, Report, ir::dump::dump, lower};
use spec::{Document, Style};

pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

/// Reads a document that must be sound.
pub(crate) fn read(name: &str, text: &str) -> Document {
    match Document::from_text(name, text, &[]) {
        Ok(document) => document,
        Err(error) => panic!("{}", error.render(Style::Plain)),
    }
}

/// Compares with the snapshot of that name.
pub(crate) fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/ir");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// What a report says, a line for each finding.
fn findings(report: &Report) -> String {
    let mut lines = Vec::new();
    for fallback in &report.fallbacks {
        lines.push(format!("free: {} ({})", fallback.location, fallback.reason));
    }
    for warning in &report.warnings {
        lines.push(format!(
            "{}: {} {}",
            warning.code, warning.location, warning.message
        ));
    }
    for at in &report.secrets {
        lines.push(format!("secret: {at}"));
    }
    for at in &report.unclassified {
        lines.push(format!("unclassified: {at}"));
    }
    for at in &report.unchecked {
        lines.push(format!("unchecked: {at}"));
    }
    if lines.is_empty() {
        String::new()
    } else {
        format!("\n---\n{}\n", lines.join("\n"))
    }
}

#[test]
fn cases() {
    let mut cases: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    cases.sort();
    assert!(cases.len() >= 30, "the cases are gone");
    for path in cases {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        let document = read(&format!("{name}.yaml"), &text);
        let lowered = lower(&document, &NameLock::default())
            .unwrap_or_else(|errors| panic!("{}", document.render(&errors, Style::Plain)));
        snapshot(
            &name,
            &format!("{}{}", dump(&lowered.api), findings(&lowered.report)),
        );
    }
}

/// The rendered diagnostics of a document that cannot become a client.
fn refused(text: &str, lock: &str) -> String {
    let document = read("bad.yaml", text);
    let lock = NameLock::read(lock).expect("a sound lock");
    let errors = lower(&document, &lock).expect_err("this cannot become a client");
    document.render(&errors, Style::Plain)
}

const TWO: &str = "\
openapi: 3.1.0
info: {title: Two, version: 1.0.0}
paths:
  /a:
    get: {operationId: read_a, responses: {'204': {description: Nothing.}}}
  /b:
    get: {operationId: read_b, responses: {'204': {description: Nothing.}}}
components:
  schemas:
    First:
      type: object
      properties: {a: {type: string}}
    Second:
      type: object
      properties: {b: {type: string}}
";

#[test]
fn a_name_given_twice() {
    let text = TWO.replace("    Second:\n", "    Second:\n      x-rust-name: First\n");
    let text = text.replace("    First:\n", "    First:\n      x-rust-name: First\n");
    snapshot("refused-name-given-twice", &refused(&text, ""));
}

#[test]
fn a_lock_that_gives_one_name_to_two() {
    let lock = "\
types: {/components/schemas/First: 'common::Same', /components/schemas/Second: 'common::Same'}
operations: {/paths/~1a/get: read, /paths/~1b/get: read}
";
    snapshot("refused-lock-with-one-name-for-two", &refused(TWO, lock));
}

#[test]
fn a_name_that_rust_refuses() {
    let text = TWO.replace("    First:\n", "    First:\n      x-rust-name: 2nd try\n");
    snapshot("refused-no-identifier", &refused(&text, ""));
}

#[test]
fn names_of_members_and_parameters_that_rust_refuses_or_that_meet() {
    let text = TWO
        .replace("{a: {type: string}}", "{a: {type: string, x-rust-name: '(); fn x'}}")
        .replace(
            "{b: {type: string}}",
            "{b: {type: string, x-rust-name: d}, c: {type: string, x-rust-name: d}, type: {x-rust-name: r#type}}",
        )
        .replace(
            "operationId: read_a",
            "operationId: read_a, parameters: [{name: q, in: query, x-rust-name: type}, {name: r, in: query, x-rust-name: body}]",
        );
    snapshot("refused-names-of-members", &refused(&text, ""));
}
