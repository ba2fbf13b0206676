//! What `clean` takes.

use clap::Args;

use super::{ConnectionArgs, ServerArgs};
use crate::{settings::ServerSettings, setup::SetupError};

/// What `clean` takes.
#[derive(Debug, Args)]
pub struct CleanArgs {
    /// The base URL of the server
    pub(super) url: String,
    #[command(flatten)]
    server: ServerArgs,
    /// List what would be deleted, and delete nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    connection: ConnectionArgs,
}

impl CleanArgs {
    /// The server that is cleaned.
    ///
    /// # Errors
    /// If a header is none.
    pub fn settings(self) -> Result<ServerSettings, SetupError> {
        let settings = ServerSettings {
            url: Some(self.url),
            ..ServerSettings::embedded()
        };
        self.connection.over(self.server.over(settings))
    }
}
