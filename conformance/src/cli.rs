//! The command line, and from it the settings. The spelling of every option is a promise.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{
    check::Suite,
    exit::Exit,
    plan::{Pattern, Selection, Shard},
    report::Wanted,
    seed::Seed,
    settings::{
        PlanSettings, Profile, ServerSettings, StopSettings, TargetName, header, header_env,
        pattern, shard, shard_from,
    },
    setup::{SetupError, similar},
    transport::Rate,
};

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
#[expect(clippy::large_enum_variant, reason = "there is one of it")]
pub enum Command {
    /// Test a server; without a URL, the embedded reference server
    Run(RunArgs),
    /// List the checks and cases that a run would make
    List(ListArgs),
    /// Send a recorded failing input again and judge it again
    Replay(ReplayArgs),
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
    /// Print shell completions
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// The reference servers.
#[derive(Debug, Subcommand)]
pub enum Serve {
    /// The Skyvern credentials API, in memory
    Skyvern {
        /// The port on 127.0.0.1; 0 takes a free one
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// Be wrong in this way; repeatable
        #[arg(long = "defect", value_name = "NAME")]
        defects: Vec<String>,
        /// List the defects that there are
        #[arg(long)]
        list_defects: bool,
        /// The file that holds the key to let in [default: $SKYVERN_API_KEY, or a random one]
        #[arg(long, value_name = "FILE")]
        api_key_file: Option<PathBuf>,
    },
}

/// Which server, and how to talk to it.
#[derive(Debug, Args)]
pub struct ServerArgs {
    /// What the URL is
    #[arg(long, value_enum, default_value_t = TargetName::Skyvern, value_name = "NAME")]
    target: TargetName,
    /// Another document than the built-in one
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// An OpenAPI Overlay for the document; repeatable
    #[arg(long = "overlay", value_name = "FILE")]
    overlays: Vec<PathBuf>,
}

/// How to reach it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub struct ConnectionArgs {
    /// Allow creating and deleting things on a host that is not this machine
    #[arg(long)]
    allow_writes: bool,
    /// The file that holds the API key [default: $SKYVERN_API_KEY]
    #[arg(long, value_name = "FILE")]
    api_key_file: Option<PathBuf>,
    /// A header for every request; repeatable
    // Read later: an error of the parser would show the value.
    #[arg(long = "header", value_name = "NAME:VALUE")]
    headers: Vec<String>,
    /// A header for every request, its value taken from a variable; repeatable
    #[arg(long, value_name = "NAME=VAR", value_parser = header_env)]
    header_env: Vec<(String, String)>,
    /// Trust the authorities in this file too; repeatable
    #[arg(long, value_name = "PEM")]
    cacert: Vec<PathBuf>,
    /// The client's certificate
    #[arg(long, value_name = "PEM", requires = "key")]
    cert: Option<PathBuf>,
    /// The client's private key
    #[arg(long, value_name = "PEM", requires = "cert")]
    key: Option<PathBuf>,
    /// Accept any certificate
    #[arg(long)]
    insecure: bool,
    /// Send everything through this HTTP proxy; the environment's is not used
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// Time limit of a request with its answer
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    timeout: Duration,
    /// How often a connection that failed is tried again
    #[arg(long, value_name = "N", default_value_t = 2)]
    retries: u32,
    /// At most so many requests in a span of time, e.g. 20/s
    #[arg(long, value_name = "RATE")]
    rate_limit: Option<Rate>,
}

/// Which cases.
#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
pub struct SelectionArgs {
    /// Only these suites: schema, lifecycle, auth, robustness, redaction [default: all but redaction]
    #[arg(long = "suite", value_name = "NAME", value_delimiter = ',', value_parser = suite)]
    suites: Vec<Suite>,
    /// Only cases `suite::check::subject` (or checks, by id) that match; repeatable
    #[arg(long, value_name = "GLOB", value_parser = pattern)]
    only: Vec<Pattern>,
    /// Not the cases or checks that match; repeatable
    #[arg(long, value_name = "GLOB", value_parser = pattern)]
    skip: Vec<Pattern>,
    /// Only part K of N; auto: as CI or Kubernetes numbers this job
    #[arg(long, value_name = "K/N|auto")]
    shard: Option<String>,
    /// How much to try
    #[arg(long, value_enum, default_value_t = Profile::Quick)]
    profile: Profile,
    /// Random inputs of each case [default: by profile]
    #[arg(long, value_name = "N")]
    cases: Option<usize>,
}

