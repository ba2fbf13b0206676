//! What changed between two documents: each kind of change on tiny pairs, and the laws of comparing on real ones.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value, json};
use spec::{
    Document, Location,
    diff::{self, Change, Difference, Direction, Effect, Impact, Kind},
};

use crate::real_documents::documents;

/// A pair of documents, `old` and `new`, that say only what differs from a document without operations.
fn cases() -> Vec<(String, Document, Document)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let cases = paths.into_iter().map(|path| {
        let text = fs::read_to_string(&path).unwrap();
        let pair: Value = serde_yaml::from_str(&text).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, document(&pair["old"]), document(&pair["new"]))
    });
    cases.collect()
}

fn document(members: &Value) -> Document {
    let mut value =
        json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}});
    for (name, member) in members.as_object().unwrap() {
        value[name] = member.clone();
    }
    Document::from_text("document.json", &value.to_string(), &[]).unwrap()
}

fn told(difference: &Difference) -> String {
    let mut text = String::new();
    for change in &difference.changes {
        let Effect { clients, servers } = change.effect;
        let _ = writeln!(text, "{change}");
        let _ = writeln!(
            text,
            "    {}: clients {}, servers {}",
            change.kind.id(),
            word(clients),
            word(servers)
        );
        let place = |at: &Option<Location>| at.as_ref().map_or("-".to_owned(), ToString::to_string);
        let _ = writeln!(text, "    {} -> {}", place(&change.old), place(&change.new));
        for (old, new) in &change.also {
            let _ = writeln!(text, "    {} -> {}", place(old), place(new));
        }
        for one in &change.reached {
            let direction = match one.direction {
                Direction::ToServer => "to the server",
                Direction::ToClient => "to the client",
            };
            let _ = writeln!(text, "    reaches {}, {direction}", one.operation);
        }
    }
    let _ = writeln!(
        text,
        "{} in prose or extensions only",
        difference.documentation
    );
    text
}

fn word(impact: Impact) -> &'static str {
    match impact {
        Impact::None => "compatible",
        Impact::Risk => "at risk",
        Impact::Breaking => "broken",
    }
}

#[test]
fn every_kind_of_change_is_told_with_its_places_and_whom_it_breaks() {
    for (name, old, new) in cases() {
        insta::with_settings!({snapshot_path => "../snapshots/diff", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(name, told(&diff::compare(&old, &new)));
        });
    }
}

/// The names of kinds, from the one place that lists them all.
#[test]
fn every_kind_of_change_has_an_example() {
    let table = include_str!("../../src/diff/kind.rs");
    let table = &table[table.find("pub fn id").unwrap()..table.find("pub fn phrase").unwrap()];
    let ids: BTreeSet<&str> = table
        .lines()
        .filter_map(|line| line.split_once("=> \"")?.1.split('"').next())
        .collect();
    assert!(ids.len() > 40, "{ids:?}");
    let mut shown = BTreeSet::new();
    for (_, old, new) in cases() {
        for difference in [diff::compare(&old, &new), diff::compare(&new, &old)] {
            shown.extend(difference.changes.iter().map(|change| change.kind.id()));
        }
    }
    let missing: Vec<_> = ids.difference(&shown).collect();
    assert!(missing.is_empty(), "no example of {missing:?}");
}

#[test]
fn nothing_separates_a_document_from_itself() {
    for (name, old, new) in cases() {
        assert!(diff::compare(&old, &old).is_empty(), "{name}");
        assert!(diff::compare(&new, &new).is_empty(), "{name}");
    }
    for path in documents().unwrap_or_default() {
        let Ok(document) = Document::load(&path, &[]) else {
            continue;
        };
        let difference = diff::compare(&document, &document);
        assert!(
            difference.is_empty(),
            "{}: {}",
            path.display(),
            told(&difference)
        );
    }
}

/// A reference with limits beside it is no component of its own, and may lead back to where it stands.
#[test]
fn schemas_that_come_back_to_themselves_are_compared_once() {
    let node = |least: u32| {
        let mut schemas = Map::new();
        for number in 0..40 {
            let next = format!("#/components/schemas/N{}", (number + 1) % 40);
            let next = json!({"$ref": next, "minProperties": 1});
            let members = json!({"left": next, "right": {"allOf": [next, {"maxProperties": 9}]}});
            schemas.insert(
                format!("N{number}"),
                json!({"type": "object", "properties": members}),
            );
        }
        schemas["N39"]["minProperties"] = least.into();
        let body = json!({"application/json": {"schema": {"$ref": "#/components/schemas/N0"}}});
        document(&json!({
            "paths": {"/a": {"post": {
                "operationId": "a",
                "requestBody": {"content": body},
                "responses": {"204": {"description": "Done."}},
            }}},
            "components": {"schemas": schemas},
        }))
    };
    let (old, new) = (node(2), node(3));
    assert!(diff::compare(&old, &old).is_empty());
    let difference = diff::compare(&old, &new);
    let found: Vec<_> = difference.changes.iter().map(|one| one.kind).collect();
    assert_eq!(found, [Kind::ConstraintTightened], "{}", told(&difference));
    assert_eq!(difference.changes[0].reached.len(), 1);
}

type Sides = (Option<Location>, Option<Location>);

/// Each change with its places, however many operations share it.
fn spread(difference: &Difference) -> BTreeMap<(Kind, Sides), usize> {
    let mut spread = BTreeMap::new();
    let sides = |change: &Change| {
        let first = (change.old.clone(), change.new.clone());
        std::iter::once(first)
            .chain(change.also.clone())
            .collect::<Vec<_>>()
    };
    for change in &difference.changes {
        for sides in sides(change) {
            *spread.entry((change.kind, sides)).or_default() += 1;
        }
    }
    spread
}

