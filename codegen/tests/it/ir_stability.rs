//! A change of the document changes the lines that belong to it, and no other.

use codegen::{Extent, NameLock, Settings, generate, ir::dump::dump, lower};

use crate::ir::read;

const BASE: &str = r"
openapi: 3.1.0
info: {title: Stable, version: 1.0.0}
paths:
  /things:
    post:
      tags: [Things]
      operationId: create_thing
      requestBody:
        content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}
      responses:
        '200': {description: Made., content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
components:
  schemas:
    Thing:
      type: object
      title: Thing
      properties:
        kind: {anyOf: [{$ref: '#/components/schemas/RedKind'}, {$ref: '#/components/schemas/BlueKind'}]}
        size: {type: object, properties: {width: {type: integer}}}
    RedKind: {type: object, required: [red], properties: {red: {type: string}}}
    BlueKind: {type: object, required: [blue], properties: {blue: {type: string}}}
";

fn lowered(text: &str, lock: &NameLock) -> (String, NameLock) {
    let lowered = lower(&read("stable.yaml", text), lock).expect("a sound document");
    (dump(&lowered.api), lowered.names)
}

/// Lines of `new` that `old` has not, and the other way round.
fn changed(old: &str, new: &str) -> (Vec<String>, Vec<String>) {
    let without = |one: &str, other: &str| {
        let known: Vec<&str> = other.lines().collect();
        one.lines()
            .filter(|line| !known.contains(line))
            .map(str::to_owned)
            .collect()
    };
    (without(new, old), without(old, new))
}

#[test]
fn a_new_property_adds_its_line() {
    let (old, _) = lowered(BASE, &NameLock::default());
    let text = BASE.replace(
        "        size:",
        "        weight: {type: number}\n        size:",
    );
    let (new, _) = lowered(&text, &NameLock::default());
    assert_eq!(
        changed(&old, &new),
        (vec!["  weight?: f64".to_owned()], vec![])
    );
}

/// In the text of the crate as well: one file, and in it one line.
#[test]
fn a_new_property_touches_one_struct() {
    let text = BASE.replace(
        "        size:",
        "        colour: {type: string}\n        size:",
    );
    let [old, new] = [BASE, &text].map(|text| {
        let settings = Settings {
            package: "stable-client".to_owned(),
            source: "stable.yaml".to_owned(),
            names: NameLock::default(),
            extent: Extent::Crate,
        };
        let generated = generate(&read("stable.yaml", text), &settings);
        generated.expect("a sound document").files
    });
    let pairs = old.iter().zip(new.iter());
    let differ: Vec<(&str, &str, &str)> = pairs
        .map(|((name, old), (same, new))| {
            assert_eq!(name, same);
            (name, old, new)
        })
        .filter(|(_, old, new)| old != new)
        .collect();
    let [(name, old, new)] = differ[..] else {
        panic!("{differ:?}");
    };
    assert_eq!(name, "src/models/things.rs");
    let (added, removed) = changed(old, new);
    assert_eq!(removed, Vec::<String>::new());
    let line = "        optional colour: String => into with_colour,";
    assert_eq!(added, [line]);
}

#[test]
fn a_title_is_nothing() {
    let (old, _) = lowered(BASE, &NameLock::default());
    let (new, _) = lowered(
        &BASE.replace("title: Thing", "title: Something"),
        &NameLock::default(),
    );
    assert_eq!(old, new);
}

#[test]
fn the_order_of_components_is_nothing() {
    let (old, _) = lowered(BASE, &NameLock::default());
    let blue = BASE
        .lines()
        .find(|line| line.contains("BlueKind: {type"))
        .unwrap();
    let text = BASE.replace(&format!("{blue}\n"), "");
    let text = text.replace("    Thing:\n", &format!("{blue}\n    Thing:\n"));
    let (new, _) = lowered(&text, &NameLock::default());
    assert_eq!(old, new);
}

#[test]
fn a_new_operation_takes_no_name_away() {
    let (old, lock) = lowered(BASE, &NameLock::default());
    let text = BASE.replace(
        "components:\n",
        "  /other:
    get:
      tags: [Others]
      operationId: get_other
      responses:
        '200':
          description: Another.
          content:
            application/json:
              schema:
                type: object
                properties:
                  kind: {oneOf: [{type: string}, {$ref: '#/components/schemas/RedKind'}]}
components:
",
    );
    let (new, new_lock) = lowered(&text, &lock);
    let (added, removed) = changed(&old, &new);
    assert_eq!(removed, Vec::<String>::new());
    assert!(
        added.iter().all(|line| !line.contains("Thing")),
        "{added:?}"
    );
    for (pointer, path) in &lock.types {
        assert_eq!(new_lock.types.get(pointer), Some(path));
    }
    assert!(new_lock.types.len() > lock.types.len());
}

#[test]
fn a_lock_outlives_what_would_rename() {
    let (old, lock) = lowered(BASE, &NameLock::default());
    // A third branch that shares no word with its siblings, a component that would take the place of an inline one.
    let text = BASE
        .replace("{$ref: '#/components/schemas/BlueKind'}]", "{$ref: '#/components/schemas/BlueKind'}, {$ref: '#/components/schemas/ThingSize'}]")
        .replace("    RedKind:", "    ThingSize: {type: object, required: [green], properties: {green: {type: string}}}\n    RedKind:");
    let lock = NameLock::read(&lock.write()).unwrap();
    let (new, _) = lowered(&text, &lock);
    let (_, removed) = changed(&old, &new);
    assert_eq!(removed, Vec::<String>::new());
}

/// A second type with the same choice under the same member.
fn with_twin(text: &str) -> String {
    text.replace(
        "    RedKind:",
        "    AnotherThing:
      type: object
      properties:
        kind: {anyOf: [{$ref: '#/components/schemas/RedKind'}, {$ref: '#/components/schemas/BlueKind'}]}
    RedKind:",
    )
}

#[test]
fn what_is_the_same_is_one_type() {
    let (text, _) = lowered(&with_twin(BASE), &NameLock::default());
    assert!(text.contains("  kind?: Kind\n"), "{text}");
    assert_eq!(text.matches("\nunion ").count(), 1, "{text}");
    // Which of them comes first is nothing.
    let swapped = with_twin(BASE).replace("AnotherThing:", "YetAThing:");
    let (swapped, _) = lowered(&swapped, &NameLock::default());
    assert_eq!(
        swapped.replace("YetAThing", "AnotherThing").len(),
        text.len()
    );
    assert!(swapped.contains("  kind?: Kind\n"), "{swapped}");
}

#[test]
fn a_second_user_takes_the_type_of_the_first() {
    let (old, lock) = lowered(BASE, &NameLock::default());
    assert!(old.contains("  kind?: ThingKind\n"), "{old}");
    let (new, lock) = lowered(&with_twin(BASE), &lock);
    let (added, removed) = changed(&old, &new);
    assert_eq!(removed, Vec::<String>::new());
    assert_eq!(added, ["struct common::AnotherThing <>"]);
    assert_eq!(new.matches("kind?: ThingKind").count(), 2);
    // And keeps it when the first is gone.
    let alone = with_twin(BASE).replace(
        "        kind: {anyOf: [{$ref: '#/components/schemas/RedKind'}, {$ref: '#/components/schemas/BlueKind'}]}
        size:",
        "        size:",
    );
    let (alone, _) = lowered(&alone, &lock);
    let kind = |text: &str| {
        let at = text.find("union things::ThingKind").expect("the union");
        text[at..]
            .lines()
            .skip(1)
            .take(2)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(kind(&alone), kind(&old));
}

#[test]
fn types_that_become_the_same_keep_their_names() {
    let apart = with_twin(BASE).replacen("BlueKind'}]}", "BlueKind'}, {type: string}]}", 1);
    let (old, lock) = lowered(&apart, &NameLock::default());
    assert_eq!(old.matches("\nunion ").count(), 2, "{old}");
    let (new, _) = lowered(&with_twin(BASE), &lock);
    let (added, _) = changed(&old, &new);
    assert_eq!(added, Vec::<String>::new());
    assert_eq!(new.matches("\nunion ").count(), 2, "{new}");
}

#[test]
fn types_that_come_apart_leave_the_name_with_one() {
    let (_, lock) = lowered(&with_twin(BASE), &NameLock::default());
    let apart = with_twin(BASE).replacen("BlueKind'}]}", "BlueKind'}, {type: string}]}", 1);
    let (text, lock) = lowered(&apart, &lock);
    assert!(text.contains("  kind?: Kind\n"), "{text}");
    assert!(text.contains("  kind?: ThingKind\n"), "{text}");
    // From then on each has its own.
    let (again, same) = lowered(&apart, &lock);
    assert_eq!(again, text);
    assert_eq!(same, lock);
}

#[test]
fn branches_of_one_word_are_found_again_in_the_lock() {
    let text = BASE.replace(
        "        size:",
        "        form:
          oneOf:
            - {type: object, required: [a, b], properties: {a: {type: string}, b: {type: string}}}
            - {type: object, required: [b, c], properties: {b: {type: integer}, c: {type: string}}}
            - {type: object, required: [a, c], properties: {a: {type: integer}, c: {type: integer}}}
        size:",
    );
    let (first, lock) = lowered(&text, &NameLock::default());
    let (second, _) = lowered(&text, &lock);
    assert_eq!(first, second);
}
