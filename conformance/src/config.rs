//! Where the values of options come from, lowest first: built in, `conformance.toml`, its profile,
//! the environment, the command line. What comes in is the command line as it was typed; what goes
//! out is the same with the options of the lower layers written into it, and where each came from.
//!
//! There is one table of options, clap's: every option of `run` may stand in the file under its name.

mod environment;
mod file;
mod layer;
mod show;
mod template;

use std::{ffi::OsString, fmt, path::PathBuf};

use crate::{exit::Exit, setup::SetupError};

pub use layer::layer;
pub(crate) use show::show;
pub(crate) use template::template;

/// The name of the file.
pub(crate) const FILE: &str = "conformance.toml";
/// What the names of variables begin with.
const PREFIX: &str = "SKYVERN_CONFORMANCE_";

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nowhere.
    BuiltIn,
    /// In the file, perhaps in a profile of it.
    File {
        /// As it is found from the current directory.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// The name of the profile.
        profile: Option<String>,
    },
    /// In a variable.
    Variable(String),
    /// On the command line.
    CommandLine,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str("built in"),
            Self::File {
                path,
                line,
                profile: None,
            } => write!(f, "{}:{line}", path.display()),
            Self::File {
                path,
                line,
                profile: Some(name),
            } => write!(f, "{}:{line}, profile {name}", path.display()),
            Self::Variable(name) => write!(f, "${name}"),
            Self::CommandLine => f.write_str("command line"),
        }
    }
}

/// An option with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name without dashes.
    pub name: String,
    /// Its values; `true` or `false` for a switch, none if it is not set.
    pub values: Vec<String>,
    /// Where they come from.
    pub origin: Origin,
}

/// The command line with everything that lower layers say.
#[derive(Clone, Debug, Default)]
pub struct Layered {
    /// To be parsed.
    pub arguments: Vec<OsString>,
    /// Every option of `run`, in the order of the help.
    pub settings: Vec<Setting>,
}

/// Everything that is wrong with the configuration, a line for each.
#[derive(Debug, Default)]
pub struct ConfigError(Vec<String>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\nerror: "))
    }
}

impl std::error::Error for ConfigError {}

impl From<ConfigError> for SetupError {
    fn from(error: ConfigError) -> Self {
        Self {
            exit: Exit::Usage,
            ..Self::usage(error.to_string())
        }
    }
}
