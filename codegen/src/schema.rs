//! Our reader of schemas: a place in the raw document comes in, what its keywords say goes out.
//!
//! JSON Schema 2020-12 (OpenAPI 3.1) and the dialect of OpenAPI 3.0 read alike here: `nullable`
//! becomes the type `null`, boolean `exclusiveMinimum` becomes a bound. A schema is the
//! conjunction of its parts (`allOf`, and `$ref` with what stands beside it), nothing is copied.
//! No Rust type is decided here.

mod constraints;
mod types;

use std::collections::{BTreeSet, HashSet};

use indexmap::IndexMap;
use serde_json::{Map, Value};
use spec::{Document, Location, Version};

pub(crate) use self::{
    constraints::{merge_constraints, read_constraints},
    types::{JsonType, Types},
};

/// Keywords that decide which values there are, beyond bounds on them.
const SHAPE: &[&str] = &[
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "enum",
    "items",
    "oneOf",
    "patternProperties",
    "prefixItems",
    "properties",
    "required",
];

/// Which schema a named type is made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    /// The schema.
    pub(crate) at: Location,
    /// Schemas around a union whose members each branch has too.
    pub(crate) with: Vec<Location>,
    /// The one of several `type`s that is meant.
    pub(crate) only: Option<JsonType>,
}

impl Key {
    pub(crate) fn new(at: Location) -> Self {
        Self {
            at,
            with: Vec::new(),
            only: None,
        }
    }
}

/// A schema object that takes part in a conjunction.
#[derive(Clone, Debug)]
pub(crate) struct Part<'d> {
    pub(crate) at: Location,
    pub(crate) map: &'d Map<String, Value>,
    /// Whether its `anyOf` and `oneOf` were already taken apart.
    choices_taken: bool,
}

/// A schema: everything that holds at once, the more general first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schema<'d> {
    pub(crate) parts: Vec<Part<'d>>,
    /// `false`, or a conjunction with it.
    pub(crate) never: bool,
    only: Option<JsonType>,
    version: Option<Version>,
}

/// What becomes of members without a name.
#[derive(Clone, Debug)]
pub(crate) enum Additional {
    /// The schema does not speak of them.
    Unsaid,
    /// `true`, or an empty schema.
    Free,
    /// `false`.
    Forbidden,
    /// Each is of this schema.
    Typed(Location),
}

/// `anyOf` or `oneOf`.
#[derive(Clone, Debug)]
pub(crate) struct Choice<'d> {
    /// The schema that has the keyword.
    pub(crate) part: Part<'d>,
    /// The branches, null ones too.
    pub(crate) branches: Vec<Location>,
}

/// A schema without the wrappers that say nothing about its shape.
#[derive(Clone, Debug)]
pub(crate) struct Peeled<'d> {
    /// Where the shape is.
    pub(crate) at: Location,
    /// The target of the last `$ref` on the way.
    pub(crate) anchor: Option<Location>,
    /// Whether a wrapper allows null. The shape may allow it too.
    pub(crate) nullable: bool,
    /// What was passed on the way, outermost first.
    pub(crate) wrappers: Vec<(Location, &'d Map<String, Value>)>,
    /// The shape itself, if it is an object.
    pub(crate) map: Option<&'d Map<String, Value>>,
    /// Every branch of the choice was null.
    pub(crate) only_null: bool,
}

impl<'d> Peeled<'d> {
    /// An annotation, from the outermost place that has it; of the shape itself only if it is written in place.
    pub(crate) fn note(&self, keyword: &str) -> Option<&'d Value> {
        let own = self.map.filter(|_| self.anchor.is_none());
        self.wrappers
            .iter()
            .map(|(_, map)| *map)
            .chain(own)
            .find_map(|map| map.get(keyword))
    }

    /// An annotation, from the outermost place that has it; the shape itself always counts.
    pub(crate) fn note_anywhere(&self, keyword: &str) -> Option<&'d Value> {
        self.wrappers
            .iter()
            .map(|(_, map)| *map)
            .chain(self.map)
            .find_map(|map| map.get(keyword))
    }

    /// Whether an annotation is `true` anywhere.
    pub(crate) fn flag(&self, keyword: &str) -> bool {
        self.note_anywhere(keyword) == Some(&Value::Bool(true))
    }
}

