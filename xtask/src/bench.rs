//! `bench`: starts the measures, which are programs of their own, optimised.

mod timings;

use std::{
    ffi::OsString,
    process::{Command, ExitCode},
};

use clap::{Args, Subcommand};

use crate::{
    defects::exit_code,
    failure::Failure,
    origin::{Profile, cargo, example},
};

/// Measure: the generator beside its peers, how things grow, what a request and a value cost, what a build costs.
#[derive(Args)]
#[command(disable_help_subcommand = true, arg_required_else_help = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    measure: Measure,
}

#[derive(Subcommand)]
enum Measure {
    /// Generate clients with this generator and with those of its peers that are installed; print tables.
    ///
    /// Measured are time and memory to generate, lines, `cargo check` of the output, how unions decode, what
    /// errors say and which types print a secret. Peers are looked for on PATH; nothing is installed.
    #[command(disable_help_flag = true)]
    Codegen(PassedOn),
    /// CPU time, memory and requests against operations, cases and jobs, as tables and as a drawing.
    #[command(disable_help_flag = true)]
    Growth(PassedOn),
    /// What the runner adds to a request, beside a bare client that sends the same bytes.
    #[command(disable_help_flag = true)]
    Request(PassedOn),
    /// How fast secrets are searched for, and values judged and made.
    Pace,
    /// What building the runner from nothing costs, crate by crate.
    Build,
}

/// What the program of the measure takes.
#[derive(Args)]
struct PassedOn {
    /// Passed on: see --help; of `request` a profile and how many rounds.
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "OPTION"
    )]
    options: Vec<OsString>,
}

/// Runs the measure; its exit code.
///
/// # Errors
/// If cargo cannot be started.
pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    match &options.measure {
        Measure::Codegen(PassedOn { options }) => {
            exit_code(example("bench_codegen", Profile::Release).args(options))
        }
        Measure::Growth(PassedOn { options }) => {
            // It measures other programs, and need not be quick itself.
            exit_code(example("bench_growth", Profile::Debug).args(options))
        }
        Measure::Request(PassedOn { options }) => exit_code(of_runner("cost").args(options)),
        Measure::Pace => exit_code(&mut of_runner("pace")),
        Measure::Build => timings::run(),
    }
}

/// A command that builds and runs a measure of the runner, optimised.
fn of_runner(name: &str) -> Command {
    let mut command = cargo();
    command
        .args(["run", "--quiet", "--release", "--package"])
        .args(["skyvern-conformance", "--example", name, "--"]);
    command
}
