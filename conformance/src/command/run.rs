//! `run`: tests a server.

use std::{
    io::{self, Write},
    path::Path,
    rc::Rc,
    time::SystemTime,
};

use super::list::nothing_selected;
use crate::{
    baseline::Baseline,
    cli::{ReportSettings, RunArgs},
    document,
    event::{Ending, Event, Header, Summary},
    exit::Exit,
    plan::{self, Withheld},
    preflight,
    recording::Recorder,
    report::{Progress, Terminal, Verbosity, Wanted},
    run::{self, Context, Interrupts as _, Limits, Telling},
    seed::Seed,
    setup::{self, SetupError},
    signal::Signals,
};

pub(super) async fn run(
    args: RunArgs,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Exit, SetupError> {
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
        checked = preflight::check(&ready.target, &ready.transport) => checked?,
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
    let context = Rc::new(Context::new(
        ready.target,
        ready.transport,
        seed,
        budget,
        settings.selection,
    ));
    let mut told = Told::new(&reports);
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
    write_reports(&reports, &summary, &mut told)?;
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
fn exit(summary: &Summary, strict: bool) -> Exit {
    let fails = summary.failing(strict).next().is_some();
    match summary.ending {
        Ending::Interrupted => Exit::Interrupted,
        _ if fails => Exit::DoesNotConform,
        Ending::Complete => Exit::Conforms,
        Ending::ServerGone => Exit::CouldNotTest,
        Ending::OutOfTime | Ending::EnoughFailures | Ending::ShardsMissing => Exit::Incomplete,
    }
}

fn write_reports(
    reports: &ReportSettings,
    summary: &Summary,
    told: &mut Told,
) -> Result<(), SetupError> {
    for wanted in &reports.wanted {
        let file = wanted.file(&reports.directory);
        wanted.write(summary, &reports.directory).map_err(|error| {
            let message = format!("the report {} cannot be written: {error}", file.display());
            SetupError::could_not_test(message)
        })?;
        if !wanted.is_stdout() {
            told.note("Report", &file.display().to_string());
        }
    }
    Ok(())
}

/// The reporters that tell while the run goes on. They write to standard output, or to standard
/// error if a report goes there.
struct Told {
    progress: Progress,
    terminal: Terminal<Box<dyn Write>>,
    to_stderr: bool,
}

impl Told {
    fn new(reports: &ReportSettings) -> Self {
        let verbosity = if reports.verbose {
            Verbosity::Verbose
        } else {
            Verbosity::Normal
        };
        let to_stderr = reports.wanted.iter().any(Wanted::is_stdout);
        Self {
            progress: Progress::new(),
            terminal: Terminal::new(stream(to_stderr), verbosity),
            to_stderr,
        }
    }

    fn event(&mut self, event: &Event<'_>) {
        self.progress.event(event);
        // Nobody may be reading any more; the exit code still tells, and what was created is
        // still to be deleted.
        let _ = self.progress.suspended(|| self.terminal.event(event));
    }

    fn note(&mut self, word: &str, text: &str) {
        let _ = writeln!(stream(self.to_stderr), "{word:>12} {text}");
    }
}

fn stream(to_stderr: bool) -> Box<dyn Write> {
    if to_stderr {
        Box::new(io::BufWriter::new(anstream::stderr()))
    } else {
        Box::new(io::BufWriter::new(anstream::stdout()))
    }
}
