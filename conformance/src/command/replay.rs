//! `replay`: sends a recorded failing input again, and judges it again.

use std::{path::Path, sync::Arc};

use super::print;
use crate::{
    check,
    cli::{ReplayArgs, headers},
    exit::Exit,
    plan::{self, Budget, Selection},
    preflight, recording,
    redact::Redactor,
    report,
    run::{Context, Failure, Interrupts as _},
    seed::Seed,
    setup::{self, SetupError},
    signal::Signals,
};

pub(super) async fn replay(
    args: ReplayArgs,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Exit, SetupError> {
    let recording = recording::find(Path::new("."), &args.recording)
        .map_err(|error| SetupError::usage(error.to_string()))?;
    let mut server = recording.server;
    server.jobs = 1;
    server.headers = headers(&args.headers)?;
    if args.api_key_file.is_some() {
        server.api_key_file = args.api_key_file;
    }
    if args.token_file.is_some() {
        server.token_file = args.token_file;
    }
    let given = |name: &String| {
        server
            .headers
            .iter()
            .any(|(other, _)| other.eq_ignore_ascii_case(name))
    };
    if let Some(name) = server.header_names.iter().find(|name| !given(name)) {
        let message = format!("the run sent a header {name}, whose value is not recorded");
        return Err(SetupError::usage(message).hint(format!("say --header {name}:VALUE")));
    }
    let ready = setup::prepare(&server, variable)?;
    let mut signals = Signals::listen()
        .map_err(|error| SetupError::could_not_test(format!("no signals: {error}")))?;
    let budget = Budget {
        listed: 0,
        random: 0,
        steps: recording.steps,
        shrink: 0,
    };
    let cases = plan::make(&ready.target, &budget, &Selection::default());
    let case = cases.iter().find(|case| case.id.as_str() == recording.case);
    let Some(case) = case else {
        let message = format!("there is no case {} any more", recording.case);
        return Err(SetupError::usage(message));
    };
    Box::pin(preflight::check(
        &ready.target,
        &ready.transport,
        ready.bridge.as_ref(),
        std::slice::from_ref(case),
    ))
    .await?;
    let context = Context::new(
        Arc::clone(&ready.target),
        ready.transport,
        Seed(recording.seed),
        budget,
        Selection::default(),
    );
    let context = Arc::new(context.with_bridge(ready.bridge));
    let Some(trial) = case.property.replay(case, &context, &recording.input) else {
        let message = format!("the recorded input is no input of {} any more", case.id);
        return Err(SetupError::usage(message));
    };
    let trial = tokio::select! {
        trial = trial => trial,
        () = signals.next() => {
            context.clean(None).await;
            return Ok(Exit::Interrupted);
        }
    };
    context.clean(None).await;
    let Ok(trial) = trial else {
        return Err(SetupError::could_not_test(
            "the server accepts no connections any more",
        ));
    };
    let shown = Shown {
        redactor: &ready.redactor,
        context: &context,
        case,
    };
    let told = case.property.told(&recording.input);
    let mut violations = trial.judgement.violations().to_vec();
    // What was recorded comes first; the rest is told too.
    violations.sort_by_key(|violation| violation.check.id != recording.check);
    for violation in violations {
        let input = recording.input.clone();
        let failure = Failure::replayed(violation, input, told.clone(), &trial.exchanges);
        shown.print(&failure, &args.recording)?;
    }
    let check = check::find(&recording.check);
    let failed = trial
        .judgement
        .violations()
        .iter()
        .any(|one| Some(one.check) == check);
    let passed = trial
        .judgement
        .passed()
        .iter()
        .any(|one| Some(*one) == check);
    if failed {
        print(&format!("{} fails again in {}\n", recording.check, case.id))?;
        return Ok(Exit::DoesNotConform);
    }
    if !trial.judgement.violations().is_empty() {
        print(&format!(
            "{} does not fail, and others do\n",
            recording.check
        ))?;
        return Ok(Exit::DoesNotConform);
    }
    if passed {
        print(&format!("{} holds now in {}\n", recording.check, case.id))?;
        return Ok(Exit::Conforms);
    }
    let message = format!("{} saw no answer that it could judge", recording.check);
    Err(SetupError::could_not_test(message))
}

struct Shown<'a> {
    redactor: &'a Redactor,
    context: &'a Context,
    case: &'a crate::case::Case,
}

impl Shown<'_> {
    fn print(&self, failure: &Failure, name: &str) -> Result<(), SetupError> {
        let finding = self.redactor.finding(
            &self.context.target.document,
            &self.case.id,
            self.case.operation.as_deref(),
            failure,
            name.to_owned(),
        );
        print(&report::finding(&finding))
    }
}
