//! Makes what is told of each verdict: findings that are new, findings that repeat, totals.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{Part, failure::Failure, property::Verdict};
use crate::{
    baseline::Baseline,
    case::{Case, CaseId},
    check::{Check, Level},
    digest,
    event::{
        CaseOutcome, CaseReport, Ending, FindingKey, Header, Left, Repeat, Searched, Sum, Summary,
        Totals,
    },
    recording::Recorder,
    redact::Finding,
};

/// Most places that are told to have varied by themselves.
const MAX_MASKED: usize = 2_000;

pub(super) struct Tally<'a> {
    sum: Sum,
    baseline: &'a Baseline,
    /// Which of the known findings showed.
    shown: Vec<bool>,
    /// Places that were not compared.
    masked: BTreeSet<String>,
}

impl<'a> Tally<'a> {
    pub(super) fn new(baseline: &'a Baseline) -> Self {
        Self {
            sum: Sum::default(),
            baseline,
            shown: vec![false; baseline.entries().len()],
            masked: BTreeSet::new(),
        }
    }

    /// How many cases ran to their end.
    pub(super) fn ran(&self) -> usize {
        self.sum.ran()
    }

    /// How many findings would fail the run.
    pub(super) fn failures(&self) -> usize {
        self.sum.failures()
    }

    /// Counts the verdict of `case` in `part`; what of it is to be told.
    pub(super) fn take(
        &mut self,
        part: &Part,
        case: &Case,
        verdict: Verdict,
        elapsed: Duration,
        recorder: &mut Recorder,
    ) -> CaseReport {
        let Part {
            context, redactor, ..
        } = part;
        // Names of members are the server's own words.
        let room = MAX_MASKED.saturating_sub(self.masked.len());
        let masked = verdict.masked.iter().take(room);
        let masked = masked.map(|one| redactor.place(&one.to_string()).get().clone());
        self.masked.extend(masked);
        let failed: Vec<&Check> = verdict
            .failures
            .iter()
            .map(|one| one.violation.check)
            .collect();
        let judged: Vec<(&'static Check, bool)> = verdict
            .judged
            .iter()
            .map(|check| (*check, !failed.contains(check)))
            .collect();
        let unjudged = case.judges.iter().copied().filter(|check| {
            let wanted = context.selection.takes_check(check, &case.id);
            wanted && !verdict.judged.contains(check)
        });
        let mut findings: Vec<Finding> = Vec::new();
        let mut repeats: BTreeMap<FindingKey, u64> = BTreeMap::new();
        let mut weighs: Option<Level> = None;
        for failure in &verdict.failures {
            let operation = operation(case, failure);
            let check = failure.violation.check;
            let key = FindingKey {
                check: check.id.to_owned(),
                operation: operation.clone(),
                place: redactor.place(&failure.violation.place.normal()),
            };
            let accepted = self.baseline.find(&key).map(|number| {
                self.shown[number] = true;
                self.baseline.accepted(number)
            });
            let level = match &accepted {
                Some(accepted) if accepted.holds => check.level.max(Level::Should),
                _ => check.level,
            };
            weighs = Some(weighs.map_or(level, |weighs| weighs.min(level)));
            if self.sum.knows(&key) || findings.iter().any(|one| one.key() == key) {
                *repeats.entry(key).or_default() += failure.count;
                continue;
            }
            let name = replay_name(&case.id, failure);
            let document = &context.target.document;
            let operation = operation.as_deref();
            let finding = redactor.finding(document, &case.id, operation, failure, name);
            recorder.record(&part.settings, &finding, &failure.input);
            findings.push(Finding {
                accepted,
                ..finding
            });
        }
        let mut report = CaseReport {
            number: case.number,
            id: case.id.clone(),
            suite: case.suite(),
            outcome: outcome(&verdict, weighs),
            judged,
            unjudged: unjudged.collect(),
            findings,
            repeats: repeats
                .into_iter()
                .map(|(key, count)| Repeat { key, count })
                .collect(),
            inputs: verdict.inputs,
            problems: verdict.problems,
            elapsed,
        };
        self.sum.add(&mut report);
        report
    }

    pub(super) fn finish(
        self,
        header: Header,
        parts: &[Part],
        duration: Duration,
        ending: Ending,
    ) -> Summary {
        let mut totals = Totals {
            duration,
            ending,
            ..Totals::none()
        };
        for part in parts {
            totals.add(&of(part));
        }
        totals.searched.masked = self.masked;
        if parts.iter().all(|part| part.context.selection.is_whole()) {
            let known = self.baseline.entries().iter().zip(&self.shown);
            let unseen = known.filter(|(_, shown)| !**shown);
            totals.stale = unseen.map(|(entry, _)| entry.clone()).collect();
        }
        self.sum.finish(header, totals)
    }
}

/// What was sent, created and searched in `part`.
fn of(part: &Part) -> Totals {
    let Part {
        context, redactor, ..
    } = part;
    let (created, deleted) = context.ledger.totals();
    let left = context.ledger.open(None).into_iter().map(|entry| Left {
        kind: entry.variable,
        id: redactor.place(&entry.id),
    });
    let watched = context.watch.watched();
    Totals {
        latency: context.latency(),
        statuses: context.statuses(),
        created,
        deleted,
        left: left.collect(),
        searched: Searched {
            secrets: watched.secrets,
            answers: watched.answers,
            bytes: watched.bytes,
            unread: watched.unread,
            log_lines: watched.lines,
            masked: BTreeSet::new(),
        },
        waited: context.transport.waited(),
        ..Totals::none()
    }
}

/// `weighs` is the heaviest of the findings that are not known; known ones weigh as much as level
/// should.
fn outcome(verdict: &Verdict, weighs: Option<Level>) -> CaseOutcome {
    match weighs {
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
    let place = violation.place.normal();
    digest::word(
        &[
            case.as_str().as_bytes(),
            violation.check.id.as_bytes(),
            place.as_bytes(),
        ],
        4,
    )
}
