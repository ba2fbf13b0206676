//! Objects with named members.

use std::collections::BTreeSet;

use serde_json::Value;
use spec::Location;

use super::{
    builder::{Builder, Hint, Owner, Use},
    docs::docs,
    secrets,
};
use crate::{
    ir::{Constraints, Docs, Field, Presence, Rest, Struct, TypeId, TypeKind, TypeRef},
    names::distinct::{self, Kind},
    report::Reason,
    schema::{Additional, Key, Peeled, Schema, merge_constraints, read_constraints},
};

impl<'d> Builder<'d> {
    /// The struct of the draft `id`.
    pub(super) fn structure(&mut self, id: TypeId) -> TypeKind {
        let key = self.drafts[id.0].key.clone();
        let schema = self.reader.schema(&key);
        let hint = Hint::new(Owner::Type(id));
        let required = schema.required();
        let meaningful_null = self.patch_bodies.contains(&key.at)
            || schema.get("x-null-is-meaningful") == Some(&Value::Bool(true));
        let mut fields = Vec::new();
        let mut given = Vec::new();
        for (wire, places) in schema.properties() {
            let Some(place) = self.most_telling(&places) else {
                continue;
            };
            let (used, peeled) = self.use_of(&place, &hint.then(wire));
            secrets::classify(&mut self.report, wire, &place, &used.ty, &peeled);
            given.push(
                peeled
                    .note("x-rust-name")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
            );
            let is_required = required.contains(wire);
            fields.push(self.field(
                wire,
                place,
                used,
                &peeled,
                is_required,
                meaningful_null,
                &hint,
            ));
        }
        let rest = self.rest(&key, &schema, &hint);
        if !matches!(rest, Rest::Kept { .. }) {
            for field in self.undescribed(&key, &schema) {
                fields.push(field);
                given.push(None);
            }
        }
        let mut constraints = Constraints::default();
        for part in &schema.parts {
            let bounds = read_constraints(&part.at, part.map, &mut self.report.warnings);
            constraints = merge_constraints(bounds, constraints);
        }
        let mut structure = Struct {
            fields,
            rest,
            constraints,
        };
        name_members(&mut structure, &given);
        TypeKind::Struct(structure)
    }

    /// Members that `required` names and no schema describes: without a field a caller could not send them, and
    /// they would be lost on the way back. Unions beside them may describe them, and say how a tag is written.
    fn undescribed(&mut self, key: &Key, schema: &Schema<'d>) -> Vec<Field> {
        if schema.get("anyOf").or(schema.get("oneOf")).is_some() {
            return Vec::new();
        }
        let known: BTreeSet<&str> = schema
            .properties()
            .into_iter()
            .map(|(wire, _)| wire)
            .collect();
        let required = schema.required().into_iter();
        let open: Vec<&str> = required
            .filter(|wire| !known.contains(wire) && !self.tag_names.contains(*wire))
            .collect();
        open.into_iter()
            .map(|wire| {
                let origin = key.at.child("required");
                self.any(&origin, Reason::Undescribed);
                Field {
                    wire: wire.to_owned(),
                    rust: String::new(),
                    ty: TypeRef::Any,
                    // Some documents name what no longer exists: an answer may come without it.
                    presence: Presence::RequiredNullable,
                    default: None,
                    fixed: None,
                    read_only: false,
                    write_only: false,
                    docs: Docs {
                        paragraphs: vec!["Required; the document has no schema for it.".to_owned()],
                    },
                    deprecated: false,
                    constraints: Constraints::default(),
                    origin,
                }
            })
            .collect()
    }

