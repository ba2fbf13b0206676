//! Adds cases up to a summary: while a run goes on, and again from its recordings.

use std::collections::BTreeMap;

use super::{CaseLine, CaseOutcome, CaseReport, CheckTotals, FindingKey, Header, Repeat, Summary};
use super::{SuiteTotals, Totals};
use crate::{
    case::CaseId,
    check::{CHECKS, Check, Level, Suite},
    redact::Finding,
    run::Heads,
};

/// Beyond so many bytes, findings keep their decisive exchange only, and little of that.
const MAX_BYTES: usize = 32 << 20;

/// What the cases so far come to.
#[derive(Default)]
pub(crate) struct Sum {
    checks: BTreeMap<&'static str, CheckTotals>,
    suites: BTreeMap<Suite, SuiteTotals>,
    findings: Vec<Finding>,
    /// About how many bytes they take.
    size: usize,
    /// The findings by what makes two of them one.
    known: BTreeMap<FindingKey, usize>,
    heads: Heads,
    failures: usize,
    vacuous: Vec<CaseId>,
    cases: Vec<CaseLine>,
    ran: usize,
}

impl Sum {
    /// Whether a case before showed the same.
    pub(crate) fn knows(&self, key: &FindingKey) -> bool {
        self.known.contains_key(key)
    }

    /// How many cases ran to their end.
    pub(crate) fn ran(&self) -> usize {
        self.ran
    }

    /// How many findings would fail the run.
    pub(crate) fn failures(&self) -> usize {
        self.failures
    }

    /// Adds a case. Findings of it that a case before told already become repeats.
    pub(crate) fn add(&mut self, case: &mut CaseReport) {
        self.count(case);
        let (mut fresh, told): (Vec<Finding>, Vec<Finding>) = std::mem::take(&mut case.findings)
            .into_iter()
            .partition(|finding| !self.known.contains_key(&finding.key()));
        case.repeats.extend(told.into_iter().map(|finding| Repeat {
            key: finding.key(),
            count: finding.count,
        }));
        // In a run of all shards another finding may come first.
        for finding in &mut fresh {
            finding.folded_into = None;
        }
        for place in 0..fresh.len() {
            fresh[place].folded_into = self.heads.of(&fresh[place], &fresh);
        }
        let mut shown: Vec<usize> = Vec::new();
        for finding in &fresh {
            shown.push(self.findings.len());
            self.known.insert(finding.key(), self.findings.len());
            self.heads.add(finding);
            self.failures += usize::from(finding.check.level == Level::Must && !finding.is_known());
            let finding = match self.size {
                ..MAX_BYTES => finding.clone(),
                _ => finding.shortened(),
            };
            self.size += finding.size();
            self.findings.push(finding);
        }
        case.findings = fresh;
        for repeat in &case.repeats {
            if let Some(&first) = self.known.get(&repeat.key) {
                self.findings[first].count += repeat.count;
                shown.push(first);
            }
        }
        if case.outcome == CaseOutcome::Vacuous {
            self.vacuous.push(case.id.clone());
        }
        if case.outcome != CaseOutcome::NotRun {
            self.ran += 1;
        }
        self.cases.push(CaseLine {
            id: case.id.clone(),
            suite: case.suite,
            outcome: case.outcome,
            inputs: case.inputs,
            elapsed: case.elapsed,
            findings: shown,
            problems: case.problems.clone(),
        });
    }

    fn count(&mut self, case: &CaseReport) {
        let suite = self.suites.entry(case.suite).or_default();
        match case.outcome {
            CaseOutcome::Passed => suite.passed += 1,
            CaseOutcome::Failed => suite.failed += 1,
            CaseOutcome::Warned => suite.warned += 1,
            CaseOutcome::Vacuous => suite.vacuous += 1,
            CaseOutcome::NotRun => suite.not_run += 1,
        }
        for (check, held) in &case.judged {
            let totals = self.totals(check);
            if *held {
                totals.passed += 1;
            } else {
                totals.failed += 1;
            }
        }
        for check in &case.unjudged {
            self.totals(check).skipped += 1;
        }
    }

    fn totals(&mut self, check: &'static Check) -> &mut CheckTotals {
        self.checks.entry(check.id).or_insert(CheckTotals {
            check,
            passed: 0,
            failed: 0,
            skipped: 0,
        })
    }

    /// The summary.
    pub(crate) fn finish(mut self, header: Header, totals: Totals) -> Summary {
        Summary {
            header,
            duration: totals.duration,
            requests: totals.statuses.values().sum(),
            median: totals.latency.quantile(0.5),
            p99: totals.latency.quantile(0.99),
            latency: totals.latency,
            statuses: totals.statuses,
            checks: CHECKS
                .iter()
                .filter_map(|check| self.checks.remove(check.id))
                .collect(),
            suites: self.suites.into_iter().collect(),
            cases: self.cases,
            findings: self.findings,
            vacuous: self.vacuous,
            created: totals.created,
            deleted: totals.deleted,
            left: totals.left,
            searched: totals.searched,
            waited: totals.waited,
            stale: totals.stale,
            ending: totals.ending,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    /// A case with one finding, its exchanges large.
    fn case(number: usize) -> CaseReport {
        let body = "x".repeat(16 * 1024);
        let exchange = json!({
            "method": "GET", "url": "http://h", "template": "/", "request_headers": [], "request_body": body,
            "status": 500, "response_headers": [], "response_body": body, "truncated": false, "error": null,
            "elapsed_ms": 1.0,
        });
        let finding = json!({
            "check": "SCH003", "case": format!("schema::body_valid::a{number}"), "summary": "words",
            "location": format!("response.body:/{number}x"), "place": format!("response.body:/{number}x"),
            "evidence": "", "phase": "random", "input": null, "told": null, "nearest_told": null, "tried": 0,
            "exchanges": [exchange, exchange], "exchange": 1, "replay": format!("{number}"), "count": 1,
        });
        CaseReport {
            number,
            id: serde_json::from_value(finding["case"].clone()).unwrap(),
            suite: Suite::Schema,
            outcome: CaseOutcome::Failed,
            judged: Vec::new(),
            unjudged: Vec::new(),
            findings: vec![serde_json::from_value(finding).unwrap()],
            repeats: Vec::new(),
            inputs: 1,
            problems: Vec::new(),
            elapsed: Duration::ZERO,
        }
    }

    #[test]
    fn very_many_findings_take_little_more_than_many() {
        let mut sum = Sum::default();
        for number in 0..2_000 {
            sum.add(&mut case(number));
        }
        assert_eq!(sum.findings.len(), 2_000);
        let size: usize = sum.findings.iter().map(Finding::size).sum();
        assert!(size < MAX_BYTES + 10 * 1024 * 1024, "{size}");
        let (first, last) = (&sum.findings[0], &sum.findings[1_999]);
        assert_eq!((first.exchanges.len(), last.exchanges.len()), (2, 1));
        assert!(last.exchanges[0].truncated && last.exchange == 0);
    }
}
