//! Runs a plan: cases at the same time, inputs one after another, and tells what happens as events
//! in the order of the plan.
//!
//! One thread: the cases share it by waiting for the network. Clean-up comes last, whatever ended
//! the run.

mod after;
mod context;
mod failure;
mod fold;
mod nearest;
mod property;
mod tally;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    rc::Rc,
    time::{Duration, Instant},
};

use futures_util::stream::{self, StreamExt};

use crate::{
    baseline::Baseline,
    case::Case,
    event::{Ending, Event, Header, Summary},
    ledger::Scope,
    recording::Recorder,
    redact::Redactor,
    session::StopReason,
};

pub(crate) use context::Context;
pub(crate) use failure::Failure;
pub(crate) use fold::Heads;
pub(crate) use property::Erased;

use property::Verdict;
use tally::Tally;

/// How long requests under way may take once the run is to end.
const GRACE: Duration = Duration::from_secs(2);
/// How long the last clean-up may take.
const CLEANUP: Duration = Duration::from_mins(1);

/// How far a run goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Cases at the same time.
    pub(crate) jobs: usize,
    /// Findings of level must after which it ends.
    pub(crate) max_failures: Option<usize>,
    /// When it ends.
    pub(crate) max_time: Option<Duration>,
}

/// How a run is told.
pub(crate) struct Telling<'a> {
    /// What is known before the first case.
    pub(crate) header: Header,
    /// Makes findings fit to be shown.
    pub(crate) redactor: &'a Redactor,
    /// Keeps findings for `replay`.
    pub(crate) recorder: &'a mut Recorder,
    /// Findings that are known.
    pub(crate) baseline: &'a Baseline,
    /// Is told what happens.
    pub(crate) report: &'a mut dyn FnMut(&Event<'_>),
}

/// Runs `plan` and tells what happens. `interrupts` yields once for each Ctrl-C: the first
/// ends the run after cleaning up, the second ends it at once.
pub(crate) async fn run(
    plan: &[Case],
    context: &Rc<Context>,
    limits: Limits,
    telling: Telling<'_>,
    interrupts: &mut dyn Interrupts,
) -> Summary {
    let Telling {
        header,
        redactor,
        recorder,
        baseline,
        report,
    } = telling;
    let started = Instant::now();
    let mut tell = |recorder: &mut Recorder, event: &Event<'_>| {
        recorder.event(event);
        report(event);
    };
    tell(recorder, &Event::Started(&header));
    let mut tally = Tally::new(baseline);
    let (begun, mut beginnings) = tokio::sync::mpsc::unbounded_channel::<usize>();
    let mut running = stream::iter(plan.iter().enumerate())
        .map(|(number, case)| {
            let begun = begun.clone();
            async move {
                let started = Instant::now();
                let scope = Scope(number);
                if let Err(stop) = context.go_on() {
                    let verdict = Verdict {
                        stopped: Some(stop),
                        ..Verdict::default()
                    };
                    return (number, verdict, Duration::ZERO);
                }
                // The receiver lives as long as this stream.
                let _ = begun.send(number);
                let verdict = case.property.run(case, scope, context).await;
                if verdict.stopped.is_none() {
                    context.clean(Some(scope)).await;
                }
                (number, verdict, started.elapsed())
            }
        })
        .buffer_unordered(limits.jobs.max(1));
    let mut waiting: BTreeMap<usize, (Verdict, Duration)> = BTreeMap::new();
    let mut next = 0;
    let mut leaving = Leaving::Tidy;
    let mut end_of_time = std::pin::pin!(sleep_until(limits.max_time.map(|time| started + time)));
    let mut grace = std::pin::pin!(sleep_until(None));
    loop {
        tokio::select! {
            biased;
            () = interrupts.next() => {
                if is_interrupted(context) {
                    leaving = Leaving::AtOnce;
                    break;
                }
                context.stop(StopReason::Interrupted);
                tell(recorder, &Event::Stopping(Ending::Interrupted));
                grace.set(sleep_until(Some(Instant::now() + GRACE)));
            }
            () = &mut end_of_time, if context.go_on().is_ok() => {
                context.stop(StopReason::OutOfTime);
                tell(recorder, &Event::Stopping(Ending::OutOfTime));
                grace.set(sleep_until(Some(Instant::now() + GRACE)));
            }
            () = &mut grace => break,
            Some(number) = beginnings.recv() => {
                tell(recorder, &Event::CaseStarted(&plan[number].id));
            }
            done = running.next() => {
                let Some((number, verdict, elapsed)) = done else { break };
                waiting.insert(number, (verdict, elapsed));
                while let Some((verdict, elapsed)) = waiting.remove(&next) {
                    let told = tally.take(&plan[next], verdict, elapsed, context, redactor, recorder);
                    tell(recorder, &Event::CaseFinished(&told));
                    next += 1;
                }
                let failures = tally.failures();
                if limits.max_failures.is_some_and(|most| failures >= most) && context.go_on().is_ok() {
                    context.stop(StopReason::EnoughFailures);
                    tell(recorder, &Event::Stopping(Ending::EnoughFailures));
                }
            }
        }
    }
    drop(running);
    for (number, case) in plan.iter().enumerate().skip(next) {
        let (verdict, elapsed) = waiting.remove(&number).unwrap_or_default();
        let verdict = Verdict {
            stopped: verdict.stopped.or(context.go_on().err()),
            ..verdict
        };
        let told = tally.take(case, verdict, elapsed, context, redactor, recorder);
        tell(recorder, &Event::CaseFinished(&told));
    }
    let ending = ending(context, plan.len(), &tally);
    if ending != Ending::ServerGone && leaving == Leaving::Tidy {
        tokio::select! {
            () = context.clean(None) => {}
            () = interrupts.next() => {}
            () = tokio::time::sleep(CLEANUP) => {}
        }
    }
    if leaving == Leaving::Tidy
        && let Some((case, verdict)) = after::case(context, plan.len())
    {
        let told = tally.take(&case, verdict, Duration::ZERO, context, redactor, recorder);
        tell(recorder, &Event::CaseFinished(&told));
    }
    let summary = tally.finish(header, context, redactor, started.elapsed(), ending);
    tell(recorder, &Event::Finished(&summary));
    summary
}

/// Whether what was created is deleted at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leaving {
    Tidy,
    AtOnce,
}

fn is_interrupted(context: &Context) -> bool {
    matches!(context.go_on(), Err(stop) if stop.0 == StopReason::Interrupted)
}

/// Why the run ended; a limit that was reached with the last case has ended nothing.
fn ending(context: &Context, cases: usize, tally: &Tally) -> Ending {
    let Err(stop) = context.go_on() else {
        return Ending::Complete;
    };
    match stop.0 {
        StopReason::Interrupted => Ending::Interrupted,
        StopReason::ServerGone => Ending::ServerGone,
        StopReason::RateLimited => Ending::RateLimited,
        StopReason::OutOfTime | StopReason::EnoughFailures if tally.ran() == cases => {
            Ending::Complete
        }
        StopReason::OutOfTime => Ending::OutOfTime,
        StopReason::EnoughFailures => Ending::EnoughFailures,
    }
}

async fn sleep_until(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time.into()).await,
        None => std::future::pending().await,
    }
}

/// The wishes of the person at the keyboard to end the run.
pub(crate) trait Interrupts {
    /// Waits for the next one.
    fn next(&mut self) -> futures_util::future::LocalBoxFuture<'_, ()>;
}
