//! Objects with named members; those of requests with a constructor and chained setters.

use std::fmt::Write as _;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::source::Source;
use super::types::{
    Scope, compact, definition, holds_number, ident, present, resolve, setter, signed,
};
use super::{EmitError, docs};
use crate::ir::{Api, Field, Presence, Rest, Struct, TypeDef, TypeKind, TypeRef};

pub(super) fn emit(
    api: &Api,
    def: &TypeDef,
    body: &Struct,
    scope: &Scope<'_>,
    source: &mut Source,
) -> Result<(), EmitError> {
    let name = ident(&def.name);
    let doc = docs::item(&def.docs);
    let deprecated = docs::deprecated(def.deprecated);
    let empty = body.fields.iter().all(|field| {
        field.fixed.is_some() || matches!(field.presence, Presence::Optional | Presence::Patch)
    });
    let default = empty.then(|| {
        let default = scope.prelude("std::default::Default");
        quote!(#default,)
    });
    let equality = (!def.holds_secret).then(|| quote!(PartialEq,));
    let hiding = hiding(api, def, body, scope);
    let debug = hiding.is_none().then(|| quote!(Debug,));
    let (serialize, deserialize) = (
        scope.import("serde::Serialize"),
        scope.import("serde::Deserialize"),
    );
    let skips = skips_absent(def, body).then(|| {
        let skips = scope.import("serde_with::skip_serializing_none");
        quote!(#[#skips])
    });
    let tag = tag_field(body).map(|(wire, value)| quote!(#[serde(tag = #wire, rename = #value)]));
    let fixed = written_fields(body);
    let fields = body.fields.iter().enumerate().filter_map(|(index, field)| {
        if field.fixed.is_none() {
            return Some(field_tokens(api, def, field, skips.is_some(), scope));
        }
        fixed
            .iter()
            .any(|(at, _)| *at == index)
            .then(|| fixed_tokens(def, index, field, scope))
    });
    let rest = match &body.rest {
        Rest::Kept { rust, value } => {
            let (rust, map) = (ident(rust), rest_type(value, scope));
            Some(quote! {
                #[doc = " Members without a name of their own."]
                #[serde(flatten)]
                pub #rust: #map,
            })
        }
        Rest::Ignored | Rest::Forbidden => None,
    };
    source.push(
        &def.name,
        quote! {
            #doc
            #deprecated
            #skips
            #[derive(Clone, #debug #default #equality #serialize, #deserialize)]
            #tag
            #[non_exhaustive]
            pub struct #name {
                #(#fields)*
                #rest
            }
        },
    )?;
    if let Some(hiding) = hiding {
        source.push_text(&def.name, hiding)?;
    }
    if !fixed.is_empty() {
        source.push(&def.name, fixed_writers(def, &fixed, scope))?;
    }
    if def.in_request {
        making(api, def, body, scope, source)?;
    }
    Ok(())
}

/// The `Debug` of a struct with members that may be the secret it holds; `None` if there are none.
fn hiding(api: &Api, def: &TypeDef, body: &Struct, scope: &Scope<'_>) -> Option<String> {
    let named = body.fields.iter().filter(|field| field.fixed.is_none());
    let mut members: Vec<_> = named
        .map(|field| (&*field.rust, hides(api, &field.ty)))
        .collect();
    if let Rest::Kept { rust, value } = &body.rest {
        members.push((rust, hides(api, value) || is_secret(api, value)));
    }
    hiding_debug("struct", def, &members, scope)
}

/// A `Debug` that shows only some of `members`, each with whether it is hidden; `None` if all show.
pub(super) fn hiding_debug(
    kind: &str,
    def: &TypeDef,
    members: &[(&str, bool)],
    scope: &Scope<'_>,
) -> Option<String> {
    let list = |hidden: bool| -> Vec<&str> {
        let of = members.iter().filter(|(_, hides)| *hides == hidden);
        of.map(|(name, _)| *name).collect()
    };
    let (shown, hidden) = (list(false), list(true));
    if !def.holds_secret || hidden.is_empty() {
        return None;
    }
    let name = compact(&scope.import("crate::secret::hiding_debug"));
    Some(format!(
        "{name}!({kind} {} {{\n    shows {{{}}}\n    hides {{{}}}\n}});\n",
        def.name,
        wrapped(&shown),
        wrapped(&hidden),
    ))
}

/// Names in a list within braces, on lines of bounded width.
fn wrapped(names: &[&str]) -> String {
    let line = names.join(", ");
    if line.len() <= 80 {
        return format!(" {line} ");
    }
    format!("\n{}    ", rows(names, 8))
}

/// Elements of a list, each with a comma, on indented lines of bounded width.
pub(super) fn rows(elements: &[impl AsRef<str>], indent: usize) -> String {
    let mut text = String::new();
    let mut column = 0;
    for element in elements {
        let element = element.as_ref();
        if column == 0 || column + element.len() + 2 > 100 {
            if column > 0 {
                text.push('\n');
            }
            let _ = write!(text, "{:indent$}{element},", "");
            column = indent + element.len() + 1;
        } else {
            let _ = write!(text, " {element},");
            column += element.len() + 2;
        }
    }
    text.push('\n');
    text
}

/// Whether a value of this type may show a secret that no type of its own keeps from showing:
/// free values, and the names of members beside secrets.
pub(super) fn hides(api: &Api, ty: &TypeRef) -> bool {
    match resolve(api, ty) {
        TypeRef::Any | TypeRef::AnyObject => true,
        TypeRef::Map(inner) => hides(api, inner) || is_secret(api, inner),
        TypeRef::Array(inner) | TypeRef::Nullable(inner) => hides(api, inner),
        TypeRef::Tuple(elements) => elements.iter().any(|element| hides(api, element)),
        _ => false,
    }
}

/// Whether it is a secret, or a list of secrets.
pub(super) fn is_secret(api: &Api, ty: &TypeRef) -> bool {
    match resolve(api, ty) {
        TypeRef::Secret => true,
        TypeRef::Array(inner) | TypeRef::Nullable(inner) => is_secret(api, inner),
        _ => false,
    }
}

fn rest_type(value: &TypeRef, scope: &Scope<'_>) -> TokenStream {
    scope.owned(&TypeRef::Map(Box::new(value.clone())))
}

/// The constant that serde writes in front of the other members: it costs no field.
fn tag_field(body: &Struct) -> Option<(&str, &str)> {
    if matches!(body.rest, Rest::Kept { .. }) {
        return None;
    }
    body.fields.iter().find_map(|field| {
        let text = field.fixed.as_ref()?.as_str()?;
        Some((field.wire.as_str(), text))
    })
}

/// The other constants: private members without a value.
fn written_fields(body: &Struct) -> Vec<(usize, &Value)> {
    let tag = tag_field(body).map(|(wire, _)| wire);
    body.fields
        .iter()
        .enumerate()
        .filter(|(_, field)| Some(field.wire.as_str()) != tag)
        .filter_map(|(index, field)| Some((index, field.fixed.as_ref()?)))
        .collect()
}

/// Whether constants are written otherwise than as serde's tag.
pub(super) fn has_written_fields(body: &Struct) -> bool {
    !written_fields(body).is_empty()
}

fn fixed_tokens(def: &TypeDef, index: usize, field: &Field, scope: &Scope<'_>) -> TokenStream {
    let fixed = scope.import("crate::fixed::Fixed");
    let rust = ident(&field.rust);
    let wire = &field.wire;
    let writer = format!("{}::write_fixed_{index}", def.name);
    quote! {
        #[serde(
            rename = #wire, default, serialize_with = #writer
        )]
        #rust: #fixed,
    }
}

fn fixed_writers(def: &TypeDef, fixed: &[(usize, &Value)], scope: &Scope<'_>) -> TokenStream {
    let name = ident(&def.name);
    let result = scope.prelude("std::result::Result");
    let ty = scope.import("crate::fixed::Fixed");
    let writers = fixed.iter().map(|(index, value)| {
        let writer = format_ident!("write_fixed_{index}");
        let write = match value {
            Value::Bool(value) => quote!(serializer.serialize_bool(#value)),
            Value::String(text) => quote!(serializer.serialize_str(#text)),
            Value::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(number), _) => {
                    let number = signed(i128::from(number));
                    quote!(serializer.serialize_i64(#number))
                }
                (None, Some(number)) => {
                    let number = signed(i128::from(number));
                    quote!(serializer.serialize_u64(#number))
                }
                (None, None) => {
                    let number = number.as_f64();
                    quote!(serializer.serialize_f64(#number))
                }
            },
            Value::Null | Value::Array(_) | Value::Object(_) => quote!(serializer.serialize_unit()),
        };
        quote! {
            fn #writer<S: ::serde::Serializer>(_: &#ty, serializer: S) -> #result<S::Ok, S::Error> {
                #write
            }
        }
    });
    quote!(impl #name { #(#writers)* })
}

/// The type of a member, with its `Option` or `Patch`.
pub(super) fn field_type(
    api: &Api,
    presence: Presence,
    ty: &TypeRef,
    scope: &Scope<'_>,
) -> TokenStream {
    match presence {
        Presence::Required => scope.owned(ty),
        Presence::RequiredNullable | Presence::Optional => {
            scope.option(&scope.owned(present(api, ty)))
        }
        Presence::Patch => {
            let (patch, inner) = (scope.import("crate::Patch"), scope.owned(present(api, ty)));
            quote!(#patch<#inner>)
        }
    }
}

/// Whether some member is left out when it is `None`.
pub(super) fn skips_absent(def: &TypeDef, body: &Struct) -> bool {
    body.fields.iter().any(|field| {
        field.fixed.is_none() && field.presence == Presence::Optional && !is_unsent(def, field)
    })
}

/// Whether it is the server's to say.
fn is_unsent(def: &TypeDef, field: &Field) -> bool {
    field.read_only && def.in_request
}

/// A member; `skips` is whether its struct leaves out every `None` that is not marked.
fn field_tokens(
    api: &Api,
    def: &TypeDef,
    field: &Field,
    skips: bool,
    scope: &Scope<'_>,
) -> TokenStream {
    let rust = ident(&field.rust);
    let ty = field_type(api, field.presence, &field.ty, scope);
    let note = default_note(field.default.as_ref(), &field.ty);
    let doc = docs::with_note(&field.docs, note.as_deref());
    let deprecated = docs::deprecated(field.deprecated);
    let mut serde = Vec::new();
    if field.rust.trim_start_matches("r#") != field.wire {
        let wire = &field.wire;
        serde.push(quote!(rename = #wire));
    }
    let unsent = is_unsent(def, field);
    if unsent {
        serde.push(quote!(skip_serializing));
    }
    let mut always = None;
    match field.presence {
        Presence::Patch if unsent => serde.push(quote!(default)),
        Presence::Patch => {
            let path = format!("{}::is_absent", scope.import("crate::Patch")).replace(' ', "");
            serde.push(quote!(default, skip_serializing_if = #path));
        }
        Presence::RequiredNullable if skips => always = Some(quote!(#[serialize_always])),
        Presence::Optional | Presence::Required | Presence::RequiredNullable => {}
    }
    if !unsent && holds_number(api, &field.ty) {
        serde.push(quote!(serialize_with = "crate::number::serialize"));
    }
    let serde = (!serde.is_empty()).then(|| quote!(#[serde(#(#serde),*)]));
    quote!(#doc #deprecated #always #serde pub #rust: #ty,)
}

/// What the document takes for granted, as a sentence.
pub(super) fn default_note(default: Option<&Value>, ty: &TypeRef) -> Option<String> {
    let default = default.filter(|value| !value.is_null() && *ty != TypeRef::Secret)?;
    let text = default.to_string();
    let plain = text.chars().count() <= 60 && !text.contains('`');
    plain.then(|| format!("Default: `{text}`."))
}

/// How a constructor takes a value: a word of `setters!` and a type.
fn argument(api: &Api, ty: &TypeRef, scope: &Scope<'_>) -> (&'static str, TokenStream) {
    match ty {
        TypeRef::Named { id, boxed: true } => ("boxed", scope.named(*id)),
        // Two texts beside each other are easily swapped: a secret is named as one where it is given.
        _ if *resolve(api, ty) == TypeRef::Secret => ("value", scope.owned(ty)),
        _ if converts(api, ty) => ("into", scope.owned(ty)),
        _ => ("value", scope.owned(ty)),
    }
}

/// How a setter takes a value that is not required: a word of `setters!`.
pub(super) fn optional(api: &Api, ty: &TypeRef) -> &'static str {
    if matches!(ty, TypeRef::Named { boxed: true, .. }) || converts(api, ty) {
        "into"
    } else {
        "value"
    }
}

/// Whether callers commonly hold something else that converts to the type.
fn converts(api: &Api, ty: &TypeRef) -> bool {
    match resolve(api, ty) {
        TypeRef::String | TypeRef::Binary | TypeRef::Secret => true,
        TypeRef::Named { .. } => {
            definition(api, ty).is_some_and(|(_, def)| matches!(def.kind, TypeKind::Union(_)))
        }
        _ => false,
    }
}

/// A member of what a caller makes.
pub(super) struct Member<'a> {
    pub(super) rust: &'a str,
    pub(super) ty: &'a TypeRef,
    pub(super) presence: Presence,
    /// Whether it has a setter if it is not required.
    pub(super) settable: bool,
}

/// The constructor and setters of a struct.
fn making(
    api: &Api,
    def: &TypeDef,
    body: &Struct,
    scope: &Scope<'_>,
    source: &mut Source,
) -> Result<(), EmitError> {
    let fixed = written_fields(body);
    let fields = body.fields.iter().enumerate().filter_map(|(index, field)| {
        let is_fixed = field.fixed.is_some();
        let absent = is_fixed && !fixed.iter().any(|(at, _)| *at == index);
        (!absent).then_some(Member {
            rust: &field.rust,
            ty: &field.ty,
            presence: if is_fixed {
                Presence::Optional
            } else {
                field.presence
            },
            settable: !is_fixed && !field.read_only,
        })
    });
    let rest = match &body.rest {
        Rest::Kept { rust, value } => Some(Member {
            rust,
            ty: value,
            presence: Presence::Optional,
            settable: false,
        }),
        Rest::Ignored | Rest::Forbidden => None,
    };
    let members: Vec<_> = fields.chain(rest).collect();
    setters(api, &def.name, &members, scope, source)
}

/// The constructor and chained setters of `name`.
pub(super) fn setters(
    api: &Api,
    name: &str,
    members: &[Member<'_>],
    scope: &Scope<'_>,
    source: &mut Source,
) -> Result<(), EmitError> {
    let (mut given, mut left, mut lines) = (Vec::new(), Vec::new(), String::new());
    for member in members {
        let rust = member.rust;
        match member.presence {
            Presence::Required => {
                let (how, ty) = argument(api, member.ty, scope);
                given.push(format!("{rust}: {how} {}", compact(&ty)));
            }
            Presence::RequiredNullable => {
                let ty = field_type(api, member.presence, member.ty, scope);
                given.push(format!("{rust}: value {}", compact(&ty)));
            }
            Presence::Optional | Presence::Patch if !member.settable => left.push(rust),
            Presence::Optional | Presence::Patch => {
                let ty = present(api, member.ty);
                let how = match member.presence {
                    Presence::Patch => "patch",
                    _ => optional(api, ty),
                };
                let owned = compact(&scope.owned(ty));
                let _ = writeln!(lines, "    {}({rust}: {how} {owned}),", setter(rust));
            }
        }
    }
    let leaves = match left.as_slice() {
        [] => String::new(),
        left => format!(" leaves({})", left.join(", ")),
    };
    let setters = compact(&scope.import("crate::setters::setters"));
    let lines = if lines.is_empty() {
        "{}".to_owned()
    } else {
        format!("{{\n{lines}}}")
    };
    let mut head = format!("{setters}!({name}::new({}){leaves} ", given.join(", "));
    if head.len() > 99 {
        head = format!("{setters}!({name}::new(\n{}){leaves} ", rows(&given, 4));
    }
    source.push_text(name, format!("{head}{lines});\n"))
}
