//! `report`: renders recorded runs again, and makes one of the shards of a run.

use std::path::PathBuf;

use super::{run::exit, told::Told};
use crate::{
    cli::ReportArgs,
    exit::Exit,
    recording::{self, merge, read},
    setup::SetupError,
};

pub(super) fn report(
    args: ReportArgs,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Exit, SetupError> {
    let (runs, reports, strict) = args.settings();
    let runs = if runs.is_empty() {
        let newest = recording::newest(&PathBuf::from("."));
        let none = || {
            let error = SetupError::usage("there is no recorded run in this directory");
            error.hint("give the file of --report ndjson=FILE, or the directory of a recording")
        };
        vec![newest.ok_or_else(none)?]
    } else {
        runs
    };
    let parts = runs
        .iter()
        .map(|path| read(path))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| SetupError::usage(error.to_string()))?;
    let merged = merge(parts).map_err(|error| SetupError::usage(error.to_string()))?;
    let mut told = Told::new(reports, variable)?;
    for remark in &merged.remarks {
        told.note("warning", remark);
    }
    let summary = merged.replay(&mut |event| told.event(event));
    told.finish(&summary)?;
    Ok(exit(&summary, strict))
}
