//! Unusable input: a diagnostic that a stranger could act on, exit code 2, and nothing written.

use std::fs;

use crate::{regenerate, transcript};

const GOOD: &str = "\
openapi: 3.1.0
info:
  title: Pets
  version: '1'
paths:
  /pets:
    get:
      operationId: list_pets
      responses:
        '200':
          description: All of them.
";

/// Runs `regenerate --spec FILE` on `text` and snapshots what a user sees.
fn refused(name: &str, file: &str, text: impl AsRef<[u8]>) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(file), text).unwrap();
    let output = regenerate(folder.path(), &["--spec", file, "--out", "out"]);
    assert_eq!(output.status.code(), Some(2), "{}", transcript(&output));
    assert!(!folder.path().join("out").exists(), "something was written");
    insta::assert_snapshot!(name, transcript(&output));
}

fn document(paths: &str, components: &str) -> String {
    format!("openapi: 3.1.0\ninfo:\n  title: Pets\n  version: '1'\npaths:{paths}\n{components}")
}

#[test]
fn an_empty_file() {
    refused("empty", "spec.yaml", "");
}

#[test]
fn a_tab_in_yaml() {
    refused("tab", "spec.yaml", "openapi: 3.1.0\ninfo:\n\ttitle: Pets\n");
}

#[test]
fn json_cut_in_half() {
    refused(
        "cut",
        "spec.json",
        r#"{"openapi": "3.1.0", "info": {"title": "Pe"#,
    );
}

#[test]
fn swagger_2() {
    refused(
        "swagger",
        "spec.yaml",
        "swagger: '2.0'\ninfo:\n  title: Pets\n  version: '1'\npaths: {}\n",
    );
}

#[test]
fn openapi_3_2() {
    refused("openapi-3-2", "spec.yaml", GOOD.replace("3.1.0", "3.2.0"));
}

#[test]
fn one_operation_id_twice() {
    let again = "  /cats:\n    get:\n      operationId: list_pets\n      responses:\n        '200':\n          description: All of them.\n";
    refused("operation-id", "spec.yaml", format!("{GOOD}{again}"));
}

#[test]
fn a_reference_to_nowhere() {
    let paths = "
  /pets:
    get:
      operationId: list_pets
      responses:
        '200':
          description: All of them.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Pett'";
    let components = "components:\n  schemas:\n    Pet:\n      type: string\n";
    refused("reference", "spec.yaml", document(paths, components));
}

#[test]
fn a_cycle_without_an_object_between() {
    let components = "components:\n  schemas:\n    A:\n      $ref: '#/components/schemas/B'\n    B:\n      allOf:\n        - $ref: '#/components/schemas/A'\n";
    refused("cycle", "spec.yaml", document(" {}", components));
}

#[test]
fn an_enum_that_contradicts_its_type() {
    let components = "components:\n  schemas:\n    A:\n      type: integer\n      enum:\n        - one\n        - two\n";
    refused("contradiction", "spec.yaml", document(" {}", components));
}

#[test]
fn two_names_that_collide_in_rust() {
    let paths = "
  /pets:
    get:
      operationId: list_pets
      responses:
        '200':
          description: All of them.
          content:
            application/json:
              schema:
                type: object
                properties:
                  a:
                    $ref: '#/components/schemas/pet-kind'
                  b:
                    $ref: '#/components/schemas/other'";
    let components = "components:
  schemas:
    pet-kind:
      x-rust-name: Kind
      type: string
      enum: [a]
    other:
      x-rust-name: Kind
      type: string
      enum: [b]
";
    refused("collision", "spec.yaml", document(paths, components));
}

#[test]
fn a_file_that_is_not_utf_8() {
    refused(
        "not-utf-8",
        "spec.yaml",
        b"openapi: 3.1.0\ninfo:\n  title: caf\xe9\n",
    );
}

#[test]
fn everything_wrong_at_once() {
    let text = GOOD
        .replace("get:", "gett:")
        .replace("'200':", "'2000':")
        .replace("  version: '1'\n", "");
    refused("all-at-once", "spec.yaml", text);
}

#[test]
fn a_folder() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("spec.yaml")).unwrap();
    let output = regenerate(folder.path(), &["--spec", "spec.yaml", "--out", "out"]);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!("folder", transcript(&output));
}

#[test]
fn a_missing_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("spec.yaml"), GOOD).unwrap();
    let output = regenerate(folder.path(), &["--spec", "spec.yml", "--out", "out"]);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!("missing", transcript(&output));
}

#[test]
fn an_overlay_that_matches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("spec.yaml"), GOOD).unwrap();
    let overlay = "overlay: 1.0.0\ninfo:\n  title: Secrets\n  version: '1'\nactions:\n  - target: $.components.schemas.Cat\n    update:\n      writeOnly: true\n";
    fs::write(folder.path().join("overlay.yaml"), overlay).unwrap();
    let arguments = [
        "--spec",
        "spec.yaml",
        "--overlay",
        "overlay.yaml",
        "--out",
        "out",
    ];
    let output = regenerate(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(2));
    assert!(!folder.path().join("out").exists());
    insta::assert_snapshot!("overlay", transcript(&output));
}

/// A file stands where a folder is needed: that fails for every user, also for root.
#[test]
fn an_output_folder_that_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("spec.yaml"), GOOD).unwrap();
    fs::write(folder.path().join("file"), "mine").unwrap();
    let output = regenerate(folder.path(), &["--spec", "spec.yaml", "--out", "file/out"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        fs::read_to_string(folder.path().join("file")).unwrap(),
        "mine"
    );
    insta::assert_snapshot!("unwritable", transcript(&output));
}

#[test]
fn a_lock_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("spec.yaml"), GOOD).unwrap();
    fs::create_dir(folder.path().join("out")).unwrap();
    fs::write(folder.path().join("out/names.yaml"), "types: [1").unwrap();
    let output = regenerate(folder.path(), &["--spec", "spec.yaml", "--out", "out"]);
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!("lock", transcript(&output));
}
