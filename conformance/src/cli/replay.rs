//! What `replay` takes.

use std::path::PathBuf;

use clap::Args;

/// What `replay` takes.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// What a run printed behind `replay`, or the file of a recording
    pub recording: String,
    /// The file that holds the API key [default: as recorded, or $SKYVERN_API_KEY]
    #[arg(long, value_name = "FILE")]
    pub api_key_file: Option<PathBuf>,
    /// The file that holds the token [default: as recorded, or $CUSTOM_CREDENTIAL_API_TOKEN]
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// A header for every request; values are not recorded
    #[arg(long = "header", value_name = "NAME:VALUE")]
    pub headers: Vec<String>,
}
