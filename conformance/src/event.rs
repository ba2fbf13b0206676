//! What happens in a run, in the order of the plan. Reporters see nothing else, and everything in
//! it is fit to be shown.

use std::time::{Duration, SystemTime};

use crate::{
    case::CaseId,
    check::{Check, Suite},
    ledger::Entry,
    plan::Withheld,
    redact::Finding,
    seed::Seed,
};

/// One thing that happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// The server answers as it should, and the plan begins.
    Started(&'a Header),
    /// A case began: told as it happens, for the progress bar.
    CaseStarted(&'a CaseId),
    /// A case is done, and all before it in the plan were told.
    CaseFinished(&'a CaseReport),
    /// The plan is not finished, and what was created is being deleted.
    Stopping(Ending),
    /// Everything is done.
    Finished(&'a Summary),
}

/// What is known before the first case.
#[derive(Clone, Debug)]
pub struct Header {
    /// The words `skyvern` or `openapi`.
    pub target: &'static str,
    /// The base URL.
    pub url: String,
    /// Whether the server was started by this process, and with which defects.
    pub embedded: Option<Vec<String>>,
    /// Title and version of the document, number of operations, digest.
    pub document: String,
    /// How many cases.
    pub cases: usize,
    /// Cases that are not run, as nothing could take back what they do.
    pub withheld: Vec<Withheld>,
    /// The name of the profile.
    pub profile: &'static str,
    /// The seed.
    pub seed: Seed,
    /// When the run began.
    pub started: SystemTime,
}

/// What became of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseOutcome {
    /// Each check that was tested held.
    Passed,
    /// A check of level must did not hold.
    Failed,
    /// Only checks of level should did not hold.
    Warned,
    /// No answer could be judged.
    Vacuous,
    /// The run ended before it did.
    NotRun,
}

/// A case that is done.
#[derive(Debug)]
pub struct CaseReport {
    /// Its name.
    pub id: CaseId,
    /// Its suite.
    pub suite: Suite,
    /// What became of it.
    pub outcome: CaseOutcome,
    /// Checks that it tested, and whether each held.
    pub judged: Vec<(&'static Check, bool)>,
    /// Findings that are new in this run. Repeated ones are counted with the first.
    pub findings: Vec<Finding>,
    /// How many findings of earlier cases it repeats.
    pub repeated: usize,
    /// How many inputs were tried, shrinking aside.
    pub inputs: usize,
    /// What could not be generated, each as a sentence fragment.
    pub problems: Vec<String>,
    /// From its first input to the last.
    pub elapsed: Duration,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The plan is done.
    Complete,
    /// As many failures as were allowed.
    EnoughFailures,
    /// The time is up.
    OutOfTime,
    /// Ctrl-C or a termination signal.
    Interrupted,
    /// The server accepts no connections any more.
    ServerGone,
}

/// How a check did in the whole run.
#[derive(Clone, Debug)]
pub struct CheckTotals {
    /// The check.
    pub check: &'static Check,
    /// Cases in which it was tested and held.
    pub passed: usize,
    /// Cases in which it did not hold.
    pub failed: usize,
    /// Cases that judge it and saw nothing to judge.
    pub skipped: usize,
}

/// How a suite did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SuiteTotals {
    /// Cases that passed.
    pub passed: usize,
    /// Cases that failed.
    pub failed: usize,
    /// Cases in which only checks of level should did not hold.
    pub warned: usize,
    /// Cases that tested nothing.
    pub vacuous: usize,
    /// Cases that did not run.
    pub not_run: usize,
}

/// The whole run.
#[derive(Debug)]
pub struct Summary {
    /// What was known before the first case.
    pub header: Header,
    /// From the first request to the last.
    pub duration: Duration,
    /// How many requests were sent.
    pub requests: u64,
    /// The time within which half of the requests was answered.
    pub median: Duration,
    /// The time within which 99 % of the requests were answered.
    pub p99: Duration,
    /// Each check of the plan, in the order of the table.
    pub checks: Vec<CheckTotals>,
    /// Each suite of the plan.
    pub suites: Vec<(Suite, SuiteTotals)>,
    /// All findings, in the order of the plan.
    pub findings: Vec<Finding>,
    /// Cases that tested nothing.
    pub vacuous: Vec<CaseId>,
    /// How many things were created.
    pub created: u64,
    /// How many of them were deleted.
    pub deleted: u64,
    /// What is left on the server.
    pub left: Vec<Entry>,
    /// Why the run ended.
    pub ending: Ending,
}
