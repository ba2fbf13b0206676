//! The page of the defects for people: what the reference server can do wrong, and which check
//! finds it. It follows from the tables alone, so that it is the same on every machine.

use std::fmt::Write as _;

use super::defects;
use crate::{
    check::Suite,
    reference::{Defect, Kind},
};

/// `docs/defects.md`.
pub fn page() -> String {
    let all = defects();
    let count = |suite: Suite, kind: Kind| {
        let of = |one: &&&Defect| one.suite == suite && one.kind == kind;
        all.iter().filter(of).count()
    };
    let mut page = String::from(
        "<!-- Written by `cargo xtask defects`. -->\n\n\
         # Named defects of the reference server\n\n\
         `skyvern-conformance serve skyvern --defect NAME` and `skyvern-conformance run --defect NAME`\n\
         switch one on. `cargo xtask defects` tries each and fails if its check misses it, or if a benign\n\
         variation, which is different and still right, is reported. `skyvern-conformance explain CHECK`\n\
         tells of a check.\n\n\
         | Suite | Faults | Benign variations |\n|---|--:|--:|\n",
    );
    // Writing to a string does not fail.
    for suite in Suite::ALL {
        let (faults, benign) = (count(suite, Kind::Fault), count(suite, Kind::Benign));
        let _ = writeln!(page, "| {suite} | {faults} | {benign} |");
    }
    for suite in Suite::ALL {
        let _ = write!(
            page,
            "\n## {suite}\n\n| Defect | What the server does | Found by |\n|---|---|---|\n"
        );
        for defect in all.iter().filter(|one| one.suite == suite) {
            let found_by = match defect.kind {
                Kind::Fault => defect.check,
                Kind::Benign => "nothing: it is benign",
            };
            let summary = defect.summary.replace('|', "\\|");
            let _ = writeln!(page, "| `{}` | {summary} | {found_by} |", defect.name);
        }
    }
    page
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_is_what_the_tables_say() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/defects.md");
        let stands = std::fs::read_to_string(file).unwrap_or_default();
        assert!(
            stands == super::page(),
            "docs/defects.md is stale: run `cargo xtask defects`"
        );
    }
}
