//! Which server is meant and which document it is held against.

use std::path::PathBuf;

use clap::Args;

use crate::settings::{ServerSettings, TargetName};

/// Which server, and how to talk to it.
#[derive(Debug, Args)]
pub struct ServerArgs {
    /// What the URL is [default: skyvern; without a URL, both embedded servers]
    #[arg(long, value_enum, value_name = "NAME")]
    pub(super) target: Option<TargetName>,
    /// Another document than the built-in one
    #[arg(long, value_name = "FILE")]
    pub(super) spec: Option<PathBuf>,
    /// An OpenAPI Overlay for the document; repeatable
    #[arg(long = "overlay", value_name = "FILE")]
    pub(super) overlays: Vec<PathBuf>,
}

impl ServerArgs {
    /// `settings` with what these say.
    pub(super) fn over(self, settings: ServerSettings) -> ServerSettings {
        ServerSettings {
            target: self.target.unwrap_or(settings.target),
            spec: self.spec,
            overlays: self.overlays,
            ..settings
        }
    }
}
