//! The difference for a terminal.

use std::io::Write;

use anstyle::{AnsiColor, Style};

use super::{Comparison, Part, Written, aside, is_plain, name, reached, version};
use crate::status;

/// How many operations are named before the rest is counted.
const OPERATIONS: usize = 4;

pub(super) fn write(comparison: &Comparison<'_>, verbose: bool, out: &mut impl Write) -> Written {
    for (document, word) in [(comparison.old, "Old"), (comparison.new, "New")] {
        let text = format!("{} (OpenAPI {})", name(document), version(document));
        status::line(out, word, AnsiColor::Green, &text)?;
    }
    for part in Part::ALL {
        let changes = part.of_all(comparison.difference);
        if changes.is_empty() {
            continue;
        }
        let style = Style::new().bold().fg_color(Some(colour(part).into()));
        writeln!(
            out,
            "\n{style}{}{style:#} ({})",
            part.title(),
            changes.len()
        )?;
        for change in changes {
            writeln!(out, "  {change}{}", aside(change.effect))?;
            let most = if verbose { usize::MAX } else { OPERATIONS };
            let dim = Style::new().dimmed();
            writeln!(out, "      {dim}{}{dim:#}", comparison.places(change))?;
            if !is_plain(change) {
                writeln!(out, "      {dim}{}{dim:#}", reached(change, most, ""))?;
            }
        }
    }
    if !comparison.difference.changes.is_empty() {
        writeln!(out)?;
    }
    let word = if comparison.difference.is_empty() {
        "Same"
    } else {
        "Summary"
    };
    status::line(out, word, AnsiColor::Green, &comparison.summary())
}

fn colour(part: Part) -> AnsiColor {
    match part {
        Part::BreaksClients => AnsiColor::Red,
        Part::RiskForClients | Part::BreaksServers => AnsiColor::Yellow,
        Part::RiskForServers | Part::Compatible => AnsiColor::Cyan,
    }
}
