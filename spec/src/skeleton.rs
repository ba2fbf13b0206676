//! A document without its prose, in one file: all that a comparison with a later version needs.
//!
//! A [`Document`] comes in, a JSON value or text of it goes out, itself an OpenAPI document. Titles, descriptions,
//! examples, tags, links and extensions are left out; what other files hold stands under
//! `x-files`. So it is about as long as the code of a client, and changes only where that may.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::{
    document::Document,
    location::{Location, SourceId},
};

/// What a value is, as far as it decides which of its members are prose.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    /// An object of the specification: its keys are keywords.
    Object,
    /// Names that the document gives, each with an object.
    Names,
    /// Names, each with names of its own: callbacks.
    NamesOfNames,
    /// Answers by status: objects that must have a description.
    Answers,
    /// A value as it is.
    Raw,
}

/// The document without prose.
pub fn of(document: &Document) -> Value {
    let mut skeleton = Skeleton {
        document,
        files: BTreeSet::new(),
    };
    let mut root = skeleton.value(document.root(), SourceId::ROOT, Context::Object);
    let mut files: BTreeMap<SourceId, Value> = BTreeMap::new();
    while let Some(id) = skeleton.files.iter().find(|id| !files.contains_key(id)) {
        let id = *id;
        let at = Location {
            source: id,
            ..Location::default()
        };
        let value = document.get(&at).cloned().unwrap_or_default();
        files.insert(id, skeleton.value(&value, id, Context::Raw));
    }
    if let Value::Object(members) = &mut root {
        let info = document.root().get("info");
        let info = ["title", "version"].map(|name| {
            let value = info.and_then(|info| info.get(name)).cloned();
            (name.to_owned(), value.unwrap_or_default())
        });
        members.insert("info".to_owned(), Value::Object(info.into_iter().collect()));
        if !files.is_empty() {
            let files = files
                .into_iter()
                .map(|(id, value)| (id.0.to_string(), value));
            members.insert("x-files".to_owned(), Value::Object(files.collect()));
        }
    }
    root
}

/// The document without prose as JSON, a line for each operation and component, so that a diff of two
/// shows which of them changed. `mark` becomes the first member, `x-generated`.
pub fn text(document: &Document, mark: &str) -> String {
    let mut text = format!("{{\"x-generated\": {},\n", Value::from(mark));
    let Value::Object(members) = of(document) else {
        return text;
    };
    let lines: Vec<String> = members
        .iter()
        .map(|(name, value)| {
            let depth = match name.as_str() {
                "paths" | "webhooks" | "components" => 2,
                _ => 0,
            };
            format!("{}: {}", Value::from(name.as_str()), lines(value, depth))
        })
        .collect();
    text.push_str(&lines.join(",\n"));
    text.push_str("}\n");
    text
}

fn lines(value: &Value, depth: usize) -> String {
    match value {
        Value::Object(members) if depth > 0 && !members.is_empty() => {
            let members = members.iter().map(|(name, value)| {
                format!(
                    "{}: {}",
                    Value::from(name.as_str()),
                    lines(value, depth - 1)
                )
            });
            format!("{{\n{}}}", members.collect::<Vec<_>>().join(",\n"))
        }
        value => value.to_string(),
    }
}

/// A schema without prose, references as they are.
pub(crate) fn of_schema(schema: &Value) -> Value {
    kept(schema, Context::Object, &mut str::to_owned)
}

struct Skeleton<'d> {
    document: &'d Document,
    files: BTreeSet<SourceId>,
}

impl Skeleton<'_> {
    fn value(&mut self, value: &Value, file: SourceId, context: Context) -> Value {
        kept(value, context, &mut |reference| {
            self.reference(file, reference)
        })
    }

    /// A reference as it reads in the one file.
    fn reference(&mut self, file: SourceId, reference: &str) -> String {
        let Some(target) = self.document.resolve(file, reference) else {
            return reference.to_owned();
        };
        let pointer = target.pointer.as_str().replace('%', "%25");
        match (file, target.source) {
            (SourceId::ROOT, SourceId::ROOT) => reference.to_owned(),
            (_, SourceId::ROOT) => format!("#{pointer}"),
            (_, other) => {
                self.files.insert(other);
                format!("#/x-files/{}{pointer}", other.0)
            }
        }
    }
}

fn kept(value: &Value, context: Context, reference: &mut impl FnMut(&str) -> String) -> Value {
    match value {
        Value::Object(members) => Value::Object(kept_members(members, context, reference)),
        Value::Array(items) => {
            // A list of what elsewhere stands under names, such as parameters.
            let context = if context == Context::Names {
                Context::Object
            } else {
                context
            };
            let items = items.iter().map(|item| kept(item, context, reference));
            Value::Array(items.collect())
        }
        other => other.clone(),
    }
}

fn kept_members(
    members: &Map<String, Value>,
    context: Context,
    reference: &mut impl FnMut(&str) -> String,
) -> Map<String, Value> {
    let mut left = Map::new();
    for (name, value) in members {
        if context == Context::Object && is_prose(name, value) {
            continue;
        }
        let value = match (name.as_str(), value) {
            ("$ref", Value::String(text)) if context != Context::Names => {
                Value::String(reference(text))
            }
            _ => kept(value, inner(context, name), reference),
        };
        left.insert(name.clone(), value);
    }
    if context == Context::Answers {
        for answer in left.values_mut().filter_map(Value::as_object_mut) {
            if !answer.contains_key("$ref") {
                answer.insert("description".to_owned(), "".into());
            }
        }
    }
    left
}

fn inner(context: Context, name: &str) -> Context {
    match context {
        Context::Raw => Context::Raw,
        Context::NamesOfNames => Context::Names,
        Context::Names | Context::Answers => Context::Object,
        Context::Object => match name {
            "callbacks" => Context::NamesOfNames,
            "responses" => Context::Answers,
            "$defs" | "content" | "definitions" | "dependentSchemas" | "encoding" | "headers"
            | "parameters" | "pathItems" | "paths" | "patternProperties" | "properties"
            | "requestBodies" | "schemas" | "securitySchemes" | "webhooks" => Context::Names,
            "const" | "default" | "enum" | "mapping" | "required" | "scopes" | "security"
            | "type" | "variables" => Context::Raw,
            _ => Context::Object,
        },
    }
}

/// Whether a keyword has no meaning on the wire.
fn is_prose(keyword: &str, value: &Value) -> bool {
    match keyword {
        "description" | "summary" | "title" | "$comment" => value.is_string(),
        "example" | "examples" | "externalDocs" | "info" | "links" | "tags" | "xml" => true,
        _ => keyword.starts_with("x-"),
    }
}
