//! From plain data to the files of a crate.
//!
//! An [`Api`] comes in, in which every decision is taken; [`Files`] go out. Every item is built
//! from tokens, parsed, and printed on its own, so that a change of one item changes no other line.

mod checks;
mod client;
mod docs;
mod enums;
mod manifest;
mod operations;
mod root;
mod source;
mod structs;
mod support;
mod types;
mod unions;

use std::collections::{BTreeMap, BTreeSet};

use crate::files::Files;
use crate::ir::{Api, TypeDef, TypeKind};
use source::Source;
use types::Scope;

/// A support file is whole, whatever part of it the document needs.
const SUPPORT_LINTS: &str = "#![allow(dead_code, unused_imports, unused_macros, reason = \"a document may need a part of it\")]\n";

/// What the caller says about the crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmitSettings {
    /// The name of the package, e.g. `skyvern-client`.
    pub package: String,
    /// The document as the first line of each file names it, e.g. `spec/openapi/skyvern.yaml`.
    pub source: String,
    /// What to write beside the sources.
    pub extent: Extent,
}

/// How much of a crate is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// `src/**` only: the rest of the crate is kept by hand.
    Sources,
    /// Also `Cargo.toml` and `README.md`: a crate that compiles on its own.
    Crate,
}

/// An item that Rust does not accept: a mistake of the generator, or a name in the IR that is none.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("cannot write {item}: {reason}")]
pub struct EmitError {
    /// What was being written.
    pub item: String,
    /// What the parser of Rust says.
    pub reason: String,
}

/// The files of the crate for `api`.
///
/// # Errors
/// [`EmitError`] if an item of the IR does not make valid Rust.
pub fn emit(api: &Api, settings: &EmitSettings) -> Result<Files, EmitError> {
    let mut files = Files::default();
    let uses = support::Uses::of(api);
    let header = source::header(&settings.source);

    let mut modules: BTreeMap<&str, Vec<&TypeDef>> = BTreeMap::new();
    for def in &api.types {
        modules.entry(&def.module).or_default().push(def);
    }
    let checked = checks::checked_types(api);
    for (module, defs) in &modules {
        let scope = Scope::models(api, module);
        let mut source = Source::new(format!("Models: {}.", title(module)));
        for def in defs {
            type_def(api, def, &scope, &checked, &mut source)?;
        }
        files.insert(
            format!("src/models/{module}.rs"),
            source.finish(&header, &scope),
        );
    }
    if !modules.is_empty() {
        files.insert("src/models.rs", root::models(&header, modules.keys()));
    }
    for group in &api.groups {
        let path = format!("src/operations/{}.rs", group.module);
        files.insert(path, operations::group(api, group, &header)?);
    }
    if !api.groups.is_empty() {
        files.insert("src/operations.rs", root::operations(&header, api));
    }
    files.insert("src/client.rs", client::client(api, &header)?);
    files.insert("src/lib.rs", root::library(api, settings, &uses, &header));
    for (name, text) in uses.texts() {
        let path = format!("src/{name}.rs");
        files.insert(path, format!("{header}{SUPPORT_LINTS}{text}"));
    }
    if settings.extent == Extent::Crate {
        // Dependencies follow the document: without the mark, a later one could not replace them.
        let mark = source::mark(&settings.source);
        let manifest = manifest::manifest(api, settings, &uses);
        files.insert("Cargo.toml", format!("# {mark}\n{manifest}"));
        let readme = manifest::readme(api, settings);
        files.insert("README.md", format!("<!-- {mark} -->\n{readme}"));
    }
    Ok(files)
}

fn type_def(
    api: &Api,
    def: &TypeDef,
    scope: &Scope<'_>,
    checked: &BTreeSet<usize>,
    source: &mut Source,
) -> Result<(), EmitError> {
    match &def.kind {
        TypeKind::Struct(body) => structs::emit(api, def, body, scope, source)?,
        TypeKind::Enum(body) => enums::emit(def, body, scope, source)?,
        TypeKind::Union(body) => unions::emit(api, def, body, scope, source)?,
        TypeKind::Alias(target) => {
            let (name, target) = (types::ident(&def.name), scope.owned(target));
            let docs = docs::item(&def.docs);
            let deprecated = docs::deprecated(def.deprecated);
            source.push(
                &def.name,
                quote::quote!(#docs #deprecated pub type #name = #target;),
            )?;
        }
    }
    checks::emit(api, def, scope, checked, source)
}

/// A module's name as words.
fn title(module: &str) -> String {
    module.trim_start_matches("r#").replace('_', " ")
}
