//! From a raw schema to one of the model: where each keyword goes. The way back is in [`super::schema`].
//!
//! A keyword that means nothing for values of the declared type (`minLength` of a number) is carried, so that
//! the schema stays of its typed kind; one that does mean something but has no field there (`enum` of an object)
//! makes the schema the model's catch-all.

use openapiv3::{
    AdditionalProperties, AnySchema, ArrayType, BooleanType, IntegerType, NumberType, ObjectType,
    ReferenceOr, Schema, SchemaData, SchemaKind, StringType, Type,
};
use serde_json::{Map, Value};

use super::{
    kind::{Kind, is_assertion},
    mark,
    model::{Member, Node, is_i64},
    nullable::{Form, NullBranch},
    schema,
    walk::{At, Walk},
};
use crate::{account::Rule, document::Version};

/// A schema in the making: the fields of all kinds, of which [`Draft::finish`] takes those of one.
struct Draft {
    kind: Kind,
    data: SchemaData,
    any: AnySchema,
    integer: IntegerType,
    values: Values,
    /// Whether the raw schema has these keywords; they decide what others become.
    has_minimum: bool,
    has_maximum: bool,
    has_enum: bool,
    has_reference: bool,
    /// `nullable` too, where it is a keyword.
    has_nullable: bool,
}

/// The values of an `enum`, in the type of the kind.
#[derive(Default)]
struct Values {
    string: Vec<Option<String>>,
    number: Vec<Option<f64>>,
    integer: Vec<Option<i64>>,
    boolean: Vec<Option<bool>>,
    any: Vec<Value>,
}

impl Values {
    fn read(&mut self, kind: Kind, list: &Value, at: &At<'_>, walk: &mut Walk) {
        match kind {
            Kind::String => self.string = Member::read(list, at, walk),
            Kind::Number => self.number = Member::read(list, at, walk),
            Kind::Integer => self.integer = Member::read(list, at, walk),
            Kind::Boolean => self.boolean = Member::read(list, at, walk),
            _ => self.any = Member::read(list, at, walk),
        }
    }

    /// Reads the value of a `const` as the one value.
    fn read_one(&mut self, kind: Kind, value: &Value, at: &At<'_>, walk: &mut Walk) {
        match kind {
            Kind::String => self.string = Node::lower(value, at, walk).into_iter().collect(),
            Kind::Number => self.number = Node::lower(value, at, walk).into_iter().collect(),
            Kind::Integer => self.integer = Node::lower(value, at, walk).into_iter().collect(),
            Kind::Boolean => self.boolean = Node::lower(value, at, walk).into_iter().collect(),
            _ => self.any = vec![value.clone()],
        }
    }
}

