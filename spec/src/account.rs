//! What became of each node of a document when it was lowered: the entries come in from
//! [`crate::lower`], answers to "is this loss told?" go out. Nothing here lowers anything.
//!
//! A node without an entry, and without one on a node around it, stands in the typed model as it
//! stands in the document.

use std::fmt;

use serde_json::Value;

use crate::location::{Location, Pointer};

/// Every node that is not kept as it is, in the order of the document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    entries: Vec<Entry>,
}

/// One node that is not kept as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// It stands in another form, from which [`crate::lower::raise`] restores it.
    Rewritten {
        /// What was done to it.
        rule: Rule,
        /// The node in the document.
        location: Location,
    },
    /// It is lost: [`crate::lower::raise`] does not bring it back.
    Reported {
        /// The node in the document.
        location: Location,
        /// Why it may be lost: one sentence fragment.
        why: &'static str,
    },
}

impl Entry {
    /// The node in the document.
    pub fn location(&self) -> &Location {
        match self {
            Self::Rewritten { location, .. } | Self::Reported { location, .. } => location,
        }
    }
}

/// A way in which a node is rewritten without loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The model has no place for it, or could not tell it from an absent one: it stands raw in an
    /// `x-oas31-…` extension of the nearest object that keeps extensions.
    Carried,
    /// The model has a place for it, and its exact form (`5.0`, a range beyond the model's) stands
    /// raw in an extension beside.
    Exact,
    /// `anyOf` or `oneOf` with a branch `{"type": "null"}` became `nullable`.
    NullBranch,
    /// A `type` array became `nullable`, one `type`, or neither; the array stands in an extension.
    TypeArray,
    /// `const` became an `enum` of one value.
    Const,
    /// A Schema Object's `$ref` with siblings became the first entry of `allOf`; said of both.
    ReferenceSiblings,
    /// A number in `exclusiveMinimum` or `exclusiveMaximum` became `minimum` or `maximum` with a flag.
    ExclusiveBound,
    /// `true` became `{}`, `false` became `{"not": {}}`.
    BooleanSchema,
    /// Members that the model requires are absent, and empty ones stand in; said of the object.
    Absent,
    /// The key of a response was spelled in another way, `2xx` for `2XX`.
    StatusKey,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 10] = [
        Self::Carried,
        Self::Exact,
        Self::NullBranch,
        Self::TypeArray,
        Self::Const,
        Self::ReferenceSiblings,
        Self::ExclusiveBound,
        Self::BooleanSchema,
        Self::Absent,
        Self::StatusKey,
    ];

    /// A stable, searchable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Carried => "carried",
            Self::Exact => "exact",
            Self::NullBranch => "null-branch",
            Self::TypeArray => "type-array",
            Self::Const => "const",
            Self::ReferenceSiblings => "reference-siblings",
            Self::ExclusiveBound => "exclusive-bound",
            Self::BooleanSchema => "boolean-schema",
            Self::Absent => "absent",
            Self::StatusKey => "status-key",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Account {
    /// The entries in the order of the document.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The nodes that are lost, each with the reason, in the order of the document.
    pub fn reported(&self) -> impl Iterator<Item = (&Location, &'static str)> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Reported { location, why } => Some((location, *why)),
            Entry::Rewritten { .. } => None,
        })
    }

    /// The nodes that are rewritten, each with the rule, in the order of the document.
    pub fn rewritten(&self) -> impl Iterator<Item = (&Location, Rule)> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Rewritten { location, rule } => Some((location, *rule)),
            Entry::Reported { .. } => None,
        })
    }

    /// Holds the account against the facts: `raw` is the document, `raised` what came back of it.
    /// Empty if every difference is reported and every report is a difference.
    pub fn audit(&self, raw: &Value, raised: &Value) -> Vec<Discrepancy> {
        let differences = differences(raw, raised);
        let untold = differences
            .iter()
            .filter(|at| {
                !self
                    .reported()
                    .any(|(told, _)| at.starts_with(&told.pointer))
            })
            .map(|at| Discrepancy::Untold(at.clone()));
        let unreal = self
            .reported()
            .filter(|(told, _)| !differences.iter().any(|at| at.starts_with(&told.pointer)))
            .map(|(told, _)| Discrepancy::Unreal(told.pointer.clone()));
        untold.chain(unreal).collect()
    }

    pub(crate) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    pub(crate) fn insert(&mut self, index: usize, entry: Entry) {
        self.entries.insert(index, entry);
    }
}

/// A way in which an account is false.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Discrepancy {
    /// The node was changed or lost, and no entry reports it.
    Untold(Pointer),
    /// An entry reports a node that is neither changed nor lost.
    Unreal(Pointer),
}

/// The nodes in which two values differ: as deep as both have them, a member that only one has
/// by its own pointer. The order of members does not count, the form of a number (`5`, `5.0`) does.
pub fn differences(left: &Value, right: &Value) -> Vec<Pointer> {
    let mut found = Vec::new();
    compare(left, right, &Pointer::root(), &mut found);
    found
}

fn compare(left: &Value, right: &Value, at: &Pointer, found: &mut Vec<Pointer>) {
    match (left, right) {
        // Most subtrees are equal: comparing first spares them their pointers.
        _ if left == right => {}
        (Value::Object(left), Value::Object(right)) => {
            for (key, value) in left {
                match right.get(key) {
                    Some(other) => compare(value, other, &at.child(key), found),
                    None => found.push(at.child(key)),
                }
            }
            let added = right.keys().filter(|key| !left.contains_key(*key));
            found.extend(added.map(|key| at.child(key)));
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (index, (value, other)) in left.iter().zip(right).enumerate() {
                compare(value, other, &at.index(index), found);
            }
        }
        _ => found.push(at.clone()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reporting(pointer: &str) -> Account {
        let location = Location::root(Pointer::parse(pointer).unwrap());
        let why = "for the test";
        Account {
            entries: vec![Entry::Reported { location, why }],
        }
    }

    #[test]
    fn an_unaccounted_drop_is_noticed() {
        let raw = json!({"info": {"title": "t", "x-a/b": [1, {"deep": null}]}});
        let mut raised = raw.clone();
        raised["info"]["x-a/b"][1]
            .as_object_mut()
            .unwrap()
            .remove("deep");
        let dropped = Pointer::parse("/info/x-a~1b/1/deep").unwrap();
        assert_eq!(
            Account::default().audit(&raw, &raised),
            [Discrepancy::Untold(dropped.clone())]
        );
        assert_eq!(reporting(dropped.as_str()).audit(&raw, &raised), []);
        assert_eq!(
            reporting("/info/title").audit(&raw, &raised),
            [
                Discrepancy::Untold(dropped),
                Discrepancy::Unreal(Pointer::parse("/info/title").unwrap())
            ]
        );
    }

    #[test]
    fn added_members_changed_numbers_and_shortened_lists_are_differences() {
        let found = differences(
            &json!({"a": 5, "b": [1, 2], "c": 1}),
            &json!({"c": 1, "a": 5.0, "b": [1], "d": null}),
        );
        let found: Vec<&str> = found.iter().map(Pointer::as_str).collect();
        assert_eq!(found, ["/a", "/b", "/d"]);
    }
}
