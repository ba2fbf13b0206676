//! `defects`: starts the measure of the runner, `conformance/examples/defects.rs`, optimised. It is
//! a program of its own so that `xtask` stays a small build.

use std::{
    env,
    ffi::OsString,
    io,
    process::{Command, ExitCode},
};

/// Runs it with `arguments`; its exit code.
///
/// # Errors
/// If cargo cannot be started.
pub(crate) fn run(arguments: &[OsString]) -> io::Result<ExitCode> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["run", "--quiet", "--release", "--package"])
        .args(["skyvern-conformance", "--example", "defects", "--"])
        .args(arguments)
        .status()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    // Without a code it was ended by a signal.
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
