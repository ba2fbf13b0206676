//! The command line, and from it the settings. The spelling of every option is a promise.
//!
//! One file for each command, and one for each group of options that commands share.

mod clean;
mod connection;
mod history;
mod list;
mod replay;
mod report;
mod run;
mod selection;
mod serve;
mod server;
mod servers;

use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};

use crate::exit::Exit;

pub use clean::CleanArgs;
pub use connection::ConnectionArgs;
pub(crate) use connection::headers;
pub use history::{HistoryArgs, HistorySettings};
pub use list::ListArgs;
pub use replay::ReplayArgs;
pub use report::{OutputArgs, ReportArgs, ReportSettings};
pub use run::{RunArgs, RunSettings};
pub use selection::SelectionArgs;
pub use serve::Serve;
pub use server::ServerArgs;

/// Tests a running server against its OpenAPI document
#[derive(Debug, Parser)]
#[command(
    name = "skyvern-conformance",
    version,
    after_help = exit_codes(),
    arg_required_else_help = true,
    max_term_width = 100
)]
pub struct Cli {
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// The configuration to read [default: conformance.toml, here or above]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<std::path::PathBuf>,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Test a server; without a URL, the embedded reference servers
    Run(RunArgs),
    /// List the checks and cases that a run would make
    List(ListArgs),
    /// Send a recorded failing input again and judge it again
    Replay(ReplayArgs),
    /// Render recorded runs again, and make one of the shards of a run
    Report(ReportArgs),
    /// Delete what a run that was killed left on a server
    Clean(CleanArgs),
    /// Tell what a check asserts, why, and where that is written
    Explain {
        /// The id of a check, e.g. SCH003, or its name
        check: String,
    },
    /// Start a reference server
    Serve {
        /// Which one
        #[command(subcommand)]
        server: Serve,
    },
    /// Tell the value of each option of run, and where it comes from
    ShowConfig(RunArgs),
    /// Write a conformance.toml that holds every option, commented out
    Init {
        /// Replace the one that is there
        #[arg(long)]
        force: bool,
    },
    /// Print shell completions
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write the manual pages
    Man {
        /// Where to; without it, the page of the program is printed
        #[arg(value_name = "DIR")]
        directory: Option<std::path::PathBuf>,
    },
}

fn duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text)
        .map_err(|_| "it is no duration: write 500ms, 10s or 5m".to_owned())?;
    if duration.is_zero() {
        return Err("it must be longer than nothing".to_owned());
    }
    Ok(duration)
}

fn exit_codes() -> String {
    let lines = Exit::ALL.map(|(exit, meaning)| format!("  {:>3}  {meaning}", exit.code()));
    format!("Exit codes:\n{}", lines.join("\n"))
}
