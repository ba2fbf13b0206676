//! Diagnostics for a person.

/// Whether rendered text carries terminal colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// No escape sequences.
    Plain,
    /// Colours and emphasis by ANSI escape sequences.
    Ansi,
}
