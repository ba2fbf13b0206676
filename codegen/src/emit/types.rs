//! Names and types as tokens, and what a file has to import for them.
//!
//! A schema may be called `String` or `Serialize`: what would collide with the name of a type of
//! the document is written with its whole path, everything else is imported.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};

use crate::ir::{Api, Group, IntegerWidth, TypeDef, TypeId, TypeKind, TypeRef};

/// An identifier; `r#type` is a raw one.
pub(super) fn ident(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, Span::call_site()),
        None => Ident::new(name, Span::call_site()),
    }
}

/// `with_…` for a field.
pub(super) fn setter(field: &str) -> Ident {
    format_ident!("with_{}", field.trim_start_matches("r#"))
}

/// An integer without a suffix; a minus sign is a token of its own.
pub(super) fn signed(value: i128) -> TokenStream {
    let minus = (value < 0).then(|| quote!(-));
    let magnitude = Literal::u128_unsuffixed(value.unsigned_abs());
    quote!(#minus #magnitude)
}

/// Follows `pub type`s to what they stand for.
pub(super) fn resolve<'a>(api: &'a Api, ty: &'a TypeRef) -> &'a TypeRef {
    match ty {
        TypeRef::Named { id, .. } => match &api.type_def(*id).kind {
            TypeKind::Alias(target) => resolve(api, target),
            _ => ty,
        },
        _ => ty,
    }
}

/// The type of a value that is not null: within `Option` and `Patch`.
pub(super) fn present<'a>(api: &'a Api, ty: &'a TypeRef) -> &'a TypeRef {
    match resolve(api, ty) {
        TypeRef::Nullable(inner) => present(api, inner),
        _ => ty,
    }
}

/// Whether it holds floating-point numbers that serde must be told to write the short way.
pub(super) fn holds_number(api: &Api, ty: &TypeRef) -> bool {
    match resolve(api, ty) {
        TypeRef::Number => true,
        TypeRef::Array(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => {
            holds_number(api, inner)
        }
        _ => false,
    }
}

/// The definition behind a type, if it has a name and is not an alias.
pub(super) fn definition<'a>(api: &'a Api, ty: &'a TypeRef) -> Option<(TypeId, &'a TypeDef)> {
    match resolve(api, ty) {
        TypeRef::Named { id, .. } => Some((*id, api.type_def(*id))),
        _ => None,
    }
}

/// What names mean in one file, and which of them it has used.
pub(super) struct Scope<'a> {
    api: &'a Api,
    /// Names that the prelude and imports must not be hidden by.
    taken: BTreeSet<String>,
    /// Where named types are found, by module.
    place: Place<'a>,
    used: RefCell<BTreeSet<String>>,
}

enum Place<'a> {
    Models(&'a str),
    Elsewhere { own: BTreeSet<String> },
}

impl<'a> Scope<'a> {
    /// A file of models.
    pub(super) fn models(api: &'a Api, module: &'a str) -> Self {
        Self {
            api,
            taken: api.types.iter().map(|def| def.name.clone()).collect(),
            place: Place::Models(module),
            used: RefCell::default(),
        }
    }

    /// A file of operations, which has the types `own` itself.
    pub(super) fn operations(api: &'a Api, group: &Group, own: BTreeSet<String>) -> Self {
        let mut used = BTreeSet::new();
        for operation in &group.operations {
            let bodies = operation.body.iter().map(|body| &body.media);
            let answers = operation
                .responses
                .iter()
                .filter_map(|answer| answer.media.as_ref());
            for ty in bodies
                .chain(answers)
                .filter_map(super::operations::media_type)
            {
                names_in(api, ty, &mut used);
            }
            for parameter in &operation.parameters {
                names_in(api, &parameter.ty, &mut used);
            }
        }
        let taken = used.union(&own).cloned().collect();
        let place = Place::Elsewhere { own };
        let used = RefCell::default();
        Self {
            api,
            taken,
            place,
            used,
        }
    }

