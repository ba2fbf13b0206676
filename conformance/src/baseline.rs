//! Findings that are known: each with a reason and a day until which it is accepted. They are
//! still shown, and do not fail the run.

mod file;

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::event::{FindingKey, rfc3339};

pub use file::BaselineError;

/// A day, `2027-01-31`. Days compare as their texts do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(String);

impl Day {
    /// The day of `time`, in UTC.
    pub fn of(time: SystemTime) -> Self {
        Self(rfc3339(time)[..10].to_owned())
    }
}

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        // Only the length tells `2027-01-31` from `2027-1-31` and from a time of that day.
        let is_day =
            text.len() == 10 && humantime::parse_rfc3339(&format!("{text}T00:00:00Z")).is_ok();
        if is_day {
            Ok(Self(text))
        } else {
            Err(format!("`{text}` is no day: write it like 2027-01-31"))
        }
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.0
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A finding that somebody accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The id of the check.
    pub check: String,
    /// The operation; any if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Where it shows, `*` for each position in a list; anywhere if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it is.
    pub expires: Day,
}

impl Known {
    fn is(&self, key: &FindingKey) -> bool {
        self.check.eq_ignore_ascii_case(&key.check)
            && (self.operation.is_none() || self.operation == key.operation)
            && self
                .place
                .as_ref()
                .is_none_or(|place| *place == **key.place)
    }
}

/// What the baseline says of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Why it was accepted.
    pub reason: String,
    /// The last day on which it was.
    pub expires: Day,
    /// Whether it still is.
    pub holds: bool,
}

/// All known findings, on one day.
#[derive(Clone, Debug)]
pub struct Baseline {
    entries: Vec<Known>,
    today: Day,
}

impl Baseline {
    /// No known findings.
    pub fn empty() -> Self {
        Self::new(Vec::new(), Day::of(SystemTime::UNIX_EPOCH))
    }

    /// These, on that day.
    pub fn new(entries: Vec<Known>, today: Day) -> Self {
        Self { entries, today }
    }

    /// The entries in their order.
    pub fn entries(&self) -> &[Known] {
        &self.entries
    }

    /// The number of the first entry that speaks of a finding.
    pub fn find(&self, key: &FindingKey) -> Option<usize> {
        self.entries.iter().position(|known| known.is(key))
    }

    /// What entry `number` says today.
    pub fn accepted(&self, number: usize) -> Accepted {
        let Known {
            reason, expires, ..
        } = &self.entries[number];
        Accepted {
            reason: reason.clone(),
            expires: expires.clone(),
            holds: *expires >= self.today,
        }
    }
}
