//! Unions: an enum, how it is read without trying, how it is written.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proc_macro2::TokenStream;
use quote::quote;

use super::source::Source;
use super::structs::{hides, hiding_debug, rows};
use super::types::{Scope, compact, definition, holds_number, ident, resolve};
use super::{EmitError, docs};
use crate::ir::{
    Api, ArrayRule, Decision, KeyFallback, KeyRule, ObjectRule, Rest, TypeDef, TypeKind, TypeRef,
    Union, UnionVariant,
};

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
    if let Some(text) = tagged(def, body, hiding.is_none(), scope) {
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
    match by_type(&body.decision) {
        Some(kinds) => {
            let name = compact(&scope.import("crate::union::one_of"));
            let head = format!("{}: {:?}", def.name, expected(&body.decision));
            let kinds = kinds
                .iter()
                .map(|(kind, index)| format!("{kind} => {}", body.variants[*index].rust));
            let text = list(&name, &head, &kinds.collect::<Vec<_>>());
            source.push_text(&def.name, text)
        }
        None => source.push(&def.name, reading(api, def, body, scope)),
    }
}

/// The union as a table, where one member tells all variants apart and each has it itself.
fn tagged(def: &TypeDef, body: &Union, debug: bool, scope: &Scope<'_>) -> Option<String> {
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
fn by_type(decision: &Decision) -> Option<Vec<(&'static str, usize)>> {
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
            last.is_none_or(|last| undecided_names(api, body, last.variant, decisive).is_some())
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

fn reading(api: &Api, def: &TypeDef, body: &Union, scope: &Scope<'_>) -> TokenStream {
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
fn expected(decision: &Decision) -> String {
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
fn undecided_names<'a>(
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
