//! What is wrong with a document, where, and what to do about it.

mod rule;

use std::{fmt, ops::Range};

use crate::{
    location::{Location, SourceId},
    render::{self, Style},
    source::{Sources, Span},
};

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The document cannot be used as it is.
    Error,
    /// The document can be used, and something of it is not what its author will expect.
    Warning,
}

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether the document can still be used.
    pub severity: Severity,
    /// A stable, searchable name of the kind of fault, e.g. `unresolved-ref`.
    pub code: &'static str,
    /// What is wrong: one sentence fragment, lowercase, without a full stop.
    pub message: String,
    /// The node at fault.
    pub location: Location,
    /// Whether the fault lies in the member's key rather than in its value.
    pub at_key: bool,
    /// The bytes at fault, where they are no node: a syntax error, the second of two equal keys.
    pub range: Option<Range<usize>>,
    /// Other nodes that take part in the fault, each with what it has to do with it.
    pub related: Vec<(Location, String)>,
    /// Other stretches of the same file that take part in the fault and are no nodes.
    pub related_ranges: Vec<(Range<usize>, String)>,
    /// What to do about it.
    pub hint: Option<String>,
}

/// All that is wrong with a document, in the order of the document.
pub type Diagnostics = Vec<Diagnostic>;

impl Diagnostic {
    /// A fault that makes the document unusable.
    pub fn error(code: &'static str, location: Location, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            location,
            at_key: false,
            range: None,
            related: Vec::new(),
            related_ranges: Vec::new(),
            hint: None,
        }
    }

    /// A fault that the document survives.
    pub fn warning(code: &'static str, location: Location, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, location, message)
        }
    }

    /// A fault of the text itself, before there are nodes.
    pub(crate) fn syntax(
        code: &'static str,
        range: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        let mut diagnostic = Self::error(code, Location::default(), message);
        diagnostic.range = Some(range);
        diagnostic
    }

    /// The same fault, in another file.
    pub(crate) fn in_file(mut self, source: SourceId) -> Self {
        self.location.source = source;
        self
    }

    /// Where the rule is written that the document breaks: the specification of OpenAPI, JSON Schema or
    /// Overlay. `None` for warnings, and for faults that no specification speaks of (a missing file).
    pub fn rule(&self) -> Option<&'static str> {
        match self.severity {
            Severity::Error => rule::rule(self.code),
            Severity::Warning => None,
        }
    }

    /// Says that the key of the member is at fault, not its value.
    #[must_use]
    pub fn at_key(mut self) -> Self {
        self.at_key = true;
        self
    }

    /// Adds what to do about the fault.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds another node that takes part in the fault.
    #[must_use]
    pub fn related(mut self, location: Location, what: impl Into<String>) -> Self {
        self.related.push((location, what.into()));
        self
    }
}

/// Why a document could not be loaded: all faults, and the texts they stand in.
///
/// Displays as [`LoadError::render`] in plain style does.
pub struct LoadError {
    diagnostics: Diagnostics,
    sources: Box<Sources>,
}

impl LoadError {
    pub(crate) fn new(mut diagnostics: Diagnostics, sources: Sources) -> Self {
        render::sort(&mut diagnostics, &sources);
        Self {
            diagnostics,
            sources: Box::new(sources),
        }
    }

    /// All that is wrong, errors and warnings, in the order of the files; at least one is an error.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The files that were read so far.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Where a diagnostic points. `None` for one about a file as a whole, such as a missing one.
    pub fn span(&self, diagnostic: &Diagnostic) -> Option<Span> {
        render::span(diagnostic, &self.sources)
    }

    /// The diagnostics for a person: place, source line, hint.
    pub fn render(&self, style: Style) -> String {
        render::render(&self.diagnostics, &self.sources, style)
    }

    /// The diagnostics as annotations of GitHub Actions, one line each.
    pub fn render_github(&self) -> String {
        render::render_github(&self.diagnostics, &self.sources)
    }
}

impl fmt::Debug for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Style::Plain))
    }
}

impl std::error::Error for LoadError {}
