//! Judges values: a node and all that it refers to are written as one JSON Schema 2020-12 text,
//! which the `jsonschema` crate compiles; what it finds is told with places in the document and
//! without a word of the value.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jsonschema::{
    Draft, ValidationError, Validator,
    error::{TypeKind, ValidationErrorKind},
};
use serde_json::{Map, Value, json};
use spec::{Location, Pointer};

use super::{
    Violation,
    node::{Keywords, Kind, Node, NodeId},
};

/// Whether the node takes the value, with formats as annotations or, as JSON Schema permits too,
/// as assertions: a `oneOf` whose branches differ in a format only can be met in the second way only.
pub(crate) fn is_valid(nodes: &[Arc<Node>], id: NodeId, value: &Value) -> bool {
    let judge = judge(nodes, id);
    judge.plain.is_valid(value)
        || (judge.formats_can_help && is_valid_with_formats(nodes, id, value))
}

/// Whether the node takes the value, and every text in it has the format that its schema names.
pub(crate) fn is_valid_with_formats(nodes: &[Arc<Node>], id: NodeId, value: &Value) -> bool {
    nodes[id.index()]
        .with_formats
        .get_or_init(|| compile(&write(nodes, id, true).0, true))
        .is_valid(value)
}

/// What the node holds against the value; nothing if it takes it.
pub(crate) fn violations(nodes: &[Arc<Node>], id: NodeId, value: &Value) -> Vec<Violation> {
    let judge = judge(nodes, id);
    let mut found = Vec::new();
    for error in judge.plain.iter_errors(value) {
        tell(nodes, id, &error, &Pointer::root(), &mut found);
    }
    if !found.is_empty() && judge.formats_can_help && is_valid_with_formats(nodes, id, value) {
        found.clear();
    }
    found
}

/// A compiled schema.
#[derive(Debug)]
pub(crate) struct Judge {
    plain: Validator,
    /// Asserting formats can make a value valid: there is a format, and a keyword that turns a refusal into a yes.
    formats_can_help: bool,
}

fn judge(nodes: &[Arc<Node>], id: NodeId) -> &Judge {
    nodes[id.index()].judge.get_or_init(|| {
        let (schema, formats_can_help) = write(nodes, id, false);
        Judge {
            plain: compile(&schema, false),
            formats_can_help,
        }
    })
}

fn compile(schema: &Value, formats: bool) -> Validator {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(formats)
        .should_ignore_unknown_formats(true)
        .with_format("byte", is_base64)
        .offline()
        .build(schema)
        .unwrap_or_else(|_| {
            // Only well-formed keywords are written, so this is out of reach; a schema that
            // takes everything can never make a false accusation.
            jsonschema::validator_for(&Value::Bool(true))
                .unwrap_or_else(|_| unreachable!("`true` is a schema"))
        })
}

fn is_base64(text: &str) -> bool {
    text.len().is_multiple_of(4)
        && text
            .trim_end_matches('=')
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte))
}

/// The node as a JSON Schema of its own: what is referred to stands under `$defs`, named by number.
/// Beside it, whether asserting formats could make a value valid that is not so otherwise.
fn write(nodes: &[Arc<Node>], root: NodeId, formats: bool) -> (Value, bool) {
    let mut writer = Writer {
        nodes,
        formats,
        wanted: BTreeSet::new(),
        written: BTreeMap::new(),
        has_format: false,
        has_inversion: false,
    };
    let schema = writer.node(root);
    while let Some(id) = writer.wanted.pop_first() {
        if writer.written.contains_key(&id) {
            continue;
        }
        writer.written.insert(id, Value::Null);
        let definition = match &nodes[id.index()].kind {
            Kind::Keywords(k) => writer.keywords(k),
            _ => writer.node(id),
        };
        writer.written.insert(id, definition);
    }
    let definitions: Map<String, Value> = writer
        .written
        .into_iter()
        .map(|(id, schema)| (id.0.to_string(), schema))
        .collect();
    let formats_can_help = writer.has_format && writer.has_inversion;
    let schema = match schema {
        Value::Object(mut map) if !definitions.is_empty() => {
            map.insert("$defs".to_owned(), Value::Object(definitions));
            Value::Object(map)
        }
        other => other,
    };
    (schema, formats_can_help)
}

struct Writer<'a> {
    nodes: &'a [Arc<Node>],
    formats: bool,
    wanted: BTreeSet<NodeId>,
    written: BTreeMap<NodeId, Value>,
    has_format: bool,
    has_inversion: bool,
}

