//! Unions that a macro of the support code reads from a table: by the texts of one member, or by the JSON type.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use quote::quote;

use crate::emit::docs;
use crate::emit::types::{Scope, compact};
use crate::ir::{ArrayRule, Decision, ObjectRule, TypeDef, Union};

/// The union as a table, where one member tells all variants apart and each has it itself.
pub(super) fn tagged(
    def: &TypeDef,
    body: &Union,
    debug: bool,
    scope: &Scope<'_>,
) -> Option<String> {
    let Decision {
        boolean: None,
        integer: None,
        number: None,
        array: None,
        object:
            Some(ObjectRule::Tag {
                wire,
                values,
                missing,
                bare,
            }),
        string,
    } = &body.decision
    else {
        return None;
    };
    if !string.is_empty() || !bare.is_empty() {
        return None;
    }
    let mut lines = String::new();
    for (index, variant) in body.variants.iter().enumerate() {
        lines += &docs::text(&variant.docs, "", "        ///");
        let ty = compact(&scope.owned(&variant.ty));
        let texts: BTreeSet<String> = values
            .iter()
            .filter(|(_, at)| *at == index)
            .map(|(text, _)| quote!(#text).to_string())
            .collect();
        let mut line = format!("        {}({ty})", variant.rust);
        if !texts.is_empty() {
            line += " =";
        }
        let mut width = line.chars().count();
        for (at, text) in texts.iter().enumerate() {
            let bar = if at > 0 { " |" } else { "" };
            let more = bar.len() + 2 + text.chars().count();
            let space = if width + more > 100 {
                width = 12;
                "\n            "
            } else {
                " "
            };
            width += more;
            let _ = write!(line, "{bar}{space}{text}");
        }
        let _ = writeln!(lines, "{line},");
    }
    let missing = missing.as_ref().map(|fallbacks| {
        let fallbacks: String = fallbacks
            .iter()
            .map(|fallback| {
                let (required, rust) = (&fallback.required, &body.variants[fallback.variant].rust);
                let required = quote!(#(#required),*).to_string().replace(" ,", ",");
                format!("        {rust}: [{required}],\n")
            })
            .collect();
        if fallbacks.is_empty() {
            " else {}".to_owned()
        } else {
            format!(" else {{\n{fallbacks}    }}")
        }
    });
    let name = compact(&scope.import("crate::union::tagged_union"));
    let docs = docs::text(&def.docs, "", "    ///");
    let deprecated = if def.deprecated {
        "    #[deprecated]\n"
    } else {
        ""
    };
    let debug = if debug { ", Debug" } else { "" };
    let equality = if def.holds_secret { "" } else { ", PartialEq" };
    let tag = quote!(#wire).to_string();
    Some(format!(
        "{name}! {{\n{docs}{deprecated}    #[derive(Clone{debug}{equality})]\n    pub enum {} by {tag} {{\n{lines}    }}{}\n}}\n",
        def.name,
        missing.unwrap_or_default(),
    ))
}

/// The variant of each JSON type, where nothing else tells them apart.
pub(super) fn by_type(decision: &Decision) -> Option<Vec<(&'static str, usize)>> {
    let string = match decision.string.as_slice() {
        [] => None,
        [rule] if rule.only.is_empty() => Some(rule.variant),
        _ => return None,
    };
    let array = match &decision.array {
        None => None,
        Some(ArrayRule::One(index)) => Some(*index),
        Some(ArrayRule::Try(_)) => return None,
    };
    let object = match &decision.object {
        None => None,
        Some(ObjectRule::One(index)) => Some(*index),
        Some(_) => return None,
    };
    let kinds = [
        ("boolean", decision.boolean),
        ("integer", decision.integer),
        ("number", decision.number),
        ("string", string),
        ("array", array),
        ("object", object),
    ];
    let taken = kinds
        .into_iter()
        .filter_map(|(kind, index)| Some((kind, index?)));
    Some(taken.collect())
}
