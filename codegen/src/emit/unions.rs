//! Unions: an enum, how it is read without trying, how it is written.

mod reading;
mod table;

use proc_macro2::TokenStream;
use quote::quote;

use super::source::Source;
use super::structs::{hides, hiding_debug, rows};
use super::types::{Scope, compact, holds_number, ident, resolve};
use super::{EmitError, docs};
use crate::ir::{Api, ArrayRule, Decision, ObjectRule, TypeDef, TypeRef, Union, UnionVariant};

pub(super) fn emit(
    api: &Api,
    def: &TypeDef,
    body: &Union,
    scope: &Scope<'_>,
    source: &mut Source,
) -> Result<(), EmitError> {
    let name = ident(&def.name);
    let doc = docs::item(&def.docs);
    let deprecated = docs::deprecated(def.deprecated);
    let hiding = hiding(api, def, body, scope);
    if let Some(text) = table::tagged(def, body, hiding.is_none(), scope) {
        source.push_text(&def.name, text)?;
        if let Some(hiding) = hiding {
            source.push_text(&def.name, hiding)?;
        }
        return if def.in_request {
            conversions(api, def, body, scope, source)
        } else {
            Ok(())
        };
    }
    let equality = (!def.holds_secret).then(|| quote!(, PartialEq));
    let debug = hiding.is_none().then(|| quote!(, Debug));
    let variants = body.variants.iter().map(|variant| {
        let (rust, ty) = (ident(&variant.rust), scope.owned(&variant.ty));
        let doc = docs::item(&variant.docs);
        quote!(#doc #rust(#ty),)
    });
    let unknown = has_unknown(api, body).then(|| {
        let value = scope.import("crate::UnknownValue");
        quote! {
            #[doc = " A shape that this version of the client does not know, kept as it came."]
            Unknown(#value),
        }
    });
    source.push(
        &def.name,
        quote! {
            #doc
            #deprecated
            #[derive(Clone #debug #equality)]
            #[non_exhaustive]
            pub enum #name {
                #(#variants)*
                #unknown
            }
        },
    )?;
    if let Some(hiding) = hiding {
        source.push_text(&def.name, hiding)?;
    }
    if def.in_request {
        conversions(api, def, body, scope, source)?;
    }
    let special = |variant: &UnionVariant| holds_number(api, &variant.ty);
    if outer_tag(&body.decision).is_some() || body.variants.iter().any(special) {
        source.push(&def.name, special_serde(api, def, body, scope))?;
    } else {
        plain_serde(api, def, body, scope, source)?;
    }
    match table::by_type(&body.decision) {
        Some(kinds) => {
            let name = compact(&scope.import("crate::union::one_of"));
            let head = format!("{}: {:?}", def.name, reading::expected(&body.decision));
            let kinds = kinds
                .iter()
                .map(|(kind, index)| format!("{kind} => {}", body.variants[*index].rust));
            let text = list(&name, &head, &kinds.collect::<Vec<_>>());
            source.push_text(&def.name, text)
        }
        None => source.push(&def.name, reading::reading(api, def, body, scope)),
    }
}

/// The `Debug` of a union with variants that may be the secret it holds; `None` if there are none.
fn hiding(api: &Api, def: &TypeDef, body: &Union, scope: &Scope<'_>) -> Option<String> {
    let mut variants: Vec<_> = body
        .variants
        .iter()
        .map(|variant| (&*variant.rust, hides(api, &variant.ty)))
        .collect();
    if has_unknown(api, body) {
        variants.push(("Unknown", false));
    }
    hiding_debug("enum", def, &variants, scope)
}

/// Whether there are texts, lists or objects that no variant takes.
pub(super) fn has_unknown(api: &Api, body: &Union) -> bool {
    let decision = &body.decision;
    let open_text =
        !decision.string.is_empty() && decision.string.iter().all(|rule| !rule.only.is_empty());
    let open_list = matches!(decision.array, Some(ArrayRule::Try(_)));
    let open_object = match &decision.object {
        None | Some(ObjectRule::One(_)) => false,
        Some(ObjectRule::Tag { .. } | ObjectRule::Try(_)) => true,
        Some(ObjectRule::Keys {
            decisive,
            otherwise,
        }) => {
            let last = otherwise
                .iter()
                .find(|fallback| fallback.required.is_empty());
            last.is_none_or(|last| {
                reading::undecided_names(api, body, last.variant, decisive).is_some()
            })
        }
    };
    open_text || open_list || open_object
}

/// `From` each variant whose type only it has.
fn conversions(
    api: &Api,
    def: &TypeDef,
    body: &Union,
    scope: &Scope<'_>,
    source: &mut Source,
) -> Result<(), EmitError> {
    let mut each = Vec::new();
    for variant in &body.variants {
        let bare = unboxed(resolve(api, &variant.ty));
        let same = |other: &&UnionVariant| unboxed(resolve(api, &other.ty)) == bare;
        if body.variants.iter().filter(same).count() == 1 && !is_self(api, def, &variant.ty) {
            let ty = compact(&scope.owned(&unboxed(&variant.ty)));
            each.push(format!("{}({ty})", variant.rust));
        }
    }
    if each.is_empty() {
        return Ok(());
    }
    let name = compact(&scope.import("crate::union::from_variants"));
    source.push_text(&def.name, list(&name, &def.name, &each))
}

/// `Serialize` and `Deserialize` where every variant is written as what it holds.
fn plain_serde(
    api: &Api,
    def: &TypeDef,
    body: &Union,
    scope: &Scope<'_>,
    source: &mut Source,
) -> Result<(), EmitError> {
    let name = compact(&scope.import("crate::union::plain_union"));
    let mut variants: Vec<&str> = body
        .variants
        .iter()
        .map(|variant| variant.rust.as_str())
        .collect();
    if has_unknown(api, body) {
        variants.push("Unknown");
    }
    source.push_text(&def.name, list(&name, &def.name, &variants))
}

/// A macro that is given the name of the type, first, and a list.
fn list(name: &str, head: &str, elements: &[impl AsRef<str>]) -> String {
    let all: Vec<&str> = elements.iter().map(AsRef::as_ref).collect();
    let line = format!("{name}!({head} {{ {} }});\n", all.join(", "));
    if line.len() <= 100 {
        return line;
    }
    format!("{name}!({head} {{\n{}}});\n", rows(elements, 4))
}

fn unboxed(ty: &TypeRef) -> TypeRef {
    match ty {
        TypeRef::Named { id, .. } => TypeRef::Named {
            id: *id,
            boxed: false,
        },
        other => other.clone(),
    }
}

fn is_self(api: &Api, def: &TypeDef, ty: &TypeRef) -> bool {
    matches!(resolve(api, ty), TypeRef::Named { id, .. } if api.type_def(*id).name == def.name)
}

/// A member that tells variants apart and that some of them do not hold themselves.
pub(super) struct OuterTag<'a> {
    wire: &'a str,
    values: &'a [(String, usize)],
    bare: &'a [usize],
}

