//! Whether two drafts are the same type: everything counts but descriptions and where they stand.

use std::{
    collections::{BTreeSet, HashMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
};

use spec::Location;

use super::super::builder::Draft;
use crate::ir::{Enum, EnumVariant, Field, Rest, Struct, TypeKind, TypeRef, Union, UnionVariant};

/// Sorts drafts by shape.
pub(super) struct Shapes<'a> {
    drafts: &'a [Draft],
    /// Members that hold a secret, whatever their type.
    secrets: &'a BTreeSet<&'a Location>,
    /// Which draft stands for each, as far as that is known.
    same: &'a [usize],
    /// By a digest of the shape, to compare few.
    buckets: HashMap<u64, Vec<usize>>,
    classes: Vec<Vec<usize>>,
}

impl<'a> Shapes<'a> {
    pub(super) fn new(
        drafts: &'a [Draft],
        secrets: &'a BTreeSet<&'a Location>,
        same: &'a [usize],
    ) -> Self {
        Self {
            drafts,
            secrets,
            same,
            buckets: HashMap::new(),
            classes: Vec::new(),
        }
    }

    /// Puts a draft to those of its shape.
    pub(super) fn add(&mut self, index: usize) {
        let digest = self.digest(index);
        let known = self
            .buckets
            .get(&digest)
            .into_iter()
            .flatten()
            .copied()
            .find(|&class| self.are_same(self.classes[class][0], index));
        if let Some(class) = known {
            self.classes[class].push(index);
        } else {
            let class = self.classes.len();
            self.buckets.entry(digest).or_default().push(class);
            self.classes.push(vec![index]);
        }
    }

    pub(super) fn into_classes(self) -> Vec<Vec<usize>> {
        self.classes
    }

    /// Equal for drafts of one shape, mostly different for others.
    fn digest(&self, index: usize) -> u64 {
        let mut hasher = DefaultHasher::new();
        let draft = &self.drafts[index];
        match &draft.kind {
            Some(TypeKind::Struct(structure)) => {
                draft.hint.words.hash(&mut hasher);
                for field in &structure.fields {
                    field.wire.hash(&mut hasher);
                }
            }
            Some(TypeKind::Enum(enumeration)) => {
                draft.hint.words.hash(&mut hasher);
                for variant in &enumeration.variants {
                    variant.value.as_str().hash(&mut hasher);
                }
            }
            Some(TypeKind::Union(union)) => {
                for variant in &union.variants {
                    std::mem::discriminant(&variant.ty).hash(&mut hasher);
                    if let TypeRef::Named { id, .. } = variant.ty {
                        self.same[id.0].hash(&mut hasher);
                    }
                }
            }
            _ => index.hash(&mut hasher),
        }
        hasher.finish()
    }

    fn are_same(&self, one: usize, other: usize) -> bool {
        let (one, other) = (&self.drafts[one], &self.drafts[other]);
        let one_member = one.hint.words == other.hint.words;
        match (&one.kind, &other.kind) {
            (Some(TypeKind::Struct(one)), Some(TypeKind::Struct(other))) => {
                one_member && self.structs(one, other)
            }
            (Some(TypeKind::Enum(one)), Some(TypeKind::Enum(other))) => {
                one_member && enums(one, other)
            }
            (Some(TypeKind::Union(a)), Some(TypeKind::Union(b))) => {
                one.variant_hints == other.variant_hints && self.unions(a, b)
            }
            _ => false,
        }
    }

    fn structs(&self, one: &Struct, other: &Struct) -> bool {
        let rests = match (&one.rest, &other.rest) {
            (Rest::Ignored, Rest::Ignored) | (Rest::Forbidden, Rest::Forbidden) => true,
            (
                Rest::Kept { rust, value },
                Rest::Kept {
                    rust: other_rust,
                    value: other_value,
                },
            ) => rust == other_rust && self.types(value, other_value),
            _ => false,
        };
        rests
            && one.constraints == other.constraints
            && all(&one.fields, &other.fields, |one, other| {
                self.fields(one, other)
            })
    }

    fn fields(&self, one: &Field, other: &Field) -> bool {
        let Field {
            wire,
            rust,
            ty,
            presence,
            default,
            fixed,
            read_only,
            write_only,
            docs: _,
            deprecated,
            constraints,
            origin,
        } = one;
        *wire == other.wire
            && *rust == other.rust
            && *presence == other.presence
            && *default == other.default
            && *fixed == other.fixed
            && *read_only == other.read_only
            && *write_only == other.write_only
            && *deprecated == other.deprecated
            && *constraints == other.constraints
            && self.secrets.contains(origin) == self.secrets.contains(&other.origin)
            && self.types(ty, &other.ty)
    }

    fn unions(&self, one: &Union, other: &Union) -> bool {
        let variants = |one: &UnionVariant, other: &UnionVariant| {
            let UnionVariant {
                rust,
                ty,
                constraints,
                docs: _,
                origin,
            } = one;
            *rust == other.rust
                && *constraints == other.constraints
                && self.secrets.contains(origin) == self.secrets.contains(&other.origin)
                && self.types(ty, &other.ty)
        };
        one.decision == other.decision && all(&one.variants, &other.variants, variants)
    }

    fn types(&self, one: &TypeRef, other: &TypeRef) -> bool {
        match (one, other) {
            (
                TypeRef::Named { id, boxed },
                TypeRef::Named {
                    id: other_id,
                    boxed: other_boxed,
                },
            ) => self.same[id.0] == self.same[other_id.0] && boxed == other_boxed,
            (TypeRef::Array(one), TypeRef::Array(other))
            | (TypeRef::Map(one), TypeRef::Map(other))
            | (TypeRef::Nullable(one), TypeRef::Nullable(other)) => self.types(one, other),
            (TypeRef::Tuple(one), TypeRef::Tuple(other)) => {
                all(one, other, |one, other| self.types(one, other))
            }
            _ => one == other,
        }
    }
}

fn enums(one: &Enum, other: &Enum) -> bool {
    one.default == other.default
        && all(&one.variants, &other.variants, |one, other| {
            let EnumVariant {
                rust,
                value,
                docs: _,
            } = one;
            *rust == other.rust && *value == other.value
        })
}

fn all<T>(one: &[T], other: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
}