/// What `run` takes.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The base URL of the server
    url: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
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
    /// Tell of passing cases, of each check and of findings of level may too
    #[arg(long, short)]
    verbose: bool,
    /// Write a report: json, json=PATH, json=- ; repeatable
    #[arg(long = "report", value_name = "FORMAT[=PATH]")]
    reports: Vec<Wanted>,
    /// Where reports without a path are written
    #[arg(long, value_name = "DIR", default_value = "conformance-report")]
    report_dir: PathBuf,
    #[command(flatten)]
    connection: ConnectionArgs,
}

/// What `list` takes.
#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    selection: SelectionArgs,
}

/// What `replay` takes.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// What a run printed behind `replay`, or the file of a recording
    pub recording: String,
    /// The file that holds the API key [default: as recorded, or $SKYVERN_API_KEY]
    #[arg(long, value_name = "FILE")]
    pub api_key_file: Option<PathBuf>,
    /// A header for every request; values are not recorded
    #[arg(long = "header", value_name = "NAME:VALUE")]
    pub headers: Vec<String>,
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

impl RunArgs {
    /// The settings of a run.
    ///
    /// # Errors
    /// If `--shard auto` finds no index, or a header is none.
    pub fn settings(
        self,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<(ServerSettings, PlanSettings, StopSettings, ReportSettings), SetupError> {
        let connection = self.connection;
        let headers = headers(&connection.headers)?;
        let server = ServerSettings {
            target: self.server.target,
            url: self.url,
            defects: self.defects,
            spec: self.server.spec,
            overlays: self.server.overlays,
            allow_writes: connection.allow_writes,
            api_key_file: connection.api_key_file,
            header_names: headers.iter().map(|(name, _)| name.clone()).collect(),
            headers,
            header_env: connection.header_env,
            cacert: connection.cacert,
            cert: connection.cert,
            key: connection.key,
            insecure: connection.insecure,
            proxy: connection.proxy,
            timeout: connection.timeout,
            retries: connection.retries,
            rate: connection.rate_limit,
            jobs: self.jobs,
        };
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
        let report = ReportSettings {
            verbose: self.verbose,
            wanted: self.reports,
            directory: self.report_dir,
        };
        Ok((server, plan, stop, report))
    }
}

/// Reads `--header` options.
pub(crate) fn headers(texts: &[String]) -> Result<Vec<(String, String)>, SetupError> {
    let read =
        |text: &String| header(text).map_err(|why| SetupError::usage(format!("--header: {why}")));
    texts.iter().map(read).collect()
}

impl ListArgs {
    /// The settings of the run that is listed.
    ///
    /// # Errors
    /// If `--shard auto` finds no index.
    pub fn settings(
        self,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<(ServerSettings, PlanSettings), SetupError> {
        let server = ServerSettings {
            target: self.server.target,
            spec: self.server.spec,
            overlays: self.server.overlays,
            ..ServerSettings::embedded()
        };
        let plan = PlanSettings {
            profile: self.selection.profile,
            cases: self.selection.cases,
            selection: self.selection.selection(variable)?,
            shrink: true,
            seed: None,
        };
        Ok((server, plan))
    }
}

impl SelectionArgs {
    fn selection(self, variable: &dyn Fn(&str) -> Option<String>) -> Result<Selection, SetupError> {
        let shard: Option<Shard> = match self.shard.as_deref() {
            None => None,
            Some("auto") => Some(shard_from(variable).map_err(SetupError::usage)?),
            Some(text) => Some(shard(text).map_err(SetupError::usage)?),
        };
        Ok(Selection {
            suites: self.suites,
            only: self.only,
            skip: self.skip,
            shard,
        })
    }
}

fn suite(text: &str) -> Result<Suite, String> {
    Suite::from_name(text).ok_or_else(|| {
        let names = Suite::ALL.map(Suite::name);
        match similar(text, names.into_iter()) {
            Some(other) => format!("there is no such suite; did you mean `{other}`?"),
            None => format!("there is no such suite; there are {}", names.join(", ")),
        }
    })
}

fn duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text)
        .map_err(|_| "it is no duration: write 500ms, 10s or 5m".to_owned())?;
    if duration.is_zero() {
        return Err("it must be longer than nothing".to_owned());
    }
    Ok(duration)
}

fn jobs(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("it must be a number from 1".to_owned()),
        Ok(jobs) => Ok(jobs),
    }
}

fn exit_codes() -> String {
    let lines = Exit::ALL.map(|(exit, meaning)| format!("  {:>3}  {meaning}", exit.code()));
    format!("Exit codes:\n{}", lines.join("\n"))
}
