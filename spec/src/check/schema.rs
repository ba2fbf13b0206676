//! Schemas: the types of keywords, and where the walk goes on. Contradictions are the business of `contradiction`.
//!
//! OpenAPI 3.0: <https://spec.openapis.org/oas/v3.0.4.html#schema-object>; 3.1: JSON Schema 2020-12.
//! Unknown keywords are the author's: JSON Schema ignores them, and so does this, except for slips of the pen.

use serde_json::{Map, Value};

use super::{
    contradiction,
    model::{DISCRIMINATOR, EXTERNAL_DOCS, XML},
    path::Path,
    walk::{Target, Walk},
};
use crate::{diagnostic::Diagnostic, document::Version, similar};

/// The names of types.
pub(super) const TYPES: [&str; 7] = [
    "string", "number", "integer", "boolean", "array", "object", "null",
];

/// All keywords that mean something, for guesses.
const KEYWORDS: [&str; 62] = [
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$ref",
    "$schema",
    "$vocabulary",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "dependentRequired",
    "dependentSchemas",
    "deprecated",
    "description",
    "discriminator",
    "else",
    "enum",
    "example",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "externalDocs",
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
    "nullable",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
    "readOnly",
    "required",
    "then",
    "title",
    "type",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
    "writeOnly",
    "xml",
];

impl<'d> Walk<'d> {
    /// Checks a schema and all schemas in it.
    pub(super) fn schema(&mut self, value: &'d Value, path: &Path<'_>) {
        let members = match value {
            Value::Object(members) => members,
            Value::Bool(_) if self.version >= Version::V3_1 => return,
            Value::Bool(_) => {
                let warning = Diagnostic::warning(
                    "version-mismatch",
                    path.location(),
                    "a boolean is a schema in OpenAPI 3.1, and this document declares 3.0",
                );
                return self.tell(warning.hint(
                    "write `{}` for anything, `not: {}` for nothing, or declare `openapi: 3.1.0`",
                ));
            }
            _ => return self.wrong_type(value, "an object", path),
        };
        if let Some(Value::String(reference)) = members.get("$ref") {
            self.reference(reference, Target::Schema, path);
            if self.version == Version::V3_0 {
                return self.ignored_siblings(value, &["$ref"], path);
            }
        }
        for (name, member) in members {
            self.keyword(name, member, members, &path.key(name));
        }
        contradiction::all(self, members, path);
    }

    fn keyword(
        &mut self,
        name: &'d str,
        value: &'d Value,
        members: &Map<String, Value>,
        path: &Path<'_>,
    ) {
        match name {
            "properties" => self.schemas_by_name(value, path),
            "patternProperties" | "$defs" | "dependentSchemas" => {
                self.new_in_3_1(name, path);
                self.schemas_by_name(value, path);
            }
            "items" if value.is_array() => {
                let error = Diagnostic::error(
                    "wrong-type",
                    path.location(),
                    "`items` must be a schema, and is a list",
                );
                self.tell(error.at_key().hint("for a tuple, OpenAPI 3.1 has `prefixItems`; for elements of several types write `items: {anyOf: […]}`"));
            }
            "additionalProperties" if value.is_boolean() => {}
            "items" | "additionalProperties" | "not" => self.schema(value, path),
            "if"
            | "then"
            | "else"
            | "contains"
            | "propertyNames"
            | "unevaluatedItems"
            | "unevaluatedProperties"
            | "contentSchema" => {
                self.new_in_3_1(name, path);
                self.schema(value, path);
            }
            "allOf" | "anyOf" | "oneOf" => self.branches(name, value, path),
            "prefixItems" => {
                self.new_in_3_1(name, path);
                self.branches(name, value, path);
            }
            "type" => self.type_names(value, path),
            "enum" => match value {
                Value::Array(values) if values.is_empty() => {
                    let error = Diagnostic::error(
                        "empty-enum",
                        path.location(),
                        "the list of `enum` is empty: no value fits",
                    );
                    self.tell(error.hint("list at least one value, or remove `enum`"));
                }
                Value::Array(_) => {}
                _ => self.wrong_type(value, "a list", path),
            },
            "required" => self.required(value, path),
            "exclusiveMinimum" | "exclusiveMaximum" => self.exclusive(name, value, path),
            "minimum" | "maximum" if !value.is_number() => self.wrong_type(value, "a number", path),
            "multipleOf" => match value.as_f64() {
                Some(factor) if factor > 0.0 => {}
                Some(_) => {
                    let error = Diagnostic::error(
                        "wrong-value",
                        path.location(),
                        format!("`multipleOf` must be greater than 0, and is {value}"),
                    );
                    self.tell(error.hint("write a positive number, or remove it"));
                }
                None => self.wrong_type(value, "a number", path),
            },
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties"
            | "maxProperties" | "minContains" | "maxContains" => {
                self.count(name, value, path);
            }
            "pattern" => match value {
                Value::String(pattern) => contradiction::pattern(self, pattern, path),
                _ => self.wrong_type(value, "a string", path),
            },
            "title" | "description" | "format" | "contentEncoding" | "contentMediaType" | "$id"
            | "$schema" | "$anchor" | "$comment"
                if !value.is_string() =>
            {
                self.wrong_type(value, "a string", path);
            }
            "$id" => {
                let warning = Diagnostic::warning(
                    "unsupported-id",
                    path.location(),
                    "`$id` names this schema, and is not used as the base of the references in it",
                );
                self.tell(
                    warning.hint(
                        "write references from the top of the file: `#/components/schemas/…`",
                    ),
                );
            }
            "$dynamicRef" | "$recursiveRef" => {
                let warning = Diagnostic::warning(
                    "unsupported-keyword",
                    path.location(),
                    format!(
                        "`{name}` is not supported: the schema is read as if it were not there"
                    ),
                );
                self.tell(
                    warning
                        .at_key()
                        .hint("write `$ref` where the target is always the same"),
                );
            }
            "uniqueItems" | "deprecated" | "readOnly" | "writeOnly" if !value.is_boolean() => {
                self.wrong_type(value, "a boolean", path);
            }
            "nullable" => match (value, self.version) {
                (Value::Bool(_), Version::V3_0) => {}
                (Value::Bool(_), Version::V3_1) => {
                    let warning = Diagnostic::warning(
                        "version-mismatch",
                        path.location(),
                        "`nullable` means nothing in OpenAPI 3.1",
                    );
                    self.tell(warning.at_key().hint(
                        "write `type: [string, \"null\"]`, or `anyOf` with `type: \"null\"`",
                    ));
                }
                _ => self.wrong_type(value, "a boolean", path),
            },
            "const" | "dependentRequired" => self.new_in_3_1(name, path),
            "examples" if !value.is_array() && self.version >= Version::V3_1 => {
                let warning = Diagnostic::warning(
                    "wrong-type",
                    path.location(),
                    "`examples` of a schema must be a list",
                );
                self.tell(warning.at_key().hint(
                    "list the examples; names for them are known beside `schema` only, not in it",
                ));
            }
            "discriminator" => self.discriminator(value, path),
            "xml" => self.object(value, &XML, path),
            "externalDocs" => self.object(value, &EXTERNAL_DOCS, path),
            _ => self.slip(name, members, path),
        }
    }

