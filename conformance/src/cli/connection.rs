//! How to reach the server.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::duration;
use crate::{
    settings::{header, header_env},
    setup::SetupError,
    transport::Rate,
};

/// How to reach it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub struct ConnectionArgs {
    /// Allow creating and deleting things on a host that is not this machine
    #[arg(long)]
    pub(super) allow_writes: bool,
    /// The file that holds the API key [default: $SKYVERN_API_KEY]
    #[arg(long, value_name = "FILE")]
    pub(super) api_key_file: Option<PathBuf>,
    /// The file that holds the token of a credential service [default:
    /// $`CUSTOM_CREDENTIAL_API_TOKEN`]
    #[arg(long, value_name = "FILE")]
    pub(super) token_file: Option<PathBuf>,
    /// A header for every request; repeatable
    // Read later: an error of the parser would show the value.
    #[arg(long = "header", value_name = "NAME:VALUE")]
    pub(super) headers: Vec<String>,
    /// A header for every request, its value taken from a variable; repeatable
    #[arg(long, value_name = "NAME=VAR", value_parser = header_env)]
    pub(super) header_env: Vec<(String, String)>,
    /// Trust the authorities in this file too; repeatable
    #[arg(long, value_name = "PEM")]
    pub(super) cacert: Vec<PathBuf>,
    /// The client's certificate
    #[arg(long, value_name = "PEM", requires = "key")]
    pub(super) cert: Option<PathBuf>,
    /// The client's private key
    #[arg(long, value_name = "PEM", requires = "cert")]
    pub(super) key: Option<PathBuf>,
    /// Accept any certificate
    #[arg(long)]
    pub(super) insecure: bool,
    /// Send everything through this HTTP proxy; the environment's is not used
    #[arg(long, value_name = "URL")]
    pub(super) proxy: Option<String>,
    /// Time limit of a request with its answer
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub(super) timeout: Duration,
    /// How often a connection that failed is tried again
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(super) retries: u32,
    /// Wait so long for a server that is still starting
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(super) wait: Option<Duration>,
    /// At most so many requests in a span of time, e.g. 20/s; none: as many as go [default: none
    /// on this machine, 20/s on another]
    #[arg(long, value_name = "RATE")]
    pub(super) rate_limit: Option<Rate>,
}

/// Reads `--header` options.
pub(crate) fn headers(texts: &[String]) -> Result<Vec<(String, String)>, SetupError> {
    let read =
        |text: &String| header(text).map_err(|why| SetupError::usage(format!("--header: {why}")));
    texts.iter().map(read).collect()
}
