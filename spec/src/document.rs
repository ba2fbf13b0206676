//! A document that was read: its files, their values, and how references between them resolve.

use std::path::Path;

use serde_json::Value;

use crate::{
    check,
    diagnostic::{Diagnostic, Diagnostics, LoadError, Severity},
    location::{Location, SourceId},
    overlay::{self, OverlayMode},
    read,
    references::References,
    render::{self, Style},
    source::{Source, Sources, Span},
};

/// How many `$ref`s are followed one after the other; a checked document has no longer chain in a place where references count.
const MAX_CHAIN: usize = 1000;

/// The version of the OpenAPI Specification that a document declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// 3.0.0 to 3.0.4.
    V3_0,
    /// 3.1.0 to 3.1.2: schemas are JSON Schema 2020-12.
    V3_1,
}

/// Where a text comes from.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// A file; references to files beside it resolve.
    File(&'a Path),
    /// A text that is already in memory.
    Text {
        /// Stands for the file in diagnostics; an ending such as `.json` counts.
        name: &'a str,
        /// The whole text.
        text: &'a str,
    },
}

/// An overlay, and how much its misses weigh.
#[derive(Clone, Copy, Debug)]
pub struct Overlay<'a> {
    /// The OpenAPI Overlay 1.0 document.
    pub input: Input<'a>,
    /// What an action that matches nothing means.
    pub mode: OverlayMode,
}

/// An OpenAPI document with its overlays applied, checked and ready to be read.
#[derive(Debug)]
pub struct Document {
    sources: Sources,
    references: References,
    version: Version,
    warnings: Diagnostics,
}

impl Document {
    /// Reads the document at `path`, applies `overlays` in order, and checks the result.
    ///
    /// # Errors
    /// Everything that is wrong, at once; each has its place and what to do.
    pub fn load(path: &Path, overlays: &[&Path]) -> Result<Self, LoadError> {
        let overlays: Vec<Overlay<'_>> = overlays
            .iter()
            .map(|path| Overlay {
                input: Input::File(path),
                mode: OverlayMode::MustMatch,
            })
            .collect();
        Self::read(Input::File(path), &overlays)
    }

    /// Reads a document that is already in memory; `name` stands for its file in diagnostics.
    /// Each overlay is a name and a text. References to other files do not resolve.
    ///
    /// # Errors
    /// As [`Document::load`].
    pub fn from_text(name: &str, text: &str, overlays: &[(&str, &str)]) -> Result<Self, LoadError> {
        let overlays: Vec<Overlay<'_>> = overlays
            .iter()
            .map(|&(name, text)| Overlay {
                input: Input::Text { name, text },
                mode: OverlayMode::MustMatch,
            })
            .collect();
        Self::read(Input::Text { name, text }, &overlays)
    }

