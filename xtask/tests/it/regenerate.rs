//! What a run writes, says and leaves alone.

use std::fs;

use crate::{regenerate, transcript};

const DOCUMENT: &str = "\
openapi: 3.1.0
info:
  title: Pet shop
  version: '1'
paths:
  /pets:
    get:
      tags: [Pets]
      operationId: list_pets
      responses:
        '200':
          description: All of them.
          content:
            application/json:
              schema:
                type: array
                items:
                  $ref: '#/components/schemas/Pet'
components:
  schemas:
    Pet:
      type: object
      required: [name]
      properties:
        name:
          type: string
";

#[test]
fn first_fresh_stale_and_again() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("spec.yaml"), DOCUMENT).unwrap();
    let write = ["--spec", "spec.yaml", "--out", "out"];
    let check = ["--spec", "spec.yaml", "--out", "out", "--check"];

    insta::assert_snapshot!("created", transcript(&regenerate(folder.path(), &write)));
    insta::assert_snapshot!("fresh", transcript(&regenerate(folder.path(), &check)));

    let pets = folder.path().join("out/src/models/pets.rs");
    let before = fs::read_to_string(&pets).unwrap();
    let more = "        age:\n          type: integer\n          minimum: 0\n";
    fs::write(folder.path().join("spec.yaml"), format!("{DOCUMENT}{more}")).unwrap();
    insta::assert_snapshot!("stale", transcript(&regenerate(folder.path(), &check)));
    assert_eq!(fs::read_to_string(&pets).unwrap(), before, "--check wrote");

    insta::assert_snapshot!("updated", transcript(&regenerate(folder.path(), &write)));
    insta::assert_snapshot!("unchanged", transcript(&regenerate(folder.path(), &write)));
}

#[test]
fn what_nobody_wants_any_more_goes() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("spec.yaml"), DOCUMENT).unwrap();
    let write = ["--spec", "spec.yaml", "--out", "out"];
    regenerate(folder.path(), &write);
    fs::write(folder.path().join("out/src/mine.rs"), "// by hand\n").unwrap();
    fs::write(
        folder.path().join("spec.yaml"),
        DOCUMENT.replace("[Pets]", "[Cats]"),
    )
    .unwrap();
    fs::remove_file(folder.path().join("out/names.yaml")).unwrap();
    insta::assert_snapshot!("orphans", transcript(&regenerate(folder.path(), &write)));
    assert!(folder.path().join("out/src/mine.rs").exists());
    assert!(!folder.path().join("out/src/models/pets.rs").exists());
}

#[test]
fn what_changed_in_the_document_is_told_in_few_lines() {
    let folder = tempfile::tempdir().unwrap();
    let write = ["--spec", "spec.yaml", "--out", "out"];
    fs::write(folder.path().join("spec.yaml"), DOCUMENT).unwrap();
    regenerate(folder.path(), &write);
    // Prose is no change; nine new members are more than are written out.
    let prose = DOCUMENT.replace("All of them.", "All.");
    fs::write(folder.path().join("spec.yaml"), prose).unwrap();
    let output = transcript(&regenerate(folder.path(), &write));
    assert!(!output.contains("Changed"), "{output}");
    let mut more = DOCUMENT.replace("      required: [name]\n", "");
    let members = (1..10).map(|number| format!("        more{number}:\n          type: string\n"));
    more.extend(members);
    fs::write(folder.path().join("spec.yaml"), more).unwrap();
    insta::assert_snapshot!("changed", transcript(&regenerate(folder.path(), &write)));
}

#[test]
fn a_kept_document_that_somebody_else_wrote_stays() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("spec.yaml"), DOCUMENT).unwrap();
    fs::create_dir(folder.path().join("out")).unwrap();
    let mine = folder.path().join("out/document.json");
    fs::write(&mine, "mine").unwrap();
    let output = regenerate(folder.path(), &["--spec", "spec.yaml", "--out", "out"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(mine).unwrap(), "mine");
}
