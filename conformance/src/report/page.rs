//! Words that several reports share.

use std::time::Duration;

use crate::{
    check::Level,
    event::{CaseOutcome, Outcome, Summary},
    redact::Finding,
};

use super::text::counted;

/// One sentence that says how the run came out.
pub(super) fn verdict(summary: &Summary) -> String {
    let failing = summary.failing(false).count() as u64;
    let known = summary.findings.iter().filter(|one| one.is_known()).count() as u64;
    let cases = counted(summary.cases.len() as u64, "case");
    let known = match known {
        0 => String::new(),
        count => format!(", and {} that is known", counted(count, "finding")),
    };
    match summary.outcome() {
        Outcome::Conforms => format!("Conforms: no new finding in {cases}{known}"),
        Outcome::DoesNotConform => {
            format!(
                "Does not conform: {} in {cases}{known}",
                counted(failing, "finding")
            )
        }
        Outcome::Unknown => format!("Not decided: the plan of {cases} was not done{known}"),
    }
}

/// How long the run held still because the server asked for it, if it did.
pub(super) fn waited(summary: &Summary) -> Option<String> {
    let waited = &summary.waited;
    (waited.refusals > 0).then(|| {
        let refused = counted(waited.refusals, "request");
        let seconds = waited.time.as_secs_f64();
        format!("{seconds:.1}s, as the server answered {refused} with 429")
    })
}

/// Cases by what became of them, in the order of a reader's interest.
pub(super) fn outcomes(summary: &Summary) -> Vec<(CaseOutcome, usize)> {
    let all = [
        CaseOutcome::Failed,
        CaseOutcome::Warned,
        CaseOutcome::Vacuous,
        CaseOutcome::NotRun,
        CaseOutcome::Passed,
    ];
    let count = |outcome| {
        summary
            .cases
            .iter()
            .filter(|case| case.outcome == outcome)
            .count()
    };
    all.into_iter()
        .map(|outcome| (outcome, count(outcome)))
        .filter(|(_, count)| *count > 0)
        .collect()
}

/// `must`, `should`, `may`, or that it is known.
pub(super) fn weight(finding: &Finding) -> &'static str {
    match finding.check.level {
        _ if finding.is_known() => "known",
        Level::Must => "must",
        Level::Should => "should",
        Level::May => "may",
    }
}

/// What the baseline says of a finding.
pub(super) fn accepted(finding: &Finding) -> Option<String> {
    let accepted = finding.accepted.as_ref()?;
    Some(if accepted.holds {
        format!("known until {}: {}", accepted.expires, accepted.reason)
    } else {
        format!(
            "was accepted until {}: {}",
            accepted.expires, accepted.reason
        )
    })
}

/// A duration in three digits.
pub(super) fn time(duration: Duration) -> String {
    let micros = duration.as_micros();
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..10_000 => format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100),
        10_000..1_000_000 => format!("{} ms", micros / 1_000),
        1_000_000..100_000_000 => {
            format!("{}.{} s", micros / 1_000_000, micros % 1_000_000 / 100_000)
        }
        _ => format!("{} s", micros / 1_000_000),
    }
}
