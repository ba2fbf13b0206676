//! What `run` takes.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::Args;

use super::{
    ConnectionArgs, HistoryArgs, HistorySettings, OutputArgs, ReportSettings, SelectionArgs,
    ServerArgs, duration,
};
use crate::{
    seed::Seed,
    settings::{PlanSettings, ServerSettings, StopSettings},
    setup::SetupError,
};

/// What `run` takes.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The base URL of the server
    url: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
    /// Act as the credential service behind the Skyvern server, at this address; --token-file
    /// holds its token
    #[arg(long, value_name = "ADDR")]
    bridge_listen: Option<SocketAddr>,
    /// Make the embedded server wrong in this way; repeatable
    #[arg(long = "defect", value_name = "NAME")]
    defects: Vec<String>,
    #[command(flatten)]
    selection: SelectionArgs,
    /// The seed of everything random [default: a new one]
    #[arg(long, value_name = "N")]
    seed: Option<Seed>,
    /// Do not make failing inputs smaller
    #[arg(long)]
    no_shrink: bool,
    /// Cases at the same time
    #[arg(long, value_name = "N", default_value_t = crate::settings::default_jobs(), value_parser = jobs)]
    jobs: usize,
    /// Stop after the first finding
    #[arg(long)]
    fail_fast: bool,
    /// Stop after so many findings
    #[arg(long, value_name = "N", conflicts_with = "fail_fast")]
    max_failures: Option<usize>,
    /// Stop after so much time
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    max_time: Option<Duration>,
    /// Let findings of level should fail the run
    #[arg(long)]
    strict: bool,
    /// Show the requests that would be sent, of random ones the first of each case, and send none
    #[arg(long)]
    dry_run: bool,
    /// Search this log of the server too for what was sent as secret, from its present end on;
    /// repeatable
    #[arg(long = "scan-log", value_name = "FILE")]
    scan_logs: Vec<PathBuf>,
    #[command(flatten)]
    history: HistoryArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    connection: ConnectionArgs,
}

/// Everything that a run is told.
#[derive(Debug)]
pub struct RunSettings {
    /// Which servers, and how to talk to them: one, or without a URL the embedded ones.
    pub servers: Vec<ServerSettings>,
    /// What to try.
    pub plan: PlanSettings,
    /// When to stop and what counts.
    pub stop: StopSettings,
    /// What is known from before.
    pub history: HistorySettings,
    /// What is written.
    pub reports: ReportSettings,
}

impl RunArgs {
    /// Whether requests are shown and not sent.
    pub fn is_dry(&self) -> bool {
        self.dry_run
    }

    /// The logs of the server that are searched.
    pub fn scan_logs(&self) -> &[PathBuf] {
        &self.scan_logs
    }

    /// The settings of a run.
    ///
    /// # Errors
    /// If `--shard auto` finds no index, a header is none, or there is no defect of a name.
    pub fn settings(
        self,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<RunSettings, SetupError> {
        let settings = self.connection.over(ServerSettings {
            url: self.url,
            defects: self.defects,
            bridge_listen: self.bridge_listen,
            jobs: self.jobs,
            ..ServerSettings::embedded()
        })?;
        let servers = self.server.servers(settings)?;
        let plan = PlanSettings {
            profile: self.selection.profile,
            cases: self.selection.cases,
            selection: self.selection.selection(variable)?,
            shrink: !self.no_shrink,
            seed: self.seed,
        };
        let stop = StopSettings {
            max_failures: if self.fail_fast {
                Some(1)
            } else {
                self.max_failures
            },
            max_time: self.max_time,
            strict: self.strict,
        };
        Ok(RunSettings {
            servers,
            plan,
            stop,
            history: self.history.settings(),
            reports: self.output.settings(),
        })
    }
}

fn jobs(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("it must be a number from 1".to_owned()),
        Ok(jobs) => Ok(jobs),
    }
}
