//! `cargo xtask`: the one door to what this repository does to itself.

mod defects;
mod regenerate;
mod tree;

use std::{
    io::{self, ErrorKind, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand};

/// What this repository does to itself.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    disable_help_subcommand = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write the Rust client for an OpenAPI document.
    ///
    /// Without options: from spec/openapi/skyvern.yaml and its overlay into generated/src.
    Regenerate {
        /// Another OpenAPI document: 3.0 or 3.1, YAML or JSON.
        #[arg(long, value_name = "FILE")]
        spec: Option<PathBuf>,
        /// An OpenAPI Overlay 1.0 document to apply, in the given order. Replaces the built-in one.
        #[arg(long, value_name = "FILE")]
        overlay: Vec<PathBuf>,
        /// Write a complete crate into this folder instead.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Write nothing; print a diff and exit with 2 if anything would change.
        #[arg(long)]
        check: bool,
        /// Print every warning and every free JSON value instead of their number.
        #[arg(long, short)]
        verbose: bool,
    },
    /// Try every named defect of the reference server; write docs/defects.md.
    #[command(disable_help_flag = true)]
    Defects {
        /// Passed on: see --help.
        #[arg(
            trailing_var_arg = true,
            allow_hyphen_values = true,
            value_name = "OPTION"
        )]
        options: Vec<std::ffi::OsString>,
    },
}

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let mut out = Unheard(anstream::stdout().lock());
    let outcome = match command {
        Command::Defects { options } => {
            return defects::run(&options).unwrap_or_else(|error| {
                anstream::eprintln!("error: failed to start cargo: {error}");
                ExitCode::from(2)
            });
        }
        Command::Regenerate {
            spec,
            overlay,
            out: folder,
            check,
            verbose,
        } => {
            let request = regenerate::Request::new(spec, overlay, folder, check, verbose);
            regenerate::run(&request, &mut out)
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            anstream::eprintln!("{failure}");
            // 2 is what a stale tree and unusable input have in common: nothing was written.
            ExitCode::from(2)
        }
    }
}

/// A stream whose reader may go away, as in `… | head`: the work goes on, unheard.
struct Unheard<W>(W);

impl<W: Write> Write for Unheard<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(bytes.len()),
            outcome => outcome,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            outcome => outcome,
        }
    }
}