/// Reads schemas of one document.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'d> {
    pub(crate) document: &'d Document,
}

impl<'d> Reader<'d> {
    /// The node at `at`, references not followed.
    pub(crate) fn get(self, at: &Location) -> Option<&'d Value> {
        self.document.get(at)
    }

    /// Takes off references and the wrappers around one shape: `anyOf` with null, `allOf` of one, `$ref` with notes beside it.
    pub(crate) fn peel(self, at: &Location) -> Peeled<'d> {
        let mut peeled = Peeled {
            at: at.clone(),
            anchor: None,
            nullable: false,
            wrappers: Vec::new(),
            map: None,
            only_null: false,
        };
        // A chain longer than this is a cycle that no document needs.
        for _ in 0..64 {
            let Some(Value::Object(map)) = self.get(&peeled.at) else {
                peeled.map = None;
                return peeled;
            };
            peeled.map = Some(map);
            let nullable = map.get("nullable") == Some(&Value::Bool(true));
            if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                if self.document.version() != Version::V3_0 && !is_wrapper(map, "$ref") {
                    return peeled;
                }
                let Some(target) = self.document.resolve(peeled.at.source, reference) else {
                    return peeled;
                };
                peeled.wrappers.push((peeled.at.clone(), map));
                peeled.nullable |= nullable;
                peeled.anchor = Some(target.clone());
                peeled.at = target;
                continue;
            }
            if let Some(next) = Self::only_conjunct(&peeled.at, map) {
                peeled.wrappers.push((peeled.at.clone(), map));
                peeled.nullable |= nullable;
                peeled.at = next;
                continue;
            }
            match Self::only_branch(&peeled.at, map) {
                Only::One { branch, null } => {
                    peeled.wrappers.push((peeled.at.clone(), map));
                    peeled.nullable |= nullable || null;
                    peeled.at = branch;
                }
                Only::Null => {
                    peeled.only_null = true;
                    return peeled;
                }
                Only::No => return peeled,
            }
        }
        peeled
    }

    /// The conjunction that `key` stands for.
    pub(crate) fn schema(self, key: &Key) -> Schema<'d> {
        let mut schema = Schema {
            only: key.only,
            version: Some(self.document.version()),
            ..Schema::default()
        };
        let mut seen = HashSet::new();
        for at in &key.with {
            self.gather(at, &mut schema, &mut seen);
        }
        for part in &mut schema.parts {
            part.choices_taken = true;
        }
        self.gather(&key.at, &mut schema, &mut seen);
        schema
    }

    /// Each part once, however often it is referred to: `seen` are the addresses of those that were met.
    fn gather(self, at: &Location, schema: &mut Schema<'d>, seen: &mut HashSet<*const Value>) {
        let node = self.get(at);
        if node.is_some_and(|node| !seen.insert(std::ptr::from_ref(node))) {
            return;
        }
        match node {
            Some(Value::Bool(false)) => schema.never = true,
            Some(Value::Object(map)) => {
                if let Some(reference) = map.get("$ref").and_then(Value::as_str)
                    && let Some(target) = self.document.resolve(at.source, reference)
                {
                    self.gather(&target, schema, seen);
                }
                if let Some(Value::Array(elements)) = map.get("allOf") {
                    let list = at.child("allOf");
                    for index in 0..elements.len() {
                        self.gather(&list.index(index), schema, seen);
                    }
                }
                schema.parts.push(Part {
                    at: at.clone(),
                    map,
                    choices_taken: false,
                });
            }
            _ => {}
        }
    }

    /// The one element of `allOf` that has a shape, if nothing beside it has one.
    fn only_conjunct(at: &Location, map: &'d Map<String, Value>) -> Option<Location> {
        let elements = map.get("allOf")?.as_array()?;
        if !is_wrapper(map, "allOf") {
            return None;
        }
        let mut shaped = (0..elements.len()).filter(|&index| {
            elements[index]
                .as_object()
                .is_none_or(|element| !is_note(element))
        });
        let only = shaped.next()?;
        shaped
            .next()
            .is_none()
            .then(|| at.child("allOf").index(only))
    }

    fn only_branch(at: &Location, map: &'d Map<String, Value>) -> Only {
        let (keyword, branches) = match (map.get("anyOf"), map.get("oneOf")) {
            (Some(Value::Array(branches)), None) => ("anyOf", branches),
            (None, Some(Value::Array(branches))) => ("oneOf", branches),
            _ => return Only::No,
        };
        if !is_wrapper(map, keyword) || branches.is_empty() {
            return Only::No;
        }
        let mut others = (0..branches.len()).filter(|&index| !is_null(&branches[index]));
        match (others.next(), others.next()) {
            (None, _) => Only::Null,
            (Some(index), None) => Only::One {
                branch: at.child(keyword).index(index),
                null: branches.len() > 1,
            },
            _ => Only::No,
        }
    }
}

