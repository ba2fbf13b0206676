//! How the process ends: one code for each thing that a caller can do about it.

use std::process::ExitCode;

/// The exit codes of every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Conforms.
    Conforms,
    /// Does not conform.
    DoesNotConform,
    /// Wrong arguments, configuration or document.
    Usage,
    /// The server could not be tested.
    CouldNotTest,
    /// Nothing was selected.
    NothingSelected,
    /// Stopped before the plan was done, without a finding.
    Incomplete,
    /// Interrupted, after cleaning up.
    Interrupted,
}

impl Exit {
    /// All of them with what they mean, for the help.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Conforms, "conforms"),
        (Self::DoesNotConform, "does not conform"),
        (Self::Usage, "wrong arguments, configuration or document"),
        (
            Self::CouldNotTest,
            "could not test: unreachable, TLS, credentials refused",
        ),
        (Self::NothingSelected, "nothing was selected"),
        (
            Self::Incomplete,
            "stopped before the plan was done, without a finding",
        ),
        (Self::Interrupted, "interrupted, after cleaning up"),
    ];

    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Conforms => 0,
            Self::DoesNotConform => 1,
            Self::Usage => 2,
            Self::CouldNotTest => 3,
            Self::NothingSelected => 4,
            Self::Incomplete => 5,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
