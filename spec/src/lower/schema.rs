//! Reads schemas of a lowered document: the one place, beside the lowering, that knows what its rules hid.
//!
//! A lowered [`Schema`] comes in; its raw form, or one keyword of it, goes out.

use std::borrow::Cow;

use openapiv3::{AnySchema, ReferenceOr, Schema, SchemaKind, Type, VariantOrUnknownOrEmpty};
use serde_json::{Map, Value};

use super::{
    mark::{self, raise_extensions},
    model::{Node, put},
    nullable,
};

/// The schema as the document has it, every rewriting undone.
pub fn raw(schema: &Schema) -> Value {
    let extensions = &schema.schema_data.extensions;
    if let Some(boolean) = extensions.get(mark::BOOLEAN) {
        return boolean.clone();
    }
    let null_note = extensions.get(mark::NULLABLE);
    let mut members = Map::new();
    raise_kind(&mut members, &schema.schema_kind);
    raise_data(&mut members, schema, null_note.is_some());

    for (note, inclusive, exclusive) in [
        (mark::EXCLUSIVE_MINIMUM, "minimum", "exclusiveMinimum"),
        (mark::EXCLUSIVE_MAXIMUM, "maximum", "exclusiveMaximum"),
    ] {
        if extensions.contains_key(note)
            && let Some(bound) = members.remove(inclusive)
        {
            members.insert(exclusive.to_owned(), bound);
        }
    }
    if extensions.contains_key(mark::CONST)
        && let Some(Value::Array(values)) = members.remove("enum")
        && let Some(value) = values.into_iter().next()
    {
        members.insert("const".to_owned(), value);
    }
    if extensions.contains_key(mark::REFERENCE) {
        raise_reference(&mut members);
    }
    if let Some(note) = null_note {
        nullable::restore_branches(&mut members, note);
    }
    raise_extensions(&mut members, extensions);
    if let Some(note) = null_note {
        nullable::move_down(&mut members, note);
    }
    Value::Object(members)
}

/// The schema or reference as the document has it.
pub fn raw_or_reference(schema: &ReferenceOr<Schema>) -> Value {
    schema.raise()
}

/// The `$ref` of a schema that is a reference, with or without siblings.
pub fn reference(schema: &ReferenceOr<Schema>) -> Option<&str> {
    let schema = match schema {
        ReferenceOr::Reference { reference } => return Some(reference),
        ReferenceOr::Item(schema) => schema,
    };
    if !schema.schema_data.extensions.contains_key(mark::REFERENCE) {
        return None;
    }
    let (SchemaKind::AllOf { all_of } | SchemaKind::Any(AnySchema { all_of, .. })) =
        &schema.schema_kind
    else {
        return None;
    };
    match all_of.first()? {
        ReferenceOr::Reference { reference } => Some(reference),
        ReferenceOr::Item(_) => None,
    }
}

/// A keyword of the schema as the document has it; of a schema whose keywords moved up from beside
/// null, those of both. `None` if it has no such keyword.
///
/// Cheap for keywords that the model has no field for (`prefixItems`, `const`, `examples`); any other
/// raises the schema.
pub fn keyword<'a>(schema: &'a Schema, name: &str) -> Option<Cow<'a, Value>> {
    let carried = format!(
        "{}{}",
        mark::CARRIED,
        name.replace('~', "~0").replace('/', "~1")
    );
    if let Some(value) = schema.schema_data.extensions.get(&carried) {
        return Some(Cow::Borrowed(value));
    }
    let Value::Object(mut members) = raw(schema) else {
        return None;
    };
    if let Some(value) = members.remove(name) {
        return Some(Cow::Owned(value));
    }
    let note = schema.schema_data.extensions.get(mark::NULLABLE)?;
    nullable::moved_up(members, note)?
        .remove(name)
        .map(Cow::Owned)
}

/// Whether the schema names null as a value: by its `type`, by a null branch, or in 3.0 by `nullable`.
/// Not whether null would validate: `{}` allows it, and does not name it.
pub fn is_nullable(schema: &Schema) -> bool {
    let alone = match &schema.schema_kind {
        SchemaKind::Any(any) => any.typ.as_deref() == Some("null"),
        _ => false,
    };
    schema.schema_data.nullable || alone
}