enum Only {
    No,
    Null,
    One { branch: Location, null: bool },
}

/// Whether a schema allows null and nothing else.
pub(crate) fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| {
        kind == "null"
            || kind
                .as_array()
                .is_some_and(|kinds| kinds.len() == 1 && kinds[0] == "null")
    }) || schema.get("const").is_some_and(Value::is_null)
        || schema
            .get("enum")
            .and_then(Value::as_array)
            .is_some_and(|values| !values.is_empty() && values.iter().all(Value::is_null))
}

/// Whether everything beside `keyword` is notes, bounds, or a `type` that repeats what the keyword says.
fn is_wrapper(map: &Map<String, Value>, keyword: &str) -> bool {
    map.keys()
        .all(|key| key == keyword || !SHAPE.contains(&key.as_str()))
}

/// Whether a schema says nothing about the shape of its values.
fn is_note(map: &Map<String, Value>) -> bool {
    map.keys()
        .all(|key| !SHAPE.contains(&key.as_str()) && key != "type" && key != "format")
}

impl<'d> Schema<'d> {
    /// The most specific value of `keyword`.
    pub(crate) fn get(&self, keyword: &str) -> Option<&'d Value> {
        self.find(keyword).map(|(_, value)| value)
    }

    /// The most specific value of `keyword`, and the part that has it.
    pub(crate) fn find(&self, keyword: &str) -> Option<(&Part<'d>, &'d Value)> {
        self.parts
            .iter()
            .rev()
            .find_map(|part| Some((part, part.map.get(keyword)?)))
    }

    /// A keyword whose value is a text.
    pub(crate) fn text(&self, keyword: &str) -> Option<&'d str> {
        self.get(keyword)?.as_str()
    }

    /// The JSON types that all parts allow, null included; `None` if no part speaks of types.
    pub(crate) fn types(&self) -> Option<Types> {
        if let Some(only) = self.only {
            return Some(Types::one(only));
        }
        let mut common: Option<Types> = None;
        for part in &self.parts {
            if let Some(types) = Types::read(part.map.get("type")) {
                let types = if part.map.get("nullable") == Some(&Value::Bool(true)) {
                    types.with(JsonType::Null)
                } else {
                    types
                };
                common = Some(common.map_or(types, |common| common.and(types)));
            }
        }
        common
    }

    /// Whether null is among the values, as far as `type`, `enum`, `const` and the branches of a union say so.
    pub(crate) fn allows_null(&self, reader: Reader<'d>) -> bool {
        if self.parts.is_empty() {
            return false;
        }
        if let Some(value) = self.get("const") {
            return value.is_null();
        }
        let listed = self.get("enum").and_then(Value::as_array);
        if let Some(values) = listed {
            return values.iter().any(Value::is_null)
                || self
                    .parts
                    .iter()
                    .any(|part| part.map.get("nullable") == Some(&Value::Bool(true)));
        }
        if self.only.is_some() {
            return false;
        }
        let choices = self.choices();
        if !choices.is_empty() {
            return choices.iter().all(|choice| {
                choice.part.map.get("nullable") == Some(&Value::Bool(true))
                    || choice
                        .branches
                        .iter()
                        .any(|branch| reader.get(branch).is_some_and(is_null))
            });
        }
        self.types().is_some_and(|types| types.has(JsonType::Null))
            || (self.types().is_none()
                && self
                    .parts
                    .iter()
                    .any(|part| part.map.get("nullable") == Some(&Value::Bool(true))))
    }

    /// Every `anyOf` and `oneOf` that was not taken apart yet.
    pub(crate) fn choices(&self) -> Vec<Choice<'d>> {
        let mut choices = Vec::new();
        for part in self.parts.iter().filter(|part| !part.choices_taken) {
            for keyword in ["anyOf", "oneOf"] {
                let Some(Value::Array(branches)) = part.map.get(keyword) else {
                    continue;
                };
                let list = part.at.child(keyword);
                choices.push(Choice {
                    part: part.clone(),
                    branches: (0..branches.len()).map(|index| list.index(index)).collect(),
                });
            }
        }
        choices
    }

    /// Members by name, in the order in which parts name them; the places that speak of each, the most specific last.
    pub(crate) fn properties(&self) -> IndexMap<&'d str, Vec<Location>> {
        let mut properties: IndexMap<&'d str, Vec<Location>> = IndexMap::new();
        for part in &self.parts {
            let Some(Value::Object(members)) = part.map.get("properties") else {
                continue;
            };
            let list = part.at.child("properties");
            for name in members.keys() {
                properties
                    .entry(name.as_str())
                    .or_default()
                    .push(list.child(name));
            }
        }
        properties
    }

    /// Whether any part names a member.
    pub(crate) fn has_properties(&self) -> bool {
        self.parts.iter().any(|part| {
            part.map
                .get("properties")
                .and_then(Value::as_object)
                .is_some_and(|members| !members.is_empty())
        })
    }

    /// The members that must be there.
    pub(crate) fn required(&self) -> BTreeSet<&'d str> {
        self.parts
            .iter()
            .filter_map(|part| part.map.get("required")?.as_array())
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// What `additionalProperties` says; `unevaluatedProperties` stands in for it.
    pub(crate) fn additional(&self) -> Additional {
        let found = self
            .find("additionalProperties")
            .map(|found| ("additionalProperties", found))
            .or_else(|| {
                let found = self.find("unevaluatedProperties")?;
                Some(("unevaluatedProperties", found))
            });
        let Some((keyword, (part, value))) = found else {
            return Additional::Unsaid;
        };
        let at = part.at.child(keyword);
        match value {
            Value::Bool(false) => Additional::Forbidden,
            Value::Object(map) if !is_empty_schema(map) => Additional::Typed(at),
            _ => Additional::Free,
        }
    }

    /// The schemas of `patternProperties`, by pattern.
    pub(crate) fn patterns(&self) -> IndexMap<&'d str, Location> {
        let mut patterns = IndexMap::new();
        for part in &self.parts {
            if let Some(Value::Object(members)) = part.map.get("patternProperties") {
                let list = part.at.child("patternProperties");
                for pattern in members.keys() {
                    patterns.insert(pattern.as_str(), list.child(pattern));
                }
            }
        }
        patterns
    }

    /// The schema of the elements of a list, if one is given.
    pub(crate) fn items(&self) -> Option<Location> {
        self.find("items")
            .filter(|(_, value)| value.is_object())
            .map(|(part, _)| part.at.child("items"))
    }

    /// The schemas of the first elements of a list.
    pub(crate) fn prefix_items(&self) -> Vec<Location> {
        let Some((part, Value::Array(elements))) = self.find("prefixItems") else {
            return Vec::new();
        };
        let list = part.at.child("prefixItems");
        (0..elements.len()).map(|index| list.index(index)).collect()
    }

    /// Whether the dialect is OpenAPI 3.0's.
    pub(crate) fn is_3_0(&self) -> bool {
        self.version == Some(Version::V3_0)
    }
}

/// Whether a schema allows everything: it may carry notes.
fn is_empty_schema(map: &Map<String, Value>) -> bool {
    is_note(map) && !map.contains_key("not") && !map.contains_key("if")
}