impl Node for Schema {
    fn lower(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Option<Self> {
        match raw {
            Value::Object(members) => Some(lower_members(members, at, walk)),
            Value::Bool(accepts) => Some(boolean_schema(*accepts, at, walk)),
            _ => {
                walk.wrong("a schema", raw, at);
                None
            }
        }
    }

    fn raise(&self) -> Value {
        schema::raw(self)
    }

    /// In 3.1 `$ref` is a keyword like others.
    fn has_reference(members: &Map<String, Value>, version: Version) -> bool {
        version == Version::V3_1 && members.len() > 1
    }
}

impl Node for AdditionalProperties {
    fn lower(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Option<Self> {
        match raw {
            Value::Bool(allowed) => Some(Self::Any(*allowed)),
            _ => Node::lower(raw, at, walk).map(Self::Schema),
        }
    }

    fn raise(&self) -> Value {
        match self {
            Self::Any(allowed) => Value::Bool(*allowed),
            Self::Schema(schema) => schema.raise(),
        }
    }
}

/// `true` and `false` as schemas: JSON Schema 2020-12, section 4.3.2.
fn boolean_schema(accepts: bool, at: &At<'_>, walk: &mut Walk) -> Schema {
    let owner = walk.begin(at);
    walk.rewrite(Rule::BooleanSchema, at);
    walk.mark(mark::BOOLEAN, accepts);
    let anything = || Schema {
        schema_data: SchemaData::default(),
        schema_kind: SchemaKind::Any(AnySchema::default()),
    };
    let schema_kind = if accepts {
        anything().schema_kind
    } else {
        let not = Box::new(ReferenceOr::Item(anything()));
        SchemaKind::Not { not }
    };
    let extensions = walk.end(&owner);
    Schema {
        schema_data: SchemaData {
            extensions,
            ..SchemaData::default()
        },
        schema_kind,
    }
}

fn lower_members(schema: &Map<String, Value>, at: &At<'_>, walk: &mut Walk) -> Schema {
    let null_branch = NullBranch::find(schema);
    let mut draft = Draft::new(schema, null_branch.as_ref(), walk.version());
    let owner = walk.begin(at);
    if let Some(branch) = &null_branch {
        walk.mark(mark::NULLABLE, branch.note(schema));
        draft.data.nullable = true;
    }
    for (key, value) in schema {
        let at = at.child(key);
        match &null_branch {
            Some(branch) if branch.keyword == key => {
                walk.rewrite(Rule::NullBranch, &at);
                draft.branches(branch, value, &at, walk);
            }
            _ => draft.keyword(key, value, &at, walk),
        }
    }
    draft.data.extensions = walk.end(&owner);
    draft.finish()
}

impl Draft {
    fn new(
        schema: &Map<String, Value>,
        null_branch: Option<&NullBranch<'_>>,
        version: Version,
    ) -> Box<Self> {
        let inner = match null_branch.map(|branch| branch.form) {
            Some(Form::Merged { inner, .. }) => Some(inner),
            _ => None,
        };
        let has = |key| schema.contains_key(key) || inner.is_some_and(|it| it.contains_key(key));
        Box::new(Self {
            kind: Kind::of(schema, null_branch),
            data: SchemaData::default(),
            any: AnySchema::default(),
            integer: IntegerType::default(),
            values: Values::default(),
            has_minimum: has("minimum"),
            has_maximum: has("maximum"),
            has_enum: has("enum"),
            has_reference: schema.contains_key("$ref"),
            has_nullable: has("nullable") && version == Version::V3_0,
        })
    }

    /// Reads the branches beside null as their form asks.
    fn branches(&mut self, branch: &NullBranch<'_>, raw: &Value, at: &At<'_>, walk: &mut Walk) {
        match branch.form {
            Form::Merged { inner, index } => {
                let at = at.index(index);
                walk.as_own(&at, |walk| {
                    for (key, value) in inner {
                        self.keyword(key, value, &at.child(key), walk);
                    }
                });
            }
            Form::Wrapped { inner, index } => {
                let inner = Node::lower(inner, &at.index(index), walk);
                self.any.all_of.extend(inner);
            }
            Form::Shortened => {
                let branches = raw.as_array().into_iter().flatten().enumerate();
                let others = branches.filter(|(index, _)| *index != branch.null);
                let others =
                    others.filter_map(|(index, raw)| Node::lower(raw, &at.index(index), walk));
                match branch.keyword {
                    "oneOf" => self.any.one_of = others.collect(),
                    _ => self.any.any_of = others.collect(),
                }
            }
        }
    }

