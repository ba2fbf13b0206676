//! Runs a plan: cases at the same time, inputs one after another, and tells what happens as events
//! in the order of the plan.
//!
//! One thread: the cases share it by waiting for the network. Clean-up comes last, whatever ended
//! the run.

pub(crate) mod after;
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
    session::{Stop, StopReason},
    settings::ServerSettings,
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

/// A server of a run, and what it is asked.
pub(crate) struct Part {
    /// Reaches it, and knows what was sent to it.
    pub(crate) context: Rc<Context>,
    /// What is asked, in order.
    pub(crate) cases: Vec<Case>,
    /// Makes findings fit to be shown.
    pub(crate) redactor: Rc<Redactor>,
    /// How `replay` reaches it.
    pub(crate) settings: ServerSettings,
}

/// How a run is told.
pub(crate) struct Telling<'a> {
    /// What is known before the first case.
    pub(crate) header: Header,
    /// Keeps findings for `replay`.
    pub(crate) recorder: &'a mut Recorder,
    /// Findings that are known.
    pub(crate) baseline: &'a Baseline,
    /// Is told what happens.
    pub(crate) report: &'a mut dyn FnMut(&Event<'_>),
}

/// Runs `parts` one after another and tells what happens. `interrupts` yields once for each Ctrl-C:
/// the first ends the run after cleaning up, the second ends it at once. What ends the run in one part
/// keeps the next from being begun.
pub(crate) async fn run(
    parts: &[Part],
    limits: Limits,
    telling: Telling<'_>,
    interrupts: &mut dyn Interrupts,
) -> Summary {
    let started = Instant::now();
    let mut teller = Teller {
        recorder: telling.recorder,
        report: telling.report,
    };
    teller.tell(&Event::Started(&telling.header));
    let mut tally = Tally::new(telling.baseline);
    let end = limits.max_time.map(|time| started + time);
    let mut stopped = None;
    for part in parts {
        if let Some(Stop(reason)) = stopped {
            part.context.stop(reason);
        }
        run_part(part, limits, end, &mut tally, &mut teller, interrupts).await;
        stopped = part.context.go_on().err();
    }
    let cases = parts.iter().map(|part| part.cases.len()).sum();
    let ending = stopped.map_or(Ending::Complete, |stop| ending(stop, cases, &tally));
    let summary = tally.finish(telling.header, parts, started.elapsed(), ending);
    teller.tell(&Event::Finished(&summary));
    summary
}

/// Who is told what happens.
struct Teller<'a> {
    recorder: &'a mut Recorder,
    report: &'a mut dyn FnMut(&Event<'_>),
}

impl Teller<'_> {
    fn tell(&mut self, event: &Event<'_>) {
        self.recorder.event(event);
        (self.report)(event);
    }
}

/// Runs one part until `end` at most, and cleans up.
async fn run_part(
    part: &Part,
    limits: Limits,
    end: Option<Instant>,
    tally: &mut Tally<'_>,
    teller: &mut Teller<'_>,
    interrupts: &mut dyn Interrupts,
) {
    let Part { context, cases, .. } = part;
    let (begun, mut beginnings) = tokio::sync::mpsc::unbounded_channel::<usize>();
    let mut running = stream::iter(cases.iter().enumerate())
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
    let mut end_of_time = std::pin::pin!(sleep_until(end));
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
                teller.tell(&Event::Stopping(Ending::Interrupted));
                grace.set(sleep_until(Some(Instant::now() + GRACE)));
            }
            () = &mut end_of_time, if context.go_on().is_ok() => {
                context.stop(StopReason::OutOfTime);
                teller.tell(&Event::Stopping(Ending::OutOfTime));
                grace.set(sleep_until(Some(Instant::now() + GRACE)));
            }
            () = &mut grace => break,
            Some(number) = beginnings.recv() => {
                teller.tell(&Event::CaseStarted(&cases[number].id));
            }
            done = running.next() => {
                let Some((number, verdict, elapsed)) = done else { break };
                waiting.insert(number, (verdict, elapsed));
                while let Some((verdict, elapsed)) = waiting.remove(&next) {
                    let told = tally.take(part, &cases[next], verdict, elapsed, teller.recorder);
                    teller.tell(&Event::CaseFinished(&told));
                    next += 1;
                }
                let failures = tally.failures();
                if limits.max_failures.is_some_and(|most| failures >= most) && context.go_on().is_ok() {
                    context.stop(StopReason::EnoughFailures);
                    teller.tell(&Event::Stopping(Ending::EnoughFailures));
                }
            }
        }
    }
    drop(running);
    for (number, case) in cases.iter().enumerate().skip(next) {
        let (verdict, elapsed) = waiting.remove(&number).unwrap_or_default();
        let verdict = Verdict {
            stopped: verdict.stopped.or(context.go_on().err()),
            ..verdict
        };
        let told = tally.take(part, case, verdict, elapsed, teller.recorder);
        teller.tell(&Event::CaseFinished(&told));
    }
    // A server that is gone may be back; one that asks for a longer pause than this has its way.
    if leaving == Leaving::Tidy && context.transport.pause() < CLEANUP {
        tokio::select! {
            () = context.clean(None) => {}
            () = interrupts.next() => {}
            () = tokio::time::sleep(CLEANUP) => {}
        }
    }
    if leaving == Leaving::Tidy
        && let Some((case, verdict)) = after::case(context, cases.len())
    {
        let told = tally.take(part, &case, verdict, Duration::ZERO, teller.recorder);
        teller.tell(&Event::CaseFinished(&told));
    }
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
fn ending(stop: Stop, cases: usize, tally: &Tally<'_>) -> Ending {
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
