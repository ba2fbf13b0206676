//! How a union is read that no table says: code that decides by what comes, and tries nothing that it need not.

use proc_macro2::TokenStream;
use quote::quote;

use crate::emit::types::{Scope, definition, ident};
use crate::ir::{
    Api, ArrayRule, Decision, KeyFallback, KeyRule, ObjectRule, Rest, TypeDef, TypeKind, Union,
};

/// The implementation of `OneOf`.
pub(super) fn reading(api: &Api, def: &TypeDef, body: &Union, scope: &Scope<'_>) -> TokenStream {
    let name = ident(&def.name);
    let deserialize = || scope.import("serde::Deserialize");
    let deserializer = || scope.import("serde::Deserializer");
    let result = scope.prelude("std::result::Result");
    let union = scope.import("crate::union");
    let expected = expected(&body.decision);
    let decision = &body.decision;
    let rust = |index: usize| ident(&body.variants[index].rust);
    let scalar = |method: TokenStream, variant: Option<usize>| {
        variant.map(|index| {
            let (rust, deserialize, deserializer) = (rust(index), deserialize(), deserializer());
            quote! {
                fn #method<D: #deserializer<'de>>(value: D) -> #result<Self, D::Error> {
                    #deserialize::deserialize(value).map(Self::#rust)
                }
            }
        })
    };
    let boolean = scalar(quote!(boolean), decision.boolean);
    let integer = scalar(quote!(integer), decision.integer);
    let number = scalar(quote!(number), decision.number);
    let string = (!decision.string.is_empty()).then(|| {
        let error = quote!(::serde::de::Error);
        let all = decision.string.iter().find(|rule| rule.only.is_empty());
        let rest = all.map_or_else(|| ident("Unknown"), |rule| rust(rule.variant));
        let otherwise = quote!(#union::from_str(text).map(Self::#rest));
        let arms: Vec<_> = decision
            .string
            .iter()
            .take_while(|rule| !rule.only.is_empty())
            .map(|rule| {
                let (only, rust) = (&rule.only, rust(rule.variant));
                quote!(#(#only)|* => #union::from_str(text).map(Self::#rust),)
            })
            .collect();
        let read = if arms.is_empty() {
            otherwise
        } else {
            quote!(match text { #(#arms)* _ => #otherwise, })
        };
        quote! {
            fn string<E: #error>(text: &str) -> #result<Self, E> {
                #read
            }
        }
    });
    let array = decision.array.as_ref().map(|rule| {
        let (deserialize, deserializer) = (deserialize(), deserializer());
        let read = match rule {
            ArrayRule::One(index) => {
                let rust = rust(*index);
                quote!(#deserialize::deserialize(list).map(Self::#rust))
            }
            ArrayRule::Try(indices) => {
                let value = scope.import("serde_json::Value");
                let tries = attempts(body, indices, &union);
                quote! {
                    let value = <#value as #deserialize>::deserialize(list)?;
                    #(#tries)*
                    Ok(Self::Unknown(value.into()))
                }
            }
        };
        quote! {
            fn array<D: #deserializer<'de>>(list: D) -> #result<Self, D::Error> {
                #read
            }
        }
    });
    let object = decision.object.as_ref().map(|rule| {
        let mutable =
            matches!(rule, ObjectRule::Tag { .. } | ObjectRule::Keys { .. }).then(|| quote!(mut));
        let read = object(api, body, rule, scope, &union);
        quote! {
            fn object<A: ::serde::de::MapAccess<'de>>(
                #mutable members: #union::Members<'de, A>,
            ) -> #result<Self, A::Error> {
                #read
            }
        }
    });
    quote! {
        impl<'de> #union::OneOf<'de> for #name {
            const EXPECTED: &'static str = #expected;
            #boolean
            #integer
            #number
            #string
            #array
            #object
        }
    }
}

