//! Adds verdicts up: totals of checks and suites, findings that are new, findings that repeat.

use std::{collections::BTreeMap, time::Duration};

use super::{
    Context,
    failure::{Failure, normal},
    fold,
    property::Verdict,
};
use crate::{
    case::{Case, CaseId},
    check::{CHECKS, Check, Level, Suite},
    digest,
    event::{CaseOutcome, CaseReport, CheckTotals, Ending, Header, SuiteTotals, Summary},
    recording::Recorder,
    redact::{Finding, Redactor},
};

pub(super) struct Tally {
    checks: BTreeMap<&'static str, CheckTotals>,
    suites: BTreeMap<Suite, SuiteTotals>,
    findings: Vec<Finding>,
    /// The findings by what makes two of them one.
    known: BTreeMap<(&'static str, Option<String>, String), usize>,
    vacuous: Vec<CaseId>,
    ran: usize,
}

impl Tally {
    pub(super) fn new(plan: &[Case]) -> Self {
        let mut checks = BTreeMap::new();
        let mut suites = BTreeMap::new();
        for case in plan {
            suites.entry(case.suite()).or_default();
            for check in &case.judges {
                checks.entry(check.id).or_insert(CheckTotals {
                    check,
                    passed: 0,
                    failed: 0,
                    skipped: 0,
                });
            }
        }
        Self {
            checks,
            suites,
            findings: Vec::new(),
            known: BTreeMap::new(),
            vacuous: Vec::new(),
            ran: 0,
        }
    }

    /// How many cases ran to their end.
    pub(super) fn ran(&self) -> usize {
        self.ran
    }

    /// How many findings would fail the run.
    pub(super) fn failures(&self) -> usize {
        let must = |finding: &&Finding| finding.check.level == Level::Must;
        self.findings.iter().filter(must).count()
    }

    /// Counts the verdict of `case`; what of it is to be told.
    pub(super) fn take(
        &mut self,
        case: &Case,
        verdict: Verdict,
        elapsed: Duration,
        context: &Context,
        redactor: &Redactor,
        recorder: &mut Recorder,
    ) -> CaseReport {
        let judged: Vec<(&'static Check, bool)> = verdict
            .judged
            .iter()
            .map(|check| {
                (
                    *check,
                    verdict
                        .failures
                        .iter()
                        .all(|one| one.violation.check != *check),
                )
            })
            .collect();
        let outcome = outcome(&verdict);
        self.count(case, &judged, outcome, &context.selection);
        let mut findings: Vec<Finding> = Vec::new();
        let mut repeated = 0;
        for failure in &verdict.failures {
            let operation = operation(case, failure);
            let key = (
                failure.violation.check.id,
                operation.clone(),
                normal(&failure.violation.place),
            );
            if let Some(&first) = self.known.get(&key) {
                match first.checked_sub(self.findings.len()) {
                    Some(fresh) => findings[fresh].count += failure.count,
                    None => self.findings[first].count += failure.count,
                }
                repeated += 1;
                continue;
            }
            let name = replay_name(&case.id, failure);
            recorder.record(&name, case, failure);
            let document = &context.target.document;
            let finding = redactor.finding(document, &case.id, operation.as_deref(), failure, name);
            self.known.insert(key, self.findings.len() + findings.len());
            findings.push(finding);
        }
        for place in 0..findings.len() {
            let others = self.findings.iter().chain(&findings);
            findings[place].folded_into = fold::head(&findings[place], others);
        }
        self.findings.extend_from_slice(&findings);
        CaseReport {
            id: case.id.clone(),
            suite: case.suite(),
            outcome,
            judged,
            findings,
            repeated,
            inputs: verdict.inputs,
            problems: verdict.problems,
            elapsed,
        }
    }

    fn count(
        &mut self,
        case: &Case,
        judged: &[(&'static Check, bool)],
        outcome: CaseOutcome,
        selection: &crate::plan::Selection,
    ) {
        let suite = self.suites.entry(case.suite()).or_default();
        match outcome {
            CaseOutcome::Passed => suite.passed += 1,
            CaseOutcome::Failed => suite.failed += 1,
            CaseOutcome::Warned => suite.warned += 1,
            CaseOutcome::Vacuous => suite.vacuous += 1,
            CaseOutcome::NotRun => suite.not_run += 1,
        }
        if outcome == CaseOutcome::Vacuous {
            self.vacuous.push(case.id.clone());
        }
        if outcome != CaseOutcome::NotRun {
            self.ran += 1;
        }
        for check in &case.judges {
            let Some(totals) = self.checks.get_mut(check.id) else {
                continue;
            };
            match judged.iter().find(|(judged, _)| judged == check) {
                Some((_, true)) => totals.passed += 1,
                Some((_, false)) => totals.failed += 1,
                None if selection.takes_check(check, &case.id) => totals.skipped += 1,
                None => {}
            }
        }
    }

    pub(super) fn finish(
        mut self,
        header: Header,
        context: &Context,
        duration: Duration,
        ending: Ending,
    ) -> Summary {
        let (created, deleted) = context.ledger.totals();
        Summary {
            header,
            duration,
            requests: context.requests(),
            median: context.latency(0.5),
            p99: context.latency(0.99),
            checks: CHECKS
                .iter()
                .filter_map(|check| self.checks.remove(check.id))
                .filter(|totals| totals.passed + totals.failed + totals.skipped > 0)
                .collect(),
            suites: self.suites.into_iter().collect(),
            findings: self.findings,
            vacuous: self.vacuous,
            created,
            deleted,
            left: context.ledger.open(None),
            ending,
        }
    }
}

fn outcome(verdict: &Verdict) -> CaseOutcome {
    let levels = verdict
        .failures
        .iter()
        .map(|failure| failure.violation.check.level);
    match levels.min() {
        Some(Level::Must) => CaseOutcome::Failed,
        Some(Level::Should) => CaseOutcome::Warned,
        _ if verdict.stopped.is_some() => CaseOutcome::NotRun,
        _ if verdict.judged.is_empty() => CaseOutcome::Vacuous,
        _ => CaseOutcome::Passed,
    }
}

fn operation(case: &Case, failure: &Failure) -> Option<String> {
    case.operation.clone().or_else(|| {
        let exchange = failure.exchanges.get(failure.violation.exchange)?;
        exchange.request.operation.clone()
    })
}

/// The name by which a failure is replayed: the same for the same failure in every run.
fn replay_name(case: &CaseId, failure: &Failure) -> String {
    let violation = &failure.violation;
    let place = normal(&violation.place);
    digest::word(
        &[
            case.as_str().as_bytes(),
            violation.check.id.as_bytes(),
            place.as_bytes(),
        ],
        4,
    )
}
