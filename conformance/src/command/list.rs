//! `list`: the checks and cases that a run would make.

use std::{collections::BTreeSet, fmt::Write as _};

use super::print;
use crate::{
    case::Case,
    check::CHECKS,
    cli::ListArgs,
    exit::Exit,
    plan,
    report::counted,
    setup::{self, SetupError},
};

pub(super) fn list(
    args: ListArgs,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Exit, SetupError> {
    let (servers, settings) = args.settings(variable)?;
    let targets = servers.iter().map(setup::target);
    let targets = targets.collect::<Result<Vec<_>, _>>()?;
    let cases: Vec<Case> = targets
        .iter()
        .flat_map(|target| plan::make(target, &settings.budget(), &settings.selection))
        .collect();
    if cases.is_empty() {
        return Err(nothing_selected());
    }
    let judged: BTreeSet<&str> = cases
        .iter()
        .flat_map(|case| {
            let wanted =
                |check: &&&crate::check::Check| settings.selection.takes_check(check, &case.id);
            case.judges.iter().filter(wanted).map(|check| check.id)
        })
        .collect();
    // Writing to a string does not fail.
    let mut text = String::new();
    let _ = writeln!(text, "{} checks", judged.len());
    for check in CHECKS.iter().filter(|check| judged.contains(check.id)) {
        let _ = writeln!(text, "  {} {:<6} {}", check.id, check.level, check.sentence);
    }
    let _ = writeln!(text, "\n{} cases", cases.len());
    for case in &cases {
        let _ = writeln!(text, "  {}", case.id);
    }
    about(&plan::About::of_all(&targets), &mut text);
    print(&text)?;
    Ok(Exit::Conforms)
}

/// What of requests is taken for secret, and what the document leaves unsaid.
fn about(about: &plan::About, text: &mut String) {
    if !about.secrets.is_empty() {
        let _ = writeln!(
            text,
            "\n{} in requests",
            counted(about.secrets.len() as u64, "secret")
        );
    }
    for secret in &about.secrets {
        let operations = secret.operations.join(", ");
        let _ = writeln!(text, "  {}: {} ({operations})", secret.member, secret.why);
    }
    if !about.notes.is_empty() {
        let _ = writeln!(text, "\n{}", counted(about.notes.len() as u64, "note"));
    }
    for note in &about.notes {
        let _ = writeln!(text, "  {note}");
    }
}

pub(super) fn nothing_selected() -> SetupError {
    SetupError {
        exit: Exit::NothingSelected,
        ..SetupError::usage("no case was selected")
    }
    .hint("`skyvern-conformance list` lists what there is for --suite, --only and --skip")
}
