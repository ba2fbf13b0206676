//! What `list` takes.

use clap::Args;

use super::{SelectionArgs, ServerArgs};
use crate::{
    settings::{PlanSettings, ServerSettings},
    setup::SetupError,
};

/// What `list` takes.
#[derive(Debug, Args)]
pub struct ListArgs {
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    selection: SelectionArgs,
}

impl ListArgs {
    /// The settings of the run that is listed.
    ///
    /// # Errors
    /// If `--shard auto` finds no index.
    pub fn settings(
        self,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<(Vec<ServerSettings>, PlanSettings), SetupError> {
        let servers = self.server.servers(ServerSettings::embedded())?;
        let plan = PlanSettings {
            profile: self.selection.profile,
            cases: self.selection.cases,
            selection: self.selection.selection(variable)?,
            shrink: true,
            seed: None,
        };
        Ok((servers, plan))
    }
}
