//! What `regenerate` says about the document itself: what changed since the crate was last written.
//!
//! The last document is the skeleton that the crate keeps beside its sources, `document.json`. So it is
//! the very one that the code was made from, overlays applied, whatever version control knows, and
//! also for crates that are under none.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use anstyle::{AnsiColor, Style};
use spec::{
    Document,
    diff::{Change, Impact},
};

use crate::{
    regenerate::shown,
    spec_diff::{self, Part},
    status,
};

/// How many changes are written out before the rest is counted.
const MOST: usize = 8;

/// Compares `document` with the skeleton at `path` and says in few lines what changed; nothing if there is no
/// skeleton or no change on the wire.
pub(crate) fn tell(path: &Path, document: &Document, out: &mut impl Write) -> io::Result<()> {
    let Ok(text) = fs::read_to_string(path) else {
        return Ok(());
    };
    let Ok(before) = Document::from_text(&shown(path), &text, &[]) else {
        let text = format!("not told: {} is no document any more", shown(path));
        return status::line(out, "Changed", AnsiColor::Yellow, &text);
    };
    let mut difference = spec::diff::compare(&before, document);
    // The skeleton has no prose to compare with.
    difference.documentation = 0;
    if difference.changes.is_empty() {
        return Ok(());
    }
    let colour = match difference.effect().clients {
        Impact::Breaking => AnsiColor::Red,
        Impact::Risk => AnsiColor::Yellow,
        Impact::None => AnsiColor::Cyan,
    };
    status::line(out, "Changed", colour, &spec_diff::summary(&difference))?;
    for change in difference.changes.iter().take(MOST) {
        let place = change.new.as_ref().map(|at| spec_diff::place(document, at));
        let old = change.old.as_ref().map(|at| spec_diff::place(&before, at));
        let dim = Style::new().dimmed();
        let place = place.or(old).unwrap_or_default();
        let word = word(change);
        writeln!(out, "{:>12} {change}{word} {dim}{place}{dim:#}", "")?;
    }
    let more = difference.changes.len().saturating_sub(MOST);
    if more > 0 {
        let text = "`cargo xtask spec-diff OLD NEW` tells them all";
        writeln!(out, "{:>12} and {more} more: {text}", "")?;
    }
    Ok(())
}

fn word(change: &Change) -> &'static str {
    match Part::of(change.effect) {
        Part::BreaksClients => " (breaks clients)",
        Part::RiskForClients => " (a risk for clients)",
        Part::BreaksServers => " (breaks servers)",
        Part::RiskForServers => " (a risk for servers)",
        Part::Compatible => "",
    }
}
