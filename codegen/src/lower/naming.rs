//! Gives every type, variant and operation its name.
//!
//! What was decided before (the lock) comes first, then what the document gives
//! (`x-rust-name`), then what its keys say. Names that meet are told apart by more of what
//! the document says, so that the order of unrelated things does not matter.

mod anchors;
mod members;
mod operations;
mod shared;
mod types;
mod variants;

use spec::{Diagnostic, Document, Location, SourceId};

pub(super) use self::{
    anchors::Anchors,
    members::members,
    operations::{modules, operation_key, operations, stems},
    types::types,
    variants::{VariantLock, values, variants},
};
use crate::{names::reserved, schema::Key};

/// What generated code appends to the stem of an operation.
const OF_OPERATIONS: &[&str] = &["Error", "Params", "Parts", "Success"];

/// What went wrong.
pub(super) type Errors = Vec<Diagnostic>;

/// The key under which the lock has a schema.
pub(super) fn lock_key(document: &Document, key: &Key) -> String {
    let place = |at: &Location| {
        if at.source == SourceId::ROOT {
            at.pointer.to_string()
        } else {
            format!("{}#{}", document.file_name(at.source), at.pointer)
        }
    };
    let mut text = place(&key.at);
    if let Some(only) = key.only {
        text = format!("{text} ({})", only.name());
    }
    for at in &key.with {
        text = format!("{text} within {}", place(at));
    }
    text
}

/// The name in a path of the lock, `module::Name`.
fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

/// A name that the document or the lock gives must be one in Rust.
fn check_given(name: &str, at: &Location, errors: &mut Errors) {
    if !reserved::is_identifier(name) {
        errors.push(
            Diagnostic::error(
                "no-identifier",
                at.clone(),
                format!("`{name}` is no name in Rust"),
            )
            .hint("give it another `x-rust-name`"),
        );
    }
}

/// Two things of one name; the same diagnostic whichever of them is looked at first.
fn collision(name: &str, one: &Location, other: &Location) -> Diagnostic {
    let (first, second) = if one <= other {
        (one, other)
    } else {
        (other, one)
    };
    Diagnostic::error(
        "name-collision",
        second.clone(),
        format!("two things would be called `{name}` in Rust"),
    )
    .related(first.clone(), "the other one")
    .hint("change one of their `x-rust-name`s, or its entry in the lock of names")
}
