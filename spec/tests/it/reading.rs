//! Laws of the reader: what is written comes back, positions are those of the nodes, nothing panics.

use proptest::prelude::*;
use serde_json::{Map, Value};
use spec::{Document, Location, Pointer};

use crate::real_documents;

/// A document around a value: checks of OpenAPI do not look into extensions.
fn around(value: &Value) -> Value {
    serde_json::json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {},
        "x-value": value,
    })
}

/// Not `<<`: `serde_yaml` writes it without quotes, and here it is a merge key.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-zA-Z0-9 _./:#-]{0,12}",
        2 => prop::sample::select(vec![
            "NO", "yes", "true", "null", "~", "", " ", "1_000", "017", "0o17", "0x1F", "1e3", ".inf", "-", "---", "...",
            "*a", "&a", "!x", "a: b", "a #b", "2024-01-01", "é", "日本", "\u{1f600}", "tab\there", "line\nbreak\n",
            "\n", "  lead", "trail ", "'", "\"", "\\", "% ", "@", "`", "{", "[", "|", ">", "\u{85}", "\u{feff}", "\u{7f}",
        ]).prop_map(str::to_owned),
        // The line breaks of YAML 1.1, which `serde_yaml` still folds and 1.2 does not.
        1 => any::<String>().prop_map(|text| text.replace(['\u{85}', '\u{2028}', '\u{2029}'], "")),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Floats that are whole come back as floats from YAML and from JSON, so plain equality is meant.
fn read(name: &str, text: &str) -> Document {
    match Document::from_text(name, text, &[]) {
        Ok(document) => document,
        Err(error) => panic!("{error}\n{text}"),
    }
}

fn pointers(value: &Value, at: &Pointer, found: &mut Vec<Pointer>) {
    found.push(at.clone());
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| pointers(value, &at.child(name), found)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, value)| pointers(value, &at.index(index), found)),
        _ => {}
    }
}

/// YAML cut out of a document: lines behind the first keep their indentation, so the first gets its own.
fn cut<'a>(text: &'a str, range: &std::ops::Range<usize>) -> (String, &'a str) {
    let line = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let indent = text[line..range.start].chars().count();
    (
        format!("{}{}", " ".repeat(indent), &text[range.clone()]),
        &text[range.clone()],
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(2), ..ProptestConfig::default() })]

    #[test]
    fn yaml_comes_back(value in value()) {
        let value = around(&value);
        let text = serde_yaml::to_string(&value).unwrap();
        let document = read("a.yaml", &text);
        prop_assert_eq!(document.root(), &value, "{}", text);
    }

    #[test]
    fn json_comes_back(value in value(), pretty: bool) {
        let value = around(&value);
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let document = read("a.json", &text);
        prop_assert_eq!(document.root(), &value);
        let mut all = Vec::new();
        pointers(&value, &Pointer::root(), &mut all);
        for pointer in all {
            let location = Location::root(pointer.clone());
            let span = document.span(&location, false).unwrap();
            let written: Value = serde_json::from_str(&text[span.range]).unwrap();
            prop_assert_eq!(Some(&written), value.pointer(pointer.as_str()));
            if let (Some(name), Some(parent)) = (pointer.last(), pointer.parent())
                && value.pointer(parent.as_str()).unwrap().is_object()
            {
                let key = document.span(&location, true).unwrap();
                prop_assert_eq!(serde_json::from_str::<String>(&text[key.range]).unwrap(), name);
            }
        }
    }

    #[test]
    fn places_in_yaml_are_those_of_the_nodes(value in value()) {
        let value = around(&value);
        let text = serde_yaml::to_string(&value).unwrap();
        let document = read("a.yaml", &text);
        let mut all = Vec::new();
        pointers(&value, &Pointer::root(), &mut all);
        for pointer in all {
            let location = Location::root(pointer.clone());
            let span = document.span(&location, false).unwrap();
            let (whole, written) = cut(&text, &span.range);
            let expected = value.pointer(pointer.as_str()).unwrap();
            // The lines of a block scalar are marked without its header.
            if expected.as_str().is_some_and(|text| text.contains('\n')) && !written.starts_with('"') {
                for (line, expected) in written.lines().zip(expected.as_str().unwrap().trim_start_matches('\n').lines()) {
                    prop_assert_eq!(line.trim(), expected.trim());
                }
                continue;
            }
            let holder: Value = serde_yaml::from_str(&whole).unwrap_or_else(|error| panic!("{pointer}: {error}\n{whole}\nin\n{text}"));
            // Block scalars at the end of a collection lose the line breaks that follow their last line.
            if !text.contains(['|', '>']) {
                prop_assert_eq!(&holder, expected, "{} in\n{}", pointer, text);
            }
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(text in "(\\PC|[\t\n\"'{}:,&*!|>%#-]){0,60}") {
        for name in ["a.yaml", "a.json", "a"] {
            if let Err(error) = Document::from_text(name, &text, &[]) {
                prop_assert!(!error.to_string().is_empty());
                error.render_github();
            }
        }
    }

    #[test]
    fn no_change_to_a_document_makes_anything_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..3usize, prop::sample::select(vec![
            "\"", "'", "{", "}", "[", "]", ":", ": ", "- ", "\n", "\t", "#", "&a ", "*a", "!!int ", "$ref", "null", "5", "é", "<<", "%", "|", ">", "/", "~",
        ])), 1..6),
    ) {
        let mut text = SMALL.to_owned();
        for (index, cut, put) in edits {
            let mut at = index.index(text.len());
            while !text.is_char_boundary(at) { at -= 1; }
            let mut end = (at + cut * 4).min(text.len());
            while !text.is_char_boundary(end) { end += 1; }
            text.replace_range(at..end, put);
        }
        match Document::from_text("a.yaml", &text, &[]) {
            Ok(document) => { document.render(document.warnings(), spec::Style::Ansi); }
            Err(error) => { prop_assert!(!error.to_string().is_empty()); }
        }
    }
}

