//! The page of the defects for people: what the reference servers can do wrong, and which check
//! finds it. It follows from the tables alone, so that it is the same on every machine.

use std::fmt::Write as _;

use crate::{
    check::Suite,
    reference::{Defect, Kind, Server},
};

/// `docs/defects.md`.
pub fn page() -> String {
    let mut page = String::from(
        "<!-- Written by `cargo xtask defects`. -->\n\n\
         # Named defects of the reference servers\n\n\
         `skyvern-conformance serve SERVER --defect NAME` and `skyvern-conformance run --defect NAME`\n\
         switch one on. `cargo xtask defects` tries each and fails if its check misses it, or if a benign\n\
         variation, which is different and still right, is reported. `skyvern-conformance explain CHECK`\n\
         tells of a check.\n",
    );
    for server in Server::ALL {
        let title = match server {
            Server::Skyvern => "The Skyvern reference server",
            Server::CredentialService => "The credential service",
            Server::Bridged => "The Skyvern reference server with a credential service behind it",
        };
        // Writing to a string does not fail.
        let vault = match server {
            Server::Bridged => " --vault URL",
            Server::Skyvern | Server::CredentialService => "",
        };
        let _ = write!(page, "\n## {title}\n\n`serve {}{vault}`\n", server.name());
        tell(server.defects(), &mut page);
    }
    page
}

fn tell(defects: &[Defect], page: &mut String) {
    let count = |suite: Suite, kind: Kind| {
        let of = |one: &&Defect| one.suite == suite && one.kind == kind;
        defects.iter().filter(of).count()
    };
    let has = |suite: &Suite| defects.iter().any(|one| one.suite == *suite);
    let suites: Vec<Suite> = Suite::ALL.into_iter().filter(has).collect();
    page.push_str("\n| Suite | Faults | Benign variations |\n|---|--:|--:|\n");
    for suite in &suites {
        let (faults, benign) = (count(*suite, Kind::Fault), count(*suite, Kind::Benign));
        let _ = writeln!(page, "| {suite} | {faults} | {benign} |");
    }
    for suite in suites {
        let _ = write!(
            page,
            "\n### {suite}\n\n| Defect | What the server does | Found by |\n|---|---|---|\n"
        );
        for defect in defects.iter().filter(|one| one.suite == suite) {
            let found_by = match defect.kind {
                Kind::Fault => defect.check,
                Kind::Benign => "nothing: it is benign",
            };
            let summary = defect.summary.replace('|', "\\|");
            let _ = writeln!(page, "| `{}` | {summary} | {found_by} |", defect.name);
        }
    }
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