fn assert_mirrors(name: &str, old: &Document, new: &Document) {
    let there = diff::compare(old, new);
    let back = diff::compare(new, old);
    let mirrored: BTreeMap<(Kind, Sides), usize> = spread(&back)
        .into_iter()
        .map(|((kind, (old, new)), count)| ((kind.mirror(), (new, old)), count))
        .collect();
    let there_spread = spread(&there);
    for change in there_spread.keys() {
        assert!(
            mirrored.contains_key(change),
            "{name}: only there: {change:?}"
        );
    }
    for change in mirrored.keys() {
        assert!(
            there_spread.contains_key(change),
            "{name}: only back: {change:?}"
        );
    }
    assert_eq!(there.documentation, back.documentation, "{name}");
}

#[test]
fn the_other_way_round_every_change_is_taken_back() {
    for (name, old, new) in cases() {
        assert_mirrors(&name, &old, &new);
    }
    let Some(paths) = documents() else { return };
    let skyvern: Vec<Document> = paths
        .iter()
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with("skyvern-")
        })
        .map(|path| Document::load(path, &[]).unwrap())
        .collect();
    for (index, old) in skyvern.iter().enumerate() {
        for new in &skyvern[index + 1..] {
            assert_mirrors("skyvern", old, new);
        }
    }
}

/// A kind that is taken back by its mirror is itself its mirror's mirror.
#[test]
fn mirrors_are_their_own_inverse() {
    for (_, old, new) in cases() {
        for change in diff::compare(&old, &new).changes {
            assert_eq!(change.kind.mirror().mirror(), change.kind);
        }
    }
}

/// The texts, numbers and flags of a value, each with its path.
fn leaves(value: &Value, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                path.push(name.clone());
                leaves(member, path, found);
                path.pop();
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(index.to_string());
                leaves(item, path, found);
                path.pop();
            }
        }
        _ => found.push(path.clone()),
    }
}

fn other(value: &Value) -> Value {
    match value {
        Value::String(text) => format!("{text}2").into(),
        Value::Number(number) => (number.as_f64().unwrap() + 1.0).into(),
        Value::Bool(flag) => (!flag).into(),
        other => other.clone(),
    }
}

/// No value of a document may change unsaid, be it only counted. Documents that a change makes unusable are left out.
#[test]
fn no_change_of_a_value_stays_untold() {
    let Some(paths) = documents() else { return };
    let mut tried = 0;
    for name in [
        "oai-tictactoe.yaml",
        "oai-link-example.yaml",
        "skyvern-update-credential.yaml",
    ] {
        let Some(path) = paths.iter().find(|path| path.ends_with(name)) else {
            continue;
        };
        let old = Document::load(path, &[]).unwrap();
        let mut places = Vec::new();
        leaves(old.root(), &mut Vec::new(), &mut places);
        for place in places {
            let pointer = spec::Pointer::root().join(place.iter().map(String::as_str));
            let mut value = old.root().clone();
            let node = value.pointer_mut(pointer.as_str()).unwrap();
            *node = other(node);
            if place == ["openapi"] {
                continue;
            }
            let Ok(new) = Document::from_text("new.json", &value.to_string(), &[]) else {
                continue;
            };
            tried += 1;
            assert!(
                !diff::compare(&old, &new).is_empty(),
                "{name}: {pointer} changed unsaid"
            );
        }
    }
    assert!(tried > 300, "{tried}");
}

/// As above, for members that go.
#[test]
fn no_member_goes_untold() {
    let Some(paths) = documents() else { return };
    let mut tried = 0;
    for name in ["oai-tictactoe.yaml", "skyvern-update-credential.yaml"] {
        let Some(path) = paths.iter().find(|path| path.ends_with(name)) else {
            continue;
        };
        let old = Document::load(path, &[]).unwrap();
        let mut open = vec![spec::Pointer::root()];
        while let Some(pointer) = open.pop() {
            let node = pointer.find(old.root()).unwrap();
            let names: Vec<String> = match node {
                Value::Object(members) => Map::keys(members).cloned().collect(),
                Value::Array(items) => (0..items.len()).map(|index| index.to_string()).collect(),
                _ => continue,
            };
            for name in &names {
                open.push(pointer.child(name));
                let mut value = old.root().clone();
                let Some(Value::Object(members)) = value.pointer_mut(pointer.as_str()) else {
                    continue;
                };
                let gone = members.shift_remove(name);
                if gone.is_none_or(|gone| is_nothing(name, &gone)) {
                    continue;
                }
                let Ok(new) = Document::from_text("new.json", &value.to_string(), &[]) else {
                    continue;
                };
                tried += 1;
                let place = pointer.child(name);
                assert!(!diff::compare(&old, &new).is_empty(), "{place} went unsaid");
            }
        }
    }
    assert!(tried > 200, "{tried}");
}

/// What says nothing where it stands: an empty list, the default of a flag, the type of what has properties.
fn is_nothing(name: &str, value: &Value) -> bool {
    let is_empty =
        value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty);
    let is_default =
        matches!(name, "required" | "nullable" | "deprecated") && *value == json!(false);
    let is_inferred = name == "type" && (*value == json!("object") || *value == json!("array"));
    let is_unused = matches!(name, "explode" | "style");
    let is_open = name == "additionalProperties" && *value == json!(true);
    is_empty || is_default || is_inferred || is_unused || is_open
}
