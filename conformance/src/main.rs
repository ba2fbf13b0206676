//! `skyvern-conformance`: tests a running server against its OpenAPI document.

use std::{io::Write as _, process::ExitCode};

use clap::{
    CommandFactory as _, Parser as _,
    error::{ContextKind, ContextValue, ErrorKind},
};
use skyvern_conformance::{
    cli::{Cli, Color},
    command::dispatch,
    config, panics,
    setup::{Form, SetupError},
};

fn main() -> ExitCode {
    panics::install();
    let environment: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    // Without a current directory nothing is found above it.
    let directory = std::env::current_dir().unwrap_or_default();
    let typed = std::env::args_os().collect();
    let layered = match config::layer(&Cli::command(), typed, &environment, &directory) {
        Ok(layered) => layered,
        Err(error) => {
            let error = SetupError::from(error);
            // Nobody may be reading; the exit code tells the same.
            let _ = writeln!(anstream::stderr(), "error: {error}");
            return error.exit.into();
        }
    };
    let cli = Cli::try_parse_from(layered.arguments).unwrap_or_else(|error| stray(error).exit());
    let choice = match cli.color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
    match dispatch(cli.command, &layered.settings, &|name| {
        std::env::var(name).ok()
    }) {
        Ok(exit) => exit.into(),
        Err(error) => {
            let mut out = anstream::stderr();
            // Nobody may be reading; the exit code tells the same.
            let _ = match error.form {
                Form::Sentence => writeln!(out, "error: {error}"),
                Form::Diagnostics => writeln!(out, "{error}"),
            };
            if let Some(hint) = &error.hint {
                let _ = writeln!(out, " hint: {hint}");
            }
            error.exit.into()
        }
    }
}

/// An error of the parser without the value that stands where none is taken: it may be the key.
fn stray(mut error: clap::Error) -> clap::Error {
    let kind = ContextKind::InvalidArg;
    if let Some(ContextValue::String(text)) = error.get(kind)
        && error.kind() == ErrorKind::UnknownArgument
        && !text.starts_with('-')
    {
        error.insert(kind, ContextValue::String("…".to_owned()));
    }
    error
}
