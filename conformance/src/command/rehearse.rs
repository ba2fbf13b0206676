//! `run --dry-run`: the requests of a run, shown and not sent.

use std::{
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::stage::{self, Stage};
use crate::{
    exit::Exit,
    ledger::Scope,
    regressions::Regressions,
    rehearsal::Rehearsal,
    run::Context,
    seed::Seed,
    settings::{PlanSettings, ServerSettings},
    setup::{Purpose, SetupError},
};

/// Random inputs of each case that are shown.
const RANDOM: usize = 1;

pub(super) async fn rehearse(
    servers: Vec<ServerSettings>,
    mut settings: PlanSettings,
    regressions: Regressions,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Exit, SetupError> {
    let random = settings.budget().random;
    settings.cases = Some(random.min(RANDOM));
    let seed = settings.seed.unwrap_or_else(Seed::fresh);
    let (stages, withheld) = stage::stages(Purpose::Rehearse, servers, &settings, variable)?;
    let write = writer();
    let (mut requests, mut cases) = (0, 0);
    for Stage {
        settings: server,
        ready,
        cases: of_stage,
    } in stages
    {
        write(&format!(
            "# What `run --seed {seed}` would send to {}; of the {random} random inputs of a case the first. Nothing is sent.\n",
            ready.target.base
        ));
        let named = server.header_env.iter().map(|(name, _)| name);
        for name in server.header_names.iter().chain(named) {
            write(&format!("# Every request carries {name}, too.\n"));
        }
        let mut context = Context::new(
            Arc::clone(&ready.target),
            ready.transport,
            seed,
            settings.budget(),
            settings.selection.clone(),
        );
        context.regressions = regressions.clone();
        context.rehearsal = Some(Rehearsal::new(Arc::clone(&ready.redactor), writer()));
        let context = Arc::new(context.with_bridge(ready.bridge));
        for (number, case) in of_stage.iter().enumerate() {
            let scope = Scope(number);
            // One after another, so that each request stands under its case.
            case.property.run(case, scope, &context).await;
            context.clean(Some(scope)).await;
        }
        requests += context.rehearsal.as_ref().map_or(0, Rehearsal::requests);
        cases += of_stage.len();
    }
    for one in &withheld {
        write(&format!("# {} is withheld: {}\n", one.case, one.why));
    }
    write(&format!("# {requests} requests of {cases} cases\n"));
    Ok(Exit::Conforms)
}

/// Writes to standard output until nobody reads any more.
fn writer() -> Box<dyn Fn(&str) + Send + Sync> {
    let gone = AtomicBool::new(false);
    Box::new(move |text| {
        if !gone.load(Ordering::Relaxed) && write!(anstream::stdout(), "{text}").is_err() {
            gone.store(true, Ordering::Relaxed);
        }
    })
}
