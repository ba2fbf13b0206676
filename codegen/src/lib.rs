//! Writes a typed Rust client for an OpenAPI document.
//!
//! A [`spec::Document`] comes in; the [`ir`] says in plain data what Rust items
//! there will be; out go the files of a crate. Nothing here touches the disk.

pub mod emit;
pub mod files;
pub mod ir;
pub mod lower;
pub mod names;
pub mod report;
mod schema;

use spec::{Diagnostic, Document, Location};

pub use emit::Extent;
pub use files::Files;
pub use lower::{Lowered, lower};
pub use names::NameLock;
pub use report::Report;

/// What the caller says about the client.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The name of the package, e.g. `skyvern-client`.
    pub package: String,
    /// The document as the first line of each file names it, e.g. `spec/openapi/skyvern.yaml`.
    pub source: String,
    /// Names that were decided before; may be empty.
    pub names: NameLock,
    /// What to write beside the sources.
    pub extent: Extent,
}

/// A client, and what its maker should know.
#[derive(Debug)]
pub struct Generated {
    /// The files of the crate, by path.
    pub files: Files,
    /// The lock that was given, its entries unchanged, and the names that are new.
    pub names: NameLock,
    /// What may surprise.
    pub report: Report,
}

/// Generates the client for `document`: the same document and names give the same bytes.
///
/// # Errors
/// What keeps the document from being a client, each with its place; see [`lower()`].
pub fn generate(document: &Document, settings: &Settings) -> Result<Generated, Vec<Diagnostic>> {
    let lowered = lower(document, &settings.names)?;
    let emitted = emit::EmitSettings {
        package: settings.package.clone(),
        source: settings.source.clone(),
        extent: settings.extent,
    };
    let files = emit::emit(&lowered.api, &emitted).map_err(|error| {
        vec![
            Diagnostic::error("not-rust", Location::default(), error.to_string())
                .hint("this is a mistake of the generator: please report it with the document"),
        ]
    })?;
    Ok(Generated {
        files,
        names: lowered.names,
        report: lowered.report,
    })
}
