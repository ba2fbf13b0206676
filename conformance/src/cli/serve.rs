//! What `serve` takes: a reference server and how it is to be wrong.

use std::{path::PathBuf, time::Duration};

use clap::Subcommand;

use super::duration;

/// The reference servers.
#[derive(Debug, Subcommand)]
pub enum Serve {
    /// The Skyvern credentials API, in memory
    Skyvern {
        /// The port on 127.0.0.1; 0 takes a free one
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// Be wrong in this way; repeatable
        #[arg(long = "defect", value_name = "NAME")]
        defects: Vec<String>,
        /// List the defects that there are
        #[arg(long)]
        list_defects: bool,
        /// The file that holds the key to let in [default: $SKYVERN_API_KEY, or a random one]
        #[arg(long, value_name = "FILE")]
        api_key_file: Option<PathBuf>,
        /// Keep secrets in the credential service at this base URL
        #[arg(long, value_name = "URL")]
        vault: Option<String>,
        /// The file that holds the token of that service [default: $CUSTOM_CREDENTIAL_API_TOKEN]
        #[arg(long, value_name = "FILE", requires = "vault")]
        vault_token_file: Option<PathBuf>,
        /// How long a call of that service may take
        #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration, requires = "vault")]
        vault_timeout: Duration,
        /// Append a line of JSON for each request to this file
        #[arg(long, value_name = "FILE")]
        log: Option<PathBuf>,
    },
    /// A credential service that Skyvern can keep its credentials in
    CredentialService {
        /// The port on 127.0.0.1; 0 takes a free one
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// Be wrong in this way; repeatable
        #[arg(long = "defect", value_name = "NAME")]
        defects: Vec<String>,
        /// List the defects that there are
        #[arg(long)]
        list_defects: bool,
        /// The file that holds the token to let in [default: $CUSTOM_CREDENTIAL_API_TOKEN, or a
        /// random one]
        #[arg(long, value_name = "FILE")]
        token_file: Option<PathBuf>,
        /// Keep credentials in this database, encrypted
        #[arg(long, value_name = "FILE", requires = "store_key_file")]
        store: Option<PathBuf>,
        /// The file that holds the key of the database: 32 bytes in hexadecimal or base64
        #[arg(long, value_name = "FILE", requires = "store")]
        store_key_file: Option<PathBuf>,
    },
}