impl Writer<'_> {
    fn node(&mut self, id: NodeId) -> Value {
        let nodes = self.nodes;
        match &nodes[id.index()].kind {
            Kind::Always => Value::Bool(true),
            Kind::Never => Value::Bool(false),
            Kind::Keywords(k) if k.or_null => {
                json!({"anyOf": [self.refer(id), {"type": "null"}]})
            }
            Kind::Keywords(k) => self.keywords(k),
        }
    }

    fn refer(&mut self, id: NodeId) -> Value {
        self.wanted.insert(id);
        json!({"$ref": format!("#/$defs/{}", id.0)})
    }

    /// What a `$ref` leads to; an alternative null is written at the place of the reference.
    fn target(&mut self, id: NodeId) -> Value {
        match &self.nodes[id.index()].kind {
            Kind::Keywords(k) if k.or_null => self.node(id),
            _ => self.refer(id),
        }
    }

    fn keywords(&mut self, k: &Keywords) -> Value {
        self.has_format |= k.format.is_some();
        self.has_inversion |= k.one_of.is_some()
            || k.not.is_some()
            || k.if_.is_some()
            || k.max_contains.is_some()
            || k.unevaluated_properties.is_some()
            || k.unevaluated_items.is_some();
        let mut map = Map::new();
        let mut put = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                map.insert(key.to_owned(), value);
            }
        };
        put("type", k.types.map(|types| json!(types.names())));
        put("enum", k.enumeration.clone().map(Value::Array));
        put("const", k.constant.clone());
        put("minimum", k.minimum.clone().map(Value::Number));
        put("maximum", k.maximum.clone().map(Value::Number));
        put(
            "exclusiveMinimum",
            k.exclusive_minimum.clone().map(Value::Number),
        );
        put(
            "exclusiveMaximum",
            k.exclusive_maximum.clone().map(Value::Number),
        );
        put("multipleOf", k.multiple_of.clone().map(Value::Number));
        put("minLength", k.min_length.map(Value::from));
        put("maxLength", k.max_length.map(Value::from));
        put("pattern", k.pattern.clone().map(Value::from));
        let format = k.format.clone().filter(|_| self.formats);
        put("format", format.map(Value::from));
        put("minContains", k.min_contains.map(Value::from));
        put("maxContains", k.max_contains.map(Value::from));
        put("minItems", k.min_items.map(Value::from));
        put("maxItems", k.max_items.map(Value::from));
        put("uniqueItems", k.unique_items.then_some(Value::Bool(true)));
        put("minProperties", k.min_properties.map(Value::from));
        put("maxProperties", k.max_properties.map(Value::from));
        put(
            "required",
            (!k.required.is_empty()).then(|| json!(k.required)),
        );
        put(
            "dependentRequired",
            (!k.dependent_required.is_empty()).then(|| json!(k.dependent_required)),
        );
        if let Some(id) = k.reference {
            let target = self.target(id);
            match target {
                Value::Object(target) => map.extend(target),
                other => drop(map.insert("allOf".to_owned(), json!([other]))),
            }
        }
        for (key, list) in [
            (
                "prefixItems",
                (!k.prefix_items.is_empty()).then_some(&k.prefix_items),
            ),
            ("allOf", (!k.all_of.is_empty()).then_some(&k.all_of)),
            ("anyOf", k.any_of.as_ref()),
            ("oneOf", k.one_of.as_ref()),
        ] {
            if let Some(list) = list {
                let list: Vec<Value> = list.iter().map(|id| self.node(*id)).collect();
                map.insert(key.to_owned(), Value::Array(list));
            }
        }
        for (key, schemas) in [
            ("properties", &k.properties),
            ("patternProperties", &k.pattern_properties),
            ("dependentSchemas", &k.dependent_schemas),
        ] {
            if !schemas.is_empty() {
                let schemas: Map<String, Value> = schemas
                    .iter()
                    .map(|(name, id)| (name.clone(), self.node(*id)))
                    .collect();
                map.insert(key.to_owned(), Value::Object(schemas));
            }
        }
        for (key, schema) in [
            ("items", k.items),
            ("contains", k.contains),
            ("unevaluatedItems", k.unevaluated_items),
            ("additionalProperties", k.additional_properties),
            ("propertyNames", k.property_names),
            ("unevaluatedProperties", k.unevaluated_properties),
            ("not", k.not),
            ("if", k.if_),
            ("then", k.then),
            ("else", k.else_),
        ] {
            if let Some(id) = schema {
                map.insert(key.to_owned(), self.node(id));
            }
        }
        Value::Object(map)
    }
}

