//! One of several shapes: `anyOf`, `oneOf`, several `type`s, and schemas that others compose under a discriminator.
//!
//! Branches are collected (nested choices in place are taken apart, null is taken out), then
//! those that no reader could tell apart and no caller would miss are merged: listed texts,
//! an integer beside a number, lists of different elements.

mod branches;
mod merge;
mod words;

use std::rc::Rc;

use serde_json::Value;
use spec::{Diagnostic, Location};

pub(super) use self::words::texts;
use self::{
    branches::read_discriminator,
    merge::merged,
    words::{variant_hint, word},
};
use super::{
    builder::{Builder, Hint, Owner, Pending, Use, VariantHint},
    decide,
    docs::docs,
    features::Features,
};
use crate::{
    ir::{TypeId, TypeKind, TypeRef, Union, UnionVariant},
    report::Reason,
    schema::{JsonType, Key, Peeled, Schema, Types},
};

/// One shape among several.
#[derive(Clone, Debug)]
pub(crate) struct Branch<'d> {
    /// As it is written.
    pub(crate) at: Location,
    pub(crate) key: Key,
    pub(crate) peeled: Peeled<'d>,
    pub(crate) features: Rc<Features<'d>>,
    pub(crate) shape: Shape<'d>,
}

/// What a branch became when branches were merged.
#[derive(Clone, Debug)]
pub(crate) enum Shape<'d> {
    /// The schema decides.
    Schema,
    /// Any text.
    Text { secret: bool },
    /// Listed texts, and others tomorrow.
    Texts(Vec<&'d Value>),
    /// A list whose elements are one of several.
    Lists(Vec<Branch<'d>>),
    /// An object with any members.
    FreeObject,
}

/// A member that names the branch.
#[derive(Clone, Debug)]
pub(crate) struct Discriminator<'d> {
    pub(crate) property: &'d str,
    /// Values and the schemas that they name.
    pub(crate) mapping: Vec<(&'d str, Option<Location>)>,
}

impl<'d> Builder<'d> {
    /// A schema with `anyOf` or `oneOf`; `None` if these only say which members go together.
    pub(super) fn choice(
        &mut self,
        key: &Key,
        schema: &Schema<'d>,
        nullable: bool,
        hint: &Hint,
    ) -> Option<Use> {
        if key.only.is_some() {
            return None;
        }
        let mut choices = schema.choices();
        if schema.has_properties() {
            choices.retain(|choice| !self.only_requires(choice));
        }
        let mut shaped = choices.into_iter();
        let choice = shaped.next()?;
        for other in shaped {
            self.report.warnings.push(
                Diagnostic::warning(
                    "not-covered",
                    other.part.at.clone(),
                    "a second `anyOf` or `oneOf` beside another is not looked at",
                )
                .hint("nest one in the branches of the other"),
            );
        }
        let discriminator = self.discriminator(schema, &choice);
        let mut branches = Vec::new();
        let mut null = nullable;
        self.collect(key, schema, &choice, &mut branches, &mut null, 0);
        let mut used = self.one_of(key, schema, branches, discriminator, null, hint);
        if !matches!(used.ty, TypeRef::Any | TypeRef::Null) {
            used.nullable |= null;
        }
        Some(used)
    }

    /// A schema whose `type` lists several.
    pub(super) fn several_types(
        &mut self,
        key: &Key,
        types: Types,
        nullable: bool,
        hint: &Hint,
    ) -> Use {
        let branches = types
            .iter()
            .map(|kind| self.branch_of_type(key, kind))
            .collect();
        let schema = self.reader.schema(key);
        self.one_of(key, &schema, branches, None, nullable, hint)
    }

    /// A schema with a discriminator and no branches: those that compose it are the branches.
    pub(super) fn heirs_union(
        &mut self,
        key: &Key,
        schema: &Schema<'d>,
        nullable: bool,
        hint: &Hint,
    ) -> Option<Use> {
        if !key.with.is_empty() || key.only.is_some() {
            return None;
        }
        let heirs = self.heirs.get(&key.at)?.clone();
        let branches = heirs
            .iter()
            .map(|at| {
                let mut branch = self.branch(key, at, false);
                branch.peeled.anchor.get_or_insert_with(|| at.clone());
                branch
            })
            .collect();
        let own = schema.parts.iter().find(|part| part.at == key.at)?;
        let discriminator = read_discriminator(self, own.map, &own.at)?;
        Some(self.one_of(key, schema, branches, Some(discriminator), nullable, hint))
    }

    /// Merges branches, and makes a union of what is left if it is more than one.
    fn one_of(
        &mut self,
        key: &Key,
        schema: &Schema<'d>,
        branches: Vec<Branch<'d>>,
        discriminator: Option<Discriminator<'d>>,
        nullable: bool,
        hint: &Hint,
    ) -> Use {
        if let Some(branch) = branches.iter().find(|branch| {
            branch.features.types.without(JsonType::Null) == Types::ANY.without(JsonType::Null)
        }) {
            return self.any(&branch.key.at, Reason::EmptySchema);
        }
        let mut branches = merged(branches, discriminator.is_some());
        match branches.len() {
            0 => Use::of(TypeRef::Null),
            1 => {
                let branch = branches.remove(0);
                self.use_of_branch(key, &branch, hint, hint)
            }
            _ => self.named(
                key,
                schema,
                nullable,
                hint,
                Pending::Union(branches, discriminator),
            ),
        }
    }

    /// The union of the draft `id`.
    pub(super) fn union(
        &mut self,
        id: TypeId,
        branches: Vec<Branch<'d>>,
        discriminator: Option<&Discriminator<'d>>,
    ) -> TypeKind {
        let key = self.drafts[id.0].key.clone();
        let own = Hint::new(Owner::Type(id));
        let branches = Self::expanded(branches, discriminator);
        let mut variants: Vec<UnionVariant> = Vec::new();
        let mut kept: Vec<Branch<'d>> = Vec::new();
        let mut hints: Vec<VariantHint> = Vec::new();
        for (index, (branch, tag)) in branches.iter().enumerate() {
            let anchor = branch.peeled.anchor.as_ref();
            let word = match (tag, anchor.and_then(|anchor| anchor.pointer.last())) {
                (Some(tag), _) => (*tag).to_owned(),
                (None, Some(name)) if !branch.key.with.is_empty() => name,
                (None, _) => word(&branches, index),
            };
            let used = self.use_of_branch(&key, branch, &own.then(&word), &own.then(&word));
            let same = variants.iter().any(|variant| variant.ty == used.ty);
            if same && tag.is_none() {
                continue;
            }
            hints.push(variant_hint(branch, *tag, word));
            variants.push(UnionVariant {
                rust: String::new(),
                ty: used.ty,
                constraints: used.constraints,
                docs: docs(None, branch.peeled.note("description")),
                origin: branch.at.clone(),
            });
            kept.push(branch.clone());
        }
        let tags: Vec<Option<&'d str>> = branches.iter().map(|(_, tag)| *tag).collect();
        let tagged = discriminator.map(|discriminator| Discriminator {
            property: discriminator.property,
            mapping: if tags.iter().all(Option::is_none) {
                discriminator.mapping.clone()
            } else {
                Vec::new()
            },
        });
        let decided = decide::decide(&kept, tagged.as_ref(), &tags);
        for (one, other, what) in &decided.overlaps {
            self.report.warnings.push(
                Diagnostic::warning("overlapping-branches", key.at.clone(), what.clone())
                    .related(variants[*one].origin.clone(), "this branch is tried first")
                    .related(variants[*other].origin.clone(), "this one may never be reached")
                    .hint("name the branch with a `discriminator`, or give each a member that only it requires"),
            );
        }
        self.drafts[id.0].variant_hints = hints;
        TypeKind::Union(Union {
            variants,
            decision: decided.decision,
        })
    }

    /// Branches with several values of a tag that they do not hold themselves, once for each value.
    fn expanded(
        branches: Vec<Branch<'d>>,
        discriminator: Option<&Discriminator<'d>>,
    ) -> Vec<(Branch<'d>, Option<&'d str>)> {
        let Some(discriminator) = discriminator else {
            return branches.into_iter().map(|branch| (branch, None)).collect();
        };
        let holds_tag =
            |branch: &Branch<'_>| branch.features.members.contains_key(discriminator.property);
        let several = branches
            .iter()
            .any(|branch| !holds_tag(branch) && decide::mapped(branch, discriminator).len() > 1);
        if !several || branches.iter().any(holds_tag) {
            return branches.into_iter().map(|branch| (branch, None)).collect();
        }
        branches
            .into_iter()
            .flat_map(|branch| {
                let values = decide::mapped(&branch, discriminator);
                values
                    .into_iter()
                    .map(move |value| (branch.clone(), Some(value)))
            })
            .collect()
    }

    /// How one branch is used. `own` names what is written in place.
    fn use_of_branch(&mut self, union: &Key, branch: &Branch<'d>, own: &Hint, items: &Hint) -> Use {
        match &branch.shape {
            Shape::Schema => {
                let hint = match &branch.peeled.anchor {
                    Some(anchor) if branch.key.with.is_empty() => {
                        Hint::new(Owner::Anchor(anchor.clone()))
                    }
                    _ => own.clone(),
                };
                let mut used = self.use_of_key(&branch.key, &branch.peeled, &hint);
                used.nullable = false;
                self.apply_wrappers(&mut used, &branch.peeled, &branch.at);
                used
            }
            Shape::Text { secret } => Use::of(if *secret {
                TypeRef::Secret
            } else {
                TypeRef::String
            }),
            Shape::Texts(values) => {
                let key = Key {
                    only: Some(JsonType::String),
                    ..union.clone()
                };
                let schema = self.reader.schema(&key);
                let used = self.named(&key, &schema, false, own, Pending::Enum(values.clone()));
                Use::of(used.ty)
            }
            Shape::Lists(branches) => {
                let key = Key {
                    only: Some(JsonType::Array),
                    ..union.clone()
                };
                let schema = self.reader.schema(&key);
                let hint = items.then("item");
                let item = self.element_of(&key, &schema, branches, &hint);
                Use::of(TypeRef::Array(Box::new(item.inner())))
            }
            Shape::FreeObject => self.free_object(&branch.key.at, Reason::FreeObject),
        }
    }

    /// The element of a list that one of several lists became.
    fn element_of(
        &mut self,
        key: &Key,
        schema: &Schema<'d>,
        lists: &[Branch<'d>],
        hint: &Hint,
    ) -> Use {
        let mut elements = Vec::new();
        for list in lists {
            let Some(at) = self.reader.schema(&list.key).items() else {
                return self.any(&list.key.at, Reason::EmptySchema);
            };
            elements.push(at);
        }
        self.one_element(key, schema, &elements, hint)
    }

    /// The element of a list that may be of each of these schemas.
    pub(super) fn one_element(
        &mut self,
        key: &Key,
        schema: &Schema<'d>,
        elements: &[Location],
        hint: &Hint,
    ) -> Use {
        let mut branches = Vec::new();
        let mut null = false;
        for at in elements {
            let element = self.branch(key, at, false);
            null |= element.peeled.nullable;
            if !element.peeled.only_null {
                branches.push(element);
            }
        }
        let mut used = self.one_of(key, schema, branches, None, null, hint);
        used.nullable |= null;
        used
    }
}
