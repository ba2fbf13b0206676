//! How much of a run was searched for secrets, and what was left out of comparisons: so that
//! "nothing leaks" is never "nobody looked".

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What was searched and what was masked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Searched {
    /// Secrets that were submitted, each counted once.
    pub secrets: u64,
    /// Answers that were searched.
    pub answers: u64,
    /// Bytes of them and of logs.
    pub bytes: u64,
    /// Bodies under a content coding that could not be undone: searched as they came.
    pub unread: u64,
    /// Lines of logs that were searched.
    pub log_lines: u64,
    /// Places that vary by themselves, so that their values were not compared, and how that showed.
    pub masked: BTreeSet<String>,
}

impl Searched {
    /// Adds that of another part of the run.
    pub(crate) fn add(&mut self, other: &Self) {
        self.secrets += other.secrets;
        self.answers += other.answers;
        self.bytes += other.bytes;
        self.unread += other.unread;
        self.log_lines += other.log_lines;
        self.masked.extend(other.masked.iter().cloned());
    }
}
