//! `skyvern-conformance`: tests a running server against its OpenAPI document.

use std::{io::Write as _, process::ExitCode};

use clap::Parser as _;
use skyvern_conformance::{
    cli::{Cli, Color},
    command::dispatch,
    setup::Form,
};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let choice = match cli.color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
    match dispatch(cli.command, &|name| std::env::var(name).ok()) {
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
