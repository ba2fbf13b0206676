//! What the command line says about itself.

use crate::{transcript, xtask};

#[test]
fn help_names_every_command() {
    let here = std::env::current_dir().unwrap();
    let text: Vec<String> = [
        &["--help"][..],
        &["regenerate", "--help"],
        &["spec-diff", "--help"],
        &["bench", "--help"],
    ]
    .iter()
    .map(|arguments| transcript(&xtask(&here, arguments)))
    .collect();
    insta::assert_snapshot!("help", text.join("\n"));
}

#[test]
fn a_slip_is_answered_with_what_was_probably_meant() {
    let here = std::env::current_dir().unwrap();
    let text: Vec<String> = [
        &["regenrate"][..],
        &["regenerate", "--spce", "a.yaml"],
        &["spec-diff", "a.yaml", "b.yaml", "--format", "markdwon"],
        &["spec-diff", "a.yaml"],
        &["regenerate", "--spec", "ftp://host/a.yaml"],
    ]
    .iter()
    .map(|arguments| transcript(&xtask(&here, arguments)))
    .collect();
    insta::assert_snapshot!("slips", text.join("\n"));
}
