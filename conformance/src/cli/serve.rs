//! What `serve` takes: a reference server and how it is to be wrong.

use std::path::PathBuf;

use clap::Subcommand;

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
    },
    /// A credential service that Skyvern can keep its credentials in, in memory
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
    },
}
