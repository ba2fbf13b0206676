//! `run`: tests a server.

use std::{
    io::Write as _,
    path::Path,
    time::{Duration, Instant, SystemTime},
};

use super::{
    history::{History, rerun_failed},
    rehearse::rehearse,
    stage::{self, Stage},
    told::Told,
};
use crate::{
    cli::{RunArgs, RunSettings},
    embedded::Embedded,
    event::{Ending, Header, Summary},
    exit::Exit,
    plan, preflight,
    recording::Recorder,
    run::{self, Interrupts as _, Limits, Part, Telling},
    seed::Seed,
    settings::PlanSettings,
    setup::{Purpose, Ready, SetupError},
    signal::Signals,
};

pub(super) async fn run(
    args: RunArgs,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Exit, SetupError> {
    let logs = args.scan_logs().to_vec();
    let is_dry = args.is_dry();
    let RunSettings {
        servers,
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
        return rehearse(servers, settings, regressions, variable).await;
    }
    let mut signals = Signals::listen()
        .map_err(|error| SetupError::could_not_test(format!("no signals: {error}")))?;
    let (stages, withheld) = stage::stages(Purpose::Change, servers, &settings, variable)?;
    let begun = Instant::now();
    let end = stop.max_time.map(|limit| (begun + limit, limit));
    for stage in &stages {
        tokio::select! {
            checked = reach(stage) => checked?,
            () = signals.next() => return Ok(Exit::Interrupted),
            limit = up(end) => return Err(out_of_time(&stage.ready, limit)),
        }
    }
    let polite = stages.iter().find_map(|stage| {
        let rate = stage.ready.transport.rate();
        rate.filter(|_| stage.settings.rate.is_none())
    });
    let jobs = stages[0].settings.jobs;
    let seed = settings.seed.unwrap_or_else(Seed::fresh);
    let mut tested = stages.iter().map(Stage::tested);
    let about = plan::About::of_all(stages.iter().map(|stage| &stage.ready.target));
    let header = Header {
        server: tested.next().unwrap_or_default(),
        further: tested.collect(),
        secrets: about.secrets,
        notes: about.notes,
        cases: stages.iter().map(|stage| stage.cases.len()).sum(),
        withheld,
        profile: settings.profile.name().to_owned(),
        selected: selected(&settings),
        shard: settings.selection.shard,
        seed,
        started,
    };
    let limits = Limits {
        jobs,
        max_failures: stop.max_failures,
        max_time: stop
            .max_time
            .map(|limit| limit.saturating_sub(begun.elapsed())),
    };
    let steps = settings.budget().steps;
    let mut recorder = Recorder::new(Path::new("."), header.started, seed, steps);
    let stages = stages.into_iter();
    // The servers run as long as they are tested.
    let (parts, _embedded): (Vec<Part>, Vec<Option<Embedded>>) = stages
        .map(|stage| stage.part(seed, &settings, &history.regressions, &recorder))
        .unzip();
    for log in &logs {
        parts[0].context.watch.follow(log).map_err(|error| {
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
        recorder: &mut recorder,
        baseline: &history.baseline,
        report: &mut |event| told.event(event),
    };
    let summary = run::run(&parts, limits, telling, &mut signals)
        .await
        .map_err(|error| SetupError::could_not_test(format!("no thread to test in: {error}")))?;
    let problems = recorder.problem().map(str::to_owned);
    let unwritten = parts.iter().filter_map(|part| part.context.ledger.close());
    for problem in problems.into_iter().chain(unwritten) {
        told.note("warning", &problem);
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

/// Waits until the time of the run is up.
async fn up(end: Option<(Instant, Duration)>) -> Duration {
    match end {
        Some((end, limit)) => {
            tokio::time::sleep_until(end.into()).await;
            limit
        }
        None => std::future::pending().await,
    }
}

fn out_of_time(ready: &Ready, limit: Duration) -> SetupError {
    let (url, limit) = (&ready.target.base, humantime::format_duration(limit));
    SetupError {
        exit: Exit::Incomplete,
        ..SetupError::usage(format!(
            "the time is up: {url} could not be asked anything within {limit}"
        ))
    }
    .hint("--max-time gives it longer")
}

/// Waits for the server if that is asked for, and asks it something simple.
async fn reach(stage: &Stage) -> Result<(), SetupError> {
    let Stage { ready, cases, .. } = stage;
    if let Some(limit) = stage.settings.wait {
        // Nobody may be reading; waiting goes on.
        let tell = |text: &str| {
            let _ = writeln!(anstream::stderr(), "{:>12} {text}", "Waiting");
        };
        preflight::until_started(&ready.target, &ready.transport, limit, &tell).await?;
    }
    let bridge = ready.bridge.as_ref();
    preflight::check(&ready.target, &ready.transport, bridge, cases).await
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
