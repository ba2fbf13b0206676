//! Reads schemas of a document into [`Node`]s: what OpenAPI 3.0 writes differently is put in the
//! words of JSON Schema 2020-12 here, and a keyword that is malformed or cannot be followed is
//! left out and noted.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use indexmap::IndexMap;
use serde_json::{Map, Number, Value};
use spec::{Document, Location, Version};

use super::{
    Direction, Unsupported,
    node::{Keywords, Kind, Node, NodeId, Types},
};

/// The nodes read so far, by where they stand.
#[derive(Default)]
pub(crate) struct Nodes {
    list: Vec<Option<Arc<Node>>>,
    locations: Vec<Location>,
    ids: HashMap<Location, NodeId>,
    anchors: HashMap<(spec::SourceId, String), Option<Location>>,
    pub(crate) notes: Vec<Unsupported>,
}

impl Nodes {
    /// The node at `at` and all that it leads to.
    pub(crate) fn read(
        &mut self,
        document: &Document,
        direction: Direction,
        at: &Location,
    ) -> NodeId {
        let id = self.intern(at);
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            if self.list[id.index()].is_some() {
                continue;
            }
            let at = self.locations[id.index()].clone();
            let kind = Reader {
                nodes: self,
                document,
                direction,
                at: &at,
            }
            .kind();
            if let Kind::Keywords(keywords) = &kind {
                open.extend(keywords.children());
            }
            self.list[id.index()] = Some(Arc::new(Node {
                at,
                kind,
                judge: OnceLock::new(),
                with_formats: OnceLock::new(),
            }));
        }
        id
    }

    /// All nodes; complete after [`Nodes::read`].
    pub(crate) fn snapshot(&self) -> Vec<Arc<Node>> {
        self.list.iter().flatten().cloned().collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    fn intern(&mut self, at: &Location) -> NodeId {
        if let Some(id) = self.ids.get(at) {
            return *id;
        }
        let id = NodeId(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        self.ids.insert(at.clone(), id);
        self.locations.push(at.clone());
        self.list.push(None);
        id
    }
}

struct Reader<'a> {
    nodes: &'a mut Nodes,
    document: &'a Document,
    direction: Direction,
    at: &'a Location,
}

