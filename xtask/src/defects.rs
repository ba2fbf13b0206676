//! `defects`: starts the measure of the runner, `conformance/examples/defects.rs`, optimised. It is
//! a program of its own so that `xtask` stays a small build.

use std::{
    ffi::OsString,
    process::{Command, ExitCode},
};

use crate::{failure::Failure, origin::cargo};

/// Runs it with `arguments`; its exit code.
///
/// # Errors
/// If cargo cannot be started.
pub(crate) fn run(arguments: &[OsString]) -> Result<ExitCode, Failure> {
    let mut command = cargo();
    command
        .args(["run", "--quiet", "--release", "--package"])
        .args(["skyvern-conformance", "--example", "defects", "--"])
        .args(arguments);
    exit_code(&mut command)
}

/// Runs a command to its end on the streams of this process.
///
/// # Errors
/// If it cannot be started.
pub(crate) fn exit_code(command: &mut Command) -> Result<ExitCode, Failure> {
    let status = command.status().map_err(|source| Failure::Start {
        program: "cargo".to_owned(),
        source,
    })?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    // Without a code it was ended by a signal.
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
