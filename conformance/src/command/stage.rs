//! The servers of a run, each with the cases that are selected of it: from settings to what the runner
//! takes.

use std::sync::Arc;

use super::list::nothing_selected;
use crate::{
    case::Case,
    document,
    embedded::Embedded,
    event::Tested,
    exit::Exit,
    plan::{self, Withheld},
    recording::Recorder,
    regressions::Regressions,
    run::{Context, Part},
    seed::Seed,
    settings::{PlanSettings, ServerSettings},
    setup::{self, Purpose, Ready, SetupError},
};

/// A server that is to be tested, and what it is to be asked.
pub(super) struct Stage {
    pub(super) settings: ServerSettings,
    pub(super) ready: Ready,
    pub(super) cases: Vec<Case>,
}

/// Reaches `servers` for `purpose`: those of which a case is selected, at least one, and the cases that
/// are withheld.
pub(super) fn stages(
    purpose: Purpose,
    servers: Vec<ServerSettings>,
    settings: &PlanSettings,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<(Vec<Stage>, Vec<Withheld>), SetupError> {
    let mut stages = Vec::new();
    let mut withheld = Vec::new();
    let mut count = 0;
    for server in servers {
        let ready = setup::prepare_for(purpose, &server, variable)?;
        let (budget, selection) = (settings.budget(), &settings.selection);
        let before = count;
        let cases = plan::make_from(&mut count, &ready.target, &budget, selection);
        let (cases, kept_back) = plan::withhold(cases, &ready.target, selection);
        withheld.extend(kept_back);
        // A shard may have no case of a server that the others have some of.
        if count > before {
            stages.push(Stage {
                settings: server,
                ready,
                cases,
            });
        }
    }
    if stages.iter().all(|stage| stage.cases.is_empty()) {
        return Err(withheld.first().map_or_else(nothing_selected, all_withheld));
    }
    Ok((stages, withheld))
}

impl Stage {
    /// What a report says of the server.
    pub(super) fn tested(&self) -> Tested {
        let Ready {
            target, embedded, ..
        } = &self.ready;
        Tested {
            target: target.kind.name().to_owned(),
            url: target.base.to_string(),
            embedded: embedded.as_ref().map(|_| self.settings.defects.clone()),
            document: document::describe(target),
        }
    }

    /// This as a part of a run, beside the server if it was started for that.
    pub(super) fn part(
        self,
        seed: Seed,
        settings: &PlanSettings,
        regressions: &Regressions,
        recorder: &Recorder,
    ) -> (Part, Option<Embedded>) {
        let Ready {
            target,
            transport,
            redactor,
            embedded,
            bridge,
        } = self.ready;
        let (budget, selection) = (settings.budget(), settings.selection.clone());
        let mut context = Context::new(target, transport, seed, budget, selection);
        context.regressions = regressions.clone();
        let context = context.with_bridge(bridge);
        let shown = Arc::clone(&redactor);
        let is_fit = move |id: &str| shown.text(id).get() == id;
        let journal = recorder.journal(&self.settings, Box::new(is_fit));
        context.ledger.keep(journal);
        let part = Part {
            context: Arc::new(context),
            cases: self.cases.into(),
            redactor,
            settings: self.settings,
        };
        (part, embedded)
    }
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