impl Reader<'_> {
    fn kind(&mut self) -> Kind {
        match self.document.get(self.at) {
            Some(Value::Bool(true)) => Kind::Always,
            Some(Value::Bool(false)) => Kind::Never,
            Some(Value::Object(map)) => Kind::Keywords(Box::new(self.keywords(map))),
            Some(_) => {
                self.note("", "a schema is an object or a boolean");
                Kind::Always
            }
            None => {
                self.note("", "there is no schema here");
                Kind::Always
            }
        }
    }

    fn note(&mut self, keyword: &str, reason: impl Into<String>) {
        let schema = if keyword.is_empty() {
            self.at.clone()
        } else {
            self.at.child(keyword)
        };
        self.nodes.notes.push(Unsupported {
            schema,
            reason: reason.into(),
        });
    }

    fn keywords(&mut self, map: &Map<String, Value>) -> Keywords {
        let mut k = Keywords::default();
        if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
            k.reference = self.reference("$ref", reference);
            if self.document.version() == Version::V3_0 && k.reference.is_some() {
                return k;
            }
        } else if let Some(reference) = map.get("$dynamicRef").and_then(Value::as_str) {
            k.reference = self.reference("$dynamicRef", reference);
        }
        for (key, value) in map {
            self.keyword(&mut k, key, value);
        }
        if let Some(Value::Bool(true)) = map.get("exclusiveMinimum") {
            k.exclusive_minimum = k.minimum.take();
        }
        if let Some(Value::Bool(true)) = map.get("exclusiveMaximum") {
            k.exclusive_maximum = k.maximum.take();
        }
        if k.contains.is_none() {
            k.min_contains = None;
            k.max_contains = None;
        }
        if self.document.version() == Version::V3_0
            && map.get("nullable") == Some(&Value::Bool(true))
        {
            make_nullable(&mut k);
        }
        self.omit(&mut k, map);
        k
    }

    fn keyword(&mut self, k: &mut Keywords, key: &str, value: &Value) {
        match key {
            "type" => k.types = self.types(value),
            "enum" => match value {
                Value::Array(values) => k.enumeration = Some(values.clone()),
                _ => self.note(key, "`enum` is a list of values"),
            },
            "const" => k.constant = Some(value.clone()),
            "minimum" => k.minimum = self.number(key, value),
            "maximum" => k.maximum = self.number(key, value),
            "exclusiveMinimum" if !value.is_boolean() => {
                k.exclusive_minimum = self.number(key, value);
            }
            "exclusiveMaximum" if !value.is_boolean() => {
                k.exclusive_maximum = self.number(key, value);
            }
            "multipleOf" => {
                k.multiple_of = self
                    .number(key, value)
                    .filter(|number| number.as_f64().is_some_and(|float| float > 0.0));
            }
            "minLength" => k.min_length = self.count(key, value),
            "maxLength" => k.max_length = self.count(key, value),
            "pattern" => k.pattern = self.pattern(key, value),
            "format" => k.format = value.as_str().map(str::to_owned),
            "prefixItems" => k.prefix_items = self.schemas(key, value).unwrap_or_default(),
            "items" => k.items = self.schema(key, value),
            "contains" => k.contains = self.schema(key, value),
            "minContains" => k.min_contains = self.count(key, value),
            "maxContains" => k.max_contains = self.count(key, value),
            "minItems" => k.min_items = self.count(key, value),
            "maxItems" => k.max_items = self.count(key, value),
            "uniqueItems" => k.unique_items = value == &Value::Bool(true),
            "unevaluatedItems" => k.unevaluated_items = self.schema(key, value),
            "properties" => k.properties = self.schema_map(key, value),
            "patternProperties" => {
                let mut schemas = self.schema_map(key, value);
                schemas.retain(|pattern, _| {
                    let readable = super::pattern::is_readable(pattern);
                    if !readable {
                        self.note(key, format!("`{pattern}` is not a regular expression"));
                    }
                    readable
                });
                k.pattern_properties = schemas;
            }
            "additionalProperties" => k.additional_properties = self.schema(key, value),
            "propertyNames" => k.property_names = self.schema(key, value),
            "required" if !value.is_boolean() => k.required = self.names(key, value),
            "dependentRequired" => {
                if let Some(map) = value.as_object() {
                    for (name, names) in map {
                        let names = self.names(key, names);
                        k.dependent_required.insert(name.clone(), names);
                    }
                }
            }
            "dependentSchemas" => k.dependent_schemas = self.schema_map(key, value),
            "minProperties" => k.min_properties = self.count(key, value),
            "maxProperties" => k.max_properties = self.count(key, value),
            "unevaluatedProperties" => k.unevaluated_properties = self.schema(key, value),
            "allOf" => k.all_of = self.schemas(key, value).unwrap_or_default(),
            "anyOf" => k.any_of = self.schemas(key, value),
            "oneOf" => k.one_of = self.schemas(key, value),
            "not" => k.not = self.schema(key, value),
            "if" => k.if_ = self.schema(key, value),
            "then" => k.then = self.schema(key, value),
            "else" => k.else_ = self.schema(key, value),
            "writeOnly" => k.write_only = value == &Value::Bool(true),
            "default" => k.default = Some(value.clone()),
            "example" => k.examples.push(value.clone()),
            "examples" => k
                .examples
                .extend(value.as_array().into_iter().flatten().cloned()),
            _ => {}
        }
    }

    fn types(&mut self, value: &Value) -> Option<Types> {
        let names: Vec<&str> = match value {
            Value::String(name) => vec![name],
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let mut types = Types::NONE;
        for name in names {
            let Some(one) = Types::named(name) else {
                self.note("type", format!("JSON Schema has no type `{name}`"));
                return None;
            };
            types = types.with(one);
        }
        (!types.is_empty()).then_some(types)
    }

    fn number(&mut self, key: &str, value: &Value) -> Option<Number> {
        if let Value::Number(number) = value {
            return Some(number.clone());
        }
        self.note(key, format!("`{key}` is a number"));
        None
    }

    /// Counts are integers, also when they are written `5.0`.
    fn count(&mut self, key: &str, value: &Value) -> Option<u64> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be a whole number in the range of exact integers"
        )]
        let count = value.as_u64().or_else(|| {
            value
                .as_f64()
                .filter(|float| float.fract() == 0.0 && (0.0..9.0e15).contains(float))
                .map(|float| float as u64)
        });
        if count.is_none() {
            self.note(key, format!("`{key}` is a whole number, zero or more"));
        }
        count
    }

    fn pattern(&mut self, key: &str, value: &Value) -> Option<String> {
        let pattern = value.as_str().map(str::to_owned);
        match pattern {
            Some(pattern) if super::pattern::is_readable(&pattern) => Some(pattern),
            _ => {
                self.note(key, "this is not a regular expression of ECMA-262");
                None
            }
        }
    }

    fn names(&mut self, key: &str, value: &Value) -> Vec<String> {
        let Some(names) = value.as_array() else {
            self.note(key, format!("`{key}` is a list of member names"));
            return Vec::new();
        };
        let mut list: Vec<String> = Vec::new();
        for name in names.iter().filter_map(Value::as_str) {
            if !list.iter().any(|known| known == name) {
                list.push(name.to_owned());
            }
        }
        list
    }

    fn schema(&mut self, key: &str, value: &Value) -> Option<NodeId> {
        if !(value.is_object() || value.is_boolean()) {
            self.note(key, format!("`{key}` is a schema"));
            return None;
        }
        Some(self.nodes.intern(&self.at.child(key)))
    }

    fn schemas(&mut self, key: &str, value: &Value) -> Option<Vec<NodeId>> {
        let Some(list) = value.as_array().filter(|list| !list.is_empty()) else {
            self.note(key, format!("`{key}` is a list of one or more schemas"));
            return None;
        };
        let at = self.at.child(key);
        Some(
            (0..list.len())
                .map(|index| self.nodes.intern(&at.index(index)))
                .collect(),
        )
    }

    fn schema_map(&mut self, key: &str, value: &Value) -> IndexMap<String, NodeId> {
        let Some(map) = value.as_object() else {
            self.note(key, format!("`{key}` is an object of schemas"));
            return IndexMap::new();
        };
        let at = self.at.child(key);
        map.keys()
            .map(|name| (name.clone(), self.nodes.intern(&at.child(name))))
            .collect()
    }

    fn reference(&mut self, key: &str, reference: &str) -> Option<NodeId> {
        let target = self
            .document
            .resolve(self.at.source, reference)
            .or_else(|| self.anchor(reference));
        if target.is_none() {
            self.note(key, format!("`{reference}` leads nowhere"));
        }
        target.map(|target| self.nodes.intern(&target))
    }

    /// The schema of this file whose `$anchor` the reference names. `$dynamicAnchor` is read as
    /// `$anchor`: right as long as a file has one of each name.
    fn anchor(&mut self, reference: &str) -> Option<Location> {
        let name = reference.strip_prefix('#')?.to_owned();
        let key = (self.at.source, name);
        if let Some(known) = self.nodes.anchors.get(&key) {
            return known.clone();
        }
        let top = Location {
            source: self.at.source,
            pointer: spec::Pointer::root(),
        };
        let found = self
            .document
            .get(&top)
            .and_then(|root| find_anchor(root, &top, &key.1));
        self.nodes.anchors.insert(key, found.clone());
        found
    }

    fn omit(&self, k: &mut Keywords, map: &Map<String, Value>) {
        let flag = match self.direction {
            Direction::Either => return,
            Direction::Request => "readOnly",
            Direction::Response => "writeOnly",
        };
        let Some(properties) = map.get("properties").and_then(Value::as_object) else {
            return;
        };
        let at = self.at.child("properties");
        for name in properties.keys() {
            if has_flag(self.document, &at.child(name), flag) {
                k.omitted.push(name.clone());
            }
        }
        k.required.retain(|name| !k.omitted.contains(name));
    }
}

