//! Open enums: every value of the document, and `Unknown` for those of tomorrow.

use proc_macro2::TokenStream;
use quote::quote;

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
    let integers = body
        .variants
        .iter()
        .all(|variant| variant.value.is_i64() || variant.value.is_u64());
    let integers = integers && !body.variants.is_empty();
    let doc = docs::item(&def.docs);
    let deprecated = docs::deprecated(def.deprecated);
    let default = body.default.map(|_| quote!(Default,));
    let variants = body.variants.iter().enumerate().map(|(index, variant)| {
        let doc = docs::item(&variant.docs);
        let marker = (body.default == Some(index)).then(|| quote!(#[default]));
        let variant = ident(&variant.rust);
        quote!(#doc #marker #variant,)
    });
    let string = scope.string();
    let unknown = if integers {
        quote!(i64)
    } else {
        quote!(#string)
    };
    source.push(
        &def.name,
        quote! {
            #doc
            #deprecated
            #[derive(Clone, Debug, #default PartialEq, Eq, Hash)]
            #[non_exhaustive]
            pub enum #name {
                #(#variants)*
                #[doc = " A value that this version of the client does not know, kept as it came."]
                Unknown(#unknown),
            }
        },
    )?;
    source.push(&def.name, conversions(def, body, integers, scope))?;
    let completion = if integers {
        scope.import("crate::open_enum::integer_enum")
    } else {
        scope.import("crate::open_enum::text_enum")
    };
    source.push_text(&def.name, format!("{completion}!({});\n", def.name))
}

fn text(value: &serde_json::Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn conversions(def: &TypeDef, body: &Enum, integers: bool, scope: &Scope<'_>) -> TokenStream {
    let name = ident(&def.name);
    let from = scope.prelude("std::convert::From");
    let pairs: Vec<_> = body
        .variants
        .iter()
        .map(|variant| {
            let value = if integers {
                signed(i128::from(variant.value.as_i64().unwrap_or(i64::MAX)))
            } else {
                let text = text(&variant.value);
                quote!(#text)
            };
            (ident(&variant.rust), value)
        })
        .collect();
    let reading = pairs
        .iter()
        .map(|(variant, value)| quote!(#value => Self::#variant,));
    let writing = pairs
        .iter()
        .map(|(variant, value)| quote!(Self::#variant => #value,));
    if integers {
        return quote! {
            impl #name {
                #[doc = " The value in JSON."]
                pub fn as_i64(&self) -> i64 {
                    match self {
                        #(#writing)*
                        Self::Unknown(value) => *value,
                    }
                }
            }
            impl #from<i64> for #name {
                fn from(value: i64) -> Self {
                    match value {
                        #(#reading)*
                        other => Self::Unknown(other),
                    }
                }
            }
        };
    }
    quote! {
        impl #name {
            #[doc = " The value in JSON."]
            pub fn as_str(&self) -> &str {
                match self {
                    #(#writing)*
                    Self::Unknown(text) => text,
                }
            }
        }
        impl #from<&str> for #name {
            fn from(text: &str) -> Self {
                match text {
                    #(#reading)*
                    other => Self::Unknown(other.to_owned()),
                }
            }
        }
    }
}
