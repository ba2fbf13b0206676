//! Objects with named members; those of requests with a constructor and chained setters.

use std::fmt::Write as _;

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::source::Source;
use super::types::{Scope, compact, definition, holds_number, ident, present, resolve, setter};
use super::{EmitError, docs};
use crate::ir::{Api, Field, Presence, Rest, Struct, TypeDef, TypeKind, TypeRef};

pub(super) fn emit(
    api: &Api,
    def: &TypeDef,
    body: &Struct,
    scope: &Scope<'_>,
    source: &mut Source,
) -> Result<(), EmitError> {
    let hiding = hiding(api, def, body, scope);
    source.push_text(&def.name, record(api, def, body, hiding.is_none(), scope))?;
    match hiding {
        Some(hiding) => source.push_text(&def.name, hiding),
        None => Ok(()),
    }
}

/// The struct as the support code's `record!` takes it; `shows` is whether its `Debug` hides nothing.
fn record(api: &Api, def: &TypeDef, body: &Struct, shows: bool, scope: &Scope<'_>) -> String {
    let (constants, fields): (Vec<&Field>, Vec<&Field>) =
        body.fields.iter().partition(|field| field.fixed.is_some());
    let mut members = String::new();
    for constant in constants {
        let value = constant.fixed.as_ref().map_or_else(null, scalar);
        let _ = writeln!(members, "        {} = {value};", literal(&constant.wire));
    }
    for field in &fields {
        members += &member(api, def, field, scope);
    }
    if let Rest::Kept { rust, value } = &body.rest {
        let ty = compact(&scope.owned(&TypeRef::Map(Box::new(value.clone()))));
        let _ = writeln!(members, "        ..{}: {ty},", ident(rust));
    }
    if !members.is_empty() {
        members = format!("\n{members}    ");
    }
    let is_empty = |field: &&Field| matches!(field.presence, Presence::Optional | Presence::Patch);
    let derived = [
        (true, "Clone"),
        (shows, "Debug"),
        (fields.iter().all(is_empty), "Default"),
        (!def.holds_secret, "PartialEq"),
    ];
    let derived = derived.into_iter().filter(|(is_derived, _)| *is_derived);
    let derived: Vec<&str> = derived.map(|(_, name)| name).collect();
    format!(
        "{}! {{\n{}{}    #[derive({})]\n    pub struct {}{} {{{members}}}\n}}\n",
        compact(&scope.import("crate::record::record")),
        docs::text(&def.docs, "", "    ///"),
        if def.deprecated {
            "    #[deprecated]\n"
        } else {
            ""
        },
        derived.join(", "),
        def.name,
        constructor(api, def, &fields, scope),
    )
}

/// `by new(…)` for what callers make, with what is required.
fn constructor(api: &Api, def: &TypeDef, fields: &[&Field], scope: &Scope<'_>) -> String {
    if !def.in_request {
        return String::new();
    }
    let given: Vec<String> = fields
        .iter()
        .filter_map(|field| given(api, &field.rust, &field.ty, field.presence, scope))
        .collect();
    let line = format!(" by new({})", given.join(", "));
    if line.len() + def.name.len() <= 82 {
        return line;
    }
    format!(" by new(\n{}    )", rows(&given, 8))
}

/// A member, as `record!` takes it.
fn member(api: &Api, def: &TypeDef, field: &Field, scope: &Scope<'_>) -> String {
    let note = default_note(field.default.as_ref(), &field.ty);
    let mut text = docs::text(
        &docs::noted(&field.docs, note.as_deref()),
        "",
        "        ///",
    );
    if field.deprecated {
        text += "        #[deprecated]\n";
    }
    let (presence, ty) = match field.presence {
        Presence::Required => ("required", &field.ty),
        Presence::RequiredNullable => ("nullable", present(api, &field.ty)),
        Presence::Optional => ("optional", present(api, &field.ty)),
        Presence::Patch => ("patch", present(api, &field.ty)),
    };
    let rust = &field.rust;
    let _ = write!(
        text,
        "        {presence} {}: {}",
        ident(rust),
        compact(&scope.owned(ty))
    );
    if *rust != field.wire {
        let _ = write!(text, " = {}", literal(&field.wire));
    }
    let is_unsent = field.read_only && def.in_request;
    if is_unsent {
        text += " as unsent";
    } else if holds_number(api, &field.ty) {
        text += " as number";
    }
    let is_given = matches!(
        field.presence,
        Presence::Required | Presence::RequiredNullable
    );
    if def.in_request && !is_given && !field.read_only {
        let line = text.rsplit('\n').next().unwrap_or_default().chars().count();
        let how = how_set(api, field.presence, ty);
        let set = format!("=> {how} {},", setter(rust));
        let space = if line + set.len() >= 100 {
            "\n            "
        } else {
            " "
        };
        return text + space + &set + "\n";
    }
    text + ",\n"
}

fn literal(text: &str) -> TokenStream {
    quote!(#text)
}

/// A constant as `record!` takes it.
fn scalar(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::String(text) => literal(text).to_string(),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(small), _) if i32::try_from(small).is_ok() => small.to_string(),
            (Some(integer), _) => format!("{integer}_i64"),
            (None, Some(integer)) => format!("{integer}_u64"),
            (None, None) => format!("{number}_f64"),
        },
        Value::Null | Value::Array(_) | Value::Object(_) => null(),
    }
}

fn null() -> String {
    "()".to_owned()
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
}

/// The constructor and chained setters of `name`.
pub(super) fn setters(
    api: &Api,
    name: &str,
    members: &[Member<'_>],
    scope: &Scope<'_>,
    source: &mut Source,
) -> Result<(), EmitError> {
    let (mut all_given, mut lines) = (Vec::new(), String::new());
    for Member { rust, ty, presence } in members {
        if let Some(given) = given(api, rust, ty, *presence, scope) {
            all_given.push(given);
        } else {
            let ty = present(api, ty);
            let (how, owned) = (how_set(api, *presence, ty), compact(&scope.owned(ty)));
            let _ = writeln!(lines, "    {}({rust}: {how} {owned}),", setter(rust));
        }
    }
    let setters = compact(&scope.import("crate::setters::setters"));
    let lines = if lines.is_empty() {
        "{}".to_owned()
    } else {
        format!("{{\n{lines}}}")
    };
    let mut head = format!("{setters}!({name}::new({}) ", all_given.join(", "));
    if head.len() > 99 {
        head = format!("{setters}!({name}::new(\n{}) ", rows(&all_given, 4));
    }
    source.push_text(name, format!("{head}{lines});\n"))
}

/// An argument of a constructor, for what is required.
fn given(
    api: &Api,
    rust: &str,
    ty: &TypeRef,
    presence: Presence,
    scope: &Scope<'_>,
) -> Option<String> {
    let (how, ty) = match presence {
        Presence::Required => argument(api, ty, scope),
        Presence::RequiredNullable => ("value", field_type(api, presence, ty, scope)),
        Presence::Optional | Presence::Patch => return None,
    };
    Some(format!("{rust}: {how} {}", compact(&ty)))
}

/// How a setter takes the value of a member that is not required: a word of `setters!`.
fn how_set(api: &Api, presence: Presence, ty: &TypeRef) -> &'static str {
    match presence {
        Presence::Patch => "patch",
        _ => optional(api, ty),
    }
}
