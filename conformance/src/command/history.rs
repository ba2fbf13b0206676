//! What a run knows of earlier ones: read before it, written after it.

use std::{
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::told::Told;
use crate::{
    baseline::Baseline,
    cli::HistorySettings,
    event::{CaseOutcome, Summary},
    exit::Exit,
    plan::{Pattern, Selection},
    recording,
    regressions::Regressions,
    seed::Seed,
    setup::SetupError,
};

pub(super) struct History {
    pub(super) baseline: Baseline,
    pub(super) regressions: Regressions,
    /// Where the baseline is written.
    update: Option<PathBuf>,
}

impl History {
    pub(super) fn read(settings: &HistorySettings, now: SystemTime) -> Result<Self, SetupError> {
        let usage = |error: &dyn std::fmt::Display| SetupError::usage(error.to_string());
        let baseline = match &settings.baseline {
            Some(path) => {
                Baseline::read(path, now, settings.update).map_err(|error| usage(&error))?
            }
            None => Baseline::empty(),
        };
        let regressions = Regressions::read(settings.regressions.as_deref(), Path::new("."))
            .map_err(|error| usage(&error))?;
        Ok(Self {
            baseline,
            regressions,
            update: settings.baseline.clone().filter(|_| settings.update),
        })
    }

    /// Writes what the run adds. Whether its findings are in the baseline now.
    pub(super) fn write(mut self, summary: &Summary, told: &Told) -> Result<bool, SetupError> {
        let failed = |error: &dyn std::fmt::Display| SetupError::could_not_test(error.to_string());
        let added = self
            .regressions
            .add(summary)
            .map_err(|error| failed(&error))?;
        if added > 0 {
            told.note("Regressions", &format!("{added} new"));
        }
        let Some(path) = self.update else {
            return Ok(false);
        };
        let (added, dropped) = self
            .baseline
            .update(&path, summary)
            .map_err(|error| failed(&error))?;
        let text = format!("{}: {added} added, {dropped} dropped", path.display());
        told.note("Baseline", &text);
        Ok(true)
    }
}

/// Selects the cases with findings in the newest recorded run; its seed.
pub(super) fn rerun_failed(selection: &mut Selection) -> Result<Seed, SetupError> {
    let usage = |message: String| SetupError::usage(message);
    let none = || usage("there is no recorded run in this directory to run again".to_owned());
    let newest = recording::newest(Path::new(".")).ok_or_else(none)?;
    let run = recording::read(&newest).map_err(|error| usage(error.to_string()))?;
    let failed = run
        .cases
        .iter()
        .filter(|case| matches!(case.outcome, CaseOutcome::Failed | CaseOutcome::Warned));
    selection.only = failed
        .map(|case| Pattern::new(case.id.as_str()).map_err(usage))
        .collect::<Result<_, _>>()?;
    if selection.only.is_empty() {
        return Err(SetupError {
            exit: Exit::NothingSelected,
            ..usage(format!("nothing failed in {}", newest.display()))
        });
    }
    // Suites that run only if they are named were named then.
    let mut suites: Vec<_> = run.cases.iter().map(|case| case.suite).collect();
    suites.dedup();
    selection.suites = suites;
    Ok(run.header.seed)
}
