//! What came back beside the cases: in logs of the server, and in answers to the clean-up. It is
//! reported as one more case, after all others.

use std::sync::Arc;

use futures_util::future::{FutureExt, LocalBoxFuture};

use super::{Context, failure::Failure, property::Verdict};
use crate::{
    case::{Case, Phase, Property},
    check::{RED001, redaction},
    exchange::Exchange,
    finding::Judgement,
    session::{Session, Stop},
    target::TargetKind,
};

/// It has no inputs: what it is about has happened.
struct Beside;

impl Property for Beside {
    type Input = ();

    fn execute<'a>(
        &'a self,
        _session: &'a Session,
        _input: &'a (),
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        std::future::ready(Ok(())).boxed_local()
    }

    fn judge(&self, _input: &(), _exchanges: &[Arc<Exchange>], _judgement: &mut Judgement) {}
}

/// The case and what came of it; `None` if there was nothing beside the cases to be looked at.
/// `number` is its place in the plan.
pub(crate) fn case(context: &Context, number: usize) -> Option<(Case, Verdict)> {
    let strays = context.watch.take_strays();
    if !context.watch.has_logs() && strays.is_empty() {
        return None;
    }
    let subject = match context.target.kind {
        // Both may be tested in one run.
        TargetKind::CredentialService => "beside_the_cases_of_the_service",
        TargetKind::Skyvern | TargetKind::OpenApi => "beside_the_cases",
    };
    let mut case = Case::new(&RED001, subject, Beside).also(&redaction::SEARCHED[1..]);
    case.number = number;
    let mut verdict = Verdict {
        judged: redaction::SEARCHED.to_vec(),
        ..Verdict::default()
    };
    let (logged, unreadable) = context.watch.read_logs();
    let problem =
        unreadable.map(|(log, error)| format!("the log {log} cannot be read any more: {error}"));
    verdict.problems.extend(problem);
    let logged = logged.into_iter().map(|caught| (caught, None));
    let strays = strays
        .into_iter()
        .map(|(caught, exchange)| (caught, Some(exchange)));
    for (caught, exchange) in logged.chain(strays) {
        let violation = redaction::violation(0, &caught);
        if !context.selection.takes_check(violation.check, &case.id) {
            continue;
        }
        let exchanges: Vec<Arc<Exchange>> = exchange.into_iter().collect();
        let input = serde_json::Value::Null;
        verdict.failures.push(Failure::new(
            violation,
            Phase::Example,
            0,
            input,
            &exchanges,
        ));
    }
    Some((case, verdict))
}