fn make_nullable(k: &mut Keywords) {
    let composed = !k.all_of.is_empty()
        || k.any_of.is_some()
        || k.one_of.is_some()
        || k.not.is_some()
        || k.reference.is_some();
    if composed {
        k.or_null = true;
        return;
    }
    k.types = k.types.map(|types| types.with(Types::NULL));
    if let Some(values) = &mut k.enumeration
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
}

/// Whether the schema at `at`, or what it refers to, carries the annotation.
pub(crate) fn has_flag(document: &Document, at: &Location, flag: &str) -> bool {
    let Some(schema) = document.get(at) else {
        return false;
    };
    if schema.get(flag) == Some(&Value::Bool(true)) {
        return true;
    }
    document
        .follow(at)
        .is_some_and(|(_, schema)| schema.get(flag) == Some(&Value::Bool(true)))
}

fn find_anchor(value: &Value, at: &Location, name: &str) -> Option<Location> {
    match value {
        Value::Object(map) => {
            let named = |key: &str| map.get(key).and_then(Value::as_str) == Some(name);
            if named("$anchor") || named("$dynamicAnchor") {
                return Some(at.clone());
            }
            map.iter()
                .find_map(|(key, value)| find_anchor(value, &at.child(key), name))
        }
        Value::Array(list) => list
            .iter()
            .enumerate()
            .find_map(|(index, value)| find_anchor(value, &at.index(index), name)),
        _ => None,
    }
}
