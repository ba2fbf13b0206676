//! Open enums: every value of the document, and `Unknown` for those of tomorrow.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::source::Source;
use super::types::{Scope, ident, signed};
use super::{EmitError, docs};
use crate::ir::{Enum, TypeDef};

pub(super) fn emit(
    def: &TypeDef,
    body: &Enum,
    scope: &Scope<'_>,
    source: &mut Source,
) -> Result<(), EmitError> {
    let name = ident(&def.name);
    let integers = has_integers(body);
    let doc = docs::item(&def.docs);
    let deprecated = docs::deprecated(def.deprecated);
    let default = body.default.map(|_| {
        let default = scope.prelude("std::default::Default");
        quote!(#[derive(#default)])
    });
    let variants = body.variants.iter().enumerate().map(|(index, variant)| {
        let doc = docs::item(&variant.docs);
        let marker = (body.default == Some(index)).then(|| quote!(#[default]));
        let (rust, value) = (ident(&variant.rust), value(&variant.value, integers));
        quote!(#doc #marker #rust = #value,)
    });
    let completion = if integers {
        scope.import("crate::integer_enum::integer_enum")
    } else {
        scope.import("crate::open_enum::text_enum")
    };
    source.push_within(
        &completion.to_string().replace(' ', ""),
        &def.name,
        quote! {
            #doc
            #deprecated
            #default
            pub enum #name {
                #(#variants)*
            }
        },
    )
}

/// Whether its values are integers.
pub(super) fn has_integers(body: &Enum) -> bool {
    let mut values = body.variants.iter().map(|variant| &variant.value);
    !body.variants.is_empty() && values.all(|value| value.is_i64() || value.is_u64())
}

/// The value in JSON of a variant.
fn value(value: &Value, integers: bool) -> TokenStream {
    if integers {
        return signed(i128::from(value.as_i64().unwrap_or(i64::MAX)));
    }
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    quote!(#text)
}
