//! `explain`: what a check asserts, why, at what level, and where that is written.

use std::fmt::Write as _;

use super::print;
use crate::{
    check::{CHECKS, Check, remedy},
    exit::Exit,
    setup::{SetupError, similar},
};

/// The width of a paragraph.
const WIDTH: usize = 88;

pub(super) fn explain(name: &str) -> Result<Exit, SetupError> {
    let wanted = name.to_ascii_lowercase();
    let matches: Vec<&Check> = CHECKS
        .iter()
        .copied()
        .filter(|check| {
            check.id.eq_ignore_ascii_case(name)
                || check.name == wanted
                || format!("{}::{}", check.suite, check.name) == wanted
        })
        .collect();
    if matches.is_empty() {
        return Err(unknown(name));
    }
    let texts: Vec<String> = matches.into_iter().map(text).collect();
    print(&texts.join("\n"))?;
    Ok(Exit::Conforms)
}

fn unknown(name: &str) -> SetupError {
    let error = SetupError::usage(format!("there is no check `{name}`"));
    let upper = name.to_ascii_uppercase();
    let by_id = similar(&upper, CHECKS.iter().map(|check| check.id));
    let by_name = similar(name, CHECKS.iter().map(|check| check.name));
    match by_name.or(by_id) {
        Some(other) => error.hint(format!("did you mean `{other}`?")),
        None => error.hint("`skyvern-conformance list` lists them"),
    }
}

fn text(check: &Check) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "{} {}::{}, level {}\n",
        check.id, check.suite, check.name, check.level
    );
    let _ = writeln!(text, "{}\n", wrapped(&format!("{}.", check.sentence)));
    let _ = writeln!(text, "{}\n", wrapped(check.explain));
    let _ = writeln!(text, "Written in:");
    for source in check.sources {
        let _ = writeln!(text, "  - {source}");
    }
    if let Some(remedy) = remedy(check.id) {
        let _ = writeln!(
            text,
            "\nTo mend a server:\n{}",
            wrapped(&format!("{remedy}."))
        );
    }
    if !check.follows.is_empty() {
        let causes = check.follows.join(", ");
        let _ = writeln!(text, "\nNot reported beside {causes}, which explain it.");
    }
    text
}

fn wrapped(text: &str) -> String {
    let mut wrapped = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > WIDTH {
            wrapped.push('\n');
            column = 0;
        } else if column > 0 {
            wrapped.push(' ');
            column += 1;
        }
        wrapped.push_str(word);
        column += length;
    }
    wrapped
}
