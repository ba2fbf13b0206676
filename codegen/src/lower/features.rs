//! What a reader of JSON can see of a value before it decodes it: its type, and the members of an object.

use std::rc::Rc;

use indexmap::IndexMap;
use serde_json::Value;
use spec::Location;

use super::builder::{Builder, implied};
use crate::schema::{Additional, JsonType, Key, Reader, Schema, Types};

/// How deep members that are unions themselves are looked into.
const DEPTH: usize = 6;

/// What can be seen of the values of a schema.
#[derive(Clone, Debug, Default)]
pub(crate) struct Features<'d> {
    /// Their types, null left out.
    pub(crate) types: Types,
    /// The only texts among them, if they are listed.
    pub(crate) texts: Option<Vec<&'d str>>,
    /// Members that objects may have.
    pub(crate) members: IndexMap<&'d str, Member<'d>>,
    /// Members that every object has.
    pub(crate) required: Vec<&'d str>,
    /// Whether an object may have members beyond those and mean it.
    pub(crate) free: bool,
}

/// What can be seen of a member.
#[derive(Clone, Debug, Default)]
pub(crate) struct Member<'d> {
    /// Null included.
    pub(crate) types: Types,
    pub(crate) texts: Option<Vec<&'d str>>,
}

impl<'d> Builder<'d> {
    /// What can be seen of the values of `key`.
    pub(super) fn features_of(&mut self, key: &Key) -> Rc<Features<'d>> {
        if let Some(known) = self.features.get(key) {
            return Rc::clone(known);
        }
        let features = Rc::new(read(self.reader, key, DEPTH));
        self.features.insert(key.clone(), Rc::clone(&features));
        features
    }
}

fn read<'d>(reader: Reader<'d>, key: &Key, depth: usize) -> Features<'d> {
    let schema = reader.schema(key);
    let branches = schema.choices().into_iter().next();
    if let Some(choice) = branches.filter(|_| depth > 0) {
        let mut all: Option<Features<'d>> = None;
        for branch in &choice.branches {
            let peeled = reader.peel(branch);
            let branch = read(reader, &Key::new(peeled.at), depth - 1);
            all = Some(match all {
                None => branch,
                Some(all) => either(all, branch),
            });
        }
        let mut features = all.unwrap_or_default();
        if schema.has_properties() {
            features.types = features.types.or(Types::one(JsonType::Object));
            members(reader, &schema, depth, &mut features);
        }
        return features;
    }
    let (types, texts) = values(reader, &schema, depth);
    let types = types.without(JsonType::Null);
    let mut features = Features {
        types,
        texts,
        ..Features::default()
    };
    if types.has(JsonType::Object) {
        members(reader, &schema, depth, &mut features);
        features.free = match schema.additional() {
            Additional::Free | Additional::Typed(_) => true,
            Additional::Forbidden => false,
            Additional::Unsaid => !schema.has_properties(),
        };
    }
    features
}

fn members<'d>(reader: Reader<'d>, schema: &Schema<'d>, depth: usize, features: &mut Features<'d>) {
    for (wire, places) in schema.properties() {
        let member = places
            .last()
            .map(|place| member(reader, place, depth))
            .unwrap_or_default();
        features.members.insert(wire, member);
    }
    let mut required: Vec<&'d str> = schema.required().into_iter().collect();
    required.extend(features.required.iter().copied());
    required.dedup();
    features.required = required;
}

fn member<'d>(reader: Reader<'d>, place: &Location, depth: usize) -> Member<'d> {
    let peeled = reader.peel(place);
    if peeled.only_null {
        return Member {
            types: Types::one(JsonType::Null),
            texts: None,
        };
    }
    let schema = reader.schema(&Key::new(peeled.at.clone()));
    let (mut types, texts) = values(reader, &schema, depth);
    if peeled.nullable || schema.allows_null(reader) {
        types = types.with(JsonType::Null);
    }
    Member { types, texts }
}

/// The types of the values of a schema, and the texts among them if they are listed.
fn values<'d>(
    reader: Reader<'d>,
    schema: &Schema<'d>,
    depth: usize,
) -> (Types, Option<Vec<&'d str>>) {
    let listed: Option<Vec<&'d Value>> =
        schema.get("const").map(|value| vec![value]).or_else(|| {
            let values = schema.get("enum")?.as_array()?;
            Some(values.iter().collect())
        });
    if let Some(listed) = listed {
        let types = listed.iter().fold(Types::default(), |types, value| {
            types.with(JsonType::of(value))
        });
        let texts: Vec<&'d str> = listed.iter().filter_map(|value| value.as_str()).collect();
        return (types, (!texts.is_empty()).then_some(texts));
    }
    if let Some(choice) = schema.choices().into_iter().next().filter(|_| depth > 0) {
        let mut types = Types::default();
        let mut texts: Option<Vec<&'d str>> = Some(Vec::new());
        for branch in &choice.branches {
            let peeled = reader.peel(branch);
            let schema = reader.schema(&Key::new(peeled.at));
            let (branch_types, branch_texts) = values(reader, &schema, depth - 1);
            types = types.or(branch_types);
            if branch_types.has(JsonType::String) {
                texts = match (texts, branch_texts) {
                    (Some(mut texts), Some(more)) => {
                        texts.extend(more);
                        Some(texts)
                    }
                    _ => None,
                };
            }
        }
        return (types, texts.filter(|texts| !texts.is_empty()));
    }
    let types = schema.types().or_else(|| implied(schema));
    (types.unwrap_or(Types::ANY), None)
}

/// What can be seen of values that are of one schema or of another.
fn either<'d>(one: Features<'d>, other: Features<'d>) -> Features<'d> {
    let one_objects = one.types.has(JsonType::Object);
    let other_objects = other.types.has(JsonType::Object);
    let required = match (one_objects, other_objects) {
        (true, true) => one
            .required
            .iter()
            .copied()
            .filter(|wire| other.required.contains(wire))
            .collect(),
        (true, false) => one.required.clone(),
        (false, _) => other.required.clone(),
    };
    let texts = match (
        one.types.has(JsonType::String),
        other.types.has(JsonType::String),
    ) {
        (true, true) => one.texts.zip(other.texts).map(|(mut texts, more)| {
            texts.extend(more);
            texts
        }),
        (true, false) => one.texts,
        (false, _) => other.texts,
    };
    let mut members = one.members;
    for (wire, member) in other.members {
        match members.get_mut(wire) {
            None => {
                members.insert(wire, member);
            }
            Some(known) => {
                known.types = known.types.or(member.types);
                known.texts = known
                    .texts
                    .take()
                    .zip(member.texts)
                    .map(|(mut texts, more)| {
                        texts.extend(more);
                        texts
                    });
            }
        }
    }
    Features {
        types: one.types.or(other.types),
        texts,
        members,
        required,
        free: one.free || other.free,
    }
}