    /// Reads one keyword. Null is a value of few of them; where it is not, it is carried.
    fn keyword(&mut self, key: &str, raw: &Value, at: &At<'_>, walk: &mut Walk) {
        let Self { data, any, .. } = self;
        match key {
            "const" => self.constant(raw, at, walk),
            _ if raw.is_null() => walk.unknown(key, raw, at),
            "title" => data.title = Member::read(raw, at, walk),
            "description" => data.description = Member::read(raw, at, walk),
            "default" => data.default = Member::read(raw, at, walk),
            "example" => data.example = Member::read(raw, at, walk),
            "deprecated" => data.deprecated = Member::read(raw, at, walk),
            "readOnly" => data.read_only = Member::read(raw, at, walk),
            "writeOnly" => data.write_only = Member::read(raw, at, walk),
            "externalDocs" => data.external_docs = Member::read(raw, at, walk),
            "discriminator" => data.discriminator = Member::read(raw, at, walk),
            "nullable" if walk.version() == Version::V3_0 => {
                data.nullable = Member::read(raw, at, walk);
            }
            "type" => self.declared_type(raw, at, walk),
            "$ref" => {
                if let Some(reference) = String::lower(raw, at, walk) {
                    walk.rewrite(Rule::ReferenceSiblings, at);
                    walk.mark(mark::REFERENCE, true);
                    any.all_of.insert(0, ReferenceOr::Reference { reference });
                }
            }
            "oneOf" | "allOf" | "anyOf" | "not" | "enum" if !self.kind.has(key) => {
                walk.unknown(key, raw, at);
            }
            _ if is_assertion(key) && !self.kind.has(key) => walk.unknown(key, raw, at),
            "enum" => self.values.read(self.kind, raw, at, walk),
            "oneOf" => any.one_of = Member::read(raw, at, walk),
            "anyOf" => any.any_of = Member::read(raw, at, walk),
            "allOf" => {
                if self.has_reference {
                    walk.rewrite(Rule::ReferenceSiblings, at);
                }
                any.all_of.append(&mut Member::read(raw, at, walk));
            }
            "not" => any.not = Member::read(raw, at, walk),
            "format" => any.format = Member::read(raw, at, walk),
            "pattern" => any.pattern = Member::read(raw, at, walk),
            "minLength" => any.min_length = Member::read(raw, at, walk),
            "maxLength" => any.max_length = Member::read(raw, at, walk),
            "properties" => any.properties = Member::read(raw, at, walk),
            "required" => any.required = Member::read(raw, at, walk),
            "additionalProperties" => any.additional_properties = Member::read(raw, at, walk),
            "minProperties" => any.min_properties = Member::read(raw, at, walk),
            "maxProperties" => any.max_properties = Member::read(raw, at, walk),
            "items" => any.items = Member::read(raw, at, walk),
            "minItems" => any.min_items = Member::read(raw, at, walk),
            "maxItems" => any.max_items = Member::read(raw, at, walk),
            "uniqueItems" => {
                // Only the catch-all can tell `false` from an absent flag.
                if raw == &Value::Bool(false) && self.kind == Kind::Array {
                    walk.carry(raw, at);
                }
                any.unique_items = Member::read(raw, at, walk);
            }
            "multipleOf" | "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => {
                self.bound(key, raw, at, walk);
            }
            _ => walk.unknown(key, raw, at),
        }
    }

    fn declared_type(&mut self, raw: &Value, at: &At<'_>, walk: &mut Walk) {
        let Value::Array(names) = raw else {
            if self.kind.type_name().is_none() {
                self.any.typ = Member::read(raw, at, walk);
            } else if !raw.is_string() {
                walk.wrong("a string or an array of strings", raw, at);
            }
            return;
        };
        walk.carry_as(Rule::TypeArray, raw, at);
        let mut names = names.iter().filter_map(Value::as_str);
        let others = names.clone().filter(|name| *name != "null").count();
        if names.clone().count() > others && others > 0 && !self.has_nullable {
            self.data.nullable = true;
            walk.mark(mark::NULLABLE, "type");
        }
        if self.kind == Kind::Any {
            self.any.typ = match others {
                // Null alone is a type like others.
                0 => names.next().map(str::to_owned),
                1 => names.find(|name| *name != "null").map(str::to_owned),
                _ => None,
            };
        }
    }

    fn constant(&mut self, raw: &Value, at: &At<'_>, walk: &mut Walk) {
        let typed = matches!(
            self.kind,
            Kind::String | Kind::Number | Kind::Integer | Kind::Boolean | Kind::Any
        );
        if self.has_enum || !typed {
            return walk.unknown("const", raw, at);
        }
        walk.rewrite(Rule::Const, at);
        walk.mark(mark::CONST, true);
        self.values.read_one(self.kind, raw, at, walk);
    }

