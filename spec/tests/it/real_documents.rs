//! Documents that people publish, where they are at hand: what they load with.

use std::path::{Path, PathBuf};

use spec::{Document, Location, Pointer, Severity, Style};

/// The documents, or `None` with a word on stderr where they are not at hand.
pub(crate) fn documents() -> Option<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/specs");
    let Ok(entries) = folder.read_dir() else {
        eprintln!("skipped: no documents at {}", folder.display());
        return None;
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    Some(paths)
}

/// Errors and warnings of each document. The errors are right by the specification; the warnings were looked at one by one.
const EXPECTED: [(&str, usize, usize); 15] = [
    ("github-octokit.json", 0, 2),
    ("meilisearch.json", 0, 15),
    ("museum.yaml", 0, 0),
    // OpenAPI 3.2.
    ("oai-3.2-tags-example.yaml", 1, 0),
    ("oai-link-example.yaml", 0, 0),
    ("oai-tictactoe.yaml", 0, 0),
    ("oai-uspto.yaml", 0, 0),
    ("oai-webhook-example.yaml", 0, 0),
    ("openai.json", 0, 142),
    ("oxide-buildomat.json", 0, 0),
    ("oxide-nexus.json", 0, 0),
    ("skyvern-2026-02-openapi-3.0.3.json", 0, 56),
    ("skyvern-full.json", 0, 1),
    ("skyvern-update-credential.yaml", 0, 0),
    ("swagger-petstore.yaml", 0, 0),
];

#[test]
fn published_documents_load_without_false_alarm() {
    for path in documents().unwrap_or_default() {
        let name = path.file_name().unwrap().to_str().unwrap();
        let expected = EXPECTED.iter().find(|(expected, ..)| *expected == name);
        let Some(&(_, errors, warnings)) = expected else {
            continue;
        };
        let (diagnostics, text) = match Document::load(&path, &[]) {
            Ok(document) => (
                document.warnings().to_vec(),
                document.render(document.warnings(), Style::Plain),
            ),
            Err(error) => (error.diagnostics().to_vec(), error.to_string()),
        };
        let count = |severity| {
            diagnostics
                .iter()
                .filter(|one| one.severity == severity)
                .count()
        };
        println!("{name}:\n{text}");
        assert_eq!(
            (count(Severity::Error), count(Severity::Warning)),
            (errors, warnings),
            "{name}: {text}"
        );
    }
}

#[test]
fn places_in_a_published_document_are_those_of_its_nodes() {
    for path in documents().unwrap_or_default() {
        if !path.ends_with("skyvern-full.json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let document = Document::load(&path, &[]).unwrap();
        let mut checked = 0;
        let mut open = vec![Pointer::root()];
        while let Some(pointer) = open.pop() {
            let location = Location::root(pointer.clone());
            let value = document.get(&location).unwrap();
            let span = document.span(&location, false).unwrap();
            let written: serde_json::Value = serde_json::from_str(&text[span.range]).unwrap();
            assert_eq!(&written, value, "{location}");
            checked += 1;
            match value {
                serde_json::Value::Object(members) if pointer.tokens().count() < 6 => {
                    open.extend(members.keys().take(12).map(|name| pointer.child(name)));
                }
                serde_json::Value::Array(items) => {
                    open.extend((0..items.len().min(3)).map(|index| pointer.index(index)));
                }
                _ => {}
            }
        }
        assert!(checked > 500, "{checked}");
    }
}