pub(super) fn outer_tag(decision: &Decision) -> Option<OuterTag<'_>> {
    match &decision.object {
        Some(ObjectRule::Tag {
            wire, values, bare, ..
        }) if !bare.is_empty() => Some(OuterTag { wire, values, bare }),
        _ => None,
    }
}

fn special_serde(api: &Api, def: &TypeDef, body: &Union, scope: &Scope<'_>) -> TokenStream {
    let name = ident(&def.name);
    let (serialize, serializer) = (
        scope.import("serde::Serialize"),
        scope.import("serde::Serializer"),
    );
    let (deserialize, deserializer) = (
        scope.import("serde::Deserialize"),
        scope.import("serde::Deserializer"),
    );
    let union = scope.import("crate::union");
    let result = scope.prelude("std::result::Result");
    let outer = outer_tag(&body.decision);
    let arms = body.variants.iter().enumerate().map(|(index, variant)| {
        let rust = ident(&variant.rust);
        let tag = outer.as_ref().and_then(|outer| {
            let (value, _) = outer.values.iter().find(|(_, at)| *at == index)?;
            let is_bare = outer.bare.contains(&index);
            is_bare.then_some((outer.wire, value))
        });
        if let Some((wire, value)) = tag {
            quote! {
                Self::#rust(value) => {
                    crate::tagged::Tagged::new(#wire, #value, value).serialize(serializer)
                }
            }
        } else if holds_number(api, &variant.ty) {
            quote!(Self::#rust(value) => crate::number::serialize(value, serializer),)
        } else {
            quote!(Self::#rust(value) => value.serialize(serializer),)
        }
    });
    let unknown = has_unknown(api, body)
        .then(|| quote!(Self::Unknown(value) => value.serialize(serializer),));
    quote! {
        impl #serialize for #name {
            fn serialize<S: #serializer>(&self, serializer: S) -> #result<S::Ok, S::Error> {
                match self {
                    #(#arms)*
                    #unknown
                }
            }
        }
        impl<'de> #deserialize<'de> for #name {
            fn deserialize<D: #deserializer<'de>>(deserializer: D) -> #result<Self, D::Error> {
                #union::deserialize(deserializer)
            }
        }
    }
}
