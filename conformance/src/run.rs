//! Runs a plan: cases at the same time, inputs one after another, and tells what happens as events
//! in the order of the plan.
//!
//! Cases run in threads of their own ([`workers`]); this one counts, tells and listens to the keyboard.
//! Clean-up comes last, whatever ended the run.

pub(crate) mod after;
mod context;
mod failure;
mod fold;
mod nearest;
mod property;
mod tally;
#[cfg(test)]
mod tests;
mod workers;

use std::{
    collections::BTreeMap,
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::join_all;

use crate::{
    baseline::Baseline,
    case::Case,
    event::{Ending, Event, Header, Summary},
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
use workers::{News, Workers};

/// How long requests under way may take once the run is to end.
const GRACE: Duration = Duration::from_secs(2);
/// How long threads may take to leave what they are at.
const LEAVING: Duration = Duration::from_millis(500);
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
    pub(crate) context: Arc<Context>,
    /// What is asked, in order.
    pub(crate) cases: Arc<[Case]>,
    /// Makes findings fit to be shown.
    pub(crate) redactor: Arc<Redactor>,
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

/// Runs `parts` at the same time and tells what happens, part by part. `interrupts` yields once for each
/// Ctrl-C: the first ends the run after cleaning up, the second ends it at once. What ends it in one part
/// ends it in all.
///
/// # Errors
/// If there is no thread for it.
pub(crate) async fn run(
    parts: &[Part],
    limits: Limits,
    telling: Telling<'_>,
    interrupts: &mut dyn Interrupts,
) -> io::Result<Summary> {
    let started = Instant::now();
    let mut workers = Workers::start(parts, limits.jobs)?;
    let mut teller = Teller {
        recorder: telling.recorder,
        report: telling.report,
    };
    teller.tell(&Event::Started(&telling.header));
    let mut tally = Tally::new(telling.baseline);
    let cases: Vec<(&Part, &Case)> = parts
        .iter()
        .flat_map(|part| part.cases.iter().map(move |case| (part, case)))
        .collect();
    let mut waiting: BTreeMap<usize, (Verdict, Duration)> = BTreeMap::new();
    let mut next = 0;
    let mut leaving = Leaving::Tidy;
    let mut end_of_time = std::pin::pin!(sleep_until(limits.max_time.map(|time| started + time)));
    let mut grace = std::pin::pin!(sleep_until(None));
    loop {
        tokio::select! {
            biased;
            () = interrupts.next() => {
                if stopped(parts) == Some(Stop(StopReason::Interrupted)) {
                    leaving = Leaving::AtOnce;
                    break;
                }
                stop(parts, StopReason::Interrupted);
                teller.tell(&Event::Stopping(Ending::Interrupted));
                grace.set(sleep_until(Some(Instant::now() + GRACE)));
            }
            () = &mut end_of_time, if stopped(parts).is_none() => {
                stop(parts, StopReason::OutOfTime);
                teller.tell(&Event::Stopping(Ending::OutOfTime));
                grace.set(sleep_until(Some(Instant::now() + GRACE)));
            }
            () = &mut grace => break,
            news = workers.next() => {
                let (number, verdict, elapsed) = match news {
                    None => break,
                    Some(News::Begun(number)) => {
                        teller.tell(&Event::CaseStarted(&cases[number].1.id));
                        continue;
                    }
                    Some(News::Done(number, verdict, elapsed)) => (number, verdict, elapsed),
                };
                waiting.insert(number, (verdict, elapsed));
                while let Some((verdict, elapsed)) = waiting.remove(&next) {
                    let (part, case) = cases[next];
                    let told = tally.take(part, case, verdict, elapsed, teller.recorder);
                    teller.tell(&Event::CaseFinished(&told));
                    next += 1;
                }
                if let Some(Stop(reason)) = stopped(parts) {
                    stop(parts, reason);
                } else if limits.max_failures.is_some_and(|most| tally.failures() >= most) {
                    stop(parts, StopReason::EnoughFailures);
                    teller.tell(&Event::Stopping(Ending::EnoughFailures));
                }
            }
        }
    }
    for news in workers.give_up(LEAVING).await {
        if let News::Done(number, verdict, elapsed) = news {
            waiting.insert(number, (verdict, elapsed));
        }
    }
    for (number, (part, case)) in cases.iter().enumerate().skip(next) {
        let (verdict, elapsed) = waiting.remove(&number).unwrap_or_default();
        let verdict = Verdict {
            stopped: verdict.stopped.or(stopped(parts)),
            ..verdict
        };
        let told = tally.take(part, case, verdict, elapsed, teller.recorder);
        teller.tell(&Event::CaseFinished(&told));
    }
    if leaving == Leaving::Tidy {
        tokio::select! {
            _ = join_all(parts.iter().map(clean)) => {}
            () = interrupts.next() => {}
            () = tokio::time::sleep(CLEANUP) => {}
        }
        for part in parts {
            if let Some((case, verdict)) = after::case(&part.context, part.cases.len()) {
                let told = tally.take(part, &case, verdict, Duration::ZERO, teller.recorder);
                teller.tell(&Event::CaseFinished(&told));
            }
        }
    }
    let ending = stopped(parts).map_or(Ending::Complete, |stop| ending(stop, cases.len(), &tally));
    let summary = tally.finish(telling.header, parts, started.elapsed(), ending);
    teller.tell(&Event::Finished(&summary));
    Ok(summary)
}

/// Deletes what is left on the server of `part`. One that is gone may be back; one that asks for a longer
/// pause than a clean-up may take has its way.
async fn clean(part: &Part) {
    if part.context.transport.pause() < CLEANUP {
        part.context.clean(None).await;
    }
}

/// Ends the run. The first reason stays.
fn stop(parts: &[Part], reason: StopReason) {
    for part in parts {
        part.context.stop(reason);
    }
}

/// Why the run ends, if it does.
fn stopped(parts: &[Part]) -> Option<Stop> {
    parts.iter().find_map(|part| part.context.go_on().err())
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

/// Whether what was created is deleted at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leaving {
    Tidy,
    AtOnce,
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