fn raise_reference(members: &mut Map<String, Value>) {
    let Some(Value::Array(mut all_of)) = members.remove("allOf") else {
        return;
    };
    if let Some(Value::Object(mut reference)) = (!all_of.is_empty()).then(|| all_of.remove(0)) {
        members.append(&mut reference);
    }
    if !all_of.is_empty() {
        members.insert("allOf".to_owned(), Value::Array(all_of));
    }
}

fn raise_data(members: &mut Map<String, Value>, schema: &Schema, nullable_is_ours: bool) {
    let data = &schema.schema_data;
    if !nullable_is_ours {
        put(members, "nullable", &data.nullable);
    }
    put(members, "title", &data.title);
    put(members, "description", &data.description);
    put(members, "default", &data.default);
    put(members, "example", &data.example);
    put(members, "deprecated", &data.deprecated);
    put(members, "readOnly", &data.read_only);
    put(members, "writeOnly", &data.write_only);
    put(members, "externalDocs", &data.external_docs);
    put(members, "discriminator", &data.discriminator);
}

fn raise_kind(members: &mut Map<String, Value>, kind: &SchemaKind) {
    match kind {
        SchemaKind::Type(typ) => raise_type(members, typ),
        SchemaKind::OneOf { one_of } => put(members, "oneOf", one_of),
        SchemaKind::AllOf { all_of } => put(members, "allOf", all_of),
        SchemaKind::AnyOf { any_of } => put(members, "anyOf", any_of),
        SchemaKind::Not { not } => {
            members.insert("not".to_owned(), not.raise());
        }
        SchemaKind::Any(any) => {
            put(members, "type", &any.typ);
            put(members, "format", &any.format);
            put(members, "pattern", &any.pattern);
            put(members, "minLength", &any.min_length);
            put(members, "maxLength", &any.max_length);
            put(members, "multipleOf", &any.multiple_of);
            put(members, "minimum", &any.minimum);
            put(members, "maximum", &any.maximum);
            put(members, "exclusiveMinimum", &any.exclusive_minimum);
            put(members, "exclusiveMaximum", &any.exclusive_maximum);
            put(members, "properties", &any.properties);
            put(members, "required", &any.required);
            put(members, "additionalProperties", &any.additional_properties);
            put(members, "minProperties", &any.min_properties);
            put(members, "maxProperties", &any.max_properties);
            put(members, "items", &any.items);
            put(members, "minItems", &any.min_items);
            put(members, "maxItems", &any.max_items);
            put(members, "uniqueItems", &any.unique_items);
            put(members, "enum", &any.enumeration);
            put(members, "oneOf", &any.one_of);
            put(members, "allOf", &any.all_of);
            put(members, "anyOf", &any.any_of);
            put(members, "not", &any.not);
        }
    }
}

fn raise_type(members: &mut Map<String, Value>, typ: &Type) {
    let name = match typ {
        Type::String(string) => {
            put(members, "format", &name_of(&string.format));
            put(members, "pattern", &string.pattern);
            put(members, "enum", &string.enumeration);
            put(members, "minLength", &string.min_length);
            put(members, "maxLength", &string.max_length);
            "string"
        }
        Type::Number(number) => {
            put(members, "format", &name_of(&number.format));
            put(members, "multipleOf", &number.multiple_of);
            put(members, "exclusiveMinimum", &number.exclusive_minimum);
            put(members, "exclusiveMaximum", &number.exclusive_maximum);
            put(members, "minimum", &number.minimum);
            put(members, "maximum", &number.maximum);
            put(members, "enum", &number.enumeration);
            "number"
        }
        Type::Integer(integer) => {
            put(members, "format", &name_of(&integer.format));
            put(members, "multipleOf", &integer.multiple_of);
            put(members, "exclusiveMinimum", &integer.exclusive_minimum);
            put(members, "exclusiveMaximum", &integer.exclusive_maximum);
            put(members, "minimum", &integer.minimum);
            put(members, "maximum", &integer.maximum);
            put(members, "enum", &integer.enumeration);
            "integer"
        }
        Type::Object(object) => {
            put(members, "properties", &object.properties);
            put(members, "required", &object.required);
            put(
                members,
                "additionalProperties",
                &object.additional_properties,
            );
            put(members, "minProperties", &object.min_properties);
            put(members, "maxProperties", &object.max_properties);
            "object"
        }
        Type::Array(array) => {
            put(members, "items", &array.items);
            put(members, "minItems", &array.min_items);
            put(members, "maxItems", &array.max_items);
            put(members, "uniqueItems", &array.unique_items);
            "array"
        }
        Type::Boolean(boolean) => {
            put(members, "enum", &boolean.enumeration);
            "boolean"
        }
    };
    members.insert("type".to_owned(), name.into());
}

