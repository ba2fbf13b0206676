//! Every use of a type within a definition or an operation.

use crate::ir::{MediaKind, Operation, Rest, TypeId, TypeKind, TypeRef};

/// Calls `visit` with each type that `kind` holds directly.
pub(super) fn in_kind<'a>(kind: &'a TypeKind, visit: &mut impl FnMut(&'a TypeRef)) {
    match kind {
        TypeKind::Struct(structure) => {
            for field in &structure.fields {
                visit(&field.ty);
            }
            if let Rest::Kept { value, .. } = &structure.rest {
                visit(value);
            }
        }
        TypeKind::Enum(_) => {}
        TypeKind::Union(union) => {
            for variant in &union.variants {
                visit(&variant.ty);
            }
        }
        TypeKind::Alias(ty) => visit(ty),
    }
}

/// As [`in_kind`], to change them.
pub(super) fn in_kind_mut(kind: &mut TypeKind, visit: &mut impl FnMut(&mut TypeRef)) {
    match kind {
        TypeKind::Struct(structure) => {
            for field in &mut structure.fields {
                visit(&mut field.ty);
            }
            if let Rest::Kept { value, .. } = &mut structure.rest {
                visit(value);
            }
        }
        TypeKind::Enum(_) => {}
        TypeKind::Union(union) => {
            for variant in &mut union.variants {
                visit(&mut variant.ty);
            }
        }
        TypeKind::Alias(ty) => visit(ty),
    }
}

/// Calls `visit` with each type that `operation` sends (`true`) or receives (`false`), to change it.
pub(super) fn in_operation_mut(
    operation: &mut Operation,
    visit: &mut impl FnMut(&mut TypeRef, bool),
) {
    for parameter in &mut operation.parameters {
        visit(&mut parameter.ty, true);
    }
    if let Some(body) = &mut operation.body {
        in_media_mut(&mut body.media.kind, true, visit);
    }
    for response in &mut operation.responses {
        if let Some(media) = &mut response.media {
            in_media_mut(&mut media.kind, false, visit);
        }
    }
    if let Some(pages) = &mut operation.pages {
        visit(&mut pages.item, false);
    }
}

fn in_media_mut(kind: &mut MediaKind, sent: bool, visit: &mut impl FnMut(&mut TypeRef, bool)) {
    match kind {
        MediaKind::Json(ty) | MediaKind::Form(ty) => visit(ty, sent),
        MediaKind::Multipart(parts) => {
            for part in parts {
                visit(&mut part.ty, sent);
            }
        }
        MediaKind::Text | MediaKind::Events | MediaKind::Binary => {}
    }
}

/// Calls `visit` with every named type in `ty`; `true` if it stands there by value, not behind a list or a map.
pub(super) fn named(ty: &TypeRef, by_value: bool, visit: &mut impl FnMut(usize, bool)) {
    match ty {
        TypeRef::Named { id, boxed } => visit(id.0, by_value && !boxed),
        TypeRef::Array(inner) | TypeRef::Map(inner) => named(inner, false, visit),
        TypeRef::Nullable(inner) => named(inner, by_value, visit),
        TypeRef::Tuple(elements) => {
            for element in elements {
                named(element, by_value, visit);
            }
        }
        _ => {}
    }
}

/// As [`named`], to change them.
pub(super) fn named_mut(
    ty: &mut TypeRef,
    by_value: bool,
    visit: &mut impl FnMut(&mut TypeId, &mut bool, bool),
) {
    match ty {
        TypeRef::Named { id, boxed } => visit(id, boxed, by_value),
        TypeRef::Array(inner) | TypeRef::Map(inner) => named_mut(inner, false, visit),
        TypeRef::Nullable(inner) => named_mut(inner, by_value, visit),
        TypeRef::Tuple(elements) => {
            for element in elements {
                named_mut(element, by_value, visit);
            }
        }
        _ => {}
    }
}

/// Tells `ty` where the types that it names are now.
pub(super) fn moved(ty: &mut TypeRef, places: &[TypeId]) {
    named_mut(ty, true, &mut |id, _, _| *id = places[id.0]);
}

/// Whether a secret stands in `ty` itself.
pub(super) fn has_secret(ty: &TypeRef) -> bool {
    match ty {
        TypeRef::Secret => true,
        TypeRef::Array(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => has_secret(inner),
        TypeRef::Tuple(elements) => elements.iter().any(has_secret),
        _ => false,
    }
}
