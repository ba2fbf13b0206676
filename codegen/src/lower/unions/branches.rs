//! Collects the branches of a choice: nested choices in place are taken apart, null is taken out.

use serde_json::Value;
use spec::Location;

use super::{
    super::{builder::Builder, features::Features},
    Branch, Discriminator, Shape,
};
use crate::schema::{Choice, JsonType, Key, Peeled, Schema, is_null};

/// How many choices that lie within each other give their members to the branches of the innermost.
const MOST_AROUND: usize = 8;

impl<'d> Builder<'d> {
    /// The branches of a choice, those of choices written in place among them.
    pub(super) fn collect(
        &mut self,
        key: &Key,
        schema: &Schema<'d>,
        choice: &Choice<'d>,
        branches: &mut Vec<Branch<'d>>,
        null: &mut bool,
        depth: usize,
    ) {
        let has_base = schema.has_properties();
        for at in &choice.branches {
            if self.reader.get(at).is_none_or(is_null) {
                *null = true;
                continue;
            }
            let branch = self.branch(key, at, has_base);
            if branch.peeled.only_null {
                *null = true;
                continue;
            }
            let inner = self.reader.schema(&branch.key);
            if inner.never {
                continue;
            }
            *null |= branch.peeled.nullable || inner.allows_null(self.reader);
            let inner_choice = inner.choices().into_iter().next();
            let in_place = branch.peeled.anchor.is_none()
                && inner.get("discriminator").is_none()
                && inner.get("enum").is_none();
            if let Some(inner_choice) = inner_choice
                && in_place
                && depth < 16
                && !self.only_requires(&inner_choice)
            {
                self.collect(
                    &branch.key,
                    &inner,
                    &inner_choice,
                    branches,
                    null,
                    depth + 1,
                );
                continue;
            }
            let types = inner.types().map(|types| types.without(JsonType::Null));
            let several = types.filter(|types| {
                branch.peeled.anchor.is_none()
                    && types.iter().count() > 1
                    && inner.get("enum").is_none()
                    && inner.get("const").is_none()
                    && inner.choices().is_empty()
            });
            match several {
                Some(types) => {
                    for kind in types.iter() {
                        branches.push(self.branch_of_type(&branch.key, kind));
                    }
                }
                None => branches.push(branch),
            }
        }
    }

    pub(super) fn branch(&mut self, union: &Key, at: &Location, has_base: bool) -> Branch<'d> {
        let peeled = self.reader.peel(at);
        let mut key = Key::new(peeled.at.clone());
        let mut features = self.features_of(&key);
        let objects = features.types.has(JsonType::Object);
        if has_base
            && objects
            && union.with.len() < MOST_AROUND
            && !self.repeats_base(union, &features)
        {
            key.with.clone_from(&union.with);
            key.with.push(union.at.clone());
            self.spend(key.with.len(), 0, at);
            features = self.features_of(&key);
        }
        Branch {
            at: at.clone(),
            key,
            peeled,
            features,
            shape: Shape::Schema,
        }
    }

    pub(super) fn branch_of_type(&mut self, key: &Key, kind: JsonType) -> Branch<'d> {
        let key = Key {
            only: Some(kind),
            ..key.clone()
        };
        Branch {
            at: key.at.clone(),
            peeled: Peeled {
                at: key.at.clone(),
                anchor: None,
                nullable: false,
                wrappers: Vec::new(),
                map: None,
                only_null: false,
            },
            features: self.features_of(&key),
            key,
            shape: Shape::Schema,
        }
    }

    /// Whether a branch already names every member that stands beside the choice.
    fn repeats_base(&self, union: &Key, features: &Features<'d>) -> bool {
        let base = self.reader.schema(union);
        base.properties()
            .keys()
            .all(|wire| features.members.contains_key(wire))
    }

    /// Whether no branch says more than which members are required or excluded.
    pub(super) fn only_requires(&self, choice: &Choice<'d>) -> bool {
        choice.branches.iter().all(|at| {
            self.reader
                .get(at)
                .and_then(Value::as_object)
                .is_some_and(|map| {
                    let shaped = [
                        "$ref",
                        "additionalProperties",
                        "allOf",
                        "anyOf",
                        "const",
                        "enum",
                        "items",
                        "oneOf",
                        "properties",
                    ];
                    shaped.iter().all(|keyword| !map.contains_key(*keyword))
                        && map.get("type").is_none_or(|kind| kind == "object")
                })
        })
    }

    pub(super) fn discriminator(
        &self,
        schema: &Schema<'d>,
        choice: &Choice<'d>,
    ) -> Option<Discriminator<'d>> {
        read_discriminator(self, choice.part.map, &choice.part.at).or_else(|| {
            let (part, _) = schema.find("discriminator")?;
            read_discriminator(self, part.map, &part.at)
        })
    }
}

pub(super) fn read_discriminator<'d>(
    builder: &Builder<'d>,
    map: &'d serde_json::Map<String, Value>,
    at: &Location,
) -> Option<Discriminator<'d>> {
    let discriminator = map.get("discriminator")?;
    let property = discriminator.get("propertyName")?.as_str()?;
    let document = builder.reader.document;
    let mapping = discriminator
        .get("mapping")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(value, target)| {
            let target = target.as_str()?;
            // A name stands for a component, anything else is a reference (OpenAPI 3.1, "Discriminator Object").
            let named = || {
                let components = Location {
                    source: at.source,
                    ..Location::default()
                }
                .join(["components", "schemas", target]);
                document.get(&components).map(|_| components)
            };
            let found = document.resolve(at.source, target).or_else(named);
            Some((value.as_str(), found))
        })
        .collect();
    Some(Discriminator { property, mapping })
}
