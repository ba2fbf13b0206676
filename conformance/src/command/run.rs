//! `run`: tests a server.

use std::{
    io::Write as _,
    path::Path,
    rc::Rc,
    time::{Duration, SystemTime},
};

use super::{
    history::{History, rerun_failed},
    list::nothing_selected,
    rehearse::rehearse,
    told::Told,
};
use crate::{
    cli::{RunArgs, RunSettings},
    document,
    event::{Ending, Header, Summary},
    exit::Exit,
    plan::{self, Withheld},
    preflight,
    recording::Recorder,
    run::{self, Context, Interrupts as _, Limits, Telling},
    seed::Seed,
    settings::PlanSettings,
    setup::{self, Ready, SetupError},
    signal::Signals,
};

pub(super) async fn run(
    args: RunArgs,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Exit, SetupError> {
    let logs = args.scan_logs().to_vec();
    let is_dry = args.is_dry();
    let RunSettings {
        server,
        plan: mut settings,
        stop,
        history,
        reports,
    } = args.settings(variable)?;
    if history.rerun_failed {
        let seed = rerun_failed(&mut settings.selection)?;
        settings.seed.get_or_insert(seed);
    }
    let started = SystemTime::now();
    let history = History::read(&history, started)?;
    if is_dry {
        let regressions = history.regressions;
        return rehearse(server, settings, regressions, variable).await;
    }
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
        checked = reach(&ready, server.wait) => checked?,
        () = signals.next() => return Ok(Exit::Interrupted),
    }
    let polite = ready.transport.rate().filter(|_| server.rate.is_none());
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
        selected: selected(&settings),
        shard: settings.selection.shard,
        seed,
        started,
    };
    let limits = Limits {
        jobs: server.jobs,
        max_failures: stop.max_failures,
        max_time: stop.max_time,
    };
    let mut recorder = Recorder::new(Path::new("."), header.started, server, seed, budget.steps);
    let mut context = Context::new(
        ready.target,
        ready.transport,
        seed,
        budget,
        settings.selection,
    );
    context.regressions = history.regressions.clone();
    let context = Rc::new(context.with_bridge(ready.bridge));
    let redactor = Rc::clone(&ready.redactor);
    let is_fit = move |id: &str| redactor.text(id).get() == id;
    context.ledger.keep(recorder.journal(Box::new(is_fit)));
    for log in &logs {
        context.watch.follow(log).map_err(|error| {
            let log = log.display();
            SetupError::usage(format!("the log {log} cannot be read: {error}"))
                .hint("--scan-log takes a file that the server appends to, and that is there when the run begins")
        })?;
    }
    let mut told = Told::new(reports, variable)?;
    if let Some(rate) = polite {
        let text = format!("at most {rate}, as this is another machine; --rate-limit changes it");
        told.note("Rate", &text);
    }
    let telling = Telling {
        header,
        redactor: &ready.redactor,
        recorder: &mut recorder,
        baseline: &history.baseline,
        report: &mut |event| told.event(event),
    };
    let summary = run::run(&cases, &context, limits, telling, &mut signals).await;
    let unwritten = context.ledger.close();
    for problem in recorder.problem().into_iter().chain(unwritten.as_deref()) {
        told.note("warning", problem);
    }
    let accepted = history.write(&summary, &told)?;
    told.finish(&summary)?;
    if summary.ending == Ending::Complete && summary.judged_nothing() {
        return Err(SetupError::could_not_test(
            "no check saw an answer that it could judge",
        ));
    }
    if accepted && summary.findings.iter().all(|finding| !finding.is_expired()) {
        return Ok(ended(summary.ending));
    }
    Ok(exit(&summary, stop.strict))
}

/// Waits for the server if that is asked for, and asks it something simple.
async fn reach(ready: &Ready, wait: Option<Duration>) -> Result<(), SetupError> {
    if let Some(limit) = wait {
        // Nobody may be reading; waiting goes on.
        let tell = |text: &str| {
            let _ = writeln!(anstream::stderr(), "{:>12} {text}", "Waiting");
        };
        preflight::until_started(&ready.target, &ready.transport, limit, &tell).await?;
    }
    preflight::check(&ready.target, &ready.transport, ready.bridge.as_ref()).await
}

/// What decides which cases there are, shards aside.
fn selected(settings: &PlanSettings) -> Vec<String> {
    let selection = &settings.selection;
    let suites = selection
        .suites
        .iter()
        .map(|suite| format!("--suite {suite}"));
    let only = selection
        .only
        .iter()
        .map(|one| format!("--only {}", one.text()));
    let skip = selection
        .skip
        .iter()
        .map(|one| format!("--skip {}", one.text()));
    let cases = settings.cases.map(|cases| format!("--cases {cases}"));
    suites.chain(only).chain(skip).chain(cases).collect()
}

pub(super) fn all_withheld(first: &Withheld) -> SetupError {
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
    match summary.ending {
        Ending::Interrupted => Exit::Interrupted,
        _ if summary.failing(strict).next().is_some() => Exit::DoesNotConform,
        ending => ended(ending),
    }
}

/// How a run without a failure ended.
fn ended(ending: Ending) -> Exit {
    match ending {
        Ending::Interrupted => Exit::Interrupted,
        Ending::Complete => Exit::Conforms,
        Ending::ServerGone => Exit::CouldNotTest,
        Ending::OutOfTime
        | Ending::EnoughFailures
        | Ending::RateLimited
        | Ending::ShardsMissing => Exit::Incomplete,
    }
}
