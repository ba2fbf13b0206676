//! `run --dry-run`: the requests of a run, shown and not sent.

use std::{cell::Cell, io::Write as _, rc::Rc};

use super::{list::nothing_selected, run::all_withheld};
use crate::{
    exit::Exit,
    ledger::Scope,
    plan,
    regressions::Regressions,
    rehearsal::Rehearsal,
    run::Context,
    seed::Seed,
    settings::{PlanSettings, ServerSettings},
    setup::{self, Purpose, SetupError},
};

/// Random inputs of each case that are shown.
const RANDOM: usize = 1;

pub(super) async fn rehearse(
    server: ServerSettings,
    settings: PlanSettings,
    regressions: Regressions,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Exit, SetupError> {
    let ready = setup::prepare_for(Purpose::Rehearse, &server, variable)?;
    let mut budget = settings.budget();
    let cases = plan::make(&ready.target, &budget, &settings.selection);
    let (cases, withheld) = plan::withhold(cases, &ready.target, &settings.selection);
    if cases.is_empty() {
        return Err(withheld.first().map_or_else(nothing_selected, all_withheld));
    }
    let random = budget.random;
    budget.random = random.min(RANDOM);
    let seed = settings.seed.unwrap_or_else(Seed::fresh);
    let write = writer();
    write(&format!(
        "# What `run --seed {seed}` would send to {}; of the {random} random inputs of a case the first. Nothing is sent.\n",
        ready.target.base
    ));
    for name in server
        .header_names
        .iter()
        .chain(server.header_env.iter().map(|(name, _)| name))
    {
        write(&format!("# Every request carries {name}, too.\n"));
    }
    let mut context = Context::new(
        Rc::clone(&ready.target),
        ready.transport,
        seed,
        budget,
        settings.selection,
    );
    context.regressions = regressions;
    context.rehearsal = Some(Rehearsal::new(Rc::clone(&ready.redactor), writer()));
    let context = Rc::new(context.with_bridge(ready.bridge));
    for (number, case) in cases.iter().enumerate() {
        let scope = Scope(number);
        // One after another, so that each request stands under its case.
        case.property.run(case, scope, &context).await;
        context.clean(Some(scope)).await;
    }
    for one in &withheld {
        write(&format!("# {} is withheld: {}\n", one.case, one.why));
    }
    let requests = context.rehearsal.as_ref().map_or(0, Rehearsal::requests);
    write(&format!("# {requests} requests of {} cases\n", cases.len()));
    Ok(Exit::Conforms)
}

/// Writes to standard output until nobody reads any more.
fn writer() -> Box<dyn Fn(&str)> {
    let gone = Cell::new(false);
    Box::new(move |text| {
        if !gone.get() && write!(anstream::stdout(), "{text}").is_err() {
            gone.set(true);
        }
    })
}