    /// Of several places that speak of a member, the most specific that says more than notes.
    fn most_telling(&self, places: &[Location]) -> Option<Location> {
        let has_shape = |place: &&Location| {
            self.reader
                .get(place)
                .and_then(Value::as_object)
                .is_some_and(|map| {
                    ["$ref", "type", "enum", "const", "anyOf", "oneOf", "allOf"]
                        .iter()
                        .any(|keyword| map.contains_key(*keyword))
                })
        };
        let telling = places.iter().rev().find(has_shape);
        telling.or(places.last()).cloned()
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "each is one fact about the member"
    )]
    fn field(
        &mut self,
        wire: &str,
        origin: Location,
        used: Use,
        peeled: &Peeled<'d>,
        is_required: bool,
        meaningful_null: bool,
        hint: &Hint,
    ) -> Field {
        let default = peeled.note("default").cloned();
        let patch = meaningful_null
            || peeled.note_anywhere("x-null-is-meaningful") == Some(&Value::Bool(true));
        let nullable = used.nullable || used.ty == TypeRef::Null;
        let presence = match (is_required, nullable) {
            (true, false) => Presence::Required,
            (true, true) => Presence::RequiredNullable,
            (false, true) if patch => Presence::Patch,
            (false, _) => Presence::Optional,
        };
        // An optional member with one value is a choice of its own, unless it tells branches apart.
        let by_itself =
            !nullable && (is_required || default == used.fixed || self.tag_names.contains(wire));
        let (fixed, ty) = match used.fixed {
            Some(value) if by_itself => (Some(value), used.ty),
            Some(Value::String(_)) => {
                let hint = hint.then(wire);
                (None, self.single_value(&peeled.at, nullable, &hint))
            }
            _ => (None, used.ty),
        };
        Field {
            wire: wire.to_owned(),
            rust: String::new(),
            ty,
            presence,
            default,
            fixed,
            read_only: peeled.flag("readOnly"),
            write_only: peeled.flag("writeOnly"),
            docs: docs(None, peeled.note("description")),
            deprecated: peeled.note("deprecated") == Some(&Value::Bool(true)),
            constraints: used.constraints,
            origin,
        }
    }

    fn rest(&mut self, key: &Key, schema: &Schema<'d>, hint: &Hint) -> Rest {
        let patterns = schema.patterns();
        let kept = |value: TypeRef| Rest::Kept {
            rust: String::new(),
            value,
        };
        match schema.additional() {
            Additional::Typed(at) => {
                let (used, _) = self.use_of(&at, &hint.then("additional property"));
                kept(used.inner())
            }
            Additional::Free if patterns.is_empty() => {
                self.free_object(&key.at, Reason::FreeObject);
                kept(TypeRef::Any)
            }
            _ if patterns.len() == 1 => {
                let (used, _) = self.use_of(&patterns[0], &hint.then("additional property"));
                kept(used.inner())
            }
            _ if patterns.len() > 1 => {
                self.free_object(&key.at, Reason::MixedPatterns);
                kept(TypeRef::Any)
            }
            Additional::Forbidden => Rest::Forbidden,
            _ => Rest::Ignored,
        }
    }
}

/// Names the fields, and the one that keeps what has no name. Names that the document gives come first.
fn name_members(structure: &mut Struct, given: &[Option<String>]) {
    let taken: Vec<&str> = given.iter().flatten().map(String::as_str).collect();
    let open: Vec<usize> = (0..structure.fields.len())
        .filter(|&at| given[at].is_none())
        .collect();
    let mut wires: Vec<String> = open
        .iter()
        .map(|&at| structure.fields[at].wire.clone())
        .collect();
    let keeps = matches!(structure.rest, Rest::Kept { .. });
    // A member may be called so too; the two are told apart like any others.
    let rest_wire = if wires.iter().any(|wire| wire == "additional_properties") {
        "other_additional_properties"
    } else {
        "additional_properties"
    };
    if keeps {
        wires.push(rest_wire.to_owned());
    }
    let wires: Vec<&str> = wires.iter().map(String::as_str).collect();
    let mut names = distinct::distinct(Kind::Member, &wires, &taken);
    if keeps && let (Some(name), Rest::Kept { rust, .. }) = (names.pop(), &mut structure.rest) {
        *rust = name;
    }
    for (at, name) in open.into_iter().zip(names) {
        structure.fields[at].rust = name;
    }
    for (field, name) in structure.fields.iter_mut().zip(given) {
        if let Some(name) = name {
            field.rust.clone_from(name);
        }
    }
}
