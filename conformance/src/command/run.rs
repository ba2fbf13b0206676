//! `run`: tests a server.

use std::{path::Path, rc::Rc, time::SystemTime};

use super::{list::nothing_selected, told::Told};
use crate::{
    baseline::Baseline,
    cli::RunArgs,
    document,
    event::{Ending, Header, Summary},
    exit::Exit,
    plan::{self, Withheld},
    preflight,
    recording::Recorder,
    run::{self, Context, Interrupts as _, Limits, Telling},
    seed::Seed,
    setup::{self, SetupError},
    signal::Signals,
};

pub(super) async fn run(
    args: RunArgs,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Exit, SetupError> {
    let logs = args.scan_logs().to_vec();
    let (server, settings, stop, reports) = args.settings(variable)?;
    let ready = setup::prepare(&server, variable)?;
    let mut signals = Signals::listen()
        .map_err(|error| SetupError::could_not_test(format!("no signals: {error}")))?;
    let budget = settings.budget();
    let cases = plan::make(&ready.target, &budget, &settings.selection);
    let (cases, withheld) = plan::withhold(cases, &ready.target, &settings.selection);
    if cases.is_empty() {
        return Err(withheld.first().map_or_else(nothing_selected, all_withheld));
    }
    tokio::select! {
        checked = preflight::check(&ready.target, &ready.transport, ready.bridge.as_ref()) => checked?,
        () = signals.next() => return Ok(Exit::Interrupted),
    }
    let seed = settings.seed.unwrap_or_else(Seed::fresh);
    let about = plan::About::of(&ready.target);
    let header = Header {
        secrets: about.secrets,
        notes: about.notes,
        target: ready.target.kind.name().to_owned(),
        url: ready.target.base.to_string(),
        embedded: ready.embedded.as_ref().map(|_| server.defects.clone()),
        document: document::describe(&ready.target),
        cases: cases.len(),
        withheld,
        profile: settings.profile.name().to_owned(),
        selected: Vec::new(),
        shard: settings.selection.shard,
        seed,
        started: SystemTime::now(),
    };
    let limits = Limits {
        jobs: server.jobs,
        max_failures: stop.max_failures,
        max_time: stop.max_time,
    };
    let mut recorder = Recorder::new(Path::new("."), header.started, server, seed, budget.steps);
    let context = Context::new(
        ready.target,
        ready.transport,
        seed,
        budget,
        settings.selection,
    );
    let context = Rc::new(context.with_bridge(ready.bridge));
    for log in &logs {
        context.watch.follow(log).map_err(|error| {
            let log = log.display();
            SetupError::usage(format!("the log {log} cannot be read: {error}"))
                .hint("--scan-log takes a file that the server appends to, and that is there when the run begins")
        })?;
    }
    let mut told = Told::new(reports, variable)?;
    let telling = Telling {
        header,
        redactor: &ready.redactor,
        recorder: &mut recorder,
        baseline: &Baseline::empty(),
        report: &mut |event| told.event(event),
    };
    let summary = run::run(&cases, &context, limits, telling, &mut signals).await;
    if let Some(problem) = recorder.problem() {
        told.note("warning", problem);
    }
    told.finish(&summary)?;
    if summary.ending == Ending::Complete && summary.judged_nothing() {
        return Err(SetupError::could_not_test(
            "no check saw an answer that it could judge",
        ));
    }
    Ok(exit(&summary, stop.strict))
}

fn all_withheld(first: &Withheld) -> SetupError {
    let Withheld { operation, why, .. } = first;
    let message = format!(
        "every selected case is withheld, as the run could not undo it: {operation}: {why}"
    );
    SetupError {
        exit: Exit::NothingSelected,
        ..SetupError::usage(message)
    }
    .hint(format!("--only '*::{operation}' runs it all the same"))
}

/// A failure that was found is never hidden by what came after it.
pub(super) fn exit(summary: &Summary, strict: bool) -> Exit {
    let fails = summary.failing(strict).next().is_some();
    match summary.ending {
        Ending::Interrupted => Exit::Interrupted,
        _ if fails => Exit::DoesNotConform,
        Ending::Complete => Exit::Conforms,
        Ending::ServerGone => Exit::CouldNotTest,
        Ending::OutOfTime | Ending::EnoughFailures | Ending::ShardsMissing => Exit::Incomplete,
    }
}
