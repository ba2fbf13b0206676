//! What a run knows of earlier ones.

use std::path::PathBuf;

use clap::Args;

/// What is known from before.
#[derive(Debug, Args)]
#[command(next_help_heading = "Known findings")]
pub struct HistoryArgs {
    /// Findings in this file are known, each with a reason and a last day: they are shown and do not
    /// fail the run
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Write the findings of this run into the baseline: new ones are added, stale ones go
    #[arg(long, requires = "baseline")]
    pub(super) baseline_update: bool,
    /// Inputs that failed once: they are tried first, and new ones are added [default:
    /// conformance-regressions.ndjson, if it is there]
    #[arg(long, value_name = "FILE")]
    pub(super) regressions: Option<PathBuf>,
    /// Only the cases with findings in the last run that is recorded in this directory
    #[arg(long)]
    pub(super) rerun_failed: bool,
}

/// What a run knows of earlier ones.
#[derive(Clone, Debug)]
pub struct HistorySettings {
    /// The file of known findings.
    pub baseline: Option<PathBuf>,
    /// Whether that is written.
    pub update: bool,
    /// The file of inputs that failed once.
    pub regressions: Option<PathBuf>,
    /// Whether only what failed is run.
    pub rerun_failed: bool,
}

impl HistoryArgs {
    pub(super) fn settings(self) -> HistorySettings {
        HistorySettings {
            baseline: self.baseline,
            update: self.baseline_update,
            regressions: self.regressions,
            rerun_failed: self.rerun_failed,
        }
    }
}