    fn new_in_3_1(&mut self, name: &str, path: &Path<'_>) {
        if self.version < Version::V3_1 {
            self.later_version(name, "OpenAPI 3.1", path);
        }
    }

    fn schemas_by_name(&mut self, value: &'d Value, path: &Path<'_>) {
        let Value::Object(members) = value else {
            return self.wrong_type(value, "an object", path);
        };
        for (name, schema) in members {
            self.schema(schema, &path.key(name));
        }
    }

    fn branches(&mut self, name: &str, value: &'d Value, path: &Path<'_>) {
        let Value::Array(branches) = value else {
            return self.wrong_type(value, "a list", path);
        };
        if branches.is_empty() {
            let error = Diagnostic::error(
                "empty-union",
                path.location(),
                format!("the list of `{name}` is empty"),
            );
            self.tell(
                error
                    .at_key()
                    .hint(format!("list at least one schema, or remove `{name}`")),
            );
        }
        for (index, branch) in branches.iter().enumerate() {
            self.schema(branch, &path.index(index));
        }
    }

    fn type_names(&mut self, value: &'d Value, path: &Path<'_>) {
        match value {
            Value::String(name) => self.type_name(name, path),
            Value::Array(names) => {
                if self.version < Version::V3_1 {
                    let warning = Diagnostic::warning(
                        "version-mismatch",
                        path.location(),
                        "a list of types is OpenAPI 3.1, and this document declares 3.0",
                    );
                    self.tell(warning.hint("declare `openapi: 3.1.0`, or write `nullable: true` for null and `anyOf` for several types"));
                }
                if names.is_empty() {
                    let error = Diagnostic::error(
                        "unknown-type",
                        path.location(),
                        "the list of types is empty: no value fits",
                    );
                    self.tell(error.hint("list at least one type, or remove `type`"));
                }
                for (index, name) in names.iter().enumerate() {
                    let path = path.index(index);
                    match name {
                        Value::String(name) => self.type_name(name, &path),
                        Value::Null => self.null_type(&path),
                        _ => self.wrong_type(name, "a string", &path),
                    }
                }
            }
            Value::Null => self.null_type(path),
            _ => self.wrong_type(value, "a string or a list of strings", path),
        }
    }

    fn null_type(&mut self, path: &Path<'_>) {
        let error = Diagnostic::error(
            "wrong-type",
            path.location(),
            "the name of a type must be a string, and this is null",
        );
        self.tell(error.hint("write it in quotes: `\"null\"`"));
    }