/// The name of a format, known to the model or not.
fn name_of<T: serde::Serialize>(format: &VariantOrUnknownOrEmpty<T>) -> Option<Value> {
    match format {
        VariantOrUnknownOrEmpty::Empty => None,
        VariantOrUnknownOrEmpty::Unknown(name) => Some(Value::from(name.as_str())),
        VariantOrUnknownOrEmpty::Item(known) => serde_json::to_value(known).ok(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        document::Version,
        lower::walk::{At, Walk},
    };

    fn lowered(schema: &Value) -> ReferenceOr<Schema> {
        let mut walk = Walk::new(Version::V3_1);
        Node::lower(schema, &At::ROOT, &mut walk).unwrap()
    }

    fn item(schema: &Value) -> Schema {
        lowered(schema).into_item().unwrap()
    }

    #[test]
    fn a_keyword_is_found_wherever_it_went() {
        let schema = item(&json!({
            "anyOf": [{"type": ["string"], "const": "a", "maxLength": 5, "contentMediaType": "text/plain"}, {"type": "null"}],
            "default": null,
        }));
        let found = |name| keyword(&schema, name).map(Cow::into_owned);
        assert_eq!(found("contentMediaType"), Some(json!("text/plain")));
        assert_eq!(found("const"), Some(json!("a")));
        assert_eq!(found("maxLength"), Some(json!(5)));
        assert_eq!(found("type"), Some(json!(["string"])));
        assert_eq!(found("default"), Some(json!(null)));
        assert_eq!(found("enum"), None);
        assert_eq!(found("nullable"), None);
        assert!(matches!(
            keyword(&schema, "contentMediaType"),
            Some(Cow::Borrowed(_))
        ));
    }

    #[test]
    fn a_reference_is_seen_with_and_without_siblings() {
        let target = "#/components/schemas/A";
        for schema in [
            json!({"$ref": target}),
            json!({"$ref": target, "default": 1}),
            json!({"$ref": target, "type": "object", "allOf": [{}]}),
        ] {
            assert_eq!(reference(&lowered(&schema)), Some(target), "{schema}");
            assert_eq!(raw_or_reference(&lowered(&schema)), schema);
        }
        for schema in [
            json!({"allOf": [{"$ref": target}], "default": 1}),
            json!({"anyOf": [{"$ref": target}, {"type": "null"}]}),
            json!(true),
        ] {
            assert_eq!(reference(&lowered(&schema)), None, "{schema}");
        }
    }

    #[test]
    fn null_is_seen_in_each_of_its_spellings() {
        for schema in [
            json!({"type": "null"}),
            json!({"type": ["null"]}),
            json!({"type": ["string", "null"]}),
            json!({"type": ["string", "null", "integer"]}),
            json!({"oneOf": [{"type": "null"}, {"$ref": "#/x"}]}),
        ] {
            assert!(is_nullable(&item(&schema)), "{schema}");
        }
        for schema in [
            json!({"type": "string"}),
            json!({"nullable": true, "type": "string"}),
            json!({}),
        ] {
            assert!(!is_nullable(&item(&schema)), "{schema}");
        }
    }
}
