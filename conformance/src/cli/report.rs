//! Which reports are written, and what `report` takes.

use std::path::PathBuf;

use clap::Args;

use crate::report::Wanted;

/// Which reports are written.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reports")]
pub struct OutputArgs {
    /// Write a report: html, junit, json, ndjson, sarif, har, markdown or github, with =PATH where to
    /// (- is standard output); repeatable
    #[arg(long = "report", value_name = "FORMAT[=PATH]")]
    pub(super) reports: Vec<Wanted>,
    /// Where reports without a path are written
    #[arg(long, value_name = "DIR", default_value = "conformance-report")]
    pub(super) report_dir: PathBuf,
    /// Tell of passing cases, of each check and of findings of level may too
    #[arg(long, short)]
    pub(super) verbose: bool,
}

/// What the reporters of a run are told.
#[derive(Debug)]
pub struct ReportSettings {
    /// Whether everything is told.
    pub verbose: bool,
    /// Reports to be written at the end.
    pub wanted: Vec<Wanted>,
    /// Where those without a path go.
    pub directory: PathBuf,
}

impl OutputArgs {
    pub(super) fn settings(self) -> ReportSettings {
        ReportSettings {
            verbose: self.verbose,
            wanted: self.reports,
            directory: self.report_dir,
        }
    }
}

/// What `report` takes.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Files of --report ndjson, or directories below .conformance/runs; several are the shards of
    /// one run [default: the newest below .conformance/runs]
    #[arg(value_name = "RUN")]
    runs: Vec<PathBuf>,
    /// Let findings of level should fail it
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    output: OutputArgs,
}

impl ReportArgs {
    /// The runs, the reports of them, and whether findings of level should count.
    pub fn settings(self) -> (Vec<PathBuf>, ReportSettings, bool) {
        (self.runs, self.output.settings(), self.strict)
    }
}