fn tell(
    nodes: &[Arc<Node>],
    root: NodeId,
    error: &ValidationError<'_>,
    prefix: &Pointer,
    found: &mut Vec<Violation>,
) {
    let mut keyword_at = place(nodes, root, error.schema_path().as_str());
    if matches!(error.kind(), ValidationErrorKind::PropertyNames { .. }) {
        // The path goes on to the keyword that refuses the name.
        while keyword_at
            .pointer
            .last()
            .is_some_and(|last| last != "propertyNames")
        {
            keyword_at.pointer = keyword_at.pointer.parent().unwrap_or_default();
        }
    }
    let instance = prefix.join(
        Pointer::parse(error.instance_path().as_str())
            .unwrap_or_default()
            .tokens()
            .collect::<Vec<_>>()
            .iter()
            .map(String::as_str),
    );
    let keyword = error.kind().keyword();
    if let ValidationErrorKind::AnyOf { context } = error.kind()
        && or_null(nodes, &keyword_at).is_some()
    {
        // The alternative null of OpenAPI 3.0 is ours, not the document's: the other side counts.
        for error in context.iter().take(1).flatten() {
            tell(nodes, root, error, prefix, found);
        }
        return;
    }
    let schema = if matches!(error.kind(), ValidationErrorKind::FalseSchema) {
        keyword_at.clone()
    } else {
        Location {
            source: keyword_at.source,
            pointer: keyword_at.pointer.parent().unwrap_or_default(),
        }
    };
    let keyword = match keyword {
        "falseSchema" => keyword_at.pointer.last().unwrap_or_default(),
        other => other.to_owned(),
    };
    found.push(Violation {
        instance,
        schema,
        keyword,
        message: message(error.kind()),
    });
}

fn or_null<'a>(nodes: &'a [Arc<Node>], keyword_at: &Location) -> Option<&'a Node> {
    let at = keyword_at.pointer.parent()?;
    let node = nodes
        .iter()
        .find(|node| node.at.source == keyword_at.source && node.at.pointer == at)?;
    matches!(&node.kind, Kind::Keywords(k) if k.or_null && k.any_of.is_none())
        .then_some(node.as_ref())
}

/// Where in the document the keyword of a written schema stands.
fn place(nodes: &[Arc<Node>], root: NodeId, path: &str) -> Location {
    let pointer = Pointer::parse(path).unwrap_or_default();
    let tokens: Vec<String> = pointer.tokens().collect();
    let (base, rest) = match tokens.as_slice() {
        [defs, number, rest @ ..] if defs == "$defs" => (
            number
                .parse()
                .ok()
                .filter(|number: &u32| (*number as usize) < nodes.len())
                .map_or(root, NodeId),
            rest,
        ),
        rest => (root, rest),
    };
    nodes[base.index()].at.join(rest.iter().map(String::as_str))
}

/// What is wrong, in the words of the schema only.
fn message(kind: &ValidationErrorKind) -> String {
    use ValidationErrorKind as Kind;
    match kind {
        Kind::AdditionalProperties { .. } | Kind::UnevaluatedProperties { .. } => {
            "a member that the schema does not allow".to_owned()
        }
        Kind::AdditionalItems { limit } => format!("more than {limit} items"),
        Kind::UnevaluatedItems { .. } => "an item that the schema does not allow".to_owned(),
        Kind::AnyOf { .. } => "no schema of `anyOf` takes the value".to_owned(),
        Kind::OneOfNotValid { .. } => "no schema of `oneOf` takes the value".to_owned(),
        Kind::OneOfMultipleValid { .. } => {
            "more than one schema of `oneOf` takes the value".to_owned()
        }
        Kind::Constant { expected_value } => format!("not the constant {expected_value}"),
        Kind::Contains => "`contains` is not met by the items".to_owned(),
        Kind::Enum { options } => format!("not one of {options}"),
        Kind::ExclusiveMaximum { limit } => format!("not below {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("not above {limit}"),
        Kind::Maximum { limit } => format!("above the maximum {limit}"),
        Kind::Minimum { limit } => format!("below the minimum {limit}"),
        Kind::MaxLength { limit } => format!("longer than {limit} characters"),
        Kind::MinLength { limit } => format!("shorter than {limit} characters"),
        Kind::MaxItems { limit } => format!("more than {limit} items"),
        Kind::MinItems { limit } => format!("fewer than {limit} items"),
        Kind::MaxProperties { limit } => format!("more than {limit} members"),
        Kind::MinProperties { limit } => format!("fewer than {limit} members"),
        Kind::MultipleOf { multiple_of } => format!("not a multiple of {multiple_of}"),
        Kind::Not { .. } => "the schema of `not` takes the value".to_owned(),
        Kind::Pattern { pattern } => format!("does not match the pattern {pattern}"),
        Kind::PropertyNames { .. } => "the name of a member is not allowed".to_owned(),
        Kind::Required { property } => format!("the member {property} is missing"),
        Kind::Type {
            kind: TypeKind::Single(name),
        } => format!("not of type {name}"),
        Kind::Type {
            kind: TypeKind::Multiple(names),
        } => {
            let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
            format!("not of type {}", names.join(" or "))
        }
        Kind::UniqueItems => "two items are equal".to_owned(),
        Kind::FalseSchema => "the schema `false` takes no value".to_owned(),
        other => format!("`{}` is not met", other.keyword()),
    }
}
