//! Documents in files: what is refused before a byte is read, and references to files beside them.

use std::{fs, path::Path};

use spec::{Document, Location, Pointer, SourceId, Style};
use tempfile::TempDir;

/// Loads `main` from a folder with these files; the folder's own path does not reach the snapshot.
fn told(files: &[(&str, &[u8])], main: &str) -> String {
    let folder = folder(files);
    let text = match Document::load(&folder.path().join(main), &[]) {
        Ok(document) => document.render(document.warnings(), Style::Plain),
        Err(error) => error.render(Style::Plain),
    };
    text.replace(&format!("{}/", folder.path().display()), "")
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

#[test]
fn a_missing_file_with_a_neighbour() {
    insta::assert_snapshot!(told(&[("openapi.yaml", b"")], "openapi.yml"));
}

#[test]
fn a_directory() {
    insta::assert_snapshot!(told(&[("api/openapi.yaml", b"")], "api"));
}

#[test]
fn not_utf8() {
    insta::assert_snapshot!(told(
        &[("a.yaml", b"openapi: 3.1.0\ninfo:\n  title: Caf\xe9\n")],
        "a.yaml"
    ));
}

#[test]
fn utf16() {
    insta::assert_snapshot!(told(&[("a.yaml", b"\xff\xfeo\0p\0e\0n\0")], "a.yaml"));
}

#[test]
fn a_byte_order_mark_is_no_fault() {
    let text = "\u{feff}openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\n";
    assert_eq!(told(&[("a.yaml", text.as_bytes())], "a.yaml"), "");
}

const MAIN: &str = "openapi: 3.1.0
info: {title: T, version: '1'}
components:
  schemas:
    Pet: {$ref: schemas/pet.yaml}
    Tag: {$ref: 'schemas/pet.yaml#/properties/tag'}
";
const PET: &str = "type: object
properties:
  tag: {$ref: '../tag.yaml#/Tag'}
  name: {$ref: '#/$defs/Name'}
$defs:
  Name: {type: string}
";

#[test]
fn references_lead_through_files() {
    let folder = folder(&[
        ("main.yaml", MAIN.as_bytes()),
        ("schemas/pet.yaml", PET.as_bytes()),
        ("tag.yaml", b"Tag: {type: integer}\n"),
    ]);
    let document = Document::load(&folder.path().join("main.yaml"), &[]).unwrap();
    let at = Location::root(Pointer::parse("/components/schemas/Tag").unwrap());
    let (end, value) = document.follow(&at).unwrap();
    assert_eq!(value, &serde_json::json!({"type": "integer"}));
    assert_ne!(end.source, SourceId::ROOT);
    assert!(Path::new(document.file_name(end.source)).ends_with("tag.yaml"));
    let span = document.span(&end, true).unwrap();
    assert_eq!((span.line, span.column), (1, 1));
    let pet = document
        .resolve(SourceId::ROOT, "schemas/pet.yaml")
        .unwrap();
    let name = document.resolve(pet.source, "#/%24defs/Name").unwrap();
    assert_eq!(
        document.get(&name),
        Some(&serde_json::json!({"type": "string"}))
    );
    assert_eq!(
        document.resolve(SourceId::ROOT, "#/components/schemas/None"),
        None
    );
}

#[test]
fn faults_in_other_files_are_told_there() {
    insta::assert_snapshot!(told(
        &[
            ("main.yaml", MAIN.as_bytes()),
            (
                "schemas/pet.yaml",
                b"type: object\nproperties:\n  tag: {type: strin}\n"
            ),
        ],
        "main.yaml"
    ));
}

#[test]
fn a_broken_file_names_who_refers_to_it() {
    insta::assert_snapshot!(told(
        &[
            ("main.yaml", MAIN.as_bytes()),
            ("schemas/pet.yaml", b"type: [object\n")
        ],
        "main.yaml"
    ));
}

#[test]
fn a_missing_file_names_who_refers_to_it() {
    insta::assert_snapshot!(told(
        &[("main.yaml", MAIN.as_bytes()), ("schemas/pets.yaml", b"{}")],
        "main.yaml"
    ));
}

#[test]
fn files_outside_the_folder_are_not_read() {
    let main = MAIN.replace("schemas/pet.yaml", "../pet.yaml");
    insta::assert_snapshot!(told(
        &[
            ("api/main.yaml", main.as_bytes()),
            ("pet.yaml", b"type: object\n")
        ],
        "api/main.yaml"
    ));
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_out_of_the_folder() {
    let folder = folder(&[
        ("api/main.yaml", MAIN.as_bytes()),
        ("secret.yaml", b"properties: {tag: {}}\n"),
    ]);
    fs::create_dir(folder.path().join("api/schemas")).unwrap();
    std::os::unix::fs::symlink(
        folder.path().join("secret.yaml"),
        folder.path().join("api/schemas/pet.yaml"),
    )
    .unwrap();
    let error = Document::load(&folder.path().join("api/main.yaml"), &[]).unwrap_err();
    assert!(
        error.to_string().contains("leads out of the folder"),
        "{error}"
    );
}

#[test]
fn files_that_refer_to_each_other_are_read_once() {
    let folder = folder(&[
        ("main.yaml", b"openapi: 3.1.0\ninfo: {title: T, version: '1'}\ncomponents:\n  schemas:\n    A: {$ref: 'a.yaml'}\n"),
        ("a.yaml", b"properties: {b: {$ref: 'b.yaml'}}\n"),
        ("b.yaml", b"properties: {a: {$ref: './a.yaml'}, m: {$ref: 'main.yaml#/components/schemas/A'}}\n"),
    ]);
    let document = Document::load(&folder.path().join("main.yaml"), &[]).unwrap();
    let a = document.resolve(SourceId::ROOT, "a.yaml").unwrap();
    let b = document.resolve(a.source, "b.yaml").unwrap();
    assert_eq!(document.resolve(b.source, "./a.yaml"), Some(a));
    let back = document
        .resolve(b.source, "main.yaml#/components/schemas/A")
        .unwrap();
    assert_eq!(back.source, SourceId::ROOT);
}
