//! The law: what the lowered document raises to is the document, but for what the account reports; and
//! what openapiv3 writes differs from the document only where the account says so.

use std::collections::HashSet;

use openapiv3::OpenAPI;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use spec::{
    Account, Pointer, Version,
    account::{Entry, Rule},
    lower::{self, Lowered},
};

use super::{
    changes::{change, collect_objects, members, remove, schema},
    documents::{DOCUMENTS, everything},
};

/// Why the law does not hold for `root`, if so.
fn broken(root: &Value, lowered: &Lowered) -> Result<(), String> {
    let raised = lower::raise(&lowered.api);
    let discrepancies = lowered.account.audit(root, &raised);
    if !discrepancies.is_empty() {
        return Err(format!("the account is false: {discrepancies:?}"));
    }
    for entry in lowered.account.entries() {
        if root.pointer(entry.location().pointer.as_str()).is_none() {
            return Err(format!("{entry:?} is about nothing"));
        }
    }
    let written = serde_json::to_value(&lowered.api).map_err(|error| error.to_string())?;
    // What stands in for an absent member, said of the object around, excuses no other member.
    let told = lowered.account.entries().iter().filter(|entry| {
        !matches!(
            entry,
            Entry::Rewritten {
                rule: Rule::Absent,
                ..
            }
        )
    });
    let mut comparison = Comparison {
        told: told.map(|entry| &entry.location().pointer).collect(),
        untold: Vec::new(),
    };
    comparison.compare(root, Some(&written), &Pointer::root());
    if !comparison.untold.is_empty() {
        return Err(format!("rewritten without a word: {:?}", comparison.untold));
    }
    Ok(())
}

/// Finds the nodes that openapiv3 does not write as the document has them, and that lie in no node
/// with an entry. Members that the model adds are no concern of the account.
struct Comparison<'a> {
    told: HashSet<&'a Pointer>,
    untold: Vec<Pointer>,
}

impl Comparison<'_> {
    fn compare(&mut self, raw: &Value, written: Option<&Value>, at: &Pointer) {
        if self.told.contains(at) {
            return;
        }
        match (raw, written) {
            (raw, Some(written)) if raw == written => {}
            // The model keeps some numbers as floats.
            (Value::Number(raw), Some(Value::Number(written)))
                if raw.as_f64() == written.as_f64() => {}
            (Value::Object(raw), Some(Value::Object(written))) => {
                for (key, value) in raw {
                    self.compare(value, written.get(key), &at.child(key));
                }
            }
            (Value::Array(raw), Some(Value::Array(written))) if raw.len() == written.len() => {
                for (index, (raw, written)) in raw.iter().zip(written).enumerate() {
                    self.compare(raw, Some(written), &at.index(index));
                }
            }
            _ => self.untold.push(at.clone()),
        }
    }
}

#[test]
fn nothing_of_a_real_document_disappears_untold() {
    for (name, root, version) in DOCUMENTS.iter() {
        let lowered = lower::lower_value(root, *version).unwrap();
        assert_eq!(broken(root, &lowered), Ok(()), "{name}");
    }
}

#[test]
fn nothing_of_a_document_with_everything_disappears_untold() {
    for version in [Version::V3_0, Version::V3_1] {
        let root = everything();
        let lowered = lower::lower_value(&root, version).unwrap();
        assert_eq!(broken(&root, &lowered), Ok(()));
    }
}

/// The model is one that openapiv3 could have made itself: what it writes, it reads as the same.
#[test]
fn openapiv3_reads_what_it_writes_of_a_lowered_document() {
    // Its reading copies each level of nesting: tens of megabytes are not worth the wait.
    let everything = ("everything".to_owned(), everything(), Version::V3_1);
    let documents = DOCUMENTS.iter().chain([&everything]);
    let of_modest_size = |root: &Value| root["paths"].as_object().is_none_or(|it| it.len() < 100);
    for (name, root, version) in documents.filter(|(_, root, _)| of_modest_size(root)) {
        let api = lower::lower_value(root, *version).unwrap().api;
        let written = serde_json::to_value(&api).unwrap();
        let read: OpenAPI = serde_json::from_value(written).unwrap();
        assert!(read == api, "{name}");
    }
}

#[test]
fn a_document_of_3_1_is_raised_whole() {
    let root = everything();
    let lowered = lower::lower_value(&root, Version::V3_1).unwrap();
    assert_eq!(lower::raise(&lowered.api), root);
    assert_eq!(lowered.account.reported().count(), 0);
}

#[test]
fn a_drop_that_the_account_does_not_know_breaks_the_law() {
    let root = everything();
    let mut lowered = lower::lower_value(&root, Version::V3_1).unwrap();
    lowered.api.info.contact = None;
    let found = broken(&root, &lowered).unwrap_err();
    assert!(found.contains("/info/contact"), "{found}");
}

#[test]
fn a_rewriting_that_the_account_does_not_know_breaks_the_law() {
    let root = everything();
    let mut lowered = lower::lower_value(&root, Version::V3_1).unwrap();
    lowered.account = Account::default();
    let found = broken(&root, &lowered).unwrap_err();
    assert!(
        found.contains("/components/schemas/Object/properties/tag/const"),
        "{found}"
    );
}

/// What does not fit is diagnosed at nodes that are there; without these the document lowers, and the
/// law holds.
fn check(mut root: Value, version: Version) -> Result<(), TestCaseError> {
    let lowered = loop {
        match lower::lower_value(&root, version) {
            Ok(lowered) => break lowered,
            Err(diagnostics) => {
                prop_assert!(!diagnostics.is_empty());
                // From the back, so that the indexes in front stay.
                for wrong in diagnostics.iter().rev() {
                    let at = &wrong.location.pointer;
                    prop_assert!(root.pointer(at.as_str()).is_some(), "{} is not there", at);
                    remove(&mut root, at);
                }
            }
        }
    };
    broken(&root, &lowered).map_err(|why| TestCaseError::fail(format!("{why}\nin {root}")))
}

fn version() -> impl Strategy<Value = Version> {
    prop_oneof![Just(Version::V3_0), Just(Version::V3_1)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_of_a_changed_document_disappears_untold(
        changes in prop::collection::vec(change(), 1..40),
        version in version(),
    ) {
        let mut root = everything();
        let members = members();
        for change in &changes {
            change.apply(&mut root, &members);
        }
        check(root, version)?;
    }

    #[test]
    fn nothing_of_a_schema_disappears_untold(
        schemas in prop::collection::vec(schema(), 1..10),
        version in version(),
    ) {
        let schemas: Map<String, Value> =
            schemas.into_iter().enumerate().map(|(index, it)| (index.to_string(), it)).collect();
        check(json!({"openapi": "3", "info": {"title": "", "version": ""}, "paths": {}, "components": {"schemas": schemas}}), version)?;
    }
}

#[test]
fn the_places_to_change_are_all_objects() {
    let mut found = Vec::new();
    collect_objects(
        &json!({"a": [{}, 1, {"b": {}}]}),
        &Pointer::root(),
        &mut found,
    );
    let found: Vec<&str> = found.iter().map(Pointer::as_str).collect();
    assert_eq!(found, ["", "/a/0", "/a/2", "/a/2/b"]);
    let mut members = Value::Object(Map::new());
    remove(&mut members, &Pointer::root());
    assert_eq!(members, json!({}));
}
