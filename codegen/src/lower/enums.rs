//! Fixed values: `enum` and `const`.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use spec::{Diagnostic, Location};

use super::{
    builder::{Builder, Hint, Pending, Use},
    docs::of_texts,
};
use crate::{
    ir::{Docs, Enum, EnumVariant, IntegerWidth, TypeId, TypeKind, TypeRef},
    report::Reason,
    schema::{JsonType, Key, Schema},
};

impl<'d> Builder<'d> {
    /// A schema with one value.
    pub(super) fn constant(&mut self, key: &Key, value: &Value) -> Use {
        let ty = match value {
            Value::Null => return Use::of(TypeRef::Null),
            Value::Bool(_) => TypeRef::Bool,
            Value::Number(number) if number.is_f64() => TypeRef::Number,
            Value::Number(_) => TypeRef::Integer(IntegerWidth::I64),
            Value::String(_) => TypeRef::String,
            Value::Array(_) | Value::Object(_) => return self.any(&key.at, Reason::MixedEnum),
        };
        Use {
            fixed: Some(value.clone()),
            ..Use::of(ty)
        }
    }

    /// A schema with listed values.
    pub(super) fn values(
        &mut self,
        key: &Key,
        schema: &Schema<'d>,
        values: &'d [Value],
        nullable: bool,
        hint: &Hint,
    ) -> Use {
        let mut listed: Vec<&'d Value> = Vec::new();
        let mut known = HashSet::new();
        for value in values.iter().filter(|value| !value.is_null()) {
            if known.insert(value.to_string()) {
                listed.push(value);
            } else {
                self.report.warnings.push(
                    Diagnostic::warning(
                        "duplicate-value",
                        key.at.child("enum"),
                        format!("the value {value} is listed twice"),
                    )
                    .hint("list each value once"),
                );
            }
        }
        let kinds = listed
            .iter()
            .fold(crate::schema::Types::default(), |kinds, value| {
                kinds.with(JsonType::of(value))
            });
        let mut kinds = kinds.iter();
        match (kinds.next(), kinds.next()) {
            (None, _) => Use::of(TypeRef::Null),
            (Some(JsonType::String | JsonType::Integer), None) => {
                // In place, one value is a constant written in the way of 3.0.
                if listed.len() == 1 && !names_itself(key, hint) {
                    return self.constant(key, listed[0]);
                }
                self.named(key, schema, nullable, hint, Pending::Enum(listed))
            }
            (Some(JsonType::Boolean), None) if listed.len() == 1 => self.constant(key, listed[0]),
            (Some(JsonType::Boolean), None) => Use::of(TypeRef::Bool),
            (Some(JsonType::Number), None) => Use::of(TypeRef::Number),
            _ => self.any(&key.at, Reason::MixedEnum),
        }
    }

    /// The enum of a text that has one value and is yet a choice.
    pub(super) fn single_value(&mut self, at: &Location, nullable: bool, hint: &Hint) -> TypeRef {
        let key = Key {
            only: Some(JsonType::String),
            ..Key::new(at.clone())
        };
        let schema = self.reader.schema(&key);
        let value = schema.get("const").or_else(|| {
            let values = schema.get("enum")?.as_array()?;
            values.iter().find(|value| !value.is_null())
        });
        match value {
            Some(value) => {
                self.named(&key, &schema, nullable, hint, Pending::Enum(vec![value]))
                    .ty
            }
            None => TypeRef::String,
        }
    }

    /// The enum of the draft `id`.
    pub(super) fn enumeration(&mut self, id: TypeId, values: &[&'d Value]) -> TypeKind {
        let key = self.drafts[id.0].key.clone();
        let schema = self.reader.schema(&key);
        let listed: &[Value] = schema
            .get("enum")
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice);
        let mut places = HashMap::new();
        for (at, value) in listed.iter().enumerate() {
            places.entry(value.to_string()).or_insert(at);
        }
        let told = |keywords: [&str; 2], value: &Value| -> Option<&'d str> {
            match keywords
                .into_iter()
                .find_map(|keyword| schema.get(keyword))?
            {
                Value::Array(texts) => texts.get(*places.get(&value.to_string())?)?.as_str(),
                Value::Object(texts) => texts.get(&text(value))?.as_str(),
                _ => None,
            }
        };
        let variants = values
            .iter()
            .map(|&value| EnumVariant {
                // A name that the document suggests, until the draft is named.
                rust: told(["x-enum-varnames", "x-enumNames"], value)
                    .unwrap_or_default()
                    .to_owned(),
                value: value.clone(),
                docs: told(["x-enum-descriptions", "x-enumDescriptions"], value)
                    .map_or_else(Docs::default, |text| of_texts("", text)),
            })
            .collect::<Vec<_>>();
        let default = schema.get("default").and_then(|default| {
            variants
                .iter()
                .position(|variant| variant.value == *default)
        });
        TypeKind::Enum(Enum { variants, default })
    }
}

/// Whether the schema is a component of its own rather than written in place.
fn names_itself(key: &Key, hint: &Hint) -> bool {
    hint.words.is_empty()
        && matches!(&hint.owner, super::builder::Owner::Anchor(anchor) if *anchor == key.at)
}

/// A value as the text that stands for it.
pub(crate) fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