    /// A type of the standard prelude by its whole path, e.g. `std::option::Option`.
    pub(super) fn prelude(&self, path: &str) -> TokenStream {
        let name = path.rsplit("::").next().unwrap_or(path);
        if self.taken.contains(name) {
            absolute(path)
        } else {
            let name = ident(name);
            quote!(#name)
        }
    }

    /// Something to import, e.g. `std::collections::BTreeMap` or `crate::Secret`.
    pub(super) fn import(&self, path: &str) -> TokenStream {
        let name = path.rsplit("::").next().unwrap_or(path);
        if self.taken.contains(name) {
            return absolute(path);
        }
        self.used.borrow_mut().insert(path.to_owned());
        let name = ident(name);
        quote!(#name)
    }

    /// A named type.
    pub(super) fn named(&self, id: TypeId) -> TokenStream {
        let def = self.api.type_def(id);
        let name = ident(&def.name);
        match &self.place {
            Place::Models(module) if *module == def.module => {}
            Place::Models(_) => {
                self.used
                    .borrow_mut()
                    .insert(format!("super::{}", def.name));
            }
            Place::Elsewhere { own } if own.contains(&def.name) => {
                return quote!(crate::models::#name);
            }
            Place::Elsewhere { .. } => {
                self.used
                    .borrow_mut()
                    .insert(format!("crate::models::{}", def.name));
            }
        }
        quote!(#name)
    }

    /// `Option<inner>`.
    pub(super) fn option(&self, inner: &TokenStream) -> TokenStream {
        let option = self.prelude("std::option::Option");
        quote!(#option<#inner>)
    }

    /// `String`.
    pub(super) fn string(&self) -> TokenStream {
        self.prelude("std::string::String")
    }

    /// The type as a member has it.
    pub(super) fn owned(&self, ty: &TypeRef) -> TokenStream {
        match ty {
            TypeRef::Named { id, boxed: false } => self.named(*id),
            TypeRef::Named { id, boxed: true } => {
                let (boxed, inner) = (self.prelude("std::boxed::Box"), self.named(*id));
                quote!(#boxed<#inner>)
            }
            // In a body of its own it is streamed; within JSON it can only be text.
            TypeRef::String | TypeRef::Binary => self.string(),
            TypeRef::Secret => self.import("crate::Secret"),
            TypeRef::Bool => quote!(bool),
            TypeRef::Integer(IntegerWidth::I32) => quote!(i32),
            TypeRef::Integer(IntegerWidth::I64) => quote!(i64),
            TypeRef::Integer(IntegerWidth::U64) => quote!(u64),
            TypeRef::Number => quote!(f64),
            TypeRef::DateTime => self.import("crate::DateTime"),
            TypeRef::Date => self.import("crate::Date"),
            TypeRef::Array(inner) => {
                let (list, inner) = (self.prelude("std::vec::Vec"), self.owned(inner));
                quote!(#list<#inner>)
            }
            TypeRef::Tuple(elements) => {
                let elements = elements.iter().map(|element| self.owned(element));
                quote!((#(#elements,)*))
            }
            TypeRef::Map(inner) => {
                let map = self.import("std::collections::BTreeMap");
                let (name, inner) = (self.string(), self.owned(inner));
                quote!(#map<#name, #inner>)
            }
            TypeRef::Nullable(inner) => match resolve(self.api, inner) {
                TypeRef::Nullable(_) => self.owned(inner),
                _ => self.option(&self.owned(inner)),
            },
            TypeRef::Null => quote!(()),
            TypeRef::Any => self.import("serde_json::Value"),
            TypeRef::AnyObject => {
                let (map, value) = (
                    self.import("serde_json::Map"),
                    self.import("serde_json::Value"),
                );
                let name = self.string();
                quote!(#map<#name, #value>)
            }
        }
    }

    /// The `use` lines: the standard library, other crates, this crate.
    pub(super) fn imports(&self) -> String {
        let used = self.used.borrow();
        let mut parents: [BTreeMap<&str, BTreeSet<&str>>; 3] = Default::default();
        for path in used.iter() {
            let (parent, name) = path.rsplit_once("::").unwrap_or(("", path));
            let block = match parent.split("::").next() {
                Some("std") => 0,
                Some("crate" | "super") => 2,
                _ => 1,
            };
            parents[block].entry(parent).or_default().insert(name);
        }
        let blocks: Vec<String> = parents
            .iter()
            .filter(|block| !block.is_empty())
            .map(|block| {
                block
                    .iter()
                    .map(|(parent, names)| use_line(parent, names))
                    .collect()
            })
            .collect();
        blocks.join("\n")
    }
}

fn absolute(path: &str) -> TokenStream {
    let segments = path.split("::").map(ident);
    if path.starts_with("crate::") {
        quote!(#(#segments)::*)
    } else {
        quote!(#(::#segments)*)
    }
}

fn use_line(parent: &str, names: &BTreeSet<&str>) -> String {
    let names: Vec<&str> = names.iter().copied().collect();
    if let [name] = names[..] {
        return format!("use {parent}::{name};\n");
    }
    let line = format!("use {parent}::{{{}}};\n", names.join(", "));
    if line.len() <= 100 {
        return line;
    }
    let mut text = format!("use {parent}::{{\n");
    let mut row = String::new();
    for name in names {
        if !row.is_empty() && row.len() + name.len() + 6 > 100 {
            let _ = writeln!(text, "    {}", row.trim_end());
            row.clear();
        }
        row.push_str(name);
        row.push_str(", ");
    }
    let _ = writeln!(text, "    {}\n}};", row.trim_end());
    text
}

fn names_in(api: &Api, ty: &TypeRef, names: &mut BTreeSet<String>) {
    match ty {
        TypeRef::Named { id, .. } => {
            names.insert(api.type_def(*id).name.clone());
        }
        TypeRef::Array(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => {
            names_in(api, inner, names);
        }
        TypeRef::Tuple(elements) => {
            for element in elements {
                names_in(api, element, names);
            }
        }
        _ => {}
    }
}

/// A type as a person writes it.
pub(super) fn compact(tokens: &TokenStream) -> String {
    let text = tokens.to_string();
    let text = text
        .replace(" :: ", "::")
        .replace(":: ", "::")
        .replace(" < ", "<")
        .replace(" <", "<");
    text.replace(" >", ">")
        .replace(" ,", ",")
        .replace("( ", "(")
        .replace(" )", ")")
}