const SMALL: &str = "openapi: 3.1.0
info: {title: \"T\", version: '1'}
paths:
  /a/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    get:
      operationId: get
      description: |
        Some
        lines
      responses:
        '200':
          description: ok
          content:
            application/json:
              schema: {$ref: '#/components/schemas/A'}
components:
  schemas:
    A: &a
      type: object
      required: [b]
      properties:
        b: {type: [string, 'null'], enum: [x, null], default: x}
        c: {$ref: '#/components/schemas/A'}
    B:
      <<: *a
      allOf: [{type: integer, minimum: 1, maximum: 2}]
";

#[test]
fn the_small_document_is_without_fault() {
    assert!(read("a.yaml", SMALL).warnings().is_empty());
}

#[test]
fn merge_keys_are_applied_behind_what_is_written_out() {
    let document = read(
        "a.yaml",
        "openapi: 3.1.0
info: &i {title: T, version: '1'}
paths: {}
x-a:
  title: own
  <<: *i
x-b:
  <<: [{a: 1, b: 2}, {b: 3, c: 4}]
  a: 0
x-c: {'<<': 5}
",
    );
    let root = document.root();
    assert_eq!(
        root["x-a"],
        serde_json::json!({"title": "own", "version": "1"})
    );
    assert_eq!(root["x-b"], serde_json::json!({"a": 0, "b": 2, "c": 4}));
    assert_eq!(root["x-c"], serde_json::json!({"<<": 5}));
    let place = |pointer: &str| {
        let location = Location::root(Pointer::parse(pointer).unwrap());
        document.span(&location, false).unwrap().to_string()
    };
    assert_eq!(place("/x-a/version"), "a.yaml:2:30");
    assert_eq!(place("/x-b/b"), "a.yaml:8:18");
    assert_eq!(place("/x-b/c"), "a.yaml:8:32");
    assert_eq!(place("/x-c/<<"), "a.yaml:10:13");
}

#[test]
fn marks_leave_out_comments_anchors_and_blank_lines() {
    let text = "openapi: \"3.1.0\" # c\ninfo: &i # anchor\n  # and more\n  title: !!str 'it''s' # c\n  version: &v \"1 \\\" é\"  # c\npaths: {}\nx-a:\n- p  # c\n\n# end\nx-b: |  # header\n\n  text\n\n\nx-c: *v # c\nx-d:\n  - - q\n";
    let document = read("a.yaml", text);
    let written = |pointer: &str| {
        let location = Location::root(Pointer::parse(pointer).unwrap());
        &text[document.span(&location, false).unwrap().range]
    };
    assert_eq!(written("/openapi"), "\"3.1.0\"");
    assert_eq!(written("/info/title"), "'it''s'");
    assert_eq!(written("/info/version"), "\"1 \\\" é\"");
    assert_eq!(
        written("/info"),
        "title: !!str 'it''s' # c\n  version: &v \"1 \\\" é\""
    );
    assert_eq!(written("/x-a"), "- p");
    assert_eq!(written("/x-b"), "text");
    assert_eq!(written("/x-c"), "*v");
    assert_eq!(written("/x-d"), "- - q");
    assert_eq!(written("/x-d/0"), "- q");
}

#[test]
fn marks_begin_behind_tags_that_brackets_end() {
    let document = read(
        "a.yaml",
        "openapi: 3.1.0
info: {title: T, version: '1'}
paths: {}
x-a: {b: !{c: 1}, d: !t[1], e: !<tag:a,b> f, g: [&a{}, !t, 5]}
x-b: 1
",
    );
    for (pointer, text) in [
        ("/x-a/b", "{c: 1}"),
        ("/x-a/d", "[1]"),
        ("/x-a/e", "f"),
        ("/x-a/g/0", "{}"),
        ("/x-a/g/1", ""),
        ("/x-a/g/2", "5"),
    ] {
        let at = Location::root(Pointer::parse(pointer).unwrap());
        let span = document.span(&at, false).unwrap();
        let source = document.sources().text(span.source);
        assert_eq!(&source[span.range], text, "{pointer}");
    }
}

#[test]
fn flow_mappings_and_empty_values_are_yaml() {
    let document = read(
        "a.yaml",
        "{openapi: 3.1.0, info: {title: T, version: '1'}, paths: {}, x-a: , x-b: [a, b: c]}",
    );
    assert_eq!(document.root()["x-a"], Value::Null);
    assert_eq!(document.root()["x-b"], serde_json::json!(["a", {"b": "c"}]));
}

/// The published documents are JSON for the most part; as YAML they must say the same.
#[test]
fn published_documents_say_the_same_as_yaml() {
    for path in real_documents::documents().unwrap_or_default() {
        let text = std::fs::read_to_string(&path).unwrap();
        // Megabytes of GitHub and OpenAI add a minute in a debug build, and nothing that Skyvern does not have.
        if text.len() > 1_000_000 || path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let value: Value = serde_json::from_str(&text).unwrap();
        let yaml = serde_yaml::to_string(&value).unwrap();
        assert_eq!(read("a.yaml", &yaml).root(), &value, "{}", path.display());
    }
}