    /// Reads a keyword of numbers.
    fn bound(&mut self, key: &str, raw: &Value, at: &At<'_>, walk: &mut Walk) {
        let (inclusive, note, taken) = match key {
            "exclusiveMinimum" => ("minimum", mark::EXCLUSIVE_MINIMUM, self.has_minimum),
            "exclusiveMaximum" => ("maximum", mark::EXCLUSIVE_MAXIMUM, self.has_maximum),
            _ => return self.number(key, raw, at, walk),
        };
        let flag = match raw {
            Value::Bool(flag) => *flag,
            Value::Number(number) if !taken && (self.kind != Kind::Integer || is_i64(number)) => {
                walk.rewrite(Rule::ExclusiveBound, at);
                walk.mark(note, true);
                self.number(inclusive, raw, at, walk);
                true
            }
            Value::Number(_) => return walk.carry(raw, at),
            _ => return walk.wrong("a number, or a flag", raw, at),
        };
        if !flag && self.kind != Kind::Any {
            walk.carry(raw, at);
        }
        let (Self { any, integer, .. }, minimum) = (self, inclusive == "minimum");
        *(if minimum {
            &mut any.exclusive_minimum
        } else {
            &mut any.exclusive_maximum
        }) = Some(flag);
        *(if minimum {
            &mut integer.exclusive_minimum
        } else {
            &mut integer.exclusive_maximum
        }) = flag;
    }

    fn number(&mut self, key: &str, raw: &Value, at: &At<'_>, walk: &mut Walk) {
        let Self { any, integer, .. } = self;
        match (key, self.kind) {
            ("minimum", Kind::Integer) => integer.minimum = Member::read(raw, at, walk),
            ("maximum", Kind::Integer) => integer.maximum = Member::read(raw, at, walk),
            (_, Kind::Integer) => integer.multiple_of = Member::read(raw, at, walk),
            ("minimum", _) => any.minimum = Member::read(raw, at, walk),
            ("maximum", _) => any.maximum = Member::read(raw, at, walk),
            (_, _) => any.multiple_of = Member::read(raw, at, walk),
        }
    }

    fn finish(self: Box<Self>) -> Schema {
        let Self {
            kind,
            data,
            any,
            integer,
            values,
            ..
        } = *self;
        let schema_kind = match kind {
            Kind::String => SchemaKind::Type(Type::String(StringType {
                format: any.format.into(),
                pattern: any.pattern,
                enumeration: values.string,
                min_length: any.min_length,
                max_length: any.max_length,
            })),
            Kind::Number => SchemaKind::Type(Type::Number(NumberType {
                format: any.format.into(),
                multiple_of: any.multiple_of,
                exclusive_minimum: any.exclusive_minimum == Some(true),
                exclusive_maximum: any.exclusive_maximum == Some(true),
                minimum: any.minimum,
                maximum: any.maximum,
                enumeration: values.number,
            })),
            Kind::Integer => SchemaKind::Type(Type::Integer(IntegerType {
                format: any.format.into(),
                enumeration: values.integer,
                ..integer
            })),
            Kind::Object => SchemaKind::Type(Type::Object(ObjectType {
                properties: any.properties,
                required: any.required,
                additional_properties: any.additional_properties,
                min_properties: any.min_properties,
                max_properties: any.max_properties,
            })),
            Kind::Array => SchemaKind::Type(Type::Array(ArrayType {
                items: any.items,
                min_items: any.min_items,
                max_items: any.max_items,
                unique_items: any.unique_items == Some(true),
            })),
            Kind::Boolean => SchemaKind::Type(Type::Boolean(BooleanType {
                enumeration: values.boolean,
            })),
            Kind::OneOf => SchemaKind::OneOf { one_of: any.one_of },
            Kind::AllOf => SchemaKind::AllOf { all_of: any.all_of },
            Kind::AnyOf => SchemaKind::AnyOf { any_of: any.any_of },
            Kind::Not => match any.not {
                Some(not) => SchemaKind::Not { not },
                None => SchemaKind::Any(AnySchema::default()),
            },
            Kind::Any => SchemaKind::Any(AnySchema {
                enumeration: values.any,
                ..any
            }),
        };
        Schema {
            schema_data: data,
            schema_kind,
        }
    }
}
