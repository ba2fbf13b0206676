//! How to reach the server.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::duration;
use crate::{
    settings::{ServerSettings, header, header_env},
    setup::SetupError,
    transport::Rate,
};

/// How to reach it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub struct ConnectionArgs {
    /// Allow creating and deleting things on a host that is not this machine
    #[arg(long)]
    allow_writes: bool,
    /// The file that holds the API key [default: $SKYVERN_API_KEY]
    #[arg(long, value_name = "FILE")]
    api_key_file: Option<PathBuf>,
    /// The file that holds the token of a credential service [default:
    /// $`CUSTOM_CREDENTIAL_API_TOKEN`]
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// A header for every request; repeatable
    // Read later: an error of the parser would show the value.
    #[arg(long = "header", value_name = "NAME:VALUE")]
    headers: Vec<String>,
    /// A header for every request, its value taken from a variable; repeatable
    // Read later, too: what is written there by mistake may be the value itself.
    #[arg(long, value_name = "NAME=VAR")]
    header_env: Vec<String>,
    /// Trust the authorities in this file too; repeatable
    #[arg(long, value_name = "PEM")]
    cacert: Vec<PathBuf>,
    /// The client's certificate
    #[arg(long, value_name = "PEM", requires = "key")]
    cert: Option<PathBuf>,
    /// The client's private key
    #[arg(long, value_name = "PEM", requires = "cert")]
    key: Option<PathBuf>,
    /// Accept any certificate
    #[arg(long)]
    insecure: bool,
    /// Send everything through this HTTP proxy; the environment's is not used
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// Time limit of a request with its answer
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    timeout: Duration,
    /// How often a connection that failed is tried again
    #[arg(long, value_name = "N", default_value_t = 2)]
    retries: u32,
    /// Wait so long for a server that is still starting
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    wait: Option<Duration>,
    /// At most so many requests in a span of time, e.g. 20/s; none: as many as go [default: none
    /// on this machine, 20/s on another]
    #[arg(long, value_name = "RATE")]
    rate_limit: Option<Rate>,
}

impl ConnectionArgs {
    /// `settings` with what these say.
    ///
    /// # Errors
    /// If a header is none.
    pub(super) fn over(self, settings: ServerSettings) -> Result<ServerSettings, SetupError> {
        let headers = headers(&self.headers)?;
        let read = |text: &String| {
            header_env(text).map_err(|why| SetupError::usage(format!("--header-env: {why}")))
        };
        let header_env = self.header_env.iter().map(read);
        let header_env = header_env.collect::<Result<Vec<_>, _>>()?;
        Ok(ServerSettings {
            allow_writes: self.allow_writes,
            api_key_file: self.api_key_file,
            token_file: self.token_file,
            header_names: headers.iter().map(|(name, _)| name.clone()).collect(),
            headers,
            header_env,
            cacert: self.cacert,
            cert: self.cert,
            key: self.key,
            insecure: self.insecure,
            proxy: self.proxy,
            timeout: self.timeout,
            retries: self.retries,
            wait: self.wait,
            rate: self.rate_limit,
            ..settings
        })
    }
}

/// Reads `--header` options.
pub(crate) fn headers(texts: &[String]) -> Result<Vec<(String, String)>, SetupError> {
    let read =
        |text: &String| header(text).map_err(|why| SetupError::usage(format!("--header: {why}")));
    texts.iter().map(read).collect()
}
