//! The page of the checks for people: what each asserts, why, where that is written, how it looks
//! when it fails, and how the server is mended. It follows from the tables alone.

use std::fmt::Write as _;

use super::defects;
use crate::{
    check::{CHECKS, Check, Suite, remedy},
    reference::{Defect, Kind, Server},
};

/// Most defects that are told of one check.
const MOST: usize = 4;

/// `docs/checks.md`.
pub fn checks() -> String {
    let mut page = String::from(
        "<!-- Written by `cargo xtask defects --pages`. -->\n\n\
         # The checks\n\n\
         What `skyvern-conformance explain CHECK` tells, of all of them. A failure of level must fails a run, one of\n\
         level should only with `--strict`, one of level may is told with `--verbose`. Each finding names its check, the\n\
         request, the decisive place of the answer, the smallest input that fails, and the nearest one that passes.\n\
         To see one, run the embedded server with a defect that the check finds:\n\n\
         ```console\n\
         $ skyvern-conformance run --defect zeros-lost --only LIF003\n\
         ```\n\n\
         | Suite | Checks |\n|---|--:|\n",
    );
    for suite in Suite::ALL {
        let count = CHECKS.iter().filter(|check| check.suite == suite).count();
        // Writing to a string does not fail.
        let _ = writeln!(page, "| [{suite}](#{suite}) | {count} |");
    }
    for suite in Suite::ALL {
        let _ = write!(page, "\n## {suite}\n");
        for check in CHECKS.iter().filter(|check| check.suite == suite) {
            tell(check, &mut page);
        }
    }
    page
}

fn tell(check: &Check, page: &mut String) {
    let Check {
        id, suite, name, ..
    } = check;
    let level = check.level;
    let _ = write!(
        page,
        "\n### {id} {suite}::{name}\n\n**{}.** Level {level}.\n\n{}\n\n",
        sentence(check.sentence),
        text(check.explain)
    );
    let sources: Vec<String> = check
        .sources
        .iter()
        .map(|one| text(&one.to_string()))
        .collect();
    let _ = writeln!(page, "- Written in: {}.", sources.join("; "));
    if !check.follows.is_empty() {
        let causes = check.follows.join(", ");
        let _ = writeln!(page, "- Not reported beside {causes}, which explain it.");
    }
    let mut finds = defects();
    finds.retain(|one| one.check == *id && one.kind == Kind::Fault);
    if !finds.is_empty() {
        let told = finds.iter().take(MOST).map(|one| shown(one));
        let _ = write!(
            page,
            "- Fails when {}",
            told.collect::<Vec<_>>().join("; or ")
        );
        let more = finds.len().saturating_sub(MOST);
        if more > 0 {
            let _ = write!(
                page,
                "; or in one of {more} more ways ([defects](defects.md))"
            );
        }
        page.push_str(".\n");
    }
    if let Some(remedy) = remedy(id) {
        let _ = writeln!(page, "- To mend it: {}.", text(remedy));
    }
}

/// A defect with its name, and where it is to be asked for if that is not `run`.
fn shown(defect: &Defect) -> String {
    let has = |server: Server| server.defects().iter().any(|one| one.name == defect.name);
    let of = if has(Server::CredentialService) {
        " of the credential service"
    } else {
        ""
    };
    format!("{} (`{}`{of})", text(defect.summary), defect.name)
}

fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|one| one.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

/// Without what Markdown would take for tags and emphasis.
fn text(text: &str) -> String {
    let text = text.replace('<', "&lt;");
    text.trim_end_matches('.').replace('*', "\\*") + if text.ends_with('.') { "." } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_what_the_tables_say() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/checks.md");
        let stands = std::fs::read_to_string(file).unwrap_or_default();
        assert!(
            stands == checks(),
            "docs/checks.md is stale: run `cargo xtask defects --pages`"
        );
    }

    #[test]
    fn every_check_is_told_with_what_to_do() {
        let page = checks();
        for check in CHECKS.iter() {
            let title = format!("\n### {} ", check.id);
            assert_eq!(page.matches(&title).count(), 1, "{}", check.id);
            assert!(remedy(check.id).is_some(), "{} has no remedy", check.id);
        }
    }
}