    fn type_name(&mut self, name: &str, path: &Path<'_>) {
        if name == "null" && self.version == Version::V3_0 {
            let warning = Diagnostic::warning(
                "version-mismatch",
                path.location(),
                "the type `null` came with OpenAPI 3.1, and this document declares 3.0",
            );
            return self.tell(warning.hint("write `nullable: true`, or declare `openapi: 3.1.0`"));
        }
        if TYPES.contains(&name) {
            return;
        }
        let hint = match name {
            "file" => {
                "OpenAPI 3 describes files as `type: string` with `format: binary`".to_owned()
            }
            "any" => "leave `type` out: then any value fits".to_owned(),
            "int" | "int32" | "int64" | "long" => "did you mean `integer`?".to_owned(),
            "float" | "double" | "decimal" => "did you mean `number`?".to_owned(),
            "date" | "datetime" | "date-time" | "uuid" => {
                "did you mean `type: string` with a `format`?".to_owned()
            }
            "list" => "did you mean `array`?".to_owned(),
            "map" | "dict" => "did you mean `object`?".to_owned(),
            _ => match similar::nearest(name, TYPES) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("types are `{}`", TYPES.join("`, `")),
            },
        };
        self.tell(
            Diagnostic::error(
                "unknown-type",
                path.location(),
                format!("there is no type `{name}`"),
            )
            .hint(hint),
        );
    }

    fn required(&mut self, value: &'d Value, path: &Path<'_>) {
        match value {
            Value::Array(names) => {
                for (index, name) in names.iter().enumerate() {
                    if !name.is_string() {
                        self.wrong_type(name, "a string", &path.index(index));
                    }
                }
            }
            Value::Bool(_) => {
                let error = Diagnostic::error(
                    "wrong-type",
                    path.location(),
                    "`required` of a schema must be a list of names, and is a boolean",
                );
                self.tell(error.hint("list the names of required members in the object around this one: `required: [name]`"));
            }
            _ => self.wrong_type(value, "a list", path),
        }
    }

    fn exclusive(&mut self, name: &str, value: &'d Value, path: &Path<'_>) {
        let bound = if name == "exclusiveMinimum" {
            "minimum"
        } else {
            "maximum"
        };
        let (message, hint) = match (self.version, value) {
            (Version::V3_0, Value::Bool(_)) | (Version::V3_1, Value::Number(_)) => return,
            (Version::V3_0, Value::Number(_)) => (
                format!("`{name}` is a number in OpenAPI 3.1, and this document declares 3.0"),
                format!(
                    "write `{bound}: {value}` with `{name}: true`, or declare `openapi: 3.1.0`"
                ),
            ),
            (Version::V3_1, Value::Bool(_)) => (
                format!("`{name}` is a boolean in OpenAPI 3.0, and this document declares 3.1"),
                format!("write the bound itself: `{name}: 0` instead of `{bound}: 0`"),
            ),
            (Version::V3_0, _) => return self.wrong_type(value, "a boolean", path),
            (Version::V3_1, _) => return self.wrong_type(value, "a number", path),
        };
        // What is meant is plain in either version, so the document can be used.
        self.tell(Diagnostic::warning("version-mismatch", path.location(), message).hint(hint));
    }

    fn count(&mut self, name: &str, value: &'d Value, path: &Path<'_>) {
        match value.as_f64() {
            Some(count) if count >= 0.0 && count.fract() == 0.0 => {}
            Some(_) => {
                let error = Diagnostic::error(
                    "wrong-value",
                    path.location(),
                    format!("`{name}` must be a whole number of at least 0, and is {value}"),
                );
                self.tell(error.hint("correct the number, or remove it"));
            }
            None => self.wrong_type(value, "a number", path),
        }
    }

    fn discriminator(&mut self, value: &'d Value, path: &Path<'_>) {
        self.object(value, &DISCRIMINATOR, path);
        let mapping = value.get("mapping").and_then(Value::as_object);
        let path = path.key("mapping");
        for (tag, target) in mapping.into_iter().flatten() {
            let Value::String(target) = target else {
                continue;
            };
            let schemas = self.document.root().pointer("/components/schemas");
            // A value may also be the bare name of a component.
            let named = schemas.is_some_and(|schemas| schemas.get(target).is_some());
            if !named {
                self.reference(target, Target::Schema, &path.key(tag));
            }
        }
    }

    /// A keyword that is nearly one that is known, and that is not there under its right name.
    fn slip(&mut self, name: &str, members: &Map<String, Value>, path: &Path<'_>) {
        if name.len() < 4 || name.starts_with("x-") || KEYWORDS.binary_search(&name).is_ok() {
            return;
        }
        let near = similar::nearest(
            name,
            KEYWORDS
                .iter()
                .copied()
                .filter(|known| !members.contains_key(*known)),
        );
        if let Some(near) = near
            && strsim::damerau_levenshtein(name, near) <= 2
        {
            let warning = Diagnostic::warning(
                "unknown-keyword",
                path.location(),
                format!("`{name}` is no keyword of a schema, and is ignored"),
            );
            self.tell(warning.at_key().hint(format!("did you mean `{near}`?")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::KEYWORDS;

    #[test]
    fn keywords_are_sorted_for_the_search() {
        assert!(KEYWORDS.is_sorted());
    }
}
