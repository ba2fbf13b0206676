//! Words for branches: their variants are named by them.

use serde_json::Value;

use super::{
    super::{builder::VariantHint, enums},
    Branch, Shape,
};
use crate::schema::JsonType;

pub(super) fn variant_hint(branch: &Branch<'_>, tag: Option<&str>, word: String) -> VariantHint {
    if let Some(given) = branch.peeled.note("x-rust-name").and_then(Value::as_str) {
        return VariantHint::Given(given.to_owned());
    }
    match (&branch.peeled.anchor, &branch.shape) {
        (Some(anchor), Shape::Schema) if tag.is_none() => VariantHint::Anchor(anchor.clone()),
        _ => VariantHint::Word(word),
    }
}

/// A word for a branch that has no name of its own.
pub(super) fn word(branches: &[(Branch<'_>, Option<&str>)], index: usize) -> String {
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
pub(in crate::lower) fn texts(branch: &Branch<'_>) -> Vec<String> {
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
