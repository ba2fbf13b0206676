//! The reference servers: small, correct, in memory, written from the documents, and able to be
//! wrong on purpose in one named way at a time.
//!
//! They are what `run` tests without a URL, what `serve` starts, and the measure of the runner: it
//! must find each fault of their tables and report none of the benign variations. They do not know
//! that they are under test; no request tells them.

mod answer;
mod body;
pub mod credential_service;
pub mod defect;
pub(crate) mod server;
pub mod skyvern;
pub(crate) mod strict_json;

pub use defect::{Defect, Kind};
pub use server::{Running, StartError};

/// Which reference server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Server {
    /// The Skyvern credentials API.
    Skyvern,
    /// A credential service behind a Skyvern server.
    CredentialService,
    /// A Skyvern server that keeps its credentials in a credential service.
    Bridged,
}

impl Server {
    /// All of them, in the order in which they are tested.
    pub const ALL: [Self; 3] = [Self::Skyvern, Self::CredentialService, Self::Bridged];

    /// What `serve` and `--target` call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Skyvern | Self::Bridged => "skyvern",
            Self::CredentialService => "credential-service",
        }
    }

    /// Its named defects and benign variations.
    pub fn defects(self) -> &'static [Defect] {
        match self {
            Self::Skyvern => skyvern::DEFECTS,
            Self::CredentialService => credential_service::DEFECTS,
            Self::Bridged => skyvern::vault::DEFECTS,
        }
    }

    /// The one that has `defect`.
    pub fn of(defect: &Defect) -> Self {
        let has = |server: &Self| server.defects().iter().any(|row| row.name == defect.name);
        Self::ALL.into_iter().find(has).unwrap_or(Self::Skyvern)
    }
}
