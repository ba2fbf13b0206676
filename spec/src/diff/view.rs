//! A schema as it is meant, whichever way it is written: 3.0 or 3.1, with or without wrappers.
//!
//! `nullable: true` and a null branch, `const` and an `enum` of one, `allOf` of one and its element, a
//! boolean exclusive bound and a numeric one give the same view. Facts keep the place where they are said.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::limit::tighter;
use crate::{
    document::{Document, Version},
    location::Location,
};

/// How many references or wrappers are looked through one after the other.
const MAX_CHAIN: usize = 100;

/// Keywords that say something about values, wherever they are compared.
const ASSERTIONS: &[&str] = &[
    "$ref",
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "$dynamicRef",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "if",
    "items",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
    "required",
    "then",
    "type",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
];

/// Assertions without a direction of their own, compared as they are written.
pub(super) const OPAQUE: &[&str] = &[
    "additionalItems",
    "contains",
    "contentSchema",
    "$dynamicRef",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// Annotations with a meaning for who sends or reads, compared by themselves.
pub(super) const NOTES: &[&str] = &["default", "deprecated", "readOnly", "writeOnly"];

/// Whether `rest` leaves the keyword to others.
pub(super) fn is_compared(keyword: &str) -> bool {
    ASSERTIONS.contains(&keyword)
        || NOTES.contains(&keyword)
        || matches!(
            keyword,
            "nullable" | "discriminator" | "$defs" | "definitions"
        )
}

pub(super) fn is_assertion(keyword: &str) -> bool {
    ASSERTIONS.contains(&keyword)
}

/// A schema without what is wrapped around it.
#[derive(Clone, Debug)]
pub(super) struct Slot<'d> {
    /// The first schema that is no wrapper; it may be a reference.
    pub(super) at: Location,
    pub(super) value: &'d Value,
    /// Whether a wrapper allows null.
    pub(super) null: bool,
    /// The schemas that were looked through, outermost first, and `at` itself if it is written in place.
    pub(super) around: Vec<(Location, &'d Map<String, Value>)>,
    /// Where `at` leads, if it is a reference with nothing but notes beside it.
    pub(super) target: Option<Location>,
}

impl<'d> Slot<'d> {
    /// Looks through wrappers, and not through references.
    pub(super) fn of(document: &'d Document, at: &Location) -> Option<Self> {
        let mut slot = Self {
            at: at.clone(),
            value: document.get(at)?,
            null: false,
            around: Vec::new(),
            target: None,
        };
        for _ in 0..MAX_CHAIN {
            let Value::Object(members) = slot.value else {
                break;
            };
            slot.around.push((slot.at.clone(), members));
            if let Some(reference) = reference(members, document.version()) {
                // 3.0 ignores what stands beside a reference; who writes `nullable` there means it all the same.
                slot.null |= nullable(members);
                slot.target = document.resolve(slot.at.source, reference);
                break;
            }
            let Some((null, inner)) = wrapped(members) else {
                break;
            };
            let inner = slot.at.join(inner.iter().map(String::as_str));
            slot.null |= null;
            slot.value = document.get(&inner)?;
            slot.at = inner;
        }
        Some(slot)
    }

    /// An annotation, the outermost if there are several.
    pub(super) fn note(&self, keyword: &str) -> Option<(Location, &'d Value)> {
        self.around.iter().find_map(|(at, members)| {
            let value = members.get(keyword)?;
            Some((at.child(keyword), value))
        })
    }

    pub(super) fn says(&self, keyword: &str) -> bool {
        self.note(keyword)
            .is_some_and(|(_, value)| *value == Value::Bool(true))
    }

    /// The branches if the schema is nothing but a union of several.
    pub(super) fn union(&self) -> Option<(&'static str, Vec<Location>)> {
        if self.target.is_some() {
            return None;
        }
        let members = self.value.as_object()?;
        let mut assertions = members.keys().filter(|keyword| is_assertion(keyword));
        let keyword = match (assertions.next()?.as_str(), assertions.next()) {
            ("anyOf", None) => "anyOf",
            ("oneOf", None) => "oneOf",
            _ => return None,
        };
        let list = self.at.child(keyword);
        Some((keyword, branches(&list, members.get(keyword)?).collect()))
    }
}

/// The branches of a union but for null.
fn branches<'a>(at: &'a Location, list: &'a Value) -> impl Iterator<Item = Location> + 'a {
    let keyword = at.clone();
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .enumerate()
        .filter(|(_, branch)| !is_null(branch))
        .map(move |(index, _)| keyword.index(index))
}

/// The `$ref` of a schema that says nothing else about values. In 3.0 nothing beside it counts.
fn reference(members: &Map<String, Value>, version: Version) -> Option<&str> {
    let reference = members.get("$ref")?.as_str()?;
    let alone = version == Version::V3_0
        || members
            .keys()
            .all(|keyword| keyword == "$ref" || !is_assertion(keyword));
    alone.then_some(reference)
}

/// What a schema wraps that adds at most null: whether it does, and the way to the inner schema.
fn wrapped(members: &Map<String, Value>) -> Option<(bool, [String; 2])> {
    let mut assertions = members.keys().filter(|keyword| is_assertion(keyword));
    let keyword = assertions.next()?.as_str();
    if assertions.next().is_some() || !matches!(keyword, "allOf" | "anyOf" | "oneOf") {
        return None;
    }
    let list = members.get(keyword)?.as_array()?;
    let mut others = list.iter().enumerate();
    let (index, null) = if keyword == "allOf" {
        (others.next()?.0, false)
    } else {
        let mut others = others.by_ref().filter(|(_, branch)| !is_null(branch));
        let (index, _) = others.next()?;
        if others.next().is_some() {
            return None;
        }
        (index, list.len() > 1)
    };
    if others.next().is_some() {
        return None;
    }
    Some((
        null || nullable(members),
        [keyword.to_owned(), index.to_string()],
    ))
}

fn nullable(members: &Map<String, Value>) -> bool {
    members.get("nullable") == Some(&Value::Bool(true))
}

/// Whether the schema allows null and nothing else.
pub(super) fn is_null(schema: &Value) -> bool {
    let only = |list: Option<&Value>| {
        list.and_then(Value::as_array)
            .is_some_and(|list| list.len() == 1 && list[0].is_null())
    };
    schema.get("type").and_then(Value::as_str) == Some("null")
        || only(schema.get("type"))
        || only(schema.get("enum"))
        || schema.get("const").is_some_and(Value::is_null)
}

/// What a schema says about null: `None` if it says nothing of types at all.
pub(super) fn allows_null(document: &Document, at: &Location) -> Option<bool> {
    let mut at = at.clone();
    for _ in 0..MAX_CHAIN {
        let slot = Slot::of(document, &at)?;
        if slot.null {
            return Some(true);
        }
        match &slot.target {
            Some(target) => at = target.clone(),
            None => return own_null(slot.value),
        }
    }
    None
}

fn own_null(schema: &Value) -> Option<bool> {
    let members = schema.as_object()?;
    if nullable(members) {
        return Some(true);
    }
    let listed = |keyword: &str, test: &dyn Fn(&Value) -> bool| {
        members
            .get(keyword)
            .and_then(Value::as_array)
            .map(|list| list.iter().any(test))
    };
    let by_values =
        listed("enum", &Value::is_null).or_else(|| members.get("const").map(Value::is_null));
    let by_type = match members.get("type") {
        Some(Value::String(name)) => Some(name == "null"),
        Some(Value::Array(_)) => listed("type", &|name| name.as_str() == Some("null")),
        _ => None,
    };
    match (by_type, by_values) {
        (Some(of_type), Some(of_values)) => Some(of_type && of_values),
        (Some(known), None) | (None, Some(known)) => Some(known),
        (None, None) => listed("anyOf", &is_null)
            .or_else(|| listed("oneOf", &is_null))
            .or_else(|| members.contains_key("properties").then_some(false))
            .or_else(|| members.contains_key("allOf").then_some(false)),
    }
}

/// A bound, pattern or other limit, comparable across versions.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Limit {
    Lower { bound: f64, exclusive: bool },
    Upper { bound: f64, exclusive: bool },
    Multiple(f64),
    Unique,
    Text(String),
}