/// What the union takes, for messages.
pub(super) fn expected(decision: &Decision) -> String {
    let kinds: Vec<&str> = [
        (decision.boolean.is_some(), "a boolean"),
        (decision.integer.is_some(), "an integer"),
        (
            decision.number.is_some() && decision.integer.is_none(),
            "a number",
        ),
        (!decision.string.is_empty(), "a string"),
        (decision.array.is_some(), "an array"),
        (decision.object.is_some(), "an object"),
    ]
    .into_iter()
    .filter_map(|(taken, kind)| taken.then_some(kind))
    .collect();
    match kinds.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, first)) => format!("{} or {last}", first.join(", ")),
    }
}

fn attempts<'a>(
    body: &'a Union,
    indices: &'a [usize],
    union: &'a TokenStream,
) -> impl Iterator<Item = TokenStream> + 'a {
    indices.iter().map(move |index| {
        let rust = ident(&body.variants[*index].rust);
        quote! {
            if let Some(found) = #union::attempt(&value) {
                return Ok(Self::#rust(found));
            }
        }
    })
}

fn object(
    api: &Api,
    body: &Union,
    rule: &ObjectRule,
    scope: &Scope<'_>,
    union: &TokenStream,
) -> TokenStream {
    let rust = |index: usize| ident(&body.variants[index].rust);
    let read = |index: usize| {
        let rust = rust(index);
        quote!(members.read().map(Self::#rust))
    };
    match rule {
        ObjectRule::One(index) => read(*index),
        ObjectRule::Try(indices) => {
            let value = scope.import("serde_json::Value");
            let tries = attempts(body, indices, union);
            quote! {
                let value = members.read::<#value>()?;
                #(#tries)*
                Ok(Self::Unknown(value.into()))
            }
        }
        ObjectRule::Tag {
            wire,
            values,
            missing,
            bare,
        } => {
            let arms = (0..body.variants.len()).filter_map(|index| {
                let mut texts: Vec<_> = values
                    .iter()
                    .filter(|(_, at)| *at == index)
                    .map(|(text, _)| text)
                    .collect();
                texts.dedup();
                let read = read(index);
                (!texts.is_empty()).then(|| quote!(#(Some(#texts))|* => #read,))
            });
            // A tag that is taken out is gone: the unknown value gets it back.
            let (tag, unknown) = if values.iter().any(|(_, at)| !bare.contains(at)) {
                (
                    quote!(members.tag(#wire)?),
                    quote!(Some(_) => members.read().map(Self::Unknown),),
                )
            } else {
                (
                    quote!(members.take_tag(#wire)?.as_deref()),
                    quote!(Some(tag) => members.read_with(#wire, tag).map(Self::Unknown),),
                )
            };
            let missing = match missing {
                None => quote!(Err(::serde::de::Error::missing_field(#wire))),
                Some(fallbacks) => untagged(fallbacks, &read),
            };
            quote! {
                match #tag {
                    #(#arms)*
                    #unknown
                    None => #missing,
                }
            }
        }
        ObjectRule::Keys {
            decisive,
            otherwise,
        } => {
            let arms = key_arms(body, decisive, union);
            let fallbacks = otherwise.iter().map(|fallback| {
                let (required, read) = (&fallback.required, read(fallback.variant));
                if required.is_empty() {
                    quote!(return #read;)
                } else {
                    quote! {
                        if members.has(&[#(#required),*]) {
                            return #read;
                        }
                    }
                }
            });
            let certain = otherwise
                .iter()
                .position(|fallback| fallback.required.is_empty());
            let fallbacks = fallbacks.take(certain.unwrap_or(otherwise.len()));
            let unknown = quote!(members.read().map(Self::Unknown));
            let last = match certain.map(|at| otherwise[at].variant) {
                None => unknown,
                Some(variant) => {
                    let read = read(variant);
                    match undecided_names(api, body, variant, decisive) {
                        None => read,
                        Some(names) => quote! {
                            if members.may_be(&[#(#names),*]) {
                                return #read;
                            }
                            #unknown
                        },
                    }
                }
            };
            quote! {
                while let Some(name) = members.next_name()? {
                    match name {
                        #(#arms)*
                        _ => {}
                    }
                }
                #(#fallbacks)*
                #last
            }
        }
    }
}

/// An object whose tag is absent: all of its members have been seen.
fn untagged(fallbacks: &[KeyFallback], read: &impl Fn(usize) -> TokenStream) -> TokenStream {
    let mut tests = Vec::new();
    for fallback in fallbacks {
        let (required, read) = (&fallback.required, read(fallback.variant));
        if required.is_empty() {
            return quote!({ #(#tests)* #read });
        }
        tests.push(quote! {
            if members.has(&[#(#required),*]) {
                return #read;
            }
        });
    }
    quote!({ #(#tests)* members.read().map(Self::Unknown) })
}

/// The members that a branch without required ones knows and that decide nothing.
///
/// An object with none of them is a shape of tomorrow. `None` if the branch takes any object.
pub(super) fn undecided_names<'a>(
    api: &'a Api,
    body: &'a Union,
    variant: usize,
    decisive: &[KeyRule],
) -> Option<Vec<&'a str>> {
    let (_, def) = definition(api, &body.variants[variant].ty)?;
    let TypeKind::Struct(shape) = &def.kind else {
        return None;
    };
    let open = matches!(shape.rest, Rest::Kept { .. });
    let names = shape.fields.iter().map(|field| field.wire.as_str());
    let certain = |name: &&str| {
        let rule = decisive.iter().find(|rule| rule.wire == **name);
        rule.is_none_or(|rule| rule.json_type.is_some() || rule.value.is_some())
    };
    (!open).then(|| names.filter(certain).collect())
}

/// One arm for all names that decide for the same variant at once, one for each name whose value must be seen.
fn key_arms(body: &Union, decisive: &[KeyRule], union: &TokenStream) -> Vec<TokenStream> {
    let rust = |index: usize| ident(&body.variants[index].rust);
    let conditional = |wire: &str| {
        decisive
            .iter()
            .any(|rule| rule.wire == wire && (rule.json_type.is_some() || rule.value.is_some()))
    };
    let mut arms = Vec::new();
    for index in 0..body.variants.len() {
        let names: Vec<_> = decisive
            .iter()
            .filter(|rule| rule.variant == index && !conditional(&rule.wire))
            .map(|rule| &rule.wire)
            .collect();
        if !names.is_empty() {
            let rust = rust(index);
            arms.push(quote!(#(#names)|* => return members.read().map(Self::#rust),));
        }
    }
    let mut seen: Vec<&str> = Vec::new();
    for rule in decisive {
        if !conditional(&rule.wire) || seen.contains(&rule.wire.as_str()) {
            continue;
        }
        seen.push(&rule.wire);
        let wire = &rule.wire;
        let tests = decisive
            .iter()
            .filter(|other| other.wire == *wire)
            .map(|rule| {
                let rust = rust(rule.variant);
                let test = match (&rule.value, rule.json_type) {
                    (Some(text), _) => quote!(members.value()? == #text),
                    (None, Some("string")) => quote!(members.value()?.is_string()),
                    (None, Some("boolean")) => quote!(members.value()?.is_boolean()),
                    (None, Some("integer")) => quote!(#union::is_integer(members.value()?)),
                    (None, Some("number")) => quote!(members.value()?.is_number()),
                    (None, Some("array")) => quote!(members.value()?.is_array()),
                    (None, Some("object")) => quote!(members.value()?.is_object()),
                    (None, Some("null")) => quote!(members.value()?.is_null()),
                    (None, _) => return quote!(return members.read().map(Self::#rust);),
                };
                quote! {
                    if #test {
                        return members.read().map(Self::#rust);
                    }
                }
            });
        arms.push(quote!(#wire => { #(#tests)* }));
    }
    arms
}
