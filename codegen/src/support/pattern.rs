//! Patterns of the document, compiled when they are first needed.

use std::sync::OnceLock;

use regex::Regex;

use crate::check::Findings;

/// A regular expression. One that cannot be compiled refuses nothing.
pub(crate) struct Pattern {
    source: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(crate) const fn new(source: &'static str) -> Self {
        Self {
            source,
            compiled: OnceLock::new(),
        }
    }

    fn matches(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| Regex::new(self.source).ok());
        compiled.as_ref().is_none_or(|regex| regex.is_match(text))
    }
}

impl Findings {
    /// The pattern must match somewhere in the text.
    pub(crate) fn pattern(&mut self, text: &str, pattern: &Pattern) {
        let source = pattern.source;
        self.require(
            pattern.matches(text),
            format_args!("must match the pattern {source}"),
        );
    }
}
