//! `bench`: starts the measures, which are programs of their own, optimised.

use std::{ffi::OsString, process::ExitCode};

use clap::{Args, Subcommand};

use crate::{
    defects::exit_code,
    failure::Failure,
    origin::{Profile, example},
};

/// Measure the generator beside its peers.
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
    Codegen {
        /// Passed on: see --help.
        #[arg(
            trailing_var_arg = true,
            allow_hyphen_values = true,
            value_name = "OPTION"
        )]
        options: Vec<OsString>,
    },
}

/// Runs the measure; its exit code.
///
/// # Errors
/// If cargo cannot be started.
pub(crate) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let Measure::Codegen { options } = &options.measure;
    exit_code(example("bench_codegen", Profile::Release).args(options))
}
