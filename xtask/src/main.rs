//! `cargo xtask`: the one door to what this repository does to itself.
//!
//! Commands that need more than reading documents and writing files (an HTTP client, measures) are
//! programs of their own, examples that cargo builds when they are first asked for, so that this is a
//! small build.

mod bench;
mod changes;
mod defects;
mod dist;
mod failure;
mod origin;
mod regenerate;
mod spec_diff;
mod status;
mod tree;

use std::{
    ffi::OsString,
    io::{self, ErrorKind, Write},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use failure::Failure;

/// What this repository does to itself.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = "Every command tells more with --help."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Regenerate(regenerate::Options),
    SpecDiff(spec_diff::Options),
    Bench(bench::Options),
    Dist(dist::Options),
    /// Try every named defect of the reference server; write docs/defects.md and docs/checks.md.
    #[command(disable_help_flag = true)]
    Defects {
        /// Passed on: see --help.
        #[arg(
            trailing_var_arg = true,
            allow_hyphen_values = true,
            value_name = "OPTION"
        )]
        options: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    let mut out = Unheard(anstream::stdout().lock());
    let outcome = match command {
        Command::Regenerate(options) => {
            let request = regenerate::Request::new(options);
            regenerate::run(&request, &mut out).map(|()| ExitCode::SUCCESS)
        }
        Command::SpecDiff(options) => {
            spec_diff::run(&options, &mut out).map(|outcome| match outcome {
                spec_diff::Outcome::Accepted => ExitCode::SUCCESS,
                spec_diff::Outcome::Failed => ExitCode::from(1),
            })
        }
        Command::Bench(options) => bench::run(&options),
        Command::Dist(options) => dist::run(&options, &mut out).map(|()| ExitCode::SUCCESS),
        Command::Defects { options } => defects::run(&options),
    };
    outcome.unwrap_or_else(|failure: Failure| {
        anstream::eprintln!("{failure}");
        // 2 is what a stale tree and unusable input have in common: nothing was written.
        ExitCode::from(2)
    })
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
