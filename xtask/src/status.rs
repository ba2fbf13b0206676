//! Lines in cargo's manner, and numbers with their nouns.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

/// A word of twelve columns, then what it is about.
pub(crate) fn line(
    out: &mut impl Write,
    word: &str,
    colour: AnsiColor,
    text: &str,
) -> io::Result<()> {
    let style = Style::new().bold().fg_color(Some(colour.into()));
    writeln!(out, "{style}{word:>12}{style:#} {text}")
}

/// `1 file`, `2 files`.
pub(crate) fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
