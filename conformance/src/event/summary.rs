//! The whole run, as reports tell it.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use super::{CaseOutcome, Ending, Header, Latency, Left, Searched, Totals};
use crate::{
    baseline::Known,
    case::CaseId,
    check::{Check, Level, Suite},
    redact::Finding,
    transport::Waited,
};

/// How a check did in the whole run.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Cases in which only checks of level should did not hold, or only findings that are known.
    pub warned: usize,
    /// Cases that tested nothing.
    pub vacuous: usize,
    /// Cases that did not run.
    pub not_run: usize,
}

/// What a report says of each case.
#[derive(Clone, Debug)]
pub struct CaseLine {
    /// Its name.
    pub id: CaseId,
    /// Its suite.
    pub suite: Suite,
    /// What became of it.
    pub outcome: CaseOutcome,
    /// How many inputs were tried, shrinking aside.
    pub inputs: usize,
    /// From its first input to the last.
    pub elapsed: Duration,
    /// Its findings, also those that it repeats, by their place in [`Summary::findings`].
    pub findings: Vec<usize>,
    /// What could not be generated.
    pub problems: Vec<String>,
}

/// The whole run.
#[derive(Clone, Debug)]
pub struct Summary {
    /// What was known before the first case.
    pub header: Header,
    /// From the first request to the last.
    pub duration: Duration,
    /// How many requests were sent.
    pub requests: u64,
    /// How long their answers took.
    pub latency: Latency,
    /// How many answers had each status; `none` where there was no answer.
    pub statuses: BTreeMap<String, u64>,
    /// The time within which half of the requests was answered.
    pub median: Duration,
    /// The time within which 99 % of the requests were answered.
    pub p99: Duration,
    /// Each check of the plan, in the order of the table.
    pub checks: Vec<CheckTotals>,
    /// Each suite of the plan.
    pub suites: Vec<(Suite, SuiteTotals)>,
    /// Each case of the plan.
    pub cases: Vec<CaseLine>,
    /// All findings, in the order of the plan.
    pub findings: Vec<Finding>,
    /// Cases that tested nothing.
    pub vacuous: Vec<CaseId>,
    /// What was searched for secrets, and what was masked.
    pub searched: Searched,
    /// What was waited because the server asked for it with 429.
    pub waited: Waited,
    /// How many things were created.
    pub created: u64,
    /// How many of them were deleted.
    pub deleted: u64,
    /// What is left on the server.
    pub left: Vec<Left>,
    /// Known findings that did not show.
    pub stale: Vec<Known>,
    /// Why the run ended.
    pub ending: Ending,
}

/// What a run comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// No finding that counts, and the plan was done.
    Conforms,
    /// A finding that counts.
    DoesNotConform,
    /// No finding that counts, and the plan was not done, or nothing was judged.
    Unknown,
}

impl Summary {
    /// Findings that are not known already and fail the run: of level must, and with `strict` of
    /// level should too.
    pub fn failing(&self, strict: bool) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| {
            !finding.is_known()
                && match finding.check.level {
                    Level::Must => true,
                    Level::Should => strict,
                    Level::May => false,
                }
        })
    }

    /// Whether no check saw an answer that it could judge.
    pub fn judged_nothing(&self) -> bool {
        self.checks
            .iter()
            .all(|totals| totals.passed + totals.failed == 0)
    }

    /// Known findings that did not show although everything was tried that could show them.
    pub fn told_stale(&self) -> &[Known] {
        if self.ending == Ending::Complete && self.header.shard.is_none() {
            &self.stale
        } else {
            &[]
        }
    }

    /// What it comes to.
    pub fn outcome(&self) -> Outcome {
        if self.failing(false).next().is_some() {
            Outcome::DoesNotConform
        } else if self.ending == Ending::Complete && !self.judged_nothing() {
            Outcome::Conforms
        } else {
            Outcome::Unknown
        }
    }

    /// What is in it that the cases do not say.
    pub(crate) fn totals(&self) -> Totals {
        Totals {
            duration: self.duration,
            latency: self.latency.clone(),
            statuses: self.statuses.clone(),
            created: self.created,
            deleted: self.deleted,
            left: self.left.clone(),
            searched: self.searched.clone(),
            waited: self.waited.clone(),
            stale: self.stale.clone(),
            ending: self.ending,
        }
    }

    /// When the run began, as RFC 3339.
    pub fn started(&self) -> String {
        rfc3339(self.header.started)
    }
}

/// An instant as reports write it.
pub(crate) fn rfc3339(time: SystemTime) -> String {
    humantime::format_rfc3339_millis(time).to_string()
}
