//! What `spec-diff` prints in each format, and its exit codes.

use std::{fs, path::Path, process::Output};

use crate::{transcript, xtask};

const OLD: &str = "\
openapi: 3.0.3
info: {title: Pets, version: '1'}
paths:
  /pets:
    get:
      operationId: list_pets
      responses:
        '200':
          description: All of them.
          content:
            application/json:
              schema:
                type: array
                items: {$ref: '#/components/schemas/Pet'}
    post:
      operationId: add_pet
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Pet'}
      responses:
        '201': {description: Added.}
  /owners:
    get:
      operationId: list_owners
      responses:
        '200': {description: All of them.}
components:
  schemas:
    Pet:
      type: object
      properties:
        name: {type: string, nullable: true}
        kind: {type: string, enum: [cat, dog]}
";

fn new() -> String {
    OLD.replace("3.0.3", "3.1.0")
        .replace("{type: string, nullable: true}", "{type: [string, 'null']}")
        .replace("[cat, dog]", "[cat, dog, bird]")
        .replace("All of them.", "All.")
        .replace(
            "      type: object\n",
            "      type: object\n      required: [kind]\n",
        )
        .replace("  /owners:", "  /people:")
        .replace("list_owners", "list_people")
}

fn run(old: &str, new: &str, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.yaml"), old).unwrap();
    fs::write(folder.path().join("new.yaml"), new).unwrap();
    in_folder(folder.path(), arguments)
}

fn in_folder(folder: &Path, arguments: &[&str]) -> Output {
    let fixed = ["spec-diff", "old.yaml", "new.yaml"];
    xtask(folder, &[&fixed, arguments].concat())
}

#[test]
fn in_every_format() {
    for format in ["text", "markdown", "json"] {
        let output = run(OLD, &new(), &["--format", format]);
        insta::assert_snapshot!(format!("diff-{format}"), transcript(&output));
    }
}

#[test]
fn the_same_document() {
    let output = run(OLD, OLD, &[]);
    insta::assert_snapshot!("diff-same", transcript(&output));
}

#[test]
fn exit_codes_follow_the_weight_and_the_side() {
    let risky = OLD.replace("'201': {", "'202': {description: ''}\n        '201': {");
    let prose = OLD.replace("All of them.", "All.");
    let code = |new: &str, arguments: &[&str]| run(OLD, new, arguments).status.code();
    assert_eq!(code(&new(), &[]), Some(0));
    assert_eq!(code(&new(), &["--fail-on", "breaking"]), Some(1));
    assert_eq!(code(&risky, &["--fail-on", "breaking"]), Some(0));
    assert_eq!(code(&risky, &["--fail-on", "risk"]), Some(1));
    assert_eq!(code(&prose, &["--fail-on", "any"]), Some(0));
    let work = OLD.replace("[cat, dog]", "[cat]");
    // In requests a value less breaks clients, in answers servers.
    assert_eq!(code(&work, &["--fail-on", "breaking"]), Some(1));
    let more = OLD.replace(
        "  /owners:",
        "  /more: {get: {operationId: more, responses: {}}}\n  /owners:",
    );
    assert_eq!(code(&more, &["--fail-on", "breaking"]), Some(0));
    let servers = ["--fail-on", "breaking", "--for", "servers"];
    assert_eq!(code(&more, &servers), Some(1));
    assert_eq!(code("openapi: 4.0.0", &[]), Some(2));
}

/// A comment on GitHub holds 65,536 characters.
#[test]
fn markdown_is_never_longer_than_a_comment() {
    let mut many = OLD.to_owned();
    let members = (0..900).map(|number| {
        format!("        a_rather_long_name_of_a_property_{number}: {{type: string}}\n")
    });
    many.extend(members);
    let output = run(&many, OLD, &["--format", "markdown"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let length = text.chars().count();
    assert!((50_000..=60_000).contains(&length), "{length}");
    let last = text.lines().last().unwrap();
    let shown = text.matches(": optional property removed").count();
    assert!(
        last.starts_with(&format!("{} changes are left out", 900 - shown)),
        "{last}"
    );
}