/// What may stand where no member or element is named.
#[derive(Clone, Debug)]
pub(super) enum Others {
    Any,
    None(Location),
    Schema(Location),
}

/// What all parts of a schema say together.
#[derive(Debug)]
pub(super) struct View<'d> {
    pub(super) at: Location,
    /// The objects that say it: the schema itself, and the elements of its `allOf`s.
    pub(super) layers: Vec<(Location, &'d Map<String, Value>)>,
    /// `false`: nothing is allowed.
    pub(super) never: bool,
    /// The types but for null; `None` if any.
    pub(super) types: Option<(Location, BTreeSet<&'d str>)>,
    /// The values of `enum` or `const` but for null.
    pub(super) values: Option<(Location, Vec<&'d Value>)>,
    pub(super) properties: IndexMap<&'d str, Vec<Location>>,
    pub(super) required: BTreeSet<&'d str>,
    pub(super) others: Others,
    pub(super) patterns: IndexMap<&'d str, Location>,
    pub(super) items: Others,
    pub(super) prefix: Vec<Location>,
    pub(super) limits: BTreeMap<&'static str, (Location, Limit)>,
    pub(super) format: Option<(Location, &'d str)>,
    pub(super) unions: Vec<(Location, Vec<Location>)>,
    pub(super) opaque: BTreeMap<&'static str, Vec<(Location, &'d Value)>>,
}

impl<'d> View<'d> {
    pub(super) fn of(document: &'d Document, at: &Location) -> Self {
        let mut view = Self {
            at: at.clone(),
            layers: Vec::new(),
            never: false,
            types: None,
            values: None,
            properties: IndexMap::new(),
            required: BTreeSet::new(),
            others: Others::Any,
            patterns: IndexMap::new(),
            items: Others::Any,
            prefix: Vec::new(),
            limits: BTreeMap::new(),
            format: None,
            unions: Vec::new(),
            opaque: BTreeMap::new(),
        };
        view.gather(document, at, 0);
        view.infer_type();
        view
    }

    /// Whether some of it is said elsewhere, where a `$ref` leads.
    pub(super) fn refers(&self) -> bool {
        let here =
            |at: &Location| at.source == self.at.source && at.pointer.starts_with(&self.at.pointer);
        !self.layers.iter().all(|(at, _)| here(at))
    }

    /// Whether nothing is said about values.
    pub(super) fn is_free(&self) -> bool {
        !self.never
            && self
                .layers
                .iter()
                .all(|(_, members)| !members.keys().any(|keyword| is_assertion(keyword)))
    }

    fn gather(&mut self, document: &'d Document, at: &Location, depth: usize) {
        if depth > MAX_CHAIN || self.layers.iter().any(|(known, _)| known == at) {
            return;
        }
        let Some(value) = document.get(at) else {
            return;
        };
        let Value::Object(members) = value else {
            self.never |= *value == Value::Bool(false);
            return;
        };
        let alone = reference(members, document.version());
        if alone.is_none() || depth == 0 {
            self.layers.push((at.clone(), members));
        }
        if let Some(reference) = members.get("$ref").and_then(Value::as_str)
            && let Some(target) = document.resolve(at.source, reference)
        {
            self.gather(document, &target, depth + 1);
        }
        if alone.is_some() && document.version() == Version::V3_0 {
            return;
        }
        for index in 0..members
            .get("allOf")
            .and_then(Value::as_array)
            .map_or(0, Vec::len)
        {
            self.gather(document, &at.child("allOf").index(index), depth + 1);
        }
        self.add(at, members);
    }

    fn add(&mut self, at: &Location, members: &'d Map<String, Value>) {
        for (keyword, value) in members {
            let here = || at.child(keyword);
            match keyword.as_str() {
                "type" => self.add_types(here(), value),
                "enum" => {
                    let list = value.as_array().map(|list| list.iter().collect());
                    self.add_values(here(), list.unwrap_or_default());
                }
                "const" => self.add_values(here(), vec![value]),
                "properties" => {
                    for name in value.as_object().into_iter().flat_map(Map::keys) {
                        let at = here().child(name);
                        self.properties.entry(name).or_default().push(at);
                    }
                }
                "required" => {
                    let names = value.as_array().into_iter().flatten();
                    self.required.extend(names.filter_map(Value::as_str));
                }
                "additionalProperties" => self.others = others(here(), value),
                "patternProperties" => {
                    for name in value.as_object().into_iter().flat_map(Map::keys) {
                        self.patterns.insert(name, here().child(name));
                    }
                }
                "items" => self.items = others(here(), value),
                "prefixItems" => {
                    let count = value.as_array().map_or(0, Vec::len);
                    self.prefix = (0..count).map(|index| here().index(index)).collect();
                }
                "anyOf" | "oneOf" => {
                    let list = here();
                    let branches = branches(&list, value).collect();
                    self.unions.push((list, branches));
                }
                "format" => {
                    if let Some(name) = value.as_str() {
                        self.format = Some((here(), name));
                    }
                }
                // The spellings of 3.1 for what 3.0 calls `byte` and `binary`.
                "contentEncoding" if value.as_str() == Some("base64") => {
                    self.format.get_or_insert((here(), "byte"));
                }
                "contentMediaType" if value.as_str() == Some("application/octet-stream") => {
                    self.format.get_or_insert((here(), "binary"));
                }
                "contentEncoding" => self.add_opaque("contentEncoding", here(), value),
                "contentMediaType" => self.add_opaque("contentMediaType", here(), value),
                _ => {
                    if let Some(keyword) = OPAQUE.iter().find(|opaque| *opaque == keyword) {
                        self.add_opaque(keyword, here(), value);
                    } else if let Some((name, limit)) = limit(keyword, value, members) {
                        self.add_limit(name, here(), limit);
                    }
                }
            }
        }
    }

    fn add_opaque(&mut self, keyword: &'static str, at: Location, value: &'d Value) {
        self.opaque.entry(keyword).or_default().push((at, value));
    }

    fn add_limit(&mut self, name: &'static str, at: Location, limit: Limit) {
        let (at, limit) = match self.limits.remove(name) {
            Some((known_at, known)) => (known_at, tighter(known, limit)),
            None => (at, limit),
        };
        self.limits.insert(name, (at, limit));
    }

    fn add_types(&mut self, at: Location, value: &'d Value) {
        let names: BTreeSet<&str> = match value {
            Value::String(name) => BTreeSet::from([name.as_str()]),
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            _ => return,
        };
        let names = names.into_iter().filter(|name| *name != "null");
        match &mut self.types {
            None => self.types = Some((at, names.collect())),
            Some((_, known)) => {
                let both = names.filter(|name| known.contains(name)).collect();
                *known = both;
            }
        }
    }

    fn add_values(&mut self, at: Location, list: Vec<&'d Value>) {
        let list = list.into_iter().filter(|value| !value.is_null());
        match &mut self.values {
            None => self.values = Some((at, list.collect())),
            Some((_, known)) => {
                let list: Vec<_> = list.collect();
                known.retain(|value| list.contains(value));
            }
        }
    }

    /// A schema with `properties` is meant for objects, also where it does not say so.
    fn infer_type(&mut self) {
        if self.types.is_some() {
            return;
        }
        let object = !self.properties.is_empty()
            || !self.required.is_empty()
            || !matches!(self.others, Others::Any);
        let array = !matches!(self.items, Others::Any) || !self.prefix.is_empty();
        self.types = match (object, array) {
            (true, false) => Some((self.at.clone(), BTreeSet::from(["object"]))),
            (false, true) => Some((self.at.clone(), BTreeSet::from(["array"]))),
            _ => None,
        };
    }
}

fn others(at: Location, value: &Value) -> Others {
    match value {
        Value::Bool(false) => Others::None(at),
        Value::Object(members) if members.keys().any(|keyword| is_assertion(keyword)) => {
            Others::Schema(at)
        }
        _ => Others::Any,
    }
}

/// The limit that a keyword sets, under the name of its inclusive form; `None` if it allows everything.
fn limit(
    keyword: &str,
    value: &Value,
    members: &Map<String, Value>,
) -> Option<(&'static str, Limit)> {
    let flag = |name: &str| members.get(name) == Some(&Value::Bool(true));
    let lower = |exclusive| {
        let bound = value.as_f64()?;
        Some(Limit::Lower { bound, exclusive })
    };
    let upper = |exclusive| {
        let bound = value.as_f64()?;
        Some(Limit::Upper { bound, exclusive })
    };
    let positive = |limit: Option<Limit>| {
        limit.filter(|limit| !matches!(limit, Limit::Lower { bound, .. } if *bound <= 0.0))
    };
    Some(match keyword {
        "minimum" => ("minimum", lower(flag("exclusiveMinimum"))?),
        "maximum" => ("maximum", upper(flag("exclusiveMaximum"))?),
        // The numbers of 3.1; the flags of 3.0 are read beside their bounds.
        "exclusiveMinimum" => ("minimum", lower(true)?),
        "exclusiveMaximum" => ("maximum", upper(true)?),
        "minLength" => ("minLength", positive(lower(false))?),
        "maxLength" => ("maxLength", upper(false)?),
        "minItems" => ("minItems", positive(lower(false))?),
        "maxItems" => ("maxItems", upper(false)?),
        "minProperties" => ("minProperties", positive(lower(false))?),
        "maxProperties" => ("maxProperties", upper(false)?),
        "minContains" => ("minContains", lower(false)?),
        "maxContains" => ("maxContains", upper(false)?),
        "multipleOf" => ("multipleOf", Limit::Multiple(value.as_f64()?)),
        "uniqueItems" if *value == Value::Bool(true) => ("uniqueItems", Limit::Unique),
        "pattern" => ("pattern", Limit::Text(value.as_str()?.to_owned())),
        _ => return None,
    })
}
