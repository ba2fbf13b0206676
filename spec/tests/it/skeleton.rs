//! Documents without their prose: documents all the same, that differ from the whole ones in nothing but prose.

use std::fs;

use spec::{Document, diff, skeleton};

use crate::real_documents::documents;

const PETS: &str = "\
openapi: 3.1.0
info: {title: Pets, version: '1', description: Prose.}
tags: [{name: pets, description: Prose.}]
paths:
  /pets:
    get:
      summary: Prose.
      tags: [pets]
      operationId: list_pets
      parameters: [{in: query, name: description, description: Prose., schema: {type: string, example: prose}}]
      responses:
        '200':
          description: Prose.
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}, examples: {}}}
          links: {}
components:
  schemas:
    Pet:
      title: Prose
      type: object
      default: {description: kept}
      properties:
        description: {type: string, description: Prose., x-prose: true}
        properties: {type: object, properties: {title: {type: string, title: Prose}}}
        example: {$ref: '#/components/schemas/Pet', description: Prose.}
";

#[test]
fn a_line_for_each_operation_and_component() {
    let document = Document::from_text("pets.yaml", PETS, &[]).unwrap();
    insta::assert_snapshot!(skeleton::text(&document, "made from pets.yaml"));
}

#[test]
fn what_other_files_hold_stands_in_the_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pets.yaml");
    let text = PETS.replace("#/components/schemas/Pet'}}", "models.yaml#/Pet'}}");
    fs::write(&path, text).unwrap();
    let models = "Pet: {type: object, properties: {friend: {$ref: '#/Pet'}, owner: {$ref: 'pets.yaml#/components/schemas/Pet'}}}";
    fs::write(folder.path().join("models.yaml"), models).unwrap();
    let whole = Document::load(&path, &[]).unwrap();
    let text = skeleton::text(&whole, "");
    assert!(text.contains("x-files"), "{text}");
    assert_same(&whole, "pets.yaml");
}

#[test]
fn only_prose_separates_it_from_the_whole() {
    for path in documents().unwrap_or_default() {
        let is_large = path.metadata().is_ok_and(|it| it.len() > 5_000_000);
        if let (false, Ok(document)) = (is_large, Document::load(&path, &[])) {
            let name = path.display().to_string();
            assert_same(&document, &name);
            let text = skeleton::text(&document, "");
            let kept = Document::from_text("document.json", &text, &[]).unwrap();
            assert!(text == skeleton::text(&kept, ""), "{name}: again");
        }
    }
}

fn assert_same(whole: &Document, name: &str) {
    let text = skeleton::text(whole, "");
    let kept = Document::from_text("document.json", &text, &[])
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let changes = diff::compare(&kept, whole).changes;
    assert!(changes.is_empty(), "{name}: {}", changes[0]);
}
