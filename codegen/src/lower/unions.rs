//! One of several shapes: `anyOf`, `oneOf`, several `type`s, and schemas that others compose under a discriminator.
//!
//! Branches are collected (nested choices in place are taken apart, null is taken out), then
//! those that no reader could tell apart and no caller would miss are merged: listed texts,
//! an integer beside a number, lists of different elements.

use std::rc::Rc;

use serde_json::Value;
use spec::{Diagnostic, Location};

use super::{
    builder::{Builder, Hint, Owner, Pending, Use, VariantHint},
    decide,
    docs::docs,
    enums,
    features::Features,
};
use crate::{
    ir::{TypeId, TypeKind, TypeRef, Union, UnionVariant},
    report::Reason,
    schema::{Choice, JsonType, Key, Peeled, Schema, Types, is_null},
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

    /// The branches of a choice, those of choices written in place among them.
    fn collect(
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

    fn branch(&mut self, union: &Key, at: &Location, has_base: bool) -> Branch<'d> {
        let peeled = self.reader.peel(at);
        let mut key = Key::new(peeled.at.clone());
        let mut features = self.features_of(&key);
        let objects = features.types.has(JsonType::Object);
        if has_base && objects && !self.repeats_base(union, &features) {
            key.with.clone_from(&union.with);
            key.with.push(union.at.clone());
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

    fn branch_of_type(&mut self, key: &Key, kind: JsonType) -> Branch<'d> {
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
    fn only_requires(&self, choice: &Choice<'d>) -> bool {
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

    fn discriminator(&self, schema: &Schema<'d>, choice: &Choice<'d>) -> Option<Discriminator<'d>> {
        read_discriminator(self, choice.part.map, &choice.part.at).or_else(|| {
            let (part, _) = schema.find("discriminator")?;
            read_discriminator(self, part.map, &part.at)
        })
    }
}

fn read_discriminator<'d>(
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

/// Merges branches that belong together.
fn merged(branches: Vec<Branch<'_>>, discriminated: bool) -> Vec<Branch<'_>> {
    let mut kept: Vec<Branch<'_>> = Vec::new();
    for branch in branches {
        if kept.iter().all(|other| other.key != branch.key) {
            kept.push(branch);
        }
    }
    let only = |branch: &Branch<'_>, kind: JsonType| branch.features.types == Types::one(kind);
    merge_group(
        &mut kept,
        |branch| only(branch, JsonType::String),
        merge_texts,
    );
    // Among other shapes an integer keeps its digits; alone with a number it is one.
    if kept
        .iter()
        .all(|branch| only(branch, JsonType::Integer) || only(branch, JsonType::Number))
        && kept.iter().any(|branch| only(branch, JsonType::Number))
    {
        kept.retain(|branch| !only(branch, JsonType::Integer));
    }
    merge_group(&mut kept, |branch| only(branch, JsonType::Number), first);
    merge_group(&mut kept, |branch| only(branch, JsonType::Integer), first);
    merge_group(&mut kept, |branch| only(branch, JsonType::Boolean), first);
    merge_group(
        &mut kept,
        |branch| {
            only(branch, JsonType::Array)
                && branch
                    .peeled
                    .map
                    .is_none_or(|map| !map.contains_key("prefixItems"))
        },
        merge_lists,
    );
    if !discriminated {
        merge_group(
            &mut kept,
            |branch| {
                only(branch, JsonType::Object)
                    && branch.features.free
                    && branch.features.members.is_empty()
            },
            |mut objects| {
                let mut free = objects.swap_remove(0);
                free.shape = Shape::FreeObject;
                vec![free]
            },
        );
    }
    kept
}

/// Replaces several branches of one kind by what `merge` makes of them, at the place of the first.
fn merge_group<'d>(
    branches: &mut Vec<Branch<'d>>,
    belongs: impl Fn(&Branch<'d>) -> bool,
    merge: impl Fn(Vec<Branch<'d>>) -> Vec<Branch<'d>>,
) {
    let Some(first) = branches.iter().position(&belongs) else {
        return;
    };
    if branches.iter().filter(|branch| belongs(branch)).count() < 2 {
        return;
    }
    let mut group = Vec::new();
    let mut others = Vec::new();
    for branch in std::mem::take(branches) {
        if belongs(&branch) {
            group.push(branch);
        } else {
            others.push(branch);
        }
    }
    others.splice(first..first, merge(group));
    *branches = others;
}

fn first(mut group: Vec<Branch<'_>>) -> Vec<Branch<'_>> {
    group.truncate(1);
    group
}

/// Lists of different elements: one list whose elements are one of several.
fn merge_lists(mut group: Vec<Branch<'_>>) -> Vec<Branch<'_>> {
    let mut list = group.remove(0);
    let mut all = vec![list.clone()];
    all.append(&mut group);
    list.peeled.anchor = None;
    list.shape = Shape::Lists(all);
    vec![list]
}

/// Texts: listed ones are open to others, so that plain text beside them adds nothing.
fn merge_texts(group: Vec<Branch<'_>>) -> Vec<Branch<'_>> {
    let secret = group.iter().any(is_secret);
    let mut listed: Vec<Branch<'_>> = group
        .iter()
        .filter(|branch| branch.features.texts.is_some())
        .cloned()
        .collect();
    let Some(mut all) = listed.first().cloned() else {
        let mut text = group;
        text.truncate(1);
        for branch in &mut text {
            branch.shape = Shape::Text { secret };
        }
        return text;
    };
    if let [only] = listed.as_mut_slice()
        && only.peeled.map.is_some_and(|map| map.contains_key("enum"))
    {
        return vec![only.clone()];
    }
    let mut values: Vec<&Value> = Vec::new();
    for branch in &listed {
        for value in listed_values(branch) {
            if !values.contains(&value) {
                values.push(value);
            }
        }
    }
    Rc::make_mut(&mut all.features).texts =
        Some(values.iter().filter_map(|value| value.as_str()).collect());
    all.shape = Shape::Texts(values);
    vec![all]
}

fn listed_values<'d>(branch: &Branch<'d>) -> Vec<&'d Value> {
    let Some(map) = branch.peeled.map else {
        return Vec::new();
    };
    match (map.get("const"), map.get("enum")) {
        (Some(value), _) => vec![value],
        (None, Some(Value::Array(values))) => {
            values.iter().filter(|value| !value.is_null()).collect()
        }
        _ => Vec::new(),
    }
}

fn is_secret(branch: &Branch<'_>) -> bool {
    branch
        .peeled
        .note_anywhere("format")
        .is_some_and(|format| format == "password")
}

fn variant_hint(branch: &Branch<'_>, tag: Option<&str>, word: String) -> VariantHint {
    if let Some(given) = branch.peeled.note("x-rust-name").and_then(Value::as_str) {
        return VariantHint::Given(given.to_owned());
    }
    match (&branch.peeled.anchor, &branch.shape) {
        (Some(anchor), Shape::Schema) if tag.is_none() => VariantHint::Anchor(anchor.clone()),
        _ => VariantHint::Word(word),
    }
}

/// A word for a branch that has no name of its own.
fn word(branches: &[(Branch<'_>, Option<&str>)], index: usize) -> String {
    let (branch, _) = &branches[index];
    let kind = match &branch.shape {
        Shape::Text { .. } => return "string".to_owned(),
        Shape::Texts(_) => return "value".to_owned(),
        Shape::Lists(_) => return "list".to_owned(),
        Shape::FreeObject => return "object".to_owned(),
        Shape::Schema => branch.features.types.iter().next(),
    };
    match kind {
        Some(JsonType::Boolean) => "bool".to_owned(),
        Some(JsonType::String) if branch.features.texts.is_some() => "value".to_owned(),
        Some(JsonType::Array) => "list".to_owned(),
        Some(JsonType::Object) => object_word(branches, index),
        Some(kind) => kind.name().to_owned(),
        None => "other".to_owned(),
    }
}

/// An object in place: the value of its tag, or a member that only it has.
fn object_word(branches: &[(Branch<'_>, Option<&str>)], index: usize) -> String {
    let (branch, _) = &branches[index];
    let structs = branches
        .iter()
        .filter(|(other, _)| other.features.types.has(JsonType::Object))
        .count();
    let tag = branch
        .features
        .members
        .values()
        .find_map(|member| match member.texts.as_deref() {
            Some([only]) => Some(*only),
            _ => None,
        });
    if let Some(tag) = tag {
        return tag.to_owned();
    }
    if structs == 1 || branch.features.members.is_empty() {
        return "object".to_owned();
    }
    let alone = |wire: &&&str| {
        branches.iter().enumerate().all(|(other, (branch, _))| {
            other == index || !branch.features.members.contains_key(**wire)
        })
    };
    let required = branch.features.required.iter().find(alone);
    let optional = || branch.features.members.keys().find(alone);
    match required.or_else(optional) {
        Some(wire) => format!("with {wire}"),
        None => "object".to_owned(),
    }
}

/// The texts that `branch` may be named by where the document lists them.
pub(super) fn texts(branch: &Branch<'_>) -> Vec<String> {
    match &branch.shape {
        Shape::Texts(values) => values.iter().map(|value| enums::text(value)).collect(),
        _ => branch
            .features
            .texts
            .iter()
            .flatten()
            .map(|&text| text.to_owned())
            .collect(),
    }
}
