//! Why a command did not do what it was asked. Displays as it is to be printed.

use std::{io, path::PathBuf};

use codegen::names::LockError;

use crate::tree::TreeError;

/// Why nothing was written, or nothing compared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Diagnostics, rendered.
    #[error("{0}")]
    Document(String),
    #[error("error: {0}")]
    Tree(#[from] TreeError),
    #[error("error: failed to read {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("error: failed to write {}: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    /// Why there is no release archive.
    #[error("error: {0}")]
    Dist(String),
    #[error("error: {}: {source}\n  = hint: restore the file from version control: it keeps the names of generated code stable", path.display())]
    Lock { path: PathBuf, source: LockError },
    #[error(
        "error: {folder} is stale: {files} of its files differ from what the document gives\n  = hint: run `cargo xtask regenerate{arguments}` and commit what it writes"
    )]
    Stale {
        folder: String,
        files: usize,
        arguments: String,
    },
    /// What the program that fetches documents said, without a word of ours.
    #[error("{0}")]
    Fetch(String),
    #[error("error: failed to start {program}: {source}")]
    Start { program: String, source: io::Error },
    #[error("failed to print: {0}")]
    Print(#[from] io::Error),
}
