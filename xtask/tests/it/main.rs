//! `cargo xtask` as its users meet it: the real binary, its output and its exit code.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bad_input;
mod dist;
mod fetch;
mod help;
mod regenerate;
mod spec_diff;

use std::{
    path::Path,
    process::{Command, Output},
};

/// Runs `regenerate` with `arguments` in `folder`.
fn regenerate(folder: &Path, arguments: &[&str]) -> Output {
    xtask(folder, &[&["regenerate"], arguments].concat())
}

/// Runs the command line `arguments` in `folder`.
fn xtask(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .current_dir(folder)
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .expect("the binary that cargo has just built starts")
}

/// Both streams and the exit code, as text for a snapshot.
fn transcript(output: &Output) -> String {
    format!(
        "{}{}exit code {}\n",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
        output.status.code().expect("no signal ended it"),
    )
}