    /// Reads a document with overlays from wherever they are, each overlay in its own mode.
    ///
    /// # Errors
    /// As [`Document::load`].
    pub fn read(input: Input<'_>, overlays: &[Overlay<'_>]) -> Result<Self, LoadError> {
        let mut sources = Sources::default();
        let mut diagnostics = Diagnostics::new();
        let mut add = |input: Input<'_>, sources: &mut Sources| {
            let next = SourceId(u16::try_from(sources.files.len()).unwrap_or(u16::MAX));
            let (source, mut found) = read_input(input, next);
            diagnostics.append(&mut found);
            sources.add(source)
        };
        let root = add(input, &mut sources);
        let overlays: Vec<(SourceId, OverlayMode)> = overlays
            .iter()
            .map(|overlay| (add(overlay.input, &mut sources), overlay.mode))
            .collect();
        if has_errors(&diagnostics) {
            return Err(LoadError::new(diagnostics, sources));
        }

        // The root goes out of the table while overlays, which are in it, change it.
        let mut value = std::mem::take(&mut sources.files[usize::from(root.0)].value);
        let version = match check::version(&value) {
            Ok((version, warning)) => {
                diagnostics.extend(warning);
                version
            }
            Err(diagnostic) => {
                diagnostics.push(*diagnostic);
                return Err(LoadError::new(diagnostics, sources));
            }
        };
        let mut edits = Vec::new();
        for (id, mode) in overlays {
            if let Some(file) = sources.file(id) {
                overlay::apply(
                    &file.value,
                    id,
                    mode,
                    &mut value,
                    &mut edits,
                    &mut diagnostics,
                );
            }
        }
        sources.edits = edits;

        let file = match input {
            Input::File(path) => Some(path),
            Input::Text { .. } => None,
        };
        let references = References::collect(&value, file, &mut sources);
        sources.files[usize::from(root.0)].value = value;
        let mut document = Self {
            sources,
            references,
            version,
            warnings: Diagnostics::new(),
        };
        diagnostics.append(&mut check::check(&document));
        if has_errors(&diagnostics) {
            return Err(LoadError::new(diagnostics, document.sources));
        }
        document.warnings = diagnostics;
        Ok(document)
    }

    /// What is odd about the document without making it unusable.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Renders diagnostics about this document for a person: place, source line, hint.
    pub fn render(&self, diagnostics: &[Diagnostic], style: Style) -> String {
        render::render(diagnostics, &self.sources, style)
    }

    /// Renders diagnostics about this document as annotations of GitHub Actions.
    pub fn render_github(&self, diagnostics: &[Diagnostic]) -> String {
        render::render_github(diagnostics, &self.sources)
    }

    /// The files that the document was read from.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The name of a file, as it was given or as a reference spells it.
    pub fn file_name(&self, source: SourceId) -> &str {
        self.sources.name(source)
    }

    /// Where a node stands: in an overlay, if that brought it in. With `at_key`, where its key stands.
    /// `None` if the document has no such node.
    pub fn span(&self, location: &Location, at_key: bool) -> Option<Span> {
        self.get(location)?;
        self.sources.span(location, at_key)
    }

    /// The version that the document declares.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The value of the root file, overlays applied.
    pub fn root(&self) -> &Value {
        self.value(SourceId::ROOT).unwrap_or(&Value::Null)
    }

    /// The node at `location`, references not followed.
    pub fn get(&self, location: &Location) -> Option<&Value> {
        location.pointer.find(self.value(location.source)?)
    }

    /// Where a `$ref` that stands in file `from` leads: `#/components/schemas/Pet`, `pet.yaml#/Pet`, `pet.yaml`, `#anchor`.
    /// `None` if there is no such node. One step: the node there may be a reference itself.
    pub fn resolve(&self, from: SourceId, reference: &str) -> Option<Location> {
        self.references
            .resolve(self.root(), &self.sources, from, reference)
            .ok()
    }

    /// Follows `$ref` from `location` until a node without one; the node itself if it has none.
    /// Siblings of `$ref` are not looked at. `None` only if there is no node at `location`: a loaded document has no broken or endless chain.
    pub fn follow(&self, location: &Location) -> Option<(Location, &Value)> {
        let mut location = location.clone();
        for _ in 0..MAX_CHAIN {
            let value = self.get(&location)?;
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
                return Some((location, value));
            };
            location = self.resolve(location.source, reference)?;
        }
        None
    }

    pub(crate) fn references(&self) -> &References {
        &self.references
    }

    fn value(&self, source: SourceId) -> Option<&Value> {
        self.sources.file(source).map(|file| &file.value)
    }
}

fn read_input(input: Input<'_>, id: SourceId) -> (Source, Diagnostics) {
    match input {
        Input::File(path) => read::file(path, &path.display().to_string(), id),
        Input::Text { name, text } => read::bytes(name, text.as_bytes().to_vec(), id),
    }
}

fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    let mut severities = diagnostics.iter().map(|diagnostic| diagnostic.severity);
    severities.any(|severity| severity == Severity::Error)
}
